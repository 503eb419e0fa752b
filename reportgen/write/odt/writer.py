"""Words into paragraphs, runs, tables and pictures: every style by its name, every letter of data as text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from odfdo import Document as OdfDocument
from odfdo import Element, Header, Link, Note, Paragraph, Span, Style
from odfdo.style_base import StyleBase

from reportgen.model import Language, Line, Quoted, Ref, Run, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read import one_face
from reportgen.read.theme import Theme
from reportgen.read.words import Words
from reportgen.write.odt.measures import PT, Measures
from reportgen.write.odt.package import append, element
from reportgen.write.odt.styles import (
    CLAUSE_EMS,
    CLAUSE_STARTS,
    LATIN_FACE,
    Named,
    face,
    margins,
    paragraph_style,
    size,
    size_of,
)

# Characters beyond the basic plane; a variation selector stays with its letter.
_RARE = re.compile("([\U00020000-\U0003ffff][\U000e0100-\U000e01ef]?)+")
# What XML cannot hold, or what an office program would obey: all control characters but line end and tab.
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

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
    bilingual: bool = False  # the document has both languages, side by side or one after the other
    anchors: frozenset[str] = frozenset()
    dense: bool = False  # a sheet for each person: both halves in one line, entries beside each other
    styles: dict[str, Named] = field(default_factory=dict)
    before: type | None = None  # the block before this one
    started: bool = False  # something stands in the document
    begin: str = ""  # "page", or the name of a master page
    small: bool = False  # what is written into cells has the size of notes, and less room around it
    place: str = ""
    problems: list[Problem] = field(default_factory=list)
    pictures: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # a code's content -> data URI, alternative
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)
    tables: dict[str, str] = field(default_factory=dict)  # widths and place of a table -> its style
    _notes: int = 0
    _into: Element | None = None

    def problem(self, name: str, **slots: object) -> None:
        """Something of the block that is being written cannot be; all are told at the end."""
        self.problems.append(problem(Place(self.file, column=self.place), name, **slots))

    # -- words

    def clean(self, words: str) -> str:
        """The words, if they can stand in a document; else a problem with the block's place."""
        if found := _BAD.search(words):
            self.problem("layout.control_character_cannot_stand_document", point=f"U+{ord(found[0]):04X}")
            return _BAD.sub("\N{REPLACEMENT CHARACTER}", words)
        return words

    def add(self, to: Element, words: str, style: str = "") -> None:
        """The words as text, in a run of the style if one is named; rare characters and names in the face that has them."""
        at = 0
        words = self.clean(words)
        spans = [
            (*rare.span(), f"{style}_rare" if style else "Rare_character") for rare in _RARE.finditer(words)
        ]
        spans += [(*span, f"{style or 'Name'}_whole") for span in one_face.runs(words)]
        for start, end, named in sorted(spans):
            self._run(to, words[at:start], style)
            self._run(to, words[start:end], named)
            at = end
        self._run(to, words[at:], style)

    def _run(self, to: Element, words: str, style: str) -> None:
        if not words:
            return
        if style.endswith(("_rare", "_whole")):
            self._made_style(style)
        if style:
            to.append(Span(words, style=style))
        else:
            assert isinstance(to, Paragraph | Header)
            to.append_plain_text(words)

    def _made_style(self, name: str) -> None:
        """A style like its parent but for the face: that of rare characters, or the one for a whole name."""
        if name in self._made:
            return
        self._made.add(name)
        parent, _, why = name.rpartition("_")
        above = None if parent == "Name" else parent
        style = Style("text", name=name, display_name=name.replace("_", " "), parent_style=above)
        faces = {"style:font-name": "Rare"} if why == "rare" else {"fo:font-family": f"'{one_face.family()}'"}
        of_scripts = {
            f"{key.replace('fo:', 'style:') if script else key}{script}": face
            for key, face in faces.items()
            for script in ("", "-asian", "-complex")
        }
        style.set_properties(of_scripts, area="text")
        self.declare(style)

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
        if isinstance(text, Quoted):
            yield text.zh, text.language
            return
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
    def into(self, holder: Element) -> Iterator[None]:
        """What is written goes into this element: a cell, a note."""
        before, self._into = self._into, holder
        yield
        self._into = before

    @property
    def within(self) -> bool:
        """Whether what is written goes into a cell or a note."""
        return self._into is not None

    def put(self, made: Element) -> None:
        append(self._into if self._into is not None else self.body, made)
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
        if self.small and self.within:
            style = self.derived(f"{style}_small", Named(style, text=size(self.measures.note)))
        if self.begin and not self.within:
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

    def entry(self, style: str, name: str, text: Text) -> None:
        """A paragraph of a word of the kind's words, a colon, and what it says."""
        made = self.paragraph(style)
        self.inline(made, self.words[name])
        self.add(made, self.colon)
        self.inline(made, text)

    def bookmark(self, to: Element, anchor: str) -> None:
        """A place that references lead to; only once, though each language may have its own pages."""
        if anchor and f"#{anchor}" not in self._made:
            to.append(element("text:bookmark", {"text:name": anchor}))
            self._made.add(f"#{anchor}")

    def footnote(self, to: Paragraph, line: Line, language: Language) -> None:
        self._notes += 1
        words = Paragraph("", style="Footnote")
        self.runs(words, line.say(language), language)
        note = Note(note_id=f"note-{self._notes}", citation=str(self._notes))
        note.note_body = words
        to.append(note)

    def name(self, words: str) -> str:
        """A name that no other table or picture of the document has, of letters, digits and blanks."""
        words = re.sub(r"[\W_]+", " ", self.clean(words)).strip()[:80] or "Table"
        self._names[words] = self._names.get(words, 0) + 1
        return words if self._names[words] == 1 else f"{words} ({self._names[words]})"

    def automatic(
        self, family: str, name: str, props: Mapping[str, str], attributes: Mapping[str, str] | None = None
    ) -> str:
        """A style of table geometry: office programs know those of tables only as automatic ones."""
        if (key := f"{family}:{name}") not in self._made:
            self._made.add(key)
            style = Style(family, name=name)
            if props:
                style.set_properties(dict(props))
            for attribute, value in (attributes or {}).items():
                style.set_attribute(attribute, value)
            append(self._automatic_styles, style)
        return name

    @property
    def official(self) -> bool:
        """The paper of a letter: rules on all sides of a table, sizes of the handbook."""
        return self.measures.boxed
