"""Blocks that an office brings along: a picture, and one that a template of its own prints."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.model.values import Line, Text


@dataclass(frozen=True, kw_only=True)
class Illustration:
    """A picture of the project at its size in print, in mm, and what it shows in words."""

    anchor: str
    file: str
    caption: Text
    alternative: Text
    width_mm: float
    height_mm: float
    source: Text | None = None


@dataclass(frozen=True)
class Own:
    """A block that `templates/<template>` prints, and the words that it prints, by their names."""

    template: str
    words: tuple[tuple[str, Line], ...]
