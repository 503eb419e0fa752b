"""All three axes of one panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportgen.compute.comparison.figures import compare_figures
from reportgen.compute.comparison.model import Axis, Verdict
from reportgen.compute.comparison.words import compare_words
from reportgen.model import ChartSpec
from reportgen.model.errors import InputError, Place, problem
from reportgen.read.archive import Original
from reportgen.verify.comparison.pictures import compare_pictures, raster, read_limits, with_own


@dataclass(frozen=True)
class Compared:
    """The verdict, and the heat map as PNG where pictures were compared."""

    verdict: Verdict
    heat_map: bytes | None


def compare(
    panel: str, original: Original, charts: Mapping[str, ChartSpec], paragraphs: Sequence[str], pdf: bytes
) -> Compared:
    """`charts` are ours by the name that the archive's data.csv uses, `paragraphs` ours in the archive's language and order,
    `pdf` our RGB edition. InputError when the archived picture cannot be read."""
    data = _not_compared(original, "data")
    if original.values is not None:
        data = compare_figures(original.values, charts)
    text = _not_compared(original, "text")
    if original.paragraphs is not None:
        text = compare_words(paragraphs, original.paragraphs, original.flowing)
    picture, heat_map = _not_compared(original, "picture"), None
    if original.picture is not None:
        limits = with_own(read_limits(), original.limits)
        try:
            content = original.picture.read_bytes()
        except OSError:
            raise InputError(problem(Place(str(original.picture)), "comparison.cannot_read")) from None
        theirs = raster(content, str(original.picture), limits.working_pixels)
        picture, heat_map = compare_pictures(raster(pdf, panel, limits.working_pixels), theirs, limits)
    return Compared(Verdict(panel, data, text, picture), heat_map)


def _not_compared(original: Original, axis: str) -> Axis:
    return Axis("not compared", reason=original.lacking.get(axis))
