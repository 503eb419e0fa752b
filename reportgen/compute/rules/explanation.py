"""One decision, line by line: each rule with value and threshold, the score, rank, ties, distance and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reportgen.compute.rules import words
from reportgen.compute.rules.model import Bonus, Check, Decision, PrizeTrial, Result, Share
from reportgen.model import Language, Text
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.hints import near
from reportgen.model.messages import message

INDENT = "  "
VERDICTS = {
    "won": "rules.prize_verdict_won",
    "lower": "rules.prize_verdict_lower",
    "holder": "rules.prize_verdict_holder",
    "ineligible": "rules.prize_verdict_ineligible",
    "barred": "rules.prize_verdict_barred",
}
HELD = {"at_least": "rules.held_at_least", "at_most": "rules.held_at_most"}
Lines = Iterator[tuple[int, Text]]  # how far each is indented
Units = Mapping[str, Unit]


def explain(result: Result, candidate: str, units: Units, language: Language) -> Iterator[str]:
    """The decision on a candidate, found by id or by name, as lines of text; InputError if there is none."""
    for indent, text in _lines(result, decision_on(result, candidate), units):
        yield INDENT * indent + text.say(language)


def decision_on(result: Result, candidate: str) -> Decision:
    """The decision on this id or name; of a unit's members, the decision on their unit.

    What was typed is not repeated in a message: it may be an identity number.
    """
    decisions, place = result.decisions, Place(result.scheme)
    matches = [decision for decision in decisions if candidate in _ids(decision)]
    matches = matches or [decision for decision in decisions if candidate in _names(decision)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        ids = sorted(id_ for decision in matches for id_ in _ids_of(decision, candidate))
        raise InputError(problem(place, "rules.candidates_have_name", matches_count=len(matches), ids=ids))
    known = [word for decision in decisions for word in (*_ids(decision), *_names(decision))]
    raise InputError(problem(place, "rules.is_no_such_candidate", near=near(candidate, known)))


def _ids(decision: Decision) -> tuple[str, ...]:
    return decision.person.id, *(share.person for share in _shares(decision))


def _names(decision: Decision) -> tuple[str, ...]:
    people = [decision.person.names, *(share.names for share in _shares(decision))]
    return tuple(half for names in people for half in (names.zh, names.en))


def _ids_of(decision: Decision, name: str) -> Iterator[str]:
    if name in (decision.person.names.zh, decision.person.names.en):
        yield decision.person.id
    for share in _shares(decision):
        if name in (share.names.zh, share.names.en):
            yield share.person


def _shares(decision: Decision) -> Iterable[Share]:
    return decision.bonus.shares if decision.bonus else ()


def _lines(result: Result, decision: Decision, units: Units) -> Lines:
    person, group = decision.person, next(group for group in result.groups if group.id == decision.group)
    rule = result.standard.standing == "rule"
    basis = message("rules.basis") if rule else message("rules.basis_assumption")
    post = ", ".join(part for part in (person.post.en, person.unit.en) if part)
    yield 0, result.title
    yield 0, message("rules.label_value", label=basis, value=result.standard.words)
    yield (
        0,
        Text(
            f"{person.id} {person.names.zh} {person.unit.zh}{person.post.zh}".rstrip(),
            f"{person.id} {person.names.en} {post}".rstrip(),
        ),
    )
    yield 0, message("rules.group_and_places", label=group.label, worked=group.worked)
    if decision.checks:
        yield 0, message("rules.eligibility_exclusions")
    for check in decision.checks:
        yield 1, _check(check, units)
    yield from _score(decision, units)
    yield from _reviews(decision, units)
    yield from _rank(decision, units)
    for prize in decision.prizes:
        yield from _prize(prize, units)
    if decision.bonus:
        yield from _bonus(decision.bonus, units)
    if decision.given and decision.given.label.zh:
        grade, where = decision.given, str(decision.given.place)
        yield 0, message("rules.grade_given", grade=grade.label, column=grade.column, where=where)
    if decision.barred:
        yield 0, message("rules.label_value", label=message("rules.mix_rule"), value=decision.barred)
    if decision.tier:
        rewards = words.rewards_said(decision.tier.rewards)
        yield 0, message("rules.tier", label=decision.tier.label, rewards=rewards)
    for one in decision.members:
        rewards = words.rewards_said(one.tier.rewards)
        slots = {"names": one.person.names, "post": one.person.post, "rewards": rewards}
        yield 1, message("rules.member_line", person=one.person.id, **slots)
    yield 0, message("rules.reason", reason=decision.reason)


def _check(check: Check, units: Units) -> Text:
    needed = words.requirement(check, units)
    if check.kind == "exclude" and check.operator != "none_since":
        needed = message("rules.excluded_if", needed=needed)
    else:
        needed = message("rules.required", needed=needed)
    verdict = message("rules.pass") if check.passed else message("rules.fail")
    value = words.said(check.value, units)
    return message("rules.check_line", verdict=verdict, label=check.label, value=value, needed=needed)


def _score(decision: Decision, units: Units) -> Lines:
    if decision.items:
        yield 0, message("rules.score")
    for item in decision.items:
        yield (
            1,
            message(
                "rules.item_line",
                label=item.label,
                value=words.said(item.value, units),
                band=words.bracketed(item.band),
                points=words.said(item.points, units),
                weight=words.said(item.weight, units),
                weighted=words.said(item.weighted, units),
            ),
        )
    if score := decision.computed or decision.score:
        yield 1, message("rules.total", score=words.said(score, units))


def _reviews(decision: Decision, units: Units) -> Lines:
    """Each stage of review: its points, why, who and when, and the score that it left."""
    for one in decision.reviews:
        yield (
            1,
            message(
                "rules.stage_line",
                label=one.label,
                points=words.signed(one.points, units),
                reason=one.reason,
                name=one.name,
                date=one.date,
                score=words.said(one.score, units),
            ),
        )


def _prize(prize: PrizeTrial, units: Units) -> Lines:
    """How this one came off in a further prize."""
    verdict = message(VERDICTS[prize.verdict], limit=prize.barred or words.NOTHING)
    if prize.value is None or prize.rank is None:
        yield 0, message("rules.label_value", label=prize.label, value=verdict)
        return
    slots = {"rank": words.ordinal(prize.rank), "value": words.said(prize.value, units)}
    yield 0, message("rules.prize_line", label=prize.label, of=prize.of, verdict=verdict, **slots)
    for step in prize.ties:
        yield 1, message("rules.tie", others=[*step.with_], said=words.tie_said(step, units))


def _rank(decision: Decision, units: Units) -> Lines:
    if decision.ranked is None or decision.rank is None:
        return
    rank, ranked = words.ordinal(decision.rank), words.said(decision.ranked, units)
    yield 0, message("rules.rank", of=decision.of, rank=rank, ranked=ranked)
    for step in decision.ties:
        yield 1, message("rules.tie", others=[*step.with_], said=words.tie_said(step, units))
    if decision.line and decision.distance:
        line, distance = words.said(decision.line, units), words.said(decision.distance, units)
        across = message("rules.first_who_is_out") if decision.tier else message("rules.last_who_is")
        yield 1, message("rules.across_line_difference_distance", across=across, line=line, distance=distance)
    rounding = decision.rounding or message("rules.outcome_would_same")
    yield 1, message("rules.another_rounding", rounding=rounding)


def _bonus(bonus: Bonus, units: Units) -> Lines:
    yield 0, message("rules.bonus")
    for label, value in bonus.steps:
        yield 1, message("rules.label_value", label=label, value=words.said(value, units))
    yield 1, message("rules.whole_dollars", total=words.said(bonus.total, units))
    for share in bonus.shares:
        more = message("rules.nt_remainder", extra=share.extra) if share.extra else words.NOTHING
        more = message(HELD[share.held]) if share.held else more
        yield (
            1,
            message(
                "rules.person_names_role_part",
                person=share.person,
                names=share.names,
                role=share.role,
                part=words.said(share.part, units),
                served=words.said(share.service, units),
                exact=words.said(share.exact, units),
                paid=words.said(share.paid, units),
                more=more,
            ),
        )
    yield 1, message("rules.not_paid_out", unpaid=words.said(bonus.unpaid, units))
