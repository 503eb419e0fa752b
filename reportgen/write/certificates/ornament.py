"""The drawn frame of a certificate: fine lines and a meander in each corner, no seal and no emblem."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.read.theme import Theme

WIDTH, HEIGHT = 297, 210  # mm, A4 landscape
OUTER, INNER = 10.0, 16.0  # mm from the trim: the strong line, the innermost one
CORNER = 22.0  # mm, side of a corner piece
# The meander 回紋 of a corner on a grid of squares, from the corner inwards: one line that turns into itself.
_TURNS = ((0, 9), (0, 0), (9, 0), (9, 3), (3, 3), (3, 9), (6, 9), (6, 6), (9, 6))
_SQUARE = 1.15  # mm


def frame(theme: Theme) -> bytes:
    """The whole page as one picture, 297 × 210 mm."""
    strong, fine = theme.colour["lead"], theme.colour["lead_mid"]
    parts = [
        *_box(OUTER, 0.9, strong),
        *_box(OUTER + 1.5, 0.22, strong),
        *_notched(INNER, 0.22, fine),
        *_corners(0.42, fine),
        *_middles(0.22, fine),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}mm" height="{HEIGHT}mm">'
    return (head + "".join(parts) + "</svg>").encode()


def _line(points: list[tuple[float, float]], width: float, colour: str, closed: bool = False) -> str:
    way = "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + ("Z" if closed else "")
    return f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="miter"/>'


def _box(inset: float, width: float, colour: str) -> Iterator[str]:
    right, bottom = WIDTH - inset, HEIGHT - inset
    yield _line([(inset, inset), (right, inset), (right, bottom), (inset, bottom)], width, colour, True)


def _mirrored(x: float, y: float) -> Iterator[tuple[float, float]]:
    """The same place in all four corners, clockwise from the upper left."""
    yield from ((x, y), (WIDTH - x, y), (WIDTH - x, HEIGHT - y), (x, HEIGHT - y))


def _notched(inset: float, width: float, colour: str) -> Iterator[str]:
    """The inner line steps back before each corner piece."""
    far, step = OUTER + 1.5 + CORNER - 8.0, 3.2
    corner = [
        (inset, far),
        (inset + step, far),
        (inset + step, inset + step),
        (far, inset + step),
        (far, inset),
    ]
    points: list[tuple[float, float]] = []
    for place in range(4):
        turned = [list(_mirrored(x, y))[place] for x, y in corner]
        points += turned if place % 2 == 0 else turned[::-1]
    yield _line(points, width, colour, True)


def _corners(width: float, colour: str) -> Iterator[str]:
    start = OUTER + 3.0
    for place in range(4):
        points = [
            list(_mirrored(start + x * _SQUARE * 0.9, start + y * _SQUARE * 0.9))[place] for x, y in _TURNS
        ]
        yield _line(points, width, colour)


def _middles(width: float, colour: str) -> Iterator[str]:
    """A small lozenge in the middle of each side, between the lines."""
    across = (OUTER + 1.5 + INNER) / 2
    for x, y in (
        (WIDTH / 2, across),
        (WIDTH / 2, HEIGHT - across),
        (across, HEIGHT / 2),
        (WIDTH - across, HEIGHT / 2),
    ):
        wide, high = (3.2, 1.1) if x == WIDTH / 2 else (1.1, 3.2)
        yield _line([(x - wide, y), (x, y - high), (x + wide, y), (x, y + high)], width, colour, True)
