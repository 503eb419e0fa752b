"""逾期未結案件: overdue cases by branch and case type, and those beyond the five years of Article 7 of the Act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from reportgen.kinds.appraisal.composer import AppraisalComposer
from reportgen.kinds.appraisal.plan import OverduePlan
from reportgen.kinds.papers import joined
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Exact,
    Gap,
    Line,
    Note,
    NoteBox,
    Paragraphs,
    Point,
    Printed,
    Row,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read.tables import Dimension, Record, sources_of
from reportgen.read.tables import Table as SourceTable
from reportgen.read.toml import at_most
from reportgen.read.words import plain_line


class _Counts:
    """Sums over the rows of the period, exact, with the rows behind them."""

    def __init__(self, composer: AppraisalComposer, plan: OverduePlan) -> None:
        dataset = composer.material.dataset
        problems: list[Problem] = []
        place = Place(composer.material.publication.file, column="overdue")
        table = dataset.tables.get(plan.table)
        if table is None:
            known = ", ".join(dataset.tables)
            raise InputError(problem(place, "appraisal.is_no_table", table=plan.table, known=known))
        for name in (
            plan.by,
            plan.pending,
            plan.overdue,
            plan.beyond_five,
            *([plan.month] if plan.month else []),
        ):
            if name not in table.columns:
                known = ", ".join(table.columns)
                problems.append(
                    problem(
                        place, "appraisal.table_has_no_column_2", table=plan.table, name_=name, known=known
                    )
                )
        problems += [] if problems else _columns(table, plan, place)
        members = [c.name for c in table.columns.values() if c.type == "member"]
        branch = next((name for name in members if name != plan.by), "")
        if not problems and plan.by in members and table.columns[plan.by].dimension == "branch":
            problems.append(problem(place, "appraisal.is_column_branches", by=plan.by))
        if not problems and (plan.by not in members or not branch):
            problems.append(
                problem(place, "appraisal.table_needs_two_columns_members", table=plan.table, by=plan.by)
            )
        if problems:
            raise InputError(problems)
        self.table, self.plan = table, plan
        self.branches: Dimension = dataset.dimensions[table.columns[branch].dimension]
        self.types: Dimension = dataset.dimensions[table.columns[plan.by].dimension]
        self.by_branch = branch
        self.records = [
            r
            for r in table.records
            if self._in_period(composer, r, dataset.time)
            and self.cell(r, branch) != self.branches.total  # its parts are added up here
            and self.cell(r, plan.by) != self.types.total
        ]
        if faults := [fault for record in self.records for fault in self._more_than_pending(record)]:
            raise InputError(at_most(faults))
        if not self.records:
            said = composer.period.said()
            raise InputError(
                problem(Place(table.file, table.sheet), "appraisal.is_no_row_last_month", said=said)
            )

    def cell(self, record: Record, name: str) -> object:
        return record.cells[name] if name in record.cells else record.key[self.table.key.index(name)]

    def _in_period(self, composer: AppraisalComposer, record: Record, time: str) -> bool:
        """Rows of the year, of its last month where there are months."""
        if time in self.table.columns and str(self.cell(record, time)) != str(composer.period.year):
            return False
        month = self.plan.month
        return not month or str(self.cell(record, month)) == str(composer.period.month)

    def _more_than_pending(self, record: Record) -> Iterator[Problem]:
        """What is overdue or beyond five years is a part of what is pending."""
        whole = self.cell(record, self.plan.pending)
        for name in (self.plan.overdue, self.plan.beyond_five):
            part = self.cell(record, name)
            if isinstance(whole, Fraction) and isinstance(part, Fraction) and part > whole:
                yield problem(
                    Place(self.table.file, self.table.sheet, record.row, name),
                    "appraisal.is_more_than_are_pending",
                    part=part,
                    whole=whole,
                )

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
        if isinstance(above.exact, Gap):
            exact = above.exact
        elif isinstance(below.exact, Gap):
            exact = below.exact
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


def _columns(table: SourceTable, plan: OverduePlan, place: Place) -> list[Problem]:
    """Cases are counted in whole numbers, and a stock is of one moment: months are not added up."""
    found = [
        problem(place, "appraisal.is_no_column_whole_numbers", table=plan.table, name_=name)
        for name in (plan.pending, plan.overdue, plan.beyond_five)
        if table.columns[name].type != "whole"
    ]
    months = [name for name in table.key if table.columns[name].unit == "month"]
    if months and not plan.month:
        found.append(problem(place, "appraisal.table_is_month", table=plan.table, months=months[0]))
    return found


def overdue(composer: AppraisalComposer, plan: OverduePlan) -> list[Block]:
    counts = _Counts(composer, plan)
    words = composer.words
    branches = _present(counts, counts.branches, counts.by_branch)
    types = _present(counts, counts.types, plan.by)
    blocks: list[Block] = [
        Section(number="1", title=words["section.overdue"], anchor="s-overdue", flow=True),
        Paragraphs((_summary(composer, counts, branches),)),
        _by(composer, counts, "types", types, lambda id_: {"kind": id_}, counts.types),
        _by(composer, counts, "branches", branches, lambda id_: {"branch": id_}, counts.branches),
        *_chart(composer, counts, branches),
        _crossed(composer, counts, "overdue", plan.overdue, branches, types),
        _crossed(composer, counts, "beyond", plan.beyond_five, branches, types),
    ]
    lines = [plain_line(plan.note)] if plan.note else []
    return [*blocks, NoteBox(words["overdue.limits"], (*lines, plain_line(words["overdue.article"])))]


def _summary(composer: AppraisalComposer, counts: _Counts, branches: Sequence[str]) -> Line:
    """Where a count is not known, no branch is called the worst."""
    plan = counts.plan
    given: dict[str, Text | Printed] = {
        "end": composer.period.end_said(),
        "pending": composer.print(counts.of(plan.pending)),
        "overdue": composer.print(counts.of(plan.overdue)),
        "share": composer.print(counts.share()),
        "beyond": composer.print(counts.of(plan.beyond_five)),
    }
    shares = {id_: counts.share(id_) for id_ in branches}
    if len(branches) < 2 or any(isinstance(share.exact, Gap) for share in shares.values()):
        return composer.line("overdue.summary_only", **given)
    most = max(_number(share) for share in shares.values())
    worst = [id_ for id_ in branches if _number(shares[id_]) == most]
    return composer.line(
        "overdue.summary",
        **given,
        branch=joined([composer.branch(id_) for id_ in worst]),
        worst=composer.print(shares[worst[0]]),
    )


def _present(counts: _Counts, dimension: Dimension, column: str) -> list[str]:
    there = {str(counts.cell(record, column)) for record in counts.records}
    return [member.id for member in dimension.members if member.id in there and member.id != dimension.total]


def _by(
    composer: AppraisalComposer,
    counts: _Counts,
    name: str,
    ids: Iterable[str],
    where: Callable[[str], dict[str, str]],
    dimension: Dimension,
) -> Table:
    words, plan = composer.words, counts.plan

    def cells(given: dict[str, str]) -> tuple[Cell, ...]:
        values = [counts.of(column, **given) for column in (plan.pending, plan.overdue)]
        return (
            *(Cell(composer.print(value)) for value in values),
            Cell(composer.print(counts.share(**given))),
            Cell(composer.print(counts.of(plan.beyond_five, **given))),
        )

    rows = [Row(head=words["overdue.total"], cells=cells({}), role="total")]
    rows += [Row(head=_label(composer, dimension, id_), cells=cells(where(id_))) for id_ in ids]
    case = composer.units["case"].head
    columns = (
        Column(words["overdue.pending"], case),
        Column(words["overdue.overdue"], case),
        Column(words["overdue.share"], composer.units["percent"].head),
        Column(words["overdue.beyond"], case),
    )
    label, number = composer.name_of_next("table")
    return Table(
        name=label,
        number=number,
        anchor=f"t-overdue-{name}",
        caption=words[f"overdue.{name}"],
        stub=dimension.label,
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


def _crossed(
    composer: AppraisalComposer,
    counts: _Counts,
    name: str,
    column: str,
    branches: Sequence[str],
    types: Sequence[str],
) -> Table:
    values = {(b, t): counts.of(column, b, t) for b in branches for t in types}
    known = [value.exact for value in values.values() if isinstance(value.exact, Fraction)]
    most = max(known, default=Fraction(1)) or Fraction(1)
    rows = [
        Row(
            head=composer.words["overdue.total"],
            cells=(
                *(Cell(composer.print(counts.of(column, kind=t))) for t in types),
                Cell(composer.print(counts.of(column))),
            ),
            role="total",
        )
    ]
    for branch in branches:
        cells = [
            Cell(
                composer.print(value),
                shade=float(value.exact / most) if isinstance(value.exact, Fraction) else None,
            )
            for value in (values[branch, t] for t in types)
        ]
        rows.append(
            Row(
                head=_label(composer, counts.branches, branch),
                cells=(*cells, Cell(composer.print(counts.of(column, branch)))),
            )
        )
    columns = (
        *(Column(_label(composer, counts.types, t)) for t in types),
        Column(composer.words["overdue.total"]),
    )
    label, number = composer.name_of_next("table")
    notes: tuple[Note, ...] = ()
    return Table(
        name=label,
        number=number,
        anchor=f"t-{name}-crossed",
        caption=composer.words[f"overdue.{name}_crossed"],
        stub=counts.branches.label,
        columns=columns,
        rows=tuple(rows),
        unit=composer.units["case"].head,
        notes=notes,
    )


def _chart(composer: AppraisalComposer, counts: _Counts, branches: Sequence[str]) -> list[Chart]:
    shares = {id_: counts.share(id_) for id_ in branches}
    drawn = [id_ for id_ in branches if isinstance(shares[id_].exact, Fraction)]
    if not drawn:
        return []
    order = sorted(drawn, key=lambda id_: _number(shares[id_]))
    axis = tuple((id_, _label(composer, counts.branches, id_)) for id_ in order)
    marks = tuple(Point("value", id_, composer.print(shares[id_])) for id_ in order)
    spec = ChartSpec(
        form="ranked_bar",
        series=(Series("value", composer.words["overdue.share"]),),
        xs=axis,
        points=marks,
        measure=composer.words["overdue.share"],
        unit=composer.units["percent"].head,
        better="low",
        height_mm=14 + 6.2 * len(marks),
    )
    name, number = composer.name_of_next("chart")
    return [
        Chart(
            name=name,
            number=number,
            anchor="c-overdue",
            caption=composer.words["overdue.chart"],
            spec=spec,
            notes=(),
        )
    ]


def _label(composer: AppraisalComposer, dimension: Dimension, id_: str) -> Text:
    return dimension.member(id_).name_in(composer.period.year)


def _number(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact
