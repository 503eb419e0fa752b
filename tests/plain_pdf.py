"""Small PDF files made by hand: what stands in them is in sight of the test."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Dictionary, Name, String


def pdf(plant: Callable[[pikepdf.Pdf], None], pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page()
        plant(made)
        made.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def drawn(made: pikepdf.Pdf, words: str, before: str = "") -> None:
    """The words on the first page, with a font that says which letters its codes are; `before` are instructions."""
    pairs = "\n".join(f"<{n:04x}> <{letter.encode('utf-16-be').hex()}>" for n, letter in enumerate(words, 1))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n1 begincodespacerange"
        f" <0000> <ffff> endcodespacerange {len(words)} beginbfchar\n{pairs}\nendbfchar endcmap end end"
    )
    info = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    below = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name.X,
        CIDSystemInfo=info,
        FontDescriptor=made.make_indirect(Dictionary(Type=Name.FontDescriptor, FontName=Name.X, Flags=4)),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name.X,
        Encoding=Name("/Identity-H"),
        DescendantFonts=pikepdf.Array([made.make_indirect(below)]),
        ToUnicode=made.make_stream(cmap.encode()),
    )
    page = made.pages[0]
    page.Resources = Dictionary(Font=Dictionary(F=made.make_indirect(font)))
    codes = "".join(f"{number:04x}" for number in range(1, len(words) + 1))
    page.Contents = made.make_stream(
        f"{before} BT /F 12 Tf 50 500 Td <{codes}> Tj ET {'EMC' if before else ''}".encode()
    )
