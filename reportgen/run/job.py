"""One document in one worker: from its publication's name to the bytes of a PDF and its ledger.

A job is plain values in and plain values out, so that any `concurrent.futures.Executor` can run it (see
`workers`). Nothing is written here; the pipeline delivers.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.kinds import kinds
from reportgen.kinds.material import Material, read_material
from reportgen.model import (
    Chart,
    ChartSpec,
    Document,
    Edition,
    Exhibits,
    Format,
    KeyFigures,
    PanelFoot,
    Section,
    formats,
)
from reportgen.model.errors import KindError, Place, RenderError, ReportgenError, problem
from reportgen.read import tables
from reportgen.read.publications import Publication, documents_of

EXHIBITION = "exhibition"

if TYPE_CHECKING:
    from reportgen.compute.metrics import Registry
    from reportgen.model.formats import Unit
    from reportgen.read.theme import Theme
    from reportgen.verify.leaks import Leak
    from reportgen.write.fitting import Fitted
    from reportgen.write.html import Design
    from reportgen.write.pdf import Attached, Part
    from reportgen.write.preflight import Preflight

_CHART_NUMBER = re.compile(r">(−?\d[\d,.]*)</text>")


@dataclass(frozen=True, kw_only=True)
class Job:
    """One document of a publication in one edition; `document` is its name, `bulletin` or `letter`."""

    project: Path
    publication: str
    document: str
    edition: Edition
    issued: date | None = None
    formats: tuple[Format, ...] = ("pdf",)

    @property
    def file(self) -> str:
        if self.document == EXHIBITION:
            return file_name("web/index", self.edition, "html")
        return file_name(self.document, self.edition)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A finished document, not yet delivered. `inputs` are the files it depends on with their SHA-256.

    `beside` are further files of the same document by name: its ledger, its ODT.
    """

    file: str
    content: bytes
    pages: int
    inputs: Mapping[str, str]
    beside: Mapping[str, bytes]
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def file_name(document: str, edition: Edition, suffix: str = "pdf") -> str:
    """`letter.pdf`, `letter.zh.pdf`."""
    return f"{document}.{suffix}" if edition == "both" else f"{document}.{edition}.{suffix}"


def ledger_name(document: str, kind: str, edition: Edition) -> str:
    """`ledger.json`, `ledger.zh.json`; where a publication makes several documents, `letter.ledger.json`."""
    return file_name("ledger" if document == kind else f"{document}.ledger", edition, "json")


class Inline(Executor):
    """Does it at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except ReportgenError as error:
            future.set_exception(error)
        return future


class Clock:
    """Seconds of each step, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def step(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now


def design_of(job: Job, material: Material, colours: Theme) -> Design:
    from reportgen.write.html import Design

    return Design(project=job.project, edition=job.edition, theme=colours, words=material.words)


def make_document(job: Job, helper: Executor) -> Result:
    """The files of a job. Charts are drawn by `helper`, beside the import and set-up of the layout.

    InputError, KindError or RenderError with all problems that were found in the step that failed.
    """
    from reportgen.read import theme
    from reportgen.verify import ledger as ledger_
    from reportgen.write import html, pdf

    clock = Clock()
    colours = theme.load_theme(job.project / "styles/tokens.toml")
    material = read_material(job.project, job.publication, job.issued)
    publication, registry, words = material.publication, material.registry, material.words
    clock.step("read")
    if job.document == EXHIBITION:
        return _make_page(job, material, colours, clock)

    document: Document = kinds()[publication.kind].compose(material, job.document)
    if job.issued:
        document = replace(document, issued=formats.roc_date(job.issued))
    clock.step("compute")

    if document.sheet:
        return _make_sheet(job, document, material, colours, helper, clock)
    pictures = _Pictures(document, job.edition, colours, registry.units, helper)
    hashes = hashed(job.project, document, publication.kind, material.glossary.file)
    design = design_of(job, material, colours)
    pages, css = html.pages_and_style(
        design, document, pictures.named(), hashes, f"{job.publication}/{job.file}"
    )
    clock.step("html")

    file = job.file
    names = [
        f"{job.publication}/{file}" + (f", part {place}" if place else "") for place in range(len(pages))
    ]
    # The helper draws the charts and lays out the second part, this process the first and, where there is one,
    # the third.
    elsewhere = {
        place: helper.submit(pdf.lay_out, pages[place], css, names[place])
        for place in range(1, len(pages), 2)
    }
    here = {
        place: pdf.lay_out(pages[place], css, names[place], pictures.content)
        for place in range(0, len(pages), 2)
    }
    parts = [elsewhere[place].result() if place in elsewhere else here[place] for place in range(len(pages))]
    _check_one_page(document, parts, publication, names[0])
    clock.step("layout")

    numbering, dated = html.numbering(words, job.edition), dated_on(job, publication)
    # A letter and its translation are counted each by itself, in its own language.
    feet = {"official": words["page.number"].zh, "translated": words["page.number"].en}
    scales = pictures.scales()
    clock.step("charts")

    writing = {
        place: helper.submit(pdf.write, names[place], parts, place, numbering, (), dated, feet)
        for place in elsewhere
    }
    ledger = ledger_.ledger(
        document, job.edition, pdf.all_positions(parts), _metric_names(document, registry), hashes, scales
    )
    inside = _attached(job.project, document, ledger)
    written = {
        place: pdf.write(names[place], parts, place, numbering, () if place else inside, dated, feet)
        for place in here
    }
    written |= {place: content.result() for place, content in writing.items()}
    content = pdf.assemble([written[place] for place in range(len(parts))], parts)
    clock.step("pdf")

    pdf.check_fonts(content, names[0])
    check_hidden(content, document, names[0])
    clock.step("checks")
    beside = {ledger_name(job.document, publication.kind, job.edition): ledger}
    if "odt" in job.formats:
        beside[file_name(job.document, job.edition, "odt")] = _odt(job, document, material, colours, dated)
        clock.step("odt")
    if "ods" in job.formats and (tables := _ods(job, document, material, dated)):
        beside[file_name(job.document, job.edition, "ods")] = tables
        clock.step("ods")
    return Result(
        file=file,
        content=content,
        pages=sum(part.pages for part in parts),
        inputs=hashes,
        beside=beside,
        seconds=clock.seconds,
    )


def _make_sheet(
    job: Job, document: Document, material: Material, colours: Theme, helper: Executor, clock: Clock
) -> Result:
    """A document of one page of its own size: fitted, looked at, written."""
    from reportgen.verify import ledger as ledger_
    from reportgen.write import pdf, site

    made = lay_out_sheet(job, document, material, colours, helper)
    clock.step("layout")
    if made.preflight.faults:
        pdf.drop(made.name)
        raise RenderError(made.preflight.faults)
    scales = axis_labels(made.fitted.specs, made.fitted.charts)
    ledger = ledger_.ledger(
        document,
        job.edition,
        made.fitted.part.positions,
        _metric_names(document, material.registry),
        made.hashes,
        scales,
    )
    inside = _attached(job.project, document, ledger)
    dated = dated_on(job, material.publication)
    written = pdf.write(made.name, [made.fitted.part], 0, "", inside, dated)
    content = pdf.assemble([written], [made.fitted.part])
    clock.step("pdf")
    pdf.check_fonts(content, made.name)
    beside = {
        ledger_name(job.document, material.publication.kind, job.edition): ledger,
        picture_name(job.document, job.edition): site.picture(content),
    }
    clock.step("checks")
    if document.sheet and document.sheet.bleed_mm is not None:
        beside[press_name(job.document, job.edition)] = _for_press(job, made, document.sheet.bleed_mm, dated)
        clock.step("press")
    return Result(
        file=job.file, content=content, pages=1, inputs=made.hashes, beside=beside, seconds=clock.seconds
    )


def press_name(panel: str, edition: Edition) -> str:
    """`targets-met.press.pdf`: the edition for the printer."""
    return file_name(f"{panel}.press", edition)


def _for_press(job: Job, made: LaidSheet, bleed_mm: float, dated: datetime) -> bytes:
    """The same page with its bleed, in the inks of the declared press, looked at once more."""
    from reportgen.write import pdf, press

    name = f"{job.publication}/{press_name(job.document, job.edition)}"
    conditions = press.read_conditions(job.project)
    screen = pdf.for_press(made.page, made.fitted.css_at(bleed_mm), name, made.fitted.picture)
    content = press.to_press(screen, conditions, name, dated)
    if problems := press.check(content, conditions, name).problems:
        raise RenderError(problems)
    return content


def picture_name(panel: str, edition: Edition) -> str:
    """`web/targets-met.jpg`: the picture of a panel beside the page of its exhibition."""
    return file_name(f"web/{panel}", edition, "jpg")


def _make_page(job: Job, material: Material, colours: Theme, clock: Clock) -> Result:
    """The page of an exhibition. The pictures of the panels are delivered with the panels."""
    from reportgen.write import site

    panels = documents_of(job.project, job.publication, kinds())[1][:-1]
    documents = [kinds()["panels"].compose(material, panel) for panel in panels]
    clock.step("compute")
    hashes: dict[str, str] = {}
    for document in documents:
        hashes |= hashed(job.project, document, material.publication.kind, material.glossary.file)
    named = {panel: Path(picture_name(panel, job.edition)).name for panel in panels}
    content = site.page(documents, named, design_of(job, material, colours))
    clock.step("html")
    return Result(
        file=job.file, content=content, pages=len(panels), inputs=hashes, beside={}, seconds=clock.seconds
    )


@dataclass(frozen=True, kw_only=True)
class LaidSheet:
    """A sheet between layout and writing, kept by `pdf` under `name`; `page` is its HTML."""

    name: str
    page: str
    fitted: Fitted
    preflight: Preflight
    hashes: Mapping[str, str]


def lay_out_sheet(
    job: Job, document: Document, material: Material, colours: Theme, helper: Executor
) -> LaidSheet:
    """Fits the document to its sheet and measures what can be read of it."""
    from reportgen.read import pictures
    from reportgen.write import charts, fitting, html, pdf, preflight, press
    from reportgen.write.certificates import codes

    units = material.registry.units
    hashes = hashed(job.project, document, material.publication.kind, material.glossary.file)
    hashes |= dict.fromkeys(document.absent, "")
    if document.sheet and document.sheet.bleed_mm is not None:
        hashes |= digests(job.project, [press.read_conditions(job.project).profile_file])
    name = f"{job.publication}/{job.file}"
    shown = {item.anchor: item for b in document.blocks if isinstance(b, Exhibits) for item in b.items}
    spoken = html.languages(job.edition)
    named = {
        anchor: (f"chart:{anchor}", " ".join(charts.alternative(spec, language) for language in spoken))
        for anchor, spec in _specs(document)
    }
    for anchor, item in shown.items():
        said = " ".join(item.alternative.say(language) for language in spoken)
        named[f"scan-{anchor}"] = (f"chart:scan-{anchor}", said)
    for block in document.blocks:
        if isinstance(block, PanelFoot) and block.address:
            told = " ".join(material.words["foot.code"].say(language) for language in spoken)
            named["code"] = (
                html.data_uri(codes.svg(block.address)),
                told.replace("{address}", block.address),
            )
    (page,), _ = html.pages_and_style(
        design_of(job, material, colours),
        document,
        named,
        hashes,
        name,
        fitting.tokens(document, colours, False, 100),
    )

    def style(extra: Mapping[str, str]) -> str:
        return html.style_sheet(job.project, f"styles/{document.kind}.css", colours, extra)

    def draw(specs: Mapping[str, ChartSpec]) -> Callable[[str], bytes]:
        jobs = {
            anchor: helper.submit(
                pdf.draw, spec, job.edition, colours, units[spec.points[0].figure.unit].factor, anchor
            )
            for anchor, spec in specs.items()
        }
        return lambda anchor: jobs[anchor].result()

    scans: dict[str, bytes] = {}

    def scan(anchor: str) -> bytes:
        picture = shown[anchor].picture
        assert picture
        if anchor not in scans:
            redactions = (pictures.Redaction(*one) for one in picture.redactions)
            scans[anchor] = pictures.read(job.project, picture.file, redactions).content
        return scans[anchor]

    fitted = fitting.fit(document, colours, job.edition, page, style, draw, scan, name)
    found = preflight.inspect(pdf.laid(name), document, colours, fitted, name)
    return LaidSheet(name=name, page=page, fitted=fitted, preflight=found, hashes=hashes)


def axis_labels(specs: Mapping[str, ChartSpec], drawn: Mapping[str, bytes]) -> dict[str, list[str]]:
    """The numbers on the axes of each chart, which are no figures of the document."""
    found = {}
    for anchor, spec in specs.items():
        figures = {point.figure.plain for point in (*spec.points, *spec.target)}
        labels = dict.fromkeys(_CHART_NUMBER.findall(drawn[anchor].decode("utf-8")))
        if scale := [label for label in labels if label not in figures]:
            found[anchor] = scale
    return found


def _check_one_page(document: Document, parts: Sequence[Part], publication: Publication, name: str) -> None:
    """RenderError for a section that is to be read on one page and goes on over it."""
    from reportgen.write import pdf

    if not any(isinstance(block, Section) and block.one_page for block in document.blocks):
        return
    pages = pdf.pages_of(parts)
    begin = [block for block in document.blocks if isinstance(block, Section) and not block.flow]
    ends = [*(pages[block.anchor] for block in begin[1:]), sum(part.pages for part in parts) + 1]
    problems = [
        problem(
            Place(publication.file, column=block.anchor),
            "run.takes_pages_is_read_one",
            end=end - pages[block.anchor],
            name_=name,
            title=block.title,
        )
        for block, end in zip(begin, ends, strict=True)
        if block.one_page and end - pages[block.anchor] > 1
    ]
    if problems:
        raise RenderError(problems)


def _odt(job: Job, document: Document, material: Material, colours: Theme, dated: datetime) -> bytes:
    """The same tree as an editable file, and nothing in it that the paper hides."""
    from reportgen.verify import leaks
    from reportgen.write import odt

    content = odt.write(document, job.edition, material.words, colours, dated)
    file = file_name(job.document, job.edition, "odt")
    _refuse_leaks(leaks.find(content, document.hidden), f"{job.publication}/{file}")
    return content


def _ods(job: Job, document: Document, material: Material, dated: datetime) -> bytes:
    """The tables of the same tree as a workbook, and nothing in it that the paper hides; nothing where there is no table."""
    from reportgen.verify import leaks
    from reportgen.write import workbook

    if not workbook.tables(document):
        return b""
    content = workbook.write(document, job.edition, material.words, material.registry.units, dated)
    file = file_name(job.document, job.edition, "ods")
    _refuse_leaks(leaks.find(content, document.hidden), f"{job.publication}/{file}")
    return content


def check_hidden(content: bytes, document: Document, name: str) -> None:
    """RenderError when a name or number that the paper masks stands anywhere in the finished file."""
    if document.hidden:
        from reportgen.verify import leaks

        _refuse_leaks(leaks.find(content, document.hidden), name)


def _refuse_leaks(found: Iterable[Leak], name: str) -> None:
    """The message names the place, never what leaked."""
    problems = (
        problem(Place(name), "run.what_paper_masks_stands", where=where)
        for where in dict.fromkeys(leak.where for leak in found)
    )
    if told := tuple(problems):
        raise RenderError(told)


def _attached(project: Path, document: Document, ledger: bytes) -> list[Attached]:
    """The inputs and the ledger as they go into the PDF."""
    from reportgen.verify import ledger as ledger_
    from reportgen.write import pdf

    paths = document.inputs if document.attached is None else document.attached
    inputs = []
    for path, name in unlike_names(paths).items():
        instead = tables.in_place_of(project, path)  # single cases do not go out: what was counted does
        if instead is None:
            inputs.append(pdf.Attached(name, (project / path).read_bytes(), path, "Source"))
        else:
            inputs += [pdf.Attached(n, csv, f"{path} [{n}]", "Data") for n, csv in instead.items()]
    return [*inputs, pdf.Attached(ledger_.LEDGER, ledger, "ledger of printed figures", "Data")]


def hashed(project: Path, document: Document, publication_kind: str, glossary: str) -> dict[str, str]:
    """All files that the document depends on, with their SHA-256."""
    from reportgen.write import html

    return digests(project, (*document.inputs, glossary, *html.layout_files(project, publication_kind)))


def digests(project: Path, paths: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file; KindError for one that is not there."""
    from reportgen.read.digests import digest

    found = {}
    for path in paths:
        try:
            found[path] = digest(project, path)
        except FileNotFoundError:
            raise _missing(path) from None
    return found


def _missing(path: str) -> KindError:
    return KindError(problem(Place(path), "run.file_is_missing"))


def dated_on(job: Job, publication: Publication) -> datetime:
    """The date that embedded files carry: the issue date, else the day after the period. Never the clock."""
    year, month = divmod(publication.month, 12)
    day = job.issued or date(formats.gregorian_year(publication.period) + year, month + 1, 1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def unlike_names(paths: Iterable[str]) -> dict[str, str]:
    """A name in the PDF for each input; two files of the same name are told apart by their folder."""
    taken: dict[str, str] = {}
    for path in paths:
        name = Path(path).name
        if name in taken.values():
            name = "-".join(Path(path).parts[-2:])
        taken[path] = name
    return taken


def _metric_names(document: Document, registry: Registry) -> dict[str, dict[str, str]]:
    names = {}
    for reference in dict.fromkeys(printed.value.metric for printed in document.printed):
        if all(part in registry.metrics for part in reference.split(".")):
            name = registry.metric(reference).name
            names[reference] = {"zh": name.zh, "en": name.en}
    return names


# ---- charts -----------------------------------------------------------------------------------


class _Pictures:
    """The charts of a document, being drawn by the helper while this process goes on.

    The page names them (`chart:t-cases`); the layout asks for each when it comes to it.
    """

    def __init__(
        self,
        document: Document,
        edition: Edition,
        colours: Theme,
        units: Mapping[str, Unit],
        helper: Executor,
    ) -> None:
        from reportgen.write import pdf

        self.edition = edition
        self.specs = dict(_specs(document))
        self.jobs: dict[str, Future[bytes]] = {}
        for anchor, spec in self.specs.items():
            factor = units[spec.points[0].figure.unit].factor
            self.jobs[anchor] = helper.submit(pdf.draw, spec, edition, colours, factor, anchor)

    def named(self) -> dict[str, tuple[str, str]]:
        """Anchor -> the name of the picture and its alternative text."""
        from reportgen.write import charts, html

        return {
            anchor: (
                f"chart:{anchor}",
                " ".join(charts.alternative(spec, language) for language in html.languages(self.edition)),
            )
            for anchor, spec in self.specs.items()
        }

    def content(self, anchor: str) -> bytes:
        return self.jobs[anchor].result()

    def scales(self) -> dict[str, list[str]]:
        return axis_labels(self.specs, {anchor: self.content(anchor) for anchor in self.specs})


def _specs(document: Document) -> Iterator[tuple[str, ChartSpec]]:
    for block in document.blocks:
        if isinstance(block, Chart):
            yield block.anchor, block.spec
        elif isinstance(block, KeyFigures):
            for card in block.cards:
                if card.spark:
                    yield f"spark-{card.figure.number}", card.spark
