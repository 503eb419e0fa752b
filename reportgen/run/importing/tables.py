"""A region becomes a declared table: what `dataset.toml` says of it, and what of the sheet is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from reportgen.model.errors import Problem
from reportgen.model.formats import capital_letters
from reportgen.model.messages import message
from reportgen.model.periods import KINDS
from reportgen.model.toml import Raw
from reportgen.read.tables.laying.view import Column, squeezed
from reportgen.run.importing import columns as sense
from reportgen.run.importing import naming as named
from reportgen.run.importing import sums, units
from reportgen.run.importing.cells import (
    is_sum,
    is_year,
    part_number,
    part_of,
    roc_year,
    year_of_part,
    years_in,
)
from reportgen.run.importing.columns import Figures
from reportgen.run.importing.dimensions import MOST_MEMBERS, Dimensions
from reportgen.run.importing.keeping import Column as Earlier
from reportgen.run.importing.keeping import Known
from reportgen.run.importing.naming import Naming, Words, is_generic, tidy, title_of, without_years
from reportgen.run.importing.reading import Reading

YEAR = "roc_year"
Declared = dict[str, Raw]


@dataclass(frozen=True)
class Measure:
    """A column of figures of the draft: its name, its label, how it is read, whether it has a figure for each year, and what it is called in its sheet."""

    name: str
    label: Words
    figures: Figures
    full: bool = True
    said: str = ""


@dataclass(kw_only=True)
class Table:
    """A table of the draft. `years` are those that it has; `part`: the month, quarter or half in its key; `dims` the dimensions there;
    `adds_up`: a row of sums agrees."""

    id: str
    label: Words
    declared: Declared
    columns: dict[str, Declared]
    confirm: dict[str, list[str]]
    years: list[int]
    part: str
    dims: list[str]
    measures: list[Measure]
    adds_up: bool = False
    told: list[Problem] = field(default_factory=list)
    besides: Declared = field(default_factory=dict)  # what an earlier draft says besides
    drafted: bool = False  # in an earlier draft

    @property
    def sheets(self) -> Sequence[str]:
        return [*self.declared.get("sheets", (self.declared.get("sheet", ""),))]


@dataclass(kw_only=True)
class Making(Reading):
    """A region that was read, on its way to what is declared of it."""

    naming: Naming
    dimensions: Dimensions
    year_of_no_title: int
    money: str = ""  # the unit of amounts in the other sheets, where they have one
    known: Known | None = None  # the same table in an earlier draft

    def __post_init__(self) -> None:
        super().__post_init__()
        self.confirm: dict[str, list[str]] = {}
        self.rename: dict[str, Raw] = {}
        self.join = "-"
        self.declared_columns: dict[str, Declared] = {}

    def table(self) -> Table:
        self.read()
        return self._declared()

    # -- what is declared of it

    def _declared(self) -> Table:
        region = self.region
        sheet = "" if is_generic(self.page.name) else without_years(self.page.name)
        file = without_years(PurePath(self.file).stem)
        title = title_of(region)
        label = title or sheet or file or "Table"
        self.noted = units.units_of_note(region.above)
        across = sense.melted(region, self.figures)
        melt: Declared = {}
        groups: list[
            tuple[str, list[Column], str]
        ] = []  # label of the measure, its columns, its label in the sheet
        if across:
            for column in [*self.figures]:
                if column not in across:
                    self.figures.remove(column)
                    self.leave(column, "column_beside_years")
            groups = self._measures_across(label)
        else:
            groups = [(" - ".join(map(tidy, one.labels)), [one], "") for one in self.figures]
        years = self._time(across, melt)
        self._members()
        measures = [self._measure(*group, melt=melt) for group in groups]
        if len(measures) > 1 and across:
            melt["value"] = {said: one.name for (_, _, said), one in zip(groups, measures, strict=True)}
        elif across:
            melt["value"] = measures[0].name
        constant = self._constant(melt)
        self._distinct(across)
        entries, adds_up = self._sums(groups, measures)
        declared = self._layout(label, entries, constant, melt)
        if self.known:
            self.naming.tables.add(self.known.id)
        return Table(
            id=self.known.id if self.known else self.naming.table(label),
            label=self.known.declared["label"] if self.known else self.naming.words(label),
            besides=self.known.besides if self.known else {},
            drafted=self.known is not None,
            declared=declared,
            columns=self.declared_columns,
            confirm=self.confirm,
            years=sorted({*years} | ({constant[YEAR]} if YEAR in constant else set())),
            part=self.part,
            dims=[*self.keys],
            measures=measures,
            adds_up=adds_up,
            told=self.told,
        )

    def _measures_across(self, title: str) -> list[tuple[str, list[Column], str]]:
        """The measures of melted columns: those labels that are neither years nor sums."""
        found: dict[str, list[Column]] = {}
        for column in self.figures:
            found.setdefault(" - ".join(map(tidy, sense.rest_of(column))), []).append(column)
        if len(found) == 1:
            ((said, columns),) = found.items()
            return [(said or title, columns, said)]
        return [(said or title, columns, said) for said, columns in found.items()]

    def _cells(self, column: Column, rows: Sequence[int]) -> list[str]:
        return [self.region.at(row, column.number) for row in rows]

    def _time(self, across: Sequence[Column], melt: Declared) -> list[int]:
        """Declares years, months and quarters; the years that are there."""
        self.keys: list[str] = []
        self.part = ""
        found, years = list[str](), list[int]()
        if across:
            labels = [label for column in across if (label := sense.time_of(column))]
            names = self._time_names(labels)
            melt["key"] = names if len(names) > 1 else names[0]
            if any(sense.times_of(column) > 1 for column in across):
                self.join = ""  # 107年 above 1月: 107年1月
            years += [roc_year(label) for label in labels] if YEAR in names else []
            years = years if names == [YEAR] else self._years_of_parts(labels)
            self._declare_time(labels, names)
            found += names
        for role in ("year", "year and part", "part"):
            for column in self.labels.get(role, []):
                texts = self._cells(column, self.rows)
                names = [YEAR] if role == "year" else self._time_names(texts)
                if {*names} & {*found}:
                    raise self.stop("time_twice", row=self.region.head[-1])
                self._named(column, names)
                years += [roc_year(text) for text in texts] if role == "year" else self._years_of_parts(texts)
                self._declare_time([text for text in texts if text.strip()], names)
                found += names
        return [year for year in years if year]

    def _time_names(self, labels: Sequence[str]) -> list[str]:
        if all(map(is_year, labels)) and not any(map(part_of, labels)):
            return [YEAR]
        parts = {part_of(label) or "month" for label in labels}
        dated = {bool(year_of_part(label)[0]) for label in labels}
        if len(parts) > 1 or len(dated) > 1:
            raise self.stop("time_is_mixed", row=self.region.head[-1])
        return [YEAR, *parts] if all(dated) else [*parts]

    def _years_of_parts(self, labels: Sequence[str]) -> list[int]:
        return [roc_year(year) for _, year in map(year_of_part, labels) if year]

    def _declare_time(self, texts: Sequence[str], names: Sequence[str]) -> None:
        if YEAR in names:
            forms = sense.year_forms(texts)
            self.declared_columns[YEAR] = {"type": "roc_year"} | ({"accept": forms} if forms else {})
        for part in names:
            if part != YEAR:
                numbers = sorted({part_number(text) for text in texts})
                if numbers[0] < 1 or numbers[-1] > next(
                    kind.per_year for kind in KINDS.values() if kind.kind == part
                ):
                    raise self.stop("time_is_mixed", row=self.region.head[-1])
                self.part = part
                self.declared_columns[part] = self._column_of_part(part, numbers)

    def _column_of_part(self, part: str, numbers: Sequence[int]) -> Declared:
        """A number; the member of a dimension where an earlier draft has it so, for its bulletin prints its members."""
        earlier = self.known.declared["column"].get(part, {}) if self.known else {}
        if earlier.get("type") == "member":
            self.dimensions.of_time(part, numbers)
            return {"type": "member", "dimension": part, "accept": ["spaces", part]}
        return {"type": "whole", "unit": part, "accept": ["spaces", part], "label": named.part_label(part)}

    def _named(self, column: Column, names: Sequence[str]) -> None:
        """The column's name in the table, which it has by its label or must be said."""
        said = self._said(column)
        if [squeezed(said)] != [*names]:
            self.rename[said] = names[0] if len(names) == 1 else list(names)

    def _said(self, column: Column) -> str:
        """How a column is named in its sheet: by its label, or by its letters where others have the same."""
        alike = [one for one in self.region.columns if squeezed(one.label) == squeezed(column.label)]
        label = tidy(self.join.join(column.labels))
        return label if label and len(alike) == 1 else column.letters

    def _earlier(self, said: str, key: str) -> Earlier | None:
        """What an earlier draft says of this column, if it was one with such a key."""
        earlier = self.known.columns.get(squeezed(said)) if self.known else None
        return earlier if earlier and key in earlier.declared else None

    def _members(self) -> None:
        """Declares each column of members as a dimension."""
        self.fill: list[str] = []
        columns = self.labels.get("member", [])
        for column in columns:
            texts = [self.above(row, column) for row in self.rows]
            if len({*texts}) > MOST_MEMBERS:
                raise self.stop(
                    "too_many_members", self.region.head[-1], count=len({*texts}), most=MOST_MEMBERS
                )
            label = tidy(column.label) or message("import.item").zh
            earlier = self._earlier(self._said(column), "dimension")
            name = self.dimensions.of_members(label, texts, self.keys, earlier.name if earlier else "")
            self._named(column, [name])
            forms = ["spaces", "spaces_within", "label"]
            self.declared_columns[name] = {"type": "member", "dimension": name, "accept": forms}
            self.keys.append(name)
            if any(not self.region.at(row, column.number).strip() for row in self.rows):
                self.fill.append(name)
        for column in self.labels.get("year", []):
            if any(not self.region.at(row, column.number).strip() for row in self.rows):
                self.fill.append(YEAR)

    def _measure(self, label: str, columns: Sequence[Column], said: str, melt: Declared) -> Measure:
        region, rows = self.region, [*self.rows, *(row for mine in self.totals.values() for row in mine)]
        cells = [(row, column.number) for column in columns for row in rows]
        if self.mixed(cells):
            raise self.stop("format_is_mixed", row=rows[0])
        figures = sense.figures_of(region, cells, label, self.noted, self.money)
        shown = units.without_unit(label)
        words = self.naming.joined(
            [units.without_unit(part) for part in (label.split(" - ") if not melt else [shown])]
        )
        if figures.own_unit:
            words = {
                language: f"{half}{opens}{figures.own_unit}{closes}" if isinstance(half, str) else half
                for (language, half), (opens, closes) in zip(
                    words.items(), (("（", "）"), (" (", ")")), strict=True
                )
            }
            if not figures.own_unit.isascii():
                words = {**words, "en": {"todo": True}}
        earlier = self._earlier(said if melt else self._said(columns[0]), "unit")
        name = earlier.name if earlier else self.naming.name(shown)
        guessed = [figures.measure] if figures.type != "percent" else []
        guessed += ["unit"] if figures.unsaid or figures.own_unit else []
        column = _column(figures) | {"label": words}
        if earlier:
            column, words = self._as_before(earlier, column), earlier.declared["label"]
            guessed = [] if earlier.confirmed else guessed
        self.declared_columns[name] = column
        self.confirm[name] = guessed
        if not melt:
            self._named(columns[0], [name])
        return Measure(
            name, words, figures, full=not figures.missing, said=said if melt else self._said(columns[0])
        )

    def _as_before(self, earlier: Earlier, now: Declared) -> Declared:
        """What an earlier draft says of a column; what its cells are read by is added to."""
        column: Declared = dict(earlier.declared)
        for key in ("accept", "missing"):
            if both := [*dict.fromkeys((*column.get(key, ()), *now.get(key, ())))]:
                column[key] = both
        if now.get("digits", 0) > column.get("digits", 0) and not column.get("round"):
            column |= {key: now[key] for key in ("type", "digits")}
            self.tell("more_decimals", name_=earlier.name, digits=now["digits"])
        return column

    def _years_said(self) -> list[int]:
        """The years of the title, else of the sheet's name, else of the file's."""
        above = [year for words in self.region.above for year in years_in(words)]
        return above or years_in(self.page.name) or years_in(PurePath(self.file).stem)

    def _constant(self, melt: Declared) -> dict[str, int]:
        if YEAR in self.declared_columns:
            return {}
        years = {*self._years_said()}
        year = max(years) if years else self.year_of_no_title
        if not year:
            raise self.stop("no_year", row=self.region.head[0])
        self.declared_columns[YEAR] = {"type": "roc_year"}
        if len(years) != 1:
            self.confirm["constant"] = ["year"]
        return {YEAR: year}

    def _distinct(self, across: Sequence[Column]) -> None:
        """No two rows have the same key."""
        columns = [column for mine in self.labels.values() for column in mine]
        seen: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            key = tuple(squeezed(self.above(row, column)) for column in columns)
            if key in seen and (columns or len(self.rows) > 1):
                raise self.stop("rows_are_alike", row=row, other=seen[key])
            seen[key] = row

    def _sums(
        self, groups: Sequence[tuple[str, list[Column], str]], measures: Sequence[Measure]
    ) -> tuple[list[Declared], bool]:
        digits = {
            column.number: measure.figures.digits
            for (_, columns, _), measure in zip(groups, measures, strict=True)
            for column in columns
            if measure.figures.type != "percent" and measure.figures.measure != "rate"
        }
        found = list(sums.of_rows(self.region, self.rows, self.totals, digits))
        of_rows = len(found)
        every = [*self.rows, *(row for mine in self.totals.values() for row in mine)]
        words = {squeezed(label): label for one in self.figures for label in one.labels if is_sum(label)}
        for word in words.values() if sense.melted(self.region, self.figures) else ():
            pairs = [
                (
                    (row, total.number),
                    [(row, part.number) for part in columns if not any(map(is_sum, part.labels))],
                )
                for _, columns, _ in groups
                for total in columns
                if word in total.labels
                for row in every
            ]
            found.append(sums.of_columns(self.region, word, pairs, digits))
        for one in found:
            for apart in one.apart:
                self.tell(
                    "sum_differs",
                    apart.cell[0],
                    capital_letters(apart.cell[1]),
                    stated=apart.stated,
                    found=apart.found,
                )
        if any(one.apart for one in found):
            self.confirm["totals"] = ["total"]
        return [dict(one.entry) for one in found], of_rows > 0 and not any(
            one.apart for one in found[:of_rows]
        )

    def _layout(
        self, label: str, entries: list[Declared], constant: Mapping[str, int], melt: Declared
    ) -> Declared:
        region = self.region
        head = region.head[0] if len(region.head) == 1 else list(region.head)
        declared: Declared = {"file": PurePath(self.file).name}
        declared |= {"sheet": self.page.name} if self.page.name else {}
        declared |= {"range": region.area} if region.area else {}
        declared |= {"head": head}
        declared |= {"join": self.join} if self.join != "-" else {}
        declared |= {"until": region.until} if region.until else {}
        declared |= {"skip": self.skip} if self.skip else {}
        declared |= {"rename": self.rename} if self.rename else {}
        declared |= {"constant": dict(constant)} if constant else {}
        declared |= {"fill": self.fill} if self.fill else {}
        declared |= {"melt": melt} if melt else {}
        declared |= {"totals": entries} if entries else {}
        return declared | {"key": [YEAR, *([self.part] if self.part else []), *self.keys]}


def _column(figures: Figures) -> Declared:
    """What is declared of a column of figures."""
    column: Declared = {"type": figures.type, "unit": figures.unit}
    column |= {"digits": figures.digits} if figures.type != "whole" else {}
    column["measure"] = figures.measure
    column |= {"round": True} if figures.round else {}
    column |= {"accept": [*figures.accept]} if figures.accept else {}
    return column | ({"missing": [*figures.missing]} if figures.missing else {})
