"""The arithmetic that all computing shares: exact numbers, their decimals, limits, and how a working writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from reportgen.model import Value, formats

MOST_DECIMALS = 6


def number(value: Value) -> Fraction:
    """The number of a value that is known to have one."""
    assert isinstance(value.exact, Fraction), value
    return value.exact


def total(numbers: Iterable[Fraction]) -> Fraction:
    """The sum; whole numbers are added as such, for thousands of candidates have twelve each."""
    listed = list(numbers)
    if all(part.denominator == 1 for part in listed):
        return Fraction(sum(part.numerator for part in listed))
    return sum(listed, Fraction(0))


def within(exact: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """The number, or the limit that it is beyond; None is no limit."""
    exact = exact if low is None else max(exact, low)
    return exact if high is None else min(exact, high)


def decimals(exact: Fraction) -> int:
    """How many decimals write the number exactly, six at most."""
    digits = 0
    while digits < MOST_DECIMALS and (exact * 10**digits).denominator != 1:
        digits += 1
    return digits


def written(exact: Fraction) -> str:
    """An exact decimal where there is one, else a fraction: for the working of a value."""
    rest = exact.denominator
    if rest == 1:
        return str(exact.numerator)
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    digits = 0
    while (exact * 10**digits).denominator != 1:
        digits += 1
    return f"{formats.half_up(exact, digits):f}"


def percent(share: Fraction) -> str:
    """`1/8` as `12.5%`; a part that no short decimal says, as it is: `1/3`."""
    if 10**MOST_DECIMALS % (share * 100).denominator:
        return str(share)
    return f"{formats.half_up(share * 100, decimals(share * 100)):f}%"


def largest_remainder(exact: Sequence[Fraction], whole: int) -> list[int]:
    """Whole parts of the exact ones that sum to `whole`; of equal remainders the first gets one more."""
    parts = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: whole - sum(parts)]:
        parts[place] += 1
    return parts


def typed(words: str) -> Fraction | None:
    """A number as somebody typed it, 1,200 or 1_200; None where it is none."""
    try:
        exact = Decimal(words.replace(",", "").replace("_", "").strip())
    except InvalidOperation:
        return None
    return Fraction(exact) if exact.is_finite() and abs(exact.adjusted()) < 30 else None
