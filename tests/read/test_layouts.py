"""Tables that lie in a sheet as an office keeps it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office_workbook import COLUMNS, Cell, Page, csv_text, dataset, ods, xlsx

from reportgen.read.tables import Dataset, read_dataset
from reportgen.read.tables.laying.view import Area
from reportgen.read.worksheets import cell_name

ROOT = Path(__file__).resolve().parents[2]


def figures(read: Dataset) -> dict[str, dict[object, object]]:
    return {
        name: {record.key: dict(record.cells) for record in table.records}
        for name, table in read.tables.items()
    }


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".csv"])
def test_an_offices_own_workbook_gives_the_figures_of_clean_tables(suffix: str, tmp_path: Path) -> None:
    for name, form in (("own", suffix), ("clean", "")):
        dataset(tmp_path / "inputs/datasets" / name, form)
    own, clean = (figures(read_dataset(tmp_path, name)) for name in ("own", "clean"))
    assert own == clean
    assert list(own) == list(COLUMNS)


def the_guides_example(language: str) -> tuple[Page, str]:
    """The sheet that the guide shows and what it declares of it."""
    name, heading = {
        "en": ("officer-guide.md", "### Your own workbook\n"),
        "zh": ("officer-guide.zh-TW.md", "### 您自己的活頁簿\n"),
    }[language]
    chapter = (ROOT / "docs" / name).read_text("utf-8").partition(heading)[2]
    rows = [line.strip("| ").split("|") for line in chapter.splitlines() if re.match(r"\| \d \|", line)]
    cells: list[Sequence[Cell]] = [
        [*(cell.strip() for cell in row[1:]), *[""] * (6 - len(row))] for row in rows
    ]
    page = Page("案件收結", cells, ["A1:E1", "A3:A4", "B3:C3", "D3:E3"])
    return page, re.findall(r"```toml\n(.*?)```", chapter, re.DOTALL)[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_example_of_the_guide_is_read(language: str, tmp_path: Path) -> None:
    page, declared = the_guides_example(language)
    columns = "".join(
        f'column.{name} = {{ type = "whole", unit = "case", accept = ["thousands"], label = {{ zh = "數", en = "{name}" }} }}\n'
        for name in ("new_cases", "referred", "closed_cases", "collected")
    )
    inside = tmp_path / "inputs/datasets/trial"
    inside.mkdir(parents=True)
    (inside / "office.xlsx").write_bytes(xlsx(page))
    (inside / "dataset.toml").write_text(
        f'name = {{ zh = "試", en = "Trial" }}\n{declared}{columns}', "utf-8"
    )
    read = read_dataset(tmp_path, "trial").tables["work"]
    assert [(r.key, *map(int, map(str, r.cells.values()))) for r in read.records] == [
        ((103,), 12000, 51000, 11000, 31500),
        ((104,), 13000, 52000, 12500, 32500),
    ]
    assert [remark.words for remark in read.remarks] == ["註1：104年起含健保案件。"]


# ---- any layout -----------------------------------------------------------------------------

YEARS = range(101, 106)
TYPES = {"tax": "財稅", "nhi": "健保", "fine": "罰鍰"}
MEASURES = {"cases": "件數", "amount": "金額"}
DECLARED = """
name = { zh = "試", en = "Trial" }
[dimension.case_type]
label = { zh = "類別", en = "Type" }
member = [
  { id = "tax", zh = "財稅", en = "Tax" },
  { id = "nhi", zh = "健保", en = "Health" },
  { id = "fine", zh = "罰鍰", en = "Fines" },
]
[table.own]
label = { zh = "表", en = "Table" }
file = "own%s"
key = ["roc_year", "case_type"]
%s
column.roc_year = { type = "roc_year", accept = ["roc_year_words"] }
column.case_type = { type = "member", dimension = "case_type", accept = ["label"] }
column.cases = { type = "whole", unit = "case", measure = "flow", label = { zh = "件", en = "Cases" } }
column.amount = { type = "whole", unit = "twd", measure = "flow", label = { zh = "元", en = "Amount" } }
"""
Figures = dict[tuple[int, str], dict[str, int]]


@st.composite
def figures_of(draw: st.DrawFn) -> Figures:
    years = draw(st.lists(st.sampled_from(YEARS), min_size=1, max_size=4, unique=True))
    types = draw(st.lists(st.sampled_from(list(TYPES)), min_size=1, unique=True))
    number = st.integers(0, 10**9)
    return {(year, type_): {name: draw(number) for name in MEASURES} for year in years for type_ in types}


def sums(rows: list[list[Cell]], columns: range) -> list[Cell]:
    return [sum(int(str(row[at])) for row in rows) for at in columns]


def long_page(held: Figures, order: list[str], years_merged: bool, total: bool) -> tuple[Page, str]:
    """A row for each year and type below a head of one row; years may stand once, in merged cells."""
    labels = {"roc_year": "年　度", "case_type": "類別", "cases": "件\n數", "amount": "金額"}
    rows: list[list[Cell]] = []
    merged: list[str] = []
    at = order.index("roc_year")
    last = 0
    for (year, type_), figures in held.items():
        cells: dict[str, Cell] = {"roc_year": f"{year}年度", "case_type": TYPES[type_], **figures}
        if years_merged and year == last:
            cells["roc_year"] = ""
        last = year
        rows.append([cells[name] for name in order])
    said = "fill = 'roc_year'" if years_merged else ""
    if years_merged:
        starts = [n for n, row in enumerate(rows) if row[at]] + [len(rows)]
        letters = "ABCD"[at]
        merged = [f"{letters}{a + 2}:{letters}{b + 1}" for a, b in pairwise(starts) if b - a > 1]
    if total:
        whole = {
            "case_type": "合 計",
            "roc_year": "",
            **{n: sum(f[n] for f in held.values()) for n in MEASURES},
        }
        rows.append([whole[name] for name in order])
        said += '\ntotals = [{ row = "合計" }]'
    names = ", ".join(f'"{labels[name]}" = "{name}"'.replace("\n", "") for name in order)
    return Page("own", [[labels[name] for name in order], *rows], merged), f"rename = {{ {names} }}\n{said}"


def wide_page(held: Figures, years_first: bool, total: bool, beside: bool) -> tuple[Page, str]:
    """Years across the top with the measures below them, or the other way round; a row for each type."""
    years, types = (list(dict.fromkeys(part)) for part in zip(*held, strict=True))
    pairs = (
        [(y, m) for y in years for m in MEASURES]
        if years_first
        else [(y, m) for m in MEASURES for y in years]
    )
    if beside:
        pairs += [(0, m) for m in MEASURES]
    said = {year: f"{year}年" for year in years} | {0: "總計"}
    upper = [said[y] if years_first else MEASURES[m] for y, m in pairs]
    lower = [MEASURES[m] if years_first else said[y] for y, m in pairs]
    top = [words if n == 0 or words != upper[n - 1] else "" for n, words in enumerate(upper)]
    rows: list[list[Cell]] = []
    for type_ in types:
        cells: list[Cell] = [TYPES[type_]]
        for year, measure in pairs:
            cells.append(sum(held[y, type_][measure] for y in years if year in (0, y)))
        rows.append(cells)
    starts = [n for n, words in enumerate(top) if words] + [len(top)]
    names = "BCDEFGHIJKLMNOP"
    merged = [f"{names[a]}1:{names[b - 1]}1" for a, b in pairwise(starts) if b - a > 1] + ["A1:A2"]
    declared = 'rename = { "類別" = "case_type" }\nmelt = { key = "roc_year", value = { "件數" = "cases", "金額" = "amount" } }\n'
    totals = []
    if total:
        rows.insert(0, ["合計", *sums(rows, range(1, len(pairs) + 1))])
        totals.append('{ row = "合計" }')
    if beside:
        totals.append('{ column = "總計" }')
    return Page(
        "own", [["類別", *top], ["", *lower], *rows], merged
    ), f"{declared}totals = [{', '.join(totals)}]"


def moved(page: Page, above: int, left: int, notes: list[str]) -> Page:
    """The table lower and further right in its sheet, below a title, above notes."""
    width = max(map(len, page.rows)) + left
    filled: list[Sequence[Cell]] = [[f"表{n} 標題"] for n in range(above)]
    body = [[""] * left + list(row) for row in page.rows]
    below = [[""] * width, *([note] for note in notes)] if notes else []
    merged = []
    for ref in page.merged:
        area = Area.of(ref)
        assert area
        corners = (
            (rows + above, columns + left)
            for rows, columns in (area.first, (area.rows[-1], area.columns[-1]))
        )
        merged.append(":".join(map(cell_name, corners)))
    return Page(page.name, [*filled, *body, *below], merged)


@pytest.mark.slow
@given(st.data())
def test_however_a_table_lies_its_figures_are_the_same(data: st.DataObject) -> None:
    held = data.draw(figures_of())
    flag = st.booleans()
    wide = data.draw(flag)
    if wide:
        page, said = wide_page(held, data.draw(flag), data.draw(flag), data.draw(flag))
    else:
        order = data.draw(st.permutations(["roc_year", "case_type", *MEASURES]))
        page, said = long_page(held, order, data.draw(flag), data.draw(flag))
    above, left = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 2))
    notes = data.draw(st.sampled_from([[], ["註：本表", "資料來源：本署"]]))
    head = [above + 1, above + 2] if wide else above + 1
    end = "until = 'empty'\n" if notes else ""
    page = moved(page, above, left, notes)
    for suffix, write in ((".xlsx", xlsx), (".ods", ods), (".csv", csv_text)):
        with TemporaryDirectory() as folder:
            inside = Path(folder) / "inputs/datasets/trial"
            inside.mkdir(parents=True)
            written = write(page)
            (inside / f"own{suffix}").write_bytes(written if isinstance(written, bytes) else written.encode())
            toml = DECLARED % (suffix, f"head = {head}\n{end}{said}")
            (inside / "dataset.toml").write_text(toml, encoding="utf-8")
            table = read_dataset(Path(folder), "trial").tables["own"]
            assert {record.key: dict(record.cells) for record in table.records} == held
            assert [remark.words for remark in table.remarks] == notes
            for record in table.records:
                for name in MEASURES:
                    row, column = record.at[name]
                    assert page.rows[row - 1][column - 1] == record.cells[name]
