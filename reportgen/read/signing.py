"""With what the PDFs of a project are signed for outside readers: `[sign]` of `reportgen.toml`."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from reportgen.model import LANGUAGES, Language
from reportgen.model.errors import InputError, Place, problem
from reportgen.read.brand import BrandTable
from reportgen.read.fields import EachOnce, Like
from reportgen.read.schema import Fault, Model, check, fault, open_toml, read

if TYPE_CHECKING:
    from cryptography import x509

FILE = "reportgen.toml"
Address = Annotated[
    str, Like(r"https?://[^\s/]\S*", "signing.is_no_address", '"https://tsa.example.gov.tw/"')
]


class SignTable(Model):
    certificate: str
    key: str = ""
    roots: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    timestamp: Address | None = None

    @check
    def _rooted(timestamp: str | None, roots: tuple[str, ...]) -> Iterator[Fault]:
        if timestamp and not roots:
            yield fault("roots", "signing.time_stamp_needs_roots")


class ProjectFile(Model):
    languages: Annotated[tuple[Language, ...], EachOnce] = LANGUAGES
    sign: SignTable | None = None
    brand: BrandTable | None = None


def quiet() -> None:
    """What pyHanko has to say is told as a message, and not in its log on the screen."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def read_signing(project: Path) -> SignTable | None:
    """What is declared; None where nothing is. InputError with all that is wrong with the file."""
    if not (project / FILE).is_file():
        return None
    return read(ProjectFile, open_toml(project, FILE)).sign


def needed_signing(project: Path) -> SignTable:
    declared = read_signing(project)
    if declared is None:
        raise InputError(problem(Place(FILE, column="sign"), "signing.is_not_declared"))
    return declared


def read_file(project: Path, file: str) -> bytes:
    try:
        return (project / file).read_bytes()
    except OSError as error:
        raise InputError(problem(Place(file), "certificates.cannot_read", strerror=error.strerror)) from None


def certificates(content: bytes, file: str) -> list[x509.Certificate]:
    """The certificates of a PEM or DER file; InputError where it holds none."""
    from cryptography import x509

    with contextlib.suppress(ValueError):
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    raise InputError(problem(Place(file), "signing.is_no_certificate"))


def revocations(content: bytes, file: str) -> bytes:
    """A certificate revocation list, as DER."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    with contextlib.suppress(ValueError):
        pem = b"-----BEGIN" in content
        crl = x509.load_pem_x509_crl(content) if pem else x509.load_der_x509_crl(content)
        return crl.public_bytes(Encoding.DER)
    raise InputError(problem(Place(file), "signing.is_no_revocation_list"))
