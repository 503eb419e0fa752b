"""The period of an appraisal, and a scheme cut to the rows of it: one year, up to the end of one of its months."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date

from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.vocabulary import Where
from reportgen.model import Text, formats
from reportgen.model.messages import message
from reportgen.read.tables import Declaration, TableSpec


@dataclass(frozen=True, order=True)
class Period:
    """A ROC year from its first day to the end of `month`."""

    year: int
    month: int = 12

    @property
    def whole(self) -> bool:
        return self.month == 12

    @property
    def before(self) -> Period:
        """What the ranks are compared with: the year before; within a year, the end of the month before."""
        if self.whole or self.month == 1:
            return Period(self.year - 1)
        return Period(self.year, self.month - 1)

    @property
    def last_day(self) -> date:
        year = formats.gregorian_year(self.year)
        return date(year, self.month, calendar.monthrange(year, self.month)[1])

    def end_said(self) -> Text:
        """104年6月底 / the end of June 2015; 104年底 / the end of 2015."""
        year = formats.gregorian_year(self.year)
        if self.whole:
            return message("appraisal.end_2", year=Text(str(self.year), str(year)))
        return message(
            "appraisal.end",
            year=Text(str(self.year), str(year)),
            month=Text(str(self.month), calendar.month_name[self.month]),
        )

    def said(self) -> Text:
        """104年度 / 2015; 104年1月至6月 / January to June 2015."""
        year = formats.gregorian_year(self.year)
        if self.whole:
            return Text(f"{self.year}年度", str(year))
        if self.month == 1:
            return message("appraisal.january_2", year=Text(str(self.year), str(year)))
        return message(
            "appraisal.january",
            year=Text(str(self.year), str(year)),
            month=Text(str(self.month), calendar.month_name[self.month]),
        )


def at(scheme: Scheme, dataset: Declaration, period: Period) -> Scheme:
    """The scheme over the rows of the period alone: candidates of its year, figures of its months.

    A column that says by itself which years or months it counts is left as it is.
    """

    def cut(where: Where, table: str, at_end: bool = False) -> Where:
        said = {name for name, _ in where}
        return where + _rows_of(scheme, dataset.tables[table], dataset.time, period, said, at_end)

    columns = {
        id_: replace(column, where=cut(column.where, column.table, column.at_end))
        if column.kind == "aggregate"
        else column
        for id_, column in scheme.columns.items()
    }
    who = scheme.candidates
    candidates = who.model_copy(update={"where": cut(who.where, who.table)})
    stages = tuple(
        stage.model_copy(update={"where": cut(stage.where, stage.table, at_end=True)})
        for stage in scheme.stages
    )
    return replace(
        scheme,
        year=period.year,
        columns=columns,
        candidates=candidates,
        stages=stages,
        last_day=period.last_day,
    )


def _rows_of(
    scheme: Scheme, table: TableSpec, time: str, period: Period, said: set[str], at_end: bool
) -> Where:
    found: Where = ()
    if time in table.columns and time not in said:
        found += ((time, (str(period.year),)),)
    if scheme.month in table.columns and scheme.month not in said:
        first = period.month if at_end else 1
        found += ((scheme.month, tuple(str(month) for month in range(first, period.month + 1))),)
    return found
