"""Why it was decided so: on a candidate by the publications of awards that know it, on the target of a branch or unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from reportgen.compute import rules, targets
from reportgen.kinds import kinds
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.material import read_material
from reportgen.kinds.targets import documents as papers_of_targets
from reportgen.model import Language
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.publications import documents_of, publication_names


def lines(project: Path, candidate: str, publication: str | None, language: Language) -> Iterator[str]:
    """The decisions line by line; InputError when no publication of awards knows the candidate."""
    asked = [
        name
        for name in ([publication] if publication else publication_names(project))
        if documents_of(project, name, kinds())[0].name == "awards"
    ]
    if not asked:
        raise InputError(problem(Place(publication or "inputs"), "run.is_no_publication_awards"))
    unknown: list[Problem] = []
    for name in asked:
        material = read_material(project, name)
        try:
            told = [*rules.explain(awards.decided(material), candidate, material.registry.units, language)]
        except InputError as error:
            unknown.extend(error.problems)
            continue
        yield from (f"{name}:", *told)
    if len(unknown) == len(asked):
        raise InputError(dict.fromkeys(unknown))


# ---- targets --------------------------------------------------------------------------------------


def target_lines(
    project: Path, name: str, publication: str | None, settings: Sequence[str], language: Language
) -> Iterator[str]:
    """The arithmetic of a branch or unit, step by step; with `settings` as it would be."""
    found = _of_targets(project, publication)
    material = read_material(project, found)
    result = papers_of_targets.computed(material, settings)
    told = [*targets.explain(result, name, material.registry.units, language)]
    yield from (f"{found}:", *told)


def what_if(project: Path, publication: str, settings: Sequence[str], language: Language) -> Iterator[str]:
    """Which targets would be others with `settings`, and by how much; nothing is written."""
    material = read_material(project, _of_targets(project, publication))
    before, after = papers_of_targets.computed(material), papers_of_targets.computed(material, settings)
    yield from targets.differences(before, after, language)


def _of_targets(project: Path, asked: str | None) -> str:
    """The publication of targets that was named, or the only one; InputError that lists them."""
    known = [
        name
        for name in publication_names(project)
        if documents_of(project, name, kinds())[0].name == "targets"
    ]
    if asked in known:
        return asked
    listed = ", ".join(known) or "-"
    if asked:
        documents_of(project, asked, kinds())  # a name that is no publication at all is told as such
        raise InputError(problem(Place(asked), "run.is_no_publication_targets", listed=listed))
    if len(known) != 1:
        raise InputError(problem(Place("inputs"), "run.say_publication_targets_publication", listed=listed))
    return known[0]
