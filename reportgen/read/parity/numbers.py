"""The numbers of a half, in figures and in words, with the unit that stands behind each."""

from __future__ import annotations

from reportgen.model import Language
from reportgen.read.parity.chinese import chinese
from reportgen.read.parity.english import english
from reportgen.read.parity.quantity import Number


def numbers(words: str, language: Language) -> tuple[Number, ...]:
    return chinese(words) if language == "zh" else english(words)
