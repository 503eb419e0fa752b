"""A panel that is made again from an archived one: what lies in its `original/`, and what its foot says of it.

Figures and words are compared here, before the layout, so that the panel itself can say in what it differs; the pictures
are compared afterwards by `reportgen compare`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.compute.comparison.figures import compare_figures
from reportgen.compute.comparison.model import Axis
from reportgen.compute.comparison.words import compare_words
from reportgen.kinds.figures import FiguresComposer
from reportgen.model import (
    Block,
    Bullets,
    Chart,
    ChartSpec,
    Exhibits,
    Line,
    PanelHead,
    Paragraphs,
    Printed,
    Subhead,
    Text,
)
from reportgen.read.archive import Original, read_original, unit_names
from reportgen.read.words import said

FILES = ("original.toml", "data.csv", "text.txt", "panel.pdf")


@dataclass(frozen=True, kw_only=True)
class Regenerated:
    """The archived panel, and ours as it is compared with it: charts by their ids, the Chinese words in their order."""

    original: Original
    charts: Mapping[str, ChartSpec]
    paragraphs: tuple[str, ...]
    data: Axis | None
    text: Axis | None


def read(
    composer: FiguresComposer, folder: str, head: PanelHead, blocks: Iterable[Block]
) -> Regenerated | None:
    """None where the panel has no `original/`. InputError with the faults of what lies there."""
    project = composer.material.project
    if not (project / folder / "original").is_dir():
        return None
    original = read_original(project, f"{folder}/original", unit_names(composer.units))
    blocks = list(blocks)
    charts = {block.anchor: block.spec for block in blocks if isinstance(block, Chart)}
    paragraphs, theirs = tuple(words(head, blocks)), original.paragraphs
    return Regenerated(
        original=original,
        charts=charts,
        paragraphs=paragraphs,
        data=None if original.values is None else compare_figures(original.values, charts),
        text=None if theirs is None else compare_words(paragraphs, theirs, original.flowing),
    )


def absent(project: Path, folder: str) -> tuple[str, ...]:
    """The files of `original/` that are not there: a panel is made anew when one appears."""
    files = (f"{folder}/original/{name}" for name in FILES)
    return tuple(file for file in files if not (project / file).is_file())


def words(head: PanelHead, blocks: Iterable[Block]) -> Iterator[str]:
    """The Chinese of a panel from top to bottom: what an archived panel of the time would hold."""
    yield head.title.zh
    for block in blocks:
        if isinstance(block, Subhead):
            yield block.title.zh
        elif isinstance(block, Paragraphs | Bullets):
            yield from (said(line.zh, "zh") for line in block.lines)
        elif isinstance(block, Chart):
            yield f"▲ {block.caption.zh}"
        elif isinstance(block, Exhibits):
            yield from (f"▲ {item.caption.zh}" for item in block.items)


def foot(composer: FiguresComposer, regenerated: Regenerated, on: Text) -> Line:
    """From what and when it was made again, and whether it differs: one line; `compare` tells the differences."""
    original, axes = regenerated.original, (regenerated.data, regenerated.text)
    different = sum(len(axis.differences) for axis in axes if axis)
    name = "different" if different else "same" if any(axes) else "none"
    counted: dict[str, Printed] = {}
    if different:
        counted["different"] = composer.figures.counted(
            "regenerated.different", different, "count of different places", (), "count"
        )
    return composer.line(
        f"regenerated.{name}",
        title=original.title,
        keeper=original.keeper,
        number=original.file_number,
        on=on,
        **counted,
    )
