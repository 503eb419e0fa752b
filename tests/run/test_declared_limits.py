"""What is read at each limit and one beyond it: a message with its place, within five seconds and a gigabyte.

The real command in processes of their own, whose time and memory the kernel counts.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter
from test_bad_inputs import CASES, DATASET, PUBLICATION

from reportgen.model import limits, messages

SECONDS, BYTES = 5.0, 10**9
METRICS, TOKENS, GLOSSARY = "inputs/metrics.toml", "styles/tokens.toml", "inputs/glossary.csv"
WORDS = "templates/bulletin/words.toml"
Change = Callable[[Path], object]

SECTION = """
[[section]]
title = { zh = "甲", en = "A" }

[[section.block]]
block = "narrative"
text = { zh = "終結{closed_cases}。", en = "Closed: {closed_cases}." }
"""
METRIC = """
[metric.%s]
name = { zh = "甲", en = "A" }
formula = "%s"
unit = "case"
digits = 0
better = "high"
"""


def swap(file: str, old: str, new: str) -> Change:
    def change(project: Path) -> None:
        text = (project / file).read_text("utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


def more(file: str, text: str) -> Change:
    return lambda project: (project / file).write_text((project / file).read_text("utf-8") + text, "utf-8")


def both(*changes: Change) -> Change:
    return lambda project: [change(project) for change in changes]


def metric(formula: str, *others: str) -> Change:
    """The formula of a metric that a table shows."""
    shown = swap(PUBLICATION, '"collected", "roi"', '"collected", "bad"')
    return both(more(METRICS, METRIC % ("bad", formula) + "".join(others)), shown)


def table(name: str, content: Callable[[], bytes], sheet: str = "") -> Change:
    def change(project: Path) -> None:
        (project / "inputs/datasets/small" / name).write_bytes(content())
        swap(DATASET, 'file = "cases.csv"', f'file = "{name}"{sheet}')(project)

    return change


def workbook(row: int, column: int) -> bytes:
    """A good table and one cell far away."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("S")
    for number, cells in enumerate(CELLS):
        sheet.write_row(number, 0, cells)
    sheet.write(row, column, " ")
    book.close()
    return made.getvalue()


CELLS = [["roc_year", "kind", "new_cases", "closed_cases"]]
CELLS += [[year, kind, 10, 12] for year in ("105", "106", "107") for kind in ("tax", "fine")]
HEAD = b"roc_year,kind,new_cases,closed_cases\n"


# Every call is a process of its own, which the kernel counts; it is forked from one that has loaded the program and checked a
# sound project. What that took is added to the time of each, and what it holds counts in the memory of each.
SERVER = """
import os, resource, sys
from reportgen.__main__ import run
from reportgen.cli import main

def check(project, told):
    sys.argv = ["reportgen", "--project", project, "check"]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT), 2)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    run()

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
try:
    main(["--project", sys.argv[1], "check"])
except SystemExit as end:
    assert not end.code
loaded = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
for line in sys.stdin:
    child = os.fork() or check(*line.rstrip().split("\\t"))
    _, status, used = os.wait4(child, 0)
    seconds = loaded + used.ru_utime + used.ru_stime
    print(os.waitstatus_to_exitcode(status), seconds, used.ru_maxrss * 1024, file=answers, flush=True)
"""

Measured = Callable[[Path], tuple[int, str, float, int]]


@pytest.fixture(scope="module")
def measured(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """`measured(project)`: exit code, messages, seconds of the processor and bytes of memory of `check`."""
    folder, pipe = tmp_path_factory.mktemp("told"), subprocess.PIPE
    command = [sys.executable, "-c", SERVER, str(small)]
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as server:
        assert server.stdin and server.stdout
        asked, answers = server.stdin, server.stdout

        def measure(project: Path) -> tuple[int, str, float, int]:
            told = folder / "stderr"
            told.unlink(missing_ok=True)
            print(project, told, sep="\t", file=asked, flush=True)
            code, seconds, memory = answers.readline().split()
            return int(code), told.read_text("utf-8", "replace"), float(seconds), int(memory)

        yield measure


# What is there at most, and what is said of one more.
LIMITS: dict[str, tuple[Change | None, Change, str]] = {
    "year": (
        swap(PUBLICATION, "since = 105", "since = 1"),
        swap(PUBLICATION, "since = 105", "since = -999999999"),
        "since: -999999999 is not an ROC year",
    ),
    "sections": (
        more(PUBLICATION, SECTION * (limits.SECTIONS - 1)),
        more(PUBLICATION, SECTION * limits.SECTIONS),
        "section: has 201 entries; at most 200",
    ),
    "tables of a file": (
        more(
            METRICS,
            "".join(METRIC % (f"m{n}", "closed_cases") for n in range(limits.DECLARATION_TABLES - 100)),
        ),
        more(METRICS, "".join(METRIC % (f"m{n}", "closed_cases") for n in range(limits.DECLARATION_TABLES))),
        "more than 2000 tables",
    ),
    "columns": (
        swap(CASES, "roc_year,", "".join(f"c{n}," for n in range(limits.TABLE_COLUMNS - 4)) + "roc_year,"),
        swap(CASES, "roc_year,", "".join(f"c{n}," for n in range(limits.TABLE_COLUMNS - 3)) + "roc_year,"),
        "the head has 501 columns; a table may have 500",
    ),
    "columns by the million": (
        None,
        swap(CASES, "roc_year,", "c," * 10**6 + "roc_year,"),
        "a table may have 500",
    ),
    "rows": (
        table("c.csv", lambda: HEAD + b"".join(b"105,k%d,1,2\n" % n for n in range(limits.TABLE_ROWS // 10))),
        table("c.csv", lambda: HEAD + b"105,tax,1,2\n" * limits.TABLE_ROWS),
        "has more than 300,000 rows",
    ),
    "letters of a cell": (
        swap(CASES, "107,tax,12,14", "107,tax,12," + " " * limits.CELL_LETTERS),
        swap(CASES, "107,tax,12,14", "107,tax,12," + " " * (limits.CELL_LETTERS + 1)),
        "the cell has 100,001 letters",
    ),
    "a cell of a million": (None, swap(CASES, "107,tax,12,14", "107,tax,12," + "1" * 10**6), "cases.csv:6: "),
    "digits of a cell": (
        swap(CASES, "107,tax,12,14", "107,tax,12," + "1" * 18),
        swap(CASES, "107,tax,12,14", "107,tax,12," + "1" * 19),
        "it has more than 18 digits",
    ),
    "a far row": (
        None,
        table("c.xlsx", lambda: workbook(2**20 - 1, 0), '\nsheet = "S"'),
        "the sheet reaches to row 1,048,576",
    ),
    "a far column": (
        None,
        table("c.xlsx", lambda: workbook(0, 2**14 - 1), '\nsheet = "S"'),
        "and column 16,384",
    ),
    "exponents of a formula": (
        metric("new_cases * 1e40"),
        metric("new_cases * 1e-999999999"),
        "or beyond 10 to the power of 40",
    ),
    "digits of a formula": (None, metric("new_cases + " + "9" * 100_000), "formula: "),
    "powers": (None, metric("9**9**9"), "** is no operator of a formula"),
    "brackets of a formula": (
        metric("(" * 150 + "new_cases" + ")" * 150),
        metric("(" * 100_000 + "new_cases" + ")" * 100_000),
        "formula: ",
    ),
    "signs of a formula": (None, metric("-" * 100_000 + "new_cases"), "formula: "),
    "a long formula": (None, metric("+".join(["new_cases"] * 50_000)), "formula: "),
    "a metric that names itself": (None, metric("bad + 1"), "bad"),
    "two that name one another": (None, metric("worse", METRIC % ("worse", "bad")), "bad"),
    "a chain of metrics": (
        None,
        metric("m0", *(METRIC % (f"m{n}", f"m{n + 1}") for n in range(1500))),
        "it names itself, directly or by others, or its brackets are nested too deeply",
    ),
    "a doubling chain": (
        metric(
            "m0",
            *(METRIC % (f"m{n}", f"m{n + 1} + m{n + 1}") for n in range(3)),
            METRIC % ("m3", "closed_cases"),
        ),
        metric(
            "m0",
            *(METRIC % (f"m{n}", f"m{n + 1} * m{n + 1}") for n in range(60)),
            METRIC % ("m60", "closed_cases"),
        ),
        "metric",
    ),
    "a term of the glossary": (
        more(GLOSSARY, "詞" * limits.GLOSSARY_LETTERS + ",word,preferred,x\n"),
        more(GLOSSARY, "詞" * (limits.GLOSSARY_LETTERS + 1) + ",word,preferred,x\n"),
        "has more than 1,000 characters",
    ),
    "a cell of the glossary": (None, more(GLOSSARY, "詞" * 10**6 + ",word,,\n"), "cannot be read as CSV"),
    "letters without a break": (
        None,
        swap(PUBLICATION, 'zh = "案件", en = "Cases"', f'zh = "{"案" * 60_000}", en = "{"C" * 60_000}"'),
        "small-107/publication.toml:10: 17: a text of more than 50,000 characters",
    ),
}
for file in (PUBLICATION, DATASET, METRICS, TOKENS, WORDS):
    name = Path(file).name
    for what, text, said in (
        ("depth", "kk = " + "[" * 100_000 + "]" * 100_000, "brackets are nested too deeply, more than 16"),
        ("parts of a key", ".".join(["a"] * 20_000) + " = 1", "a key of more than 8 parts"),
        ("parts of a head", "[" + ".".join(["a"] * 20_000) + "]", "a key of more than 8 parts"),
        ("digits", "kk = " + "9" * 100_000, "a number of more than 40 digits"),
        ("decimals", "kk = 0." + "9" * 100_000, "a number of more than 40 digits"),
        ("exponent", "kk = 1e999999999", "a number with an exponent above 40"),
        ("bytes", "#" + "x" * limits.DECLARATION_BYTES, "is larger than 1 MB"),
    ):
        LIMITS[f"{what} of {name}"] = (None, more(file, f"\n{text}\n"), said)


@pytest.mark.slow
@pytest.mark.parametrize("case", LIMITS)
def test_what_is_beyond_a_limit_is_told_at_once(
    small: Path, tmp_path: Path, measured: Measured, case: str
) -> None:
    _, beyond, expected = LIMITS[case]
    project = Path(shutil.copytree(small, tmp_path / "project"))
    beyond(project)
    code, said, seconds, memory = measured(project)
    assert expected in said
    assert code in (3, 4)
    assert all(len(line) < 1000 for line in said.splitlines())
    assert "recursion" not in said and "object at 0x" not in said
    assert memory < BYTES and seconds < SECONDS, (seconds, memory)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case, (at, _, _) in LIMITS.items() if at])
def test_what_is_at_a_limit_is_not_refused_for_it(
    small: Path, tmp_path: Path, measured: Measured, case: str
) -> None:
    at, _, expected = LIMITS[case]
    assert at
    project = Path(shutil.copytree(small, tmp_path / "project"))
    at(project)
    code, said, seconds, memory = measured(project)
    assert expected not in said
    assert code in (0, 3)  # the cells of some say what they should not
    assert memory < BYTES and seconds < SECONDS, (seconds, memory)


def test_each_limit_says_what_it_bounds() -> None:
    said = tomllib.loads((messages.FOLDER / "limits.toml").read_text("utf-8"))
    assert [name.lower() for name in vars(limits) if name.isupper()] == list(said)
