"""Numbers that an input words by itself: they stand there, and nothing was worked out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


def numbers_in(words: Iterable[str]) -> tuple[str, ...]:
    """Each number of these words once, in order."""
    return tuple(sorted({number for one in words for number in _NUMBER.findall(one)}))


def strings(raw: Any) -> Iterator[str]:
    """All words of a TOML file."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping):
        for part in raw.values():
            yield from strings(part)
    elif isinstance(raw, list | tuple):
        for part in raw:
            yield from strings(part)
