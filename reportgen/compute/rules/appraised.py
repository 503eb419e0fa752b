"""What only an appraisal declares: points beside the items, own points, what reaching a value takes, which rows must be there."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, cast

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.vocabulary import GOAL, SCORE, Vocabulary
from reportgen.read.tables import ColumnSpec
from reportgen.read.toml import TomlNode


class Appraised(Vocabulary):
    def own_points(self, node: TomlNode) -> str:
        """The column of the points that the candidate gave itself."""
        node.asked.add("own")
        column = self.number_column(node, "own") if "own" in node.values else None
        if column and column.unit not in (SCORE, "count"):
            node.fault(
                "own",
                f"{column.id} is in {column.unit}, not in points; name the column of the points that one gave oneself",
                f"{column.id} 之單位為 {column.unit}，不是分數；請填自評分數之欄位",
            )
        return column.id if column else ""

    def standard(self, node: TomlNode, found: rules.Condition) -> rules.Condition:
        """A 管考基準 is a number to be reached: it is printed with what was found beside it."""
        if found.column and found.column not in self.columns and found.column in self.own:
            node.fault(
                "column",
                f"{found.column} holds words; a standard of control compares a number",
                f"{found.column} 為文字；管考基準須以數值比較",
            )
        return found

    def scored(self, items: tuple[rules.Item, ...], rank: rules.Rank | None) -> None:
        """An appraisal compares points that add up; what only an award has would be read and never used."""
        if not items and "rank" in self.top.values:
            self.top.fault(
                "rank",
                "there is no [[item]]: an appraisal ranks by the points of its items",
                "沒有 [[item]]：績效評比依各項目分數排名",
            )
        elif not items:
            self.top.fault(
                "item", "is missing; write [[item]] with its weight", "未填；請寫 [[item]] 及其 weight"
            )
        if rank and rank.better != "high":
            self.top.fault(
                "rank", 'better = "low" would put the lowest score first', 'better = "low" 將使最低分列第一'
            )
        for key in ("quota", "tier", "bonus"):
            if key in self.top.values:
                self.top.fault(
                    key,
                    "has no place in an appraisal; declare prizes in an award",
                    "不屬績效評比；獎勵請於獎項規則宣告",
                )

    def more(self, node: TomlNode) -> rules.More | None:
        """`more = { label = …, formula = "goal * target - collected", unit = "twd" }`."""
        if "more" not in node.values:
            return None
        below = node.node("more")
        formula = below.string("formula")
        self.check_formula(below, "formula", formula, (GOAL,))
        if GOAL not in formula:
            below.fault(
                "formula", f"does not hold {GOAL}, the value to be reached", f"未含 {GOAL}（應達之數值）"
            )
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
                node.fault(
                    key,
                    "is not above 0; kind says whether it is added or taken off",
                    "應大於 0；加分或扣分由 kind 決定",
                )
        if each is None and "each" not in node.values:
            node.fault("each", "is missing; write each = 0.5", "未填；請寫 each = 0.5")
        if column and column.low is not None and column.low < 0:
            node.fault(
                "column",
                f"{column.id} may be below 0, which would turn the sign",
                f"{column.id} 可能小於 0，將使加扣分相反",
            )
        found = rules.Adjustment(
            node.string("id"), cast(Literal["bonus", "deduction"], kind), self.text(node, "label"),
            column.id if column else "", each or Fraction(0), cap, self.line(node),
        )  # fmt: skip
        node.no_other_keys()
        return found

    def limits(self, node: TomlNode) -> tuple[Fraction | None, Fraction | None]:
        """`[score] least = 0, most = 100`."""
        least, most = node.number("least"), node.number("most")
        if least is not None and most is not None and least >= most:
            node.fault("least", "is not below most", "未小於 most")
        node.no_other_keys()
        return least, most

    def complete(self, node: TomlNode) -> rules.Complete:
        """`[[complete]]`: every row of the table belongs to a candidate (of the same branch), month by month."""
        table = self.table(node)
        who = self.top.values.get("candidates", {})
        who = who if isinstance(who, dict) else {}
        id_ = str(who.get("id", ""))
        if "branch" in node.values and "branch" not in who:
            node.fault(
                "branch",
                "[candidates] names no branch that it could be compared with; write branch there, or take this out",
                "[candidates] 未寫 branch，無從比對；請於該處填寫，或刪除本項",
            )
        month = self.top.values.get("month")
        if node.values.get("every_month") is True and table and month not in table.columns:
            node.fault(
                "every_month",
                f"{table.name} has no months; write month at the head of the rules, or take every_month out",
                f"{table.name} 沒有月份欄；請於規則開頭寫 month，或刪除 every_month",
            )
        found = rules.Complete(
            table.name if table else "", self.cell(node, "by", table, id_), self.cell(node, "branch", table, ""),
            node.boolean("every_month"), self.line(node),
        )  # fmt: skip
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
                self.top.fault(
                    "month",
                    f"{table.name}.{name} may hold what is no month; declare it in dataset.toml as whole numbers, min = 1, max = 12, without gaps",
                    f"{table.name}.{name} 可能不是月份；請於 dataset.toml 宣告為整數，min = 1、max = 12，且不得缺漏",
                )
        return name


def _holds_months(column: ColumnSpec) -> bool:
    low, high = column.minimum, column.maximum
    within = low is not None and low >= 1 and high is not None and high <= 12
    return column.type == "whole" and within and not column.missing
