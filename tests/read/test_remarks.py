"""Comments on cells and notes below tables are kept with their cell."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from office_workbook import Page, xlsx
from test_layout_faults import PAGE, RIGHT, table

from reportgen.read.remarks import of_ods
from reportgen.read.workbooks import workbook_sheet

THREADS = b"""<?xml version="1.0"?><ThreadedComments xmlns="urn:t"><threadedComment ref="B3"><text>new</text></threadedComment>
<threadedComment ref="B3"><text>answer</text></threadedComment></ThreadedComments>"""
LINK = b"""<Relationship Id="rIdT" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
 Target="../threadedComments/threadedComment1.xml"/></Relationships>"""
CONTENT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:dc="urn:dc"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><table:table table:name="one"><table:table-row
 table:number-rows-repeated="2"/><table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell
 office:value-type="float" office:value="1"><office:annotation><dc:creator>x</dc:creator><text:p>first</text:p><text:p>second
 line</text:p></office:annotation><text:p>1</text:p></table:table-cell></table:table-row></table:table></office:document-content>"""


def commented(words: str) -> Page:
    return Page("own", PAGE.rows, comments={"B3": words, "D1": "beside the title"})


def test_a_comment_is_kept_without_its_author_and_one_outside_of_the_table_is_not(tmp_path: Path) -> None:
    read = table(tmp_path, commented("承辦人:\n含補登 2 件"), "xlsx", **RIGHT)
    assert [(one.cell, one.words, one.hangs) for one in read.remarks] == [
        ((6, 1), "註：含補登", False),
        ((3, 2), "含補登 2 件", True),
    ]


def test_which_are_kept_may_be_declared(tmp_path: Path) -> None:
    read = table(tmp_path, commented("x"), "xlsx", **RIGHT, notes='["below"]')
    assert [one.words for one in read.remarks] == ["註：含補登"]


def test_a_thread_takes_the_place_of_its_stand_in(tmp_path: Path) -> None:
    new = io.BytesIO()
    raw = xlsx(commented("[Threaded comment] Your version of Excel …"))
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(new, "w") as out:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename.endswith("sheet1.xml.rels"):
                part = part.replace(b"</Relationships>", LINK)
            out.writestr(entry, part)
        out.writestr("xl/threadedComments/threadedComment1.xml", THREADS)
    page = workbook_sheet(new.getvalue(), ".xlsx", "own")
    assert page.remarks[3, 2] == "new answer"


def test_an_annotation_of_an_ods_is_kept_without_its_author() -> None:
    assert of_ods(CONTENT.encode(), "one") == {(3, 3): "first second line"}
    assert of_ods(CONTENT.encode(), "two") == {}
