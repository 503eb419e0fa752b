"""Every limit of what is read, in one place: what is beyond one is a mistake or an attack, and is refused before anything is made of it.

What each bounds is said in `messages/limits.toml` under its name in small letters; the officer's guide has them all in a table.
"""

# A file of declarations: hundreds of lines, tables two or three deep.
DECLARATION_BYTES = 2**20
DECLARATION_TABLES = 2_000
DECLARATION_DEPTH = 16
KEY_PARTS = 8
NUMBER_DIGITS = 40
NUMBER_EXPONENT = 40
SECTIONS = 200
FORMULA_LETTERS = 400
PANEL_BYTES = 60_000

# A table of figures: thousands of rows, not millions.
TABLE_BYTES = 64 * 2**20
TABLE_ROWS = 300_000
TABLE_COLUMNS = 500
TABLE_CELLS = 5_000_000
CELL_LETTERS = 100_000
WORKBOOK_PARTS = 2_000
UNPACKED_BYTES = 512 * 2**20
UNPACKED_TIMES = 200  # real sheets shrink 10 to 40 times
GLOSSARY_LETTERS = 1_000

# What is drawn and set.
CHART_POINTS = 2_000
CHART_SERIES = 6
CHART_PANELS = 4
PAGE_CELLS = 200_000  # 0.6 ms a cell
PAGE_DEPTH = (
    120  # the layout calls itself for each level; Python ends it at 140 (<div>) or 45 tables in tables
)
CELL_SPAN = 1_000
UNBROKEN_LETTERS = 50_000  # the layout's line breaking is quadratic
STYLE_NUMBER = 20_000
TEMPLATE_STEPS = 3_000_000  # a bulletin of 30 pages takes 30,000
TEMPLATE_LETTERS = 64 * 2**20
DECISION_SHEETS = 500  # 100 seconds and 1.5 GB
LETTERS = 1_000

# Pictures and the archive.
PICTURE_PIXELS = 120_000_000  # an A3 page at 600 dots an inch has 70 million
EMBEDDED_PIXELS = 36_000_000  # A1 at 215 dots an inch; a decoded pixel costs 4 bytes and more
DRAWING_DEPTH = 120
DRAWING_USES = 200
PROFILE_BYTES = 20_000_000  # the large ones of printers have 2 to 9 million
ARCHIVE_BYTES = 5_000_000
ARCHIVE_PAGES = 50
ARCHIVE_LETTERS = 1_000_000  # 300 MB in the reader; a panel has some thousand
