"""A column of a dataset is a metric by itself, unless `metrics.toml` has one of its name."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest
from small import book, dataset, registry, series, words

from reportgen.compute.metrics import Figures, with_columns
from reportgen.kinds.methods import Methods
from reportgen.model import Text
from reportgen.model.errors import InputError
from reportgen.read.metrics import Registry
from reportgen.read.tables import ColumnSpec, Dataset, Measure, MeasureKind, describe

YEARS = {98: 100, 99: 150, 100: 120}
LABEL = Text("訪客", "Visitors")


def visitors(name: str = "visitors", kind: MeasureKind = "flow", **said: object) -> Dataset:
    """A dataset of one column that no registry knows."""
    data = dataset(series("population", YEARS))
    table = data.tables["t1"]
    spec = ColumnSpec(**{"name": name, "type": "whole", "label": LABEL, "unit": "person", **said})  # type: ignore[arg-type]
    records = tuple(
        dataclasses.replace(record, cells={name: record.cells["population"]}) for record in table.records
    )
    columns = {"roc_year": table.columns["roc_year"], name: spec}
    return dataclasses.replace(
        data,
        tables={"t1": dataclasses.replace(table, columns=columns, records=records)},
        measures={name: Measure(name, "t1", LABEL, spec.unit, kind)},
    )


def figures(data: Dataset, of: Registry | None = None) -> Figures:
    return book(data, of=with_columns(data, of or registry()))


def test_a_column_prints_with_its_own_label_unit_digits_direction_and_phrase() -> None:
    data = visitors(type="decimal", digits=1, better="low", phrase="the visitors")
    metric = figures(data).registry.metric("visitors")
    assert (metric.name, metric.unit, metric.digits) == (LABEL, "person", 1)
    assert (metric.better, metric.phrase, metric.formula) == ("low", "the visitors", "visitors")
    assert figures(data).figure("visitors").plain == "120.0"


def test_what_can_be_applied_to_a_metric_can_be_applied_to_a_column() -> None:
    of = figures(visitors())
    assert of.value("change.visitors", of.key()).exact == Fraction(-1, 5)
    assert of.registry.metric("change.visitors").name.en == "Visitors, change on the year before"


def test_a_formula_of_the_registry_names_a_column() -> None:
    entry = registry().metrics["closed_cases"].model_copy(update={"id": "twice", "formula": "2 * visitors"})
    own = dataclasses.replace(registry(), metrics={**registry().metrics, "twice": entry})
    of = figures(visitors(), own)
    assert of.value("twice", of.key()).exact == 240


@pytest.mark.parametrize("kind", ["stock", "rate"])
def test_what_the_column_is_decides_what_is_done_with_it(kind: MeasureKind) -> None:
    of = figures(visitors(kind=kind))
    refusal = of.measures.refusal("cumulative.visitors")
    assert refusal is not None and "is not added up over the years" in refusal.en
    assert figures(visitors()).measures.refusal("cumulative.visitors") is None


def test_an_entry_of_the_same_name_stands_before_the_column() -> None:
    data = visitors("closed_cases")
    extended = with_columns(data, registry())
    assert extended.metrics["closed_cases"] is registry().metrics["closed_cases"]
    assert list(extended.columns) == []


@pytest.mark.parametrize("name", ["達成率(%)", "a b", "total", "this", "class", "ﬁve"])
def test_a_column_that_no_formula_can_name_is_no_metric(name: str) -> None:
    assert name not in with_columns(visitors(name), registry()).metrics


def test_a_column_may_have_a_chinese_name() -> None:
    of = figures(visitors("訪客數"))
    assert of.figure("訪客數").plain == "120"


def test_a_column_within_a_formula_gets_no_definition_of_its_own() -> None:
    """So that the methods of a project whose formulas name columns stay as they were."""
    entry = registry().metrics["closed_cases"].model_copy(update={"id": "twice", "formula": "2 * visitors"})
    own = dataclasses.replace(registry(), metrics={**registry().metrics, "twice": entry})
    of = figures(visitors(), own)
    of.figure("twice")
    assert [one.anchor for one in Methods(of, words()).annex().definitions] == ["m-twice"]
    of.figure("visitors")
    made = {one.anchor: one for one in Methods(of, words()).annex().definitions}
    assert list(made) == ["m-twice", "m-visitors"]
    assert made["m-visitors"].formula == Text(
        "「第t1表」表之「訪客」欄", "column “Visitors” of the table “Table t1”"
    )
    assert made["m-twice"].formula.zh == "2 × 訪客"


def test_a_unit_that_is_not_declared_is_told() -> None:
    with pytest.raises(InputError, match="unit 'guest' is not declared in"):
        with_columns(visitors(unit="guest"), registry())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('better = "more"', '"more" is unknown; known: high, low'),
        ("better = true", "true is unknown; known: high, low"),
        ("phrase = 1", "1 is not a text"),
        ('beter = "high"', "is an unknown key"),
    ],
)
def test_wrong_keys_of_a_column_are_told_with_their_line(tmp_path: Path, line: str, message: str) -> None:
    folder = tmp_path / "inputs/datasets/small"
    folder.mkdir(parents=True)
    (folder / "dataset.toml").write_text(
        f"""name = {{ zh = "小", en = "Small" }}
[table.t]
label = {{ zh = "表", en = "Table" }}
file = "t.csv"
key = ["roc_year"]
column.roc_year = {{ type = "roc_year" }}
[table.t.column.n]
type = "whole"
unit = "case"
label = {{ zh = "件數", en = "Cases" }}
{line}
""",
        "utf-8",
    )
    with pytest.raises(InputError) as caught:
        describe(tmp_path, "small")
    (found,) = caught.value.problems
    assert found.place.row == 11
    assert message in found.en
