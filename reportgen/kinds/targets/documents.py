"""基本徵起責任金額: the approval sheet 核定表 of all branches and units, and one page a branch that explains its target.

`plan` reads what an officer declares, the package `reportgen.targets` works the targets out, `composer` puts figures into
words, `approval` and `branches` know the blocks, `methods` the annex. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from reportgen.compute import targets
from reportgen.compute.targets import Result
from reportgen.kinds.material import Material
from reportgen.kinds.stated import numbers_in, strings
from reportgen.kinds.targets.approval import approval
from reportgen.kinds.targets.branches import branches
from reportgen.kinds.targets.composer import TargetComposer
from reportgen.kinds.targets.plan import PAPERS, read_plan
from reportgen.model import Document, Records, formats
from reportgen.read import tables

__all__ = ["PAPERS", "computed", "document"]

_BLOCKS = {"approval": approval, "branches": branches}


def computed(material: Material, settings: Sequence[str] = ()) -> Result:
    """The targets of a publication as its inputs say, or as they would be with `population.taipei=…` set."""
    publication, units = material.publication, material.registry.units
    declaration = tables.describe(material.project, publication.dataset)
    scheme = targets.read_scheme(
        material.project, publication.name, publication.period, declaration, units, material.glossary
    )
    scheme, overrides = targets.tried(scheme, material.dataset, units, settings)
    return targets.decide(scheme, material.dataset, units, overrides)


def document(material: Material, name: str) -> Document:
    """One paper: `approval` or `branches`; InputError or KindError with all faults of all inputs."""
    plan = read_plan(material.publication, material.glossary)
    composer = TargetComposer(material, plan, computed(material))
    result = composer.result
    made = composer.document(
        name,
        material.words[f"paper.{name}"],
        _BLOCKS[name](composer),
        (material.publication.file, *result.inputs, material.dataset.file, material.registry.file),
    )
    return replace(
        made,
        records=(_records(result),) if name == "approval" else (),
        stated=tuple(sorted(set(numbers_in(_stated(composer))))),
    )


def _records(result: Result) -> Records:
    """The targets of all units in NT$, as a dataset reads them next year."""
    rows = tuple(
        (result.scheme.roc_year, branch.id, unit.id, int(unit.target.exact))
        for branch in result.branches
        for unit in branch.units
        if isinstance(unit.target.exact, Fraction)
    )
    return Records("targets", ("roc_year", "branch", "unit", "target"), rows)


def _stated(composer: TargetComposer) -> list[str]:
    """The words of the inputs with their numbers, the numbers of the units and sections, the years."""
    scheme = composer.scheme
    found = [*strings(composer.publication.raw), scheme.standard.words.zh, scheme.standard.words.en]
    for limits in (scheme.limits, *scheme.branch_limits.values()):
        if limits.reason:
            found += [limits.reason.zh, limits.reason.en]
    found += [text for note in scheme.notes for text in (note.zh, note.en)]
    found += [unit.id for branch in composer.result.branches for unit in branch.units]
    for year in (scheme.year, scheme.roc_year):
        found += [formats.roc_year(year).zh, formats.roc_year(year).en]
    words = composer.words
    found += [
        text
        for name in words
        if name.startswith(("step.", "size."))
        for text in (words[name].zh, words[name].en)
    ]
    found += [str(number) for number in range(1, len(composer.result.branches) + 1)]
    return found
