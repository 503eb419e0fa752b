"""The ledger: a record of every figure that a document prints, written into it and read from it."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

from reportgen.model.errors import InputError, Place, problem
from reportgen.model.job import LEDGER
from reportgen.model.toml import Raw


def read_ledger(file: Path) -> dict[str, Raw]:
    """The ledger of a PDF, from the file alone, or a ledger.json itself."""
    import pikepdf

    if not file.is_file():
        raise InputError(problem(Place(str(file)), "verify.is_no_such_file"))
    if file.suffix == ".json":
        return _parsed(file, file.read_bytes())
    try:
        with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
            raw = pdf.attachments[LEDGER].get_file().read_bytes() if LEDGER in pdf.attachments else None
    except pikepdf.PasswordError:
        raise InputError(problem(Place(str(file)), "verify.is_encrypted")) from None
    except (pikepdf.PdfError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise InputError(
            problem(Place(str(file)), "verify.is_no_pdf_can_read", error=_plain(error))
        ) from None
    if raw is None:
        raise InputError(problem(Place(str(file)), "verify.holds_no_ledger"))
    return _parsed(file, raw)


def _plain(error: Exception) -> str:
    """What a library says, without where its objects lie in memory."""
    return re.sub(r"(stream )?<\S+ object at \w+>:? ?", "", str(error))


def _parsed(file: Path, raw: bytes) -> dict[str, Raw]:
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise InputError(problem(Place(str(file)), "verify.ledger_cannot_be_read", error=error)) from None
    if not isinstance(found, dict) or not isinstance(found.get("figures"), list):
        raise InputError(problem(Place(str(file)), "verify.ledger_cannot_be_read", error="figures[]"))
    return found


def find(ledger_: Mapping[str, Raw], words: str) -> list[dict[str, Raw]]:
    """The figures that are printed as `words`; where there is none, those that hold it, marked `near`."""
    wanted = (
        words.strip().replace("-", "−")
        if words.strip().startswith("-") and len(words.strip()) > 1
        else words.strip()
    )
    bare = wanted.rstrip("%％倍件人元")
    figures: list[dict[str, Raw]] = ledger_["figures"]
    same = [f for f in figures if wanted in (f["printed"], *f["text"].values())]
    if same:
        return same
    same = [f for f in figures if bare and bare == f["printed"]]
    return same or [
        {**f, "near": True} for f in figures if bare and any(bare in half for half in f["text"].values())
    ]


# ---- writing whole files --------------------------------------------------------------------


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
