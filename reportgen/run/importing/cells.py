"""What a single cell of an unknown sheet looks like: a figure, a sign for none, a year, a month; nothing is decided here."""

from __future__ import annotations

import re

from reportgen.model import GapKind, formats
from reportgen.model.periods import Era
from reportgen.read.tables import readings

SIGNS: dict[str, GapKind] = {
    **dict.fromkeys(("-", "－", "–", "—", "─"), "none"),
    **dict.fromkeys(("…", "...", "……", "NA", "N/A", "n/a"), "not_available"),
    "<0.5": "under_half",
}
SUMS = ("合計", "總計", "小計", "總和", "總數", "計", "共計")
SUMS_IN_ENGLISH = ("total", "subtotal", "sub-total", "grand total", "sum")
# How the parts of a year are read, and the year beside them.
PARTS = {
    "month": (readings.month, readings.year_of_month),
    "quarter": (readings.quarter, readings.year_of_quarter),
    "half": (readings.half, readings.year_of_half),
}
BARE_YEARS = range(60, 131)  # what a number alone may be taken for
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．－％", "0123456789,.-%")
_FIGURE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?%?")
_IN_WORDS = re.compile(
    r"(?:民國|中華民國)?(?<!\d)(\d{2,3})(?:年度?|會計年度)|(?<!\d)((?:19|20)\d\d)(?!\d)年?"
)


def squeezed(text: str) -> str:
    return "".join(text.split())


def plain(text: str) -> str:
    """The figure as digits, without what only groups or names them."""
    return text.strip().translate(_FULL_WIDTH).removesuffix("%").replace(",", "")


def is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text.strip().translate(_FULL_WIDTH)))


def is_sign(text: str) -> bool:
    return text.strip() in SIGNS


def roc_year(text: str) -> int:
    """The ROC year that a cell says in whatever form; 0 for none. A bare number is one where it can be."""
    words = squeezed(text)
    if words.isdigit() and words.isascii():
        number = int(words) - (formats.ROC_OFFSET if len(words) == 4 else 0)
        return number if number in BARE_YEARS else 0
    said = next((said for form in (readings.common_era, readings.year) if (said := form(words)) != words), "")
    return int(said) if said.isdigit() and said.isascii() and 1 <= int(said) <= 200 else 0


def is_year(text: str) -> bool:
    return roc_year(text) > 0


def part_of(text: str) -> str:
    """`month`, `quarter` or `half` of a cell that says one by its words; a bare number is none."""
    words = squeezed(text)
    found = (part for part, (form, _) in PARTS.items() if form(words) != words)
    return "" if is_figure(words) else next(found, "")


def part_number(text: str) -> int:
    """The number of the part of the year that a cell says, also as a bare number."""
    words = squeezed(text)
    said = PARTS[part_of(text) or "month"][0](words)
    return int(said) if said.isdigit() else 0


def is_dated_month(text: str) -> bool:
    """10706 and the like, where a head says that they are months."""
    words = squeezed(text)
    return readings.year_of_month(words) != words


def year_of_part(text: str) -> tuple[str, str]:
    """`year_of_month` and the like with the year, where the cell says it, too."""
    words = squeezed(text)
    said = ((f"year_of_{part}", form(words)) for part, (_, form) in PARTS.items())
    return next(((name, year) for name, year in said if year != words), ("", ""))


def is_sum(text: str) -> bool:
    words = squeezed(text)
    return (
        words.endswith(("合計", "小計", "總計")) or words in SUMS or text.strip().lower() in SUMS_IN_ENGLISH
    )


def years_said(text: str) -> list[tuple[Era, int]]:
    """The years that a title names, as ROC years, and how each is counted; the day on which somebody printed it is none of them."""
    if re.search(r"製表|列印|印製|編製日|更新|日期|printed|updated", text, re.IGNORECASE):
        return []
    found: list[tuple[Era, int]] = [
        ("roc", int(roc)) if roc else ("gregorian", int(common) - formats.ROC_OFFSET)
        for roc, common in _IN_WORDS.findall(text)
    ]
    return [(era, year) for era, year in found if 1 <= year <= 200]


def years_in(text: str) -> list[int]:
    return [year for _, year in years_said(text)]
