"""How a unit's bonus is reckoned and split: `[bonus]`."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Literal, cast, get_args

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.vocabulary import FUNCTIONS, Vocabulary, plain, tree_of
from reportgen.model.messages import told
from reportgen.read.tables import ColumnSpec, TableSpec
from reportgen.read.toml import TomlNode


class BonusRules(Vocabulary):
    def bonus(self, node: TomlNode) -> rules.BonusRule:
        base = node.string("base")
        self.check_formula(node, "base", base)
        rate = self.percent(node, "rate")
        if rate is None and "rate" not in node.values:
            node.fault("rate", *told("rules.is_missing_3"))
        table, members = self.bonus_members(node.node("members", "[bonus.members]"))
        role = table.columns.get(members.role) if table else None
        parts = tuple(self.part(below, role) for below in node.list_of_nodes("split"))
        total = sum((part.part for part in parts), Fraction(0))
        if total != 1:
            said = plain(total * 100)
            node.fault("split", *told("rules.parts_sum", said=said))
        found = rules.BonusRule(
            base=base,
            rate=rate or Fraction(0),
            members=members,
            parts=parts,
            remainder=cast(
                Literal["largest", "first", "unpaid"],
                self.word(node, "remainder", ("largest", "first", "unpaid")),
            ),
            rounding=cast(rules.Rounding, self.word(node, "rounding", get_args(rules.Rounding))),
            crowded=cast(
                Literal["error", "divide"], self.word(node, "crowded", ("error", "divide"), "error")
            ),
            staffing=self.staffing(node.node("staffing"), base) if "staffing" in node.values else None,
            row=self.line(node),
        )
        node.asked.add("staffing")
        node.no_other_keys()
        return found

    def bonus_members(self, node: TomlNode) -> tuple[TableSpec | None, rules.Members]:
        table = self.table(node)
        dates = ("roc_date",)
        found = rules.Members(
            table=table.name if table else "",
            by=self.cell(node, "by", table),
            id=self.cell(node, "id", table),
            name=self.cell(node, "name", table),
            name_en=self.cell(node, "name_en", table, ""),
            role=self.cell(node, "role", table, None, ("member",)),
            since=self.cell(node, "since", table, None, dates),
            until=self.cell(node, "until", table, None, dates),
        )
        node.no_other_keys()
        return table, found

    def part(self, node: TomlNode, role: ColumnSpec | None) -> rules.Part:
        name = node.string("role")
        if role is not None:
            self.members(node, "role", role, [name])
        part = self.percent(node, "part")
        if part is None and "part" not in node.values:
            node.fault("part", *told("rules.is_missing_4"))
        node.no_other_keys()
        return rules.Part(name, part or Fraction(0))

    def staffing(self, node: TomlNode, base: str) -> rules.Staffing:
        column, value = node.string("column"), node.string("is")
        node.one_of("column", column, [c.name for c in self.own.values() if not c.is_number])
        self.members(node, "is", self.own.get(column), [value])
        factor = self.percent(node, "factor")
        if factor is None and "factor" not in node.values:
            node.fault("factor", *told("rules.is_missing_5"))
        names = sorted({n.id for n in ast.walk(tree_of(base)) if isinstance(n, ast.Name)} - {*FUNCTIONS})
        reduces = node.string("reduces")
        node.one_of("reduces", reduces, ["bonus", *names])
        found = rules.Staffing(
            column=column,
            value=value,
            factor=factor or Fraction(1),
            reduces=reduces,
            label=self.text(node, "label"),
        )
        node.no_other_keys()
        return found
