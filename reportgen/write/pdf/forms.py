"""Sheets of one form in the HTML of a part: which of them differ in nothing but the words and figures on their lines.

A sheet is a section that begins a page, up to the next one. `stamped` lays a form out once and puts the lines of the others into it.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")
_ID = re.compile(r'\bid="([^"]*)"')
_OWN = re.compile(r' (data-f|data-block|id|data-label)="([^"]*)"')  # attributes that are a sheet's own
_SPANS = re.compile(r' (?:col|row)span="\d+"')
_VOID = frozenset("br col hr img meta wbr".split())
# What is laid out by what is in it, leads elsewhere, or stands at the foot of the page.
_NEVER = re.compile(r'<a\b|<img\b|class="[^"]*\bfootnote\b')
# What sheets may stand in: elements without a node of their own in the structure tree.
_FRAMES = re.compile(r"<(?:html|body)\b[^>]*>|<(?:main|div)(?: class=\"[^\"]*\")?>")
Form = tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Its tags, and the words behind each of them as they are written in HTML."""

    tags: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def html(self) -> str:
        return "".join(itertools.chain.from_iterable(zip(self.tags, self.words, strict=True)))

    @cached_property
    def rows(self) -> tuple[range, ...]:
        """The tags of each row of a table, with that which closes it."""
        found, start = [], -1
        for place, tag in enumerate(self.tags):
            if tag.startswith("<tr"):
                start = place
            elif tag == "</tr>":
                found.append(range(start, place + 1))
        return tuple(found)

    @cached_property
    def row_forms(self) -> tuple[Form, ...]:
        """What each row is but for its words."""
        return tuple(tuple(self._shells(row)) for row in self.rows)

    @cached_property
    def form(self) -> Form:
        """What the sheet is but for its words and for what stands in the cells of its rows; empty for one that is never stamped."""
        if any(map(_NEVER.match, self.tags)) or any(
            _ID.search(self.tags[at]) for row in self.rows for at in row
        ):
            return ()
        found: list[str] = []
        end = 0
        for row in self.rows:
            found += self._shells(range(end, row.start))
            cells = (tag for tag in self.tags[row.start : row.stop] if tag.startswith(("<tr", "<td", "<th")))
            found += (
                tag if tag.startswith("<tr") else tag[:3] + "".join(_SPANS.findall(tag)) for tag in cells
            )
            end = row.stop
        return (*found, *self._shells(range(end, len(self.tags))))

    def _shells(self, places: range) -> Iterator[str]:
        """Each tag without what is the sheet's own, and where there are words behind it and beside which blanks."""
        for place in places:
            words = self.words[place]
            edges = (
                ("_" if words[:1].isspace() else "")
                + ("." if words.strip() else "")
                + ("_" if words[-1:].isspace() else "")
            )
            yield _OWN.sub(r" \1", self.tags[place]) + edges

    @cached_property
    def own(self) -> tuple[tuple[str, str], ...]:
        """The attributes that are the sheet's own, in order, unescaped."""
        tags = "".join(tag for tag in self.tags if " " in tag)
        return tuple((name, html.unescape(value)) for name, value in _OWN.findall(tags))

    @property
    def openings(self) -> Iterator[int]:
        """The places of the tags that begin an element."""
        return (place for place, tag in enumerate(self.tags) if _opens(tag))


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The HTML of a part cut at its sheets: what stands before the first and behind the last, and what frames a sheet alone."""

    before: str
    sheets: tuple[Sheet, ...]
    after: str
    frame: tuple[str, str]
    elements: int  # how many begin before the first sheet

    def whole(self, sheets: Sequence[Sheet]) -> str:
        """The part with these sheets alone."""
        return self.before + "".join(sheet.html for sheet in sheets) + self.after

    def alone(self, sheets: Sequence[Sheet]) -> str:
        """These sheets and nothing else."""
        return self.frame[0] + "".join(sheet.html for sheet in sheets) + self.frame[1]


def cut(page: str, anchors: Collection[str]) -> Cut | None:
    """The sheets that begin at the elements with these ids, one behind the other at one depth; None where they do not stand so."""
    parts = _TAG.split(page)
    starts: list[int] = []
    depths: list[int] = []
    above: list[str] = []
    framing: list[str] = []
    opened = 0
    for at in range(1, len(parts), 2):
        tag = parts[at]
        name = _NAME.match(tag)
        if not name:
            continue
        found = _ID.search(tag)
        if found and found[1] in anchors:
            framing = framing or list(above)
            starts.append(at)
            depths.append(len(above))
        if tag.startswith("</"):
            above.pop()
            if starts and len(above) < depths[-1]:
                break
        elif name[1] not in _VOID:
            above.append(tag)
        opened += not starts and _opens(tag)
    elsewhere = any(found[1] in anchors for found in map(_ID.search, parts[at + 2 :: 2]) if found)
    if not starts or len({*depths}) > 1 or elsewhere or not all(map(_FRAMES.fullmatch, framing)):
        return None
    sheets = tuple(
        Sheet(tuple(parts[first:last:2]), tuple(parts[first + 1 : last : 2]))
        for first, last in itertools.pairwise([*starts, at])
    )
    return Cut(
        before="".join(parts[: starts[0]]),
        sheets=sheets,
        after="".join(parts[at:]),
        frame=_frame(page, framing),
        elements=opened,
    )


def _frame(page: str, above: Sequence[str]) -> tuple[str, str]:
    """The head of the page with the elements that the sheets stand in, and their ends."""
    inside = [tag for tag in above if not tag.startswith(("<html", "<body"))]
    head = page[: page.index(">", page.index("<body")) + 1]
    return head + "".join(inside), "".join(f"</{_name(tag)}>" for tag in reversed(above))


def _name(tag: str) -> str:
    found = _NAME.match(tag)
    assert found
    return found[1]


def _opens(tag: str) -> bool:
    return tag[1] not in "/!"
