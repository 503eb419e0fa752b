"""績效評比表: a page for each branch, officer or unit: items, own and reviewed points, standards, what one more point needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute import appraisal
from reportgen.compute.appraisal import Need
from reportgen.compute.ledger import counted
from reportgen.compute.rules.model import Check, Decision, ItemScore
from reportgen.compute.rules.postings import Posts
from reportgen.kinds.appraisal.composer import AppraisalComposer
from reportgen.kinds.appraisal.league import rank_of
from reportgen.kinds.blocks import form_field
from reportgen.kinds.compose import ColumnOf, Content
from reportgen.kinds.forms import begun
from reportgen.kinds.reviews import reviews
from reportgen.model import (
    EMPTY,
    Block,
    Card,
    Cell,
    Field,
    Fields,
    Gap,
    KeyFigures,
    Section,
    Table,
    Text,
    Value,
    formats,
)
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.words import plain_line

MOST_SHEETS = 150  # of one file; more are made a branch at a time, and so by more than one process
# Per cent of the columns: all tables of a sheet stand on one grid, with edges at 28, 48 and 64.
WIDTHS = {
    "own": (28, 20, 16, 9, 9, 9, 9),
    "items": (28, 20, 16, 12, 12, 12),
    "standards": (28, 20, 16, 18, 18),
    "needs": (28, 7, 13, 16, 15, 21),
}


def sheets(composer: AppraisalComposer, decisions: Sequence[Decision], first: int) -> list[Block]:
    if len(decisions) > MOST_SHEETS:
        raise InputError(_too_many(composer, len(decisions)))
    blocks: list[Block] = []
    for number, decision in enumerate(decisions, first):
        blocks += _sheet(composer, decision, number)
    return blocks


def _too_many(composer: AppraisalComposer, count: int) -> Problem:
    branches = sorted({d.person.branch for d in composer.level.result.decisions if d.person.branch})
    return problem(
        Place(composer.publication.file, column="papers"),
        "appraisal.sheets_are_more_than_one",
        count=count,
        most_sheets=MOST_SHEETS,
        name_=composer.level.name,
        branch=branches[0] if branches else "taipei",
    )


def _sheet(composer: AppraisalComposer, decision: Decision, number: int) -> list[Block]:
    id_ = f"p-{number}"
    blocks: list[Block] = [
        Section(number=str(number), title=composer.named(decision.person), anchor=id_, one_page=True),
        _facts(composer, decision),
        KeyFigures(tuple(_cards(composer, decision))),
    ]
    posts = composer.level.book.posts
    if posts and not posts.stayed(decision.person.id):
        blocks.append(_postings(composer, posts, decision, id_))
    if decision.items:
        blocks.append(_items(composer, decision, id_))
    if decision.reviews:
        blocks.append(reviews(composer, decision, id_))
    if failed := [check for check in decision.checks if not check.passed]:
        blocks.append(_missing(composer, failed, id_))
    if decision.standards:
        blocks.append(_standards(composer, decision.standards, id_))
    if decision.items and decision.score:
        blocks.append(_needs(composer, decision, id_))
    if composer.plan.signers:
        blocks.append(_signatures(composer))
    return blocks


def _facts(composer: AppraisalComposer, decision: Decision) -> Fields:
    person, level = decision.person, composer.level
    group = next(group for group in level.result.groups if group.id == decision.group)
    facts = {
        "period": composer.said,
        "group": composer.stated(begun(group.label)),
        "branch": composer.branch(person.branch) if level.name != "branches" and person.branch else EMPTY,
        "post": composer.stated(person.post),
    }
    fields = (
        Field(composer.words[f"sheet.{name}"], (plain_line(text),))
        for name, text in facts.items()
        if text.zh and text.en
    )
    return Fields(tuple(fields), "facts")


def _cards(composer: AppraisalComposer, decision: Decision) -> Iterable[Card]:
    """Score, rank, the change of rank and the gap to the next one ahead, as far as they exist."""
    words, level = composer.words, composer.level
    if decision.score is None:
        return
    score = composer.head("score")
    yield Card(label=words["league.score"], figure=composer.print(decision.score), unit=score)
    if rank := rank_of(decision):
        printed = composer.print(rank)
        key, formula = (("group", decision.group),), "count of who is ranked in the group"
        of = composer.print(counted("appraisal.of", decision.of, formula, key=key))
        line = composer.line("sheet.of", of=of)
        yield Card(label=words["league.rank"], figure=printed, unit=EMPTY, change=line)
    if change := composer.change_of_rank(decision):
        unit = composer.say("sheet.before", before=composer.said_before)
        yield Card(label=words["league.change"], figure=change, unit=unit)
    if ahead := level.ahead_of(decision):
        yield Card(label=words["league.ahead"], figure=composer.print(ahead), unit=score)


def _postings(composer: AppraisalComposer, posts: Posts, decision: Decision, id_: str) -> Table:
    """The units that a person held in the period, those that count, and by which rule."""
    person, words = decision.person.id, composer.words
    held, kept = posts.of(person), posts.units(person)

    def days(place: int) -> Value:
        unit, (first, last) = held[place][0].unit, held[place][1]
        key = (("candidate", person), ("unit", unit), ("since", first.isoformat()))
        return counted("appraisal.days", (last - first).days + 1, "count of days in the unit", key=key)

    columns: list[ColumnOf[int]] = [
        composer.column("postings.since", lambda place: composer.day(held[place][1][0])),
        composer.column("postings.until", lambda place: composer.day(held[place][1][1])),
        composer.column("postings.days", days),
        composer.column(
            "postings.counts",
            lambda place: words[f"postings.{'yes' if held[place][0].unit in kept else 'no'}"],
        ),
    ]
    frame = Table(
        anchor=f"{id_}-postings",
        caption=words["postings.caption"],
        stub=words["who.units"],
        notes=(composer.note(f"postings.{posts.rule.moved}"),),
        look="standards",
        widths=WIDTHS["standards"],
    )
    return composer.filled(
        frame, columns, range(len(held)), lambda place: composer.stated(held[place][0].unit)
    )


def _items(composer: AppraisalComposer, decision: Decision, id_: str) -> Table:
    words, none, column = composer.words, composer.none, composer.column
    columns: list[ColumnOf[ItemScore]] = [
        column("items.value", lambda item: _measured(composer, item.value)),
        column("items.band", lambda item: _band(composer, item) or none),
    ]
    if own := any(item.own for item in decision.items):
        columns.append(column("items.own", lambda item: item.own or none))
    columns += [
        column("items.reviewed" if own else "items.points", lambda item: item.points),
        column("items.weight", lambda item: item.weight),
        column("items.weighted", lambda item: item.weighted),
    ]
    frame = Table(
        anchor=f"{id_}-{'own' if own else 'items'}",
        caption=words["items.caption"],
        stub=words["items.item"],
        look="own" if own else "items",
        widths=WIDTHS["own" if own else "items"],
    )
    table = composer.filled(frame, columns, decision.items, lambda item: composer.stated(item.label))
    rows, blank = [*table.rows], [None] * (len(columns) - 2)
    total = decision.computed or decision.score
    for adjusted in decision.adjustments:
        # as the points that it is added to
        points = replace(adjusted.points, digits=max(adjusted.points.digits, 2))
        found = _measured(composer, adjusted.value)
        rows.append(composer.row(composer.stated(adjusted.label), found, *blank, composer.signed(points)))
    if total:
        label = words["reviews.computed" if decision.reviews else "league.score"]
        rows.append(composer.row(label, None, *blank, total, role="total"))
    return replace(table, rows=tuple(rows))


def _band(composer: AppraisalComposer, item: ItemScore) -> Text | None:
    """The band by its own name, else by its ends in signs that both languages read: ≥52, <54."""
    declared = next(one for one in composer.level.scheme.items if one.id == item.item)
    exact = item.value.exact
    band = next((b for b in declared.bands if isinstance(exact, Fraction) and b.holds(exact)), None)
    if band is None or band.label:
        return composer.stated(band.label) if band and band.label else None
    factor = composer.units[item.value.unit].factor

    def edge(sign: str, number: Fraction | None) -> str:
        if number is None:
            return ""
        digits = 0
        while digits < 6 and (number / factor * 10**digits).denominator != 1:
            digits += 1
        return sign + formats.plain(number, digits, factor)

    ends = [edge("≥", band.low), edge("≤" if band.closed else "<", band.high)]
    said = ", ".join(filter(None, ends))
    return composer.stated(Text(said, said))


def _measured(composer: AppraisalComposer, value: Value) -> Cell:
    """A figure with its unit behind it: the rows of a sheet have units of their own."""
    return Cell(composer.print(value), composer.unit(value))


def _missing(composer: AppraisalComposer, checks: Sequence[Check], id_: str) -> Table:
    """Why there is no score."""

    def why(check: Check) -> Content:
        value = check.value
        return value.exact.reason if isinstance(value, Value) and isinstance(value.exact, Gap) else value

    words = composer.words
    frame = Table(
        anchor=f"{id_}-missing", caption=words["missing.caption"], stub=words["items.item"], look="words"
    )
    columns = [composer.column("missing.why", why)]
    return composer.filled(frame, columns, checks, lambda check: composer.stated(check.label))


def _standards(composer: AppraisalComposer, checks: Sequence[Check], id_: str) -> Table:
    words, column = composer.words, composer.column

    def verdict(check: Check) -> Text:
        unknown = isinstance(check.value, Value) and isinstance(check.value.exact, Gap)
        return words[f"standard.{'unknown' if unknown else 'met' if check.passed else 'missed'}"]

    def value(check: Check) -> Cell:
        assert isinstance(check.value, Value)
        return _measured(composer, check.value)

    columns: list[ColumnOf[Check]] = [
        column("items.value", value),
        column("standard.operator", lambda check: words[f"operator.{check.operator}"]),
        column("standard.threshold", lambda check: _threshold(composer, check)),
        column("standard.verdict", verdict),
    ]
    frame = Table(
        anchor=f"{id_}-standards",
        caption=words["standard.caption"],
        stub=words["standard.standard"],
        look="standards",
        widths=WIDTHS["standards"],
    )
    return composer.filled(frame, columns, checks, lambda check: composer.stated(check.label))


def _threshold(composer: AppraisalComposer, check: Check) -> Content:
    """A range is in words: 100至130, in the unit of what it is compared with."""
    threshold = check.threshold
    if isinstance(threshold, Value):
        return _measured(composer, threshold)
    assert isinstance(check.value, Value)
    unit = composer.unit(check.value)
    return composer.stated(Text(f"{threshold.zh}{unit.zh}", f"{threshold.en} {unit.en}".strip()))


def _needs(composer: AppraisalComposer, decision: Decision, id_: str) -> Table:
    words, none, column = composer.words, composer.none, composer.column

    def goal(need: Need) -> Content:
        return _measured(composer, need.goal) if need.goal else none

    def amount(need: Need) -> Content:
        return _measured(composer, need.more[1]) if need.goal and need.more else none

    columns: list[ColumnOf[Need]] = [
        column("needs.gain", lambda need: composer.signed(need.gain) if need.goal else none),
        column("needs.bound", lambda need: words[f"needs.{need.bound}" if need.goal else "needs.full"]),
        column("needs.goal", goal),
        column("needs.more", lambda need: composer.stated(need.more[0]) if need.goal and need.more else none),
        column("needs.amount", amount),
    ]
    frame = Table(
        anchor=f"{id_}-needs",
        caption=words["needs.caption"],
        stub=words["items.item"],
        look="needs",
        widths=WIDTHS["needs"],
    )
    needs = appraisal.needs(composer.level.book, decision)
    return composer.filled(frame, columns, needs, lambda need: composer.stated(need.label))


def _signatures(composer: AppraisalComposer) -> Fields:
    """Places for those who sign, with the name where one is declared."""
    return Fields(
        tuple(
            form_field(composer, signer.title, signer.name, "decision") for signer in composer.plan.signers
        ),
        "signatures",
    )
