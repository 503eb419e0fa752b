"""The annual performance bulletin: from `publication.toml` and exact values to a tree of blocks.

No layout and no HTML: which figures, which words, in which order, with which notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from reportgen.compute import claims
from reportgen.compute.metrics import Figures
from reportgen.compute.narrative import Narrative
from reportgen.kinds.charting import FORMS, Charting
from reportgen.kinds.material import Material
from reportgen.kinds.methods import Methods, symbols
from reportgen.model import (
    Block,
    Card,
    Cell,
    Chart,
    ChartForm,
    ChartSpec,
    Column,
    Document,
    Gap,
    KeyFigures,
    Line,
    Listing,
    MethodAnnex,
    Note,
    NoteBox,
    PageBreak,
    Paragraphs,
    Point,
    Printed,
    Ref,
    Row,
    RowRole,
    Run,
    Section,
    Series,
    Table,
    Text,
    formats,
)
from reportgen.model.errors import InputError, Problem
from reportgen.model.kind import Kind
from reportgen.model.messages import told
from reportgen.read.publications import HEAD, Publication, Reader
from reportgen.read.tables import Dimension, Member
from reportgen.read.words import Glossary, Slot, Words, fill, plain_line, say

BLOCKS = (
    "key_figures",
    "narrative",
    "table",
    "chart",
    "ranking",
    "note",
    "page_break",
    "data_annex",
    "method_annex",
    "source_annex",
    "symbols",
    "colophon",
)
STORIES = ("trend", "extremes", "cumulative", "composition", "ranking")
METHODS = MethodAnnex(())  # stands for the annex of methods until all figures are known
SOURCES = Listing((), "sources")  # stands for the annex of sources until all figures are known
MARKS = "abcdefghijklmnopqrstuvwxyz"

KIND = Kind(name="bulletin", composer="reportgen.kinds.bulletin:document")


def document(material: Material, name: str) -> Document:
    """The bulletin; `name` is its own."""
    figures = Figures(
        material.dataset, material.registry, material.publication.period, material.publication.since
    )
    (made,) = documents(material.publication, figures, material.words, material.glossary)
    return made


def documents(
    publication: Publication, figures: Figures, words: Words, glossary: Glossary | None
) -> list[Document]:
    """The bulletin as one document; InputError lists all faults of its publication.toml."""
    builder = _Builder(publication, figures, words, glossary)
    document = builder.build()
    if builder.problems:
        raise InputError(dict.fromkeys(builder.problems))
    return [document]


@dataclass
class _Notes:
    """The footnotes of one table or chart: each reason once, marked a, b, c in order of appearance."""

    marks: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def mark(self, key: str, line: Line) -> str:
        if key not in self.marks:
            self.marks[key] = MARKS[len(self.marks) % 26]
            self.notes.append(Note(self.marks[key], line))
        return self.marks[key]

    def plain(self, line: Line) -> None:
        self.notes.append(Note("", line))

    def once(self, line: Line) -> None:
        if Note("", line) not in self.notes:
            self.plain(line)

    def all(self) -> tuple[Note, ...]:
        return tuple(sorted(self.notes, key=lambda note: (note.mark == "", note.mark)))


class _Builder:
    def __init__(
        self, publication: Publication, figures: Figures, words: Words, glossary: Glossary | None
    ) -> None:
        self.publication, self.figures, self.words = publication, figures, words
        self.problems: list[Problem] = []
        self.reader = Reader(publication.raw, publication.file, "", self.problems, glossary)
        self.narrative = Narrative(figures, words)
        self.charting = Charting(figures, words)
        self.numbered: dict[str, Ref] = {}
        self.data_tables: list[Table] = []
        self.unlisted: dict[str, Reader] = {}  # charts whose data table no annex has printed yet
        self.tables = self.charts = 0
        self.methods = Methods(figures, words)

    # -- the whole

    def build(self) -> Document:
        publication = self.publication
        for name in HEAD:
            self.reader._seen.add(name)
        sections = self.reader.tables("section", "section")
        self.reader.done()
        plan = [(section, section.text("title"), section.tables("block", "block")) for section in sections]
        for _, _, readers in plan:
            self._number(readers)
        blocks: list[Block] = []
        for number, (section, title, readers) in enumerate(plan, 1):
            if title:
                blocks.append(
                    Section(number=str(number), title=title, anchor=f"s-{number}", flow=section.yes("flow"))
                )
            section.done()
            for reader in readers:
                blocks.extend(self.block(reader, f"{number}"))
        dataset = self.figures.dataset
        for unlisted, chart in self.unlisted.items():
            chart.problem("data", *told("bulletin.figures_chart_stand_no_table", unlisted=unlisted))
        year = formats.roc_year(publication.period)
        return Document(
            publication=publication.name,
            kind=publication.kind,
            title=publication.title,
            subtitle=publication.subtitle,
            issuer=publication.issuer,
            period=Text(f"{publication.period}年度", year.en),
            sample=dataset.sample,
            keywords=Text(
                "、".join((publication.title.zh, publication.issuer.zh)),
                ", ".join((publication.title.en, publication.issuer.en)),
            ),
            blocks=tuple(
                self._sources() if block is SOURCES else self.methods.annex() if block is METHODS else block
                for block in blocks
            ),
            printed=self.figures.ledger.printed,
            inputs=(
                publication.file,
                dataset.file,
                *(t.file for t in self.figures.tables_used()),
                self.figures.registry.file,
            ),
            extra={"period": self._say("cover.period", first=formats.roc_year(publication.since), last=year)},
        )

    def _number(self, readers: Iterable[Reader]) -> None:
        """Tables and figures get their numbers before any text is filled, so that texts can point ahead."""
        for reader in readers:
            kind, id_ = reader.raw.get("block"), reader.raw.get("id")
            if kind in ("table", "ranking"):
                self.tables += 1
                ref = Ref(id_ or f"table-{self.tables}", self._say("table.name", number=str(self.tables)))
            elif kind == "chart":
                self.charts += 1
                ref = Ref(id_ or f"chart-{self.charts}", self._say("chart.name", number=str(self.charts)))
            else:
                continue
            if not re.fullmatch(r"[A-Za-z][\w-]*", str(ref.anchor)):
                reader.problem("id", *told("bulletin.is_no_id", anchor=ref.anchor))
                ref = Ref(f"bad-{len(self.numbered)}", ref.text)
            if ref.anchor in self.numbered:
                reader.problem("id", *told("bulletin.is_used_twice", anchor=ref.anchor))
            self.numbered[ref.anchor] = ref
            self.numbered[f"@{id(reader)}"] = ref

    def _say(self, name: str, /, **slots: str | Text) -> Text:
        return say(self.words, name, **slots)

    # -- blocks

    def block(self, reader: Reader, section: str) -> list[Block]:
        kind = reader.word("block", BLOCKS)
        if reader.raw.get("block") != kind:  # word() falls back to the first choice
            return []
        try:
            made: list[Block] = getattr(self, f"_{kind}")(reader)
        except InputError as error:
            self.problems.extend(
                Problem(reader.place(problem.place.column), problem.en, problem.zh)
                for problem in error.problems
            )
            made = []
        reader.done()
        return made

    def _page_break(self, reader: Reader) -> list[Block]:
        return [PageBreak()]

    def _note(self, reader: Reader) -> list[Block]:
        text = reader.text("text")
        return (
            [NoteBox(reader.text("title", required=False), (self._line(text, reader, "text"),))]
            if text
            else []
        )

    def _key_figures(self, reader: Reader) -> list[Block]:
        cards = []
        for reference in reader.words("metrics"):
            metric = self.charting.metric(reference, reader, "metrics")
            if metric is None:
                continue
            figures = self.figures
            now = figures.figure(reference)
            change = figures.on_the_year_before(reference)
            if isinstance(change.exact, Gap):
                line = plain_line(self._say("key.gap", reason=change.exact.reason))
            else:
                printed = figures.ledger.print(change)
                signed = Text(
                    *(("+" if change.exact > 0 else "") + printed.text.say(lang) for lang in ("zh", "en"))
                )
                shown = Printed(
                    number=printed.number,
                    value=printed.value,
                    plain=printed.plain,
                    text=signed,
                    unit=printed.unit,
                )
                line = fill(self.words["key.change"], {"change": shown}.__getitem__)
            years = range(self.publication.since, self.publication.period + 1)
            points = tuple(Point("value", year, figures.figure(reference, year)) for year in years)
            spark = self.charting.bare(
                "spark",
                reference,
                (Series("value", metric.name),),
                self.charting.year_axis(years),
                points,
                width=44.0,
                height=11.0,
            )
            known = [p for p in points if p.figure.gap is None]
            cards.append(
                Card(
                    label=metric.name,
                    figure=now,
                    unit=figures.registry.units[now.unit].head,
                    change=line,
                    spark=spark if len(known) > 2 else None,
                )
            )
        return [KeyFigures(tuple(cards))] if cards else []

    def _narrative(self, reader: Reader) -> list[Block]:
        if reader.has("story"):
            return self._story(reader)
        text = reader.text("text")
        if text is None:
            return []
        if reader.has("claim"):
            claim = reader.word("claim")
            try:
                true, spoken = claims.holds(claim, self.figures)
                if not true:
                    reader.problem(
                        "claim",
                        *told("bulletin.sentence_claims_but_data_say", claim=claim, text=text, spoken=spoken),
                    )
            except claims.ExpressionError as error:
                reader.problem("claim", error.en, error.zh)
        return [Paragraphs((self._line(text, reader, "text"),), self._footnote(reader))]

    def _story(self, reader: Reader) -> list[Block]:
        story = reader.word("story", STORIES)
        reference = reader.word("metric")
        member = reader.word("member", default="")
        by = reader.word("by", default="")
        line_at = reader.whole("line", default=-1)
        if self.charting.metric(reference, reader, "metric") is None:
            return []
        lines: list[Line] = []
        if story in ("composition", "ranking"):
            dimension = self._dimension(by, reader)
            if dimension and story == "composition":
                lines = self.narrative.composition(reference, dimension)
            elif dimension:
                lines = self.narrative.ranking(
                    reference, dimension, Fraction(line_at, 100) if line_at >= 0 else None
                )
        else:
            where = self._members_named([member] if member else [], reader)
            if where is not None:
                lines = getattr(self.narrative, story)(reference, where)
        if not lines:
            reader.problem(
                "story",
                *told(
                    "bulletin.has_nothing_say",
                    story=story,
                    more=Text(
                        "4 個項目" if story == "ranking" else "至少 3 個年度或 2 個項目",
                        "4 members" if story == "ranking" else "at least 3 years or 2 members",
                    ),
                ),
            )
            return []
        return [Paragraphs((_joined(lines),), self._footnote(reader))]

    def _footnote(self, reader: Reader) -> Line | None:
        text = reader.text("footnote", required=False)
        return self._line(text, reader, "footnote") if text else None

    def _line(self, text: Text, reader: Reader, name: str) -> Line:
        """A text written by hand with its slots filled; faults go to the reader's problems."""

        def resolve(slot: str) -> Slot:
            if slot in ("period", "since", "previous"):
                years = {"period": 0, "previous": -1, "since": self.figures.first_year - self.figures.period}
                return formats.roc_year(self.figures.period + years[slot])
            if slot.startswith("ref:"):
                ref = self.numbered.get(slot[4:])
                if ref is None:
                    known = sorted(key for key in self.numbered if not key.startswith("@"))
                    reader.problem(
                        name,
                        f"there is no table or chart with id {slot[4:]!r}; known: {', '.join(known)}",
                        f"沒有代號為 {slot[4:]!r} 的表或圖",
                    )
                    return ""
                return ref
            try:
                return self.figures.ledger.print(claims.look_up(slot, self.figures))
            except claims.ExpressionError as error:
                reader.problem(name, f"{{{slot}}}: {error.en}", f"{{{slot}}}：{error.zh}")
                return ""

        return fill(text, resolve)

    # -- tables

    def _table(self, reader: Reader) -> list[Block]:
        reader.word("id", default="")
        caption = reader.text("caption")
        rows = reader.word("rows", ("years", *self.figures.dataset.dimensions))
        by = reader.word("by", ("", "years", *self.figures.dataset.dimensions), default="")
        first = reader.whole("from", default=self.publication.since)
        last = reader.whole("to", default=self.publication.period)
        shade, total = reader.words("shade", required=False), reader.yes("total")
        unit = reader.word("unit", ("", *self.figures.registry.units), default="")
        if by:
            metric = reader.word("metric")
            references = [metric] if self.charting.metric(metric, reader, "metric") else []
        else:
            references = [r for r in reader.words("columns") if self.charting.metric(r, reader, "columns")]
        if not caption or not references or (first > last):
            if first > last:
                reader.problem("from", *told("bulletin.is_after", first=first, last=last))
            return []
        for name in shade:
            if name not in references:
                known = ", ".join(references)
                reader.problem("shade", *told("bulletin.is_no_column_table", name_=name, known=known))
        years = range(first, last + 1)
        grid = _Grid(self, unit)
        heads, keys = grid.rows(rows, years, total)
        columns, cell_keys = grid.columns(references, by, years)
        body: list[Row] = []
        notes = _Notes()
        self._column_notes(columns, cell_keys, keys, notes)
        for (head, mark_for, role), key in zip(heads, keys, strict=True):
            cells = []
            for reference, extra in cell_keys:
                if key is None:
                    cells.append(self._sum_cell(reference, extra, years, notes))
                else:
                    cells.append(self._cell(reference, {**key, **extra}, unit, notes))
            mark = self._break_mark(mark_for, references, years, notes) if rows == "years" else ""
            latin = head.en if rows == "years" and role == "body" else ""
            body.append(Row(head=head, cells=tuple(cells), role=role, mark=mark, latin=latin))
        for id_ in (rows, by):
            if id_ in self.figures.dataset.dimensions:
                self._former_names(self.figures.dataset.dimensions[id_], years, "years" in (rows, by), notes)
        if shade:
            # A column of totals beside its parts would always be the darkest.
            parts = [i for i, (_, extra) in enumerate(cell_keys) if extra]
            shaded = parts if by else [i for i, (r, _) in enumerate(cell_keys) if r in shade]
            body = _shaded(body, shaded, whole=bool(by))
            notes.plain(plain_line(self.words["table.shade"]))
        return [
            self._finish_table(
                reader, caption, grid.stub(rows), columns, body, notes, references, unit, rows == "years"
            )
        ]

    def _former_names(self, dimension: Dimension, years: range, several: bool, notes: _Notes) -> None:
        """Over several years the heads bear the names of the last: a note says that there were others."""
        first = years.start if several else years[-1]
        for member in dimension.members:
            former = member.name_in(first)
            if former != member.name_in(years[-1]):
                until = next(last for last, name in member.names if name == former)
                slots = {
                    "year": formats.roc_year(years[-1]),
                    "until": formats.roc_year(until),
                    "member": member.name_in(years[-1]),
                    "former": former,
                }
                notes.once(plain_line(self._say("table.former_names", **slots)))
                return

    def _finish_table(
        self,
        reader: Reader,
        caption: Text,
        stub: Text,
        columns: list[Column],
        body: list[Row],
        notes: _Notes,
        references: list[str],
        unit: str,
        years: bool,
    ) -> Table:
        ref = self.numbered[f"@{id(reader)}"]
        for reference in references:
            self.methods.use(reference)
        heads = {column.unit for column in columns}
        common = next(iter(heads)) if len(heads) == 1 and None not in heads else None
        if common is not None:
            columns = [Column(c.label, None, c.group, c.mark) for c in columns]
        sources = self._source_labels(row.cells for row in body)
        groups = tuple(range(5, len(body) - 1, 5)) if years and len(body) > 8 else ()
        number = ref.text.en.rpartition(" ")[2]
        return Table(
            name=ref.text,
            number=number,
            anchor=ref.anchor,
            caption=caption,
            stub=stub,
            columns=tuple(columns),
            rows=tuple(body),
            unit=common,
            notes=notes.all(),
            source=sources,
            break_after=groups,
        )

    def _cell(self, reference: str, key: Mapping[str, int | str], unit: str, notes: _Notes) -> Cell:
        name, _, member = reference.partition("@")
        full = dict(key)
        if member:
            full.update(self.charting.members_of(member))
        year = int(full.pop(self.figures.dataset.time, self.publication.period))
        value = self.figures.value(name, self.figures.key(year, members={k: str(v) for k, v in full.items()}))
        printed = self.figures.ledger.print(value, self._unit_for(name, unit))
        mark = ""
        if isinstance(value.exact, Gap) and value.exact.kind in ("not_available", "undefined"):
            reason = value.exact.reason
            mark = notes.mark(f"gap {reason.zh}", plain_line(self._say("table.missing", reason=reason)))
        elif isinstance(value.exact, Gap) and value.exact.kind == "none" and not value.sources:
            notes.once(plain_line(self._say("table.none", reason=value.exact.reason)))
        return Cell(printed, mark=mark)

    def _sum_cell(self, reference: str, extra: Mapping[str, int | str], years: range, notes: _Notes) -> Cell:
        """The foot of a table of years: the sum where the metric is a plain count or amount, else nothing."""
        name = reference.partition("@")[0]
        metric = self.figures.registry.metric(name)
        if metric.formula != name or name not in self.figures.dataset.measures:
            return Cell(text=Text("", ""))
        figures, member = self.figures, reference.partition("@")[2]
        if years.start == figures.first_year:
            return self._cell(
                f"cumulative.{reference}", {figures.dataset.time: years[-1], **extra}, "", notes
            )
        members = {
            **{k: str(v) for k, v in extra.items()},
            **(self.charting.members_of(member) if member else {}),
        }
        values = [figures.value(name, figures.key(year, members)) for year in years]
        exact = [value.exact for value in values]
        if any(isinstance(one, Gap) and one.kind != "none" for one in exact):
            return Cell(text=Text("", ""))
        total = sum((one for one in exact if isinstance(one, Fraction)), Fraction(0))
        formula = f"sum of {name}, {years.start} to {years[-1]}"
        summed = figures.summed(f"sum_from_{years.start}.{name}", total, formula, values)
        return Cell(summed)

    def _unit_for(self, reference: str, unit: str) -> str:
        """The table's unit where it measures the same as the metric's own: NT$ in NT$, cases stay cases."""
        own = self.figures.registry.metric(reference).unit
        return unit if unit and own.startswith("twd") and unit.startswith("twd") else own

    def _column_notes(
        self,
        columns: list[Column],
        cells: list[tuple[str, dict[str, int | str]]],
        keys: list[dict[str, int | str] | None],
        notes: _Notes,
    ) -> None:
        """A derived metric gets its declared note at the head of its column."""
        for place, (reference, extra) in enumerate(cells):
            for key in keys:
                if key is None:
                    continue
                full = {**key, **extra}
                name, _, member = reference.partition("@")
                full.update(self.charting.members_of(member) if member else {})
                year = int(full.pop(self.figures.dataset.time, self.publication.period))
                value = self.figures.value(
                    name, self.figures.key(year, members={k: str(v) for k, v in full.items()})
                )
                for derivation in value.notes:
                    old = columns[place]
                    columns[place] = Column(old.label, old.unit, old.group, self._derived(derivation, notes))
                if value.notes:
                    break

    def _derived(self, name: str, notes: _Notes) -> str:
        note = self.figures.dataset.derivations[name].note
        return notes.mark(f"derived {name}", plain_line(self._say("table.derived", note=note)))

    def _break_mark(self, year: int, references: Iterable[str], years: range, notes: _Notes) -> str:
        for found in self.figures.dataset.breaks:
            if (
                found.roc_year == year
                and year > years.start
                and self.charting.touches(found.measures, references)
            ):
                return notes.mark(f"break {year}", plain_line(found.text))
        return ""

    def _source_labels(self, rows: Iterable[tuple[Cell, ...]]) -> Text | None:
        files = {
            source.file
            for cells in rows
            for cell in cells
            if cell.figure
            for source in cell.figure.value.sources
        }
        labels = [table.label for table in self.figures.dataset.tables.values() if table.file in files]
        if not labels:
            return None
        return Text("、".join(label.zh for label in labels), "; ".join(label.en for label in labels))

    # -- ranking

    def _ranking(self, reader: Reader) -> list[Block]:
        reader.word("id", default="")
        caption, reference = reader.text("caption"), reader.word("metric")
        dimension = self._dimension(reader.word("by"), reader)
        others = reader.words("columns", required=False)
        if not caption or not dimension or not self.charting.metric(reference, reader, "metric"):
            return []
        others = [other for other in others if self.charting.metric(other, reader, "columns")]
        figures, notes = self.figures, _Notes()
        ranks = f"rank.{reference}"
        columns = [Column(self.words["table.rank"])]
        references = [reference, *others]
        columns += [Column(figures.registry.metric(r).name, self._head(r, "")) for r in references]
        members = [m for m in dimension.members if m.id in figures.members(dimension, figures.period)]

        def place(member: Member) -> tuple[Fraction, int]:
            exact = figures.value(ranks, figures.key(members={dimension.id: member.id})).exact
            return (Fraction(10**6) if isinstance(exact, Gap) else exact, members.index(member))

        cells: list[tuple[str, dict[str, int | str]]] = [(r, {}) for r in references]
        keys: list[dict[str, int | str] | None] = [{dimension.id: m.id} for m in members]
        self._column_notes(columns[1:], cells, keys, notes)
        body = [
            Row(
                head=member.name_in(figures.period),
                cells=tuple(
                    self._cell(r, {dimension.id: member.id}, "", notes) for r in [ranks, *references]
                ),
            )
            for member in sorted(members, key=place)
        ]
        whole = Row(
            head=self._whole(dimension),
            cells=(Cell(text=Text("", "")), *(self._cell(r, {}, "", notes) for r in references)),
            role="total",
        )
        table = self._finish_table(
            reader, caption, dimension.label, columns, [*body, whole], notes, references, "", False
        )
        return [table]

    def _whole(self, dimension: Dimension) -> Text:
        for member in dimension.members:
            if member.id == dimension.total:
                return member.label
        return self.words["table.total"]

    # -- charts

    def _chart(self, reader: Reader) -> list[Block]:
        reader.word("id", default="")
        caption, form = reader.text("caption"), cast(ChartForm, reader.word("form", FORMS))
        by = reader.word("by", ("", *self.figures.dataset.dimensions), default="")
        references = [r for r in reader.words("metrics") if self.charting.metric(r, reader, "metrics")]
        first = reader.whole("from", default=self.publication.since)
        last = reader.whole("to", default=self.publication.period)
        only, highlight = reader.words("members", required=False), reader.word("highlight", default="")
        data, target = reader.word("data", default=""), reader.whole("target", default=-1)
        height = reader.whole("height", default=0)
        if form in ("ranked_bar", "heat_map") and not by:
            reader.problem("by", *told("bulletin.is_missing", form=form))
            return []
        if first > last:
            reader.problem("from", *told("bulletin.is_after", first=first, last=last))
            return []
        if by and len(references) > 1:
            reader.problem("metrics", *told("bulletin.chart_shows_one_metric"))
        for name in [*only, *([highlight] if highlight else [])]:
            if not self.charting.members_of(name) and name not in references:
                self.charting.no_member(name, reader, "members" if name in only else "highlight")
        if not caption or not references:
            return []
        if len({self.figures.registry.metric(r.partition("@")[0]).unit for r in references}) > 1:
            reader.problem("metrics", *told("bulletin.all_metrics_chart_must_have"))
            return []
        years = range(first, last + 1)
        spec = self.charting.spec(form, references, by, years, only, highlight, target, float(height))
        if spec is None:
            reader.problem("members", *told("bulletin.nothing_draw"))
            return []
        ref, notes = self.numbered[f"@{id(reader)}"], _Notes()
        for reference in references:
            self.methods.use(reference)
        self._chart_notes(spec, notes, self.numbered.get(data))
        if by and form != "ranked_bar":
            self._former_names(self.figures.dataset.dimensions[by], years, True, notes)
        if data and data not in self.numbered:
            reader.problem("data", *told("bulletin.is_no_table_id", data=data))
        number = ref.text.en.rpartition(" ")[2]
        table = self.numbered.get(data)
        if table is None:
            table = self._data_table(caption, spec, references, number)
            self.unlisted[table.text.en.rpartition(" ")[2]] = reader
        points = self._source_labels([tuple(Cell(point.figure) for point in spec.points)])
        more = fill(self.words["chart.data"], lambda _slot: table)
        notes.plain(more)
        return [
            Chart(
                name=ref.text,
                number=number,
                anchor=ref.anchor,
                caption=caption,
                spec=spec,
                notes=notes.all(),
                source=points,
                data_table=table.anchor,
            )
        ]

    def _chart_notes(self, spec: ChartSpec, notes: _Notes, table: Ref | None) -> None:
        marked = {found.roc_year for found in spec.breaks}
        for found in self.figures.dataset.breaks:
            if found.roc_year in marked:
                year = formats.roc_year(found.roc_year)
                notes.plain(plain_line(self._say("chart.break_note", year=year, text=found.text)))
        for name in dict.fromkeys(name for point in spec.points for name in point.figure.value.notes):
            derivation = self.figures.dataset.derivations[name]
            if table is None:
                notes.plain(plain_line(self._say("table.derived", note=derivation.note)))
                continue
            slots: dict[str, Run | Text] = {"name": derivation.label, "table": table}
            notes.plain(self.narrative.say("chart.derived", slots))
        reasons = dict.fromkeys(
            point.figure.gap.reason
            for point in spec.points
            if point.figure.gap and point.figure.gap.kind != "blank"
        )
        for reason in reasons:
            notes.plain(plain_line(self._say("table.missing", reason=reason)))

    def _data_table(self, caption: Text, spec: ChartSpec, references: list[str], chart: str) -> Ref:
        """The figures of a chart that no table of the text holds, for the annex of data."""
        number = self.tables = self.tables + 1
        anchor = f"table-{number}"
        ref = Ref(anchor, self._say("table.name", number=str(number)))
        figure = self._say("chart.name", number=chart)
        title = Text(f"{caption.zh}（{figure.zh}）", f"{caption.en} ({figure.en})")
        found = {(point.series, point.x): point.figure for point in spec.points}
        notes = _Notes()
        rows = []
        across = len(spec.series) > 6 and len(spec.xs) <= 6
        along = [(series.id, series.label) for series in spec.series]
        down: list[tuple[int | str, Text]] = list(spec.xs)
        heads: list[tuple[int | str, Text]] = [*along]
        if across:
            down, heads = heads, down
        for x, label in down:
            cells = []
            for series, _ in heads:
                printed = found.get((str(x), series) if across else (str(series), x))
                if printed is None:
                    cells.append(Cell(text=Text("", "")))
                    continue
                mark = ""
                if printed.gap is not None and printed.gap.kind in ("not_available", "undefined"):
                    reason = printed.gap.reason
                    mark = notes.mark(
                        f"gap {reason.zh}", plain_line(self._say("table.missing", reason=reason))
                    )
                cells.append(Cell(printed, mark=mark))
            head = formats.roc_year(x) if isinstance(x, int) else label
            rows.append(Row(head=head, cells=tuple(cells), latin=head.en if isinstance(x, int) else ""))
        self._chart_notes_derived(spec, notes)
        years = bool(down) and isinstance(down[0][0], int)
        stub = self.words["table.year"] if years else spec.measure
        columns = tuple(Column(self._year_head(place, label)) for place, label in heads)
        groups = tuple(range(5, len(rows) - 1, 5)) if years and len(rows) > 8 else ()
        self.data_tables.append(
            Table(
                name=ref.text,
                number=str(number),
                anchor=anchor,
                caption=title,
                stub=stub,
                columns=columns,
                rows=tuple(rows),
                unit=spec.unit,
                notes=notes.all(),
                source=None,
                break_after=groups,
                flows=True,
            )
        )
        return ref

    def _year_head(self, place: int | str, label: Text) -> Text:
        return formats.roc_year(place) if isinstance(place, int) else label

    def _chart_notes_derived(self, spec: ChartSpec, notes: _Notes) -> None:
        for name in dict.fromkeys(name for point in spec.points for name in point.figure.value.notes):
            notes.plain(
                plain_line(self._say("table.derived", note=self.figures.dataset.derivations[name].note))
            )

    # -- annexes

    def _data_annex(self, reader: Reader) -> list[Block]:
        tables, self.data_tables = self.data_tables, []
        self.unlisted.clear()
        return list(tables)

    def _method_annex(self, reader: Reader) -> list[Block]:
        return [NoteBox(None, (plain_line(self.words["method.rounding"]),)), METHODS]

    def _source_annex(self, reader: Reader) -> list[Block]:
        return [SOURCES]

    def _sources(self) -> Listing:
        """The tables that figures were printed from; known when all blocks are made."""
        rows: list[tuple[Text, tuple[tuple[Text, str], ...]]] = []
        dataset = self.figures.dataset
        for table in self.figures.tables_used():
            urls = dict.fromkeys(
                address.strip()
                for record in table.records
                if table.source_column
                for address in str(record.cells.get(table.source_column, "")).split(" ; ")
                if address.strip().startswith("http")
            )
            where = self._say("sources.table", table=table.label, file=table.file.rpartition("/")[2])
            rows.append((table.label, ((where, ""), *((Text("", ""), url) for url in urls))))
        for derivation in dataset.derivations.values():
            rows.append((self._say("sources.derived", name=derivation.label), ((derivation.note, ""),)))
        return Listing(tuple(rows), "sources")

    def _symbols(self, reader: Reader) -> list[Block]:
        return [symbols(self.words)]

    def _colophon(self, reader: Reader) -> list[Block]:
        return [Listing((), "colophon")]

    # -- finding things

    def _members_named(self, members: list[str], reader: Reader) -> dict[str, str] | None:
        found: dict[str, str] = {}
        for member in members:
            where = self.charting.members_of(member)
            if not where:
                self.charting.no_member(member, reader, "member")
                return None
            found.update(where)
        return found

    def _dimension(self, id_: str, reader: Reader) -> Dimension | None:
        known = self.figures.dataset.dimensions
        if id_ not in known:
            reader.problem("by", *told("bulletin.is_no_dimension_dataset", id=id_, known=[*known]))
            return None
        return known[id_]

    def _head(self, reference: str, unit: str) -> Text:
        name = reference.partition("@")[0]
        return self.figures.registry.units[self._unit_for(name, unit)].head


class _Grid:
    """The rows and columns of a table block: heads, and the keys of its cells."""

    def __init__(self, builder: _Builder, unit: str) -> None:
        self.builder, self.unit = builder, unit
        self.figures = builder.figures

    def stub(self, rows: str) -> Text:
        return (
            self.builder.words["table.year"]
            if rows == "years"
            else self.figures.dataset.dimensions[rows].label
        )

    def rows(
        self, rows: str, years: range, total: bool
    ) -> tuple[list[tuple[Text, int, RowRole]], list[dict[str, int | str] | None]]:
        """Heads (text, ROC year for series breaks, role) and keys; a key of None is the foot of sums."""
        time = self.figures.dataset.time
        heads: list[tuple[Text, int, RowRole]] = []
        keys: list[dict[str, int | str] | None] = []
        if rows == "years":
            for year in years:
                heads.append((formats.roc_year(year), year, "body"))
                keys.append({time: year})
            if total:
                heads.append((self.builder.words["table.total"], 0, "total"))
                keys.append(None)
            return heads, keys
        dimension = self.figures.dataset.dimensions[rows]
        present = self.figures.members(dimension, years[-1])
        for member in dimension.members:
            if member.id in present:
                heads.append((member.name_in(years[-1]), 0, "body"))
                keys.append({rows: member.id})
        if total:
            heads.append((self.builder._whole(dimension), 0, "total"))
            keys.append({})
        return heads, keys

    def columns(
        self, references: list[str], by: str, years: range
    ) -> tuple[list[Column], list[tuple[str, dict[str, int | str]]]]:
        figures = self.figures
        if not by:
            columns = []
            for reference in references:
                name, _, member = reference.partition("@")
                label = figures.registry.metric(name).name
                group = None
                if member:
                    where = self.builder.charting.members_of(member)
                    dimension = figures.dataset.dimensions[next(iter(where))]
                    group = next(m.name_in(figures.period) for m in dimension.members if m.id == member)
                columns.append(Column(label, self.builder._head(reference, self.unit), group))
            return columns, [(reference, {}) for reference in references]
        head = self.builder._head(references[0], self.unit)
        if by == "years":
            time = figures.dataset.time
            return (
                [Column(formats.roc_year(year), head) for year in years],
                [(references[0], {time: year}) for year in years],
            )
        dimension = figures.dataset.dimensions[by]
        present = figures.members(dimension, years[-1])
        members = [m for m in dimension.members if m.id in present]
        columns = [Column(m.name_in(years[-1]), head) for m in members]
        keys: list[tuple[str, dict[str, int | str]]] = [(references[0], {by: m.id}) for m in members]
        if references[0].split(".")[0] != "share":
            columns.insert(0, Column(self.builder._whole(dimension), head))
            keys.insert(0, (references[0], {}))
        return columns, keys


def _joined(lines: Iterable[Line]) -> Line:
    """Sentences as one paragraph: Chinese without a blank, English with one."""
    zh: list[Run] = []
    en: list[Run] = []
    for line in lines:
        zh.extend(line.zh)
        en.extend([" ", *line.en] if en else line.en)
    return Line(tuple(zh), tuple(en))


def _shaded(rows: list[Row], columns: Iterable[int], whole: bool) -> list[Row]:
    """The rows with heat 0..1 in the given columns, over the whole table or column by column."""
    chosen = list(columns)

    def number(row: Row, place: int) -> Fraction | None:
        figure = row.cells[place].figure
        exact = figure.value.exact if figure and row.role == "body" else None
        return exact if isinstance(exact, Fraction) else None

    ranges = {}
    for place in chosen:
        pool = chosen if whole else [place]
        found = [n for row in rows for p in pool if (n := number(row, p)) is not None]
        ranges[place] = (min(found), max(found)) if found else (Fraction(0), Fraction(0))
    shaded = []
    for row in rows:
        cells = list(row.cells)
        for place in chosen:
            exact, (low, high) = number(row, place), ranges[place]
            if exact is not None and high > low:
                heat = float((exact - low) / (high - low))
                cells[place] = Cell(cells[place].figure, cells[place].text, cells[place].mark, heat)
        shaded.append(Row(head=row.head, cells=tuple(cells), role=row.role, mark=row.mark, latin=row.latin))
    return shaded
