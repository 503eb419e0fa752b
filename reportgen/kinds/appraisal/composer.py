"""What every paper of an appraisal asks: the period, the plan, the fixed words, names as they may be shown, figures so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reportgen.compute import appraisal, rules
from reportgen.compute.appraisal import Period
from reportgen.compute.rules.model import Decision, Person, Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.kinds.appraisal.plan import Plan, base
from reportgen.kinds.compose import Composer, masked
from reportgen.kinds.material import Material
from reportgen.model import EMPTY, Printed, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.tables import Declaration

SCORE_DIGITS = 2


class Level:
    """A scheme at the end of the period: the outcome, the numbers behind it, and the ranks of the period before."""

    def __init__(self, material: Material, declared: Declaration, name: str, period: Period) -> None:
        publication, units = material.publication, material.registry.units
        self.name, self.period = name, period
        self.declared_scheme: Scheme = rules.read_scheme(
            material.project, publication.name, declared, units, material.glossary, name, period.year
        )
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
        table, said = self.book.table, self.period.said()
        of = f" of the branch {branch}" if branch else ""
        return problem(
            Place(table.file, table.sheet),
            "appraisal.nobody_is_appraised",
            file=self.scheme.file,
            branch=Text(branch, of),
            said=said,
        )

    def of(self, branch: str = "") -> list[Decision]:
        """The decisions of a branch, or all: by group, rank and id; InputError where there are none."""
        order = {group.id: place for place, group in enumerate(self.result.groups)}
        chosen = [d for d in self.result.decisions if not branch or d.person.branch == branch]
        if not chosen:
            raise InputError(self._nobody(branch))
        return sorted(chosen, key=lambda d: (order[d.group], d.rank is None, d.rank or 0, d.person.id))


class AppraisalComposer(Composer):
    def __init__(self, material: Material, plan: Plan, paper: str) -> None:
        super().__init__(material)
        self.plan, self.paper = plan, paper
        self.kind, self.branch_only = base(paper)
        self.period = Period(material.publication.period, material.publication.month)
        self.score_digits = SCORE_DIGITS

    # -- figures

    def print(self, value: Value, unit: str = "", digits: int | None = None) -> Printed:
        """The figure of a value of the rules, which here are those of an appraisal; scores as the ranks compare them."""
        if digits is None and value.unit == "score":
            value = replace(value, digits=min(value.digits, self.score_digits))
        return super().print(
            replace(value, metric=value.metric.replace("award.", "appraisal.", 1)), unit, digits
        )

    def measure(self, level: str, count: int) -> Text:
        """個分署 / branches: what so many are, behind the figure."""
        return self.words[f"measure.{level}{'_one' if count == 1 else ''}"]

    def unit(self, value: Value) -> Text:
        """The head of the unit; a bare number has none."""
        return EMPTY if value.unit in ("count", "rank") else self.units[value.unit].head

    # -- persons and places

    def named(self, person: Person, of_persons: bool) -> Text:
        """The name as this paper may show it; branches and units hide nobody."""
        return masked(person.names, self.plan.policy(self.paper)) if of_persons else person.names

    def beside_branch(self, person: Person, of_persons: bool) -> Text:
        """The name beside or below that of its branch."""
        return self.named(person, True) if of_persons else self.within(person)

    def hidden(self, shown: Mapping[str, Person], everybody: Mapping[str, Person]) -> tuple[str, ...]:
        """Whole names that must be found nowhere in the paper: all that it masks, and those of other branches."""
        policy = self.plan.policy(self.paper)
        visible = (
            ""
            if policy != "whole"
            else "\n".join(half for p in shown.values() for half in (p.names.zh, p.names.en))
        )
        found: dict[str, None] = {}
        for person in everybody.values():
            found |= dict.fromkeys(
                half for half in (person.names.zh, person.names.en) if half and half not in visible
            )
        return tuple(found)
