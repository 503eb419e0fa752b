"""What `check` and `build` list of words and values that were taken over from last year, with this year's figures beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reportgen.compute import claims
from reportgen.compute.metrics import Figures
from reportgen.kinds.material import read_material
from reportgen.model import Text
from reportgen.model.errors import ReportgenError, problem
from reportgen.model.messages import message
from reportgen.read.publications import open_publication
from reportgen.read.review import Mark, marks
from reportgen.read.words import SLOT, slots


def lines(project: Path, publication: str) -> list[Text]:
    """A line for each mark with what last year's words were and what the figures are now, and how many they are."""
    found = marks(project, _files(project, publication))
    if not found:
        return []
    figures = _figures(project, publication)
    told = [line for mark in found for line in _told(mark, figures)]
    return [*told, message("check.reviews", count=len(found))]


def _files(project: Path, publication: str) -> Iterator[str]:
    """What is written by hand for the publication, and what its datasets declare."""
    for path in sorted((project / "inputs" / publication).rglob("*")):
        yield path.relative_to(project).as_posix()
    try:
        values = open_publication(project, publication).values.values()
    except ReportgenError:
        return
    yield from (f"inputs/datasets/{one}/dataset.toml" for one in values if isinstance(one, str))


def _figures(project: Path, publication: str) -> Figures | None:
    """The figures of the publication, where its inputs are sound."""
    try:
        return read_material(project, publication).figures()
    except ReportgenError:
        return None


def _told(mark: Mark, figures: Figures | None) -> Iterator[Text]:
    now = message("check.review_now", now=mark.now) if mark.now.zh and mark.now != mark.last else Text("", "")
    said = problem(mark.place, "check.review", last=mark.last, now=now)
    yield Text(f"  {said.say('zh')}", f"  {said.say('en')}")
    asked = {slot: f"{{{slot}}}" for slot in slots(mark.now.zh)}
    if figures:
        asked |= {slot: slot for slot in _by_hand(mark, figures)}
    values = [value for slot, name in asked.items() if (value := _value(slot, name, figures))]
    if values:
        yield message("check.review_values", values=values)


def _by_hand(mark: Mark, figures: Figures) -> Iterator[str]:
    """The figures that last year's words have without a slot, `collected(fine)`: those of last year that read so."""
    plain = SLOT.sub(" ", mark.last.zh)
    if not re.search(r"\d{2}", plain):
        return
    members = [
        m.id.replace("-", "_")
        for d in figures.dataset.dimensions.values()
        for m in d.members
        if m.id != d.total
    ]
    for metric in figures.registry.metrics:
        for member in ("", *members) if figures.registry.complete(metric) else ():
            last = _said(f"{metric}({', '.join([str(mark.year), *filter(None, [member])])})", figures)
            if last and len(re.findall(r"\d", last.zh)) > 1 and _stands(last.zh, plain):
                yield f"{metric}({member})" if member else metric


def _stands(said: str, words: str) -> bool:
    return bool(re.search(rf"(?<![\d.,]){re.escape(said)}(?![\d])", words))


def _said(slot: str, figures: Figures) -> Text | None:
    try:
        return figures.ledger.spoken(claims.look_up(slot, figures))
    except (claims.ExpressionError, ReportgenError):
        return None


def _value(slot: str, name: str, figures: Figures | None) -> Text | None:
    """`{collected} = 10 million`: a figure of this year; None for a slot that only the document can fill."""
    if figures is None:
        return None
    periods = figures.periods()
    said = periods[slot] if slot in periods else _said(slot, figures)
    return Text(f"{name} = {said.zh}", f"{name} = {said.en}") if said else None
