"""Puts the starter project, which `reportgen init` writes, into the wheel (not into an editable install)."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STARTER = ("inputs", "styles", "templates", "reportgen.toml")


class StarterHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # In the tree, `reportgen init` reads the folders themselves; a copy there would only grow old.
        if version == "standard":
            found = [name for name in STARTER if Path(self.root, name).exists()]
            build_data["force_include"].update({name: f"reportgen/run/starter/{name}" for name in found})
