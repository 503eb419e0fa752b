"""Amounts that are revised within the year: what held before a day and what holds from it on, exact in branch and whole.

A branch's new amount is divided among its units in proportion to what each had, in whole steps by the largest remainder; a unit
that is revised by name has its own amount. A unit revised alone changes its branch, and a branch the whole: nobody else makes up
for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reportgen.compute.apportionment import in_steps
from reportgen.compute.exact import number
from reportgen.compute.targets.changes import Revision, split
from reportgen.compute.targets.model import BranchTarget, Result, Revised, Stage
from reportgen.compute.targets.workings import Work
from reportgen.model import Key, Source, Text, Value
from reportgen.model.errors import Place, problem
from reportgen.model.formats import gregorian_year
from reportgen.model.messages import message

Amounts = dict[str, int]  # NT$ in force, by `taipei` or `taipei/03`


def stages(work: Work, result: Result) -> tuple[Stage, ...]:
    """What each day of revision changes; to the problems of `work` comes what cannot be."""
    year = work.scheme.roc_year
    if not work.scheme.revisions:
        return ()
    names = {branch.id: branch.names for branch in result.branches}
    held: Amounts = {}
    for branch in result.branches:
        held[branch.id] = int(number(branch.target))
        for unit in branch.units:
            held[f"{branch.id}/{unit.id}"], names[f"{branch.id}/{unit.id}"] = (
                int(number(unit.target)),
                unit.names,
            )
    made = []
    for place, one in enumerate(work.scheme.revisions):
        if one.of not in held:
            _fault(work, place, "of", "targets.revision_of_nobody", name_=one.of)
        elif one.since.year != gregorian_year(year):
            _fault(work, place, "from", "targets.revision_outside", year=year)
    for since in sorted({one.since for one in work.scheme.revisions}) if not work.problems else ():
        before = dict(held)
        _revise(work, result.branches, held, since)
        made.append(_Day(work, since, names).stage(before, held))
    return tuple(made)


def _fault(work: Work, place: int, key: str, name: str, /, **slots: object) -> None:
    path = f"revision.{place}.{key}"
    row = work.scheme.lines.get(path) or work.scheme.lines.get(f"revision.{place}", 0)
    work.problems.append(problem(Place(work.scheme.file, row=row, column=path), name, **slots))


def _revise(work: Work, branches: Sequence[BranchTarget], held: Amounts, since: date) -> None:
    """Brings what is held to what holds from this day on."""
    declared: Amounts = {}
    for place, one in enumerate(work.scheme.revisions):
        if one.since == since:
            before = held[one.of]
            declared[one.of] = before + (one.change or 0) if one.amount is None else one.amount
            if one.before not in (None, before):
                _fault(work, place, "before", "targets.revision_before", said=one.before, before=before)
            if declared[one.of] < 0:
                slots = {"name_": one.of, "change": one.change, "before": before}
                _fault(work, place, "change", "targets.revision_below_zero", **slots)
    for branch in branches if not work.problems else ():
        units = [f"{branch.id}/{unit.id}" for unit in branch.units]
        own = {name: declared[name] for name in units if name in declared}
        if not own and branch.id not in declared:
            continue
        moved = sum(after - held[name] for name, after in own.items())
        after = declared.get(branch.id, held[branch.id] + moved)
        _divide(work, branch, after - sum(own.values()), [name for name in units if name not in own], held)
        held |= {**own, branch.id: after}


def _divide(work: Work, branch: BranchTarget, rest: int, units: Sequence[str], held: Amounts) -> None:
    """The rest of a branch's amount among the units that have none of their own, by what each had."""
    before = sum(held[name] for name in units)
    if rest < 0 or (rest and not before):
        places = [n for n, one in enumerate(work.scheme.revisions) if split(one.of)[0] == branch.id]
        _fault(work, places[0], "of", "targets.revision_leaves_nobody", names=branch.names, rest=rest)
    elif before:
        parts = [Fraction(rest * held[name], before) for name in units]
        held |= zip(units, in_steps(parts, work.scheme.unit_step), strict=True)


@dataclass(frozen=True)
class _Day:
    """Makes the figures of one day of revision."""

    work: Work
    since: date
    names: dict[str, Text]

    def stage(self, before: Amounts, after: Amounts) -> Stage:
        whole = [sum(amount for name, amount in held.items() if "/" not in name) for held in (before, after)]
        total = self._revised("", message("targets.all_branches"), whole[0], whole[1])
        return Stage(self.since, tuple(self._rows(before, after)), total)

    def _rows(self, before: Amounts, after: Amounts) -> Iterator[Revised]:
        declared = {one.of: one for one in self.work.scheme.revisions if one.since == self.since}
        for name, amount in after.items():
            if amount != before[name] or name in declared:
                yield self._revised(name, self.names[name], before[name], amount, declared.get(name))

    def _revised(
        self, name: str, names: Text, before: int, after: int, declared: Revision | None = None
    ) -> Revised:
        scheme, (branch, unit) = self.work.scheme, split(name)
        key: Key = self.work.key(branch, unit) if branch else (("roc_year", scheme.roc_year),)
        places = [n for n, one in enumerate(scheme.revisions) if one.since == self.since]
        rows = tuple(sorted({scheme.lines.get(f"revision.{place}", 1) for place in places}))
        line = Source(file=scheme.file, sheet="", rows=rows, column="revision")
        made = self.work.amounts((*key, ("from", self.since.isoformat())), [line])

        def value(metric: str, exact: int, formula: str) -> Value:
            worked = f"{before} → {after}"
            return made(metric=metric, exact=Fraction(exact), formula=formula, worked=worked)

        held = "what was held, in steps by the largest remainder" if declared is None else "as it is declared"
        return Revised(
            id=name,
            names=names,
            before=value("target before the revision", before, "target, or the revision before"),
            change=value("change of the revision", after - before, "after - before"),
            after=value("target revised", after, held),
            declared=declared,
        )
