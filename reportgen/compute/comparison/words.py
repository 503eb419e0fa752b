"""The words of an archived panel against ours, character by character; what kind of difference is named.

White space is no word: line breaks and spaces between Chinese characters are left out, other runs become one space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from reportgen.compute.comparison.model import Axis, Difference
from reportgen.model import Text, toml
from reportgen.model.messages import message

CONTEXT = 8  # characters on either side of a difference
ALIKE = 0.5  # paragraphs with less in common are two, not one that was changed
OTHER = message("comparison.other_words")
MISSING = message("comparison.missing_ours_2")
ADDED = message("comparison.only_ours")
WIDTH = message("comparison.another_code_same_character_full")
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
_BESIDE_WIDE = re.compile(rf"(?<=[{_WIDE}])\s+|\s+(?=[{_WIDE}])")


def compare_words(ours: Sequence[str], archived: Sequence[str], flowing: bool = False) -> Axis:
    """Paragraph by paragraph. `flowing`: the archive's lines are no paragraphs, so all is compared in one piece."""
    mine, theirs = (list(filter(None, map(normalised, part))) for part in (ours, archived))
    if flowing:
        mine, theirs = (list(filter(None, [normalised(" ".join(part))])) for part in (mine, theirs))
    differences = [difference for pair in _pairs(theirs, mine) for difference in _differences(*pair)]
    figures = {"characters": float(sum(map(len, theirs))), "paragraphs": float(len(theirs))}
    return Axis("different" if differences else "equal", figures, tuple(differences))


def normalised(words: str) -> str:
    """White space as it counts; a soft hyphen or a zero-width sign is none that can be seen. The characters stay as they
    are: NFC would exchange compatibility characters in silence."""
    seen = "".join(sign for sign in words if sign not in "\u00ad\u200b\u200c\u200d\u2060\ufeff")
    return _BESIDE_WIDE.sub("", " ".join(seen.split()))


Pair = tuple[int, str | None, str | None]  # number of the paragraph, archived, ours


def _pairs(theirs: Sequence[str], ours: Sequence[str]) -> Iterator[Pair]:
    """Which paragraph of ours stands for which of theirs. Equal ones first; the others by likeness, in order."""
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    for _, first, last, from_, to in (code for code in matcher.get_opcodes() if code[0] != "equal"):
        rest = from_
        for number in range(first, last):
            likeness = [
                (SequenceMatcher(None, theirs[number], ours[at], autojunk=False).ratio(), -at)
                for at in range(rest, to)
            ]
            best, at = max(likeness, default=(0.0, 0))
            # The only one on both sides is the same paragraph, however much was changed.
            if best < ALIKE and not (last - first == to - from_ == 1):
                yield number + 1, theirs[number], None
                continue
            for extra in range(rest, -at):
                yield number + 1, None, ours[extra]
            yield number + 1, theirs[number], ours[-at]
            rest = -at + 1
        for extra in range(rest, to):
            yield last, None, ours[extra]


def _differences(number: int, theirs: str | None, ours: str | None) -> Iterator[Difference]:
    place = message("comparison.paragraph", number=number)
    if theirs is None:
        after = message("comparison.after_paragraph", number=number)
        yield Difference(after, message("comparison.paragraph_only_ours"), "", ours or "")
    elif ours is None:
        yield Difference(place, message("comparison.paragraph_is_missing_ours"), theirs, "")
    else:
        for kind, first, last, from_, to in _changes(theirs, ours):
            around = slice(max(0, first - CONTEXT), first), slice(last, last + CONTEXT)
            before, after_ = theirs[around[0]], theirs[around[1]]
            yield Difference(
                place, kind, f"{before}[{theirs[first:last]}]{after_}", f"{before}[{ours[from_:to]}]{after_}"
            )


Change = tuple[Text, int, int, int, int]


def _changes(theirs: str, ours: str) -> Iterator[Change]:
    for tag, first, last, from_, to in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if tag == "delete":
            yield MISSING, first, last, from_, to
        elif tag == "insert":
            yield ADDED, first, last, from_, to
        elif tag == "replace" and last - first == to - from_:
            yield from _by_kind(theirs, ours, first, last, from_)
        elif tag == "replace":
            yield kind_of(theirs[first:last], ours[from_:to]), first, last, from_, to


def _by_kind(theirs: str, ours: str, first: int, last: int, from_: int) -> Iterator[Change]:
    """Neighbours of one kind are one difference; a variant beside another word is told by itself."""
    begin = first
    for at in range(first, last):
        kind = kind_of(theirs[at], ours[from_ + at - first])
        if at + 1 == last or kind_of(theirs[at + 1], ours[from_ + at + 1 - first]) != kind:
            yield kind, begin, at + 1, from_ + begin - first, from_ + at + 1 - first
            begin = at + 1


def kind_of(theirs: str, ours: str) -> Text:
    """What a reader would call the difference between two short strings."""
    if _folded(theirs) == _folded(ours):
        return WIDTH
    for group in groups():
        if len(theirs) == len(ours) and all(
            one == other or group.together(one, other) for one, other in zip(theirs, ours, strict=True)
        ):
            return group.label
    return OTHER


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words)


@dataclass(frozen=True)
class Variants:
    """One kind of exchange: each character with those that may stand for it."""

    label: Text
    source: str
    partners: Mapping[str, frozenset[str]]

    def together(self, one: str, other: str) -> bool:
        return other in self.partners.get(one, ())


@cache
def groups() -> tuple[Variants, ...]:
    declared = toml.parse(Path(__file__).with_name("variants.toml").read_text("utf-8"))
    groups = []
    for group in declared["group"].values():
        partners: dict[str, frozenset[str]] = {}
        for characters in map(frozenset, group["sets"]):
            for character in characters:
                partners[character] = partners.get(character, frozenset()) | characters
        groups.append(Variants(Text(**group["label"]), group["source"], partners))
    return tuple(groups)
