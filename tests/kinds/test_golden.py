"""A page of each kind as HTML, before it is laid out: what a change of a kind or template does is read in the diff.

`pytest --update-golden` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from making import draft

from reportgen.model.job import Job
from reportgen.write.html import render

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
# Kind -> publication, document, and how many of its blocks stand on the page.
PAGES = {
    "appraisal": ("appraisal-104-06", "forecast", 5),
    "awards": ("attitude-awards-102", "letter", 5),
    "brief": ("brief-104", "brief", 6),
    "bulletin": ("new-taipei-107", "bulletin", 6),
    "compilation": ("meeting-888", "signoff", 5),
    "panels": ("exhibition-efficient-government", "business-ideas", 20),
    "targets": ("targets-105", "approval", 7),
}


class Pictures(dict[str, tuple[str, str]]):
    """An address and a word in place of every picture."""

    def __missing__(self, anchor: str) -> tuple[str, str]:
        return f"picture:{anchor}", "picture"


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_of_a_kind_is_as_it_was(kind: str, update_golden: bool) -> None:
    publication, name, blocks = PAGES[kind]
    made = draft(Job(project=ROOT, publication=publication, document=name, edition="both"))
    page = render(made.design, made.document, Pictures(), [], range(blocks))
    golden = GOLDEN / f"{kind}.html"
    if update_golden:
        golden.write_text(page, "utf-8")
    assert page == golden.read_text("utf-8")


def test_each_golden_page_is_made() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(PAGES)


@pytest.mark.parametrize("kind", PAGES)
def test_a_golden_page_can_be_read_at_once(kind: str) -> None:
    assert len((GOLDEN / f"{kind}.html").read_bytes()) < 32_000
