"""What an OpenDocument spreadsheet is made of: cells, formats of numbers, named styles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction

from odfdo import Cell as OdfCell
from odfdo import Document as OdfDocument
from odfdo import Element

from reportgen.model.formats import MINUS

DIGITS = 15  # significant digits that every spreadsheet keeps


def part(odf: OdfDocument, file: str, tag: str) -> Element:
    found: Element = odf.get_part(file).root.get_element(tag)  # type: ignore[union-attr,assignment]
    return found


def escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def words(text: str, style: str = "") -> OdfCell:
    """A cell of words; lines are paragraphs."""
    cell = OdfCell()
    if text:
        cell.set_attribute("office:value-type", "string")
        for line in text.split("\n"):
            paragraph = Element.from_tag("text:p")
            paragraph.text = line
            cell.append(paragraph)
    if style:
        cell.set_attribute("table:style-name", style)
    return cell


def number(exact: Fraction, shown: str, style: str) -> OdfCell:
    cell = OdfCell()
    cell.set_attribute("office:value-type", "float")
    cell.set_attribute("office:value", _digits(exact))
    cell.set_attribute("table:style-name", style)
    paragraph = Element.from_tag("text:p")
    paragraph.text = shown
    cell.append(paragraph)
    return cell


def _digits(exact: Fraction) -> str:
    """All digits of a whole number, the significant ones of a fraction."""
    if exact.denominator == 1:
        return str(exact.numerator)
    with localcontext() as context:
        context.prec = DIGITS
        return f"{(Decimal(exact.numerator) / Decimal(exact.denominator)).normalize():f}"


def annotation(mark: str) -> Element:
    """The letter of a footnote, as a comment of the cell: a superscript would make words of the number."""
    note = Element.from_tag("office:annotation")
    paragraph = Element.from_tag("text:p")
    paragraph.text = mark
    note.append(paragraph)
    return note


# ---- styles -----------------------------------------------------------------------------------------


def number_styles(name: str, digits: int, instead: str, plain: bool) -> Iterator[Element]:
    """`#,##0.00` with a true minus sign; `instead` is shown whatever the number is."""

    def style(own: str, sign: str) -> Element:
        made = Element.from_tag("number:number-style")
        made.set_attribute("style:name", own)
        if sign or instead:
            text = Element.from_tag("number:text")
            text.text = instead or sign
            made.append(text)
        if not instead:
            number = Element.from_tag("number:number")
            number.set_attribute("number:decimal-places", str(digits))
            number.set_attribute("number:min-decimal-places", str(digits))
            number.set_attribute("number:min-integer-digits", "1")
            if not plain:
                number.set_attribute("number:grouping", "true")
            made.append(number)
        return made

    if instead or plain:
        yield style(name, "")
        return
    yield style(f"{name}P0", "")
    negative = style(name, MINUS)
    positive = Element.from_tag("style:map")
    positive.set_attribute("style:condition", "value()>=0")
    positive.set_attribute("style:apply-style-name", f"{name}P0")
    negative.append(positive)
    yield negative


def page() -> Element:
    """A4 across, all columns on one page."""
    layout = Element.from_tag("style:page-layout")
    layout.set_attribute("style:name", "Paper")
    properties = {
        "fo:page-width": "297mm",
        "fo:page-height": "210mm",
        "style:print-orientation": "landscape",
        "fo:margin-top": "15mm",
        "fo:margin-bottom": "15mm",
        "fo:margin-left": "15mm",
        "fo:margin-right": "15mm",
        "style:scale-to-X": "1",
        "style:scale-to-Y": "0",
    }
    _with(layout, "page-layout-properties", properties)
    return layout


def style(name: str, family: str, tag: str, properties: Mapping[str, str], parent: str = "") -> Element:
    style = Element.from_tag("style:style")
    style.set_attribute("style:name", name)
    style.set_attribute("style:family", family)
    if parent:
        style.set_attribute("style:parent-style-name", parent)
    _with(style, tag, properties)
    return style


def _with(style: Element, tag: str, properties: Mapping[str, str]) -> None:
    inner = Element.from_tag(f"style:{tag}")
    for key, value in properties.items():
        inner.set_attribute(key, value)
    style.append(inner)


def named() -> Iterable[Element]:
    """What a cell is: words or a figure, a head, a sum, a title, a note."""
    spoken = {
        "fo:language": "en",
        "fo:country": "US",
        "style:language-asian": "zh",
        "style:country-asian": "TW",
        "fo:font-family": "Noto Sans TC",
        "style:font-family-asian": "Noto Sans TC",
    }
    default = style(
        "Default",
        "table-cell",
        "text-properties",
        {**spoken, "fo:font-size": "10pt", "style:font-size-asian": "10pt"},
    )
    yield default
    head = style(
        "Head",
        "table-cell",
        "table-cell-properties",
        {
            "fo:border-bottom": "0.8pt solid #1f5a73",
            "fo:wrap-option": "wrap",
            "style:vertical-align": "bottom",
        },
        "Default",
    )
    _with(head, "paragraph-properties", {"fo:text-align": "center"})
    _with(head, "text-properties", _BOLD)
    yield head
    total = style(
        "Total", "table-cell", "table-cell-properties", {"fo:border-top": "0.8pt solid #1f5a73"}, "Default"
    )
    _with(total, "text-properties", _BOLD)
    yield total
    yield style(
        "Title",
        "table-cell",
        "text-properties",
        {**_BOLD, "fo:font-size": "12pt", "style:font-size-asian": "12pt"},
        "Default",
    )
    yield style(
        "Note",
        "table-cell",
        "text-properties",
        {"fo:font-size": "9pt", "style:font-size-asian": "9pt"},
        "Default",
    )
    yield style("Right", "table-cell", "paragraph-properties", {"fo:text-align": "end"}, "Default")


_BOLD = {"fo:font-weight": "bold", "style:font-weight-asian": "bold"}
