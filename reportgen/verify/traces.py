"""The answer of `reportgen trace`: one figure's record on one screen, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reportgen.model import Language
from reportgen.model.messages import message
from reportgen.model.toml import Raw

MOST = 4  # figures a screen holds; a printed "0.0" may stand in many places


def lines(found: Sequence[Mapping[str, Raw]], language: Language) -> Iterator[str]:
    """The records, a few lines each; a first line says when no figure is printed so and these only hold it."""
    if found and found[0].get("near"):
        yield message("trace.near").say(language)
        yield ""
    for figure in found[:MOST]:
        yield from _figure(figure, language)
        yield ""
    if len(found) > MOST:
        yield message("trace.more", count=len(found) - MOST).say(language)


def _figure(figure: Mapping[str, Raw], language: Language) -> Iterator[str]:
    def row(name: str, said: str) -> str:
        return f"  {message(name).say(language):<10}{said}"

    yield f"{figure['printed'] or '(blank)'}   [{figure['id']}]"
    name = figure["name"].get(language, "")
    yield row("trace.name", f"{figure['metric']} {name}".strip())
    if taken := figure.get("from"):
        yield row("trace.origin", message("trace.figure", **taken).say(language))
    if figure["key"]:
        yield row("trace.key", ", ".join(f"{part} = {value}" for part, value in figure["key"].items()))
    yield row("trace.text", " / ".join(figure["text"].values()))
    if "gap" in figure:
        reasons = {half: words for half, words in figure["gap"].items() if half != "kind"}
        reason = reasons.get(language) or next(iter(reasons.values()))
        yield row("trace.gap", f"{figure['gap']['kind']}: {reason}")
    else:
        yield row("trace.exact", _decimal(figure["exact"]))
        yield row("trace.rounding", message("trace.rounded", **figure).say(language))
    yield row("trace.formula", figure["formula"])
    if figure["worked"]:
        yield row("trace.worked", figure["worked"][:300])
    for source in figure["inputs"]:
        sheet = f" [{source['sheet']}]" if source["sheet"] else ""
        place = message("trace.cells" if "cells" in source else "trace.rows", **source).say(language)
        yield row("trace.inputs", f"{source['file']}{sheet}, {place}")
        yield row("trace.hash", source["sha256"])
        if "query" in source:
            yield row("trace.query", source["query"])
    places = [
        message("trace.place", **at).say(language) + (f", {at['in']}" if "in" in at else "")
        for at in figure["at"]
    ]
    yield row(
        "trace.at",
        "; ".join(places[:6])
        + (" " + message("trace.times", count=len(places) - 6).say(language) if len(places) > 6 else ""),
    )


def _decimal(exact: str) -> str:
    """`343731000/121122` with its decimal beside it, for the eye only."""
    numerator, _, denominator = exact.partition("/")
    return f"{exact} ≈ {int(numerator) / int(denominator):.10g}" if denominator else exact
