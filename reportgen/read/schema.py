"""The one schema layer: a TOML file and a model go in; the model, or all faults of the file with their lines, comes out.

    class Unit(Model):
        factor: Ratio
        head: Bilingual
        digits: Annotated[int, Within(0, 6)] = 0

        @check
        def _fits(factor: Fraction, digits: int) -> Iterator[Fault]:
            if digits and factor > 1:
                yield fault("digits", "area.name_of_a_message", digits=digits)

The parameters of a check are the fields that it needs (and `context`, or `raw`: the table as it stands, where it wants that): it
runs where these are sound, whatever is wrong with the others. Types of fields are in `fields`. What a key means is said in `messages/keys/*.toml` under
the name of its model.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ParamSpec, Self, TypeVar

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
from pydantic_core import CoreSchema

from reportgen.model import LANGUAGES, Text, toml
from reportgen.model.errors import InputError, Place, Problem
from reportgen.model.hints import near
from reportgen.model.messages import FOLDER, area
from reportgen.model.toml import Raw
from reportgen.read.faults import (
    Fault,
    fault,
    in_order,
    problems_of,
    refused,
    repeated,
    shown,
    told_at,
    unknown_at,
    wrong,
)
from reportgen.read.parity import Glossary, label_faults
from reportgen.read.toml_files import Error, TomlFile, file_bytes, open_toml, parse_toml

__all__ = [
    "Context",
    "Fault",
    "Known",
    "Model",
    "Own",
    "Spot",
    "TomlFile",
    "below",
    "check",
    "fault",
    "file_bytes",
    "form",
    "in_order",
    "json_schema",
    "keys",
    "mark_of",
    "meaning",
    "open_toml",
    "parse_toml",
    "problems_of",
    "read",
    "read_sound",
    "refused",
    "repeated",
    "shown",
    "told_at",
    "unknown_at",
    "wrong",
]

M = TypeVar("M", bound="Model")
P = ParamSpec("P")
Known = Mapping[str, Collection[str]]


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
    whole = glossary is not None and len(table) == len(file.values)
    problems = list(label_faults(file, glossary)) if whole else []
    try:
        made = model.model_validate(table, context=Context(known or {}, glossary, file, given=given))
    except ValidationError as faults:
        raise error(in_order([*problems_of(faults, file, table.path), *problems])) from None
    if problems:
        raise error(in_order(problems))
    return made


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
    left_out: list[Problem] = list(label_faults(file, glossary)) if glossary else []
    made = None
    try:
        made = model.model_validate(file.values, context=Context(known or {}, glossary, file, left_out))
    except ValidationError as faults:
        left_out += problems_of(faults, file)
    problems += in_order(left_out)
    return made


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

    @property
    def both(self) -> bool:
        """Whether texts have two halves to compare."""
        return not self.file or len(self.file.languages) == len(LANGUAGES)


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


def check(function: Callable[P, Iterable[Fault]]) -> staticmethod[P, Iterable[Fault]]:
    """Makes a function of a model, which is no method, a check across fields."""
    made = staticmethod(function)
    vars(made)["needs"] = tuple(inspect.signature(function).parameters)
    return made


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
        sound |= {**given, "raw": raw}
        if info.context:  # in code nothing is known besides
            sound["context"] = context
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


@functools.cache
def form(cls: type[Model], name: str) -> str:
    """How the key of a field is written: `name = { zh = "…", en = "…" }`, `[candidates]`, `[[section]]`."""
    key = cls.model_fields[name].alias or name
    schema = _adapter(cls, name).json_schema()
    if "$ref" in schema or ("properties" in schema and "examples" not in schema):
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
