"""The league tables: ranks, what changed, points by item; the heat map of items × branches; the rules in words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reportgen.compute.exact import written
from reportgen.compute.rules.model import Check, Decision
from reportgen.compute.rules.rules_in_words import RANKING, TIES
from reportgen.kinds.appraisal.composer import AppraisalComposer, Level
from reportgen.kinds.appraisal.plan import OF_PERSONS
from reportgen.kinds.papers import begun, joined
from reportgen.model import (
    EMPTY,
    Block,
    Cell,
    Chart,
    ChartSpec,
    Column,
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
from reportgen.model.values import merged_sources
from reportgen.read.words import plain_line

MISSED = "†"
LEADING = 3  # items whose values stand beside the ranks
NAMED = 6  # of those who share a place in a sentence


def league(composer: AppraisalComposer, level: Level, decisions: Sequence[Decision]) -> list[Block]:
    """What was found in words, then a table of ranks for each group that is compared among itself."""
    blocks: list[Block] = [Paragraphs((_summary(composer, level, decisions),))]
    of_groups = [
        (group, [decision for decision in decisions if decision.group == group.id])
        for group in level.result.groups
    ]
    there = [(group, of_group) for group, of_group in of_groups if of_group]
    for number, (group, of_group) in enumerate(there, 1):
        last = number == len(there)
        blocks.append(_ranks(composer, level, group.id, begun(group.label), of_group, last))
    return blocks


def points(composer: AppraisalComposer, level: Level, decisions: Sequence[Decision]) -> list[Block]:
    """The weighted points of each item, which add up to the score."""
    items = level.scheme.items
    rows = []
    breaks = []
    for number, decision in enumerate(decisions):
        if number and decision.group != decisions[number - 1].group:
            breaks.append(number)
        scores = {item.item: item for item in decision.items}
        cells = [
            Cell(composer.print(scores[item.id].weighted), shade=_share(scores[item.id].points))
            if item.id in scores
            else Cell(text=composer.words["league.none"])
            for item in items
        ]
        if level.scheme.adjustments:
            cells.append(Cell(composer.signed(adjusted(decision))))
        cells.append(
            Cell(composer.print(decision.score))
            if decision.score
            else Cell(text=composer.words["league.none"])
        )
        rows.append(Row(head=_head(composer, level, decision), cells=tuple(cells)))
    weights = [composer.print(_weight(item.id, item.weight)) for item in items]
    columns = [
        Column(item.short or item.label, composer.say("league.weight", weight=weight.text))
        for item, weight in zip(items, weights, strict=True)
    ]
    if level.scheme.adjustments:
        columns.append(Column(composer.words["league.adjusted"]))
    columns.append(Column(composer.words["league.score"]))
    name, number_ = composer.name_of_next("table")
    notes = [composer.note("league.points_note")]
    if level.scheme.least is not None or level.scheme.most is not None:
        notes.append(composer.note("league.limits_note"))
    return [
        Table(
            name=name,
            number=number_,
            anchor=f"t-{level.name}-points",
            caption=composer.words["league.points"],
            stub=composer.words[f"who.{level.name}"],
            columns=tuple(columns),
            rows=tuple(rows),
            unit=composer.units["score"].head,
            notes=tuple(notes),
            break_after=tuple(breaks),
            flows=len(rows) > 24,
        )
    ]


def heat_map(composer: AppraisalComposer, level: Level, decisions: Sequence[Decision]) -> list[Block]:
    """Points of each item out of 100, one row for each branch."""
    scored = [decision for decision in decisions if decision.items]
    series = tuple(Series(d.person.id, d.person.names) for d in scored)
    xs = tuple((item.id, item.short or item.label) for item in level.scheme.items)
    marks = tuple(
        Point(d.person.id, item.item, composer.print(item.points)) for d in scored for item in d.items
    )
    if not marks:
        return []
    spec = ChartSpec(
        form="heat_map",
        series=series,
        xs=xs,
        points=marks,
        measure=composer.words["heat.measure"],
        unit=composer.units["score"].head,
        better="high",
        height_mm=22 + 6 * len(series),
    )
    name, number = composer.name_of_next("chart")
    return [
        Chart(
            name=name,
            number=number,
            anchor=f"c-{level.name}-heat",
            caption=composer.words["heat.caption"],
            spec=spec,
            notes=(composer.note("heat.note"),),
        )
    ]


def rules_in_words(composer: AppraisalComposer, level: Level, number: str, flow: bool = False) -> list[Block]:
    """By which rules, and what they rest on; on a page of their own behind sheets that have theirs."""
    result = level.result
    standing = result.standard.standing
    lines = [plain_line(composer.words[f"standing.{standing}"]), plain_line(result.standard.words)]
    if result.standard.source:
        lines.append(plain_line(composer.say("standing.source", source=result.standard.source)))
    unsaid = (RANKING, TIES) if level.name == "attitude" else ()  # its paper ranks nobody
    rows = tuple(
        Row(head=label, cells=(Cell(text=said),)) for label, said in result.rules if label not in unsaid
    )
    return [
        Section(number=number, title=composer.words["section.rules"], anchor="s-rules", flow=flow),
        NoteBox(None, tuple(lines)),
        Table(
            name=EMPTY,
            number="",
            anchor="t-rules",
            caption=composer.words["rules.caption"],
            stub=composer.words["rules.rule"],
            columns=(Column(composer.words["rules.said"]),),
            rows=rows,
            unit=None,
            notes=(),
            flows=True,
        ),
    ]


# ---- parts --------------------------------------------------------------------------------------


def rank_of(composer: AppraisalComposer, decision: Decision) -> Printed | None:
    if decision.rank is None:
        return None
    return composer.count(
        "appraisal.rank",
        decision.rank,
        f"rank by score among {decision.of}",
        (("candidate", decision.person.id), ("group", decision.group)),
        sources=decision.score.sources if decision.score else (),
    )


def change_of(composer: AppraisalComposer, level: Level, decision: Decision) -> Printed | None:
    """How many ranks better than in the period before; None where there was no rank."""
    then = level.before.get(decision.person.id)
    if then is None or then.rank is None or decision.rank is None or then.group != decision.group:
        return None
    value = Value(
        metric="appraisal.change_of_rank",
        key=(("candidate", decision.person.id),),
        exact=Fraction(then.rank - decision.rank),
        unit="count",
        digits=0,
        formula="rank before - rank",
        worked=f"{then.rank} - {decision.rank}",
        sources=decision.score.sources if decision.score else (),
    )
    return composer.signed(value)


def adjusted(decision: Decision) -> Value:
    """Bonuses less deductions."""
    parts = [one.points for one in decision.adjustments]
    numbers = [part.exact for part in parts if isinstance(part.exact, Fraction)]
    gap = next((part.exact for part in parts if isinstance(part.exact, Gap)), None)
    digits = max((part.digits for part in parts), default=0)
    sources = tuple(dict.fromkeys(source for part in parts for source in part.sources))
    return Value(
        metric="appraisal.adjusted",
        key=(("candidate", decision.person.id),),
        exact=gap or sum(numbers, Fraction(0)),
        unit="score",
        digits=max(digits, 2),
        formula=" + ".join(one.adjustment for one in decision.adjustments),
        worked=" + ".join(written(number) for number in numbers),
        sources=sources,
    )


def _summary(composer: AppraisalComposer, level: Level, decisions: Sequence[Decision]) -> Line:
    ranked = [decision for decision in decisions if decision.rank]
    given: dict[str, Text | Printed] = {
        "period": composer.period.said(),
        "candidates": composer.count("appraisal.candidates", len(decisions), "count of who is appraised"),
        "measure": composer.measure(level.name, len(decisions)),
    }
    if not ranked:
        return composer.line("league.nobody", **given)
    best, worst = max(ranked, key=_score), min(ranked, key=_score)
    assert best.score and worst.score
    given |= {
        "highest": composer.print(best.score),
        "lowest": composer.print(worst.score),
        "best": _named(composer, level, [d for d in ranked if _score(d) == _score(best)]),
        "worst": _named(composer, level, [d for d in ranked if _score(d) == _score(worst)]),
    }
    firsts = [decision for decision in ranked if decision.rank == 1]
    if not firsts:
        return composer.line("league.summary_branch", **given)
    given["firsts"] = _named(composer, level, firsts)
    groups = len({decision.group for decision in decisions})
    if groups == 1:
        return composer.line("league.summary_single", **given)
    return composer.line(
        "league.summary", **given, groups=composer.count("appraisal.groups", groups, "count of groups")
    )


def _named(composer: AppraisalComposer, level: Level, decisions: Sequence[Decision]) -> Text:
    """Those who share a place, in a sentence; of many the first, and that there are others."""
    named = joined([composer.named(d.person, level.name in OF_PERSONS) for d in decisions[:NAMED]])
    return named if len(decisions) <= NAMED else composer.say("league.others", named=named)


def _ranks(
    composer: AppraisalComposer,
    level: Level,
    id_: str,
    label: Text,
    decisions: Sequence[Decision],
    last: bool,
) -> Table:
    """A group that is compared among itself; the note stands under the last of the tables."""
    words = composer.words
    none = Cell(text=words["league.none"])
    with_branch = (
        level.name != "branches" and not composer.branch_only and bool(level.scheme.candidates.branch)
    )
    rows = []
    for decision in decisions:
        ahead = ahead_of(level, decision)
        rank, change = rank_of(composer, decision), change_of(composer, level, decision)
        cells = [Cell(text=composer.branch(decision.person.branch))] if with_branch else []
        cells += [
            Cell(rank) if rank else none,
            Cell(change) if change else none,
            Cell(composer.print(decision.score)) if decision.score else none,
            Cell(composer.print(ahead)) if ahead else none,
        ]
        found = {item.item: item for item in decision.items}  # one without a value is not among them
        cells += [
            Cell(composer.print(found[item.id].value)) if item.id in found else none
            for item in level.scheme.items[:LEADING]
        ]
        cells += [_standard(composer, check) for check in decision.standards]
        rows.append(Row(head=_head(composer, level, decision), cells=tuple(cells)))
    columns = [Column(words["sheet.branch"])] if with_branch else []
    columns += [Column(words[f"league.{name}"]) for name in ("rank", "change", "score", "ahead")]
    for item in level.scheme.items[:LEADING]:
        columns.append(
            Column(item.short or item.label, composer.units[level.scheme.columns[item.column].unit].head)
        )
    for standard in level.scheme.standards:
        columns.append(
            Column(standard.label, composer.units[level.scheme.columns[standard.column].unit].head)
        )
    name, number = composer.name_of_next("table")
    notes = (
        *_standards_said(composer, decisions),
        composer.note("league.note", before=level.period.before.said()),
    )
    return Table(
        name=name,
        number=number,
        anchor=f"t-{level.name}-{id_}{'-named' if with_branch else ''}",
        caption=composer.say("league.caption", group=label),
        stub=words[f"who.{level.name}"],
        columns=tuple(columns),
        rows=tuple(rows),
        unit=None,
        notes=notes if last else (),
        flows=len(rows) > 24,
    )


def _standard(composer: AppraisalComposer, check: Check) -> Cell:
    """The value of a standard of control, marked where it is not met; what is not known has missed nothing."""
    assert isinstance(check.value, Value)
    known = not isinstance(check.value.exact, Gap)
    return Cell(composer.print(check.value), mark=MISSED if known and not check.passed else "")


def _standards_said(composer: AppraisalComposer, decisions: Sequence[Decision]) -> list[Note]:
    """The standards under the table; the mark stands where one is not met."""
    said = []
    for check in decisions[0].standards:
        threshold = composer.print(check.threshold) if isinstance(check.threshold, Value) else check.threshold
        operator = composer.words[f"operator.{check.operator}"]
        line = composer.line("standard.note", standard=check.label, operator=operator, threshold=threshold)
        said.append(Note(MISSED, line))
    return said


def ahead_of(level: Level, decision: Decision) -> Value | None:
    """How many points the next one ahead in the group has more; None for the first."""
    if decision.rank is None or decision.score is None:
        return None
    better = [
        d
        for d in level.result.decisions
        if d.group == decision.group and d.rank is not None and d.rank < decision.rank and d.score
    ]
    if not better:
        return None
    next_ = min(better, key=_score)
    assert next_.score
    exact = max(_score(next_) - _score(decision), Fraction(0))  # a tie may have been parted the other way
    return Value(
        metric="appraisal.ahead",
        key=(("candidate", decision.person.id),),
        exact=exact,
        unit="score",
        digits=decision.score.digits,
        formula="score of the next one ahead - score",
        worked=f"{written(_score(next_))} - {written(_score(decision))}",
        sources=merged_sources((*next_.score.sources, *decision.score.sources)),
    )


def _head(composer: AppraisalComposer, level: Level, decision: Decision) -> Text:
    if level.name == "branches":
        return decision.person.names
    return composer.beside_branch(decision.person, level.name in OF_PERSONS)


def _score(decision: Decision) -> Fraction:
    assert decision.score and isinstance(decision.score.exact, Fraction)
    return decision.score.exact


def _share(points: Value) -> float | None:
    """How warm a cell is: points out of 100; paler than half is one colour."""
    if not isinstance(points.exact, Fraction):
        return None
    return float(min(max((points.exact - 50) / 50, Fraction(0)), Fraction(1)))


def _weight(item: str, weight: Fraction) -> Value:
    digits = 0 if weight.denominator == 1 else 2
    return Value(
        metric=f"appraisal.weight.{item}",
        key=(),
        exact=weight / 100,
        unit="percent",
        digits=digits,
        formula="declared weight",
        worked=str(weight),
    )
