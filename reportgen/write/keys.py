"""The keys of an office: Ed25519, one private and any number of public ones."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, UsageError, problem
from reportgen.model.messages import told

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FOLDER = "keys"
PRIVATE, PUBLIC = "private.pem", "public.pem"
FORMER = "public-*.pem"  # keys that sign no more, but whose certificates are still to be known
# Version control may take the public halves; the private one it must never see.
IGNORE = "*\n!.gitignore\n!public.pem\n!public-*.pem\n"


# ---- keys -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicKey:
    """`id` is the first 8 hex digits of the SHA-256 of the 32 raw bytes."""

    raw: bytes
    id: str
    file: str = ""

    @property
    def fingerprint(self) -> str:
        """The whole SHA-256: a key of another's that has the same id can be searched for."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class Key:
    """The private key in use; `warnings` say who else could read it."""

    private: Ed25519PrivateKey
    id: str
    warnings: tuple[Problem, ...] = ()

    def sign(self, words: str) -> str:
        return base64_of(self.private.sign(words.encode()))


def key_id(public: bytes) -> str:
    """The name by which a certificate says which key signed it."""
    return hashlib.sha256(public).hexdigest()[:8]


def make_keys(project: Path, out: Path | None = None) -> tuple[Path, Path]:
    """Writes a new key pair; UsageError when there is one, or when the folder is no safe place for it.

    A private key without its public half (a run that was killed in between) gets that half again.
    """
    folder = _safe_folder(project, out)
    private, public = folder / PRIVATE, folder / PUBLIC
    if private.exists() or private.is_symlink():
        if public.exists():
            raise UsageError(_has_keys(PRIVATE))
        _write_new(public, _pem_of_public(_read_private(private).public_key()), 0o644)
        return private, public
    if public.exists() or public.is_symlink():
        raise UsageError(_has_keys(PUBLIC))
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    key = Ed25519PrivateKey.generate()
    if not (folder / ".gitignore").exists():
        _write_new(folder / ".gitignore", IGNORE.encode(), 0o644)
    _write_new(private, _pem_of_private(key), 0o600)
    _write_new(public, _pem_of_public(key.public_key()), 0o644)
    return private, public


def load_private(project: Path, out: Path | None = None) -> Key | None:
    """The key that signs, or None where the project has none; InputError when it is no key."""
    path = project / FOLDER / PRIVATE
    if not path.exists() and not path.is_symlink():
        return None
    _safe_folder(project, out)
    key = _read_private(path)
    return Key(key, key_id(_raw(key.public_key())), tuple(too_open(path, f"{FOLDER}/{PRIVATE}")))


def load_to_sign(project: Path, out: Path | None = None) -> Key | None:
    """The same; InputError, too, when somebody else could sign with it."""
    key = load_private(project, out)
    if key and key.warnings:
        raise InputError(key.warnings)
    return key


def load_public(project: Path) -> tuple[PublicKey, ...]:
    """The public keys whose certificates are known: `public.pem` and the former ones, `public-*.pem`."""
    folder = project / FOLDER
    found: list[PublicKey] = []
    problems: list[Problem] = []
    for path in [folder / PUBLIC, *sorted(folder.glob(FORMER))]:
        if not path.exists():
            continue
        try:
            found.append(read_public(path, f"{FOLDER}/{path.name}"))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def read_public(path: Path, file: str = "") -> PublicKey:
    """A public key; InputError where the file holds none. `file` is how it is called in messages."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    file = file or str(path)
    try:
        key = load_pem_public_key(path.read_bytes())
    except (ValueError, UnsupportedAlgorithm, OSError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(_no_key(file, *told("certificates.public")))
    return PublicKey(_raw(key), key_id(_raw(key)), file)


def _safe_folder(project: Path, out: Path | None) -> Path:
    """The folder of the keys: a real folder, and not where finished files are handed out from."""
    folder = project / FOLDER
    place = Place(f"{FOLDER}/")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(problem(place, "certificates.is_not_folder_own"))
    home = folder.resolve()
    for handed_out in {(project / "out").resolve(), (out or project / "out").resolve()}:
        if home == handed_out or handed_out in home.parents or home in handed_out.parents:
            raise UsageError(
                problem(place, "certificates.output_folder_lie_one_another", handed_out=handed_out)
            )
    return folder


def _has_keys(name: str) -> Problem:
    return problem(Place(f"{FOLDER}/{name}"), "certificates.is_already_is_not_overwritten")


def _no_key(file: str, en: str, zh: str) -> Problem:
    return problem(Place(file), "certificates.is_not_ed_key_pem", zh=Text(zh, en))


def read_secret(path: Path) -> str:
    """The first line of a file that nobody else can read; InputError where others can, or where there is none."""
    try:
        faults = tuple(too_open(path, str(path)))
        words = path.read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(problem(Place(str(path)), "certificates.cannot_read", strerror=error)) from None
    if faults:
        raise InputError(faults)
    return words.removesuffix("\r")


def too_open(path: Path, file: str) -> Iterator[Problem]:
    """Whether others than its owner can read what is secret; `file` is how it is called in messages."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield problem(Place(file), "certificates.can_read_others_than_owner", mode=mode, file=file)


def _read_private(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    file = f"{FOLDER}/{PRIVATE}"
    if path.is_symlink():
        raise InputError(problem(Place(file), "certificates.is_link"))
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise InputError(problem(Place(file), "certificates.cannot_read", strerror=error.strerror)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a password
        raise InputError(_no_key(file, *told("certificates.private"))) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(_no_key(file, *told("certificates.private")))
    return key


def _write_new(path: Path, content: bytes, mode: int) -> None:
    """A file that was not there, with its mode from the first moment on; half a file does not stay."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes_raw()


def _pem_of_private(key: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _pem_of_public(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def base64_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def bytes_of(words: str) -> bytes | None:
    """The bytes, or None when another spelling stands for the same bytes: each text has one reading."""
    try:
        raw = base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    return raw if base64_of(raw) == words else None
