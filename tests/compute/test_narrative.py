"""Computed sentences: each is true, complete, and carries the same figures in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import book, branches, dataset, gap, series, words

from reportgen.compute.narrative import Narrative
from reportgen.model import Exact, Line, Printed
from reportgen.read.words import said

BRANCHES = ("north", "far-east", "south", "west")


def stories(numbers: Mapping[int, Exact | int], metric: str = "new_cases", since: int = 0) -> Narrative:
    period = max(numbers)
    return Narrative(book(dataset(series(metric, numbers)), period, since or min(numbers)), words())


def of_branches(metric: str, *years: Mapping[str, Exact | int], period: int = 100) -> Narrative:
    """The narrative of a table by branch; the last of `years` is the period."""
    rows = [
        row
        for place, numbers in enumerate(years)
        for row in branches(metric, period - len(years) + 1 + place, numbers)
    ]
    return Narrative(book(dataset(rows), period, period - len(years) + 1), words())


def english(lines: list[Line]) -> list[str]:
    return [said(line.en, "en") for line in lines]


def chinese(lines: list[Line]) -> list[str]:
    return [said(line.zh, "zh") for line in lines]


def figures_in(runs: tuple[object, ...]) -> list[Printed]:
    return sorted((run for run in runs if isinstance(run, Printed)), key=lambda printed: printed.number)


def branch(told: Narrative):  # type: ignore[no-untyped-def]
    return told.figures.dataset.dimensions["branch"]


# ---- trend ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "zh", "en"),
    [
        (
            100,
            125,
            "100年新收案件為125件，較上年增加25.0%。",
            "In 2011, new cases came to 125, up 25.0% on the year before.",
        ),
        (
            100,
            80,
            "100年新收案件為80件，較上年減少20.0%。",
            "In 2011, new cases came to 80, down 20.0% on the year before.",
        ),
        (
            100,
            100,
            "100年新收案件為100件，與上年相同。",
            "In 2011, new cases came to 100, the same as the year before.",
        ),
        (0, 5, "100年新收案件為5件。", "In 2011, new cases came to 5."),
    ],
)
def test_a_trend_says_rise_fall_or_same(before: int, now: int, zh: str, en: str) -> None:
    lines = stories({99: before, 100: now}).trend("new_cases", {})
    assert (chinese(lines), english(lines)) == ([zh], [en])


def test_a_trend_without_a_value_says_why() -> None:
    lines = stories({99: 1, 100: gap("not_available", "尚未公布", "not yet published")}).trend(
        "new_cases", {}
    )
    assert english(lines) == ["There is no value of new cases for 2011: not yet published."]
    assert chinese(lines) == ["100年新收案件無數值：尚未公布。"]


def test_the_first_year_is_told_alone() -> None:
    assert english(stories({100: 7}).trend("new_cases", {})) == ["In 2011, new cases came to 7."]


def test_a_rate_changes_by_percentage_points() -> None:
    rows = [{"roc_year": 99, "collected": 10, "target": 10}, {"roc_year": 100, "collected": 9, "target": 10}]
    told = Narrative(book(dataset(rows), 100, 99), words())
    lines = told.trend("achievement_rate", {})
    assert english(lines) == [
        "In 2011, the achievement rate came to 90.0%, down 10.0 percentage points on the year before."
    ]
    assert chinese(lines) == ["100年達成率為90.0%，較上年減少10.0個百分點。"]


def test_a_fall_is_told_without_a_minus_and_keeps_its_record() -> None:
    told = stories({99: 100, 100: 80})
    (line,) = told.trend("new_cases", {})
    size = figures_in(line.en)[-1]
    assert size.text.en == "20.0%"
    assert size.value.exact == Fraction(1, 5)
    assert size.value.formula == "|(new_cases - previous(new_cases)) / previous(new_cases)|"
    assert size.value.sources[0].rows == (2, 3)


def test_a_part_is_named_after_its_metric() -> None:
    told = of_branches("collected", {"north": 100}, {"north": 150})
    lines = told.trend("collected", {"branch": "north"})
    assert english(lines) == [
        "In 2011, the collected amount (North Branch) came to NT$1.50 million, up 50.0% on the year before."
    ]
    assert chinese(lines)[0].startswith("100年北區分署徵起金額為新臺幣150萬元")


def test_a_branch_is_called_as_it_was_in_that_year() -> None:
    told = of_branches("collected", {"far-east": 1}, period=98)
    assert "遠東行政執行處" in chinese(told.trend("collected", {"branch": "far-east"}))[0]
    assert "Far East Enforcement Office" in english(told.trend("collected", {"branch": "far-east"}))[0]


# ---- records --------------------------------------------------------------------------------


def record(*numbers: int) -> list[str]:
    """What is said after the first sentence of a series that ends in 100."""
    first = 101 - len(numbers)
    return english(stories(dict(enumerate(numbers, first))).trend("new_cases", {}))[1:]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((1, 3, 2, 4), "This is the highest of all years from 2008 to 2011."),
        ((9, 3, 5, 2), "This is the lowest of all years from 2008 to 2011."),
        ((9, 1, 2, 1, 5), "This is the highest since 2008."),
        ((5, 1, 2, 1, 5), "This is the highest since 2008."),
        ((1, 8, 7, 9, 5), "This is the lowest since 2008."),
        ((1, 5, 7, 3, 6), "Among the 5 years from 2007 to 2011 this ranks 2nd from the top."),
        ((9, 1, 8, 7, 3), "Among the 5 years from 2007 to 2011 this ranks 2nd from the bottom."),
    ],
)
def test_a_record_is_told_after_the_trend(numbers: tuple[int, ...], sentence: str) -> None:
    assert record(*numbers)[0] == sentence


def test_three_years_are_too_few_for_a_record() -> None:
    assert record(1, 2, 3) == []


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((5, 1, 2, 3, 4), "The series has risen for 3 years in a row."),
        ((0, 4, 3, 2, 1), "The series has fallen for 3 years in a row."),
    ],
)
def test_three_steps_in_a_row_are_a_streak(numbers: tuple[int, ...], sentence: str) -> None:
    assert record(*numbers)[-1] == sentence


@pytest.mark.parametrize("numbers", [(5, 9, 2, 3, 4), (1, 2, 3, 3, 4), (1, 2, 3, 4, 4)])
def test_two_steps_or_a_pause_are_no_streak(numbers: tuple[int, ...]) -> None:
    assert not any("in a row" in sentence for sentence in record(*numbers))


def test_a_missing_year_ends_a_streak() -> None:
    numbers = {95: 1, 96: 2, 97: gap("blank"), 98: 3, 99: 4, 100: 5}
    assert not any("in a row" in s for s in english(stories(numbers).trend("new_cases", {})))


YEAR = r"(\d{4})"


@given(st.lists(st.integers(0, 6), min_size=4, max_size=12))
def test_highest_and_lowest_and_since_are_true(numbers: list[int]) -> None:
    first = 101 - len(numbers)
    by_year = dict(enumerate(numbers, first + 1911))
    now = by_year[2011]
    for sentence in record(*numbers):
        if match := re.search(rf"the (highest|lowest) of all years from {YEAR} to {YEAR}", sentence):
            assert (int(match[2]), int(match[3])) == (first + 1911, 2011)
            others = [n for year, n in by_year.items() if year != 2011]
            assert now > max(others) if match[1] == "highest" else now < min(others)
        elif match := re.search(rf"the (highest|lowest) since {YEAR}", sentence):
            since = int(match[2])
            within = [n for year, n in by_year.items() if since <= year < 2011]
            assert now > max(within) if match[1] == "highest" else now < min(within)
            before = by_year[since - 1]
            assert before >= now if match[1] == "highest" else before <= now
            assert 2011 - since >= 3
        elif match := re.search(r"Among the (\d+) years .* ranks (\d+)\w\w from the top", sentence):
            assert (int(match[1]), int(match[2])) == (len(numbers), 1 + sum(n > now for n in numbers))
        elif match := re.search(r"has (risen|fallen) for (\d+) years", sentence):
            steps = [b - a for a, b in pairwise(numbers)]
            last = steps[-int(match[2]) :]
            assert all(step > 0 for step in last) if match[1] == "risen" else all(step < 0 for step in last)
            assert (
                len(last) == len(steps)
                or (steps[-len(last) - 1] > 0) != (last[0] > 0)
                or not steps[-len(last) - 1]
            )


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=12, unique=True))
def test_the_place_from_the_bottom_is_true(numbers: list[int]) -> None:
    for sentence in record(*numbers):
        if match := re.search(r"ranks (\d+)\w\w from the bottom", sentence):
            assert int(match[1]) == 1 + sum(n < numbers[-1] for n in numbers)


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=6))
def test_up_and_down_follow_the_data(numbers: list[int]) -> None:
    first = 101 - len(numbers)
    sentence = english(stories(dict(enumerate(numbers, first))).trend("new_cases", {}))[0]
    before, now = numbers[-2:]
    assert (", up " in sentence) == (now > before)
    assert (", down " in sentence) == (now < before)
    assert ("the same as" in sentence) == (now == before)


# ---- extremes and sums ----------------------------------------------------------------------


def test_extremes_name_their_years_and_the_mean() -> None:
    lines = stories({98: 30, 99: 10, 100: 20}).extremes("new_cases", {})
    assert english(lines) == [
        "From 2009 to 2011, the highest value of new cases was 30 cases (2009) and the lowest 10 cases "
        "(2010); the mean of the years is 20 cases."
    ]
    assert chinese(lines) == ["98年至100年間，新收案件以98年之30件最高，99年之10件最低，各年平均20件。"]


def test_extremes_with_a_missing_year_go_without_the_mean() -> None:
    numbers = {97: 5, 98: gap("not_available"), 99: 7, 100: 6}
    assert english(stories(numbers).extremes("new_cases", {})) == [
        "From 2008 to 2011, the highest value of new cases was 7 cases (2010) and the lowest 5 cases (2008)."
    ]


def test_two_years_have_no_extremes() -> None:
    assert stories({99: 1, 100: 2}).extremes("new_cases", {}) == []


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=10, unique=True))
def test_extremes_are_the_extremes(numbers: list[int]) -> None:
    first = 101 - len(numbers)
    (line,) = stories(dict(enumerate(numbers, first))).extremes("new_cases", {})
    top, low, mean = (run.value for run in line.en if isinstance(run, Printed))
    assert (top.exact, low.exact) == (max(numbers), min(numbers))
    assert mean.exact == Fraction(sum(numbers), len(numbers))
    assert top.key == (("roc_year", first + numbers.index(max(numbers))),)


def test_a_sum_of_the_years() -> None:
    lines = stories({98: 30, 99: 10, 100: 20}).cumulative("new_cases", {})
    assert english(lines) == ["From 2009 to 2011, new cases added up to 60 cases."]
    assert chinese(lines) == ["自98年至100年，新收案件累計60件。"]


def test_a_sum_with_a_missing_year_is_not_told() -> None:
    assert stories({98: 1, 99: gap("blank"), 100: 2}).cumulative("new_cases", {}) == []


# ---- composition and ranking ----------------------------------------------------------------


def test_a_composition_names_the_largest_the_second_and_the_smallest() -> None:
    told = of_branches(
        "new_cases",
        {"north": 10, "far-east": 50, "south": 20, "west": 20},
        {"north": 40, "far-east": 30, "south": 20, "west": 10},
    )
    lines = told.composition("new_cases", branch(told))
    assert english(lines) == [
        "The largest part of new cases in 2011 was North Branch with 40 cases (40.0%), followed by "
        "Far East Branch (30.0%); the smallest was West Branch (10.0%).",
        "Compared with the year before, North Branch rose most, by 30 cases.",
        "The largest fall was in Far East Branch, by 20 cases.",
    ]
    assert chinese(lines)[1:] == ["與上年比較，以北區分署增加30件最多。", "以遠東分署減少20件最多。"]


def test_a_composition_without_fall_names_no_fall() -> None:
    told = of_branches("new_cases", {"north": 1, "west": 1}, {"north": 2, "west": 1})
    assert [s[:12] for s in english(told.composition("new_cases", branch(told)))] == [
        "The largest ",
        "Compared wit",
    ]


def test_one_part_has_no_composition() -> None:
    told = of_branches("new_cases", {"north": 1})
    assert told.composition("new_cases", branch(told)) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=4, max_size=4, unique_by=lambda p: p[1]
    )
)
def test_a_composition_is_true(pairs: list[tuple[int, int]]) -> None:
    before = dict(zip(BRANCHES, (pair[0] for pair in pairs), strict=True))
    now = dict(zip(BRANCHES, (pair[1] for pair in pairs), strict=True))
    told = of_branches("new_cases", before, now)
    lines = told.composition("new_cases", branch(told))
    order = sorted(now, key=lambda b: -now[b])
    named = [run.value.key[1][1] for run in lines[0].en if isinstance(run, Printed)]
    assert named == [order[0], order[0], order[1], order[3]]
    changes = [now[b] - before[b] for b in BRANCHES]
    for line in lines[1:]:
        (size,) = figures_in(line.en)
        change = max(changes) if "rose most" in said(line.en, "en") else min(changes)
        assert size.value.exact == abs(change)
        assert now[size.value.key[1][1]] - before[size.value.key[1][1]] == change
    assert len(lines) == 1 + (max(changes) > 0) + (min(changes) < 0)


def test_a_ranking_tells_the_first_three_and_the_last() -> None:
    told = of_branches("collected", {"north": 100, "far-east": 400, "south": 300, "west": 200})
    assert english(told.ranking("collected", branch(told))) == [
        "In 2011, comparing the collected amount by branch (4 in all), Far East Branch ranked first "
        "(NT$4.00 million), ahead of South Branch (NT$3.00 million) and West Branch (NT$2.00 million); "
        "North Branch came last (NT$1.00 million)."
    ]


def test_a_ranking_begins_with_the_lowest_where_low_is_better() -> None:
    told = of_branches("cost", {"north": 100, "far-east": 400, "south": 300, "west": 200})
    (sentence,) = english(told.ranking("cost", branch(told)))
    assert "North Branch ranked first" in sentence and "Far East Branch came last" in sentence


def test_a_ranking_counts_those_that_reached_the_line() -> None:
    collected = {"north": 100, "far-east": 101, "south": 99, "west": 50}
    rows = [{"roc_year": 100, "branch": b, "collected": n, "target": 100} for b, n in collected.items()]
    told = Narrative(book(dataset(rows), 100, 100), words())
    lines = told.ranking("achievement_rate", branch(told), Fraction(1))
    assert english(lines)[1] == "Of these, 2 reached 100% or more."
    assert chinese(lines)[1] == "其中2個達100%以上。"


def test_branches_without_a_number_are_not_ranked() -> None:
    told = of_branches("collected", {"north": 1, "far-east": 2, "south": gap("blank"), "west": 3})
    assert told.ranking("collected", branch(told)) == []


def test_a_branch_that_does_not_exist_yet_is_neither_ranked_nor_a_part() -> None:
    told = of_branches("new_cases", {"north": 1, "far-east": 2, "south": 3, "west": 4}, period=98)
    assert told.ranking("new_cases", branch(told)) == []
    (composed, *_) = english(told.composition("new_cases", branch(told)))
    assert "South" not in composed


# ---- both languages -------------------------------------------------------------------------

amounts = st.one_of(st.integers(0, 10**7), st.just(gap("not_available")))


@given(st.lists(st.lists(amounts, min_size=4, max_size=4), min_size=1, max_size=7))
def test_both_languages_carry_the_same_figures_and_no_slot_is_left(table: list[list[Exact | int]]) -> None:
    years = [dict(zip(BRANCHES, numbers, strict=True)) for numbers in table]
    told = of_branches("collected", *years)
    lines = [
        *told.trend("collected", {}),
        *told.trend("collected", {"branch": "north"}),
        *told.extremes("collected", {"branch": "west"}),
        *told.cumulative("collected", {}),
        *told.composition("collected", branch(told)),
        *told.ranking("collected", branch(told), Fraction(1)),
    ]
    for line in lines:
        assert figures_in(line.zh) == figures_in(line.en)
        for sentence in (said(line.zh, "zh"), said(line.en, "en")):
            assert sentence and "{" not in sentence and "}" not in sentence
        assert said(line.zh, "zh").endswith("。") and said(line.en, "en").endswith(".")


def test_each_sentence_of_the_stories_has_its_words() -> None:
    named = {name for name in words() if name.startswith("story.")}
    assert named == {
        "story.trend.rise",
        "story.trend.fall",
        "story.trend.same",
        "story.trend.alone",
        "story.trend.unknown",
        "story.record.highest",
        "story.record.lowest",
        "story.record.highest_since",
        "story.record.lowest_since",
        "story.record.high",
        "story.record.low",
        "story.streak.rise",
        "story.streak.fall",
        "story.extremes.plain",
        "story.extremes.mean",
        "story.cumulative",
        "story.composition.parts",
        "story.composition.rise",
        "story.composition.fall",
        "story.ranking.order",
        "story.ranking.tied",
        "story.ranking.reached",
    }


@given(st.lists(st.integers(0, 6), min_size=4, max_size=12))
def test_the_place_from_the_bottom_is_true_with_ties(numbers):
    for sentence in record(*numbers):
        if match := re.search(r"ranks (\d+)\w\w from the bottom", sentence):
            assert int(match[1]) == 1 + sum(n < numbers[-1] for n in numbers)


def test_the_largest_part_is_the_largest_even_where_low_is_better():
    told = of_branches("cost", {"north": 10, "far-east": 40, "west": 20})
    assert (
        "The largest part of the cost in 2011 was Far East Branch"
        in english(told.composition("cost", branch(told)))[0]
    )


def test_a_smaller_loss_is_a_rise():
    told = stories({99: -10, 100: -5}, "surplus")
    assert ", up " in english(told.trend("surplus", {}))[0]


def test_equal_leaders_are_not_told_as_one_ahead_of_the_other():
    told = of_branches("collected", {"north": 4, "far-east": 4, "south": 3, "west": 2})
    assert "ranked first" not in english(told.ranking("collected", branch(told)))[0]
