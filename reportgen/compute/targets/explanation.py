"""The arithmetic of one branch or unit line by line; what would be different if a figure were another one is for `what_if`.

Amounts stand in NT$, shares in per cent; behind each figure is how it was worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.compute.targets.model import BranchTarget, Result, Share, UnitTarget
from reportgen.model import Gap, Language, Text, Value, formats
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.hints import near
from reportgen.model.messages import message

Rows = Iterator[tuple[Text, Value | Text | None]]  # a label, and the figure or words behind it
Units = Mapping[str, Unit]


# ---- explain ------------------------------------------------------------------------------------


def explain(result: Result, name: str, units: Units, language: Language) -> Iterator[str]:
    """How the target of `taipei`, `taipei-03` or `taipei/03` was worked out; InputError where there is none such."""
    branch, unit = _named(result, name)
    yield branch.names.say(language)
    yield from _lines(_of_branch(result, branch), units, language)
    if unit:
        yield unit.names.say(language)
        yield from _lines(_of_unit(result, branch, unit), units, language)


def _named(result: Result, name: str) -> tuple[BranchTarget, UnitTarget | None]:
    for branch in result.branches:
        if name in (branch.id, branch.names.zh, branch.names.en):
            return branch, None
        for unit in branch.units:
            if name in (f"{branch.id}-{unit.id}", f"{branch.id}/{unit.id}", unit.names.zh, unit.names.en):
                return branch, unit
    known = [branch.id for branch in result.branches]
    units = [f"{branch.id}-{unit.id}" for branch in result.branches for unit in branch.units]
    more = near(name.replace("/", "-"), [*known, *units])
    place = Place(result.scheme.publication)
    raise InputError(problem(place, "targets.is_no_branch_unit", name_=name, known=known, more=more))


def _of_branch(result: Result, branch: BranchTarget) -> Rows:
    yield message("targets.total_all_branches"), result.total
    yield message("targets.last_year_s_target"), branch.last
    yield message("targets.whole_year"), branch.base
    yield from _parts(branch)
    yield message("targets.share_last_year"), branch.last_share
    yield message("targets.share"), branch.share
    yield from _limits(branch, result.multiplier)
    yield from _revised(result, branch.id)


def _of_unit(result: Result, branch: BranchTarget, unit: UnitTarget) -> Rows:
    yield message("targets.target_branch"), branch.target
    yield message("targets.last_year_s_target"), unit.last
    yield message("targets.months_service"), unit.months
    yield message("targets.staffing"), unit.staffing
    yield message("targets.service"), unit.service
    yield from _parts(unit)
    yield message("targets.share"), unit.share
    yield from _limits(unit, branch.multiplier)
    yield from _revised(result, f"{branch.id}/{unit.id}")


def _revised(result: Result, name: str) -> Rows:
    """What holds from which day on, and why."""
    for stage in result.stages:
        for row in (row for row in stage.rows if row.id == name):
            yield message("targets.revised", since=formats.roc_date(stage.since)), row.after
            yield message("targets.agreed"), row.change
            if row.declared:
                yield message("targets.agreed_reason"), row.declared.reason
                yield message("targets.agreed_proposer"), row.declared.proposer
                yield message("targets.approved_by"), row.declared.letter


def _parts(share: Share) -> Rows:
    for part in share.parts:
        yield message("targets.factor", label=part.factor.label), part.value
        yield message("targets.share_by_factor"), part.share
        yield message("targets.share_weight"), part.weighted
    if share.parts:
        yield message("targets.index"), share.index


def _limits(share: Share, multiplier: Value | None) -> Rows:
    yield message("targets.before_limits"), share.before
    yield message("targets.floor"), share.floor
    yield message("targets.ceiling"), share.ceiling
    yield message("targets.multiplier"), multiplier
    yield message("targets.within_limits"), None if share.agreed else share.after
    if share.agreed:
        yield message("targets.computed"), share.agreed.computed
        yield message("targets.agreed"), share.agreed.change
        yield message("targets.agreed_reason"), share.agreed.declared.reason
        yield message("targets.agreed_proposer"), share.agreed.declared.proposer
    elif share.bound:
        bound = message("targets.floor") if share.bound == "floor" else message("targets.ceiling")
        yield message("targets.held"), bound
    yield message("targets.target"), share.target
    yield message("targets.change"), share.change
    yield message("targets.rate_change"), share.rate


def _lines(rows: Rows, units: Units, language: Language) -> Iterator[str]:
    """Lines of a label, a figure and its working, set below each other."""
    cells = [
        (label.say(language), *(amount(value, units), value.worked))
        if isinstance(value, Value)
        else (label.say(language), value.say(language), "")
        for label, value in rows
        if value is not None
    ]
    left, right = (max(formats.width(row[place]) for row in cells) for place in (0, 1))
    for label, figure, worked in cells:
        yield f"  {formats.padded(label, left)}  {formats.padded(figure, -right)}  {worked}".rstrip()


def amount(value: Value, units: Mapping[str, Unit]) -> str:
    """Amounts of money in whole NT$, all else as it is printed with its unit."""
    if isinstance(value.exact, Gap):
        return formats.plain(value.exact, 0)
    if value.unit.startswith("twd"):
        return formats.plain(value.exact, 2 if value.exact.denominator != 1 else 0)
    if value.unit == "percent":
        return formats.plain(value.exact, max(value.digits, 0), units["percent"].factor) + "%"
    return formats.plain(value.exact, value.digits, units[value.unit].factor)
