"""Checks that an officer can ask for: of the inputs before a build, of a PDF after it.

A finished file is read with its own structure: the text in reading order, every number of it against
the ledger inside, the fonts against the declared ones, the bytes against the manifest beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import manifest
from reportgen.batch import Inline, Job, hashed, lay_out_sheet, pages_and_style
from reportgen.errors import Place, Problem, RenderError, ReportgenError
from reportgen.formats import ROC_OFFSET
from reportgen.kinds import KINDS, kind
from reportgen.kinds.material import Material
from reportgen.model import Document, Language, Text
from reportgen.publications import EXHIBITION, documents_of, read_publication
from reportgen.reading import joined, reading_order
from reportgen.theme import Theme
from reportgen.wording import Words

if TYPE_CHECKING:
    from reportgen.preflight import Preflight
    from reportgen.signing import Verified

# ---- before: `reportgen check` ------------------------------------------------------------------


@dataclass
class Report:
    """What `check` found in one publication: problems, and what was read otherwise than it is written."""

    publication: str
    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 0
    coercions: list[tuple[str, str, str, int]] = field(
        default_factory=list
    )  # file:column, rule, example, count
    figures: int = 0
    sheets: dict[str, Preflight] = field(default_factory=dict)  # what was measured of each panel
    gaps: dict[str, int] = field(default_factory=dict)

    def lines(self, language: str) -> Iterator[str]:
        zh = language == "zh"
        yield f"{self.publication}：" if zh else f"{self.publication}:"
        for place, rule, example, count in self.coercions:
            if zh:
                yield f"  {place}：依「{rule}」讀取 {count} 格，例如 {example}"
            else:
                yield f"  {place}: {count} cells read by the rule {rule!r}, for example {example}"
        for panel, preflight in self.sheets.items():
            yield f"  {panel}：" if zh else f"  {panel}:"
            for one in preflight.findings:
                sign = (
                    ""
                    if one.kept
                    else ("  ← 已宣告之例外" if zh else "  ← declared")
                    if one.limit in preflight.allowed
                    else "  ←"
                )
                what = f"{one.what.zh}：" if zh else f"{one.what.en}: "
                yield f"    {what}{one.figure}  ({one.bound}){sign}"
        if self.problems:
            return
        gaps = ", ".join(f"{name} {count}" for name, count in sorted(self.gaps.items())) or (
            "無" if zh else "none"
        )
        yield (
            f"  {self.figures} 個數值可印出；無數值者：{gaps}"
            if zh
            else f"  {self.figures} figures to print; without a value: {gaps}"
        )


def check_publication(project: Path, name: str) -> Report:
    """Reads and computes everything and lays out nothing; all problems of all tables at once."""
    from reportgen import metrics, tables, theme, wording

    report = Report(name)

    def step(call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except ReportgenError as error:
            report.problems.extend(error.problems)
            report.exit_code = max(report.exit_code, error.exit_code)
            return None

    glossary = step(wording.read_glossary, project)
    publication = step(read_publication, project, name, KINDS, glossary)
    registry = step(metrics.read_registry, project)
    colours = step(theme.load_theme, project / "styles/tokens.toml")
    if publication is None:
        return report
    words = step(wording.read_words, project, f"templates/{publication.kind}/words.toml", glossary)
    dataset = step(tables.read_dataset, project, publication.dataset)
    if dataset is None:
        return report
    found: dict[tuple[str, str], list[Any]] = {}
    for table in dataset.tables.values():
        for coercion in table.coercions:
            place = f"{coercion.place.file}:{coercion.place.column}"
            found.setdefault((place, coercion.rule), []).append(coercion)
    for (place, rule), coerced in found.items():
        first = coerced[0]
        report.coercions.append(
            (place, rule, f"{first.place.row}: {first.before!r} → {first.after!r}", len(coerced))
        )
    if registry and words and colours and glossary:
        material = Material(project, publication, dataset, registry, words, glossary)
        for paper in (step(documents_of, project, name, KINDS) or ("", ()))[1]:
            if paper == EXHIBITION:
                continue
            document = step(kind(publication.kind).document, material, paper)
            if document is None:
                continue
            job = Job(project, name, paper, "both")
            if document.sheet:
                step(_measure, job, document, material, colours, report)
            else:
                step(_rehearse, job, document, colours, words, glossary.file)
            report.figures += len(document.printed)
            for printed in document.printed:
                if printed.gap:
                    report.gaps[printed.gap.kind] = report.gaps.get(printed.gap.kind, 0) + 1
    return report


def _measure(job: Job, document: Document, material: Material, colours: Theme, report: Report) -> None:
    """A panel is laid out, too: only then can be said how large its type is and how its pictures will look."""
    from reportgen import pdf

    made = lay_out_sheet(job, document, material, colours, Inline())
    pdf.drop(made.name)
    report.sheets[job.document] = made.preflight
    if made.preflight.faults:
        raise RenderError(made.preflight.faults)


def _rehearse(job: Job, document: Document, colours: Theme, words: Words, glossary: str) -> None:
    """Templates, style and characters as a build would meet them, with an empty picture for each chart."""
    empty = ("data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=", "-")
    drawn = {anchor: empty for anchor in manifest.charted(document)}
    pages_and_style(
        job, document, colours, words, drawn, hashed(job.project, document, document.kind, glossary)
    )


# ---- after: `reportgen verify` ------------------------------------------------------------------


PICTURES = (".png", ".jpg", ".jpeg")


def is_certificate(file: Path) -> bool:
    """A picture, or a PDF without a ledger whose first page has a certificate's code: one, or a print run."""
    import pikepdf

    from reportgen import signing

    if file.suffix.lower() in PICTURES:
        return True
    try:
        with pikepdf.open(file) as pdf:
            if manifest.LEDGER in pdf.attachments:
                return False
            if b"RG1|" in pdf.Root["/Metadata"].read_bytes():
                return True
        return (signing.read_qr(file.read_bytes()) or "").startswith("RG1|")
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


def verify_press(project: Path, file: Path, language: Language) -> tuple[list[str], list[Problem]]:
    """A printer's edition against the declared press and its manifest: what was measured, and the faults."""
    from reportgen import press

    found = press.check(file.read_bytes(), press.read_conditions(project), str(file))
    return [*found.lines(language)], [*found.problems, *_as_delivered(file, needed=True)]


def verify_certificate(project: Path, file: Path) -> Verified:
    """A certificate against its code, the public keys and the revocations of the project, and its manifest."""
    from reportgen import publications, reading, signing

    revoked: dict[str, signing.Revoked] = {}
    for name in publications.publication_names(project):
        revoked |= signing.read_revoked(project, name)
    found = signing.verify_certificate(file, signing.load_public(project), revoked, reading.text_digest)
    return replace(found, problems=(*found.problems, *_as_delivered(file, needed=False)))


def verdict(found: Verified) -> Text:
    """What was found, in a sentence."""
    from reportgen import signing

    return next(words for name, words in signing.VERDICTS.items() if name == found.verdict)


def _as_delivered(file: Path, needed: bool) -> Iterator[Problem]:
    """Whether the manifest of the file's folder, or of the folder above, names it with these bytes."""
    digest, found = manifest.sha256(file.read_bytes()), False
    for folder in (file.parent, file.parent.parent):
        for name, entry in manifest.read_manifest(folder).get("files", {}).items():
            named = {name: entry["sha256"], **entry.get("beside", {})}
            if known := named.get(file.relative_to(folder).as_posix()):
                found = True
                if known != digest:
                    yield Problem(
                        Place(str(file)),
                        "is not the file that was delivered: its SHA-256 differs",
                        "與交付之檔案不同：SHA-256 不符",
                    )
    if needed and not found:
        yield Problem(
            Place(str(file)),
            "no manifest beside the file speaks of it",
            "同資料夾之 manifest.json 未記載此檔",
        )


def verify(file: Path) -> list[Problem]:
    """All that is wrong with a finished PDF; empty when it is as it was delivered."""
    from reportgen import pdf

    ledger = manifest.read_ledger(file)
    content = file.read_bytes()
    place = Place(str(file))
    problems = [
        Problem(
            place,
            f"{word!r} on page {page} is in no record of the ledger",
            f"第 {page} 頁之 {word!r} 不在數值帳冊中",
        )
        for page, word in unrecorded(content, ledger)
    ]
    if foreign := pdf.foreign_fonts(content):
        problems.append(
            Problem(
                place,
                f"fonts that are not declared: {', '.join(foreign)}",
                f"使用未宣告之字型：{'、'.join(foreign)}",
            )
        )
    problems.extend(_as_delivered(file, needed=True))
    return problems


NUMBER = re.compile(r"[−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


def unrecorded(content: bytes, ledger: dict[str, Any]) -> list[tuple[int, str]]:
    """Numbers of the tagged text that no record prints and the allow-list does not name, with their page.

    Allowed: years of the period covered, scales of charts and what publication.toml or the rules state (the ledger lists
    both: dates, reference numbers, thresholds), the numbers of sections,
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
    found = []
    for text in joined(reading_order(content)):
        for match in NUMBER.finditer(_without_references(text.words)):
            word = match[0]  # a printed figure has a true minus: a hyphen parts numbers (887-03, 2016-01-28)
            if word in printed or word.lstrip("−-") in printed or word.removeprefix("-") in allowed:
                continue
            if (
                text.within in ("TOC", "TOCI")
                or text.tag in ("Reference", "Lbl")
                or text.tag == "H1"
                or text.words.strip() in ("0", "≈0")
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


def _without_references(words: str) -> str:
    return _REFERENCES.sub(" ", words)
