"""Everything that the command line says is said in the language that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.model.messages import area
from reportgen.run.console import Option, message_key
from reportgen.run.interruption import VARIABLE

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}")  # five words of small letters and more in a row


def commands(command: click.Command = main, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, *path, name)


COMMANDS = dict(commands())


def named() -> set[str]:
    """The messages of help that commands and options name."""
    names = {"help", "version"}
    for command in COMMANDS.values():
        names.add(message_key(command))
        shown = [param for param in command.params if isinstance(param, Option) and not param.hidden]
        names |= {option.message_name(command).partition(".")[2] for option in shown}
    return names


def test_each_command_and_option_has_its_help_and_no_other_is_there() -> None:
    assert named() == set(area("help"))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("how", ["before", "behind", "by the environment"])
def test_help_in_chinese_holds_no_english_sentence(
    path: tuple[str, ...], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*path, "--help"]
    if how == "by the environment":
        monkeypatch.setenv(VARIABLE, "zh")
    elif how == "before":
        words = ["--messages", "zh", *words]
    elif path:
        words = [*path, "--messages=zh", "--help"]
    else:
        words = ["--messages=zh", "--help"]
    run = CliRunner().invoke(main, words, prog_name="reportgen")
    assert run.exit_code == 0, run.output
    assert run.output.startswith("用法：")
    assert SENTENCE.findall(run.output.replace("Language of the messages.", "")) == []


FAULTS = [
    (["buidl"], "沒有指令「buidl」；是否為 build？"),
    (["build", "--formt", "x"], "沒有選項 --formt；是否為 --format？"),
    (["build", "--jobs", "99"], "--jobs：99 不是 1 至 64 之整數"),
    (["build", "--languages", "jp"], "--languages：'jp' 不在 both、zh、en 之中"),
    (["build", "--issued", "2019"], "「2019」不是日期"),
    (["build", "--out"], "選項 --out 須有值"),
    (["trace"], "缺少 FILE"),
    (["list", "more"], "多餘的參數：more"),
    (["compare", "--panel", "x"], "--panel 須指明所屬出版品"),
]


@pytest.mark.parametrize(("words", "said"), FAULTS, ids=[" ".join(words) for words, _ in FAULTS])
def test_a_wrong_call_is_told_in_chinese(words: list[str], said: str) -> None:
    run = CliRunner().invoke(main, ["--messages", "zh", *words], prog_name="reportgen")
    assert run.exit_code == 2
    assert f"錯誤：{said}" in run.output
    assert SENTENCE.findall(run.output) == []


@pytest.mark.parametrize(("words", "said"), FAULTS, ids=[" ".join(words) for words, _ in FAULTS])
def test_a_wrong_call_is_told_in_english(words: list[str], said: str) -> None:
    run = CliRunner().invoke(main, words, prog_name="reportgen")
    assert run.exit_code == 2
    assert "Error: " in run.output and not re.search("[一-鿿]", run.output)


def test_pages_that_were_not_made_cannot_be_looked_at(tmp_path: Path) -> None:
    words = ["--project", str(ROOT), "check", "--pages", "brief-104", "--out", str(tmp_path)]
    run = CliRunner().invoke(main, words, prog_name="reportgen")
    assert run.exit_code == 5 and "make it with: reportgen build brief-104" in run.output


@pytest.mark.slow
@pytest.mark.sweep
def test_what_is_wrong_on_a_page_is_told_with_its_place(tmp_path: Path) -> None:
    words = ["--project", str(ROOT)]
    run = CliRunner().invoke(
        main, [*words, "build", "attitude-awards-102", "--jobs", "1", "--out", str(tmp_path)]
    )
    assert run.exit_code == 0 and "remarks on its pages" in run.output
    found = CliRunner().invoke(
        main, [*words, "check", "--pages", "attitude-awards-102", "--out", str(tmp_path)]
    )
    assert found.exit_code == 5
    assert re.search(
        r"letter\.pdf: page 3, \d+ mm from the left, \d+ mm from the top: “.*” sticks .* mm out of the margin",
        found.output,
    )
