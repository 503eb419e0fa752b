"""What a command is doing, on the terminal, once it takes longer than a second; the lines that are said meanwhile stand above it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from rich import progress

T = TypeVar("T")
PATIENCE = 1.0  # seconds


class Progress:
    """A line with what is done and for how long, and a bar for each run of many files; silent when nobody looks."""

    def __init__(self, words: str = "") -> None:
        self._words = words
        self._bar: progress.Progress | None = None
        self._tasks: dict[str, progress.TaskID] = {}
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()

    def __enter__(self) -> Progress:
        if self._words and sys.stderr.isatty():
            self._timer = threading.Timer(PATIENCE, self._show, (self._words,))
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Nothing is shown from now on, unless a run of many files begins: a question is asked, or all is done."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            if self._bar is not None:
                self._bar.stop()
            self._timer = self._bar = None
            self._tasks.clear()

    def __call__(self, name: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        with self._lock:
            bar = self._bar or self._begun()
            task = bar.tasks[bar.task_ids.index(self._task(bar, name, total))]
            rate, left = task.speed or 0.0, task.time_remaining or 0.0
            count = f"{done:,}/{total:,}  {rate:.0f}/s  {left // 60:.0f}:{left % 60:02.0f}"
            bar.update(task.id, completed=done, total=total, count=count)

    def counted(self, items: Iterable[T], total: int) -> Iterator[T]:
        """The items, with how many of all there are behind the words of the line."""
        for done, item in enumerate(items, 1):
            yield item
            with self._lock:
                if self._bar is not None and self._words in self._tasks:
                    self._bar.update(
                        self._tasks[self._words], completed=done, total=total, count=f"{done}/{total}"
                    )

    def say(self, words: str) -> None:
        """A line of output; above the bar while there is one on the same screen."""
        if self._bar is not None and sys.stdout.isatty():
            self._bar.console.print(words, markup=False, highlight=False)
        else:
            click.echo(words)

    def _show(self, words: str) -> None:
        with self._lock:
            if self._timer is not None:  # not stopped meanwhile
                self._task(self._bar or self._begun(), words, None)

    def _begun(self) -> progress.Progress:
        from rich import console, progress

        self._bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(24),
            progress.TextColumn("{task.fields[count]}", markup=False),
            progress.TimeElapsedColumn(),
            console=console.Console(stderr=True),
            redirect_stdout=sys.stdout.isatty(),  # what goes into a file or a pipe stays there
            transient=True,
        )
        self._bar.start()
        return self._bar

    def _task(self, bar: progress.Progress, name: str, total: int | None) -> progress.TaskID:
        if name not in self._tasks:
            self._tasks[name] = bar.add_task(name, total=total, count="")
        return self._tasks[name]
