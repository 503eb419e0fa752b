"""A metric in the years that two meetings report on, and how it changed between them."""

from __future__ import annotations

from fractions import Fraction

from reportgen.kinds.compilation.composer import MeetingComposer
from reportgen.model import Exact, Gap, Printed, Value


def change(
    composer: MeetingComposer, reference: str, before: int, now: int
) -> tuple[Printed, Printed, Printed]:
    """The metric in both years, and the change with its sign: points for a rate, per cent for all else."""
    figures = composer.figures
    old, new = (figures.value(reference, figures.key(year)) for year in (before, now))
    rate = new.unit == "percent"
    sign, end = ("−", "") if rate else ("÷", " − 1")
    difference = Value(
        metric=f"{reference} between two meetings",
        key=(*new.key, ("compared_with", before)),
        exact=_difference(composer, old, new, rate),
        unit="point" if rate else "percent",
        digits=new.digits if rate else figures.registry.metric("change").digits,
        formula=f"{reference}[{now}] {sign} {reference}[{before}]{end}",
        worked=f"{reference}[{before}] = {_number(old)}, {reference}[{now}] = {_number(new)}",
        sources=tuple(dict.fromkeys((*old.sources, *new.sources))),
    )
    return composer.print(old), composer.print(new), composer.signed(difference)


def _difference(composer: MeetingComposer, old: Value, new: Value, rate: bool) -> Exact:
    figures, words = composer.figures, composer.words
    if isinstance(old.exact, Gap):
        return old.exact
    if isinstance(new.exact, Gap):
        return new.exact
    if figures.comparable_since(new.metric, new.key) > figures.at(dict(old.key)):
        return Gap("not_available", words["moved.break"])
    if rate:
        return new.exact - old.exact
    if old.exact <= 0:
        return Gap("undefined", words["moved.not_positive"])
    return new.exact / old.exact - 1


def _number(value: Value) -> str:
    return str(value.exact) if isinstance(value.exact, Fraction) else "…"
