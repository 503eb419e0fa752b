"""The whole program on one screen.

single cases ── tables.cases ──> tables
publication.toml + dataset ── metrics, rules, targets, appraisal ──> exact values, decisions
values + words ── kinds/<kind> ──> Documents (blocks, both languages)
Document ── charts, html, pdf ──> a PDF for each edition, with ledger and inputs inside;  odt, workbook ──> the same, editable
panel ── fitting, preflight, press ──> one sheet that is full, its printer's edition, its picture;  site ──> their page
winners ── runs, certificates ──> a file for each person and one print run
files ── manifest ──> out/<publication>/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from reportgen.kinds import kinds
from reportgen.model import Edition, Format, Outcome
from reportgen.model.errors import ReportgenError
from reportgen.read.publications import documents_of, read_raw
from reportgen.run.delivery import locked, write_whole
from reportgen.run.freshness import RUN, document_name, settings, why_made
from reportgen.run.job import Job, Result
from reportgen.run.manifest import Made, with_entry
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from reportgen.read import tables


class Progress(Protocol):
    """Told of what is done of a long run: `progress("certificates", 40, 5000)`."""

    def __call__(self, name: str, done: int, total: int, /) -> None: ...


def build(
    project: Path,
    out: Path,
    publications: Iterable[str],
    editions: Iterable[Edition],
    issued: date | None = None,
    workers: int = 1,
    dry_run: bool = False,
    explain: bool = False,
    formats: Sequence[Format] = (),
    progress: Progress = lambda name, done, total: None,
    scheduler: str = "",
) -> Iterator[Outcome]:
    """Makes each document that is not as its inputs say, and tells what became of it."""
    todo: dict[Job, tuple[str, ...]] = {}
    for publication in publications:
        try:
            jobs = jobs_of(project, publication, editions, issued, formats)
        except ReportgenError as error:  # its publication.toml cannot be read; the others go on
            yield Outcome(
                document=publication,
                state="failed",
                why=(),
                problems=error.problems,
                exit_code=error.exit_code,
            )
            continue
        for job in jobs:
            why = why_made(job, out, explain)
            if why and not dry_run:
                todo[job] = why
            else:
                yield Outcome(document=document_name(job), state="made" if why else "unchanged", why=why)
    if not todo:
        return
    from reportgen.run.workers import run  # only now: a run with nothing to do imports no process pool

    with locked(out), cluster(scheduler, project, todo) as elsewhere:
        if elsewhere is None:
            count_cases(project, todo, workers)
        for job, result in run([job for job in todo if job.document != RUN], workers, elsewhere):
            if isinstance(result, ReportgenError):
                yield Outcome(
                    document=document_name(job),
                    state="failed",
                    why=todo[job],
                    problems=result.problems,
                    exit_code=result.exit_code,
                )
                continue
            deliver(job, result, out)
            yield Outcome(document=document_name(job), state="made", why=todo[job], seconds=result.seconds)
        for job in [job for job in todo if job.document == RUN]:
            yield certificates(job, out, workers, elsewhere, progress, todo[job])


def cluster(scheduler: str, project: Path, todo: Iterable[Job]) -> AbstractContextManager[Executor | None]:
    """The workers behind a scheduler's address; without one, this machine's own."""
    if not scheduler:
        return nullcontext()
    from reportgen.run.cluster import connected, parts

    return connected(scheduler, project, lambda executor: count_cases(project, todo, 0, parts(executor)))


def count_cases(
    project: Path, todo: Iterable[Job], threads: int, spread: tables.Spread | None = None
) -> None:
    """Single cases are counted once, before the workers begin; they find it done."""
    from reportgen.read import tables

    datasets = {
        read_raw(project, name)[1].get("dataset") for name in dict.fromkeys(job.publication for job in todo)
    }
    for dataset in sorted(str(one) for one in datasets if one):
        tables.count_cases(project, dataset, threads, spread)


def jobs_of(
    project: Path,
    publication: str,
    editions: Iterable[Edition],
    issued: date | None,
    formats: Sequence[Format],
) -> list[Job]:
    """Each document of a publication in each edition, in the formats asked for (default: those of its kind)."""
    kind, names = documents_of(project, publication, kinds())
    return [
        Job(
            project=project,
            publication=publication,
            document=name,
            edition=edition,
            issued=issued,
            formats=tuple(formats) or kind.formats_of(name),
        )
        for name in names
        for edition in editions
    ]


def certificates(
    job: Job, out: Path, workers: int, elsewhere: Executor | None, progress: Progress, why: tuple[str, ...]
) -> Outcome:
    """A run of certificates, a file each; where some could not be made, the others are delivered."""
    from reportgen.run import certificates as runs

    try:
        made = runs.make(job, out, workers, elsewhere, progress)
    except ReportgenError as error:
        return Outcome(
            document=document_name(job),
            state="failed",
            why=why,
            problems=error.problems,
            exit_code=error.exit_code,
        )
    folder = out / job.publication
    missing = made.wanted - made.pages
    entry = Made(
        file=job.file,
        sha256=made.sha256,
        pages=made.pages,
        edition=job.edition,
        inputs=made.inputs,
        settings=settings(job),
        beside=made.beside,
        missing=missing,
    )
    before = read_manifest(folder).get("files", {}).get(job.file, {}).get("beside", {})
    write_whole({folder / "manifest.json": with_entry(folder, job.publication, [entry])})
    for name in sorted(set(before) - set(made.beside)):  # a certificate that nobody gets any more
        if (folder / name).resolve().is_relative_to(folder.resolve()):
            (folder / name).unlink(missing_ok=True)
    state: Literal["made", "part"] = "part" if missing else "made"
    count = f"{made.pages:,} / {made.wanted:,}" if missing else f"{made.pages:,}"
    return Outcome(
        document=document_name(job),
        state=state,
        why=why,
        problems=made.problems,
        exit_code=1 if missing else 0,
        seconds=made.seconds,
        count=count,
    )


def deliver(job: Job, result: Result, out: Path) -> None:
    """The ledger, the PDF and its like, and the manifest that names them: all whole or none."""
    folder = out / job.publication
    beside = {name: sha256(content) for name, content in result.beside.items()}
    made = Made(
        file=result.file,
        sha256=result.sha256,
        pages=result.pages,
        edition=job.edition,
        inputs=result.inputs,
        settings=settings(job),
        beside=beside,
    )
    write_whole(
        {
            **{folder / name: content for name, content in result.beside.items()},
            folder / result.file: result.content,
            folder / "manifest.json": with_entry(folder, job.publication, [made]),
        }
    )
