"""What an office puts upon its publications: `[brand]` of `reportgen.toml`, emblem, cover, its word for branch, its imprint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from reportgen.model import Text, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import lower_first
from reportgen.read import pictures
from reportgen.read.fields import Like, RocDate, Several, Where, Within
from reportgen.read.paper_sizes import A4
from reportgen.read.schema import Fault, Model, check, fault
from reportgen.read.texts import Bilingual
from reportgen.read.toml_files import SETTINGS, file_bytes, parse_toml
from reportgen.read.words import SLOT, Words

EMBLEM_MM, COVER_MM = 25.0, 60.0  # the height of the emblem on a cover, and of the picture on one of A4
FORMATS = (".svg", ".png")


class Cover(Model):
    file: str
    alternative: Bilingual
    dpi: Annotated[int, Within(72, 1200)] = 200


class Imprint(Model):
    """What stands above the colophon of a bulletin or a compilation."""

    publisher: Bilingual | None = None
    date: RocDate | None = None
    gpn: Annotated[str, Like(r"[0-9]{10}", "brand.is_no_gpn", '"1011000123"')] = ""
    isbn: Annotated[str, Like(r"[0-9][0-9-]{8,15}[0-9X]", "brand.is_no_isbn", '"978-986-00-0000-0"')] = ""
    contacts: Annotated[Several[Bilingual], Field(max_length=8)] = ()

    def rows(self) -> Iterator[tuple[str, tuple[Text, ...]]]:
        """What is declared, by the name of its label, in print order."""
        yield "publisher", (self.publisher,) if self.publisher else ()
        yield "date", (formats.roc_date(self.date),) if self.date else ()
        yield "gpn", (Text(self.gpn, self.gpn),) if self.gpn else ()
        yield "isbn", (Text(self.isbn, self.isbn),) if self.isbn else ()
        yield "contacts", self.contacts


class BrandTable(Model):
    """`branch` is what the office calls a branch, one of them; `branch_plural` the English plural, else `branch` with an s."""

    spot: Where
    emblem: str = ""
    cover: Cover | None = None
    branch: Bilingual | None = None
    branch_plural: str = ""
    branches: bool = True
    imprint: Imprint | None = None

    @check
    def _one_word(branch: Text | None, branch_plural: str, branches: bool) -> Iterator[Fault]:
        if branch_plural and branch is None:
            yield fault("branch", "brand.plural_alone")
        if branch and not branches:
            yield fault("branches", "brand.word_without_branches")

    def word(self, words: Text) -> Text:
        """The words with the office's own word in the place of 分署 and branch; slots stay."""
        if self.branch is None:
            return words
        branch, plural = self.branch, self.branch_plural or f"{self.branch.en}s"
        zh = _outside_slots(words.zh, lambda part: part.replace("分署", branch.zh))
        return Text(zh, _outside_slots(words.en, lambda part: _in_english(part, branch.en, plural)))

    def words(self, words: Words) -> Words:
        return Words({name: self.word(text) for name, text in words.items()}, words.files[0], words.files[1:])

    def faults(self, project: Path, page: Mapping[str, float]) -> Iterator[Problem]:
        """What is wrong with the pictures in print: the emblem, and the cover across a page of this width in mm."""
        if self.emblem and not self.emblem.endswith(FORMATS):
            yield problem(self.spot.at("emblem"), "brand.no_such_format", file=self.emblem)
        elif self.emblem.endswith(".png"):
            yield from _dots(self.spot.at("emblem"), project, self.emblem, (0.0, EMBLEM_MM), 200)
        elif self.emblem and not (project / self.emblem).is_file():
            yield problem(self.spot.at("emblem"), "brand.no_picture", file=self.emblem)
        if self.cover:
            at, box = self.spot.at("cover", "file"), (page["width"], COVER_MM * page["height"] / A4[1])
            yield from _dots(at, project, self.cover.file, box, self.cover.dpi)


def _dots(at: Place, project: Path, file: str, box: tuple[float, float], least: int) -> Iterator[Problem]:
    """Whether a picture that fills a box of this width and height in mm has so many dots an inch."""
    try:
        width, height = pictures.size_of(project, file)
    except InputError as error:
        yield from (replace(one, place=replace(at, column=f"{at.column}: {file}")) for one in error.problems)
        return
    printed = max(box[0], box[1] * width / height)
    if (dpi := int(width / printed * 25.4)) < least:
        needed = round(printed / 25.4 * least)
        yield problem(at, "brand.too_few_dots", file=file, dpi=dpi, least=least, needed=needed)


_BRANCH = re.compile(r"\b(?:([Aa])n? )?([Bb])ranch(es)?\b")


def _in_english(words: str, one: str, several: str) -> str:
    def own(match: re.Match[str]) -> str:
        word = several if match[3] else one
        word = word if match[2] == "B" else lower_first(word)
        article = "" if not match[1] else match[1] + ("n " if word[:1].lower() in "aeiou" else " ")
        return article + word

    return _BRANCH.sub(own, words)


def _outside_slots(words: str, change: Callable[[str], str]) -> str:
    """The words changed, but not what stands in braces."""
    slots = [match[0] for match in SLOT.finditer(words)] + [""]
    parts = re.split(SLOT.pattern.replace("(", "(?:"), words)
    return "".join(change(part) + slot for part, slot in zip(parts, slots, strict=True))


NO_BRAND = BrandTable.model_construct()  # every key as it is when nothing is declared


def declared_brand(project: Path) -> str:
    """A digest of what is declared, for which documents are made anew; empty where nothing is."""
    try:
        values = parse_toml(SETTINGS, file_bytes(project, SETTINGS)).values
    except InputError:  # told where it is read
        return ""
    return hashlib.sha256(repr(values["brand"]).encode()).hexdigest() if "brand" in values else ""
