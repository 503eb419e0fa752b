"""A handful of the places of `scripts/fault-sweep`, each with every fault: the old whole, the new whole, nothing left, no lie."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from script import load

sweep = load("fault-sweep")

pytestmark = pytest.mark.slow
PLACES = ("renameat2", "write ", "link", "mkdir")


@pytest.mark.sweep  # forty seconds; test_crash_safety has the single faults
def test_a_fault_at_the_folder_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(sweep.HOME))
    sample = next(sweep.samples(tmp_path, ["bulletin"]))
    sweep.prepared(sample)
    dice = random.Random(1)
    faults = sweep.faults(sample, 0, dice)
    for start in PLACES:
        one = next(fault for fault in faults if fault.place.startswith(start))
        verdict = sweep.tried(sample, one)
        assert verdict.state in ("old", "new"), (one, verdict)
        assert (verdict.left, verdict.healed, verdict.lie) == ((), "", ""), (one, verdict)


def test_a_mixed_folder_is_torn(tmp_path: Path) -> None:
    old, new = {"p/a.pdf": "1", "p/manifest.json": "1"}, {"p/a.pdf": "2", "p/manifest.json": "2"}
    sample = sweep.Sample("x", tmp_path / "project", (), old, new)
    for folder in ("old", "new"):
        (tmp_path / folder / "p").mkdir(parents=True)
        (tmp_path / folder / "p/manifest.json").write_text(
            '{"files": {"a.pdf": {"beside": {"a.json": "1"}}}}'
        )
    assert sweep.judged(sample, old) == "old"
    assert sweep.judged(sample, new) == "new"
    assert sweep.judged(sample, {**new, "p/a.json": "1"}) == "torn"
    assert sweep.judged(sample, {**new, "p/b.pdf": "1"}) == "torn"
