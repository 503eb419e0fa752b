"""Lines of Chinese and Latin, which WeasyPrint 70 sets as if all were Latin: squeezed marks, justified Chinese, and room that is no blank.

It replaces private functions of the pinned version (see `engine`). Where a style says `font-variant-ligatures: none`, each letter
stands as it is: the lines of a certificate are measured elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pydyf

if TYPE_CHECKING:
    from weasyprint.formatting_structure.boxes import Box
    from weasyprint.layout import LayoutContext
    from weasyprint.text.line_break import Layout

GAP = "\u2005"  # four to an em; a line may end after it and never begins with it
TIE = "\u2060"  # no line ends here
WIDEST = 0.16  # em that a gap may grow to fill a line; a line that needs more stays short

_WIDE = "\u2e80-\u303f\u3100-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_OPEN, _SHUT, _POINT = "（「『《〈【", "）」』》〉】", "，。、；：！？"
_HALF = re.compile(rf"[{_SHUT}](?=[{_SHUT}{_POINT}])|(?<=[{_OPEN}{_SHUT}{_POINT}])[{_OPEN}]")
# Room is put after these: blanks, and between two wide characters that are no mark before or after which none is.
_ROOM = re.compile(rf"[ \u00a0{GAP}]|(?![{_OPEN}])[{_WIDE}](?=(?![{_SHUT}{_POINT}])[{_WIDE}])")
_CHINESE = re.compile(f"[{_WIDE}]")
_SIGNED = "TW-"  # the faces of the CNS draw a sign, one em wide, for each kind of blank
_NOTHING = "\u200b"  # a line may end here, too
_HALT = b'"halt" 1'
_GLYPHS = re.compile(r"<([0-9a-f]*)>|(-?[\d.]+)")
_BLANKS = f" \u00a0{GAP}"


def install() -> None:
    """Puts these in the place of WeasyPrint's own."""
    from weasyprint import draw
    from weasyprint.draw import text as drawing
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    line_break.Layout.set_text = _setting(line_break.Layout.set_text)
    inline.count_expandable_spaces = rooms
    inline.add_word_spacing = spread
    inline.trailing_whitespace_size = _trailing(inline.trailing_whitespace_size)
    inline.remove_last_whitespace = _trimming(inline.remove_last_whitespace)
    drawing.draw_first_line = _drawing(drawing.draw_first_line)
    draw.draw_text = _once(draw.draw_text)


def _as_it_is(layout: Layout) -> bool:
    return bool(layout.style["font_variant_ligatures"] == "none")


def _setting(plain: Callable[..., None]) -> Callable[..., None]:
    from weasyprint.text.line_break import TO_UNITS, ffi, pango

    def set_text(layout: Layout, text: str, justify: bool = False) -> None:
        if (not _CHINESE.search(text) and GAP not in text) or _as_it_is(layout):
            plain(layout, text, justify)
            return
        if layout.style["font_family"][0].startswith(_SIGNED):
            text = text.replace(GAP, _NOTHING)
        room, layout.justification_spacing = layout.justification_spacing, 0
        plain(layout, text, justify)
        layout.justification_spacing = room
        room = room if justify else 0
        squeezed = list(_HALF.finditer(layout.text))
        if not squeezed and not room:
            return
        attributes = pango.pango_layout_get_attributes(layout.layout)
        if attributes == ffi.NULL:
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)

        put = [(at, pango.pango_attr_font_features_new(_HALT)) for at in squeezed]
        if room:
            own = layout.style["letter_spacing"]
            width = int((room + (0 if own == "normal" else own)) * TO_UNITS)
            places = _ROOM.finditer(layout.text)
            put += [(at, pango.pango_attr_letter_spacing_new(width)) for at in places]
        for at, attribute in put:
            attribute.start_index = len(layout.text[: at.start()].encode())
            attribute.end_index = attribute.start_index + len(at.group().encode())
            pango.pango_attr_list_change(attributes, attribute)
        pango.pango_layout_set_attributes(layout.layout, attributes)

    return set_text


def _last(line: Box) -> list[Box]:
    """A line and what stands last in it, down to a text."""
    found = [line]
    while getattr(found[-1], "children", ()):
        found.append(found[-1].children[-1])
    return found


def _trailing(plain: Callable[..., float]) -> Callable[..., float]:
    """How much of a box may stick out of its line: room at the end, too, as Pango has it."""

    def size(context: LayoutContext, box: Box) -> float:
        last = _last(box)[-1]
        if getattr(last, "text", "").endswith(GAP):
            return float(last.style["font_size"]) / 4
        return plain(context, box)

    return size


def _trimming(plain: Callable[..., None]) -> Callable[..., None]:
    """Room at the end of a line is none."""

    def trim(context: LayoutContext, line: Box) -> None:
        from weasyprint.layout.inline import split_text_box

        plain(context, line)
        *above, last = _last(line)
        if getattr(last, "text", "").endswith(GAP) and last.text != GAP:
            last.text = last.text.rstrip(GAP)
            shorter = split_text_box(context, last, None, 0)[0]
            for box in above:
                box.width -= last.width - shorter.width
            last.width, last.pango_layout = shorter.width, shorter.pango_layout

    return trim


def rooms(box: Box) -> int:
    """At how many places of a line what is left over may be put."""
    if hasattr(box, "text"):
        return len(_ROOM.findall(box.text))
    if type(box).__name__ in ("LineBox", "InlineBox"):
        return sum(map(rooms, box.children))
    return 0


def spread(context: LayoutContext, box: Box, room: float, x: float) -> float:
    """Puts `room` at each place of a line; `x` is how far what was before has grown."""
    from weasyprint.text.line_break import create_layout

    if hasattr(box, "text"):
        if _CHINESE.search(box.text) and room > WIDEST * box.style["font_size"]:
            room = 0
        box.justification_spacing = room
        box.position_x += x
        if places := rooms(box):
            layout = create_layout(box.text, box.style, context, None, room)
            layout.deactivate()
            box.width += room * places
            box.pango_layout = layout
            x += room * places
    elif type(box).__name__ in ("LineBox", "InlineBox"):
        box.position_x += x
        before = x
        for child in box.children:
            if child.is_in_normal_flow():
                x = spread(context, child, room, x)
        box.width += x - before
    else:
        box.translate(x, 0)
    return x


# ---- room that is no blank ------------------------------------------------------------------------


def _drawing(plain: Callable[..., object]) -> Callable[..., object]:
    def draw_first_line(stream: pydyf.Stream, textbox: Box, *how: object) -> object:
        if GAP not in textbox.text:
            return plain(stream, textbox, *how)
        blanks = iter([letter for letter in textbox.pango_layout.text if letter in _BLANKS])
        show, own = stream.show_text, stream.__dict__.get("show_text")

        def show_text(string: str) -> None:
            font = next(font for font in stream._fonts.values() if font.hash == stream._current_font[0])
            for glyph, letter in font.to_unicode.items():
                if letter == GAP:
                    font.to_unicode[glyph] = " "
            _show(stream, show, string, font.to_unicode, blanks)

        stream.show_text = show_text
        try:
            return plain(stream, textbox, *how)
        finally:
            if own:
                stream.show_text = own
            else:
                del stream.show_text

    return draw_first_line


_SHOWN = ("set_font_size", "show_text", "set_text_rise", "begin_marked_content", "end_marked_content")


def _once(plain: Callable[..., None]) -> Callable[..., None]:
    """A layout that several boxes share (see `stamped`) is shaped and turned into operators for the first of them alone."""

    def draw_text(stream: pydyf.Stream, textbox: Box, *how: object) -> None:
        layout, style = textbox.pango_layout, textbox.style
        if (
            style["text_decoration_line"] != "none"
            or style["visibility"] != "visible"
            or not textbox.text.strip()
            or {*how[1:]} - {"clip", "none"}  # an ellipsis
        ):
            plain(stream, textbox, *how)
            return
        shown: list[tuple[str, tuple[object, ...]]] | None = getattr(layout, "shown", None)
        if shown is None:
            layout.shown = _noted(stream, lambda: plain(stream, textbox, *how))
            return
        stream.set_color(style["color"])
        stream.begin_text()
        stream.set_text_matrix(1, 0, 0, -1, textbox.position_x, textbox.position_y + textbox.baseline)
        for name, arguments in shown:
            getattr(stream, name)(*arguments)
        stream.end_text()

    return draw_text


def _noted(stream: pydyf.Stream, draw: Callable[[], None]) -> list[tuple[str, tuple[object, ...]]]:
    """What is asked of a stream while something is drawn on it."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def noting(name: str) -> Callable[..., None]:
        plain = getattr(stream, name)

        def note(*arguments: object) -> None:
            asked.append((name, arguments))
            plain(*arguments)

        return note

    for name in _SHOWN:
        setattr(stream, name, noting(name))
    try:
        draw()
    finally:
        for name in _SHOWN:
            delattr(stream, name)
    return asked


def _show(
    stream: pydyf.Stream,
    show: Callable[[str], None],
    string: str,
    letters: dict[int, str],
    blanks: Iterator[str],
) -> None:
    """Shows a run; each room with the character beside it as what that character says (ActualText, ISO 32000-1, 14.9.4)."""
    items: list[tuple[str, str]] = []  # what is shown, and what it says; a shift says nothing
    rooms: list[int] = []
    for glyphs, shift in _GLYPHS.findall(string):
        if shift and float(shift):
            items.append((f" {shift} ", ""))
        for at in range(0, len(glyphs), 4):
            said = letters.get(int(glyphs[at : at + 4], 16), "")
            if said and said in _BLANKS and next(blanks, "") == GAP:
                rooms.append(len(items))
                said = ""
            items.append((f"<{glyphs[at : at + 4]}>", said))

    def part(start: int, end: int) -> None:
        if shown := "".join(shown for shown, _ in items[start:end]).replace("><", ""):
            show(shown)

    done = 0
    for start, end in _spans(items, rooms):
        part(done, start)
        said = "".join(said for _, said in items[start:end])
        stream.begin_marked_content("Span", pydyf.Dictionary({"ActualText": pydyf.String(said)}))
        part(start, end)
        stream.end_marked_content()
        done = end
    part(done, len(items))


def _spans(items: list[tuple[str, str]], rooms: list[int]) -> list[tuple[int, int]]:
    """Each room with the next character, or the one before where none comes; those that meet are one."""
    spans: list[tuple[int, int]] = []
    for place in rooms:
        start, end = place, place + 1
        while end < len(items) and not items[end - 1][1]:
            end += 1
        if not any(said for _, said in items[start:end]):
            while start and not items[start][1]:
                start -= 1
        if spans and start < spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
