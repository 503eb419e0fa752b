"""A regenerated panel against the archived one, on three axes: its figures, its words, its picture.

What an axis cannot compare is said with its reason and never counts as equal.
"""

from reportgen.compute.comparison.figures import compare_figures
from reportgen.compute.comparison.model import Axis, Difference, Verdict
from reportgen.compute.comparison.words import compare_words
from reportgen.read.archive import ArchivedValue, Original, read_original, unit_names
from reportgen.verify.comparison.pictures import Limits, compare_pictures, raster, read_limits
from reportgen.verify.comparison.verdict import Compared, compare

__all__ = [
    "ArchivedValue",
    "Axis",
    "Compared",
    "Difference",
    "Limits",
    "Original",
    "Verdict",
    "compare",
    "compare_figures",
    "compare_pictures",
    "compare_words",
    "raster",
    "read_limits",
    "read_original",
    "unit_names",
]
