"""A TOML file with the lines on which its tables and keys stand, and a reader that misses no fault in it.

What the keys mean is for those who read: `tables.declaration`, `rules.declaration`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reportgen.model import Text
from reportgen.model.errors import InputError, KindError, Place, Problem, problem
from reportgen.model.hints import MAX_PROBLEMS, at_most, legible, near
from reportgen.model.messages import told

__all__ = ["MAX_PROBLEMS", "TomlFaults", "TomlNode", "at_most", "legible", "nearest", "toml_lines"]


class TomlFaults:
    """The problems of one TOML file, with the lines they are on; `error` tells whose it is to mend."""

    def __init__(self, file: str, raw: bytes, error: type[InputError] | type[KindError] = InputError) -> None:
        self.file = file
        self.raw = raw
        self.error = error
        self.problems: list[Problem] = []
        self.lines: dict[tuple[str | int, ...], int] = {}

    def parsed(self) -> dict[str, Any]:
        try:
            text = self.raw.decode("utf-8-sig")
            values = tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
        except UnicodeDecodeError as error:
            line = self.raw[: error.start].count(b"\n") + 1
            raise self.error(problem(Place(self.file, row=line), "toml.is_not_utf")) from None
        except tomllib.TOMLDecodeError as error:
            raise self.error(self._syntax(str(error))) from None
        self.lines = toml_lines(text)
        return values

    def _syntax(self, message: str) -> Problem:
        found = re.search(r"line (\d+)", message)
        line = int(found[1]) if found else self.raw.count(b"\n") + 1
        return problem(Place(self.file, row=line), "toml.is_not_valid_toml", message=message)

    def line(self, path: tuple[str | int, ...]) -> int:
        """The line of the key, or of the nearest table around it; 0 where none is known."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 0)

    def add(self, path: tuple[str | int, ...], en: str, zh: str) -> None:
        words = ".".join(f"{part + 1}" if isinstance(part, int) else part for part in path)
        self.problems.append(Problem(Place(self.file, row=self.line(path), column=words), en, zh))

    def stop(self) -> None:
        if self.problems:
            raise self.error(at_most(sorted(self.problems, key=lambda problem: problem.place)))


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_ASSIGNMENT = re.compile(r"""\s*([\w-]+|"[^"]*")\s*(?:\.\s*[\w-]+\s*)*=""")


def toml_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Where each table, key, and inline table in a list of several lines stands; tomllib keeps no lines."""
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    here: tuple[str | int, ...] = ()
    listed: tuple[str | int, ...] = ()
    depth = entries = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if depth > 0:
            if line.lstrip().startswith("{"):
                lines.setdefault((*listed, entries), number)
                entries += 1
            depth += _opened(line)
        elif header := _HEADER.match(line):
            here = ()
            parts = [part.strip().strip('"') for part in header[2].split(".")]
            for place, part in enumerate(parts, start=1):
                here = (*here, part)
                if header[1] == "[[" and place == len(parts):
                    counts[here] = counts.get(here, -1) + 1
                if here in counts:
                    here = (*here, counts[here])
            lines.setdefault(here, number)
        elif key := _ASSIGNMENT.match(line):
            listed = (*here, key[1].strip('"'))
            lines.setdefault(listed, number)
            depth, entries = _opened(line[key.end() :]), 0
    return lines


_QUOTED = re.compile(r"""["][^"]*["]|'[^']*'|#.*""")


def _opened(line: str) -> int:
    """How many lists the line opens and does not close."""
    bare = _QUOTED.sub("", line)
    return bare.count("[") - bare.count("]")


class TomlNode:
    """One table of the TOML file: hands out its values by type and notes what is wrong or unknown."""

    def __init__(self, values: Mapping[str, Any], path: tuple[str | int, ...], faults: TomlFaults) -> None:
        self.values = values
        self.path = path
        self.faults = faults
        self.asked: set[str] = set()

    def fault(self, key: str, en: str, zh: str) -> None:
        self.faults.add((*self.path, key) if key else self.path, en, zh)

    def _get(self, key: str, kind: type | tuple[type, ...], default: Any, en: str, zh: str) -> Any:
        self.asked.add(key)
        value = self.values.get(key, default)
        if value is None:
            self.fault(key, *told("toml.is_missing", key=key, zh=Text(zh, en)))
        elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, *told("toml.is_not", value=legible(str(value)), zh=Text(zh, en)))
        else:
            return value
        return None

    def string(self, key: str, default: str | None = None) -> str:
        return str(self._get(key, str, default, *told("toml.text")) or "")

    def boolean(self, key: str) -> bool:
        return bool(self._get(key, bool, False, *told("toml.true_false")))

    def whole(self, key: str, default: int | None = None) -> int:
        return int(self._get(key, int, default, *told("toml.whole_number")) or 0)

    def optional_whole(self, key: str) -> int | None:
        self.asked.add(key)
        return self.whole(key) if key in self.values else None

    def number(self, key: str) -> Fraction | None:
        self.asked.add(key)
        if key not in self.values:
            return None
        value = self._get(key, (int, Decimal), None, *told("toml.number"))
        return None if value is None else Fraction(value)

    def strings(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        value = self._get(key, list, default, *told("toml.list_texts")) or []
        if all(isinstance(entry, str) for entry in value):
            return tuple(value)
        self.fault(key, *told("toml.is_not_list_texts"))
        return ()

    def choices(self, key: str, known: Collection[str], default: list[str] | None = None) -> tuple[str, ...]:
        chosen = self.strings(key, default)
        for one in chosen:
            self.one_of(key, one, known)
        return tuple(one for one in chosen if one in known)

    def one_of(self, key: str, value: str, known: Collection[str]) -> None:
        if value not in known:
            near = nearest(value, known)
            listed = ", ".join(known) or "-"
            self.fault(key, *told("toml.is_unknown", value=value, listed=listed, near=Text(near[1], near[0])))

    def text(self, key: str, default: Text | None = None) -> Text:
        if default is not None and key not in self.values:
            self.asked.add(key)
            return default
        node = self.node(key, '{ zh = "…", en = "…" }')
        halves = {language: node.values.get(language) for language in ("zh", "en")}
        for language, half in halves.items():
            node.asked.add(language)
            if not isinstance(half, str) or not half.strip():
                node.fault(language, *told("toml.text_lacks_half", language=language))
        node.no_other_keys()
        return Text(str(halves["zh"]), str(halves["en"]))

    def node(self, key: str, form: str = "") -> TomlNode:
        default: dict[str, Any] | None = None if form else {}
        value = self._get(key, dict, default, form or "a table", form or "表格") or {}
        return TomlNode(value, (*self.path, key), self.faults)

    def nodes(self, key: str) -> list[tuple[str, TomlNode]]:
        """The named tables below `key`, each with its name."""
        below = self.node(key)
        return [(name, below.node(name)) for name in below.values]

    def list_of_nodes(self, key: str) -> list[TomlNode]:
        value = self._get(key, list, [], *told("toml.list_tables")) or []
        if not all(isinstance(entry, dict) for entry in value):
            self.fault(key, *told("toml.is_not_list_tables"))
            return []
        return [TomlNode(entry, (*self.path, key, n), self.faults) for n, entry in enumerate(value)]

    def no_other_keys(self) -> None:
        for key in self.values:
            if key not in self.asked:
                listed = ", ".join(sorted(self.asked))
                self.fault(key, *told("toml.is_unknown_key", listed=listed, near=near(key, self.asked)))


def nearest(word: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint at the most similar known word, in both languages, or nothing."""
    hint = near(word, known)
    return hint.en, hint.zh
