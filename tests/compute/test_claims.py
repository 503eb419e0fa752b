"""Slots and conditions that officers write: what they may say, and that nothing else is reached."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import FAR_EAST, NORTH, PENDING, WHOLE, book, branches, dataset, series

from reportgen.compute.claims import ExpressionError, holds, look_up
from reportgen.compute.metrics import Figures
from reportgen.model import Gap, Text

ROWS = [
    {"roc_year": year, "branch": branch, "new_cases": number, "closed_cases": number - 2}
    for year, numbers in {99: (30, 20, 10), 100: (60, 45, 15)}.items()
    for branch, number in zip(("whole", "north", "far-east"), numbers, strict=True)
]


@pytest.fixture
def figures() -> Figures:
    data = dataset(
        ROWS,
        series("collected", {99: 5, 100: 7}),
        members=[WHOLE, NORTH, FAR_EAST],
        total="whole",
        derivations=[PENDING.model_copy(update={"from_year": 99})],
    )
    return book(data, period=100, since=99)


def refusal(source: str, figures: Figures) -> ExpressionError:
    with pytest.raises(ExpressionError) as refused:
        holds(source, figures)
    return refused.value


# ---- slots ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "metric", "key"),
    [
        ("new_cases", "new_cases", (("roc_year", 100),)),
        ("new_cases(99)", "new_cases", (("roc_year", 99),)),
        ("new_cases(previous)", "new_cases", (("roc_year", 99),)),
        ("new_cases(period)", "new_cases", (("roc_year", 100),)),
        ("new_cases(since)", "new_cases", (("roc_year", 99),)),
        ("new_cases(period - 1)", "new_cases", (("roc_year", 99),)),
        ("new_cases(north)", "new_cases", (("roc_year", 100), ("branch", "north"))),
        ("new_cases(99,north)", "new_cases", (("roc_year", 99), ("branch", "north"))),
        ("new_cases(north,99)", "new_cases", (("roc_year", 99), ("branch", "north"))),
        ("new_cases(far_east)", "new_cases", (("roc_year", 100), ("branch", "far-east"))),
        ("new_cases('far-east')", "new_cases", (("roc_year", 100), ("branch", "far-east"))),
        ("change.new_cases", "change.new_cases", (("roc_year", 100),)),
        ("change.new_cases(99,north)", "change.new_cases", (("roc_year", 99), ("branch", "north"))),
        ("mean.change.new_cases", "mean.change.new_cases", (("roc_year", 100),)),
    ],
)
def test_a_slot_names_a_metric_a_year_and_a_member(
    figures: Figures, slot: str, metric: str, key: tuple[tuple[str, object], ...]
) -> None:
    value = look_up(slot, figures)
    assert (value.metric, value.key) == (metric, key)


def test_a_slot_may_name_a_gap(figures: Figures) -> None:
    assert isinstance(look_up("change.new_cases(99)", figures).exact, Gap)


@pytest.mark.parametrize(
    "slot", ["7*7", "'new_cases'", "107", "new_cases > 1", "[new_cases]", "new_cases[99]"]
)
def test_a_slot_is_a_figure_and_nothing_else(figures: Figures, slot: str) -> None:
    with pytest.raises(ExpressionError, match="is no figure; a slot names a metric"):
        look_up(slot, figures)


@pytest.mark.parametrize("slot", ["new_cases(", "new cases", "", "a b c", "{", "for x in y"])
def test_a_slot_that_cannot_be_read_says_so(figures: Figures, slot: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be read"):
        look_up(slot, figures)


def test_an_unknown_metric_is_named_in_both_languages(figures: Figures) -> None:
    with pytest.raises(ExpressionError) as refused:
        look_up("new_case", figures)
    assert refused.value.en.startswith("there is no metric 'new_case'; known: achievement_rate, ")
    assert refused.value.zh.startswith("沒有指標 'new_case'；已知：achievement_rate、")


def test_an_unknown_member_is_named_with_those_that_are_known(figures: Figures) -> None:
    with pytest.raises(ExpressionError) as refused:
        look_up("new_cases(east)", figures)
    assert refused.value.en == "'east' is neither a year nor a member; known: whole, north, far-east"
    assert refused.value.zh == "'east' 不是年度也不是項目；已知：whole、north、far-east"


# ---- conditions -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("new_cases > closed_cases", True),
        ("new_cases < closed_cases", False),
        ("new_cases == 60", True),
        ("new_cases != 60", False),
        ("new_cases > new_cases(previous) and change.new_cases == 1", True),
        ("new_cases < 10 or new_cases(north) >= 45", True),
        ("not new_cases < 10", True),
        ("new_cases(far_east) * 4 == new_cases", True),
        ("new_cases('far-east') == new_cases - new_cases(north)", True),
        ("50 < new_cases < 70", True),
        ("closing_rate > 0.5", True),
        ("collected == 70000", True),
        ("share.new_cases(north) == 0.75", True),
        ("pending_cases == 4", True),
    ],
)
def test_a_condition_is_judged_by_the_data(figures: Figures, claim: str, verdict: bool) -> None:
    assert holds(claim, figures)[0] is verdict


def test_numbers_in_a_condition_are_exact() -> None:
    figures = book(dataset([{"roc_year": 100, "collected": 1, "target": 10}]))
    assert holds("achievement_rate == 0.1 and achievement_rate * 3 == 0.3", figures)[0] is True


def test_the_values_of_a_condition_are_spoken_in_both_languages(figures: Figures) -> None:
    verdict, spoken = holds("new_cases > new_cases(99, north) and collected < 1", figures)
    assert verdict is False
    assert spoken == Text(
        "new_cases(100) = 60件；new_cases(99, north) = 20件；collected(100) = 新臺幣7萬元",
        "new_cases(100) = 60 cases; new_cases(99, north) = 20 cases; collected(100) = NT$0.07 million",
    )


def test_a_value_is_spoken_once(figures: Figures) -> None:
    assert holds("new_cases > 1 and new_cases < 100", figures)[1].en == "new_cases(100) = 60 cases"


def test_judging_a_condition_prints_nothing(figures: Figures) -> None:
    holds("new_cases > 1", figures)
    assert figures.ledger.printed == ()


@given(st.integers(-5, 5), st.integers(-5, 5), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_comparison_is_true_as_arithmetic_says(one: int, other: int, sign: str) -> None:
    compared = book(dataset([{"roc_year": 100, "new_cases": one, "closed_cases": other}]))
    truth = {
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
        "==": one == other,
        "!=": one != other,
    }
    assert holds(f"new_cases {sign} closed_cases", compared)[0] is truth[sign]


@pytest.mark.parametrize("claim", ["new_cases", "new_cases - closed_cases", "period"])
def test_a_number_is_no_condition(figures: Figures, claim: str) -> None:
    assert refusal(claim, figures).en == (
        f"{claim!r} is not a condition; compare with <, >, ==, and, or, not"
    )


def test_a_condition_without_a_value_says_why(figures: Figures) -> None:
    fault = refusal("change.new_cases(99) > 0", figures)
    assert fault.en == "change.new_cases has no value: no data of 2009 to compare with"
    assert fault.zh == "change.new_cases 無數值：無98年資料可比"


@pytest.mark.parametrize("claim", ["", "new_cases >", "new_cases > 1 and", "> 1", "1 / 0 > 1"])
def test_a_condition_that_cannot_be_read_says_so(figures: Figures, claim: str) -> None:
    fault = refusal(claim, figures)
    assert fault.en.startswith(f"{claim!r} cannot be read: ")
    assert fault.zh.startswith(f"{claim!r} 無法解讀：")


def test_arguments_have_no_names_in_a_condition(figures: Figures) -> None:
    assert "no named arguments" in refusal("new_cases(year=99) > 1", figures).en


# ---- what cannot be reached -----------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        "().__class__",
        "().__class__.__bases__[0].__subclasses__() == 1",
        "__class__ == 1",
        "new_cases.__class__ == 1",
        "new_cases.numerator > 1",
        "change.__init__.__globals__ == 1",
        "''.join('a') == 'a'",
        "open('x')",
        "open('/etc/passwd').read() == ''",
        "__import__('os').system('true') == 0",
        "eval('1') == 1",
        "print(1) == 1",
        "globals() == 1",
        "registry == 1",
        "[x for x in (1, 2)] == 1",
        "{x: 1 for x in 'ab'} == 1",
        "(lambda: True)()",
        "f'{new_cases}' == ''",
        "'abc'[0] == 'a'",
        "(1, 2) == (1, 2)",
        "(x := 1) == 1",
        "new_cases(*[99]) > 1",
        "new_cases(**{}) > 1",
        "new_cases if new_cases else open('x') == 1 and open('x')",
        "None == 1",
    ],
)
def test_nothing_but_figures_can_be_reached(figures: Figures, claim: str) -> None:
    refusal(claim, figures)


@pytest.mark.parametrize(
    "claim",
    [
        "9**9**9 > 1",
        "9**9**9**9 > 1",
        "new_cases ** 9999999999 > 1",
        "'a' * 10**9 == ''",
        "1 << 999999999 > 1",
        "1e999999 > 1",
        "new_cases(10**9) > 1",
        "mean.new_cases(10**9) > 1",
    ],
)
def test_what_would_never_end_is_refused_at_once(figures: Figures, claim: str) -> None:
    begun = time.process_time()
    refusal(claim, figures)
    assert time.process_time() - begun < 1


def test_a_claim_cannot_change_what_the_next_one_sees(figures: Figures) -> None:
    before = holds("new_cases > 1", figures)
    with pytest.raises(ExpressionError):
        holds("new_cases > 1 and open('x')", figures)
    assert holds("new_cases > 1", figures) == before


def test_branches_are_members_even_without_a_total() -> None:
    alone = book(dataset(branches("new_cases", 100, {"far-east": 3, "north": 4})))
    assert holds("new_cases(far_east) + new_cases(north) == new_cases", alone)[0] is True
