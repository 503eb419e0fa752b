"""Objections to an appraisal: re-scored with both scores, the reason, who decided and a second name, in the month it is of."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from small_appraisal import RULES, decided, material, write_project

from reportgen.compute.appraisal import Period
from reportgen.compute.rules.model import Decision
from reportgen.kinds.appraisal import documents
from reportgen.model import Table
from reportgen.model.errors import InputError

YEAR = Period(104)
TABLE = """
[table.objections]
label = { zh = "申復", en = "Objections" }
file = "objections.csv"
key = ["roc_year", "unit_id"]
column.roc_year = { type = "roc_year", min = 100, max = 110 }
column.unit_id = { type = "text", label = { zh = "股代號", en = "Unit number" } }
column.points = { type = "decimal", unit = "score", digits = 2, label = { zh = "增減", en = "Points" } }
column.reason = { type = "text", label = { zh = "理由", en = "Reason" } }
column.reason_en = { type = "text", label = { zh = "英文理由", en = "Reason in English" } }
column.decided_by = { type = "text", label = { zh = "評定者", en = "Decided by" } }
column.checked_by = { type = "text", label = { zh = "複核者", en = "Checked by" } }
column.day = { type = "roc_date", label = { zh = "日期", en = "Date" } }
"""
STAGE = """
[[stage]]
id = "objection"
label = { zh = "申復重評", en = "Objection" }
table = "objections"
by = "unit_id"
points = "points"
reason = "reason"
reason_en = "reason_en"
name = "decided_by"
second = "checked_by"
date = "day"
limit = 5
"""
HEAD = "roc_year,unit_id,points,reason,reason_en,decided_by,checked_by,day"
ROW = "104,taipei-01,4.5,漏計專案一件,One project was not counted,王示例,林示例,2016-01-20"


def project(folder: Path, rows: Sequence[str] = (ROW,)) -> Path:
    write_project(folder, rules_toml=RULES + STAGE)
    dataset = folder / "inputs/datasets/small"
    with (dataset / "dataset.toml").open("a", encoding="utf-8") as file:
        file.write(TABLE)
    (dataset / "objections.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return folder


def of(folder: Path, period: Period, unit: str = "taipei-01") -> Decision:
    return next(one for one in decided(folder, period)[2].decisions if one.person.id == unit)


def test_an_objection_leaves_both_scores_and_who_decided(tmp_path: Path) -> None:
    folder = project(tmp_path)
    computed = Fraction(36) + Fraction(12000, 220) * Fraction(40, 100) + 1
    found = of(folder, YEAR)
    assert found.computed and found.score
    assert (found.computed.exact, found.score.exact) == (computed, computed + Fraction(9, 2))
    assert (found.reviews[0].name.zh, found.reviews[0].reason.en) == (
        "王示例、林示例",
        "One project was not counted",
    )
    assert not of(folder, YEAR, "taipei-02").reviews
    assert not of(folder, Period(103)).reviews  # of another year


def test_the_papers_print_the_record_and_the_points_add_up_to_the_new_score(tmp_path: Path) -> None:
    document = documents.document(material(project(tmp_path)), "units")
    tables = {block.anchor: block for block in document.blocks if isinstance(block, Table)}
    records = [table for anchor, table in tables.items() if anchor.endswith("-reviews")]
    assert len(records) == 1 and len(records[0].rows) == 2
    assert [cell.figure.plain for cell in records[0].rows[1].cells if cell.figure] == ["+4.5", "63.32"]
    assert records[0].rows[0].cells[-1].figure.plain == "58.82"  # type: ignore[union-attr]
    for row in tables["t-units-points"].rows:
        *parts, score = [cell.figure.value.exact for cell in row.cells if cell.figure]
        assert sum(part for part in parts if isinstance(part, Fraction)) == score


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("林示例", "王示例", "another name than that of who decided it"),
        ("taipei-01", "taipei-09", "nobody has this number"),
        ("4.5", "5.5", "more than the 5 that it may add or take"),
    ],
)
def test_an_objection_that_may_not_be_so_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = project(tmp_path, [ROW.replace(old, new)])
    with pytest.raises(InputError) as caught:
        of(folder, YEAR)
    assert any(said in problem.en or said in problem.zh for problem in caught.value.problems), (
        caught.value.problems
    )
