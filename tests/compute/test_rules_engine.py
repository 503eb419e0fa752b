"""What is decided: on made tables of a small award, by example and by property."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from contest import Cells, changed, dataset, decide, person, ranks, read, scheme, tiers
from hypothesis import given, settings
from hypothesis import strategies as st
from small import gap, registry

from reportgen.compute import rules
from reportgen.compute.exact import largest_remainder
from reportgen.compute.rules.competing import ROUNDINGS
from reportgen.compute.rules.model import Decision, Result
from reportgen.compute.rules.prizes import Final, Quota, TierRule, TieRule
from reportgen.compute.rules.ranking import Contest, Entry, Policy, award, cut_to, places_for, rounded
from reportgen.model import Source, Text, Value
from reportgen.model.errors import InputError, KindError

UNITS = registry().units
ONE_GROUP = (
    '[[group]]\nid = "north"\nlabel = { zh = "北組", en = "the north" }\nwhere = { branch = ["north"] }\n\n'
    '[[group]]\nid = "others"\nlabel = { zh = "其他組", en = "the others" }\nwhere = { branch = ["south", "west"] }\n',
    "",
)


def decision(result: Result, id_: str) -> Decision:
    return next(one for one in result.decisions if one.person.id == id_)


def number(value: Value | Text | None) -> Fraction:
    assert isinstance(value, Value) and isinstance(value.exact, Fraction)
    return value.exact


# ---- who is eligible ------------------------------------------------------------------------------


def test_a_condition_is_met_at_its_threshold_and_not_below() -> None:
    result = decide([person("a", skill=50), person("b", skill="49.999")])
    assert [d.eligible for d in (decision(result, "a"), decision(result, "b"))] == [True, False]


def test_each_condition_says_value_threshold_and_verdict() -> None:
    check = decision(decide([person("a", skill="49.9")]), "a").checks[1]
    assert (check.rule, check.kind, check.operator, check.passed) == (
        "skilled",
        "eligible",
        "at_least",
        False,
    )
    assert number(check.value) == Fraction("49.9") and number(check.threshold) == 50
    assert isinstance(check.value, Value) and check.value.sources == (
        Source(file="inputs/datasets/contest/staff.csv", sheet="", rows=(2,), column="skill"),
    )


@pytest.mark.parametrize(
    ("day", "excluded"),
    [
        (date(2010, 12, 31), False),
        (date(2011, 1, 1), True),
        (date(2013, 12, 31), True),
        (date(2014, 1, 1), False),
    ],
)
def test_an_exclusion_looks_back_from_the_end_of_the_year(day: date, excluded: bool) -> None:
    result = decide([person("a")], sanctions=[{"id": "a", "day": day}])
    assert decision(result, "a").eligible is not excluded


def test_an_exclusion_that_does_not_hold_is_passed() -> None:
    check = decision(decide([person("a")]), "a").checks[-1]
    assert (check.kind, check.operator, check.passed) == ("exclude", "none_since", True)
    assert number(check.value) == 0 and check.threshold == Text("中華民國100年1月1日", "January 1, 2011")


def test_another_s_sanction_excludes_nobody_else() -> None:
    result = decide([person("a"), person("b")], sanctions=[{"id": "b", "day": date(2012, 1, 1)}])
    assert (decision(result, "a").eligible, decision(result, "b").eligible) == (True, False)


def test_who_lacks_a_value_of_an_item_is_not_eligible_and_is_told_why() -> None:
    lost = decision(decide([person("a", zeal=gap("not_available", "未評", "not assessed"))]), "a")
    assert not lost.eligible and lost.score is None and lost.rank is None
    assert lost.reason == Text(
        "不符資格：「熱忱」為未評，應為有資料。", "Not eligible: “Zeal” is not assessed, required: a number."
    )


def test_an_unknown_value_clears_nobody_of_an_exclusion() -> None:
    rule = (
        '[[exclude]]\nid = "sanction"\nlabel = { zh = "懲處", en = "Sanction" }\ntable = "sanctions"\nyears = 3\n',
        '[[exclude]]\nid = "low"\nlabel = { zh = "低", en = "Low" }\ncolumn = "zeal"\nless_than = 10\n',
    )
    result = decide([person("a", zeal=gap("blank")), person("b", zeal=9), person("c", zeal=10)], rule)
    assert [decision(result, id_).eligible for id_ in "abc"] == [False, False, True]


COMPLETE = (
    "[[exclude]]",
    '[[eligible]]\nid = "complete"\nlabel = { zh = "全年", en = "Whole year" }\ncolumn = "months"\nat_least = 12\n\n[[exclude]]',
)


def test_complete_attendance_counts_the_months_that_have_a_mark() -> None:
    marks: list[Cells] = [
        {"month": Fraction(m), "id": id_, "mark": Fraction(80)} for m in range(1, 13) for id_ in "ab"
    ]
    marks[3] = {**marks[3], "mark": gap("not_available")}  # b in February
    result = decide([person("a"), person("b"), person("c")], COMPLETE, marks=marks)
    assert [decision(result, id_).eligible for id_ in "abc"] == [True, False, False]
    assert number(decision(result, "b").checks[2].value) == 11


def test_a_value_just_below_its_threshold_is_not_printed_as_the_threshold() -> None:
    rule = (
        '[[column]]\nid = "months"\nlabel = { zh = "月數", en = "Months" }\ntable = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"\n',
        '[[column]]\nid = "ratio"\nlabel = { zh = "比", en = "Ratio" }\nformula = "skill / zeal"\nunit = "percent"\ndigits = 1\n',
    )
    at = ('column = "skill"\nat_least = 50', 'column = "ratio"\nat_least = 100')
    lost = decision(decide([person("a", skill="79.999", zeal=80)], rule, at), "a")
    assert "99.999%" in lost.reason.en and "100%" in lost.reason.en


# ---- the score ------------------------------------------------------------------------------------


def test_points_times_weight_are_summed() -> None:
    scored = decision(decide([person("a", skill="87.5", zeal=90)]), "a")
    assert [number(item.points) for item in scored.items] == [Fraction("87.5"), 100]
    assert [number(item.weighted) for item in scored.items] == [Fraction("52.5"), 40]
    assert number(scored.score) == Fraction("92.5")


@pytest.mark.parametrize(
    ("zeal", "points"), [("59.999", 50), (60, 80), ("89.999", 80), (90, 100), (100, 100), (0, 50)]
)
def test_bands_are_closed_below_and_open_above(zeal: str | int, points: int) -> None:
    assert number(decision(decide([person("a", zeal=zeal)]), "a").items[1].points) == points


@given(st.fractions(0, 100, max_denominator=1000))
@settings(deadline=None)
def test_each_value_lies_in_exactly_one_band(value: Fraction) -> None:
    assert sum(band.holds(value) for band in scheme().items[1].bands) == 1


def test_points_stay_within_floor_and_cap() -> None:
    change = ("weight = 60", "weight = 60\nfloor = 60\ncap = 90")
    result = decide([person("a", skill=55), person("b", skill=95)], change)
    assert [number(decision(result, id_).items[0].points) for id_ in "ab"] == [60, 90]


@given(st.fractions(50, 100, max_denominator=100), st.fractions(0, 100, max_denominator=100))
@settings(deadline=None, max_examples=40)
def test_weights_of_100_keep_the_score_between_its_points(skill: Fraction, zeal: Fraction) -> None:
    scored = decision(decide([person("a", skill=skill, zeal=zeal)]), "a")
    points = [number(item.points) for item in scored.items]
    assert min(points) <= number(scored.score) <= max(points)


AGGREGATES = {
    "mean": Fraction(85),
    "sum": Fraction(255),
    "count": Fraction(3),
    "min": Fraction(80),
    "max": Fraction(90),
    "last": Fraction(80),
}


@pytest.mark.parametrize("take", AGGREGATES)
def test_an_aggregate_over_another_table(take: str) -> None:
    on = '\non = "month"' if take == "last" else ""
    column = ('take = "count"\nof = "mark"\ngaps = "skip"', f'take = "{take}"\nof = "mark"{on}')
    compared = ('column = "skill"\nat_least = 50', 'column = "months"\nat_least = 1')
    marks: list[Cells] = [
        {"month": Fraction(month), "id": "a", "mark": Fraction(mark)}
        for month, mark in ((10, 80), (9, 90), (2, 85))
    ]
    check = decision(decide([person("a")], column, compared, marks=marks), "a").checks[1]
    assert number(check.value) == AGGREGATES[take]
    assert isinstance(check.value, Value)
    assert check.value.sources[0].rows == ((2, 3, 4) if take != "last" else (2,))


@pytest.mark.parametrize(
    ("begun", "months"),
    [
        (date(2013, 1, 1), 12),
        (date(2013, 1, 2), 11),
        (date(2012, 12, 31), 12),
        (date(2013, 12, 1), 1),
        (date(2014, 5, 1), 0),
    ],
)
def test_service_counts_whole_months_to_the_end_of_the_year(begun: date, months: int) -> None:
    column = ('table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"', 'service = "appointed"')
    compared = ('column = "skill"\nat_least = 50', 'column = "months"\nat_least = 1')
    check = decision(decide([person("a", appointed=begun)], column, compared), "a").checks[1]
    assert number(check.value) == months


def test_a_denominator_of_zero_is_a_gap_and_no_error() -> None:
    rule = (
        'table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"',
        'formula = "skill / zeal"\nunit = "percent"\ndigits = 1',
    )
    at = ('column = "skill"\nat_least = 50', 'column = "months"\nat_least = 1')
    lost = decision(decide([person("a", zeal=0)], rule, at), "a")
    assert not lost.eligible and "分母為零" in lost.reason.zh


# ---- ranks, quotas, tiers -------------------------------------------------------------------------


def test_the_best_of_each_group_are_honoured() -> None:
    result = decide(
        [
            person("a", 90),
            person("b", 80),
            person("c", 70),
            person("d", 60, branch="south"),
            person("e", 55, branch="west"),
        ]
    )
    assert tiers(result) == {"a": "top", "b": "good", "c": "", "d": "top", "e": "good"}
    assert ranks(result) == {"a": 1, "b": 2, "c": 3, "d": 1, "e": 2}


def test_fewer_candidates_than_prizes_all_win() -> None:
    assert tiers(decide([person("a")])) == {"a": "top"}


def test_without_a_candidate_nothing_is_decided_and_nothing_fails() -> None:
    result = decide([])
    assert (result.decisions, result.winners, result.total) == ((), (), None)
    assert [group.winners for group in result.groups] == [0, 0]


def test_without_an_eligible_candidate_nobody_wins() -> None:
    result = decide([person("a", skill=10), person("b", title="chief")])
    assert tiers(result) == {"a": "", "b": ""} and ranks(result) == {"a": None, "b": None}


@pytest.mark.parametrize(("final", "winners"), [("all_in", 4), ("share", 4), ("none_in", 0)])
def test_when_all_are_tied_the_last_word_decides(final: str, winners: int) -> None:
    result = decide([person(id_) for id_ in "abcd"], ('"all_in"]', f'"{final}"]'))
    assert len(result.winners) == winners
    assert {d.rank for d in result.decisions} == {1}


def test_a_tie_at_the_line_is_parted_by_more_decimals_first() -> None:
    result = decide([person("a", 90), person("b", "80.04"), person("c", "80.05"), person("d", 60)])
    assert tiers(result) == {"a": "top", "b": "", "c": "good", "d": ""}
    step = decision(result, "c").ties[0]
    assert (step.step, step.with_, step.settled) == ("more_decimals", ("b",), True)
    assert decision(result, "a").ties == ()


def test_a_tie_that_decimals_leave_is_parted_by_the_next_criterion() -> None:
    result = decide([person("a", 90), person("b", zeal=70), person("c", zeal=75), person("d", zeal=61)])
    assert tiers(result) == {"a": "top", "b": "", "c": "good", "d": ""}
    assert [step.step for step in decision(result, "c").ties] == ["more_decimals", "next_criterion"]
    assert [step.settled for step in decision(result, "c").ties] == [False, True]
    # b and d are both below the line; where they stand among themselves is told by the criterion too
    assert ranks(result) == {"a": 1, "c": 2, "b": 3, "d": 4}


def test_a_tie_away_from_any_line_is_not_parted() -> None:
    result = decide([person("a", 95), person("b", 90), person("c", 80, zeal=70), person("d", 80, zeal=75)])
    assert ranks(result) == {"a": 1, "b": 2, "c": 3, "d": 3}
    assert decision(result, "c").ties == ()


def test_who_shares_a_place_shares_its_prize_to_the_dollar() -> None:
    result = decide([person(id_) for id_ in "abc"], ('"all_in"]', '"share"]'), ("number = 2", "number = 3"))
    assert tiers(result) == {"a": "top", "b": "top", "c": "top"}
    amounts = [number(d.tier.rewards[1].amount) for d in result.decisions if d.tier]
    assert amounts == [333, 333, 333] and result.total == 999


def test_more_winners_in_one_tier_leave_fewer_places_in_the_next() -> None:
    two = ('label = { zh = "甲等", en = "Merit" }', 'label = { zh = "甲等", en = "Merit" }\nplaces = 1')
    result = decide([person("a"), person("b"), person("c", 70)], two)
    assert tiers(result) == {"a": "top", "b": "top", "c": ""}


def test_equals_in_one_tier_leave_the_places_of_the_next_as_they_are() -> None:
    changes = ("places = 1", "places = 2"), ("number = 2", "number = 9")
    one = ('label = { zh = "甲等", en = "Merit" }', 'label = { zh = "甲等", en = "Merit" }\nplaces = 1')
    result = decide([person("a"), person("b"), person("c", 70), person("d", 60)], *changes, one)
    assert tiers(result) == {"a": "top", "b": "top", "c": "good", "d": ""}


def test_places_that_nobody_reached_lapse() -> None:
    changes = ("places = 1", "places = 2\nat_least = 90"), ("number = 2", "number = 9")
    one = ('label = { zh = "甲等", en = "Merit" }', 'label = { zh = "甲等", en = "Merit" }\nplaces = 1')
    result = decide([person("a", 95, 95), person("b", 80), person("c", 70)], *changes, one)
    assert tiers(result) == {"a": "top", "b": "good", "c": ""}


@pytest.mark.parametrize(
    ("method", "expected"),
    [("competition", [1, 2, 2, 4]), ("dense", [1, 2, 2, 3]), ("modified", [1, 3, 3, 4])],
)
def test_the_methods_of_ranking(method: str, expected: list[int]) -> None:
    result = decide(
        [person("a", 90), person("b"), person("c"), person("d", 60)],
        ("competition", method),
        ("number = 2", "number = 4"),
    )
    assert [decision(result, id_).rank for id_ in "abcd"] == expected


def test_a_tier_with_a_line_takes_only_who_reaches_it() -> None:
    change = ("places = 1", "places = 2\nat_least = 90")
    result = decide([person("a", 95, 95), person("b", 80, 70)], change)
    assert tiers(result) == {"a": "top", "b": "good"}


def test_up_to_rank_takes_all_of_that_rank() -> None:
    result = decide(
        [person("a"), person("b"), person("c", 70)],
        ("places = 1", "up_to_rank = 1"),
        ("number = 2", "number = 3"),
    )
    assert tiers(result) == {"a": "top", "b": "top", "c": "good"}


def test_a_share_of_the_winners_is_rounded_as_the_tier_says() -> None:
    people = [person(id_, 90 - n) for n, id_ in enumerate("abcde")]
    for how, top in (("down", 1), ("half_up", 2), ("up", 2)):
        change = ("places = 1", f'share = "30%"\nrounding = "{how}"')
        assert [*tiers(decide(people, change, ("number = 2", "number = 5"))).values()].count("top") == top


@pytest.mark.parametrize(
    ("quota", "candidates", "eligible", "places"),
    [
        (Quota(number=3, share=None), 10, 2, 3),
        (Quota(number=None, share=Fraction(1, 10), of="eligible", rounding="down"), 40, 25, 2),
        (Quota(number=None, share=Fraction(1, 10), of="eligible", rounding="half_up"), 40, 25, 3),
        (Quota(number=None, share=Fraction(1, 10), of="eligible", rounding="up"), 40, 21, 3),
        (Quota(number=None, share=Fraction(1, 10), of="candidates", rounding="down"), 40, 25, 4),
        (Quota(number=None, share=Fraction(1, 10), of="eligible", rounding="down", at_least=1), 4, 4, 1),
        (Quota(number=None, share=Fraction(1, 2), of="eligible", rounding="down", at_most=5), 40, 40, 5),
    ],
)
def test_a_quota_is_a_number_or_a_share_within_limits(
    quota: Quota, candidates: int, eligible: int, places: int
) -> None:
    assert places_for(quota, candidates, eligible) == places


TOTAL = ("number = 2", 'number = 2\ntotal = 3\ncut = "lowest"')


def test_a_total_takes_the_place_of_the_lowest_last_winner() -> None:
    people = [
        person("a", 90),
        person("b", 85),
        person("c", 80, branch="south"),
        person("d", 75, branch="west"),
    ]
    result = decide(people, TOTAL)
    assert tiers(result) == {"a": "top", "b": "good", "c": "top", "d": ""}
    assert [group.quota for group in result.groups] == [2, 1]


def test_a_total_in_proportion_gives_the_rest_to_the_largest_remainder() -> None:
    contests = [Contest(id_, (), quota) for id_, quota in (("a", 13), ("b", 12), ("c", 6))]
    policy = Policy(digits=1, rounding="half_up", method="competition", ties=(), final="all_in", tiers=())
    assert [contest.quota for contest in cut_to(30, contests, "proportional", policy)] == [12, 12, 6]


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=6),
    st.integers(1, 60),
    st.sampled_from(["proportional", "lowest"]),
)
def test_a_cut_never_gives_more_than_the_total_or_than_the_rule(
    quotas: list[int], total: int, how: str
) -> None:
    entries = tuple(Entry(str(n), Fraction(n)) for n in range(50))
    contests = [Contest(str(n), entries, quota) for n, quota in enumerate(quotas)]
    policy = Policy(digits=1, rounding="half_up", method="competition", ties=(), final="all_in", tiers=())
    cut = [contest.quota or 0 for contest in cut_to(total, contests, how, policy)]  # type: ignore[arg-type]
    assert sum(cut) == min(total, sum(quotas))
    assert all(0 <= now <= before for now, before in zip(cut, quotas, strict=True))


# ---- distance, rounding, reasons --------------------------------------------------------------------


def test_the_distance_to_the_line_is_to_the_nearest_on_the_other_side() -> None:
    result = decide([person("a", 90), person("b", 80), person("c", 70), person("d", 60)])
    assert number(decision(result, "b").distance) == 6 and number(decision(result, "a").distance) == 12
    assert number(decision(result, "c").distance) == -6 and number(decision(result, "d").distance) == -12
    assert number(decision(result, "d").line) == number(decision(result, "b").ranked)


def test_without_a_loser_there_is_no_line() -> None:
    only = decision(decide([person("a")]), "a")
    assert (only.line, only.distance) == (None, None)


NO_DECIMALS = (
    '["more_decimals", { next = "zeal", better = "high" }, "all_in"]',
    '[{ next = "zeal", better = "high" }, "all_in"]',
)


def test_another_rounding_that_would_change_the_outcome_is_told() -> None:
    people = [person("a", 95), person("b", "80.08", zeal=70), person("c", "80.01", zeal=80)]
    result = decide(people, NO_DECIMALS)  # 80.0 and 80.0: c wins by zeal; to two decimals b is ahead
    assert tiers(result) == {"a": "top", "b": "", "c": "good"}
    rounding = decision(result, "b").rounding
    assert rounding is not None and "rounded half up to 2 decimals: Merit" in rounding.en
    assert decision(result, "a").rounding is None


def test_another_rounding_of_the_places_is_told_too() -> None:
    people = [person(id_, 95 - n) for n, id_ in enumerate("abcde")]
    result = decide(people, ("number = 2", 'share = "30%"\nrounding = "down"'))  # 1.5
    assert tiers(result) == {"a": "top", "b": "", "c": "", "d": "", "e": ""}
    assert decision(result, "b").rounding == Text(
        "名額四捨五入則為甲等；名額無條件進位則為甲等",
        "places rounded half up: Merit; places rounded up: Merit",
    )
    assert decision(result, "c").rounding is None


def test_where_low_is_better_the_lowest_is_first() -> None:
    start, end = changed().index("[[item]]"), changed().index("[quota]")
    rank = '[rank]\nby = "zeal"\nbetter = "low"\nmethod = "competition"\ndigits = 0\n\n'
    low = read(changed()[:start] + rank + changed()[end:])
    people = [person("a", zeal=70), person("b", zeal=60), person("c", zeal=65)]
    result = rules.decide(low, dataset(people), UNITS)
    assert ranks(result) == {"b": 1, "c": 2, "a": 3} and tiers(result)["a"] == ""
    lost = decision(result, "a")
    assert [number(value) for value in (lost.ranked, lost.line, lost.distance)] == [70, 65, 5]
    assert (
        lost.reason.en
        == "3rd of 3 in the north, with 70 points; 2 could win, 5 points above the last of them; not awarded."
    )


def test_a_tie_step_may_prefer_the_lower() -> None:
    change = ('{ next = "zeal", better = "high" }', '{ next = "zeal", better = "low" }')
    result = decide([person("a", 90), person("b", zeal=70), person("c", zeal=75)], change)
    assert tiers(result) == {"a": "top", "b": "good", "c": ""}


def test_an_aggregate_may_look_at_some_rows_only() -> None:
    column = ('take = "count"\nof = "mark"', 'take = "count"\nof = "mark"\nwhere = { month = [1, 2, 3] }')
    compared = ('column = "skill"\nat_least = 50', 'column = "months"\nat_least = 2')
    marks: list[Cells] = [{"month": Fraction(m), "id": "a", "mark": Fraction(80)} for m in (1, 3, 4, 12)]
    check = decision(decide([person("a")], column, compared, marks=marks), "a").checks[1]
    assert number(check.value) == 2


def test_an_aggregate_may_begin_and_end_on_a_day() -> None:
    column = (
        'table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"',
        'table = "sanctions"\ntake = "count"\non = "day"\nsince = 2013-02-01\nuntil = 2013-03-31',
    )
    compared = ('column = "skill"\nat_least = 50', 'column = "months"\nmore_than = 0')
    days = [date(2013, 1, 31), date(2013, 2, 1), date(2013, 3, 31), date(2013, 4, 1)]
    sanctions: list[Cells] = [{"id": "a", "day": day} for day in days]
    check = decision(decide([person("a")], column, compared, sanctions=sanctions), "a").checks[1]
    assert number(check.value) == 2


def test_an_aggregate_may_be_of_the_branch_and_not_of_the_person() -> None:
    column = ('of = "mark"\ngaps = "skip"', 'of = "mark"\ngaps = "skip"\nmatch = "branch"')
    compared = ('column = "skill"\nat_least = 50', 'column = "months"\nat_least = 1')
    marks: list[Cells] = [{"month": Fraction(1), "id": "north", "mark": Fraction(80)}]
    result = decide([person("a"), person("b", branch="west")], column, compared, marks=marks)
    assert [decision(result, id_).eligible for id_ in "ab"] == [True, False]


def test_a_reason_is_one_sentence_in_both_languages() -> None:
    result = decide([person("a", 90), person("b"), person("c", 70), person("d", 10)])
    assert decision(result, "a").reason == Text(
        "北組列第1名（共3名），得86.0分，名額2名，核列特優。",
        "1st of 3 in the north, with 86.0 points; 2 could win; rated “Distinction”.",
    )
    assert decision(result, "c").reason == Text(
        "北組列第3名（共3名），得74.0分，名額2名，較最後一位獲獎者少6.0分，未獲獎。",
        "3rd of 3 in the north, with 74.0 points; 2 could win, 6.0 points below the last of them; not awarded.",
    )
    assert decision(result, "d").reason == Text(
        "不符資格：「技能」為10.000分，應不低於50分。",
        "Not eligible: “Skill” is 10.000 points, required: at least 50 points.",
    )


def test_every_number_has_a_name_of_its_own() -> None:
    """The ledger knows a value by metric and key: two different ones must differ there."""
    result = decide([person(id_, 60 + n * 5, 55 + n * 9) for n, id_ in enumerate("abcde")])
    seen: dict[object, object] = {}
    for one in result.decisions:
        values = [one.score, one.ranked, one.line, one.distance]
        values += [
            value for item in one.items for value in (item.value, item.points, item.weight, item.weighted)
        ]
        values += [
            value
            for check in one.checks
            for value in (check.value, check.threshold)
            if isinstance(value, Value)
        ]
        for value in values:
            if value is not None:
                assert seen.setdefault((value.metric, value.key, value.digits), value.exact) == value.exact, (
                    value
                )


def test_a_name_that_cannot_be_read_still_takes_part() -> None:
    result = decide([person("a", name="\ufffd"), person("b", 70, name="")])
    assert tiers(result) == {"a": "top", "b": "good"}


def test_the_scheme_is_told_in_words() -> None:
    said = {label.en: text for label, text in decide([]).rules}
    assert said["Ties"] == Text(
        "比較未取位數之原始分數；再比較熱忱；再並列，全部錄取",
        "compare the scores before rounding; then compare zeal; then all of them are in",
    )
    assert said["Distinction"].en == "1 place: two commendations and prize money of NT$1,000"
    assert said["Zeal"].zh == "占40%，以「熱忱」級距計分" or "90以上100以下得100分" in said["Zeal"].zh


# ---- what the rules cannot decide -------------------------------------------------------------------


def test_a_candidate_in_no_group_is_told_with_its_row() -> None:
    change = (
        'where = { branch = ["south", "west"] }',
        'where = { branch = ["south", "west"], title = ["chief"] }',
    )
    with pytest.raises(KindError) as refused:
        decide([person("a"), person("b", branch="west")], change)
    (problem,) = refused.value.problems
    assert problem.say() == (
        "inputs/small-award/rules.toml:40: group.where: the candidate of inputs/datasets/contest/staff.csv:3 is in no group; "
        "every candidate belongs to exactly one; add a group for this candidate, or widen one"
    )


def test_a_candidate_that_stands_twice_is_told_with_both_rows() -> None:
    with pytest.raises(InputError, match=r"staff.csv:4: id: the candidate stands twice, first in row 2"):
        decide([person("a"), person("b"), person("a")])


# ---- properties -------------------------------------------------------------------------------------

marks = st.integers(50, 60).map(Fraction) | st.fractions(50, 60, max_denominator=20)
zeals = st.sampled_from([Fraction(n) for n in (55, 60, 61, 90, 91)])
FINALS = st.sampled_from(["all_in", "none_in", "share"])


@st.composite
def fields(draw: st.DrawFn, least: int = 0) -> list[Cells]:
    size = draw(st.integers(least, 9))
    return [
        person(f"p{n}", draw(marks), draw(zeals), draw(st.sampled_from(["north", "south"])))
        for n in range(size)
    ]


def outcome(result: Result) -> list[object]:
    """All that was decided, without the rows it was read from."""

    def told(value: Value | Text | None) -> object:
        return (value.metric, value.key, value.exact, value.worked) if isinstance(value, Value) else value

    return [
        (
            d.person.id,
            d.group,
            d.eligible,
            d.rank,
            d.of,
            d.tier,
            told(d.score),
            told(d.ranked),
            told(d.line),
            told(d.distance),
            d.rounding,
            d.reason,
            [(t.step, t.with_, t.settled) for t in d.ties],
        )
        for d in result.decisions
    ]


@given(fields(), FINALS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_outcome_does_not_depend_on_the_order_of_rows(
    people: list[Cells], final: str, chance: random.Random
) -> None:
    change = ('"all_in"]', f'"{final}"]')
    shuffled = [*people]
    chance.shuffle(shuffled)
    assert outcome(decide(people, change)) == outcome(decide(shuffled, change))


@given(st.permutations(range(1, 13)))
@settings(deadline=None, max_examples=10)
def test_the_working_of_an_aggregate_does_not_depend_on_the_order_of_rows(months: list[int]) -> None:
    compared = ('column = "skill"\nat_least = 50', 'column = "months"\nat_least = 1')
    column = ('take = "count"', 'take = "mean"')
    rows: list[Cells] = [{"month": Fraction(m), "id": "a", "mark": Fraction(70 + m)} for m in months]
    value = decision(decide([person("a")], column, compared, marks=rows), "a").checks[1].value
    assert isinstance(value, Value)
    assert value.worked == "n = 12: 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82"


@given(fields(least=1), FINALS)
@settings(max_examples=60, deadline=None)
def test_winners_are_never_below_losers(people: list[Cells], final: str) -> None:
    result = decide(people, ('"all_in"]', f'"{final}"]'))
    for group in result.groups:
        inside = [d for d in result.decisions if d.group == group.id and d.eligible]
        won = [number(d.ranked) for d in inside if d.tier]
        lost = [number(d.ranked) for d in inside if not d.tier]
        assert not won or not lost or min(won) >= max(lost)
        for d in inside:
            assert d.rank is not None and d.rank <= len(inside)
        scores = {d.rank: number(d.ranked) for d in inside if d.rank}
        assert [scores[rank] for rank in sorted(scores)] == sorted(scores.values(), reverse=True)


@given(fields(least=1), FINALS)
@settings(max_examples=60, deadline=None)
def test_a_quota_is_only_exceeded_by_a_tie_that_is_all_in(people: list[Cells], final: str) -> None:
    result = decide(people, ('"all_in"]', f'"{final}"]'))
    for group in result.groups:
        if group.winners > 2:
            won = [d for d in result.decisions if d.group == group.id and d.tier]
            tied = [d for d in won if d.ties and d.ties[-1].step == final]
            assert final in ("all_in", "share")
            assert len(tied) > len(won) - 2


@given(fields(least=2), st.integers(0, 8), marks)
@settings(max_examples=60, deadline=None)
def test_a_higher_value_never_lowers_the_rank(people: list[Cells], which: int, more: Fraction) -> None:
    which %= len(people)
    before = people[which]
    better = {**before, "skill": max(Fraction(str(before["skill"])), more)}
    after = [*people[:which], better, *people[which + 1 :]]
    id_ = str(before["id"])
    old, new = decision(decide(people), id_), decision(decide(after), id_)
    assert new.rank is not None and old.rank is not None and new.rank <= old.rank
    order = ["top", "good", ""]
    assert order.index(tiers(decide(after))[id_]) <= order.index(tiers(decide(people))[id_])


@given(fields(least=2), st.integers(0, 8), marks)
@settings(max_examples=60, deadline=None)
def test_a_changed_value_changes_only_its_own_items_and_group(
    people: list[Cells], which: int, other: Fraction
) -> None:
    which %= len(people)
    after = [*people[:which], {**people[which], "skill": other}, *people[which + 1 :]]
    id_, branch = str(people[which]["id"]), people[which]["branch"]
    old, new = decide(people), decide(after)
    for d in old.decisions:
        then = decision(new, d.person.id)
        if d.person.id != id_:
            assert (then.items, then.score, then.checks, then.eligible) == (
                d.items,
                d.score,
                d.checks,
                d.eligible,
            )
        if d.person.branch != branch:
            assert then == d


def test_who_is_below_the_line_stands_in_the_order_of_the_steps() -> None:
    steps = (TieRule("next_criterion", "c"), TieRule("next_criterion", "d"))
    criteria = {"a": (1, 0), "b": (2, 1), "c": (2, 0), "d": (3, 0)}
    entries = tuple(Entry(id_, Fraction(9), (Fraction(c), Fraction(d))) for id_, (c, d) in criteria.items())
    policy = Policy(
        digits=0,
        rounding="half_up",
        method="competition",
        ties=steps,
        final="all_in",
        tiers=(TierRule(id="in", label=Text("在", "in"), rewards=()),),
    )
    found = award(Contest("g", entries, 2), policy)
    assert found.ranks == {"d": 1, "b": 2, "c": 3, "a": 4} and set(found.tiers) == {"d", "b"}


@given(st.lists(st.fractions(0, 5, max_denominator=4), max_size=12), st.integers(0, 6), FINALS, st.data())
@settings(deadline=None, max_examples=150)
def test_the_tie_policy_holds_for_any_scores(
    scores: Sequence[Fraction], quota: int, final: Final, data: st.DataObject
) -> None:
    criterion = st.none() | st.integers(0, 2).map(Fraction)
    entries = tuple(
        Entry(f"e{n}", score, (data.draw(criterion), data.draw(criterion))) for n, score in enumerate(scores)
    )
    tier = TierRule(id="in", label=Text("在", "in"), rewards=())
    steps = (TieRule("next_criterion", "c"), TieRule("next_criterion", "d"))
    policy = Policy(
        digits=0, rounding="half_up", method="competition", ties=steps, final=final, tiers=(tier,)
    )
    found = award(Contest("g", entries, quota), policy)
    key = {
        entry.id: (found.compared[entry.id], *((one is not None, one or 0) for one in entry.criteria))
        for entry in entries
    }
    assert set(found.ranks) == set(key)
    assert all(key[a] >= key[b] for a in key for b in key if found.ranks[a] < found.ranks[b])
    won = set(found.tiers)
    assert all(key[a] >= key[b] for a in won for b in set(key) - won)
    places = min(quota, len(entries))
    if final == "none_in":
        assert len(won) <= places
    else:
        # Whoever is in beyond the places is level with the last of them.
        ordered = sorted(key.values(), reverse=True)
        assert len(won) == (sum(value >= ordered[places - 1] for value in ordered) if places else 0)


@given(st.fractions(-100, 100), st.integers(0, 4))
@settings(deadline=None)
def test_roundings_stand_in_their_order(value: Fraction, digits: int) -> None:
    half, down, up = (abs(rounded(value, digits, how)) for how in ROUNDINGS)
    assert down <= half <= up <= down + Fraction(1, 10**digits)
    assert down <= abs(value) <= up and abs(half - abs(value)) <= Fraction(1, 2 * 10**digits)


@given(st.lists(st.fractions(0, 50), min_size=1, max_size=8))
@settings(deadline=None)
def test_the_largest_remainder_loses_nothing(parts: list[Fraction]) -> None:
    total = int(sum(parts))
    whole = largest_remainder(parts, total)
    assert sum(whole) == total
    assert all(abs(exact - given_) < 1 for exact, given_ in zip(parts, whole, strict=True))


# ---- explained --------------------------------------------------------------------------------------


def told(result: Result, candidate: str, language: str = "en") -> list[str]:
    return list(rules.explain(result, candidate, UNITS, language))  # type: ignore[arg-type]


def test_a_decision_is_explained_line_by_line() -> None:
    result = decide([person("a", 90), person("b", zeal=70), person("c", zeal=75), person("d", 60)])
    assert told(result, "b") == [
        "Small award",
        "Basis (an assumption): An assumption of this sample",
        "b Wang b Clerk",
        "Group: the north; places: 2 places",
        "Eligibility and exclusions",
        "  [pass] Post: Clerk; required: Clerk",
        "  [pass] Skill: 80.000 points; required: at least 50 points",
        "  [pass] Sanction: 0; required: none since January 1, 2011",
        "Score",
        "  Skill: 80.000 points → 80.000 points × 60% = 48.000 points",
        "  Zeal: 70.000 points (60 to below 90) → 80 points × 40% = 32.000 points",
        "  Total: 80.000 points",
        "Rank: 3rd of 4 (80.0 points)",
        "  Tie with c: compare the scores before rounding (80.000000 points): still level",
        "  Tie with c: compare zeal (70.000 points): settled",
        "  The last who is in: 80.0 points, difference 0.0 points",
        "  With another rounding: the outcome would be the same",
        "Reason: 3rd of 4 in the north, with 80.0 points; 2 could win; level with 1 other, settled by “compare zeal”; not awarded.",
    ]


def test_a_candidate_is_found_by_either_name() -> None:
    result = decide([person("a")])
    assert told(result, "王a", "zh") == told(result, "a", "zh") == told(result, "Wang a", "zh")


def test_an_unknown_candidate_is_told_with_a_near_name() -> None:
    with pytest.raises(
        InputError, match=r"there is no such candidate; give the number or the name; did you mean 'Wang a'"
    ):
        told(decide([person("a")]), "Wang aa")


def test_two_of_one_name_are_told_by_number() -> None:
    result = decide([person("a", name="陳怡君"), person("b", name="陳怡君")])
    with pytest.raises(InputError, match="2 candidates have this name; give the number: a, b"):
        told(result, "陳怡君")


def test_no_other_column_of_a_person_is_ever_told() -> None:
    result = decide([person("a")])
    secret = replace(result.decisions[0].person, cells={"identity_no": "A012345678"})
    result = replace(result, decisions=(replace(result.decisions[0], person=secret),))
    assert "A012345678" not in "\n".join(told(result, "a"))
    with pytest.raises(InputError) as refused:
        told(result, "A012345679")
    assert "A01234567" not in str(refused.value)


def test_the_text_of_rules_may_be_read_from_a_string() -> None:
    assert read(changed(ONE_GROUP)).groups == ()
    result = rules.decide(read(changed(ONE_GROUP)), dataset([person("a"), person("b", branch="west")]), UNITS)
    assert {d.group for d in result.decisions} == {"all"}
