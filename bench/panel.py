"""Time and memory of an A1 panel with two charts: this program and its peers, in turn, in one run.

    .venv/bin/python bench/panel.py [--repeat 5] [--json FILE] [--keep FOLDER]

What is measured and how to read it: bench/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bulletin
import psutil
import pypdfium2
from bulletin import HERE, REPORTGEN, Run, Size
from panel_peers import PANEL, PUBLICATION

PEERS = [sys.executable, str(HERE / "panel_peers.py")]


def reportgen(project: str, edition: str) -> Callable[[Size], Run]:
    """From the CSV to the delivered file, into an empty folder; `edition` is the ending of what is kept."""

    def run(size: Size) -> Run:
        with tempfile.TemporaryDirectory(dir=size.folder) as out:
            command = [
                *REPORTGEN,
                "build",
                PUBLICATION,
                "--project",
                str(size.folder / project),
                "--out",
                out,
            ]
            found = bulletin.call([*command, "--jobs", "1", "--times"])
            shutil.copy(Path(out, PUBLICATION, PANEL + edition), size.pdf)
        return found

    return run


CONTENDERS: dict[str, tuple[str, Callable[[Size], Run]]] = {
    "reportgen": ("reportgen build", reportgen("project", ".pdf")),
    "reportgen_press": ("… with the printer's edition", reportgen("press", ".press.pdf")),
    "weasyprint": ("plain WeasyPrint, no tags", bulletin.weasyprint("")),
    "weasyprint_tagged": ("plain WeasyPrint, PDF/A-3a", bulletin.weasyprint("pdf/a-3a")),
    "chromium": ("Chromium, cold", bulletin.chromium),
    "chromium_warm": ("Chromium, warm", bulletin.chromium_warm),
    "typst": ("Typst, PDF/A-3a", bulletin.typst),
}


def present() -> Iterator[str]:
    there = set(bulletin.present())  # says who is missing
    return (name for name in CONTENDERS if name in there or name == "reportgen_press")


def prepare(folder: Path) -> Size:
    size = Size(1, folder)
    size.dump.mkdir(parents=True)
    for name, more in (("project", ()), ("press", ("press",))):
        bulletin.call([*PEERS, "project", str(folder / name), *more])
    bulletin.call([*PEERS, "dump", str(size.project), str(size.dump)])
    size.counts = json.loads((size.dump / "settings.json").read_text("utf-8"))
    return size


def is_whole(file: Path) -> tuple[int, bool]:
    """Pages, and whether the first has the size of A1 within a millimetre (the printer's has its bleed beyond)."""
    with contextlib.closing(pypdfium2.PdfDocument(file)) as pdf:
        left, bottom, right, top = pdf[0].get_trimbox()
        sides = sorted(side * 25.4 / 72 for side in (right - left, top - bottom))
        return len(pdf), all(abs(a - b) < 1 for a, b in zip(sides, (594, 841), strict=True))


def figures(runs: dict[str, list[Run]]) -> dict[str, Any]:
    """Flat keys: what, of whom."""
    flat: dict[str, Any] = {}
    for name, found in runs.items():
        flat[f"seconds.{name}"] = statistics.median(run.seconds for run in found)
        flat[f"seconds_least.{name}"] = min(run.seconds for run in found)
        flat[f"cpu_seconds.{name}"] = statistics.median(run.cpu_seconds for run in found)
        flat[f"peak_mb.{name}"] = statistics.median(run.peak_mb for run in found)
    for name in runs:
        flat[f"ratio_to.{name}"] = flat["seconds.reportgen"] / flat[f"seconds.{name}"]
    for name in ("reportgen", "reportgen_press"):
        every = [bulletin.seconds_of_steps(run.said) for run in runs[name]]
        for step in every[0]:
            flat[f"step.{name}.{step}"] = statistics.median(one[step] for one in every)
    return flat


def tell(flat: dict[str, Any], names: list[str]) -> None:
    print(
        f"{'':30}{'seconds':>9}{'least':>8}{'CPU s':>8}{'reportgen ÷ it':>16}{'peak MB':>9}{'KB':>7}{'pages':>7}"
    )
    for name in names:
        worked = f"{cpu:.2f}" if (cpu := flat[f"cpu_seconds.{name}"]) else "–"
        print(
            f"{CONTENDERS[name][0]:30}{flat[f'seconds.{name}']:9.2f}{flat[f'seconds_least.{name}']:8.2f}{worked:>8}"
            f"{flat[f'ratio_to.{name}']:16.2f}{flat[f'peak_mb.{name}']:9.0f}{flat[f'kb.{name}']:7.0f}{flat[f'pages.{name}']:7}"
        )
    for name in ("reportgen", "reportgen_press"):
        steps = [(key.rpartition(".")[2], flat[key]) for key in flat if key.startswith(f"step.{name}.")]
        print(f"{CONTENDERS[name][0]}: " + ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures reportgen and its peers on the same A1 panel.")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; medians are printed; default 5")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--keep", type=Path, help="leave projects, pages and PDFs in this folder")
    chosen = parser.parse_args()
    runs: dict[str, list[Run]] = defaultdict(list)
    seen: dict[str, Any] = {}
    load = []
    with contextlib.ExitStack() as stack:
        folder = chosen.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        )
        size = prepare(folder.absolute())
        names = list(present())
        for turn in range(chosen.repeat + 1):
            for name in names:
                bulletin.say(f"round {turn} of {chosen.repeat}: {CONTENDERS[name][0]}")
                size.pdf.unlink(missing_ok=True)
                load.append(os.getloadavg()[0])
                found = CONTENDERS[name][1](size)
                if turn == 0:  # the warm-up: what came of it is looked at
                    pages, whole = is_whole(size.pdf)
                    if not whole:
                        sys.exit(f"{name}: the page is not of A1")
                    seen |= {f"pages.{name}": pages, f"kb.{name}": size.pdf.stat().st_size / 1000}
                    shutil.copy(size.pdf, size.folder / f"{name}.pdf")
                else:
                    runs[name].append(found)
        bulletin.say("")
        flat = (
            figures(runs) | seen | {key: size.counts[key] for key in ("pictures", "paragraphs", "characters")}
        )
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
        f"{flat['cores']} cores, {flat['memory_gib']} GiB, Python {flat['python']}; load average {flat['load_least']:.1f} to "
        f"{flat['load_most']:.1f}; rounds: {chosen.repeat}; A1, {flat['pictures']} charts, {flat['paragraphs']} paragraphs, "
        f"{flat['characters']} characters"
    )
    tell(flat, names)
    if chosen.json:
        chosen.json.write_text(json.dumps(flat, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
