"""What was made goes to `out/<publication>/` with its manifest, all or nothing; what is no longer made goes away, and is told."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from reportgen.kinds import kinds
from reportgen.model import Outcome, Text
from reportgen.model.errors import Place, Problem, ReportgenError, UsageError, problem
from reportgen.model.job import Job, Written, file_name
from reportgen.run.files import discard, put, staged, write_whole
from reportgen.run.freshness import settings
from reportgen.run.manifest import Made, delivered, with_entry
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256


def failed(name: str, error: ReportgenError, why: tuple[Text, ...] = ()) -> Outcome:
    """The outcome of a publication or document that could not be made."""
    return Outcome(document=name, state="failed", why=why, problems=error.problems, exit_code=error.exit_code)


def foreign(job: Job, out: Path) -> UsageError | None:
    """Why a document cannot take its place, before it is made: files of somebody else lie there, or a link."""
    own = job.document in kinds()  # the only document of its publication
    names = ["manifest.json", job.file, *(file_name(job.document, job.edition, one) for one in job.formats)]
    if job.writer == "certificates":
        names.append(file_name("verify", job.edition, "html"))
    else:
        names.append(file_name("ledger" if own else f"{job.document}.ledger", job.edition, "json"))
    problems = _foreign(out / job.publication, dict.fromkeys(names))
    return UsageError(problems) if problems else None


def claim(folder: Path, names: Iterable[str]) -> None:
    """UsageError for files of these names that lie there and are not the program's."""
    if problems := _foreign(folder, names):
        raise UsageError(problems)


def deliver(job: Job, made: Written | ReportgenError, out: Path, why: tuple[Text, ...]) -> Iterator[Outcome]:
    """The files of a document and the manifest that names them, at once; then what is no longer made beside them."""
    folder = out / job.publication
    if isinstance(made, Written) and (problems := _foreign(folder, ("manifest.json", *made.files))):
        made = UsageError(problems)
    if isinstance(made, ReportgenError):
        discard(folder)
        yield failed(job.name, made, why)
        return
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
    write_whole({staged(folder) / name: content for name, content in made.files.items()})
    gone = _put(folder, [job.file], entry)
    yield Outcome(
        document=job.name,
        state="part" if missing else "made",
        why=why,
        problems=made.problems,
        exit_code=1 if missing else 0,
        seconds=made.seconds,
        count=_count(made, missing),
    )
    yield from gone


def withdraw(folder: Path, files: Collection[str]) -> Iterator[Outcome]:
    """Documents that their publication no longer has go, with all that was delivered beside them."""
    yield from _put(folder, files)


def _put(folder: Path, files: Collection[str], entry: Made | None = None) -> list[Outcome]:
    """Puts the staged folder with these entries of its manifest replaced by the new one; tells what is no longer made.

    Such a file is taken away unless somebody has worked on it since.
    """
    before, staging = read_manifest(folder), staged(folder)
    entries = before.get("files", {})
    now = set(delivered({name: other for name, other in entries.items() if name not in files}))
    now |= {entry.file, *entry.beside} if entry else set()
    told, left = [], []
    for name, digest in delivered({name: entries[name] for name in files if name in entries}).items():
        file = staging / name
        if name in now or not file.resolve().is_relative_to(staging.resolve()) or not file.is_file():
            continue
        if sha256(file.read_bytes()) == digest:
            file.unlink()
        else:
            left.append(name)
        told.append(Outcome(document=f"{folder.name}/{name}", state="left" if name in left else "removed"))
    manifest = with_entry(before, folder.name, entry, files, left)
    write_whole({staging / "manifest.json": manifest})
    put(folder)
    return told


def _foreign(folder: Path, names: Iterable[str]) -> list[Problem]:
    """The files of these names that lie there and are no work of the program: its manifest does not name them.

    A publication's folder that is a link leads to a place of which nobody knows what it holds.
    """
    if folder.is_symlink():
        return [problem(Place(str(folder)), "run.is_a_link")]
    manifest = read_manifest(folder)
    ours = {*manifest.get("earlier", ()), *(["manifest.json"] if manifest else [])}
    ours |= set(delivered(manifest.get("files", {})))
    there = (folder / name for name in names if name not in ours)
    return [problem(Place(str(file)), "run.is_not_ours") for file in there if os.path.lexists(file)]


def _count(made: Written, missing: int) -> str:
    """How many of a run were made; nothing for a document."""
    if not made.there:
        return ""
    return f"{made.pages:,} / {made.wanted:,}" if missing else f"{made.pages:,}"
