"""One cell, from its text to an exact value or to what is wrong with it; rows are for `schema`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reportgen.model import Gap, GapKind, Text, formats
from reportgen.model.hints import legible
from reportgen.model.messages import message, told
from reportgen.read import sheets
from reportgen.read.ods import ERROR
from reportgen.read.tables import readings
from reportgen.read.tables.columns import ColumnSpec, forms

Understood = Fraction | Gap | str | date
Fault = tuple[str, str]
Step = tuple[str, str, str]  # rule, before, after
Cell = tuple[Understood | None, tuple[Step, ...], Fault | None]

COERCIONS = (
    *("spaces", "spaces_within", "full_width", "percent_sign", "thousands", "month", "quarter", "half"),
    *("year_of_month", "year_of_quarter", "year_of_half", "roc_year_words", "common_era"),
)
REASONS: Mapping[GapKind, Text] = {
    "blank": message("tables.left_blank_source"),
    "none": message("tables.none_source_prints"),
    "not_available": message("tables.not_available_source"),
    "under_half": message("tables.more_than_zero_but_less"),
}

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.([0-9]{1,40}))?")
_WITH_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．－−％／", "0123456789,.--%/")
_SPACES_WITHIN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_URL = re.compile(r"https?://[!-~]+(?: ; https?://[!-~]+)*")
_ISO_DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"(?:民國)?\s*([1-9][0-9]{0,2})\s*年度?")

TOTAL_WORDS = ("合計", "總計", "小計", "總和", "總數", "Total", "Subtotal", "Grand total", "Sum")


def understand(
    column: ColumnSpec, typed: str, symbols: Mapping[str, GapKind], labels: Mapping[str, str]
) -> Cell:
    """The value of a cell, the coercions that led to it, and what is wrong with it if it has none."""
    text, steps = _coerced(typed, [rule for rule in COERCIONS if rule in column.accept])
    if column.judged_later:
        return text, steps, None
    kind = symbols.get(text)
    if kind in column.missing:
        return Gap(kind, column.reasons.get(kind, REASONS[kind])), steps, None
    if not text:
        return None, steps, _blank_fault(column)
    if ERROR.fullmatch(text):
        return None, steps, told("sheets.cell_shows_error_such_div")
    if column.gregorian:
        if all(rule != "common_era" for rule, _, _ in steps):
            return None, steps, told("tables.is_no_gregorian_year", shown=legible(typed))
        steps = tuple(step for step in steps if step[0] != "common_era")  # what the calendar says anyhow
    value, fault, more = _READERS[column.type](column, text, labels)
    return value, (*steps, *more), fault


def plain_number(number: Fraction) -> str:
    """An exact decimal without grouping, for messages."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def as_shown(stored: str) -> str:
    """The number of a cell that is shown as per cent: 0.91 is stored, 91 is meant."""
    return f"{Decimal(stored).scaleb(2):f}" if _PLAIN_NUMBER.fullmatch(stored) else stored


def judged_by_format(typed: str, shown: bool, found: Cell) -> Cell:
    """A cell of a column that has cells shown as per cent: as it was understood, or what is wrong with it.

    One that is not shown so could mean 0.91 or 91 per cent, unless a sign was typed or it is 0.
    """
    value, steps, fault = found
    if shown:
        after = as_shown(typed)
        return value, ((("percent_format", typed, after), *steps) if after != typed else steps), fault
    if isinstance(value, Fraction) and value and all(rule != "percent_sign" for rule, _, _ in steps):
        return None, steps, told("tables.percent_format_is_mixed", shown=legible(typed))
    return found


def _coerced(text: str, rules: Iterable[str]) -> tuple[str, tuple[Step, ...]]:
    steps: list[Step] = []
    for rule in rules:
        after = _FORMS[rule](text)
        if after != text:
            steps.append((rule, text, after))
            text = after
    return text, tuple(steps)


def _without_percent(text: str) -> str:
    return text[:-1].rstrip() if text.endswith("%") else text


def _without_thousands(text: str) -> str:
    return text.replace(",", "") if _WITH_THOUSANDS.fullmatch(text) else text


_FORMS: Mapping[str, Callable[[str], str]] = {
    "spaces": str.strip,
    "spaces_within": lambda text: _SPACES_WITHIN.sub("", text),
    "full_width": lambda text: text.translate(_FULL_WIDTH),
    "percent_sign": _without_percent,
    "thousands": _without_thousands,
    "month": readings.month,
    "quarter": readings.quarter,
    "half": readings.half,
    "year_of_month": readings.year_of_month,
    "year_of_quarter": readings.year_of_quarter,
    "year_of_half": readings.year_of_half,
    "roc_year_words": readings.year,
    "common_era": readings.common_era,
}

Reading = tuple[Understood | None, Fault | None, tuple[Step, ...]]


def _read_number(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    match = _PLAIN_NUMBER.fullmatch(text)
    if not match:
        return None, _number_fault(column, text), ()
    decimals = len(match[1] or "")
    if decimals > column.digits and column.rounds:
        rounded = formats.half_up(Fraction(text), column.digits)
        return Fraction(rounded), None, (("round", text, f"{rounded:f}"),)
    if decimals > column.digits or (decimals and not column.digits):
        return None, _digits_fault(column, text), ()
    return Fraction(text) if decimals else Fraction(int(text)), None, ()


def text_fault(column: ColumnSpec, text: str) -> Fault | None:
    """What is wrong with a text, (English, Chinese): for who prints a cell that was not judged when it was read."""
    if not text.strip():
        return _blank_fault(column)
    if sheets.LOST in text:
        return told("tables.holds_u_fffd")
    return _letters_fault(text, column.max_letters) or (_name_fault(text) if column.personal else None)


def _read_text(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    fault = text_fault(column, text)
    return (None, fault, ()) if fault else (text, None, ())


def _read_member(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    """The id of the member; an unknown one goes on to the schema, which lists the known."""
    if "label" in column.accept and text in labels:
        return labels[text], None, (("label", text, labels[text]),)
    return text, None, ()


def _read_url(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    if _URL.fullmatch(text):
        return text, None, ()
    fault = told("tables.is_not_address", text=legible(text))
    return None, fault, ()


def _read_date(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text), None, ()
        day = formats.parse_roc_date(text)
    except ValueError:
        return None, _date_fault(text), ()
    if "roc_date" in column.accept:
        return day, None, (("roc_date", text, day.isoformat()),)
    fault = told("tables.is_roc_date", text=legible(text), isoformat=day.isoformat())
    return None, fault, ()


_READERS: Mapping[str, Callable[[ColumnSpec, str, Mapping[str, str]], Reading]] = {
    "whole": _read_number,
    "decimal": _read_number,
    "percent": _read_number,
    "roc_year": _read_number,
    "text": _read_text,
    "member": _read_member,
    "url": _read_url,
    "roc_date": _read_date,
}


# ---- what is wrong with a cell, and what would be right -------------------------------------


def _blank_fault(column: ColumnSpec) -> Fault:
    if column.is_number:
        return told("tables.cell_is_empty_2")
    return told("tables.cell_is_empty")


_NO_FIGURE = {
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "inf",
    "-inf",
    "infinity",
    "-",
    "—",
    "–",
    "－",
    "…",
    "...",
    "無",
    "不詳",
    "x",
    "<0.5",
}


def _number_fault(column: ColumnSpec, text: str) -> Fault:
    what = {"whole": told("tables.whole_number"), "roc_year": told("tables.roc_year_digits")}.get(
        column.type, told("tables.number")
    )
    en, zh = _number_remedy(column, text)
    shown = legible(text)
    if text.strip() in TOTAL_WORDS:
        return told("tables.is_total_among_numbers", shown=shown)
    return told("tables.is_not", shown=shown, what=Text(what[1], what[0]), zh=Text(zh, en))


def _number_remedy(column: ColumnSpec, text: str) -> Fault:
    usual = ("spaces", "full_width", "percent_sign", "thousands")
    other, steps = _coerced(text, [r for r in COERCIONS if r in usual or r in forms(column.type)])
    if steps and _PLAIN_NUMBER.fullmatch(other):
        rules = [rule for rule, _, _ in steps]
        possible = [rule for rule in rules if rule in forms(column.type)]
        listed = ", ".join(f'"{rule}"' for rule in possible)
        if possible == rules:
            return told("tables.write_declare_accept", other=other, listed=listed)
        return told("tables.write", other=other)
    if text.strip().lower() in _NO_FIGURE:
        allowed = ", ".join(column.missing) or "-"
        return told("tables.if_is_no_figure_write", allowed=allowed)
    if day := _ISO_DATE.match(text):
        if column.type == "roc_year":
            return told("tables.write", other=int(day[1]) - formats.ROC_OFFSET)
        return told("tables.number_format_makes_day")
    if column.type == "roc_year" and (year := _YEAR.fullmatch(text.strip())):
        return told("tables.write", other=year[1])
    if re.search(r"[萬億千百元圓$]|NT", text):
        return told("tables.write_all_digits_without_unit")
    if re.fullmatch(r"\(.*\)|.*[0-9]-", text):
        return told("tables.write_negative_number")
    if re.fullmatch(r"-?[0-9]+", text) and len(text) > 18:
        return told("tables.has_more_than_digits_2")
    if re.fullmatch(r"-?0[0-9]+|\+[0-9]+", text):
        return told("tables.write_without_leading_zeros_plus")
    return told("tables.write_digits_only_example")


def _digits_fault(column: ColumnSpec, text: str) -> Fault:
    shown = legible(text)
    if not column.digits:
        en, zh = _number_fault(column, text) if column.type == "roc_year" else ("", "")
        whole = text.split(".")[0] if set(text.partition(".")[2]) == {"0"} else ""
        without = (
            "tables.write_no_decimals" if column.type == "roc_year" else "tables.write_no_decimals_or_round"
        )
        remedy = told("tables.write_2", whole=whole) if whole else told(without)
        what = told("tables.roc_year_digits") if en and zh else told("tables.whole_number")
        return told(
            "tables.is_not_2", shown=shown, what=Text(what[1], what[0]), remedy=Text(remedy[1], remedy[0])
        )
    return told("tables.has_more_than_decimals", shown=shown, digits=column.digits)


def _date_fault(text: str) -> Fault:
    return told("tables.is_not_day_calendar_2", text=legible(text))


def _letters_fault(text: str, most: int) -> Fault | None:
    """Free text is kept as it is typed, but each letter must be one that can be seen and printed."""
    if len(text) > most:
        return told("tables.has_letters", text_count=len(text), most=most)
    if text.isascii() and text.isprintable():
        return None
    for place, letter in enumerate(text, start=1):
        why = _unprintable(letter)
        if why:
            code = f"U+{ord(letter):04X}"
            return told("tables.letter_is", place=place, code=code, why=Text(why[1], why[0]))
    return None


_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _unprintable(letter: str) -> Fault | None:
    code = ord(letter)
    if letter in "\n\r\v\f\x85\u2028\u2029":
        return told("tables.line_break")
    if letter == sheets.LOST:
        return told("tables.mark_lost_letter")
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return told("tables.no_character_unicode")
    kinds = {
        "Cc": told("tables.control_character"),
        "Cf": told("tables.invisible"),
        "Co": told("tables.private_use_character_each_computer"),
        "Cs": told("tables.half_character"),
    }
    if _SELECTOR.fullmatch(letter):
        return told("tables.variation_selector")
    return kinds.get(unicodedata.category(letter))


# ^ ‘ ’ : and _ are letters of the official orthographies of Taiwan's languages: glottal stops, long vowels, n_g.
_NAME_MARKS = set(" .·‧・．-–'‘’^:_,()（）&")


def _name_fault(text: str) -> Fault | None:
    """A person's name: letters and a few marks. It goes into file names and onto certificates."""
    if text != text.strip():
        return told("tables.blank_stands_before_after_name")
    if text[0] in "=+-@.":
        return told("tables.name_can_t_begin", text=text[0])
    for place, letter in enumerate(text, start=1):
        # Cn: ideographs of Unicode versions newer than Python's tables.
        ok = letter in _NAME_MARKS or unicodedata.category(letter)[0] in "LMN" or ord(letter) >= 0x20000
        if not ok:
            return told("tables.letter_is_not_part_name", place=place, letter=letter)
    return None
