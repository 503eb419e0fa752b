"""Blocks that several kinds have in common: footnotes, forms, places for signatures, what a scheme rests on, running sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.compute.rules.model import Standard
from reportgen.kinds.compose import Composer
from reportgen.model import EMPTY, Column, Field, FieldRole, Line, Note, NoteBox, Run, Table, Text
from reportgen.read.words import plain_line

MARKS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Notes:
    """The footnotes of one table or chart: each reason once, marked a, b, c in order of appearance."""

    marks: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def mark(self, key: str, line: Line) -> str:
        if key not in self.marks:
            self.marks[key] = MARKS[len(self.marks) % 26]
            self.notes.append(Note(self.marks[key], line))
        return self.marks[key]

    def plain(self, line: Line) -> None:
        self.notes.append(Note("", line))

    def once(self, line: Line) -> None:
        if Note("", line) not in self.notes:
            self.plain(line)

    def all(self) -> tuple[Note, ...]:
        return tuple(sorted(self.notes, key=lambda note: (note.mark == "", note.mark)))


def every_five(rows: int) -> tuple[int, ...]:
    """The rows before which a small gap guides the eye; none in a short table."""
    return tuple(range(5, rows - 1, 5)) if rows > 8 else ()


def run_on(lines: Iterable[Line]) -> Line:
    """Sentences as one paragraph: Chinese without a blank, English with one."""
    return _strung(lines, "", " ")


def listed(lines: Iterable[Line]) -> Line:
    """甲、乙 / a, b: a list inside a sentence."""
    return _strung(lines, "、", ", ")


def _strung(lines: Iterable[Line], zh: str, en: str) -> Line:
    halves: tuple[list[Run], list[Run]] = ([], [])
    for place, line in enumerate(lines):
        for half, runs, between in zip(halves, (line.zh, line.en), (zh, en), strict=True):
            half += [between] if place and between else []
            half += runs
    return Line(tuple(halves[0]), tuple(halves[1]))


# ---- forms --------------------------------------------------------------------------------------


def form_field(composer: Composer, label: Text, text: Text | None, role: FieldRole = "") -> Field:
    """A labelled entry of an officer; what is not declared stays blank on paper, never 「無」."""
    declared = text is not None and text.zh.strip()
    return Field(label, (plain_line(composer.stated(text)),) if text and declared else (), role)


def signatures(composer: Composer, posts: Mapping[str, Sequence[Text]]) -> Table:
    """Posts from left to right, and below them room for name, seal and time; a column without a post is left out."""
    there = {name: column for name, column in posts.items() if column}
    heads = [composer.words[f"signature.{name}"] for name in there]
    rows = []
    for place in range(max(map(len, there.values()))):
        first, *others = (column[place] if place < len(column) else EMPTY for column in there.values())
        rows.append(composer.row(first, *others))
    return Table(
        anchor="t-signatures",
        look="signatures",
        caption=composer.words["signature.caption"],
        stub=heads[0],
        columns=tuple(map(Column, heads[1:])),
        rows=tuple(rows),
    )


def standing(composer: Composer, standard: Standard, notes: Iterable[Text] = ()) -> NoteBox:
    """Whether a scheme is a sourced rule or an assumption, in its own words, with the source."""
    said = [standard.words]
    if standard.source:
        said.append(composer.say("standing.source", source=standard.source))
    lines = tuple(plain_line(composer.stated(text)) for text in (*said, *notes))
    return NoteBox(composer.words[f"standing.{standard.standing}"], lines)
