"""The unit that a column of a workbook is taken for."""

from __future__ import annotations

import pytest

from reportgen.run.importing.naming import without_years
from reportgen.run.importing.units import unit_of, units_of_note


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
