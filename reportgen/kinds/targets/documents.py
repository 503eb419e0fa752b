"""基本徵起責任金額: the approval sheet 核定表 of all branches and units, and one page a branch that explains its target.

`plan` reads what an officer declares, the package `reportgen.targets` works the targets out, `builder` puts figures into
words, `approval` and `branches` know the blocks, `methods` the annex. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reportgen.compute import targets
from reportgen.compute.targets import Result
from reportgen.kinds.material import Material
from reportgen.kinds.stated import numbers_in, strings
from reportgen.kinds.targets.approval import approval
from reportgen.kinds.targets.branches import branches
from reportgen.kinds.targets.builder import Builder
from reportgen.kinds.targets.plan import PAPERS, read_plan
from reportgen.model import Document, Records, Text, formats
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
    builder = Builder(material, plan, computed(material))
    made = tuple(_BLOCKS[name](builder))
    publication, words = material.publication, material.words
    called = words[f"paper.{name}"]
    year = formats.roc_year(publication.period)
    inputs = (publication.file, *builder.result.inputs, material.dataset.file, material.registry.file)
    return Document(
        publication=publication.name,
        kind=publication.kind,
        title=called,
        subtitle=publication.title,
        issuer=publication.issuer,
        period=Text(f"{publication.period}年度", year.en),
        sample=material.dataset.sample,
        keywords=Text(f"{publication.title.zh}、{called.zh}", f"{publication.title.en}, {called.en}"),
        blocks=made,
        printed=builder.figures.printed,
        inputs=inputs,
        name=name,
        records=(_records(builder.result),) if name == "approval" else (),
        stated=tuple(sorted(set(numbers_in(_stated(builder))))),
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


def _stated(builder: Builder) -> list[str]:
    """The words of the inputs with their numbers, the numbers of the units and sections, the years."""
    scheme = builder.scheme
    found = [*strings(builder.publication.raw), scheme.standard.words.zh, scheme.standard.words.en]
    for limits in (scheme.limits, *scheme.branch_limits.values()):
        if limits.reason:
            found += [limits.reason.zh, limits.reason.en]
    found += [text for note in scheme.notes for text in (note.zh, note.en)]
    found += [unit.id for branch in builder.result.branches for unit in branch.units]
    for year in (scheme.year, scheme.roc_year):
        found += [formats.roc_year(year).zh, formats.roc_year(year).en]
    words = builder.words
    found += [
        text
        for name in words
        if name.startswith(("step.", "size."))
        for text in (words[name].zh, words[name].en)
    ]
    found += [str(number) for number in range(1, len(builder.result.branches) + 1)]
    return found
