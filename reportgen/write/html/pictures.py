"""Pictures that the writer draws itself, as data URIs."""

from __future__ import annotations

import base64
from fractions import Fraction

from reportgen.model import ChartSpec, Gap
from reportgen.read.theme import Theme


def data_uri(picture: bytes) -> str:
    """A drawing or a JPEG as an address."""
    media = "jpeg" if picture.startswith(b"\xff\xd8") else "svg+xml"
    return f"data:image/{media};base64,{base64.b64encode(picture).decode('ascii')}"


def cover_bars(spec: ChartSpec, theme: Theme) -> str:
    """A trend as plain bars across the cover, 210 × 60 mm, as a data URI: an ornament, no chart to be read."""
    sizes = [
        Fraction(0) if isinstance(p.figure.value.exact, Gap) else p.figure.value.exact for p in spec.points
    ]
    top = max(sizes) or Fraction(1)
    step = Fraction(2100, len(sizes))
    bars = []
    for place, size in enumerate(sizes):
        height = round(600 * max(size, Fraction(0)) / top)
        colour = (
            theme.colour["accent"]
            if place == len(sizes) - 1
            else theme.ramp[min(place * 4 // len(sizes) + 1, 4)]
        )
        bars.append(
            f'<rect x="{round(place * step + step / 10)}" y="{600 - height}" '
            f'width="{round(step * 8 / 10)}" height="{height}" fill="{colour}"/>'
        )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2100 600" width="2100" height="600">{"".join(bars)}</svg>'
    return data_uri(svg.encode("utf-8"))
