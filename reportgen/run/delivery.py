"""What was made goes to `out/<publication>/` and into its manifest, all or nothing, and is told."""

from __future__ import annotations

from pathlib import Path

from reportgen.model import Outcome, Text
from reportgen.model.errors import ReportgenError
from reportgen.model.job import Job, Written
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
    before = read_manifest(folder).get("files", {}).get(job.file, {}).get("beside", {}) if made.there else {}
    beside = {folder / name: content for name, content in made.beside.items()}
    main = {folder / job.file: made.content} if made.files else {}
    manifest = {folder / "manifest.json": with_entry(folder, job.publication, [entry])}
    write_whole({**beside, **main, **manifest})
    for name in sorted(set(before) - set(hashes)):  # a certificate that nobody gets any more
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


def _count(made: Written, missing: int) -> str:
    """How many of a run were made; nothing for a document."""
    if not made.there:
        return ""
    return f"{made.pages:,} / {made.wanted:,}" if missing else f"{made.pages:,}"
