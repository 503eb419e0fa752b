"""Whether a delivered document is still as its inputs and settings say."""

from __future__ import annotations

from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import InputError
from reportgen.model.job import Job
from reportgen.run.manifest import Stamps, changed_cells, fingerprint, reasons
from reportgen.verify.delivered import read_manifest
from reportgen.write import keys
from reportgen.write.registry import writers

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
