"""What an officer declares in the `publication.toml` of targets: which papers, and who drafts, is consulted and decides."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.kinds.papers import PaperReader
from reportgen.model import Text
from reportgen.model.errors import InputError, Problem
from reportgen.model.messages import told
from reportgen.read.publications import HEAD, Publication
from reportgen.read.words import Glossary

PAPERS = ("approval", "branches")


@dataclass(frozen=True)
class Plan:
    """The posts from left to right of the sign-off places; each column has one at least but that of who is consulted."""

    papers: tuple[str, ...]
    drafting: tuple[Text, ...]
    consulted: tuple[Text, ...]
    deciding: tuple[Text, ...]


def read_plan(publication: Publication, glossary: Glossary | None) -> Plan:
    """The plan; InputError with all that is wrong with it."""
    problems: list[Problem] = []
    reader = PaperReader(publication.raw, publication.file, "", problems, glossary)
    for name in HEAD:
        reader.mark(name)
    wanted = reader.words("papers")
    for name in wanted:
        if name not in PAPERS:
            reader.problem("papers", *told("targets.is_no_paper", name_=name, papers=[*PAPERS]))
    signoff = reader.table("signoff")
    plan = Plan(
        tuple(dict.fromkeys(wanted)),
        signoff.texts("drafting", required=True),
        signoff.texts("consulted"),
        signoff.texts("deciding", required=True),
    )
    if not signoff.absent:
        signoff.done()
    reader.done()
    if problems:
        raise InputError(dict.fromkeys(problems))
    return plan
