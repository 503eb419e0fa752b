"""A TOML file as it was read, with the lines of its keys; what the keys mean is for `schema`."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reportgen.model import LANGUAGES, Language, toml
from reportgen.model.errors import InputError, KindError, Place, Problem, problem
from reportgen.model.toml import Raw

Error = type[InputError] | type[KindError]
Languages = tuple[Language, ...]
SETTINGS = "reportgen.toml"  # of the project


@dataclass(frozen=True)
class TomlFile:
    """A TOML file as it was read: its tables, and the line of each key. `file` is its path from the project's root.

    `languages` are the halves that its texts must have; where none is named, either will do.
    """

    file: str
    raw: bytes
    values: toml.Table
    lines: Mapping[toml.Path, int]
    languages: Languages = LANGUAGES

    def path_of(self, value: Raw) -> toml.Path:
        """Where a value of this file stands."""
        return value.path if isinstance(value, toml.Table) else next(_paths(self.values, value, ()), ())

    def place(self, path: toml.Path) -> Place:
        return Place(self.file, row=toml.line_of(path, self.lines), column=in_words(path, self.values))


def open_toml(
    project: Path,
    file: str,
    missing: Problem | None = None,
    error: Error = InputError,
    languages: Languages | None = None,
) -> TomlFile:
    """The file, or what is wrong with it as TOML; `missing` is told where there is no such file.

    `languages`: of its texts; if absent, those of the publication in whose folder it lies.
    """
    opened = parse_toml(file, file_bytes(project, file, missing, error), error)
    return replace(opened, languages=languages_of(project, file) if languages is None else languages)


def languages_of(project: Path, file: str) -> Languages:
    """The languages of the publication in whose folder a file lies, else those of the project."""
    for declaring in (*re.findall(r"\A(inputs/[^/]+/)", file), ""):
        try:
            raw = file_bytes(project, f"{declaring}publication.toml" if declaring else SETTINGS)
            values = parse_toml(file, re.split(rb"(?m)^\[\[", raw, maxsplit=1)[0]).values
        except InputError:
            continue  # whoever reads it tells what is wrong with it
        if found := tuple(one for one in LANGUAGES if one in _listed(values.get("languages"))):
            return found
    return LANGUAGES


def _listed(value: Raw) -> tuple[Raw, ...]:
    return value if isinstance(value, tuple) else ()


def _paths(values: Raw, wanted: Raw, path: toml.Path) -> Iterator[toml.Path]:
    if values is wanted:
        yield path
    elif isinstance(values, Mapping | tuple):
        inner = values.items() if isinstance(values, Mapping) else enumerate(values)
        for key, value in inner:
            yield from _paths(value, wanted, (*path, key))


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


@functools.lru_cache(64)  # the same declarations are read for each document; nobody changes what was read
def _read(raw: bytes) -> tuple[str, toml.Table, Mapping[toml.Path, int]]:
    text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))  # as every reader takes letters
    return (text, *toml.read(text))


def parse_toml(file: str, raw: bytes, error: Error = InputError) -> TomlFile:
    try:
        text, values, lines = _read(raw)
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
    return isinstance(value, Mapping) and not value.keys() & {"zh", "en", "todo"}


def _at(values: Raw, path: toml.Path) -> Raw:
    for part in path:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return None
    return values
