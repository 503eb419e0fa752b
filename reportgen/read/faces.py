"""Words shaped in the declared faces: which glyphs, and how wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from reportgen.read import fonts, one_face

if TYPE_CHECKING:
    import uharfbuzz

# What a Latin line may hold without a face of its own: ASCII, Latin-1 and the punctuation of good setting.
LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”…"))
_SIMPLE = frozenset(["L", "EN", "ES", "ET", "CS", "WS", "ON", "NSM"])  # directions of left-to-right text


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Neighbouring letters in one face, with their width in units of the face.

    `moves` is what the shaper takes off before each letter and after the last, in thousandths of the size (kerning); empty
    where all letters are as wide as they are alone.
    """

    face: int
    words: str
    glyphs: tuple[int, ...]
    width: int
    moves: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A face as the shaper sees it."""

    hb: uharfbuzz.Face
    font: uharfbuzz.Font
    upem: int
    outlines: str  # the table that holds them: `glyf` or `CFF `
    base_font: str
    descriptor: bytes

    def nominal(self, letter: str) -> int:
        """The glyph of a character without its neighbours, 0 where there is none."""
        return int(self.font.get_nominal_glyph(ord(letter)) or 0)

    def thousandths(self, advance: int) -> int:
        return round(advance * 1000 / self.upem)


@cache
def opened(face: int) -> Opened:
    import uharfbuzz as hb

    declared = fonts.faces()[face]
    found = hb.Face(hb.Blob.from_file_path(str(declared.target)), declared.index)
    font = hb.Font(found)
    upem = int(found.upem)
    head = found.reference_table("head").data
    box = [int.from_bytes(head[at : at + 2], "big", signed=True) * 1000 // upem for at in (36, 38, 40, 42)]
    extents = font.get_font_extents("ltr")
    ascent, descent = (round(value * 1000 / upem) for value in (extents.ascender, extents.descender))
    descriptor = (
        b"/Ascent %d/CapHeight %d/Descent %d/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/StemV 80"
        % (ascent, ascent, descent, *box)
    )
    outlines = "CFF " if "CFF " in found.table_tags else "glyf"
    return Opened(
        hb=found, font=font, upem=upem, outlines=outlines, base_font=declared.base_font, descriptor=descriptor
    )


@cache
def chain(families: tuple[str, ...], weight: int) -> tuple[int, ...]:
    """The faces that are asked for a character, in the order of the layout's own fallback."""
    wanted = fonts.families_of((*families, *fonts.DEFAULT_STACK))
    found: list[int] = []
    for family in wanted:
        of_family = [place for place, face in enumerate(fonts.faces()) if face.family == family]
        found += sorted(of_family, key=lambda place: abs(fonts.faces()[place].weight - weight))[:1]
    return tuple(found)


@cache
def face_of(letter: str, faces: tuple[int, ...]) -> int:
    """The first face that has the character, -1 where none has."""
    return next((face for face in faces if opened(face).nominal(letter)), -1)


@cache
def simple(letter: str) -> bool:
    """Whether the character stands for itself: no mark upon another, no sign of control, left to right."""
    category = unicodedata.category(letter)
    return (
        category[0] not in "MC"
        and category not in ("Zl", "Zp")
        and unicodedata.bidirectional(letter) in _SIMPLE
    )


def shaped(
    words: str, faces: tuple[int, ...], language: str, features: Mapping[str, bool]
) -> tuple[Piece, ...] | None:
    """The words as pieces; None where a letter does not stand for itself and the full layout has to set them."""
    if not all(map(simple, words)):
        return None
    pieces: list[Piece] = []
    of_letters = [face_of(letter, faces) for letter in words]
    for start, end in one_face.runs(words):
        whole = chain((one_face.family(),), fonts.faces()[faces[0]].weight)[0]
        of_letters[start:end] = [whole] * (end - start)
    borders = [0, *(at for at in range(1, len(words)) if of_letters[at] != of_letters[at - 1]), len(words)]
    for start, end in pairwise(borders):
        piece = _shaped(words[start:end], of_letters[start], language, tuple(sorted(features.items())))
        if piece is None:
            return None
        pieces.append(piece)
    return tuple(pieces)


@lru_cache(maxsize=4096)  # the same posts and branches come again and again
def _shaped(words: str, face: int, language: str, features: tuple[tuple[str, bool], ...]) -> Piece | None:
    import uharfbuzz as hb

    here = opened(face)
    buffer = hb.Buffer()
    buffer.add_str(words)
    buffer.guess_segment_properties()
    buffer.language = language
    hb.shape(here.font, buffer, dict(features))
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    if buffer.direction != "ltr" or len(infos) != len(words):
        return None
    glyphs, moves, whole, owed = [], [], 0, 0
    for place, (letter, info, position) in enumerate(zip(words, infos, positions, strict=True)):
        glyph, natural = _alone(face, letter)
        if info.cluster != place or info.codepoint != glyph or position.y_offset:
            return None
        glyphs.append(glyph)
        moves.append(owed - position.x_offset)
        owed = natural - position.x_advance + position.x_offset
        whole += position.x_advance
    moves.append(owed)
    moved = tuple(map(here.thousandths, moves)) if any(moves) else ()
    return Piece(face=face, words=words, glyphs=tuple(glyphs), width=whole, moves=moved)


@cache
def _alone(face: int, letter: str) -> tuple[int, int]:
    """The glyph of a character and its width."""
    glyph = opened(face).nominal(letter)
    return glyph, opened(face).font.get_glyph_h_advance(glyph)


def width(pieces: Iterable[Piece], size: float, spacing: float) -> float:
    """Of a line at a size, in its unit; every letter is followed by the spacing."""
    return sum(piece.width * size / opened(piece.face).upem + len(piece.glyphs) * spacing for piece in pieces)
