"""What a PDF holds, as plain values that a record of it can state: its words by place, and digests of all else.

Two files say the same when these are equal, however their objects are numbered and packed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from reportgen.model.job import LEDGER
from reportgen.model.toml import Raw
from reportgen.read.pdf_text import joined, runs_of, squeezed

if TYPE_CHECKING:
    import pikepdf

# Ways back up, how a stream is packed, and where the ledger's own digest stands.
_PASSED_OVER = {"/P", "/Parent", "/Length", "/Filter", "/DecodeParms", "/PieceInfo"}
MOST_ABOVE = 20  # a page that stands in itself ends nowhere
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")  # by a page from what it stands in


def contents(pdf: pikepdf.Pdf) -> dict[str, Raw]:
    """`runs`: each run of words with page and structure type, alternative texts too; `drawn`: the digest of each page;
    `embedded`: that of each embedded file but the ledger; `rest`: that of all else (outline, metadata, structure).
    """
    _without_signatures(pdf)
    known = {page.obj.objgen: b"page %d" % number for number, page in enumerate(pdf.pages, 1)}
    if LEDGER in pdf.attachments:
        known[pdf.attachments[LEDGER].obj["/EF"]["/F"].objgen] = b"ledger"
    drawn = [_of_page(page.obj, known).hex() for page in pdf.pages]
    root = pdf.Root
    known[root["/Pages"].objgen] = b"pages"
    return {
        "runs": [
            {"page": run.page, "tag": run.tag, "text": " ".join(run.words.split())}
            for run in joined(runs_of(pdf, instead=True))
        ],
        "drawn": drawn,
        "embedded": {
            name: hashlib.sha256(file.get_file().read_bytes()).hexdigest()
            for name, file in pdf.attachments.items()
            if name != LEDGER
        },
        "rest": hashlib.sha256(_of_keys(root, known) + _digest(pdf.trailer.get("/Info"), known)).hexdigest(),
    }


def by_page(runs: Iterable[Mapping[str, Raw]]) -> dict[int, str]:
    """The words of each page without white space."""
    pages: dict[int, list[str]] = {}
    for run in runs:
        pages.setdefault(run["page"], []).append(squeezed(run["text"]))
    return {page: "".join(words) for page, words in pages.items()}


def _digest(item: object, known: dict[tuple[int, int], bytes]) -> bytes:
    """The digest of an object and of all that it leads to; `known` are those that were met before."""
    import pikepdf

    if not isinstance(item, pikepdf.Object):
        return str(item).encode()
    at = item.objgen
    if at in known:
        return known[at]
    if at != (0, 0):
        known[at] = b"above"  # for what leads back to it
    if isinstance(item, pikepdf.Array):
        found = hashlib.sha256(b"".join(b"|" + _digest(part, known) for part in item)).digest()
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        found = _of_keys(item, known)
    else:
        found = item.unparse()
    if at != (0, 0):
        known[at] = found
    return found


def _of_page(page: pikepdf.Object, known: dict[tuple[int, int], bytes]) -> bytes:
    found = hashlib.sha256(_of_keys(page, known))
    for key in _INHERITED:
        above, met = page, 0
        while key not in above and "/Parent" in above and met < MOST_ABOVE:
            above, met = above["/Parent"], met + 1
        found.update(b"|" + _digest(above.get(key), known))
    return found.digest()


def _of_keys(item: pikepdf.Object, known: dict[tuple[int, int], bytes]) -> bytes:
    import pikepdf

    found = hashlib.sha256()
    aside = {"/Next", "/Prev"} if "/Title" in item else set()  # entries of an outline: `_siblings` goes there
    for key in sorted(set(item.keys()) - _PASSED_OVER - aside):
        values = _siblings(item[key]) if key == "/First" else (item[key],)
        found.update(b"|".join((key.encode(), *(_digest(value, known) for value in values))))
    if isinstance(item, pikepdf.Stream):
        try:
            found.update(item.read_bytes())
        except pikepdf.PdfError:  # a picture in a format of its own
            found.update(item.read_raw_bytes() + _digest(item.get("/DecodeParms"), known))
    return found.digest()


def _siblings(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """An entry of an outline and those after it."""
    met = set()
    following: pikepdf.Object | None = item
    while following is not None and following.objgen not in met:
        met.add(following.objgen)
        yield following
        following = following.get("/Next")


# ---- signatures that outside readers know ---------------------------------------------------------

_INVISIBLE = {"/Type", "/Subtype", "/FT", "/F", "/P", "/Rect", "/T", "/TU", "/V"}


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether a field of the file holds a signature (PAdES, or another)."""
    return any(field.get("/FT") == "/Sig" and "/V" in field for field in _fields(pdf))


def _fields(pdf: pikepdf.Pdf) -> Iterable[pikepdf.Object]:
    return pdf.Root["/AcroForm"]["/Fields"] if "/Fields" in pdf.Root.get("/AcroForm", ()) else ()


def _without_signatures(pdf: pikepdf.Pdf) -> None:
    """Takes out of the open PDF what signing has added: fields that show nothing, and what proves their certificates."""
    if not is_signed(pdf):
        return
    ours = {field.objgen for field in _fields(pdf) if _shows_nothing(field)}
    others = set(pdf.Root["/AcroForm"].keys()) - {"/Fields", "/SigFlags"}
    if not others and all(field.objgen in ours for field in _fields(pdf)):
        del pdf.Root["/AcroForm"]
    for page in pdf.pages:
        notes = [*page.obj["/Annots"]] if "/Annots" in page.obj else []
        left = [note for note in notes if note.objgen not in ours]
        if notes and not left:
            del page.obj["/Annots"]
        elif len(left) < len(notes):
            page.obj["/Annots"] = left
    for name in ("/DSS", "/Extensions"):
        if name in pdf.Root:
            del pdf.Root[name]


def _shows_nothing(field: pikepdf.Object) -> bool:
    flat = [float(side) for side in field.get("/Rect", [])] == [0, 0, 0, 0]
    return field.get("/FT") == "/Sig" and "/V" in field and flat and set(field.keys()) <= _INVISIBLE


# ---- the digest of the ledger ------------------------------------------------------------------


def sealed(pdf: pikepdf.Pdf, ledger: bytes) -> None:
    """Puts the ledger in the place of the one that is embedded, and its digest into the catalogue (ISO 32000-1, 14.5)."""
    from pikepdf import Dictionary, String

    stream = pdf.attachments[LEDGER].obj["/EF"]["/F"]
    stream.write(ledger)
    stream.Params.Size = len(ledger)
    stream.Params.CheckSum = String(hashlib.md5(ledger, usedforsecurity=False).digest())
    private = Dictionary(LedgerSHA256=String(hashlib.sha256(ledger).hexdigest()))
    own = Dictionary(LastModified=stream.Params.ModDate, Private=private)
    pdf.Root.PieceInfo = Dictionary(reportgen=own)


def put_statement(pdf: pikepdf.Pdf, words: str) -> None:
    """Puts the signed statement on the ledger beside the ledger's digest."""
    from pikepdf import String

    pdf.Root.PieceInfo.reportgen.Private["/Statement"] = String(words)


def seal(pdf: pikepdf.Pdf, part: str = "LedgerSHA256") -> str:
    """The digest that the catalogue states of the ledger, or the `Statement` on it; empty where there is none."""
    try:
        return str(pdf.Root.PieceInfo.reportgen.Private[f"/{part}"])
    except (AttributeError, KeyError):
        return ""
