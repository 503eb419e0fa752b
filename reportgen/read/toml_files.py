"""A TOML file as it was read, with the lines of its keys; what the keys mean is for `schema`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import toml
from reportgen.model.errors import InputError, KindError, Place, Problem, problem
from reportgen.model.toml import Raw

Error = type[InputError] | type[KindError]


@dataclass(frozen=True)
class TomlFile:
    """A TOML file as it was read: its tables, and the line of each key. `file` is its path from the project's root."""

    file: str
    raw: bytes
    values: toml.Table
    lines: Mapping[toml.Path, int]

    def place(self, path: toml.Path) -> Place:
        return Place(self.file, row=toml.line_of(path, self.lines), column=in_words(path, self.values))


def open_toml(
    project: Path, file: str, missing: Problem | None = None, error: Error = InputError
) -> TomlFile:
    """The file, or what is wrong with it as TOML; `missing` is told where there is no such file."""
    return parse_toml(file, file_bytes(project, file, missing, error), error)


def file_bytes(project: Path, file: str, missing: Problem | None = None, error: Error = InputError) -> bytes:
    try:
        with (project / file).open("rb") as stream:
            content = stream.read(toml.MAX_BYTES + 1)
    except FileNotFoundError:
        raise error(missing or problem(Place(file), "schema.file_is_missing")) from None
    except OSError as fault:
        raise error(problem(Place(file), "schema.file_cannot_be_read", error=fault.strerror)) from None
    if len(content) > toml.MAX_BYTES:
        raise error(problem(Place(file), "schema.file_is_too_large", limit=toml.MAX_BYTES // 2**20))
    return content


def parse_toml(file: str, raw: bytes, error: Error = InputError) -> TomlFile:
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))  # as every reader takes letters
        values, lines = toml.read(text)
    except UnicodeDecodeError as fault:
        row = raw[: fault.start].count(b"\n") + 1
        raise error(problem(Place(file, row=row), "schema.is_not_utf8")) from None
    except toml.Mistake as fault:
        raise error(problem(Place(file, row=fault.row), fault.name, **fault.slots)) from None
    if (found := _SELECTOR.search(text)) and found[0] in str(values):  # not in a remark alone
        row, code = text.count("\n", 0, found.start()) + 1, f"U+{ord(found[0]):04X}"
        raise error(problem(Place(file, row=row), "schema.variation_selector", code=code))
    return TomlFile(file, raw, values, lines)


_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def in_words(path: toml.Path, values: Raw) -> str:
    """`section 1, block 2: metrics 1`: the tables on the way, then the key and the place in its list."""
    tables, keys = "", ""
    for number, part in enumerate(path, 1):
        is_table = _is_table(_at(values, path[:number]))
        step = f" {part + 1}" if isinstance(part, int) else part
        if is_table and not keys:
            tables += (
                step
                if isinstance(part, int) or not tables
                else (", " if tables[-1].isdigit() else ".") + step
            )
        else:
            keys += step if isinstance(part, int) or not keys else f".{step}"
    return ": ".join(filter(None, (tables, keys)))


def _is_table(value: Raw) -> bool:
    """Whether the value is a table or a list of tables; a text in two languages is none."""
    value = value[0] if isinstance(value, tuple) and value else value
    return isinstance(value, Mapping) and not value.keys() & {"zh", "en"}


def _at(values: Raw, path: toml.Path) -> Raw:
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return None
    return values
