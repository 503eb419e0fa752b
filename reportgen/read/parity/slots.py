"""Two slots that stand in each other's place in one half: told by the words around them.

`由{a}增為{b}` and `from {b} to {a}` hold the same slots. What stands beside a slot says what it is (by, to, highest, cases), in the
one half as in the other, and often its name says it, too. Where two slots fit better the other way round, they are exchanged.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reportgen.model import LANGUAGES, Language, Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.lexicon import cues, lexicon
from reportgen.read.parity.numbers import numbers
from reportgen.read.parity.quantity import SLOT, plain, unit_behind

ENOUGH = 0.8  # by how much they must fit better the other way round
SAME_ORDER = 0.6  # that all slots stand in the same order in both halves speaks for it
_SENTENCE = re.compile(r"[。；;!?！？]|\.(?= |$)")
_CLAUSE = re.compile(r"[，。；：、（）();:,!?！？]|\.(?= |$)")
_ROLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "from": r"(?:由|自|從|介於)$",
        "to": r"(?:至|到|[增減升降提縮]為|變為|與|及)$",
        "by": r"(?:增加|減少|上升|下降|增減|相差|差距)了?$",
    },
    "en": {"from": r"(?:from|between) $", "to": r"(?:to|and|through) $", "by": r"(?:by|up|down) $"},
}


@dataclass(frozen=True)
class _Spot:
    """The surroundings of a slot: what its words say, in a form that both languages share; and the words themselves."""

    says: Mapping[str, float]
    left: str
    right: str
    number: int


def slot_faults(text: Text, place: Place) -> Iterator[Problem]:
    """The pair that fits best the other way round, where one does."""
    zh, en = (_spots(text.say(language), language) for language in LANGUAGES)
    shared = [slot for slot in zh if slot in en]
    in_english = [slot for slot in en if slot in zh]
    best, pair = ENOUGH, None
    for one, other in itertools.combinations(shared, 2):
        gain = _gain(one, other, zh, en)
        exchanged = [{one: other, other: one}.get(slot, slot) for slot in in_english]
        gain += SAME_ORDER * ((exchanged == shared) - (in_english == shared))
        gain += _side_by_side(one, other, zh, en)
        if gain > best:
            best, pair = gain, (one, other)
    if pair:
        yield problem(place, "parity.slots_exchanged", one=pair[0], other=pair[1])


def _side_by_side(one: str, other: str, zh: Mapping[str, _Spot], en: Mapping[str, _Spot]) -> float:
    """Two slots with nothing between them stand in the same order in both halves."""
    orders = [half[one].number - half[other].number for half in (zh, en)]
    if set(orders) <= {1, -1} and all(
        (half[one] if order > 0 else half[other]).left == "}"
        for half, order in zip((zh, en), orders, strict=True)
    ):
        return 1.2 if orders[0] != orders[1] else -1.2
    return 0.0


def _gain(one: str, other: str, zh: Mapping[str, _Spot], en: Mapping[str, _Spot]) -> float:
    """How much better the two fit if they are exchanged in one of the halves."""
    across = (
        _alike(zh[one], en[other])
        + _alike(zh[other], en[one])
        - _alike(zh[one], en[one])
        - _alike(zh[other], en[other])
    )
    named = [
        _named(one, spots[other], language)
        + _named(other, spots[one], language)
        - _named(one, spots[one], language)
        - _named(other, spots[other], language)
        for spots, language in ((zh, LANGUAGES[0]), (en, LANGUAGES[1]))
    ]
    return across + max(named)


_TIMES = frozenset({"year", "years", "period", "previous", "since", "until", "day", "month"})
_NO_TIME = re.compile(r"(?:為|計|占|達|等於|(?<![a-z])(?:is|was|were|are|came to|up to|by|than|each)) ?$")


def _alike(one: _Spot, other: _Spot) -> float:
    return sum(min(weight, other.says.get(what, 0)) for what, weight in one.says.items())


@functools.lru_cache(4096)
def _spots(words: str, language: Language) -> dict[str, _Spot]:
    """The surroundings of each slot that stands once, by its name."""
    words = plain(words)
    found = list(SLOT.finditer(words))
    names = [re.sub(r"\s+", "", match[0][1:-1]) for match in found]
    once = {name for name, count in Counter(names).items() if count == 1}
    sentences = [match.end() for match in _SENTENCE.finditer(words)]
    spots: dict[str, _Spot] = {}
    for number, (name, match) in enumerate(zip(names, found, strict=True)):
        if name not in once:
            continue
        start = found[number - 1].end() - 1 if number else 0  # with the brace of the slot before
        end = found[number + 1].start() if number + 1 < len(found) else len(words)
        start = max([start, *(end for end in sentences if end <= match.start())])
        left, right = words[start : match.start()], words[match.end() : end]
        says = _says(left, right, language)
        if unit := unit_behind(words, match.end(), language):
            says[f"unit {unit}"] = 1.0
        within = sum(end <= match.start() for end in sentences)
        says[f"sentence {within} of {len(sentences)}"] = 0.6
        says[f"place {number} of {len(found)}"] = 0.3
        spots[name] = _Spot(says, left, right, number)
    return spots


def _says(left: str, right: str, language: Language) -> dict[str, float]:
    says: dict[str, float] = {}
    near = left[max((match.end() for match in _CLAUSE.finditer(left)), default=0) :]
    after = _CLAUSE.split(right, maxsplit=1)[0]
    for weight, part in ((1.0, near), (0.7, after), (0.4, left), (0.3, right)):
        for cue in cues(part, language):
            key = f"{cue.group} {cue.sense}"
            says[key] = max(weight, says.get(key, 0))
        for number in numbers(part, language):
            for value in number.values:
                says[f"number {value}"] = max(weight, says.get(f"number {value}", 0))
    if re.search(r"[（(]$", left):
        says["bracket"] = 0.8
    if re.search(r"[「“]$", left):
        says["quoted"] = 1.0
    for role, pattern in _ROLES[language].items():
        if re.search(pattern, left):
            says[f"role {role}"] = 1.2
    return says


def _named(name: str, spot: _Spot, language: Language) -> float:
    """How well the name of a slot fits its surroundings."""
    left, right = spot.left.lower().rstrip(" ") if language == "en" else spot.left, spot.right.lower()
    words = re.findall(r"[a-z]+", name.partition("(")[0].lower())
    fits = [
        max((_fits(cue, left, right) for cue in _names(word, language)), default=0.0)
        for word in words
        if _names(word, language)
    ]
    best = fits[-1] + 0.4 * max(fits[:-1], default=0.0) if fits else 0.0  # `low_year` is a year first of all
    if words[-1:] and words[-1] in _TIMES and _NO_TIME.search(left):
        best -= 1.0
    senses = {(cue.group, cue.sense) for cue in cues(" ".join(words), "en")}
    around = {(cue.group, cue.sense) for part in (spot.left, spot.right[:6]) for cue in cues(part, language)}
    best += 0.8 * bool(senses & around)
    if language == "en" and words and f" {' '.join(words)} " in f" {re.sub('[^a-z]+', ' ', left)} ":
        best += 1.0
    return best


def _names(word: str, language: Language) -> Iterable[str]:
    known = lexicon()["name"].get(word)
    return known[0 if language == "zh" else 1] if known else ()


def _fits(cue: str, left: str, right: str) -> float:
    """1 where the cue stands right beside the slot, a half where it stands before it at some distance."""
    if cue.startswith("<"):
        return 1.0 if re.match(rf" ?{re.escape(cue[1:])}(?![a-z])", right) else 0.0
    if cue.startswith("^"):
        return 1.0 if left.strip() == cue[1:].strip() else 0.0
    start = len(left) - len(cue)
    if left.endswith(cue) and not (
        cue[0].isascii() and cue[0].isalpha() and start and left[start - 1].isalpha()
    ):
        return 1.0
    return 0.5 if len(cue) > 1 and re.search(rf"(?<![a-z]){re.escape(cue)}(?![a-z])", left) else 0.0
