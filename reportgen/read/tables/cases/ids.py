"""Whether a case stands twice: exact, at eight bytes a case, in memory or in temporary files.

Equal ids have equal hashes, so hashes that stand once need no further look. Hashes that stand twice are only
candidates: `faults` compares the ids themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import uint64
    from numpy.typing import NDArray

    Hashes = NDArray[uint64]

IN_MEMORY = 16_000_000  # hashes: 128 MB; with more of them they are sorted part by part
AT_ONCE = 1_000_000  # hashes that go into the files of the parts together
PARTS = 64


class Seen:
    """The hashes of ids, chunk by chunk from one thread or several."""

    def __init__(self, folder: Path, in_memory: int = IN_MEMORY) -> None:
        self.count = 0
        self._folder, self._most = folder, in_memory
        self._held: list[Hashes] = []
        self._holds = 0
        self._files: list[IO[bytes]] = []
        self._closing = ExitStack()
        self._lock = Lock()

    def add(self, chunk: Hashes) -> None:
        with self._lock:
            self._held.append(chunk)
            self._holds += len(chunk)
            self.count += len(chunk)
            if self._holds > self._most:
                self._put_away()

    def adding(self, chunks: Iterable[Hashes]) -> Seen:
        for chunk in chunks:
            self.add(chunk)
        return self

    def twice(self) -> list[int]:
        """The hashes that stand more than once among all, in order. Called once, when all are there."""
        import numpy

        if not self._files:
            return _repeated(_emptied(self._held))
        self._put_away()
        found: list[int] = []
        with self._closing:
            for file in self._files:
                file.seek(0)
                found += _repeated(numpy.frombuffer(bytearray(file.read()), dtype=numpy.uint64))
                Path(file.name).unlink()
        return found

    def _put_away(self) -> None:
        """Hashes go into files by their highest bits, so that equal ones meet; then one file after the other."""
        import numpy

        if not self._files:
            self._most = min(self._most, AT_ONCE)
            paths = [self._folder / f"ids-{part:02}" for part in range(PARTS)]
            self._files = [self._closing.enter_context(path.open("w+b")) for path in paths]
        bounds = numpy.arange(1, PARTS, dtype=numpy.uint64) << numpy.uint64(64 - PARTS.bit_length() + 1)
        while self._held:
            together = [self._held.pop()]
            while self._held and sum(map(len, together)) < AT_ONCE:
                together.append(self._held.pop())
            ordered = numpy.sort(numpy.concatenate(together))
            for file, part in zip(
                self._files, numpy.split(ordered, numpy.searchsorted(ordered, bounds)), strict=True
            ):
                file.write(part.tobytes())
        self._holds = 0


def twice(chunks: Iterable[Hashes], folder: Path, in_memory: int = IN_MEMORY) -> list[int]:
    """The hashes that stand more than once among all chunks, in order."""
    seen = Seen(folder, in_memory)
    for chunk in chunks:
        seen.add(chunk)
    return seen.twice()


def _emptied(held: list[Hashes]) -> Hashes:
    """All chunks in one; each is let go when it has been copied, so that they are not held twice."""
    import numpy

    end = sum(map(len, held))
    whole = numpy.empty(end, dtype=numpy.uint64)
    while held:
        chunk = held.pop()
        whole[end - len(chunk) : end] = chunk
        end -= len(chunk)
    return whole


def _repeated(hashes: Hashes) -> list[int]:
    hashes.sort()
    same = hashes[1:] == hashes[:-1]
    return sorted({int(one) for one in hashes[1:][same]})
