"""The hints of messages under the names that readers of tables have for them."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.model.hints import MAX_PROBLEMS, at_most, legible, near

__all__ = ["MAX_PROBLEMS", "at_most", "legible", "nearest"]


def nearest(word: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint at the most similar known word, in both languages, or nothing."""
    hint = near(word, known)
    return hint.en, hint.zh
