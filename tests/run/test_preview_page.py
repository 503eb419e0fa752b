"""The page of a preview in a real browser: one server, one Chromium, a short bulletin of which cells change."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from reportgen.run import starter

pytestmark = pytest.mark.slow  # a browser and a server

NAME = "my-branch-109"
PATIENCE = 60_000  # milliseconds, for a machine with much else to do: what is measured is in bench/preview.py
expect.set_options(timeout=PATIENCE)
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "project"
    starter.write(folder, samples=False)
    return folder


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "reportgen", "--project", str(project), "preview", NAME]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # A shell has its background jobs ignore it, and they pass that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address
            yield process, address[0]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def context(server: tuple[object, str]) -> Iterator[BrowserContext]:
    chromium = which("chromium")
    assert chromium, "Debian's chromium is missing: scripts/setup --test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield browser.new_context(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.fixture(scope="module")
def page(context: BrowserContext, server: tuple[object, str]) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(server[1])
    page.wait_for_selector("#pages img")
    return page


def csv(project: Path) -> Path:
    return sorted((project / "inputs/datasets").rglob("*.csv"))[0]


def generation(page: Page) -> int:
    return int(page.locator("#pages img").first.get_attribute("data-generation") or 0)


def test_the_first_page_is_shown_and_says_what_it_is(page: Page) -> None:
    width = page.locator("#pages img").first.evaluate("picture => picture.naturalWidth")
    assert width > 500
    expect(page.locator("#source")).to_have_text(re.compile("^Sketch by PlutoPrint: never delivered"))
    expect(page.locator("#verdict")).to_have_text("None was found.")
    assert "token" not in page.url


def test_the_address_cannot_be_used_a_second_time_nor_another_one(
    context: BrowserContext, server: tuple[object, str]
) -> None:
    stranger = context.browser.new_context() if context.browser else None
    assert stranger
    for address in (server[1], re.sub("token=.*", "token=wrong", server[1]), server[1].partition("?")[0]):
        answer = stranger.new_page().goto(address)
        assert answer and answer.status == 403
        assert "Refused" in answer.text()
    stranger.close()


def test_a_page_of_another_origin_learns_nothing(context: BrowserContext, server: tuple[object, str]) -> None:
    here = server[1].partition("?")[0]
    foreign = context.new_page()
    foreign.route(
        "http://evil.example/**", lambda route: route.fulfill(body="<p>evil", content_type="text/html")
    )
    foreign.goto("http://evil.example/")
    ask = """async (address) => {
        const answers = [];
        for (const [path, how] of [["state", {}], ["state", {mode: "no-cors"}], ["open", {method: "POST", mode: "no-cors", body: "{}"}]]) {
            try { answers.push(await (await fetch(address + path, {credentials: "include", ...how})).text()); }
            catch (error) { answers.push("failed"); }
        }
        const picture = new Image();
        picture.src = address + "picture/1";
        try { await picture.decode(); answers.push("seen"); } catch (error) { answers.push("failed"); }
        return answers;
    }"""
    assert {*foreign.evaluate(ask, here)} <= {"failed", ""}
    foreign.close()


def test_a_changed_cell_is_seen_on_the_page_and_no_page_is_loaded_again(page: Page, project: Path) -> None:
    file = csv(project)
    lines = file.read_text("utf-8").splitlines()
    before = generation(page)
    page.evaluate("window.stayed = true")
    digits = re.sub(r"\d(\D*)$", lambda match: f"{(int(match[0][0]) + 1) % 10}{match[1]}", lines[-1])
    assert digits != lines[-1]
    file.write_text("\n".join([*lines[:-1], digits]) + "\n", "utf-8")
    page.wait_for_selector(f'#pages li:first-child img:not([data-generation="{before}"])')
    assert page.evaluate("window.stayed")


def test_a_fault_stands_beside_the_pages_until_it_is_mended_and_a_click_copies_its_place(
    page: Page, context: BrowserContext, project: Path
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    file, content = csv(project), csv(project).read_text("utf-8")
    file.write_text(content.replace(",", ",x", 40), "utf-8")
    place = page.locator("#problems .place").first
    expect(place).to_contain_text(file.name)
    expect(page.locator("#source")).to_contain_text("before the faults")
    place.click()
    expect(page.locator("#said")).to_have_text("The place was copied.")
    assert page.evaluate("navigator.clipboard.readText()") == place.text_content()
    file.write_text(content, "utf-8")
    expect(page.locator("#verdict")).to_have_text("None was found.")
    expect(page.locator("#problems li")).to_have_count(0)


def figured(page: Page) -> int:
    """Goes to the first page with figures; its number from 1."""
    for number in range(1, page.locator("#pages li").count() + 1):
        item = page.locator(f"#pages li:nth-child({number})")
        item.scroll_into_view_if_needed()
        item.locator("img").wait_for()
        time.sleep(0.2)  # its figures are asked for behind its picture
        if item.locator(".place-of-figure").count() > 1:
            return number
    raise AssertionError("no page has figures")


def test_a_click_on_a_figure_says_what_trace_says(page: Page) -> None:
    item = page.locator(f"#pages li:nth-child({figured(page)})")
    figure = item.locator(".place-of-figure").first
    printed = (figure.get_attribute("aria-label") or "").partition(":")[0]
    figure.click()
    expect(page.locator("#answer .printed")).to_contain_text(printed)
    expect(page.locator("#answer dt").first).to_have_text("metric")
    expect(page.locator("#answer")).to_contain_text("SHA-256")


def test_everything_can_be_reached_by_the_keyboard(page: Page) -> None:
    number = figured(page)
    page.keyboard.press("Escape")
    expect(page.locator("#answer")).to_be_hidden()
    page.evaluate("document.activeElement.blur(); document.querySelector('.skip').focus()")
    here = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
    stops = [page.evaluate(here)]
    for _ in range(2):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(here))
    assert stops == ["skip", "document", "switch"]
    page.locator(f"#pages li:nth-child({number})").focus()
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.dataset.number")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.dataset.number")
    assert first and second and first != second
    page.keyboard.press("Enter")
    expect(page.locator("#answer .printed")).to_contain_text(f"[{second}]")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_narrow_screen_shows_all_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    sizes = page.evaluate(
        "[...document.querySelectorAll('button:not(.place-of-figure), select')].filter(e => e.offsetParent)"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 24
    page.set_viewport_size({"width": 1280, "height": 900})


def test_ctrl_c_ends_the_preview_and_the_page_says_so(
    page: Page, server: tuple[subprocess.Popen[str], str]
) -> None:
    process, _ = server
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert process.stderr is not None
    assert process.stderr.read() == "interrupted; what was delivered before is whole\n"
    expect(page.locator("#source")).to_have_text("The preview has ended, or cannot be reached.")
