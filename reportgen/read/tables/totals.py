"""Whether the sums that a sheet prints are those of their parts, before they are left out of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from reportgen.model import Gap, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read.tables.cells import Understood, plain_number, understand
from reportgen.read.tables.columns import ColumnSpec
from reportgen.read.tables.declared import TableSpec
from reportgen.read.tables.laying import Laid, Sum
from reportgen.read.tables.model import Declaration
from reportgen.read.worksheets import Cell, cell_name


def check_totals(
    declared: Declaration, spec: TableSpec, laid: Laid, apart: set[tuple[int, str]]
) -> tuple[list[Problem], list[Text]]:
    """What differs without being declared, and a line for each title of sums and each declared difference.

    `apart` gets the cells that differ, each with the number of its declaration.
    """
    sheet, problems, lines = laid.sheet, list[Problem](), list[Text]()
    compared: dict[str, int] = {}
    within = f"{sheet.sheet}!" if spec.sheets else ""
    for one, stated, found in _both(declared, spec, laid):
        total, cell = spec.totals[one.declared], f"{within}{cell_name(one.total)}"
        compared[one.title] = compared.get(one.title, 0) + 1
        if abs(stated - found) <= total.tolerance:
            continue
        apart.add((one.declared, cell))
        numbers = {"stated": stated, "found": found, "apart": stated - found, "most": total.tolerance}
        slots: dict[str, object] = {name: plain_number(number) for name, number in numbers.items()}
        slots |= {"title": one.title, "cell": cell, "parts": _named(one.parts)}
        if cell in total.differs:
            lines.append(message("workbook.differs_as_declared", **slots))
        else:
            place = Place(sheet.file, sheet.sheet, one.total[0], f"{one.name} ({cell})")
            problems.append(problem(place, "workbook.total_differs", **slots))
    left = [message("workbook.sums_left_out", title=title, count=count) for title, count in compared.items()]
    return problems, [*left, *lines]


def agreeing(spec: TableSpec, apart: set[tuple[int, str]]) -> Iterator[Problem]:
    """Cells that are declared to differ, and do not."""
    for number, total in enumerate(spec.totals):
        for at, cell in enumerate(total.differs):
            if (number, cell) not in apart:
                place = spec.spot.at("totals", number, "differs", at)
                yield problem(place, "workbook.does_not_differ", cell=cell)


def _both(declared: Declaration, spec: TableSpec, laid: Laid) -> Iterator[tuple[Sum, Fraction, Fraction]]:
    """Each sum that can be compared, as the sheet states it and as its parts give it."""
    measures = declared.measures
    texts = dict(laid.grid.rows)
    for one in laid.sums:
        column = spec.columns[one.name]
        if one.name in measures and measures[one.name].kind != "rate" and column.is_number:
            values = [_value(declared, column, texts[row][at - 1]) for row, at in (one.total, *one.parts)]
            stated, parts = values[0], [_added(value) for value in values[1:]]
            known = [part for part in parts if part is not None]
            if isinstance(stated, Fraction) and len(known) == len(parts):
                yield one, stated, sum(known, Fraction(0))


def _value(declared: Declaration, column: ColumnSpec, text: str) -> Understood | None:
    return understand(column, text, declared.symbols, {})[0]


def _added(value: Understood | None) -> Fraction | None:
    """What a part adds; None where nobody can say."""
    if isinstance(value, Gap) and value.kind in ("none", "under_half"):
        return Fraction(0)
    return value if isinstance(value, Fraction) else None


def _named(cells: Iterable[Cell]) -> str:
    names = [cell_name(cell) for cell in cells]
    return f"{names[0]}–{names[-1]}" if len(names) > 1 else names[0]
