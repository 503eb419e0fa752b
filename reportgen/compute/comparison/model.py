"""What a comparison finds: three axes, each equal, different or not compared, with every difference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Literal

from reportgen.model import Language, Text
from reportgen.model.messages import message
from reportgen.model.values import joined

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
        said = message("comparison.kind_at_place", place=self.place, kind=self.kind)
        if self.archived or self.ours:
            said = message("comparison.both_sides", said=said, archived=self.archived, ours=self.ours)
        return said.say(language)


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
        yield message("comparison.panel", panel=self.panel).say(language)
        for name, axis in self.axes.items():
            said = message("comparison.axis", axis=AXES[name], state=STATES[axis.state])
            if axis.reason:
                said = joined([said, axis.reason], "，", ", ")
            figures = [
                message("comparison.figure", name=FIGURES[key], value=value)
                for key, value in axis.figures.items()
            ]
            if figures:
                said = message("comparison.with_figures", said=said, figures=joined(figures, "，", ", "))
            yield f"  {said.say(language)}"
            for difference in axis.differences:
                yield f"    {difference.say(language)}"

    def to_json(self) -> str:
        """Keys in a fixed order; the same verdict gives the same bytes."""
        verdict = {
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
        return json.dumps(verdict, ensure_ascii=False, indent=1) + "\n"


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
