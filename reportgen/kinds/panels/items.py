"""The catalogue of an exhibition: `items.toml` with the archival items that its panels may show.

An item is described by the elements of archival description (檔號, 案名, 案由, 產生機關, 日期, level); see the Enforcement Rules
of the Archives Act, Art. 18. Its picture is looked at here, its pixels are read later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from reportgen.model import Picture, Text, formats
from reportgen.model.errors import InputError, Problem
from reportgen.read import pictures
from reportgen.read.fields import Id, RocDate, Sound, Where
from reportgen.read.schema import Fault, Model, check, fault, repeated, shown, wrong
from reportgen.read.texts import Bilingual


def _redaction(raw: Any) -> Any:
    if isinstance(raw, tuple) and len(raw) == 4 and all(type(side) is int for side in raw):
        return raw
    raise wrong("panels.no_redaction", value=shown(raw))


class Item(Model):
    """An archival item. `redactions` are left, top, width and height in pixels of the upright picture."""

    spot: Where
    id: Id
    caption: Bilingual
    alt: Bilingual
    rights: Bilingual
    file_number: str = ""
    file_title: Bilingual | None = None
    subject: Bilingual | None = None
    creator: Bilingual | None = None
    date: RocDate | None = None
    level: Literal["fonds", "series", "file", "item", ""] = ""  # 全宗, 系列, 案卷, 案件
    image: str = ""
    placeholder: bool = False
    orientation: Literal["portrait", "landscape"] = "portrait"
    redactions: tuple[Annotated[tuple[int, int, int, int], BeforeValidator(_redaction)], ...] = ()

    @check
    def _scan_or_placeholder(image: str, placeholder: bool) -> Iterator[Fault]:
        if not image and not placeholder:
            yield fault("image", "panels.no_scan")
        if image and placeholder:
            yield fault("placeholder", "panels.scan_beside_placeholder")


class Catalogue(Model):
    item: Annotated[tuple[Item, ...], Sound()]

    @check
    def _ids(item: tuple[Item, ...]) -> Iterator[Fault]:
        yield from repeated("item", item)


def picture(project: Path, item: Item, problems: list[Problem]) -> Picture | None:
    """The scan of an item; None for a placeholder, or where something is wrong with it."""
    if not item.image:
        return None
    place = item.spot.at("image")
    path = f"{place.file.rpartition('/')[0]}/{item.image}"
    try:
        width, height = pictures.size_of(project, path)
    except InputError as error:
        for found in error.problems:
            where = replace(place, column=f"{place.column} {found.place.file}")
            problems.append(replace(found, place=where))
        return None
    for redaction in item.redactions:
        if outside := pictures.outside(pictures.Redaction(*redaction), width, height):
            problems.append(Problem(item.spot.at("redactions"), outside.en, outside.zh))
    return Picture(path, width, height, item.redactions)


def facts(item: Item, words: Mapping[str, Text]) -> tuple[tuple[Text, Text], ...]:
    """What the catalogue says of the item, label and words, in the order of the rules."""
    pairs = (
        ("file_number", Text(item.file_number, item.file_number) if item.file_number else None),
        ("file_title", item.file_title),
        ("subject", item.subject),
        ("creator", item.creator),
        ("date", formats.roc_date(item.date) if item.date else None),
        ("level", words[f"level.{item.level}"] if item.level else None),
        ("rights", item.rights),
    )
    return tuple((words[f"item.{name}"], said) for name, said in pairs if said)
