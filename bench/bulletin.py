"""Time and memory of this program and of its peers on the same bulletin, in turn, in one run.

    .venv/bin/python bench/bulletin.py [--n 40,160] [--repeat 3 or 5,2] [--json FILE] [--keep FOLDER]

What is measured and how to read it: bench/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bulletin_project as project
import psutil
import pypdfium2

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
REPORTGEN = [str(Path(sys.prefix, "bin", "reportgen"))]
PEERS = [sys.executable, str(HERE / "bulletin_peers.py")]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET_BROWSER = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--metrics-recording-only",
    "--no-pings",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
)
SAMPLE_SECONDS = 0.05
SHORT_RUNS = 9
GOALS = {"ratio_to_weasyprint": 0.6, "noop_seconds": 0.2, "help_seconds": 0.12}


@dataclass
class Run:
    """One call: how long, how much work of the processors, how much memory at most, what it said."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    said: str = ""


@dataclass
class Size:
    """One size of the bulletin, ready to be measured."""

    pages: int
    folder: Path
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def dump(self) -> Path:
        return self.folder / "dump"

    @property
    def pdf(self) -> Path:
        return self.folder / "peer.pdf"


# ---- one call ---------------------------------------------------------------------------------------


class Memory:
    """The most memory that a process and all its children had at one time, looked at every 50 ms."""

    def __init__(self, pid: int) -> None:
        self.root, self.peak = psutil.Process(pid), 0

    def look(self) -> None:
        total = 0
        with contextlib.suppress(psutil.Error):
            for process in (self.root, *self.root.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    total += process.memory_info().rss
        self.peak = max(self.peak, total)


def call(command: Sequence[str], **environment: str) -> Run:
    """Runs a command to its end; SystemExit with what it said when it fails."""
    with tempfile.TemporaryFile() as said:
        before, began = cpu_of_children(), time.perf_counter()
        process = subprocess.Popen(
            command, env=surroundings(**environment), stdout=said, stderr=subprocess.STDOUT
        )
        memory = Memory(process.pid)
        while True:
            memory.look()
            try:
                process.wait(SAMPLE_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        seconds = time.perf_counter() - began
        said.seek(0)
        words = said.read().decode("utf-8", "replace")
    if process.returncode:
        sys.exit(f"{' '.join(command[:3])} … failed ({process.returncode}):\n{words[-3000:]}")
    return Run(seconds, cpu_of_children() - before, memory.peak / 1e6, words)


def cpu_of_children() -> float:
    """Of all that have ended and were waited for, with their own children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def surroundings(**more: str) -> dict[str, str]:
    """This repository's own package, whatever else is installed."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(HERE))), **more}


# ---- who is measured ----------------------------------------------------------------------------------


def reportgen(workers: int) -> Callable[[Size], Run]:
    def run(size: Size) -> Run:
        with tempfile.TemporaryDirectory(dir=size.folder) as out:
            command = [*REPORTGEN, "build", project.PUBLICATION, "--project", str(size.project), "--out", out]
            found = call([*command, "--jobs", str(workers), "--times"])
            shutil.copy(next(Path(out, project.PUBLICATION).glob("*.pdf")), size.pdf)
        return found

    return run


def weasyprint(variant: str) -> Callable[[Size], Run]:
    def run(size: Size) -> Run:
        command = [*PEERS, "weasyprint", str(size.dump), str(size.pdf), variant]
        return call(command, FONTCONFIG_FILE=size.counts["fontconfig"])

    return run


def typst(size: Size) -> Run:
    return call([*PEERS, "typst", str(size.dump), str(size.pdf), size.counts["faces"]])


def browser() -> str:
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def chromium(size: Size) -> Run:
    with tempfile.TemporaryDirectory(dir=size.folder, ignore_cleanup_errors=True) as profile:
        command = [
            browser(),
            *QUIET_BROWSER,
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={size.pdf}",
            (size.dump / "whole.html").as_uri(),
        ]
        return call(command, FONTCONFIG_FILE=size.counts["fontconfig"])


def chromium_warm(size: Size) -> Run:
    """The second print of a browser that runs already, by its own remote control."""
    address = (size.dump / "whole.html").as_uri()
    with (
        tempfile.TemporaryDirectory(dir=size.folder, ignore_cleanup_errors=True) as profile,
        Remote(size, profile) as remote,
    ):
        remote.print(address, size.pdf)
        memory = Memory(remote.process.pid)
        began = time.perf_counter()
        remote.print(address, size.pdf)
        seconds = time.perf_counter() - began
        memory.look()
    return Run(seconds, 0.0, memory.peak / 1e6)


class Remote:
    """A headless browser that takes commands from a pipe, each a line of JSON that ends with a zero byte."""

    def __init__(self, size: Size, profile: str) -> None:
        to_read, self.to_write = os.pipe()
        self.to_hear, to_say = os.pipe()

        def pipes() -> None:
            """The browser reads at 3 and writes at 4; the pipes may have these numbers themselves."""
            low, high = os.dup(to_read), os.dup(to_say)
            while low < 5:
                low = os.dup(low)
            while high < 5:
                high = os.dup(high)
            os.dup2(low, 3)
            os.dup2(high, 4)

        command = [
            browser(),
            *QUIET_BROWSER,
            f"--user-data-dir={profile}",
            "--remote-debugging-pipe",
            "about:blank",
        ]
        self.process = subprocess.Popen(
            command,
            env=surroundings(FONTCONFIG_FILE=size.counts["fontconfig"]),
            preexec_fn=pipes,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_say)
        self.number, self.rest, self.session = 0, b"", ""

    def __enter__(self) -> Remote:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self.session = ""
        self.send("Browser.close")
        self.process.wait(30)
        os.close(self.to_write)
        os.close(self.to_hear)

    def print(self, address: str, out: Path) -> None:
        import base64

        self.ask("Page.navigate", url=address)
        while self.hear().get("method") != "Page.loadEventFired":
            pass
        found = self.ask(
            "Page.printToPDF", preferCSSPageSize=True, printBackground=True, generateTaggedPDF=True
        )
        out.write_bytes(base64.b64decode(found["data"]))

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = self.send(method, **parameters)
        while True:
            message = self.hear()
            if message.get("id") == number:
                if "error" in message:
                    sys.exit(f"the browser refuses {method}: {message['error']}")
                return dict(message["result"])

    def send(self, method: str, **parameters: Any) -> int:
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_write, json.dumps(message).encode() + b"\0")
        return self.number

    def hear(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            more = os.read(self.to_hear, 1 << 20)
            if not more:
                sys.exit("the browser has gone")
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        return dict(json.loads(message))


CONTENDERS: dict[str, tuple[str, Callable[[Size], Run]]] = {
    "reportgen": ("reportgen build --jobs 2", reportgen(2)),
    "reportgen_one_job": ("reportgen build --jobs 1", reportgen(1)),
    "weasyprint": ("plain WeasyPrint, no tags", weasyprint("")),
    "weasyprint_tagged": ("plain WeasyPrint, PDF/A-3a", weasyprint("pdf/a-3a")),
    "chromium": ("Chromium, cold", chromium),
    "chromium_warm": ("Chromium, warm", chromium_warm),
    "typst": ("Typst, PDF/A-3a", typst),
}


def present() -> Iterator[str]:
    """Those of the contenders that are installed; says who is missing."""
    for name in CONTENDERS:
        if name.startswith("chromium") and not browser():
            print(f"{name}: no Chromium here; scripts/bench-setup installs it")
        elif (
            name == "typst"
            and subprocess.run([sys.executable, "-c", "import typst"], capture_output=True).returncode
        ):
            print(f"{name}: no typst here; scripts/bench-setup installs it")
        else:
            yield name


# ---- the measuring --------------------------------------------------------------------------------------


def prepare(folder: Path, pages: int) -> Size:
    size = Size(pages, folder / str(pages))
    size.dump.mkdir(parents=True)
    project.write_project(size.project, REPOSITORY, project.pages_to_sections(pages))
    call([*PEERS, "dump", str(size.project), str(size.dump)])
    size.counts = json.loads((size.dump / "settings.json").read_text("utf-8"))
    return size


def measure(
    sizes: list[Size], names: list[str], rounds: list[int]
) -> tuple[dict[tuple[str, int], list[Run]], dict[tuple[str, int], int], list[float]]:
    """Every contender on every size in turn, as often as each size asks, after one round on the smallest."""
    runs: dict[tuple[str, int], list[Run]] = defaultdict(list)
    pages: dict[tuple[str, int], int] = {}
    load = []
    for name in names:
        say(f"warm-up: {CONTENDERS[name][0]}")
        CONTENDERS[name][1](sizes[0])
    for turn in range(1, max(rounds) + 1):
        for size in (size for size, wanted in zip(sizes, rounds, strict=True) if turn <= wanted):
            for name in names:
                load.append(os.getloadavg()[0])
                say(f"round {turn} of {max(rounds)}, {size.pages} pages: {CONTENDERS[name][0]}")
                size.pdf.unlink(missing_ok=True)
                runs[name, size.pages].append(CONTENDERS[name][1](size))
                pages[name, size.pages] = page_count(size.pdf)
    say("")
    return runs, pages, load


def say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def page_count(file: Path) -> int:
    with contextlib.closing(pypdfium2.PdfDocument(file)) as pdf:
        return len(pdf)


def seconds_of_steps(said: str) -> dict[str, float]:
    return {
        name: float(number) for name, number in re.findall(r"^ +(\w+) +(\d+\.\d+) s$", said, re.MULTILINE)
    }


def short_runs(size: Size) -> tuple[dict[str, float], str]:
    """Help, a build with nothing changed, a build after one changed cell; and what `--why` said then."""
    out = str(size.folder / "out")
    build = [*REPORTGEN, "build", "--project", str(size.project), "--out", out, "--why"]
    call(build)
    found = {
        "help_seconds": statistics.median(call([*REPORTGEN, "--help"]).seconds for _ in range(SHORT_RUNS)),
        "python_seconds": statistics.median(
            call([sys.executable, "-c", "pass"]).seconds for _ in range(SHORT_RUNS)
        ),
    }
    unchanged = [call(build) for _ in range(SHORT_RUNS)]
    if any(": made" in run.said for run in unchanged):
        sys.exit(f"nothing was changed, and yet:\n{unchanged[0].said}")
    found["noop_seconds"] = statistics.median(run.seconds for run in unchanged)
    rebuilt = []
    for _ in range(3):
        changed = project.change_one_cell(size.project)
        rebuilt.append(call(build))
    found["rebuild_seconds"] = statistics.median(run.seconds for run in rebuilt)
    said = f"(changed: {changed})\n" + rebuilt[-1].said.replace(out + "/", "").rstrip()
    return found, said


# ---- the telling ------------------------------------------------------------------------------------------


def figures(
    runs: dict[tuple[str, int], list[Run]],
    pages: dict[tuple[str, int], int],
    sizes: list[Size],
    names: list[str],
) -> dict[str, Any]:
    """Flat keys: what, of whom, at which size."""
    flat: dict[str, Any] = {}
    for size in sizes:
        n = size.pages
        flat[f"tables.{n}"], flat[f"cells.{n}"], flat[f"pictures.{n}"] = (
            size.counts[k] for k in ("tables", "cells", "pictures")
        )
        for name in names:
            found = runs[name, n]
            flat[f"seconds.{name}.{n}"] = statistics.median(run.seconds for run in found)
            flat[f"seconds_least.{name}.{n}"] = min(run.seconds for run in found)
            flat[f"cpu_seconds.{name}.{n}"] = statistics.median(run.cpu_seconds for run in found)
            flat[f"peak_mb.{name}.{n}"] = statistics.median(run.peak_mb for run in found)
            flat[f"pages.{name}.{n}"] = pages[name, n]
            flat[f"ms_a_page.{name}.{n}"] = 1000 * flat[f"seconds.{name}.{n}"] / pages[name, n]
        for name in names:
            flat[f"times_weasyprint.{name}.{n}"] = (
                flat[f"seconds.{name}.{n}"] / flat[f"seconds.weasyprint.{n}"]
            )
        flat[f"ratio_to_weasyprint.{n}"] = flat[f"times_weasyprint.reportgen.{n}"]
        flat[f"ratio_to_weasyprint_tagged.{n}"] = (
            flat[f"seconds.reportgen.{n}"] / flat[f"seconds.weasyprint_tagged.{n}"]
        )
        for name in ("reportgen", "reportgen_one_job"):
            flat.update(shares(name, n, runs[name, n]))
    if len(sizes) > 1:
        low, high = sizes[0].pages, sizes[-1].pages
        for name in names:
            more_pages = flat[f"pages.{name}.{high}"] - flat[f"pages.{name}.{low}"]
            more_seconds = flat[f"seconds.{name}.{high}"] - flat[f"seconds.{name}.{low}"]
            flat[f"ms_each_further_page.{name}"] = 1000 * more_seconds / more_pages
            flat[f"growth.{name}"] = flat[f"ms_a_page.{name}.{high}"] / flat[f"ms_a_page.{name}.{low}"]
    return flat


def shares(name: str, n: int, found: list[Run]) -> dict[str, float]:
    """Seconds of each step, and what is in none of them: the start of the process, delivery, its end."""
    every = [seconds_of_steps(run.said) for run in found]
    steps = {step: statistics.median(one[step] for one in every) for step in every[0]}
    steps["process"] = statistics.median(
        run.seconds - sum(one.values()) for run, one in zip(found, every, strict=True)
    )
    flat = {f"step.{name}.{step}.{n}": seconds for step, seconds in steps.items()}
    whole = sum(steps.values())
    return flat | {f"share.{name}.{step}.{n}": seconds / whole for step, seconds in steps.items()}


def tell(flat: dict[str, Any], sizes: list[Size], names: list[str], why: str) -> None:
    for size in sizes:
        n = size.pages
        print(
            f"\n{n} pages asked: {flat[f'cells.{n}']} cells in {flat[f'tables.{n}']} tables, {flat[f'pictures.{n}']} pictures"
        )
        print(
            f"{'':28}{'pages':>6}{'seconds':>9}{'least':>8}{'CPU s':>8}{'× WeasyPrint':>14}{'ms a page':>11}{'peak MB':>9}"
        )
        for name in names:
            worked = f"{cpu:.2f}" if (cpu := flat[f"cpu_seconds.{name}.{n}"]) else "–"
            print(
                f"{CONTENDERS[name][0]:28}{flat[f'pages.{name}.{n}']:6}{flat[f'seconds.{name}.{n}']:9.2f}"
                f"{flat[f'seconds_least.{name}.{n}']:8.2f}{worked:>8}{flat[f'times_weasyprint.{name}.{n}']:14.2f}"
                f"{flat[f'ms_a_page.{name}.{n}']:11.1f}{flat[f'peak_mb.{name}.{n}']:9.0f}"
            )
    if len(sizes) > 1:
        print(
            f"\nfrom {sizes[0].pages} to {sizes[-1].pages} pages (1.00: as long for each page; below: fixed cost is shared by more)"
        )
        for name in names:
            print(
                f"{CONTENDERS[name][0]:28} ms a page × {flat[f'growth.{name}']:.2f}, "
                f"{flat[f'ms_each_further_page.{name}']:6.1f} ms for each further page"
            )
    print("\nsteps of this program, seconds and share")
    steps = [
        key.split(".")[2]
        for key in flat
        if key.startswith("step.reportgen.") and key.endswith(f".{sizes[0].pages}")
    ]
    columns = [(name, size.pages) for size in sizes for name in ("reportgen", "reportgen_one_job")]
    heads = (f"{n} p, --jobs {1 if name.endswith('job') else 2}" for name, n in columns)
    print(" " * 10 + "".join(f"{head:>20}" for head in heads))
    for step in steps:
        cells = (
            f"{flat.get(f'step.{name}.{step}.{n}', 0):11.2f} {flat.get(f'share.{name}.{step}.{n}', 0):7.1%}"
            for name, n in columns
        )
        print(f"{step:10}" + "".join(f"{cell:>20}" for cell in cells))
    print(f"\nnothing changed    {flat['noop_seconds']:.3f} s")
    print(
        f"--help             {flat['help_seconds']:.3f} s (an empty Python: {flat['python_seconds']:.3f} s)"
    )
    print(f"one cell changed   {flat['rebuild_seconds']:.2f} s")
    print("".join(f"    {line}\n" for line in why.splitlines()))
    for goal, limit in GOALS.items():
        for key in [key for key in flat if key == goal or key.rpartition(".")[0] == goal]:
            print(
                f"goal {key} ≤ {limit}: {flat[key]:.3f} {'reached' if flat[key] <= limit else 'NOT reached'}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures reportgen and its peers on the same bulletin.")
    parser.add_argument("--n", default="40,160", help="pages of the bulletins, about; default 40,160")
    parser.add_argument(
        "--repeat", default="3", help="rounds, or rounds of each size: 5,2; default 3; medians are printed"
    )
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument(
        "--keep", type=Path, help="make the projects and PDFs in this folder and leave them there"
    )
    chosen = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if chosen.keep:
            chosen.keep.mkdir(parents=True, exist_ok=True)
        folder = chosen.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        )
        sizes = [prepare(folder.absolute(), int(n)) for n in chosen.n.split(",")]
        names = list(present())
        rounds = [int(count) for count in chosen.repeat.split(",")]
        rounds += rounds[-1:] * (len(sizes) - len(rounds))
        runs, pages, load = measure(sizes, names, rounds)
        flat = figures(runs, pages, sizes, names)
        short, why = short_runs(sizes[0])
    flat.update(short)
    flat.update(
        {
            "why_after_one_cell": why,
            "rounds": rounds,
            "load_least": min(load),
            "load_most": max(load),
            "load_median": statistics.median(load),
            "cores": os.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30),
            "python": platform.python_version(),
        }
    )
    print(
        f"{flat['cores']} cores, {flat['memory_gib']} GiB, Python {flat['python']}; load average over the runs "
        f"{flat['load_least']:.1f} to {flat['load_most']:.1f}, median {flat['load_median']:.1f}; rounds of each size: {chosen.repeat}"
    )
    tell(flat, sizes, names, why)
    if chosen.json:
        chosen.json.write_text(json.dumps(flat, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
