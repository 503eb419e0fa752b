"""印領清冊: who receives how much, what tax is withheld, where it is paid to, and room to sign for it; a table for each branch.

The bonus of a scheme of shares, or the money of the tiers. A person of several units is paid once, the sum of all shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from reportgen.compute.exact import written
from reportgen.compute.ledger import counted
from reportgen.compute.rules.ranking import rounded
from reportgen.kinds.awards.composer import COUNTED, AwardComposer, total
from reportgen.kinds.awards.plan import Receipts
from reportgen.kinds.compose import ColumnOf
from reportgen.model import EMPTY, Block, Column, Key, Paragraphs, Table, Text, Value


@dataclass(frozen=True)
class Payment:
    """What one person or unit receives: whole NT$, paid once."""

    branch: str
    name: Text
    post: Text
    account: Text
    paid: Value


def receipts(composer: AwardComposer) -> list[Block]:
    declared = composer.plan.receipts
    payments = [*_payments(composer, declared)]
    if not payments:
        return [Paragraphs((composer.line("receipts.nobody"),))]
    whole = total("paid", [one.paid for one in payments])
    people = composer.print(counted("persons paid", len(payments), COUNTED["persons paid"]))
    said = composer.line("receipts.summary", people=people, paid=composer.print(whole))
    blocks: list[Block] = [Paragraphs((said,))]
    for _, of_branch in groupby(payments, key=lambda one: one.branch):
        blocks.append(_table(composer, declared, [*of_branch]))
    return [*blocks, _signatures(composer)]


def _payments(composer: AwardComposer, declared: Receipts) -> Iterator[Payment]:
    """In the order of the branches, then of the list."""
    found: dict[tuple[str, str], tuple[Text, Text, str, list[Value]]] = {}
    for decision in composer.result.decisions:
        person = decision.person
        for share in decision.bonus.shares if decision.bonus else ():
            entry = (
                composer.shown(share.names, "receipts"),
                share.role,
                share.cells.get(declared.account, ""),
            )
            found.setdefault((person.branch, share.person), (*entry, []))[3].append(share.paid)
    for decision in composer.winners_in_order():
        amounts = (
            [reward.amount for reward in decision.tier.rewards if reward.amount] if decision.tier else []
        )
        if amounts and not decision.bonus:
            person = decision.person
            entry = (composer.named(person, "receipts"), person.post, person.cells.get(declared.account, ""))
            found[person.branch, person.id] = (*entry, amounts)
    places = {branch: place for place, branch in enumerate(composer.branches())}
    for (branch, key), (name, post, account, parts) in sorted(
        found.items(), key=lambda one: places[one[0][0]]
    ):
        paid = total("paid", parts, (("person", key),))
        if paid.exact:
            yield Payment(branch, name, post, Text(*[composer.stated(account)] * 2), paid)


def withheld(paid: Fraction, declared: Receipts) -> Fraction:
    """The tax of one payment in whole NT$, rounded down; none where it is not above what is left free."""
    tax = rounded(paid * (declared.tax or Fraction(0)), 0, "down")
    return tax if tax > declared.free else Fraction(0)


def _table(composer: AwardComposer, declared: Receipts, payments: Sequence[Payment]) -> Table:
    unit, branch = composer.head("twd"), payments[0].branch
    named = composer.branch(branch) if composer.has_branches else composer.publication.issuer

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


def _signatures(composer: AwardComposer) -> Table:
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
