"""What is to be built, where and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

from reportgen.model import Edition, Format


class Further(TypedDict, total=False):
    """What `Project.build` hands on as it is; see `Request`."""

    scheduler: str
    tls: Path | None
    dry_run: bool
    explain: bool
    press: bool


@dataclass(frozen=True, kw_only=True)
class Request:
    """Publications of a project in editions; `workers` processes, or the workers behind `scheduler`,
    reached with the certificates in the folder `tls`.

    `editions` and `formats` instead of those of each kind and those that lie there; `dry_run` makes nothing; `explain` looks for the cells that changed;
    `press` makes printers' editions, too.
    """

    project: Path
    out: Path
    publications: tuple[str, ...]
    editions: tuple[Edition, ...] = ()
    issued: date | None = None
    formats: tuple[Format, ...] = ()
    workers: int = 1
    scheduler: str = ""
    tls: Path | None = None
    dry_run: bool = False
    explain: bool = False
    press: bool = False
