"""What moves when a publication moves to another period: years in words, expressions, names and dates. No file is read here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from reportgen.model import formats
from reportgen.model.periods import MONTHS, Era, Period, parse, written
from reportgen.read.publications import UpTo
from reportgen.read.words import SLOT

_YEAR = re.compile(
    r"(?<![\d.,/-])(?:(?P<gregorian>(?:19|20)\d\d)(?!\d|[.,]\d)"
    r"|(?P<roc>\d{2,3})(?=\s*年|/\d{1,2}/\d{1,2}(?!\d)|\s*(?:至|到|及|與|、|[-–—~～])\s*\d{2,3}\s*年|\s*[(（](?:19|20)\d\d)"
    r"|(?<=ROC year )(?P<said>\d{2,3})(?!\d))"
)
_IN_WORDS = re.compile(r"[一二三四五六七八九十百零〇○]{2,}(?=年)")
_ARGUMENT = re.compile(r"(?<=[(,])(\s*)(\d{2,3})(?=\s*[,)])")
_FILE_NUMBER = re.compile(r"(?<![\w/])(\d{2,3})(?=/\d{3,}/\d+(?!\w))")
_DATED = re.compile(r"\d{2,3}\s*年|(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{2,3}/\d{1,2}/\d{1,2}|\d{7,}")


@dataclass(frozen=True, kw_only=True)
class Move:
    """From one period to a later one, `periods` where these are months, quarters and so on, or Gregorian years. `number` is that of the paper before, where the next one is counted on, `days` later."""

    before: UpTo
    after: UpTo
    since: int
    number: int | None = None
    days: int = 0
    periods: tuple[Period, Period] | None = None
    era: Era = "roc"

    @property
    def shift(self) -> int:
        return self.after.year - self.before.year

    @property
    def label(self) -> tuple[str, str]:
        if self.periods:
            return written(self.periods[0], self.era), written(self.periods[1], self.era)
        return said(self.before), said(self.after)

    def when(self, words: str) -> str:
        """A month, quarter or half that a publication looks back to: as many periods later as its own; the first of a year
        stays the first of a year. One of another kind is as many years later, unless it is of history."""
        found = parse(words, self.era)
        before, after = self.periods or (None, None)
        own = type(found) is type(before)
        if not found or not (own or self.year(found.year) != found.year):
            return words
        later = self.shift * found.per_year
        if before and after and own and found.part > 1:
            later = int(after) - int(before)
        return written(found + later, self.era)

    def year(self, year: int, first: bool = True) -> int:
        """The year in its place: the years around the period and the first one move, those of history stay."""
        near = abs(year - self.before.year) <= 1 or (first and year == self.since)
        return year + self.shift if near else year

    @property
    def named(self) -> tuple[str, str]:
        """The periods or the numbers, as a mark names them."""
        return self.label if self.number is None else (str(self.number), str(self.number + 1))

    # -- what stands in a file

    def words(self, text: str) -> str:
        """Words with their years moved, and those in their slots."""
        parts = re.split(r"(\{[^{}]*\})", text)
        return "".join(
            self.expression(part) if place % 2 else self._plain(part) for place, part in enumerate(parts)
        )

    def _plain(self, text: str) -> str:
        spans = str(self.before.year) in text or str(self.before.year + formats.ROC_OFFSET) in text
        text = _YEAR.sub(lambda match: self._year(match, spans), text)
        text = _IN_WORDS.sub(self._in_words, text)
        if self.before.month != self.after.month:
            old, new = self.before.month, self.after.month
            text = re.sub(rf"(?<!\d){old}(?=\s*月)", str(new), text)
            text = re.sub(rf"\b{MONTHS[old - 1]}\b", MONTHS[new - 1], text)
        return self._numbered(text)

    def _year(self, match: re.Match[str], spans: bool) -> str:
        """`spans`: the words go as far as the period, so that the first year in them is that of the publication."""
        offset = formats.ROC_OFFSET if match["gregorian"] else 0
        return str(self.year(int(match[0]) - offset, spans) + offset)

    def _in_words(self, match: re.Match[str]) -> str:
        for style in _STYLES:
            for year in {self.before.year - 1, self.before.year, self.before.year + 1, self.since}:
                if style(year) == match[0]:
                    return style(self.year(year))
        return match[0]

    def _numbered(self, text: str) -> str:
        if self.number is None:
            return text
        following, number = self.number + 1, self.number
        text = re.sub(rf"(?<!\d){number}(?:st|nd|rd|th)\b", formats.ordinal(following), text)
        return re.sub(rf"(?<!\d){number}(?!\d)", str(following), text)

    def expression(self, text: str) -> str:
        """A slot or a claim: the years among its arguments."""
        return _ARGUMENT.sub(lambda match: f"{match[1]}{self.year(int(match[2]))}", text)

    def name(self, text: str) -> str:
        """An id, a name of a file, a serial number: the period in it; and the year before the number of a file."""
        return self.ids(self.words(text) if "年" in text else text)

    def ids(self, text: str) -> str:
        """The same without the years in words."""
        old, new = self.label
        if self.shift or self.before != self.after:
            text = re.sub(
                rf"(?<!\d){re.escape(old)}(?!\d)(?=[-_]|\b)(?<=[A-Za-z_-]{re.escape(old)})", new, text
            )
            year, moved = self.before.year, self.after.year
            text = re.sub(rf"(?<=[A-Za-z_-]){year}(?!\d)|(?<![\d/.]){year}(?=[-_][A-Za-z])", str(moved), text)
            there, then = (one + formats.ROC_OFFSET for one in (year, moved))
            text = re.sub(
                rf"(?<=[A-Za-z_-]){there}(?!\d)|(?<![\d/.]){there}(?=[-_][A-Za-z])", str(then), text
            )
            text = _FILE_NUMBER.sub(lambda match: str(self.year(int(match[1]))), text)
        if self.number is not None:
            text = re.sub(rf"(?<=[A-Za-z_-]){self.number}(?!\d)", str(self.number + 1), text)
        return text

    def day(self, text: str) -> str:
        """A day in the ROC calendar or a date of TOML, as it is written; February 29 becomes the 28th."""
        match = re.fullmatch(r"(\D*)(\d{1,4})(\D.*)", text)
        if self.number is not None and not self.shift and (day := parsed(text)):
            later = day + timedelta(days=self.days)
            roc = f'"{later.year - formats.ROC_OFFSET}/{later.month}/{later.day}"'
            return later.isoformat() if text == day.isoformat() else roc
        if not match:
            return text
        year, offset = int(match[2]), formats.ROC_OFFSET if len(match[2]) == 4 else 0
        moved = self.year(year - offset) + offset
        rest = match[3]
        if moved != year and re.fullmatch(r"\D0?2\D29\D*", rest):
            rest = rest.replace("29", "28")
        return f"{match[1]}{moved}{rest}"

    def is_dated(self, text: str) -> bool:
        """Whether a year, a day, the number of a paper stands there, or what moves with the period."""
        return (
            bool(_DATED.search(SLOT.sub(" ", text)))
            or self.words(text) != text
            or bool(_IN_WORDS.search(text))
        )


def parsed(literal: str) -> date | None:
    """The day that a value of TOML names."""
    try:
        return formats.parse_roc_date(literal.strip("\"'"))
    except ValueError:
        return None


def said(period: UpTo) -> str:
    """`107`, or `104-06`."""
    return str(period.year) if period.month == 12 else f"{period.year}-{period.month:02}"


def _by_place(zero: str) -> Callable[[int], str]:
    signs = dict(zip("0123456789", f"{zero}一二三四五六七八九", strict=True))
    return lambda year: "".join(signs[digit] for digit in str(year))


_STYLES: tuple[Callable[[int], str], ...] = (
    formats.chinese_number,
    lambda year: formats.chinese_number(year).replace("百十", "百一十"),
    lambda year: formats.chinese_number(year).replace("零", "〇"),
    lambda year: formats.chinese_number(year).replace("零", "○"),
    *(_by_place(zero) for zero in "零〇○"),
)
