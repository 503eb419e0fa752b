"""Datasets: what is declared, what is understood, and what is said about each fault."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model import Gap, Text
from reportgen.model.errors import InputError
from reportgen.read.tables import (
    DEFAULT_SYMBOLS,
    MAX_PROBLEMS,
    ColumnSpec,
    Dataset,
    Record,
    Table,
    describe,
    read_dataset,
)
from reportgen.read.tables.cells import understand

ROOT = Path(__file__).resolve().parents[2]

TOML = """
name = { zh = "試驗", en = "Trial" }

[dimension.branch]
label = { zh = "分署", en = "Branch" }
total = "all"
member = [
  { id = "all", zh = "總計", en = "Total" },
  { id = "taipei", zh = "臺北分署", en = "Taipei Branch" },
  { id = "shilin", zh = "士林分署", en = "Shilin Branch", first_year = 95 },
  { id = "new-taipei", zh = "新北分署", en = "New Taipei Branch", names = [
    { until = 100, zh = "板橋行政執行處", en = "Banciao Administrative Enforcement Office" },
  ] },
]

[table.work]
label = { zh = "工作", en = "Work" }
file = "work.csv"
key = ["roc_year", "branch"]

[table.work.column.roc_year]
type = "roc_year"

[table.work.column.branch]
type = "member"
dimension = "branch"

[table.work.column.cases]
type = "whole"
unit = "case"
min = 0
max = 1000000
label = { zh = "件數", en = "Cases" }

[table.work.column.rate]
type = "percent"
unit = "percent"
digits = 2
label = { zh = "比率", en = "Rate" }
missing = ["blank", "none", "not_available", "under_half"]

[table.work.column.remark]
type = "text"
max_letters = 20
missing = ["blank"]
"""
HEAD = "roc_year,branch,cases,rate,remark"
NUMBERED = "[table.work.column.cases]\n"


def project(folder: Path, *rows: str, toml: str = TOML, head: str = HEAD, **files: str) -> Path:
    inside = folder / "inputs" / "datasets" / "trial"
    inside.mkdir(parents=True)
    (inside / "dataset.toml").write_text(toml, encoding="utf-8")
    (inside / "work.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    for name, words in files.items():
        (inside / f"{name}.csv").write_text(words, encoding="utf-8")
    return folder


def read(folder: Path, *rows: str, toml: str = TOML, head: str = HEAD, **files: str) -> Dataset:
    return read_dataset(project(folder, *rows, toml=toml, head=head, **files), "trial")


def work(dataset: Dataset) -> tuple[Record, ...]:
    return dataset.tables["work"].records


def refusal(folder: Path, *rows: str, toml: str = TOML, head: str = HEAD, **files: str) -> InputError:
    with pytest.raises(InputError) as refused:
        read(folder, *rows, toml=toml, head=head, **files)
    return refused.value


# ---- broken inputs, each with its message ---------------------------------------------------

NEAR = "did you mean 'taipei'?"
MEMBERS = "all, taipei, shilin, new-taipei"


@pytest.mark.parametrize(
    ("row", "en", "zh"),
    [
        (
            "104,taipei,１２,1,",
            "2: cases: '１２' is not a whole number; write 12, or declare accept = [\"full_width\"]",
            '「１２」不是整數；請寫 12，或宣告 accept = ["full_width"]',
        ),
        (
            "104,taipei,ten,1,",
            "2: cases: 'ten' is not a whole number; write digits only, for example 1234",
            "「ten」不是整數；請只寫數字，例如 1234",
        ),
        (
            "104,taipei,12.5,1,",
            "2: cases: '12.5' is not a whole number; write no decimals, or declare round = true",
            "「12.5」不是整數；請勿寫小數，或宣告 round = true",
        ),
        (
            "104,taipei,-5,1,",
            "2: cases: -5 is below the minimum 0; correct the figure, or min in dataset.toml",
            "-5 小於下限 0；請更正數值，或更正 dataset.toml 之 min",
        ),
        (
            "104,taipei,1000001,1,",
            "2: cases: 1000001 is above the maximum 1000000; correct the figure, or max in dataset.toml",
            "1000001 大於上限 1000000；請更正數值，或更正 dataset.toml 之 max",
        ),
        (
            "104,taipei,007,1,",
            "2: cases: '007' is not a whole number; write it without leading zeros or plus sign",
            "「007」不是整數；請去掉前面的零或加號",
        ),
        (
            "104,taipei,3萬,1,",
            "2: cases: '3萬' is not a whole number; write all digits without unit; "
            "the unit is declared in dataset.toml",
            "「3萬」不是整數；請寫出全部數字，不含單位；單位在 dataset.toml 宣告",
        ),
        (
            "104,taipei,(5),1,",
            "2: cases: '(5)' is not a whole number; write a negative number as -500",
            "「(5)」不是整數；負數請寫成 -500",
        ),
        (
            "104,taipei,,1,",
            "2: cases: the cell is empty; write the figure, 0 if it is zero, or … if it is not available and "
            'missing = ["not_available"] is declared',
            '儲存格空白；請填數值，確為零填 0，無資料填 …（並宣告 missing = ["not_available"]）',
        ),
        (
            "104,taipei,5,1.255,",
            "2: rate: '1.255' has more than 2 decimals; round it at the source, or declare round = true or more digits",
            "「1.255」超過 2 位小數；請於來源四捨五入，或宣告 round = true 或更多 digits",
        ),
        (
            "104,taipei,5,97%,",
            "2: rate: '97%' is not a number; write 97, or declare accept = [\"percent_sign\"]",
            '「97%」不是數字；請寫 97，或宣告 accept = ["percent_sign"]',
        ),
        (
            "2015,taipei,5,1,",
            '2: roc_year: 2015 is a year of the Common Era; the column holds ROC years: write 104, or declare accept = ["common_era"]',
            '2015 是西元年；本欄為民國年：請寫 104，或宣告 accept = ["common_era"]',
        ),
        (
            "0,taipei,5,1,",
            "2: roc_year: 0 is below the minimum 1; correct the figure, or min in dataset.toml",
            "0 小於下限 1；請更正數值，或更正 dataset.toml 之 min",
        ),
        (
            "104.0,taipei,5,1,",
            "2: roc_year: '104.0' is not a ROC year in digits; write 104",
            "「104.0」不是民國年數字；請寫 104",
        ),
        (
            "104,taipie,5,1,",
            f"2: branch: 'taipie' is not known; known: {MEMBERS}; {NEAR}",
            f"不認識「taipie」；可用：{MEMBERS}；是否為「taipei」？",
        ),
        (
            "104,臺北分署,5,1,",
            "2: branch: '臺北分署' is a label; write 'taipei', or declare accept = [\"label\"]",
            '「臺北分署」是名稱；請寫「taipei」，或宣告 accept = ["label"]',
        ),
        (
            "104,合計,5,1,",
            "2: branch: '合計' is a total row, which would count twice; "
            'name it in totals = [{ row = "…" }], which compares it and leaves it out, remove it, '
            "or declare its member as total",
            '「合計」是合計列，會重複計算；請列入 totals = [{ row = "…" }]（核對後不列入），'
            "或刪除該列，或在維度以 total 宣告",
        ),
        (
            "94,shilin,5,1,",
            "2: branch: 'shilin' exists in the ROC years 95–…, the row is of 94; correct the year or the member, or first_year and last_year in dataset.toml",
            "「士林分署」存在於民國 95–… 年，本列為 94 年；請更正年度或成員，或 dataset.toml 之 first_year、last_year",
        ),
        (
            "104,taipei,5,1,a\u200bb",
            "2: remark: letter 2 is invisible (U+200B); remove it",
            "第 2 個字是看不見的字元（U+200B）；請刪除",
        ),
        (
            "104,taipei,5,1,\ue000",
            "2: remark: letter 1 is a private-use character, which each computer shows "
            "differently (U+E000); remove it",
            "第 1 個字是造字（私用區），各電腦顯示不同（U+E000）；請刪除",
        ),
        (
            "104,taipei,5,1,葛\U000e0100",
            "2: remark: letter 2 is a variation selector, which asks for a form of the letter before it that no font "
            "here is sure to have (U+E0100); remove it",
            "第 2 個字是異體字選擇碼，要求前一字之特定字形，而本機字型未必具備（U+E0100）；請刪除",
        ),
        (
            "104,taipei,5,1,123456789012345678901",
            "2: remark: has 21 letters; up to 20 are allowed (max_letters); shorten the words, or raise max_letters in dataset.toml",
            "有 21 個字，上限 20（max_letters）；請縮短文字，或提高 dataset.toml 之 max_letters",
        ),
        (
            "104,taipei,5,1",
            "2: the row has 4 cells but row 1 has 5 columns; look for a missing or extra comma",
            "本列有 4 格，第 1 列卻有 5 欄；請檢查是否缺少或多出逗號",
        ),
    ],
)
def test_a_broken_row_is_told_with_its_place_and_its_remedy(
    row: str, en: str, zh: str, tmp_path: Path
) -> None:
    (problem,) = refusal(tmp_path, row).problems
    assert problem.say("en") == f"inputs/datasets/trial/work.csv:{en}"
    column = f"，欄位 {problem.place.column}" if problem.place.column else ""
    assert problem.say("zh") == f"inputs/datasets/trial/work.csv，第 2 列{column}：{zh}"


@pytest.mark.parametrize(
    ("head", "en"),
    [
        (
            "roc_year,branch,case,rate,remark",
            [
                "1: cases: the column cases is missing; expected columns: roc_year, branch, cases, rate, remark; "
                'if it has another label in the file, write rename = { "…" = "cases" }',
                "1: case: column 3 'case' is not declared; expected columns: roc_year, branch, cases, rate, remark; "
                "did you mean 'cases'?",
            ],
        ),
        (
            "roc_year,branch,cases,cases,remark",
            [
                "1: rate: the column rate is missing; expected columns: roc_year, branch, cases, rate, remark; "
                'if it has another label in the file, write rename = { "…" = "rate" }',
                "1: cases: the column name stands twice (columns 3, 4); each needs its own",
            ],
        ),
    ],
)
def test_a_wrong_head_is_told(head: str, en: list[str], tmp_path: Path) -> None:
    problems = refusal(tmp_path, "104,taipei,5,1,", head=head).problems
    assert sorted(problem.say() for problem in problems) == sorted(
        f"inputs/datasets/trial/work.csv:{line}" for line in en
    )


def test_the_same_key_twice_names_both_rows(tmp_path: Path) -> None:
    (problem,) = refusal(tmp_path, "104,taipei,5,1,", "103,taipei,5,1,", "104,taipei,6,1,").problems
    assert problem.say() == (
        "inputs/datasets/trial/work.csv:4: roc_year, branch: the row has the same key as row 2; "
        "one row for each roc_year, branch"
    )


def test_two_rows_whose_key_can_not_be_read_are_not_called_the_same(tmp_path: Path) -> None:
    problems = refusal(tmp_path, "x,taipei,5,1,", "y,taipei,6,1,").problems
    assert [problem.place.row for problem in problems] == [2, 3]


def test_a_table_without_rows_is_told(tmp_path: Path) -> None:
    (problem,) = refusal(tmp_path).problems
    assert (
        problem.say()
        == "inputs/datasets/trial/work.csv: has no rows below its head; export the table again, with its rows"
    )


def test_a_file_outside_of_the_project_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text(f"{HEAD}\n104,taipei,5,1,\n")
    home = project(tmp_path / "home", "104,taipei,5,1,")
    table = home / "inputs/datasets/trial/work.csv"
    table.unlink()
    table.symlink_to(elsewhere)
    with pytest.raises(InputError, match="leads out of the project"):
        read_dataset(home, "trial")


def test_a_dataset_is_read_once_as_long_as_nothing_of_it_changes(tmp_path: Path) -> None:
    home = project(tmp_path / "home", "104,taipei,5,1,")
    inside = home / "inputs/datasets/trial"
    first = read_dataset(home, "trial")
    assert read_dataset(home, "trial") is first
    (inside / "work.csv").write_text(f"{HEAD}\n104,taipei,6,1,\n", "utf-8")
    assert [record.cells["cases"] for record in work(read_dataset(home, "trial"))] == [6]
    (inside / "dataset.toml").write_text(TOML.replace('"Trial"', '"Test"'), "utf-8")
    assert read_dataset(home, "trial").label.en == "Test"
    elsewhere = (inside / "work.csv").rename(tmp_path / "work.csv")
    (inside / "work.csv").symlink_to(elsewhere)  # the same content, but not of the project
    with pytest.raises(InputError, match="leads out of the project"):
        read_dataset(home, "trial")
    (inside / "work.csv").unlink()
    with pytest.raises(InputError):
        read_dataset(home, "trial")


def test_an_unknown_dataset_and_an_unknown_table_name_the_known_ones(tmp_path: Path) -> None:
    home = project(tmp_path, "104,taipei,5,1,")
    with pytest.raises(
        InputError, match=r"there is no dataset 'trail'; known: trial; did you mean 'trial'\?"
    ):
        read_dataset(home, "trail")
    with pytest.raises(InputError, match=r"there is no table 'works'; known: work; did you mean 'work'\?"):
        read_dataset(home, "trial", ["works"])


SECOND = """
[table.more]
label = { zh = "更多", en = "More" }
file = "more.csv"
key = ["roc_year"]
column.roc_year = { type = "roc_year" }
column.staff = { type = "whole", unit = "person", label = { zh = "員額", en = "Staff" } }
"""


def test_all_problems_of_all_tables_come_in_one_report(tmp_path: Path) -> None:
    error = refusal(
        tmp_path,
        "2015,taipei,x,1,",
        "104,nowhere,5,y,\ufeff",
        toml=TOML + SECOND,
        more="roc_year,staff\n104,two\n",
    )
    assert [(p.place.file[-8:], p.place.row, p.place.column) for p in error.problems] == [
        ("work.csv", 2, "cases"),
        ("work.csv", 2, "roc_year"),
        ("work.csv", 3, "branch"),
        ("work.csv", 3, "rate"),
        ("work.csv", 3, "remark"),
        ("more.csv", 2, "staff"),
    ]


def test_a_table_that_can_not_be_opened_does_not_hide_the_others(tmp_path: Path) -> None:
    error = refusal(tmp_path, "104,taipei,x,1,", toml=TOML + SECOND)
    assert sorted(problem.place.file[-8:] for problem in error.problems) == ["more.csv", "work.csv"]


def test_after_many_problems_only_their_number_is_told(tmp_path: Path) -> None:
    rows = [f"{year},taipei,x,y," for year in range(1, 181)]
    problems = refusal(tmp_path, *rows).problems
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].say() == "inputs/datasets/trial/work.csv: and 160 more problems in this table"
    assert problems[-1].zh == "本表另有 160 個問題"


def test_a_persons_name_is_never_quoted(tmp_path: Path) -> None:
    toml = TOML.replace("max_letters = 20\n", "name = true\n")
    rows = [
        "104,taipei,5,1,=secret",
        "103,taipei,5,1,sec<ret",
        "102,taipei,5,1,secret\u200b",
        "101,taipei,x,1,secret",
    ]
    error = refusal(tmp_path, *rows, toml=toml)
    assert len(error.problems) == 4
    assert "secret" not in "".join(problem.say("en") + problem.say("zh") for problem in error.problems)


@pytest.mark.parametrize(
    "name", ["Lo^oh Ka'ti:", "^Amis", "Kacaw ‘Adop", "Poiconʉ Ramataṟ", "n_gayan", "Łukasz Tân"]
)
def test_letters_of_the_orthographies_of_taiwan_are_letters_of_a_name(name: str, tmp_path: Path) -> None:
    toml = TOML.replace("max_letters = 20\n", "name = true\nmax_letters = 60\n")
    assert [
        record.cells["remark"] for record in work(read(tmp_path, f"104,taipei,5,1,{name}", toml=toml))
    ] == [name]


# ---- faults of the declaration --------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "where", "en"),
    [
        (
            "min = 0",
            "minimum = 0",
            "31: table.work.column.cases: minimum",
            "is an unknown key; known here: label, missing, reason, published, unit, measure, better, phrase, min, max, round, type, accept; "
            "did you mean 'min'?",
        ),
        (
            'type = "whole"',
            'type = "hole"',
            "29: table.work.column.cases: type",
            '"hole" is unknown; known: whole, decimal, percent, text, roc_year, roc_date, member, url; '
            "did you mean 'whole'?",
        ),
        (
            'missing = ["blank"]',
            'missing = ["blanc"]',
            "45: table.work.column.remark: missing 1",
            "\"blanc\" is unknown; known: blank, none, not_available, under_half; did you mean 'blank'?",
        ),
        ("digits = 2\n", "", "35: table.work.column.rate: digits", "is missing; write digits = 1"),
        (
            'dimension = "branch"',
            'dimension = "brunch"',
            "26: table.work.column.branch: dimension",
            "\"brunch\" is unknown; known: branch; did you mean 'branch'?",
        ),
        (
            'total = "all"',
            'total = "sum"',
            "6: dimension.branch: total",
            f'"sum" is unknown; known: {MEMBERS}',
        ),
        (
            'en = "Work"',
            'en = ""',
            "17: table.work: label",
            'the text lacks its en half; write { zh = "…", en = "…" }',
        ),
        (
            'file = "work.csv"',
            'file = "../work.csv"',
            "18: table.work: file",
            '"../work.csv" is not a file name in the dataset\'s folder; write the name alone, such as "cases.csv"',
        ),
        *(
            (
                'file = "work.csv"',
                f'file = "{name}"',
                "18: table.work: file",
                f'"{name}" is not a file name in the dataset\'s folder that can be read: it holds {letters}; name the file '
                "with letters, digits, blanks and . - _ ( ) alone, here and on disk",
            )
            for name, letters in [
                ("責任 金額#1 (100%)[a].csv", "# % [ ]"),
                ("a&b,c.csv", "& ,"),
                ("金額：甲.ods", "："),
            ]
        ),
        (
            'key = ["roc_year", "branch"]',
            'key = ["year", "branch"]',
            "19: table.work: key 1",
            "\"year\" is unknown; known: roc_year, branch, cases, rate, remark; did you mean 'roc_year'?",
        ),
        (
            'key = ["roc_year", "branch"]',
            'key = "roc_year"',
            "19: table.work: key",
            '"roc_year" is not a list; write [ … ]',
        ),
    ],
)
def test_a_fault_of_the_declaration_has_its_line(
    before: str, after: str, where: str, en: str, tmp_path: Path
) -> None:
    assert before in TOML
    problems = refusal(tmp_path, "104,taipei,5,1,", toml=TOML.replace(before, after, 1)).problems
    assert f"inputs/datasets/trial/dataset.toml:{where}: {en}" in [problem.say() for problem in problems]
    assert all(problem.zh for problem in problems)


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (problem,) = refusal(tmp_path, toml='name = "x"\nkey = [1,\n\n[table').problems
    assert problem.say().startswith("inputs/datasets/trial/dataset.toml:4: is not valid TOML")


def test_a_measure_may_stand_in_one_table_only(tmp_path: Path) -> None:
    toml = TOML + SECOND.replace("staff", "cases")
    (problem,) = refusal(tmp_path, "104,taipei,5,1,", toml=toml).problems
    assert "the table work has a measure of this name" in problem.en


@pytest.mark.parametrize(
    ("formula", "en"),
    [
        ("running(cases - closed)", '"closed" is unknown; known: cases, rate'),
        ("__import__('os')", '"__import__" is unknown'),
        ("cases * 0.5", "may hold names, whole numbers and + - * / only"),
        ("cases.real", "may hold names, whole numbers and + - * / only"),
        ("cases -", '"cases -" is not a formula such as a - b; write columns and + - alone'),
    ],
)
def test_a_derivation_is_a_formula_of_measures(formula: str, en: str, tmp_path: Path) -> None:
    derive = f"""
    [derive.pending]
    formula = "{formula}"
    from_year = 90
    unit = "case"
    label = {{ zh = "未結", en = "Pending" }}
    note = {{ zh = "推算", en = "derived" }}
    """
    problems = refusal(tmp_path, "104,taipei,5,1,", toml=TOML + derive).problems
    assert any(problem.en.startswith(en) for problem in problems)


# ---- what is understood ---------------------------------------------------------------------


def test_the_five_ways_of_having_no_figure_stay_apart(tmp_path: Path) -> None:
    cells = ["", "-", "…", "...", "<0.5", "0"]
    records = work(read(tmp_path, *(f"{100 + n},taipei,5,{cell}," for n, cell in enumerate(cells))))
    rates = [record.cells["rate"] for record in records]
    kinds = [rate.kind if isinstance(rate, Gap) else rate for rate in rates]
    assert kinds == ["blank", "none", "not_available", "not_available", "under_half", Fraction(0)]


def test_a_dataset_may_have_its_own_signs(tmp_path: Path) -> None:
    toml = TOML + '\n[symbols]\nunder_half = "0"\n'
    (record,) = work(read(tmp_path, "104,taipei,0,0,", toml=toml))
    assert record.cells["cases"] == Fraction(0)
    assert record.cells["rate"] == Gap(
        "under_half", Text("有數值但不及半單位", "more than zero but less than half a unit")
    )


def test_a_column_may_say_why_a_figure_is_missing(tmp_path: Path) -> None:
    toml = TOML.replace("digits = 2\n", 'digits = 2\nreason.none = { zh = "未辦理", en = "not held" }\n')
    (record,) = work(read(tmp_path, "104,taipei,5,-,", toml=toml))
    assert record.cells["rate"] == Gap("none", Text("未辦理", "not held"))


def test_every_coercion_is_listed(tmp_path: Path) -> None:
    toml = (
        TOML.replace(NUMBERED, NUMBERED + 'accept = ["thousands", "full_width", "spaces"]\n')
        .replace("digits = 2\n", 'digits = 2\naccept = ["percent_sign"]\n')
        .replace('dimension = "branch"\n', 'dimension = "branch"\naccept = ["label"]\n')
    )
    table = read(tmp_path, '104,板橋行政執行處," １２,３４５",97.50%,', toml=toml).tables["work"]
    (record,) = table.records
    assert record == Record(
        2,
        (104, "new-taipei"),
        {"cases": Fraction(12345), "rate": Fraction(975, 10), "remark": record.cells["remark"]},
    )
    assert [(c.place.column, c.rule, c.before, c.after) for c in table.coercions] == [
        ("branch", "label", "板橋行政執行處", "new-taipei"),
        ("cases", "spaces", " １２,３４５", "１２,３４５"),
        ("cases", "full_width", "１２,３４５", "12,345"),
        ("cases", "thousands", "12,345", "12345"),
        ("rate", "percent_sign", "97.50%", "97.50"),
    ]


@pytest.mark.parametrize("typed", ["1,23", "12,3456", ",123", "1,2345,678"])
def test_separators_must_stand_at_thousands(typed: str, tmp_path: Path) -> None:
    toml = TOML.replace(NUMBERED, NUMBERED + 'accept = ["thousands"]\n')
    (problem,) = refusal(tmp_path, f'104,taipei,"{typed}",1,', toml=toml).problems
    assert problem.en == f"{typed!r} is not a whole number; write digits only, for example 1234"


def test_what_is_plain_is_no_coercion(tmp_path: Path) -> None:
    toml = TOML.replace(NUMBERED, NUMBERED + 'accept = ["thousands"]\n')
    assert read(tmp_path, "104,taipei,12345,1,", toml=toml).tables["work"].coercions == ()


def test_nothing_of_a_cell_is_ever_code(tmp_path: Path) -> None:
    words = ["{{ 7*7 }}", "<script>", "=cmd()"]
    records = work(read(tmp_path, *(f"{100 + n},taipei,5,1,{word}" for n, word in enumerate(words))))
    assert [record.cells["remark"] for record in records] == words


DATED = TOML.replace('type = "text"\nmax_letters = 20\n', 'type = "roc_date"\naccept = ["roc_date"]\n')


@pytest.mark.parametrize("typed", ["107/12/31", "民國107年12月31日", "2018-12-31"])
def test_a_roc_date_is_understood_where_it_is_declared(typed: str, tmp_path: Path) -> None:
    (record,) = work(read(tmp_path, f"104,taipei,5,1,{typed}", toml=DATED))
    assert record.cells["remark"] == date(2018, 12, 31)


@pytest.mark.parametrize("typed", ["104/2/29", "2018/12/31", "107-13-01", "2015-02-29", "today"])
def test_a_day_that_does_not_exist_is_refused(typed: str, tmp_path: Path) -> None:
    (problem,) = refusal(tmp_path, f"104,taipei,5,1,{typed}", toml=DATED).problems
    assert f"{typed!r} is not a day of the calendar" in problem.en


def test_a_roc_date_that_is_not_declared_is_refused_with_the_right_form(tmp_path: Path) -> None:
    toml = DATED.replace('accept = ["roc_date"]\n', "")
    (problem,) = refusal(tmp_path, "104,taipei,5,1,107/12/31", toml=toml).problems
    assert problem.en == "'107/12/31' is a ROC date; write 2018-12-31, or declare accept = [\"roc_date\"]"


FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")


@given(st.integers(-(10**17), 10**17), st.integers(0, 6), st.booleans(), st.booleans())
def test_a_number_survives_separators_and_full_width(
    whole: int, digits: int, thousands: bool, wide: bool
) -> None:
    number = Fraction(whole, 10**digits)
    sign, units = ("-" if whole < 0 else ""), abs(whole) // 10**digits
    text = f"{sign}{units:,}" if thousands else f"{sign}{units}"
    if digits:
        text += f".{abs(whole) % 10**digits:0{digits}}"
    typed = text.translate(FULL_WIDTH) if wide else text
    column = ColumnSpec(
        name="n", type="decimal", label=Text("n", "n"), digits=digits, accept=("full_width", "thousands")
    )
    value, steps, fault = understand(column, typed, DEFAULT_SYMBOLS, {})
    assert fault is None
    assert value == number
    assert bool(steps) == (typed != text.replace(",", ""))


@given(st.text())
def test_any_text_in_a_number_column_is_a_number_a_gap_or_a_fault(typed: str) -> None:
    column = ColumnSpec(name="n", type="decimal", label=Text("n", "n"), digits=2, missing=("none",))
    value, _, fault = understand(column, typed, DEFAULT_SYMBOLS, {})
    assert (value is None) == (fault is not None)


@pytest.mark.parametrize("name", ["臺北分署", "Taipei Branch", "taipei", "士林行政執行處"])
def test_two_members_may_not_have_a_name_in_common(name: str, tmp_path: Path) -> None:
    """Neither now nor earlier, nor may one be called by the id of another: a cell with that name says nothing."""
    toml = TOML.replace("板橋行政執行處", name).replace(
        "first_year = 95", 'names = [{ until = 99, zh = "士林行政執行處", en = "Shilin Office" }]'
    )
    problems = refusal(tmp_path, "104,taipei,5,1,", toml=toml).problems
    first, second = (found for found in problems if "also names" in found.en)
    other = "shilin" if name == "士林行政執行處" else "taipei"
    assert first.place.row < second.place.row == 12
    assert f"'{name}' also names the member new-taipei; a cell that holds it" in first.en
    assert f"'{name}' also names the member {other}; a cell that holds it" in second.en
    assert f"「{name}」同時是成員 {other} 的名稱" in second.zh


WORKBOOK = TOML.replace('file = "work.csv"', 'file = "work.xlsx"')


def workbook(folder: Path, *rates: tuple[float | str, str]) -> Path:
    """The trial with its table as a workbook: the rates of the years from 101 on, with their number formats."""
    import xlsxwriter

    project(folder, toml=WORKBOOK.replace("digits = 2", 'digits = 2\naccept = ["percent_sign"]'))
    with xlsxwriter.Workbook(str(folder / "inputs/datasets/trial/work.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD.split(","))
        for row, (rate, code) in enumerate(rates, start=1):
            page.write_row(row, 0, [100 + row, "taipei", 5])
            page.write(row, 3, rate, book.add_format({"num_format": code}))
    return folder


def test_cells_shown_as_per_cent_are_read_as_shown_and_listed(tmp_path: Path) -> None:
    rates = [
        (0.91, "0%"),
        (1, "0.0%"),
        (0.0705, "0.00%"),
        (0, "0%"),
        (1.1, "0%;-0%"),
        ("95.3%", "0.0"),
        (0, "0.0"),
    ]
    table = read_dataset(workbook(tmp_path, *rates), "trial").tables["work"]
    assert [record.cells["rate"] for record in table.records] == [
        *(Fraction(number) for number in ("91", "100", "7.05", "0", "110", "95.3", "0"))
    ]
    assert [(c.place.row, c.rule, c.before, c.after) for c in table.coercions] == [
        (2, "percent_format", "0.91", "91"),
        (3, "percent_format", "1", "100"),
        (4, "percent_format", "0.0705", "7.05"),
        (6, "percent_format", "1.1", "110"),
        (7, "percent_sign", "95.3%", "95.3"),
    ]


def test_a_column_with_and_without_per_cent_formats_is_refused_by_the_cell(tmp_path: Path) -> None:
    rates = [(0.91, "0%"), (0.92, "General"), (93, "0.0"), (0.5, "[<1]0%;0.0")]
    with pytest.raises(InputError) as refused:
        read_dataset(workbook(tmp_path, *rates), "trial")
    assert [(problem.place.row, problem.place.column) for problem in refused.value.problems] == [
        (3, "rate"),
        (4, "rate"),
        (5, "rate"),
    ]
    assert refused.value.problems[0].en.startswith("'0.92' may be per cent or a hundredth of it")


def test_more_decimals_of_per_cent_than_declared_are_told_as_shown(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_dataset(workbook(tmp_path, (0.91234, "0%")), "trial")
    (problem,) = refused.value.problems
    assert problem.en.startswith("'91.234' has more than 2 decimals")


@pytest.mark.parametrize("title", ["表1,,,,", "表1", '"a title, with a comma",x'])
def test_a_head_below_a_title_is_told_alone(title: str, tmp_path: Path) -> None:
    (problem,) = refusal(tmp_path, "單位：件,,,,", HEAD, "104,taipei,5,1,", head=title).problems
    assert problem.say() == (
        "inputs/datasets/trial/work.csv:3: the column names stand in row 3; "
        "write head = 3 for the table, or delete what stands above them (to row 2)"
    )


def test_what_stands_below_a_lower_head_is_told_in_the_same_run(tmp_path: Path) -> None:
    rows = ["單位：件,,,,", HEAD, "104,taipei,5,1,", "104,shilin,5,x,", "註：本表不含分署,,,,"]
    problems = refusal(tmp_path, *rows, head="表 3,,,,").problems
    assert [(one.place.row, one.en[:20]) for one in problems] == [
        (3, "the column names sta"),
        (5, "'x' is not a number;"),
        (6, "from here on no row "),
    ]


@pytest.mark.parametrize(
    "notes",
    [
        ["註：本表不含分署,,,,", "資料來源：本署,,,,"],
        ["註：本表不含分署", "資料來源：本署"],
        [",註：不含分署,,,", ",,資料來源：本署,,"],
    ],
)
@pytest.mark.parametrize("between", [[], [""], [",,,,"]])
def test_notes_below_a_table_are_told_once(notes: list[str], between: list[str], tmp_path: Path) -> None:
    rows = ["104,taipei,5,1,", "104,shilin,5,x,", *between, *notes]
    value, note = refusal(tmp_path, *rows).problems
    assert value.en.startswith("'x' is not a number")
    assert note.place.row == 4
    assert note.en.startswith("from here on no row holds more than one cell, and no figure, as notes below")


def test_a_head_that_stands_again_is_told_once_each_time(tmp_path: Path) -> None:
    problems = refusal(
        tmp_path, "104,taipei,5,1,", HEAD, "104,shilin,5,x,", HEAD, "註：本表不含分署"
    ).problems
    assert [(problem.place.row, problem.en.split(";")[0]) for problem in problems] == [
        (3, "the column names of row 1 stand here again"),
        (4, "'x' is not a number"),
        (5, "the column names of row 1 stand here again"),
        (6, "from here on no row holds more than one cell, and no figure, as notes below a table do"),
    ]


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#NAME?", "Err:502"])
def test_an_error_of_a_spreadsheet_is_no_text_either(error: str, tmp_path: Path) -> None:
    """A CSV that was saved from a sheet holds the error as letters: in each type of column it is told as what it is."""
    row = ",".join([error] * 5)
    problems = refusal(tmp_path, "104,taipei,5,1,", row).problems
    assert len(problems) == 5
    assert {problem.en.split(" such")[0] for problem in problems} == {"the cell shows an error"}


def test_a_last_row_with_its_key_alone_is_no_note(tmp_path: Path) -> None:
    problems = refusal(tmp_path, "104,taipei,5,1,", "104,,,,").problems
    assert [problem.place.column for problem in problems] == ["branch", "cases"]


def test_a_member_may_keep_its_name_and_have_one_in_both_languages(tmp_path: Path) -> None:
    toml = TOML.replace("板橋行政執行處", "新北分署").replace(
        'en = "Taipei Branch"', 'en = "臺北分署", meant = "the cells of an old table hold it"'
    )
    assert read(tmp_path, "104,taipei,5,1,", toml=toml).dimensions["branch"].member("new-taipei").earlier


def test_a_member_has_the_name_of_its_year(tmp_path: Path) -> None:
    member = read(tmp_path, "104,taipei,5,1,").dimensions["branch"].member("new-taipei")
    assert member.name_in(100) == Text("板橋行政執行處", "Banciao Administrative Enforcement Office")
    assert member.name_in(101) == Text("新北分署", "New Taipei Branch")


# ---- relations ------------------------------------------------------------------------------

PARTS = """
[[table.work.relation]]
kind = "parts"
over = "branch"
total = "all"
columns = ["cases"]
tolerance = 1
"""


def test_parts_may_differ_from_their_total_by_the_tolerance(tmp_path: Path) -> None:
    rows = ["104,all,10,1,", "104,taipei,6,1,", "104,new-taipei,5,1,"]
    assert len(work(read(tmp_path, *rows, toml=TOML + PARTS))) == 3


def test_parts_that_differ_more_are_told_with_their_rows(tmp_path: Path) -> None:
    rows = ["104,all,10,1,", "104,taipei,6,1,", "104,new-taipei,6,1,"]
    (problem,) = refusal(tmp_path, *rows, toml=TOML + PARTS).problems
    assert problem.say() == (
        "inputs/datasets/trial/work.csv:2: cases: 10 is stated but rows 3–4 give 12; difference -2, allowed 1"
    )
    assert problem.zh == "所列 10 與第 3–4 列合計 12 不符；差 -2，容許 1"


def test_a_relation_is_not_judged_where_a_figure_is_missing(tmp_path: Path) -> None:
    toml = TOML.replace(NUMBERED, NUMBERED + 'missing = ["not_available"]\n') + PARTS
    assert len(work(read(tmp_path, "104,all,10,1,", "104,taipei,…,1,", toml=toml))) == 2


def test_a_row_formula_shows_its_numbers(tmp_path: Path) -> None:
    toml = TOML + '\n[[table.work.relation]]\nkind = "row"\nformula = "cases - 2 * rate"\ntolerance = 1\n'
    (problem,) = refusal(tmp_path, "104,taipei,5,3,", "103,taipei,5,3.25,", toml=toml).problems
    assert problem.say() == (
        "inputs/datasets/trial/work.csv:3: cases, rate: "
        "cases - 2 * rate is -1.5, allowed is 1 (cases 5, rate 3.25); correct the figure that is wrong, or declare the tolerance of rounding"
    )


def test_a_balance_is_carried_from_year_to_year(tmp_path: Path) -> None:
    columns = "".join(
        f'column.{name} = {{ type = "whole", unit = "case", label = {{ zh = "件", en = "{name}" }} }}\n'
        for name in ("new", "closed", "pending")
    )
    toml = (
        'name = { zh = "試驗", en = "Trial" }\n[table.work]\nlabel = { zh = "工作", en = "Work" }\n'
        'file = "work.csv"\n'
        'key = ["roc_year"]\ncolumn.roc_year = { type = "roc_year" }\n'
        + columns
        + "[[table.work.relation]]\n"
        'kind = "balance"\nstock = "pending"\nadd = "new"\nsubtract = "closed"\n'
    )
    rows = ["101,5,3,7", "102,4,5,6", "103,1,1,7"]
    (problem,) = refusal(tmp_path, *rows, toml=toml, head="roc_year,new,closed,pending").problems
    assert problem.say() == (
        "inputs/datasets/trial/work.csv:4: pending: 7 is stated but pending of row 3 + new − closed give 6; "
        "difference 1, allowed 0"
    )


BESIDE = (
    SECOND
    + """
[[table.more.relation]]
kind = "same"
pairs = { staff = "work.cases" }
where = { branch = "all" }
"""
)


def test_the_same_figure_in_two_tables_must_agree(tmp_path: Path) -> None:
    rows = ["104,all,10,1,", "104,taipei,10,1,"]
    more = "roc_year,staff\n104,11\n"
    (problem,) = refusal(tmp_path, *rows, toml=TOML + BESIDE, more=more).problems
    assert problem.say() == (
        "inputs/datasets/trial/more.csv:2: staff: 11 is stated but "
        "inputs/datasets/trial/work.csv rows 2 give 10; difference 1, allowed 0"
    )


def test_a_table_with_a_fault_of_its_own_is_not_compared(tmp_path: Path) -> None:
    more = "roc_year,staff\n104,11\n"
    (problem,) = refusal(tmp_path, "104,all,ten,1,", toml=TOML + BESIDE, more=more).problems
    assert problem.place.column == "cases"


def test_a_table_that_is_compared_with_is_read_too_but_not_handed_out(tmp_path: Path) -> None:
    home = project(tmp_path, "104,all,10,1,", toml=TOML + BESIDE, more="roc_year,staff\n104,10\n")
    dataset = read_dataset(home, "trial", ["more"])
    assert [*dataset.tables] == ["more"]
    assert [*dataset.measures] == ["staff"]


# ---- the datasets of the repository ---------------------------------------------------------


@pytest.fixture(scope="module")
def new_taipei() -> Dataset:
    return read_dataset(ROOT, "new-taipei")


@pytest.fixture(scope="module")
def agency() -> Dataset:
    return read_dataset(ROOT, "agency")


def cell(table: Table, key: tuple[int | str, ...], column: str) -> object:
    return next(record.cells[column] for record in table.records if record.key == key)


def test_pending_cases_of_new_taipei_are_994610_at_the_end_of_107(new_taipei: Dataset) -> None:
    totals = [r.cells for r in new_taipei.tables["cases"].records if r.key[1] == "total"]
    assert sum(cells["new_cases"] - cells["closed_cases"] for cells in totals) == 994_610
    assert new_taipei.derivations["pending_cases"].formula == "running(new_cases - closed_cases)"


def test_what_new_taipei_did_not_publish_is_not_available(new_taipei: Dataset) -> None:
    final_account = cell(new_taipei.tables["budget"], (108,), "final_account")
    assert isinstance(final_account, Gap)
    assert final_account.kind == "not_available"


def test_every_row_of_new_taipei_has_its_source(new_taipei: Dataset) -> None:
    for table in new_taipei.tables.values():
        assert all(str(r.cells[table.source_column]).startswith("https://") for r in table.records)


def test_the_agency_is_marked_as_a_sample(agency: Dataset) -> None:
    assert agency.sample == Text("示範資料", "Sample data")
    branches = agency.dimensions["branch"].members
    units = {(record.key[1], record.key[2]) for record in agency.tables["units"].records}
    assert (len(branches), len(units)) == (13, 412)
    assert agency.dimensions["branch"].member("shilin").first_year == 95


def test_the_agency_sample_is_what_its_script_makes(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make-agency-sample"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, capture_output=True)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (ROOT / "inputs/datasets/agency" / made.name).read_bytes(), made.name


def test_a_declaration_is_read_without_its_tables(tmp_path: Path) -> None:
    home = project(tmp_path)
    (home / "inputs/datasets/trial/work.csv").unlink()
    assert [*describe(home, "trial").measures] == ["cases", "rate"]


def test_the_files_of_a_dataset_are_known_by_their_hashes(new_taipei: Dataset) -> None:
    assert {Path(file).name for file in new_taipei.files} == {
        "dataset.toml",
        "cases.csv",
        "collected.csv",
        "budget.csv",
        "published_totals.csv",
    }


DAMAGES = ("7.5", "[[]]", '{ zz = "?" }', '"\\u0000?"', "nan", "[{ a = 1 }]", "-1", "true")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["new-taipei", "cases-104", "responsibility"])
def test_a_damaged_declaration_is_read_or_told(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"inputs/datasets/{name}/dataset.toml"
    file.parent.mkdir(parents=True)
    lines = (ROOT / file.relative_to(tmp_path)).read_text("utf-8").split("\n")
    keys = {line.partition(" =")[0]: row for row, line in enumerate(lines) if re.match(r"[\w.-]+ =", line)}
    heads = {re.sub(r"[\w-]+(?=\])", "", line): row for row, line in enumerate(lines) if line[:1] == "["}
    for row in (*keys.values(), *heads.values()):
        for damage in DAMAGES:
            key = lines[row].strip("[]").rpartition(".")[2] if lines[row][:1] == "[" else ""
            damaged = f"{key or lines[row].partition(' =')[0]} = {damage}"
            file.write_text("\n".join([*lines[:row], damaged, *lines[row + 1 :]]), "utf-8")
            with contextlib.suppress(InputError):
                describe(tmp_path, name)
