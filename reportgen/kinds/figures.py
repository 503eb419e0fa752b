"""The composer of kinds whose figures are metrics of the registry: references to metrics, and sentences with figures in slots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from reportgen.compute import claims
from reportgen.compute.directions import contradictions
from reportgen.compute.narrative import Narrative
from reportgen.kinds.compose import Composer
from reportgen.kinds.material import Material
from reportgen.model import Line, Printed, Source, Text, Value
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message
from reportgen.model.periods import KINDS, FiscalYear, Period, Span, span, written
from reportgen.read.metrics import Metric
from reportgen.read.schema import Spot
from reportgen.read.texts import Sentence
from reportgen.read.words import Slot, fill, plain_line

NO_MEMBERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Reference:
    """A metric as an officer writes it, `change.collected@tax`, with the member that it asks of, by dimension."""

    text: str
    metric: Metric
    members: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.text.partition("@")[0]


class FiguresComposer(Composer):
    """Composes from the metrics of one dataset. Faults are collected in `problems`, so that all are told at once."""

    def __init__(self, material: Material) -> None:
        self.figures = material.figures()
        super().__init__(material, self.figures.ledger)
        self.narrative = Narrative(self.figures, material.words)
        self.registry = material.registry
        self.problems: list[Problem] = []

    def fault(self, place: Place, name: str, /, **slots: object) -> None:
        self.problems.append(problem(place, name, **slots))

    def stop(self) -> None:
        """InputError with all problems so far, each once."""
        if self.problems:
            raise InputError(dict.fromkeys(self.problems))

    # -- metrics and members

    def references(self, spot: Spot, key: str, texts: Iterable[str]) -> list[Reference]:
        """The metrics that are meant; what is none is a fault at this key."""
        found = (self.reference(spot, key, text) for text in texts)
        return [reference for reference in found if reference]

    def reference(self, spot: Spot, key: str, text: str) -> Reference | None:
        name, _, member = text.partition("@")
        known = self.registry.metrics
        for part in name.split("."):
            if part not in known:
                self.fault(spot.at(key), "figures.no_metric", name_=part, known=sorted(known))
                return None
        if not self.registry.complete(name):
            self.fault(spot.at(key), "figures.metric_incomplete", name_=name)
            return None
        if refusal := self.figures.measures.refusal(name):
            self.fault(spot.at(key), refusal.name, **refusal.slots)
            return None
        if member and not self.is_member(spot, key, member):
            return None
        return Reference(text, self.registry.metric(name), self.members_of(member))

    def is_member(self, spot: Spot, key: str, name: str) -> bool:
        """Whether there is such a member in any dimension; a fault at this key where there is none."""
        if self.members_of(name):
            return True
        known = [member.id for dimension in self.dataset.dimensions.values() for member in dimension.members]
        self.fault(spot.at(key), "figures.no_member", name_=name, known=known)
        return False

    def members_of(self, name: str) -> Mapping[str, str]:
        for dimension in self.dataset.dimensions.values():
            if any(member.id == name for member in dimension.members):
                return {dimension.id: name}
        return NO_MEMBERS

    def span(
        self, spot: Spot, first: Period | None, last: Period | None, kind: type[Period] | None = None
    ) -> Span:
        """The periods from `from` to `to` of a table of publication.toml, else those of the publication.

        They are of one kind: of the ends that are named, else of `kind`, which a table names by its rows or columns.
        """
        figures = self.figures
        named = {type(one) for one in (first, last) if one is not None} | ({kind} if kind else set())
        if len(named) > 1:
            said = [written(one, figures.calendar.era) for one in (first, last) if one is not None]
            key = "from" if first is not None else "to"
            kinds = [one.kind for one in KINDS.values() if one in named]
            self.fault(
                spot.at(key),
                "figures.mixed_kinds",
                found=said,
                kinds=[message(f"figures.{one}") for one in kinds],
            )
            return ()
        of = named.pop() if named else type(figures.period)
        first = figures.since(of) if first is None else first
        last = self._last(of) if last is None else last
        if of is FiscalYear and not figures.calendar.fiscal_month:
            self.fault(spot.at(), "figures.fiscal_year_undeclared")
        elif first > last:
            self.fault(spot.at("from"), "figures.from_after_to", first=str(first), last=str(last))
        return span(first, last)

    def _last(self, kind: type[Period]) -> Period:
        """The last whole period of a kind within the publication's own."""
        calendar, own = self.figures.calendar, self.figures.period
        months = calendar.months(own)
        if type(own) is kind or not months:
            return own if type(own) is kind else own.in_kind(kind)
        last = months[-1].in_kind(kind) if kind is not FiscalYear else FiscalYear(months[-1].year)
        ends = calendar.months(last)
        return last - 1 if ends and ends[-1] > months[-1] and last > self.figures.since(kind) else last

    def value(
        self, reference: Reference, period: int | None = None, members: Mapping[str, str] = NO_MEMBERS
    ) -> Value:
        key = self.figures.key(period, {**members, **reference.members})
        return self.figures.value(reference.name, key)

    def figure(
        self, reference: Reference, period: int | None = None, members: Mapping[str, str] = NO_MEMBERS
    ) -> Printed:
        return self.print(self.value(reference, period, members))

    def touches(self, columns: Iterable[str], references: Iterable[Reference]) -> bool:
        """Whether one of the metrics is computed from one of these columns."""
        values = (self.figures.value(reference.name, self.figures.key()) for reference in references)
        used = {source.column for value in values for source in value.sources}
        return not used.isdisjoint(columns)

    # -- words

    def plain(self, name: str, /, **slots: str | Text) -> Line:
        """Fixed words with their slots filled by words, as one run."""
        return plain_line(self.say(name, **slots))

    def sentence(
        self,
        sentence: Sentence,
        own: Callable[[str], Slot | None] = lambda slot: None,
        besides: Sequence[str] = (),
    ) -> Line:
        """Words of an officer with their slots filled: by `own` where it knows the slot, else by years and figures.

        `besides` are the slots that `own` knows, for the message of one that nobody knows.
        """

        values: dict[str, Value] = {}

        def resolve(slot: str) -> Slot:
            if (known := own(slot)) is not None:
                return known
            if slot in (periods := self.figures.periods()):
                return periods[slot]
            try:
                values[slot] = claims.look_up(slot, self.figures)
                return self.print(values[slot])
            except claims.ExpressionError as error:
                name, told = "figures.slot_besides" if besides else "figures.slot", Text(error.zh, error.en)
                self.fault(sentence.place, name, slot=slot, error=told, besides=besides)
                return ""

        line = fill(sentence.text, resolve)
        for name, slots in () if sentence.meant else contradictions(sentence.text, values):
            self.fault(sentence.place, name, **slots)
        return line

    def sources(self, figures: Iterable[Printed | None], besides: Iterable[Source] = ()) -> Text | None:
        """What these figures were taken from: agency and publication as declared of the columns that were used, each once."""
        used = dict.fromkeys(source for figure in figures if figure for source in figure.value.sources)
        used |= dict.fromkeys(besides)
        given = {(source.file, source.sheet, source.column): source for source in used}
        said = dict.fromkeys(filter(None, map(self.dataset.published_in, given.values())))
        if not said:
            return None
        return self.stated(Text("、".join(one.zh for one in said), "; ".join(one.en for one in said)))
