"""Flow, stock and rate: what each operation accepts of them, what it refuses and where, and the right value."""

from __future__ import annotations

import dataclasses
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import NORTH, ROOT, SOUTH, WEST, book, branches, dataset, registry
from small_appraisal import DATASET as DATASET_OF_APPRAISAL
from small_appraisal import RULES, material, write_project
from small_targets import CASES, Branch, Unit, scheme
from small_targets import dataset as targets_dataset

from reportgen.compute import targets
from reportgen.compute.evaluation import NOT_ADDED, RATE_OF_PARTS
from reportgen.compute.metrics import Figures
from reportgen.kinds.appraisal import documents as appraisal
from reportgen.kinds.bulletin.documents import document
from reportgen.kinds.material import read_material
from reportgen.model import Gap, Table
from reportgen.model.errors import InputError, KindError
from reportgen.read.tables import describe
from reportgen.run.checks import check_publication

FLOW, STOCK, RATE, PLAIN_RATE = "closed_cases", "pending_cases", "closing_rate", "t_rate"
YEARS = range(98, 101)

DATASET = """
name = { zh = "小", en = "Small" }
[dimension.branch]
label = { zh = "分署", en = "Branch" }
member = [{ id = "north", zh = "北", en = "North" }, { id = "south", zh = "南", en = "South" }]
[table.t]
label = { zh = "表", en = "Table" }
file = "t.csv"
key = ["roc_year", "branch"]
[table.t.column.roc_year]
type = "roc_year"
[table.t.column.branch]
type = "member"
dimension = "branch"
[table.t.column.closed_cases]
type = "whole"
unit = "case"
label = { zh = "終結", en = "Closed" }
[table.t.column.pending_cases]
type = "whole"
unit = "case"
label = { zh = "未結", en = "Left" }
[table.t.column.own_rate]
type = "percent"
digits = 1
unit = "percent"
label = { zh = "率", en = "Rate" }
"""
ROWS = """roc_year,branch,closed_cases,pending_cases,own_rate
98,north,10,90,10.0
98,south,30,70,30.0
99,north,50,50,50.0
99,south,60,20,75.0
100,north,80,20,80.0
100,south,40,60,40.0
"""
METRICS = """
[metric.t_rate]
name = { zh = "自填率", en = "Rate as filed" }
formula = "own_rate"
unit = "percent"
digits = 1
[metric.t_closed]
name = { zh = "結案", en = "Cases closed" }
formula = "closed_cases"
unit = "case"
digits = 0
"""
HEAD = """
kind = "bulletin"
dataset = "small"
period = 100
since = 98
issuer = { zh = "處", en = "Office" }
title = { zh = "題", en = "Title" }
subtitle = { zh = "題", en = "Title" }
[[section]]
title = { zh = "題", en = "Title" }
[[section.block]]
"""
CAPTION = 'caption = { zh = "題", en = "Title" }\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name in ("templates", "styles"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("datasets/small", "small-100"):
        (folder / "inputs" / name).mkdir(parents=True)
    shutil.copy(ROOT / "inputs/glossary.csv", folder / "inputs")
    metrics = (ROOT / "inputs/metrics.toml").read_text("utf-8") + METRICS
    (folder / "inputs/metrics.toml").write_text(metrics, "utf-8")
    (folder / "inputs/datasets/small/dataset.toml").write_text(DATASET, "utf-8")
    (folder / "inputs/datasets/small/t.csv").write_text(ROWS, "utf-8")
    return folder


def publish(project: Path, block: str) -> None:
    (project / "inputs/small-100/publication.toml").write_text(f"{HEAD}{block}", "utf-8")


def refused(project: Path, block: str) -> str:
    publish(project, block)
    problems = check_publication(project, "small-100").problems
    (problem,) = [one for one in problems if "figures stand in no table" not in one.say()]
    assert problem.say() != problem.say("zh")
    return problem.say().removeprefix("inputs/small-100/publication.toml:")


def table(project: Path, block: str) -> tuple[dict[str, list[str]], list[str]]:
    """The cells of each row by its head, and the notes below."""
    publish(project, f'block = "table"\n{CAPTION}{block}')
    found = document(read_material(project, "small-100"), "bulletin").blocks[-1]
    assert isinstance(found, Table)
    rows = {
        row.head.en: [cell.figure.plain if cell.figure else "" for cell in row.cells] for row in found.rows
    }
    return rows, ["".join(str(run) for run in note.line.en) for note in found.notes]


@pytest.fixture
def figures(project: Path) -> Figures:
    publish(project, 'block = "symbols"\n')
    made = read_material(project, "small-100")
    return Figures(made.dataset, made.registry, 100, 98)


# ---- what a figure is -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        (FLOW, "flow"),
        ("t_closed", "flow"),
        (STOCK, "stock"),
        (PLAIN_RATE, "rate"),
        (RATE, "rate"),
        ("change.closed_cases", "rate"),
        ("difference.closed_cases", "rate"),
        ("share.closed_cases", "rate"),
        ("rank.closed_cases", "rate"),
        ("cumulative.closed_cases", "stock"),
        ("mean.closed_cases", "stock"),
        ("mean.closing_rate", "rate"),
    ],
)
def test_the_kind_of_a_metric_follows_from_its_formula(figures: Figures, reference: str, kind: str) -> None:
    assert figures.measures.kind(reference) == kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", "flow"),
        ('measure = "stock"\n', "stock"),
        ('measure = "rate"\n', "rate"),
        ('label = { zh = "件數", en = "Cases at the end of the year" }\n', "stock"),
        ('label = { zh = "年底件數", en = "Cases" }\n', "stock"),
        ('unit = "point"\n', "rate"),
    ],
)
def test_what_is_not_declared_is_inferred_and_told(tmp_path: Path, more: str, kind: str) -> None:
    folder = tmp_path / "inputs/datasets/small"
    folder.mkdir(parents=True)
    lines = 'unit = "case"\nlabel = { zh = "終結", en = "Closed" }\n'
    key = more.partition(" ")[0]
    kept = "".join(line for line in lines.splitlines(keepends=True) if not more or not line.startswith(key))
    (folder / "dataset.toml").write_text(DATASET.replace(lines, kept + more), "utf-8")
    measure = describe(tmp_path, "small").measures[FLOW]
    assert (measure.kind, measure.assumed) == (kind, key != "measure")


def test_the_stock_of_a_balance_is_a_stock(tmp_path: Path) -> None:
    folder = tmp_path / "inputs/datasets/small"
    folder.mkdir(parents=True)
    balance = '[[table.t.relation]]\nkind = "balance"\nstock = "closed_cases"\nadd = "pending_cases"\nsubtract = "own_rate"\n'
    (folder / "dataset.toml").write_text(DATASET + balance, "utf-8")
    assert describe(tmp_path, "small").measures[FLOW].kind == "stock"


def test_check_lists_what_it_took_the_columns_for(project: Path) -> None:
    publish(project, f'block = "table"\n{CAPTION}rows = "years"\ncolumns = ["closed_cases"]\n')
    report = check_publication(project, "small-100")
    assert not report.problems
    (line,) = report.assumed
    assert line.en.endswith(
        "dataset.toml: table.t: taken for closed_cases flow, pending_cases stock, own_rate rate; "
        'say it of each: measure = "flow", "stock" or "rate"'
    )
    assert line in report.lines()


def test_the_samples_say_it_of_every_column() -> None:
    for project in (ROOT, ROOT / "reportgen/run/starter/example"):
        for folder in (project / "inputs/datasets").iterdir():
            assert not [one.id for one in describe(project, folder.name).measures.values() if one.assumed]


# ---- what is refused ------------------------------------------------------------------------

NOT_CUMULATED = (
    "and is not added up over the years; tell it with the story trend or extremes, or average it: mean."
)
NO_PARTS = "is a rate, and rates of the parts do not make that of the whole; rank it instead"


@pytest.mark.parametrize(
    ("metric", "kind"),
    [(STOCK, "a stock, what is there at one time,"), (RATE, "a rate"), (PLAIN_RATE, "a rate")],
)
def test_only_a_flow_is_cumulated(project: Path, metric: str, kind: str) -> None:
    said = f"'{metric}' is {kind} {NOT_CUMULATED}{metric}"
    story = refused(project, f'block = "narrative"\nstory = "cumulative"\nmetric = "{metric}"\n')
    assert story == f"14: section 1, block 1: metric: {said}"
    column = refused(
        project, f'block = "table"\n{CAPTION}rows = "years"\ncolumns = ["cumulative.{metric}"]\n'
    )
    assert column == f"15: section 1, block 1: columns: {said}"
    slot = f'block = "note"\ntext = {{ zh = "{{cumulative.{metric}}}", en = "{{cumulative.{metric}}}" }}\n'
    assert refused(project, slot).endswith(f"text: {{cumulative.{metric}}}: {said}")


@pytest.mark.parametrize("metric", [RATE, PLAIN_RATE])
def test_a_rate_has_no_parts(project: Path, metric: str) -> None:
    story = f'block = "narrative"\nstory = "composition"\nmetric = "{metric}"\nby = "branch"\n'
    assert refused(project, story).startswith(f"14: section 1, block 1: metric: '{metric}' {NO_PARTS}")
    cards = refused(project, f'block = "key_figures"\nmetrics = ["share.{metric}"]\n')
    assert cards.startswith(f"13: section 1, block 1: metrics: '{metric}' {NO_PARTS}")
    stacked = f'block = "chart"\nform = "stacked_bar"\n{CAPTION}metrics = ["{metric}"]\nby = "branch"\ntable = false\n'
    assert refused(project, stacked).startswith(f"15: section 1, block 1: metrics: '{metric}' is a rate: ")


@pytest.mark.parametrize(
    "block",
    [
        *(
            f'block = "narrative"\nstory = "composition"\nmetric = "{m}"\nby = "branch"\n'
            for m in (FLOW, STOCK)
        ),
        *(
            f'block = "chart"\nform = "stacked_bar"\n{CAPTION}metrics = ["{m}"]\nby = "branch"\ntable = false\n'
            for m in (FLOW, STOCK, "share.closed_cases")
        ),
        *(f'block = "narrative"\nstory = "trend"\nmetric = "{m}"\n' for m in (FLOW, STOCK, RATE)),
        *(f'block = "narrative"\nstory = "extremes"\nmetric = "{m}"\n' for m in (FLOW, STOCK, RATE)),
        f'block = "narrative"\nstory = "cumulative"\nmetric = "{FLOW}"\n',
    ],
)
def test_what_is_possible_is_accepted(project: Path, block: str) -> None:
    publish(project, block)
    assert not check_publication(project, "small-100").problems


@pytest.mark.parametrize(
    ("data", "rules", "en"),
    [
        ("", 'at = "end"\n', "pending_cases is what is there at the end of a month and is not added up over"),
        ('column.collected = { type = "whole", ', "", "collected is a rate and is not added up; write take"),
    ],
)
def test_an_appraisal_adds_up_no_rate_and_no_stock_over_months(
    tmp_path: Path, data: str, rules: str, en: str
) -> None:
    declared = (
        DATASET_OF_APPRAISAL.replace(data, f'{data}measure = "rate", ') if data else DATASET_OF_APPRAISAL
    )
    ruled = RULES.replace(rules, "") if rules else RULES
    others = {"datasets/small/dataset.toml": declared}
    folder = write_project(tmp_path, rules_toml=ruled, others=others)
    with pytest.raises(KindError) as fault:
        appraisal.document(material(folder), "units")
    problem, *_ = fault.value.problems  # then what names the column
    assert problem.place.row and problem.place.column.endswith("take") and en in problem.say()


def test_targets_add_up_no_rate_of_units() -> None:
    one = scheme(400, factors=(CASES.model_copy(update={"normalisation": "mean_ratio"}),))
    data = targets_dataset({"north": Branch(units=(Unit(), Unit()))})
    measures = {**data.measures, "cases": dataclasses.replace(data.measures["cases"], kind="rate")}
    with pytest.raises(InputError) as fault:
        targets.decide(one, dataclasses.replace(data, measures=measures), registry().units)
    (problem,) = fault.value.problems
    assert problem.say() == (
        "inputs/datasets/small/units.csv:3: cases: cases is a rate and is not added up; "
        "give one row for each branch and year"
    )


# ---- the right value ------------------------------------------------------------------------


def test_the_foot_of_a_table_of_years(project: Path) -> None:
    columns = ["t_closed", FLOW, STOCK, RATE, "change.closed_cases", "t_rate"]
    rows, notes = table(project, f'rows = "years"\ncolumns = {columns}\ntotal = true\n'.replace("'", '"'))
    # 270 of the 270 closed in all and the 80 that are left at the end; a plain column is added up as any other
    assert rows["Total"] == ["270", "270", "", "77.1", "", "…"]
    assert NOT_ADDED.reason.en in notes
    assert f"No value: {RATE_OF_PARTS.reason.en}." in notes


def test_the_foot_of_other_years_than_those_of_the_bulletin(project: Path) -> None:
    rows, _ = table(
        project, 'rows = "years"\ncolumns = ["t_closed", "closing_rate"]\nfrom = 99\ntotal = true\n'
    )
    assert rows["Total"] == ["230", "74.2"]


def test_the_foot_of_a_table_of_members(project: Path) -> None:
    columns = f'rows = "branch"\ncolumns = ["{FLOW}", "{STOCK}", "{RATE}", "{PLAIN_RATE}"]\ntotal = true\n'
    rows, notes = table(project, columns)
    assert rows["Total"] == ["120", "80", "60.0", "…"]
    assert notes == [f"No value: {RATE_OF_PARTS.reason.en}."]


def test_a_rate_that_is_given_alone_has_no_figure_of_the_whole(figures: Figures) -> None:
    assert figures.value(PLAIN_RATE, figures.key()).exact == RATE_OF_PARTS
    assert figures.figure(PLAIN_RATE, members={"branch": "north"}).plain == "80.0"


def test_a_column_of_rates_takes_that_of_the_whole_from_the_metric_of_its_name() -> None:
    rows = [
        {
            "roc_year": 100,
            "branch": branch,
            "closed_cases": closed,
            "pending_cases": left,
            "closing_rate": own,
        }
        for branch, closed, left, own in (("north", 1, 1, 99), ("south", 8, 0, 1))
    ]
    data = dataset(rows, members=(NORTH, SOUTH))
    measure = dataclasses.replace(
        data.measures["closed_cases"], id="closing_rate", kind="rate", unit="percent"
    )
    figures = book(dataclasses.replace(data, measures={**data.measures, "closing_rate": measure}))
    exact, _ = figures.columns.at("closing_rate", dict(figures.key()))
    assert exact == RATE_OF_PARTS
    metric = (
        registry()
        .metrics["roi"]
        .model_copy(update={"id": "own", "formula": "closing_rate", "unit": "percent"})
    )
    more = dataclasses.replace(figures.registry, metrics={**figures.registry.metrics, "own": metric})
    told = Figures(figures.dataset, more, 100, 100)
    assert told.value("own", told.key()).exact == Fraction(9, 10)


@pytest.mark.parametrize(
    ("reference", "mean"),
    [
        (FLOW, Fraction(270, 3)),
        (STOCK, Fraction(160 + 70 + 80, 3)),
        (RATE, Fraction(270, 270 + 160 + 70 + 80)),
        (PLAIN_RATE, RATE_OF_PARTS),
        ("rank.closed_cases", NOT_ADDED),
    ],
)
def test_a_mean_of_rates_is_the_rate_of_the_means(
    figures: Figures, reference: str, mean: Fraction | Gap
) -> None:
    assert figures.value(f"mean.{reference}", figures.key()).exact == mean


def test_a_stock_is_not_added_up_over_months() -> None:
    rows = [
        {"roc_year": 100, "branch": branch, "month": month, "pending_cases": 10 * month}
        for branch in ("north", "south")
        for month in range(1, 13)
    ]
    data = dataset(rows)
    table = data.tables["t1"]
    keyed = dataclasses.replace(
        table,
        key=("roc_year", "branch", "month"),
        columns={**table.columns, "month": dataclasses.replace(table.columns["month"], unit="month")},
        records=tuple(
            dataclasses.replace(one, key=(*one.key, int(row["month"])))
            for one, row in zip(table.records, rows, strict=True)
        ),
    )

    def whole(kind: Literal["flow", "stock"]) -> Fraction | Gap:
        measure = dataclasses.replace(data.measures["pending_cases"], kind=kind)
        made = dataclasses.replace(data, tables={"t1": keyed}, measures={"pending_cases": measure})
        figures = book(made)
        return figures.value("pending_cases", figures.key()).exact

    assert (whole("stock"), whole("flow")) == (240, 1560)


NUMBERS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**9)), min_size=6, max_size=6)


@given(NUMBERS)
def test_the_total_of_a_rate_is_the_ratio_of_the_totals(numbers: list[tuple[int, int]]) -> None:
    """Over members, over years, over both, and as a mean."""
    at = [(year, branch) for year in YEARS for branch in ("north", "west")]
    rows = [
        {"roc_year": year, "branch": branch, "collected": above, "target": below}
        for (year, branch), (above, below) in zip(at, numbers, strict=True)
    ]
    figures = book(dataset(rows, members=(NORTH, WEST)), since=98)

    def ratio(year: int = 0, branch: str = "") -> Fraction:
        among = [n for (y, b), n in zip(at, numbers, strict=True) if year in (0, y) and branch in ("", b)]
        return Fraction(sum(above for above, _ in among), sum(below for _, below in among))

    for year in YEARS:
        assert figures.value("achievement_rate", figures.key(year)).exact == ratio(year)
    for branch in ("", "north", "west"):
        members = {"branch": branch} if branch else {}
        assert figures.total("achievement_rate", YEARS, members).exact == ratio(branch=branch)
        key = figures.key(members=members)
        assert figures.value("mean.achievement_rate", key).exact == ratio(branch=branch)


def test_no_change_in_per_cent_on_a_negative_base() -> None:
    rows = [
        row
        for year, n in ((98, -100), (99, 50), (100, 75))
        for row in branches("surplus", year, {"north": n})
    ]
    figures = book(dataset(rows), since=98)
    found = figures.value("change.surplus", figures.key(99)).exact
    assert isinstance(found, Gap) and (found.kind, found.reason.en) == ("undefined", "the base is negative")
    assert figures.value("difference.surplus", figures.key(99)).exact == 150_000
    assert figures.value("change.surplus", figures.key(100)).exact == Fraction(1, 2)


def test_a_formula_that_adds_up_a_rate_is_refused_at_its_metric(figures: Figures) -> None:
    metric = registry().metrics["roi"].model_copy(update={"formula": "running(closing_rate)"})
    more = dataclasses.replace(figures.registry, metrics={**figures.registry.metrics, "roi": metric})
    told = Figures(figures.dataset, more, 100, 98)
    with pytest.raises(InputError) as fault:
        told.value("roi", told.key())
    assert (
        "inputs/metrics.toml: metric.roi: formula 'running(closing_rate)': 'closing_rate' is a rate"
        in str(fault.value)
    )


def test_no_share_of_a_negative_whole() -> None:
    figures = book(dataset(branches("surplus", 100, {"north": -3, "west": 1})))
    found = figures.value("share.surplus", figures.key(members={"branch": "west"})).exact
    assert isinstance(found, Gap) and found.kind == "undefined"
