"""Words into paragraphs, runs, tables and pictures: every style by its name, every letter of data as text."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from odfdo import Cell as OdfCell
from odfdo import Column as OdfColumn
from odfdo import Document as OdfDocument
from odfdo import Element, Frame, Header, Link, Note, Paragraph, Span, Style
from odfdo import Row as OdfRow
from odfdo import Table as OdfTable
from odfdo.style_base import StyleBase

from reportgen.model import Language, Line, Ref, Run, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.theme import Theme
from reportgen.read.words import Words
from reportgen.write.odt.measures import PT, Measures
from reportgen.write.odt.styles import (
    CLAUSE_EMS,
    CLAUSE_STARTS,
    LATIN_FACE,
    Named,
    face,
    margins,
    mm,
    paragraph_style,
    size,
    size_of,
)

# Characters beyond the basic plane; a variation selector stays with its letter.
_RARE = re.compile("([\U00020000-\U0003ffff][\U000e0100-\U000e01ef]?)+")
# What XML cannot hold, or what an office program would obey: all control characters but line end and tab.
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SUFFIX = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}

# A table's and a row's own `append` puts in a copy; what is written later would miss the document.
append = Element.append

Said = tuple[str, Language]  # words with their language


@dataclass(kw_only=True)
class Writer:
    """Where the writing stands: the languages of this part, the master page that the next paragraph begins."""

    odf: OdfDocument
    measures: Measures
    theme: Theme
    words: Words
    file: str
    languages: tuple[Language, ...]
    pictures: Mapping[str, tuple[str, str]]
    bilingual: bool = False  # the document has both languages, side by side or one after the other
    anchors: frozenset[str] = frozenset()
    dense: bool = False  # a sheet for each person: both halves in one line, entries beside each other
    styles: dict[str, Named] = field(default_factory=dict)
    before: type | None = None  # the block before this one
    started: bool = False  # something stands in the document
    begin: str = ""  # "page", or the name of a master page
    place: str = ""
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)
    _tables: dict[str, str] = field(default_factory=dict)
    _notes: int = 0
    _into: Element | None = None

    # -- words

    def clean(self, words: str) -> str:
        """The words, if they can stand in a document; else a problem with the block's place."""
        if found := _BAD.search(words):
            point = f"U+{ord(found[0]):04X}"
            self.problems.append(
                problem(
                    Place(self.file, column=self.place),
                    "layout.control_character_cannot_stand_document",
                    point=point,
                )
            )
            return _BAD.sub("\N{REPLACEMENT CHARACTER}", words)
        return words

    def add(self, to: Element, words: str, style: str = "") -> None:
        """The words as text, in a run of the style if one is named; rare characters in the face that has them."""
        at = 0
        words = self.clean(words)
        for rare in _RARE.finditer(words):
            self._run(to, words[at : rare.start()], style)
            self._run(to, rare[0], f"{style}_rare" if style else "Rare_character")
            at = rare.end()
        self._run(to, words[at:], style)

    def _run(self, to: Element, words: str, style: str) -> None:
        if not words:
            return
        if style.endswith("_rare"):
            style = self._rare_style(style)
        if style:
            to.append(Span(words, style=style))
        else:
            assert isinstance(to, Paragraph | Header)
            to.append_plain_text(words)

    def _rare_style(self, name: str) -> str:
        if name not in self._made:
            self._made.add(name)
            style = Style("text", name=name, display_name=name.replace("_", " "), parent_style=name[:-5])
            style.set_properties(
                {f"style:font-name{script}": "Rare" for script in ("", "-asian", "-complex")}, area="text"
            )
            self.declare(style)
        return name

    def runs(self, to: Element, runs: Iterable[Run], language: Language, style: str = "") -> None:
        for run in runs:
            words = run if isinstance(run, str) else run.text.say(language)
            if isinstance(run, Ref) and run.anchor in self.anchors and words:
                link = Link(f"#{run.anchor}", style="Reference")
                link.set_attribute("text:visited-style-name", "Reference")
                link.append(self.clean(words))
                to.append(link)
            else:
                self.add(to, words, style)

    def say(self, text: Text) -> Iterator[Said]:
        """Both halves, or one where they are the same."""
        if len(self.languages) > 1 and text.zh == text.en:
            yield text.zh, "zh"
            return
        for language in self.languages:
            yield text.say(language), language

    @property
    def colon(self) -> str:
        return "：" if self.languages[0] == "zh" else ": "

    # -- paragraphs

    @contextmanager
    def into(self, element: Element) -> Iterator[None]:
        """What is written goes into this element: a cell, a note."""
        before, self._into = self._into, element
        yield
        self._into = before

    def put(self, element: Element) -> None:
        append(self._into if self._into is not None else self.body, element)
        self.started = True

    @functools.cached_property
    def body(self) -> Element:
        return self.odf.body

    def declare(self, style: StyleBase) -> None:
        """A named style; odfdo's `insert_style` looks through all that there are for each."""
        append(self._named_styles, style)

    @functools.cached_property
    def _named_styles(self) -> Element:
        holder = self.odf.styles.get_element("office:styles")
        assert holder is not None
        return holder

    @functools.cached_property
    def _automatic_styles(self) -> Element:
        holder = self.odf.content.get_element("office:automatic-styles")
        assert holder is not None
        return holder

    def paragraph(self, style: str, words: str = "", language: Language | None = None) -> Paragraph:
        """A new paragraph. The first of a page carries the break in a style of its own, built on the named one."""
        if (language or self.languages[0]) == "en" and not style.endswith("English"):
            style = self.english(style)
        if self._into is None and self.begin:
            style, self.begin = self._opening(style, self.begin), ""
        made = Paragraph("", style=style)
        self.put(made)
        if words:
            self.add(made, words)
        return made

    def _opening(self, style: str, begin: str) -> str:
        name = f"{style}_begins_{begin}"
        if name not in self._made:
            self._made.add(name)
            opened = paragraph_style(name, Named(style), self.measures)
            if begin == "page":
                opened.set_properties({"fo:break-before": "page"})
            else:
                opened.set_attribute("style:master-page-name", begin)
            self.declare(opened)
        return name

    def english(self, style: str) -> str:
        """The style with the face of Latin letters, and the size that a page of English alone has."""
        text = face(LATIN_FACE)
        if self.languages == ("en",) and self.measures.english != 1:
            points = size_of(style, self.styles, self.measures) * self.measures.english
            text |= size(max(round(points * 2) / 2, 9))
        return self.derived(f"{style}_in_English", Named(style, text=text))

    def derived(self, name: str, named: Named) -> str:
        """A further named style, made when it is first asked for."""
        if name not in self._made:
            self._made.add(name)
            self.styles[name] = named
            self.declare(paragraph_style(name, named, self.measures))
        return name

    def heading(self, style: str, words: str) -> Header:
        """A heading of the first level, as the outline of the office program shows it."""
        if self.languages[0] == "en":
            style = self.english(style)
        if self.begin:
            style, self.begin = self._opening(style, self.begin), ""
        made = Header(1, self.clean(words))
        made.set_attribute("text:style-name", style)  # odfdo's own argument is not written
        self.put(made)
        return made

    def clause_style(self, level: int, number: str) -> str:
        """The hanging indent of a numbered item is as wide as its number: 十一、 is wider than 一、."""
        em = self.measures.body * PT
        wide = sum(1.0 if ord(letter) > 0x2E80 else 0.5 for letter in number)
        if wide == CLAUSE_EMS[level - 1]:
            return f"Clause_{level}"
        name = f"Clause_{level}_of_{wide:g}".replace(".", "_")
        base, left = f"Clause_{level}", CLAUSE_STARTS[level - 1]
        return self.derived(name, Named(base, margins(left=(left + wide) * em, indent=-wide * em)))

    def both(self, text: Text, style: str, english: str = "") -> None:
        """A paragraph for each language that is said; the English one beside a Chinese one in its own style."""
        for words, language in self.say(text):
            self.paragraph(self.named(style, english, language), words, language)

    def named(self, style: str, english: str, language: Language) -> str:
        return english if english and language == "en" and len(self.languages) > 1 else style

    def inline(self, to: Element, text: Text, english: str = "English") -> None:
        """Both halves in one line."""
        for place, (words, language) in enumerate(self.say(text)):
            if place:
                self.add(to, " ")
            self.add(to, words, self.named("", english, language))

    def lines(self, line: Line, style: str, english: str = "") -> list[Paragraph]:
        """The line as a paragraph of each language."""
        made = []
        for language in self.languages:
            paragraph = self.paragraph(self.named(style, english, language), "", language)
            self.runs(paragraph, line.say(language), language)
            made.append(paragraph)
        return made

    def bookmark(self, to: Element, anchor: str) -> None:
        """A place that references lead to; only once, though each language may have its own pages."""
        if anchor and f"#{anchor}" not in self._made:
            mark = Element.from_tag("text:bookmark")
            mark.set_attribute("text:name", anchor)
            to.append(mark)
            self._made.add(f"#{anchor}")

    def footnote(self, to: Paragraph, line: Line, language: Language) -> None:
        self._notes += 1
        words = Paragraph("", style="Footnote")
        self.runs(words, line.say(language), language)
        note = Note(note_id=f"note-{self._notes}", citation=str(self._notes))
        note.note_body = words
        to.append(note)

    # -- tables

    def name(self, words: str) -> str:
        """A name that no other table or picture of the document has, of letters, digits and blanks."""
        words = re.sub(r"[\W_]+", " ", self.clean(words)).strip()[:80] or "Table"
        self._names[words] = self._names.get(words, 0) + 1
        return words if self._names[words] == 1 else f"{words} ({self._names[words]})"

    def automatic(self, family: str, name: str, props: Mapping[str, str]) -> str:
        """A style of table geometry: office programs know those of tables only as automatic ones."""
        if (key := f"{family}:{name}") not in self._made:
            self._made.add(key)
            style = Style(family, name=name)
            if props:
                style.set_properties(dict(props))
            append(self._automatic_styles, style)
        return name

    def table(
        self,
        title: str,
        widths: Sequence[float],
        description: str = "",
        head_column: bool = True,
        props: Mapping[str, str] | None = None,
    ) -> OdfTable:
        """An empty table of these column widths in mm, with its name for whoever listens to the page."""
        table = OdfTable(self.name(title))
        named = {
            "style:width": mm(sum(widths)),
            "table:align": "left",
            "style:may-break-between-rows": "true",
            "table:border-model": "collapsing",
            **(props or {}),
        }
        begin, self.begin = ("", self.begin) if self._into is not None else (self.begin, "")
        table.set_attribute("table:style-name", self._table_style(named, begin))
        for tag, words in (("table:title", title), ("table:desc", description)):
            if words:
                element = Element.from_tag(tag)
                element.text = self.clean(words)
                append(table, element)
        head = Element.from_tag("table:table-header-columns")
        for place, width in enumerate(widths):
            column = OdfColumn()
            column.set_attribute(
                "table:style-name",
                self.automatic(
                    "table-column", f"Width{round(width * 100)}", {"style:column-width": mm(width)}
                ),
            )
            append(head if place == 0 and head_column else table, column)
            if place == 0 and head_column:
                append(table, head)
        self.put(table)
        return table

    def _table_style(self, props: dict[str, str], begin: str) -> str:
        """One style for all tables of the same width and place."""
        key = repr((props, begin))
        if key not in self._tables:
            self._tables[key] = f"Table{len(self._tables) + 1}"
            style = Style("table", name=self._tables[key])
            style.set_properties({**props, "fo:break-before": "page"} if begin == "page" else props)
            if begin not in ("", "page"):
                style.set_attribute("style:master-page-name", begin)
            append(self._automatic_styles, style)
        return self._tables[key]

    def row(self, to: Element, height: float = 0) -> OdfRow:
        row = OdfRow()
        props = {"fo:keep-together": "always", **({"style:row-height": mm(height)} if height else {})}
        name = f"RowHigh{round(height * 100)}" if height else "RowWhole"
        row.set_attribute("table:style-name", self.automatic("table-row", name, props))
        append(to, row)
        return row

    @contextmanager
    def cell_in(self, row: Element, style: str, props: Mapping[str, str], span: int = 1) -> Iterator[None]:
        cell = OdfCell()
        cell.set_attribute("table:style-name", self.automatic("table-cell", style, props))
        append(row, cell)
        if span > 1:
            cell.set_attribute("table:number-columns-spanned", str(span))
            for _ in range(span - 1):
                append(row, Element.from_tag("table:covered-table-cell"))
        with self.into(cell):
            yield

    @property
    def official(self) -> bool:
        """The paper of a letter: rules on all sides of a table, sizes of the handbook."""
        return self.measures.boxed

    def card_cell(self, row: Element) -> AbstractContextManager[None]:
        m = self.measures
        props = {
            "fo:background-color": m.head,
            "fo:padding": "2mm",
            "fo:border-top": f"1.5pt solid {m.lead}",
            "fo:border-left": "none",
            "fo:border-right": f"3pt solid {self.theme.colour['paper']}",
            "fo:border-bottom": "none",
        }
        return self.cell_in(row, "CardCell", props)

    def head_cell(self, row: Element) -> AbstractContextManager[None]:
        rule = f"0.75pt solid {self.measures.rule}"
        props = {
            "fo:background-color": self.measures.head,
            **self._sides(rule, f"1pt solid {self.measures.rule}"),
        }
        return self.cell_in(row, "HeadCell", {**props, "style:vertical-align": "middle"})

    def body_cell(
        self, row: Element, look: str, shade: float | None = None, span: int = 1
    ) -> AbstractContextManager[None]:
        """`look` is Body, Total, Group or Gap (a little room above it)."""
        m = self.measures
        thin = f"0.5pt solid {m.rule}"
        props = self._sides(f"1pt solid {m.rule}" if look == "Total" else thin, thin)
        if look == "Gap":
            props["fo:padding-top"] = "2mm"
        if look == "Group":
            props["fo:background-color"] = m.head
        name = f"{look}Cell"
        if shade is not None:
            ground = self.theme.shade(shade)[0]
            props["fo:background-color"], name = ground, f"{name}{ground[1:]}"
        return self.cell_in(row, name, {**props, "style:vertical-align": "middle"}, span)

    def _sides(self, top: str, bottom: str) -> dict[str, str]:
        """Rules above and below; an official table has them on all sides."""
        m = self.measures
        side = f"0.5pt solid {m.rule}" if m.boxed else "none"
        return {
            "fo:padding": "0.6mm" if self.dense else "1mm",
            "fo:border-top": top,
            "fo:border-bottom": bottom,
            "fo:border-left": side,
            "fo:border-right": side,
        }

    # -- pictures

    def picture(self, to: Element, key: str, width: float, height: float) -> None:
        """An embedded picture with its alternative text, set like a letter."""
        uri, alternative = self.pictures[key]
        head, _, body = uri.partition(",")
        media = head.removeprefix("data:").partition(";")[0]
        content = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
        path = f"Pictures/{len(self.files) + 1:05}.{_SUFFIX[media]}"
        self.files[path] = (content, media)
        frame = Frame.image_frame(
            path,
            name=self.name("Picture"),
            style="Picture_frame",
            size=(mm(width), mm(height)),
            anchor_type="as-char",
        )
        image = frame.get_element("draw:image")
        assert image is not None
        image.set_attribute("draw:mime-type", media)
        for tag, words in (
            ("svg:title", self.clean(alternative[:80])),
            ("svg:desc", self.clean(alternative)),
        ):
            element = Element.from_tag(tag)
            element.text = words
            frame.append(element)
        to.append(frame)

    @contextmanager
    def frame(self, to: Element, at: tuple[float, float], extent: tuple[float, float]) -> Iterator[None]:
        """What is written goes into a box at a fixed place of the page (mm), anchored where it is read."""
        made = Frame(
            self.name("Frame"),
            style="Box_on_page",
            position=(mm(at[0]), mm(at[1])),
            size=(mm(extent[0]), mm(extent[1])),
            anchor_type="char",
        )
        box = Element.from_tag("draw:text-box")
        made.append(box)
        to.append(made)
        with self.into(box):
            yield
