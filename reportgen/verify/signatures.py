"""What an Ed25519 signature is worth: of a certificate's code, of a document's ledger, of an entry of the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read import signing
from reportgen.write import keys
from reportgen.write.certificates.payload import Verdict
from reportgen.write.keys import PublicKey, bytes_of
from reportgen.write.signatures import Form

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True)
class Trust:
    """Public keys, root certificates, and the declared lists of certificates that were revoked."""

    public: tuple[PublicKey, ...] = ()
    roots: tuple[x509.Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()


def trusted(project: Path, more: Iterable[Path] = ()) -> Trust:
    """Those of the project, and those in these files; InputError for a file that holds neither key nor certificate."""
    declared = signing.read_signing(project)
    crls = (
        [signing.revocations(signing.read_file(project, one), one) for one in declared.crls]
        if declared
        else []
    )
    public = [*keys.load_public(project)]
    roots: list[x509.Certificate] = []
    ours = [(project, file) for file in (declared.roots if declared else ())]
    for folder, file in (*ours, *((Path(), str(file)) for file in more)):
        content = signing.read_file(folder, file)
        if b"PUBLIC KEY" in content:
            public.append(keys.read_public(folder / file, file))
        else:
            roots += signing.certificates(content, file)
    return Trust(tuple(public), tuple(roots), tuple(crls))


@dataclass(frozen=True)
class Found:
    """All PAdES signatures of a file: a line for each, what is wrong, and the names of those who signed."""

    lines: tuple[Text, ...] = ()
    problems: tuple[Problem, ...] = ()
    signers: tuple[str, ...] = ()


def verdict(signed: str, key: str, signature: str, public: Iterable[PublicKey]) -> Verdict:
    """Whether the signature was made of these words with the key of this id, and whether that is known."""
    if not signature and not key:
        return "unsigned"
    raw = bytes_of(signature)
    if not key or not signature or raw is None:
        return "altered"
    named = [known for known in public if known.id == key]
    if not named:
        return "unknown key"
    return (
        "genuine"
        if any(_holds(known.raw, raw, signed.encode(errors="replace")) for known in named)
        else "altered"
    )


def _holds(raw: bytes, signature: bytes, words: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, words)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True)
class Signed:
    """A statement and what it is worth; `name` is what was signed, `key` the id of the key."""

    verdict: Verdict
    name: str = ""
    key: str = ""

    def line(self, public: Iterable[PublicKey], what: str) -> Iterator[Text]:
        """Who signed, where that is known; `what` is the message."""
        if self.verdict == "genuine":
            file = next(key.file for key in public if key.id == self.key)
            yield message(what, name_=self.name, key=self.key, file=file)

    def faults(
        self, place: Place, public: Sequence[PublicKey], missing: str, altered: str
    ) -> Iterator[Problem]:
        """What is wrong with the signature, by these messages; of a project without a key nothing is asked."""
        if self.verdict == "unsigned" and public:
            yield problem(place, missing, known=[key.id for key in public])
        elif self.verdict == "unknown key":
            yield problem(place, "signing.unknown_key", key=self.key, name_=self.name)
        elif self.verdict == "altered":
            yield problem(place, altered, name_=self.name, key=self.key)


def read(statement: str, form: Form, digest: str, public: Sequence[PublicKey]) -> Signed:
    """What a statement of this form says of what has this digest now."""
    if not statement:
        return Signed("unsigned")
    signed, _, signature = statement.rpartition("|")
    parts = signed.split("|")
    if len(parts) != 4 or parts[0] != form:
        return Signed("altered")
    _, name, stated, key = parts
    found = verdict(signed, key, signature, public)
    return Signed("altered" if found == "genuine" and stated != digest else found, name, key)
