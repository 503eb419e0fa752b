"""The first bulletin of a draft: key figures, a sentence, each table whole, a chart where it says something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.model.formats import ROC_OFFSET
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.run.importing.dimensions import Dimensions
from reportgen.run.importing.naming import Words
from reportgen.run.importing.tables import Measure, Table

ACROSS = 6  # columns of figures that a page in portrait takes
CARDS = 6
FEW = 5
Block = dict[str, Raw]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the bulletin is about."""

    tables: Sequence[Table]
    dimensions: Dimensions

    @property
    def period(self) -> int:
        return max(year for table in self.tables for year in table.years)

    @property
    def since(self) -> int:
        return min(year for table in self.tables for year in table.years)

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
        now = [table for table in self.tables if self.period in table.years and not self._is_of_parts(table)]
        plain = [(table, one) for table in now for one in table.measures if not table.dims and one.full]
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
            if self.period - 1 in table.years:
                yield {"block": "narrative", "story": "trend", "metric": one.name}
        for table, one in [pair for pair in summed if len(pair[0].dims) == 1][:1]:
            yield {"block": "narrative", "story": "composition", "metric": one.name, "by": table.dims[0]}

    def _is_of_parts(self, table: Table) -> bool:
        return bool({"month", "quarter"} & {*table.dims})

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
        first, last = table.years[0], table.years[-1]
        names = [one.name for one in table.measures]
        if not table.dims:
            total = table.adds_up and any(one.figures.measure == "flow" for one in table.measures)
            for part in _chunks(names):
                yield self._block(
                    first, last, rows="years", columns=part, **({"total": True} if total else {})
                )
        elif len(table.dims) == 1 and len(table.years) == 1:
            total = table.adds_up and any(one.figures.measure in ("flow", "stock") for one in table.measures)
            for part in _chunks(names):
                more = {"total": True} if total and table.dims[0] not in ("month", "quarter") else {}
                yield self._block(first, last, rows=table.dims[0], columns=part, **more)
        elif len(table.dims) == 1:
            for one in table.measures:
                yield from self._by_years(table, one)
        else:
            yield from self._of_two(table)

    def _by_years(self, table: Table, one: Measure) -> Iterator[Block]:
        (dimension,) = table.dims
        years = list(range(table.years[0], table.years[-1] + 1))
        small = len(self.dimensions.all[dimension].members) <= FEW
        if (
            small
            and len(years) > ACROSS
            and one.figures.measure in ("flow", "stock")
            and dimension not in ("month", "quarter")
        ):
            yield self._block(years[0], years[-1], rows="years", metric=one.name, by=dimension)
            return
        summed = table.adds_up and one.figures.measure != "rate" and dimension not in ("month", "quarter")
        total: Block = {"total": True} if summed else {}
        for part in _chunks(years):
            yield self._block(part[0], part[-1], rows=dimension, metric=one.name, by="years", **total)

    def _of_two(self, table: Table) -> Iterator[Block]:
        """The members of the first dimension side by side, year by year."""
        outer, *_, inner = table.dims
        members = [str(member["id"]) for member in self.dimensions.all[outer].members.values()]
        for year in table.years:
            for part in _chunks([f"{one.name}@{member}" for member in members for one in table.measures]):
                yield self._block(year, year, rows=inner, columns=part)

    def _block(self, first: int, last: int, **keys: Raw) -> Block:
        """Years are said where they are not those of the bulletin."""
        years = {} if (first, last) == (self.since, self.period) else {"from": first, "to": last}
        return {"block": "table", **keys, **years}

    def _caption(self, table: Table, block: Block, at: int, of: int) -> Words:
        """The table's label; its measure, its year and which part of it this is, where they tell blocks apart."""
        halves = dict(table.label)
        one = next((one for one in table.measures if one.name == block.get("metric")), None)
        if one and len(table.measures) > 1:
            halves = _more(halves, one.label, {"zh": "：{}", "en": ": {}"})
        year = int(block.get("to", self.period))
        if block["rows"] != "years" and "by" not in block and (year != self.period or len(table.years) > 1):
            halves = _more(
                halves, {"zh": f"{year}年", "en": str(year + ROC_OFFSET)}, {"zh": "，{}", "en": ", {}"}
            )
        elif of > len(table.measures) or (of > 1 and not one):
            count = {"zh": f"{at + 1}/{of}", "en": f"{at + 1}/{of}"}
            halves = _more(halves, count, {"zh": "（{}）", "en": " ({})"})
        return halves

    def _chart(self, table: Table, blocks: Sequence[Block]) -> Block | None:
        if not blocks or len(blocks) > 1:
            return None
        block, first = blocks[0], table.measures[0]
        years: Block = {key: block[key] for key in ("from", "to") if key in block}
        if not table.dims and len(table.years) > 2:
            alike = [
                one.name
                for one in table.measures
                if one.figures.unit == first.figures.unit and one.figures.type == first.figures.type
            ]
            return {"block": "chart", "form": "line", "metrics": alike[:4], **years}
        if len(table.dims) != 1 or table.dims[0] in ("month", "quarter"):
            return None
        members = len(self.dimensions.all[table.dims[0]].members)
        by: Block = {"metrics": [first.name], "by": table.dims[0]}
        if len(table.years) == 1 and table.years[0] == self.period and 2 < members <= 25 and first.full:
            return {"block": "chart", "form": "ranked_bar", **by}
        if len(table.years) > 2 and 1 < members <= 4:
            return {"block": "chart", "form": "line", **by, **years}
        return (
            {"block": "chart", "form": "heat_map", **by, **years}
            if len(table.years) > 2 and members <= 25
            else None
        )


def _chunks(names: Sequence[Raw]) -> list[list[Raw]]:
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
