"""The page that says without a network whether a certificate is genuine."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from reportgen.model import Text, formats
from reportgen.model.errors import KindError, Place, not_utf8, problem
from reportgen.read.revocations import Revoked
from reportgen.read.theme import Theme
from reportgen.write.certificates.payload import BAR, FIELDS, VERDICTS
from reportgen.write.keys import PublicKey, base64_of, bytes_of

_DATA = re.compile(r'<script id="data" type="application/json">(.*?)</script>', re.DOTALL)

# ---- the page that checks without a network ------------------------------------------------------

PAGE = "templates/verify/page.html"


def register_key(text: str) -> str:
    """What a file is registered by: serial and text digest of its code, for each edition has another text."""
    fields = text.split(BAR)
    return f"{fields[1]}{BAR}{fields[5]}"


def page(
    project: Path,
    public: Iterable[PublicKey],
    revoked: Mapping[str, Revoked],
    register: Mapping[str, str],
    issuer: Text,
    theme: Theme,
) -> str:
    """One HTML file that says in a browser, without a network, whether a certificate is genuine.

    `register` is `register_key` of a code (or its serial alone) -> SHA-256 of the file as delivered, at least the first
    16 hex digits. A serial alone serves where each is delivered in one edition: another edition would seem altered.
    """
    told = {
        "keys": [{"id": key.id, "raw": base64_of(key.raw), "sha256": key.fingerprint} for key in public],
        "revoked": {
            entry.serial: {"since": _pair(formats.roc_date(entry.since)), "reason": _pair(entry.reason)}
            for entry in revoked.values()
        },
        "register": {serial: register[serial][:16].lower() for serial in sorted(register)},
        "verdicts": {name.replace(" ", "-"): _pair(words) for name, words in VERDICTS.items()},
        "fields": {name: _pair(words) for name, words in FIELDS.items()},
    }
    values = {
        "colours": theme.css(),
        "data": _in_script(told),
        "issuer-zh": html.escape(issuer.zh),
        "issuer-en": html.escape(issuer.en),
    }
    template = _page_template(project)
    filled = re.sub(r"@@([a-z-]+)@@", lambda match: values.get(match[1], match[0]), template)
    return filled.replace("@@policy@@", _policy(filled), 1)


def keys_in(content: bytes) -> tuple[bytes, ...]:
    """The raw public keys by which a page checks; empty where it is no such page, or cannot be read."""
    try:
        (told,) = _DATA.findall(content.decode())
        raws = [bytes_of(key["raw"]) for key in json.loads(told)["keys"]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ()
    return tuple(raw for raw in raws if raw)


def _page_template(project: Path) -> str:
    try:
        template = (project / PAGE).read_bytes().decode()
    except OSError:
        raise KindError(problem(Place(PAGE), "verify.cannot_read")) from None
    except UnicodeDecodeError as error:
        raise KindError(not_utf8(PAGE, error)) from None
    if missing := [name for name in ("policy", "colours", "data") if template.count(f"@@{name}@@") != 1]:
        raise KindError(problem(Place(PAGE), "verify.slot_must_stand_page_once", missing=missing[0]))
    return template


def _pair(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _in_script(told: Mapping[str, object]) -> str:
    """JSON that stays inside its script element whatever it holds."""
    words = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        words = words.replace(letter, f"\\u{ord(letter):04x}")
    return words


def _policy(filled: str) -> str:
    """Nothing from anywhere, and of styles and scripts only these very ones."""

    def hashes(element: str) -> str:
        bodies = re.findall(rf"<{element}>(.*?)</{element}>", filled, re.DOTALL)
        digests = (hashlib.sha256(body.encode()).digest() for body in bodies)
        return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {hashes('script')}; style-src {hashes('style')};"
        " connect-src 'none'; img-src 'none'; form-action 'none'; base-uri 'none'"
    )
