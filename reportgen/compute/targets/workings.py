"""Figures of a scheme of targets as values with their workings; what is divided, and how, is for `computation`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from reportgen.compute.exact import number, total
from reportgen.compute.targets.changes import BRANCH, UNIT
from reportgen.compute.targets.declaration import Factor, Scheme
from reportgen.compute.targets.model import Agreed, Bound, FactorShare, Share
from reportgen.compute.targets.readings import BranchReading, Reading
from reportgen.model import Exact, Gap, Key, Source, Text, Value
from reportgen.model.errors import InputError, Problem
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset

NEW = Gap("none", message("targets.new"))
LONGEST = 22  # characters of a fraction that is written out


@dataclass(frozen=True)
class Work:
    """A scheme with what was read for it, and the faults that come up on the way."""

    scheme: Scheme
    dataset: Dataset
    branches: tuple[BranchReading, ...]
    problems: list[Problem] = field(default_factory=list)

    def stop(self) -> None:
        if self.problems:
            raise InputError(dict.fromkeys(self.problems))

    def key(self, branch: str, unit: str = "", year: int = 0) -> Key:
        key: Key = (("roc_year", year or self.scheme.roc_year), ("branch", branch))
        return (*key, ("unit", unit)) if unit else key

    def amounts(self, key: Key, sources: Iterable[Source] = ()) -> partial[Value]:
        """Makes amounts of money in whole units of the scheme."""
        return partial(Value, key=key, unit=self.scheme.unit, digits=0, sources=merged_sources(sources))

    def read_value(self, column: str, reading: Reading, key: Key) -> Value:
        measure = self.dataset.measures[column]
        return Value(
            metric=column,
            key=key,
            exact=reading.exact,
            unit=self.scheme.unit if measure.unit.startswith("twd") else measure.unit,
            digits=self.dataset.tables[measure.table].columns[column].digits,
            formula=column,
            worked=f"{column} = {short(reading.exact)}" + (" (set by hand)" if reading.given else ""),
            sources=reading.sources,
        )

    def last_value(self, reading: Reading | None, key: Key) -> Value:
        """The target of the year before; a gap where there was none."""
        column = self.scheme.last_column
        amount = self.amounts(key, reading.sources if reading else ())
        if reading is None:
            return amount(metric=column, exact=NEW)
        return amount(metric=column, exact=reading.exact, formula=column, worked=short(reading.exact))

    def multiplier(self, key: Key, metric: str, exact: Fraction, of: str, sources: Iterable[Source]) -> Value:
        formula = f"the one number with which all {of}"
        amount = self.amounts(key, sources)
        return amount(metric=metric, exact=exact, digits=2, formula=formula, worked=short(exact))


def shares(key: Key, sources: Iterable[Source], digits: int = 3) -> partial[Value]:
    """Makes shares in per cent."""
    return partial(Value, key=key, unit="percent", digits=digits, sources=merged_sources(sources))


def divided(part: Fraction, whole: Fraction) -> str:
    return f"{short(part)} ÷ {short(whole)} = {short(part / whole)}"


def short(exact: Exact) -> str:
    """A number in the working of a value: whole or a short fraction exactly, a long one with its first digits."""
    if isinstance(exact, Gap):
        return "…"
    words = str(exact)
    if len(words) <= LONGEST:
        return words
    return f"{exact.numerator * 10**12 // exact.denominator / 10**12:.12g}…"


def factor_share(factor: Factor, value: Value, share: Value) -> FactorShare:
    """A factor of somebody: its value, its share of the whole, and that times the weight of the factor."""
    exact = number(share) * factor.weight / 100
    weighted = Value(
        metric=f"weighted share by {factor.id}",
        key=share.key,
        exact=exact,
        unit="percent",
        digits=share.digits,
        formula="weight * share",
        worked=f"{short(factor.weight)}% × {short(share.exact)} = {short(exact)}",
        sources=share.sources,
    )
    return FactorShare(factor, value, share, weighted)


def index_of(parts: Sequence[FactorShare], key: Key, sources: Iterable[Source]) -> Value:
    exact = total(number(part.weighted) for part in parts)
    worked = " + ".join(f"{short(part.factor.weight)}% × {short(part.share.exact)}" for part in parts)
    return shares(key, sources)(
        metric="index", exact=exact, formula="sum of weight * share", worked=f"{worked} = {short(exact)}"
    )


# ---- from the share to the target -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What somebody may claim of an amount before it is divided; limits in whole steps, None where there is none."""

    id: str
    names: Text
    last: Value
    parts: tuple[FactorShare, ...]
    index: Value
    share: Value
    floor: int | None
    ceiling: int | None
    agreed: Agreed | None = None

    @property
    def name(self) -> str:
        """`taipei`, `taipei/63`."""
        return "/".join(str(part) for name, part in self.share.key if name in (BRANCH, UNIT))


@dataclass(frozen=True, kw_only=True)
class Whole:
    """What is divided: an amount with its name in formulas, and the step of its parts."""

    amount: Fraction
    formula: str
    step: int


@dataclass(frozen=True)
class Given:
    """What a claim is given: the amount within the limits, the same in whole steps, and the multiplier of all."""

    after: Fraction
    target: int
    multiplier: Fraction


def share_of(work: Work, whole: Whole, claim: Claim, given: Given) -> Share:
    """From the share to the target: the same steps for branches and units."""
    key, share, after, target = claim.share.key, number(claim.share), given.after, Fraction(given.target)
    amount = work.amounts(key, claim.share.sources)
    by_share = given.multiplier * share
    bound: Bound = "floor" if by_share < after else "ceiling" if by_share > after else ""
    if claim.agreed:
        bound = "agreed"
    worked = f"{short(whole.amount)} × {short(share)} = {short(whole.amount * share)}"
    before = amount(
        metric="target before limits",
        exact=whole.amount * share,
        digits=2,
        formula=f"{whole.formula} * share",
        worked=worked,
    )
    within = amount(
        metric="target within limits",
        exact=after,
        digits=2,
        formula="min(max(multiplier * share, floor), ceiling)",
        worked=f"multiplier = {short(given.multiplier)}, share = {short(share)}, result = {short(after)}",
    )
    change, rate = changes(work, claim.last, target, key)
    return Share(
        id=claim.id,
        names=claim.names,
        last=claim.last,
        parts=claim.parts,
        index=claim.index,
        share=claim.share,
        before=before,
        floor=_limit(work, claim, "floor", f"up to a multiple of {whole.step}"),
        ceiling=_limit(work, claim, "ceiling", f"down to a multiple of {whole.step}"),
        bound=bound,
        after=within,
        target=amount(
            metric=work.scheme.last_column,
            exact=target,
            formula=f"in steps of {whole.step}, {work.scheme.remainder}",
            worked=f"{short(after)} → {short(target)}",
        ),
        change=change,
        rate=rate,
        agreed=claim.agreed,
    )


def _limit(work: Work, claim: Claim, name: str, rounded: str) -> Value | None:
    """A limit as it would hold, though an agreement may leave it; None where there is none."""
    own = claim.agreed or claim
    limit = own.floor if name == "floor" else own.ceiling
    if limit is None:
        return None
    amount = work.amounts(claim.share.key, claim.last.sources)
    formula = f"last * (100 + {name}) / 100, {rounded}"
    return amount(metric=name, exact=Fraction(limit), formula=formula, worked=str(limit))


def changes(work: Work, last: Value, target: Fraction, key: Key) -> tuple[Value, Value]:
    """Target − last, and that ÷ last; gaps where there was no target the year before."""
    change: Exact = NEW
    rate: Exact = NEW
    worked = ""
    if isinstance(last.exact, Fraction):
        change = target - last.exact
        rate = change / last.exact if last.exact else NEW
        worked = f"target = {short(target)}, last = {short(last.exact)}"
    amount, share = work.amounts(key, last.sources), shares(key, last.sources, 2)
    return (
        amount(metric="change of the target", exact=change, formula="target - last", worked=worked),
        share(metric="rate of change of the target", exact=rate, formula="target / last - 1", worked=worked),
    )
