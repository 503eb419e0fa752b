"""Every character of a page has a glyph in the declared faces, and none is of private use."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

from reportgen.model.errors import InputError, Place, Problem
from reportgen.read import fonts, sheets

_TAGS = re.compile(r"<style.*?</style>|<[^>]+>", re.DOTALL)


def check_characters(page: str, project: Path, files: Iterable[str], name: str) -> None:
    """Before layout: every character has a glyph in the declared faces, and none is of private use."""
    text = html.unescape(_TAGS.sub(" ", page))
    faults = [(point, True) for point in fonts.private_use(text)] + [
        (point, False) for point in fonts.uncovered(text)
    ]
    if not faults:
        return
    problems = []
    for point, private in faults:
        places = where_is(chr(point), project, files) or [Place(name)]
        letter = f"U+{point:04X}" + ("" if private else f" {chr(point)}")
        for place in places:
            if private:
                en = f"{letter} is a private-use character: what it means only its maker's machine knew; write the real one"
                zh = f"{letter} 為造字（私用區字元），他機無法辨識；請改用正式字元"
            else:
                en = f"no declared font has the character {letter}; write another form of it, or declare a font that has it"
                zh = f"宣告之字型均無字元 {letter}；請改用他字或增列字型"
            problems.append(Problem(place, en, zh))
    raise InputError(problems)


def where_is(character: str, project: Path, files: Iterable[str]) -> list[Place]:
    """File, row and column of the first place in each text file that holds the character."""
    code = ord(character)
    spellings = (character, f"\\u{code:04x}", f"\\u{code:04X}", f"\\U{code:08x}", f"\\U{code:08X}")
    places = []
    for path in files:
        try:
            if (project / path).stat().st_size > sheets.MAX_BYTES:
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
