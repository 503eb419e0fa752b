"""Sentences: computed stories, and words of an officer with the condition under which they are true."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reportgen.compute import claims
from reportgen.kinds.blocks import run_on
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.bulletin.plan import NarrativeBlock
from reportgen.model import Line, Paragraphs, Text
from reportgen.model.messages import message


def narrative(composer: BulletinComposer, block: NarrativeBlock) -> Iterator[Paragraphs]:
    lines = _story(composer, block) if block.story else _told(composer, block)
    footnote = composer.line_of(block.footnote) if block.footnote else None
    if lines:
        yield Paragraphs((run_on(lines),), footnote)


def _told(composer: BulletinComposer, block: NarrativeBlock) -> list[Line]:
    assert block.text
    if block.claim:
        place = block.spot.at("claim")
        try:
            true, data = claims.holds(block.claim, composer.figures)
            if not true:
                text = block.text.text
                composer.fault(place, "bulletin.claim_is_false", claim=block.claim, text=text, data=data)
        except claims.ExpressionError as error:
            composer.fault(place, "figures.claim", error=Text(error.zh, error.en))
    return [composer.line_of(block.text)]


def _story(composer: BulletinComposer, block: NarrativeBlock) -> list[Line]:
    references = composer.references(block.spot, "metric", [block.metric])
    is_member = not block.member or composer.is_member(block.spot, "member", block.member)
    if not references or not is_member:
        return []
    narrator, metric = composer.narrative, block.metric
    if block.story in ("composition", "ranking"):
        dimension = composer.dataset.dimensions[block.by]
        if block.story == "composition":
            lines = narrator.composition(metric, dimension)
        else:
            line = None if block.line is None else Fraction(block.line, 100)
            lines = narrator.ranking(metric, dimension, line)
    else:
        members = composer.members_of(block.member)
        tell = {"trend": narrator.trend, "extremes": narrator.extremes, "cumulative": narrator.cumulative}
        lines = tell[str(block.story)](metric, members)
    if not lines:
        needs = message("bulletin.four_members" if block.story == "ranking" else "bulletin.years_or_members")
        composer.fault(block.spot.at("story"), "bulletin.nothing_to_say", story=block.story, needs=needs)
    return lines
