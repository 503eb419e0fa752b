"""Questions at a terminal, in the language of the messages, each with what stands if nobody answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from reportgen.model import Language, Text
from reportgen.model.messages import message


def asked_in(language: Language, before: Callable[[], None]) -> Callable[[Text, str], str]:
    """`before` is called ahead of each question: nothing else may move on the screen."""
    from rich.prompt import Prompt

    def ask(question: Text, default: str) -> str:
        before()
        return Prompt.ask(question.say(language), default=default) or ""

    return ask


def agreed(question: Text, language: Language) -> bool:
    """Whether somebody at a terminal says yes."""
    import click

    return at_terminal() and click.confirm(question.say(language))


def at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def passphrase(file: Path | None, language: Language, before: Callable[[], None]) -> str:
    """From the file, the environment or the keyboard; never from the command line, where others can read it."""
    import click

    from reportgen.write.keys import read_secret

    if file:
        return read_secret(file)
    if words := os.environ.get("REPORTGEN_PASSPHRASE"):
        return words
    if not sys.stdin.isatty():
        return ""
    before()
    return str(click.prompt(message("cli.passphrase").say(language), hide_input=True, err=True))
