"""Words shaped in the declared faces, and a face cut down to what a file prints.

A face is a number: its place in `fonts.faces()`. The files are mapped, never read as a whole.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from reportgen import fonts
from reportgen.certificates.objects import Parts, joined, plain, quick, stream

# What a Latin line may hold without a face of its own: ASCII, Latin-1 and the punctuation of good setting.
LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”…"))
_KEPT = frozenset(["glyf", "loca", "head", "hhea", "hmtx", "maxp", "CFF "])
_SIMPLE = frozenset(["L", "EN", "ES", "ET", "CS", "WS", "ON", "NSM"])  # directions of left-to-right text


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Opened:
    """A face as the shaper sees it."""

    hb: Any
    font: Any
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
    descriptor = b"/Ascent %d/CapHeight %d/Descent %d/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/StemV 80" % (
        ascent, ascent, descent, *box,
    )  # fmt: skip
    outlines = "CFF " if "CFF " in found.table_tags else "glyf"
    return Opened(found, font, upem, outlines, declared.base_font, descriptor)


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
    return Piece(face, words, tuple(glyphs), whole, moved)


@cache
def _alone(face: int, letter: str) -> tuple[int, int]:
    """The glyph of a character and its width."""
    glyph = opened(face).nominal(letter)
    return glyph, opened(face).font.get_glyph_h_advance(glyph)


def width(pieces: Iterable[Piece], size: float, spacing: float) -> float:
    """Of a line at a size, in its unit; every letter is followed by the spacing."""
    return sum(piece.width * size / opened(piece.face).upem + len(piece.glyphs) * spacing for piece in pieces)


# ---- cutting ------------------------------------------------------------------------------------------


def cut(face: int, letters: Iterable[str], glyphs: Iterable[int] = ()) -> tuple[bytes, Mapping[int, int]]:
    """The face with these letters (and glyphs) alone, and which glyph became which.

    By letters it takes 0.2 ms; by glyphs the cutter looks through the whole `cmap`, 6 ms.
    """
    import uharfbuzz as hb

    here = opened(face)
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(map(ord, letters))
    wanted.glyph_set.update(glyphs)
    wanted.flags = (
        hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
    )
    wanted.drop_table_tag_set.update(_dropped(face))
    plan = hb.SubsetPlan(here.hb, wanted)
    small = plan.execute()
    if here.outlines == "CFF ":
        return bytes(small.reference_table("CFF ").data), {}
    return bytes(small.blob.data), plan.old_to_new_glyph_mapping


@cache
def _dropped(face: int) -> tuple[int, ...]:
    return tuple(
        int.from_bytes(tag.encode(), "big") for tag in opened(face).hb.table_tags if tag not in _KEPT
    )


Codes = Sequence[tuple[int, int, str]]  # code in the text, glyph of the whole face, what it says


def font(place: int, face: int, codes: Codes, *, hurry: bool = False) -> list[Parts]:
    """The objects of a font as it stands in a file, the font itself first; `place` is its own.

    In a `hurry` it gets larger, for a face that only one file has.

    With outlines in `CFF` a code is the glyph's number in the whole face: the cut face keeps it as its CID.
    """
    here = opened(face)
    letters = [words for _, glyph, words in codes if len(words) == 1 and here.nominal(words) == glyph]
    glyphs = {glyph for _, glyph, words in codes if len(words) != 1 or here.nominal(words) != glyph}
    content, new = cut(face, letters, glyphs)
    name = _tag(codes) + b"+" + here.base_font.encode("ascii")
    widths = b" ".join(
        b"%d[%b]"
        % (start, b" ".join(b"%d" % here.thousandths(here.font.get_glyph_h_advance(glyph)) for glyph in row))
        for start, row in _rows(codes)
    )
    kind, key, mapping = (
        (b"2", b"/FontFile2", (b"/CIDToGIDMap ", place + 5)) if new else (b"0", b"/FontFile3", ())
    )
    system = b"/CIDSystemInfo<</Ordering(Identity)/Registry(Adobe)/Supplement 0>>"
    subtype = b"" if new else b"/Subtype/CIDFontType0C"
    found: list[Parts] = [
        joined((
            b"<</BaseFont/" + name + b"/DescendantFonts[", place + 1,
            b"]/Encoding/Identity-H/Subtype/Type0/ToUnicode ", place + 4, b"/Type/Font>>",
        )),
        joined((
            b"<</BaseFont/" + name + system, *mapping, b"/DW 0/FontDescriptor ", place + 2,
            b"/Subtype/CIDFontType" + kind + b"/Type/Font/W[" + widths + b"]>>",
        )),
        (b"<<" + here.descriptor + key + b" ", place + 3, b"/FontName/" + name + b"/Type/FontDescriptor>>"),
        ((quick if hurry else stream)(content, subtype + (b"/Length1 %d" % len(content) if new else b"")),),
        ((plain if hurry else stream)(_to_unicode(codes)),),
    ]  # fmt: skip
    if new:
        found.append(((plain if hurry else stream)(_map(codes, new)),))
    return found


def _tag(codes: Codes) -> bytes:
    """Six letters that tell a cut face from another one of the same name."""
    said = hashlib.sha256(
        "".join(f"{code} {glyph} {words} " for code, glyph, words in codes).encode()
    ).digest()
    return bytes(65 + byte % 26 for byte in said[:6])


def _rows(codes: Codes) -> list[tuple[int, list[int]]]:
    """Codes that follow one another, as (first, glyphs)."""
    rows: list[tuple[int, list[int]]] = []
    last = -2
    for code, glyph, _ in sorted(codes):
        if code != last + 1:
            rows.append((code, []))
        rows[-1][1].append(glyph)
        last = code
    return rows


def _map(codes: Codes, new: Mapping[int, int]) -> bytes:
    glyphs = dict.fromkeys(range(max(code for code, _, _ in codes) + 1), 0)
    glyphs.update((code, new[glyph]) for code, glyph, _ in codes)
    return b"".join(glyph.to_bytes(2, "big") for glyph in glyphs.values())


_CMAP_HEAD = (
    b"/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n"
    b"/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n"
)


def _to_unicode(codes: Codes) -> bytes:
    lines = [
        b"<%04x><%b>\n" % (code, words.encode("utf-16-be").hex().encode()) for code, _, words in sorted(codes)
    ]
    blocks = (
        b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block))
        for block in (lines[at : at + 100] for at in range(0, len(lines), 100))
    )
    return _CMAP_HEAD + b"".join(blocks) + b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


def code_of(face: int, glyph: int, count: int) -> int:
    """The code of a face's letter number `count`, from 1."""
    return glyph if opened(face).outlines == "CFF " else count


def codes_of(face: int, letters: Mapping[str, int]) -> dict[str, int]:
    """A code for each letter (with its glyph) of a cut face, in the order in which they are given."""
    return {letter: code_of(face, glyph, count) for count, (letter, glyph) in enumerate(letters.items(), 1)}


def shown(piece: Piece, codes: Mapping[str, int]) -> bytes:
    """The operator that prints a piece: its codes, and between them what the shaper moved."""
    if not piece.moves:
        return b"<%b>Tj" % b"".join([b"%04x" % codes[letter] for letter in piece.words])
    found = []
    for letter, move in zip(piece.words, piece.moves, strict=False):
        found.append(b">%d<%04x" % (move, codes[letter]) if move else b"%04x" % codes[letter])
    return b"[<%b>%d]TJ" % (b"".join(found), piece.moves[-1])
