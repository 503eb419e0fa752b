"""From a document to HTML and its style sheet: what the layout lays out, and what a browser shows.

A template prints plain values in a sandbox; what comes out is checked before it goes on.
"""

from reportgen.write.html.characters import check_characters, where_is
from reportgen.write.html.page import (
    Colophon,
    Design,
    Pictures,
    certificate_page,
    pages_and_style,
    render,
    words_of,
)
from reportgen.write.html.parts import parts
from reportgen.write.html.pictures import data_uri
from reportgen.write.html.sandbox import Sandbox, environment
from reportgen.write.html.sources import layout_files
from reportgen.write.html.styles import numbering, style_sheet
from reportgen.write.html.templates import check_templates, filled
from reportgen.write.html.texts import TextPrinter, languages

__all__ = [
    "Colophon",
    "Design",
    "Pictures",
    "Sandbox",
    "TextPrinter",
    "certificate_page",
    "check_characters",
    "check_templates",
    "data_uri",
    "environment",
    "filled",
    "languages",
    "layout_files",
    "numbering",
    "pages_and_style",
    "parts",
    "render",
    "style_sheet",
    "where_is",
    "words_of",
]
