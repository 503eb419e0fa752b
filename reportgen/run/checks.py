"""What an officer can ask for before a build: everything is read, checked and composed, and nothing is laid out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reportgen.compute.hidden_words import alike
from reportgen.compute.metrics import with_columns
from reportgen.kinds import kinds
from reportgen.kinds.material import Material
from reportgen.model import Document, Text
from reportgen.model.errors import Place, Problem, ReportgenError
from reportgen.model.job import Job
from reportgen.model.messages import message
from reportgen.read import fixed_words, own_fonts, parity, shipped, tables, theme
from reportgen.read.metrics import read_registry
from reportgen.read.publications import Publication, documents_of, read_publication
from reportgen.read.schema import open_toml
from reportgen.read.todo import guessed_places, lines
from reportgen.run import reviewing
from reportgen.run.delivery import foreign
from reportgen.run.drafting import at_source, drafted, told_at_source, words_in
from reportgen.run.listing import PAGE, is_foreign
from reportgen.write.draft import Draft
from reportgen.write.registry import Writer, writers
from reportgen.write.tools import Rehearsal

if TYPE_CHECKING:
    from reportgen.read.tables import Dataset
    from reportgen.write.preflight import Preflight

T = TypeVar("T")


@dataclass(kw_only=True)
class Report:
    """What `check` found in one publication: problems, and what was read otherwise than it is written."""

    publication: str
    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 0
    # file:column, rule, example, count
    coercions: list[tuple[str, str, str, int]] = field(default_factory=list)
    readings: list[Text] = field(default_factory=list)  # how tables lie in their workbooks
    assumed: list[Text] = field(default_factory=list)
    acknowledged: dict[Text, None] = field(default_factory=dict)  # texts that are meant, and hints
    figures: int = 0
    sheets: dict[str, Preflight] = field(default_factory=dict)  # what was measured of each panel
    gaps: dict[str, int] = field(default_factory=dict)
    todo: dict[Place, None] = field(default_factory=dict)  # where words are still to be written
    reviews: list[Text] = field(default_factory=list)  # words of last year that nobody has looked at
    guessed: tuple[Place, ...] = ()  # what an import has guessed and nobody has confirmed

    def lines(self) -> Iterator[Text]:
        """The report, a line each."""
        yield message("check.publication", name=self.publication)
        for place, rule, example, count in self.coercions:
            yield message("check.coercion", place=place, rule=rule, example=example, count=count)
        yield from (*self.readings, *self.assumed)
        yield from self.acknowledged
        for panel, preflight in self.sheets.items():
            yield message("check.panel", name=panel)
            for finding in preflight.findings:
                yield message(
                    "check.finding",
                    what=finding.what,
                    figure=finding.figure,
                    bound=finding.bound,
                    sign=_sign(finding.kept, finding.limit in preflight.allowed),
                )
        if not self.problems:
            gaps = [f"{name} {count}" for name, count in sorted(self.gaps.items())]
            yield message("check.figures", count=self.figures, gaps=gaps or message("check.none"))
        yield from (*lines(self.todo), *self.reviews)
        yield from lines(self.guessed, "guess", "guesses")


def _sign(kept: bool, allowed: bool) -> Text:
    """What marks a limit that a panel does not keep."""
    return Text("", "") if kept else message("check.declared" if allowed else "check.over")


class _Check:
    """Goes on after a fault, so that all are told at once."""

    def __init__(self, project: Path, name: str, out: Path) -> None:
        self.project, self.name, self.out = project, name, out
        self.report = Report(publication=name)

    def step(self, call: Callable[..., T], *arguments: object) -> T | None:
        try:
            return call(*arguments)
        except ReportgenError as error:
            self.report.problems.extend(error.problems)
            self.report.exit_code = max(self.report.exit_code, error.exit_code)
            return None

    def run(self) -> Report:
        if is_foreign(self.out / PAGE):
            self.report.assumed.append(message("check.index_is_not_ours", file=self.out / PAGE))
        glossary = self.step(parity.read_glossary, self.project)
        publication = self.step(read_publication, self.project, self.name, kinds(), glossary)
        design = self.step(theme.load_theme, self.project / "styles/tokens.toml")
        if publication is None:
            return self.report
        languages = publication.languages
        registry = self.step(functools.partial(read_registry, self.project, languages=languages))
        fixed = self.step(fixed_words.words_of_kind, self.project, publication.kind, glossary, languages)
        dataset = self.step(tables.read_dataset, self.project, publication.dataset, None, languages)
        if dataset is None:
            return self.report
        self.report.coercions.extend(_coercions(dataset))
        self.report.readings.extend(line for table in dataset.tables.values() for line in table.readings)
        self.report.assumed.extend(_assumed(dataset))
        self.report.guessed = tuple(guessed_places(self.project, (dataset.file, publication.file)))
        registry = registry and self.step(with_columns, dataset, registry)
        if registry and fixed and design and glossary:
            material = Material(
                project=self.project,
                publication=publication,
                dataset=dataset,
                registry=registry,
                words=publication.brand.words(fixed),
                glossary=glossary,
                theme=design,
            )
            self._documents(publication, material)
        return self.report

    def _documents(self, publication: Publication, material: Material) -> None:
        kind = kinds()[publication.kind]
        _, names = self.step(documents_of, self.project, self.name, kinds()) or (kind, ())
        self._acknowledge(
            (publication.source.file, material.registry.file, material.dataset.file, *material.words.files)
        )
        for name in names:
            if name in kind.besides:
                continue
            document = self.step(kind.compose, material, name)
            if document is None:
                continue
            self._acknowledge(document.inputs)
            writer = writers()[kind.writer_of(name)]
            job = writer.job(
                Job(project=self.project, publication=self.name, document=name, edition=publication.edition)
            )
            draft = self.step(drafted, job, material, document)
            if draft is None:
                continue
            self.report.todo |= dict.fromkeys(draft.gaps)
            self.step(self._claimed, job)
            self._told_of_glyphs(draft)
            self._note(name, document, self.step(_rehearsed, writer, draft) or Rehearsal())

    def _told_of_glyphs(self, draft: Draft) -> None:
        """What a face of the office's own lacks: another one prints it, which is not refused."""
        for face, letters in own_fonts.lacking(
            draft.design.theme.fonts.values(), "".join(words_in(draft.document))
        ):
            said = message(
                "fonts.own_lacks",
                font=face.family,
                weight=face.weight,
                count=len(letters),
                sample=letters[:20],
            )
            if said not in self.report.assumed:
                self.report.assumed.append(said)

    def _claimed(self, job: Job) -> None:
        if refused := foreign(job, self.out):
            raise refused

    def _acknowledge(self, files: Iterable[str]) -> None:
        """What the files say of their own texts; a panel by its front part alone, words that the program ships not at all."""
        for file in dict.fromkeys(files):
            opened = self.step(open_toml, self.project, file) if file.endswith(".toml") else None
            if opened and not shipped.is_as_shipped(file, opened.raw):
                self.report.acknowledged |= dict.fromkeys(parity.acknowledged(opened))

    def _note(self, name: str, document: Document, rehearsal: Rehearsal) -> None:
        report = self.report
        if rehearsal.preflight:
            report.sheets[name] = rehearsal.preflight
        report.readings.extend(rehearsal.told)
        if rehearsal.problems:
            report.problems.extend(rehearsal.problems)
            report.exit_code = max(report.exit_code, 1)
        for word in alike(document.hidden, document.own_words):
            report.assumed.append(
                message("check.alike", row=replace(document.hidden[word], column=""), paper=name)
            )
        report.figures += len(document.printed)
        for printed in document.printed:
            if printed.gap:
                report.gaps[printed.gap.kind] = report.gaps.get(printed.gap.kind, 0) + 1


def _rehearsed(writer: Writer, draft: Draft) -> Rehearsal:
    with told_at_source(draft):
        rehearsal = writer.rehearse(draft)
    return replace(rehearsal, problems=tuple(at_source(draft, one) for one in rehearsal.problems))


def check_publication(project: Path, name: str, out: Path | None = None) -> Report:
    """Reads and computes everything and lays out nothing (but sheets, to measure them); all problems of all tables at once."""
    report = _Check(project, name, out or project / "out").run()
    report.reviews.extend(reviewing.lines(project, name))
    return report


def _assumed(dataset: Dataset) -> Iterator[Text]:
    """What kind of measure each column was taken for that does not say it, a line for each table."""
    for table in dataset.tables:
        measures = [one for one in dataset.measures.values() if one.table == table and one.assumed]
        if measures:
            kinds = [f"{one.id} {one.kind}" for one in measures]
            yield message("check.assumed", file=dataset.file, table=table, kinds=kinds)


def _coercions(dataset: Dataset) -> Iterable[tuple[str, str, str, int]]:
    """What was read otherwise than it is written: file and column, rule, the first example, how many cells."""
    found: dict[tuple[str, str], list[str]] = {}
    for table in dataset.tables.values():
        for coercion in table.coercions:
            sheet = f":{coercion.place.sheet}" if table.readings and table.sheet else ""
            place = f"{table.file}{sheet}:{coercion.column}"
            example = f"{coercion.place.row}: {coercion.before!r} → {coercion.after!r}"
            found.setdefault((place, coercion.rule), []).append(example)
    return [(place, rule, examples[0], len(examples)) for (place, rule), examples in found.items()]
