"""Who has what of the year before: each row of the units then goes to one unit or branch of now, or is divided among several.

All that the tables say against the declared transfers and successors is a fault; amounts are for `readings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from reportgen.compute.targets.changes import UnitName, split
from reportgen.compute.targets.declaration import Scheme

ALL = Fraction(1)
NAMES = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a branch, and a unit of it (none: the branch alone), has of an old unit's row.

    `share` of the amount, 0 to 1: the parts of a row make 1, or 0 where its branch ended without a successor. `of_year` is the
    part of a whole year's amount before the unit's months of service come in; `ended`: the work was not gone on with.
    """

    old: UnitName
    branch: str
    unit: str = ""
    share: Fraction = ALL
    of_year: Fraction = ALL
    ended: bool = False


def parts(
    scheme: Scheme, before: Iterable[UnitName], months: Mapping[UnitName, Fraction], branches: Collection[str]
) -> tuple[Part, ...]:
    """Of all rows of the year before; `months` are those of the roster, `branches` those of the year."""
    moved = {split(one.unit): split(one.to) for one in scheme.transfers}
    heirs = {split(one.of): one.heirs for one in scheme.successors}
    made: list[Part] = []
    for old in before:
        branch = old[0]
        if old in moved:
            made += _moved(old, moved[old], months)
        elif passed := heirs.get(old) or heirs.get((branch, "")):
            named = ((split(heir), share) for heir, share in passed.items())
            made += (
                Part(old=old, branch=name[0], unit=name[1], share=share, of_year=share)
                for name, share in named
            )
        elif old in months:
            made.append(Part(old=old, branch=branch, unit=old[1]))
        elif branch in branches:
            made.append(Part(old=old, branch=branch, ended=True))
    return tuple(made)


def _moved(old: UnitName, new: UnitName, months: Mapping[UnitName, Fraction]) -> Iterator[Part]:
    """One that stands in the roster under both names moved within the year: the amount is divided by the months."""
    if old not in months:
        yield Part(old=old, branch=new[0], unit=new[1])
        return
    whole = months[old] + months.get(new, 0)
    for name in (old, new):
        share = months.get(name, Fraction(0)) / whole if whole else Fraction(name == new)
        yield Part(old=old, branch=name[0], unit=name[1], share=share)


def faults(
    scheme: Scheme,
    before: Collection[UnitName],
    months: Mapping[UnitName, Fraction],
    branches: Collection[str],
) -> Iterator[tuple[str, str, NAMES]]:
    """The key in targets.toml, the message and its slots of all that does not go together with the tables."""
    year, roc_year = scheme.year, scheme.roc_year
    for place, one in enumerate(scheme.transfers):
        key, old, new = f"transfer.{place}", split(one.unit), split(one.to)
        if old not in before:
            yield f"{key}.unit", "targets.had_no_row_roc", {"unit": one.unit, "year": year}
        if new not in months:
            yield f"{key}.to", "targets.heir_has_no_row_roster", {"name_": one.to, "roc_year": roc_year}
        if new in before:
            yield f"{key}.to", "targets.heir_had_target", {"name_": one.to, "year": year}
        if (served := months.get(old, Fraction(0)) + months.get(new, Fraction(0))) > 12 and old in months:
            slots: NAMES = {"unit": one.unit, "to": one.to, "months": float(served)}
            yield f"{key}.unit", "targets.moved_months", slots
    for place, of in enumerate(scheme.adjustments):
        if split(of) not in months if split(of)[1] else of not in branches:
            yield (
                f"adjustment.{place}.of",
                "targets.heir_has_no_row_roster",
                {"name_": of, "roc_year": roc_year},
            )
    for place, passed in enumerate(scheme.successors):
        yield from _of_successor(f"successor.{place}", passed.of, passed.to, scheme, before, months, branches)


def _of_successor(
    key: str,
    of: str,
    to: tuple[str, ...],
    scheme: Scheme,
    before: Collection[UnitName],
    months: Mapping[UnitName, Fraction],
    branches: Collection[str],
) -> Iterator[tuple[str, str, NAMES]]:
    branch, unit = split(of)
    there = (branch, unit) in months if unit else any(name[0] == branch for name in months)
    if there:
        yield f"{key}.of", "targets.successor_of_existing", {"name_": of, "roc_year": scheme.roc_year}
    if (branch, unit) not in before if unit else all(name[0] != branch for name in before):
        yield f"{key}.of", "targets.had_no_row_roc", {"unit": of, "year": scheme.year}
    for heir in to:
        if split(heir) not in months if split(heir)[1] else heir not in branches:
            yield f"{key}.to", "targets.heir_has_no_row_roster", {"name_": heir, "roc_year": scheme.roc_year}
