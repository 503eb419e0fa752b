"""LibreOffice, as the reader of an office has it: many files in one run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest


def save_as(kind: str, files: Iterable[Path], folder: Path) -> None:
    """Opens the files and saves them in `folder` in another form, `kind` being as `--convert-to` wants it."""
    if shutil.which("soffice") is None:
        packages = "libreoffice-writer libreoffice-calc"
        pytest.fail(f"run: sudo apt-get install --no-install-recommends {packages}", pytrace=False)
    home = folder / "home"
    call = ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*call, "--outdir", str(folder), *map(str, files)],
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        timeout=300,
        check=True,
    )
