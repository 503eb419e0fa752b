"""Puts the figures of another year into the tables of a project: those of last year once more, under the new year."""

from __future__ import annotations

import re
from pathlib import Path

DAY = re.compile(r"(?<![\d/])(\d{2,3})(?=/\d{1,2}/\d{1,2}(?![\d/]))")


def grown(file: Path, year: int) -> None:
    """A table whose first column is the year: the rows of the year before once more, below."""
    text = file.read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith(f"{year - 1},")]
    assert rows, file
    more = "".join(f"{year}{line.removeprefix(str(year - 1))}\n" for line in rows)
    file.write_text(text.rstrip("\n") + "\n" + more, "utf-8")


def filled(old: Path, new: Path) -> None:
    """The tables of a dataset that has heads alone, with last year's rows: years in the first column and days are moved."""
    for file in sorted(new.glob("*.csv")):
        head, *rows = (old / file.name).read_text("utf-8").splitlines()
        if head.startswith("roc_year,"):
            rows = [f"{int(row.partition(',')[0]) + 1},{row.partition(',')[2]}" for row in rows]
        rows = [DAY.sub(lambda day: str(int(day[1]) + 1), row) for row in rows]
        file.write_text("\n".join([head, *rows]) + "\n", "utf-8")


def confirmed(*folders: Path) -> int:
    """Takes all marks out of the files of these folders; how many."""
    count = 0
    for file in (path for folder in folders for path in (*folder.rglob("*.toml"), *folder.rglob("*.md"))):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.lstrip().startswith("# 待確認 review ")]
        count += len(lines) - len(kept)
        file.write_text("".join(kept), "utf-8")
    return count
