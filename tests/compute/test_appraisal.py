"""Appraisals: what a scheme makes of the rows of a period, what one more point needs, forecasts, months of attitude."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_appraisal import ROOT, RULES, UNITS, decided, month_rows, unit_rows, write_project

from reportgen.compute import appraisal, rules
from reportgen.compute.appraisal import Period, needs
from reportgen.compute.appraisal.needs import way_by_bands
from reportgen.compute.rules.model import Decision, Result
from reportgen.compute.rules.scores import Band, Item
from reportgen.compute.rules.values import Book
from reportgen.model import Gap, Text
from reportgen.model.errors import InputError, KindError, Place
from reportgen.read import parity, tables
from reportgen.read.metrics import read_registry

YEAR = Period(104)


def of(result: Result, unit: str) -> Decision:
    return next(decision for decision in result.decisions if decision.person.id == unit)


# ---- scores -------------------------------------------------------------------------------------


def test_a_score_is_the_weighted_items_with_bonus_and_deduction_as_worked_by_hand(tmp_path: Path) -> None:
    _, _, result = decided(write_project(tmp_path), YEAR)
    # Unit 1 collects 80 × 12 = 960 of 1,200: 80%, 60 points; closes 120 of 220. Three prizes, of which 1 point counts.
    first = of(result, "taipei-01")
    assert [item.points.exact for item in first.items] == [60, Fraction(12000, 220)]
    assert [one.points.exact for one in first.adjustments] == [1, 0]
    assert first.score is not None
    assert first.score.exact == Fraction(36) + Fraction(12000, 220) * Fraction(40, 100) + 1
    # Unit 2: 90 × 12 = 1,080, 90%, which belongs to the band from 90; one complaint takes off 2.
    second = of(result, "taipei-02")
    assert second.items[0].points.exact == 80
    assert second.adjustments[1].points.exact == -2
    assert second.score is not None
    assert second.score.exact == 48 + Fraction(132, 232) * 40 - 2


def test_a_score_stays_within_its_least_and_most(tmp_path: Path) -> None:
    units = unit_rows()
    for row in units:
        row[8] = 60  # complaints: 120 points off
    text = RULES.replace("least = 0\nmost = 100", "least = 5\nmost = 60")
    _, _, result = decided(write_project(tmp_path, units=units, rules_toml=text), YEAR)
    assert {decision.score.exact for decision in result.decisions if decision.score} == {5}
    _, _, result = decided(write_project(tmp_path, rules_toml=text), YEAR)
    assert max(decision.score.exact for decision in result.decisions if decision.score) == 60


def test_a_standard_is_met_or_not_and_excludes_nobody(tmp_path: Path) -> None:
    _, _, result = decided(write_project(tmp_path), YEAR)
    met = {decision.person.id: decision.standards[0].passed for decision in result.decisions}
    assert met == {unit: 12 * (10 + number) >= 130 for number, unit in enumerate(UNITS)}
    assert all(decision.eligible and decision.rank for decision in result.decisions)


def test_classes_are_compared_among_themselves(tmp_path: Path) -> None:
    _, _, result = decided(write_project(tmp_path), YEAR)
    ranks = {decision.person.id: (decision.group, decision.rank) for decision in result.decisions}
    assert ranks["yilan-02"] == ("second", 1)
    assert sorted(rank for group, rank in ranks.values() if group == "first") == [1, 2, 3, 4]


def test_own_points_stand_beside_the_reviewed_ones_and_do_not_count(tmp_path: Path) -> None:
    units = unit_rows()
    before = decided(write_project(tmp_path), YEAR)[2]
    for row in units:
        row[9] = 12
    after = decided(write_project(tmp_path, units=units), YEAR)[2]
    assert [d.score for d in before.decisions] == [d.score for d in after.decisions]
    own = of(after, "taipei-01").items[0].own
    assert own is not None and own.exact == 12


def test_weights_of_99_are_told_with_their_sum(tmp_path: Path) -> None:
    text = RULES.replace("weight = 40", "weight = 39")
    with pytest.raises(KindError, match="99") as caught:
        decided(write_project(tmp_path, rules_toml=text), YEAR)
    (problem,) = caught.value.problems
    assert problem.place.file == "inputs/small-104/units.toml"
    assert "100" in problem.en and "99" in problem.zh


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("each = 0.5", "each = -0.5", "-0.5 is out of range; write a number above 0"),
        ('kind = "bonus"', 'kind = "gift"', "unknown"),
        ("least = 0", "least = 100", "not below most"),
        ('formula = "goal * target - collected"', 'formula = "target - collected"', "does not hold goal"),
        ('table = "months"\nby', 'table = "moths"\nby', "months"),
        ('month = "month"', 'month = "moon"', "month"),
        ('at = "end"', 'at = "start"', "end"),
        ('own = "own_points"', 'own = "nothing"', "own_points"),
        ("at_least = 130", "at_least = 0", "everyone would pass"),
    ],
)
def test_a_fault_in_the_rules_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in RULES
    with pytest.raises(KindError) as caught:
        decided(write_project(tmp_path, rules_toml=RULES.replace(before, after)), YEAR)
    assert any(said in problem.en and problem.place.row for problem in caught.value.problems), caught.value


def test_an_award_knows_no_word_of_an_appraisal(tmp_path: Path) -> None:
    """`[[standard]]` and `[[adjustment]]` would be lost on the papers of an award."""
    folder = write_project(tmp_path)
    registry, declared = read_registry(folder), tables.describe(folder, "small")
    with pytest.raises(KindError, match="adjustment"):
        rules.read_scheme(folder, "small-104", declared, registry.units, None, "units")


# ---- periods ------------------------------------------------------------------------------------


def test_a_month_counts_what_came_up_to_its_end_and_what_is_pending_then(tmp_path: Path) -> None:
    months = month_rows()
    for row in months:
        row[6] = 1000 + row[1]  # pending: another number every month
    _, book, _ = decided(write_project(tmp_path, months=months), Period(104, 6))
    assert book.value("collected", "taipei-01").exact == 80 * 6
    assert book.value("pending_cases", "taipei-01").exact == 1006
    assert len(book.value("collected", "taipei-01").sources[0].rows) == 6


def test_service_is_counted_to_the_end_of_the_period(tmp_path: Path) -> None:
    june, _, _ = decided(write_project(tmp_path), Period(104, 6))
    year, _, _ = decided(write_project(tmp_path), YEAR)
    assert (june.end, year.end) == (date(2015, 6, 30), date(2015, 12, 31))


@given(month=st.integers(1, 11))
@settings(max_examples=11, deadline=None)
def test_months_are_said_in_both_languages(month: int) -> None:
    said = Period(104, month).said()
    assert not parity.faults(said, Place("test"), None)


@pytest.mark.parametrize(
    ("period", "before"),
    [(Period(104), Period(103)), (Period(104, 6), Period(104, 5)), (Period(104, 1), Period(103))],
)
def test_ranks_are_compared_with_the_year_or_the_month_before(period: Period, before: Period) -> None:
    assert period.before == before


# ---- what one more point needs ------------------------------------------------------------------


def test_one_more_point_is_worked_by_hand(tmp_path: Path) -> None:
    _, book, result = decided(write_project(tmp_path), YEAR)
    achievement, closing = needs(book, of(result, "taipei-01"))
    # 80% is worth 60 points; one point of the score is 100/60 points: the band from 90% gives 20.
    assert achievement.goal is not None and achievement.goal.exact == Fraction(9, 10)
    assert (achievement.gain.exact, achievement.bound) == (12, "at_least")
    assert achievement.more is not None
    assert achievement.more[1].exact == 1080 - 960
    # 54.54…% is worth as many points; 2.5 more, 57.045454…%, are one point of the score: 57.05% reaches it, 57.04% does not.
    assert closing.goal is not None and closing.goal.exact == Fraction("0.5705")
    assert closing.gain.exact == (Fraction("57.05") - Fraction(600, 11)) * 40 / 100


def test_money_and_cases_are_rounded_up_for_less_would_not_reach_it(tmp_path: Path) -> None:
    units = unit_rows()
    for row in units:
        row[6] = 1201
    _, book, result = decided(write_project(tmp_path, units=units), YEAR)
    achievement = needs(book, of(result, "taipei-01"))[0]
    assert achievement.more is not None
    assert achievement.more[1].exact == 121  # 90% of 1,201 is 1,080.9


def test_an_item_with_all_its_points_needs_nothing(tmp_path: Path) -> None:
    _, book, result = decided(write_project(tmp_path), YEAR)
    assert needs(book, of(result, "yilan-02"))[0].goal is None


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, Fraction]:
    """An item with bands in any order of points, and a value that one of them holds."""
    edges = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=6)))
    points = draw(st.lists(st.integers(0, 100), min_size=len(edges) + 1, max_size=len(edges) + 1))
    ends: list[int | None] = [None, *edges, None]
    bands = tuple(
        Band(low=_fraction(low), below=_fraction(high), points=Fraction(some))
        for low, high, some in zip(ends, ends[1:], points, strict=False)
    )
    weight = draw(st.integers(1, 100))
    value = Fraction(draw(st.integers(0, 1000)), 10)
    return Item(
        id="x", label=Text("甲", "x"), column="x", weight=Fraction(weight), bands=bands, floor=None, cap=None
    ), value


def _fraction(number: int | None) -> Fraction | None:
    return None if number is None else Fraction(number)


@given(items())
def test_the_goal_is_the_nearest_value_that_gives_the_point(drawn: tuple[Item, Fraction]) -> None:
    item, value = drawn

    def points_at(number: Fraction) -> Fraction:
        return next(band.points for band in item.bands if band.holds(number))

    now = points_at(value)
    wanted = now + 100 / item.weight
    found = way_by_bands(item, value, now, wanted)
    best = max(band.points for band in item.bands)
    if best <= now:
        assert found is None
        return
    assert found is not None
    goal, reached = found.goal, found.points
    there = goal if found.bound == "at_least" else goal - Fraction(1, 1000)
    assert points_at(there) == reached
    assert reached >= min(wanted, best)
    enough = wanted if best >= wanted else best
    near = abs(there - value)
    tenths = (Fraction(n, 10) for n in range(0, 1001))
    assert not any(points_at(n) >= enough and abs(n - value) < near - Fraction(1, 100) for n in tenths)


# ---- rows that must be there --------------------------------------------------------------------


def faults_of(folder: Path, period: Period = YEAR) -> list[str]:
    with pytest.raises(InputError) as caught:
        decided(folder, period)
    return [f"{p.place}: {p.en}" for p in caught.value.problems]


def test_an_unknown_unit_is_told_with_its_row(tmp_path: Path) -> None:
    months = month_rows()
    months[-1][3] = "yilan-20"
    found = faults_of(write_project(tmp_path, months=months))
    assert any("months.csv:145: unit_id" in one and "'yilan-20' is unknown" in one for one in found), found
    assert any("yilan-02 has no row for month 12 of 104" in one for one in found), found


def test_a_unit_in_two_branches_is_told_with_both_places(tmp_path: Path) -> None:
    months = month_rows()
    months[-1][2] = "taipei"
    (found,) = faults_of(write_project(tmp_path, months=months))
    assert "months.csv:145: branch" in found and "units.csv:13" in found and "stands here in taipei" in found


def test_a_lost_month_is_told(tmp_path: Path) -> None:
    months = [row for row in month_rows() if row[:4] != [104, 7, "shilin", "shilin-02"]]
    (found,) = faults_of(write_project(tmp_path, months=months))
    assert "shilin-02 has no row for month 7 of 104" in found
    decided(write_project(tmp_path, months=months), Period(104, 6))  # before it all rows are there


def test_a_unit_may_begin_within_the_year(tmp_path: Path) -> None:
    months = [row for row in month_rows() if row[0] == 103 or row[3] != "shilin-02" or row[1] >= 5]
    _, book, _ = decided(write_project(tmp_path, months=months), YEAR)
    assert book.value("collected", "shilin-02").exact == 110 * 8


def test_many_lost_rows_are_counted_and_not_all_listed(tmp_path: Path) -> None:
    months = month_rows()
    for row in months:
        if row[0] == 104:
            row[3] = f"{row[3]}x"
    found = faults_of(write_project(tmp_path, months=months))
    assert sum("is unknown" in one for one in found) == 20
    assert any("and 52 more rows" in one for one in found)


@pytest.mark.parametrize(("column", "cell", "said"), [(5, "-3", "closed_cases"), (4, "ten", "collected")])
def test_a_negative_count_and_a_word_for_a_number_are_told(
    tmp_path: Path, column: int, cell: str, said: str
) -> None:
    months = month_rows()
    months[0][column] = cell
    (found,) = faults_of(write_project(tmp_path, months=months))
    assert f"months.csv:2: {said}" in found


def test_a_month_that_stands_twice_is_told(tmp_path: Path) -> None:
    months = month_rows()
    found = faults_of(write_project(tmp_path, months=[*months, months[-1]]))
    assert any("months.csv:146" in one for one in found), found


# ---- forecast -----------------------------------------------------------------------------------


def forecast_of(folder: Path, period: Period, years: int = 1) -> dict[str, appraisal.Forecast]:
    registry, dataset = read_registry(folder), tables.read_dataset(folder, "small")
    declared = tables.describe(folder, "small")
    scheme = rules.read_scheme(folder, "small-104", declared, registry.units, None, "units", period.year)
    return appraisal.forecasts(
        scheme,
        dataset,
        declared,
        registry.units,
        period,
        appraisal.ForecastRule("collected", "target", years),
    )


def test_a_forecast_divides_what_was_collected_by_the_share_of_the_pattern(tmp_path: Path) -> None:
    months = month_rows()
    for row in months:
        if row[0] == 103 and row[3] == "taipei-01":
            row[4] = 100 if row[1] <= 6 else 200  # a third of the year in its first half
    found = forecast_of(write_project(tmp_path, months=months), Period(104, 6))["taipei-01"]
    assert found.share.exact == Fraction(1, 3)
    assert found.year.exact == 480 * 3
    assert found.rate.exact == Fraction(1440, 1200)
    assert found.rate_so_far.exact == Fraction(480, 1200)


@pytest.mark.slow
@given(
    pattern=st.lists(st.integers(1, 10**9), min_size=12, max_size=12),
    month=st.integers(1, 11),
    times=st.integers(1, 20),
)
@settings(max_examples=15, deadline=None)
def test_a_year_that_runs_as_the_one_before_is_forecast_exactly(
    tmp_path_factory: pytest.TempPathFactory, pattern: list[int], month: int, times: int
) -> None:
    months = month_rows()
    for row in months:
        row[4] = pattern[row[1] - 1] * (times if row[0] == 104 else 1)
    folder = write_project(tmp_path_factory.mktemp("forecast"), months=months)
    found = forecast_of(folder, Period(104, month))
    assert {one.year.exact for one in found.values()} == {sum(pattern) * times}


def test_without_earlier_months_there_is_no_forecast(tmp_path: Path) -> None:
    months = [row for row in month_rows() if row[0] == 104]
    units = [row for row in unit_rows() if row[0] == 104]
    found = forecast_of(write_project(tmp_path, units=units, months=months), Period(104, 6))
    assert isinstance(found["taipei-01"].rate.exact, Gap)


# ---- attitude -----------------------------------------------------------------------------------


def test_attitude_has_the_same_average_as_the_awards_that_it_feeds() -> None:
    """The months of staff-102 by both ways: the award's own column and the months of an appraisal."""
    registry, dataset = read_registry(ROOT), tables.read_dataset(ROOT, "staff-102")
    declared = tables.describe(ROOT, "staff-102")
    scheme = rules.read_scheme(ROOT, "attitude-awards-102", declared, registry.units)
    book = Book(replace(scheme, month="month"), dataset, registry.units)
    column = next(
        column for column in scheme.columns.values() if column.take == "mean" and column.table == "attitude"
    )
    items = ((column.of, Fraction(100)),)
    assessment = appraisal.Assessment(table=column.table, by=column.by, items=items, least=1, digits=2)
    found = appraisal.months(book, Period(102), assessment)
    assert len(found) > 100
    for id_, months in found.items():
        assert months.average.exact == book.value(column.id, id_).exact
    assert any(one.missing for one in found.values())


@pytest.mark.slow
def test_fewer_months_than_the_least_make_no_average() -> None:
    registry, dataset = read_registry(ROOT), tables.read_dataset(ROOT, "responsibility")
    declared = tables.describe(ROOT, "responsibility")
    scheme = rules.read_scheme(ROOT, "appraisal-104", declared, registry.units, None, "attitude", 104)
    cut = appraisal.at(scheme, declared, YEAR)
    book = Book(cut, dataset, registry.units)
    items = (("diligence", Fraction(40)), ("courtesy", Fraction(30)), ("discipline", Fraction(30)))
    assessment = appraisal.Assessment(table="attitude", by="staff_id", items=items, least=10, digits=2)
    found = appraisal.months(book, YEAR, assessment)
    assert found["chiayi-E03"].missing == (1, 2, 3, 9)
    assert isinstance(found["chiayi-E03"].average.exact, Gap)
    assert found["tainan-C04"].missing == (6,) and isinstance(found["tainan-C04"].average.exact, Fraction)
    one = found["taipei-C01"]
    assert one.average.exact == sum(month.score.exact for month in one.months) / 12  # type: ignore[misc]


# ---- the sample ---------------------------------------------------------------------------------


def test_the_months_of_the_sample_add_up_to_the_years_of_the_bulletin() -> None:
    """Appraisal, bulletin and awards print the same values."""
    with (ROOT / "inputs/datasets/agency/units.csv").open(encoding="utf-8") as file:
        years = {(row["roc_year"], f"{row['branch']}-{row['unit']}"): row for row in csv.DictReader(file)}
    sums: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    last: dict[tuple[str, str], dict[str, str]] = {}
    with (ROOT / "inputs/datasets/responsibility/months.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = row["roc_year"], row["unit_id"]
            for name in ("collected", "referred", "new_cases", "closed_cases"):
                sums[key][name] += int(row[name])
            if row["month"] == "12":
                last[key] = row
    assert len(sums) == 4 * 412
    for key, found in sums.items():
        assert {name: str(number) for name, number in found.items()} == {n: years[key][n] for n in found}
        for name in ("pending_cases", "overdue_cases"):
            assert last[key][name] == years[key][name]


def test_the_script_makes_the_tables_of_the_sample(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make-responsibility-sample"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True, capture_output=True)
    committed = ROOT / "inputs" / "datasets" / "responsibility"
    made = sorted(file.name for file in tmp_path.glob("*.csv"))
    assert made == sorted(file.name for file in committed.glob("*.csv"))
    for name in made:
        assert (tmp_path / name).read_bytes() == (committed / name).read_bytes(), name
