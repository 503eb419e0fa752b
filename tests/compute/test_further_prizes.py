"""Further prizes, the mix of winners, stages of review, limits per person, members of units: by hand, and what holds for all."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from contest import RULES, Cells, changed, dataset, decide, declared, made, person, read, tiers
from hypothesis import given
from hypothesis import strategies as st
from small import registry

from reportgen.compute import rules
from reportgen.compute.exact import percent
from reportgen.compute.rules.bonus import Bounds, bounded, dollars
from reportgen.compute.rules.ranking import Contest, Entry, Limit, Policy, award, beyond
from reportgen.model.errors import InputError, KindError

GOOD = """[[tier]]
id = "good"
label = { zh = "甲等", en = "Merit" }
rewards = [{ kind = "certificate" }]
"""
PRIZE = """
[[prize]]
id = "zeal"
label = { zh = "熱忱獎", en = "Zeal Prize" }
by = "zeal"
places = 1
ties = { steps = [{ next = "skill", better = "high" }, "none_in"] }
rewards = [{ kind = "certificate" }]
"""
MIX = """
[[mix]]
label = { zh = "西區", en = "those of the west" }
where = { branch = ["west"] }
"""


def more(text: str) -> tuple[str, str]:
    return GOOD, GOOD + text


# ---- further prizes -------------------------------------------------------------------------------------


def test_a_further_prize_goes_to_who_has_won_nothing_yet() -> None:
    people = [person(id_, skill, zeal) for id_, skill, zeal in (("a", 99, 99), ("b", 98, 70), ("c", 60, 95))]
    result = decide([*people, person("d", 61, 80)], more(PRIZE))
    assert tiers(result) == {"a": "top", "b": "good", "c": "zeal", "d": ""}
    verdicts = {d.person.id: d.prizes[0].verdict for d in result.decisions}
    assert verdicts == {"a": "holder", "b": "holder", "c": "won", "d": "lower"}
    (won,) = [d for d in result.decisions if d.person.id == "c"]
    assert won.reason.en.endswith("awarded “Zeal Prize” as 1st of 2, with 95.000 points.")


def test_its_tie_is_parted_by_its_own_steps_and_says_so() -> None:
    people = [person(id_, skill, 80) for id_, skill in (("a", 99), ("b", 98), ("c", 70), ("d", 71))]
    result = decide(people, more(PRIZE))
    assert tiers(result)["d"] == "zeal"
    (trial,) = [d.prizes[0] for d in result.decisions if d.person.id == "d"]
    assert [(step.with_, step.decides) for step in trial.ties] == [(("c",), True)]


def test_last_years_value_comes_by_a_condition_on_a_column_of_its_table() -> None:
    column = """[[column]]
id = "later"
label = { zh = "後", en = "Later" }
table = "marks"
take = "mean"
of = "mark"
where = { month = [2] }

[[eligible]]
id = "clerks\""""
    text = changed(
        ('[[eligible]]\nid = "clerks"', column), more(PRIZE.replace('by = "zeal"', 'by = "later"'))
    )
    marks = [
        {"month": month, "id": id_, "mark": Fraction(mark)}
        for id_, month, mark in (("c", 1, 99), ("c", 2, 50), ("d", 1, 10), ("d", 2, 60))
    ]
    people = [person(id_, skill) for id_, skill in (("a", 99), ("b", 98), ("c", 70), ("d", 60))]
    result = rules.decide(read(text), dataset(people, marks), registry().units)
    assert tiers(result)["d"] == "zeal"


# ---- the mix of winners ---------------------------------------------------------------------------------


def test_at_least_one_of_a_kind_takes_the_last_place_and_the_sheet_says_why() -> None:
    people = [person("a", 99, 80, "south"), person("b", 98, 80, "south"), person("w", 60, 80, "west")]
    result = decide(people, more(MIX + "at_least = 1\n"))
    assert tiers(result) == {"a": "top", "w": "good", "b": ""}
    (out,) = [d for d in result.decisions if d.person.id == "b"]
    assert out.reason.en.endswith("not awarded: those of the west: at least 1.") and out.line is None


def test_a_third_of_nine_is_three() -> None:
    people = [person(f"w{n}", 99 - n, 80, "west") for n in range(9)]
    people += [person(f"s{n}", 70 - n, 80, "south") for n in range(9)]
    quota = ("number = 2", "number = 9")
    won = {id_ for id_, tier in tiers(decide(people, quota, more(MIX + 'at_most = "1/3"\n'))).items() if tier}
    assert won == {"w0", "w1", "w2", *(f"s{n}" for n in range(6))}
    assert percent(Fraction(1, 3)) == "1/3" and percent(Fraction(1, 8)) == "12.5%"


PLAIN = Policy(digits=0, rounding="half_up", method="competition", ties=(), final="none_in", tiers=())


def chosen(scores: list[int], members: set[int], places: int, least: int, part: Fraction) -> set[int]:
    """The slow way: of all sets of winners that keep to the limits the largest, and of those the best from the top."""
    order = sorted(range(len(scores)), key=lambda n: -scores[n])
    for size in range(min(places, len(scores)), -1, -1):
        for winners in combinations(order, size):  # in the order of ranks
            inside = len(members & {*winners})
            if min(least, len(members), size) <= inside <= part * size:
                return {*winners}
    return set()


def test_a_minimum_that_is_met_takes_no_place_from_who_is_better_whatever_the_order_of_the_limits() -> None:
    """1 and 2 are clerks, 2 is the last; 3 and 4 are executors, of whom one of three may win: 5 comes before 2."""
    scores = {"1": 92, "3": 87, "4": 85, "5": 84, "2": 81}
    contest = Contest("all", tuple(Entry(id_, Fraction(score)) for id_, score in scores.items()), 3)
    limits = [Limit({"1", "2"}, 1, None), Limit({"3", "4"}, None, Fraction(1, 3))]
    for ordered in (limits, limits[::-1]):
        out = beyond(contest, PLAIN, ordered)
        assert [id_ for id_ in scores if id_ not in out][:3] == ["1", "3", "5"]


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=7, unique=True),
    st.sets(st.integers(0, 6)),
    st.integers(1, 7),
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3)]),
)
def test_the_best_that_keep_to_a_limit_win_as_the_slow_way_says(
    scores: list[int], marked: set[int], places: int, part: Fraction
) -> None:
    members = {n for n in marked if n < len(scores)}
    entries = tuple(Entry(str(n), Fraction(score)) for n, score in enumerate(scores))
    for least, most in ((0, part), (1, Fraction(1))):
        limit = Limit({str(n) for n in members}, least or None, most if most < 1 else None)
        for ordered in (entries, entries[::-1]):
            contest = Contest("all", ordered, places)
            out = beyond(contest, PLAIN, [limit])
            left = sorted((n for n in range(len(scores)) if str(n) not in out), key=lambda n: -scores[n])
            assert {*left[:places]} == chosen(scores, members, places, least, most)
            assert award(contest, PLAIN, out).ranks == award(contest, PLAIN).ranks


# ---- what decided ---------------------------------------------------------------------------------------


def test_the_step_that_parted_nobody_is_not_said_to_have_decided() -> None:
    people = [person(id_, 70, 80, "south") for id_ in "abc"]
    result = decide([*people, person("d", 99, 80, "south")])
    steps = {d.person.id: [step.decides for step in d.ties] for d in result.decisions}
    assert steps == {"a": [False, False, True], "b": [False, False, True], "c": [False, False, True], "d": []}
    assert all("settled by “all of them are in" in d.reason.en for d in result.decisions if d.ties)


# ---- stages of review -----------------------------------------------------------------------------------

REVIEWS = """
[table.reviews]
label = { zh = "複評", en = "Reviews" }
file = "reviews.csv"
key = ["id"]
column.id = { type = "text" }
column.points = { type = "decimal", unit = "score", digits = 2, label = { zh = "增減", en = "Points" } }
column.reason = { type = "text" }
column.by = { type = "text" }
column.day = { type = "roc_date" }
"""
STAGE = """
[[stage]]
id = "committee"
label = { zh = "審查會", en = "Committee" }
table = "reviews"
points = "points"
reason = "reason"
name = "by"
date = "day"
limit = 5
"""


def reviewed(people: list[Cells], *rows: tuple[str, str, str, str]) -> rules.Result:
    declaration = declared(REVIEWS)
    reviews = [
        {"id": id_, "points": Fraction(points), "reason": why, "by": who, "day": date(2014, 1, 8)}
        for id_, points, why, who in rows
    ]
    tables = {"staff": people, "marks": [], "sanctions": [], "reviews": reviews}
    return rules.decide(read(changed(more(STAGE)), declaration), made(declaration, tables), registry().units)


def test_a_committee_changes_the_score_and_both_are_told() -> None:
    people = [person("a", 90), person("b", 89), person("c", 88)]
    result = reviewed(people, ("c", "3", "因公負傷", "王委員"))
    assert tiers(result) == {"c": "top", "a": "good", "b": ""}
    (one,) = [d for d in result.decisions if d.person.id == "c"]
    assert one.computed and one.score
    assert (one.computed.exact, one.score.exact) == (Fraction("84.8"), Fraction("87.8"))
    said = [*rules.explain(result, "c", registry().units, "zh")]
    assert any("審查會：+3分（因公負傷；王委員，中華民國103年1月8日）＝87.800分" in line for line in said)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("a", "3", "", "王委員"), "reason: Committee: an adjustment needs its reason"),
        (("a", "3", "因公負傷", ""), "by: Committee: an adjustment needs the name of who decided it"),
        (("a", "-5.5", "因公負傷", "王委員"), "-5.5 points are more than the 5 that it may add or take"),
        (("a", "4", "因公負傷", "王委員"), "97 would become 101, outside 0–100"),
        (("z", "4", "因公負傷", "王委員"), "nobody has this number among the candidates"),
    ],
)
def test_a_review_that_may_not_be_so_is_told(row: tuple[str, str, str, str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        reviewed([person("a", 95, 95), person("b")], row)
    assert [said in problem.say() for problem in refused.value.problems] == [True]


# ---- limits per person ----------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 9000), st.integers(0, 900), st.integers(0, 5000)), min_size=1, max_size=6
    ),
    st.sampled_from(["others", "unpaid"]),
)
def test_shares_within_limits_pay_every_dollar_that_may_be_paid(
    members: list[tuple[int, int, int]], rest: str
) -> None:
    exact = [Fraction(share, 3) for share, _, _ in members]
    bounds = [Bounds(min(low, high) if share else 0, high) for share, low, high in members]
    within = bounded(exact, bounds, rest)
    paid = [dollar for dollar, _ in dollars(within, "largest")]
    room = sum(of.high or 0 for of, share in zip(bounds, exact, strict=True) if share)
    assert all(one <= (of.high or 0) for one, of in zip(paid, bounds, strict=True))
    if rest == "others":
        assert sum(paid) == int(min(sum(exact), room))
    else:
        assert sum(paid) == int(
            sum(min(one, Fraction(of.high or 0)) for one, of in zip(exact, bounds, strict=True))
        )
    if sum(of.low for of in bounds) <= sum(within):
        assert all(one >= of.low for one, of in zip(paid, bounds, strict=True))


# ---- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PRIZE.replace("places = 1\n", ""), "everybody left would win it"),
        (PRIZE.replace('"none_in"', '"more_decimals"'), "must end every tie"),
        (MIX, "is missing: how many of the winners"),
        (MIX + 'at_most = "4/3"\n', "is not a share"),
        (MIX + 'prize = "zeal"\nat_least = 1\n', "there is no prize 'zeal' to limit"),
        (GOOD.replace("[[tier]]", "[[prize]]"), "is missing"),
    ],
)
def test_a_further_rule_that_cannot_hold_is_told(text: str, said: str) -> None:
    with pytest.raises(KindError) as refused:
        read(RULES + text)
    assert any(said in problem.say() for problem in refused.value.problems)
