"""A regenerated panel against the archived one: figures, words, picture."""

from __future__ import annotations

import io
import json
import random
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from reportgen.compute.comparison.words import groups, kind_of
from reportgen.model import ChartSpec, Exact, Gap, Point, Printed, Series, Text, Value
from reportgen.model.errors import InputError, ReportgenError
from reportgen.model.formats import half_up
from reportgen.verify import comparison
from reportgen.verify.comparison import ArchivedValue, Original

PERCENT = Fraction(1, 100)
UNITS = {"": Fraction(1), "%": PERCENT, "倍": Fraction(1), "萬元": Fraction(10_000)}
YEARS = tuple(range(90, 105))


# ---- figures ---------------------------------------------------------------------------------------------


def point(series: str, x: int | str, exact: Exact) -> Point:
    return Point(
        series,
        x,
        Printed(
            number=1,
            value=Value(metric="m", key=(), exact=exact, unit="u", digits=1),
            plain="",
            text=Text("", ""),
        ),
    )


def chart(values: dict[tuple[str, int], Exact], target: dict[int, Fraction] | None = None) -> ChartSpec:
    names = {"rate": Text("達成率", "Achievement rate"), "other": Text("徵起率", "Collection rate")}
    ids = dict.fromkeys(series for series, _ in values)
    return ChartSpec(
        form="line",
        series=tuple(Series(one, names[one]) for one in ids),
        xs=tuple((x, Text(f"{x}年", str(x + 1911))) for x in dict.fromkeys(x for _, x in values)),
        points=tuple(point(series, x, exact) for (series, x), exact in values.items()),
        measure=Text("率", "rate"),
        unit=Text("%", "%"),
        target=tuple(point("t", x, exact) for x, exact in (target or {}).items()),
        target_label=Text("目標", "Target"),
    )


def archived(chart_name: str, series: str, x: int | str, value: str, unit: str = "%") -> ArchivedValue:
    number = None if value in ("", "-", "…") else Fraction(value.replace(",", "").replace("−", "-"))
    return ArchivedValue(
        chart=chart_name, series=series, x=str(x), value=value, unit=unit, factor=UNITS[unit], number=number
    )


# Ten thousandths around 100 %, so that one decimal is a true rounding.
EXACT = st.integers(1, 30_000).map(lambda number: Fraction(number, 10_000))
SERIES = st.lists(EXACT, min_size=2, max_size=len(YEARS))


def both(values: list[Fraction]) -> tuple[ChartSpec, list[ArchivedValue]]:
    ours = {("rate", year): exact for year, exact in zip(YEARS, values, strict=False)}
    return chart(ours), [
        archived("a", "rate", x, str(half_up(exact / PERCENT, 1))) for (_, x), exact in ours.items()
    ]


@given(SERIES, st.randoms(use_true_random=False))
def test_what_the_archive_rounded_from_our_values_is_equal_in_any_order_of_rows(
    values: list[Fraction], shuffle: random.Random
) -> None:
    spec, rows = both(values)
    shuffle.shuffle(rows)
    axis = comparison.compare_figures(rows, {"a": spec})
    assert axis.state == "equal" and axis.differences == ()
    assert axis.figures["values"] == len(values)


@given(SERIES, st.data())
def test_any_single_changed_digit_is_found_at_its_place(values: list[Fraction], data: st.DataObject) -> None:
    spec, rows = both(values)
    at = data.draw(st.integers(0, len(rows) - 1))
    digits = [place for place, letter in enumerate(rows[at].value) if letter.isdigit()]
    place = data.draw(st.sampled_from(digits))
    digit = data.draw(st.sampled_from("0123456789"))
    before = rows[at].value
    assume(digit != before[place])
    changed = f"{before[:place]}{digit}{before[place + 1 :]}"
    rows[at] = archived("a", "rate", rows[at].x, changed)
    axis = comparison.compare_figures(rows, {"a": spec})
    assert axis.state == "different"
    first = axis.differences[0]
    assert (first.archived, first.ours) == (f"{changed}%", f"{before}%")
    assert first.place == Text(f"a，rate，{rows[at].x}", f"a, rate, {rows[at].x}")


def test_half_is_rounded_up_and_the_decimals_are_the_archives() -> None:
    spec = chart({("rate", 90): Fraction(104_25, 10_000)})
    for printed, state in (("104.3", "equal"), ("104.2", "different"), ("104.25", "equal"), ("104", "equal")):
        assert comparison.compare_figures([archived("a", "rate", 90, printed)], {"a": spec}).state == state


def test_units_thousands_and_negative_numbers_are_understood() -> None:
    spec = chart({("rate", 90): Fraction(-12_345_678)})
    for printed, state in (
        ("−1,235", "equal"),
        ("−1235", "equal"),
        ("1,235", "different"),
        ("−1,234.57", "equal"),
    ):
        assert (
            comparison.compare_figures([archived("a", "rate", 90, printed, "萬元")], {"a": spec}).state
            == state
        )


def test_missing_and_added_values_are_both_listed() -> None:
    spec = chart({("rate", 90): Fraction(1), ("rate", 91): Fraction(1)})
    rows = [archived("a", "rate", 90, "100"), archived("a", "rate", 92, "100"), archived("b", "", 90, "1")]
    axis = comparison.compare_figures(rows, {"a": spec})
    told = {(one.place.en, one.kind.en) for one in axis.differences}
    assert told == {
        ("a, rate, 91", "only ours has this value"),
        ("a, rate, 92", "missing in ours"),
        ("b, 90", "missing in ours"),
    }


def test_labels_of_both_languages_name_series_and_years() -> None:
    spec = chart({("rate", 90): Fraction(1), ("other", 90): Fraction(2)}, {90: Fraction(3)})
    rows = [
        archived("a", "達成率", "90年", "100"),
        archived("a", "Collection rate", "2001", "200"),
        archived("a", "目標", "90", "300"),
    ]
    assert comparison.compare_figures(rows, {"a": spec}).state == "equal"
    single = chart({("rate", 90): Fraction(1)})
    assert comparison.compare_figures([archived("a", "", 90, "100")], {"a": single}).state == "equal"


def test_values_at_other_years_are_named_as_such() -> None:
    values = {("rate", year): Fraction(year, 100) for year in YEARS}
    rows = [archived("a", "rate", YEARS[-1 - at], str(year)) for at, year in enumerate(YEARS)]
    axis = comparison.compare_figures(rows, {"a": chart(values)})
    assert "the same values in another order of years" in [one.kind.en for one in axis.differences]


def test_years_that_do_not_run_up_are_a_difference() -> None:
    values = {("rate", year): Fraction(1) for year in (91, 90)}
    rows = [archived("a", "rate", year, "100") for year in (90, 91)]
    assert [one.kind.en for one in comparison.compare_figures(rows, {"a": chart(values)}).differences] == [
        "the years are not in order"
    ]


@pytest.mark.parametrize(
    ("printed", "exact", "state"),
    [
        ("…", Gap("not_available", Text("", "")), "equal"),
        ("-", Gap("none", Text("", "")), "equal"),
        ("-", Gap("not_available", Text("", "")), "different"),
        ("0.0", Gap("none", Text("", "")), "different"),
        ("…", Fraction(0), "different"),
        ("0.0", Fraction(0), "equal"),
        ("0.0", Fraction(4, 10_000), "equal"),
        ("0", Fraction(4, 1000), "equal"),
    ],
)
def test_a_missing_value_is_no_zero(printed: str, exact: Exact, state: str) -> None:
    assert (
        comparison.compare_figures(
            [archived("a", "rate", 90, printed)], {"a": chart({("rate", 90): exact})}
        ).state
        == state
    )


# ---- words -----------------------------------------------------------------------------------------------

LETTERS = st.sampled_from("行政執行署為民眾服務達成率一二三年度efficiency 0123456789，。「」")
PARAGRAPH = st.text(LETTERS, min_size=3, max_size=40).filter(lambda words: words.strip() != "")


def respaced(words: str, shuffle: random.Random) -> str:
    """Line breaks within Chinese, double spaces elsewhere: what a PDF or an editor does."""
    return words.replace(" ", shuffle.choice(["  ", "\n", "\t "])) + shuffle.choice(["", " ", "\n"])


@given(st.lists(PARAGRAPH, max_size=5), st.randoms(use_true_random=False))
def test_equal_words_are_equal_however_they_are_spaced(paragraphs: list[str], shuffle: random.Random) -> None:
    assert (
        comparison.compare_words(paragraphs, [respaced(one, shuffle) for one in paragraphs]).state == "equal"
    )


@given(st.lists(PARAGRAPH, min_size=1, max_size=5), st.data())
def test_any_single_changed_character_is_found(paragraphs: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    place = data.draw(st.integers(0, len(paragraphs[at]) - 1))
    letter = data.draw(LETTERS)
    before = paragraphs[at]
    changed = before[:place] + letter + before[place + 1 :]
    assume("".join(before.split()) != "".join(changed.split()))
    theirs = [*paragraphs[:at], changed, *paragraphs[at + 1 :]]
    axis = comparison.compare_words(paragraphs, theirs)
    assert axis.state == "different" and axis.differences


@given(st.lists(PARAGRAPH, min_size=1, max_size=5))
def test_a_missing_and_an_added_paragraph_are_told(paragraphs: list[str]) -> None:
    more = [*paragraphs, "全新之段落ＺＺ"]
    assert (
        comparison.compare_words(paragraphs, more).differences[-1].kind.en
        == "the paragraph is missing in ours"
    )
    assert comparison.compare_words(more, paragraphs).differences[-1].kind.en == "a paragraph only in ours"


@pytest.mark.parametrize(
    ("theirs", "ours", "kind"),
    [
        ("臺", "台", "variant of the same character"),
        ("衆", "眾", "variant of the same character"),
        ("裏", "裡", "variant of the same character"),
        ("爲", "為", "variant of the same character"),
        ("啓", "啟", "variant of the same character"),
        ("峯", "峰", "variant of the same character"),
        ("羣", "群", "variant of the same character"),
        ("麪", "麵", "variant of the same character"),
        ("旣", "既", "variant of the same character"),
        ("末", "未", "look-alike character"),
        ("８", "8", "another code"),
        ("（", "(", "another code"),
        ("“", "「", "another form of punctuation"),
        ("·", "‧", "another form of punctuation"),
        ("…", "...", "another code"),
        ("好", "壞", "other words"),
    ],
)
def test_the_kind_of_a_difference_is_named(theirs: str, ours: str, kind: str) -> None:
    (difference,) = comparison.compare_words([f"前文{ours}後文"], [f"前文{theirs}後文"]).differences
    assert difference.kind.en.startswith(kind)
    assert difference.archived == f"前文[{theirs}]後文" and difference.ours == f"前文[{ours}]後文"
    assert difference.say("zh").startswith("第 1 段：")


def test_a_variant_beside_another_word_is_told_by_itself() -> None:
    kinds = [one.kind.en for one in comparison.compare_words(["民眾甲"], ["民衆乙"]).differences]
    assert kinds == ["variant of the same character", "other words"]


def test_text_of_a_pdf_is_compared_in_one_piece() -> None:
    ours = ["第一段話在此", "English words here"]
    assert (
        comparison.compare_words(ours, ["第一段\r\n話在此\r\nEnglish words\r\nhere"], flowing=True).state
        == "equal"
    )
    assert (
        comparison.compare_words(ours, ["第一段\n話在此\nEnglish word here"], flowing=True).state
        == "different"
    )


def test_every_set_of_variants_has_a_source_and_members_that_differ() -> None:
    for group in groups():
        assert len(group.source) > 20
        for one, partners in group.partners.items():
            assert len(partners) > 1, one
            assert all(group.together(other, one) for other in partners), one
    assert kind_of("己", "已").en == "look-alike character"


# ---- pictures --------------------------------------------------------------------------------------------


@cache
def panel(bars: tuple[int, ...] = (52, 61, 68, 74, 80, 91, 88, 96), second: bool = True) -> bytes:
    """A page as chart panels are: heading, words, bars with labels."""
    from weasyprint import CSS, HTML

    def drawn(heights: tuple[int, ...], colour: str) -> str:
        marks = "".join(
            f'<rect x="{20 + 34 * at}" y="{120 - height}" width="22" height="{height}" fill="{colour}"/>'
            f'<text x="{20 + 34 * at}" y="134" font-size="9">{90 + at}年</text>'
            for at, height in enumerate(heights)
        )
        return f'<svg viewBox="0 0 300 140" width="100%" font-family="Noto Sans TC"><title>c</title>{marks}</svg>'

    other = drawn(tuple(reversed(bars)), "#1d7986") if second else '<div style="height:86mm"></div>'
    html = f"""<html lang="zh-Hant-TW"><body><h1>稽核管考、績效達標</h1><p>{"以達成率、徵起率及結案率為評比標準。" * 6}</p>
    {drawn(bars, "#12305a")}<h2>投資報酬率</h2>{other}<p>{"Every year the branches are compared. " * 5}</p></body></html>"""
    sheet = "@page { size: 210mm 297mm; margin: 12mm } body { font: 11pt 'Noto Sans TC'; color: #16222e } h1 { background: #e6eff3 }"
    return bytes(HTML(string=html).write_pdf(stylesheets=[CSS(string=sheet)]))


LIMITS = comparison.read_limits()


def seen(content: bytes) -> np.ndarray:
    return comparison.raster(content, "x", LIMITS.working_pixels)


def picture(content: bytes) -> Image.Image:
    return Image.fromarray(np.rint(seen(content) * 255).astype(np.uint8))


def as_png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def against(archived: bytes, ours: bytes | None = None) -> comparison.Axis:
    return comparison.compare_pictures(seen(ours or panel()), seen(archived), LIMITS)[0]


@pytest.mark.slow
def test_the_same_picture_is_equal() -> None:
    axis = against(panel())
    assert axis.state == "equal" and axis.figures["similarity"] == 1.0 and axis.differences == ()


def moved(**how: float) -> bytes:
    """The panel's picture as a scanner would deliver it: turned about its middle, shifted, in another size."""
    image = picture(panel())
    image = image.rotate(how.get("degrees", 0), Image.Resampling.BICUBIC, fillcolor=255)
    shifted = Image.new("L", image.size, 255)
    shifted.paste(image, (int(how.get("right", 0)), int(how.get("down", 0))))
    factor = how.get("scale", 1)
    return as_png(
        shifted.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.LANCZOS)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "figure", "about"),
    [
        ({"right": 9, "down": -6}, "shift_y_percent", 0.6),
        ({"scale": 0.8}, "scale", 1.0),
        ({"scale": 1.7}, "scale", 1.0),
        ({"degrees": 0.7}, "rotation_degrees", 0.7),
        ({"degrees": -0.7, "right": 5, "scale": 1.3}, "rotation_degrees", -0.7),
    ],
)
def test_a_picture_that_is_only_moved_is_equal(how: dict[str, float], figure: str, about: float) -> None:
    axis = against(moved(**how))
    assert axis.state == "equal", axis
    assert axis.figures[figure] == pytest.approx(about, abs=0.15)


@pytest.mark.slow
def test_a_jpeg_scan_with_grain_is_equal() -> None:
    grain = np.random.default_rng(1).normal(0, 6, np.asarray(picture(panel())).shape)
    noisy = Image.fromarray(np.clip(np.asarray(picture(panel())) + grain, 0, 255).astype(np.uint8))
    target = io.BytesIO()
    noisy.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=255).save(target, "JPEG", quality=70)
    assert against(target.getvalue()).state == "equal"


@pytest.mark.slow
def test_a_bar_one_percent_off_looks_equal_and_the_figures_tell_it() -> None:
    higher = panel((52, 61, 68, 74, 80, 91, 88, 97))
    assert panel() != higher
    assert against(higher).state == "equal"
    values = {("rate", 97): Fraction(97, 100)}
    assert (
        comparison.compare_figures([archived("a", "rate", 97, "96")], {"a": chart(values)}).state
        == "different"
    )


@pytest.mark.slow
def test_a_missing_chart_is_found_where_it_is() -> None:
    axis = against(panel(), panel(second=False))
    assert axis.state == "different"
    assert axis.figures["dissimilar_area"] > 2
    assert any("from the top" in one.place.en for one in axis.differences)
    down = [int(one.place.en.split(", ")[1].split(" %")[0]) for one in axis.differences]
    assert min(down) > 45, "the second chart stands in the lower half"


@pytest.mark.slow
def test_another_panel_is_different() -> None:
    other = np.random.default_rng(2).integers(0, 255, (1000, 700), dtype=np.uint8)
    assert against(as_png(Image.fromarray(other))).state == "different"


@pytest.mark.slow
def test_half_of_a_panel_is_different() -> None:
    whole = picture(panel())
    assert against(as_png(whole.crop((0, 0, whole.width, whole.height // 2)))).state == "different"


@pytest.mark.slow
def test_the_heat_map_is_warm_where_the_pictures_differ_and_always_the_same() -> None:
    ours, theirs = seen(panel(second=False)), seen(panel())
    first, second = (comparison.compare_pictures(ours, theirs, LIMITS)[1] for _ in range(2))
    assert first == second
    pixels = np.asarray(Image.open(io.BytesIO(first))).astype(int)
    assert pixels.shape[:2] == ours.shape
    warm = (pixels[..., 0] - pixels[..., 2]) > 60
    assert warm[600:].mean() > 0.03 > warm[:350].mean()


@pytest.mark.slow
def test_an_empty_page_can_be_compared() -> None:
    white = as_png(Image.new("L", (700, 1000), 255))
    assert against(white, white).state == "equal"
    assert against(white).state == "different"


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken", b"%PDF-1.7 broken", b"GIF89a"]
)
def test_what_is_no_picture_is_an_input_error_with_its_path(content: bytes) -> None:
    with pytest.raises(InputError, match=r"^original/panel\.png: is no readable"):
        comparison.raster(content, "original/panel.png", 1000)


def test_a_picture_cut_off_is_an_input_error() -> None:
    content = io.BytesIO()
    import weasyprint  # noqa: F401  – it makes Pillow lenient for the whole process

    grain = np.random.default_rng(3).integers(0, 255, (400, 400), dtype=np.uint8)
    Image.fromarray(grain).save(content, "JPEG")
    with pytest.raises(InputError, match="no readable"):
        comparison.raster(content.getvalue()[:4000], "x", 1000)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(InputError, match="more than 170 million pixels"):
        comparison.raster(bomb.getvalue(), "x", 1000)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "LA", "I;16"])
def test_pictures_of_all_modes_are_read(mode: str) -> None:
    image = Image.linear_gradient("L")
    image = (
        image.convert(mode) if mode != "I;16" else Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    )
    content = io.BytesIO()
    image.save(content, "TIFF" if mode == "CMYK" else "PNG")
    grey = comparison.raster(content.getvalue(), "x", 256)
    assert grey.shape == (256, 256)
    assert grey[:40].mean() < 0.2 and grey[-40:].mean() > 0.8


# ---- what lies in original/ --------------------------------------------------------------------------------

HEAD = """title = { zh = "稽核管考", en = "Audit" }
what = { zh = "展板", en = "Exhibition panel" }
keeper = { zh = "範例機關", en = "Sample Agency" }
made = "民國104年"
file_number = "0104/A/1"
"""
FOLDER = "inputs/show/panels/audit/original"


def laid(folder: Path, **files: str | bytes) -> Path:
    place = folder / FOLDER
    place.mkdir(parents=True)
    for name, content in files.items():
        file = place / name.replace("_", ".")
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


DATA = "chart,series,x,value,unit\nrate,達成率,90,100.0,％\nrate,達成率,91,１０１．５,%\n"


def test_an_original_is_read_with_all_its_files(tmp_path: Path) -> None:
    project = laid(
        tmp_path, original_toml=HEAD, data_csv=DATA, text_txt="第一段\n\n第二段\n", panel_pdf=panel()
    )
    found = comparison.read_original(project, FOLDER, UNITS)
    assert found.title == Text("稽核管考", "Audit") and found.file_number == "0104/A/1"
    assert [one.value for one in found.values or ()] == ["100.0", "101.5"]
    assert found.paragraphs == ("第一段", "第二段") and not found.flowing
    assert found.picture == project / FOLDER / "panel.pdf"
    assert found.inputs == tuple(
        f"{FOLDER}/{name}" for name in ("data.csv", "original.toml", "panel.pdf", "text.txt")
    )
    assert found.lacking == {}


def test_without_a_text_file_the_words_are_taken_from_the_pdf(tmp_path: Path) -> None:
    project = laid(tmp_path, original_toml=HEAD, panel_pdf=panel())
    found = comparison.read_original(project, FOLDER, UNITS)
    assert found.flowing and "稽核管考、績效達標" in (found.paragraphs or ("",))[0]


def test_a_missing_file_is_not_compared_and_never_equal(tmp_path: Path) -> None:
    project = laid(tmp_path, original_toml=HEAD)
    found = comparison.read_original(project, FOLDER, UNITS)
    verdict = comparison.compare("audit", found, {}, [], panel()).verdict
    assert {axis.state for axis in verdict.axes.values()} == {"not compared"}
    assert not verdict.equal
    assert all(axis.reason and FOLDER in axis.reason.en for axis in verdict.axes.values())


def test_all_faults_of_an_original_come_at_once(tmp_path: Path) -> None:
    data = "chart,series,x,value,unit\nrate,a,90,abc,%\nrate,a,,1,斤\nrate,a\n"
    head = HEAD.replace("made =", "mad =") + 'picture = "scan.gif"\n[picture_limits]\nleast_block = 3\n'
    project = laid(tmp_path, original_toml=head, data_csv=data, text_txt="台灣".encode("big5"))
    with pytest.raises(InputError) as caught:
        comparison.read_original(project, FOLDER, UNITS)
    said = "\n".join(problem.say() for problem in caught.value.problems)
    for part in (
        "data.csv:2: value: 'abc' is not a number",
        "data.csv:3: x: is empty",
        "data.csv:3: unit: '斤' is unknown",
        "data.csv:4: has 2 cells",
        "original.toml:4: mad: is an unknown key",
        "archived: is missing",
        'picture: "scan.gif" ends in none',
        "picture_limits: least_block: 3 is out of range; write a number above 0 and up to 1",
        "text.txt: is not UTF-8",
    ):
        assert part in said, said
    assert all(problem.zh for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({}, "original.toml: cannot be read"),
        ({"original_toml": HEAD + 'data = "../x.csv"'}, "is not the name of a file beside"),
        ({"original_toml": HEAD + 'data = "x.csv"'}, 'there is no file "x.csv"'),
        ({"original_toml": HEAD, "data_csv": "a,b\n1,2\n"}, "the columns are a, b; right is chart"),
        ({"original_toml": HEAD, "data_csv": "chart,series,x,value,unit\n"}, "holds no value"),
        ({"original_toml": HEAD, "text_txt": " \n"}, "holds no word"),
        ({"original_toml": HEAD, "panel_pdf": "%PDF broken"}, "is no readable PDF"),
    ],
)
def test_each_fault_is_told(tmp_path: Path, files: dict[str, str], part: str) -> None:
    with pytest.raises(ReportgenError, match=part):
        comparison.read_original(laid(tmp_path, **files), FOLDER, UNITS)


def unfolding(letters: int, times: int) -> bytes:
    """A small PDF that draws the same words again and again."""
    made = pikepdf.new()
    made.add_blank_page()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    words = made.make_stream(b"BT /F 9 Tf (" + b"a" * letters + b") Tj ET")
    words.Type, words.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    words.BBox, words.Resources = [0, 0, 612, 792], pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    page = made.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=words))
    page.Contents = made.make_stream(b"/X Do " * times)
    made.save(content := io.BytesIO())
    return content.getvalue()


@pytest.mark.slow
def test_a_pdf_that_unfolds_to_millions_of_letters_is_refused(tmp_path: Path) -> None:
    project = laid(tmp_path / "fair", original_toml=HEAD, panel_pdf=unfolding(100, 10))
    assert "a" * 100 in "".join(comparison.read_original(project, FOLDER, UNITS).paragraphs or ())
    for times in (600, 2500):  # beyond the letters, and beyond the memory
        project = laid(tmp_path / f"{times}", original_toml=HEAD, panel_pdf=unfolding(2000, times))
        with pytest.raises(ReportgenError, match="unfolds to more than 1,000,000 letters") as refused:
            comparison.read_original(project, FOLDER, UNITS)
        (problem,) = refused.value.problems
        assert problem.place.file.endswith("panel.pdf") and "text.txt" in problem.zh


# ---- the verdict -------------------------------------------------------------------------------------------


@cache
def verdict(folder: Path) -> comparison.Compared:
    rows = "chart,series,x,value,unit\n" + "".join(f"rate,達成率,{year},{year + 10}.0,%\n" for year in YEARS)
    project = laid(
        folder, original_toml=HEAD, data_csv=rows, text_txt="為民衆服務\n", panel_png=moved(degrees=0.3)
    )
    found: Original = comparison.read_original(project, FOLDER, UNITS)
    values: dict[tuple[str, int], Exact] = {("rate", year): Fraction(year + 10, 100) for year in YEARS}
    values["rate", 100] *= Fraction(101, 100)  # type: ignore[operator]
    return comparison.compare("audit", found, {"rate": chart(values)}, ["為民眾服務"], panel())


@pytest.mark.slow
def test_a_verdict_tells_every_difference_in_both_languages_and_as_json(tmp_path: Path) -> None:
    compared = verdict(tmp_path)
    english, chinese = "\n".join(compared.verdict.lines("en")), "\n".join(compared.verdict.lines("zh"))
    assert "  data: different (values 15)" in english
    assert "    rate, rate, 100: another value; archived '110.0%', ours '111.1%'" in english
    assert "  文字：不同" in chinese and "異體字；原件「為民[衆]服務」，重製「為民[眾]服務」" in chinese
    assert "  picture: equal" in english and "圖像：相同" in chinese
    told = json.loads(compared.verdict.to_json())
    assert (
        told["data"]["state"] == "different"
        and told["picture"]["state"] == "equal"
        and told["equal"] is False
    )
    assert told["data"]["differences"][0]["place"] == {"zh": "rate，rate，100", "en": "rate, rate, 100"}
    assert compared.heat_map is not None and compared.heat_map.startswith(b"\x89PNG")


def test_nothing_heavy_is_imported_before_a_picture_is_compared() -> None:
    import subprocess
    import sys

    code = "import reportgen.verify.comparison, reportgen.write.press, sys; print([m for m in ('skimage', 'scipy', 'numpy', 'PIL', 'pikepdf') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
