"""A composed document on its way to paper, with all that a writer may need beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from reportgen.compute.hidden_words import betrayed, held
from reportgen.model import Document, Text, formats
from reportgen.model.errors import KindError, Place, RenderError, problem
from reportgen.model.job import LEDGER, Job
from reportgen.model.messages import message
from reportgen.read import tables
from reportgen.read.digests import digest
from reportgen.read.metrics import Registry
from reportgen.read.publications import Publication
from reportgen.write import drawings, html
from reportgen.write.html import Design
from reportgen.write.pdf import Attached


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`glossary` is the file of the glossary, on which the words of every document depend; `gaps` are the places where words
    are still to be written in the files that it is made from, `taken_over` those with words of last year that nobody has looked at."""

    job: Job
    document: Document
    publication: Publication
    registry: Registry
    glossary: str
    design: Design
    gaps: tuple[Place, ...] = ()
    taken_over: tuple[Place, ...] = ()

    @property
    def dated(self) -> datetime:
        """The date that embedded files carry: the issue date, else the day after the period. Never the clock."""
        after = self.publication.ends + 1
        day = self.job.issued or date(formats.gregorian_year(after.year), after.part, 1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)

    def hashes(self, documents: Iterable[Document] = (), more: Iterable[str] = ()) -> dict[str, str]:
        """All files that the document (or these instead) depends on, and `more`, with their SHA-256; KindError for one that is missing."""
        project, kind = self.job.project, self.publication.kind
        inputs = (path for document in documents or (self.document,) for path in document.inputs)
        own = [f"templates/{name}" for name in html.own_templates(self.document)]
        files = (
            *inputs,
            self.glossary,
            *html.layout_files(project, kind),
            *own,
            *drawings.scans(self.document).values(),
        )
        return digests(project, (*files, *more))

    def refuse_hidden(self, texts: Iterable[str]) -> None:
        """RenderError for what the document hides and these texts of it say."""
        document = self.document
        where = [message("names.its_words")]
        if document.hidden and (words := held(texts, document.hidden, document.own_words)):
            raise RenderError([betrayed(word, document.hidden, self.job.name, where) for word in words])

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        return digests(self.job.project, paths)

    def metric_names(self) -> dict[str, Text]:
        """The names of the metrics whose values are printed."""
        metrics = dict.fromkeys(printed.value.metric for printed in self.document.printed)
        known = self.registry.metrics
        return {
            metric: self.registry.metric(metric).name
            for metric in metrics
            if all(part in known for part in metric.split("."))
        }

    def attached(self, ledger: bytes) -> list[Attached]:
        """The inputs and the ledger as they go into the PDF."""
        document = self.document
        paths = document.inputs if document.attached is None else document.attached
        return [*self._inputs(paths), Attached(LEDGER, ledger, "ledger of printed figures", "Data")]

    def _inputs(self, paths: Iterable[str]) -> Iterator[Attached]:
        project = self.job.project
        for path, name in unlike_names(paths).items():
            instead = tables.in_place_of(project, path)  # single cases do not go out: what was counted does
            if instead is None:
                yield Attached(name, (project / path).read_bytes(), path, "Source")
            else:
                yield from (Attached(n, csv, f"{path} [{n}]", "Data") for n, csv in instead.items())


def digests(project: Path, paths: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file; KindError for one that is not there."""
    found = {}
    for path in paths:
        try:
            found[path] = digest(project, path)
        except FileNotFoundError:
            raise KindError(problem(Place(path), "run.file_is_missing")) from None
    return found


def unlike_names(paths: Iterable[str]) -> Mapping[str, str]:
    """A name in the PDF for each input; two files of the same name are told apart by their folder."""
    taken: dict[str, str] = {}
    for path in paths:
        name = Path(path).name
        if name in taken.values():
            name = "-".join(Path(path).parts[-2:])
        taken[path] = name
    return taken
