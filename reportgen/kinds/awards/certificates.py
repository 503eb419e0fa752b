"""Everything a certificate needs of each winner, in the order of the list: words, serial number, file name.

How a certificate looks, is signed and becomes a file is not known here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from reportgen.compute.rules.model import Decision
from reportgen.kinds.awards.composer import AwardComposer, said_whole
from reportgen.kinds.awards.plan import Citations
from reportgen.model import Certificate, CertificateField, Line, Recipient, Text, formats
from reportgen.model.errors import Place, problem
from reportgen.read.fields import Sentence
from reportgen.read.words import plain_line

MAX_STEM = (
    48  # letters of a name in a file name; ext4 takes 255 bytes, Windows 260 letters for the whole path
)


def recipients(composer: AwardComposer, signed: bool = False) -> tuple[Recipient, ...]:
    """The winners in the order of the list; `signed` chooses the words beside the code."""
    plan = composer.plan
    declared = plan.certificate
    if declared is None:
        return ()
    winners = composer.winners_in_order()
    width = max(4, len(str(len(winners))))
    return tuple(
        _recipient(composer, declared, decision, number, width, signed)
        for number, decision in enumerate(winners, 1)
    )


def check_citations(composer: AwardComposer) -> None:
    """Problems for a tier without words, words without a tier, and slots that mean nothing."""
    declared, tiers = composer.plan.certificate, composer.result.tiers
    if declared is None:
        return
    known = {tier.id for tier in tiers}
    for name, place in declared.places.items():
        if name not in known | {"default"}:
            words = ", ".join(["default", *sorted(known)])
            composer.problems.append(problem(place, "awards.is_no_tier", name_=name, words=words))
        composer.check(declared.by_tier[name], ("name", "post", "branch", "tier", "rewards", "group"))
    for tier in tiers:
        if tier.id not in declared.by_tier and "default" not in declared.by_tier:
            place = Place(composer.publication.file, column="certificate.citation")
            composer.problems.append(problem(place, "awards.tier_has_no_citation", id=tier.id))


def _recipient(
    composer: AwardComposer, declared: Citations, decision: Decision, number: int, width: int, signed: bool
) -> Recipient:
    person, plan = decision.person, composer.plan
    assert decision.tier
    serial = declared.serial.replace("{n}", f"{number:0{width}}")
    branch, post, name = (
        composer.branch(person.branch),
        composer.post(person),
        composer.person(person, "certificates"),
    )
    groups = {group.id: group.label for group in composer.result.groups}
    own = {
        "name": name,
        "post": post,
        "branch": branch,
        "tier": decision.tier.label,
        "rewards": composer.rewards(decision),
        "group": groups.get(decision.group, Text("", "")),
    }
    award = Text(
        f"{plan.award.zh}（{decision.tier.label.zh}）", f"{plan.award.en} ({decision.tier.label.en})"
    )
    certificate = Certificate(
        heading=declared.heading,
        fields=(
            CertificateField("post", post),
            CertificateField("name", name),
            CertificateField("serial", composer.say("certificate.serial", serial=serial)),
        ),
        citation=tuple(_citation(composer, sentence, own) for sentence in _words(declared, decision)),
        issuer=composer.publication.issuer,
        signer=plan.head.title,
        signer_name=plan.head.name,
        date=formats.roc_date_in_words(plan.issued),
        check=composer.words["certificate.signed" if signed else "certificate.unsigned"],
        qr="",
        sample=composer.dataset.sample,
    )
    return Recipient(
        number=number,
        id=person.id,
        serial=serial,
        name=name,
        award=award,
        certificate=certificate,
        stem=f"{number:0{width}}-{safe(name.zh)}",
        title=composer.say("certificate.title", name=name, award=award),
        place=person.place,
        record={
            "number": str(number),
            "serial": serial,
            "id": person.id,
            "name_zh": name.zh,
            "name_en": name.en,
            "tier": decision.tier.id,
            "branch": person.branch,
            "issued": plan.issued.isoformat(),
        },
        issued=plan.issued,
        faults=tuple(composer.name_faults(person)),
    )


def _words(declared: Citations, decision: Decision) -> tuple[Sentence, ...]:
    assert decision.tier
    return declared.by_tier.get(decision.tier.id) or declared.by_tier.get("default", ())


def _citation(composer: AwardComposer, sentence: Sentence, own: Mapping[str, Text]) -> Line:
    """A certificate states no figure of the ledger: what is counted there is said as words."""
    return plain_line(said_whole(composer.sentence(sentence, own)))


def safe(name: str) -> str:
    """What of a name can stand in a file name on every system: letters and digits; the rest becomes `_`.

    The number before it keeps it apart from all others, and from names that Windows reserves (CON, NUL).
    """
    kept = re.sub(r"[^\w]+", "_", unicodedata.normalize("NFC", name)).strip("_")
    whole = "".join(letter for letter in kept if unicodedata.category(letter)[0] in "LN" or letter == "_")
    return whole[:MAX_STEM].strip("_") or "x"
