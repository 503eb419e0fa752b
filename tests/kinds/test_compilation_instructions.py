"""Instructions of the Chair: what must hold in a meeting's table, and from one meeting to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.kinds.compilation.tracking import Instruction, carried, check, counts
from reportgen.model import Text
from reportgen.model.errors import Place

BEFORE, NOW = "inputs/datasets/m1/instructions.csv", "inputs/datasets/m2/instructions.csv"
DAY = date(2016, 1, 14)


def instruction(id_: str, row: int, file: str = NOW, **changed: object) -> Instruction:
    told = Instruction(
        id=id_,
        meeting=int(id_[0]),
        subject=Text(f"事項{id_}", f"Matter {id_}"),
        wording=Text(f"辦理{id_}。", f"Do {id_}."),
        office="planning",
        report=Text("已辦理。", "Done."),
        deadline=date(2016, 3, 1),
        released=False,
        reason=None,
        place=Place(file, row=row),
    )
    return replace(told, **changed)  # type: ignore[arg-type]


OPEN = instruction("1-01", 2, BEFORE)
RELEASED = instruction("1-02", 3, BEFORE, released=True)
REASON = Text("資料未齊。", "Data are missing.")
AT_BEFORE, AT_NOW = f"{BEFORE}:2", f"{NOW}:2"


def same(**changed: object) -> Instruction:
    """The open instruction as it stands in the next table."""
    return replace(OPEN, place=Place(NOW, row=2), **changed)  # type: ignore[arg-type]


FAULTS = {
    "lost": ([], f"{NOW}: id", ("1-01 was open at meeting 1", AT_BEFORE, "missing here"), "缺漏"),
    "released before": (
        [same(), instruction("1-02", 3, released=True)],
        f"{NOW}:3: status",
        ("1-02 was released by meeting 1", f"{BEFORE}:3", "stands here again"),
        "又列入",
    ),
    "open again": (
        [same(), instruction("1-02", 3)],
        f"{NOW}:3: status",
        ("1-02 was released by meeting 1", f"{BEFORE}:3", "stands here again"),
        "又列入",
    ),
    "other words": (
        [same(wording=Text("另行辦理。", "Do something else."))],
        f"{AT_NOW}: instruction",
        ("keeps its words", f"{AT_BEFORE}: instruction", "Do 1-01."),
        "不得變更",
    ),
    "other matter": (
        [same(subject=Text("甲", "A"))],
        f"{AT_NOW}: subject",
        (f"{AT_BEFORE}: subject",),
        "不得變更",
    ),
    "other meeting": (
        [same(meeting=2)],
        f"{AT_NOW}: meeting",
        (f"{AT_BEFORE}: meeting", "write '1'"),
        "不得變更",
    ),
    "other number": (
        [same(id="1-07")],
        f"{AT_NOW}: id",
        ("1-07 was 1-01 at meeting 1", AT_BEFORE, "write 1-01"),
        "列管編號不得變更",
    ),
    "later without a reason": (
        [same(deadline=date(2016, 4, 1))],
        f"{AT_NOW}: deadline",
        ("2016-03-01", f"{AT_BEFORE}: deadline", "2016-04-01", "write why"),
        "理由",
    ),
    "a reason without a new deadline": (
        [same(reason=REASON)],
        f"{AT_NOW}: reason",
        (f"{AT_BEFORE}: deadline",),
        "相同",
    ),
    "from nowhere": (
        [same(), instruction("1-09", 3)],
        f"{NOW}:3: id",
        ("1-09 is of meeting 1", "number of this meeting, 2"),
        "應為第 2 次",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_from_one_meeting_to_the_next_names_both_places(name: str) -> None:
    now, place, english, chinese = FAULTS[name]
    (problem,) = carried([OPEN, RELEASED], now, 1, 2, NOW)
    assert str(problem.place) == place
    for words in english:
        assert words in problem.en
    assert chinese in problem.zh


@pytest.mark.parametrize(
    "now",
    [
        [same()],
        [same(released=True)],
        [same(deadline=date(2016, 4, 1), reason=REASON)],
        [same(report=Text("續辦。", "Going on."), office="legal")],
        [same(), instruction("2-01", 3)],
    ],
)
def test_what_may_change_from_one_meeting_to_the_next(now: list[Instruction]) -> None:
    assert carried([OPEN, RELEASED], now, 1, 2, NOW) == []


def test_a_second_new_deadline_needs_a_reason_of_its_own() -> None:
    before = replace(OPEN, reason=REASON)
    assert carried([before], [same(reason=REASON)], 1, 2, NOW) == []
    (problem,) = carried([before], [same(reason=REASON, deadline=date(2016, 5, 1))], 1, 2, NOW)
    assert problem.place.column == "deadline"


def test_all_faults_are_told_at_once() -> None:
    now = [
        same(wording=Text("另", "Other"), deadline=date(2016, 4, 1)),
        instruction("1-02", 3),
        instruction("1-09", 4),
    ]
    assert len(carried([OPEN, RELEASED, instruction("1-03", 4, BEFORE)], now, 1, 2, NOW)) == 5


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"meeting": 3}, "meeting", "comes after this one, 2"),
        ({"deadline": date(2016, 1, 1)}, "deadline", "before the meeting that gave it, 2016-01-14"),
        ({"released": True, "report": None}, "report", "nothing is reported"),
    ],
)
def test_a_fault_within_a_meeting_has_its_cell(changed: dict[str, object], column: str, words: str) -> None:
    (problem,) = check([instruction("2-01", 5, **changed)], 2, {2: DAY})
    assert str(problem.place) == f"{NOW}:5: {column}"
    assert words in problem.en


def test_overdue_is_what_is_open_and_was_due_before_the_meeting() -> None:
    days = (DAY - timedelta(1), DAY, DAY + timedelta(1))
    assert [same(deadline=day).overdue(DAY) for day in days] == [True, False, False]
    assert not same(deadline=days[0], released=True).overdue(DAY)


def test_counts_are_by_office_in_the_order_of_the_table() -> None:
    found = [
        same(office="legal", deadline=DAY - timedelta(1)),
        same(office="planning", released=True),
        same(office="legal"),
    ]
    told = {
        office: {name: len(rows) for name, rows in of.items()} for office, of in counts(found, DAY).items()
    }
    assert told == {
        "legal": {"open": 2, "overdue": 1, "released": 0},
        "planning": {"open": 0, "overdue": 0, "released": 1},
    }
    assert [*told] == ["legal", "planning"]


# ---- over many meetings --------------------------------------------------------------------------

# For each meeting: how many instructions it gives, which of the open ones it releases, which it moves, and which it loses.
MEETINGS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sets(st.integers(0, 8)),
        st.sets(st.integers(0, 8)),
        st.sets(st.integers(0, 8), max_size=2),
    ),
    min_size=2,
    max_size=6,
)


@given(MEETINGS)
def test_nothing_is_lost_unless_it_was_released(
    meetings: list[tuple[int, set[int], set[int], set[int]]],
) -> None:
    """Every instruction that is missing without a release is told, and nothing else."""
    before: list[Instruction] = []
    for number, (given_now, releases, moves, loses) in enumerate(meetings, 1):
        open_ = [one for one in before if not one.released]
        carried_on = [
            replace(
                one,
                released=place in releases,
                place=Place(f"m{number}", row=place + 2),
                **(
                    {"deadline": one.deadline + timedelta(30), "reason": Text(f"{number}", f"{number}")}
                    if place in moves
                    else {}
                ),
            )
            for place, one in enumerate(open_)
            if place not in loses
        ]
        new = [
            replace(instruction(f"{number}-{n:02}", 90 + n, f"m{number}"), meeting=number)
            for n in range(given_now)
        ]
        now = [*carried_on, *new]
        lost = {one.id for place, one in enumerate(open_) if place in loses}
        told = carried(before, now, number - 1, number, f"m{number}")
        assert {problem.en.split()[0] for problem in told} == lost
        assert len(told) == len(lost)
        assert check(now, number, {}) == []
        before = now
