"""Inputs that must be refused or survived: each folder of tests/hostile/cases is read as a dataset.

`expected.json` says what must come out; the schemas beside the cases translate them.
What differs, and why:
- json_*: tables in JSON are not read at all (CSV, XLSX, ODS and Parquet are), so each such file is refused by
  its name and nothing inside of it is looked at.
- date_*: the date stood in a job file; here it is a cell of a column that accepts ROC dates.
- must_output, must_not_output, outputs and no_formula_out speak of pages; here the cell is compared.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reportgen.model.errors import InputError
from reportgen.read.tables import Dataset, read_dataset

HOSTILE = Path(__file__).parents[1] / "hostile"
CASES = sorted(folder.name for folder in (HOSTILE / "cases").iterdir())
JSON_CASES = [name for name in CASES if name.startswith("json_")]
KNOWN_BRANCH = '{ type = "member", dimension = "branch" }'
ANY_BRANCH = '{ type = "text" }'


def expected(name: str) -> dict[str, Any]:
    return json.loads((HOSTILE / "cases" / name / "expected.json").read_text(encoding="utf-8"))


def project_of(name: str, tmp_path: Path) -> Path:
    """A project whose dataset `case` holds the case's file with the schema for its kind."""
    case = expected(name)
    folder = tmp_path / "inputs" / "datasets" / "case"
    folder.mkdir(parents=True)
    source = HOSTILE / "cases" / name / case["input"]
    file = source.name
    if name.startswith("date_"):
        job = tomllib.loads(source.read_text(encoding="utf-8"))
        file = "job.csv"
        words = f"title,issue_date\n{job['title']},{job['issue_date']}\n"
        (folder / file).write_text(words, encoding="utf-8")
    else:
        (folder / file).write_bytes(source.read_bytes())
    options = case.get("options", {})
    schema = {"figures": "figures.toml", "recipients": "recipients.toml", "config": "dates.toml"}[
        case["kind"]
    ]
    words = (HOSTILE / schema).read_text(encoding="utf-8").replace("{{file}}", file)
    words = words.replace("{{encoding}}", options.get("encoding", "utf-8"))
    words = words.replace("{{branch}}", ANY_BRANCH if "branches" in options else KNOWN_BRANCH)
    (folder / "dataset.toml").write_text(words, encoding="utf-8")
    return tmp_path


def cell(dataset: Dataset, row: int, column: str) -> object:
    (table,) = dataset.tables.values()
    record = next(record for record in table.records if record.row == row)
    return dict(zip(table.key, record.key, strict=True)).get(column, record.cells.get(column))


@pytest.mark.parametrize("name", [n for n in CASES if expected(n)["expect"] == "ok"])
def test_a_good_input_is_understood(name: str, tmp_path: Path) -> None:
    dataset = read_dataset(project_of(name, tmp_path), "case")
    (table,) = dataset.tables.values()
    values = expected(name).get("values", {})
    if "rows" in values:
        assert len(table.records) == values["rows"]
    if "cell" in values:
        row, column, content = values["cell"]
        assert cell(dataset, row, column) == content
    if "sum" in values:
        column, total = values["sum"]
        assert sum(record.cells[column] for record in table.records) == Fraction(total)
    if "date" in values:
        assert cell(dataset, 2, "issue_date") == date.fromisoformat(values["date"])


@pytest.mark.parametrize(
    "name", [n for n in CASES if expected(n)["expect"] == "error" and n not in JSON_CASES]
)
def test_a_bad_input_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    case = expected(name)
    with pytest.raises(InputError) as refused:
        read_dataset(project_of(name, tmp_path), "case")
    problems = refused.value.problems
    english = "\n".join(problem.say("en") for problem in problems)
    chinese = "\n".join(problem.say("zh") for problem in problems)
    for token in case["must_mention"]:
        assert re.search(rf"(?<!\d){token}(?!\d)", english) if token.isdigit() else token in english
    for words in case.get("must_not_mention", []):
        assert words not in english + chinese
    places = {(problem.place.row, problem.place.column) for problem in problems}
    for place in case.get("locations", []):
        assert any(row == place["row"] and column == place.get("column", column) for row, column in places)
    assert len(english) <= case.get("max_message", 20_000)


@pytest.mark.parametrize("name", JSON_CASES)
def test_a_json_table_is_refused_by_its_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_dataset(project_of(name, tmp_path), "case")
    (problem,) = refused.value.problems
    assert problem.place.file.endswith("figures.json")
    assert "files named .json are not read" in problem.en


@pytest.mark.parametrize(
    ("name", "row", "content"),
    [
        ("text_amp_lt", 3, 'A&B <研究> "組"'),
        ("text_jinja_literal", 3, "{{ 7*7 }}"),
        ("text_formula_out", 3, "=1+1"),
        ("text_formula_out", 4, "-2+3"),
        ("text_formula_out", 5, "\N{NO-BREAK SPACE}=1"),
    ],
)
def test_free_text_is_kept_as_it_is_typed(name: str, row: int, content: str, tmp_path: Path) -> None:
    assert cell(read_dataset(project_of(name, tmp_path), "case"), row, "title") == content


def test_no_case_is_forgotten() -> None:
    ok = sum(expected(name)["expect"] == "ok" for name in CASES)
    assert (len(CASES), ok) == (92, 21)
