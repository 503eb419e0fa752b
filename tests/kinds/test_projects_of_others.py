"""Small projects with data that nobody here prepared, through the command line: what is refused and how, or what is printed.

Each kind of fault was seen in the project of an office. What single readers and sentences make of them is tried in their own tests.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import compilation_project
import making
import pypdfium2
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.model.job import Job, Written

sys.path.insert(0, str(Path(__file__).parents[1] / "read"))  # the exporters
from exporters import Cell, OdsSpelling, Page, ods, xlsxwriter_book

ROOT = Path(__file__).parents[2]
NAME = "office-110"
PUBLICATION = f"inputs/{NAME}/publication.toml"
HOME = "inputs/datasets/office"
DATASET = f"{HOME}/dataset.toml"
KINDS = (
    ("甲類", "Tax"),
    ("乙類", "Fines"),
    ("丙類", "Fees"),
    ("丁類", "Levies"),
    ("戊類", "Duties"),
    ("己類", "Costs"),
    ("庚類", "Rents"),
)
YEARS = range(106, 111)
Columns = Mapping[str, str]
WHOLE = 'type = "whole"\nunit = "case"\n'


def office(
    folder: Path,
    blocks: str,
    table: bytes | str,
    columns: Columns,
    key: Iterable[str] = ("roc_year",),
    file: str = "work.csv",
    members: Iterable[tuple[str, str, str]] = (),
    metrics: str = "",
) -> Path:
    """A project of one table; `members` are Chinese and English names of kinds and what else is declared of them."""
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / HOME).mkdir(parents=True)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    registry = folder / "inputs/metrics.toml"
    registry.write_text(registry.read_text("utf-8") + metrics, "utf-8")
    (folder / PUBLICATION).parent.mkdir()
    (folder / PUBLICATION).write_text(
        'kind = "bulletin"\ndataset = "office"\nperiod = 110\nsince = 106\n'
        'issuer = { zh = "某分署", en = "Some Branch" }\ntitle = { zh = "公報", en = "Bulletin" }\n'
        'subtitle = { zh = "統計", en = "Statistics" }\n'
        f'[[section]]\ntitle = {{ zh = "內容", en = "Contents of it" }}\n{blocks}',
        "utf-8",
    )
    kinds = "".join(
        f'[[dimension.kind.member]]\nid = "m{at}"\nzh = "{zh}"\nen = "{en}"\n{more}'
        for at, (zh, en, more) in enumerate(members or ((zh, en, "") for zh, en in KINDS), 1)
    )
    declared = "".join(
        f'[table.work.column.{name}]\n{more}label = {{ zh = "{name}數", en = "Number {name}" }}\n'
        for name, more in columns.items()
    )
    sheet_ = 'sheet = "one"\n' if file.endswith(".xlsx") else ""
    kind = '[table.work.column.kind]\ntype = "member"\ndimension = "kind"\n' if "kind" in key else ""
    (folder / DATASET).write_text(
        'name = { zh = "統計", en = "Statistics" }\n'
        f'[dimension.kind]\nlabel = {{ zh = "類別", en = "Sort" }}\n{kinds}'
        f'[table.work]\nlabel = {{ zh = "統計表", en = "Table of it" }}\nfile = "{file}"\nkey = {[*key]!r}\n{sheet_}'
        f'[table.work.column.roc_year]\ntype = "roc_year"\n{kind}{declared}',
        "utf-8",
    )
    raw = table if isinstance(table, bytes) else table.encode()
    (folder / HOME / file).write_bytes(raw)
    return folder


def call(project: Path, *words: str, messages: str = "en") -> tuple[int, list[str]]:
    run = CliRunner().invoke(main, ["--project", str(project), "--messages", messages, *words])
    assert "Traceback" not in run.output, run.output
    return run.exit_code, run.stderr.splitlines()


def of_years(*rows: Iterable[object], head: str = "a") -> str:
    """A table of the years: each row is what stands beside its year."""
    out = io.StringIO()
    csv.writer(out).writerows([["roc_year", *head.split(",")], *rows])
    return out.getvalue()


def by_kind(values: Mapping[str, int], years: Iterable[int] = YEARS) -> str:
    return of_years(*([year, id_, n] for year in years for id_, n in values.items()), head="kind,a")


def block(kind: str, **keys: str) -> str:
    said = "".join(f"{key} = {value}\n" for key, value in keys.items())
    caption = 'caption = { zh = "圖表", en = "Something shown" }\n' if kind in ("table", "chart") else ""
    return f'[[section.block]]\nblock = "{kind}"\n{caption}{said}'


TABLE = block("table", rows='"years"', columns='["a"]')
PLAIN = of_years(*([year, year] for year in YEARS))
Made = Callable[[Path], Path]


def sheet(*rows: Iterable[object], **more: object) -> Page:
    """A sheet; a cell that says more of itself is one of `Cell`."""
    cells = tuple(
        tuple(one if isinstance(one, Cell) or one is None else Cell(value=one) for one in row)  # type: ignore[arg-type]
        for row in (("roc_year", "a"), *rows)
    )
    return Page(rows=cells, **more)  # type: ignore[arg-type]


def xlsx(page: Page) -> bytes:
    return xlsxwriter_book({"one": page})


def one_table(table: bytes | str, file: str = "work.csv") -> Made:
    return lambda folder: office(folder, TABLE, table, {"a": WHOLE}, file=file)


def chart(keys: Mapping[str, str], members: Iterable[int] = range(1, 8)) -> Made:
    values = {f"m{at}": at for at in members}
    return lambda folder: office(
        folder, block("chart", metrics='["a"]', by='"kind"', **keys), by_kind(values), {"a": WHOLE}, ("roc_year", "kind")
    )  # fmt: skip


def two_of_one_name(folder: Path) -> Path:
    former = 'names = [{ until = 108, zh = "甲乙", en = "Both of them" }]\n'
    members = [("甲類", "Tax", former), ("乙類", "Fines", former)]
    table = by_kind({"甲乙": 4, "m2": 5})
    return office(folder, TABLE, table, {"a": WHOLE}, ("roc_year", "kind"), members=members)


MONEY = 'type = "whole"\nunit = "twd"\n'
PERCENT = 'type = "percent"\nunit = "percent"\ndigits = 1\nmeasure = "rate"\n'
OF_OTHER_UNIT = """
[metric.rate]
name = { zh = "每件比率", en = "Rate of a case" }
formula = "b / 1 + 10 * a - b"
unit = "percent"
digits = 1
"""
NEVER = Cell(value=0, formula="SUM(B2:B4)", stored=False)
REFUSED: dict[str, tuple[Made, list[str]]] = {
    "csv-sep-line": (
        one_table("sep=;\n" + PLAIN),
        [f"{HOME}/work.csv:1: row 1 is 'sep=;', a hint for Excel and no head; delete this line"],
    ),
    "header-on-row-3": (
        one_table("某分署統計,\n單位：件,\n" + PLAIN + "註：含保留數。,\n資料來源：統計室,\n"),
        [
            f"{HOME}/work.csv:3: the column names stand in row 3; write head = 3 for the table, or delete",
            f"{HOME}/work.csv:9: from here on no row holds more than one cell, and no figure, as notes below",
        ],
    ),
    "xlsx-hidden-rows": (
        one_table(xlsx(sheet(*([n, n] for n in YEARS), hidden_rows=(3, 5))), "work.xlsx"),
        [f"{HOME}/work.xlsx:one: the rows 3, 5 are hidden but hold values; clear the filter or unhide them"],
    ),
    "xlsx-merged-year-cells": (
        one_table(xlsx(sheet([106, 1], [None, 2], [107, 3], merged=("A2:A3",))), "work.xlsx"),
        [f"{HOME}/work.xlsx:one: the cells A2:A3 are merged, and only the first of each holds the value"],
    ),
    "xlsx-formula-never-computed-0": (
        one_table(xlsx(sheet(*([n, n] for n in YEARS[:-1]), [110, NEVER])), "work.xlsx"),
        [f"{HOME}/work.xlsx:one:6: B: the cell holds a formula that was never computed; open the workbook"],
    ),
    "ods-error-cell": (
        one_table(
            ods(OdsSpelling())(
                sheet(
                    [106, Cell(value="#DIV/0!", formula="B2/0", error=True, shown="#DIV/0!")],
                    *([n, n] for n in YEARS[1:-1]),
                    [110, Cell(value=0, formula="B2+1", stored=False)],
                )
            ),
            "work.ods",
        ),
        [
            f"{HOME}/work.ods:one:2: B: the cell shows an error such as #DIV/0! or #N/A; mend the formula",
            f"{HOME}/work.ods:one:6: B: the cell holds a formula that was never computed; open the workbook",
        ],
    ),
    "table-file-name-with-brackets": (
        one_table(PLAIN, "件數#2 (50%)[b].csv"),
        [
            f'{DATASET}:34: table.work: file: "件數#2 (50%)[b].csv" is not a file name in the dataset\'s folder that can be '
            "read: it holds # % [ ]; name the file with"
        ],
    ),
    "label-of-two-members": (
        two_of_one_name,
        [
            f"{DATASET}:{line}: dimension.kind: member {at}.names 1.{half}: {name!r} also names the member {other}"
            for line, at, other in ((8, 1, "m2"), (13, 2, "m1"))
            for half, name in (("en", "Both of them"), ("zh", "甲乙"))
        ],
    ),
    "chart-seven-series": (
        chart({"form": '"line"'}),
        [
            f"{PUBLICATION}:10: section 1, block 1: members: 7 series; more than 6 cannot be told apart: name fewer with "
            'members = […], take form = "small_multiples"'
        ],
    ),
    "per-cent-beyond-reason": (
        lambda folder: office(
            folder,
            block("table", rows='"years"', columns='["a", "rate", "change.b"]'),
            of_years(*([year, year * 100, 1000 ** (year % 2)] for year in YEARS), head="a,b"),
            {"a": PERCENT, "b": WHOLE},
            metrics=OF_OTHER_UNIT,
        ),
        [
            f"{HOME}/work.csv:6: a: comes to 11,000% (110), and no per cent is more than 10,000%; look whether a column",
            "inputs/metrics.toml: metric.rate: comes to 110,000% (110), and no per cent is more than 10,000%",
        ],
    ),
    "slope-of-one-year": (
        chart({"form": '"slope"', "from": "110", "to": "110"}, range(1, 4)),
        [f"{PUBLICATION}:16: section 1, block 1: from: a slope chart has two years; let from and to differ"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_check_says_the_cause_and_the_way_out(case: str, tmp_path: Path) -> None:
    make, expected = REFUSED[case]
    project = make(tmp_path / "project")
    code, told = call(project, "check")
    assert code == 3
    told = [line for line in told if not re.fullmatch(r"\d+ problems", line)]
    assert [line[: len(words)] for line, words in zip(told, expected, strict=True)] == expected, told
    code, zh = call(project, "check", messages="zh")
    assert code == 3 and len(zh) >= len(told)


# ---- what is printed ---------------------------------------------------------------------------------


def printed(project: Path, document: str) -> str:
    """The words of a document without any blank."""
    code, told = call(project, "build", "--jobs", "1", "--format", "pdf", "--out", str(project / "out"))
    assert code == 0, told
    with pypdfium2.PdfDocument(project / "out" / document) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return "\f".join(re.sub(r"[\s\u2060]+", "", page) for page in pages)


OTHER_NAME = """
[metric.renamed]
name = { zh = "另名金額", en = "Money by another name" }
formula = "even"
unit = "twd"
digits = 0
better = "high"
"""


@pytest.mark.slow
def test_what_is_printed_of_odd_figures(tmp_path: Path) -> None:
    """A negative base, a column by another name, years that are all equal, per cent as the cells show it."""
    values = [(-300, 0.91), (-200, 0.92), (-100, 0.95), (-100, 0.975), (50, 1)]
    rows = [
        (
            Cell(value=year),
            Cell(value=left),
            Cell(value=250),
            Cell(value=rate, form="0.0%", shown=f"{rate:.1%}"),
        )
        for year, (left, rate) in zip(YEARS, values, strict=True)
    ]
    head = tuple(Cell(value=name) for name in ("roc_year", "left", "even", "rate"))
    blocks = (
        block("table", rows='"years"', columns='["left", "change.left", "difference.left", "rate"]')
        + block("table", rows='"years"', columns='["renamed"]', total="true")
        + block("chart", form='"grouped_bar"', metrics='["left"]', table="false")
        + "".join(
            block("narrative", story=f'"{story}"', metric='"renamed"') for story in ("extremes", "trend")
        )
    )
    project = office(
        tmp_path / "project",
        blocks,
        xlsx(Page(rows=(head, *rows))),
        {"left": MONEY, "even": MONEY, "rate": PERCENT},
        file="work.xlsx",
        metrics=OTHER_NAME,
    )
    words = printed(project, f"{NAME}/bulletin.pdf")
    assert "107年2018−200…b10092.0" in words and "110年202150…b150100.0" in words  # as Excel shows it
    assert "基數為負數" in words and "thebaseisnegative" in words
    assert "合計Total1,250" in words
    assert "各年另名金額均為新臺幣250元" in words and "NT$250ineveryyear" in words
    assert "與上年相同" in words and not re.search("最低|lowest|rank", words)
    assert (words.count("最高"), words.count("highest")) == (
        1,
        1,
    )  # of the chart of `left`, which is at its highest


@pytest.mark.slow
def test_what_is_printed_of_long_names_and_of_nothing(tmp_path: Path) -> None:
    """Heads of a hundred letters wrap and leave the others room; a chart of which each bar is 0 is drawn."""
    long = "the sort of case that an office somewhere calls by such a name that no column could ever be wide enough"
    members = [(zh, f"{en}: {long}", "") for zh, en in KINDS]
    chart_ = block("chart", form='"ranked_bar"', metrics='["a"]', by='"kind"', table="false")
    table = block("table", rows='"kind"', columns='["a", "share.a", "difference.a"]')
    values = dict.fromkeys((f"m{at}" for at in range(1, 8)), 0)
    project = office(
        tmp_path / "project", table + chart_, by_kind(values), {"a": WHOLE}, ("roc_year", "kind"), members=members
    )  # fmt: skip
    words = printed(project, f"{NAME}/bulletin.pdf")
    assert words.count("".join(long.split())) >= len(KINDS) and "類別Sort" in words
    assert "Numbera" in words  # a head in one line of letters that follow one another


NAMES = {"S0003": ("高雄", "Kao Hsiung"), "S0005": ("巴蘇亞‧博伊哲努", "Pasuya Poiconʉ Ramataṟ"), "S0010": ("Lo^oh Ka’ti:", "Lo^oh Ka’ti:")}  # fmt: skip


@pytest.mark.slow
def test_names_as_people_write_them_are_printed_and_masked(tmp_path: Path) -> None:
    """A winner who is called as a branch is, and letters of the official orthographies."""
    for name in ("templates", "styles", "inputs/attitude-awards-102", "inputs/datasets/staff-102"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, tmp_path / "inputs" / name)
    publication = tmp_path / "inputs/attitude-awards-102/publication.toml"
    text = publication.read_text("utf-8")
    publication.write_text(re.sub(r"papers = \[.*?\]", 'papers = ["announcement", "list"]', text, flags=re.DOTALL), "utf-8")  # fmt: skip
    staff = tmp_path / "inputs/datasets/staff-102/staff.csv"
    rows = list(csv.reader(io.StringIO(staff.read_text("utf-8"))))
    winners = iter(NAMES.values())
    first = printed_winners(tmp_path)
    for row in rows:
        if row[1] in first and (name := next(winners, None)):
            row[1:3] = name
    with staff.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    words = printed(tmp_path, "attitude-awards-102/list.pdf")
    for zh, en in NAMES.values():
        assert zh.replace(" ", "") in words and en.replace(" ", "") in words
    with pypdfium2.PdfDocument(tmp_path / "out/attitude-awards-102/announcement.pdf") as pdf:
        masked = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert "高○" in masked and "高雄分署" in masked and "Ramataṟ" not in masked


@pytest.mark.slow
def test_a_row_taller_than_a_page_begins_below_its_caption_and_each_page_has_the_head(tmp_path: Path) -> None:
    project, home = compilation_project.project(tmp_path), "inputs/datasets/meeting-888"
    declared = (project / home / "dataset.toml").read_text("utf-8")
    (project / home / "dataset.toml").write_text(
        re.sub(r"max_letters = \d+", "max_letters = 9000", declared), "utf-8"
    )
    rows = list(csv.DictReader(io.StringIO((project / compilation_project.INSTRUCTIONS).read_text("utf-8"))))
    rows[0] |= {
        "report": "各分署持續清理並按月陳報進度。" * 40,
        "report_en": "The branches go on clearing them and report every month. " * 40,
    }
    with (project / compilation_project.INSTRUCTIONS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    made = making.attempt(Job(project=project, publication="meeting-888", document="minutes", edition="both"))
    assert isinstance(made, Written), made
    with pypdfium2.PdfDocument(next(iter(made.files.values()))) as pdf:
        pages = ["".join(page.get_textpage().get_text_range().split()) for page in pdf]
    caption = next(at for at, page in enumerate(pages) if "表2Table2" in page)
    assert "各分署持續清理" in pages[caption] and len(pages) > caption + 1
    assert all("主辦單位" in page and "辦理情形" in page for page in pages[caption:]), pages


def printed_winners(project: Path) -> list[str]:
    """Who is honoured, by the explanation of the program itself."""
    from reportgen.kinds.awards import documents
    from reportgen.kinds.material import read_material

    document = documents.document(read_material(project, "attitude-awards-102"), "list")
    said = repr(document.blocks)
    rows = csv.reader(io.StringIO((project / "inputs/datasets/staff-102/staff.csv").read_text("utf-8")))
    return [row[1] for row in rows if f"'{row[1]}'" in said]


@pytest.mark.slow
@pytest.mark.parametrize("messages", ["en", "zh"])
def test_what_only_the_layout_finds_is_told_of_a_file_that_is_there(messages: str, tmp_path: Path) -> None:
    word = (
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsgesetzesbeschluss"
    )
    members = [(zh, f"{en} {2 * word}", "") for zh, en in KINDS]  # longer than a line of the page
    values = {f"m{at}": at for at in range(1, 8)}
    project = office(
        tmp_path / "project", block("table", rows='"years"', metric='"a"', by='"kind"'), by_kind(values), {"a": WHOLE},
        ("roc_year", "kind"), members=members,
    )  # fmt: skip
    code, told = call(project, "build", "--jobs", "1", messages=messages)
    assert code == 1
    start = f"{PUBLICATION}: bulletin.pdf: page " if messages == "en" else f"{PUBLICATION}：bulletin.pdf：第 "
    faults = [line for line in told if word[:20] in line]
    assert faults and all(line.startswith(start) for line in faults), told
