"""One page a branch: why its target is what it is, in words that are computed, with its factors and its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from reportgen.compute.targets import BranchTarget, Part, UnitTarget
from reportgen.kinds.targets.approval import moved, run_on, shown, weight_of, years
from reportgen.kinds.targets.builder import EMPTY, MARKS, Builder, known, same
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Line,
    Note,
    Paragraphs,
    Point,
    Row,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.read.words import plain_line


def branches(builder: Builder) -> list[Block]:
    """An overview, then the branches in their declared order."""
    result, words = builder.result, builder.words
    made: list[Block] = [
        Section(number="1", title=words["overview.title"], anchor="s-overview"),
        Paragraphs(
            (
                moved(builder, "summary.total", result.total, result.last, result.change, result.rate),
                builder.line("overview.reading"),
            )
        ),
        builder.standing(),
        _overview(builder),
    ]
    for number, branch in enumerate(result.branches, 2):
        rows = len(branch.parts) + _laid(len(branch.units))[1]
        made += [
            Section(number=str(number), title=branch.names, anchor=f"b-{branch.id}", one_page=rows <= PAGE),
            Paragraphs(tuple(_told(builder, branch))),
            _factors(builder, branch),
            *([_chart(builder, branch)] if rows <= CHART else []),
            _units(builder, branch),
        ]
    return made


def _overview(builder: Builder) -> Table:
    """Last year, before limits and target of each branch, and which limit held it."""
    words, result = builder.words, builder.result
    names = ("last", "before", "target", "change", "rate")
    columns = [
        Column(words[f"column.{name}"], builder.head("percent") if name == "rate" else None) for name in names
    ]
    rows = []
    for one in result.branches:
        cells = [Cell(builder.print(value)) for value in (one.last, one.before, one.change, one.rate)]
        cells.insert(2, builder.target_cell(one))
        rows.append(Row(head=one.names, cells=tuple(cells)))
    totals = [Cell(builder.print(value)) for value in (result.last, result.total, result.change, result.rate)]
    totals.insert(1, builder.total("", (one.before for one in result.branches)))
    rows.append(Row(head=words["table.total"], cells=tuple(totals), role="total"))
    caption = builder.say("branches.caption", **years(builder))
    unit = builder.head(builder.scheme.unit)
    notes = builder.limit_notes(result.branches)
    return builder.table("t-overview", caption, words["column.branch"], columns, rows, unit, notes)


# ---- in words -----------------------------------------------------------------------------------


def _told(builder: Builder, branch: BranchTarget) -> Iterable[Line]:
    """The target, how it came about, what pushes it up or down, what the limits did, and its units."""
    yield run_on((_moved(builder, branch), _blended(builder, branch)))
    yield _pushed(builder, branch)
    yield _limited(builder, branch)
    yield _of_units(builder, branch)


def _moved(builder: Builder, branch: BranchTarget) -> Line:
    if not known(branch.change):
        return builder.line("why.new", target=builder.money(branch.target), branch=branch.names)
    return moved(builder, "why.target", branch.target, branch.last, branch.change, branch.rate)


def _blended(builder: Builder, branch: BranchTarget) -> Line:
    assert branch.last_share
    weight = builder.declared("last_year.weight", builder.scheme.last_weight, "weight of last year")
    return builder.line(
        "why.blended",
        index=builder.print(branch.index),
        old=builder.print(branch.last_share),
        weight=builder.print(weight),
        share=builder.print(branch.share),
        before=builder.money(branch.before),
    )


def _pushed(builder: Builder, branch: BranchTarget) -> Line:
    """The factors by which its share is greater, and those by which it is less, than that of last year."""
    assert branch.last_share and isinstance(branch.last_share.exact, Fraction)
    old = branch.last_share.exact
    up = sorted((p for p in branch.parts if _share(p) > old), key=lambda p: -_share(p))
    down = sorted((p for p in branch.parts if _share(p) < old), key=_share)

    def named(parts: Sequence[Part]) -> Line:
        return builder.joined(
            builder.line("why.factor", factor=part.factor.label, share=builder.print(part.share))
            for part in parts
        )

    lines = []
    if up:
        lines.append(builder.line("why.up", old=builder.print(branch.last_share), factors=named(up)))
    if down:
        lines.append(
            builder.line(
                "why.down" if up else "why.all_down",
                old=builder.print(branch.last_share),
                factors=named(down),
            )
        )
    return run_on(lines) if lines else builder.line("why.level", old=builder.print(branch.last_share))


def _share(part: Part) -> Fraction:
    assert isinstance(part.share.exact, Fraction)
    return part.share.exact


def _limited(builder: Builder, branch: BranchTarget) -> Line:
    """What the limits did, and what is given or taken because others are held by theirs."""
    slots = {"before": builder.money(branch.before), "target": builder.money(branch.target)}
    if branch.bound:
        limit = branch.floor if branch.bound == "floor" else branch.ceiling
        assert limit
        return builder.line(f"why.{branch.bound}", limit=builder.money(limit), **slots)
    assert isinstance(branch.after.exact, Fraction) and isinstance(branch.before.exact, Fraction)
    difference = branch.after.exact - branch.before.exact
    if not difference:
        return builder.line("why.free", **slots)
    moved = Value(
        metric="part of what limits give or take",
        key=branch.after.key,
        exact=abs(difference),
        unit=branch.after.unit,
        digits=2,
        formula="target within limits - target before limits",
        worked=f"{branch.after.exact} - {branch.before.exact}",
        sources=branch.after.sources,
    )
    way = "given" if difference > 0 else "taken"
    return builder.line(f"why.{way}", moved=builder.money(moved), after=builder.money(branch.after), **slots)


def _of_units(builder: Builder, branch: BranchTarget) -> Line:
    units = branch.units
    ordered = sorted(units, key=lambda one: -_exact(one.target))
    mean = Value(
        metric="mean target of the units",
        key=branch.target.key,
        exact=_exact(branch.target) / len(units),
        unit=branch.target.unit,
        digits=2,
        formula="target / number of units",
        worked=f"{branch.target.exact} / {len(units)}",
        sources=branch.target.sources,
    )
    short = [one for one in units if _exact(one.months) != 12 or _exact(one.staffing) != 1]
    lines = [
        builder.line(
            "why.units",
            units=builder.count(f"units of {branch.id}", units, "count of the units of the branch"),
            mean=builder.money(mean),
            most=same(ordered[0].id),
            most_target=builder.money(ordered[0].target),
            least=same(ordered[-1].id),
            least_target=builder.money(ordered[-1].target),
        )
    ]
    if short:
        lines.append(builder.line("why.short", units=builder.joined(_service(builder, one) for one in short)))
    return run_on(lines)


def _service(builder: Builder, unit: UnitTarget) -> Line:
    """A unit that does not count fully: 17（6.0個月）."""
    assert unit.months and unit.staffing
    name = "why.short_half" if _exact(unit.staffing) != 1 else "why.short_months"
    return builder.line(
        name, unit=same(unit.id), months=builder.print(unit.months), staffing=builder.print(unit.staffing)
    )


def _exact(value: Value | None) -> Fraction:
    assert value and isinstance(value.exact, Fraction)
    return value.exact


# ---- tables and chart ---------------------------------------------------------------------------


def _factors(builder: Builder, branch: BranchTarget) -> Table:
    """Each factor of the branch beside the mean of all branches, its share, its part of the index."""
    words = builder.words
    percent = builder.head("percent")
    columns = [
        Column(words["column.weight"], percent),
        Column(words["column.value"]),
        Column(words["column.mean"]),
        Column(words["column.against"]),
        Column(words["column.share"], percent),
        Column(words["column.weighted"], percent),
    ]
    rows = []
    for place, part in enumerate(branch.parts):
        value, mean = shown(part.value), shown(builder.result.means[part.factor.id])
        unit = builder.head(value.unit)
        label = Text(f"{part.factor.label.zh}（{unit.zh}）", f"{part.factor.label.en} ({unit.en})")
        cells = (weight_of(builder, place), value, mean, _against(value, mean), part.share, part.weighted)
        rows.append(Row(head=label, cells=tuple(Cell(builder.print(one)) for one in cells)))
    weights = [weight_of(builder, place) for place in range(len(branch.parts))]
    empty = Cell(text=EMPTY)
    whole = (
        builder.total(" of weights", weights),
        empty,
        empty,
        empty,
        empty,
        Cell(builder.print(branch.index)),
    )
    rows.append(Row(head=words["column.index"], cells=whole, role="total"))
    caption = builder.say("why.factors", branch=branch.names)
    return builder.table(f"f-{branch.id}", caption, words["column.factor"], columns, rows)


def _against(value: Value, mean: Value) -> Value:
    """The value where the mean of all branches is 100."""
    exact, level = _exact(value), _exact(mean)
    return Value(
        metric=f"{value.metric} against the mean",
        key=value.key,
        exact=exact / level * 100,
        unit="count",
        digits=1,
        formula="value / mean * 100",
        worked=f"{exact} / {level} × 100",
        sources=value.sources,
    )


def _chart(builder: Builder, branch: BranchTarget) -> Chart:
    """The share by each factor beside that of last year: which of them ask for more, which for less."""
    words = builder.words
    assert branch.last_share
    ordered = sorted(branch.parts, key=lambda part: -_share(part))
    points = tuple(Point("value", part.factor.id, builder.print(part.share)) for part in ordered)
    line = builder.figures.print(branch.last_share, digits=2)
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", words["chart.share"]),),
        xs=tuple((part.factor.id, part.factor.label) for part in ordered),
        points=points,
        measure=words["chart.share"],
        unit=builder.head("percent"),
        target=tuple(Point("target", part.factor.id, line) for part in ordered),
        target_label=builder.say("chart.line", line=line.text),
        height_mm=11 + 3.2 * len(ordered),
    )
    name, number = builder.chart_name()
    return Chart(
        name=name,
        number=number,
        anchor=f"c-{branch.id}",
        caption=words["chart.shares"],
        spec=spec,
        notes=(),
        source=None,
        data_table=f"f-{branch.id}",
    )


ROWS = 10  # of units below each other that leave room for a chart
MOST = 17  # rows of units below each other; five units beside each other are the most
CHART, PAGE = 17, 24  # rows of factors and units that a page has room for, with a chart and without one


_COLUMNS = {
    1: ("last", "months", "before", "target", "change", "rate"),
    2: ("last", "target", "change", "rate"),
    3: ("last", "target", "rate"),
    4: ("target", "rate"),
    5: ("target", "rate"),
}


def _laid(units: int) -> tuple[int, int]:
    """How many units stand beside and below each other."""
    across = min(-(-units // ROWS), 5 if units > 4 * MOST else 4)
    return across, -(-units // across)


def _units(builder: Builder, branch: BranchTarget) -> Table:
    """All units, down one column after the other, so that the largest branch fits its page."""
    words, units = builder.words, branch.units
    across, down = _laid(len(units))
    names = _COLUMNS[across]

    def columns() -> Iterable[Column]:
        for place in range(across):
            if place:
                yield Column(words["column.unit"])
            for name in names:
                yield Column(words[f"column.{name}"], builder.head("percent") if name == "rate" else None)

    def cells(unit: UnitTarget | None) -> Iterable[Cell]:
        for name in names:
            if unit is None:
                yield Cell(text=EMPTY)
            elif name == "target":
                yield Cell(
                    builder.print(unit.target), mark=MARKS.get(unit.bound, "") + ("n" if unit.new else "")
                )
            else:
                yield Cell(builder.print(getattr(unit, name)))

    rows = []
    for place in range(down):
        found = [units[n] if n < len(units) else None for n in range(place, down * across, down)]
        first, *others = found
        assert first
        inside = list(cells(first))
        for other in others:
            inside.append(Cell(text=same(other.id) if other else EMPTY))
            inside += cells(other)
        rows.append(Row(head=same(first.id), cells=tuple(inside)))
    notes = builder.limit_notes(units)
    if any(one.new for one in units):
        notes.append(Note("n", plain_line(words["note.new"])))
    caption = builder.say("units.caption", branch=branch.names)
    unit = builder.head(builder.scheme.unit)
    return builder.table(
        f"u-{branch.id}",
        caption,
        words["column.unit"],
        columns(),
        rows,
        unit,
        notes,
        break_after=tuple(range(4, down, 4)) if across > 1 else (),
    )
