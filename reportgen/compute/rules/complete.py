"""Which rows must be there in an appraisal: `[[complete]]`, and the column of months."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.compute.rules.vocabulary import TableName, Vocabulary
from reportgen.read.fields import Row
from reportgen.read.schema import Context, Fault, Model, check, fault, unknown_at
from reportgen.read.tables import ColumnSpec


class Complete(Model):
    """A table whose every row of the period belongs to a candidate, through the column `by`, that of candidates if it is empty.

    With `branch`, the row's branch is that of the candidate; `every_month`: from its first month on, a candidate has rows
    for each.
    """

    table: TableName
    by: str = ""
    branch: str = ""
    every_month: bool = False
    row: Row = 0

    @check
    @staticmethod
    def _columns(table: str, by: str, branch: str, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        yield from vocabulary.cell_faults("by", by or vocabulary.id, table)
        yield from vocabulary.cell_faults("branch", branch, table)
        if branch and "branch" not in vocabulary.who:
            yield fault("branch", "rules.candidates_names_no_branch_could")

    @check
    @staticmethod
    def _has_months(table: str, every_month: bool, context: Context) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        if every_month and vocabulary.month not in vocabulary.dataset.tables[table].columns:
            yield fault("every_month", "rules.has_no_months", name_=table)


def month_faults(name: str, vocabulary: Vocabulary) -> Iterator[Fault]:
    """The name that the column of months has in the tables that are by month."""
    tables = vocabulary.dataset.tables.values()
    found = [(table.name, table.columns[name]) for table in tables if name in table.columns]
    if name and not found:
        whole = {
            column.name for table in tables for column in table.columns.values() if column.type == "whole"
        }
        yield unknown_at("month", name, sorted(whole))
    for table, column in found:
        if not _holds_months(column):
            yield fault("month", "rules.may_hold_what_is_no", name_=table, name_2=name)


def _holds_months(column: ColumnSpec) -> bool:
    low, high = column.minimum, column.maximum
    within = low is not None and low >= 1 and high is not None and high <= 12
    return column.type == "whole" and within and not column.missing
