"""The compilation of a ministerial meeting 部務會報重要事項彙編: one document from one layout, and two papers of it by themselves.

`plan` reads what an officer declares, `inputs` the instructions and the meeting before, `tracking` what must hold between them;
`summary`, `minutes` and
`instructions` are the parts of the papers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reportgen.kinds import extracts as taking
from reportgen.kinds.binding import Binder
from reportgen.kinds.compilation import instructions, minutes, summary
from reportgen.kinds.compilation.composer import MeetingComposer, short_day
from reportgen.kinds.compilation.inputs import files, read_before, read_tracked
from reportgen.kinds.compilation.plan import Plan
from reportgen.kinds.compose import numbers_in, strings
from reportgen.kinds.extracts import Extract, Others
from reportgen.kinds.material import Material
from reportgen.kinds.meetings import when
from reportgen.kinds.memos import memo
from reportgen.kinds.methods import Methods, symbols
from reportgen.kinds.own_blocks import own_blocks
from reportgen.model import (
    Block,
    Document,
    Listing,
    MethodAnnex,
    NoteBox,
    Paragraphs,
    Section,
    Setting,
    Text,
    formats,
)
from reportgen.model.errors import InputError, Problem, problem
from reportgen.read.schema import read_sound
from reportgen.read.words import plain_line

SETTINGS: Mapping[str, Setting] = {"compilation": "book", "signoff": "official"}


@dataclass(frozen=True)
class _Bound:
    """The annexes in the compilation: their blocks, and what they bring along."""

    extracts: tuple[Extract, ...] = ()
    blocks: tuple[tuple[Block, ...], ...] = ()


def document(material: Material, name: str) -> Document:
    """One paper of the meeting: `compilation`, `minutes` or `signoff`; InputError with all faults of all inputs."""
    problems: list[Problem] = []
    plan = read_sound(Plan, material.publication.source, problems, glossary=material.glossary)
    if plan is None:
        raise InputError(problems)
    before = read_before(material, plan, problems)
    tracked = read_tracked(material, plan, before, problems)
    others = Others(material.project, material.publication.name)
    extracts = taking.extracts(others, plan.annexes(), problems)
    problems.extend(_metric_faults(material, plan))
    if tracked is None:
        raise InputError(dict.fromkeys(problems))
    everything = MeetingComposer(material, plan, tracked, before, name)
    everything.problems += problems
    for sentence in plan.sentences():
        everything.told(sentence)
    tuple(_further(everything))  # for its faults
    everything.stop()
    composer = MeetingComposer(material, plan, tracked, before, name)
    if name == "signoff":
        return _document(composer, memo(composer, composer.plan.signoff, composer.told), _Bound())
    if name == "minutes":
        title = composer.heading("tracking.title", "s-tracking")
        blocks = [*minutes.minutes(composer), title, *instructions.tracking(composer)]
        return _document(composer, blocks, _Bound())
    return _document(composer, *_whole(composer, extracts))


def _metric_faults(material: Material, plan: Plan) -> Iterator[Problem]:
    known = [id_ for id_, metric in material.registry.metrics.items() if not metric.applies]
    for name in plan.summary.metrics:
        if not material.registry.complete(name) or "." in name:
            yield problem(plan.summary.spot.at("metrics"), "compilation.no_metric", metric=name, known=known)


# ---- the whole ----------------------------------------------------------------------------------


def _whole(composer: MeetingComposer, extracts: list[Extract]) -> tuple[list[Block], _Bound]:
    """Sign-off sheet, summary, agenda, minutes, instructions, annexes, methods: the contents go before the first section."""

    def head(number: int, name: str, flow: bool = False) -> Section:
        title = composer.words[f"{name}.title"]
        return Section(number=str(number), title=title, anchor=f"s-{name}", flow=flow)

    blocks = [
        *memo(composer, composer.plan.signoff, composer.told),
        *summary.summary(composer),
        head(2, "agenda"),
        minutes.agenda(composer),
        head(3, "minutes", flow=True),  # the agenda is short: the minutes begin below it
        *minutes.minutes(composer),
        head(4, "tracking"),
        *instructions.tracking(composer),
    ]
    bound = _Bound(tuple(extracts), tuple(Binder(composer).bind(extracts)))
    for number, (extract, inside) in enumerate(zip(extracts, bound.blocks, strict=True), 1):
        blocks += [_annex_head(composer, number, extract), _whence(composer, extract), *inside]
    return [*blocks, *_further(composer), head(5, "methods"), *_methods(composer, bound)], bound


def _further(composer: MeetingComposer) -> Iterator[Block]:
    """What the office adds behind the annexes; its numbers are stated, as all of a meeting's."""
    theme = composer.material.theme
    for number, part in enumerate(composer.plan.section, 1):
        across = part.orientation == "landscape"
        yield Section(number="", title=part.title, anchor=f"own-{number}", flow=part.flow, landscape=across)
        for block in part.block:
            page = theme.wide if across else theme.page
            yield from own_blocks(composer, block, composer.told, page, recorded=False)


def _annex_head(composer: MeetingComposer, number: int, extract: Extract) -> Section:
    annex = extract.annex
    name, title = composer.annex_name(number), annex.title or extract.name or extract.whole.title
    # A table or chart leaves half a page empty: what is no paper of its own begins below the annex before it.
    flow = number > 1 and bool(annex.take or annex.section)
    title = Text(f"{name.zh}　{title.zh}", f"{name.en}: {title.en}")
    across = annex.orientation == "landscape"
    return Section(number="", title=title, anchor=f"annex-{number}", flow=flow, landscape=across)


def _whence(composer: MeetingComposer, extract: Extract) -> Paragraphs:
    """Which publication the annex is from, and what it is called there."""
    whole = extract.whole
    name = next((block.name for block in extract.numbered()), None) if extract.annex.take else None
    slots = {"issuer": whole.issuer, "title": whole.title, "of": whole.subtitle, "period": whole.period}
    if name is not None and name.zh:
        return Paragraphs((composer.plain("annex.from_named", name=name, **slots),))
    return Paragraphs((composer.plain("annex.from", **slots),))


def _methods(composer: MeetingComposer, bound: _Bound) -> list[Block]:
    """How the figures are worked out, the signs, and what the document was made from."""
    words, methods = composer.words, Methods(composer.figures, composer.words)
    for name in composer.plan.summary.metrics:
        methods.use(name)
    definitions = {definition.anchor: definition for definition in methods.annex().definitions}
    printed = composer.ledger.printed
    origins = [(figure.origin.publication, figure.value.metric) for figure in printed if figure.origin]
    for definition in taking.definitions(bound.extracts, origins):
        definitions.setdefault(definition.anchor, definition)
    notes = ("method.rounding", *(("methods.ledger",) if bound.extracts else ()))
    return [
        NoteBox(None, tuple(plain_line(words[name]) for name in notes)),
        *([MethodAnnex(tuple(definitions.values()))] if definitions else []),
        symbols(words),
        Listing((), "colophon"),
    ]


def _document(composer: MeetingComposer, blocks: Iterable[Block], bound: _Bound) -> Document:
    publication, meeting = composer.publication, composer.plan.meeting
    own = [*_own_inputs(composer)]
    taken = [extract.whole for extract in bound.extracts]
    samples = (composer.tracked.dataset.sample, composer.dataset.sample, *(other.sample for other in taken))
    stated = {*numbers_in(_stated(composer)), *(number for other in taken for number in other.stated)}
    inputs = (*own, *(file for other in taken for file in other.inputs))
    made = composer.document(composer.paper, composer.words[f"paper.{composer.paper}"], blocks, inputs)
    if composer.paper == "compilation":
        made = replace(made, title=publication.title, subtitle=publication.subtitle)
    return replace(
        made,
        sample=next(filter(None, samples), None),
        extra={"day": formats.roc_date(meeting.on), "when": when(meeting), "place": meeting.place},
        attached=tuple(dict.fromkeys((*own, *(file for other in taken for file in other.attached or ())))),
        hidden={word: place for other in taken for word, place in other.hidden.items()},
        own_words=tuple(dict.fromkeys(words for other in taken for words in other.own_words)),
        stated=tuple(sorted(stated)),
        ordinals=0,
        setting=SETTINGS.get(composer.paper, ""),
    )


def _own_inputs(composer: MeetingComposer) -> Iterator[str]:
    """publication.toml and instructions of this meeting and the one before, and the tables of the figures."""
    yield composer.publication.file
    yield from files(composer.tracked.dataset)
    if composer.before:
        yield from composer.before.files()
    yield composer.dataset.file
    yield from (table.file for table in composer.figures.tables_used())
    yield composer.registry.file


def _stated(composer: MeetingComposer) -> Iterator[str]:
    """The words of the inputs that are printed with their numbers: dates, numbers of meetings and instructions, texts."""
    plan, meeting, before = composer.plan, composer.plan.meeting, composer.before
    yield from strings(composer.publication.raw)
    yield str(meeting.number)
    days = [meeting.on, plan.signoff.on]
    texts = [formats.roc_year(composer.year)]
    if before:
        yield str(before.number)
        texts.append(formats.roc_year(before.publication.period))
    for one in composer.tracked.instructions:
        days.append(one.deadline)
        yield f"{one.id} {one.meeting} {one.wording} {one.subject} {one.report} {one.reason}"
    for day in days:
        texts += [formats.roc_date(day), short_day(day)]
    for moment in filter(None, (meeting.at, meeting.until)):
        texts.append(formats.clock(moment.hour, moment.minute))
    yield from (f"{text.zh} {text.en}" for text in texts)
    most = max(len(composer.tracked.instructions), len(plan.matters()), len(plan.annex))
    yield from (str(number) for number in range(1, most + 1))  # rows and items are counted through
