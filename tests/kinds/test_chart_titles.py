"""The title of a chart is what its figures show, in both languages, whatever the figures are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from small import FAR_EAST, NORTH, PENDING, ROOT, SOUTH, WEST, branches, dataset, gap, series
from test_bulletin_blocks import BREAK, faults, made, one_chart

from reportgen.model import Exact, KeyFigures, Line, Printed, Text
from reportgen.read.tables import Dataset
from reportgen.read.theme import load_theme
from reportgen.read.words import said
from reportgen.write import charts

NONE = gap("not_available")
Numbers = Mapping[int, Exact | int]


def halves(title: Line | None) -> tuple[str, str]:
    assert title
    return said(title.zh, "zh"), said(title.en, "en")


def of_years(numbers: Numbers, breaks: Any = (), **fields: Any) -> tuple[str, str]:
    declared = {"form": "line", "metrics": ["new_cases"], "from": min(numbers), "to": max(numbers), **fields}
    data = dataset(series("new_cases", numbers), breaks=breaks)
    return halves(one_chart(data, **declared).title)


def of_branches(numbers: Mapping[str, Exact | int], **fields: Any) -> tuple[str, str]:
    members = [member for member in (NORTH, FAR_EAST, SOUTH, WEST) if member.id in numbers]
    data = dataset(branches("new_cases", 100, numbers), members=members)
    declared = {
        "form": "ranked_bar",
        "metrics": ["new_cases"],
        "by": "branch",
        "members": [*numbers],
        **fields,
    }
    return halves(one_chart(data, **declared).title)


@pytest.mark.parametrize(
    ("numbers", "zh", "en"),
    [
        (
            {97: 10, 98: 20, 99: 30, 100: 40},
            "100年新收案件40件，為97年以來最高",
            "In 2011, new cases came to 40, the highest since 2008",
        ),
        (
            {96: 50, 97: 10, 98: NONE, 99: 30, 100: 40, 95: 20},
            "100年新收案件40件，較99年之30件增加",
            "In 2011, new cases rose to 40, from the 2010 figure of 30",
        ),
        (
            {95: 30, 96: 40, 97: NONE, 98: 30, 99: 10, 100: 40},
            "100年新收案件40件，與96年同為95年以來最高（97年無數值）",
            "In 2011, new cases came to 40, together with 2007 the highest since 2006 (no figures for 2008)",
        ),
        ({99: 0, 100: 0}, "99年至100年新收案件均為0件", "From 2010 to 2011, new cases stayed at 0"),
        ({100: 7}, "100年新收案件為7件", "In 2011, new cases came to 7"),
        ({99: 7, 100: NONE}, "100年新收案件無數值", "In 2011, there is no figure for new cases"),
    ],
)
def test_the_title_of_a_course_is_true(numbers: Numbers, zh: str, en: str) -> None:
    assert of_years(numbers) == (zh, en)


def test_a_record_is_not_looked_for_beyond_a_break() -> None:
    """99 counts something else than 98: of two comparable years a rise is told, no record."""
    zh, en = of_years({96: 10, 97: 10, 98: 10, 99: 20, 100: 30}, [BREAK])
    assert (zh, en) == (
        "100年新收案件30件，較99年之20件增加",
        "In 2011, new cases rose to 30, from the 2010 figure of 20",
    )


@pytest.mark.parametrize(
    ("numbers", "fields", "zh", "en"),
    [
        (
            {"north": 3, "far-east": 9, "west": 1},
            {},
            "100年新收案件以遠東分署最多，9件",
            "In 2011, the largest figure for new cases was that of Far East Branch, 9",
        ),
        (
            {"north": 9, "far-east": 9, "west": NONE},
            {},
            "100年新收案件各項均為9件（西區分署無數值）",
            "In 2011, new cases came to 9 each (no figure for West Branch)",
        ),
        (
            {"north": 9, "far-east": 9, "west": 0},
            {},
            "100年新收案件以北區分署、遠東分署最多，各9件",
            "In 2011, the largest figure for new cases was that of North Branch and Far East Branch, 9 each",
        ),
        (
            {"north": 3, "far-east": 9, "west": 1},
            {"highlight": "north"},
            "100年北區分署新收案件3件，為3個分署中第2高",
            "By branch, North Branch had the second-highest figure of 3 for new cases in 2011: 3",
        ),
        (
            {"north": 3, "far-east": 9, "west": 1},
            {"target": 3},
            "100年新收案件，3個分署中2個達3件以上",
            "By branch, new cases reached 3 cases or more in 2 of 3 in 2011",
        ),
        (
            {"north": 3, "far-east": 9, "west": NONE},
            {"target": 10},
            "100年新收案件，2個分署均未達10件（西區分署無數值）",
            "By branch, new cases reached 10 cases in none of 2 in 2011 (no figure for West Branch)",
        ),
    ],
)
def test_the_title_of_a_ranking_is_true(
    numbers: Mapping[str, Exact | int], fields: Mapping[str, Any], zh: str, en: str
) -> None:
    assert of_branches(numbers, **fields) == (zh, en)


def test_who_leads_is_said_of_those_shown_where_others_are_left_out() -> None:
    numbers = {"north": 3, "far-east": 9, "south": 2, "west": 1}
    assert of_branches(numbers, members=["north", "west"]) == (
        "100年新收案件，所列各項中以北區分署最多，3件",
        "In 2011, the largest figure for new cases among those shown was that of North Branch, 3",
    )
    zh, en = of_branches(numbers, members=["north", "west"], target=2)
    assert "所列2個分署中1個" in zh and "in 1 of 2 shown in 2011" in en


def both(first: Mapping[str, int], last: Mapping[str, int]) -> Dataset:
    members = [member for member in (NORTH, WEST) if member.id in first]
    return dataset([*branches("new_cases", 99, first), *branches("new_cases", 100, last)], members=members)


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (
            {"north": 5, "west": 5},
            {"north": 9, "west": 4},
            "新收案件增加最多者為北區分署，由99年之5件增至100年之9件",
            "From 2010 to 2011, the largest rise in new cases was for North Branch, from 5 to 9",
        ),
        (
            {"north": 5, "west": 5},
            {"north": 3, "west": 3},
            "99年至100年，新收案件減少最多者為北區分署、西區分署",
            "From 2010 to 2011, the largest falls in new cases were for North Branch and West Branch",
        ),
        (
            {"north": 5, "west": 5},
            {"north": 5, "west": 5},
            "99年至100年，新收案件各項均無增減",
            "From 2010 to 2011, nothing changed in new cases",
        ),
    ],
)
def test_the_title_of_two_years_is_true(
    first: Mapping[str, int], last: Mapping[str, int], zh: str, en: str
) -> None:
    chart = one_chart(
        both(first, last), form="slope", metrics=["new_cases"], by="branch", **{"from": 99, "to": 100}
    )
    assert halves(chart.title) == (zh, en)


def test_a_title_has_the_figures_of_its_chart() -> None:
    data = dataset(series("new_cases", {99: 20, 100: 30}))
    chart = one_chart(data, form="line", metrics=["new_cases"], **{"from": 99})
    assert chart.title
    drawn = {point.figure.value.exact for point in chart.spec.points}
    for runs in (chart.title.zh, chart.title.en):
        figures = [run for run in runs if isinstance(run, Printed)]
        assert {figure.value.exact for figure in figures} == drawn


def test_a_declared_title_stands_in_its_place_and_its_figures_are_looked_up() -> None:
    data = dataset(series("new_cases", {99: 20, 100: 30}))
    title = {"zh": "新收{new_cases}", "en": "{new_cases} new"}
    chart = one_chart(data, form="line", metrics=["new_cases"], **{"from": 99}, title=title)
    assert halves(chart.title) == ("新收30件", "30 cases new")
    wrong = {"zh": "新收{cases}", "en": "{cases} new"}
    block = {"block": "chart", "caption": title, "form": "line", "metrics": ["new_cases"], "title": wrong}
    (told, *_) = [one for one in faults(data, block) if "title" in one]
    assert "cases" in told


# ---- the line of the whole ------------------------------------------------------------------

RATE = {
    "form": "ranked_bar",
    "metrics": ["closing_rate"],
    "by": "branch",
    "members": ["north", "west"],
    "whole": True,
}


@pytest.fixture(scope="module")
def rates() -> Dataset:
    """North closes 9 of 10 (90 %), West 10 of 40 (25 %), together 19 of 50 (38 %)."""
    rows = [
        {"roc_year": 100, "branch": id_, "new_cases": new, "closed_cases": closed}
        for id_, new, closed in (("north", 10, 9), ("west", 40, 10))
    ]
    members = [NORTH, WEST]
    pending = PENDING.model_copy(update={"from_year": 100})
    return dataset(rows, members=members, derivations=[pending])


def test_a_rate_may_be_held_against_that_of_the_whole(rates: Dataset) -> None:
    chart = one_chart(rates, **RATE)
    assert {point.figure.plain for point in chart.spec.target} == {"38.0"}
    assert chart.spec.target_label == Text("全體", "All together")
    assert halves(chart.title)[0] == "100年結案率，2個分署中1個達38.0%以上"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"metrics": ["new_cases"]}, "whole: 'new_cases' is no rate"),
        ({"target": 50}, "whole: stands beside target"),
        ({"form": "heat_map"}, "whole: draws the rate of all members together in a line or ranked_bar"),
    ],
)
def test_a_line_of_the_whole_that_says_nothing_is_refused(
    rates: Dataset, fields: Mapping[str, Any], told: str
) -> None:
    block = {"block": "chart", "caption": {"zh": "題", "en": "Title"}, **RATE, **fields}
    assert any(told in fault for fault in faults(rates, block))


def test_the_small_line_of_a_card_is_broken_where_its_series_is() -> None:
    data = dataset(series("new_cases", {98: 10, 99: 20, 100: 30}), breaks=[BREAK])
    (cards,) = made(data, {"block": "key_figures", "metrics": ["new_cases"]})
    assert isinstance(cards, KeyFigures) and cards.cards[0].spark
    assert [one.at for one in cards.cards[0].spark.breaks] == [99]


# ---- data that nobody prepared --------------------------------------------------------------

HOSTILE = tomllib.loads((ROOT / "tests/hostile/charts/rows.toml").read_text("utf-8"))
SINCE = re.compile(r"，(?:與(.+)同)?為(\d+)年以來最(高|低)")
STEP = re.compile(r"，較(\d+)年之([−\d,]+)件(增加|減少)")


@pytest.mark.parametrize("name", HOSTILE)
def test_the_title_of_any_row_is_true_and_its_chart_can_be_drawn(name: str) -> None:
    numbers = {90 + at: NONE if number == "" else number for at, number in enumerate(HOSTILE[name])}
    data = dataset(series("new_cases", numbers))
    theme = load_theme(ROOT / "styles/tokens.toml")
    for form in ("line", "grouped_bar"):
        chart = one_chart(data, form=form, metrics=["new_cases"], **{"from": 90, "to": max(numbers)})
        assert _is_true(
            halves(chart.title)[0], {year: n for year, n in numbers.items() if n is not NONE}, max(numbers)
        )
        for edition in ("zh", "en"):
            ElementTree.fromstring(charts.draw(chart.spec, edition, theme))
            assert charts.alternative(chart.spec, edition)


def _is_true(zh: str, numbers: Mapping[int, Any], last: int) -> bool:
    """The sentence as a reader takes it, held against all numbers."""
    said_last = f"{numbers[last]:,}".replace("-", "−") if last in numbers else "無數值"
    assert zh.startswith(f"{last}年新收案件") or "均為" in zh
    assert said_last in zh
    before = {year: number for year, number in numbers.items() if year < last}
    if found := SINCE.search(zh):
        since = {year: number for year, number in before.items() if year >= int(found[2])}
        equal = [year for year, number in since.items() if number == numbers[last]]
        best = max if found[3] == "高" else min
        named = [int(year) for year in re.findall(r"\d+", found[1] or "")]
        return best([*since.values(), numbers[last]]) == numbers[last] and named == equal and len(since) >= 3
    if found := STEP.search(zh):
        old = int(found[2].replace(",", "").replace("−", "-"))
        rose = numbers[last] > old
        return before[int(found[1])] == old and rose == (found[3] == "增加") and numbers[last] != old
    if "均為" in zh:
        return {*numbers.values()} == {numbers[last]}
    if "相同" in zh:
        return before[last - 1] == numbers[last]
    return last not in numbers or last - 1 not in numbers
