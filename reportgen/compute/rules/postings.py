"""Who held which unit when: `[postings]`, its faults, and whose part of a unit's days a figure of the unit is.

A day of a unit belongs to those who hold it then, by their shares; a day without anybody is vacant. So the parts of all persons
and the vacant part of any span of days make 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

from reportgen.compute.exact import total, written
from reportgen.compute.rules.vocabulary import TableName
from reportgen.model import Exact
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.hints import legible, near
from reportgen.read.schema import Context, Fault, Model, check, fault
from reportgen.read.tables import Record, Table

VACANT = ""  # whose part the days without anybody are
DAY = timedelta(days=1)
Span = tuple[date, date]  # the first and the last day


class PostingsRule(Model):
    """The table of postings and its columns; an empty cell of `until` is a posting that goes on.

    `moved` says what counts of a person who held several units in turn: `by_time` the days in each, `longest` those in the unit held
    for the most days (of equal ones the last; units held together for the same days are one post).
    """

    table: TableName
    person: str
    unit: str
    since: str
    until: str
    share: str = ""
    moved: Literal["by_time", "longest"]

    @check
    def _columns(
        table: str, person: str, unit: str, since: str, until: str, context: Context
    ) -> Iterator[Fault]:
        for key, name in (("person", person), ("unit", unit)):
            yield from context.given.cell_faults(key, name, table, ("text", "member"))
        for key, name in (("since", since), ("until", until)):
            yield from context.given.cell_faults(key, name, table, ("roc_date",))

    @check
    def _counts_something(context: Context) -> Iterator[Fault]:
        if not any(column.posted for column in context.given.columns.values()):
            yield fault("", "rules.postings_count_nothing")

    @check
    def _in_per_cent(table: str, share: str, context: Context) -> Iterator[Fault]:
        faults = [*context.given.cell_faults("share", share, table, ("whole", "decimal", "percent"))]
        yield from faults
        columns = context.given.dataset.tables[table].columns
        if share and not faults and columns[share].unit != "percent":
            yield fault("share", "rules.share_of_posting", name_=share)


@dataclass(frozen=True, kw_only=True)
class Posting:
    """`share` is a ratio; `place` is the row."""

    person: str
    unit: str
    first: date
    last: date
    share: Fraction
    place: Place

    def within(self, span: Span) -> Span | None:
        """Its days of a span, if there are any."""
        first, last = max(self.first, span[0]), min(self.last, span[1])
        return (first, last) if first <= last else None


@dataclass(frozen=True)
class Posts:
    """The postings, and the period in which they are counted."""

    rule: PostingsRule
    postings: Sequence[Posting]
    period: Span
    _parts: dict[tuple[str, Span], Mapping[str, Fraction]] = field(default_factory=dict)

    @cached_property
    def by_unit(self) -> Mapping[str, list[Posting]]:
        return _grouped(self.postings, lambda one: one.unit)

    @cached_property
    def by_person(self) -> Mapping[str, list[Posting]]:
        return _grouped(self.postings, lambda one: one.person)

    def of(self, person: str) -> list[tuple[Posting, Span]]:
        """A person's postings with their days of the period, the first first."""
        found = [(one, days) for one in self.by_person.get(person, ()) if (days := one.within(self.period))]
        return sorted(found, key=lambda pair: (pair[1], pair[0].unit))

    def units(self, person: str) -> list[str]:
        """The units that count for a person in the period."""
        days, last = Counter[str](), dict[str, date]()
        for one, (begun, ended) in self.of(person):
            days[one.unit] += (ended - begun).days + 1
            last[one.unit] = max(ended, last.get(one.unit, ended))
        keys = {unit: (days[unit], last[unit]) for unit in days}
        if self.rule.moved == "longest" and keys:
            most = max(keys.values())
            keys = {unit: key for unit, key in keys.items() if key == most}
        return sorted(keys)

    def stayed(self, person: str) -> bool:
        """Whether all that the person held was held for the whole period."""
        return all(days == self.period for _, days in self.of(person))

    def parts(self, unit: str, span: Span) -> Mapping[str, Fraction]:
        """Whose part of a span of days a unit was, by person; `VACANT` for the days without anybody. They make 1."""
        known = self._parts.get((unit, span))
        if known is None:
            known = self._parts[unit, span] = self._shared_out(unit, span)
        return known

    def _shared_out(self, unit: str, span: Span) -> Mapping[str, Fraction]:
        all_days, found = (span[1] - span[0]).days + 1, dict[str, Fraction]()
        for (begun, ended), there in self._stretches(unit, span):
            part = Fraction((ended - begun).days + 1, all_days)
            shares = total(one.share for one in there)
            for one in there:
                found[one.person] = found.get(one.person, Fraction(0)) + part * one.share / shares
            if not there:
                found[VACANT] = found.get(VACANT, Fraction(0)) + part
        return found

    def _stretches(self, unit: str, span: Span) -> Iterator[tuple[Span, list[Posting]]]:
        """The span in stretches of days within which nobody comes or goes, and who is there."""
        held = [(one, days) for one in self.by_unit.get(unit, ()) if (days := one.within(span))]
        after = span[1] + DAY
        edges = {span[0], after, *(days[0] for _, days in held), *(days[1] + DAY for _, days in held)}
        for begun, end in pairwise(sorted(edges)):
            yield (begun, end - DAY), [one for one, days in held if days[0] <= begun <= days[1]]

    def vacancies(self, unit: str, spans: Collection[Span]) -> list[Span]:
        """The stretches of these spans in which nobody held the unit; those that touch are one."""
        found: list[Span] = []
        for span in sorted(spans):
            for (begun, ended), there in self._stretches(unit, span):
                if there:
                    continue
                if found and found[-1][1] + DAY == begun:
                    found[-1] = found[-1][0], ended
                else:
                    found.append((begun, ended))
        return found


def _grouped(postings: Iterable[Posting], by: Callable[[Posting], str]) -> dict[str, list[Posting]]:
    groups: dict[str, list[Posting]] = {}
    for one in postings:
        groups.setdefault(by(one), []).append(one)
    return groups


def read_postings(
    rule: PostingsRule, table: Table, cell: Callable[[Record, str], Exact | str | date | int]
) -> list[Posting]:
    """The rows of the table; a share that is a gap is 0, which is a fault."""
    found = []
    for record in table.records:
        since, until = cell(record, rule.since), cell(record, rule.until)
        share = cell(record, rule.share) if rule.share else 100
        found.append(
            Posting(
                person=str(cell(record, rule.person)),
                unit=str(cell(record, rule.unit)),
                first=since if isinstance(since, date) else date.min,
                last=until if isinstance(until, date) else date.max,
                share=Fraction(share) / 100 if isinstance(share, Fraction | int) else Fraction(0),
                place=table.place(record),
            )
        )
    return found


def faults(posts: Posts, persons: Collection[str], units: Collection[str]) -> Iterator[Problem]:
    """Whoever and whatever is unknown, days in the wrong order, and more than 100 % of a person or a unit on one day."""
    rule, sound = posts.rule, []
    for one in posts.postings:
        if one.last < one.first:
            yield problem(_at(one, rule.until), "rules.posting_ends_before", since=one.first.isoformat())
        elif not 0 < one.share <= 1:
            yield problem(_at(one, rule.share), "rules.posting_share", share=written(one.share * 100))
        else:
            sound.append(one)
        if one.person not in persons:
            yield problem(
                _at(one, rule.person), "rules.posting_of_unknown_person", **_unknown(one.person, persons)
            )
        if one.unit not in units:
            yield problem(_at(one, rule.unit), "rules.posting_of_unknown_unit", **_unknown(one.unit, units))
    yield from _too_much(_grouped(sound, lambda one: one.unit), rule.unit, "rules.postings_of_unit_overlap")
    if rule.share:  # without shares a person may hold any number of units
        yield from _too_much(_grouped(sound, lambda one: one.person), rule.share, "rules.person_posted_twice")


def _too_much(groups: Mapping[str, list[Posting]], column: str, name: str) -> Iterator[Problem]:
    """More than 100 % on one day, told at the last row that begins then: a sum is highest where somebody begins."""
    for among in groups.values():
        for one in {one.first: one for one in among}.values():
            there = [other for other in among if other.first <= one.first <= other.last]
            share = total(other.share for other in there)
            if share > 1:
                others = [other.place.row for other in there if other is not one]
                slots = {"person": legible(one.person), "unit": legible(one.unit), "rows": others}
                day = one.first.isoformat()
                yield problem(_at(one, column), name, share=written(share * 100), day=day, **slots)


def _unknown(name: str, known: Collection[str]) -> dict[str, object]:
    return {"value": legible(name), "near": near(name, known)}


def _at(one: Posting, column: str) -> Place:
    return Place(one.place.file, one.place.sheet, one.place.row, column)
