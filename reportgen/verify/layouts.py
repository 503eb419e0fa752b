"""What stands where on the pages of a finished PDF: its words with size, colour and place, what is painted behind them, and what they stand in."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pikepdf
    import pypdfium2

Bounds: TypeAlias = tuple[float, float, float, float]  # left, bottom, right, top in points

_BLOCKS = frozenset("P H1 H2 H3 H4 H5 H6 TH TD Caption LI Lbl Figure Note TOCI".split())
_CORNERS = 5  # of a path that is a rectangle, with its way back
DEEPEST = 200  # levels of a structure tree; a file from elsewhere may turn in a circle


@dataclass(frozen=True)
class Home:
    """The block of the structure that words stand in; of a cell also its table, row and column."""

    block: tuple[int, int] = (0, 0)
    tag: str = ""
    table: tuple[int, int] = (0, 0)
    row: tuple[int, int] = (0, 0)
    column: int = 0


NOWHERE = Home()  # running heads, repeated heads of tables


@dataclass(frozen=True, kw_only=True)
class Word:
    """Words that are drawn at once."""

    text: str
    bounds: Bounds
    size: float
    ink: str
    ground: str
    home: Home


@dataclass(kw_only=True)
class Page:
    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    drawn: list[Bounds] = field(default_factory=list)  # pictures, and the marks of charts


@dataclass(frozen=True)
class Layout:
    pages: tuple[Page, ...]
    sections: frozenset[int]  # pages on which one begins


def read_layout(content: bytes, width: float, height: float) -> Layout:
    """The pages of a document whose first page has this size in points; a certificate or a panel has none."""
    import pikepdf
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        size = document[0].get_size()
        if max(abs(size[0] - width), abs(size[1] - height)) > 1:
            return Layout((), frozenset())
        with pikepdf.open(io.BytesIO(content)) as pdf:
            homes = dict(_homes(pdf))
        pages = tuple(_page(page, number, homes) for number, page in enumerate(document, 1))
        begin = (item.get_dest() for item in document.get_toc() if not item.level)
        return Layout(pages, frozenset((dest.get_index() or 0) + 1 for dest in begin if dest))
    finally:
        document.close()


def _homes(pdf: pikepdf.Pdf) -> Iterator[tuple[tuple[int, int], Home]]:
    """(page, MCID) -> where its words stand."""
    import pikepdf

    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    tree = pdf.Root.get("/StructTreeRoot", pikepdf.Dictionary()).get("/K", pikepdf.Array())
    rest: list[tuple[pikepdf.Object | int, int, Home, int]] = [(tree, 1, NOWHERE, 0)]
    while rest:
        node, page, home, depth = rest.pop()
        if isinstance(node, int):
            yield (page, node), home
        elif isinstance(node, pikepdf.Array):
            rest.extend((kid, page, home, depth + 1) for kid in node)
        elif isinstance(node, pikepdf.Dictionary) and depth < DEEPEST:
            page = numbers.get(node["/Pg"].objgen, page) if "/Pg" in node else page
            if node.get("/Type") == "/MCR":
                yield (page, int(node["/MCID"])), home
                continue
            tag = str(node.get("/S", "/"))[1:]
            if tag == "Table":
                home = Home(table=node.objgen)
            elif tag == "TR":
                kids = node.get("/K", pikepdf.Array())
                row = Home(table=home.table, row=node.objgen)
                cells = (
                    Home(row.block, "", row.table, row.row, column) for column, _ in enumerate(list(kids))
                )
                rest.extend((kid, page, cell, depth + 1) for kid, cell in zip(kids, cells, strict=True))
                continue
            elif tag in _BLOCKS and home.tag not in ("TH", "TD", "Figure"):
                home = Home(node.objgen, tag, home.table, home.row, home.column)
            if "/K" in node:
                rest.append((node["/K"], page, home, depth + 1))


def _page(page: pypdfium2.PdfPage, number: int, homes: Mapping[tuple[int, int], Home]) -> Page:
    from pypdfium2 import raw

    found = Page(number=number, width=page.get_width(), height=page.get_height())
    text, filled = page.get_textpage(), list[tuple[Bounds, str]]()
    for item in page.get_objects(max_depth=3):
        home = homes.get((number, raw.FPDFPageObj_GetMarkedContentID(item.raw)), NOWHERE)
        bounds = item.get_bounds()
        if item.type == raw.FPDF_PAGEOBJ_TEXT:
            if words := _text(item, text):
                ink, middle = _colour(item), ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
                grounds = [colour for area, colour in filled if _inside(area, *middle)]
                size = ctypes.c_float()
                raw.FPDFTextObj_GetFontSize(item.raw, size)
                a, b, *_ = item.get_matrix().get()
                found.words.append(
                    Word(
                        text=words,
                        bounds=bounds,
                        size=size.value * (a * a + b * b) ** 0.5,
                        ink=ink,
                        ground=grounds[-1] if grounds else "#ffffff",
                        home=home,
                    )
                )
        elif item.type == raw.FPDF_PAGEOBJ_PATH and not item.level:
            mode, stroke = ctypes.c_int(), ctypes.c_int()
            raw.FPDFPath_GetDrawMode(item.raw, mode, stroke)
            if mode.value and raw.FPDFPath_CountSegments(item.raw) <= _CORNERS:
                filled.append((bounds, _colour(item)))
        if item.type == raw.FPDF_PAGEOBJ_IMAGE or home.tag == "Figure":
            found.drawn.append(bounds)
    return found


def _text(item: pypdfium2.PdfObject, page: pypdfium2.PdfTextPage) -> str:
    from pypdfium2 import raw

    length = raw.FPDFTextObj_GetText(item.raw, page.raw, None, 0)
    letters = (ctypes.c_ushort * max(1, length // 2))()
    raw.FPDFTextObj_GetText(item.raw, page.raw, letters, length)
    return bytes(letters).decode("utf-16-le", "replace").strip("\0 ")


def _colour(item: pypdfium2.PdfObject) -> str:
    from pypdfium2 import raw

    parts = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFPageObj_GetFillColor(item.raw, *parts)
    return "#" + "".join(f"{part.value:02x}" for part in parts[:3])


def _inside(area: Bounds, x: float, y: float) -> bool:
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]
