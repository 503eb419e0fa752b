"""Signed statements: a line that says what was delivered, and the office's Ed25519 signature under it.

    RGD1|agency-104/bulletin.pdf|SHA-256 of the ledger|key id|signature     within the PDF
    RGM1|agency-104/bulletin.pdf|SHA-256 of the entry|key id|signature      in the entry of the manifest

The ledger holds the digests of all that the PDF holds, the entry those of all files that were delivered together.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Literal

from reportgen.model.job import LEDGER
from reportgen.model.toml import Raw
from reportgen.read.pdf_contents import put_statement
from reportgen.write.keys import Key
from reportgen.write.pdf import saved

Form = Literal["RGD1", "RGM1"]


def statement(form: Form, name: str, digest: str, key: Key) -> str:
    signed = "|".join((form, name, digest, key.id))
    return f"{signed}|{key.sign(signed)}"


def signed(content: bytes, name: str, key: Key) -> bytes:
    """The PDF with the statement on its ledger; as it is where it holds none."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        if LEDGER not in pdf.attachments:
            return content
        ledger = pdf.attachments[LEDGER].get_file().read_bytes()
        put_statement(pdf, statement("RGD1", name, hashlib.sha256(ledger).hexdigest(), key))
        return saved(pdf)


def digest_of_entry(entry: Mapping[str, Raw]) -> str:
    """The SHA-256 of an entry of the manifest, but for its signature."""
    plain = {name: value for name, value in entry.items() if name != "signature"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
