"""From the inputs of a project to the pages of one document for the eye; what did not change is kept between two looks."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.kinds import kinds
from reportgen.kinds.material import Declared, read_declared, read_material
from reportgen.model import Text
from reportgen.model.errors import Place, Problem, ReportgenError, problem
from reportgen.model.job import Job, Written
from reportgen.model.toml import Raw
from reportgen.read.digests import stamps
from reportgen.read.publications import documents_of, edition_of, publication_names
from reportgen.read.theme import Theme, load_theme
from reportgen.read.todo import lines
from reportgen.read.toml_files import SETTINGS, languages_of
from reportgen.run.checks import check_publication
from reportgen.run.drafting import drafted, told_at_source
from reportgen.run.previewing import engine
from reportgen.run.previewing.proof import Proof
from reportgen.write import drawings, html, ledger, pdf
from reportgen.write.draft import Draft
from reportgen.write.registry import writers

MM = 25.4 / 72  # of a point


@dataclass(frozen=True, kw_only=True)
class View:
    """What is to be seen of a document: its pages, if any could be made, and what is wrong or still to be done."""

    pages: engine.Sketch | Proof | None = None
    draft: Draft | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Text, ...] = ()

    def figures(self, page: int) -> list[tuple[int, str, float, float, float, float]]:
        """The figures of a page from 0: number, as it is printed, left, top, width and height as parts of the page."""
        if isinstance(self.pages, Proof):
            printed = {one["id"]: one["printed"] for one in self.pages.records}
        else:
            printed = {one.number: one.plain for one in self.draft.document.printed} if self.draft else {}
        places = self.pages.figures(page) if self.pages else []
        return [(number, printed.get(number, ""), *place) for number, *place in places]

    def record(self, number: int, page: int, left: float, top: float) -> Raw:
        """The ledger's record of a figure that stands at this place of a page from 0; nothing where there is none."""
        if isinstance(self.pages, Proof):
            return self.pages.record(number)
        if self.draft is None or self.pages is None:
            return None
        width, height = self.pages.sizes[page]
        at = pdf.Position(
            number=number,
            page=page + 1,
            x_mm=round(left * width * MM, 1),
            y_mm=round(top * height * MM, 1),
            within="",
        )
        document, names = self.draft.document, self.draft.metric_names()
        made = ledger.ledger(document, self.draft.job.edition, [at], names, self.draft.hashes(), {})
        return next((one for one in json.loads(made)["figures"] if one["id"] == number), None)


class Desk:
    """A project that is looked at again and again; one thread alone may use it."""

    def __init__(self, project: Path, out: Path) -> None:
        self.project, self.out = project, out
        self._declared: dict[str, tuple[object, Declared]] = {}
        self._charts: dict[bytes, bytes] = {}
        self._templates = html.environment(project)
        self._theme: Theme | None = None  # that the charts were drawn with

    def documents(self, only: str = "") -> Iterator[tuple[str, bool]]:
        """`agency-104/bulletin`, and whether it can be sketched; what is made by the thousand or is no PDF is left out."""
        for name in [only] if only else publication_names(self.project):
            try:
                kind, documents = documents_of(self.project, name, kinds())
            except ReportgenError:
                yield name, False
                continue
            for document in documents:
                writer = writers()[kind.writer_of(document)]
                if writer.suffix == "pdf" and not writer.spreads:
                    yield f"{name}/{document}", writer.name == "pages"

    def job(self, name: str) -> Job:
        """The job of `agency-104/bulletin` in all languages that it is made in."""
        publication, _, document = name.partition("/")
        kind, _ = documents_of(self.project, publication, kinds())
        languages = languages_of(self.project, f"inputs/{publication}/publication.toml")
        return writers()[kind.writer_of(document)].job(
            Job(
                project=self.project,
                publication=publication,
                document=document,
                edition=edition_of(languages),
            )
        )

    def theme(self) -> Theme:
        return load_theme(self.project / "styles/tokens.toml")

    def look(self, name: str) -> View:
        """A document as its inputs are now; with faults, all that `check` finds and no pages."""
        try:
            return self._sketched(name)
        except ReportgenError as error:
            return View(problems=self.faults(name, error))
        except OSError as error:  # a file that is being written, or went away
            why = {"place": error.filename or name, "why": error.strerror}
            return View(
                problems=(problem(Place(str(error.filename or name)), "cli.cannot_read_or_write", **why),)
            )

    def faults(self, name: str, error: ReportgenError) -> tuple[Problem, ...]:
        report = check_publication(self.project, name.partition("/")[0], self.out)
        return tuple(dict.fromkeys((*report.problems, *error.problems)))

    def proved(self, name: str, made: Written | ReportgenError) -> View:
        """What WeasyPrint made of a document."""
        if isinstance(made, ReportgenError):
            return View(problems=self.faults(name, made))
        return View(pages=Proof.of(made))

    def _sketched(self, name: str) -> View:
        job = self.job(name)
        material = read_material(self.project, job.publication, declared=self._known(job.publication))
        kind = kinds()[material.publication.kind]
        draft = drafted(job, material, kind.compose(material, job.document))
        with told_at_source(draft):
            pages, css = html.pages_and_style(
                draft.design,
                draft.document,
                drawings.named(draft.document, job.edition),
                draft.hashes(),
                job.name,
                env=self._templates,
            )
            foot = html.numbering(material.words, job.edition)
            sketch = engine.laid_out(pages, css, self._drawn(draft), foot)
        notes = [*lines(draft.gaps)]
        return View(pages=sketch, draft=draft, notes=tuple(notes))

    def _known(self, publication: str) -> Declared:
        """Rules, words and theme, read again when any file has changed but those of the datasets."""
        settings = self.project / SETTINGS
        stamp = (
            settings.is_file() and settings.read_bytes(),
            {
                name: one
                for name, one in stamps(self.project).items()
                if not name.startswith("inputs/datasets/")
            },
        )
        known = self._declared.get(publication)
        if known is None or known[0] != stamp:
            known = self._declared[publication] = stamp, read_declared(self.project, publication)
        return known[1]

    def _drawn(self, draft: Draft) -> dict[str, bytes]:
        """Charts and pictures by anchor; one that shows what it showed is not made again."""
        from reportgen.write import charts

        units, edition, theme = draft.registry.units, draft.job.edition, draft.design.theme
        if theme != self._theme:
            self._charts, self._theme = {}, theme
        made, kept = {}, {}
        for anchor, spec in drawings.specs(draft.document):
            factor = units[spec.points[0].figure.unit].factor
            key = pickle.dumps((anchor, edition, factor, spec))
            if key not in self._charts:
                self._charts[key] = charts.draw(spec, edition, theme, tick_factor=factor, name=anchor)
            made[anchor] = kept[key] = self._charts[key]
        for anchor, file in drawings.scans(draft.document).items():
            key = pickle.dumps((anchor, draft.digests([file])))
            if key not in self._charts:
                self._charts[key] = drawings.read_picture(self.project, file)
            made[anchor] = kept[key] = self._charts[key]
        self._charts = kept
        return made
