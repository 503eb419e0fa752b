"""A finished file against the manifest that was delivered with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.model.errors import Place, Problem, problem
from reportgen.model.toml import Raw
from reportgen.verify import delivered, signatures
from reportgen.verify.ledger import sha256
from reportgen.verify.signatures import Signed
from reportgen.write.keys import PublicKey
from reportgen.write.signatures import digest_of_entry


@dataclass(frozen=True)
class Named:
    """What a manifest says of a file: its SHA-256, the folder of the manifest, and the entry of what it was delivered with."""

    sha256: str
    folder: Path
    entry: Mapping[str, Raw]

    def signed(self, public: Sequence[PublicKey]) -> Signed:
        statement = str(self.entry.get("signature", ""))
        return signatures.read(statement, "RGM1", digest_of_entry(self.entry), public)


def named(file: Path) -> Iterator[Named]:
    """For each manifest that speaks of the file, in its folder or in that above, what it says."""
    for folder in (file.parent, file.parent.parent):
        for name, entry in delivered.read_manifest(folder).get("files", {}).items():
            digests = {name: entry["sha256"], **entry.get("beside", {})}
            if known := digests.get(file.relative_to(folder).as_posix()):
                yield Named(known, folder, entry)


def faults(file: Path, public: Sequence[PublicKey], needed: bool = False) -> Iterator[Problem]:
    """Whether a manifest names the file with these bytes, and whether what it says was signed."""
    entries = list(named(file))
    digest = sha256(file.read_bytes())
    for one in entries:
        if one.sha256 != digest:
            yield problem(Place(str(file)), "verify.is_not_file_was_delivered")
        place = Place(str(one.folder / "manifest.json"))
        signed = one.signed(public)
        yield from signed.faults(place, public, "signing.entry_is_not_signed", "signing.entry_is_altered")
    if needed and not entries:
        yield problem(Place(str(file)), "verify.no_manifest_beside_file_speaks")


def beside(file: Path, ledger: bytes) -> Iterator[Problem]:
    """Whether the files that were delivered with it are still there as they were, its ledger above all."""
    for one in named(file):
        for name, known in one.entry.get("beside", {}).items():
            content = (one.folder / name).read_bytes() if (one.folder / name).is_file() else None
            if re.search(r"(^|[./])ledger(\.\w+)?\.json$", name) and content != ledger:
                yield problem(Place(str(file)), "records.beside", name_=name)
            elif content is not None and sha256(content) != known:
                yield problem(Place(str(one.folder / name)), "verify.is_not_file_was_delivered")
