"""A bar on the terminal while many files are made; the lines that are said meanwhile stand above it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich import progress


class Progress:
    """A bar with rate and time left for what has thousands of files; silent when nobody looks."""

    def __init__(self) -> None:
        self._bar: progress.Progress | None = None
        self._tasks: dict[str, progress.TaskID] = {}

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, name: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            from rich import console, progress

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("{task.fields[rate]:>6.0f}/s"),
                progress.TimeRemainingColumn(),
                console=console.Console(stderr=True),
            )
            self._bar.start()
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=total, rate=0.0)
        task = self._bar.tasks[self._tasks[name]]
        self._bar.update(self._tasks[name], completed=done, rate=task.speed or 0.0)

    def say(self, words: str) -> None:
        """A line of output; above the bar while there is one on the same screen."""
        if self._bar is not None and sys.stdout.isatty():
            self._bar.console.print(words, markup=False, highlight=False)
        else:
            click.echo(words)
