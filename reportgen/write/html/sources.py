"""Which files of templates/ and styles/ the look of a kind depends on."""

from __future__ import annotations

from pathlib import Path

from reportgen.write.html.styles import sheets_named
from reportgen.write.html.templates import reached, templates_of, text


def layout_files(project: Path, publication_kind: str) -> list[str]:
    """Templates, words and styles of a kind, and those of others that it takes in."""
    sheets = reached([f"{publication_kind}.css"], lambda name: sheets_named(text(project / "styles" / name)))
    return [
        *(f"templates/{name}" for name in templates_of(project, publication_kind)),
        "styles/tokens.toml",
        *(f"styles/{name}" for name in sheets),
    ]
