"""The papers of an appraisal 績效評比: from schemes and months to a tree of blocks for each paper.

`plan` reads what an officer declares, `composer` holds a scheme's outcome and puts it into words and figures; `league`,
`sheets`, `attitude`, `overdue` and `outlook` know the papers. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reportgen.compute.appraisal import Period
from reportgen.kinds.appraisal import attitude, league, outlook, overdue, sheets
from reportgen.kinds.appraisal.composer import AppraisalComposer, Level
from reportgen.kinds.appraisal.plan import Plan, base, read_plan
from reportgen.kinds.material import Material
from reportgen.kinds.stated import numbers_in
from reportgen.model import Block, Document, Table, Text, formats
from reportgen.model.errors import InputError
from reportgen.read.tables import Declaration, describe

__all__ = ["document"]


def document(material: Material, name: str) -> Document:
    """One paper of the publication, `units-taipei`; InputError lists all faults of publication.toml."""
    publication, dataset = material.publication, material.dataset
    declared = describe(material.project, publication.dataset)
    plan = read_plan(publication, _branches(declared), material.glossary)
    level = _level(material, plan, name, declared)
    composer = AppraisalComposer(material, plan, name, level)
    blocks = _blocks(composer, declared)
    if faults := [fault for person in composer.shown() for fault in composer.name_faults(person)]:
        raise InputError(dict.fromkeys(faults))
    called = composer.words[f"paper.{composer.kind}"]
    if composer.branch_only:
        branch = composer.branch(composer.branch_only)
        called = Text(f"{branch.zh}{called.zh}", f"{called.en}, {branch.en}")
    rules = [level.scheme.file] if level else []
    named = level.scheme.tables if level else (plan.overdue.table,) if plan.overdue else ()
    tables = [dataset.tables[table].file for table in named]
    made = composer.document(name, called, blocks, [publication.file, *rules, dataset.file, *tables])
    return replace(
        made,
        period=composer.period.said(),
        attached=(publication.file, *rules),
        hidden=composer.hidden(),
        stated=numbers_in(_stated(composer, level, blocks)),
    )


def _branches(declared: Declaration) -> list[str]:
    """The members of the dimension `branch`; where it has another name, any member may be one, and rows must bear it out."""
    named = declared.dimensions.get("branch")
    dimensions = [named] if named else declared.dimensions.values()
    return [m.id for dimension in dimensions for m in dimension.members if m.id != dimension.total]


def _level(material: Material, plan: Plan, paper: str, declared: Declaration) -> Level | None:
    """The scheme that a paper is of; a forecast is of the one that it names, overdue cases have none."""
    name = base(paper)[0]
    if name == "overdue":
        return None
    if name == "forecast":
        assert plan.forecast
        name = plan.forecast.rules
    period = Period(material.publication.period, material.publication.month)
    return Level(material, declared, name, period)


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
        rules = league.rules_in_words(composer, "3" if plan.attitude.comment else "2", flow=True)
        return [*attitude.attitude(composer, plan.attitude), *rules]
    # League tables, points by item, the heat map of branches, a sheet for each, the rules.
    decisions = composer.level.of(composer.branch_only)
    blocks: list[Block] = [*league.league(composer, decisions), league.points(composer, decisions)]
    if composer.level.name == "branches":
        blocks += league.heat_map(composer, decisions)
    blocks += sheets.sheets(composer, decisions, 1)
    return [*blocks, *league.rules_in_words(composer, str(len(decisions) + 1))]


def _stated(composer: AppraisalComposer, level: Level | None, blocks: Iterable[Block]) -> Iterator[str]:
    """Words with numbers that an input says by itself: titles, names, rules and their bands, comments, months and years.

    A count, a rank or a point that was worked out is not among them: it has its record.
    """
    publication = composer.material.publication
    texts = [publication.title, publication.subtitle, publication.issuer]
    texts += [text for signer in composer.plan.signers for text in (signer.title, signer.name) if text]
    texts += [composer.period.said(), composer.period.before.said(), composer.period.end_said()]
    if composer.kind == "overdue":
        note = composer.plan.overdue.note if composer.plan.overdue else None
        texts += [composer.words["overdue.article"], *([note] if note else [])]
    if composer.kind == "forecast" and composer.plan.forecast:
        years = range(composer.period.year - composer.plan.forecast.years, composer.period.year)
        texts += [Text(str(year), str(formats.gregorian_year(year))) for year in years]
    if composer.kind == "attitude":
        texts += [Text(str(month), "") for month in range(1, composer.period.month + 1)]
    if level:
        texts += [composer.words["needs.caption"], composer.words["heat.note"]]
        texts += _of_level(level)
    # Comments, and why there is a gap, are words of the data.
    texts += [
        cell.text
        for block in blocks
        if isinstance(block, Table) and block.anchor == "t-comments"
        for row in block.rows
        for cell in row.cells
        if cell.text
    ]
    yield from (half for text in texts for half in (text.zh, text.en))


def _of_level(level: Level) -> Iterator[Text]:
    """What a scheme says, and those whom it names."""
    result, scheme = level.result, level.scheme
    yield from (text for rule in result.rules for text in rule)
    yield from (result.standard.words, Text(result.standard.source, result.standard.source))
    yield from (group.label for group in result.groups)
    yield from (column.label for column in scheme.columns.values())
    yield from (
        text
        for item in scheme.items
        for text in (item.label, item.short, item.more and item.more.label)
        if text
    )
    yield from (decision.person.names for decision in result.decisions)
