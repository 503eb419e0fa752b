"""Figures by month, quarter, half and fiscal year: what they are made of, what they are compared with, what is said of them."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction

import pytest
from small import branches, dataset, registry, words
from test_sentences_are_true import Heard

from reportgen.compute import claims
from reportgen.compute.formulas import FormulaError
from reportgen.compute.metrics import Figures
from reportgen.compute.narrative import Narrative
from reportgen.model import Gap, Line
from reportgen.model.errors import InputError
from reportgen.model.periods import Calendar, FiscalYear, Half, Month, Period, Quarter, Year, span
from reportgen.model.values import Together
from reportgen.read.tables import Dataset
from reportgen.read.words import said

JUNE = Month.of(100, 6)
MONTHS = span(Month.of(98, 1), JUNE)
NORTH = {"branch": "north"}
Counts = Callable[[Period], int]


def count(month: Period) -> int:
    """Invented, with a season and a trend."""
    return 100 + 7 * (month.year - 97) + (month.part * 5) % 11


def by_month(
    counts: Counts = count,
    months: tuple[Period, ...] = MONTHS,
    part: str = "month",
    closed: Counts | None = None,
) -> Dataset:
    """New and closed cases and those pending, of two branches, with a column of months or quarters."""
    rows = [
        {
            "roc_year": month.year,
            "branch": branch,
            "month": month.part,
            "new_cases": counts(month) * (1 + number),
            "closed_cases": closed(month) if closed else 50 + month.part,
            "pending_cases": 1000 + int(month),
        }
        for month in months
        for number, branch in enumerate(("north", "south"))
    ]
    data = dataset(rows)
    table = data.tables["t1"]
    keyed = dataclasses.replace(
        table,
        key=("roc_year", "month", "branch"),
        columns={**table.columns, "month": dataclasses.replace(table.columns["month"], unit=part)},
        records=tuple(
            dataclasses.replace(one, key=(one.key[0], int(str(row["month"])), one.key[1]))
            for one, row in zip(table.records, rows, strict=True)
        ),
    )
    stock = dataclasses.replace(data.measures["pending_cases"], kind="stock")
    return dataclasses.replace(data, tables={"t1": keyed}, measures={**data.measures, "pending_cases": stock})


def figures(
    data: Dataset | None = None,
    period: Period = JUNE,
    since: Period = MONTHS[0],
    calendar: Calendar | None = None,
) -> Figures:
    return Figures(data or by_month(), registry(), period, since, calendar or Calendar())


@pytest.fixture(scope="module")
def monthly() -> Figures:
    return figures()


def exact(of: Figures, metric: str, period: Period = JUNE, members: Mapping[str, str] = NORTH) -> Fraction:
    found = of.value(metric, of.key(period, members)).exact
    assert isinstance(found, Fraction), found
    return found


def reason(
    of: Figures, metric: str, period: Period = JUNE, members: Mapping[str, str] = NORTH
) -> tuple[str, str]:
    found = of.value(metric, of.key(period, members)).exact
    assert isinstance(found, Gap), found
    return found.reason.zh, found.reason.en


@pytest.mark.parametrize(
    ("period", "months"),
    [
        (Year(99), span(Month.of(99, 1), Month.of(99, 12))),
        (Half.of(99, 2), span(Month.of(99, 7), Month.of(99, 12))),
        (Quarter.of(100, 2), span(Month.of(100, 4), JUNE)),
        (JUNE, (JUNE,)),
        (FiscalYear(100), span(Month.of(99, 7), JUNE)),
    ],
)
def test_a_flow_is_added_up_and_a_stock_is_that_of_the_last_month(
    period: Period, months: tuple[Period, ...]
) -> None:
    of = figures(calendar=Calendar(fiscal_month=7))
    assert exact(of, "new_cases", period) == sum(map(count, months))
    assert exact(of, "new_cases", period, {}) == 3 * sum(map(count, months))  # both branches
    assert exact(of, "pending_cases", period) == 1000 + int(months[-1])
    closed = sum(50 + month.part for month in months)
    assert exact(of, "closing_rate", period) == Fraction(closed, closed + 1000 + int(months[-1]))


@pytest.mark.parametrize(
    ("period", "en", "zh"),
    [
        (Year(100), "lacks 6 parts of 2011, the first being July 2011", "100年缺6期資料（自100年7月起）"),
        (Quarter.of(100, 3), "has no row for Q3 2011", "無100年第3季資料"),
        (FiscalYear(100), "has no months or quarters that make up a fiscal year", "無法計算會計年度"),
    ],
)
def test_what_is_not_whole_is_blank_and_says_why(monthly: Figures, period: Period, en: str, zh: str) -> None:
    said_zh, said_en = reason(monthly, "new_cases", period)
    assert en in said_en and zh in said_zh


def test_a_month_that_lacks_alone_is_named() -> None:
    of = figures(by_month(months=tuple(one for one in MONTHS if one != Month.of(99, 4))))
    assert "no row for April 2010, so Q2 2010" in reason(of, "new_cases", Quarter.of(99, 2))[1]
    # A stock needs its last month alone.
    assert exact(of, "pending_cases", Year(99)) == 1000 + int(Month.of(99, 12))


def test_quarters_make_halves_and_no_months() -> None:
    quarters = span(Quarter.of(98, 1), Quarter.of(100, 2))
    of = figures(by_month(months=quarters, part="quarter"), Quarter.of(100, 2), quarters[0])
    assert exact(of, "new_cases", Half.of(100, 1)) == count(quarters[-2]) + count(quarters[-1])
    assert "has no months" in reason(of, "new_cases", JUNE)[1]


def test_changes_are_on_the_same_month_a_year_ago_or_on_the_month_before(monthly: Figures) -> None:
    now, year_ago, before = count(JUNE), count(JUNE.year_before), count(JUNE.before)
    assert exact(monthly, "change.new_cases") == Fraction(now - year_ago, year_ago)
    assert exact(monthly, "difference.new_cases") == now - year_ago
    assert exact(monthly, "change_before.new_cases") == Fraction(now - before, before)
    assert exact(monthly, "difference_before.new_cases") == now - before
    assert reason(monthly, "change.new_cases", Month.of(98, 3)) == (
        "無97年3月資料可比",
        "no data of March 2008 to compare with",
    )


def test_the_year_to_date_and_the_last_twelve_months(monthly: Figures) -> None:
    to_date, twelve = span(Month.of(100, 1), JUNE), span(Month.of(99, 7), JUNE)
    assert exact(monthly, "to_date.new_cases") == sum(map(count, to_date))
    assert exact(monthly, "moving.new_cases") == sum(map(count, twelve))
    closed = sum(50 + one.part for one in to_date)
    rate = Fraction(closed, closed + 1000 + int(JUNE))
    assert exact(monthly, "to_date.closing_rate") == rate  # of the sums, no mean of rates
    a_year_ago = sum(count(one - 12) for one in twelve)
    assert exact(monthly, "difference.moving.new_cases") == sum(map(count, twelve)) - a_year_ago
    assert exact(monthly, "mean.new_cases") == Fraction(sum(map(count, MONTHS)), len(MONTHS))
    assert exact(monthly, "cumulative.new_cases") == sum(map(count, MONTHS))


def test_a_window_that_is_longer_than_the_data_is_blank(monthly: Figures) -> None:
    zh, en = reason(monthly, "moving.new_cases", Month.of(98, 11))
    assert (
        en == "a sum of 12 periods needs figures from December 2008 on"
        and zh == "近12期合計須自97年12月起有資料"
    )


@pytest.mark.parametrize(
    "metric", ["to_date.pending_cases", "moving.pending_cases", "cumulative.pending_cases"]
)
def test_a_stock_is_not_cumulated(monthly: Figures, metric: str) -> None:
    if metric.startswith("cumulative"):
        metric = "cumulative.closing_rate"
    with pytest.raises(InputError, match="not added up"):
        monthly.value(metric, monthly.key())


@pytest.mark.parametrize("window", ["1", "121", "2.5", "this", "new_cases"])
def test_a_window_is_a_whole_number(window: str) -> None:
    metric = registry().metrics["moving"].model_copy(update={"formula": f"moving(this, {window})"})
    of = registry()
    of = dataclasses.replace(of, metrics={**of.metrics, "moving": metric})
    with pytest.raises((InputError, FormulaError), match="whole number of periods"):
        made = Figures(by_month(), of, JUNE, MONTHS[0])
        made.value("moving.new_cases", made.key(members=NORTH))


def test_a_series_break_in_a_month_parts_months_and_years(monthly: Figures) -> None:
    from reportgen.model import Text
    from reportgen.read.tables import Break

    broken = Break(since=Month.of(99, 9), measures=("new_cases",), text=Text("改制。", "Counted otherwise."))
    of = figures(dataclasses.replace(by_month(), breaks=(broken,)))
    assert of.comparable_since("new_cases", of.key()) == Month.of(99, 9)
    assert of.comparable_since("new_cases", of.key(Year(99))) == Year(99)
    assert isinstance(of.on_the_year_before("new_cases").exact, Gap)
    assert isinstance(of.on_the_period_before("new_cases").exact, Fraction)


# ---- what is said ---------------------------------------------------------------------------


def spoken(lines: list[Line]) -> tuple[str, str]:
    return "".join(said(line.zh, "zh") for line in lines), " ".join(said(line.en, "en") for line in lines)


def test_a_month_is_told_as_a_statistics_office_writes(monthly: Figures) -> None:
    narrative = Narrative(monthly, words())
    zh, en = spoken(narrative.trend("new_cases", NORTH))
    assert zh.startswith("100年6月北區分署新收案件為129件，較上年同月增加5.7%。與上月比較，增加")
    assert en.startswith(
        "In June 2011, new cases (North Branch) came to 129, up 5.7% on the same month of the year before. Against the month before, that is a rise of"
    )
    zh, en = spoken(narrative.to_date("new_cases", NORTH))
    assert zh == "累計100年1至6月北區分署新收案件為765件，較上年同期增加5.8%。"
    assert en == (
        "For January to June 2011 as a whole, new cases (North Branch) came to 765, up 5.8% on the same period of the year before."
    )
    zh, en = spoken(narrative.moving("new_cases", NORTH))
    assert zh.startswith("近12個月（99年7月至100年6月）北區分署新收案件為1,470件，較上年同期增加")
    assert en.startswith(
        "Over the 12 months to June 2011 (from July 2010), new cases (North Branch) came to 1,470, up"
    )


def test_the_gregorian_calendar_counts_in_both_languages() -> None:
    of = figures(calendar=Calendar("gregorian"))
    zh, en = spoken(Narrative(of, words()).trend("new_cases", {}))
    assert zh.startswith("2011年6月新收案件為") and en.startswith("In June 2011,")
    assert of.periods()["to_date"].zh == "2011年1至6月"


def test_every_pattern_of_shorter_periods_is_said_of_some_data() -> None:
    heard: set[str] = set()
    courses: list[Counts] = [
        count,
        lambda month: 5000 - int(month) * 3 + (month.part == 1),
        lambda month: 7,
        lambda month: 10_000_000 + (month == JUNE),
        lambda month: 10_000_000 - (month == JUNE),
    ]
    for course, metric in itertools.product(courses, ("new_cases", "closing_rate")):
        for period in (JUNE, Month.of(100, 1)):
            narrative = Narrative(figures(by_month(course, closed=course), period), Heard(heard))
            for tell in (narrative.trend, narrative.to_date, narrative.moving):
                tell(metric, NORTH)
    wanted = ("story.before.", "story.to_date.", "story.moving.")
    assert {name for name in words() if name.startswith(wanted)} <= heard


# ---- what an officer writes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "period"),
    [
        ("new_cases(north)", JUNE),
        ("new_cases(previous, north)", Month.of(99, 6)),
        ("new_cases(before, north)", Month.of(100, 5)),
        ("new_cases(period - 2, north)", Month.of(100, 4)),
        ('new_cases("99-11", north)', Month.of(99, 11)),
        ('new_cases("99-Q4", north)', Quarter.of(99, 4)),
        ("new_cases(99, north)", Year(99)),
    ],
)
def test_a_slot_names_a_period(monthly: Figures, slot: str, period: Period) -> None:
    assert claims.look_up(slot, monthly) == monthly.value("new_cases", monthly.key(period, NORTH))


def test_a_slot_names_a_gregorian_year() -> None:
    of = figures(calendar=Calendar("gregorian"))
    assert claims.look_up("new_cases(2010)", of) == of.value("new_cases", of.key(99))
    assert claims.look_up('new_cases("2010-11")', of) == of.value("new_cases", of.key(Month.of(99, 11)))
    yearly = Figures(
        dataset(branches("new_cases", 100, {"north": 1})), registry(), 100, 100, Calendar("gregorian")
    )
    assert claims.holds("period == 2011 and new_cases(period) == 1", yearly)[0]


@pytest.mark.parametrize("slot", ['new_cases("99-13")', "new_cases(99.5)", 'new_cases("99-Q4", "99-Q3")'])
def test_a_slot_that_names_no_period_is_told(monthly: Figures, slot: str) -> None:
    with pytest.raises(claims.ExpressionError):
        claims.look_up(slot, monthly)


def test_members_together_are_summed_over_the_parts_of_a_period(monthly: Figures) -> None:
    both, quarter = {"branch": Together("north", "south")}, Quarter.of(100, 2)
    months = span(Month.of(100, 4), JUNE)
    assert exact(monthly, "new_cases", quarter, both) == 3 * sum(map(count, months))
    assert exact(monthly, "pending_cases", quarter, both) == 2 * (1000 + int(JUNE))
    assert "lacks 6 parts" in reason(monthly, "new_cases", Year(100), both)[1]
    value = monthly.value("to_date.new_cases", monthly.key(JUNE, both))
    assert value.exact == 3 * sum(map(count, span(Month.of(100, 1), JUNE)))
    assert "each column summed over branch north + south" in value.formula
