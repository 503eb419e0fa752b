"""逾期未結案件: overdue cases by branch and case type, and those beyond the five years of Article 7 of the Act."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reportgen.kinds.appraisal.composer import AppraisalComposer, number
from reportgen.kinds.appraisal.plan import OverduePlan
from reportgen.kinds.forms import joined
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Exact,
    Gap,
    Line,
    NoteBox,
    Paragraphs,
    Point,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.hints import at_most
from reportgen.model.messages import message
from reportgen.read.tables import Dimension, Record, sources_of
from reportgen.read.tables import Table as SourceTable
from reportgen.read.words import Slot, plain_line


class _Counts:
    """Sums over the rows of the period, exact, with the rows behind them; `by_branch` is the column of branches."""

    def __init__(self, composer: AppraisalComposer, plan: OverduePlan) -> None:
        dataset = composer.dataset
        self.plan, self.period = plan, composer.period
        self.table, self.by_branch = _table(composer, plan)
        columns = self.table.columns
        self.branches = dataset.dimensions[columns[self.by_branch].dimension]
        self.types = dataset.dimensions[columns[plan.by].dimension]
        self.records = [
            record
            for record in self.table.records
            if self._in_period(record, dataset.time)
            and self.cell(record, self.by_branch) != self.branches.total  # its parts are added up here
            and self.cell(record, plan.by) != self.types.total
        ]
        if faults := [fault for record in self.records for fault in self._more_than_pending(record)]:
            raise InputError(at_most(faults))
        if not self.records:
            place = Place(self.table.file, self.table.sheet)
            raise InputError(problem(place, "appraisal.is_no_row_last_month", said=self.period.said()))

    def cell(self, record: Record, name: str) -> object:
        return record.cells[name] if name in record.cells else record.key[self.table.key.index(name)]

    def _in_period(self, record: Record, time: str) -> bool:
        """Rows of the year, of its last month where there are months."""
        if time in self.table.columns and str(self.cell(record, time)) != str(self.period.year):
            return False
        month = self.plan.month
        return not month or str(self.cell(record, month)) == str(self.period.month)

    def _more_than_pending(self, record: Record) -> Iterator[Problem]:
        """What is overdue or beyond five years is a part of what is pending."""
        whole = self.cell(record, self.plan.pending)
        for name in (self.plan.overdue, self.plan.beyond_five):
            part = self.cell(record, name)
            if isinstance(whole, Fraction) and isinstance(part, Fraction) and part > whole:
                place = self.table.place(record, name)
                yield problem(place, "appraisal.is_more_than_are_pending", part=part, whole=whole)

    def present(self, dimension: Dimension, column: str) -> list[str]:
        """The members of a dimension that the rows hold."""
        there = {str(self.cell(record, column)) for record in self.records}
        return [
            member.id for member in dimension.members if member.id in there and member.id != dimension.total
        ]

    def of(self, name: str, branch: str = "", kind: str = "") -> Value:
        rows = [
            record
            for record in self.records
            if (not branch or self.cell(record, self.by_branch) == branch)
            and (not kind or self.cell(record, self.plan.by) == kind)
        ]
        cells = [self.cell(record, name) for record in rows]
        numbers = [cell for cell in cells if isinstance(cell, Fraction)]
        gap = next((cell for cell in cells if isinstance(cell, Gap)), None)  # a sum without a part is no sum
        exact: Exact = gap or sum(numbers, Fraction(0))
        key = tuple(pair for pair in (("branch", branch), ("case_type", kind)) if pair[1])
        worked = " + ".join(str(number) for number in numbers[:20])
        return Value(
            metric=f"overdue.{name}",
            key=key,
            exact=exact,
            unit="case",
            digits=0,
            formula=f"sum({name})",
            worked=worked,
            sources=sources_of(self.table, rows, name),
        )

    def share(self, branch: str = "", kind: str = "") -> Value:
        above, below = self.of(self.plan.overdue, branch, kind), self.of(self.plan.pending, branch, kind)
        exact: Exact
        worked = ""
        if isinstance(above.exact, Gap) or isinstance(below.exact, Gap):
            exact = above.exact if isinstance(above.exact, Gap) else below.exact
        elif not below.exact:
            exact = Gap("undefined", message("appraisal.no_case_is_pending"))
        else:
            exact, worked = above.exact / below.exact, f"{above.exact} / {below.exact}"
        return Value(
            metric="overdue.share",
            key=above.key,
            exact=exact,
            unit="percent",
            digits=1,
            formula="overdue / pending",
            worked=worked,
            sources=(*above.sources, *below.sources),
        )


def _table(composer: AppraisalComposer, plan: OverduePlan) -> tuple[SourceTable, str]:
    """The table that the plan names, and its column of branches; InputError where it cannot be counted."""
    table = composer.dataset.tables.get(plan.table)
    if table is None:
        slots = {"table": plan.table, "known": [*composer.dataset.tables]}
        raise InputError(problem(plan.spot.at("table"), "appraisal.is_no_table", **slots))
    named = {key: getattr(plan, key) for key in ("by", "pending", "overdue", "beyond_five", "month")}
    if lost := [key for key, name in named.items() if name and name not in table.columns]:
        raise InputError(
            problem(
                plan.spot.at(key),
                "appraisal.table_has_no_column_2",
                table=plan.table,
                name_=named[key],
                known=[*table.columns],
            )
            for key in lost
        )
    members = [column.name for column in table.columns.values() if column.type == "member"]
    branch = next((name for name in members if name != plan.by), "")
    problems = list(_columns(table, plan))
    if plan.by in members and table.columns[plan.by].dimension == "branch":
        problems.append(problem(plan.spot.at("by"), "appraisal.is_column_branches", by=plan.by))
    elif plan.by not in members or not branch:
        slots = {"table": plan.table, "by": plan.by}
        problems.append(problem(plan.spot.at("by"), "appraisal.table_needs_two_columns_members", **slots))
    if problems:
        raise InputError(problems)
    return table, branch


def _columns(table: SourceTable, plan: OverduePlan) -> Iterator[Problem]:
    """Cases are counted in whole numbers, and a stock is of one moment: months are not added up."""
    for key in ("pending", "overdue", "beyond_five"):
        name = getattr(plan, key)
        if table.columns[name].type != "whole":
            slots = {"table": plan.table, "name_": name}
            yield problem(plan.spot.at(key), "appraisal.is_no_column_whole_numbers", **slots)
    months = [name for name in table.key if table.columns[name].unit == "month"]
    if months and not plan.month:
        yield problem(plan.spot.at(), "appraisal.table_is_month", table=plan.table, months=months[0])


def overdue(composer: AppraisalComposer, plan: OverduePlan) -> list[Block]:
    counts, words = _Counts(composer, plan), composer.words
    said = [plan.note, words["overdue.article"]]
    return [
        Section(number="1", title=words["section.overdue"], anchor="s-overdue", flow=True),
        Paragraphs((_summary(composer, counts),)),
        _by(composer, counts, "types"),
        _by(composer, counts, "branches"),
        *_chart(composer, counts),
        _crossed(composer, counts, "overdue", plan.overdue),
        _crossed(composer, counts, "beyond", plan.beyond_five),
        NoteBox(words["overdue.limits"], tuple(plain_line(composer.stated(text)) for text in said if text)),
    ]


def _summary(composer: AppraisalComposer, counts: _Counts) -> Line:
    """Where a count is not known, no branch is called the worst."""
    plan = counts.plan
    slots: dict[str, Slot] = {
        "end": composer.stated(composer.period.end_said()),
        "pending": composer.print(counts.of(plan.pending)),
        "overdue": composer.print(counts.of(plan.overdue)),
        "share": composer.print(counts.share()),
        "beyond": composer.print(counts.of(plan.beyond_five)),
    }
    shares = _shares(counts)
    known = {id_: share.exact for id_, share in shares.items() if isinstance(share.exact, Fraction)}
    if len(shares) < 2 or len(known) < len(shares):
        return composer.line("overdue.summary_only", **slots)
    worst = [id_ for id_, share in known.items() if share == max(known.values())]
    slots["branch"] = joined([composer.branch(id_) for id_ in worst])
    return composer.line("overdue.summary", **slots, worst=composer.print(shares[worst[0]]))


def _shares(counts: _Counts) -> dict[str, Value]:
    """The overdue share of each branch."""
    return {id_: counts.share(id_) for id_ in counts.present(counts.branches, counts.by_branch)}


def _by(composer: AppraisalComposer, counts: _Counts, name: str) -> Table:
    """A row for each case type or branch, below that of all."""
    words, plan = composer.words, counts.plan
    of_types = name == "types"
    dimension = counts.types if of_types else counts.branches
    case, percent = composer.head("case"), composer.head("percent")
    columns = (
        Column(words["overdue.pending"], case),
        Column(words["overdue.overdue"], case),
        Column(words["overdue.share"], percent),
        Column(words["overdue.beyond"], case),
    )

    def values(id_: str) -> tuple[Value, ...]:
        at = ("", id_) if of_types else (id_, "")
        return (
            counts.of(plan.pending, *at),
            counts.of(plan.overdue, *at),
            counts.share(*at),
            counts.of(plan.beyond_five, *at),
        )

    ids = counts.present(dimension, plan.by if of_types else counts.by_branch)
    rows = [
        composer.row(words["overdue.total"], *values(""), role="total"),
        *(composer.row(_label(composer, dimension, id_), *values(id_)) for id_ in ids),
    ]
    return composer.numbered(
        Table(
            anchor=f"t-overdue-{name}",
            caption=words[f"overdue.{name}"],
            stub=dimension.label,
            columns=columns,
            rows=tuple(rows),
        )
    )


def _crossed(composer: AppraisalComposer, counts: _Counts, name: str, column: str) -> Table:
    """Branches by case types, the fuller the darker."""
    total = composer.words["overdue.total"]
    branches = counts.present(counts.branches, counts.by_branch)
    types = counts.present(counts.types, counts.plan.by)
    values = {(branch, kind): counts.of(column, branch, kind) for branch in branches for kind in types}
    known = [value.exact for value in values.values() if isinstance(value.exact, Fraction)]
    most = max(known, default=Fraction(1)) or Fraction(1)

    def shaded(value: Value) -> Cell:
        shade = float(value.exact / most) if isinstance(value.exact, Fraction) else None
        return Cell(composer.print(value), shade=shade)

    of_types = (counts.of(column, kind=kind) for kind in types)
    rows = [composer.row(total, *of_types, counts.of(column), role="total")]
    for branch in branches:
        cells = (shaded(values[branch, kind]) for kind in types)
        label = _label(composer, counts.branches, branch)
        rows.append(composer.row(label, *cells, counts.of(column, branch)))
    heads = [*(_label(composer, counts.types, kind) for kind in types), total]
    return composer.numbered(
        Table(
            anchor=f"t-{name}-crossed",
            caption=composer.words[f"overdue.{name}_crossed"],
            stub=counts.branches.label,
            columns=tuple(map(Column, heads)),
            rows=tuple(rows),
            unit=composer.head("case"),
        )
    )


def _chart(composer: AppraisalComposer, counts: _Counts) -> list[Chart]:
    words = composer.words
    known = {id_: share for id_, share in _shares(counts).items() if isinstance(share.exact, Fraction)}
    if not known:
        return []
    order = sorted(known, key=lambda id_: number(known[id_]))
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", words["overdue.share"]),),
        xs=tuple((id_, _label(composer, counts.branches, id_)) for id_ in order),
        points=tuple(Point("value", id_, composer.print(known[id_])) for id_ in order),
        measure=words["overdue.share"],
        unit=composer.head("percent"),
        better="low",
        height_mm=14 + 6.2 * len(order),
    )
    return [composer.numbered(Chart(anchor="c-overdue", caption=words["overdue.chart"], spec=spec))]


def _label(composer: AppraisalComposer, dimension: Dimension, id_: str) -> Text:
    return composer.stated(dimension.member(id_).name_in(composer.year))
