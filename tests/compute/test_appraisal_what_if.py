"""What-if of appraisals: other weights and figures, scores and ranks before and after, by hand and against a changed table."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_appraisal import UNITS, decided, material, month_rows, write_project

from reportgen.compute import appraisal, rules
from reportgen.compute.appraisal import Period
from reportgen.compute.rules.model import Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.kinds.appraisal import documents
from reportgen.model.errors import UsageError

YEAR = Period(104)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("what-if"))


@pytest.fixture(scope="module")
def found(small: Path) -> tuple[Scheme, Book, Result]:
    return decided(small, YEAR)


def tried(found: tuple[Scheme, Book, Result], *said: str) -> tuple[Scheme, Result]:
    scheme, book, _ = found
    schemes, dataset = appraisal.tried({"units": scheme}, book.dataset, book.units, said)
    return schemes["units"], rules.decide(schemes["units"], dataset, book.units)


def scores(result: Result) -> dict[str, Fraction]:
    return {d.person.id: d.score.exact for d in result.decisions if d.score}  # type: ignore[misc]


def test_weights_that_are_not_set_share_what_is_left(found: tuple[Scheme, Book, Result]) -> None:
    scheme, result = tried(found, "weight.closing=10")
    assert [item.weight for item in scheme.items] == [90, 10]
    # Unit 1: 60 points of achievement, 120 of 220 cases closed, 1 point for prizes.
    assert scores(result)["taipei-01"] == 54 + Fraction(12000, 220) / 10 + 1
    assert [item.weight for item in tried(found, "weight.closing=+5")[0].items] == [55, 45]


def test_a_figure_that_is_set_gives_what_a_changed_table_gives(
    found: tuple[Scheme, Book, Result], tmp_path: Path
) -> None:
    rows = month_rows()
    for row in rows:
        if row[0] == 104 and row[1] == 12 and row[3] == "taipei-01":
            row[4] += 240  # 960 + 240 = 1,200: 100%
    _, _, changed = decided(write_project(tmp_path, months=rows), YEAR)
    for said in ("collected.taipei-01=+240", "collected.taipei-01=1,200"):
        assert scores(tried(found, said)[1]) == scores(changed)


def test_a_column_of_the_candidates_own_table_may_be_set(found: tuple[Scheme, Book, Result]) -> None:
    assert (
        scores(tried(found, "target.taipei-01=960")[1])["taipei-01"]
        == 60 + Fraction(12000, 220) * Fraction(2, 5) + 1
    )


@given(st.sampled_from(UNITS), st.integers(0, 3000), st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_what_is_tried_and_taken_back_changes_nothing_and_more_is_never_worse(
    found: tuple[Scheme, Book, Result], unit: str, more: int, weight: int
) -> None:
    before = scores(found[2])
    assert scores(tried(found, f"collected.{unit}=+{more}", f"collected.{unit}=-{more}")[1]) == before
    after = scores(tried(found, f"collected.{unit}=+{more}")[1])
    assert after[unit] >= before[unit]
    assert {id_: score for id_, score in after.items() if id_ != unit} == {
        id_: score for id_, score in before.items() if id_ != unit
    }
    items = tried(found, f"weight.closing={weight}")[0].items
    assert sum(item.weight for item in items) == 100


def test_the_lines_say_scores_and_ranks_before_and_after(small: Path) -> None:
    lines = [*documents.differences(material(small), ["collected.taipei-01=+240"], "en")]
    assert lines[:2] == ["Small assessment", "1 score and 2 ranks would be others"]
    assert lines[3].split() == ["taipei-01", "Unit", "1", "58.82", "82.82", "+24.00", "4", "3"]
    assert [*documents.differences(material(small), ["weight.closing=40"], "zh")] == ["分數及名次均無變動"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("weight.closin=1", "there is no item 'closin'; did you mean 'closing'?"),
        ("weight.closing=101", "take one from 0 to 100"),
        ("collected=5", "is not NAME=NUMBER"),
        ("collected.taipei-01=many", "is not NAME=NUMBER"),
        ("colected.taipei-01=1", "did you mean 'collected'?"),
        ("collected.taipei-1=1", "did you mean"),
        ("closing_rate.taipei-01=1", "is computed (closed_cases / (closed_cases + pending_cases))"),
        ("collected.taipei-01=-1000000", "the column holds 0–…"),
    ],
)
def test_what_cannot_be_set_says_what_can(
    found: tuple[Scheme, Book, Result], setting: str, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        tried(found, setting)
    assert said in caught.value.problems[0].en


def test_weights_that_are_all_set_must_make_100(found: tuple[Scheme, Book, Result]) -> None:
    with pytest.raises(UsageError) as caught:
        tried(found, "weight.closing=10", "weight.achievement=80")
    assert "合計 90" in caught.value.problems[0].zh


# ---- how far weights may move --------------------------------------------------------------------


def order(result: Result) -> list[list[str]]:
    """Of each group, the ids from the highest exact score down, those of equal scores by id."""
    found = scores(result)
    groups = {d.person.id: d.group for d in result.decisions}
    return [
        sorted((id_ for id_ in found if groups[id_] == group), key=lambda id_: (-found[id_], id_))
        for group in ("first", "second")
    ]


def test_ranks_hold_within_the_bounds_of_a_weight_and_change_beyond_them(
    found: tuple[Scheme, Book, Result],
) -> None:
    scheme, _, result = found
    little = Fraction(1, 1000)
    rooms = appraisal.rooms(scheme, result)
    assert [room.item.id for room in rooms] == ["achievement", "closing"]
    # The same bound from either side: what achievement gains, closing loses.
    assert rooms[0].low == 100 - rooms[1].high and rooms[0].low > 0
    for room in rooms:
        for end, inside, meets in ((room.low, 1, room.meet_low), (room.high, -1, room.meet_high)):
            within = float(end + inside * little)
            assert order(tried(found, f"weight.{room.item.id}={within:.6f}")[1]) == order(result)
            if meets:
                beyond = float(end - inside * little)
                assert order(tried(found, f"weight.{room.item.id}={beyond:.6f}")[1]) != order(result)
    assert any(room.meet_low or room.meet_high for room in rooms)


def test_without_settings_each_item_has_a_line(small: Path) -> None:
    lines = [*documents.differences(material(small), [], "en")]
    assert lines[2].startswith("Achievement rate (60): ") and "change places" in lines[2]
    assert [*documents.differences(material(small), [], "zh")][3].startswith("結案率（40）：")
