"""`sign-off.toml`, which `reportgen sign-off` writes: of each sign-off sheet the delivered paper that was signed, by its SHA-256."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from reportgen.read.fields import Like, Within
from reportgen.read.schema import Model, open_toml, parse_toml, read

NAME = "sign-off.toml"


class Seal(Model):
    """The file is `publication/name.pdf` below the folder of deliveries; its first `bytes` are what was signed."""

    file: str
    sha256: Annotated[str, Like(r"[0-9a-f]{64}", "papers.is_no_sha256")]
    bytes: Annotated[int, Within(1)]
    pages: Annotated[int, Within(1)]


class Seals(Model):
    sheet: dict[str, Seal] = Field(default_factory=dict)


def seals_file(publication: str) -> str:
    return f"inputs/{publication}/{NAME}"


def read_seals(project: Path, publication: str) -> Seals:
    """None are there before the first round; InputError for a file that cannot be read."""
    file = seals_file(publication)
    return read(Seals, open_toml(project, file)) if (project / file).is_file() else Seals()


def parse_seals(content: bytes) -> Seals:
    """Those that a sheet has within it."""
    return read(Seals, parse_toml(NAME, content))
