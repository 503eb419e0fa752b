"""A unit's bonus, from what it collected to whole dollars for each of its members; nothing is lost or made."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Literal

from reportgen.compute.apportionment import fill
from reportgen.compute.exact import decimals, largest_remainder, number, total, written
from reportgen.compute.formulas import computed, names_of
from reportgen.compute.rules.model import Bonus, Share
from reportgen.compute.rules.prizes import BonusRule, Staffing
from reportgen.compute.rules.ranking import rounded
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Gap, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.formats import gregorian_year
from reportgen.model.messages import message
from reportgen.model.values import merged_sources
from reportgen.read.tables import Record, sources_of


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
    whole = total(exact).numerator // total(exact).denominator
    if remainder == "unpaid":
        return [(floor, 0) for floor in floors]
    if remainder == "largest":
        return [
            (paid, paid - floor) for paid, floor in zip(largest_remainder(exact, whole), floors, strict=True)
        ]
    # In order, but never to a share that is whole dollars already.
    first = [n for n, part in enumerate(exact) if part != floors[n]][: whole - sum(floors)]
    return [(floor + (n in first), int(n in first)) for n, floor in enumerate(floors)]


@dataclass(frozen=True)
class Bounds:
    """What one row of a member may be paid, in whole NT$; `high` None: without limit."""

    low: int
    high: int | None


def paid_out(book: Book, units: Sequence[str]) -> dict[str, Bonus]:
    """The bonus of each unit that has passed the conditions; InputError with what is wrong with any of them.

    What a person gets at least and at most is of all units together: a first round says how it is divided among them.
    """
    rule, problems, made = book.scheme.bonus, list[Problem](), dict[str, Bonus]()
    if rule is None:
        return {}
    for unit in units:
        try:
            made[unit] = _bonus(book, rule, unit, {})
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if rule.at_least is None and rule.at_most is None:
        return made
    bounds = _bounds(rule, [share for bonus in made.values() for share in bonus.shares])
    return {unit: _bonus(book, rule, unit, bounds) for unit in made}


def _bounds(rule: BonusRule, shares: Sequence[Share]) -> dict[int, Bounds]:
    """The limits of each person on its rows, by what each of them would bring."""
    bounds: dict[int, Bounds] = {}
    for person in dict.fromkeys(share.person for share in shares):
        own = [share for share in shares if share.person == person and share.exact.exact]
        exact = [number(share.exact) for share in own]
        parts = zip(own, _parts(rule.at_least, exact), _parts(rule.at_most, exact), strict=True)
        for share, low, high in parts:
            least = low or 0
            bounds[share.place.row] = Bounds(least if high is None else min(least, high), high)
    return bounds


def _parts(amount: int | None, exact: Sequence[Fraction]) -> Sequence[int | None]:
    if amount is None:
        return [None for _ in exact]
    return largest_remainder([amount * part / total(exact) for part in exact], amount)


def bounded(exact: Sequence[Fraction], bounds: Sequence[Bounds], rest: str | None) -> list[Fraction]:
    """The shares within their bounds; with `rest` unpaid, what is above the most of one goes to nobody, else to the others.

    One multiplier of all shares finds the amounts. Where a unit has too little for all that are to get at least so much, nobody has
    that right; where all get the most, the rest is not paid.
    """
    whole = total(exact)
    highs = [whole if of.high is None else Fraction(of.high) for of in bounds]
    if rest == "unpaid":
        whole = total(min(one, high) for one, high in zip(exact, highs, strict=True))
    whole = min(whole, total(high for one, high in zip(exact, highs, strict=True) if one))
    lows = [Fraction(of.low) for of in bounds]
    if total(lows) > whole:
        lows = [Fraction(0) for _ in lows]
    return [*fill(whole, exact, lows, [max(ends) for ends in zip(lows, highs, strict=True)]).amounts]


def _bonus(book: Book, rule: BonusRule, unit: str, bounds: Mapping[int, Bounds]) -> Bonus:
    """The bonus of one unit; InputError where it cannot be reckoned."""
    made = partial(Value, key=key_of(unit))
    staffing = rule.staffing if rule.staffing and _half_staffed(book, rule.staffing, unit) else None
    operands = {name: book.value(name, unit) for name in names_of(rule.base)}
    base = _base(book, rule, unit, operands, staffing)
    amount, worked = number(base) * rule.rate, f"{written(number(base))} * {written(rule.rate)}"
    rate = made(metric="award.rate", exact=rule.rate, unit="percent", digits=decimals(rule.rate * 100))
    steps = [(book.scheme.columns[name].label, value) for name, value in operands.items()]
    steps += [(message("rules.base"), base), (message("rules.rate"), rate)]
    if staffing:
        share, digits = staffing.factor, decimals(staffing.factor * 100)
        steps.append(
            (staffing.label, made(metric="award.staffing", exact=share, unit="percent", digits=digits))
        )
        if staffing.reduces == "bonus":
            amount, worked = amount * share, f"{worked} * {written(share)}"
    money = partial(made, unit="twd", digits=0, sources=base.sources)
    exact = money(metric="award.bonus_exact", exact=amount, digits=2, formula="base * rate", worked=worked)
    steps.append((message("rules.bonus"), exact))
    whole = rounded(amount, 0, rule.rounding)
    worked = f"{written(amount)} → {written(whole)}"
    payable = money(metric="award.bonus", exact=whole, formula=rule.rounding, worked=worked)
    shares = _shares(book, rule, unit, payable, bounds)
    given = total(number(share.paid) for share in shares)
    sources = merged_sources(source for share in shares for source in share.paid.sources)
    return Bonus(
        steps=tuple(steps),
        total=payable,
        shares=shares,
        unpaid=money(metric="award.bonus_unpaid", exact=whole - given, formula="bonus - paid"),
        base=base,
        paid=money(metric="award.bonus_paid", exact=given, formula="sum(shares)", sources=sources),
    )


def _half_staffed(book: Book, staffing: Staffing, unit: str) -> bool:
    return book.said(book.table, book.records[unit], staffing.column) == staffing.value


def _base(
    book: Book, rule: BonusRule, unit: str, operands: Mapping[str, Value], staffing: Staffing | None
) -> Value:
    """The formula of the rule, never below zero; a half-staffed unit may count with less of a column."""
    table, numbers, problems = book.table, {}, []
    for name, value in operands.items():
        if isinstance(value.exact, Gap):
            place = table.place(book.records[unit], name)
            problems.append(problem(place, "rules.has_no_number", reason=value.exact.reason))
        else:
            numbers[name] = value.exact
    if problems:
        raise InputError(problems)
    if staffing and staffing.reduces in numbers:
        numbers[staffing.reduces] *= staffing.factor
    return Value(
        metric="award.bonus_base",
        key=key_of(unit),
        exact=max(computed(rule.base, numbers), Fraction(0)),
        unit="twd",
        digits=0,
        formula=rule.base,
        worked=", ".join(f"{name} = {written(exact)}" for name, exact in numbers.items()),
        sources=merged_sources(source for value in operands.values() for source in value.sources),
    )


# ---- shares ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Member:
    """A member of a unit: the role's part of the bonus, the part of the year served, and that of all in the role."""

    record: Record
    part: Fraction
    service: Fraction
    crowd: Fraction


def _shares(
    book: Book, rule: BonusRule, unit: str, payable: Value, bounds: Mapping[int, Bounds]
) -> tuple[Share, ...]:
    members = _members(book, rule, unit)
    most = Fraction(1)
    exact = [number(payable) * member.part * member.service / max(member.crowd, most) for member in members]
    held = [bounds.get(member.record.row, Bounds(0, None)) for member in members]
    within = bounded(exact, held, rule.rest) if bounds else exact
    paid = dollars(within, rule.remainder)
    made = (
        _share(book, rule, payable, member, part, *dollar)
        for member, part, dollar in zip(members, exact, paid, strict=True)
    )
    return tuple(_held(*one) for one in zip(made, within, held, strict=True))


def _held(share: Share, within: Fraction, bounds: Bounds) -> Share:
    """The share with the limit that it is at, and what became of it in its working."""
    exact = number(share.exact)
    if within == exact:
        return share
    worked = f"{written(exact)} → {written(within)} → {written(number(share.paid))}"
    at: Literal["", "at_least", "at_most"] = ""
    if within < exact and within == bounds.high:
        at = "at_most"
    elif within > exact and within == bounds.low:
        at = "at_least"
    return replace(share, paid=replace(share.paid, worked=worked), held=at)


def _members(book: Book, rule: BonusRule, unit: str) -> list[_Member]:
    """In the order of the split, then by id; InputError for dates that cannot be and for too many of a role."""
    columns, table = rule.members, book.dataset.tables[rule.members.table]
    served: dict[str, list[tuple[str, Record, Fraction]]] = {part.role: [] for part in rule.parts}
    members, problems = [], []
    for record in book.index(columns.table, columns.by, ()).get(unit, []):
        begun, ended = (book.cell(table, record, name) for name in (columns.since, columns.until))
        assert isinstance(begun, date) and isinstance(ended, date), (begun, ended)
        place = table.place(record, columns.until)
        if begun > ended:
            problems.append(problem(place, "rules.last_day_is_before_first"))
        role, months = book.said(table, record, columns.role), service(begun, ended, book.scheme.year)
        if role in served and months > 0:
            served[role].append((book.said(table, record, columns.id), record, months))
    for part in rule.parts:
        crowd = total(months for _, _, months in served[part.role])
        if crowd > 1 and rule.crowded == "error":
            last = max(record.row for _, record, _ in served[part.role])
            place = Place(table.file, table.sheet, last, columns.role)
            name = "rules.members_role_served_months_one"
            problems.append(problem(place, name, role=part.role, served=written(crowd * 12)))
        for _, record, months in sorted(served[part.role], key=lambda row: (row[0], str(row[1].key))):
            members.append(_Member(record=record, part=part.part, service=months, crowd=crowd))
    if problems:
        raise InputError(problems)
    return members


def _share(
    book: Book, rule: BonusRule, payable: Value, member: _Member, exact: Fraction, dollar: int, extra: int
) -> Share:
    columns, record, table = rule.members, member.record, book.dataset.tables[rule.members.table]
    person, name = (book.said(table, record, column) for column in (columns.id, columns.name))
    made = partial(Value, key=(*payable.key, ("member", person), ("row", record.row)))
    dates = sources_of(table, [record], columns.since) + sources_of(table, [record], columns.until)
    months = member.service * 12
    divided = f" / {written(member.crowd)}" if member.crowd > 1 else ""
    value = made(
        metric="award.share_exact",
        exact=exact,
        unit="twd",
        digits=2,
        formula="bonus * part * service",
        worked=f"{written(number(payable))} * {written(member.part)} * {written(member.service)}{divided}",
        sources=merged_sources((*payable.sources, *dates)),
    )
    return Share(
        person=person,
        names=Text(name, book.said(table, record, columns.name_en) or name),
        role=book.label(table, record, columns.role),
        part=made(
            metric="award.share_part", exact=member.part, unit="percent", digits=decimals(member.part * 100)
        ),
        service=made(
            metric="award.share_service",
            exact=months,
            unit="month",
            digits=2 if months.denominator != 1 else 0,
            formula=f"{columns.since}, {columns.until}",
            sources=dates,
        ),
        exact=value,
        paid=replace(
            value,
            metric="award.share_paid",
            exact=Fraction(dollar),
            digits=0,
            formula=rule.remainder,
            worked=f"{written(exact)} → {dollar}",
        ),
        extra=extra,
        place=table.place(record, columns.name),
        cells=book.cells(table, record),
    )
