"""Chunks in order on several processes: few at a time, and a process that dies costs nothing but its own fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reportgen.run import workers

pytestmark = pytest.mark.slow  # whole documents or projects, again and again


def doubled(number: int) -> int:
    return 2 * number


def dies_on_seven(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def dies_the_first_time(task: tuple[int, str]) -> int:
    number, mark = task
    if number == 7 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_the_order_of_the_chunks(count: int) -> None:
    assert list(workers.in_order(doubled, range(20), count)) == [(n, 2 * n) for n in range(20)]


def test_few_chunks_are_taken_ahead() -> None:
    taken = []

    def chunks():
        for number in range(50):
            taken.append(number)
            yield number

    for number, _ in workers.in_order(doubled, chunks(), 2):
        assert len(taken) - number <= workers.AHEAD * 2 + 2


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path / "died")) for number in range(20)]
    found = [done for _, done in workers.in_order(dies_the_first_time, tasks, 2)]
    assert found == [2 * number for number in range(20)]


def test_a_chunk_that_kills_its_process_is_told_and_the_others_are_made() -> None:
    found = dict(workers.in_order(dies_on_seven, range(20), 2))
    assert found == {number: None if number == 7 else 2 * number for number in range(20)}


def test_workers_end_with_a_run_that_was_killed(tmp_path: Path) -> None:
    script = "import sys, time; sys.path.insert(0, sys.argv[1]); import test_workers; test_workers.sleepers(sys.argv[2])"
    run = subprocess.Popen([sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "pids")])
    end = time.monotonic() + 30
    pids: list[int] = []
    while len(pids) < 2 and time.monotonic() < end:
        time.sleep(0.05)
        pids = [int(path.name) for path in (tmp_path / "pids").glob("*")]
    run.kill()
    run.wait()
    assert len(pids) == 2
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def asleep(folder: str) -> None:
    Path(folder).mkdir(exist_ok=True)
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


def sleepers(folder: str) -> None:
    for _ in workers.in_order(asleep, [folder] * 2, 2):
        pass
