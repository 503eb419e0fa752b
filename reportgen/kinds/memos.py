"""簽: who asks whom to approve what; a paper of its own, or the first page of a compilation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reportgen.kinds.blocks import form_field, signatures
from reportgen.kinds.compose import Composer
from reportgen.kinds.forms import ListItem, Posts, clauses, level_faults
from reportgen.kinds.letters import Classified, classified
from reportgen.model import Block, Field, FieldRole, FormHead, Line, Segment, Text, formats
from reportgen.read.fields import RocDate
from reportgen.read.schema import Fault, check
from reportgen.read.texts import Bilingual, Sentence


class SignOff(Classified, Posts):
    """What a 簽 says; what is not declared stays blank on paper."""

    unit: Bilingual
    on: RocDate
    archive: str = ""
    keep: Bilingual | None = None
    method: Bilingual | None = None
    attachment: Bilingual | None = None
    subject: Sentence
    explanation: tuple[ListItem, ...] = ()
    proposal: tuple[ListItem, ...] = ()

    @check
    def _levels(explanation: tuple[ListItem, ...], proposal: tuple[ListItem, ...]) -> Iterator[Fault]:
        yield from level_faults("explanation", explanation)
        yield from level_faults("proposal", proposal)

    def sentences(self) -> Iterator[Sentence]:
        yield self.subject
        yield from (item.sentence for item in (*self.explanation, *self.proposal))


def memo(composer: Composer, paper: SignOff, told: Callable[[Sentence], Line]) -> list[Block]:
    """The form, with empty places for signatures; `told` fills the slots of sentences."""
    words = composer.words

    def field(name: str, text: Text | None, role: FieldRole = "") -> Field:
        return form_field(composer, words[f"field.{name}"], text, role)

    head = FormHead(
        issuer=composer.publication.issuer,
        form=words["form.signoff"],
        archive=(
            field("archive", Text(paper.archive, paper.archive), "archive"),
            field("keep", paper.keep, "archive"),
        ),
        fields=(
            field("unit", paper.unit),
            field("day", formats.roc_date(paper.on)),
            field("speed", words[f"speed.{paper.speed}"] if paper.speed else None),
            field("secrecy", classified(composer, paper)),
            field("method", paper.method),
            field("attachment", paper.attachment),
        ),
    )
    blocks: list[Block] = [head, Segment(words["segment.subject"], told(paper.subject))]
    for name, items in (("explanation", paper.explanation), ("proposal", paper.proposal)):
        if items:
            blocks.append(Segment(words[f"segment.{name}"], None, clauses(items, told)))
    return [*blocks, signatures(composer, paper.columns())]
