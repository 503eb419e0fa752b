"""What is told of a layout that was declared wrongly: place, fault and remedy, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from office_workbook import Formula, Page, PerCent, csv_text, xlsx

from reportgen.model.errors import InputError, Problem
from reportgen.read.tables import Table, read_dataset

TOML = """
name = { zh = "試", en = "Trial" }
[table.own]
label = { zh = "表", en = "Table" }
file = "own.%s"
key = ["roc_year"]
%s
column.roc_year = { type = "roc_year", accept = ["roc_year_words"] }
column.cases = { type = "whole", unit = "case", measure = "flow", label = { zh = "件", en = "Cases" } }
column.amount = { type = "whole", unit = "twd", measure = "flow", label = { zh = "元", en = "Amount" } }
"""
PAGE = Page(
    "own",
    [
        ["範例分署統計", "", "", ""],
        ["年度", "件數", "金額", "備註"],
        ["103年", 10, 100, ""],
        ["104年", 20, 201, "修正"],
        ["合計", 30, 300, ""],
        ["註：含補登", "", "", ""],
    ],
)
RIGHT = {
    "head": "2",
    "rename": '{ "年度" = "roc_year", "件數" = "cases", "金額" = "amount" }',
    "skip": '"備註"',
    "until": '"註"',
    "totals": '[{ row = "合計", tolerance = 1 }]',
}


def project(folder: Path, page: Page = PAGE, suffix: str = "csv", **said: str) -> Path:
    inside = folder / "inputs/datasets/trial"
    inside.mkdir(parents=True)
    lines = [f"{key} = {value}" for key, value in said.items() if value]
    (inside / "dataset.toml").write_text(TOML % (suffix, "\n".join(lines)), encoding="utf-8")
    written = csv_text(page).encode() if suffix == "csv" else xlsx(page)
    (inside / f"own.{suffix}").write_bytes(written)
    return folder


def table(folder: Path, page: Page = PAGE, suffix: str = "csv", **said: str) -> Table:
    return read_dataset(project(folder, page, suffix, **said), "trial").tables["own"]


def problems(folder: Path, page: Page = PAGE, suffix: str = "csv", **said: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refused:
        table(folder, page, suffix, **said)
    return refused.value.problems


def test_declared_rightly_the_table_is_read(tmp_path: Path) -> None:
    read = table(tmp_path, **RIGHT)
    assert [(record.row, record.key, record.at["amount"]) for record in read.records] == [
        (3, (103,), (3, 3)),
        (4, (104,), (4, 3)),
    ]
    assert [line.en.split(": ", 2)[2] for line in read.readings] == [
        "2 rows read, row 3 to row 4",
        "合計: 2 sums agree with their parts or are declared, and are left out",
        "A6 will stand in the annex of sources: 註：含補登",
    ]


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        (
            {"range": '"A2:F9"', "head": ""},
            "dataset.toml:11: table.own: range: A2:F9 reaches beyond own.csv, whose last cell is D6",
            "A2:F9 超出 own.csv 之範圍，其最後一格為 D6",
        ),
        ({"range": '"A2"'}, 'own: range: "A2" is no range of cells; write "B4:H30"', "不是儲存格範圍"),
        ({"range": '"D9:A2"'}, "own: range: 'D9:A2' ends before it begins", "終點在起點之前"),
        ({"range": '"A3:D6"'}, "own: head: the head is not within range = 'A3:D6'", "表頭不在"),
        ({"head": "[3, 2]"}, "own: head: the rows of the head are not in order", "未依序排列"),
        (
            {"head": "9"},
            "own: head: row 9 of own.csv is empty and can be no head; rows that look like one: 2",
            "2；",
        ),
        (
            {"rename": '{ "年" = "roc_year", "件數" = "cases", "金額" = "amount" }'},
            "own.rename: 年: no column of own.csv is called '年'; its columns: 年度, 件數, 金額, 備註",
            "沒有標題為「年」之欄；現有：年度, 件數, 金額, 備註",
        ),
        (
            {"rename": '{ "年度" = "year", "件數" = "cases", "金額" = "amount" }'},
            '"year" is unknown; known: roc_year, cases, amount',
            "roc_year",
        ),
        (
            {"rename": '{ "年度" = "roc_year", "件數" = "cases", "金額" = "cases" }'},
            "own.rename: 金額: the column cases is given by rename.件數 already",
            "欄位 cases 已由 rename.件數 提供",
        ),
        (
            {"rename": '{ "年度" = "roc_year", "件數" = "cases" }'},
            "own.csv:2: amount: no column of own.csv is called amount; its columns: 年度, 件數, 金額",
            "沒有欄位 amount；現有：年度, 件數, 金額",
        ),
        ({"skip": ""}, "own.csv:2: D: the column 備註 of own.csv is not declared", "欄位「備註」未宣告"),
        ({"skip": '"備考"'}, "own: skip: no column of own.csv is called '備考'", "沒有標題為「備考」"),
        ({"skip": '[9, "備註"]'}, "own: skip: row 9 is not among the rows of the table", "第 9 列不在"),
        (
            {"until": '"說明"'},
            "own: until: no row of own.csv begins with 說明; the last rows begin with: 103年, 104年, 合計, 註：含補登",
            "最後數列開頭為：103年, 104年, 合計, 註：含補登",
        ),
        ({"until": ""}, "own.csv:6: from here on no row holds more than one cell", "請以 until"),
        (
            {"constant": "{ roc_year = 103 }"},
            "own.constant: roc_year: the column roc_year is given by rename.年度 already",
            "請只由一處提供",
        ),
        (
            {"totals": '[{ row = "合計" }]'},
            "own.csv:5: amount (C5): 合計 is 300, but C3–C4 give 301: a difference of -1, allowed is 0; "
            'correct the workbook, or if its publisher prints it so, write differs = ["C5"] or a tolerance',
            "「合計」為 300，C3–C4 相加為 301：差 -1，容許 0",
        ),
        (
            {"totals": '[{ row = "總計" }]'},
            "totals 1: row: no row of own.csv holds a cell with 總計 alone",
            "恰為「總計」",
        ),
        (
            {"totals": '[{ row = "合計", tolerance = 1, differs = "C5" }]'},
            "differs 1: the cell C5 is the sum of its parts",
            "請自 differs 刪除",
        ),
        ({"totals": "[{ tolerance = 1 }]"}, "a total is of rows or of columns", "每一項合計須為列或欄"),
        (
            {"totals": '[{ row = "合計", of = "below", tolerance = 1 }]'},
            "own.csv:5: there are no rows of which this sum",
            "沒有可相加之列",
        ),
        (
            {"totals": '[{ row = "合計", tolerance = 1 }, { column = "備註" }]', "skip": ""},
            "own.totals 2: say which columns of own.csv add up to 備註",
            "parts = ",
        ),
        (
            {"melt": '{ key = "roc_year", value = "cases" }'},
            "own.melt: key: the column roc_year is given by",
            "請只由",
        ),
    ],
)
def test_a_wrong_layout_is_told(said: dict[str, str], en: str, zh: str, tmp_path: Path) -> None:
    found = problems(tmp_path, **{**RIGHT, **said})
    assert any(en in problem.say() for problem in found), "\n".join(problem.say() for problem in found)
    assert any(zh in problem.say("zh") for problem in found), "\n".join(p.say("zh") for p in found)


WIDE = Page("own", [["年度", "103年", "104年"], ["件數", 10, 20]])


@pytest.mark.parametrize(
    ("melt", "more", "en"),
    [
        (
            '{ key = "roc_year", value = "amount", columns = ["105年"] }',
            "",
            "no column of own.csv is called '105年'",
        ),
        (
            '{ key = "roc_year", value = { "件" = "amount" } }',
            "",
            "the label '103年' of own.csv holds not exactly one of the measures 件",
        ),
        (
            '{ key = "roc_year", value = "amount" }',
            'skip = ["103年", "104年"]',
            "no column of own.csv is left",
        ),
    ],
)
def test_what_cannot_be_melted_is_told(melt: str, more: str, en: str, tmp_path: Path) -> None:
    rename = '{ "年度" = "cases" }'
    found = problems(tmp_path, WIDE, rename=rename, melt=f"{melt}\n{more}")
    assert any(en in problem.say() for problem in found), "\n".join(problem.say() for problem in found)


# ---- what nobody could see ------------------------------------------------------------------


def with_cells(changed: dict[tuple[int, int], object], *merged: str) -> Page:
    rows = [list(row) for row in PAGE.rows]
    for (row, column), cell in changed.items():
        rows[row - 1][column - 1] = cell  # type: ignore[call-overload]
    return Page("own", rows, merged)


@pytest.mark.parametrize("row", [1, 6])
def test_what_lies_outside_of_the_table_may_be_merged_or_in_error(row: int, tmp_path: Path) -> None:
    page = with_cells({(row, 2): Formula("=1/0", "#DIV/0!")}, f"A{row}:D{row}")  # type: ignore[arg-type]
    assert len(table(tmp_path, page, "xlsx", **RIGHT).records) == 2


def test_within_the_table_an_error_and_a_merged_cell_are_refused(tmp_path: Path) -> None:
    page = with_cells({(3, 2): Formula("=1/0", "#DIV/0!")}, "B4:C4")  # type: ignore[arg-type]
    error, merged = problems(tmp_path, page, "xlsx", **RIGHT)
    assert str(error.place).endswith("own.xlsx:own:3: B")
    assert merged.en.startswith("the cells B4:C4 are merged")


def test_a_decimal_is_rounded_where_that_is_declared(tmp_path: Path) -> None:
    page = with_cells({(3, 2): 9.5, (4, 2): 20.4999999, (5, 2): 30})
    (first, *_) = problems(tmp_path / "a", page, "xlsx", **RIGHT)
    assert first.say().endswith(
        "own:3: cases (B3): '9.5' is not a whole number; write no decimals, or declare round = true"
    )
    folder = project(tmp_path / "b", page, "xlsx", **RIGHT)
    declared = folder / "inputs/datasets/trial/dataset.toml"
    declared.write_text(
        declared.read_text("utf-8").replace('"case",', '"case", round = true,'), encoding="utf-8"
    )
    read = read_dataset(folder, "trial").tables["own"]
    assert [int(str(record.cells["cases"])) for record in read.records] == [10, 20]
    assert [(c.rule, c.before, c.after) for c in read.coercions if c.rule == "round"] == [
        ("round", "9.5", "10"),
        ("round", "20.4999999", "20"),
    ]


def test_a_declared_difference_is_listed(tmp_path: Path) -> None:
    said = {**RIGHT, "totals": '[{ row = "合計", differs = "C5" }]'}
    assert any(
        "C5 is 300, but C3–C4 give 301 (difference -1): declared" in line.en
        for line in table(tmp_path, **said).readings
    )


def test_per_cent_below_a_head_is_read_as_shown(tmp_path: Path) -> None:
    page = with_cells({(3, 2): PerCent(0.5), (4, 2): PerCent(0.25), (5, 2): ""})
    folder = project(tmp_path, page, "xlsx", **RIGHT)
    declared = folder / "inputs/datasets/trial/dataset.toml"
    text = declared.read_text("utf-8").replace(
        '"whole", unit = "case", measure = "flow"', '"percent", digits = 0, unit = "percent"'
    )
    declared.write_text(text, encoding="utf-8")
    read = read_dataset(folder, "trial").tables["own"]
    assert [int(str(record.cells["cases"])) for record in read.records] == [50, 25]


# ---- sums of sums, labels that are the same ---------------------------------------------------

NESTED = Page(
    "own",
    [
        ["年度", "件數", "件數", "總計"],
        ["103年", 1, 10, 11],
        ["104年", 2, 20, 22],
        ["小計", 3, 30, 33],
        ["105年", 4, 40, 44],
        ["小計", 4, 40, 44],
        ["合計", 7, 70, 77],
    ],
)
SAID = {
    "rename": '{ "年度" = "roc_year", B = "cases", C = "amount" }',
    "totals": '[{ row = "小計", of = "above" }, { row = "合計" }, { column = "總計", parts = ["cases", "amount"] }]',
}


def test_sums_of_sums_are_compared_and_left_out(tmp_path: Path) -> None:
    read = table(tmp_path, NESTED, **SAID)
    assert [record.row for record in read.records] == [2, 3, 5]
    assert [line.en.split(": ", 2)[2] for line in read.readings[1:]] == [
        "小計: 4 sums agree with their parts or are declared, and are left out",
        "合計: 2 sums agree with their parts or are declared, and are left out",
        "總計: 6 sums agree with their parts or are declared, and are left out",
    ]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ((4, 2), "小計 is 5, but B2–B3 give 3"),
        ((7, 3), "合計 is 5, but C2–C5 give 70"),
        ((5, 4), "總計 is 5, but B5–C5 give 44"),
    ],
)
def test_each_sum_of_sums_that_differs_is_told(cell: tuple[int, int], told: str, tmp_path: Path) -> None:
    rows = [list(row) for row in NESTED.rows]
    rows[cell[0] - 1][cell[1] - 1] = 5
    assert any(told in problem.en for problem in problems(tmp_path, Page("own", rows), **SAID))


@pytest.mark.parametrize(
    ("said", "place", "remedy"),
    [
        (
            {"sheets": '{ "own" = { roc_year = 103 } }', "sheet": '"own"'},
            "table.own: sheet",
            "delete sheet or sheets",
        ),
        ({"sheets": '{ "a" = { roc_year = 103 }, "b" = {} }'}, "table.own", "roc_year"),
        (
            {"sheets": '{ "a" = { roc_year = 103 } }', "constant": "{ roc_year = 104 }"},
            "table.own",
            "roc_year",
        ),
        ({"sheets": '{ "none" = { roc_year = 103 } }'}, "", "own"),
    ],
)
def test_several_sheets_declared_wrongly(
    tmp_path: Path, said: dict[str, str], place: str, remedy: str
) -> None:
    (told,) = problems(tmp_path, suffix="xlsx", **{**RIGHT, "rename": "", **said})
    assert told.place.column.startswith(place)
    assert remedy in told.en
