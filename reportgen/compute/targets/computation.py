"""From what was read to the targets of all branches and units: index, share, limits, steps; every number a `Value`.

factors ── shares ── index ──┐
last year's targets ─────────┴─ share ── × total ── within limits ── whole steps ── target ── the same for its units
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute.exact import number, total
from reportgen.compute.targets.declaration import Factor, Scheme
from reportgen.compute.targets.division import agreed, bounds_of, counted
from reportgen.compute.targets.model import BranchTarget, FactorShare, Result, Share
from reportgen.compute.targets.readings import BranchReading, Overrides, Reading, read
from reportgen.compute.targets.revisions import stages
from reportgen.compute.targets.units import units_of
from reportgen.compute.targets.workings import (
    Claim,
    Given,
    Whole,
    Work,
    changes,
    divided,
    factor_share,
    index_of,
    share_of,
    shares,
    short,
)
from reportgen.model import Key, Source, Value
from reportgen.model.errors import Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Dataset

SIZES = {
    ("share", "raises"): "value",
    ("share", "lowers"): "1 / value",
    ("mean_ratio", "raises"): "last * value / mean",
    ("mean_ratio", "lowers"): "last * mean / value",
    ("min_max", "raises"): "last * (value - min) / (max - min)",
    ("min_max", "lowers"): "last * (max - value) / (max - min)",
}


def decide(
    scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], overrides: Overrides | None = None
) -> Result:
    """The targets; InputError with all faults of the tables, or with the limits that cannot be kept."""
    work = Work(scheme, dataset, read(scheme, dataset, units, overrides or {}))
    claims, last_shares = _branch_claims(work)
    whole = Whole(amount=Fraction(scheme.total), formula="total", step=scheme.branch_step)
    claims, given = agreed(work, whole, claims, message("targets.all_branches"), "limits")
    work.stop()
    branches = tuple(
        _branch(work, branch, share_of(work, whole, claim, part), last_share)
        for branch, claim, part, last_share in zip(work.branches, claims, given, last_shares, strict=True)
    )
    work.stop()
    result = _summed(work, branches, given)
    result = replace(result, stages=stages(work, result))
    work.stop()
    return result


# ---- branches -------------------------------------------------------------------------------------


def _branch_claims(work: Work) -> tuple[list[Claim], list[Value]]:
    """What each branch may claim of the total, and the part that it had of last year's targets."""
    scheme = work.scheme
    bases = [_base(scheme, branch) for branch in work.branches]
    sizes = {factor.id: _factor_sizes(work, factor, bases) for factor in scheme.factors}
    work.stop()
    claims, last_shares, weight, whole = [], [], scheme.last_weight, total(bases)
    for place, (branch, base) in enumerate(zip(work.branches, bases, strict=True)):
        key, key_before = work.key(branch.id), work.key(branch.id, year=scheme.year)
        last = work.last_value(branch.last, key_before)
        parts = tuple(
            _branch_part(work, factor, branch, sizes[factor.id], place) for factor in scheme.factors
        )
        sources = (*last.sources, *(source for part in parts for source in part.value.sources))
        index = index_of(parts, key, sources)
        share = weight / 100 * base / whole + (1 - weight / 100) * number(index)
        blended = f"{short(weight)}% × {short(base / whole)} + {short(100 - weight)}% × {short(index.exact)}"
        floor, ceiling = _branch_bounds(work, branch, base)
        claim = Claim(
            id=branch.id,
            names=branch.names,
            last=last,
            parts=parts,
            index=index,
            share=shares(key, sources)(
                metric="share of the total",
                exact=share,
                formula="last weight * share of last year + (1 - last weight) * index",
                worked=f"{blended} = {short(share)}",
            ),
            floor=floor,
            ceiling=ceiling,
        )
        claims.append(claim)
        last_shares.append(
            shares(key_before, last.sources)(
                metric="share of last year",
                exact=base / whole,
                formula="last, for a whole year of each unit / sum over all branches",
                worked=f"{short(base)} ÷ {short(whole)}",
            )
        )
    work.stop()
    return claims, last_shares


def _base(scheme: Scheme, branch: BranchReading) -> Fraction:
    """Last year's target as one of a whole year, or the declared amount that stands for it."""
    if branch.last is not None:
        return branch.base
    return Fraction(scheme.new_branches[branch.id].base)


def _branch_bounds(work: Work, branch: BranchReading, base: Fraction) -> tuple[int | None, int | None]:
    scheme, new = work.scheme, work.scheme.new_branches.get(branch.id)
    if new and not new.limited:
        return None, None
    return bounds_of(work, scheme.limits_of(branch.id), base, scheme.branch_step, (branch.id, branch.names))


def _factor_sizes(work: Work, factor: Factor, bases: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """What each branch's part of the factor is measured by; a problem where there is nothing to share."""
    values = [branch.factors[factor.id].exact for branch in work.branches]
    lowers, low, high = factor.direction == "lowers", min(values), max(values)
    place = work.scheme.factors.index(factor)
    at = Place(
        work.scheme.file, row=work.scheme.lines.get(f"factor.{place}", 0), column=f"factor.{place + 1}"
    )
    if factor.normalisation == "min_max" and low == high:
        work.problems.append(
            problem(at, "targets.factor_is_same_everywhere", label=factor.label, low=counted(low))
        )
    elif factor.normalisation != "min_max" and lowers and not all(values):
        zero = [branch.id for branch in work.branches if not branch.factors[factor.id].exact]
        work.problems.append(problem(at, "targets.factor_is_zero_for", label=factor.label, zero=zero))
    elif factor.normalisation != "min_max" and not any(values):
        work.problems.append(problem(at, "targets.factor_is_zero_everywhere", label=factor.label))
    if work.problems:
        return ()
    if factor.normalisation == "share":
        return tuple(1 / value if lowers else value for value in values)
    if factor.normalisation == "min_max":
        levels = [(high - value if lowers else value - low) / (high - low) for value in values]
    else:
        mean = total(values) / len(values)
        levels = [mean / value if lowers else value / mean for value in values]
    return tuple(base * level for base, level in zip(bases, levels, strict=True))


def _branch_part(
    work: Work, factor: Factor, branch: BranchReading, sizes: Sequence[Fraction], place: int
) -> FactorShare:
    size, whole = sizes[place], total(sizes)
    sources = (source for other in work.branches for source in other.factors[factor.id].sources)
    share = shares(work.key(branch.id), sources, 2)(
        metric=f"share by {factor.id}",
        exact=size / whole,
        formula=f"size / sum of sizes of all branches, size = {SIZES[factor.normalisation, factor.direction]}",
        worked=divided(size, whole),
    )
    key = work.key(branch.id, year=work.scheme.year)
    return factor_share(factor, work.read_value(factor.column, branch.factors[factor.id], key), share)


def _branch(work: Work, branch: BranchReading, share: Share, last_share: Value) -> BranchTarget:
    units, multiplier = units_of(work, branch, share.target)
    return BranchTarget(
        **vars(share),
        new=branch.last is None,
        last_share=last_share,
        base=_whole_year(work, branch),
        limits=work.scheme.limits_of(branch.id),
        units=units,
        multiplier=multiplier,
    )


def _whole_year(work: Work, branch: BranchReading) -> Value | None:
    """What last year's targets of its units would be for a whole year, where that is more than they were."""
    if branch.last is None or branch.base == branch.last.exact:
        return None
    amount = work.amounts(work.key(branch.id, year=work.scheme.year), branch.last.sources)
    formula = "sum over its units of last / (months / 12 * staffing) of that year"
    return amount(
        metric="target of a whole year", exact=branch.base, formula=formula, worked=short(branch.base)
    )


# ---- the whole ------------------------------------------------------------------------------------


def _summed(work: Work, branches: tuple[BranchTarget, ...], given: Sequence[Given]) -> Result:
    scheme = work.scheme
    assert sum(part.target for part in given) == scheme.total
    key: Key = (("roc_year", scheme.roc_year),)
    before = total(branch.last.exact for branch in branches if isinstance(branch.last.exact, Fraction))
    sources = merged_sources(source for branch in branches for source in branch.last.sources)
    last = work.amounts((("roc_year", scheme.year),), sources)(
        metric=scheme.last_column,
        exact=before,
        formula=f"sum of {scheme.last_column} of all branches",
        worked=short(before),
    )
    line = Source(file=scheme.file, sheet="", rows=(scheme.lines.get("total", 1),), column="total")
    declared = work.amounts(key, [line])(
        metric=scheme.last_column,
        exact=Fraction(scheme.total),
        formula="total, as targets.toml declares it",
        worked=str(scheme.total),
    )
    change, rate = changes(work, last, Fraction(scheme.total), key)
    of = "branches within their limits make the total"
    return Result(
        scheme=scheme,
        branches=branches,
        multiplier=work.multiplier(key, "multiplier", given[0].multiplier, of, sources),
        total=declared,
        last=last,
        change=change,
        rate=rate,
        inputs=(scheme.file, *_files(work)),
        means={factor.id: _mean(work, factor) for factor in scheme.factors},
    )


def _files(work: Work) -> tuple[str, ...]:
    scheme, tables = work.scheme, work.dataset.tables
    columns = [scheme.last_column, *(factor.column for factor in (*scheme.factors, *scheme.unit_factors))]
    used = {work.dataset.measures[column].table for column in columns}
    used |= {scheme.units.table, scheme.units.roster}
    return tuple(dict.fromkeys(table.file for name, table in tables.items() if name in used))


def _mean(work: Work, factor: Factor) -> Value:
    readings = [branch.factors[factor.id] for branch in work.branches]
    whole, count = total(reading.exact for reading in readings), len(readings)
    key: Key = (("roc_year", work.scheme.year), ("mean", "branches"))
    sources = merged_sources(source for reading in readings for source in reading.sources)
    value = work.read_value(factor.column, Reading(whole / count, sources), key)
    formula = "sum over all branches / number of branches"
    return replace(value, formula=formula, worked=f"{short(whole)} ÷ {count}")
