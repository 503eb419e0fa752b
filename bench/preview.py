"""From a changed cell to the new picture in a browser: a preview of the bulletin of a chosen size, cells changed one after the other.

    .venv/bin/python bench/preview.py [--n 40] [--repeat 15] [--json FILE]

What is measured and how to read it: bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bulletin_project as project
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
GOAL = 1.0  # seconds, median
SHOWN = 4  # the page in view, which holds the figures that change
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=40, metavar="PAGES")
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "project"
        project.write_project(place, REPOSITORY, project.pages_to_sections(asked.n))
        result = measured(place, asked.repeat)
    for name, value in result.items():
        print(f"{name:24} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1), "utf-8")


def measured(place: Path, repeat: int) -> dict[str, object]:
    command = [sys.executable, "-m", "reportgen", "--project", str(place), "preview", project.PUBLICATION]
    surroundings = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address, "the preview did not begin"
            return in_browser(place, address[0], server.pid, repeat)
        finally:
            server.kill()


def in_browser(place: Path, address: str, server: int, repeat: int) -> dict[str, object]:
    found = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.perf_counter()
        page.goto(address)
        page.wait_for_selector("#pages img")
        first = time.perf_counter() - began
        page.locator(f"#pages li:nth-child({SHOWN})").evaluate("item => item.scrollIntoView()")
        page.wait_for_selector(f"#pages li:nth-child({SHOWN}) img")
        time.sleep(1)
        pages = page.locator("#pages li").count()
        runs = [changed(place, page, server) for _ in range(repeat)]
        browser.close()
    seconds, work = zip(*runs, strict=True)
    median = statistics.median(seconds)
    return {
        "pages": pages,
        "first_picture_seconds": round(first, 2),
        "change_seconds_median": round(median, 2),
        "change_seconds_least": round(min(seconds), 2),
        "change_seconds_most": round(max(seconds), 2),
        "server_cpu_seconds_median": round(statistics.median(work), 2),
        "goal_seconds": GOAL,
        "goal": "kept" if median <= GOAL else "missed",
    }


def changed(place: Path, page: Page, server: int) -> tuple[float, float]:
    """Seconds from a written cell to its picture in the page, and the server's CPU seconds for it."""
    picture = f"#pages li:nth-child({SHOWN}) img"
    before = page.locator(picture).get_attribute("data-generation")
    spent, began = cpu_seconds(server), time.perf_counter()
    project.change_one_cell(place)
    page.wait_for_selector(f'{picture}:not([data-generation="{before}"])')
    took, work = time.perf_counter() - began, cpu_seconds(server) - spent
    time.sleep(0.5)  # until the places of its figures are asked, too
    return took, work


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
