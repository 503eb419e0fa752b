"""The drawn sheet of a certificate: a guilloche between rules, a rosette in each corner, no seal and no emblem.

One wave of the guilloche is drawn once and set side by side, so that a file packs it into some kilobytes. All is a number of the
form's two sides: the same at every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import cos, pi, sin

from reportgen.read.theme import Theme
from reportgen.write.html import data_uri

A4 = (297.0, 210.0)  # mm
RULE, BAND, INNER, FOIL = (
    8.4,
    (10.0, 19.0),
    20.6,
    21.7,
)  # mm from the trim: strong rule, guilloche, two fine rules
WAVE = 15.2  # mm, about: a side holds a whole number of waves
STRANDS, STEPS = 10, 8  # of the wide family, and curves that a wave is drawn with
SLOT = {
    False: (25.5, 16.5),
    True: (31.5, 18.0),
}  # mm: top and height of the emblem on the axis, across and upright

Way = Callable[[float], tuple[float, float]]  # of 0..1


def form(upright: bool) -> tuple[float, float]:
    """Width and height in mm."""
    low, high = sorted(A4)
    return (low, high) if upright else (high, low)


def tokens(theme: Theme, upright: bool = False, emblem: str = "", preprinted: bool = False) -> dict[str, str]:
    """What the style sheet of a certificate takes: the size of the form, its frame, and the emblem (an address) on its axis.

    A `preprinted` form has both already.
    """
    wide, high = form(upright)
    top, size = SLOT[upright]
    drawn = f"url({data_uri(frame(theme, upright, rosette=not emblem))})"
    return {
        "certificate-width": f"{wide:g}mm",
        "certificate-height": f"{high:g}mm",
        "certificate-frame": "none" if preprinted else drawn,
        "certificate-emblem": f"url({emblem})" if emblem and not preprinted else "none",
        "certificate-emblem-top": f"{top:g}mm",
        "certificate-emblem-size": f"{size:g}mm",
    }


def frame(
    theme: Theme, upright: bool = False, bleed: float = 0.0, rosette: bool = True, foil: bool | None = None
) -> bytes:
    """The whole sheet as one picture in mm with the bleed around it.

    `rosette` stands in the slot of an emblem that is not declared. `foil`: the gold alone, in black (the plate of a spot colour), or
    all but the gold; None for both in one.
    """
    wide, high = form(upright)
    look, weight = theme.certificate, theme.measures["certificate-stroke"].removesuffix("mm")
    gold = "#000000" if foil else look["foil"]
    parts = []
    if foil is not True:
        ground = f'<rect x="{-bleed:g}" y="{-bleed:g}" width="{wide + 2 * bleed:g}" height="{high + 2 * bleed:g}" fill="{look["ground"]}"/>'
        parts += [ground, *_middle(wide, high, look["tint"])]
        parts += [
            _box(wide, high, RULE, 0.9, theme.colour["lead"]),
            _box(wide, high, INNER, 0.5, theme.colour["lead"]),
        ]
    if foil is not False:
        parts.append(_box(wide, high, FOIL, 0.35, gold))
    # A lattice, and a braid within it, twice as quick and wide where the other is narrow.
    families = []
    if foil is not True:
        families.append((look["guilloche"], _strands(0.72, 0.24, 1, STRANDS), _corner(False)))
    if foil is not False:
        families.append((gold, _strands(0.40, -0.18, 2, STRANDS * 3 // 5), _corner(True)))
    parts += [
        piece
        for number, family in enumerate(families)
        for piece in _guilloche((wide, high), weight, number, *family)
    ]
    if rosette and foil is not False:
        top, size = SLOT[upright]
        parts += _rosette(wide / 2, top + size / 2, size / 2, gold)
    outer = f"{-bleed:g} {-bleed:g} {wide + 2 * bleed:g} {high + 2 * bleed:g}"
    sides = f'width="{wide + 2 * bleed:g}mm" height="{high + 2 * bleed:g}mm"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{outer}" {sides}>{"".join(parts)}</svg>'.encode()
    )


# ---- the guilloche --------------------------------------------------------------------------------------


def _strand(middle: float, swing: float, turns: int, phase: float) -> Way:
    """A wave of `turns` whose width swells once. It ends where the next one begins: in a whole turn."""
    half = (BAND[1] - BAND[0]) / 2
    return lambda t: (t, half * (middle + swing * cos(2 * pi * t)) * sin(2 * pi * turns * t + phase))


def _strands(middle: float, swing: float, turns: int, count: int) -> list[Way]:
    return [_strand(middle, swing, turns, 2 * pi * number / count) for number in range(count)]


def _guilloche(
    form: tuple[float, float], weight: str, number: int, colour: str, ways: Iterable[Way], corner: str
) -> Iterator[str]:
    """A family on all four sides, each with a whole number of waves, and its rosettes on the corners."""
    wide, high = form
    ways, axis, far = [*ways], sum(BAND) / 2, BAND[1]
    line = f'fill="none" stroke="{colour}" stroke-width="{weight}" stroke-linecap="round"'
    for side, (length, across) in enumerate(((wide, high), (high, wide))):
        waves = round((length - 2 * far) / WAVE)
        step = (length - 2 * far) / waves
        tile = "".join(_curve(_stretched(way, step), STEPS) for way in ways)
        yield f'<defs><path id="w{number}{side}" d="{tile}" {line}/></defs>'
        places = ((far, axis), (far, across - axis))
        for x, y in places:
            for wave in range(waves):
                at = f"{x + wave * step:.3f} {y:g}" if not side else f"{across - y:g} {x + wave * step:.3f}"
                turn = " rotate(90)" if side else ""
                yield f'<use href="#w{number}{side}" transform="translate({at}){turn}"/>'
    yield f'<defs><path id="c{number}" d="{corner}" {line}/></defs>'
    for x, y in ((axis, axis), (wide - axis, axis), (wide - axis, high - axis), (axis, high - axis)):
        yield f'<use href="#c{number}" transform="translate({x:g} {y:g})"/>'


def _stretched(way: Way, length: float) -> Way:
    return lambda t: (way(t)[0] * length, way(t)[1])


def _corner(gold: bool) -> str:
    """The rosette of a corner, around 0, 0: rings that are woven of two waves each."""
    rings = ((0.38, 0.09, 12),) if gold else ((0.46, 0.12, 12), (0.22, 0.11, 8))
    side = BAND[1] - BAND[0]
    return "".join(
        _curve(_ring(side * middle, side * swing, lobes, turn), 6 * lobes, True)
        for middle, swing, lobes in rings
        for turn in (0.0, pi)
    )


def _ring(middle: float, swing: float, lobes: int, turn: float) -> Way:
    def way(t: float) -> tuple[float, float]:
        radius = middle + swing * cos(lobes * 2 * pi * t + turn)
        return radius * cos(2 * pi * t), radius * sin(2 * pi * t)

    return way


def _rosette(x: float, y: float, radius: float, colour: str) -> Iterator[str]:
    """What stands in the slot of an emblem that is not declared: an ornament, never an invented emblem."""
    rings = ((0.95, 0.04, 24), (0.78, 0.12, 16), (0.52, 0.13, 12))
    for middle, swing, lobes in rings:
        for turn in (0.0, pi):
            way = _curve(_ring(radius * middle, radius * swing, lobes, turn), 4 * lobes, True)
            yield f'<path d="{way}" transform="translate({x:g} {y:g})" fill="none" stroke="{colour}" stroke-width="0.2"/>'
    yield f'<circle cx="{x:g}" cy="{y:g}" r="{radius * 0.3:.2f}" fill="none" stroke="{colour}" stroke-width="0.5"/>'


def _middle(wide: float, high: float, colour: str) -> Iterator[str]:
    """The faint rosette behind the words; a photocopy loses it."""
    radius, lobes, rings = min(wide, high) * 0.27, 18, 5
    way = _curve(_ring(radius * 0.74, radius * 0.26, lobes, 0), 4 * lobes, True)
    yield f'<defs><path id="m" d="{way}" fill="none" stroke="{colour}" stroke-width="0.25"/></defs>'
    for ring in range(rings):
        turn = f"rotate({360 / lobes / rings * ring:g})"
        yield f'<use href="#m" transform="translate({wide / 2:g} {high / 2:g}) {turn}"/>'


# ---- lines ---------------------------------------------------------------------------------------------


def _curve(way: Way, steps: int, closed: bool = False) -> str:
    """A way as cubic curves that have its direction at each of `steps` places."""
    near = 1e-4
    places = [place / steps for place in range(steps + 1)]
    points = [way(t) for t in places]
    slopes = [
        tuple(
            (late - soon) / (2 * near) / steps / 3
            for late, soon in zip(way(t + near), way(t - near), strict=True)
        )
        for t in places
    ]
    drawn = "M{:.2f} {:.2f}".format(*points[0])
    for (x, y), (u, v), (dx, dy), (du, dv) in zip(points, points[1:], slopes, slopes[1:], strict=False):
        drawn += f"C{x + dx:.2f} {y + dy:.2f} {u - du:.2f} {v - dv:.2f} {u:.2f} {v:.2f}"
    return drawn + ("Z" if closed else "")


def _box(wide: float, high: float, inset: float, width: float, colour: str) -> str:
    sides = f'width="{wide - 2 * inset:g}" height="{high - 2 * inset:g}"'
    return (
        f'<rect x="{inset:g}" y="{inset:g}" {sides} fill="none" stroke="{colour}" stroke-width="{width:g}"/>'
    )
