"""Where the folders of a project lie that the program ships: `inputs/`, `styles/`, `templates/`."""

from __future__ import annotations

import functools
from pathlib import Path

from reportgen.read.toml_files import SETTINGS

PACKAGE = Path(__file__).parents[1]


@functools.cache
def root() -> Path:
    """In a wheel a folder of the package, in the tree the repository itself."""
    packed = PACKAGE / "run/starter"
    return packed if (packed / SETTINGS).is_file() else PACKAGE.parent


def is_as_shipped(file: str, raw: bytes) -> bool:
    """Whether a file of the templates or styles of a project, named from its root, is the one that the program ships."""
    own = root() / file
    return not file.startswith("inputs/") and own.is_file() and own.read_bytes() == raw
