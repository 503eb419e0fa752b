"""Questions at a terminal, in the language of the messages, each with what stands if nobody answers."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.model import Language, Text


def asked_in(language: Language, before: Callable[[], None]) -> Callable[[Text, str], str]:
    """`before` is called ahead of each question: nothing else may move on the screen."""
    from rich.prompt import Prompt

    def ask(question: Text, default: str) -> str:
        before()
        return Prompt.ask(question.say(language), default=default) or ""

    return ask
