"""A draft is tried before it is written: in a copy of the project's own files it must pass `check`.

What does not is left out, and said: a table that can't be read as guessed, a block that has no figures.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.model import Text
from reportgen.model.errors import Problem, problem
from reportgen.model.toml import Raw
from reportgen.read import tables as read_tables
from reportgen.read.tables import Dataset
from reportgen.run import checks
from reportgen.run.files import write_whole
from reportgen.run.importing.tables import Table

_BLOCK = re.compile(r"section (\d+)(?:, block (\d+))?")
ROUNDS = 20


@dataclass
class Trial:
    """A place beside the project, as far as `check` needs one."""

    project: Path
    staged: Path
    into: str
    told: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("templates", "styles"):
            shutil.copytree(self.project / name, self.staged / name)
        for name in ("reportgen.toml", "inputs/metrics.toml", "inputs/glossary.csv"):
            if (self.project / name).is_file():
                (self.staged / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(self.project / name, self.staged / name)

    def put(self, files: Mapping[str, bytes]) -> None:
        write_whole({self.staged / name: content for name, content in files.items()})

    def dataset(self) -> Dataset:
        return read_tables.read_dataset(self.staged, self.into)

    def has_unit(self, unit: str) -> bool:
        """Whether the project's registry has a unit that came with a later version."""
        path = self.staged / "inputs/metrics.toml"
        return path.is_file() and f"[unit.{unit}]" in path.read_text("utf-8", errors="replace")

    def problems(self) -> list[Problem]:
        """What `check` says of the draft; what is wrong with the rest of the project is not the draft's."""
        found = checks.check_publication(self.staged, self.into).problems
        own = (f"inputs/datasets/{self.into}/", f"inputs/{self.into}/")
        return [one for one in found if one.place.file.startswith(own)]

    def sound_tables(self, tables: Sequence[Table], problems: Sequence[Problem]) -> list[Table]:
        """Without those that a problem is about."""
        faulty = {table.id: one for one in problems for table in tables if _is_about(one, table)}
        for table in tables:
            if table.id in faulty:
                one = faulty[table.id]
                place = one.place
                self.told.append(problem(place, "import.table_left_out", why=Text(one.zh, one.en)))
        return [table for table in tables if table.id not in faulty]

    def sound_blocks(
        self, sections: Sequence[Mapping[str, Raw]], problems: Sequence[Problem]
    ) -> list[Mapping[str, Raw]]:
        gone = set(_blocks(problems))
        kept = [
            {**section, "block": [block for b, block in enumerate(section["block"], 1) if (s, b) not in gone]}
            for s, section in enumerate(sections, 1)
        ]
        return [section for section in kept if section["block"]]


def _is_about(one: Problem, table: Table) -> bool:
    file, sheet = one.place.file.rpartition("/")[2], one.place.sheet
    if file == "dataset.toml":
        return f"table.{table.id}" in one.place.column or f'"{table.id}"' in one.place.column
    return file == table.declared["file"] and sheet in table.sheets


def _blocks(problems: Sequence[Problem]) -> Iterator[tuple[int, int]]:
    for one in problems:
        if one.place.file.endswith("publication.toml") and (match := _BLOCK.search(one.place.column)):
            yield int(match[1]), int(match[2] or 0)
