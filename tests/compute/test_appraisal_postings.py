"""Officers who move and units without one: parts by days against a count day by day, one rank for each, faults of postings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_appraisal import RULES, decided, material, write_project

from reportgen.compute.appraisal import Period, tried
from reportgen.compute.rules.model import Result
from reportgen.compute.rules.postings import VACANT, Posting, PostingsRule, Posts
from reportgen.compute.rules.vacancies import vacancies
from reportgen.compute.rules.values import Book
from reportgen.kinds.appraisal import documents
from reportgen.model import Table
from reportgen.model.errors import InputError, KindError, Place, UsageError

YEAR = Period(104)
TABLES = """
[table.officers]
label = { zh = "行政執行官", en = "Officers" }
file = "officers.csv"
key = ["roc_year", "officer_id"]
column.roc_year = { type = "roc_year", min = 100, max = 110 }
column.officer_id = { type = "text", label = { zh = "編號", en = "Number" } }
column.name = { type = "text", label = { zh = "姓名", en = "Name" } }
column.name_en = { type = "text", label = { zh = "英文姓名", en = "Name in English" } }
column.branch = { type = "member", dimension = "branch" }
column.class = { type = "member", dimension = "class" }

[table.postings]
label = { zh = "派任", en = "Postings" }
file = "postings.csv"
key = ["officer_id", "unit_id", "since"]
column.officer_id = { type = "text", label = { zh = "編號", en = "Number" } }
column.unit_id = { type = "text", label = { zh = "股代號", en = "Unit number" } }
column.since = { type = "roc_date", accept = ["roc_date"], label = { zh = "到任", en = "From" } }
column.until = { type = "roc_date", accept = ["roc_date"], missing = ["blank"], label = { zh = "卸任", en = "To" } }
column.share = { type = "decimal", unit = "percent", digits = 1, label = { zh = "比率", en = "Share" } }
"""
POSTINGS = """[postings]
table = "postings"
person = "officer_id"
unit = "unit_id"
since = "since"
until = "until"
share = "share"
moved = "by_time"

[[complete]]
table = "months"
by = "unit_id"
every_month = true
"""
TARGET = """[[column]]
id = "target"
label = { zh = "基本徵起責任金額", en = "Basic responsibility amount for collection" }
table = "units"
of = "target"
take = "sum"
by = "unit_id"
posted = true

"""
_start, _end = RULES.index("[[complete]]"), RULES.index("[[column]]")
OFFICERS = (
    (
        RULES[:_start]
        + POSTINGS
        + "\n"
        + TARGET
        + RULES[_end : RULES.index("[[adjustment]]")]
        + RULES[RULES.index("[score]") :]
    )
    .replace('table = "units"\nid = "unit_id"', 'table = "officers"\nid = "officer_id"')
    .replace('take = "sum"\nby = "unit_id"\n\n', 'take = "sum"\nby = "unit_id"\nposted = true\n\n')
    .replace('by = "unit_id"\nat = "end"', 'by = "unit_id"\nposted = true\nat = "end"')
    .replace('own = "own_points"\n', "")
)
HEAD = "officer_id,unit_id,since,until,share"
# Wang moves from Taipei to Yilan in July; Lee follows in Taipei in September; Chen stays; yilan-02 has nobody.
STAFF = (
    "wang,taipei-01,104-01-01,104-06-30,100",
    "lee,taipei-01,104-09-01,,100",
    "wang,yilan-01,104-07-01,,100",
    "lee,taipei-02,104-01-01,104-08-31,100",
    "chen,shilin-01,103-01-01,,50",
    "chen,shilin-02,103-01-01,,50",
)


def project(folder: Path, rows: Sequence[str] = STAFF, rules: str = OFFICERS) -> Path:
    write_project(folder, rules_toml=rules, papers='["officers"]', others={"small-104/officers.toml": rules})
    dataset = folder / "inputs/datasets/small"
    with (dataset / "dataset.toml").open("a", encoding="utf-8") as file:
        file.write(TABLES)
    officers = [
        f"{year},{id_},{zh},{id_.title()},{branch},first"
        for year in (103, 104)
        for id_, zh, branch in (
            ("wang", "王示例", "yilan"),
            ("lee", "李示例", "taipei"),
            ("chen", "陳示例", "shilin"),
        )
    ]
    (dataset / "officers.csv").write_text(
        "\n".join(["roc_year,officer_id,name,name_en,branch,class", *officers]) + "\n"
    )
    (dataset / "postings.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    return folder


def book(folder: Path, period: Period = YEAR) -> tuple[Book, Result]:
    found = decided(folder, period)
    return found[1], found[2]


def held_by_days(book: Book, unit: str, month: int) -> dict[str, Fraction]:
    """Slowly: each day of a month is divided among those whose posting holds it."""
    assert book.posts
    day, days, found = date(2015, month, 1), 0, dict[str, Fraction]()
    while day.month == month:
        there = [one for one in book.posts.postings if one.unit == unit and one.first <= day <= one.last]
        for one in there:
            part = one.share / sum(other.share for other in there)
            found[one.person] = found.get(one.person, Fraction(0)) + part
        if not there:
            found[VACANT] = found.get(VACANT, Fraction(0)) + 1
        day, days = day + timedelta(days=1), days + 1
    return {person: part / days for person, part in found.items()}


def test_an_officer_who_moved_is_scored_by_the_days_in_each_unit_and_ranked_once(tmp_path: Path) -> None:
    found, result = book(project(tmp_path))
    # Six months of 80 in Taipei and six of 120 in Yilan; the targets of 1,200 by 181 and 184 of 365 days.
    assert found.value("collected", "wang").exact == 6 * 80 + 6 * 120
    assert found.value("target", "wang").exact == 1200
    assert found.value("pending_cases", "wang").exact == 100
    assert found.value("collected", "lee").exact == 8 * 90 + 4 * 80
    assert sorted(one.person.id for one in result.decisions) == ["chen", "lee", "wang"]
    assert sorted(one.rank or 0 for one in result.decisions) == [1, 2, 3]


def test_within_the_year_a_target_is_by_the_days_of_the_months_so_far(tmp_path: Path) -> None:
    found, _ = book(project(tmp_path), Period(104, 9))
    assert found.value("target", "lee").exact == Fraction(1200 * (243 + 30), 273)
    assert found.value("collected", "lee").exact == 8 * 90 + 80


def test_the_longest_post_alone_counts_where_the_rules_say_so(tmp_path: Path) -> None:
    found, result = book(project(tmp_path, rules=OFFICERS.replace("by_time", "longest")))
    assert found.value("collected", "wang").exact == 6 * 120  # 184 days against 181
    assert found.value("collected", "lee").exact == 8 * 90
    assert found.value("collected", "chen").exact == 12 * (100 + 110)  # two units at once are one post
    assert len(result.decisions) == 3


def test_a_vacant_unit_is_told_with_its_days_and_what_was_counted_and_is_not_ranked(tmp_path: Path) -> None:
    found, result = book(project(tmp_path))
    told = {one.unit: one for one in vacancies(found)}
    assert {unit: one.days.exact for unit, one in told.items()} == {
        "taipei-01": 62,
        "taipei-02": 122,
        "yilan-01": 181,
        "yilan-02": 365,
    }
    assert told["taipei-01"].spans == ((date(2015, 7, 1), date(2015, 8, 31)),)
    assert told["yilan-02"].amounts["collected"].exact == 12 * 130 and told["yilan-02"].branch == "yilan"
    # Persons and vacancies make the whole.
    for column in ("collected", "closed_cases", "pending_cases"):
        persons = sum(found.value(column, one.person.id).exact for one in result.decisions)
        vacant = sum(one.amounts[column].exact for one in told.values())
        whole = {"collected": 12 * 630, "closed_cases": 12 * 75, "pending_cases": 600}[column]
        assert persons + vacant == whole


RULE = PostingsRule.model_construct(share="share", moved="by_time")
DAYS = st.dates(date(2014, 11, 1), date(2016, 2, 28))


@st.composite
def postings(draw: st.DrawFn) -> list[Posting]:
    """Of two units and three persons, in turn, together and with days without anybody."""
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        who, unit = draw(st.sampled_from("abc")), draw(st.sampled_from(("one", "two")))
        share = Fraction(draw(st.integers(1, 100)), 100)
        place = Place("postings.csv")
        rows.append(Posting(person=who, unit=unit, first=first, last=last, share=share, place=place))
    return rows


@given(postings(), st.integers(1, 12))
def test_the_parts_of_a_unit_are_those_of_a_count_day_by_day_and_make_one(
    rows: list[Posting], month: int
) -> None:
    posts = Posts(RULE, rows, (date(2015, 1, 1), date(2015, 12, 31)))
    first = date(2015, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    made = Book.__new__(Book)
    made.posts = posts
    for unit in ("one", "two"):
        parts = posts.parts(unit, (first, last))
        assert parts == held_by_days(made, unit, month)
        assert sum(parts.values()) == 1
        vacant = sum((b - a).days + 1 for a, b in posts.vacancies(unit, [(first, last)]))
        assert parts.get(VACANT, 0) == Fraction(vacant, (last - first).days + 1)


@given(postings(), st.data())
def test_cutting_a_posting_in_two_at_any_day_changes_no_part(
    rows: list[Posting], data: st.DataObject
) -> None:
    span = (date(2015, 1, 1), date(2015, 12, 31))
    cut = []
    for one in rows:
        at = data.draw(st.dates(one.first, one.last))
        parts = dict(person=one.person, unit=one.unit, share=one.share, place=one.place)
        cut.append(Posting(first=one.first, last=at, **parts))
        if at < one.last:
            cut.append(Posting(first=at + timedelta(days=1), last=one.last, **parts))
    for unit in ("one", "two"):
        assert Posts(RULE, cut, span).parts(unit, span) == Posts(RULE, rows, span).parts(unit, span)


@pytest.mark.parametrize("moved", ["by_time", "longest"])
def test_where_nobody_moves_the_figures_are_those_of_the_units(tmp_path: Path, moved: str) -> None:
    rows = [
        f"{who},{unit},103-01-01,,"
        for who, unit in (("wang", "yilan-01"), ("lee", "taipei-01"), ("chen", "shilin-01"))
    ]
    rules = OFFICERS.replace("by_time", moved).replace('share = "share"\n', "")
    found, _ = book(project(tmp_path, [row.replace(",,", ",,100") for row in rows], rules), Period(104, 6))
    for who, collected in (("wang", 120), ("lee", 80), ("chen", 100)):
        assert found.value("collected", who).exact == 6 * collected
        assert found.value("target", who).exact == 1200
        assert found.posts and found.posts.stayed(who)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("chen,shilin-01,104-03-01,,50", "chen is posted at 150 %"),
        ("wang,shilin-01,104-01-01,104-02-01,60", "the unit shilin-01 is held at 110 %"),
        ("wang,yilan-02,104-05-01,104-04-30,10", "ends before it begins on 2015-05-01"),
        ("wang,taipei-09,104-01-01,104-01-02,10", "the unit 'taipei-09' has no row"),
        ("nobody,yilan-02,104-01-01,,10", "'nobody' is unknown in the table of candidates"),
        ("wang,yilan-02,104-01-01,,0", "the share of staffing is 0 %"),
    ],
)
def test_what_is_wrong_with_a_posting_is_told_with_its_row(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        book(project(tmp_path, (*STAFF, row)))
    assert said in str(caught.value) and "postings.csv:8" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("posted = true\n", "", "no column is counted by postings"),
        (POSTINGS.split("[[complete]]")[0], "", "declare [postings], or take posted out"),
        ('of = "target"\ntake = "sum"', 'of = "target"\ntake = "mean"', "are divided by days and added"),
        ('share = "share"', 'share = "unit_id"', "unknown"),
        ("every_month = true", 'branch = "branch"', "who moves is in two branches"),
    ],
)
def test_what_is_wrong_with_the_rules_of_postings_is_told(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(KindError) as caught:
        book(project(tmp_path, rules=OFFICERS.replace(old, new)))
    assert said in str(caught.value)


def test_a_figure_that_is_divided_by_postings_cannot_be_tried_for_a_person(tmp_path: Path) -> None:
    scheme, made, _ = decided(project(tmp_path), YEAR)
    with pytest.raises(UsageError, match="divided among those who held a unit"):
        tried({"officers": scheme}, made.dataset, made.units, ["collected.wang=+100"])


def test_the_paper_says_the_units_held_the_rule_and_what_was_vacant(tmp_path: Path) -> None:
    made = documents.document(material(project(tmp_path)), "officers")
    tables = {block.anchor: block for block in made.blocks if isinstance(block, Table)}
    vacant = tables["t-officers-vacant"]
    assert [row.head.zh for row in vacant.rows] == ["taipei-01", "taipei-02", "yilan-01", "yilan-02"]
    held = [table for anchor, table in tables.items() if anchor.endswith("-postings")]
    assert sorted(len(table.rows) for table in held) == [2, 2]  # Chen stayed and has none
    assert all("按各股在任日數" in str(table.notes) for table in held)
