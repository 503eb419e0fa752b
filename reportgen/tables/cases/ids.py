"""Whether a case stands twice: exact, at eight bytes a case, in memory or in temporary files.

Equal ids have equal hashes, so hashes that stand once need no further look. Hashes that stand twice are only
candidates: `faults` compares the ids themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import uint64
    from numpy.typing import NDArray

    Hashes = NDArray[uint64]

IN_MEMORY = 16_000_000  # hashes: 128 MB; with more of them they are sorted part by part
PARTS = 64


def twice(chunks: Iterable[Hashes], folder: Path, in_memory: int = IN_MEMORY) -> list[int]:
    """The hashes that stand more than once among all chunks, in order."""
    import numpy

    held: list[Hashes] = []
    count = 0
    chunks = iter(chunks)
    for chunk in chunks:
        held.append(chunk)
        count += len(chunk)
        if count > in_memory:
            return _by_parts(_and_then(held, chunks), folder)
    return _repeated(numpy.concatenate(held)) if held else []


def _and_then(held: list[Hashes], rest: Iterator[Hashes]) -> Iterator[Hashes]:
    """All chunks, those that are held given back one by one."""
    while held:
        yield held.pop()
    yield from rest


def _repeated(hashes: Hashes) -> list[int]:
    hashes.sort()
    same = hashes[1:] == hashes[:-1]
    return sorted({int(one) for one in hashes[1:][same]})


def _by_parts(chunks: Iterator[Hashes], folder: Path) -> list[int]:
    """Hashes go into files by their highest bits, so that equal ones meet; then one file after the other."""
    import numpy

    files = [(folder / f"ids-{part:02}").open("w+b") for part in range(PARTS)]
    bounds = numpy.arange(1, PARTS, dtype=numpy.uint64) << numpy.uint64(64 - PARTS.bit_length() + 1)
    try:
        for chunk in chunks:
            ordered = numpy.sort(chunk)
            for file, part in zip(
                files, numpy.split(ordered, numpy.searchsorted(ordered, bounds)), strict=True
            ):
                file.write(part.tobytes())
        found: list[int] = []
        for file in files:
            file.seek(0)
            found += _repeated(numpy.frombuffer(bytearray(file.read()), dtype=numpy.uint64))
        return found
    finally:
        for file in files:
            file.close()
            Path(file.name).unlink()
