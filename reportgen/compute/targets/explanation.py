"""The arithmetic of one branch or unit line by line, and what would be different if a figure were another one.

Amounts stand in NT$, shares in per cent; behind each figure is how it was worked out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from reportgen.compute.targets.model import BranchTarget, Result, Scheme, Share, UnitTarget
from reportgen.compute.targets.readings import Overrides
from reportgen.model import Gap, Language, Text, Value, formats
from reportgen.model.errors import InputError, Place, Problem, UsageError, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.read.tables import Dataset

_LABELS = {
    "total": message("targets.total_all_branches"),
    "last": message("targets.last_year_s_target"),
    "factor": message("targets.factor_2"),
    "weighted": message("targets.share_weight"),
    "index": message("targets.index"),
    "last_share": message("targets.share_last_year"),
    "share": message("targets.share"),
    "before": message("targets.before_limits"),
    "floor": message("targets.floor"),
    "ceiling": message("targets.ceiling"),
    "multiplier": message("targets.multiplier"),
    "after": message("targets.within_limits"),
    "bound": message("targets.held"),
    "target": message("targets.target"),
    "change": message("targets.change"),
    "rate": message("targets.rate_change"),
    "months": message("targets.months_service"),
    "staffing": message("targets.staffing"),
    "service": message("targets.service"),
    "branch": message("targets.target_branch"),
}
_HEADS = (message("targets.now"), message("targets.if_so"), message("targets.difference"))


# ---- explain ------------------------------------------------------------------------------------


def explain(result: Result, name: str, units: Mapping[str, Unit], language: Language) -> Iterator[str]:
    """How the target of `taipei`, `taipei-03` or `taipei/03` was worked out; InputError where there is none such."""
    branch, unit = _found(result, name)
    teller = _Teller(units, language)
    yield branch.names.say(language)
    yield from teller.lines(_of_branch(result, branch))
    if unit:
        yield unit.names.say(language)
        yield from teller.lines(_of_unit(branch, unit))


def _found(result: Result, name: str) -> tuple[BranchTarget, UnitTarget | None]:
    for branch in result.branches:
        if name in (branch.id, branch.names.zh, branch.names.en):
            return branch, None
        for unit in branch.units:
            if name in (f"{branch.id}-{unit.id}", f"{branch.id}/{unit.id}", unit.names.zh, unit.names.en):
                return branch, unit
    known = [one.id for one in result.branches]
    head = name.replace("/", "-")
    near = difflib.get_close_matches(
        head, [*known, *(f"{b.id}-{u.id}" for b in result.branches for u in b.units)], 1
    )
    raise InputError(
        problem(
            Place(result.scheme.publication),
            "targets.is_no_branch_unit",
            name_=name,
            known=[*known],
            more=Text(
                f"；是否為「{near[0]}」？" if near else "", f"; did you mean {near[0]!r}?" if near else ""
            ),
        )
    )


Told = tuple[Text, Value | Text | None]


def _of_branch(result: Result, branch: BranchTarget) -> Iterator[Told]:
    yield _LABELS["total"], result.total
    yield _LABELS["last"], branch.last
    yield from _parts(branch)
    yield _LABELS["last_share"], branch.last_share
    yield _LABELS["share"], branch.share
    yield from _limits(branch, result.multiplier)


def _of_unit(branch: BranchTarget, unit: UnitTarget) -> Iterator[Told]:
    yield _LABELS["branch"], branch.target
    yield _LABELS["last"], unit.last
    yield _LABELS["months"], unit.months
    yield _LABELS["staffing"], unit.staffing
    yield _LABELS["service"], unit.service
    yield from _parts(unit)
    yield _LABELS["share"], unit.share
    yield from _limits(unit, branch.multiplier)


def _parts(one: Share) -> Iterator[Told]:
    for part in one.parts:
        label = part.factor.label
        yield Text(f"{_LABELS['factor'].zh}：{label.zh}", f"{_LABELS['factor'].en}: {label.en}"), part.value
        yield Text(f"  {_LABELS['share'].zh}", f"  {_LABELS['share'].en}"), part.share
        yield Text(f"  {_LABELS['weighted'].zh}", f"  {_LABELS['weighted'].en}"), part.weighted
    if one.parts:
        yield _LABELS["index"], one.index


def _limits(one: Share, multiplier: Value | None) -> Iterator[Told]:
    yield _LABELS["before"], one.before
    yield _LABELS["floor"], one.floor
    yield _LABELS["ceiling"], one.ceiling
    yield _LABELS["multiplier"], multiplier
    yield _LABELS["after"], one.after
    if one.bound:
        yield _LABELS["bound"], _LABELS[one.bound]
    yield _LABELS["target"], one.target
    yield _LABELS["change"], one.change
    yield _LABELS["rate"], one.rate


class _Teller:
    """Lines of a label, a figure and its working, set below each other."""

    def __init__(self, units: Mapping[str, Unit], language: Language) -> None:
        self.units, self.language = units, language

    def lines(self, told: Iterable[Told]) -> Iterator[str]:
        rows = [(label.say(self.language), *self.figure(value)) for label, value in told if value is not None]
        left = max(width(label) for label, _, _ in rows)
        right = max(width(figure) for _, figure, _ in rows)
        for label, figure, worked in rows:
            line = f"  {label}{' ' * (left - width(label))}  {' ' * (right - width(figure))}{figure}"
            yield f"{line}  {worked}".rstrip()

    def figure(self, value: Value | Text) -> tuple[str, str]:
        if isinstance(value, Text):
            return value.say(self.language), ""
        return amount(value, self.units), value.worked


def amount(value: Value, units: Mapping[str, Unit]) -> str:
    """Amounts of money in whole NT$, all else as it is printed with its unit."""
    if isinstance(value.exact, Gap):
        return formats.plain(value.exact, 0)
    if value.unit.startswith("twd"):
        return formats.plain(value.exact, 2 if value.exact.denominator != 1 else 0)
    if value.unit == "percent":
        return formats.plain(value.exact, max(value.digits, 0), units["percent"].factor) + "%"
    return formats.plain(value.exact, value.digits, units[value.unit].factor)


def width(words: str) -> int:
    """Columns of a screen: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


# ---- what if ------------------------------------------------------------------------------------


def tried(
    scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], settings: Sequence[str]
) -> tuple[Scheme, Overrides]:
    """The scheme and the factors with `population.taipei=…` or `total=…` put in; UsageError names every fault."""
    problems: list[Problem] = []
    found: dict[tuple[str, str], Fraction] = {}
    members = [one.id for one in dataset.dimensions["branch"].members]
    factors = {one.id: one for one in scheme.factors}
    for setting in settings:
        name, equals, words = setting.partition("=")
        number = _number(words)
        if not equals or number is None or number < 0:
            problems.append(problem(Place("--set", column=setting), "targets.is_not_name_number_number"))
        elif name == "total":
            if number < 1 or number % scheme.branch_step:
                near = max(int(number) // scheme.branch_step, 1) * scheme.branch_step
                problems.append(
                    problem(
                        Place("--set", column=setting),
                        "targets.is_no_multiple_step_branches_2",
                        branch_step=scheme.branch_step,
                        near=near,
                        near2=near + scheme.branch_step,
                    )
                )
            else:
                scheme = replace(scheme, total=int(number))
        else:
            factor, _, branch = name.partition(".")
            if factor not in factors or branch not in members:
                problems.append(_unknown(setting, factor, branch, list(factors), members))
                continue
            measure = dataset.measures[factors[factor].column]
            found[factor, branch] = number * units[measure.unit].factor
    if problems:
        raise UsageError(problems)
    return scheme, found


def _number(words: str) -> Fraction | None:
    try:
        number = Decimal(words.replace(",", "").replace("_", "").strip())
    except InvalidOperation:
        return None
    return Fraction(number) if number.is_finite() and abs(number.adjusted()) < 30 else None


def _unknown(
    setting: str, factor: str, branch: str, factors: Sequence[str], branches: Sequence[str]
) -> Problem:
    what, known = (factor, factors) if factor not in factors else (branch, branches)
    near = difflib.get_close_matches(what, [*known, "total"], 1)
    return problem(
        Place("--set", column=setting),
        "targets.is_unknown",
        what=what,
        known=[*known],
        more=Text(f"；是否為「{near[0]}」？" if near else "", f"; did you mean {near[0]!r}?" if near else ""),
    )


def differences(before: Result, after: Result, language: Language) -> Iterator[str]:
    """The targets that would be others, branches first, then the units below their branch, and the total."""
    changed = [
        (old, new)
        for old, new in zip(before.branches, after.branches, strict=True)
        if old.target.exact != new.target.exact
    ]
    if not changed and before.total.exact == after.total.exact:
        yield "責任金額均無變動" if language == "zh" else "no target would change"
        return
    rows = [tuple(["", *(head.say(language) for head in _HEADS)])]
    rows += [_row(old.names.say(language), old.target, new.target) for old, new in changed]
    rows.append(_row(_LABELS["total"].say(language), before.total, after.total))
    for old, new in changed:
        rows += [
            _row(f"  {one.names.say(language)}", one.target, other.target)
            for one, other in zip(old.units, new.units, strict=True)
            if one.target.exact != other.target.exact
        ]
    left = max(width(row[0]) for row in rows)
    sizes = [max(width(row[place]) for row in rows) for place in (1, 2, 3)]
    for row in rows:
        cells = (" " * (size - width(cell)) + cell for size, cell in zip(sizes, row[1:], strict=True))
        yield f"{row[0]}{' ' * (left - width(row[0]))}  " + "  ".join(cells)


def _row(name: str, old: Value, new: Value) -> tuple[str, ...]:
    assert isinstance(old.exact, Fraction) and isinstance(new.exact, Fraction)
    difference = formats.plain(new.exact - old.exact, 0)
    sign = "+" if new.exact > old.exact else ""
    return name, formats.plain(old.exact, 0), formats.plain(new.exact, 0), sign + difference
