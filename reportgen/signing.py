"""What a certificate's code holds, the key that signs it, and whether a certificate is genuine.

The key pair lies in `keys/` of the project and nowhere else; how a certificate looks is not known here. The page
that checks certificates without a network is `templates/verify/page.html`; it decides as `check` does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import io
import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reportgen import formats, sheets
from reportgen.errors import InputError, KindError, Place, Problem, UsageError, not_utf8
from reportgen.model import Text
from reportgen.theme import Theme

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FOLDER = "keys"
PRIVATE, PUBLIC = "private.pem", "public.pem"
FORMER = "public-*.pem"  # keys that sign no more, but whose certificates are still to be known
# Version control may take the public halves; the private one it must never see.
IGNORE = "*\n!.gitignore\n!public.pem\n!public-*.pem\n"

VERSION = "RG1"
BAR, WIDE_BAR = "|", "｜"
DPI = 200


# ---- keys -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicKey:
    """`id` is the first 8 hex digits of the SHA-256 of the 32 raw bytes."""

    raw: bytes
    id: str
    file: str = ""


@dataclass(frozen=True)
class Key:
    """The private key in use; `warnings` say who else could read it."""

    private: Ed25519PrivateKey
    id: str
    warnings: tuple[Problem, ...] = ()

    def sign(self, words: str) -> str:
        return _base64(self.private.sign(words.encode()))


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
    return Key(key, key_id(_raw(key.public_key())), tuple(_too_open(path)))


def load_public(project: Path) -> tuple[PublicKey, ...]:
    """The public keys whose certificates are known: `public.pem` and the former ones, `public-*.pem`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    folder = project / FOLDER
    found, problems = [], []
    for path in [folder / PUBLIC, *sorted(folder.glob(FORMER))]:
        if not path.exists():
            continue
        file = f"{FOLDER}/{path.name}"
        try:
            key = load_pem_public_key(path.read_bytes())
        except (ValueError, UnsupportedAlgorithm, OSError):
            key = None
        if isinstance(key, Ed25519PublicKey):
            found.append(PublicKey(_raw(key), key_id(_raw(key)), file))
        else:
            problems.append(_no_key(file, "public", "公開"))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _safe_folder(project: Path, out: Path | None) -> Path:
    """The folder of the keys: a real folder, and not where finished files are handed out from."""
    folder = project / FOLDER
    place = Place(f"{FOLDER}/")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            Problem(
                place,
                "is not a folder of its own; keys are kept in a real folder, not behind a link",
                "不是真正的資料夾；金鑰須放在實際的資料夾，不可為連結",
            )
        )
    home = folder.resolve()
    for handed_out in {(project / "out").resolve(), (out or project / "out").resolve()}:
        if home == handed_out or handed_out in home.parents or home in handed_out.parents:
            raise UsageError(
                Problem(
                    place,
                    f"and the output folder {handed_out} lie in one another; what is delivered must never hold the private key: choose another --out or --project",
                    f"與輸出資料夾 {handed_out} 互為上下層；交付之資料夾不得含有私密金鑰，請改用其他 --out 或 --project",
                )
            )
    return folder


def _has_keys(name: str) -> Problem:
    return Problem(
        Place(f"{FOLDER}/{name}"),
        "is there already and is not overwritten; to change the key, move private.pem to a safe place, rename public.pem to"
        " public-1.pem (its certificates stay known), and call again",
        "已存在，不予覆寫；如需更換金鑰，請將 private.pem 移至安全處所、public.pem 更名為 public-1.pem（已發之獎狀仍可查驗）後再執行",
    )


def _no_key(file: str, en: str, zh: str) -> Problem:
    return Problem(
        Place(file),
        f"is not a {en} Ed25519 key in PEM without a password; put back the copy, or make keys with reportgen keys",
        f"不是未加密之 Ed25519 {zh}金鑰（PEM）；請放回備份，或以 reportgen keys 製作",
    )


def _too_open(path: Path) -> Iterator[Problem]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Problem(
            Place(f"{FOLDER}/{PRIVATE}"),
            f"can be read by others than its owner (mode {mode:04o}); run: chmod 600 {FOLDER}/{PRIVATE}",
            f"擁有者以外的人也能存取（權限 {mode:04o}）；請執行：chmod 600 {FOLDER}/{PRIVATE}",
        )


def _read_private(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    file = f"{FOLDER}/{PRIVATE}"
    if path.is_symlink():
        raise InputError(
            Problem(Place(file), "is a link; put the file itself here", "為連結；請放置檔案本身")
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise InputError(
            Problem(Place(file), f"cannot be read: {error.strerror}", f"無法讀取：{error.strerror}")
        ) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a password
        raise InputError(_no_key(file, "private", "私密")) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(_no_key(file, "private", "私密"))
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


# ---- what the code holds --------------------------------------------------------------------


@dataclass(frozen=True)
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
    "serial": Text("字號", "Serial"),
    "name": Text("受獎人", "Recipient"),
    "award": Text("獎項", "Award"),
    "issued": Text("頒發日期", "Issued"),
    "key": Text("金鑰", "Key"),
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
        return Problem(
            place,
            f"the code is of version {parts[0]}, this program knows {VERSION}"
            if newer
            else f"{_short(text)!r} is not the code of a certificate: it does not begin with {VERSION}|",
            f"條碼版本為 {parts[0]}，本程式僅能讀 {VERSION}"
            if newer
            else f"{_short(text)!r} 不是獎狀之條碼：開頭不是 {VERSION}|",
        )
    if len(parts) != 8:
        return Problem(
            place,
            f"the code has {len(parts)} fields where a certificate has 8; it is damaged or cut off",
            f"條碼有 {len(parts)} 欄，獎狀應有 8 欄；內容已損壞或不完整",
        )
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
    return Payload(text, serial, name, award, day, digest, key, signature)


def _bad_field(place: Place, label: str, found: str) -> Problem:
    return Problem(
        place,
        f"the code's field {label} reads {_short(found)!r}, which no certificate has; it is damaged or altered",
        f"條碼之 {label} 欄為 {_short(found)!r}，不合獎狀之格式；內容已損壞或遭變造",
    )


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:39] + "…"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _from_base64(words: str) -> bytes | None:
    """The bytes, or None when another spelling stands for the same bytes: each text has one reading."""
    try:
        raw = base64.b64decode(words + "=" * (-len(words) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    return raw if _base64(raw) == words else None


# ---- certificates that hold no more -----------------------------------------------------------


@dataclass(frozen=True)
class Revoked:
    """A certificate that was taken back: since when and why."""

    serial: str
    since: date
    reason: Text


REVOKED_COLUMNS = ("serial", "date", "reason_zh", "reason_en")


def read_revoked(project: Path, publication: str) -> dict[str, Revoked]:
    """`revoked.csv` beside publication.toml: serial -> since when, why. No file: none was revoked."""
    file = f"inputs/{publication}/revoked.csv"
    path = project / file
    if not path.exists() and not path.is_symlink():
        return {}
    if path.is_symlink():
        raise InputError(
            Problem(Place(file), "is a link; put the file itself here", "為連結；請放置檔案本身")
        )
    sheet = sheets.read_sheet(path, file)
    problems = list(sheet.problems)
    for name in REVOKED_COLUMNS:
        if name not in sheet.head:
            problems.append(
                Problem(
                    Place(file, column=name),
                    f"the column is missing; the head is {','.join(REVOKED_COLUMNS)}",
                    f"缺少此欄；標題列應為 {','.join(REVOKED_COLUMNS)}",
                )
            )
    if problems:
        raise InputError(problems)
    found: dict[str, Revoked] = {}
    for number, cells in sheet.rows:
        row = {name: cell.strip() for name, cell in zip(sheet.head, cells, strict=True)}
        faults = list(_row_faults(file, number, row, found))
        problems += faults
        if not faults:
            reason = Text(row["reason_zh"], row["reason_en"])
            found[row["serial"]] = Revoked(row["serial"], _day(row["date"]), reason)
    if problems:
        raise InputError(problems)
    return found


def _row_faults(
    file: str, number: int, row: Mapping[str, str], before: Mapping[str, Revoked]
) -> Iterator[Problem]:
    def at(column: str) -> Place:
        return Place(file, row=number, column=column)

    for name in REVOKED_COLUMNS:
        if not row[name]:
            yield Problem(at(name), "is empty; each row needs it", "為空白；每列皆須填寫")
    if row["serial"] in before:
        yield Problem(
            at("serial"),
            f"{row['serial']!r} stands in an earlier row; keep one of them",
            f"{row['serial']!r} 於前列已出現；請保留其一",
        )
    try:
        _day(row["date"] or "2000-01-01")
    except ValueError:
        yield Problem(
            at("date"),
            f"{row['date']!r} is no date; write 2019-03-01 or 108/3/1",
            f"{row['date']!r} 不是日期；請寫 108/3/1 或 2019-03-01",
        )


def _day(words: str) -> date:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words, re.ASCII):
        return date.fromisoformat(words)
    return formats.parse_roc_date(words)


# ---- the verdict ----------------------------------------------------------------------------

Verdict = Literal["genuine", "unsigned", "altered", "revoked", "unknown key"]

VERDICTS: Mapping[Verdict, Text] = {
    "genuine": Text(
        "真實：條碼所載各欄確由本機關之金鑰簽章，且未經撤銷。",
        "Genuine: the fields in the code were signed with this agency's key and have not been revoked.",
    ),
    "unsigned": Text(
        "未簽章：條碼未經任何金鑰簽章，不能證明所載內容為真。",
        "Unsigned: no key signed this code, so nothing vouches for what it says.",
    ),
    "altered": Text(
        "遭變造：簽章與條碼所載內容不符，其中至少一個字元經過更改。",
        "Altered: the signature does not fit the fields of the code; at least one character was changed.",
    ),
    "revoked": Text("已撤銷：此獎狀已不生效力。", "Revoked: this certificate is no longer valid."),
    "unknown key": Text(
        "金鑰不明：此條碼以其他金鑰簽章，非本機關已公開之金鑰。",
        "Unknown key: this code was signed with a key that is not among this agency's published keys.",
    ),
}


@dataclass(frozen=True)
class Checked:
    """The verdict on a code, in a sentence of both languages; `revoked` where it was taken back."""

    verdict: Verdict
    words: Text
    revoked: Revoked | None = None


def check(read: Payload, public: Iterable[PublicKey], revoked: Mapping[str, Revoked]) -> Checked:
    """Whether a code is genuine. What is revoked is told only of what is signed well, or not signed at all."""
    verdict = _signature(read, public)
    entry = revoked.get(read.serial)
    if entry and verdict in ("genuine", "unsigned"):
        since = formats.roc_date(entry.since)
        return Checked(
            "revoked",
            Text(
                f"{VERDICTS['revoked'].zh}撤銷日期：{since.zh}；理由：{entry.reason.zh}",
                f"{VERDICTS['revoked'].en} Since {since.en}; reason: {entry.reason.en}",
            ),
            entry,
        )
    return Checked(verdict, VERDICTS[verdict])


def _signature(read: Payload, public: Iterable[PublicKey]) -> Verdict:
    if not read.signature and not read.key:
        return "unsigned"
    named = [key for key in public if key.id == read.key]
    signature = _from_base64(read.signature)
    if not read.key or not read.signature or signature is None:
        return "altered"
    if not named:
        return "unknown key"
    good = any(_holds(key.raw, signature, read.signed.encode(errors="replace")) for key in named)
    return "genuine" if good else "altered"


def _holds(raw: bytes, signature: bytes, words: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, words)
    except InvalidSignature:
        return False
    return True


# ---- a certificate on paper or in a file ------------------------------------------------------


@dataclass(frozen=True)
class Verified:
    """What was found of a certificate: `facts` are to be compared with the paper, `problems` are what is wrong."""

    verdict: Verdict | Literal["not a certificate"]
    facts: tuple[tuple[Text, str], ...]
    problems: tuple[Problem, ...]


def read_qr(content: bytes) -> str | None:
    """The text of the code on a PDF's first page that has one, or in a PNG or JPEG picture."""
    return next((words for page in _codes(content) for words in page), None)


def verify_certificate(
    file: Path,
    public: Iterable[PublicKey],
    revoked: Mapping[str, Revoked],
    digest: Callable[[bytes], str] | None = None,
) -> Verified:
    """All that can be known of a certificate from its file and the public keys.

    `digest` is the digest of a PDF's own text. In a PDF of several certificates (a print run) each page's code is
    checked for itself; its text has no digest of its own.
    """
    name = str(file)
    if not file.is_file():
        raise InputError(Problem(Place(name), "there is no such file", "沒有這個檔案"))
    content, keys = file.read_bytes(), tuple(public)
    try:
        pages = list(_codes(content))
        stated = _identifier(content) if _is_pdf(content) else None
        texts = _page_texts(content) if _is_pdf(content) else []
        told = digest(content) if digest and _is_pdf(content) and len(pages) == 1 else None
    except _Unreadable as why:
        raise InputError(Problem(Place(name), why.words.en, why.words.zh)) from None
    if len(pages) == 1:
        return _one(Place(name), pages[0], stated, texts[0] if texts else None, told, keys, revoked)
    parts = [
        _one(Place(name, column=f"page {number}"), codes, None, text, None, keys, revoked)
        for number, (codes, text) in enumerate(zip(pages, texts, strict=True), 1)
        if any(words.startswith(VERSION) for words in codes)
    ]
    if not parts:
        return Verified("not a certificate", (), (_no_code(Place(name)),))
    worst = next((part for part in parts if part.problems), parts[0])
    return Verified(
        worst.verdict,
        tuple(fact for part in parts for fact in part.facts),
        tuple(problem for part in parts for problem in part.problems),
    )


def _one(
    place: Place,
    codes: list[str],
    stated: str | None,
    text: str | None,
    digest: str | None,
    keys: tuple[PublicKey, ...],
    revoked: Mapping[str, Revoked],
) -> Verified:
    """One page: its code, what the metadata state, its text (None for a picture) and the text's digest."""
    alone = text is None or place.column != ""
    ours = list(dict.fromkeys(words for words in codes if words.startswith(VERSION)))
    problems = list(_code_faults(place, ours, stated, alone))
    words = ours[0] if ours else stated
    if words is None:
        return Verified("not a certificate", (), (_no_code(place),))
    read = read_payload(words, place)
    if isinstance(read, Problem):
        return Verified("not a certificate", (), (*problems, read))
    checked = check(read, keys, revoked)
    verdict = checked.verdict
    differs = [*problems, *_text_faults(place, read, text, digest)]
    if verdict != "genuine":
        differs.insert(0, Problem(place, checked.words.en, checked.words.zh))
    elif differs:
        verdict = "altered"
    return Verified(verdict, tuple(_facts(read)), tuple(differs))


def _facts(read: Payload) -> Iterator[tuple[Text, str]]:
    yield FIELDS["serial"], read.serial
    yield FIELDS["name"], read.name
    yield FIELDS["award"], read.award
    yield FIELDS["issued"], f"{read.issued.isoformat()}（{formats.roc_date(read.issued).zh}）"
    if read.key:
        yield FIELDS["key"], read.key


def _no_code(place: Place) -> Problem:
    return Problem(
        place,
        "has no code of a certificate that can be read; scan it again at 200 dpi or more, upright and whole",
        "讀不到獎狀之條碼；請以 200 dpi 以上重新掃描，並使條碼完整、清晰",
    )


def _code_faults(place: Place, ours: list[str], stated: str | None, alone: bool) -> Iterator[Problem]:
    if len(ours) > 1:
        yield Problem(
            place,
            f"altered: {len(ours)} different codes stand on the page, a certificate has one",
            f"遭變造：頁面上有 {len(ours)} 個不同條碼，獎狀僅有一個",
        )
    if alone:
        return
    if not ours and stated is not None:
        yield Problem(
            place,
            "altered: the code on the page cannot be read, only the file's metadata hold it",
            "遭變造：頁面上之條碼無法讀取，僅檔案中繼資料存有",
        )
    elif ours and stated is None:
        yield Problem(
            place,
            "altered: the file's metadata (dc:identifier) do not hold the code that is on the page",
            "遭變造：檔案中繼資料（dc:identifier）未載頁面上之條碼",
        )
    elif ours and stated != ours[0]:
        yield Problem(
            place,
            f"altered: the page's code and the file's metadata differ: {_difference(ours[0], stated or '', 'en')}",
            f"遭變造：頁面上之條碼與檔案中繼資料不同：{_difference(ours[0], stated or '', 'zh')}",
        )


def _difference(one: str, other: str, language: Literal["zh", "en"]) -> str:
    """The first field in which two codes differ, with both readings."""
    names = ["serial", "name", "award", "issued", "digest", "key", "signature"]
    for label, left, right in zip(["version", *names], one.split(BAR), other.split(BAR), strict=False):
        if left != right:
            said = FIELDS[label].say(language) if label in FIELDS else label
            return f"{said} {_short(left)!r} ≠ {_short(right)!r}"
    return {"zh": "欄數不同", "en": "number of fields"}[language]


def _text_faults(place: Place, read: Payload, text: str | None, digest: str | None) -> Iterator[Problem]:
    if digest is not None and digest != read.digest:
        yield Problem(
            place,
            f"altered: the text of the page is not the text that was certified (digest {digest}, certified {read.digest})",
            f"遭變造：頁面文字與所證明之文字不同（雜湊 {digest}，所證明者為 {read.digest}）",
        )
    if text is None or digest == read.digest:
        return
    printed = _squeezed(text)
    # A page in English alone has the Chinese name of the code nowhere; its digest is what is compared then.
    told = [("name", read.name)] if any("\u4e00" <= letter <= "\u9fff" for letter in printed) else []
    for label, words in (*told, ("serial", read.serial)):
        if _squeezed(words) not in printed:
            yield Problem(
                place,
                f"altered: the {FIELDS[label].en.lower()} {words!r} of the code is not in the text of the page",
                f"遭變造：條碼所載之{FIELDS[label].zh} {words!r} 未見於頁面文字",
            )


def _squeezed(words: str) -> str:
    return "".join(unicodedata.normalize("NFC", words).replace(WIDE_BAR, BAR).split())


class _Unreadable(Exception):
    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


_NO_PDF = Text("不是可讀取的 PDF 檔", "is not a PDF that can be read")
_NO_PICTURE = Text(
    "不是可讀取的 PDF、PNG 或 JPEG 檔", "is not a PDF, PNG or JPEG that can be read; save it as one of them"
)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def _codes(content: bytes) -> Iterator[list[str]]:
    """For each page, or for the picture, the texts of the codes on it; those of certificates first."""
    if not _is_pdf(content):
        yield _codes_in(_picture(content))
        return
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        raise _Unreadable(_NO_PDF) from None
    try:
        for page in pdf:
            bitmap = page.render(scale=DPI / 72, grayscale=True)
            yield _codes_in(bitmap.to_numpy())
            bitmap.close()
    finally:
        pdf.close()


def _codes_in(picture: Any) -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.barcode_formats_from_str("QRCode"), text_mode=zxingcpp.TextMode.Plain
    )
    return sorted((code.text for code in found), key=lambda words: not words.startswith(VERSION))


def _picture(content: bytes) -> Any:
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture of too many pixels is only a warning at first
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
                return picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        raise _Unreadable(_NO_PICTURE) from None


def _page_texts(content: bytes) -> list[str]:
    """All that is drawn as text, by page."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in pdf]
    finally:
        pdf.close()


def _identifier(content: bytes) -> str | None:
    """dc:identifier of the XMP metadata."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
            found = metadata.get("dc:identifier")
    except pikepdf.PdfError:
        raise _Unreadable(_NO_PDF) from None
    return found.strip() if isinstance(found, str) else None


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
        "keys": [{"id": key.id, "raw": _base64(key.raw)} for key in public],
        "revoked": {
            entry.serial: {
                "since": _pair(formats.roc_date(entry.since)),
                "reason": _pair(entry.reason),
            }
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


def _page_template(project: Path) -> str:
    try:
        template = (project / PAGE).read_bytes().decode()
    except OSError:
        raise KindError(
            Problem(
                Place(PAGE),
                "cannot be read; take the page from a new project (reportgen init)",
                "無法讀取；請自新建之專案（reportgen init）取用",
            )
        ) from None
    except UnicodeDecodeError as error:
        raise KindError(not_utf8(PAGE, error)) from None
    if missing := [name for name in ("policy", "colours", "data") if template.count(f"@@{name}@@") != 1]:
        raise KindError(
            Problem(
                Place(PAGE),
                f"the slot @@{missing[0]}@@ must stand in the page once",
                f"填入處 @@{missing[0]}@@ 須於頁面出現一次",
            )
        )
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
