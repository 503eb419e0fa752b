"""`reportgen import`: workbooks that nobody has prepared become the draft of a dataset and of a bulletin that builds.

    files ── regions ── tables, dimensions ── trial ── dataset.toml, the files beside it
                                            └─ blocks ── trial ── publication.toml

Nothing is written before the whole draft has passed `check` in a copy; what can't be read is said and left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, UsageError, problem
from reportgen.model.messages import message
from reportgen.model.periods import ROC_OFFSET, Era, Year, written
from reportgen.model.toml import Raw
from reportgen.read import sheets
from reportgen.read.parity.glossary import glossary_of
from reportgen.read.sheets import Grid
from reportgen.read.tables import Dataset, read_dataset
from reportgen.read.todo import guessed_places, todo_places
from reportgen.run.files import unfinished, write_whole
from reportgen.run.importing import writing
from reportgen.run.importing.blocks import Plan
from reportgen.run.importing.calendars import era_of, in_common_era
from reportgen.run.importing.cells import roc_year
from reportgen.run.importing.differences import differences
from reportgen.run.importing.dimensions import Dimensions
from reportgen.run.importing.joining import joined
from reportgen.run.importing.keeping import Memory, memory_of
from reportgen.run.importing.naming import TODO, Naming, Words, is_generic, office_in, without_years
from reportgen.run.importing.reading import Unreadable
from reportgen.run.importing.regions import Region, regions
from reportgen.run.importing.remarks import carried
from reportgen.run.importing.tables import Making, Table
from reportgen.run.importing.trial import ROUNDS, Trial
from reportgen.run.importing.units import BARE, MONEY, OF_OLD, units_of_note

Ask = Callable[[Text, str], str]


@dataclass(frozen=True, kw_only=True)
class Request:
    """`ask` is called for what no file says, with what stands there if nobody answers; None asks nothing."""

    project: Path
    files: Sequence[Path]
    into: str = ""
    period: int = 0
    ask: Ask | None = None


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What was written and what is to be known of it. `to_review` are the lines that were guessed or are still to be written."""

    dataset: str
    files: tuple[str, ...]
    summary: tuple[Text, ...]
    guessed: tuple[Text, ...]
    left_out: tuple[Problem, ...]
    changes: tuple[Text, ...] = ()
    to_review: tuple[Place, ...] = ()

    def lines(self) -> Iterator[Text]:
        """The report, a line each."""
        told = [problem.say for problem in self.left_out]
        parts = {
            "read": self.summary,
            "glossary": self.guessed,
            "left_out": tuple(Text(f"  {say('zh')}", f"  {say('en')}") for say in told),
            "changes": self.changes,
        }
        for name, lines in parts.items():
            if lines:
                yield message(f"import.{name}")
                yield from lines
        where = list(dict.fromkeys(place.file for place in self.to_review))
        count = len(self.to_review)
        yield message(
            "import.to_review", count=count, files=where or list(self.files[-2:]), name=self.dataset
        )


def import_(request: Request) -> Imported:
    """The draft, whole or not at all; UsageError for a call that can't be, InputError where no file holds a table."""
    into = _into(request)
    memory = memory_of(request.project, into)
    opened = _opened(request.files, into)
    with unfinished(request.project / f".import-{into}.part") as staged:
        trial = Trial(request.project, staged, into)
        return _Import(request, into, memory, opened, trial).run()


def _into(request: Request) -> str:
    project = request.project
    if not (project / "templates").is_dir() or not (project / "styles").is_dir():
        raise UsageError(problem(Place(str(project)), "import.no_project"))
    stem = without_years(request.files[0].stem)
    name = request.into or re.sub(r"[^\w.-]+", "-", stem).strip("-._") or "draft"
    if not re.fullmatch(r"\w[\w.-]*", name) or name == "datasets":
        raise UsageError(problem(Place(name), "import.name_is_not_allowed"))
    return name


def _opened(files: Sequence[Path], into: str) -> dict[str, tuple[Path, list[Grid]]]:
    """The sheets of every file, by the name that the file will have in the project; InputError with all that is wrong."""
    problems: list[Problem] = []
    opened: dict[str, tuple[Path, list[Grid]]] = {}
    for path in files:
        name = re.sub(r"[^\w .()-]", "_", path.name).lstrip(".")
        file = f"inputs/datasets/{into}/{name}"
        if file in opened:
            problems.append(problem(Place(str(path)), "import.two_files_alike", name_=name))
            continue
        try:
            opened[file] = (path, list(_grids(path, file)))
        except InputError as error:
            problems += [
                Problem(Place(str(path), one.place.sheet, one.place.row, one.place.column), one.en, one.zh)
                for one in error.problems
            ]
    if problems:
        raise InputError(problems)
    return opened


def _grids(path: Path, file: str) -> Iterator[Grid]:
    for sheet in sheets.names_of_sheets(path, file):
        grid = sheets.read_grid(path, file, sheet, encoding_of(path))
        yield grid


def encoding_of(path: Path) -> str:
    """CP950 where a CSV is no UTF-8."""
    if path.suffix.lower() != ".csv":
        return "utf-8"
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp950"
    return "utf-8"


@dataclass
class _Import:
    request: Request
    into: str
    memory: Memory
    opened: Mapping[str, tuple[Path, list[Grid]]]
    trial: Trial
    told: list[Problem] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return f"inputs/datasets/{self.into}"

    def run(self) -> Imported:
        before = self._before()
        tables = self._tables()
        if not tables:
            raise InputError(self.told or [problem(Place(next(iter(self.opened))), "import.no_table")])
        files = {file: path.read_bytes() for file, (path, _) in self.opened.items()}
        name = self._name()
        self.era = self._era(tables)
        if self.era == "gregorian":
            tables = [in_common_era(table) for table in tables]
        tables, text = self._sound(tables, files, name)
        files[f"{self.folder}/dataset.toml"] = carried(self.memory.text, text).encode()
        publication = f"inputs/{self.into}/publication.toml"
        if not (self.request.project / publication).exists():
            files[publication] = self._publication(tables, files)
        now = self.trial.dataset()
        write_whole({self.request.project / file: content for file, content in files.items()})
        project, written = self.request.project, (f"{self.folder}/dataset.toml", publication)
        places = (*todo_places(project, written), *guessed_places(project, written))
        return Imported(
            dataset=self.into,
            files=tuple(files),
            summary=tuple(_summary(table, self.era) for table in tables),
            guessed=tuple(
                message("import.from_glossary", zh=zh, en=en) for zh, en in self.naming.guessed.items()
            ),
            left_out=tuple(
                dict.fromkeys(
                    (*self.told, *(one for table in tables for one in table.told), *self.trial.told)
                )
            ),
            changes=tuple(differences(before, now)) if before else (),
            to_review=tuple(sorted({Place(place.file, row=place.row): None for place in places})),
        )

    def _era(self, tables: Sequence[Table]) -> Era:
        """That of the earlier draft, where there is one."""
        if self.memory.raw:
            return "gregorian" if self.memory.raw.get("calendar") == "gregorian" else "roc"
        return era_of((grid for _, grids in self.opened.values() for grid in grids), tables)

    def _before(self) -> Dataset | None:
        if not self.memory.raw:
            return None
        try:
            return read_dataset(self.request.project, self.into)
        except InputError:
            return None  # what is wrong with the old one doesn't matter any more

    # -- tables

    def _tables(self) -> list[Table]:
        """The tables of all sheets; those that say no year take the last of the others, or the one that is asked for."""
        asked = self.request.period
        found, without = self._made(asked - ROC_OFFSET if asked > ROC_OFFSET else asked)
        if without and not asked:
            last = max((year for table in found for year in table.years), default=0)
            year = self._asked_year(last)
            if year:
                found, without = self._made(year)
        self.told += without
        return found

    def _asked_year(self, last: int) -> int:
        if not self.request.ask:
            return last
        said = self.request.ask(message("import.ask_year"), str(last or ""))
        return roc_year(said) or last

    def _made(self, year: int) -> tuple[list[Table], list[Problem]]:
        self.naming = Naming(glossary_of(self.request.project))
        self.naming.used.update(self.memory.names)
        self.dimensions = Dimensions(self.naming)
        self.dimensions.remember(self.memory.raw.get("dimension"))
        tables, self.told, without = list[Table](), [], list[Problem]()
        for file, (path, grids) in self.opened.items():
            for grid in grids:
                whole = [one for one in grid.page.faults if not one.row]
                if whole:
                    self.told += [sheets.told_of(file, one) for one in whole]
                    continue
                here = list(regions(grid))
                if not here and any(map(any, (cells for _, cells in grid.rows))):
                    self.told.append(problem(Place(file, grid.page.name), "import.no_table_in_sheet"))
                for number, region in enumerate(here):
                    try:
                        tables.append(self._table(file, path, region, number, year))
                    except Unreadable as unreadable:
                        list_ = without if unreadable.name == "no_year" else self.told
                        list_.append(unreadable.why)
        return joined(tables, self.dimensions), without

    def _table(self, file: str, path: Path, region: Region, number: int, year: int) -> Table:
        name = PurePath(file).name
        known = self.memory.table(name, region.grid.page.name, number)
        making = Making(
            region=region,
            file=file,
            naming=self.naming,
            dimensions=self.dimensions,
            year_of_no_title=year,
            money=self._money(),
            known=known,
        )
        table = making.table()
        if (encoding := encoding_of(path)) != "utf-8":
            table.besides["encoding"] = encoding
        if not self.trial.has_unit(BARE):
            for column in table.columns.values():
                column |= {"unit": OF_OLD} if column.get("unit") == BARE else {}
        return table

    # -- trying

    def _sound(self, tables: list[Table], files: Mapping[str, bytes], name: Words) -> tuple[list[Table], str]:
        """The tables that can be read as they are declared, and the declaration."""
        for _ in range(ROUNDS):
            text = writing.dataset(
                name,
                {**self._calendar(), **self.memory.besides},
                self.dimensions.used_by(one.dims for one in tables),
                tables,
            )
            self.trial.put({**files, f"{self.folder}/dataset.toml": text.encode()})
            try:
                self.trial.dataset()
                return tables, text
            except InputError as error:
                sound = self.trial.sound_tables(tables, error.problems)
                if not sound or len(sound) == len(tables):
                    raise InputError([*self.told, *error.problems]) from None
                tables = sound
        raise AssertionError("each round leaves a table out")

    def _calendar(self) -> dict[str, Raw]:
        return {"calendar": self.era} if self.era == "gregorian" else {}

    def _publication(self, tables: Sequence[Table], files: Mapping[str, bytes]) -> bytes:
        there = {name: table.periods for name, table in self.trial.dataset().tables.items()}
        plan = Plan(tables=tables, dimensions=self.dimensions, there=there, era=self.era)
        sections = plan.sections()
        issuer = self._issuer()
        title, subtitle = message("import.title"), message("import.subtitle")
        head: dict[str, Raw] = {
            "kind": "bulletin",
            "dataset": self.into,
            **self._calendar(),
            "period": plan.said(plan.period),
            "since": plan.said(plan.since),
            "issuer": issuer,
            "title": {"zh": title.zh, "en": title.en},
            "subtitle": {"zh": subtitle.zh, "en": subtitle.en},
        }
        file = f"inputs/{self.into}/publication.toml"
        for _ in range(ROUNDS):
            text = writing.publication(head, sections)
            self.trial.put({**files, file: text.encode()})
            problems = self.trial.problems()
            sound = self.trial.sound_blocks(sections, problems)
            if sound == sections:
                return text.encode()
            sections = sound
        raise AssertionError("each round leaves a block out")

    # -- words

    def _money(self) -> str:
        """The unit of amounts in all notes of all sheets, where there is but one."""
        said = {unit for one in self._regions() for unit in units_of_note(one.above) if unit in MONEY}
        return said.pop() if len(said) == 1 else ""

    def _regions(self) -> Iterator[Region]:
        return (one for _, grids in self.opened.values() for grid in grids for one in regions(grid))

    def _issuer(self) -> Words:
        said = (
            self.request.ask(message("import.ask_issuer"), self._office())
            if self.request.ask
            else self._office()
        )
        words = self.naming.words(said) if said.strip() else TODO
        if self.request.ask and isinstance(words.get("zh"), str) and words["en"] == TODO:
            english = self.request.ask(message("import.ask_issuer_in_english", issuer=said), "")
            words = {**words, "en": english.strip() or TODO}
        return words

    def _office(self) -> str:
        titles = [title for one in self._regions() for title in one.above]
        return next(filter(None, map(office_in, titles)), "")

    def _name(self) -> Words:
        if self.memory.raw:
            return dict(self.memory.raw["name"])
        stem = without_years(next(iter(self.opened.values()))[0].stem)
        office = self._office()
        if office:
            return {"zh": message("import.statistics_of", office=office).zh, "en": TODO}
        return self.naming.words(stem) if stem and not is_generic(stem) else TODO


def _summary(table: Table, era: Era) -> Text:
    place = ":".join(filter(None, (table.declared["file"], ", ".join(table.sheets))))
    years = "–".join(written(Year(year), era) for year in dict.fromkeys((table.years[0], table.years[-1])))
    names = [one.name for one in table.measures]
    return message(
        "import.table_read", place=place, table=table.id, years=years, names=names, keys=table.declared["key"]
    )
