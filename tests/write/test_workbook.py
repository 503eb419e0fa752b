"""The tables of a document as a workbook: what LibreOffice shows is what the paper prints, what a reader gets is exact."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from office import save_as
from python_calamine import CalamineWorkbook
from small import registry, words

from reportgen.model import (
    Cell,
    Column,
    Document,
    Edition,
    Gap,
    Note,
    Printed,
    Records,
    Row,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.read.words import plain_line
from reportgen.verify import leaks
from reportgen.write import workbook

DATED = datetime(2016, 1, 1, tzinfo=UTC)
HOSTILE = '=1+1 <b>&amp;"]]>'


def figure(exact: Fraction | Gap, digits: int, unit: str = "twd_10k") -> Printed:
    form = registry().units[unit]
    shown = formats.plain(exact, digits, form.factor)
    return Printed(
        number=1,
        value=Value(metric="m", key=(), exact=exact, unit=unit, digits=digits),
        plain=shown,
        text=Text(shown, shown),
        unit=unit,
    )


FIGURES = {
    "tie": figure(Fraction(1043500), 2),
    "thousands": figure(Fraction(12345678901), 0),
    "third": figure(Fraction(10**10, 3), 2),
    "negative": figure(Fraction(-123456789), 1),
    "nothing": figure(Fraction(0), 0),
    "little": figure(Fraction(1), 0),
    "percent": figure(Fraction(1, 8), 1, "percent"),
    "none": figure(Gap("none", Text("無", "none")), 0),
}


def table(number: int, caption: Text, **more: object) -> Table:
    rows = tuple(
        Row(head=Text(name, name), cells=(Cell(one), Cell(text=Text(HOSTILE, HOSTILE))))
        for name, one in FIGURES.items()
    )
    total = Row(
        head=Text("合計", "Total"),
        cells=(Cell(FIGURES["thousands"], mark="a"), Cell(text=Text("", ""))),
        role="total",
    )
    columns = (Column(Text("數值", "Figure"), Text("萬元", "NT$10,000")), Column(Text("附記", "Remark")))
    notes = (Note("a", plain_line(Text("註", "A note"))),)
    return Table(
        name=Text(f"表{number}", f"Table {number}"),
        number=str(number),
        anchor=f"t-{number}",
        caption=caption,
        stub=Text("項目", "Item"),
        columns=columns,
        rows=(*rows, total),
        unit=Text("新臺幣萬元", "NT$10,000"),
        notes=notes,
        source=Text("出處", "Origin"),
        **more,  # type: ignore[arg-type]
    )


SECRET = Text("不應外洩之表", "Not numbered")
LONG = Text("一個很長而且含有 [不可用字元] 之標題／用以檢視工作表名稱之長度限制", "A long caption")


def document() -> Document:
    blocks = (
        table(1, LONG),
        table(2, LONG),
        Table(
            name=Text("", ""),
            number="",
            anchor="t-signatures",
            caption=SECRET,
            stub=Text("甲", "A"),
            columns=(),
            rows=(),
            unit=None,
            notes=(),
        ),
    )
    return Document(
        publication="targets-105",
        kind="targets",
        title=Text("核定表", "Approval sheet"),
        subtitle=Text("各股", "Units"),
        issuer=Text("行政執行署", "Agency"),
        period=Text("105年度", "2016"),
        sample=Text("示範資料", "Sample data"),
        keywords=Text("金額", "amounts"),
        blocks=blocks,
        printed=(),
        inputs=(),
        name="approval",
        records=(Records("plain", ("unit", "target"), (("01", 12345678901), ("02", 7))),),
    )


def made(edition: Edition = "both") -> bytes:
    return workbook.write(document(), edition, words(), registry().units, DATED)


def read(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def body(content: bytes, place: int) -> list[list[object]]:
    """The rows of figures of a sheet, without caption, heads and notes."""
    book = read(content)
    rows = book.get_sheet_by_name(book.sheet_names[place]).to_python()
    return [row for row in rows if row[0] in FIGURES]


def test_figures_are_numbers_with_their_exact_value() -> None:
    for row in body(made(), 1):
        printed = FIGURES[str(row[0])]
        exact = printed.value.exact
        if isinstance(exact, Gap):
            assert row[1] == "-"
        else:
            shown = exact / registry().units[printed.unit].factor
            assert row[1] == pytest.approx(float(shown), rel=1e-14)


def test_each_table_with_a_number_or_figures_has_a_sheet_and_what_has_none_stays_away() -> None:
    content = made()
    found = read(content).sheet_names
    assert found[0] == "本檔說明 About this file" and found[-1] == "plain"
    assert found[1].startswith("表1 一個很長而且含有") and found[2].startswith("表2 ")
    assert len(found) == 4
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in found)
    assert SECRET.zh not in zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()


@pytest.mark.parametrize(
    ("edition", "head", "unit"),
    [
        ("both", "數值\nFigure\n萬元 NT$10,000", "單位 Unit：新臺幣萬元 / NT$10,000"),
        ("zh", "數值\n萬元", "單位：新臺幣萬元"),
        ("en", "Figure\nNT$10,000", "Unit: NT$10,000"),
    ],
)
def test_heads_unit_notes_and_source_are_in_the_language_of_the_edition(
    edition: Edition, head: str, unit: str
) -> None:
    book = read(made(edition))
    cells = [cell for row in book.get_sheet_by_name(book.sheet_names[1]).to_python() for cell in row]
    assert head in cells and unit in cells
    said = " ".join(map(str, cells))
    assert ("註" in said) == (edition != "en") and ("A note" in said) == (edition != "zh")
    assert ("出處" in said) == (edition != "en") and ("Origin" in said) == (edition != "zh")


def test_words_are_never_formulas() -> None:
    content = zipfile.ZipFile(io.BytesIO(made())).read("content.xml")
    assert b"table:formula" not in content
    assert body(made(), 1)[0][2] == HOSTILE


def test_records_are_plain_columns() -> None:
    rows = read(made()).get_sheet_by_name("plain").to_python()
    assert rows == [["unit", "target"], ["01", 12345678901.0], ["02", 7.0]]


def test_the_same_document_is_the_same_bytes_and_holds_no_clock() -> None:
    assert made() == made()
    package = zipfile.ZipFile(io.BytesIO(made()))
    assert {entry.date_time[:3] for entry in package.infolist()} == {(2016, 1, 1)}
    assert package.namelist()[0] == "mimetype"
    assert b"2016-01-01T00:00:00" in package.read("meta.xml")


def test_the_heads_of_each_sheet_are_frozen() -> None:
    tree = etree.fromstring(zipfile.ZipFile(io.BytesIO(made())).read("settings.xml"))
    space = {"c": "urn:oasis:names:tc:opendocument:xmlns:config:1.0"}
    found = {
        entry.get(f"{{{space['c']}}}name"): entry.xpath(
            "string(c:config-item[@c:name='VerticalSplitPosition'])", namespaces=space
        )
        for entry in tree.xpath("//c:config-item-map-named/c:config-item-map-entry", namespaces=space)
    }
    book = read(made())
    for place, name in enumerate(book.sheet_names[1:-1], 1):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert rows[int(found[name]) - 1][0] == "項目\nItem", place
    assert found["plain"] == "1" and found[book.sheet_names[0]] == "0"


def test_what_a_paper_hides_is_looked_for_in_its_workbook() -> None:
    content = made()
    assert leaks.find(content, ("行政執行署",)) and leaks.find(content, ("一個很長而且含有",))
    assert not leaks.find(content, ("不應外洩之表",))


@pytest.mark.slow
def test_libreoffice_shows_what_is_printed(tmp_path: Path) -> None:
    """Every figure as the sheet shows it is the string of the paper, ties and minus signs too."""
    file = tmp_path / "tables.ods"
    file.write_bytes(made())
    # Comma, quotes, UTF-8, from row 1; cells as shown; the third sheet from 1 on.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true,true,false,false,2"
    save_as(options, [file], tmp_path)
    (written,) = tmp_path.glob("*.csv")
    rows = csv.reader(io.StringIO(written.read_text("utf-8")))
    shown = {row[0]: row[1] for row in rows if row[0] in FIGURES}
    assert shown == {name: one.plain for name, one in FIGURES.items()}
