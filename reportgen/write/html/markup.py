"""Checks of HTML that is about to be laid out: nothing runs, nothing is fetched, nothing has no bound.

Templates write markup, data never does; this is the second wall behind the escaping. A page is read strictly: closed
elements, quoted `>` and `<`, names of a list. Where nothing is left to interpretation, a browser, the layout and this
module read the same. A parser that mends what it reads (tinyhtml5) takes 60 times as long and would tell less.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable
from html import unescape

from reportgen.model import Text, limits
from reportgen.model.errors import KindError, Place, Problem, RenderError, problem
from reportgen.model.messages import message
from reportgen.write.html.css import style_faults
from reportgen.write.html.embedded import PNG, SVG, check_picture, shortened

MAX_DEPTH = limits.PAGE_DEPTH
MAX_CELLS = limits.PAGE_CELLS
MAX_SPAN = limits.CELL_SPAN
MAX_TEXT = limits.UNBROKEN_LETTERS

VOID = frozenset(["br", "col", "hr", "img", "meta", "wbr"])
ELEMENTS = VOID | frozenset(
    "html head title body style section article header footer main nav aside address div p span h1 h2 h3 h4 h5 h6 ul "
    "ol li dl dt dd table caption colgroup thead tbody tfoot tr th td figure figcaption a sup sub b i em strong small "
    "mark u s abbr cite q blockquote pre code dfn time ruby rt rp bdi bdo ins del var samp kbd data".split()
)
# Attributes that load, send or run; `href` on `a` and `src` on `img` are looked at.
CLOSED = frozenset(
    "action formaction background data poster srcset srcdoc manifest ping cite longdesc usemap http-equiv profile "
    "classid codebase archive xlink:href rel src href".split()
)
LINKS = frozenset(["http", "https", "mailto"])

_FIGURE = re.compile(r' data-f="\d+"')
_COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--).)*-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>?")
_VALUE = r"""(?>\s*+=\s*+(?>"[^"<>]*+"|'[^'<>]*+'|[^\s"'=<>`]++))?+"""
_WELL = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]*+)((?>\s++[A-Za-z][\w:.-]*+{_VALUE})*+)\s*+(/?)>")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:.-]*+)(?>\s*+=\s*+(?>"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+""")
_HREF = re.compile(rf"\s+href{_VALUE}", re.IGNORECASE)
_SPAN = re.compile(r"(?:col|row)span\s*=\s*[\"']?(\d{1,4})", re.IGNORECASE)
_LONG = re.compile(rf">[^<]{{{MAX_TEXT},}}")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def targets(pages: Iterable[str]) -> tuple[set[str], list[str]]:
    """The ids of all elements, and those that links and the contents (`data-page-of`) lead to."""
    there, wanted = set(), []
    for tag in dict.fromkeys(tag for page in pages for tag in _TAG.findall(page)):
        for name, *quoted in _ATTRIBUTE.findall(tag):
            value = "".join(quoted)
            if name.lower() == "id":
                there.add(value)
            elif name.lower() == "data-page-of" or (name.lower() == "href" and value[:1] == "#" != value):
                wanted.append(value.removeprefix("#"))
    return there, wanted


def check_page(page: str, name: str) -> str:
    """The page as it may be laid out, or KindError (markup) or RenderError (pictures) with every fault.

    `name` says which document. The page comes back as it is, but for links to neighbouring files: they
    lead nowhere from a PDF and would write this machine's folders into it, so only their words stay.
    """
    if "\0" in page:
        raise KindError(problem(Place(name), "templates.page_holds_character_u"))
    read = page
    if "<!--" in page:
        read = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), page)
    checked = _Page(_FIGURE.sub("", read), name)
    checked.check()
    if checked.markup:
        raise KindError(dict.fromkeys(checked.markup + checked.pictures))
    if checked.pictures:
        raise RenderError(dict.fromkeys(checked.pictures))
    if checked.unlinked:
        return _TAG.sub(lambda match: checked.unlinked.get(_FIGURE.sub("", match[0]), match[0]), page)
    return page


class _Page:
    """A page while it is checked. A tag is looked at once, however often it stands there."""

    def __init__(self, page: str, name: str) -> None:
        self.page, self.name = page, name
        self.markup: list[Problem] = []
        self.pictures: list[Problem] = []
        self.unlinked: dict[str, str] = {}  # a link to a neighbouring file -> its tag without the address
        self.seen: dict[str, Text | None] = {}  # pictures by their address

    def check(self) -> None:
        tags = _TAG.findall(self.page)
        counted = Counter(tags)
        kinds = {tag: self._tag(tag) for tag in counted}
        self._nesting(tags, kinds)
        if (
            sum(times * _cells(tag) for tag, times in counted.items() if kinds[tag] in ("td", "th"))
            > MAX_CELLS
        ):
            self.markup.append(
                problem(Place(self.name), "templates.page_has_more_than_table", max_cells=MAX_CELLS)
            )
        if long := _LONG.search(self.page):
            fault = message("templates.text_more_than_characters_stands", max_text=MAX_TEXT)
            self.markup.append(self._problem(long.start(), "", fault))
        for style in _STYLE.finditer(self.page) if "style" in kinds.values() else ():
            for fault, line in style_faults(style[1], check_picture):
                at = self.page.count("\n", 0, style.start(1)) + line
                self.markup.append(Problem(Place(self.name, row=at, column="<style>"), fault.en, fault.zh))

    def _problem(self, at: int, column: str, fault: Text) -> Problem:
        place = Place(self.name, row=self.page.count("\n", 0, at) + 1, column=column)
        return Problem(place, fault.en, fault.zh)

    def _tell(self, tag: str, column: str, fault: Text) -> None:
        self.markup.append(self._problem(self.page.find(tag), column, fault))

    def _tag(self, tag: str) -> str:
        """`p` for one that opens an element, `/p` for one that closes it, nothing for one that does neither."""
        if tag in ("<!DOCTYPE html>", "<!doctype html>"):
            return ""
        well = _WELL.fullmatch(tag)
        if not well:
            self._tell(tag, shortened(tag), message("templates.is_no_tag_can_only"))
            return ""
        closing, element, inside, slash = well[1], well[2].lower(), well[3], well[4]
        if element not in ELEMENTS:
            if not closing:
                self._tell(tag, f"<{element}>", message("templates.may_not_stand_page", element=element))
            return ""
        if element in VOID:
            slash = closing = ""
        if slash:
            self._tell(tag, f"<{element}>", message("templates.slash_does_not_close_element"))
        for attribute, *values in _ATTRIBUTE.findall(inside):
            self._attribute(tag, element, attribute.lower(), unescape("".join(values)))
        return "" if element in VOID else closing + element

    def _attribute(self, tag: str, element: str, attribute: str, value: str) -> None:
        problems, fault = self.markup, None
        if attribute == "src" and element == "img":
            if value not in self.seen:
                self.seen[value] = check_picture(value)
            fault = self.seen[value]
            problems = self.pictures if value.startswith((SVG, PNG)) else self.markup
        elif attribute == "href" and element == "a":
            if _is_relative(value):
                self.unlinked[tag] = _HREF.sub("", tag)
            elif not _may_be_linked(value):
                fault = message("templates.link_may_not_stand_page", value=shortened(value))
        else:
            fault = _attribute_fault(attribute, value)
        if fault:
            problems.append(self._problem(self.page.find(tag), f"<{element} {attribute}>", fault))

    def _nesting(self, tags: list[str], kinds: dict[str, str]) -> None:
        """Each element closed where it was opened, and not too deep. Tells the first fault only: the rest follow from it."""
        opened: list[str] = []
        for number, tag in enumerate(tags):
            kind = kinds[tag]
            if not kind:
                continue
            if kind[0] != "/":
                opened.append(kind)
                if len(opened) <= MAX_DEPTH:
                    continue
                fault = message("templates.elements_are_nested_more_than", max_depth=MAX_DEPTH)
            elif opened and opened[-1] == kind[1:]:
                opened.pop()
                continue
            else:
                open_now = f"<{opened[-1]}>" if opened else "–"
                fault = message("templates.closes_nothing", kind=kind, open_now=open_now)
            at = next(itertools.islice(_TAG.finditer(self.page), number, None)).start()
            self.markup.append(self._problem(at, f"<{kind}>", fault))
            return
        if opened:
            self.markup.append(
                problem(
                    Place(self.name, column=f"<{opened[-1]}>"), "templates.is_never_closed", opened=opened[-1]
                )
            )


def _cells(tag: str) -> int:
    return math.prod(int(number) for number in _SPAN.findall(tag))


def _attribute_fault(attribute: str, value: str) -> Text | None:
    if attribute.startswith("on"):
        return message("templates.is_event_handler", attribute=attribute)
    if attribute in CLOSED:
        return message("templates.attribute_may_load_send_something", attribute=attribute)
    if attribute in ("colspan", "rowspan", "span") and not (
        re.fullmatch(r"[0-9]{1,4}", value) and 1 <= int(value) <= MAX_SPAN
    ):
        return message(
            "templates.is_not_whole_number_from", attribute=attribute, value=value[:20], max_span=MAX_SPAN
        )
    if attribute == "style":
        if re.search(r"[(){}@\\<]", value):
            return message("templates.style_attribute_holds_plain_sizes")
        return next((fault for fault, _ in style_faults(value, check_picture)), None)
    return None


def _address(value: str) -> tuple[str, str]:
    """An address as a browser reads it, which drops tabs, line ends and control characters, and its scheme."""
    address = re.sub(r"[\x00-\x20\x7f-\x9f]", "", value)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", address)
    return address, scheme[1].lower() if scheme else ""


def _may_be_linked(value: str) -> bool:
    address, scheme = _address(value)
    return (address.startswith("#") and len(address) > 1) or (scheme in LINKS and address == value)


def _is_relative(value: str) -> bool:
    """Whether it leads to a neighbouring file."""
    address, scheme = _address(value)
    return not scheme and not address.startswith(("//", "\\", "/\\")) and not _may_be_linked(value)
