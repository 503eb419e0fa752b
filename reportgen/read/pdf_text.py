"""The text of a tagged PDF as its own structure orders it: what a screen reader says.

It knows the format only, no kind of document; what is made of the text is the checks' and the certificates' matter.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf

DIGEST_BYTES = 12


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """A run of text in reading order: its words, page, structure type, language, and what it stands in."""

    words: str
    page: int
    tag: str
    lang: str
    within: str
    node: tuple[int, int] = (0, 0)


def joined(runs: list[Tagged]) -> Iterator[Tagged]:
    """Runs of the same structure element on the same page as one: lines of a paragraph, words of a chart."""
    for _, group in itertools.groupby(runs, key=lambda run: (run.node, run.page, run.tag)):
        parts = list(group)
        yield replace(parts[0], words=" ".join(part.words for part in parts))


def reading_order(content: bytes, instead: bool = False) -> list[Tagged]:
    """The text of a tagged PDF as its structure tree orders it: what a screen reader says; `instead` as in `runs_of`."""
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return runs_of(pdf, instead)


def runs_of(pdf: pikepdf.Pdf, instead: bool = False) -> list[Tagged]:
    """The same of an open PDF. `instead`: also the words that stand for a picture or a broken word, under `Alt` and `ActualText`."""
    import pikepdf

    found: list[Tagged] = []
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    marked = {
        0: {},
        **{number: _marked_text(page) for number, page in enumerate(pdf.pages, 1)},
    }  # 0: a page taken out

    def walk(
        node: pikepdf.Object | int, page: int, tag: str, lang: str, within: str, home: tuple[int, int]
    ) -> None:
        def add(words: str, tag: str) -> None:
            found.append(Tagged(words=words, page=page, tag=tag, lang=lang, within=within, node=home))

        if isinstance(node, pikepdf.Array):
            for kid in node:
                walk(kid, page, tag, lang, within, home)
        elif isinstance(node, int):
            add(marked[page].get(node, ""), tag)
        elif isinstance(node, pikepdf.Dictionary):
            if node.get("/Type") == "/OBJR":
                return
            if "/Pg" in node:
                page = pages.get(node["/Pg"].objgen, 0)
            if node.get("/Type") == "/MCR":
                walk(int(node["/MCID"]), page, tag, lang, within, home)
                return
            tag, home = str(node.get("/S", "/")).lstrip("/"), node.objgen
            lang = str(node.get("/Lang", lang))
            for key in ("Alt", "ActualText") if instead else ():
                if f"/{key}" in node:
                    add(str(node[f"/{key}"]), key)
            within = tag if tag in ("TOC", "TOCI", "Table", "Figure", "Caption", "Note") else within
            if "/K" in node:
                walk(node["/K"], page, tag, lang, within, home)

    walk(pdf.Root["/StructTreeRoot"]["/K"], 1, "", str(pdf.Root.get("/Lang", "")), "", (0, 0))
    return found


def _marked_text(page: pikepdf.Page) -> dict[int, str]:
    """MCID -> its text, through each font's ToUnicode map."""
    import pikepdf

    fonts = {
        name: _to_unicode(font) for name, font in page.resources.get("/Font", pikepdf.Dictionary()).items()
    }
    texts: dict[int, str] = {}
    stack: list[tuple[int, int, str]] = []  # MCID, where its text was, and what is said instead
    current: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = instruction.operands, str(instruction.operator)
        if name in ("BDC", "BMC"):
            given = name == "BDC" and isinstance(operands[1], pikepdf.Dictionary)
            marks = operands[1] if given else pikepdf.Dictionary()
            mcid = int(marks["/MCID"]) if "/MCID" in marks else stack[-1][0] if stack else -1
            instead = str(marks["/ActualText"]) if "/ActualText" in marks else ""
            stack.append((mcid, len(texts.get(mcid, "")), instead))
        elif name == "EMC":
            mcid, start, instead = stack.pop()
            # What is shown is believed; other words for it may only differ in blanks.
            if instead and squeezed(instead) == squeezed(texts.get(mcid, "")[start:]):
                texts[mcid] = texts[mcid][:start] + instead
        elif name == "ET" and stack and stack[-1][0] in texts:
            texts[stack[-1][0]] += " "  # the words of a chart are apart
        elif name == "Tf":
            current = fonts.get(str(operands[0]), {})
        elif name in ("Tj", "TJ") and stack and stack[-1][0] >= 0:
            parts = operands[0] if name == "TJ" else [operands[0]]
            said = "".join(
                _decoded(bytes(part), current) for part in parts if isinstance(part, pikepdf.String)
            )
            texts[stack[-1][0]] = texts.get(stack[-1][0], "") + said
    return texts


def _decoded(raw: bytes, table: dict[int, str]) -> str:
    return "".join(
        table.get(raw[at] << 8 | raw[at + 1], "\N{REPLACEMENT CHARACTER}") for at in range(0, len(raw) - 1, 2)
    )


def _to_unicode(font: pikepdf.Object) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {}
    table: dict[int, str] = {}
    for code, target in re.findall(
        rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", font["/ToUnicode"].read_bytes()
    ):
        table[int(code, 16)] = bytes.fromhex(target.decode()).decode("utf-16-be")
    return table


def text_digest(content: bytes) -> str:
    """What a signature stands for: the digest of all text of the file in reading order."""
    return digest_of("".join(run.words for run in reading_order(content)))


def squeezed(words: str) -> str:
    """The words without white space: a line may be broken anywhere."""
    return "".join(words.split())


def digest_of(words: str) -> str:
    """The first 12 bytes of SHA-256 of the text without white space, in base64url without padding."""
    raw = hashlib.sha256(squeezed(words).encode()).digest()[:DIGEST_BYTES]
    return urlsafe_b64encode(raw).decode("ascii").rstrip("=")
