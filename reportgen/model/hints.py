"""What makes a list of faults short and helpful: the word that was meant, values cut short, the first of many faults."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.values import Text

MAX_PROBLEMS = 200


def near(word: str, known: Iterable[str]) -> Text:
    """A hint at the most similar known word: `; did you mean 'bar'?`, or nothing."""
    closest = difflib.get_close_matches(word, [*known], n=1, cutoff=0.6)
    return message("schema.did_you_mean", near=closest[0]) if closest else Text("", "")


def legible(text: str, letters: int = 40) -> str:
    """The text for a message: short, and with what can't be seen written out."""
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:letters])
    return seen if len(text) <= letters else f"{seen}… ({len(text):,} letters)"


def at_most(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The first of many problems and how many more there are."""
    yield from problems[:MAX_PROBLEMS]
    more = len(problems) - MAX_PROBLEMS
    if more > 0:
        place = Place(problems[0].place.file, problems[0].place.sheet)
        yield problem(place, "schema.more_problems", more=more)
