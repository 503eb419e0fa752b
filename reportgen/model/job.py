"""A document to be made, and what was made of it: plain values, so that any `concurrent.futures.Executor` can carry them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

from reportgen.model.errors import Problem, ReportgenError
from reportgen.model.values import Edition, Format, Text

P = ParamSpec("P")
T = TypeVar("T")

LEDGER = "ledger.json"  # the name of the ledger within a PDF


def file_name(document: str, edition: Edition, suffix: str = "pdf") -> str:
    """`letter.pdf`, `letter.zh.pdf`."""
    return f"{document}.{suffix}" if edition == "both" else f"{document}.{edition}.{suffix}"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One document of a publication in one edition; `document` is its name, `bulletin` or `letter`.

    `writer` makes its main file (empty: that of its kind), called `stem` (empty: the document's name) with `suffix`; `formats` are made besides, and with
    `press` the printer's edition of a sheet.
    """

    project: Path
    publication: str
    document: str
    edition: Edition
    issued: date | None = None
    formats: tuple[Format, ...] = ("pdf",)
    writer: str = ""
    stem: str = ""
    press: bool = False
    suffix: str = "pdf"

    @property
    def file(self) -> str:
        return file_name(self.stem or self.document, self.edition, self.suffix)

    @property
    def name(self) -> str:
        """`agency-104/bulletin.pdf`: what messages and the ledger call it."""
        return f"{self.publication}/{self.file}"


@dataclass(frozen=True, kw_only=True)
class Written:
    """A finished document. `files` are not yet delivered, the main one first; `there` were delivered as they were made, with
    their SHA-256. `inputs` are the files that it depends on with their SHA-256. `wanted` is how many pages it should have. `told` is what
    was decided of its layout, for whoever makes it.
    """

    pages: int
    inputs: Mapping[str, str]
    files: Mapping[str, bytes]
    there: Mapping[str, str] = field(default_factory=dict)
    wanted: int = 0
    problems: tuple[Problem, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    told: tuple[Text, ...] = ()

    @property
    def content(self) -> bytes:
        """The main file."""
        return next(iter(self.files.values()))

    @property
    def beside(self) -> Mapping[str, bytes]:
        """All files but the main one."""
        return dict(list(self.files.items())[1:])


class Inline(Executor):
    """Does it at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except ReportgenError as error:
            future.set_exception(error)
        return future


class Clock:
    """Seconds of each step, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def step(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now
