"""Why it was decided so: on a candidate, on the target of a branch or unit; and what would be different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from reportgen.compute import rules, targets
from reportgen.kinds import kinds
from reportgen.kinds.appraisal import documents as appraisals
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.material import read_material
from reportgen.kinds.targets import documents as papers_of_targets
from reportgen.model import Language
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.read.publications import documents_of, publication_names


def lines(project: Path, candidate: str, publication: str | None, language: Language) -> Iterator[str]:
    """The decisions line by line; InputError when no publication of awards knows the candidate."""
    asked = _of_kind(project, "awards", [publication] if publication else publication_names(project))
    if not asked:
        raise InputError(problem(Place(publication or "inputs"), "run.is_no_publication_awards"))
    unknown: list[Problem] = []
    for name in asked:
        material = read_material(project, name)
        try:
            said = [*rules.explain(awards.decided(material), candidate, material.registry.units, language)]
        except InputError as error:
            unknown.extend(error.problems)
            continue
        yield from (f"{name}:", *said)
    if len(unknown) == len(asked):
        raise InputError(dict.fromkeys(unknown))


def _of_kind(project: Path, kind: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if documents_of(project, name, kinds())[0].name == kind]


# ---- targets --------------------------------------------------------------------------------------


def target_lines(
    project: Path, name: str, publication: str | None, settings: Sequence[str], language: Language
) -> Iterator[str]:
    """The arithmetic of a branch or unit, step by step; with `settings` as it would be."""
    asked = _of_targets(project, publication)
    material = read_material(project, asked)
    result = papers_of_targets.computed(material, settings)
    yield from (f"{asked}:", *targets.explain(result, name, material.registry.units, language))


def what_if(project: Path, publication: str, settings: Sequence[str], language: Language) -> Iterator[str]:
    """Which targets would be others with `settings`, and by how much; nothing is written."""
    material = read_material(project, _of_targets(project, publication))
    before, after = papers_of_targets.computed(material), papers_of_targets.computed(material, settings)
    yield from targets.differences(before, after, language)


def appraisal_what_if(
    project: Path, publication: str, settings: Sequence[str], language: Language
) -> Iterator[str]:
    """Which scores and ranks of an appraisal would be others with `settings`; nothing is written."""
    if not _of_kind(project, "appraisal", [publication]):
        known = _of_kind(project, "appraisal", publication_names(project))
        raise InputError(problem(Place(publication), "run.is_no_publication_appraisal", listed=known or "-"))
    yield from appraisals.differences(read_material(project, publication), settings, language)


def _of_targets(project: Path, asked: str | None) -> str:
    """The publication of targets that was named, or the only one; InputError that lists them."""
    known = _of_kind(project, "targets", publication_names(project))
    if asked in known:
        return asked
    if asked:
        documents_of(project, asked, kinds())  # a name that is no publication at all is told as such
        raise InputError(problem(Place(asked), "run.is_no_publication_targets", listed=known or "-"))
    if len(known) != 1:
        place = Place("inputs")
        raise InputError(problem(place, "run.say_publication_targets_publication", listed=known or "-"))
    return known[0]
