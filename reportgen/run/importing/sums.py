"""Which rows and columns of a region are sums of others, and where they differ from their parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reportgen.model import formats
from reportgen.read.tables.cells import as_shown
from reportgen.read.worksheets import Cell, cell_name
from reportgen.run.importing.cells import SIGNS, is_figure, plain
from reportgen.run.importing.regions import Region

FEW = 3  # cells that differ by a last digit and are told one by one
Digits = Mapping[int, int]  # of the columns that can be added up, by their numbers


@dataclass(frozen=True)
class Apart:
    cell: Cell
    stated: Fraction
    found: Fraction


@dataclass(frozen=True, kw_only=True)
class Sums:
    """One entry of `totals` and how many of its cells agree."""

    entry: Mapping[str, object]
    apart: tuple[Apart, ...]
    agreed: int


def of_rows(
    region: Region, rows: Sequence[int], totals: Mapping[str, Sequence[int]], digits: Digits
) -> Iterator[Sums]:
    """An entry for each word: the rows that it adds up are those with which most of its cells agree."""
    every = sorted(row for of_word in totals.values() for row in of_word)
    for word, mine in totals.items():
        best: Sums | None = None
        for of in ("all", "above", "below"):
            pairs = [
                ((row, column), [(part, column) for part in _parts(of, row, rows, every)])
                for row in mine
                for column in digits
            ]
            if not all(parts for _, parts in pairs):
                continue
            said = {"row": word} | ({} if of == "all" else {"of": of})
            tried = _compared(region, said, pairs, digits)
            if best is None or tried.agreed > best.agreed:
                best = tried
        if best:
            yield best


def _parts(of: str, row: int, rows: Sequence[int], totals: Sequence[int]) -> list[int]:
    before = max((other for other in totals if other < row), default=0)
    after = min((other for other in totals if other > row), default=row + len(rows) + 10**6)
    low, high = {"all": (0, 10**7), "above": (before, row), "below": (row, after)}[of]
    return [part for part in rows if low < part < high]


def of_columns(
    region: Region, word: str, pairs: Iterable[tuple[Cell, Sequence[Cell]]], digits: Digits
) -> Sums:
    """The entry of melted columns of sums."""
    return _compared(region, {"column": word}, list(pairs), digits)


def _compared(
    region: Region, said: Mapping[str, object], pairs: Sequence[tuple[Cell, Sequence[Cell]]], digits: Digits
) -> Sums:
    apart, agreed = list[Apart](), 0
    for total, parts in pairs:
        if total[1] not in digits:
            continue
        stated = value(region, total, digits[total[1]])
        found = [value(region, part, digits[total[1]]) for part in parts]
        known = [part for part in found if part is not None]
        if stated is None or len(known) < len(found):
            continue
        if stated == sum(known):
            agreed += 1
        else:
            apart.append(Apart(total, stated, sum(known, Fraction(0))))
    entry = dict(said)
    last = max((Fraction(1, 10 ** digits[one.cell[1]]) for one in apart), default=Fraction(0))
    if len(apart) > FEW and all(abs(one.stated - one.found) <= last for one in apart):
        entry["tolerance"] = last
    elif apart:
        entry["differs"] = [cell_name(one.cell) for one in apart]
    return Sums(entry=entry, apart=tuple(apart), agreed=agreed)


def value(region: Region, cell: Cell, digits: int) -> Fraction | None:
    """What a cell adds: as it will be read; None where nobody can say."""
    text = region.at(*cell).strip()
    if region.grid.page.percent.get(cell):
        text = as_shown(text)
    if is_figure(text):
        exact = Fraction(plain(text))
        return Fraction(formats.half_up(exact, digits))
    return Fraction(0) if SIGNS.get(text) in ("none", "under_half") else None
