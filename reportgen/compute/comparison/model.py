"""What a comparison finds: three axes, each equal, different or not compared, with every difference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Literal

from reportgen.model import Language, Text
from reportgen.model.messages import message

State = Literal["equal", "different", "not compared"]
STATES: Mapping[State, Text] = {
    "equal": message("comparison.equal"),
    "different": message("comparison.different"),
    "not compared": message("comparison.not_compared"),
}
AXES: Mapping[str, Text] = {
    "data": message("comparison.data"),
    "text": message("comparison.text"),
    "picture": message("comparison.picture"),
}


@dataclass(frozen=True)
class Difference:
    """One place where both differ: what kind of difference, what the archive has, what we have."""

    place: Text
    kind: Text
    archived: str = ""
    ours: str = ""

    def say(self, language: Language) -> str:
        words = f"{self.place.say(language)}{'：' if language == 'zh' else ': '}{self.kind.say(language)}"
        if not (self.archived or self.ours):
            return words
        if language == "zh":
            return f"{words}；原件「{self.archived}」，重製「{self.ours}」"
        return f"{words}; archived {self.archived!r}, ours {self.ours!r}"


@dataclass(frozen=True)
class Axis:
    """`figures` are numbers behind the state (how many were compared, similarity …); `reason` why not compared."""

    state: State
    figures: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    differences: tuple[Difference, ...] = ()
    reason: Text | None = None


@dataclass(frozen=True)
class Verdict:
    """What the panel's foot, the command line and the JSON file say of a regenerated panel."""

    panel: str
    data: Axis
    text: Axis
    picture: Axis

    @property
    def axes(self) -> dict[str, Axis]:
        return {"data": self.data, "text": self.text, "picture": self.picture}

    @property
    def equal(self) -> bool:
        """Whether all that could be compared is equal, and anything could."""
        states = {axis.state for axis in self.axes.values()}
        return "equal" in states and "different" not in states

    def lines(self, language: Language) -> Iterator[str]:
        colon = "：" if language == "zh" else ": "
        yield f"{self.panel}{colon.rstrip()}"
        for name, axis in self.axes.items():
            figures = ("，" if language == "zh" else ", ").join(
                f"{FIGURES[key].say(language)} {value:g}" for key, value in axis.figures.items()
            )
            words = STATES[axis.state].say(language)
            if axis.reason:
                words += f"{'，' if language == 'zh' else ', '}{axis.reason.say(language)}"
            yield f"  {AXES[name].say(language)}{colon}{words}{_bracketed(figures, language)}"
            for difference in axis.differences:
                yield f"    {difference.say(language)}"

    def to_json(self) -> str:
        """Keys in a fixed order; the same verdict gives the same bytes."""
        told = {
            "panel": self.panel,
            "equal": self.equal,
            **{
                name: {
                    "state": axis.state,
                    "reason": asdict(axis.reason) if axis.reason else None,
                    "figures": dict(axis.figures),
                    "differences": [asdict(difference) for difference in axis.differences],
                }
                for name, axis in self.axes.items()
            },
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


FIGURES: Mapping[str, Text] = {
    "values": message("comparison.values"),
    "characters": message("comparison.characters"),
    "paragraphs": message("comparison.paragraphs"),
    "similarity": message("comparison.similarity"),
    "dissimilar_area": message("comparison.dissimilar_area_percent"),
    "overlap": message("comparison.overlap_percent"),
    "scale": message("comparison.scale"),
    "rotation_degrees": message("comparison.rotation_degrees"),
    "shift_x_percent": message("comparison.shift_right_percent"),
    "shift_y_percent": message("comparison.shift_down_percent"),
}


def _bracketed(words: str, language: Language) -> str:
    if not words:
        return ""
    return f"（{words}）" if language == "zh" else f" ({words})"
