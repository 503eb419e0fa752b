"""The papers of an award: from the outcome of the rules and `publication.toml` to a tree of blocks for each paper.

`plan` reads what an officer declares, `scribe` puts the outcome into words and figures, `letters`, `lists`,
`decisions` and `certificates` know the papers. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from reportgen.compute import rules
from reportgen.compute.rules.model import Result
from reportgen.kinds.awards import certificates, decisions, letters, lists, stated
from reportgen.kinds.awards.plan import PAPERS, papers, read_plan
from reportgen.kinds.awards.scribe import Scribe, said_whole
from reportgen.kinds.material import Material
from reportgen.model import Block, Document, Recipient, Text, formats
from reportgen.model.errors import InputError
from reportgen.model.formats import Unit
from reportgen.read.publications import Publication
from reportgen.read.tables import Dataset, describe
from reportgen.read.words import Glossary, Words

__all__ = ["PAPERS", "decided", "document", "documents", "papers", "recipients", "winners"]

MAKERS: Mapping[str, Callable[[Scribe], list[Block]]] = {
    "letter": letters.letter,
    "order": letters.order,
    "announcement": letters.announcement,
    "notice": letters.notice,
    "programme": letters.programme,
    "list": lists.honour,
    "labels": letters.labels,
    "decisions": decisions.decisions,
    "report": lists.report,
}
# Papers that name no candidate.
NAMELESS = frozenset({"letter", "notice", "programme"})


def decided(material: Material) -> Result:
    """The outcome of the publication's rules."""
    publication, units = material.publication, material.registry.units
    declared = describe(material.project, publication.dataset)
    scheme = rules.read_scheme(material.project, publication.name, declared, units, material.glossary)
    return rules.decide(scheme, material.dataset, units)


def document(material: Material, name: str) -> Document:
    """One paper of the publication; `name` is that of the paper. The certificates are the recipients."""
    if name == "certificates":
        result = decided(material)
        return certificates_document(material, result, winners(material, result, material.signed))
    (made,) = documents(
        material.publication,
        decided(material),
        material.dataset,
        material.words,
        material.glossary,
        material.registry.units,
        [name],
        material.issued,
    )
    return made


def winners(material: Material, result: Result, signed: bool = False) -> tuple[Recipient, ...]:
    """The recipients of the publication's certificates."""
    return recipients(
        material.publication,
        result,
        material.dataset,
        material.words,
        material.glossary,
        material.registry.units,
        material.issued,
        signed,
    )


def documents(
    publication: Publication,
    result: Result,
    dataset: Dataset,
    words: Words,
    glossary: Glossary | None,
    units: Mapping[str, Unit],
    only: Iterable[str] | None = None,
    issued: date | None = None,
) -> list[Document]:
    """The papers that the publication asks for, or `only` some of them; certificates are made by `recipients`.

    InputError lists all faults of publication.toml, of whichever paper.
    """
    scribe = _scribe(publication, result, dataset, words, glossary, units, issued)
    asked = set(scribe.plan.papers if only is None else only)
    wanted = [name for name in scribe.plan.papers if name in asked and name in MAKERS]
    made = []
    for name in wanted:
        own = Scribe(publication, scribe.plan, result, dataset, words, units, [])
        made.append(_document(own, name))
    return made


def certificates_document(material: Material, result: Result, drawn: Iterable[Recipient]) -> Document:
    """The certificates as one document, a recipient each: what depends on which files, and what is hidden."""
    scribe = _scribe(
        material.publication,
        result,
        material.dataset,
        material.words,
        material.glossary,
        material.registry.units,
        material.issued,
    )
    return _document(scribe, "certificates", tuple(drawn))


def recipients(
    publication: Publication,
    result: Result,
    dataset: Dataset,
    words: Words,
    glossary: Glossary | None,
    units: Mapping[str, Unit],
    issued: date | None = None,
    signed: bool = False,
) -> tuple[Recipient, ...]:
    """Everything that a certificate needs, for each winner in the order of the list."""
    scribe = _scribe(publication, result, dataset, words, glossary, units, issued)
    return certificates.recipients(scribe, signed)


def _scribe(
    publication: Publication,
    result: Result,
    dataset: Dataset,
    words: Words,
    glossary: Glossary | None,
    units: Mapping[str, Unit],
    issued: date | None,
) -> Scribe:
    plan, problems = read_plan(publication, glossary, issued)
    scribe = Scribe(publication, plan, result, dataset, words, units, problems)
    of_a_person = [one for paper in plan.official.values() for one in (paper.reason, paper.law) if one]
    scribe.check(of_a_person, ("tier",))
    scribe.check(one for one in plan.sentences() if one not in of_a_person)
    certificates.check_citations(scribe)
    if problems:
        raise InputError(dict.fromkeys(problems))
    return scribe


def _document(scribe: Scribe, name: str, drawn: tuple[Block, ...] | None = None) -> Document:
    publication, result, dataset = scribe.publication, scribe.result, scribe.dataset
    if name not in NAMELESS and drawn is None:
        named = result.decisions if name == "decisions" else result.winners
        if faults := [fault for decision in named for fault in scribe.name_faults(decision.person)]:
            raise InputError(dict.fromkeys(faults))
    blocks = tuple(MAKERS[name](scribe)) if drawn is None else drawn
    called = scribe.words[_called(scribe, name)]
    headline = scribe.plan.headline if name == "report" else None
    title = said_whole(scribe.sentence(headline)) if headline else called
    year = Text(f"{result.roc_year}年度", str(formats.gregorian_year(result.roc_year)))
    inputs = dict.fromkeys([publication.file, result.file, *result.inputs, dataset.file])
    return Document(
        publication=publication.name,
        kind=publication.kind,
        title=title,
        subtitle=publication.title,
        issuer=publication.issuer,
        period=year,
        sample=dataset.sample,
        keywords=Text(f"{publication.title.zh}、{called.zh}", f"{publication.title.en}, {called.en}"),
        blocks=blocks,
        printed=scribe.record.printed,
        inputs=tuple(inputs),
        issued=formats.roc_date(_issued(scribe, name)),
        name=name,
        attached=tuple(file for file in (publication.file, result.file) if file),
        hidden=scribe.hidden(name, _shown(scribe, name)),
        stated=stated.numbers(scribe),
    )


def _called(scribe: Scribe, name: str) -> str:
    """What the paper is called; a scheme of shares has payments in its list and sums on its sheets."""
    return f"paper.{name}_units" if scribe.of_units and name in ("list", "decisions") else f"paper.{name}"


def _issued(scribe: Scribe, name: str) -> date:
    official = scribe.plan.official.get(name)
    return official.issued if official else scribe.plan.issued


def _shown(scribe: Scribe, name: str) -> list[Text]:
    """The names that a paper shows whole, and those of officials, which nobody hides."""
    plan = scribe.plan
    officials = [plan.head.name, plan.head.title, plan.office.person]
    if plan.ceremony:
        officials += [plan.ceremony.host, plan.ceremony.contact, *plan.ceremony.attend]
    if name in NAMELESS or scribe.policy(name) != "whole":
        return officials
    everybody = name == "decisions"
    chosen = _names(scribe, everybody)
    return [*officials, *chosen]


def _names(scribe: Scribe, everybody: bool) -> list[Text]:
    """The names of the winners, or of all candidates, and of those who share in a bonus."""
    decided = scribe.result.decisions if everybody else scribe.result.winners
    shares = [s.names for d in scribe.result.decisions if d.bonus for s in d.bonus.shares]
    return [*(decision.person.names for decision in decided), *shares]
