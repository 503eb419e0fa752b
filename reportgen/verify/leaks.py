"""Whether a finished file still holds what a paper masks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reportgen.compute.hidden_words import betrayed, search
from reportgen.model import Text
from reportgen.model.errors import Place, RenderError
from reportgen.model.messages import message
from reportgen.verify.file_texts import _texts

# ---- what a finished file holds -------------------------------------------------------------------


@dataclass(frozen=True)
class Leak:
    """Something that should not be in the file, and where it is."""

    word: str
    where: Text


def find(
    content: bytes, hidden: Collection[str], said: Iterable[str] = (), own: Collection[str] = ()
) -> list[Leak]:
    """Every place of a PDF, an ODF or another file where a hidden word stands, or any valid identity number.

    Read are: the text of each page with its artefacts, alternative and actual texts, titles of bookmarks, links,
    document information, XMP, every attached file with its name and description (unpacked, also nested), scripts, forms.
    `said` is more text to be read, for example a page's text in reading order. A hidden word inside one of the `own` words,
    which are longer and declared, is none. Pictures are not read.

    White space, punctuation between words of Latin letters, width, case, accents and variation selectors make no
    difference. A word of a single letter is not looked for.
    """
    hidden_in = search(frozenset(hidden), frozenset(own))
    found: dict[tuple[str, str], Leak] = {}
    for where, words in (*((message("names.text_reading_order"), one) for one in said), *_texts(content)):
        for word in hidden_in(words):
            found.setdefault((word, where.en), Leak(word, where))
    return list(found.values())


PICTURES = (".jpg", ".png")


def refuse_hidden(
    files: Mapping[str, bytes], hidden: Mapping[str, Place], publication: str, own: Collection[str] = ()
) -> None:
    """RenderError when what a paper hides stands anywhere in its finished files, of any format; pictures are not read.

    A message names the row of the person, the person as masked, the paper and all places in it: never what leaked.
    """
    if not hidden:
        return
    found: dict[tuple[str, str], list[Text]] = {}
    for name, content in files.items():
        if not name.endswith(PICTURES):
            for leak in find(content, hidden, own=own):
                found.setdefault((leak.word, name), []).append(leak.where)
    if problems := [
        betrayed(word, hidden, f"{publication}/{name}", places) for (word, name), places in found.items()
    ]:
        raise RenderError(problems)
