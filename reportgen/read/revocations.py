"""Certificates that were revoked: `revoked.csv` of a publication."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from reportgen.model import Text, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read import sheets

# ---- certificates that hold no more -----------------------------------------------------------


@dataclass(frozen=True)
class Revoked:
    """A certificate that was taken back: since when and why, and in which row of the file it stands."""

    serial: str
    since: date
    reason: Text
    row: int = field(default=0, compare=False)


REVOKED_COLUMNS = ("serial", "date", "reason_zh", "reason_en")


def file_of(publication: str) -> str:
    return f"inputs/{publication}/revoked.csv"


def refuse_unknown(publication: str, revoked: Iterable[Revoked], serials: Sequence[str]) -> None:
    """InputError for each revoked serial that none of the certificates has: the one that was meant would stay genuine."""
    ends = {"first": min(serials, default="-"), "last": max(serials, default="-")}
    unknown = [one for one in revoked if one.serial not in serials]
    if unknown:
        raise InputError(
            problem(
                Place(file_of(publication), row=one.row, column="serial"),
                "verify.no_such_serial",
                serial=one.serial,
                **ends,
            )
            for one in unknown
        )


def read_revoked(project: Path, publication: str) -> dict[str, Revoked]:
    """`revoked.csv` beside publication.toml: serial -> since when, why. No file: none was revoked."""
    file = file_of(publication)
    path = project / file
    if not path.exists() and not path.is_symlink():
        return {}
    if path.is_symlink():
        raise InputError(problem(Place(file), "verify.is_link"))
    sheet = sheets.read_sheet(path, file)
    problems = list(sheet.problems)
    for name in REVOKED_COLUMNS:
        if name not in sheet.head:
            problems.append(
                problem(
                    Place(file, column=name),
                    "verify.column_is_missing",
                    revoked_columns=",".join(REVOKED_COLUMNS),
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
            found[row["serial"]] = Revoked(row["serial"], _day(row["date"]), reason, number)
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
            yield problem(at(name), "verify.is_empty")
    if row["serial"] in before:
        yield problem(at("serial"), "verify.stands_earlier_row", row=row["serial"])
    try:
        _day(row["date"] or "2000-01-01")
    except ValueError:
        yield problem(at("date"), "verify.is_no_date", row=row["date"])


def _day(words: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words, re.ASCII):
        return date.fromisoformat(words)
    return formats.parse_roc_date(words)
