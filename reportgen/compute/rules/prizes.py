"""Among whom, how many win and what: `[[group]]`, `[quota]`, `[ties]`, `[[tier]]`, each able to be reached, and `[bonus]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal, get_args

from pydantic import Field, PlainValidator, ValidationInfo, ValidatorFunctionWrapHandler, WrapValidator

from reportgen.compute.formulas import names_of
from reportgen.compute.rules.vocabulary import (
    Better,
    Formula,
    NumberColumn,
    Rounding,
    Share,
    TableName,
    Vocabulary,
    Where,
    WhereTable,
    plain,
)
from reportgen.model.toml import Raw
from reportgen.read.fields import Number, OneOf, Row, Within, documented
from reportgen.read.schema import Context, Fault, Model, check, fault, refused, shown, unknown_at, wrong
from reportgen.read.texts import Bilingual

Final = Literal["share", "all_in", "none_in"]
FINALS: tuple[Final, ...] = get_args(Final)
RewardKind = Literal["commendation", "merit", "major_merit", "certificate", "money"]
Count = Annotated[int, Within(1)]


# ---- groups and places --------------------------------------------------------------------------


class Quota(Model):
    number: Annotated[int, Within(0)] | None = None
    share: Share | None = None
    of: Literal["candidates", "eligible"] = "eligible"
    rounding: Rounding = "down"
    at_least: int | None = None
    at_most: Count | None = None

    @check
    def _one_of_two(raw: Mapping[str, Raw]) -> Iterator[Fault]:
        both = raw.get("number"), raw.get("share")
        if both.count(None) != 1 and not (raw and raw.keys() <= {"total", "cut"}):
            yield fault("", "rules.needs_number_share_one_two")
        yield from _rounded(raw)

    @check
    def _in_order(at_least: int | None, at_most: int | None) -> Iterator[Fault]:
        if at_most is not None and at_least is not None and at_least > at_most:
            yield fault("at_most", "rules.is_below_below_least")


def _rounded(raw: Mapping[str, Raw]) -> Iterator[Fault]:
    if raw.get("share") is not None and "rounding" not in raw:
        yield fault("rounding", "rules.is_missing_7")


class Places(Quota):
    """The quota of each group, and a total that cuts them; either may be left out."""

    total: Count | None = None
    cut: Literal["proportional", "lowest"] = "proportional"

    @check
    def _is_cut(raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if "total" in raw and "cut" not in raw:
            yield fault("cut", "rules.is_missing_6")

    @property
    def quota(self) -> Quota | None:
        if self.number is None and self.share is None:
            return None
        return Quota(**{name: getattr(self, name) for name in Quota.model_fields})


class GroupRule(Model):
    id: str
    label: Bilingual
    where: WhereTable = ()
    quota: Quota | None = None
    row: Row = 0

    @check
    def _among(where: Where, context: Context) -> Iterator[Fault]:
        if context.given.table:
            yield from context.given.where_faults(where, context.given.table)


# ---- ties ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TieRule:
    step: Literal["more_decimals", "next_criterion"]
    column: str = ""
    better: Better = "high"


class Criterion(Model):
    next: NumberColumn
    better: Better


def _step(raw: Raw, _: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Raw:
    known = ("more_decimals", *FINALS)
    if isinstance(raw, Mapping | Criterion):
        return Criterion.model_validate(raw, context=info.context)
    if raw not in known:
        raise refused([unknown_at((), raw, known)])
    return raw


Step = Annotated[Criterion | Literal["more_decimals", "share", "all_in", "none_in"], WrapValidator(_step)]


class Ties(Model):
    """`steps = ["more_decimals", { next = "column", better = "high" }, "share"]`; the last word ends every tie."""

    steps: tuple[Step, ...] = ()

    @check
    def _can_be_reached(steps: tuple[Step, ...]) -> Iterator[Fault]:
        final = next((step for step in steps if step in FINALS), None)
        for place, step in enumerate(steps):
            if final and final in steps[:place]:
                yield fault(("steps", place), "rules.stands_after_can_never_reached", final=final)
            elif step == "more_decimals" and step in steps[:place]:
                yield fault(("steps", place), "rules.stands_twice")

    def rules(self) -> tuple[TieRule, ...]:
        return tuple(
            TieRule("next_criterion", step.next, step.better)
            if isinstance(step, Criterion)
            else TieRule("more_decimals")
            for step in self.steps
            if step not in FINALS
        )

    def final(self) -> Final | None:
        return next((final for final in FINALS if final in self.steps), None)


# ---- tiers --------------------------------------------------------------------------------------


def _amount(raw: Raw) -> int | Literal["bonus"]:
    if raw == "bonus":
        return "bonus"
    if type(raw) is int and raw >= 1:
        return raw
    raise wrong("rules.is_below_nt" if type(raw) is int else "rules.is_no_amount", value=shown(raw))


Amount = Annotated[
    int | Literal["bonus"],
    PlainValidator(_amount),
    documented("amount", "1000", anyOf=[{"type": "integer", "minimum": 1}, {"const": "bonus"}]),
]


class RewardRule(Model):
    """`amount` in NT$; None with `kind` money is the bonus that the scheme computes."""

    kind: RewardKind
    label: Bilingual | None = None
    times: Annotated[int, Within(1, 9)] = 1
    declared: Annotated[Amount | None, Field(alias="amount")] = None

    @check
    def _has_amount(kind: RewardKind, raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if kind == "money" and "amount" not in raw:
            yield fault("amount", "schema.is_missing", form="amount = 1000")
        if kind != "money" and "amount" in raw:
            yield fault("amount", "rules.only_money_has_amount")

    @property
    def amount(self) -> int | None:
        return None if self.declared == "bonus" else self.declared


class MemberReward(Model):
    """What the members of a unit in this role get where the unit wins."""

    role: str
    rewards: tuple[RewardRule, ...]


class TierRule(Model):
    """Taken in order, each from those whom the tiers above left. No limit at all takes all the rest.

    Where a committee gave the grades, it takes those whose grade is among `grades`, its id where none are said.
    """

    id: str
    label: Bilingual
    rewards: tuple[RewardRule, ...] = ()
    places: Count | None = None
    share: Share | None = None
    rounding: Rounding = "down"
    up_to_rank: Count | None = None
    at_least: Number | None = None
    grades: tuple[str, ...] = ()
    members: tuple[MemberReward, ...] = ()
    row: Row = 0

    @check
    def _one_of_two(raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if "places" in raw and "share" in raw:
            yield fault("share", "rules.stands_beside_places")
        yield from _rounded(raw)

    @property
    def taken(self) -> tuple[str, ...]:
        """The grades that it takes."""
        return self.grades or (self.id,)

    @property
    def limited(self) -> bool:
        limits = (self.places, self.share, self.up_to_rank, self.at_least)
        return any(limit is not None for limit in limits)


def reachable(tiers: tuple[TierRule, ...], most: Fraction | None) -> Iterator[Fault]:
    """Each tier can be reached past those above it; lines are in base units, `most` is the highest score."""
    rest: TierRule | None = None
    lowest: tuple[Fraction, TierRule] | None = None
    ranks: tuple[int, TierRule] | None = None
    for place, tier in enumerate(tiers):
        at = ("tier", place)
        line, up_to = tier.at_least, tier.up_to_rank
        if rest:
            yield fault(at, "rules.can_never_reached", id=rest.id)
        if line is not None and most is not None and line > most:
            slots = {"at_least": plain(line), "most": plain(most)}
            yield fault((*at, "at_least"), "rules.is_above_highest_score_can", **slots)
        if line is not None and lowest and line >= lowest[0]:
            slots = {"id": lowest[1].id, "lowest": plain(lowest[0])}
            yield fault((*at, "at_least"), "rules.can_never_reached_3", **slots)
        if up_to is not None and ranks and up_to <= ranks[0]:
            yield fault((*at, "up_to_rank"), "rules.can_never_reached_2", id=ranks[1].id, ranks=ranks[0])
        alone = tier.places is None and tier.share is None
        rest = tier if not tier.limited else rest
        if alone and line is not None and up_to is None:
            lowest = (line, tier)
        if alone and up_to is not None and line is None:
            ranks = (up_to, tier)


# ---- grades that are given ----------------------------------------------------------------------

INSTEAD = ("item", "rank", "quota", "ties", "bonus")
LIMITS = ("places", "share", "up_to_rank", "at_least")


def grade_faults(
    given: str, tiers: Sequence[TierRule], raw: Mapping[str, Raw], vocabulary: Vocabulary
) -> Iterator[Fault]:
    """What would compute a grade beside those that are given, and grades that no cell can hold or two tiers take."""
    yield from (fault(key, "rules.given_stands_instead", key=key) for key in INSTEAD if key in raw)
    for place, group in enumerate(raw.get("group", ())):
        if isinstance(group, Mapping) and "quota" in group:
            yield fault(("group", place, "quota"), "rules.given_stands_instead", key="quota")
    seen: dict[str, str] = {}
    for place, tier in enumerate(tiers):
        at = ("tier", place)
        for key in LIMITS:
            if getattr(tier, key) is not None:
                yield fault((*at, key), "rules.given_stands_instead", key=key)
        for grade in tier.taken:
            if grade in seen:
                yield fault((*at, "grades"), "rules.grade_is_taken", grade=grade, id=seen[grade])
            seen.setdefault(grade, tier.id)
        if given in vocabulary.own:
            key = "grades" if tier.grades else "id"
            yield from vocabulary.member_faults((*at, key), vocabulary.own[given], tier.taken)


# ---- the bonus ----------------------------------------------------------------------------------


class Staffing(Model):
    """A unit whose `column` is `value` counts with `factor`; `reduces` is `bonus` or a column of the base."""

    column: Annotated[str, OneOf("own word")]
    value: Annotated[str, Field(alias="is")]
    factor: Share
    reduces: str
    label: Bilingual

    @check
    def _is_there(column: str, value: str, context: Context) -> Iterator[Fault]:
        if spec := context.given.own.get(column):
            yield from context.given.member_faults("is", spec, [value])


class Part(Model):
    role: str
    part: Share


class Members(Model):
    """The table of persons among whom a unit's bonus is split, and its columns."""

    table: TableName
    by: str
    id: str
    name: str
    name_en: str = ""
    role: str
    since: str
    until: str

    @check
    def _who(table: str, by: str, id: str, name: str, name_en: str, context: Context) -> Iterator[Fault]:
        for key, column in (("by", by), ("id", id), ("name", name), ("name_en", name_en)):
            yield from context.given.cell_faults(key, column, table)

    @check
    def _when(table: str, role: str, since: str, until: str, context: Context) -> Iterator[Fault]:
        yield from context.given.cell_faults("role", role, table, ("member",))
        yield from context.given.cell_faults("since", since, table, ("roc_date",))
        yield from context.given.cell_faults("until", until, table, ("roc_date",))


class BonusRule(Model):
    base: Formula
    rate: Share
    members: Members
    parts: Annotated[tuple[Part, ...], Field(alias="split")]
    remainder: Literal["largest", "first", "unpaid"]
    rounding: Rounding
    crowded: Literal["error", "divide"] = "error"
    staffing: Staffing | None = None
    at_least: Count | None = None
    at_most: Count | None = None
    rest: Literal["others", "unpaid"] | None = None
    row: Row = 0

    @check
    def _per_person(at_least: int | None, at_most: int | None, raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if at_most is not None and at_least is not None and at_least > at_most:
            yield fault("at_most", "rules.is_below_below_least")
        if (at_most is None) != ("rest" not in raw):
            yield fault("rest", "rules.rest_goes_with_at_most")

    @check
    def _whole(parts: tuple[Part, ...]) -> Iterator[Fault]:
        total = sum((part.part for part in parts), Fraction(0))
        if total != 1:
            yield fault("split", "rules.parts_sum", said=plain(total * 100))

    @check
    def _roles(members: Members, parts: tuple[Part, ...], context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        role = vocabulary.dataset.tables[members.table].columns[members.role]
        for place, part in enumerate(parts):
            yield from vocabulary.member_faults(("split", place, "role"), role, [part.role])

    @check
    def _reduces(base: str, staffing: Staffing | None) -> Iterator[Fault]:
        known = ["bonus", *sorted(names_of(base))]
        if staffing and staffing.reduces not in known:
            yield unknown_at(("staffing", "reduces"), staffing.reduces, known)
