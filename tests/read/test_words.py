"""Pairs of words: both halves, the same slots, the same numbers, the agreed terms."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import ROOT, words

from reportgen.kinds import kinds
from reportgen.model import Line, Ref, Text
from reportgen.model.errors import KindError, Place
from reportgen.read.fixed_words import read_words, words_of_kind
from reportgen.read.parity import Glossary, Term, read_glossary
from reportgen.read.parity import faults as parity_faults
from reportgen.read.words import fill, plain_line, said, slots

HERE = Place("words.toml", column="a.b")


def faults(zh: str, en: str) -> list[str]:
    return [problem.say() for problem in parity_faults(Text(zh, en), HERE, None)]


# ---- slots ----------------------------------------------------------------------------------


def test_slots_are_read_without_their_blanks() -> None:
    assert slots("{ collected( 106 ) } and {ref:t-cases}{period}") == [
        "collected(106)",
        "ref:t-cases",
        "period",
    ]


def test_the_same_slots_in_another_order_are_right() -> None:
    assert faults("{year}為{value}", "{value} in { year }") == []


def test_a_slot_may_be_said_twice_in_one_half() -> None:
    assert faults("{year}為{value}", "{value} in {year}; {year}") == []


def test_unlike_slots_are_named() -> None:
    assert faults("{year}為{value}", "{values} in {year}") == [
        "words.toml: a.b: the slots differ: only in Chinese value, only in English values; "
        "both halves must hold the same"
    ]


# ---- numbers written by hand ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("107年", "2018"),
        ("民國107年", "the year 2018"),
        ("自96年1月1日起", "From January 1, 2007"),
        ("95年11月6日", "6 November 2006"),
        ("96年1月", "January 2007"),
        ("新收1,503,549件", "1,503,549 new cases"),
        ("新收1503549件", "1,503,549 new cases"),
        ("占28.4%，居第1名", "28.4%, the 1st place"),
        ("3年後", "after 3 years"),
        ("3年以上", "3 years or more"),
        ("第22條", "Art. 22."),
        ("三人", "three persons"),
        ("{a(107)}件", "{a(107)} cases"),
    ],
)
def test_the_same_numbers_in_the_way_of_each_language_are_right(zh: str, en: str) -> None:
    assert faults(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en", "in_zh", "in_en"),
    [
        ("107年", "2017", "2018", "2017"),
        ("107年", "107", "2018", "107"),
        ("3月1日", "March 2", "1, 3", "2, 3"),
        ("3月1日", "April 1", "1, 3", "1, 4"),
        ("28.4%", "28.5%", "28.4", "28.5"),
        ("5件", "cases", "5", "–"),
        ("件", "5 cases", "–", "5"),
        ("5件、5人", "5 cases", "5, 5", "5"),
    ],
)
def test_unlike_numbers_are_named(zh: str, en: str, in_zh: str, in_en: str) -> None:
    assert faults(zh, en) == [
        f'words.toml: a.b: the numbers differ: Chinese has {in_zh}, English has {in_en}; let both say the same, or say why with meant = "…"'
    ]


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_year_is_right_only_as_its_own_gregorian_year(roc: int, other: int) -> None:
    assert (faults(f"{roc}年", str(other + 1911)) == []) == (roc == other)


# ---- filling --------------------------------------------------------------------------------


def test_a_text_is_filled_half_by_half() -> None:
    line = fill(Text("在{a}有{ b }", "{b} in {a}."), lambda slot: Text(f"<{slot}.zh>", f"<{slot}.en>"))
    assert line == Line(("在", "<a.zh>", "有", "<b.zh>"), ("<b.en>", " in ", "<a.en>", "."))
    assert said(line.zh, "zh") == "在<a.zh>有<b.zh>"


def test_what_fills_a_slot_is_not_filled_again() -> None:
    line = fill(Text("{a}", "{a}"), lambda slot: "{b} {{ 7*7 }}")
    assert line == Line(("{b} {{ 7*7 }}",), ("{b} {{ 7*7 }}",))


def test_a_line_in_the_place_of_a_slot_lends_its_runs() -> None:
    table = Ref("t", Text("表1", "Table 1"))
    line = fill(Text("見{a}。", "See {a}."), lambda slot: Line(("左", table), ("the left ", table)))
    assert line == Line(("見", "左", table, "。"), ("See ", "the left ", table, "."))


def test_an_empty_filling_leaves_no_empty_run() -> None:
    assert fill(Text("甲{a}", "x{a}"), lambda slot: "") == Line(("甲",), ("x",))


def test_plain_words_are_one_run() -> None:
    assert plain_line(Text("甲{a}", "x{a}")) == Line(("甲{a}",), ("x{a}",))


# ---- files of words -------------------------------------------------------------------------


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "words.toml").write_text(text, "utf-8")
    return tmp_path


def refusals(tmp_path: Path, text: str, glossary: Glossary | None = None) -> list[str]:
    with pytest.raises(KindError) as refused:
        read_words(written(tmp_path, text), "words.toml", glossary)
    return [problem.say() for problem in refused.value.problems]


def test_the_words_of_the_bulletin_are_whole_and_agree_with_the_glossary() -> None:
    found = read_words(ROOT, "templates/bulletin/words.toml", read_glossary(ROOT))
    assert found["table.name"] == Text("表{number}", "Table {number}")
    assert all(text.zh and text.en for text in found.values())


def test_words_are_found_by_their_dotted_name(tmp_path: Path) -> None:
    found = read_words(
        written(tmp_path, '[a]\nb = { zh = "甲", en = "x" }\n[a.c]\nd = { zh = "乙", en = "y" }'),
        "words.toml",
    )
    assert dict(found) == {"a.b": Text("甲", "x"), "a.c.d": Text("乙", "y")}


def test_unknown_words_are_a_fault_of_the_kind() -> None:
    with pytest.raises(KindError) as refused:
        words()["table.nmae"]
    assert refused.value.problems[0].say() == (
        "templates/bulletin/words.toml: table.nmae: these words are missing; add { zh = …, en = … }"
    )


def test_all_faults_of_a_file_of_words_are_told_at_once(tmp_path: Path) -> None:
    text = """
    [a]
    half = { zh = "甲" }
    slot = { zh = "{x}", en = "{y}" }
    number = { zh = "107年", en = "2017" }
    bare = "words"
    term = { zh = "結案率", en = "clearance rate" }
    """
    glossary = Glossary((Term("結案率", ("closing rate",), "official", ""),))
    assert [": ".join(said.split(": ")[:3]) for said in refusals(tmp_path, text, glossary)] == [
        "words.toml:3: a: half",
        "words.toml:4: a: slot",
        "words.toml:5: a: number",
        "words.toml:6: a: bare",
        "words.toml:7: a: term",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[a", "words.toml:1: is not valid TOML: "),
        (None, "words.toml: this file of words is missing; copy it from a new project (`reportgen init`)"),
    ],
)
def test_a_file_of_words_that_cannot_be_read_is_a_fault_of_the_kind(
    tmp_path: Path, text: str | None, why: str
) -> None:
    with pytest.raises(KindError) as refused:
        read_words(tmp_path if text is None else written(tmp_path, text), "words.toml")
    assert refused.value.problems[0].say().startswith(why)


HALF = 'the text lacks its {} half; write {{ zh = "…", en = "…" }}'
ZH_HALF = '缺少 {} 文字；請寫 {{ zh = "…", en = "…" }}'


@pytest.mark.parametrize(
    ("raw", "en", "zh"),
    [
        ('{ zh = "表" }', [HALF.format("en")], [ZH_HALF.format("en")]),
        ('{ en = "Table", zh = " " }', [HALF.format("zh")], [ZH_HALF.format("zh")]),
        ("{ en = 3 }", [HALF.format("zh"), HALF.format("en")], [ZH_HALF.format("zh"), ZH_HALF.format("en")]),
        (
            '{ zh = "表", en = "Table", fr = "Tableau" }',
            ["is an unknown key; known here: zh, en, meant, archived"],
            ["不認識這個鍵；此處可用：zh、en、meant、archived"],
        ),
        (
            '"Table"',
            ['"Table" is not a text in both languages; write { zh = "…", en = "…" }'],
            ['"Table" 不是雙語文字；請寫 { zh = "…", en = "…" }'],
        ),
    ],
)
def test_a_pair_that_is_not_whole_is_told_in_both_languages(
    raw: str, en: list[str], zh: list[str], tmp_path: Path
) -> None:
    with pytest.raises(KindError) as refused:
        read_words(written(tmp_path, f"[a]\nb = {raw}\n"), "words.toml")
    assert [(problem.place.row, problem.en) for problem in refused.value.problems] == [
        (2, half) for half in en
    ]
    assert [problem.zh for problem in refused.value.problems] == zh


# ---- glossary -------------------------------------------------------------------------------


def glossary(*terms: tuple[str, str]) -> Glossary:
    made = [Term(zh, tuple(part.strip() for part in en.split(";")), "", "") for zh, en in terms]
    return Glossary(tuple(sorted(made, key=lambda term: -len(term.zh))))


def disagreed(zh: str, en: str, *terms: tuple[str, str]) -> list[str]:
    return [problem.en for problem in glossary(*terms).faults(Text(zh, en), HERE)]


def test_a_term_that_is_translated_otherwise_is_named_with_the_agreed_one() -> None:
    (problem,) = glossary(("結案率", "closing rate; closure rate")).faults(
        Text("本年結案率", "The clearance rate of this year"), HERE
    )
    assert problem.say() == (
        "words.toml: a.b: 「結案率」 is “closing rate / closure rate” in the glossary, but the English says: "
        'The clearance rate of this year; use the agreed term, or say why not with meant = "…"'
    )
    assert "「結案率」在詞彙表中為 “closing rate / closure rate”" in problem.say("zh")


@pytest.mark.parametrize(
    "en", ["The closing rate", "Closing Rates", "closing-rate", "the closure rate", "closing\u00a0rate"]
)
def test_any_agreed_rendering_will_do_whatever_its_capitals(en: str) -> None:
    assert disagreed("結案率", en, ("結案率", "closing rate; closure rate")) == []


def test_the_longest_term_wins() -> None:
    terms = (("行政執行署", "Administrative Enforcement Agency"), ("行政執行署署長", "Director-General"))
    assert disagreed("行政執行署署長", "Director-General", *terms) == []
    assert disagreed("行政執行署", "the agency", *terms) == [
        '「行政執行署」 is “Administrative Enforcement Agency” in the glossary, but the English says: the agency; use the agreed term, or say why not with meant = "…"'
    ]
    assert len(disagreed("行政執行署署長及行政執行署", "Director-General and the agency", *terms)) == 1


def test_a_term_of_two_characters_counts_only_where_it_is_the_whole_text() -> None:
    term = ("命令", "order")
    assert disagreed("命令文書", "written command", term) == []
    assert len(disagreed("命令", "command", term)) == 1
    assert disagreed(" 命令 ", "Order", term) == []


def test_a_slot_says_the_name_of_its_metric() -> None:
    term = ("結案率", "closing rate")
    assert disagreed("結案率為{closing_rate}", "It came to {closing_rate}", term) == []
    assert len(disagreed("結案率為{roi}", "It came to {roi}", term)) == 1


def test_the_shipped_glossary_is_read_longest_term_first() -> None:
    terms = read_glossary(ROOT).terms
    assert len(terms) > 100
    assert [len(term.zh) for term in terms] == sorted((len(term.zh) for term in terms), reverse=True)
    assert all(term.renderings for term in terms)


def test_the_renderings_of_the_shipped_glossary_agree_with_themselves() -> None:
    shipped = read_glossary(ROOT)
    for term in shipped.terms:
        assert all(not [*shipped.faults(Text(term.zh, english), HERE)] for english in term.renderings)


def test_rows_of_the_glossary_without_a_half_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs/glossary.csv").write_text("zh,en,status\n甲,\n,x,\n乙,y,official\n", "utf-8-sig")
    with pytest.raises(KindError) as refused:
        read_glossary(tmp_path)
    assert [problem.say() for problem in refused.value.problems] == [
        "inputs/glossary.csv:2: a term needs zh and en; write both",
        "inputs/glossary.csv:3: a term needs zh and en; write both",
    ]


def test_a_missing_glossary_is_a_fault_of_the_kind(tmp_path: Path) -> None:
    with pytest.raises(KindError, match=r"inputs/glossary\.csv: the glossary is missing; copy it"):
        read_glossary(tmp_path)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("90至107年新收案件", "New cases, 2001–2018"),
        ("105、106年", "2016 and 2017"),
        ("連續3年增加", "for 3 years in a row"),
        ("近5年平均", "mean of the last 5 years"),
        ("3年內", "within 3 years"),
    ],
)
def test_ranges_of_years_and_lengths_of_time(zh, en):
    assert faults(zh, en) == []


# ---- words of another kind ---------------------------------------------------------------------------


def kinds_of_words(folder: Path, **words: str) -> Path:
    for name, text in words.items():
        (folder / "templates" / name).mkdir(parents=True)
        (folder / "templates" / name / "words.toml").write_text(text, "utf-8")
    return folder


def test_words_of_another_kind_are_taken_in_under_the_own_ones(tmp_path: Path) -> None:
    pair = "one = {{ zh = '{0}', en = '{0}' }}\n"
    project = kinds_of_words(
        tmp_path,
        first=f"{pair.format('a')}two = {{ zh = 'b', en = 'b' }}\n",
        second=f"with = ['first']\n{pair.format('c')}",
    )
    found = read_words(project, "templates/second/words.toml")
    assert {name: found[name].en for name in found} == {"one": "c", "two": "b"}


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        ("with = 'first'", 'templates/second/words.toml:1: with: "first" is not a list'),
        ("with = [1]", "templates/second/words.toml:1: with 1: 1 is not a text"),
        (
            "with = ['third']",
            "templates/third/words.toml: this file of words is missing; copy it from a new project (`reportgen init`)",
        ),
        (
            "with = ['first']",
            "templates/first/words.toml:1: with 1: takes in 'second', which takes in this file",
        ),
    ],
)
def test_words_that_cannot_be_taken_in_are_told(tmp_path: Path, second: str, fault: str) -> None:
    project = kinds_of_words(tmp_path, first="with = ['second']\n", second=second)
    with pytest.raises(KindError) as refused:
        read_words(project, "templates/second/words.toml")
    assert any(problem.say().startswith(fault) for problem in refused.value.problems), refused.value


# ---- held against what the program ships ----------------------------------------------------------------


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("own")
    shutil.copytree(ROOT / "templates", project / "templates")
    return project


def told_of_words(project: Path, kind: str, file: str, old: str, new: str) -> list[str]:
    """What is told of a kind's words when these stand in the place of others, once in all."""
    path = project / "templates" / file
    whole = path.read_text("utf-8")
    assert old in whole
    path.write_text(whole.replace(old, new), "utf-8")
    try:
        words_of_kind(project, kind)
    except KindError as refused:
        return [problem.say() for problem in refused.problems]
    finally:
        path.write_text(whole, "utf-8")
    return []


BOTH_SLOTS = 'period = { zh = "資料期間：{first}至{last}", en = "Period covered: {first} to {last}"'


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (
            'period = { zh = "自{first}起", en = "From {first} on"',
            ["cover: period: {last} stood here and would no longer be printed; put it back into both halves"],
        ),
        ('period = { meant = "起算即可", zh = "自{first}起", en = "From {first} on"', []),
        ('period = { zh = "至{last}，自{first}", en = "Up to {last}, from {first}"', []),
        (
            'period = { zh = "{first}至{lats}", en = "{first} to {lats}"',
            ["cover: period: nothing fills the slot {lats}; these words have: first, last; did you mean 'last'?"],
        ),
        (
            'periot = { zh = "{first}至{last}", en = "{first} to {last}"',
            [
                "cover.period: these words are missing, which the program prints; write them under this name again",
                "cover: periot: nothing prints words of this name; did you mean 'cover.period'?",
            ],
        ),
        (f'{BOTH_SLOTS} }}\nours = {{ zh = "本分署", en = "We"', ["cover: ours: nothing prints words of this name"]),
        (f'{BOTH_SLOTS} }}\n"our.own" = {{ zh = "本分署", en = "We"', ["nothing prints words of this name"]),
    ],
)  # fmt: skip
def test_words_of_a_project_are_held_against_those_of_the_program(
    new: str, said: list[str], templates: Path
) -> None:
    told = told_of_words(templates, "bulletin", "bulletin/words.toml", BOTH_SLOTS, new)
    assert len(told) == len(said)
    assert all(end in one for end, one in zip(said, told, strict=True)), told


def test_words_that_a_template_of_the_project_prints_are_its_own(templates: Path) -> None:
    page = templates / "templates/bulletin/own.html"
    page.write_text("{{ say(words['cover.ours']) }}", "utf-8")
    new = f'{BOTH_SLOTS} }}\nours = {{ zh = "本分署", en = "We"'
    assert told_of_words(templates, "bulletin", "bulletin/words.toml", BOTH_SLOTS, new) == []
    page.unlink()


@pytest.mark.parametrize("kind", kinds())
def test_renamed_words_are_told_in_every_kind(kind: str, templates: Path) -> None:
    """Its own words and the shared ones, by file."""
    own = (templates / f"templates/{kind}/words.toml").read_text("utf-8")
    names = re.findall(r"^(\w+) = \{ zh", own, re.MULTILINE)[:1]  # a kind may have no words of its own
    for file, name in (*((f"{kind}/words.toml", name) for name in names), ("shared/words.toml", "shade")):
        told = told_of_words(templates, kind, file, f"\n{name} = {{", f"\n{name}x = {{")
        assert [one for one in told if f"{name}x: nothing prints" in one], told
    assert [
        one for one in told if one.startswith("templates/shared/words.toml: table.shade: these words are")
    ]
