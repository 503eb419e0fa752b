"""The one schema layer: a TOML file and a model go in; the model, or all faults of the file with their lines, comes out.

    class Unit(Model):
        factor: Ratio
        head: Bilingual
        digits: Annotated[int, Within(0, 6)] = 0

        @check
        @staticmethod
        def _fits(factor: Fraction, digits: int) -> Iterator[Fault]:
            if digits and factor > 1:
                yield fault("digits", "area.name_of_a_message", digits=digits)

The parameters of a check are the fields that it needs (and `context`, where it wants that): it runs where these are sound,
whatever is wrong with the others. Types of fields are in `fields`. What a key means is said in `messages/keys/*.toml` under
the name of its model.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from reportgen.model import Text, toml
from reportgen.model.errors import InputError, KindError, Place, Problem, problem
from reportgen.model.hints import at_most, legible, near
from reportgen.model.messages import FOLDER, area
from reportgen.model.toml import Raw
from reportgen.read.words import Glossary

M = TypeVar("M", bound="Model")
F = TypeVar("F", bound=Callable[..., Iterable[InitErrorDetails]])
Known = Mapping[str, Collection[str]]
Fault = InitErrorDetails
Error = type[InputError] | type[KindError]


# ---- files ----------------------------------------------------------------------------------


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
        return (project / file).read_bytes()
    except FileNotFoundError:
        raise error(missing or problem(Place(file), "schema.file_is_missing")) from None
    except OSError as fault:
        raise error(problem(Place(file), "schema.file_cannot_be_read", error=fault.strerror)) from None


def parse_toml(file: str, raw: bytes, error: Error = InputError) -> TomlFile:
    try:
        values, lines = toml.read(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        row = raw[: fault.start].count(b"\n") + 1
        raise error(problem(Place(file, row=row), "schema.is_not_utf8")) from None
    except toml.Mistake as fault:
        raise error(problem(Place(file, row=fault.row), fault.name, **fault.slots)) from None
    return TomlFile(file, raw, values, lines)


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


def read(
    model: type[M],
    file: TomlFile,
    table: toml.Table | None = None,
    *,
    known: Known | None = None,
    glossary: Glossary | None = None,
    given: Raw = None,
    error: Error = InputError,
) -> M:
    """The model of the file, or of one table of it; `error` with all that is wrong.

    `known` holds the words that are known at run time only, by the name that `OneOf` has for them; `given` is for checks.
    """
    table = file.values if table is None else table
    try:
        return model.model_validate(table, context=Context(known or {}, glossary, file, given=given))
    except ValidationError as faults:
        raise error(in_order(problems_of(faults, file, table.path))) from None


def read_sound(
    model: type[M],
    file: TomlFile,
    problems: list[Problem],
    *,
    known: Known | None = None,
    glossary: Glossary | None = None,
) -> M | None:
    """The model with what is sound of its lists marked `Sound()`; all faults go to `problems`. None where too little is left.

    So the faults that only computing can find are told in the same run as those of the file.
    """
    left_out: list[Problem] = []
    made = None
    try:
        made = model.model_validate(file.values, context=Context(known or {}, glossary, file, left_out))
    except ValidationError as faults:
        left_out += problems_of(faults, file)
    problems += in_order(left_out)
    return made


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    found = sorted(dict.fromkeys(problems), key=lambda problem: problem.place)
    return list(at_most(found)) if found else []


def problems_of(
    error: ValidationError, file: TomlFile, above: toml.Path = (), skip: int = 0
) -> list[Problem]:
    """The faults with their places; their paths go on from `above`, without their first `skip` parts."""
    return [_problem(line, file, (*above, *line["loc"][skip:])) for line in error.errors(include_url=False)]


# What pydantic finds by itself, in our words.
_OURS = {
    "string_type": "schema.is_not_text",
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


# ---- faults ---------------------------------------------------------------------------------


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


def below(raw: Mapping[str, Raw], key: str) -> list[str]:
    """The names of the tables below a key, before anything is validated: for `Model.names`."""
    tables = raw.get(key)
    return [*tables] if isinstance(tables, Mapping) else []


# ---- models ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Context:
    """What is known besides the file: words for `OneOf`, the glossary, what checks ask (`given`).

    `left_out`: what is wrong with what `Sound()` leaves out.
    """

    known: Known = field(default_factory=dict)
    glossary: Glossary | None = None
    file: TomlFile | None = None
    left_out: list[Problem] | None = None
    given: Raw = None


@dataclass(frozen=True)
class Spot:
    """Where a table stands in its file: `spot.at("metrics")` is the place of that key of it."""

    file: TomlFile = field(repr=False)
    path: toml.Path

    def at(self, *keys: str | int) -> Place:
        return self.file.place((*self.path, *keys))


@dataclass(frozen=True)
class Own:
    """Marks a field that no key gives but the table itself: its `name`, its `row`, its `place`, its `spot`."""

    what: str

    def of(self, table: toml.Table, context: Context) -> Raw:
        if self.what == "place":
            return context.file.place(table.path) if context.file else Place("")
        if self.what == "spot":
            return Spot(context.file or TomlFile("", b"", toml.Table(), {}), table.path)
        return table.row if self.what == "row" else str(table.path[-1])


def check(function: F) -> F:
    """Marks a static method as a check across fields."""
    vars(function)["needs"] = tuple(inspect.signature(function).parameters)
    return function


class Model(BaseModel):
    """A table of a TOML file. Unknown keys are faults; all faults of all fields and checks are found in one run."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, validate_by_name=True
    )

    @classmethod
    def names(cls, raw: Mapping[str, Raw], known: Known) -> Known:
        """Words for `OneOf` in and below this table that the table itself declares; nothing in `raw` is validated yet."""
        return {}

    @model_validator(mode="wrap")
    @classmethod
    def _collected(cls, raw: Raw, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, Mapping):
            raise wrong("schema.is_not_table", value=shown(raw))
        above: Context = info.context or Context()
        context = replace(above, known={**above.known, **cls.names(raw, above.known)})
        given, faults = _fields(cls, raw, context)
        sound = {
            name: declared.get_default(call_default_factory=True)
            for name, declared in cls.model_fields.items()
            if not declared.is_required() and name not in raw and (declared.alias or name) not in raw
        }
        sound |= {**given, "context": context}
        for needs, function in _checks(cls):
            if sound.keys() >= set(needs):
                faults += function(**{name: sound[name] for name in needs})
        if faults:
            raise refused(faults)
        return handler(given)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json = handler(schema)
        for key, described in handler.resolve_ref_schema(json).get("properties", {}).items():
            if meant := meaning(cls, key):
                described["description"] = f"{meant.en}\n{meant.zh}"
        return json


def _fields(cls: type[Model], raw: Mapping[str, Raw], context: Context) -> tuple[dict[str, Raw], list[Fault]]:
    """The fields that are given and sound, and the faults of the others; a key that is unknown or missing is one."""
    known = keys(cls)
    in_code = () if isinstance(raw, toml.Table) else tuple(cls.model_fields)
    given: dict[str, Raw] = {}
    faults: list[Fault] = []
    for name, declared in cls.model_fields.items():
        key = declared.alias if declared.alias and declared.alias in raw else name
        if isinstance(raw, toml.Table) and (mark := mark_of(declared)):
            given[name] = mark.of(raw, context)
        elif key in raw:
            try:
                given[name] = _adapter(cls, name).validate_python(raw[key], strict=True, context=context)
            except ValidationError as error:
                faults += _below(key, error)
        elif declared.is_required():
            faults.append(fault(declared.alias or name, "schema.is_missing", form=form(cls, name)))
    for key in raw:
        if key not in known and key not in in_code:
            faults.append(fault(key, "schema.is_unknown_key", known=known, near=near(key, known)))
    return given, faults


def _below(key: str, error: ValidationError) -> Iterator[Fault]:
    lines = error.errors(include_url=False)
    for line in lines:
        kind, slots, at = line["type"], line.get("ctx", {}), line["loc"]
        if kind == "too_short" and any(
            len(other["loc"]) > len(at) and other["loc"][: len(at)] == at for other in lines
        ):
            continue  # entries that are at fault were not counted
        ours = wrong(kind, **slots) if "." in kind else kind
        yield {"type": ours, "loc": (key, *line["loc"]), "input": line["input"], "ctx": slots}


@functools.cache
def _adapter(cls: type[Model], name: str) -> TypeAdapter[Raw]:
    return TypeAdapter(cls.model_fields[name].rebuild_annotation())


@functools.cache
def _checks(cls: type[Model]) -> list[tuple[tuple[str, ...], Raw]]:
    held = [value for base in reversed(cls.__mro__) for value in vars(base).values()]
    return [
        (value.needs, value) for value in held if isinstance(value, staticmethod) and hasattr(value, "needs")
    ]


def keys(cls: type[BaseModel]) -> list[str]:
    """The keys that a table may have."""
    return [
        declared.alias or name for name, declared in cls.model_fields.items() if mark_of(declared) is None
    ]


def mark_of(declared: Raw) -> Own | None:
    """The mark of a field that no key gives."""
    return next((mark for mark in declared.metadata if isinstance(mark, Own)), None)


# ---- what a file may hold, for messages, editors and the officer's guide --------------------


def form(cls: type[Model], name: str) -> str:
    """How the key of a field is written: `name = { zh = "…", en = "…" }`, `[candidates]`, `[[section]]`."""
    key = cls.model_fields[name].alias or name
    schema = _adapter(cls, name).json_schema()
    if "$ref" in schema:
        return f"[{key}]"
    if "$defs" in schema:
        return f"[[{key}]]" if "items" in schema else f"[{key}.…]"
    return f"{key} = {_example(schema)}"


def _example(schema: Mapping[str, Raw]) -> str:
    if "examples" in schema:
        return str(schema["examples"][0])
    if "anyOf" in schema:
        return _example(schema["anyOf"][0])
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return " | ".join(map(toml.written, choices))
    if schema.get("type") == "array":
        return f"[{_example(schema.get('items', {}))}]"
    return {"integer": "1", "number": "1.5", "boolean": "true", "object": "{ … }"}.get(
        schema.get("type", ""), '"…"'
    )


@functools.cache
def _meanings() -> dict[str, Raw]:
    """By model; models of the same name in two kinds share a table."""
    meanings: dict[str, Raw] = {}
    for file in sorted((FOLDER / "keys").glob("*.toml")):
        for model, meant in area(f"keys/{file.stem}").items():
            meanings[model] = {**meanings.get(model, {}), **meant}
    return meanings


def meaning(model: type[BaseModel], key: str) -> Text | None:
    """The line of documentation of a key, looked for at its model and at those that it builds on."""
    found = (_meanings().get(base.__name__, {}).get(key) for base in model.__mro__)
    return next((Text(halves["zh"], halves["en"]) for halves in found if halves), None)


def json_schema(model: type[Model]) -> dict[str, Raw]:
    """JSON Schema (draft 2020-12) of a file, each key with its meaning in both languages."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
