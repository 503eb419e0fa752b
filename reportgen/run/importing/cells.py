"""What a single cell of an unknown sheet looks like: a figure, a sign for none, a year, a month; nothing is decided here."""

from __future__ import annotations

import re

from reportgen.model import GapKind, formats
from reportgen.read.tables import readings

SIGNS: dict[str, GapKind] = {
    **dict.fromkeys(("-", "－", "–", "—", "─"), "none"),
    **dict.fromkeys(("…", "...", "……", "NA", "N/A", "n/a"), "not_available"),
    "<0.5": "under_half",
}
SUMS = ("合計", "總計", "小計", "總和", "總數", "計", "共計")
SUMS_IN_ENGLISH = ("total", "subtotal", "sub-total", "grand total", "sum")
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


def says_year(text: str) -> bool:
    """A year that no figure looks like: 107年, but not 107."""
    return is_year(text) and not is_figure(text)


def is_month(text: str) -> bool:
    """A month by its words; a bare number is none."""
    words = squeezed(text)
    return not is_figure(words) and readings.month(words) != words


def is_dated_month(text: str) -> bool:
    """10706 and the like, where a head says that they are months."""
    words = squeezed(text)
    return readings.year_of_month(words) != words


def is_quarter(text: str) -> bool:
    words = squeezed(text)
    return readings.quarter(words) != words


def year_of_part(text: str) -> str:
    """`year_of_month` or `year_of_quarter` where the cell says the year, too."""
    words = squeezed(text)
    if readings.year_of_month(words) != words:
        return "year_of_month"
    return "year_of_quarter" if readings.year_of_quarter(words) != words else ""


def is_sum(text: str) -> bool:
    words = squeezed(text)
    return (
        words.endswith(("合計", "小計", "總計")) or words in SUMS or text.strip().lower() in SUMS_IN_ENGLISH
    )


def years_in(text: str) -> list[int]:
    """The ROC years that a title names; the day on which somebody printed it is none of them."""
    if re.search(r"製表|列印|印製|編製日|更新|日期|printed|updated", text, re.IGNORECASE):
        return []
    found = [
        (int(roc) if roc else int(common) - formats.ROC_OFFSET) for roc, common in _IN_WORDS.findall(text)
    ]
    return [year for year in found if 1 <= year <= 200]
