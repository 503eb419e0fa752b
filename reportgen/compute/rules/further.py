"""What an award has beside its main prize: `[[prize]]`, `[[mix]]` of winners, `[[stage]]` of review, `[members]` of units that win."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import Field, PlainValidator

from reportgen.compute.rules import conditions
from reportgen.compute.rules.conditions import Condition
from reportgen.compute.rules.prizes import Final, Members, TierRule, TieRule, Ties
from reportgen.compute.rules.vocabulary import (
    Better,
    Digits,
    NumberColumn,
    Rounding,
    SomeRows,
    Vocabulary,
    WhereTable,
    share_of,
    times,
)
from reportgen.model.toml import Raw
from reportgen.read.fields import Number, Row, Within, documented
from reportgen.read.schema import Context, Fault, Model, check, fault, shown, wrong
from reportgen.read.texts import Bilingual

# ---- further prizes -----------------------------------------------------------------------------


class PrizeRule(TierRule):
    """A prize after the main one, by a column, among the eligible that have won nothing yet: nobody wins twice."""

    by: NumberColumn
    better: Better = "high"
    digits: Digits | None = None
    how: Annotated[Rounding, Field(alias="digits_rounding")] = "half_up"
    ties: Ties = Ties()
    eligible: tuple[conditions.Comparison, ...] = ()

    @check
    def _ends(raw: Mapping[str, Raw], ties: Ties, better: Better, context: Context) -> Iterator[Fault]:
        if not raw.keys() & {"places", "share", "up_to_rank", "at_least"}:
            yield fault("places", "rules.prize_needs_a_limit")
        if ties.final() is None:
            yield fault("ties", "rules.prize_ties_end")
        if better == "low" and "at_least" in raw:
            yield fault("at_least", "rules.can_t_used_where_low")
        if "grades" in raw:
            yield fault("grades", "rules.grades_need_given")

    def resolved(self, vocabulary: Vocabulary) -> Prize:
        column = vocabulary.column(self.by)
        assert column
        return Prize(
            rule=self.model_copy(update={"at_least": times(self.at_least, vocabulary.factor(column.unit))}),
            digits=column.digits if self.digits is None else self.digits,
            ties=self.ties.rules(),
            final=self.ties.final() or "none_in",
            conditions=tuple(one.resolved("eligible", vocabulary) for one in self.eligible),
        )


@dataclass(frozen=True, kw_only=True)
class Prize:
    """A further prize with all that goes without saying in the file."""

    rule: PrizeRule
    digits: int
    ties: tuple[TieRule, ...]
    final: Final
    conditions: tuple[Condition, ...]


# ---- who the winners are ------------------------------------------------------------------------


def _portion(raw: Raw) -> int | Fraction:
    """A number of winners, or a part of them."""
    if isinstance(raw, Fraction) or (type(raw) is int and raw >= 0):
        return raw
    if isinstance(raw, str):
        return share_of(raw)
    raise wrong("rules.is_no_portion", value=shown(raw))


Portion = Annotated[
    int | Fraction,
    PlainValidator(_portion),
    documented("portion", '"1/3"', anyOf=[{"type": "integer", "minimum": 0}, {"type": "string"}]),
]


class Mix(Model):
    """At least or at most so many of the winners are of this kind: `where = { title = ["clerk"] }`, `at_most = "1/3"`.

    Of the main prize in each group, or of a further `prize`.
    """

    label: Bilingual
    where: WhereTable
    prize: str = ""
    at_least: Portion | None = None
    at_most: Portion | None = None
    row: Row = 0

    @check
    def _says_something(where: WhereTable, raw: Mapping[str, Raw], context: Context) -> Iterator[Fault]:
        if not raw.keys() & {"at_least", "at_most"}:
            yield fault("at_least", "rules.mix_says_nothing")
        if not where:
            yield fault("where", "rules.mix_of_nobody")
        if context.given.table:
            yield from context.given.where_faults(where, context.given.table)


def mix_faults(
    mixes: tuple[Mix, ...], prizes: tuple[PrizeRule, ...], raw: Mapping[str, Raw]
) -> Iterator[Fault]:
    """Each is of a prize that there is, and that has a number of places to be a part of."""
    places = {one.id: one.places for one in prizes}
    quota = raw.get("quota") or any(
        "quota" in one for one in raw.get("group", ()) if isinstance(one, Mapping)
    )
    for place, mix in enumerate(mixes):
        if mix.prize and mix.prize not in places:
            yield fault(("mix", place, "prize"), "rules.mix_of_no_prize", id=mix.prize, known=[*places])
        elif not (places[mix.prize] if mix.prize else quota):
            yield fault(("mix", place, "prize" if mix.prize else "where"), "rules.mix_needs_places")


# ---- stages of review ---------------------------------------------------------------------------


class StageRule(SomeRows):
    """A committee's points on the computed score, with reason, name and date; the score stays within `least` and `most`.

    `second` is the column of another name, which every adjustment then needs. In an appraisal rows are those of the period's last month.
    """

    id: str
    label: Bilingual
    points: str
    reason: str
    reason_en: str = ""
    name: str
    name_en: str = ""
    date: str
    second: str = ""
    least: Number = Fraction(0)
    most: Number = Fraction(100)
    limit: Annotated[Number, Within(0, above=True)] | None = None
    row: Row = 0

    @check
    def _columns(table: str, raw: Mapping[str, Raw], context: Context) -> Iterator[Fault]:
        kinds = {"points": ("whole", "decimal"), "date": ("roc_date",)}
        for key in ("points", "date", "reason", "reason_en", "name", "name_en", "second"):
            if isinstance(column := raw.get(key), str):
                words = ("text", "member")
                yield from context.given.cell_faults(key, column, table, kinds.get(key, words))

    @check
    def _in_order(least: Fraction, most: Fraction) -> Iterator[Fault]:
        if least >= most:
            yield fault("least", "rules.is_not_below_most")


# ---- members of units that win ------------------------------------------------------------------


class MembersRule(Members):
    """Who a unit's prize ends with: those who served at least so many `months` of the year in it."""

    months: Annotated[Number, Within(0, 12)] = Fraction(0)


def member_faults(
    tiers: tuple[TierRule, ...], members: MembersRule | None, vocabulary: Vocabulary
) -> Iterator[Fault]:
    """Rewards of members need to know who they are, and name roles that there are."""
    for place, tier in enumerate(tiers):
        for number, of in enumerate(tier.members):
            at = ("tier", place, "members", number)
            if members is None:
                yield fault((*at, "role"), "rules.members_are_not_declared")
            else:
                role = vocabulary.dataset.tables[members.table].columns[members.role]
                yield from vocabulary.member_faults((*at, "role"), role, [of.role])
                if any(reward.declared == "bonus" for reward in of.rewards):
                    yield fault((*at, "rewards"), "rules.is_no_bonus_paid")
