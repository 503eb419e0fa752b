"""Units of part of a year, units that move, close and merge, amounts that were negotiated: by hand, and what holds for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import registry
from small_targets import (
    CASES,
    Branch,
    Unit,
    amounts,
    dataset,
    decided,
    problems,
    project,
    scheme,
    swap,
    told,
    unit_amounts,
)

from reportgen.compute import targets
from reportgen.compute.targets import Limits, Result, Scheme
from reportgen.compute.targets.changes import Adjustment, Revision, Successor, Transfer
from reportgen.model import Text
from reportgen.model.errors import ReportgenError, UsageError

WHY = Text("示範", "sample")
HALF_YEAR = Fraction(6)


def moved(unit: str, to: str) -> Transfer:
    return Transfer(unit=unit, to=to, reason=WHY)


def passed(of: str, *to: str, shares: tuple[int, ...] = ()) -> Successor:
    return Successor(of=of, to=to, shares=tuple(map(Fraction, shares)), reason=WHY)


def negotiated(of: str, amount: int | None = None, change: int | None = None) -> dict[str, Adjustment]:
    made = Adjustment(of=of, amount=amount, change=change, reason=WHY, proposer=WHY, date=date(2016, 1, 4))
    return {of: made}


# ---- a part of a year ---------------------------------------------------------------------------------


def test_a_unit_of_half_a_year_enters_the_next_one_with_a_whole_year() -> None:
    """100 in six months are 200 in twelve: it gets what the unit of 200 gets, and its limits are of 200."""
    half = {"a": Branch({"people": 1}, (Unit(200, 10), Unit(100, 5, served=HALF_YEAR)))}
    result = decided(
        scheme(
            440,
            unit_factors=(CASES,),
            unit_last_months="served",
            unit_limits=Limits(floor=None, ceiling=Fraction(10)),
        ),
        half,
    )
    assert unit_amounts(result, "a") == {"01": 220, "02": 220}
    assert [unit.last.exact for unit in result.branch("a").units] == [200, 100]
    assert [unit.ceiling.exact for unit in result.branch("a").units] == [220, 220]  # type: ignore[union-attr]


def test_its_branch_is_measured_by_the_whole_year_too() -> None:
    branches = {
        "a": Branch({"people": 1}, (Unit(100, served=HALF_YEAR),)),
        "b": Branch({"people": 1}, (Unit(200),)),
    }
    result = decided(scheme(400, last_weight=Fraction(100), unit_last_months="served"), branches)
    assert amounts(result) == {"a": 200, "b": 200}
    assert (result.branch("a").last.exact, result.branch("a").base.exact) == (100, 200)  # type: ignore[union-attr]
    assert result.branch("b").base is None


def test_a_unit_that_did_not_serve_counts_as_a_new_one() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(300), Unit(0, 0, served=Fraction(0))))}
    result = decided(scheme(600, unit_last_months="served", unit_factors=(CASES,)), branches)
    assert (result.branch("a").units[1].new, unit_amounts(result, "a")) == (True, {"01": 300, "02": 300})


def test_a_vacant_unit_is_there_and_has_nothing_to_collect() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(), Unit(months=Fraction(0))))}
    assert unit_amounts(decided(scheme(200), branches), "a") == {"01": 200, "02": 0}


def test_a_branch_whose_units_all_serve_nothing_is_told() -> None:
    branches = {"a": Branch(), "b": Branch(units=(Unit(months=Fraction(0)),))}
    (said,) = told(scheme(200), branches)
    assert said.startswith("inputs/datasets/small/roster.csv: months: b Branch has no month in service")


def test_a_table_that_knows_its_months_is_not_read_as_if_it_did_not(tmp_path: Path) -> None:
    project(tmp_path)
    file = "inputs/targets-105/targets.toml"
    swap(tmp_path, file, 'roster = "roster"', 'roster = "units"')
    swap(tmp_path, file, 'months = "months"', 'months = "new_cases"')
    found, code = problems(tmp_path)
    said = [one.say() for one in found if "last_months" in one.say()]
    assert code == 4 and any("must not count as one of a whole; write last_months" in one for one in said)


# ---- moves ------------------------------------------------------------------------------------------


def test_a_unit_that_moves_takes_its_amount_along() -> None:
    branches = {
        "a": Branch({"people": 1}, (Unit(100), Unit(200, months=None))),
        "b": Branch({"people": 1}, (Unit(100), Unit(None))),
    }
    result = decided(scheme(400, last_weight=Fraction(100), transfers=(moved("a/02", "b/02"),)), branches)
    assert amounts(result) == {"a": 100, "b": 300}
    unit = result.branch("b").units[1]
    assert (unit.new, unit.last.exact, result.branch("b").last.exact) == (False, 200, 300)


def test_a_unit_that_moves_within_the_year_counts_by_its_months_in_each() -> None:
    """Nine months here and three there: three quarters of its amount, and of a unit."""
    branches = {
        "a": Branch({"people": 1}, (Unit(100), Unit(200, months=Fraction(9)))),
        "b": Branch({"people": 1}, (Unit(100), Unit(None, months=Fraction(3)))),
    }
    one = scheme(
        400,
        last_weight=Fraction(100),
        transfers=(moved("a/02", "b/02"),),
        unit_factors=(CASES.model_copy(update={"column": "target"}),),
    )
    result = decided(one, branches)
    assert amounts(result) == {"a": 250, "b": 150}
    assert unit_amounts(result, "a") == {"01": 100, "02": 150}
    assert unit_amounts(result, "b") == {"01": 100, "02": 50}


def test_a_closed_branch_passes_to_its_successors_by_their_shares() -> None:
    branches = {
        "a": Branch({"people": 3}, (Unit(100),)),
        "b": Branch({"people": 5}, (Unit(100),)),
        "c": Branch({"people": 10}, (Unit(200, months=None), Unit(100, months=None))),
    }
    one = scheme(500, last_weight=Fraction(50), successors=(passed("c", "a", "b", shares=(70, 30)),))
    result = decided(one, branches)
    assert {branch.id: branch.last.exact for branch in result.branches} == {"a": 310, "b": 190}
    assert {branch.id: branch.parts[0].value.exact for branch in result.branches} == {"a": 10, "b": 8}
    assert result.last.exact == 500


def test_units_merge_into_another() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(100), Unit(200, months=None), Unit(300)))}
    one = scheme(
        600,
        successors=(passed("a/02", "a/01"),),
        unit_factors=(CASES.model_copy(update={"column": "target"}),),
    )
    assert unit_amounts(decided(one, branches), "a") == {"01": 300, "03": 300}


FAULTS = [
    ({"transfers": (moved("a/09", "b/02"),)}, "transfer.0.unit: a/09 had no row in ROC 104"),
    ({"transfers": (moved("a/02", "b/09"),)}, "transfer.0.to: b/09 has no row in the roster of ROC 105"),
    ({"transfers": (moved("a/02", "b/01"),)}, "transfer.0.to: b/01 had a target of its own in ROC 104"),
    (
        {"transfers": (moved("a/01", "b/02"),)},
        "transfer.0.unit: a/01 and b/02 are one unit that moved within the year",
    ),
    ({"successors": (passed("b", "a"),)}, "successor.0.of: b still stands in the roster of ROC 105"),
    ({"successors": (passed("a/02", "a/07"),)}, "successor.0.to: a/07 has no row in the roster of ROC 105"),
    ({"adjustments": negotiated("a/07", 10)}, "adjustment.0.of: a/07 has no row in the roster of ROC 105"),
]


@pytest.mark.parametrize(("more", "expected"), FAULTS)
def test_what_does_not_go_together_with_the_tables_is_told(more: Mapping[str, object], expected: str) -> None:
    branches = {
        "a": Branch({"people": 1}, (Unit(100), Unit(200, months=None))),
        "b": Branch({"people": 1}, (Unit(100), Unit(None))),
    }
    assert any(expected in said for said in told(scheme(400, **more), branches)), told(
        scheme(400, **more), branches
    )


DECLARED = [
    (
        '[[transfer]]\nunit = "taipei/01"\nto = "taipei/01"\nreason = { zh = "示範", en = "sample" }',
        "moves to itself",
    ),
    (
        '[[successor]]\nof = "yilan"\nto = ["taipei", "hualien"]\nreason = { zh = "示範", en = "sample" }',
        "2 successors need their shares",
    ),
    (
        '[[successor]]\nof = "yilan"\nto = ["taipei", "hualien"]\nshares = [60, 30]\nreason = { zh = "示範", en = "sample" }',
        "they must make 100",
    ),
    (
        '[[successor]]\nof = "yilan"\nto = ["taipei/01"]\nreason = { zh = "示範", en = "sample" }',
        "a branch passes to branches",
    ),
    (
        '[[successor]]\nof = "yilan"\nto = ["yilan"]\nreason = { zh = "示範", en = "sample" }',
        "cannot take over from itself",
    ),
    ('[[adjustment]]\nof = "taipei"\namount = 100_000', "adjustment 1: reason: is missing"),
    (
        '[[adjustment]]\nof = "taipei"\nreason = { zh = "示範", en = "sample" }\nproposer = { zh = "示範", en = "sample" }\ndate = "105/1/4"',
        "write amount",
    ),
    (
        '[[adjustment]]\nof = "taipei"\namount = 150_001\nreason = { zh = "示範", en = "sample" }\nproposer = { zh = "示範", en = "sample" }\ndate = "105/1/4"',
        "150,001 is no multiple of the step 100,000; write 100000 or 200000",
    ),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("changes"))


@pytest.mark.parametrize(("more", "expected"), DECLARED)
def test_what_is_declared_wrongly_is_told_with_its_line(sample: Path, more: str, expected: str) -> None:
    file = sample / "inputs/targets-105/targets.toml"
    text = file.read_text("utf-8")
    try:
        file.write_text(f"{text}\n{more}\n", "utf-8")
        found, code = problems(sample)
    finally:
        file.write_text(text, "utf-8")
    assert code == 4 and any(expected in one.say() for one in found), [one.say() for one in found]
    assert all(one.place.row for one in found)


# ---- negotiated amounts -------------------------------------------------------------------------------


def test_an_agreed_amount_stands_and_the_others_share_the_rest() -> None:
    branches = {id_: Branch({"people": 1}, (Unit(100),)) for id_ in "abc"}
    result = decided(scheme(600, adjustments=negotiated("a", amount=300)), branches)
    assert amounts(result) == {"a": 300, "b": 150, "c": 150}
    branch = result.branch("a")
    assert branch.agreed is not None and branch.bound == "agreed"
    assert (branch.agreed.computed.exact, branch.agreed.change.exact) == (200, 100)
    assert unit_amounts(result, "a") == {"01": 300}


def test_a_change_is_on_what_is_computed() -> None:
    branches = {"a": Branch({"people": 1}, (Unit(100), Unit(100)))}
    result = decided(scheme(400, adjustments=negotiated("a/01", change=-50)), branches)
    assert unit_amounts(result, "a") == {"01": 150, "02": 250}


def test_an_agreement_that_leaves_too_little_or_too_much_is_told() -> None:
    branches = {id_: Branch({"people": 1}, (Unit(100),)) for id_ in "ab"}
    (said,) = told(scheme(200, adjustments=negotiated("a", amount=300)), branches)
    assert "adjustment: all branches: the floors are above" in said
    (said,) = told(scheme(200, adjustments=negotiated("a", change=-500)), branches)
    assert "-500 on the computed 100 is below zero" in said


# ---- what if --------------------------------------------------------------------------------------------


def tried(one: Scheme, branches: Mapping[str, Branch], *settings: str) -> Result:
    data, units = dataset(branches), registry().units
    changed, overrides = targets.tried(one, data, units, settings)
    return targets.decide(changed, data, units, overrides)


def test_limits_weights_and_agreements_are_tried_together() -> None:
    branches = {id_: Branch({"people": people}, (Unit(100),)) for id_, people in (("a", 1), ("b", 3))}
    one = scheme(400, limits=Limits(floor=None, ceiling=Fraction(100)))
    assert amounts(tried(one, branches, "weight.last=0")) == {"a": 200, "b": 200}
    assert amounts(tried(one, branches, "weight.last=0", "limits.ceiling=none")) == {"a": 100, "b": 300}
    assert amounts(tried(one, branches, "limit.b.ceiling=150", "weight.last=0")) == {"a": 150, "b": 250}
    assert amounts(tried(one, branches, "adjustment.a=+20")) == {"a": 220, "b": 180}
    assert amounts(tried(one, branches, "adjustment.a=180", "limits.ceiling=none")) == {"a": 180, "b": 220}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("limits.flor=3", "'flor' is unknown"),
        ("limit.c.floor=3", "'c' is unknown"),
        ("limits.floor=200", "the floor 200 is above the ceiling 100"),
        ("weight.people=90", "weights of 90"),
        ("adjustment.a=15", "15 is no multiple of the step 10; write 10 or 20"),
        ("adjustment.z=10", "'z' is unknown"),
    ],
)
def test_what_cannot_be_tried_is_told(setting: str, expected: str) -> None:
    branches = {id_: Branch({"people": 1}, (Unit(100),)) for id_ in "ab"}
    with pytest.raises(UsageError) as error:
        tried(scheme(400, limits=Limits(floor=None, ceiling=Fraction(100))), branches, setting)
    assert expected in error.value.problems[0].say(), error.value.problems[0].say()


# ---- what holds for all ---------------------------------------------------------------------------------

UNITS = st.lists(st.integers(1, 50).map(lambda tens: tens * 10), min_size=2, max_size=4)


@given(UNITS, UNITS, st.integers(0, 30))
def test_agreements_and_moves_add_up_to_the_dollar(first: list[int], second: list[int], more: int) -> None:
    """The parts make the whole, whatever moves; who moves nothing changes nothing of last year."""
    branches = {
        "a": Branch({"people": 2}, [Unit(last) for last in first[:-1]] + [Unit(first[-1], months=None)]),
        "b": Branch({"people": 3}, [*(Unit(last) for last in second), Unit(None)]),
    }
    move = moved(f"a/{len(first):02}", f"b/{len(second) + 1:02}")
    one = scheme(10_000, transfers=(move,), adjustments=negotiated("a", change=10 * more))
    result = decided(one, branches)
    assert sum(amounts(result).values()) == 10_000
    assert result.last.exact == sum(first) + sum(second)
    for branch in result.branches:
        assert sum(unit_amounts(result, branch.id).values()) == branch.target.exact


@given(UNITS, st.integers(1, 99))
def test_a_split_and_a_merger_of_the_same_units_cancel_out(lasts: list[int], share: int) -> None:
    """What one unit has is what the two have together that it is split into."""
    whole = {"a": Branch({"people": 1}, [Unit(last) for last in lasts]), "b": Branch({"people": 1})}
    closed = [*(Unit(last) for last in lasts[1:]), Unit(lasts[0], months=None), Unit(None), Unit(None)]
    old, *new = (f"a/{len(lasts) + place:02}" for place in range(3))
    apart = {"a": Branch({"people": 1}, closed), "b": Branch({"people": 1})}
    divided = decided(scheme(10_000, successors=(passed(old, *new, shares=(share, 100 - share)),)), apart)
    together = decided(scheme(10_000), whole)
    assert amounts(divided) == amounts(together)
    assert sum(unit.last.exact for unit in divided.branch("a").units) == sum(lasts)  # type: ignore[misc]


@given(UNITS)
def test_a_scheme_without_changes_is_what_it_was(lasts: list[int]) -> None:
    branches = {"a": Branch({"people": 1}, [Unit(last) for last in lasts]), "b": Branch({"people": 4})}
    plain = decided(scheme(1000), branches)
    served = decided(scheme(1000, unit_last_months="served"), branches)
    assert amounts(plain) == amounts(served)
    assert unit_amounts(plain, "a") == unit_amounts(served, "a")


def test_all_faults_are_told_at_once() -> None:
    more = {"transfers": (moved("a/09", "b/09"),), "successors": (passed("b", "a"),)}
    try:
        decided(scheme(400, **more), {"a": Branch(), "b": Branch()})
    except ReportgenError as error:
        assert len(error.problems) == 3
    else:
        raise AssertionError


# ---- revisions within the year --------------------------------------------------------------------------

AUGUST, APRIL = date(2016, 8, 1), date(2016, 4, 1)
LETTER = Text("示字第1號", "Letter No. 1")


def revise(
    of: str, amount: int | None = None, change: int | None = None, since: date = AUGUST, **more: int
) -> Revision:
    given = {"of": of, "amount": amount, "change": change, "from": since, "reason": WHY, "proposer": WHY}
    return Revision(**given, letter=LETTER, **more)  # type: ignore[arg-type]


def held(result: Result) -> dict[str, int]:
    """What holds at the end of the year, by `a` or `a/01`."""
    named = {branch.id: branch.target for branch in result.branches}
    named |= {f"{b.id}/{unit.id}": unit.target for b in result.branches for unit in b.units}
    return {name: int(result.at_the_end(name, target).exact) for name, target in named.items()}  # type: ignore[arg-type]


TWO = {"a": Branch(units=(Unit(100), Unit(200))), "b": Branch(units=(Unit(300),))}
PLAIN = {"last_weight": Fraction(100), "unit_factors": (CASES.model_copy(update={"column": "target"}),)}


def test_a_revised_branch_divides_its_amount_by_what_its_units_had_and_the_whole_changes_with_it() -> None:
    result = decided(scheme(600, **PLAIN, revisions=(revise("a", change=-100),)), TWO)
    assert amounts(result) == {"a": 300, "b": 300}  # what was approved stays
    assert held(result) == {"a": 200, "a/01": 70, "a/02": 130, "b": 300, "b/01": 300}
    (stage,) = result.stages
    assert [row.id for row in stage.rows] == ["a", "a/01", "a/02"]
    whole = (stage.total.before, stage.total.change, stage.total.after)
    assert [value.exact for value in whole] == [600, -100, 500]


def test_a_unit_revised_alone_changes_its_branch_and_no_other_unit() -> None:
    result = decided(scheme(600, **PLAIN, revisions=(revise("a/01", amount=160),)), TWO)
    assert held(result) == {"a": 360, "a/01": 160, "a/02": 200, "b": 300, "b/01": 300}


def test_a_unit_that_is_revised_with_its_branch_has_its_own_amount() -> None:
    revisions = (revise("a", amount=250), revise("a/01", amount=100))
    result = decided(scheme(600, **PLAIN, revisions=revisions), TWO)
    assert held(result) == {"a": 250, "a/01": 100, "a/02": 150, "b": 300, "b/01": 300}


def test_a_second_revision_is_on_what_the_first_left_whatever_their_order_in_the_file() -> None:
    revisions = (revise("b", change=50), revise("b", amount=400, since=APRIL))
    for ordered in (revisions, revisions[::-1]):
        result = decided(scheme(600, **PLAIN, revisions=ordered), TWO)
        assert [(stage.since, stage.total.after.exact) for stage in result.stages] == [
            (APRIL, 700),
            (AUGUST, 750),
        ]
        assert [row.before.exact for row in result.revisions("b")] == [300, 400]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (revise("c", change=10), "has no target of this year; name a branch or unit"),
        (revise("a", change=10, since=date(2017, 1, 1)), "holds from a day within ROC 105"),
        (revise("a", amount=200, before=310), "before it 300 holds, not 310"),
        (revise("a", change=-310), "is below zero"),
    ],
)
def test_a_revision_that_cannot_be_is_told(one: Revision, said: str) -> None:
    (told_,) = told(scheme(600, **PLAIN, revisions=(one,)), TWO)
    assert said in told_


def test_units_that_leave_nobody_to_take_the_rest_are_told() -> None:
    revisions = (revise("b", amount=400), revise("b/01", amount=390))
    (said,) = told(scheme(600, **PLAIN, revisions=revisions), TWO)
    assert "the amounts of its units leave 10 for the others" in said


def apart(before: Mapping[str, int], new: Mapping[str, int], step: int) -> dict[str, int]:
    """The slow recomputation: step after step to whoever is furthest below its exact part, ties by order."""
    free = [name for name in before if "/" in name and name not in new]
    rest = new["a"] - sum(amount for name, amount in new.items() if "/" in name)
    whole = sum(before[name] for name in free)
    exact = {name: Fraction(rest * before[name], whole) for name in free}
    given = {name: int(part // step) * step for name, part in exact.items()}
    while sum(given.values()) < rest:
        last = max(free, key=lambda name: (exact[name] - given[name], -free.index(name)))
        given[last] += step
    return {**new, **given}


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.integers(0, 200), st.integers(0, 30))
def test_sums_stay_exact_and_the_slow_way_agrees(units: list[int], branch: int, first: int) -> None:
    branches = {"a": Branch(units=[Unit(10 * one) for one in units])}
    new = {"a": 10 * (branch + first), "a/01": 10 * first}
    revisions = tuple(revise(name, amount=amount) for name, amount in new.items())
    one = scheme(10 * sum(units), **PLAIN, revisions=revisions)
    before = held(decided(scheme(10 * sum(units), **PLAIN), branches))
    after = held(decided(one, branches))
    assert after == apart(before, new, 10)
    assert after == held(decided(one, branches, reverse=True))
    assert after["a"] == sum(amount for name, amount in after.items() if "/" in name)
