"""The composer of awards: the slots of its papers, and names of persons and units as each paper may show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from reportgen.compute.ledger import counted
from reportgen.compute.rules.model import Decision, Person, Result, Tier
from reportgen.kinds.awards.plan import Plan
from reportgen.kinds.compose import Composer, masked
from reportgen.kinds.material import Material
from reportgen.kinds.papers import joined, on_day
from reportgen.model import EMPTY, Key, Line, Printed, Source, Text, Value, formats
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.values import merged_sources
from reportgen.read.fields import Sentence
from reportgen.read.words import slots

# A national identity number, or that of a resident card, in use or not: no paper shows one.
_IDENTITY = re.compile(r"\b[A-Z][\dA-D]\d{8}\b")


COUNTED = {
    "winners": "count of decisions with a tier",
    "candidates": "count of decisions",
    "eligible": "count of decisions that passed every check",
    "branches": "count of branches of the decisions with a tier",
    "units with a bonus": "count of units with shares",
    "persons paid": "count of persons with shares",
}


class AwardComposer(Composer):
    """What every paper asks: the publication's plan, the outcome of the rules, and the slots that an officer may write."""

    def __init__(self, material: Material, plan: Plan, result: Result) -> None:
        super().__init__(material)
        self.plan, self.result, self.year = plan, result, result.roc_year
        # A scheme of shares honours units; their people stand in the shares.
        self.of_units = any(decision.bonus is not None for decision in result.decisions)
        self.problems: list[Problem] = []
        self.slots = self._known_slots()

    # -- words

    def sentence(self, sentence: Sentence, extra: Mapping[str, Text] | None = None) -> Line:
        """Words of an officer with their slots filled; a slot that is none has been told by `check`."""
        return self.fill(sentence.text, lambda slot: (extra or {}).get(slot) or self.slot(slot))

    def check(self, sentences: Iterable[Sentence], extra: Iterable[str] = ()) -> None:
        """A problem for each slot that means nothing."""
        known = {*self.slots, *extra}
        for sentence in sentences:
            for slot in dict.fromkeys(slots(sentence.text.zh)):
                if slot not in known:
                    self.problems.append(
                        problem(sentence.place, "awards.is_no_slot_paper", slot=slot, known=[*sorted(known)])
                    )

    # -- slots

    def slot(self, name: str) -> Text | Printed:
        content = self.slots.get(name, EMPTY)
        return self.print(content) if isinstance(content, Value) else self.stated(content)

    def _known_slots(self) -> dict[str, Text | Value]:
        plan, result = self.plan, self.result
        year = Text(f"{result.roc_year}年度", str(formats.gregorian_year(result.roc_year)))
        in_words = formats.chinese_number(result.roc_year)
        found: dict[str, Text | Value] = {
            "award": plan.award,
            "issuer": self.publication.issuer,
            "year": year,
            "year_words": Text(f"{in_words}年度", year.en),
            "winners": self._counted("winners", len(result.winners)),
            "candidates": self._counted("candidates", len(result.decisions)),
            "eligible": self._counted("eligible", sum(decision.eligible for decision in result.decisions)),
            "branches": self._counted("branches", len({d.person.branch for d in result.winners})),
        }
        for tier in result.tiers:
            number = sum(d.tier is not None and d.tier.id == tier.id for d in result.winners)
            found[f"winners.{tier.id}"] = self._counted("winners", number, (("tier", tier.id),))
            found[f"tier.{tier.id}"] = tier.label
        for group in result.groups:
            if f"winners.{group.id}" in found:
                self.problems.append(
                    problem(
                        Place(result.file, column=f"group {group.id}"),
                        "awards.tier_has_id_too_so",
                        id=group.id,
                    )
                )
            found[f"winners.{group.id}"] = self._counted("winners", group.winners, (("group", group.id),))
        scores = [d.score for d in result.winners if d.score and isinstance(d.score.exact, Fraction)]
        if scores:
            found["highest"] = max(scores, key=_exact)
            found["lowest"] = min(scores, key=_exact)
        if (amount := self._paid()) is not None:
            found["paid"] = amount
        if bonuses := [d.bonus for d in result.decisions if d.bonus and paid(d)]:
            found["units"] = self._counted("units with a bonus", len(bonuses))
            people = {share.person for bonus in bonuses for share in bonus.shares}
            found["people"] = self._counted("persons paid", len(people))
        for name, paper in plan.official.items():
            day = formats.roc_date(paper.issued)
            found[f"{name}.issued"] = Text(day.zh.removeprefix("中華民國"), day.en)
            found[f"{name}.number"] = paper.number
        if ceremony := plan.ceremony:
            found["day"] = on_day(ceremony.on)
            found["time"] = formats.clock(ceremony.at.hour, ceremony.at.minute)
            found |= {"place": ceremony.place, "host": ceremony.host, "ceremony": ceremony.name}
        return found

    def _counted(self, metric: str, number: int, key: Key = ()) -> Value:
        files = filter(None, [self.result.file, *self.result.inputs])
        sources = tuple(Source(file=file, sheet="", rows=(), column="") for file in files)
        return counted(metric, number, COUNTED[metric], key=key, sources=sources)

    def _paid(self) -> Value | None:
        """All that is paid: the shares of a scheme of shares, else the money of the tiers."""
        parts = [s.paid for d in self.result.decisions if d.bonus for s in d.bonus.shares]
        tiers = [decision.tier for decision in self.result.winners if decision.tier and not parts]
        parts += [reward.amount for tier in tiers for reward in tier.rewards if reward.amount]
        if not parts:
            return None
        return total("paid", parts)

    # -- persons and places

    def policy(self, paper: str) -> str:
        return self.plan.names.get(paper, "whole")

    def shown(self, names: Text, paper: str) -> Text:
        """A person's name as this paper may show it."""
        return self.stated(masked(names, self.policy(paper)))

    def person(self, person: Person, paper: str) -> Text:
        """A candidate's name as the paper may show it; the name of a unit hides nobody."""
        return self.stated(person.names) if self.is_unit(person) else self.shown(person.names, paper)

    def named(self, person: Person, paper: str) -> Text:
        """The name beside a column of branches."""
        return self.within(person) if self.is_unit(person) else self.person(person, paper)

    def is_unit(self, person: Person) -> bool:
        """Whether the candidate is a unit: by the scheme, or as publication.toml says."""
        return self.of_units or any(
            person.cells.get(column, "") in values for column, values in self.plan.units.items()
        )

    def post(self, person: Person) -> Text:
        """臺北分署書記官 / Clerk, Taipei Branch; of a unit, the agency that it belongs to."""
        if self.is_unit(person):
            return self.publication.issuer
        branch = self.branch(person.branch)
        return Text(f"{branch.zh}{person.post.zh}", ", ".join(filter(None, (person.post.en, branch.en))))

    def branches(self) -> list[str]:
        """The branches of all candidates, in the order of the dataset."""
        present = {decision.person.branch for decision in self.result.decisions}
        listed = [m.id for d in self.dataset.dimensions.values() for m in d.members if m.id in present]
        return list(dict.fromkeys([*listed, *sorted(present)]))

    def hidden(self, paper: str, shown: Iterable[Text] = ()) -> tuple[str, ...]:
        """What must be found nowhere in the paper: identity numbers, and each name that it doesn't show whole.

        A name that stands inside one that is shown (王大 in 王大明) cannot be looked for.
        """
        found: dict[str, None] = {}
        for decision in self.result.decisions:
            cells = [decision.person.id, *decision.person.cells.values()]
            cells += [c for s in decision.bonus.shares for c in s.cells.values()] if decision.bonus else []
            found |= dict.fromkeys(number for cell in cells for number in _IDENTITY.findall(str(cell)))
        all_shown = "\n".join(half for name in shown for half in (name.zh, name.en))
        for given in self._names_of_persons():
            found |= dict.fromkeys(half for half in (given.zh, given.en) if half and half not in all_shown)
        return tuple(found)

    def _names_of_persons(self) -> list[Text]:
        people = (decision.person for decision in self.result.decisions)
        given = [person.names for person in people if not self.is_unit(person)]
        given += [s.names for d in self.result.decisions if d.bonus for s in d.bonus.shares]
        return given

    def winners_in_order(self) -> list[Decision]:
        """By tier, branch, rank and id: the order of lists, of certificates and of the ceremony."""
        tiers = {tier.id: place for place, tier in enumerate(self.result.tiers)}
        branches = {branch: place for place, branch in enumerate(self.branches())}

        def order(decision: Decision) -> tuple[int, int, int, str]:
            assert decision.tier
            return (
                tiers[decision.tier.id],
                branches[decision.person.branch],
                decision.rank or 0,
                decision.person.id,
            )

        return sorted(self.result.winners, key=order)

    def with_money(self, line: Line, tier: Tier) -> Line:
        """The line with the amounts of the tier's rewards as figures."""
        return self.ledger.within(line, [reward.amount for reward in tier.rewards if reward.amount])

    def rewards(self, decision: Decision) -> Text:
        """嘉獎兩次、獎狀 / two commendations, a certificate of merit."""
        return (
            self.stated(joined(reward.label for reward in decision.tier.rewards)) if decision.tier else EMPTY
        )


def _exact(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact


def total(name: str, parts: Iterable[Value], key: Key = ()) -> Value:
    """The sum of amounts in NT$, with the rows of all of them."""
    parts = list(parts)
    amount = sum((_exact(part) for part in parts), Fraction(0))
    sources = tuple(sorted(merged_sources(source for part in parts for source in part.sources)))
    return Value(
        metric=name,
        key=key,
        exact=amount,
        unit="twd",
        digits=0,
        formula="sum of what is paid",
        worked=f"{len(parts)} amounts",
        sources=sources,
    )


def paid(decision: Decision) -> bool:
    """Whether a unit's bonus comes to a dollar at least."""
    return decision.bonus is not None and any(_exact(share.paid) > 0 for share in decision.bonus.shares)
