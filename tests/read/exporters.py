"""Workbooks as other programs write them: each exporter's spelling of one page, as its files show it.

XlsxWriter is the real one. The others cannot run here; what is imitated of each stands beside its name below.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from reportgen.model.formats import capital_letters


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`shown` is what the spreadsheet shows of it; `said` how it is pronounced; `stored` False where a formula was never computed."""

    value: float | str | bool | datetime.date
    form: str = "General"
    shown: str = ""
    formula: str = ""
    stored: bool = True
    error: bool = False
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    rows: tuple[tuple[Cell | None, ...], ...]
    merged: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    folded_rows: tuple[int, ...] = ()  # grouped and closed
    flat_rows: tuple[int, ...] = ()  # of no height
    hidden_columns: tuple[int, ...] = ()
    hidden: bool = False
    since_1904: bool = False


Exporter = Callable[[Page], bytes]


def packed(parts: dict[str, str], encoding: str = "utf-8", mimetype: str = "") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name, text in parts.items():
            whole = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{text}'
            archive.writestr(name, whole.encode(encoding))
    return raw.getvalue()


def span(merged: str) -> tuple[int, int, int, int]:
    """Row, column, height and width of a range such as A2:A3."""
    first, last = (("ABCDEFGHIJ".index(end[0]) + 1, int(end[1:])) for end in merged.split(":"))
    return first[1], first[0], last[1] - first[1] + 1, last[0] - first[0] + 1


# ---- XLSX -----------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
BUILT_IN = {"General": 0, "0%": 9, "0.00%": 10, "# ?/?": 12, "0.00E+00": 11, "#,##0": 3}


@dataclass(frozen=True, kw_only=True)
class Spelling:
    prefix: str = ""
    strict: bool = False
    strings: str = "s"  # shared; or inlineStr, str
    places: bool = True  # r="A1"
    absolute: bool = False
    digits: str = ""  # how many of a number are written
    placeholders: bool = False
    days: str = "n"  # or d: as ISO 8601
    encoding: str = "utf-8"
    workbook: str = "xl/workbook.xml"
    built_in: bool = True
    inherited: bool = False  # number formats stand at the named styles alone
    stated: str = ""  # an extent


def xlsx(spelling: Spelling) -> Exporter:
    def write(page: Page) -> bytes:
        return packed(dict(_xlsx_parts(page, spelling)), spelling.encoding)

    return write


def _xlsx_parts(page: Page, how: Spelling) -> Iterator[tuple[str, str]]:
    main, office = (STRICT_MAIN, STRICT_OFFICE) if how.strict else (MAIN, OFFICE)
    x = how.prefix
    xmlns = f'xmlns{":" + x[:-1] if x else ""}="{main}" xmlns:r="{office}"'
    forms: list[str] = ["General"]
    strings: list[str] = []
    sheet = "".join(_xlsx_rows(page, how, forms, strings))
    state = ' state="hidden"' if page.hidden else ""
    calculation = (
        f'<{x}calcPr calcId="1"{" fullCalcOnLoad=" + chr(34) + "1" + chr(34) if how.placeholders else ""}/>'
    )
    since = f"<{x}workbookPr{' date1904=' + chr(34) + '1' + chr(34) if page.since_1904 else ''}/>"
    yield (
        "[Content_Types].xml",
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    )
    yield (
        "_rels/.rels",
        _relations(
            [("r1", f"{office}/officeDocument", f"/{how.workbook}" if how.absolute else how.workbook)]
        ),
    )
    yield (
        how.workbook,
        (
            f'<{x}workbook {xmlns}>{since}<{x}sheets><{x}sheet name="one" sheetId="7"{state} r:id="rA"/></{x}sheets>{calculation}</{x}workbook>'
        ),
    )
    folder, name = how.workbook.rsplit("/", 1)
    root = f"/{folder}/" if how.absolute else ""
    yield (
        f"{folder}/_rels/{name}.rels",
        _relations(
            [
                ("rC", f"{office}/sharedStrings", f"{root}sharedStrings.xml"),
                ("rB", f"{office}/styles", f"{root}styles.xml"),
                ("rA", f"{office}/worksheet", f"{root}worksheets/Sheet%201.xml"),
            ]
        ),
    )
    yield f"{folder}/worksheets/sheet 1.xml", f"<{x}worksheet {xmlns}>{sheet}</{x}worksheet>"
    yield f"{folder}/styles.xml", f"<{x}styleSheet {xmlns}>{_xlsx_styles(forms, how)}</{x}styleSheet>"
    yield f"{folder}/sharedStrings.xml", f"<{x}sst {xmlns}>{''.join(strings)}</{x}sst>"


def _relations(them: list[tuple[str, str, str]]) -> str:
    links = "".join(f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>' for id, kind, target in them)
    return f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>'


def _xlsx_styles(forms: list[str], how: Spelling) -> str:
    x = how.prefix
    numbers = [BUILT_IN[f] if how.built_in and f in BUILT_IN else 164 + n for n, f in enumerate(forms)]
    codes = "".join(
        f'<{x}numFmt numFmtId="{n}" formatCode="{escape(f)}"/>'
        for n, f in zip(numbers, forms, strict=True)
        if n >= 164
    )
    named = "".join(f'<{x}xf numFmtId="{n}"/>' for n in numbers)
    cells = "".join(f'<{x}xf xfId="{at}"/>' for at, _ in enumerate(numbers)) if how.inherited else named
    return f"<{x}numFmts>{codes}</{x}numFmts><{x}cellStyleXfs>{named}</{x}cellStyleXfs><{x}cellXfs>{cells}</{x}cellXfs>"


def _xlsx_rows(page: Page, how: Spelling, forms: list[str], strings: list[str]) -> Iterator[str]:
    x = how.prefix
    if how.stated:
        yield f'<{x}dimension ref="{how.stated}"/>'
    if page.hidden_columns:
        hidden = "".join(f'<{x}col min="{n}" max="{n}" width="9" hidden="1"/>' for n in page.hidden_columns)
        yield f"<{x}cols>{hidden}</{x}cols>"
    yield f"<{x}sheetData>"
    for number, row in enumerate(page.rows, start=1):
        says = ' hidden="1"' if number in page.hidden_rows else ""
        says += ' outlineLevel="1" hidden="1"' if number in page.folded_rows else ""
        says += ' ht="0" customHeight="1"' if number in page.flat_rows else ""
        place = f' r="{number}"' if how.places else ""
        yield f"<{x}row{place}{says}>"
        for column, cell in enumerate(row, start=1):
            at = f' r="{capital_letters(column)}{number}"' if how.places else ""
            yield _xlsx_cell(cell, at, page, how, forms, strings) if cell else f"<{x}c{at}/>"
        yield f"</{x}row>"
    yield f"</{x}sheetData>"
    if page.merged:
        yield f'<{x}mergeCells>{"".join(f"""<{x}mergeCell ref="{one}"/>""" for one in page.merged)}</{x}mergeCells>'


def _xlsx_cell(cell: Cell, at: str, page: Page, how: Spelling, forms: list[str], strings: list[str]) -> str:
    x, value = how.prefix, cell.value
    if cell.form not in forms:
        forms.append(cell.form)
    style = f' s="{forms.index(cell.form)}"'
    formula = f"<{x}f>{escape(cell.formula)}</{x}f>" if cell.formula else ""
    if cell.formula and not cell.stored:
        stored = f"<{x}v>0</{x}v>" if how.placeholders else ""
        return f"<{x}c{at}{style}>{formula}{stored}</{x}c>"
    if cell.error:
        return f'<{x}c{at}{style} t="e">{formula}<{x}v>{value}</{x}v></{x}c>'
    if isinstance(value, bool):
        return f'<{x}c{at}{style} t="b">{formula}<{x}v>{value:d}</{x}v></{x}c>'
    if isinstance(value, datetime.date):
        first = datetime.date(1904, 1, 1) if page.since_1904 else datetime.date(1899, 12, 30)
        if how.days == "d":
            return f'<{x}c{at}{style} t="d"><{x}v>{value.isoformat()}T00:00:00</{x}v></{x}c>'
        value = (value - first).days
    if isinstance(value, str):
        return f"<{x}c{at}{style}{_xlsx_string(cell, formula, how, strings)}</{x}c>"
    written = format(value, how.digits) if how.digits else str(value)
    return f"<{x}c{at}{style}>{formula}<{x}v>{written}</{x}v></{x}c>"


def _xlsx_string(cell: Cell, formula: str, how: Spelling, strings: list[str]) -> str:
    x, text = how.prefix, escape(str(cell.value))
    if formula or how.strings == "str":
        return f' t="str">{formula}<{x}v>{text}</{x}v>'
    item = f'<{x}t xml:space="preserve">{text}</{x}t>'
    if cell.said:  # rich text in runs, with its pronunciation
        runs = "".join(f"<{x}r><{x}rPr><{x}b/></{x}rPr><{x}t>{letter}</{x}t></{x}r>" for letter in text)
        item = f'{runs}<{x}rPh sb="0" eb="1"><{x}t>{cell.said}</{x}t></{x}rPh><{x}phoneticPr fontId="1"/>'
    if how.strings == "inlineStr":
        return f' t="inlineStr"><{x}is>{item}</{x}is>'
    strings.append(f"<{x}si>{item}</{x}si>")
    return f' t="s"><{x}v>{len(strings) - 1}</{x}v>'


def xlsxwriter(page: Page) -> bytes:
    return xlsxwriter_book({"one": page})


def xlsxwriter_book(pages: Mapping[str, Page]) -> bytes:
    import xlsxwriter as library

    raw = io.BytesIO()
    since_1904 = any(page.since_1904 for page in pages.values())
    with library.Workbook(raw, {"in_memory": True, "date_1904": since_1904}) as book:
        book.add_worksheet("cover").activate()
        for name, page in pages.items():
            sheet = book.add_worksheet(name)
            if page.hidden:
                sheet.hide()
            for number, row in enumerate(page.rows):
                for column, cell in enumerate(row):
                    if cell:
                        form = book.add_format({"num_format": cell.form})
                        _xlsxwriter_cell(sheet, (number, column), cell, form)
            _xlsxwriter_looks(sheet, page)
    return raw.getvalue()


def _xlsxwriter_looks(sheet: Any, page: Page) -> None:
    for number in page.hidden_rows:
        sheet.set_row(number - 1, None, None, {"hidden": True})
    for number in page.folded_rows:
        sheet.set_row(number - 1, None, None, {"level": 1, "hidden": True})
    for number in page.flat_rows:
        sheet.set_row(number - 1, 0)
    for number in page.hidden_columns:
        sheet.set_column(number - 1, number - 1, None, None, {"hidden": True})
    for merged in page.merged:
        row, column, _, _ = span(merged)
        first = page.rows[row - 1][column - 1]
        sheet.merge_range(merged, first.value if first else "")


def _xlsxwriter_cell(sheet: Any, at: tuple[int, int], cell: Cell, form: object) -> None:
    if cell.formula:
        # Without any value: LibreOffice takes a placeholder 0 for the result and saves it as such.
        sheet.write_formula(*at, f"={cell.formula}", form, cell.value if cell.stored else "")
    elif isinstance(cell.value, datetime.date):
        sheet.write_datetime(*at, cell.value, form)
    elif isinstance(cell.value, bool):
        sheet.write_boolean(*at, cell.value, form)
    elif isinstance(cell.value, str):
        sheet.write_string(*at, cell.value, form)
    else:
        sheet.write_number(*at, cell.value, form)


# ---- ODS ------------------------------------------------------------------------------------

URN = "urn:oasis:names:tc:opendocument:xmlns:"


@dataclass(frozen=True, kw_only=True)
class OdsSpelling:
    prefixes: tuple[str, str, str, str] = ("office", "table", "text", "style")
    typed: bool = True  # per cents and currencies have types of their own
    shows: bool = True
    repeats: bool = False
    groups: bool = False  # closed groups say so, not each row
    string_values: bool = False


def ods(spelling: OdsSpelling) -> Exporter:
    def write(page: Page) -> bytes:
        o, t, _, s = spelling.prefixes
        xmlns = " ".join(
            f'xmlns:{prefix}="{URN}{name}:1.0"'
            for prefix, name in zip(spelling.prefixes, ("office", "table", "text", "style"), strict=True)
        )
        hidden = f'<{s}:table-properties {t}:display="{"false" if page.hidden else "true"}"/>'
        content = (
            f"<{o}:document-content {xmlns}><{o}:automatic-styles>"
            f'<{s}:style {s}:name="ta1" {s}:family="table">{hidden}</{s}:style></{o}:automatic-styles>'
            f'<{o}:body><{o}:spreadsheet><{t}:table {t}:name="one" {t}:style-name="ta1">'
            f"{''.join(_ods_rows(page, spelling))}</{t}:table></{o}:spreadsheet></{o}:body></{o}:document-content>"
        )
        manifest = f'<m:manifest xmlns:m="{URN}manifest:1.0"/>'
        parts = {"META-INF/manifest.xml": manifest, "content.xml": content}
        return packed(parts, mimetype="application/vnd.oasis.opendocument.spreadsheet")

    return write


def _ods_rows(page: Page, how: OdsSpelling) -> Iterator[str]:
    _, t, _, _ = how.prefixes
    width = max(map(len, page.rows))
    for column in range(1, width + 1):
        yield f'<{t}:table-column{f""" {t}:visibility="collapse" """ if column in page.hidden_columns else ""}/>'
    yield f'<{t}:table-column {t}:number-columns-repeated="{16384 - width}"/>'
    for number, row in enumerate(page.rows, start=1):
        folded = number in page.folded_rows
        gone = number in (*page.hidden_rows, *page.flat_rows) or (folded and not how.groups)
        cells = "".join(_ods_cell(page, how, (number, at), cell) for at, cell in enumerate(row, start=1))
        if how.repeats:
            cells += f'<{t}:table-cell {t}:number-columns-repeated="{16384 - len(row)}"/>'
        whole = f'<{t}:table-row{f""" {t}:visibility="collapse" """ if gone else ""}>{cells}</{t}:table-row>'
        yield (
            f'<{t}:table-row-group {t}:display="false">{whole}</{t}:table-row-group>'
            if folded and how.groups
            else whole
        )
    if how.repeats:
        yield (
            f'<{t}:table-row {t}:number-rows-repeated="{1048576 - len(page.rows)}">'
            f'<{t}:table-cell {t}:number-columns-repeated="16384"/></{t}:table-row>'
        )


def _ods_cell(page: Page, how: OdsSpelling, at: tuple[int, int], cell: Cell | None) -> str:
    o, t, x, _ = how.prefixes
    for merged in page.merged:
        row, column, high, wide = span(merged)
        if row <= at[0] < row + high and column <= at[1] < column + wide and at != (row, column):
            return f"<{t}:covered-table-cell/>"
    merged = next((span(one) for one in page.merged if span(one)[:2] == at), None)
    says = (
        f' {t}:number-rows-spanned="{merged[2]}" {t}:number-columns-spanned="{merged[3]}"' if merged else ""
    )
    if not cell:
        return f"<{t}:table-cell{says}/>"
    if cell.formula:
        says += f' {t}:formula="of:={escape(cell.formula)}"'
    if cell.formula and not cell.stored:
        return f'<{t}:table-cell{says} {o}:value-type="float"/>'
    says += "".join(f' {o}:{name}="{escape(value)}"' for name, value in _ods_value(cell, how).items())
    shown = escape("" if cell.form == ";;;" else cell.shown or str(cell.value))
    if cell.said:
        shown = f"<{x}:ruby><{x}:ruby-base>{shown}</{x}:ruby-base><{x}:ruby-text>{cell.said}</{x}:ruby-text></{x}:ruby>"
    note = f"<{o}:annotation><{x}:p>請查</{x}:p></{o}:annotation>"
    return f"<{t}:table-cell{says}>{note}{f'<{x}:p>{shown}</{x}:p>' if how.shows else ''}</{t}:table-cell>"


def _ods_value(cell: Cell, how: OdsSpelling) -> dict[str, str]:
    value = cell.value
    if cell.error:
        return {"value-type": "float", "value": "0"}
    if isinstance(value, bool):
        return {"value-type": "boolean", "boolean-value": str(value).lower()}
    if isinstance(value, datetime.date):
        return {"value-type": "date", "date-value": value.isoformat()}
    if isinstance(value, str):
        return {"value-type": "string"} | (
            {"string-value": value} if how.string_values or not how.shows else {}
        )
    kind = (
        "percentage" if "%" in cell.form.replace('"%"', "") else "currency" if "NT$" in cell.form else "float"
    )
    return {"value-type": kind if how.typed else "float", "value": str(value)}


# ---- who writes how -------------------------------------------------------------------------

EXPORTERS: dict[str, tuple[str, Exporter]] = {
    "excel": (".xlsx", xlsx(Spelling(digits=".17g", stated="A1:F9"))),
    "excel-strict": (".xlsx", xlsx(Spelling(digits=".17g", strict=True, days="d"))),
    "google": (".xlsx", xlsx(Spelling(built_in=False))),
    "openpyxl": (".xlsx", xlsx(Spelling(absolute=True, placeholders=True, stated="A1:XFD1048576"))),
    "open-xml-sdk": (
        ".xlsx",
        xlsx(Spelling(prefix="x:", strings="inlineStr", places=False, absolute=True, encoding="utf-8-sig")),
    ),
    "report-server": (
        ".xlsx",
        xlsx(
            Spelling(
                strings="str", encoding="utf-16", workbook="xl/workbook2.xml", inherited=True, stated="A1"
            )
        ),
    ),
    "xlsxwriter": (".xlsx", xlsxwriter),
    "libreoffice-ods": (".ods", ods(OdsSpelling(repeats=True))),
    "excel-ods": (".ods", ods(OdsSpelling(repeats=True, groups=True, string_values=True))),
    "other-prefixes": (".ods", ods(OdsSpelling(prefixes=("o", "t", "x", "s"), groups=True))),
    "types-float-alone": (".ods", ods(OdsSpelling(typed=False))),
    "shows-nothing": (".ods", ods(OdsSpelling(shows=False))),
}
