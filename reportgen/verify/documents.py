"""A finished file against itself: its numbers against its ledger, its fonts, and the manifest beside it."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.compute.unrecorded import NUMBER, without_references, years_around
from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.job import LEDGER
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.pdf_contents import contents, is_signed, seal
from reportgen.read.pdf_text import joined, reading_order
from reportgen.verify import manifests, records, seals, signatures
from reportgen.verify.ledger import read_ledger, sha256
from reportgen.verify.signatures import Found, Trust
from reportgen.write.certificates.payload import VERDICTS
from reportgen.write.keys import PublicKey

if TYPE_CHECKING:
    from reportgen.verify.certificates import Verified


# ---- after: `reportgen verify` ------------------------------------------------------------------


PICTURES = (".png", ".jpg", ".jpeg")
OTHERS = (".json", ".odt", ".ods", ".html")
Keys = Sequence[PublicKey]  # that are trusted
NOBODY = Trust()


def is_certificate(file: Path) -> bool:
    """A picture, or a PDF without a ledger whose first page has a certificate's code: one, or a print run."""
    import pikepdf

    from reportgen.verify import certificates

    if file.suffix.lower() in PICTURES:
        return True
    try:
        with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
            if LEDGER in pdf.attachments:
                return False
            if b"RG1|" in pdf.Root["/Metadata"].read_bytes():
                return True
        return (certificates.read_qr(file.read_bytes()) or "").startswith("RG1|")
    except (OSError, KeyError, pikepdf.PdfError, pikepdf.PasswordError):
        return False


def is_press(file: Path) -> bool:
    """Whether the file is a printer's edition: PDF/X has an output intent of its own."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
            return any(one.get("/S") == "/GTS_PDFX" for one in pdf.Root.get("/OutputIntents", []))
    except (OSError, pikepdf.PdfError, pikepdf.PasswordError):
        return False


def verify_press(project: Path, file: Path, public: Keys) -> tuple[tuple[Text, ...], tuple[Problem, ...]]:
    """A printer's edition against the declared press and its manifest: what was measured, and the faults."""
    from reportgen.write.press import conditions, inspection

    inspected = inspection.check(file.read_bytes(), conditions.read_conditions(project), str(file))
    return tuple(inspected.lines()), (*inspected.problems, *manifests.faults(file, public, needed=True))


def verify_certificate(project: Path, file: Path, public: Keys) -> Verified:
    """A certificate against its code, the public keys and the revocations of the project, and its manifest."""
    from reportgen.read import pdf_text as reading
    from reportgen.read import publications, revocations
    from reportgen.verify import certificates

    revoked: dict[str, revocations.Revoked] = {}
    for name in publications.publication_names(project):
        revoked |= revocations.read_revoked(project, name)
    found = certificates.verify_certificate(file, public, revoked, reading.text_digest)
    return replace(found, problems=(*found.problems, *manifests.faults(file, public)))


def compared(file: Path) -> Text:
    """What of a certificate was looked at and what could not be: in a file, a print run or a picture."""
    import pikepdf

    if file.suffix.lower() in PICTURES:
        return message("records.picture_compared")
    with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
        return message("records.print_run_compared" if len(pdf.pages) > 1 else "records.certificate_compared")


def verdict(found: Verified) -> Text:
    """What was found, in a sentence."""

    return next(words for name, words in VERDICTS.items() if name == found.verdict)


@dataclass(frozen=True)
class Proof:
    """What was found wrong with a finished PDF, and what was looked at and what could not be, a line each."""

    problems: tuple[Problem, ...]
    lines: tuple[Text, ...]
    verdict: Text


def is_other(file: Path) -> bool:
    """Whether the file is one that only the manifest speaks of: an ODT, a workbook, a page, a picture of a panel, a ledger."""
    with file.open("rb") as stream:
        is_pdf = b"%PDF-" in stream.read(1024)
    return not is_pdf and (file.suffix.lower() in OTHERS or any(manifests.named(file)))


def verify_other(file: Path, public: Keys) -> Proof:
    """Such a file against the manifest beside it: its bytes, and who signed what the manifest says."""
    problems = (*_foreign_keys(file, public), *manifests.faults(file, public, needed=True))
    lines = [
        line
        for one in manifests.named(file)
        for line in one.signed(public).line(public, "signing.entry_signed")
    ]
    of_page = [message("signing.page_key", key=key) for key in _keys_of_page(file)]
    return Proof(
        problems, (message("records.looked_at_bytes"), *lines, *of_page), message("records.bytes_delivered")
    )


def _keys_of_page(file: Path) -> list[str]:
    """The fingerprints of the keys by which a delivered page checks certificates."""
    from reportgen.write.certificates.page import keys_in

    raws = keys_in(file.read_bytes()) if file.suffix.lower() == ".html" else ()
    return [sha256(raw) for raw in raws]


def _foreign_keys(file: Path, public: Keys) -> Iterator[Problem]:
    known = {key.fingerprint for key in public}
    for key in _keys_of_page(file):
        if key not in known:
            ours = sorted(known) or message("why.none")
            yield problem(Place(str(file)), "signing.page_holds_foreign_key", key=key, known=ours)


def verify(file: Path, trust: Trust = NOBODY) -> Proof:
    """A finished PDF against its ledger, its signatures, its fonts and the manifest beside it."""
    import pikepdf

    from reportgen.verify import visible
    from reportgen.write import pdf

    ledger = read_ledger(file)
    content, place = file.read_bytes(), Place(str(file))
    with pikepdf.open(io.BytesIO(content)) as opened:
        raw = opened.attachments[LEDGER].get_file().read_bytes()
        for_others = is_signed(opened)
        held, stated, statement = contents(opened), seal(opened), seal(opened, "Statement")
        within = opened.attachments.get(seals.NAME)
        approved = seals.sealed(file, within.get_file().read_bytes()) if within else []
    problems = []
    if ("contents" in ledger or stated) and stated != sha256(raw):
        problems.append(problem(place, "records.ledger", found=sha256(raw), stated=stated or "-"))
    alone = unrecorded(content, ledger)
    if "contents" in ledger:
        problems += records.differences(place, held, ledger)
    else:
        problems += (
            problem(place, "verify.page_is_no_record_ledger", word=word, page=page) for page, word in alone
        )
    problems += (*records.displaced(place, content, ledger), *records.misprinted(place, ledger))
    problems += (
        problem(place, name, page=page, words=words) for page, (name, words) in visible.unlike_ours(content)
    )
    if foreign := pdf.foreign_fonts(content):
        problems.append(problem(place, "verify.fonts_are_not_declared", foreign=[*foreign]))
    signed = signatures.read(statement, "RGD1", sha256(raw), trust.public)
    problems += signed.faults(
        place, trust.public, "signing.document_is_not_signed", "signing.document_is_altered"
    )
    problems += (*manifests.faults(file, trust.public), *manifests.beside(file, raw))
    by_others = _by_others(place, content, trust) if for_others else None
    problems += (not_approved := [*seals.faults(file, approved)])
    known = any(manifests.named(file))
    by = [message("signing.by_key", key=signed.key)] if signed.key else []
    lines = [*_looked_at(held, ledger, alone, known), *signed.line(trust.public, "signing.document_signed")]
    lines += () if not_approved else seals.lines(approved)
    if by_others:
        problems += by_others.problems
        lines += by_others.lines
        by += [message("signing.pades_by", subject=name) for name in by_others.signers]
    elif signed.verdict == "unsigned":
        lines.append(message("records.not_signed"))
    verdict = message(
        "records.as_delivered" if known else "records.agrees", by=by or [message("signing.by_nobody")]
    )
    return Proof(tuple(dict.fromkeys(problems)), tuple(lines), verdict)


def _by_others(place: Place, content: bytes, trust: Trust) -> Found:
    """The signatures that outside readers know."""
    if importlib.util.find_spec("pyhanko") is None:
        return Found(problems=(problem(place, "signing.needs_pyhanko_to_read"),))
    from reportgen.verify import pades

    return pades.check(place, content, trust)


def _looked_at(
    held: Mapping[str, Raw], ledger: Mapping[str, Raw], alone: list[tuple[int, str]], known: bool
) -> Iterator[Text]:
    if "contents" in ledger:
        yield message("records.looked_at_pages", pages=len(held["drawn"]), runs=len(held["runs"]))
        counts = {name: len(ledger[name]) for name in ("figures", "sentences")}
        yield message("records.looked_at_figures", **counts)
        if alone:  # an officer words units, labels and notes; what they say is compared above
            page, word = alone[0]
            yield message("records.looked_at_numbers", count=len(alone), page=page, word=word)
        yield message("records.looked_at_files", files=len(held["embedded"]))
    else:
        yield message("records.not_compared_with_records")
    yield message("records.looked_at_manifest" if known else "records.not_compared_with_manifest")


HEADINGS = ("H2", "H3", "H4")


def unrecorded(content: bytes, ledger: dict[str, Raw]) -> list[tuple[int, str]]:
    """Numbers of the tagged text and the alternative texts that no record prints and the allow-list does not name, with their page.

    Allowed: years of the period covered, scales of charts and what publication.toml or the rules state (the ledger lists
    both: dates, reference numbers, thresholds), the numbers of rows that are counted through, of sections,
    tables, figures and pages, dates and articles in legal references, hashes and addresses, versions and
    names of standards.
    """
    printed = set()
    for figure in ledger["figures"]:
        for words in (figure["printed"], *figure["text"].values()):
            printed.update(NUMBER.findall(words))
    keys = [figure["key"] for figure in ledger["figures"]]
    years = [int(key[name]) for key in keys for name in ("roc_year", "fiscal_year") if name in key]
    allowed = years_around(years)
    stated = ledger.get("stated", ())
    allowed |= set(stated)
    scales = {label for labels in ledger.get("axes", {}).values() for label in labels}
    alone = {"0", "≈0", *(str(number) for number in range(1, ledger.get("ordinals", 0) + 1))}
    found = []
    for text in joined(reading_order(content, instead=True)):
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
