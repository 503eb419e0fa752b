"""scripts/measure: what it counts, and that the package keeps its limits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from script import load

SCRIPT = Path(__file__).parent.parent / "scripts" / "measure"

measure = load("measure")


def figures(folder: Path, **modules: str) -> dict[str, int]:
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    found = measure.read(folder)
    return {each.find.__name__: each.find(folder, found).figure for each in measure.MEASURES}


@pytest.mark.slow
def test_the_package_keeps_its_limits() -> None:
    run = subprocess.run([sys.executable, SCRIPT], capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout
    assert len(run.stdout.splitlines()) == len(measure.MEASURES)


def test_no_goal_lies_above_its_limit() -> None:
    assert [each.name for each in measure.MEASURES if each.goal > each.most] == []


def test_a_limit_that_is_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("def long():\n" + "    print()\n" * 200, "utf-8")
    command = [sys.executable, SCRIPT, "--places", "longest", tmp_path]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 1
    assert "   201  lines of the longest function" in run.stdout
    assert "over the limit\n        model.py:1 long: 201\n" in run.stdout


def test_size_is_counted_in_lines(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    short = "".join(f"def short_{number}():\n    pass\n" for number in range(9))
    sizes = figures(tmp_path, a=short + "def longer():\n" + "    pass\n" * 5, b="# a remark\n" * 401)
    assert sizes["entries"] == 2
    assert sizes["lines"] == 18 + 6 + 401
    assert sizes["long_modules"] == 1
    assert sizes["longest_function"] == 6
    assert sizes["ninetieth_percentile"] == 2


def test_a_function_within_another_counts_in_both(tmp_path: Path) -> None:
    sizes = figures(tmp_path, a="def outer():\n    def inner():\n        pass\n    return inner\n")
    assert (sizes["longest_function"], sizes["ninetieth_percentile"]) == (4, 4)


@pytest.mark.parametrize(
    "parameters, many",
    [
        ("a, b, c, d, e, f, g", 0),
        ("a, b, c, d, e, f, g, h", 1),
        ("self, a, b, c, d, e, f, g", 0),
        ("a, b, c, d, *, e, f, g, h", 1),
        ("a, b, c, /, d, e, f, *g, **h", 1),
    ],
)
def test_parameters_of_every_sort_count_but_not_the_object(
    tmp_path: Path, parameters: str, many: int
) -> None:
    assert figures(tmp_path, a=f"def function({parameters}): pass\n")["many_parameters"] == many


def test_only_arguments_by_position_make_a_call_unreadable(tmp_path: Path) -> None:
    calls = "f(1, 2, 3, 4, 5, 6, 7, 8)\nf(1, 2, 3, 4, 5, 6, 7, h=8)\n"
    assert figures(tmp_path, a=calls)["calls_by_position"] == 1


def test_modules_that_import_a_library_for_toml_are_counted_once(tmp_path: Path) -> None:
    both = "import tomllib\ndef late():\n    from tomlkit.items import Table\n"
    assert figures(tmp_path, a=both, b="import tomllib", c="import toml_of_ours")["toml_readers"] == 2


@pytest.mark.parametrize(
    "code",
    [
        "fault('period is missing', '缺少期間')",
        "fault(key, f'{key} is missing', f'缺少{key}')",
        "fault('「王」 is missing', '缺少「王」')",
        "pair = ('no files', '沒有檔案')",
        "Text(zh='沒有檔案', en='no files')",
        "names = {'zh': '檔案', 'en': 'file'}",
        "said = '沒有' if zh else 'none'",
        "Text('、'.join(names) or '無', ', '.join(names) or 'none')",
        "fault('a table' + (' or list' if lists else ''), '表格' + ('或清單' if lists else ''))",
    ],
)
def test_the_same_in_two_languages_is_a_message_within_the_code(tmp_path: Path, code: str) -> None:
    assert figures(tmp_path, a=code)["bilingual_messages"] == 1


@pytest.mark.parametrize(
    "code",
    [
        "problem(place, 'publication.no_period', period='期間')",
        "families = ('標楷體', 'DFKai-SB', 'BiauKai')",
        "text.replace('%', '％')",
        "option('--messages', help='Language of the messages. 訊息語言。')",
        "column = {'name': '指標'}",
    ],
)
def test_names_and_signs_are_no_messages(tmp_path: Path, code: str) -> None:
    assert figures(tmp_path, a=code)["bilingual_messages"] == 0


def test_remarks_to_tools_are_counted_but_not_strings_that_name_them(tmp_path: Path) -> None:
    remarks = "a = 1  # type: ignore[assignment]\nb = 2  # fmt: skip\nc = '# fmt: skip # type: ignore'\n"
    sizes = figures(tmp_path, a=remarks)
    assert (sizes["ignored_types"], sizes["kept_from_the_formatter"]) == (1, 1)


def test_any_counts_where_it_is_used_not_where_it_is_imported(tmp_path: Path) -> None:
    assert (
        figures(tmp_path, a="from typing import Any\nx: Any = 1\ny: dict[str, Any] = {}\n")["uses_of_any"]
        == 2
    )
