"""The same papers as ODT: what LibreOffice reads is what the document says, block by block."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from lxml import etree
from office import save_as

from reportgen.kinds.awards.documents import SETTINGS
from reportgen.model import (
    Block,
    Card,
    Cell,
    Certificate,
    CertificateField,
    Chart,
    ChartSpec,
    Clause,
    Column,
    Definition,
    Document,
    Edition,
    Field,
    Fields,
    FormHead,
    KeyFigures,
    Label,
    Labels,
    Line,
    Listing,
    MethodAnnex,
    Note,
    NoteBox,
    PageBreak,
    Paragraphs,
    Point,
    Printed,
    Ref,
    Row,
    Section,
    Segment,
    Series,
    Signature,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import RenderError
from reportgen.model.formats import clause_number
from reportgen.read import fonts, one_face, theme
from reportgen.read.fixed_words import read_words
from reportgen.read.words import Words, plain_line, said
from reportgen.write import html, odt
from reportgen.write.odt.reports import AS_TABLE
from reportgen.write.odt.sheets import CODE

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

ROOT = Path(__file__).resolve().parents[2]
THEME = theme.load_theme(ROOT / "styles/tokens.toml")
DATED = datetime(2014, 1, 28, tzinfo=UTC)
SAMPLE = Text("示範資料", "Sample data")
RARE = "堃喆犇𠮷㛓"
HOSTILE = (
    "<b>粗</b>",
    "&amp; & &lt;",
    "{{ 7*7 }}",
    "=1+1",
    "{page} {pages}",
    "一\n二\t三   四",
    "]]>",
    "http://example.org/x",
)


@functools.cache
def words() -> Words:
    """The words of both kinds, so that every block finds its own."""
    both = {
        **read_words(ROOT, "templates/bulletin/words.toml"),
        **read_words(ROOT, "templates/awards/words.toml"),
    }
    return Words(both, "words.toml")


def line(zh: str, en: str) -> Line:
    return plain_line(Text(zh, en))


def figure(number: int, plain: str = "") -> Printed:
    exact = Fraction(number)
    printed = plain or f"{number:,}"
    return Printed(
        number=number,
        value=Value(metric="m", key=(), exact=exact, unit="case", digits=0),
        plain=printed,
        text=Text(f"{printed}件", f"{printed} cases"),
    )


def paper(*blocks: Block, name: str = "letter", **more: Any) -> Document:
    return Document(
        publication="awards-102",
        kind="awards",
        title=Text("頒獎典禮公文", "Papers of the award ceremony"),
        subtitle=Text("一百零二年度", "Year 2013"),
        issuer=Text("法務部行政執行署", "Administrative Enforcement Agency"),
        period=Text("102年", "2013"),
        sample=more.pop("sample", None),
        keywords=Text("獎勵", "awards"),
        blocks=blocks,
        printed=(),
        inputs=(),
        name=name,
        setting=SETTINGS.get(name, ""),
        **more,
    )


def made(document: Document, edition: Edition = "both") -> bytes:
    return odt.write(document, edition, words(), THEME, DATED)


LETTER = (
    FormHead(
        issuer=Text("法務部行政執行署", "Administrative Enforcement Agency, Ministry of Justice"),
        form=Text("函", "Letter"),
        archive=(
            Field(Text("檔號", "File no."), (), "archive"),
            Field(Text("保存年限", "Retention"), (line("5年", "5 years"),), "archive"),
        ),
        contact=(
            Field(
                Text("地址", "Address"),
                (line("220232 新北市板橋區示範路1號", "1 Sample Road, Banqiao, New Taipei City 220232"),),
                "contact",
            ),
            Field(Text("承辦人", "Person in charge"), (line("林示範", "Lin Shih-Fan"),), "contact"),
        ),
        fields=(
            Field(Text("受文者", "To"), (line("本署各分署", "All branches"),), "to"),
            Field(Text("發文日期", "Date"), (line("中華民國103年1月28日", "January 28, 2014"),)),
            Field(
                Text("發文字號", "Number"),
                (line("行執人字第10331000010號", "Hsing-Chih-Jen No. 10331000010"),),
            ),
            Field(Text("速別", "Urgency"), (line("普通件", "Normal"),)),
            Field(Text("密等及解密條件或保密期限", "Secrecy")),
            Field(
                Text("附件", "Attachments"),
                (
                    line("獲獎人員名冊1份", "List of recipients, 1 copy"),
                    line("程序表1份", "Programme, 1 copy"),
                ),
                "enclosure",
            ),
        ),
        salutation=Text("敬啟者：", "Dear Sir or Madam,"),
    ),
    Segment(
        Text("主旨", "Subject"),
        line(
            "檢送本署102年度執行態度考核獲獎人員頒獎典禮程序表及名冊各1份，請派員準時出席，請查照。",
            "Please find enclosed the programme and the list of recipients of the 2013 awards for attitude in enforcement, and send a representative to the ceremony.",
        ),
    ),
    Segment(
        Text("說明", "Explanation"),
        None,
        (
            Clause(
                1,
                1,
                line(
                    "依據本署執行態度考核要點辦理。",
                    "According to the directions for the evaluation of attitude in enforcement.",
                ),
            ),
            Clause(1, 2, line("典禮事項如下：", "About the ceremony:")),
            Clause(
                2,
                1,
                line(
                    "時間：103年2月18日上午10時。本項文字較長，用以檢視第二行之縮排是否與第一行文字對齊，不得突出於編號之左。",
                    "Time: 10:00 a.m., February 18, 2014. This item runs over its line so that one can see whether the second line hangs below the words of the first.",
                ),
            ),
            Clause(3, 1, line("報到：9時30分。", "Registration: 9:30.")),
            Clause(4, 1, line("地點：本署大禮堂。", "Place: the hall of the Agency.")),
            Clause(5, 1, line("貴賓席。", "Seats of honour.")),
            Clause(6, 2, line("獲獎人員席。", "Seats of the recipients.")),
            Clause(
                1,
                11,
                line(
                    "第十一項：編號較寬者，次行仍與第一行之文字對齊，不與編號重疊，亦不突出於左側。",
                    "Eleventh item.",
                ),
            ),
        ),
    ),
    Fields(
        (
            Field(Text("正本", "Main copies"), (line("本署各分署", "All branches"),)),
            Field(Text("副本", "Copies")),
        )
    ),
    Signature(
        Text("署長", "Director-General"),
        Text("王示範", "Wang Shih-Fan"),
        True,
        Text("此致", "Yours faithfully,"),
    ),
)

LIST = Table(
    name=Text("表1", "Table 1"),
    number="1",
    anchor="t-list",
    caption=Text("獲獎人員名冊", "List of recipients"),
    stub=Text("序號", "No."),
    columns=(
        Column(Text("姓名", "Name")),
        Column(Text("服務機關", "Branch"), mark="a"),
        Column(Text("分數", "Score"), Text("分", "points"), Text("考核", "Evaluation")),
        Column(Text("獎勵", "Reward")),
    ),
    rows=(
        Row(head=Text("特優", "Top grade"), cells=(Cell(text=Text("", "")),) * 4, role="group"),
        *(
            Row(
                head=Text(str(n), str(n)),
                cells=(
                    Cell(text=Text(f"王{c}明", f"Wang {c}-Ming")),
                    Cell(text=Text("臺北分署", "Taipei Branch")),
                    Cell(figure(9000 + n), mark="b", shade=n / 70),
                    Cell(text=Text("嘉獎兩次", "Two commendations")),
                ),
            )
            for n, c in enumerate(RARE * 12, 1)
        ),
        Row(
            head=Text("合計", "Total"),
            cells=(
                Cell(text=Text("", "")),
                Cell(text=Text("", "")),
                Cell(figure(541)),
                Cell(text=Text("-", "-")),
            ),
            role="total",
        ),
    ),
    unit=Text("人", "persons"),
    notes=(
        Note("a", line("依編制。", "By establishment.")),
        Note("", line("姓名均為虛構。", "All names are invented.")),
    ),
    source=Text("示範資料", "sample data"),
    break_after=(3,),
    flows=True,
)
SPEC = ChartSpec(
    form="line",
    series=(Series("n", Text("北區", "North")), Series("s", Text("南區", "South"))),
    xs=((101, Text("101年", "2012")), (102, Text("102年", "2013"))),
    points=tuple(Point(s, y, figure(y * k, f"{y * k:,}")) for k, s in enumerate("ns", 3) for y in (101, 102)),
    measure=Text("件數", "Cases"),
    unit=Text("件", "cases"),
    target=(Point("t", 102, figure(777)),),
    target_label=Text("基準", "Target"),
)
REPORT = (
    Section(number="1", title=Text("總說明", "Summary"), anchor="s-1"),
    Paragraphs(
        (
            Line(
                ("獲獎者見", Ref("t-list", Text("表1", "Table 1")), "，共", figure(60), f"。{RARE}。"),
                (
                    "The recipients are in ",
                    Ref("t-list", Text("表1", "Table 1")),
                    ", ",
                    figure(60),
                    f" in all. {RARE}.",
                ),
            ),
            line("第二段。", "Second paragraph."),
        ),
        line("註腳之文字。", "Words of the footnote."),
    ),
    KeyFigures(
        (
            Card(
                label=Text("獲獎人數", "Recipients"),
                figure=figure(60),
                unit=Text("人", "persons"),
                change=line("較上年增加3人", "3 more than the year before"),
                spark=None,
            ),
            Card(
                label=Text("平均分數", "Mean score"),
                figure=figure(91),
                unit=Text("分", "points"),
                change=None,
                spark=None,
            ),
        )
    ),
    LIST,
    NoteBox(
        Text("注意", "Note"),
        (line("名冊不得外流。", "Keep the list in the office."), line("第二行。", "Second line.")),
    ),
    PageBreak(),
    Chart(
        name=Text("圖1", "Figure 1"),
        number="1",
        anchor="c-1",
        caption=Text("各區件數", "Cases by region"),
        spec=SPEC,
        notes=(Note("", line("圖之附註。", "Note of the figure.")),),
        source=Text("本署", "the Agency"),
    ),
    Section(number="2", title=Text("方法", "Methods"), anchor="s-2"),
    MethodAnnex(
        (
            Definition(
                label=Text("得分", "Score"),
                formula=Text("甲 ÷ 乙", "a ÷ b"),
                unit=Text("分", "points"),
                better=Text("越高越好", "higher is better"),
                remarks=(Text("第一", "First"), Text("第二", "Second")),
                anchor="m-score",
            ),
        )
    ),
    Listing(
        (
            (Text("空白", "Blank"), ((Text("不適用", "not applicable"), ""),)),
            (Text("檔案", "File"), ((Text("名冊", "list"), "0f3a9c"),)),
        ),
        "symbols",
    ),
)


def certificate(name: str = "王小明", size: int = 0, qr: str = "") -> Certificate:
    return Certificate(
        heading=Text("獎狀", "Certificate of Commendation"),
        fields=(
            CertificateField("serial", Text("行執獎字第102001號", "No. 102001")),
            CertificateField("post", Text("臺北分署執行官", "Enforcement Officer, Taipei Branch")),
            CertificateField("name", Text(name, "Wang Hsiao-Ming"), size),
        ),
        citation=(
            line(
                "於一百零二年度辦理行政執行業務，績效優良，殊堪嘉許，特頒獎狀，以資鼓勵。",
                "for outstanding performance in administrative enforcement in 2013.",
            ),
            line("特優", "Top grade"),
        ),
        issuer=Text("法務部行政執行署", "Administrative Enforcement Agency"),
        signer=Text("署長", "Director-General"),
        signer_name=Text("王示範", "Wang Shih-Fan"),
        date=Text("中華民國一百零三年一月二十八日", "January 28, 2014"),
        check=Text("請以 reportgen verify 核對", "Check with reportgen verify"),
        qr=qr,
        sample=SAMPLE,
    )


LABELS = Labels(
    tuple(
        Label(
            f"2202{n:02}",
            Text(f"新北市板橋區示範路{n}號", f"{n} Sample Road, Banqiao"),
            Text(f"王示範{n} 君", f"Mr Wang {n}"),
            Text("寄件人：示範機關", "From: Sample Agency"),
        )
        for n in range(10, 29)
    )
)


NEWS = paper(*REPORT[:2], LIST, name="report", issued=Text("103年1月28日", "January 28, 2014"))
PAPERS: dict[str, Document] = {
    "letter": paper(*LETTER, sample=SAMPLE),
    "notice": paper(dataclasses.replace(LETTER[0], salutation=None), LETTER[3], name="notice"),
    "decisions": paper(*REPORT, name="decisions", sample=SAMPLE),
    "news": NEWS,
    "certificates": paper(certificate(qr="RG1|102001|x"), certificate(f"歐陽{RARE}", 9), name="certificates"),
    "labels": paper(LABELS, name="labels"),
}
EDITIONS: tuple[Edition, ...] = ("both", "zh", "en")
ALL = [(name, edition) for name in PAPERS for edition in EDITIONS]


def part(content: bytes, name: str = "content.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return etree.fromstring(package.read(name))


SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}


def found(content: bytes, path: str, name: str = "content.xml") -> list[Any]:
    made: list[Any] = part(content, name).xpath(path, namespaces=SPACES)
    return made


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def read(content: bytes) -> str:
    """The words of the body as they are read, without white space, names and alternative texts."""
    skipped = "ancestor::svg:title or ancestor::svg:desc or ancestor::table:title or ancestor::table:desc or ancestor::text:note-citation"
    return squeezed("".join(found(content, f"//office:text//text()[not({skipped})]")))


# ---- what a document says, told a second time and in another way ----------------------------------


def told(document: Document, edition: Edition) -> list[str]:
    """Each piece of text of the document in the order of reading."""
    languages = ("zh", "en") if edition == "both" else (edition,)
    if any(isinstance(block, FormHead) for block in document.blocks):
        parts: list[Any] = [(language,) for language in languages]
    else:
        parts = [languages]
    pieces: list[str] = []
    for langs in parts:
        if document.name in ("decisions", "report"):
            pieces += each(document.issuer, langs)
            pieces += each(document.issued, langs) if document.issued else []
            pieces += [*each(document.title, langs), *each(document.subtitle, langs)]
        official = any(isinstance(block, FormHead) for block in document.blocks)
        for block in in_english(document.blocks) if official and langs == ("en",) else document.blocks:
            if isinstance(block, FormHead) and edition == "both" and langs == ("en",):
                pieces.append(words()["paper.translation"].en)
            pieces += block_says(block, langs)
    return [squeezed(piece) for piece in pieces if squeezed(piece)]


def in_english(blocks: tuple[Block, ...]) -> list[Block]:
    """A paper without its blank entries; a letter with the addressee last in its head, and enclosures and receivers at its end."""
    found: list[Block] = []
    last: list[Field] = []
    letter = any(isinstance(block, FormHead) and block.salutation for block in blocks)
    for block in blocks:
        if isinstance(block, FormHead):
            filled = sorted(
                (one for one in block.fields if one.lines), key=lambda one: letter and one.role == "to"
            )
            last += [one for one in filled if letter and one.role == "enclosure"]
            found.append(dataclasses.replace(block, fields=tuple(one for one in filled if one not in last)))
        elif isinstance(block, Fields):
            filled = [one for one in block.fields if one.lines]
            last += filled if letter else []
            found += [] if letter else [Fields(tuple(filled))]
        else:
            found.append(block)
    return [*found, Fields(tuple(last))] if letter else found


def each(text: Text | None, langs: Any) -> list[str]:
    if text is None:
        return []
    return [text.zh] if len(langs) > 1 and text.zh == text.en else [text.say(language) for language in langs]


def lines_of(item: Line, langs: Any) -> list[str]:
    return [said(item.say(language), language) for language in langs]


def entry(one: Field, langs: Any) -> list[str]:
    colon = "：" if langs[0] == "zh" else ":"
    return [*each(one.label, langs), colon, *(half for item in one.lines for half in lines_of(item, langs))]


def block_says(block: Block, langs: Any) -> list[str]:
    colon = "：" if langs[0] == "zh" else ":"
    match block:
        case Section():
            return [block.number, *each(block.title, langs)]
        case Paragraphs():
            return [
                piece
                for place, item in enumerate(block.lines, 1)
                for half, one in enumerate(lines_of(item, langs))
                for piece in (
                    one,
                    *(
                        [lines_of(block.footnote, langs)[half]]
                        if block.footnote and place == len(block.lines)
                        else []
                    ),
                )
            ]
        case KeyFigures():
            return [
                piece
                for card in block.cards
                for piece in (
                    *each(card.label, langs),
                    card.figure.plain,
                    *each(card.unit, langs),
                    *(lines_of(card.change, langs) if card.change else []),
                )
            ]
        case Table():
            return table_says(block, langs, colon)
        case NoteBox():
            return [
                *each(block.title, langs),
                *(half for item in block.lines for half in lines_of(item, langs)),
            ]
        case Listing():
            return [
                piece
                for term, rows in block.rows
                for piece in (
                    *each(term, langs),
                    *(half for text, code in rows for half in (*each(text, langs), code)),
                )
            ]
        case FormHead():
            return [
                *(piece for one in block.archive for piece in entry(one, langs)),
                *each(block.issuer, langs),
                *(each(block.form, langs) if not (block.salutation and langs == ("en",)) else []),
                *(piece for one in (*block.contact, *block.fields) for piece in entry(one, langs)),
                *(each(block.salutation, langs) if langs == ("en",) else []),
            ]
        case Segment():
            return [
                *each(block.label, langs),
                colon,
                *(lines_of(block.line, langs) if block.line else []),
                *(
                    piece
                    for one in block.clauses
                    for piece in (
                        clause_number(one.level, one.number).say(langs[0]),
                        *lines_of(one.line, langs),
                    )
                ),
            ]
        case Fields():
            return [piece for one in block.fields for piece in entry(one, langs)]
        case Signature():
            return (
                each(block.title, langs) + each(block.name, langs)
                if langs[0] == "zh"
                else each(block.closing, langs) + each(block.name, langs) + each(block.title, langs)
            )
        case Labels():
            return [
                piece
                for one in block.labels
                for piece in (
                    *(each(one.sender, langs[:1])),
                    one.postcode,
                    *each(one.address, langs),
                    *each(one.addressee, langs),
                )
            ]
        case Certificate():
            return [
                *(block.heading.say(language) for language in langs),
                *each(block.sample, langs),
                *(half for one in block.fields for half in each(one.text, langs)),
                *(said(one.say(language), language) for language in langs for one in block.citation),
                *each(block.issuer, langs),
                *(block.signer.say(lang) + block.signer_name.say(lang) for lang in langs),
                *each(block.date, langs),
                *(each(block.check, langs) if block.qr else []),
            ]
        case Chart():
            xs = [
                piece
                for x, label in block.spec.xs
                for piece in (
                    *each(label, langs),
                    *(p.figure.plain for p in block.spec.points if p.x == x),
                    *(p.figure.plain for p in block.spec.target if p.x == x),
                )
            ]
            return [
                *(f"{block.name.say(lang)} {block.caption.say(lang)}" for lang in langs),
                *each(AS_TABLE, langs),
                *each(words()["table.unit"], langs),
                colon,
                *each(block.spec.unit, langs),
                *each(block.spec.measure, langs),
                *(half for one in block.spec.series for half in each(one.label, langs)),
                *each(block.spec.target_label, langs),
                *xs,
                *(said(one.line.say(lang), lang) for one in block.notes for lang in langs),
                *(
                    [*each(words()["table.source"], langs), colon, *each(block.source, langs)]
                    if block.source
                    else []
                ),
            ]
        case MethodAnnex():
            heads = [
                half
                for name in ("metric", "formula", "unit", "better", "basis")
                for half in each(words()[f"method.{name}"], langs)
            ]
            rows = [
                half
                for one in block.definitions
                for text in (
                    one.label,
                    one.formula,
                    one.unit,
                    one.better,
                    Text("".join(r.zh for r in one.remarks), "".join(r.en for r in one.remarks)),
                )
                for half in each(text, langs)
            ]
            return heads + rows
        case _:
            return []


def table_says(block: Table, langs: Any, colon: str) -> list[str]:
    pieces = [f"{block.name.say(lang)} {block.caption.say(lang)}" for lang in langs]
    if block.unit:
        pieces += [*each(words()["table.unit"], langs), colon, *each(block.unit, langs)]
    pieces += each(block.stub, langs)
    for column in block.columns:
        pieces += [
            *each(column.group, langs),
            *each(column.label, langs),
            column.mark,
            *each(column.unit, langs),
        ]
    for row in block.rows:
        pieces += [*each(row.head, langs), row.mark]
        for cell in row.cells:
            pieces += [cell.figure.plain] if cell.figure else each(cell.text, langs)
            pieces.append(cell.mark)
    for note in block.notes:
        pieces += [note.mark, *(said(note.line.say(lang), lang) for lang in langs)]
    return pieces + (
        [*each(words()["table.source"], langs), colon, *each(block.source, langs)] if block.source else []
    )


# ---- the package --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "edition"), ALL)
def test_an_odt_says_what_the_document_says_in_its_order(name: str, edition: Edition) -> None:
    assert read(made(PAPERS[name], edition)) == "".join(told(PAPERS[name], edition))


@pytest.mark.parametrize(
    ("name", "edition"), [one for one in ALL if one[0] in ("letter", "notice", "labels", "list", "news")]
)
def test_an_odt_is_read_in_the_order_of_the_pdf(name: str, edition: Edition) -> None:
    """What the templates print, without tags: marks of notes and footnotes are not in the papers' templates."""
    blocks = tuple(
        dataclasses.replace(block, footnote=None)
        if isinstance(block, Paragraphs)
        else dataclasses.replace(
            block,
            columns=tuple(dataclasses.replace(c, mark="", group=None) for c in block.columns),
            rows=tuple(
                dataclasses.replace(r, cells=tuple(dataclasses.replace(c, mark="") for c in r.cells))
                for r in block.rows
            ),
            notes=(),
            source=None,
            unit=None,
            name=Text("", ""),
        )
        if isinstance(block, Table)
        else block
        for block in PAPERS[name].blocks
    )
    document = dataclasses.replace(PAPERS[name], blocks=blocks)
    page = html.render(
        html.Design(project=ROOT, edition=edition, theme=THEME, words=words()), document, {}, {}
    )
    body = etree.HTML(page).find("body")
    assert read(made(document, edition)) == squeezed("".join(body.itertext()))


def test_the_package_begins_with_its_stored_type_and_its_manifest_names_every_member() -> None:
    content = made(PAPERS["certificates"])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        assert members[0].filename == "mimetype" and members[0].compress_type == zipfile.ZIP_STORED
        assert package.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        assert content[30:77] == b"mimetypeapplication/vnd.oasis.opendocument.text"
        assert {member.date_time for member in members} == {(2014, 1, 28, 0, 0, 0)}
        names = {member.filename for member in members}
        for name in ("content.xml", "styles.xml", "meta.xml"):
            assert part(content, name).get(f"{{{SPACES['office']}}}version") == "1.3"
    listed = found(content, "//manifest:file-entry/@manifest:full-path", "META-INF/manifest.xml")
    assert sorted(listed) == sorted({*names, "/"} - {"mimetype", "META-INF/manifest.xml"})
    assert "Pictures/00001.svg" in names


def test_the_same_document_is_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, sys; sys.path[:0] = ['tests', 'tests/write']; import test_odt\n"
        "print(*(hashlib.sha256(test_odt.made(d, 'both')).hexdigest() for d in test_odt.PAPERS.values()))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Taipei", "LC_ALL": "C"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    here = [hashlib.sha256(made(document)).hexdigest() for document in PAPERS.values()]
    assert run.stdout.split() == here


def test_the_properties_are_those_of_the_document_and_nothing_of_the_machine() -> None:
    content = made(PAPERS["letter"])
    properties = {child.tag.partition("}")[2]: child.text for child in found(content, "/*/*/*", "meta.xml")}
    issuer = "法務部行政執行署 / Administrative Enforcement Agency"
    assert properties == {
        "generator": "reportgen",
        "title": "頒獎典禮公文 / Papers of the award ceremony",
        "subject": "一百零二年度 / Year 2013",
        "keyword": "獎勵 / awards",
        "initial-creator": issuer,
        "creator": issuer,
        "creation-date": "2014-01-28T00:00:00",
        "date": "2014-01-28T00:00:00",
        "language": "zh-TW",
    }
    english = found(made(PAPERS["letter"], "en"), "//dc:language/text() | //dc:title/text()", "meta.xml")
    assert sorted(english) == ["Papers of the award ceremony", "en-US"]


# ---- styles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "edition"), ALL)
def test_every_style_has_a_name_and_is_declared(name: str, edition: Edition) -> None:
    content = made(PAPERS[name], edition)
    own = found(content, "//office:automatic-styles/*/@style:family")
    assert set(own) <= {"table", "table-column", "table-row", "table-cell"}, "direct formatting"
    common = found(content, "//office:styles/style:style/@style:name", "styles.xml")
    assert len(common) == len(set(common))
    declared = {*common, *found(content, "//office:automatic-styles/*/@style:name")}
    used = found(
        content, "//office:body//@*[local-name() = 'style-name' or local-name() = 'visited-style-name']"
    )
    used += found(content, "//@style:parent-style-name", "styles.xml")
    used += found(
        content, "//style:header//@text:style-name | //style:footer//@text:style-name", "styles.xml"
    )
    assert set(used) <= declared
    assert not found(
        content, "//office:text//*[self::text:p or self::text:h or self::text:span][not(@text:style-name)]"
    )
    pages = found(content, "//style:master-page/@style:name", "styles.xml")
    begun = found(content, "//@style:master-page-name", "styles.xml") + found(
        content, "//@style:master-page-name"
    )
    assert begun and set(begun) <= set(pages)


def test_chinese_is_marked_as_taiwanese_and_latin_letters_as_english() -> None:
    (default,) = found(made(PAPERS["letter"]), "//style:default-style/style:text-properties", "styles.xml")
    marks = {key.partition("}")[2]: value for key, value in default.attrib.items()}
    assert (marks["language-asian"], marks["country-asian"], marks["language"], marks["country"]) == (
        "zh",
        "TW",
        "en",
        "US",
    )
    families = found(
        made(PAPERS["letter"]), "//style:font-face[@style:name='Main']/@svg:font-family", "styles.xml"
    )
    assert families == ["'TW-Kai', '標楷體', 'DFKai-SB', 'BiauKai'"]
    english = "//style:style[@style:name='English']/style:text-properties/@fo:language"
    assert found(made(PAPERS["decisions"]), english, "styles.xml") == ["en"]


def test_a_name_with_letters_that_the_text_faces_lack_is_one_run_in_one_face() -> None:
    name = "Mo’o Peongsɨ"
    content = made(paper(Paragraphs((line(f"獲獎人：{name}。", f"The winner is {name}."),))))
    runs = found(
        content, "//text:span[@text:style-name='Name_whole' or @text:style-name='English_whole']/text()"
    )
    assert {run.rstrip(".") for run in runs} == {name}
    faces = "//style:style[contains(@style:name, '_whole')]/style:text-properties/@fo:font-family"
    assert set(found(content, faces, "styles.xml")) == {f"'{one_face.family()}'"}


def test_an_official_page_has_the_margins_and_sizes_of_the_handbook() -> None:
    content = made(PAPERS["letter"])
    (page,) = found(content, "//style:page-layout-properties", "styles.xml")
    sizes = {key.partition("}")[2]: value for key, value in page.attrib.items()}
    foot = found(content, "//style:footer-style/*/@svg:height", "styles.xml") + found(
        content, "//style:header-style/*/@svg:height", "styles.xml"
    )
    assert foot == ["12mm", "11mm"]
    assert (sizes["page-width"], sizes["page-height"], sizes["margin-left"], sizes["margin-right"]) == (
        "210mm",
        "297mm",
        "25mm",
        "25mm",
    )
    assert (sizes["margin-bottom"], sizes["margin-top"]) == (
        "13mm",
        "14mm",
    )  # and 12 and 11 of the foot and the head
    for style, points in {"Form_title": "20pt", "Form_field": "12pt"}.items():
        assert found(
            content, f"//style:style[@style:name='{style}']//@style:font-size-asian", "styles.xml"
        ) == [points]


def test_pages_count_for_themselves() -> None:
    content = made(PAPERS["letter"])
    for page, text in {"Standard": "第1頁，共1頁", "English": "Page 1 of 1"}.items():
        foot = f"//style:master-page[@style:name='{page}']/style:footer"
        assert squeezed("".join(found(content, f"{foot}//text()", "styles.xml"))) == squeezed(text)
        assert len(found(content, f"{foot}//text:page-number | {foot}//text:page-count", "styles.xml")) == 2


def test_a_certificate_lies_on_its_side_in_a_double_frame() -> None:
    content = made(PAPERS["certificates"])
    (page,) = found(content, "//style:page-layout[@style:name='Certificate_sheet']/*", "styles.xml")
    marks = {key.partition("}")[2]: value for key, value in page.attrib.items()}
    assert (marks["page-width"], marks["page-height"], marks["print-orientation"]) == (
        "297mm",
        "210mm",
        "landscape",
    )
    assert " double " in marks["border"]


# ---- blocks -------------------------------------------------------------------------------------


def test_a_table_has_a_name_head_rows_that_repeat_and_what_its_notes_say() -> None:
    content = made(PAPERS["decisions"])
    names = found(content, "//table:table/@table:name")
    assert len(names) == len(set(names)) == 5
    path = "//table:table[@table:name='表1 獲獎人員名冊 Table 1 List of recipients']"
    assert found(content, f"{path}/table:title/text()") == ["表1 獲獎人員名冊 Table 1 List of recipients"]
    assert found(content, f"{path}/table:desc/text()") == ["依編制。；姓名均為虛構。"]
    assert len(found(content, f"{path}/table:table-header-rows/table:table-row/table:table-cell")) == 5
    widths = found(content, "//style:style[@style:family='table-column']/*/@style:column-width")
    assert all(0 < float(width.removesuffix("mm")) < 170 for width in widths)
    for table in found(content, "//table:table"):
        columns = len(table.xpath(".//table:table-column", namespaces=SPACES))
        for row in table.xpath(".//table:table-row", namespaces=SPACES):
            assert len(row) == columns


def test_two_tables_of_the_same_words_have_two_names() -> None:
    names = found(made(paper(LIST, LIST, name="list")), "//table:table/@table:name")
    assert names[1] == f"{names[0]} (2)"


@pytest.mark.parametrize("number", [1, 10, 11, 20, 21, 99])
def test_a_numbered_item_hangs_by_the_width_of_its_number(number: int) -> None:
    content = made(
        paper(
            LETTER[0], Segment(Text("說明", "Explanation"), None, (Clause(1, number, line("文", "words")),))
        ),
        "zh",
    )
    mark = clause_number(1, number).zh
    (style,) = found(content, f"//text:p[starts-with(., '{mark}')]/@text:style-name")
    (indent,) = found(content, f"//style:style[@style:name='{style}']//@fo:text-indent", "styles.xml")
    assert float(indent.removesuffix("mm")) == pytest.approx(-len(mark) * 16 * 25.4 / 72, abs=0.02)


def test_a_number_that_no_level_has_is_refused_with_its_place() -> None:
    segment = Segment(
        Text("說明", "Explanation"),
        None,
        (Clause(5, 11, line("文", "words")), Clause(7, 1, line("文", "words"))),
    )
    with pytest.raises(RenderError) as refused:
        made(paper(LETTER[0], segment))
    assert [str(problem.place) for problem in refused.value.problems] == [
        "awards-102/letter.odt: block 2 (Segment)"
    ] * 2
    assert "甲 and （甲） count to ten" in refused.value.problems[0].say()


def test_a_chart_is_told_by_its_figures() -> None:
    content = made(paper(next(block for block in REPORT if isinstance(block, Chart)), name="decisions"))
    assert found(content, "//table:table//text()[. = '303']")
    assert not found(content, "//draw:frame")


def test_the_code_of_a_certificate_says_what_it_holds() -> None:
    content = made(paper(certificate(qr="RG1|102001|王小明"), name="certificates"))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        picture = package.read("Pictures/00001.svg").decode()
    assert found(content, "//draw:frame/svg:desc/text()") == [" ".join(each(CODE, ("zh", "en")))]
    side = int(re.search(r'viewBox="0 0 (\d+)', picture)[1])  # type: ignore[index]
    pixels = bytearray(b"\xff" * (side * side * 64))
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture):
        for row in range(8):
            at = (int(y) * 8 + row) * side * 8 + int(x) * 8
            pixels[at : at + 8] = bytes(8)
    (code,) = zxingcpp.read_barcodes(np.frombuffer(bytes(pixels), np.uint8).reshape(side * 8, side * 8))
    assert code.text == "RG1|102001|王小明"


def test_a_reference_leads_to_its_table_and_is_plain_words_where_that_is_not() -> None:
    content = made(PAPERS["decisions"])
    assert found(content, "//text:a/@xlink:href") == ["#t-list", "#t-list"]
    assert found(content, "//text:bookmark/@text:name").count("t-list") == 1
    assert not found(made(paper(REPORT[1], name="decisions")), "//text:a")


def test_footnotes_are_notes_of_the_office_program() -> None:
    content = made(PAPERS["decisions"])
    assert found(content, "//text:note/@text:id") == ["note-1", "note-2"]
    assert [squeezed("".join(note.itertext())) for note in found(content, "//text:note-body")] == [
        "註腳之文字。",
        "Wordsofthefootnote.",
    ]


# ---- hostile words ------------------------------------------------------------------------------


def hostile() -> Document:
    text = [Text(one, one) for one in HOSTILE]
    lines = tuple(plain_line(one) for one in text)
    rows = tuple(Row(head=one, cells=(Cell(text=one),)) for one in text)
    return paper(
        LETTER[0],
        Segment(text[0], lines[0], tuple(Clause(1, number, one) for number, one in enumerate(lines, 1))),
        Table(
            name=text[1],
            number="1",
            anchor="t",
            caption=text[2],
            stub=text[3],
            columns=(Column(text[0]),),
            rows=rows,
            unit=None,
            notes=(),
        ),
        Fields(tuple(Field(one, (plain_line(one),)) for one in text)),
    )


def test_words_of_data_are_never_markup_fields_or_links() -> None:
    content = made(hostile(), "zh")
    plain = read(content)
    for one in HOSTILE:
        assert plain.count(squeezed(one)) >= 4
    assert not found(content, "//text:a")
    own = {"p", "span", "s", "tab", "line-break", "bookmark", "h"}
    assert {element.tag.partition("}")[2] for element in found(content, "//office:text//text:*")} <= own
    cells = found(content, "//table:table-cell[@office:value-type or @table:formula]")
    assert not cells


@pytest.mark.parametrize("point", [0, 7, 0xB, 0xD, 0x1B, 0x7F, 0x85, 0x2028, 0xFFFE, 0xD800])
def test_control_characters_are_refused_with_their_block(point: int) -> None:
    bad = Paragraphs((line(f"好{chr(point)}", "good"),))
    with pytest.raises(RenderError) as refused:
        made(paper(LETTER[0], bad, bad))
    said_of = [problem.say() for problem in refused.value.problems]
    assert len(said_of) == 2
    assert said_of[0].startswith(
        f"awards-102/letter.odt: block 2 (Paragraphs): the control character U+{point:04X}"
    )


# ---- LibreOffice reads it -----------------------------------------------------------------------

SINGLE = {
    f"{type(block).__name__}": paper(block, name="decisions")
    for block in (*REPORT, NoteBox(None, (line("甲", "a"),)))
}
OFFICE: dict[str, tuple[Document, Edition]] = {
    **{f"{name}.{edition}": (PAPERS[name], edition) for name, edition in ALL},
    **{name: (document, "both") for name, document in SINGLE.items()},
    "hostile": (hostile(), "zh"),
    "labels.full": (paper(dataclasses.replace(LABELS, labels=(LABELS.labels * 2)[:32]), name="labels"), "zh"),
}


@dataclasses.dataclass(frozen=True)
class Converted:
    pages: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    fonts: frozenset[str]
    marked: bool  # a head says that these are sample data

    @property
    def text(self) -> str:
        """All pages without their heads and feet."""
        foot = re.compile(r"第\d+頁，共\d+頁(·Page\d+of\d+)?$|Page\d+of\d+$")
        marks = ("示範資料Sampledata", "示範資料", "Sampledata") if self.marked else ()
        bare = []
        for page in self.pages:
            page = foot.sub("", squeezed(page))
            bare.append(page.removeprefix(next((mark for mark in marks if page.startswith(mark)), "")))
        return "".join(bare)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Converted]:
    """Every document as the PDF that LibreOffice makes of its ODT, all in one run."""
    folder = tmp_path_factory.mktemp("office")
    files = []
    for name, (document, edition) in OFFICE.items():
        files.append(folder / f"{name}.odt")
        files[-1].write_bytes(made(document, edition))
    save_as("pdf", files, folder)
    return {
        file.stem: converted(file.with_suffix(".pdf"), OFFICE[file.stem][0].sample is not None)
        for file in files
    }


def converted(file: Path, marked: bool) -> Converted:
    pages, sizes = [], []
    document = pypdfium2.PdfDocument(file)
    for page in document:
        text = page.get_textpage()
        pages.append(text.get_text_bounded())
        sizes.append((round(page.get_width() * 25.4 / 72), round(page.get_height() * 25.4 / 72)))
        text.close()
        page.close()
    document.close()
    with pikepdf.open(file) as pdf:
        names = {
            str(one.BaseFont)
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
        }
    return Converted(
        tuple(pages), tuple(sizes), frozenset(name[1:].partition("+")[2] for name in names), marked
    )


@functools.cache
def faces() -> dict[str, str]:
    """PostScript name -> family of each face that we declare."""
    named = {}
    for face in fonts.faces():
        with TTFont(face.target, fontNumber=face.index, lazy=True) as font:
            named[font["name"].getDebugName(6)] = face.family
    return named


@pytest.mark.parametrize("name", OFFICE)
def test_libreoffice_prints_the_words_of_the_document_in_their_order(
    office: dict[str, Converted], name: str
) -> None:
    text, at = office[name].text, 0
    notes = [squeezed(item) for item in ("註腳之文字。", "Words of the footnote.")]
    for piece in told(*OFFICE[name]):
        if piece in notes:  # it stands at the foot of its page
            assert piece in text
            continue
        place = text.find(piece, at)
        assert place >= 0, f"{piece!r} does not follow {text[max(0, at - 30) : at]!r}: {text[at : at + 80]!r}"
        assert place - at <= 120, f"before {piece!r} stands {text[at:place]!r}"  # a head row that is repeated
        at = place + len(piece)


@pytest.mark.parametrize(
    "name",
    [name for name in OFFICE if "letter" in name or "cert" in name or "notice" in name or name == "NoteBox"],
)
def test_libreoffice_prints_nothing_else(office: dict[str, Converted], name: str) -> None:
    assert sorted(office[name].text) == sorted("".join(told(*OFFICE[name])))


@pytest.mark.parametrize("name", OFFICE)
def test_libreoffice_takes_the_declared_faces_only(office: dict[str, Converted], name: str) -> None:
    families = {faces()[font] for font in office[name].fonts}
    kai = name.startswith(("letter", "notice", "cert", "labels", "hostile"))
    latin = {"Noto Serif CJK TC", "TW-Sung"}
    assert families <= (
        {"TW-Kai", "TW-Kai-Ext-B", *latin} if kai else {"Noto Sans TC", "Noto Sans CJK TC", "TW-Sung-Ext-B"}
    )
    assert not kai or "TW-Kai" in families or ".en" in name


def test_libreoffice_lays_pages_out_in_their_size_and_number(office: dict[str, Converted]) -> None:
    assert (
        set(office["letter.both"].sizes)
        == set(office["decisions.zh"].sizes)
        == set(office["labels.zh"].sizes)
        == {(210, 297)}
    )
    for edition in EDITIONS:
        assert office[f"certificates.{edition}"].sizes == ((297, 210),) * 2
        assert len(office[f"labels.{edition}"].pages) == 2
    feet = [
        re.findall(r"第(\d)頁，共(\d)頁|Page (\d) of (\d)", page)[-1] for page in office["letter.both"].pages
    ]
    count = str(len(feet))
    assert ["".join(foot) for foot in feet] == [f"{number}{count}" for number in range(1, len(feet) + 1)]
    assert office["letter.zh"].text in office["letter.both"].text  # the English half begins a page of its own


def test_libreoffice_repeats_the_head_of_a_long_table(office: dict[str, Converted]) -> None:
    pages = [page for page in office["decisions.zh"].pages if "嘉獎兩次" in page]
    assert len(pages) > 1 and all("服務機關" in page for page in pages)


def test_rare_characters_have_their_glyphs(office: dict[str, Converted]) -> None:
    assert RARE in office["certificates.zh"].text
    assert "TW-Kai-Ext-B" in {faces()[font] for font in office["certificates.zh"].fonts}
