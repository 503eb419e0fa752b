"""What an Ed25519 signature is worth: of a certificate's code, of a document's ledger, of an entry of the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.write import keys
from reportgen.write.certificates.payload import Verdict
from reportgen.write.keys import PublicKey, bytes_of
from reportgen.write.signatures import Form


def trusted(project: Path, more: Iterable[Path] = ()) -> tuple[PublicKey, ...]:
    """The public keys of the project, and those in these files; InputError for one that is none."""
    return (*keys.load_public(project), *(keys.read_public(file) for file in more))


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
