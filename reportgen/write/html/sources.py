"""Which files of templates/ and styles/ the look of a kind depends on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from reportgen.write.html.styles import sheets_named

_TAKEN_IN = re.compile(r"\{%-?\s*(?:import|from|include|extends)\s+[\"']([\w-]+)/")


def layout_files(project: Path, publication_kind: str) -> list[str]:
    """Templates, words and styles of a kind, and of those kinds whose macros, words and rules it takes in."""
    folders = _reached([publication_kind], lambda name: _templates_named(project, name))
    styles = _reached(
        [f"{publication_kind}.css"], lambda name: sheets_named(_text(project / "styles" / name))
    )
    templates = [
        path
        for name in folders
        for path in sorted((project / "templates" / name).glob("*"))
        if path.is_file()
    ]
    return [
        *(path.relative_to(project).as_posix() for path in templates),
        "styles/tokens.toml",
        *(f"styles/{name}" for name in styles),
    ]


def _reached(names: Iterable[str], further: Callable[[str], Iterable[str]]) -> list[str]:
    """These and what they name, and what those name, each once."""
    found: dict[str, None] = {}
    todo = list(names)
    while todo:
        if (name := todo.pop(0)) not in found:
            found[name] = None
            todo.extend(further(name))
    return list(found)


def _templates_named(project: Path, folder: str) -> list[str]:
    """The folders of templates/ that the templates of a folder import from."""
    texts = (_text(path) for path in sorted((project / "templates" / folder).glob("*.html")))
    return [match[1] for text in texts for match in _TAKEN_IN.finditer(text)]


def _text(path: Path) -> str:
    """What can be read of a file; a fault in it is told where it is used."""
    return path.read_text("utf-8", "replace") if path.is_file() else ""
