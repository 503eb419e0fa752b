"""From what was read to the targets of all branches and units: index, share, limits, steps; every number a `Value`.

factors ── shares ── index ──┐
last year's targets ─────────┴─ share ── × total ── within limits ── whole steps ── target ── the same for its units
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.targets.apportionment import Conflict, Filled, fill, in_steps, shares_of
from reportgen.compute.targets.model import (
    Bound,
    BranchTarget,
    Factor,
    Limits,
    Part,
    Result,
    Scheme,
    Share,
    UnitTarget,
)
from reportgen.compute.targets.readings import BranchReading, Overrides, Reading, UnitReading, read
from reportgen.model import Exact, Gap, Key, Source, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message, told
from reportgen.read.tables import Dataset

HUNDRED = Fraction(100)
NEW = Gap("none", message("targets.new"))
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
    return _Computation(scheme, dataset, read(scheme, dataset, units, overrides or {})).result()


@dataclass(frozen=True)
class _Bounds:
    """The limits in whole steps, None where there is none."""

    floor: int | None
    ceiling: int | None


@dataclass(frozen=True)
class _Divided:
    filled: Filled
    steps: tuple[int, ...]


class _Computation:
    def __init__(self, scheme: Scheme, dataset: Dataset, branches: tuple[BranchReading, ...]) -> None:
        self.scheme, self.dataset, self.branches = scheme, dataset, branches
        self.problems: list[Problem] = []

    def result(self) -> Result:
        scheme, branches = self.scheme, self.branches
        bases = [self.base(branch) for branch in branches]
        sizes = {factor.id: self.factor_sizes(factor, bases) for factor in scheme.factors}
        self.stop()
        shares = {name: shares_of(found) for name, found in sizes.items()}
        index = [
            sum((factor.weight * shares[factor.id][place] for factor in scheme.factors), Fraction(0)) / 100
            for place in range(len(branches))
        ]
        last, weight = shares_of(bases), scheme.last_weight / 100
        whole = [weight * old + (1 - weight) * new for old, new in zip(last, index, strict=True)]
        bounds = [self.branch_bounds(branch) for branch in branches]
        self.stop()
        names = [branch.names for branch in branches]
        divided = self.divided(
            Fraction(scheme.total),
            whole,
            bounds,
            scheme.branch_step,
            names,
            message("targets.all_branches"),
            Place(scheme.file, row=scheme.lines.get("limits", 0), column="limits"),
        )
        self.stop()
        made = []
        for place, branch in enumerate(branches):
            parts = tuple(self.part(factor, branch, sizes[factor.id], place) for factor in scheme.factors)
            made.append(
                self.branch(
                    branch,
                    parts,
                    bases,
                    last[place],
                    index[place],
                    whole[place],
                    bounds[place],
                    divided,
                    place,
                )
            )
        self.stop()
        return self.summed(tuple(made), divided)

    def stop(self) -> None:
        if self.problems:
            raise InputError(dict.fromkeys(self.problems))

    # -- shares of branches

    def base(self, branch: BranchReading) -> Fraction:
        """Last year's target, or the declared amount that stands for it."""
        if branch.last is not None:
            return branch.last.exact
        return Fraction(self.scheme.new_branches[branch.id].base)

    def factor_sizes(self, factor: Factor, bases: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """What each branch's part of the factor is measured by; a fault where there is nothing to share."""
        values = [branch.factors[factor.id].exact for branch in self.branches]
        inverse = factor.direction == "lowers"
        if factor.normalisation == "min_max":
            low, high = min(values), max(values)
            if low == high:
                self.fault(factor, *told("targets.is_same_all_branches", low=_n(low)))
                return ()
            levels = [(high - one if inverse else one - low) / (high - low) for one in values]
            return tuple(base * level for base, level in zip(bases, levels, strict=True))
        if inverse and not all(values):
            zero = ", ".join(one.id for one in self.branches if not one.factors[factor.id].exact)
            self.fault(factor, *told("targets.is_zero", zero=zero))
            return ()
        if not any(values):
            self.fault(factor, *told("targets.is_zero_all_branches_so"))
            return ()
        if factor.normalisation == "share":
            return tuple(1 / one if inverse else one for one in values)
        mean = sum(values, Fraction(0)) / len(values)
        levels = [mean / one if inverse else one / mean for one in values]
        return tuple(base * level for base, level in zip(bases, levels, strict=True))

    def fault(self, factor: Factor, en: str, zh: str) -> None:
        scheme = self.scheme
        place = scheme.factors.index(factor)
        row = scheme.lines.get(f"factor.{place}", 0)
        self.problems.append(
            problem(
                Place(scheme.file, row=row, column=f"factor.{place + 1}"),
                "targets.factor",
                label=factor.label,
                zh=Text(zh, en),
            )
        )

    # -- limits and steps

    def branch_bounds(self, branch: BranchReading) -> _Bounds:
        new = self.scheme.new_branches.get(branch.id)
        if new and not new.limited:
            return _Bounds(None, None)
        limits, step = self.scheme.limits_of(branch.id), self.scheme.branch_step
        return self.bounds(limits, self.base(branch), step, branch.names, branch.id)

    def bounds(self, limits: Limits, base: Fraction, step: int, names: Text, id_: str) -> _Bounds:
        """Limits as amounts, rounded inward to whole steps: a floor up, a ceiling down."""
        low = None if limits.floor is None else base * (100 + limits.floor) / 100
        high = None if limits.ceiling is None else base * (100 + limits.ceiling) / 100
        floor = None if low is None else -(-low // step) * step
        ceiling = None if high is None else high // step * step
        if floor is not None and ceiling is not None and floor > ceiling:
            assert low is not None and high is not None
            self.problems.append(
                problem(
                    Place(self.scheme.file, row=self.scheme.lines.get("steps", 0), column="limits"),
                    "targets.names_id_no_multiple",
                    id=id_,
                    step=step,
                    low=_n(low),
                    high=_n(high),
                    names=names,
                )
            )
        return _Bounds(floor, ceiling)

    def divided(
        self,
        total: Fraction,
        shares: Sequence[Fraction],
        bounds: Sequence[_Bounds],
        step: int,
        names: Sequence[Text],
        whole: Text,
        place: Place,
    ) -> _Divided:
        """The total within the limits and in steps; a fault that names the limits which cannot be kept."""
        floors = [Fraction(one.floor or 0) for one in bounds]
        ceilings = [
            max(total, low) if one.ceiling is None else Fraction(one.ceiling)
            for one, low in zip(bounds, floors, strict=True)
        ]
        try:
            filled = fill(total, shares, floors, ceilings)
        except Conflict as conflict:
            self.problems.append(_conflict(conflict, names, floors, ceilings, whole, place))
            return _Divided(Filled(tuple(Fraction(0) for _ in shares), Fraction(0)), tuple(0 for _ in shares))
        return _Divided(filled, in_steps(filled.amounts, step))

    # -- branches as values

    def key(self, branch: str, unit: str = "", year: int = 0) -> Key:
        key: Key = (("roc_year", year or self.scheme.roc_year), ("branch", branch))
        return (*key, ("unit", unit)) if unit else key

    def part(self, factor: Factor, branch: BranchReading, sizes: Sequence[Fraction], place: int) -> Part:
        reading, key, whole = branch.factors[factor.id], self.key(branch.id), sum(sizes, Fraction(0))
        share = sizes[place] / whole
        value = self.read_value(factor.column, reading, self.key(branch.id, year=self.scheme.year))
        sources = _merged(source for one in self.branches for source in one.factors[factor.id].sources)
        size = SIZES[factor.normalisation, factor.direction]
        part = Value(
            metric=f"share by {factor.id}",
            key=key,
            exact=share,
            unit="percent",
            digits=2,
            formula=f"size / sum of sizes of all branches, size = {size}",
            worked=f"{_told(sizes[place])} ÷ {_told(whole)} = {_told(share)}",
            sources=sources,
        )
        return Part(factor, value, part, _weighted(part, factor))

    def read_value(self, column: str, reading: Reading, key: Key) -> Value:
        measure = self.dataset.measures[column]
        digits = self.dataset.tables[measure.table].columns[column].digits
        worked = f"{column} = {_told(reading.exact)}" + (" (set by hand)" if reading.given else "")
        unit = self.scheme.unit if measure.unit.startswith("twd") else measure.unit
        return Value(
            metric=column,
            key=key,
            exact=reading.exact,
            unit=unit,
            digits=digits,
            formula=column,
            worked=worked,
            sources=reading.sources,
        )

    def branch(
        self,
        branch: BranchReading,
        parts: tuple[Part, ...],
        bases: Sequence[Fraction],
        last_share: Fraction,
        index: Fraction,
        share: Fraction,
        bounds: _Bounds,
        divided: _Divided,
        place: int,
    ) -> BranchTarget:
        scheme, key = self.scheme, self.key(branch.id)
        total = Fraction(scheme.total)
        last = self.last_value(branch.last, self.key(branch.id, year=scheme.year))
        sources = _merged((*last.sources, *(one for part in parts for one in part.value.sources)))
        index_value = _index(parts, index, key, sources)
        weight = scheme.last_weight
        share_value = Value(
            metric="share of the total",
            key=key,
            exact=share,
            unit="percent",
            digits=3,
            formula="last weight * share of last year + (1 - last weight) * index",
            worked=f"{_told(weight)}% × {_told(last_share)} + {_told(100 - weight)}% × {_told(index)} = {_told(share)}",
            sources=sources,
        )
        common = self.limited(
            branch.id,
            branch.names,
            last,
            parts,
            index_value,
            share_value,
            total,
            bounds,
            divided,
            place,
            key,
            "total",
            branch.id in scheme.new_branches,
        )
        units, multiplier = self.units(branch, divided.steps[place], common.target)
        old = Value(
            metric="share of last year",
            key=self.key(branch.id, year=scheme.year),
            exact=last_share,
            unit="percent",
            digits=3,
            formula="last / sum over all branches",
            worked=f"{_told(bases[place])} ÷ {_told(sum(bases, Fraction(0)))}",
            sources=last.sources,
        )
        return BranchTarget(
            **vars(common),
            new=branch.last is None,
            last_share=old,
            limits=scheme.limits_of(branch.id),
            units=units,
            multiplier=multiplier,
        )

    def last_value(self, reading: Reading | None, key: Key) -> Value:
        unit = self.scheme.unit
        column = self.scheme.last_column
        if reading is None:
            return Value(metric=column, key=key, exact=NEW, unit=unit, digits=0)
        return Value(
            metric=column,
            key=key,
            exact=reading.exact,
            unit=unit,
            digits=0,
            formula=column,
            worked=_told(reading.exact),
            sources=reading.sources,
        )

    def limited(
        self,
        id_: str,
        names: Text,
        last: Value,
        parts: tuple[Part, ...],
        index: Value,
        share: Value,
        total: Fraction,
        bounds: _Bounds,
        divided: _Divided,
        place: int,
        key: Key,
        of: str,
        new: bool,
    ) -> Share:
        """From the share to the target: the same steps for branches and units."""
        scheme, unit, sources = self.scheme, self.scheme.unit, share.sources
        assert isinstance(share.exact, Fraction)
        after, target = divided.filled.amounts[place], Fraction(divided.steps[place])
        multiplier = divided.filled.multiplier
        before = Value(
            metric="target before limits",
            key=key,
            exact=total * share.exact,
            unit=unit,
            digits=2,
            formula=f"{of} * share",
            worked=f"{_told(total)} × {_told(share.exact)} = {_told(total * share.exact)}",
            sources=sources,
        )
        bound: Bound = ""
        if multiplier * share.exact < after:
            bound = "floor"
        elif multiplier * share.exact > after:
            bound = "ceiling"
        step = scheme.branch_step if of == "total" else scheme.unit_step
        floor, ceiling = (
            None
            if limit is None
            else Value(
                metric=name,
                key=key,
                exact=Fraction(limit),
                unit=unit,
                digits=0,
                formula=formula.format(step=step),
                worked=_told(Fraction(limit)),
                sources=last.sources,
            )
            for name, limit, formula in (
                ("floor", bounds.floor, "last * (100 + floor) / 100, up to a multiple of {step}"),
                ("ceiling", bounds.ceiling, "last * (100 + ceiling) / 100, down to a multiple of {step}"),
            )
        )
        after_value = Value(
            metric="target within limits",
            key=key,
            exact=after,
            unit=unit,
            digits=2,
            formula="min(max(multiplier * share, floor), ceiling)",
            worked=f"multiplier = {_told(multiplier)}, share = {_told(share.exact)}, result = {_told(after)}",
            sources=sources,
        )
        target_value = Value(
            metric=scheme.last_column,
            key=key,
            exact=target,
            unit=unit,
            digits=0,
            formula=f"in steps of {step}, {scheme.remainder}",
            worked=f"{_told(after)} → {_told(target)}",
            sources=sources,
        )
        change, rate = self.changes(last, target, key)
        return Share(
            id=id_,
            names=names,
            last=last,
            parts=parts,
            index=index,
            share=share,
            before=before,
            floor=floor,
            ceiling=ceiling,
            bound=bound,
            after=after_value,
            target=target_value,
            change=change,
            rate=rate,
        )

    def changes(self, last: Value, target: Fraction, key: Key) -> tuple[Value, Value]:
        """Target − last, and that ÷ last."""
        found: tuple[Exact, Exact] = (NEW, NEW)
        worked = ""
        if isinstance(last.exact, Fraction):
            rate: Exact = (target - last.exact) / last.exact if last.exact else NEW
            found, worked = (
                (target - last.exact, rate),
                f"target = {_told(target)}, last = {_told(last.exact)}",
            )
        unit = self.scheme.unit
        return (
            Value(
                metric="change of the target",
                key=key,
                exact=found[0],
                unit=unit,
                digits=0,
                formula="target - last",
                worked=worked,
                sources=last.sources,
            ),
            Value(
                metric="rate of change of the target",
                key=key,
                exact=found[1],
                unit="percent",
                digits=2,
                formula="target / last - 1",
                worked=worked,
                sources=last.sources,
            ),
        )

    # -- units

    def units(
        self, branch: BranchReading, amount: int, target: Value
    ) -> tuple[tuple[UnitTarget, ...], Value]:
        """The branch's target divided among its units: old ones by factors and service, a new one as an average unit."""
        scheme, rules = self.scheme, self.scheme.units
        services = [self.service(unit) for unit in branch.units]
        whole = sum(services, Fraction(0))
        fresh = (
            sum((s for s, unit in zip(services, branch.units, strict=True) if unit.new), Fraction(0)) / whole
        )
        sizes = {factor.id: self.unit_sizes(factor, branch, services) for factor in rules.factors}
        if not all(any(found) for found in sizes.values()) and fresh < 1:
            return (), target
        part_of = []
        for place, unit in enumerate(branch.units):
            if unit.new or not rules.factors:
                part_of.append(services[place] / whole)
                continue
            weighted = sum(
                (one.weight * sizes[one.id][place] / sum(sizes[one.id]) for one in rules.factors), Fraction(0)
            )
            part_of.append((1 - fresh) * weighted / 100)
        bounds = [
            self.unit_bounds(branch, unit, service)
            for unit, service in zip(branch.units, services, strict=True)
        ]
        names = [_unit_name(branch, unit.id) for unit in branch.units]
        place_of = Place(scheme.file, row=scheme.lines.get("unit_limits", 0), column="unit_limits")
        before = len(self.problems)
        divided = self.divided(
            Fraction(amount), part_of, bounds, scheme.unit_step, names, branch.names, place_of
        )
        if len(self.problems) > before:
            return (), target
        made = tuple(
            self.unit(branch, place, services, fresh, part_of[place], sizes, bounds[place], divided, target)
            for place in range(len(branch.units))
        )
        key = self.key(branch.id)
        sources = _merged(source for one in made for source in one.share.sources)
        multiplier = divided.filled.multiplier
        return made, Value(
            metric="multiplier of the units",
            key=key,
            exact=multiplier,
            unit=scheme.unit,
            digits=2,
            formula="the one number with which all units within their limits make the branch's target",
            worked=_told(multiplier),
            sources=sources,
        )

    def service(self, unit: UnitReading) -> Fraction:
        """The part of a full unit and year that it counts."""
        staffed = self.scheme.units.half if unit.half else HUNDRED
        return unit.months.exact / 12 * staffed / 100

    def unit_sizes(
        self, factor: Factor, branch: BranchReading, services: Sequence[Fraction]
    ) -> tuple[Fraction, ...]:
        """Value × service of each old unit; a fault where there is nothing to share."""
        sizes = tuple(
            Fraction(0) if unit.new else unit.factors[factor.id].exact * service
            for unit, service in zip(branch.units, services, strict=True)
        )
        if not any(sizes) and any(not unit.new for unit in branch.units):
            place = self.scheme.units.factors.index(factor)
            self.problems.append(
                problem(
                    Place(
                        self.scheme.file,
                        row=self.scheme.lines.get(f"unit_factor.{place}", 0),
                        column=f"unit_factor.{place + 1}",
                    ),
                    "targets.factor_is_zero_all_units",
                    label=factor.label,
                    names=branch.names,
                )
            )
        return sizes

    def unit_bounds(self, branch: BranchReading, unit: UnitReading, service: Fraction) -> _Bounds:
        """Limits of a unit, pro rata by its service; none for a new one."""
        limits = self.scheme.units.limits
        if unit.last is None:
            return _Bounds(None, None)
        names = _unit_name(branch, unit.id)
        return self.bounds(
            limits, unit.last.exact * service, self.scheme.unit_step, names, f"{branch.id}/{unit.id}"
        )

    def unit(
        self,
        branch: BranchReading,
        place: int,
        services: Sequence[Fraction],
        fresh: Fraction,
        share: Fraction,
        sizes: Mapping[str, tuple[Fraction, ...]],
        bounds: _Bounds,
        divided: _Divided,
        target: Value,
    ) -> UnitTarget:
        scheme, rules, unit = self.scheme, self.scheme.units, branch.units[place]
        key = self.key(branch.id, unit.id)
        last = self.last_value(unit.last, self.key(branch.id, unit.id, scheme.year))
        months = Value(
            metric="months",
            key=key,
            exact=unit.months.exact,
            unit="month",
            digits=self.months_digits(),
            formula=rules.months,
            worked=_told(unit.months.exact),
            sources=unit.months.sources,
        )
        staffed = rules.half if unit.half else HUNDRED
        staffing = Value(
            metric="staffing",
            key=key,
            exact=staffed / 100,
            unit="percent",
            digits=0,
            formula="half if half-staffed, else 100 %",
            worked=_told(staffed),
            sources=unit.months.sources,
        )
        service = Value(
            metric="service",
            key=key,
            exact=services[place],
            unit="percent",
            digits=2,
            formula="months / 12 * staffing",
            worked=f"{_told(unit.months.exact)} ÷ 12 × {_told(staffed)}% = {_told(services[place])}",
            sources=unit.months.sources,
        )
        parts: tuple[Part, ...] = ()
        if not unit.new:
            parts = tuple(
                self.unit_part(factor, branch, unit, sizes[factor.id], place, key) for factor in rules.factors
            )
        mine = _merged((*last.sources, *unit.months.sources, *(s for p in parts for s in p.value.sources)))
        index = sum((p.weighted.exact for p in parts if isinstance(p.weighted.exact, Fraction)), Fraction(0))
        index_value = _index(parts, index, key, mine)
        if parts:
            formula = "index * (1 - part of the new units)"
            worked = f"{_told(index)} × (1 − {_told(fresh)}) = {_told(share)}"
        else:
            formula = "service / sum of service of all units"
            worked = f"{_told(services[place])} ÷ {_told(sum(services, Fraction(0)))} = {_told(share)}"
        share_value = Value(
            metric="share of the branch",
            key=key,
            exact=share,
            unit="percent",
            digits=3,
            formula=formula,
            worked=worked,
            sources=mine,
        )
        assert isinstance(target.exact, Fraction)
        common = self.limited(
            unit.id,
            _unit_name(branch, unit.id),
            last,
            parts,
            index_value,
            share_value,
            target.exact,
            bounds,
            divided,
            place,
            key,
            "target of the branch",
            unit.new,
        )
        return UnitTarget(
            **vars(common), branch=branch.id, new=unit.new, months=months, staffing=staffing, service=service
        )

    def months_digits(self) -> int:
        rules = self.scheme.units
        return self.dataset.tables[rules.roster].columns[rules.months].digits

    def unit_part(
        self,
        factor: Factor,
        branch: BranchReading,
        unit: UnitReading,
        sizes: Sequence[Fraction],
        place: int,
        key: Key,
    ) -> Part:
        reading, whole = unit.factors[factor.id], sum(sizes, Fraction(0))
        share = sizes[place] / whole
        value = self.read_value(factor.column, reading, self.key(branch.id, unit.id, self.scheme.year))
        sources = _merged((*reading.sources, *unit.months.sources))
        part = Value(
            metric=f"share by {factor.id}",
            key=key,
            exact=share,
            unit="percent",
            digits=3,
            formula="value * service / sum over the branch's old units",
            worked=f"{_told(sizes[place])} ÷ {_told(whole)} = {_told(share)}",
            sources=sources,
        )
        return Part(factor, value, part, _weighted(part, factor))

    # -- the whole

    def summed(self, branches: tuple[BranchTarget, ...], divided: _Divided) -> Result:
        scheme = self.scheme
        assert sum(divided.steps) == scheme.total
        key: Key = (("roc_year", scheme.roc_year),)
        old = sum((one.last.exact for one in branches if isinstance(one.last.exact, Fraction)), Fraction(0))
        sources = _merged(source for one in branches for source in one.last.sources)
        last = Value(
            metric=scheme.last_column,
            key=(("roc_year", scheme.year),),
            exact=old,
            unit=scheme.unit,
            digits=0,
            formula=f"sum of {scheme.last_column} of all branches",
            worked=_told(old),
            sources=sources,
        )
        total = Value(
            metric=scheme.last_column,
            key=key,
            exact=Fraction(scheme.total),
            unit=scheme.unit,
            digits=0,
            formula="total, as targets.toml declares it",
            worked=_told(Fraction(scheme.total)),
            sources=(
                Source(file=scheme.file, sheet="", rows=(scheme.lines.get("total", 1),), column="total"),
            ),
        )
        change, rate = self.changes(last, Fraction(scheme.total), key)
        multiplier = Value(
            metric="multiplier",
            key=key,
            exact=divided.filled.multiplier,
            unit=scheme.unit,
            digits=2,
            formula="the one number with which all branches within their limits make the total",
            worked=_told(divided.filled.multiplier),
            sources=sources,
        )
        used = {scheme.last_column, *(one.column for one in (*scheme.factors, *scheme.units.factors))}
        tables = {self.dataset.measures[column].table for column in used} | {
            scheme.units.table,
            scheme.units.roster,
        }
        files = [table.file for name, table in self.dataset.tables.items() if name in tables]
        means = {factor.id: self.mean(factor) for factor in scheme.factors}
        return Result(
            scheme=scheme,
            branches=branches,
            multiplier=multiplier,
            total=total,
            last=last,
            change=change,
            rate=rate,
            inputs=(scheme.file, *dict.fromkeys(files)),
            means=means,
        )

    def mean(self, factor: Factor) -> Value:
        readings = [branch.factors[factor.id] for branch in self.branches]
        mean = sum((one.exact for one in readings), Fraction(0)) / len(readings)
        key: Key = (("roc_year", self.scheme.year), ("mean", "branches"))
        value = self.read_value(factor.column, Reading(mean), key)
        return Value(
            metric=value.metric,
            key=key,
            exact=mean,
            unit=value.unit,
            digits=value.digits,
            formula="sum over all branches / number of branches",
            worked=f"{_told(mean * len(readings))} ÷ {len(readings)}",
            sources=_merged(s for one in readings for s in one.sources),
        )


def _weighted(share: Value, factor: Factor) -> Value:
    assert isinstance(share.exact, Fraction)
    exact = share.exact * factor.weight / 100
    return Value(
        metric=f"weighted share by {factor.id}",
        key=share.key,
        exact=exact,
        unit="percent",
        digits=share.digits,
        formula="weight * share",
        worked=f"{_told(factor.weight)}% × {_told(share.exact)} = {_told(exact)}",
        sources=share.sources,
    )


def _index(parts: Sequence[Part], index: Fraction, key: Key, sources: tuple[Source, ...]) -> Value:
    worked = " + ".join(f"{_told(one.factor.weight)}% × {_told(one.share.exact)}" for one in parts)
    digits = parts[0].share.digits + (0 if parts[0].share.digits > 2 else 1) if parts else 3
    return Value(
        metric="index",
        key=key,
        exact=index,
        unit="percent",
        digits=digits,
        formula="sum of weight * share",
        worked=f"{worked} = {_told(index)}",
        sources=sources,
    )


def _conflict(
    conflict: Conflict,
    names: Sequence[Text],
    floors: Sequence[Fraction],
    ceilings: Sequence[Fraction],
    whole: Text,
    place: Place,
) -> Problem:
    """Which limits cannot be kept, their sum, and by how much."""
    sums, gap = (
        f"{_n(conflict.bound)} - {_n(conflict.total)} = {_n(conflict.bound - conflict.total)}",
        _n(conflict.gap),
    )
    if conflict.side == "floors":
        held = [(name, low) for name, low in zip(names, floors, strict=True) if low]
        en, zh = "; ".join(f"{n.en} {_n(a)}" for n, a in held), "、".join(f"{n.zh} {_n(a)}" for n, a in held)
        return problem(
            place, "targets.whole_floors_are_above", gap=gap, sums=sums, whole=whole, zh=Text(zh, en)
        )
    listed = list(zip(names, ceilings, strict=True))
    en, zh = "; ".join(f"{n.en} {_n(a)}" for n, a in listed), "、".join(f"{n.zh} {_n(a)}" for n, a in listed)
    return problem(
        place, "targets.whole_ceilings_are_below", gap=gap, sums=sums, whole=whole, zh=Text(zh, en)
    )


def _unit_name(branch: BranchReading, unit: str) -> Text:
    return message("targets.unit", unit=unit, names=branch.names)


def _merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    rows: dict[tuple[str, str, str], set[int]] = {}
    for one in sources:
        rows.setdefault((one.file, one.sheet, one.column), set()).update(one.rows)
    return tuple(
        Source(file=file, sheet=sheet, rows=tuple(sorted(rows[file, sheet, column])), column=column)
        for file, sheet, column in rows
    )


def _n(number: Fraction) -> str:
    """For a message: whole where it is, else with two decimals."""
    return f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.2f}"


def _told(exact: Exact) -> str:
    """A number in the working of a value: whole or a short fraction exactly, a long one with its first digits."""
    if isinstance(exact, Gap):
        return "…"
    words = str(exact)
    if len(words) <= 22:
        return words
    return f"{exact.numerator * 10**12 // exact.denominator / 10**12:.12g}…"
