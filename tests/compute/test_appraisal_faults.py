"""Appraisals that are declared or filled in wrongly: each is told with its place, and none makes a wrong page in silence."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from making import make
from small_appraisal import DATASET, RULES, decided, material, month_rows, unit_rows, write_project

from reportgen.compute.appraisal import Period, needs
from reportgen.compute.rules.model import Decision, Result
from reportgen.kinds import kinds
from reportgen.kinds.appraisal import documents as appraisal
from reportgen.model import Document, Gap, Language, Paragraphs, Printed, Table
from reportgen.model.errors import InputError, KindError, RenderError, ReportgenError
from reportgen.model.job import Job
from reportgen.read.publications import documents_of

YEAR = Period(104)
Rows = list[list[Any]]
GAP = 'missing = ["not_available"], reason = { not_available = { zh = "未提供", en = "not given" } }, '


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def paper(folder: Path, name: str = "units") -> Document:
    return appraisal.document(material(folder), name)


def tables_of(document: Document) -> dict[str, Table]:
    return {block.anchor: block for block in document.blocks if isinstance(block, Table)}


def said(table: Table) -> list[list[str]]:
    return [
        [
            row.head.zh,
            *(cell.figure.plain if cell.figure else cell.text.zh if cell.text else "" for cell in row.cells),
        ]
        for row in table.rows
    ]


def sentence(document: Document, language: Language = "zh") -> str:
    block = next(block for block in document.blocks if isinstance(block, Paragraphs))
    line = block.lines[0]
    runs = line.zh if language == "zh" else line.en
    return "".join(run.text.say(language) if isinstance(run, Printed) else str(run) for run in runs)


def gaps_in(column: str) -> dict[str, str]:
    """The dataset whose column may be without a value."""
    return {
        "datasets/small/dataset.toml": replaced(
            DATASET, (f"column.{column} = {{ type", f"column.{column} = {{ {GAP}type")
        )
    }


def faults(work: Callable[[], object], *errors: type[ReportgenError]) -> list[str]:
    """What is told, each with place, fault and remedy in both languages."""
    with pytest.raises(errors or (InputError, KindError)) as caught:
        work()
    for problem in caught.value.problems:
        assert problem.place.file and problem.zh != problem.en
    return [f"{problem.place.column}: {problem.en}" for problem in caught.value.problems]


def of(result: Result, unit: str) -> Decision:
    return next(decision for decision in result.decisions if decision.person.id == unit)


# ---- pages that were silently wrong -------------------------------------------------------------


def test_an_item_without_a_value_leaves_the_others_in_their_columns(tmp_path: Path) -> None:
    months = month_rows()
    months[-1][4] = "…"  # of yilan-02
    document = paper(write_project(tmp_path, months=months, others=gaps_in("collected")))
    row = next(row for row in said(tables_of(document)["t-units-second-named"]) if row[0] == "第6股")
    assert row == ["第6股", "宜蘭分署", "–", "–", "–", "–", "–", "64.29", "180"]


def test_what_must_come_below_a_bound_takes_one_case_more_than_what_reaches_it(tmp_path: Path) -> None:
    rules = replaced(
        RULES,
        (
            'column = "closing_rate"\nweight = 40\ncap = 100',
            'column = "pending_cases"\nweight = 40\n'
            "bands = [{ below = 60, points = 100 }, { from = 60, points = 50 }]\n"
            'more = { label = { zh = "須再終結", en = "to close" }, formula = "pending_cases - goal", unit = "case" }',
        ),
    )
    _, book, result = decided(write_project(tmp_path, rules_toml=rules), YEAR)
    pending = needs(book, of(result, "taipei-01"))[1]
    assert pending.bound == "less_than" and pending.more is not None
    assert pending.more[1].exact == 41  # of 100, 40 less is 60, which is not below 60


def test_no_item_gains_what_the_limit_of_the_score_takes_away(tmp_path: Path) -> None:
    """Unit 1 has 60 × 60% + 54.54… × 40% + 1 = 58.81…: with at most 60 points there is room for 1.18… alone."""
    rules = replaced(RULES, ("most = 100", "most = 60"))
    _, book, result = decided(write_project(tmp_path, rules_toml=rules), YEAR)
    achievement = needs(book, of(result, "taipei-01"))[0]
    assert achievement.gain.exact == 60 - (37 + Fraction(6, 11) * 40)
    full = needs(book, of(result, "yilan-01"))[0]
    assert full.goal is None and full.gain.exact == 0


def test_a_value_to_be_reached_is_printed_rounded_up(tmp_path: Path) -> None:
    _, book, result = decided(write_project(tmp_path), YEAR)
    for unit in ("taipei-01", "taipei-02", "shilin-01"):
        decision = of(result, unit)
        closing = needs(book, decision)[1]
        assert closing.goal is not None and isinstance(closing.goal.exact, Fraction)
        points = decision.items[1].points.exact
        assert isinstance(points, Fraction)
        printed = Fraction(material_printed(closing.goal.exact, closing.goal.digits))
        assert (printed - points) * 40 / 100 >= 1


def material_printed(exact: Fraction, digits: int) -> str:
    from reportgen.model import formats

    return formats.plain(exact, digits, Fraction(1, 100))


def test_an_adjustment_without_a_value_makes_no_partial_sum(tmp_path: Path) -> None:
    units = unit_rows()
    units[-1][7] = "…"  # prizes of yilan-02
    document = paper(write_project(tmp_path, units=units, others=gaps_in("prizes")))
    row = next(row for row in tables_of(document)["t-units-points"].rows if row.head.zh == "第6股")
    assert row.cells[2].figure is not None and isinstance(row.cells[2].figure.value.exact, Gap)


def test_scores_that_rank_apart_look_apart(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path, rules_toml=RULES.replace("digits = 2\n", "digits = 3\n")))
    scores = [row[-1] for row in said(tables_of(document)["t-units-points"])]
    assert all(len(score.partition(".")[2]) == 3 for score in scores)


def test_a_standard_of_a_range_is_printed_and_an_unknown_value_has_missed_none(tmp_path: Path) -> None:
    rules = replaced(RULES, ("at_least = 130", "within = [100, 130]"))
    months = month_rows()
    months[-1][5] = "…"
    others = gaps_in("closed_cases")
    document = paper(write_project(tmp_path, rules_toml=rules, months=months, others=others))
    found = [
        row
        for anchor, table in tables_of(document).items()
        if anchor.endswith("-standards")
        for row in said(table)
    ]
    assert ["終結件數", "120", "介於", "100至130件", "符合"] in found
    assert ["終結件數", "…", "介於", "100至130件", "無資料"] in found
    last = tables_of(document)["t-units-second-named"].rows[-1]
    assert last.cells[-1].mark == ""


def test_the_gap_to_the_next_one_ahead_is_worked_from_both_scores(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path))
    ahead = next(p.value for p in document.printed if p.value.metric == "appraisal.ahead")
    first, second = (Fraction(part) for part in ahead.worked.split(" - "))
    assert ahead.exact == first - second


def test_the_limits_of_the_score_and_of_an_item_are_among_the_rules_in_words(tmp_path: Path) -> None:
    rules = dict(row[:2] for row in said(tables_of(paper(write_project(tmp_path)))["t-rules"]))
    assert rules["總分"] == "不低於0分，不高於100分；逾此範圍者以上、下限計"
    assert rules["結案率"].endswith("，至多100分")
    assert (
        rules["達成率"]
        == "占60%，依「達成率」級距計分：100%以上得100分、90%以上100%未滿得80分、未滿90%得60分"
    )


def test_more_who_share_the_first_place_than_a_sentence_names_are_said_to_be_there(tmp_path: Path) -> None:
    units, months = [], []
    for number in range(1, 9):
        units.append(
            [
                104,
                f"taipei-{number}",
                "taipei",
                "first",
                "甲乙丙丁戊己庚辛"[number - 1] + "股",
                f"Unit {'ABCDEFGH'[number - 1]}",
                1200,
                0,
                0,
                9,
            ]
        )
        months += [[104, month, "taipei", f"taipei-{number}", 90, 10, 100] for month in range(1, 13)]
    document = paper(write_project(tmp_path, units=units, months=months))
    assert "受評者計8個股，第一名為甲股、乙股、丙股、丁股、戊股、己股等。" in sentence(document)
    assert "F and others" in sentence(document, "en").replace("Unit ", "")
    # A count that was worked out is no number that an input states.
    assert not {"8", "7", "6"} & set(document.stated)


def test_the_months_of_the_year_before_are_looked_at_too(tmp_path: Path) -> None:
    """Else its rank would be that of a shorter year, and the change of rank wrong."""
    months = [row for row in month_rows() if not (row[0] == 103 and row[1] == 7 and row[3] == "taipei-01")]
    told = faults(lambda: paper(write_project(tmp_path, months=months)))
    assert told == [
        "unit_id: taipei-01 has no row for month 7 of 103: its sums would lack them; add the rows, with 0 where nothing was done"
    ]


def test_rows_of_units_that_are_not_appraised_belong_to_somebody(tmp_path: Path) -> None:
    rules = replaced(
        RULES,
        (
            'branch = "branch"\n\n[[complete]]',
            'branch = "branch"\nwhere = { class = "first" }\n\n[[complete]]',
        ),
    )
    rules = rules.replace(
        '[[group]]\nid = "second"\nlabel = { zh = "乙類", en = "class B" }\nwhere = { class = "second" }\n',
        "",
    )
    document = paper(write_project(tmp_path, rules_toml=rules))
    assert len(tables_of(document)["t-units-points"].rows) == 4


# ---- rules --------------------------------------------------------------------------------------

NO_ITEMS = RULES[: RULES.index("[[item]]")] + RULES[RULES.index("[[adjustment]]") :]
TIER = '\n[[tier]]\nid = "a"\nlabel = { zh = "甲", en = "A" }\nreward = [{ kind = "certificate" }]\n'


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (NO_ITEMS, "rank: there is no [[item]]"),
        (NO_ITEMS[: NO_ITEMS.index("[rank]")], "item: is missing"),
        (NO_ITEMS.replace('by = "score"', 'by = "achievement_rate"'), "rank: there is no [[item]]"),
        (RULES + 'better = "low"\n', "rank: better"),
        (RULES + TIER, "tier: has no place in an appraisal"),
        (
            replaced(RULES, ('column = "closed_cases"\nat_least = 130', 'column = "class"\nis = "first"')),
            "standard 1: column: class holds words",
        ),
        (replaced(RULES, ('month = "month"\n', "")), "column 3: at: months has no months"),
        (
            replaced(RULES, ('month = "month"', 'month = "collected"')),
            "month: months.collected may hold what is no month",
        ),
        (replaced(RULES, ('month = "month"', 'month = "moth"')), 'month: "moth" is unknown'),
        (
            replaced(RULES, ('branch = "branch"\n\n[[complete]]', "\n[[complete]]")),
            "complete 1: branch: [candidates] names no branch",
        ),
        (
            replaced(
                RULES, ('table = "months"\nby = "unit_id"\nbranch', 'table = "units"\nby = "unit_id"\nbranch')
            ),
            "complete 1: every_month: units has no months",
        ),
        (
            replaced(RULES, ('own = "own_points"', 'own = "target"')),
            "item 1: own: target is in twd, not in points",
        ),
    ],
)
def test_a_rule_that_an_appraisal_can_not_use_is_told(tmp_path: Path, rules: str, told: str) -> None:
    assert any(
        told in one for one in faults(lambda: paper(write_project(tmp_path, rules_toml=rules)), KindError)
    )


def test_months_that_may_be_0_or_13_are_told_where_they_are_declared(tmp_path: Path) -> None:
    others = {"datasets/small/dataset.toml": DATASET.replace("min = 1, max = 12", "min = 0, max = 13")}
    months = [*month_rows(), [104, 13, "taipei", "taipei-01", 1, 1, 1]]
    (told,) = faults(lambda: paper(write_project(tmp_path, months=months, others=others)), KindError)
    assert "months.month may hold what is no month" in told


def test_nobody_to_be_appraised_is_told_for_the_period_and_for_a_branch(tmp_path: Path) -> None:
    (told,) = faults(lambda: paper(write_project(tmp_path / "a", period="106")))
    assert "nobody is to be appraised for 2017" in told
    units, months = ([row for row in rows if "yilan" not in row] for rows in (unit_rows(), month_rows()))
    folder = write_project(tmp_path / "b", units=units, months=months, papers='["units-yilan"]')
    (told,) = faults(lambda: paper(folder, "units-yilan"))
    assert "nobody of the branch yilan" in told


def test_a_branch_may_stand_in_a_dimension_of_any_name(tmp_path: Path) -> None:
    dataset = replaced(
        DATASET,
        ("[dimension.branch]", "[dimension.office]"),
        ('dimension = "branch"', 'dimension = "office"'),
    )
    others = {"datasets/small/dataset.toml": dataset}
    folder = write_project(tmp_path, papers='["units-taipei"]', others=others)
    assert paper(folder, "units-taipei").title.zh == "臺北分署各股執行業務績效評比表"


def test_papers_that_are_empty_and_a_month_in_wide_digits_are_told(tmp_path: Path) -> None:
    folder = write_project(tmp_path, papers="[]")
    assert any("is empty" in one for one in faults(lambda: documents_of(folder, "small-104", kinds())))
    folder = write_project(tmp_path, period='"104-０6"')
    assert any("is not a month" in one for one in faults(lambda: paper(folder)))


def test_units_without_branches_have_no_column_for_them(tmp_path: Path) -> None:
    rules = replaced(
        RULES,
        ('branch = "branch"\n\n[[complete]]', "\n[[complete]]"),
        ('by = "unit_id"\nbranch = "branch"\n', 'by = "unit_id"\n'),
    )
    document = paper(write_project(tmp_path / "a", rules_toml=rules))
    assert said(tables_of(document)["t-units-first"])[0][:2] == ["第4股", "1"]
    attitude = larger_project(tmp_path / "b", "attitude", rules=ATTITUDE.replace('branch = "branch"\n', ""))
    found = tables_of(paper(attitude, "attitude"))
    assert found["t-all-months"].caption.en == "Monthly scores" and len(found["t-comments"].columns) == 3


# ---- forecast -----------------------------------------------------------------------------------


def forecast(column: str = "collected", target: str = "target", years: int = 1) -> dict[str, str]:
    table = f'[forecast]\nrules = "units"\ncolumn = "{column}"\ntarget = "{target}"\nyears = {years}\n'
    return {"period": '"104-06"', "papers": '["forecast"]', "more": table}


@pytest.mark.parametrize(
    ("column", "target", "told"),
    [
        ("achievement_rate", "own_points", "forecast: column: achievement_rate is no sum over months"),
        ("pending_cases", "prizes", "forecast: column: pending_cases is no sum over months"),
        ("target", "target", "forecast: column: target is no sum over months"),
        ("collected", "achievement_rate", "forecast: target: achievement_rate is counted by months"),
        ("collected", "own_points", "forecast: target: own_points is in score, collected in twd"),
    ],
)
def test_a_forecast_of_what_does_not_add_up_by_months_is_refused(
    tmp_path: Path, column: str, target: str, told: str
) -> None:
    folder = write_project(tmp_path, **forecast(column, target))  # type: ignore[arg-type]
    assert any(told in one for one in faults(lambda: paper(folder, "forecast")))


def test_a_year_that_lacks_months_is_no_pattern(tmp_path: Path) -> None:
    """Its first half would be a share of nothing, and the forecast out of all measure."""
    months = [row for row in month_rows() if row[0] == 104 or row[1] > 3 or row[3] == "yilan-01"]
    rules = replaced(RULES, ("every_month = true", "every_month = false"))
    document = paper(write_project(tmp_path, months=months, rules_toml=rules, **forecast()), "forecast")  # type: ignore[arg-type]
    rows = {row[0]: row[1:] for row in said(tables_of(document)["t-forecast"])}
    assert rows["第5股"][3:] == ["50.0", "1,440", "120.0"]
    assert rows["第1股"][3:] == ["…", "…", "…"]
    assert "無法預測全年" in sentence(document)


def test_the_sentence_of_a_forecast_names_its_years_its_column_and_its_candidates(tmp_path: Path) -> None:
    document = paper(write_project(tmp_path, **forecast()), "forecast")  # type: ignore[arg-type]
    assert sentence(document) == (
        "104年1月至6月累計徵起金額新臺幣3,780元，達成率52.5%；依103年各月型態預測，全年可達新臺幣7,560元，達成率105.0%。"
        "6個股中，預測可達成基本徵起責任金額者計4。"
    )
    assert "months of 2014" in sentence(document, "en") and "Of 6 units" in sentence(document, "en")


def test_a_forecast_of_officers_masks_their_names_as_their_own_paper_does(tmp_path: Path) -> None:
    units = [
        [*row[:4], f"王小{'甲乙丙丁戊己'[n % 6]}", f"Wang Hsiao-{'ABCDEF'[n % 6]}", *row[6:]]
        for n, row in enumerate(unit_rows())
    ]
    given = forecast()
    given["more"] = '[names]\nofficers = "mid-mask"\n' + given["more"].replace('"units"', '"officers"')
    folder = write_project(tmp_path, units=units, others={"small-104/officers.toml": RULES}, **given)  # type: ignore[arg-type]
    document = paper(folder, "forecast")
    heads = [row[0] for row in said(tables_of(document)["t-forecast"])]
    assert heads[0] == "合計" and all("○" in head for head in heads[1:])
    assert "王小甲" in document.hidden and "王小甲" not in str(document.blocks)


# ---- attitude and overdue cases -----------------------------------------------------------------

MORE_TABLES = """
[dimension.case_type]
label = { zh = "案件類別", en = "Case type" }
total = "all"
member = [
  { id = "all", zh = "全部", en = "All" }, { id = "tax", zh = "財稅案件", en = "Tax" }, { id = "fine", zh = "罰鍰案件", en = "Fines" },
]

[table.staff]
label = { zh = "名冊", en = "Staff" }
file = "staff.csv"
key = ["staff_id"]
column.staff_id = { type = "text", label = { zh = "代號", en = "Number" } }
column.name = { type = "text", name = true, label = { zh = "姓名", en = "Name" } }
column.name_en = { type = "text", name = true, label = { zh = "姓名（英文）", en = "Name in English" } }
column.branch = { type = "member", dimension = "branch" }

[table.scores]
label = { zh = "考核", en = "Scores" }
file = "scores.csv"
key = ["roc_year", "month", "staff_id", "assessor"]
column.roc_year = { type = "roc_year", min = 100, max = 110 }
column.month = { type = "whole", unit = "month", min = 1, max = 12, label = { zh = "月", en = "Month" } }
column.staff_id = { type = "text", label = { zh = "代號", en = "Number" } }
column.assessor = { type = "text", label = { zh = "考核人", en = "Assessor" } }
column.score = { type = "whole", unit = "score", min = 0, max = 100, label = { zh = "分數", en = "Score" } }
column.remark = { type = "text", label = { zh = "評語", en = "Comment" } }
column.remark_en = { type = "text", label = { zh = "評語（英文）", en = "Comment in English" } }

[table.overdue]
label = { zh = "逾期", en = "Overdue" }
file = "overdue.csv"
key = ["roc_year", "month", "branch", "case_type"]
column.roc_year = { type = "roc_year", min = 100, max = 110 }
column.month = { type = "whole", unit = "month", min = 1, max = 12, label = { zh = "月", en = "Month" } }
column.branch = { type = "member", dimension = "branch" }
column.case_type = { type = "member", dimension = "case_type" }
column.pending = { GAPtype = "whole", unit = "case", min = 0, label = { zh = "未結", en = "Pending" } }
column.overdue = { type = "whole", unit = "case", min = 0, label = { zh = "逾期未結", en = "Overdue" } }
column.beyond = { type = "whole", unit = "case", min = 0, label = { zh = "逾五年", en = "Beyond five years" } }
column.rate = { type = "decimal", unit = "case", digits = 1, min = 0, label = { zh = "比率", en = "Rate" } }
""".replace("GAP", GAP)

ATTITUDE = """
title = { zh = "考核", en = "Attitude" }
standing = "assumption"
basis = { zh = "假設", en = "assumption" }
month = "month"
[candidates]
table = "staff"
id = "staff_id"
name = "name"
name_en = "name_en"
branch = "branch"
[[column]]
id = "score_"
label = { zh = "分數", en = "Score" }
table = "scores"
of = "score"
take = "mean"
by = "staff_id"
[[item]]
id = "score"
label = { zh = "分數", en = "Score" }
column = "score_"
weight = 100
[rank]
method = "competition"
"""

SCORES: Rows = [
    [104, 1, "a", "甲長官", 80, "認真", "Diligent"],
    [104, 2, "a", "甲長官", 90, "-", "-"],
    [104, 1, "b", "甲長官", 70, "-", "-"],
]
OVERDUE: Rows = [
    [104, 12, "taipei", "tax", 100, 20, 5, 0],
    [104, 12, "taipei", "fine", 300, 20, 5, 0],
    [104, 12, "yilan", "tax", 50, 20, 0, 0],
]
NAMES = '[names]\nattitude = "mid-mask"\n[attitude]\nassessor = "assessor"\ncomment = { zh = "remark", en = "remark_en" }\n'
COUNTED = '[overdue]\ntable = "overdue"\nby = "case_type"\npending = "pending"\noverdue = "overdue"\nbeyond_five = "beyond"\nmonth = "month"\n'


def csv(head: str, rows: Rows) -> str:
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"


def larger_project(
    folder: Path,
    name: str,
    scores: Rows = SCORES,
    overdue: Rows = OVERDUE,
    more: str = "",
    rules: str = ATTITUDE,
    staff: str = 'a,王小明,"Wang, Hsiao-Ming",taipei\nb,王小明,"Wang, Hsiao-Ming",yilan\n',
    tables: str = MORE_TABLES,
) -> Path:
    others = {
        "datasets/small/dataset.toml": DATASET + tables,
        "datasets/small/staff.csv": "staff_id,name,name_en,branch\n" + staff,
        "datasets/small/scores.csv": csv("roc_year,month,staff_id,assessor,score,remark,remark_en", scores),
        "datasets/small/overdue.csv": csv(
            "roc_year,month,branch,case_type,pending,overdue,beyond,rate", overdue
        ),
        "small-104/attitude.toml": rules,
    }
    more = more or {"attitude": NAMES, "overdue": COUNTED}[name]
    return write_project(folder, papers=f'["{name}"]', more=more, others=others)


def test_two_members_of_staff_of_one_name_keep_their_own_scores(tmp_path: Path) -> None:
    document = paper(larger_project(tmp_path, "attitude"), "attitude")
    found = tables_of(document)
    assert said(found["t-taipei-months"])[0][:3] == ["王○明", "80.0", "90.0"]
    assert said(found["t-yilan-months"])[0][:3] == ["王○明", "70.0", "…"]
    assert [row[0] for row in said(found["t-rules"])] == ["分數"]  # a paper without ranks has no rule of them
    assert said(found["t-comments"]) == [["王○明", "臺北分署", "1月", "甲長官", "認真"]]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"scores": [*SCORES, [104, 1, "a", "乙長官", 60, "-", "-"]]},
            "month: the score of this month stands twice, first in row 2",
        ),
        ({"scores": [[104, 1, "a", "甲長官", 80, "認真", "-"]]}, "remark_en: the comment lacks this half"),
        ({"scores": [[104, 1, "a", "甲長官", 80, "-", "Diligent"]]}, "remark: the comment lacks this half"),
        ({"scores": [[104, 1, "a", "甲長官", 80, "辦結 30 件", "closed 31 cases"]]}, "remark_en: "),
        (
            {"rules": ATTITUDE.replace("weight = 100", "weight = 100\ncap = 90")},
            "item: the scores of a month are the mean",
        ),
        (
            {
                "rules": ATTITUDE.replace(
                    "weight = 100",
                    "weight = 100\nbands = [{ below = 60, points = 1 }, { from = 60, points = 2 }]",
                )
            },
            "bands would not be used",
        ),
        ({"rules": ATTITUDE.replace('"mean"', '"max"')}, "take would not be used"),
        ({"more": NAMES.replace('zh = "remark"', 'zh = "remarks"')}, "has no column remarks"),
    ],
)
def test_a_fault_of_the_attitude_is_told(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    folder = larger_project(tmp_path, "attitude", **given)
    assert any(told in one for one in faults(lambda: paper(folder, "attitude")))


@pytest.mark.slow
def test_a_comment_that_names_a_person_whom_the_paper_masks_is_refused(tmp_path: Path) -> None:
    scores: Rows = [[104, 1, "a", "甲長官", 80, "王小明認真", "Diligent"]]
    folder = larger_project(tmp_path, "attitude", scores=scores)
    with pytest.raises(ReportgenError) as caught:
        make(Job(project=folder, publication="small-104", document="attitude", edition="zh"))
    assert "王小明" not in "".join(problem.say() for problem in caught.value.problems)
    assert caught.value.exit_code in (1, 3)


def test_a_table_of_scores_without_years_is_read(tmp_path: Path) -> None:
    tables = replaced(
        MORE_TABLES,
        (
            'key = ["roc_year", "month", "staff_id", "assessor"]\ncolumn.roc_year = { type = "roc_year", min = 100, max = 110 }',
            'key = ["month", "staff_id", "assessor"]',
        ),
    )
    folder = larger_project(tmp_path, "attitude", tables=tables)
    text = csv("month,staff_id,assessor,score,remark,remark_en", [row[1:] for row in SCORES])
    (folder / "inputs/datasets/small/scores.csv").write_text(text, "utf-8")
    assert said(tables_of(paper(folder, "attitude"))["t-taipei-months"])[0][1] == "80.0"


def test_a_row_of_all_types_is_not_added_to_its_parts(tmp_path: Path) -> None:
    rows: Rows = [*OVERDUE, [104, 12, "taipei", "all", 400, 40, 10, 0]]
    document = paper(larger_project(tmp_path, "overdue", overdue=rows), "overdue")
    assert said(tables_of(document)["t-overdue-types"])[0] == ["合計", "450", "60", "13.3", "10"]


def test_a_count_that_is_not_known_makes_no_sum_and_no_worst_branch(tmp_path: Path) -> None:
    rows: Rows = [[*OVERDUE[0][:4], "…", *OVERDUE[0][5:]], *OVERDUE[1:]]
    document = paper(larger_project(tmp_path, "overdue", overdue=rows), "overdue")
    found = {row[0]: row[1:] for row in said(tables_of(document)["t-overdue-branches"])}
    assert found["合計"][0] == found["臺北分署"][0] == "…"
    assert found["臺北分署"][2] == "…" and found["宜蘭分署"] == ["50", "20", "40.0", "0"]
    assert "最高" not in sentence(document)


def test_where_nothing_is_pending_there_is_no_share(tmp_path: Path) -> None:
    rows: Rows = [[104, 12, "taipei", "tax", 0, 0, 0, 0]]
    document = paper(larger_project(tmp_path, "overdue", overdue=rows), "overdue")
    share = tables_of(document)["t-overdue-types"].rows[0].cells[2].figure
    assert share is not None and isinstance(share.value.exact, Gap)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"overdue": [[104, 12, "taipei", "tax", 10, 12, 0, 0]]},
            "overdue: 12 is more than the 10 that are pending",
        ),
        ({"overdue": [[104, 12, "taipei", "tax", 10, 2, 11, 0]]}, "beyond: 11 is more than the 10"),
        ({"overdue": [[104, 11, "taipei", "tax", 10, 2, 1, 0]]}, "there is no row of 2015"),
        ({"overdue": [[104, 12, "taipei", "all", 10, 2, 1, 0]]}, "there is no row of 2015"),
        ({"more": COUNTED.replace('month = "month"\n', "")}, "is by month: its cases would be added up"),
        (
            {"more": COUNTED.replace('pending = "pending"', 'pending = "rate"')},
            "overdue.rate is no column of whole numbers",
        ),
        (
            {"more": COUNTED.replace('by = "case_type"', 'by = "branch"')},
            "by = 'branch' is the column of branches",
        ),
        ({"more": COUNTED.replace('"pending"', '"branch"')}, "overdue.branch is no column of whole numbers"),
    ],
)
def test_a_fault_of_the_overdue_cases_is_told(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    folder = larger_project(tmp_path, "overdue", **given)
    assert any(told in one for one in faults(lambda: paper(folder, "overdue")))


# ---- pages --------------------------------------------------------------------------------------


def test_a_sheet_that_grows_over_its_page_is_told(tmp_path: Path) -> None:
    units = [row for row in unit_rows() if row[1] == "yilan-01"]
    months = [row for row in month_rows() if row[3] == "yilan-01"]
    label = f'label = {{ zh = "{"甚長之項目名稱" * 60}", en = "{"Very long name of an item " * 30}" }}'
    short = 'short = { zh = "結案", en = "Closing" }'
    rules = replaced(
        RULES, ('label = { zh = "結案率", en = "Closing rate" }\ncolumn', f"{label}\n{short}\ncolumn")
    )
    folder = write_project(tmp_path, units=units, months=months, rules_toml=rules)
    with pytest.raises(RenderError, match="page"):
        make(Job(project=folder, publication="small-104", document="units", edition="both"))


def test_rare_characters_in_the_name_of_a_unit_are_printed(tmp_path: Path) -> None:
    units = [[*row[:4], "𠮷䶮股", "Unit", *row[6:]] for row in unit_rows() if row[1] == "yilan-01"]
    months = [row for row in month_rows() if row[3] == "yilan-01"]
    folder = write_project(tmp_path, units=units, months=months)
    made = make(Job(project=folder, publication="small-104", document="units", edition="zh"))
    pages = pypdfium2.PdfDocument(made.content)
    assert "𠮷䶮股" in "".join(page.get_textpage().get_text_range() for page in pages)
