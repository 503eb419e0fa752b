"""Tables that people make: orders, groups with subtotals, the first n and the rest, common heads, units, notes and words by column."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pikepdf
import pypdfium2
import pytest
from small import FAR_EAST, NORTH, ROOT, SOUTH, WEST, branches, dataset, gap, words
from test_bulletin_blocks import TITLE, build, faults, heads, notes, one_table, printed

from reportgen.model import Quoted, Table, Text
from reportgen.model.values import Together
from reportgen.read.pdf_text import squeezed
from reportgen.read.tables import ColumnSpec, Dataset, Member
from reportgen.read.theme import load_theme
from reportgen.write import odt, pdf
from reportgen.write.html import Design, pages_and_style, told

GROUPS = [
    {"name": {"zh": "北部", "en": "The north"}, "members": ["far-east", "north"]},
    {"name": {"zh": "南部", "en": "The south"}, "members": ["south", "west"]},
]
BOTH = {"rows": "branch", "columns": ["collected", "achievement_rate"]}


def data(**other: Any) -> Dataset:
    """NT$10,000 of four branches: north, far east, south, west."""
    collected = {"north": 50, "far-east": 30, "south": 90, "west": 20, **other}
    return dataset(
        branches("collected", 99, {"north": 10, "far-east": 20, "south": 30, "west": 40})
        + branches("collected", 100, collected),
        branches("target", 100, {"north": 100, "far-east": 100, "south": 60, "west": 40}),
    )


def with_words(**spec: Any) -> Dataset:
    """The same, with a column of words by branch."""
    made = data()
    table = made.tables["t2"]
    said = {"north": ("95年改制", "Renamed in 2006"), "south": ("轄區最大", "The largest district")}
    columns = {
        name: ColumnSpec(name=name, type="text", label=TEXT, **spec) for name in ("remark", "remark_en")
    }
    records = tuple(
        dataclasses.replace(
            record,
            cells={
                **record.cells,
                "remark": said[str(record.key[1])][0] if record.key[1] in said else gap("blank"),
                "remark_en": said[str(record.key[1])][1] if record.key[1] in said else gap("blank"),
            },
        )
        for record in table.records
    )
    table = dataclasses.replace(table, columns={**table.columns, **columns}, records=records)
    return dataclasses.replace(made, tables={**made.tables, "t2": table})


TEXT = Text("說明", "Remark")


def of(table: Table, row: int, column: int = 0) -> Fraction:
    figure = table.rows[row].cells[column].figure
    assert figure and isinstance(figure.value.exact, Fraction)
    return figure.value.exact


# ---- rows -------------------------------------------------------------------------------------


def test_a_group_has_its_subtotal_above_its_members_and_a_rate_is_that_of_the_sums() -> None:
    table = one_table(data(), **BOTH, groups=GROUPS, total=True)
    assert printed(table) == [
        ["The north", "0.80", "40.0"],
        ["Far East Branch", "0.30", "30.0"],
        ["North Branch", "0.50", "50.0"],
        ["The south", "1.10", "110.0"],
        ["South Branch", "0.90", "150.0"],
        ["West Branch", "0.20", "50.0"],
        ["Total", "1.90", "63.3"],
    ]
    assert [row.role for row in table.rows] == ["subtotal", "body", "body"] * 2 + ["total"]
    assert [row.within for row in table.rows] == [False, True, True] * 2 + [False]


def test_a_subtotal_is_recorded_with_all_its_rows_and_how_it_was_computed() -> None:
    table = one_table(data(), **BOTH, groups=GROUPS)
    figure = table.rows[0].cells[1].figure
    assert figure and dict(figure.value.key)["branch"] == Together("far-east", "north") == "far-east + north"
    assert figure.value.formula == "collected / target, each column summed over branch far-east + north"
    assert (
        figure.value.worked
        == "collected[100, far-east + north] = 800000, target[100, far-east + north] = 2000000"
    )
    assert [(source.column, source.rows) for source in figure.value.sources] == [
        ("collected", (6, 7)),
        ("target", (2, 3)),
    ]


def test_a_member_in_no_group_stands_behind_them() -> None:
    table = one_table(data(), rows="branch", columns=["collected"], groups=GROUPS[:1])
    assert [row.head.en for row in table.rows] == [
        "The north",
        "Far East Branch",
        "North Branch",
        "South Branch",
        "West Branch",
    ]
    assert not table.rows[-1].within


def test_a_part_that_is_unknown_makes_its_subtotal_unknown() -> None:
    table = one_table(data(north=gap("not_available")), rows="branch", columns=["collected"], groups=GROUPS)
    assert [row[1] for row in printed(table)] == ["…[a]", "0.30", "…[a]", "1.10", "0.90", "0.20"]


def test_a_member_without_a_row_makes_its_subtotal_unknown() -> None:
    short = dataset(branches("collected", 100, {"north": 100, "south": 200, "west": 300}))
    table = one_table(short, rows="branch", columns=["collected"], groups=GROUPS)
    assert [row[1] for row in printed(table)] == ["…[a]", "…[a]", "1.00", "5.00", "2.00", "3.00"]


def test_a_group_over_the_years_counts_who_was_there() -> None:
    rows = [
        *branches("collected", 98, {"north": 1, "west": 2, "far-east": 4}),
        *branches("collected", 99, {"north": 1, "west": 2, "far-east": 4, "south": 8}),
        *branches("collected", 100, {"north": 1, "west": 2, "far-east": 4, "south": 9}),
    ]
    table = one_table(dataset(rows), rows="branch", by="years", metric="collected", groups=GROUPS[1:])
    assert printed(table)[0] == ["The south", "0.02", "0.10", "0.11"]  # the south began in 99


@pytest.mark.parametrize(
    ("fields", "heads_of_rows"),
    [
        ({"order": ["west", "south"]}, ["West", "South", "North", "Far East"]),
        ({"sort": "collected"}, ["South", "North", "Far East", "West"]),
        ({"sort": "-achievement_rate"}, ["Far East", "North", "West", "South"]),
        ({"top": 2}, ["South", "North", "Others"]),
        ({"top": 1, "sort": "-collected"}, ["West", "Others"]),
        (
            {"groups": GROUPS, "sort": "collected"},
            ["The north", "North", "Far East", "The south", "South", "West"],
        ),
    ],
)
def test_rows_stand_as_the_office_wants_them(fields: dict[str, Any], heads_of_rows: list[str]) -> None:
    table = one_table(data(), **BOTH, **fields)
    assert [row.head.en.removesuffix(" Branch") for row in table.rows] == heads_of_rows


def test_a_member_without_a_figure_comes_last_in_an_order_by_value() -> None:
    table = one_table(
        data(south=gap("not_available")), rows="branch", columns=["collected"], sort="collected"
    )
    assert [row.head.en for row in table.rows][-1] == "South Branch"


def test_the_rest_is_summed_and_its_rate_is_that_of_the_sums() -> None:
    table = one_table(
        data(),
        rows="branch",
        columns=["collected", "achievement_rate", "rank.collected", "share.collected"],
        top=2,
        total=True,
    )
    assert printed(table)[2:] == [
        ["Others", "0.50", "35.7", "", "26.3"],
        ["Total", "1.90", "63.3", "", "100.0"],
    ]
    assert of(table, 2, 1) == Fraction(50, 140)


def test_subtotals_and_the_rest_are_rounded_once_and_the_reader_is_told() -> None:
    uneven = dataset(branches("cost", 100, {"north": 14, "far-east": 14, "south": 1, "west": 1}))
    said = notes(one_table(uneven, rows="branch", columns=["cost"], groups=GROUPS).notes)
    assert any("unrounded figures" in words for _, words in said)


def test_the_row_of_the_office_is_marked() -> None:
    table = one_table(data(), **BOTH, highlight=["west"])
    assert [row.head.en for row in table.rows if row.own] == ["West Branch"]
    (ranked,) = (
        block
        for block in build(
            data(),
            {
                "block": "ranking",
                "caption": TITLE,
                "metric": "collected",
                "by": "branch",
                "highlight": ["south"],
            },
        ).blocks
        if isinstance(block, Table)
    )
    assert [row.head.en for row in ranked.rows if row.own] == ["South Branch"]


def test_a_ranking_of_the_first_has_the_others_as_one_row_without_a_rank() -> None:
    (ranked,) = (
        block
        for block in build(
            data(), {"block": "ranking", "caption": TITLE, "metric": "collected", "by": "branch", "top": 2}
        ).blocks
        if isinstance(block, Table)
    )
    assert printed(ranked) == [
        ["South Branch", "1", "0.90"],
        ["North Branch", "2", "0.50"],
        ["Others", "", "0.50"],
        ["Total", "", "1.90"],
    ]


# ---- columns ----------------------------------------------------------------------------------


def test_columns_have_common_heads_short_names_units_and_notes_in_order() -> None:
    table = one_table(
        data(),
        rows="branch",
        columns=["target", "collected", "achievement_rate"],
        spans=[{"head": {"zh": "金額", "en": "Amount"}, "columns": ["target", "collected"]}],
        column={
            "collected": {"unit": "twd_k", "note": {"zh": "含執行費。", "en": "With costs."}},
            "achievement_rate": {
                "head": {"zh": "達成率", "en": "Rate"},
                "note": {"zh": "實績除以目標。", "en": "Collected to target."},
            },
        },
    )
    assert [column.group.en if column.group else "" for column in table.columns] == ["Amount", "Amount", ""]
    assert heads(table)[1:] == ["Collected amount[a]", "Rate[b]"]
    assert [mark for mark, _ in notes(table.notes)] == ["a", "b"]
    assert [row[2] for row in printed(table)] == ["500", "300", "900", "200"]


def test_columns_of_years_are_named_by_their_year() -> None:
    spans = [{"head": {"zh": "本年", "en": "This year"}, "columns": ["100"]}]
    table = one_table(data(), rows="branch", by="years", metric="collected", spans=spans, **{"from": 99})
    assert [column.group for column in table.columns] == [None, Text("本年", "This year")]


def test_words_of_the_dataset_stand_beside_figures_and_their_numbers_are_stated() -> None:
    made = with_words()
    fields = {
        "rows": "branch",
        "columns": ["collected", "remark"],
        "column": {"remark": {"english": "remark_en"}},
    }
    table = one_table(made, **fields, total=True)
    assert [row[2] for row in printed(table)] == ["Renamed in 2006", "", "The largest district", "", ""]
    document = build(made, {"block": "table", "caption": TITLE, **fields})
    assert document.stated == ("2006", "95") and made.tables["t2"].file in document.inputs
    alone = one_table(made, rows="branch", columns=["collected", "remark"]).rows[0].cells[1].text
    assert isinstance(alone, Quoted) and alone.language == "zh"


def test_a_unit_that_all_figures_share_stands_above_although_there_are_words() -> None:
    table = one_table(with_words(), rows="branch", columns=["collected", "remark"])
    assert table.unit and {column.unit for column in table.columns} == {None}


# ---- faults -----------------------------------------------------------------------------------

TABLE = {"block": "table", "caption": TITLE, **BOTH}
YEARS = {"block": "table", "caption": TITLE, "rows": "years", "columns": ["collected"]}
NORTHERN = {"name": TITLE, "members": ["north"]}


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"groups": [NORTHERN, NORTHERN]}, ", groups 2: members", "'north' stands in the groups twice"),
        (
            {"groups": [{"name": TITLE, "members": ["east"]}]},
            ", groups 1: members",
            "there is no row of 'east'; known: north, ",
        ),
        (
            {"groups": [{"name": TITLE, "members": []}]},
            ", groups 1: members",
            "has 0 entries; write 1 at least",
        ),
        ({"order": ["east"]}, "order", "there is no row of 'east'; known: north, "),
        ({"order": ["west", "west"]}, "order", "'west' stands here twice"),
        ({"order": ["west"], "sort": "collected"}, "sort", "sort and order both decide the rows"),
        ({"top": 2, "groups": [NORTHERN]}, ", groups", "groups and top both decide the rows"),
        ({"sort": "x"}, "sort", "there is no metric 'x'; known: "),
        ({"top": 4}, "top", "the table has 4 rows, and the rest is of two or more; write 2 or less"),
        ({"top": 0}, "top", "0 is out of range"),
        ({"highlight": ["east"]}, "highlight", "there is no row of 'east'; known: north, "),
        (
            {"spans": [{"head": TITLE, "columns": ["x"]}]},
            ", spans 1: columns",
            "there is no column 'x' in this table; known: collected",
        ),
        (
            {"spans": [{"head": TITLE, "columns": ["collected", "collected"]}]},
            ", spans 1: columns",
            "'collected' has two common heads",
        ),
        (
            {"column": {"x": {"head": TITLE}}},
            ", column.x",
            "there is no column 'x' in this table; known: collected",
        ),
        (
            {"column": {"achievement_rate": {"unit": "twd_k"}}},
            ", column.achievement_rate: unit",
            "'achievement_rate' is not measured in 'twd_k'",
        ),
        ({"wide": "split"}, "wide", "a table splits between its common heads: write at least two spans"),
        ({"wide": "narrow"}, "wide", '"narrow" is unknown'),
    ],
)
def test_each_fault_has_its_place_and_a_remedy(fields: dict[str, Any], field: str, why: str) -> None:
    said_all = faults(data(), {**TABLE, **fields})
    assert any(
        said.startswith(f"section 1, block 1{field if field[0] == ',' else f': {field}'}: ") and why in said
        for said in said_all
    ), said_all


def test_columns_below_a_common_head_stand_side_by_side() -> None:
    spans = [{"head": TITLE, "columns": ["target", "achievement_rate"]}]
    (said,) = faults(
        data(), {**TABLE, "columns": ["target", "collected", "achievement_rate"], "spans": spans}
    )
    assert "do not stand side by side: target, achievement_rate" in said


@pytest.mark.parametrize(
    "fields",
    [
        {"order": ["north"]},
        {"sort": "collected"},
        {"top": 2},
        {"groups": [NORTHERN]},
        {"highlight": ["north"]},
    ],
)
def test_periods_are_no_members(fields: dict[str, Any]) -> None:
    (said,) = faults(data(), {**YEARS, **fields})
    assert "is for the members of a dimension, and the rows of this table are periods" in said


def test_a_group_of_nobody_who_is_there_is_a_fault() -> None:
    gone = WEST.model_copy(update={"last_year": 99})
    made = dataset(
        branches("collected", 100, {"north": 1, "south": 2, "far-east": 3}),
        members=[NORTH, FAR_EAST, SOUTH, gone],
    )
    (said,) = faults(
        made, {**TABLE, "columns": ["collected"], "groups": [{"name": TITLE, "members": ["west"]}]}
    )
    assert "no member of the group “Title” is there" in said


def test_words_that_no_row_has_and_names_of_persons_are_refused() -> None:
    (said,) = faults(with_words(), {**YEARS, "columns": ["collected", "remark"]})
    assert (
        "the words 'remark' have the key roc_year, branch, and the rows of this table are those of 'years'"
        in said
    )
    (said,) = faults(with_words(personal=True), {**TABLE, "columns": ["collected", "remark"]})
    assert "'remark' holds names of persons" in said
    (said,) = faults(
        with_words(), {**TABLE, "columns": ["collected", "remark"], "column": {"remark": {"english": "x"}}}
    )
    assert "there is no column of text 'x' beside it; known: remark, remark_en" in said


# ---- on paper ---------------------------------------------------------------------------------


class Made:
    """One bulletin of all that is wide or goes on: its HTML, PDF and ODT in both languages."""

    def __init__(self) -> None:
        ids = [f"m{number}" for number in range(14)]
        members = [Member(id=id_, zh=f"第{id_}分署", en=f"Branch {id_}") for id_ in ids]
        rows = [
            {"roc_year": year, "branch": id_, "cost": 1_234_567, "collected": 7 * year}
            for year in range(30, 101)
            for id_ in ids
        ]
        spans = [
            {"head": {"zh": "東區", "en": "East"}, "columns": ids[:7]},
            {"head": {"zh": "西區", "en": "West"}, "columns": ids[7:]},
        ]
        common = {"block": "table", "caption": TITLE, "rows": "years", "by": "branch", "unit": "twd_k"}
        years = {"block": "table", "caption": TITLE, "rows": "years", "columns": ["collected"], "from": 40}
        blocks = [
            {**common, "metric": "cost", "from": 98},
            {**common, "metric": "cost", "from": 98, "spans": spans, "wide": "split"},
            {**years, "from": 30},
        ]
        self.document = build(dataset(rows, members=members), *blocks, since=30)
        design = Design(
            project=ROOT, edition="both", theme=load_theme(ROOT / "styles/tokens.toml"), words=words()
        )
        pages, css = pages_and_style(design, self.document, {}, {}, "b")
        self.html = "".join(pages)
        parts = [pdf.lay_out(page, css, f"wide {number}") for number, page in enumerate(pages)]
        date = datetime(2026, 1, 1, tzinfo=UTC)
        written = [
            pdf.write(f"wide {number}", parts, number, pdf.Numbering(), (), date)
            for number in range(len(parts))
        ]
        self.pdf = pdf.assemble(written, parts)
        self.told = told(self.document, "both", design.theme)
        odt_file = odt.write(self.document, "both", words(), design.theme, date)
        self.odt = zipfile.ZipFile(io.BytesIO(odt_file)).read("content.xml").decode()


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


def test_wide_tables_are_turned_and_split_on_paper_and_told(made: Made) -> None:
    with pikepdf.open(io.BytesIO(made.pdf)) as opened:
        wide = [page.mediabox[2] > page.mediabox[3] for page in opened.pages]
    # its heading goes with it, and what follows is upright again
    assert wide == [False, False, True, False, False, False]
    assert [text.en for text in made.told] == [
        "Table 1 “Title” stands on a turned page to fit it",
        "Table 2 “Title” is split between its common heads into 2 parts to fit the page",
    ]


def test_a_part_of_a_table_repeats_its_first_column_and_says_that_it_goes_on(made: Made) -> None:
    parts = re.findall(r"<table class=\"figures.*?</table>", made.html, re.DOTALL)
    assert [part.count('<th scope="row">') for part in parts[1:3]] == [3, 3]
    assert "2（續）" in parts[2] and "Table 2 (continued)" in parts[2] and "（續）" not in parts[1]
    assert [re.findall(r'scope="colgroup" class="group" colspan="(\d+)"', part) for part in parts] == [
        [],
        ["7"],
        ["7"],
        [],
    ]


def test_a_table_over_several_pages_says_on_each_further_one_that_it_goes_on(made: Made) -> None:
    opened = pypdfium2.PdfDocument(made.pdf)
    said = [squeezed(page.get_textpage().get_text_range()) for page in opened]
    opened.close()
    going = [number for number, words in enumerate(said) if "表3（續）" in words]
    first = next(number for number, words in enumerate(said) if "表3題" in words)
    assert going == list(range(first + 1, len(said))) and len(going) >= 1


def test_an_odt_has_turned_pages_common_heads_and_parts(made: Made) -> None:
    assert '_begins_Landscape"' in made.odt
    assert made.odt.count('table:number-columns-spanned="7"') == 2
    assert "表2（續）" in made.odt and 'table:number-rows-spanned="2"' in made.odt
