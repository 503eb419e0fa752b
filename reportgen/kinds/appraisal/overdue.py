"""逾期未結案件: overdue cases by branch and case type, and those beyond the five years of Article 7 of the Act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from reportgen.errors import InputError, Place, Problem
from reportgen.kinds.appraisal.plan import OverduePlan
from reportgen.kinds.appraisal.scribe import Scribe
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
    Note,
    NoteBox,
    Paragraphs,
    Point,
    Row,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.tables import Dimension, Record, sources_of
from reportgen.wording import plain_line


class _Counts:
    """Sums over the rows of the period, exact, with the rows behind them."""

    def __init__(self, scribe: Scribe, plan: OverduePlan) -> None:
        dataset = scribe.material.dataset
        problems: list[Problem] = []
        place = Place(scribe.material.publication.file, column="overdue")
        table = dataset.tables.get(plan.table)
        if table is None:
            known = ", ".join(dataset.tables)
            raise InputError(
                Problem(
                    place,
                    f"there is no table {plan.table!r}; known: {known}",
                    f"沒有表格 {plan.table!r}；可用：{known}",
                )
            )
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
                    Problem(
                        place,
                        f"the table {plan.table} has no column {name!r}; it has {known}",
                        f"表格 {plan.table} 沒有欄位 {name!r}；可用：{known}",
                    )
                )
        members = [c.name for c in table.columns.values() if c.type == "member"]
        branch = next((name for name in members if name != plan.by), "")
        if not problems and (plan.by not in members or not branch):
            problems.append(
                Problem(
                    place,
                    f"the table {plan.table} needs two columns of members: one of branches, and {plan.by!r}",
                    f"表格 {plan.table} 須有兩個成員欄位：分署與 {plan.by!r}",
                )
            )
        if problems:
            raise InputError(problems)
        self.table, self.plan = table, plan
        self.branches: Dimension = dataset.dimensions[table.columns[branch].dimension]
        self.types: Dimension = dataset.dimensions[table.columns[plan.by].dimension]
        self.by_branch = branch
        self.records = [r for r in table.records if self._in_period(scribe, r, dataset.time)]
        if not self.records:
            said = scribe.period.said()
            raise InputError(
                Problem(
                    Place(table.file, table.sheet),
                    f"there is no row of {said.en} (the last month of it)",
                    f"沒有{said.zh}（期末月份）之資料列",
                )
            )

    def cell(self, record: Record, name: str) -> object:
        return record.cells[name] if name in record.cells else record.key[self.table.key.index(name)]

    def _in_period(self, scribe: Scribe, record: Record, time: str) -> bool:
        """Rows of the year, of its last month where there are months."""
        if time in self.table.columns and int(str(self.cell(record, time))) != scribe.period.year:
            return False
        month = self.plan.month
        return not month or int(str(self.cell(record, month))) == scribe.period.month

    def of(self, name: str, branch: str = "", kind: str = "") -> Value:
        rows = [
            record
            for record in self.records
            if (not branch or self.cell(record, self.by_branch) == branch)
            and (not kind or self.cell(record, self.plan.by) == kind)
        ]
        numbers = [number for r in rows if isinstance(number := self.cell(r, name), Fraction)]
        exact = sum(numbers, Fraction(0))
        key = tuple(pair for pair in (("branch", branch), ("case_type", kind)) if pair[1])
        worked = " + ".join(str(number) for number in numbers[:20])
        return Value(
            f"overdue.{name}",
            key,
            exact,
            "case",
            0,
            f"sum({name})",
            worked,
            sources_of(self.table, rows, name),
        )

    def share(self, branch: str = "", kind: str = "") -> Value:
        above, below = self.of(self.plan.overdue, branch, kind), self.of(self.plan.pending, branch, kind)
        assert isinstance(above.exact, Fraction) and isinstance(below.exact, Fraction)
        exact = above.exact / below.exact if below.exact else Fraction(0)
        return Value(
            "overdue.share", above.key, exact, "percent", 1, "overdue / pending", f"{above.exact} / {below.exact}",
            (*above.sources, *below.sources),
        )  # fmt: skip


def overdue(scribe: Scribe, plan: OverduePlan) -> list[Block]:
    counts = _Counts(scribe, plan)
    words = scribe.words
    branches = _present(counts, counts.branches, counts.by_branch)
    types = _present(counts, counts.types, plan.by)
    worst = max(branches, key=lambda id_: _number(counts.share(id_)))
    summary = scribe.line(
        "overdue.summary", end=scribe.period.end_said(),
        pending=scribe.print(counts.of(plan.pending)), overdue=scribe.print(counts.of(plan.overdue)),
        share=scribe.print(counts.share()), beyond=scribe.print(counts.of(plan.beyond_five)),
        branch=scribe.branch(worst), worst=scribe.print(counts.share(worst)),
    )  # fmt: skip
    blocks: list[Block] = [
        Section("1", words["section.overdue"], "s-overdue", flow=True),
        Paragraphs((summary,)),
        _by(scribe, counts, "types", types, lambda id_: {"kind": id_}, counts.types),
        _by(scribe, counts, "branches", branches, lambda id_: {"branch": id_}, counts.branches),
        _chart(scribe, counts, branches),
        _crossed(scribe, counts, "overdue", plan.overdue, branches, types),
        _crossed(scribe, counts, "beyond", plan.beyond_five, branches, types),
    ]
    lines = [plain_line(plan.note)] if plan.note else []
    return [*blocks, NoteBox(words["overdue.limits"], (*lines, plain_line(words["overdue.article"])))]


def _present(counts: _Counts, dimension: Dimension, column: str) -> list[str]:
    there = {str(counts.cell(record, column)) for record in counts.records}
    return [member.id for member in dimension.members if member.id in there and member.id != dimension.total]


def _by(
    scribe: Scribe, counts: _Counts, name: str, ids: Iterable[str],
    where: Callable[[str], dict[str, str]], dimension: Dimension,
) -> Table:  # fmt: skip
    words, plan = scribe.words, counts.plan

    def cells(given: dict[str, str]) -> tuple[Cell, ...]:
        values = [counts.of(column, **given) for column in (plan.pending, plan.overdue)]
        return (
            *(Cell(scribe.print(value)) for value in values),
            Cell(scribe.print(counts.share(**given))),
            Cell(scribe.print(counts.of(plan.beyond_five, **given))),
        )

    rows = [Row(words["overdue.total"], cells({}), "total")]
    rows += [Row(_label(scribe, dimension, id_), cells(where(id_))) for id_ in ids]
    case = scribe.units["case"].head
    columns = (
        Column(words["overdue.pending"], case), Column(words["overdue.overdue"], case),
        Column(words["overdue.share"], scribe.units["percent"].head), Column(words["overdue.beyond"], case),
    )  # fmt: skip
    label, number = scribe.table_name()
    return Table(
        label,
        number,
        f"t-overdue-{name}",
        words[f"overdue.{name}"],
        dimension.label,
        columns,
        tuple(rows),
        None,
        (),
    )


def _crossed(
    scribe: Scribe, counts: _Counts, name: str, column: str, branches: Sequence[str], types: Sequence[str]
) -> Table:
    values = {(b, t): counts.of(column, b, t) for b in branches for t in types}
    most = max((_number(value) for value in values.values()), default=Fraction(1)) or Fraction(1)
    rows = [
        Row(
            scribe.words["overdue.total"],
            (
                *(Cell(scribe.print(counts.of(column, kind=t))) for t in types),
                Cell(scribe.print(counts.of(column))),
            ),
            "total",
        )
    ]
    for branch in branches:
        cells = [
            Cell(scribe.print(values[branch, t]), shade=float(_number(values[branch, t]) / most))
            for t in types
        ]
        rows.append(
            Row(
                _label(scribe, counts.branches, branch),
                (*cells, Cell(scribe.print(counts.of(column, branch)))),
            )
        )
    columns = (
        *(Column(_label(scribe, counts.types, t)) for t in types),
        Column(scribe.words["overdue.total"]),
    )
    label, number = scribe.table_name()
    notes: tuple[Note, ...] = ()
    return Table(
        label, number, f"t-{name}-crossed", scribe.words[f"overdue.{name}_crossed"], counts.branches.label, columns,
        tuple(rows), scribe.units["case"].head, notes,
    )  # fmt: skip


def _chart(scribe: Scribe, counts: _Counts, branches: Sequence[str]) -> Chart:
    shares = {id_: counts.share(id_) for id_ in branches}
    order = sorted(branches, key=lambda id_: _number(shares[id_]))
    axis = tuple((id_, _label(scribe, counts.branches, id_)) for id_ in order)
    marks = tuple(Point("value", id_, scribe.print(shares[id_])) for id_ in order)
    spec = ChartSpec(
        "ranked_bar", (Series("value", scribe.words["overdue.share"]),), axis, marks, scribe.words["overdue.share"],
        scribe.units["percent"].head, better="low", height_mm=14 + 6.2 * len(marks),
    )  # fmt: skip
    name, number = scribe.chart_name()
    return Chart(name, number, "c-overdue", scribe.words["overdue.chart"], spec, ())


def _label(scribe: Scribe, dimension: Dimension, id_: str) -> Text:
    return dimension.member(id_).name_in(scribe.period.year)


def _number(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact
