"""Distributions that nobody installed: a folder with modules and entry points, to be put on the path."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path


def distribution(folder: Path, name: str, files: Mapping[str, str], pyproject: str) -> None:
    """Writes the files and the entry points of a `pyproject.toml` as pip would install them."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    lines = []
    for group, points in tomllib.loads(pyproject)["project"]["entry-points"].items():
        lines += [f"[{group}]", *(f"{point} = {where}" for point, where in points.items())]
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
