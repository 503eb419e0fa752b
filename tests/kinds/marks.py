"""Numbers in the words of a document that nobody marked: no figure, not stated by an input, no ordinal of a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from reportgen.compute.unrecorded import NUMBER, without_references
from reportgen.model import ChartSpec, Clause, Document, Line, Printed, Ref, Section, Text
from reportgen.model.formats import ROC_OFFSET


def unmarked(document: Document) -> list[tuple[str, str]]:
    """Each such number with the words that it stands in."""
    figures = set()
    placed = {figure.number for figure in figures_of(document.blocks)} | {*document.in_words}
    for printed in (printed for printed in document.printed if printed.number in placed):
        for words in (printed.plain, printed.text.zh, printed.text.en):
            figures.update(NUMBER.findall(words))
    years = [int(dict(p.value.key)["roc_year"]) for p in document.printed if "roc_year" in dict(p.value.key)]
    span = range(min(years, default=1) - 1, max(years, default=0) + 2)
    known = {*document.stated, *map(str, span), *(str(year + ROC_OFFSET) for year in span), "0"}
    rows = {str(number) for number in range(1, document.ordinals + 1)}
    head = [document.title, document.subtitle, document.issuer, document.period, document.issued]
    return [
        (number, words)
        for words in (*words_of(document.blocks), *words_of(head))
        for number in NUMBER.findall(without_references(words))
        if number not in figures
        and number.lstrip("−-") not in figures
        and number.removeprefix("-") not in known
        and words.strip() not in rows
    ]


def words_of(node: Any) -> Iterator[str]:
    """All words that stand on a page below a block, in both languages; figures and references are none."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Text):
        yield from (node.zh, node.en)
    elif isinstance(node, Line):
        yield from (run for run in (*node.zh, *node.en) if isinstance(run, str))
    elif isinstance(node, list | tuple):
        for part in node:
            yield from words_of(part)
    elif isinstance(node, Section):
        yield from words_of(node.title)
    elif isinstance(node, Clause):
        yield from words_of(node.line)
    elif isinstance(node, ChartSpec):
        yield from words_of([node.measure, node.unit, node.target_label, [label for _, label in node.xs]])
        yield from words_of([series.label for series in node.series])
    elif is_dataclass(node) and not isinstance(node, type | Printed | Ref):
        hidden = {"anchor", "role", "mark", "data_table", "number", "name", "latin", "file", "id", "stem"}
        for field in fields(node):
            if field.name not in hidden:
                yield from words_of(getattr(node, field.name))


def figures_of(node: Any) -> Iterator[Printed]:
    """All figures that stand on a page below a block."""
    if isinstance(node, Printed):
        yield node
    elif isinstance(node, list | tuple):
        for part in node:
            yield from figures_of(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for field in fields(node):
            yield from figures_of(getattr(node, field.name))
