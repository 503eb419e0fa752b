"""The blocks of a bulletin: which figures, heads, notes and numbers, and the faults of publication.toml."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import pytest
from small import (
    FAR_EAST,
    NORTH,
    PENDING,
    ROOT,
    SOUTH,
    WEST,
    WHOLE,
    branches,
    dataset,
    gap,
    registry,
    series,
    words,
)

from reportgen.kinds.bulletin import documents as bulletin
from reportgen.kinds.material import Material
from reportgen.model import (
    Block,
    Chart,
    Definition,
    Document,
    KeyFigures,
    Line,
    Listing,
    MethodAnnex,
    Note,
    NoteBox,
    PageBreak,
    Paragraphs,
    Printed,
    Ref,
    Section,
    Table,
    Text,
    Value,
    toml,
)
from reportgen.model.errors import InputError
from reportgen.model.periods import Year
from reportgen.read.metrics import Registry
from reportgen.read.parity import Glossary
from reportgen.read.publications import Publication
from reportgen.read.schema import TomlFile
from reportgen.read.tables import Break, Dataset, Member
from reportgen.read.theme import load_theme
from reportgen.read.words import said
from reportgen.write.charts import alternative

FILE = "inputs/small-100/publication.toml"
TITLE = {"zh": "題", "en": "Title"}
BREAK = Break(
    roc_year=99,
    measures=("new_cases",),
    text=Text("自99年起改以批次計件。", "Counted in batches since 2010."),
)


def build(data: Dataset, *blocks: Mapping[str, Any], since: int = 98, of: Registry | None = None) -> Document:
    """The bulletin for 100 with one section of these blocks."""
    return sections(data, [{"title": TITLE, "block": list(blocks)}], since=since, of=of)


def sections(
    data: Dataset, plan: list[Mapping[str, Any]], since: int = 98, of: Registry | None = None
) -> Document:
    pair = Text("公報", "Bulletin")
    head = {"kind": "bulletin", "dataset": "small", "period": 100, "since": since}
    texts = {name: {"zh": pair.zh, "en": pair.en} for name in ("title", "subtitle", "issuer")}
    values = toml.placed({**head, **texts, "section": plan})
    publication = Publication(
        name="small-100",
        kind="bulletin",
        dataset="small",
        period=Year(100),
        since=Year(since),
        title=pair,
        subtitle=pair,
        issuer=pair,
        source=TomlFile(FILE, b"", values, {}),
    )
    material = Material(
        project=ROOT,
        publication=publication,
        dataset=data,
        registry=of or registry(),
        words=words(),
        glossary=Glossary(()),
        theme=load_theme(ROOT / "styles/tokens.toml"),
    )
    return bulletin.document(material, "bulletin")


def made(data: Dataset, *blocks: Mapping[str, Any], **more: Any) -> list[Block]:
    return [block for block in build(data, *blocks, **more).blocks if not isinstance(block, Section)]


def one_table(data: Dataset, **fields: Any) -> Table:
    (table,) = made(data, {"block": "table", "caption": TITLE, **fields})
    assert isinstance(table, Table)
    return table


def one_chart(data: Dataset, **fields: Any) -> Chart:
    chart = made(
        data, {"block": "chart", "caption": TITLE, "table": True, **fields}, {"block": "data_annex"}
    )[0]
    assert isinstance(chart, Chart)
    return chart


def faults(data: Dataset, *blocks: Mapping[str, Any]) -> list[str]:
    with pytest.raises(InputError) as refused:
        build(data, *blocks)
    return [problem.say().removeprefix(f"{FILE}: ") for problem in refused.value.problems]


def printed(table: Table) -> list[list[str]]:
    """Row heads and cells as a reader sees them, with the marks of notes in brackets."""
    return [
        [
            row.head.en + (f"[{row.mark}]" if row.mark else ""),
            *(
                (cell.figure.plain if cell.figure else cell.text.en if cell.text else "?")
                + (f"[{cell.mark}]" if cell.mark else "")
                for cell in row.cells
            ),
        ]
        for row in table.rows
    ]


def heads(table: Table) -> list[str]:
    return [column.label.en + (f"[{column.mark}]" if column.mark else "") for column in table.columns]


def notes(found: Iterable[Note]) -> list[tuple[str, str]]:
    return [(note.mark, said(note.line.en, "en")) for note in found]


def of_year(column: str, *tables: Mapping[str, Any]) -> Dataset:
    """Branches in 100, and one year before for each further table."""
    rows = [row for back, numbers in enumerate(tables) for row in branches(column, 100 - back, numbers)]
    return dataset(rows)


@pytest.fixture
def cases() -> Dataset:
    rows = [
        {"roc_year": 98, "new_cases": 10, "closed_cases": 4},
        {"roc_year": 99, "new_cases": 20, "closed_cases": 6},
        {"roc_year": 100, "new_cases": 30, "closed_cases": 10},
    ]
    pending = PENDING.model_copy(update={"from_year": 98})
    return dataset(rows, derivations=[pending], breaks=[BREAK])


@pytest.fixture
def offices() -> Dataset:
    return of_year(
        "collected",
        {"north": 400, "far-east": 100, "south": 300, "west": 200},
        {"north": 200, "far-east": 100, "south": 400, "west": 100},
    )


# ---- tables ---------------------------------------------------------------------------------

NOT_ADDED = "Changes, ranks, means and what is there at the end of a year are not added up over the years."


def test_a_table_of_years_has_a_row_for_each_year_and_a_foot(cases: Dataset) -> None:
    table = one_table(cases, rows="years", columns=["closed_cases", "change.closed_cases"], total=True)
    assert (table.stub.en, heads(table)) == (
        "Year",
        ["Closed cases", "Closed cases, change on the year before"],
    )
    assert printed(table) == [
        ["2009", "4", "…[a]"],
        ["2010", "6", "50.0"],
        ["2011", "10", "66.7"],
        ["Total", "20", ""],
    ]
    assert [row.role for row in table.rows] == ["body", "body", "body", "total"]
    assert [row.head.zh for row in table.rows] == ["98年", "99年", "100年", "合計"]
    assert notes(table.notes) == [("a", "No value: no data of 2008 to compare with."), ("", NOT_ADDED)]


def test_each_figure_of_a_table_is_in_the_ledger_with_its_rows(cases: Dataset) -> None:
    document = build(
        cases,
        {"block": "table", "caption": TITLE, "rows": "years", "columns": ["closed_cases"], "total": True},
    )
    table = document.blocks[1]
    assert isinstance(table, Table)
    shown = [cell.figure for row in table.rows for cell in row.cells if cell.figure]
    assert [figure.number for figure in shown] == [1, 2, 3, 4]
    assert set(shown) <= set(document.printed)
    assert shown[-1].value.sources[0].rows == (2, 3, 4)


def test_the_unit_stands_once_where_all_columns_share_it(cases: Dataset) -> None:
    same = one_table(cases, rows="years", columns=["new_cases", "closed_cases"])
    assert same.unit == Text("件", "cases")
    assert all(column.unit is None for column in same.columns)
    mixed = one_table(cases, rows="years", columns=["new_cases", "change.new_cases"])
    assert mixed.unit is None
    assert [column.unit.en for column in mixed.columns if column.unit] == ["cases", "%"]


def test_a_derived_column_and_a_break_are_noted_where_they_stand(cases: Dataset) -> None:
    table = one_table(cases, rows="years", columns=["new_cases", "pending_cases"])
    assert heads(table) == ["New cases", "Pending cases[a]"]
    assert [row[0] for row in printed(table)] == ["2009", "2010[b]", "2011"]
    assert notes(table.notes) == [
        ("a", "Derived: Running balance of new minus closed cases."),
        ("b", "Counted in batches since 2010."),
    ]


def test_a_break_is_not_noted_where_nothing_is_broken(cases: Dataset) -> None:
    table = one_table(cases, rows="years", columns=["closed_cases"])
    assert (table.notes, [row.mark for row in table.rows]) == ((), ["", "", ""])


def test_a_break_in_the_first_year_breaks_nothing(cases: Dataset) -> None:
    table = one_table(cases, rows="years", columns=["new_cases"], **{"from": 99})
    assert [row.mark for row in table.rows] == ["", ""]


def test_the_five_gaps_stay_five_and_only_the_unknown_are_marked() -> None:
    cells = [gap("blank"), gap("none"), gap("not_available"), gap("under_half"), 0]
    data = dataset(series("new_cases", dict(enumerate(cells, 96))))
    (table,) = made(
        data, {"block": "table", "caption": TITLE, "rows": "years", "columns": ["new_cases"]}, since=96
    )
    assert isinstance(table, Table)
    assert [row[1] for row in printed(table)] == ["", "-", "…[a]", "≈0", "0"]
    assert notes(table.notes) == [("a", "No value: a reason.")]


def test_the_same_reason_has_one_mark_and_another_the_next() -> None:
    unknown, lost = gap("not_available"), gap("not_available", "遺失", "lost")
    data = dataset(series("new_cases", {97: unknown, 98: lost, 99: unknown, 100: 1}))
    (table,) = made(
        data, {"block": "table", "caption": TITLE, "rows": "years", "columns": ["new_cases"]}, since=97
    )
    assert isinstance(table, Table)
    assert [row[1] for row in printed(table)] == ["…[a]", "…[b]", "…[a]", "1"]


def test_a_table_of_parts_has_the_whole_at_its_foot(offices: Dataset) -> None:
    table = one_table(offices, rows="branch", columns=["collected", "share.collected"], total=True)
    assert printed(table) == [
        ["North Branch", "4.00", "40.0"],
        ["Far East Branch", "1.00", "10.0"],
        ["South Branch", "3.00", "30.0"],
        ["West Branch", "2.00", "20.0"],
        ["Total", "10.00", "100.0"],
    ]
    assert table.stub == Text("分署", "Branch")


def test_a_printed_total_gives_its_name_to_the_foot() -> None:
    rows = branches("new_cases", 100, {"whole": 9, "north": 4, "west": 5})
    data = dataset(rows, members=[WHOLE, NORTH, WEST], total="whole")
    table = one_table(data, rows="branch", columns=["new_cases"], total=True)
    assert printed(table) == [["North Branch", "4"], ["West Branch", "5"], ["All branches", "9"]]


def test_a_table_of_years_by_part_begins_with_the_whole(offices: Dataset) -> None:
    table = one_table(offices, rows="years", by="branch", metric="collected", **{"from": 99})
    assert heads(table) == ["Total", "North Branch", "Far East Branch", "South Branch", "West Branch"]
    assert printed(table)[0] == ["2010", "8.00", "2.00", "1.00", "4.00", "1.00"]
    assert table.unit == Text("新臺幣百萬元", "NT$ million")


def test_shares_by_part_go_without_the_whole(offices: Dataset) -> None:
    table = one_table(offices, rows="years", by="branch", metric="share.collected", **{"from": 99})
    assert heads(table) == ["North Branch", "Far East Branch", "South Branch", "West Branch"]


def test_a_part_before_its_founding_is_a_dash_with_a_general_note() -> None:
    rows = branches("collected", 98, {"north": 1}) + branches("collected", 99, {"north": 1, "south": 2})
    data = dataset([*rows, *branches("collected", 100, {"north": 1, "south": 3})], members=[NORTH, SOUTH])
    table = one_table(data, rows="years", by="branch", metric="collected")
    assert [row[3] for row in printed(table)] == ["-", "0.02", "0.03"]
    assert notes(table.notes) == [("", "South Branch was established in 2010.")]


def test_a_column_may_be_of_one_part(offices: Dataset) -> None:
    table = one_table(offices, rows="years", columns=["collected", "collected@far-east"], **{"from": 99})
    assert [column.group.en if column.group else "" for column in table.columns] == ["", "Far East Branch"]
    assert printed(table)[1] == ["2011", "10.00", "1.00"]


def test_a_branch_has_the_name_of_its_year() -> None:
    data = dataset(branches("collected", 98, {"north": 1, "far-east": 2}), members=[NORTH, FAR_EAST])
    table = one_table(data, rows="years", by="branch", metric="collected", to=98)
    assert heads(table)[2] == "Far East Enforcement Office"


def test_heat_is_measured_from_0_to_1_in_each_column() -> None:
    data = dataset(series("new_cases", {97: 10, 98: 40, 99: gap("blank"), 100: 20}))
    blocks = made(
        data,
        {
            "block": "table",
            "caption": TITLE,
            "rows": "years",
            "columns": ["new_cases"],
            "shade": ["new_cases"],
            "total": True,
        },
        since=97,
    )
    (table,) = blocks
    assert isinstance(table, Table)
    assert [row.cells[0].shade for row in table.rows] == [0.0, 1.0, None, pytest.approx(1 / 3), None]
    assert notes(table.notes)[-1] == ("", "Darker shading = higher value.")


def test_equal_values_have_no_heat() -> None:
    data = dataset(series("new_cases", {98: 5, 99: 5, 100: 5}))
    table = one_table(data, rows="years", columns=["new_cases"], shade=["new_cases"])
    assert [row.cells[0].shade for row in table.rows] == [None, None, None]


def test_heat_by_part_is_measured_over_the_whole_table_without_its_totals(offices: Dataset) -> None:
    table = one_table(
        offices, rows="years", by="branch", metric="collected", shade=["collected"], **{"from": 99}
    )
    shades = [cell.shade for row in table.rows for cell in row.cells[1:]]
    assert shades == [
        pytest.approx(1 / 3),
        0.0,
        1.0,
        0.0,
        1.0,
        0.0,
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    ]
    assert [row.cells[0].shade for row in table.rows] == [None, None]


def test_a_table_cites_each_publication_that_its_figures_come_from_and_no_other() -> None:
    data = dataset(series("collected", {100: 1}), series("target", {100: 2}), series("staff", {100: 3}))
    tables = {
        name: dataclasses.replace(table, published=Text(f"年報{name}", f"Yearbook {name}"))
        for name, table in data.tables.items()
    }
    cited = one_table(
        dataclasses.replace(data, tables=tables), rows="years", columns=["achievement_rate"]
    ).source
    assert cited == Text("年報t1、年報t2", "Yearbook t1; Yearbook t2")
    assert one_table(data, rows="years", columns=["achievement_rate"]).source == data.label


def test_the_foot_has_the_unit_of_its_table(cases: Dataset) -> None:
    data = dataset(series("collected", {99: 100, 100: 300}))
    for since in (99, 100):  # the sum of all years that there are, and of some
        table = one_table(
            data, rows="years", columns=["collected"], unit="twd_k", total=True, **{"from": since}
        )
        assert table.unit == Text("新臺幣千元", "NT$ thousand")
        assert printed(table)[-1] == ["Total", "4,000" if since == 99 else "3,000"]


# ---- rankings -------------------------------------------------------------------------------


def ranked(data: Dataset, metric: str, **fields: Any) -> Table:
    (table,) = made(data, {"block": "ranking", "caption": TITLE, "metric": metric, "by": "branch", **fields})
    assert isinstance(table, Table)
    return table


def test_a_ranking_is_in_order_and_ties_share_a_place() -> None:
    data = of_year("collected", {"north": 100, "far-east": 400, "south": 300, "west": 300})
    assert printed(ranked(data, "collected", columns=["share.collected"])) == [
        ["Far East Branch", "1", "4.00", "36.4"],
        ["South Branch", "2", "3.00", "27.3"],
        ["West Branch", "2", "3.00", "27.3"],
        ["North Branch", "4", "1.00", "9.1"],
        ["Total", "", "11.00", "100.0"],
    ]


def test_the_lowest_leads_where_low_is_better() -> None:
    data = of_year("cost", {"north": 200, "far-east": 100, "south": 400, "west": 300})
    assert [row[:2] for row in printed(ranked(data, "cost"))][:2] == [
        ["Far East Branch", "1"],
        ["North Branch", "2"],
    ]


def test_a_part_without_a_number_stands_last_without_a_place() -> None:
    data = of_year("collected", {"north": gap("not_available"), "far-east": 1, "south": 2, "west": 3})
    table = ranked(data, "collected")
    assert printed(table)[-2] == ["North Branch", "…[a]", "…[a]"]
    assert [row[1] for row in printed(table)][:3] == ["1", "2", "3"]


def test_a_derived_metric_is_marked_at_the_head_of_its_column() -> None:
    rows = [
        row
        for column, numbers in (
            ("new_cases", {"north": 3, "west": 4}),
            ("closed_cases", {"north": 1, "west": 1}),
        )
        for row in branches(column, 100, numbers)
    ]
    merged = [{**rows[place], **rows[place + 2]} for place in (0, 1)]
    data = dataset(merged, derivations=[PENDING.model_copy(update={"from_year": 100})])
    table = ranked(data, "pending_cases")
    assert heads(table) == ["Rank", "Pending cases[a]"]
    assert notes(table.notes)[0] == ("a", "Derived: Running balance of new minus closed cases.")


# ---- charts ---------------------------------------------------------------------------------


def test_a_chart_shows_each_metric_in_each_year(cases: Dataset) -> None:
    spec = one_chart(cases, form="line", metrics=["new_cases", "closed_cases"]).spec
    assert [series.label.en for series in spec.series] == ["New cases", "Closed cases"]
    assert [x for x, _ in spec.xs] == [98, 99, 100]
    assert [(p.series, p.x, p.figure.plain) for p in spec.points][2:4] == [
        ("new_cases", 100, "30"),
        ("closed_cases", 98, "4"),
    ]
    assert [one.at for one in spec.breaks] == [99]


def test_a_break_is_noted_under_the_chart(cases: Dataset) -> None:
    chart = one_chart(cases, form="line", metrics=["new_cases"])
    assert ("", "Series break in 2010: Counted in batches since 2010.") in notes(chart.notes)
    assert one_chart(cases, form="line", metrics=["closed_cases"]).spec.breaks == ()


def test_a_slope_has_two_ends(offices: Dataset) -> None:
    spec = one_chart(offices, form="slope", metrics=["collected"], by="branch", **{"from": 99}).spec
    assert [x for x, _ in spec.xs] == [99, 100]
    assert len(spec.points) == 8


def test_a_ranked_bar_is_in_order_with_its_line() -> None:
    rows = [
        {"roc_year": 100, "branch": b, "collected": n, "target": 100}
        for b, n in {"north": 90, "far-east": 120, "west": 105}.items()
    ]
    data = dataset(rows, members=[NORTH, FAR_EAST, WEST])
    spec = one_chart(
        data, form="ranked_bar", metrics=["achievement_rate"], by="branch", target=100, highlight="north"
    ).spec
    assert [point.x for point in spec.points] == ["far-east", "west", "north"]
    assert {point.figure.text.en for point in spec.target} == {"100%"}
    assert (spec.highlight, spec.better) == ("north", "high")
    assert spec.target_label == Text("基準 100%", "Target 100%")


def test_only_the_members_that_are_named_are_drawn(offices: Dataset) -> None:
    spec = one_chart(offices, form="line", metrics=["collected"], by="branch", members=["west", "north"]).spec
    assert [series.id for series in spec.series] == ["north", "west"]


def test_a_chart_that_asks_for_a_table_gets_one_in_the_annex(cases: Dataset) -> None:
    chart, table = made(
        cases,
        {
            "block": "chart",
            "caption": TITLE,
            "form": "line",
            "metrics": ["new_cases", "pending_cases"],
            "table": True,
        },
        {"block": "data_annex"},
    )
    assert isinstance(chart, Chart) and isinstance(table, Table)
    assert chart.data_table == table.anchor == "table-1"
    assert notes(chart.notes)[-1] == ("", "The figures are in Table 1.")
    assert table.caption == Text("題（圖1）", "Title (Figure 1)")
    assert heads(table) == ["New cases", "Pending cases"]
    assert printed(table) == [["2009", "10", "6"], ["2010", "20", "20"], ["2011", "30", "40"]]
    assert ("", "Derived: Running balance of new minus closed cases.") in notes(table.notes)


def test_an_annex_of_no_table_leaves_no_title_and_no_number_behind(cases: Dataset) -> None:
    document = build(cases, {"block": "data_annex"}, {"block": "symbols"})
    assert [block.number for block in document.blocks if isinstance(block, Section)] == ["1"]
    annex = build(cases, {"block": "data_annex"})
    assert [block for block in annex.blocks if isinstance(block, Section)] == []


def test_a_chart_and_its_table_print_the_same_figures(offices: Dataset) -> None:
    chart, table = made(
        offices,
        {
            "block": "chart",
            "caption": TITLE,
            "form": "line",
            "metrics": ["collected"],
            "by": "branch",
            "table": True,
        },
        {"block": "data_annex"},
    )
    assert isinstance(chart, Chart) and isinstance(table, Table)
    in_table = {cell.figure for row in table.rows for cell in row.cells if cell.figure}
    assert in_table == {point.figure for point in chart.spec.points}


def test_a_chart_with_a_table_of_the_text_points_to_it(cases: Dataset) -> None:
    chart, table = made(
        cases,
        {"block": "chart", "caption": TITLE, "form": "line", "metrics": ["new_cases"], "data": "t-cases"},
        {"block": "table", "id": "t-cases", "caption": TITLE, "rows": "years", "columns": ["new_cases"]},
    )
    assert isinstance(chart, Chart) and isinstance(table, Table)
    assert chart.data_table == table.anchor == "t-cases"


def test_a_chart_has_no_table_unless_it_asks_for_one(cases: Dataset) -> None:
    """Its figures stand in its alternative text, and each has its record."""
    document = build(cases, {"block": "chart", "caption": TITLE, "form": "line", "metrics": ["new_cases"]})
    (chart,) = (block for block in document.blocks if isinstance(block, Chart))
    assert chart.data_table == ""
    assert all("The figures are in" not in words for _, words in notes(chart.notes))
    assert {point.figure.value for point in chart.spec.points} == {one.value for one in document.printed}
    said_of = alternative(chart.spec, "en")
    assert all(figure.plain in said_of for figure in document.printed)


def test_more_series_than_can_be_told_apart_are_refused_where_they_are_declared() -> None:
    members = [Member(id=f"m{n}", zh=f"第{n}分署", en=f"Branch {n}") for n in range(7)]
    rows = [row for year in (99, 100) for row in branches("collected", year, {m.id: 1 for m in members})]
    data = dataset(rows, members=members)
    chart = {"block": "chart", "caption": TITLE, "metrics": ["collected"], "by": "branch"}
    (fault,) = faults(data, {**chart, "form": "grouped_bar"})
    assert fault.startswith("section 1, block 1: members: 7 series; more than 6 cannot be told apart")
    assert faults(data, {**chart, "form": "line"})
    assert made(data, {**chart, "form": "line", "highlight": "m3"}, since=99)
    assert made(data, {**chart, "form": "line", "members": [m.id for m in members[:6]]}, since=99)


# ---- key figures and texts ------------------------------------------------------------------


def test_a_card_has_figure_unit_change_and_a_small_line(cases: Dataset) -> None:
    (cards,) = made(cases, {"block": "key_figures", "metrics": ["closed_cases", "closing_rate"]})
    assert isinstance(cards, KeyFigures)
    closed, rate = cards.cards
    assert (closed.label.en, closed.figure.plain, closed.unit.en) == ("Closed cases", "10", "cases")
    assert closed.change is not None and said(closed.change.en, "en") == "+66.7% on the year before"
    assert closed.spark is not None and [p.figure.plain for p in closed.spark.points] == ["4", "6", "10"]
    assert rate.change is not None
    assert said(rate.change.zh, "zh") == "較上年 −3.1個百分點"


def test_two_years_are_too_few_for_a_small_line(offices: Dataset) -> None:
    (cards,) = made(offices, {"block": "key_figures", "metrics": ["collected"]})
    assert isinstance(cards, KeyFigures)
    assert cards.cards[0].spark is None


def told(data: Dataset, zh: str, en: str, **fields: Any) -> Line:
    (block,) = made(data, {"block": "narrative", "text": {"zh": zh, "en": en}, **fields})
    assert isinstance(block, Paragraphs)
    return block.lines[0]


def test_slots_of_a_text_are_filled_with_figures_and_years(cases: Dataset) -> None:
    line = told(
        cases,
        "{since}至{period}：{previous}為{closed_cases(previous)}，今為{closed_cases}。",
        "{since} to {period}: {closed_cases(previous)} in {previous}, now {closed_cases}.",
    )
    assert said(line.zh, "zh") == "98年至100年：99年為6件，今為10件。"
    assert said(line.en, "en") == "2009 to 2011: 6 cases in 2010, now 10 cases."
    assert sum(isinstance(run, Printed) for run in line.en) == 2


def test_a_sentence_whose_condition_holds_is_printed(cases: Dataset) -> None:
    line = told(cases, "上升。", "It rose.", claim="closed_cases > closed_cases(previous)")
    assert said(line.en, "en") == "It rose."


def test_a_sentence_that_the_data_make_false_stops_the_build(cases: Dataset) -> None:
    block = {
        "block": "narrative",
        "text": {"zh": "下降。", "en": "It fell."},
        "claim": "closed_cases < closed_cases(previous)",
    }
    assert faults(cases, block) == [
        "section 1, block 1: claim: the sentence “It fell.” claims 'closed_cases < closed_cases(previous)', but "
        "the data say closed_cases(100) = 10 cases; closed_cases(99) = 6 cases; change the sentence or the claim"
    ]


def test_sentences_of_a_story_are_one_paragraph(cases: Dataset) -> None:
    (block,) = made(cases, {"block": "narrative", "story": "extremes", "metric": "closed_cases"})
    assert isinstance(block, Paragraphs) and len(block.lines) == 1
    (block,) = made(
        of_year("new_cases", {"north": 2, "west": 1}, {"north": 1, "west": 2}),
        {"block": "narrative", "story": "composition", "metric": "new_cases", "by": "branch"},
    )
    assert isinstance(block, Paragraphs)
    (line,) = block.lines
    assert ". Compared with" in said(line.en, "en") and "。與上年比較" in said(line.zh, "zh")


def test_a_note_and_a_page_break(cases: Dataset) -> None:
    note, leaf = made(
        cases,
        {"block": "note", "title": TITLE, "text": {"zh": "{closed_cases}", "en": "{closed_cases}"}},
        {"block": "page_break"},
    )
    assert isinstance(note, NoteBox) and said(note.lines[0].en, "en") == "10 cases"
    assert isinstance(leaf, PageBreak)


# ---- numbers and references -----------------------------------------------------------------

A_TABLE = {"block": "table", "caption": TITLE, "rows": "years", "columns": ["closed_cases"]}
A_CHART = {"block": "chart", "caption": TITLE, "form": "line", "metrics": ["closed_cases"], "data": "t-2"}


def test_tables_and_figures_are_numbered_through_all_sections(cases: Dataset) -> None:
    document = sections(
        cases,
        [
            {"title": TITLE, "block": [A_TABLE, A_CHART]},
            {"title": TITLE, "block": [A_CHART, {**A_TABLE, "id": "t-2"}], "flow": True},
        ],
    )
    named = [(b.name.zh, b.name.en, b.anchor) for b in document.blocks if isinstance(b, Table | Chart)]
    assert named == [
        ("表1", "Table 1", "table-1"),
        ("圖1", "Figure 1", "chart-1"),
        ("圖2", "Figure 2", "chart-2"),
        ("表2", "Table 2", "t-2"),
    ]
    assert [(b.number, b.anchor, b.flow) for b in document.blocks if isinstance(b, Section)] == [
        ("1", "s-1", False),
        ("2", "s-2", True),
    ]


def test_a_text_may_point_to_a_table_that_comes_later(cases: Dataset) -> None:
    text = {"zh": "見{ref:t-2}。", "en": "See {ref:t-2}."}
    paragraphs, *_ = made(cases, {"block": "narrative", "text": text}, A_TABLE, {**A_TABLE, "id": "t-2"})
    assert isinstance(paragraphs, Paragraphs)
    assert paragraphs.lines[0].zh == ("見", Ref("t-2", Text("表2", "Table 2")), "。")


# ---- annexes --------------------------------------------------------------------------------


def definitions(data: Dataset, *blocks: Mapping[str, Any]) -> dict[str, Definition]:
    annex = made(data, *blocks, {"block": "method_annex"})[-1]
    assert isinstance(annex, MethodAnnex)
    return {definition.anchor: definition for definition in annex.definitions}


def test_the_method_annex_lists_each_metric_and_those_inside_its_formula(cases: Dataset) -> None:
    found = definitions(cases, {**A_TABLE, "columns": ["change.closing_rate"]})
    assert list(found) == ["m-closed_cases", "m-pending_cases", "m-closing_rate", "m-change"]
    rate = found["m-closing_rate"]
    assert rate.formula.en == "Closed cases ÷ (closed cases + pending cases)"
    assert rate.formula.zh == "終結案件 ÷ (終結案件 + 未結案件)"
    assert (rate.unit.en, rate.better.en) == ("%, 1 decimal places", "higher is better")
    assert PENDING.note in found["m-pending_cases"].remarks


def test_a_column_of_a_table_is_named_as_such(cases: Dataset) -> None:
    found = definitions(cases, A_TABLE)
    assert found["m-closed_cases"].formula.en == "column “Closed cases” of the table “Table t1”"


def test_metrics_of_charts_and_rankings_are_explained_too(offices: Dataset) -> None:
    chart = {
        "block": "chart",
        "caption": TITLE,
        "form": "line",
        "metrics": ["share.collected"],
        "by": "branch",
    }
    ranking = {
        "block": "ranking",
        "caption": TITLE,
        "metric": "collected",
        "by": "branch",
        "columns": ["mean.collected"],
    }
    explained = definitions(offices, chart, {"block": "data_annex"}, ranking)
    assert {"m-collected", "m-share", "m-mean"} <= set(explained)


def test_a_metric_that_is_not_used_is_not_explained(cases: Dataset) -> None:
    assert "m-roi" not in definitions(cases, A_TABLE)


def test_the_first_valid_year_is_a_remark() -> None:
    data = dataset([{"roc_year": 100, "collected": 1, "target": 2}])
    found = definitions(data, {**A_TABLE, "columns": ["achievement_rate"]})
    assert [remark.en for remark in found["m-achievement_rate"].remarks][-1] == "Valid from 2001 on."


def test_symbols_are_explained_in_both_languages(cases: Dataset) -> None:
    (listing,) = made(cases, {"block": "symbols"})
    assert isinstance(listing, Listing) and listing.role == "symbols"
    assert [term.en for term, _ in listing.rows] == [
        "(blank)",
        "0",
        "-",
        "…",
        "≈0",
        "−",
        "┆ (dashed rule in charts)",
    ]


def test_the_source_annex_lists_tables_and_derivations(cases: Dataset) -> None:
    listing = made(cases, A_TABLE, {"block": "source_annex"})[-1]
    assert isinstance(listing, Listing) and listing.role == "sources"
    assert [term.en for term, _ in listing.rows] == ["Table t1", "Derived: Pending cases"]


def test_a_table_cites_what_the_columns_it_was_made_from_say_of_themselves(cases: Dataset) -> None:
    """Of the column, else its table, else the dataset, else the dataset's name: never the name of a table."""

    def cited(dataset: Dataset) -> Text | None:
        (table, *_) = [block for block in made(dataset, A_TABLE) if isinstance(block, Table)]
        return table.source

    year, column, whole = (Text(f"年報第{n}頁", f"Yearbook, p. {n}") for n in (12, 34, 56))
    (name,) = {source.column for value in _values(made(cases, A_TABLE)) for source in value.sources}
    table = next(one for one in cases.tables.values() if name in one.columns)
    other = dataclasses.replace(cases, published=whole)
    of_table = dataclasses.replace(table, published=year)
    columns = {**table.columns, name: dataclasses.replace(table.columns[name], published=column)}
    of_column = dataclasses.replace(of_table, columns=columns)
    assert cited(cases) == cases.label
    assert cited(other) == whole
    assert cited(dataclasses.replace(other, tables={**cases.tables, table.name: of_table})) == year
    assert cited(dataclasses.replace(other, tables={**cases.tables, table.name: of_column})) == column


def _values(blocks: Iterable[Block]) -> list[Value]:
    tables = [block for block in blocks if isinstance(block, Table)]
    return [cell.figure.value for table in tables for row in table.rows for cell in row.cells if cell.figure]


# ---- faults of publication.toml -------------------------------------------------------------

STORY = {"block": "narrative", "story": "trend", "metric": "closed_cases"}
RANKING = {"block": "ranking", "caption": TITLE, "metric": "closed_cases", "by": "branch"}


@pytest.mark.parametrize(
    ("block", "field", "why"),
    [
        ({}, "block", 'is missing; write block = "key_figures" | '),
        ({"block": "tabel"}, "block", "did you mean 'table'?"),
        ({**A_TABLE, "columns": ["closed_case"]}, "columns", "there is no metric 'closed_case'; known: "),
        ({**A_TABLE, "columns": ["chang.closed_cases"]}, "columns", "there is no metric 'chang'; known: "),
        ({**A_TABLE, "rows": "year"}, "rows", "did you mean 'years'?"),
        ({**A_TABLE, "rows": "branches"}, "rows", "did you mean 'branch'?"),
        ({**A_TABLE, "from": 100, "to": 99}, "from", "100 is after to = 99"),
        ({**A_TABLE, "from": "99"}, "from", '"99" is not an ROC year'),
        ({**A_TABLE, "unit": "dollars"}, "unit", '"dollars" is unknown; known: '),
        ({**A_TABLE, "colums": []}, "colums", "did you mean 'columns'?"),
        ({**A_TABLE, "caption": {"zh": "表"}}, "caption", "the text lacks its en half"),
        ({**A_TABLE, "shade": ["new_cases"]}, "shade", '"new_cases" is unknown; known: closed_cases'),
        ({**A_CHART, "form": "lines"}, "form", "did you mean 'line'?"),
        (
            {**A_CHART, "metrics": ["closed_cases", "closing_rate"]},
            "metrics",
            "all metrics of a chart must have the same unit",
        ),
        ({**A_CHART, "metrics": ["roi"]}, "metrics", "there is no figure to draw"),
        ({**A_CHART, "data": "t-9"}, "data", "there is no table with id 't-9'"),
        ({**A_CHART, "highlight": "east"}, "highlight", "there is no member 'east'"),
        ({**A_TABLE, "columns": []}, "columns", "is missing; write the metrics of the columns"),
        ({**A_TABLE, "by": "branch"}, "metric", "is missing; a table `by` years or members shows one metric"),
        ({**A_TABLE, "by": "years"}, "by", "'years' are the rows already"),
        ({**A_CHART, "metrics": []}, "metrics", "has 0 entries"),
        ({**A_CHART, "target": -1}, "target", "-1 is out of range; write a number of 0 or more"),
        ({**A_CHART, "height": 4}, "height", "4 is out of range; write a number from 5 to 2000"),
        ({**A_CHART, "form": "slope", "from": 100}, "from", "a slope chart has two years"),
        ({**A_CHART, "highlight": "north"}, "highlight", "'north' is not drawn in this chart"),
        ({**A_CHART, "form": "heat_map"}, "by", "is missing; a heat_map needs a dimension"),
        ({**STORY, "text": TITLE}, "text", "a story is computed and has no text"),
        ({"block": "narrative"}, "text", "is missing; write text = "),
        ({"block": "narrative", "story": "trend"}, "metric", "is missing; this story needs it"),
        ({**STORY, "story": "ranking"}, "by", "is missing; this story needs it"),
        ({**STORY, "story": "trends"}, "story", "did you mean 'trend'?"),
        ({**STORY, "metric": "closed"}, "metric", "there is no metric 'closed'; known: "),
        ({**STORY, "member": "east"}, "member", "there is no member 'east'"),
        ({**STORY, "story": "ranking", "by": "office"}, "by", '"office" is unknown; known: branch'),
        ({**RANKING, "by": "office"}, "by", '"office" is unknown; known: branch'),
        ({**RANKING, "columns": ["x"]}, "columns", "there is no metric 'x'; known: "),
        ({"block": "key_figures", "metrics": ["x"]}, "metrics", "there is no metric 'x'; known: "),
        ({"block": "note"}, "text", 'is missing; write text = { zh = "…", en = "…" }'),
        (
            {"block": "note", "text": {"zh": "{x}", "en": "{x}"}},
            "text",
            "{x}: there is no metric 'x'; known: ",
        ),
        ({"block": "note", "text": {"zh": "{7*7}", "en": "{7*7}"}}, "text", "{7*7}: '7*7' is no figure"),
        (
            {"block": "note", "text": {"zh": "{ref:t-9}", "en": "{ref:t-9}"}},
            "text",
            "there is no table or chart with id 't-9'; known: t-2",
        ),
        (
            {"block": "narrative", "text": TITLE, "claim": "closed_cases"},
            "claim",
            "'closed_cases' is not a condition",
        ),
        ({"block": "narrative", "text": TITLE, "claim": "open('x')"}, "claim", "there is no metric 'open'"),
    ],
)
def test_each_fault_of_a_block_has_its_place(
    cases: Dataset, block: Mapping[str, Any], field: str, why: str
) -> None:
    said_all = faults(cases, block, {**A_TABLE, "id": "t-2"})
    matching = [said for said in said_all if said.startswith(f"section 1, block 1: {field}: ")]
    assert any(why in said for said in matching), said_all


def test_all_faults_of_all_blocks_are_told_at_once(cases: Dataset) -> None:
    said_all = faults(
        cases,
        {"block": "key_figures", "metrics": ["w"]},
        {**A_TABLE, "columns": ["x"]},
        {**STORY, "metric": "y"},
        {"block": "narrative", "text": {"zh": "{z}", "en": "{z}"}, "claim": "closed_cases < 0"},
    )
    assert [said.split(": ")[0] + ": " + said.split(": ")[1] for said in said_all] == [
        "section 1, block 1: metrics",
        "section 1, block 2: columns",
        "section 1, block 3: metric",
        "section 1, block 4: claim",
        "section 1, block 4: text",
    ]


def test_a_fault_in_both_languages_is_told_once(cases: Dataset) -> None:
    assert len(faults(cases, {"block": "note", "text": {"zh": "{x}", "en": "{x}"}})) == 1


def test_an_id_is_used_once(cases: Dataset) -> None:
    twice = {**A_TABLE, "id": "t-2"}
    assert faults(cases, twice, twice) == ["section 1, block 2: id: 't-2' is used twice; give each its own"]


def test_a_formula_that_is_not_understood_names_the_block(cases: Dataset) -> None:
    odd = registry().metrics["new_cases"].model_copy(update={"id": "odd", "formula": "median(new_cases)"})
    with pytest.raises(InputError) as refused:
        build(
            cases,
            {**A_TABLE, "columns": ["odd"]},
            of=dataclasses.replace(registry(), metrics={**registry().metrics, "odd": odd}),
        )
    (problem,) = refused.value.problems
    assert problem.say().startswith(f"{FILE}: section 1, block 1: metric.odd: formula 'median(new_cases)': ")


def test_a_section_needs_its_title_and_knows_its_fields(cases: Dataset) -> None:
    with pytest.raises(InputError) as refused:
        sections(cases, [{"block": [A_TABLE], "titel": TITLE}])
    assert [problem.say().removeprefix(f"{FILE}: ") for problem in refused.value.problems] == [
        "section 1: titel: is an unknown key; known here: title, flow, order, orientation, block; did you mean 'title'?",
        'section 1: title: is missing; write title = { zh = "…", en = "…" }',
    ]


def test_nothing_of_a_label_is_a_slot() -> None:
    odd = NORTH.model_copy(update={"zh": "{{ 7*7 }}<b>", "en": "{{ 7*7 }}<b>"})
    data = dataset(branches("collected", 100, {"north": 1, "west": 2}), members=[odd, WEST])
    table = one_table(data, rows="branch", columns=["collected"])
    assert table.rows[0].head.en == "{{ 7*7 }}<b>"


def test_a_line_of_comparison_is_a_figure_of_the_ledger() -> None:
    rows = [{"roc_year": year, "collected": 9, "target": 10} for year in (98, 99, 100)]
    document = build(
        dataset(rows),
        {**A_CHART, "metrics": ["achievement_rate"], "target": 100, "data": "t"},
        {**A_TABLE, "id": "t", "columns": ["achievement_rate"]},
    )
    (line,) = [figure for figure in document.printed if figure.value.metric == "line.achievement_rate"]
    assert (line.value.exact, line.text.en) == (Fraction(1), "100%")


# ---- rounding that a reader can see, and members without a figure -----------------------------

ROUNDED = "Totals, changes and ranks are computed from unrounded figures"


def is_noted(table: Table) -> bool:
    return any(words.startswith(ROUNDED) for _, words in notes(table.notes))


def test_parts_that_do_not_add_up_to_their_printed_total_get_a_note() -> None:
    fields = {"rows": "branch", "columns": ["cost"], "total": True}
    uneven = of_year(
        "cost", {"north": 14, "far-east": 14, "south": 14}
    )  # NT$14,000 are printed as 0.01 million
    assert is_noted(one_table(uneven, **fields))
    assert not is_noted(one_table(of_year("cost", {"north": 10, "far-east": 20, "south": 30}), **fields))


def test_a_difference_that_is_not_that_of_the_printed_figures_gets_a_note() -> None:
    columns = {"rows": "years", "columns": ["cost", "difference.cost"]}
    assert is_noted(one_table(dataset(series("cost", {98: 14, 99: 28, 100: 28})), **columns))
    assert not is_noted(one_table(dataset(series("cost", {98: 10, 99: 30, 100: 30})), **columns))


def test_ranks_of_figures_that_are_printed_alike_get_a_note() -> None:
    def ranking(**numbers: int) -> Table:
        data = of_year("cost", numbers)
        (table,) = made(
            data,
            {"block": "ranking", "caption": TITLE, "metric": "cost", "by": "branch", "columns": ["cost"]},
        )
        assert isinstance(table, Table)
        return table

    assert is_noted(ranking(north=31, west=32, south=90))
    assert not is_noted(ranking(north=31, west=31, south=90))


def test_a_member_without_a_figure_stands_in_its_ranked_chart() -> None:
    data = of_year("collected", {"north": 3, "far-east": gap("not_available"), "west": 5, "south": 4})
    chart, table = made(
        data,
        {
            "block": "chart",
            "caption": TITLE,
            "form": "ranked_bar",
            "metrics": ["collected"],
            "by": "branch",
            "table": True,
        },
        {"block": "data_annex"},
    )
    assert isinstance(chart, Chart) and isinstance(table, Table)
    assert [row[0] for row in printed(table)] == [
        "West Branch",
        "South Branch",
        "North Branch",
        "Far East Branch",
    ]
    assert printed(table)[-1][1].startswith("…")
    assert alternative(chart.spec, "en").endswith("No figure: Far East Branch.")


def test_a_sum_over_a_missing_year_says_which_year_is_missing() -> None:
    data = dataset(series("new_cases", {98: 1, 99: gap("not_available"), 100: 2}))
    (fault,) = faults(data, {"block": "narrative", "story": "cumulative", "metric": "new_cases"})
    assert fault.endswith("it needs values of every year, and there is none of 2010")
