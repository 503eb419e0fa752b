"""Grades that a committee gave: the tier of each candidate, and what its cell says; nothing is computed."""

from __future__ import annotations

from reportgen.compute.rules.model import Grade
from reportgen.compute.rules.values import Book
from reportgen.model import Gap, Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.hints import near


def grades_of(book: Book) -> dict[str, str]:
    """The tier of each candidate whose grade one takes; InputError for words that are a grade of no tier.

    A member of a dimension that no tier takes is a grade without an award.
    """
    scheme, table = book.scheme, book.table
    tier_of = {grade: tier.id for tier in scheme.tiers for grade in tier.taken}
    said = {id_: book.said(table, record, scheme.given) for id_, record in book.records.items()}
    problems: list[Problem] = []
    if table.columns[scheme.given].type != "member":
        for id_, grade in said.items():
            if grade and grade not in tier_of:
                place, known = _place(book, id_), list(tier_of)
                slots = {"grade": grade, "known": known, "near": near(grade, known)}
                problems.append(problem(place, "rules.grade_is_of_no_tier", **slots))
    if problems:
        raise InputError(problems)
    return {id_: tier_of[grade] for id_, grade in said.items() if grade in tier_of}


def grade_of(book: Book, id_: str) -> Grade | None:
    """The grade of a candidate as its cell says it, where grades are given."""
    name, record = book.scheme.given, book.records[id_]
    if not name:
        return None
    cell = book.cell(book.table, record, name)
    label = Text("", "") if isinstance(cell, Gap) else book.label(book.table, record, name)
    return Grade(label, column_of(book), _place(book, id_))


def column_of(book: Book) -> Text:
    """What the column of the grades is called: by its own label, else by that of its members."""
    spec = book.table.columns[book.scheme.given]
    unsaid = spec.type == "member" and spec.label == Text(spec.name, spec.name)
    return book.dataset.dimensions[spec.dimension].label if unsaid else spec.label


def _place(book: Book, id_: str) -> Place:
    return book.table.place(book.records[id_], book.scheme.given)
