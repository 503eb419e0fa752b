"""Tables as an office program knows them: columns of a width, rows that stay whole, cells with their rules and grounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from odfdo import Cell, Column, Element, Row, Table

from reportgen.write.odt.package import append, element
from reportgen.write.odt.styles import mm
from reportgen.write.odt.writer import Writer


def table(
    writer: Writer, title: str, widths: Sequence[float], description: str = "", head_column: bool = True
) -> Table:
    """An empty table of these column widths in mm, with its name for whoever listens to the page."""
    made = Table(writer.name(title))
    begin, writer.begin = ("", writer.begin) if writer.within else (writer.begin, "")
    made.set_attribute("table:style-name", _table_style(writer, sum(widths), begin))
    for tag, words in (("table:title", title), ("table:desc", description)):
        if words:
            append(made, element(tag, text=writer.clean(words)))
    for place, width in enumerate(widths):
        style = writer.automatic(
            "table-column", f"Width{round(width * 100)}", {"style:column-width": mm(width)}
        )
        column = Column()
        column.set_attribute("table:style-name", style)
        append(
            made, element("table:table-header-columns", {}, column) if head_column and not place else column
        )
    writer.put(made)
    return made


def _table_style(writer: Writer, width: float, begin: str) -> str:
    """One style for all tables of the same width and place."""
    props = {
        "style:width": mm(width),
        "table:align": "left",
        "style:may-break-between-rows": "true",
        "table:border-model": "collapsing",
    }
    name = writer.tables.setdefault(f"{mm(width)} {begin}", f"Table{len(writer.tables) + 1}")
    if begin == "page":
        return writer.automatic("table", name, {**props, "fo:break-before": "page"})
    return writer.automatic("table", name, props, {"style:master-page-name": begin} if begin else {})


def row(writer: Writer, to: Element, height: float = 0) -> Row:
    made = Row()
    props = {"fo:keep-together": "always", **({"style:row-height": mm(height)} if height else {})}
    name = f"RowHigh{round(height * 100)}" if height else "RowWhole"
    made.set_attribute("table:style-name", writer.automatic("table-row", name, props))
    append(to, made)
    return made


@contextmanager
def cell(
    writer: Writer, to: Row, style: str, props: Mapping[str, str], span: int = 1, rows: int = 1
) -> Iterator[None]:
    """What is written goes into a new cell of the row, over `span` columns and `rows`."""
    made = Cell()
    made.set_attribute("table:style-name", writer.automatic("table-cell", style, props))
    append(to, made)
    if rows > 1:
        made.set_attribute("table:number-rows-spanned", str(rows))
    if span > 1:
        made.set_attribute("table:number-columns-spanned", str(span))
        for _ in range(span - 1):
            append(to, element("table:covered-table-cell"))
    with writer.into(made):
        yield


def card_cell(writer: Writer, to: Row) -> AbstractContextManager[None]:
    m = writer.measures
    props = {
        "fo:background-color": m.head,
        "fo:padding": "2mm",
        "fo:border-top": f"1.5pt solid {m.lead}",
        "fo:border-left": "none",
        "fo:border-right": f"3pt solid {writer.theme.colour['paper']}",
        "fo:border-bottom": "none",
    }
    return cell(writer, to, "CardCell", props)


def head_cell(writer: Writer, to: Row, span: int = 1, rows: int = 1) -> AbstractContextManager[None]:
    rule = writer.measures.rule
    props = {
        "fo:background-color": writer.measures.head,
        **_sides(writer, f"0.75pt solid {rule}", f"1pt solid {rule}"),
        "style:vertical-align": "middle",
    }
    return cell(writer, to, f"HeadCell{_narrow(writer)}", props, span, rows)


def body_cell(
    writer: Writer, to: Row, look: str, shade: float | None = None, span: int = 1
) -> AbstractContextManager[None]:
    """`look` is Body, Total, Group or Gap (a little room above it)."""
    m = writer.measures
    thin = f"0.5pt solid {m.rule}"
    props = _sides(writer, f"1pt solid {m.rule}" if look == "Total" else thin, thin)
    if look == "Gap":
        props["fo:padding-top"] = "2mm"
    if look == "Group":
        props["fo:background-color"] = m.head
    name = f"{look}Cell{_narrow(writer)}"
    if shade is not None:
        ground = writer.theme.shade(shade)[0]
        props["fo:background-color"], name = ground, f"{name}{ground[1:]}"
    return cell(writer, to, name, {**props, "style:vertical-align": "middle"}, span)


def _narrow(writer: Writer) -> str:
    """A part of the names of cells with less room."""
    return "Narrow" if writer.small else ""


def _sides(writer: Writer, top: str, bottom: str) -> dict[str, str]:
    """Rules above and below; an official table has them on all sides."""
    side = f"0.5pt solid {writer.measures.rule}" if writer.official else "none"
    return {
        "fo:padding": "0.6mm" if writer.dense or writer.small else "1mm",
        "fo:border-top": top,
        "fo:border-bottom": bottom,
        "fo:border-left": side,
        "fo:border-right": side,
    }
