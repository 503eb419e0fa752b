"""Years, months and quarters as offices write them."""

from __future__ import annotations

import pytest

from reportgen.read.tables import readings


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("107年", "107"),
        ("107年度", "107"),
        ("民國107年", "107"),
        ("中華民國 98 年度", "98"),
        ("106年底", "106"),
        ("106 年 終", "106"),
        ("一〇七年", "107"),
        ("一百零七年度", "107"),
        ("一百一十一年", "111"),
        ("九十八年", "98"),
        ("107", "107"),
        ("2018年", "2018"),
        ("107年6月", "107年6月"),
        ("103-107年", "103-107年"),
        ("107年(初估)", "107年(初估)"),
        ("年", "年"),
        ("合計", "合計"),
        ("1070年", "1070"),
    ],
)
def test_a_year_in_words(text: str, year: str) -> None:
    assert readings.year(text) == year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2018", "107"),
        ("2018年", "107"),
        ("西元2018年度", "107"),
        ("2018年底", "107"),
        ("107", "107"),
        ("1911", "1911"),
    ],
)
def test_a_year_of_the_common_era(text: str, year: str) -> None:
    assert readings.common_era(text) == year


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [
        ("107年6月", "107", "6"),
        ("民國107年06月底", "107", "6"),
        ("107年12月份", "107", "12"),
        ("一〇七年十二月", "107", "12"),
        ("10706", "107", "6"),
        ("9912", "99", "12"),
        ("201806", "2018", "6"),
        ("2018-06", "2018", "6"),
        ("2018/6", "2018", "6"),
        ("2018-06-01", "2018", "6"),
        ("107.06", "107", "6"),
        ("107/6", "107", "6"),
        ("6月", "", "6"),
        ("十一月", "", "11"),
        ("06", "", "6"),
    ],
)
def test_a_month(text: str, year: str, month: str) -> None:
    assert (readings.year_of_month(text), readings.month(text)) == (year or text, month)


@pytest.mark.parametrize(
    "text",
    [
        "107.1",
        "1-6月",
        "1至6月",
        "13月",
        "10713",
        "2018",
        "107年",
        "107年6月15日",
        "2018-06-15",
        "107年第1季",
        "",
        "合計",
    ],
)
def test_what_is_no_month_stays(text: str) -> None:
    assert (readings.year_of_month(text), readings.month(text)) == (text, text)


@pytest.mark.parametrize(
    ("text", "year", "quarter"),
    [
        ("107年第1季", "107", "1"),
        ("107年第一季", "107", "1"),
        ("107Q1", "107", "1"),
        ("2018 q4", "2018", "4"),
        ("107年3季底", "107", "3"),
        ("第四季", "", "4"),
        ("Q2", "", "2"),
        ("107年第5季", "", ""),
        ("107年上半年", "", ""),
        ("3", "", ""),
    ],
)
def test_a_quarter(text: str, year: str, quarter: str) -> None:
    assert (readings.year_of_quarter(text), readings.quarter(text)) == (year or text, quarter or text)
