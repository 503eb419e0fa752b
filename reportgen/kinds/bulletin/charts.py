"""Charts, and the table of the figures of a chart that no table of the text holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.kinds.blocks import every_five
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.notes import TableNotes
from reportgen.kinds.bulletin.plan import ChartBlock
from reportgen.kinds.charting import break_notes, chart_spec, derivations, missing_notes
from reportgen.kinds.findings import title
from reportgen.model import Cell, Chart, ChartSpec, Column, Printed, Ref, Row, Table, Text
from reportgen.model.periods import Period


def chart(composer: BulletinComposer, block: ChartBlock) -> Iterator[Chart]:
    if block.data and block.data not in composer.refs:
        composer.fault(
            block.spot.at("data"), "bulletin.no_such_table", id=block.data, known=sorted(composer.refs)
        )
    spec = chart_spec(composer, block, block.height)
    if spec is None:
        return
    for reference in block.metrics:
        composer.methods.use(reference)
    ref, beside = composer.ref(block), composer.refs.get(block.data)
    notes = _notes(composer, block, spec, beside)
    if beside is None and block.table:
        data = _data_table(composer, block, spec)
        beside = Ref(data.anchor, data.name)
        composer.data_tables.append((block, data))
    if beside:
        notes.plain(composer.line("chart.data", table=beside))
    yield Chart(
        name=ref.text,
        number=ref.text.en.rpartition(" ")[2],
        anchor=ref.anchor,
        caption=block.caption,
        spec=replace(spec, headed=False, bounds_mm=block.bounds),
        title=title(composer, block, spec, composer.line_of),
        notes=notes.all(),
        source=composer.sources(point.figure for point in spec.points),
        data_table=beside.anchor if beside else "",
    )


def _notes(composer: BulletinComposer, block: ChartBlock, spec: ChartSpec, beside: Ref | None) -> TableNotes:
    """Breaks, derived and missing figures, former names; `beside` is the table of the text that has the figures."""
    notes = TableNotes(composer)
    notes.notes.extend(break_notes(composer, spec))
    for name in derivations(spec):
        derivation = composer.dataset.derivations[name]
        if beside:
            notes.plain(composer.line("chart.derived", name=derivation.label, table=beside))
        else:
            notes.plain(composer.plain("table.derived", note=derivation.note))
    notes.notes.extend(missing_notes(composer, spec, "table.missing"))
    if block.by and block.form != "ranked_bar":
        periods = composer.span(block.spot, block.first, block.last)
        notes.former_names(composer.dataset.dimensions[block.by], periods, several=True)
    return notes


def _data_table(composer: BulletinComposer, block: ChartBlock, spec: ChartSpec) -> Table:
    """The figures of a chart: its axis downwards, its series side by side, unless these are many and the axis is short."""
    name, number = composer.name_of_next("table")
    chart = composer.ref(block).text
    caption = Text(f"{block.caption.zh}（{chart.zh}）", f"{block.caption.en} ({chart.en})")
    figures: dict[tuple[int | str, int | str], Printed] = {
        (point.series, point.x): point.figure for point in spec.points
    }
    notes = TableNotes(composer)
    series = [(one.id, one.label) for one in spec.series]
    across = len(series) > 6 and len(spec.xs) <= 6
    down, heads = (series, spec.xs) if across else (spec.xs, series)
    rows = []

    def head_of(at: int | str, label: Text) -> Text:
        return composer.figures.calendar.head(at) if isinstance(at, int) else label

    for at, label in down:
        keys = [(at, head) if across else (head, at) for head, _ in heads]
        cells = []
        for key in keys:
            figure = figures.get(key)
            cells.append(Cell(figure, mark=notes.gap(figure.value)) if figure else composer.cell(None))
        head = head_of(at, label)
        rows.append(Row(head=head, cells=tuple(cells), latin=head.en if isinstance(at, int) else ""))
    for derived in derivations(spec):
        note = composer.dataset.derivations[derived].note
        notes.plain(composer.plain("table.derived", note=note))
    kind = down[0][0].kind if down and isinstance(down[0][0], Period) else ""
    columns = [Column(head_of(at, label)) for at, label in heads]
    return Table(
        name=name,
        number=number,
        anchor=f"table-{number}",
        caption=caption,
        stub=composer.words[f"table.{kind}"] if kind else spec.measure,
        columns=tuple(columns),
        rows=tuple(rows),
        unit=spec.unit,
        notes=notes.all(),
        break_after=every_five(len(rows)) if kind else (),
        flows=True,
        wide="auto",
    )
