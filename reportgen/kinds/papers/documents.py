"""The papers: from what an officer declares to a tree of blocks for each. `plan` has the forms, `composer` fills slots, `forms` sets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reportgen.kinds.binding import Binder
from reportgen.kinds.extracts import Others, extracts
from reportgen.kinds.material import Material
from reportgen.kinds.papers.composer import PaperComposer
from reportgen.kinds.papers.forms import FORMS
from reportgen.kinds.papers.plan import Paper, PapersPlan
from reportgen.model import Block, Document, Setting, Text, formats
from reportgen.model.errors import InputError, Problem
from reportgen.read.schema import read_sound
from reportgen.read.seals import read_seals, seals_file

OFFICIAL = ("letter", "order", "announcement", "memo", "consult", "notice", "thanks", "appointment")
SETTINGS: Mapping[str, Setting] = dict.fromkeys(OFFICIAL, "official")


def document(material: Material, name: str) -> Document:
    """The paper of this name; InputError with all faults of all papers."""
    problems: list[Problem] = []
    tables = material.dataset.tables
    known: dict[str, list[str]] = {"table": [*tables]}
    for table in tables.values():
        columns = table.columns
        known[f"column of {table.name}"] = [*columns]
        known[f"money of {table.name}"] = [one for one in columns if columns[one].unit.startswith("twd")]
    source = material.publication.source
    plan = read_sound(PapersPlan, source, problems, known=known, glossary=material.glossary)
    if problems or plan is None:
        raise InputError(dict.fromkeys(problems))
    others = Others(material.project, material.publication.name)
    for paper in plan.paper:  # a fault of any is told whichever is made
        trial = PaperComposer(material, plan, others)
        _tell(trial, paper)
        problems += trial.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    (paper,) = (one for one in plan.paper if one.id == name)
    composer = PaperComposer(material, plan, others)
    return _document(composer, paper, _tell(composer, paper))


def _tell(composer: PaperComposer, paper: Paper) -> list[Block]:
    """The blocks of a paper, its tables and what it takes of others; faults stay in the composer."""
    try:
        blocks = [*FORMS[_form(paper)](composer, paper)]
        return [*blocks, *_enclosed(composer, paper)]
    except InputError as error:
        composer.problems += error.problems
        return []


def _form(paper: Paper) -> str:
    return str(getattr(paper, "form"))  # noqa: B009


def _enclosed(composer: PaperComposer, paper: Paper) -> Iterator[Block]:
    for number, rows in enumerate(paper.table, 1):
        yield composer.rows(rows, f"t-rows-{number}")
    annexes = {one.id or f"annex-{place}": one for place, one in enumerate(paper.annex, 1)}
    taken = extracts(composer.others, annexes, composer.problems)
    for blocks in Binder(composer).bind(taken):
        yield from blocks


def _document(composer: PaperComposer, paper: Paper, blocks: list[Block]) -> Document:
    material, form = composer.material, _form(paper)
    publication, dataset = composer.publication, composer.dataset
    taken = composer.others.made()
    seals = seals_file(publication.name) if form == "consult" else ""
    sealed = bool(seals) and bool(read_seals(material.project, publication.name).sheet)
    own = [publication.file, *([seals] if sealed else [])]
    tables = (table.file for table in dataset.tables.values())
    inputs = [*own, dataset.file, *tables, composer.registry.file, *(i for one in taken for i in one.inputs)]
    called = composer.stated(paper.title) if paper.title else composer.words[f"paper.{form}"]
    made = composer.document(paper.id, called, blocks, inputs)
    return replace(
        made,
        issued=formats.roc_date(composer.issued(paper)),
        sample=next(filter(None, (dataset.sample, *(one.sample for one in taken))), None),
        attached=tuple(own),
        absent=(seals,) if seals and not sealed else (),
        hidden={word: place for one in taken for word, place in one.hidden.items()},
        own_words=tuple(dict.fromkeys(words for one in taken for words in one.own_words)),
        stated=tuple(sorted({*made.stated, *(number for one in taken for number in one.stated)})),
        setting=SETTINGS.get(form, ""),
        extra={"form": Text(form, form)},
    )
