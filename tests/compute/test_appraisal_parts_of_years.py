"""The part of a year's target that the months so far are to have: twelfths or the pattern of the years before, by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from small_appraisal import RULES, UNITS, decided, month_rows, write_project

from reportgen.compute.appraisal import Period
from reportgen.model import Gap
from reportgen.model.errors import KindError

BEFORE = '[[column]]\nid = "achievement_rate"'
PART = """[[column]]
id = "target_so_far"
label = { zh = "期間應達金額", en = "Target of the period" }
of_year = "target"
MORE

[[column]]
id = "achievement_rate\""""


def ruled(more: str) -> str:
    text = RULES.replace(BEFORE, PART.replace("MORE", more))
    return text.replace('formula = "collected / target"', 'formula = "collected / target_so_far"')


def parts(folder: Path, month: int) -> dict[str, object]:
    book = decided(folder, Period(104, month))[1]
    return {unit: book.value("target_so_far", unit).exact for unit in UNITS}


def test_without_a_pattern_the_part_is_in_twelfths_and_of_a_year_all(tmp_path: Path) -> None:
    folder = write_project(tmp_path, rules_toml=ruled(""))
    for month in (1, 6, 11, 12):
        assert set(parts(folder, month).values()) == {Fraction(1200 * month, 12)}


def test_the_pattern_is_what_the_months_had_of_the_year_before(tmp_path: Path) -> None:
    rows = [row for row in month_rows() if row[3] != "yilan-02" or row[0] == 104 or row[1] != 7]
    for row in rows:
        if row[0] == 103:
            row[4] = 300 if row[1] <= 3 else 100  # 900 of 1,800 in the first quarter
    folder = write_project(tmp_path, months=rows, rules_toml=ruled('pattern = "collected"\nyears = 1'))
    found = {month: parts_unchecked(folder, month) for month in (1, 3, 6, 12)}
    assert [found[month]["taipei-01"] for month in (1, 3, 6, 12)] == [200, 600, 800, 1200]
    # Who lacks a month of the year before has no pattern, and so no score; the whole year needs none.
    assert isinstance(found[6]["yilan-02"], Gap) and found[12]["yilan-02"] == 1200


def parts_unchecked(folder: Path, month: int) -> dict[str, object]:
    book = decided(folder, Period(104, month), check=False)[1]
    return {unit: book.value("target_so_far", unit).exact for unit in UNITS}


def test_one_rules_file_gives_the_same_points_in_every_month_of_an_even_year(tmp_path: Path) -> None:
    folder = write_project(tmp_path, rules_toml=ruled('pattern = "collected"\nyears = 1'))
    points = [
        [
            one.items[0].points.exact
            for one in sorted(decided(folder, Period(104, month))[2].decisions, key=lambda d: d.person.id)
        ]
        for month in (1, 5, 12)
    ]
    assert points[0] == points[1] == points[2] and len(set(points[0])) > 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("years = 2", "years are those of pattern, and there is none"),
        ('pattern = "pending_cases"', "pending_cases makes no pattern of a year"),
        ('pattern = "target"', "target makes no pattern of a year"),
    ],
)
def test_what_makes_no_pattern_is_told(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(KindError) as caught:
        decided(write_project(tmp_path, rules_toml=ruled(more)), Period(104, 6))
    assert any(said in problem.en for problem in caught.value.problems), caught.value.problems


def test_an_amount_of_months_is_no_amount_of_a_year(tmp_path: Path) -> None:
    with pytest.raises(KindError) as caught:
        decided(
            write_project(
                tmp_path, rules_toml=ruled("").replace('of_year = "target"', 'of_year = "collected"')
            ),
            Period(104, 6),
        )
    assert "collected is counted by months" in caught.value.problems[0].en
