"""An exhibition of its own in a folder: a small dataset, one panel, one archival item with a scan that is drawn here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from making import draft
from PIL import Image, ImageDraw

from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents as panels
from reportgen.model import Document, Edition
from reportgen.model.errors import Problem, ReportgenError
from reportgen.model.job import Inline, Job
from reportgen.write.sheet import LaidSheet, lay_out

ROOT = Path(__file__).resolve().parent.parent
NAME = "show"
HOME = f"inputs/{NAME}"
PUBLICATION = f"{HOME}/publication.toml"
ITEMS = f"{HOME}/items.toml"
PANEL = f"{HOME}/panels/one/panel.md"
SCAN = f"{HOME}/scans/letter.png"
SCAN_SIZE = (1654, 2339)  # A4 at 200 dots an inch
YEARS = range(89, 105)
UNITS = {
    **dict.fromkeys(
        ("new_cases", "closed_cases", "pending_cases", "overdue_cases", "beyond_five_years"), "case"
    ),
    **dict.fromkeys(
        (
            "collected",
            "collected_of_year",
            "target",
            "referred",
            "cost",
            "budget",
            "final_account",
            "surplus",
        ),
        "twd_k",
    ),
    **dict.fromkeys(("staff", "population"), "person"),
}
BRANCHES = ("north", "south")

HEAD = """\
kind = "panels"
dataset = "small"
period = 104
since = 90
issuer = { zh = "示範分署", en = "Sample Branch" }
title = { zh = "小展覽", en = "Small Exhibition" }
subtitle = { zh = "格言", en = "A motto" }
panels = ["one"]
web = "https://show.example/small/"

[[section]]
id = "first"
title = { zh = "第一區", en = "First Section" }

[[event]]
roc_year = 95
label = { zh = "新制施行", en = "A new rule" }
"""

CATALOGUE = """\
[[item]]
id = "letter"
caption = { zh = "一封公函", en = "A letter" }
alt = { zh = "一頁公函。", en = "A page of a letter." }
image = "scans/letter.png"
file_number = "甲-1"
date = "100.5.6"
rights = { zh = "虛構", en = "Invented" }
"""

FRONT = """\
title = { zh = "小展板", en = "Small Panel" }
section = "first"
layout = "archive"
"""

BODY = """\
## 題
## Heading

{period}終結{closed_cases(104)}。

In {period}, {closed_cases(104)} were closed.

[item: letter]
"""


def number(name: str, roc_year: int, branch: int) -> int:
    """Unlike for each measure, year and branch, and no round one."""
    place = list(UNITS).index(name)
    since = roc_year - 88
    return (
        10_007 + 1_013 * place + 313 * since + 997 * branch * (place + 2) + since * since * (37 * place % 101)
    )


def project(
    folder: Path,
    *,
    front: str = FRONT,
    body: str = BODY,
    head: str = HEAD,
    items: str = CATALOGUE,
    more: Mapping[str, str] = {},
) -> Path:
    """A whole project. `more`: further panels by name, front part and text."""
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    data = folder / "inputs/datasets/small"
    data.mkdir(parents=True)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    (data / "dataset.toml").write_text(_dataset(), "utf-8")
    rows = [
        ",".join([str(year), branch, *(str(number(name, year, place)) for name in UNITS)])
        for year in YEARS
        for place, branch in enumerate(BRANCHES)
    ]
    (data / "all.csv").write_text("\n".join([f"roc_year,branch,{','.join(UNITS)}", *rows, ""]), "utf-8")
    write(folder, PUBLICATION, head)
    if items:
        write(folder, ITEMS, items)
    write(folder, PANEL, f"+++\n{front}+++\n\n{body}")
    for name, text in more.items():
        write(folder, f"{HOME}/panels/{name}/panel.md", text)
    scan(folder)
    (folder / "reportgen.toml").touch()
    return folder


def write(folder: Path, file: str, words: str) -> None:
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(words, "utf-8")


def scan(folder: Path, size: tuple[int, int] = SCAN_SIZE, file: str = SCAN) -> None:
    """A sheet with lines that a redaction can take out."""
    picture = Image.new("RGB", size, (246, 241, 230))
    draw = ImageDraw.Draw(picture)
    for y in range(size[1] // 8, size[1], size[1] // 16):
        draw.rectangle((size[0] // 8, y, size[0] * 7 // 8, y + size[1] // 60), fill=(30, 30, 40))
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    picture.save(folder / file)


def _dataset() -> str:
    members = "".join(
        f'[[dimension.branch.member]]\nid = "{name}"\nzh = "{zh}分署"\nen = "{name.title()} Branch"\n'
        for name, zh in zip(BRANCHES, "北南", strict=True)
    )
    columns = "".join(
        f'[table.all.column.{name}]\ntype = "whole"\nunit = "{unit}"\n'
        f'label = {{ zh = "{place}號欄", en = "Column {place}" }}\n'
        for place, (name, unit) in enumerate(UNITS.items())
    )
    return f"""\
name = {{ zh = "小資料", en = "Small data" }}
time = "roc_year"
[dimension.branch]
label = {{ zh = "分署", en = "Branch" }}
{members}
[[break]]
roc_year = 98
measures = {list(UNITS)}
text = {{ zh = "改採新統計方式。", en = "Counted in a new way." }}
[table.all]
label = {{ zh = "總表", en = "All figures" }}
file = "all.csv"
key = ["roc_year", "branch"]
[table.all.column.roc_year]
type = "roc_year"
[table.all.column.branch]
type = "member"
dimension = "branch"
{columns}"""


def made(folder: Path, panel: str = "one") -> Document:
    return panels.document(read_material(folder, NAME), panel)


def told(folder: Path, panel: str = "one") -> tuple[Problem, ...]:
    try:
        made(folder, panel)
    except ReportgenError as error:
        return error.problems
    return ()


def laid(folder: Path, edition: Edition = "both", panel: str = "one") -> LaidSheet:
    """Fitted and measured; `pdf.laid(sheet.name)` has its boxes until `pdf.drop(sheet.name)`."""
    job = Job(project=folder, publication=NAME, document=panel, edition=edition)
    return lay_out(draft(job), Inline())


def boxes(box: Any) -> Iterator[Any]:
    """A box of the layout and all within it."""
    box = getattr(box, "_box", box)
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(child)
