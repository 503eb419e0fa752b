"""What every kind does to compose a document: words with their slots filled, numbered tables and charts, printed figures, names.

One `Composer` makes one document. Which blocks stand in it, and in which order, is the matter of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Generic, TypeVar, cast

from reportgen.compute import masking
from reportgen.compute.ledger import Ledger, counted
from reportgen.compute.masking import Policy
from reportgen.compute.rules.model import Person
from reportgen.kinds.material import Material
from reportgen.model import (
    EMPTY,
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Key,
    Line,
    Note,
    Printed,
    Row,
    RowRole,
    Source,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.model.errors import Problem
from reportgen.read.tables import text_fault
from reportgen.read.words import Slot, fill, say

Content = (
    Value | Printed | Text | str | Cell | None
)  # what may stand in a cell; a str is the same in both languages
Item = TypeVar("Item")
Numbered = TypeVar("Numbered", bound=Table | Chart)


@dataclass(frozen=True)
class ColumnOf(Generic[Item]):
    """A column of a table of items: its head, what stands in it for an item, what stands in the row of totals."""

    label: Text
    content: Callable[[Item], Content]
    unit: Text | None = None
    total: Content = None


class Composer:
    """One document in the making: its ledger and the numbers of its tables and charts are its own.

    `year` is the ROC year whose names of branches and posts are said.
    """

    def __init__(self, material: Material, ledger: Ledger | None = None) -> None:
        self.material, self.publication, self.dataset = material, material.publication, material.dataset
        self.words, self.units = material.words, material.registry.units
        self.ledger = ledger or Ledger(self.units)
        self.year = self.publication.period
        self._counts = {"table": 0, "chart": 0}

    # -- words

    def say(self, name: str, /, **slots: str | Text) -> Text:
        """Fixed words with their slots filled by words."""
        return say(self.words, name, **slots)

    def line(self, name: str, /, **slots: Slot) -> Line:
        """Fixed words with their slots filled by words, figures, references and lines."""
        return fill(self.words[name], slots.__getitem__)

    def note(self, name: str, /, mark: str = "", **slots: Slot) -> Note:
        return Note(mark, self.line(name, **slots))

    # -- figures

    def print(self, value: Value, unit: str = "", digits: int | None = None) -> Printed:
        return self.ledger.print(value, unit, digits)

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

    def branch(self, id_: str) -> Text:
        """The name of a branch, or of any other member, in the year of the document."""
        for dimension in self.dataset.dimensions.values():
            for member in dimension.members:
                if member.id == id_:
                    return member.name_in(self.year)
        return Text(id_, id_)

    def within(self, person: Person) -> Text:
        """The name of a unit without that of its branch, where the branch is said already."""
        branch = self.branch(person.branch)
        zh, en = person.names.zh.removeprefix(branch.zh), person.names.en.removesuffix(f", {branch.en}")
        return Text(zh, en) if zh and en else person.names

    def name_faults(self, person: Person) -> list[Problem]:
        """What keeps a name from being printed, where its column left that to be judged now (`judge_later`)."""
        table = next(
            (table for table in self.dataset.tables.values() if table.file == person.place.file), None
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
        return ColumnOf(self.words[name], content, unit, total)

    def filled(
        self,
        frame: Table,
        columns: Sequence[ColumnOf[Item]],
        items: Iterable[Item],
        head: Callable[[Item], Text] | None = None,
        total: Text | None = None,
        mark: Callable[[Item], str] = lambda item: "",
    ) -> Table:
        """The table with a row for each item, row by row from left to right, and the row of totals where it has a head.

        Without `head` the rows are counted through. `mark` is the letter of a footnote at the head of a row.
        """
        rows = [
            self.row(
                head(item) if head else Text(str(number), str(number)),
                *(self.cell(column.content(item)) for column in columns),
                mark=mark(item),
            )
            for number, item in enumerate(items, 1)
        ]
        if total:
            rows.append(self.row(total, *(column.total for column in columns), role="total"))
        heads = tuple(Column(column.label, column.unit) for column in columns)
        return replace(frame, columns=heads, rows=tuple(rows))

    # -- the whole

    def document(self, name: str, called: Text, blocks: Iterable[Block], inputs: Iterable[str]) -> Document:
        """The document with what every kind says of it; `replace` what a kind says otherwise.

        `called` is what the paper is called, `inputs` are the files that it depends on.
        """
        publication = self.publication
        return Document(
            publication=publication.name,
            kind=publication.kind,
            title=called,
            subtitle=publication.title,
            issuer=publication.issuer,
            period=Text(f"{self.year}年度", formats.roc_year(self.year).en),
            sample=self.dataset.sample,
            keywords=Text(f"{publication.title.zh}、{called.zh}", f"{publication.title.en}, {called.en}"),
            blocks=tuple(blocks),
            printed=self.ledger.printed,
            inputs=tuple(dict.fromkeys(inputs)),
            name=name,
        )


def masked(names: Text, policy: str) -> Text:
    """A person's name as the policy of a paper shows it."""
    return names if policy == "whole" else masking.shown(names, cast(Policy, policy))
