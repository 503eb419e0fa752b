"""Everything a certificate needs of each winner, in the order of the list: words, serial number, file name.

How a certificate looks, is signed and becomes a file is not known here.
"""

from __future__ import annotations

import re
import unicodedata

from reportgen.compute.rules.model import Decision
from reportgen.kinds.awards.composer import AwardComposer
from reportgen.kinds.awards.merging import cells_of_person, slots_of_person
from reportgen.kinds.awards.plan import Citations
from reportgen.model import Certificate, CertificateField, Recipient, Text, formats
from reportgen.model.errors import Problem
from reportgen.read.words import plain_line

MAX_STEM = (
    48  # letters of a name in a file name; ext4 takes 255 bytes, Windows 260 letters for the whole path
)


def recipients(composer: AwardComposer) -> list[Recipient]:
    """The winners in the order of the list."""
    declared = composer.plan.certificate
    if declared is None:
        return []
    winners = composer.winners_in_order()
    width = max(4, len(str(len(winners))))
    return [
        _recipient(composer, declared, decision, f"{number:0{width}}")
        for number, decision in enumerate(winners, 1)
    ]


def _recipient(composer: AwardComposer, declared: Citations, decision: Decision, number: str) -> Recipient:
    """`number` is the place in the list with its leading zeros."""
    person, plan, tier = decision.person, composer.plan, decision.tier
    assert tier
    serial = composer.stated(declared.serial.replace("{n}", number))
    certificate, faults = _certificate(composer, declared, decision, serial)
    name = composer.person(person, "certificates")
    award = Text(f"{plan.award.zh}（{tier.label.zh}）", f"{plan.award.en} ({tier.label.en})")
    return Recipient(
        number=int(number),
        id=person.id,
        serial=serial,
        name=name,
        award=award,
        certificate=certificate,
        stem=f"{number}-{safe(name.zh)}",
        title=composer.say("certificate.title", name=name, award=award),
        place=person.place,
        record={
            "number": str(int(number)),
            "serial": serial,
            "id": person.id,
            "name_zh": name.zh,
            "name_en": name.en,
            "tier": tier.id,
            "branch": person.branch,
            "issued": plan.issued.isoformat(),
        },
        issued=plan.issued,
        faults=(*composer.name_faults(person), *faults),
    )


def _certificate(
    composer: AwardComposer, declared: Citations, decision: Decision, serial: str
) -> tuple[Certificate, list[Problem]]:
    """What the certificate says, and what is wrong with a cell that its citation asks for.

    The words beside the code are printed where it is signed: for a signature that is not there nothing stands on it.
    """
    person, plan, tier = decision.person, composer.plan, decision.tier
    assert tier
    own = slots_of_person(composer, decision, "certificates")
    words = declared.citation.get(tier.id) or declared.citation.get("default", ())
    cells, faults = cells_of_person(composer, person, "certificates", words)
    slots = {**own, **cells}
    made = Certificate(
        heading=declared.heading,
        fields=(
            CertificateField("post", own["post"]),
            CertificateField("name", own["name"]),
            CertificateField("serial", composer.say("certificate.serial", serial=serial)),
        ),
        # A certificate states no figure of the ledger: what is counted there is said as words.
        citation=tuple(
            plain_line(composer.in_words(composer.sentence(sentence, slots))) for sentence in words
        ),
        issuer=composer.publication.issuer,
        signer=plan.head.title,
        signer_name=plan.head.name,
        date=composer.stated(formats.roc_date_in_words(plan.issued)),
        check=composer.words["certificate.signed"],
        sample=composer.dataset.sample,
        upright=declared.upright,
        preprinted=declared.preprinted,
        bleed_mm=declared.press.bleed if declared.press else 0,
        foil=bool(declared.press and declared.press.foil),
    )
    return made, faults


def safe(name: str) -> str:
    """What of a name can stand in a file name on every system: letters and digits; the rest becomes `_`.

    The number before it keeps it apart from all others, and from names that Windows reserves (CON, NUL).
    """
    kept = re.sub(r"[^\w]+", "_", unicodedata.normalize("NFC", name)).strip("_")
    whole = "".join(letter for letter in kept if unicodedata.category(letter)[0] in "LN" or letter == "_")
    return whole[:MAX_STEM].strip("_") or "x"
