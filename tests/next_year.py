"""Puts the figures of another year into the tables of a project: those of last year once more, under the new year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from office_workbook import Cell, Formula, Page, PerCent

from reportgen.model.formats import capital_letters
from reportgen.read.sheets import names_of_sheets, read_grid
from reportgen.read.tables.laying.view import Area

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


# ---- a workbook as it lies, with a year added -----------------------------------------------------------

LABEL = re.compile(
    r"\s*(?:民國|西元)?\s*((?:19|20)\d\d|\d{2,3}(?=\s*年))\s*(?:年[度底]?)?\s*(?:\d{1,2}\s*月|第?\d\s*季)?\s*"
)
SUM = re.compile(r"[合總小]\s*計")


def pages_of(workbook: Path) -> list[Page]:
    """The sheets of a workbook with their values, merged heads and per cents; formulas become what they gave."""
    pages = []
    for name in names_of_sheets(workbook, workbook.name):
        grid = read_grid(workbook, workbook.name, name)
        rows: list[list[Cell]] = []
        for number, cells in grid.rows:
            rows.append([_cell(cell, (number, at) in grid.page.percent) for at, cell in enumerate(cells, 1)])
        pages.append(Page(name, rows, merged=grid.page.merged))
    return pages


def _cell(text: str, percent: bool) -> Cell:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text) or re.fullmatch(r"0\d+", text):
        return text
    number = float(text)
    return PerCent(number) if percent else int(number) if number.is_integer() else number


def with_year(pages: list[Page]) -> list[Page]:
    """The same sheets as they lie a year later: the last year once more, below, beside, or in a sheet of its own."""
    grown_pages: list[Page] = []
    for page in pages:
        rows = [list(row) for row in page.rows]
        across = next((row for row in rows if _is_head_of_years(row)), None)
        down = [number for number, row in enumerate(rows) if _years(row[:2]) and row is not across]
        if across is not None:
            grown_pages.append(_across(page, rows, across))
        elif down:
            grown_pages.append(Page(page.name, rows, merged=_below(page, rows, down)))
        else:
            grown_pages.append(page)
            if years := _years_named(page):
                year = years[-1]
                if any(_years_named(other)[-1:] > [year] and _head(other) == _head(page) for other in pages):
                    continue  # the sheet of an earlier year
                title = [_later(cell, year) if isinstance(cell, str) else cell for cell in rows[0]]
                name = page.name.replace(str(year), str(year + 1))
                name = name if name != page.name else f"{page.name}{year + 1}"
                grown_pages.append(Page(name, [title, *rows[1:]], merged=page.merged))
    return grown_pages


def _across(page: Page, rows: list[list[Cell]], across: list[Cell]) -> Page:
    """The columns of the last year once more beside them; sums behind them grow."""
    places = _years(across)
    (before, _), (at, year) = places[-2:]
    width = at - before
    sums = [place + width for place, cell in enumerate(across) if place > at and SUM.search(str(cell))]
    for row in rows:
        row += [""] * (at + width - len(row)) if len(row) > at else []
        added = [_later(cell, year) if row is across and cell else cell for cell in row[at : at + width]]
        row[at + width : at + width] = added
        for place in sums if added else ():
            row[place] = _plus(row[place], added[0])
    merged = [one for one in page.merged if "1:" in one]
    if width > 1:  # the head of a year stands over its columns
        areas = [(one, area) for one in page.merged if (area := Area.of(one))]
        merged = [one for one, area in areas if area.columns.stop <= at + 1 + width]
        last = [
            area for _, area in areas if area.columns.start == at + 1 and area.columns.stop == at + 1 + width
        ]
        merged += [
            f"{capital_letters(at + 1 + width)}{area.rows.start}:{capital_letters(at + 2 * width)}{area.rows.stop - 1}"
            for area in last
        ]
    return Page(page.name, rows, merged=merged)


def _below(page: Page, rows: list[list[Cell]], down: list[int]) -> list[str]:
    """The rows of the last year of each table once more below them; the first sum below grows. The merged areas, moved."""
    merged = [(area.columns, area.rows) for one in page.merged if (area := Area.of(one))]
    for run in reversed(_runs(rows, down)):
        (place, year), *_ = _years(rows[run.start])
        more = [
            [*row[:place], _later(row[place], year), *row[place + 1 :]] for row in rows[run.start : run.stop]
        ]
        for row in rows[run.stop :]:
            if any(SUM.search(str(cell)) for cell in row):
                for column in range(len(row)):
                    for added in more:
                        row[column] = _plus(row[column], added[column])
                break
        rows[run.stop : run.stop] = more
        inside = [
            (columns, one) for columns, one in merged if run.start < one.start and one.stop - 1 <= run.stop
        ]
        merged = [
            (columns, range(one.start + len(run), one.stop + len(run)) if one.start > run.stop else one)
            for columns, one in merged
        ] + [(columns, range(one.start + len(run), one.stop + len(run))) for columns, one in inside]
    return [
        f"{capital_letters(columns.start)}{one.start}:{capital_letters(columns.stop - 1)}{one.stop - 1}"
        for columns, one in merged
    ]


def _runs(rows: list[list[Cell]], down: list[int]) -> list[range]:
    """The rows of the last year of each table, with those whose year is merged into the one above."""
    runs: list[range] = []
    for number in down:
        place, year = _years(rows[number])[0]
        end = number + 1
        while (
            end < len(rows)
            and len(rows[end]) > place
            and rows[end][place] == ""
            and any(cell != "" for cell in rows[end])
        ):
            end += 1
        if runs and runs[-1].stop == number:
            same = _years(rows[runs[-1].start])[0][1] == year
            runs[-1] = range(runs[-1].start if same else number, end)
        else:
            runs.append(range(number, end))
    return runs


def _years(row: Sequence[Cell]) -> list[tuple[int, int]]:
    found = [
        (at, LABEL.fullmatch(str(cell)) if isinstance(cell, str | int) else None)
        for at, cell in enumerate(row)
    ]
    return [(at, int(match[1])) for at, match in found if match]


def _is_head_of_years(row: Sequence[Cell]) -> bool:
    """Several years one after another, and no number that is none: 2013 may stand beside 2000 t."""
    years = [year for _, year in _years(row)]
    numbers = [cell for cell in row if isinstance(cell, int | float)]
    return len(years) > 1 and years == sorted({*years}) and all(number in years for number in numbers)


def _years_named(page: Page) -> list[int]:
    """The years in the name of a sheet and in its title."""
    return [
        int(year)
        for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{2,3}(?=年)", page.name + str(page.rows[0]))
    ]


def _head(page: Page) -> list[Sequence[Cell]]:
    return [row for row in page.rows if not any(isinstance(cell, int | float | PerCent) for cell in row)][1:3]


def _later(cell: Cell, year: int) -> str:
    return str(cell).replace(str(year), str(year + 1))


def _plus(total: Cell, added: Cell) -> Cell:
    one, other = _number(total), _number(added)
    if one is None or other is None or isinstance(total, PerCent):
        return total
    return f"{one + other:,.0f}" if isinstance(total, str) else one + other


def _number(cell: Cell) -> float | None:
    if isinstance(cell, Formula):
        return cell.value
    text = str(cell).replace(",", "") if isinstance(cell, str | int | float) else ""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
