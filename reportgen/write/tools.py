"""What a writer works with, and what it finds when it only rehearses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from reportgen.model import Text
from reportgen.model.errors import Problem

if TYPE_CHECKING:
    from reportgen.write.preflight import Preflight


class Progress(Protocol):
    """Told of what is done of a long run: `progress("certificates", 40, 5000)`."""

    def __call__(self, name: str, done: int, total: int, /) -> None: ...


class InOrder(Protocol):
    """Each chunk with what `make` gives for it, in order and few at a time; None where its process died twice."""

    def __call__(self, make: Callable[[Any], Any], chunks: Iterable[Any], /) -> Iterator[tuple[Any, Any]]: ...


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a writer works with: `helper` does things beside this process. A writer that spreads its work gets `in_order`, the
    folder that it writes to, what refuses names under which files of somebody else lie there, and whom to tell how far it is.
    """

    helper: Executor
    in_order: InOrder = lambda make, chunks: ((chunk, make(chunk)) for chunk in chunks)
    folder: Path = Path()
    claim: Callable[[Iterable[str]], None] = lambda names: None
    progress: Progress = lambda name, done, total: None


@dataclass(frozen=True)
class Rehearsal:
    """What a writer finds before it writes: problems of single persons or places, what was measured of a sheet, what it will decide."""

    problems: tuple[Problem, ...] = ()
    preflight: Preflight | None = None
    told: tuple[Text, ...] = ()
