"""The unit that a column of a workbook is taken for."""

from __future__ import annotations

import pytest

from reportgen.run.importing.columns import measure_of
from reportgen.run.importing.naming import office_in, without_years
from reportgen.run.importing.units import unit_of, units_of_note, without_unit


@pytest.mark.parametrize(
    ("label", "note", "unit"),
    [
        ("財稅案件", "單位：千元", "twd_k"),
        ("罰鍰案件", "單位：新臺幣萬元", "twd_10k"),
        ("財稅案件", "單位：件", "case"),
        ("財稅案件", "", "case"),
        ("新收件數", "單位：千元", "case"),
        ("移送人數", "單位：千元", "person"),
        ("終結件數", "單位：件、千元", "case"),
        ("徵起金額", "單位：件、千元", "twd_k"),
        ("徵起率", "單位：件、千元", "percent"),
        ("徵起金額（百萬元）", "單位：千元", "twd_million"),
        ("Closed cases", "", "case"),
        ("每萬人口病床數", "", ""),
        ("Beds per 10,000 persons", "", ""),
        ("每件執行費用", "單位：元", "twd"),
        ("Keelung", "Revenue by office, NT$ thousand", "twd_k"),
        ("甲站", "各站收入（千元）", "twd_k"),
        ("Keelung", "Revenue, expenditure", ""),
    ],
)
def test_a_note_on_units_stands_before_a_word_of_the_label(label: str, note: str, unit: str) -> None:
    assert unit_of(label, units_of_note([note])) == (unit, "")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Permits issued, 2016 to 2018", "Permits issued"),
        ("Permits from 2016 to 2018", "Permits"),
        ("Statistics for 2018", "Statistics"),
        ("Cases, 2016–2018", "Cases"),
        ("107年度案件", "案件"),
        ("案件2018年度", "案件"),
    ],
)
def test_a_title_loses_its_years_with_the_words_that_lead_to_them(title: str, name: str) -> None:
    assert without_years(title) == name


@pytest.mark.parametrize(
    ("label", "title", "measure"),
    [
        ("PM2.5", "空氣品質監測月平均值", "rate"),
        ("PM2.5 (μg/m³)", "空氣品質", "rate"),
        ("二氧化硫濃度", "", "rate"),
        ("每萬人口病床數", "", "rate"),
        ("每月受理件數", "", "flow"),
        ("Duties", "Monthly averages", "rate"),
        ("Duties", "Duties by month", "flow"),
        ("未結件數", "", "stock"),
    ],
)
def test_what_is_a_mean_is_not_added_up(label: str, title: str, measure: str) -> None:
    assert measure_of(label, "as_labelled", title) == measure


def test_a_title_names_the_office_below_a_government_and_loses_its_unit() -> None:
    assert office_in("某市政府衛生局 醫療機構數") == "某市政府衛生局"
    assert office_in("某市政府各局處經費") == "某市政府"
    assert without_unit("Revenue by office, NT$ thousand") == "Revenue by office"
    assert without_unit("Revenue, expenditure") == "Revenue, expenditure"
