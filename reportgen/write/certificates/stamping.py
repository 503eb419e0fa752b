"""Whether a template only places the lines of a person: on a page that looks at them otherwise they cannot be stamped."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping


class OfTheFileError(ValueError):
    """The page prints the title of its file, or the words of its code, elsewhere too: what stands there is filled in later."""


_HOLE = re.compile(
    r'(<(?P<tag>\w+)\b[^>]*\bdata-field="(?P<field>[^"]*)"[^>]*>)(?P<said>.*?)(</(?P=tag)>)', re.DOTALL
)
_OF_THE_FILE = re.compile(r'<title\b[^>]*>.*?</title>|<img\b[^>]*\bdata-field="qr"[^>]*>', re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")


def outline(page: str) -> str:
    """The page without the lines of its person, without what belongs to the file and to the code."""
    return _OF_THE_FILE.sub("", _HOLE.sub(r"\1\5", page))


def places(page: str, lines: Mapping[str, str]) -> bool:
    """Whether each line stands on the page once, alone in its element and letter for letter."""
    said = [
        (match["field"], " ".join(html.unescape(_MARKUP.sub("", match["said"])).split()))
        for match in _HOLE.finditer(page)
    ]
    return Counter(said) == Counter((key, " ".join(words.split())) for key, words in lines.items())
