"""The text of a panel: Markdown in pairs of languages, and every fault of it with its line."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.kinds.panels import writing
from reportgen.kinds.panels.writing import Piece
from reportgen.model import Text
from reportgen.model.errors import InputError, Problem
from reportgen.read.parity import Glossary, Term

FRONT = '+++\nlayout = "text"\n+++\n'  # the text begins on line 4
FILE = "inputs/show/panels/one/panel.md"
GLOSSARY = Glossary((Term("達成率", ("achievement rate",), "official", ""),))


def read(
    content: str | bytes, project: Path, glossary: Glossary | None = None
) -> tuple[Mapping[str, Any], tuple[Piece, ...], list[Problem]]:
    file = project / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    problems: list[Problem] = []
    front, pieces = writing.read(project, FILE, problems, glossary)
    return front.values, pieces, problems


def pieces(body: str, project: Path) -> tuple[Piece, ...]:
    _, found, problems = read(FRONT + body, project)
    assert not problems, [one.say() for one in problems]
    return found


def faults(body: str, project: Path, glossary: Glossary | None = None) -> list[str]:
    """Without the name of the file: `4: a link …`."""
    problems = read(FRONT + body, project, glossary)[2]
    assert all(one.place.file == FILE and one.zh and one.zh != one.en for one in problems)
    return [one.say().removeprefix(f"{FILE}:") for one in problems]


def refused(content: str | bytes, project: Path) -> Problem:
    with pytest.raises(InputError) as found:
        read(content, project)
    (problem,) = found.value.problems
    return problem


# ---- the front part -------------------------------------------------------------------------


def test_the_front_part_is_toml_and_the_text_is_what_follows(tmp_path: Path) -> None:
    front, found, problems = read('+++\nlayout = "chart"\nallow = ["dpi"]\n+++\n\n甲\n\nA\n', tmp_path)
    assert front == {"layout": "chart", "allow": ("dpi",)}
    assert found == (Piece(kind="paragraph", row=6, texts=(Text("甲", "A"),)),)
    assert not problems


@pytest.mark.parametrize(
    "content", ["甲\n\nA\n", "", "---\na: 1\n---\n甲\n\nA\n", "+++\na = 1\n甲\n\nA\n", "\n+++\na = 1\n+++\n"]
)
def test_a_panel_begins_with_a_front_part(content: str, tmp_path: Path) -> None:
    problem = refused(content, tmp_path)
    assert problem.say().startswith(f"{FILE}:1: must begin with a front part: a line +++")
    assert "檔首須有設定" in problem.zh


def test_bad_toml_of_the_front_part_is_told_with_the_line_of_the_file(tmp_path: Path) -> None:
    problem = refused('+++\nlayout = "text"\ntitle = = 1\nx = 1\n+++\n甲\n\nA\n', tmp_path)
    assert problem.say().startswith(f"{FILE}:3: = 1 is neither a number nor a text in quotes")
    assert "第 3 列" in problem.say("zh") and "不是數字" in problem.zh


def test_lines_of_windows_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    plain = FRONT + "## 題\n## Title\n\n甲\n乙\n\nA b\nc d\n\n- 丙\n- 丁\n\n- E\n- F\n\n[item: a, b]\n"
    front, found, problems = read(plain, tmp_path)
    other = b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode()
    assert read(other, tmp_path) == (front, found, problems)
    assert not problems and len(found) == 4


def test_another_encoding_is_told(tmp_path: Path) -> None:
    problem = refused((FRONT + "甲乙\n\nA\n").encode("big5"), tmp_path)
    assert problem.say().startswith(f"{FILE}: is not UTF-8 (byte ") and "UTF-8" in problem.zh


def test_a_missing_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as found:
        writing.read(tmp_path, FILE, [], None)
    assert found.value.problems[0].say().startswith(f"{FILE}: the text of this panel is missing")


# ---- pairs ----------------------------------------------------------------------------------


def test_headings_paragraphs_and_lists_come_in_pairs(tmp_path: Path) -> None:
    body = "## 題\n## Title\n\n甲一。\n\nOne.\n\n- 甲\n- 乙\n\n- A\n- B\n\n1. 丙\n2. 丁\n\n1. C\n2. D\n\n### 小題\n### Small\n"
    found = pieces(body, tmp_path)
    assert [(one.kind, one.row, one.level) for one in found] == [
        ("heading", 4, 2),
        ("paragraph", 7, 0),
        ("list", 11, 0),
        ("ordered", 17, 0),
        ("heading", 23, 3),
    ]
    assert found[2].texts == (Text("甲", "A"), Text("乙", "B"))
    assert found[3].texts == (Text("丙", "C"), Text("丁", "D"))


def test_two_lists_that_follow_each_other_part_again(tmp_path: Path) -> None:
    """To Markdown four lists of one mark below each other are one list; two marks are two."""
    found = pieces("- 甲\n- 乙\n\n- A\n- B\n\n* 丙\n\n* C\n", tmp_path)
    assert [one.texts for one in found] == [(Text("甲", "A"), Text("乙", "B")), (Text("丙", "C"),)]


def test_two_lines_of_two_languages_in_one_paragraph_are_a_pair(tmp_path: Path) -> None:
    found = pieces("甲甲\n乙乙\nOne two\nthree\n", tmp_path)
    assert found == (Piece(kind="paragraph", row=4, texts=(Text("甲甲乙乙", "One two three"),)),)


def test_broken_lines_are_joined_as_each_language_needs_it(tmp_path: Path) -> None:
    """A blank between words and between Chinese and Latin; none between Chinese characters and signs."""
    (one,) = pieces("甲，\n乙 PDF\n格式 A\nB 版。\n\nIt is\nso.\n", tmp_path)
    assert one.texts == (Text("甲，乙 PDF格式 A B 版。", "It is so."),)


def test_a_heading_and_its_text_are_blocks_of_their_own(tmp_path: Path) -> None:
    found = pieces("## 題\n## Title\n甲\n\nA\n", tmp_path)
    assert [one.texts for one in found] == [(Text("題", "Title"),), (Text("甲", "A"),)]


@pytest.mark.parametrize(
    ("body", "en"),
    [
        ("甲\n", "4: the English of 「甲…」 is missing; write it below the Chinese"),
        ("甲\n\n乙\n\nB\n", "4: the English of 「甲…」 is missing"),
        ("A\n\n甲\n\nB\n", "4: the Chinese of “A…” is missing; write it above the English"),
        ("甲\n\nA\n\nB\n", "8: the Chinese of “B…” is missing"),
        ("## 甲\nA\n", "4: the English of 「甲…」 is missing"),
        ("## 甲\n### A\n", "4: the English of 「甲…」 is missing"),
        ("- 甲\n\nA\n", "4: the English of 「甲…」 is missing"),
        ("- 甲\n- 乙\n", "4: the English of 「甲…」 is missing"),
        ("- A\n- B\n", "4: the Chinese of “A…” is missing"),
        ("1. 甲\n\n- A\n", "4: the English of 「甲…」 is missing"),
        ("- 甲\n- 乙\n\n- A\n", "4: the Chinese list has 2 entries, the English one 1"),
        ("甲3件\n\n4 cases\n", "4: the numbers differ: Chinese has 3, English has 4"),
        ("甲{collected}\n\n{closed_cases}\n", "4: the slots differ: only in Chinese collected"),
        ("甲\u200b\n\nA\n", "4: holds the invisible character U+200B"),
    ],
)
def test_a_half_that_is_missing_or_unlike_is_told_with_its_line(body: str, en: str, tmp_path: Path) -> None:
    assert faults(body, tmp_path)[0].startswith(en)


def test_years_in_both_calendars_are_the_same_number(tmp_path: Path) -> None:
    assert pieces("104年甲\n\nIn 2015 A\n", tmp_path)
    assert faults("104年甲\n\nIn 2014 A\n", tmp_path)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    body = "甲1\n\nA 2\n\n[x](y)乙\n\nB\n\n丙\n"
    assert [fault.partition(":")[0] for fault in faults(body, tmp_path)] == ["8", "4", "12"]


def test_the_terms_of_the_glossary_are_kept(tmp_path: Path) -> None:
    assert not faults("達成率\n\nThe achievement rate\n", tmp_path, GLOSSARY)
    (fault,) = faults("## 達成率\n## Success rate\n", tmp_path, GLOSSARY)
    assert fault.startswith(
        "4: 「達成率」 is “achievement rate” in the glossary, but the English says: Success"
    )
    (fault,) = faults("- 甲\n- 達成率\n\n- A\n- Success rate\n", tmp_path, GLOSSARY)
    assert fault.startswith("4: 「達成率」")


_ZH = st.text(st.sampled_from("民國政府績效執行分署𠮷，。、；「」（）"), min_size=1, max_size=60).filter(
    lambda words: any(one not in "，。、；「」（）" for one in words)
)
_EN = st.from_regex(r"[A-Z][a-z']{0,8}(?: [a-z]{1,9}[,;]?){0,12}[.]?", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_ZH, _EN), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from(["\n\n", "\n\n\n", "\n"]),
)
def test_paragraphs_come_back_in_order_and_unchanged(
    pairs: list[tuple[str, str]], windows: bool, between: str
) -> None:
    body = "\n\n".join(f"{zh}{between}{en}" for zh, en in pairs)
    content = FRONT + body + "\n"
    with TemporaryDirectory() as folder:
        _, found, problems = read(content.replace("\n", "\r\n") if windows else content, Path(folder))
    assert not problems
    assert [one.texts[0] for one in found] == [Text(zh, en) for zh, en in pairs]
    lines = content.split("\n")
    assert all(lines[one.row - 1] == one.texts[0].zh for one in found)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_ZH, _EN), min_size=1, max_size=6), st.sampled_from(["-", "*", "+", "1."]))
def test_lists_come_back_in_order_and_unchanged(pairs: list[tuple[str, str]], mark: str) -> None:
    body = "\n\n".join("\n".join(f"{mark} {pair[half]}" for pair in pairs) for half in (0, 1))
    with TemporaryDirectory() as folder:
        _, found, problems = read(FRONT + body, Path(folder))
    assert not problems
    assert [one.texts for one in found] == [tuple(Text(zh, en) for zh, en in pairs)]


# ---- what a panel cannot print --------------------------------------------------------------


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("[甲](https://example.tw)", "a link leads nowhere on paper"),
        ("[甲][乙]\n\n[乙]: https://example.tw", "a link leads nowhere on paper"),
        ("<https://example.tw>甲", "a link leads nowhere on paper"),
        ("[甲](javascript:alert(1))", "a link leads nowhere on paper"),
        ("![甲](data:image/svg+xml;base64,AAAA)", "pictures are declared in items.toml"),
        ("![甲](scans/a.jpg)", "pictures are declared in items.toml"),
        ("**甲**", "a panel has no bold"),
        ("*甲*", "a panel has no slanted type"),
        ("`甲`", "a panel has no code"),
        ("甲\\\n乙", "a line cannot be broken here"),
        ("甲  \n乙", "a line cannot be broken here"),
        ("[註]: 這一行會不見", "this line is an address of a link to Markdown, and would not be printed"),
    ],
)
def test_markdown_that_paper_cannot_show_is_a_fault_with_its_line(zh: str, en: str, tmp_path: Path) -> None:
    found = faults(f"乙\n\nB\n\n{zh}\n\nA\n", tmp_path)
    assert any(fault.partition(": ")[2].startswith(en) for fault in found), found
    assert min(int(fault.partition(":")[0]) for fault in found if en in fault) >= 8


@pytest.mark.parametrize(
    ("block", "row"),
    [
        ("> 甲", 8),
        ("```\n甲\n```", 8),
        ("    甲", 8),
        ("---", 8),
        ("- 甲\n  - 乙", 9),
        ("- 甲\n\n      乙", 10),
        ("- > 甲", 8),
        ("- 甲\n\n  乙", 10),
        ("- # 甲", 8),
        ("- 甲\n  ```\n  乙\n  ```", 9),
        ("3. 甲\n4. 乙", 8),
    ],
)
def test_blocks_that_a_panel_does_not_have_are_faults_and_never_lost(
    block: str, row: int, tmp_path: Path
) -> None:
    found = faults(f"乙\n\nB\n\n{block}\n", tmp_path)
    assert any(fault.startswith(f"{row}: ") and "is missing" not in fault for fault in found), found


def test_markup_is_text(tmp_path: Path) -> None:
    found = pieces("<b>甲</b>&lt;i&gt;\n\n<script>alert()</script> &amp;\n", tmp_path)
    assert found[0].texts == (Text("<b>甲</b><i>", "<script>alert()</script> &"),)


def test_a_name_of_a_metric_is_not_slanted(tmp_path: Path) -> None:
    (one,) = pieces("自{roi_cost(90)}至{roi_cost(104)}\n\nfrom {roi_cost(90)} to {roi_cost(104)}\n", tmp_path)
    assert one.texts[0].en == "from {roi_cost(90)} to {roi_cost(104)}"


def test_signs_may_be_escaped(tmp_path: Path) -> None:
    assert pieces("甲\\*乙\\[1\\]\n\nA\\*b \\[1\\]\n", tmp_path)[0].texts == (Text("甲*乙[1]", "A*b [1]"),)


@pytest.mark.parametrize("letters", ["[", "[](", "*_", "![", "<a "])
def test_a_panel_of_fifty_thousand_signs_is_read_in_time(letters: str, tmp_path: Path) -> None:
    start = time.process_time()
    read(FRONT + letters * (50_000 // len(letters)), tmp_path)
    assert time.process_time() - start < 20


# ---- what is placed -------------------------------------------------------------------------


def test_charts_and_items_are_placed_by_their_ids(tmp_path: Path) -> None:
    found = pieces("[chart: return]\n\n甲\n\nA\n\n[item: a, b]\n[ items :c ]\n", tmp_path)
    assert [(one.kind, one.row, one.ids) for one in found if one.ids] == [
        ("chart", 4, ("return",)),
        ("items", 10, ("a", "b")),
        ("items", 11, ("c",)),
    ]


def test_a_line_that_places_needs_no_blank_line_around_it(tmp_path: Path) -> None:
    found = pieces("甲\nA\n[item: a]\n乙\nB\n", tmp_path)
    assert [(one.kind, one.row) for one in found] == [("paragraph", 4), ("items", 6), ("paragraph", 7)]


def test_full_width_signs_place_as_well(tmp_path: Path) -> None:
    found = pieces("[chart：return]\n\n[item：a，b、c]\n", tmp_path)
    assert [(one.kind, one.ids) for one in found] == [("chart", ("return",)), ("items", ("a", "b", "c"))]


@pytest.mark.parametrize("body", ["[item: ]\n", "[item: ,]\n", "[chart:]\n"])
def test_a_line_that_places_nothing_is_a_fault(body: str, tmp_path: Path) -> None:
    assert faults(body, tmp_path) == ["4: names nothing; write its id"]


@pytest.mark.parametrize("body", ["甲[item: a]\n\nA\n", "[item: a] 甲\n\nA\n", "- 甲[chart: a]\n\n- A\n"])
def test_what_is_placed_stands_on_a_line_of_its_own_and_is_never_printed(body: str, tmp_path: Path) -> None:
    found = faults(body, tmp_path)
    assert "stands within a text; give it a line of its own" in "\n".join(found)


def test_what_is_no_text_for_one_page_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "panel.md").write_text("+++\n+++\n" + "[" * writing.MOST_BYTES, "utf-8")
    with pytest.raises(InputError, match="a panel is one page"):
        writing.read(tmp_path, "panel.md", [], None)


def test_a_sentence_may_hold_nothing_but_a_slot(tmp_path: Path) -> None:
    (tmp_path / "panel.md").write_text("+++\na = 1\n+++\n\n{collected}。\n\n{collected}.\n", "utf-8")
    problems: list[Problem] = []
    _, pieces = writing.read(tmp_path, "panel.md", problems, None)
    assert not problems and pieces[0].texts == (Text("{collected}。", "{collected}."),)
