"""Words in both languages, and what fills their slots; whether the halves say the same is for `parity`.

A text may hold slots, `{collected(107)}`; both halves must hold the same ones. What a slot prints is
not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from reportgen.model import LANGUAGES, Language, Line, Run, Text
from reportgen.model.errors import KindError, Place, problem

SLOT = re.compile(r"\{([^{}]+)\}")


def slots(words: str) -> list[str]:
    """The expressions in the slots of a text, blanks removed."""
    return [_normal(slot) for slot in SLOT.findall(words)]


def _normal(slot: str) -> str:
    return re.sub(r"\s+", "", slot)


Slot = Run | Text | Line  # what may stand in the place of a slot


def fill(text: Text, resolve: Callable[[str], Slot]) -> Line:
    """The text with what `resolve` gives for each slot, in both languages; a line lends its runs."""
    halves = (_filled(text.say(language), language, resolve) for language in LANGUAGES)
    return Line(*(tuple(run for run in runs if run != "") for runs in halves))


def _filled(words: str, language: Language, resolve: Callable[[str], Slot]) -> Iterator[Run]:
    end = 0
    for match in SLOT.finditer(words):
        yield words[end : match.start()]
        slot = resolve(_normal(match[1]))
        run = slot.say(language) if isinstance(slot, Text | Line) else slot
        if isinstance(run, tuple):
            yield from run
        else:
            yield run
        end = match.end()
    yield words[end:]


_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n|\n(?=[\u3000-\u9fff\uff00-\uffef])")


def flat(words: str) -> str:
    """Lines of a paragraph as one: with a blank between words, without one between Chinese characters."""
    return re.sub(r"[ \t\n]+", " ", _BREAK.sub("", words)).strip()


def plain_line(text: Text) -> Line:
    return Line((text.zh,), (text.en,))


def say(words: Mapping[str, Text], name: str, /, **slots: str | Text) -> Text:
    """Fixed words with their slots filled by words."""
    text = words[name]
    for slot, found in slots.items():
        pair = found if isinstance(found, Text) else Text(found, found)
        text = Text(text.zh.replace(f"{{{slot}}}", pair.zh), text.en.replace(f"{{{slot}}}", pair.en))
    return text


def said(runs: Iterable[Run], language: Language) -> str:
    """The runs as one string, as they are read."""
    return "".join(run if isinstance(run, str) else run.text.say(language) for run in runs)


# ---- the fixed words of a kind ----------------------------------------------------------------


class Words(Mapping[str, Text]):
    """The fixed words of a kind by dotted name: `words["table.source"]`. Unknown names are KindError.

    `files` are its words.toml and those that it takes in.
    """

    def __init__(self, texts: Mapping[str, Text], file: str, taken_in: Iterable[str] = ()) -> None:
        self._texts, self.files = texts, tuple(dict.fromkeys((file, *taken_in)))

    def __getitem__(self, name: str) -> Text:
        try:
            return self._texts[name]
        except KeyError:
            raise KindError(
                problem(Place(self.files[0], column=name), "words.these_words_are_missing")
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)
