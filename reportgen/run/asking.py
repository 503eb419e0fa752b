"""Questions at a terminal, in the language of the messages, each with what stands if nobody answers."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.model import Language, Text


def asked_in(language: Language) -> Callable[[Text, str], str]:
    from rich.prompt import Prompt

    return lambda question, default: Prompt.ask(question.say(language), default=default) or ""
