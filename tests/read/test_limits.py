"""What is read has limits, declared in `model.toml`: at a limit it is read, one beyond it is told at once with place and remedy."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_bad_inputs import CASES, DATASET, PUBLICATION, WORDS, reportgen, sources

from reportgen.model import toml
from reportgen.model.errors import InputError
from reportgen.model.messages import message
from reportgen.read.schema import open_toml
from reportgen.read.sheet_limits import MAX_COLUMNS

LIMITS: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "digits": ("has_too_many_digits", toml.MAX_DIGITS, lambda n: f"k = {'9' * n}\n"),
    "digits of a fraction": ("has_too_many_digits", toml.MAX_DIGITS, lambda n: f"k = [-1.{'3' * n}]\n"),
    "digits by sixteen": ("has_too_many_digits", toml.MAX_DIGITS, lambda n: f"k = 0x{'f' * (n - 2)}\n"),
    "exponent": ("exponent_is_too_large", toml.MAX_EXPONENT, lambda n: f"k = 1.0e-{n}\n"),
    "lists": ("is_nested_too_deeply", toml.MAX_DEPTH, lambda n: f"k = {'[' * n}{']' * n}\n"),
    "inline tables": ("is_nested_too_deeply", toml.MAX_DEPTH, lambda n: f"k = {'{a = ' * n}1{'}' * n}\n"),
    "parts of a key": ("key_has_too_many_parts", toml.MAX_PARTS, lambda n: f"{'.'.join('k' * n)} = 1\n"),
    "parts of a head": ("key_has_too_many_parts", toml.MAX_PARTS, lambda n: f"[{'.'.join('k' * n)}]\n"),
    "tables": ("has_too_many_tables", toml.MAX_TABLES, lambda n: "[[k]]\n" * n),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_text_at_its_limit_is_read_and_one_beyond_is_refused(limit: str) -> None:
    name, most, text = LIMITS[limit]
    toml.read(text(most))
    with pytest.raises(toml.Mistake) as mistake:
        toml.read(text(most + 1))
    assert (mistake.value.name, mistake.value.slots) == (f"schema.{name}", {"limit": most})


def test_a_file_at_its_limit_is_read_and_one_byte_beyond_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * toml.MAX_BYTES)
    assert open_toml(tmp_path, "a.toml").values == {}
    (tmp_path / "a.toml").write_bytes(b"#" * (toml.MAX_BYTES + 1))
    with pytest.raises(InputError, match="is larger than 1 MB"):
        open_toml(tmp_path, "a.toml")


def test_brackets_and_dots_in_texts_and_comments_are_not_counted() -> None:
    many = "[{." * 1000 + "9" * 1000
    assert toml.read(f'a = \'{many}\'  # {many}\nb = """\n{many}"""\n')[0] == {"a": many, "b": many}


def test_a_quote_that_is_not_closed_is_told_as_such_whatever_its_words_hold() -> None:
    with pytest.raises(toml.Mistake) as mistake:
        toml.read('k = "' + "Amounts are in NT$. " * 10 + "\n")
    assert mistake.value.name == "schema.quote_is_not_closed"


# ---- through the command line ----------------------------------------------------------------

FILES = (DATASET, PUBLICATION, WORDS, "inputs/metrics.toml", "styles/tokens.toml")
HUGE = {
    "an integer": ("has_too_many_digits", f"k = {'9' * 100_000}\n"),
    "an exponent": ("exponent_is_too_large", "k = 1e999999999\n"),
    "brackets": ("is_nested_too_deeply", f"k = {'[' * 10_000}{']' * 10_000}\n"),
    "a key": ("key_has_too_many_parts", f"{'.'.join('k' * 20_000)} = 1\n"),
    "tables": ("has_too_many_tables", "[[section]]\n" * 10_000),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("limits") / "project")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("huge", HUGE)
def test_what_is_huge_in_any_file_is_told_at_once(project: Path, file: str, huge: str) -> None:
    name, text = HUGE[huge]
    whole = (project / file).read_text("utf-8")
    (project / file).write_text(text + whole, "utf-8")
    began = time.process_time()
    try:
        code, _, err = reportgen(project, "check", "small-107")
    finally:
        (project / file).write_text(whole, "utf-8")
    assert code == (3 if file.startswith("inputs/") else 4), err  # words and styles are no data
    assert time.process_time() - began < 10
    limit = next(most for known, most, _ in LIMITS.values() if known == name)
    row = toml.MAX_TABLES + 1 if huge == "tables" else 1
    assert f"{file}:{row}: {message(f'schema.{name}', limit=limit).en}\n" in err


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (MAX_COLUMNS, "column 10 'c10' is not declared"),
        (
            MAX_COLUMNS + 1,
            f"the head has {MAX_COLUMNS + 1} columns; a table may have {MAX_COLUMNS}: leave out",
        ),
        (1_000_000, f"the head has 1,000,000 columns; a table may have {MAX_COLUMNS}: leave out"),
    ],
)
def test_a_head_of_too_many_columns_is_told_at_once(project: Path, columns: int, told: str) -> None:
    whole = (project / CASES).read_text("utf-8")
    head, *rows = whole.splitlines(keepends=True)
    more = "".join(f",c{number}" for number in range(5, columns + 1))
    (project / CASES).write_text(head.rstrip() + more + "\n" + "".join(rows), "utf-8")
    began = time.process_time()
    try:
        code, _, err = reportgen(project, "check", "small-107")
    finally:
        (project / CASES).write_text(whole, "utf-8")
    assert (code, time.process_time() - began < 10) == (3, True), err
    assert told in err


@pytest.mark.parametrize("year", [-999999999, 0, 201, 999999999, 9**40])
@pytest.mark.parametrize("key", ["since", "period"])
def test_a_year_beyond_the_calendar_is_told_at_once(project: Path, key: str, year: int) -> None:
    whole = (project / PUBLICATION).read_text("utf-8")
    old = {"since": "since = 105", "period": "period = 107"}[key]
    (project / PUBLICATION).write_text(whole.replace(old, f"{key} = {year}"), "utf-8")
    try:
        code, _, err = reportgen(project, "check", "small-107")
    finally:
        (project / PUBLICATION).write_text(whole, "utf-8")
    assert code == 3
    assert f"{PUBLICATION}:{whole.splitlines().index(old) + 1}: {key}: {year} is not an ROC year" in err, err


def test_as_many_faulty_tables_as_a_file_may_hold_are_told_at_once(project: Path) -> None:
    whole = (project / PUBLICATION).read_text("utf-8")
    (project / PUBLICATION).write_text(whole + "[[section]]\n" * (toml.MAX_TABLES - 10), "utf-8")
    began = time.process_time()
    try:
        code, _, err = reportgen(project, "check", "small-107")
    finally:
        (project / PUBLICATION).write_text(whole, "utf-8")
    assert (code, time.process_time() - began < 10) == (3, True), err
    assert "section 4: title: is missing; write title = " in err
