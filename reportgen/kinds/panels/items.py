"""The catalogue of an exhibition: `items.toml` with the archival items that its panels may show.

An item is described by the elements of archival description (檔號, 案名, 案由, 產生機關, 日期, level); see the Enforcement Rules
of the Archives Act, Art. 18. Its picture is looked at here, its pixels are read later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.model import Picture, Text
from reportgen.model.errors import InputError, Place, Problem, not_utf8, problem
from reportgen.model.messages import told
from reportgen.read import pictures
from reportgen.read.publications import Reader
from reportgen.read.words import Glossary

# 全宗 – 系列 – 案卷 – 案件, from the whole to the single paper.
LEVELS = ("fonds", "series", "file", "item")


@dataclass(frozen=True, kw_only=True)
class Item:
    """An archival item as it is declared; `date` is empty or said in both languages; no picture is a placeholder."""

    id: str
    caption: Text
    alternative: Text
    number: str
    title: Text | None
    subject: Text | None
    creator: Text | None
    date: Text | None
    level: str
    rights: Text
    picture: Picture | None
    landscape: bool


def read_items(
    project: Path, file: str, problems: list[Problem], glossary: Glossary | None
) -> dict[str, Item]:
    """The items by id; faults go to `problems`. Empty where there is no catalogue."""
    try:
        raw = tomllib.loads((project / file).read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(file, error)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(problem(Place(file), "panels.not_valid_toml", error=error)) from None
    whole = Reader(raw, file, "", problems, glossary)
    found: dict[str, Item] = {}
    for reader in whole.tables("item", "item"):
        item = _item(project, file, reader)
        if item and item.id in found:
            reader.problem("id", *told("panels.is_used_twice", id=item.id))
        elif item:
            found[item.id] = item
    whole.done()
    return found


def _item(project: Path, file: str, reader: Reader) -> Item | None:
    id_ = reader.word("id")
    caption, alternative, rights = reader.text("caption"), reader.text("alt"), reader.text("rights")
    number = reader.word("file_number", default="")
    title, subject = reader.text("file_title", required=False), reader.text("subject", required=False)
    creator = reader.text("creator", required=False)
    level = reader.word("level", LEVELS, default="item")
    day = reader.roc_date("date")
    image, placeholder = reader.word("image", default=""), reader.yes("placeholder")
    landscape = reader.word("orientation", ("portrait", "landscape"), default="portrait") == "landscape"
    redactions = _redactions(reader)
    reader.done()
    if not image and not placeholder:
        reader.problem("image", *told("panels.is_missing_3"))
    if image and placeholder:
        reader.problem("placeholder", *told("panels.item_has_scan_too"))
    if id_ and not re.fullmatch(r"[A-Za-z][\w-]*", id_):
        reader.problem("id", *told("panels.is_no_id", id=id_))
    picture = None
    if image and not placeholder:
        path = f"{file.rpartition('/')[0]}/{image}"
        try:
            width, height = pictures.size_of(project, path)
            picture = Picture(path, width, height, redactions)
            for one in redactions:
                if outside := pictures.outside(pictures.Redaction(*one), width, height):
                    reader.problem("redactions", outside.en, outside.zh)
        except InputError as error:
            reader.problems.extend(
                Problem(reader.place(f"image {one.place.file}"), one.en, one.zh) for one in error.problems
            )
    if not (id_ and caption and alternative and rights):
        return None
    return Item(
        id=id_,
        caption=caption,
        alternative=alternative,
        number=number,
        title=title,
        subject=subject,
        creator=creator,
        date=day,
        level=level,
        rights=rights,
        picture=picture,
        landscape=landscape,
    )


def _redactions(reader: Reader) -> tuple[tuple[int, int, int, int], ...]:
    """`redactions = [[left, top, width, height], …]` in pixels of the upright picture."""
    raw: Any = reader._take("redactions", list, told("panels.list_left_top_width_height"), False)
    found = []
    for one in raw or ():
        if not (isinstance(one, list) and len(one) == 4 and all(type(side) is int for side in one)):
            reader.problem("redactions", *told("panels.is_not_left_top_width", one=one))
            continue
        found.append((one[0], one[1], one[2], one[3]))
    return tuple(found)


def facts(item: Item, words: Mapping[str, Text]) -> tuple[tuple[Text, Text], ...]:
    """What the catalogue says of the item, label and words, in the order of the rules."""
    number = Text(item.number, item.number) if item.number else None
    pairs = (
        ("file_number", number),
        ("file_title", item.title),
        ("subject", item.subject),
        ("creator", item.creator),
        ("date", item.date),
        ("level", words[f"level.{item.level}"]),
        ("rights", item.rights),
    )
    return tuple((words[f"item.{name}"], said) for name, said in pairs if said)
