"""A scheme and a dataset become a `Result`: every candidate is judged, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reportgen.compute.rules import words
from reportgen.compute.rules.bonus import paid_out
from reportgen.compute.rules.model import (
    Adjusted,
    Check,
    Decision,
    Group,
    ItemScore,
    Person,
    Result,
    Reward,
    Tier,
    TieStep,
)
from reportgen.compute.rules.ranking import (
    Contest,
    Entry,
    Outcome,
    Policy,
    Trial,
    award,
    cut_to,
    places_for,
    rounded,
)
from reportgen.compute.rules.scheme import (
    Adjustment,
    Band,
    Condition,
    GroupRule,
    Item,
    Rounding,
    Scheme,
    TierRule,
)
from reportgen.compute.rules.values import Book, key_of, merged, plain
from reportgen.model import Exact, Gap, Text, Value, formats
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.read.tables import Dataset

EVERYONE = message("rules.all_candidates")
SCORE = message("rules.total_score")
RANKING, TIES = message("rules.ranking"), message("rules.ties")
ROUNDINGS: tuple[Rounding, ...] = ("half_up", "down", "up")


def decide(scheme: Scheme, dataset: Dataset, units: Mapping[str, Unit], book: Book | None = None) -> Result:
    """The decision on every candidate of the dataset; KindError where the rules leave one undecided.

    `book` holds the values of the scheme's columns where they have been computed already.
    """
    return _Jury(scheme, book or Book(scheme, dataset, units), units).result()


_Variant = tuple[Text, Mapping[str, str]]  # another rounding, and the tier of each winner under it


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """A candidate before ranks: what was checked and scored."""

    id: str
    group: str
    checks: tuple[Check, ...]
    items: tuple[ItemScore, ...]
    score: Value | None
    standards: tuple[Check, ...] = ()
    adjustments: tuple[Adjusted, ...] = ()

    @property
    def eligible(self) -> bool:
        return all(check.passed for check in self.checks)


class _Jury:
    def __init__(self, scheme: Scheme, book: Book, units: Mapping[str, Unit]) -> None:
        self.scheme, self.book, self.units = scheme, book, units
        self.problems: list[Problem] = []
        self.groups = scheme.groups or (GroupRule(id="all", label=EVERYONE, where=(), quota=None),)
        self.thresholds = {
            (rule.kind, rule.id): self.threshold(rule) for rule in (*scheme.conditions, *scheme.standards)
        }
        self.edges: dict[str, tuple[str, str]] = {}
        self.tiers = {tier.id: self.tier(tier) for tier in scheme.tiers}

    def result(self) -> Result:
        scheme = self.scheme
        judged = {id_: self.judge(id_) for id_ in self.book.records}
        if self.problems:
            raise KindError(sorted(self.problems, key=lambda problem: problem.place))
        uncut = self.contests(judged)
        given = {contest.id: contest.quota for contest in uncut}
        quotas = {contest.id: contest.quota for contest in self.cut(uncut, self.policy())}
        outcomes = self.award(uncut, self.policy())
        variants = [*self.other_scores(uncut), *self.other_quotas(uncut, judged)]
        labels = {group.id: group.label for group in self.groups}
        decisions = []
        for one in judged.values():
            decision = self.decision(one, self.book.person(one.id), outcomes[one.group], judged)
            decision = replace(decision, rounding=self.sensitivity(decision, variants))
            reason = words.reason(decision, labels[one.group], quotas[one.group], self.units)
            decisions.append(replace(decision, reason=reason))
        decisions.sort(key=self.order)
        return Result(
            scheme=scheme.publication,
            title=scheme.title,
            roc_year=scheme.year,
            standard=scheme.standard,
            decisions=tuple(decisions),
            groups=tuple(
                self.group(group, judged, given[group.id], quotas[group.id], decisions)
                for group in self.groups
            ),
            tiers=tuple(self.tiers.values()),
            rules=self.rules(),
            file=scheme.file,
            inputs={scheme.file: scheme.sha256, **self.book.dataset.files},
            total=_paid(decisions),
            notes=scheme.notes,
        )

    def order(self, decision: Decision) -> tuple[int, int, int, int, str]:
        tiers, groups = list(self.tiers), [group.id for group in self.groups]
        tier = tiers.index(decision.tier.id) if decision.tier else len(tiers)
        rank = decision.rank if decision.rank is not None else 10**9
        return tier, not decision.eligible, groups.index(decision.group), rank, decision.person.id

    # ---- one candidate --------------------------------------------------------------------------

    def judge(self, id_: str) -> _Judged:
        checks = [self.check(condition, id_) for condition in self.scheme.conditions]
        items = []
        for item in self.scheme.items:
            value = self.book.value(item.column, id_)
            if isinstance(value.exact, Gap):
                checks.append(_data_missing(item, value))
                continue
            scored = self.scored(item, value, id_)
            items += [scored] if scored else []
        adjustments = [self.adjusted(one, id_) for one in self.scheme.adjustments]
        for one in adjustments:
            if isinstance(one.value.exact, Gap):
                checks.append(
                    Check(
                        rule=one.adjustment,
                        kind="eligible",
                        label=one.label,
                        value=one.value,
                        threshold=_PRESENT,
                        operator="is",
                        passed=False,
                    )
                )
        complete = len(items) == len(self.scheme.items) and not any(
            isinstance(one.points.exact, Gap) for one in adjustments
        )
        score = self.score(id_, items, adjustments) if complete else None
        rank = self.scheme.rank
        if rank and rank.by != "score" and score is not None and isinstance(score.exact, Gap):
            checks.append(
                Check(
                    rule=rank.by,
                    kind="eligible",
                    label=self.scheme.columns[rank.by].label,
                    value=score,
                    threshold=_PRESENT,
                    operator="is",
                    passed=False,
                )
            )
        standards = tuple(self.check(condition, id_) for condition in self.scheme.standards)
        return _Judged(
            id=id_,
            group=self.group_of(id_),
            checks=tuple(checks),
            items=tuple(items),
            score=score,
            standards=standards,
            adjustments=tuple(adjustments),
        )

    def adjusted(self, rule: Adjustment, id_: str) -> Adjusted:
        """So many points for each unit of the column, no more than the cap; taken off where it is a deduction."""
        value = self.book.value(rule.column, id_)
        exact: Exact = value.exact
        worked = ""
        if isinstance(exact, Fraction):
            number = exact / self.units[value.unit].factor
            points = number * rule.each
            points = min(points, rule.cap) if rule.cap is not None else points
            worked = f"{plain(number)} * {plain(rule.each)} → {plain(points)}"
            exact = points if rule.kind == "bonus" else -points
        formula = f"{rule.column} * {plain(rule.each)}" + (
            f", at most {plain(rule.cap)}" if rule.cap is not None else ""
        )
        digits = max(_decimals(rule.each), 2 if isinstance(exact, Fraction) and exact.denominator != 1 else 0)
        points_value = Value(
            metric=f"award.adjustment.{rule.id}",
            key=key_of(id_),
            exact=exact,
            unit="score",
            digits=digits,
            formula=formula,
            worked=worked,
            sources=value.sources,
        )
        return Adjusted(
            adjustment=rule.id, kind=rule.kind, label=rule.label, value=value, points=points_value
        )

    def group_of(self, id_: str) -> str:
        record = self.book.records[id_]
        found = [group for group in self.groups if self.book.meets(self.book.table, record, group.where)]
        if len(found) != 1:
            where = f"{self.book.table.file}:{record.row}"
            en = "no group" if not found else f"the groups {', '.join(group.id for group in found)}"
            zh = "不屬任何一組" if not found else f"同時屬於 {'、'.join(group.id for group in found)} 組"
            line = (found[1] if found else self.groups[0]).row
            self.problems.append(
                problem(
                    Place(self.scheme.file, row=line, column="group.where"),
                    "rules.candidate_is",
                    where=where,
                    zh=Text(zh, en),
                )
            )
            return self.groups[0].id
        return found[0].id

    def check(self, condition: Condition, id_: str) -> Check:
        """The candidate's value against the threshold. What is not known neither makes eligible nor clears."""
        threshold = self.thresholds[condition.kind, condition.id]
        value, holds = self.found(condition, id_, threshold)
        passed = holds is not None and holds == (condition.kind != "exclude")
        return Check(
            rule=condition.id,
            kind=condition.kind,
            label=condition.label,
            value=value,
            threshold=threshold,
            operator=condition.operator,
            passed=passed,
            row=condition.row,
        )

    def found(
        self, condition: Condition, id_: str, threshold: Value | Text
    ) -> tuple[Value | Text, bool | None]:
        """What a condition looks at, and whether it holds; None where there is nothing to look at."""
        if condition.operator == "none_since":
            held = self.book.held(condition, id_)
            return held, held.exact != 0
        if condition.column in self.scheme.columns:
            value = self.book.value(condition.column, id_)
            holds = None if isinstance(value.exact, Gap) else _compares(value.exact, condition)
            return self.told_apart(value, threshold), holds
        table, record = self.book.table, self.book.records[id_]
        cell = self.book.cell(table, record, condition.column)
        if isinstance(cell, Gap):
            return cell.reason, None
        said = self.book.label(table, record, condition.column)
        if isinstance(cell, date):
            return said, _compares_days(cell, condition)
        assert isinstance(condition.threshold, tuple)
        among = self.book.said(table, record, condition.column) in condition.threshold
        return said, among != (condition.operator == "is_not")

    def told_apart(self, value: Value, threshold: Value | Text) -> Value:
        """With so many decimals that 99.9999% is not printed as the 100% that it does not reach."""
        if not isinstance(threshold, Value) or value.exact == threshold.exact:
            return value
        number, line = value.exact, _exact(threshold)
        if not isinstance(number, Fraction):
            return value
        factor, digits = self.units[value.unit].factor, value.digits
        if abs(number - line) * 10**digits >= factor:
            return value
        while digits < 9 and formats.half_up(number / factor, digits) == formats.half_up(
            line / factor, digits
        ):
            digits += 1
        return replace(value, digits=digits)

    def threshold(self, condition: Condition) -> Value | Text:
        """What a condition compares with, as it is printed."""
        if condition.operator == "none_since":
            return words.day(self.book.since(condition))
        found = condition.threshold
        if isinstance(found, date):
            return words.day(found)
        column = self.scheme.columns.get(condition.column)
        if isinstance(found, Fraction) and column is not None:
            digits = _decimals(found / self.units[column.unit].factor)
            return Value(
                metric=f"award.threshold.{condition.id}",
                key=(),
                exact=found,
                unit=column.unit,
                digits=digits,
                formula=condition.id,
                worked="",
            )
        assert isinstance(found, tuple)
        if column is not None and len(found) == 2:
            unit = self.units[column.unit]
            low, high = (
                formats.plain(Fraction(one), _decimals(Fraction(one) / unit.factor), unit.factor)
                for one in found
            )
            return message("rules.low_high", low=low, high=high)
        spec = self.book.table.columns.get(condition.column)
        labels = []
        for one in found:
            member = spec is not None and spec.type == "member"
            labels.append(
                self.book.dataset.dimensions[spec.dimension].member(str(one)).label
                if member and spec
                else Text(str(one), str(one))
            )
        return Text("、".join(text.zh for text in labels), words.listed([text.en for text in labels], "or"))

    def scored(self, item: Item, value: Value, id_: str) -> ItemScore | None:
        assert isinstance(value.exact, Fraction)
        band = next((band for band in item.bands if band.holds(value.exact)), None)
        if item.bands and band is None:
            self.problems.append(self.no_band(item, value, id_))
            return None
        points = band.points if band else value.exact / self.units[value.unit].factor
        points = max(points, item.floor) if item.floor is not None else points
        points = min(points, item.cap) if item.cap is not None else points
        weighted = points * item.weight / 100
        own = self.book.value(item.own, id_) if item.own else None
        key = key_of(id_)
        digits = max(2, value.digits) if not band else _decimals(points)
        return ItemScore(
            item=item.id,
            label=item.label,
            value=value,
            band=self.band_label(item, band) if band else None,
            points=Value(
                metric=f"award.points.{item.id}",
                key=key,
                exact=points,
                unit="score",
                digits=digits,
                formula=item.column,
                worked="",
                sources=value.sources,
            ),
            weight=Value(
                metric=f"award.weight.{item.id}",
                key=(),
                exact=item.weight / 100,
                unit="percent",
                digits=_decimals(item.weight),
                formula="",
                worked="",
            ),
            weighted=Value(
                metric=f"award.weighted.{item.id}",
                key=key,
                exact=weighted,
                unit="score",
                digits=min(self.scheme.rank.digits + 2, 6)
                if self.scheme.rank
                else 2,  # as the score that they add up to
                formula="points * weight",
                worked=f"{plain(points)} * {plain(item.weight)}% = {plain(weighted)}",
                sources=value.sources,
            ),
            own=own,
        )

    def no_band(self, item: Item, value: Value, id_: str) -> Problem:
        said = words.said(value, self.units)
        where = f"{self.book.table.file}:{self.book.records[id_].row}"
        return problem(
            Place(self.scheme.file, row=item.row, column=f"item.{item.id}.bands"),
            "rules.no_band_holds_value_candidate",
            where=where,
            said=said,
        )

    def band_label(self, item: Item, band: Band, sign: str = "") -> Text:
        """The band by its name or its ends, each with the sign of its unit where it stands in a sentence."""
        if band.label:
            return band.label
        unit = self.units[self.scheme.columns[item.column].unit]

        def edge(number: Fraction | None) -> str:
            return (
                ""
                if number is None
                else f"{formats.plain(number, _decimals(number / unit.factor), unit.factor)}{sign}"
            )

        low, high = edge(band.low), edge(band.high)
        if band.low is None:
            return message("rules.below", high=high)
        if band.high is None:
            return message("rules.more", low=low)
        return message(
            "rules.low_more_high",
            low=low,
            high=high,
            more=Text("以下" if band.closed else "未滿", "" if band.closed else "below "),
        )

    def score(
        self, id_: str, items: Sequence[ItemScore], adjustments: Sequence[Adjusted] = ()
    ) -> Value | None:
        rank = self.scheme.rank
        if rank is None:
            return None
        if rank.by != "score":
            return self.book.value(rank.by, id_)
        parts = [
            *((item.item, item.weighted) for item in items),
            *((one.adjustment, one.points) for one in adjustments),
        ]
        total = sum((_exact(value) for _, value in parts), Fraction(0))
        worked = " + ".join(plain(_exact(value)) for _, value in parts) + f" = {plain(total)}"
        kept = self.kept(total)
        return Value(
            metric="award.score",
            key=key_of(id_),
            exact=kept,
            unit="score",
            digits=min(rank.digits + 2, 6),
            formula=" + ".join(name for name, _ in parts),
            worked=worked + (f" → {plain(kept)}" if kept != total else ""),
            sources=merged(source for _, value in parts for source in value.sources),
        )

    def kept(self, total: Fraction) -> Fraction:
        """The score within the least and the most that the scheme gives."""
        least, most = self.scheme.least, self.scheme.most
        total = max(total, least) if least is not None else total
        return min(total, most) if most is not None else total

    # ---- all candidates -------------------------------------------------------------------------

    def policy(self, how: Rounding | None = None, digits: int | None = None) -> Policy:
        scheme, rank = self.scheme, self.scheme.rank
        if rank is None:
            return Policy(
                digits=0,
                rounding="half_up",
                method="competition",
                ties=(),
                final="all_in",
                tiers=scheme.tiers,
            )
        scale = Fraction(1)
        if rank.by != "score":
            scale = self.units[scheme.columns[rank.by].unit].factor
        return Policy(
            digits=rank.digits if digits is None else digits,
            rounding=how or rank.rounding,
            method=rank.method,
            ties=scheme.ties,
            final=scheme.final,
            tiers=scheme.tiers,
            scale=scale,
        )

    def entry(self, one: _Judged) -> Entry:
        rank = self.scheme.rank
        if rank is None or one.score is None:
            return Entry(one.id, Fraction(0))
        score = _exact(one.score) if rank.better == "high" else -_exact(one.score)
        criteria: list[Fraction | None] = []
        for rule in self.scheme.ties:
            if rule.step == "next_criterion":
                number = self.book.value(rule.column, one.id).exact
                if isinstance(number, Gap):
                    criteria.append(None)
                else:
                    criteria.append(number if rule.better == "high" else -number)
        return Entry(one.id, score, tuple(criteria))

    def places(
        self, group: GroupRule, judged: Mapping[str, _Judged], rounding: Rounding | None = None
    ) -> int | None:
        quota = group.quota or self.scheme.quota
        if quota is None:
            return None
        members = [one for one in judged.values() if one.group == group.id]
        quota = replace(quota, rounding=rounding or quota.rounding)
        return places_for(quota, len(members), sum(one.eligible for one in members))

    def contests(self, judged: Mapping[str, _Judged]) -> list[Contest]:
        """Each group with the places that the rule gives it, before a total cuts them."""
        entries: dict[str, list[Entry]] = {group.id: [] for group in self.groups}
        for one in judged.values():
            if one.eligible:
                entries[one.group].append(self.entry(one))
        return [
            Contest(group.id, tuple(entries[group.id]), self.places(group, judged)) for group in self.groups
        ]

    def cut(self, contests: list[Contest], policy: Policy) -> list[Contest]:
        total = self.scheme.total
        return contests if total is None else cut_to(total, contests, self.scheme.cut, policy)

    def award(self, uncut: list[Contest], policy: Policy) -> dict[str, Outcome]:
        return {contest.id: award(contest, policy) for contest in self.cut(uncut, policy)}

    @staticmethod
    def tiers_by(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
        """The tier of each winner."""
        return {id_: tier for outcome in outcomes.values() for id_, tier in outcome.tiers.items()}

    def other_scores(self, uncut: list[Contest]) -> Iterator[_Variant]:
        """Who wins by every rounding of the score but the declared one: a decimal less, as many, and one more."""
        rank = self.scheme.rank
        for digits in (rank.digits - 1, rank.digits, rank.digits + 1) if rank else ():
            for how in ROUNDINGS if digits >= 0 else ():
                if rank and (how, digits) != (rank.rounding, rank.digits):
                    said = words.rounding_said(how, digits)
                    yield said, self.tiers_by(self.award(uncut, self.policy(how, digits)))

    def other_quotas(self, uncut: list[Contest], judged: Mapping[str, _Judged]) -> Iterator[_Variant]:
        """Who wins where the places are rounded in another way."""
        for how in ROUNDINGS:
            other = [
                replace(contest, quota=self.places(group, judged, how))
                for contest, group in zip(uncut, self.groups, strict=True)
            ]
            if other != uncut:
                said = words.ROUNDING[how]
                label = message("rules.places", said=said)
                yield label, self.tiers_by(self.award(other, self.policy()))

    def sensitivity(self, decision: Decision, variants: Sequence[_Variant]) -> Text | None:
        """Which other roundings would have led this candidate elsewhere, and where."""
        if not decision.eligible:
            return None
        now = decision.tier.id if decision.tier else ""
        found = []
        for said, tiers in variants:
            then = tiers.get(decision.person.id, "")
            if then != now:
                label = self.tiers[then].label if then else message("rules.no_award")
                found.append(Text(f"{said.zh}則為{label.zh}", f"{said.en}: {label.en}"))
        if not found:
            return None
        return Text("；".join(text.zh for text in found), "; ".join(text.en for text in found))

    # ---- decisions ------------------------------------------------------------------------------

    def decision(
        self, one: _Judged, person: Person, outcome: Outcome, judged: Mapping[str, _Judged]
    ) -> Decision:
        rank = self.scheme.rank
        taking_part = rank is not None and one.id in outcome.ranks
        tier = self.tiers[outcome.tiers[one.id]] if one.id in outcome.tiers else None
        bonus = paid_out(self.scheme, self.book, one.id) if one.eligible and self.scheme.bonus else None
        if bonus and not bonus.total.exact:
            tier = None  # less than a dollar is nothing to be paid
        ranked = line = distance = None
        if taking_part and one.score is not None and rank:
            number = self.policy().number(outcome.compared[one.id])
            ranked = self.compared(one.score, number, rank.better == "low")
            line, distance = self.line(one, ranked, outcome, judged, tier is not None)
        if tier:
            tier = replace(
                tier, rewards=self.own_rewards(tier, one.id, outcome, bonus.paid if bonus else None)
            )
        return Decision(
            person=person,
            group=one.group,
            checks=one.checks,
            eligible=one.eligible,
            items=one.items,
            score=one.score,
            ranked=ranked,
            rank=outcome.ranks[one.id] if taking_part else None,
            of=len(outcome.ranks),
            ties=tuple(self.tie_step(trial, one) for trial in outcome.trials.get(one.id, ())),
            tier=tier,
            line=line,
            distance=distance,
            rounding=None,
            reason=Text("", ""),
            bonus=bonus,
            standards=one.standards,
            adjustments=one.adjustments,
        )

    def compared(self, score: Value, number: Fraction, turned: bool) -> Value:
        assert self.scheme.rank
        return replace(
            score,
            metric="award.ranked",
            exact=-number if turned else number,
            digits=self.scheme.rank.digits,
            formula=f"{self.scheme.rank.rounding}({score.metric.partition('.')[2]}, {self.scheme.rank.digits})",
            worked=f"{plain(_exact(score))} → {plain(-number if turned else number)}",
        )

    def edge(self, group: str, outcome: Outcome) -> tuple[str, str]:
        """The last of those who won and the first of those who did not, empty where there is none."""
        known = self.edges.get(group)
        if known is None:
            won = sorted(id_ for id_ in outcome.ranks if id_ in outcome.tiers)
            lost = sorted(id_ for id_ in outcome.ranks if id_ not in outcome.tiers)
            compared = outcome.compared.__getitem__
            known = min(won, key=compared, default=""), max(lost, key=compared, default="")
            self.edges[group] = known
        return known

    def line(
        self, one: _Judged, ranked: Value, outcome: Outcome, judged: Mapping[str, _Judged], won: bool
    ) -> tuple[Value | None, Value | None]:
        """The score next to this one across the line between who won and who did not, and how far it is."""
        last_in, first_out = self.edge(one.group, outcome)
        nearest = first_out if won else last_in
        if not nearest:
            return None, None
        number = self.policy().number(outcome.compared[nearest])
        low = self.scheme.rank is not None and self.scheme.rank.better == "low"
        other = judged[nearest].score
        sources = merged((*ranked.sources, *(other.sources if other else ())))
        line = replace(
            ranked,
            metric="award.line",
            key=(("candidate", one.id),),
            exact=-number if low else number,
            formula="",
            worked="",
            sources=other.sources if other else (),
        )
        distance = replace(
            ranked,
            metric="award.distance",
            exact=_exact(ranked) - _exact(line),
            formula="ranked - line",
            worked=f"{plain(_exact(ranked))} - {plain(_exact(line))}",
            sources=sources,
        )
        return line, distance

    def tie_step(self, trial: Trial, one: _Judged) -> TieStep:
        value, column = None, None
        if trial.step == "more_decimals" and one.score is not None:
            value = replace(one.score, digits=6)
        elif trial.step == "next_criterion":
            rule = self.scheme.ties[trial.number]
            value, column = self.book.value(rule.column, one.id), self.scheme.columns[rule.column].label
        others = tuple(id_ for id_ in trial.among if id_ != one.id)
        return TieStep(
            step=trial.step,
            label=words.tie_label(trial.step, column),
            value=value,
            with_=others,
            settled=trial.settled,
        )

    def tier(self, rule: TierRule) -> Tier:
        return Tier(
            rule.id, rule.label, tuple(self.reward(rule, number, None) for number in range(len(rule.rewards)))
        )

    def reward(self, tier: TierRule, number: int, bonus: Value | None) -> Reward:
        rule = tier.rewards[number]
        amount = bonus
        if rule.amount is not None:
            amount = Value(
                metric=f"award.reward.{tier.id}.{number + 1}",
                key=(),
                exact=Fraction(rule.amount),
                unit="twd",
                digits=0,
                formula="",
                worked="",
            )
        label = words.reward_rule_label(rule, words.said(amount, self.units) if amount else None)
        return Reward(rule.kind, label, rule.times, amount)

    def own_rewards(self, tier: Tier, id_: str, outcome: Outcome, bonus: Value | None) -> tuple[Reward, ...]:
        """The tier's rewards; several winners of one place share the money, down to the dollar."""
        rule = next(rule for rule in self.scheme.tiers if rule.id == tier.id)
        part = outcome.shared.get(id_)
        found = []
        for number, declared in enumerate(rule.rewards):
            reward = self.reward(rule, number, bonus)
            if part is not None and part < 1 and declared.amount is not None and reward.amount:
                shared = replace(
                    reward.amount,
                    metric=f"award.shared.{tier.id}.{number + 1}",
                    key=key_of(id_),
                    exact=rounded(declared.amount * part, 0, "down"),
                    worked=f"{declared.amount} * {plain(part)}",
                )
                reward = Reward(
                    declared.kind,
                    words.reward_rule_label(declared, words.said(shared, self.units)),
                    declared.times,
                    shared,
                )
            found.append(reward)
        return tuple(found)

    # ---- groups and rules in words --------------------------------------------------------------

    def group(
        self,
        group: GroupRule,
        judged: Mapping[str, _Judged],
        given: int | None,
        final: int | None,
        decisions: Sequence[Decision],
    ) -> Group:
        members = [one for one in judged.values() if one.group == group.id]
        eligible = sum(one.eligible for one in members)
        quota = group.quota or self.scheme.quota
        winners = sum(d.tier is not None for d in decisions if d.group == group.id)
        worked = words.quota_worked(quota, len(members), eligible, given, final, self.scheme.total)
        return Group(
            id=group.id,
            label=group.label,
            eligible=eligible,
            candidates=len(members),
            quota=final,
            worked=worked,
            winners=winners,
        )

    def rules(self) -> tuple[tuple[Text, Text], ...]:
        """The scheme in words, rule by rule, as decision sheets print it."""
        scheme, found = self.scheme, []
        for condition in scheme.conditions:
            threshold = words.shown(self.thresholds[condition.kind, condition.id], self.units)
            found.append((condition.label, words.condition_said(condition, threshold, scheme)))
        for item in scheme.items:
            found.append((item.label, self.item_said(item)))
        for rule in scheme.adjustments:
            found.append((rule.label, words.adjustment_said(rule, scheme.columns[rule.column].label)))
        if limits := words.limits_said(scheme.least, scheme.most):
            found.append((SCORE, limits))
        for condition in scheme.standards:
            threshold = words.shown(self.thresholds[condition.kind, condition.id], self.units)
            found.append((condition.label, words.condition_said(condition, threshold, scheme)))
        if scheme.rank:
            by = SCORE if scheme.rank.by == "score" else scheme.columns[scheme.rank.by].label
            found.append((RANKING, words.rank_said(scheme.rank, by, by)))
        if scheme.quota:
            said = words.quota_said(scheme.quota)
            found.append((message("rules.places_3"), message("rules.each_group", said=said)))
        found += [
            (message("rules.places_2", label=group.label), words.quota_said(group.quota))
            for group in scheme.groups
            if group.quota
        ]
        if scheme.total is not None:
            how = {
                "proportional": message("rules.proportion_largest_remainder"),
                "lowest": message("rules.one_one_from_group_whose"),
            }[scheme.cut]
            found.append((message("rules.places_total"), message("rules.most", total=scheme.total, how=how)))
        if scheme.rank and (scheme.quota or scheme.ties):
            steps = [
                words.tie_label(rule.step, scheme.columns[rule.column].label if rule.column else None)
                for rule in scheme.ties
            ]
            steps.append(words.STEP[scheme.final])
            found.append((TIES, Text("；再".join(t.zh for t in steps), "; then ".join(t.en for t in steps))))
        for tier in scheme.tiers:
            found.append(
                (
                    tier.label,
                    words.tier_said(
                        tier, self.units["score"], words.rewards_said(self.tiers[tier.id].rewards)
                    ),
                )
            )
        if scheme.bonus:
            found += words.bonus_said(scheme.bonus, self.role)
        return tuple(found)

    def role(self, role: str) -> Text:
        """A member's role in words."""
        assert self.scheme.bonus
        members = self.scheme.bonus.members
        column = self.book.dataset.tables[members.table].columns[members.role]
        return self.book.dataset.dimensions[column.dimension].member(role).label

    def item_said(self, item: Item) -> Text:
        weight = words.percent(item.weight / 100)
        label = self.scheme.columns[item.column].label
        kept = words.kept_said(item.floor, item.cap)
        if not item.bands:
            return message("rules.weight_value_label_is", weight=weight, label=label, kept=kept)
        sign = "%" if self.scheme.columns[item.column].unit == "percent" else ""
        bands = [
            (self.band_label(item, band, sign), formats.plain(band.points, _decimals(band.points)))
            for band in reversed(item.bands)
        ]
        return message(
            "rules.weight_bands_label_bands",
            weight=weight,
            label=label,
            bands=Text(
                "、".join((f"{text.zh}得{points}分" for text, points in bands)),
                ", ".join((f"{text.en} gives {points}" for text, points in bands)),
            ),
            kept=kept,
        )


_PRESENT = message("rules.number")


def _data_missing(item: Item, value: Value) -> Check:
    """Without the value of an item there is no score: the candidate can't be compared."""
    return Check(
        rule=f"item.{item.id}",
        kind="eligible",
        label=item.label,
        value=value,
        threshold=_PRESENT,
        operator="is",
        passed=False,
        row=item.row,
    )


def _compares(number: Fraction, condition: Condition) -> bool:
    threshold = condition.threshold
    if isinstance(threshold, tuple):
        low, high = (Fraction(edge) for edge in threshold)
        return low <= number <= high
    assert isinstance(threshold, Fraction)
    return {
        "at_least": number >= threshold,
        "more_than": number > threshold,
        "at_most": number <= threshold,
        "less_than": number < threshold,
        "is": number == threshold,
        "is_not": number != threshold,
    }[condition.operator]


def _compares_days(day: date, condition: Condition) -> bool:
    threshold = condition.threshold
    assert isinstance(threshold, date)
    return {
        "at_least": day >= threshold,
        "more_than": day > threshold,
        "at_most": day <= threshold,
        "less_than": day < threshold,
    }[condition.operator]


def _exact(value: Value) -> Fraction:
    assert isinstance(value.exact, Fraction)
    return value.exact


def _decimals(number: Fraction) -> int:
    """How many decimals a declared number has, 6 at most."""
    digits = 0
    while digits < 6 and (number * 10**digits).denominator != 1:
        digits += 1
    return digits


def _paid(decisions: Iterable[Decision]) -> Fraction | None:
    """All money that is paid."""
    amounts = []
    for decision in decisions:
        if decision.bonus:
            amounts += [_exact(share.paid) for share in decision.bonus.shares]
        elif decision.tier:
            amounts += [_exact(reward.amount) for reward in decision.tier.rewards if reward.amount]
    return sum(amounts, Fraction(0)) if amounts else None
