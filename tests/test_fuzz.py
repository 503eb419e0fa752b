"""A short run of each target of `scripts/fuzz`: it must not find anything, and it must be able to."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import fuzzing
import pytest
from script import load


def fuzz(target: str, findings: Path) -> subprocess.CompletedProcess[str]:
    call = [
        sys.executable,
        str(fuzzing.ROOT / "scripts" / "fuzz"),
        target,
        "--seconds",
        "8",
        "--findings",
        str(findings),
    ]
    return subprocess.run(call, check=False, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
@pytest.mark.sweep  # eight seconds and more for each target
@pytest.mark.parametrize("target", sorted(fuzzing.TARGETS))
def test_fuzzing_finds_nothing(target: str, tmp_path: Path) -> None:
    done = fuzz(target, tmp_path)
    assert (done.returncode, [file.read_text("utf-8") for file in tmp_path.glob("*.txt")]) == (0, []), (
        done.stderr[-3000:]
    )
    count = int(done.stderr.partition("number_of_executed_units:")[2].split()[0])
    assert count > 3


def test_what_is_not_refused_in_our_own_words_is_kept_once_for_each_place(tmp_path: Path) -> None:
    asked = argparse.Namespace(target="csv", findings=tmp_path, within=tmp_path)
    take = load("fuzz").watched(lambda data, folder: int(data), asked)
    for data in (b"1", b"x", b"y"):
        take(data)
    kept, traceback = sorted(tmp_path.iterdir())
    assert kept.read_bytes() == b"x"
    assert traceback.read_text("utf-8").startswith("ValueError")


def test_an_exit_code_that_is_not_documented_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "DOCUMENTED", range(1))
    with pytest.raises(AssertionError, match="exit code 2"):
        fuzzing.command("no-such-command")
