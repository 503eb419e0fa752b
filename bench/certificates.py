"""Time and memory of certificates: this program, WeasyPrint in a loop and Typst, in turn, in one run.

    .venv/bin/python bench/certificates.py [--n 1000] [--repeat 3] [--growth 10,100,1000,5000] [--json FILE] [--keep FOLDER]

What is measured and how to read it: bench/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bulletin
import psutil

HERE = Path(__file__).resolve().parent
PEERS = [sys.executable, str(HERE / "certificates_peers.py")]
TESTS = HERE.parent / "tests"  # `certificate_people` stands there
LOOP = 20  # certificates of the loop; it keeps nothing, so the rest takes as long each
GOALS = {
    "times_as_fast_as_typst_per_file": 2.0,
    "times_as_fast_as_loop": 40.0,
    "print_run_times_as_fast_as_typst": 1.0,
}
LIMITS = {"peak_mb": 250.0, "kb_a_file_most": 120.0, "print_run_kb_of_memory_a_page": 50.0}


@dataclass(frozen=True)
class Run:
    """`seconds` without start and first layout, `whole` with them."""

    seconds: float
    whole: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Contender:
    what: str
    command: tuple[str, ...]
    most: int = 0  # no more certificates than these


CONTENDERS = {
    "reportgen": Contender("this program, 2 workers, a file each", ("reportgen", "{n}", "2", "{out}")),
    "reportgen_one_job": Contender(
        "this program, 1 process, a file each", ("reportgen", "{n}", "1", "{out}")
    ),
    "reportgen_all": Contender("… 2 workers, files and print run", ("reportgen", "{n}", "2", "{out}", "run")),
    "typst": Contender("Typst, warm, a compile each", ("typst", "{n}", "{out}")),
    "typst2": Contender("Typst, warm, 2 processes", ("typst2", "{n}", "{out}")),
    "weasyprint": Contender("WeasyPrint in a loop", ("weasyprint", "{n}", "{out}"), LOOP),
    "print_run": Contender("this program, 2 workers, print run alone", ("printrun", "{n}", "2", "{out}")),
    "print_run_one_job": Contender(
        "this program, 1 process, print run alone", ("printrun", "{n}", "1", "{out}")
    ),
    "typst_one": Contender("Typst, one document", ("typst_one", "{n}", "{out}")),
}


def measured(name: str, count: int, folder: Path) -> tuple[Run, Path]:
    contender = CONTENDERS[name]
    out = Path(tempfile.mkdtemp(dir=folder)) / "out"
    count = min(count, contender.most or count)
    command = [part.format(n=count, out=out) for part in contender.command]
    path = os.pathsep.join((str(HERE.parent), str(HERE), str(TESTS)))
    called = bulletin.call([*PEERS, *command], PYTHONPATH=path)
    told = json.loads(called.said.strip().splitlines()[-1])
    return Run(
        told["seconds"] / count, told["whole"] / count, called.cpu_seconds / count, called.peak_mb
    ), out


def present() -> Iterator[str]:
    import importlib.util

    for name in CONTENDERS:
        if name.startswith("typst") and importlib.util.find_spec("typst") is None:
            print(f"{name}: no typst here; scripts/bench-setup installs it")
        else:
            yield name


def middle(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def figures(runs: dict[str, list[Run]], count: int) -> dict[str, Any]:
    """Flat keys: what, of whom. Milliseconds are of one certificate."""
    flat: dict[str, Any] = {"n": count}
    for name, found in runs.items():
        flat[f"ms.{name}"] = 1000 * middle(found, "seconds")
        flat[f"ms_least.{name}"] = 1000 * min(run.seconds for run in found)
        flat[f"ms_with_start.{name}"] = 1000 * middle(found, "whole")
        flat[f"cpu_ms.{name}"] = 1000 * middle(found, "cpu_seconds")
        flat[f"peak_mb.{name}"] = middle(found, "peak_mb")

    def times(slower: str, faster: str, what: str = "ms") -> float:
        return float(flat[f"{what}.{slower}"] / flat[f"{what}.{faster}"])

    flat["times_as_fast_as_loop"] = times("weasyprint", "reportgen")
    flat["peak_mb"] = max(flat["peak_mb.reportgen"], flat["peak_mb.reportgen_all"])
    if "typst" in runs:
        flat["times_as_fast_as_typst_per_file"] = times("typst", "reportgen")
        flat["times_as_fast_as_typst_two_processes"] = times("typst2", "reportgen")
        flat["times_as_fast_as_typst_per_file_with_start"] = times("typst", "reportgen", "ms_with_start")
        flat["times_as_fast_as_typst_one_job_each"] = times("typst", "reportgen_one_job")
        flat["print_run_times_as_fast_as_typst"] = times("typst_one", "print_run")
    return flat


def sizes(out: Path) -> dict[str, float]:
    kilobytes = [file.stat().st_size / 1000 for file in out.glob("certificate-*.pdf")]
    return {"kb_a_file": statistics.median(kilobytes), "kb_a_file_most": max(kilobytes)}


def tell(flat: dict[str, Any], names: list[str], growth: list[int]) -> None:
    print(f"\n{flat['n']} certificates; milliseconds of one certificate")
    print(f"{'':42}{'ms':>8}{'least':>8}{'with start':>12}{'CPU ms':>9}{'peak MB':>9}")
    for name in names:
        count = f" ({CONTENDERS[name].most} of them)" if CONTENDERS[name].most else ""
        print(
            f"{CONTENDERS[name].what + count:42}{flat[f'ms.{name}']:8.2f}{flat[f'ms_least.{name}']:8.2f}"
            f"{flat[f'ms_with_start.{name}']:12.2f}{flat[f'cpu_ms.{name}']:9.2f}{flat[f'peak_mb.{name}']:9.0f}"
        )
    print(f"a file of this program: {flat['kb_a_file']:.1f} KB, {flat['kb_a_file_most']:.1f} KB at most")
    if growth:
        print("\ngrowth, files and print run with 2 workers; print run alone")
        print(f"{'N':>6}{'ms':>8}{'peak MB':>9}{'print run ms':>14}{'peak MB':>9}")
        for n in growth:
            print(
                f"{n:6}{flat[f'growth.ms.{n}']:8.2f}{flat[f'growth.peak_mb.{n}']:9.0f}"
                f"{flat[f'growth.print_run_ms.{n}']:14.2f}{flat[f'growth.print_run_peak_mb.{n}']:9.0f}"
            )
    print()
    for goal, least in GOALS.items():
        if goal in flat:
            print(
                f"goal {goal} ≥ {least:g}: {flat[goal]:.2f} {'reached' if flat[goal] >= least else 'NOT reached'}"
            )
    for goal, most in LIMITS.items():
        if goal in flat:
            print(
                f"goal {goal} < {most:g}: {flat[goal]:.1f} {'reached' if flat[goal] < most else 'NOT reached'}"
            )


def grown(growth: list[int], folder: Path) -> dict[str, float]:
    flat: dict[str, float] = {}
    for n in growth:
        bulletin.say(f"growth: {n}")
        everything, _ = measured("reportgen_all", n, folder)
        run, _ = measured("print_run", n, folder)
        flat[f"growth.ms.{n}"], flat[f"growth.peak_mb.{n}"] = 1000 * everything.seconds, everything.peak_mb
        flat[f"growth.print_run_ms.{n}"], flat[f"growth.print_run_peak_mb.{n}"] = (
            1000 * run.seconds,
            run.peak_mb,
        )
    if len(growth) > 1:
        low, high = growth[0], growth[-1]
        for key, name in (
            ("print_run_kb_of_memory_a_page", "print_run_peak_mb"),
            ("kb_of_memory_a_file", "peak_mb"),
        ):
            flat[key] = 1000 * (flat[f"growth.{name}.{high}"] - flat[f"growth.{name}.{low}"]) / (high - low)
    bulletin.say("")
    return flat


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures reportgen and its peers on the same certificates.")
    parser.add_argument("--n", type=int, default=1000, help="certificates; default 1000")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; medians are printed; default 3")
    parser.add_argument("--growth", default="10,100,1000,5000", help="numbers for the growth, or 0 for none")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--keep", type=Path, help="leave the files in this folder")
    chosen = parser.parse_args()
    growth = [int(n) for n in chosen.growth.split(",") if int(n)]
    runs: dict[str, list[Run]] = defaultdict(list)
    load = []
    with contextlib.ExitStack() as stack:
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
        folder = chosen.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        )
        names = list(present())
        for name in names:
            bulletin.say(f"warm-up: {CONTENDERS[name].what}")
            measured(name, 10, folder)
        for turn in range(1, chosen.repeat + 1):
            for name in names:
                bulletin.say(f"round {turn} of {chosen.repeat}: {CONTENDERS[name].what}")
                load.append(os.getloadavg()[0])
                found, out = measured(name, chosen.n, folder)
                runs[name].append(found)
                if name == "reportgen":
                    of_files = sizes(out)
        flat = figures(runs, chosen.n) | of_files | grown(growth, folder)
    flat.update(
        {
            "rounds": chosen.repeat,
            "load_least": min(load),
            "load_most": max(load),
            "cores": os.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30),
            "python": platform.python_version(),
        }
    )
    print(
        f"{flat['cores']} cores, {flat['memory_gib']} GiB, Python {flat['python']}; load average {flat['load_least']:.1f} "
        f"to {flat['load_most']:.1f}; rounds: {chosen.repeat}"
    )
    tell(flat, names, growth)
    print(json.dumps({key: flat[key] for key in (*GOALS, *LIMITS) if key in flat}))
    if chosen.json:
        chosen.json.write_text(json.dumps(flat, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
