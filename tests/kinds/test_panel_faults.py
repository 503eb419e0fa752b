"""What is wrong with an exhibition: told with its place, in both languages, all at once, before anything is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from compilation_project import project, swap

from reportgen.cli import main
from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents as panels
from reportgen.model.errors import Problem, ReportgenError

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

NAME = "exhibition-efficient-government"
HOME = f"inputs/{NAME}"
CHART = f"{HOME}/panels/targets-met/panel.md"
ARCHIVE = f"{HOME}/panels/efficiency-kindness/panel.md"
ITEMS = f"{HOME}/items.toml"
PUBLICATION = f"{HOME}/publication.toml"
ORIGINAL = f"{HOME}/panels/targets-met/original"


def told(folder: Path, panel: str) -> tuple[Problem, ...]:
    try:
        panels.document(read_material(folder, NAME), panel)
    except ReportgenError as error:
        assert error.exit_code == 3
        return error.problems
    return ()


CASES = {
    "a metric that is not in the registry": (
        CHART,
        'metrics = ["achievement_rate"]',
        'metrics = ["achievment_rate"]',
        "targets-met",
        f"{CHART}:11: chart 1: metrics: there is no metric 'achievment_rate'",
        "沒有指標 'achievment_rate'",
    ),
    "a figure that is not in the registry": (
        CHART,
        "{achievement_rate(90)}",
        "{achievement(90)}",
        "targets-met",
        f"{CHART}:27: {{achievement(90)}}: there is no metric 'achievement'",
        "沒有指標 'achievement'",
    ),
    "a caption that was not translated": (
        CHART,
        ', en = "Achievement rate, 2001 to 2015" }',
        " }",
        "targets-met",
        f"{CHART}:10: chart 1: caption: the text lacks its en half",
        "缺少 en 文字",
    ),
    "an item's caption that was not translated": (
        ITEMS,
        ', en = "Letter on the award ceremony of the 2013 appraisal of enforcement attitude" }',
        " }",
        "efficiency-kindness",
        f"{ITEMS}:29: item 3: caption: the text lacks its en half",
        "缺少 en 文字",
    ),
    "a paragraph without its English": (
        ARCHIVE,
        "What people think of government often comes",
        "民眾怎麼看政府 What people think of government often comes",
        "efficiency-kindness",
        f"{ARCHIVE}:20: the English of 「民眾對政府的印象",
        "缺少英文",
    ),
    "a scan that is not there": (
        ITEMS,
        "scans/approval-90.jpg",
        "scans/approval-91.jpg",
        "efficiency-kindness",
        f"{ITEMS}:18: item 2: image {HOME}/scans/approval-91.jpg: there is no such scan",
        "沒有此掃描檔",
    ),
    "a scan outside of the project": (
        ITEMS,
        "scans/approval-90.jpg",
        "../../../../etc/passwd",
        "efficiency-kindness",
        f"{ITEMS}:18: item 2: image {HOME}/../../../../etc/passwd: leads out of the project",
        "指向專案之外",
    ),
    "neither a scan nor a placeholder": (
        ITEMS,
        'image = "scans/approval-90.jpg"\n',
        "",
        "efficiency-kindness",
        f"{ITEMS}:14: item 2: image: is missing; name the scan, or write placeholder = true",
        "placeholder = true",
    ),
    "a date that is none": (
        ITEMS,
        '"89.12.29"',
        '"89.12.32"',
        "efficiency-kindness",
        f'{ITEMS}:23: item 2: date: "89.12.32" is not a date',
        "不是日期",
    ),
    "a redaction that is none": (
        ITEMS,
        "[[450, 1320, 500, 90]]",
        "[[450, 1320, 500]]",
        "efficiency-kindness",
        f"{ITEMS}:32: item 3: redactions 1: [450, 1320, 500] is not [left, top, width, height]",
        "[左, 上, 寬, 高]",
    ),
    "an item that is in no catalogue": (
        ARCHIVE,
        "award-letter-102]",
        "award-letter-103]",
        "efficiency-kindness",
        f"{ARCHIVE}:15: there is no item 'award-letter-103' in {ITEMS}",
        "沒有項目 'award-letter-103'",
    ),
    "an item that stands twice": (
        ARCHIVE,
        "award-letter-102]",
        "approval-90]",
        "efficiency-kindness",
        f"{ARCHIVE}:15: the item 'approval-90' stands on this panel twice; place it once",
        "重複",
    ),
    "a chart that is never placed": (
        CHART,
        "[chart: return]",
        "",
        "targets-met",
        f"{CHART}:15: chart 2: id: stands 0 times in the text",
        "出現 0 次",
    ),
    "a chart that is nowhere declared": (
        CHART,
        "[chart: return]",
        "[chart: retrun]",
        "targets-met",
        f"{CHART}:34: there is no chart 'retrun'",
        "沒有圖 'retrun'",
    ),
    "a layout that is none": (
        CHART,
        'layout = "chart"',
        'layout = "charts"',
        "targets-met",
        f"{CHART}:4: layout: \"charts\" is unknown; known: chart, archive, text; did you mean 'chart'?",
        "是否為「chart」",
    ),
    "a limit that is none": (
        CHART,
        'layout = "chart"',
        'layout = "chart"\nallow = ["dip"]',
        "targets-met",
        f'{CHART}:5: allow 1: "dip" is unknown; known: type, characters, words, contrast, dpi, trim',
        "不認識",
    ),
    "a section that is none": (
        CHART,
        'section = "efficient-government"',
        'section = "history"',
        "targets-met",
        f'{CHART}:3: section: "history" is unknown; known: efficient-government',
        "不認識",
    ),
    "a size that is none": (
        PUBLICATION,
        'size = "A1"',
        'size = "A11"',
        "targets-met",
        f'{PUBLICATION}:12: size: "A11" is unknown; known: A0, A1',
        "不認識",
    ),
    "an address that is none": (
        PUBLICATION,
        "https://exhibition",
        "javascript:exhibition",
        "targets-met",
        f'{PUBLICATION}:15: web: "javascript:',
        "不是網址",
    ),
    "a key that is misspelt": (
        CHART,
        "target = 100",
        "traget = 100",
        "targets-met",
        f"{CHART}:12: chart 1: traget: is an unknown key; known here: ",
        "是否為「target」",
    ),
    "a link in the text": (
        CHART,
        "is the standard of",
        "is [the](https://example.org) standard of",
        "targets-met",
        f"{CHART}:29: a link leads nowhere on paper",
        "無法點選連結",
    ),
    "no front part": (
        CHART,
        "+++\ntitle",
        "title",
        "targets-met",
        f"{CHART}:1: must begin with a front part",
        "檔首須有設定",
    ),
    "a panel that was made again, and no date": (
        CHART,
        'regenerated = "115/11/26"\n',
        "",
        "targets-met",
        f"{CHART}: regenerated: is missing",
        "請填重製日期",
    ),
    "an archived figure that is none": (
        f"{ORIGINAL}/data.csv",
        "achievement,achievement_rate,90,105.3",
        "achievement,achievement_rate,90,about 105",
        "targets-met",
        f"{ORIGINAL}/data.csv:2: value: 'about 105' is not a number as printed",
        "不是印出之數值",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "panel", "en", "zh"), CASES.values(), ids=CASES)
def test_a_fault_is_told_with_its_place_and_remedy(
    file: str, old: str, new: str, panel: str, en: str, zh: str, tmp_path: Path
) -> None:
    folder = project(tmp_path)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    problems = told(folder, panel)
    assert any(one.say("en").startswith(en) for one in problems), [one.say("en") for one in problems]
    assert any(zh in one.say("zh") for one in problems), [one.say("zh") for one in problems]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    folder = project(tmp_path)
    swap(folder, CHART, 'metrics = ["achievement_rate"]', 'metrics = ["rate"]')
    swap(folder, CHART, "[chart: return]", "[chart: retrun]")
    swap(folder, ITEMS, '"89.12.29"', '"29 December"')
    said = "\n".join(one.say("en") for one in told(folder, "targets-met"))
    assert "there is no metric 'rate'" in said and "there is no chart 'retrun'" in said
    assert '"29 December" is not a date' in said


def test_the_sample_has_no_fault(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for panel in ("business-ideas", "efficiency-kindness", "targets-met", "least-cost"):
        assert not told(folder, panel)


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        (
            lambda folder: _shrink(folder, 4),
            "picture approval-90 is 57 dpi, the limit is ≥ 150 dpi",
            "請以較高解析度重新掃描",
        ),
        (
            lambda folder: swap(
                folder, ARCHIVE, "各分署的轄區大小、", "各分署的轄區大小、" + "人口多寡與案件數量，" * 60
            ),
            "the text overflows its sheet: with the smallest figures it is about",
            "文字超出版面",
        ),
        (
            lambda folder: swap(folder, "styles/tokens.toml", 'ink_soft = "#4b5a68"', 'ink_soft = "#b9c3cc"'),
            "contrast #b9c3cc on #ebe4d5 is 1.4:1, the limit is ≥ 4.5:1",
            "請改用對比較高之顏色",
        ),
    ],
    ids=["a scan of 72 dots an inch", "text that overflows", "pale type"],
)
def test_what_only_the_layout_shows_is_told_by_check(
    change: object, en: str, zh: str, tmp_path: Path
) -> None:
    folder = project(tmp_path)
    assert callable(change)
    change(folder)
    swap(
        folder,
        PUBLICATION,
        '["business-ideas", "efficiency-kindness", "targets-met", "least-cost"]',
        '["efficiency-kindness"]',
    )
    for language, words in (("en", en), ("zh", zh)):
        run = CliRunner().invoke(main, ["--project", str(folder), "--messages", language, "check", NAME])
        assert run.exit_code == 1, run.output
        assert words in run.stderr


def _shrink(folder: Path, times: int) -> None:
    from PIL import Image

    file = folder / HOME / "scans/approval-90.jpg"
    with Image.open(file) as scan:
        scan.resize((scan.width // times, scan.height // times)).save(file)


def test_a_limit_that_is_declared_to_be_broken_is_told_and_no_fault(tmp_path: Path) -> None:
    folder = project(tmp_path)
    _shrink(folder, 4)
    swap(folder, ARCHIVE, 'layout = "archive"', 'layout = "archive"\nallow = ["dpi"]')
    swap(
        folder,
        PUBLICATION,
        '["business-ideas", "efficiency-kindness", "targets-met", "least-cost"]',
        '["efficiency-kindness"]',
    )
    run = CliRunner().invoke(main, ["--project", str(folder), "check", NAME])
    assert run.exit_code == 0, run.output
    assert "picture approval-90: 57 dpi  (≥ 150 dpi)  ← declared" in run.output
