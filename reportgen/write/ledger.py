"""The ledger: a record of every figure that an edition of a document prints, as it is written into it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from reportgen.model import Document, Edition, Gap, Printed, Text
from reportgen.model.toml import Raw
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
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")


def _place(position: Position) -> dict[str, Raw]:
    place: dict[str, Raw] = {"page": position.page, "x_mm": position.x_mm, "y_mm": position.y_mm}
    return {**place, "in": position.within} if position.within else place


def _entry(
    printed: Printed, places: list[dict[str, Raw]], names: Mapping[str, Text], hashes: Mapping[str, str]
) -> dict[str, Raw]:
    value = printed.value
    entry: dict[str, Raw] = {
        "id": printed.number,
        "metric": value.metric,
        "name": _halves(names[value.metric]) if value.metric in names else {},
        "key": dict(value.key),
        "exact": _exact(value.exact),
        "printed": printed.plain,
        "text": _halves(printed.text),
        "unit": printed.unit,
        "digits": value.digits,
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


def ranges(rows: Iterable[int]) -> str:
    """2, 3, 4, 9 -> `2-4, 9`."""
    parts: list[list[int]] = []
    for row in sorted(rows):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in parts)
