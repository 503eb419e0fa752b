"""Pictures and boxes: charts and codes set like a letter, what stands at a fixed place of its page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote_to_bytes

from odfdo import Element, Frame

from reportgen.write.odt.package import element
from reportgen.write.odt.styles import mm
from reportgen.write.odt.writer import Writer

_SUFFIX = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}


def picture(writer: Writer, to: Element, key: str, width: float, height: float) -> None:
    """An embedded picture with its alternative text; `key` is its name among the writer's pictures, sizes are in mm."""
    uri, alternative = writer.pictures[key]
    head, _, body = uri.partition(",")
    media = head.removeprefix("data:").partition(";")[0]
    content = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
    path = f"Pictures/{len(writer.files) + 1:05}.{_SUFFIX[media]}"
    writer.files[path] = (content, media)
    frame = Frame.image_frame(
        path,
        name=writer.name("Picture"),
        style="Picture_frame",
        size=(mm(width), mm(height)),
        anchor_type="as-char",
    )
    image = frame.get_element("draw:image")
    assert image is not None
    image.set_attribute("draw:mime-type", media)
    for tag, words in (("svg:title", alternative[:80]), ("svg:desc", alternative)):
        frame.append(element(tag, text=writer.clean(words)))
    to.append(frame)


@contextmanager
def frame(
    writer: Writer, to: Element, at: tuple[float, float], extent: tuple[float, float]
) -> Iterator[None]:
    """What is written goes into a box at a fixed place of the page (mm), anchored where it is read."""
    made = Frame(
        writer.name("Frame"),
        style="Box_on_page",
        position=(mm(at[0]), mm(at[1])),
        size=(mm(extent[0]), mm(extent[1])),
        anchor_type="char",
    )
    box = element("draw:text-box")
    made.append(box)
    to.append(made)
    with writer.into(box):
        yield
