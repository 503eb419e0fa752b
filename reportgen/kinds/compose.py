"""What every kind does to compose a document: words with their slots filled, numbered tables and charts, printed figures, names.

One `Composer` makes one document. Which blocks stand in it, and in which order, is the matter of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Generic, TypeVar

from reportgen.compute import masking
from reportgen.compute.ledger import Ledger, counted
from reportgen.compute.masking import Policy
from reportgen.compute.rules.model import Person
from reportgen.kinds.material import Material
from reportgen.model import (
    EMPTY,
    LANGUAGES,
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Key,
    Line,
    Note,
    Origin,
    Printed,
    Row,
    RowRole,
    Section,
    Source,
    Table,
    Text,
    Value,
)
from reportgen.model.errors import Problem
from reportgen.model.periods import Year
from reportgen.model.toml import Raw
from reportgen.read.tables import text_fault
from reportgen.read.words import SLOT, Slot, fill, said, say

Content = (
    Value | Printed | Text | str | Cell | None
)  # what may stand in a cell; a str is the same in both languages
Item = TypeVar("Item")
Numbered = TypeVar("Numbered", bound=Table | Chart)
Said = TypeVar("Said", Text, str)

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


@dataclass(frozen=True)
class ColumnOf(Generic[Item]):
    """A column of a table of items: its head, what stands in it for an item, what stands in the row of totals."""

    label: Text
    content: Callable[[Item], Content]
    unit: Text | None = None
    total: Content = None
    of_branches: bool = False  # an office without branches has no such column


def numbers_in(words: Iterable[str]) -> tuple[str, ...]:
    """Each number of these words once, in order."""
    return tuple(sorted({number for one in words for number in _NUMBER.findall(one)}))


def strings(raw: Raw) -> Iterator[str]:
    """All words of a TOML file."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping | tuple):
        for part in raw.values() if isinstance(raw, Mapping) else raw:
            yield from strings(part)


class _Stated(Mapping[str, Text]):
    """The fixed words of a kind, and those that a publication adds; those that are taken out are marked as stated."""

    def __init__(self, words: Mapping[str, Text], stated: Callable[[Text], Text]) -> None:
        self._words, self._stated = words, stated

    def add(self, words: Mapping[str, Text]) -> None:
        self._words = {**self._words, **words}

    def __getitem__(self, name: str) -> Text:
        return self._stated(self._words[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


class Composer:
    """One document in the making: its ledger and the numbers of its tables and charts are its own.

    Every number is marked where it is made: `print` and `count` give a figure with its record, `ordinal` counts rows through,
    `stated` says that an input words it. Words of the kind are stated; words of an officer are where `stated` or
    `fill` takes them. `year` is the ROC year whose names of branches and posts are said.
    """

    def __init__(self, material: Material, ledger: Ledger | None = None) -> None:
        self.material, self.publication, self.dataset = material, material.publication, material.dataset
        self.words, self.units = _Stated(material.words, self.stated), material.registry.units
        self.ledger = ledger or Ledger(self.units)
        self.year: int = Year(self.publication.period.year)
        self._counts = {"table": 0, "chart": 0}
        self._stated: set[str] = set()
        self._ordinals = 0
        self._in_words: set[int] = set()

    # -- marks

    def stated(self, words: Said) -> Said:
        """The words, whose numbers an input has written: dates, reference numbers, what a rule says, names of units."""
        for half in (words.zh, words.en) if isinstance(words, Text) else (words,):
            self._stated.update(_NUMBER.findall(half))
        return words

    def ordinal(self, number: int) -> Text:
        """The number of a row that is counted through."""
        self._ordinals = max(self._ordinals, number)
        return Text(str(number), str(number))

    # -- words

    def say(self, name: str, /, **slots: str | Text) -> Text:
        """Fixed words with their slots filled by words."""
        return say(self.words, name, **slots)

    def fill(self, text: Text, slot: Callable[[str], Slot]) -> Line:
        """Words of an officer with what `slot` gives in their slots."""
        self.stated(Text(*(SLOT.sub(" ", text.say(language)) for language in LANGUAGES)))
        return fill(text, slot)

    def line(self, name: str, /, **slots: Slot) -> Line:
        """Fixed words with their slots filled by words, figures, references and lines."""
        return fill(self.words[name], slots.__getitem__)

    def note(self, name: str, /, mark: str = "", **slots: Slot) -> Note:
        return Note(mark, self.line(name, **slots))

    # -- figures

    def print(self, value: Value, unit: str = "", digits: int | None = None) -> Printed:
        return self.ledger.print(value, unit, digits)

    def take(self, whole: Document, figure: Printed) -> Printed:
        """A figure of a document of another publication under a number here, as it stands there."""
        taken = self.ledger.take(whole.printed, Origin(whole.publication, whole.name, figure.number))
        return replace(figure, number=taken.number, origin=taken.origin)

    def count(
        self,
        metric: str,
        number: int,
        formula: str,
        key: Key = (),
        *,
        unit: str = "count",
        sources: tuple[Source, ...] = (),
    ) -> Printed:
        """The figure of a number that was counted; see `ledger.counted`."""
        return self.print(counted(metric, number, formula, key=key, unit=unit, sources=sources))

    def in_words(self, line: Line) -> Text:
        """The line as words alone, for a title, a label or a citation: its figures have a record and no place."""
        self._in_words.update(run.number for run in (*line.zh, *line.en) if isinstance(run, Printed))
        return Text(said(line.zh, "zh"), said(line.en, "en"))

    def signed(self, value: Value) -> Printed:
        """The figure with a plus sign where it is above zero."""
        printed = self.print(value)
        if not isinstance(value.exact, Fraction) or value.exact <= 0:
            return printed
        return replace(
            printed, plain=f"+{printed.plain}", text=Text(f"+{printed.text.zh}", f"+{printed.text.en}")
        )

    def head(self, unit: str) -> Text:
        """A unit as it stands in heads of tables."""
        return self.units[unit].head

    def unit(self, value: Value) -> Text:
        """The head of a value's unit; a bare number has none."""
        return EMPTY if value.unit in ("count", "rank") else self.head(value.unit)

    # -- names

    @property
    def has_branches(self) -> bool:
        return self.publication.brand.branches

    def branch(self, id_: str) -> Text:
        """The name of a branch, or of any other member, in the year of the document."""
        for dimension in self.dataset.dimensions.values():
            for member in dimension.members:
                if member.id == id_:
                    return self.stated(member.name_in(self.year))
        return Text(id_, id_)

    def within(self, person: Person) -> Text:
        """The name of a unit without that of its branch, where the branch is said already."""
        branch = self.branch(person.branch)
        zh, en = person.names.zh.removeprefix(branch.zh), person.names.en.removesuffix(f", {branch.en}")
        return self.stated(Text(zh, en) if zh and en else person.names)

    def name_faults(self, person: Person) -> list[Problem]:
        """What keeps a name from being printed, where its column left that to be judged now (`judge_later`)."""
        table = next(
            (
                table
                for table in self.dataset.tables.values()
                if (table.file, table.sheet) == (person.place.file, person.place.sheet)
            ),
            None,
        )
        if table is None:
            return []
        english = next((name for name, cell in person.cells.items() if cell == person.names.en), "")
        problems = []
        for name, text in ((person.place.column, person.names.zh), (english, person.names.en)):
            column = table.columns.get(name)
            if column and column.judged_later and (fault := text_fault(column, text)):
                problems.append(Problem(replace(person.place, column=name), *fault))
        return problems

    # -- tables and charts

    def name_of_next(self, kind: str) -> tuple[Text, str]:
        """What the next `table` or `chart` is called, 表3 / Table 3, and its number."""
        self._counts[kind] += 1
        number = str(self._counts[kind])
        return self.say(f"{kind}.name", number=number), number

    def numbered(self, block: Numbered) -> Numbered:
        """The table or chart with the next name and number."""
        name, number = self.name_of_next("chart" if isinstance(block, Chart) else "table")
        return replace(block, name=name, number=number)

    def cell(self, content: Content) -> Cell:
        """The cell of a table: a value is printed, nothing leaves it empty."""
        if isinstance(content, Cell):
            return content
        if isinstance(content, Value | Printed):
            return Cell(self.print(content) if isinstance(content, Value) else content)
        return Cell(text=Text(content, content) if isinstance(content, str) else content or EMPTY)

    def row(self, head: Text | str, *contents: Content, role: RowRole = "body", mark: str = "") -> Row:
        label = Text(head, head) if isinstance(head, str) else head
        return Row(head=label, cells=tuple(self.cell(content) for content in contents), role=role, mark=mark)

    def column(
        self, name: str, content: Callable[[Item], Content], unit: Text | None = None, total: Content = None
    ) -> ColumnOf[Item]:
        """A column whose head is fixed words."""
        of_branches = name.endswith((".branch", ".branches"))
        return ColumnOf(self.words[name], content, unit, total, of_branches)

    def filled(
        self,
        frame: Table,
        columns: Sequence[ColumnOf[Item]],
        items: Iterable[Item],
        head: Callable[[Item], Text | str] | None = None,
        total: Text | None = None,
        mark: Callable[[Item], str] = lambda item: "",
    ) -> Table:
        """The table with a row for each item, row by row from left to right, and the row of totals where it has a head.

        Without `head` the rows are counted through. `mark` is the letter of a footnote at the head of a row.
        """
        columns = [column for column in columns if self.has_branches or not column.of_branches]
        rows = [
            self.row(
                head(item) if head else self.ordinal(number),
                *(self.cell(column.content(item)) for column in columns),
                mark=mark(item),
            )
            for number, item in enumerate(items, 1)
        ]
        if total:
            rows.append(self.row(total, *(column.total for column in columns), role="total"))
        heads = tuple(Column(column.label, column.unit) for column in columns)
        return replace(frame, columns=heads, rows=tuple(rows))

    @property
    def period_said(self) -> Text:
        """What the document is about, as its cover and its file say it: 107年度 / 2018, 107年6月 / June 2018."""
        publication, calendar = self.publication, self.publication.calendar
        if publication.period.kind != "year":
            return calendar.label(publication.period)
        label = calendar.label(self.year)
        return Text(f"{label.zh}度" if self.year > 0 else f"{self.year}年度", label.en)

    # -- the whole

    def document(self, name: str, called: Text, blocks: Iterable[Block], inputs: Iterable[str]) -> Document:
        """The document with what every kind says of it; `replace` what a kind says otherwise.

        `called` is what the paper is called, `inputs` are the files that it depends on.
        """
        publication, blocks = self.publication, tuple(blocks)
        for words in (called, publication.title, publication.subtitle, publication.issuer):
            self.stated(words)
        return Document(
            publication=publication.name,
            kind=publication.kind,
            title=called,
            subtitle=publication.title,
            issuer=publication.issuer,
            period=self.period_said,
            sample=self.dataset.sample,
            keywords=Text(f"{publication.title.zh}、{called.zh}", f"{publication.title.en}, {called.en}"),
            blocks=blocks,
            printed=self.ledger.printed,
            inputs=tuple(dict.fromkeys(inputs)),
            name=name,
            stated=tuple(sorted(self._stated)),
            ordinals=max([self._ordinals, *_headings(blocks)]),
            in_words=tuple(sorted(self._in_words)),
        )


def _headings(blocks: Iterable[Block]) -> Iterable[int]:
    numbers = (block.number for block in blocks if isinstance(block, Section))
    return (int(number) for number in numbers if number.isdigit())


def masked(names: Text, policy: Policy) -> Text:
    """A person's name as the policy of a paper shows it."""
    return names if policy == "whole" else masking.shown(names, policy)
