"""Targets of the next year begin with those that were approved: the amounts of this year become last year's."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from reportgen.compute.exact import number
from reportgen.compute.targets import Result, UnitTarget
from reportgen.compute.targets.readings import FULL, HALF
from reportgen.kinds.material import Material
from reportgen.kinds.targets import documents
from reportgen.model import formats, toml
from reportgen.run.new_year.years import Move

KIND = "targets"
FILE = "targets.toml"


def computed(material: Material) -> Result:
    """This year's targets as their inputs say; InputError or KindError where they cannot be worked out."""
    return documents.computed(material)


def rows(material: Material, result: Result, move: Move) -> tuple[str, bytes]:
    """The table of units of the year before, and what stands in it for the next year: the amounts at its end, the rest empty."""
    scheme = result.scheme
    table = material.dataset.tables[scheme.units.table]
    factor = material.registry.units[table.columns[scheme.last_column].unit].factor
    written = io.StringIO()
    names = [*table.columns]
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(names)
    for branch in result.branches:
        for unit in branch.units:
            at_the_end = result.at_the_end(f"{branch.id}/{unit.id}", unit.target)
            amount = formats.half_up(number(at_the_end) / factor, 0)
            key = {name: str(part) for name, part in unit.target.key}
            held = {
                **key,
                material.dataset.time: str(scheme.year + move.shift),
                scheme.last_column: f"{amount:f}",
            }
            held |= _served(material, result, unit)
            writer.writerow([held.get(name, "") for name in names])
    return Path(table.file).name, written.getvalue().encode()


def _served(material: Material, result: Result, unit: UnitTarget) -> dict[str, str]:
    """What the columns of months and staffing of the year before hold, where the table has them."""
    rules = result.scheme.units
    columns = material.dataset.tables[rules.table].columns
    said: dict[str, str] = {}
    if rules.last_months and unit.months:
        said[rules.last_months] = _plain(number(unit.months))
    if rules.last_staffing and unit.staffing:
        spec, staffed = columns[rules.last_staffing], number(unit.staffing)
        factor = material.registry.units[spec.unit].factor if spec.unit else 0
        half = HALF if rules.half and staffed == rules.half / 100 else ""  # no word says three quarters
        said[rules.last_staffing] = _plain(staffed / factor) if factor else FULL if staffed == 1 else half
    return said


def _plain(exact: Fraction) -> str:
    return f"{formats.half_up(exact, formats.decimals(exact)):f}"


def in_part(result: Result) -> list[str]:
    """The units that serve in part, where last year's table has no column that would say so next year."""
    rules, found = result.scheme.units, []
    for unit in (unit for branch in result.branches for unit in branch.units):
        months = bool(unit.months and number(unit.months) < 12 and not rules.last_months)
        staffing = bool(unit.staffing and number(unit.staffing) < 1 and not rules.last_staffing)
        found += [f"{unit.branch}/{unit.id}"] if months or staffing else []
    return found


def given(text: str, values: Mapping[str, object]) -> dict[toml.Path, str]:
    """What of targets.toml holds for one year alone: the total, units and branches that were new or closed."""
    spans = toml.spans(text)
    total: toml.Path = ("total",)
    found = {total: text[slice(*spans[total])]}
    found |= {("units", key): "[]" for key in ("new", "closed") if ("units", key) in spans}
    branches = values.get("new_branch")
    for place, _ in enumerate(branches if isinstance(branches, tuple) else ()):
        path: toml.Path = ("new_branch", place, "branch")
        found[path] = text[slice(*spans[path])]
    return found
