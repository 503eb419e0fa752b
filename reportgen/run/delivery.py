"""What was made goes to `out/<publication>/` and into its manifest, all or nothing, and is told."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from reportgen.model import Outcome, Text
from reportgen.model.errors import Place, Problem, ReportgenError, UsageError, problem
from reportgen.model.job import Job, Written
from reportgen.read.todo import todo_places
from reportgen.read.toml_files import languages_of
from reportgen.run.files import write_whole
from reportgen.run.freshness import settings
from reportgen.run.manifest import Made, with_entry
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256


def failed(name: str, error: ReportgenError, why: tuple[Text, ...] = ()) -> Outcome:
    """The outcome of a publication or document that could not be made."""
    return Outcome(document=name, state="failed", why=why, problems=error.problems, exit_code=error.exit_code)


def deliver(job: Job, made: Written | ReportgenError, out: Path, why: tuple[Text, ...]) -> Outcome:
    """The files of a document and the manifest that names them, whole; what a run no longer makes goes."""
    if isinstance(made, ReportgenError):
        return failed(job.name, made, why)
    folder = out / job.publication
    if foreign := _foreign(folder, ("manifest.json", *made.files)):
        return failed(job.name, UsageError(foreign), why)
    hashes = {**made.there, **{name: sha256(content) for name, content in made.files.items()}}
    missing = made.wanted - made.pages if made.wanted else 0
    entry = Made(
        file=job.file,
        sha256=hashes.pop(job.file),
        pages=made.pages,
        edition=job.edition,
        inputs=made.inputs,
        settings=settings(job),
        beside=hashes,
        missing=missing,
    )
    before = read_manifest(folder).get("files", {}).get(job.file, {}).get("beside", {})
    left = sorted(set(before) - set(hashes))
    manifest = with_entry(folder, job.publication, [entry], earlier=() if made.there else left)
    # The manifest first: whatever a killed run leaves is named in it, and made again.
    write_whole(
        {folder / name: content for name, content in {"manifest.json": manifest, **made.files}.items()}
    )
    for name in left if made.there else ():  # a certificate that nobody gets any more
        if (folder / name).resolve().is_relative_to(folder.resolve()):
            (folder / name).unlink(missing_ok=True)
    return Outcome(
        document=job.name,
        state="part" if missing else "made",
        why=why,
        problems=made.problems,
        exit_code=1 if missing else 0,
        seconds=made.seconds,
        count=_count(made, missing),
    )


def _foreign(folder: Path, names: Iterable[str]) -> list[Problem]:
    """The files of these names that lie there and are no work of the program: its manifest does not name them."""
    manifest = read_manifest(folder)
    ours = {*manifest.get("earlier", ()), *(["manifest.json"] if manifest else [])}
    for name, entry in manifest.get("files", {}).items():
        ours |= {name, *entry.get("beside", {})}
    there = (folder / name for name in names if name not in ours)
    return [problem(Place(str(file)), "run.is_not_ours") for file in there if os.path.lexists(file)]


def _count(made: Written, missing: int) -> str:
    """How many of a run were made; nothing for a document."""
    if not made.there:
        return ""
    return f"{made.pages:,} / {made.wanted:,}" if missing else f"{made.pages:,}"


def with_gaps(outcome: Outcome, job: Job, out: Path) -> Outcome:
    """The outcome with the places where words are still to be written in what the delivered document was made from."""
    inputs = read_manifest(out / job.publication).get("files", {}).get(job.file, {}).get("inputs", {})
    languages = languages_of(job.project, f"inputs/{job.publication}/publication.toml")
    gaps = () if outcome.state == "failed" else todo_places(job.project, inputs, languages)
    return replace(outcome, gaps=gaps)
