"""The one module that knows the notation TOML: text to values with the lines they stand on, values to text.

What the keys mean is for those who read: `read.schema` for all that an officer writes, `messages` for the catalogue.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reportgen.model import limits

Raw = Any  # a value as a file has it, of whatever type: before a model has looked at it
Path = tuple[str | int, ...]  # ("section", 0, "block", 2, "metric")


MAX_BYTES = limits.DECLARATION_BYTES
MAX_TABLES = limits.DECLARATION_TABLES
MAX_DEPTH = limits.DECLARATION_DEPTH
MAX_PARTS = limits.KEY_PARTS
MAX_DIGITS = limits.NUMBER_DIGITS
MAX_EXPONENT = limits.NUMBER_EXPONENT


class Table(dict[str, Raw]):
    """A table of a TOML file that knows its place: `path` from the top, `row` the line of its head."""

    path: Path = ()
    row: int = 0

    def part(self, keys: Iterable[str]) -> Table:
        """The same table with these keys alone, as far as it has them."""
        part = Table({key: self[key] for key in keys if key in self})
        part.path, part.row = self.path, self.row
        return part


class Mistake(ValueError):
    """The text is not TOML: the line, and the name and slots of the message that says what was meant."""

    def __init__(self, row: int, name: str, **slots: object) -> None:
        super().__init__(row, name, slots)
        self.row, self.name, self.slots = row, name, slots


def parse(text: str) -> dict[str, Raw]:
    """The plain values of a TOML text, numbers with a point as Decimal; Mistake where it is not TOML."""
    text = text.replace("\r\n", "\n")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _meant(text, str(error)) from None


def read(text: str) -> tuple[Table, dict[Path, int]]:
    """The same as tables that know their places, lists as tuples; and the line of each key, table and element.

    Mistake, too, where the text is beyond the limits: before anything is made of it.
    """
    _within_limits(_Tokens(text).all)
    values = parse(text)
    lines: dict[Path, int] = {}
    for path, row in positions(text):
        for length in range(len(path), 0, -1):  # `[a.b]` is where a stands, too
            lines.setdefault(path[:length], row)
    return placed(values, (), lines), lines


def placed(value: Raw, path: Path = (), lines: Mapping[Path, int] = {}) -> Raw:
    """Plain values as tables that know their places."""
    if isinstance(value, dict):
        table = Table({key: placed(inner, (*path, key), lines) for key, inner in value.items()})
        table.path, table.row = path, line_of(path, lines)
        return table
    if isinstance(value, list):
        return tuple(placed(inner, (*path, number), lines) for number, inner in enumerate(value))
    return value


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of the key, or of the nearest table around it; 0 where none is known."""
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 0)


# ---- where it stands ------------------------------------------------------------------------

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|\n|[\[\]{},=.]'
    r"|[^\s\[\]{},=.#\"']+",
    re.DOTALL,
)


class _Tokens:
    """The signs and words of a TOML text that is sound (or at least was until the fault), one after the other."""

    def __init__(self, text: str) -> None:
        self.all: list[tuple[str, int]] = []
        self.letters: list[tuple[int, int]] = []  # where each begins and ends
        self.values: dict[Path, tuple[int, int]] = {}  # the same of each value, once it was walked over
        row, end = 1, 0
        for match in _TOKEN.finditer(text):
            row += text.count("\n", end, match.start())
            self.all.append((match[0], row))
            self.letters.append(match.span())
            end = match.start()
        self.at = 0

    def take(self) -> tuple[str, int]:
        """The next token and its line; an empty one at the end."""
        self.at += 1
        return self.all[self.at - 1] if self.at <= len(self.all) else ("", 0)

    def peek(self, skip_lines: bool = True) -> str:
        while skip_lines and self.at < len(self.all) and self.all[self.at][0][0] in "\n#":
            self.at += 1
        return self.all[self.at][0] if self.at < len(self.all) else ""


_NUMBER = re.compile(r"[+-]?([0-9][0-9_]*|0[xob][0-9A-Fa-f_]+)(?:[eE][+-]?([0-9_]+))?")


def _within_limits(tokens: Iterable[tuple[str, int]]) -> None:
    """Mistake at the first place where a text goes beyond a limit, whether it is sound TOML or not."""
    depth = dots = tables = 0
    before = "\n"
    for token, row in tokens:
        depth = max(0, depth + (token in "[{") - (token in "]}"))
        dots = dots + 1 if token == "." else dots if before == "." else 0
        tables += token == "[" and before == "\n"
        before = token
        if depth > MAX_DEPTH:
            raise Mistake(row, "schema.is_nested_too_deeply", limit=MAX_DEPTH)
        if dots >= MAX_PARTS:
            raise Mistake(row, "schema.key_has_too_many_parts", limit=MAX_PARTS)
        if tables > MAX_TABLES:
            raise Mistake(row, "schema.has_too_many_tables", limit=MAX_TABLES)
        if number := _NUMBER.fullmatch(token):
            digits, exponent = (group.replace("_", "") for group in number.groups("0"))
            if max(len(digits), len(exponent)) > MAX_DIGITS:
                raise Mistake(row, "schema.has_too_many_digits", limit=MAX_DIGITS)
            if int(exponent or 0) > MAX_EXPONENT:
                raise Mistake(row, "schema.exponent_is_too_large", limit=MAX_EXPONENT)


def positions(text: str) -> Iterator[tuple[Path, int]]:
    """Each table, key and element of a list with its line, in order; tomllib keeps no lines."""
    return _positions(_Tokens(text))


def spans(text: str) -> dict[Path, tuple[int, int]]:
    """Where each value stands in a sound text, by letters: quotes and brackets belong to it."""
    tokens = _Tokens(text)
    for _ in _positions(tokens):
        pass
    return tokens.values


def remarks(text: str) -> Iterator[tuple[str, int, int]]:
    """Each remark behind a `#` with its line and its first letter."""
    tokens = _Tokens(text)
    for (token, row), (start, _) in zip(tokens.all, tokens.letters, strict=True):
        if token.startswith("#"):
            yield token, row, start


def _positions(tokens: _Tokens) -> Iterator[tuple[Path, int]]:
    here: Path = ()
    counts: dict[Path, int] = {}
    while tokens.peek():
        if tokens.peek() == "[":
            row = tokens.take()[1]
            if several := tokens.peek() == "[":
                tokens.take()
            here, names = (), _key(tokens, "]")
            for place, name in enumerate(names, start=1):
                here = (*here, name)
                if several and place == len(names):
                    counts[here] = counts.get(here, -1) + 1
                    yield here, row
                here = (*here, counts[here]) if here in counts else here
            if several:
                tokens.take()
            yield here, row
        else:
            row = tokens.all[tokens.at][1]
            path = (*here, *_key(tokens, "="))
            yield path, row
            yield from _within(tokens, path)


def _key(tokens: _Tokens, end: str) -> list[str]:
    """The parts of a dotted key, up to the sign that ends it."""
    parts = []
    while (token := tokens.take()[0]) not in (end, "", "\n"):
        if token != ".":
            parts.append(tomllib.loads(f"k = {token}")["k"] if token[0] in "\"'" else token)
    return parts


def _within(tokens: _Tokens, path: Path) -> Iterator[tuple[Path, int]]:
    """What stands inside of the value that begins here: elements of a list, keys of an inline table."""
    opened = tokens.peek()
    begin = tokens.letters[tokens.at][0] if tokens.at < len(tokens.all) else 0
    if opened not in ("[", "{"):
        while tokens.peek(skip_lines=False) not in ("", "\n", ",", "]", "}"):
            end = tokens.letters[tokens.at][1]
            if not tokens.take()[0].startswith("#"):
                tokens.values[path] = (begin, end)
        return
    tokens.take()
    number = 0
    while (token := tokens.peek()) not in ("", "]", "}"):
        if token == ",":
            tokens.take()
            continue
        row = tokens.all[tokens.at][1]
        inner = (*path, number) if opened == "[" else (*path, *_key(tokens, "="))
        yield inner, row
        yield from _within(tokens, inner)
        number += 1
    tokens.take()
    tokens.values[path] = (begin, tokens.letters[tokens.at - 1][1])


# ---- what was meant -------------------------------------------------------------------------

_SOUND_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_QUOTES = "“”„‟＂「」『』‘’＇"
_WIDE = dict(
    zip("＝，、。．［］｛｝【】＃：\u3000", ["=", ",", ",", ".", ".", *"[]{}[]#:", " "], strict=True)
)
_PAIR = re.compile(r"\s*([\w.\"'-]+)\s*=\s*(.*?)\s*")
_UNJOINED = re.compile(r"([A-Za-z_][\w-]*)\s+([^\s=\[].*?)\s*")


def _meant(text: str, error: str) -> Mistake:
    """The line of the fault and the message that says what was probably meant; `error` is told by tomllib."""
    at = re.search(r"line (\d+)", error)
    lines = text.split("\n")
    row = int(at[1]) if at else max((n for n, line in enumerate(lines, 1) if line.strip()), default=1)
    line = lines[row - 1]
    bare = _SOUND_TEXT.sub('""', line).split("#")[0]
    if "overwrite" in error or "twice" in error or "Duplicate" in error or "mutate" in error:
        seen: dict[Path, int] = {}
        for path, there in positions("\n".join(lines[:row])):
            if path in seen and there == row:
                return Mistake(row, "schema.stands_twice", key=str(path[-1]), first=seen[path])
            seen.setdefault(path, there)
    if quotes := [sign for sign in bare if sign in _QUOTES]:
        return Mistake(row, "schema.has_curly_quotes", signs="".join(dict.fromkeys(quotes)))
    if wide := [sign for sign in bare if sign in _WIDE]:
        shown = wide[0] if wide[0].strip() else "U+3000"
        return Mistake(row, "schema.has_wide_sign", sign=shown, plain=_WIDE[wide[0]])
    if bare.replace('"""', "").count('"') % 2 or bare.replace("'''", "").count("'") % 2:
        return Mistake(row, "schema.quote_is_not_closed")
    if (pair := _UNJOINED.fullmatch(bare)) and "=" not in bare:
        return Mistake(row, "schema.has_no_equals_sign", key=pair[1])
    pair = _PAIR.fullmatch(bare)
    if pair and pair[2] in ("True", "False", "yes", "no"):
        meant = "true" if pair[2] in ("True", "yes") else "false"
        return Mistake(row, "schema.is_true_or_false", value=pair[2], meant=meant)
    if pair and not pair[2]:
        return Mistake(row, "schema.has_no_value", key=pair[1])
    if pair and re.fullmatch(r"""[^\[{"'].*""", pair[2]):
        return Mistake(row, "schema.text_has_no_quotes", key=pair[1], value=pair[2])
    return Mistake(row, "schema.is_not_toml", error=error)


# ---- values to text -------------------------------------------------------------------------


def written(value: Raw) -> str:
    """The value as TOML has it on one line: `true`, `"word"`, `[1, 2]`, `{ zh = "甲", en = "a" }`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return str(Decimal(value.numerator) / value.denominator)
    if isinstance(value, int | Decimal | float | date | time):
        return str(value)
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{key_written(key)} = {written(inner)}" for key, inner in value.items()) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(inner) for inner in value) + "]"
    escaped = "".join(
        f"\\u{ord(c):04x}" if not c.isprintable() and ord(c) < 0x10000 else c
        for c in str(value).replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{escaped}"'


def key_written(key: str) -> str:
    """A key as TOML has it: bare where it may be."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else written(key)
