"""What rules.toml may say: a closed vocabulary, every fault with its line, and no rule that can never fire."""

from __future__ import annotations

import dataclasses
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from contest import ROOT, RULES, changed, declared, read, scheme
from small import registry

from reportgen.compute.rules import read_scheme
from reportgen.compute.rules.prizes import Quota, TieRule
from reportgen.model import Text
from reportgen.model.errors import KindError
from reportgen.read.parity import Glossary, Term

# What is changed in the small award, and what is said about it, after the name of the file.
REFUSED: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "an_unknown_key": (
        ("year = 102", "year = 102\nyeer = 1"),
        (
            "3: yeer: is an unknown key; known here: standing, basis, source, note, title, candidates, column, eligible, exclude, group, item, rank, quota, ties, tier, bonus, stage, year, given, prize, mix, members; did you mean 'year'?",
        ),
    ),
    "an_unknown_table": (
        ('table = "staff"', 'table = "staf"'),
        ("7: candidates: table: \"staf\" is unknown; known: staff, marks, sanctions; did you mean 'staff'?",),
    ),
    "an_unknown_column_of_the_table": (
        ('name_en = "name_en"', 'name_en = "nam_en"'),
        (
            "10: candidates: name_en: \"nam_en\" is unknown; known: id, name, name_en, title, branch, appointed, skill, zeal; did you mean 'name_en'?",
        ),
    ),
    "an_unknown_column_of_an_item": (
        ('column = "zeal"', 'column = "zeel"'),
        ("59: item 2: column: \"zeel\" is unknown; known: months, skill, zeal; did you mean 'zeal'?",),
    ),
    "an_unknown_word_for_a_rank": (
        ('method = "competition"', 'method = "competitive"'),
        (
            "68: rank: method: \"competitive\" is unknown; known: competition, dense, modified; did you mean 'competition'?",
        ),
    ),
    "an_unknown_operator": (
        ('is = "clerk"', 'equals = "clerk"'),
        (
            "22: eligible 1: a condition needs exactly one of at_least, more_than, at_most, less_than, is, is_not, within",
            "26: eligible 1: equals: is an unknown key; known here: id, label, column, at_least, more_than, at_most, less_than, is, is_not, within",
        ),
    ),
    "two_operators": (
        ("at_least = 50", "at_least = 50\nless_than = 90"),
        (
            "33: eligible 2: less_than: a condition needs exactly one of at_least, more_than, at_most, less_than, is, is_not, within",
        ),
    ),
    "a_member_that_does_not_exist": (
        ('is = "clerk"', 'is = "clark"'),
        ("26: eligible 1: is: \"clark\" is unknown; known: clerk, chief; did you mean 'clerk'?",),
    ),
    "a_missing_half": (
        ('label = { zh = "月數", en = "Months" }', 'label = { zh = "月數" }'),
        ('16: column 1: label: the text lacks its en half; write { zh = "…", en = "…" }',),
    ),
    "a_year_of_the_Common_Era": (
        ("year = 102", "year = 2013"),
        ("2: year: 2013 is not an ROC year; write 107 for 2018 (is it 102?)",),
    ),
    "a_rule_without_its_source": (
        ('standing = "assumption"', 'standing = "rule"'),
        (" source: a rule needs its source; write its address",),
    ),
    "an_unknown_standing": (
        ('standing = "assumption"', 'standing = "guess"'),
        ('3: standing: "guess" is unknown; known: rule, assumption',),
    ),
    "weights_that_do_not_sum_to_100": (
        ("weight = 40", "weight = 35"),
        ("54: item 1: weight: the weights sum to 95 (60 + 35); they must sum to 100",),
    ),
    "a_weight_of_nothing": (
        ("weight = 40", "weight = 0"),
        ("60: item 2: weight: 0 is out of range; write a number above 0 and up to 100",),
    ),
    "bands_that_overlap": (
        ("from = 60, below = 90", "from = 60, below = 91"),
        (
            "62: item 2, bands 1: from: the bands overlap: one ends at 91, the next begins at 90; let the next begin where one ends",
        ),
    ),
    "a_hole_between_bands": (
        ("from = 60, below = 90", "from = 60, below = 89.5"),
        ("62: item 2, bands 1: from: between 89.5 and 90 there is no band; let the bands join, or add one",),
    ),
    "a_closed_band_and_one_that_begins_there": (
        ("from = 60, below = 90", "from = 60, to = 90"),
        (
            "62: item 2, bands 1: from: the bands overlap: one ends at 90, the next begins at 90; let the next begin where one ends",
        ),
    ),
    "a_value_below_every_band": (
        ("{ below = 60, points", "{ from = 10, below = 60, points"),
        (
            "64: item 2, bands 3: from: zeal is 0–100: nothing covers what is below 10; add a band below it, or lower its from",
        ),
    ),
    "a_value_above_every_band": (
        ("from = 90, to = 100", "from = 90, below = 100"),
        (
            "62: item 2, bands 1: below: zeal is 0–100: nothing covers 100 itself and what is above; the last band may say to, or leave the end away",
        ),
    ),
    "a_band_beyond_the_column": (
        (
            "{ from = 90, to = 100, points = 100 }",
            "{ from = 90, below = 101, points = 100 },\n  { from = 101, points = 120 }",
        ),
        ("63: item 2, bands 2: from: zeal is 0–100: the band can never apply; mend its ends, or delete it",),
    ),
    "an_empty_band": (
        ("from = 60, below = 90", "from = 90, below = 90"),
        (
            "63: item 2, bands 2: from: the band is empty: it begins where it ends or above; let from be smaller than below",
        ),
    ),
    "points_beside_bands": (
        ("weight = 40", 'weight = 40\npoints = "value"'),
        ("61: item 2: points: stands beside bands; one of the two gives the points",),
    ),
    "a_threshold_that_everybody_reaches": (
        ("at_least = 50", "at_least = 0"),
        ("32: eligible 2: at_least: skill is 0–100, so everyone would pass: the rule can never fail",),
    ),
    "a_threshold_that_nobody_reaches": (
        ("at_least = 50", "at_least = 101"),
        ("32: eligible 2: at_least: skill is 0–100, so no one would pass: the rule can never be met",),
    ),
    "a_threshold_in_quotes": (
        ("at_least = 50", 'at_least = "50"'),
        (
            '32: eligible 2: at_least: "50" is not a number; write digits, a point where there are decimals, and no quotes',
        ),
    ),
    "a_date_compared_with_a_number": (
        ('column = "skill"\nat_least = 50', 'column = "appointed"\nat_least = 50'),
        (
            "32: eligible 2: at_least: appointed is a date; compare it by at_least, more_than, at_most, less_than with a day such as 2013-01-01",
        ),
    ),
    "words_compared_by_size": (
        ('is = "clerk"', 'at_least = "clerk"'),
        ("26: eligible 1: at_least: title holds words; compare it by is, is_not or within",),
    ),
    "the_score_as_a_condition": (
        ('column = "skill"\nat_least = 50', 'column = "score"\nat_least = 50'),
        ("31: eligible 2: column: the score can't make eligible; write at_least in a [[tier]]",),
    ),
    "an_exclusion_that_looks_nowhere_back": (
        ("years = 3", "years = 0"),
        ("38: exclude 1: years: 0 is out of range; write a number of 1 or more",),
    ),
    "a_group_of_nobody": (
        ('["south", "west"]', '["south", "east"]'),
        ("48: group 2, where: branch: \"east\" is unknown; known: north, south, west; did you mean 'west'?",),
    ),
    "a_list_in_place_of_columns_and_their_values": (
        ('where = { branch = ["south", "west"] }', "where = [1]"),
        ("48: group 2: where: [1] is not a table; write its keys below a head in [ ], or between { }",),
    ),
    "a_member_in_two_groups": (
        ('["south", "west"]', '["south", "west", "north"]'),
        (
            "48: group 2, where: 'north' is in the group 'north' too; a candidate belongs to one group; name it in one of the two",
        ),
    ),
    "a_member_in_no_group": (
        ('["south", "west"]', '["south"]'),
        ("43: group 1, where: 'west' of branch is in no group; name it in one",),
    ),
    "an_id_that_stands_twice": (
        ('id = "others"', 'id = "north"'),
        ("46: group 2: id: the id 'north' stands twice, first on line 40; give each its own",),
    ),
    "a_tier_above_the_best_score": (
        ("places = 1", "places = 1\nat_least = 101"),
        ("81: tier 1: at_least: 101 is above the highest score that can be reached, 100; lower at_least",),
    ),
    "a_tier_below_one_that_takes_all": (
        ("places = 1", ""),
        (
            "83: tier 2: can never be reached: 'top' above takes everyone; exchange the two, or delete this one",
        ),
    ),
    "a_tier_whose_line_is_not_below_the_one_above": (
        (
            'places = 1\nrewards = [{ kind = "commendation", times = 2 }, { kind = "money", amount = 1000 }]\n\n[[tier]]\nid = "good"\nlabel = { zh = "甲等", en = "Merit" }\n',
            'at_least = 80\nrewards = []\n\n[[tier]]\nid = "good"\nlabel = { zh = "甲等", en = "Merit" }\nat_least = 80\n',
        ),
        (
            "86: tier 2: at_least: can never be reached: 'top' above takes everyone from 80; lower its at_least, or delete it",
        ),
    ),
    "ranks_of_a_tier_that_are_taken_above": (
        (
            'places = 1\nrewards = [{ kind = "commendation", times = 2 }, { kind = "money", amount = 1000 }]\n\n[[tier]]\nid = "good"\nlabel = { zh = "甲等", en = "Merit" }\n',
            'up_to_rank = 3\nrewards = []\n\n[[tier]]\nid = "good"\nlabel = { zh = "甲等", en = "Merit" }\nup_to_rank = 2\n',
        ),
        (
            "86: tier 2: up_to_rank: can never be reached: 'top' above takes ranks up to 3; raise its places, or delete it",
        ),
    ),
    "a_tier_without_a_place": (
        ("places = 1", "places = 0"),
        ("80: tier 1: places: 0 is out of range; write a number of 1 or more",),
    ),
    "a_tier_that_counts_twice": (
        ("places = 1", 'places = 1\nshare = "10%"\nrounding = "up"'),
        ("81: tier 1: share: stands beside places; one of the two",),
    ),
    "an_unknown_reward": (
        ('kind = "certificate"', 'kind = "certificat"'),
        (
            "86: tier 2, rewards 1: kind: \"certificat\" is unknown; known: commendation, merit, major_merit, certificate, money; did you mean 'certificate'?",
        ),
    ),
    "money_without_an_amount": (
        ('{ kind = "money", amount = 1000 }', '{ kind = "money" }'),
        ("81: tier 1, rewards 2: amount: is missing; write amount = 1000",),
    ),
    "a_bonus_that_is_not_there": (
        ('{ kind = "money", amount = 1000 }', '{ kind = "money", amount = "bonus" }'),
        (
            "81: tier 1, rewards 2: amount: there is no [bonus] to be paid; declare [bonus], or leave this out",
        ),
    ),
    "no_last_word_on_ties": (
        ('}, "all_in"]', "}]"),
        ("75: ties: steps: must end with what ends every tie: share, all_in, none_in",),
    ),
    "a_step_after_the_last_word": (
        ('"all_in"]', '"all_in", "more_decimals"]'),
        ("75: ties: steps 4: stands after 'all_in' and can never be reached; put it before, or delete it",),
    ),
    "an_unknown_step": (
        ('"all_in"]', '"all_inn"]'),
        (
            "75: ties: steps 3: \"all_inn\" is unknown; known: more_decimals, share, all_in, none_in; did you mean 'all_in'?",
        ),
    ),
    "a_tie_step_on_an_unknown_column": (
        ('next = "zeal"', 'next = "zeall"'),
        ("75: ties: steps 2.next: \"zeall\" is unknown; known: months, skill, zeal; did you mean 'zeal'?",),
    ),
    "a_quota_of_two_kinds": (
        ("number = 2", 'number = 2\nshare = "10%"\nrounding = "up"'),
        ("71: quota: needs number or share, one of the two",),
    ),
    "a_share_without_rounding": (
        ("number = 2", 'share = "10%"'),
        ("71: quota: rounding: is missing; a share is rounded half_up, down or up",),
    ),
    "a_share_that_is_none": (
        ("number = 2", 'share = "ten"\nrounding = "up"'),
        ('72: quota: share: "ten" is not a share; write "10%" or "1/3", more than 0 and at most "100%"',),
    ),
    "a_total_without_its_cut": (
        ("number = 2", "number = 2\ntotal = 3"),
        ('71: quota: cut: is missing; say how a total cuts the groups: "proportional" or "lowest"',),
    ),
    "limits_that_exclude_each_other": (
        ("number = 2", "number = 2\nat_least = 3\nat_most = 2"),
        (
            "74: quota: at_most: is below 1 or below at_least: it can never be kept; raise it, or lower at_least",
        ),
    ),
    "a_formula_with_an_unknown_name": (
        (
            'table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"',
            'formula = "skil / zeal"\nunit = "percent"',
        ),
        ("17: column 1: formula: \"skil\" is unknown; known: skill, zeal; did you mean 'skill'?",),
    ),
    "a_formula_that_calls": (
        (
            'table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"',
            'formula = "open(1, 2) + skill ** 2"\nunit = "percent"',
        ),
        (
            '17: column 1: formula: "open" is unknown; known: min, max',
            "17: column 1: formula: Pow has no place in a formula; use names, numbers, + - * /, min and max",
        ),
    ),
    "a_formula_that_is_none": (
        (
            'table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"',
            'formula = "skill +"\nunit = "percent"',
        ),
        ("17: column 1: formula: 'skill +' is not a formula such as a / b; write columns and + - * / ( )",),
    ),
    "a_column_from_nowhere": (
        ('table = "marks"\ntake = "count"\nof = "mark"\ngaps = "skip"\n', ""),
        ("14: column 1: says not where its number comes from; write table, formula, of_year, service or of",),
    ),
    "an_unknown_unit": (
        ('gaps = "skip"', 'gaps = "skip"\nunit = "monthe"'),
        (
            "21: column 1: unit: \"monthe\" is unknown; known: twd, twd_k, twd_10k, twd_million, case, case_bare, person, business, km2, minute, percent, point, times, count, as_labelled, score, month, day, rank; did you mean 'month'?",
        ),
    ),
    "the_last_of_rows_without_time": (
        ('take = "count"', 'take = "last"'),
        ('14: column 1: on: is missing; write on = "…"',),
    ),
    "a_name_that_is_taken": (
        ('id = "months"', 'id = "skill"'),
        ('15: column 1: id: the name "skill" is taken; choose another',),
    ),
    "no_items": (
        (
            '[[item]]\nid = "skill"\nlabel = { zh = "技能", en = "Skill" }\ncolumn = "skill"\nweight = 60\n\n',
            "",
        ),
        ("54: item 1: weight: the weights sum to 40 (40); they must sum to 100",),
    ),
    "a_rank_by_a_column_beside_items": (
        ('method = "competition"', 'method = "competition"\nby = "skill"'),
        ("69: rank: by: there are items, but their score would never be used",),
    ),
    "halves_with_other_numbers": (
        ('zh = "小獎", en = "Small award"', 'zh = "小獎3次", en = "Small award"'),
        (
            '1: title: the numbers differ: Chinese has 3, English has –; let both say the same, or say why with meant = "…"',
        ),
    ),
    "not_TOML": (("year = 102", "year = "), ("2: year has no value; write year = …",)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_fault_is_told_with_its_line(case: str) -> None:
    change, messages = REFUSED[case]
    with pytest.raises(KindError) as refused:
        read(changed(change))
    assert [problem.say() for problem in refused.value.problems] == [
        f"inputs/small-award/rules.toml:{message}" for message in messages
    ]


@pytest.mark.parametrize("case", REFUSED)
def test_a_fault_is_told_in_chinese_too(case: str) -> None:
    with pytest.raises(KindError) as refused:
        read(changed(REFUSED[case][0]))
    for problem in refused.value.problems:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in problem.zh), problem.zh


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(KindError) as refused:
        read(changed(("year = 102", "year = 0"), ("weight = 40", "weight = 30"), ("number = 2", "numbr = 2")))
    assert [problem.place.row for problem in refused.value.problems] == [2, 54, 71, 72]


def test_the_small_award_is_read_as_it_stands() -> None:
    read_ = scheme()
    assert read_.title == Text("小獎", "Small award")
    assert read_.end == date(2013, 12, 31)
    assert read_.standard.standing == "assumption"
    assert read_.tables == ("staff", "marks", "sanctions")
    assert [item.weight for item in read_.items] == [60, 40]
    assert read_.quota == Quota(number=2, share=None)
    assert read_.ties == (TieRule("more_decimals"), TieRule("next_criterion", "zeal", "high"))
    assert read_.final == "all_in"
    assert [tier.id for tier in read_.tiers] == ["top", "good"]


def test_a_band_holds_its_lower_bound_and_not_its_upper_one() -> None:
    low, middle, high = scheme().items[1].bands
    assert [low.points, middle.points, high.points] == [50, 80, 100]
    assert middle.holds(Fraction(60)) and not middle.holds(Fraction(90))
    assert high.holds(Fraction(90)) and high.holds(Fraction(100)) and not high.holds(Fraction(101))
    assert low.holds(Fraction(0)) and not low.holds(Fraction(60))


def test_bands_may_stand_in_any_order() -> None:
    bands = (
        "[{ from = 60, below = 90, points = 80 }, { below = 60, points = 50 }, { from = 90, points = 100 }]"
    )
    start, end = RULES.index("bands = ["), RULES.index("[rank]")
    read_ = read(RULES[:start] + f"bands = {bands}\n\n" + RULES[end:])
    assert [band.points for band in read_.items[1].bands] == [50, 80, 100]


def test_the_lines_of_rules_are_those_of_their_tables() -> None:
    lines = RULES.splitlines()
    read_ = scheme()
    rules = [(rule.id, rule.row) for rule in read_.conditions] + [
        (rule.id, rule.row) for rule in read_.groups
    ]
    rules += [(rule.id, rule.row) for rule in read_.items] + [(rule.id, rule.row) for rule in read_.tiers]
    for id_, row in rules:
        assert lines[row - 1].startswith("[["), id_
        assert lines[row] == f'id = "{id_}"'


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(KindError) as refused:
        read_scheme(tmp_path, "small-award", declared(), registry().units)
    assert refused.value.problems[0].say() == (
        "inputs/small-award/rules.toml: the rules of the award are missing; write them beside publication.toml"
    )


def test_a_file_in_another_encoding_is_told_with_the_line(tmp_path: Path) -> None:
    home = tmp_path / "inputs" / "small-award"
    home.mkdir(parents=True)
    (home / "rules.toml").write_bytes(RULES.encode("big5", "replace"))
    with pytest.raises(KindError, match=r"rules.toml:1: is not UTF-8"):
        read_scheme(tmp_path, "small-award", declared(), registry().units)


def test_the_glossary_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "inputs" / "small-award"
    home.mkdir(parents=True)
    (home / "rules.toml").write_text(changed(("小獎", "執行績效獎")), encoding="utf-8")
    glossary = Glossary((Term("執行績效獎", ("enforcement award",), "official", ""),))
    with pytest.raises(KindError) as refused:
        read_scheme(tmp_path, "small-award", declared(), registry().units, glossary)
    assert refused.value.problems[0].place.row == 1


def test_units_that_the_project_lacks_are_named() -> None:
    units = {name: unit for name, unit in registry().units.items() if name != "score"}
    with pytest.raises(KindError, match=r"the unit 'score' is missing in inputs/metrics\.toml"):
        read_scheme(ROOT, "attitude-awards-102", declared(), units)


def test_a_scheme_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        scheme().year = 103  # type: ignore[misc]
