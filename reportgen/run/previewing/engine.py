"""Pages for the eye alone, by PlutoPrint: the same HTML and style sheet, a fortieth of the time, no record and nothing that is delivered."""

from __future__ import annotations

import functools
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from reportgen.read import fonts

if TYPE_CHECKING:
    import plutoprint

POINT = 96 / 72  # CSS pixels
FIGURE = "http://figure.invalid/"  # where the link around a figure leads: from it the PDF says where the figure stands

Place = tuple[
    int, float, float, float, float
]  # number of a figure; left, top, width, height as parts of the page


@dataclass(frozen=True)
class Sketch:
    """A laid-out document; each page is drawn when it is asked for."""

    book: plutoprint.Book
    sizes: tuple[tuple[float, float], ...]  # width and height of each page in points

    def png(self, page: int, scale: float) -> bytes:
        """A page from 0, `scale` pixels for a CSS pixel."""
        import plutoprint

        width, height = (math.ceil(side * POINT * scale) for side in self.sizes[page])
        canvas = plutoprint.ImageCanvas(width, height, plutoprint.IMAGE_FORMAT_ARGB32)
        canvas.clear_surface(1, 1, 1, 1)
        canvas.scale(scale, scale)
        self.book.render_page(canvas, page)
        made = io.BytesIO()
        canvas.write_to_png_stream(made)
        return made.getvalue()

    def figures(self, page: int) -> list[Place]:
        """Where the figures of a page from 0 stand on it, from its PDF."""
        import pikepdf

        made = io.BytesIO()
        self.book.write_to_pdf_stream(made, page + 1, page + 1, 1)
        width, height = self.sizes[page]
        found = []
        with pikepdf.open(made) as pdf:
            for link in pdf.pages[0].get("/Annots", ()):
                target = str(link.A.URI) if "/A" in link and "/URI" in link.A else ""
                if target.startswith(FIGURE):
                    x0, y0, x1, y1 = map(float, link["/Rect"])
                    number = int(target.removeprefix(FIGURE))
                    found.append((number, x0 / width, 1 - y1 / height, (x1 - x0) / width, (y1 - y0) / height))
        return found


def laid_out(pages: Sequence[str], css: str, charts: Mapping[str, bytes], foot: str) -> Sketch:
    """The parts of a document as one; `charts`: anchor -> SVG, `foot`: `Page {page} of {pages}`."""
    fonts.activate()
    import plutoprint

    class Fetcher(plutoprint.ResourceFetcher):
        def fetch_url(self, url: str) -> plutoprint.ResourceData:
            """Charts and what stands in the page itself; no address is ever asked."""
            if url.startswith("chart:"):
                body = charts[url.removeprefix("chart:")]
                kind = "image/jpeg" if body.startswith(b"\xff\xd8") else "image/svg+xml"
                return plutoprint.ResourceData(body, kind, "utf-8")
            if url.startswith("data:"):
                return plutoprint.default_resource_fetcher.fetch_url(url)
            return plutoprint.ResourceData("", "text/plain", "utf-8")

    whole = "".join(_body(page) for page in pages)
    head, opening, _ = re.split(r"(<body[^>]*>)", pages[0], maxsplit=1)
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
    book.custom_resource_fetcher = Fetcher()
    html = f"{head}{opening}{_linked(whole)}</body></html>"
    book.load_html(html, user_style=adapted(css, opening, foot), base_url=FIGURE)
    sizes = [book.get_page_size_at(page) for page in range(book.get_page_count())]
    return Sketch(book, tuple((size.width, size.height) for size in sizes))


def _body(page: str) -> str:
    return re.split(r"<body[^>]*>", page, maxsplit=1)[1].rpartition("</body>")[0]


_FIGURE = re.compile(r'(<(?:td|span|p)\b[^>]*?\bdata-f="(\d+)"[^>]*>)([^<]+)')
_PAGE_OF = re.compile(r'(<a [^>]*\bdata-page-of="[^"]*"[^>]*>)000(?=<)')


def _linked(body: str) -> str:
    """Each figure as a link, so that its place can be asked. This engine cannot say on which page a target stands: contents without numbers."""
    return _PAGE_OF.sub(r"\1", _FIGURE.sub(rf'\1<a class="figure-place" href="{FIGURE}\2">\3</a>', body))


_STRING = re.compile(r"string\(([\w-]+)\)")
_GRID = re.compile(
    r"([^{}]+)\{([^{}]*display: grid; grid-template-columns: (?:repeat\((\d), [^;]*\)|([^;(]+));[^{}]*)\}"
)
_GAP = re.compile(r"column-gap: ([^;}]+)")


@functools.lru_cache(maxsize=4)
def adapted(css: str, body: str, foot: str) -> str:
    """The style sheet in the words of this engine: it counts pages, and knows neither running strings nor grids."""
    texts = dict(re.findall(r'data-([\w-]+)="([^"]*)"', body))

    def text(match: re.Match[str]) -> str:
        words = unescape(texts.get(match[1], "")).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{words}"'

    page = foot.replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "')
    css = css.replace(f'"{foot.replace("{page}", "000").replace("{pages}", "000")}"', f'"{page}"')
    more = [".figure-place{color:inherit;text-decoration:none}", *map(_columns, _GRID.finditer(css))]
    return _STRING.sub(text, css) + "".join(more)


def _columns(grid: re.Match[str]) -> str:
    """The rules of a grid of equal columns as a row that wraps."""
    count = int(grid[3] or len(grid[4].split()))
    gap = _GAP.search(grid[2])
    space = gap[1].strip() if gap else "0mm"
    selectors = grid[1].rpartition(";")[2].strip()
    child = ", ".join(f"{one.strip()} > *" for one in selectors.split(","))
    wide = f"calc((100% - {count - 1} * {space}) / {count} - 0.1mm)"
    return (
        f"{selectors}{{display:flex;flex-wrap:wrap;justify-content:space-between}}"
        f"{child}{{box-sizing:border-box;flex:0 0 {wide};width:{wide};margin-bottom:{space}}}"
    )
