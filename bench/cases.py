"""Time and memory of single cases: this program, bare DuckDB, Polars and pandas, in turn, in one run.

    .venv/bin/python bench/cases.py [--rows 1000000,10000000] [--repeat 3] [--shuffled] [--of NAMES] [--json FILE] [--folder FOLDER]

What is measured and how to read it: bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import bulletin
import psutil

PEERS = [sys.executable, str(Path(__file__).with_name("cases_peers.py"))]
CONTENDERS = {
    "reportgen": "this program, all checks",
    "duckdb": "bare DuckDB query, no check",
    "scan_only": "… this program's scans alone",
    "ids_only": "… its search for repeated ids alone",
    "reportgen_read": "this program, as a build reads it",
    "polars": "Polars, streaming, no check",
    "pandas": "pandas, no check",
}
LIMITS = {"parquet_vs_duckdb": 1.3, "csv_vs_duckdb": 1.3, "peak_mb": 500.0}
MOST_OF_PANDAS = 20_000_000  # rows: it holds all of them in memory


def measured(name: str, file: Path) -> tuple[bulletin.Run, list[int]]:
    """A fresh process with nothing remembered from an earlier one."""
    with tempfile.TemporaryDirectory(dir=file.parents[4]) as notes:
        found = bulletin.call([*PEERS, name, str(file)], REPORTGEN_FONTS=f"{notes}/fonts")
    return found, json.loads(found.said.strip().splitlines()[-1])["totals"]


def of_rows(rows: int, repeat: int, folder: Path, order: list[str], chosen: list[str]) -> dict[str, Any]:
    """Flat keys of one number of rows: what, of which form, of whom."""
    home = folder / f"rows-{rows}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    bulletin.say(f"{rows:,} cases are being made")
    bulletin.call([*PEERS, "data", str(rows), str(home), *order])
    flat: dict[str, Any] = {"rows": rows}
    for form in ("parquet", "csv"):
        file = home / "project/inputs/datasets" / form / f"cases.{form}"
        if not file.exists():
            continue
        flat[f"{form}.file_mb"] = file.stat().st_size / 1e6
        names = [name for name in chosen if name != "pandas" or rows <= MOST_OF_PANDAS]
        runs: dict[str, list[bulletin.Run]] = {name: [] for name in names}
        agreed: list[int] = []
        for turn in range(
            repeat + 1
        ):  # the first is a warm-up: the file is in memory, libraries are compiled
            for name in names:
                bulletin.say(f"{rows:,} {form}, round {turn} of {repeat}: {CONTENDERS[name]}")
                found, totals = measured(name, file)
                agreed = agreed or totals
                if totals and totals != agreed:
                    sys.exit(f"{name} gives other totals: {totals}, not {agreed}")
                if turn or repeat == 0:
                    runs[name].append(found)
        for name in names:
            flat[f"{form}.seconds.{name}"] = statistics.median(run.seconds for run in runs[name])
            flat[f"{form}.least.{name}"] = min(run.seconds for run in runs[name])
            flat[f"{form}.cpu_seconds.{name}"] = statistics.median(run.cpu_seconds for run in runs[name])
            flat[f"{form}.peak_mb.{name}"] = max(run.peak_mb for run in runs[name])
        flat[f"{form}_vs_duckdb"] = flat[f"{form}.seconds.reportgen"] / flat[f"{form}.seconds.duckdb"]
        flat[f"{form}_vs_duckdb_cpu"] = (
            flat[f"{form}.cpu_seconds.reportgen"] / flat[f"{form}.cpu_seconds.duckdb"]
        )
    flat["peak_mb"] = flat["parquet.peak_mb.reportgen"]
    shutil.rmtree(home)
    return flat


def tell(flat: dict[str, Any]) -> None:
    for form in ("parquet", "csv"):
        if f"{form}.file_mb" not in flat:
            continue
        print(f"\n{flat['rows']:,} cases, {form}, {flat[f'{form}.file_mb']:,.0f} MB")
        print(f"{'':40}{'seconds':>9}{'least':>8}{'CPU s':>8}{'× DuckDB':>10}{'peak MB':>9}")
        for name, what in CONTENDERS.items():
            if f"{form}.seconds.{name}" in flat:
                seconds = flat[f"{form}.seconds.{name}"]
                print(
                    f"{what:40}{seconds:9.2f}{flat[f'{form}.least.{name}']:8.2f}{flat[f'{form}.cpu_seconds.{name}']:8.2f}"
                    f"{seconds / flat[f'{form}.seconds.duckdb']:10.2f}{flat[f'{form}.peak_mb.{name}']:9.0f}"
                )
    for goal, most in LIMITS.items():
        if goal in flat:
            print(
                f"goal {goal} ≤ {most:g}: {flat[goal]:.2f} {'reached' if flat[goal] <= most else 'NOT reached'}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures reportgen and its peers on the same cases.")
    parser.add_argument(
        "--rows", default="1000000,10000000", help="numbers of cases; default 1000000,10000000"
    )
    parser.add_argument(
        "--repeat", type=int, default=3, help="rounds after a warm-up; medians are printed; default 3"
    )
    parser.add_argument("--shuffled", action="store_true", help="ids in another order than the cases")
    parser.add_argument(
        "--of", default=",".join(CONTENDERS), help="whose time; reportgen and duckdb are needed"
    )
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument(
        "--folder", type=Path, help="where the data lie while they are needed; default: a temporary one"
    )
    chosen = parser.parse_args()
    sizes = [int(rows) for rows in chosen.rows.split(",")]
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        load = [os.getloadavg()[0]]
        found = []
        for rows in sizes:
            order = ["shuffled"] if chosen.shuffled else []
            found.append(of_rows(rows, chosen.repeat, Path(name), order, chosen.of.split(",")))
            load.append(os.getloadavg()[0])
            bulletin.say("")
            tell(found[-1])
    flat: dict[str, Any] = {
        f"{rows}.{key}": value for rows, one in zip(sizes, found, strict=True) for key, value in one.items()
    }
    flat |= {key: found[-1][key] for key in LIMITS if key in found[-1]}
    if len(found) > 1:
        flat["growth_parquet"] = (found[-1]["parquet.seconds.reportgen"] / sizes[-1]) / (
            found[0]["parquet.seconds.reportgen"] / sizes[0]
        )
    flat |= {
        "rounds": chosen.repeat,
        "load_least": min(load),
        "load_most": max(load),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
    }
    print(
        f"\n{flat['cores']} cores, {flat['memory_gib']} GiB, Python {flat['python']}; load average {min(load):.1f} to {max(load):.1f}"
    )
    print(json.dumps({key: flat[key] for key in (*LIMITS, "growth_parquet") if key in flat}))
    if chosen.json:
        chosen.json.write_text(json.dumps(flat, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
