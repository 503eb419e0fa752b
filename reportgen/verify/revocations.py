"""Certificates that were revoked: `revoked.csv` of a publication."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Text, formats
from reportgen.model.errors import InputError, Place, Problem
from reportgen.read import sheets

if TYPE_CHECKING:
    pass


# ---- certificates that hold no more -----------------------------------------------------------


@dataclass(frozen=True)
class Revoked:
    """A certificate that was taken back: since when and why."""

    serial: str
    since: date
    reason: Text


REVOKED_COLUMNS = ("serial", "date", "reason_zh", "reason_en")


def read_revoked(project: Path, publication: str) -> dict[str, Revoked]:
    """`revoked.csv` beside publication.toml: serial -> since when, why. No file: none was revoked."""
    file = f"inputs/{publication}/revoked.csv"
    path = project / file
    if not path.exists() and not path.is_symlink():
        return {}
    if path.is_symlink():
        raise InputError(
            Problem(Place(file), "is a link; put the file itself here", "為連結；請放置檔案本身")
        )
    sheet = sheets.read_sheet(path, file)
    problems = list(sheet.problems)
    for name in REVOKED_COLUMNS:
        if name not in sheet.head:
            problems.append(
                Problem(
                    Place(file, column=name),
                    f"the column is missing; the head is {','.join(REVOKED_COLUMNS)}",
                    f"缺少此欄；標題列應為 {','.join(REVOKED_COLUMNS)}",
                )
            )
    if problems:
        raise InputError(problems)
    found: dict[str, Revoked] = {}
    for number, cells in sheet.rows:
        row = {name: cell.strip() for name, cell in zip(sheet.head, cells, strict=True)}
        faults = list(_row_faults(file, number, row, found))
        problems += faults
        if not faults:
            reason = Text(row["reason_zh"], row["reason_en"])
            found[row["serial"]] = Revoked(row["serial"], _day(row["date"]), reason)
    if problems:
        raise InputError(problems)
    return found


def _row_faults(
    file: str, number: int, row: Mapping[str, str], before: Mapping[str, Revoked]
) -> Iterator[Problem]:
    def at(column: str) -> Place:
        return Place(file, row=number, column=column)

    for name in REVOKED_COLUMNS:
        if not row[name]:
            yield Problem(at(name), "is empty; each row needs it", "為空白；每列皆須填寫")
    if row["serial"] in before:
        yield Problem(
            at("serial"),
            f"{row['serial']!r} stands in an earlier row; keep one of them",
            f"{row['serial']!r} 於前列已出現；請保留其一",
        )
    try:
        _day(row["date"] or "2000-01-01")
    except ValueError:
        yield Problem(
            at("date"),
            f"{row['date']!r} is no date; write 2019-03-01 or 108/3/1",
            f"{row['date']!r} 不是日期；請寫 108/3/1 或 2019-03-01",
        )


def _day(words: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words, re.ASCII):
        return date.fromisoformat(words)
    return formats.parse_roc_date(words)
