"""Dividing an amount by shares within limits and in steps: exact, within the limits, and never less for a larger share."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.compute.apportionment import Conflict, fill, in_steps

SHARES = st.lists(st.integers(0, 50), min_size=1, max_size=7).filter(any)


def shares_of(sizes: list[int]) -> list[Fraction]:
    return [Fraction(size, sum(sizes)) for size in sizes]


@st.composite
def divisions(draw: st.DrawFn) -> tuple[int, list[Fraction], list[Fraction], list[Fraction], int]:
    """A total with shares, floors and ceilings that it can be divided within, all in steps."""
    sizes = draw(SHARES)
    step = draw(st.sampled_from([1, 10, 25]))
    floors = [draw(st.integers(0, 20)) for _ in sizes]
    ceilings = [low + draw(st.integers(0, 30)) for low in floors]
    most = sum(high if size else low for size, low, high in zip(sizes, floors, ceilings, strict=True))
    total = draw(st.integers(sum(floors), most))
    return (
        total * step,
        shares_of(sizes),
        [Fraction(low * step) for low in floors],
        [Fraction(high * step) for high in ceilings],
        step,
    )


@given(divisions())
def test_amounts_make_the_total_within_the_limits_before_and_after_rounding(division) -> None:  # type: ignore[no-untyped-def]
    total, shares, floors, ceilings, step = division
    filled = fill(Fraction(total), shares, floors, ceilings)
    steps = in_steps(filled.amounts, step)
    assert sum(filled.amounts) == total == sum(steps)
    for share, low, exact, rounded, high in zip(shares, floors, filled.amounts, steps, ceilings, strict=True):
        assert exact == min(max(filled.multiplier * share, low), high)
        assert low <= exact <= high and low <= rounded <= high
        assert rounded % step == 0 and abs(rounded - exact) < step


@given(divisions(), st.data())
def test_a_share_that_grows_while_no_other_does_never_gets_less(division, data) -> None:  # type: ignore[no-untyped-def]
    """The theorem of docs/decisions/0016, with limits and rounding together."""
    total, shares, floors, ceilings, step = division
    place = data.draw(st.integers(0, len(shares) - 1))
    kept = [share * data.draw(st.integers(0, 10)) / 10 for share in shares]
    grown = [*kept]
    grown[place] = 1 - sum(kept[:place] + kept[place + 1 :])
    try:
        before = in_steps(fill(Fraction(total), shares, floors, ceilings).amounts, step)
        after = in_steps(fill(Fraction(total), grown, floors, ceilings).amounts, step)
    except Conflict:  # a share of zero cannot take what is left over
        return
    assert after[place] >= before[place]


@given(divisions())
def test_the_size_that_shares_are_measured_in_does_not_matter(division) -> None:  # type: ignore[no-untyped-def]
    total, shares, floors, ceilings, _ = division
    larger = [share * 1000 for share in shares]
    assert (
        fill(Fraction(total), shares, floors, ceilings).amounts
        == fill(Fraction(total), larger, floors, ceilings).amounts
    )


@pytest.mark.parametrize(
    ("total", "floors", "ceilings", "side", "gap"),
    [(90, [50, 50], [60, 60], "floors", 10), (130, [50, 50], [60, 60], "ceilings", 10)],
)
def test_limits_that_cannot_be_kept_say_which_and_by_how_much(
    total: int, floors: list[int], ceilings: list[int], side: str, gap: int
) -> None:
    with pytest.raises(Conflict) as refused:
        fill(Fraction(total), [Fraction(1, 2)] * 2, [*map(Fraction, floors)], [*map(Fraction, ceilings)])
    assert (refused.value.side, refused.value.gap) == (side, gap)


def test_what_a_limit_takes_is_shared_by_the_others_by_their_shares() -> None:
    """100 by 50 : 30 : 20 with at most 40 for the first: 60 left for 30 : 20."""
    shares = [Fraction(50, 100), Fraction(30, 100), Fraction(20, 100)]
    filled = fill(Fraction(100), shares, [Fraction(0)] * 3, [Fraction(40), Fraction(100), Fraction(100)])
    assert filled.amounts == (40, 36, 24)
    assert filled.multiplier == 120


def test_the_largest_remainders_get_a_step_more_and_of_equal_ones_the_first() -> None:
    assert in_steps([Fraction(17), Fraction(16), Fraction(67)], 10) == (20, 10, 70)
    assert in_steps([Fraction(15), Fraction(15), Fraction(70)], 10) == (20, 10, 70)
    assert in_steps([Fraction(30), Fraction(70)], 10) == (30, 70)
