"""Whether what a certificate's page says can be seen, and nothing else beside it.

A certificate draws its frame, then its words, then its code: all words are in its structure, nothing lies over one, none is hidden.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
from pypdfium2 import raw

DEPTH = 5  # drawings within drawings
THICK = 2.0  # points: a stroke of more covers a word
THIN = 2.0  # points: the height of a dash and of a full stop
CLOSE = 3.0  # pixels a point, to see what lies over letters
CONTRAST = 40  # of 255, between a word and its ground

Told = tuple[str, str]  # the message, and the words that it is about


def pages(content: bytes) -> Iterator[list[Told]]:
    """For each page what is wrong with how its words are drawn."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        tagged = raw.FPDFCatalog_IsTagged(pdf.raw)
        for page in pdf:
            items = [*page.get_objects(max_depth=DEPTH)]
            words = page.get_textpage()
            texts = [item for item in items if item.type == raw.FPDF_PAGEOBJ_TEXT and not item.level]
            over = [
                words.get_text_bounded(*box).strip()
                for box in dict.fromkeys(box for box, _ in _covered(items))
            ]
            other = [item for item in items if item.type == raw.FPDF_PAGEOBJ_TEXT and not _is_certified(item)]
            beside = [words.get_text_bounded(*item.get_bounds()).strip() for item in other if tagged]
            unseen = [words.get_text_bounded(*bounds).strip() for bounds in _unseen(page, texts)]
            yield [
                *(("verify.altered_8", said) for said in (*over, *_notes(page))),
                *(("verify.altered_9", said) for said in beside),
                *(("verify.altered_10", said) for said in dict.fromkeys(unseen) if said),
            ]
    finally:
        pdf.close()


def unlike_ours(content: bytes) -> Iterator[tuple[int, Told]]:
    """What no document of ours has, with its page: words that something lies over or that are not painted, notes that are no links."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        for number, page in enumerate(pdf, 1):
            items = [*page.get_objects(max_depth=1)]
            words = page.get_textpage()
            texts = [item for item in items if item.type == raw.FPDF_PAGEOBJ_TEXT]
            # A dash is as thin as a hair: what of it is seen cannot be told from its ground at this size.
            thick = [item for item in texts if item.get_bounds()[3] - item.get_bounds()[1] > THIN]
            unseen = [
                *_unseen(page, thick)
            ]  # first, as what lies over words is taken away to see what it hides
            over = [*_hidden(page, [*_covered(items)])]
            for name, boxes in (("verify.over_words", over), ("verify.unseen_words", unseen)):
                said = {words.get_text_bounded(*box).strip() for box in boxes} - {""}
                yield from ((number, (name, one)) for one in sorted(said))
            yield from ((number, ("verify.note_over_page", "")) for _ in _notes(page))
    finally:
        pdf.close()


Box = tuple[float, ...]  # left, bottom, right, top


def _covered(items: Sequence[Any]) -> Iterator[tuple[Box, pypdfium2.PdfObject]]:
    """The texts that something is drawn over later, each with what it is: a filled shape, a thick line, a picture."""
    texts: list[Box] = []
    for item in items:
        if item.level:
            continue
        if item.type == raw.FPDF_PAGEOBJ_TEXT:
            texts.append(item.get_bounds())
        elif not _only_thin_lines(item):
            yield from ((text, item) for text in texts if _meet(text, item.get_bounds()))


def _hidden(page: pypdfium2.PdfPage, over: Sequence[tuple[Box, pypdfium2.PdfObject]]) -> Iterator[Box]:
    """The texts of which another part is seen when all that lies over them is taken off the page, as one cover may hide another: the
    white border of a chart's label may reach into the box of a line above it, where no letter is.
    """
    before = {box: _seen(page, box) for box, _ in over}
    for item in dict.fromkeys(item for _, item in over):
        page.remove_obj(item)
    yield from (box for box, was in before.items() if _seen(page, box) != was)


def _seen(page: pypdfium2.PdfPage, box: Box) -> bytes:
    """The pixels of a box in grey, of one that lies beside the page those next to it."""
    width, height = page.get_size()
    left, bottom = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
    right, top = max(min(box[2], width), left + 1), max(min(box[3], height), bottom + 1)
    crop = (left, bottom, width - right, height - top)
    return bytes(page.render(scale=CLOSE, grayscale=True, crop=crop).to_numpy().tobytes())


def _only_thin_lines(item: Any) -> bool:
    if item.type != raw.FPDF_PAGEOBJ_PATH:
        return False
    fill, stroke, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    raw.FPDFPath_GetDrawMode(item.raw, fill, stroke)
    raw.FPDFPageObj_GetStrokeWidth(item.raw, width)
    a, b, c, d, _, _ = item.get_matrix().get()
    scale = max(map(abs, (a, b, c, d)))
    return bool(fill.value == raw.FPDF_FILLMODE_NONE) and width.value * scale <= THICK


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes have a part in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_certified(item: Any) -> bool:
    """Whether a text stands in the structure, whose words are certified: it has an MCID, and is in no drawing of its own."""
    number = ctypes.c_int()
    marks = (raw.FPDFPageObj_GetMark(item.raw, at) for at in range(raw.FPDFPageObj_CountMarks(item.raw)))
    named = any(raw.FPDFPageObjMark_GetParamIntValue(mark, b"MCID", number) for mark in marks)
    return not item.level and named


def _unseen(page: Any, texts: Sequence[Any]) -> Iterator[Box]:
    """Texts that are not painted, lie beside the page, or do not differ from their ground."""
    bitmap = page.render(scale=1, grayscale=True)
    picture, height = bitmap.to_numpy(), page.get_height()
    for item in texts:
        left, bottom, right, top = item.get_bounds()
        rows = slice(max(int(height - top), 0), max(int(height - bottom) + 1, 0))
        part = picture[rows, max(int(left), 0) : max(int(right) + 1, 0)]
        painted = raw.FPDFTextObj_GetTextRenderMode(item.raw) == raw.FPDF_TEXTRENDERMODE_FILL
        if not painted or not part.size or int(part.max()) - int(part.min()) < CONTRAST:
            yield left, bottom, right, top
    bitmap.close()


def _notes(page: Any) -> Iterator[str]:
    """A `?` for each annotation of a page that is no link, and that has room to show something, which the field of a signature has not."""
    for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation, place = raw.FPDFPage_GetAnnot(page.raw, number), raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, place)
        room = place.left != place.right and place.top != place.bottom
        if room and raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_LINK:
            yield "?"
        raw.FPDFPage_CloseAnnot(annotation)
