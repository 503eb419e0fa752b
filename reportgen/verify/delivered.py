"""The manifest beside delivered files, as it is read."""

from __future__ import annotations

import json
from pathlib import Path

from reportgen.model.toml import Raw


def read_manifest(folder: Path) -> dict[str, Raw]:
    """The manifest of an output folder; empty where there is none or it cannot be read."""
    try:
        found = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("files", {}), dict):
        return {}
    whole = {"sha256", "settings", "inputs"}
    files = {n: e for n, e in found.get("files", {}).items() if isinstance(e, dict) and whole <= set(e)}
    files = {name: entry for name, entry in files.items() if isinstance(entry.get("beside", {}), dict)}
    earlier = found.get("earlier")
    names = [name for name in earlier if isinstance(name, str)] if isinstance(earlier, list) else []
    return {**found, "files": files, "earlier": names} if found else {}
