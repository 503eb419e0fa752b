"""QR codes: their modules, the stencil that prints them, and the picture of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

QUIET = 4  # modules around the symbol that stay white, as ISO/IEC 18004 asks

# Every mask may be used; the standard advises the one that looks least regular, for which all eight are drawn and
# judged: 0.7 ms instead of 0.07. What a signature prints is as good as random under any of them.
MASK = 3
LIGHT = b"\xff"


def modules(words: str) -> tuple[bytes, ...]:
    """The rows of the symbol from the top: a zero byte for each dark module. UTF-8, error level M."""
    import zxingcpp

    code = zxingcpp.create_barcode(
        words, zxingcpp.BarcodeFormat.QRCode, ec_level="M", eci="UTF-8", data_mask=MASK
    )
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    side: int = image.shape[0]
    raw = memoryview(image).tobytes()
    return tuple(raw[at : at + side] for at in range(0, side * side, side))


def runs(rows: tuple[bytes, ...]) -> Iterator[tuple[int, int, int]]:
    """Dark runs as (x, y, width) in modules from the upper left corner of the quiet zone."""
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for run in row.split(LIGHT):  # faster than an expression that looks for runs
            if run:
                yield x, y, len(run)
                x += len(run)
            x += 1


_BITS = bytes([ord("0")]) + bytes([ord("1")]) * 255


def stencil(words: str) -> tuple[int, bytes]:
    """Modules across without the quiet zone, and the rows as bits in hexadecimal: 0 is dark, each row whole bytes.

    As rectangles the same takes four times as long and 2 KB instead of 800 bytes.
    """
    rows = modules(words)
    side = len(rows)
    fill = LIGHT * (-side % 8)
    bits = fill.join(rows) + fill
    return side, b"%0*x" % (len(bits) // 4, int(bits.translate(_BITS), 2))


def svg(words: str, singly: bool = False) -> bytes:
    """The same as a picture, for a page that is laid out in full; `singly` each module is a square of its own."""
    rows = modules(words)
    side = len(rows) + 2 * QUIET
    dark: Iterable[tuple[int, int, int]] = runs(rows)
    if singly:
        dark = ((x + place, y, 1) for x, y, width in dark for place in range(width))
    squares = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<path d="{squares}" fill="#000000"/></svg>'
    ).encode("ascii")


BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"><path d="M0 0h9v9h-9z"/></svg>'
