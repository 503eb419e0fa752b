"""A composed document with what its writer needs beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

from reportgen.compute.metrics import beyond_reason
from reportgen.kinds import kinds
from reportgen.kinds.branding import branded
from reportgen.kinds.material import Material
from reportgen.model import Document, Printed, formats
from reportgen.model.errors import InputError, Place, Problem, ReportgenError, problem
from reportgen.model.job import Job
from reportgen.model.messages import message
from reportgen.model.values import joined
from reportgen.read import digests
from reportgen.read.review import Mark, marks
from reportgen.read.todo import todo_places
from reportgen.write import html
from reportgen.write.draft import Draft
from reportgen.write.html import Design
from reportgen.write.paper import on_paper


def drafted(job: Job, material: Material, document: Document) -> Draft:
    """The draft of a document; an issue date that was given stands for the publication's own.

    InputError for what no page may print.
    """
    if problems := [*beyond_reason((printed.value for printed in document.printed), material.registry)]:
        raise InputError(problems)
    theme = material.theme
    document = replace(on_paper(branded(material, document), theme), languages=material.publication.languages)
    if job.issued:
        document = replace(document, issued=formats.roc_date(job.issued))
    files = [file for one in (document, *document.parts) for file in one.inputs]
    files += html.layout_files(job.project, material.publication.kind)
    gaps = todo_places(job.project, files, document.languages)
    if any(gap.file.startswith("templates/") for gap in gaps) or (gaps and _prints_gap(document)):
        document = _marked(document)
    taken_over = [mark.place for mark in marks(job.project, files) if _is_of(mark, material, document)]
    if taken_over and not document.draft:
        document = _marked(document, whole=True)
    return Draft(
        job=job,
        document=document,
        publication=material.publication,
        registry=material.registry,
        glossary=material.glossary.file,
        design=Design(project=job.project, edition=job.edition, theme=theme, words=material.words),
        gaps=gaps,
        taken_over=tuple(taken_over),
    )


def refuse_changed(before: Mapping[str, list[int]], project: Path, inputs: Iterable[str]) -> None:
    """InputError for inputs that were written after `before`: pages and their records may be of two contents."""
    after = digests.stamps(project)
    if names := digests.changed(before, after, inputs):
        raise InputError(problem(Place(name), "run.changed_meanwhile") for name in names)


def _is_of(mark: Mark, material: Material, document: Document) -> bool:
    """Whether words that nobody has looked at are of this document: what stands under the name of another is not."""
    key = str(mark.path[0]) if mark.path and mark.place.file == material.publication.file else ""
    kind = kinds()[material.publication.kind]
    papers = material.publication.raw.get(kind.documents, ()) if kind.documents else ()
    return key == document.name or key not in papers


def _marked(document: Document, whole: bool = False) -> Document:
    """The document as a draft: said on every page, where a sample says what it is. `whole`: with all parts of it."""
    mark = message("run.draft")
    sample = joined([mark, document.sample], " · ", " · ") if document.sample else mark
    parts = tuple(_marked(part, whole) if whole or _prints_gap(part) else part for part in document.parts)
    return replace(document, draft=mark, sample=sample, parts=parts)


def _prints_gap(part: object) -> bool:
    """Whether words that are still to be written stand in a document, or in a part of one."""
    return any(formats.TODO.zh in words or formats.TODO.en in words for words in words_in(part))


def words_in(part: object) -> Iterator[str]:
    """All words of a document, or of a part of one, but those of figures."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from words_in(one)
    elif is_dataclass(part) and not isinstance(part, type | Printed):
        for one in fields(part):
            yield from words_in(getattr(part, one.name))


@contextmanager
def told_at_source(draft: Draft) -> Iterator[None]:
    """What the layout tells of a file that is not there, or of a chart of it, is told of the input that has its words."""
    try:
        yield
    except ReportgenError as error:
        raise type(error)(at_source(draft, one) for one in error.problems) from error


def at_source(draft: Draft, fault: Problem) -> Problem:
    file, job = fault.place.file, draft.job
    unmade = file.startswith(f"{job.publication}/") or (file and "/" not in file)
    if not unmade or (job.project / file).exists():
        return fault
    words = next((one for one in draft.document.inputs if one.endswith(".md")), draft.publication.file)
    about = [file.removeprefix(f"{job.publication}/"), fault.place.column]
    en, zh = (mark.join(filter(None, [*about, half])) for mark, half in ((": ", fault.en), ("：", fault.zh)))
    return Problem(Place(words), en, zh)
