"""What an officer declares of an exhibition and of a panel: `publication.toml`, the front part of `panel.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from reportgen.kinds.charting import FORMS
from reportgen.model import ChartForm, Event, Sheet, Text
from reportgen.model.errors import Problem
from reportgen.model.messages import told
from reportgen.read.publications import HEAD, Publication, Reader
from reportgen.read.theme import Theme
from reportgen.read.words import Glossary

LAYOUTS = ("chart", "archive", "text")
HEADINGS = ("vertical", "horizontal")
# The limits of styles/tokens.toml that a panel may declare to break; then it is told, and no fault.
LIMITS = ("type", "characters", "words", "contrast", "dpi", "trim")
A1 = 594.0  # mm, the shorter side of the sheet that the sizes in tokens.toml are for


@dataclass(frozen=True)
class ShowSection:
    id: str
    title: Text
    colour: str


@dataclass(frozen=True, kw_only=True)
class Exhibition:
    """What all panels of a publication share.

    `web`: the address where its page is published, or empty; `bleed_mm`: of the printer's edition, None where there is none.
    """

    panels: tuple[str, ...]
    sections: Mapping[str, ShowSection]
    events: tuple[tuple[Event, tuple[str, ...]], ...]
    size: str
    landscape: bool
    web: str
    bleed_mm: int | None


@dataclass(frozen=True, kw_only=True)
class ChartPlan:
    id: str
    caption: Text
    form: ChartForm
    metrics: tuple[str, ...]
    by: str
    members: tuple[str, ...]
    highlight: str
    first: int
    last: int
    target: int
    events: bool
    reader: Reader


@dataclass(frozen=True, kw_only=True)
class PanelPlan:
    """The front part of a panel."""

    title: Text
    section: ShowSection
    vertical: bool
    sheet: Sheet
    charts: tuple[ChartPlan, ...]
    remarks: tuple[Text, ...]
    regenerated: Text | None


def read_exhibition(
    publication: Publication, theme: Theme, problems: list[Problem], glossary: Glossary | None
) -> Exhibition:
    reader = Reader(publication.raw, publication.file, "", problems, glossary)
    reader._seen.update(HEAD)
    panels = reader.words("panels")
    size, landscape = (
        _size(reader, theme, "A1"),
        reader.word("orientation", ("portrait", "landscape"), "portrait"),
    )
    web = reader.word("web", default="")
    if web and not (web.startswith(("https://", "http://")) and " " not in web and "#" not in web):
        reader.problem("web", *told("panels.is_no_address_page", web=web))
    sections = {}
    for one in reader.tables("section", "section"):
        id_, title = one.word("id"), one.text("title")
        colour = one.word("colour", sorted(theme.colour), default="lead")
        one.done()
        if id_ in sections:
            one.problem("id", *told("panels.is_used_twice", id=id_))
        elif id_ and title:
            sections[id_] = ShowSection(id_, title, theme.colour[colour])
    events = []
    for one in reader.tables("event", "event") if reader.has("event") else ():
        year, label = one.whole("roc_year"), one.text("label")
        only = one.words("metrics", required=False)
        one.done()
        if label:
            events.append((Event(year, label), tuple(only)))
    bleed = _bleed(reader, problems)
    reader.done()
    return Exhibition(
        panels=tuple(panels),
        sections=sections,
        events=tuple(events),
        size=size,
        landscape=landscape == "landscape",
        web=web,
        bleed_mm=bleed,
    )


def _bleed(reader: Reader, problems: list[Problem]) -> int | None:
    """Of `[press]`, which asks for a printer's edition."""
    raw = reader._take("press", dict, told("panels.press_table"), False)
    if raw is None:
        return None
    inside = Reader(raw, reader.file, "press", problems)
    bleed = inside.whole("bleed", 3)
    inside.done()
    if not 0 <= bleed <= 20:
        inside.problem("bleed", *told("panels.is_not_between_mm", bleed=bleed))
    return bleed


def _size(reader: Reader, theme: Theme, default: str) -> str:
    return reader.word("size", theme.panel_size, default=default)


def read_panel(
    raw: Mapping[str, Any],
    file: str,
    exhibition: Exhibition,
    theme: Theme,
    since: int,
    period: int,
    problems: list[Problem],
    glossary: Glossary | None,
) -> PanelPlan | None:
    """The front part; None where it is too faulty to go on."""
    reader = Reader(raw, file, "", problems, glossary)
    title = reader.text("title")
    section = reader.word("section", exhibition.sections)
    layout = reader.word("layout", LAYOUTS)
    heading = reader.word("heading", HEADINGS, default="vertical")
    size = _size(reader, theme, exhibition.size)
    default = "landscape" if exhibition.landscape else "portrait"
    turned = reader.word("orientation", ("portrait", "landscape"), default=default) == "landscape"
    allowed = reader.words("allow", required=False)
    for name in allowed:
        if name not in LIMITS:
            reader.problem("allow", *told("panels.is_no_limit", name_=name, limits=[*LIMITS]))
    regenerated = reader.roc_date("regenerated")
    remarks = []
    for one in reader.tables("remark", "remark") if reader.has("remark") else ():
        text = one.text("text")
        one.done()
        if text:
            remarks.append(text)
    charts = [
        _chart(one, since, period) for one in (reader.tables("chart", "chart") if reader.has("chart") else ())
    ]
    taken: set[str] = set()
    for chart in filter(None, charts):
        if chart.id in taken:
            chart.reader.problem("id", *told("panels.is_used_twice", id=chart.id))
        taken.add(chart.id)
    reader.done()
    if not title or section not in exhibition.sections or size not in theme.panel_size:
        return None
    shorter, longer = sorted(theme.panel_size[size])
    width, height = (longer, shorter) if turned else theme.panel_size[size]
    sheet = Sheet(
        width_mm=width,
        height_mm=height,
        scale=shorter / A1,
        layout=cast(Literal["chart", "archive", "text"], layout),
        colour=exhibition.sections[section].colour,
        allowed=tuple(allowed),
        bleed_mm=exhibition.bleed_mm,
    )
    return PanelPlan(
        title=title,
        section=exhibition.sections[section],
        vertical=heading == "vertical",
        sheet=sheet,
        charts=tuple(filter(None, charts)),
        remarks=tuple(remarks),
        regenerated=regenerated,
    )


def _chart(reader: Reader, since: int, period: int) -> ChartPlan | None:
    id_, caption = reader.word("id"), reader.text("caption")
    form = cast(ChartForm, reader.word("form", FORMS, default="grouped_bar"))
    made = ChartPlan(
        id=id_,
        caption=caption or Text("", ""),
        form=form,
        metrics=tuple(reader.words("metrics")),
        by=reader.word("by", default=""),
        members=tuple(reader.words("members", required=False)),
        highlight=reader.word("highlight", default=""),
        first=reader.whole("from", default=since),
        last=reader.whole("to", default=period),
        target=reader.whole("target", default=-1),
        events=reader.yes("events", True),
        reader=reader,
    )
    reader.done()
    if reader.raw.get("metrics") == []:
        reader.problem("metrics", *told("panels.names_no_metric"))
    if reader.has("target") and made.target < 0:
        reader.problem("target", *told("panels.is_below", target=made.target))
    return made if caption and id_ else None
