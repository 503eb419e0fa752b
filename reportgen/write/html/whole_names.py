"""Names that need one face for all their letters, marked in a page that was checked."""

from __future__ import annotations

import html
import re

from reportgen.read import one_face

_TAG = re.compile(r"(<(?:style|script|title)\b.*?</(?:style|script|title)>|<[^>]*>)", re.DOTALL)


def in_one_face(page: str) -> str:
    """The page, each such name in a span of its own; one without such letters stays as it is."""
    parts = _TAG.split(page)
    for at in range(0, len(parts), 2):
        words = html.unescape(parts[at])
        if spans := one_face.runs(words):
            parts[at] = _marked(words, spans)
    return "".join(parts)


def _marked(words: str, spans: list[tuple[int, int]]) -> str:
    made, at = [], 0
    for start, end in spans:
        name = html.escape(words[start:end])
        made += [
            html.escape(words[at:start]),
            f"<span style=\"font-family: '{one_face.family()}'\">{name}</span>",
        ]
        at = end
    return "".join([*made, html.escape(words[at:])])
