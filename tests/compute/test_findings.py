"""What a row of figures shows, held against a plain reading of all short rows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest

from reportgen.compute import findings
from reportgen.compute.findings import RECORD, Finding, Numbers

ALL = [(None, *map(Fraction, (-1, 0, 1, 2)))]


def rows(longest: int) -> Iterator[tuple[Fraction | None, ...]]:
    """All rows of gaps, negatives, zeros and ties up to that length."""
    for length in range(1, longest + 1):
        yield from product(*ALL * length)


def row(*numbers: int | None) -> list[Fraction | None]:
    return [None if number is None else Fraction(number) for number in numbers]


def course(*numbers: int | None) -> Finding:
    return findings.course(row(*numbers), [str(number) for number in numbers])


# ---- a course of years ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "finding"),
    [
        ((1, 2, 3, 4), Finding(name="highest", places=(3,))),
        ((4, 3, 2, 1), Finding(name="lowest", places=(3,))),
        ((9, 1, 2, 3, 4), Finding(name="highest", places=(4,), since=1)),
        ((1, 4, 3, 2, 4), Finding(name="shared_highest", places=(4, 1))),
        ((1, None, 2, 3, 4), Finding(name="highest", places=(4,), missing=(1,))),
        ((0, 0, 0), Finding(name="same", places=(2,))),
        ((None, 5, None, 5), Finding(name="same", places=(3,), since=1, missing=(2,))),
        ((1, 2), Finding(name="rise", places=(1, 0))),
        ((2, 3, 3), Finding(name="level", places=(2, 1))),
        ((3, None, 2), Finding(name="single", places=(2,))),
        ((7,), Finding(name="single", places=(0,))),
        ((7, None), Finding(name="unknown", places=(1,))),
        ((None,), Finding(name="unknown", places=(0,))),
    ],
)
def test_a_course_says_what_the_last_number_is(numbers: tuple[int | None, ...], finding: Finding) -> None:
    assert course(*numbers) == finding


def test_a_course_of_any_short_row_is_true() -> None:
    for numbers in rows(5):
        found = findings.course(numbers, list(map(str, numbers)))
        assert _course_is_true(numbers, found), (numbers, found)


def _course_is_true(numbers: Numbers, found: Finding) -> bool:
    """Read without the engine: by looking at all numbers of the stretch."""
    now = numbers[-1]
    if now is None or found.name == "unknown":
        return now is None and found.name == "unknown"
    stretch = [number for number in numbers[found.since : -1] if number is not None]
    missing = tuple(at for at in range(found.since, len(numbers)) if numbers[at] is None)
    equal = tuple(at for at in range(found.since, len(numbers) - 1) if numbers[at] == now)
    before = numbers[-2] if len(numbers) > 1 else None
    starts = numbers[found.since] is not None
    long = len(stretch) >= RECORD - 1 and starts and found.missing == missing
    truths = {
        "highest": long and all(number < now for number in stretch),
        "lowest": long and all(number > now for number in stretch),
        "shared_highest": long and max(stretch) == now > min(stretch) and found.places[1:] == equal,
        "shared_lowest": long and min(stretch) == now < max(stretch) and found.places[1:] == equal,
        "same": {*stretch} == {now} and starts and found.missing == missing,
        "rise": before is not None and before < now,
        "fall": before is not None and before > now,
        "level": before == now,
        "single": before is None,
    }
    return truths[found.name]


def test_a_record_that_nobody_can_see_is_not_told() -> None:
    numbers = [Fraction(10), Fraction(11), Fraction(1049, 100), Fraction(12), Fraction(1201, 100)]
    assert findings.course(numbers, ["10", "11", "10", "12", "12"]) == Finding(name="almost", places=(4, 3))
    assert findings.course(numbers, ["10.0", "11.0", "10.5", "12.00", "12.01"]).name == "highest"


# ---- figures side by side -------------------------------------------------------------------


def test_the_leader_of_any_short_row_leads() -> None:
    for numbers in rows(4):
        for sign in (1, -1):
            found = findings.leader(numbers, sign)
            there = [number for number in numbers if number is not None]
            best = (max if sign > 0 else min)(there, default=None)
            if best is None:
                assert found.name == "unknown"
                continue
            assert found.places == tuple(at for at, number in enumerate(numbers) if number == best)
            assert found.missing == tuple(at for at, number in enumerate(numbers) if number is None)
            whole = "only" if len(there) == 1 else "alike" if len({*there}) == 1 else ""
            assert found.name == (whole or ("most" if sign > 0 else "least"))


@pytest.mark.parametrize(
    ("one", "other", "finding"),
    [
        ((1, 1, 1, 5), (2, 2, 2, 3), Finding(name="first", places=(0,))),
        ((3, 1, 1, 1, 5), (2, 2, 2, 2, 3), Finding(name="again", places=(0,))),
        ((1, 1, 1, 3), (2, 2, 2, 3), Finding(name="both")),
        ((5, 5, 5, 5), (1, 1, 1, 1), Finding(name="above", places=(0,))),
        ((1, 5), (2, 3), Finding(name="above", places=(0,))),
        ((1, None, 1, 1, 5), (2, 2, 2, 2, 3), Finding(name="above", places=(0,))),
        ((2, 2, 2, 3), (1, 2, 1, 5), Finding(name="first", places=(1,))),
        ((0,), (0,), Finding(name="both")),
    ],
)
def test_what_overtook_what(one: tuple[int | None, ...], other: tuple[int, ...], finding: Finding) -> None:
    assert findings.lead(row(*one), row(*other)) == finding


def test_the_lead_of_any_two_short_rows_is_true() -> None:
    for pairs in product(*[(None, Fraction(-1), Fraction(0), Fraction(1))] * 5, (Fraction(1), Fraction(-1))):
        found = findings.lead(pairs, [None if pair is None else Fraction(0) for pair in pairs])
        ahead = Fraction(1) if found.places == (0,) else Fraction(-1)
        assert pairs[-1] == ahead
        earlier = pairs[:-1]
        if found.name == "first":
            assert ahead not in earlier and None not in earlier[found.since :]
            assert all(pair is None for pair in earlier[: found.since])
        elif found.name == "again":
            assert earlier[found.since] == ahead
            assert not {ahead, None} & {*earlier[found.since + 1 :]}
        else:
            assert found.name == "above"


def test_the_largest_change_of_any_short_row_is_true() -> None:
    for after in rows(4):
        found = findings.change(row(*[0] * len(after)), after)
        there = {at: number for at, number in enumerate(after) if number is not None}
        if not there:
            assert found.name == "unknown"
            continue
        told = {there[at] for at in found.places}
        assert len(told) == 1
        (size,) = told
        assert all(abs(number) <= abs(size) for number in there.values())
        assert found.places == tuple(at for at in there if there[at] == size)
        assert (found.name == "rose", found.name == "fell") == (size > 0, size < 0)
        assert size >= 0 or -size not in there.values()
