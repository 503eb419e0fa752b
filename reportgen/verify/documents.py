"""A finished file against itself: its numbers against its ledger, its fonts, and the manifest beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.formats import ROC_OFFSET
from reportgen.model.job import LEDGER
from reportgen.model.toml import Raw
from reportgen.read.pdf_text import joined, reading_order
from reportgen.verify import delivered
from reportgen.verify.ledger import read_ledger, sha256
from reportgen.write.certificates.payload import VERDICTS

if TYPE_CHECKING:
    from reportgen.verify.certificates import Verified


# ---- after: `reportgen verify` ------------------------------------------------------------------


PICTURES = (".png", ".jpg", ".jpeg")


def is_certificate(file: Path) -> bool:
    """A picture, or a PDF without a ledger whose first page has a certificate's code: one, or a print run."""
    import pikepdf

    from reportgen.verify import certificates

    if file.suffix.lower() in PICTURES:
        return True
    try:
        with pikepdf.open(file) as pdf:
            if LEDGER in pdf.attachments:
                return False
            if b"RG1|" in pdf.Root["/Metadata"].read_bytes():
                return True
        return (certificates.read_qr(file.read_bytes()) or "").startswith("RG1|")
    except (OSError, KeyError, pikepdf.PdfError):
        return False


def is_press(file: Path) -> bool:
    """Whether the file is a printer's edition: PDF/X has an output intent of its own."""
    import pikepdf

    try:
        with pikepdf.open(file) as pdf:
            return any(one.get("/S") == "/GTS_PDFX" for one in pdf.Root.get("/OutputIntents", []))
    except (OSError, pikepdf.PdfError):
        return False


def verify_press(project: Path, file: Path) -> tuple[tuple[Text, ...], tuple[Problem, ...]]:
    """A printer's edition against the declared press and its manifest: what was measured, and the faults."""
    from reportgen.write.press import conditions, inspection

    inspected = inspection.check(file.read_bytes(), conditions.read_conditions(project), str(file))
    return tuple(inspected.lines()), (*inspected.problems, *_as_delivered(file, needed=True))


def verify_certificate(project: Path, file: Path) -> Verified:
    """A certificate against its code, the public keys and the revocations of the project, and its manifest."""
    from reportgen.read import pdf_text as reading
    from reportgen.read import publications, revocations
    from reportgen.verify import certificates
    from reportgen.write.certificates import keys

    revoked: dict[str, revocations.Revoked] = {}
    for name in publications.publication_names(project):
        revoked |= revocations.read_revoked(project, name)
    found = certificates.verify_certificate(file, keys.load_public(project), revoked, reading.text_digest)
    return replace(found, problems=(*found.problems, *_as_delivered(file, needed=False)))


def verdict(found: Verified) -> Text:
    """What was found, in a sentence."""

    return next(words for name, words in VERDICTS.items() if name == found.verdict)


def _as_delivered(file: Path, needed: bool) -> Iterator[Problem]:
    """Whether the manifest of the file's folder, or of the folder above, names it with these bytes."""
    digest, found = sha256(file.read_bytes()), False
    for folder in (file.parent, file.parent.parent):
        for name, entry in delivered.read_manifest(folder).get("files", {}).items():
            named = {name: entry["sha256"], **entry.get("beside", {})}
            if known := named.get(file.relative_to(folder).as_posix()):
                found = True
                if known != digest:
                    yield problem(Place(str(file)), "verify.is_not_file_was_delivered")
    if needed and not found:
        yield problem(Place(str(file)), "verify.no_manifest_beside_file_speaks")


def verify(file: Path) -> list[Problem]:
    """All that is wrong with a finished PDF; empty when it is as it was delivered."""
    from reportgen.write import pdf

    ledger = read_ledger(file)
    content = file.read_bytes()
    place = Place(str(file))
    problems = [
        problem(place, "verify.page_is_no_record_ledger", word=word, page=page)
        for page, word in unrecorded(content, ledger)
    ]
    if foreign := pdf.foreign_fonts(content):
        problems.append(problem(place, "verify.fonts_are_not_declared", foreign=[*foreign]))
    problems.extend(_as_delivered(file, needed=True))
    return problems


HEADINGS = ("H2", "H3", "H4")
NUMBER = re.compile(r"[−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


def unrecorded(content: bytes, ledger: dict[str, Raw]) -> list[tuple[int, str]]:
    """Numbers of the tagged text that no record prints and the allow-list does not name, with their page.

    Allowed: years of the period covered, scales of charts and what publication.toml or the rules state (the ledger lists
    both: dates, reference numbers, thresholds), the numbers of rows that are counted through, of sections,
    tables, figures and pages, dates and articles in legal references, hashes and addresses, versions and
    names of standards.
    """
    printed = set()
    for figure in ledger["figures"]:
        for words in (figure["printed"], figure["text"]["zh"], figure["text"]["en"]):
            printed.update(NUMBER.findall(words))
    years = [int(f["key"]["roc_year"]) for f in ledger["figures"] if "roc_year" in f["key"]]
    span = range(min(years, default=1) - 1, max(years, default=0) + 2)
    allowed = {str(year) for year in span} | {str(year + ROC_OFFSET) for year in span}
    stated = ledger.get("stated", ())
    allowed |= set(stated)
    scales = {label for labels in ledger.get("axes", {}).values() for label in labels}
    alone = {"0", "≈0", *(str(number) for number in range(1, ledger.get("ordinals", 0) + 1))}
    found = []
    for text in joined(reading_order(content)):
        for match in NUMBER.finditer(without_references(text.words)):
            word = match[0]  # a printed figure has a true minus: a hyphen parts numbers (887-03, 2016-01-28)
            if word in printed or word.lstrip("−-") in printed or word.removeprefix("-") in allowed:
                continue
            if (
                text.within in ("TOC", "TOCI")
                or text.tag in ("Reference", "Lbl")
                or text.tag == "H1"
                or text.words.strip() in alone
                or (text.tag in HEADINGS and word in alone and text.words.lstrip().startswith(word))
                or (text.within == "Figure" and word in scales)
                or ("http" in text.words and _half_of(word, stated))
            ):
                continue
            found.append((text.page, word))
    return found


def _half_of(word: str, stated: Iterable[str]) -> bool:
    """Whether a number is one end of a longer stated one: an address is broken into lines within its numbers."""
    return any(one != word and (one.startswith(word) or one.endswith(word)) for one in stated)


_REFERENCES = re.compile(
    r"第\s*\d+\s*條|Art\.\s+\d+|\d{2,3}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|自\s*\d{1,3}\s*年|from \d{4} on|(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\s+\d{1,2}(?!\d)(?:,\s+\d{4})?|\d{1,2}\s*月\s*\d{1,2}\s*日|[表圖]\d+|(?:Table|Figure|Tables|Figures) \d+"
    r"|PDF/A-3a|PDF/UA-1|SHA-256|[0-9a-f]{64}|https?://\S+|reportgen \d+\.\d+\.\d+|© \d{4}-\d{4}|License \d\.\d"
    r"|version \d\.\d|第 \d 版|\d{4}-\d{4} ?年?|NT\$10,000|小數\s*\d\s*位|\d\s+decimal\s+places?|inputs/\S+|Enforcement Rules[^;]*"
)


def without_references(words: str) -> str:
    return _REFERENCES.sub(" ", words)
