"""Questions at a terminal, in the language of the messages, each with what stands if nobody answers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from reportgen.model import Language, Text
from reportgen.model.messages import message


def asked_in(language: Language) -> Callable[[Text, str], str]:
    from rich.prompt import Prompt

    return lambda question, default: Prompt.ask(question.say(language), default=default) or ""


def agreed(question: Text, language: Language) -> bool:
    """Whether somebody at a terminal says yes."""
    import click

    return at_terminal() and click.confirm(question.say(language))


def at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def passphrase(file: Path | None, language: Language) -> str:
    """From the file, the environment or the keyboard; never from the command line, where others can read it."""
    import click

    from reportgen.write.keys import read_secret

    if file:
        return read_secret(file)
    if words := os.environ.get("REPORTGEN_PASSPHRASE"):
        return words
    if not sys.stdin.isatty():
        return ""
    return str(click.prompt(message("cli.passphrase").say(language), hide_input=True, err=True))
