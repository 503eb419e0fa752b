"""With `--messages zh` no command says an English sentence: help, faults of the call and of inputs, reports of success."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import office_workbook
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.run import starter

BULLETIN = "my-branch-109"
# What is no sentence of the program: commands and options, names of files, keys and columns, words that are quoted, diffs.
_NO_WORDS = re.compile(
    r"`[^`]*`|“[^”]*”|「[^」]*」|'[^']*'|\"[^\"]*\"|\{[^}]*\}|\[[^\]]*\]|\([^)]*\)|（[^）]*）|python -m reportgen[^，。；\n]*"
    r"|reportgen(?: [\w./-]+)+|--?[a-z][\w-]*|[\w./*-]*[./_:-][\w./*:-]*"
)
_SENTENCE = re.compile(
    r"[A-Za-z]{2,}(?: [a-z]{2,}){3,}|(?:^|(?<= ))(?:is|are|was|not|the|no|has|with|of) [a-z]+(?: |$)"
)


def english(output: str) -> list[str]:
    """The lines that hold a run of English words."""
    lines = (line for line in output.splitlines() if not line.startswith(("    ", "#")))
    return [line for line in lines if _SENTENCE.search(_NO_WORDS.sub("，", line).strip())]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chinese") / "project"
    starter.write(folder, samples=False)
    (folder.parent / "office.xlsx").write_bytes(office_workbook.xlsx(*office_workbook.PAGES))
    (folder / "styles/brief.css").unlink()
    return folder


def say(project: Path, *words: str) -> str:
    return (
        CliRunner()
        .invoke(main, ["--messages", "zh", "--project", str(project), *words], prog_name="reportgen")
        .output
    )


def commands(group: click.Group = main, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))


@pytest.mark.parametrize("command", [(), *commands()], ids=" ".join)
def test_help_and_faults_of_a_call_are_said_in_chinese(project: Path, command: tuple[str, ...]) -> None:
    calls = [("--help",), ("--no-such-option",), ("no-such-thing", "2", "3", "4")]
    said = "\n".join(say(project, *command, *words) for words in calls).replace(
        "Language of the messages.", ""
    )
    assert english(said) == [] and re.search("[\u4e00-\u9fff]", said)


# Each command where it succeeds, or is refused for its inputs, without a page being laid out; new ones are to be added here.
CALLS: dict[str, list[tuple[str, ...]]] = {
    "build": [("build", "--dry-run"), ("build", "--dry-run", "--why"), ("build", "no-such")],
    "check": [("check",), ("check", "office"), ("check", "no-such"), ("check", "--pages"), ("check", "--pictures")],
    "snapshot": [("snapshot",), ("snapshot", "no-such")],
    "list": [("list",)],
    "trace": [("trace", "no-such.pdf", "1"), ("trace", "reportgen.toml", "1")],
    "verify": [("verify", "no-such.pdf"), ("verify", "reportgen.toml")],
    "sign": [("sign",), ("sign", BULLETIN)],
    "compare": [("compare",), ("compare", "--panel", "x")],
    "awards": [("awards", "explain", "P1"), ("awards", "explain", "P1", "--publication", BULLETIN)],
    "appraisal": [("appraisal", "what-if", BULLETIN, "--set", "weight.roi=20")],
    "targets": [("targets", "explain", "x"), ("targets", "what-if", BULLETIN, "--set", "x=1")],
    "keys": [("keys",), ("keys",)],
    "schema": [("schema", "no-such.toml")],
    "import": [("import", "../office.xlsx", "--into", "office", "--yes"), ("import", "no.xlsx"), ("import", "../office.xlsx", "--into", BULLETIN)],
    "new-year": [("new-year", BULLETIN), ("new-year", BULLETIN), ("new-year", "no-such")],
    "upgrade": [("upgrade",), ("upgrade", "--yes"), ("upgrade",)],
    "init": [("init", "made"), ("init", "made"), ("init", "styles")],
    "doctor": [("doctor",)],
    "sign-off": [("sign-off", BULLETIN), ("sign-off",)],
    "preview": [("preview", "--port", "x"), ("preview", "a", "b")],
}  # fmt: skip


def test_every_command_is_walked() -> None:
    assert {command[0] for command in commands()} == CALLS.keys()


@pytest.mark.parametrize("command", ["import", *(name for name in CALLS if name != "import")])
def test_outcomes_and_refusals_are_said_in_chinese(
    project: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    for words in CALLS[command]:
        said = say(project, *words)
        assert english(said) == [], words
        assert re.search("[\u4e00-\u9fff]", said) or command == "list", words
    shutil.rmtree(project / "made", ignore_errors=True)


def test_an_english_sentence_would_be_found() -> None:
    assert english("styles/brief.css: is added") and english("Usage: reportgen build\nthis file is missing")
    assert not english("用法：reportgen build [OPTIONS]，另見 `reportgen build --help`")
