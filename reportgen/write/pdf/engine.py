"""WeasyPrint as this program uses it: our fonts, our structure tree, no address but the document's own, warnings as errors."""

from __future__ import annotations

import contextlib
import gc
import logging
import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from reportgen.model.errors import KindError, Place, RenderError, problem
from reportgen.read import fonts

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.document import Document as LaidDocument
    from weasyprint.formatting_structure.boxes import Box
    from weasyprint.layout import LayoutContext
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

MM = 96 / 25.4  # a millimetre in the layout's own unit


@cache
def weasyprint() -> ModuleType:
    """WeasyPrint with our structure tree; fonts are made known before it is imported."""
    fonts.activate()
    import weasyprint
    import weasyprint.pdf

    from reportgen.write.pdf import lines, tags

    if not weasyprint.__version__.startswith("70."):
        version = weasyprint.__version__
        raise KindError(problem(Place("weasyprint"), "layout.version_is_installed", version=version))
    weasyprint.pdf.add_tags = tags.add_tags
    _try_no_kept_block_in_vain()
    lines.install()
    # The layout calls itself a few frames for each level of nesting; `content` limits the levels.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 2000))
    return sys.modules["weasyprint"]


def _try_no_kept_block_in_vain() -> None:
    """WeasyPrint lays a block that must not be cut out in full before it finds that it does not fit, and then
    again on the next page: a fifth of the work on a bulletin. Where an element says how high it is at least
    (`data-least`, mm) and less is left, the answer is given at once; it is the one that the layout would give."""
    from weasyprint.layout import block

    original = block.block_level_layout

    def block_level_layout(
        context: LayoutContext,
        box: Box,
        bottom_space: float,
        skip_stack: object,
        containing_block: Box,
        page_is_empty: bool = True,
        *arguments: object,
    ) -> object:
        if not page_is_empty and box.element is not None and skip_stack is None:
            least = box.element.get("data-least")
            if least and context.overflows_page(bottom_space, box.position_y + float(least) * MM):
                return None, None, {"break": "any", "page": None}, [], False, arguments[-1]
        return original(context, box, bottom_space, skip_stack, containing_block, page_is_empty, *arguments)

    block.block_level_layout = block_level_layout


@cache
def font_configuration() -> FontConfiguration:
    """One for the process: each further one costs memory that is not given back."""
    weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def style_sheet(css: str, fetcher: URLFetcher) -> CSS:
    """The style, which asks for nothing itself: its pictures are loaded for each page anew."""
    return weasyprint().CSS(string=css, font_config=font_configuration(), url_fetcher=fetcher)


def rendered(html: str, fetcher: URLFetcher, sheet: CSS, variant: str) -> LaidDocument:
    """The laid-out document, for a PDF of this variant."""
    page = weasyprint().HTML(string=html, url_fetcher=fetcher, base_url=None)
    return page.render(font_config=font_configuration(), stylesheets=[sheet], pdf_variant=variant, cache={})


def fetcher(picture: Callable[[str], bytes]) -> URLFetcher:
    """Only what is in the page itself (`data:`) and the charts and scans of the document (`chart:`) are loaded."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url.startswith("chart:"):
                try:
                    body = picture(url.removeprefix("chart:"))
                except Exception as error:  # WeasyPrint would log it and leave the picture out
                    raise FatalURLFetchingError(url) from error
                kind = "image/jpeg" if body.startswith(b"\xff\xd8") else "image/svg+xml"
                return URLFetcherResponse(url, body, {"Content-Type": kind})
            if url.startswith(("data:image/svg+xml;base64,", "data:image/png;base64,")):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(url)

    return Closed(allowed_protocols=("data",))


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


class _Warnings(logging.Handler):
    """Collects what WeasyPrint and its kin log from WARNING on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.messages[record.getMessage()] = None


@contextlib.contextmanager
def strict(name: str) -> Iterator[None]:
    """Warnings and refused addresses of the layout become a RenderError that names the document."""
    weasyprint()
    from weasyprint.urls import FatalURLFetchingError

    heard = _Warnings()
    loggers = [logging.getLogger(library) for library in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(heard)
    try:
        yield
    except FatalURLFetchingError as error:
        if error.__cause__ is not None:  # a chart that could not be drawn says so itself
            raise error.__cause__ from None
        raise RenderError(problem(Place(name), "layout.page_asks", asked=str(error)[:80])) from None
    except (RecursionError, ZeroDivisionError) as error:
        what = type(error).__name__
        raise RenderError(problem(Place(name), "layout.layout_cannot_set_page", name_=what)) from None
    finally:
        for logger in loggers:
            logger.removeHandler(heard)
    if heard.messages:
        raise RenderError(
            problem(Place(name), "layout.layout_warns", words=words) for words in heard.messages
        )
