"""基本徵起責任金額: the approval sheet 核定表 of all branches and units, and one page a branch that explains its target.

`plan` reads what an officer declares, the package `reportgen.targets` works the targets out, `composer` puts figures into
words, `approval` and `branches` know the blocks, `methods` the annex. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.compute import targets
from reportgen.compute.exact import number
from reportgen.compute.targets import Result
from reportgen.kinds.material import Material
from reportgen.kinds.targets import letters
from reportgen.kinds.targets.approval import approval
from reportgen.kinds.targets.branches import branches
from reportgen.kinds.targets.composer import TargetComposer
from reportgen.kinds.targets.plan import LETTERS, OF_REVISION, PAPERS, SLOTS, TargetsPlan
from reportgen.model import Document, Records
from reportgen.model.errors import InputError, problem
from reportgen.read import tables
from reportgen.read.schema import read

__all__ = ["PAPERS", "computed", "document"]

_BLOCKS = {
    "approval": approval,
    "branches": branches,
    "submission": letters.submission,
    "letter": letters.letter,
    "revision": letters.revision,
}


def computed(material: Material, settings: Sequence[str] = ()) -> Result:
    """The targets of a publication as its inputs say, or as they would be with `population.taipei=…` set."""
    publication, units = material.publication, material.registry.units
    declaration = tables.describe(material.project, publication.dataset, publication.languages)
    scheme = targets.read_scheme(
        material.project, publication.name, publication.period, declaration, units, material.glossary
    )
    scheme, overrides = targets.tried(scheme, material.dataset, units, settings)
    return targets.decide(scheme, material.dataset, units, overrides)


def document(material: Material, name: str) -> Document:
    """One paper of `PAPERS`; InputError or KindError with all faults of all inputs."""
    known = {"slot": SLOTS, "slot of a revision": OF_REVISION}
    plan = read(TargetsPlan, material.publication.source, known=known, glossary=material.glossary)
    composer = TargetComposer(material, plan, computed(material))
    result = composer.result
    if "revision" in plan.papers and not result.stages:
        place = material.publication.source.place(("papers",))
        raise InputError(problem(place, "targets.nothing_is_revised"))
    made = composer.document(
        name,
        material.words[f"paper.{name}"],
        _BLOCKS[name](composer),
        (material.publication.file, *result.inputs, material.dataset.file, material.registry.file),
    )
    if name in LETTERS:
        return replace(made, setting="official")
    return replace(made, records=(_records(result),) if name == "approval" else ())


def _records(result: Result) -> Records:
    """What each unit is to collect at the end of the year in NT$, its months and staffing (per cent), as a dataset reads them next year."""
    rows = tuple(
        (
            result.scheme.roc_year,
            branch.id,
            unit.id,
            number(result.at_the_end(f"{branch.id}/{unit.id}", unit.target)),
            number(unit.months),
            number(unit.staffing) * 100,
        )
        for branch in result.branches
        for unit in branch.units
        if unit.months and unit.staffing
    )
    return Records("targets", ("roc_year", "branch", "unit", "target", "months", "staffing"), rows)
