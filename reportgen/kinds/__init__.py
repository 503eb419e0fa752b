"""The kinds of publication: one package each, here or in another distribution, found by the entry points `reportgen.kinds`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.metadata import entry_points
from types import MappingProxyType

from reportgen.model.kind import Kind


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its name. What a kind composes with is loaded when it composes."""
    found = {point.name: point.load() for point in entry_points(group="reportgen.kinds")}
    return MappingProxyType(dict(sorted(found.items())))
