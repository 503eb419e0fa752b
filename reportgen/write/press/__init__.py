"""The printer's edition: a laid out PDF whose colours are turned into the inks of a declared press.

conditions ── what is declared ── conversion ── the PDF/X-4 ── inspection ── what is wrong with a finished one
"""
