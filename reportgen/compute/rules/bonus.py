"""A unit's bonus, from what it collected to whole dollars for each of its members; nothing is lost or made."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Literal

from reportgen.compute.rules.model import Bonus, Share
from reportgen.compute.rules.ranking import largest_remainder, rounded
from reportgen.compute.rules.scheme import BonusRule, Scheme
from reportgen.compute.rules.values import Book, computed, key_of, merged, names_of, plain
from reportgen.model import Gap, Key, Source, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import gregorian_year
from reportgen.model.messages import message
from reportgen.read.tables import Record, Table


def service(begun: date, ended: date, year: int) -> Fraction:
    """The part of the ROC year that was served: whole months by twelfths, a part of a month by its days."""
    months = Fraction(0)
    for month in range(1, 13):
        length = monthrange(gregorian_year(year), month)[1]
        first, last = date(gregorian_year(year), month, 1), date(gregorian_year(year), month, length)
        days = (min(last, ended) - max(first, begun)).days + 1
        months += Fraction(max(days, 0), length)
    return months / 12


def dollars(
    exact: Sequence[Fraction], remainder: Literal["largest", "first", "unpaid"]
) -> list[tuple[int, int]]:
    """Each share in whole dollars, and how many of them came from the remainder.

    All shares together are paid down to the dollar; what they leave below it stays unpaid.
    """
    floors = [part.numerator // part.denominator for part in exact]
    whole = sum(exact, Fraction(0))
    total = whole.numerator // whole.denominator
    if remainder == "unpaid":
        return [(floor, 0) for floor in floors]
    if remainder == "largest":
        return [
            (paid, paid - floor) for paid, floor in zip(largest_remainder(exact, total), floors, strict=True)
        ]
    # In order, but never to a share that is whole dollars already.
    first = [n for n, part in enumerate(exact) if part != floors[n]][: total - sum(floors)]
    return [(floor + (n in first), int(n in first)) for n, floor in enumerate(floors)]


def paid_out(scheme: Scheme, book: Book, unit: str) -> Bonus:
    """The bonus of one unit that has passed the conditions."""
    rule = scheme.bonus
    assert rule is not None
    return _Reckoning(scheme, rule, book, unit).bonus()


class _Reckoning:
    def __init__(self, scheme: Scheme, rule: BonusRule, book: Book, unit: str) -> None:
        self.scheme, self.rule, self.book, self.unit = scheme, rule, book, unit
        self.key = key_of(unit)

    def bonus(self) -> Bonus:
        steps = [*self.operands()]
        base = self.base()
        steps.append((message("rules.base"), base))
        rate = self.made("rate", self.rule.rate, "percent", _digits(self.rule.rate * 100))
        steps.append((message("rules.rate"), rate))
        amount = _exact(base) * self.rule.rate
        worked = f"{plain(_exact(base))} * {plain(self.rule.rate)}"
        staffing = self.rule.staffing
        if staffing and self.half_staffed():
            factor = self.made("staffing", staffing.factor, "percent", _digits(staffing.factor * 100))
            steps.append((staffing.label, factor))
            if staffing.reduces == "bonus":
                amount, worked = amount * staffing.factor, f"{worked} * {plain(staffing.factor)}"
        exact = self.made("bonus_exact", amount, "twd", 2, "base * rate", worked, base.sources)
        steps.append((message("rules.bonus"), exact))
        whole = rounded(amount, 0, self.rule.rounding)
        total = self.made(
            "bonus", whole, "twd", 0, self.rule.rounding, f"{plain(amount)} → {plain(whole)}", base.sources
        )
        shares = self.shares(whole, total)
        given = sum((_exact(share.paid) for share in shares), Fraction(0))
        sources = merged(source for share in shares for source in share.paid.sources)
        paid = self.made("bonus_paid", given, "twd", 0, "sum(shares)", "", sources)
        unpaid = whole - given
        left = self.made("bonus_unpaid", unpaid, "twd", 0, "bonus - paid", "", total.sources)
        return Bonus(steps=tuple(steps), total=total, shares=shares, unpaid=left, base=base, paid=paid)

    def made(
        self,
        name: str,
        exact: Fraction,
        unit: str,
        digits: int,
        formula: str = "",
        worked: str = "",
        sources: tuple[Source, ...] = (),
        key: Key | None = None,
    ) -> Value:
        return Value(
            metric=f"award.{name}",
            key=self.key if key is None else key,
            exact=exact,
            unit=unit,
            digits=digits,
            formula=formula,
            worked=worked,
            sources=sources,
        )

    def half_staffed(self) -> bool:
        staffing, record = self.rule.staffing, self.book.records[self.unit]
        return (
            staffing is not None
            and self.book.said(self.book.table, record, staffing.column) == staffing.value
        )

    def operands(self) -> list[tuple[Text, Value]]:
        return [
            (self.scheme.columns[name].label, self.book.value(name, self.unit))
            for name in names_of(self.rule.base)
        ]

    def base(self) -> Value:
        """The formula of the rule, never below zero; a half-staffed unit may count with less of a column."""
        values = {name: self.book.value(name, self.unit) for name in names_of(self.rule.base)}
        numbers = {}
        for name, value in values.items():
            if isinstance(value.exact, Gap):
                raise InputError(self.no_number(name, value))
            numbers[name] = value.exact
        staffing = self.rule.staffing
        if staffing and staffing.reduces in numbers and self.half_staffed():
            numbers[staffing.reduces] *= staffing.factor
        exact = max(computed(self.rule.base, numbers), Fraction(0))
        worked = ", ".join(f"{name} = {plain(number)}" for name, number in numbers.items())
        sources = merged(source for value in values.values() for source in value.sources)
        return self.made("bonus_base", exact, "twd", 0, self.rule.base, worked, sources)

    def no_number(self, name: str, value: Value) -> Problem:
        record = self.book.records[self.unit]
        assert isinstance(value.exact, Gap)
        return problem(
            Place(self.book.table.file, self.book.table.sheet, record.row, name),
            "rules.has_no_number",
            reason=value.exact.reason,
        )

    # ---- shares ---------------------------------------------------------------------------------

    def shares(self, whole: Fraction, total: Value) -> tuple[Share, ...]:
        members = self.rule.members
        table = self.book.dataset.tables[members.table]
        parts = {part.role: part.part for part in self.rule.parts}
        order = list(parts)
        rows = [
            (record, self.book.said(table, record, members.role), self.served(table, record))
            for record in self.book.index(members.table, members.by, ()).get(self.unit, [])
        ]
        rows = [row for row in rows if row[1] in parts and row[2] > 0]
        rows.sort(
            key=lambda row: (order.index(row[1]), self.book.said(table, row[0], members.id), str(row[0].key))
        )
        crowd = {role: sum((one[2] for one in rows if one[1] == role), Fraction(0)) for role in order}
        self.check_crowd(table, rows, crowd)
        exact = [whole * parts[role] * served / max(crowd[role], Fraction(1)) for _, role, served in rows]
        paid = dollars(exact, self.rule.remainder)
        return tuple(
            self.share(table, record, role, parts[role], served, crowd[role], number, dollar, extra, total)
            for (record, role, served), number, (dollar, extra) in zip(rows, exact, paid, strict=True)
        )

    def served(self, table: Table, record: Record) -> Fraction:
        members = self.rule.members
        begun = self.book.cell(table, record, members.since)
        ended = self.book.cell(table, record, members.until)
        assert isinstance(begun, date) and isinstance(ended, date), (begun, ended)
        if begun > ended:
            raise InputError(
                problem(
                    Place(table.file, table.sheet, record.row, members.until),
                    "rules.last_day_is_before_first",
                )
            )
        return service(begun, ended, self.scheme.year)

    def check_crowd(
        self, table: Table, rows: Sequence[tuple[Record, str, Fraction]], crowd: dict[str, Fraction]
    ) -> None:
        if self.rule.crowded == "divide":
            return
        for role, served in crowd.items():
            if served > 1:
                last = max(row[0].row for row in rows if row[1] == role)
                raise InputError(
                    problem(
                        Place(table.file, table.sheet, last, self.rule.members.role),
                        "rules.members_role_served_months_one",
                        role=role,
                        served=plain(served * 12),
                    )
                )

    def share(
        self,
        table: Table,
        record: Record,
        role: str,
        part: Fraction,
        served: Fraction,
        crowd: Fraction,
        exact: Fraction,
        dollar: int,
        extra: int,
        total: Value,
    ) -> Share:
        members = self.rule.members
        person = self.book.said(table, record, members.id)
        name = self.book.said(table, record, members.name)
        english = self.book.said(table, record, members.name_en) if members.name_en else ""
        key: Key = (*self.key, ("member", person), ("row", record.row))
        source = Source(file=table.file, sheet=table.sheet, rows=(record.row,), column=members.since)
        until = Source(file=table.file, sheet=table.sheet, rows=(record.row,), column=members.until)
        sources = merged((*total.sources, source, until))
        divided = f" / {plain(crowd)}" if crowd > 1 else ""
        worked = f"{plain(_exact(total))} * {plain(part)} * {plain(served)}{divided}"
        value = self.made("share_exact", exact, "twd", 2, "bonus * part * service", worked, sources, key)
        return Share(
            person=person,
            names=Text(name, english or name),
            role=self.book.label(table, record, members.role),
            part=self.made("share_part", part, "percent", _digits(part * 100), key=key),
            service=self.made(
                "share_service",
                served * 12,
                "month",
                2 if (served * 12).denominator != 1 else 0,
                f"{members.since}, {members.until}",
                "",
                (source, until),
                key,
            ),
            exact=value,
            paid=replace(
                value,
                metric="award.share_paid",
                exact=Fraction(dollar),
                digits=0,
                formula=self.rule.remainder,
                worked=f"{plain(exact)} → {dollar}",
            ),
            extra=extra,
            place=Place(table.file, table.sheet, record.row, members.name),
            cells={column: self.book.said(table, record, column) for column in table.columns},
        )


def _exact(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact


def _digits(number: Fraction) -> int:
    digits = 0
    while digits < 6 and (number * 10**digits).denominator != 1:
        digits += 1
    return digits
