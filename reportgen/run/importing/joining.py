"""Sheets that lie alike, each of another year, become one table that is read from all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.model.toml import Raw
from reportgen.run.importing.dimensions import Dimensions
from reportgen.run.importing.tables import YEAR, Measure, Table

OWN = (
    "sheet",
    "sheets",
    "constant",
    "rename",
    "melt",
    "totals",
    "key",
)  # what each sheet says in its own words


def joined(tables: Sequence[Table], dimensions: Dimensions) -> list[Table]:
    """The tables, those of one year each joined with the first like them; members that are in one alone are added to its dimensions."""
    made: list[Table] = []
    for table in tables:
        at = next((at for at, one in enumerate(made) if _alike(one, table)), None)
        if at is None:
            made.append(table)
        else:
            for mine, other in zip(made[at].dims, table.dims, strict=True):
                dimensions.take_over(mine, other)
            made[at] = _with(made[at], table)
    return made


def _alike(first: Table, other: Table) -> bool:
    """Whether a later sheet has the table of another year: the same head at the same place, below the same words."""
    years = [years_of_sheets(table) for table in (first, other)]
    return (
        all(years)
        and not {*years[0].values()} & {*years[1].values()}
        and (not other.drafted or other.id == first.id)
        and _lies(first) == _lies(other)
        and [_head(one) for one in first.measures] == [_head(one) for one in other.measures]
        and _labels(first) == _labels(other)
    )


def _lies(table: Table) -> Raw:
    totals = [
        {key: value for key, value in total.items() if key not in ("differs", "tolerance")}
        for total in table.declared.get("totals", ())
    ]
    return {key: value for key, value in table.declared.items() if key not in OWN}, totals, table.part


def _head(one: Measure) -> tuple[str, str, bool]:
    return one.said, one.figures.unit, one.figures.type == "percent"


def _labels(table: Table) -> list[str]:
    """What the columns of the dimensions are called in the sheet."""
    said = {name: label for label, name in table.declared.get("rename", {}).items() if isinstance(name, str)}
    return [said.get(name, name) for name in table.dims]


def years_of_sheets(table: Table) -> Mapping[str, int]:
    """The year of each sheet; none where the rows or columns say it."""
    constant = table.declared.get("constant", {})
    if "sheets" in table.declared:
        return {sheet: said[YEAR] for sheet, said in table.declared["sheets"].items()}
    return {table.declared["sheet"]: constant[YEAR]} if YEAR in constant and "sheet" in table.declared else {}


def _with(first: Table, other: Table) -> Table:
    """The first table, read from the other's sheets, too."""
    names = {now.name: was.name for was, now in zip(first.measures, other.measures, strict=True)}
    years = sorted({**years_of_sheets(first), **years_of_sheets(other)}.items(), key=lambda pair: pair[1])
    declared = {
        key: value for key, value in first.declared.items() if key not in ("sheet", "sheets", "constant")
    }
    sheets: dict[str, Raw] = {"sheets": {sheet: {YEAR: year} for sheet, year in years}}
    declared = {"file": declared.pop("file"), **sheets, **declared}
    if "totals" in declared:
        declared["totals"] = [_total(*pair) for pair in zip(_own(first), _own(other), strict=True)]
    columns = {**first.columns}
    for name, column in other.columns.items():
        mine = names.get(name, name)
        if mine in columns:
            columns[mine] = _column(columns[mine], column)
    confirm = {
        key: [
            *dict.fromkeys(
                (
                    *said,
                    *(
                        part
                        for name, of in other.confirm.items()
                        if names.get(name, name) == key
                        for part in of
                    ),
                )
            )
        ]
        for key, said in {"totals": [], **first.confirm}.items()
    }
    measures = [
        replace(was, full=was.full and now.full)
        for was, now in zip(first.measures, other.measures, strict=True)
    ]
    return replace(
        first,
        declared=declared,
        columns=columns,
        confirm={**confirm, "sheets": confirm.pop("constant", [])},
        measures=measures,
        years=sorted({*first.years, *other.years}),
        adds_up=first.adds_up and other.adds_up,
        told=[*first.told, *other.told],
    )


def _own(table: Table) -> list[dict[str, Raw]]:
    """The entries of sums, with the cells that differ named by their sheet."""
    (sheet, *more) = table.sheets
    return [
        {**total, "differs": [cell if more else f"{sheet}!{cell}" for cell in total["differs"]]}
        if "differs" in total
        else dict(total)
        for total in table.declared.get("totals", ())
    ]


def _total(first: Mapping[str, Raw], other: Mapping[str, Raw]) -> dict[str, Raw]:
    entry = dict(first)
    if differs := [*first.get("differs", ()), *other.get("differs", ())]:
        entry["differs"] = differs
    if tolerances := [one["tolerance"] for one in (first, other) if "tolerance" in one]:
        entry["tolerance"] = max(tolerances)
    return entry


def _column(first: Mapping[str, Raw], other: Mapping[str, Raw]) -> dict[str, Raw]:
    """A column that understands the cells of both sheets."""
    column = dict(first)
    for key in ("accept", "missing"):
        if both := [*dict.fromkeys((*first.get(key, ()), *other.get(key, ())))]:
            column[key] = both
    if other.get("digits", 0) > first.get("digits", 0):
        column |= {key: other[key] for key in ("type", "digits")}
    if other.get("round"):
        column["round"] = True
    return column
