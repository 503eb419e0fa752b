"""An amount among claims within their limits, which are turned into amounts first; a problem where they can't be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.apportionment import Conflict, fill, in_steps
from reportgen.compute.exact import number
from reportgen.compute.targets.changes import Adjustment
from reportgen.compute.targets.declaration import Limits
from reportgen.compute.targets.model import Agreed
from reportgen.compute.targets.workings import Claim, Given, Whole, Work
from reportgen.model import Source, Text, formats
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.values import joined


def bounds_of(
    work: Work, limits: Limits, base: Fraction, step: int, of: tuple[str, Text]
) -> tuple[int | None, int | None]:
    """Limits as amounts, rounded inward to whole steps: a floor up, a ceiling down. `of` is for messages."""
    low, high = (
        None if limit is None else base * (100 + limit) / 100 for limit in (limits.floor, limits.ceiling)
    )
    floor = None if low is None else -(-low // step) * step
    ceiling = None if high is None else high // step * step
    if low is not None and low == high:  # one amount alone: the nearest step stands for it
        floor = ceiling = int(formats.half_up(low / step, 0)) * step
        return floor, ceiling
    if low is not None and high is not None and high // step < low / step:
        place = Place(work.scheme.file, row=work.scheme.lines.get("steps", 0), column="limits")
        ends = {"low": counted(low), "high": counted(high)}
        fault = problem(place, "targets.no_step_within_limits", id=of[0], names=of[1], step=step, **ends)
        work.problems.append(fault)
    return floor, ceiling


def agreed(
    work: Work, whole: Whole, claims: Sequence[Claim], names: Text, limits: str
) -> tuple[list[Claim], list[Given]]:
    """The amount divided with what was negotiated: the claims with it, and what each is given; none given where that cannot be.

    A change is on what the calculation gives without any agreement; the others share what is left.
    """
    given = divide(work, whole, claims, names, limits)
    adjustments = {claim.id: found for claim in claims if (found := work.scheme.adjustments.get(claim.name))}
    if not given or not adjustments:
        return list(claims), given
    made = [
        _fixed(work, claim, part.target, adjustments[claim.id]) if claim.id in adjustments else claim
        for claim, part in zip(claims, given, strict=True)
    ]
    if work.problems:
        return made, []
    return made, divide(work, whole, made, names, "adjustment")


def _fixed(work: Work, claim: Claim, computed: int, adjustment: Adjustment) -> Claim:
    """The claim with its agreed amount as its only one."""
    place = list(work.scheme.adjustments.values()).index(adjustment)
    change = adjustment.change or 0
    amount = computed + change if adjustment.amount is None else adjustment.amount
    if amount < 0:
        key = f"adjustment.{place}.change"
        at = Place(work.scheme.file, row=work.scheme.lines.get(key, 0), column=key)
        slots = {"name_": claim.names, "change": change, "computed": computed}
        work.problems.append(problem(at, "targets.adjustment_below_zero", **slots))
    line = Source(
        file=work.scheme.file,
        sheet="",
        rows=(work.scheme.lines.get(f"adjustment.{place}", 1),),
        column=f"adjustment.{place}",
    )
    value = work.amounts(claim.share.key, (*claim.last.sources, line))
    metric, formula = "target computed", f"in steps, {work.scheme.remainder}, before what was negotiated"
    without = value(metric=metric, exact=Fraction(computed), formula=formula, worked=str(computed))
    exact, worked = Fraction(amount - computed), f"{computed} → {amount}"
    by = value(metric="change agreed", exact=exact, formula="agreed - computed", worked=worked)
    agreement = Agreed(adjustment, without, by, claim.floor, claim.ceiling)
    return replace(claim, floor=amount, ceiling=amount, agreed=agreement)


def divide(work: Work, whole: Whole, claims: Sequence[Claim], names: Text, limits: str) -> list[Given]:
    """The amount within the limits and in steps; nothing, and a problem, where limits cannot be kept."""
    floors = [Fraction(claim.floor or 0) for claim in claims]
    ceilings = [
        max(whole.amount, low) if claim.ceiling is None else Fraction(claim.ceiling)
        for claim, low in zip(claims, floors, strict=True)
    ]
    try:
        filled = fill(whole.amount, [number(claim.share) for claim in claims], floors, ceilings)
    except Conflict as conflict:
        place = Place(work.scheme.file, row=work.scheme.lines.get(limits, 0), column=limits)
        bounds = [low if low else None for low in floors] if conflict.side == "floors" else ceilings
        held = [
            message("targets.name_amount", name=claim.names, amount=counted(bound))
            for claim, bound in zip(claims, bounds, strict=True)
            if bound is not None
        ]
        work.problems.append(_conflict(place, conflict, names, held))
        return []
    steps = in_steps(filled.amounts, whole.step)
    return [
        Given(after, target, filled.multiplier) for after, target in zip(filled.amounts, steps, strict=True)
    ]


def _conflict(place: Place, conflict: Conflict, names: Text, held: Sequence[Text]) -> Problem:
    """Which limits cannot be kept, their sum, and by how much."""
    difference = counted(conflict.bound - conflict.total)
    slots = {
        "gap": counted(conflict.gap),
        "sums": f"{counted(conflict.bound)} - {counted(conflict.total)} = {difference}",
        "whole": names,
        "limits": joined(held, "、", "; "),
    }
    if conflict.side == "floors":
        return problem(place, "targets.whole_floors_are_above", **slots)
    return problem(place, "targets.whole_ceilings_are_below", **slots)


def counted(exact: Fraction) -> str:
    """For a message: whole where it is, else with two decimals."""
    return f"{int(exact):,}" if exact.denominator == 1 else f"{float(exact):,.2f}"
