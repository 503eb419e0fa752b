"""The sample of teams: winners recomputed from its tables with plain arithmetic, orders for persons, letters of targets."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from small import ROOT

from reportgen.compute.rules.model import Result
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.material import Material, read_material
from reportgen.kinds.targets import documents as targets
from reportgen.model import FormHead, Segment, Table

SAMPLE = "team-awards-105"


@functools.cache
def material() -> Material:
    return read_material(ROOT, SAMPLE)


@functools.cache
def result() -> Result:
    return awards.decided(material())


def rows(name: str) -> Iterator[dict[str, str]]:
    with (ROOT / "inputs/datasets/team-105" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def half_up(exact: Fraction, places: int) -> Fraction:
    return Fraction(int(exact * 10**places + Fraction(1, 2)), 10**places)


@functools.cache
def scores() -> dict[str, Fraction]:
    """achievement × 60 % + closing × 40 % + the committee's points."""
    points = {row["candidate_id"]: Fraction(row["points"]) for row in rows("reviews.csv")}
    return {
        row["candidate_id"]: Fraction(row["achievement"]) * 60 / 100
        + Fraction(row["closing"]) * 40 / 100
        + points.get(row["candidate_id"], Fraction(0))
        for row in rows("results.csv")
        if row["roc_year"] == "105"
    }


@functools.cache
def winners() -> dict[str, str]:
    """By the rules as an officer would apply them by hand, list in hand."""
    title = {row["candidate_id"]: row["title"] for row in rows("candidates.csv")}
    order = sorted(scores(), key=lambda id_: -scores()[id_])
    units = [id_ for id_ in order if title[id_] == "unit"][:2]
    persons, places = [], 3
    for id_ in (id_ for id_ in order if title[id_] != "unit"):
        executors = sum(title[one] == "executor" for one in persons)
        clerk_is_in = any(title[one] == "clerk" for one in persons)
        if title[id_] == "executor" and executors == 1:  # a third of three
            continue
        if title[id_] != "clerk" and not clerk_is_in and len(persons) == places - 1:
            continue  # the last place is the clerk's
        if len(persons) < places:
            persons.append(id_)
    won = {group[0]: "top" for group in (units, persons)}
    won |= {id_: "good" for group in (units, persons) for id_ in group[1:]}
    by_year = {
        (row["roc_year"], row["candidate_id"]): Fraction(row["achievement"]) for row in rows("results.csv")
    }
    progress = {
        id_: half_up(by_year["105", id_] - by_year["104", id_], 1)
        for id_ in order
        if id_ not in won and by_year["105", id_] >= 75
    }
    best = sorted(progress, key=lambda id_: -progress[id_])[:2]
    return won | {id_: "progress" for id_ in best if progress[id_] >= 1}


def test_scores_and_winners_are_those_of_a_recomputation_by_hand() -> None:
    assert {d.person.id: d.score.exact for d in result().decisions if d.score} == scores()
    assert {d.person.id: d.tier.id for d in result().winners if d.tier} == winners()
    changed = {d.person.id for d in result().decisions if d.reviews}
    assert changed == {row["candidate_id"] for row in rows("reviews.csv")}
    assert all(
        d.ranked and d.ranked.exact == half_up(scores()[d.person.id], 1) and d.ranked.digits == 1
        for d in result().decisions
    )


def test_each_person_has_an_order_and_who_served_in_two_units_one() -> None:
    (order,) = awards.documents(material(), result(), ["order"])
    units = [id_ for id_ in winners() if id_.startswith("U-")]
    served = {row["member_id"] for row in rows("members.csv") if row["unit_id"] in units}
    short = {row["member_id"] for row in rows("members.csv") if row["until"] == "105/4/30"}
    persons = [id_ for id_ in winners() if id_.startswith("P")]
    tables = [block for block in order.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [1] * (len(served - short) + len(persons))
    heads = [block for block in order.blocks if isinstance(block, FormHead)]
    numbers = {str(head.fields[2].lines[0].zh[0]) for head in heads}
    assert len(numbers) == len(heads) and "行執人字第10630000210號" in numbers


def test_the_letters_of_targets_state_the_sums_of_their_tables() -> None:
    sample = read_material(ROOT, "targets-105")
    done = targets.computed(sample)
    (stage,) = done.stages
    assert stage.since == date(2016, 8, 1)
    assert stage.total.after.exact == stage.total.before.exact + stage.total.change.exact  # type: ignore[operator]
    declared = sum(row.change.exact for row in stage.rows if row.declared)  # type: ignore[misc]
    assert stage.total.change.exact == declared == -58_500_000
    for branch in done.branches:
        held = [done.at_the_end(f"{branch.id}/{unit.id}", unit.target).exact for unit in branch.units]
        assert sum(held) == done.at_the_end(branch.id, branch.target).exact  # type: ignore[arg-type]
    letter = targets.document(sample, "revision")
    (table,) = [block for block in letter.blocks if isinstance(block, Table)]
    assert len(table.rows) == len(stage.rows) + 1 and letter.setting == "official"
    assert len([block for block in letter.blocks if isinstance(block, Segment)]) == 2
