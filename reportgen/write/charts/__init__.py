"""One chart specification becomes one SVG for an edition, and an alternative text for a language.

`lines`, `bars` and `rows` say in Altair how each form looks: marks, encodings, scales, layers; `look` is its theme, `frame` what
stands around the plot. `forms` gives them the strings and the places of labels, because a chart that is laid out by
measuring its labels changes with the fonts of the machine. Vega measures no word and formats no number, and 1 unit of the
SVG is 1 pt on paper.

Never fork a process that has drawn a chart: the engine inside vl-convert waits for threads that the child
does not have (spawn and forkserver are safe). After a RenderError of a conversion the engine may be
spoilt: end that process.
"""

from reportgen.write.charts.alternative import MOST_TEXT, alternative
from reportgen.write.charts.drawing import check_spec, draw, refuse_url
from reportgen.write.charts.words import text_width

__all__ = ["MOST_TEXT", "alternative", "check_spec", "draw", "refuse_url", "text_width"]
