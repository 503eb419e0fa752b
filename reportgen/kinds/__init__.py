"""The kinds of publication: each module knows the content of one kind and builds its documents."""

from __future__ import annotations

import importlib
from types import ModuleType

KINDS = ("bulletin",)


def kind(name: str) -> ModuleType:
    """The module of a kind; it has `documents(publication, figures, words) -> list[Document]`."""
    assert name in KINDS, name
    return importlib.import_module(f"reportgen.kinds.{name}")
