"""Whether the two halves of a text say the same: rules on script, numbers, units, directions, slots, terms and labels.

    faults(text, place, glossary)       of one text
    label_faults(file, glossary)        of labels that stand beside each other in a file
    acknowledged(file)                  what a file says of its own texts: meant, archived; and hints, which are no faults

No rule knows what a sentence means: each holds what can be counted in one half against the other. Where a rule is mistaken, or the
difference is wanted, the text says so: `{ zh = "…", en = "…", meant = "why" }`.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.acknowledged import acknowledged, hints
from reportgen.read.parity.glossary import Glossary, Term, glossary_of, read_glossary
from reportgen.read.parity.labels import label_faults
from reportgen.read.parity.quantities import quantity_faults
from reportgen.read.parity.script import letter_faults, script_faults
from reportgen.read.parity.senses import rises_and_falls, sense_faults
from reportgen.read.parity.slots import slot_faults
from reportgen.read.parity.units import unit_faults
from reportgen.read.words import slots

__all__ = [
    "Glossary",
    "Term",
    "acknowledged",
    "faults",
    "glossary_of",
    "hints",
    "label_faults",
    "read_glossary",
    "rises_and_falls",
    "unit_faults",
]


def faults(
    text: Text, place: Place, glossary: Glossary | None, *, meant: bool = False, archived: bool = False
) -> list[Problem]:
    """All that differs between the halves. `meant` excuses what a text may mean, `archived` the letters of old papers."""
    return [replace(fault, place=place) for fault in _faults(text, glossary, meant, archived)]


@functools.lru_cache(8192)  # the same words of a kind are read for each of its documents
def _faults(text: Text, glossary: Glossary | None, meant: bool, archived: bool) -> list[Problem]:
    place = Place("")
    found = [*_sound(text, place)]
    if meant or {*slots(text.zh)} != {*slots(text.en)}:
        return found
    found += quantity_faults(text, place)
    found += script_faults(text, place, glossary.names if glossary else ())
    found += sense_faults(text, place)
    found += slot_faults(text, place)
    found += glossary.faults(text, place) if glossary else ()
    found += () if archived else letter_faults(text, place)
    return found


def _sound(text: Text, place: Place) -> Iterator[Problem]:
    """What no text may have, whatever it means: letters that nobody sees, slots of one half alone."""
    for letter in dict.fromkeys(text.zh + text.en):
        if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") and letter != "\n":
            yield problem(place, "words.holds_invisible_character_u", letter=ord(letter))
    zh, en = (set(slots(half)) for half in (text.zh, text.en))
    if zh != en:
        yield problem(place, "words.slots_differ", only_zh=sorted(zh - en), only_en=sorted(en - zh))
