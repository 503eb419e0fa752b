"""Periods: how they are declared, counted, compared and called."""

from __future__ import annotations

import json

import pytest

from reportgen.model.periods import (
    Calendar,
    FiscalYear,
    Half,
    Month,
    Period,
    Quarter,
    Year,
    grouped,
    parse,
    span,
    written,
)

JUNE = Month.of(107, 6)
ROC, COMMON = Calendar(), Calendar("gregorian")


@pytest.mark.parametrize(
    ("words", "period"),
    [
        (107, Year(107)),
        ("107-06", JUNE),
        ("107-Q2", Quarter.of(107, 2)),
        ("107-H1", Half.of(107, 1)),
        ("FY107", FiscalYear(107)),
    ],
)
def test_a_period_is_read_as_it_is_written(words: str | int, period: Period) -> None:
    assert parse(words) == period
    assert written(period) == str(words)
    common = written(period, "gregorian")
    assert "2018" in common and parse(common, "gregorian") == period


@pytest.mark.parametrize(
    "words", ["107-13", "107-00", "107-6", "107-Q5", "107-H3", "107Q2", "FY", "0-06", "201-01", "", "-1"]
)
def test_what_is_no_period_is_none(words: str) -> None:
    assert parse(words) is None


def test_a_year_is_its_number_and_no_other_kind_is() -> None:
    assert Year(107) == 107 and {Year(107): 1}[107] == 1 and json.dumps(Year(107)) == "107"
    twelfth = Month.of(1, 1)
    assert int(twelfth) == 12 and twelfth != 12 and twelfth != Year(12) and len({twelfth, Year(12)}) == 2
    assert Half.of(107) != Quarter.of(53, 3)


def test_what_follows_and_what_was_a_year_ago() -> None:
    assert Month.of(107, 12) + 1 == Month.of(108, 1)
    assert Month.of(107, 1).before == Month.of(106, 12) and JUNE.year_before == Month.of(106, 6)
    assert (
        Quarter.of(107, 1).before == Quarter.of(106, 4) and Year(107).year_before == Year(107).before == 106
    )
    assert span(Month.of(106, 11), Month.of(107, 2))[-1] == Month.of(107, 2)
    assert (JUNE.year, JUNE.part, JUNE.first_of_year) == (107, 6, Month.of(107, 1))
    assert [len(run) for run in grouped([JUNE, JUNE + 2, JUNE + 1, JUNE + 5])] == [3, 1]


@pytest.mark.parametrize(
    ("period", "zh", "en", "common"),
    [
        (Year(107), "107年", "2018", "2018年"),
        (JUNE, "107年6月", "June 2018", "2018年6月"),
        (Quarter.of(107, 2), "107年第2季", "Q2 2018", "2018年第2季"),
        (Half.of(107, 2), "107年下半年", "H2 2018", "2018年下半年"),
        (FiscalYear(107), "107會計年度", "fiscal year 2018", "2018會計年度"),
        (Year(0), "民前1年", "1911", "1911年"),
    ],
)
def test_a_period_has_a_name_in_each_calendar(period: Period, zh: str, en: str, common: str) -> None:
    assert (ROC.label(period).zh, ROC.label(period).en) == (zh, en)
    assert (COMMON.label(period).zh, COMMON.label(period).en) == (common, en)


def test_heads_and_ticks_are_short() -> None:
    assert ROC.head(JUNE).en == "Jun 2018" and ROC.head(FiscalYear(107)).en == "FY 2018"
    assert (ROC.tick(JUNE).zh, ROC.tick(JUNE).en) == ("6", "Jun")
    assert (ROC.tick(Half.of(107, 2)).zh, ROC.tick(Half.of(107, 2)).en) == ("下半年", "H2")
    assert COMMON.bare_year(107).zh == "2018"


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (JUNE, "107年1至6月", "January to June 2018"),
        (Month.of(107, 1), "107年1月", "January 2018"),
        (Quarter.of(107, 3), "107年第1至3季", "Q1 to Q3 2018"),
        (Half.of(107, 2), "107年", "2018"),
    ],
)
def test_the_year_so_far_is_said_as_one_writes_it(period: Period, zh: str, en: str) -> None:
    assert (ROC.to_date(period).zh, ROC.to_date(period).en) == (zh, en)


def test_a_period_is_made_of_its_months() -> None:
    assert ROC.parts(Quarter.of(107, 2), Month) == span(Month.of(107, 4), JUNE)
    assert ROC.parts(Year(107), Quarter) == span(Quarter.of(107, 1), Quarter.of(107, 4))
    assert ROC.parts(JUNE, Quarter) == ()  # a quarter does not fit into a month
    assert ROC.months(FiscalYear(107)) == ()  # nobody has said when it begins


@pytest.mark.parametrize(
    ("calendar", "first"),
    [
        (Calendar(fiscal_month=7, named_after="last"), Month.of(106, 7)),
        (Calendar(fiscal_month=4, named_after="first"), Month.of(107, 4)),
        (Calendar(fiscal_month=1), Month.of(107, 1)),
    ],
)
def test_a_fiscal_year_begins_as_declared(calendar: Calendar, first: Month) -> None:
    months = calendar.months(FiscalYear(107))
    assert (months[0], months[-1]) == (first, first + 11)
    assert len(calendar.parts(FiscalYear(107), Quarter)) == 4
    assert not Calendar(fiscal_month=2).parts(
        FiscalYear(107), Quarter
    )  # quarters that begin with another month


def test_another_kind_is_the_one_in_which_it_begins() -> None:
    assert JUNE.in_kind(Year) == 107 and JUNE.in_kind(Quarter) == Quarter.of(107, 2)
    assert Year(107).in_kind(Month) == Month.of(107, 1)
