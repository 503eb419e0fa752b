"""A small office and its year: invented, seeded tables, and what its officers declare. Only the names of branches are real.

Three branches with 9 units (one of them vacant) and 12 persons; a fourth branch merges into the third at the beginning of the year.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import python_calamine

ROOT = Path(__file__).resolve().parent.parent
YEAR = 105
BRANCHES = {
    "taipei": ("臺北分署", "Taipei Branch"),
    "taichung": ("臺中分署", "Taichung Branch"),
    "kaohsiung": ("高雄分署", "Kaohsiung Branch"),
}
MERGED, INTO = "pingtung", "kaohsiung"
VACANT = ("taichung", "03")
CLOSED, NEW = ("pingtung", "01"), ("kaohsiung", "03")
UNITS = [(branch, f"{number:02}") for branch in BRANCHES for number in (1, 2, 3)]
SERVED = {("taichung", "02"): 6}  # months in the year before; all others served it whole
# Who served where, from month to month: 9 posts of officers less the vacant one, and 4 clerks; N04 and N08 change places.
PEOPLE = (
    ("N01", "陳示安", "Chen, Shih-An", "officer"), ("N02", "林示宏", "Lin, Shih-Hung", "officer"),
    ("N03", "黃示文", "Huang, Shih-Wen", "officer"), ("N04", "張示明", "Chang, Shih-Ming", "officer"),
    ("N05", "李示華", "Lee, Shih-Hua", "officer"), ("N06", "王示君", "Wang, Shih-Chun", "officer"),
    ("N07", "吳示佳", "Wu, Shih-Chia", "officer"), ("N08", "劉示恩", "Liu, Shih-En", "officer"),
    ("N09", "蔡示玲", "Tsai, Shih-Ling", "clerk"), ("N10", "楊示傑", "Yang, Shih-Chieh", "clerk"),
    ("N11", "許示儒", "Hsu, Shih-Ju", "clerk"), ("N12", "鄭示涵", "Cheng, Shih-Han", "clerk"),
)  # fmt: skip
FILLED = [unit for unit in UNITS if unit != VACANT]
POSTS = {
    **{f"N{place:02}": ((unit, 1, 12),) for place, unit in enumerate(FILLED, 1)},
    "N04": ((FILLED[3], 1, 6), (FILLED[7], 7, 12)),
    "N08": ((FILLED[7], 1, 6), (FILLED[3], 7, 12)),
    **{f"N{place + 9:02}": ((FILLED[2 * place], 1, 12),) for place in range(4)},
}
# unit, points, reason: what the committee changed; at most 3 points either way
REVIEWS = (
    (("taipei", "01"), "1.5", "協助他股清理積案", "Helped another unit to clear its backlog"),
    (("taipei", "03"), "-2", "卷宗管理經抽查缺失2件", "2 faults were found in its files on inspection"),
    (("taichung", "01"), "2.5", "研提分案流程改善，全署採行", "Its better way to assign cases is used by the whole Agency"),
    (("kaohsiung", "02"), "-1", "教育訓練時數不足", "Too few hours of training"),
)  # fmt: skip
# unit, points, reason: an objection to the appraisal of the year, decided and checked by two
OBJECTION = (("taichung", "02"), "1.5", "漏計專案一件", "One project was not counted")


def name_of(unit: tuple[str, str]) -> str:
    return "-".join(unit)


def last_year(seed: int) -> list[tuple[str, str, int, int, int]]:
    """Branch, unit, target (NT$), pending cases and months of each unit in the year before."""
    chance = random.Random(seed)
    before = [unit for unit in UNITS if unit != NEW] + [CLOSED]
    return [
        (
            *unit,
            chance.randrange(5_000, 8_000) * 10_000 * months // 12,
            chance.randrange(3_000, 9_000),
            months,
        )
        for unit in before
        for months in [SERVED.get(unit, 12)]
    ]


def factors(seed: int) -> list[tuple[str, int, int]]:
    """Branch, population, minutes of travel."""
    chance = random.Random(seed + 1)
    return [
        (branch, chance.randrange(900_000, 2_800_000), chance.randrange(18, 62))
        for branch in (*BRANCHES, MERGED)
    ]


def months(seed: int) -> list[tuple[int, str, str, str, int, int, int]]:
    """Month, branch, unit, officer, collected (NT$), closed and pending cases of each filled unit."""
    chance = random.Random(seed + 2)
    holder = {
        (unit, month): person
        for person, _, _, title in PEOPLE
        if title == "officer"
        for unit, first, last in POSTS[person]
        for month in range(first, last + 1)
    }
    return [
        (month, unit[0], name_of(unit), holder[unit, month], chance.randrange(4_000_000, 9_500_000),
         chance.randrange(300, 1_100), chance.randrange(4_000, 9_000))
        for unit in FILLED
        for month in range(1, 13)
    ]  # fmt: skip


# ---- files ------------------------------------------------------------------------------------------


def write_project(folder: Path, seed: int) -> Path:
    """The project before its year: all declarations, and the tables that the targets are worked out from."""
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "inputs").mkdir()
    for name in ("inputs/glossary.csv", "inputs/metrics.toml", "reportgen.toml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests/year", folder / "inputs", dirs_exist_ok=True)
    home, targets = folder / "inputs/datasets/office", folder / "inputs/datasets/targets-105"
    table(
        targets / "last.csv",
        "roc_year,branch,unit,target,pending_cases,served",
        [(YEAR - 1, *row) for row in last_year(seed)],
    )
    table(
        targets / "factors.csv",
        "roc_year,branch,population,travel",
        [(YEAR - 1, *row) for row in factors(seed)],
    )
    table(
        targets / "roster.csv",
        "roc_year,branch,unit,months",
        [(YEAR, *unit, 12 * (unit != VACANT)) for unit in UNITS],
    )
    table(
        home / "branches.csv",
        "roc_year,branch,name,name_en",
        [(YEAR, *(id_, *names)) for id_, names in BRANCHES.items()],
    )
    table(
        home / "months.csv",
        "roc_year,month,branch,unit_id,officer_id,collected,closed_cases,pending_cases",
        [(YEAR, *row) for row in months(seed)],
    )
    unit, *said = OBJECTION
    row = (YEAR, name_of(unit), *said, "王示例", "林示例", "106/1/12")
    table(
        home / "objections.csv", "roc_year,unit_id,granted,reason,reason_en,decided_by,checked_by,day", [row]
    )
    reviews = [
        (name_of(unit), *said, "獎勵審查會", "Award Review Committee", "106/1/18") for unit, *said in REVIEWS
    ]
    table(
        home / "reviews.csv", "unit_id,points,reason,reason_en,decided_by,decided_by_en,decided_on", reviews
    )
    table(home / "members.csv", "unit_id,member_id,name,name_en,role,since,until", members())
    return folder


def write_targets(folder: Path, amounts: Iterable[tuple[str, str, int]]) -> None:
    """The targets that hold at the end of the year, as the appraisal and the awards read them: one row for each filled unit."""
    rows = [
        (YEAR, name_of((branch, unit)), branch, f"{BRANCHES[branch][0]}執行第{int(unit)}股",
         f"Enforcement Unit {int(unit)}, {BRANCHES[branch][1]}", "unit", amount)
        for branch, unit, amount in amounts
        if (branch, unit) != VACANT
    ]  # fmt: skip
    table(
        folder / "inputs/datasets/office/units.csv", "roc_year,unit_id,branch,name,name_en,kind,target", rows
    )


def members() -> list[tuple[str, ...]]:
    return [
        (
            name_of(unit),
            person,
            zh,
            en,
            title,
            f"{YEAR}/{first}/1",
            f"{YEAR}/{last}/{30 if last == 6 else 31}",
        )
        for person, zh, en, title in PEOPLE
        for unit, first, last in POSTS[person]
    ]


def table(path: Path, head: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head.split(","), *rows])


def approved_amounts(sheet: Path) -> list[tuple[str, str, int]]:
    """Branch, unit and amount (NT$) as the last sheet of the approved workbook has them at the end of the year."""
    head, *rows = python_calamine.load_workbook(sheet).get_sheet_by_name("targets").to_python()
    place = [head.index(name) for name in ("branch", "unit", "target")]
    return [(str(row[place[0]]), str(row[place[1]]), int(row[place[2]])) for row in rows]
