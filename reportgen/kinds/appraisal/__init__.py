"""The papers of an appraisal 績效評比: from schemes and months to a tree of blocks for each paper.

`plan` reads what an officer declares, `scribe` holds a scheme's outcome and puts it into words and figures; `league`,
`sheets`, `attitude`, `overdue` and `outlook` know the papers. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reportgen import formats, tables
from reportgen.errors import InputError
from reportgen.kinds.appraisal import attitude, league, outlook, overdue, sheets
from reportgen.kinds.appraisal.plan import Plan, read_plan
from reportgen.kinds.appraisal.scribe import SCORE_DIGITS, Level, Scribe
from reportgen.kinds.material import Material
from reportgen.kinds.stated import numbers_in, strings
from reportgen.model import Block, Document, Table, Text
from reportgen.rules.model import Person
from reportgen.tables import Declaration, describe

__all__ = ["document"]


def document(material: Material, name: str) -> Document:
    """One paper of the publication, `units-taipei`; InputError lists all faults of publication.toml."""
    declared = describe(material.project, material.publication.dataset)
    plan = read_plan(material.publication, _branches(declared), material.glossary)
    scribe = Scribe(material, plan, name)
    level, blocks = _blocks(scribe, declared)
    everybody = _persons(level)
    shown = {
        id_: p for id_, p in everybody.items() if not scribe.branch_only or p.branch == scribe.branch_only
    }
    if faults := [fault for person in shown.values() for fault in scribe.name_faults(person)]:
        raise InputError(dict.fromkeys(faults))
    publication, dataset = material.publication, material.dataset
    called = scribe.words[f"paper.{scribe.kind}"]
    if scribe.branch_only:
        branch = scribe.branch(scribe.branch_only)
        called = Text(f"{branch.zh}{called.zh}", f"{called.en}, {branch.en}")
    inputs = dict.fromkeys(
        [
            publication.file,
            *([level.scheme.file] if level else []),
            dataset.file,
            *(one.file for one in _tables(level, plan, material, scribe.kind)),
        ]
    )
    return Document(
        publication.name,
        publication.kind,
        called,
        publication.title,
        publication.issuer,
        scribe.period.said(),
        dataset.sample,
        Text(f"{publication.title.zh}、{called.zh}", f"{publication.title.en}, {called.en}"),
        tuple(blocks),
        scribe.record.printed,
        tuple(inputs),
        name=name,
        attached=tuple(file for file in (publication.file, level.scheme.file if level else "") if file),
        hidden=scribe.hidden(shown, everybody),
        stated=numbers_in(_stated(scribe, level, blocks)),
    )


def _branches(declared: Declaration) -> list[str]:
    """The members of the dimension `branch`; where it has another name, any member may be one, and rows must bear it out."""
    named = declared.dimensions.get("branch")
    dimensions = [named] if named else declared.dimensions.values()
    return [m.id for dimension in dimensions for m in dimension.members if m.id != dimension.total]


def _blocks(scribe: Scribe, declared: Declaration) -> tuple[Level | None, list[Block]]:
    """The content of the paper, and the level that it is of."""
    material, plan, kind = scribe.material, scribe.plan, scribe.kind
    if kind == "overdue":
        assert plan.overdue
        return None, overdue.overdue(scribe, plan.overdue)
    name = plan.forecast.rules if kind == "forecast" and plan.forecast else kind
    level = Level(material, declared, name, scribe.period)
    if level.scheme.rank:
        scribe.score_digits = max(SCORE_DIGITS, level.scheme.rank.digits)  # scores that rank apart look apart
    if kind == "forecast":
        assert plan.forecast
        return level, outlook.outlook(scribe, level, plan.forecast, declared)
    if kind == "attitude":
        assert plan.attitude
        return level, [
            *attitude.attitude(scribe, level, plan.attitude),
            *league.rules_in_words(scribe, level, "3" if plan.attitude.comment else "2"),
        ]
    return level, _assessed(scribe, level)


def _assessed(scribe: Scribe, level: Level) -> list[Block]:
    """League tables, points by item, the heat map of branches, a sheet for each, the rules."""
    decisions = level.of(scribe.branch_only)
    blocks = [*league.league(scribe, level, decisions), *league.points(scribe, level, decisions)]
    if level.name == "branches":
        blocks += league.heat_map(scribe, level, decisions)
    blocks += sheets.sheets(scribe, level, decisions, 1)
    return [*blocks, *league.rules_in_words(scribe, level, str(len(decisions) + 1))]


def _persons(level: Level | None) -> dict[str, Person]:
    """Those whose names are names of persons."""
    if level is None or level.name not in league.OF_PERSONS:
        return {}
    return {decision.person.id: decision.person for decision in level.result.decisions}


def _tables(level: Level | None, plan: Plan, material: Material, kind: str) -> list[tables.Table]:
    named: Iterable[str] = level.scheme.tables if level else ()
    if kind == "overdue" and plan.overdue:
        named = (plan.overdue.table,)
    return [material.dataset.tables[name] for name in dict.fromkeys(named)]


def _stated(scribe: Scribe, level: Level | None, blocks: Iterable[Block]) -> Iterator[str]:
    """Words with numbers that an input says by itself: texts of the publication, rules, bands, names; counters."""
    yield from strings(scribe.material.publication.raw)
    yield f"{scribe.period.year} {formats.gregorian_year(scribe.period.year)}"
    for period in (scribe.period, scribe.period.before):
        yield from (period.said().zh, period.said().en)
    yield from (str(number) for number in range(1, 13))
    pattern = scribe.plan.forecast.years if scribe.plan.forecast else 0
    for year in range(scribe.period.year - pattern, scribe.period.year):
        yield f"{year} {formats.gregorian_year(year)}"
    yield from (scribe.words["overdue.article"].zh, scribe.words["overdue.article"].en)
    if level is None:
        return
    result = level.result
    yield from (half for rule in result.rules for text in rule for half in (text.zh, text.en))
    yield from (result.standard.words.zh, result.standard.words.en, result.standard.source)
    yield from (half for group in result.groups for half in (group.label.zh, group.label.en))
    for decision in result.decisions:
        yield from (decision.person.names.zh, decision.person.names.en)
        yield from (item.band.zh for item in decision.items if item.band)
    yield from (str(number) for number in range(1, len(result.decisions) + 4))
    for block in blocks:
        if isinstance(block, Table):
            yield from (c.text.zh + " " + c.text.en for row in block.rows for c in row.cells if c.text)
