"""核定表: the summary with its sign-off places, the branches with factors and index, all units by branch, the methods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.targets import BranchTarget, UnitTarget
from reportgen.compute.targets.readings import closed_units
from reportgen.kinds import blocks
from reportgen.kinds.blocks import run_on
from reportgen.kinds.compose import ColumnOf
from reportgen.kinds.methods import symbols
from reportgen.kinds.targets.changes import agreements, changes
from reportgen.kinds.targets.composer import TargetComposer, known, rate_of
from reportgen.kinds.targets.methods import definitions
from reportgen.model import (
    Block,
    Card,
    Chart,
    ChartSpec,
    KeyFigures,
    Line,
    Listing,
    MethodAnnex,
    Note,
    Paragraphs,
    Point,
    Printed,
    Section,
    Series,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.read.words import plain_line


def approval(composer: TargetComposer) -> list[Block]:
    words = composer.words
    return [
        Section(number="1", title=words["summary.title"], anchor="s-summary", one_page=True, look="summary"),
        *_summary(composer),
        Section(number="2", title=words["branches.title"], anchor="s-branches"),
        Paragraphs((composer.line("branches.intro"),)),
        _branches(composer),
        *changes(composer),
        _chart(composer),
        _factors(composer),
        _shares(composer),
        Section(number="3", title=words["units.title"], anchor="s-units", flow=True),
        Paragraphs((_units_intro(composer),)),
        *(_units(composer, branch) for branch in composer.result.branches),
        Section(number="4", title=words["methods.title"], anchor="s-methods", flow=True),
        Paragraphs((composer.line("methods.intro"),)),
        MethodAnnex(definitions(composer)),
        symbols(words),
        Listing((), "colophon"),
    ]


# ---- 1 the summary ------------------------------------------------------------------------------


def _summary(composer: TargetComposer) -> list[Block]:
    return [
        _cards(composer),
        Paragraphs(tuple(_sentences(composer))),
        composer.standing(),
        blocks.signatures(composer, composer.plan.signoff.columns()),
    ]


def _cards(composer: TargetComposer) -> KeyFigures:
    result, words = composer.result, composer.words
    units = [unit for branch in result.branches for unit in branch.units]
    held = [branch for branch in result.branches if branch.bound]

    def card(name: str, value: Value) -> Card:
        label = composer.say(f"card.{name}", **composer.years)
        return Card(label=label, figure=composer.print(value), unit=composer.head(value.unit))

    def counted(name: str, unit: str, figure: Printed) -> Card:
        return Card(label=words[f"card.{name}"], figure=figure, unit=words[f"card.{unit}_unit"])

    number_of = composer.number_of
    branches = number_of("branches", result.branches, "count of the branches")
    units_ = number_of("units", units, "count of the units")
    return KeyFigures(
        (
            card("total", result.total),
            card("last", result.last),
            card("rate", result.rate),
            counted("branches", "branches", branches),
            counted("units", "units", units_),
            counted("bound", "branches", number_of("held", held, "count of the branches at a limit")),
        )
    )


def _sentences(composer: TargetComposer) -> Iterable[Line]:
    """What was set, who rises and falls most, whom the limits hold, the units."""
    result = composer.result
    yield composer.moved("summary.total", result.total, result.last, result.change, result.rate)
    yield run_on(_moves(composer))
    held = [
        composer.line(f"summary.held_{name}", branches=blocks.listed(plain_line(one.names) for one in found))
        for name in ("floor", "ceiling")
        if (found := [one for one in result.branches if one.bound == name])
    ]
    held = held or [composer.line("summary.held_none")]
    if agreed := list(agreements(composer)):
        count = composer.number_of("agreed targets", agreed, "count of the targets that were negotiated")
        held.append(composer.line("summary.agreed", count=count))
    yield run_on(held)
    yield _units_intro(composer)


def _moves(composer: TargetComposer) -> Iterable[Line]:
    """How many branches rise, fall and stay, and which rises and falls most."""
    number_of = composer.number_of
    old = [branch for branch in composer.result.branches if known(branch.rate)]
    up = sorted((branch for branch in old if rate_of(branch) > 0), key=rate_of, reverse=True)
    down = sorted((branch for branch in old if rate_of(branch) < 0), key=rate_of)
    same = [branch for branch in old if rate_of(branch) == 0]
    yield composer.line(
        "summary.moves",
        up=number_of("branches that rise", up, "count of the branches with a higher target"),
        down=number_of("branches that fall", down, "count of the branches with a lower target"),
        same=number_of("branches that stay", same, "count of the branches with the same target"),
    )
    for name, ordered in (("most", up), ("least", down)):
        if ordered:
            rate = composer.print(composer.size(ordered[0].rate))
            yield composer.line(f"summary.{name}", branch=ordered[0].names, rate=rate)


def _chart(composer: TargetComposer) -> Chart:
    """The change of each branch's target, greatest first."""
    words = composer.words
    branches = [branch for branch in composer.result.branches if known(branch.rate)]
    branches.sort(key=rate_of, reverse=True)
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", words["chart.rate"]),),
        xs=tuple((branch.id, branch.names) for branch in branches),
        points=tuple(Point("value", branch.id, composer.print(branch.rate)) for branch in branches),
        measure=words["chart.rate"],
        unit=composer.head("percent"),
        height_mm=10 + 4.2 * len(branches),
    )
    caption = composer.say("chart.rates", **composer.years)
    return composer.numbered(Chart(anchor="c-rates", caption=caption, spec=spec, data_table="t-branches"))


# ---- 2 the branches -----------------------------------------------------------------------------


def _branches(composer: TargetComposer) -> Table:
    result, branches = composer.result, composer.result.branches
    percent, total = composer.head("percent"), composer.total
    own = composer.scheme.branch_limits
    marks = {id_: chr(ord("c") + place) for place, id_ in enumerate(own)}
    column = composer.column
    columns: list[ColumnOf[BranchTarget]] = [
        column("column.last", lambda branch: branch.last, total=result.last),
        column(
            "column.index", lambda branch: branch.index, percent, total("", (one.index for one in branches))
        ),
        column(
            "column.share", lambda branch: branch.share, percent, total("", (one.share for one in branches))
        ),
        column(
            "column.before", lambda branch: branch.before, None, total("", (one.before for one in branches))
        ),
        column(
            "column.floor",
            lambda branch: branch.floor or "—",
            total=total("", (one.floor for one in branches if one.floor)),
        ),
        column(
            "column.ceiling",
            lambda branch: branch.ceiling or "—",
            total=total("", (one.ceiling for one in branches if one.ceiling)),
        ),
        column("column.target", composer.target_cell, total=result.total),
        column("column.change", lambda branch: branch.change, total=result.change),
        column("column.rate", lambda branch: branch.rate, percent, result.rate),
    ]
    table = composer.filled(
        Table(
            anchor="t-branches",
            caption=composer.say("branches.caption", **composer.years),
            stub=composer.words["column.branch"],
            unit=composer.head(composer.scheme.unit),
        ),
        columns,
        branches,
        lambda branch: branch.names,
        composer.words["table.total"],
        lambda branch: marks.get(branch.id, ""),
    )
    notes = [
        *composer.limit_notes(branches),
        *(Note(marks[id_], _own_limit(composer, id_)) for id_ in own),
        Note("", _default_limits(composer)),
    ]
    return composer.numbered(replace(table, notes=tuple(notes)))


def _limit(composer: TargetComposer, path: str, number: Fraction | None) -> Printed | Text:
    """A declared limit as a figure, or the word that there is none."""
    if number is None:
        return composer.words["limits.none"]
    return composer.print(composer.declared(path, number, f"limit {path}"))


def _default_limits(composer: TargetComposer) -> Line:
    limits = composer.scheme.limits
    return composer.line(
        "note.limits",
        floor=_limit(composer, "limits.floor", limits.floor),
        ceiling=_limit(composer, "limits.ceiling", limits.ceiling),
    )


def _own_limit(composer: TargetComposer, branch: str) -> Line:
    scheme = composer.scheme
    limits, place = scheme.branch_limits[branch], list(scheme.branch_limits).index(branch)
    return composer.line(
        "note.own",
        floor=_limit(composer, f"limit.{place}.floor", limits.floor),
        ceiling=_limit(composer, f"limit.{place}.ceiling", limits.ceiling),
        reason=composer.stated(limits.reason),
    )


def _factors(composer: TargetComposer) -> Table:
    """What the index is made from: the value of each factor."""
    result, words = composer.result, composer.words

    def column(place: int) -> ColumnOf[BranchTarget]:
        factor = composer.scheme.factors[place]
        unit = composer.head(shown(result.branches[0].parts[place].value).unit)
        mean = shown(result.means[factor.id])
        return ColumnOf(
            composer.stated(factor.label), lambda branch: shown(branch.parts[place].value), unit, mean
        )

    caption = composer.say("factors.caption", **composer.years)
    table = composer.filled(
        Table(anchor="t-factors", caption=caption, stub=words["column.branch"]),
        [column(place) for place in range(len(composer.scheme.factors))],
        result.branches,
        lambda branch: branch.names,
        words["column.mean"],
    )
    return composer.numbered(table)


def shown(value: Value) -> Value:
    """Sums of money that are factors stand in NT$ million: 412,000 million has no use for its last dollars."""
    return replace(value, unit="twd_million", digits=0) if value.unit.startswith("twd") else value


def _shares(composer: TargetComposer) -> Table:
    """The share of each branch by each factor, weighted: the parts of the index, which make it up."""
    words, branches = composer.words, composer.result.branches

    def column(place: int) -> ColumnOf[BranchTarget]:
        total = composer.total("", (branch.parts[place].weighted for branch in branches))
        label = composer.stated(composer.scheme.factors[place].label)
        return ColumnOf(label, lambda branch: branch.parts[place].weighted, total=total)

    weights = composer.weights
    first = composer.row(words["column.weight"], *weights, composer.total(" of weights", weights))
    whole = composer.total("", (branch.index for branch in branches))
    table = composer.filled(
        Table(
            anchor="t-shares",
            caption=words["shares.caption"],
            stub=words["column.branch"],
            unit=composer.head("percent"),
            notes=(composer.note("note.rounded"),),
            break_after=(1,),
        ),
        [
            *(column(place) for place in range(len(weights))),
            composer.column("column.index", lambda branch: branch.index, total=whole),
        ],
        branches,
        lambda branch: branch.names,
        words["table.total"],
    )
    return composer.numbered(replace(table, rows=(first, *table.rows)))


# ---- 3 the units --------------------------------------------------------------------------------


def _units_intro(composer: TargetComposer) -> Line:
    units = [unit for branch in composer.result.branches for unit in branch.units]
    short = [unit for unit in units if unit.months and unit.months.exact != 12]
    half = [unit for unit in units if unit.staffing and unit.staffing.exact != 1]
    new = [unit for unit in units if unit.new]
    number_of = composer.number_of
    return composer.line(
        "units.intro",
        units=number_of("units", units, "count of the units"),
        part=number_of("part-year units", short, "count of the units in service for less than 12 months"),
        half=number_of("half-staffed units", half, "count of the half-staffed units"),
        new=number_of("new units", new, "count of the new units"),
        closed=composer.count(
            "closed units",
            len(closed_units(composer.scheme, composer.dataset)),
            "count of the closed units",
            key=(("roc_year", composer.scheme.roc_year),),
        ),
    )


KEPT = 24  # rows of a table that stay on one page


def _units(composer: TargetComposer, branch: BranchTarget) -> Table:
    """All units of a branch: what they are set by, their share, before and after limits, the change."""
    words, scheme, units = composer.words, composer.scheme, branch.units
    percent, column, total, name = composer.head("percent"), composer.column, composer.total, f" {branch.id}"

    def by(place: int) -> ColumnOf[UnitTarget]:
        values = (unit.parts[place].value for unit in units if unit.parts)
        return ColumnOf(
            composer.stated(scheme.unit_factors[place].label),
            lambda unit: unit.parts[place].value if unit.parts else formats.SYMBOL["none"],
            total=total(name, values),
        )

    own = [place for place, one in enumerate(scheme.unit_factors) if one.column != scheme.last_column]
    months, shares = (unit.months for unit in units if unit.months), (unit.share for unit in units)
    columns: list[ColumnOf[UnitTarget]] = [
        column(
            "column.last", lambda unit: unit.last, total=total(f"{name} last", (unit.last for unit in units))
        ),
        *(by(place) for place in own),
        column("column.months", lambda unit: unit.months, total=total(name, months)),
        column("column.staffing", lambda unit: unit.staffing, percent),
        column("column.branch_share", lambda unit: unit.share, percent, total(name, shares)),
        column("column.before", lambda unit: unit.before, total=total(name, (unit.before for unit in units))),
        column(
            "column.target", composer.target_cell, total=total(f"{name} new", (unit.target for unit in units))
        ),
        column("column.change", lambda unit: unit.change),
        column("column.rate", lambda unit: unit.rate, percent),
    ]
    frame = Table(
        anchor=f"u-{branch.id}",
        caption=composer.say("units.caption", branch=branch.names),
        stub=words["column.unit"],
        unit=composer.head(scheme.unit),
        notes=composer.unit_notes(units),
        break_after=tuple(range(5, len(units), 5)),
        flows=len(units) >= KEPT,
    )
    table = composer.filled(
        frame,
        columns,
        units,
        lambda unit: composer.stated(unit.id),
        words["table.total"],
        lambda unit: "n" if unit.new else "",
    )
    return composer.numbered(table)
