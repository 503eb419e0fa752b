"""Units that win, down to the persons: who served in them, in which role, and what each receives, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from reportgen.compute.rules.bonus import service
from reportgen.compute.rules.model import Decision, Person, Rewarded, Tier
from reportgen.compute.rules.rewards import rewards_of
from reportgen.compute.rules.values import Book
from reportgen.model import Text
from reportgen.model.errors import Place
from reportgen.read.tables import Record


def with_members(book: Book, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions in their order with the members of units that won; who is in two of them has the higher prize alone."""
    seen: set[str] = set()
    made = []
    for decision in decisions:
        members = []
        for one in _members(book, decision):
            if one.person.id not in seen:
                seen.add(one.person.id)
                members.append(one)
        made.append(replace(decision, members=tuple(members)))
    return made


def _members(book: Book, decision: Decision) -> list[Rewarded]:
    """By role as the tier has them, then by number."""
    columns, tier = book.scheme.members, decision.tier
    if columns is None or tier is None:
        return []
    rules = {rule.id: rule for rule in (*book.scheme.tiers, *(one.rule for one in book.scheme.prizes))}
    table = book.dataset.tables[columns.table]
    records = book.index(columns.table, columns.by, ()).get(decision.person.id, [])
    served: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        key = book.said(table, record, columns.role), book.said(table, record, columns.id)
        served.setdefault(key, []).append(record)
    made = []
    for of in rules[tier.id].members:
        rewards = rewards_of(of.rewards, f"{tier.id}.{of.role}", book.units)
        for (role, id_), rows in sorted(served.items()):
            if role == of.role and _months(book, rows) >= columns.months:
                person = _person(book, id_, rows[-1], decision)
                made.append(Rewarded(person, Tier(tier.id, tier.label, rewards)))
    return made


def _months(book: Book, rows: Sequence[Record]) -> Fraction:
    """Months of the year in the unit, over all rows of a person."""
    columns = book.scheme.members
    assert columns
    table, months = book.dataset.tables[columns.table], Fraction(0)
    for record in rows:
        begun, ended = (book.cell(table, record, name) for name in (columns.since, columns.until))
        if isinstance(begun, date) and isinstance(ended, date):
            months += service(begun, ended, book.scheme.year)
    return months * 12


def _person(book: Book, id_: str, record: Record, decision: Decision) -> Person:
    columns = book.scheme.members
    assert columns
    table = book.dataset.tables[columns.table]
    name = book.said(table, record, columns.name)
    return Person(
        id=id_,
        names=Text(name, book.said(table, record, columns.name_en) or name),
        post=book.label(table, record, columns.role),
        branch=decision.person.branch,
        unit=decision.person.unit if decision.person.unit.zh else decision.person.names,
        place=Place(table.file, table.sheet, record.row, columns.name),
        cells=book.cells(table, record),
    )
