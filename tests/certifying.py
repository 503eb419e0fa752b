"""Certificates of a test's own authority, and a time-stamp server on 127.0.0.1."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Held:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self, passphrase: str = "") -> bytes:
        lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)

    def p12(self, passphrase: str = "", chain: tuple[x509.Certificate, ...] = ()) -> bytes:
        lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"office", self.key, self.certificate, chain, lock)


def issue(
    name: str, by: Held | None = None, *, stamps: bool = False, days: tuple[int, int] = (-1, 3650)
) -> Held:
    """A certificate for `name`; without `by` it is a root."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(by is None, None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, by is None, by is None, False, False),
            critical=True,
        )
    )
    if by:  # where revocations are told; nobody may ask there
        address = x509.UniformResourceIdentifier("http://ca.invalid/root.crl")
        points = x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])
        made = made.add_extension(points, critical=False)
    if stamps:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Held(made.sign((by.key if by else key), hashes.SHA256()), key)


def revoked(root: Held, *certificates: x509.Certificate, since: int = -2) -> bytes:
    """The list of the root's revoked certificates, as PEM; `since` so many hours from now."""
    now = datetime.now(UTC)
    made = x509.CertificateRevocationListBuilder().issuer_name(root.certificate.subject)
    made = made.last_update(now - timedelta(hours=1)).next_update(now + timedelta(days=30))
    for one in certificates:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number)
        made = made.add_revoked_certificate(entry.revocation_date(now + timedelta(hours=since)).build())
    return made.sign(root.key, hashes.SHA256()).public_bytes(Encoding.PEM)


@contextlib.contextmanager
def time_stamps(authority: Held, answer: bytes | None = None) -> Iterator[str]:
    """The address of a server that stamps; with `answer` it says just that."""
    certificate = asn1.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    der = authority.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = TimeStamper(certificate, asn1_keys.PrivateKeyInfo.load(der))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            said = answer if answer is not None else stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()


def declare(
    project: Path, root: Held, office: Held, *, passphrase: str = "", timestamp: str = "", more: str = ""
) -> None:
    """`[sign]` of the project with a PKCS#12 file."""
    (project / "keys").mkdir(exist_ok=True)
    (project / "keys/office.p12").write_bytes(office.p12(passphrase))
    (project / "keys/office.p12").chmod(0o600)
    (project / "keys/root.pem").write_bytes(root.pem)
    stamp = f'timestamp = "{timestamp}"\n' if timestamp else ""
    words = f'[sign]\ncertificate = "keys/office.p12"\nroots = ["keys/root.pem"]\n{stamp}{more}'
    (project / "reportgen.toml").write_text(words, "utf-8")
