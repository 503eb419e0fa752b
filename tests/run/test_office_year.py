"""The year of a small office: the program's figures are those worked out by hand; what changes nothing, and what never falls."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
import year_by_hand as by_hand
import year_ledgers
import year_office as office
from year_by_hand import Figure, figure

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model.blocks import Table

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (10500, 10501, 10507)
PAPERS = {
    "targets-105": ("approval", "branches", "submission", "letter", "revision"),
    "appraisal-105-06": ("branches",),
    "appraisal-105": ("branches", "units"),
    "awards-105": ("order", "list", "decisions"),
}


def figures(project: Path, publication: str) -> dict[Figure, set[Fraction]]:
    """Of all papers of a publication, before layout."""
    material = read_material(project, publication)
    kind, found = kinds()[material.publication.kind], defaultdict(set)
    for paper in PAPERS[publication]:
        for printed in kind.compose(material, paper).printed:
            if isinstance(printed.value.exact, int | Fraction):
                key = figure(printed.value.metric, **dict(printed.value.key))
                found[key].add(Fraction(printed.value.exact))
    return dict(found)


def year(folder: Path, seed: int) -> Path:
    """The project with the amounts that hold at the end of the year."""
    project = office.write_project(folder / str(seed), seed)
    final = by_hand.revised(by_hand.approved(seed))
    office.write_targets(project, [(*unit, final["/".join(unit)]) for unit in office.UNITS])
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return year(tmp_path_factory.mktemp("year"), SEEDS[0])


@pytest.mark.parametrize("publication", PAPERS)
def test_each_figure_of_the_year_is_what_is_worked_out_by_hand(project: Path, publication: str) -> None:
    wanted = year_ledgers.expected(SEEDS[0])[publication]
    assert year_ledgers.differences(figures(project, publication), wanted) == []


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_other_offices_have_the_targets_worked_out_by_hand(tmp_path: Path, seed: int) -> None:
    found = figures(year(tmp_path, seed), "targets-105")
    assert year_ledgers.differences(found, by_hand.of_targets(seed)) == []


def test_a_figure_that_is_another_or_missing_is_told(project: Path) -> None:
    wanted = year_ledgers.expected(SEEDS[0])["targets-105"]
    found, name = figures(project, "targets-105"), figure("target", **by_hand.of_this_year("taipei/01"))
    assert "target of" in year_ledgers.differences(found, {**wanted, name: wanted[name] + 1})[0]
    assert year_ledgers.differences({one: found[one] for one in found if one != name}, wanted)


def test_each_person_has_an_order_with_a_table_of_its_own(project: Path) -> None:
    material = read_material(project, "awards-105")
    order = kinds()["awards"].compose(material, "order")
    anchors = [block.anchor for block in order.blocks if isinstance(block, Table)]
    assert len(anchors) == len({*anchors}) == len(by_hand.orders(SEEDS[0])) > 1


def test_the_order_of_rows_changes_nothing(project: Path, tmp_path: Path) -> None:
    other = year(tmp_path, SEEDS[0])
    for file in (other / "inputs/datasets").rglob("*.csv"):
        head, *rows = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join([head, *reversed(rows)]), "utf-8")
    for publication in PAPERS:
        assert figures(other, publication) == figures(project, publication)


@pytest.mark.parametrize("branch", office.BRANCHES)
def test_more_people_never_lower_a_target_beside_negotiated_ones(
    project: Path, tmp_path: Path, branch: str
) -> None:
    other = year(tmp_path, SEEDS[0])
    file = other / "inputs/datasets/targets-105/factors.csv"
    more = re.sub(
        rf"(?m)^(\d+,{branch}),(\d+)",
        lambda row: f"{row[1]},{int(row[2]) + 900_000}",
        file.read_text("utf-8"),
    )
    file.write_text(more, "utf-8")
    name = figure("target", **by_hand.of_this_year(branch))
    before, after = figures(project, "targets-105"), figures(other, "targets-105")
    assert max(after[name]) >= max(before[name])
    whole = figure("target", roc_year=office.YEAR)
    assert after[whole] == before[whole] == {by_hand.TOTAL}


@pytest.mark.sweep
def test_the_year_is_built_checked_and_counted() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/office-year"], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    counted = dict(re.findall(r"(\w+)=(\d+)", done.stdout.splitlines()[-1]))
    assert (counted["negotiated"], counted["committee"], counted["objections"]) == ("3", "4", "1")
    assert int(counted["papers"]) >= 12 and int(counted["recomputed"]) >= 300
