"""From HTML to a PDF/A-3a and PDF/UA-1 file with the inputs and the ledger inside: WeasyPrint's one step.

A page loads nothing but what is embedded in it. Whatever WeasyPrint warns of is an error here: it logs
a blocked picture, a missing glyph or an unknown property and goes on.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar
from xml.etree import ElementTree

from reportgen.model import ChartSpec, Edition
from reportgen.model.errors import KindError, Place, Problem, RenderError, problem
from reportgen.read import fonts
from reportgen.read.theme import Theme


@dataclass(frozen=True)
class Attached:
    """A file inside the PDF. `relationship` as in PDF/A-3: `Source` for inputs, `Data` for the ledger."""

    name: str
    content: bytes
    description: str
    relationship: str


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a figure was printed: page from 1, upper left corner in mm, and in what."""

    number: int
    page: int
    x_mm: float
    y_mm: float
    within: str


@dataclass(frozen=True)
class Part:
    """What the layout of a part tells the others: its length, its figures, its targets and bookmarks.

    Pages count from 0 within the part; places of targets and bookmarks are points from the lower left.
    """

    pages: int
    positions: tuple[Position, ...]
    targets: Mapping[str, tuple[int, float, float]]
    bookmarks: tuple[tuple[int, str, int, float, float], ...]


class _Warnings(logging.Handler):
    """Collects what WeasyPrint and its kin log from WARNING on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextlib.contextmanager
def _listening() -> Iterator[_Warnings]:
    handler = _Warnings()
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield handler
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@contextlib.contextmanager
def patient_collector() -> Iterator[None]:
    """The collector rests: boxes live until the end, and looking at them again and again is a fifth of the
    time of a long document. What is left is frozen, or the next collection would walk all of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def forget() -> None:
    """Gives back what earlier documents of this process left: their boxes know one another."""
    _drawn.clear()
    _laid.clear()
    gc.unfreeze()
    gc.collect()


@cache
def _weasyprint() -> Any:
    """WeasyPrint with our structure tree; fonts are made known before it is imported."""
    fonts.activate()
    import weasyprint
    import weasyprint.pdf

    from reportgen.write import tags

    if not weasyprint.__version__.startswith("70."):
        raise KindError(
            problem(Place("weasyprint"), "layout.version_is_installed", version=weasyprint.__version__)
        )
    weasyprint.pdf.add_tags = tags.add_tags
    _try_no_kept_block_in_vain()
    # The layout calls itself a few frames for each level of nesting; `content` limits the levels.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 2000))
    return weasyprint


def _try_no_kept_block_in_vain() -> None:
    """WeasyPrint lays a block that must not be cut out in full before it finds that it does not fit, and then
    again on the next page: a fifth of the work on a bulletin. Where an element says how high it is at least
    (`data-least`, mm) and less is left, the answer is given at once; it is the one that the layout would give."""
    from weasyprint.layout import block

    original = block.block_level_layout

    def block_level_layout(
        context: Any,
        box: Any,
        bottom_space: Any,
        skip_stack: Any,
        containing_block: Any,
        page_is_empty: bool = True,
        *arguments: Any,
    ) -> Any:
        if not page_is_empty and box.element is not None and skip_stack is None:
            least = box.element.get("data-least")
            if least and context.overflows_page(bottom_space, box.position_y + float(least) * 96 / 25.4):
                return None, None, {"break": "any", "page": None}, [], False, arguments[-1]
        return original(context, box, bottom_space, skip_stack, containing_block, page_is_empty, *arguments)

    block.block_level_layout = block_level_layout


@cache
def _font_configuration() -> Any:
    """One for the process: each further one costs memory that is not given back."""
    _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


_drawn: dict[str, bytes] = {}  # charts that this process drew and has not laid out yet


def draw(spec: ChartSpec, edition: Edition, colours: Theme, factor: Fraction, anchor: str) -> bytes:
    """The chart as SVG, which this process also keeps for the part that it will lay out."""
    from reportgen.write import charts

    _drawn[anchor] = charts.draw(spec, edition, colours, tick_factor=factor, name=anchor)
    return _drawn[anchor]


def _fetcher(picture: Callable[[str], bytes]) -> Any:
    """Only what is in the page itself (`data:`) and the charts and scans of the document (`chart:`) are loaded."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("chart:"):
                try:
                    body = picture(url.removeprefix("chart:"))
                except Exception as error:  # WeasyPrint would log it and leave the picture out
                    raise FatalURLFetchingError(url) from error
                scan = body.startswith(b"\xff\xd8")
                kind = "image/jpeg" if scan else "image/svg+xml"
                return URLFetcherResponse(url, body, {"Content-Type": kind})
            if url.startswith(("data:image/svg+xml;base64,", "data:image/png;base64,")):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(url)

    return Closed(allowed_protocols=("data",))


NUMBER = "000"  # stands for a page number until all parts are laid out
_laid: dict[str, Any] = {}  # documents of this process between layout and writing, by the name of the part


def lay_out(html: str, css: str, name: str, picture: Callable[[str], bytes] | None = None) -> Part:
    """Lays out a part and keeps it in this process for `write`. Page numbers are placeholders until then.

    `picture` gives a chart by its anchor; without it, the charts that this process drew are taken.
    """
    weasyprint = _weasyprint()
    with _strict(name), patient_collector():
        configuration = _font_configuration()
        known = _sheets.get(css) if picture is None else None
        fetcher, sheet = known or _read_sheet(css, picture or _drawn.__getitem__)
        page = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
        document = page.render(
            font_config=configuration, stylesheets=[sheet], pdf_variant="pdf/a-3a", cache={}
        )
        check_overflow(document, name)
    if picture is None:
        _sheets.clear()
        _sheets[css] = fetcher, sheet
    _laid[name] = document
    targets: dict[str, tuple[int, float, float]] = {}
    bookmarks = []
    for number, one in enumerate(document.pages):
        for anchor, (x, y, *_) in one.anchors.items():
            targets.setdefault(anchor, (number, x * 0.75, (one.height - y) * 0.75))
        for level, label, (x, y), _ in one.bookmarks:
            bookmarks.append((level, label, number, x * 0.75, (one.height - y) * 0.75))
        one.bookmarks.clear()  # `assemble` writes the outline of all parts
    return Part(len(document.pages), tuple(positions(document)), targets, tuple(bookmarks))


def write(
    name: str,
    parts: Sequence[Part],
    place: int,
    numbering: str,
    attached: Sequence[Attached],
    dated: datetime,
    feet: Mapping[str, str] | None = None,
) -> bytes:
    """The PDF of the part `place` of `parts`, that `lay_out` has kept under `name`, with its page numbers.

    `numbering` is the foot of a page: `Page {page} of {pages}`. `feet`: page name of the style -> the foot of such pages,
    which are counted by themselves (a letter and its translation).
    """
    weasyprint = _weasyprint()
    document = _laid.pop(name)
    first = sum(part.pages for part in parts[:place])
    with _strict(name), patient_collector():
        _number(document, parts, first, numbering, feet or {})
        for part in parts:
            for anchor in part.targets:
                # A link into another part needs a target here; `assemble` puts the true one in its place.
                document.pages[0].anchors.setdefault(anchor, (0, 0, 0, 0))
        document.metadata.generate_rdf_metadata = _Metadata(document.metadata.generate_rdf_metadata)
        content = document.write_pdf(
            pdf_variant="pdf/a-3a",
            attachments=[
                weasyprint.Attachment(
                    string=file.content,
                    name=file.name,
                    description=file.description,
                    relationship=file.relationship,
                    created=dated.astimezone(UTC),
                    modified=dated.astimezone(UTC),
                )
                for file in attached
            ],
            finisher=_finish,
        )
    return bytes(content)


def for_press(html: str, css: str, name: str, picture: Callable[[str], bytes]) -> bytes:
    """The page as PDF/X-4 in the colours of the screen, as WeasyPrint writes it: what `press` turns into inks."""
    weasyprint = _weasyprint()
    with _strict(name), patient_collector():
        fetcher, sheet = _read_sheet(css, picture)
        page = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
        document = page.render(
            font_config=_font_configuration(), stylesheets=[sheet], pdf_variant="pdf/x-4", cache={}
        )
        if len(document.pages) != 1:
            raise RenderError(problem(Place(name), "layout.bleed_sheet_runs_over"))
        return bytes(document.write_pdf(pdf_variant="pdf/x-4"))


def _read_sheet(css: str, picture: Callable[[str], bytes]) -> tuple[Any, Any]:
    fetcher = _fetcher(picture)
    return fetcher, _weasyprint().CSS(string=css, font_config=_font_configuration(), url_fetcher=fetcher)


_sheets: dict[
    str, tuple[Any, Any]
] = {}  # the last one that was read without a fault, for further pages of its kind


def laid(name: str) -> Any:
    """The boxes that `lay_out` has kept under a name, to be looked at."""
    return _laid[name]


def drop(name: str) -> None:
    """Forgets a layout that will not be written."""
    del _laid[name]


@contextlib.contextmanager
def unembedded() -> Iterator[None]:
    """Within it `write` names the fonts and leaves their outlines out, for a caller who puts in what it has cut
    itself: WeasyPrint copies each whole font file before it cuts it, 50 MB and a tenth of a second for a Chinese one."""
    _weasyprint()
    from weasyprint.pdf import fonts as writing

    content, clean = writing.get_hb_object_data, writing.Font.clean
    writing.get_hb_object_data = lambda *_: b"OTTO"
    writing.Font.clean = lambda *_: None
    try:
        yield
    finally:
        writing.get_hb_object_data, writing.Font.clean = content, clean


@contextlib.contextmanager
def _strict(name: str) -> Iterator[None]:
    """Warnings and refused addresses of the layout become a RenderError that names the document."""
    from weasyprint.urls import FatalURLFetchingError

    with _listening() as heard:
        try:
            yield
        except FatalURLFetchingError as error:
            if error.__cause__ is not None:  # a chart that could not be drawn says so itself
                raise error.__cause__ from None
            asked = str(error)[:80]
            raise RenderError(problem(Place(name), "layout.page_asks", asked=asked)) from None
        except (RecursionError, ZeroDivisionError) as error:
            raise RenderError(
                problem(Place(name), "layout.layout_cannot_set_page", name_=type(error).__name__)
            ) from None
    if heard.said:
        raise RenderError(
            problem(Place(name), "layout.layout_warns", words=words) for words in dict.fromkeys(heard.said)
        )


def pages_of(parts: Sequence[Part]) -> dict[str, int]:
    """The page of the whole on which each target stands, from 1."""
    starts = [sum(part.pages for part in parts[:place]) for place in range(len(parts))]
    return {
        anchor: start + target[0] + 1
        for start, part in zip(starts, parts, strict=True)
        for anchor, target in part.targets.items()
    }


def _number(
    document: Any, parts: Sequence[Part], first: int, numbering: str, feet: Mapping[str, str]
) -> None:
    """Puts the page numbers in: at the foot of each page, and in the contents (`data-page-of`)."""
    total, pages = sum(part.pages for part in parts), pages_of(parts)

    named = [str(page._page_box.page_type.name) for page in document.pages]

    def foot_of(number: int) -> str:
        name = named[number - first - 1]
        if name not in feet:
            return numbering.replace("{pages}", str(total)).replace("{page}", str(number))
        own = named[: number - first].count(name)
        return feet[name].replace("{pages}", str(named.count(name))).replace("{page}", str(own))

    def walk(box: Any, foot: bool, anchor: str, number: int) -> None:
        kind = type(box).__name__
        foot = foot or kind == "MarginBox"
        element = getattr(box, "element", None)
        if not foot and element is not None:
            anchor = element.get("data-page-of") or anchor
        if kind == "TextBox":
            if foot and NUMBER in box.text:
                _say(box, foot_of(number))
            elif anchor and box.text == NUMBER:
                _say(box, str(pages[anchor]))
        for child in getattr(box, "children", ()):
            walk(child, foot, anchor, number)

    for number, page in enumerate(document.pages, first + 1):
        walk(page._page_box, False, "", number)


def _say(box: Any, words: str) -> None:
    """Other words in a text box of one line that is set flush right, or in the middle."""
    from weasyprint.text.line_break import split_first_line

    layout, _, _, width, _, _ = split_first_line(words, box.style, None, None, 0)
    box.position_x += (box.width - width) / (2 if box.style["text_align_all"] == "center" else 1)
    box.text, box.pango_layout, box.width = words, layout, width


def assemble(contents: Sequence[bytes], parts: Sequence[Part]) -> bytes:
    """One PDF of the parts: pages, structure tree, named targets and outline; the rest is the first part's."""
    import io

    import pikepdf

    with contextlib.ExitStack() as stack:
        whole, *others = [stack.enter_context(pikepdf.open(io.BytesIO(content))) for content in contents]
        for other in others:
            _append(whole, other)
        starts = [sum(part.pages for part in parts[:place]) for place in range(len(parts))]
        pages = list(whole.pages)
        names = pikepdf.Array()
        targets = {
            anchor: (start + target[0], *target[1:])
            for start, part in zip(starts, parts, strict=True)
            for anchor, target in part.targets.items()
        }
        for anchor, (page, x, y) in sorted(targets.items()):
            names.append(pikepdf.String(anchor))
            names.append(_target(pages[page], x, y))
        if names:
            whole.Root.Names.Dests = pikepdf.Dictionary(Names=names)
        with whole.open_outline() as outline:
            above = [outline.root]
            for start, part in zip(starts, parts, strict=True):
                for level, label, page, x, y in part.bookmarks:
                    item = pikepdf.OutlineItem(label, _target(pages[start + page], x, y))
                    del above[level:]
                    above[-1].append(item)
                    above.append(item.children)
        target = io.BytesIO()
        whole.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
        return target.getvalue()


def _target(page: Any, x: float, y: float) -> Any:
    import pikepdf

    return pikepdf.Array([page.obj, pikepdf.Name.XYZ, round(x, 2), round(y, 2), 0])


def _append(whole: Any, other: Any) -> None:
    """The pages of another PDF behind these, their structure under the same root."""
    import pikepdf

    before = len(whole.pages)
    with warnings.catch_warnings():
        # pikepdf warns that named targets stay behind; `assemble` writes those of all parts.
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
        whole.pages.extend(other.pages)
    tree = whole.Root.StructTreeRoot
    more = whole.copy_foreign(other.Root.StructTreeRoot)
    shift = int(tree.ParentTreeNextKey)
    document = tree.K[0]
    for kid in more.K[0].K:
        kid.P = document
        document.K.append(kid)
    numbers = tree.ParentTree.Nums
    pairs = list(more.ParentTree.Nums)
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        numbers.append(int(key) + shift)
        numbers.append(value)
    tree.ParentTreeNextKey = shift + int(more.ParentTreeNextKey)
    for page in list(whole.pages)[before:]:
        page.obj.StructParents = int(page.obj.StructParents) + shift
        for annotation in page.obj.get("/Annots", []):
            annotation.StructParent = int(annotation.StructParent) + shift


def positions(document: Any) -> list[Position]:
    """Each printed figure (`data-f`) and each chart (`data-chart`) with its page and place."""
    found: list[Position] = []
    for number, page in enumerate(document.pages, 1):
        seen: set[Any] = set()
        within = ""
        for box in page._page_box.descendants(placeholders=True):  # of what is placed absolutely
            element = getattr(box, "element", None)
            if element is None or element in seen:
                continue
            if element.get("id") and element.get("class", "").startswith(("table-block", "chart-block")):
                within = element.get("id")
            figure, chart = element.get("data-f"), element.get("data-chart")
            if (figure or chart) and element not in seen:
                seen.add(element)
                x, y = round(box.position_x * 25.4 / 96, 1), round(box.position_y * 25.4 / 96, 1)
                found.append(
                    Position(
                        number=int(figure or 0),
                        page=number,
                        x_mm=x,
                        y_mm=y,
                        within=chart or (within if box.element_tag == "td" else ""),
                    )
                )
    return found


def check_overflow(document: Any, name: str) -> None:
    """RenderError for every word that sticks out of its table cell by more than 0.3 mm."""
    slack = 0.3 / 25.4 * 96
    problems: dict[str, Problem] = {}

    def walk(box: Any, cell: Any, page: int) -> None:
        kind = type(box).__name__
        if kind == "TableCellBox":
            cell = box
        elif kind == "TextBox" and cell is not None:
            left, right = cell.position_x, cell.position_x + cell.border_width()
            beyond = max(box.position_x + box.width - right, left - box.position_x)
            if beyond > slack and box.text.strip():
                words, mm = box.text.strip(), beyond / 96 * 25.4
                en = f"page {page}: {words!r} is {mm:.1f} mm wider than its cell; take fewer columns or a larger unit"
                zh = f"第 {page} 頁：{words!r} 超出儲存格 {mm:.1f} mm；請減少欄數或改用較大單位"
                problems.setdefault(en, Problem(Place(name), en, zh))
            return
        for child in getattr(box, "children", ()):
            walk(child, cell, page)

    for number, page in enumerate(document.pages, 1):
        walk(page._page_box, None, number)
    if problems:
        raise RenderError(problems.values())


def all_positions(parts: Sequence[Part]) -> list[Position]:
    """The positions of all parts, with the pages of the whole."""
    found: list[Position] = []
    before = 0
    for part in parts:
        found.extend(replace(position, page=position.page + before) for position in part.positions)
        before += part.pages
    return found


class _Metadata:
    """PDF/A's RDF with PDF/UA's identification in the same rdf:RDF, and the schema that declares it."""

    NS: ClassVar[Mapping[str, str]] = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
        "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
        "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
        "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    }

    def __init__(self, original: Callable[..., bytes]) -> None:
        self.original = original

    def __call__(self, *arguments: Any) -> bytes:
        for prefix, uri in self.NS.items():
            ElementTree.register_namespace(prefix, uri)
        rdf = ElementTree.fromstring(self.original(*arguments))
        ua = self._add(rdf, "rdf:Description")
        ua.set(self._name("rdf:about"), "")
        ua.set(self._name("pdfuaid:part"), "1")
        holder = self._add(rdf, "rdf:Description")
        holder.set(self._name("rdf:about"), "")
        schema = self._item(self._add(self._add(holder, "pdfaExtension:schemas"), "rdf:Bag"))
        self._add(schema, "pdfaSchema:schema").text = "PDF/UA identification schema"
        self._add(schema, "pdfaSchema:namespaceURI").text = self.NS["pdfuaid"]
        self._add(schema, "pdfaSchema:prefix").text = "pdfuaid"
        part = self._item(self._add(self._add(schema, "pdfaSchema:property"), "rdf:Seq"))
        for field, words in (
            ("name", "part"),
            ("valueType", "Integer"),
            ("category", "internal"),
            ("description", "Part of ISO 14289 that the file conforms to"),
        ):
            self._add(part, f"pdfaProperty:{field}").text = words
        return bytes(ElementTree.tostring(rdf, encoding="utf-8"))

    def _name(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"{{{self.NS[prefix]}}}{local}"

    def _add(self, parent: ElementTree.Element, name: str) -> ElementTree.Element:
        return ElementTree.SubElement(parent, self._name(name))

    def _item(self, parent: ElementTree.Element) -> ElementTree.Element:
        item = self._add(parent, "rdf:li")
        item.set(self._name("rdf:parseType"), "Resource")
        return item


def _finish(document: Any, pdf: Any) -> None:
    """Readers of metadata want it uncompressed (PDF/A asks for it in part 1, habit in part 3)."""
    for item in pdf.objects:
        extra = getattr(item, "extra", None)
        if isinstance(extra, dict) and extra.get("Type") == "/Metadata":
            item.compress = False
        if isinstance(extra, dict) and extra.get("Subtype") == "/Image":
            extra["Interpolate"] = "false"  # PDF/A-3, 6.2.8


def check_fonts(content: bytes, name: str) -> None:
    """RenderError when a face was used that is not declared: a silent fallback happened."""
    if foreign := foreign_fonts(content):
        raise RenderError(problem(Place(name), "layout.fonts_are_not_declared_were", foreign=[*foreign]))


def foreign_fonts(content: bytes) -> list[str]:
    """Names of fonts in the file that are not declared in `fonts.toml`: a silent fallback happened."""
    import io

    import pikepdf

    allowed = fonts.allowed_base_fonts()
    found: dict[str, None] = {}
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font" and "/BaseFont" in item:
                found[
                    str(item["/BaseFont"]).lstrip("/").partition("+")[2] or str(item["/BaseFont"]).lstrip("/")
                ] = None
    return [name for name in found if name not in allowed]
