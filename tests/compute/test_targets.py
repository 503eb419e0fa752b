"""The targets of branches and units: a small example by hand, what must hold for all figures, and every fault."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_targets import (
    CASES,
    DECLARED,
    PEOPLE,
    SAMPLE,
    Branch,
    Unit,
    amounts,
    decided,
    problems,
    project,
    scheme,
    swap,
    told,
    unit_amounts,
)

from reportgen.compute.targets import Factor, Limits
from reportgen.compute.targets.declaration import BranchLimits, NewBranch
from reportgen.model import Text

# ---- by hand -------------------------------------------------------------------------------------

NORTH = Branch({"people": 30}, (Unit(200), Unit(100)))
SOUTH = Branch({"people": 10}, (Unit(100),))


def test_a_small_example_is_what_a_hand_makes_of_it() -> None:
    """Last year 300 : 100, people 30 : 10, so both say 3/4 : 1/4 of 800; north is held at 300 × 1.5 = 450."""
    free = decided(scheme(800), {"north": NORTH, "south": SOUTH})
    assert amounts(free) == {"north": 600, "south": 200}
    held = decided(
        scheme(
            800,
            limits=Limits(floor=None, ceiling=Fraction(50)),
            branch_limits={"south": BranchLimits(branch="south", reason=Text("示範", "sample"))},
        ),
        {"north": NORTH, "south": SOUTH},
    )
    assert amounts(held) == {"north": 450, "south": 350}
    north = held.branch("north")
    assert (north.bound, north.before.exact, north.after.exact) == ("ceiling", 600, 450)
    assert (north.change.exact, north.rate.exact) == (150, Fraction(1, 2))
    assert held.branch("south").bound == ""


def test_last_year_and_index_are_blended_by_the_declared_weight() -> None:
    """Last year 1 : 1, people 3 : 1; 60 % of last year: 0.6 × 1/2 + 0.4 × 3/4 = 0.6."""
    even = {"a": Branch({"people": 3}), "b": Branch({"people": 1})}
    result = decided(scheme(1000, last_weight=Fraction(60)), even)
    assert amounts(result) == {"a": 600, "b": 400}
    assert result.branch("a").index.exact == Fraction(3, 4)
    assert result.branch("a").share.exact == Fraction(3, 5)
    assert result.branch("a").share.worked == "60% × 1/2 + 40% × 3/4 = 3/5"


@pytest.mark.parametrize(
    ("normalisation", "direction", "index"),
    [
        ("share", "raises", Fraction(1, 5)),  # 10 of 50
        ("share", "lowers", Fraction(4, 5)),  # 1/10 of 1/10 + 1/40
        ("mean_ratio", "raises", Fraction(1, 3)),  # 200 × 10 of 200 × 10 + 100 × 40
        ("mean_ratio", "lowers", Fraction(8, 9)),  # 200 / 10 of 200 / 10 + 100 / 40
        ("min_max", "raises", Fraction(0)),
        ("min_max", "lowers", Fraction(1)),
    ],
)
def test_each_way_from_a_factor_to_a_share(normalisation: str, direction: str, index: Fraction) -> None:
    factor = PEOPLE.model_copy(update={"normalisation": normalisation, "direction": direction})
    result = decided(
        scheme(300, factors=(factor,)),
        {"a": Branch({"people": 10}, (Unit(200),)), "b": Branch({"people": 40}, (Unit(100),))},
    )
    assert result.branch("a").index.exact == index
    assert sum(one.index.exact for one in result.branches) == 1  # type: ignore[misc]


def test_every_figure_has_its_formula_and_its_rows() -> None:
    result = decided(scheme(800, unit_factors=(CASES,)), {"north": NORTH, "south": SOUTH})
    north = result.branch("north")
    assert north.last.sources[0].rows == (2, 3)
    assert north.parts[0].share.worked == "30 ÷ 40 = 3/4"
    assert north.parts[0].share.sources[0].rows == (2, 3)
    for one in (*result.branches, *(unit for branch in result.branches for unit in branch.units)):
        for value in (one.index, one.share, one.before, one.after, one.target, one.change, one.rate):
            assert value.formula and value.worked and value.sources, value


# ---- units ---------------------------------------------------------------------------------------


def test_a_unit_counts_by_its_months_and_its_staffing() -> None:
    """12 : 6 : 12 × 0.9 months."""
    branch = Branch({"people": 1}, (Unit(), Unit(months=Fraction(6)), Unit(half=True)))
    result = decided(scheme(2880), {"a": branch})
    assert unit_amounts(result, "a") == {"01": 1200, "02": 600, "03": 1080}
    assert result.branch("a").units[2].service.exact == Fraction(9, 10)  # type: ignore[union-attr]


def test_days_are_parts_of_a_month() -> None:
    branch = Branch({"people": 1}, (Unit(), Unit(months=Fraction(6) + Fraction(15, 30))))
    assert unit_amounts(decided(scheme(1850), {"a": branch}), "a") == {"01": 1200, "02": 650}


def test_a_new_unit_counts_as_an_average_one_and_has_no_limits() -> None:
    branch = Branch({"people": 1}, (Unit(300, 30), Unit(100, 10), Unit(None, months=Fraction(6))))
    result = decided(
        scheme(
            1000,
            unit_factors=(CASES,),
            unit_new=("a/03",),
            unit_limits=Limits(floor=Fraction(-100), ceiling=Fraction(200)),
        ),
        {"a": branch},
    )
    new = result.branch("a").units[2]
    assert (new.share.exact, new.floor, new.ceiling, new.change.worked) == (Fraction(1, 5), None, None, "")
    assert unit_amounts(result, "a") == {"01": 600, "02": 200, "03": 200}


def test_limits_of_a_unit_are_pro_rata_too() -> None:
    branch = Branch({"people": 1}, (Unit(1000), Unit(1000, months=Fraction(6))))
    result = decided(
        scheme(1500, unit_limits=Limits(floor=Fraction(-10), ceiling=Fraction(10))), {"a": branch}
    )
    half = result.branch("a").units[1]
    assert (half.floor.exact, half.ceiling.exact) == (450, 550)  # type: ignore[union-attr]


def test_a_closed_unit_counts_in_last_year_of_its_branch_alone() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(100), Unit(100))), "b": Branch({"people": 1}, (Unit(200),))}
    result = decided(scheme(400), branches)
    assert amounts(result) == {"a": 200, "b": 200}


def test_a_new_branch_stands_on_its_declared_base() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(300),)), "b": Branch({"people": 1}, (Unit(None),))}
    one = scheme(
        800,
        last_weight=Fraction(100),
        unit_new=("b/01",),
        limits=Limits(floor=Fraction(0), ceiling=Fraction(50)),
        new_branches={"b": NewBranch(branch="new", base=100, limited=False)},
    )
    result = decided(one, branches)
    assert amounts(result) == {"a": 450, "b": 350}
    assert (result.branch("b").new, result.branch("b").ceiling) == (True, None)
    limited = replace(one, total=600, new_branches={"b": NewBranch(branch="new", base=100, limited=True)})
    assert amounts(decided(limited, branches)) == {"a": 450, "b": 150}


# ---- what holds for all figures ------------------------------------------------------------------

NUMBERS = st.integers(1, 10**6)


@st.composite
def agencies(draw: st.DrawFn) -> dict[str, Branch]:
    found = {}
    for id_ in "abcd"[: draw(st.integers(2, 4))]:
        units = [
            Unit(
                draw(st.integers(1, 500)) * 10,
                draw(NUMBERS),
                Fraction(draw(st.integers(1, 24)), 2),
                draw(st.booleans()),
            )
            for _ in range(draw(st.integers(1, 4)))
        ]
        found[id_] = Branch({"people": draw(NUMBERS), "land": draw(NUMBERS)}, units)
    return found


FACTORS = st.tuples(
    st.sampled_from(["share", "mean_ratio"]), st.sampled_from(["raises", "lowers"]), st.integers(0, 100)
).map(
    lambda drawn: (
        PEOPLE.model_copy(
            update={"normalisation": drawn[0], "direction": drawn[1], "weight": Fraction(drawn[2])}
        ),
        PEOPLE.model_copy(update={"column": "land", "weight": Fraction(100 - drawn[2])}),
    )
)
LIMITS = st.sampled_from(
    [
        Limits(),
        Limits(floor=Fraction(-20), ceiling=Fraction(20)),
        Limits(floor=Fraction(-50), ceiling=Fraction(5)),
    ]
)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def of(agency: dict[str, Branch], factors: tuple[Factor, ...], limits: Limits) -> object:
    """As much as last year, in steps of 10."""
    total = sum(unit.last or 0 for branch in agency.values() for unit in branch.units)
    return scheme(total, factors=factors, limits=limits, unit_factors=(CASES,))


def exact(result: object) -> dict[str, tuple[int, ...]]:
    return {
        one.id: (int(one.target.exact), *(int(u.target.exact) for u in one.units)) for one in result.branches
    }  # type: ignore[attr-defined]


@quick
@given(agencies(), FACTORS, LIMITS)
def test_units_make_their_branch_and_branches_the_total(agency, factors, limits) -> None:  # type: ignore[no-untyped-def]
    one = of(agency, factors, limits)
    result = decided(one, agency)  # type: ignore[arg-type]
    assert sum(branch.target.exact for branch in result.branches) == one.total  # type: ignore[attr-defined,misc]
    for branch in result.branches:
        assert sum(unit.target.exact for unit in branch.units) == branch.target.exact  # type: ignore[misc]
        if branch.floor and branch.ceiling:
            assert branch.floor.exact <= branch.target.exact <= branch.ceiling.exact  # type: ignore[operator]


@quick
@given(agencies(), FACTORS, LIMITS, st.integers(2, 1000))
def test_a_factor_in_another_unit_changes_nothing(agency, factors, limits, scale) -> None:  # type: ignore[no-untyped-def]
    scaled = {
        id_: Branch(
            {"people": branch.factors["people"] * scale, "land": branch.factors["land"]}, branch.units
        )
        for id_, branch in agency.items()
    }
    one = of(agency, factors, limits)
    assert exact(decided(one, agency)) == exact(decided(one, scaled))  # type: ignore[arg-type]


@quick
@given(agencies(), FACTORS, LIMITS)
def test_the_order_of_rows_changes_nothing(agency, factors, limits) -> None:  # type: ignore[no-untyped-def]
    one = of(agency, factors, limits)
    assert exact(decided(one, agency)) == exact(decided(one, agency, reverse=True))  # type: ignore[arg-type]


@quick
@given(agencies(), FACTORS, LIMITS)
def test_the_order_of_branches_changes_nothing_but_between_equal_remainders(agency, factors, limits) -> None:  # type: ignore[no-untyped-def]
    one = of(agency, factors, limits)
    there, back = decided(one, agency), decided(one, dict(reversed(agency.items())))  # type: ignore[arg-type]
    for branch in there.branches:
        assert back.branch(branch.id).after.exact == branch.after.exact
    remainders = [branch.after.exact % 10 for branch in there.branches]  # type: ignore[operator]
    if len(set(remainders)) == len(remainders):
        assert exact(there) == exact(back)


@quick
@given(agencies(), FACTORS, LIMITS, NUMBERS)
def test_a_larger_factor_never_lowers_a_target(agency, factors, limits, more) -> None:  # type: ignore[no-untyped-def]
    """Others equal; and one that is declared to lower it never raises it."""
    grown = {
        **agency,
        "a": Branch(
            {**agency["a"].factors, "people": agency["a"].factors["people"] + more}, agency["a"].units
        ),
    }
    one = of(agency, factors, limits)
    before, after = (amounts(decided(one, found))["a"] for found in (agency, grown))  # type: ignore[arg-type]
    assert after >= before if factors[0].direction == "raises" else after <= before


@quick
@given(st.lists(st.integers(1, 1000), min_size=2, max_size=5, unique=True), st.integers(0, 4), NUMBERS)
def test_min_max_is_monotone_too(people, place, more) -> None:  # type: ignore[no-untyped-def]
    factor = PEOPLE.model_copy(update={"normalisation": "min_max"})
    place %= len(people)
    grown = [*people]
    grown[place] += more
    if len(set(grown)) == 1:
        return
    one = scheme(100 * len(people), factors=(factor,))
    before, after = (
        amounts(decided(one, {f"b{n}": Branch({"people": many}) for n, many in enumerate(found)}))[
            f"b{place}"
        ]
        for found in (people, grown)
    )
    assert after >= before


@quick
@given(agencies(), st.integers(0, 3), NUMBERS)
def test_more_cases_never_lower_the_target_of_a_unit(agency, place, more) -> None:  # type: ignore[no-untyped-def]
    units = list(agency["a"].units)
    place %= len(units)
    units[place] = replace(units[place], cases=units[place].cases + more)
    one = of(agency, (PEOPLE,), Limits())
    before, after = (
        list(unit_amounts(decided(one, found), "a").values())[place]  # type: ignore[arg-type]
        for found in (agency, {**agency, "a": Branch(agency["a"].factors, units)})
    )
    assert after >= before


# ---- faults of the figures -----------------------------------------------------------------------

AB = {"a": Branch({"people": 1}, (Unit(1000),)), "b": Branch({"people": 1}, (Unit(1000),))}


def test_floors_above_the_total_are_told_with_each_of_them() -> None:
    (said,) = told(scheme(1500, limits=Limits(floor=Fraction(-10), ceiling=Fraction(10))), AB)
    assert said == (
        f"{DECLARED}: limits: all branches: the floors are above what is to be divided by NT$300 (1,800 - 1,500 = 300): "
        "a Branch 900; b Branch 900; lower the floors or raise the total"
    )


def test_ceilings_below_the_total_are_told_with_each_of_them() -> None:
    (said,) = told(scheme(2500, limits=Limits(floor=Fraction(-10), ceiling=Fraction(10))), AB)
    assert "the ceilings are below what is to be divided by NT$300" in said
    assert "a Branch 1,100; b Branch 1,100; raise the ceilings or lower the total" in said


def test_limits_of_units_that_their_branch_cannot_keep_name_the_branch() -> None:
    (said,) = told(
        scheme(2500, unit_limits=Limits(floor=None, ceiling=Fraction(10)), limits=Limits()), {"a": AB["a"]}
    )
    assert (
        said.startswith(f"{DECLARED}: unit_limits: a Branch: the ceilings are below")
        and "a Branch, Unit 01 1,100" in said
    )


def test_limits_without_a_step_between_them_are_told() -> None:
    narrow = {"a": Branch({"people": 1}, (Unit(1004),))}
    (said,) = told(scheme(1000, limits=Limits(floor=Fraction(0), ceiling=Fraction(1, 10))), narrow)
    assert "no multiple of the step 10 lies between the floor 1,004 and the ceiling 1,005" in said


def test_a_floor_that_is_the_ceiling_stands_for_the_nearest_step() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(1004),)), "b": Branch({"people": 1}, (Unit(996),))}
    own = BranchLimits(branch="a", floor=Fraction(2), ceiling=Fraction(2), reason=Text("示範", "sample"))
    assert amounts(decided(scheme(2000, branch_limits={"a": own}), branches)) == {"a": 1020, "b": 980}


@pytest.mark.parametrize(
    ("people", "more", "expected"),
    [
        ((0, 0), {}, "“People” is zero for all branches"),
        (
            (0, 5),
            {"direction": "lowers"},
            "“People” is zero for a; a factor that lowers the target divides by it",
        ),
        ((5, 5), {"normalisation": "min_max"}, "“People” is the same for all branches (5)"),
        ((-1, 5), {}, "-1 is negative; a factor is zero or more"),
    ],
)
def test_a_factor_that_cannot_be_shared_is_told(
    people: tuple[int, int], more: dict[str, str], expected: str
) -> None:
    branches = {id_: Branch({"people": many}) for id_, many in zip("ab", people, strict=True)}
    (said,) = told(scheme(200, factors=(PEOPLE.model_copy(update=more),)), branches)  # type: ignore[arg-type]
    assert expected in said


def test_a_unit_factor_of_zeros_names_the_branch() -> None:
    (said,) = told(
        scheme(200, unit_factors=(CASES,)), {"a": Branch({"people": 1}, (Unit(200, 0), Unit(100, 0)))}
    )
    assert "the factor “Cases” is zero for all units of a Branch" in said


def test_months_outside_of_a_year_are_told_with_their_row() -> None:
    found = told(
        scheme(200),
        {"a": Branch({"people": 1}, (Unit(), Unit(months=Fraction(13)), Unit(months=Fraction(-1))))},
    )
    assert found[0].startswith("inputs/datasets/small/roster.csv:3: months: 13 months")
    assert found[1].startswith("inputs/datasets/small/roster.csv:4: months: -1 is negative")


def test_units_that_stand_in_one_year_alone_are_told_unless_declared() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(), Unit(None)))}
    assert told(scheme(200), branches) == [
        "inputs/datasets/small/roster.csv:3: unit: a/02 is unknown: it had no row in ROC 104; mend its number, or declare it under new"
    ]
    assert told(scheme(200, unit_new=("a/02",)), branches) == []
    (said,) = told(scheme(200, unit_new=("a/02", "a/01")), branches)
    assert "a/01 had a target in ROC 104; it is not new" in said
    found = told(scheme(200, unit_new=("a/02", "a/07"), unit_closed=("a/01", "a/08")), branches)
    assert [one.rpartition(": ")[2] for one in found] == [
        "a/07 has no row in the roster",
        "a/01 stands in the roster of ROC 105",
        "a/08 had no row in ROC 104",
    ]


def test_a_branch_without_a_target_of_last_year_is_told() -> None:
    branches = {"a": Branch(), "b": Branch({"people": 1}, (Unit(None),))}
    (said,) = told(scheme(200, unit_new=("b/01",)), branches)
    assert "b has no target of ROC 104; add its rows, or declare [[new_branch]]" in said
    (said,) = told(
        scheme(200, new_branches={"a": NewBranch(branch="new", base=100, limited=True)}), {"a": Branch()}
    )
    assert "a is declared new and has a target of 104" in said


# ---- faults of targets.toml ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("targets"))


CASES_OF = [
    (
        "weight = 25",
        "weight = 24",
        4,
        "factor",
        "weights of 99: pending 24 + new 20 + tax 20 + business 15 + population 10 + area 5 + geography 5; they must make 100",
        "權重合計 99",
    ),
    (
        "weight = 70",
        "weight = 71",
        4,
        "unit_factor",
        "weights of 101: last 71 + pending 15 + new 15",
        "權重合計 101",
    ),
    (
        "total = 35_200_000_000",
        "total = 35_200_012_345",
        4,
        "total",
        "12,345 would belong to nobody; write 35200000000 or 35200100000",
        "餘數 12,345 無所歸屬",
    ),
    (
        "unit = 10_000",
        "unit = 30_000",
        4,
        "steps: branch",
        "100,000 is no multiple of the step of units 30,000",
        "不是各股級距",
    ),
    (
        "unit = 10_000",
        "unit = 0",
        4,
        "steps: unit",
        "0 is out of range; write a number of 1 or more",
        "1 以上",
    ),
    (
        'remainder = "largest_remainder"',
        'remainder = "largest"',
        4,
        "steps: remainder",
        '"largest" is unknown; known: largest_remainder',
        "largest_remainder",
    ),
    (
        'unit = "twd_10k"',
        'unit = "twd_million"',
        4,
        "unit",
        "in twd_million a step of 10,000 is no whole number",
        "級距 10,000 不是整數",
    ),
    (
        'column = "population"',
        'column = "populaton"',
        4,
        "factor 5: column",
        "did you mean 'population'?",
        "population",
    ),
    (
        'normalisation = "mean_ratio"',
        'normalisation = "share"',
        4,
        "factor 7: normalisation",
        "travel is a rate, and rates do not add up to a whole to have shares of; write mean_ratio or min_max",
        "travel 為比率",
    ),
    (
        'normalisation = "mean_ratio"',
        'normalisation = "z_score"',
        4,
        "factor 7: normalisation",
        "known: share, mean_ratio, min_max",
        "mean_ratio",
    ),
    (
        'direction = "lowers" # 轄區',
        'direction = "down" # 轄區',
        4,
        "factor 6: direction",
        '"down" is unknown; known: raises, lowers',
        "raises",
    ),
    (
        "floor = -4",
        "floor = 9",
        4,
        "limits: floor",
        "the floor 9 is above the ceiling 8",
        "下限 9 高於上限 8",
    ),
    (
        "floor = -4",
        "floor = -101",
        4,
        "limits: floor",
        "-101 is out of range; write a number of -100 or more",
        "-100 以上",
    ),
    ('branch = "hualien"', 'branch = "hualian"', 4, "limit 1: branch", "did you mean 'hualien'?", "hualien"),
    (
        "half = 90 #",
        "half = 0 #",
        4,
        "units: half",
        "0 is out of range; write a number above 0 and up to 100",
        "大於 0 至 100",
    ),
    (
        'new = ["taipei/63", "taoyuan/43"]',
        'new = ["taipei63"]',
        4,
        "units: new 1",
        '"taipei63" is no unit; write taipei/63',
        "不是股",
    ),
    (
        'closed = ["hsinchu/28"]',
        'closed = ["hsinchoo/28"]',
        4,
        "units: closed 1",
        "did you mean 'hsinchu'?",
        "hsinchu",
    ),
    (
        'months = "months"',
        'months = "month"',
        4,
        "units: months",
        "the table roster has no column 'month'",
        "沒有「month」欄",
    ),
    (
        'roster = "roster"',
        'roster = "factors"',
        4,
        "units: roster",
        '"factors" is unknown; known: units, roster',
        "roster",
    ),
    (
        "weight = 60",
        "weight = 160",
        4,
        "last_year: weight",
        "160 is out of range; write a number from 0 to 100",
        "0 至 100",
    ),
    ("[limits]", "[limitz]", 4, "limitz", "is an unknown key", "不認識這個鍵"),
    (
        'new = ["taipei/63", "taoyuan/43"]',
        'new = ["taipei/63"]',
        3,
        "unit",
        "taoyuan/43 is unknown",
        "taoyuan/43 不明",
    ),
    (
        'closed = ["hsinchu/28"]',
        "closed = []",
        3,
        "unit",
        "hsinchu/28 has no row in the roster of ROC 105",
        "名冊無資料",
    ),
    ("year = 104", "year = 103", 3, "", "has no row for taipei in ROC 103", "缺 taipei 之 103 年資料"),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "column", "en", "zh"), CASES_OF, ids=[case[1][:24] for case in CASES_OF]
)
def test_each_fault_of_the_declaration_is_told_in_both_languages(
    sample: Path, old: str, new: str, code: int, column: str, en: str, zh: str
) -> None:
    before = (sample / DECLARED).read_text("utf-8")
    try:
        swap(sample, DECLARED, old, new)
        found, exit_code = problems(sample)
    finally:
        (sample / DECLARED).write_text(before, "utf-8")
    assert exit_code == code
    fault = next(one for one in found if en in one.say("en"))
    assert column in fault.place.column and zh in fault.say("zh")
    assert fault.place.row > 0 or code == 3


def test_faults_of_one_file_are_told_at_once(sample: Path) -> None:
    before = (sample / DECLARED).read_text("utf-8")
    try:
        for old, new in (
            ("weight = 25", "weight = 24"),
            ("floor = -4", "floor = 9"),
            ('months = "months"', 'months = "x"'),
        ):
            swap(sample, DECLARED, old, new)
        found, _ = problems(sample)
    finally:
        (sample / DECLARED).write_text(before, "utf-8")
    assert len(found) == 3


def test_a_missing_declaration_and_a_rule_without_source_are_told(sample: Path) -> None:
    before = (sample / DECLARED).read_text("utf-8")
    try:
        swap(sample, DECLARED, 'standing = "assumption"', 'standing = "rule"')
        assert "a rule needs its source" in problems(sample)[0][0].say()
        (sample / DECLARED).unlink()
        assert "weights and limits are missing" in problems(sample)[0][0].say()
    finally:
        (sample / DECLARED).write_text(before, "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("roster.csv", "105,taipei,02,12,full", "105,taipei,01,12,full", "the row has the same key as row 2"),
        ("roster.csv", "105,taipei,02,12,full", "105,taipeh,02,12,full", "'taipei'"),
        ("factors.csv", "104,yilan", "103,yilan", "has no row for yilan in ROC 104"),
        ("units.csv", "104,taipei,02,", "104,shilin,02,", "the row has the same key as row 3"),
    ],
)
def test_a_unit_twice_in_two_branches_or_unknown_and_a_missing_factor_are_told(
    sample: Path, file: str, old: str, new: str, expected: str
) -> None:
    path = f"inputs/datasets/{SAMPLE}/{file}"
    before = (sample / path).read_text("utf-8")
    try:
        swap(sample, path, old, new)
        found, code = problems(sample)
    finally:
        (sample / path).write_text(before, "utf-8")
    assert code == 3 and any(expected in one.say() for one in found), [one.say() for one in found]
