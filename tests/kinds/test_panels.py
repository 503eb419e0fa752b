"""Panels of a small exhibition: every metric in a chart, every size and layout, what is told, what is made anew."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy
import pikepdf
import pypdfium2
import pytest
import small_panels
from click.testing import CliRunner
from conftest import VeraPdf
from making import attempt, build
from PIL import Image
from small_panels import (
    BODY,
    CATALOGUE,
    FRONT,
    HEAD,
    ITEMS,
    NAME,
    PANEL,
    PUBLICATION,
    SCAN,
    made,
    project,
    told,
    write,
)

from reportgen.cli import main
from reportgen.model import Chart, ChartSpec, Edition, Exhibits
from reportgen.model.errors import InputError
from reportgen.model.job import LEDGER, Job
from reportgen.model.job import Written as Result
from reportgen.read.metrics import read_registry
from reportgen.verify import documents
from reportgen.write.charts import alternative

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

REGISTRY = read_registry(small_panels.ROOT)
METRICS = [name for name in REGISTRY.metrics if REGISTRY.complete(name)]
APPLIED = [
    f"{name}.{of}"
    for name in REGISTRY.metrics
    if not REGISTRY.complete(name) and name != "rank"
    for of in ("collected", "closing_rate")
]
OF_A_FLOW_ALONE = ("share.closing_rate", "cumulative.closing_rate")  # a rate has no share and no running sum
LAYOUTS = ("chart", "archive", "text")
EDITIONS: tuple[Edition, ...] = ("both", "zh", "en")


def chart(metrics: str, **settings: str) -> str:
    """The front part of a panel with one chart."""
    lines = "".join(f"{name.rstrip('_')} = {value}\n" for name, value in settings.items())
    caption = '{ zh = "圖", en = "A chart" }'
    return f'{FRONT.replace("archive", "chart")}\n[[chart]]\nid = "one"\ncaption = {caption}\nmetrics = {metrics}\n{lines}'


def spec_of(folder: Path) -> ChartSpec:
    (block,) = [block for block in made(folder).blocks if isinstance(block, Chart)]
    return block.spec


# ---- charts of any metric -------------------------------------------------------------------


@pytest.fixture(scope="module")
def charted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("charted") / "p")


@pytest.mark.parametrize("metric", OF_A_FLOW_ALONE)
def test_what_a_rate_does_not_have_is_refused_with_the_way_out(metric: str, charted: Path) -> None:
    write(charted, PANEL, f"+++\n{chart(f'[{metric!r}]')}+++\n\n[chart: one]\n")
    with pytest.raises(InputError, match="'closing_rate' is a rate"):
        made(charted)


@pytest.mark.parametrize("metric", [name for name in (*METRICS, *APPLIED) if name not in OF_A_FLOW_ALONE])
def test_every_metric_of_the_registry_works_by_its_name(metric: str, charted: Path) -> None:
    """With a target, the yearly event and the mark of the broken series; the years are in their order."""
    write(charted, PANEL, f"+++\n{chart(f'[{metric!r}]', target='20')}+++\n\n[chart: one]\n")
    document = made(charted)
    (block,) = [block for block in document.blocks if isinstance(block, Chart)]
    spec = block.spec
    assert [x for x, _ in spec.xs] == list(range(90, 105))
    assert [(label.zh, label.en) for _, label in spec.xs] == [(str(y), str(y + 1911)) for y in range(90, 105)]
    points = [point for point in spec.points if point.figure.gap is None]
    # What is compared with the year before begins a year later; the share of all in all is always the same.
    years = [x for x, _ in spec.xs][1 if metric.startswith(("change", "difference")) else 0 :]
    assert [point.x for point in points] == years
    assert len({point.figure.value.exact for point in points}) > 5 or metric.startswith("share.")
    assert [event.at for event in spec.events] == [95] and spec.events[0].label.zh == "新制施行"
    assert [one.at for one in spec.breaks] == [98]
    assert any("改採新統計方式" in str(note.line.zh) for note in block.notes)
    unit = REGISTRY.units[points[0].figure.unit]
    (line,) = {point.figure.value.exact for point in spec.target}
    assert line == 20 * unit.factor and spec.target_label is not None
    for language in ("zh", "en"):
        assert points[-1].figure.plain in alternative(spec, language)
    numbers = {printed.number for printed in document.printed}
    assert numbers >= {point.figure.number for point in (*spec.points, *spec.target)}


@pytest.mark.parametrize("form", ["line", "grouped_bar", "stacked_bar"])
def test_an_event_of_other_metrics_does_not_stand_in_a_chart(form: str, tmp_path: Path) -> None:
    head = HEAD + '\n[[event]]\nroc_year = 99\nlabel = { zh = "他事", en = "Other" }\nmetrics = ["staff"]\n'
    front = chart('["collected"]', form=f'"{form}"')
    folder = project(tmp_path / "p", head=head, front=front, body="[chart: one]\n")
    assert [event.at for event in spec_of(folder).events] == [95]
    write(folder, PANEL, f"+++\n{front.replace('collected', 'staff')}+++\n\n[chart: one]\n")
    assert [event.at for event in spec_of(folder).events] == [95, 99]
    write(folder, PANEL, f"+++\n{front}events = false\n+++\n\n[chart: one]\n")
    assert not spec_of(folder).events


def test_a_chart_shows_the_years_that_it_declares(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", front=chart('["collected"]', from_="96", to="99"), body="[chart: one]\n")
    spec = spec_of(folder)
    assert [x for x, _ in spec.xs] == [96, 97, 98, 99]
    assert not spec.events and [one.at for one in spec.breaks] == [98]


@pytest.mark.parametrize("form", ["ranked_bar", "heat_map", "line", "slope", "small_multiples"])
def test_a_chart_by_branch_shows_every_branch(form: str, tmp_path: Path) -> None:
    front = chart('["closing_rate"]', by='"branch"', form=f'"{form}"', highlight='"south"')
    spec = spec_of(project(tmp_path / "p", front=front, body="[chart: one]\n"))
    labels = [label.en for _, label in spec.xs] if form == "ranked_bar" else [s.label.en for s in spec.series]
    assert sorted(labels) == ["North Branch", "South Branch"] and spec.highlight == "south"


# ---- what is told ---------------------------------------------------------------------------

ONE = chart('["collected"]')
FAULTS = {
    "a chart placed twice": (
        PANEL,
        ONE,
        "[chart: one]\n\n[chart: one]\n",
        f"{PANEL}:7: chart 1: id: stands 2 times in the text",
        "出現 2 次",
    ),
    "a chart placed twice in a line": (
        PANEL,
        ONE,
        "[chart: one, one]\n",
        f"{PANEL}:7: chart 1: id: stands 2 times",
        "出現 2 次",
    ),
    "two charts of one id": (
        PANEL,
        ONE + ONE[ONE.index("[[chart]]") :],
        "[chart: one]\n",
        f'{PANEL}:11: chart 2: id: "one" is used twice; give each its own',
        "重複",
    ),
    "an id that is none": (
        PANEL,
        ONE.replace('"one"', '"1 a"'),
        "[chart: 1 a]\n",
        f'{PANEL}:7: chart 1: id: "1 a" is not a name',
        "不是名稱",
    ),
    "years the wrong way round": (
        PANEL,
        chart('["collected"]', from_="104", to="90"),
        "[chart: one]\n",
        f"{PANEL}:10: chart 1: from: 104 is after to = 90; write the earlier one in from",
        "晚於",
    ),
    "years without figures": (
        PANEL,
        chart('["collected"]', from_="60", to="70"),
        "[chart: one]\n",
        f"{PANEL}:9: chart 1: metrics: there is no figure to draw; choose years that have figures, or leave the chart out",
        "沒有可繪製的數值",
    ),
    "two units in a chart": (
        PANEL,
        chart('["collected", "closing_rate"]'),
        "[chart: one]\n",
        f"{PANEL}:9: chart 1: metrics: all metrics of a chart must have the same unit",
        "單位須相同",
    ),
    "two metrics by branch": (
        PANEL,
        chart('["collected", "target"]', by='"branch"'),
        "[chart: one]\n",
        f"{PANEL}:9: chart 1: metrics: with `by` a chart shows one metric",
        "僅能有一個指標",
    ),
    "a dimension that is none": (
        PANEL,
        chart('["collected"]', by='"office"'),
        "[chart: one]\n",
        f'{PANEL}:10: chart 1: by: "office" is unknown; known: branch',
        "不認識",
    ),
    "a form that needs a dimension": (
        PANEL,
        chart('["collected"]', form='"heat_map"'),
        "[chart: one]\n",
        f"{PANEL}:6: chart 1: by: is missing; a heat_map needs a dimension",
        "須有分類",
    ),
    "a form that is none": (
        PANEL,
        chart('["collected"]', form='"pie"'),
        "[chart: one]\n",
        f'{PANEL}:10: chart 1: form: "pie" is unknown',
        "不認識",
    ),
    "a member that is none": (
        PANEL,
        chart('["collected"]', by='"branch"', members='["east"]'),
        "[chart: one]\n",
        f"{PANEL}:11: chart 1: members: there is no member 'east'",
        "沒有項目",
    ),
    "no metric": (
        PANEL,
        chart("[]"),
        "[chart: one]\n",
        f"{PANEL}:9: chart 1: metrics: has 0 entries",
        "有 0 項",
    ),
    "a target below nothing": (
        PANEL,
        chart('["collected"]', target="-5"),
        "[chart: one]\n",
        f"{PANEL}:10: chart 1: target: -5 is out of range; write a number of 0 or more",
        "0 以上",
    ),
    "an event of no metric": (
        PUBLICATION,
        HEAD + '\n[[event]]\nroc_year = 99\nlabel = { zh = "甲", en = "A" }\nmetrics = ["staf"]\n',
        "",
        f"{PUBLICATION}:22: event 2: metrics: there is no metric 'staf'",
        "沒有指標",
    ),
    "a colour that is none": (
        PUBLICATION,
        HEAD.replace('id = "first"', 'id = "first"\ncolour = "purple"'),
        "",
        f'{PUBLICATION}:13: section 1: colour: "purple" is unknown',
        "不認識",
    ),
    "two sections of one id": (
        PUBLICATION,
        HEAD.replace("[[event]]", '[[section]]\nid = "first"\ntitle = { zh = "乙", en = "B" }\n\n[[event]]'),
        "",
        f'{PUBLICATION}:16: section 2: id: "first" is used twice; give each its own',
        "重複",
    ),
    "an orientation that is none": (
        PUBLICATION,
        HEAD.replace("panels =", 'orientation = "wide"\npanels ='),
        "",
        f'{PUBLICATION}:8: orientation: "wide" is unknown',
        "不認識",
    ),
    "two items of one id": (
        ITEMS,
        CATALOGUE * 2,
        "",
        f'{ITEMS}:10: item 2: id: "letter" is used twice; give each its own',
        "重複使用",
    ),
    "an id of an item that is none": (
        ITEMS,
        CATALOGUE.replace('"letter"', '"a b"'),
        "[item: a b]\n",
        f'{ITEMS}:2: item 1: id: "a b" is not a name',
        "不是名稱",
    ),
    "an item without its rights": (
        ITEMS,
        CATALOGUE.partition("rights")[0],
        "",
        f"{ITEMS}:1: item 1: rights: is missing; write rights = {{ zh = ",
        "未填",
    ),
    "a level that is none": (
        ITEMS,
        CATALOGUE + 'level = "box"\n',
        "",
        f'{ITEMS}:9: item 1: level: "box" is unknown',
        "不認識",
    ),
    "a scan and a placeholder": (
        ITEMS,
        CATALOGUE + "placeholder = true\n",
        "",
        f"{ITEMS}:9: item 1: placeholder: the item has a scan, too; take one of the two out",
        "請擇一",
    ),
    "a redaction outside of the scan": (
        ITEMS,
        CATALOGUE + "redactions = [[1600, 10, 100, 100]]\n",
        "",
        f"{ITEMS}:9: item 1: redactions: [1600, 10, 100, 100] lies outside of the picture, which is 1654 × 2339 pixels",
        "超出圖片範圍",
    ),
    "a catalogue that is no TOML": (
        ITEMS,
        "[[item]\n",
        "",
        f"{ITEMS}:1: is not valid TOML",
        "不是有效的 TOML",
    ),
}


@pytest.mark.parametrize(("file", "content", "body", "en", "zh"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_place_in_both_languages(
    file: str, content: str, body: str, en: str, zh: str, tmp_path: Path
) -> None:
    changed = {PANEL: {"front": content}, PUBLICATION: {"head": content}, ITEMS: {"items": content}}[file]
    folder = project(tmp_path / "p", **changed, **({"body": body} if body else {}))
    problems = told(folder)
    found = [one for one in problems if one.say("en").startswith(en)]
    assert len(found) == 1, [one.say("en") for one in problems]
    assert zh in found[0].say("zh")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ("en", f'{PANEL}:4: layout: "poster" is unknown; known: chart, archive, text'),
        ("zh", '不認識 "poster"；可用：chart、archive、text'),
    ],
)
@pytest.mark.parametrize("command", [("build", NAME, "--jobs", "1"), ("check", NAME)])
def test_the_command_line_tells_it_and_ends_with_three(
    messages: str, said: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    folder = project(tmp_path / "p", front=FRONT.replace("archive", "poster"))
    run = CliRunner().invoke(main, ["--project", str(folder), "--messages", messages, *command])
    assert run.exit_code == 3 and said in run.stderr and "Traceback" not in run.output
    assert not [*(folder / "out").rglob("*.pdf")]


def test_a_placeholder_prints_its_frame_and_a_missing_scan_is_a_fault(tmp_path: Path) -> None:
    waiting = CATALOGUE.replace('image = "scans/letter.png"', "placeholder = true")
    (row,) = [b for b in made(project(tmp_path / "p", items=waiting)).blocks if isinstance(b, Exhibits)]
    assert row.items[0].picture is None
    folder = project(tmp_path / "q")
    (folder / SCAN).unlink()
    (problem,) = told(folder)
    assert problem.say().startswith(f"{ITEMS}:5: item 1: image {SCAN}: there is no such scan")


def test_an_exhibition_without_items_needs_no_catalogue(tmp_path: Path) -> None:
    assert not told(project(tmp_path / "p", items="", body="甲\n\nA\n"))


# ---- sheets ---------------------------------------------------------------------------------

SIZES = {
    "A0": (841, 1189),
    "A1": (594, 841),
    "B1": (707, 1000),
    "JIS B1": (728, 1030),
    "roll-up": (600, 1600),
    "banner": (500, 900),
}


Delivered = Callable[..., Result]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """`delivered(size, orientation, layout, edition, heads="##")`: a panel, each made once, of projects that all editions share."""

    @functools.cache
    def folder(size: str, orientation: str, layout: str, heads: str) -> Path:
        made = sheet(tmp_path_factory.mktemp("sheet") / "p", size, orientation, layout)
        text = (made / PANEL).read_text("utf-8").replace("## 題\n## Heading", f"{heads} 題\n{heads} Heading")
        write(made, PANEL, text.replace("layout =", 'allow = ["characters", "type", "dpi"]\nlayout ='))
        return made

    @functools.cache
    def make(size: str, orientation: str, layout: str, edition: Edition, heads: str = "##") -> Result:
        project = folder(size, orientation, layout, heads)
        result = attempt(Job(project=project, publication=NAME, document="one", edition=edition))
        assert isinstance(result, Result), [problem.say() for problem in result.problems]
        return result

    return make


def sheet(folder: Path, size: str, orientation: str, layout: str) -> Path:
    """A panel with a heading, words and a figure, which fit every sheet."""
    front = chart('["closing_rate"]', target="50").replace('layout = "chart"', f'layout = "{layout}"')
    head = HEAD.replace("panels =", f'size = "{size}"\norientation = "{orientation}"\npanels =')
    body = BODY + ("\n[chart: one]\n" if layout != "text" else "\n[chart: one]\n\n甲\n\nA\n")
    made = project(folder, head=head, front=front, body=body)
    tokens = (made / "styles/tokens.toml").read_text("utf-8")
    write(made, "styles/tokens.toml", tokens.replace("[panel_size] ", "[panel_size]\nbanner = [500, 900]\n#"))
    small_panels.scan(made, (2480, 3508))
    return made


@pytest.mark.parametrize(
    ("size", "orientation", "layout", "edition"),
    [(size, turn, "archive", "both") for size in SIZES if size != "A1" for turn in ("portrait", "landscape")]
    + [
        ("A1", turn, layout, edition)
        for layout in LAYOUTS
        for edition in EDITIONS
        for turn in ("portrait", "landscape")
    ]
    + [
        ("roll-up", "portrait", layout, edition)
        for layout in LAYOUTS
        for edition in EDITIONS
        if (layout, edition) != ("archive", "both")  # is among the sizes
    ],
)
def test_a_panel_is_one_page_of_its_size(
    size: str, orientation: str, layout: str, edition: Edition, delivered: Delivered
) -> None:
    result = delivered(size, orientation, layout, edition)
    (page,) = list(pypdfium2.PdfDocument(result.content))
    width, height = SIZES[size] if orientation == "portrait" else SIZES[size][::-1]
    assert [round(side * 25.4 / 72, 1) for side in page.get_size()] == [width, height]
    picture = Image.open(
        io.BytesIO(result.beside["web/one.jpg" if edition == "both" else f"web/one.{edition}.jpg"])
    )
    assert abs(picture.width / picture.height - width / height) < 0.01
    if layout != "text":  # two sentences do not fill a sheet, figures do
        half = numpy.asarray(picture.convert("L"), dtype=int)[picture.height // 2 : int(picture.height * 0.8)]
        assert half.std() > 8, "the lower half of the sheet is empty"


# ---- builds ---------------------------------------------------------------------------------

SECOND = f"+++\n{FRONT}+++\n\n甲。\n\nA.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "p"
    project(folder, head=HEAD.replace('["one"]', '["one", "two"]'), more={"two": SECOND})
    outcomes = [*build(folder, folder / "out", [NAME], ["both"])]
    assert {one.state for one in outcomes} == {"made"}, [p.say() for one in outcomes for p in one.problems]
    return folder


def again(folder: Path) -> set[str]:
    """What a dry run would make anew."""
    found = build(folder, folder / "out", [NAME], ["both"], dry_run=True)
    return {one.document.removeprefix(f"{NAME}/") for one in found if one.state == "made"}


def test_nothing_is_made_when_nothing_changed(built: Path) -> None:
    assert again(built) == set()


@pytest.mark.parametrize(
    ("file", "anew"),
    [
        (PANEL, {"one.pdf", "web/index.html"}),
        (f"inputs/{NAME}/panels/two/panel.md", {"two.pdf", "web/index.html"}),
        (SCAN, {"one.pdf", "web/index.html"}),
        (ITEMS, {"one.pdf", "web/index.html"}),
        ("inputs/datasets/small/all.csv", {"one.pdf", "web/index.html"}),
        ("styles/tokens.toml", {"one.pdf", "two.pdf", "web/index.html"}),
    ],
)
def test_what_changed_is_made_anew_and_nothing_else(built: Path, file: str, anew: set[str]) -> None:
    before = (built / file).read_bytes()
    changed = before.replace("。".encode(), "！".encode()) if file.endswith(".md") else before + b"\n"
    assert changed != before
    (built / file).write_bytes(changed)
    try:
        assert again(built) == anew
    finally:
        (built / file).write_bytes(before)
    assert again(built) == set()


def test_one_worker_and_two_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    [*build(built, tmp_path / "out", [NAME], ["both"], workers=2)]
    for file in (built / "out").rglob("*"):
        if (
            file.is_file()
            and file.suffix in (".pdf", ".json", ".jpg", ".html")
            and not file.name.startswith(".")
        ):
            assert (tmp_path / "out" / file.relative_to(built / "out")).read_bytes() == file.read_bytes(), (
                file
            )


def test_a_figure_of_a_panel_is_traced_and_all_files_verified(built: Path) -> None:
    file = built / "out" / NAME / "one.pdf"
    closed = sum(small_panels.number("closed_cases", 104, branch) for branch in (0, 1))
    run = CliRunner().invoke(main, ["--project", str(built), "trace", str(file), f"{closed:,}"])
    assert run.exit_code == 0, run.output
    assert "closed_cases" in run.stdout and "inputs/datasets/small/all.csv" in run.stdout
    with pikepdf.open(file) as pdf:
        ledger = json.loads(pdf.attachments[LEDGER].get_file().read_bytes())
        assert not [name for name in pdf.attachments if name.endswith((".png", ".jpg"))]
    assert [one["exact"] for one in ledger["figures"]] == [str(closed)]
    files = [str(one) for one in file.parent.glob("*.pdf")]
    assert len(files) == 2
    run = CliRunner().invoke(main, ["--project", str(built), "verify", *files])
    assert run.exit_code == 0, run.output


def test_every_size_is_pdf_a_3a_and_pdf_ua_1(tmp_path: Path, verapdf: VeraPdf, delivered: Delivered) -> None:
    files = []
    for size, layout, turn in (
        ("roll-up", "chart", "portrait"),
        ("A0", "archive", "landscape"),
        ("JIS B1", "text", "portrait"),
    ):
        result = delivered(size, turn, layout, "both", heads="###")
        files.append(tmp_path / f"{size}.pdf")
        files[-1].write_bytes(result.content)
        assert not documents.unrecorded(result.content, json.loads(result.beside["one.ledger.json"]))
    verdicts = verapdf(files)
    assert [str(one) for one in verdicts if not one.compliant] == []
