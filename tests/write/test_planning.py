"""Where the planner of pages begins them: against every way to break that there is, and with what it may not do."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reportgen.model import (
    Block,
    Chart,
    ChartSpec,
    Document,
    NoteBox,
    PageBreak,
    Paragraphs,
    Section,
    Table,
    Text,
)
from reportgen.read.theme import load_theme
from reportgen.write import pdf, planning
from reportgen.write.planning import APART, EACH_PAGE, TURNED_OVER, Piece, _Run

THEME = load_theme(Path(__file__).parents[2] / "styles/tokens.toml")
WORD = Text("字", "word")


def block(kind: str, number: int) -> Block:
    if kind == "chart":
        spec = ChartSpec(form="line", series=(), xs=(), points=(), measure=WORD, unit=WORD, height_mm=60)
        return Chart(anchor=f"c{number}", caption=WORD, spec=spec, data_table=f"t{number + 1}")
    if kind == "table":
        return Table(anchor=f"t{number}", caption=WORD, stub=WORD)
    if kind == "head":
        return Section(number="1", title=WORD, anchor=f"s{number}", flow=number > 0, free=number % 2 == 0)
    return NoteBox(WORD, ()) if kind == "note" else Paragraphs(())


def piece(kind: str, number: int, height: float) -> Piece:
    own = 20 if kind == "chart" else 0
    least, most = (height - own, height + own) if own else (height, height)
    return Piece(
        block=block(kind, number),
        height=height,
        least=least,
        most=most,
        air=5,
        flows=False,
        metrics=frozenset(),
    )


@st.composite
def runs(draw: st.DrawFn) -> _Run:
    kinds = draw(
        st.lists(st.sampled_from(["chart", "table", "note", "text", "head"]), min_size=1, max_size=6)
    )
    kinds = [kind for kind, after in itertools.pairwise([*kinds, "end"]) if (kind, after) != ("head", "end")]
    heights = draw(st.lists(st.integers(15, 220), min_size=len(kinds), max_size=len(kinds)))
    rest = [
        piece(kind, number, 18 if kind == "head" else max(height, 60 if kind == "chart" else 45))
        for number, (kind, height) in enumerate(zip(kinds, heights, strict=True), 1)
    ]
    return _Run([piece("head", 0, 18), *rest], THEME, draw(st.integers(1, 2)), draw(st.booleans()))


def slowly(run: _Run) -> float:
    """The least cost of all ways to break before some of the pieces, each page and each pair looked at by itself."""
    count, costs = len(run.pieces), [float("inf")]
    for breaks in itertools.chain.from_iterable(
        itertools.combinations(range(1, count), wanted) for wanted in range(count)
    ):
        cost = 0.0
        for page, (first, end) in enumerate(itertools.pairwise([0, *breaks, count])):
            inside = run.pieces[first:end]
            air = inside[-1].air
            if sum(one.least for one in inside) - air > run.room:
                break
            below = 0.0
            for one in reversed(inside):
                if one.heads and end < count and below < planning.BEGINNING:
                    break
                if one.heads:
                    below = float("inf")
                below += one.height
            else:
                wish, most = sum(one.height for one in inside) - air, sum(one.most for one in inside) - air
                pairs = sum(a < end <= b for a, b in run._pairs()) if end < count else 0
                apart = APART if (run.page + page) % 2 == 0 else TURNED_OVER
                cost += run._cost(wish, most, end) + EACH_PAGE + pairs * apart
                continue
            break
        else:
            costs.append(cost)
    return min(costs)


@given(runs())
def test_no_other_way_to_break_costs_less(run: _Run) -> None:
    assert abs(run.course[0] - slowly(run)) < 1e-6 or run.course[0] == slowly(run)


@given(runs())
def test_every_block_is_printed_once_and_numbers_keep_their_order(run: _Run) -> None:
    found = run.planned()
    if found is None:
        return
    printed = [one for one in found.printed([]) if not isinstance(one, PageBreak)]
    before = [one.block for one in run.pieces]
    assert len(printed) == len(before)
    for kind in (Chart, Table, Section):
        assert [getattr(one, "anchor", "") for one in printed if isinstance(one, kind)] == [
            getattr(one, "anchor", "") for one in before if isinstance(one, kind)
        ]
    fixed = not any(isinstance(one, Section) and one.free for one in before)
    assert not fixed or [id(one) for one in printed if not isinstance(one, Chart)] == [
        id(one) for one in before if not isinstance(one, Chart)
    ]


@given(runs())
def test_pages_are_not_overfull_and_charts_stay_within_their_bounds(run: _Run) -> None:
    if (found := run.planned()) is None:
        return
    heights = {id(one.block): one for one in found.pieces}
    anchors = {one.block.anchor: one for one in found.pieces if isinstance(one.block, Chart)}
    page = 0.0
    for one in [*found.printed([]), PageBreak()]:
        if isinstance(one, PageBreak):
            assert page <= found.room + 5 + 0.01
            page = 0.0
        elif isinstance(one, Chart):
            own = anchors[one.anchor]
            assert own.least <= own.height + one.spec.height_mm - 60 <= own.most
            page += own.height + one.spec.height_mm - 60
        else:
            page += heights[id(one)].height


def test_a_long_table_goes_on_over_the_page_and_is_no_reason_for_an_empty_one() -> None:
    table = replace(piece("table", 2, 340), flows=True)
    run = _Run([piece("head", 0, 18), piece("note", 1, 50), table, piece("note", 3, 45)], THEME, 1, False)
    assert [type(one).__name__ for one in run.printed([])] == ["Section", "NoteBox", "Table", "NoteBox"]
    assert [sheet.left > 0 for sheet in run.sheets] == [True, False]


def test_where_a_block_stands_is_measured_on_the_page() -> None:
    css = "@page { size: 210mm 297mm; margin: 20mm } html { font: 10pt/5mm 'Noto Sans TC' } body, p { margin: 0 }"
    html = (
        '<!DOCTYPE html><html lang="zh-Hant-TW"><head><title>t</title></head><body><main>'
        '<div data-block="4" style="height: 100mm; margin-bottom: 10mm"></div>'
        '<p data-block="5" style="margin-top: 5mm">甲</p><p style="margin-bottom: 4mm">乙</p>'
        '<div data-block="6" style="height: 150mm; break-inside: avoid"></div></main></body></html>'
    )
    found = pdf.lay_out(html, css, "stands").stands
    pdf.drop("stands")
    assert {place: (page, round(high, 1), round(air, 1)) for place, (page, high, air) in found.items()} == {
        4: (0, 110.0, 10.0),
        5: (0, 14.0, 4.0),
        6: (1, 150.0, 0.0),
    }


def test_what_is_to_be_read_on_one_page_is_left_as_it_is() -> None:
    section = Section(number="1", title=WORD, anchor="s", one_page=True)
    document = Document.__new__(Document)
    object.__setattr__(document, "blocks", (section,))
    object.__setattr__(document, "sheet", None)
    assert planning.plan(document, [], THEME) is None
