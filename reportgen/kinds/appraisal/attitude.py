"""執行態度考核: the scores of every member of staff by month, months without one, averages, and what was said."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from reportgen.compute import appraisal
from reportgen.compute.appraisal import Month, Months
from reportgen.compute.rules.model import Person
from reportgen.kinds.appraisal.composer import AppraisalComposer
from reportgen.kinds.appraisal.plan import AttitudePlan
from reportgen.kinds.compose import ColumnOf
from reportgen.model import (
    EMPTY,
    Block,
    Cell,
    Gap,
    Line,
    Paragraphs,
    Printed,
    Row,
    Section,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read import parity
from reportgen.read.parity import Glossary


def attitude(composer: AppraisalComposer, plan: AttitudePlan) -> list[Block]:
    """A table of months for each branch, then the comments."""
    words, months = composer.words, of_months(composer, plan)
    order = [member.id for d in composer.dataset.dimensions.values() for member in d.members]

    def place(person: Person) -> tuple[int, str, str]:
        number = order.index(person.branch) if person.branch in order else len(order)
        return number, person.branch, person.id

    people = sorted((decision.person for decision in composer.level.of(composer.branch_only)), key=place)
    entries = [(person, months[person.id]) for person in people]
    blocks: list[Block] = [
        Section(number="1", title=words["section.attitude"], anchor="s-attitude", flow=True),
        Paragraphs((_summary(composer, plan, [found for _, found in entries]),)),
    ]
    for branch, of_branch in groupby(entries, key=lambda entry: entry[0].branch):
        blocks.append(_months(composer, branch, list(of_branch)))
    if plan.comment:
        title = words["section.comments"]
        blocks.append(Section(number="2", title=title, anchor="s-comments", flow=True))
        blocks.append(_comments(composer, plan, entries))
    return blocks


Entry = tuple[Person, Months]


def of_months(composer: AppraisalComposer, plan: AttitudePlan) -> dict[str, Months]:
    """Each person's months by the items of the scheme."""
    level, scheme = composer.level, composer.level.scheme
    columns = [scheme.columns[item.column] for item in scheme.items]
    tables = {(column.kind, column.table, column.by) for column in columns}
    if len(tables) != 1 or columns[0].kind != "aggregate":
        raise InputError(
            problem(Place(scheme.file, column="item"), "appraisal.items_attitude_must_columns_one")
        )
    unused = [
        name
        for name, there in (
            ("bands", any(item.bands for item in scheme.items)),
            ("cap", any(item.cap is not None or item.floor is not None for item in scheme.items)),
            ("[[adjustment]]", bool(scheme.adjustments)),
            ("[[standard]]", bool(scheme.standards)),
            ("[score]", scheme.least is not None or scheme.most is not None),
            ("[[stage]]", bool(scheme.stages)),
            ("where", any(set(level.declared_scheme.columns[column.id].where) for column in columns)),
            ("take", any(column.take != "mean" for column in columns)),
        )
        if there
    ]
    if unused:
        raise InputError(
            problem(
                Place(scheme.file, column="item"), "appraisal.scores_month_are_mean_items", unused=[*unused]
            )
        )
    _check_columns(composer, plan, scheme.month, columns[0].table)
    assessment = appraisal.Assessment(
        table=columns[0].table,
        by=columns[0].by,
        items=tuple((column.of, item.weight) for column, item in zip(columns, scheme.items, strict=True)),
        least=min(plan.least_months, level.period.month),
        digits=2,
    )
    return appraisal.months(level.book, level.period, assessment)


def _check_columns(composer: AppraisalComposer, plan: AttitudePlan, month: str, table: str) -> None:
    """InputError where the table of marks lacks a column that the rules or the plan name."""
    columns_of = composer.material.dataset.tables[table].columns
    lost = [name for name in (month, plan.assessor, *plan.comments) if name and name not in columns_of]
    if lost or not month:
        raise InputError(
            problem(
                plan.spot.at(),
                "appraisal.table_has_no_column",
                table=table,
                columns_of=[*columns_of],
                it=lost or message("appraisal.of_months"),
            )
        )


def _summary(composer: AppraisalComposer, plan: AttitudePlan, people: Sequence[Months]) -> Line:
    def count(name: str, number: int, formula: str, unit: str = "person") -> Printed:
        return composer.count(f"attitude.{name}", number, formula, unit=unit)

    with_gaps = sum(bool(months.missing) for months in people)
    without = sum(isinstance(months.average.exact, Gap) for months in people)
    return composer.line(
        "attitude.summary",
        period=composer.said,
        people=count("people", len(people), "count of staff"),
        least=count("least", min(plan.least_months, composer.period.month), "declared", "month"),
        gaps=count("with_gaps", with_gaps, "count of staff with a month missing"),
        without=count("without", without, "count of staff without an average"),
    )


def _months(composer: AppraisalComposer, branch: str, entries: Sequence[Entry]) -> Table:
    """The scores of the staff of a branch by month; where there are several posts, each has a head."""
    words, last = composer.words, composer.period.month
    columns = [
        *(_month(composer, number) for number in range(1, last + 1)),
        composer.column("attitude.assessed", lambda entry: entry[1].assessed),
        composer.column("attitude.average", lambda entry: entry[1].average),
    ]
    caption = words["section.attitude"]
    if branch:
        caption = composer.say("attitude.caption", branch=composer.branch(branch))
    table = Table(
        anchor=f"t-{branch or 'all'}-months",
        caption=caption,
        stub=words["who.attitude"],
        unit=composer.head("score"),
        notes=(composer.note("attitude.note"),),
        flows=True,
        look="figures months whole",
    )
    rows: list[Row] = []
    posts = _posts(composer, entries)
    for post in posts:
        rows += [composer.row(composer.stated(post), role="group")] if len(posts) > 1 else []
        of_post = [entry for entry in entries if entry[0].post == post]
        table = composer.filled(table, columns, of_post, lambda entry: composer.named(entry[0]))
        rows += table.rows
    return composer.numbered(replace(table, rows=tuple(rows)))


def _month(composer: AppraisalComposer, number: int) -> ColumnOf[Entry]:
    def cell(entry: Entry) -> Cell:
        score = entry[1].months[number - 1].score
        return Cell(composer.print(score), shade=_shade(score))

    return ColumnOf(composer.say("attitude.month", month=composer.stated(_of_year(number))), cell)


def _posts(composer: AppraisalComposer, entries: Sequence[Entry]) -> list[Text]:
    """In the order in which the dataset declares the posts."""
    declared = [
        member.name_in(composer.year) for d in composer.dataset.dimensions.values() for member in d.members
    ]
    posts = dict.fromkeys(person.post for person, _ in entries)
    return sorted(posts, key=lambda post: declared.index(post) if post in declared else len(declared))


# ---- comments -----------------------------------------------------------------------------------


def _comments(composer: AppraisalComposer, plan: AttitudePlan, entries: Sequence[Entry]) -> Block:
    """The months with a comment; InputError for one in one language alone."""
    said = [
        (person, month)
        for person, months in entries
        for month in months.months
        if not set(_comment(plan, month)) <= {"", "-"}
    ]
    if problems := [fault for _, month in said for fault in _faults(plan, month, composer.material.glossary)]:
        raise InputError(problems)
    if not said:
        return Paragraphs((composer.line("attitude.no_comments"),))
    columns: list[ColumnOf[tuple[Person, Month]]] = []
    if not composer.branch_only and any(person.branch for person, _ in entries):
        columns.append(composer.column("attitude.branch", lambda entry: composer.branch(entry[0].branch)))
    columns.append(
        composer.column(
            "attitude.in_month",
            lambda entry: composer.say("attitude.month", month=composer.stated(_of_year(entry[1].number))),
        )
    )
    if plan.assessor:
        columns.append(
            composer.column("attitude.assessor", lambda entry: composer.stated(entry[1].said[plan.assessor]))
        )
    columns.append(
        composer.column("attitude.comment", lambda entry: composer.stated(Text(*_comment(plan, entry[1]))))
    )
    words = composer.words
    frame = Table(
        anchor="t-comments",
        caption=words["attitude.comments"],
        stub=words["who.attitude"],
        flows=True,
        look="comments whole",
    )
    return composer.filled(frame, columns, said, lambda entry: composer.named(entry[0]))


def _comment(plan: AttitudePlan, month: Month) -> tuple[str, str]:
    zh, en = (month.said.get(column, EMPTY).zh.strip() for column in plan.comments)
    return zh, en


def _faults(plan: AttitudePlan, month: Month, glossary: Glossary) -> list[Problem]:
    """A comment in one language alone, or with other numbers, would make two documents of one."""
    assert month.place is not None
    comment = Text(*_comment(plan, month))
    for half, column in zip((comment.zh, comment.en), plan.comments, strict=True):
        if half in ("", "-"):
            return [problem(replace(month.place, column=column), "appraisal.comment_lacks_half")]
    if comment.zh == comment.en:  # one column, where the paper is made in one language
        return []
    return parity.faults(comment, replace(month.place, column=plan.comments[-1]), glossary)


def _of_year(month: int) -> Text:
    return Text(str(month), calendar.month_abbr[month])


def _shade(score: Value) -> float | None:
    if not isinstance(score.exact, Fraction):
        return None
    return float(min(max((score.exact - 60) / 40, Fraction(0)), Fraction(1)))
