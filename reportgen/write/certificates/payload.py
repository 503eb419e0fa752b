"""What the QR code of a certificate holds: its fields, and the signature over them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.write.keys import Key

VERSION = "RG1"
BAR, WIDE_BAR = "|", "｜"


# ---- what the code holds --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The text of a code, taken apart; `key` and `signature` are empty where no key signed it."""

    text: str
    serial: str
    name: str
    award: str
    issued: date
    digest: str
    key: str
    signature: str

    @property
    def signed(self) -> str:
        """What the signature is over: all before the last bar."""
        return self.text.rpartition(BAR)[0]


FIELDS: Mapping[str, Text] = {
    "serial": message("certificates.serial"),
    "name": message("certificates.recipient"),
    "award": message("certificates.award"),
    "issued": message("certificates.issued"),
    "key": message("certificates.key"),
}


def payload(serial: str, name: str, award: str, issued: date, digest: str, key: Key | None) -> str:
    """The text of the code: `RG1|serial|name|award|date|digest|key id|signature`."""
    fields = [VERSION, *map(_field, (serial, name, award)), issued.isoformat(), digest]
    signed = BAR.join([*fields, key.id if key else ""])
    return signed + BAR + (key.sign(signed) if key else "")


def _field(words: str) -> str:
    """On one line, without the bar that parts the fields and without letters that nobody sees."""
    shown = (
        letter for letter in " ".join(words.split()) if unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
    return "".join(shown).replace(BAR, WIDE_BAR)


def read_payload(text: str, place: Place | None = None) -> Payload | Problem:
    """The fields of a code's text, or what keeps it from being one of a certificate."""
    place = place or Place("QR")
    text = text.strip()
    parts = text.split(BAR)
    if parts[0] != VERSION:
        newer = re.fullmatch(r"RG\d+", parts[0])
        return problem(
            place,
            "certificates.code_of_newer_version" if newer else "certificates.is_not_code",
            code=parts[0] if newer else _short(text),
            version=VERSION,
        )
    if len(parts) != 8:
        return problem(place, "certificates.code_has_fields_where_certificate", parts_count=len(parts))
    _, serial, name, award, issued, digest, key, signature = parts
    for label, found, form in (
        ("serial", serial, r".+"),
        ("name", name, r".+"),
        ("award", award, r".+"),
        ("issued", issued, r"\d{4}-\d\d-\d\d"),
        ("digest", digest, r"[\w-]{16}"),
        ("key", key, r"(?:[0-9a-f]{8})?"),
        ("signature", signature, r"(?:[\w-]{86})?"),
    ):
        if not re.fullmatch(form, found, re.ASCII if label not in ("serial", "name", "award") else 0):
            return _bad_field(place, label, found)
    try:
        day = date.fromisoformat(issued)
    except ValueError:
        return _bad_field(place, "issued", issued)
    return Payload(
        text=text,
        serial=serial,
        name=name,
        award=award,
        issued=day,
        digest=digest,
        key=key,
        signature=signature,
    )


def _bad_field(place: Place, label: str, found: str) -> Problem:
    return problem(place, "certificates.code_s_field_reads_no", label=label, found=_short(found))


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:39] + "…"


Verdict = Literal["genuine", "unsigned", "altered", "revoked", "unknown key"]

VERDICTS: Mapping[Verdict, Text] = {
    "genuine": message("verify.genuine"),
    "unsigned": message("verify.unsigned"),
    "altered": message("verify.altered"),
    "revoked": message("verify.revoked"),
    "unknown key": message("verify.unknown_key"),
}
