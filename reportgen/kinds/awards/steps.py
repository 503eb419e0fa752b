"""What a decision sheet shows step by step beside the score: further prizes, the bonus and its shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from reportgen.compute.ledger import counted
from reportgen.compute.rules.model import Bonus, Decision, PrizeTrial, Share
from reportgen.kinds.awards.composer import AwardComposer
from reportgen.kinds.compose import ColumnOf, Content
from reportgen.kinds.forms import begun
from reportgen.model import Block, Table, Text, Value

PAPER = "decisions"
WIDTHS = {  # per cent of the columns: alike on every sheet
    "prizes": (30, 14, 12, 10, 34),
    "steps": (58, 24, 18),
    "shares": (24, 25, 9, 9, 12, 10, 11),
}


def prizes(composer: AwardComposer, decision: Decision, id_: str) -> Table:
    """How the candidate came off in each further prize."""
    words, column = composer.words, composer.column

    def place(one: PrizeTrial) -> Value | None:
        key = (("candidate", decision.person.id), ("prize", one.prize))
        return counted("rank", one.rank, "rank in the prize", key=key, unit="rank") if one.rank else None

    def verdict(one: PrizeTrial) -> Text:
        if one.barred and one.verdict == "barred":
            return composer.stated(begun(one.barred))
        return words[f"prizes.{one.verdict}"]

    columns: list[ColumnOf[PrizeTrial]] = [
        column("prizes.value", lambda one: one.value),
        column("items.unit", lambda one: composer.unit(one.value) if one.value else None),
        column("list.rank", place),
        column("decisions.verdict", verdict),
    ]
    frame = Table(
        anchor=f"{id_}-prizes",
        caption=words["prizes.caption"],
        stub=words["prizes.prize"],
        look="ties",
        widths=WIDTHS["prizes"],
    )
    return composer.filled(frame, columns, decision.prizes, lambda one: begun(composer.stated(one.label)))


def bonus(composer: AwardComposer, bonus: Bonus, id_: str) -> Iterable[Block]:
    """The arithmetic line by line, then what each person gets; the dollars of the remainder are told."""
    words = composer.words
    columns: list[ColumnOf[tuple[Text, Value]]] = [
        composer.column("bonus.value", lambda step: step[1]),
        composer.column("checks.unit", lambda step: composer.unit(step[1])),
    ]
    frame = Table(
        anchor=f"{id_}-steps",
        caption=words["bonus.caption"],
        stub=words["bonus.step"],
        look="steps",
        widths=WIDTHS["steps"],
    )
    yield composer.filled(frame, columns, bonus.steps, lambda step: step[0])
    if bonus.shares:
        yield _shares(composer, bonus, id_)


def _shares(composer: AwardComposer, bonus: Bonus, id_: str) -> Table:
    words, first = composer.words, bonus.shares[0]

    def column(name: str, content: Callable[[Share], Content], of: Value) -> ColumnOf[Share]:
        return composer.column(f"bonus.{name}", content, composer.unit(of))

    def extra(share: Share) -> Value:
        key = (("person", share.person),)
        return counted("dollars of the remainder", share.extra, "remainder by the declared rule", key=key)

    columns = [
        composer.column("bonus.role", lambda share: share.role),
        column("part", lambda share: share.part, first.part),
        column("service", lambda share: share.service, first.service),
        column("exact", lambda share: share.exact, first.paid),
        column("paid", lambda share: share.paid, first.paid),
        column("extra", extra, first.paid),
    ]
    frame = Table(
        anchor=f"{id_}-shares",
        caption=words["bonus.shares"],
        stub=words["list.name"],
        look="shares",
        widths=WIDTHS["shares"],
    )
    table = composer.filled(frame, columns, bonus.shares, lambda share: composer.shown(share.names, PAPER))
    sums = {"unpaid": bonus.unpaid, "total": bonus.total}
    if not bonus.unpaid.exact:
        del sums["unpaid"]
    totals = (
        composer.row(words[f"bonus.{name}"], *[None] * 4, value, None, role="total")
        for name, value in sums.items()
    )
    return replace(table, rows=(*table.rows, *totals))
