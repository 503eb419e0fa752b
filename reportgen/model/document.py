"""A document as a tree of blocks, its sheet, and what became of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from reportgen.model.blocks import Block, Fields, FormHead, PageBreak, Section, Signature
from reportgen.model.errors import Place, Problem
from reportgen.model.values import LANGUAGES, Language, Printed, Text

Setting = Literal["", "official", "news", "dense", "book"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A document of one page of this size in mm: its layout, colour, and the limits that it may break, declared.

    `scale` is how much larger it is than A1: type and spaces grow with it. `bleed_mm` is set where a printer's edition is
    asked for.
    """

    width_mm: float
    height_mm: float
    scale: float
    layout: Literal["chart", "archive", "text"]
    colour: str
    allowed: tuple[str, ...] = ()
    bleed_mm: int | None = None


@dataclass(frozen=True)
class Records:
    """A table for programs: plain columns, numbers and words, which a dataset can read back from the workbook."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int | Fraction | str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document of a publication as a tree of blocks, the same for every edition and every format.

    `name` is its file's stem (empty: the kind's). `attached` are the inputs that go into the PDF (None: all): a table of
    persons does not. `hidden` are names and numbers that must be found nowhere in the finished file, each with the row that holds it, but inside
    `own_words`, the longer words that the office declares. `stated` are the
    numbers that an input words by itself (dates, reference numbers, a rule's text): they stand there and are no figures.
    `ordinals` is the last number of the rows and headings that are counted through. `in_words` are the numbers of figures that are
    said in a title or another place of words alone, so that no place of theirs is found.
    `records` are tables for programs that its workbook holds besides those of the paper.
    `languages` are those that its publication is made in.
    `artwork` are the pictures of the office, `emblem` and `cover`: the file of each, and what it shows.
    `draft` is the mark of a document that prints words which are still to be written.
    `sheet` is set where the document is one page of its own size. `absent` are files that would be inputs if they were there.
    `parts` are the documents of which this one is the page. `setting`: an `official` paper is told in one language after the
    other, `news` is dated; `dense` is a sheet for each person, set small; a `book` has a cover and contents.
    """

    publication: str
    kind: str
    title: Text
    subtitle: Text
    issuer: Text
    period: Text
    sample: Text | None
    keywords: Text
    blocks: tuple[Block, ...]
    printed: tuple[Printed, ...]
    inputs: tuple[str, ...]
    issued: Text | None = None
    extra: Mapping[str, Text] = field(default_factory=dict)
    name: str = ""
    attached: tuple[str, ...] | None = None
    hidden: Mapping[str, Place] = field(default_factory=dict)
    own_words: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    ordinals: int = 0
    in_words: tuple[int, ...] = ()
    sheet: Sheet | None = None
    absent: tuple[str, ...] = ()
    records: tuple[Records, ...] = ()
    parts: tuple[Document, ...] = ()
    setting: Setting = ""
    draft: Text | None = None
    languages: tuple[Language, ...] = LANGUAGES
    artwork: Mapping[str, tuple[str, Text]] = field(default_factory=dict)

    @property
    def letters(self) -> tuple[tuple[Block, ...], ...]:
        """The blocks of each paper that the document holds: several where an official one is written to each of many."""
        if self.setting != "official" or any(isinstance(block, Section) for block in self.blocks):
            return (self.blocks,)
        runs = itertools.groupby(self.blocks, lambda block: isinstance(block, PageBreak))
        return tuple(tuple(blocks) for between, blocks in runs if not between)


def told_in(language: Language, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks of one official paper as it is told in a language.

    Chinese keeps the handbook's form. English leaves out an entry that is blank, and a letter is one: it greets, closes, and names
    enclosures and receivers behind who signs it.
    """
    if language == "zh":
        return tuple(
            replace(block, salutation=None)
            if isinstance(block, FormHead)
            else replace(block, closing=None)
            if isinstance(block, Signature)
            else block
            for block in blocks
        )
    kept = tuple(
        replace(block, fields=tuple(entry for entry in block.fields if entry.lines))
        if isinstance(block, FormHead) or (isinstance(block, Fields) and not block.look)
        else block
        for block in blocks
    )
    head = kept[0] if kept else None
    if not isinstance(head, FormHead) or not head.salutation:
        return kept
    apart = {
        role: tuple(entry for entry in head.fields if entry.role == role) for role in ("to", "enclosure")
    }
    others = tuple(entry for entry in head.fields if entry.role not in apart)
    body = tuple(block for block in kept[1:] if not isinstance(block, Fields))
    lists = [entry for block in kept if isinstance(block, Fields) for entry in block.fields]
    head = replace(head, fields=(*others, *apart["to"]))
    return (head, *body, Fields((*apart["enclosure"], *lists)))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one document: `made`, `unchanged` or `failed`, and why.

    `gaps` are the places where words are still to be written in its inputs; `told` is what was decided of its layout.
    A file that is no longer made was `removed`, or `left` because somebody has worked on it; one that was not to be made in this
    run and is of earlier inputs is `stale`. A run of certificates is `part` where some could not be made and all others are; `count` says how many it made.
    """

    document: str
    state: Literal["made", "part", "unchanged", "failed", "removed", "left", "stale"]
    why: tuple[Text, ...] = ()
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    told: tuple[Text, ...] = ()
    count: str = ""
    gaps: tuple[Place, ...] = ()
