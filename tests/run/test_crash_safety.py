"""A full disk, Ctrl-C, a killed process, a second run: what was delivered before stays whole, nothing half-written.

Real processes on the small project of test_bad_inputs; no part of the program is replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_bad_inputs import COSTS, delivered, swap

pytestmark = pytest.mark.slow  # every test runs the program and ends it

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "reportgen"]


@pytest.fixture
def changed(small: Path, tmp_path: Path) -> Path:
    """A copy with a good out/ whose inputs have changed since, so that a build has something to do."""
    project = Path(shutil.copytree(small, tmp_path / "project"))
    swap(COSTS, "107,320", "107,321")(project)
    return project


def start(project: Path, *arguments: str, largest: int = 0) -> subprocess.Popen[str]:
    """A build in a process of its own; `largest` is the size at which writing fails, as on a full disk."""

    def limit() -> None:
        # A shell has its background jobs ignore it, and they pass that on.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if largest:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return subprocess.Popen(
        [*COMMAND, "--project", str(project), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=limit,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err
    return process.returncode, out + err


def at_work(project: Path, process: subprocess.Popen[str]) -> None:
    """Waits until the process holds the output folder."""
    import fcntl

    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        if (project / "out" / ".lock").exists():
            with (project / "out" / ".lock").open("r+") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
        time.sleep(0.005)
    pytest.fail(f"the build never began: {process.communicate()}")


def is_whole(project: Path) -> bool:
    """Each PDF that the manifest names is there with its hash."""
    folder = project / "out" / "small-107"
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    return bool(files) and all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]
        for name, entry in files.items()
    )


def parts(project: Path) -> list[Path]:
    return sorted((project / "out").rglob("*.part"))


@pytest.mark.parametrize("messages", ["en", "zh"])
def test_a_full_disk_loses_nothing(changed: Path, messages: str) -> None:
    before = delivered(changed)
    code, said = finished(start(changed, "--messages", messages, "build", "--jobs", "1", largest=3000))
    assert code == 1, said
    assert ("what was delivered before is whole" if messages == "en" else "已交付之檔案不受影響") in said
    assert parts(changed) == []
    assert delivered(changed) == before and is_whole(changed)


def test_ctrl_c_loses_nothing(changed: Path) -> None:
    before = delivered(changed)
    process = start(changed, "build", "--jobs", "1")
    at_work(changed, process)
    process.send_signal(signal.SIGINT)
    code, said = finished(process)
    assert (code, "what was delivered before is whole" in said) == (130, True), said
    assert parts(changed) == []
    assert delivered(changed) == before and is_whole(changed)


def test_ctrl_c_reaches_the_helper_process_too(changed: Path) -> None:
    """At a terminal the whole group gets the signal: no process stays behind."""
    before = delivered(changed)
    process = start(changed, "build", "--jobs", "2")
    at_work(changed, process)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    with pytest.raises(ProcessLookupError):
        until = time.monotonic() + 10
        while time.monotonic() < until:
            os.killpg(process.pid, 0)
            time.sleep(0.05)
    assert parts(changed) == []
    assert delivered(changed) == before and is_whole(changed)


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.5])
def test_a_killed_build_loses_nothing_and_the_next_one_works(changed: Path, moment: float) -> None:
    process = start(changed, "build", "--jobs", "1")
    at_work(changed, process)
    time.sleep(moment)
    process.kill()
    process.communicate(timeout=60)
    assert is_whole(changed)
    code, said = finished(start(changed, "build", "--jobs", "1"))
    assert code == 0, said
    assert is_whole(changed)


def test_a_second_run_is_sent_away(changed: Path) -> None:
    first = start(changed, "build", "--jobs", "1")
    at_work(changed, first)
    os.kill(first.pid, signal.SIGSTOP)
    try:
        code, said = finished(start(changed, "build", "--jobs", "1"))
        code_zh, chinese = finished(start(changed, "--messages", "zh", "build", "--jobs", "1"))
    finally:
        os.kill(first.pid, signal.SIGCONT)
    assert (code, code_zh) == (2, 2)
    assert "another run is at work here" in said and "--out" in said
    assert "另一個執行中的程式正在使用此資料夾" in chinese
    code, said = finished(first)
    assert code == 0, said
    assert is_whole(changed)
