"""Ctrl-C, `kill` and a closed terminal at seeded moments: one line, 130, nothing left, within two seconds.

Real processes in a group of their own, as at a terminal: the signal reaches the workers, too.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from test_bad_inputs import COSTS, swap
from test_certificate_runs import small_project
from test_cluster import a_scheduler, a_worker

pytestmark = pytest.mark.slow

LINE = "interrupted; what was delivered before is whole\n"
LONGEST = 2.0  # seconds that the program promises
RUNS_OUT = 60  # seconds after which a test gives up


def started(project: Path, *words: str) -> subprocess.Popen[str]:
    """The program as a terminal starts it, from the moment at which it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "reportgen", "--project", str(project), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell has its background jobs ignore it, and they pass that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and not _listens(process.pid):
        time.sleep(0.001)
    return process


def _listens(pid: int) -> bool:
    """Whether SIGTERM is caught: Python itself catches SIGINT from the beginning."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        caught = int(status.partition("SigCgt:")[2].split()[0], 16)
        blocked = int(status.partition("SigBlk:")[2].split()[0], 16)
        return bool((caught | blocked) & 1 << signal.SIGTERM - 1)
    return False


def group(leader: int) -> list[int]:
    """The processes of a session that are no zombies."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def interrupted(process: subprocess.Popen[str], project: Path, *signals: signal.Signals) -> float:
    """Sends the signals to the whole group, and holds what comes against what is promised; how long it took."""
    begun = time.monotonic()
    for number in signals:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        time.sleep(0.02)
    _, err = process.communicate(timeout=RUNS_OUT)
    took = time.monotonic() - begun
    assert (process.returncode, err) in ((130, LINE), (0, "")), (process.returncode, err)
    until = time.monotonic() + RUNS_OUT
    while (left := group(process.pid)) and time.monotonic() < until:
        time.sleep(0.01)
    assert left == []
    assert [path.name for path in project.rglob("*.part")] == []
    assert list(Path(tempfile.gettempdir()).glob(f"reportgen-*-{process.pid}-*")) == []
    return took


def length(project: Path, *words: str) -> float:
    """Seconds of a whole run, which leaves the project as it was."""
    before = time.monotonic()
    process = started(project, *words, "--out", str(project / "whole"))
    _, err = process.communicate(timeout=RUNS_OUT)
    assert process.returncode == 0, err
    shutil.rmtree(project / "whole")
    return time.monotonic() - before


@pytest.fixture
def changed(small: Path, tmp_path: Path) -> Path:
    project = Path(shutil.copytree(small, tmp_path / "project"))
    swap(COSTS, "107,320", "107,321")(project)
    return project


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bulletin_ends_at_any_moment(changed: Path, jobs: str) -> None:
    words = ("build", "--jobs", jobs)
    whole, moments = length(changed, *words), random.Random(f"bulletin {jobs}")
    for kind in ((signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT, signal.SIGINT), (signal.SIGHUP,)):
        process = started(changed, *words)
        time.sleep(moments.uniform(0, whole))
        interrupted(process, changed, *kind)


@pytest.mark.sweep  # a bulletin ends at any moment, too
def test_certificates_end_at_any_moment(tmp_path: Path) -> None:
    project = small_project(tmp_path / "project", everybody=True)
    words = ("build", "--jobs", "2")
    whole, moments = length(project, *words), random.Random("certificates")
    for _ in range(4):
        process = started(project, *words)
        time.sleep(moments.uniform(0.3, 1) * whole)
        interrupted(process, project, signal.SIGINT)
        shutil.rmtree(project / "out", ignore_errors=True)


def test_a_scheduler_is_left_at_once(changed: Path, tmp_path: Path) -> None:
    with a_scheduler(tmp_path) as address, a_worker(address, "one", tmp_path):
        words, moments = ("build", "--scheduler", address), random.Random("scheduler")
        whole = length(changed, *words)
        for _ in range(3):
            process = started(changed, *words)
            time.sleep(moments.uniform(0, whole))
            interrupted(process, changed, signal.SIGINT)
