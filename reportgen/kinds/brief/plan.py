"""What an officer declares for a brief: the whole of its `publication.toml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reportgen.kinds.charting import ChartFields
from reportgen.kinds.narrative import NarrativeFields
from reportgen.kinds.own_blocks import OwnBlock
from reportgen.read.fields import AtMost, By, Where
from reportgen.read.publications import Head
from reportgen.read.texts import Bilingual


class BriefChart(ChartFields):
    caption: Bilingual


class Brief(Head):
    """A page has room for three figures and three sentences."""

    spot: Where
    figures: Annotated[tuple[str, ...], Field(min_length=3, max_length=3)]
    chart: BriefChart
    sentence: Annotated[tuple[NarrativeFields, ...], Field(min_length=3, max_length=3)]
    block: Annotated[tuple[Annotated[OwnBlock, By("block")], ...], AtMost(3)] = ()
