"""Who may take part: `[[eligible]]` and `[[exclude]]`, each able to pass and to fail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.vocabulary import SCORE, Vocabulary, is_number, range_said, times
from reportgen.model import Text
from reportgen.model.messages import told
from reportgen.read.toml import TomlNode

Kind = Literal["eligible", "exclude", "standard"]
OPERATORS = ("at_least", "more_than", "at_most", "less_than", "is", "is_not", "within")
ORDERED = ("at_least", "more_than", "at_most", "less_than")


class Conditions(Vocabulary):
    def condition(self, node: TomlNode, kind: Kind) -> rules.Condition:
        id_, label = node.string("id"), self.text(node, "label")
        if kind == "exclude" and "table" in node.values:
            found = self.looking_back(node, id_, label)
        else:
            found = self.comparison(node, kind, id_, label)
        node.no_other_keys()
        return found

    def looking_back(self, node: TomlNode, id_: str, label: Text) -> rules.Condition:
        table = self.table(node)
        by = self.cell(node, "by", table, str(self.top.values.get("candidates", {}).get("id", "")))
        dates = [c.name for c in table.columns.values() if c.type == "roc_date"] if table else []
        on = self.cell(node, "on", table, dates[0] if len(dates) == 1 else None, ("roc_date",))
        years = node.whole("years")
        if years < 1 and isinstance(node.values.get("years"), int):
            node.fault("years", *told("rules.looks_back_less_than_one"))
        return rules.Condition(
            id=id_,
            kind="exclude",
            label=label,
            column="",
            operator="none_since",
            threshold=(),
            table=table.name if table else "",
            by=by,
            on=on,
            where=self.where(node, table),
            years=years,
            row=self.line(node),
        )

    def comparison(self, node: TomlNode, kind: Kind, id_: str, label: Text) -> rules.Condition:
        given = [key for key in OPERATORS if key in node.values]
        node.asked.update(OPERATORS)
        name = node.string("column")
        if name == SCORE:
            node.fault("column", *told("rules.score_can_t_make_eligible"))
        elif name:
            self.one_of_columns(node, "column", name, numbers=False)
        operator = given[0] if given else "at_least"
        if len(given) != 1:
            listed = ", ".join(OPERATORS)
            node.fault(given[1] if given else "", *told("rules.condition_needs_exactly_one", listed=listed))
        threshold = self.threshold(node, kind, name, operator) if given else ()
        return rules.Condition(
            id=id_,
            kind=kind,
            label=label,
            column=name,
            operator=cast(rules.Operator, operator),
            threshold=threshold,
            row=self.line(node),
        )

    def threshold(self, node: TomlNode, kind: str, name: str, operator: str) -> rules.Threshold:
        raw, spec = node.values[operator], self.own.get(name)
        if name in self.columns or (spec and spec.is_number):
            column = self.columns.get(name) or self.own_column(name)
            return self.numeric_threshold(node, kind, column, operator, raw) if column else ()
        if spec and spec.type == "roc_date":
            if operator not in ORDERED or not isinstance(raw, date):
                node.fault(operator, *told("rules.is_date", name_=name, ordered=[*ORDERED]))
                return ()
            return raw
        if spec is None:
            return ()
        if operator in ORDERED:
            node.fault(operator, *told("rules.holds_words_2", name_=name))
            return ()
        among = tuple(str(one) for one in (raw if isinstance(raw, list) else [raw]))
        self.members(node, operator, spec, among)
        return among

    def numeric_threshold(
        self, node: TomlNode, kind: str, column: rules.Column, operator: str, raw: object
    ) -> rules.Threshold:
        factor = self.factor(column.unit)
        if operator == "within":
            if not isinstance(raw, list) or len(raw) != 2 or not all(is_number(one) for one in raw):
                node.fault(operator, *told("rules.is_not_lowest_highest"))
                return ()
            low, high = (Fraction(one) * factor for one in raw)
            if low > high:
                node.fault(operator, *told("rules.lowest_is_above_highest"))
            return (low, high)
        if not is_number(raw):
            node.fault(operator, *told("rules.is_not_number", raw=raw))
            return ()
        number = Fraction(cast(Decimal, raw)) * factor
        verdict = _always(operator, number, column.low, column.high)
        if verdict is not None:
            self.never(node, operator, kind, column, verdict)
        return number

    def never(self, node: TomlNode, key: str, kind: str, column: rules.Column, holds: bool) -> None:
        factor = self.factor(column.unit)
        said = range_said(times(column.low, 1 / factor), times(column.high, 1 / factor))
        every = "everyone" if holds == (kind != "exclude") else "no one"
        everyone = "全部" if every == "everyone" else "沒有"
        node.fault(
            key,
            f"{column.id} is {said}, so {every} would pass: the rule can never {'fail' if every == 'everyone' else 'be met'}",
            f"{column.id} 的範圍為 {said}，{everyone}候選人會通過：本規則不具作用",
        )


def _always(operator: str, number: Fraction, low: Fraction | None, high: Fraction | None) -> bool | None:
    """True or False where the comparison comes out the same for all that the column can hold, else None."""
    if operator in ("at_least", "less_than"):
        reached = (
            True
            if low is not None and number <= low
            else False
            if high is not None and number > high
            else None
        )
        return reached if operator == "at_least" or reached is None else not reached
    if operator in ("more_than", "at_most"):
        above = (
            True
            if low is not None and number < low
            else False
            if high is not None and number >= high
            else None
        )
        return above if operator == "more_than" or above is None else not above
    outside = (low is not None and number < low) or (high is not None and number > high)
    return (operator == "is_not") if outside else None
