"""`reportgen schema`: each file that an officer writes has a model, and what the samples hold is what it says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from reportgen.cli import main
from reportgen.run import schemas

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = schemas.entries()


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(ROOT), "schema", *words])


def of_kind(file: Path, entry: schemas.Entry) -> bool:
    """Whether the file belongs to the kind of the entry: all kinds have a publication.toml."""
    head = (
        file.with_name("publication.toml") if file.suffix == ".toml" else file.parents[2] / "publication.toml"
    )
    kind = entry.name.rpartition("/")[0]
    return not kind or tomllib.loads(head.read_text("utf-8"))["kind"] == kind


@pytest.mark.slow
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_the_samples_are_as_the_schema_says(entry: schemas.Entry) -> None:
    told = json.loads(call(entry.name).stdout)
    jsonschema.Draft202012Validator.check_schema(told)
    files = [file for file in ROOT.glob(entry.path) if of_kind(file, entry)]
    assert files
    for file in files:
        text = file.read_text("utf-8")
        front = text.split("+++\n")[1] if file.suffix == ".md" else text
        jsonschema.validate(tomllib.loads(front), told)


def test_a_file_of_the_project_has_the_schema_of_its_kind() -> None:
    path = ROOT / "inputs/brief-104/publication.toml"
    assert call(str(path)).stdout == call("brief/publication").stdout
    assert call("dataset").stdout == call(str(ROOT / "inputs/datasets/agency/dataset.toml")).stdout


def test_a_misspelt_file_names_the_nearest() -> None:
    result = call("datset")
    assert result.exit_code == 2
    assert (
        "datset: is no file that has a schema" in result.stderr and "did you mean 'dataset'?" in result.stderr
    )


def test_without_a_file_all_are_listed() -> None:
    assert [line.split() for line in call().stdout.splitlines()] == [
        [e.name, e.path] for e in ENTRIES.values()
    ]
