"""The registry of metrics and exact values on small tables: what is computed, and what is a gap and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import (
    FAR_EAST,
    NORTH,
    PENDING,
    ROOT,
    SOUTH,
    WEST,
    WHOLE,
    book,
    branches,
    dataset,
    gap,
    registry,
    series,
)

from reportgen.compute.formulas import computed
from reportgen.compute.metrics import Figures, with_columns
from reportgen.model import Exact, Gap, Source, Text
from reportgen.model.errors import InputError
from reportgen.model.formats import lower_first
from reportgen.read.metrics import phrase, read_registry
from reportgen.read.tables import read_dataset


def exact(figures: Figures, reference: str, year: int | None = None, branch: str = "") -> Exact:
    return figures.value(reference, figures.key(year, {"branch": branch})).exact


def missing(figures: Figures, reference: str, year: int | None = None, branch: str = "") -> Gap:
    found = exact(figures, reference, year, branch)
    assert isinstance(found, Gap), found
    return found


def fault(figures: Figures, reference: str) -> str:
    with pytest.raises(InputError) as refused:
        figures.value(reference, figures.key())
    (problem,) = refused.value.problems
    return problem.say()


# ---- the published figures ------------------------------------------------------------------


@pytest.fixture(scope="module")
def new_taipei() -> Figures:
    return book(read_dataset(ROOT, "new-taipei"), period=107, since=90)


def test_roi_of_new_taipei_in_104_is_28_4_times(new_taipei: Figures) -> None:
    roi = new_taipei.figure("roi", 104)
    assert roi.value.exact == Fraction(343_731 * 10_000, 121_122 * 1000)
    assert (roi.plain, roi.text) == ("28.4", Text("28.4倍", "28.4 times"))


def test_pending_cases_of_new_taipei_are_994610_at_the_end_of_107(new_taipei: Figures) -> None:
    pending = new_taipei.figure("pending_cases")
    assert (pending.plain, pending.value.exact) == ("994,610", 994_610)
    assert pending.value.notes == ("pending_cases",)


def test_the_types_of_cases_add_up_to_the_total(new_taipei: Figures) -> None:
    parts = [
        new_taipei.value("pending_cases", new_taipei.key(members={"case_type": part})).exact
        for part in ("tax", "nhi", "fine", "fee")
    ]
    assert sum(parts, Fraction(0)) == 994_610


def test_the_closing_rate_of_107_is_closed_over_closed_and_pending(new_taipei: Figures) -> None:
    rate = new_taipei.value("closing_rate", new_taipei.key())
    assert rate.exact == Fraction(1_833_874, 1_833_874 + 994_610)
    assert rate.formula == "closed_cases / (closed_cases + pending_cases)"
    assert "closed_cases[107] = 1833874" in rate.worked


# ---- every metric of the registry -----------------------------------------------------------

CASES = {"new_cases": 300, "closed_cases": 200, "overdue_cases": 30, "beyond_five_years": 5}
MONEY = {"collected": 500, "collected_of_year": 450, "target": 400, "referred": 2000}
COST = {"cost": 250, "budget": 300, "final_account": 250, "surplus": 50, "staff": 7, "population": 1000}
PLAIN = {
    "new_cases": Fraction(300),
    "closed_cases": Fraction(200),
    "pending_cases": Fraction(100),
    "overdue_cases": Fraction(30),
    "collected": Fraction(5_000_000),
    "target": Fraction(4_000_000),
    "referred": Fraction(20_000_000),
    "cost": Fraction(250_000),
    "budget": Fraction(300_000),
    "final_account": Fraction(250_000),
    "surplus": Fraction(50_000),
    "staff": Fraction(7),
    "achievement_rate": Fraction(5, 4),
    "collection_rate": Fraction(1, 4),
    "closing_rate": Fraction(2, 3),
    "overdue_rate": Fraction(3, 10),
    "beyond_five_years": Fraction(5),
    "five_year_rate": Fraction(1, 20),
    "collected_of_year": Fraction(4_500_000),
    "roi": Fraction(20),
    "roi_cost": Fraction(20),
    "collected_per_capita": Fraction(5000),
}


@pytest.fixture
def one_year() -> Figures:
    rows = [{"roc_year": 90, **CASES, **MONEY, **COST}]
    return book(dataset(rows, derivations=[PENDING]), period=90)


@pytest.mark.parametrize("metric", sorted(PLAIN))
def test_each_metric_of_the_registry_is_exact_in_base_units(one_year: Figures, metric: str) -> None:
    assert exact(one_year, metric) == PLAIN[metric]


def test_no_metric_of_the_registry_is_left_untested() -> None:
    applied = {metric.id for metric in registry().metrics.values() if metric.applies}
    of_parts = {"change_before", "difference_before", "to_date", "moving"}
    assert applied == {"share", "change", "difference", "mean", "cumulative", "rank"} | of_parts
    assert {*registry().metrics} - applied == {*PLAIN}


def test_each_metric_is_printed_with_its_own_unit_and_digits(one_year: Figures) -> None:
    assert one_year.figure("achievement_rate").plain == "125.0"
    assert one_year.figure("closing_rate").text == Text("66.7%", "66.7%")
    assert one_year.figure("collected").text == Text("新臺幣500萬元", "NT$5.00 million")
    assert one_year.figure("collected_per_capita").text == Text("新臺幣5,000元", "NT$5,000")


# ---- metrics that are applied to others -----------------------------------------------------


@pytest.fixture
def three_years() -> Figures:
    return book(dataset(series("new_cases", {98: 100, 99: 150, 100: 120})), period=100, since=98)


def test_change_is_measured_on_the_year_before(three_years: Figures) -> None:
    assert exact(three_years, "change.new_cases", 99) == Fraction(1, 2)
    assert exact(three_years, "change.new_cases", 100) == Fraction(-1, 5)
    assert three_years.figure("change.new_cases").plain == "−20.0"


def test_there_is_no_per_cent_on_a_negative_base_and_no_share_of_a_negative_whole() -> None:
    figures = book(dataset(series("surplus", {98: -100, 99: 50, 100: -20})), period=100, since=98)
    assert missing(figures, "change.surplus", 99).reason == Text("基數為負數", "the base is negative")
    assert exact(figures, "change.surplus", 100) == Fraction(-7, 5)
    rows = branches("surplus", 100, {"north": 10, "west": -30})
    figures = book(dataset(rows), period=100, since=100)
    share = figures.value("share.surplus", figures.key(members={"branch": "north"})).exact
    assert isinstance(share, Gap) and share.kind == "undefined"


def test_difference_keeps_the_unit_of_its_metric(three_years: Figures) -> None:
    assert three_years.figure("difference.new_cases").text == Text("−30件", "−30 cases")


def test_mean_and_cumulative_sum_look_back_to_the_first_year(three_years: Figures) -> None:
    assert exact(three_years, "cumulative.new_cases", 99) == 250
    assert exact(three_years, "mean.new_cases", 99) == 125
    assert exact(three_years, "mean.new_cases", 100) == Fraction(370, 3)
    assert three_years.figure("mean.new_cases").plain == "123"


def test_the_first_year_has_nothing_to_be_compared_with(three_years: Figures) -> None:
    found = missing(three_years, "change.new_cases", 98)
    assert found == Gap("not_available", Text("無97年資料可比", "no data of 2008 to compare with"))


def test_metrics_may_be_applied_twice(three_years: Figures) -> None:
    assert exact(three_years, "mean.cumulative.new_cases", 99) == Fraction(100 + 250, 2)
    name = three_years.registry.metric("mean.cumulative.new_cases").name
    assert name == Text("新收案件累計歷年平均", "Mean of cumulative sum of new cases")


def test_the_difference_of_two_rates_is_in_percentage_points() -> None:
    rows = [{"roc_year": 99, "collected": 1, "target": 2}, {"roc_year": 100, "collected": 3, "target": 5}]
    difference = book(dataset(rows)).figure("difference.achievement_rate")
    assert difference.value.exact == Fraction(1, 10)
    assert difference.text == Text("10.0個百分點", "10.0 percentage points")


def test_per_capita_divides_by_the_people_of_the_same_branch() -> None:
    data = dataset(
        branches("collected", 100, {"north": 100, "west": 50}),
        branches("population", 100, {"north": 1000, "west": 100}),
    )
    figures = book(data)
    assert exact(figures, "collected_per_capita", branch="north") == 1000
    assert exact(figures, "collected_per_capita", branch="west") == 5000
    assert exact(figures, "collected_per_capita") == Fraction(1_500_000, 1100)


# ---- parts and the whole --------------------------------------------------------------------


def test_the_whole_is_the_sum_of_its_parts_where_no_total_is_printed() -> None:
    figures = book(dataset(branches("new_cases", 100, {"north": 1, "far-east": 2, "west": 4})))
    assert exact(figures, "new_cases") == 7
    assert exact(figures, "share.new_cases", branch="west") == Fraction(4, 7)


def test_a_printed_total_is_taken_and_not_summed_again() -> None:
    rows = branches("new_cases", 100, {"whole": 10, "north": 4, "west": 5})
    figures = book(dataset(rows, members=[WHOLE, NORTH, WEST], total="whole"))
    assert exact(figures, "new_cases") == exact(figures, "new_cases", branch="whole") == 10
    assert exact(figures, "share.new_cases", branch="north") == Fraction(2, 5)


def test_a_finer_table_is_summed_up_to_the_key() -> None:
    rows = [
        {"roc_year": 100, "branch": "north", "new_cases": 3},
        {"roc_year": 100, "branch": "north", "new_cases": 4},
    ]
    assert exact(book(dataset(rows)), "new_cases", branch="north") == 7


@pytest.mark.parametrize(("kind", "total"), [("none", 4), ("under_half", 4)])
def test_a_part_with_nothing_does_not_spoil_the_sum(kind: str, total: int) -> None:
    figures = book(dataset(branches("new_cases", 100, {"north": gap(kind), "west": total})))  # type: ignore[arg-type]
    assert exact(figures, "new_cases") == total


@pytest.mark.parametrize("kind", ["blank", "not_available"])
def test_an_unknown_part_makes_the_sum_unknown(kind: str) -> None:
    unknown = gap(kind)  # type: ignore[arg-type]
    figures = book(dataset(branches("new_cases", 100, {"north": unknown, "west": 4})))
    assert exact(figures, "new_cases") == unknown


def test_each_gap_of_a_cell_stays_what_it_is() -> None:
    kinds = ("blank", "none", "not_available", "under_half")
    for kind in kinds:
        figures = book(dataset(series("new_cases", {100: gap(kind)})))
        assert exact(figures, "new_cases") == gap(kind)
    assert exact(book(dataset(series("new_cases", {100: 0}))), "new_cases") == 0


# ---- ranks ----------------------------------------------------------------------------------


def ranks(figures: Figures, metric: str) -> dict[str, Exact]:
    return {
        branch: exact(figures, f"rank.{metric}", branch=branch) for branch in ("north", "far-east", "west")
    }


def test_the_highest_is_first_where_high_is_better() -> None:
    figures = book(dataset(branches("collected", 100, {"north": 5, "far-east": 9, "west": 7})))
    assert ranks(figures, "collected") == {"far-east": 1, "west": 2, "north": 3}


def test_the_lowest_is_first_where_low_is_better() -> None:
    figures = book(dataset(branches("cost", 100, {"north": 5, "far-east": 9, "west": 7})))
    assert ranks(figures, "cost") == {"north": 1, "west": 2, "far-east": 3}


def test_equal_values_share_a_place_and_the_next_place_is_left_out() -> None:
    figures = book(dataset(branches("collected", 100, {"north": 9, "far-east": 9, "west": 7})))
    assert ranks(figures, "collected") == {"north": 1, "far-east": 1, "west": 3}


def test_a_branch_without_a_number_has_no_rank_and_pushes_nobody_down() -> None:
    unknown = gap("not_available")
    figures = book(dataset(branches("collected", 100, {"north": 5, "far-east": unknown, "west": 7})))
    assert ranks(figures, "collected") == {"west": 1, "north": 2, "far-east": unknown}


def test_the_whole_has_no_rank() -> None:
    figures = book(dataset(branches("collected", 100, {"north": 5, "west": 7})))
    assert missing(figures, "rank.collected").reason == Text("全體不排名", "the whole has no rank")


@given(st.lists(st.integers(0, 5), min_size=3, max_size=3), st.sampled_from(["collected", "cost"]))
def test_a_rank_is_one_more_than_the_number_of_better_ones(numbers: list[int], metric: str) -> None:
    by_branch = dict(zip(("north", "far-east", "west"), numbers, strict=True))
    found = ranks(book(dataset(branches(metric, 100, by_branch))), metric)
    for branch, number in by_branch.items():
        better = [n for n in numbers if (n > number if metric == "collected" else n < number)]
        assert found[branch] == 1 + len(better)


# ---- no value, and why ----------------------------------------------------------------------


def test_a_denominator_of_zero_is_a_gap_with_its_reason() -> None:
    figures = book(dataset([{"roc_year": 100, "collected": 5, "target": 0}]))
    assert missing(figures, "achievement_rate") == Gap(
        "undefined", Text("分母為零", "the denominator is zero")
    )
    assert figures.figure("achievement_rate").plain == "…"


def test_the_change_from_zero_is_a_gap() -> None:
    figures = book(dataset(series("new_cases", {99: 0, 100: 5})))
    assert missing(figures, "change.new_cases").kind == "undefined"
    assert exact(figures, "difference.new_cases") == 5


def test_zero_over_zero_is_a_gap() -> None:
    figures = book(dataset([{"roc_year": 100, "closed_cases": 0, "pending_cases": 0}]))
    assert missing(figures, "closing_rate").kind == "undefined"


def test_a_missing_operand_gives_its_own_reason() -> None:
    unknown = gap("not_available", "尚未公布", "not yet published")
    figures = book(dataset([{"roc_year": 100, "collected": 5, "target": unknown}]))
    assert missing(figures, "achievement_rate") == unknown


def test_a_column_that_no_table_has_is_named() -> None:
    figures = book(dataset(series("collected", {100: 5})))
    assert missing(figures, "target").reason == Text(
        "資料集無「基本徵起責任金額」",
        "the dataset has no column for “basic responsibility amount for collection”",
    )
    assert missing(figures, "achievement_rate").kind == "not_available"


def test_a_year_without_a_row_is_named() -> None:
    figures = book(dataset(series("collected", {99: 5})))
    assert missing(figures, "collected").reason == Text(
        "「第t1表」無100年資料", "“Table t1” has no row for 2011"
    )


def test_a_table_that_is_not_broken_down_says_so() -> None:
    data = dataset(branches("collected", 100, {"north": 5}), series("cost", {100: 1}))
    assert missing(book(data), "roi_cost", branch="north").reason == Text(
        "「第t2表」未依分署細分", "“Table t2” is not broken down by branch"
    )


def test_a_branch_has_nothing_before_it_was_founded() -> None:
    figures = book(dataset(branches("collected", 98, {"north": 5, "south": 0})))
    found = missing(figures, "collected", 98, "south")
    assert found == Gap("none", Text("南區分署於99年成立", "South Branch was established in 2010"))
    assert figures.dataset.dimensions["branch"].present(98) == ["north", "far-east", "west"]


def test_sums_and_means_of_a_branch_begin_with_the_branch() -> None:
    rows = branches("collected", 99, {"south": 2}) + branches("collected", 100, {"south": 4})
    figures = book(dataset(rows), since=90)
    assert exact(figures, "cumulative.collected", branch="south") == 60_000
    assert exact(figures, "mean.collected", branch="south") == 30_000


def test_a_year_that_is_missing_makes_mean_and_sum_missing() -> None:
    figures = book(dataset(series("new_cases", {98: 1, 100: 3})), since=98)
    assert missing(figures, "mean.new_cases").reason.en == "“Table t1” has no row for 2010"
    assert missing(figures, "cumulative.new_cases").kind == "not_available"


def test_a_metric_is_not_valid_before_its_first_year() -> None:
    rows = [{"roc_year": year, "collected": 1, "target": 1} for year in (89, 90)]
    figures = book(dataset(rows), since=89)
    assert missing(figures, "achievement_rate", 89).reason == Text("自90年起適用", "valid from 2001 on")
    assert missing(figures, "change.achievement_rate", 89).kind == "not_available"
    assert exact(figures, "achievement_rate", 90) == 1


def test_a_derivation_is_not_valid_before_its_first_year() -> None:
    rows = [{"roc_year": year, "new_cases": 5, "closed_cases": 2} for year in (89, 90, 91)]
    figures = book(dataset(rows, derivations=[PENDING]), since=90)
    assert missing(figures, "pending_cases", 89).reason == Text("自90年起推算", "derived from 2001 on")
    assert exact(figures, "pending_cases", 91) == 6


cells = st.one_of(st.integers(-3, 3), st.sampled_from([gap("blank"), gap("none"), gap("not_available")]))


@given(st.lists(st.tuples(cells, cells), min_size=2, max_size=4))
def test_every_value_is_an_exact_number_or_a_gap_with_a_reason(
    rows: list[tuple[int | Gap, int | Gap]],
) -> None:
    table = [
        {"roc_year": 101 - len(rows) + place, "new_cases": new, "closed_cases": closed}
        for place, (new, closed) in enumerate(rows)
    ]
    figures = book(dataset(table, derivations=[PENDING]), since=101 - len(rows))
    for metric in registry().metrics.values():
        adds = metric.id in ("share", "cumulative")  # of a rate they are refused
        applied = "new_cases" if adds else "closing_rate"
        reference = f"{metric.id}.{applied}" if metric.applies else metric.id
        found = exact(figures, reference)
        assert isinstance(found, Fraction) or (found.reason.zh and found.reason.en)


# ---- rows and their record ------------------------------------------------------------------

ROWS = [
    {"roc_year": year, "branch": branch, "collected": 7 * year + place, "target": 600 + 11 * place}
    for year in (98, 99, 100)
    for place, branch in enumerate(("north", "far-east", "west"))
]
REFERENCES = (
    "collected",
    "achievement_rate",
    "change.collected",
    "mean.collected",
    "share.collected",
    "rank.achievement_rate",
    "cumulative.target",
)


@given(st.permutations(ROWS))
def test_the_order_of_rows_does_not_matter(rows: Sequence[dict[str, Exact | int | str]]) -> None:
    straight, mixed = book(dataset(ROWS), since=98), book(dataset(rows), since=98)
    for reference in REFERENCES:
        for branch in ("", "north", "west"):
            assert exact(straight, reference, branch=branch) == exact(mixed, reference, branch=branch)


def test_a_value_names_file_column_and_rows() -> None:
    rows = branches("collected", 99, {"north": 1, "west": 2}) + branches("collected", 100, {"north": 3})
    figures = book(dataset(rows, series("target", {99: 1, 100: 4})), since=99)
    first, second = "inputs/datasets/small/t1.csv", "inputs/datasets/small/t2.csv"
    whole = figures.value("achievement_rate", figures.key(99))
    assert whole.sources == (
        Source(file=first, sheet="", rows=(2, 3), column="collected"),
        Source(file=second, sheet="", rows=(2,), column="target"),
    )
    change = figures.value("change.collected", figures.key(members={"branch": "north"}))
    assert change.sources == (Source(file=first, sheet="", rows=(2, 4), column="collected"),)


def test_a_value_of_a_single_cell_is_traced_even_where_it_is_a_gap() -> None:
    figures = book(dataset(series("collected", {99: 1, 100: gap("not_available")})))
    value = figures.value("collected", figures.key())
    assert value.sources == (
        Source(file="inputs/datasets/small/t1.csv", sheet="", rows=(3,), column="collected"),
    )


def test_the_formula_of_an_applied_metric_names_the_metric(three_years: Figures) -> None:
    value = three_years.value("change.new_cases", three_years.key())
    assert value.formula == "(new_cases - previous(new_cases)) / previous(new_cases)"
    assert value.worked == "new_cases[100] = 120, new_cases[99] = 150"


def test_the_same_value_has_one_number_in_the_ledger(three_years: Figures) -> None:
    first = three_years.figure("new_cases")
    assert three_years.figure("new_cases") is first
    other = three_years.figure("new_cases", 99)
    assert [first.number, other.number] == [1, 2]
    assert three_years.ledger.printed == (first, other)


def test_the_same_value_in_another_unit_is_another_figure(three_years: Figures) -> None:
    value = three_years.value("new_cases", three_years.key())
    usual, bare = three_years.ledger.print(value), three_years.ledger.print(value, "case_bare")
    assert (usual.text.en, bare.text.en) == ("120 cases", "120")
    assert usual.number != bare.number


def test_a_value_in_a_message_is_not_in_the_ledger(three_years: Figures) -> None:
    assert three_years.ledger.spoken(three_years.value("new_cases", three_years.key())).en == "120 cases"
    assert three_years.ledger.printed == ()


def test_a_counted_number_has_the_rows_of_all_that_was_counted(three_years: Figures) -> None:
    values = [three_years.value("new_cases", three_years.key(year)) for year in (98, 100)]
    counted = three_years.counted("place.new_cases", 2, "place", values)
    assert counted.text == Text("第2名", "2nd")
    assert counted.value.sources == (
        Source(file="inputs/datasets/small/t1.csv", sheet="", rows=(2, 4), column="new_cases"),
    )


# ---- faults of the registry -----------------------------------------------------------------


def test_an_unknown_metric_is_named_with_those_that_are_known(three_years: Figures) -> None:
    said = fault(three_years, "new_case")
    assert said.startswith(
        "inputs/metrics.toml: metric.new_case: there is no metric 'new_case'; known: achievement"
    )
    assert "'change.new_case'" in fault(three_years, "change.new_case")


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("median(new_cases)", "median(new_cases) is not known; functions take one argument"),
        ("mean(new_cases, 3)", "is not known; functions take one argument"),
        ("mean(x=new_cases)", "is not known; functions take one argument"),
        ("new_cases + '1'", "'1' has no place in a formula"),
        ("new_cases + True", "True has no place in a formula"),
        ("9**9**9", "** is no operator of a formula; write + - * /"),
        ("new_cases << 9", "LShift is no operator of a formula"),
        (
            "new_cases * 1e-41",
            "a number of more than 40 digits, or beyond 10 to the power of 40; write it shorter",
        ),
        ("new_cases * 1e-999999999", "beyond 10 to the power of 40"),
        ("new_cases * 1e999999999", "beyond 10 to the power of 40"),
        (f"new_cases * 0.{'3' * 41}", "a number of more than 40 digits"),
        ("odd + 1", "it names itself, directly or by others"),
        ("[new_cases for x in y]", "ListComp is not available"),
        ("(lambda: 1)()", "is not known"),
        ("new_cases.__class__", "__class__"),
    ],
)
def test_a_formula_that_is_not_understood_is_a_fault_with_its_place(formula: str, why: str) -> None:
    metric = registry().metrics["new_cases"].model_copy(update={"id": "odd", "formula": formula})
    odd = dataclasses.replace(registry(), metrics={**registry().metrics, "odd": metric})
    said = fault(book(dataset(series("new_cases", {100: 1})), of=odd), "odd")
    assert said.startswith(f"inputs/metrics.toml: metric.odd: formula {formula!r}: ")
    assert why in said


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        ("0.12345678901234567891", Fraction(12345678901234567891, 10**20)),
        ("1e-40", Fraction(1, 10**40)),
        (".5", Fraction(1, 2)),
    ],
)
def test_a_number_in_a_formula_is_exactly_what_is_written(number: str, exact: Fraction) -> None:
    assert computed(f" new_cases * {number} ", {"new_cases": Fraction(1)}) == exact


def test_units_that_the_registry_does_not_know_are_faults_of_the_dataset() -> None:
    data = dataset(series("collected", {100: 1}), series("cost", {100: 1}))
    odd = {id: dataclasses.replace(measure, unit="dollars") for id, measure in data.measures.items()}
    with pytest.raises(InputError) as refused:
        with_columns(dataclasses.replace(data, measures=odd), registry())
    said = [problem.say() for problem in refused.value.problems]
    assert len(said) == 2
    assert said[0].startswith(
        "inputs/datasets/small/dataset.toml: table.t1.column.collected.unit: unit 'dollars' is not declared in "
        "inputs/metrics.toml; known: twd,"
    )


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs/metrics.toml").write_text(text, "utf-8")
    return tmp_path


CASE = '[unit.case]\nfactor = 1\nhead = { zh = "件", en = "cases" }\ntext = { zh = "{n}件", en = "{n}" }\n'


def entry(id: str, **fields: str) -> str:
    usual = {"name": '{ zh = "名", en = "Name" }', "formula": '"a"', "unit": '"case"', "digits": "0"}
    lines = [f"{field} = {value}" for field, value in {**usual, **fields}.items() if value]
    return "\n".join([f"[metric.{id}]", *lines, ""])


def test_all_faults_of_a_registry_are_told_at_once(tmp_path: Path) -> None:
    text = CASE + "\n".join(
        [
            entry("half", name='{ zh = "名" }'),
            entry("blank", name='{ zh = "名", en = "" }'),
            entry("field", diggits="1"),
            entry("none", formula=""),
            entry("syntax", formula='"a +"'),
            entry("unit", unit='"cases"'),
            entry("digits", digits='"1"'),
            entry("many", digits="7"),
            entry("better", better='"up"'),
            entry("basis", basis='"law"'),
            '[unit.odd]\nfactor = "x"\nhead = { zh = "件", en = "cases" }\ntext = { zh = "件" }\n',
        ]
    )
    with pytest.raises(InputError) as refused:
        read_registry(written(tmp_path, text))
    said = [problem.say() for problem in refused.value.problems]
    place = "inputs/metrics.toml"
    half = 'the text lacks its en half; write { zh = "…", en = "…" }'
    assert said == [
        f"{place}:6: metric.half: name: {half}",
        f"{place}:12: metric.blank: name: {half}",
        f"{place}:22: metric.field: diggits: is an unknown key; known here: name, formula, unit, digits, better, phrase, basis, "
        "note, first_year, applies, within_year; did you mean 'digits'?",
        f'{place}:24: metric.none: formula: is missing; write formula = "…"',
        f"{place}:31: metric.syntax: formula: 'a +' cannot be read: invalid syntax; write numbers, names and + - * / ( ) alone",
        f"{place}:38: metric.unit: unit: \"cases\" is unknown; known: case, odd; did you mean 'case'?",
        f'{place}:45: metric.digits: digits: "1" is not a whole number; write digits alone, without quotes, point or comma',
        f"{place}:51: metric.many: digits: 7 is out of range; write a number from -1 to 6",
        f'{place}:58: metric.better: better: "up" is unknown; known: high, low',
        f'{place}:65: metric.basis: basis: "law" is not a text in both languages; write {{ zh = "…", en = "…" }}',
        f'{place}:68: unit.odd: factor: "x" is not a number above 0 such as 1000, 0.5, "1/100" or "12.5%"',
        f"{place}:70: unit.odd: text: {half}",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[metric", "inputs/metrics.toml:1: is not valid TOML: "),
        (None, "inputs/metrics.toml: the registry of metrics is missing"),
    ],
)
def test_a_registry_that_cannot_be_read_is_a_fault_of_the_inputs(
    tmp_path: Path, text: str | None, why: str
) -> None:
    project = tmp_path if text is None else written(tmp_path, text)
    with pytest.raises(InputError) as refused:
        read_registry(project)
    assert refused.value.problems[0].say().startswith(why)


# ---- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "zh", "en"),
    [
        ("share.new_cases", "新收案件占比", "Share of new cases"),
        ("change.collected", "徵起金額年增率", "Collected amount, change on the year before"),
        ("rank.roi", "投資報酬率名次", "Rank by return on investment (ROI)"),
    ],
)
def test_an_applied_metric_is_named_after_both(reference: str, zh: str, en: str) -> None:
    assert registry().metric(reference).name == Text(zh, en)


@pytest.mark.parametrize(
    ("words", "inside"),
    [("New cases", "new cases"), ("NT$ million", "NT$ million"), ("ROI", "ROI"), ("", ""), ("A", "a")],
)
def test_capitals_are_lowered_inside_a_sentence_except_abbreviations(words: str, inside: str) -> None:
    assert lower_first(words) == inside


def test_the_phrase_of_a_metric_is_used_inside_a_sentence() -> None:
    assert phrase(registry().metrics["roi"]) == "the return on investment (ROI)"
    assert phrase(registry().metrics["new_cases"]) == "new cases"


def test_the_members_of_a_year_are_those_that_exist_without_the_total() -> None:
    closed = WEST.model_copy(update={"last_year": 99})
    figures = book(
        dataset(
            branches("new_cases", 100, {"north": 1}),
            members=[WHOLE, NORTH, FAR_EAST, SOUTH, closed],
            total="whole",
        )
    )
    branch = figures.dataset.dimensions["branch"]
    assert branch.present(98) == ["north", "far-east", "west"]
    assert branch.present(100) == ["north", "far-east", "south"]
