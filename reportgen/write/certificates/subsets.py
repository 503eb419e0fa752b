"""Faces cut down to the letters of a run, as PDF objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from reportgen.read.faces import Piece, opened
from reportgen.write.certificates.objects import Parts, joined, plain, quick, stream

_KEPT = frozenset(["glyf", "loca", "head", "hhea", "hmtx", "maxp", "CFF "])


# ---- cutting ------------------------------------------------------------------------------------------


Codes = Sequence[tuple[int, int, str]]  # code in the text, glyph of the whole face, what it says


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
        joined(
            (
                b"<</BaseFont/" + name + b"/DescendantFonts[",
                place + 1,
                b"]/Encoding/Identity-H/Subtype/Type0/ToUnicode ",
                place + 4,
                b"/Type/Font>>",
            )
        ),
        joined(
            (
                b"<</BaseFont/" + name + system,
                *mapping,
                b"/DW 0/FontDescriptor ",
                place + 2,
                b"/Subtype/CIDFontType" + kind + b"/Type/Font/W[" + widths + b"]>>",
            )
        ),
        (b"<<" + here.descriptor + key + b" ", place + 3, b"/FontName/" + name + b"/Type/FontDescriptor>>"),
        ((quick if hurry else stream)(content, subtype + (b"/Length1 %d" % len(content) if new else b"")),),
        ((plain if hurry else stream)(_to_unicode(codes)),),
    ]
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
