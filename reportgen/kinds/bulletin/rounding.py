"""Whether one who adds up, subtracts or compares the printed figures of a table gets another result than it prints."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from reportgen.model import Printed, Row
from reportgen.model.formats import MINUS, SYMBOL
from reportgen.model.periods import as_period

Sum = tuple[Sequence[Printed | None], Printed | None]  # parts, and what they may add up to
_ALIKE = {"point": "percent"}  # units in which figures can be added to those of another


def rounds_visibly(rows: Sequence[Row]) -> bool:
    return any(_is_off(*one) for one in _sums(rows)) or _hides_a_rank(rows)


def _sums(rows: Sequence[Row]) -> Iterator[Sum]:
    """A foot below its column, a whole before its row, and a value as that of the year before and the difference."""
    figures = [[cell.figure for cell in row.cells] for row in rows]
    body = [line for row, line in zip(rows, figures, strict=True) if row.role in ("body", "rest")]
    for at, (row, line) in enumerate(zip(rows, figures, strict=True)):
        below = itertools.takewhile(
            lambda one: one[0].within, zip(rows[at + 1 :], figures[at + 1 :], strict=True)
        )
        parts = {"total": body, "subtotal": [part for _, part in below]}.get(row.role, [])
        yield from (([part[place] for part in parts], whole) for place, whole in enumerate(line))
        yield line[1:], line[0]
    known = {(one.value.metric, one.value.key): one for line in figures for one in line if one}
    for (metric, key), change in known.items():
        if metric.startswith("difference."):
            name = metric.removeprefix("difference.")
            before = tuple(
                (part, as_period(at).year_before if isinstance(at, int) else at) for part, at in key
            )
            yield [known.get((name, before)), change], known.get((name, key))


def _is_off(parts: Sequence[Printed | None], whole: Printed | None) -> bool:
    """The exact parts add up to the whole, the printed ones do not."""
    there = [part for part in parts if part and isinstance(part.value.exact, Fraction)]
    if (
        whole is None
        or len(there) < 2
        or len({_ALIKE.get(one.unit, one.unit) for one in (*there, whole)}) > 1
    ):
        return False
    exact = sum(Fraction(part.value.exact) for part in there if isinstance(part.value.exact, Fraction))
    return exact == whole.value.exact and sum(map(_shown, there)) != _shown(whole)


def _shown(figure: Printed) -> Decimal:
    return Decimal(figure.plain.replace(SYMBOL["under_half"], "0").replace(",", "").replace(MINUS, "-"))


def _hides_a_rank(rows: Sequence[Row]) -> bool:
    """Two ranks beside figures that are printed alike."""
    ranks: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        known = {cell.figure.value.metric: cell.figure.plain for cell in row.cells if cell.figure}
        for metric, plain in known.items():
            if rank := known.get(f"rank.{metric}"):
                ranks.setdefault((metric, plain), set()).add(rank)
    return any(len(of_figure) > 1 for of_figure in ranks.values())
