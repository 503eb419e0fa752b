"""The ledger: a record of every figure that an edition of a document prints, as it is written into it."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reportgen.model import LANGUAGES, Document, Edition, Gap, Key, Line, Printed, Text
from reportgen.model.formats import capital_letters
from reportgen.model.periods import Period
from reportgen.model.toml import Raw
from reportgen.read.pdf_contents import by_page, contents, sealed
from reportgen.read.pdf_text import squeezed
from reportgen.read.words import said
from reportgen.write.drawings import charted

if TYPE_CHECKING:
    from reportgen.write.pdf import Position


# ---- the ledger -------------------------------------------------------------------------------


def ledger(
    document: Document,
    edition: Edition,
    positions: Sequence[Position],
    names: Mapping[str, Text],
    hashes: Mapping[str, str],
    scales: Mapping[str, Sequence[str]],
) -> bytes:
    """The record of every figure that this edition prints, as JSON.

    `names`: metric -> its name; `hashes`: project path -> SHA-256; `scales`: anchor of a chart -> the numbers on its axes, which are no figures.
    """
    places: dict[int, list[dict[str, Raw]]] = {}
    charts = {position.within: position for position in positions if not position.number}
    for position in positions:
        if position.number:
            places.setdefault(position.number, []).append(_place(position))
    for anchor, figures in charted(document).items():
        if anchor in charts:
            for figure in figures:
                places.setdefault(figure.number, []).append(_place(charts[anchor]))
    record = {
        "publication": document.publication,
        "edition": edition,
        "rounding": "half up, once, when printed",
        "figures": [
            _entry(printed, places.get(printed.number, []), names, hashes)
            for printed in document.printed
            if printed.number in places or printed.number in document.in_words
        ],
        "axes": {anchor: list(labels) for anchor, labels in scales.items()},
        **({"stated": sorted(document.stated)} if document.stated else {}),
        **({"ordinals": document.ordinals} if document.ordinals else {}),
    }
    return _written(record, document)


def _written(record: Raw, document: Document) -> bytes:
    """The record as JSON; words in the languages of the publication alone."""
    others = {*LANGUAGES} - {*document.languages}
    return json.dumps(_without(record, others) if others else record, ensure_ascii=False, indent=1).encode()


def _without(record: Raw, languages: Collection[str]) -> Raw:
    if isinstance(record, dict):
        return {key: _without(value, languages) for key, value in record.items() if key not in languages}
    return [_without(one, languages) for one in record] if isinstance(record, list) else record


def completed(content: bytes, record: bytes, document: Document) -> tuple[bytes, bytes]:
    """The PDF and its ledger with a record of each computed sentence and of all that the pages hold.

    What stands on the pages is known when the PDF is whole; the ledger within it takes the place of that without these.
    """
    import pikepdf

    from reportgen.write.pdf import saved

    with pikepdf.open(io.BytesIO(content)) as pdf:
        laid = contents(pdf)
        made = {**json.loads(record), "sentences": list(_sentences(document, laid["runs"])), "contents": laid}
        whole = _written(made, document)
        sealed(pdf, whole)
        return saved(pdf), whole


def _sentences(document: Document, runs: Sequence[Mapping[str, Raw]]) -> Iterator[dict[str, Raw]]:
    """Each line of words and figures of the document that stands on its pages, in both languages, with the pages."""
    pages = by_page(runs)
    for number, line in enumerate(dict.fromkeys(_lines(document.blocks)), 1):
        halves = Text(said(line.zh, "zh"), said(line.en, "en"))
        wanted = [squeezed(half) for half in (halves.zh, halves.en)]
        at = [page for page, words in pages.items() if any(half and half in words for half in wanted)]
        if at:
            figures = dict.fromkeys(run.number for run in (*line.zh, *line.en) if isinstance(run, Printed))
            yield {"id": number, "text": _halves(halves), "figures": [*figures], "at": at}


def _lines(part: object) -> Iterator[Line]:
    """The lines with figures in a block, or in blocks."""
    if isinstance(part, Line):
        if any(isinstance(run, Printed) for run in (*part.zh, *part.en)):
            yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _lines(one)
    elif is_dataclass(part) and not isinstance(part, type | Text | Printed):
        for one in fields(part):
            yield from _lines(getattr(part, one.name))


def _place(position: Position) -> dict[str, Raw]:
    place: dict[str, Raw] = {"page": position.page, "x_mm": position.x_mm, "y_mm": position.y_mm}
    return {**place, "in": position.within} if position.within else place


def _key(key: Key) -> dict[str, Raw]:
    """A key with a month, quarter or half as its year and its number there."""
    parts: dict[str, Raw] = {}
    for name, value in key:
        if not isinstance(value, Period) or value.kind == "year":
            parts[name] = value
        elif value.kind == "fiscal_year":
            parts[value.kind] = value.year
        else:
            parts |= {name: value.year, value.kind: value.part}
    return parts


def _entry(
    printed: Printed, places: list[dict[str, Raw]], names: Mapping[str, Text], hashes: Mapping[str, str]
) -> dict[str, Raw]:
    value = printed.value
    entry: dict[str, Raw] = {
        "id": printed.number,
        "metric": value.metric,
        "name": _halves(names[value.metric]) if value.metric in names else {},
        "key": _key(value.key),
        "exact": _exact(value.exact),
        "printed": printed.plain,
        "text": _halves(printed.text),
        "unit": printed.unit,
        "digits": printed.digits,
        "factor": str(printed.factor),
        "formula": value.formula,
        "worked": value.worked,
        "inputs": [
            {
                "file": source.file,
                "sha256": hashes.get(source.file, ""),
                "sheet": source.sheet,
                "column": source.column,
                "rows": ranges(source.rows),
                **({"query": source.query} if source.query else {}),
                **({"cells": cell_ranges(source.cells)} if source.cells else {}),
            }
            for source in value.sources
        ],
        "at": places,
    }
    if printed.origin:
        entry["from"] = {
            "publication": printed.origin.publication,
            "document": printed.origin.document,
            "id": printed.origin.number,
        }
    if isinstance(value.exact, Gap):
        entry["gap"] = {"kind": value.exact.kind, **_halves(value.exact.reason)}
    return entry


def _halves(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _exact(exact: Fraction | Gap) -> str | None:
    return None if isinstance(exact, Gap) else str(exact)


def cell_ranges(cells: Iterable[tuple[int, int]]) -> str:
    """(2, 3), (3, 3), (9, 5) -> `C2:C3, E9`."""
    columns: dict[int, list[int]] = {}
    for row, column in cells:
        columns.setdefault(column, []).append(row)
    parts = []
    for column, rows in sorted(columns.items()):
        letters = capital_letters(column)
        parts += [f"{letters}{run.replace('-', f':{letters}')}" for run in ranges(rows).split(", ")]
    return ", ".join(parts)


def ranges(rows: Iterable[int]) -> str:
    """2, 3, 4, 9 -> `2-4, 9`."""
    parts: list[list[int]] = []
    for row in sorted(rows):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in parts)
