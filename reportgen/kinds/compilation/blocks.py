"""The parts of a meeting's papers as blocks: sign-off sheet, summary, agenda, minutes, instructions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from reportgen.kinds.compilation.builder import Builder
from reportgen.kinds.compilation.plan import Matter
from reportgen.kinds.compilation.tracking import Instruction, counts
from reportgen.kinds.papers import clauses, joined, on_day
from reportgen.model import (
    Block,
    Cell,
    Column,
    Field,
    Fields,
    FormHead,
    Line,
    Note,
    Paragraphs,
    Printed,
    Row,
    Section,
    Segment,
    Table,
    Text,
    formats,
)
from reportgen.read.words import plain_line

EMPTY = Text("", "")
NO_FIGURE = Cell(text=EMPTY)


def same(words: str) -> Text:
    return Text(words, words)


# ---- 簽 the sign-off sheet -------------------------------------------------------------------------


def signoff(builder: Builder) -> list[Block]:
    """The form of a 簽, with empty places for signatures. What is not declared stays blank, never 「無」."""
    paper, words = builder.plan.signoff, builder.words

    def field(name: str, text: Text | None, role: str = "") -> Field:
        lines = (plain_line(text),) if text and text.zh else ()
        return Field(words[f"field.{name}"], lines, "archive" if role == "archive" else "")

    head = FormHead(
        issuer=builder.publication.issuer,
        form=words["form.signoff"],
        archive=(field("archive", same(paper.archive), "archive"), field("keep", paper.keep, "archive")),
        contact=(),
        fields=(
            field("unit", paper.unit),
            field("day", formats.roc_date(paper.day)),
            field("speed", words[f"speed.{paper.speed}"] if paper.speed else None),
            field("secrecy", None),
            field("method", paper.method),
            field("attachment", paper.attachment),
        ),
    )
    blocks: list[Block] = [head, Segment(words["segment.subject"], builder.sentence(paper.subject))]
    for name, items in (("explanation", paper.explanation), ("proposal", paper.proposal)):
        if items:
            blocks.append(Segment(words[f"segment.{name}"], None, clauses(items, builder.sentence)))
    return [*blocks, _signatures(builder)]


def _signatures(builder: Builder) -> Table:
    """承辦單位, 會辦單位, 決行 from left to right: posts, and below them room for name, seal and time."""
    paper, words = builder.plan.signoff, builder.words
    posts = [paper.drafting, paper.consulted, paper.deciding]
    rows = []
    for place in range(max(map(len, posts))):
        first, *others = (column[place] if place < len(column) else EMPTY for column in posts)
        rows.append(Row(head=first, cells=tuple(Cell(text=one) for one in others)))
    columns = (Column(words["signature.consulted"]), Column(words["signature.deciding"]))
    return Table(
        name=EMPTY,
        number="",
        anchor="t-signatures",
        caption=words["signature.caption"],
        stub=words["signature.drafting"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )


# ---- the summary ---------------------------------------------------------------------------------


def summary(builder: Builder) -> list[Block]:
    """One page for who reads no more: what was decided, who owes what until when, which figures moved."""
    words, plan = builder.words, builder.plan
    decided = tuple(
        Field(_plain(builder, matter), (builder.sentence(matter.brief or matter.decision),))
        for matter in plan.matters()
    )
    return [
        Section(number="1", title=words["summary.title"], anchor="s-summary", one_page=True),
        Section(number="", title=words["summary.decided"], anchor="s-decided", flow=True, level=2),
        Fields(decided),
        Section(number="", title=words["summary.owed"], anchor="s-owed", flow=True, level=2),
        Paragraphs((_standing(builder),)),
        *_owed(builder),
        *_moved(builder),
    ]


def _plain(builder: Builder, matter: Matter) -> Text:
    """A title as a label; its figures are told where the matter itself stands."""
    line = builder.sentence(matter.title)
    return Text(_said(line, "zh"), _said(line, "en"))


def _said(line: Line, half: str) -> str:
    runs = line.zh if half == "zh" else line.en
    return "".join(
        run if isinstance(run, str) else run.text.zh if half == "zh" else run.text.en for run in runs
    )


def _standing(builder: Builder) -> Line:
    """How many are open and overdue, and whose the overdue ones are."""
    late = builder.of("overdue")
    if not late:
        return builder.line("summary.none_overdue", open=builder.count("open"))
    offices = dict.fromkeys(one.office for one in late)
    parts = [
        builder.line(
            "summary.of_office", office=builder.tracked.office(id_), count=builder.count("overdue", id_)
        )
        for id_ in offices
    ]
    head = builder.line("summary.overdue", open=builder.count("open"), overdue=builder.count("overdue"))
    tail = builder.line("summary.overdue_end")
    zh = [run for place, part in enumerate(parts) for run in (*(["、"] if place else []), *part.zh)]
    en = [run for place, part in enumerate(parts) for run in (*([", "] if place else []), *part.en)]
    return Line((*head.zh, *zh, *tail.zh), (*head.en, *en, *tail.en))


def _owed(builder: Builder) -> list[Block]:
    """The open instructions by deadline."""
    words, meeting = builder.words, builder.plan.meeting
    found = sorted(builder.of("open"), key=lambda one: (one.deadline, one.id))
    if not found:
        return []
    rows = tuple(
        Row(
            head=short_day(one.deadline),
            cells=(
                Cell(text=words["tracking.overdue"] if one.overdue(meeting.day) else EMPTY),
                Cell(text=same(one.id)),
                Cell(text=one.subject),
                Cell(text=builder.tracked.office(one.office)),
            ),
        )
        for one in found
    )
    columns = tuple(Column(words[f"tracking.{name}"]) for name in ("mark", "id", "subject", "office"))
    table = Table(
        name=EMPTY,
        number="",
        anchor="t-owed",
        caption=words["summary.owed_caption"],
        stub=words["tracking.deadline"],
        columns=columns,
        rows=rows,
        unit=None,
        notes=(),
    )
    return [builder.named(table)]


def _moved(builder: Builder) -> list[Block]:
    """The metrics in the years that the meeting before and this one report on."""
    words, before = builder.words, builder.before
    if not builder.plan.metrics or before is None:
        return []
    was, now = before.publication.period, builder.publication.period
    figures, rows = builder.figures, []
    notes: dict[str, Note] = {}
    for reference in builder.plan.metrics:
        old, new, change = builder.moved(reference, was, now)
        unit = figures.registry.units
        name, head = figures.registry.metric(reference).name, unit[new.unit].head
        for one in (old, new, change):
            if one.gap:
                line = plain_line(builder.say("table.missing", reason=one.gap.reason))
                notes.setdefault(one.gap.reason.zh, Note("", line))
        cells = (Cell(old), Cell(new), Cell(_signed(change)), Cell(text=unit[change.unit].head))
        rows.append(Row(head=Text(f"{name.zh}（{head.zh}）", f"{name.en} ({head.en})"), cells=cells))
    columns = (
        Column(formats.roc_year(was), group=builder.say("moved.meeting", number=str(before.number))),
        Column(
            formats.roc_year(now), group=builder.say("moved.meeting", number=str(builder.plan.meeting.number))
        ),
        Column(words["moved.change"]),
        Column(words["moved.unit"]),
    )
    table = Table(
        name=EMPTY,
        number="",
        anchor="t-moved",
        caption=words["moved.caption"],
        stub=words["moved.metric"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=tuple(notes.values()),
    )
    return [
        Section(number="", title=words["moved.title"], anchor="s-moved", flow=True, level=2),
        builder.named(table),
    ]


def _signed(change: Printed) -> Printed:
    exact = change.value.exact
    rises = not change.gap and not isinstance(exact, str) and exact > 0  # type: ignore[operator]
    return replace(change, plain=f"+{change.plain}") if rises else change


def short_day(day: date) -> Text:
    """105/3/31 / 2016-03-31, for the column of a table."""
    return Text(f"{day.year - formats.ROC_OFFSET}/{day.month}/{day.day}", day.isoformat())


# ---- agenda and minutes --------------------------------------------------------------------------


def _groups(builder: Builder) -> list[tuple[str, tuple[Matter, ...]]]:
    plan = builder.plan
    return [("report", plan.reports), ("discussion", plan.discussions), ("motion", plan.motions)]


def agenda(builder: Builder) -> list[Block]:
    """The order of business, from what the minutes tell."""
    words = builder.words
    blank = (NO_FIGURE, NO_FIGURE)
    rows = [Row(head=words["minutes.opening"], cells=blank, role="group")]
    for name, matters in _groups(builder):
        rows.append(Row(head=words[f"minutes.{name}"], cells=blank, role="group"))
        for number, matter in enumerate(matters, 1):
            cells = (Cell(text=_plain(builder, matter)), Cell(text=matter.by))
            rows.append(Row(head=_item(builder, name, number), cells=cells))
    rows.append(Row(head=words["minutes.closing"], cells=blank, role="group"))
    columns = (Column(words["agenda.title_of"]), Column(words["agenda.by"]))
    table = Table(
        name=EMPTY,
        number="",
        anchor="t-agenda",
        caption=words["agenda.caption"],
        stub=words["agenda.item"],
        columns=columns,
        rows=tuple(rows),
        unit=None,
        notes=(),
    )
    return [builder.named(table)]


def _item(builder: Builder, name: str, number: int) -> Text:
    return builder.say(f"minutes.{name}_item", number=Text(formats.chinese_number(number), str(number)))


def minutes(builder: Builder) -> list[Block]:
    """時間 … 紀錄, then 壹 to 伍."""
    words, meeting = builder.words, builder.plan.meeting
    blocks: list[Block] = [_facts(builder), _part(builder, "opening")]
    blocks.append(Paragraphs(tuple(builder.sentence(one) for one in meeting.opening)))
    for name, matters in _groups(builder):
        blocks.append(_part(builder, name))
        if not matters:
            blocks.append(Paragraphs((plain_line(words["minutes.none"]),)))
        for number, matter in enumerate(matters, 1):
            blocks.append(_matter(builder, name, number, matter))
    blocks.append(_part(builder, "closing"))
    if meeting.until:
        clock = formats.clock(meeting.until.hour, meeting.until.minute)
        blocks.append(Paragraphs((builder.line("minutes.closed", time=clock),)))
    return blocks


def _part(builder: Builder, name: str) -> Section:
    return Section(number="", title=builder.words[f"minutes.{name}"], anchor=f"s-{name}", flow=True, level=2)


def when(builder: Builder) -> Text:
    meeting = builder.plan.meeting
    day, clock = on_day(meeting.day), formats.clock(meeting.at.hour, meeting.at.minute)
    return Text(f"{day.zh}{clock.zh}", f"{day.en}, {clock.en}")


def _facts(builder: Builder) -> Fields:
    words, meeting = builder.words, builder.plan.meeting
    told = (
        ("time", when(builder)),
        ("place", meeting.place),
        ("chair", meeting.chair),
        ("present", _people(meeting.present)),
        ("attending", _people(meeting.attending)),
        ("recorder", meeting.recorder),
    )
    return Fields(
        tuple(Field(words[f"minutes.{name}"], (plain_line(text),)) for name, text in told if text.zh)
    )


def _people(people: Iterable[Text]) -> Text:
    """English names hold commas, so that semicolons part them."""
    people = list(people)
    return Text(joined(people).zh, "; ".join(one.en for one in people))


def _matter(builder: Builder, name: str, number: int, matter: Matter) -> Fields:
    words = builder.words
    fields = [
        Field(_item(builder, name, number), (builder.sentence(matter.title),)),
        Field(words["minutes.by"], (plain_line(matter.by),)),
    ]
    if matter.reason:
        fields.append(Field(words["minutes.reason"], (builder.sentence(matter.reason),)))
    said = "explanation" if name == "discussion" else "text"
    fields.append(Field(words[f"minutes.{said}"], _numbered([builder.sentence(one) for one in matter.body])))
    fields.append(Field(words[f"minutes.{name}_decision"], (builder.sentence(matter.decision),), "decision"))
    return Fields(tuple(fields))


def _numbered(lines: list[Line]) -> tuple[Line, ...]:
    """一、 二、 before each of several; one alone has no number."""
    if len(lines) < 2:
        return tuple(lines)
    marks = [formats.clause_number(1, number) for number in range(1, len(lines) + 1)]
    return tuple(
        Line((mark.zh, *line.zh), (f"{mark.en} ", *line.en)) for mark, line in zip(marks, lines, strict=True)
    )


# ---- instructions --------------------------------------------------------------------------------


def tracking(builder: Builder) -> list[Block]:
    """How many instructions are tracked, released, open and overdue by office, and 主席指示事項列管表."""
    key = "tracking.carried" if builder.before else "tracking.first"
    before = str(builder.before.number) if builder.before else ""
    intro = builder.line(
        key,
        tracked=builder.count("tracked"),
        given=builder.count("given"),
        released=builder.count("released"),
        open=builder.count("open"),
        overdue=builder.count("overdue"),
        before=before,
    )
    return [
        Paragraphs((intro, plain_line(builder.words["tracking.note"]))),
        _by_office(builder),
        _instructions(builder),
    ]


def _instructions(builder: Builder) -> Table:
    words = builder.words
    rows = tuple(_row(builder, number, one) for number, one in enumerate(builder.tracked.instructions, 1))
    names = ("meeting", "instruction", "office", "report", "deadline", "status")
    columns = tuple(Column(words[f"tracking.{name}"]) for name in names)
    return builder.named(
        Table(
            name=EMPTY,
            number="",
            anchor="t-tracking",
            caption=words["tracking.caption"],
            stub=words["tracking.number"],
            columns=columns,
            rows=rows,
            unit=None,
            notes=(),
            flows=True,
        )
    )


def _row(builder: Builder, number: int, one: Instruction) -> Row:
    words = builder.words
    report = one.report or words["tracking.new"]
    if one.reason:
        report = builder.say("tracking.moved", report=report, reason=one.reason)
    status = words["tracking.released" if one.released else "tracking.open"]
    if one.overdue(builder.plan.meeting.day):
        status = builder.say("tracking.late", mark=words["tracking.overdue"], status=status)
    cells = (
        same(str(one.meeting)),
        builder.say("tracking.told", id=one.id, instruction=one.wording),
        builder.tracked.office(one.office),
        report,
        short_day(one.deadline),
        status,
    )
    return Row(head=same(str(number)), cells=tuple(Cell(text=cell) for cell in cells))


def _by_office(builder: Builder) -> Table:
    words, day = builder.words, builder.plan.meeting.day
    names = ("tracked", "released", "open", "overdue")
    rows = [
        Row(head=builder.tracked.office(id_), cells=tuple(Cell(builder.count(name, id_)) for name in names))
        for id_ in counts(builder.tracked.instructions, day)
    ]
    rows.append(
        Row(head=words["table.total"], cells=tuple(Cell(builder.count(name)) for name in names), role="total")
    )
    columns = tuple(Column(words[f"tracking.count_{name}"]) for name in names)
    return builder.named(
        Table(
            name=EMPTY,
            number="",
            anchor="t-offices",
            caption=words["tracking.by_office"],
            stub=words["tracking.office"],
            columns=columns,
            rows=tuple(rows),
            unit=builder.figures.registry.units["count"].head,
            notes=(),
        )
    )
