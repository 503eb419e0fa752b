"""`rules.toml` becomes a `Scheme`, or its faults with their lines; no table is opened. Unknown words and rules that never fire are faults."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from reportgen.compute.rules import conditions
from reportgen.compute.rules.columns import AnyColumn, Candidates, ColumnRule, Complete, month_faults
from reportgen.compute.rules.further import MembersRule, Mix, PrizeRule, StageRule, member_faults, mix_faults
from reportgen.compute.rules.postings import PostingsRule
from reportgen.compute.rules.prizes import (
    FINALS,
    BonusRule,
    GroupRule,
    Places,
    TierRule,
    Ties,
    grade_faults,
    reachable,
)
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.scores import Adjustment, Item, Rank, ScoreLimits, most_points, upwards
from reportgen.compute.rules.vocabulary import NEEDED_UNITS, SCORE, Sourced, Vocabulary, plain, times
from reportgen.model.errors import KindError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.fields import OneOf, RocYear
from reportgen.read.parity import Glossary
from reportgen.read.schema import Context, Fault, TomlFile, check, fault, open_toml, read
from reportgen.read.tables import Declaration
from reportgen.read.texts import Bilingual


class RulesFile(Sourced):
    """What the rules of an award and of an appraisal have in common."""

    title: Bilingual
    candidates: Candidates
    column: tuple[AnyColumn, ...] = ()
    eligible: tuple[conditions.Comparison, ...] = ()
    exclude: tuple[conditions.Exclusion, ...] = ()
    group: tuple[GroupRule, ...] = ()
    item: tuple[Item, ...] = ()
    rank: Rank | None = None
    quota: Places | None = None
    ties: Ties = Ties()
    tier: tuple[TierRule, ...] = ()
    bonus: BonusRule | None = None
    stage: tuple[StageRule, ...] = ()

    @check
    def _has_units(context: Context) -> Iterator[Fault]:
        for unit in NEEDED_UNITS:
            if unit not in context.given.units:
                yield fault("", "rules.unit_is_missing_inputs_metrics", unit=unit)

    @check
    def _conditions(
        eligible: tuple[conditions.ConditionRule, ...], exclude: tuple[conditions.ConditionRule, ...]
    ) -> Iterator[Fault]:
        yield from _once(eligible=eligible, exclude=exclude)

    @check
    def _items(item: tuple[Item, ...], stage: tuple[StageRule, ...]) -> Iterator[Fault]:
        """Each stands once, and their weights make 100; a committee has a score to review."""
        yield from _once(item=item)
        yield from _once(stage=stage)
        if stage and not item:
            yield fault("stage", "rules.stage_needs_a_score")
        total = sum((one.weight for one in item), Fraction(0))
        if item and total != 100:
            listed = " + ".join(plain(one.weight) for one in item)
            yield fault(("item", 0, "weight"), "rules.weights_sum", total=plain(total), listed=listed)

    @check
    def _groups(group: tuple[GroupRule, ...], candidates: Candidates, context: Context) -> Iterator[Fault]:
        yield from _once(group=group)
        yield from _group_faults(group, candidates, context.given)

    @check
    def _ranked(raw: Mapping[str, Raw], rank: Rank | None, context: Context) -> Iterator[Fault]:
        scored = bool(raw.get("item"))
        if scored and rank is None:
            yield fault("rank", "schema.is_missing", form="[rank]")
        elif scored and rank and rank.by != SCORE:
            yield fault(("rank", "by"), "rules.are_items_but_their_score")
        elif rank and rank.by == SCORE and not scored and not context.given.appraises:
            yield fault(("rank", "by"), "rules.is_no_item_2")

    @check
    def _tied(ties: Ties, rank: Rank | None, quota: Places | None, raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if rank and ties.final() is None and (raw.get("tier") or (quota and quota.quota)):
            yield fault(("ties", "steps"), "rules.must_end_what_ends_every", finals=FINALS)

    @check
    def _quotas(
        quota: Places | None, group: tuple[GroupRule, ...], raw: Mapping[str, Raw]
    ) -> Iterator[Fault]:
        of_all = quota.quota if quota else None
        of_groups = [one.quota is not None for one in group]
        if "rank" not in raw and not raw.get("item") and (of_all or any(of_groups)):
            yield fault("quota", "rules.needs_rank")
        if quota and quota.total is not None and of_all is None and not all(of_groups):
            yield fault("quota", "rules.total_needs_quota_each_group")
        if of_all and group and all(of_groups):
            yield fault("quota", "rules.every_group_has_own_quota")

    @check
    def _tiers(tier: tuple[TierRule, ...], raw: Mapping[str, Raw]) -> Iterator[Fault]:
        yield from _once(tier=tier)
        for place, one in enumerate(tier):
            for number, reward in enumerate(one.rewards):
                if reward.declared == "bonus" and "bonus" not in raw:
                    yield fault(("tier", place, "rewards", number, "amount"), "rules.is_no_bonus_paid")
            for key in ("places", "up_to_rank", "share", "at_least"):
                if getattr(one, key) is not None and "rank" not in raw and not raw.get("item"):
                    yield fault(("tier", place, key), "rules.needs_rank")

    @check
    def _reached(
        tier: tuple[TierRule, ...],
        item: tuple[Item, ...],
        rank: Rank | None,
        raw: Mapping[str, Raw],
        context: Context,
    ) -> Iterator[Fault]:
        vocabulary: Vocabulary = context.given
        if rank and rank.better == "low":
            for place, one in enumerate(tier):
                if one.at_least is not None:
                    yield fault(("tier", place, "at_least"), "rules.can_t_used_where_low")
        most = most_points(item, rank, vocabulary.every(), vocabulary.units) if rank else None
        if raw.get("given"):
            return  # each takes its grades
        yield from reachable(_in_base_units(tier, rank, vocabulary), most)


class AwardRules(RulesFile):
    year: RocYear
    given: Annotated[str, OneOf("own word")] = ""
    prize: tuple[PrizeRule, ...] = ()
    mix: tuple[Mix, ...] = ()
    members: MembersRule | None = None

    @check
    def _further(
        tier: tuple[TierRule, ...],
        group: tuple[GroupRule, ...],
        prize: tuple[PrizeRule, ...],
        mix: tuple[Mix, ...],
        raw: Mapping[str, Raw],
    ) -> Iterator[Fault]:
        yield from _once(tier=tier, group=group, prize=prize)
        yield from mix_faults(mix, prize, raw)
        for key in ("stage", "prize", "mix"):
            if key in raw and (raw.get("given") or "bonus" in raw):
                yield fault(key, "rules.stands_beside_scores_alone", key=key)

    @check
    def _of_members(
        tier: tuple[TierRule, ...],
        prize: tuple[PrizeRule, ...],
        members: MembersRule | None,
        context: Context,
    ) -> Iterator[Fault]:
        yield from member_faults(tier, members, context.given)
        if members and not any(one.members for one in (*tier, *prize)):
            yield fault("members", "rules.members_get_nothing")

    @check
    def _has_tiers(raw: Mapping[str, Raw]) -> Iterator[Fault]:
        if not raw.get("tier"):
            yield fault("tier", "rules.is_no_tier")

    @check
    def _grades(
        given: str, tier: tuple[TierRule, ...], raw: Mapping[str, Raw], context: Context
    ) -> Iterator[Fault]:
        if given:
            yield from grade_faults(given, tier, raw, context.given)
        else:
            at = [("tier", place, "grades") for place, one in enumerate(tier) if one.grades]
            yield from (fault(path, "rules.grades_need_given") for path in at)


class AppraisalRules(RulesFile):
    standards: Annotated[tuple[conditions.Comparison, ...], Field(alias="standard")] = ()
    adjustment: tuple[Adjustment, ...] = ()
    score: ScoreLimits = ScoreLimits()
    complete: tuple[Complete, ...] = ()
    month: str = ""
    postings: PostingsRule | None = None

    @check
    def _stand_once(
        standards: tuple[conditions.Comparison, ...], adjustment: tuple[Adjustment, ...]
    ) -> Iterator[Fault]:
        yield from _once(standard=standards)
        yield from _once(adjustment=adjustment)

    @check
    def _months(month: str, context: Context) -> Iterator[Fault]:
        yield from month_faults(month, context.given)

    @check
    def _scored(raw: Mapping[str, Raw]) -> Iterator[Fault]:
        """An appraisal compares points that add up; what only an award has would be read and never used."""
        if not raw.get("item"):
            at, name = ("rank", "rules.is_no_item") if "rank" in raw else ("item", "rules.is_missing_2")
            yield fault(at, name)
        for key in ("quota", "tier", "bonus"):
            if key in raw:
                yield fault(key, "rules.has_no_place_appraisal")

    @check
    def _highest_first(rank: Rank | None) -> Iterator[Fault]:
        if rank and rank.better != "high":
            yield fault("rank", "rules.better_low_would_put_lowest")


# ---- faults across tables -----------------------------------------------------------------------


def _once(**tables: Sequence[Raw]) -> Iterator[Fault]:
    """No id stands twice in these tables, which are given by their keys."""
    seen: dict[str, int] = {}
    for key, entries in tables.items():
        for place, entry in enumerate(entries):
            if entry.id in seen:
                slots = {"id": entry.id, "seen": seen[entry.id]}
                yield fault((key, place, "id"), "rules.id_stands_twice_first_line", **slots)
            seen.setdefault(entry.id, entry.row)


def _group_faults(
    groups: Sequence[GroupRule], candidates: Candidates, vocabulary: Vocabulary
) -> Iterator[Fault]:
    """Groups by one and the same member column: each member in one of them, none in two."""
    columns = {tuple(column for column, _ in group.where) for group in groups}
    if len(groups) < 2 or len(columns) != 1 or len(next(iter(columns))) != 1:
        return
    ((name,),) = columns
    spec = vocabulary.own.get(name)
    if spec is None or spec.type != "member":
        return
    seen: dict[str, str] = {}
    for place, group in enumerate(groups):
        for member in group.where[0][1]:
            if member in seen:
                yield fault(("group", place, "where"), "rules.is_group_too", member=member, seen=seen[member])
            seen[member] = group.id
    narrowed = {one for column, among in candidates.where if column == name for one in among}
    for one in vocabulary.dataset.dimensions[spec.dimension].members:
        if one.id not in seen and (not narrowed or one.id in narrowed):
            yield fault(("group", 0, "where"), "rules.is_no_group", member=one.id, name_=name)


def _scaled(item: Item, vocabulary: Vocabulary) -> Item:
    """The item with its bands in the base unit of its column, the lowest first."""
    column = vocabulary.column(item.column)
    factor = vocabulary.factor(column.unit) if column else Fraction(1)
    return item.model_copy(update={"bands": tuple(band.scaled(factor) for _, band in upwards(item.bands))})


def _in_base_units(
    tiers: tuple[TierRule, ...], rank: Rank | None, vocabulary: Vocabulary
) -> tuple[TierRule, ...]:
    """The tiers with their lines in the base unit of what is compared."""
    column = vocabulary.column(rank.by) if rank else None
    factor = vocabulary.factor(column.unit) if column else Fraction(1)
    return tuple(tier.model_copy(update={"at_least": times(tier.at_least, factor)}) for tier in tiers)


# ---- reading ------------------------------------------------------------------------------------


def read_scheme(
    project: Path,
    publication: str,
    dataset: Declaration,
    units: Mapping[str, Unit],
    glossary: Glossary | None = None,
    name: str = "rules",
    appraised: int | None = None,
) -> Scheme:
    """The scheme of inputs/<publication>/<name>.toml for a dataset; KindError names all that is wrong with it.

    `appraised` is the year of an appraisal, whose scheme says no year by itself and may hold `[[standard]]`,
    `[[adjustment]]`, `[score]` and, in an item, `own` and `more`.
    """
    path = f"inputs/{publication}/{name}.toml"
    what = message("rules.rules_award" if appraised is None else "rules.rules_appraisal")
    file = open_toml(project, path, problem(Place(path), "rules.are_missing", what=what), KindError)
    vocabulary = _vocabulary(file, dataset, units, appraised is not None)
    known, table = _known(vocabulary), file.values.part(file.values)
    if columns := _columns(file, Context(known, glossary, file, given=vocabulary)):
        table["column"] = columns
    if vocabulary.own:
        known["rank by"] = [SCORE, *vocabulary.numbers()]
    model: type[RulesFile] = AwardRules if appraised is None else AppraisalRules
    rules = read(model, file, table, known=known, glossary=glossary, given=vocabulary, error=KindError)
    year = rules.year if isinstance(rules, AwardRules) else appraised or 0
    return _scheme(rules, file, publication, year, vocabulary)


def _vocabulary(
    file: TomlFile, dataset: Declaration, units: Mapping[str, Unit], appraises: bool
) -> Vocabulary:
    who, month = (file.values.get(name) for name in ("candidates", "month"))
    who = who if isinstance(who, Mapping) else {}
    table = dataset.tables.get(str(who.get("table")))
    return Vocabulary(
        dataset=dataset,
        units=units,
        appraises=appraises,
        table=table.name if table else "",
        own=table.columns if table else {},
        who=who,
        month=month if isinstance(month, str) else "",
        posts="postings" in file.values,
    )


def _columns(file: TomlFile, context: Context) -> tuple[Raw, ...]:
    """The columns that are sound as models, which others may name from then on; those at fault as they stand."""
    found: list[Raw] = []
    tables, adapter = file.values.get("column", ()), TypeAdapter[ColumnRule](AnyColumn)
    for raw in tables if isinstance(tables, tuple) else ():
        try:
            column = adapter.validate_python(raw, context=context)
            context.given.columns[column.id] = column.resolved(context.given)
            found.append(column)
        except ValidationError:
            found.append(raw)
    return tuple(found)


def _known(vocabulary: Vocabulary) -> dict[str, Collection[str]]:
    own = vocabulary.own.values()
    known: dict[str, Collection[str]] = {
        "table": vocabulary.dataset.tables,
        "unit": vocabulary.units,
        "own column": [column.name for column in own],
        "own number": [column.name for column in own if column.is_number],
        "own word": [column.name for column in own if not column.is_number],
        "own date": [column.name for column in own if column.type == "roc_date"],
    }
    return known if own else {name: known[name] for name in ("table", "unit")}


def _scheme(rules: RulesFile, file: TomlFile, publication: str, year: int, vocabulary: Vocabulary) -> Scheme:
    rank = rules.rank.resolved(vocabulary) if rules.rank else None
    appraisal = rules if isinstance(rules, AppraisalRules) else None
    award = rules if isinstance(rules, AwardRules) else None
    return Scheme(
        publication=publication,
        file=file.file,
        sha256=hashlib.sha256(file.raw).hexdigest(),
        title=rules.title,
        year=year,
        standard=rules.standard,
        candidates=rules.candidates,
        columns=vocabulary.every(),
        conditions=(
            *(rule.resolved("eligible", vocabulary) for rule in rules.eligible),
            *(rule.resolved("exclude", vocabulary) for rule in rules.exclude),
        ),
        groups=rules.group,
        items=tuple(_scaled(item, vocabulary) for item in rules.item),
        rank=rank,
        quota=rules.quota.quota if rules.quota else None,
        total=rules.quota.total if rules.quota else None,
        cut=rules.quota.cut if rules.quota else "proportional",
        ties=rules.ties.rules(),
        final=rules.ties.final() or "all_in",
        tiers=_in_base_units(rules.tier, rank, vocabulary),
        bonus=rules.bonus,
        notes=rules.notes,
        standards=tuple(
            rule.resolved("standard", vocabulary) for rule in (appraisal.standards if appraisal else ())
        ),
        adjustments=appraisal.adjustment if appraisal else (),
        least=appraisal.score.least if appraisal else None,
        most=appraisal.score.most if appraisal else None,
        complete=appraisal.complete if appraisal else (),
        month=appraisal.month if appraisal else "",
        postings=appraisal.postings if appraisal else None,
        given=award.given if award else "",
        prizes=tuple(one.resolved(vocabulary) for one in award.prize) if award else (),
        mixes=award.mix if award else (),
        stages=rules.stage,
        members=award.members if award else None,
    )
