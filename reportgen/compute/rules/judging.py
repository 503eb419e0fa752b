"""Each candidate by itself: what is checked and what is scored, before anyone is compared."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial

from reportgen.compute.exact import MOST_DECIMALS, decimals, number, total, within, written
from reportgen.compute.rules import words
from reportgen.compute.rules.conditions import Condition
from reportgen.compute.rules.model import Adjusted, Check, ItemScore, Reviewed
from reportgen.compute.rules.prizes import GroupRule
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.scores import Adjustment, Item, Rank
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Exact, Gap, Text, Value, formats
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.values import merged_sources

COMPARISONS = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "is": operator.eq,
    "is_not": operator.ne,
}
MOST_APART = 9  # decimals at most that tell a value from the threshold which it misses
Thresholds = Mapping[tuple[str, str], Value | Text]  # by kind and id of the condition


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A candidate before ranks: what was checked and scored."""

    id: str
    group: str
    checks: tuple[Check, ...]
    items: tuple[ItemScore, ...]
    score: Value | None
    standards: tuple[Check, ...] = ()
    adjustments: tuple[Adjusted, ...] = ()
    computed: Value | None = None
    reviews: tuple[Reviewed, ...] = ()

    @property
    def eligible(self) -> bool:
        return all(check.passed for check in self.checks)


def judge(
    book: Book, groups: Sequence[GroupRule], thresholds: Thresholds, id_: str, problems: list[Problem]
) -> Judged:
    """The checks and the score of a candidate; to `problems` comes what the rules leave undecided."""
    scheme = book.scheme
    checks = [check(book, condition, thresholds, id_) for condition in scheme.conditions]
    items = []
    for item in scheme.items:
        value = book.value(item.column, id_)
        if isinstance(value.exact, Gap):
            checks.append(_lacking(f"item.{item.id}", item.label, value, item.row))
        elif scored := _scored(book, item, value, id_, problems):
            items.append(scored)
    adjustments = tuple(_adjusted(book, rule, id_) for rule in scheme.adjustments)
    gaps = [rule for rule in adjustments if isinstance(rule.points.exact, Gap)]
    checks += [_lacking(rule.adjustment, rule.label, rule.value) for rule in gaps]
    score = None
    if scheme.rank and len(items) == len(scheme.items) and not gaps:
        score = _score(book, scheme.rank, id_, items, adjustments)
        if isinstance(score.exact, Gap):
            checks.append(_lacking(scheme.rank.by, scheme.columns[scheme.rank.by].label, score))
    return Judged(
        id=id_,
        group=_group_of(book, groups, id_, problems),
        checks=tuple(checks),
        items=tuple(items),
        score=score,
        standards=tuple(check(book, condition, thresholds, id_) for condition in scheme.standards),
        adjustments=adjustments,
    )


def _group_of(book: Book, groups: Sequence[GroupRule], id_: str, problems: list[Problem]) -> str:
    record = book.records[id_]
    fitting = [group for group in groups if book.meets(book.table, record, group.where)]
    if len(fitting) == 1:
        return fitting[0].id
    place = Place(book.scheme.file, row=(fitting[1] if fitting else groups[0]).row, column="group.where")
    where, ids = f"{book.table.file}:{record.row}", [group.id for group in fitting]
    if fitting:
        problems.append(problem(place, "rules.candidate_in_two_groups", where=where, groups=ids))
    else:
        problems.append(problem(place, "rules.candidate_in_no_group", where=where))
    return groups[0].id


def _lacking(rule: str, label: Text, value: Value, row: int = 0) -> Check:
    """Without this value there is no score: the candidate can't be compared."""
    return Check(
        rule=rule,
        kind="eligible",
        label=label,
        value=value,
        threshold=message("rules.number"),
        operator="is",
        passed=False,
        row=row,
    )


# ---- conditions -----------------------------------------------------------------------------------


def thresholds_of(book: Book) -> Thresholds:
    """What each condition compares with, as it is printed."""
    rules = (*book.scheme.conditions, *book.scheme.standards)
    return {(rule.kind, rule.id): _threshold(book, rule) for rule in rules}


def _threshold(book: Book, condition: Condition) -> Value | Text:
    threshold = book.since(condition) if condition.operator == "none_since" else condition.threshold
    if isinstance(threshold, date):
        return formats.roc_date(threshold)
    column = book.scheme.columns.get(condition.column)
    if isinstance(threshold, Fraction):
        assert column is not None
        return Value(
            metric=f"award.threshold.{condition.id}",
            key=(),
            exact=threshold,
            unit=column.unit,
            digits=decimals(threshold / book.factor(column.unit)),
            formula=condition.id,
        )
    if column is not None:
        low, high = (words.edge(Fraction(end), book.units[column.unit]) for end in threshold)
        return message("rules.low_high", low=low, high=high)
    spec = book.table.columns.get(condition.column)
    members = book.dataset.dimensions[spec.dimension] if spec and spec.type == "member" else None
    labels = [members.member(str(one)).label if members else Text(str(one), str(one)) for one in threshold]
    return words.listed(labels, "or")


def check(book: Book, condition: Condition, thresholds: Thresholds, id_: str) -> Check:
    """The candidate's value against the threshold. What is not known neither makes eligible nor clears."""
    threshold = thresholds[condition.kind, condition.id]
    value, holds = _compared(book, condition, id_, threshold)
    return Check(
        rule=condition.id,
        kind=condition.kind,
        label=condition.label,
        value=value,
        threshold=threshold,
        operator=condition.operator,
        passed=holds is not None and holds == (condition.kind != "exclude"),
        row=condition.row,
    )


def passes(book: Book, condition: Condition, id_: str) -> bool:
    """Whether the candidate meets one condition."""
    threshold: Thresholds = {(condition.kind, condition.id): _threshold(book, condition)}
    return check(book, condition, threshold, id_).passed


def _compared(
    book: Book, condition: Condition, id_: str, threshold: Value | Text
) -> tuple[Value | Text, bool | None]:
    """What a condition looks at, and whether it holds; None where there is nothing to look at."""
    if condition.operator == "none_since":
        held = book.held(condition, id_)
        return held, held.exact != 0
    if condition.column in book.scheme.columns:
        value = book.value(condition.column, id_)
        if isinstance(value.exact, Gap):
            return value, None
        return _told_apart(value, threshold, book.factor(value.unit)), _holds(value.exact, condition)
    table, record = book.table, book.records[id_]
    cell = book.cell(table, record, condition.column)
    if isinstance(cell, Gap):
        return cell.reason, None
    label = book.label(table, record, condition.column)
    return label, _holds(cell if isinstance(cell, date) else str(cell), condition)


def _holds(cell: Fraction | date | str, condition: Condition) -> bool:
    threshold = condition.threshold
    if isinstance(cell, str):
        assert isinstance(threshold, tuple)
        return (cell in threshold) != (condition.operator == "is_not")
    if isinstance(threshold, tuple):
        low, high = threshold
        return bool(low <= cell <= high)  # type: ignore[operator]
    return bool(COMPARISONS[condition.operator](cell, threshold))


def _told_apart(value: Value, threshold: Value | Text, factor: Fraction) -> Value:
    """With so many decimals that 99.9999% is not printed as the 100% that it does not reach."""
    if not isinstance(threshold, Value) or value.exact == threshold.exact:
        return value
    reached, line, digits = number(value) / factor, number(threshold) / factor, value.digits
    if abs(reached - line) * 10**digits >= 1:
        return value
    while digits < MOST_APART and formats.half_up(reached, digits) == formats.half_up(line, digits):
        digits += 1
    return replace(value, digits=digits)


# ---- the score ------------------------------------------------------------------------------------


def score_digits(rank: Rank | None) -> int:
    return min(rank.digits + 2, MOST_DECIMALS) if rank else 2


def _scored(book: Book, item: Item, value: Value, id_: str, problems: list[Problem]) -> ItemScore | None:
    exact = number(value)
    band = next((band for band in item.bands if band.holds(exact)), None)
    if item.bands and band is None:
        problems.append(_no_band(book, item, value, id_))
        return None
    points = within(band.points if band else exact / book.factor(value.unit), item.floor, item.cap)
    weighted = points * item.weight / 100
    scored = partial(Value, key=key_of(id_), unit="score", sources=value.sources)
    return ItemScore(
        item=item.id,
        label=item.label,
        value=value,
        band=words.band_label(band, book.units[book.scheme.columns[item.column].unit]) if band else None,
        points=scored(
            metric=f"award.points.{item.id}",
            exact=points,
            digits=decimals(points) if band else max(2, value.digits),
            formula=item.column,
        ),
        weight=Value(
            metric=f"award.weight.{item.id}",
            key=(),
            exact=item.weight / 100,
            unit="percent",
            digits=decimals(item.weight),
        ),
        weighted=scored(
            metric=f"award.weighted.{item.id}",
            exact=weighted,
            digits=score_digits(book.scheme.rank),  # as the score that they add up to
            formula="points * weight",
            worked=f"{written(points)} * {written(item.weight)}% = {written(weighted)}",
        ),
        own=book.value(item.own, id_) if item.own else None,
    )


def _no_band(book: Book, item: Item, value: Value, id_: str) -> Problem:
    return problem(
        Place(book.scheme.file, row=item.row, column=f"item.{item.id}.bands"),
        "rules.no_band_holds_value_candidate",
        where=f"{book.table.file}:{book.records[id_].row}",
        said=words.said(value, book.units),
    )


def _adjusted(book: Book, rule: Adjustment, id_: str) -> Adjusted:
    """So many points for each unit of the column, no more than the cap; taken off where it is a deduction."""
    value = book.value(rule.column, id_)
    exact: Exact = value.exact
    worked, digits = "", decimals(rule.each)
    if isinstance(exact, Fraction):
        counted = exact / book.factor(value.unit)
        points = within(counted * rule.each, None, rule.cap)
        worked = f"{written(counted)} * {written(rule.each)} → {written(points)}"
        exact = points if rule.kind == "bonus" else -points
        digits = max(digits, 2 if exact.denominator != 1 else 0)
    most = f", at most {written(rule.cap)}" if rule.cap is not None else ""
    points_value = Value(
        metric=f"award.adjustment.{rule.id}",
        key=key_of(id_),
        exact=exact,
        unit="score",
        digits=digits,
        formula=f"{rule.column} * {written(rule.each)}{most}",
        worked=worked,
        sources=value.sources,
    )
    return Adjusted(adjustment=rule.id, kind=rule.kind, label=rule.label, value=value, points=points_value)


def _score(
    book: Book, rank: Rank, id_: str, items: Sequence[ItemScore], adjustments: Sequence[Adjusted]
) -> Value:
    if rank.by != "score":
        return book.value(rank.by, id_)
    parts = [item.weighted for item in items] + [rule.points for rule in adjustments]
    names = [item.item for item in items] + [rule.adjustment for rule in adjustments]
    summed = total(map(number, parts))
    kept = kept_score(book.scheme, summed)
    worked = f"{' + '.join(written(number(value)) for value in parts)} = {written(summed)}"
    return Value(
        metric="award.score",
        key=key_of(id_),
        exact=kept,
        unit="score",
        digits=score_digits(rank),
        formula=" + ".join(names),
        worked=worked + (f" → {written(kept)}" if kept != summed else ""),
        sources=merged_sources(source for value in parts for source in value.sources),
    )


def kept_score(scheme: Scheme, summed: Fraction) -> Fraction:
    """The score within the least and the most that the scheme gives."""
    return within(summed, scheme.least, scheme.most)
