"""Texts in two languages as fields: with two halves that say the same, with one that is declared alone, or still to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from reportgen.model import LANGUAGES, Language, Text, formats
from reportgen.model.errors import Place
from reportgen.model.hints import near
from reportgen.model.toml import Raw
from reportgen.read import parity
from reportgen.read.fields import documented
from reportgen.read.schema import Fault, fault, refused, shown, told_at, wrong
from reportgen.read.todo import KEY, half_faults, is_todo, names_todo

MARKS = ("meant", "archived")  # what a text may say besides its halves


def asked_of(info: ValidationInfo) -> tuple[Language, ...]:
    """The halves that a text must have."""
    return info.context.file.languages if info.context and info.context.file else LANGUAGES


def _halves(raw: Raw, info: ValidationInfo) -> Text:
    if isinstance(raw, Text):
        return raw
    asked = asked_of(info)
    if len(asked) < 2 and (isinstance(raw, str) or is_todo(raw)):
        raw = {(asked or LANGUAGES)[0]: raw}
    if not isinstance(raw, Mapping) or (len(asked) == 1 and not raw.keys() & {*asked, KEY}):
        name = "schema.is_not_in_language" if len(asked) == 1 else "schema.is_not_bilingual"
        raise wrong(name, value=shown(raw), language="".join(asked))
    if is_todo(raw):
        return formats.TODO
    if names_todo(raw):
        raise wrong("schema.todo_stands_alone", value=shown(raw))
    halves: dict[str, Raw] = {
        half: formats.TODO.say(half) if is_todo(raw.get(half)) else raw.get(half) for half in LANGUAGES
    }
    wanted = [half for half in LANGUAGES if half in (asked or raw.keys() & {*LANGUAGES} or LANGUAGES)]
    faults = [found for half in wanted for found in half_faults(half, raw.get(half))]
    faults += _mark_faults(raw)
    if faults:
        raise refused(faults)
    alone = halves[wanted[0]]  # stands for the half that nobody asks for, and is nowhere printed as such
    return Text(halves["zh"] or alone, halves["en"] or alone)


def _mark_faults(raw: Mapping[str, Raw]) -> Iterator[Fault]:
    """What is wrong with what a text says besides its halves."""
    known = (*LANGUAGES, *MARKS)
    for key in raw:
        if key not in known:
            yield fault(key, "schema.is_unknown_key", known=known, near=near(key, known))
    if not isinstance(reason := raw.get("meant", "-"), str) or not reason.strip():
        yield fault("meant", "parity.meant_needs_reason")
    if raw.get("archived", True) is not True:
        yield fault("archived", "parity.archived_is_true")


def alike(raw: Raw, info: ValidationInfo) -> Text:
    """The text, of which both halves say the same."""
    if isinstance(raw, Text):
        return raw  # it was looked at when it was read
    text = _halves(raw, info)
    if len(formats.written(text)) < 2 or len(asked_of(info)) < 2:  # there are no two halves to compare
        return text
    marks = raw if isinstance(raw, Mapping) else {}
    glossary = info.context.glossary if info.context else None
    if problems := parity.faults(
        text, Place(""), glossary, meant="meant" in marks, archived="archived" in marks
    ):
        raise refused(told_at((), problems))
    return text


_TODO: dict[str, Raw] = {
    "properties": {"todo": {"const": True}},
    "required": ["todo"],
    "additionalProperties": False,
}
_WORDS: dict[str, Raw] = {"type": "string", "minLength": 1}
_HALF: dict[str, Raw] = {"anyOf": [_WORDS, {"type": "object", **_TODO}]}
_BOTH: dict[str, Raw] = {
    "properties": {
        "zh": _HALF,
        "en": _HALF,
        "meant": _WORDS,
        "archived": {"type": "boolean"},
        **_TODO["properties"],
    },
    "anyOf": [{"required": ["zh", "en"]}, {"required": ["todo"]}],
}
# Two languages of which a check of its own says what they must have in common; those of `Bilingual` say the same.
Halves = Annotated[
    Text,
    PlainValidator(_halves),
    documented("bilingual", '{ zh = "…", en = "…" }', type="object", additionalProperties=False, **_BOTH),
]
Bilingual = Annotated[
    Text,
    PlainValidator(alike),
    documented("bilingual", '{ zh = "…", en = "…" }', type="object", additionalProperties=False, **_BOTH),
]


def _lone(language: Language) -> BeforeValidator:
    def words(raw: Raw) -> Raw:
        if faults := [found for found in half_faults(language, raw) if names_todo(raw)]:
            raise refused({**found, "loc": ()} for found in faults)
        return formats.TODO.say(language) if names_todo(raw) else raw

    return BeforeValidator(words)


# A half that stands by itself as a key of a table.
_ALONE = WithJsonSchema({**_HALF, "examples": ['"…"']})
Zh = Annotated[str, Field(min_length=1), _lone("zh"), _ALONE]
En = Annotated[str, Field(min_length=1), _lone("en"), _ALONE]


@dataclass(frozen=True)
class Sentence:
    """Words of an officer with their slots, and where they stand. As the type of a field: a text in both languages."""

    text: Text
    place: Place
    meant: bool = False

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Raw, handler: GetCoreSchemaHandler) -> CoreSchema:
        def placed(
            raw: Raw, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo
        ) -> Sentence:
            if isinstance(raw, cls):
                return raw
            text, file = inner(raw), info.context.file if info.context else None
            meant = isinstance(raw, Mapping) and "meant" in raw
            return cls(text, file.place(file.path_of(raw)) if file else Place(""), meant)

        return core_schema.with_info_wrap_validator_function(placed, handler.generate_schema(Bilingual))
