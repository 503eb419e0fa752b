"""From a document to the HTML of one edition: plain values in, one string out for each part."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup

from reportgen.model import (
    Block,
    Bullets,
    Certificate,
    CertificateField,
    Document,
    Edition,
    Language,
    Line,
    PanelFoot,
    PanelHead,
    Paragraphs,
    Row,
    Section,
    Signature,
    Subhead,
    Table,
    Text,
)
from reportgen.model.document import told_in
from reportgen.model.errors import KindError, Place, Problem, RenderError, problem
from reportgen.model.formats import clause_number
from reportgen.model.version import VERSION
from reportgen.read import fonts
from reportgen.read.theme import Theme
from reportgen.read.words import Words
from reportgen.write.html import columns
from reportgen.write.html.characters import check_characters, where_is
from reportgen.write.html.columns import Fit, Measure
from reportgen.write.html.markup import check_page, targets
from reportgen.write.html.own import check_own, own_printer
from reportgen.write.html.parts import least, parts, tall, widths, wraps
from reportgen.write.html.sandbox import Sandbox, environment
from reportgen.write.html.setting import set_page
from reportgen.write.html.styles import document_style
from reportgen.write.html.templates import check_templates, filled
from reportgen.write.html.texts import TextPrinter, languages
from reportgen.write.html.whole_names import in_one_face

SMALL, LOW = 155.0, 245.0  # mm between the margins, across and down: B5 is less than both, Letter is low
Pictures = Mapping[str, tuple[str, str]]
Colophon = list[tuple[Text, tuple[tuple[Text, str], ...]]]


@dataclass(frozen=True, kw_only=True)
class Design:
    """What documents are set with: templates and styles of a project, its theme, the fixed words of a kind, an edition."""

    project: Path
    edition: Edition
    theme: Theme
    words: Words


def pages_and_style(
    design: Design,
    document: Document,
    pictures: Pictures,
    hashes: Mapping[str, str],
    name: str,
    tokens: Mapping[str, str] = MappingProxyType({}),
    env: Sandbox | None = None,
) -> tuple[list[str], str]:
    """The HTML of each part and the style sheet, checked: what may stand in them, and every character.

    `hashes`: file -> SHA-256, for the colophon and for the places of characters; `name`: of the document in messages;
    `tokens`: further ones for the style sheet; `env`: one of the project with templates that it has read before.
    """
    pages = []
    env = env or environment(design.project)
    env.steps = env.size = 0
    check_templates(env, design.project, document.kind)
    check_own(env, document)
    for part in parts(document):
        page = render(design, document, pictures, hashes, part, env)
        try:
            page = check_page(page, name)
        except (KindError, RenderError) as error:
            template = Place(f"templates/{document.kind}/document.html")
            found = (_at_source(one, page, design.project, hashes, template) for one in error.problems)
            raise type(error)(found) from None
        check_characters(page, design.project, hashes, name)
        pages.append(set_page(in_one_face(page)))
    _check_targets(pages, document)
    sheet = document_style(design.project, document, design.edition, design.theme, design.words, tokens)
    return pages, sheet


_TAGS = re.compile(r"<[^>]*>")


def _at_source(fault: Problem, page: str, project: Path, files: Iterable[str], template: Place) -> Problem:
    """A fault of a page, which nobody has seen yet, where it comes from: the file that has its words, else the template."""
    line = page.split("\n")[fault.place.row - 1] if fault.place.row else ""
    words = unescape(max(_TAGS.split(line), key=len).strip()[:40])
    found = where_is(words, project, files) if len(words) == 40 and not fault.place.column else []
    return replace(fault, place=found[0] if found else replace(template, column=fault.place.column))


def _check_targets(pages: Iterable[str], document: Document) -> None:
    """KindError for what the contents and links lead to, and what is counted by its pages, and no element bears."""
    there, wanted = targets(pages)
    sections = [block for block in document.blocks if isinstance(block, Section) and not block.flow]
    if any(section.one_page for section in sections):
        wanted += [section.anchor for section in sections]
    place = Place(f"templates/{document.kind}/document.html")
    if lost := [anchor for anchor in dict.fromkeys(wanted) if anchor not in there]:
        raise KindError(problem(place, "templates.no_element_has_id", anchor=anchor) for anchor in lost)


def render(
    design: Design,
    document: Document,
    pictures: Pictures,
    hashes: Mapping[str, str],
    part: range | None = None,
    env: Sandbox | None = None,
) -> str:
    """The HTML of an edition, or of a part of it: these blocks, with cover and contents before the first.

    `pictures`: anchor -> (data URI, alternative text); `hashes`: file -> SHA-256, for the colophon;
    `env`: the project's, whose templates were checked.
    KindError names template and line.
    """
    if env is None:
        env = environment(design.project)
        check_templates(env, design.project, document.kind)
    theme, edition = design.theme, design.edition
    context = {
        **words_of(design),
        "halves": [TextPrinter(language).context() for language in languages(edition)],
        "label": TextPrinter(edition).plain,
        "mark": "",
        "between": "br",
        "depth": 0,
        "paper": "" if document.sheet else paper_class(theme.page),
        "document": document,
        "blocks": document.blocks if part is None else document.blocks[part.start : part.stop],
        "front": part is None or part.start == 0,
        "pictures": pictures,
        "colophon": lambda: colophon(document, hashes, design.words, theme.licences),
        "step": lambda heat: min(int(heat * len(theme.ramp)), len(theme.ramp) - 1),
        "least": least,
        **_of_tables(document, edition, theme),
        "tall": lambda row: tall(row, edition),
        "any_tall": lambda table: any(tall(row, edition) for row in table.rows),
        "wraps": lambda table: wraps(table, edition),
        "told_in": told_in,
        "sealed": lambda blocks: any(isinstance(block, Signature) and block.seal for block in blocks),
        "clause": lambda clause: clause_number(clause.level, clause.number),
        "upright": edition != "en" and any(getattr(block, "upright", None) for block in document.blocks),
        "bands": bands(document.blocks) if document.sheet else [],
        "figures_in": lambda table, place: any(row.cells[place].figure for row in table.rows if row.cells),
    }
    places = {id(block): place for place, block in enumerate(document.blocks)}
    context["placed"] = lambda block, html: Markup(
        _BEGINS.sub(rf'<\1 data-block="{places[id(block)]}"', str(html), count=1)
    )
    context["own"] = own_printer(env, context)
    return filled(env, f"{document.kind}/document.html", context)


_BEGINS = re.compile(r"<([a-z]\w*)")


def paper_class(page: Mapping[str, float]) -> str:
    """How style sheets know a page on which less stands than on A4."""
    low = page["height"] - page["top"] - page["bottom"] < LOW
    return (" small" if page["text"] < SMALL else "") + (" low" if low else "")


def _of_tables(document: Document, edition: Edition, theme: Theme) -> dict[str, object]:
    """What the templates of tables print heads and columns with."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    measure = Measure(edition, theme)

    def shares(table: Table, places: Sequence[int], fit: Fit) -> list[str]:
        if not table.wide:
            return widths(table, edition)
        return columns.widths(columns.sisters(table, tables), tuple(places), fit, measure)

    return {
        "fitted": lambda table: columns.fitted(table, edition, theme),
        "grouped": columns.grouped,
        "widths": shares,
        "phrased": TextPrinter(edition).phrased,
        "row_class": row_class,
    }


def row_class(row: Row, gap: bool, grid: bool) -> str:
    """What the style tells of a row of figures: a sum, or a gap above it; that it is a part; the office's own."""
    sums = row.role in ("total", "subtotal") and not grid
    names = {row.role: sums, "gap": gap and not sums, "within": row.within, "own": row.own}
    return " ".join(name for name, said in names.items() if said)


def words_of(design: Design) -> dict[str, object]:
    """What every template prints texts with."""
    return {
        **TextPrinter(design.edition).context(),
        "words": design.words,
        "kind_of": lambda block: type(block).__name__,
    }


def colophon(
    document: Document, hashes: Mapping[str, str], words: Words, own: Iterable[Text] = ()
) -> Colophon:
    """Heads and lines: program, format, typefaces with their licences, the sum of the inputs' hashes."""
    version = f"reportgen {VERSION}"
    faces = (Text(face.zh, face.en) for face in fonts.licences())
    return [
        (words["colophon.program"], ((Text(version, version), ""),)),
        (words["colophon.format"], ((words["colophon.format_is"], ""), (words["colophon.ledger"], ""))),
        (words["colophon.fonts"], tuple((text, "") for text in (*faces, *own))),
        (words["colophon.file"], ((words["colophon.inputs"], _sum(hashes, document.inputs)),)),
    ]


def _sum(hashes: Mapping[str, str], paths: Iterable[str]) -> str:
    """What stands for the SHA-256 of all these files: that of the lines `file SHA-256`, in the order of their names."""
    lines = "".join(f"{path} {hashes.get(path, '')}\n" for path in sorted(set(paths)))
    return hashlib.sha256(lines.encode()).hexdigest()


def bands(blocks: Iterable[Block]) -> list[list[list[Block]]]:
    """The body of a panel: a band for each heading with what follows it; texts that follow one another stand together."""
    found: list[list[list[Block]]] = []
    for block in blocks:
        if isinstance(block, PanelHead | PanelFoot):
            continue
        if isinstance(block, Subhead) or not found:
            found.append([])
        band = found[-1]
        if band and all(isinstance(one, Paragraphs | Bullets) for one in (block, band[-1][-1])):
            band[-1].append(block)
        else:
            band.append([block])
    return found


_CLAUSE = re.compile(r"[^，；]+[，；]*|[，；]+")


def certificate_page(
    certificate: Certificate,
    title: Text,
    edition: Edition,
    env: Sandbox,
    last: int,
    qr: tuple[str, str] | None,
    kind: str,
) -> str:
    """The HTML of one certificate, by the template of its kind.

    `last`: the last step of the sizes in its style; `qr`: data URI and alternative text.
    """
    printer = TextPrinter(edition)

    def halves_of(text: Text) -> tuple[Language, ...]:
        """Which halves are printed: a text that is the same in both languages, once."""
        if edition == "both" and text.zh == text.en:
            return (printer.root,)
        return printer.languages

    def step(one: CertificateField) -> str:
        return f"size-{one.size}" if one.size <= last else "wrap"

    def clauses(line: Line, language: Language) -> Markup:
        """A sentence whose lines end where a clause does: Chinese would break in the middle of a word."""
        if language != "zh":
            return printer.line(line, language)
        parts = (
            part for run in line.zh for part in (_CLAUSE.findall(run) if isinstance(run, str) else (run,))
        )
        clause = Markup('<span class="clause">{}</span>')
        return Markup("").join(clause.format(printer.run(part, language)) for part in parts)

    context = {
        "certificate": certificate,
        "title": title,
        "clauses": clauses,
        **printer.context(),
        "halves_of": halves_of,
        "step": step,
        "qr": qr is not None,
        "pictures": {"qr": qr} if qr else {},
    }
    return filled(env, f"{kind}/certificate.html", context)
