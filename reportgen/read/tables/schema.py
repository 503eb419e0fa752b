"""The rows of tables against their limits, members, keys and relations; single cells are for `cells`."""

from __future__ import annotations

import ast
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from reportgen.model import Text, formats
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.hints import legible, near
from reportgen.model.messages import told
from reportgen.read.tables.cells import TOTAL_WORDS, Fault, plain_number
from reportgen.read.tables.columns import ColumnSpec
from reportgen.read.tables.dimensions import Dimension
from reportgen.read.tables.model import Declaration, Parsed
from reportgen.read.tables.relations import (
    Balance,
    Compared,
    Parts,
    Relation,
    RowFormula,
    Same,
    Years,
    names_in,
)

Faults = dict[tuple[int, str], Fault]  # by row and column


def check_all(declared: Declaration, parsed: Mapping[str, Parsed]) -> dict[str, list[Problem]]:
    """Each table by itself, then those without fault against one another: one fault is told once."""
    problems = {name: _check(declared, table, {}) for name, table in parsed.items()}
    sound = {name: table for name, table in parsed.items() if not problems[name]}
    for name, table in sound.items():
        if any(relation.compared for relation in table.spec.relations):
            problems[name] = _check(declared, table, sound)
    return problems


def _check(declared: Declaration, table: Parsed, others: Mapping[str, Parsed]) -> list[Problem]:
    """The problems of the table: those found in its cells and those between its rows."""
    spec = table.spec
    if not table.rows or any(name not in row for row in table.rows.values() for name in spec.columns):
        if not table.problems:
            return [problem(Place(spec.file, table.sheet.sheet), "tables.has_no_rows_below_head")]
        return table.problems
    keys = {tuple(row[name] for name in spec.key) for row in table.rows.values()}
    whole = not table.problems and (not spec.key or len(keys) == len(table.rows))
    faults = dict(_duplicates(table))
    for relation in spec.relations:
        if whole and all(other in others for _, other, _ in relation.compared):
            faults |= _RELATIONS[type(relation)](relation, table, others)
    faults |= _outside_its_years(declared, table)
    return table.problems + [
        Problem(table.sheet.place(row, column), *fault)
        for (row, column), fault in (*_value_faults(declared, table).items(), *faults.items())
    ]


# ---- values and keys ------------------------------------------------------------------------


def _value_faults(declared: Declaration, table: Parsed) -> Faults:
    """Numbers beyond the limits of their column, members that nobody declared, totals among the rows."""
    faults: Faults = {}
    for name, column in table.spec.columns.items():
        dimension = declared.dimensions.get(column.dimension) if column.type == "member" else None
        members = {member.id for member in dimension.members} if dimension else set()
        names_rows = column.type == "text" and name in table.spec.key
        for number, row in table.rows.items():
            value = row[name]
            if isinstance(value, Fraction):
                if fault := _range_fault(column, value):
                    faults[number, name] = fault
            elif isinstance(value, str) and (
                value not in members if dimension else names_rows and value in TOTAL_WORDS
            ):
                faults[number, name] = _member_fault(dimension, value)
    return faults


def _range_fault(column: ColumnSpec, value: Fraction) -> Fault | None:
    below = column.minimum is not None and value < column.minimum
    if not below and (column.maximum is None or value <= column.maximum):
        return None
    shift = formats.ROC_OFFSET if column.gregorian else 0  # as the dataset writes its years
    number = plain_number(value + shift)
    if column.type == "roc_year" and 1912 <= value <= 2111:
        return told("tables.is_year_common_era_2", number=number, value=_roc(value))
    if below:
        return told(
            "tables.is_below_minimum",
            number=number,
            least=plain_number((column.minimum or Fraction(0)) + shift),
        )
    return told(
        "tables.is_above_maximum", number=number, most=plain_number((column.maximum or Fraction(0)) + shift)
    )


def _roc(year: Fraction) -> int:
    return int(year) - formats.ROC_OFFSET


def _member_fault(dimension: Dimension | None, value: str) -> Fault:
    shown = legible(value)
    if any(value.strip().lower() == word.lower() for word in TOTAL_WORDS) or value.strip().endswith(
        ("合計", "總計", "小計")
    ):
        return told("tables.is_total_row_would_count", shown=shown)
    members = dimension.members if dimension else ()
    known = [member.id for member in members]
    names = {text: m.id for m in members for text in (m.label.zh, m.label.en, *(n.zh for n in m.earlier))}
    if value in names:
        return told("tables.is_label_2", shown=shown, names=names[value])
    listed = ", ".join(known[:30]) + (", …" if len(known) > 30 else "")
    return told("tables.is_not_known", shown=shown, listed=listed, near=near(value, [*known, *names]))


def _duplicates(table: Parsed) -> Iterator[tuple[tuple[int, str], Fault]]:
    """Each row whose key stood before; the key is not quoted, it may be a person's name."""
    first: dict[tuple[Any, ...], int] = {}
    names = ", ".join(table.spec.key)
    for number, row in table.rows.items():
        key = tuple(row[name] for name in table.spec.key)
        if None in key:
            continue
        earlier = first.setdefault(key, number)
        if earlier != number:
            yield (
                (number, names),
                told("tables.row_has_same_key_row", earlier=table.sheet.row(earlier), names=names),
            )


# ---- relations ------------------------------------------------------------------------------


def _outside_its_years(declared: Declaration, table: Parsed) -> Faults:
    """Rows of a member before it existed or after it ended."""
    spec = table.spec
    faults: Faults = {}
    for name, column in spec.columns.items():
        if column.type != "member" or not spec.year_column:
            continue
        limited = {
            m.id: m for m in declared.dimensions[column.dimension].members if m.first_year or m.last_year
        }
        for number, row in table.rows.items():
            member, year = limited.get(row[name]), row[spec.year_column]
            if (
                member
                and isinstance(year, Fraction)
                and not (member.first_year or 0) <= year <= (member.last_year or year)
            ):
                years = f"{member.first_year or '…'}–{member.last_year or '…'}"
                faults[number, name] = told(
                    "tables.exists_roc_years_row_is",
                    years=years,
                    year=year,
                    zh=Text(f"{member.label.zh}", f"{member.id!r}"),
                )
    return faults


def _numbers(row: Mapping[str, Any], names: Iterable[str]) -> list[Fraction] | None:
    """The numbers of a row; None if one of them is missing, then there is nothing to compare."""
    values = [row[name] for name in names]
    return values if all(isinstance(value, Fraction) for value in values) else None


def _parts(relation: Parts, table: Parsed, others: Mapping[str, Parsed]) -> Faults:
    """The parts of a total, summed, against the total that the source prints."""
    rest = [name for name in table.spec.key if name != relation.over]
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in table.rows.items():
        groups[tuple(row[name] for name in rest)].append(number)
    faults: Faults = {}
    for numbers in groups.values():
        totals = [n for n in numbers if table.rows[n][relation.over] == relation.total]
        parts = [n for n in numbers if n not in totals]
        for column in relation.columns:
            values = [table.rows[n][column] for n in parts]
            for total in totals:
                stated = table.rows[total][column]
                if parts and all(isinstance(v, Fraction) for v in (*values, stated)):
                    where = told("tables.rows_2", parts=_ranges(table, parts))
                    fault = _difference(stated, sum(values, Fraction(0)), relation.tolerance, where)
                    faults.update({(total, column): fault} if fault else {})
    return faults


def _difference(stated: Fraction, found: Fraction, tolerance: Fraction, where: Fault) -> Fault | None:
    if abs(stated - found) <= tolerance:
        return None
    apart, most = plain_number(stated - found), plain_number(tolerance)
    return told(
        "tables.is_stated_but_give",
        stated=plain_number(stated),
        found=plain_number(found),
        apart=apart,
        most=most,
        where=Text(where[1], where[0]),
    )


def _ranges(table: Parsed, lines: Iterable[int]) -> str:
    """Row numbers as people write them: 3–6, 9."""
    runs: list[list[int]] = []
    for number in sorted({table.sheet.row(line) for line in lines}):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.USub: operator.neg}


def _row_formula(relation: RowFormula, table: Parsed, others: Mapping[str, Parsed]) -> Faults:
    from simpleeval import SimpleEval

    names = sorted(names_in(relation.formula))
    faults: Faults = {}
    for number, row in table.rows.items():
        values = _numbers(row, names)
        if values is None:
            continue
        result = SimpleEval(
            operators=_OPERATORS, functions={}, names=dict(zip(names, values, strict=True))
        ).eval(relation.formula)
        if abs(result) > relation.tolerance:
            worked = ", ".join(
                f"{name} {plain_number(value)}" for name, value in zip(names, values, strict=True)
            )
            faults[number, ", ".join(names)] = told(
                "tables.is_allowed_is",
                formula=relation.formula,
                result=plain_number(result),
                tolerance=plain_number(relation.tolerance),
                worked=worked,
            )
    return faults


def _balance(relation: Balance, table: Parsed, others: Mapping[str, Parsed]) -> Faults:
    """Carried over from the year before + added − subtracted = stock, for each row that has a year before."""
    spec = table.spec
    rest = [name for name in spec.key if name != spec.year_column]
    rows = {(int(row[spec.year_column]), *(row[n] for n in rest)): n for n, row in table.rows.items()}
    faults: Faults = {}
    for (year, *key), number in rows.items():
        before = rows.get((year - 1, *key))
        if before is None:
            continue
        values = _numbers(table.rows[number], (relation.stock, relation.add, relation.subtract))
        carried = table.rows[before][relation.stock]
        if values is None or not isinstance(carried, Fraction):
            continue
        stock, added, subtracted = values
        where = told(
            "tables.row",
            stock=relation.stock,
            before=table.sheet.row(before),
            add=relation.add,
            subtract=relation.subtract,
        )
        if fault := _difference(stock, carried + added - subtracted, relation.tolerance, where):
            faults[number, relation.stock] = fault
    return faults


def _same(relation: Same, table: Parsed, others: Mapping[str, Parsed]) -> Faults:
    """The same figure stands in two tables."""
    return _compare(relation, table, others, lambda row, year: year == row.get(table.spec.year_column))


def _years(relation: Years, table: Parsed, others: Mapping[str, Parsed]) -> Faults:
    """A published total of several years against the years of another table."""
    return _compare(
        relation, table, others, lambda row, year: row[relation.first] <= year <= row[relation.last]
    )


def _compare(
    relation: Compared,
    table: Parsed,
    others: Mapping[str, Parsed],
    in_time: Callable[[Mapping[str, Any], Any], bool],
) -> Faults:
    faults: Faults = {}
    for own, other_name, column in relation.compared:
        other = others[other_name]
        year = other.spec.year_column
        shared, there = _by_key(relation, table, other)
        for number, row in table.rows.items():
            at = [
                n for n in there[tuple(row[name] for name in shared)] if in_time(row, other.rows[n].get(year))
            ]
            values = [other.rows[n][column] for n in at]
            if at and all(isinstance(value, Fraction) for value in (*values, row[own])):
                where = told("tables.rows", file=other.spec.file, at=_ranges(other, at))
                if fault := _difference(row[own], sum(values, Fraction(0)), relation.tolerance, where):
                    faults[number, own] = fault
    return faults


def _by_key(
    relation: Compared, table: Parsed, other: Parsed
) -> tuple[list[str], Mapping[tuple[Any, ...], list[int]]]:
    """The rows of the other table by the key columns that both tables have, the year apart."""
    fixed = relation.where if isinstance(relation, Same) else {}
    apart = {other.spec.year_column, *fixed}
    shared = [name for name in other.spec.key if name not in apart and name in table.spec.columns]
    rows: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in other.rows.items():
        if all(row[name] == value for name, value in fixed.items()):
            rows[tuple(row[name] for name in shared)].append(number)
    return shared, rows


_RELATIONS: Mapping[type[Relation], Callable[..., Faults]] = {
    Parts: _parts,
    RowFormula: _row_formula,
    Balance: _balance,
    Same: _same,
    Years: _years,
}
