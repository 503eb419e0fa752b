"""Words that exclude each other: what one half says, the other half may not say the opposite of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from reportgen.model import LANGUAGES, Language, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.lexicon import Cue, cues
from reportgen.read.parity.quantity import SLOT, plain

# Where one half says a sense and its opposite, the other half says both, too.
_ALONE = frozenset({"scale-change", "scale-extreme", "scale-limit"})


def sense_faults(text: Text, place: Place) -> Iterator[Problem]:
    halves = [_compared(_bare(text.say(language)), language) for language in LANGUAGES]
    if exchanged := _exchanged(*halves):
        words = [
            ", ".join(_at(text.say(language), *pair) for pair in pairs)
            for language, pairs in zip(LANGUAGES, exchanged, strict=True)
        ]
        yield problem(place, "parity.says_the_opposite", zh=words[0], en=words[1])
        return
    counts = [Counter((cue.group, cue.sense) for cue in half) for half in halves]
    groups = dict.fromkeys(cue.group for half in halves for cue in half)
    # All parts of the scale together, too: 較上年增加 is “higher than”, and the one word may be in another part than the other.
    for group in (*groups, *dict.fromkeys(group.partition("-")[0] for group in groups if "-" in group)):
        more = [_more(group, *pair) for pair in (counts, counts[::-1])]
        if group in _ALONE and sorted(len(_of_group(group, half)) for half in counts) == [1, 2]:
            more = [
                [*_of_group(group, half)] for half in counts
            ]  # 較上年增加…，減幅… is “down …”: one of the two is wrong
        if more[0] and more[1]:
            words = [_written(text.say(LANGUAGES[n]), halves[n], group, more[n]) for n in (0, 1)]
            yield problem(place, "parity.says_the_opposite", zh=words[0], en=words[1])
            return


_COMPARISON, _CHANGE = "scale-bound", "scale-change"
_OTHER_WAY = {"up": "down", "down": "up"}


def _compared(words: str, language: Language) -> tuple[Cue, ...]:
    """The cues, with `spending exceeds revenue` as `revenue is below spending`: two of a group always in the same order."""
    found = list(cues(words, language))
    for at in range(len(found) - 2):
        three = found[at : at + 3]
        places = (0, 1, 2)
        if re.search("[較比]", words[three[0].end : three[1].start]):
            places = (0, 2, 1)  # A較B高
        elif three[0].group == _COMPARISON and re.search(r"\bthan\b", words[three[1].end : three[2].start]):
            places = (1, 0, 2)  # more A than B
        one, how, other = (three[place] for place in places)
        if how.group == _COMPARISON and one.group == other.group and one.sense > other.sense:
            found[found.index(how)] = replace(how, sense=_OTHER_WAY[how.sense])
    return tuple(found)


def _exchanged(*halves: tuple[Cue, ...]) -> list[list[tuple[Cue, Cue]]]:
    """Of `revenue rose and spending fell`, what belongs together in each half, where it is not the same in both."""
    pairs = [_pairs(half) for half in halves]
    said = [{(of.sense, how.sense) for of, how in half} for half in pairs]
    alike = [sorted({sense for pair in half for sense in pair}) for half in said]
    return pairs if all(pairs) and alike[0] == alike[1] and said[0] != said[1] else []


def _pairs(half: tuple[Cue, ...]) -> list[tuple[Cue, Cue]]:
    """Two things of a group by turns with one rise and one fall; nothing where the half says it in another form."""
    if len(half) != 4:
        return []
    pairs = [sorted(half[at : at + 2], key=lambda cue: cue.group == _CHANGE) for at in (0, 2)]
    things, changes = zip(*pairs, strict=True)
    if [cue.group for cue in changes] != [_CHANGE] * 2 or len({cue.sense for cue in changes}) != 2:
        return []
    if things[0].group != things[1].group or things[0].group == _CHANGE or things[0].sense == things[1].sense:
        return []
    return [(of, how) for of, how in pairs]


def _more(group: str, half: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> list[str]:
    """The senses that this half has more often than the other."""
    counts = [_of_group(group, one) for one in (half, other)]
    return [sense for sense, count in counts[0].items() if count > counts[1][sense]]


def _of_group(group: str, counts: Counter[tuple[str, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (of, sense), count in counts.items():
        if _belongs(of, group):
            found[sense] += count
    return found


def _belongs(of: str, group: str) -> bool:
    return of == group or of.startswith(f"{group}-")


def _written(words: str, half: tuple[Cue, ...], group: str, senses: list[str]) -> str:
    found = (_at(words, cue) for cue in half if _belongs(cue.group, group) and cue.sense in senses)
    return ", ".join(dict.fromkeys(found))


def _at(words: str, *found: Cue) -> str:
    return " … ".join(words[cue.start : cue.end] for cue in sorted(found, key=lambda cue: cue.start))


def rises_and_falls(words: str, language: Language) -> list[tuple[str, str]]:
    """The words that say rise or fall, each with `up` or `down`."""
    bare = _bare(words)
    return [(bare[cue.start : cue.end], cue.sense) for cue in cues(bare, language) if cue.group == _CHANGE]


def _bare(words: str) -> str:
    """Without what stands in the slots."""
    return SLOT.sub(lambda slot: "{" + "\0" * (len(slot[0]) - 2) + "}", plain(words))
