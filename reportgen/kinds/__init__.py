"""The kinds of publication: each module knows the content of one kind and builds its documents."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType

from reportgen.model import Format

KINDS = ("bulletin", "awards", "panels", "compilation", "appraisal", "targets")
# What is made of each document when nobody asks for something else: by kind, or by kind and paper.
FORMATS: Mapping[str, tuple[Format, ...]] = {
    "bulletin": ("pdf",),
    "awards": ("pdf", "odt"),
    "panels": ("pdf",),
    "compilation": ("pdf",),
    "compilation/minutes": ("pdf", "odt"),
    "compilation/signoff": ("pdf", "odt"),
    "appraisal": ("pdf",),
    "appraisal/branches": ("pdf", "ods"),
    "appraisal/forecast": ("pdf", "ods"),
    "appraisal/overdue": ("pdf", "ods"),
    "targets": ("pdf",),
    "targets/approval": ("pdf", "ods"),
}


def kind(name: str) -> ModuleType:
    """The module of a kind; it has `document(material, name) -> Document`."""
    assert name in KINDS, name
    return importlib.import_module(f"reportgen.kinds.{name}")
