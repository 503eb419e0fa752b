"""A page made ready for the layout: a quarter of an em between Chinese and Latin, and ends of paragraphs kept together.

Both are characters that the layout alone sees. `pdf.lines` draws the one as room that belongs to its neighbour, so that `107年` is read, found
and copied as it was written; the other has no glyph.
"""

from __future__ import annotations

import re

from reportgen.write.pdf.lines import GAP, TIE

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BEFORE = re.compile(rf"(?<=[{HAN}])(?=[A-Za-z0-9$])|(?<=[A-Za-z0-9%])(?=[{HAN}])")
_CHINESE_END = re.compile(rf"([{HAN}○])([{HAN}])(?=[^{HAN}A-Za-z0-9]*$)")
_LONE = re.compile(rf"(?:^|(?<=[A-Za-z0-9%]))({GAP}?)([{HAN}])(?=[^{HAN}A-Za-z0-9]*$)")  # behind a figure
_ENGLISH_END = re.compile(r"(?<=[A-Za-z,;] )(?=[A-Za-z0-9'’(○-]{1,11}[.”)]*$)")
_SENTENCE = 40  # characters
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_RUN = re.compile(rf"{GAP}?[A-Za-z0-9](?:[A-Za-z0-9 .,:/()#@%-]*[A-Za-z0-9)%])?{GAP}?|{GAP}")
_FIGURE = '<span class="n"'
_ENDS = frozenset("p li td h1 h2 h3 dd figcaption caption div".split())
_KEPT = frozenset("title style script th".split())  # no text of a line, or the head of a column


def set_page(page: str) -> str:
    """The page with what the layout needs; its words are the same."""
    parts = _TAG.split(page)
    last = -1  # the last piece of the block
    before = -1  # the piece that the next one stands beside in the same line
    figures: list[bool] = []
    latin: list[int] = []  # pieces whose letters stand beside Kai
    kept = within = official = kai = cell = False
    for place, part in enumerate(parts):
        if place % 2 == 0:
            if part and not kept:
                parts[place] = _BEFORE.sub(GAP, part)
                if before >= 0 and _BEFORE.search(parts[before][-1:] + part[:1]):
                    # The room stands outside of a figure, whose place is recorded; beside Kai with the letters, whose face has it.
                    if parts[before][-1:].isascii() if kai else within:
                        parts[before] += GAP
                    else:
                        parts[place] = GAP + parts[place]
                before = place
                last = place if any(map(str.isalnum, part)) else last
                if kai:
                    latin.append(place)
            continue
        name = _NAME.match(part)
        official = official or ' official"' in part or '"official"' in part
        if part.startswith(("<article", "</article")):
            kai = official and part.startswith('<article class="half zh')
        if not name or part.startswith("<a ") or part == "</a>":
            continue
        if name[1] == "span":
            within = part.startswith(_FIGURE)
            figure = figures.pop() if part == "</span>" and figures else within
            if part != "</span>":
                figures.append(within)
            if figure:
                continue
        elif name[1] in _ENDS or name[1] == "br":  # behind a break stands the other language
            if (part[1] == "/" or name[1] == "br") and last >= 0:
                parts[last] = _tied(parts[last], cell)
            last = -1
        cell = part[1] != "/" if name[1] == "td" else cell
        if name[1] in _KEPT:
            kept = part[1] != "/"
        before = -1
    for place in latin:
        parts[place] = _RUN.sub(r'<span class="latin" style="font-family: serif">\g<0></span>', parts[place])
    return "".join(parts)


def _tied(words: str, cell: bool) -> str:
    """Its last characters or words stay together: no line of one. A figure or a word of a cell may need all of its lines."""
    if len(words) > 3:
        words = _CHINESE_END.sub(rf"\1{TIE}\2", words)
    if cell:
        return words
    words = _LONE.sub(rf"\1{TIE}\2", words)
    return _ENGLISH_END.sub(TIE, words) if len(words) >= _SENTENCE else words
