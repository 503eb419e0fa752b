"""The answer of `reportgen trace`: one figure's record on one screen, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST = 4  # figures a screen holds; a printed "0.0" may stand in many places

_WORDS = {
    "en": {
        "name": "metric",
        "key": "of",
        "exact": "exact",
        "rounding": "rounding",
        "formula": "formula",
        "worked": "with",
        "inputs": "from",
        "query": "cases",
        "at": "printed",
        "gap": "no value",
        "text": "in text",
        "rounded": "half up, decimals: {digits}, unit: {unit}",
        "rows": "row {rows}, column {column}",
        "hash": "SHA-256",
        "place": "page {page} ({x_mm} mm, {y_mm} mm)",
        "more": "… and {count} more figures with this text",
        "times": "… {count} places more",
        "origin": "annex of",
        "figure": "{publication}, {document}: figure [{id}] of its ledger",
        "near": "no figure is printed exactly so; these hold it:",
    },
    "zh": {
        "name": "指標",
        "key": "項目",
        "exact": "精確值",
        "rounding": "進位",
        "formula": "公式",
        "worked": "代入",
        "inputs": "來源",
        "query": "個案查詢",
        "at": "印於",
        "gap": "無數值",
        "text": "文中寫法",
        "rounded": "四捨五入至小數 {digits} 位，單位 {unit}",
        "hash": "SHA-256",
        "rows": "第 {rows} 列，欄位 {column}",
        "place": "第 {page} 頁（{x_mm} mm, {y_mm} mm）",
        "more": "…另有 {count} 個數值印法相同",
        "times": "…另有 {count} 處",
        "origin": "取自",
        "figure": "{publication}（{document}）帳冊第 [{id}] 號",
        "near": "沒有完全相同的數值；以下數值含有此文字：",
    },
}


def lines(found: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    """The records, a few lines each; a first line says when no figure is printed so and these only hold it."""
    if found and found[0].get("near"):
        yield _WORDS[language]["near"]
        yield ""
    words = _WORDS[language]
    for figure in found[:MOST]:
        yield from _figure(figure, words, language)
        yield ""
    if len(found) > MOST:
        yield words["more"].format(count=len(found) - MOST)


def _figure(figure: Mapping[str, Any], words: Mapping[str, str], language: str) -> Iterator[str]:
    def row(name: str, said: str) -> str:
        return f"  {words[name]:<10}{said}"

    yield f"{figure['printed'] or '(blank)'}   [{figure['id']}]"
    name = figure["name"].get(language, "")
    yield row("name", f"{figure['metric']} {name}".strip())
    if taken := figure.get("from"):
        yield row("origin", words["figure"].format(**taken))
    if figure["key"]:
        yield row("key", ", ".join(f"{part} = {value}" for part, value in figure["key"].items()))
    yield row("text", f"{figure['text']['zh']} / {figure['text']['en']}")
    if "gap" in figure:
        yield row("gap", f"{figure['gap']['kind']}: {figure['gap'][language]}")
    else:
        yield row("exact", _decimal(figure["exact"]))
        yield row("rounding", words["rounded"].format(**figure))
    yield row("formula", figure["formula"])
    if figure["worked"]:
        yield row("worked", figure["worked"][:300])
    for source in figure["inputs"]:
        sheet = f" [{source['sheet']}]" if source["sheet"] else ""
        place = words["rows"].format(**source)
        yield row("inputs", f"{source['file']}{sheet}, {place}")
        yield row("hash", source["sha256"])
        if "query" in source:
            yield row("query", source["query"])
    places = [words["place"].format(**at) + (f", {at['in']}" if "in" in at else "") for at in figure["at"]]
    yield row(
        "at",
        "; ".join(places[:6])
        + (" " + words["times"].format(count=len(places) - 6) if len(places) > 6 else ""),
    )


def _decimal(exact: str) -> str:
    """`343731000/121122` with its decimal beside it, for the eye only."""
    numerator, _, denominator = exact.partition("/")
    return f"{exact} ≈ {int(numerator) / int(denominator):.10g}" if denominator else exact
