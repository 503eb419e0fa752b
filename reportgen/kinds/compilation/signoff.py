"""簽 the sign-off sheet: who asks whom to approve what."""

from __future__ import annotations

from reportgen.kinds.blocks import form_field, signatures
from reportgen.kinds.compilation.composer import MeetingComposer
from reportgen.kinds.papers import clauses
from reportgen.model import Block, Field, FieldRole, FormHead, Segment, Text, formats


def signoff(composer: MeetingComposer) -> list[Block]:
    """The form of a 簽, with empty places for signatures. What is not declared stays blank, never 「無」."""
    paper, words = composer.plan.signoff, composer.words

    def field(name: str, text: Text | None, role: FieldRole = "") -> Field:
        return form_field(composer, words[f"field.{name}"], text, role)

    archive = Text(paper.archive, paper.archive)
    head = FormHead(
        issuer=composer.publication.issuer,
        form=words["form.signoff"],
        archive=(field("archive", archive, "archive"), field("keep", paper.keep, "archive")),
        fields=(
            field("unit", paper.unit),
            field("day", formats.roc_date(paper.on)),
            field("speed", words[f"speed.{paper.speed}"] if paper.speed else None),
            field("secrecy", None),
            field("method", paper.method),
            field("attachment", paper.attachment),
        ),
    )
    blocks: list[Block] = [head, Segment(words["segment.subject"], composer.told(paper.subject))]
    for name, items in (("explanation", paper.explanation), ("proposal", paper.proposal)):
        if items:
            blocks.append(Segment(words[f"segment.{name}"], None, clauses(items, composer.told)))
    return [*blocks, signatures(composer, paper.columns())]
