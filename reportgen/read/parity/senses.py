"""Words that exclude each other: what one half says, the other half may not say the opposite of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reportgen.model import LANGUAGES, Language, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.lexicon import Cue, cues
from reportgen.read.parity.quantity import SLOT, plain

# Where one half says a sense and its opposite, the other half says both, too.
_ALONE = frozenset({"scale-change", "scale-extreme", "scale-limit"})


def sense_faults(text: Text, place: Place) -> Iterator[Problem]:
    halves = [cues(_bare(text.say(language)), language) for language in LANGUAGES]
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
    found = (words[cue.start : cue.end] for cue in half if _belongs(cue.group, group) and cue.sense in senses)
    return ", ".join(dict.fromkeys(found))


def rises_and_falls(words: str, language: Language) -> list[tuple[str, str]]:
    """The words that say rise or fall, each with `up` or `down`."""
    bare = _bare(words)
    return [
        (bare[cue.start : cue.end], cue.sense) for cue in cues(bare, language) if cue.group == "scale-change"
    ]


def _bare(words: str) -> str:
    """Without what stands in the slots."""
    return SLOT.sub(lambda slot: "{" + "\0" * (len(slot[0]) - 2) + "}", plain(words))
