"""The target of a branch divided among its units: old ones by factors and service, a new one as an average unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from reportgen.compute.exact import number, total
from reportgen.compute.targets.declaration import Factor
from reportgen.compute.targets.division import agreed, bounds_of
from reportgen.compute.targets.model import FactorShare, UnitTarget
from reportgen.compute.targets.readings import BranchReading, UnitReading
from reportgen.compute.targets.workings import (
    Claim,
    Whole,
    Work,
    divided,
    factor_share,
    index_of,
    share_of,
    shares,
    short,
)
from reportgen.model import Value
from reportgen.model.errors import Place, problem
from reportgen.model.messages import message
from reportgen.model.values import merged_sources


def units_of(work: Work, branch: BranchReading, target: Value) -> tuple[tuple[UnitTarget, ...], Value | None]:
    """The branch's target divided among its units: old ones by factors and service, a new one as an average unit."""
    services = [_service(work, branch, unit) for unit in branch.units]
    if branch.units and not any(map(number, services)):
        place = Place(work.dataset.tables[work.scheme.units.roster].file, column=work.scheme.units.months)
        work.problems.append(problem(place, "targets.branch_serves_nothing", names=branch.names))
        return (), None
    sizes = {factor.id: _unit_sizes(work, factor, branch, services) for factor in work.scheme.unit_factors}
    if not all(any(of_factor) for of_factor in sizes.values()) and not all(unit.new for unit in branch.units):
        return (), None
    claims = [_unit_claim(work, branch, place, services, sizes) for place in range(len(branch.units))]
    whole = Whole(amount=number(target), formula="target of the branch", step=work.scheme.unit_step)
    claims, given = agreed(work, whole, claims, branch.names, "unit_limits")
    if not given:
        return (), None
    made = tuple(
        UnitTarget(
            **vars(share_of(work, whole, claim, part)),
            branch=branch.id,
            new=unit.new,
            months=_months(work, branch, unit),
            staffing=_staffing(work, branch, unit),
            service=service,
        )
        for unit, claim, part, service in zip(branch.units, claims, given, services, strict=True)
    )
    sources = [source for unit in made for source in unit.share.sources]
    of = "units within their limits make the branch's target"
    key, metric = work.key(branch.id), "multiplier of the units"
    return made, work.multiplier(key, metric, given[0].multiplier, of, sources)


def _months(work: Work, branch: BranchReading, unit: UnitReading) -> Value:
    rules = work.scheme.units
    return Value(
        metric="months",
        key=work.key(branch.id, unit.id),
        exact=unit.months.exact,
        unit="month",
        digits=work.dataset.tables[rules.roster].columns[rules.months].digits,
        formula=rules.months,
        worked=short(unit.months.exact),
        sources=unit.months.sources,
    )


def _staffing(work: Work, branch: BranchReading, unit: UnitReading) -> Value:
    digits = 0 if (unit.staffing.exact * 100).denominator == 1 else 2
    share = shares(work.key(branch.id, unit.id), unit.staffing.sources, digits)
    formula, worked = work.scheme.units.staffing or "100 %", short(unit.staffing.exact * 100)
    return share(metric="staffing", exact=unit.staffing.exact, formula=formula, worked=worked)


def _service(work: Work, branch: BranchReading, unit: UnitReading) -> Value:
    """The part of a full unit and year that it counts."""
    staffed, months = unit.staffing.exact * 100, unit.months.exact
    exact = months / 12 * staffed / 100
    return shares(work.key(branch.id, unit.id), unit.months.sources, 2)(
        metric="service",
        exact=exact,
        formula="months / 12 * staffing",
        worked=f"{short(months)} ÷ 12 × {short(staffed)}% = {short(exact)}",
    )


def _unit_sizes(
    work: Work, factor: Factor, branch: BranchReading, services: Sequence[Value]
) -> tuple[Fraction, ...]:
    """Value × service of each old unit; a problem where there is nothing to share."""
    sizes = tuple(
        Fraction(0) if unit.new else unit.factors[factor.id].exact * number(service)
        for unit, service in zip(branch.units, services, strict=True)
    )
    if not any(sizes) and any(not unit.new for unit in branch.units):
        place = work.scheme.unit_factors.index(factor)
        row = work.scheme.lines.get(f"unit_factor.{place}", 0)
        at = Place(work.scheme.file, row=row, column=f"unit_factor.{place + 1}")
        name = "targets.factor_is_zero_all_units"
        work.problems.append(problem(at, name, label=factor.label, names=branch.names))
    return sizes


def _unit_claim(
    work: Work,
    branch: BranchReading,
    place: int,
    services: Sequence[Value],
    sizes: Mapping[str, tuple[Fraction, ...]],
) -> Claim:
    unit, service, scheme = branch.units[place], number(services[place]), work.scheme
    key = work.key(branch.id, unit.id)
    last = work.last_value(unit.last, work.key(branch.id, unit.id, work.scheme.year))
    parts: tuple[FactorShare, ...] = ()
    if not unit.new:
        parts = tuple(
            _unit_part(work, factor, branch, unit, sizes[factor.id][place], total(sizes[factor.id]))
            for factor in scheme.unit_factors
        )
    of_parts = (source for part in parts for source in part.value.sources)
    sources = merged_sources((*last.sources, *unit.months.sources, *of_parts))
    index, whole = index_of(parts, key, sources), total(map(number, services))
    share, formula = service / whole, "service / sum of service of all units"
    worked = divided(service, whole)
    if parts:
        of_new = (number(of) for of, other in zip(services, branch.units, strict=True) if other.new)
        fresh = total(of_new) / whole
        share, formula = (1 - fresh) * number(index), "index * (1 - part of the new units)"
        worked = f"{short(index.exact)} × (1 − {short(fresh)}) = {short(share)}"
    names = message("targets.unit", unit=unit.id, names=branch.names)
    floor, ceiling = None, None
    if unit.last is not None:  # a new unit has no limits, another has them pro rata by its service
        base, of = unit.base * service, (f"{branch.id}/{unit.id}", names)
        floor, ceiling = bounds_of(work, scheme.unit_limits, base, scheme.unit_step, of)
    return Claim(
        id=unit.id,
        names=names,
        last=last,
        parts=parts,
        index=index,
        share=shares(key, sources)(metric="share of the branch", exact=share, formula=formula, worked=worked),
        floor=floor,
        ceiling=ceiling,
    )


def _unit_part(
    work: Work, factor: Factor, branch: BranchReading, unit: UnitReading, size: Fraction, whole: Fraction
) -> FactorShare:
    reading = unit.factors[factor.id]
    share = shares(work.key(branch.id, unit.id), (*reading.sources, *unit.months.sources))(
        metric=f"share by {factor.id}",
        exact=size / whole,
        formula="value * service / sum over the branch's old units",
        worked=divided(size, whole),
    )
    key = work.key(branch.id, unit.id, work.scheme.year)
    return factor_share(factor, work.read_value(factor.column, reading, key), share)
