"""A panel that is made again from an archived one: what lies in its `original/`, and what its foot says of it.

Figures and words are compared here, before the layout, so that the panel itself can say in what it differs; the pictures
are compared afterwards by `reportgen compare`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.compute.comparison.figures import compare_figures
from reportgen.compute.comparison.model import Axis, Difference
from reportgen.compute.comparison.words import compare_words
from reportgen.compute.metrics import Figures
from reportgen.model import (
    Block,
    Bullets,
    Chart,
    ChartSpec,
    Exhibits,
    Line,
    PanelHead,
    Paragraphs,
    Subhead,
    Text,
)
from reportgen.read.archive import Original, read_original, unit_names
from reportgen.read.words import Words, fill, plain_line, said

_CHANGED = re.compile(r"\[([^\[\]]*)\]")
MOST_TOLD = 4  # differences that the foot names one by one; the rest are counted


@dataclass(frozen=True, kw_only=True)
class Regenerated:
    """The archived panel, and ours as it is compared with it: charts by their ids, the Chinese words in their order."""

    original: Original
    charts: Mapping[str, ChartSpec]
    paragraphs: tuple[str, ...]
    data: Axis | None
    text: Axis | None


def read(
    project: Path, folder: str, figures: Figures, head: PanelHead, blocks: Iterable[Block]
) -> Regenerated | None:
    """None where the panel has no `original/`. InputError with the faults of what lies there."""
    if not (project / folder / "original").is_dir():
        return None
    units = unit_names(figures.registry.units)
    original = read_original(project, f"{folder}/original", units)
    blocks = list(blocks)
    charts = {block.anchor: block.spec for block in blocks if isinstance(block, Chart)}
    paragraphs = tuple(words(head, blocks))
    return Regenerated(
        original=original,
        charts=charts,
        paragraphs=paragraphs,
        data=compare_figures(original.values, charts) if original.values is not None else None,
        text=compare_words(paragraphs, original.paragraphs, original.flowing)
        if original.paragraphs is not None
        else None,
    )


def absent(project: Path, folder: str) -> tuple[str, ...]:
    """The files of `original/` that are not there: a panel is made anew when one appears."""
    names = ("original.toml", "data.csv", "text.txt", "panel.pdf")
    return tuple(
        f"{folder}/original/{name}" for name in names if not (project / folder / "original" / name).is_file()
    )


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


def foot(found: Regenerated, on: Text, figures: Figures, words: Words) -> Iterator[Line]:
    """From what and when it was made again, and in what it differs."""
    original = found.original
    slots: dict[str, Text] = {
        "title": original.title,
        "keeper": original.keeper,
        "number": Text(original.file_number, original.file_number),
        "on": on,
    }
    yield fill(words["regenerated.from"], slots.__getitem__)
    yield _axis(found.data, "data", "values", figures, words)
    yield _axis(found.text, "text", "characters", figures, words)
    told = [one for axis in (found.data, found.text) if axis for one in axis.differences]
    if told:
        named = [_told(one, words) for one in told[:MOST_TOLD]]
        more = [words["regenerated.more"]] if len(told) > MOST_TOLD else []
        both = [*named, *more]
        yield plain_line(
            Text("；".join(one.zh for one in both) + "。", "; ".join(one.en for one in both) + ".")
        )


def _told(one: Difference, words: Words) -> Text:
    """A difference in few words: where, what the original has, what we have, and its kind."""
    archived, ours = _core(one.archived), _core(one.ours)
    name = "changed" if archived and ours else "lost" if archived else "new" if ours else "kind"
    text = words[f"regenerated.{name}"]
    slots = {
        "place": one.place,
        "kind": one.kind,
        "archived": Text(archived, archived),
        "ours": Text(ours, ours),
    }
    for slot, said_ in slots.items():
        text = Text(text.zh.replace(f"{{{slot}}}", said_.zh), text.en.replace(f"{{{slot}}}", said_.en))
    return text


def _core(words_: str) -> str:
    """What differs, without the words around it."""
    found = _CHANGED.search(words_)
    return found[1] if found else words_


def _axis(axis: Axis | None, name: str, measure: str, figures: Figures, words: Words) -> Line:
    if axis is None:
        return plain_line(words[f"regenerated.{name}_none"])
    counts = {"compared": int(axis.figures[measure]), "different": len(axis.differences)}
    state = "same" if axis.state == "equal" else "different"
    printed = {
        slot: figures.counted(f"regenerated.{name}.{slot}", count, f"count of {slot} {measure}", (), "count")
        for slot, count in counts.items()
        if slot == "compared" or state == "different"
    }
    return fill(words[f"regenerated.{name}_{state}"], printed.__getitem__)
