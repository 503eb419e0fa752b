"""Odd blocks, claims, formulas, registries and manifests: each is told as a fault, none is a traceback."""
# ruff: noqa: F811

from __future__ import annotations

import dataclasses

import pytest
from small import NORTH, PENDING, book, branches, dataset, registry, series
from test_bulletin_blocks import (  # noqa: F401
    A_CHART,
    A_TABLE,
    STORY,
    TITLE,
    build,
    cases,
    definitions,
    faults,
    made,
    offices,
    one_table,
    printed,
)
from test_claims import figures as claim_figures  # noqa: F401
from test_metrics import CASE, entry, written

from reportgen.compute.claims import ExpressionError, holds, look_up
from reportgen.model.errors import InputError
from reportgen.read.metrics import read_registry
from reportgen.run.manifest import Stamps


def test_an_unknown_member_of_a_column_is_a_fault(cases):
    assert "there is no member 'east'" in faults(cases, {**A_TABLE, "columns": ["closed_cases@east"]})[0]


def test_an_unknown_member_of_a_chart_is_a_fault(cases):
    assert (
        "there is no member 'east'"
        in faults(cases, {**A_CHART, "metrics": ["closed_cases@east"]}, {**A_TABLE, "id": "t-2"})[0]
    )


def test_an_unknown_block_is_one_fault(cases):
    assert len(faults(cases, {"block": "tabel", **{k: v for k, v in A_TABLE.items() if k != "block"}})) == 1


def test_the_foot_is_the_sum_of_the_years_shown(cases):
    table = one_table(cases, rows="years", columns=["closed_cases"], total=True, **{"from": 99})
    assert printed(table) == [["2010", "6"], ["2011", "10"], ["Total", "16"]]


def test_the_foot_is_the_sum_by_part(offices):
    data = dataset(
        [
            *branches("collected", 99, {"north": 100}),
            *branches("collected", 98, {"north": 100}),
            *branches("collected", 100, {"north": 100}),
        ],
        members=[NORTH],
    )
    table = one_table(data, rows="years", by="branch", metric="collected", total=True, **{"from": 100})
    assert printed(table)[-1] == ["Total", "1.00", "1.00"]


def test_metrics_of_cards_are_explained(cases):
    assert "m-closing_rate" in definitions(cases, {"block": "key_figures", "metrics": ["closing_rate"]})


def test_change_on_cards_is_explained(cases):
    assert "m-change" in definitions(cases, {"block": "key_figures", "metrics": ["closed_cases"]})


def test_metrics_of_stories_are_explained(cases):
    assert "m-mean" in definitions(
        cases, {"block": "narrative", "story": "extremes", "metric": "closed_cases"}
    )


def test_metrics_of_slots_are_explained(cases):
    assert "m-closing_rate" in definitions(
        cases, {"block": "note", "text": {"zh": "{closing_rate}", "en": "{closing_rate}"}}
    )


def test_an_annex_before_its_tables_explains_them_too(cases):
    annex = made(cases, {"block": "method_annex"}, A_TABLE)[1]
    assert [d.anchor for d in annex.definitions] == ["m-closed_cases"]


def test_a_chart_by_part_with_no_years_is_a_fault(offices):
    assert faults(
        offices,
        {
            "block": "chart",
            "caption": TITLE,
            "form": "line",
            "metrics": ["collected"],
            "by": "branch",
            "from": 100,
            "to": 99,
        },
    )


def test_a_ranked_bar_needs_by(cases):
    assert faults(cases, {**A_CHART, "form": "ranked_bar"}, {**A_TABLE, "id": "t-2"})


def test_heat_map_needs_by(cases):
    assert faults(cases, {**A_CHART, "form": "heat_map"}, {**A_TABLE, "id": "t-2"})


def test_bare_change_is_a_fault(cases):
    assert faults(cases, {**A_TABLE, "columns": ["change"]})


def test_collected_change_is_a_fault(cases):
    assert faults(cases, {**A_TABLE, "columns": ["closed_cases.change"]})


def test_the_balance_begins_with_its_declared_year_whatever_the_publication_shows():
    rows = [{"roc_year": y, "new_cases": 5, "closed_cases": 2} for y in range(90, 101)]
    assert book(dataset(rows, derivations=[PENDING]), 100, 98).figure("pending_cases").plain == "33"


def test_a_sum_before_the_first_year_is_no_zero():
    f = book(dataset(series("new_cases", {98: 1, 99: 2, 100: 3})), 100, 99)
    assert f.value("cumulative.new_cases", f.key(98)).exact != 0


def test_metrics_that_go_round_in_a_circle_are_a_fault(tmp_path):
    r = dataclasses.replace(
        registry(),
        metrics={
            **registry().metrics,
            **{
                a: registry().metrics["roi"].model_copy(update={"id": a, "formula": f"{b} + 1"})
                for a, b in (("a", "b"), ("b", "a"))
            },
        },
    )
    with pytest.raises(InputError):
        f = book(dataset(series("new_cases", {100: 1})), of=r)
        f.value("a", f.key())


@pytest.mark.parametrize(
    "formula",
    [
        "new_cases + new_cases.x",
        "new_cases ** 4000.5",
        "new_cases << 1",
        "new_cases > 'a'",
        "",
        "new_cases if 1 else 2",
        "-" * 4000 + "1",
        "(1, 2)",
        "[1]",
    ],
)
def test_odd_formulas_are_faults(formula, tmp_path):
    try:
        read_registry(written(tmp_path, CASE + entry("odd", formula=repr(formula))))
    except InputError:
        return
    m = registry().metrics["new_cases"].model_copy(update={"id": "odd", "formula": formula})
    with pytest.raises(InputError):
        f = book(
            dataset(series("new_cases", {100: 50})),
            of=dataclasses.replace(registry(), metrics={**registry().metrics, "odd": m}),
        )
        f.value("odd", f.key())


@pytest.mark.parametrize(
    "text",
    [
        "[metric]\nx = 5",
        "metric = 5",
        CASE + entry("m", digits="true"),
        CASE + entry("m", digits="-1"),
        CASE + entry("m", first_year='"90"'),
        CASE + entry("m", phrase="5"),
        CASE + entry("m", applies='"yes"'),
        '[unit.z]\nfactor = 0\nhead = { zh = "件", en = "c" }\ntext = { zh = "{n}", en = "{n}" }\n',
        '[unit.z]\nfactor = 1\nhead = { zh = "件", en = "c" }\ntext = { zh = "件", en = "{n}" }\n',
        '[unit.z]\nfactor = 1\nhead = { zh = "件", en = "c" }\ntext = { zh = "{n}件", en = "{n}|{n}s|x" }\n',
        "[units.z]\n",
        CASE + entry("m", name='{ zh = "{x}", en = "{y}" }'),
        CASE + entry("period"),
        CASE + entry("m", better="[]"),
        CASE + entry("m", unit="[]"),
    ],
)
def test_odd_registries_are_faults(text, tmp_path):
    with pytest.raises(InputError):
        read_registry(written(tmp_path, text))


@pytest.mark.parametrize(
    "claim",
    [
        "new_cases = 60",
        "new_cases = closed_cases > 1",
        "new_cases > 1; new_cases < 0",
        "new_cases += 1",
        "2**4000.5 > 1",
        "not " * 3000 + "True",
        "new_cases(99.5) > 1",
        "new_cases(True) > 1",
        "new_cases(99, 100) > 1",
        "new_cases(north, far_east) > 1",
        "9**3999999 > 1 and 9**3999999 > 2",
        "new_cases\nnew_cases > 5",
    ],
)
def test_odd_claims_are_faults(claim, claim_figures):
    with pytest.raises(ExpressionError):
        holds(claim, claim_figures)


@pytest.mark.parametrize(
    "slot",
    [
        "().x",
        "new_cases(1/0)",
        "new_cases(year=99)",
        "new_cases(99.5)",
        "new_cases(**{})",
        "new_cases(*(1,))",
        "new_cases(2**4000.5)",
        "-" * 5000 + "1",
        "change",
        "new_cases(99,100)",
        "new_cases()(99)",
        "new_cases(north=1)",
    ],
)
def test_odd_slots_are_faults(slot, claim_figures):
    with pytest.raises((ExpressionError, InputError)):
        look_up(slot, claim_figures)


@pytest.mark.parametrize("content", ["[]", '{"%s": 5}', "null"])
def test_stamps_of_another_form(tmp_path, content):
    (tmp_path / "a.csv").write_text("one")
    (tmp_path / ".stamps.json").write_text(content.replace("%s", str(tmp_path / "a.csv")))
    assert Stamps(tmp_path).digest(tmp_path, "a.csv")


@pytest.mark.parametrize(
    "content", ['{"files": []}', '{"files": {"x.pdf": {}}}', '{"files": {"x.pdf": null}}', '{"files": null}']
)
def test_manifests_of_another_form(tmp_path, content):
    from reportgen.run.manifest import reasons
    from reportgen.verify.delivered import read_manifest

    (tmp_path / "manifest.json").write_text(content)
    entry_ = read_manifest(tmp_path).get("files", {}).get("x.pdf")
    assert reasons(entry_, tmp_path, tmp_path, "x.pdf", {"a": "b"}, Stamps(tmp_path))


@pytest.mark.parametrize(
    "plan",
    [
        {"id": 5, **A_TABLE},
        {**A_TABLE, "from": 90000000, "to": 90000001},
        {**A_TABLE, "to": 300},
        {**STORY, "line": 100},
        {**A_TABLE, "rows": "branch", "by": "branch", "metric": "closed_cases"},
    ],
)
def test_odd_blocks(plan, cases):
    """Made or told as a fault: anything else would be our bug."""
    try:
        build(cases, plan)
    except InputError as error:
        assert error.problems
