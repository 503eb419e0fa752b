"""The first bulletin of a draft: key figures, a sentence, each table whole, a chart where it says something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reportgen.model.messages import message
from reportgen.model.periods import PLURALS, ROC, Calendar, Era, Period, Span, Year, parse, written
from reportgen.model.toml import Raw
from reportgen.run.importing.cells import is_sum
from reportgen.run.importing.dimensions import Dimensions
from reportgen.run.importing.naming import Words
from reportgen.run.importing.tables import Measure, Table

ACROSS = 6  # columns of figures that a page in portrait takes
CARDS = 6
FEW = 5
Block = dict[str, Raw]
One = TypeVar("One")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the bulletin is about; `there` are the periods of each table by its id, from its first to its last."""

    tables: Sequence[Table]
    dimensions: Dimensions
    there: Mapping[str, Span]
    era: Era = "roc"

    @property
    def period(self) -> Period:
        """The last year; the last month, quarter or half where no table of years goes as far and its year is not the only one."""
        years = [self.there[table.id][-1].year for table in self.tables if not table.part]
        parts = [self.there[table.id][-1] for table in self.tables if table.part]
        last = max(parts, key=lambda one: (one.year, one.per_year, int(one)), default=None)
        if last is None or last.year <= max(years, default=0):
            return Year(max(years))
        whole = last.part == last.per_year and {self.there[table.id][0].year for table in self.tables} == {
            last.year
        }
        return Year(last.year) if whole else last

    @property
    def since(self) -> Period:
        firsts = [span[0] for span in self.there.values()]
        if self.period.kind == "year":
            return Year(min(first.year for first in firsts))
        return min(first for first in firsts if type(first) is type(self.period))

    def _is_there(self, table: Table) -> bool:
        """Whether the table has the period, or all the parts of it."""
        there = self.there[table.id]
        parts = {*ROC.parts(self.period, type(there[0]))}
        return self.period in there or (bool(parts) and parts <= {*there})

    def _is_longer(self, table: Table) -> bool:
        """Whether the period is made up of several of the table's: twelve rates of months are no rate of the year."""
        return type(self.there[table.id][0]) is not type(self.period)

    def sections(self) -> list[Mapping[str, Raw]]:
        found = [("summary", [*self._summary()]), ("tables", [*self._tables()])]
        sections: list[Mapping[str, Raw]] = [
            {"title": _both(f"import.{name}"), "block": blocks} for name, blocks in found if blocks
        ]
        last: list[Block] = [
            {"block": name} for name in ("method_annex", "source_annex", "symbols", "colophon")
        ]
        return [*sections, {"title": _both("import.sources"), "flow": True, "block": last}]

    # -- the summary

    def _summary(self) -> Iterator[Block]:
        now = [table for table in self.tables if self._is_there(table)]
        plain = [
            (table, one)
            for table in now
            for one in table.measures
            if not table.dims and one.full and (one.figures.measure != "rate" or not self._is_longer(table))
        ]
        summed = [
            (table, one)
            for table in now
            for one in table.measures
            if table.dims and one.full and one.figures.measure == "flow"
        ]
        cards = [one.name for _, one in (*plain, *summed)][:CARDS]
        if cards:
            yield {"block": "key_figures", "metrics": cards}
        for table, one in [*plain, *summed][:1]:
            if self.period.year_before in self.there[table.id]:
                yield {"block": "narrative", "story": "trend", "metric": one.name}
            if self.period.kind != "year" and one.figures.measure == "flow" and self.period.part > 1:
                yield {"block": "narrative", "story": "to_date", "metric": one.name}
        for table, one in [pair for pair in summed if len(pair[0].dims) == 1][:1]:
            yield {"block": "narrative", "story": "composition", "metric": one.name, "by": table.dims[0]}

    # -- the tables

    def _tables(self) -> Iterator[Block]:
        number = 0
        for table in self.tables:
            blocks = list(self._of_table(table))
            for at, block in enumerate(blocks):
                number += 1
                block["caption"] = self._caption(table, block, at, len(blocks))
                block["id"] = f"t-{number}"
            yield from (_ordered(block) for block in blocks)
            if chart := self._chart(table, blocks):
                yield _ordered({**chart, "caption": table.label, "data": blocks[0]["id"]})

    def _of_table(self, table: Table) -> Iterator[Block]:
        there, plural = self.there[table.id], _plural(table)
        names = [one.name for one in table.measures]
        adding = [one.figures.measure for one in table.measures if one.figures.measure != "rate"]
        if not table.dims:
            total = table.adds_up and "flow" in adding and there[0].year == there[-1].year
            total |= table.adds_up and "flow" in adding and not table.part
            for part in _chunks(names):
                yield self._block(there, rows=plural, columns=part, **({"total": True} if total else {}))
        elif len(table.dims) == 1 and len(there) == 1:
            total = table.adds_up and bool(adding)
            for part in _chunks(names):
                more = {"total": True} if total else {}
                yield self._block(there, rows=table.dims[0], columns=part, **more)
        elif len(table.dims) == 1:
            for one in table.measures:
                yield from self._by_periods(table, one)
        else:
            yield from self._of_two(table)

    def _by_periods(self, table: Table, one: Measure) -> Iterator[Block]:
        (dimension,), there = table.dims, self.there[table.id]
        small = len(self.dimensions.all[dimension].members) <= FEW
        if small and len(there) > ACROSS and one.figures.measure in ("flow", "stock"):
            yield self._block(there, rows=_plural(table), metric=one.name, by=dimension)
            return
        total: Block = {"total": True} if table.adds_up and one.figures.measure != "rate" else {}
        for part in _chunks(there):
            yield self._block(part, rows=dimension, metric=one.name, by=_plural(table), **total)

    def _of_two(self, table: Table) -> Iterator[Block]:
        """The members of the first dimension side by side, period by period."""
        outer, *_, inner = table.dims
        members = [str(member["id"]) for member in self.dimensions.all[outer].members.values()]
        for period in self.there[table.id]:
            for part in _chunks([f"{one.name}@{member}" for member in members for one in table.measures]):
                yield self._block([period], rows=inner, columns=part)

    def _block(self, of: Sequence[Period], **keys: Raw) -> Block:
        """Periods are said where they are not those of the bulletin."""
        return {"block": "table", **keys, **self._ends(of)}

    def _ends(self, of: Sequence[Period]) -> Block:
        ends = {"from": of[0], "to": of[-1]}
        own = of[0] == self.since and of[-1] == self.period
        return {} if own else {key: self.said(end) for key, end in ends.items()}

    def said(self, period: Period) -> Raw:
        """As a publication names it: a year as a number."""
        words = written(period, self.era)
        return int(words) if words.isdigit() else words

    def _caption(self, table: Table, block: Block, at: int, of: int) -> Words:
        """The table's label; its measure, its year and which part of it this is, where they tell blocks apart."""
        halves = dict(table.label)
        one = next((one for one in table.measures if one.name == block.get("metric")), None)
        if one and len(table.measures) > 1:
            halves = _more(halves, one.label, {"zh": "：{}", "en": ": {}"})
        there = self.there[table.id]
        last = parse(block["to"], self.era) if "to" in block else self.period
        if block["rows"] in table.dims and "by" not in block and (last != self.period or len(there) > 1):
            label = Calendar(self.era).label(last or self.period)
            halves = _more(halves, {"zh": label.zh, "en": label.en}, {"zh": "，{}", "en": ", {}"})
        elif of > len(table.measures) or (of > 1 and not one):
            count = {"zh": f"{at + 1}/{of}", "en": f"{at + 1}/{of}"}
            halves = _more(halves, count, {"zh": "（{}）", "en": " ({})"})
        return halves

    def _chart(self, table: Table, blocks: Sequence[Block]) -> Block | None:
        if not blocks or len(blocks) > 1:
            return None
        first, there = table.measures[0], self.there[table.id]
        ends = self._ends(there)
        if not table.dims and len(there) > 2:
            parts = [one for one in table.measures if not is_sum(one.said.rpartition("-")[2])]
            drawn = parts or table.measures
            alike = [one.name for one in drawn if _kind(one) == _kind(drawn[0])]
            return {"block": "chart", "form": "line", "metrics": alike[:4], **ends}
        if len(table.dims) != 1:
            return None
        members = len(self.dimensions.all[table.dims[0]].members)
        by: Block = {"metrics": [first.name], "by": table.dims[0]}
        if len(there) == 1 and there[0] == self.period and 2 < members <= 25 and first.full:
            return {"block": "chart", "form": "ranked_bar", **by}
        if len(there) > 2 and 1 < members <= 4:
            return {"block": "chart", "form": "line", **by, **ends}
        return (
            {"block": "chart", "form": "heat_map", **by, **ends} if len(there) > 2 and members <= 25 else None
        )


def _kind(one: Measure) -> Sequence[str]:
    """What measures have in common that a chart may compare: a unit; where nobody says it, what stands in brackets, and the head above."""
    figures, brackets = one.figures, re.findall(r"[（(][^（()）]*[)）]$", one.said)
    said = [figures.own_unit, *brackets] if figures.own_unit or brackets else [one.said.rpartition("-")[0]]
    return figures.unit, figures.type, figures.measure, *(said if figures.unsaid or figures.own_unit else ())


def _plural(table: Table) -> str:
    return next(name for name, kind in PLURALS.items() if kind.kind == (table.part or "year"))


def _chunks(names: Sequence[One]) -> list[list[One]]:
    """Parts of about the same length, none too wide."""
    count = -(-len(names) // ACROSS)
    size = -(-len(names) // max(count, 1))
    return [list(names[at : at + size]) for at in range(0, len(names), size)]


def _more(halves: Mapping[str, Raw], words: Mapping[str, Raw], forms: Mapping[str, str]) -> dict[str, Raw]:
    return {
        language: half + forms[language].format(words[language])
        if isinstance(half, str) and isinstance(words[language], str)
        else half
        if not isinstance(half, str)
        else {"todo": True}
        for language, half in halves.items()
    }


def _both(name: str) -> Words:
    text = message(name)
    return {"zh": text.zh, "en": text.en}


def _ordered(block: Block) -> Block:
    first = ("block", "id", "form", "caption")
    return {key: block[key] for key in first if key in block} | {
        key: block[key] for key in block if key not in first
    }
