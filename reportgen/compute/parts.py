"""Sentences on the members of a dimension: which are largest, which rose most, who leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from reportgen.compute.exact import number
from reportgen.compute.sentences import NOTHING, Sentences, Slots, listed
from reportgen.model import Line, Value, formats
from reportgen.read.tables import Dimension, Member
from reportgen.read.words import Slot

PARTS = 4  # members at least that are ranked
ENDS: Mapping[
    str, tuple[str, str]
] = {  # what the ends of a ranking are called, by the direction of the measure
    "high": ("first", "last"),
    "low": ("lowest", "highest"),
    "": ("highest", "lowest"),
}


@dataclass(frozen=True)
class Group:
    """Members of the same value."""

    members: tuple[Member, ...]
    value: Value


class Parts(Sentences):
    def _grouped(
        self, reference: str, dimension: Dimension, low_first: bool
    ) -> tuple[list[Group], list[Member]]:
        """The members of the period by their value, ties together in the declared order; and those without a number."""
        figures = self.figures
        there = dimension.present(figures.period.year)
        values = {
            member: figures.value(reference, figures.key(members={dimension.id: member.id}))
            for member in dimension.members
            if member.id in there
        }
        known = [member for member, value in values.items() if isinstance(value.exact, Fraction)]
        sign = 1 if low_first else -1

        def size(member: Member) -> Fraction:
            return sign * number(values[member])

        groups = [tuple(group) for _, group in groupby(sorted(known, key=size), key=size)]
        missing = [member for member in values if member not in known]
        return [Group(group, values[group[0]]) for group in groups], missing

    def _missing(self, pattern: str, members: Sequence[Member]) -> list[Line]:
        return [self.say(pattern, {"members": self.names(members)})] if members else []

    # -- composition

    def composition(self, reference: str, dimension: Dimension) -> list[Line]:
        """The largest and the smallest parts with their shares, and the parts that grew most."""
        figures = self.figures
        groups, missing = self._grouped(reference, dimension, low_first=False)
        ranked = [member for group in groups for member in group.members]
        members = [member for member in dimension.members if member in ranked]
        if len(members) < 2:
            return []
        slots: Slots = {
            "metric": self.metric_name(reference),
            "dimension": self.dimension_name(dimension),
            "year": figures.label(figures.period),
        }
        first, *note = self._sizes(reference, dimension, groups, slots)
        lines = [first, *self._missing("story.missing", missing)]
        if (
            figures.comparable_since(reference, figures.key()) < figures.period
        ):  # it counted the same the year before
            lines += self._movers(reference, dimension, members, bool(missing))
        return lines + note

    def _sizes(
        self, reference: str, dimension: Dimension, groups: Sequence[Group], slots: Slots
    ) -> list[Line]:
        """Shares are told where each part has one and none is negative."""
        count = sum(len(group.members) for group in groups)
        if len(groups) == 1 and groups[0].value.exact == 0:
            return [
                self.say("story.composition.nothing", {**slots, **self._equal(reference, groups[0], count)})
            ]
        shares = [
            self.figures.value(
                f"share.{reference}", self.figures.key(members={dimension.id: group.members[0].id})
            )
            for group in groups
        ]
        whole = all(isinstance(share.exact, Fraction) and share.exact >= 0 for share in shares)
        told = shares if whole else [group.value for group in groups]
        ends = list(dict.fromkeys((0, min(1, len(groups) - 1), max(0, len(groups) - 2), len(groups) - 1)))
        digits = self.digits_apart([told[place] for place in ends])
        note = self.rounded([told[place] for place in ends], digits)
        if whole and len(groups) <= 3:
            note = note or self.rounding_note(self._off(shares, groups, digits))

        def figure(place: int) -> Slot:
            printed = self.printed(told[place], digits)
            pattern = "story.composition.share" if whole else "story.composition.value"
            each = "_each" if len(groups[place].members) > 1 else ""
            return self.say(f"{pattern}{each}", {"value": printed})

        if len(groups) == 1:
            slots |= self._equal(reference, groups[0], count)
            slots["share"] = (
                self.say("story.composition.equal_share", {"share": figure(0)}) if whole else NOTHING
            )
            return [self.say("story.composition.equal", slots), *note]
        value = self.figures.ledger.print(groups[0].value)
        for name, place in (("first", 0), ("last", len(groups) - 1)):
            slots[name], slots[f"{name}_figure"] = self.names(groups[place].members, told), figure(place)
        shared = "_shared" if len(groups[-1].members) > 1 else ""
        slots["least"] = self.words[f"story.composition.least{shared}"]
        slots["first_value"] = self.of_each(value, groups[0].members)
        second: Slots = (
            {"second": self.names(groups[1].members, told), "figure": figure(1)} if len(groups) > 2 else {}
        )
        then = "story.composition.then" if whole else "story.composition.then_plain"
        slots["then"] = self.say(then, second) if second else NOTHING
        return [self.say(f"story.composition.{'parts' if whole else 'plain'}", slots), *note]

    def _equal(self, reference: str, group: Group, count: int) -> Slots:
        formula = "number of parts with a value"
        counted = self.figures.counted(f"parts.{reference}", count, formula, [group.value], "count")
        return {"value": self.figures.ledger.print(group.value), "count": counted}

    @staticmethod
    def _off(shares: Sequence[Value], groups: Sequence[Group], digits: int) -> bool:
        """Whether the shares, all of them printed, do not add up to 100 as they are printed."""
        sizes = [len(group.members) for group in groups]
        exact = sum((size * number(share) for size, share in zip(sizes, shares, strict=True)), Fraction(0))
        shown = (formats.half_up(number(share) * 100, digits) for share in shares)
        return exact == 1 and sum(size * part for size, part in zip(sizes, shown, strict=True)) != 100

    def _movers(
        self, reference: str, dimension: Dimension, members: Sequence[Member], partial: bool
    ) -> list[Line]:
        """The parts that rose most, and the parts that fell most."""
        figures = self.figures
        changes = {
            member: figures.value(f"difference.{reference}", figures.key(members={dimension.id: member.id}))
            for member in members
        }
        known = {
            member: number(value) for member, value in changes.items() if isinstance(value.exact, Fraction)
        }
        if len(known) < 2:
            return []
        lines = self._missing("story.composition.no_comparison", [one for one in members if one not in known])
        slots: Slots = {"dimension": self.dimension_name(dimension)}
        if len(set(known.values())) == 1 and not lines and not partial:
            side = self._side(*known.values())
            if side != "same":
                slots["change"] = self.magnitude(changes[members[0]])
            return [self.say(f"story.composition.all_{side}", slots)]
        for name, most in (("up", max(0, *known.values())), ("down", min(0, *known.values()))):
            if moved := [member for member in known if most and known[member] == most]:
                slots[name] = self.names(moved, [changes[moved[0]]])
                slots[f"{name}_change"] = self.of_each(self.magnitude(changes[moved[0]]), moved)
        side = self._side(*known.values())
        return [self.say(f"story.composition.{side}", slots), *lines]

    @staticmethod
    def _side(*changes: Fraction) -> str:
        rise, fall = max(changes) > 0, min(changes) < 0
        return "both" if rise and fall else "rise" if rise else "fall" if fall else "same"

    # -- ranking

    def ranking(self, reference: str, dimension: Dimension, line_at: Fraction | None = None) -> list[Line]:
        """Who leads, who is last, and for a rate of achievement how many reached 100 %."""
        figures, better = self.figures, self.figures.registry.metric(reference).better
        groups, missing = self._grouped(reference, dimension, better == "low")
        values = [group.value for group in groups for _ in group.members]
        if len(values) < PARTS:
            return []
        formula = "number of parts with a value"
        all_: Slots = {
            "dimension": self.dimension_name(dimension),
            "count": figures.counted(f"parts.{reference}", len(values), formula, values, "count"),
        }
        slots: Slots = {
            "metric": self.metric_name(reference),
            "year": figures.label(figures.period),
            "among": self.say(f"story.ranking.{'some' if missing else 'all'}", all_),
        }
        shown = _shown(groups)
        line = None if line_at is None else _line(reference, line_at)
        near = [group.value for group in (*shown, *groups[-2:])]
        if line:
            near += [value for group in shown for value in (line, group.value)]
        digits = self.digits_apart(near)
        if len(groups) == 1:
            slots["value"] = self.printed(values[0], digits)
            lines = [self.say("story.ranking.equal", slots)]
        else:
            lines = [self.say("story.ranking.order", slots | self._ends(shown, better, digits))]
        if line:
            lines.append(self._reached(reference, values, line, better == "low"))
            near += [value for group in groups[len(shown) - 1 : -1] for value in (line, group.value)]
        return [*lines, *self._missing("story.missing", missing), *self.rounded(near, digits)]

    def _ends(self, shown: Sequence[Group], better: str, digits: int) -> Slots:
        """The first group, those that follow, and the last one."""
        first, *others, last = shown

        def figure(group: Group) -> Slot:
            return self.of_each(self.printed(group.value, digits), group.members)

        def names(group: Group) -> Slot:
            return self.names(group.members, [group.value])

        slots: Slots = {"then": NOTHING}
        for place, group, end in zip(("first", "last"), (first, last), ENDS[better], strict=True):
            slots[place], slots[f"{place}_value"] = names(group), figure(group)
            slots[f"is_{place}"] = self.words[
                f"story.ranking.{end}{'_shared' if len(group.members) > 1 else ''}"
            ]
        if others:
            parts = [{"members": names(group), "value": figure(group)} for group in others]
            followers = listed(self.say("story.ranking.one", part) for part in parts)
            pattern = f"story.ranking.{'ahead_of' if better == 'high' else 'followed_by'}"
            slots["then"] = self.say(pattern, {"others": followers})
        return slots

    def _reached(self, reference: str, values: Sequence[Value], line: Value, low: bool) -> Line:
        """How many are on the good side of a line of comparison."""
        at = number(line)
        reached = sum(number(value) <= at if low else number(value) >= at for value in values)
        formula = f"{reference} {'<=' if low else '>='} {at}"
        slots: Slots = {"line": self.figures.ledger.print(line)}
        amount = "none" if not reached else "all" if reached == len(values) else "some"
        if amount == "some":
            slots["reached"] = self.figures.counted(f"reached.{reference}", reached, formula, values, "count")
        return self.say(f"story.reached.{amount}{'_low' if low else ''}", slots)


def _shown(groups: Sequence[Group]) -> list[Group]:
    """The first, those that follow until three members are named, and the last."""
    first, *rest = groups
    named, shown = len(first.members), [first]
    for group in rest[:-1]:
        if len(shown) > 1 and named >= 3:
            break
        shown.append(group)
        named += len(group.members)
    return [*shown, *rest[-1:]]


def _line(reference: str, at: Fraction) -> Value:
    return Value(
        metric=f"line.{reference}",
        key=(),
        exact=at,
        unit="percent",
        digits=0,
        formula="the line of comparison",
        worked=f"= {at}",
    )
