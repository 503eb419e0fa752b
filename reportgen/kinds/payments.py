"""印領清冊: who receives how much, what tax is withheld, where it is paid to, and room to sign for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from reportgen.compute.exact import written
from reportgen.compute.rules.ranking import rounded
from reportgen.compute.rules.vocabulary import Share
from reportgen.kinds.compose import ColumnOf, Composer
from reportgen.model import EMPTY, Column, Key, Table, Text, Value
from reportgen.model.values import merged_sources
from reportgen.read.fields import Within
from reportgen.read.schema import Model


class Withheld(Model):
    """What is withheld of a payment: a part of it in whole NT$, unless it comes to no more than is left `free`."""

    tax: Share | None = None
    free: Annotated[int, Within(0, 1_000_000)] = 0


@dataclass(frozen=True)
class Payment:
    """What one person or unit receives: whole NT$, paid once."""

    branch: str
    name: Text
    post: Text
    account: Text
    paid: Value


def total(name: str, parts: Iterable[Value], key: Key = ()) -> Value:
    """The sum of amounts in NT$, with the rows of all of them."""
    parts = list(parts)
    sources = tuple(sorted(merged_sources(source for part in parts for source in part.sources)))
    return Value(
        metric=name,
        key=key,
        exact=sum(map(_exact, parts), Fraction(0)),
        unit="twd",
        digits=0,
        formula="sum of what is paid",
        worked=f"{len(parts)} amounts",
        sources=sources,
    )


def withheld(paid: Fraction, declared: Withheld) -> Fraction:
    """The tax of one payment in whole NT$, rounded down; none where it is not above what is left free."""
    tax = rounded(paid * (declared.tax or Fraction(0)), 0, "down")
    return tax if tax > declared.free else Fraction(0)


def register(composer: Composer, declared: Withheld, payments: Sequence[Payment], named: Text) -> Table:
    """The payees of one branch; `named` is what it is called."""
    unit, branch = composer.head("twd"), payments[0].branch

    def taxed(payments: Iterable[Payment], key: Key) -> tuple[Value, Value] | tuple[None, None]:
        """What is withheld and what is paid out; nothing where no tax is declared, for it is entered by hand."""
        if declared.tax is None:
            return None, None
        payments = [*payments]
        whole = total("paid", [one.paid for one in payments])
        tax = sum((withheld(_exact(one.paid), declared) for one in payments), Fraction(0))
        formula = f"{written(declared.tax)} of each payment, rounded down"

        def made(metric: str, exact: Fraction, formula: str) -> Value:
            return Value(
                metric=metric,
                key=key,
                exact=exact,
                unit="twd",
                digits=0,
                formula=formula,
                sources=whole.sources,
            )

        return made("tax", tax, formula), made("paid_out", _exact(whole) - tax, "paid - tax")

    def of(one: Payment) -> tuple[Value, Value] | tuple[None, None]:
        return taxed([one], one.paid.key)

    key = (("branch", branch),)
    sums = taxed(payments, key)
    column = composer.column
    columns: list[ColumnOf[Payment]] = [
        column("receipts.name", lambda one: one.name),
        column("receipts.post", lambda one: one.post),
        column(
            "receipts.paid", lambda one: one.paid, unit, total("paid", [one.paid for one in payments], key)
        ),
        column("receipts.tax", lambda one: of(one)[0], unit, sums[0]),
        column("receipts.out", lambda one: of(one)[1], unit, sums[1]),
        column("receipts.account", lambda one: one.account),
        column("receipts.signed", lambda one: EMPTY),
    ]
    frame = Table(
        anchor=f"t-{branch}",
        caption=composer.say("receipts.caption", branch=named),
        stub=composer.words["list.number"],
        flows=True,
        look="receipts",
        widths=(5.5, 13.5, 20, 11.5, 11.5, 11.5, 13.5, 13),
    )
    return composer.filled(frame, columns, payments, total=composer.words["receipts.total"])


def _exact(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact


def signatures(composer: Composer) -> Table:
    """Room for those who answer for the payment, from left to right."""
    heads = [composer.words[f"receipts.by.{name}"] for name in ("made", "personnel", "accounting", "head")]
    room = composer.words["receipts.room"]
    return Table(
        anchor="t-signatures",
        caption=composer.words["receipts.signatures"],
        stub=heads[0],
        columns=tuple(map(Column, heads[1:])),
        rows=(composer.row(room, room, room, room),),
        look="signatures",
    )
