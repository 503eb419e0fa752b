"""The footnotes of tables: what is missing, derived, broken, or was called otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from reportgen.kinds.blocks import Notes
from reportgen.kinds.bulletin.composer import BulletinComposer
from reportgen.kinds.figures import Reference
from reportgen.model import Gap, Value
from reportgen.model.periods import Period, Span
from reportgen.read.tables import Dimension
from reportgen.read.words import plain_line


class TableNotes(Notes):
    def __init__(self, composer: BulletinComposer) -> None:
        super().__init__()
        self.composer = composer

    def gap(self, value: Value) -> str:
        """The mark of a value that is unknown; what was not there yet is told without a mark."""
        if not isinstance(value.exact, Gap):
            return ""
        kind, reason = value.exact.kind, value.exact.reason
        if kind in ("not_available", "undefined"):
            return self.mark(f"gap {reason.zh}", self.composer.plain("table.missing", reason=reason))
        if kind == "none" and not value.sources:
            self.once(self.composer.plain("table.none", reason=reason))
        return ""

    def derived(self, name: str) -> str:
        note = self.composer.dataset.derivations[name].note
        return self.mark(f"derived {name}", self.composer.plain("table.derived", note=note))

    def broken(self, period: Period, references: Iterable[Reference]) -> str:
        """The mark of a period from which on one of the metrics counts something else."""
        for found in self.composer.dataset.breaks:
            begins = found.at.in_kind(type(period)) == period
            if begins and self.composer.touches(found.measures, references):
                return self.mark(f"break {period}", plain_line(found.text))
        return ""

    def former_names(self, dimension: Dimension, periods: Span, several: bool) -> None:
        """Over several periods the heads bear the names of the last: a note says that there were others."""
        last, year = periods[-1].year, self.composer.figures.calendar.year
        first = periods[0].year if several else last
        for member in dimension.members:
            former = member.name_in(first)
            if former != member.name_in(last):
                until = next(until for until, name in member.former if name == former)
                self.once(
                    self.composer.plain(
                        "table.former_names",
                        year=year(last),
                        until=year(until),
                        member=member.name_in(last),
                        former=former,
                    )
                )
                return
