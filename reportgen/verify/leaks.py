"""Whether a finished file still holds what a paper masks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reportgen.compute.hidden_words import search
from reportgen.model import Text
from reportgen.model.errors import Place, RenderError, problem
from reportgen.model.messages import message
from reportgen.verify.file_texts import _texts

# ---- what a finished file holds -------------------------------------------------------------------


@dataclass(frozen=True)
class Leak:
    """Something that should not be in the file, and where it is."""

    word: str
    where: Text


def find(content: bytes, hidden: Collection[str], said: Iterable[str] = ()) -> list[Leak]:
    """Every place of a PDF, an ODF or another file where a hidden word stands, or any valid identity number.

    Read are: the text of each page with its artefacts, alternative and actual texts, titles of bookmarks, links,
    document information, XMP, every attached file with its name and description (unpacked, also nested), scripts, forms.
    `said` is more text to be read, for example a page's text in reading order. Pictures are not read.

    White space, punctuation between words of Latin letters, width, case, accents and variation selectors make no
    difference. A word of a single letter is not looked for.
    """
    hidden_in = search(frozenset(hidden))
    found: dict[tuple[str, str], Leak] = {}
    for where, words in (*((message("names.text_reading_order"), one) for one in said), *_texts(content)):
        for word in hidden_in(words):
            found.setdefault((word, where.en), Leak(word, where))
    return list(found.values())


PICTURES = (".jpg", ".png")


def refuse_hidden(files: Mapping[str, bytes], hidden: Collection[str], publication: str) -> None:
    """RenderError when what a paper hides stands anywhere in its finished files, of any format; pictures are not read.

    The message names the place, never what leaked.
    """
    if not hidden:
        return
    problems = [
        problem(Place(f"{publication}/{name}"), "run.what_paper_masks_stands", where=where)
        for name, content in files.items()
        if not name.endswith(PICTURES)
        for where in dict.fromkeys(leak.where for leak in find(content, hidden))
    ]
    if problems:
        raise RenderError(problems)
