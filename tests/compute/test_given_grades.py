"""Grades that a committee gave: they decide, are said to be given, and nothing computes beside them."""

from __future__ import annotations

from dataclasses import replace

import contest
import pytest
from contest import RULES, declared, person

from reportgen.compute import rules
from reportgen.compute.rules.explanation import explain
from reportgen.model import Gap, Text
from reportgen.model.errors import InputError, KindError
from reportgen.read.tables import Declaration

HEAD = RULES[: RULES.index("[[item]]")].replace("year = 102", 'year = 102\ngiven = "name_en"')
TIERS = """
[[tier]]
id = "top"
label = { zh = "特優", en = "Distinction" }
grades = ["A+", "A"]
rewards = [{ kind = "commendation", times = 2 }]

[[tier]]
id = "B"
label = { zh = "甲等", en = "Merit" }
"""
HEAD = HEAD.replace('name_en = "name_en"\n', "")


def _declared() -> Declaration:
    """The column of English names holds the grades here: text, that may be empty."""
    table = declared().tables["staff"]
    label = Text("評定等第", "Grade given")
    columns = {**table.columns, "name_en": replace(table.columns["name_en"], label=label, personal=False)}
    return replace(
        declared(), tables={**declared().tables, "staff": table.model_copy(update={"columns": columns})}
    )


def decide(*people: dict[str, object], text: str = HEAD + TIERS) -> rules.Result:
    scheme = contest.read(text, _declared())
    return rules.decide(
        scheme,
        contest.made(_declared(), {"staff": people, "marks": [], "sanctions": []}),
        contest.registry().units,
    )  # type: ignore[arg-type]


def graded(id_: str, grade: object, **more: object) -> dict[str, object]:
    return {**person(id_, **more), "name_en": grade}  # type: ignore[arg-type]


def faults(text: str) -> list[str]:
    with pytest.raises(KindError) as caught:
        contest.read(text, _declared())
    return [str(problem.en) for problem in caught.value.problems]


def test_the_grade_of_the_committee_decides_whatever_the_figures_say() -> None:
    nothing = Gap("blank", Text("未填", "blank"))
    result = decide(
        graded("a", "B", skill=99), graded("b", "A", skill=51), graded("c", "A+"), graded("d", nothing)
    )
    assert contest.tiers(result) == {"a": "B", "b": "top", "c": "top", "d": ""}
    assert all(decision.score is None and decision.rank is None for decision in result.decisions)


def test_an_explanation_says_that_the_grade_was_given_with_its_cell() -> None:
    result = decide(graded("a", "A"))
    said = {
        language: "\n".join(explain(result, "a", contest.registry().units, language))
        for language in ("zh", "en")
    }
    assert (
        "Given by the committee, not computed: A (Grade given, " in said["en"] and "staff.csv:2" in said["en"]
    )
    assert "委員會評定（非計算所得）：A" in said["zh"] and "經委員會評定為「A」，核給特優" in said["zh"]
    assert Text("等第之評定", "Grades").zh in [label.zh for label, _ in result.rules]


def test_a_grade_of_no_tier_is_refused_with_its_row() -> None:
    with pytest.raises(InputError) as caught:
        decide(graded("a", "A"), graded("b", "a+"))
    (problem,) = caught.value.problems
    assert problem.place.row == 3 and "'a+' is a grade of no tier" in problem.en and "A+" in problem.en


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('grades = ["A+", "A"]', "places = 2", "places would compute what `given` says"),
        ('grades = ["A+", "A"]', 'grades = ["A", "B"]', "takes the grade 'B', too"),
        ("[[tier]]", "[quota]\nnumber = 2\n\n[[tier]]", "quota would compute what `given` says"),
        ('given = "name_en"\n', "", "write given = "),
        ('given = "name_en"', 'given = "grades"', "grades"),
    ],
)  # fmt: skip
def test_what_would_compute_beside_given_grades_is_refused(old: str, new: str, said: str) -> None:
    text = HEAD + TIERS
    assert old in text
    assert any(said in one for one in faults(text.replace(old, new, 1)))
