"""Stages of review: what committees added to computed scores or took from them, with reason, name and date, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from reportgen.compute.exact import decimals, number, written
from reportgen.compute.rules.further import StageRule
from reportgen.compute.rules.judging import Judged, score_digits
from reportgen.compute.rules.model import Reviewed
from reportgen.compute.rules.values import Book, key_of
from reportgen.model import Text, Value, formats
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.values import joined, merged_sources
from reportgen.read.tables import Record, sources_of

WITHOUT = {"reason": "rules.review_without_reason", "name": "rules.review_without_name"}


def review(book: Book, candidates: Sequence[Judged]) -> list[Judged]:
    """The candidates with the scores that the stages left; InputError with every row that may not be so."""
    if not book.scheme.stages:
        return list(candidates)
    problems = [fault for stage in book.scheme.stages for fault in _strangers(book, stage)]
    made = [_reviewed(book, judged, problems) for judged in candidates]
    if problems:
        raise InputError(dict.fromkeys(problems))
    return made


def _strangers(book: Book, stage: StageRule) -> list[Problem]:
    """Rows of nobody, and second rows of somebody: neither is meant."""
    by, problems = stage.by or book.scheme.candidates.id, []
    for id_, records in book.index(stage.table, by, stage.where).items():
        if id_ not in book.records:
            problems.append(_fault(book, stage, records[0], by, "rules.review_of_nobody"))
        problems += [
            _fault(book, stage, record, by, "rules.reviewed_twice", row=records[0].row)
            for record in sorted(records, key=lambda record: record.row)[1:]
        ]
    return problems


def _fault(
    book: Book, stage: StageRule, record: Record, column: str, name: str, /, **slots: object
) -> Problem:
    table = book.dataset.tables[stage.table]
    return problem(Place(table.file, table.sheet, record.row, column), name, label=stage.label, **slots)


def _reviewed(book: Book, judged: Judged, problems: list[Problem]) -> Judged:
    reviews: list[Reviewed] = []
    score = judged.score
    for stage in book.scheme.stages:
        by = stage.by or book.scheme.candidates.id
        for record in book.index(stage.table, by, stage.where).get(judged.id, [])[:1]:
            cell = book.cell(book.dataset.tables[stage.table], record, stage.points)
            if not isinstance(cell, Fraction):
                continue  # nothing was changed
            if score is None or not isinstance(score.exact, Fraction):
                problems.append(_fault(book, stage, record, by, "rules.review_without_score"))
            elif one := _stage(book, stage, (judged.id, record, cell), score, problems):
                reviews.append(one)
                score = one.score
    if not reviews or judged.score is None:
        return judged
    return replace(
        judged, score=score, computed=replace(judged.score, metric="award.computed"), reviews=tuple(reviews)
    )


def _stage(
    book: Book, stage: StageRule, row: tuple[str, Record, Fraction], score: Value, problems: list[Problem]
) -> Reviewed | None:
    """One row of a stage on the score before it; None, and problems, where it may not be so."""
    id_, record, points = row
    table, before = book.dataset.tables[stage.table], number(score)
    day, after = book.cell(table, record, stage.date), before + points
    said = {name: book.said(table, record, getattr(stage, name)) for name in ("reason", "name")}
    found = [
        _fault(book, stage, record, getattr(stage, name), WITHOUT[name])
        for name, words in said.items()
        if not words.strip()
    ]
    if not isinstance(day, date):
        found.append(_fault(book, stage, record, stage.date, "rules.review_without_date"))
    second = book.said(table, record, stage.second).strip()
    if stage.second and second in ("", said["name"].strip()):
        found.append(_fault(book, stage, record, stage.second, "rules.review_without_second"))
    if stage.limit is not None and abs(points) > stage.limit:
        slots = {"points": written(points), "limit": written(stage.limit)}
        found.append(_fault(book, stage, record, stage.points, "rules.review_beyond_limit", **slots))
    if not stage.least <= after <= stage.most:
        slots = {"before": written(before), "after": written(after)}
        slots |= {"least": written(stage.least), "most": written(stage.most)}
        found.append(_fault(book, stage, record, stage.points, "rules.review_outside_bounds", **slots))
    problems += found
    if found or not isinstance(day, date):
        return None
    made = Value(
        metric=f"award.review.{stage.id}",
        key=key_of(id_),
        exact=points,
        unit="score",
        digits=decimals(points),
        formula=f"{stage.table}.{stage.points}",
        worked=written(points),
        sources=tuple(sources_of(table, [record], stage.points)),
    )
    columns = {"reason": stage.reason_en, "name": stage.name_en}
    english = {name: book.said(table, record, column) for name, column in columns.items()}
    name = Text(said["name"], english["name"] or said["name"])
    return Reviewed(
        stage=stage.id,
        label=stage.label,
        points=made,
        reason=Text(said["reason"], english["reason"] or said["reason"]),
        name=joined([name, Text(second, second)], "、", ", ") if second else name,
        date=formats.roc_date(day),
        score=replace(
            score,
            exact=after,
            digits=max(score_digits(book.scheme.rank), score.digits),
            formula=f"{score.formula} + {stage.id}",
            worked=f"{written(before)} + {written(points)} = {written(after)}",
            sources=merged_sources((*score.sources, *made.sources)),
        ),
    )
