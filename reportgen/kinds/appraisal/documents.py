"""The papers of an appraisal 績效評比: from schemes and months to a tree of blocks for each paper.

`plan` reads what an officer declares, `composer` holds a scheme's outcome and puts it into words and figures; `league`,
`sheets`, `attitude`, `overdue` and `outlook` know the papers. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.compute import appraisal, rules
from reportgen.compute.appraisal import Period
from reportgen.kinds.appraisal import attitude, league, outlook, overdue, sheets
from reportgen.kinds.appraisal.composer import AppraisalComposer, Level, level_of
from reportgen.kinds.appraisal.plan import LEVELS, AppraisalPlan, base
from reportgen.kinds.material import Material
from reportgen.kinds.own_words import declared_in
from reportgen.model import Block, Document, Language, Text
from reportgen.model.errors import InputError
from reportgen.model.messages import message
from reportgen.read.schema import read
from reportgen.read.tables import Declaration, describe

__all__ = ["document"]


def document(material: Material, name: str) -> Document:
    """One paper of the publication, `units-taipei`; InputError lists all faults of publication.toml."""
    publication, dataset = material.publication, material.dataset
    declared = describe(material.project, publication.dataset, publication.languages)
    known = {"branch": _branches(declared)}
    plan = read(AppraisalPlan, publication.source, known=known, glossary=material.glossary)
    level = _level(material, plan, name, declared)
    composer = AppraisalComposer(material, plan, name, level)
    blocks = _blocks(composer, declared)
    if faults := [fault for person in composer.shown() for fault in composer.name_faults(person)]:
        raise InputError(dict.fromkeys(faults))
    called = composer.words[f"paper.{composer.kind}"]
    if composer.branch_only:
        branch = composer.branch(composer.branch_only)
        called = Text(f"{branch.zh}{called.zh}", f"{called.en}, {branch.en}")
    files = [level.scheme.file] if level else []
    named = level.scheme.tables if level else (plan.overdue.table,) if plan.overdue else ()
    tables = [dataset.tables[table].file for table in named]
    made = composer.document(name, called, blocks, [publication.file, *files, dataset.file, *tables])
    hidden = composer.hidden()
    return replace(
        made,
        period=composer.said,
        attached=(publication.file, *files),
        hidden=hidden,
        own_words=declared_in(material, hidden, composer.whole(), plan),
    )


def differences(material: Material, settings: Sequence[str], language: Language) -> Iterator[str]:
    """Which scores and ranks of the levels that the publication prints would be others with the settings, and by how much.

    Without settings: how far weights may move before ranks change.
    """
    publication, units = material.publication, material.registry.units
    declared = describe(material.project, publication.dataset, publication.languages)
    known = {"branch": _branches(declared)}
    plan = read(AppraisalPlan, publication.source, known=known, glossary=material.glossary)
    names = dict.fromkeys(base(paper)[0] for paper in plan.papers if base(paper)[0] in LEVELS)
    levels = {name: level for name in names if (level := _level(material, plan, name, declared))}
    if not settings:
        for level in levels.values():
            yield from appraisal.room_lines(level.scheme, level.result, language)
        return
    schemes = {name: level.scheme for name, level in levels.items()}
    tried, dataset = appraisal.tried(schemes, material.dataset, units, settings)
    lines = [
        line
        for name, level in levels.items()
        for line in appraisal.differences(
            (level.scheme, level.result), (tried[name], rules.decide(tried[name], dataset, units)), language
        )
    ]
    yield from lines or [message("appraisal.nothing_would_change").say(language)]


def _branches(declared: Declaration) -> list[str]:
    """The members of the dimension `branch`; where it has another name, any member may be one, and rows must bear it out."""
    named = declared.dimensions.get("branch")
    dimensions = [named] if named else declared.dimensions.values()
    return [m.id for dimension in dimensions for m in dimension.members if m.id != dimension.total]


def _level(material: Material, plan: AppraisalPlan, paper: str, declared: Declaration) -> Level | None:
    """The scheme that a paper is of; a forecast is of the one that it names, overdue cases have none."""
    name = base(paper)[0]
    if name == "overdue":
        return None
    if name == "forecast":
        assert plan.forecast
        name = plan.forecast.rules
    period = Period(material.publication.period.year, material.publication.month)
    return level_of(material, declared, name, period)


def _blocks(composer: AppraisalComposer, declared: Declaration) -> list[Block]:
    """The content of the paper."""
    plan = composer.plan
    if composer.kind == "overdue":
        assert plan.overdue
        return overdue.overdue(composer, plan.overdue)
    if composer.kind == "forecast":
        assert plan.forecast
        return outlook.outlook(composer, plan.forecast, declared)
    if composer.kind == "attitude":
        assert plan.attitude
        said = league.rules_in_words(composer, "3" if plan.attitude.comment else "2", flow=True)
        return [*attitude.attitude(composer, plan.attitude), *said]
    # League tables, points by item, the heat map of branches, a sheet for each, the rules.
    decisions = composer.level.of(composer.branch_only)
    blocks: list[Block] = [*league.league(composer, decisions), league.points(composer, decisions)]
    blocks += league.vacant(composer)
    if composer.level.name == "branches":
        blocks += league.heat_map(composer, decisions)
    blocks += sheets.sheets(composer, decisions, 1)
    return [*blocks, *league.rules_in_words(composer, str(len(decisions) + 1))]
