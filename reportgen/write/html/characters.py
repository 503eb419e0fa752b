"""Every character of a page has a glyph in the declared faces, and none is of private use."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from reportgen.model.errors import InputError, Place, problem
from reportgen.read import fonts, one_face, sheet_limits

_TAGS = re.compile(r"<style.*?</style>|<[^>]+>", re.DOTALL)


def words_in(page: str) -> str:
    """What is printed of a page."""
    return html.unescape(_TAGS.sub(" ", page))


def check_characters(page: str, project: Path, files: Iterable[str], name: str) -> None:
    """InputError for each character that no face shows, at its first place in each of `files`, else at `name`."""
    text = words_in(page)
    faults = [("templates.character_is_private_use", code) for code in fonts.private_use(text)]
    lacking = (code for code in fonts.uncovered(text) if not one_face.strange(chr(code)))
    faults += [("templates.no_font_has_character", code) for code in lacking]
    problems = [
        problem(place, message, code=code, letter=chr(code))
        for message, code in faults
        for place in where_is(chr(code), project, files) or [Place(name)]
    ]
    if problems:
        raise InputError(problems)


def where_is(words: str, project: Path, files: Iterable[str]) -> list[Place]:
    """File, row and column of the first place in each text file that holds the words; a character also as `\\u…`."""
    spellings = [words]
    if len(words) == 1:
        code = ord(words)
        spellings += [f"\\u{code:04x}", f"\\u{code:04X}", f"\\U{code:08x}", f"\\U{code:08X}"]
    places = []
    for path in files:
        try:
            if (project / path).stat().st_size > sheet_limits.MAX_BYTES:
                continue
            text = (project / path).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
        found = (
            Place(path, row=row, column=str(line.index(spelling) + 1))
            for row, line in enumerate(text.split("\n"), 1)
            for spelling in spellings
            if spelling in line
        )
        if place := next(found, None):
            places.append(place)
    return places
