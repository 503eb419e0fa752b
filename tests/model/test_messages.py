"""The catalogue of messages: each is used, each that is used is there, and its halves hold the same slots."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

import pytest

from reportgen.model import Text
from reportgen.model.messages import FOLDER, area, message

PACKAGE = FOLDER.parents[1]
AREAS = sorted(file.stem for file in FOLDER.glob("*.toml"))
NAMED = {
    "message": 0,
    "told": 0,
    "problem": 1,
    "wrong": 0,
    "fault": 1,
    "Mistake": 1,
}  # function -> the place of the name among its arguments
Call = tuple[str, set[str] | None, str]


def slots(half: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(half) if name is not None}


def calls() -> Iterator[Call]:
    """Name, slots that are filled (None where they are not all written there), and the place in the code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = NAMED.get(node.func.id)
            if place is None or len(node.args) <= place or not isinstance(node.args[place], ast.Constant):
                continue
            name = node.args[place].value  # type: ignore[attr-defined]
            given = {word.arg for word in node.keywords if word.arg}
            whole = all(word.arg for word in node.keywords)
            yield name, given if whole else None, f"{path.relative_to(PACKAGE)}:{node.lineno}"


CALLS = list(calls())
NAMES = {f"{name}.{entry}" for name in AREAS for entry in area(name)}


def test_each_message_that_is_used_is_there() -> None:
    assert [(name, place) for name, _, place in CALLS if name not in NAMES] == []


def test_each_message_is_used() -> None:
    used = {name for name, _, _ in CALLS}
    words = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    unused = sorted(
        name
        for name in NAMES - used
        if not any(f'"{word}"' in words for word in (name, name.partition(".")[2]))
    )
    # These are looked at by test_console.py, test_declared_limits.py, test_preview_page.py and test_progress.py in tests/run.
    elsewhere = ("help.", "limits.", "preview.page_", "preview.refused_", "progress.")
    assert [name for name in unused if not name.startswith(elsewhere)] == []


def test_what_fills_the_slots_is_what_the_message_holds() -> None:
    wrong = []
    for name, given, place in CALLS:
        place_, _, entry = name.partition(".")
        if given is not None and given != slots(area(place_)[entry]["en"]):
            wrong.append((name, given, place))
    assert wrong == []


@pytest.mark.parametrize("name", AREAS)
def test_the_halves_of_a_message_hold_the_same_slots(name: str) -> None:
    assert [entry for entry, halves in area(name).items() if slots(halves["en"]) != slots(halves["zh"])] == []


@pytest.mark.parametrize("name", AREAS)
def test_a_message_has_both_halves_and_nothing_else(name: str) -> None:
    assert [entry for entry, halves in area(name).items() if set(halves) != {"en", "zh"}] == []
    assert [
        entry for entry, halves in area(name).items() if not all(half.strip() for half in halves.values())
    ] == []


def test_slots_are_filled_in_the_language_of_the_half(monkeypatch: pytest.MonkeyPatch) -> None:
    halves = {"en": "{names}: {n:,} {n:|row|rows} of {what!r}", "zh": "{names}：{what} {n:,} 列"}
    monkeypatch.setattr("reportgen.model.messages.area", lambda name: {"it": halves})
    text = message("any.it", names=["a", Text("乙", "b")], n=1, what=Text("表", "table"))
    assert text == Text("a、乙：表 1 列", "a, b: 1 row of 'table'")
    assert message("any.it", names=[], n=2000, what="x").en == ": 2,000 rows of 'x'"
