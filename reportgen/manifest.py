"""What a run leaves beside its PDFs: the ledger of printed figures, the manifest, and the stamps by which
the next run sees in a moment that nothing has changed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import reportgen
from reportgen.digests import files_below, of_content, of_folder
from reportgen.errors import InputError, Place, Problem, UsageError
from reportgen.model import Chart, Document, Gap, KeyFigures, Printed

if TYPE_CHECKING:
    from reportgen.pdf import Position

LEDGER = "ledger.json"


# ---- the ledger -------------------------------------------------------------------------------


def ledger(
    document: Document, edition: str, positions: Sequence[Position], names: Mapping[str, Mapping[str, str]],
    hashes: Mapping[str, str], scales: Mapping[str, Sequence[str]],
) -> bytes:  # fmt: skip
    """The record of every figure that this edition prints, as JSON.

    `names`: metric -> its name in both languages; `hashes`: project path -> SHA-256; `scales`: anchor of
    a chart -> the numbers on its axes, which are no figures.
    """
    places: dict[int, list[dict[str, Any]]] = {}
    charts = {position.within: position for position in positions if not position.number}
    for position in positions:
        if position.number:
            places.setdefault(position.number, []).append(_place(position))
    for anchor, figures in charted(document).items():
        if anchor in charts:
            for figure in figures:
                places.setdefault(figure.number, []).append(_place(charts[anchor]))
    entries = [
        _entry(printed, places[printed.number], names, hashes)
        for printed in document.printed
        if printed.number in places
    ]
    record = {
        "publication": document.publication,
        "edition": edition,
        "rounding": "half up, once, when printed",
        "figures": entries,
        "axes": {anchor: list(labels) for anchor, labels in scales.items()},
        **({"stated": sorted(document.stated)} if document.stated else {}),
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")


def charted(document: Document) -> dict[str, list[Printed]]:
    """The figures of each chart and of each small trend line, by anchor."""
    found: dict[str, list[Printed]] = {}
    for block in document.blocks:
        if isinstance(block, Chart):
            found[block.anchor] = [p.figure for p in (*block.spec.points, *block.spec.target)]
        elif isinstance(block, KeyFigures):
            for card in block.cards:
                if card.spark:
                    found[f"spark-{card.figure.number}"] = [p.figure for p in card.spark.points]
    return found


def _place(position: Position) -> dict[str, Any]:
    place: dict[str, Any] = {"page": position.page, "x_mm": position.x_mm, "y_mm": position.y_mm}
    return {**place, "in": position.within} if position.within else place


def _entry(
    printed: Printed,
    places: list[dict[str, Any]],
    names: Mapping[str, Mapping[str, str]],
    hashes: Mapping[str, str],
) -> dict[str, Any]:
    value = printed.value
    entry: dict[str, Any] = {
        "id": printed.number,
        "metric": value.metric,
        "name": names.get(value.metric, {}),
        "key": dict(value.key),
        "exact": _exact(value.exact),
        "printed": printed.plain,
        "text": {"zh": printed.text.zh, "en": printed.text.en},
        "unit": printed.unit,
        "digits": value.digits,
        "formula": value.formula,
        "worked": value.worked,
        "inputs": [
            {
                "file": source.file,
                "sha256": hashes.get(source.file, ""),
                "sheet": source.sheet,
                "column": source.column,
                "rows": ranges(source.rows),
                **({"query": source.query} if source.query else {}),
            }
            for source in value.sources
        ],
        "at": places,
    }
    if printed.origin:
        entry["from"] = {
            "publication": printed.origin.publication,
            "document": printed.origin.document,
            "id": printed.origin.number,
        }
    if isinstance(value.exact, Gap):
        entry["gap"] = {"kind": value.exact.kind, "zh": value.exact.reason.zh, "en": value.exact.reason.en}
    return entry


def _exact(exact: Fraction | Gap) -> str | None:
    return None if isinstance(exact, Gap) else str(exact)


def ranges(rows: Iterable[int]) -> str:
    """2, 3, 4, 9 -> `2-4, 9`."""
    parts: list[list[int]] = []
    for row in sorted(rows):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in parts)


def read_ledger(file: Path) -> dict[str, Any]:
    """The ledger of a PDF, from the file alone, or a ledger.json itself."""
    import pikepdf

    if not file.is_file():
        raise InputError(Problem(Place(str(file)), "there is no such file", "沒有這個檔案"))
    if file.suffix == ".json":
        return dict(json.loads(file.read_text("utf-8")))
    try:
        with pikepdf.open(file) as pdf:
            if LEDGER in pdf.attachments:
                return dict(json.loads(pdf.attachments[LEDGER].get_file().read_bytes()))
    except (pikepdf.PdfError, ValueError) as error:
        raise InputError(
            Problem(Place(str(file)), f"is no PDF that can be read: {error}", f"不是可讀取的 PDF：{error}")
        ) from None
    raise InputError(
        Problem(
            Place(str(file)),
            "holds no ledger; it was not made by reportgen",
            "檔內沒有數值帳冊，不是 reportgen 製作",
        )
    )


def find(ledger_: Mapping[str, Any], words: str) -> list[dict[str, Any]]:
    """The figures that are printed as `words`; where there is none, those that hold it, marked `near`."""
    wanted = (
        words.strip().replace("-", "−")
        if words.strip().startswith("-") and len(words.strip()) > 1
        else words.strip()
    )
    bare = wanted.rstrip("%％倍件人元")
    figures: list[dict[str, Any]] = ledger_["figures"]
    same = [f for f in figures if wanted in (f["printed"], f["text"]["zh"], f["text"]["en"])]
    if same:
        return same
    same = [f for f in figures if bare and bare == f["printed"]]
    return same or [
        {**f, "near": True} for f in figures if bare and (bare in f["text"]["zh"] or bare in f["text"]["en"])
    ]


# ---- writing whole files --------------------------------------------------------------------


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_whole(files: Mapping[Path, bytes]) -> None:
    """All of them or none: temporary files beside them, fsync, and when all are written the renames.

    Earlier files stay until then, so that a full disk leaves a ledger beside the PDF that it belongs to.
    """
    written: list[tuple[str, Path]] = []
    try:
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
            written.append((name, file))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                os.fchmod(stream.fileno(), 0o644)
                stream.flush()
                os.fsync(stream.fileno())
        for name, file in written:
            os.replace(name, file)
    except BaseException:
        for name, _ in written:
            with contextlib.suppress(OSError):
                os.unlink(name)
        raise


# ---- manifest and stamps ----------------------------------------------------------------------


@dataclass(frozen=True)
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


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an output folder; empty where there is none or it cannot be read."""
    try:
        found = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("files", {}), dict):
        return {}
    whole = {"sha256", "settings", "inputs"}
    files = {n: e for n, e in found.get("files", {}).items() if isinstance(e, dict) and whole <= set(e)}
    return {**found, "files": files} if found else {}


def with_entry(folder: Path, publication: str, made: Iterable[Made]) -> bytes:
    """The manifest with these files put in or replaced; what other runs delivered stays listed."""
    files = dict(read_manifest(folder).get("files", {}))
    for one in made:
        files[one.file] = {
            "sha256": one.sha256,
            "pages": one.pages,
            "edition": one.edition,
            "settings": dict(sorted(one.settings.items())),
            "inputs": dict(sorted(one.inputs.items())),
            "beside": dict(sorted(one.beside.items())),
            **({"missing": one.missing} if one.missing else {}),
        }
    record = {"publication": publication, "files": dict(sorted(files.items()))}
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")


class Stamps:
    """Size and time of files whose SHA-256 is known: a file is read again only when they differ."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / ".stamps.json"
        try:
            known = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError):
            known = {}
        known = known if isinstance(known, dict) else {}
        self.known: dict[str, list[Any]] = {
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
    entry: Mapping[str, Any] | None,
    project: Path,
    folder: Path,
    file: str,
    settings: Mapping[str, str],
    stamps: Stamps,
) -> list[str]:
    """Why a document must be made again; empty when it is as the manifest says and its inputs too."""
    if entry is None:
        return ["it was not made yet"]
    found = [
        f"the {WHAT.get(name, name)} changed: it was {entry['settings'].get(name) or 'none'}, it is {value or 'none'}"
        for name, value in settings.items()
        if entry["settings"].get(name) != value
    ]
    for path, digest in entry["inputs"].items():
        now = stamps.digest(project, path)
        if now != digest:
            found.append(f"{path} {'changed' if now else 'is gone'}")
    if missing := entry.get("missing"):
        found.append(f"{missing} of it could not be made")
    for name, digest in {file: entry["sha256"], **entry.get("beside", {})}.items():
        made = stamps.digest(folder, name)
        if made != digest:
            found.append(f"{name} {'is not the file that was delivered' if made else 'is gone'}")
    return found


MOST_CELLS = 8
WHAT = {"issued": "date of issue"}


def changed_cells(file: Path, project: Path, entry: Mapping[str, Any]) -> list[str]:
    """What differs between the CSV tables inside the delivered PDF and those of the project now."""
    import csv

    import pikepdf

    found: list[str] = []
    try:
        with pikepdf.open(file) as pdf:
            inside = {spec.description: spec.get_file().read_bytes() for spec in pdf.attachments.values()}
    except (OSError, pikepdf.PdfError):
        return []
    for path, before in inside.items():
        now = project / path
        if not path.endswith(".csv") or not now.is_file() or sha256(now.read_bytes()) == sha256(before):
            continue
        old, new = (
            list(csv.reader(content.decode("utf-8-sig", "replace").splitlines()))
            for content in (before, now.read_bytes())
        )
        if len(old) != len(new):
            found.append(f"  {path}: {len(old)} rows were, {len(new)} rows are")
        for row, (was, is_) in enumerate(zip(old, new, strict=False), 1):
            for place, (one, other) in enumerate(zip(was, is_, strict=False)):
                if one != other:
                    column = new[0][place] if place < len(new[0]) else str(place + 1)
                    found.append(f"  {path}:{row}:{column}: {one!r} → {other!r}")
    return [
        *found[:MOST_CELLS],
        *([f"  … {len(found) - MOST_CELLS} more"] if len(found) > MOST_CELLS else []),
    ]


@functools.cache
def fingerprint() -> str:
    """The program that made a document: its version, its own code, and the libraries that lay out and draw."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    here = Path(__file__).parent
    for file in sorted([*here.rglob("*.py"), here / "fonts.toml"]):
        digest.update(file.name.encode() + file.read_bytes())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "altair", "vl-convert-python"))
    return f"reportgen {reportgen.__version__} ({digest.hexdigest()[:16]}), {libraries}"


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """One run at a time in an output folder; UsageError for the second."""
    import fcntl

    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = (out / ".lock").open("w")
    except OSError as error:
        raise UsageError(
            Problem(Place(str(out)), f"cannot be written to: {error.strerror}", f"無法寫入：{error.strerror}")
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                Problem(
                    Place(str(out)),
                    "another run is at work here; wait for it, or choose another folder with --out",
                    "另一個執行中的程式正在使用此資料夾；請稍候，或以 --out 指定其他資料夾",
                )
            ) from None
        for stray in out.rglob(".*.part"):  # what a killed run was writing
            stray.unlink(missing_ok=True)
        yield
