"""What is measured of a sheet, against the same page measured by hand; each limit broken, and declared."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import small_panels
from hypothesis import given, settings
from hypothesis import strategies as st
from small_panels import BODY, CATALOGUE, FRONT, HEAD, PANEL, laid, project, write

from reportgen.model.errors import InputError, RenderError
from reportgen.read.theme import contrast, load_theme
from reportgen.write import fitting, pdf, sheet_measures
from reportgen.write.fitting import LARGEST, MM, SMALLEST, TRIES, _next
from reportgen.write.preflight import Finding, minutes_of_arc
from reportgen.write.sheet import LaidSheet

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

TEXT = FRONT.replace("archive", "text")
TOKENS = "styles/tokens.toml"
FOOT = load_theme(small_panels.ROOT / TOKENS).panel_type["foot"]  # pt, the smallest type of a sheet of A1


@dataclass(frozen=True)
class Measured:
    """A sheet and, by our own way through its boxes: type in pt with its words, boxes in mm, pictures."""

    sheet: LaidSheet
    types: tuple[tuple[float, str], ...]
    edge: float
    picture_mm: float

    def of(self, limit: str) -> list[Finding]:
        return [one for one in self.sheet.preflight.findings if one.limit == limit]

    def one(self, what: str) -> Finding:
        (found,) = [one for one in self.sheet.preflight.findings if one.what.en == what]
        return found


def measured(folder: Path, **options: Any) -> Measured:
    sheet = laid(folder, **options)
    page = pdf.laid(sheet.name).pages[0]._page_box
    width, height = page.margin_width() / MM, page.margin_height() / MM
    types, edges, picture = [], [], 0.0
    for box in small_panels.boxes(page):
        words = getattr(box, "text", "").replace("\u2060", "").strip()  # which keeps the last words together
        if words:
            types.append((box.style["font_size"] * 72 / 96, words))
            edges.append(min(box.position_x, box.position_y) / MM)
            edges.append(width - (box.position_x + box.margin_width()) / MM)
            edges.append(height - (box.position_y + box.margin_height()) / MM)
        if box.element is not None and box.element.get("data-item") and hasattr(box, "replacement"):
            picture = box.width / MM
    pdf.drop(sheet.name)
    return Measured(sheet, tuple(types), min(edges), picture)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measured(project(tmp_path_factory.mktemp("plain") / "p"))


# ---- each figure ----------------------------------------------------------------------------


def test_the_smallest_type_is_that_of_the_foot(plain: Measured) -> None:
    found = plain.one("smallest type")
    smallest = min(points for points, _ in plain.types)
    assert smallest == pytest.approx(FOOT)
    assert found.figure.startswith(f"{FOOT:.1f} pt") and found.bound == "≥ 18 pt" and found.kept
    assert found.where in [words for points, words in plain.types if points == pytest.approx(smallest)]


def test_type_is_told_as_it_appears_from_where_one_stands() -> None:
    """18 pt are 6.35 mm: over 2 m an angle of 10.9 minutes."""
    assert minutes_of_arc(18, 2) == pytest.approx(math.degrees(math.atan(6.35 / 2000)) * 60)
    assert minutes_of_arc(36, 4) == pytest.approx(minutes_of_arc(18, 2), rel=1e-4)


@pytest.mark.parametrize("size", ["A0", "A1"])
def test_type_grows_with_the_sheet(size: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", head=HEAD.replace("panels =", f'size = "{size}"\npanels ='))
    small_panels.scan(folder, (3400, 4800))
    points = float(measured(folder).one("smallest type").figure.split()[0])
    assert points == pytest.approx({"A1": FOOT, "A0": FOOT * 841 / 594}[size], abs=0.06)


def test_characters_of_a_line_are_counted(tmp_path: Path) -> None:
    """A digit or a Latin letter takes half of a character's place in a Chinese line."""
    front, body = TEXT, "字字字AB12，字。\n\nSome words, and 12.\n"
    found = measured(project(tmp_path / "p", front=front, body=body, items=""))
    assert found.one("characters per line, Chinese").figure == "8"  # 字字字，字。 and four halves
    assert found.one("characters per line, English").figure == str(len("Some words, and 12."))


def test_the_longest_line_is_that_of_the_layout(tmp_path: Path) -> None:
    body = "字" * 200 + "\n\n" + "word " * 100 + "\n"
    found = measured(project(tmp_path / "p", front=TEXT, body=body, items=""))
    lines = [len(words) for _, words in found.types if set(words) == {"字"}]
    english = [len(words) for _, words in found.types if set(words) == set("word ")]
    assert sum(lines) == 200 and found.one("characters per line, Chinese").figure == str(max(lines))
    assert found.one("characters per line, English").figure == str(max(english))


def test_words_of_a_panel_are_counted_apart(tmp_path: Path) -> None:
    """Title, show, section, issuer, motto and the line beside the code count as well as the text."""
    short = measured(project(tmp_path / "p", front=TEXT, body="甲\n\nA\n", items=""))
    longer = measured(
        project(tmp_path / "q", front=TEXT, body="甲乙，丙12𠮷\n\nA bird's well-known nest 12\n", items="")
    )
    for what, more in (("Chinese characters on the panel", 3), ("English words on the panel", 3)):
        assert int(longer.one(what).figure) - int(short.one(what).figure) == more


def test_contrast_is_that_of_ink_and_ground(plain: Measured) -> None:
    found = {one.what.en: one.figure for one in plain.of("contrast")}
    assert found["contrast #ffffff on #0f3d5e"] == "11.4:1"  # the title on its band
    assert found["contrast #16222e on #f8f5ee"] == "14.8:1"
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_pair_of_colours_of_a_chart_is_measured(tmp_path: Path) -> None:
    front = FRONT.replace("archive", "chart") + (
        '[[chart]]\nid = "one"\ncaption = { zh = "圖", en = "A chart" }\nmetrics = ["closing_rate"]\ntarget = 30\n'
    )
    found = measured(project(tmp_path / "p", front=front, body="甲\n\nA\n\n[chart: one]\n", items=""))
    shown = {one.what.en: one for one in found.of("contrast")}
    label = shown["contrast #f8f5ee on #2b7084"]  # a figure at the foot of its column
    assert label.where.startswith("one: ") and label.figure == f"{contrast('#f8f5ee', '#2b7084'):.1f}:1"
    smallest = found.one("smallest type")
    assert float(smallest.figure.split()[0]) >= 18.0 and smallest.kept


def test_dots_of_a_picture_are_counted_at_its_printed_size(plain: Measured) -> None:
    (found,) = plain.of("dpi")
    dots = small_panels.SCAN_SIZE[0] / (plain.picture_mm / 25.4)
    assert found.figure == f"{dots:.0f} dpi" and found.where == "letter" and 150 < dots < 200


def test_the_distance_to_the_edge_is_that_of_the_nearest_word(plain: Measured) -> None:
    (found,) = plain.of("trim")
    assert found.figure == f"{plain.edge:.1f} mm" and plain.edge > 10


# ---- limits broken --------------------------------------------------------------------------


def limit(name: str, value: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        others, table, limits = (folder / TOKENS).read_text("utf-8").partition("[panel_limit]")
        changed = re.sub(rf"(?m)^{name} = [\d.]+", f"{name} = {value}", limits, count=1)
        assert changed != limits
        write(folder, TOKENS, others + table + changed)

    return change


def pale(folder: Path) -> None:
    tokens = (folder / TOKENS).read_text("utf-8")
    write(folder, TOKENS, re.sub(r'(?m)^ink_soft = "#\w+"', 'ink_soft = "#b9c3cc"', tokens, count=1))


def coarse(folder: Path) -> None:
    """What 72 dots an inch give on an A4 paper."""
    small_panels.scan(folder, (595, 842))


BROKEN = {
    "type": (
        limit("smallest_type", "23.0"),
        "smallest type is 22.0 pt, 13.3′ / 2 m, the limit is ≥ 23 pt",
        "放大字級",
    ),
    "characters": (
        limit("most_characters_zh", "4"),
        "characters per line, Chinese is 5, the limit is ≤ 4",
        "較窄之欄位",
    ),
    "words": (limit("most_words", "20"), "Chinese characters on the panel is", "請精簡文字"),
    "contrast": (pale, "contrast #b9c3cc on #ebe4d5 is 1.4:1, the limit is ≥ 4.5:1", "對比較高之顏色"),
    "dpi": (coarse, "dpi, the limit is ≥ 150 dpi", "請以較高解析度重新掃描"),
    "trim": (limit("least_trim", "29.0"), "mm, the limit is ≥ 29 mm", "請加大邊界"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_limit_is_a_fault_and_a_declared_one_is_told(name: str, tmp_path: Path) -> None:
    change, en, zh = BROKEN[name]
    folder = project(tmp_path / "p")
    change(folder)
    sheet = laid(folder)
    pdf.drop(sheet.name)
    faults = sheet.preflight.faults
    assert faults and all(f'or declare allow = ["{name}"]' in one.en for one in faults), faults
    assert any(en in one.say("en") and zh in one.say("zh") for one in faults), faults[0]
    assert all(one.place.file == f"{small_panels.NAME}/one.pdf" for one in faults)
    write(folder, PANEL, f'+++\n{FRONT}allow = ["{name}"]\n+++\n\n{BODY}')
    declared = laid(folder)
    pdf.drop(declared.name)
    assert not declared.preflight.faults
    assert [one for one in declared.preflight.findings if not one.kept and one.limit == name]
    assert declared.preflight.allowed == (name,)


def test_a_limit_that_is_declared_covers_no_other(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", front=FRONT + 'allow = ["dpi"]\n')
    coarse(folder)
    pale(folder)
    sheet = laid(folder)
    pdf.drop(sheet.name)
    assert sheet.preflight.faults and all("contrast" in one.en for one in sheet.preflight.faults)


def test_a_sheet_within_its_limits_has_no_fault(plain: Measured) -> None:
    assert not plain.sheet.preflight.faults and all(one.kept for one in plain.sheet.preflight.findings)
    assert {one.limit for one in plain.sheet.preflight.findings} == set(BROKEN)


# ---- fitting --------------------------------------------------------------------------------

LONG = "執行人員依年度計畫辦理各項業務並定期檢討成果。\n\nEnforcement personnel do their work by a yearly plan and look at its results.\n\n"


@pytest.mark.parametrize(
    ("front", "what"), [(FRONT, "the smallest figures"), (TEXT, "type of the declared size")]
)
def test_text_that_overflows_says_by_how_much(front: str, what: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", front=front, body=BODY + LONG * 60)
    with pytest.raises(RenderError) as refused:
        laid(folder)
    (problem,) = refused.value.problems
    told = re.search(
        rf"with {what} it is about (\d+) mm too long \((\d+) characters stand beyond the edge\)", problem.en
    )
    assert told and int(told[1]) > 100, problem.en
    assert len("".join(LONG.split())) * 20 < int(told[2]) < len("".join(LONG.split())) * 60 + 200
    assert re.search(r"仍約超出 \d+ 公釐（版外 \d+ 字）", problem.zh)


def test_a_foot_that_grows_beyond_its_sheet_is_told_and_never_cut(tmp_path: Path) -> None:
    remark = '[[remark]]\ntext = { zh = "附註文字", en = "A remark at the foot" }\n'
    folder = project(tmp_path / "p", front=FRONT + remark * 4)
    pdf.drop(laid(folder).name)
    write(folder, PANEL, f"+++\n{FRONT}{remark * 90}+++\n\n{BODY}")
    with pytest.raises(RenderError) as refused:
        laid(folder)
    assert re.search(
        r"show/one\.pdf: the foot takes at least \d+ mm of 841 mm", refused.value.problems[0].say()
    )
    assert "版腳" in refused.value.problems[0].zh


@settings(max_examples=14, deadline=None)
@given(
    st.sampled_from(["archive", "text", "chart"]),
    st.integers(0, 14),
    st.integers(1, 3),
    st.sampled_from(["portrait", "landscape"]),
    st.sampled_from(["A1", "roll-up"]),
    st.sampled_from(["both", "zh", "en"]),
)
def test_a_fitted_sheet_is_one_page_with_room_for_all_that_stands_on_it(
    layout: str, paragraphs: int, rows: int, turned: str, size: str, edition: Any
) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        head = HEAD.replace("panels =", f'size = "{size}"\norientation = "{turned}"\npanels =')
        items = "".join(CATALOGUE.replace('"letter"', f'"letter-{n}"') for n in range(rows))
        placed = "".join(f"[item: letter-{n}]\n\n{LONG * paragraphs}" for n in range(rows))
        made = project(
            Path(folder) / "p",
            front=FRONT.replace("archive", layout),
            head=head,
            items=items,
            body=f"## 題\n## Heading\n\n{placed}",
        )
        try:
            sheet = laid(made, edition)
        except RenderError as error:
            assert "too long" in error.problems[0].en
            return
        boxes = pdf.laid(sheet.name)
        free = fitting.free_mm(boxes, sheet_measures.Geometry.of(*_sheet_of(made, edition)).columns)
        pages = len(boxes.pages)
        words = "".join(getattr(box, "text", "") for box in small_panels.boxes(boxes.pages[0]._page_box))
        pdf.drop(sheet.name)
        assert pages == 1 and sheet.fitted.free_mm == pytest.approx(free) and free >= 0
        one = "執行人員依年度計畫" if edition != "en" else "Enforcement personnel do"
        assert "".join(words.split()).count("".join(one.split())) == paragraphs * rows


def _sheet_of(folder: Path, edition: str) -> tuple[Any, Any, bool]:
    document = small_panels.made(folder)
    return document.sheet, load_theme(folder / TOKENS), edition != "en"


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(["figures", "type"]),
    st.floats(1, 600),
    st.floats(0, 1500),
    st.floats(-800, 800),
    st.integers(1, 120),
)
def test_the_search_ends_with_the_largest_that_was_found_to_fit(
    kind: str, grows: float, real: float, start: float, step: int
) -> None:
    """Whatever a step of growth costs (also in jumps, as blocks go over the edge), the last layout stands and fits."""

    def free(growth: int) -> float:
        return start - real * (growth - 100) / 100 - (60 if growth % step == 0 else 0)

    growth, tried = 100, dict[int, float]()
    for _ in range(TRIES + 3):
        assert SMALLEST[kind] <= growth <= LARGEST[kind]
        tried.pop(growth, None)
        tried[growth] = free(growth)
        following = _next(kind, tried, grows, 8.0)
        if following is None:
            break
        growth = following
    else:
        raise AssertionError("it does not end")
    last = list(tried)[-1]
    fits = [one for one, room in tried.items() if room >= 0]
    assert (last == max(fits)) if fits else tried[last] < 0
    if not fits:
        assert SMALLEST[kind] in tried, "the smallest was not tried"


def test_a_scan_that_is_broken_is_told_before_the_layout(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    content = (folder / small_panels.SCAN).read_bytes()
    (folder / small_panels.SCAN).write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError) as refused:
        laid(folder)
    assert "is no whole picture" in refused.value.problems[0].en
