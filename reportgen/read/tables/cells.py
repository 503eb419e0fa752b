"""One cell, from its text to an exact value or to what is wrong with it; rows are for `schema`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction

from reportgen.model import Gap, GapKind, formats
from reportgen.read import sheets
from reportgen.read.tables.declaration import COERCIONS, COLUMN_TYPES, REASONS, legible
from reportgen.read.tables.model import ColumnSpec

Understood = Fraction | Gap | str | date
Fault = tuple[str, str]
Step = tuple[str, str, str]  # rule, before, after

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.([0-9]{1,18}))?")
_WITH_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．－−％／", "0123456789,.--%/")
_URL = re.compile(r"https?://[!-~]+(?: ; https?://[!-~]+)*")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

TOTAL_WORDS = ("合計", "總計", "小計", "總和", "總數", "Total", "Subtotal", "Grand total", "Sum")


def understand(
    column: ColumnSpec, typed: str, symbols: Mapping[str, GapKind], labels: Mapping[str, str]
) -> tuple[Understood | None, tuple[Step, ...], Fault | None]:
    """The value of a cell, the coercions that led to it, and what is wrong with it if it has none."""
    text, steps = _coerced(typed, [rule for rule in COERCIONS if rule in column.accept])
    if column.judged_later:
        return text, steps, None
    kind = symbols.get(text)
    if kind in column.missing:
        return Gap(kind, column.reasons.get(kind, REASONS[kind])), steps, None
    if not text:
        return None, steps, _blank_fault(column)
    value, fault, more = _READERS[column.type](column, text, labels)
    return value, (*steps, *more), fault


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
    "full_width": lambda text: text.translate(_FULL_WIDTH),
    "percent_sign": _without_percent,
    "thousands": _without_thousands,
}

Reading = tuple[Understood | None, Fault | None, tuple[Step, ...]]


def _read_number(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    match = _PLAIN_NUMBER.fullmatch(text)
    if not match:
        return None, _number_fault(column, text), ()
    decimals = len(match[1] or "")
    if decimals > column.digits or (decimals and not column.digits):
        return None, _digits_fault(column, text), ()
    return Fraction(text) if decimals else Fraction(int(text)), None, ()


def text_fault(column: ColumnSpec, text: str) -> Fault | None:
    """What is wrong with a text, (English, Chinese): for who prints a cell that was not judged when it was read."""
    if not text.strip():
        return _blank_fault(column)
    if sheets.LOST in text:
        return (
            "holds U+FFFD: a letter was lost before; look it up in the original",
            "含有 U+FFFD：有字已遺失；請查對原件",
        )
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
    fault = (
        f"{legible(text)!r} is not an address; write https://…, several joined by ' ; '",
        f"「{legible(text)}」不是網址；請寫 https://…，數個以「 ; 」連接",
    )
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
    fault = (
        f'{legible(text)!r} is a ROC date; write {day.isoformat()}, or declare accept = ["roc_date"]',
        f'「{legible(text)}」是民國日期；請寫 {day.isoformat()}，或宣告 accept = ["roc_date"]',
    )
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
        return (
            "the cell is empty; write the figure, 0 if it is zero, or … if it is not available and "
            'missing = ["not_available"] is declared',
            '儲存格空白；請填數值，確為零填 0，無資料填 …（並宣告 missing = ["not_available"]）',
        )
    return "the cell is empty; fill it in", "儲存格空白；請填寫"


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
    what = {
        "whole": ("a whole number", "整數"),
        "roc_year": ("a ROC year in digits", "民國年數字"),
    }.get(column.type, ("a number", "數字"))
    en, zh = _number_remedy(column, text)
    shown = legible(text)
    return f"{shown!r} is not {what[0]}; {en}", f"「{shown}」不是{what[1]}；{zh}"


def _number_remedy(column: ColumnSpec, text: str) -> Fault:
    other, steps = _coerced(text, COERCIONS)
    if steps and _PLAIN_NUMBER.fullmatch(other):
        rules = [rule for rule, _, _ in steps]
        possible = [rule for rule in rules if rule in COLUMN_TYPES[column.type][1]]
        listed = ", ".join(f'"{rule}"' for rule in possible)
        if possible == rules:
            return (
                f"write {other}, or declare accept = [{listed}]",
                f"請寫 {other}，或宣告 accept = [{listed}]",
            )
        return f"write {other}", f"請寫 {other}"
    if text.strip().lower() in _NO_FIGURE:
        allowed = ", ".join(column.missing) or "-"
        return (
            "if there is no figure write … (not available), - (none) or <0.5 (less than half), and list "
            f"its kind in missing; allowed here: {allowed}",
            f"若無數值，請填 …（無資料）、-（無）或 <0.5（不及半單位），並列入 missing；此欄允許：{allowed}",
        )
    if re.search(r"[萬億千百元圓$]|NT", text):
        return (
            "write all digits without unit; the unit is declared in dataset.toml",
            "請寫出全部數字，不含單位；單位在 dataset.toml 宣告",
        )
    if re.fullmatch(r"\(.*\)|.*[0-9]-", text):
        return "write a negative number as -500", "負數請寫成 -500"
    if re.fullmatch(r"-?[0-9]+", text) and len(text) > 18:
        return "it has more than 18 digits", "超過 18 位數"
    if re.fullmatch(r"-?0[0-9]+|\+[0-9]+", text):
        return "write it without leading zeros or plus sign", "請去掉前面的零或加號"
    return "write digits only, for example 1234", "請只寫數字，例如 1234"


def _digits_fault(column: ColumnSpec, text: str) -> Fault:
    shown = legible(text)
    if not column.digits:
        en, zh = _number_fault(column, text) if column.type == "roc_year" else ("", "")
        whole = text.split(".")[0] if set(text.partition(".")[2]) == {"0"} else ""
        remedy = (f"write {whole}", f"請寫 {whole}") if whole else ("write no decimals", "請勿寫小數")
        what = ("a ROC year in digits", "民國年數字") if en and zh else ("a whole number", "整數")
        return f"{shown!r} is not {what[0]}; {remedy[0]}", f"「{shown}」不是{what[1]}；{remedy[1]}"
    return (
        f"{shown!r} has more than {column.digits} decimals; round it at the source or declare more digits",
        f"「{shown}」超過 {column.digits} 位小數；請於來源四捨五入，或宣告更多 digits",
    )


def _date_fault(text: str) -> Fault:
    return (
        f"{legible(text)!r} is not a day of the calendar; write 2018-12-31, or 107/12/31 where accepted",
        f"「{legible(text)}」不是曆法上的日期；請寫 2018-12-31，接受民國日期的欄位可寫 107/12/31",
    )


def _letters_fault(text: str, most: int) -> Fault | None:
    """Free text is kept as it is typed, but each letter must be one that can be seen and printed."""
    if len(text) > most:
        return (
            f"has {len(text):,} letters; up to {most} are allowed (max_letters)",
            f"有 {len(text):,} 個字，上限 {most}（max_letters）",
        )
    if text.isascii() and text.isprintable():
        return None
    for place, letter in enumerate(text, start=1):
        why = _unprintable(letter)
        if why:
            code = f"U+{ord(letter):04X}"
            return (
                f"letter {place} is {why[0]} ({code}); remove it",
                f"第 {place} 個字是{why[1]}（{code}）；請刪除",
            )
    if not unicodedata.is_normalized("NFC", text):
        return (
            "some letters are written in parts (not Unicode NFC), so equal words differ; type them again",
            "有字以組合方式儲存（非 Unicode NFC），相同的字會被視為不同；請重新輸入",
        )
    return None


def _unprintable(letter: str) -> Fault | None:
    code = ord(letter)
    if letter in "\n\r\v\f\x85\u2028\u2029":
        return "a line break", "換行"
    if letter == sheets.LOST:
        return "the mark of a lost letter", "字已遺失的標記"
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "no character of Unicode", "Unicode 非字元"
    kinds = {
        "Cc": ("a control character", "控制字元"),
        "Cf": ("invisible", "看不見的字元"),
        "Co": (
            "a private-use character, which each computer shows differently",
            "造字（私用區），各電腦顯示不同",
        ),
        "Cs": ("half a character", "不完整的字元"),
    }
    return kinds.get(unicodedata.category(letter))


_NAME_MARKS = set(" .·‧・．-–'’,()（）&/") - {"/"}


def _name_fault(text: str) -> Fault | None:
    """A person's name: letters and a few marks. It goes into file names and onto certificates."""
    if text != text.strip():
        return "a blank stands before or after the name; remove it", "姓名前後有空格；請刪除"
    if text[0] in "=+-@.":
        return f"a name can't begin with {text[0]!r}", f"姓名不可以「{text[0]}」開頭"
    for place, letter in enumerate(text, start=1):
        # Cn: ideographs of Unicode versions newer than Python's tables.
        ok = letter in _NAME_MARKS or unicodedata.category(letter)[0] in "LMN" or ord(letter) >= 0x20000
        if not ok:
            return (
                f"letter {place} is {letter!r}, not part of a name; write letters, blanks and . · - ' ,",
                f"第 {place} 個字「{letter}」不屬於姓名；請用文字、空格與 . · - ' ,",
            )
    return None
