"""`reportgen sign`: beside each delivered PDF of record a copy signed as PAdES, `bulletin.signed.pdf`, and its entry in the manifest."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Outcome
from reportgen.model.errors import InputError, Place, ReportgenError, UsageError, problem
from reportgen.model.job import LEDGER
from reportgen.model.toml import Raw
from reportgen.read.signing import needed_signing
from reportgen.run.delivery import failed, put_entry
from reportgen.run.files import locked, staged, write_whole
from reportgen.run.manifest import Made
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256
from reportgen.write import keys

if TYPE_CHECKING:
    from reportgen.write.pades import Signer


def sign(
    project: Path, out: Path, publications: Iterable[str], passphrase: Callable[[], str]
) -> Iterator[Outcome]:
    """What became of each copy: one that was signed of the same file, with the same certificate, is unchanged."""
    if importlib.util.find_spec("pyhanko") is None:
        raise UsageError(problem(Place("reportgen sign"), "signing.needs_pyhanko"))
    from reportgen.write import pades

    declared = needed_signing(project)
    signer = pades.load(project, out, declared, passphrase)
    key = keys.load_to_sign(project, out)
    with locked(out):
        for publication in publications:
            folder = out / publication
            files = read_manifest(folder).get("files", {})
            to_sign = [name for name, entry in files.items() if _is_document(folder / name, entry)]
            if not to_sign:
                yield failed(publication, UsageError(problem(Place(str(folder)), "signing.nothing_to_sign")))
            for name in to_sign:
                yield _signed(folder, name, files, signer, key)


def _is_document(file: Path, entry: Mapping[str, Raw]) -> bool:
    """Whether it is a PDF with a ledger, and not a signed copy itself."""
    import pikepdf

    if file.suffix != ".pdf" or "signs" in entry["settings"]:
        return False
    if _digest(file) != entry["sha256"]:
        return True  # it is told why it is not signed
    with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
        return LEDGER in pdf.attachments


def _signed(
    folder: Path, file: str, files: Mapping[str, Mapping[str, Raw]], signer: Signer, key: keys.Key | None
) -> Outcome:
    """One copy. The file itself must be the one that was delivered, and stays as it is."""
    from reportgen.write import pades

    copy = Path(file).with_suffix(".signed.pdf").as_posix()
    name = f"{folder.name}/{copy}"
    settings = {
        "signs": file,
        "sha256": files[file]["sha256"],
        "certificate": signer.fingerprint,
        "timestamp": signer.timestamp,
    }
    known = files.get(copy)
    try:
        if known and known["settings"] == settings and _digest(folder / copy) == known["sha256"]:
            return Outcome(document=name, state="unchanged")
        if _digest(folder / file) != files[file]["sha256"]:
            raise InputError(problem(Place(str(folder / file)), "signing.is_not_as_delivered"))
        if not known and (folder / copy).exists():
            raise UsageError(problem(Place(str(folder / copy)), "run.is_not_ours"))
        content = pades.signed((folder / file).read_bytes(), signer, name)
    except ReportgenError as error:
        return failed(name, error)
    made = Made(
        file=copy,
        sha256=sha256(content),
        pages=files[file].get("pages", 0),
        edition=files[file].get("edition", ""),
        inputs={},
        settings=settings,
    )
    write_whole({staged(folder) / copy: content})
    put_entry(folder, [copy], made, key=key)
    return Outcome(document=name, state="made")


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()) if file.is_file() else ""
