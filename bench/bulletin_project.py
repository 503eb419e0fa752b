"""A seeded project of a chosen size: an invented dataset and a bulletin with tables and charts in proportion.

A section is about one branch and has four tables, three charts and a few sentences; five sections make
about 40 pages. Styles, templates, words and metrics are the repository's own.
"""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

SEED = 20_261_123
BRANCHES = 20
FIRST, LAST = 87, 107
DATASET, PUBLICATION = "measured", "measured-107"
OTHER_DATASET, OTHER_PUBLICATION = "other", "other-107"
SURNAMES = "東西南北中"
ENGLISH = ("East", "West", "South", "North", "Central")

# Metrics that a section may show as one grid of branches by years, or as one ranking.
GRIDS = (
    "collected",
    "new_cases",
    "closing_rate",
    "achievement_rate",
    "closed_cases",
    "collection_rate",
    "pending_cases",
)
CHART_FORMS = ("ranked_bar", "heat_map", "slope", "stacked_bar", "small_multiples")


def pages_to_sections(pages: int) -> int:
    return max(1, round(pages / 8))


def write_project(folder: Path, repository: Path, sections: int) -> None:
    """Templates, styles and the registry of the repository, two invented datasets, a publication on each.

    The bulletin that is measured has the asked number of sections. The other one is small, stands on
    figures of its own, and should be left alone when a figure of the first changes.
    """
    for name in ("templates", "styles"):
        shutil.copytree(repository / name, folder / name)
    inputs = folder / "inputs"
    for dataset, publication, size in (
        (DATASET, PUBLICATION, sections),
        (OTHER_DATASET, OTHER_PUBLICATION, 1),
    ):
        tables = inputs / "datasets" / dataset
        tables.mkdir(parents=True)
        (inputs / publication).mkdir()
        (tables / "dataset.toml").write_text(_dataset(), "utf-8")
        _write_csv(tables / "branches.csv")
        (inputs / publication / "publication.toml").write_text(_publication(dataset, size), "utf-8")
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(repository / "inputs" / name, inputs / name)


def change_one_cell(folder: Path) -> str:
    """Raises one amount by one; says which."""
    file = folder / "inputs" / "datasets" / DATASET / "branches.csv"
    rows = list(csv.reader(file.read_text("utf-8").splitlines()))
    column = rows[0].index("collected")
    rows[7][column] = str(int(rows[7][column]) + 1)
    _save(file, rows)
    return f"{file.name}, row 8, collected"


def _branch(place: int) -> tuple[str, str, str]:
    area, number = place % len(SURNAMES), place // len(SURNAMES)
    return f"b{place + 1:02}", f"{SURNAMES[area]}{number + 1}分署", f"{ENGLISH[area]} {number + 1} Branch"


def _dataset() -> str:
    members = "".join(
        f'\n[[dimension.branch.member]]\nid = "{id_}"\nzh = "{zh}"\nen = "{en}"\n'
        for id_, zh, en in map(_branch, range(BRANCHES))
    )
    amounts = {
        "target": ("基本徵起責任金額", "Basic responsibility amount for collection"),
        "collected": ("徵起金額", "Amount collected"),
        "referred": ("移送金額", "Amount referred"),
        "cost": ("執行經費", "Cost"),
    }
    counts = {
        "new_cases": ("新收件數", "New cases"),
        "closed_cases": ("終結件數", "Closed cases"),
        "pending_cases": ("未結件數", "Pending cases"),
        "overdue_cases": ("逾期未結件數", "Overdue pending cases"),
    }
    columns = "".join(
        f'\n[table.branches.column.{name}]\ntype = "whole"\nunit = "{unit}"\nmin = 0\nlabel = {{ zh = "{zh}", en = "{en}" }}\n'
        for unit, group in (("twd", amounts), ("case", counts))
        for name, (zh, en) in group.items()
    )
    return f"""# Invented figures for measuring; made by bench/bulletin_project.py.
name = {{ zh = "量測用虛構統計", en = "Invented statistics for measuring" }}
sample = {{ zh = "示範資料", en = "Sample data" }}
time = "roc_year"

[dimension.branch]
label = {{ zh = "分署", en = "Branch" }}
{members}
[table.branches]
label = {{ zh = "各分署辦理情形", en = "Work of the branches" }}
file = "branches.csv"
key = ["roc_year", "branch"]

[table.branches.column.roc_year]
type = "roc_year"
min = {FIRST}
max = {LAST}

[table.branches.column.branch]
type = "member"
dimension = "branch"
{columns}
[[table.branches.relation]]
kind = "balance"
stock = "pending_cases"
add = "new_cases"
subtract = "closed_cases"
tolerance = 0
"""


def _write_csv(file: Path) -> None:
    chance = random.Random(SEED)
    pending = {place: chance.randint(20_000, 60_000) for place in range(BRANCHES)}
    size = {place: chance.uniform(0.5, 2.0) for place in range(BRANCHES)}
    rows: list[list[object]] = [
        [
            "roc_year",
            "branch",
            "target",
            "collected",
            "referred",
            "cost",
            "new_cases",
            "closed_cases",
            "pending_cases",
            "overdue_cases",
        ]
    ]
    for year in range(FIRST, LAST + 1):
        for place in range(BRANCHES):
            new = round(size[place] * chance.randint(60_000, 90_000))
            closed = min(round(new * chance.uniform(0.85, 1.1)), pending[place] + new - 1000)
            pending[place] += new - closed
            target = round(size[place] * chance.randint(90_000, 140_000)) * 10_000
            collected = round(target * chance.uniform(0.8, 1.3))
            rows.append(
                [
                    year,
                    _branch(place)[0],
                    target,
                    collected,
                    round(collected * chance.uniform(3, 6)),
                    round(collected / chance.uniform(12, 30)),
                    new,
                    closed,
                    pending[place],
                    round(pending[place] * chance.uniform(0.05, 0.3)),
                ]
            )
    _save(file, rows)


def _save(file: Path, rows: list[list[object]] | list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


# ---- publication.toml ---------------------------------------------------------------------------


def _text(zh: str, en: str) -> str:
    return f'{{ zh = "{zh}", en = "{en}" }}'


def _block(kind: str, **fields: object) -> str:
    lines = [f'block = "{kind}"']
    for name, found in fields.items():
        name = name.rstrip("_")
        if isinstance(found, bool):
            lines.append(f"{name} = {str(found).lower()}")
        elif isinstance(found, list):
            lines.append(f"{name} = [{', '.join(f'{chr(34)}{item}{chr(34)}' for item in found)}]")
        elif isinstance(found, str) and not found.startswith("{"):
            lines.append(f'{name} = "{found}"')
        else:
            lines.append(f"{name} = {found}")
    return "\n[[section.block]]\n" + "\n".join(lines) + "\n"


def _publication(dataset: str, sections: int) -> str:
    head = f"""# Made by bench/bulletin_project.py.
kind = "bulletin"
dataset = "{dataset}"
period = {LAST}
since = {FIRST}
issuer = {_text("法務部行政執行署", "Administrative Enforcement Agency, Ministry of Justice")}
title = {_text("年度績效公報", "Annual Performance Bulletin")}
subtitle = {_text("量測用虛構數值", "Invented figures for measuring")}
"""
    return head + "".join(_section(number) for number in range(sections)) + _annexes()


def _section(number: int) -> str:
    place = number % BRANCHES
    id_, zh, en = _branch(place)
    if number >= BRANCHES:
        zh, en = f"{zh}（續{number // BRANCHES}）", f"{en} (part {number // BRANCHES + 1})"
    grid, chart = GRIDS[number % len(GRIDS)], CHART_FORMS[number % len(CHART_FORMS)]
    if chart == "stacked_bar" and grid.endswith("_rate"):
        chart = "grouped_bar"  # rates do not stack up
    members = [_branch((place + step) % BRANCHES)[0] for step in range(20 if chart == "heat_map" else 6)]

    def of(*metrics: str) -> list[str]:
        return [f"{metric}@{id_}" for metric in metrics]

    made = [f"\n[[section]]\ntitle = {_text(zh, en)}\n"]
    if number == 0:
        made.append(
            _block(
                "key_figures",
                metrics=[
                    "new_cases",
                    "closed_cases",
                    "pending_cases",
                    "closing_rate",
                    "collected",
                    "achievement_rate",
                ],
            )
        )
    made += [
        _block("narrative", story="trend", metric="new_cases", member=id_),
        _block("narrative", story="extremes", metric="collected", member=id_),
        _block(
            "table",
            id=f"t{number}-cases",
            caption=_text(f"{zh}歷年收結情形", f"Cases of {en} by year"),
            rows="years",
            columns=of(
                "new_cases",
                "change.new_cases",
                "closed_cases",
                "change.closed_cases",
                "pending_cases",
                "closing_rate",
                "overdue_rate",
            ),
            shade=of("closing_rate"),
            total=True,
        ),
        _block(
            "chart",
            form="line",
            caption=_text(f"{zh}歷年新收及終結", f"New and closed: {en}"),
            metrics=of("new_cases", "closed_cases"),
            data=f"t{number}-cases",
        ),
        _block(
            "table",
            id=f"t{number}-money",
            caption=_text(f"{zh}歷年徵起情形", f"Collection of {en} by year"),
            rows="years",
            columns=of(
                "target",
                "collected",
                "change.collected",
                "achievement_rate",
                "referred",
                "collection_rate",
                "cost",
            ),
            total=True,
        ),
        _block(
            "chart",
            form="grouped_bar" if number % 2 else "line",
            caption=_text(f"{zh}近年達成率", f"Achievement rate: {en}"),
            metrics=of("achievement_rate"),
            from_=98,
            data=f"t{number}-money",
        ),
        _block("narrative", story="trend", metric="achievement_rate", member=id_),
        _block(
            "table",
            id=f"t{number}-grid",
            caption=_text(
                f"各分署近七年比較之{number + 1}", f"Branches in seven years, comparison {number + 1}"
            ),
            rows="branch",
            by="years",
            metric=grid,
            from_=101,
            shade=[grid],
        ),
        _block(
            "chart",
            form=chart,
            caption=_text(f"各分署比較圖之{number + 1}", f"Branches compared, figure {number + 1}"),
            metrics=[grid],
            by="branch",
            members=members,
            from_=101,
            data=f"t{number}-grid",
            **({"highlight": id_} if chart in ("ranked_bar", "slope") else {}),
        ),
        _block(
            "ranking",
            id=f"t{number}-rank",
            caption=_text(f"各分署名次之{number + 1}", f"Branches ranked, list {number + 1}"),
            metric=grid,
            by="branch",
            columns=[
                m
                for m in (
                    "new_cases",
                    "closed_cases",
                    "pending_cases",
                    "collected",
                    "target",
                    "achievement_rate",
                    "closing_rate",
                )
                if m != grid
            ][:6],
        ),
        _block(
            "note",
            text=_text(
                "本節各表之數值均為虛構，僅供量測。",
                "All figures of this section are invented, for measuring only.",
            ),
        ),
    ]
    return "".join(made)


def _annexes() -> str:
    blocks = ("method_annex", "source_annex", "symbols", "colophon")
    return f"\n[[section]]\ntitle = {_text('統計方法與資料來源', 'Methods and sources')}\n" + "".join(
        map(_block, blocks)
    )
