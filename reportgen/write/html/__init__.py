"""From a document to HTML and its style sheet: what the layout lays out, and what a browser shows.

A template prints plain values in a sandbox; what comes out is checked before it goes on.
"""

from reportgen.write.html.characters import check_characters as check_characters
from reportgen.write.html.characters import words_in as words_in
from reportgen.write.html.columns import Fit as Fit
from reportgen.write.html.columns import Measure as Measure
from reportgen.write.html.columns import fitted as fitted
from reportgen.write.html.columns import grouped as grouped
from reportgen.write.html.columns import told as told
from reportgen.write.html.columns import widths as widths
from reportgen.write.html.embedded import check_picture as check_picture
from reportgen.write.html.markup import check_page as check_page
from reportgen.write.html.own import own_templates as own_templates
from reportgen.write.html.page import Design as Design
from reportgen.write.html.page import certificate_page as certificate_page
from reportgen.write.html.page import pages_and_style as pages_and_style
from reportgen.write.html.page import render as render
from reportgen.write.html.page import words_of as words_of
from reportgen.write.html.parts import parts as parts
from reportgen.write.html.pictures import data_uri as data_uri
from reportgen.write.html.placing import only_places as only_places
from reportgen.write.html.sandbox import environment as environment
from reportgen.write.html.sources import layout_files as layout_files
from reportgen.write.html.styles import draft_mark as draft_mark
from reportgen.write.html.styles import numbering as numbering
from reportgen.write.html.styles import style_sheet as style_sheet
from reportgen.write.html.templates import check_templates as check_templates
from reportgen.write.html.templates import filled as filled
from reportgen.write.html.texts import TextPrinter as TextPrinter
from reportgen.write.html.texts import languages as languages
from reportgen.write.html.whole_names import in_one_face as in_one_face
