"""What happens to branches and units between two years, what is negotiated and what is revised within the year.

`[[transfer]]`, `[[successor]]`, `[[adjustment]]`, `[[revision]]` of targets.toml and what they say of one another; what the tables of figures say of them is judged in
`readings`, the amounts in `computation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field, ValidationInfo

from reportgen.read.fields import Number, OneOf, RocDate, Within
from reportgen.read.schema import Fault, Model, check, fault, refused, shown, unknown_at
from reportgen.read.texts import Bilingual

BRANCH, UNIT = "branch", "unit"  # the key columns that every table of the scheme has
UnitName = tuple[str, str]  # branch and unit


def split(name: str) -> UnitName:
    """`taipei/63` as branch and unit; of a branch alone the unit is empty."""
    branch, _, unit = name.partition("/")
    return branch, unit


def _known_branch(name: str, info: ValidationInfo) -> str:
    """The name with a branch that the dataset has."""
    branch, branches = split(name)[0], info.context.known.get(BRANCH) if info.context else None
    if branches is not None and branch not in branches:
        raise refused([unknown_at((), branch, branches)])
    return name


def _unit(name: str, info: ValidationInfo) -> str:
    if not all(split(name)):
        raise refused([fault((), "targets.is_no_unit", value=shown(name))])
    return _known_branch(name, info)


Branch = Annotated[str, OneOf("branch")]
Unit = Annotated[str, AfterValidator(_unit)]  # as `taipei/63`
Either = Annotated[str, AfterValidator(_known_branch)]  # `taipei` or `taipei/63`


class Transfer(Model):
    """A unit that went on under another branch or number: what it had the year before goes with it.

    Where it stands in the roster under both, it moved within the year, and each part counts by its months.
    """

    unit: Unit
    to: Unit
    reason: Bilingual

    @check
    def _moves(unit: str, to: str) -> Iterator[Fault]:
        if unit == to:
            yield fault("to", "targets.transfer_to_itself", name_=shown(unit))


class Successor(Model):
    """Who takes over the amounts of the year before of a branch or unit that was closed, by shares in per cent."""

    of: Either
    to: Annotated[tuple[Either, ...], Field(min_length=1)]
    shares: tuple[Annotated[Number, Within(0, 100, above=True)], ...] = ()
    reason: Bilingual

    @check
    def _heirs(of: str, to: tuple[str, ...]) -> Iterator[Fault]:
        for place, heir in enumerate(to):
            if heir == of or split(heir) == (split(of)[0], ""):
                yield fault(("to", place), "targets.successor_is_itself", name_=shown(heir))
            elif heir in to[:place]:
                yield fault(("to", place), "schema.is_used_twice", value=shown(heir))
            elif bool(split(heir)[1]) != bool(split(of)[1]):
                yield fault(("to", place), "targets.successor_of_another_kind", of=shown(of), to=shown(heir))

    @check
    def _make_the_whole(to: tuple[str, ...], shares: tuple[Fraction, ...]) -> Iterator[Fault]:
        if len(to) > 1 and not shares:
            yield fault("shares", "targets.successor_shares_missing", count=len(to))
        elif shares and len(shares) != len(to):
            yield fault("shares", "targets.successor_shares_count", shares=len(shares), count=len(to))
        elif shares and sum(shares) != 100:
            named = " + ".join(shown(share) for share in shares)
            yield fault("shares", "targets.successor_shares_sum", named=named, total=shown(sum(shares)))

    @property
    def heirs(self) -> dict[str, Fraction]:
        """The part that each takes over, from 0 to 1."""
        return {
            heir: share / 100 for heir, share in zip(self.to, self.shares or (Fraction(100),), strict=True)
        }


class Amount(Model):
    """What somebody is to collect instead: `amount` NT$, or `change` NT$ on what it would be."""

    of: Either
    amount: Annotated[int, Within(0)] | None = None
    change: int | None = None
    reason: Bilingual
    proposer: Bilingual

    @check
    def _says_one(amount: int | None, change: int | None) -> Iterator[Fault]:
        if (amount is None) == (change is None):
            yield fault("amount", "targets.adjustment_says_one")


class Adjustment(Amount):
    """An amount that was negotiated: a change is on what the calculation gives; the others share the rest."""

    date: RocDate


class Revision(Amount):
    """An amount that holds from a day within the year: a change is on what held before; nobody else makes up for it.

    `before` is what held, where it is said: it is then held against what holds. `letter` is the number of its approval 核定文號.
    """

    since: Annotated[RocDate, Field(alias="from")]
    before: Annotated[int, Within(0)] | None = None
    letter: Bilingual


class Named(Protocol):
    """The units that are declared new or closed."""

    @property
    def new(self) -> tuple[str, ...]: ...

    @property
    def closed(self) -> tuple[str, ...]: ...


def faults(
    transfers: tuple[Transfer, ...], successors: tuple[Successor, ...], units: Named
) -> Iterator[Fault]:
    """What the tables say against one another: each moves or closes once, to somebody who is there."""
    closed, new = units.closed, units.new
    for key, field, named in (
        ("transfer", "unit", [one.unit for one in transfers]),
        ("transfer", "to", [one.to for one in transfers]),
        ("successor", "of", [one.of for one in successors]),
    ):
        for place, name in enumerate(named):
            if name in named[:place]:
                yield fault((key, place, field), "schema.is_used_twice", value=shown(name))
    moved = {one.unit for one in transfers}
    gone = {one.of for one in successors}
    for place, one in enumerate(transfers):
        if one.unit in gone or split(one.unit)[0] in gone or one.unit in closed:
            yield fault(("transfer", place, "unit"), "targets.moved_and_closed", name_=shown(one.unit))
        if one.to in moved:
            yield fault(("transfer", place, "to"), "targets.moved_on", name_=shown(one.to))
        if one.to in new:
            yield fault(("transfer", place, "to"), "targets.new_and_heir", name_=shown(one.to))
    for place, heirs in enumerate(successors):
        for at, heir in enumerate(heirs.to):
            if heir in gone or split(heir)[0] in gone or heir in closed or heir in moved:
                yield fault(("successor", place, "to", at), "targets.successor_is_closed", name_=shown(heir))
            elif heir in new:
                yield fault(("successor", place, "to", at), "targets.new_and_heir", name_=shown(heir))


def amount_faults(key_: str, amounts: Sequence[Amount], steps: dict[bool, int]) -> Iterator[Fault]:
    """Each is set once, a revision once from each day, in whole steps: `steps` by whether it is a unit."""
    named = [(one.of, getattr(one, "since", None)) for one in amounts]
    for place, one in enumerate(amounts):
        if named[place] in named[:place]:
            yield fault((key_, place, "of"), "schema.is_used_twice", value=shown(one.of))
        step, key = steps[bool(split(one.of)[1])], "change" if one.amount is None else "amount"
        number = one.change if one.amount is None else one.amount
        if number is not None and number % step:
            near = number // step * step
            slots = {"number": number, "step": step, "near": near, "near2": near + step}
            yield fault((key_, place, key), "targets.adjustment_no_multiple", **slots)
