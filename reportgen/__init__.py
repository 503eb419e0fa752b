"""reportgen: documents of record from audited tables, declared rules and bilingual words.

`from reportgen import Project` is the way in for programs; docs/python.md tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen.model.version import VERSION

if TYPE_CHECKING:
    from reportgen.project import Project as Project

__version__ = VERSION
__all__ = ["Project", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Project":  # only now: `reportgen --help` needs none of it
        from reportgen.project import Project

        return Project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
