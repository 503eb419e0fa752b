"""What an officer declares in the `publication.toml` of targets: which papers, and who drafts, is consulted and decides."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from reportgen.kinds.papers import Posts
from reportgen.read.fields import EachOnce
from reportgen.read.publications import Head

Paper = Literal["approval", "branches"]
PAPERS: tuple[Paper, ...] = get_args(Paper)


class TargetsPlan(Head):
    papers: Annotated[tuple[Paper, ...], EachOnce]
    signoff: Posts
