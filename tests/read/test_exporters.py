"""Exporters × traps: the right value or a refusal with the cell and the way out, whoever wrote the workbook."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from exporters import EXPORTERS, Cell, Page, xlsxwriter_book
from office import save_as

from reportgen.model.errors import InputError
from reportgen.read.tables import read_dataset

COLUMNS = {
    "roc_year": 'type = "roc_year"',
    "rate": 'type = "percent", unit = "percent", digits = 2, label = { zh = "率", en = "Rate" }',
    "amount": 'type = "whole", unit = "case", label = { zh = "件數", en = "Cases" }',
    "part": 'type = "decimal", unit = "case", digits = 3, label = { zh = "部分", en = "Part" }',
    "day": 'type = "roc_date"',
    "name": 'type = "text", max_letters = 40',
}
HEAD = tuple(Cell(value=name) for name in COLUMNS)
ROWS = ((103, 91.5, 12345, 0.5, "2014-06-30", "甲"), (104, 88, 500, 0.25, "2015-06-30", "乙"))
Put = Mapping[tuple[int, str], Cell | None]


@dataclass(frozen=True, kw_only=True)
class Trap:
    """`values` that come out, or what is `told`: row, column and words. `computed`: what comes out of a program that computes.

    `never` names exporters whose files cannot hold it.
    """

    put: Put = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[tuple[int, str], Any] = field(default_factory=dict)
    told: Sequence[tuple[int, str, str]] = ()
    computed: Mapping[tuple[int, str], Any] | None = None
    accept: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[Sequence[Cell | None]] = ()
    below: Sequence[Sequence[Cell | None]] = ()
    head: Sequence[Cell] = HEAD
    never: tuple[str, ...] = ()


def number(value: float, form: str, shown: str) -> Cell:
    return Cell(value=value, form=form, shown=shown)


def text(value: str) -> Cell:
    return Cell(value=value)


DAY = datetime.date(2014, 12, 27)
HIDDEN = "hidden but hold values"
SHOWS_NOTHING = ("shows-nothing",)
TRAPS = {
    "nothing odd": Trap(),
    "per cent": Trap(
        put={(2, "rate"): number(0.915, "0.00%", "91.50%"), (3, "rate"): number(0.285, "0.00%", "28.50%")},
        values={(2, "rate"): "91.5", (3, "rate"): "28.5"},
    ),
    "per cent, built in": Trap(
        put={(2, "rate"): number(0.91, "0%", "91%"), (3, "rate"): number(0.57, "0%", "57%")},
        values={(2, "rate"): "91", (3, "rate"): "57"},
    ),
    "per cent, red where negative": Trap(
        put={
            (2, "rate"): number(0.915, "0.00%;[Red]-0.00%", "91.50%"),
            (3, "rate"): number(-0.07, "0.00%;[Red]-0.00%", "-7.00%"),
        },
        values={(2, "rate"): "91.5", (3, "rate"): "-7"},
    ),
    "a sign of per cent as a letter": Trap(
        put={(2, "rate"): number(91.5, '0.0"%"', "91.5%"), (3, "rate"): number(0.5, '0.0"%"', "0.5%")},
        values={(2, "rate"): "91.5", (3, "rate"): "0.5"},
    ),
    "per cent in one of two cells": Trap(
        put={(2, "rate"): number(0.915, "0.00%", "91.50%"), (3, "rate"): number(88, "0.00", "88.00")},
        told=[(3, "rate", "may be per cent or a hundredth of it")],
    ),
    "a formula": Trap(
        put={(2, "amount"): Cell(value=845, formula="C3+345", shown="845")}, values={(2, "amount"): 845}
    ),
    "a formula of text": Trap(
        put={(2, "name"): Cell(value="丙", formula='"丙"')}, values={(2, "name"): "丙"}
    ),
    "a formula never computed": Trap(
        put={(2, "amount"): Cell(value=845, formula="C3+345", stored=False)},
        told=[(2, "C", "holds a formula that was never computed")],
        computed={(2, "amount"): 845},
    ),
    "an error": Trap(
        put={(2, "amount"): Cell(value="#DIV/0!", shown="#DIV/0!", formula="1/0", error=True)},
        told=[(2, "C", "shows an error such as #DIV/0!")],
        never=SHOWS_NOTHING,
    ),
    "an error that was typed": Trap(
        put={(2, "amount"): text("#N/A"), (3, "name"): text("Err:502")},
        told=[(2, "amount", "shows an error"), (3, "name", "shows an error")],
    ),
    "years merged": Trap(
        put={(3, "roc_year"): None}, page={"merged": ("A2:A3",)}, told=[(0, "", "the cells A2:A3 are merged")]
    ),
    "a head merged": Trap(
        head=[*HEAD[:4], HEAD[4], text("")],
        page={"merged": ("E1:F1",)},
        told=[(0, "", "the cells E1:F1 are merged")],
    ),
    "a hidden row": Trap(page={"hidden_rows": (3,)}, told=[(0, "", f"the rows 3 are {HIDDEN}")]),
    "a closed group": Trap(page={"folded_rows": (3,)}, told=[(0, "", f"the rows 3 are {HIDDEN}")]),
    "a row of no height": Trap(page={"flat_rows": (3,)}, told=[(0, "", f"the rows 3 are {HIDDEN}")]),
    "a hidden column": Trap(page={"hidden_columns": (3,)}, told=[(0, "", f"the columns C are {HIDDEN}")]),
    "a hidden sheet": Trap(page={"hidden": True}, told=[(0, "", "the sheet is hidden")]),
    "a title above": Trap(above=[[text("各年度件數")]], told=[(2, "", "the column names stand in row 2")]),
    "notes below": Trap(below=[[None], [text("註：本表不含撤回。")]], told=[(4, "", "notes below a table")]),
    "the head again": Trap(below=[HEAD], told=[(4, "", "stand here again")]),
    "a total": Trap(
        below=[[text("合計"), None, number(12845, "General", "12845"), None, None, text("丙")]],
        told=[
            (4, "roc_year", "is a total row"),
            *((4, name, "the cell is empty") for name in ("rate", "part", "day")),
        ],
    ),
    "a name twice": Trap(
        head=[*HEAD[:5], HEAD[1]], told=[(1, "rate", "stands twice"), (1, "name", "is missing")]
    ),
    "a day": Trap(
        put={(2, "day"): Cell(value=DAY, form="yyyy/m/d", shown="2014/12/27")}, values={(2, "day"): DAY}
    ),
    "a day since 1904": Trap(
        put={(2, "day"): Cell(value=DAY, form="[$-404]e/m/d", shown="103/12/27")},
        page={"since_1904": True},
        values={(2, "day"): DAY},
    ),
    "a day shown as a year": Trap(
        put={(2, "roc_year"): Cell(value=DAY, form="yyyy", shown="2014")}, told=[(2, "roc_year", "write 103")]
    ),
    "a day shown as a year of the ROC": Trap(
        put={(2, "amount"): Cell(value=DAY, form='[$-404]ggge"年"', shown="中華民國103年")},
        told=[(2, "amount", "is a day; if the number format makes one")],
    ),
    "a day as a bare number": Trap(
        put={(2, "day"): number(42000, "General", "42000")}, told=[(2, "day", "is not a day")]
    ),
    "numbers as text": Trap(
        put={(2, "amount"): text("1,234"), (3, "amount"): text("１２"), (2, "part"): text("\u00a01")},
        told=[
            (2, "amount", 'accept = ["thousands"]'),
            (3, "amount", 'accept = ["full_width"]'),
            (2, "part", 'accept = ["spaces"]'),
        ],
    ),
    "numbers as text, accepted": Trap(
        put={
            (2, "amount"): text("1,234"),
            (3, "amount"): text("１２"),
            (2, "rate"): text("45.5%"),
            (2, "part"): text("\u00a01"),
        },
        accept={"amount": '"thousands", "full_width"', "rate": '"percent_sign"', "part": '"spaces"'},
        values={(2, "amount"): 1234, (3, "amount"): 12, (2, "rate"): "45.5", (2, "part"): 1},
    ),
    "a text of digits": Trap(put={(2, "amount"): text("777")}, values={(2, "amount"): 777}),
    "thousands by format": Trap(
        put={(2, "amount"): number(12345, "#,##0,", "12")},
        told=[(2, "C", "shows only a thousandth or a millionth")],
        never=SHOWS_NOTHING,
    ),
    "millions by format": Trap(
        put={(2, "amount"): number(12345678, '0.0,,"M"', "12.3M")},
        told=[(2, "C", "shows only a thousandth or a millionth")],
        never=SHOWS_NOTHING,
    ),
    "grouped by format": Trap(
        put={(2, "amount"): number(1234567, "#,##0", "1,234,567")}, values={(2, "amount"): 1234567}
    ),
    "currency": Trap(
        put={(2, "amount"): number(12345, '"NT$"#,##0;-"NT$"#,##0', "NT$12,345")},
        values={(2, "amount"): 12345},
    ),
    "a fraction": Trap(put={(2, "part"): number(0.5, "# ?/?", " 1/2")}, values={(2, "part"): "0.5"}),
    "an exponent": Trap(
        put={(2, "amount"): number(12345, "0.00E+00", "1.23E+04")}, values={(2, "amount"): 12345}
    ),
    "negative in parentheses": Trap(
        put={(2, "amount"): number(-1234, "#,##0_);(#,##0)", "(1,234)")}, values={(2, "amount"): -1234}
    ),
    "an account": Trap(
        put={(2, "amount"): number(0, '_-* #,##0_-;\\-* #,##0_-;_-* "-"_-;_-@_-', "-")},
        values={(2, "amount"): 0},
    ),
    "a yes": Trap(
        put={(2, "amount"): Cell(value=True, shown="TRUE")},
        told=[(2, "amount", "'TRUE' is not a whole number")],
    ),
    "a text without letters": Trap(put={(2, "amount"): text("")}, told=[(2, "amount", "the cell is empty")]),
    "a formula without letters": Trap(
        put={(2, "amount"): Cell(value="", formula='""')}, told=[(2, "amount", "the cell is empty")]
    ),
    "letters with their pronunciation": Trap(
        put={(2, "name"): Cell(value="新北", said="シンホク")}, values={(2, "name"): "新北"}
    ),
    "blanks within": Trap(put={(2, "name"): text("新 北 A&B <研>")}, values={(2, "name"): "新 北 A&B <研>"}),
    "noise": Trap(put={(2, "part"): number(0.1, "0.0", "0.1")}, values={(2, "part"): "0.1"}),
    "too many decimals": Trap(
        put={(2, "part"): number(0.30004, "0.0", "0.3")}, told=[(2, "part", "has more than 3 decimals")]
    ),
    "a number of 18 digits": Trap(
        put={(2, "amount"): number(123456789012345678, "0", "123456789012345000")},
        told=[(2, "C", "keeps only the first 15")],
    ),
    "zeros in front of a year": Trap(
        put={(2, "roc_year"): number(99, "000", "099")}, values={(2, "roc_year"): 99}
    ),
    "zeros in front of a name": Trap(
        put={(2, "name"): number(7, "000", "007")},
        told=[(2, "name", "shows it otherwise by its number format")],
        never=SHOWS_NOTHING,
    ),
    "words around a name": Trap(
        put={(2, "name"): number(7, '"第"0"屆"', "第7屆")},
        told=[(2, "name", "shows it otherwise by its number format")],
        never=SHOWS_NOTHING,
    ),
    "a size in the number format": Trap(
        put={(2, "amount"): number(27000, '0"萬"', "27000萬")},
        told=[(2, "C", "writes a size such as 萬")],
        never=SHOWS_NOTHING,
    ),
    "a unit in the number format": Trap(
        put={(2, "amount"): number(27, '0"元"', "27元")}, values={(2, "amount"): 27}
    ),
    "a format that shows nothing": Trap(
        put={(2, "amount"): number(7, ";;;", "")},
        told=[(2, "C", "shows nothing of the number")],
        never=SHOWS_NOTHING,
    ),
}


def page_of(trap: Trap) -> Page:
    rows = [list(map(lambda value: Cell(value=value), row)) for row in ROWS]
    for (row, name), cell in trap.put.items():
        rows[row - 2][list(COLUMNS).index(name)] = cell
    return Page(rows=tuple(map(tuple, (*trap.above, trap.head, *rows, *trap.below))), **trap.page)


def project_of(folder: Path, trap: Trap, file: str, raw: bytes, sheet: str = "one") -> Path:
    place = folder / "inputs" / "datasets" / "case"
    place.mkdir(parents=True)
    (place / file).write_bytes(raw)
    columns = "\n".join(
        f"column.{name} = {{ {says}{f', accept = [{trap.accept[name]}]' if name in trap.accept else ''} }}"
        for name, says in COLUMNS.items()
    )
    (place / "dataset.toml").write_text(
        'name = { zh = "例", en = "Case" }\n[table.t]\nlabel = { zh = "例", en = "Case" }\n'
        f'file = "{file}"\nsheet = "{sheet}"\nkey = ["roc_year"]\n{columns}\n',
        encoding="utf-8",
    )
    return folder


def outcome(project: Path) -> dict[tuple[int, str], object] | list[tuple[int, str, str]]:
    try:
        (table,) = read_dataset(project, "case").tables.values()
    except InputError as error:
        return [(one.place.row, one.place.column, one.en) for one in error.problems if one.zh]
    return {
        (record.row, name): value
        for record in table.records
        for name, value in {"roc_year": record.key[0], **record.cells}.items()
    }


def fault(trap: Trap, came: object, *, computes: bool = False) -> str:
    """What differs from what the trap says, if anything."""
    told = [] if computes and trap.computed is not None else trap.told
    if told:
        if not isinstance(came, list) or len(came) != len(told):
            return f"not {told}: {came}"
        missed = [
            one for one in told if not any(one[:2] == other[:2] and one[2] in other[2] for other in came)
        ]
        return f"not told: {missed}; told: {came}" if missed else ""
    if not isinstance(came, dict):
        return f"refused: {came}"
    wanted = {
        (row, name): value
        for row, cells in enumerate(ROWS, start=2)
        for name, value in zip(COLUMNS, cells, strict=True)
    } | dict(trap.computed if computes and trap.computed is not None else trap.values)
    wrong = {at: came.get(at) for at, value in wanted.items() if came.get(at) != exact(at[1], value)}
    return f"wrong: {wrong}" if wrong else ""


def exact(column: str, value: object) -> object:
    if column == "day":
        return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value))
    return value if column == "name" else Fraction(str(value))


WITHOUT_RESULTS = ("openpyxl", "xlsxwriter")


def never_computed(trap: Trap) -> Iterator[tuple[int, str, str]]:
    """What is told of the formulas of a program that says it has not computed: a figure that its formula gives is one."""
    for (row, name), cell in trap.put.items():
        if cell and cell.formula and not cell.error and not (cell.stored and isinstance(cell.value, int)):
            yield row, "ABCDEF"[list(COLUMNS).index(name)], "holds a formula that was never computed"


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("exporter", EXPORTERS)
def test_a_trap_is_read_right_or_refused(exporter: str, trap: str, tmp_path: Path) -> None:
    suffix, write = EXPORTERS[exporter]
    case = TRAPS[trap]
    if exporter in case.never:
        return
    if exporter in WITHOUT_RESULTS:
        case = dataclasses.replace(case, told=[*never_computed(case)] or case.told)
    project = project_of(tmp_path, case, f"t{suffix}", write(page_of(case)))
    assert not fault(case, outcome(project))


@pytest.mark.slow
def test_libreoffice_saves_no_trap_that_is_read_wrong(tmp_path: Path) -> None:
    """Real files: those of XlsxWriter, opened and saved in both of its forms."""
    books = {
        since: {
            f"s{n}": trap for n, trap in enumerate(TRAPS.values()) if trap.page.get("since_1904", 0) == since
        }
        for since in (0, 1)
    }
    for since, traps in books.items():
        pages = {name: page_of(trap) for name, trap in traps.items()}
        (tmp_path / f"{since}.xlsx").write_bytes(xlsxwriter_book(pages))
    wrong = {}
    for kind in ("xlsx", "ods"):
        (tmp_path / kind).mkdir()
        save_as(kind, [tmp_path / f"{since}.xlsx" for since in books], tmp_path / kind)
        for since, traps in books.items():
            raw = (tmp_path / kind / f"{since}.{kind}").read_bytes()
            for name, trap in traps.items():
                project = project_of(tmp_path / f"{name}-{kind}", trap, f"t.{kind}", raw, name)
                if differs := fault(trap, outcome(project), computes=True):
                    wrong[kind, tuple(TRAPS)[int(name[1:])]] = differs
    assert not wrong, "\n".join(f"{at}: {differs}" for at, differs in wrong.items())


# ---- CSV ------------------------------------------------------------------------------------

LINES = [
    list(COLUMNS),
    ["103", "91.5%", "12,345", "0.5", "2014-06-30", "甲"],
    ["104", "88%", "500", " 0.25", "2015-06-30", "乙,丙"],
]


def lines(separator: str = ",", end: str = "\r\n", quotes: bool = False) -> str:
    return "".join(
        separator.join(f'"{cell}"' if quotes or separator in cell else cell for cell in line) + end
        for line in LINES
    )


@pytest.mark.parametrize(
    ("raw", "encoding", "told"),
    [
        (lines().encode("utf-8-sig"), "utf-8", ""),  # Excel: CSV UTF-8
        (lines().encode("cp950"), "cp950", ""),  # Excel: CSV
        (lines(quotes=True, end="\n").encode(), "utf-8", ""),  # LibreOffice, all text in quotes
        (lines(end="\r").encode(), "utf-8", ""),  # an old Mac
        (lines().encode("cp950"), "utf-8", 'write encoding = "cp950"'),
        (lines().encode(), "cp950", "the file is UTF-8"),
        (lines("\t").encode("utf-16"), "utf-8", "is UTF-16 text"),  # Excel: Unicode Text
        (lines("\t").encode(), "utf-8", "separated by tabs"),
        (lines(";").encode(), "utf-8", "separated by semicolons"),  # where the comma is for decimals
        (b"sep=;\r\n" + lines(";").encode(), "utf-8", "a hint for Excel"),
        (b"sep=,\r\n" + lines().encode(), "utf-8", "a hint for Excel"),
    ],
)
def test_a_csv_is_read_right_or_refused(raw: bytes, encoding: str, told: str, tmp_path: Path) -> None:
    accept = {"amount": '"thousands"', "rate": '"percent_sign"', "part": '"spaces"'}
    project = project_of(tmp_path, Trap(accept=accept), "t.csv", raw)
    declared = project / "inputs/datasets/case/dataset.toml"
    declared.write_text(
        declared.read_text("utf-8").replace('sheet = "one"', f'encoding = "{encoding}"'), "utf-8"
    )
    came = outcome(project)
    if told:
        assert isinstance(came, list) and len(came) == 1 and told in came[0][2]
    else:
        assert not fault(Trap(values={(3, "name"): "乙,丙"}), came)
