"""What each column of a region holds: years, months, members, figures or words, and how its cells are to be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from reportgen.read.tables import readings
from reportgen.read.tables.cells import as_shown
from reportgen.read.tables.laying.view import Column
from reportgen.run.importing import units
from reportgen.run.importing.cells import (
    SIGNS,
    is_dated_month,
    is_figure,
    is_sign,
    is_sum,
    is_year,
    part_of,
    plain,
    roc_year,
    year_of_part,
)
from reportgen.run.importing.regions import Region

Holds = Literal["year", "part", "year and part", "member", "figures", "words"]
LONGEST = 4  # decimals that are taken for meant; what is longer comes from a formula
_YEARS = re.compile(r"年|year", re.IGNORECASE)
_MONTHS = re.compile(r"月|month", re.IGNORECASE)
_NUMBERED = re.compile(r"序號|編號|項次|代碼|代號|^code$|^no\.?$|^#$", re.IGNORECASE)
_AT_END = re.compile(
    r"未結|[年月期季]底|期末|年終|現有|在職|存量|pending|outstanding|at end|year-end|balance", re.IGNORECASE
)
_MEANS = re.compile(
    r"平均|每(?![年月日季週])|濃度|密度|average|\bmean\b|\bper\b|[(（](?:[^()（）]*[/／][^()（）]*|ppm|ppb|℃|°C|dB)[)）]",
    re.IGNORECASE,
)
_MEANS_ABOVE = re.compile(r"平均值?(?!每)|\baverages?\b|\bmeans\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How the cells of figures are read: what `dataset.toml` will say of their column."""

    type: str
    unit: str
    digits: int = 0
    round: bool = False
    measure: str = ""
    accept: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    own_unit: str = ""  # a unit that the registry has not
    unsaid: bool = False  # nothing says the unit


def holds(region: Region, column: Column, body: Sequence[int], before: bool) -> Holds:
    """What the column holds in these rows; `before`: no column of figures stands left of it."""
    texts = [text for row in body if (text := region.at(row, column.number).strip())]
    if not texts or _NUMBERED.search(column.label):
        return "words"
    if all(map(part_of, texts)):
        return "year and part" if all(year_of_part(text)[0] for text in texts) else "part"
    if before and _MONTHS.search(column.label) and all(map(is_dated_month, texts)):
        return "year and part"
    if before and all(map(is_year, texts)):
        named = bool(_YEARS.search(column.label)) or not all(map(is_figure, texts))
        years = [roc_year(text) for text in texts]
        if named or (column.number == region.across.start and years == sorted({*years})):
            return "year"
    if (
        before
        and _MONTHS.search(column.label)
        and not any(map(part_of, column.labels))
        and all(text.isdigit() and 1 <= int(text) <= 12 for text in texts)
    ):
        return "part"
    figures = sum(is_figure(text) or is_sign(text) for text in texts)
    if figures * 2 > len(texts):
        return "figures"
    return "member" if before else "words"


def year_forms(texts: Iterable[str]) -> list[str]:
    """What a column of years accepts so that these are read."""
    forms = dict[str, None]()
    for text in texts:
        if text != text.strip():
            forms["spaces"] = None
        words = text.strip()
        form, year = year_of_part(words)
        if form:
            forms[form] = None
        words = year or words
        if readings.common_era(words) != words:
            forms["common_era"] = None
        elif readings.year(words) != words or not is_figure(words):
            forms["roc_year_words"] = None
    return list(forms)


def figures_of(
    region: Region, cells: Sequence[tuple[int, int]], label: str, noted: Sequence[str], money: str = ""
) -> Figures:
    """How these cells of one measure are read."""
    typed = [region.at(*cell) for cell in cells]
    shown_so = any(region.grid.page.percent.get(cell) for cell in cells)
    texts = [
        as_shown(text) if region.grid.page.percent.get(cell) else text
        for cell, text in zip(cells, typed, strict=True)
    ]
    figures = [text for text in texts if is_figure(text)]
    signed = any("%" in text or "％" in text for text in figures)
    unit, own = units.unit_of(label, noted, percent=shown_so or signed)
    unsaid = not unit
    if unsaid:
        unit = money if money and units.is_amount(label) else units.BARE
    decimals = [len(plain(text).partition(".")[2]) for text in figures]
    meant = [number for number in decimals if number <= LONGEST]
    longest = max(decimals, default=0)
    digits = max([2, *meant]) if longest > LONGEST else longest
    kind = "percent" if unit == "percent" else "decimal" if digits else "whole"
    return Figures(
        type=kind,
        unit=unit,
        digits=digits,
        round=longest > LONGEST,
        measure="rate" if kind == "percent" else measure_of(label, unit, region.title),
        accept=_accepted(kind, typed),
        missing=tuple(
            dict.fromkeys(
                "blank" if not text.strip() else SIGNS[text.strip()]
                for text in texts
                if not text.strip() or is_sign(text)
            )
        ),
        own_unit=own,
        unsaid=unsaid,
    )


def measure_of(label: str, unit: str, title: str) -> str:
    """A mean is a rate: nobody adds up twelve of them. Its word may stand in the title alone."""
    if unit in ("times", "score", "rank") or _MEANS.search(label) or _MEANS_ABOVE.search(title):
        return "rate"
    return "stock" if _AT_END.search(label) else "flow"


def _accepted(kind: str, typed: Sequence[str]) -> tuple[str, ...]:
    forms = {
        "spaces": any(text != text.strip() for text in typed),
        "full_width": any(not text.isascii() and is_figure(text) for text in typed),
        "percent_sign": any("%" in text or "％" in text for text in typed),
        "thousands": any("," in text or "，" in text for text in typed),
    }
    forms["percent_sign"] &= kind == "percent"
    return tuple(form for form, used in forms.items() if used)


def is_readable(region: Region, row: int, column: int) -> bool:
    text = region.at(row, column)
    return not text.strip() or is_figure(text) or is_sign(text)


def melted(region: Region, figures: Sequence[Column]) -> list[Column]:
    """Those of the columns that stand for years or months, with the sums among them; none where there are not two."""
    named = [column for column in figures if times_of(column)]
    nested = max(map(times_of, named), default=0) > 1
    if nested:  # the sum of a year's months is no sum of all columns
        named = [column for column in named if not any(map(is_sum, column.labels))]
    if not named or len({*map(times_of, named)}) > 1 or not all(map(_is_one_time, named)):
        return []
    if len({time_of(one) for one in named}) < 2:
        return []
    return [
        column for column in figures if column in named or (any(map(is_sum, column.labels)) and not nested)
    ]


def _is_time(label: str) -> bool:
    return bool(part_of(label)) or is_year(label)


def times_of(column: Column) -> int:
    return sum(map(_is_time, column.labels))


def _is_one_time(column: Column) -> bool:
    """One year or part of a year, or a year with a part of it below."""
    times = [label for label in column.labels if _is_time(label)]
    return len(times) == 1 or (len(times) == 2 and is_year(times[0]) and bool(part_of(times[1])))


def time_of(column: Column) -> str:
    """The label that is a year or a month, or 107年1月 of one that stands above the other."""
    return "".join(label for label in column.labels if _is_time(label))


def rest_of(column: Column) -> tuple[str, ...]:
    """The labels that are neither time nor sum: those of the measure."""
    return tuple(label for label in column.labels if not _is_time(label) and not is_sum(label))
