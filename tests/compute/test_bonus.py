"""The bonus of a unit: base, rate, staffing, shares by part and service, and whole dollars that sum to the total."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from contest import ROOT, Cells, made
from hypothesis import given, settings
from hypothesis import strategies as st
from small import registry

from reportgen.compute import rules
from reportgen.compute.rules.bonus import dollars, service
from reportgen.compute.rules.model import Bonus, Decision
from reportgen.model import Text, Value
from reportgen.model.errors import InputError, KindError
from reportgen.read.tables import Declaration, describe

UNITS = registry().units
RULES = (ROOT / "inputs" / "bonus-104" / "rules.toml").read_text("utf-8")
Change = tuple[str, str]
WHOLE_YEAR = (date(2015, 1, 1), date(2015, 12, 31))


@cache
def declared() -> Declaration:
    return describe(ROOT, "bonus-104")


@cache
def scheme(*changes: Change) -> rules.Scheme:
    text = RULES
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "inputs" / "bonus-104"
        home.mkdir(parents=True)
        (home / "rules.toml").write_text(text, encoding="utf-8")
        return rules.read_scheme(Path(folder), "bonus-104", declared(), UNITS)


def unit(id_: str, collected: int, responsibility: int = 1_000_000, staffing: str = "full") -> Cells:
    return {
        "unit_id": id_,
        "name": f"{id_}股",
        "name_en": f"Unit {id_}",
        "branch": "taipei",
        "unit": Fraction(1),
        "staffing": staffing,
        "responsibility": Fraction(responsibility),
        "collected": Fraction(collected),
    }


def member(unit_: str, id_: str, role: str, days: tuple[date, date] = WHOLE_YEAR) -> Cells:
    return {
        "unit_id": unit_,
        "member_id": id_,
        "name": f"王{id_}",
        "name_en": f"Wang {id_}",
        "role": role,
        "since": days[0],
        "until": days[1],
        "identity_no": "A012345678",
        "postcode": "100",
        "address": "路",
        "address_en": "Road",
    }


def team(unit_: str = "u") -> list[Cells]:
    return [member(unit_, "c", "clerk"), member(unit_, "e", "executor"), member(unit_, "o", "officer")]


def decide(units: Iterable[Cells], members: Iterable[Cells], *changes: Change) -> rules.Result:
    dataset = made(declared(), {"units": units, "members": members})
    return rules.decide(scheme(*changes), dataset, UNITS)


def only(units: Iterable[Cells], members: Iterable[Cells], *changes: Change) -> Decision:
    (decision,) = decide(units, members, *changes).decisions
    return decision


def bonus(
    collected: int, members: Iterable[Cells] | None = None, *changes: Change, staffing: str = "full"
) -> Bonus:
    found = only(
        [unit("u", collected, staffing=staffing)], team() if members is None else members, *changes
    ).bonus
    assert found is not None
    return found


def number(value: Value | None) -> Fraction:
    assert value is not None and isinstance(value.exact, Fraction)
    return value.exact


def paid(found: Bonus) -> dict[str, int]:
    return {share.person: int(number(share.paid)) for share in found.shares}


# ---- the unit's bonus -----------------------------------------------------------------------------


def test_half_a_per_cent_of_what_is_above_the_responsibility_amount() -> None:
    assert number(bonus(3_000_000).total) == 10_000


def test_the_steps_are_told_in_their_order() -> None:
    steps = bonus(3_000_000, staffing="half").steps
    assert [(label.en, number(value)) for label, value in steps] == [
        ("Amount collected", 3_000_000),
        ("Basic responsibility amount for collection", 1_000_000),
        ("Base", 2_000_000),
        ("Rate", Fraction(5, 1000)),
        ("Half-staffed unit", Fraction(9, 10)),
        ("Bonus", 9_000),
    ]


@pytest.mark.parametrize(("collected", "eligible"), [(999_999, False), (1_000_000, False), (1_000_001, True)])
def test_only_what_is_above_the_amount_makes_eligible(collected: int, eligible: bool) -> None:
    assert only([unit("u", collected)], team()).eligible is eligible


def test_a_bonus_of_less_than_a_dollar_is_not_paid_and_says_so() -> None:
    decision = only([unit("u", 1_000_199)], team())
    assert decision.eligible and decision.tier is None
    assert decision.reason == Text(
        "計算基礎新臺幣199元，獎勵金不足1元，不發給。",
        "The base is NT$199; the bonus is less than NT$1 and is not paid.",
    )


def test_who_is_not_above_gets_no_bonus() -> None:
    decision = only([unit("u", 5)], team())
    assert (decision.bonus, decision.tier) == (None, None)


def test_a_base_below_zero_counts_as_zero() -> None:
    anyone = ("more_than = 0", "more_than = -99999999")
    decision = only([unit("u", 5)], team(), anyone)
    assert decision.eligible and decision.bonus and number(decision.bonus.base) == 0 and decision.tier is None


def test_a_half_staffed_unit_gets_nine_tenths() -> None:
    assert number(bonus(3_000_000, staffing="half").total) == 9_000


def test_the_scheme_may_reduce_the_responsibility_amount_instead() -> None:
    change = ('reduces = "bonus"', 'reduces = "responsibility"')
    assert number(bonus(3_000_000, None, change, staffing="half").total) == (3_000_000 - 900_000) // 200
    assert number(bonus(3_000_000, None, change).total) == 10_000


@pytest.mark.parametrize(("rounding", "total"), [("down", 10_000), ("half_up", 10_001), ("up", 10_001)])
def test_the_total_is_rounded_as_declared(rounding: str, total: int) -> None:
    assert number(bonus(3_000_150, None, ('rounding = "down"', f'rounding = "{rounding}"')).total) == total


# ---- shares ---------------------------------------------------------------------------------------


def test_the_split_is_45_45_10() -> None:
    found = bonus(3_000_000)
    assert paid(found) == {"c": 4_500, "e": 4_500, "o": 1_000} and number(found.unpaid) == 0


@pytest.mark.parametrize(
    ("days", "months"),
    [
        (WHOLE_YEAR, 12),
        ((date(2015, 1, 1), date(2015, 6, 30)), 6),
        ((date(2015, 2, 1), date(2015, 2, 28)), 1),
        ((date(2015, 2, 1), date(2015, 2, 14)), Fraction(1, 2)),
        ((date(2015, 1, 31), date(2015, 3, 1)), Fraction(1, 31) + 1 + Fraction(1, 31)),
        ((date(2015, 12, 31), date(2015, 12, 31)), Fraction(1, 31)),
        ((date(2000, 1, 1), date(2030, 1, 1)), 12),
        ((date(2016, 1, 1), date(2016, 12, 31)), 0),
    ],
)
def test_service_is_whole_months_and_parts_by_days(days: tuple[date, date], months: int | Fraction) -> None:
    assert service(*days, 104) * 12 == months


def test_a_leap_february_has_29_days() -> None:
    assert service(date(2016, 2, 1), date(2016, 2, 29), 105) * 12 == 1
    assert service(date(2016, 2, 1), date(2016, 2, 28), 105) * 12 == Fraction(28, 29)


@given(st.dates(date(2015, 1, 1), date(2015, 12, 31)))
@settings(deadline=None)
def test_the_parts_of_a_year_before_and_after_a_day_make_a_year(day: date) -> None:
    after = date.fromordinal(day.toordinal() + 1)
    assert service(date(2015, 1, 1), day, 104) + service(after, date(2015, 12, 31), 104) == 1


def test_two_who_follow_one_another_share_the_place_by_their_service() -> None:
    members = [
        member("u", "c1", "clerk", (date(2015, 1, 1), date(2015, 6, 30))),
        member("u", "c2", "clerk", (date(2015, 7, 1), date(2015, 12, 31))),
        *team()[1:],
    ]
    found = bonus(3_000_000, members)
    assert paid(found) == {"c1": 2_250, "c2": 2_250, "e": 4_500, "o": 1_000} and number(found.unpaid) == 0


def test_the_share_of_a_vacancy_is_not_paid() -> None:
    found = bonus(3_000_000, [member("u", "c", "clerk", (date(2015, 7, 1), date(2015, 12, 31)))])
    assert paid(found) == {"c": 2_250} and number(found.unpaid) == 7_750


def test_a_unit_without_members_keeps_its_bonus_unpaid() -> None:
    found = bonus(3_000_000, [])
    assert found.shares == () and number(found.unpaid) == number(found.total) == 10_000


def test_more_than_a_year_in_one_place_is_an_error_with_its_row() -> None:
    with pytest.raises(InputError) as refused:
        bonus(3_000_000, [*team(), member("u", "c2", "clerk")])
    (problem,) = refused.value.problems
    assert problem.say() == (
        "inputs/datasets/bonus-104/members.csv:5: role: the members with the role 'clerk' served 24 months of one place "
        "together; 12 are possible"
    )


def test_a_crowded_place_may_be_divided_where_that_is_declared() -> None:
    found = bonus(
        3_000_000, [*team(), member("u", "c2", "clerk")], ('crowded = "error"', 'crowded = "divide"')
    )
    assert paid(found) == {"c": 2_250, "c2": 2_250, "e": 4_500, "o": 1_000}


def test_a_stay_that_ends_before_it_begins_is_told_with_its_row() -> None:
    with pytest.raises(InputError, match=r"members\.csv:2: until: the last day is before the first"):
        bonus(3_000_000, [member("u", "c", "clerk", (date(2015, 5, 2), date(2015, 5, 1)))])


def test_members_of_another_unit_get_nothing() -> None:
    result = decide([unit("u", 3_000_000), unit("v", 2_000_000)], [*team("u"), *team("v")])
    assert [number(d.bonus.total) for d in result.decisions if d.bonus] == [10_000, 5_000]
    assert result.total == 15_000


# ---- dollars --------------------------------------------------------------------------------------


def test_the_remainder_goes_to_the_largest_and_of_equals_to_the_first() -> None:
    # 10,001: 4,500.45 + 4,500.45 + 1,000.10 leave one dollar; clerk and executor are level
    found = bonus(3_000_200)
    assert paid(found) == {"c": 4_501, "e": 4_500, "o": 1_000}
    assert [share.extra for share in found.shares] == [1, 0, 0]


def test_of_equals_the_role_that_is_declared_first_goes_first_whatever_the_ids() -> None:
    people = [member("u", "x", "officer"), member("u", "y", "executor"), member("u", "z", "clerk")]
    found = bonus(3_000_200, people)
    assert [share.person for share in found.shares] == ["z", "y", "x"]
    assert paid(found) == {"z": 4_501, "y": 4_500, "x": 1_000}


@pytest.mark.parametrize(
    ("remainder", "expected"), [("largest", [3, 3, 2]), ("first", [3, 3, 2]), ("unpaid", [2, 2, 2])]
)
def test_the_rules_for_the_remainder(remainder: str, expected: list[int]) -> None:
    exact = [Fraction(27, 10), Fraction(28, 10), Fraction(25, 10)]
    assert [whole for whole, _ in dollars(exact, remainder)] == expected  # type: ignore[arg-type]


def test_the_first_is_not_always_the_largest() -> None:
    exact = [Fraction(21, 10), Fraction(29, 10)]
    assert dollars(exact, "largest") == [(2, 0), (3, 1)]
    assert dollars(exact, "first") == [(3, 1), (2, 0)]


@given(st.lists(st.fractions(0, 10_000), max_size=9), st.sampled_from(["largest", "first", "unpaid"]))
@settings(deadline=None)
def test_no_one_is_paid_a_dollar_more_or_less_than_exact(exact: list[Fraction], remainder: str) -> None:
    paid_ = dollars(exact, remainder)  # type: ignore[arg-type]
    assert all(abs(whole - part) < 1 for part, (whole, _) in zip(exact, paid_, strict=True))
    assert sum(whole for whole, _ in paid_) <= sum(exact)
    if remainder != "unpaid":
        assert sum(whole for whole, _ in paid_) == int(sum(exact))


@st.composite
def members(draw: st.DrawFn) -> list[Cells]:
    """Up to two stays in each place, one after the other."""
    found = []
    for role in ("clerk", "executor", "officer"):
        days = sorted(
            draw(
                st.lists(st.dates(date(2015, 1, 1), date(2015, 12, 31)), min_size=4, max_size=4, unique=True)
            )
        )
        for n in range(draw(st.integers(0, 2))):
            found.append(member("u", f"{role}{n}", role, (days[2 * n], days[2 * n + 1])))
    return found


@given(
    st.integers(1_000_000, 900_000_000),
    members(),
    st.sampled_from(["full", "half"]),
    st.sampled_from(["largest", "first", "unpaid"]),
)
@settings(max_examples=60, deadline=None)
def test_paid_and_unpaid_are_the_total_to_the_dollar(
    collected: int, people: list[Cells], staffing: str, remainder: str
) -> None:
    decision = only(
        [unit("u", collected, staffing=staffing)],
        people,
        ('remainder = "largest"', f'remainder = "{remainder}"'),
    )
    if decision.bonus is None:
        return
    found = decision.bonus
    assert sum(paid(found).values()) + number(found.unpaid) == number(found.total)
    assert number(found.paid) == sum(paid(found).values())
    assert number(found.unpaid) >= 0
    assert all(abs(number(share.exact) - number(share.paid)) < 1 for share in found.shares)


@given(st.randoms(use_true_random=False), st.integers(1_000_000, 9_000_000))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_does_not_matter(chance: object, collected: int) -> None:
    rows = [
        member("u", "c1", "clerk", (date(2015, 1, 1), date(2015, 3, 10))),
        member("u", "c2", "clerk", (date(2015, 3, 11), date(2015, 12, 31))),
        *team()[1:],
    ]
    shuffled = [*rows]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    decisions = (only([unit("u", collected)], rows), only([unit("u", collected)], shuffled))
    first, second = (d.bonus and (paid(d.bonus), number(d.bonus.unpaid)) for d in decisions)
    assert first == second


@given(st.integers(1_000_001, 9_000_000), st.integers(0, 100_000))
@settings(max_examples=30, deadline=None)
def test_who_collects_more_is_never_paid_less(collected: int, more: int) -> None:
    less, bigger = bonus(collected), bonus(collected + more)
    assert number(bigger.total) >= number(less.total)


def test_each_share_names_its_rows() -> None:
    share = bonus(3_000_000).shares[0]
    rows = {(source.file.rpartition("/")[2], source.column, source.rows) for source in share.paid.sources}
    assert rows == {
        ("units.csv", "collected", (2,)),
        ("units.csv", "responsibility", (2,)),
        ("members.csv", "since", (2,)),
        ("members.csv", "until", (2,)),
    }
    assert share.cells["identity_no"] == "A012345678" and share.names == Text("王c", "Wang c")


# ---- declared wrongly -----------------------------------------------------------------------------

REFUSED = {
    "parts that do not sum to 100": (
        ('part = "10%"', 'part = "11%"'),
        "bonus.split: the parts sum to 101%; they must sum to 100%",
    ),
    "an unknown role": (
        ('role = "officer"', 'role = "oficer"'),
        "bonus.split 3: role: \"oficer\" is unknown; known: clerk, executor, officer; did you mean 'officer'?",
    ),
    "a rate that is none": (
        ('rate = "0.5%"', "rate = 0.005"),
        'bonus: rate: 0.005 is not a share; write "10%" or "1/3", more than 0 and at most "100%"',
    ),
    "an unknown rule for the remainder": (
        ('remainder = "largest"', 'remainder = "larges"'),
        "bonus: remainder: \"larges\" is unknown; known: largest, first, unpaid; did you mean 'largest'?",
    ),
    "a base of unknown columns": (
        ('base = "collected - responsibility"', 'base = "colected - responsibility"'),
        "bonus: base: \"colected\" is unknown; known: excess, unit, responsibility, collected; did you mean 'collected'?",
    ),
    "a staffing that does not exist": (
        ('is = "half"', 'is = "halve"'),
        "bonus.staffing: is: \"halve\" is unknown; known: full, half; did you mean 'half'?",
    ),
    "a reduction of nothing": (
        ('reduces = "bonus"', 'reduces = "target"'),
        'bonus.staffing: reduces: "target" is unknown; known: bonus, collected, responsibility',
    ),
    "a date that is no date": (
        ('since = "since"', 'since = "name"'),
        'bonus.members: since: "name" is unknown; known: since, until',
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_bonus_rule_is_told_with_its_line(case: str) -> None:
    change, message = REFUSED[case]
    line = RULES.replace(*change, 1).partition(change[1])[0].count("\n") + 1
    if "sum to" in message:  # the list as a whole
        line = RULES.partition("split = [")[0].count("\n") + 1
    with pytest.raises(KindError) as refused:
        scheme(change)
    said = [problem.say() for problem in refused.value.problems]
    assert said == [f"inputs/bonus-104/rules.toml:{line}: {message}"]
