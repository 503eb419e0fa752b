"""Each block as HTML, and the beginning of a page of each kind, before they are laid out: what a change of a kind or template does is read
in the diff.

`pytest --update-golden` writes them anew: one file for a block in `golden/blocks/`, one for a kind in `golden/`.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from making import draft

from reportgen.model import (
    EMPTY,
    Block,
    Bullets,
    Card,
    Cell,
    Certificate,
    Chart,
    ChartSpec,
    Clause,
    Column,
    Definition,
    Document,
    Exhibits,
    Field,
    Fields,
    FormHead,
    Illustration,
    KeyFigures,
    Label,
    Labels,
    Line,
    Listing,
    MethodAnnex,
    Note,
    NoteBox,
    Own,
    PageBreak,
    PanelFoot,
    PanelHead,
    Paragraphs,
    Printed,
    Recipient,
    Row,
    Section,
    Segment,
    Signature,
    Subhead,
    Table,
    Text,
    Value,
)
from reportgen.model.job import Job
from reportgen.read.fixed_words import read_words
from reportgen.read.theme import load_theme
from reportgen.read.words import plain_line
from reportgen.write.html import Design, render

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
# Kind -> publication, document, and how many of its blocks stand on the page.
PAGES = {
    "appraisal": ("appraisal-104-06", "forecast", 2),
    "awards": ("attitude-awards-102", "letter", 2),
    "brief": ("brief-104", "brief", 2),
    "bulletin": ("case-load-104", "bulletin", 2),
    "compilation": ("meeting-888", "signoff", 2),
    "panels": ("exhibition-efficient-government", "business-ideas", 20),
    "papers": ("papers-104", "submit", 3),
    "targets": ("targets-105", "approval", 2),
}


def line(zh: str, en: str) -> Line:
    return plain_line(Text(zh, en))


def figure(number: int, plain: str) -> Printed:
    value = Value(metric="closed", key=(), exact=Fraction(number), unit="case", digits=0)
    return Printed(number=number, value=value, plain=plain, text=Text(f"{plain}件", f"{plain} cases"))


CASES, BRANCH, TOTAL = Text("件", "cases"), Text("分署", "Branch"), Text("合計", "Total")
TAIPEI, NOTE = Text("臺北", "Taipei"), Note("a", line("含移入。", "Transfers included."))
CLOSED = Column(Text("終結", "Closed"), CASES)
TABLE = Table(
    anchor="t-1",
    name=Text("表1", "Table 1"),
    number="1",
    caption=Text("終結件數", "Closed cases"),
    stub=BRANCH,
    columns=(CLOSED, Column(Text("未結", "Pending"), CASES, group=Text("年底", "Year end"), mark="a")),
    rows=(
        Row(head=TAIPEI, cells=(Cell(figure(1, "1,204"), shade=0.4), Cell(figure(2, "–"), mark="a"))),
        Row(head=TOTAL, cells=(Cell(figure(3, "1,204")), Cell(text=EMPTY)), role="total"),
    ),
    unit=CASES,
    notes=(NOTE,),
    source=Text("統計室", "Statistics Office"),
)
WORDED = Table(
    anchor="t-rules",
    caption=Text("規則", "Rules"),
    stub=Text("項目", "Item"),
    columns=(Column(Text("條件", "Condition")), CLOSED),
    rows=(
        Row(head=Text("甲組", "Group A"), cells=(), role="group"),
        Row(head=TAIPEI, cells=(Cell(text=Text("逾一年", "over a year")), Cell(figure(4, "12")))),
    ),
    look="checks",
    widths=(40, 40, 20),
)
GRID = Table(
    anchor="u-1",
    name=Text("表2", "Table 2"),
    caption=Text("各股", "Units"),
    stub=Text("股", "Unit"),
    columns=(CLOSED, Column(Text("股", "Unit")), CLOSED),
    rows=(
        Row(
            head=Text("甲", "A"),
            cells=(Cell(figure(5, "7")), Cell(text=Text("乙", "B")), Cell(figure(6, "9"))),
        ),
    ),
    look="grid",
)
SPEC = ChartSpec(form="line", series=(), xs=(), points=(), measure=CASES, unit=CASES)
CHART = Chart(
    anchor="c-1",
    name=Text("圖1", "Figure 1"),
    number="1",
    caption=Text("趨勢", "Trend"),
    spec=SPEC,
    notes=(NOTE,),
)
ADDRESS = Field(Text("地址", "Address"), (line("示範路1號", "1 Demo Rd."),))
SIGNER = Field(Text("覆核", "Reviewed"), (line("林示例", "Lin Shih-li"),), "decision")
LAW = Clause(1, 1, line("依據要點辦理。", "Under the Directions."))
DETAIL = Clause(2, 1, line("請查照。", "Please take note."))
BLOCKS: dict[str, Block] = {
    "section": Section(number="2", title=Text("終結", "Closed cases"), anchor="s-2", flow=True),
    "section-part": Section(number="", title=Text("附錄", "Annex"), anchor="annex-1", level=2),
    "paragraphs": Paragraphs((line("先。", "First."), line("後。", "Then.")), line("註。", "A note.")),
    "cards": KeyFigures(
        (
            Card(label=BRANCH, figure=figure(7, "13"), unit=CASES, change=line("較上年增", "up")),
            Card(label=Text("名次", "Rank"), figure=figure(8, "2"), unit=EMPTY, change=line("共5名", "of 5")),
        )
    ),
    "table": TABLE,
    "table-worded": WORDED,
    "table-grid": GRID,
    "chart": CHART,
    "notes": NoteBox(Text("說明", "Notes"), (line("示範資料。", "Sample data."),)),
    "page-break": PageBreak(),
    "methods": MethodAnnex(
        (
            Definition(
                label=Text("終結率", "Closing rate"),
                formula=Text("終結÷新收", "closed / new"),
                unit=Text("％", "%"),
                better=Text("越高越好", "higher is better"),
                remarks=(Text("要點第3點", "Directions, point 3"),),
                anchor="m-1",
            ),
        )
    ),
    "list": Listing(((Text("…", "…"), ((Text("不明", "not available"), ""), (EMPTY, "ab12"))),), "symbols"),
    "form-head": FormHead(
        issuer=Text("行政執行署", "Enforcement Agency"),
        form=Text("函", "Letter"),
        archive=(Field(Text("檔號", "File number"), (line("103/1", "103/1"),), "archive"),),
        contact=(ADDRESS,),
        fields=(Field(Text("附件", "Attachment")),),
    ),
    "segment": Segment(Text("說明", "Explanation"), None, (LAW, DETAIL)),
    "segment-subject": Segment(Text("主旨", "Subject"), line("請查照。", "Please take note.")),
    "fields": Fields((ADDRESS, SIGNER)),
    "fields-facts": Fields((ADDRESS, SIGNER), "facts"),
    "fields-signatures": Fields((SIGNER,), "signatures"),
    "signature": Signature(Text("署長", "Director-General"), Text("林示例", "Lin Shih-li"), seal=True),
    "bullets": Bullets((line("甲。", "One."), line("乙。", "Two.")), ordered=True),
    "picture": Illustration(
        anchor="picture-1",
        file="pictures/hall.jpg",
        caption=Text("大廳", "The hall"),
        alternative=Text("大廳", "A hall"),
        width_mm=110.0,
        height_mm=60.0,
        source=Text("本署", "The Agency"),
    ),
    "labels": Labels((Label("100", Text("示範路1號", "1 Demo Rd."), Text("林示例君", "Ms Lin Shih-li")),)),
}
OF_PANELS = {PanelHead, PanelFoot, Subhead, Exhibits}  # on the golden page of their kind
BY_ITSELF = {Certificate, Recipient, Own}  # these have a template of their own


class Pictures(dict[str, tuple[str, str]]):
    """An address and a word in place of every picture."""

    def __missing__(self, anchor: str) -> tuple[str, str]:
        return f"picture:{anchor}", "picture"


@functools.cache
def design() -> Design:
    theme, words = load_theme(ROOT / "styles/tokens.toml"), read_words(ROOT, "templates/bulletin/words.toml")
    return Design(project=ROOT, edition="both", theme=theme, words=words)


def shown(block: Block) -> str:
    """The HTML of a block within its page, without empty lines."""
    title = Text("統計", "Statistics")
    document = Document(
        publication="small",
        kind="bulletin",
        title=title,
        subtitle=title,
        issuer=title,
        period=title,
        sample=None,
        keywords=title,
        blocks=(PageBreak(), block),
        printed=(),
        inputs=(),
    )
    page = render(design(), document, Pictures(), {}, range(1, 2))
    inside = page.partition("<main>")[2].partition("</main>")[0]
    return "".join(f"{row}\n" for row in inside.splitlines() if row.strip())


def same(made: str, golden: Path, update: bool) -> bool:
    if update:
        golden.write_text(made, "utf-8")
    return made == golden.read_text("utf-8")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_as_it_was(name: str, update_golden: bool) -> None:
    assert same(shown(BLOCKS[name]), GOLDEN / "blocks" / f"{name}.html", update_golden)


def test_each_block_and_each_look_of_one_has_a_golden_file() -> None:
    assert {type(block) for block in BLOCKS.values()} == {*get_args(Block)} - OF_PANELS - BY_ITSELF
    assert {block.look for block in BLOCKS.values() if isinstance(block, Fields)} == {
        "",
        "facts",
        "signatures",
    }
    assert {file.stem for file in (GOLDEN / "blocks").iterdir()} == set(BLOCKS)


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_of_a_kind_is_as_it_was(kind: str, update_golden: bool) -> None:
    publication, name, blocks = PAGES[kind]
    made = draft(Job(project=ROOT, publication=publication, document=name, edition="both"))
    page = render(made.design, made.document, Pictures(), {}, range(blocks))
    assert same(page, GOLDEN / f"{kind}.html", update_golden)


def test_each_golden_page_is_made() -> None:
    assert {file.stem for file in GOLDEN.glob("*.html")} == set(PAGES)


@pytest.mark.parametrize("file", sorted(GOLDEN.rglob("*.html")), ids=lambda file: file.stem)
def test_a_golden_page_can_be_read_at_once(file: Path) -> None:
    assert len(file.read_bytes()) < (2_000 if file.parent.name == "blocks" else 10_000)
