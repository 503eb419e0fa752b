"""Computed sentences: each is true, complete, and carries the same figures in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import WHOLE, book, branches, dataset, gap, series, words

from reportgen.compute.narrative import Narrative
from reportgen.model import Exact, Line, Printed
from reportgen.read.tables import Member
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
        (
            0,
            5,
            "100年新收案件為5件，較上年增加5件。",
            "In 2011, new cases came to 5, up 5 cases on the year before.",
        ),
        (
            0,
            0,
            "100年新收案件為0件，與上年相同。",
            "In 2011, new cases came to 0, the same as the year before.",
        ),
        (
            10000,
            10004,
            "100年新收案件為10,004件，與上年大致持平。",
            "In 2011, new cases came to 10,004, almost unchanged from the year before.",
        ),
        (
            1,
            123456,
            "100年新收案件為123,456件，較上年增加123,455件。",
            "In 2011, new cases came to 123,456, up 123,455 cases on the year before.",
        ),
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
    assert chinese(lines) == ["100年達成率為90.0%，較上年下降10.0個百分點。"]


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
        ((1, 3, 2, 4), "This is the highest since 2008."),
        ((9, 3, 5, 2), "This is the lowest since 2008."),
        ((9, 1, 2, 1, 5), "This is the highest since 2008 (it was 9 cases in 2007)."),
        ((5, 1, 2, 1, 5), "This is the highest since 2008 (it was 5 cases in 2007)."),
        ((1, 8, 7, 9, 5), "This is the lowest since 2008 (it was 1 case in 2007)."),
        ((1, 5, 7, 3, 6), "This is the second-highest of the 5 years from 2007 to 2011."),
        ((9, 1, 8, 7, 3), "This is the second-lowest of the 5 years from 2007 to 2011."),
        ((1, 5, 7, 3, 5), "This is the joint second-highest of the 5 years from 2007 to 2011."),
        ((1, 3, 7, 5, 7), "Together with 2009, this is the highest since 2007."),
        ((9, 5, 5, 5, 5), "Together with 2008 to 2010, this is the lowest since 2007."),
        ((9, 9, 9, 9, 9), "It has been the same in every year since 2007."),
    ],
)
def test_a_record_is_told_after_the_trend(numbers: tuple[int, ...], sentence: str) -> None:
    assert record(*numbers)[0] == sentence


def test_three_years_are_too_few_for_a_record() -> None:
    assert record(1, 2, 3) == []


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            (5, 1, 2, 3, 4),
            "This is the highest since 2008 (it was 5 cases in 2007) and the third consecutive annual rise.",
        ),
        (
            (0, 4, 3, 2, 1),
            "This is the lowest since 2008 (it was 0 cases in 2007) and the third consecutive annual fall.",
        ),
    ],
)
def test_three_steps_in_a_row_are_a_streak(numbers: tuple[int, ...], sentence: str) -> None:
    assert record(*numbers)[-1] == sentence


@pytest.mark.parametrize("numbers", [(5, 9, 2, 3, 4), (1, 2, 3, 3, 4), (1, 2, 3, 4, 4)])
def test_two_steps_or_a_pause_are_no_streak(numbers: tuple[int, ...]) -> None:
    assert not any("consecutive" in sentence for sentence in record(*numbers))


def test_a_missing_year_ends_a_streak() -> None:
    numbers = {95: 1, 96: 2, 97: gap("blank"), 98: 3, 99: 4, 100: 5}
    assert not any("consecutive" in s for s in english(stories(numbers).trend("new_cases", {})))


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
        "From 2008 to 2011 (no figures for 2009), the highest value of new cases was 7 cases (2010) and the lowest 5 cases (2008)."
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
        "North Branch accounted for the largest share of new cases in 2011, with 40 cases (40.0%), followed by "
        "Far East Branch (30.0%); the smallest was West Branch (10.0%).",
        "Compared with the year before, the largest rise was in North Branch (30 cases) and the largest fall "
        "in Far East Branch (20 cases).",
    ]
    assert chinese(lines) == [
        "100年新收案件以北區分署40件最多，占40.0%；遠東分署次之，占30.0%；西區分署最少，占10.0%。",
        "與上年比較，增加最多者為北區分署（30件），減少最多者為遠東分署（20件）。",
    ]


def test_a_composition_without_fall_names_no_fall() -> None:
    told = of_branches("new_cases", {"north": 1, "west": 1}, {"north": 2, "west": 1})
    assert english(told.composition("new_cases", branch(told)))[-1] == (
        "Compared with the year before, the largest rise was in North Branch (1 case); none fell."
    )


def test_one_part_has_no_composition() -> None:
    told = of_branches("new_cases", {"north": 1})
    assert told.composition("new_cases", branch(told)) == []


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
    assert "North Branch was lowest" in sentence and "Far East Branch was highest" in sentence


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


def test_the_largest_part_is_the_largest_even_where_low_is_better():
    told = of_branches("cost", {"north": 10, "far-east": 40, "west": 20})
    assert (
        "Far East Branch accounted for the largest share of the cost in 2011"
        in english(told.composition("cost", branch(told)))[0]
    )


def test_a_smaller_loss_is_a_rise():
    told = stories({99: -10, 100: -5}, "surplus")
    assert ", up " in english(told.trend("surplus", {}))[0]


def test_equal_leaders_are_not_told_as_one_ahead_of_the_other():
    told = of_branches("collected", {"north": 4, "far-east": 4, "south": 3, "west": 2})
    assert "ranked first" not in english(told.ranking("collected", branch(told)))[0]


# ---- what is equal, missing, zero or printed alike: one test for each case that was once told wrong ----------

CALLED = {"甲處": "Alpha", "乙處": "Beta", "丙處": "Gamma", "丁處": "Delta", "戊處": "Epsilon"}
OFFICES = tuple(Member(id=id_, zh=zh, en=en) for id_, (zh, en) in zip("abcde", CALLED.items(), strict=True))


def of_offices(metric: str, *years: list[Exact | int], total: list[Exact | int] | None = None) -> Narrative:
    """The narrative of a table by five offices, the last year is 100; `total` is what the source prints for all."""
    rows = [
        row
        for place, numbers in enumerate(years)
        for row in branches(
            metric,
            101 - len(years) + place,
            dict(zip("abcde", numbers, strict=False)) | ({"whole": total[place]} if total else {}),
        )
    ]
    members = (*OFFICES, WHOLE) if total else OFFICES
    data = dataset(rows, members=members, total="whole" if total else None)
    return Narrative(book(data, 100, 101 - len(years)), words())


def ranked(told: Narrative, metric: str, line: Fraction | None = None) -> tuple[str, str]:
    return both(told.ranking(metric, branch(told), line))


def composed(told: Narrative, metric: str = "new_cases") -> tuple[str, str]:
    return both(told.composition(metric, branch(told)))


def both(lines: list[Line]) -> tuple[str, str]:
    return "".join(chinese(lines)), " ".join(english(lines))


def test_all_that_lead_share_the_first_place() -> None:
    assert ranked(of_offices("closed_cases", [9, 9, 9, 4, 3]), "closed_cases") == (
        "100年5個分署之終結案件，以甲處、乙處、丙處各9件並列居首，丁處4件次之；戊處3件居末。",
        "In 2011, comparing closed cases by branch (5 in all), Alpha, Beta and Gamma shared first place (9 cases each), "
        "ahead of Delta (4 cases); Epsilon came last (3 cases).",
    )


def test_all_equal_have_no_first() -> None:
    assert ranked(of_offices("closed_cases", [9, 9, 9, 9, 9]), "closed_cases") == (
        "100年5個分署之終結案件均為9件。",
        "In 2011, comparing closed cases by branch (5 in all), all are equal at 9 cases.",
    )


def test_a_bad_rate_is_lowest_and_highest_not_first_and_last() -> None:
    assert ranked(of_offices("overdue_cases", [5, 1, 2, 5, 3]), "overdue_cases") == (
        "100年5個分署之逾期未結案件，以乙處1件最低，丙處2件、戊處3件次之；甲處、丁處各5件並列最高。",
        "In 2011, comparing overdue pending cases by branch (5 in all), Beta was lowest (1 case), followed by "
        "Gamma (2 cases) and Epsilon (3 cases); Alpha and Delta were highest (5 cases each).",
    )


def test_a_member_without_a_figure_is_named() -> None:
    numbers: list[Exact | int] = [5, 4, 3, 2, gap("not_available")]
    assert ranked(of_offices("closed_cases", numbers), "closed_cases") == (
        "100年4個有數值之分署之終結案件，以甲處5件居首，乙處4件、丙處3件次之；丁處2件居末。戊處無數值，未列入比較。",
        "In 2011, comparing closed cases by branch (4 with figures), Alpha ranked first (5 cases), ahead of Beta "
        "(4 cases) and Gamma (3 cases); Delta came last (2 cases). No figure is available for Epsilon.",
    )
    assert composed(of_offices("new_cases", numbers)) == (
        "100年新收案件以甲處5件最多；乙處4件次之；丁處2件最少。戊處無數值，未列入比較。",
        "Alpha had the largest part of new cases in 2011 (5 cases), followed by Beta (4 cases); the smallest was "
        "Delta (2 cases). No figure is available for Epsilon.",
    )
    assert "戊處無數值" in composed(of_offices("new_cases", numbers, total=[20]))[0]


def rates(*percents: str) -> Narrative:
    rows = [
        {"roc_year": 100, "branch": id_, "collected": Fraction(percent) * 1000, "target": Fraction(100_000)}
        for id_, percent in zip("abcde", percents, strict=True)
    ]
    return Narrative(book(dataset(rows, members=OFFICES), 100, 100), words())


def test_figures_that_print_alike_get_the_decimals_that_tell_them_apart() -> None:
    assert ranked(rates("99.96", "99.95", "80", "70", "60"), "achievement_rate", Fraction(1)) == (
        "100年5個分署之達成率，以甲處99.96%居首，乙處99.95%、丙處80.00%次之；戊處60.00%居末。均未達100%。",
        "In 2011, comparing the achievement rate by branch (5 in all), Alpha ranked first (99.96%), ahead of Beta "
        "(99.95%) and Gamma (80.00%); Epsilon came last (60.00%). None of them reached 100%.",
    )


def test_figures_that_no_few_decimals_tell_apart_get_the_note_on_rounding() -> None:
    zh, en = ranked(rates("90.0000002", "90.0000001", "80", "70", "60"), "achievement_rate")
    assert "甲處90.0%居首，乙處90.0%" in zh and zh.endswith("以上依未四捨五入之數值計算。")
    assert en.endswith("Computed from unrounded figures.")


def test_a_count_of_those_that_reached_a_line_says_that_one_is_only_printed_so() -> None:
    """The fourth is not named, but a table prints it as 100.0."""
    zh, en = ranked(rates("120", "110", "105", "99.96", "80"), "achievement_rate", Fraction(1))
    assert zh.endswith("其中3個達100%以上。以上依未四捨五入之數值計算。")
    assert en.endswith("Of these, 3 reached 100% or more. Computed from unrounded figures.")


def test_a_fall_that_leaves_next_to_nothing_is_told_as_a_difference() -> None:
    """A per cent would be printed as 100.0, as if nothing were left."""
    left = stories({99: 30_000, 100: 1}).trend("new_cases", {})
    assert both(left) == (
        "100年新收案件為1件，較上年減少29,999件。",
        "In 2011, new cases came to 1, down 29,999 cases on the year before.",
    )
    assert "減少100.0%" in both(stories({99: 30_000, 100: 0}).trend("new_cases", {}))[0]


def test_a_record_that_another_year_is_printed_like_gets_the_note_on_rounding() -> None:
    percents = dict(zip(range(96, 101), ("97", "98", "99.96", "90", "99.98"), strict=True))
    rows = [
        {"roc_year": year, "collected": Fraction(percent) * 1000, "target": Fraction(100_000)}
        for year, percent in percents.items()
    ]
    told = Narrative(book(dataset(rows), 100, 96), words())
    zh, en = both(told.trend("achievement_rate", {}))
    assert zh.endswith("此為96年以來新高。以上依未四捨五入之數值計算。")
    assert en.endswith("This is the highest since 2007. Computed from unrounded figures.")
    assert "unrounded" not in " ".join(
        english(stories({96: 1, 97: 2, 98: 3, 99: 4, 100: 5}).trend("new_cases", {}))
    )


def test_a_line_of_comparison_is_said_by_the_direction_of_the_measure() -> None:
    assert ranked(rates("100", "101", "102", "103", "104"), "achievement_rate", Fraction(1))[1].endswith(
        "All of them reached 100% or more."
    )
    rows = [
        {"roc_year": 100, "branch": id_, "overdue_cases": n, "pending_cases": 100}
        for id_, n in zip("abcde", range(5), strict=True)
    ]
    told = Narrative(book(dataset(rows, members=OFFICES), 100, 100), words())
    zh, en = ranked(told, "overdue_rate", Fraction(1, 100))
    assert zh.endswith("其中2個在1%以下。") and en.endswith("Of these, 2 stood at 1% or less.")


def test_equal_parts_are_equal_and_so_are_their_changes() -> None:
    assert composed(of_offices("new_cases", [5, 5, 5, 5, 5], [7, 7, 7, 7, 7])) == (
        "100年新收案件，5個分署均為7件，各占20.0%。與上年比較，各分署均增加2件。",
        "In 2011, new cases by branch (5 in all) came to 7 cases each (20.0% each). Compared with the year before, "
        "each branch rose by 2 cases.",
    )


def test_a_total_of_zero_is_said_to_be_nothing() -> None:
    assert composed(of_offices("new_cases", [0, 0, 0, 0, 0], [0, 0, 0, 0, 0])) == (
        "100年5個分署均無新收案件（0件）。與上年比較，各分署均無增減。",
        "In 2011, new cases came to 0 cases: there was nothing in any branch (5 in all). Compared with the year "
        "before, no branch changed.",
    )


def test_ties_below_only_falls_and_no_share_of_a_negative_part() -> None:
    assert composed(of_offices("new_cases", [8, 4, 4, 6, 8], [8, 4, 4, 4, 3]))[0] == (
        "100年新收案件以甲處8件最多，占34.8%；乙處、丙處、丁處次之，各占17.4%；戊處最少，占13.0%。"
        "與上年比較，減少最多者為戊處（5件），無增加者。"
    )
    assert composed(of_offices("surplus", [800, 400, 300, 200, -600]), "surplus") == (
        "100年賸餘數以甲處新臺幣80萬元最多；乙處新臺幣40萬元次之；戊處新臺幣−60萬元最少。",
        "Alpha had the largest part of the surplus in 2011 (NT$0.800 million), followed by Beta (NT$0.400 million); "
        "the smallest was Epsilon (−NT$0.600 million).",
    )


def test_two_parts_have_no_second() -> None:
    assert composed(of_branches("new_cases", {"north": 6, "west": 4}))[1].startswith(
        "North Branch accounted for the largest share of new cases in 2011, with 6 cases (60.0%); the smallest was "
        "West Branch (40.0%)."
    )


def test_shares_that_do_not_add_up_get_the_note_on_rounding() -> None:
    assert composed(of_offices("new_cases", [3, 2, 2], total=[7]))[0].startswith(
        "100年新收案件以甲處3件最多，占42.9%；乙處、丙處同為最少，各占28.6%。丁處、戊處無數值，未列入比較。以上依未四"
    )


def test_years_without_a_figure_are_named_in_a_record() -> None:
    unknown = gap("not_available")
    numbers = {93: 50, 94: unknown, 95: 40, 96: unknown, 97: unknown, 98: 45, 99: 46, 100: 49}
    assert both(stories(numbers).trend("new_cases", {})[1:]) == (
        "此為95年以來新高（93年為50件；96年、97年無數值）。",
        "This is the highest since 2006 (it was 50 cases in 2004; no figures for 2007 and 2008).",
    )
    assert both(stories({**numbers, 98: unknown}).trend("new_cases", {})[1:]) == (
        "此為93年至100年4個年度中第2高（94年、96年至98年無數值）。",
        "This is the second-highest of the 4 years from 2004 to 2011 (no figures for 2005 and 2007 to 2009).",
    )


def test_all_years_of_the_highest_value_are_named() -> None:
    assert both(stories({97: 9, 98: 3, 99: 9, 100: 4}).extremes("new_cases", {})) == (
        "97年至100年間，新收案件以97年、99年之9件最高，98年之3件最低，各年平均6件。",
        "From 2008 to 2011, the highest value of new cases was 9 cases (2008 and 2010) and the lowest 3 cases (2009); "
        "the mean of the years is 6 cases.",
    )


def test_a_series_without_change_has_no_highest() -> None:
    told = stories({97: 9, 98: 9, 99: 9, 100: 9})
    assert both(told.extremes("new_cases", {})) == (
        "97年至100年間，各年新收案件均為9件。",
        "From 2008 to 2011, new cases came to 9 cases in every year.",
    )
    assert both(told.trend("new_cases", {}))[0] == "100年新收案件為9件，與上年相同。97年以來各年均相同。"


def test_a_negative_base_is_told_by_the_difference() -> None:
    assert both(stories({99: -100, 100: 50}, "surplus").trend("surplus", {})) == (
        "100年賸餘數為新臺幣5萬元，較上年增加新臺幣15萬元。",
        "In 2011, the surplus came to NT$0.050 million, up NT$0.150 million on the year before.",
    )


def test_a_difference_that_is_not_that_of_the_printed_figures_gets_the_note_on_rounding() -> None:
    rows = [{"roc_year": y, "collected": n, "target": 10000} for y, n in ((99, 4546), (100, 6484))]
    zh, en = both(Narrative(book(dataset(rows), 100, 99), words()).trend("achievement_rate", {}))
    assert zh.startswith("100年達成率為64.8%，較上年上升19.4個百分點。以上依未四") and "unrounded" in en
