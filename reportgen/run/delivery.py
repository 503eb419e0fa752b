"""What was made goes to `out/<publication>/` with its manifest, all or nothing; what is no longer made goes away, and is told."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reportgen.kinds import kinds
from reportgen.model import Outcome, Text
from reportgen.model.errors import Place, Problem, ReportgenError, UsageError, problem
from reportgen.model.job import Job, Written, file_name
from reportgen.model.toml import Raw
from reportgen.read.todo import todo_places
from reportgen.read.toml_files import languages_of
from reportgen.run.files import discard, put, staged, write_whole
from reportgen.run.freshness import settings
from reportgen.run.manifest import Made, delivered, with_entry
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256
from reportgen.write import keys
from reportgen.write.sheet import picture_name, press_name
from reportgen.write.signatures import signed


def failed(name: str, error: ReportgenError, why: tuple[Text, ...] = ()) -> Outcome:
    """The outcome of a publication or document that could not be made."""
    return Outcome(document=name, state="failed", why=why, problems=error.problems, exit_code=error.exit_code)


def foreign(job: Job, out: Path) -> UsageError | None:
    """Why a document cannot take its place, before it is made: files of somebody else lie there, or a link."""
    own = job.document in kinds()  # the only document of its publication
    names = ["manifest.json", job.file, *(file_name(job.document, job.edition, one) for one in job.formats)]
    if job.writer == "sheet":
        names += [*([press_name(job)] if job.press else []), picture_name(job.document, job.edition)]
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
    """The files of a document, signed, and the manifest that names them, at once; then what is no longer made beside them."""
    folder = out / job.publication
    try:
        if isinstance(made, ReportgenError):
            raise made
        key = keys.load_to_sign(job.project, out)
        claim(folder, ("manifest.json", *made.files))
    except ReportgenError as error:
        discard(folder)
        yield failed(job.name, error, why)
        return
    if key and job.file in made.files and job.suffix == "pdf":
        made = replace(made, files={**made.files, job.file: signed(made.content, job.name, key)})
    hashes = {**made.there, **{name: sha256(content) for name, content in made.files.items()}}
    missing = made.wanted - made.pages if made.wanted else 0
    entry = Made(
        file=job.file,
        sha256=hashes.pop(job.file),
        pages=made.pages,
        edition=job.edition,
        inputs=made.inputs,
        # A printer's edition that was refused is asked for again.
        settings=settings(replace(job, press=press_name(job) in made.files)),
        beside=hashes,
        missing=missing,
    )
    write_whole({staged(folder) / name: content for name, content in made.files.items()})
    copies = [
        name for name, one in read_manifest(folder).get("files", {}).items() if _is_of_before(one, entry)
    ]
    gone = put_entry(folder, [job.file, *copies], entry, key=key)
    yield Outcome(
        document=job.name,
        state="part" if missing else "made",
        why=why,
        problems=made.problems,
        exit_code=1 if missing else 0,
        seconds=made.seconds,
        told=made.told,
        count=_count(made, missing),
    )
    yield from gone


def withdraw(folder: Path, files: Collection[str]) -> Iterator[Outcome]:
    """Documents that their publication no longer has go, with all that was delivered beside them."""
    yield from put_entry(folder, files)


def put_entry(
    folder: Path, files: Collection[str], entry: Made | None = None, *, key: keys.Key | None = None
) -> list[Outcome]:
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
    manifest = with_entry(before, folder.name, entry, files, left, key=key)
    write_whole({staging / "manifest.json": manifest})
    put(folder)
    return told


def _is_of_before(entry: Mapping[str, Raw], now: Made) -> bool:
    """Whether an entry of the manifest is the PAdES copy of the file, and of another state of it than this."""
    settings: Mapping[str, str] = entry["settings"]
    return settings.get("signs") == now.file and settings.get("sha256") != now.sha256


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


def with_gaps(outcome: Outcome, job: Job, out: Path) -> Outcome:
    """The outcome with the places where words are still to be written in what the delivered document was made from."""
    inputs = read_manifest(out / job.publication).get("files", {}).get(job.file, {}).get("inputs", {})
    languages = languages_of(job.project, f"inputs/{job.publication}/publication.toml")
    gaps = () if outcome.state == "failed" else todo_places(job.project, inputs, languages)
    return replace(outcome, gaps=gaps)
