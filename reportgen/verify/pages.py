"""The page as an art director sees it, measured on the finished PDF: small type, empty pages, lonely characters, words over words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.read.theme import Theme, contrast
from reportgen.verify.layouts import Bounds, Home, Layout, Page, Word, read_layout

MM = 72 / 25.4
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MARKS = re.compile(r"[\s，。、；：！？）」』》〉.,;:!?()\u2060]+")
_LAST = re.compile(r"第(\d+)頁[，・·•]共\1頁|Page(\d+)of\2$")
_FIGURE = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?%?")
_LARGE = 18.0  # points from which 3:1 is enough (WCAG 2.1, 1.4.3)
_ENOUGH = 3.0
_SLACK_MM = 0.5  # by which a letter may stick out: an italic, a quotation mark
_AROUND = 2.5 * MM  # what a line keeps free of its own
_OVER = 0.2  # of the smaller of two words, and 0.5 pt in height: brackets and accents touch their neighbours


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong at a place; `x_mm` from the left, `y_mm` from the top of the page."""

    kind: str
    page: int
    x_mm: float
    y_mm: float
    figure: str
    words: str = ""

    def problem(self, file: str) -> Problem:
        at = message("pages.place", page=self.page, x=f"{self.x_mm:.0f}", y=f"{self.y_mm:.0f}")
        words = self.words if len(self.words) <= 30 else self.words[:29] + "…"
        return problem(Place(file), f"pages.{self.kind}", at=at, figure=self.figure, words=words)


Check = Callable[[Layout, Mapping[str, float]], Iterator[Fault]]


def look(content: bytes, theme: Theme) -> tuple[Fault, ...]:
    """The faults of a document of pages, page by page."""
    limit = {**theme.page_limit, **theme.page}
    layout = read_layout(content, limit["width"] * MM, limit["height"] * MM)
    found = itertools.chain.from_iterable(check(layout, limit) for check in CHECKS)
    return tuple(sorted(found, key=lambda one: (one.page, one.y_mm, one.x_mm, one.kind, one.words)))


def fills(content: bytes, theme: Theme) -> dict[int, float]:
    """How full each page is, from 0 to 1; the last of a paper, and those without running words, a cover, are left out."""
    limit = {**theme.page_limit, **theme.page}
    layout = read_layout(content, limit["width"] * MM, limit["height"] * MM)
    return {
        page.number: _filled(page, limit) for page in layout.pages[:-1] if _runs(page) and not _is_last(page)
    }


def _fault(kind: str, page: Page, at: Word | Bounds | None, figure: str) -> Fault:
    bounds = (0.0, 0.0, 0.0, page.height) if at is None else at.bounds if isinstance(at, Word) else at
    return Fault(
        kind=kind,
        page=page.number,
        x_mm=round(bounds[0] / MM, 1),
        y_mm=round((page.height - bounds[3]) / MM, 1),
        figure=figure,
        words=at.text if isinstance(at, Word) else "",
    )


# ---- words ------------------------------------------------------------------------------------------


def _type(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """The smallest type of each page that is too small."""
    for page in layout.pages:
        small = [word for word in page.words if word.size < limit["smallest_type"] - 0.05]
        if small:
            least = min(small, key=lambda word: word.size)
            yield _fault("type", page, least, f"{least.size:.1f}")


def _contrast(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    for page in layout.pages:
        told: set[tuple[str, str]] = set()
        for word in page.words:
            ratio = contrast(word.ink, word.ground)
            least = _ENOUGH if word.size >= _LARGE else limit["least_contrast"]
            if ratio < least - 0.05 and (word.ink, word.ground) not in told:
                told.add((word.ink, word.ground))
                yield _fault("contrast", page, word, f"{ratio:.1f}")


def _edge(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Words nearer to the edge of the paper than anything may be printed."""
    for page in layout.pages:
        for word in page.words:
            left, bottom, right, top = word.bounds
            near = min(left, bottom, page.width - right, page.height - top) / MM
            if near < limit["trim"] - 0.05:
                yield _fault("edge", page, word, f"{near:.1f}")


def _outside(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Words that stick out of the margins; a page without running words, a cover or labels, has its own."""
    for page in layout.pages:
        if not _runs(page):
            continue
        for word in (word for word in page.words if word.home.tag):
            left = limit["inner"] - word.bounds[0] / MM
            beyond = max(left, word.bounds[2] / MM - (page.width / MM - limit["outer"]))
            if beyond > _SLACK_MM:
                yield _fault("outside", page, word, f"{beyond:.1f}")


def _runs(page: Page) -> bool:
    return any(not word.home.tag for word in page.words)


def _over(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Words over other words, also within a chart."""
    for page in layout.pages:
        words = sorted(page.words, key=lambda word: word.bounds[1])
        for place, word in enumerate(words):
            for other in itertools.islice(words, place + 1, None):
                if other.bounds[1] > word.bounds[3]:
                    break
                if _overlap(word.bounds, other.bounds) > _OVER:
                    yield _fault("over", page, word, other.text[:30])


def _overlap(one: Bounds, other: Bounds) -> float:
    """The part of the smaller of two areas that both share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0.5:
        return 0.0
    smaller = min((area[2] - area[0]) * (area[3] - area[1]) for area in (one, other))
    return wide * high / smaller if smaller else 0.0


# ---- lines ------------------------------------------------------------------------------------------


def _lines(words: Iterable[Word]) -> list[list[Word]]:
    """From top to bottom, each from left to right; words whose middles are within a third of their size stand in one line."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (-word.bounds[1], word.bounds[0])):
        if lines and lines[-1][0].bounds[1] - word.bounds[1] < 0.45 * word.size:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.bounds[0]) for line in lines]


def _blocks(page: Page, *tags: str) -> Iterator[tuple[Home, list[list[Word]]]]:
    """The blocks of these tags with their lines."""
    ordered = sorted((word for word in page.words if word.home.tag in tags), key=lambda word: word.home.block)
    for _, group in itertools.groupby(ordered, key=lambda word: word.home.block):
        words = list(group)
        yield words[0].home, _lines(words)


def _lonely(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Paragraphs and cells whose last line is one character."""
    for page in layout.pages:
        for _, lines in _blocks(page, "P", "LI", "TD", "Caption", "Note"):
            last = _MARKS.sub("", "".join(word.text for word in lines[-1]))
            if len(lines) > 1 and len(last) == 1 and _HAN.match(last):
                yield _fault("lonely", page, lines[-1][0], "1")


def _widow(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Paragraphs of which one line alone stands on a page, and the others on another."""
    seen: dict[tuple[int, int], int] = {}
    alone: list[tuple[Page, tuple[int, int], Word]] = []
    for page in layout.pages:
        for home, lines in _blocks(page, "P", "LI"):
            seen[home.block] = seen.get(home.block, 0) + 1
            if len(lines) == 1:
                alone.append((page, home.block, lines[0][0]))
    for page, block, word in alone:
        if seen[block] > 1:
            yield _fault("widow", page, word, "1")


# ---- tables -----------------------------------------------------------------------------------------


def _head(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    for page in layout.pages:
        for _, lines in _blocks(page, "TH"):
            if len(lines) > limit["head_lines"]:
                yield _fault("head", page, lines[0][0], str(len(lines)))


def _gap(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Cells of a row whose words nearly touch, each pair of columns of a table once a page."""
    for page in layout.pages:
        told: set[tuple[tuple[int, int], int]] = set()
        cells = sorted(_cells(page), key=lambda word: (word.home.row, word.bounds[0]))
        for left, right in itertools.pairwise(cells):
            home, other = left.home, right.home
            level = min(left.bounds[3], right.bounds[3]) > max(left.bounds[1], right.bounds[1])
            if home.row != other.row or home.column == other.column or not level:
                continue
            room = (right.bounds[0] - left.bounds[2]) / MM
            if room < limit["column_gap"] - 0.05 and (other.table, other.column) not in told:
                told.add((other.table, other.column))
                yield _fault("gap", page, right, f"{room:.1f}")


def _cells(page: Page) -> Iterator[Word]:
    return (word for word in page.words if word.home.tag in ("TH", "TD") and word.home.row != (0, 0))


def _align(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Columns whose figures do not end at one edge."""
    for page in layout.pages:
        columns: dict[tuple[tuple[int, int], int, int], list[Word]] = {}
        for _, lines in _blocks(page, "TD"):
            word = lines[0][0]
            if sum(map(len, lines)) == 1 and _FIGURE.fullmatch(word.text):
                decimals = len(word.text.rstrip("%").partition(".")[2])
                columns.setdefault((word.home.table, word.home.column, decimals), []).append(word)
        for words in columns.values():
            edge = words[0].bounds[2]
            ragged = [word for word in words if abs(word.bounds[2] - edge) > 0.5 * MM]
            if ragged:
                yield _fault("align", page, ragged[0], f"{abs(ragged[0].bounds[2] - edge) / MM:.1f}")


# ---- the page ---------------------------------------------------------------------------------------


def _fill(layout: Layout, limit: Mapping[str, float]) -> Iterator[Fault]:
    """Pages that are too empty, but the last of a paper; one without running words is a cover."""
    for page in layout.pages[:-1]:
        if not _runs(page) or _is_last(page):
            continue
        ends = page.number + 1 in layout.sections
        share = _filled(page, limit)
        least = limit["section_fill"] if ends else limit["page_fill"]
        if share < least - 0.005:
            yield _fault("fill", page, None, f"{share:.0%}")


def _is_last(page: Page) -> bool:
    """Whether a paper within the document ends here: letters and their translations are counted each by itself, 第2頁，共2頁."""
    return any(_LAST.search("".join(word.text.split())) for word in page.words)


def _filled(page: Page, limit: Mapping[str, float]) -> float:
    """The part of the height between the margins that lines, pictures and charts take."""
    floor, ceiling = limit["bottom"] * MM, page.height - limit["top"] * MM
    inside = [word.bounds for word in page.words] + page.drawn
    spans = sorted(
        (max(floor, area[1] - _AROUND), min(ceiling, area[3] + _AROUND))
        for area in inside
        if area[3] > floor and area[1] < ceiling
    )
    taken, reached = 0.0, floor
    for low, high in spans:
        taken += max(0.0, high - max(low, reached))
        reached = max(reached, high)
    return taken / (ceiling - floor)


CHECKS: tuple[Check, ...] = (
    _type,
    _fill,
    _lonely,
    _head,
    _edge,
    _outside,
    _over,
    _contrast,
    _widow,
    _gap,
    _align,
)
