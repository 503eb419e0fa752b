"""A publication as its `publication.toml` declares it: the head that all kinds share, and which documents it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import PlainValidator, ValidationInfo, create_model

from reportgen.model import LANGUAGES, Edition, Language, Text, toml
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.hints import near
from reportgen.model.kind import Kind
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.brand import NO_BRAND, BrandTable
from reportgen.read.fields import At, EachOnce, Like, OneOf, RocYear, documented, roc_year
from reportgen.read.parity import Glossary
from reportgen.read.schema import (
    Fault,
    Model,
    TomlFile,
    check,
    fault,
    file_bytes,
    keys,
    open_toml,
    parse_toml,
    read,
    wrong,
)
from reportgen.read.signing import ProjectFile
from reportgen.read.texts import Bilingual
from reportgen.read.toml_files import SETTINGS, Languages, languages_of

Orientation = Literal["portrait", "landscape"]  # of a section or another part


class Period(NamedTuple):
    """The ROC year that a publication is about, to the end of `month`."""

    year: int
    month: int = 12


def _period(raw: Raw, info: ValidationInfo) -> Period:
    """`104`, or `"104-06"` where the kind has months."""
    if isinstance(raw, Period):
        return raw
    if isinstance(raw, str) and info.context and info.context.known.get("monthly", True):
        match = re.fullmatch(r"([0-9]{1,3})-(0[1-9]|1[0-2])", raw)
        if match and 1 <= int(match[1]) <= 200:
            return Period(int(match[1]), int(match[2]))
        raise wrong("publication.is_no_month", found=raw)
    return Period(roc_year(raw))


class Head(Model):
    """What every `publication.toml` says; the model of a kind adds its own keys."""

    place: At = Place("")
    kind: Annotated[str, OneOf("kind")]
    dataset: str
    period: Annotated[
        Period, PlainValidator(_period), documented("period", "107", type=["integer", "string"])
    ]
    since: RocYear | None = None
    languages: Annotated[tuple[Language, ...], EachOnce] = LANGUAGES
    title: Bilingual
    subtitle: Bilingual
    issuer: Bilingual

    @check
    def _in_order(period: Period, since: int | None) -> Iterator[Fault]:
        if since is not None and since > period.year:
            yield fault("since", "publication.is_after_period", since=since, period=period.year)


Documents = Annotated[
    tuple[Annotated[str, Like(r"[a-z][a-z-]*", "publication.is_no_name_paper")], ...], EachOnce
]


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A publication whose head is sound; `source` is its whole file, for the kind's own model.

    `month` is the last month of the period where it is less than a year (`period = "104-06"`), else 12.
    """

    name: str
    kind: str
    dataset: str
    period: int
    since: int
    title: Text
    subtitle: Text
    issuer: Text
    source: TomlFile
    month: int = 12
    brand: BrandTable = NO_BRAND

    @property
    def languages(self) -> Languages:
        """The languages that it is made in."""
        return self.source.languages

    @property
    def edition(self) -> Edition:
        """The edition with all that there is."""
        return edition_of(self.languages)

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def raw(self) -> toml.Table:
        return self.source.values


HEAD = tuple(keys(Head))


def publication_names(project: Path) -> list[str]:
    """The folders of inputs/ with a publication.toml, in order of their names."""
    return sorted(path.parent.name for path in (project / "inputs").glob("*/publication.toml"))


def open_publication(project: Path, name: str, only_head: bool = False) -> TomlFile:
    """The file, or only what stands before its first `[[section]]`; InputError with the nearest name where there is none."""
    file = f"inputs/{name}/publication.toml"
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise InputError(problem(Place(name), "publication.is_no_name_publication"))
    known = publication_names(project)
    missing = problem(
        Place(file),
        "publication.is_no_publication",
        name_=name,
        it=known or message("check.none"),
        more=near(name, known),
    )
    raw = file_bytes(project, file, missing)
    opened = parse_toml(file, re.split(rb"(?m)^\[\[", raw, maxsplit=1)[0] if only_head else raw)
    return replace(opened, languages=languages_of(project, file))


def edition_of(languages: Languages) -> Edition:
    return "both" if len(languages) > 1 else languages[0]


def read_publication(
    project: Path, name: str, kinds: Mapping[str, Kind], glossary: Glossary | None
) -> Publication:
    """The head of a publication; InputError lists all that is wrong with it."""
    settings = read(ProjectFile, open_toml(project, SETTINGS)) if (project / SETTINGS).is_file() else None
    file = open_publication(project, name)
    kind = file.values.get("kind")
    known = {"kind": kinds, "monthly": [name for name in kinds if name == kind and kinds[name].monthly]}
    head = read(Head, file, _head(file.values), known=known, glossary=glossary)
    return Publication(
        name=name,
        kind=head.kind,
        dataset=head.dataset,
        period=head.period.year,
        since=head.since or head.period.year,
        title=head.title,
        subtitle=head.subtitle,
        issuer=head.issuer,
        source=file,
        month=head.period.month,
        brand=settings.brand or NO_BRAND if settings else NO_BRAND,
    )


def _head(values: toml.Table) -> toml.Table:
    """The keys of the head, and those that are likely to be one of them misspelt."""
    missing = [key for key in HEAD if key not in values]
    return values.part([key for key in values if key in HEAD or near(key, missing).en])


def documents_of(project: Path, name: str, kinds: Mapping[str, Kind]) -> tuple[Kind, tuple[str, ...]]:
    """The kind of a publication and the names of its documents, from the head before the sections alone."""
    file = open_publication(project, name, only_head=True)
    kind = kinds[read(_Kind, file, file.values.part(["kind"]), known={"kind": kinds}).kind]
    key = kind.documents
    if key not in file.values:
        return kind, (kind.name,)
    listing = create_model("Listing", __base__=Model, **{key: (Documents, ...)})  # type: ignore[call-overload]
    names: tuple[str, ...] = getattr(read(listing, file, file.values.part([key])), key)
    if reserved := [name for name in names if name in kind.besides]:
        raise InputError(problem(file.place((key,)), "publication.is_page_all_panels", paper=reserved[0]))
    return kind, (*names, *kind.besides)


class _Kind(Model):
    kind: Annotated[str, OneOf("kind")]
