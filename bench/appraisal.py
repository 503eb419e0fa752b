"""Time and memory of score sheets, a page each: this program and its peers, in turn, in one run.

    .venv/bin/python bench/appraisal.py [--branches hualien,taipei] [--repeat 3] [--json FILE]

The units of one branch of the sample: 10 sheets at Hualien, 62 at Taipei. What is measured and how to read it: bench/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bulletin
import psutil
import pypdfium2
from bulletin import PEERS, REPORTGEN, REPOSITORY, Run, Size

PUBLICATION = "appraisal-104"


def reportgen(workers: int) -> Callable[[Size], Run]:
    """From the CSV to the checked files, into an empty folder."""

    def run(size: Size) -> Run:
        with tempfile.TemporaryDirectory(dir=size.folder) as out:
            command = [*REPORTGEN, "build", PUBLICATION, "--project", str(size.project), "--out", out]
            found = bulletin.call([*command, "--jobs", str(workers), "--times"])
            shutil.copy(next(Path(out, PUBLICATION).glob("*.pdf")), size.pdf)
        return found

    return run


CONTENDERS: dict[str, tuple[str, Callable[[Size], Run]]] = {
    "reportgen": ("reportgen build, --jobs 2", reportgen(2)),
    "reportgen_one_job": ("reportgen build, --jobs 1", reportgen(1)),
    "weasyprint": ("plain WeasyPrint, no tags", bulletin.weasyprint("")),
    "weasyprint_tagged": ("plain WeasyPrint, PDF/A-3a", bulletin.weasyprint("pdf/a-3a")),
    "chromium": ("Chromium, cold", bulletin.chromium),
    "typst": ("Typst, PDF/A-3a", bulletin.typst),
}


def prepare(branch: str, folder: Path) -> Size:
    """The sample with the paper of one branch alone, and what the peers get of it."""
    size = Size(0, folder / branch)
    source, target = REPOSITORY / "inputs", size.project / "inputs"
    for name in ("templates", "styles"):
        shutil.copytree(REPOSITORY / name, size.project / name)
    for name in ("datasets/responsibility", PUBLICATION):
        shutil.copytree(source / name, target / name)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(source / name, target / name)
    declared = target / PUBLICATION / "publication.toml"
    words = re.sub(
        r"papers = \[.*?\n\]", f'papers = ["units-{branch}"]', declared.read_text("utf-8"), flags=re.DOTALL
    )
    declared.write_text(words, "utf-8")
    size.dump.mkdir(parents=True)
    bulletin.call([*PEERS, "dump", str(size.project), str(size.dump), PUBLICATION, f"units-{branch}"])
    size.counts = json.loads((size.dump / "settings.json").read_text("utf-8"))
    return size


def figures(branch: str, runs: dict[str, list[Run]], pages: dict[str, int]) -> dict[str, Any]:
    """Flat keys: what, of whom, at which branch."""
    flat: dict[str, Any] = {}
    for name, found in runs.items():
        seconds = statistics.median(run.seconds for run in found)
        flat |= {
            f"seconds.{name}.{branch}": seconds,
            f"seconds_least.{name}.{branch}": min(run.seconds for run in found),
            f"cpu_seconds.{name}.{branch}": statistics.median(run.cpu_seconds for run in found),
            f"peak_mb.{name}.{branch}": statistics.median(run.peak_mb for run in found),
            f"pages.{name}.{branch}": pages[name],
            f"ms_a_page.{name}.{branch}": 1000 * seconds / pages[name],
        }
    for name in runs:
        flat[f"ratio_to.{name}.{branch}"] = (
            flat[f"seconds.reportgen.{branch}"] / flat[f"seconds.{name}.{branch}"]
        )
    return flat


def tell(flat: dict[str, Any], branch: str, names: list[str]) -> None:
    print(
        f"{branch:30}{'seconds':>9}{'least':>8}{'CPU s':>8}{'reportgen ÷ it':>16}{'peak MB':>9}{'pages':>7}{'ms a page':>11}"
    )
    for name in names:
        one = {key.split(".")[0]: value for key, value in flat.items() if key.endswith(f".{name}.{branch}")}
        print(
            f"{CONTENDERS[name][0]:30}{one['seconds']:9.2f}{one['seconds_least']:8.2f}{one['cpu_seconds']:8.2f}"
            f"{one['ratio_to']:16.2f}{one['peak_mb']:9.0f}{one['pages']:7}{one['ms_a_page']:11.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures reportgen and its peers on the same score sheets.")
    parser.add_argument(
        "--branches", default="hualien,taipei", help="default: hualien,taipei (10 and 62 sheets)"
    )
    parser.add_argument("--repeat", type=int, default=3, help="rounds; medians are printed; default 3")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    chosen = parser.parse_args()
    there = set(bulletin.present())  # says who is missing
    names = [name for name in CONTENDERS if name in there]
    flat: dict[str, Any] = {}
    load = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for branch in chosen.branches.split(","):
            size = prepare(branch, Path(folder))
            runs: dict[str, list[Run]] = defaultdict(list)
            pages: dict[str, int] = {}
            for turn in range(chosen.repeat + 1):
                for name in names:
                    bulletin.say(f"{branch}, round {turn} of {chosen.repeat}: {CONTENDERS[name][0]}")
                    size.pdf.unlink(missing_ok=True)
                    load.append(os.getloadavg()[0])
                    found = CONTENDERS[name][1](size)
                    if turn:
                        runs[name].append(found)
                    else:  # the warm-up: what came of it is looked at
                        with contextlib.closing(pypdfium2.PdfDocument(size.pdf)) as pdf:
                            pages[name] = len(pdf)
            flat |= figures(branch, runs, pages)
            bulletin.say("")
            tell(flat, branch, names)
    flat |= {
        "rounds": chosen.repeat,
        "load_least": min(load),
        "load_most": max(load),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
    }
    print(
        f"{flat['cores']} cores, {flat['memory_gib']} GiB, Python {flat['python']}; load average {flat['load_least']:.1f} to "
        f"{flat['load_most']:.1f}; rounds: {chosen.repeat}"
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(flat, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
