"""Words of an officer that say rise or fall, held against the figures in their slots and against the condition that they claim."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from reportgen.model import LANGUAGES, Text, Value
from reportgen.read.parity import rises_and_falls
from reportgen.read.words import SLOT

Found = tuple[str, dict[str, object]]  # a message and its slots
_CHANGES = ("change.", "difference.", "change_before.", "difference_before.")
_CLAUSE = re.compile(r"[，。；：、（）();:,]|\.(?= |$)")
_FROM_TO = re.compile(r"(?:[由自從]|from )\{([^{}]+)\}([^{}，。；,;]{1,6})\{([^{}]+)\}")  # in either language


def contradictions(text: Text, values: Mapping[str, Value]) -> Iterator[Found]:
    """A rise that is a fall; `values` are those of the slots by their names without blanks."""
    for language in LANGUAGES:
        words = text.say(language)
        for clause in _clauses(words):
            said = rises_and_falls(clause, language)
            if len({sense for _, sense in said}) != 1:
                continue  # nothing said, or both: which is of which figure is not known
            word, sense = said[0]
            for slot in SLOT.finditer(clause):
                name = re.sub(r"\s+", "", slot[1])
                value = values.get(name)
                if value and value.metric.startswith(_CHANGES) and _against(sense, value.exact):
                    yield (
                        "parity.says_rise_of_a_fall",
                        {"words": word, "slot": f"{{{name}}}", "value": _sign(value)},
                    )
            for match in _FROM_TO.finditer(clause):
                first, second = (re.sub(r"\s+", "", match[number]) for number in (1, 3))
                before, after = values.get(first), values.get(second)
                if (
                    before
                    and after
                    and before.metric == after.metric
                    and _moves_against(sense, before, after)
                ):
                    names = {"first": f"{{{first}}}", "second": f"{{{second}}}"}
                    yield (
                        "parity.says_fall_of_a_rise",
                        {"words": word, **names, "moves": _moved(before, after)},
                    )


def _clauses(words: str) -> Iterator[str]:
    """Parts between signs; a sign within a slot parts nothing."""
    masked = SLOT.sub(lambda slot: "\0" * len(slot[0]), words)
    start = 0
    for match in _CLAUSE.finditer(masked):
        yield words[start : match.start()]
        start = match.end()
    yield words[start:]


def _against(sense: str, number: object) -> bool:
    return isinstance(number, Fraction) and (
        (sense == "up" and number < 0) or (sense == "down" and number > 0)
    )


def _moves_against(sense: str, before: Value, after: Value) -> bool:
    if not isinstance(before.exact, Fraction) or not isinstance(after.exact, Fraction):
        return False
    return _against(sense, after.exact - before.exact)


def _sign(value: Value) -> str:
    return "−" if isinstance(value.exact, Fraction) and value.exact < 0 else "+"


def _moved(before: Value, after: Value) -> str:
    assert isinstance(before.exact, Fraction) and isinstance(after.exact, Fraction)
    return "+" if after.exact > before.exact else "−"


def against_claim(text: Text, claim: str) -> Iterator[Found]:
    """Words that say the opposite of `collected > collected(previous)` or `change.collected > 0`."""
    claimed = _claimed(claim)
    for language in LANGUAGES:
        said = rises_and_falls(text.say(language), language)
        senses = {sense for _, sense in said}
        if claimed and len(senses) == 1 and claimed not in senses:
            yield "parity.says_against_claim", {"words": said[0][0], "claim": claim}


def _claimed(claim: str) -> str:
    try:
        node = ast.parse(claim.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""  # told where it is evaluated
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return ""
    left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
    of_change = left.startswith(_CHANGES) and right == "0"
    if not of_change and right != f"{left}(previous)":
        return ""
    return {ast.Gt: "up", ast.Lt: "down"}.get(type(node.ops[0]), "")
