"""Whose award it is and what is counted for each: `[candidates]` and `[[column]]`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, cast, get_args

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.vocabulary import FUNCTIONS, NUMBER_TYPES, SCORE, Vocabulary, times
from reportgen.model import Text
from reportgen.model.messages import told
from reportgen.read.toml import TomlNode


class Columns(Vocabulary):
    def candidates(self, node: TomlNode) -> rules.Candidates:
        table = self.table(node)
        self.own = table.columns if table else {}
        names = {
            key: self.cell(node, key, table, None if key in ("id", "name") else "")
            for key in ("id", "name", "name_en", "post", "branch", "unit")
        }
        unit_name = self.optional_text(node, "unit_name")
        if unit_name and not ("{unit}" in unit_name.zh and "{unit}" in unit_name.en):
            node.fault("unit_name", *told("rules.must_hold_both_halves"))
        found = rules.Candidates(
            table=table.name if table else "",
            id=names["id"],
            name=names["name"],
            name_en=names["name_en"],
            post=names["post"],
            branch=names["branch"],
            unit=names["unit"],
            unit_name=unit_name,
            where=self.where(node, table),
        )
        node.no_other_keys()
        return found

    def column(self, node: TomlNode) -> None:
        id_, label = node.string("id"), self.text(node, "label")
        if id_ and not re.fullmatch(r"[a-z][a-z0-9_]*", id_):
            node.fault("id", *told("rules.is_not_name", id=id_))
        if id_ in self.columns or id_ in self.own or id_ in (*FUNCTIONS, SCORE):
            node.fault("id", *told("rules.name_is_taken", id=id_))
        kinds = [key for key in ("table", "formula", "service", "of") if key in node.values]
        if "formula" in kinds:
            column = self.formula_column(node, id_, label)
        elif "service" in kinds:
            column = self.service_column(node, id_, label)
        elif "table" in kinds:
            column = self.aggregate(node, id_, label)
        elif "of" in kinds:
            own = self.own_column(self.cell(node, "of", None)) if node.values["of"] in self.own else None
            node.one_of("of", str(node.values["of"]), [c.name for c in self.own.values() if c.is_number])
            column = rules.Column(
                id=id_,
                label=label,
                kind="own",
                unit=own.unit if own else "count",
                digits=node.whole("digits", own.digits if own else 0),
                of=own.of if own else "",
                low=own.low if own else None,
                high=own.high if own else None,
                row=self.line(node),
            )
        else:
            node.fault("", *told("rules.says_not_where_number_comes"))
            return
        node.no_other_keys()
        self.columns[id_] = column

    def formula_column(self, node: TomlNode, id_: str, label: Text) -> rules.Column:
        formula = node.string("formula")
        self.check_formula(node, "formula", formula)
        return rules.Column(
            id=id_,
            label=label,
            kind="formula",
            unit=self.unit(node),
            digits=self.digits(node, 2),
            formula=formula,
            row=self.line(node),
        )

    def service_column(self, node: TomlNode, id_: str, label: Text) -> rules.Column:
        """Whole months from a date to the end of the year that is judged."""
        name = node.string("service")
        node.one_of("service", name, [c.name for c in self.own.values() if c.type == "roc_date"])
        return rules.Column(
            id=id_,
            label=label,
            kind="service",
            unit="month",
            digits=0,
            of=name,
            low=Fraction(0),
            row=self.line(node),
        )

    def aggregate(self, node: TomlNode, id_: str, label: Text) -> rules.Column:
        table = self.table(node)
        take = self.word(node, "take", get_args(rules.Take))
        of = self.cell(node, "of", table, "" if take == "count" else None, NUMBER_TYPES)
        spec = table.columns.get(of) if table else None
        unit = self.unit(node, (spec.unit if spec and take != "count" else "") or "count")
        by = self.cell(node, "by", table, str(self.top.values.get("candidates", {}).get("id", "")))
        match = node.string("match", "")
        if match:
            node.one_of("match", match, self.own)
        since, until = self.day(node, "since"), self.day(node, "until")
        dated = bool(since or until or take == "last")
        on = self.cell(
            node,
            "on",
            table,
            None if dated else "",
            ("roc_date", *NUMBER_TYPES) if take == "last" else ("roc_date",),
        )
        if since and until and since > until:
            node.fault("since", *told("rules.is_after_until"))
        empty = node.number("empty")
        factor = self.factor(spec.unit) if spec else Fraction(1)
        low, high = (times(spec.minimum, factor), times(spec.maximum, factor)) if spec else (None, None)
        if take in ("count", "sum"):
            low, high = (Fraction(0) if take == "count" or (low is not None and low >= 0) else None), None
        at_end = False
        if self.appraises and "at" in node.values:
            at_end = self.word(node, "at", ("end",)) == "end"
            month = self.top.values.get("month")
            if table and (not isinstance(month, str) or month not in table.columns):
                node.fault("at", *told("rules.has_no_months_so_is", name_=table.name))
        return rules.Column(
            id=id_,
            label=label,
            kind="aggregate",
            unit=unit,
            digits=self.digits(
                node, spec.digits if spec and take != "mean" else (0 if take == "count" else 2)
            ),
            table=table.name if table else "",
            of=of,
            take=cast(rules.Take, take),
            by=by,
            match=match,
            where=self.where(node, table),
            on=on,
            since=since,
            until=until,
            gaps=cast(Literal["stop", "skip"], self.word(node, "gaps", ("stop", "skip"), "stop")),
            empty=times(empty, factor),
            low=low,
            high=high,
            row=self.line(node),
            at_end=at_end,
        )
