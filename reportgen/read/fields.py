"""Types of fields for the models of `schema`: words in two languages, exact numbers, days, names, choices."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema, core_schema

from reportgen.model import Text, formats, toml
from reportgen.model.errors import Place
from reportgen.model.messages import message
from reportgen.model.periods import ROC_OFFSET, Era, Half, Month, Period, Quarter, Year, parse, written
from reportgen.model.toml import Raw
from reportgen.read.schema import (
    Fault,
    Model,
    Own,
    Spot,
    check,
    fault,
    keys,
    problems_of,
    refused,
    shown,
    unknown_at,
    wrong,
)

Name = Annotated[str, Own("name"), SkipJsonSchema()]  # of `[metric.collected]`: collected
Row = Annotated[int, Own("row"), SkipJsonSchema()]
At = Annotated[Place, Own("place"), SkipJsonSchema()]
Where = Annotated[Spot, Own("spot"), SkipJsonSchema()]


def _number(raw: Raw) -> Fraction:
    if isinstance(raw, Fraction | int | Decimal) and not isinstance(raw, bool):
        try:
            return Fraction(raw)
        except (ValueError, OverflowError):  # nan and inf are TOML, too
            pass
    raise wrong("schema.is_not_number", value=shown(raw))


def _ratio(raw: Raw) -> Fraction:
    number = Fraction(0)
    if not isinstance(raw, str):
        number = _number(raw)
    elif len(raw) > toml.MAX_DIGITS:
        pass
    elif re.fullmatch(r"[0-9]+(\.[0-9]+)?%", raw):
        number = Fraction(raw[:-1]) / 100
    elif re.fullmatch(r"[0-9]+(/[1-9][0-9]*)?", raw):
        number = Fraction(raw)
    if number <= 0:
        raise wrong("schema.is_not_ratio", value=shown(raw))
    return number


def _roc_date(raw: Raw) -> date:
    if type(raw) is date:
        return raw
    try:
        return formats.parse_roc_date(raw)
    except (ValueError, AttributeError):
        raise wrong("schema.is_not_roc_date", value=shown(raw)) from None


def _clock(raw: Raw) -> time:
    if type(raw) is time:
        return raw
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", raw) if isinstance(raw, str) else None
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    raise wrong("schema.is_not_clock", value=shown(raw))


def era_of(raw: Mapping[str, Raw]) -> Mapping[str, Collection[str]]:
    """What a file says of its calendar, for `Model.names`: its years are read by it."""
    era = raw.get("calendar", "roc")
    return {"calendar": (era,)} if isinstance(era, str) else {}


def era_in(info: ValidationInfo) -> Era:
    """The calendar of the file that is read."""
    known = info.context.known.get("calendar", ()) if info.context else ()
    return "gregorian" if "gregorian" in known else "roc"


def roc_year(raw: Raw, era: Era = "roc") -> int:
    """The ROC year, of a year in the calendar of the file."""
    offset = ROC_OFFSET if era == "gregorian" else 0
    if type(raw) is int and 1 <= raw - offset <= 200:
        return raw - offset
    meant = raw + (ROC_OFFSET if offset else -ROC_OFFSET) if type(raw) is int else 0
    hint = message("schema.is_it", meant=meant) if 1 <= meant - offset <= 200 else Text("", "")
    name = "schema.is_not_gregorian_year" if offset else "schema.is_not_roc_year"
    raise wrong(name, value=shown(raw), hint=hint)


def _year_of(raw: Raw, info: ValidationInfo) -> int:
    return raw if isinstance(raw, Period) else Year(roc_year(raw, era_in(info)))


def period(raw: Raw, era: Era = "roc") -> Period:
    """A year, half, quarter, month or fiscal year in the calendar of the file."""
    if isinstance(raw, str) and (found := parse(raw, era)) and found.kind != "year":
        return found
    if isinstance(raw, str) and not raw.isdecimal():
        examples = [
            written(one, era) for one in (Month.of(107, 6), Quarter.of(107, 2), Half.of(107), Year(107))
        ]
        raise wrong(
            "schema.is_no_period",
            value=shown(raw),
            examples=[*examples[:3], f"FY{examples[3]}"],
            year=examples[3],
        )
    return Year(roc_year(raw, era))


def _period_of(raw: Raw, info: ValidationInfo) -> Period:
    return raw if isinstance(raw, Period) else period(raw, era_in(info))


def documented(kind: str, example: str, **schema: Raw) -> WithJsonSchema:
    """JSON Schema of a type: `format` names it in the tables of the guide, a missing key is told with its example."""
    return WithJsonSchema({**schema, "format": kind, "examples": [example]})


Number = Annotated[Fraction, PlainValidator(_number), documented("number", "1.5", type="number")]
# Above 0: 1000, 0.5, "1/100" or "12.5%".
Ratio = Annotated[Fraction, PlainValidator(_ratio), documented("ratio", '"1/100"', type=["number", "string"])]
# A day in the ROC calendar, or a date of TOML.
RocDate = Annotated[date, PlainValidator(_roc_date), documented("roc-date", '"115/11/26"', type="string")]
Clock = Annotated[time, PlainValidator(_clock), documented("clock", '"14:30"', type="string")]
RocYear = Annotated[
    int, PlainValidator(_year_of), documented("roc-year", "107", type="integer", minimum=1, maximum=2111)
]
When = Annotated[Period, PlainValidator(_period_of), documented("when", "107", type=["integer", "string"])]


class Dated(Model):
    """What has its place in time: `at` a period, or in a `roc_year`."""

    since: Annotated[When | None, Field(alias="at")] = None
    roc_year: RocYear | None = None

    @property
    def at(self) -> Period:
        return Year(self.roc_year or 0) if self.since is None else self.since

    @check
    def _once(since: int | None, roc_year: int | None) -> Iterator[Fault]:
        if (since is None) == (roc_year is None):
            yield fault("at", "schema.dated_once")


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise wrong("publication.is_empty")
    return tuple(dict.fromkeys(names))


# A list that is not empty, each of it once: the documents of a kind, the languages of a publication.
EachOnce = AfterValidator(_some)
Element = TypeVar("Element")
# A list that may be written without brackets where there is one element.
Several = Annotated[
    tuple[Element, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, Mapping) else raw)
]


class _After(ABC):
    """An annotation that looks at a value which is of the right type already."""

    @abstractmethod
    def validate(self, value: Raw, info: ValidationInfo) -> Raw:
        """The value, or another in its place; raises what `wrong` gives."""

    def json(self) -> dict[str, Raw]:
        return {}

    def __get_pydantic_core_schema__(self, source: Raw, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self.validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **self.json()}


@dataclass(frozen=True)
class Within(_After):
    """A number from `low` to `high`, both included; with `above`, the low end is not."""

    low: int | None = None
    high: int | None = None
    above: bool = False

    def validate(self, value: Raw, info: ValidationInfo) -> Raw:
        too_low = self.low is not None and (value < self.low or (self.above and value == self.low))
        if not too_low and (self.high is None or value <= self.high):
            return value
        if self.high is None:
            ends = message("schema.above" if self.above else "schema.at_least", low=self.low)
        elif self.low is None:
            ends = message("schema.at_most", high=self.high)
        else:
            name = "schema.above_to" if self.above else "schema.from_to"
            ends = message(name, low=self.low, high=self.high)
        raise wrong("schema.is_not_within", value=shown(value), ends=ends)

    def json(self) -> dict[str, Raw]:
        low = "exclusiveMinimum" if self.above else "minimum"
        return {key: end for key, end in ((low, self.low), ("maximum", self.high)) if end is not None}


@dataclass(frozen=True)
class AtMost(_After):
    """A list of no more entries than this."""

    count: int

    def validate(self, value: Raw, info: ValidationInfo) -> Raw:
        if len(value) > self.count:
            raise wrong("schema.has_too_many_entries", count=len(value), limit=self.count)
        return value

    def json(self) -> dict[str, Raw]:
        return {"maxItems": self.count}


@dataclass(frozen=True)
class Like(_After):
    """A text of this pattern; `name` is the message that says what it must be, with the slot `value`."""

    pattern: str
    name: str
    example: str = '"…"'

    def validate(self, value: Raw, info: ValidationInfo) -> Raw:
        if not re.fullmatch(self.pattern, value):
            raise wrong(self.name, value=shown(value))
        return value

    def json(self) -> dict[str, Raw]:
        return {"pattern": f"^(?:{self.pattern})$", "examples": [self.example]}


Id = Annotated[str, Like(r"[A-Za-z][\w-]*", "schema.is_not_id", '"name"')]
Colour = Annotated[str, Like(r"#[0-9a-f]{6}", "schema.is_not_colour", '"#16222e"')]


@dataclass(frozen=True)
class OneOf(_After):
    """One of the words that the context knows under this name; any word where the context does not know the name."""

    name: str

    def validate(self, value: Raw, info: ValidationInfo) -> Raw:
        known = info.context.known.get(self.name) if info.context else None
        if known is not None and value not in known:
            raise refused([unknown_at((), value, known)])
        return value


@dataclass(frozen=True)
class Sound:
    """A list of tables of which each that is at fault is told and left out, where `read_sound` reads it."""

    def __get_pydantic_core_schema__(self, source: Raw, handler: GetCoreSchemaHandler) -> CoreSchema:
        def sound(
            raw: Raw, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo
        ) -> tuple[Raw, ...]:
            context = info.context
            placed = isinstance(raw, tuple) and all(isinstance(table, toml.Table) for table in raw)
            if not placed or context is None or context.left_out is None:
                return tuple(inner(raw))
            made: list[Raw] = []
            for table in raw:
                try:
                    made += inner((table,))
                except ValidationError as error:
                    context.left_out.extend(problems_of(error, context.file, table.path, skip=1))
            return tuple(made)

        return core_schema.with_info_wrap_validator_function(sound, handler(source))


@dataclass(frozen=True)
class By:
    """Of several models, the one whose `key` may hold what the table says: `Annotated[Line | Bar, By("form")]`.

    A model that has no such key is for the tables without it.
    """

    key: str

    def __get_pydantic_core_schema__(self, source: Raw, handler: GetCoreSchemaHandler) -> CoreSchema:
        of = get_args(source) or (source,)
        models = {tag: model for model in of for tag in _words(model, self.key)}
        bare = next((model for model in of if self.key not in keys(model)), None)

        def chosen(raw: Raw, _: object, info: ValidationInfo) -> Raw:
            if isinstance(raw, of):
                return raw
            if not isinstance(raw, Mapping):
                raise wrong("schema.is_not_table", value=shown(raw))
            tag = raw.get(self.key)
            if tag is None and bare:
                return bare.model_validate(raw, context=info.context)
            if tag is None:
                example = f"{self.key} = {' | '.join(map(toml.written, models))}"
                raise refused([fault(self.key, "schema.is_missing", form=example)])
            if not isinstance(tag, str) or tag not in models:
                raise refused([unknown_at(self.key, tag, models)])
            return models[tag].model_validate(raw, context=info.context)

        return core_schema.with_info_wrap_validator_function(chosen, handler(source))


def _words(model: type[BaseModel], key: str) -> tuple[str, ...]:
    """The words that the model allows for the key."""
    fields = model.model_fields.items()
    return next(
        (get_args(declared.annotation) for name, declared in fields if key in (name, declared.alias)), ()
    )
