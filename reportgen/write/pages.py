"""A document of pages: HTML and charts, laid out in parts side by side, into one PDF with its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from reportgen.model import Section
from reportgen.model.errors import Place, RenderError, problem
from reportgen.model.job import Clock, Written, file_name
from reportgen.write.tools import Rehearsal, Tools

if TYPE_CHECKING:
    from reportgen.write.draft import Draft
    from reportgen.write.pdf import Attached, Layout


def write(draft: Draft, tools: Tools) -> Written:
    """The PDF and its ledger."""
    from reportgen.write import drawings, html, ledger, pdf

    job, document, design = draft.job, draft.document, draft.design
    clock = Clock()
    specs = dict(drawings.specs(document))
    units, shown = draft.registry.units, drawings.scans(document)
    drawn = drawings.drawing(
        specs.items(), job.edition, design.theme, units, tools.helper, job.project, shown
    )
    hashes = draft.hashes()
    pages, css = html.pages_and_style(
        design, document, drawings.named(document, job.edition), hashes, job.name
    )
    clock.step("html")
    names = [job.name + (f", part {place}" if place else "") for place in range(len(pages))]
    sheets = [
        one.anchor for one in document.blocks if isinstance(one, Section) and one.level == 1 and not one.flow
    ]
    laying = {
        place: tools.helper.submit(pdf.lay_out, pages[place], css, names[place], None, sheets)
        for place in _elsewhere(pages)
    }
    here = {
        place: pdf.lay_out(pages[place], css, names[place], drawn, sheets)
        for place in range(0, len(pages), 2)
    }
    parts = [laying[place].result() if place in laying else here[place] for place in range(len(pages))]
    _check_one_page(draft, parts)
    clock.step("layout")
    scales = drawings.axis_labels(specs.items(), drawn)
    clock.step("charts")
    record = ledger.ledger(
        document, job.edition, pdf.all_positions(parts), draft.metric_names(), hashes, scales
    )
    content = _assembled(draft, names, parts, draft.attached(record), tools.helper)
    content, record = ledger.completed(content, record, document)
    clock.step("pdf")
    pdf.check_fonts(content, job.name)
    files = {job.file: content, ledger_name(draft): record}
    pages_made = sum(part.pages for part in parts)
    told = html.told(document, job.edition, design.theme)
    return Written(pages=pages_made, inputs=hashes, files=files, seconds=clock.seconds, told=told)


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
