"""A document of pages: HTML and charts, laid out in parts side by side, into one PDF with its ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

from reportgen.model import Block, ChartSpec, Document, Section
from reportgen.model.errors import Place, RenderError, problem
from reportgen.model.job import Clock, Written, file_name
from reportgen.write.tools import Rehearsal, Tools

if TYPE_CHECKING:
    from reportgen.write.draft import Draft
    from reportgen.write.pdf import Attached, Layout


def write(draft: Draft, tools: Tools) -> Written:
    """The PDF and its ledger."""
    from reportgen.write import drawings, html, ledger, pdf, planning

    job, design, laying = draft.job, draft.design, _Laying(draft, tools)
    clock, document = laying.clock, draft.document
    parts = laying.out(document)
    if found := planning.plan(document, parts, design.theme):
        document, again = found.document, laying.out(found.document)
        # A plan that does not come out as it was reckoned is none.
        if sum(part.pages for part in again) > found.pages:
            document, again = draft.document, laying.out(draft.document)
        parts = again
    hashes, specs, drawn = laying.hashes, dict(drawings.specs(document)), laying.picture
    _check_one_page(draft, parts)
    scales = drawings.axis_labels(specs.items(), drawn)
    clock.step("charts")
    record = ledger.ledger(
        document, job.edition, pdf.all_positions(parts), draft.metric_names(), hashes, scales
    )
    content = _assembled(draft, laying.names, parts, draft.attached(record), tools.helper)
    content, record = ledger.completed(content, record, document)
    clock.step("pdf")
    pdf.check_fonts(content, job.name)
    files = {job.file: content, ledger_name(draft): record}
    pages_made = sum(part.pages for part in parts)
    told = html.told(document, job.edition, design.theme)
    absent = dict.fromkeys(draft.document.absent, "")
    return Written(pages=pages_made, inputs=hashes | absent, files=files, seconds=clock.seconds, told=told)


class _Laying:
    """Lays out a document in parts, and again with what has changed; the first layouts are kept where nothing has."""

    def __init__(self, draft: Draft, tools: Tools) -> None:
        self.draft, self.tools, self.clock = draft, tools, Clock()
        self.hashes = draft.hashes()
        self.charts: dict[str, Callable[[], bytes]] = {}
        self.specs: dict[str, ChartSpec] = {}
        self.laid: dict[str, tuple[str, tuple[Block, ...], Layout]] = {}
        self.names: list[str] = []

    def picture(self, anchor: str) -> bytes:
        return self.charts[anchor]()

    def out(self, document: Document) -> list[Layout]:
        from reportgen.write import drawings, html, pdf

        draft, helper = self.draft, self.tools.helper
        job, theme = draft.job, draft.design.theme
        specs = dict(drawings.specs(document))
        new = [(anchor, spec) for anchor, spec in specs.items() if self.specs.get(anchor) != spec]
        shown = {} if self.charts else drawings.scans(document)
        drawn = drawings.drawing(new, job.edition, theme, draft.registry.units, helper, job.project, shown)
        self.charts |= {anchor: partial(drawn, anchor) for anchor in (*dict(new), *shown)}
        self.specs = specs
        pages, css = html.pages_and_style(
            draft.design, document, drawings.named(document, job.edition), self.hashes, job.name
        )
        self.clock.step("html")
        self.names = [job.name + (f", part {place}" if place else "") for place in range(len(pages))]
        blocks = [document.blocks[part.start : part.stop] for part in html.parts(document)]
        kept = {
            place: found[2]
            for place, name in enumerate(self.names)
            if (found := self.laid.get(name)) and found[:2] == (pages[place], blocks[place])
        }
        todo = [place for place in range(len(pages)) if place not in kept]
        sections = (block for block in document.blocks if isinstance(block, Section))
        sheets = [section.anchor for section in sections if section.level == 1 and not section.flow]
        laying = {
            place: helper.submit(pdf.lay_out, pages[place], css, self.names[place], None, sheets)
            for place in todo
            if place in _elsewhere(pages)
        }
        here = {
            place: pdf.lay_out(pages[place], css, self.names[place], self.picture, sheets)
            for place in todo
            if place not in laying
        }
        parts = [
            laying[place].result() if place in laying else here.get(place) or kept[place]
            for place in range(len(pages))
        ]
        self.laid = dict(zip(self.names, zip(pages, blocks, parts, strict=True), strict=True))
        self.clock.step("layout")
        return parts


def rehearse(draft: Draft) -> Rehearsal:
    """Templates, style, characters and pictures as `write` would meet them, with an empty one for each chart."""
    from reportgen.write import drawings, html

    scans = drawings.scans(draft.document)
    empty = {anchor: (drawings.EMPTY, "-") for anchor in (*dict(drawings.specs(draft.document)), *scans)}
    for file in dict.fromkeys(scans.values()):
        drawings.read_picture(draft.job.project, file)
    pages, _ = html.pages_and_style(draft.design, draft.document, empty, draft.hashes(), draft.job.name)
    draft.refuse_hidden(html.words_in(page) for page in pages)
    return Rehearsal(told=html.told(draft.document, draft.job.edition, draft.design.theme))


def ledger_name(draft: Draft) -> str:
    """`ledger.json`, `ledger.zh.json`; where a publication makes several documents, `letter.ledger.json`."""
    job = draft.job
    own = job.document == draft.publication.kind
    return file_name("ledger" if own else f"{job.document}.ledger", job.edition, "json")


def _elsewhere(pages: Sequence[object]) -> range:
    """The parts that the helper takes: the second; this process takes the first and, where there is one, the third."""
    return range(1, len(pages), 2)


def _assembled(
    draft: Draft, names: Sequence[str], parts: Sequence[Layout], inside: Sequence[Attached], helper: Executor
) -> bytes:
    """One PDF of all parts, each written where it was laid out; what is attached goes into the first."""
    from reportgen.write import html, pdf

    words, edition = draft.design.words, draft.job.edition
    # A letter and its translation are counted each by itself, in its own language.
    own = {"official": words["page.number"].zh, "translated": words["page.number"].en}
    numbering = pdf.Numbering(html.numbering(words, edition), own)
    writing = {
        place: helper.submit(pdf.write, names[place], parts, place, numbering, (), draft.dated)
        for place in _elsewhere(parts)
    }
    here = {
        place: pdf.write(names[place], parts, place, numbering, () if place else inside, draft.dated)
        for place in range(0, len(parts), 2)
    }
    written = [writing[place].result() if place in writing else here[place] for place in range(len(parts))]
    return pdf.assemble(written, parts)


def _check_one_page(draft: Draft, parts: Sequence[Layout]) -> None:
    """RenderError for a section that is to be read on one page and goes on over it."""
    from reportgen.write import pdf

    sections = [block for block in draft.document.blocks if isinstance(block, Section)]
    if not any(section.one_page for section in sections):
        return
    pages = pdf.pages_of(parts)
    begin = [section for section in sections if not section.flow]
    ends = [*(pages[section.anchor] for section in begin[1:]), sum(part.pages for part in parts) + 1]
    problems = [
        problem(
            Place(draft.publication.file, column=section.anchor),
            "run.takes_pages_is_read_one",
            end=end - pages[section.anchor],
            name_=draft.job.name,
            title=section.title,
        )
        for section, end in zip(begin, ends, strict=True)
        if section.one_page and end - pages[section.anchor] > 1
    ]
    if problems:
        raise RenderError(problems)
