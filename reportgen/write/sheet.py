"""A document of one page of its own size, a panel: fitted until it is full, measured, written for screen and press."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import APART, ChartSpec, Document, Edition, Exhibit, Exhibits, PanelFoot
from reportgen.model.errors import Place, Problem, RenderError, problem
from reportgen.model.job import Clock, Job, Written, file_name
from reportgen.read.theme import Theme
from reportgen.write.tools import Rehearsal, Tools

if TYPE_CHECKING:
    from reportgen.write.draft import Draft
    from reportgen.write.fitting import Fitted
    from reportgen.write.preflight import Preflight


PICTURE_WIDTH = 1400  # pixels: a panel's running text can be read on a screen
QUALITY = 82
BLEED = 3.0  # mm, where an exhibition declares none


@dataclass(frozen=True, kw_only=True)
class LaidSheet:
    """A sheet between layout and writing, kept by `pdf` under `name`; `page` is its HTML."""

    name: str
    page: str
    fitted: Fitted
    preflight: Preflight
    hashes: Mapping[str, str]


def write(draft: Draft, tools: Tools) -> Written:
    """The PDF, its ledger, its picture, and the printer's edition where one is asked for."""
    from reportgen.write import drawings, ledger, pdf
    from reportgen.write.pages import ledger_name

    job, document = draft.job, draft.document
    clock = Clock()
    made = lay_out(draft, tools.helper)
    clock.step("layout")
    if made.preflight.faults:
        pdf.drop(job.name)
        raise RenderError(made.preflight.faults)
    part = made.fitted.part
    scales = drawings.axis_labels(made.fitted.specs.items(), made.fitted.charts.__getitem__)
    record = ledger.ledger(document, job.edition, part.positions, draft.metric_names(), made.hashes, scales)
    content = pdf.assemble(
        [pdf.write(job.name, [part], 0, pdf.Numbering(), draft.attached(record), draft.dated)], [part]
    )
    content, record = ledger.completed(content, record, document)
    clock.step("pdf")
    pdf.check_fonts(content, job.name)
    files = {
        job.file: content,
        ledger_name(draft): record,
        picture_name(job.document, job.edition): picture(content),
    }
    clock.step("checks")
    missing = tuple(_placeholders(document, f"{job.publication}/{press_name(job)}")) if job.press else ()
    if job.press and not missing and document.sheet:
        bleed = BLEED if document.sheet.bleed_mm is None else document.sheet.bleed_mm
        files[press_name(job)] = _for_press(draft, made, bleed)
        clock.step("press")
    return Written(pages=1, inputs=made.hashes, files=files, problems=missing, seconds=clock.seconds)


def _placeholders(document: Document, file: str) -> Iterator[Problem]:
    """The items of a panel whose pictures are still to come: on a screen each is a frame, and a printer gets none."""
    for block in document.blocks:
        for item in block.items if isinstance(block, Exhibits) else ():
            if item.picture is None:
                yield problem(Place(file), "press.placeholder", item=item.anchor)


def rehearse(draft: Draft) -> Rehearsal:
    """A sheet is laid out, too: only then can be said how large its type is and how its pictures will look."""
    from reportgen.model.job import Inline
    from reportgen.write import pdf

    made = lay_out(draft, Inline())
    pdf.drop(draft.job.name)
    return Rehearsal(made.preflight.faults, made.preflight)


def press_name(job: Job) -> str:
    """`targets-met.press.pdf`: the edition for the printer."""
    return file_name(f"{job.document}.press", job.edition)


def picture_name(panel: str, edition: str) -> str:
    """`web/targets-met.jpg`: the picture of a panel beside the page of its exhibition."""
    return file_name(f"web/{panel}", edition, "jpg")  # type: ignore[arg-type]


def picture(content: bytes) -> bytes:
    """The first page of a PDF as a JPEG."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        page = document[0]
        drawn = page.render(scale=PICTURE_WIDTH / page.get_width()).to_pil().convert("RGB")
    finally:
        document.close()
    target = io.BytesIO()
    drawn.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def lay_out(draft: Draft, helper: Executor) -> LaidSheet:
    """Fits the document to its sheet and measures what can be read of it."""
    from reportgen.write import drawings, fitting, html, pdf, preflight, sheet_measures
    from reportgen.write.press import conditions

    job, document, design = draft.job, draft.document, draft.design
    bleeds = job.press or (document.sheet is not None and document.sheet.bleed_mm is not None)
    profile = [conditions.read_conditions(job.project).profile_file] if bleeds else []
    hashes = draft.hashes() | dict.fromkeys(document.absent, "") | draft.digests(profile)
    shown = {item.anchor: item for b in document.blocks if isinstance(b, Exhibits) for item in b.items}
    tokens = sheet_measures.tokens(document, design.theme, False, 100)
    (page,), _ = html.pages_and_style(design, document, _named(draft, shown), hashes, job.name, tokens)

    def style(extra: Mapping[str, str]) -> str:
        sheet = html.style_sheet(job.project, f"styles/{document.kind}.css", design.theme, extra)
        return sheet + html.draft_mark(sheet, document, job.edition, design.theme)

    drawn, theme = "zh" if _is_short(document, job.edition) else job.edition, theme_of(design.theme)

    def draw(specs: Mapping[str, ChartSpec]) -> Callable[[str], bytes]:
        return drawings.drawing(specs.items(), drawn, theme, draft.registry.units, helper)

    @cache
    def scan(anchor: str) -> bytes:
        return scan_of(job.project, shown[anchor])

    parts = fitting.Parts(page=page, style=style, draw=draw, scan=scan)
    fitted = fitting.fit(document, design.theme, job.edition, parts, job.name)
    found = preflight.inspect(pdf.laid(job.name), document, theme, fitted, job.name)
    return LaidSheet(name=job.name, page=page, fitted=fitted, preflight=found, hashes=hashes)


def _is_short(document: Document, edition: Edition) -> bool:
    """Whether the English is short: then charts are in Chinese."""
    return edition == "both" and any(getattr(block, "short", False) for block in document.blocks)


def _named(draft: Draft, shown: Mapping[str, Exhibit]) -> dict[str, tuple[str, str]]:
    """Anchor -> the picture in the page and its alternative text: charts, scans, the code of the foot."""
    from reportgen.write import codes, drawings, html

    spoken = html.languages(draft.job.edition)
    named = drawings.named(draft.document, draft.job.edition)
    for anchor, item in shown.items():
        said = APART.join(item.alternative.say(language) for language in spoken)
        named[f"scan-{anchor}"] = (f"chart:scan-{anchor}", said)
    for block in draft.document.blocks:
        if isinstance(block, PanelFoot) and block.address:
            said = APART.join(draft.design.words["foot.code"].say(language) for language in spoken)
            named["code"] = (
                html.data_uri(codes.svg(block.address)),
                said.replace("{address}", block.address),
            )
    return named


def scan_of(project: Path, item: Exhibit) -> bytes:
    """The scan of an item, redacted."""
    from reportgen.read import pictures

    picture = item.picture
    assert picture
    redactions = (pictures.Redaction(*area) for area in picture.redactions)
    return pictures.read(project, picture.file, redactions).content


def theme_of(theme: Theme) -> Theme:
    """The theme of what is drawn on a panel: its paper is the panel's ground."""
    return replace(theme, colour={**theme.colour, "paper": theme.colour["panel_ground"]})


def _for_press(draft: Draft, made: LaidSheet, bleed_mm: float) -> bytes:
    """The same page with its bleed, in the inks of the declared press, looked at once more."""
    from reportgen.write import pdf
    from reportgen.write.press import conditions, conversion, inspection

    name = f"{draft.job.publication}/{press_name(draft.job)}"
    press = conditions.read_conditions(draft.job.project)
    screen = pdf.for_press(made.page, made.fitted.css_at(bleed_mm), name, made.fitted.picture)
    content = conversion.to_press(screen, press, name, draft.dated)
    if problems := inspection.check(content, press, name).problems:
        raise RenderError(problems)
    return content
