"""The Altair theme of a project: what every chart looks like, made from `styles/tokens.toml`."""

from __future__ import annotations

from typing import Any

import altair as alt

from reportgen.read.theme import Theme, contrast
from reportgen.read.tokens import READABLE

NAME = "reportgen"


def register(theme: Theme) -> None:
    """Makes the theme the one that Altair writes into the next chart."""
    alt.theme.register(NAME, enable=True)(lambda: alt.theme.ThemeConfig(config=_config(theme)))


def _config(theme: Theme) -> Any:
    return {
        "aria": False,
        "view": {"stroke": None},
        "text": {
            "font": theme.fonts["sans"],
            "fontSize": theme.type["chart"],
            "color": theme.colour["ink"],
            "baseline": "alphabetic",
        },
        "line": {"strokeJoin": "round", "strokeWidth": 1.6},
        "rule": {"color": theme.colour["grid"], "strokeWidth": 0.5},
        "rect": {"stroke": theme.colour["paper"], "strokeWidth": 0.5},
        "point": {"filled": True, "opacity": 1},
        "range": {"category": list(theme.palette), "ramp": list(theme.ramp)},
    }


def label_ink(theme: Theme, colour: str) -> str:
    """The colour of a label beside its mark: the mark's own where it can be read on paper, else ink."""
    return colour if contrast(colour, theme.colour["paper"]) >= READABLE else theme.colour["ink"]
