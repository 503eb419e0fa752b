"""What a run leaves beside its PDFs: the ledger of printed figures, the manifest, and the stamps by which
the next run sees in a moment that nothing has changed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.model import Text
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.model.version import VERSION
from reportgen.read.digests import files_below, of_content, of_folder
from reportgen.run.files import write_whole
from reportgen.verify.ledger import sha256
from reportgen.write.keys import Key
from reportgen.write.signatures import digest_of_entry, statement

# ---- manifest and stamps ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Made:
    """One delivered file of the manifest: from which inputs (path -> SHA-256), with which settings.

    `beside` are the files that were delivered with it, name -> SHA-256; `missing` counts what could not be made.
    """

    file: str
    sha256: str
    pages: int
    edition: str
    inputs: Mapping[str, str]
    settings: Mapping[str, str]
    beside: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0


def with_entry(
    before: Mapping[str, Raw],
    publication: str,
    made: Made | None = None,
    dropped: Iterable[str] = (),
    earlier: Iterable[str] = (),
    *,
    key: Key | None = None,
) -> bytes:
    """The manifest with a file put in or replaced, signed by the key, and others left out; what other runs delivered stays listed.

    `earlier` are files that are no longer made but stay where they are: they stay known as works of the program.
    """
    files = {name: entry for name, entry in before.get("files", {}).items() if name not in dropped}
    if made:
        entry: dict[str, Raw] = {
            "sha256": made.sha256,
            "pages": made.pages,
            "edition": made.edition,
            "settings": dict(sorted(made.settings.items())),
            "inputs": dict(sorted(made.inputs.items())),
            "beside": dict(sorted(made.beside.items())),
            **({"missing": made.missing} if made.missing else {}),
        }
        if key:
            name = f"{publication}/{made.file}"
            entry["signature"] = statement("RGM1", name, digest_of_entry(entry), key)
        files[made.file] = entry
    record: dict[str, Raw] = {"publication": publication, "files": dict(sorted(files.items()))}
    if kept := sorted({*before.get("earlier", ()), *earlier} - set(delivered(files))):
        record["earlier"] = kept
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")


def delivered(files: Mapping[str, Mapping[str, Raw]]) -> dict[str, str]:
    """Every file that these entries of a manifest name, with its SHA-256."""
    return {
        name: digest
        for file, entry in files.items()
        for name, digest in {file: entry["sha256"], **entry.get("beside", {})}.items()
    }


class Stamps:
    """Size and time of files whose SHA-256 is known: a file is read again only when they differ."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / ".stamps.json"
        try:
            known = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError):
            known = {}
        known = known if isinstance(known, dict) else {}
        self.known: dict[str, list[int | str]] = {
            path: stamp for path, stamp in known.items() if isinstance(stamp, list) and len(stamp) == 3
        }

    def digest(self, root: Path, path: str) -> str:
        """SHA-256 of a file, empty when it is not there."""
        file = root / path
        if file.is_dir():
            return of_folder({name: self.digest(file, name) for name in files_below(file)})
        try:
            status = file.stat()
        except OSError:
            return ""
        stamp = [status.st_size, status.st_mtime_ns]
        known = self.known.get(str(file))
        if known and known[:2] == stamp:
            return str(known[2])
        digest = of_content(file, status.st_size)
        self.known[str(file)] = [*stamp, digest]
        return digest

    def write(self) -> None:
        with contextlib.suppress(OSError):
            write_whole({self.file: json.dumps(self.known).encode("utf-8")})


def reasons(
    entry: Mapping[str, Raw] | None,
    project: Path,
    folder: Path,
    file: str,
    settings: Mapping[str, str],
    stamps: Stamps,
) -> list[Text]:
    """Why a document must be made again; empty when it is as the manifest says and its inputs too."""
    if entry is None:
        return [message("why.not_made_yet")]
    found = [
        message(
            "why.setting_changed",
            name_=message(SETTINGS[name]) if name in SETTINGS else name,
            was=entry["settings"].get(name) or message("why.none"),
            value=value or message("why.none"),
        )
        for name, value in settings.items()
        if entry["settings"].get(name) != value
    ]
    for path, digest in entry["inputs"].items():
        now = stamps.digest(project, path)
        if now != digest:
            found.append(message("why.input_changed" if now else "why.file_gone", file=path))
    if missing := entry.get("missing"):
        found.append(message("why.missing", count=missing))
    for name, digest in delivered({file: entry}).items():
        made = stamps.digest(folder, name)
        if made != digest:
            found.append(message("why.not_delivered" if made else "why.file_gone", file=name))
    return found


MOST_CELLS = 8
SETTINGS = {
    "program": "why.program",
    "issued": "why.issued",
    "formats": "why.formats",
    "press": "why.press",
    "signature": "why.signature",
}


def changed_cells(file: Path, project: Path, entry: Mapping[str, Raw]) -> list[Text]:
    """What differs between the CSV tables inside the delivered PDF and those of the project now."""
    import csv
    import io

    import pikepdf

    found: list[Text] = []
    try:
        with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
            inside = {spec.description: spec.get_file().read_bytes() for spec in pdf.attachments.values()}
    except (OSError, pikepdf.PdfError):
        return []
    for path, before in inside.items():
        now = project / path
        if not path.endswith(".csv") or not now.is_file() or sha256(now.read_bytes()) == sha256(before):
            continue
        try:
            old, new = (
                list(csv.reader(content.decode("utf-8-sig", "replace").splitlines()))
                for content in (before, now.read_bytes())
            )
        except csv.Error:  # told where the table is read
            continue
        if len(old) != len(new):
            found.append(message("why.rows", file=path, old=len(old), new=len(new)))
        for row, (was, is_) in enumerate(zip(old, new, strict=False), 1):
            for place, (one, other) in enumerate(zip(was, is_, strict=False)):
                if one != other:
                    column = new[0][place] if place < len(new[0]) else str(place + 1)
                    found.append(message("why.cell", file=path, row=row, column=column, was=one, value=other))
    more = len(found) - MOST_CELLS
    return [*found[:MOST_CELLS], *([message("why.more", count=more)] if more > 0 else [])]


@functools.cache
def fingerprint() -> str:
    """The program that made a document: its version, its own code, and the libraries that lay out and draw."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    here = Path(__file__).parents[1]
    for file in sorted([*here.rglob("*.py"), *here.rglob("*.toml")]):
        digest.update(file.name.encode() + file.read_bytes())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "altair", "vl-convert-python"))
    return f"reportgen {VERSION} ({digest.hexdigest()[:16]}), {libraries}"
