"""What would be different if a figure, a weight, a limit or an agreed amount were another one; nothing is written.

The names that may be set: `total`, FACTOR.BRANCH, weight.FACTOR, limits.floor, limit.BRANCH.ceiling, unit_limits.floor,
adjustment.BRANCH or adjustment.BRANCH/UNIT. Several are tried together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from reportgen.compute.exact import number, typed
from reportgen.compute.targets.changes import BRANCH, Adjustment, split
from reportgen.compute.targets.declaration import BranchLimits, Limits, Scheme
from reportgen.compute.targets.model import Result, Share
from reportgen.compute.targets.readings import Overrides
from reportgen.model import Language, Value, formats
from reportgen.model.errors import Place, Problem, UsageError, problem
from reportgen.model.formats import Unit
from reportgen.model.hints import near
from reportgen.model.messages import message
from reportgen.read.tables import Dataset

Units = Mapping[str, Unit]
Target = TypeVar("Target", bound=Share)
ENDS = ("floor", "ceiling")


def tried(
    scheme: Scheme, dataset: Dataset, units: Units, settings: Sequence[str]
) -> tuple[Scheme, Overrides]:
    """The scheme and the factors with `population.taipei=…` or `limits.floor=…` put in; UsageError names every fault."""
    trial = _Trial(scheme, dataset, units)
    for setting in settings:
        trial.put(setting)
    trial.hold_together(settings)
    if trial.problems:
        raise UsageError(trial.problems)
    return trial.scheme, trial.overrides


@dataclass
class _Trial:
    scheme: Scheme
    dataset: Dataset
    units: Units
    overrides: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        return [member.id for member in self.dataset.dimensions[BRANCH].members]

    def fault(self, setting: str, name: str, /, **slots: object) -> None:
        self.problems.append(problem(Place("--set", column=setting), name, **slots))

    def put(self, setting: str) -> None:
        name, equals, words = setting.partition("=")
        exact, lifted = typed(words), words.strip() == "none"
        (first, _, rest), ways = name.partition("."), self.ways()
        signed = first in ("limits", "limit", "unit_limits", "adjustment")
        if not equals or (exact is None and not (lifted and signed)) or ((exact or 0) < 0 and not signed):
            self.fault(setting, "targets.is_not_name_number_number")
        elif name == "total":
            self.total(setting, exact or Fraction(0))
        elif first in ways:
            ways[first](setting, rest, exact, words)
        else:
            self.factor(setting, first, rest, exact or Fraction(0))

    def ways(self) -> dict[str, Callable[[str, str, Fraction | None, str], None]]:
        return {
            "weight": self.weight,
            "limits": partial(self.limits, "limits"),
            "unit_limits": partial(self.limits, "unit_limits"),
            "limit": self.limit,
            "adjustment": self.adjustment,
        }

    def unknown(self, setting: str, what: str, known: Sequence[str]) -> None:
        self.fault(setting, "targets.is_unknown", what=what, known=[*known], more=near(what, [*known]))

    # -- what may be set

    def total(self, setting: str, exact: Fraction) -> None:
        step = self.scheme.branch_step
        if exact < 1 or exact % step:
            below = max(int(exact) // step, 1) * step
            self.fault(setting, "targets.total_is_no_multiple", step=step, near=below, near2=below + step)
            return
        self.scheme = replace(self.scheme, total=int(exact))

    def factor(self, setting: str, factor: str, branch: str, exact: Fraction) -> None:
        columns = {one.id: one.column for one in self.scheme.factors}
        if factor not in columns or branch not in self.members:
            what, known = (branch, self.members) if factor in columns else (factor, [*columns])
            ways = [] if factor in columns else ["total", *self.ways()]
            more = near(what, [*known, *ways])
            self.fault(setting, "targets.is_unknown", what=what, known=[*known, *ways], more=more)
            return
        unit = self.units[self.dataset.measures[columns[factor]].unit]
        self.overrides[factor, branch] = exact * unit.factor

    def weight(self, setting: str, factor: str, exact: Fraction | None, words: str) -> None:
        known = [one.id for one in self.scheme.factors]
        if factor == "last" and factor not in known:
            if exact is None or exact > 100:
                self.fault(setting, "targets.is_not_name_number_number")
                return
            self.scheme = replace(self.scheme, last_weight=exact)
        elif factor not in known:
            self.unknown(setting, factor, [*known, "last"])
        else:
            factors = tuple(
                one.model_copy(update={"weight": exact}) if one.id == factor else one
                for one in self.scheme.factors
            )
            self.scheme = replace(self.scheme, factors=factors)

    def limits(self, of: str, setting: str, end: str, exact: Fraction | None, words: str) -> None:
        """`of` is `limits`, which are those of branches, or `unit_limits`."""
        if end not in ENDS:
            self.unknown(setting, end, ENDS)
            return
        limits: Limits = getattr(self.scheme, of)
        made: dict[str, Any] = {of: limits.model_copy(update={end: exact})}
        self.scheme = replace(self.scheme, **made)

    def limit(self, setting: str, name: str, exact: Fraction | None, words: str) -> None:
        branch, _, end = name.rpartition(".")
        if branch not in self.members or end not in ENDS:
            self.unknown(setting, *((branch, self.members) if branch not in self.members else (end, ENDS)))
            return
        own = self.scheme.branch_limits.get(branch)
        now = own or self.scheme.limits
        floor, ceiling = (exact if end == one else getattr(now, one) for one in ENDS)
        tried_ = BranchLimits.model_construct(
            branch=branch,
            reason=own.reason if own else message("targets.tried"),
            floor=floor,
            ceiling=ceiling,
        )
        self.scheme = replace(self.scheme, branch_limits={**self.scheme.branch_limits, branch: tried_})

    def adjustment(self, setting: str, of: str, exact: Fraction | None, words: str) -> None:
        branch, unit = split(of)
        if branch not in self.members:
            self.unknown(setting, branch, self.members)
            return
        kept = {name: one for name, one in self.scheme.adjustments.items() if name != of}
        step = self.scheme.unit_step if unit else self.scheme.branch_step
        if exact is None:
            self.scheme = replace(self.scheme, adjustments=kept)
            return
        if exact % step:
            below = int(exact // step) * step
            slots = {"number": int(exact), "step": step, "near": below, "near2": below + step}
            self.fault(setting, "targets.adjustment_no_multiple", **slots)
            return
        by = words.strip()[:1] in "+-"
        made = Adjustment.model_construct(
            of=of,
            reason=message("targets.tried"),
            proposer=message("targets.tried"),
            date=date.min,
            amount=None if by else int(exact),
            change=int(exact) if by else None,
        )
        self.scheme = replace(self.scheme, adjustments={**kept, of: made})

    # -- what must hold of all together

    def hold_together(self, settings: Sequence[str]) -> None:
        scheme, all_of_them = self.scheme, " ".join(settings)
        weights = [one.weight for one in scheme.factors]
        if sum(weights) != 100:
            named = " + ".join(f"{one.id} {formats.plain(one.weight, 2)}" for one in scheme.factors)
            slots = {"total": formats.plain(sum(weights, Fraction(0)), 2), "named": named}
            self.fault(all_of_them, "targets.weights", **slots)
        limits: list[Limits] = [scheme.limits, scheme.unit_limits, *scheme.branch_limits.values()]
        for one in limits:
            if one.floor is not None and one.ceiling is not None and one.floor > one.ceiling:
                floor, ceiling = (
                    formats.plain(end, formats.decimals(end)) for end in (one.floor, one.ceiling)
                )
                self.fault(all_of_them, "targets.floor_is_above_ceiling", floor=floor, ceiling=ceiling)


def differences(before: Result, after: Result, language: Language) -> Iterator[str]:
    """The targets that would be others, branches first, then the units below their branch, and the total."""
    changed = _changed(before.branches, after.branches)
    if not changed and before.total.exact == after.total.exact:
        yield message("targets.no_target_would_change").say(language)
        return
    heads = (message("targets.now"), message("targets.if_so"), message("targets.difference"))
    rows = [("", *(head.say(language) for head in heads))]
    rows += [_row(old.names.say(language), old.target, new.target) for old, new in changed]
    rows.append(_row(message("targets.total_all_branches").say(language), before.total, after.total))
    for old, new in changed:
        for unit, other in _changed(old.units, new.units):
            rows.append(_row(f"  {unit.names.say(language)}", unit.target, other.target))
    yield from formats.aligned(rows)


def _changed(old: Sequence[Target], new: Sequence[Target]) -> list[tuple[Target, Target]]:
    pairs = zip(old, new, strict=True)
    return [(before, after) for before, after in pairs if before.target.exact != after.target.exact]


def _row(name: str, old: Value, new: Value) -> tuple[str, ...]:
    before, after = number(old), number(new)
    sign = "+" if after > before else ""
    return (
        name,
        *(formats.plain(exact, 0) for exact in (before, after)),
        sign + formats.plain(after - before, 0),
    )
