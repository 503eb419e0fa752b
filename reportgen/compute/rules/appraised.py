"""What only an appraisal declares: points beside the items, own points, what reaching a value takes, which rows must be there."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, cast

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.vocabulary import GOAL, SCORE, Vocabulary
from reportgen.model.messages import told
from reportgen.read.tables import ColumnSpec
from reportgen.read.toml import TomlNode


class Appraised(Vocabulary):
    def own_points(self, node: TomlNode) -> str:
        """The column of the points that the candidate gave itself."""
        node.asked.add("own")
        column = self.number_column(node, "own") if "own" in node.values else None
        if column and column.unit not in (SCORE, "count"):
            node.fault("own", *told("rules.is_not_points", id=column.id, unit=column.unit))
        return column.id if column else ""

    def standard(self, node: TomlNode, found: rules.Condition) -> rules.Condition:
        """A 管考基準 is a number to be reached: it is printed with what was found beside it."""
        if found.column and found.column not in self.columns and found.column in self.own:
            node.fault("column", *told("rules.holds_words", column=found.column))
        return found

    def scored(self, items: tuple[rules.Item, ...], rank: rules.Rank | None) -> None:
        """An appraisal compares points that add up; what only an award has would be read and never used."""
        if not items and "rank" in self.top.values:
            self.top.fault("rank", *told("rules.is_no_item"))
        elif not items:
            self.top.fault("item", *told("rules.is_missing_2"))
        if rank and rank.better != "high":
            self.top.fault("rank", *told("rules.better_low_would_put_lowest"))
        for key in ("quota", "tier", "bonus"):
            if key in self.top.values:
                self.top.fault(key, *told("rules.has_no_place_appraisal"))

    def more(self, node: TomlNode) -> rules.More | None:
        """`more = { label = …, formula = "goal * target - collected", unit = "twd" }`."""
        if "more" not in node.values:
            return None
        below = node.node("more")
        formula = below.string("formula")
        self.check_formula(below, "formula", formula, (GOAL,))
        if GOAL not in formula:
            below.fault("formula", *told("rules.does_not_hold_value_reached", goal=GOAL))
        found = rules.More(self.text(below, "label"), formula, self.unit(below), self.digits(below, 0))
        below.no_other_keys()
        return found

    def adjustment(self, node: TomlNode) -> rules.Adjustment:
        """`[[adjustment]]`: points for each unit of a column beside the items, never more than the cap."""
        kind = self.word(node, "kind", ("bonus", "deduction"))
        column = self.number_column(node, "column")
        each, cap = node.number("each"), node.number("cap")
        for key, number in (("each", each), ("cap", cap)):
            if number is not None and number <= 0:
                node.fault(key, *told("rules.is_not_above"))
        if each is None and "each" not in node.values:
            node.fault("each", *told("rules.is_missing"))
        if column and column.low is not None and column.low < 0:
            node.fault("column", *told("rules.may_below_would_turn_sign", id=column.id))
        found = rules.Adjustment(
            id=node.string("id"),
            kind=cast(Literal["bonus", "deduction"], kind),
            label=self.text(node, "label"),
            column=column.id if column else "",
            each=each or Fraction(0),
            cap=cap,
            row=self.line(node),
        )
        node.no_other_keys()
        return found

    def limits(self, node: TomlNode) -> tuple[Fraction | None, Fraction | None]:
        """`[score] least = 0, most = 100`."""
        least, most = node.number("least"), node.number("most")
        if least is not None and most is not None and least >= most:
            node.fault("least", *told("rules.is_not_below_most"))
        node.no_other_keys()
        return least, most

    def complete(self, node: TomlNode) -> rules.Complete:
        """`[[complete]]`: every row of the table belongs to a candidate (of the same branch), month by month."""
        table = self.table(node)
        who = self.top.values.get("candidates", {})
        who = who if isinstance(who, dict) else {}
        id_ = str(who.get("id", ""))
        if "branch" in node.values and "branch" not in who:
            node.fault("branch", *told("rules.candidates_names_no_branch_could"))
        month = self.top.values.get("month")
        if node.values.get("every_month") is True and table and month not in table.columns:
            node.fault("every_month", *told("rules.has_no_months", name_=table.name))
        found = rules.Complete(
            table=table.name if table else "",
            by=self.cell(node, "by", table, id_),
            branch=self.cell(node, "branch", table, ""),
            every_month=node.boolean("every_month"),
            row=self.line(node),
        )
        node.no_other_keys()
        return found

    def month(self) -> str:
        """The name that the column of months has in the tables that are by month."""
        name = self.top.string("month", "")
        if not name:
            return name
        found = [(t, t.columns[name]) for t in self.dataset.tables.values() if name in t.columns]
        known = {
            c.name for t in self.dataset.tables.values() for c in t.columns.values() if c.type == "whole"
        }
        if not found:
            self.top.one_of("month", name, sorted(known))
        for table, column in found:
            if not _holds_months(column):
                self.top.fault("month", *told("rules.may_hold_what_is_no", name_=table.name, name_2=name))
        return name


def _holds_months(column: ColumnSpec) -> bool:
    low, high = column.minimum, column.maximum
    within = low is not None and low >= 1 and high is not None and high <= 12
    return column.type == "whole" and within and not column.missing
