"""Reading cells: what a file is, how far it reaches, which row a fault is in."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reportgen.model.errors import InputError
from reportgen.read.sheet_limits import MAX_COLUMNS, MAX_ROWS
from reportgen.read.sheets import Sheet, read_sheet
from reportgen.read.worksheets import number_text


def read(tmp_path: Path, name: str, raw: bytes | str, sheet: str = "", encoding: str = "utf-8") -> Sheet:
    path = tmp_path / name
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return read_sheet(path, name, sheet, encoding)


def refusal(tmp_path: Path, name: str, raw: bytes | str, sheet: str = "", encoding: str = "utf-8") -> str:
    with pytest.raises(InputError) as refused:
        read(tmp_path, name, raw, sheet, encoding)
    (problem,) = refused.value.problems
    assert problem.zh
    return problem.say("en")


def messages(sheet: Sheet) -> list[str]:
    return [problem.say("en") for problem in sheet.problems]


# ---- CSV ------------------------------------------------------------------------------------


def test_the_head_is_row_1_and_cells_stay_text(tmp_path: Path) -> None:
    sheet = read(tmp_path, "t.csv", "a,b\n007, x \n=1+1,{{ 7*7 }}\n")
    assert sheet.head == ("a", "b")
    assert sheet.rows == ((2, ("007", " x ")), (3, ("=1+1", "{{ 7*7 }}")))


def test_row_numbers_are_right_after_a_line_break_in_quotes(tmp_path: Path) -> None:
    sheet = read(tmp_path, "t.csv", 'a,b\n1,"two\nlines"\n3\n')
    assert messages(sheet) == [
        "t.csv:3: the row has 1 cells but row 1 has 2 columns; look for a missing or extra comma"
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(line_end: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, "t.csv", line_end.join(["a,b", "1,2", "3,4", ""])).rows) == 2


def test_empty_rows_at_the_end_are_nothing_but_one_between_is_a_fault(tmp_path: Path) -> None:
    sheet = read(tmp_path, "t.csv", "a,b\n1,2\n\n3,4\n,\n,\n\n")
    assert [number for number, _ in sheet.rows] == [2, 4]
    assert messages(sheet) == [
        't.csv:3: the row is empty; delete it, or end the table there with until = "empty"'
    ]


def test_columns_without_name_and_content_at_the_right_are_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "t.csv", "a,b,,\n1,2,,\n").rows == ((2, ("1", "2")),)


def test_a_file_in_cp950_that_is_not_declared_is_recognised(tmp_path: Path) -> None:
    raw = "年,分署\n101,臺北\n102,新北\n".encode("cp950")
    assert refusal(tmp_path, "t.csv", raw) == (
        "t.csv:1: from this row on the file is not utf-8 but looks like CP950 (Big5): "
        'write encoding = "cp950" for the table, or save it as UTF-8'
    )
    assert read(tmp_path, "t.csv", raw, encoding="cp950").head == ("年", "分署")


def test_each_row_with_a_broken_byte_is_named(tmp_path: Path) -> None:
    raw = b"a,b\n1,\xe8\x87\xff\n2,ok\n\xff,4\n"
    assert [message.split("; ")[0] for message in messages(read(tmp_path, "t.csv", raw))] == [
        "t.csv:2: cell 2 holds the byte 0xE8, which is not utf-8: a letter is damaged",
        "t.csv:4: cell 1 holds the byte 0xFF, which is not utf-8: a letter is damaged",
    ]


def test_a_broken_byte_in_the_head_is_told_for_row_1(tmp_path: Path) -> None:
    assert refusal(tmp_path, "t.csv", b"a,b\xff\n1,2\n").startswith("t.csv:1: cell 2 holds the byte 0xFF")


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfa,b\n1,2\n", "a,b\n新北,2\n".encode()])
def test_a_file_in_utf8_that_is_declared_as_cp950_is_told(raw: bytes, tmp_path: Path) -> None:
    assert 'is UTF-8 but encoding = "cp950"' in refusal(tmp_path, "t.csv", raw, encoding="cp950")


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons (;)"), ("\t", "tabs"), ("|", "bars (|)")])
def test_another_separator_is_named(separator: str, name: str, tmp_path: Path) -> None:
    raw = f"a{separator}b\n1{separator}2\n"
    assert refusal(tmp_path, "t.csv", raw) == (
        f"t.csv:1: its columns are separated by {name}; save it with commas"
    )


@pytest.mark.parametrize("hint", ["sep=,", "sep=;", "SEP=;,,", "\ufeffsep=,", '"sep=,"'])
def test_a_hint_for_excel_is_named(hint: str, tmp_path: Path) -> None:
    problem = refusal(tmp_path, "t.csv", f"{hint}\na,b,c\n1,2,3\n")
    assert problem.lower().startswith("t.csv:1: row 1 is 'sep=")
    assert "a hint for Excel and no head; delete this line" in problem


def test_a_quote_that_does_not_close_is_told_with_its_row(tmp_path: Path) -> None:
    assert refusal(tmp_path, "t.csv", 'a,b\n1,2\n3,"4\n').startswith("t.csv:3: the quotes of this row don't")


def test_the_first_row_must_be_the_head(tmp_path: Path) -> None:
    assert refusal(tmp_path, "t.csv", "\n\na,b\n1,2\n") == (
        "t.csv:1: row 1 is empty; if the column names stand lower, write head = 3 (their row) for the table"
    )


@pytest.mark.parametrize(
    ("name", "raw", "what"),
    [
        ("t.csv", b"%PDF-1.7\n", "is named .csv but is a PDF document"),
        ("t.csv", b"\xff\xfea\0,\0b\0\n\0", "is named .csv but is UTF-16 text"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16-le"), "is named .csv but is UTF-16 text or a binary file"),
        ("t.csv", b"<html><table>", "is named .csv but is a web page"),
        ("t.csv", b"\x80\x04\x95", "is a Python pickle"),
        ("t.pickle", b"a,b\n", "is a Python pickle"),
        ("t.xlsx", b"a,b\n1,2\n", "is named .xlsx but is plain text"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "is named .xlsx but is an old .xls or a password-protected"),
        ("t.parquet", b"a,b\n1,2\n", "is named .parquet but is plain text"),
        ("t.json", b"[]", "files named .json are not read"),
        ("t.xls", b"\xd0\xcf\x11\xe0", "files named .xls are not read"),
        ("t.ods", b"PK\x03\x04 broken", "the workbook is damaged"),
        ("t.parquet", b"PAR1 broken", "the Parquet file is damaged"),
    ],
)
def test_a_file_is_what_its_name_says_or_is_refused(name: str, raw: bytes, what: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, name, raw).startswith(f"{name}: {what}")


def test_a_missing_file_lists_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"there is no such file; the folder holds these tables: cases\.csv"):
        read_sheet(tmp_path / "case.csv", "case.csv")


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(InputError, match="has 200 MB; a table may have 64 MB"):
        read_sheet(tmp_path / "t.csv", "t.csv")


def test_two_million_rows_are_refused(tmp_path: Path) -> None:
    assert f"has more than {MAX_ROWS:,} rows" in refusal(tmp_path, "t.csv", "a,b\n" + "1,2\n" * 2_000_000)


# ---- workbooks ------------------------------------------------------------------------------


def xlsx(*rows: list[object], sheets: tuple[str, ...] = ("one",)) -> bytes:
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy/mm/dd"})
        for name in sheets:
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, datetime.date):
                        page.write_datetime(number, place, value, day)
                    elif isinstance(value, tuple):
                        page.write_formula(number, place, value[0], None, value[1])
                    else:
                        page.write(number, place, value)
    return raw.getvalue()


def with_part(raw: bytes, name: str, change: tuple[bytes, bytes]) -> bytes:
    """The workbook with something replaced in one of its parts."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == name:
                assert change[0] in part
                part = part.replace(change[0], change[1], 1)
            out.writestr(entry.filename, part)
    return new.getvalue()


def test_numbers_of_a_workbook_become_their_shortest_text(tmp_path: Path) -> None:
    raw = xlsx(["n", "t"], [103, "103.0"], [0.1, "=cmd()"], [12345678901234, "１"], [-2.5e-7, " "])
    assert [row for _, row in read(tmp_path, "t.xlsx", raw).rows] == [
        ("103", "103.0"),
        ("0.1", "=cmd()"),
        ("12345678901234", "１"),
        ("-0.00000025", " "),
    ]
    assert number_text(0.1 + 0.2) == "0.30000000000000004"


def test_a_day_of_a_workbook_becomes_an_iso_date(tmp_path: Path) -> None:
    assert read(tmp_path, "t.xlsx", xlsx(["d"], [datetime.date(2018, 12, 31)])).rows == (
        (2, ("2018-12-31",)),
    )


def test_a_day_is_the_same_whether_days_count_from_1900_or_1904(tmp_path: Path) -> None:
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True, "date_1904": True}) as book:
        page = book.add_worksheet("one")
        page.write(0, 0, "d")
        page.write_datetime(
            1, 0, datetime.datetime(2018, 12, 31), book.add_format({"num_format": "yyyy/m/d"})
        )
    assert b'date1904="1"' in zipfile.ZipFile(raw).read("xl/workbook.xml")
    assert read(tmp_path, "t.xlsx", raw.getvalue()).rows == ((2, ("2018-12-31",)),)


def test_rows_of_a_workbook_count_from_its_first_row(tmp_path: Path) -> None:
    raw = xlsx([], ["a"], [1])
    assert "row 1 is empty" in refusal(tmp_path, "t.xlsx", raw)


def test_a_workbook_with_several_sheets_needs_the_name_of_one(tmp_path: Path) -> None:
    raw = xlsx(["a"], [1], sheets=("one", "two"))
    assert refusal(tmp_path, "t.xlsx", raw) == (
        't.xlsx: has several sheets; say which one with sheet = "…": one, two'
    )
    assert "has no sheet 'three'; its sheets: one, two" in refusal(tmp_path, "t.xlsx", raw, sheet="three")
    assert read(tmp_path, "t.xlsx", raw, sheet="two").sheet == "two"


SHEET = "xl/worksheets/sheet1.xml"


def computed(raw: bytes) -> bytes:
    """As a program saves that computes: XlsxWriter asks for a full calculation, since it stores placeholders."""
    return with_part(raw, "xl/workbook.xml", (b' fullCalcOnLoad="1"', b""))


def prefixed(raw: bytes) -> bytes:
    """The same workbook from an exporter that writes a prefix, apostrophes and attributes in another order."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == SHEET:
                part = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", part).replace(b"xmlns=", b"xmlns:x=")
                part = re.sub(rb'<x:c r="([A-Z0-9]+)" ([^>/]*?)(/?)>', rb"<x:c \2  r = '\1'\3>", part)
            out.writestr(entry.filename, part)
    return new.getvalue()


def refusals(tmp_path: Path, name: str, raw: bytes) -> list[str]:
    with pytest.raises(InputError) as refused:
        read(tmp_path, name, raw)
    assert all(problem.zh for problem in refused.value.problems)
    return [problem.say("en") for problem in refused.value.problems]


@pytest.mark.parametrize("written", [bytes, prefixed])
def test_an_error_value_is_not_taken_for_an_empty_cell(
    written: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    raw = computed(xlsx(["a", "b"], [1, ("=1/0", "#DIV/0!")], [("=NA()", "#N/A"), 2]))
    error = "the cell shows an error such as #DIV/0! or #N/A; mend the formula or type the value"
    assert refusals(tmp_path, "t.xlsx", written(raw)) == [
        f"t.xlsx:one:2: B: {error}",
        f"t.xlsx:one:3: A: {error}",
    ]


@pytest.mark.parametrize("written", [bytes, prefixed])
@pytest.mark.parametrize("stored", [b"", b"<v></v>", b"<v/>"])
def test_a_formula_that_was_never_computed_is_refused(
    stored: bytes, written: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    raw = with_part(computed(xlsx(["a"], [("=1+1", 2)])), SHEET, (b"<v>2</v>", stored))
    (problem,) = refusals(tmp_path, "t.xlsx", written(raw))
    assert problem.startswith("t.xlsx:one:2: A: the cell holds a formula that was never computed")


@pytest.mark.parametrize("asks", [b'fullCalcOnLoad="1"', b"fullCalcOnLoad='true'", b'calcCompleted="0"'])
def test_a_workbook_that_asks_for_a_calculation_stores_placeholders(asks: bytes, tmp_path: Path) -> None:
    raw = xlsx(["a", "b"], [1, ("=1+1", 0)], [("=A2", 0), 2])
    raw = with_part(raw, "xl/workbook.xml", (b'fullCalcOnLoad="1"', asks))
    never = "the cell holds a formula that was never computed; open the workbook in Excel and save it, or in LibreOffice press Ctrl+Shift+F9 before you save it (else it keeps the placeholders)"
    assert refusals(tmp_path, "t.xlsx", raw) == [f"t.xlsx:one:2: B: {never}", f"t.xlsx:one:3: A: {never}"]


def test_the_stored_value_of_a_formula_is_read(tmp_path: Path) -> None:
    raw = computed(xlsx(["a", "b"], [("=1+1", 2), 1], [1, ('=""', "x")]))
    raw = with_part(raw, SHEET, (b"<v>x</v>", b"<v></v>"))
    assert read(tmp_path, "t.xlsx", raw).rows == ((2, ("2", "1")), (3, ("1", "")))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("0%", True),
        ("0.00%", True),
        ("#,##0.0 %;[Red]-#,##0.0 %", True),
        ('0%;-0%;"–"', True),
        ("General", False),
        ("0.00", False),
        ('0.0"%"', False),
        (r"0.0\%", False),
        ("[<1]0%;0.0", None),
        ("0%;-0.0", None),
    ],
)
@pytest.mark.parametrize("written", [bytes, prefixed])
def test_the_number_format_says_whether_a_cell_is_per_cent(
    code: str, shown: bool | None, written: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        page = book.add_worksheet("one")
        page.write_row(0, 0, ["a", "b"])
        page.write_row(1, 0, [5, 0.91], book.add_format({"num_format": code}))
        page.write(2, 1, "91%", book.add_format({"num_format": code}))
    sheet = read(tmp_path, "t.xlsx", written(raw.getvalue()))
    assert sheet.rows == ((2, ("5", "0.91")), (3, ("", "91%")))
    assert sheet.percent == ({} if shown is False else {(2, 1): bool(shown), (2, 2): bool(shown)})


def odd(change: Callable[[Any], object]) -> bytes:
    import xlsxwriter

    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        page = book.add_worksheet("one")
        for row in range(15):
            page.write_row(row, 0, ["a", "b", "c"] if not row else [row, row, row])
        change(page)
    return raw.getvalue()


@pytest.mark.parametrize("written", [bytes, prefixed])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda page: [page.set_row(row, None, None, {"hidden": True}) for row in (3, 6, 40)],
            "the rows 4, 7 are hidden but hold values; clear the filter or unhide them",
        ),
        (
            lambda page: [page.set_row(row, None, None, {"hidden": True}) for row in range(1, 13)],
            "the rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … (12) are hidden but hold values",
        ),
        (
            lambda page: page.set_column("B:H", None, None, {"hidden": True}),
            "the columns B, C are hidden but hold values; unhide them",
        ),
        (
            lambda page: [page.merge_range("A2:A4", 1), page.merge_range("B6:C6", 1)],
            "the cells A2:A4, B6:C6 are merged, and only the first of each holds the value; name the rows",
        ),
    ],
)
def test_what_is_hidden_or_merged_is_told_once(
    change: Callable[[Any], object], told: str, written: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    (problem,) = refusals(tmp_path, "t.xlsx", written(odd(change)))
    assert problem.startswith(f"t.xlsx:one: {told}")


@pytest.mark.parametrize("far", [b"A1048576", b"XFD2", b"ZZZZZZ1", b"Z290000"])
def test_one_far_cell_is_refused_before_a_library_opens_the_file(far: bytes, tmp_path: Path) -> None:
    raw = with_part(xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", (b'r="A2"', b'r="' + far + b'"'))
    assert "the sheet reaches to row" in refusal(tmp_path, "t.xlsx", raw)


def test_an_extent_that_is_only_stated_is_not_believed(tmp_path: Path) -> None:
    """It costs nothing: rows are as many as there are."""
    raw = with_part(xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", (b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert read(tmp_path, "t.xlsx", raw).rows == ((2, ("1",)),)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    bomb = b'?>\n<!DOCTYPE a [<!ENTITY a "aaaa">]>'
    raw = with_part(xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", (b"?>", bomb))
    assert "xl/worksheets/sheet1.xml holds a document type, entities" in refusal(tmp_path, "t.xlsx", raw)


def test_a_part_that_unpacks_a_thousandfold_is_refused(tmp_path: Path) -> None:
    raw = with_part(
        xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", (b"<sheetData>", b" " * 4_000_000 + b"<sheetData>")
    )
    assert "far more than a table needs" in refusal(tmp_path, "t.xlsx", raw)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("a.txt", "a")
    assert "is a zip archive but no .xlsx workbook" in refusal(tmp_path, "t.xlsx", raw.getvalue())
    assert "is a zip archive but no .ods workbook" in refusal(tmp_path, "t.ods", raw.getvalue())


def ods(rows: str) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="one">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return raw.getvalue()


HEAD = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    "</table:table-row>"
)
ROW = (
    '<table:table-row{rows}><table:table-cell{columns} office:value-type="float" office:value="1.5">'
    "<text:p>1,50</text:p></table:table-cell></table:table-row>"
)


def test_the_value_of_an_ods_cell_counts_not_what_it_shows(tmp_path: Path) -> None:
    raw = ods(HEAD + ROW.format(rows="", columns=""))
    assert read(tmp_path, "t.ods", raw).rows == ((2, ("1.5",)),)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (f' table:number-rows-repeated="{MAX_ROWS}"', ""),
        ("", f' table:number-columns-repeated="{MAX_COLUMNS + 1}"'),
        (' table:number-rows-repeated="99999999999999"', ""),
        ("", ' table:number-columns-repeated="0"'),
    ],
)
def test_repeated_cells_of_an_ods_count_as_often_as_they_repeat(
    rows: str, columns: str, tmp_path: Path
) -> None:
    raw = ods(HEAD + ROW.format(rows=rows, columns=columns))
    assert "the sheet reaches to row" in refusal(tmp_path, "t.ods", raw)


def test_repeated_empty_cells_at_the_end_count_nothing(tmp_path: Path) -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    end = f'<table:table-row table:number-rows-repeated="1048574">{empty}</table:table-row>'
    assert len(read(tmp_path, "t.ods", ods(HEAD + ROW.format(rows="", columns="") + end)).rows) == 1


def ods_cell(attributes: str, text: str = "") -> str:
    return f"<table:table-cell {attributes}>{text and f'<text:p>{text}</text:p>'}</table:table-cell>"


CALCEXT = (
    'xmlns:ce="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" ce:value-type="error"'
)
FORMULA = 'table:formula="of:=1/0"'


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (
            ods_cell(f'{FORMULA} office:value-type="string" office:string-value="" {CALCEXT}', "#WERT!"),
            "shows an error",
        ),
        (ods_cell(f'{FORMULA} office:value-type="float" office:value="0"', "#DIV/0!"), "shows an error"),
        (ods_cell(f'{FORMULA} office:value-type="string"', "Err:502"), "shows an error"),
        (ods_cell(FORMULA), "holds a formula that was never computed"),
        (ods_cell(f'{FORMULA} office:value-type="float"'), "holds a formula that was never computed"),
        (ods_cell(f'{FORMULA} office:value-type="date"'), "holds a formula that was never computed"),
    ],
)
def test_an_ods_cell_without_a_value_is_named(cell: str, told: str, tmp_path: Path) -> None:
    row = f"<table:table-row>{cell}</table:table-row>"
    first, second = refusals(tmp_path, "t.ods", ods(HEAD + row + ROW.format(rows="", columns="") + row))
    assert first.startswith(f"t.ods:one:2: A: the cell {told}")
    assert second.startswith(f"t.ods:one:4: A: the cell {told}")


def test_the_stored_value_of_an_ods_formula_is_read(tmp_path: Path) -> None:
    cells = ods_cell(f'{FORMULA} office:value-type="float" office:value="2"', "2") + ods_cell(
        f'{FORMULA} office:value-type="string" office:string-value=""'
    )
    head = HEAD.replace(
        "</table:table-row>", ods_cell('office:value-type="string"', "b") + "</table:table-row>"
    )
    raw = ods(f"{head}<table:table-row>{cells}</table:table-row>")
    assert read(tmp_path, "t.ods", raw).rows == ((2, ("2", "")),)


def test_per_cent_of_an_ods_is_known_by_its_type(tmp_path: Path) -> None:
    cell = ods_cell('office:value-type="percentage" office:value="0.91"', "91 %")
    row = f'<table:table-row table:number-rows-repeated="2">{cell}</table:table-row>'
    sheet = read(tmp_path, "t.ods", ods(HEAD + ROW.format(rows="", columns="") + row))
    assert [cells for _, cells in sheet.rows] == [("1.5",), ("0.91",), ("0.91",)]
    assert sheet.percent == {(3, 1): True, (4, 1): True}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            '<table:table-column table:visibility="collapse" table:number-columns-repeated="9"/>'
            + HEAD
            + ROW.format(rows="", columns=""),
            "the columns A are hidden",
        ),
        (
            HEAD
            + ROW.format(rows=' table:visibility="filter"', columns="")
            + ROW.format(rows="", columns="")
            + ROW.format(rows=' table:visibility="collapse" table:number-rows-repeated="2"', columns=""),
            "the rows 2, 4, 5 are hidden",
        ),
        (HEAD + ROW.format(rows="", columns=' table:number-rows-spanned="3"'), "the cells A2:A4 are merged"),
    ],
)
def test_what_is_hidden_or_merged_in_an_ods_is_told_once(rows: str, told: str, tmp_path: Path) -> None:
    (problem,) = refusals(tmp_path, "t.ods", ods(rows))
    assert problem.startswith(f"t.ods:one: {told}")


# ---- Parquet --------------------------------------------------------------------------------


def parquet(**columns: list[object]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    raw = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), raw)
    return raw.getvalue()


def test_a_parquet_file_is_read_as_text_cells(tmp_path: Path) -> None:
    raw = parquet(
        roc_year=[103, 104],
        name=["甲", None],
        rate=[Decimal("104.25"), Decimal("98.45")],
        day=[datetime.date(2018, 12, 31), None],
        share=[0.1, 2.0],
    )
    sheet = read(tmp_path, "t.parquet", raw)
    assert sheet.head == ("roc_year", "name", "rate", "day", "share")
    assert sheet.rows == (
        (2, ("103", "甲", "104.25", "2018-12-31", "0.1")),
        (3, ("104", "", "98.45", "", "2")),
    )


def test_a_nested_value_of_a_parquet_file_is_refused_with_its_place(tmp_path: Path) -> None:
    assert refusal(tmp_path, "t.parquet", parquet(a=[[1, 2]])) == (
        "t.parquet:2: a: holds a list; a cell is text, a number or a date"
    )
