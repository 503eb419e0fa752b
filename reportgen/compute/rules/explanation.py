"""One decision, told line by line: each rule with value and threshold, the score, rank, ties, distance and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reportgen.compute.rules import words
from reportgen.compute.rules.model import Bonus, Decision, Result, Share
from reportgen.model import Language, Text, formats
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.formats import Unit
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
            Problem(
                Place(result.scheme),
                f"{len(matches)} candidates have this name; give the number: {', '.join(ids)}",
                f"有 {len(matches)} 位候選人同名；請改用編號：{'、'.join(ids)}",
            )
        )
    known = [word for one in result.decisions for word in (*_ids(one), *_names(one))]
    near = nearest(candidate, known)
    raise InputError(
        Problem(
            Place(result.scheme),
            f"there is no such candidate; give the number or the name{near[0]}",
            f"沒有這位候選人；請寫編號或姓名{near[1]}",
        )
    )


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
    standing = Text("依據", "Basis") if rule else Text("依據（假設）", "Basis (an assumption)")
    yield 0, result.title
    yield 0, Text(f"{standing.zh}：{standard.zh}", f"{standing.en}: {standard.en}")
    yield (
        0,
        Text(
            f"{person.id} {person.names.zh} {post.zh}".rstrip(),
            f"{person.id} {person.names.en} {post.en}".rstrip(),
        ),
    )
    yield 0, Text(f"組別：{group.zh}", f"Group: {group.en}")
    yield from _checks(decision, units)
    yield from _score(decision, units)
    yield from _rank(decision, units)
    if decision.bonus:
        yield from _bonus(decision.bonus, units)
    if decision.tier:
        rewards = words.rewards_said(decision.tier.rewards)
        yield (
            0,
            Text(
                f"等第：{decision.tier.label.zh}　獎勵：{rewards.zh}",
                f"Tier: {decision.tier.label.en}; reward: {rewards.en}",
            ),
        )
    yield 0, Text(f"理由：{decision.reason.zh}", f"Reason: {decision.reason.en}")


def _joined(unit: Text, post: Text) -> Text:
    return Text(f"{unit.zh}{post.zh}", ", ".join(part for part in (post.en, unit.en) if part))


def _group(result: Result, decision: Decision) -> Text:
    group = next(group for group in result.groups if group.id == decision.group)
    return Text(f"{group.label.zh}；名額：{group.worked.zh}", f"{group.label.en}; places: {group.worked.en}")


def _checks(decision: Decision, units: Mapping[str, Unit]) -> Lines:
    if not decision.checks:
        return
    yield 0, Text("資格與排除", "Eligibility and exclusions")
    for check in decision.checks:
        value, needed = words.shown(check.value, units), words.requirement(check, units)
        verdict = Text("符合", "pass") if check.passed else Text("不符", "fail")
        should = Text(f"應{needed.zh}", f"required: {needed.en}")
        if check.kind == "exclude":
            should = Text(f"不予列入者：{needed.zh}", f"excluded if {needed.en}")
        if check.operator == "none_since":
            should = Text(f"應{needed.zh}", f"required: {needed.en}")
        yield (
            1,
            Text(
                f"[{verdict.zh}] {check.label.zh}：{value.zh}；{should.zh}",
                f"[{verdict.en}] {check.label.en}: {value.en}; {should.en}",
            ),
        )


def _score(decision: Decision, units: Mapping[str, Unit]) -> Lines:
    if decision.items:
        yield 0, Text("評分", "Score")
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
        yield 1, Text(f"合計：{score.zh}", f"Total: {score.en}")


def _rank(decision: Decision, units: Mapping[str, Unit]) -> Lines:
    if decision.ranked is None or decision.rank is None:
        return
    ranked = words.said(decision.ranked, units)
    yield (
        0,
        Text(
            f"名次：第{decision.rank}名（共{decision.of}），{ranked.zh}",
            f"Rank: {formats.ordinal(decision.rank)} of {decision.of} ({ranked.en})",
        ),
    )
    for step in decision.ties:
        said = words.tie_said(step, units)
        others = "、".join(step.with_), ", ".join(step.with_)
        yield 1, Text(f"同分（{others[0]}）：{said.zh}", f"Tie with {others[1]}: {said.en}")
    if decision.line and decision.distance:
        line, distance = words.said(decision.line, units), words.said(decision.distance, units)
        across = (
            Text("第一位未獲獎者", "The first who is out") if decision.tier
            else Text("最後一位獲獎者", "The last who is in")
        )  # fmt: skip
        yield (
            1,
            Text(
                f"{across.zh}：{line.zh}，相差{distance.zh}",
                f"{across.en}: {line.en}, difference {distance.en}",
            ),
        )
    rounding = decision.rounding or Text("結果不變", "the outcome would be the same")
    yield 1, Text(f"改用其他取位方式：{rounding.zh}", f"With another rounding: {rounding.en}")


def _bonus(bonus: Bonus, units: Mapping[str, Unit]) -> Lines:
    yield 0, Text("獎勵金", "Bonus")
    for label, value in bonus.steps:
        said = words.said(value, units)
        yield 1, Text(f"{label.zh}：{said.zh}", f"{label.en}: {said.en}")
    total, unpaid = words.said(bonus.total, units), words.said(bonus.unpaid, units)
    yield 1, Text(f"取至元：{total.zh}", f"In whole dollars: {total.en}")
    for share in bonus.shares:
        part, served = words.said(share.part, units), words.said(share.service, units)
        exact, paid = words.said(share.exact, units), words.said(share.paid, units)
        more = (
            Text(f"（含尾數{share.extra}元）", f" (NT${share.extra} of the remainder)")
            if share.extra
            else Text("", "")
        )
        yield (
            1,
            Text(
                f"{share.person} {share.names.zh} {share.role.zh}：{part.zh}，服務{served.zh}，{exact.zh} → 發給{paid.zh}{more.zh}",
                f"{share.person} {share.names.en}, {share.role.en}: {part.en}, {served.en}, {exact.en} → paid {paid.en}{more.en}",
            ),
        )
    yield 1, Text(f"未發給：{unpaid.zh}", f"Not paid out: {unpaid.en}")
