"""The text of a panel: Markdown with a front part, each block in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import InputError, Problem
from reportgen.kinds.panels import writing
from reportgen.kinds.panels.writing import Piece
from reportgen.model import Text


def read(folder: Path, body: str, front: str = 'layout = "text"') -> tuple[tuple[Piece, ...], list[str]]:
    (folder / "panel.md").write_text(f"+++\n{front}\n+++\n{body}", "utf-8")
    problems: list[Problem] = []
    _, pieces = writing.read(folder, "panel.md", problems, None)
    return pieces, [one.say() for one in problems]


def test_blocks_come_in_pairs_with_their_lines(tmp_path: Path) -> None:
    pieces, problems = read(
        tmp_path,
        "\n## 標題\n## Heading\n\n第一段\n還有一行。\n\nFirst\nparagraph.\n\n[chart: one]\n\n[item: a, b]\n",
    )
    assert not problems
    assert [(one.kind, one.row) for one in pieces] == [
        ("heading", 5), ("paragraph", 8), ("chart", 14), ("items", 16),
    ]  # fmt: skip
    assert pieces[1].texts == (Text("第一段還有一行。", "First paragraph."),)
    assert pieces[2].ids == ("one",) and pieces[3].ids == ("a", "b")


def test_two_lines_of_a_paragraph_may_be_its_two_languages(tmp_path: Path) -> None:
    pieces, problems = read(tmp_path, "\n中文。\nEnglish.\n")
    assert not problems and pieces[0].texts == (Text("中文。", "English."),)


@pytest.mark.parametrize("sign", ["- {}", "1. {}"])
def test_lists_of_both_languages_follow_one_another(sign: str, tmp_path: Path) -> None:
    zh, en = (
        "\n".join(sign.format(one) for one in "甲乙"),
        "\n".join(sign.format(one) for one in ("One", "Two")),
    )
    pieces, problems = read(tmp_path, f"\n{zh}\n\n{en}\n")
    assert not problems and pieces[0].texts == (Text("甲", "One"), Text("乙", "Two"))
    assert pieces[0].kind == ("list" if sign.startswith("-") else "ordered")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("只有中文。\n", "panel.md:5: the English of 「只有中文。…」 is missing"),
        ("Only English.\n", "panel.md:5: the Chinese of “Only English.…” is missing"),
        ("## 標題\n\n內文。\n\nText.\n", "panel.md:5: the English of 「標題…」 is missing"),
        ("三年有3件。\n\nThere were 4 of them.\n", "panel.md:5: the numbers differ"),
        ("{collected}。\n\n{cost}.\n", "panel.md:5: the slots differ"),
        ("- 甲\n- 乙\n\n- One\n", "panel.md:5: the Chinese list has 2 entries, the English one 1"),
        ("- 甲\n  - 乙\n\n- One\n", "a list within a list is not for panels"),
        ("見[此](https://example.org)。\n\nSee [this](https://example.org).\n", "panel.md:5: a link leads nowhere"),
        ("圖![x](a.png)\n\nA picture.\n", "pictures are declared in items.toml"),
        ("這是**重點**。\n\nThis counts.\n", "a panel has no bold"),
        ("這是*斜體*。\n\nThis counts.\n", "a panel has no slanted type"),
        ("這是`碼`。\n\nCode.\n", "a panel has no code"),
        ("```\n碼\n```\n", "no fence"),
        ("> 引文\n", "no blockquote"),
        ("---\n", "no hr"),
        ("[chart: ]\n", "names nothing; write its id"),
    ],
)  # fmt: skip
def test_what_a_panel_cannot_print_is_told_with_its_line(body: str, told: str, tmp_path: Path) -> None:
    assert any(told in one for one in read(tmp_path, f"\n{body}")[1]), read(tmp_path, f"\n{body}")[1]


def test_markup_is_text(tmp_path: Path) -> None:
    pieces, problems = read(tmp_path, "\n<script>甲</script>\n\n<b>A</b> & javascript:alert\n")
    assert not problems and pieces[0].texts == (Text("<script>甲</script>", "<b>A</b> & javascript:alert"),)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("標題\n".encode(), "must begin with a front part"),
        (b"+++\nlayout = \n+++\n", "the front part is not valid TOML"),
        ("+++\n+++\n標題".encode("big5"), "is not UTF-8"),
    ],
)
def test_a_file_without_a_front_part_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "panel.md").write_bytes(content)
    with pytest.raises(InputError, match=told):
        writing.read(tmp_path, "panel.md", [], None)


def test_what_is_no_text_for_one_page_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a panel is one page"):
        read(tmp_path, "[" * 60_000)
    assert not read(tmp_path, "\n中" + "[" * 20_000 + "\n\nA" + "[" * 20_000 + "\n")[1]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "panel.md").write_bytes(
        "\ufeff+++\r\na = 1\r\n+++\r\n\r\n中文。\r\n\r\nEnglish.\r\n".encode()
    )
    problems: list[Problem] = []
    front, pieces = writing.read(tmp_path, "panel.md", problems, None)
    assert front == {"a": 1} and not problems and pieces[0].texts == (Text("中文。", "English."),)


WORDS = st.text(alphabet="甲乙丙丁，。", min_size=1, max_size=8).map(lambda words: f"文{words}")
LATIN = st.text(alphabet="abcdef ", min_size=1, max_size=12).map(
    lambda words: "A " + " ".join(words.split()) + " z"
)


@given(pairs=st.lists(st.tuples(WORDS, LATIN), max_size=6))
def test_paragraphs_come_back_in_their_order(
    pairs: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = "\n\n".join(half for pair in pairs for half in pair)
    pieces, problems = read(tmp_path_factory.mktemp("panel"), f"\n{body}\n")
    assert not problems
    assert [piece.texts[0] for piece in pieces] == [Text(zh, " ".join(en.split())) for zh, en in pairs]
