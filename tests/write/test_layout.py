"""What one process keeps from one layout to the next, and what it gives back."""

from __future__ import annotations

import gc
import weakref

import pytest

from reportgen.write import pdf
from reportgen.write.pdf import layout

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PAGE = '<!DOCTYPE html><html lang="en"><title>x</title><p><img alt="a" src="chart:a"></p></html>'
STYLE = "@page { size: 100mm 100mm } p { color: #123456 }"


def test_a_style_that_is_kept_shows_each_page_with_its_own_pictures() -> None:
    asked: list[str] = []

    for name in ("one", "other"):

        def picture(anchor: str, name: str = name) -> bytes:
            asked.append(f"{name}: {anchor}")
            return SVG

        pdf.lay_out(PAGE, STYLE, name, picture)
        kept = layout._sheets[STYLE]
        pdf.drop(name)
    assert [*dict.fromkeys(asked)] == ["one: a", "other: a"]
    assert layout._sheets[STYLE] is kept and len(layout._sheets) <= layout.MAX_SHEETS


class Box:
    """Knows itself, as the boxes of a page know one another."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.slow
def test_what_finished_documents_leave_is_given_back_once_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box()
    left = weakref.ref(box)
    gc.freeze()  # as the layout does
    del box
    monkeypatch.setattr(layout, "_kept", 0)
    monkeypatch.setattr(layout, "MAX_LEFT", 10**9)
    pdf.forget()
    assert left() is not None
    monkeypatch.setattr(layout, "MAX_LEFT", 1)
    pdf.forget()
    assert left() is None
