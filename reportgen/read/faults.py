"""Faults of a TOML file: how a model tells them, and what becomes of them: problems with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from reportgen.model import Text, toml
from reportgen.model.errors import Problem, problem
from reportgen.model.hints import at_most, legible, near
from reportgen.model.toml import Raw
from reportgen.read.toml_files import TomlFile

Fault = InitErrorDetails


def wrong(name: str, /, **slots: Raw) -> PydanticCustomError:
    """To be raised where a single value is validated: the message `name` of the catalogue."""
    return PydanticCustomError(name, name, slots)


def fault(key: str | toml.Path, name: str, /, **slots: Raw) -> Fault:
    """To be given by a check: the fault stands at this key, or path from the model's own table."""
    path = (key,) if isinstance(key, str) and key else tuple(key)
    return {"type": wrong(name, **slots), "loc": path, "input": None}


def told_at(key: str | toml.Path, problems: Iterable[Problem]) -> Iterator[Fault]:
    """Problems that were found elsewhere, told at this key."""
    for found in problems:
        yield fault(key, "schema.as_found", what=Text(found.zh, found.en))


def repeated(key: str, tables: Iterable[Raw], name: str = "id") -> Iterator[Fault]:
    """Tables of a list that bear a name which one above them has already."""
    taken: set[str] = set()
    for number, table in enumerate(tables):
        value = getattr(table, name)
        if value and value in taken:
            yield fault((key, number, name), "schema.is_used_twice", value=shown(value))
        taken.add(value)


def unknown_at(key: str | toml.Path, value: object, known: Iterable[str]) -> Fault:
    """The value is none of the known words: they are told, and the nearest."""
    name, slots = _unknown(value, known)
    return fault(key, name, **slots)


def refused(faults: Iterable[Fault]) -> ValidationError:
    """To be raised where one value has several faults."""
    return ValidationError.from_exception_data("", list(faults))


def shown(value: object) -> str:
    """The value as the file has it, short enough for a message."""
    return legible(f"{value:g}" if isinstance(value, float) else toml.written(value))


def _unknown(value: object, known: Iterable[str]) -> tuple[str, dict[str, Raw]]:
    words = [word for word in known if word]
    return "schema.is_unknown", {
        "value": shown(value),
        "known": words or "-",
        "near": near(str(value), words),
    }


# ---- problems -------------------------------------------------------------------------------


def problems_of(
    error: ValidationError, file: TomlFile, above: toml.Path = (), skip: int = 0
) -> list[Problem]:
    """The faults with their places; their paths go on from `above`, without their first `skip` parts."""
    return [_problem(line, file, (*above, *line["loc"][skip:])) for line in error.errors(include_url=False)]


# What pydantic finds by itself, in our words.
_OURS = {
    "string_type": "schema.is_not_text",
    "string_too_short": "schema.is_empty",
    "int_type": "schema.is_not_whole_number",
    "bool_type": "schema.is_not_true_or_false",
    "tuple_type": "schema.is_not_list",
    "dict_type": "schema.is_not_table",
    "date_type": "schema.is_not_date",
    "time_type": "schema.is_not_time",
    "float_type": "schema.is_not_number",
}


def _problem(line: Raw, file: TomlFile, path: toml.Path) -> Problem:
    kind, slots = line["type"], line.get("ctx") or {}
    place = file.place(tuple(part for part in path if part != "[key]"))
    if kind == "literal_error":
        kind, slots = _unknown(line["input"], re.findall(r"'([^']*)'", slots["expected"]))
    if kind == "schema.is_unknown" and path[-1:] == ("[key]",):
        kind = "schema.is_unknown_key"
    if kind == "schema.is_missing" and slots["form"].startswith("["):
        above = "".join(f"{part}." for part in path[:-1] if isinstance(part, str))
        slots = {"form": re.sub(r"^\[+", lambda brackets: brackets[0] + above, slots["form"])}
    if kind == "missing":  # of a list of fixed length
        return problem(place, "schema.entry_is_missing")
    if kind == "too_short":
        return problem(
            place, "schema.has_few_entries", count=slots["actual_length"], least=slots["min_length"]
        )
    if kind == "too_long":
        return problem(
            place, "schema.has_many_entries", count=slots["actual_length"], most=slots["max_length"]
        )
    if kind in _OURS:
        return problem(place, _OURS[kind], value=shown(line["input"]))
    if "." not in kind:
        return problem(place, "schema.is_not_valid", value=shown(line["input"]), error=line["msg"])
    return problem(place, kind, **slots)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    found = sorted(dict.fromkeys(problems), key=lambda problem: problem.place)
    return list(at_most(found)) if found else []
