"""Whether a certificate is genuine: its code, its text, the public keys and the revocations."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from reportgen.model import Text, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read.revocations import Revoked
from reportgen.verify import signatures, visible
from reportgen.write.certificates.payload import (
    BAR,
    FIELDS,
    VERDICTS,
    VERSION,
    WIDE_BAR,
    Payload,
    Verdict,
    _short,
    read_payload,
)
from reportgen.write.keys import PublicKey

DPI = 200


# ---- the verdict ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """The verdict on a code, in a sentence of both languages; `revoked` where it was taken back."""

    verdict: Verdict
    words: Text
    revoked: Revoked | None = None


def check(read: Payload, public: Iterable[PublicKey], revoked: Mapping[str, Revoked]) -> Checked:
    """Whether a code is genuine. What is revoked is told only of what is signed well, or not signed at all."""
    verdict = signatures.verdict(read.signed, read.key, read.signature, public)
    entry = revoked.get(read.serial)
    if entry and verdict in ("genuine", "unsigned"):
        since = formats.roc_date(entry.since)
        return Checked(
            "revoked",
            message("verify.since", verdicts=VERDICTS["revoked"], since=since, reason=entry.reason),
            entry,
        )
    return Checked(verdict, VERDICTS[verdict])


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
        raise InputError(problem(Place(name), "verify.is_no_such_file"))
    content, keys = file.read_bytes(), tuple(public)
    try:
        pages = list(_codes(content))
        stated = _identifier(content) if _is_pdf(content) else None
        texts = _page_texts(content) if _is_pdf(content) else []
        told = digest(content) if digest and _is_pdf(content) and len(pages) == 1 else None
    except _Unreadable as why:
        raise InputError(Problem(Place(name), why.words.en, why.words.zh)) from None
    hidden = list(visible.pages(content)) if _is_pdf(content) else [[]]
    if len(pages) == 1:
        place = Place(name)
        found = _one(place, pages[0], stated, texts[0] if texts else None, told, keys, revoked)
        return _altered_over(found, place, hidden[0])
    parts = [
        _altered_over(_one(place, codes, None, text, None, keys, revoked), place, over)
        for number, (codes, text, over) in enumerate(zip(pages, texts, hidden, strict=True), 1)
        for place in [Place(name, column=f"page {number}")]
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
    return problem(place, "verify.has_no_code_certificate_can")


def _code_faults(place: Place, ours: list[str], stated: str | None, alone: bool) -> Iterator[Problem]:
    if len(ours) > 1:
        yield problem(place, "verify.altered_2", ours_count=len(ours))
    if alone:
        return
    if not ours and stated is not None:
        yield problem(place, "verify.altered_3")
    elif ours and stated is None:
        yield problem(place, "verify.altered_5")
    elif ours and stated != ours[0]:
        yield problem(place, "verify.altered_7", difference=_difference(ours[0], stated or ""))


def _difference(one: str, other: str) -> Text:
    """The first field in which two codes differ, with both readings."""
    names = ["serial", "name", "award", "issued", "digest", "key", "signature"]
    for label, left, right in zip(["version", *names], one.split(BAR), other.split(BAR), strict=False):
        if left != right:
            name = FIELDS.get(label, Text(label, label))
            return message("verify.fields_differ", name_=name, left=_short(left), right=_short(right))
    return message("verify.number_of_fields")


def _text_faults(place: Place, read: Payload, text: str | None, digest: str | None) -> Iterator[Problem]:
    if digest is not None and digest != read.digest:
        yield problem(place, "verify.altered_4", digest=digest, digest2=read.digest)
    if text is None or digest == read.digest:
        return
    printed = _squeezed(text)
    # A page in English alone has the Chinese name of the code nowhere; its digest is what is compared then.
    told = [("name", read.name)] if any("\u4e00" <= letter <= "\u9fff" for letter in printed) else []
    for label, words in (*told, ("serial", read.serial)):
        if _squeezed(words) not in printed:
            yield problem(
                place,
                "verify.altered_6",
                words=words,
                fields=Text(FIELDS[label].zh, FIELDS[label].en.lower()),
            )


def _squeezed(words: str) -> str:
    return "".join(unicodedata.normalize("NFC", words).replace(WIDE_BAR, BAR).split())


class _Unreadable(Exception):
    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


_NO_PDF = message("verify.is_not_pdf_can_read")
_NO_PICTURE = message("verify.is_not_pdf_png_jpeg")


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


def _altered_over(found: Verified, place: Place, told: Iterable[tuple[str, str]]) -> Verified:
    """What was found, altered where words cannot be seen as they were certified."""
    faults = [problem(place, what, words=words) for what, words in told]
    if not faults:
        return found
    verdict = "altered" if found.verdict == "genuine" else found.verdict
    return replace(found, verdict=verdict, problems=(*found.problems, *faults))


def _identifier(content: bytes) -> str | None:
    """dc:identifier of the XMP metadata."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
            found = metadata.get("dc:identifier")
    except pikepdf.PdfError:
        raise _Unreadable(_NO_PDF) from None
    return found.strip() if isinstance(found, str) else None
