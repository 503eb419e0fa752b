"""The catalogue of messages: every sentence that a user sees, in both languages, as data.

A message is named `area.name`: the table `[name]` of `area.toml` beside this file, with the halves `en` and `zh`. Between braces
stand slots as in `str.format`, the same in both halves. What fills a slot is given in its language where it is a `Text`;
a list is told as `a, b` and `甲、乙`; `{rows:|row|rows}` gives the first word for one and the second for any other number.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reportgen.model import toml
from reportgen.model.values import Language, Text

FOLDER = Path(__file__).parent


class _Filler(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return super().convert_field(
            value.say(self.language) if isinstance(value, Text) else value, conversion
        )

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.startswith("|"):
            _, one, many = format_spec.split("|")
            return one if value == 1 else many
        if isinstance(value, list | tuple):
            return ("、" if self.language == "zh" else ", ").join(
                self.format_field(part, "") for part in value
            )
        said = value.say(self.language) if isinstance(value, Text) else value
        return str(super().format_field(said, format_spec))


_FILLERS: Mapping[Language, _Filler] = {"en": _Filler("en"), "zh": _Filler("zh")}


@functools.cache
def area(name: str) -> Mapping[str, Mapping[str, str]]:
    """All messages of one area: name -> its halves."""
    return toml.parse((FOLDER / f"{name}.toml").read_text("utf-8"))


def message(name: str, /, **slots: object) -> Text:
    """The message in both languages, its slots filled. KeyError for a name or a slot that is not there: our bug."""
    place, _, entry = name.partition(".")
    halves = area(place)[entry]
    return Text(
        zh=_FILLERS["zh"].vformat(halves["zh"], (), slots), en=_FILLERS["en"].vformat(halves["en"], (), slots)
    )


def sentences() -> Iterator[str]:
    """Both halves of every message, their slots open."""
    for file in sorted(FOLDER.glob("*.toml")):
        yield from (half for halves in area(file.stem).values() for half in halves.values())


def told(name: str, /, **slots: object) -> tuple[str, str]:
    """The same as a pair, English first."""
    text = message(name, **slots)
    return text.en, text.zh
