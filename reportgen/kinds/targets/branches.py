"""One page a branch: why its target is what it is, in words that are computed, with its factors and its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from reportgen.compute.targets import BranchTarget, FactorShare, UnitTarget
from reportgen.kinds.blocks import listed, run_on
from reportgen.kinds.compose import ColumnOf, Content
from reportgen.kinds.targets.approval import shown
from reportgen.kinds.targets.composer import MARKS, TargetComposer, known
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Line,
    Paragraphs,
    Point,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.read.words import Slot


def branches(composer: TargetComposer) -> list[Block]:
    """An overview, then the branches in their declared order."""
    result, words = composer.result, composer.words
    total = composer.moved("summary.total", result.total, result.last, result.change, result.rate)
    made: list[Block] = [
        Section(number="1", title=words["overview.title"], anchor="s-overview"),
        Paragraphs((total, composer.line("overview.reading"))),
        composer.standing(),
        _overview(composer),
    ]
    for number, branch in enumerate(result.branches, 2):
        rows = len(branch.parts) + _laid(len(branch.units))[1]
        made += [
            Section(
                number=str(number),
                title=branch.names,
                anchor=f"b-{branch.id}",
                one_page=rows <= PAGE,
                look="explained",
            ),
            Paragraphs(tuple(_sentences(composer, branch))),
            _factors(composer, branch),
            *([_chart(composer, branch)] if rows <= CHART else []),
            _units(composer, branch),
        ]
    return made


def _overview(composer: TargetComposer) -> Table:
    """Last year, before limits and target of each branch, and which limit held it."""
    result, branches, column = composer.result, composer.result.branches, composer.column
    before = composer.total("", (branch.before for branch in branches))
    columns: list[ColumnOf[BranchTarget]] = [
        column("column.last", lambda branch: branch.last, total=result.last),
        column("column.before", lambda branch: branch.before, total=before),
        column("column.target", composer.target_cell, total=result.total),
        column("column.change", lambda branch: branch.change, total=result.change),
        column("column.rate", lambda branch: branch.rate, composer.head("percent"), result.rate),
    ]
    frame = Table(
        anchor="t-overview",
        caption=composer.say("branches.caption", **composer.years),
        stub=composer.words["column.branch"],
        unit=composer.head(composer.scheme.unit),
        notes=composer.limit_notes(branches),
    )
    total = composer.words["table.total"]
    return composer.numbered(composer.filled(frame, columns, branches, lambda branch: branch.names, total))


# ---- in words -----------------------------------------------------------------------------------


def _sentences(composer: TargetComposer, branch: BranchTarget) -> Iterable[Line]:
    """The target, how it came about, what pushes it up or down, what the limits did, and its units."""
    yield run_on((_moved(composer, branch), _blended(composer, branch)))
    yield _pushed(composer, branch)
    yield _limited(composer, branch)
    yield _of_units(composer, branch)


def _moved(composer: TargetComposer, branch: BranchTarget) -> Line:
    if not known(branch.change):
        return composer.line("why.new", target=composer.money(branch.target), branch=branch.names)
    return composer.moved("why.target", branch.target, branch.last, branch.change, branch.rate)


def _blended(composer: TargetComposer, branch: BranchTarget) -> Line:
    assert branch.last_share
    weight = composer.declared("last_year.weight", composer.scheme.last_weight, "weight of last year")
    return composer.line(
        "why.blended",
        index=composer.print(branch.index),
        old=composer.print(branch.last_share),
        weight=composer.print(weight),
        share=composer.print(branch.share),
        before=composer.money(branch.before),
    )


def _pushed(composer: TargetComposer, branch: BranchTarget) -> Line:
    """The factors by which its share is greater, and those by which it is less, than that of last year."""
    assert branch.last_share
    old = _exact(branch.last_share)
    up = sorted((part for part in branch.parts if _share(part) > old), key=_share, reverse=True)
    down = sorted((part for part in branch.parts if _share(part) < old), key=_share)

    def named(parts: Sequence[FactorShare]) -> Line:
        return listed(
            composer.line(
                "why.factor", factor=composer.stated(part.factor.label), share=composer.print(part.share)
            )
            for part in parts
        )

    before, lines = composer.print(branch.last_share), []
    if up:
        lines.append(composer.line("why.up", old=before, factors=named(up)))
    if down:
        lines.append(composer.line("why.down" if up else "why.all_down", old=before, factors=named(down)))
    return run_on(lines) if lines else composer.line("why.level", old=before)


def _share(part: FactorShare) -> Fraction:
    return _exact(part.share)


def _limited(composer: TargetComposer, branch: BranchTarget) -> Line:
    """What the limits did, and what is given or taken because others are held by theirs."""
    slots: dict[str, Slot] = {
        "before": composer.money(branch.before),
        "target": composer.money(branch.target),
    }
    if branch.agreed:
        slots["computed"] = composer.money(branch.agreed.computed)
        return composer.line("why.agreed", reason=composer.stated(branch.agreed.declared.reason), **slots)
    if branch.bound:
        limit = branch.floor if branch.bound == "floor" else branch.ceiling
        assert limit
        return composer.line(f"why.{branch.bound}", limit=composer.money(limit), **slots)
    difference = _exact(branch.after) - _exact(branch.before)
    if not difference:
        return composer.line("why.free", **slots)
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
    return composer.line(
        f"why.{way}", moved=composer.money(moved), after=composer.money(branch.after), **slots
    )


def _of_units(composer: TargetComposer, branch: BranchTarget) -> Line:
    units = branch.units
    ordered = sorted(units, key=lambda unit: _exact(unit.target), reverse=True)
    most, least = ordered[0], ordered[-1]
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
    lines = [
        composer.line(
            "why.units",
            units=composer.number_of(f"units of {branch.id}", units, "count of the units of the branch"),
            mean=composer.money(mean),
            most=composer.stated(most.id),
            most_target=composer.money(most.target),
            least=composer.stated(least.id),
            least_target=composer.money(least.target),
        )
    ]
    if short := [unit for unit in units if _exact(unit.months) != 12 or _exact(unit.staffing) != 1]:
        lines.append(composer.line("why.short", units=listed(_service(composer, unit) for unit in short)))
    return run_on(lines)


def _service(composer: TargetComposer, unit: UnitTarget) -> Line:
    """A unit that does not count fully: 17（6.0個月）."""
    assert unit.months and unit.staffing
    return composer.line(
        "why.short_half" if _exact(unit.staffing) != 1 else "why.short_months",
        unit=composer.stated(unit.id),
        months=composer.print(unit.months),
        staffing=composer.print(unit.staffing),
    )


def _exact(value: Value | None) -> Fraction:
    assert value and isinstance(value.exact, Fraction)
    return value.exact


# ---- tables and chart ---------------------------------------------------------------------------


def _factors(composer: TargetComposer, branch: BranchTarget) -> Table:
    """Each factor of the branch beside the mean of all branches, its share, its part of the index."""
    percent, column, weights = composer.head("percent"), composer.column, composer.weights

    def value(place: int) -> Value:
        return shown(branch.parts[place].value)

    def mean(place: int) -> Value:
        return shown(composer.result.means[branch.parts[place].factor.id])

    def label(place: int) -> Text:
        name, unit = composer.stated(branch.parts[place].factor.label), composer.head(value(place).unit)
        return Text(f"{name.zh}（{unit.zh}）", f"{name.en} ({unit.en})")

    columns: list[ColumnOf[int]] = [
        column(
            "column.weight", lambda place: weights[place], percent, composer.total(" of weights", weights)
        ),
        column("column.value", value),
        column("column.mean", mean),
        column("column.against", lambda place: _against(value(place), mean(place))),
        column("column.share", lambda place: branch.parts[place].share, percent),
        column("column.weighted", lambda place: branch.parts[place].weighted, percent, branch.index),
    ]
    caption, words = composer.say("why.factors", branch=branch.names), composer.words
    frame = Table(
        anchor=f"f-{branch.id}",
        caption=caption,
        stub=words["column.factor"],
        look="grid",
        widths=(42, 7, 13, 13, 9, 8, 8),
    )
    places = range(len(branch.parts))
    return composer.numbered(composer.filled(frame, columns, places, label, words["column.index"]))


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


def _chart(composer: TargetComposer, branch: BranchTarget) -> Chart:
    """The share by each factor beside that of last year: which of them ask for more, which for less."""
    words = composer.words
    assert branch.last_share
    ordered = sorted(branch.parts, key=_share, reverse=True)
    points = tuple(Point("value", part.factor.id, composer.print(part.share)) for part in ordered)
    line = composer.print(branch.last_share, digits=2)
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", words["chart.share"]),),
        xs=tuple((part.factor.id, part.factor.label) for part in ordered),
        points=points,
        measure=words["chart.share"],
        unit=composer.head("percent"),
        target=tuple(Point("target", part.factor.id, line) for part in ordered),
        target_label=composer.say("chart.line", line=line.text),
        height_mm=11 + 3.2 * len(ordered),
    )
    table = f"f-{branch.id}"
    return composer.numbered(
        Chart(anchor=f"c-{branch.id}", caption=words["chart.shares"], spec=spec, data_table=table)
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


def _units(composer: TargetComposer, branch: BranchTarget) -> Table:
    """All units, down one column after the other, so that the largest branch fits its page."""
    words, units = composer.words, branch.units
    across, down = _laid(len(units))
    names = _COLUMNS[across]

    def contents(unit: UnitTarget) -> Iterable[Content]:
        for name in names:
            if name == "target":
                mark = MARKS.get(unit.bound, "") + ("n" if unit.new else "")
                yield Cell(composer.print(unit.target), mark=mark)
            else:
                yield getattr(unit, name)

    rows = []
    for place in range(down):
        first, *others = units[place::down]
        inside = [composer.cell(content) for content in contents(first)]
        for other in others:
            inside += [composer.cell(content) for content in (composer.stated(other.id), *contents(other))]
        blank = [None] * ((across - 1 - len(others)) * (1 + len(names)))
        rows.append(composer.row(composer.stated(first.id), *inside, *blank))
    percent = composer.head("percent")
    heads = [Column(words[f"column.{name}"], percent if name == "rate" else None) for name in names]
    table = Table(
        anchor=f"u-{branch.id}",
        look="grid",
        caption=composer.say("units.caption", branch=branch.names),
        stub=words["column.unit"],
        columns=(*heads, *[Column(words["column.unit"]), *heads] * (across - 1)),
        rows=tuple(rows),
        unit=composer.head(composer.scheme.unit),
        notes=composer.unit_notes(units),
        break_after=tuple(range(4, down, 4)) if across > 1 else (),
    )
    return composer.numbered(table)
