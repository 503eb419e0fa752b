"""A publication as its `publication.toml` declares it: the head that all kinds share, and which documents it has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, PlainValidator, ValidationInfo, create_model

from reportgen.model import Text, formats, toml
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.kind import Kind
from reportgen.model.messages import told
from reportgen.model.toml import Raw
from reportgen.read.fields import At, Bilingual, Like, OneOf, RocYear, documented, roc_year
from reportgen.read.schema import (
    Fault,
    Model,
    TomlFile,
    check,
    fault,
    file_bytes,
    keys,
    parse_toml,
    read,
    wrong,
)
from reportgen.read.toml import nearest
from reportgen.read.words import Glossary, as_text, check_halves


class Reader:
    """Takes fields out of a TOML table, notes what is wrong with its place, and what was left over."""

    def __init__(
        self,
        raw: Mapping[str, Any],
        file: str,
        where: str,
        problems: list[Problem],
        glossary: Glossary | None = None,
    ) -> None:
        self.raw, self.file, self.where, self.problems, self.glossary = raw, file, where, problems, glossary
        self._seen: set[str] = set()

    def place(self, name: str = "") -> Place:
        return Place(self.file, column=": ".join(part for part in (self.where, name) if part))

    def problem(self, name: str, en: str, zh: str) -> None:
        self.problems.append(Problem(self.place(name), en, zh))

    def has(self, name: str) -> bool:
        return name in self.raw

    def _take(self, name: str, kind: type | tuple[type, ...], what: tuple[str, str], required: bool) -> Any:
        self._seen.add(name)
        if name not in self.raw:
            if required:
                self.problem(name, *told("publication.is_missing", what=Text(what[1], what[0])))
            return None
        found = self.raw[name]
        found = list(found) if isinstance(found, tuple) else found
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is int):
            self.problem(name, *told("publication.is_not", found=found, what=Text(what[1], what[0])))
            return None
        return found

    def text(self, name: str, required: bool = True) -> Text | None:
        self._seen.add(name)
        if name not in self.raw and not required:
            return None
        text = as_text(self.raw.get(name), self.place(name), self.problems)
        if text:
            self.problems.extend(check_halves(text, self.place(name)))
            if self.glossary:
                self.problems.extend(self.glossary.check(text, self.place(name)))
        return text

    def word(self, name: str, choices: Iterable[str] = (), default: str | None = None) -> str:
        found = self._take(name, str, told("publication.word_quotes"), default is None)
        if found is None:
            return default or ""
        known = list(choices)
        if known and found not in known:
            near = difflib.get_close_matches(found, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            self.problem(
                name,
                *told(
                    "publication.is_not_known",
                    found=found,
                    known=[*known],
                    more=Text(f"；是否為 {near[0]!r}？" if near else "", hint),
                ),
            )
            return default or known[0]
        return str(found)

    def whole(self, name: str, default: int | None = None) -> int:
        found = self._take(name, int, told("publication.whole_number"), default is None)
        return int(found) if found is not None else (default or 0)

    def yes(self, name: str, default: bool = False) -> bool:
        found = self._take(name, bool, told("publication.true_false"), False)
        return default if found is None else bool(found)

    def words(self, name: str, required: bool = True) -> list[str]:
        found = self._take(name, list, told("publication.list_words_quotes"), required) or []
        for item in found:
            if not isinstance(item, str):
                self.problem(name, *told("publication.is_not_word_quotes", item=item))
        return [item for item in found if isinstance(item, str)]

    def roc_date(self, name: str) -> Text | None:
        """A day that may be left out, written in the ROC calendar, said in both languages."""
        words = self.word(name, default="")
        if not words:
            return None
        try:
            return formats.roc_date(formats.parse_roc_date(words))
        except ValueError:
            self.problem(name, *told("publication.is_no_date", words=words))
            return None

    def tables(self, name: str, what: str) -> list[Reader]:
        path = f"section.{name}" if self.where else name
        found = self._take(name, list, told("publication.tables", path=path), True) or []
        readers = []
        for number, item in enumerate(found, 1):
            where = f"{self.where}, {what} {number}" if self.where else f"{what} {number}"
            if not isinstance(item, Mapping):
                self.problem(name, *told("publication.is_not_table", what=what, number=number))
                continue
            readers.append(Reader(item, self.file, where, self.problems, self.glossary))
        return readers

    def done(self) -> None:
        """Every field that nobody asked for is a misspelt one."""
        for name in sorted(set(self.raw) - self._seen):
            near = difflib.get_close_matches(name, sorted(self._seen), 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(self._seen))}"
            self.problem(
                name,
                *told(
                    "publication.is_not_known_here",
                    more=Text(f"；是否為 {near[0]!r}？" if near else "", hint),
                ),
            )


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
    title: Bilingual
    subtitle: Bilingual
    issuer: Bilingual

    @check
    @staticmethod
    def _in_order(period: Period, since: int | None) -> Iterator[Fault]:
        if since is not None and since > period.year:
            yield fault("since", "publication.is_after_period", since=since, period=period.year)


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise wrong("publication.is_empty")
    return tuple(dict.fromkeys(names))


# The key of a kind that lists its documents; each is made once.
EachOnce = AfterValidator(_some)
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
    near = nearest(name, known)
    missing = problem(
        Place(file),
        "publication.is_no_publication",
        name_=name,
        it=Text("、".join(known) or "無", ", ".join(known) or "none"),
        more=Text(near[1], near[0]),
    )
    raw = file_bytes(project, file, missing)
    return parse_toml(file, re.split(rb"(?m)^\[\[", raw, maxsplit=1)[0] if only_head else raw)


def read_publication(
    project: Path, name: str, kinds: Mapping[str, Kind], glossary: Glossary | None
) -> Publication:
    """The head of a publication; InputError lists all that is wrong with it."""
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
    )


def _head(values: toml.Table) -> toml.Table:
    """The keys of the head, and those that are likely to be one of them misspelt."""
    missing = [key for key in HEAD if key not in values]
    return values.part([key for key in values if key in HEAD or any(nearest(key, missing))])


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
