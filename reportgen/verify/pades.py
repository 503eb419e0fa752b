"""Who signed a PDF as PAdES, when, whether declared roots vouch for it, and whether the file changed since.

Loaded only where pyHanko is installed (the extra `sign`). Nothing is fetched: what is not in the file or declared is not known.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime

from asn1crypto.x509 import Certificate, Name
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import KeyUsageConstraints, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.signing import quiet
from reportgen.verify.signatures import Found, Trust

quiet()
USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)


def check(place: Place, content: bytes, trust: Trust) -> Found:
    reader = PdfFileReader(io.BytesIO(content))
    lines: list[Text] = []
    problems: list[Problem] = []
    names: list[str] = []
    for signature in reader.embedded_signatures:
        is_stamp = signature.sig_object_type == "/DocTimeStamp"
        status = _stamp(reader, signature, trust) if is_stamp else _signature(reader, signature, trust)
        if faults := list(_changes(place, status)):
            problems += faults
        elif is_stamp:
            lines.append(message("signing.stamped", by=_subject(status), when=_time(status.timestamp)))
        else:
            names.append(_subject(status))
            lines.append(_line(status, trust))
            if trust.roots and not status.trusted:
                problems.append(_untrusted(place, status))
    return Found(tuple(lines), tuple(problems), tuple(names))


def _stamp(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, trust: Trust
) -> StandardCMSSignatureStatus:
    return validate_pdf_timestamp(signature, _context(reader, trust, None))


def _signature(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, trust: Trust
) -> StandardCMSSignatureStatus:
    """Its status now; where a time-stamp that is vouched for says when it was made, at that time."""
    status = validate_pdf_signature(signature, _context(reader, trust, None), key_usage_settings=USAGE)
    stamp = status.timestamp_validity
    if status.trusted or not stamp or not (stamp.intact and stamp.valid and stamp.trusted):
        return status
    then = _context(reader, trust, stamp.timestamp)
    now = _context(reader, trust, None)
    return validate_pdf_signature(signature, then, ts_validation_context=now, key_usage_settings=USAGE)


def _context(reader: PdfFileReader, trust: Trust, moment: datetime | None) -> ValidationContext:
    """Roots, and the certificates and revocation lists that the file brings with it."""
    how: dict[str, Raw] = {
        "trust_roots": [Certificate.load(one.public_bytes(Encoding.DER)) for one in trust.roots],
        "allow_fetching": False,
        "retroactive_revinfo": moment is not None,
        "moment": moment,
    }
    try:
        held = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return ValidationContext(crls=trust.crls, **how)
    return held.as_validation_context({**how, "crls": [*trust.crls]})


def _line(status: StandardCMSSignatureStatus, trust: Trust) -> Text:
    stamp = status.timestamp_validity
    if stamp and stamp.intact and stamp.valid:
        by = _subject(stamp)
        vouched = "signing.stamp_is_vouched_for" if stamp.trusted else "signing.stamp_is_not_vouched_for"
        when = message(vouched, when=_time(stamp.timestamp), by=by)
    else:
        when = message("signing.own_clock", when=_time(status.signer_reported_dt))
    if status.trusted:
        vouches = message("signing.roots_vouch")
    else:
        vouches = message("signing.roots_do_not" if trust.roots else "signing.no_roots")
    issuer = _name(status.signing_cert.issuer)
    return message("signing.signed_by", subject=_subject(status), issuer=issuer, trust=vouches, when=when)


def _changes(place: Place, status: StandardCMSSignatureStatus) -> Iterator[Problem]:
    if not (status.intact and status.valid):
        yield problem(place, "signing.does_not_fit", subject=_subject(status))
    elif status.modification_level not in (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,  # another signature; any other field is found by the records
    ):
        yield problem(place, "signing.was_changed_since", subject=_subject(status))


def _untrusted(place: Place, status: StandardCMSSignatureStatus) -> Problem:
    issuer = _name(status.signing_cert.issuer)
    name = "signing.was_revoked" if status.revocation_details else "signing.no_root_vouches"
    return problem(place, name, subject=_subject(status), issuer=issuer)


def _subject(status: StandardCMSSignatureStatus) -> str:
    return _name(status.signing_cert.subject)


def _name(name: Name) -> str:
    """`法務部行政執行署, GRCA`: the parts of a name, the most particular first."""
    return ", ".join(str(value) for value in reversed([*name.native.values()]))


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if moment else "-"
