"""The ledger: a record of every figure that a document prints, written into it and read from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.model import Chart, Document, Gap, KeyFigures, Printed
from reportgen.model.errors import InputError, Place, problem

if TYPE_CHECKING:
    from reportgen.write.pdf import Position

LEDGER = "ledger.json"


# ---- the ledger -------------------------------------------------------------------------------


def ledger(
    document: Document,
    edition: str,
    positions: Sequence[Position],
    names: Mapping[str, Mapping[str, str]],
    hashes: Mapping[str, str],
    scales: Mapping[str, Sequence[str]],
) -> bytes:
    """The record of every figure that this edition prints, as JSON.

    `names`: metric -> its name in both languages; `hashes`: project path -> SHA-256; `scales`: anchor of
    a chart -> the numbers on its axes, which are no figures.
    """
    places: dict[int, list[dict[str, Any]]] = {}
    charts = {position.within: position for position in positions if not position.number}
    for position in positions:
        if position.number:
            places.setdefault(position.number, []).append(_place(position))
    for anchor, figures in charted(document).items():
        if anchor in charts:
            for figure in figures:
                places.setdefault(figure.number, []).append(_place(charts[anchor]))
    entries = [
        _entry(printed, places[printed.number], names, hashes)
        for printed in document.printed
        if printed.number in places
    ]
    record = {
        "publication": document.publication,
        "edition": edition,
        "rounding": "half up, once, when printed",
        "figures": entries,
        "axes": {anchor: list(labels) for anchor, labels in scales.items()},
        **({"stated": sorted(document.stated)} if document.stated else {}),
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")


def charted(document: Document) -> dict[str, list[Printed]]:
    """The figures of each chart and of each small trend line, by anchor."""
    found: dict[str, list[Printed]] = {}
    for block in document.blocks:
        if isinstance(block, Chart):
            found[block.anchor] = [p.figure for p in (*block.spec.points, *block.spec.target)]
        elif isinstance(block, KeyFigures):
            for card in block.cards:
                if card.spark:
                    found[f"spark-{card.figure.number}"] = [p.figure for p in card.spark.points]
    return found


def _place(position: Position) -> dict[str, Any]:
    place: dict[str, Any] = {"page": position.page, "x_mm": position.x_mm, "y_mm": position.y_mm}
    return {**place, "in": position.within} if position.within else place


def _entry(
    printed: Printed,
    places: list[dict[str, Any]],
    names: Mapping[str, Mapping[str, str]],
    hashes: Mapping[str, str],
) -> dict[str, Any]:
    value = printed.value
    entry: dict[str, Any] = {
        "id": printed.number,
        "metric": value.metric,
        "name": names.get(value.metric, {}),
        "key": dict(value.key),
        "exact": _exact(value.exact),
        "printed": printed.plain,
        "text": {"zh": printed.text.zh, "en": printed.text.en},
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
        entry["gap"] = {"kind": value.exact.kind, "zh": value.exact.reason.zh, "en": value.exact.reason.en}
    return entry


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


def read_ledger(file: Path) -> dict[str, Any]:
    """The ledger of a PDF, from the file alone, or a ledger.json itself."""
    import pikepdf

    if not file.is_file():
        raise InputError(problem(Place(str(file)), "verify.is_no_such_file"))
    if file.suffix == ".json":
        return dict(json.loads(file.read_text("utf-8")))
    try:
        with pikepdf.open(file) as pdf:
            if LEDGER in pdf.attachments:
                return dict(json.loads(pdf.attachments[LEDGER].get_file().read_bytes()))
    except (pikepdf.PdfError, ValueError) as error:
        raise InputError(problem(Place(str(file)), "verify.is_no_pdf_can_read", error=error)) from None
    raise InputError(problem(Place(str(file)), "verify.holds_no_ledger"))


def find(ledger_: Mapping[str, Any], words: str) -> list[dict[str, Any]]:
    """The figures that are printed as `words`; where there is none, those that hold it, marked `near`."""
    wanted = (
        words.strip().replace("-", "−")
        if words.strip().startswith("-") and len(words.strip()) > 1
        else words.strip()
    )
    bare = wanted.rstrip("%％倍件人元")
    figures: list[dict[str, Any]] = ledger_["figures"]
    same = [f for f in figures if wanted in (f["printed"], f["text"]["zh"], f["text"]["en"])]
    if same:
        return same
    same = [f for f in figures if bare and bare == f["printed"]]
    return same or [
        {**f, "near": True} for f in figures if bare and (bare in f["text"]["zh"] or bare in f["text"]["en"])
    ]


# ---- writing whole files --------------------------------------------------------------------


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
