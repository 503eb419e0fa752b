"""One rounding, and the forms of numbers, years and dates in both languages."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import gap, registry

from reportgen.model import Exact, Text, formats
from reportgen.model.formats import MINUS, SYMBOL, half_up, in_text, parse_roc_date, plain, roc_date, roc_year

numbers = st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=10**7)
digits = st.integers(0, 6)


def said(exact: Exact, unit: str, places: int) -> tuple[str, str]:
    """The Chinese and the English form."""
    form = registry().units[unit]
    return in_text(exact, places, form, "zh"), in_text(exact, places, form, "en")


# ---- rounding -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exact", "places", "rounded"),
    [
        ("104.25", 1, "104.3"),
        ("104.35", 1, "104.4"),
        ("98.45", 1, "98.5"),
        ("-104.25", 1, "-104.3"),
        ("-98.45", 1, "-98.5"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("-0.5", 0, "-1"),
        ("-2.5", 0, "-3"),
        ("104.2499999999999999999", 1, "104.2"),
        ("0.005", 2, "0.01"),
        ("1/3", 4, "0.3333"),
        ("999.95", 1, "1000.0"),
    ],
)
def test_a_tie_is_rounded_away_from_zero(exact: str, places: int, rounded: str) -> None:
    assert str(half_up(Fraction(exact), places)) == rounded


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert str(half_up(Fraction("-0.04"), 1)) == "0.0"


@given(numbers, digits)
def test_rounding_moves_a_number_by_half_a_unit_at_most(number: Fraction, places: int) -> None:
    assert abs(number - Fraction(half_up(number, places))) <= Fraction(1, 2 * 10**places)


@given(numbers, digits)
def test_rounding_leaves_exactly_the_decimals_asked_for(number: Fraction, places: int) -> None:
    assert half_up(number, places).as_tuple().exponent == -places


@given(st.integers(-(10**12), 10**12), digits)
def test_every_tie_goes_away_from_zero(count: int, places: int) -> None:
    unit = Fraction(1, 10**places)
    tie = (count + Fraction(1, 2)) * unit
    away = (count + 1) * unit if tie > 0 else count * unit
    assert Fraction(half_up(tie, places)) == away


@given(st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=8), digits)
def test_rounding_is_that_of_the_decimal_module(number: Decimal, places: int) -> None:
    expected = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert half_up(Fraction(number), places) == expected


@given(numbers, numbers, digits)
def test_rounding_keeps_the_order(one: Fraction, other: Fraction, places: int) -> None:
    low, high = sorted((one, other))
    assert half_up(low, places) <= half_up(high, places)


@given(numbers, digits)
def test_rounding_is_the_same_on_both_sides_of_zero(number: Fraction, places: int) -> None:
    assert half_up(-number, places) == -half_up(number, places)


# ---- the form of tables and charts ----------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("0", "0"),
        ("999", "999"),
        ("1000", "1,000"),
        ("-1234.50", "−1,234.50"),
        ("-7", "−7"),
        ("1E+3", "1,000"),
    ],
)
def test_thousands_are_grouped_and_the_minus_is_a_true_one(number: str, form: str) -> None:
    assert formats.grouped(Decimal(number)) == form


@given(numbers, digits)
def test_the_form_of_tables_can_be_read_back(number: Fraction, places: int) -> None:
    form = plain(number, places)
    if form == SYMBOL["under_half"]:
        assert number != 0 and half_up(number, places) == 0
        return
    assert "-" not in form
    assert Decimal(form.replace(",", "").replace(MINUS, "-")) == half_up(number, places)


def test_a_number_is_printed_in_its_unit() -> None:
    assert plain(Fraction(2_442_720_000), 2, Fraction(10**6)) == "2,442.72"
    assert plain(Fraction(1043, 1000), 1, Fraction(1, 100)) == "104.3"


def test_a_true_zero_is_0_and_a_small_remainder_is_not() -> None:
    assert plain(Fraction(0), 1) == "0.0"
    assert plain(Fraction(4, 100), 1) == plain(Fraction(-4, 100), 1) == "≈0"
    assert plain(Fraction(5, 100), 1) == "0.1"


def test_five_different_things_are_printed_in_five_ways() -> None:
    blank, none, not_available = (plain(gap(kind), 0) for kind in ("blank", "none", "not_available"))
    under_half, zero = plain(gap("under_half"), 0), plain(Fraction(0), 0)
    assert [blank, none, not_available, under_half, zero] == ["", "-", "…", "≈0", "0"]


def test_a_formula_without_result_is_printed_as_not_available() -> None:
    assert plain(gap("undefined"), 0) == "…"


# ---- the form of sentences ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "form"),
    [
        ("578800000000", "5,788億"),
        ("3452010000", "34億5,201萬"),
        ("31280520000", "312億8,052萬"),
        ("2442720000", "24億4,272萬"),
        ("639442789", "6億3,944萬2,789"),
        ("1000000000000", "1兆"),
        ("2000300000000", "2兆3億"),
        ("100000000", "1億"),
        ("100000001", "1億1"),
        ("10000", "1萬"),
        ("9999", "9,999"),
        ("0", "0"),
        ("-3452010000", "−34億5,201萬"),
        ("12345.5", "12,345.5"),
        ("50000000000000000", "50,000兆"),
    ],
)
def test_large_amounts_are_written_with_wan_yi_and_zhao(number: str, form: str) -> None:
    assert formats.yi_wan(Decimal(number)) == form


def from_yi_wan(form: str) -> int:
    sign = -1 if form.startswith(MINUS) else 1
    parts = re.fullmatch(r"(?:([\d,]+)兆)?(?:([\d,]+)億)?(?:([\d,]+)萬)?([\d,]+)?", form.removeprefix(MINUS))
    assert parts, form
    counts = [int((part or "0").replace(",", "")) for part in parts.groups()]
    return sign * sum(c * v for c, v in zip(counts, (10**12, 10**8, 10**4, 1), strict=True))


@given(st.integers(-(10**18), 10**18))
def test_no_amount_is_lost_between_wan_and_yi(number: int) -> None:
    assert from_yi_wan(formats.yi_wan(Decimal(number))) == number


@pytest.mark.parametrize(
    ("ntd", "unit", "places", "zh", "en"),
    [
        (578_800_000_000, "twd_million", 2, "新臺幣5,788億元", "NT$578,800.00 million"),
        (3_452_010_000, "twd_million", 2, "新臺幣34億5,201萬元", "NT$3,452.01 million"),
        (31_280_520_000, "twd_million", 2, "新臺幣312億8,052萬元", "NT$31,280.52 million"),
        (2_442_720_000, "twd_million", 2, "新臺幣24億4,272萬元", "NT$2,442.72 million"),
        (-2_442_720_000, "twd_million", 2, "新臺幣−24億4,272萬元", "−NT$2,442.72 million"),
        (639_442_789, "twd", 0, "新臺幣6億3,944萬2,789元", "NT$639,442,789"),
        (121_122_000, "twd_k", 0, "新臺幣1億2,112萬2,000元", "NT$121.122 million"),
        (999_000, "twd_k", 0, "新臺幣99萬9,000元", "NT$999 thousand"),
        (10_000_000, "twd_k", 0, "新臺幣1,000萬元", "NT$10 million"),
        (100_000_000, "twd_10k", 0, "新臺幣1億元", "NT$100 million"),
        (-250_000, "twd_10k", 0, "新臺幣−25萬元", "−NT$250,000"),
        (10**12, "twd_million", 2, "新臺幣1兆元", "NT$1 trillion"),
    ],
)
def test_amounts_are_said_as_each_language_says_them(
    ntd: int, unit: str, places: int, zh: str, en: str
) -> None:
    assert said(Fraction(ntd), unit, places) == (zh, en)


@given(st.fractions(min_value=10_000, max_value=10**15, max_denominator=1000), st.booleans())
def test_both_languages_say_the_same_rounded_amount(ntd: Fraction, negative: bool) -> None:
    zh, en = said(-ntd if negative else ntd, "twd_million", 2)
    chinese = from_yi_wan(zh.removeprefix("新臺幣").removesuffix("元"))
    bare, scale = en.replace("NT$", "").replace(",", "").replace(MINUS, "-").split(" ")
    assert Decimal(chinese) == Decimal(bare) * {"million": 10**6, "trillion": 10**12}[scale]


@pytest.mark.parametrize(
    ("count", "zh", "en"),
    [
        (1, "1件", "1 case"),
        (2, "2件", "2 cases"),
        (0, "0件", "0 cases"),
        (1_503_549, "1,503,549件", "1,503,549 cases"),
    ],
)
def test_one_case_is_singular_and_all_else_plural(count: int, zh: str, en: str) -> None:
    assert said(Fraction(count), "case", 0) == (zh, en)


def test_the_plural_follows_the_printed_figure() -> None:
    assert said(Fraction(14, 10), "case", 0)[1] == "1 case"
    assert said(Fraction(1, 100), "point", 1)[1] == "1.0 percentage points"


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (10, "10th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (23, "23rd"),
        (101, "101st"),
        (111, "111th"),
        (112, "112th"),
        (113, "113th"),
        (121, "121st"),
    ],
)
def test_english_ordinals_know_the_teens(number: int, form: str) -> None:
    assert formats.ordinal(number) == form
    assert said(Fraction(number), "rank", 0) == (f"第{number}名", form)


def test_a_gap_in_a_sentence_is_its_symbol_and_a_blank_is_named() -> None:
    assert said(gap("not_available"), "twd_million", 2) == ("…", "…")
    assert said(gap("none"), "case", 0) == ("-", "-")
    assert said(gap("blank"), "case", 0) == ("（空白）", "(blank)")


# ---- years and dates ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "zh", "en"),
    [(107, "107年", "2018"), (1, "1年", "1912"), (0, "民前1年", "1911"), (-11, "民前12年", "1900")],
)
def test_a_roc_year_and_its_gregorian_year_agree(year: int, zh: str, en: str) -> None:
    assert roc_year(year) == Text(zh, en)


def test_there_is_no_roc_year_zero_in_a_date() -> None:
    assert roc_date(date(2019, 3, 1)) == Text("中華民國108年3月1日", "March 1, 2019")
    assert roc_date(date(1912, 1, 1)).zh == "中華民國1年1月1日"
    assert roc_date(date(1911, 10, 10)).zh == "民國前1年10月10日"


@pytest.mark.parametrize(
    "words",
    [
        "107/12/31",
        "民國107年12月31日",
        "中華民國107年12月31日",
        "107.12.31",
        "107-12-31",
        " 民國 107年12月31日",
    ],
)
def test_a_roc_date_is_read_in_its_usual_forms(words: str) -> None:
    assert parse_roc_date(words) == date(2018, 12, 31)


def test_leap_days_are_those_of_the_gregorian_year() -> None:
    assert parse_roc_date("105/2/29") == date(2016, 2, 29)
    with pytest.raises(ValueError, match="day"):
        parse_roc_date("104/2/29")


@pytest.mark.parametrize(
    "words", ["0/1/1", "201/1/1", "2018/12/31", "107/13/1", "107/4/31", "107/12", "", "十"]
)
def test_what_is_no_roc_date_is_refused(words: str) -> None:
    with pytest.raises(ValueError):
        parse_roc_date(words)


@given(st.dates(min_value=date(1912, 1, 1), max_value=date(2111, 12, 31)))
def test_a_printed_roc_date_can_be_read_back(day: date) -> None:
    assert parse_roc_date(roc_date(day).zh) == day


@pytest.mark.parametrize(
    ("exact", "unit", "places", "zh", "en"),
    [
        (Fraction(3000), "twd_million", 2, "不足新臺幣5,000元", "less than NT$0.005 million"),
        (Fraction(4999), "twd_million", 0, "不足新臺幣50萬元", "less than NT$0.5 million"),
        (
            Fraction(-4999),
            "twd_million",
            0,
            "負值（絕對值不足新臺幣50萬元）",
            "less than NT$0.5 million below zero",
        ),
        (Fraction(4, 10_000), "percent", 1, "不足0.05%", "less than 0.05%"),
        (Fraction(1, 5), "case", 0, "不足0.5件", "less than 0.5 cases"),
    ],
)
def test_less_than_half_a_unit_is_said_in_words(exact, unit, places, zh, en):
    assert said(exact, unit, places) == (zh, en)


def test_an_amount_below_ten_thousand_is_written_without_decimals():
    assert said(Fraction(5000), "twd_million", 3) == ("新臺幣5,000元", "NT$0.005 million")


# ---- numbers and dates in words ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (28, "二十八"),
        (100, "一百"),
        (103, "一百零三"),
        (110, "一百十"),
        (111, "一百十一"),
        (1_000, "一千"),
        (1_003, "一千零三"),
        (1_010, "一千零十"),
        (1_130, "一千一百三十"),
        (10_000, "一萬"),
        (10_005, "一萬零五"),
        (12_300, "一萬二千三百"),
        (100_010, "十萬零十"),
    ],
)
def test_a_number_in_words_is_that_of_the_national_laws(number: int, words: str) -> None:
    assert formats.chinese_number(number) == words


@given(st.integers(0, 10**8 - 1))
def test_a_number_in_words_can_be_read_back(number: int) -> None:
    def below(words: str) -> int:
        total, digit = 0, None
        for letter in words:
            if letter in "零一二三四五六七八九":
                digit = "零一二三四五六七八九".index(letter)
            else:
                total += (1 if digit in (None, 0) else digit) * {"十": 10, "百": 100, "千": 1000}[letter]
                digit = None
        return total + (digit or 0)

    high, _, low = formats.chinese_number(number).rpartition("萬")
    assert below(high) * 10_000 + below(low) == number


@pytest.mark.parametrize("number", [-1, 10**8])
def test_a_number_that_has_no_words_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not in"):
        formats.chinese_number(number)


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2014, 1, 28), "中華民國一百零三年一月二十八日", "January 28, 2014"),
        (date(2022, 10, 10), "中華民國一百十一年十月十日", "October 10, 2022"),
        (date(1912, 1, 1), "中華民國元年一月一日", "January 1, 1912"),
        (date(1911, 12, 31), "民國前一年十二月三十一日", "December 31, 1911"),
    ],
)
def test_a_date_in_words_is_that_of_a_certificate(day: date, zh: str, en: str) -> None:
    assert formats.roc_date_in_words(day) == Text(zh, en)


def test_how_often_is_said_with_two_as_a_pair() -> None:
    assert [formats.times(count) for count in (1, 2, 3, 10, 12)] == [
        Text("一次", "once"),
        Text("兩次", "twice"),
        Text("三次", "three times"),
        Text("十次", "10 times"),
        Text("十二次", "12 times"),
    ]


@pytest.mark.parametrize(
    ("hour", "minute", "zh", "en"),
    [
        (9, 0, "上午9時", "9:00 a.m."),
        (10, 30, "上午10時30分", "10:30 a.m."),
        (12, 0, "中午12時", "12:00 p.m."),
        (14, 5, "下午2時5分", "2:05 p.m."),
    ],
)
def test_a_time_of_day_says_its_half(hour: int, minute: int, zh: str, en: str) -> None:
    assert formats.clock(hour, minute) == Text(zh, en)


def test_a_weekday_has_its_name_in_both_languages() -> None:
    assert formats.weekday(date(2014, 1, 28)) == Text("星期二", "Tuesday")
    assert formats.weekday(date(2014, 2, 2)) == Text("星期日", "Sunday")


def test_the_items_of_an_official_paper_are_numbered_as_the_handbook_says() -> None:
    assert [formats.clause_number(level, 2) for level in range(1, 7)] == [
        Text("二、", "2."),
        Text("（二）", "(2)"),
        Text("2、", "B."),
        Text("（2）", "(B)"),
        Text("乙、", "b."),
        Text("（乙）", "(b)"),
    ]
    assert formats.clause_number(1, 11) == Text("十一、", "11.")
    assert formats.clause_number(3, 27) == Text("27、", "AA.")


@pytest.mark.parametrize(("level", "number"), [(0, 1), (7, 1), (1, 0), (5, 11)])
def test_an_item_that_has_no_number_is_refused(level: int, number: int) -> None:
    with pytest.raises(ValueError, match="no item"):
        formats.clause_number(level, number)
