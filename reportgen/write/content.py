"""Checks of HTML that is about to be laid out: nothing runs, nothing is fetched, nothing has no bound.

Templates write markup, data never does; this is the second wall behind the escaping. A page is read
strictly: closed elements, quoted `>` and `<`, names of a list. Where nothing is left to interpretation, a
browser, the layout and this module read the same. Ends where the layout begins.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable, Iterator
from html import unescape
from itertools import accumulate, repeat
from zlib import crc32, decompressobj
from zlib import error as ZlibError

from reportgen.model.errors import KindError, Place, Problem, RenderError
from reportgen.model.messages import told

MAX_DEPTH = (
    120  # the layout calls itself for each level; Python ends it at 140 (<div>) or 45 tables in tables
)
MAX_CELLS = 200_000  # 0.6 ms a cell
MAX_SPAN = 1000
MAX_TEXT = 50_000  # characters without markup; the layout's line breaking is quadratic
MAX_NUMBER = 20_000  # in styles, whatever the unit
MAX_PIXELS = 36_000_000  # A1 at 215 dots an inch; a decoded pixel costs 4 bytes and more
MAX_USES = 200

VOID = frozenset(["br", "col", "hr", "img", "meta", "wbr"])
ELEMENTS = VOID | frozenset(
    "html head title body style section article header footer main nav aside address div p span h1 h2 "
    "h3 h4 h5 h6 ul ol li dl dt dd table caption colgroup thead tbody tfoot tr th td figure "
    "figcaption a sup sub b i em strong small mark u s abbr cite q blockquote pre code dfn time ruby "
    "rt rp bdi bdo ins del var samp kbd data".split()
)
# Attributes that load, send or run; `href` on `a` and `src` on `img` are looked at.
CLOSED = frozenset(
    "action formaction background data poster srcset srcdoc manifest ping cite longdesc usemap http-equiv "
    "profile classid codebase archive xlink:href rel".split()
)
PICTURES = ("data:image/svg+xml;base64,", "data:image/png;base64,")
LINKS = frozenset(["http", "https", "mailto"])

_FIGURE = re.compile(r' data-f="\d+"')
_COMMENT = re.compile(r"<!--(?!-?>)(?:(?!--).)*-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>?")
_VALUE = r"""(?>\s*+=\s*+(?>"[^"<>]*+"|'[^'<>]*+'|[^\s"'=<>`]++))?+"""
_WELL = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]*+)((?>\s++[A-Za-z][\w:.-]*+{_VALUE})*+)\s*+(/?)>")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:.-]*+)(?>\s*+=\s*+(?>"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+""")
_LONG = re.compile(rf">[^<]{{{MAX_TEXT},}}")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"""(<a\b[^>]*?)\s+href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.IGNORECASE)

Fault = tuple[str, str]


def check_page(page: str, name: str) -> str:
    """The page as it may be laid out, or KindError (markup) or RenderError (pictures) with every fault.

    `name` says which document. The page comes back as it is, but for links to neighbouring files: they
    lead nowhere from a PDF and would write this machine's folders into it, so only their words stay.
    """
    if "\0" in page:
        raise KindError(Problem(Place(name), *_NUL))
    read = page
    if "<!--" in page:
        read = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), page)
    bare, embedded = _without_pictures(read)
    bare = _FIGURE.sub("", bare)
    tags = _TAG.findall(bare)
    markup: list[Problem] = []
    pictures: list[Problem] = []
    relative = False
    kinds: dict[str, str] = {}
    spans: dict[str, int] = {}
    elements: set[str] = set()
    looked_at: dict[str, Fault | None] = {}

    def tell(found: list[Problem], at: int, tag: str, fault: Fault) -> None:
        found.append(Problem(Place(name, row=bare.count("\n", 0, at) + 1, column=tag), *fault))

    for tag in dict.fromkeys(tags):
        kinds[tag] = ""
        if tag in ("<!DOCTYPE html>", "<!doctype html>"):
            continue
        well = _WELL.fullmatch(tag)
        if not well:
            tell(markup, bare.find(tag), _short(tag), _MALFORMED)
            continue
        closing, element, inside, slash = well[1], well[2].lower(), well[3], well[4]
        elements.add(element)
        if element not in ELEMENTS:
            if not closing:
                tell(markup, bare.find(tag), f"<{element}>", _no_element(element))
            continue
        if slash and element not in VOID:
            tell(markup, bare.find(tag), f"<{element}>", _SLASH)
        if element not in VOID:
            kinds[tag] = closing + element
        cells = 1
        for attribute, *values in _ATTRIBUTE.findall(inside):
            value = "".join(values)
            value = unescape(value) if "&" in value else embedded.get(value, value)
            attribute = attribute.lower()
            place = f"<{element} {attribute}>"
            if attribute == "src" and element == "img":
                if value not in looked_at:
                    looked_at[value] = check_picture(value)
                if fault := looked_at[value]:
                    tell(pictures if value.startswith(PICTURES) else markup, bare.find(tag), place, fault)
            elif attribute == "href" and element == "a":
                fault, dropped = _link(value)
                relative = relative or dropped
                if fault:
                    tell(markup, bare.find(tag), place, fault)
            elif fault := _attribute(attribute, value):
                tell(markup, bare.find(tag), place, fault)
            elif attribute in ("colspan", "rowspan"):
                cells *= int(value)
        spans[tag] = cells if kinds[tag] in ("td", "th") else 0

    markup.extend(_shape(bare, tags, kinds, name))
    if sum(map(spans.get, tags, repeat(0))) > MAX_CELLS:
        markup.append(Problem(Place(name), *_CELLS))
    if long := _LONG.search(bare):
        tell(markup, long.start(), "", _TEXT)
    for style in _STYLE.finditer(read) if "style" in elements else ():
        for fault, at in style_faults(style[1]):
            row = read.count("\n", 0, style.start(1) + at) + 1
            markup.append(Problem(Place(name, row=row, column="<style>"), *fault))
    if markup:
        raise KindError(dict.fromkeys(markup + pictures))
    if pictures:
        raise RenderError(dict.fromkeys(pictures))
    return _LINK.sub(_without_relative, page) if relative else page


def _without_pictures(page: str) -> tuple[str, dict[str, str]]:
    """The page with a short sign for each embedded picture, and sign -> address: most of a page is pictures."""
    first, *rest = page.split('"data:image/')
    parts, embedded = [first], dict[str, str]()
    for part in rest:
        address, quote, after = part.partition('"')
        sign = f"\0{len(embedded)}"
        if not quote or any(letter in address for letter in "<>' \t\r\n"):
            parts.append(f'"data:image/{part}')
            continue
        embedded[sign] = f"data:image/{address}"
        parts.append(f'"{sign}"{after}')
    return "".join(parts), embedded


def check_style(css: str, name: str) -> None:
    """KindError for a style sheet that loads, hides or has no bound."""
    found = [*style_faults(css), *_braces(css)]
    problems = [Problem(Place(name, row=css.count("\n", 0, at) + 1), *fault) for fault, at in found]
    if problems:
        raise KindError(problems)


# ---- markup -----------------------------------------------------------------------------------

_MALFORMED = told("templates.is_no_tag_can_only")
_NUL = told("templates.page_holds_character_u")
_SLASH = told("templates.slash_does_not_close_element")
_CELLS = told("templates.page_has_more_than_table", max_cells=MAX_CELLS)
_TEXT = told("templates.text_more_than_characters_stands", max_text=MAX_TEXT)


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 60 else words[:59] + "…"


def _no_element(element: str) -> Fault:
    return told("templates.may_not_stand_page", element=element)


def _shape(bare: str, tags: list[str], kinds: dict[str, str], name: str) -> list[Problem]:
    """Each element closed where it was opened, and not too deep. Tells the first fault only: the rest follow from it."""
    opened: list[str] = []
    push, pop = opened.append, opened.pop
    for number, tag in enumerate(tags):
        kind = kinds[tag]
        if not kind:
            continue
        if kind[0] != "/":
            push(kind)
            if len(opened) > MAX_DEPTH:
                fault = told("templates.elements_are_nested_more_than", max_depth=MAX_DEPTH)
                return [Problem(Place(name, row=_line(bare, number), column=f"<{kind}>"), *fault)]
        elif not opened or opened[-1] != kind[1:]:
            open_now = f"<{opened[-1]}>" if opened else "–"
            fault = told("templates.closes_nothing", kind=kind, open_now=open_now)
            return [Problem(Place(name, row=_line(bare, number), column=f"<{kind}>"), *fault)]
        else:
            pop()
    if opened:
        fault = told("templates.is_never_closed", opened=opened[-1])
        return [Problem(Place(name, column=f"<{opened[-1]}>"), *fault)]
    return []


def _line(bare: str, number: int) -> int:
    """The line of the tag with this number."""
    for place, match in enumerate(_TAG.finditer(bare)):
        if place == number:
            return bare.count("\n", 0, match.start()) + 1
    return 0


def _attribute(attribute: str, value: str) -> Fault | None:
    if attribute.startswith("on"):
        return told("templates.is_event_handler", attribute=attribute)
    if attribute in CLOSED or attribute in ("src", "href"):
        return told("templates.attribute_may_load_send_something", attribute=attribute)
    if attribute in ("colspan", "rowspan", "span") and not (
        re.fullmatch(r"[0-9]{1,4}", value) and 1 <= int(value) <= MAX_SPAN
    ):
        return told(
            "templates.is_not_whole_number_from", attribute=attribute, value=value[:20], max_span=MAX_SPAN
        )
    if attribute == "style":
        if re.search(r"[(){}@\\<]", value):
            return told("templates.style_attribute_holds_plain_sizes")
        for fault, _ in style_faults(value):
            return fault
    return None


def _link(value: str) -> tuple[Fault | None, bool]:
    """The fault of a link, and whether it leads to a neighbouring file."""
    # Browsers drop tabs, line ends and control characters inside of an address.
    address = re.sub(r"[\x00-\x20\x7f-\x9f]", "", value)
    if address.startswith("#") and len(address) > 1:
        return None, False
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", address)
    if scheme and scheme[1].lower() in LINKS and address == value:
        return None, False
    if scheme or address.startswith(("//", "\\", "/\\")):
        return told("templates.link_may_not_stand_page", value=_short(value)), False
    return None, True


def _without_relative(match: re.Match[str]) -> str:
    value = unescape(next((part for part in match.groups()[1:] if part is not None), ""))
    return match[1] if _link(value)[1] else match[0]


# ---- styles -----------------------------------------------------------------------------------

_URL = re.compile(r"url\(\s*(\"[^\"]*\"|'[^']*'|[^)]*?)\s*\)", re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_RULES: tuple[tuple[re.Pattern[str], Fault], ...] = (
    (
        re.compile(r"@(?:import|namespace|charset|font-face)", re.IGNORECASE),
        told("templates.style_sheet_loads_nothing"),
    ),
    (
        re.compile(r"\bvar\(|(?<![\w-])--[\w-]+\s*:", re.IGNORECASE),
        told("templates.variables_may_not_stand_here"),
    ),
    (
        re.compile(
            r"\b(?:expression|image-set|image|element|src)\(|\bbehaviou?r\s*:|-moz-binding", re.IGNORECASE
        ),
        told("templates.function_may_load_run_something"),
    ),
    (re.compile(r"\\"), told("templates.escape_outside_quotes_hides_what")),
)
_NUMBER = re.compile(r"(?<![\w#.-])[+-]?(\d+(?:\.\d+)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def style_faults(css: str) -> Iterator[tuple[Fault, int]]:
    """What may not stand in a style sheet, with its place in it."""
    css = re.sub(r"/\*.*?\*/", _blank, css, flags=re.DOTALL)
    for match in _URL.finditer(css):
        address = match[1].strip("\"'")
        if address.startswith("#"):
            continue
        fault = check_picture(address)
        if fault:
            yield fault, match.start()
    css = _STRING.sub(_blank, _URL.sub(_blank, css))
    for pattern, fault in _RULES:
        if found := pattern.search(css):
            yield fault, found.start()
    for match in _NUMBER.finditer(css):
        if match[2] or float(match[1]) > MAX_NUMBER:
            yield (
                told("templates.number_is_beyond_has_exponent", match=match[0][:20], max_number=MAX_NUMBER),
                match.start(),
            )


def _braces(css: str) -> Iterator[tuple[Fault, int]]:
    """A rule that is not closed takes the next ones with it, and the layout says nothing."""
    css = _STRING.sub(_blank, re.sub(r"/\*.*?\*/", _blank, css, flags=re.DOTALL))
    opened: list[int] = []
    for match in re.finditer(r"[{}]", css):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            yield told("templates.closes_nothing_2"), match.start()
            return
    if opened:
        yield told("templates.is_never_closed_write"), opened[-1]


# ---- pictures ---------------------------------------------------------------------------------


def check_picture(address: str) -> Fault | None:
    """What is wrong with the address of a picture: only embedded SVG and PNG, whole and of a bounded size.

    `chart:` and an anchor is a chart of this document, which the layout is given and does not load.
    """
    if re.fullmatch(r"chart:[\w-]+", address):
        return None
    checks: tuple[Callable[[bytes], Fault | None], ...] = (_svg, _png)
    for start, check in zip(PICTURES, checks, strict=True):
        if address.startswith(start):
            try:
                content = base64.b64decode(address[len(start) :], validate=True)
            except (binascii.Error, ValueError):
                return told("templates.embedded_picture_is_no_base")
            return check(content)
    return told("templates.asks", address=_short(address))


def _png(content: bytes) -> Fault | None:
    # The head is read by hand: Pillow warns of large pictures and goes on.
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR" or len(content) < 33:
        return told("templates.embedded_picture_is_called_png")
    width, height = struct.unpack(">II", content[16:24])
    if width * height > MAX_PIXELS:
        return told(
            "templates.picture_has_pixels_more_than", width=width, height=height, max_pixels=MAX_PIXELS
        )
    if not _whole_png(content, height * (1 + (width * _BITS.get(content[25], 0) * content[24] + 7) // 8)):
        return told("templates.embedded_picture_is_damaged_cut")
    return None


# Samples of a pixel, by the colour type of the head.
_BITS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def _whole_png(content: bytes, size: int) -> bool:
    """Every chunk with its check sum, down to IEND, and all the pixels of the head.

    By hand, because the layout tells Pillow to be content with half a picture, for the whole process.
    """
    at, packed, last = 8, [], b""
    while at + 12 <= len(content) and last != b"IEND":
        (length,), last = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        chunk = content[at + 4 : at + 8 + length]
        if len(chunk) < 4 + length or content[at + 8 + length : at + 12 + length] != struct.pack(
            ">I", crc32(chunk)
        ):
            return False
        if last == b"IDAT":
            packed.append(chunk[4:])
        at += 12 + length
    unpacker = decompressobj()
    interlaced = content[28] == 1  # seven smaller pictures, together somewhat longer
    rest, pixels = b"".join(packed), 0
    try:
        while rest and not unpacker.eof and pixels <= size * 2 + 1024:
            pixels += len(unpacker.decompress(rest, 2**20))
            rest = unpacker.unconsumed_tail
    except ZlibError:
        return False
    return last == b"IEND" and size > 0 and (pixels >= size if interlaced else pixels == size)


_DRAWING = frozenset(
    b"svg g path rect line circle ellipse polygon polyline text tspan defs clipPath linearGradient radialGradient stop "
    b"title desc".split()
)
_SVG_NAME = re.compile(rb"<([^\s/>!?]+)")
_ON = (b" on", b"\ton", b"\non", b"\ron", b'"on', b"'on")
_SVG_CLOSED = frozenset(
    "script image feimage foreignobject iframe embed object video audio handler listener animate "
    "animatemotion animatetransform animatecolor set discard mpath a".split()
)


def _svg(content: bytes) -> Fault | None:
    """Charts of the program are plain drawings and are passed at once; what is richer is read element by element."""
    plain = (
        content.startswith(b"<svg")
        and b"<!" not in content
        and b"<?" not in content
        and b"\\" not in content
        and b"href" not in content
        and b"url(" not in content
        and b"style" not in content
        and not any(start in content and re.search(start + rb"[A-Za-z]*\s*=", content) for start in _ON)
        and b"&#" not in content
        and content.endswith(b"</svg>")  # what is between need not be XML: the layout refuses it if it is not
        and _DRAWING.issuperset(_SVG_NAME.findall(content))
        and _depth(content) < MAX_DEPTH
    )
    return None if plain else _rich_svg(content)


def _depth(content: bytes) -> int:
    """At most how deep the elements are nested: only those count that hold others."""
    nests = (
        content.count(b"<g") + content.count(b"<tspan") + content.count(b"<text") + content.count(b"<defs")
    )
    if nests < MAX_DEPTH:
        return nests
    steps = map({b"<": 1, b"</": -1, b"/>": -1}.__getitem__, re.findall(rb"</|/>|<", content))
    return max(accumulate(steps), default=0)


def _rich_svg(content: bytes) -> Fault | None:
    from xml.etree import ElementTree

    declared = re.sub(rb"<!--(?:(?!--).)*-->", b"", content, flags=re.DOTALL)
    if b"<!" in declared or b"\0" in content or re.search(rb"<\?(?!xml\s)", declared):
        return told("templates.svg_holds_declarations_doctype_entity")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        return told("templates.svg_cannot_read", error=error)
    if root.tag.rpartition("}")[2] != "svg":
        return told("templates.embedded_picture_is_called_svg")
    uses = 0
    deepest = 0
    stack = [(root, 1)]
    while stack:
        element, depth = stack.pop()
        deepest = max(deepest, depth)
        if deepest > MAX_DEPTH:
            return told("templates.svg_is_nested_more_than", max_depth=MAX_DEPTH)
        if fault := _svg_element(element.tag.rpartition("}")[2].lower(), element.attrib, element.text or ""):
            return fault
        uses += element.tag.rpartition("}")[2] == "use"
        stack.extend((child, depth + 1) for child in element)
    # One use of a thing that uses a thing … is 10⁷ drawings after seven lines.
    nested = any(
        inner.tag.rpartition("}")[2] == "use"
        for element in root.iter()
        if element.get("id") and uses
        for inner in element.iter()
    )
    if nested or uses > MAX_USES:
        return told("templates.svg_repeats_drawings_within_repeated", max_uses=MAX_USES)
    return None


def _svg_element(element: str, attributes: dict[str, str], text: str) -> Fault | None:
    if element in _SVG_CLOSED:
        return told("templates.svg_holds", element=element)
    if element == "style":
        for fault, _ in style_faults(text):
            return fault
    for long_name, value in attributes.items():
        attribute = long_name.rpartition("}")[2].lower()
        wrong = (
            attribute.startswith("on")
            or (attribute in ("href", "src", "base") and not value.startswith("#"))
            or (attribute == "style" and next(style_faults(value), None) is not None)
            or "\\" in value
            or any(
                not target.lstrip("\"' \t\n").startswith("#")
                for target in re.findall(r"url\(([^)]*)", value, re.I)
            )
        )
        if wrong:
            return told("templates.svg_holds_2", attribute=attribute, value=_short(value), element=element)
    return None
