"""執行態度考核: the scores of every member of staff by month, months without one, averages, and what was said."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute import appraisal
from reportgen.compute.appraisal import Months
from reportgen.compute.rules.model import Decision
from reportgen.kinds.appraisal.composer import AppraisalComposer, Level
from reportgen.kinds.appraisal.plan import AttitudePlan
from reportgen.model import (
    EMPTY,
    Block,
    Cell,
    Column,
    Gap,
    Line,
    Paragraphs,
    Row,
    Section,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.words import check_halves, plain_line


def attitude(composer: AppraisalComposer, level: Level, plan: AttitudePlan) -> list[Block]:
    """A table of months for each branch, then the comments."""
    found = of_months(composer, level, plan)
    decisions = level.of(composer.branch_only)
    by_branch: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_branch.setdefault(decision.person.branch, []).append(decision)
    blocks: list[Block] = [
        Section(number="1", title=composer.words["section.attitude"], anchor="s-attitude", flow=True),
        Paragraphs((_summary(composer, plan, [found[d.person.id] for d in decisions]),)),
    ]
    order = [m.id for d in composer.material.dataset.dimensions.values() for m in d.members]
    branches = sorted(by_branch, key=lambda id_: order.index(id_) if id_ in order else len(order))
    for branch in branches:
        people = sorted(by_branch[branch], key=lambda d: d.person.id)
        blocks.append(_months(composer, branch, people, found))
    if plan.comment:
        blocks.append(
            Section(number="2", title=composer.words["section.comments"], anchor="s-comments", flow=True)
        )
        comments = _comments(composer, plan, branches, by_branch, found)
        blocks.append(comments or Paragraphs((plain_line(composer.words["attitude.no_comments"]),)))
    return blocks


def of_months(composer: AppraisalComposer, level: Level, plan: AttitudePlan) -> dict[str, Months]:
    """Each person's months by the items of the scheme."""
    scheme = level.scheme
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
    columns_of = composer.material.dataset.tables[columns[0].table].columns
    lost = [
        name
        for name in (scheme.month, plan.assessor, plan.comment, plan.comment_en)
        if name and name not in columns_of
    ]
    if lost or not scheme.month:
        raise InputError(
            problem(
                Place(composer.material.publication.file, column="attitude"),
                "appraisal.table_has_no_column",
                table=columns[0].table,
                columns_of=[*columns_of],
                it=Text(
                    "、".join(lost) or "（月份，請於規則寫 month）",
                    ", ".join(lost) or "of months (write month in the rules)",
                ),
            )
        )
    assessment = appraisal.Assessment(
        table=columns[0].table,
        by=columns[0].by,
        items=tuple((column.of, item.weight) for column, item in zip(columns, scheme.items, strict=True)),
        least=min(plan.least_months, level.period.month),
        digits=2,
    )
    return appraisal.months(level.book, level.period, assessment)


def _summary(composer: AppraisalComposer, plan: AttitudePlan, people: Sequence[Months]) -> Line:
    count = composer.count("attitude.people", len(people), "count of staff", unit="person")
    with_gaps = sum(bool(one.missing) for one in people)
    without = sum(isinstance(one.average.exact, Gap) for one in people)
    least = composer.count(
        "attitude.least", min(plan.least_months, composer.period.month), "declared", unit="month"
    )
    return composer.line(
        "attitude.summary",
        period=composer.period.said(),
        people=count,
        least=least,
        gaps=composer.count(
            "attitude.with_gaps", with_gaps, "count of staff with a month missing", unit="person"
        ),
        without=composer.count(
            "attitude.without", without, "count of staff without an average", unit="person"
        ),
    )


def _months(
    composer: AppraisalComposer, branch: str, people: Sequence[Decision], found: dict[str, Months]
) -> Table:
    words = composer.words
    rows: list[Row] = []
    posts = _posts(composer, people)
    for post in posts:
        if len(posts) > 1:
            rows.append(Row(head=post, cells=(), role="group"))
        for decision in people:
            if decision.person.post != post:
                continue
            months = found[decision.person.id]
            cells = [Cell(composer.print(month.score), shade=_shade(month.score)) for month in months.months]
            cells += [Cell(composer.print(months.assessed)), Cell(composer.print(months.average))]
            rows.append(Row(head=composer.named(decision.person, True), cells=tuple(cells)))
    columns: list[Column] = []
    columns += [
        Column(composer.say("attitude.month", month=_of_year(month)))
        for month in range(1, composer.period.month + 1)
    ]
    columns += [Column(words["attitude.assessed"]), Column(words["attitude.average"])]
    name, number = composer.name_of_next("table")
    caption = words["section.attitude"]
    if branch:
        caption = composer.say("attitude.caption", branch=composer.branch(branch))
    return Table(
        name=name,
        number=number,
        anchor=f"t-{branch or 'all'}-months",
        caption=caption,
        stub=words["who.attitude"],
        columns=tuple(columns),
        rows=tuple(rows),
        unit=composer.units["score"].head,
        notes=(composer.note("attitude.note"),),
        flows=True,
    )


def _posts(composer: AppraisalComposer, people: Sequence[Decision]) -> list[Text]:
    """In the order in which the dataset declares the posts."""
    declared = [
        m.name_in(composer.period.year)
        for d in composer.material.dataset.dimensions.values()
        for m in d.members
    ]
    posts = dict.fromkeys(decision.person.post for decision in people)
    return sorted(posts, key=lambda post: declared.index(post) if post in declared else len(declared))


def _comments(
    composer: AppraisalComposer,
    plan: AttitudePlan,
    branches: Sequence[str],
    by_branch: dict[str, list[Decision]],
    found: dict[str, Months],
) -> Table | None:
    rows: list[Row] = []
    problems: list[Problem] = []
    with_branch = not composer.branch_only and list(branches) != [""]
    columns = [
        *([Column(composer.words["attitude.branch"])] if with_branch else []),
        Column(composer.words["attitude.in_month"]),
        *([Column(composer.words["attitude.assessor"])] if plan.assessor else []),
        Column(composer.words["attitude.comment"]),
    ]
    for branch in branches:
        for decision in sorted(by_branch[branch], key=lambda d: d.person.id):
            for month in found[decision.person.id].months:
                zh = month.said.get(plan.comment, EMPTY).zh.strip()
                en = month.said.get(plan.comment_en, EMPTY).zh.strip()
                if zh in ("", "-") and en in ("", "-"):
                    continue
                problems += _halves(month.place, plan, zh, en)
                cells = [Cell(text=composer.branch(branch))] if with_branch else []
                cells.append(Cell(text=composer.say("attitude.month", month=_of_year(month.number))))
                if plan.assessor:
                    cells.append(Cell(text=month.said[plan.assessor]))
                cells.append(Cell(text=Text(zh, en)))
                rows.append(Row(head=composer.named(decision.person, True), cells=tuple(cells)))
    if problems:
        raise InputError(problems)
    if not rows:
        return None
    return Table(
        name=EMPTY,
        number="",
        anchor="t-comments",
        caption=composer.words["attitude.comments"],
        stub=composer.words["who.attitude"],
        columns=tuple(columns),
        rows=tuple(rows),
        unit=None,
        notes=(),
        flows=True,
    )


def _halves(place: Place | None, plan: AttitudePlan, zh: str, en: str) -> list[Problem]:
    """A comment in one language alone, or with other numbers, would make two documents of one."""
    assert place is not None
    for half, column in ((zh, plan.comment), (en, plan.comment_en)):
        if half in ("", "-"):
            return [problem(replace(place, column=column), "appraisal.comment_lacks_half")]
    return check_halves(Text(zh, en), replace(place, column=plan.comment_en))


def _of_year(month: int) -> Text:
    return Text(str(month), calendar.month_abbr[month])


def _shade(score: Value) -> float | None:
    if not isinstance(score.exact, Fraction):
        return None
    return float(min(max((score.exact - 60) / 40, Fraction(0)), Fraction(1)))
