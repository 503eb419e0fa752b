"""Words that say rise or fall against the figures in their slots, and against the claim of the sentence."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reportgen.compute.directions import against_claim, contradictions
from reportgen.model import Text, Value


def value(metric: str, exact: int) -> Value:
    return Value(
        exact=Fraction(exact), metric=metric, key=(), unit="case", digits=0, formula=metric, sources=()
    )


def told(zh: str, en: str, **values: Value) -> list[str]:
    return [
        name
        for name, _ in contradictions(
            Text(zh, en), {name.replace("_of_", "."): one for name, one in values.items()}
        )
    ]


@pytest.mark.parametrize(("sign", "faults"), [(-1, 2), (1, 0), (0, 0)])
def test_a_rise_by_a_negative_change_is_told_in_both_halves(sign: int, faults: int) -> None:
    found = told(
        "較上年增加{change.new}。", "It rose by {change.new}.", change_of_new=value("change.new", sign)
    )
    assert found == ["parity.says_rise_of_a_fall"] * faults


def test_words_that_go_with_both_signs_are_never_told() -> None:
    found = told(
        "較上年變動{change.new}。", "a change of {change.new}.", change_of_new=value("change.new", -1)
    )
    assert found == []


@pytest.mark.parametrize(("after", "faults"), [(3, 0), (7, 2)])
def test_a_fall_from_one_value_to_a_higher_one_is_told(after: int, faults: int) -> None:
    found = told(
        "由{old}減為{new}", "down from {old} to {new}", old=value("pending", 5), new=value("pending", after)
    )
    assert found == ["parity.says_fall_of_a_rise"] * faults


@pytest.mark.parametrize(
    ("claim", "faults"),
    [
        ("collected > collected(previous)", 2),
        ("change.collected > 0", 2),
        ("collected < collected(previous)", 0),
        ("collected > referred", 0),
        ("collected >", 0),
    ],
)
def test_words_may_not_say_against_the_claim(claim: str, faults: int) -> None:
    found = against_claim(Text("徵起金額減少", "collections fell"), claim)
    assert [name for name, _ in found] == ["parity.says_against_claim"] * faults
