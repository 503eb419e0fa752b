"""One page a branch: why its target is what it is, in words that are computed, with its factors and its units."""

from __future__ import annotations

from reportgen.kinds.targets.builder import Builder
from reportgen.model import Block, Section


def branches(builder: Builder) -> list[Block]:
    made: list[Block] = []
    for number, branch in enumerate(builder.result.branches, 1):
        made.append(Section(str(number), branch.names, f"b-{branch.id}", one_page=True))
    return made
