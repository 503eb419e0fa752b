"""One decision, told line by line: each rule with value and threshold, the score, rank, ties, distance and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reportgen.compute.rules import words
from reportgen.compute.rules.model import Bonus, Decision, Result, Share
from reportgen.model import Language, Text, formats
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.read.toml import nearest

INDENT = "  "


def explain(result: Result, candidate: str, units: Mapping[str, Unit], language: Language) -> Iterator[str]:
    """The decision on a candidate, found by id or by name, as lines of text; InputError if there is no such one."""
    decision = found(result, candidate)
    for indent, text in _lines(result, decision, units):
        yield INDENT * indent + text.say(language)


def found(result: Result, candidate: str) -> Decision:
    """The decision on this id or name; of a unit's members, the decision on their unit.

    What was typed is not repeated in a message: it may be an identity number.
    """
    by_id = [one for one in result.decisions if candidate in _ids(one)]
    matches = by_id or [one for one in result.decisions if candidate in _names(one)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        ids = sorted(id_ for one in matches for id_ in _ids_of(one, candidate))
        raise InputError(
            problem(
                Place(result.scheme), "rules.candidates_have_name", matches_count=len(matches), ids=[*ids]
            )
        )
    known = [word for one in result.decisions for word in (*_ids(one), *_names(one))]
    near = nearest(candidate, known)
    raise InputError(problem(Place(result.scheme), "rules.is_no_such_candidate", near=Text(near[1], near[0])))


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


Lines = Iterator[tuple[int, Text]]


def _lines(result: Result, decision: Decision, units: Mapping[str, Unit]) -> Lines:
    person, group = decision.person, _group(result, decision)
    post = _joined(person.unit, person.post)
    standard, rule = result.standard.words, result.standard.standing == "rule"
    standing = message("rules.basis") if rule else message("rules.basis_assumption")
    yield 0, result.title
    yield 0, Text(f"{standing.zh}：{standard.zh}", f"{standing.en}: {standard.en}")
    yield (
        0,
        Text(
            f"{person.id} {person.names.zh} {post.zh}".rstrip(),
            f"{person.id} {person.names.en} {post.en}".rstrip(),
        ),
    )
    yield 0, message("rules.group", group=group)
    yield from _checks(decision, units)
    yield from _score(decision, units)
    yield from _rank(decision, units)
    if decision.bonus:
        yield from _bonus(decision.bonus, units)
    if decision.tier:
        rewards = words.rewards_said(decision.tier.rewards)
        yield (0, message("rules.tier", label=decision.tier.label, rewards=rewards))
    yield 0, message("rules.reason", reason=decision.reason)


def _joined(unit: Text, post: Text) -> Text:
    return Text(f"{unit.zh}{post.zh}", ", ".join(part for part in (post.en, unit.en) if part))


def _group(result: Result, decision: Decision) -> Text:
    group = next(group for group in result.groups if group.id == decision.group)
    return message("rules.label_places_worked", label=group.label, worked=group.worked)


def _checks(decision: Decision, units: Mapping[str, Unit]) -> Lines:
    if not decision.checks:
        return
    yield 0, message("rules.eligibility_exclusions")
    for check in decision.checks:
        value, needed = words.shown(check.value, units), words.requirement(check, units)
        verdict = message("rules.pass") if check.passed else message("rules.fail")
        should = message("rules.required", needed=needed)
        if check.kind == "exclude":
            should = message("rules.excluded_if", needed=needed)
        if check.operator == "none_since":
            should = message("rules.required", needed=needed)
        yield (
            1,
            Text(
                f"[{verdict.zh}] {check.label.zh}：{value.zh}；{should.zh}",
                f"[{verdict.en}] {check.label.en}: {value.en}; {should.en}",
            ),
        )


def _score(decision: Decision, units: Mapping[str, Unit]) -> Lines:
    if decision.items:
        yield 0, message("rules.score")
    for item in decision.items:
        value, points = words.said(item.value, units), words.said(item.points, units)
        weight, weighted = words.said(item.weight, units), words.said(item.weighted, units)
        band = Text(f"（{item.band.zh}）", f" ({item.band.en})") if item.band else Text("", "")
        yield (
            1,
            Text(
                f"{item.label.zh}：{value.zh}{band.zh} → {points.zh} × {weight.zh} ＝ {weighted.zh}",
                f"{item.label.en}: {value.en}{band.en} → {points.en} × {weight.en} = {weighted.en}",
            ),
        )
    if decision.score:
        score = words.said(decision.score, units)
        yield 1, message("rules.total", score=score)


def _rank(decision: Decision, units: Mapping[str, Unit]) -> Lines:
    if decision.ranked is None or decision.rank is None:
        return
    ranked = words.said(decision.ranked, units)
    yield (
        0,
        message(
            "rules.rank",
            of=decision.of,
            rank=Text(str(decision.rank), formats.ordinal(decision.rank)),
            ranked=ranked,
        ),
    )
    for step in decision.ties:
        said = words.tie_said(step, units)
        others = "、".join(step.with_), ", ".join(step.with_)
        yield 1, message("rules.tie", others=Text(others[0], others[1]), said=said)
    if decision.line and decision.distance:
        line, distance = words.said(decision.line, units), words.said(decision.distance, units)
        across = message("rules.first_who_is_out") if decision.tier else message("rules.last_who_is")
        yield (
            1,
            message("rules.across_line_difference_distance", across=across, line=line, distance=distance),
        )
    rounding = decision.rounding or message("rules.outcome_would_same")
    yield 1, message("rules.another_rounding", rounding=rounding)


def _bonus(bonus: Bonus, units: Mapping[str, Unit]) -> Lines:
    yield 0, message("rules.bonus")
    for label, value in bonus.steps:
        said = words.said(value, units)
        yield 1, Text(f"{label.zh}：{said.zh}", f"{label.en}: {said.en}")
    total, unpaid = words.said(bonus.total, units), words.said(bonus.unpaid, units)
    yield 1, message("rules.whole_dollars", total=total)
    for share in bonus.shares:
        part, served = words.said(share.part, units), words.said(share.service, units)
        exact, paid = words.said(share.exact, units), words.said(share.paid, units)
        more = message("rules.nt_remainder", extra=share.extra) if share.extra else Text("", "")
        yield (
            1,
            message(
                "rules.person_names_role_part",
                person=share.person,
                names=share.names,
                role=share.role,
                part=part,
                served=served,
                exact=exact,
                paid=paid,
                more=more,
            ),
        )
    yield 1, message("rules.not_paid_out", unpaid=unpaid)
