"""The pages for programmers: the drawing is that of the contracts, and what they name is there."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from script import load

from reportgen.kinds import kinds

HOME = Path(__file__).resolve().parent.parent
PACKAGE = HOME / "reportgen"
ARCHITECTURE = HOME / "docs/architecture.md"
PAGES = [
    ARCHITECTURE,
    HOME / "docs/adding-a-kind.md",
    HOME / "docs/adding-a-format.md",
    HOME / "docs/python.md",
    HOME / "CONTRIBUTING.md",
    *sorted((HOME / "docs/decisions").glob("*.md")),
]
FLOORS = ("model", "read", "compute", "kinds", "write", "verify", "run", "pipeline", "project", "cli")
# Kinds that are not there: memo is made up by docs/adding-a-kind.md; brief counts as soon as it is registered.
EXAMPLES = {"memo", "brief"} - set(kinds())
FILES = (".py", ".toml", ".html")  # `verify.html` is no module

diagram = load("diagram")


# ---- the drawing ----------------------------------------------------------------------------


def test_the_drawing_is_that_of_the_contracts() -> None:
    drawing = diagram.diagram((HOME / "pyproject.toml").read_text("utf-8"))
    page = ARCHITECTURE.read_text("utf-8")
    assert diagram.with_drawing(page, drawing) == page, "call scripts/diagram --write"


def test_a_changed_contract_changes_the_drawing() -> None:
    pyproject = (HOME / "pyproject.toml").read_text("utf-8")
    assert diagram.diagram(pyproject) != diagram.diagram(pyproject.replace(" : version", ""))


def test_every_contract_is_drawn() -> None:
    pyproject = (HOME / "pyproject.toml").read_text("utf-8")
    drawing = diagram.diagram(pyproject)
    for contract in tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]:
        for name in [*contract.get("layers", ()), *map(diagram.short, contract.get("modules", ()))]:
            assert re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", drawing), name


def test_a_page_without_a_place_for_the_drawing_is_refused() -> None:
    with pytest.raises(SystemExit, match="0 places"):
        diagram.with_drawing("# Architecture\n", "```text\n```\n")


# ---- the folders ----------------------------------------------------------------------------


def test_the_package_has_few_entries() -> None:
    names = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}
    assert len(names) <= 12, sorted(names)


def test_each_floor_has_a_line() -> None:
    table = re.search(r"^\| floor \|.*?\n\n", ARCHITECTURE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert table
    told = re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table[0].strip().splitlines()))
    contracts = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert told == next(each["layers"] for each in contracts if each["containers"] == ["reportgen"])


# ---- names ----------------------------------------------------------------------------------


def spans(text: str) -> list[str]:
    """What stands in `code` within the text, without fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def is_there(name: str) -> bool:
    """Whether `read.sheets.read_sheet` is a module, function, class, method or field of the package."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(["reportgen", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if is_dataclass(found) and part in {field.name for field in fields(found)}:
                return True
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def faults(page: str) -> list[str]:
    """The names of modules, functions and files that a page tells of and that are not there."""
    found = []
    for span in spans(page):
        name = span.removeprefix("reportgen.")
        if EXAMPLES & set(re.split(r"[./-]", name)):
            continue
        if re.fullmatch(rf"(?:{'|'.join(FLOORS)})(?:\.\w+)+", name) and not name.endswith(FILES):
            found += [] if is_there(name) else [span]
        elif re.fullmatch(r"(?:reportgen|docs|scripts|templates|styles|inputs|tests|bench)/[\w./-]*", span):
            found += [] if (HOME / span).exists() else [span]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert faults(page.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "name",
    ["read.lost", "read.sheets.lost", "reportgen.write.pdf.Part.lost", "reportgen/checks.py", "tests/lost/"],
)
def test_what_is_not_there_is_found(name: str) -> None:
    assert faults(f"It is `{name}`.") == [name]


@functools.cache
def classes() -> set[str]:
    trees = (ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("page", PAGES[:4], ids=lambda page: page.stem)
def test_a_class_that_is_named_is_defined(page: Path) -> None:
    named = {span for span in spans(page.read_text("utf-8")) if re.fullmatch(r"[A-Z][a-z]\w+", span)}
    assert named - classes() - {"Fraction", "True", "False"} == set()
