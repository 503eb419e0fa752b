"""The frozen values that travel through the program, from an exact number to a tree of blocks.

Nothing here reads a file, rounds a number or knows HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from reportgen.errors import Problem

Language = Literal["zh", "en"]
Edition = Literal["both", "zh", "en"]
Format = Literal["pdf", "odt", "ods"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")
LANG_TAG: Mapping[str, str] = {"zh": "zh-Hant-TW", "en": "en"}


@dataclass(frozen=True)
class Text:
    """The same words in both languages; neither half may be missing."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


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


@dataclass(frozen=True, order=True)
class Source:
    """Where a number was read: a file of the project, its sheet, the rows, the column.

    `query` selects the single cases that were counted into the rows of such a table.
    """

    file: str
    sheet: str
    rows: tuple[int, ...]
    column: str
    query: str = ""


def merged_sources(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The rows of the same file, sheet, column and query together, in order, each once."""
    rows: dict[tuple[str, str, str, str], set[int]] = {}
    for source in sources:
        at = (source.file, source.sheet, source.column, source.query)
        rows.setdefault(at, set()).update(source.rows)
    return tuple(
        Source(file, sheet, tuple(sorted(found)), column, query)
        for (file, sheet, column, query), found in rows.items()
    )


Key = tuple[tuple[str, int | str], ...]  # (("roc_year", 107), ("case_type", "fine"))


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Printed:
    """A value as it is printed everywhere: `plain` in tables and charts, `text` in sentences.

    `number` is its place in the ledger; `gap` says whether a symbol stands for a missing value.
    """

    number: int
    value: Value
    plain: str
    text: Text
    unit: str = ""
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


@dataclass(frozen=True)
class Series:
    id: str
    label: Text


@dataclass(frozen=True)
class Point:
    """One mark of a chart: the series, the place on the axis (a ROC year or a member's id), the figure."""

    series: str
    x: int | str
    figure: Printed


@dataclass(frozen=True)
class SeriesBreak:
    """From this ROC year on the series counts something else."""

    roc_year: int
    label: Text


@dataclass(frozen=True)
class Event:
    """What happened in a ROC year, to be read beside the figures of that year."""

    roc_year: int
    label: Text


ChartForm = Literal[
    "line", "grouped_bar", "stacked_bar", "ranked_bar", "heat_map", "slope", "small_multiples", "spark"
]


@dataclass(frozen=True)
class ChartSpec:
    """All that a chart shows, in both languages, before anything is drawn.

    `xs` are the places on the axis in their order (ROC years as int, else member ids); `target` are
    points of the target line; `highlight` is the id of the series or member to stress. Widths in mm.
    """

    form: ChartForm
    series: tuple[Series, ...]
    xs: tuple[tuple[int | str, Text], ...]
    points: tuple[Point, ...]
    measure: Text
    unit: Text
    target: tuple[Point, ...] = ()
    target_label: Text | None = None
    breaks: tuple[SeriesBreak, ...] = ()
    events: tuple[Event, ...] = ()
    highlight: str = ""
    better: Literal["high", "low", ""] = ""
    width_mm: float = 170.0
    height_mm: float = 78.0


@dataclass(frozen=True)
class Section:
    """A numbered heading; `flow` goes on without a new page.

    `level` 2 stands within one of level 1. `one_page`: all of it, up to the next that begins a page, is to be read on one.
    """

    number: str
    title: Text
    anchor: str
    flow: bool = False
    level: int = 1
    one_page: bool = False


@dataclass(frozen=True)
class Paragraphs:
    """Paragraphs of text; `footnote` stands at the foot of the page of the last one."""

    lines: tuple[Line, ...]
    footnote: Line | None = None


@dataclass(frozen=True)
class Card:
    label: Text
    figure: Printed
    unit: Text
    change: Line | None
    spark: ChartSpec | None


@dataclass(frozen=True)
class KeyFigures:
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Cell:
    """A cell of a table body: a figure or words; `shade` 0..1 is the heat of its background, or None."""

    figure: Printed | None = None
    text: Text | None = None
    mark: str = ""
    shade: float | None = None


@dataclass(frozen=True)
class Column:
    label: Text
    unit: Text | None = None
    group: Text | None = None
    mark: str = ""


RowRole = Literal["body", "total", "group"]


@dataclass(frozen=True)
class Row:
    """`role` is `body`, `total`, or `group` for a row that heads the rows below it."""

    head: Text
    cells: tuple[Cell, ...]
    role: RowRole = "body"
    mark: str = ""
    latin: str = ""


@dataclass(frozen=True)
class Table:
    """`name` is 表3 / Table 3; `break_after` are the rows before which a small gap guides the eye; `flows`:
    it may go on over the page.
    """

    name: Text
    number: str
    anchor: str
    caption: Text
    stub: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: Text | None
    notes: tuple[Note, ...]
    source: Text | None = None
    break_after: tuple[int, ...] = ()
    flows: bool = False


@dataclass(frozen=True)
class Chart:
    name: Text
    number: str
    anchor: str
    caption: Text
    spec: ChartSpec
    notes: tuple[Note, ...]
    source: Text | None = None
    data_table: str = ""


@dataclass(frozen=True)
class NoteBox:
    title: Text | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PageBreak:
    pass


@dataclass(frozen=True)
class Definition:
    """A metric as the method annex prints it."""

    label: Text
    formula: Text
    unit: Text
    better: Text
    remarks: tuple[Text, ...]
    anchor: str


@dataclass(frozen=True)
class MethodAnnex:
    definitions: tuple[Definition, ...]


@dataclass(frozen=True)
class Listing:
    """Terms and what is said of each: lines of (words, code), where code is an address or a hash."""

    rows: tuple[tuple[Text, tuple[tuple[Text, str], ...]], ...]
    role: Literal["symbols", "sources", "colophon"]


# ---- blocks of official papers (函, 令, 公告, 開會通知單) and of awards ------------------------------


@dataclass(frozen=True)
class Field:
    """A labelled entry of a form: 受文者：…. No lines: the label is printed and its place left blank.

    `role` chooses the style: `to` for the addressee, `archive` for the small type of the top right corner, `decision`.
    """

    label: Text
    lines: tuple[Line, ...] = ()
    role: Literal["", "to", "archive", "contact", "decision"] = ""


@dataclass(frozen=True)
class FormHead:
    """The head of an official paper: the agency's full name with the form's name, then its fields in print order."""

    issuer: Text
    form: Text
    archive: tuple[Field, ...] = ()
    contact: tuple[Field, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Clause:
    """A numbered item. `level` 1 to 6 prints 一、 （一） 1、 （1） 甲、 （甲） and 1. (1) A. (A) a. (a)."""

    level: int
    number: int
    line: Line


@dataclass(frozen=True)
class Segment:
    """主旨, 說明, 公告事項 …: one paragraph, or clauses, or both."""

    label: Text
    line: Line | None = None
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Fields:
    """Labelled entries below each other: 正本, 副本, 開會時間 …"""

    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Signature:
    """Who signs; above it an empty place for the seal or signature, as high as the form asks. Never a drawn seal."""

    title: Text
    name: Text
    seal: bool = False


@dataclass(frozen=True)
class Label:
    """One address label: postcode, address lines, addressee with 君 / 收."""

    postcode: str
    address: Text
    addressee: Text


@dataclass(frozen=True)
class Labels:
    """Sheets of labels, `across` × `down` to an A4 page; sizes in mm."""

    labels: tuple[Label, ...]
    across: int = 2
    down: int = 8


@dataclass(frozen=True)
class CertificateField:
    """A line of a certificate that differs from person to person; it is set on one line and may shrink.

    `size` is the step of the declared sizes (0 is the largest); one more than the last step wraps.
    """

    id: str
    text: Text
    size: int = 0


@dataclass(frozen=True)
class Certificate:
    """獎狀. `fields` (post, name, serial …) are this person's; all else is the same for everyone of its shape.

    `date` is the ROC date in Chinese words; `qr` is what the code holds, empty where there is none;
    `check` is printed beside it. `size` is the step of the citation's declared sizes.
    """

    heading: Text
    fields: tuple[CertificateField, ...]
    citation: tuple[Line, ...]
    issuer: Text
    signer: Text
    signer_name: Text
    date: Text
    check: Text
    qr: str = ""
    sample: Text | None = None
    size: int = 0


# ---- blocks of exhibition panels ----------------------------------------------------------------


@dataclass(frozen=True)
class Upright:
    """A title set vertically: its cells from top to bottom as (kind, text, length in em); see `vertical`."""

    words: str
    cells: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class PanelHead:
    """The head of a panel: the show, the section it belongs to, its title; `upright` where the title is set vertically."""

    show: Text
    motto: Text
    section: Text
    title: Text
    upright: Upright | None = None


@dataclass(frozen=True)
class Subhead:
    """A heading within a panel; what follows belongs to it up to the next one."""

    title: Text
    level: int
    anchor: str


@dataclass(frozen=True)
class Bullets:
    lines: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Picture:
    """A scan as a file of the project, with its size upright and what is taken out of it, in pixels."""

    file: str
    width_px: int
    height_px: int
    redactions: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """An archival item: its caption, what the catalogue says of it, its picture (None: a placeholder, upright or
    `landscape`) and that in words."""

    anchor: str
    caption: Text
    alternative: Text
    facts: tuple[tuple[Text, Text], ...]
    picture: Picture | None = None
    landscape: bool = False


@dataclass(frozen=True)
class Exhibits:
    """Items side by side."""

    items: tuple[Exhibit, ...]


@dataclass(frozen=True)
class PanelFoot:
    """The foot of a panel: remarks, and the address of the page that its code opens (empty: no code)."""

    lines: tuple[Line, ...]
    address: str = ""


@dataclass(frozen=True)
class Sheet:
    """A document of one page of this size in mm: its layout, colour, and the limits that it may break, declared.

    `scale` is how much larger it is than A1: type and spaces grow with it. `bleed_mm` is set where a printer's edition is
    asked for.
    """

    width_mm: float
    height_mm: float
    scale: float
    layout: Literal["chart", "archive", "text"]
    colour: str
    allowed: tuple[str, ...] = ()
    bleed_mm: int | None = None


Block = (
    PanelHead | Subhead | Bullets | Exhibits | PanelFoot | Section | Paragraphs | KeyFigures | Table | Chart | NoteBox | PageBreak | MethodAnnex | Listing
    | FormHead | Segment | Fields | Signature | Labels | Certificate
)  # fmt: skip


@dataclass(frozen=True)
class Records:
    """A table for programs: plain columns, whole numbers and words, which a dataset can read back from the workbook."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int | str, ...], ...]


@dataclass(frozen=True)
class Document:
    """One document of a publication as a tree of blocks, the same for every edition and every format.

    `name` is its file's stem (empty: the kind's). `attached` are the inputs that go into the PDF (None: all): a table of
    persons does not. `hidden` are names and numbers that must be found nowhere in the finished file. `stated` are the
    numbers that an input words by itself (dates, reference numbers, a rule's text): they stand there and are no figures.
    `records` are tables for programs that its workbook holds besides those of the paper.
    `sheet` is set where the document is one page of its own size. `absent` are files that would be inputs if they were there.
    """

    publication: str
    kind: str
    title: Text
    subtitle: Text
    issuer: Text
    period: Text
    sample: Text | None
    keywords: Text
    blocks: tuple[Block, ...]
    printed: tuple[Printed, ...]
    inputs: tuple[str, ...]
    issued: Text | None = None
    extra: Mapping[str, Text] = field(default_factory=dict)
    name: str = ""
    attached: tuple[str, ...] | None = None
    hidden: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    sheet: Sheet | None = None
    absent: tuple[str, ...] = ()
    records: tuple[Records, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one document: `made`, `unchanged` or `failed`, and why.

    A run of certificates is `part` where some could not be made and all others are; `count` says how many it made.
    """

    document: str
    state: Literal["made", "part", "unchanged", "failed"]
    why: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    count: str = ""
