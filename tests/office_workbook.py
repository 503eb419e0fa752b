"""Workbooks as offices keep them: titles, merged heads, years in words, sums, notes; as XLSX, ODS or CSV."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from reportgen.read.tables.laying.view import Area


@dataclass(frozen=True)
class Formula:
    """A formula with the value that the program which wrote it has computed."""

    text: str
    value: float


@dataclass(frozen=True)
class PerCent:
    """A number that is shown as per cent: 0.91 as 91 %."""

    value: float


Cell = str | int | float | Formula | PerCent


@dataclass(frozen=True)
class Page:
    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[str] = ()
    comments: Mapping[str, str] = field(default_factory=dict)


def value(cell: Cell) -> str | int | float:
    return cell.value if isinstance(cell, Formula | PerCent) else cell


def xlsx(*pages: Page) -> bytes:
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        per_cent = book.add_format({"num_format": "0.00%"})
        for page in pages:
            sheet = book.add_worksheet(page.name)
            for row, cells in enumerate(page.rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, Formula):
                        sheet.write_formula(row, column, cell.text, None, cell.value)
                    elif isinstance(cell, PerCent):
                        sheet.write_number(row, column, cell.value, per_cent)
                    elif cell != "":
                        sheet.write(row, column, cell)
            for ref in page.merged:
                area = Area.of(ref)
                assert area
                top, left = area.first
                sheet.merge_range(ref, "")
                sheet.write(top - 1, left - 1, value(page.rows[top - 1][left - 1]))
            for at, words in page.comments.items():
                sheet.write_comment(at, words, {"author": "承辦人"})
    return _computed(raw.getvalue())


def _computed(raw: bytes) -> bytes:
    """XlsxWriter asks Excel to compute on opening; a workbook that Excel has saved does not."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in old.infolist():
            out.writestr(entry, old.read(entry).replace(b' fullCalcOnLoad="1"', b""))
    return new.getvalue()


def ods(*pages: Page) -> bytes:
    raw = io.BytesIO()
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            + "".join(map(_ods_page, pages))
            + "</office:spreadsheet></office:body></office:document-content>",
        )
    return raw.getvalue()


def _ods_page(page: Page) -> str:
    areas = {area.first: area for ref in page.merged if (area := Area.of(ref))}
    covered = {
        (row, column)
        for area in areas.values()
        for row in area.rows
        for column in area.columns
        if (row, column) != area.first
    }
    rows = []
    for row, cells in enumerate(page.rows, 1):
        made = []
        for column, cell in enumerate(cells, 1):
            if (row, column) in covered:
                made.append("<table:covered-table-cell/>")
                continue
            area = areas.get((row, column))
            span = (
                f' table:number-columns-spanned="{len(area.columns)}" table:number-rows-spanned="{len(area.rows)}"'
                if area
                else ""
            )
            made.append(_ods_cell(cell, span))
        rows.append(f"<table:table-row>{''.join(made)}</table:table-row>")
    return f'<table:table table:name="{escape(page.name)}">{"".join(rows)}</table:table>'


def _ods_cell(cell: Cell, span: str) -> str:
    held = value(cell)
    if held == "":
        return f"<table:table-cell{span}/>"
    if isinstance(held, str):
        return f'<table:table-cell{span} office:value-type="string"><text:p>{escape(held)}</text:p></table:table-cell>'
    kind = "percentage" if isinstance(cell, PerCent) else "float"
    formula = f' table:formula="of:{escape(cell.text)}"' if isinstance(cell, Formula) else ""
    shown = f"{held * 100:.2f}%" if isinstance(cell, PerCent) else held
    return (
        f'<table:table-cell{span}{formula} office:value-type="{kind}" office:value="{held!r}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def csv_text(page: Page) -> str:
    """As Excel saves it: per cent as shown, merged cells empty but the first."""
    width = max(map(len, page.rows))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for cells in page.rows:
        shown = [f"{c.value * 100:.2f}%" if isinstance(c, PerCent) else value(c) for c in cells]
        writer.writerow([*shown, *[""] * (width - len(shown))])
    return out.getvalue()


# ---- four sheets of an office ---------------------------------------------------------------

WORK = Page(
    "案件收結",
    [
        ["範例分署103至107年度案件收結情形", "", "", "", "", ""],
        ["單位：件、新臺幣千元", "", "", "", "", ""],
        ["年　度", "新收案件", "", "終結案件", "", "備註"],
        ["", "件數", "移送\n金額", "件數", "徵起\n金額", ""],
        ["103年度", 12000, 51000, 11000, "31,500", ""],
        ["104年度", 13000, 52000, 12500, "32,500", "註1"],
        ["105年度", 14000, 53000, 13900, "33,500", ""],
        ["106年度", 15000, 54000, 14200, "34,500", ""],
        ["107年度", 16000, 55000, 15800, "35,501", ""],
        [
            "合　計",
            Formula("=SUM(B5:B9)", 70000),
            Formula("=SUM(C5:C9)", 265000),
            Formula("=SUM(D5:D9)", 67400),
            "167,500",
            "",
        ],
        ["註1：104年起含健保案件。", "", "", "", "", ""],
        ["資料來源：本分署統計室", "", "", "", "", ""],
    ],
    merged=["A1:F1", "A3:A4", "B3:C3", "D3:E3", "F3:F4"],
    comments={"D9": "含補登 12 件"},
)


def next_year() -> Page:
    """The first sheet a year later: one row more, and a figure of the year before that was mended."""
    rows = [list(row) for row in WORK.rows]
    rows[8][1] = 16001
    rows[9:10] = [
        ["108年度", 17000, 56000, 16800, "36,501", ""],
        ["合　計", 87001, 321000, 84200, "204,002", ""],
    ]
    return Page(WORK.name, rows, WORK.merged, WORK.comments)


BY_TYPE = Page(
    "類別",
    [
        ["各類案件徵起金額", "", "", "", "", ""],
        ["案件類別", "105年", "106年", "107年", "總計", ""],
        ["合計", 33500, 34500, 35501, 103501, ""],
        ["財　稅", 20000, 20500, 21001, 61501, ""],
        ["健　保", 8500, 9000, 9500, 27000, ""],
        ["罰　鍰", 5000, 5000, 5000, 15000, ""],
        ["", "", "", "", "", ""],
        ["說明：", "本表不含費用案件。", "", "", "", ""],
    ],
    merged=["A1:F1"],
)
RATES = Page(
    "107年達成率",
    [
        ["範例分署107年度責任金額達成情形", "", "", ""],
        ["類別", "責任金額", "徵起金額", "達成率"],
        ["財稅", 20500, 21001, PerCent(21001 / 20500)],
        ["健保", 9000, 9500, PerCent(9500 / 9000)],
        ["罰鍰", 5100, 5000, PerCent(5000 / 5100)],
        ["合計", 34600, 35501, PerCent(35501 / 34600)],
    ],
)
MONTHS = Page(
    "月報",
    [
        ["", "逐月徵起金額", "", "", "", ""],
        ["", "單位：千元", "", "", "", ""],
        ["", "月份", "件數", "金額", "累計比率", ""],
        ["", "107年10月", 1300, 3000, Formula("=D4/D7*100", 3000 / 9301 * 100), ""],
        ["", "107年11月", 1200, 3100, Formula("=(D4+D5)/D7*100", 6100 / 9301 * 100), ""],
        ["", "107年12月", 1500, 3201, Formula("=SUM(D4:D6)/D7*100", 100.0), ""],
        ["", "第四季小計", 4000, 9301, "", ""],
    ],
)
PAGES = (WORK, BY_TYPE, RATES, MONTHS)

DIMENSION = """
name = { zh = "範例分署統計", en = "Statistics of the Example Branch" }

[dimension.case_type]
label = { zh = "案件類別", en = "Case type" }
member = [
  { id = "tax", zh = "財稅", en = "Tax" },
  { id = "nhi", zh = "健保", en = "National Health Insurance" },
  { id = "fine", zh = "罰鍰", en = "Fines" },
]
"""

COLUMNS = {
    "work": """
column.roc_year = { type = "roc_year", accept = ["roc_year_words"] }
column.new_cases = { type = "whole", unit = "case", measure = "flow", label = { zh = "新收", en = "New cases" } }
column.referred = { type = "whole", unit = "twd_k", measure = "flow", label = { zh = "移送金額", en = "Amount referred" } }
column.closed_cases = { type = "whole", unit = "case", measure = "flow", label = { zh = "終結", en = "Closed cases" } }
column.collected = { type = "whole", unit = "twd_k", measure = "flow", accept = ["thousands"], label = { zh = "徵起金額", en = "Amount collected" } }
""",
    "by_type": """
column.roc_year = { type = "roc_year", accept = ["roc_year_words"] }
column.case_type = { type = "member", dimension = "case_type", accept = ["spaces_within", "label"] }
column.collected_of_year = { type = "whole", unit = "twd_k", measure = "flow", label = { zh = "徵起金額", en = "Amount collected" } }
""",
    "rates": """
column.roc_year = { type = "roc_year" }
column.case_type = { type = "member", dimension = "case_type", accept = ["label"] }
column."責任金額" = { type = "whole", unit = "twd_k", measure = "flow", label = { zh = "責任金額", en = "Responsibility amount" } }
column."徵起金額" = { type = "whole", unit = "twd_k", measure = "flow", label = { zh = "徵起金額", en = "Amount collected" } }
column."達成率" = { type = "percent", unit = "percent", digits = 2, round = true, accept = ["percent_sign"], label = { zh = "達成率", en = "Achievement rate" } }
""",
    "months": """
column.roc_year = { type = "roc_year", accept = ["year_of_month"] }
column.month = { type = "whole", unit = "month", accept = ["month"], label = { zh = "月", en = "Month" } }
column.closed_of_month = { type = "whole", unit = "case", measure = "flow", label = { zh = "件數", en = "Cases" } }
column.collected_of_month = { type = "whole", unit = "twd_k", measure = "flow", label = { zh = "金額", en = "Amount" } }
column.share_to_date = { type = "percent", unit = "percent", digits = 1, round = true, label = { zh = "累計比率", en = "Share to date" } }
""",
}
LABELS = {
    "work": ("案件收結", "Cases"),
    "by_type": ("各類徵起金額", "Collected amounts by type"),
    "rates": ("達成率", "Achievement rates"),
    "months": ("逐月徵起金額", "Collected amounts by month"),
}
KEYS = {
    "work": ["roc_year"],
    "by_type": ["roc_year", "case_type"],
    "rates": ["roc_year", "case_type"],
    "months": ["roc_year", "month"],
}
LAYOUTS = {
    "work": """
head = [3, 4]
until = "註"
skip = "備註"
rename = { "年度" = "roc_year", "新收案件-件數" = "new_cases", "新收案件-移送金額" = "referred", "終結案件-件數" = "closed_cases", "終結案件-徵起金額" = "collected" }
totals = [{ row = "合計", differs = ["E10"] }]
""",
    "by_type": """
head = 2
until = "empty"
rename = { "案件類別" = "case_type" }
melt = { key = "roc_year", value = "collected_of_year" }
totals = [{ row = "合計" }, { column = "總計" }]
""",
    "rates": """
head = 2
rename = { "類別" = "case_type" }
constant = { roc_year = 107 }
totals = [{ row = "合計" }]
""",
    "months": """
range = "B3:E7"
rename = { "月份" = ["roc_year", "month"], "件數" = "closed_of_month", "金額" = "collected_of_month", "累計比率" = "share_to_date" }
totals = [{ row = "第四季小計" }]
""",
}
CLEAN = {
    "work": "roc_year,new_cases,referred,closed_cases,collected\n103,12000,51000,11000,31500\n104,13000,52000,12500,32500\n"
    "105,14000,53000,13900,33500\n106,15000,54000,14200,34500\n107,16000,55000,15800,35501\n",
    "by_type": "roc_year,case_type,collected_of_year\n105,tax,20000\n106,tax,20500\n107,tax,21001\n105,nhi,8500\n106,nhi,9000\n"
    "107,nhi,9500\n105,fine,5000\n106,fine,5000\n107,fine,5000\n",
    "rates": "roc_year,case_type,責任金額,徵起金額,達成率\n107,tax,20500,21001,102.44\n107,nhi,9000,9500,105.56\n107,fine,5100,5000,98.04\n",
    "months": "roc_year,month,closed_of_month,collected_of_month,share_to_date\n107,10,1300,3000,32.3\n107,11,1200,3100,65.6\n107,12,1500,3201,100\n",
}


def dataset(folder: Path, suffix: str = "") -> None:
    """The dataset of the office's own workbook in this form (`.xlsx`, `.ods`, `.csv`), or of the clean tables without one."""
    folder.mkdir(parents=True)
    declared = [DIMENSION]
    for name, page in zip(COLUMNS, PAGES, strict=True):
        book = suffix in (".xlsx", ".ods")
        file = f"office{suffix}" if book else f"{name}.csv"
        declared.append(
            f'\n[table.{name}]\nlabel = {{ zh = "{LABELS[name][0]}", en = "{LABELS[name][1]}" }}\nfile = "{file}"\n'
        )
        declared.append(f"key = {KEYS[name]!r}\n" + (f'sheet = "{page.name}"\n' if book else ""))
        declared.append((LAYOUTS[name] if suffix else "") + COLUMNS[name])
        if not book:
            text = csv_text(page) if suffix else CLEAN[name]
            (folder / file).write_text(text, encoding="utf-8")
    if suffix in (".xlsx", ".ods"):
        (folder / f"office{suffix}").write_bytes({".xlsx": xlsx, ".ods": ods}[suffix](*PAGES))
    (folder / "dataset.toml").write_text("".join(declared), encoding="utf-8")


PUBLICATION = """
kind = "bulletin"
dataset = "own"
period = 107
since = 103
issuer = { zh = "範例分署", en = "Example Branch" }
title = { zh = "年度績效公報", en = "Annual Performance Bulletin" }
subtitle = { zh = "案件收結及徵起金額", en = "Cases and collected amounts" }

[[section]]
title = { zh = "案件", en = "Cases" }

[[section.block]]
block = "table"
caption = { zh = "歷年案件收結情形", en = "Cases received and closed by year" }
rows = "years"
columns = ["new_cases", "closed_cases", "collected"]

[[section.block]]
block = "table"
caption = { zh = "本年各類徵起金額", en = "Collected amount by type in this year" }
rows = "case_type"
columns = ["collected_of_year"]
total = true

[[section]]
flow = true
title = { zh = "資料來源", en = "Sources" }

[[section.block]]
block = "source_annex"
"""


def project(folder: Path, suffix: str = ".xlsx") -> Path:
    """A project with the office's own workbook as its only dataset, and one small bulletin."""
    root = Path(__file__).resolve().parent.parent
    for name in ("templates", "styles"):
        shutil.copytree(root / name, folder / name)
    dataset(folder / "inputs/datasets/own", suffix)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(root / "inputs" / name, folder / "inputs" / name)
    (folder / "reportgen.toml").touch()
    (folder / "inputs/own-107").mkdir()
    (folder / "inputs/own-107/publication.toml").write_text(PUBLICATION, encoding="utf-8")
    return folder
