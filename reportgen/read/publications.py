"""A publication as its `publication.toml` declares it, and a reader that misses no fault in it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.model import Text, formats
from reportgen.model.errors import InputError, Place, Problem, not_utf8, problem
from reportgen.model.kind import Kind
from reportgen.model.messages import told
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


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The head of a `publication.toml`; `raw` keeps the whole for the kind's own builder.

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
    file: str
    raw: Mapping[str, Any]
    month: int = 12


HEAD = ("kind", "dataset", "period", "since", "title", "subtitle", "issuer")


def publication_names(project: Path) -> list[str]:
    """The folders of inputs/ with a publication.toml, in order of their names."""
    return sorted(path.parent.name for path in (project / "inputs").glob("*/publication.toml"))


def read_raw(project: Path, name: str, only_head: bool = False) -> tuple[str, dict[str, Any]]:
    """The file's project path and its TOML, or only what stands before the first `[[section]]`; or InputError."""
    file = f"inputs/{name}/publication.toml"
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise InputError(problem(Place(name), "publication.is_no_name_publication"))
    try:
        text = (project / file).read_bytes().decode("utf-8-sig")
        return file, tomllib.loads(re.split(r"(?m)^\[\[", text, maxsplit=1)[0] if only_head else text)
    except FileNotFoundError:
        known = publication_names(project)
        near = difflib.get_close_matches(name, known, 1)
        raise InputError(
            problem(
                Place(file),
                "publication.is_no_publication",
                name_=name,
                it=Text("、".join(known) or "無", ", ".join(known) or "none"),
                more=Text(
                    f"；是否為 {near[0]!r}？" if near else "", f"; did you mean {near[0]!r}?" if near else ""
                ),
            )
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(file, error)) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(problem(Place(file), "publication.not_valid_toml", error=error)) from None


def read_publication(
    project: Path, name: str, kinds: Mapping[str, Kind], glossary: Glossary | None
) -> Publication:
    """The head of a publication; InputError lists all that is wrong with it."""
    file, raw = read_raw(project, name)
    problems: list[Problem] = []
    reader = Reader(raw, file, "", problems, glossary)
    kind = reader.word("kind", kinds)
    dataset = reader.word("dataset")
    period, month = _period(reader, kind in kinds and kinds[kind].monthly)
    since = reader.whole("since", default=period)
    title, subtitle, issuer = reader.text("title"), reader.text("subtitle"), reader.text("issuer")
    if not problems and not 1 <= period <= 200:
        reader.problem(
            "period",
            f"{period} is no ROC year; write 107 for 2018"
            + (f" (is it {period - 1911}?)" if period > 1911 else ""),
            f"{period} 不是民國年；例如 2018 年請寫 107",
        )
    if not problems and since > period:
        reader.problem("since", *told("publication.is_after_period", since=since, period=period))
    if problems or not (title and subtitle and issuer):
        raise InputError(problems)
    return Publication(
        name=name,
        kind=kind,
        dataset=dataset,
        period=period,
        since=since,
        title=title,
        subtitle=subtitle,
        issuer=issuer,
        file=file,
        raw=raw,
        month=month,
    )


def _period(reader: Reader, monthly: bool) -> tuple[int, int]:
    """The ROC year and its last month: `104`, or `"104-06"` where the kind has months."""
    found = reader.raw.get("period")
    if not monthly or not isinstance(found, str):
        return reader.whole("period"), 12
    reader.word("period")
    match = re.fullmatch(r"([0-9]{1,3})-([0-9]{2})", found)
    if match and 1 <= int(match[2]) <= 12:
        return int(match[1]), int(match[2])
    reader.problem("period", *told("publication.is_no_month", found=found))
    return 0, 12


def documents_of(project: Path, name: str, kinds: Mapping[str, Kind]) -> tuple[Kind, tuple[str, ...]]:
    """The kind of a publication and the names of its documents, from the head before the sections alone."""
    file, raw = read_raw(project, name, only_head=True)
    problems: list[Problem] = []
    reader = Reader(raw, file, "", problems)
    chosen = reader.word("kind", kinds)
    if chosen not in kinds:
        raise InputError(problems)
    kind = kinds[chosen]
    listed = kind.documents if reader.has(kind.documents) else ""
    papers = tuple(dict.fromkeys(reader.words(listed))) if listed else (kind.name,)
    if not papers and not problems:
        reader.problem(listed, *told("publication.is_empty"))
    for paper in papers:
        if not re.fullmatch(r"[a-z][a-z-]*", paper):
            reader.problem(listed, *told("publication.is_no_name_paper", paper=paper))
        if paper in kind.besides:
            reader.problem(listed, *told("publication.is_page_all_panels", paper=paper))
    if problems:
        raise InputError(problems)
    return kind, (*papers, *kind.besides) if listed else papers
