"""The three award samples: made by their script, read as they stand, and decided as they should be."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from contest import ROOT
from small import registry

from reportgen.compute import rules
from reportgen.compute.rules.model import Decision, Result
from reportgen.model import LANGUAGES, Value
from reportgen.model.errors import InputError
from reportgen.read.parity import read_glossary
from reportgen.read.tables import Dataset, describe, read_dataset, text_fault

UNITS = registry().units
SAMPLES = {
    "attitude-awards-102": "staff-102",
    "performance-awards-104": "performance-104",
    "bonus-104": "bonus-104",
}


@cache
def tables(publication: str) -> Dataset:
    return read_dataset(ROOT, SAMPLES[publication])


@cache
def result(publication: str) -> Result:
    declared = describe(ROOT, SAMPLES[publication])
    scheme = rules.read_scheme(ROOT, publication, declared, UNITS, read_glossary(ROOT))
    return rules.decide(scheme, tables(publication), UNITS)


def decision(publication: str, id_: str) -> Decision:
    return next(one for one in result(publication).decisions if one.person.id == id_)


def number(value: Value | None) -> Fraction:
    assert value is not None and isinstance(value.exact, Fraction)
    return value.exact


# ---- the tables -----------------------------------------------------------------------------------


def test_the_script_makes_the_same_bytes_as_are_kept(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make-staff-sample"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True, capture_output=True)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert len(made) == 10
    for path in made:
        assert (tmp_path / path).read_bytes() == (ROOT / "inputs" / "datasets" / path).read_bytes(), path


@pytest.mark.parametrize("publication", SAMPLES)
def test_each_dataset_is_marked_as_a_sample(publication: str) -> None:
    sample = tables(publication).sample
    assert sample is not None and (sample.zh, sample.en) == ("示範資料", "Sample data")


def test_there_are_156_people_in_13_branches_of_three_classes() -> None:
    staff = tables("attitude-awards-102").tables["staff"].records
    assert len(staff) == 156 and len({record.cells["branch"] for record in staff}) == 13
    assert [group.candidates for group in result("attitude-awards-102").groups] == [64, 60, 32]


def test_the_branches_are_those_of_the_agency() -> None:
    agency = [(m.id, m.label) for m in describe(ROOT, "agency").dimensions["branch"].members]
    for dataset in SAMPLES.values():
        assert [(m.id, m.label) for m in describe(ROOT, dataset).dimensions["branch"].members] == agency


@pytest.mark.parametrize("letter", "堃喆犇𠮷㛓·")
def test_a_winner_has_a_name_that_is_hard_to_print(letter: str) -> None:
    assert any(letter in one.person.names.zh for one in result("attitude-awards-102").winners)


def test_names_of_two_and_four_letters_and_two_of_one_name_win() -> None:
    names = [one.person.names.zh for one in result("attitude-awards-102").winners]
    assert {2, 3, 4, 11} <= {len(name) for name in names}
    assert names.count("陳怡君") == 2


@pytest.mark.parametrize("publication", SAMPLES)
def test_every_name_can_be_printed(publication: str) -> None:
    for table in tables(publication).tables.values():
        for name, column in table.columns.items():
            if column.judged_later:
                assert [text_fault(column, str(r.cells[name])) for r in table.records] == [None] * len(
                    table.records
                )


@pytest.mark.parametrize("publication", SAMPLES)
def test_no_identity_number_is_a_possible_one_and_each_is_personal(publication: str) -> None:
    found = [table for table in tables(publication).tables.values() if "identity_no" in table.columns]
    assert len(found) == 1
    assert found[0].columns["identity_no"].personal
    numbers = [record.cells["identity_no"] for record in found[0].records]
    assert all(str(one)[1] == "0" for one in numbers if isinstance(one, str))


def test_an_unreadable_name_stops_no_dataset_but_an_unreadable_score_does(tmp_path: Path) -> None:
    folder = tmp_path / "inputs" / "datasets" / "staff-102"
    shutil.copytree(ROOT / "inputs" / "datasets" / "staff-102", folder)
    staff = (folder / "staff.csv").read_text("utf-8").splitlines()
    staff[3] = staff[3].replace(staff[3].split(",")[1], "王\ufffd明", 1)
    staff[4] = staff[4].replace(staff[4].split(",")[1], "", 1)
    (folder / "staff.csv").write_text("\n".join(staff) + "\n", encoding="utf-8")
    read = read_dataset(tmp_path, "staff-102")
    scheme = rules.read_scheme(ROOT, "attitude-awards-102", describe(tmp_path, "staff-102"), UNITS)
    decided = rules.decide(scheme, read, UNITS)
    names = {one.person.id: (one.person.names.zh, one.tier is not None) for one in decided.decisions}
    assert names["S0003"] == ("王\ufffd明", True) and names["S0004"][0] == ""
    column = read.tables["staff"].columns["name"]
    assert text_fault(column, "王\ufffd明") and text_fault(column, "") and not text_fault(column, "王小明")
    attitude = (folder / "attitude.csv").read_text("utf-8").replace(",98\n", ",九十八\n", 1)
    (folder / "attitude.csv").write_text(attitude, encoding="utf-8")
    with pytest.raises(InputError, match=r"attitude\.csv:\d+: score: '九十八' is not a whole number"):
        read_dataset(tmp_path, "staff-102")


# ---- decisions ------------------------------------------------------------------------------------

OUTCOMES = {
    "attitude-awards-102": {"top": 6, "high": 12, "good": 13},
    "performance-awards-104": {"top": 6, "high": 10, "good": 4},
    "bonus-104": {"bonus": 18},
}


@pytest.mark.parametrize("publication", SAMPLES)
def test_the_number_of_winners_by_tier(publication: str) -> None:
    assert Counter(one.tier.id for one in result(publication).winners if one.tier) == OUTCOMES[publication]


@pytest.mark.parametrize("publication", SAMPLES)
def test_every_candidate_has_a_decision_with_a_reason_in_both_languages(publication: str) -> None:
    found = result(publication)
    assert len(found.decisions) == len(set(one.person.id for one in found.decisions))
    assert len(found.decisions) == sum(group.candidates for group in found.groups)
    for one in found.decisions:
        assert one.reason.zh.endswith("。") and one.reason.en.endswith(".")


@pytest.mark.parametrize(
    ("id_", "tier", "rank"),
    [
        ("S0003", "top", 1),
        ("S0042", "top", 2),
        ("S0077", "high", 3),
        ("S0009", "good", 12),
        ("S0007", "", 13),
    ],
)
def test_who_wins_for_attitude(id_: str, tier: str, rank: int) -> None:
    one = decision("attitude-awards-102", id_)
    assert (one.tier.id if one.tier else "", one.rank) == (tier, rank)


@pytest.mark.parametrize(
    ("id_", "failed"),
    [
        ("S0001", ["posts"]),
        ("S0070", []),  # appointed twelve months before the end of the year
        ("S0073", ["service"]),  # a day later
        ("S0081", ["sanction"]),  # on the first day that is looked back to
        ("S0082", []),  # the day before
        ("S0083", ["sanction"]),  # on the last day of the year
        ("S0086", []),  # after the year
        ("S0011", ["sanction"]),
        ("S0100", []),  # a mean of exactly 80
        ("S0101", ["least_mean"]),
        ("S0140", []),
        ("S0091", ["complete"]),
    ],
)
def test_who_is_just_below_and_at_each_line(id_: str, failed: list[str]) -> None:
    one = decision("attitude-awards-102", id_)
    assert [check.rule for check in one.checks if not check.passed] == failed
    assert one.eligible is not bool(failed)


def test_ties_at_the_line_are_parted_in_three_ways() -> None:
    first, second, third = (
        {
            step.step
            for one in result("attitude-awards-102").decisions
            if one.group == group
            for step in one.ties
        }
        for group in ("first", "second", "third")
    )
    assert first == {"more_decimals", "next_criterion"}
    assert second == {"more_decimals", "next_criterion", "all_in"}
    assert third == {"more_decimals"}


def test_the_places_are_told_with_their_working() -> None:
    group = result("attitude-awards-102").groups[0]
    assert (group.quota, group.winners) == (12, 12)
    assert group.worked.en == (
        "20% of the candidates, rounded half up: 64 × 20% = 12.80, giving 13; cut to 12 by the total of 30"
    )


@pytest.mark.parametrize(("id_", "eligible"), [("U-taipei-1", True), ("U-taipei-2", False)])
def test_the_achievement_rate_of_exactly_100_is_enough(id_: str, eligible: bool) -> None:
    one = decision("performance-awards-104", id_)
    assert one.checks[0].passed is eligible


def test_a_dollar_short_of_the_amount_is_not_printed_as_100() -> None:
    assert "99.999999%" in decision("performance-awards-104", "U-taipei-2").reason.en


def test_another_rounding_would_have_changed_some_performance_awards() -> None:
    told = [one for one in result("performance-awards-104").decisions if one.rounding]
    assert 5 < len(told) < 40 and any(one.tier for one in told) and any(not one.tier for one in told)


BONUS = {"taipei-1": False, "taipei-2": True, "taipei-3": False}


@pytest.mark.parametrize("id_", BONUS)
def test_only_what_is_above_the_responsibility_amount_counts(id_: str) -> None:
    one = decision("bonus-104", id_)
    assert one.eligible is BONUS[id_] and one.tier is None  # half a cent is not paid


def test_every_bonus_is_paid_to_the_dollar() -> None:
    paid = Fraction(0)
    for one in result("bonus-104").decisions:
        if one.bonus:
            shares = sum((number(share.paid) for share in one.bonus.shares), Fraction(0))
            assert shares + number(one.bonus.unpaid) == number(one.bonus.total)
            paid += shares
    assert result("bonus-104").total == paid > 500_000


def test_some_of_a_bonus_stays_unpaid_where_nobody_served() -> None:
    bonus = decision("bonus-104", "yilan-1").bonus
    assert bonus is not None and number(bonus.unpaid) > 0
    assert number(bonus.shares[0].service) == Fraction(1, 31)


@pytest.mark.parametrize("publication", SAMPLES)
def test_each_decision_is_explained_without_an_identity_number(publication: str) -> None:
    found = result(publication)
    secret = {
        str(record.cells["identity_no"])
        for table in tables(publication).tables.values()
        if "identity_no" in table.columns
        for record in table.records
        if isinstance(record.cells["identity_no"], str)
    }
    assert len(secret) > 60
    for one in found.decisions[::7]:
        for language in LANGUAGES:
            told = "\n".join(rules.explain(found, one.person.id, UNITS, language))
            assert one.reason.say(language) in told
            assert not any(id_ in told for id_ in secret)


@pytest.mark.parametrize("publication", SAMPLES)
def test_every_number_of_a_decision_names_rows_that_hold_it(publication: str) -> None:
    found, dataset = result(publication), tables(publication)
    files = {table.file: table for table in dataset.tables.values()}
    for one in found.decisions:
        values = (
            [item.value for item in one.items] + [one.score]
            if one.score
            else [item.value for item in one.items]
        )
        values += [check.value for check in one.checks if isinstance(check.value, Value)]
        for value in values:
            for source in value.sources if value else ():
                rows = {record.row for record in files[source.file].records}
                assert set(source.rows) <= rows and source.column in files[source.file].columns


@pytest.mark.parametrize("publication", SAMPLES)
def test_the_result_names_all_that_it_was_made_from(publication: str) -> None:
    inputs = result(publication).inputs
    folder = f"inputs/datasets/{SAMPLES[publication]}"
    expected = {path.name for path in (ROOT / folder).iterdir()} | {"rules.toml"}
    assert {name.rpartition("/")[2] for name in inputs} == expected
