"""The composer of appraisals: the period, a scheme's outcome in it and in the one before, names as a paper may show them."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date
from fractions import Fraction

from reportgen.compute import appraisal, rules
from reportgen.compute.appraisal import Period
from reportgen.compute.exact import written
from reportgen.compute.rules.model import Decision, Person, Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.kinds.appraisal.plan import OF_PERSONS, AppraisalPlan, base
from reportgen.kinds.compose import Composer, masked
from reportgen.kinds.material import Material
from reportgen.model import Printed, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset, Declaration

SCORE_DIGITS = 2


# What the last one was made of, and it: of the papers of a level, a branch each, all need the same.
_kept: list[tuple[object, Dataset, Level]] = []


def level_of(material: Material, declared: Declaration, name: str, period: Period) -> Level:
    """The level, decided once for all papers that a process makes of it, as long as rules, rows and units are the same."""
    publication, units = material.publication, material.registry.units
    scheme = rules.read_scheme(
        material.project, publication.name, declared, units, material.glossary, name, period.year
    )
    asked = name, period, scheme, declared, units
    for made_of, dataset, level in _kept:
        if dataset is material.dataset and made_of == asked:
            return level
    _kept.clear()
    level = Level(material, declared, scheme, name, period)
    _kept.append((asked, material.dataset, level))
    return level


class Level:
    """A scheme at the end of the period: the outcome, the numbers behind it, and the ranks of the period before."""

    def __init__(
        self, material: Material, declared: Declaration, scheme: Scheme, name: str, period: Period
    ) -> None:
        units = material.registry.units
        self.name, self.period = name, period
        self.declared_scheme = scheme
        self.scheme = appraisal.at(self.declared_scheme, declared, period)
        self.book = Book(self.scheme, material.dataset, units)
        if not self.book.records:
            raise InputError(self._nobody())
        appraisal.check_rows(self.book, period)
        self.result: Result = rules.decide(self.scheme, material.dataset, units, self.book)
        before = appraisal.at(self.declared_scheme, declared, period.before)
        book = Book(before, material.dataset, units)
        if book.records and period.before.year != period.year:  # within a year its rows have been looked at
            appraisal.check_rows(book, period.before)
        self.before = {
            decision.person.id: decision
            for decision in rules.decide(before, material.dataset, units, book).decisions
        }

    def _nobody(self, branch: str = "") -> Problem:
        table = self.book.table
        return problem(
            Place(table.file, table.sheet),
            "appraisal.nobody_is_appraised",
            file=self.scheme.file,
            branch=Text(branch, f" of the branch {branch}" if branch else ""),
            said=self.period.said(),
        )

    @property
    def persons(self) -> dict[str, Person]:
        """Those whose names are names of persons, by id."""
        decisions = self.result.decisions if self.name in OF_PERSONS else ()
        return {decision.person.id: decision.person for decision in decisions}

    def of(self, branch: str = "") -> list[Decision]:
        """The decisions of a branch, or all: by group, rank and id; InputError where there are none."""
        order = {group.id: place for place, group in enumerate(self.result.groups)}
        chosen = [d for d in self.result.decisions if not branch or d.person.branch == branch]
        if not chosen:
            raise InputError(self._nobody(branch))
        return sorted(chosen, key=lambda d: (order[d.group], d.rank is None, d.rank or 0, d.person.id))

    def ranks_gained(self, decision: Decision) -> Value | None:
        """How many ranks better than in the period before; None where there was no rank."""
        then = self.before.get(decision.person.id)
        if then is None or then.rank is None or decision.rank is None or then.group != decision.group:
            return None
        return Value(
            metric="appraisal.change_of_rank",
            key=(("candidate", decision.person.id),),
            exact=Fraction(then.rank - decision.rank),
            unit="count",
            digits=0,
            formula="rank before - rank",
            worked=f"{then.rank} - {decision.rank}",
            sources=decision.score.sources if decision.score else (),
        )

    def ahead_of(self, decision: Decision) -> Value | None:
        """How many points the next one ahead in the group has more; None for the first."""
        if decision.rank is None or decision.score is None:
            return None
        better = [
            other.score
            for other in self.result.decisions
            if other.group == decision.group
            and other.rank is not None
            and other.rank < decision.rank
            and other.score
        ]
        if not better:
            return None
        nearest, own = min(better, key=number), number(decision.score)
        return Value(
            metric="appraisal.ahead",
            key=(("candidate", decision.person.id),),
            exact=max(number(nearest) - own, Fraction(0)),  # a tie may have been parted the other way
            unit="score",
            digits=decision.score.digits,
            formula="score of the next one ahead - score",
            worked=f"{written(number(nearest))} - {written(own)}",
            sources=merged_sources((*nearest.sources, *decision.score.sources)),
        )


def number(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact


class AppraisalComposer(Composer):
    """`level` is the scheme that the paper is of; a paper of overdue cases has none."""

    def __init__(self, material: Material, plan: AppraisalPlan, paper: str, level: Level | None) -> None:
        super().__init__(material)
        self.plan, self.paper, self._level = plan, paper, level
        self.kind, self.branch_only = base(paper)
        self.period = Period(material.publication.period.year, material.publication.month)
        self.none = self.words["league.none"]
        self.said, self.said_before = (
            self.stated(period.said()) for period in (self.period, self.period.before)
        )
        # Scores that rank apart look apart.
        rank = level.scheme.rank if level else None
        self.score_digits = max(SCORE_DIGITS, rank.digits) if rank else SCORE_DIGITS

    @property
    def level(self) -> Level:
        assert self._level
        return self._level

    # -- figures

    def print(self, value: Value, unit: str = "", digits: int | None = None) -> Printed:
        """The figure of a value of the rules, which here are those of an appraisal; scores as the ranks compare them."""
        if value.unit == "score":
            value = replace(value, digits=min(value.digits, self.score_digits))
        metric = value.metric.replace("award.", "appraisal.", 1)
        return super().print(replace(value, metric=metric), unit, digits)

    def change_of_rank(self, decision: Decision) -> Printed | None:
        gained = self.level.ranks_gained(decision)
        return self.signed(gained) if gained else None

    def measure(self, count: int) -> Text:
        """個分署 / branches: what so many are, behind the figure."""
        return self.words[f"measure.{self.level.name}{'_one' if count == 1 else ''}"]

    def day(self, day: date) -> Text:
        """A day of the period, whose year is said: 7月1日 / Jul 1."""
        return self.stated(Text(f"{day.month}月{day.day}日", f"{calendar.month_abbr[day.month]} {day.day}"))

    # -- persons and places

    def named(self, person: Person) -> Text:
        """The name as this paper may show it; branches and units hide nobody."""
        of_persons = self.level.name in OF_PERSONS
        return self.stated(masked(person.names, self.plan.policy(self.paper)) if of_persons else person.names)

    def head_of(self, decision: Decision) -> Text:
        """The name at the head of a row, beside or below that of the branch."""
        of_units = self.level.name not in (*OF_PERSONS, "branches")
        return self.within(decision.person) if of_units else self.named(decision.person)

    def shown(self) -> list[Person]:
        """The persons whom the paper names."""
        persons = self._level.persons.values() if self._level else ()
        return [person for person in persons if self.branch_only in ("", person.branch)]

    def whole(self) -> list[Text]:
        """The names that the paper shows whole."""
        return [person.names for person in self.shown()] if self.plan.policy(self.paper) == "whole" else []

    def hidden(self) -> dict[str, Place]:
        """Whole names that must be found nowhere in the paper: all that it masks, and those of other branches."""
        visible = {half for name in self.whole() for half in (name.zh, name.en)}
        return {
            half: person.place
            for person in (self._level.persons.values() if self._level else ())
            for half in (person.names.zh, person.names.en)
            if half and half not in visible
        }
