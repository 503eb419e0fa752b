"""The composer of awards: the slots of its papers, and names of persons and units as each paper may show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import cast

from reportgen.compute.ledger import counted
from reportgen.compute.masking import Policy
from reportgen.compute.rules.model import Decision, Person, Result, Rewarded, Share, Tier
from reportgen.kinds.awards.plan import AwardsPlan, Ceremony, Paper
from reportgen.kinds.compose import Composer, masked
from reportgen.kinds.forms import joined, on_day
from reportgen.kinds.material import Material
from reportgen.kinds.payments import total
from reportgen.kinds.receivers import IDENTITY
from reportgen.model import EMPTY, Key, Line, Printed, Source, Text, Value, formats
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.toml import Raw
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot

OF_CEREMONY: Mapping[str, Callable[[Ceremony], Text]] = {
    "day": lambda ceremony: on_day(ceremony.on),
    "time": lambda ceremony: formats.clock(ceremony.at.hour, ceremony.at.minute),
    "place": lambda ceremony: ceremony.place,
    "host": lambda ceremony: ceremony.host,
    "ceremony": lambda ceremony: ceremony.name,
}
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

    def __init__(self, material: Material, plan: AwardsPlan, result: Result) -> None:
        super().__init__(material)
        self.plan, self.result, self.year = plan, result, result.roc_year
        self.words.add(plan.classes)
        # A scheme of shares honours units; their people stand in the shares.
        self.of_units = any(decision.bonus is not None for decision in result.decisions)
        self.given = any(decision.given for decision in result.decisions)
        self.slots = {**slots_of(result), **self._declared_slots()}

    # -- words

    def sentence(self, sentence: Sentence, extra: Mapping[str, Slot] | None = None) -> Line:
        """Words of an officer with their slots filled; the plan has no slot that is unknown."""
        return self.fill(sentence.text, lambda slot: (extra or {}).get(slot) or self.slot(slot))

    # -- slots

    def slot(self, name: str) -> Text | Printed:
        content = self.slots.get(name, EMPTY)
        return self.print(content) if isinstance(content, Value) else self.stated(content)

    def _declared_slots(self) -> dict[str, Text]:
        plan = self.plan
        found = {"award": plan.award, "issuer": self.publication.issuer}
        for name, paper in plan.official.items():
            day = formats.roc_date(self.issued(name))
            found[f"{name}.issued"] = Text(day.zh.removeprefix("中華民國"), day.en)
            found[f"{name}.number"] = paper.number
        if ceremony := plan.ceremony:
            found |= {name: of(ceremony) for name, of in OF_CEREMONY.items()}
        return found

    def issued(self, paper: str) -> date:
        """The date of a paper: that of the command line, its own, or that of all papers."""
        official = self.plan.official.get(paper)
        return self.material.issued or (official and official.issued) or self.plan.issued

    # -- persons and places

    def policy(self, paper: str) -> Policy:
        return self.plan.policies.get(cast(Paper, paper), "whole")

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

    def hidden(self, shown: Iterable[Text] = ()) -> dict[str, Place]:
        """What must be found nowhere in a paper: identity numbers, and each name that it doesn't show whole."""
        found: dict[str, Place] = {}
        for person in (decision.person for decision in self.result.decisions):
            cells = [person.id, *person.cells.values()]
            found |= {number: person.place for cell in cells for number in IDENTITY.findall(str(cell))}
        for person in (one.person for one in self.members()):
            found |= {n: person.place for cell in person.cells.values() for n in IDENTITY.findall(str(cell))}
        for share in self._shares():
            cells = [*share.cells.values()]
            found |= {number: share.place for cell in cells for number in IDENTITY.findall(str(cell))}
        whole = {half for name in shown for half in (name.zh, name.en)}
        for names, place in self._names_of_persons():
            found |= {half: place for half in (names.zh, names.en) if half and half not in whole}
        return found

    def members(self) -> list[Rewarded]:
        """The members of units that won."""
        return [one for decision in self.result.decisions for one in decision.members]

    def _shares(self) -> list[Share]:
        return [share for d in self.result.decisions if d.bonus for share in d.bonus.shares]

    def _names_of_persons(self) -> list[tuple[Text, Place]]:
        people = (decision.person for decision in self.result.decisions)
        given = [(person.names, person.place) for person in people if not self.is_unit(person)]
        given += [(one.person.names, one.person.place) for one in self.members()]
        return given + [(share.names, share.place) for share in self._shares()]

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

    def persons_honoured(self) -> list[Decision]:
        """Who is rewarded in person: winners who are no units, and the members of units that won, in the order of lists."""
        found = []
        for decision in self.winners_in_order():
            if not self.is_unit(decision.person):
                found.append(decision)
            found += [
                replace(decision, person=one.person, tier=one.tier, members=()) for one in decision.members
            ]
        return found

    def with_money(self, line: Line, tier: Tier) -> Line:
        """The line with the amounts of the tier's rewards as figures."""
        return self.ledger.within(line, [reward.amount for reward in tier.rewards if reward.amount])

    def rewards(self, decision: Decision) -> Text:
        """嘉獎兩次、獎狀 / two commendations, a certificate of merit."""
        return (
            self.stated(joined(reward.label for reward in decision.tier.rewards)) if decision.tier else EMPTY
        )


def slot_names(result: Result, declared: Mapping[str, Raw]) -> list[str]:
    """The slots that an officer may write; `declared` is publication.toml. Letters that are counted have no number in common."""
    keys = set(declared)
    papers = keys & {"letter", "order", "announcement", "notice"}
    of_papers = [f"{paper}.{what}" for paper in papers for what in ("issued", "number")]
    for paper in ("letter", "order"):
        one = declared.get(paper)
        if isinstance(one, Mapping) and one.get("each"):
            of_papers.remove(f"{paper}.number")
    of_ceremony = OF_CEREMONY if "ceremony" in keys else ()
    return ["award", "issuer", *slots_of(result), *of_papers, *of_ceremony]


def slots_of(result: Result) -> dict[str, Text | Value]:
    """What an officer may write of the outcome."""
    year = Text(f"{result.roc_year}年度", str(formats.gregorian_year(result.roc_year)))
    found: dict[str, Text | Value] = {
        "year": year,
        "year_words": Text(f"{formats.chinese_number(result.roc_year)}年度", year.en),
        "winners": _counted(result, "winners", len(result.winners)),
        "candidates": _counted(result, "candidates", len(result.decisions)),
        "eligible": _counted(result, "eligible", sum(decision.eligible for decision in result.decisions)),
        "branches": _counted(result, "branches", len({d.person.branch for d in result.winners})),
    }
    for tier in result.tiers:
        number = sum(d.tier is not None and d.tier.id == tier.id for d in result.winners)
        found[f"winners.{tier.id}"] = _counted(result, "winners", number, (("tier", tier.id),))
        found[f"tier.{tier.id}"] = tier.label
    for group in result.groups:
        found[f"winners.{group.id}"] = _counted(result, "winners", group.winners, (("group", group.id),))
    scores = [d.score for d in result.winners if d.score and isinstance(d.score.exact, Fraction)]
    if scores:
        found |= {"highest": max(scores, key=_exact), "lowest": min(scores, key=_exact)}
    if (amount := _paid(result)) is not None:
        found["paid"] = amount
    if bonuses := [d.bonus for d in result.decisions if d.bonus and paid(d)]:
        people = {share.person for bonus in bonuses for share in bonus.shares}
        found["units"] = _counted(result, "units with a bonus", len(bonuses))
        found["people"] = _counted(result, "persons paid", len(people))
    return found


def ambiguous_slots(result: Result) -> Iterator[Problem]:
    """A tier and a group with the same id would share the slot of their winners."""
    tiers = {tier.id for tier in result.tiers}
    for group in result.groups:
        if group.id in tiers:
            place = Place(result.file, column=f"group {group.id}")
            yield problem(place, "awards.tier_has_id_too_so", id=group.id)


def _counted(result: Result, metric: str, number: int, key: Key = ()) -> Value:
    files = filter(None, [result.file, *result.inputs])
    sources = tuple(Source(file=file, sheet="", rows=(), column="") for file in files)
    return counted(metric, number, COUNTED[metric], key=key, sources=sources)


def _paid(result: Result) -> Value | None:
    """All that is paid: the shares of a scheme of shares, else the money of the tiers."""
    parts = [share.paid for d in result.decisions if d.bonus for share in d.bonus.shares]
    tiers = [decision.tier for decision in result.winners if decision.tier and not parts]
    tiers += [one.tier for decision in result.winners for one in decision.members]
    parts += [reward.amount for tier in tiers for reward in tier.rewards if reward.amount]
    return total("paid", parts) if parts else None


def _exact(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact


def paid(decision: Decision) -> bool:
    """Whether a unit's bonus comes to a dollar at least."""
    return decision.bonus is not None and any(_exact(share.paid) > 0 for share in decision.bonus.shares)
