"""Whether a delivered document is still as its inputs and settings say, and in which editions and formats it was delivered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import get_args

from reportgen.model import Edition, Format, Text
from reportgen.model.errors import InputError
from reportgen.model.job import Job, file_name
from reportgen.read.brand import declared_brand
from reportgen.run.manifest import Stamps, changed_cells, fingerprint, reasons
from reportgen.verify.delivered import read_manifest
from reportgen.write import keys
from reportgen.write.registry import writers
from reportgen.write.sheet import press_name

PRIVATE_KEY = f"{keys.FOLDER}/{keys.PRIVATE}"
UNSIGNED = f"none: there is no {PRIVATE_KEY}; `reportgen keys` makes one"


def why_made(job: Job, out: Path, explain: bool = False) -> tuple[Text, ...]:
    """What has changed since the document was delivered, down to the cell if asked; empty when nothing has."""
    folder, file = out / job.publication, job.file
    stamps = Stamps(folder)
    entry = read_manifest(folder).get("files", {}).get(file)
    found = reasons(entry, job.project, folder, file, settings(job), stamps)
    stamps.write()
    if found and explain and entry:
        found.extend(changed_cells(folder / file, job.project, entry))
    return tuple(found)


def settings(job: Job) -> dict[str, str]:
    """What a document depends on besides its inputs: the program, the issue date, the formats, the signature."""
    found = {
        "program": fingerprint(),
        "issued": job.issued.isoformat() if job.issued else "",
        "formats": ", ".join(job.formats),
    }
    if job.press:
        found["press"] = "PDF/X-4"
    if brand := declared_brand(job.project):
        found["brand"] = brand
    if (job.project / PRIVATE_KEY).exists():
        found |= {"signature": "Ed25519", "key": _key_id(job.project)}
    elif job.writer and writers()[job.writer].signs:
        found["signature"] = UNSIGNED
    return found


def _key_id(project: Path) -> str:
    """The id of the key in use; empty where its public half is missing or is none: what signs will tell."""
    try:
        public = keys.load_public(project)
    except InputError:
        return ""
    return next((key.id for key in public if key.file == f"{keys.FOLDER}/{keys.PUBLIC}"), "")


def delivered_editions(folder: Path) -> tuple[Edition, ...]:
    """The edition in both languages, and those that lie in a publication's folder: they are made anew with it."""
    there = {
        entry.get("edition")
        for file, entry in read_manifest(folder).get("files", {}).items()
        if (folder / file).exists()
    }
    return tuple(edition for edition in get_args(Edition) if edition == "both" or edition in there)


def delivered_formats(job: Job, out: Path) -> tuple[Format, ...]:
    """The formats beside a document that lie where it was delivered."""
    folder = out / job.publication
    entry = read_manifest(folder).get("files", {}).get(job.file, {})
    names = {format: file_name(job.document, job.edition, format) for format in get_args(Format)}
    return tuple(
        format
        for format, name in names.items()
        if name in entry.get("beside", {}) and (folder / name).exists()
    )


def has_press(job: Job, out: Path) -> bool:
    """Whether the printer's edition lies beside a document that was delivered."""
    folder, name = out / job.publication, press_name(job)
    entry = read_manifest(folder).get("files", {}).get(job.file, {})
    return name in entry.get("beside", {}) and (folder / name).exists()


def not_made(
    project: Path, folder: Path, made: Collection[str], known: Collection[str]
) -> tuple[list[str], list[str]]:
    """What lies there and a run does not make: of documents that the publication no longer has, and of earlier inputs."""
    entries = read_manifest(folder).get("files", {})
    stamps = Stamps(folder)

    def is_stale(file: str) -> bool:
        inputs: Iterable[tuple[str, str]] = entries[file]["inputs"].items()
        return (folder / file).exists() and any(
            stamps.digest(project, path) != digest for path, digest in inputs
        )

    # A signed copy stays as long as what it is a copy of.
    dropped = [file for file, entry in entries.items() if entry["settings"].get("signs", file) not in known]
    return dropped, [file for file in entries if file in known and file not in made and is_stale(file)]
