"""What every paper of an appraisal asks: the period, the plan, the fixed words, names as they may be shown, figures so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import cast

from reportgen.compute import appraisal, masking, rules
from reportgen.compute.appraisal import Period
from reportgen.compute.rules.model import Decision, Person, Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.kinds.appraisal.plan import Plan, base
from reportgen.kinds.material import Material
from reportgen.kinds.record import Record
from reportgen.model import Key, Language, Line, Note, Printed, Ref, Run, Source, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.tables import Declaration, text_fault
from reportgen.read.words import fill, plain_line, say

NOTHING = Text("", "")
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
        appraisal.check_rows(self.scheme, self.book, material.dataset, period)
        self.result: Result = rules.decide(self.scheme, material.dataset, units, self.book)
        before = appraisal.at(self.declared_scheme, declared, period.before)
        book = Book(before, material.dataset, units)
        if book.records and period.before.year != period.year:  # within a year its rows have been looked at
            appraisal.check_rows(before, book, material.dataset, period.before)
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


class Scribe:
    def __init__(self, material: Material, plan: Plan, paper: str) -> None:
        self.material, self.plan, self.paper = material, plan, paper
        self.kind, self.branch_only = base(paper)
        self.words, self.units = material.words, material.registry.units
        self.period = Period(material.publication.period, material.publication.month)
        self.record = Record(self.units)
        self.tables = self.charts = 0
        self.score_digits = SCORE_DIGITS

    # -- words

    def say(self, name: str, /, **given: str | Text) -> Text:
        return say(self.words, name, **given)

    def line(self, name: str, /, **given: str | Text | Printed | Ref) -> Line:
        def resolve(slot: str, language: Language) -> Run:
            found = given[slot]
            return found.say(language) if isinstance(found, Text) else found

        return fill(self.words[name], resolve)

    def note(self, name: str, /, **given: str | Text | Printed | Ref) -> Note:
        return Note("", self.line(name, **given))

    def table_name(self) -> tuple[Text, str]:
        self.tables += 1
        return self.say("table.name", number=str(self.tables)), str(self.tables)

    def chart_name(self) -> tuple[Text, str]:
        self.charts += 1
        return self.say("chart.name", number=str(self.charts)), str(self.charts)

    # -- figures

    def print(self, value: Value) -> Printed:
        """The figure of a value of the rules, which here are those of an appraisal; scores as the ranks compare them."""
        digits = min(value.digits, self.score_digits) if value.unit == "score" else value.digits
        metric = value.metric.replace("award.", "appraisal.", 1)
        return self.record.print(replace(value, metric=metric, digits=digits))

    def counted(
        self,
        name: str,
        number: int,
        formula: str,
        key: Key = (),
        unit: str = "count",
        sources: tuple[Source, ...] = (),
    ) -> Printed:
        return self.record.print(
            Value(
                metric=name,
                key=key,
                exact=Fraction(number),
                unit=unit,
                digits=0,
                formula=formula,
                worked=str(number),
                sources=sources,
            )
        )

    def signed(self, value: Value) -> Printed:
        """The figure with a plus sign where it is above zero."""
        printed = self.print(value)
        if not isinstance(value.exact, Fraction) or value.exact <= 0:
            return printed
        return replace(
            printed, plain=f"+{printed.plain}", text=Text(f"+{printed.text.zh}", f"+{printed.text.en}")
        )

    def measure(self, level: str, count: int) -> Text:
        """個分署 / branches: what so many are, behind the figure."""
        return self.words[f"measure.{level}{'_one' if count == 1 else ''}"]

    def unit(self, value: Value) -> Text:
        """The head of the unit; a bare number has none."""
        return NOTHING if value.unit in ("count", "rank") else self.units[value.unit].head

    # -- persons and places

    def branch(self, id_: str) -> Text:
        for dimension in self.material.dataset.dimensions.values():
            for member in dimension.members:
                if member.id == id_:
                    return member.name_in(self.period.year)
        return Text(id_, id_)

    def named(self, person: Person, of_persons: bool) -> Text:
        """The name as this paper may show it; branches and units hide nobody."""
        policy = self.plan.policy(self.paper)
        if not of_persons or policy == "whole":
            return person.names
        return masking.shown(person.names, cast(masking.Policy, policy))

    def within(self, person: Person, of_persons: bool) -> Text:
        """The name beside or below that of its branch."""
        if of_persons:
            return self.named(person, True)
        branch = self.branch(person.branch)
        zh, en = person.names.zh.removeprefix(branch.zh), person.names.en.removesuffix(f", {branch.en}")
        return Text(zh, en) if zh and en else person.names

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

    def name_faults(self, person: Person) -> list[Problem]:
        """What keeps a name from being printed, where its column left that to be judged now."""
        table = next(
            (one for one in self.material.dataset.tables.values() if one.file == person.place.file), None
        )
        if table is None:
            return []
        english = next((name for name, cell in person.cells.items() if cell == person.names.en), "")
        problems = []
        for name, text in ((person.place.column, person.names.zh), (english, person.names.en)):
            column = table.columns.get(name)
            if column and column.judged_later and (fault := text_fault(column, text)):
                problems.append(Problem(replace(person.place, column=name), *fault))
        return problems


def plain(text: Text) -> Line:
    return plain_line(text)
