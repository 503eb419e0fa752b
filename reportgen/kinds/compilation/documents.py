"""The compilation of a ministerial meeting 部務會報重要事項彙編: one document from one layout, and two papers of it by themselves.

`plan` reads what an officer declares, `tracking` the instructions and what must hold from one meeting to the next, `annexes`
takes parts of other publications, `builder` puts figures into words, `blocks` knows the parts. No layout, no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from reportgen.kinds import kinds
from reportgen.kinds.compilation import annexes, blocks, tracking
from reportgen.kinds.compilation.builder import Before, Builder, Tracked
from reportgen.kinds.compilation.plan import PAPERS, Plan, read_meeting, read_plan
from reportgen.kinds.material import Material
from reportgen.kinds.methods import Methods, symbols
from reportgen.kinds.stated import numbers_in, strings
from reportgen.model import (
    Block,
    Document,
    Listing,
    MethodAnnex,
    NoteBox,
    Paragraphs,
    Printed,
    Section,
    Text,
    formats,
)
from reportgen.model.errors import InputError, Place, Problem, ReportgenError, problem
from reportgen.model.messages import told
from reportgen.read import tables
from reportgen.read.publications import read_publication
from reportgen.read.tables import Dataset
from reportgen.read.words import plain_line

__all__ = ["PAPERS", "document"]


@dataclass(frozen=True)
class _Bound:
    """The annexes in the compilation: their blocks, and what they bring along."""

    parts: tuple[annexes.Part, ...] = ()
    blocks: tuple[tuple[Block, ...], ...] = ()
    printed: tuple[Printed, ...] = ()


def document(material: Material, name: str) -> Document:
    """One paper of the meeting: `compilation`, `minutes` or `signoff`; InputError with all faults of all inputs."""
    plan = read_plan(material.publication, material.glossary)
    problems: list[Problem] = []
    before = _before(material, plan, problems)
    tracked = _tracked(material, plan, before, problems)
    taken = _taken(material, plan, problems)
    _check_metrics(material, plan, problems)
    if tracked is None or problems:
        raise InputError(dict.fromkeys(problems))
    everything = Builder(material, plan, tracked, before, name)
    everything.check(plan.sentences())
    if everything.problems:
        raise InputError(dict.fromkeys(everything.problems))
    builder = Builder(material, plan, tracked, before, name)
    if name == "signoff":
        return _document(builder, name, blocks.signoff(builder), _Bound())
    if name == "minutes":
        title = Section(
            number="", title=builder.words["tracking.title"], anchor="s-tracking", flow=True, level=2
        )
        made = [*blocks.minutes(builder), title, *blocks.tracking(builder)]
        return _document(builder, name, made, _Bound())
    made, bound = _whole(builder, taken)
    return _document(builder, name, made, bound)


# ---- inputs -------------------------------------------------------------------------------------


def _before(material: Material, plan: Plan, problems: list[Problem]) -> Before | None:
    """The meeting before, with the table of its instructions."""
    if not plan.previous:
        return None
    place = Place(material.publication.file, column="previous")

    def fault(en: str, zh: str) -> None:
        problems.append(Problem(place, en, zh))

    try:
        publication = read_publication(material.project, plan.previous, kinds(), material.glossary)
        if publication.kind != "compilation":
            fault(*told("compilation.is_publication_kind", previous=plan.previous, kind=publication.kind))
            return None
        meeting, name = read_meeting(publication, material.glossary)
        dataset = tables.read_dataset(material.project, name, [tracking.TABLE])
    except ReportgenError as error:
        for one in error.problems:
            fault(
                *told(
                    "compilation.cannot_read", previous=plan.previous, it=Text(one.say("zh"), one.say("en"))
                )
            )
        return None
    if meeting.number >= plan.meeting.number or meeting.day >= plan.meeting.day:
        fault(
            *told(
                "compilation.is_meeting_one_is",
                previous=plan.previous,
                number=meeting.number,
                day=meeting.day,
                number2=plan.meeting.number,
                day2=plan.meeting.day,
            )
        )
    if publication.period > material.publication.period:
        fault(
            *told(
                "compilation.reports_one",
                previous=plan.previous,
                period=publication.period,
                period2=material.publication.period,
            )
        )
    return Before(publication, meeting.number, meeting.day, dataset)


def _tracked(
    material: Material, plan: Plan, before: Before | None, problems: list[Problem]
) -> Tracked | None:
    """The instructions of this meeting, held against those of the one before."""
    try:
        dataset = tables.read_dataset(material.project, plan.instructions, [tracking.TABLE])
        found, faults = tracking.read(dataset, material.glossary)
    except InputError as error:
        problems.extend(error.problems)
        return None
    problems.extend(faults)
    number, days = plan.meeting.number, {plan.meeting.number: plan.meeting.day}
    file = dataset.tables[tracking.TABLE].file
    if before:
        days[before.number] = before.day
        try:
            old, _ = tracking.read(before.dataset, None)
            problems.extend(tracking.carried(old, found, before.number, number, file))
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(tracking.check(found, number, days))
    return Tracked(dataset, found)


def _taken(material: Material, plan: Plan, problems: list[Problem]) -> list[annexes.Part]:
    try:
        return annexes.parts(material.project, material.publication.name, plan.annexes)
    except InputError as error:
        problems.extend(error.problems)
        return []


def _check_metrics(material: Material, plan: Plan, problems: list[Problem]) -> None:
    for name in plan.metrics:
        if not material.registry.complete(name) or "." in name:
            known = ", ".join(id_ for id_, one in material.registry.metrics.items() if not one.applies)
            problems.append(
                problem(
                    Place(material.publication.file, column="summary: metrics"),
                    "compilation.is_no_metric",
                    name_=name,
                    it=Text(known.replace(", ", "、"), known),
                )
            )


# ---- the whole ----------------------------------------------------------------------------------


def _whole(builder: Builder, taken: list[annexes.Part]) -> tuple[list[Block], _Bound]:
    """Sign-off sheet, summary, agenda, minutes, instructions, annexes, methods: the contents go before the first section."""
    words = builder.words
    made: list[Block] = [*blocks.signoff(builder), *blocks.summary(builder)]
    for number, (name, blocks_of) in enumerate(
        (("agenda", blocks.agenda), ("minutes", blocks.minutes), ("tracking", blocks.tracking)), 2
    ):
        # The agenda is short: the minutes begin below it.
        head = Section(
            number=str(number), title=words[f"{name}.title"], anchor=f"s-{name}", flow=name == "minutes"
        )
        made += [head, *blocks_of(builder)]
    binder = annexes.Binder(words=words, figures=len(builder.figures.ledger.printed), number=builder.number)
    bound = _Bound(tuple(taken), tuple(binder.bind(taken)))
    for number, (part, inside) in enumerate(zip(bound.parts, bound.blocks, strict=True), 1):
        made += [_annex_head(builder, number, part), _whence(builder, part), *inside]
    bound = replace(bound, printed=tuple(binder.printed.values()))
    return [*made, *_methods(builder, bound)], bound


def _annex_head(builder: Builder, number: int, part: annexes.Part) -> Section:
    name, title = builder.annex_name(number), part.annex.title or part.name or part.whole.title
    # A table or chart leaves half a page empty: what is no paper of its own begins below the annex before it.
    flow = number > 1 and bool(part.annex.take or part.annex.section)
    return Section(
        number="",
        title=Text(f"{name.zh}　{title.zh}", f"{name.en}: {title.en}"),
        anchor=f"annex-{number}",
        flow=flow,
    )


def _whence(builder: Builder, part: annexes.Part) -> Paragraphs:
    """Which publication the annex is from, and what it is called there."""
    whole = part.whole
    called = next((one.name for one in part.blocks if part.annex.take and hasattr(one, "name")), None)
    slots = {"issuer": whole.issuer, "title": whole.title, "of": whole.subtitle, "period": whole.period}
    if called is not None and called.zh:
        return Paragraphs((plain_line(builder.say("annex.from_named", name=called, **slots)),))
    return Paragraphs((plain_line(builder.say("annex.from", **slots)),))


def _methods(builder: Builder, bound: _Bound) -> list[Block]:
    """How the figures are worked out, the signs, and what the document was made from."""
    words = builder.words
    methods = Methods(builder.figures, words)
    for name in builder.plan.metrics:
        methods.use(name)
    known = {one.anchor: one for one in methods.annex().definitions}
    for one in annexes.definitions(bound.parts, bound.printed):
        known.setdefault(one.anchor, one)
    told = ("method.rounding", *(("methods.ledger",) if bound.parts else ()))
    made: list[Block] = [
        Section(number=str(5), title=words["methods.title"], anchor="s-methods"),
        NoteBox(None, tuple(plain_line(words[name]) for name in told)),
    ]
    if known:
        made.append(MethodAnnex(tuple(known.values())))
    return [*made, symbols(words), Listing((), "colophon")]


def _document(builder: Builder, name: str, made: Iterable[Block], bound: _Bound) -> Document:
    publication, meeting, words = builder.publication, builder.plan.meeting, builder.words
    called = words[f"paper.{name}"]
    whole = name == "compilation"
    year = formats.roc_year(publication.period)
    own = tuple(dict.fromkeys(_own_inputs(builder)))
    parts = bound.parts
    wholes = [part.whole for part in parts]
    sample = next(
        (
            one
            for one in (
                builder.tracked.dataset.sample,
                builder.material.dataset.sample,
                *(whole.sample for whole in wholes),
            )
            if one
        ),
        None,
    )
    return Document(
        publication=publication.name,
        kind=publication.kind,
        title=publication.title if whole else called,
        subtitle=publication.subtitle if whole else publication.title,
        issuer=publication.issuer,
        period=Text(f"{publication.period}年度", year.en),
        sample=sample,
        keywords=Text(f"{publication.title.zh}、{called.zh}", f"{publication.title.en}, {called.en}"),
        blocks=tuple(made),
        printed=(*builder.figures.ledger.printed, *bound.printed),
        inputs=tuple(dict.fromkeys((*own, *(file for one in wholes for file in one.inputs)))),
        extra={"day": formats.roc_date(meeting.day), "when": blocks.when(builder), "place": meeting.place},
        name=name,
        attached=tuple(dict.fromkeys((*own, *(file for one in wholes for file in one.attached or ())))),
        hidden=tuple(dict.fromkeys(hidden for one in wholes for hidden in one.hidden)),
        stated=tuple(sorted({*numbers_in(_stated(builder)), *(n for one in wholes for n in one.stated)})),
    )


def _own_inputs(builder: Builder) -> Iterator[str]:
    """publication.toml and instructions of this meeting and the one before, and the tables of the figures."""
    material, before = builder.material, builder.before
    yield material.publication.file
    yield from _files(builder.tracked.dataset)
    if before:
        yield before.publication.file
        yield from _files(before.dataset)
    yield material.dataset.file
    yield from (table.file for table in builder.figures.tables_used())
    yield material.registry.file


def _files(dataset: Dataset) -> Iterator[str]:
    yield dataset.file
    yield from (table.file for table in dataset.tables.values())


def _stated(builder: Builder) -> Iterator[str]:
    """The words of the inputs that are printed with their numbers: dates, numbers of meetings and instructions, texts."""
    plan, meeting, before = builder.plan, builder.plan.meeting, builder.before
    yield from strings(builder.publication.raw)
    yield str(meeting.number)
    days: list[date] = [meeting.day, plan.signoff.day]
    if before:
        yield str(before.number)
        yield from _year(before.publication.period)
    yield from _year(builder.publication.period)
    for one in builder.tracked.instructions:
        days.append(one.deadline)
        yield f"{one.id} {one.meeting} {one.wording} {one.subject} {one.report} {one.reason}"
    for day in days:
        for text in (formats.roc_date(day), blocks.short_day(day)):
            yield f"{text.zh} {text.en}"
    for moment in (meeting.at, *([meeting.until] if meeting.until else [])):
        clock = formats.clock(moment.hour, moment.minute)
        yield f"{clock.zh} {clock.en}"
    most = max(len(builder.tracked.instructions), len(plan.matters()), len(plan.annexes))
    yield from (str(number) for number in range(1, most + 1))  # rows and items are counted through


def _year(period: int) -> Iterator[str]:
    text = formats.roc_year(period)
    yield f"{text.zh} {text.en}"
