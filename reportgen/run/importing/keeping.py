"""What an earlier draft said and somebody may have confirmed: it stands before what is guessed now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.model import toml
from reportgen.model.errors import Place, UsageError, problem
from reportgen.model.toml import Raw
from reportgen.read.tables.laying.view import squeezed
from reportgen.read.todo import CONFIRM

MARK = "# reportgen import"  # the first words of a draft
LAYOUT = (
    "file",
    "sheet",
    "sheets",
    "range",
    "head",
    "join",
    "until",
    "skip",
    "rename",
    "constant",
    "fill",
    "melt",
    "totals",
    "key",
)


@dataclass(frozen=True)
class Column:
    name: str
    declared: Mapping[str, Raw]
    confirmed: bool


@dataclass
class Known:
    """A table of the earlier draft: its columns by their labels in the sheet."""

    id: str
    declared: Mapping[str, Raw]
    columns: dict[str, Column] = field(default_factory=dict)

    @property
    def besides(self) -> dict[str, Raw]:
        """What was added by hand to the table."""
        return {key: value for key, value in self.declared.items() if key not in (*LAYOUT, "label", "column")}


@dataclass
class Memory:
    """All that the earlier draft declares; empty where there was none."""

    raw: Mapping[str, Raw] = field(default_factory=dict)
    tables: list[Known] = field(default_factory=list)
    text: str = ""

    @property
    def besides(self) -> dict[str, Raw]:
        return {key: value for key, value in self.raw.items() if key not in ("name", "dimension", "table")}

    @property
    def names(self) -> Iterator[str]:
        """All names that are taken."""
        for known in self.tables:
            yield from (column.name for column in known.columns.values())

    def table(self, file: str, sheet: str, number: int) -> Known | None:
        """The table of this sheet: where the file has another name by the sheet alone."""
        here = [
            one
            for one in self.tables
            if sheet in one.declared.get("sheets", (one.declared.get("sheet", ""),))
        ]
        exact = [one for one in here if one.declared["file"] == file]
        found = exact or here
        return found[number] if number < len(found) else None


def memory_of(project: Path, into: str) -> Memory:
    """The draft that is there; UsageError where it is none."""
    file = f"inputs/datasets/{into}/dataset.toml"
    path = project / file
    if not path.is_file():
        if (project / f"inputs/{into}/publication.toml").exists() or (
            path.parent.is_dir() and any(path.parent.iterdir())
        ):
            raise UsageError(problem(Place(f"inputs/{into}"), "import.is_there"))
        return Memory()
    text = path.read_text("utf-8", errors="replace")
    if not text.startswith(MARK):
        raise UsageError(problem(Place(file), "import.is_no_draft", mark=MARK))
    try:
        raw, lines = toml.read(text)
    except toml.Mistake as mistake:
        raise UsageError(problem(Place(file, row=mistake.row), mistake.name, **mistake.slots)) from None
    marked = {number for number, line in enumerate(text.splitlines(), 1) if CONFIRM in line}
    memory = Memory(raw, text=text)
    for id, declared in _tables(raw.get("table")):
        known = Known(id, declared)
        labels = {name: label for label, names in _tables_or_words(declared.get("rename")) for name in names}
        melt = declared.get("melt")
        values = melt.get("value") if isinstance(melt, Mapping) else None
        for label, name in (
            values.items() if isinstance(values, Mapping) else [("", values)] if values else []
        ):
            labels[str(name)] = label
        for name, column in _tables(declared.get("column")):
            line = toml.line_of(("table", id, "column", name), lines)
            label = squeezed(labels.get(name, name))
            known.columns[label] = Column(name, column, line not in marked)
        memory.tables.append(known)
    return memory


def _tables(raw: Raw) -> Iterator[tuple[str, Mapping[str, Raw]]]:
    if isinstance(raw, Mapping):
        yield from ((key, value) for key, value in raw.items() if isinstance(value, Mapping))


def _tables_or_words(raw: Raw) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(raw, Mapping):
        for label, names in raw.items():
            yield label, (names,) if isinstance(names, str) else tuple(names)
