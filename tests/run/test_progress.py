"""The line of progress: on a terminal alone, after a second, in the language of the messages; never in a pipe or a file."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reportgen.model.messages import area
from reportgen.run.console import ENDLESS, Root
from reportgen.run.progress import Progress

pytestmark = pytest.mark.slow  # processes at a terminal

SLOW = """
import sys, time
import click
from reportgen.run import progress
from reportgen.run.console import Root, Command, Session, language_of
progress.PATIENCE = 0.2
group = Root("reportgen")
@group.command("check")
@click.pass_obj
def check(session):
    for name in session.progress.counted(["a", "b"], 2):
        time.sleep(0.5)
        click.echo(f"line {name} " + "x" * 100)
group.main(sys.argv[1:], prog_name="reportgen")
"""


def on_terminal(*words: str, stdout: bool = True) -> tuple[str, str]:
    """What a terminal shows, and what goes into a pipe in the place of its output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "check", *words],
        stdout=theirs if stdout else subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"} | ({"REPORTGEN_MESSAGES": "zh"}),
    )
    os.close(theirs)
    shown = b""
    end = time.monotonic() + 15
    while time.monotonic() < end and select.select([ours], [], [], 5)[0]:
        try:
            read = os.read(ours, 4096)
        except OSError:  # nobody writes there any more
            break
        shown += read
    os.close(ours)
    piped = process.stdout.read().decode() if process.stdout else ""
    if process.stdout:
        process.stdout.close()
    assert process.wait(10) == 0
    return shown.decode(), piped


def test_a_terminal_shows_what_is_done_in_the_language_of_the_messages() -> None:
    shown, _ = on_terminal()
    assert "檢核中" in shown and "1/2" in shown
    assert "line a" in shown and "line b" in shown


def test_what_goes_into_a_pipe_stays_there_whole_and_alone() -> None:
    shown, piped = on_terminal(stdout=False)
    assert piped == f"line a {'x' * 100}\nline b {'x' * 100}\n"
    assert "檢核中" in shown and "line" not in shown


def test_nothing_is_shown_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    with Progress("Checking") as progress:
        progress("certificates", 1, 2)
        assert [*progress.counted("ab", 2)] == ["a", "b"]
        progress.say("said")
    assert capfd.readouterr() == ("said\n", "")


def test_each_word_of_progress_is_of_a_command() -> None:
    from reportgen.cli import main
    from reportgen.run.console import message_key

    names = {message_key(command) for command in main.commands.values()}
    assert {*area("progress")} - {"other"} <= names
    assert {*ENDLESS} <= names
    assert isinstance(main, Root)


def test_a_stopped_line_does_not_come_back(tmp_path: Path) -> None:
    progress = Progress("x")
    progress.stop()
    progress._show("x")  # the timer that was too late
    assert progress._bar is None
