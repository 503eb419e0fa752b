"""A document in the dress of its office: the pictures of its brand, and the imprint above the colophon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.kinds.compose import numbers_in
from reportgen.kinds.material import Material
from reportgen.model import Block, Document, Listing, Text
from reportgen.model.errors import InputError
from reportgen.read.words import say


def branded(material: Material, document: Document) -> Document:
    """The document with what `[brand]` declares; InputError with all faults of its pictures. A sheet of its own size has none."""
    brand = material.publication.brand
    if document.sheet:
        return document
    if problems := [*brand.faults(material.project, material.theme.page)]:
        raise InputError(problems)
    artwork: dict[str, tuple[str, Text]] = {}
    if brand.emblem:
        said = say(material.words, "imprint.emblem", issuer=document.issuer)
        artwork["emblem"] = (brand.emblem, said)
    if brand.cover:
        artwork["cover"] = (brand.cover.file, brand.cover.alternative)
    rows = [*_rows(material)]
    words = [half for head, lines in rows for text in (head, *lines) for half in (text.zh, text.en)]
    return replace(
        document,
        artwork=artwork,
        blocks=tuple(_blocks(document, rows)),
        stated=tuple(sorted({*document.stated, *numbers_in(words)})) if rows else document.stated,
    )


def _rows(material: Material) -> Iterator[tuple[Text, tuple[Text, ...]]]:
    imprint = material.publication.brand.imprint
    for name, lines in imprint.rows() if imprint else ():
        if lines:
            yield material.words[f"imprint.{name}"], lines


def _blocks(document: Document, rows: list[tuple[Text, tuple[Text, ...]]]) -> Iterator[Block]:
    for block in document.blocks:
        if rows and isinstance(block, Listing) and block.role == "colophon":
            yield Listing(
                tuple((head, tuple((line, "") for line in lines)) for head, lines in rows), "imprint"
            )
        yield block
