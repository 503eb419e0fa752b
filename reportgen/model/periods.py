"""Stretches of time that figures are told of: years, halves, quarters, months and fiscal years, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeVar

from reportgen.model.values import Text

Kind = Literal["year", "half", "quarter", "month", "fiscal_year"]
Era = Literal["roc", "gregorian"]
_Any = TypeVar("_Any", bound="Period")
ROC_OFFSET = 1911
MONTHS = "January February March April May June July August September October November December".split()


class Period(int):
    """A period as the number of its kind since ROC year 0, so that sums and differences are periods of that kind.

    A year is its ROC number and equal to it; a period of another kind is equal to none but its own.
    """

    kind: ClassVar[Kind] = "year"
    per_year: ClassVar[int] = 1

    @classmethod
    def of(cls: type[_Any], year: int, part: int = 1) -> _Any:
        """The period `part` (from 1) of a ROC year."""
        return cls(year * cls.per_year + part - 1)

    @property
    def year(self) -> int:
        return int(self) // self.per_year

    @property
    def part(self) -> int:
        return int(self) % self.per_year + 1

    @property
    def before(self: _Any) -> _Any:
        return self - 1

    @property
    def year_before(self: _Any) -> _Any:
        """The same part of the year before."""
        return self - self.per_year

    @property
    def first_of_year(self: _Any) -> _Any:
        return type(self).of(self.year)

    def in_kind(self, kind: type[_Any]) -> _Any:
        """The period of another kind in which this one begins."""
        return kind(int(self) * (12 // self.per_year) // (12 // kind.per_year))

    def __add__(self: _Any, more: int) -> _Any:
        return type(self)(int(self) + int(more))

    def __sub__(self: _Any, less: int) -> _Any:
        return type(self)(int(self) - int(less))

    def __eq__(self, other: object) -> bool:
        kind = other.kind if isinstance(other, Period) else "year"
        return isinstance(other, int) and kind == self.kind and int(self) == int(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(int(self)) if self.kind == "year" else hash((self.kind, int(self)))

    def __str__(self) -> str:
        """As a declaration has it in the ROC calendar: 107, 107-06, 107-Q2, 107-H1, FY107."""
        return written(self)

    def __repr__(self) -> str:
        return written(self)


class Year(Period):
    pass


class Half(Period):
    kind, per_year = "half", 2


class Quarter(Period):
    kind, per_year = "quarter", 4


class Month(Period):
    kind, per_year = "month", 12


class FiscalYear(Period):
    kind = "fiscal_year"


KINDS: dict[Kind, type[Period]] = {kind.kind: kind for kind in (Year, Half, Quarter, Month, FiscalYear)}
PLURALS: dict[str, type[Period]] = {
    "years": Year,
    "halves": Half,
    "quarters": Quarter,
    "months": Month,
    "fiscal_years": FiscalYear,
}
Span = tuple[Period, ...]


def as_period(number: int) -> Period:
    """A bare number is a ROC year."""
    return number if isinstance(number, Period) else Year(number)


def span(first: Period, last: Period) -> Span:
    """All periods from the first to the last, which are of one kind."""
    return tuple(type(first)(number) for number in range(int(first), int(last) + 1))


def gregorian_year(year: int) -> int:
    """Gregorian = ROC + 1911; there is no year 0, so ROC 0 in our arithmetic is 民前1年, 1911."""
    return year + ROC_OFFSET


# ---- as it is declared ----------------------------------------------------------------------

_FORMS: tuple[tuple[type[Period], re.Pattern[str]], ...] = (
    (Month, re.compile(r"(\d{1,4})-(0[1-9]|1[0-2])")),
    (Quarter, re.compile(r"(\d{1,4})-Q([1-4])")),
    (Half, re.compile(r"(\d{1,4})-H([12])")),
    (FiscalYear, re.compile(r"FY(\d{1,4})")),
    (Year, re.compile(r"(\d{1,4})")),
)


def written(period: Period, era: Era = "roc") -> str:
    year = gregorian_year(period.year) if era == "gregorian" else period.year
    patterns = {"month": f"{year}-{period.part:02}", "quarter": f"{year}-Q{period.part}"}
    patterns |= {"half": f"{year}-H{period.part}", "fiscal_year": f"FY{year}"}
    return patterns.get(period.kind, str(year))


def parse(words: str | int, era: Era = "roc") -> Period | None:
    """`107`, `107-06`, `107-Q2`, `107-H1`, `FY107`; None where it is none, or its year is not 1 to 200 of the ROC."""
    for kind, pattern in _FORMS:
        if found := pattern.fullmatch(str(words)):
            year = int(found[1]) - (ROC_OFFSET if era == "gregorian" else 0)
            part = int(found[2]) if pattern.groups == 2 else 1
            return kind.of(year, part) if 1 <= year <= 200 else None
    return None


# ---- as it is printed -----------------------------------------------------------------------


@dataclass(frozen=True)
class Calendar:
    """How years are counted and printed, and when a fiscal year begins: a month, 0 where that is not declared.

    A fiscal year is named after the year of its `last` month, or of its first.
    """

    era: Era = "roc"
    fiscal_month: int = 0
    named_after: Literal["first", "last"] = "last"

    def year(self, year: int) -> Text:
        """107年 / 2018, or 2018年 / 2018; before ROC 1 it is 民前."""
        en = str(gregorian_year(year))
        roc = f"{year}年" if year > 0 else f"民前{1 - year}年"
        return Text(roc if self.era == "roc" else f"{en}年", en)

    def bare_year(self, year: int) -> Text:
        """As it stands at an axis: 107 / 2018."""
        common = str(gregorian_year(year))
        return Text(str(year) if self.era == "roc" else common, common)

    def label(self, period: int) -> Text:
        """107年6月 / June 2018; 107年第2季 / Q2 2018; 107年上半年 / H1 2018; 107會計年度 / fiscal year 2018."""
        one = as_period(period)
        year, part = self.year(one.year), one.part
        if one.kind == "month":
            return Text(f"{year.zh}{part}月", f"{MONTHS[part - 1]} {year.en}")
        if one.kind == "fiscal_year":
            return Text(f"{year.zh.removesuffix('年')}會計年度", f"fiscal year {year.en}")
        if one.kind == "quarter":
            return Text(f"{year.zh}第{part}季", f"Q{part} {year.en}")
        if one.kind == "half":
            return Text(f"{year.zh}{'上下'[part - 1]}半年", f"H{part} {year.en}")
        return year

    def head(self, period: int) -> Text:
        """As it stands in a head of a table, where months are short in English: Jun 2018, FY 2018."""
        one, label = as_period(period), self.label(period)
        if one.kind == "fiscal_year":
            return Text(label.zh, f"FY {self.year(one.year).en}")
        if one.kind == "month":
            return Text(label.zh, f"{self.tick(one).en} {self.year(one.year).en}")
        return label

    def tick(self, period: Period) -> Text:
        """As it stands at an axis, where the year stands in a row of its own: 6 / Jun, Q2, H1; a year has none."""
        part = period.part
        if period.kind == "month":
            return Text(str(part), MONTHS[part - 1][:3])
        if period.kind in ("quarter", "half"):
            return Text(
                f"第{part}季" if period.kind == "quarter" else f"{'上下'[part - 1]}半年",
                f"{period.kind[0].upper()}{part}",
            )
        return self.bare_year(period.year)

    def to_date(self, period: Period) -> Text:
        """The year so far: 107年1至6月 / January to June 2018; of the first part, that part."""
        year, part = self.year(period.year), period.part
        if part == 1:
            return self.label(period)
        if period.kind == "quarter":
            return Text(f"{year.zh}第1至{part}季", f"Q1 to Q{part} {year.en}")
        if period.kind == "half":
            return year
        return Text(f"{year.zh}1至{part}月", f"{MONTHS[0]} to {self.label(period).en}")

    def months(self, period: Period) -> tuple[Month, ...]:
        """The months of a period; none of a fiscal year that nobody has declared."""
        if not isinstance(period, FiscalYear):
            size = 12 // period.per_year
            return tuple(Month(int(period) * size + number) for number in range(size))
        if not self.fiscal_month:
            return ()
        early = self.named_after == "last" and self.fiscal_month > 1
        begins = Month.of(period.year - early, self.fiscal_month)
        return tuple(begins + number for number in range(12))

    def parts(self, period: Period, kind: type[Period]) -> Span:
        """The periods of a shorter kind that make it up; none where they do not fit into it."""
        months, size = self.months(period), 12 // kind.per_year
        if not months or int(months[0]) % size or len(months) < size:
            return ()
        return tuple(dict.fromkeys(month.in_kind(kind) for month in months))


ROC = Calendar()


def grouped(periods: Iterable[Period]) -> list[Sequence[Period]]:
    """Runs of periods that follow each other."""
    runs: list[list[Period]] = []
    for one in sorted(periods):
        if runs and runs[-1][-1] == one - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return [*runs]
