"""How figures are worked out, in words: the annex of methods and the list of symbols, for all kinds that print figures."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from reportgen.compute.evaluation import WINDOWS
from reportgen.compute.metrics import Figures
from reportgen.model import Definition, Language, Listing, MethodAnnex, Text, formats
from reportgen.model.formats import lower_first
from reportgen.read.words import say


class Methods:
    """The metrics that were used, and the definitions of them that `annex` prints."""

    def __init__(self, figures: Figures, words: Mapping[str, Text]) -> None:
        self.figures, self.words = figures, words
        self.used: dict[str, None] = {}

    def annex(self) -> MethodAnnex:
        """The metrics of all printed figures, and those inside their formulas."""
        registry, words = self.figures.registry, self.words
        for printed in self.figures.ledger.printed:
            self.use(printed.value.metric.removeprefix("size of "))
        definitions = []
        for id_ in [name for name in registry.metrics if name in self.used]:
            metric = registry.metrics[id_]
            formula = self._formula(metric.formula, id_)
            unit = Text("", "")
            if metric.unit != "as_applied":
                head = registry.units[metric.unit].head
                unit = say(self.words, "method.decimals", unit=head, digits=str(metric.digits))
            better = Text("", "") if metric.applies else words[f"method.{metric.better or 'neither'}"]
            remarks = [metric.basis] if metric.basis else []
            if metric.first_year:
                remarks.append(
                    say(self.words, "method.from_year", year=self.figures.calendar.year(metric.first_year))
                )
            if id_ in self.figures.dataset.derivations:
                remarks.append(self.figures.dataset.derivations[id_].note)
            if metric.note:
                remarks.append(metric.note)
            name = metric.name
            if metric.applies:
                this = self.words["formula.this"]
                en = name.en.format(metric=this.en)
                name = Text(name.zh.format(metric=this.zh), en[:1].upper() + en[1:])
            definitions.append(
                Definition(
                    label=name,
                    formula=formula,
                    unit=unit,
                    better=better,
                    remarks=tuple(remarks),
                    anchor=f"m-{id_}",
                )
            )
        return MethodAnnex(tuple(definitions))

    def use(self, reference: str) -> None:
        """The metric and all metrics in its formula are explained in the method annex."""
        for part in reference.partition("@")[0].split("."):
            if part in self.used or part not in self.figures.registry.metrics:
                continue
            self.used[part] = None
            registry = self.figures.registry
            for name in _names(registry.metrics[part].formula):
                if name in registry.metrics and name not in registry.columns:
                    self.use(name)

    def _formula(self, formula: str, own: str) -> Text:
        """The formula in words: names of metrics, and × ÷ for the signs of the registry."""
        measure = self.figures.dataset.measures.get(formula)
        if measure is not None and formula == own:
            return say(
                self.words,
                "method.column",
                table=self.figures.dataset.tables[measure.table].label,
                column=measure.label,
            )
        derivation = self.figures.dataset.derivations.get(own)
        source = derivation.formula if derivation and formula == own else formula
        halves = []
        for language in ("zh", "en"):
            halves.append(self._formula_in(source, language))
        return Text(*halves)

    def _formula_in(self, formula: str, language: Language) -> str:
        def spell(match: re.Match[str]) -> str:
            name = match[0]
            if name == "this" or name in WINDOWS:
                within = name == "previous" and self.figures.period.per_year > 1
                return self.words[f"formula.{name}{'_within_year' if within else ''}"].say(language)
            label: Text
            if name in self.figures.registry.metrics:
                label = self.figures.registry.metrics[name].name
            elif name in self.figures.dataset.measures:
                label = self.figures.dataset.measures[name].label
            else:
                return name
            return label.zh if language == "zh" else lower_first(label.en)

        spelled = re.sub(r"[^\W\d]\w*", spell, formula)
        spelled = re.sub(
            r"\s*([-+*/])\s*", lambda m: {"-": " − ", "+": " + ", "*": " × ", "/": " ÷ "}[m[1]], spelled
        )
        # previous(this) reads as 「上年之該指標」: brackets around a single name say nothing.
        spelled = re.sub(r"\((\w[^()−+×÷]*)\)", r"\1", spelled)
        return spelled[:1].upper() + spelled[1:] if language == "en" else spelled


def symbols(words: Mapping[str, Text]) -> Listing:
    """What stands for a missing number, and the other signs."""

    def plain(sign: str) -> Text:
        return Text(sign, sign)

    signs = [
        (words["symbol.blank"], "blank"),
        (plain("0"), "zero"),
        (plain(formats.SYMBOL["none"]), "none"),
        (plain(formats.SYMBOL["not_available"]), "not_available"),
        (plain(formats.SYMBOL["under_half"]), "under_half"),
        (plain(formats.MINUS), "minus"),
    ]
    rows = [(sign, ((words[f"symbol.{name}_means"], ""),)) for sign, name in signs]
    rows.append((words["symbol.break_sign"], ((words["symbol.break_means"], ""),)))
    return Listing(tuple(rows), "symbols")


def _names(formula: str) -> list[str]:
    return [node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name)]
