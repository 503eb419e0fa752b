"""Appraisals 績效評比: a scheme of the rules at the end of a month, what changed since, what one more point takes, a forecast.

scheme + period ── at ──> scheme of the rows up to that month ── rules.decide ──> Result ── needs, forecast
"""

from __future__ import annotations

from reportgen.compute.appraisal.completeness import check_rows
from reportgen.compute.appraisal.forecast import Forecast, ForecastRule, forecast_of_all, forecasts, monthly
from reportgen.compute.appraisal.months import Assessment, Month, Months, months
from reportgen.compute.appraisal.needs import Need, needs
from reportgen.compute.appraisal.periods import Period, at
from reportgen.compute.appraisal.sensitivity import room_lines, rooms
from reportgen.compute.appraisal.what_if import differences, tried

__all__ = [
    "Assessment",
    "Forecast",
    "ForecastRule",
    "Month",
    "Months",
    "Need",
    "Period",
    "at",
    "check_rows",
    "differences",
    "forecast_of_all",
    "forecasts",
    "monthly",
    "months",
    "needs",
    "room_lines",
    "rooms",
    "tried",
]
