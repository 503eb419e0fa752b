"""The blocks of a document: what stands on a page, one below the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reportgen.model.charts import ChartSpec
from reportgen.model.errors import Place, Problem
from reportgen.model.exhibits import Bullets, Exhibits, PanelFoot, PanelHead, Subhead
from reportgen.model.own_blocks import Illustration, Own
from reportgen.model.values import EMPTY, Line, Note, Printed, Text


@dataclass(frozen=True, kw_only=True)
class Section:
    """A numbered heading; `flow` goes on without a new page.

    `level` 2 stands within one of level 1. `one_page`: all of it, up to the next that begins a page, is to be read on one.
    `look` names the style of all that stands in it. `landscape`: on pages that are turned on their side. `free`: its blocks may stand in another order.
    """

    number: str
    title: Text
    anchor: str
    flow: bool = False
    level: int = 1
    one_page: bool = False
    look: str = ""
    landscape: bool = False
    free: bool = False


@dataclass(frozen=True)
class Paragraphs:
    """Paragraphs of text; `footnote` stands at the foot of the page of the last one."""

    lines: tuple[Line, ...]
    footnote: Line | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    label: Text
    figure: Printed
    unit: Text
    change: Line | None = None
    spark: ChartSpec | None = None


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
    group: Text | None = None  # the common head of neighbours
    mark: str = ""


RowRole = Literal["body", "rest", "subtotal", "total", "group"]
Wide = Literal["", "auto", "landscape", "smaller", "split"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """`role` is `body`, `rest` for what the first n leave, `subtotal` for the sum of the rows below it that are `within`, `total`, or
    `group` for a row that heads the rows below it. `own` is one that the reader looks for: the office's,
    an instruction that is overdue.
    """

    head: Text
    cells: tuple[Cell, ...]
    role: RowRole = "body"
    mark: str = ""
    latin: str = ""
    within: bool = False
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """`name` is 表3 / Table 3, empty for a table without a number; `break_after` are the rows before which a small gap guides the eye; `flows`:
    it may go on over the page. `look` is empty for a table of figures, `grid` for one whose rows go on beside each other under heads of
    their own; any other is a table of words, `words` or the name of its style. `widths` are per cent of its columns, the stub first
    (empty: by what stands in them). `wide` says what becomes of one that is wider than the page (empty: it is not asked); `across`: it stands on a
    page in landscape.
    """

    anchor: str
    caption: Text
    stub: Text
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    name: Text = EMPTY
    number: str = ""
    unit: Text | None = None
    notes: tuple[Note, ...] = ()
    source: Text | None = None
    break_after: tuple[int, ...] = ()
    flows: bool = False
    look: str = ""
    widths: tuple[float, ...] = ()
    wide: Wide = ""
    across: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`title` says what the chart shows; `caption` what it is of."""

    anchor: str
    caption: Text
    spec: ChartSpec
    title: Line | None = None
    name: Text = EMPTY
    number: str = ""
    notes: tuple[Note, ...] = ()
    source: Text | None = None
    data_table: str = ""


@dataclass(frozen=True)
class NoteBox:
    title: Text | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PageBreak:
    pass


@dataclass(frozen=True, kw_only=True)
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
    role: Literal["symbols", "sources", "colophon", "imprint"]


# ---- blocks of official papers (函, 令, 公告, 開會通知單) and of awards ------------------------------


FieldRole = Literal["", "to", "archive", "contact", "decision", "enclosure"]


@dataclass(frozen=True)
class Field:
    """A labelled entry of a form: 受文者：…. No lines: the label is printed and its place left blank.

    `role` chooses the style: `to` for the addressee, `archive` for the small type of the top right corner, `decision`;
    an `enclosure` is named at the end of an English letter.
    """

    label: Text
    lines: tuple[Line, ...] = ()
    role: FieldRole = ""


@dataclass(frozen=True, kw_only=True)
class FormHead:
    """The head of an official paper: the agency's full name with the form's name, then its fields in print order.

    A letter has a `salutation`, which its English half says (`told_in`); postcode and address of one that is posted stand where the
    `window` of the envelope is.
    """

    issuer: Text
    form: Text
    archive: tuple[Field, ...] = ()
    contact: tuple[Field, ...] = ()
    fields: tuple[Field, ...] = ()
    salutation: Text | None = None
    window: tuple[Text, ...] = ()


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
    """Labelled entries below each other: 正本, 副本, 開會時間 …; side by side as `facts`, or as places for `signatures`."""

    fields: tuple[Field, ...]
    look: Literal["", "facts", "signatures"] = ""


@dataclass(frozen=True)
class Signature:
    """Who signs. A paper with a `seal` keeps an empty place for it; never a drawn one. `closing` is said in English alone."""

    title: Text
    name: Text
    seal: bool = False
    closing: Text | None = None


@dataclass(frozen=True)
class Label:
    """One address label: postcode, address lines, addressee with 君 / 收; above them, small, who sends it."""

    postcode: str
    address: Text
    addressee: Text
    sender: Text | None = None


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


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """獎狀. `fields` (post, name, serial …) are this person's; all else is the same for everyone of its shape.

    `date` is the ROC date in Chinese words; `qr` is what the code holds, empty where there is none;
    `check` is printed beside it, and only there. `size` is the step of the citation's declared sizes; `upright` turns the sheet.
    The sheet of a `preprinted` one is not drawn; with a bleed there is a form for the printing office, `foil` is its gold plate.
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
    upright: bool = False
    preprinted: bool = False
    bleed_mm: int = 0
    foil: bool = False


# ---- blocks of exhibition panels ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A winner with the certificate, everything that its file says; `certificate.qr` is left empty until it is signed.

    `stem` is the file's name without its ending: the number in the list, then what is harmless of the name.
    `record` are plain values for manifests and for `verify`; `place` is the row of the person;
    `faults` keep the name from being printed.
    """

    number: int
    id: str
    serial: str
    name: Text
    award: Text
    certificate: Certificate
    stem: str
    title: Text
    place: Place
    record: Mapping[str, str]
    issued: date
    faults: tuple[Problem, ...] = ()


Block = (
    PanelHead
    | Recipient
    | Subhead
    | Bullets
    | Exhibits
    | PanelFoot
    | Section
    | Paragraphs
    | KeyFigures
    | Table
    | Chart
    | NoteBox
    | PageBreak
    | MethodAnnex
    | Listing
    | FormHead
    | Segment
    | Fields
    | Signature
    | Labels
    | Certificate
    | Illustration
    | Own
)
