"""One document as an ODT: the languages in the order of its pages, block after block."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from odfdo import Paragraph
from odfdo.master_page import StyleMasterPage
from odfdo.page_layout import StylePageLayout

from reportgen.model import (
    APART,
    LANGUAGES,
    Block,
    Certificate,
    Chart,
    Document,
    Edition,
    FormHead,
    Labels,
    Language,
    MethodAnnex,
    Section,
    Table,
)
from reportgen.model.document import told_in
from reportgen.model.errors import RenderError
from reportgen.read.theme import Theme
from reportgen.read.words import Words
from reportgen.write import drawings
from reportgen.write.html import data_uri
from reportgen.write.odt import blocks, measures, package, reports
from reportgen.write.odt.package import append, element
from reportgen.write.odt.styles import mm, paragraph_styles, put_styles
from reportgen.write.odt.writer import Writer

if TYPE_CHECKING:
    from reportgen.write.draft import Draft


def beside(draft: Draft) -> bytes:
    """The editable file of a draft."""
    job, design = draft.job, draft.design
    shown = {
        anchor: (
            data_uri(drawings.read_picture(job.project, drawings.scans(draft.document)[anchor])),
            said.replace(APART, " "),
        )
        for anchor, (_, said) in drawings.named(draft.document, job.edition).items()
        if anchor in drawings.scans(draft.document)
    }
    return write(draft.document, job.edition, design.words, design.theme, draft.dated, shown)


def write(
    document: Document,
    edition: Edition,
    words: Words,
    theme: Theme,
    dated: datetime,
    shown: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> bytes:
    """The bytes of an ODF 1.3 text document: the same at every run. RenderError names each block that cannot be written.

    `shown`: pictures by their anchors, each as a data URI with what it shows in words.
    """
    languages: tuple[Language, ...] = LANGUAGES if edition == "both" else (edition,)
    odf = package.empty()
    writer = Writer(
        odf=odf,
        measures=measures.declared(document, theme),
        theme=theme,
        words=words,
        file=f"{document.publication}/{document.name or document.kind}.odt",
        languages=languages,
        bilingual=edition == "both",
        anchors=_anchors(document),
        dense=document.setting == "dense",
        pictures=dict(shown),
    )
    put_styles(odf, writer.measures)
    writer.styles.update(paragraph_styles(writer.measures))
    _pages(writer, document)
    for letter, part in itertools.product(document.letters, _parts(document, languages)):
        writer.languages, writer.before = part, None
        writer.begin = _master(letter, writer.bilingual and part == ("en",))
        if not _official(document) and not _sheets(document.blocks):
            reports.front(writer, document)
        blocks_told = told_in(part[0], letter) if _official(document) else letter
        for number, block in enumerate(blocks_told, 1):
            writer.place = f"block {number} ({type(block).__name__})"
            blocks.write(writer, block)
            writer.before = type(block)
    if not writer.started:
        writer.paragraph("Text")
    title = writer.clean(" / ".join(dict.fromkeys(document.title.say(language) for language in languages)))
    package.describe(odf, title, document, edition, languages[0], dated)
    if writer.problems:
        raise RenderError(dict.fromkeys(writer.problems))
    return package.packed(odf, writer.files, dated)


def _official(document: Document) -> bool:
    """A letter, an order, an announcement, a notice: Chinese is the document of record, English its translation."""
    return any(isinstance(block, FormHead) for block in document.blocks)


def _parts(document: Document, languages: tuple[Language, ...]) -> list[tuple[Language, ...]]:
    """An official paper tells all in one language after the other, all else in both side by side."""
    return [(language,) for language in languages] if _official(document) else [languages]


def _sheets(found: Iterable[Block]) -> bool:
    """Certificates and labels: nothing else stands on their pages."""
    return any(isinstance(block, Certificate | Labels) for block in found)


def _master(found: tuple[Block, ...], english: bool) -> str:
    """The master page that the first paragraph of a part begins."""
    first = found[0] if found else None
    if isinstance(first, Certificate | Labels):
        return ""  # each of their pages says so itself
    return "English" if english else "Standard"


def _anchors(document: Document) -> frozenset[str]:
    """Where a reference can lead."""
    targets = [block.anchor for block in document.blocks if isinstance(block, Section | Table | Chart)]
    annexes = (block for block in document.blocks if isinstance(block, MethodAnnex))
    return frozenset([*targets, *(one.anchor for annex in annexes for one in annex.definitions)])


# ---- pages ------------------------------------------------------------------------------------

_HEAD, _FOOT = 11.0, 12.0  # mm of the margins in which the head and foot of a page stand


def _pages(writer: Writer, document: Document) -> None:
    """Page layouts and master pages: one for each order of languages, for certificates and for labels."""
    _paper(writer, document, "Paper", writer.measures)
    parts: dict[str, tuple[Language, ...]] = {"Standard": writer.languages}
    if len(_parts(document, writer.languages)) > 1:
        parts = {"Standard": ("zh",), "English": ("en",)}
    tables = (block for block in document.blocks if isinstance(block, Table))
    across = any(isinstance(block, Section) and block.landscape for block in document.blocks)
    if across or any(reports.fit_of(writer, table).turned for table in tables):
        _paper(writer, document, "Paper_across", writer.measures.turned(True))
        parts["Landscape"] = writer.languages
    for name, languages in parts.items():
        sheet = "Paper_across" if name == "Landscape" else "Paper"
        page = StyleMasterPage(name=name, display_name=name, page_layout=sheet)
        if document.sample:
            head = Paragraph("", style="Header")
            writer.languages, before = languages, writer.languages
            writer.inline(head, document.sample)
            writer.languages = before
            page.set_page_header(head)
        page.set_page_footer(_numbering(writer, languages))
        writer.odf.insert_style(page)
    if forms := [block for block in document.blocks if isinstance(block, Certificate)]:
        frame = {
            "fo:border": f"3.2pt double {writer.measures.frame}",
            "style:border-line-width": "0.35mm 0.8mm 0.9mm",
            "fo:padding": "8mm",
        }
        width, height = (210, 297) if forms[0].upright else (297, 210)
        _layout(writer, "Certificate_sheet", width, height, (11, 11, 11, 11), frame)
        writer.odf.insert_style(StyleMasterPage(name="Certificate", page_layout="Certificate_sheet"))
    if any(isinstance(block, Labels) for block in document.blocks):
        _layout(writer, "Label_sheet", 210, 297, (0.2, 0, 0, 0))
        writer.odf.insert_style(StyleMasterPage(name="Labels", page_layout="Label_sheet"))


def _paper(writer: Writer, document: Document, name: str, m: measures.Measures) -> None:
    """The layout of a page with its head, where a sample says so, and its foot."""
    top = _HEAD if document.sample else 0.0
    layout = _layout(writer, name, m.width, m.height, (m.top - top, m.right, m.bottom - _FOOT, m.left))
    for part, high, side in (("header", top, "bottom"), ("footer", _FOOT, "top")):
        if high:
            # In ODF head and foot lie inside the margins of the page, so the margins are as much smaller.
            lengths = {"svg:height": mm(high), f"fo:margin-{side}": mm(4.0)}
            layout.append(
                element(f"style:{part}-style", {}, element("style:header-footer-properties", lengths))
            )


def _layout(
    writer: Writer,
    name: str,
    width: float,
    height: float,
    margins: tuple[float, float, float, float],
    more: Mapping[str, str] | None = None,
) -> StylePageLayout:
    """A page of this size in mm; `margins` are top, right, bottom and left."""
    layout = StylePageLayout(name=name)
    sides = zip(("top", "right", "bottom", "left"), margins, strict=True)
    layout.set_properties(
        {
            "fo:page-width": mm(width),
            "fo:page-height": mm(height),
            "style:print-orientation": "landscape" if width > height else "portrait",
            **{f"fo:margin-{side}": mm(length) for side, length in sides},
            "style:writing-mode": "lr-tb",
            **(more or {}),
        }
    )
    properties = layout.get_element("style:page-layout-properties")
    assert properties is not None
    rule = {
        "style:width": "0.2mm",
        "style:distance-before-sep": "2mm",
        "style:distance-after-sep": "1mm",
        "style:line-style": "solid",
        "style:adjustment": "left",
        "style:rel-width": "25%",
        "style:color": writer.measures.rule,
    }
    properties.append(element("style:footnote-sep", rule))
    writer.odf.insert_style(layout, automatic=True)
    return layout


def _numbering(writer: Writer, languages: tuple[Language, ...]) -> Paragraph:
    """第N頁，共M頁 with fields that count for themselves."""
    foot = Paragraph("", style="Footer")
    pattern = writer.words["page.number"]
    for place, language in enumerate(languages):
        if place:
            foot.append_plain_text("  ·  ")
        head, _, rest = pattern.say(language).partition("{page}")
        between, _, tail = rest.partition("{pages}")
        foot.append_plain_text(head)
        append(foot, element("text:page-number", {"text:select-page": "current"}, text="1"))
        foot.append_plain_text(between)
        append(foot, element("text:page-count", text="1"))
        foot.append_plain_text(tail)
    return foot
