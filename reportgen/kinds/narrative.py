"""Sentences: computed stories, and words of an officer with the condition under which they are true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Annotated, Literal

from reportgen.compute import claims
from reportgen.compute.directions import against_claim
from reportgen.kinds.blocks import run_on
from reportgen.kinds.figures import FiguresComposer
from reportgen.model import Line, Paragraphs, Text
from reportgen.model.messages import message
from reportgen.read.fields import OneOf, Where, Within
from reportgen.read.schema import Fault, Model, check, fault
from reportgen.read.texts import Sentence

Story = Literal["trend", "extremes", "cumulative", "composition", "ranking", "to_date", "moving"]


class NarrativeFields(Model):
    """A computed story, or words of an officer; with `claim`, a condition that must hold."""

    spot: Where
    story: Story | None = None
    metric: str = ""
    member: str = ""
    by: Annotated[str, OneOf("dimension")] = ""
    line: Annotated[int | None, Within(0)] = None
    text: Sentence | None = None
    claim: str = ""
    footnote: Sentence | None = None

    @check
    def _story_or_text(story: str | None, metric: str, by: str, text: Sentence | None) -> Iterator[Fault]:
        if story is None and text is None:
            yield fault("text", "figures.text_or_story")
        if story is not None and text is not None:
            yield fault("text", "figures.text_beside_story")
        if story is not None and not metric:
            yield fault("metric", "figures.story_needs", needs="metric")
        if story in ("composition", "ranking") and not by:
            yield fault("by", "figures.story_needs", needs="by")


def narrative(
    composer: FiguresComposer, block: NarrativeFields, line_of: Callable[[Sentence], Line]
) -> Iterator[Paragraphs]:
    """One paragraph; `line_of` fills the slots of an officer's words."""
    lines = _story(composer, block) if block.story else _told(composer, block, line_of)
    footnote = line_of(block.footnote) if block.footnote else None
    if lines:
        yield Paragraphs((run_on(lines),), footnote)


def _told(
    composer: FiguresComposer, block: NarrativeFields, line_of: Callable[[Sentence], Line]
) -> list[Line]:
    assert block.text
    if block.claim:
        place = block.spot.at("claim")
        try:
            true, data = claims.holds(block.claim, composer.figures)
            if not true:
                text = block.text.text
                composer.fault(place, "figures.claim_is_false", claim=block.claim, text=text, data=data)
        except claims.ExpressionError as error:
            composer.fault(place, "figures.claim", error=Text(error.zh, error.en))
        for name, slots in () if block.text.meant else against_claim(block.text.text, block.claim):
            composer.fault(block.text.place, name, **slots)
    return [line_of(block.text)]


def _story(composer: FiguresComposer, block: NarrativeFields) -> list[Line]:
    # What a story adds up or divides must be what can be.
    does = {
        "cumulative": "cumulative.",
        "composition": "share.",
        "to_date": "to_date.",
        "moving": "moving.",
    }.get(str(block.story), "")
    references = composer.references(block.spot, "metric", [f"{does}{block.metric}"])
    is_member = not block.member or composer.is_member(block.spot, "member", block.member)
    if not references or not is_member:
        return []
    told, metric = composer.narrative, block.metric
    if block.story in ("to_date", "moving") and composer.figures.period.per_year == 1:
        composer.fault(block.spot.at("story"), "figures.story_within_year", story=block.story)
        return []
    if block.story in ("composition", "ranking"):
        dimension = composer.dataset.dimensions[block.by]
        if block.story == "composition":
            lines = told.composition(metric, dimension)
        else:
            line = None if block.line is None else Fraction(block.line, 100)
            lines = told.ranking(metric, dimension, line)
    else:
        members = composer.members_of(block.member)
        tell = {
            "trend": told.trend,
            "extremes": told.extremes,
            "cumulative": told.cumulative,
            "to_date": told.to_date,
            "moving": told.moving,
        }
        lines = tell[str(block.story)](metric, members)
    if not lines:
        needs = message("figures.four_members" if block.story == "ranking" else "figures.years_or_members")
        missing = told.missing_years(metric, composer.members_of(block.member))
        if block.story in ("to_date", "moving"):
            needs = message("figures.every_part")
        elif block.story == "cumulative" and missing.en:
            needs = message("figures.every_year", missing=missing)
        composer.fault(block.spot.at("story"), "figures.nothing_to_say", story=block.story, needs=needs)
    return lines
