"""The record of what committees did to a computed score, on the sheets of awards and of appraisals."""

from __future__ import annotations

from dataclasses import replace

from reportgen.compute.rules.model import Decision, Reviewed
from reportgen.kinds.compose import ColumnOf, Composer
from reportgen.kinds.forms import begun
from reportgen.model import Table

WIDTHS = (16, 10, 33, 15, 15, 11)  # per cent of the columns: alike on every sheet


def reviews(composer: Composer, decision: Decision, id_: str) -> Table:
    """What each stage of review did to the computed score: points, reason, who and when, the score that it left."""
    words, column = composer.words, composer.column
    columns: list[ColumnOf[Reviewed]] = [
        column("reviews.points", lambda one: composer.signed(one.points)),
        column("reviews.reason", lambda one: composer.stated(one.reason)),
        column("reviews.name", lambda one: composer.stated(one.name)),
        column("reviews.date", lambda one: composer.stated(one.date)),
        column("reviews.score", lambda one: one.score),
    ]
    frame = Table(
        anchor=f"{id_}-reviews",
        caption=words["reviews.caption"],
        stub=words["reviews.stage"],
        look="ties",
        widths=WIDTHS,
    )
    table = composer.filled(frame, columns, decision.reviews, lambda one: begun(one.label))
    first = composer.row(words["reviews.computed"], *[None] * 4, decision.computed)
    return replace(table, rows=(first, *table.rows))
