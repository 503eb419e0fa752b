"""The whole program on one screen.

publication.toml + dataset ── tables ──> Dataset ── metrics ──> exact values
exact values + words ── kinds/<kind> ──> Document (blocks, both languages)
Document ── charts, html, pdf ──> one PDF for each edition, with ledger and inputs inside
PDFs ── manifest ──> out/<publication>/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from reportgen.batch import Job, Result, file_name
from reportgen.errors import ReportgenError
from reportgen.kinds import KINDS
from reportgen.manifest import (
    Made,
    Stamps,
    changed_cells,
    fingerprint,
    locked,
    read_manifest,
    reasons,
    with_entry,
    write_whole,
)
from reportgen.model import Edition, Outcome
from reportgen.publications import kind_of


def build(
    project: Path, out: Path, publications: Iterable[str], editions: Iterable[Edition],
    issued: date | None = None, workers: int = 1, dry_run: bool = False, explain: bool = False,
) -> Iterator[Outcome]:  # fmt: skip
    """Makes each document that is not as its inputs say, and tells what became of it."""
    jobs = [Job(project, name, edition, issued) for name in publications for edition in editions]
    todo: dict[Job, tuple[str, ...]] = {}
    names: dict[Job, str] = {}
    for job in jobs:
        try:
            names[job] = document_name(job)
            why = why_made(job, names[job], out, explain)
        except ReportgenError as error:  # its publication.toml cannot be read; the others go on
            yield Outcome(f"{job.publication} ({job.edition})", "failed", (), error.problems, error.exit_code)
            continue
        if why and not dry_run:
            todo[job] = why
        else:
            yield Outcome(names[job], "made" if why else "unchanged", why)
    if not todo:
        return
    from reportgen.workers import run  # only now: a run with nothing to do imports no process pool

    with locked(out):
        for job, result in run(list(todo), workers):
            if isinstance(result, ReportgenError):
                yield Outcome(names[job], "failed", todo[job], result.problems, result.exit_code)
                continue
            deliver(job, result, out)
            yield Outcome(names[job], "made", todo[job], seconds=result.seconds)


def document_name(job: Job) -> str:
    return f"{job.publication}/{file_name(kind_of(job.project, job.publication, KINDS), job.edition)}"


def why_made(job: Job, name: str, out: Path, explain: bool = False) -> tuple[str, ...]:
    """What has changed since the document was delivered, down to the cell if asked; empty when nothing has."""
    folder, file = out / job.publication, name.partition("/")[2]
    stamps = Stamps(folder)
    entry = read_manifest(folder).get("files", {}).get(file)
    found = reasons(entry, job.project, folder, file, settings(job), stamps)
    stamps.write()
    if found and explain and entry:
        found.extend(changed_cells(folder / file, job.project, entry))
    return tuple(found)


def settings(job: Job) -> dict[str, str]:
    return {"program": fingerprint(), "issued": job.issued.isoformat() if job.issued else ""}


def deliver(job: Job, result: Result, out: Path) -> None:
    """The ledger, the PDF and the manifest that names them: all whole or none."""
    folder = out / job.publication
    made = Made(result.file, result.sha256, result.pages, job.edition, result.inputs, settings(job))
    write_whole(
        {
            folder / result.ledger_file: result.ledger,
            folder / result.file: result.content,
            folder / "manifest.json": with_entry(folder, job.publication, [made]),
        }
    )
