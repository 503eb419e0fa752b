"""The text of a show becomes panels that build: every sentence in its order, letter for letter."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from making import build
from small_panels import project

from reportgen import Project
from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents
from reportgen.kinds.panels.regenerated import words
from reportgen.model import Chart, PanelHead
from reportgen.model.errors import InputError, UsageError
from reportgen.read.manuscripts import read

INVENTED = """\
守法有禮
便民有序

小小巡迴展
A Small Travelling Exhibition

勤奮機關

# 勤勞的甲單位

## 早起、早到

為了民衆方便，甲單位*提早*開門，「一」到「五」皆同。第 1 句之後還有一句。



▲ 甲單位開門之
照片

## 傍晚才走

收工前把[桌面]整理乾淨。

## 乙單位

### 每年都結案

乙單位逐年結案。

▲ 90 年度至 104 年度之結案率圖表
"""
TOLD = [
    "勤勞的甲單位",
    "早起、早到",
    "為了民衆方便，甲單位*提早*開門，「一」到「五」皆同。第 1 句之後還有一句。",
    "▲ 甲單位開門之照片",
    "傍晚才走",
    "收工前把[桌面]整理乾淨。",
    "乙單位",
    "每年都結案",
    "乙單位逐年結案。",
    "▲ 90 年度至 104 年度之結案率圖表",
]


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("text") / "p")
    (folder / "text.md").write_text(INVENTED, "utf-8")
    Project(folder).import_text(folder / "text.md", "old-show")
    return folder


def test_every_sentence_and_caption_stands_on_the_panels_letter_for_letter(drafted: Path) -> None:
    material = read_material(drafted, "old-show")
    found = []
    for name in material.publication.raw["panels"]:
        head, *blocks = documents.document(material, name).blocks
        assert isinstance(head, PanelHead)
        found += words(head, blocks)
    assert found == TOLD
    assert (
        material.publication.title.zh == "小小巡迴展"
        and material.publication.subtitle.zh == "守法有禮　便民有序"
    )


def test_a_caption_that_names_a_measure_and_its_years_is_a_chart_and_another_a_placeholder(
    drafted: Path,
) -> None:
    material = read_material(drafted, "old-show")
    charts = [b.spec for b in documents.document(material, "panel-b").blocks if isinstance(b, Chart)]
    assert [len(spec.points) for spec in charts] == [15] and charts[0].points[
        0
    ].figure.value.metric == "closing_rate"
    assert "placeholder = true" in (drafted / "inputs/old-show/items.toml").read_text("utf-8")


def test_the_draft_builds_and_a_printer_gets_no_placeholder(drafted: Path) -> None:
    made = {one.document: one for one in build(drafted, drafted / "out", ["old-show"], press=True)}
    assert {one.state for one in made.values()} == {"made"}
    (problem,) = made["old-show/panel-a.zh.pdf"].problems
    assert "'item-1'" in problem.en and "build again with --press" in problem.en
    there = {file.name for file in (drafted / "out/old-show").glob("*.press.zh.pdf")}
    assert there == {"panel-b.press.zh.pdf"}
    again = {one.document: one for one in build(drafted, drafted / "out", ["old-show"], press=True)}
    assert again["old-show/panel-a.zh.pdf"].problems == (problem,)
    assert again["old-show/panel-b.zh.pdf"].state == "unchanged"
    assert {one.state for one in build(drafted, drafted / "out", ["old-show"])} == {"unchanged"}
    assert (drafted / "out/old-show/panel-b.press.zh.pdf").exists()


def test_none_or_several_datasets_give_a_placeholder_and_say_so(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    (folder / "text.md").write_text("# 甲\n\n▲ 90年度至200年度之結案率圖表\n", "utf-8")
    made = Project(folder).import_text(folder / "text.md", "old-show")
    assert any("must be in one dataset alone; found in: –" in line.en for line in made.lines())
    with pytest.raises(UsageError, match="is there already"):
        Project(folder).import_text(folder / "text.md", "old-show")
    (folder / "text.txt").write_text("這裡只有一句話，沒有標題。\n", "utf-8")
    with pytest.raises(InputError, match="has no heading"):
        Project(folder).import_text(folder / "text.txt", "other")


def test_odt_docx_and_plain_text_say_the_same(tmp_path: Path) -> None:
    odt, docx, plain = tmp_path / "a.odt", tmp_path / "a.docx", tmp_path / "a.txt"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    with zipfile.ZipFile(odt, "w") as package:
        package.writestr(
            "content.xml",
            f'<o xmlns:t="{text}"><t:h t:outline-level="1">甲題</t:h><t:h t:outline-level="2">乙題</t:h>'
            "<t:p>一句<t:span>話</t:span>。</t:p><t:p>▲ 一圖</t:p></o>",
        )
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    heads = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="Heading{n}"/></w:pPr><w:r><w:t>{w}</w:t></w:r></w:p>'
        for n, w in ((1, "甲題"), (2, "乙題"))
    )
    with zipfile.ZipFile(docx, "w") as package:
        package.writestr(
            "word/document.xml",
            f'<w:d xmlns:w="{word}">{heads}<w:p><w:r><w:t>一句</w:t></w:r><w:r><w:t>話。</w:t></w:r></w:p>'
            "<w:p><w:r><w:t>▲ 一圖</w:t></w:r></w:p></w:d>",
        )
    plain.write_text("甲題\n\n乙題\n\n一句話。\n\n▲ 一圖\n", "utf-8")
    told = [[(one.kind, one.words, one.level) for one in read(path)] for path in (odt, docx, plain)]
    assert told[0] == told[1] == told[2]
    assert told[0] == [
        ("heading", "甲題", 1),
        ("heading", "乙題", 2),
        ("paragraph", "一句話。", 0),
        ("caption", "一圖", 0),
    ]
    (tmp_path / "b.odt").write_bytes(b"PK no zip")
    with pytest.raises(InputError, match="no whole ODT or DOCX"):
        read(tmp_path / "b.odt")
