"""What an officer declares of an exhibition and of a panel: `publication.toml`, the front part of `panel.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from reportgen.kinds.charting import ChartFields, Form
from reportgen.model import Sheet
from reportgen.read.fields import Dated, Id, Like, OneOf, RocDate, Sound, Where, Within
from reportgen.read.publications import Head
from reportgen.read.schema import Fault, Model, check, repeated
from reportgen.read.texts import Bilingual, Sentence
from reportgen.read.theme import Theme

Orientation = Literal["portrait", "landscape"]
Size = Annotated[str, OneOf("size")]
A1 = 594.0  # mm, the shorter side of the sheet that the sizes in tokens.toml are for


class ShowSection(Model):
    """A part of the show, with the colour of its panels."""

    id: str
    title: Bilingual
    colour: Annotated[str, OneOf("colour")] = "lead"


class ShowEvent(Dated):
    """What happened in a year, marked in the charts of these metrics, or of all."""

    spot: Where
    label: Bilingual
    metrics: tuple[str, ...] = ()


class Press(Model):
    """A printer's edition; `bleed` in mm."""

    bleed: Annotated[int, Within(0, 20)] = 3


class Exhibition(Head):
    """What all panels of a publication share. `web`: the address where its page is published."""

    panels: tuple[str, ...]
    size: Size = "A1"
    orientation: Orientation = "portrait"
    english: Literal["full", "short"] = "full"
    web: Annotated[str, Like(r"https?://[^ #]+", "panels.no_address_of_page", '"https://…"')] = ""
    section: tuple[ShowSection, ...]
    event: Annotated[tuple[ShowEvent, ...], Sound()] = ()
    press: Press | None = None

    @check
    def _ids(section: tuple[ShowSection, ...]) -> Iterator[Fault]:
        yield from repeated("section", section)


class Remark(Model):
    text: Sentence


class Number(Model):
    """The one figure of a panel, `{achievement_rate(104)}`, and what it is."""

    figure: Sentence
    words: Sentence


class PanelChart(ChartFields):
    id: Id
    caption: Bilingual
    form: Form = "grouped_bar"
    events: bool = True


class Panel(Model):
    """The front part. `allow`: limits of styles/tokens.toml that it may break; then it is told, and no fault."""

    spot: Where
    title: Bilingual
    section: Annotated[str, OneOf("section")]
    layout: Literal["chart", "archive", "text"]
    heading: Literal["vertical", "horizontal"] = "vertical"
    size: Size = ""
    orientation: Orientation | None = None
    allow: tuple[Literal["type", "characters", "words", "contrast", "dpi", "trim"], ...] = ()
    lead: Sentence | None = None
    number: Number | None = None
    regenerated: RocDate | None = None
    remark: tuple[Remark, ...] = ()
    chart: Annotated[tuple[PanelChart, ...], Sound()] = ()

    @check
    def _ids(chart: tuple[PanelChart, ...]) -> Iterator[Fault]:
        yield from repeated("chart", chart)


def sheet(panel: Panel, show: Exhibition, section: ShowSection, theme: Theme) -> Sheet:
    """The sheet of a panel: its own size and orientation, or those of the exhibition."""
    size = theme.panel_size[panel.size or show.size]
    shorter, longer = sorted(size)
    turned = (panel.orientation or show.orientation) == "landscape"
    width, height = (longer, shorter) if turned else size
    return Sheet(
        width_mm=width,
        height_mm=height,
        scale=shorter / A1,
        layout=panel.layout,
        colour=theme.colour[section.colour],
        allowed=panel.allow,
        bleed_mm=show.press.bleed if show.press else None,
    )
