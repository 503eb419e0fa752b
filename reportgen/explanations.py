"""Why it was decided so on a candidate: the publications of awards that know the candidate, each in full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen import rules
from reportgen.errors import InputError, Place, Problem
from reportgen.kinds import KINDS, awards
from reportgen.kinds.material import read_material
from reportgen.model import Language
from reportgen.publications import documents_of, publication_names


def lines(project: Path, candidate: str, publication: str | None, language: Language) -> Iterator[str]:
    """The decisions line by line; InputError when no publication of awards knows the candidate."""
    asked = [
        name
        for name in ([publication] if publication else publication_names(project))
        if documents_of(project, name, KINDS)[0] == "awards"
    ]
    if not asked:
        raise InputError(
            Problem(
                Place(publication or "inputs"),
                "is no publication of awards; nobody is decided on",
                "不是獎勵出版品，未審查任何候選人",
            )
        )
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
