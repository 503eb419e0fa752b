"""What an installation needs: which libraries are loaded when, and that each is declared."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import case_project as cp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from reportgen.model.errors import UsageError
from reportgen.verify import comparison

ROOT = Path(__file__).resolve().parent.parent


def run(code: str, *arguments: str | Path) -> str:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()


def test_help_loads_words_and_no_model_reader_or_writer() -> None:
    loaded = set(run("import sys, reportgen.__main__, reportgen.cli; print(*sys.modules)").split())
    ours = {name for name in loaded if name.startswith("reportgen.")}
    assert "reportgen.model.messages" in ours
    assert not {"reportgen.model.blocks", "reportgen.read", "reportgen.write", "reportgen.kinds"} & ours
    assert not {"pydantic", "jinja2", "weasyprint", "duckdb", "numpy"} & loaded


# The only modules that import what an extra brings.
EXTRAS = {
    "reportgen/run/cluster.py": "cluster",
    "reportgen/verify/comparison/pictures.py": "compare",
    "reportgen/project.py": "frames",
    "reportgen/run/previewing/engine.py": "preview",
    "reportgen/run/previewing/guard.py": "preview",
    "reportgen/run/previewing/server.py": "preview",
    "reportgen/run/previewing/serving.py": "preview",
    "reportgen/verify/pades.py": "sign",
    "reportgen/write/pades.py": "sign",
}


def imports(path: Path) -> Iterator[str]:
    """The packages that a module imports anywhere, except only for their types."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    passed_over = {id(inner) for node in for_types for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        if id(node) not in passed_over:
            yield from (name.partition(".")[0] for name in names)


def installed(requirements: list[str]) -> set[str]:
    """What pip installs for these requirements, with what they bring along."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in found and (not requirement.marker or requirement.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += [Requirement(line) for line in metadata.requires(name) or ()]
    return found


@pytest.mark.slow
def test_each_library_that_is_imported_is_installed_and_extras_are_imported_only_where_they_belong() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    always = installed(project["dependencies"])
    of_package = metadata.packages_distributions()
    lacking = set()
    for path in sorted((ROOT / "reportgen").rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        there = always | installed(extras[EXTRAS[file]]) if file in EXTRAS else always
        for package in set(imports(path)) - sys.stdlib_module_names - {"reportgen"}:
            if not there & {canonicalize_name(name) for name in of_package[package]}:
                lacking.add((file, package))
    assert lacking == set()
    assert not always & {"pyarrow", "pandas", "scikit-image", "scipy", "distributed", "dask"}


@pytest.mark.slow
def test_parquet_and_cases_are_read_without_the_libraries_of_the_tests(tmp_path: Path) -> None:
    read = """
import sys
from pathlib import Path
for name in ("pyarrow", "pandas", "skimage", "scipy", "distributed"):
    sys.modules[name] = None
from reportgen.read.tables import read_dataset
print(read_dataset(Path(sys.argv[1]), "d").tables["whole"].records[0].cells["whole_new"])
"""
    for form, write in (("parquet", cp.as_parquet), ("csv", cp.as_csv)):
        project = cp.project(tmp_path / form, f"cases.{form}")
        write(project / f"inputs/datasets/d/cases.{form}", [cp.case(number) for number in range(7)])
        assert run(read, project) == "7"


def test_pictures_are_compared_only_with_the_extra_that_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy

    monkeypatch.setattr("reportgen.verify.comparison.pictures.find_spec", lambda name: None)
    grey = numpy.ones((8, 8))
    with pytest.raises(UsageError, match=re.escape("pip install 'reportgen[compare]'")):
        comparison.compare_pictures(grey, grey, comparison.read_limits())
