"""How wide words are and where labels find room: the two things that Vega cannot be asked, on every machine the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from reportgen.model.formats import MINUS

# Advances of ASCII 32–126 in Noto Sans TC Regular, in thousandths of the size.
_ADVANCES = tuple(
    map(
        int,
        "224 323 474 555 555 921 680 278 338 338 467 555 278 347 278 392 "
        "555 555 555 555 555 555 555 555 555 555 278 278 555 555 555 474 "
        "946 608 657 638 688 589 552 689 728 293 535 646 543 812 723 742 "
        "633 742 635 596 599 721 575 878 573 531 603 338 392 338 555 559 "
        "606 563 618 510 620 554 325 564 607 275 275 552 284 926 610 606 "
        "620 620 388 468 377 607 521 802 498 521 475 338 270 338 555".split(),
    )
)


def _advance(character: str) -> int:
    at = ord(character) - 32
    if 0 <= at < len(_ADVANCES):
        return _ADVANCES[at]
    if character == MINUS:
        return 555
    return 1000 if unicodedata.east_asian_width(character) in "WFA" else 600


def text_width(text: str, size: float, weight: int = 400) -> float:
    """How wide the words are set, in points; a bold Latin letter is about 4 % wider."""
    return sum(map(_advance, text)) * size / 1000 * (1.03 if weight > 400 else 1)


def spread(wanted: Sequence[float], highs: Sequence[float], top: float, bottom: float) -> list[float]:
    """Middles of labels as tall as `highs`, as near as can be to where they are wanted; closer where there is no room."""
    closer = min(1.0, (bottom - top) / max(1.0, sum(highs)))
    tall = [high * closer for high in highs]
    # Groups of labels that touch, each with its upper edge: a group lies where the mean of its wishes is.
    groups: list[tuple[list[int], float]] = []
    for number in sorted(range(len(wanted)), key=lambda number: wanted[number]):
        members = [number]
        while True:
            edge = _upper_edge(members, wanted, tall)
            edge = max(top, min(edge, bottom - sum(tall[one] for one in members)))
            if not groups or groups[-1][1] + sum(tall[one] for one in groups[-1][0]) <= edge + 1e-9:
                break
            members = groups.pop()[0] + members
        groups.append((members, edge))
    places = [0.0] * len(wanted)
    for members, edge in groups:
        for number in members:
            places[number] = edge + tall[number] / 2
            edge += tall[number]
    return places


def _upper_edge(members: Sequence[int], wanted: Sequence[float], tall: Sequence[float]) -> float:
    """Where a group must begin for its labels to be as near to their wishes, in the mean, as they can."""
    edges, below = 0.0, 0.0
    for number in members:
        edges += wanted[number] - tall[number] / 2 - below
        below += tall[number]
    return edges / len(members)
