"""印領清冊: who receives how much, what tax is withheld, where it is paid to, and room to sign for it; a table for each branch.

The bonus of a scheme of shares, or the money of the tiers. A person of several units is paid once, the sum of all shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reportgen.compute.ledger import counted
from reportgen.kinds.awards.composer import COUNTED, AwardComposer
from reportgen.kinds.awards.plan import Receipts
from reportgen.kinds.payments import Payment, register, signatures, total
from reportgen.model import Block, Paragraphs, Text, Value


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
        those = [*of_branch]
        named = composer.branch(those[0].branch) if composer.has_branches else composer.publication.issuer
        blocks.append(register(composer, declared, those, named))
    return [*blocks, signatures(composer)]


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
