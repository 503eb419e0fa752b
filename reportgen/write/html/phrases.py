"""Where a Chinese head may be broken: between words, which are mostly of two characters, and never within 年增率 or behind a bracket."""

from __future__ import annotations

import re

_NUMBER = "一二三四五六七八九十百千0-9０-９"
_HAN = "\u4e00-\u9fff"
_PHRASE = re.compile(
    rf"[（(][^）)]*[）)]?|[逾滿達未第近]?[{_NUMBER}]+[年月日季件次人名股組類](?:以[上下內])?|[年月季]增率|較上[年月季]"
    rf"|[{_HAN}]{{1,2}}之|[{_HAN}]{{2}}[率數額量值費比者款度表](?![{_HAN}])|[{_HAN}]{{1,2}}|[^{_HAN}（(]+"
)
_LEANS = re.compile(
    rf"[、，。；：）」』％%]|[{_HAN}]$"
)  # what cannot begin a line, or is one character alone


def phrases(head: str) -> list[str]:
    """新收案件年增率 -> 新收, 案件, 年增率; a lone last character goes with what stands before it."""
    found: list[str] = []
    for part in _PHRASE.findall(head):
        if found and len(part) == 1 and _LEANS.match(part):
            found[-1] += part
        else:
            found.append(part)
    return found
