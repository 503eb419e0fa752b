"""Templates and pages that must be refused or survived: each folder of tests/hostile/pages.

`expected.json` says what must come out. What was translated, and how:
- tpl_*: the case is `templates/award/award.html` of a project of one page; `row` and `rows` are plain values.
- asset_*: the case is a page that stands before its layout; what is accepted is laid out.
- Pictures beside a page are never loaded, so their cases fail for the name alone; the same bytes are then tried
  as embedded pictures, which is the one way in. Links and hard links (`special`) fail for the name, too.
- Not here: asset_md_* and cfg_yaml_*, for the program reads neither Markdown nor YAML; cfg_filename_* and
  cfg_output_*, for no setting names an output file; cfg_template_url neither,
  for no setting names a template; cfg_toml_bad stands in test_bad_inputs.
"""

from __future__ import annotations

import base64
import io
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from reportgen.model import Document, Text
from reportgen.model.errors import KindError, RenderError, ReportgenError
from reportgen.read import theme
from reportgen.read import words as wording
from reportgen.write import html, pdf
from reportgen.write.html import lint, markup
from reportgen.write.html.css import check_style, style_faults
from reportgen.write.html.embedded import check_picture

PAGES = Path(__file__).parents[1] / "hostile" / "pages"
ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(folder.name for folder in PAGES.glob("tpl_*"))
ASSETS = sorted(folder.name for folder in PAGES.glob("asset_*"))


def expected(name: str) -> dict[str, Any]:
    return json.loads((PAGES / name / "expected.json").read_text("utf-8"))


def mentions(message: str, token: str) -> bool:
    return bool(re.search(rf"(?<!\d){token}(?!\d)", message)) if token.isdigit() else token in message


def said(error: ReportgenError, language: str = "en") -> str:
    return "\n".join(problem.say(language) for problem in error.problems)


# ---- templates --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Winner:
    name: str = "王小明"
    title: str = "<b>組長</b>"


def rendered(source: str, project: Path) -> str:
    folder = project / "templates" / "award"
    folder.mkdir(parents=True)
    (folder / "award.html").write_text(source, "utf-8")
    (folder / "document.html").write_text(
        '{% set row = document.extra["row"] %}{% set rows = (row,) %}{% include "award/award.html" %}',
        "utf-8",
    )
    text = Text("頒獎", "Awards")
    document = Document(
        publication="awards-104",
        kind="award",
        title=text,
        subtitle=text,
        issuer=text,
        period=text,
        sample=None,
        keywords=text,
        blocks=(),
        printed=(),
        inputs=(),
        extra={"row": Winner()},
    )  # type: ignore[arg-type]
    colours = theme.load_theme(ROOT / "styles" / "tokens.toml")
    pictures = {"c": ("data:image/png;base64,", "chart")}
    words = wording.Words({}, "words.toml")
    design = html.Design(project=project, edition="both", theme=colours, words=words)
    return html.render(design, document, pictures, {})


@pytest.mark.parametrize("name", [name for name in TEMPLATES if expected(name)["expect"] == "error"])
def test_a_hostile_template_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    case = expected(name)
    start = time.process_time()
    with pytest.raises(KindError) as refused:
        rendered((PAGES / name / case["input"]).read_text("utf-8"), tmp_path)
    assert time.process_time() - start < case.get("max_seconds", 10) / 2
    message = said(refused.value)
    assert all(problem.place.file == "templates/award/award.html" for problem in refused.value.problems)
    assert all(problem.place.row for problem in refused.value.problems)
    assert [token for token in case["must_mention"] if not mentions(message, token)] == []
    assert re.search("[\u4e00-\u9fff]", said(refused.value, "zh"))


def test_a_good_template_prints_data_as_text(tmp_path: Path) -> None:
    page = rendered((PAGES / "tpl_ok" / "award.html").read_text("utf-8"), tmp_path)
    assert page.strip() == "<p>王小明 &lt;b&gt;組長&lt;/b&gt;</p>"


@pytest.mark.parametrize(
    "source",
    [
        '<p style="width: {{ 12 }}%">x</p>',
        '<p style="color: #123456; height: {{ 12 }}mm;">x</p>',
        '<img src="{{ pictures["c"][0] }}" alt="{{ pictures["c"][1] }}">',
        '{% set picture = pictures["c"] %}<img src="{{ picture[0] }}" alt="">',
        '<a href="#{{ row.name }}">x</a>',
        "<p{% if row %} class=\"a{% if rows %} b{% endif %}\"{% endif %} title='{{ row.title }}'>{{ row.title }}</p>",
        "<title>{{ row.title }}</title>",
        "{% for two in rows|batch(2) %}{{ two|map(attribute='name')|join('、') }}{% endfor %}",
        "{% raw %}<p>{{ no expression }}</p>{% endraw %}",
    ],
)
def test_what_templates_need_is_allowed(source: str, tmp_path: Path) -> None:
    assert "<b>" not in rendered(source, tmp_path)


NAME = f"{'n' * 300}.html"  # no disk holds a file of this name
LONG = (f'include "{NAME}"', f'from "{NAME}" import x', f'extends "{NAME}"')


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('<p onclick="x">', "event handler"),
        ("<script>x</script>", "script"),
        ("<{{ row.name }}>", "names of tags"),
        ("<p {{ row.name }}>", "names of tags"),
        ('<p data-{{ row.name }}="x">', "names of tags"),
        ('<a {% if row %}href{% endif %}="{{ row.name }}">', "names of tags"),
        ("<{% if row %}b {% endif %}{{ row.name }}>", "names of tags"),
        ("<style>p { color: {{ row.name }} }</style>", "in <style>"),
        ("<p title={{ row.name }}>", "needs quotes"),
        ('<p style="color: {{ row.name }}">', "only as a size"),
        ('<p style="width: {{ row.name }}; color: {{ row.name }}">', "only as a size"),
        ('<img src="{{ row.name }}">', "src may not hold data"),
        ('{% set picture = row.name %}<img src="{{ picture[0] }}">', "src may not hold data"),
        ('<a href="https://{{ row.name }}/">', "href may not hold data"),
        ('<a {% if row %}href="{% endif %}#x">', "ends elsewhere in the HTML"),
        ("{% autoescape false %}{{ row.title }}{% endautoescape %}", "autoescape"),
        ('{{ Markup("<b>") }}', "Markup"),
        ('{{ [row.title]|map("safe")|first }}', "safe"),
        ('{{ row["__class__"] }}', "__class__"),
        ("{{ row.name|lenght }}", "did you mean 'length'"),
        ('{% include "award/nope.html" %}', "there is no template 'award/nope.html'"),
        *((f"{{% {take} %}}", "there is no template 'nnnn") for take in LONG),
        ('{{ words["table.nope"] }}', "these words are missing"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{{ say(5) }}", "AttributeError"),
    ],
)
def test_a_template_fault_is_told(source: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(KindError) as refused:
        rendered(source, tmp_path)
    assert words in said(refused.value)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "time"),
        ("{% for a in range(99999) %}{{ range(99999)|sum }}{% endfor %}", "time"),
        ("{% for a in rows * 99999 %}{% endfor %}", "size"),
        (
            "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
            "time",
        ),
        ("{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", "recursion"),
        (
            '{% set n = namespace(s="xx") %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}',
            "size",
        ),
        (
            '{% set n = namespace(s="xx") %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}',
            "size",
        ),
        (
            '{% set n = namespace(s="xx") %}{% for i in range(60) %}{% set n.s %}{{ n.s }}{{ n.s }}{% endset %}{% endfor %}',
            "size",
        ),
        ("{% set n = namespace(i=9) %}{% for i in range(60) %}{% set n.i = n.i * n.i %}{% endfor %}", "size"),
        ("{% set x %}{% for i in range(99999) %}" + "x" * 5000 + "{% endfor %}{% endset %}", "size"),
        ('{{ "%999999999d" % 1 }}', "size"),
        ("{{ rows|batch(999999999, 0)|list }}", "size"),
        ('{{ "x".zfill(999999999) }}', "zfill"),
        ('{{ "x"|center(999999999) }}', "center"),
    ],
)
def test_a_template_without_end_ends_soon(source: str, word: str, tmp_path: Path) -> None:
    start = time.process_time()
    with pytest.raises(KindError) as refused:
        rendered(source, tmp_path)
    assert word in said(refused.value)
    assert time.process_time() - start < 10


def test_a_template_is_made_once_in_a_process_and_anew_when_it_changes(tmp_path: Path) -> None:
    """Whatever project it stands in: a fault is told with its place in the project at hand."""
    here, there = (html.environment(tmp_path / name) for name in ("here", "there"))
    code = here.compile("<p>{{ row }}</p>", "award/a.html", str(tmp_path / "here/templates/award/a.html"))
    assert there.compile("<p>{{ row }}</p>", "award/a.html", str(tmp_path / "there/a.html")) is code
    assert code.co_filename == "templates/award/a.html"
    assert here.compile("<p>{{ rows }}</p>", "award/a.html") is not code
    for _ in range(2):  # what is refused is refused again
        with pytest.raises(KindError, match=r"templates/award/a.html:1: "):
            here.compile("{{ row|safe }}", "award/a.html")


def test_a_template_that_is_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (tmp_path / "templates" / "award").mkdir(parents=True)
    (tmp_path / "templates" / "award" / "cover.html").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(KindError, match=r"templates/award/cover.html: leads out of templates/"):
        html.check_templates(html.environment(tmp_path), tmp_path, "award")


def test_all_templates_of_a_kind_are_read_and_all_faults_told(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "award"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "unused.html").write_text("<p>\n{{ row.title|safe }}</p>", "utf-8")
    (folder / "broken.html").write_text("{% if %}", "utf-8")
    (folder / "document.html").write_text('{% extends "shared/frame.html" %}', "utf-8")
    (tmp_path / "templates" / "shared").mkdir()
    for name in ("frame", "not-taken-in"):
        (tmp_path / "templates" / "shared" / f"{name}.html").write_text("\n{% else %}", "utf-8")
    (folder / "latin.html").write_bytes(b"<p>\xe9</p>")
    with pytest.raises(KindError) as refused:
        html.check_templates(html.environment(tmp_path), tmp_path, "award")
    places = [(problem.place.file, problem.place.row) for problem in refused.value.problems]
    assert places == [
        ("templates/award/broken.html", 1),
        ("templates/award/latin.html", 0),
        ("templates/award/parts/unused.html", 2),
        ("templates/shared/frame.html", 2),
    ]


# ---- pages ------------------------------------------------------------------------------------


def laid_out(page: str) -> bytes:
    whole = (
        '<!DOCTYPE html><html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>x</title></head><body>'
        f"{page}</body></html>"
    )
    css = 'html{font-family:"Noto Sans TC"}'
    part = pdf.lay_out(whole, css, "x")
    return pdf.assemble(
        [pdf.write("x", [part], 0, pdf.Numbering(), (), datetime(2026, 1, 1, tzinfo=UTC))], [part]
    )


def examined(page: str, folder: Path, file: str) -> str:
    checked = html.check_page(page, file)
    html.check_characters(checked, folder, [file], file)
    return checked


@pytest.mark.parametrize("name", [name for name in ASSETS if expected(name)["expect"] == "error"])
def test_a_hostile_page_is_refused(name: str) -> None:
    case = expected(name)
    start = time.process_time()
    with pytest.raises(ReportgenError) as refused:
        examined((PAGES / name / case["input"]).read_text("utf-8"), PAGES / name, case["input"])
    assert time.process_time() - start < 5
    message = said(refused.value)
    assert [token for token in case["must_mention"] if not mentions(message, token)] == []
    assert all(problem.place.file == case["input"] for problem in refused.value.problems)
    assert re.search("[\u4e00-\u9fff]", said(refused.value, "zh"))
    assert ";" in message and "；" in said(refused.value, "zh")  # what is wrong; what would be right


@pytest.mark.parametrize("name", [name for name in ASSETS if expected(name)["expect"] == "ok"])
def test_a_good_page_is_laid_out(name: str) -> None:
    page = examined((PAGES / name / "content.html").read_text("utf-8"), PAGES / name, "content.html")
    printed = laid_out(page)
    assert printed.startswith(b"%PDF")
    for words in expected(name)["must_not_output"]:
        assert words.encode() not in printed


@pytest.mark.parametrize(
    ("start", "end"),
    [("<div>", "</div>"), ("<table><tr><td>", "</td></tr></table>"), ("<ul><li>", "</li></ul>")],
)
def test_the_deepest_page_that_is_accepted_can_be_laid_out(start: str, end: str) -> None:
    levels = (markup.MAX_DEPTH - 2) // start.count("<")  # <html> and <body> are two
    page = start * levels + "x" + end * levels
    assert laid_out(html.check_page(page, "x")).startswith(b"%PDF")


def embedded(content_: bytes, kind: str = "png") -> str:
    return f'<img alt="" src="data:image/{kind};base64,{base64.b64encode(content_).decode()}">'


def png(width: int, height: int) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(stream, "PNG")
    return stream.getvalue()


def svg(inside: str) -> str:
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">{inside}</svg>'
    return embedded(whole.encode(), "svg+xml")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("asset_png_bomb/x.png", "30,000 × 30,000 pixels"),
        ("asset_png_truncated/x.png", "damaged or cut off"),
        ("asset_eps_named_png/x.png", "is none"),
    ],
)
def test_a_hostile_picture_is_refused_when_it_is_embedded(file: str, words: str) -> None:
    start = time.process_time()
    with pytest.raises(RenderError) as refused:
        html.check_page("<p>one</p>\n" + embedded((PAGES / file).read_bytes()), "x.pdf")
    assert words in said(refused.value)
    assert str(refused.value.problems[0].place) == "x.pdf:2: <img src>"
    assert time.process_time() - start < 2


USE_BOMB = "<defs>" + '<g id="a0"><rect width="1" height="1"/></g>'
USE_BOMB += (
    "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 8)) + "</defs>"
)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<image href="file:///etc/passwd"/>', "<image>"),
        ('<image xlink:href="data:image/png;base64,AAAA"/>', "<image>"),
        ("<foreignObject/>", "<foreignobject>"),
        ('<rect onload="alert(1)"/>', "onload"),
        ('<use href="other.svg#a"/>', "href"),
        ('<rect fill="url(http://127.0.0.1:9/x)"/>', "fill"),
        ('<rect style="fill:u\\72l(x)"/>', "style"),
        ('<rect fill="&#117;rl(http://127.0.0.1:9/x)"/>', "fill"),
        ("<style>@import 'x.css';</style>", "loads nothing"),
        ('<a href="javascript:alert(1)"><rect/></a>', "<a>"),
        (USE_BOMB, "repeats drawings"),
        ("<g>" * 200 + "</g>" * 200, "nested more than 120 deep"),
        ('<rect style="fill:red">', "cannot be read"),
        ('<animate attributeName="x"/>', "<animate>"),
    ],
)
def test_a_hostile_drawing_is_refused(inside: str, words: str) -> None:
    with pytest.raises(RenderError) as refused:
        html.check_page(svg(inside), "x.pdf")
    assert words in said(refused.value)


@pytest.mark.parametrize(
    ("start", "inside"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]>', ""),
        ('<?xml-stylesheet href="x.css"?>', ""),
        ("", "<text><![CDATA[x]]></text>"),
    ],
)
def test_a_drawing_declares_nothing(start: str, inside: str) -> None:
    drawing = f'{start}<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    with pytest.raises(RenderError, match="holds declarations"):
        html.check_page(embedded(drawing.encode(), "svg+xml"), "x")


@pytest.mark.parametrize(
    "page",
    [
        embedded(png(8, 8)),
        svg('<g transform="translate(1,1)"><text x="1">&lt;script&gt; on a = b</text></g>'),
        svg('<defs><clipPath id="c"><rect/></clipPath></defs><g clip-path="url(#c)"><path d="M0 0"/></g>'),
        svg('<defs><g id="a"><rect/></g></defs><use href="#a"/><use xlink:href="#a"/>'),
        '<a href="#t-1">x</a><a href="https://www.tpk.moj.gov.tw/">x</a><a href="mailto:a@example.org">x</a>',
        "<p>1 &lt; 2 &amp; {{ 7*7 }} =cmd()</p><!-- a note -->",
        '<table><tr><td colspan="3" style="width: 12.5%">x</td><td rowspan=2>x</td></tr></table>',
        "<style>p { color: #123456; width: calc(100% - 2mm) } p::before { content: '\\2014 x' }</style>",
    ],
)
def test_an_ordinary_page_is_passed_unchanged(page: str) -> None:
    assert html.check_page(page, "x.pdf") == page


@pytest.mark.parametrize(
    ("page", "ids", "wanted"),
    [
        ('<i data-page-of="s-1"></i><a href="#s-2">x</a><p id="s-1"></p>', {"s-1"}, ["s-1", "s-2"]),
        ("<i data-page-of='s-1'></i><a href=#s-2>x</a><p ID = 's-1'></p>", {"s-1"}, ["s-1", "s-2"]),
        ('<p data-id="s-1" class="a" id=s-2>id=s-3 href=#s-4</p><a href="#">x</a>', {"s-2"}, []),
    ],
)
def test_ids_and_what_leads_to_them_are_read_however_they_are_written(
    page: str, ids: set[str], wanted: list[str]
) -> None:
    assert markup.targets([page]) == (ids, wanted)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<iframe></iframe>", "<iframe>"),
        ("<object></object>", "<object>"),
        ('<embed src="x">', "<embed>"),
        ("<SCRIPT>x</SCRIPT>", "<script>"),
        ("<svg></svg>", "<svg>"),
        ('<base href="http://127.0.0.1:9/">', "<base>"),
        ('<link rel="stylesheet" href="http://127.0.0.1:9/x.css">', "<link>"),
        ('<p OnClick="x">x</p>', "onclick"),
        ('<img alt="" src="x" srcset="http://127.0.0.1:9/x.png 2x">', "srcset"),
        ('<table background="x"></table>', "background"),
        ('<a href="file:///etc/passwd">x</a>', "file:///etc/passwd"),
        ('<a href="data:text/html,x">x</a>', "data:text/html"),
        ('<a href="&#106;avascript:x">x</a>', "javascript:"),
        ('<a href="java\nscript:x">x</a>', "java script:x"),
        ('<a href="//127.0.0.1:9/">x</a>', "//127.0.0.1:9/"),
        ("<style>@import 'x.css';</style>", "loads nothing"),
        ("<style>p{background:url(http://127.0.0.1:9/x)}</style>", "asks for 'http://127.0.0.1:9/x'"),
        ("<style>p{--a:1}</style>", "variables"),
        ("<style>@\\69mport 'x'</style>", "loads nothing"),
        ('<p style="background:url(x)">x</p>', "functions"),
        ('<p style="margin:99999mm">x</p>', "99999"),
        ('<td rowspan="1001"></td>', "rowspan"),
        ('<td colspan="000000001999"></td>', "colspan"),
        ("<p>a<b</p>", "can only be read in one way"),
        ('<p title="a>b">x</p>', "can only be read in one way"),
        ("<!-- --!><script>x</script> -->", "<script>"),
        ("<p><b>x</p></b>", "closes nothing"),
        ("<div>x", "never closed"),
        ("<div/>", "slash"),
        ("<p>" + "字" * 60_000 + "</p>", "50,000 characters"),
        ('<tr><td colspan="1000"></td></tr>' * 201, "200,000 table cells"),
        ("<p>a\0b</p>", "U+0000"),
        ('<a title=x"data:image/ onclick=alert(1) y">x</a>', "can only be read in one way"),
    ],
)
def test_a_page_that_runs_loads_or_has_no_bound_is_refused(page: str, words: str) -> None:
    with pytest.raises(ReportgenError) as refused:
        html.check_page(page, "x.pdf")
    assert words in said(refused.value)


def test_all_faults_of_a_page_are_told_with_their_lines() -> None:
    page = '<p onclick="x">one</p>\n<a href="javascript:x">two</a>\n\n<img alt="" src="x.png">'
    with pytest.raises(KindError) as refused:
        html.check_page(page, "bulletin.pdf")
    assert [str(problem.place) for problem in refused.value.problems] == [
        "bulletin.pdf:1: <p onclick>",
        "bulletin.pdf:2: <a href>",
        "bulletin.pdf:4: <img src>",
    ]


def test_a_relative_link_keeps_its_words_only() -> None:
    page = '<p>中</p><a class="x" href="../page2.html" lang="en">x</a><a href="#y">y</a>'
    assert html.check_page(page, "x") == '<p>中</p><a class="x" lang="en">x</a><a href="#y">y</a>'


def test_a_style_sheet_is_held_to_the_same_rules() -> None:
    check_style("p { font-size: 9pt }", "styles/x.css", check_picture)
    with pytest.raises(KindError) as refused:
        check_style(
            "p { color: red }\n\n@import 'x.css';\np { font-size: 1e9px }", "styles/x.css", check_picture
        )
    assert [problem.place.row for problem in refused.value.problems] == [3, 4]
    with pytest.raises(KindError) as refused:  # Python itself reads no number of so many digits
        check_style("p { color: red }\np { width: " + 5000 * "9" + "px }", "styles/x.css", check_picture)
    assert [problem.place.row for problem in refused.value.problems] == [2]
    assert [line for _, line in style_faults("\nmargin: " + 5000 * "1", check_picture)] == [2]
    for broken in ("p { color: red }\nq {{", "p { color: red }\n}"):
        with pytest.raises(KindError) as refused:
            check_style(broken, "styles/x.css", check_picture)
        assert [problem.place.row for problem in refused.value.problems] == [2]


def styles(folder: Path, **sheets: str) -> Path:
    (folder / "styles").mkdir()
    for name, sheet in sheets.items():
        (folder / "styles" / f"{name}.css").write_text(sheet, "utf-8")
    return folder


def test_a_style_sheet_takes_in_others_of_the_project_each_once(tmp_path: Path) -> None:
    """Their rules come first, and two that take in one another end."""
    project = styles(
        tmp_path,
        a='/* a */\n@import "b.css";\n@import "c.css";\np { color: red }\n',
        b='@import "c.css";\n@import "a.css";\nb { color: red }\n',
        c="c { color: red }\n",
    )
    sheet = html.style_sheet(project, "styles/a.css", theme.load_theme(ROOT / "styles/tokens.toml"), {})
    assert re.findall(r"(\w) \{", sheet) == ["c", "b", "p"]
    assert "import" not in sheet


@pytest.mark.parametrize(
    ("taken", "fault"),
    [
        ('@import "../b.css";', "styles/a.css:1: a style sheet loads nothing"),
        ('@import "shared/../b.css";', "styles/a.css:1: a style sheet loads nothing"),
        ('@import "shared/gone.css";', "styles/shared/gone.css: this file is missing"),
        ("@import url(b.css);", "styles/a.css:1: "),
        ('@import "b.css" screen;', "styles/a.css:1: a style sheet loads nothing"),
        ('p { color: red } @import "b.css";', "styles/a.css:1: a style sheet loads nothing"),
        ('@import "gone.css";', "styles/gone.css: this file is missing"),
        ('@import "b.css";', "styles/b.css:2: "),
    ],
)
def test_a_style_sheet_takes_in_nothing_else(tmp_path: Path, taken: str, fault: str) -> None:
    project = styles(tmp_path, a=f"{taken}\n", b="p { color: red }\nq { background: url(x.png) }\n")
    with pytest.raises(KindError) as refused:
        html.style_sheet(project, "styles/a.css", theme.load_theme(ROOT / "styles/tokens.toml"), {})
    assert any(problem.say().startswith(fault) for problem in refused.value.problems), refused.value


def test_the_samples_own_style_sheets_pass() -> None:
    for file in sorted((ROOT / "styles").rglob("*.css")):
        own = html.styles._BEFORE.sub(
            "", file.read_text("utf-8")
        )  # the sheets that it takes in are read here, too
        assert [fault for fault, _ in style_faults(re.sub(r"var\([^)]*\)", "1", own), check_picture)] == []


def test_two_million_characters_are_checked_in_a_moment() -> None:
    """Some 25 ms; what grows with the square of the page would take hours."""
    chart = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g>'
        + '<path d="M114.89,34.75h340.42v12.3h-340Z" fill="#9aa8b3"/>' * 200
    )
    charts = "".join(embedded(f"{chart}<text>{n}</text></g></svg>".encode(), "svg+xml") for n in range(100))
    cells = "".join(f'<tr><td data-f="{n}" class="h3">{n}</td></tr>' for n in range(12_000))
    page = f"<div>{charts}</div><table>{cells}</table>"
    assert len(page) > 2_000_000
    start = time.process_time()
    html.check_page(page, "x")
    assert time.process_time() - start < 10


def test_no_case_is_forgotten() -> None:
    assert (len(TEMPLATES), len(ASSETS)) == (13, 33)


@pytest.mark.parametrize(
    "source", ["{other}", "<styl" + 150 * "\ufffd" + "e>"], ids=["a file", "no name of a file"]
)
def test_a_short_template_is_text_and_no_name_of_a_file(tmp_path: Path, source: str) -> None:
    """tinyhtml5 takes a string of fewer than 200 characters for a file where there is one of that name."""
    other = tmp_path / "other.html"
    other.write_text("<script>{{ x }}</script>", "utf-8")
    env, written = Environment(autoescape=True), source.replace("{other}", str(other))
    assert lint.faults(env, written, env.parse(written), "own.html") == []
