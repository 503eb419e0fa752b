"""Numbers that may stand in words without a record: years, dates, articles of law, names of tables and standards."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reportgen.model.formats import ROC_OFFSET

NUMBER = re.compile(r"[−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")

_REFERENCES = re.compile(
    r"(?<=年)\s*(?:\d{1,2}\s*至\s*)?\d{1,2}\s*月|(?<=年)\s*第\s*(?:[1-4]\s*至\s*)?[1-4]\s*季|\b[QH][1-4]\b|第\s*\d+\s*條|Art\.\s+\d+|\d{2,3}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|自\s*\d{1,3}\s*年|from \d{4} on|(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)\s+\d{1,2}(?!\d)(?:,\s+\d{4})?|\d{1,2}\s*月\s*\d{1,2}\s*日|[表圖]\d+|(?:Table|Figure|Tables|Figures) \d+"
    r"|PDF/A-3a|PDF/UA-1|SHA-256|[0-9a-f]{64}|https?://\S+|reportgen \d+\.\d+\.\d+|© \d{4}-\d{4}|License \d\.\d"
    r"|version \d\.\d|第 \d 版|\d{4}-\d{4} ?年?|NT\$10,000|小數\s*\d\s*位|\d\s+decimal\s+places?|inputs/\S+|Enforcement Rules[^;]*"
)


def without_references(words: str) -> str:
    """The words without what refers to a law, a day, a table, a standard or a file."""
    return _REFERENCES.sub(" ", words)


def years_around(years: Iterable[int]) -> set[str]:
    """The ROC years from the first to the last of these and one on either side, and the Gregorian ones."""
    known = list(years)
    span = range(min(known, default=1) - 1, max(known, default=0) + 2)
    return {str(year) for year in span} | {str(year + ROC_OFFSET) for year in span}


def without_record(words: str, years: Iterable[int]) -> list[str]:
    """The numbers that a reader could take for figures, each once."""
    allowed = years_around(years) | {"0"}
    found = (number.lstrip("−-") for number in NUMBER.findall(without_references(words)))
    return [number for number in dict.fromkeys(found) if number not in allowed]
