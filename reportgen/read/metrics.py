"""The registry of metrics, `inputs/metrics.toml`: units and metrics by name, as all publications use them."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from reportgen.model import EMPTY, LANGUAGES, Text, limits
from reportgen.model.errors import Place, problem
from reportgen.model.formats import Unit, lower_first, written
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.fields import Name, Ratio, Within
from reportgen.read.parity import glossary_of, unit_faults
from reportgen.read.schema import (
    Context,
    Fault,
    Known,
    Model,
    below,
    check,
    fault,
    open_toml,
    read,
    told_at,
    unknown_at,
)
from reportgen.read.tables import ColumnSpec, Dataset
from reportgen.read.texts import Bilingual, Halves
from reportgen.read.toml_files import Languages

RESERVED = frozenset(
    {"this", "period", "previous", "since", "total", "running", "ref"}
)  # words of the formulas
AS_APPLIED = "as_applied"  # the unit of a metric that has the unit of what it is applied to


class UnitEntry(Model):
    factor: Ratio
    head: Bilingual = EMPTY
    text: Halves

    @check
    def _prints(text: Text) -> Iterator[Fault]:
        """Each form of the pattern (`{n} case|{n} cases`) prints the figure."""
        for half in written(text):
            forms = half.split("|")
            if len(forms) > 2 or not all(re.search(r"\{(n|yi_wan|ordinal)\}", form) for form in forms):
                yield fault("text", "metrics.text_must_hold_one_bar")

    @check
    def _says_its_factor(
        head: Text, text: Text, factor: Fraction, context: Context, raw: Mapping[str, Raw]
    ) -> Iterator[Fault]:
        meant = any(isinstance(said := raw.get(key), Mapping) and "meant" in said for key in ("head", "text"))
        if context.both and head != EMPTY and not meant and len(written(head)) == len(written(text)) == 2:
            yield from told_at("text", unit_faults(head, text, factor))


class Wording(Model):
    """What a metric is called, and what it rests on, where the period is part of a year."""

    name: Bilingual
    basis: Bilingual | None = None


class Metric(Model):
    """A metric; see the head of `inputs/metrics.toml` for the meaning of each field."""

    id: Name
    name: Bilingual
    formula: str
    unit: str
    digits: Annotated[int, Within(-1, 6)]
    better: Literal["", "high", "low"] = ""
    phrase: str = ""
    basis: Bilingual | None = None
    note: Bilingual | None = None
    first_year: int = 0
    applies: bool = False
    within_year: Wording | None = None

    @check
    def _free(id: str) -> Iterator[Fault]:
        if id in RESERVED:
            yield fault("", "metrics.is_word_formulas", id=id)

    @check
    def _parses(formula: str) -> Iterator[Fault]:
        if len(formula) > limits.FORMULA_LETTERS:
            long = message("metrics.is_too_long", longest=limits.FORMULA_LETTERS)
            yield fault("formula", "metrics.cannot_read", shown=formula[:80], error=long)
            return
        try:
            ast.parse(formula, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            why = error.msg if isinstance(error, SyntaxError) else str(error)
            yield fault("formula", "metrics.cannot_read", shown=formula[:80], error=why)

    @check
    def _applied(name: Text, applies: bool) -> Iterator[Fault]:
        held = {"metric"} if applies else set()
        if any(set(re.findall(r"\{([^{}]*)\}", half)) != held for half in written(name)):
            yield fault("name", "metrics.name_holds_both_halves_where")

    @check
    def _declared(unit: str, digits: int, applies: bool, context: Context) -> Iterator[Fault]:
        known = [*context.known.get("unit", (unit,)), *([AS_APPLIED] if applies else [])]
        if unit not in known:
            yield unknown_at("unit", unit, known)
        if digits < 0 and not applies:
            yield fault("digits", "metrics.digits_are_those_of_the_applied")


class MetricsFile(Model):
    unit: dict[str, UnitEntry] = Field(default_factory=dict)
    metric: dict[str, Metric] = Field(default_factory=dict)

    @classmethod
    def names(cls, raw: Mapping[str, object], known: Known) -> Known:
        return {"unit": below(raw, "unit")}


@dataclass(frozen=True)
class Registry:
    """`columns` are the metrics that no entry declares: columns of a dataset by themselves."""

    metrics: Mapping[str, Metric]
    units: Mapping[str, Unit]
    file: str
    columns: Collection[str] = ()

    def with_columns(self, dataset: Dataset) -> Registry:
        """Every column of figures is a metric; an entry of the same name stands before it."""
        specs = [dataset.tables[one.table].columns[one.id] for one in dataset.measures.values()]
        own = {spec.name: _of_column(spec) for spec in specs if _is_name(spec.name)}
        columns = own.keys() - self.metrics.keys()
        return replace(
            self,
            metrics={**self.metrics, **{name: own[name] for name in own if name in columns}},
            columns=columns,
        )

    def within_year(self) -> Registry:
        """The registry with the names that metrics have where the period is part of a year."""
        named = {
            id_: metric.model_copy(update={"name": said.name, "basis": said.basis or metric.basis})
            for id_, metric in self.metrics.items()
            if (said := metric.within_year)
        }
        return replace(self, metrics={**self.metrics, **named})

    def complete(self, reference: str) -> bool:
        """`change.collected` is; `change` and `collected.change` are not."""
        *outer, inner = reference.split(".")
        return (
            all(part in self.metrics and self.metrics[part].applies for part in outer)
            and inner in self.metrics
            and not self.metrics[inner].applies
        )

    def metric(self, reference: str) -> Metric:
        """`collected`, or `change.collected`: the outer metric with the inner one's name put in."""
        outer, _, inner = reference.partition(".")
        metric = self.metrics[outer]
        if not inner:
            return metric
        applied = self.metric(inner)
        english = applied.name.en
        if not metric.name.en.startswith("{metric}"):
            english = lower_first(english)
        unit = applied.unit if metric.unit == AS_APPLIED else metric.unit
        if (
            metric.unit == AS_APPLIED
            and metric.id in ("difference", "difference_before")
            and unit == "percent"
        ):
            unit = "point"
        return metric.model_copy(
            update={
                "id": reference,
                "name": Text(
                    metric.name.zh.format(metric=applied.name.zh), metric.name.en.format(metric=english)
                ),
                "unit": unit,
                "digits": applied.digits if metric.digits < 0 else metric.digits,
                "better": applied.better if metric.id != "rank" else "",
                "phrase": "",
                "note": metric.note or applied.note,
                "first_year": max(metric.first_year, applied.first_year),
                "applies": False,
            }
        )


def phrase(metric: Metric) -> str:
    """The metric as it stands inside an English sentence: `the closing rate`, `new cases`."""
    return metric.phrase or lower_first(metric.name.en)


def read_registry(
    project: Path, file: str = "inputs/metrics.toml", languages: Languages = LANGUAGES
) -> Registry:
    """The registry; InputError names all that is not as it must be. `languages` are the halves that its texts must have."""
    missing = problem(Place(file), "metrics.registry_metrics_is_missing")
    opened = open_toml(project, file, missing, languages=languages)
    declared = read(MetricsFile, opened, glossary=glossary_of(project))
    units = {id_: Unit(id_, unit.factor, unit.head, _text(unit)) for id_, unit in declared.unit.items()}
    return Registry(declared.metric, units, file)


def _is_name(column: str) -> bool:
    """Whether a formula can name the column."""
    named = column.isidentifier() and unicodedata.is_normalized("NFKC", column)
    return named and not keyword.iskeyword(column) and column not in RESERVED


def _of_column(spec: ColumnSpec) -> Metric:
    """What a column says of itself as a metric; its two labels were compared where they were read."""
    return Metric.model_construct(
        id=spec.name,
        name=spec.label,
        formula=spec.name,
        unit=spec.unit,
        digits=spec.digits,
        better=spec.better,
        phrase=spec.phrase,
    )


def _text(unit: UnitEntry) -> Text:
    """The pattern of a unit; the figure stands also where its words are still to be written."""
    halves = (unit.text.zh, unit.text.en)
    return Text(*(half if "{" in half else f"{{n}} {half}" for half in halves))
