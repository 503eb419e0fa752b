"""From HTML to a PDF/A-3a and PDF/UA-1 file with the inputs and the ledger inside: WeasyPrint's one step.

    lay_out ── Layout of a part ── write ── its PDF ── assemble ── one PDF of all parts ── check_fonts

A page loads nothing but what is embedded in it. Whatever WeasyPrint warns of is an error here: it logs
a blocked picture, a missing glyph or an unknown property and goes on.
"""

from reportgen.write.pdf.assembling import assemble, saved
from reportgen.write.pdf.boxes import NUMBER, Layout, Numbering, Position, all_positions, pages_of, starts
from reportgen.write.pdf.layout import draw, drop, for_press, forget, keep, laid, lay_out
from reportgen.write.pdf.used_fonts import check_fonts, foreign_fonts
from reportgen.write.pdf.writing import Attached, unembedded, write

__all__ = [
    "NUMBER",
    "Attached",
    "Layout",
    "Numbering",
    "Position",
    "all_positions",
    "assemble",
    "check_fonts",
    "draw",
    "drop",
    "for_press",
    "foreign_fonts",
    "forget",
    "keep",
    "laid",
    "lay_out",
    "pages_of",
    "saved",
    "starts",
    "unembedded",
    "write",
]
