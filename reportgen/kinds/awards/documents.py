"""The papers of an award: from the outcome of the rules and `publication.toml` to a tree of blocks for each paper.

`plan` reads what an officer declares, `composer` puts the outcome into words and figures, `letters`, `lists`,
`decisions` and `certificates` know the papers. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from reportgen.compute import rules
from reportgen.compute.rules.model import Result
from reportgen.kinds.awards import certificates, decisions, letters, lists, receipts, sending
from reportgen.kinds.awards.composer import AwardComposer, ambiguous_slots, slot_names
from reportgen.kinds.awards.merging import known_slots
from reportgen.kinds.awards.plan import PAPERS, AwardsPlan
from reportgen.kinds.material import Material
from reportgen.kinds.own_words import declared_in
from reportgen.model import Block, Document, Setting, Text, formats
from reportgen.model.errors import InputError
from reportgen.read.schema import read_sound
from reportgen.read.tables import describe

__all__ = ["PAPERS", "decided", "document", "documents"]

MAKERS: Mapping[str, Callable[[AwardComposer], Sequence[Block]]] = {
    "letter": letters.letter,
    "order": letters.order,
    "announcement": letters.announcement,
    "notice": letters.notice,
    "programme": letters.programme,
    "list": lists.honour,
    "receipts": receipts.receipts,
    "labels": sending.labels,
    "decisions": decisions.decisions,
    "report": lists.report,
    "certificates": certificates.recipients,
}
SETTINGS: Mapping[str, Setting] = {
    **dict.fromkeys(("letter", "order", "announcement", "notice"), "official"),
    "report": "news",
    "decisions": "dense",
}
# Papers that name no candidate.
NAMELESS = frozenset({"letter", "notice", "programme"})


def decided(material: Material) -> Result:
    """The outcome of the publication's rules."""
    publication, units = material.publication, material.registry.units
    declared = describe(material.project, publication.dataset, publication.languages)
    scheme = rules.read_scheme(material.project, publication.name, declared, units, material.glossary)
    return rules.decide(scheme, material.dataset, units)


def document(material: Material, name: str) -> Document:
    """One paper of the publication; `name` is that of the paper. The certificates are the recipients."""
    (made,) = documents(material, decided(material), [name])
    return made


def documents(material: Material, result: Result, only: Iterable[str] = PAPERS) -> list[Document]:
    """Those of the papers that the publication asks for; InputError lists all faults of publication.toml, of whichever paper."""
    plan, asked = _plan(material, result), set(only)
    return [_document(AwardComposer(material, plan, result), name) for name in plan.papers if name in asked]


def _plan(material: Material, result: Result) -> AwardsPlan:
    """What publication.toml says; InputError lists all its faults. The date of the command line stands for its own."""
    source = material.publication.source
    values = source.values.part(source.values)
    if material.issued:
        values["issued"] = material.issued
    known = {
        "slot": slot_names(result, values),
        "tier": [tier.id for tier in result.tiers],
        **known_slots(material.dataset, result, values),
    }
    problems = [*ambiguous_slots(result)]
    declared = replace(source, values=values)
    plan = read_sound(AwardsPlan, declared, problems, known=known, glossary=material.glossary)
    if problems or plan is None:
        raise InputError(dict.fromkeys(problems))
    return plan


def _document(composer: AwardComposer, name: str) -> Document:
    publication, result, dataset = composer.publication, composer.result, composer.dataset
    if name not in NAMELESS and name != "certificates":  # a recipient bears the faults of its own name
        named = result.decisions if name == "decisions" else result.winners
        persons = [*(decision.person for decision in named), *(one.person for one in composer.members())]
        if faults := [fault for person in persons for fault in composer.name_faults(person)]:
            raise InputError(dict.fromkeys(faults))
    blocks = MAKERS[name](composer)
    called = composer.words[_called(composer, name)]
    headline = composer.plan.report.headline if name == "report" else None
    title = composer.in_words(composer.sentence(headline)) if headline else called
    made = composer.document(
        name, called, blocks, [publication.file, result.file, *result.inputs, dataset.file]
    )
    shown = _shown(composer, name)
    hidden = composer.hidden(shown)
    return replace(
        made,
        title=title,
        issued=formats.roc_date(composer.issued(name)),
        attached=tuple(file for file in (publication.file, result.file) if file),
        hidden=hidden,
        own_words=declared_in(
            composer.material, hidden, shown, composer.plan, result.tiers, result.groups, result.rules
        ),
        setting=SETTINGS.get(name, ""),
    )


def _called(composer: AwardComposer, name: str) -> str:
    """What the paper is called; a scheme of shares has payments in its list and sums on its sheets."""
    return f"paper.{name}_units" if composer.of_units and name in ("list", "decisions") else f"paper.{name}"


def _shown(composer: AwardComposer, name: str) -> list[Text]:
    """The names that a paper shows whole, and those of officials, which nobody hides."""
    plan = composer.plan
    officials = [plan.head.name, plan.head.title, plan.office.person]
    if plan.ceremony:
        officials += [plan.ceremony.host, plan.ceremony.contact, *plan.ceremony.attend]
    to_persons = name == "letter" and plan.letter is not None and plan.letter.each == "person"
    if (name in NAMELESS and not to_persons) or composer.policy(name) != "whole":
        return officials
    result = composer.result
    named = [
        decision.person.names for decision in (result.decisions if name == "decisions" else result.winners)
    ]
    shares = [
        share.names for decision in result.decisions if decision.bonus for share in decision.bonus.shares
    ]
    members = [one.person.names for one in composer.members()] if name == "order" else []
    reviewers = [review.name for decision in result.decisions for review in decision.reviews]
    return [*officials, *named, *shares, *members, *(reviewers if name == "decisions" else [])]
