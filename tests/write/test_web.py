"""The page of an exhibition in a real browser, opened as a file without a network."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import sample
from test_verify_page import Browser

from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents as panels
from reportgen.model import Chart
from reportgen.write.sheet import picture_name

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NAME = "exhibition-efficient-government"
PANELS = ("business-ideas", "efficiency-kindness", "targets-met", "least-cost")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("page")
    (folder / "web").mkdir()
    page = sample(NAME, "exhibition").result
    (folder / "web/index.html").write_bytes(page.content)
    for panel in PANELS:
        made = sample(NAME, panel).result
        (folder / picture_name(panel, "both")).write_bytes(made.beside[picture_name(panel, "both")])
    for name, content in page.beside.items():
        (folder / name).write_bytes(content)
    opened = Browser(folder / "profile")
    try:
        opened.open((folder / "web/index.html").as_uri())
        yield opened
    finally:
        opened.close()


def test_every_panel_is_seen_and_nothing_is_asked_for_elsewhere(browser: Browser) -> None:
    sizes = browser.wait(
        "(() => { const all = [...document.querySelectorAll('img')]; "
        "return all.every(one => one.complete) && all.map(one => one.naturalWidth) })()"
    )
    # A picture of each panel, two charts, and three scans that stand there and in their enlargement.
    assert len(sizes) == len(PANELS) + 2 + 2 * 3 and sizes.count(1400) == len(PANELS) and min(sizes) > 0
    # Charts lie in the page itself.
    assert not [one for one in browser.complaints if not one.startswith("asked for data:image/svg+xml")]


def test_each_panel_has_its_place(browser: Browser) -> None:
    for panel in PANELS:
        browser.value(f"location.hash = '{panel}'")
        top = browser.value(f"document.getElementById('{panel}').getBoundingClientRect().top")
        assert abs(top) < 60 or panel == PANELS[-1]
    links = browser.value("[...document.querySelectorAll('nav a')].map(one => one.getAttribute('href'))")
    assert links == [f"#{panel}" for panel in PANELS]


def test_all_figures_of_the_charts_are_in_tables(browser: Browser) -> None:
    document = panels.document(read_material(ROOT, NAME), "targets-met")
    figures = [p.figure.plain for b in document.blocks if isinstance(b, Chart) for p in b.spec.points]
    told = browser.value(
        "[...document.querySelectorAll('#targets-met td.number')].map(one => one.textContent)"
    )
    assert sorted(told) == sorted(figures) and len(figures) == 30


def test_pictures_are_described_in_both_languages(browser: Browser) -> None:
    told = browser.value(
        "[...document.querySelectorAll('#efficiency-kindness .alt')].map(one => [one.lang, one.textContent])"
    )
    assert [lang for lang, _ in told] == ["zh-Hant-TW", "en"] * 2
    assert "姓名處已塗去" in told[2][1] and "has been taken out" in told[3][1]
    assert all(browser.value("[...document.querySelectorAll('img')].map(one => one.alt)"))


def test_it_can_be_read_on_a_telephone(browser: Browser) -> None:
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True
    )
    assert browser.value("document.documentElement.scrollWidth <= 390")
    assert browser.value("[...document.querySelectorAll('h2')].every(one => one.scrollWidth <= 390)")


def test_an_object_is_enlarged_by_a_link_and_closed_by_one(browser: Browser) -> None:
    browser.value("location.hash = 'zoom-business-ideas-memo-887'")
    shown = "getComputedStyle(document.getElementById('zoom-business-ideas-memo-887')).display"
    assert browser.value(shown) == "block"
    back = browser.value("document.querySelector('#zoom-business-ideas-memo-887 a').getAttribute('href')")
    browser.value(f"location.hash = '{back}'")
    assert browser.value(shown) == "none" and back == "#business-ideas-memo-887"


def test_all_that_moves_or_opens_is_reached_by_the_keyboard_and_nothing_runs(browser: Browser) -> None:
    """Links, summaries and what scrolls; each is high enough for a finger, but the link that is seen on focus alone."""
    reached = (
        "[...document.querySelectorAll('a, summary, .drawing')].filter(one => one.offsetParent !== null)"
    )
    assert browser.value(f"{reached}.every(one => one.tabIndex === 0)")
    small = f"{reached}.filter(one => one.offsetHeight < 44 && !one.closest('.zoom, .skip')).map(one => one.textContent)"
    assert browser.value(small) == []
    assert browser.value("document.querySelectorAll('script, [onclick]').length") == 0
    heads = browser.value("[...document.querySelectorAll('h1, h2, h3')].map(one => +one.tagName[1])")
    assert heads[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(heads))
