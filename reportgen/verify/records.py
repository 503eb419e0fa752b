"""A finished PDF against the records of its own ledger: words by place, figures by their exact values, digests of the rest."""

from __future__ import annotations

import contextlib
import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from reportgen.model import formats
from reportgen.model.errors import Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.pdf_contents import by_page
from reportgen.read.pdf_text import squeezed

if TYPE_CHECKING:
    import pypdfium2

Record = Mapping[str, Raw]
Run = tuple[int, str, str]  # page, structure type, text
MM = 72 / 25.4  # in points
DEPTHS = (6, 3, 9, 14, 20, 28)  # points below the upper edge of a figure, in which its letters are looked for
NEAR = 1.0  # point: within it a letter stands at a place
LONGEST = 80  # letters of a figure with its unit
AROUND = 40  # letters of a long text on either side of a difference

_HYPHEN = re.compile("[\x02\ufffe]")  # what pdfium reads where a word is broken


def differences(place: Place, held: Record, ledger: Record) -> Iterator[Problem]:
    """What a PDF holds (`pdf_contents.contents`) and its ledger does not say, or says otherwise."""
    stated = ledger["contents"]
    changed = list(_words(place, held["runs"], stated["runs"]))
    yield from (fault for _, fault in changed)
    pages = {page for page, _ in changed}
    drawn = itertools.zip_longest(held["drawn"], stated["drawn"])
    for page in (page for page, (one, other) in enumerate(drawn, 1) if one != other and page not in pages):
        yield problem(place, "records.drawn", page=page)
        pages.add(page)
    files = {**held["embedded"], **stated["embedded"]}
    others = [name for name in files if held["embedded"].get(name) != stated["embedded"].get(name)]
    yield from (problem(place, "records.embedded", name_=name) for name in others)
    if not pages and not others and held["rest"] != stated["rest"]:
        yield problem(place, "records.rest")
    yield from _places(place, held["runs"], ledger)


def _words(place: Place, found: Sequence[Record], stated: Sequence[Record]) -> Iterator[tuple[int, Problem]]:
    """The runs that differ, with their page."""
    one, other = ([(run["page"], run["tag"], run["text"]) for run in runs] for runs in (found, stated))
    for left, right in _unlike(one, other):
        page, tag, words = right or left or (0, "", "")
        what = message("records.alternative" if tag in ("Alt", "ActualText") else "records.words")
        if left and right:
            said = _around(left[2], right[2])
            if left[:2] != right[:2]:
                said = [
                    f"{words} ({run[1]}, {run[0]})" for words, run in zip(said, (left, right), strict=True)
                ]
            slots = dict(zip(("found", "stated"), said, strict=True))
            yield page, problem(place, "records.differs", page=page, what=what, **slots)
        else:
            yield (
                page,
                problem(
                    place, "records.added" if left else "records.lost", page=page, what=what, words=words
                ),
            )


def _unlike(one: Sequence[Run], other: Sequence[Run]) -> Iterator[tuple[Run | None, Run | None]]:
    """The runs that differ, side by side; None where one side has none."""
    if len(one) == len(other):
        yield from (pair for pair in zip(one, other, strict=True) if pair[0] != pair[1])
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other).get_opcodes():
        if kind != "equal":
            yield from itertools.zip_longest(one[a:b], other[c:d])


def _around(*texts: str) -> list[str]:
    """The texts, cut to what stands around the first difference where they are long."""
    alike = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    at = sum(1 for _ in alike)
    first, last = max(at - AROUND, 0), at + AROUND
    return ["…" * (first > 0) + words[first:last] + "…" * (last < len(words)) for words in texts]


def _places(place: Place, runs: Iterable[Record], ledger: Record) -> Iterator[Problem]:
    """Recorded sentences, and figures that stand in the text, that are not on the page that their record names."""
    pages = by_page(runs)
    sentences = ((one, [{"page": page} for page in one["at"]], ()) for one in ledger["sentences"])
    figures = (
        (one, [at for at in one["at"] if "in" not in at], (one["printed"],)) for one in ledger["figures"]
    )
    for record, places, plain in (*sentences, *figures):
        forms = (*record["text"].values(), *plain)
        for page in dict.fromkeys(at["page"] for at in places):
            if not any(squeezed(words) in pages.get(page, "") for words in forms):
                yield problem(place, "records.not_there", page=page, id_=record["id"], words=forms[-1])


def displaced(place: Place, content: bytes, ledger: Record) -> Iterator[Problem]:
    """Figures of tables and running text that do not stand where their record says; those in drawings have no place of their own."""
    import pypdfium2

    pages: dict[int, list[tuple[Raw, Raw]]] = {}
    for figure in ledger["figures"]:
        for at in figure["at"]:
            if "in" not in at:
                pages.setdefault(at["page"], []).append((figure, at))
    with contextlib.closing(pypdfium2.PdfDocument(content)) as pdf:
        for number in sorted(pages.keys() & {*range(1, len(pdf) + 1)}):  # of a lost page its words are told
            text, height = (page := pdf[number - 1]).get_textpage(), page.get_height()
            for figure, at in pages[number]:
                forms = [squeezed(words) for words in _forms(figure)]
                if not _stands_at(text, at["x_mm"] * MM, height - at["y_mm"] * MM, forms):
                    slots = {"page": number, "id_": figure["id"], "words": figure["printed"]}
                    yield problem(place, "records.displaced", x=at["x_mm"], y=at["y_mm"], **slots)


def _forms(figure: Record) -> Iterator[str]:
    """How a figure may be said; small counts and ranks also in words: 第3高, the third."""
    yield from (*figure["text"].values(), printed := figure["printed"])
    if printed.isdecimal():
        count = int(printed)
        yield from (
            f"第{printed}",
            formats.ordinal_in_words(count),
            *vars(formats.number_in_words(count)).values(),
        )


def _stands_at(text: pypdfium2.PdfTextPage, left: float, top: float, forms: Iterable[str]) -> bool:
    """Whether one of the forms, with or without a plus, begins at a place; the smaller the type, the higher is its middle."""
    # A minus is as flat as its stroke, so that it is looked for at each point.
    for below in range(2, DEPTHS[-1] + 1) if any(form[:1] in "−-" for form in forms) else DEPTHS:
        near = NEAR * max(1.0, below / 8)  # beside a large letter is more room
        index = text.get_index(left + near, top - below, 2 * near, near)
        if index is not None:
            words = squeezed(_HYPHEN.sub("", text.get_text_range(index, LONGEST))).removeprefix("+")
            if any(words.startswith(form) for form in forms):
                return True
    return False


def misprinted(place: Place, ledger: Record) -> Iterator[Problem]:
    """Figures that are not their exact value, rounded half up to their decimals."""
    for figure in ledger["figures"]:
        if figure["exact"] is None or "factor" not in figure:
            continue
        factor, digits = Fraction(figure["factor"]), figure["digits"]
        right = formats.plain(Fraction(figure["exact"]), digits, factor)
        if figure["printed"] != right:
            slots = {key: figure[key] for key in ("printed", "exact", "digits", "factor")}
            yield problem(place, "records.misprinted", id_=figure["id"], right=right, **slots)
