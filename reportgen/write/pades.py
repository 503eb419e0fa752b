"""PDFs signed for outside readers as PAdES: an update behind the bytes of the file, which stay as they are.

Loaded only where pyHanko is installed (the extra `sign`). A signature holds the time at which it was made, and is no other each time.
"""

from __future__ import annotations

import contextlib
import io
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import cms, tsp
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reportgen.model.errors import InputError, Place, Problem, RenderError, UsageError, problem
from reportgen.read.signing import FILE, SignTable, certificates, quiet, read_file, revocations
from reportgen.write.keys import too_open

SECONDS = 30  # that a time-stamp authority has to answer
MAX_ANSWER = 1_000_000  # bytes
FIELD = "Signature"
Loaded = tuple[PrivateKeyTypes, list[x509.Certificate]]

quiet()


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A certificate with its key, and what a signature for years needs: roots, revocation lists, a time-stamp address."""

    certificate: x509.Certificate
    key: PrivateKeyTypes
    chain: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]
    crls: tuple[bytes, ...]
    timestamp: str

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


# ---- what is declared ---------------------------------------------------------------------------


def load(project: Path, out: Path, declared: SignTable, passphrase: Callable[[], str]) -> Signer:
    """The declared signer; InputError with what is wrong. `passphrase` is called when the key is locked."""
    secret = project / (declared.key or declared.certificate)
    name = declared.key or declared.certificate
    if secret.resolve().is_relative_to(out.resolve()):
        raise UsageError(problem(Place(name), "certificates.output_folder_lie_one_another", handed_out=out))
    content = read_file(project, declared.certificate)
    if secret.is_file() and (faults := [*too_open(secret, name)]):
        raise InputError(faults)
    if declared.key or b"-----BEGIN" in content:
        key = _pem_key(read_file(project, name), name, passphrase)
        certificate, *chain = certificates(content, declared.certificate)
    else:
        key, (certificate, *chain) = _pkcs12(content, name, passphrase)
    if problems := list(_faults(certificate, key, declared.certificate)):
        raise InputError(problems)
    return Signer(
        certificate=certificate,
        key=key,
        chain=tuple(chain),
        roots=tuple(one for file in declared.roots for one in certificates(read_file(project, file), file)),
        crls=tuple(revocations(read_file(project, file), file) for file in declared.crls),
        timestamp=declared.timestamp or "",
    )


def _pem_key(content: bytes, file: str, passphrase: Callable[[], str]) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(content, None)
    except TypeError:  # it is locked
        pass
    except ValueError:
        raise InputError(problem(Place(file), "signing.is_no_private_key")) from None
    try:
        return serialization.load_pem_private_key(content, passphrase().encode())
    except (ValueError, TypeError):
        raise InputError(problem(Place(file), "signing.passphrase_does_not_fit")) from None


def _pkcs12(content: bytes, file: str, passphrase: Callable[[], str]) -> Loaded:
    try:
        return _whole(pkcs12.load_key_and_certificates(content, None), file)
    except ValueError as error:
        if "password" not in str(error):
            raise InputError(problem(Place(file), "signing.is_no_pkcs12")) from None
    try:
        return _whole(pkcs12.load_key_and_certificates(content, passphrase().encode()), file)
    except ValueError:
        raise InputError(problem(Place(file), "signing.passphrase_does_not_fit")) from None


def _whole(
    found: tuple[PrivateKeyTypes | None, x509.Certificate | None, list[x509.Certificate]], file: str
) -> Loaded:
    key, certificate, chain = found
    if key is None or certificate is None:
        raise InputError(problem(Place(file), "signing.is_no_pkcs12"))
    return key, [certificate, *chain]


def _faults(certificate: x509.Certificate, key: PrivateKeyTypes, file: str) -> Iterator[Problem]:
    """Why a signature with them would be worth nothing."""
    if key.public_key() != certificate.public_key():
        yield problem(Place(file), "signing.key_is_of_another_certificate")
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not since <= datetime.now(UTC) <= until:
        yield problem(Place(file), "signing.is_not_valid_now", since=since.date(), until=until.date())


# ---- the signature ------------------------------------------------------------------------------


def signed(content: bytes, signer: Signer, name: str) -> bytes:
    """The bytes of the PDF with a signature behind them; RenderError when the time-stamp or the certificate is refused.

    B-B; with a time-stamp address B-LTA: time-stamp, certificates, revocation lists and a time-stamp over all of these.
    """
    store = SimpleCertificateStore()
    store.register_multiple(map(_asn1, signer.chain))
    made = signers.SimpleSigner(_asn1(signer.certificate), _asn1_key(signer.key), store)
    for_years = {}
    if signer.timestamp:
        context = ValidationContext(
            trust_roots=[*map(_asn1, signer.roots)],
            other_certs=[*map(_asn1, signer.chain)],
            crls=signer.crls,
            allow_fetching=False,
        )
        for_years = {
            "embed_validation_info": True,
            "use_pades_lta": True,
            "validation_context": context,
            "signer_key_usage": set(),
        }
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **for_years
    )
    stamper = _Stamper(signer.timestamp) if signer.timestamp else None
    try:
        with _metadata_as_they_are():
            writer = IncrementalPdfFileWriter(io.BytesIO(content))
            return bytes(signers.sign_pdf(writer, meta, made, timestamper=stamper).getvalue())
    except TimestampRequestError as error:
        raise RenderError(
            problem(Place(name), "signing.no_time_stamp", address=signer.timestamp, error=error)
        ) from None
    except (SigningError, PathBuildingError, PathValidationError) as error:
        raise RenderError(
            problem(Place(FILE, column="sign"), "signing.roots_do_not_vouch", error=error)
        ) from None


@contextlib.contextmanager
def _metadata_as_they_are() -> Iterator[None]:
    """pyHanko would write its name and the clock into them, and they would no longer be those of the ledger."""
    kept = BasePdfFileWriter._update_meta
    BasePdfFileWriter._update_meta = lambda self: None
    try:
        yield
    finally:
        BasePdfFileWriter._update_meta = kept


class _Stamper(TimeStamper):  # type: ignore[misc]
    """Asks the declared address and no other: a redirection is refused."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        asked = urllib.request.Request(self.address, data=req.dump(), headers=headers)
        try:
            with urllib.request.build_opener(_NoRedirection).open(asked, timeout=SECONDS) as answer:
                return tsp.TimeStampResp.load(answer.read(MAX_ANSWER))
        except (OSError, ValueError) as error:
            raise TimestampRequestError(str(error)) from None

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except TimestampRequestError:
            raise
        except Exception as error:  # an answer that is none breaks the parser in ways of its own
            raise TimestampRequestError(f"{type(error).__name__}: {error}") from None


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key: PrivateKeyTypes) -> asn1_keys.PrivateKeyInfo:
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return asn1_keys.PrivateKeyInfo.load(der)
