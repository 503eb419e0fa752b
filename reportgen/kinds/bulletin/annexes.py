"""Blocks at the end of a bulletin: figures of charts, methods, sources, symbols. What they hold is known when all else is made."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.model import Listing, Quoted, Text
from reportgen.read.tables import Table
from reportgen.read.worksheets import cell_name

Lines = tuple[tuple[Text, str], ...]


def sources(composer: BulletinComposer) -> Listing:
    """The tables that figures were printed from, with the pages where they were published, and what was derived."""
    rows: list[tuple[Text, Lines]] = []
    for table in composer.figures.tables_used():
        cells = [
            str(record.cells.get(table.source_column, "")) for record in table.records if table.source_column
        ]
        urls = dict.fromkeys(url.strip() for cell in cells for url in cell.split(" ; "))
        where = composer.say("sources.table", table=table.label, file=table.file.rpartition("/")[2])
        pages = tuple((Text("", ""), url) for url in urls if url.startswith("http"))
        given = [column.published for column in table.columns.values()]
        taken = dict.fromkeys(filter(None, (table.published or composer.dataset.published, *given)))
        said = (*((composer.stated(one), "") for one in taken), (where, ""), *pages)
        rows.append((table.label, (*said, *_remarks(composer, table))))
    for derivation in composer.dataset.derivations.values():
        rows.append((composer.say("sources.derived", name=derivation.label), ((derivation.note, ""),)))
    return Listing(tuple(rows), "sources")


def _remarks(composer: BulletinComposer, table: Table) -> Iterator[tuple[Text, str]]:
    """The notes below the table in its own workbook, and what hangs on cells there, in the language in which they stand."""
    for remark in table.remarks:
        if remark.hangs:
            yield composer.say("sources.comment", cell=cell_name(remark.cell)), ""
        yield Quoted.of(remark.words), ""
