"""Words in two languages, exact numbers with their sources, and the figures and lines that are made of them.

Nothing here reads a file, rounds a number or knows HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Language = Literal["zh", "en"]
Edition = Literal["both", "zh", "en"]
Format = Literal["pdf", "odt", "ods"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")
APART = "\u2029"  # between the halves of an alternative text, each in its language
LANG_TAG: Mapping[str, str] = {"zh": "zh-Hant-TW", "en": "en"}


@dataclass(frozen=True)
class Text:
    """The same words in both languages; neither half may be missing."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Quoted(Text):
    """Words of a source, which stand in one language and are not translated: both halves are the same."""

    language: Language

    @classmethod
    def of(cls, words: str) -> Quoted:
        chinese = any("\u2e80" <= letter <= "\U0003ffff" for letter in words)
        return cls(words, words, "zh" if chinese else "en")


EMPTY = Text("", "")


def joined(texts: Iterable[Text], zh: str = "、", en: str = ", ") -> Text:
    """The texts one behind the other, with what stands between them in each language."""
    parts = list(texts)
    return Text(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


GapKind = Literal["blank", "none", "not_available", "under_half", "undefined"]


@dataclass(frozen=True)
class Gap:
    """A place where no number stands, and why.

    `blank` the cell is empty · `none` the source prints `-` · `not_available` it prints `…` ·
    `under_half` less than half a unit · `undefined` the formula has no result (denominator zero).
    """

    kind: GapKind
    reason: Text


Exact = Fraction | Gap


@dataclass(frozen=True, order=True, kw_only=True)
class Source:
    """Where a number was read: a file of the project, its sheet, the rows, the column.

    `cells`, as row and column, where the declared columns are not those of the sheet. `query` selects the single cases that were counted into the rows of such a table.
    """

    file: str
    sheet: str
    rows: tuple[int, ...]
    column: str
    query: str = ""
    cells: tuple[tuple[int, int], ...] = ()


def merged_sources(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The rows of the same file, sheet, column and query together, in order, each once."""
    alike: dict[tuple[str, str, str, str], list[Source]] = {}
    for source in sources:
        alike.setdefault((source.file, source.sheet, source.column, source.query), []).append(source)
    return tuple(
        replace(
            found[0],
            rows=tuple(sorted({row for source in found for row in source.rows})),
            cells=tuple(sorted({cell for source in found for cell in source.cells})),
        )
        for found in alike.values()
    )


class Together(str):
    """Members of a dimension taken as one, where a key names a member: a subtotal, the rest below the first n."""

    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> Together:
        made = super().__new__(cls, " + ".join(parts))
        made.parts = parts
        return made

    def __reduce__(self) -> tuple[type[Together], tuple[str, ...]]:
        return type(self), self.parts


def parts_of(member: int | str) -> tuple[str, ...]:
    """The members that a key names in one place."""
    return member.parts if isinstance(member, Together) else (str(member),)


Key = tuple[tuple[str, int | str], ...]  # (("roc_year", 107), ("case_type", "fine"))


@dataclass(frozen=True, kw_only=True)
class Value:
    """An exact number with its metric, its key and the rows that it comes from.

    `exact` is in the base unit of the metric (NT$, cases, 1 for a ratio); `formula` is the metric's
    formula as the registry writes it, `worked` the same with the numbers put in.
    """

    metric: str
    key: Key
    exact: Exact
    unit: str
    digits: int
    formula: str = ""
    worked: str = ""
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """The document of another publication that a figure was taken from, and its number in the ledger there."""

    publication: str
    document: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A value as it is printed everywhere: `plain` in tables and charts, `text` in sentences.

    `number` is its place in the ledger; `digits` are the decimals of `plain` and `factor` is its unit in base units; `gap` says whether a symbol stands for a missing value.
    """

    number: int
    value: Value
    plain: str
    text: Text
    unit: str = ""
    digits: int = 0
    factor: Fraction = Fraction(1)
    origin: Origin | None = None

    @property
    def gap(self) -> Gap | None:
        return self.value.exact if isinstance(self.value.exact, Gap) else None


@dataclass(frozen=True)
class Ref:
    """A cross-reference to a numbered table or figure: 表3 / Table 3."""

    anchor: str
    text: Text


Run = str | Printed | Ref


@dataclass(frozen=True)
class Line:
    """A sentence or paragraph in both languages, words and printed figures in their order."""

    zh: tuple[Run, ...]
    en: tuple[Run, ...]

    def say(self, language: Language) -> tuple[Run, ...]:
        return self.zh if language == "zh" else self.en


# ---- blocks ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """A footnote of a table or chart: `mark` is the letter that points to it, empty for a general one."""

    mark: str
    line: Line
