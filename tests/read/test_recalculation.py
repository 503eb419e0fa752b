"""Values that a program stored with its formulas, in a workbook that says it was not computed."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model.errors import InputError
from reportgen.read.recalculation import agrees
from reportgen.read.sheets import read_sheet
from reportgen.read.worksheets import Worksheet

ROWS = [["year", "closed", "received", "rate"], ["107", "30", "40", ""], ["108", "45", "50", ""]]


def holding(cells: dict[tuple[int, int], str]) -> Worksheet:
    sheet = Worksheet("one")
    for cell in sorted(cells):
        sheet.put(cell, cells[cell])
    return sheet


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1+A2*3", "17"),
        ("=(A1+A2)*3", "21"),
        ("A2/A1*100", "250"),
        ("-A1^2", "4"),  # as a spreadsheet reads it
        ("10%*A2", "0.5"),
        ("SUM($A$1:A3)", "7"),  # A3 is a word
        ("ROUND(A1/A2,1)", "0.4"),
        ("ROUND(-A2/A1,0)", "-3"),
        ("AVERAGE(A1:A2)", "3.5"),
        ('IFERROR(A2/A1,"")', "2.5"),
        ("MAX(A1,A2)-MIN(A1:A2)", "3"),
        ("A1/3", "0.666666666666667"),
        ("A1+A9", "2"),
    ],
)
def test_a_stored_value_agrees_with_its_formula(formula: str, value: str) -> None:
    sheet = holding({(1, 1): "2", (2, 1): "5", (3, 1): "words", (4, 1): value})
    if "A3" in formula:
        sheet.lines[3] = [""]
    assert agrees(sheet, (4, 1), formula)
    sheet.lines[4] = [str(Fraction(value) + 1) if "." not in value else f"{value}1"]
    assert not agrees(sheet, (4, 1), formula) or formula == "A1/3"


@pytest.mark.parametrize(
    "formula",
    ["", "A1+", "A3*2", "SUM(A3)", "A1/0", "A1/A9", "VLOOKUP(A1,A1:A2,1)", "Other!A1", "A1&A2", '"2"', "A1+#REF!", "NOW()", "2^10^9", "(" * 400, "A1" * 400, "ROUND(A1)", "A1 A2", "SUM(A1:A2", "IFERROR(A1"],
)  # fmt: skip
def test_what_cannot_be_followed_does_not_agree(formula: str) -> None:
    sheet = holding({(1, 1): "2", (2, 1): "5", (3, 1): "words", (4, 1): "2"})
    assert not agrees(sheet, (4, 1), formula)


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8), st.integers(1, 9))
def test_sums_and_shares_agree_whatever_the_figures(figures: list[int], divisor: int) -> None:
    cells = {(row, 1): str(figure) for row, figure in enumerate(figures, 1)}
    value = sum(figures) / divisor
    sheet = holding({**cells, (20, 1): f"{value:f}"})
    assert agrees(sheet, (20, 1), f"SUM(A1:A{len(figures)})/{divisor}") == (
        abs(Fraction(f"{value:f}") - Fraction(sum(figures), divisor))
        <= Fraction(max(1, abs(sum(figures))), 10**9)
    )


def workbook(first: float, second: float) -> bytes:
    """As XlsxWriter makes it: values beside formulas, and a wish to be computed anew."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("one")
        for row, cells in enumerate(ROWS):
            for column, cell in enumerate(cells):
                sheet.write(row, column, int(cell) if cell.isdecimal() else cell)
        sheet.write_formula("D2", "=B2/C2*100", None, first)
        sheet.write_formula("D3", "=B3/C3*100", None, second)
    return stream.getvalue()


def test_values_that_their_formulas_give_are_read(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(workbook(75, 90))
    assert [cells[3] for _, cells in read_sheet(tmp_path / "t.xlsx", "t.xlsx").rows] == ["75", "90"]


def test_placeholders_and_values_of_before_are_refused_by_cell(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(workbook(0, 89))
    with pytest.raises(InputError) as refused:
        read_sheet(tmp_path / "t.xlsx", "t.xlsx")
    assert [(p.place.row, p.place.column) for p in refused.value.problems] == [(2, "D"), (3, "D")]
    assert all("never computed" in p.en for p in refused.value.problems)
