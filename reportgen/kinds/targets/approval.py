"""核定表: the summary with its sign-off places, the branches with factors and index, all units by branch, the methods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.targets import BranchTarget, UnitTarget
from reportgen.kinds.methods import symbols
from reportgen.kinds.targets.builder import EMPTY, Builder, known, rate_of, same
from reportgen.kinds.targets.methods import definitions
from reportgen.model import (
    Block,
    Card,
    Cell,
    Chart,
    ChartSpec,
    Column,
    KeyFigures,
    Line,
    Listing,
    MethodAnnex,
    Note,
    Paragraphs,
    Point,
    Printed,
    Row,
    Run,
    Section,
    Series,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.read.words import plain_line


def approval(builder: Builder) -> list[Block]:
    words = builder.words
    return [
        Section(number="1", title=words["summary.title"], anchor="s-summary", one_page=True),
        *_summary(builder),
        Section(number="2", title=words["branches.title"], anchor="s-branches"),
        Paragraphs((builder.line("branches.intro"),)),
        _branches(builder),
        _chart(builder),
        _factors(builder),
        _shares(builder),
        Section(number="3", title=words["units.title"], anchor="s-units", flow=True),
        Paragraphs((_units_intro(builder),)),
        *(_units(builder, branch) for branch in builder.result.branches),
        Section(number="4", title=words["methods.title"], anchor="s-methods", flow=True),
        Paragraphs((builder.line("methods.intro"),)),
        MethodAnnex(definitions(builder)),
        symbols(words),
        Listing((), "colophon"),
    ]


# ---- 1 the summary ------------------------------------------------------------------------------


def _summary(builder: Builder) -> list[Block]:
    return [_cards(builder), Paragraphs(tuple(_told(builder))), builder.standing(), signatures(builder)]


def _cards(builder: Builder) -> KeyFigures:
    result, words = builder.result, builder.words
    units = [unit for branch in result.branches for unit in branch.units]

    def card(name: str, value: Value) -> Card:
        printed = builder.print(value)
        return Card(
            label=builder.say(f"card.{name}", **years(builder)),
            figure=printed,
            unit=builder.head(printed.unit),
            change=None,
            spark=None,
        )

    branches = builder.count("branches", result.branches, "count of the branches")
    counted = builder.count("units", units, "count of the units")
    return KeyFigures(
        (
            card("total", result.total),
            card("last", result.last),
            card("rate", result.rate),
            Card(
                label=words["card.branches"],
                figure=branches,
                unit=words["card.branches_unit"],
                change=None,
                spark=None,
            ),
            Card(
                label=words["card.units"],
                figure=counted,
                unit=words["card.units_unit"],
                change=None,
                spark=None,
            ),
            Card(
                label=words["card.bound"],
                figure=builder.count(
                    "held", [one for one in result.branches if one.bound], "count of the branches at a limit"
                ),
                unit=words["card.branches_unit"],
                change=None,
                spark=None,
            ),
        )
    )


def years(builder: Builder) -> dict[str, Text]:
    scheme = builder.scheme
    return {"year": formats.roc_year(scheme.roc_year), "before": formats.roc_year(scheme.year)}


def _told(builder: Builder) -> Iterable[Line]:
    """What was set, who rises and falls most, whom the limits hold, the units."""
    result = builder.result
    yield moved(builder, "summary.total", result.total, result.last, result.change, result.rate)
    old = [one for one in result.branches if known(one.rate)]
    up, down = [one for one in old if rate_of(one) > 0], [one for one in old if rate_of(one) < 0]
    lines = [
        builder.line(
            "summary.moves",
            up=builder.count("branches that rise", up, "count of the branches with a higher target"),
            down=builder.count("branches that fall", down, "count of the branches with a lower target"),
            same=builder.count(
                "branches that stay",
                [one for one in old if rate_of(one) == 0],
                "count of the branches with the same target",
            ),
        )
    ]
    for name, found in (
        ("most", sorted(up, key=lambda one: -rate_of(one))),
        ("least", sorted(down, key=rate_of)),
    ):
        if found:
            rate = builder.print(builder.size(found[0].rate))
            lines.append(builder.line(f"summary.{name}", branch=found[0].names, rate=rate))
    yield run_on(lines)
    held = [
        builder.line(f"summary.held_{name}", branches=builder.joined(plain_line(one.names) for one in found))
        for name in ("floor", "ceiling")
        if (found := [one for one in result.branches if one.bound == name])
    ]
    yield run_on(held) if held else builder.line("summary.held_none")
    yield _units_intro(builder)


def moved(builder: Builder, name: str, target: Value, last: Value, change: Value, rate: Value) -> Line:
    """A sentence of a target against last year's: more, less or the same."""
    slots: dict[str, Printed | Text] = {
        "target": builder.money(target),
        "last": builder.money(last),
        **years(builder),
    }
    assert isinstance(change.exact, Fraction)
    if not change.exact:
        return builder.line(f"{name}_same", **slots)
    way = "more" if change.exact > 0 else "less"
    return builder.line(
        f"{name}_{way}",
        change=builder.money(builder.size(change)),
        rate=builder.print(builder.size(rate)),
        **slots,
    )


def run_on(lines: Iterable[Line]) -> Line:
    """Sentences one after the other: English ones are parted by a blank."""
    zh: list[Run] = []
    en: list[Run] = []
    for place, line in enumerate(lines):
        zh += line.zh
        en += [" "] * bool(place) + list(line.en)
    return Line(tuple(zh), tuple(en))


def _chart(builder: Builder) -> Chart:
    """The change of each branch's target, greatest first."""
    words, result = builder.words, builder.result
    found = sorted((one for one in result.branches if known(one.rate)), key=lambda one: -rate_of(one))
    points = tuple(Point("value", one.id, builder.print(one.rate)) for one in found)
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", words["chart.rate"]),),
        xs=tuple((one.id, one.names) for one in found),
        points=points,
        measure=words["chart.rate"],
        unit=builder.head("percent"),
        height_mm=10 + 4.2 * len(found),
    )
    name, number = builder.chart_name()
    return Chart(
        name=name,
        number=number,
        anchor="c-rates",
        caption=builder.say("chart.rates", **years(builder)),
        spec=spec,
        notes=(),
        source=None,
        data_table="t-branches",
    )


def signatures(builder: Builder) -> Table:
    """擬辦, 會辦, 核定 from left to right: posts, and below them room for name, seal and time."""
    plan, words = builder.plan, builder.words
    columns = [("drafting", plan.drafting), ("consulted", plan.consulted), ("deciding", plan.deciding)]
    columns = [one for one in columns if one[1]]
    rows = []
    for place in range(max(len(posts) for _, posts in columns)):
        first, *others = (posts[place] if place < len(posts) else EMPTY for _, posts in columns)
        rows.append(Row(head=first, cells=tuple(Cell(text=one) for one in others)))
    heads = [words[f"signature.{name}"] for name, _ in columns]
    return Table(
        name=EMPTY,
        number="",
        anchor="t-signatures",
        caption=words["signature.caption"],
        stub=heads[0],
        columns=tuple(map(Column, heads[1:])),
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


# ---- 2 the branches -----------------------------------------------------------------------------


def _branches(builder: Builder) -> Table:
    words, result, unit = builder.words, builder.result, builder.head(builder.scheme.unit)
    own = {id_: limits for id_, limits in builder.scheme.branch_limits.items() if limits.reason}
    marks = {id_: chr(ord("c") + place) for place, id_ in enumerate(own)}
    names = ("last", "index", "share", "before", "floor", "ceiling", "target", "change", "rate")
    columns = [
        Column(
            words[f"column.{name}"], builder.head("percent") if name in ("index", "share", "rate") else None
        )
        for name in names
    ]
    rows = [
        Row(
            head=one.names,
            cells=(
                Cell(builder.print(one.last)),
                Cell(builder.print(one.index)),
                Cell(builder.print(one.share)),
                Cell(builder.print(one.before)),
                _optional(builder, one.floor),
                _optional(builder, one.ceiling),
                builder.target_cell(one),
                Cell(builder.print(one.change)),
                Cell(builder.print(one.rate)),
            ),
            mark=marks.get(one.id, ""),
        )
        for one in result.branches
    ]
    found = result.branches
    totals = (
        Cell(builder.print(result.last)),
        builder.total("", (one.index for one in found)),
        builder.total("", (one.share for one in found)),
        builder.total("", (one.before for one in found)),
        builder.total("", (one.floor for one in found if one.floor)),
        builder.total("", (one.ceiling for one in found if one.ceiling)),
        Cell(builder.print(result.total)),
        Cell(builder.print(result.change)),
        Cell(builder.print(result.rate)),
    )
    rows.append(Row(head=words["table.total"], cells=totals, role="total"))
    notes = builder.limit_notes(found)
    for id_ in own:
        notes.append(Note(marks[id_], _own_limit(builder, id_)))
    notes.append(Note("", _default_limits(builder)))
    caption = builder.say("branches.caption", **years(builder))
    return builder.table("t-branches", caption, words["column.branch"], columns, rows, unit, notes)


def _optional(builder: Builder, value: Value | None) -> Cell:
    return Cell(builder.print(value)) if value else Cell(text=same("—"))


def _limit(builder: Builder, path: str, number: Fraction | None) -> Printed | Text:
    """A declared limit as a figure, or the word that there is none."""
    if number is None:
        return builder.words["limits.none"]
    return builder.print(builder.declared(path, number, f"limit {path}"))


def _default_limits(builder: Builder) -> Line:
    limits = builder.scheme.limits
    return builder.line(
        "note.limits",
        floor=_limit(builder, "limits.floor", limits.floor),
        ceiling=_limit(builder, "limits.ceiling", limits.ceiling),
    )


def _own_limit(builder: Builder, branch: str) -> Line:
    scheme = builder.scheme
    limits, place = scheme.branch_limits[branch], list(scheme.branch_limits).index(branch)
    return builder.line(
        "note.own",
        floor=_limit(builder, f"limit.{place}.floor", limits.floor),
        ceiling=_limit(builder, f"limit.{place}.ceiling", limits.ceiling),
        reason=limits.reason or EMPTY,
    )


def _factors(builder: Builder) -> Table:
    """What the index is made from: the value of each factor."""
    words, scheme = builder.words, builder.scheme
    columns = [
        Column(factor.label, builder.head(scheme_unit(builder, place)))
        for place, factor in enumerate(scheme.factors)
    ]
    rows = [
        Row(head=one.names, cells=tuple(Cell(builder.print(shown(part.value))) for part in one.parts))
        for one in builder.result.branches
    ]
    means = tuple(Cell(builder.print(shown(builder.result.means[factor.id]))) for factor in scheme.factors)
    rows.append(Row(head=words["column.mean"], cells=means, role="total"))
    caption = builder.say("factors.caption", **years(builder))
    return builder.table("t-factors", caption, words["column.branch"], columns, rows)


def scheme_unit(builder: Builder, place: int) -> str:
    value = builder.result.branches[0].parts[place].value
    return shown(value).unit


def shown(value: Value) -> Value:
    """Sums of money that are factors stand in NT$ million: 412,000 million has no use for its last dollars."""
    return replace(value, unit="twd_million", digits=0) if value.unit.startswith("twd") else value


def _shares(builder: Builder) -> Table:
    """The share of each branch by each factor, weighted: the parts of the index, which make it up."""
    words, scheme = builder.words, builder.scheme
    weights = [weight_of(builder, place) for place in range(len(scheme.factors))]
    columns = [Column(factor.label) for factor in scheme.factors]
    columns.append(Column(words["column.index"]))
    rows = [
        Row(
            head=words["column.weight"],
            cells=(*(Cell(builder.print(one)) for one in weights), builder.total(" of weights", weights)),
        )
    ]
    for one in builder.result.branches:
        parts = tuple(Cell(builder.print(part.weighted)) for part in one.parts)
        rows.append(Row(head=one.names, cells=(*parts, Cell(builder.print(one.index)))))
    sums = [
        builder.total("", (one.parts[place].weighted for one in builder.result.branches))
        for place in range(len(scheme.factors))
    ]
    whole = builder.total("", (one.index for one in builder.result.branches))
    rows.append(Row(head=words["table.total"], cells=(*sums, whole), role="total"))
    notes = [Note("", plain_line(words["note.rounded"]))]
    return builder.table(
        "t-shares",
        words["shares.caption"],
        words["column.branch"],
        columns,
        rows,
        builder.head("percent"),
        notes,
        break_after=(1,),
    )


def weight_of(builder: Builder, place: int) -> Value:
    factor = builder.scheme.factors[place]
    return builder.declared(f"factor.{place}.weight", factor.weight, f"weight of {factor.id}")


# ---- 3 the units --------------------------------------------------------------------------------


def _units_intro(builder: Builder) -> Line:
    units = [unit for branch in builder.result.branches for unit in branch.units]
    short = [one for one in units if one.months and one.months.exact != 12]
    half = [one for one in units if one.staffing and one.staffing.exact != 1]
    return builder.line(
        "units.intro",
        units=builder.count("units", units, "count of the units"),
        part=builder.count("part-year units", short, "count of the units in service for less than 12 months"),
        half=builder.count("half-staffed units", half, "count of the half-staffed units"),
        new=builder.count("new units", [one for one in units if one.new], "count of the new units"),
        closed=builder.figures.print(
            Value(
                metric="closed units",
                key=(("roc_year", builder.scheme.roc_year),),
                exact=Fraction(len(builder.scheme.units.closed)),
                unit="count",
                digits=0,
                formula="count of the closed units",
                worked=str(len(builder.scheme.units.closed)),
            )
        ),
    )


KEPT = 24  # rows of a table that stay on one page


def _units(builder: Builder, branch: BranchTarget) -> Table:
    """All units of a branch: what they are set by, their share, before and after limits, the change."""
    words, scheme = builder.words, builder.scheme
    factors = [one for one in scheme.units.factors if one.column != scheme.last_column]
    places = [scheme.units.factors.index(one) for one in factors]
    names = ("months", "staffing", "branch_share", "before", "target", "change", "rate")
    columns = [
        Column(words["column.last"]),
        *(Column(one.label) for one in factors),
        *(
            Column(
                words[f"column.{name}"],
                builder.head("percent") if name in ("staffing", "branch_share", "rate") else None,
            )
            for name in names
        ),
    ]

    def row(unit: UnitTarget) -> Row:
        assert unit.months and unit.staffing
        own = [
            Cell(builder.print(unit.parts[place].value))
            if unit.parts
            else Cell(text=same(formats.SYMBOL["none"]))
            for place in places
        ]
        cells = (
            Cell(builder.print(unit.last)),
            *own,
            Cell(builder.print(unit.months)),
            Cell(builder.print(unit.staffing)),
            Cell(builder.print(unit.share)),
            Cell(builder.print(unit.before)),
            builder.target_cell(unit),
            Cell(builder.print(unit.change)),
            Cell(builder.print(unit.rate)),
        )
        return Row(head=same(unit.id), cells=cells, mark="n" if unit.new else "")

    name = f" {branch.id}"
    totals = (
        builder.total(f"{name} last", (one.last for one in branch.units)),
        *(
            builder.total(name, (one.parts[place].value for one in branch.units if one.parts))
            for place in places
        ),
        builder.total(name, (one.months for one in branch.units if one.months)),
        Cell(text=EMPTY),
        builder.total(name, (one.share for one in branch.units)),
        builder.total(name, (one.before for one in branch.units)),
        builder.total(f"{name} new", (one.target for one in branch.units)),
        Cell(text=EMPTY),
        Cell(text=EMPTY),
    )
    rows = [row(unit) for unit in branch.units]
    rows.append(Row(head=words["table.total"], cells=totals, role="total"))
    notes = builder.limit_notes(branch.units)
    if any(one.new for one in branch.units):
        notes.append(Note("n", plain_line(words["note.new"])))
    caption = builder.say("units.caption", branch=branch.names)
    unit = builder.head(scheme.unit)
    every_five = tuple(place for place in range(5, len(branch.units), 5))
    return builder.table(
        f"u-{branch.id}",
        caption,
        words["column.unit"],
        columns,
        rows,
        unit,
        notes,
        flows=len(rows) > KEPT,
        break_after=every_five,
    )
