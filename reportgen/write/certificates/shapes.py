"""A certificate laid out once with its lines empty: bytes with holes, from which every file of this shape is made.

WeasyPrint sets the page; its file is then taken apart. What is the same for everyone stays as bytes, and for each
line of its own (`data-field`) is kept where it begins, how wide it may be and how it is set, at every declared size.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from reportgen.model.errors import Place, Problem, RenderError
from reportgen.model.messages import told
from reportgen.read import faces, fonts
from reportgen.read.pdf_text import reading_order
from reportgen.write import pdf
from reportgen.write.certificates import subsets
from reportgen.write.certificates.model import CODE, SLACK, Element, Shape, Size, Slot
from reportgen.write.certificates.objects import Parts, number, serialised, stream, text

if TYPE_CHECKING:
    import pikepdf
    from weasyprint.css import ComputedStyle
    from weasyprint.document import Document as LaidDocument
    from weasyprint.formatting_structure.boxes import Box

TITLE, IDENTIFIER = "reportgen-title", "reportgen-identifier"  # stand in the metadata of a shape
_KEPT_STATE = re.compile(rb"^(?:/\S+ gs|(?:[\d.]+ ){3}(?:rg|RG)|(?:[\d.]+ )(?:w|g|G))$")


def make(
    key: str, pages: Sequence[str], css: str, steps: Mapping[str, int], dated: datetime, named: str
) -> Shape:
    """The shape of the pages: the same certificate at each step of the sizes, or one that is all set, at these `steps`.

    RenderError when it does not fit on its page or in its areas.
    """
    sizes: dict[str, list[Size]] = {}
    styles: dict[str, Box] = {}
    code: tuple[float, float, float] | None = None
    for step, page in enumerate(pages):
        part = pdf.lay_out(page, css, f"{named}#{step}")
        document = pdf.laid(f"{named}#{step}")
        check_room(document, part.pages, named)
        for field, box in _fields(document):
            if field == CODE:
                code = (box.content_box_x(), box.content_box_y(), box.width)
            elif not steps:
                sizes.setdefault(field, []).append(_size(box))
                styles.setdefault(field, box)
        if step:
            pdf.drop(f"{named}#{step}")
        else:
            first = part
    with pdf.unembedded():
        content = pdf.write(f"{named}#0", [first], 0, pdf.Numbering(), (), dated)
    pdf.check_fonts(content, named)
    return replace(_taken_apart(key, content, sizes, styles, code, dated), steps=steps)


def check_room(document: LaidDocument, pages: int, named: str) -> None:
    """RenderError for a second page, and for every area (`data-room`) whose words need more room than it has."""
    problems: dict[str, Problem] = {}

    def tell(en: str, zh: str) -> None:
        problems.setdefault(en, Problem(Place(named), en, zh))

    if pages != 1:
        tell(*told("certificates.takes_more_than_one_page"))
    for box in document.pages[0]._page_box.descendants(placeholders=True):
        box = getattr(box, "_box", box)
        element = getattr(box, "element", None)
        room = element.get("data-room") if element is not None else None
        if not room or "::" in str(box.element_tag) or type(box).__name__ == "LineBox":
            continue
        bottom, right = box.content_box_y() + box.height, box.content_box_x() + box.width
        for inner in box.descendants(placeholders=True):
            kind = type(inner).__name__
            if kind == "LineBox" and inner.position_y + inner.height > bottom + SLACK:
                tell(*told("certificates.words_need_more_lines_than", room=room))
            elif kind == "TextBox" and inner.position_x + inner.width > right + SLACK + _spacing(inner.style):
                tell(*told("certificates.words_are_wider_than_their", room=room))
    if problems:
        raise RenderError(problems.values())


def _spacing(style: ComputedStyle) -> float:
    value = style["letter_spacing"]
    return 0.0 if value == "normal" else float(value)


def _fields(document: LaidDocument) -> Iterator[tuple[str, Box]]:
    """The boxes of elements with `data-field`."""
    seen = set()
    for box in document.pages[0]._page_box.descendants(placeholders=True):
        box = getattr(box, "_box", box)
        element = getattr(box, "element", None)
        field = element.get("data-field") if element is not None else None
        if field and field not in seen and type(box).__name__ not in ("LineBox", "TextBox"):
            seen.add(field)
            yield field, box


def _line(box: Box) -> Box:
    return next(inner for inner in box.descendants() if type(inner).__name__ == "TextBox")


def _size(box: Box) -> Size:
    line = _line(box)
    return Size(
        left=box.content_box_x(),
        width=box.width,
        baseline=line.position_y + line.baseline,
        size=line.style["font_size"],
        spacing=_spacing(line.style),
    )


# ---- taking the file apart ------------------------------------------------------------------------------


def _taken_apart(
    key: str,
    content: bytes,
    sizes: Mapping[str, list[Size]],
    boxes: Mapping[str, Box],
    code: tuple[float, float, float] | None,
    dated: datetime,
) -> Shape:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as file:
        page = file.pages[0].obj
        elements, ids, owners = _elements(file.Root.StructTreeRoot.K[0])
        holes = {field: mcid for field, mcid in ids.items() if field in sizes or field == CODE}
        said = [run.words for run in reading_order(content)]
        by_mcid = {mcid: field for field, mcid in holes.items()}
        words = tuple(
            (by_mcid[mcid],) if mcid in by_mcid else run
            for mcid, run in zip(_reading(elements), said, strict=True)
            if by_mcid.get(mcid) != CODE
        )
        drawn = _without(page.Contents.read_bytes(), holes.values())
        slots = tuple(_slot(field, holes[field], steps, boxes[field]) for field, steps in sizes.items())
        resources = page.Resources
        shared: list[Parts] = [(stream(b"q\n" + drawn + b"\nQ\n"),)]
        wanted = {slot.chain[0] for slot in slots if slot.key.endswith(".en")}
        found_fonts, latin = _put_fonts(shared, resources, drawn, wanted)
        places = _put_others(shared, resources, file.Root.OutputIntents)
        info = {name: str(value) for name, value in file.trailer.Info.items() if name != "/Title"}
        xmp = file.Root.Metadata.read_bytes().decode("utf-8")
        box = b"".join(
            f"/{name}[{' '.join(str(value) for value in page[f'/{name}'])}]".encode("ascii")
            for name in ("BleedBox", "MediaBox", "TrimBox")
            if f"/{name}" in page
        )
        return Shape(
            key=key,
            shared=tuple(shared),
            resources=serialised(_direct(resources), places),
            fonts=tuple(found_fonts),
            profile=places[file.Root.OutputIntents[0].DestOutputProfile.objgen],
            intent=serialised(file.Root.OutputIntents, places),
            box=box,
            height=float(page.MediaBox[3]),
            language=str(file.Root.Lang),
            elements=tuple(elements),
            owners=owners,
            info=b"".join(name.encode() + text(words) for name, words in sorted(info.items())),
            dated=dated.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode(),
            xmp=_xmp(xmp),
            slots=slots,
            words=words,
            latin=latin,
            code=None if code is None or CODE not in ids else (ids[CODE], *code),
            code_element=owners[ids[CODE]] if CODE in ids else -1,
        )


def _put_fonts(
    shared: list[Parts], resources: pikepdf.Object, drawn: bytes, wanted: Collection[int]
) -> tuple[list[tuple[bytes, int]], tuple[int, bytes, dict[str, int]] | None]:
    """The fonts of the page, cut to what is drawn: the place of each by its name; and that of the Latin lines.

    A face of `wanted` holds all Latin letters besides: lines of their own are set with it.
    """
    found: list[tuple[bytes, int]] = []
    latin = None
    for name, font in sorted(resources.Font.items()):
        face, codes = _codes(font, name, drawn)
        if face in wanted:
            have = {glyph for _, glyph, _ in codes}
            letters = ((chr(point), faces.opened(face).nominal(chr(point))) for point in faces.LATIN)
            codes += [(glyph, glyph, letter) for letter, glyph in letters if glyph and glyph not in have]
            latin = (face, name.encode(), _one_to_one(codes))
        if codes:
            found.append((name.encode(), len(shared)))
            shared += subsets.font(len(shared), face, codes)
    del resources["/Font"]
    return found, latin


def _put_others(
    shared: list[Parts], resources: pikepdf.Object, intents: pikepdf.Object
) -> dict[tuple[int, int], int]:
    """What else the page and the intents of the file refer to: the place of each object."""
    for other in _reached(resources):
        if other.get("/Font") is not None:
            del other["/Font"]
    followed = {item.objgen: item for item in (*_reached(resources), *_reached(intents))}
    places = {objgen: place for place, objgen in enumerate(followed, len(shared))}
    shared += [serialised(item, places) for item in followed.values()]
    return places


def _direct(item: pikepdf.Object) -> pikepdf.Dictionary:
    """The dictionary itself, wherever it stands."""
    import pikepdf

    return pikepdf.Dictionary({key: item[key] for key in item.keys()})  # noqa: SIM118


def _reached(item: pikepdf.Object) -> list[pikepdf.Object]:
    """Every indirect object below, in the order in which it is met."""
    import pikepdf

    found: dict[tuple[int, int], pikepdf.Object] = {}

    def walk(value: pikepdf.Object, top: bool = False) -> None:
        if not isinstance(value, pikepdf.Object):
            return
        if value.is_indirect and not top:
            if value.objgen in found:
                return
            found[value.objgen] = value
        if isinstance(value, pikepdf.Array):
            for kid in value:
                walk(kid)
        elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            for key in sorted(value.keys()):
                walk(value[key])

    walk(item, top=True)
    return list(found.values())


def _elements(top: pikepdf.Object) -> tuple[list[Element], dict[str, int], tuple[int, ...]]:
    """The structure tree, the MCID of each identified node, and whose each MCID is."""
    import pikepdf

    elements: list[Element] = []
    ids: dict[str, int] = {}
    owners: dict[int, int] = {}

    def walk(node: pikepdf.Object, parent: int) -> int:
        place = len(elements)
        elements.append(Element("", b"", parent, ()))
        kids: list[int | tuple[int]] = []
        for kid in node.get("/K", []):
            if isinstance(kid, int | Decimal):
                kids.append(int(kid))
                owners[int(kid)] = place
            else:
                kids.append((walk(kid, place),))
        if "/ID" in node and kids and isinstance(kids[0], int):
            ids[str(node.ID)] = kids[0]
        entries = {key: node[key] for key in ("/A", "/Lang") if key in node}
        said = serialised(pikepdf.Dictionary(entries), {})
        assert all(isinstance(part, bytes) for part in said)
        body = b"".join(part for part in said if isinstance(part, bytes))[2:-2]
        elements[place] = Element(str(node.S)[1:], body, parent, tuple(kids))
        return place

    walk(top, -1)
    return elements, ids, tuple(owners.get(mcid, 0) for mcid in range(max(owners) + 1))


def _reading(elements: Sequence[Element], place: int = 0) -> Iterator[int]:
    for kid in elements[place].kids:
        if isinstance(kid, int):
            yield kid
        else:
            yield from _reading(elements, kid[0])


def _without(content: bytes, mcids: Iterable[int]) -> bytes:
    """The page's operators without some marked content. What it set for those that follow stays."""
    for mcid in mcids:
        pattern = re.compile(rb"/\w+\n<</MCID %d>>\nBDC\n(.*?\n)EMC\n" % mcid, re.DOTALL)
        content, count = pattern.subn(lambda match: _state(match[1]), content, count=1)
        if count != 1:
            raise AssertionError(f"no marked content {mcid}")
    return content


def _state(operators: bytes) -> bytes:
    depth = 0
    kept = []
    for line in operators.split(b"\n"):
        if line in (b"q", b"BT"):
            depth += 1
        elif line in (b"Q", b"ET"):
            depth -= 1
        elif not depth and _KEPT_STATE.match(line):
            kept.append(line + b"\n")
    return b"".join(kept)


def _slot(field: str, mcid: int, sizes: list[Size], box: Box) -> Slot:
    style = _line(box).style
    features = {"liga": False, "clig": False} if style["font_variant_ligatures"] == "none" else {}
    if style["letter_spacing"] != "normal" and _spacing(style):
        features |= {"liga": False, "clig": False}
    if style["font_feature_settings"] != "normal":
        features |= {name: bool(value) for name, value in style["font_feature_settings"]}
    align = {"start": "left", "end": "right", "justify": "left"}.get(
        style["text_align_all"], style["text_align_all"]
    )
    red, green, blue = style["color"].to("srgb").coordinates
    colour = b" ".join(map(number, (red, green, blue))) + b" rg"
    chain = faces.chain(tuple(style["font_family"]), int(style["font_weight"]))
    return Slot(
        key=field,
        mcid=mcid,
        chain=chain,
        language=str(style["lang"] or "zh-Hant-TW"),
        features=tuple(sorted(features.items())),
        colour=colour,
        align=align,
        sizes=tuple(sizes),
    )


def _codes(font: pikepdf.Object, name: str, drawn: bytes) -> tuple[int, list[tuple[int, int, str]]]:
    """The face of a font that WeasyPrint wrote, and the codes that the page uses of it. A code is a glyph's number."""
    base = str(font.BaseFont).lstrip("/").partition("+")[2]
    face = next(place for place, one in enumerate(fonts.faces()) if one.base_font == base)
    table = {
        int(code, 16): bytes.fromhex(words.decode()).decode("utf-16-be")
        for code, words in re.findall(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", font.ToUnicode.read_bytes())
    }
    used: dict[int, None] = {}
    current = b""
    for match in re.finditer(rb"(/\w+) [\d.]+ Tf|<([0-9a-fA-F]+)>", drawn):
        if match[1]:
            current = match[1]
        elif current == name.encode():
            used |= dict.fromkeys(int(match[2][at : at + 4], 16) for at in range(0, len(match[2]), 4))
    return face, [(code, code, table.get(code, "\N{REPLACEMENT CHARACTER}")) for code in sorted(used)]


def _one_to_one(codes: Iterable[tuple[int, int, str]]) -> dict[str, int]:
    return {words: code for code, _, words in codes if len(words) == 1}


def _xmp(xmp: str) -> tuple[bytes, bytes, bytes]:
    """The metadata around the title and around the identifier, which it gets here."""
    identifier = (
        f'<rdf:Description rdf:about=""><dc:identifier>{IDENTIFIER}</dc:identifier></rdf:Description>'
    )
    xmp = xmp.replace("</rdf:RDF>", identifier + "</rdf:RDF>")
    before, found, after = xmp.partition(TITLE)
    between, also, end = after.partition(IDENTIFIER)
    if not found or not also:
        raise AssertionError("the page has no title")
    return before.encode(), between.encode(), end.encode()


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
