"""The league tables: ranks, what changed, points by item; the heat map of items × branches; the rules in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from reportgen.compute.exact import written
from reportgen.compute.ledger import counted
from reportgen.compute.rules.model import Check, Decision, Group, ItemScore
from reportgen.compute.rules.rules_in_words import RANKING, TIES
from reportgen.compute.rules.scores import Item
from reportgen.compute.rules.vacancies import Vacancy, vacancies
from reportgen.kinds.appraisal.composer import AppraisalComposer, number
from reportgen.kinds.compose import ColumnOf, Content
from reportgen.kinds.forms import begun, joined
from reportgen.model import (
    Block,
    Cell,
    Chart,
    ChartSpec,
    Gap,
    Line,
    Note,
    NoteBox,
    Paragraphs,
    Point,
    Section,
    Series,
    Table,
    Text,
    Value,
)
from reportgen.read.words import Slot, plain_line

MISSED = "†"
LEADING = 3  # items whose values stand beside the ranks
NAMED = 6  # of those who share a place in a sentence
VACANT_WIDTHS = (14, 34, 8, 26, 18)  # per cent of the columns, of which the last are two figures
KEPT = 24  # rows of a table that stay on one page


def league(composer: AppraisalComposer, decisions: Sequence[Decision]) -> list[Block]:
    """What was found in words, then a table of ranks for each group that is compared among itself."""
    blocks: list[Block] = [Paragraphs((_summary(composer, decisions),))]
    groups = {group.id: group for group in composer.level.result.groups}
    of_groups = groupby(decisions, key=lambda decision: decision.group)
    tables = [_ranks(composer, groups[id_], list(of_group)) for id_, of_group in of_groups]
    # The notes stand under the last of the tables.
    notes = tuple(_notes(composer, decisions[-1].standards))
    return [*blocks, *tables[:-1], replace(tables[-1], notes=notes)]


def _summary(composer: AppraisalComposer, decisions: Sequence[Decision]) -> Line:
    ranked = [decision for decision in decisions if decision.rank]
    slots: dict[str, Slot] = {
        "period": composer.said,
        "candidates": composer.count("appraisal.candidates", len(decisions), "count of who is appraised"),
        "measure": composer.measure(len(decisions)),
    }
    if not ranked:
        return composer.line("league.nobody", **slots)
    best, worst = max(ranked, key=_score), min(ranked, key=_score)
    assert best.score and worst.score
    slots |= {
        "highest": composer.print(best.score),
        "lowest": composer.print(worst.score),
        "best": _named(composer, [decision for decision in ranked if _score(decision) == _score(best)]),
        "worst": _named(composer, [decision for decision in ranked if _score(decision) == _score(worst)]),
    }
    firsts = [decision for decision in ranked if decision.rank == 1]
    if not firsts:
        return composer.line("league.summary_branch", **slots)
    slots["firsts"] = _named(composer, firsts)
    groups = len({decision.group for decision in decisions})
    if groups == 1:
        return composer.line("league.summary_single", **slots)
    slots["groups"] = composer.count("appraisal.groups", groups, "count of groups")
    return composer.line("league.summary", **slots)


def _named(composer: AppraisalComposer, decisions: Sequence[Decision]) -> Text:
    """Those who share a place, in a sentence; of many the first, and that there are others."""
    named = joined([composer.named(decision.person) for decision in decisions[:NAMED]])
    return named if len(decisions) <= NAMED else composer.say("league.others", named=named)


# ---- the tables of ranks ------------------------------------------------------------------------


def _ranks(composer: AppraisalComposer, group: Group, decisions: Sequence[Decision]) -> Table:
    """A group that is compared among itself."""
    words, level, none, column = composer.words, composer.level, composer.none, composer.column
    scheme = level.scheme
    with_branch = level.name != "branches" and not composer.branch_only and bool(scheme.candidates.branch)
    columns: list[ColumnOf[Decision]] = []
    if with_branch:
        columns.append(column("sheet.branch", lambda decision: composer.branch(decision.person.branch)))
    columns += [
        column("league.rank", lambda decision: rank_of(decision) or none),
        column("league.change", lambda decision: composer.change_of_rank(decision) or none),
        column("league.score", lambda decision: decision.score or none),
        column("league.ahead", lambda decision: level.ahead_of(decision) or none),
        *(_leading(composer, item) for item in scheme.items[:LEADING]),
        *(_standard(composer, place) for place in range(len(scheme.standards))),
    ]
    frame = Table(
        anchor=f"t-{level.name}-{group.id}{'-named' if with_branch else ''}",
        caption=composer.say("league.caption", group=composer.stated(begun(group.label))),
        stub=words[f"who.{level.name}"],
        flows=len(decisions) > KEPT,
        look="whole" if with_branch else "",
    )
    return composer.numbered(composer.filled(frame, columns, decisions, composer.head_of))


def rank_of(decision: Decision) -> Value | None:
    if decision.rank is None:
        return None
    return counted(
        "appraisal.rank",
        decision.rank,
        f"rank by score among {decision.of}",
        key=(("candidate", decision.person.id), ("group", decision.group)),
        sources=decision.score.sources if decision.score else (),
    )


def _leading(composer: AppraisalComposer, item: Item) -> ColumnOf[Decision]:
    """The values of an item; whoever has none of it is not scored."""
    unit = composer.head(composer.level.scheme.columns[item.column].unit)

    def value(decision: Decision) -> Content:
        return next((score.value for score in decision.items if score.item == item.id), composer.none)

    return ColumnOf(composer.stated(item.short or item.label), value, unit)


def _standard(composer: AppraisalComposer, place: int) -> ColumnOf[Decision]:
    """The values of a standard of control, marked where it is not met; what is not known has missed nothing."""
    scheme = composer.level.scheme
    standard = scheme.standards[place]

    def cell(decision: Decision) -> Content:
        check = decision.standards[place]
        assert isinstance(check.value, Value)
        missed = not check.passed and not isinstance(check.value.exact, Gap)
        return Cell(composer.print(check.value), mark=MISSED if missed else "")

    return ColumnOf(
        composer.stated(standard.label), cell, composer.head(scheme.columns[standard.column].unit)
    )


def _notes(composer: AppraisalComposer, checks: Iterable[Check]) -> Iterable[Note]:
    """The standards under the table, whose mark stands where one is not met; what a change of rank is."""
    for check in checks:
        threshold = check.threshold
        yield composer.note(
            "standard.note",
            mark=MISSED,
            standard=composer.stated(check.label),
            operator=composer.words[f"operator.{check.operator}"],
            threshold=composer.print(threshold) if isinstance(threshold, Value) else threshold,
        )
    yield composer.note("league.note", before=composer.said_before)


def _score(decision: Decision) -> Fraction:
    assert decision.score
    return number(decision.score)


# ---- points -------------------------------------------------------------------------------------


def points(composer: AppraisalComposer, decisions: Sequence[Decision]) -> Table:
    """The weighted points of each item, which add up to the score."""
    words, level = composer.words, composer.level
    columns = [_points(composer, item) for item in level.scheme.items]
    if level.scheme.adjustments:
        columns.append(
            composer.column("league.adjusted", lambda decision: composer.signed(_adjusted(decision)))
        )
    if any(decision.reviews for decision in decisions):
        columns.append(
            composer.column("reviews.points", lambda decision: composer.signed(_reviewed(decision)))
        )
    columns.append(composer.column("league.score", lambda decision: decision.score or composer.none))
    notes = [composer.note("league.points_note")]
    if level.scheme.least is not None or level.scheme.most is not None:
        notes.append(composer.note("league.limits_note"))
    breaks = [place for place, two in enumerate(pairwise(decisions), 1) if two[0].group != two[1].group]
    frame = Table(
        anchor=f"t-{level.name}-points",
        caption=words["league.points"],
        stub=words[f"who.{level.name}"],
        unit=composer.head("score"),
        notes=tuple(notes),
        break_after=tuple(breaks),
        flows=len(decisions) > KEPT,
    )
    return composer.numbered(composer.filled(frame, columns, decisions, composer.head_of))


def vacant(composer: AppraisalComposer) -> list[Block]:
    """The units that nobody held on some days of the period, and what was counted then: shown, and not ranked."""
    book, branch = composer.level.book, composer.branch_only
    found = [one for one in vacancies(book) if not branch or one.branch in ("", branch)]

    def spans(one: Vacancy) -> Text:
        return joined(
            [
                composer.say("vacancies.span", first=composer.day(a), last=composer.day(b))
                for a, b in one.spans
            ]
        )

    def amount(id_: str) -> Callable[[Vacancy], Value]:
        return lambda one: one.amounts[id_]

    columns = [
        composer.column("vacancies.when", spans),
        composer.column("vacancies.days", lambda one: one.days),
    ]
    specs = book.posted()[: len(VACANT_WIDTHS) - 3]
    for spec in specs:
        columns.append(ColumnOf(composer.stated(spec.label), amount(spec.id), composer.head(spec.unit)))
    frame = Table(
        anchor=f"t-{composer.level.name}-vacant",
        caption=composer.words["vacancies.caption"],
        stub=composer.words["who.units"],
        notes=(composer.note("vacancies.note"),),
        look="whole",
        widths=VACANT_WIDTHS[: 3 + len(specs)],
    )
    filled = composer.filled(frame, columns, found, lambda one: composer.stated(one.unit))
    return [composer.numbered(filled)] if found else []


def _points(composer: AppraisalComposer, item: Item) -> ColumnOf[Decision]:
    def cell(decision: Decision) -> Content:
        score = next((score for score in decision.items if score.item == item.id), None)
        return Cell(composer.print(score.weighted), shade=_share(score)) if score else composer.none

    weight = Value(
        metric=f"appraisal.weight.{item.id}",
        key=(),
        exact=item.weight / 100,
        unit="percent",
        digits=0 if item.weight.denominator == 1 else 2,
        formula="declared weight",
        worked=str(item.weight),
    )
    said = composer.in_words(composer.line("league.weight", weight=composer.print(weight)))
    return ColumnOf(composer.stated(item.short or item.label), cell, said)


def _share(score: ItemScore) -> float | None:
    """How warm a cell is: points out of 100; paler than half is one colour."""
    exact = score.points.exact
    return None if isinstance(exact, Gap) else float(min(max((exact - 50) / 50, Fraction(0)), Fraction(1)))


def _adjusted(decision: Decision) -> Value:
    """Bonuses less deductions."""
    named = [(adjusted.adjustment, adjusted.points) for adjusted in decision.adjustments]
    return _summed(decision, "appraisal.adjusted", named)


def _reviewed(decision: Decision) -> Value:
    """What stages of review added to the computed score or took from it."""
    return _summed(decision, "appraisal.reviewed", [(one.stage, one.points) for one in decision.reviews])


def _summed(decision: Decision, metric: str, named: Sequence[tuple[str, Value]]) -> Value:
    parts = [points for _, points in named]
    numbers = [part.exact for part in parts if isinstance(part.exact, Fraction)]
    gap = next((part.exact for part in parts if isinstance(part.exact, Gap)), None)
    return Value(
        metric=metric,
        key=(("candidate", decision.person.id),),
        exact=gap or sum(numbers, Fraction(0)),
        unit="score",
        digits=max([2, *(part.digits for part in parts)]),
        formula=" + ".join(name for name, _ in named),
        worked=" + ".join(written(number) for number in numbers),
        sources=tuple(dict.fromkeys(source for part in parts for source in part.sources)),
    )


def heat_map(composer: AppraisalComposer, decisions: Sequence[Decision]) -> list[Block]:
    """Points of each item out of 100, one row for each branch."""
    scored = [decision for decision in decisions if decision.items]
    if not scored:
        return []
    spec = ChartSpec(
        form="heat_map",
        series=tuple(Series(decision.person.id, decision.person.names) for decision in scored),
        xs=tuple(
            (item.id, composer.stated(item.short or item.label)) for item in composer.level.scheme.items
        ),
        points=tuple(
            Point(decision.person.id, item.item, composer.print(item.points))
            for decision in scored
            for item in decision.items
        ),
        measure=composer.words["heat.measure"],
        unit=composer.head("score"),
        better="high",
        height_mm=22 + 6 * len(scored),
    )
    chart = Chart(
        anchor=f"c-{composer.level.name}-heat",
        caption=composer.words["heat.caption"],
        spec=spec,
        notes=(composer.note("heat.note"),),
    )
    return [composer.numbered(chart)]


# ---- the rules ----------------------------------------------------------------------------------


def rules_in_words(composer: AppraisalComposer, number: str, flow: bool = False) -> list[Block]:
    """By which rules, and what they rest on; on a page of their own behind sheets that have theirs."""
    words, result = composer.words, composer.level.result
    said = [words[f"standing.{result.standard.standing}"], composer.stated(result.standard.words)]
    if result.standard.source:
        said.append(composer.say("standing.source", source=composer.stated(result.standard.source)))
    unsaid = (RANKING, TIES) if composer.level.name == "attitude" else ()  # its paper ranks nobody
    rules = [(label, rule) for label, rule in result.rules if label not in unsaid]
    frame = Table(
        anchor="t-rules",
        caption=words["rules.caption"],
        stub=words["rules.rule"],
        flows=True,
        look="rules whole",
    )
    columns: list[ColumnOf[tuple[Text, Text]]] = [
        composer.column("rules.said", lambda rule: composer.stated(rule[1]))
    ]
    return [
        Section(number=number, title=words["section.rules"], anchor="s-rules", flow=flow),
        NoteBox(None, tuple(map(plain_line, said))),
        composer.filled(frame, columns, rules, lambda rule: composer.stated(rule[0])),
    ]
