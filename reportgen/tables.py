"""A dataset: what `dataset.toml` declares and what its tables hold, checked, with exact numbers.

Bytes become cells in `sheets`; metrics belong to `metrics`. Every fault of every table is found in one run.

    dataset.toml ── describe ── Declaration ──┐
    cells of the tables ── _parse ── rows ────┴── pandera schema, relations ── Dataset or InputError
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import hashlib
import operator
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from reportgen import fonts, formats, sheets
from reportgen.errors import InputError, Place, Problem
from reportgen.model import Exact, Gap, GapKind, Text

MAX_PROBLEMS = 200

# ---- what a dataset is ----------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """One value of a dimension. `names` are earlier names with the last ROC year in which they held."""

    id: str
    label: Text
    first_year: int | None = None
    last_year: int | None = None
    names: tuple[tuple[int, Text], ...] = ()
    group: str = ""

    def name_in(self, roc_year: int) -> Text:
        """The name that the member had in that year: 板橋行政執行處 up to 100, then 新北分署."""
        return next((name for until, name in self.names if roc_year <= until), self.label)


@dataclass(frozen=True)
class Dimension:
    id: str
    label: Text
    members: tuple[Member, ...]
    total: str | None = None

    def member(self, id: str) -> Member:
        return next(member for member in self.members if member.id == id)


@dataclass(frozen=True)
class Measure:
    id: str
    table: str
    label: Text
    unit: str


@dataclass(frozen=True)
class Break:
    roc_year: int
    measures: tuple[str, ...]
    text: Text


@dataclass(frozen=True)
class Derivation:
    id: str
    formula: str
    from_year: int
    unit: str
    label: Text
    note: Text


@dataclass(frozen=True)
class ColumnSpec:
    """A declared column. `personal` text is never quoted in a message."""

    name: str
    type: str
    label: Text
    unit: str = ""
    dimension: str = ""
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    digits: int = 0
    max_letters: int = 200
    accept: tuple[str, ...] = ()
    missing: tuple[GapKind, ...] = ()
    personal: bool = False
    reasons: Mapping[GapKind, Text] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.type in ("whole", "decimal", "percent", "roc_year")


@dataclass(frozen=True)
class Relation:
    """Arithmetic that must hold in a table within `tolerance`, in units of the columns.

    `pairs` are (own column, other table, its column); `where` fixes key columns of the other table.
    """

    kind: str
    tolerance: Fraction
    columns: tuple[str, ...] = ()
    over: str = ""
    total: str = ""
    formula: str = ""
    pairs: tuple[tuple[str, str, str], ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    first: str = ""
    last: str = ""
    stock: str = ""
    add: str = ""
    subtract: str = ""


@dataclass(frozen=True)
class TableSpec:
    name: str
    label: Text
    file: str
    sheet: str
    encoding: str
    key: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    relations: tuple[Relation, ...]
    source_column: str

    @property
    def year_column(self) -> str:
        return next((name for name in self.key if self.columns[name].type == "roc_year"), "")


@dataclass(frozen=True)
class Declaration:
    """All that dataset.toml says; no table is read for it."""

    id: str
    label: Text
    sample: Text | None
    time: str
    dimensions: Mapping[str, Dimension]
    tables: Mapping[str, TableSpec]
    measures: Mapping[str, Measure]
    derivations: Mapping[str, Derivation]
    breaks: tuple[Break, ...]
    symbols: Mapping[str, GapKind]
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """A row: `key` in the order of the table's key, `cells` by name for the other columns."""

    row: int
    key: tuple[int | str, ...]
    cells: Mapping[str, Exact | str | date]


@dataclass(frozen=True)
class Coercion:
    """A cell that was understood in another form than it was typed, as the declaration allows."""

    place: Place
    rule: str
    before: str
    after: str


@dataclass(frozen=True)
class Table:
    name: str
    label: Text
    file: str
    sheet: str
    sha256: str
    key: tuple[str, ...]
    columns: Mapping[str, ColumnSpec]
    records: tuple[Record, ...]
    coercions: tuple[Coercion, ...]
    source_column: str
    compared_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """The tables that were asked for, with what is declared about them."""

    id: str
    label: Text
    sample: Text | None
    time: str
    dimensions: Mapping[str, Dimension]
    tables: Mapping[str, Table]
    measures: Mapping[str, Measure]
    derivations: Mapping[str, Derivation]
    breaks: tuple[Break, ...]
    files: Mapping[str, str]
    file: str = ""


def read_dataset(project: Path, name: str, tables: Collection[str] | None = None) -> Dataset:
    """The dataset with the named tables (all if None); InputError with all problems of all tables."""
    declared = describe(project, name)
    wanted = _wanted(declared, tables)
    problems: list[Problem] = []
    parsed: dict[str, Parsed] = {}
    for table in wanted:
        try:
            parsed[table] = _parse(project, declared, declared.tables[table])
        except InputError as error:
            problems += error.problems
    stamp = _stamp(declared, parsed.values())
    if problems or any(one.problems for one in parsed.values()) or not stamp.exists():
        for found in _check_all(declared, parsed).values():
            problems += _at_most(sorted(found, key=lambda problem: problem.place))
    if problems:
        raise InputError(problems)
    with contextlib.suppress(OSError):  # without write access the same tables are checked again next time
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    asked = [name for name in wanted if tables is None or name in tables]
    return _dataset(declared, {name: parsed[name] for name in asked})


def _stamp(declared: Declaration, parsed: Iterable[Parsed]) -> Path:
    """The file that says: these very tables passed this declaration under these very checks.

    Checking is most of the time of a small build (pandera and pandas alone take half a second to import).
    """
    digest = hashlib.sha256(declared.sha256.encode())
    for one in parsed:
        digest.update(f"{one.spec.name} {one.sheet.sha256}\n".encode())
    for module in (__file__, sheets.__file__):
        digest.update(Path(module).read_bytes())
    return fonts.font_folder().parent / "checked" / digest.hexdigest()


def _wanted(declared: Declaration, tables: Collection[str] | None) -> list[str]:
    """The tables to read: those asked for and those that their relations compare them with."""
    if tables is None:
        return list(declared.tables)
    unknown = sorted(set(tables) - set(declared.tables))
    if unknown:
        raise InputError(
            _unknown_one(Place(declared.file), ("table", "表格"), name, declared.tables) for name in unknown
        )
    beside = {other for name in tables for r in declared.tables[name].relations for _, other, _ in r.pairs}
    return [name for name in declared.tables if name in tables or name in beside]


def _dataset(declared: Declaration, parsed: Mapping[str, Parsed]) -> Dataset:
    measures = {id: measure for id, measure in declared.measures.items() if measure.table in parsed}
    derivations = {
        id: derivation
        for id, derivation in declared.derivations.items()
        if _names(derivation.formula) <= set(measures)
    }
    read = {name: _table(table) for name, table in parsed.items()}
    return Dataset(
        id=declared.id,
        label=declared.label,
        sample=declared.sample,
        time=declared.time,
        dimensions=declared.dimensions,
        tables=read,
        measures=measures,
        derivations=derivations,
        breaks=declared.breaks,
        file=declared.file,
        files={declared.file: declared.sha256, **{table.file: table.sha256 for table in read.values()}},
    )


def _table(parsed: Parsed) -> Table:
    spec, sheet = parsed.spec, parsed.sheet
    rest = [name for name in spec.columns if name not in spec.key]
    key = [(name, int if spec.columns[name].is_number else str) for name in spec.key]
    records = tuple(
        Record(number, tuple(kind(row[name]) for name, kind in key), {name: row[name] for name in rest})
        for number, row in parsed.rows.items()
    )
    return Table(
        name=spec.name,
        label=spec.label,
        file=spec.file,
        sheet=sheet.sheet,
        sha256=sheet.sha256,
        key=spec.key,
        columns=spec.columns,
        records=records,
        coercions=tuple(parsed.coercions),
        source_column=spec.source_column,
        compared_with=tuple(dict.fromkeys(other for one in spec.relations for _, other, _ in one.pairs)),
    )


def _at_most(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The first of many problems and how many more there are."""
    yield from problems[:MAX_PROBLEMS]
    more = len(problems) - MAX_PROBLEMS
    if more > 0:
        place = Place(problems[0].place.file, problems[0].place.sheet)
        yield Problem(place, f"and {more:,} more problems in this table", f"本表另有 {more:,} 個問題")


# ---- the declaration: dataset.toml ----------------------------------------------------------

DEFAULT_SYMBOLS: Mapping[str, GapKind] = {
    "": "blank",
    "-": "none",
    "…": "not_available",
    "...": "not_available",
    "<0.5": "under_half",
}
REASONS: Mapping[GapKind, Text] = {
    "blank": Text("來源留白", "left blank in the source"),
    "none": Text("無數值（來源印為「-」）", "none (the source prints “-”)"),
    "not_available": Text("資料來源未提供", "not available in the source"),
    "under_half": Text("有數值但不及半單位", "more than zero but less than half a unit"),
}
GAPS: Mapping[str, GapKind] = {kind: kind for kind in REASONS}

COERCIONS = ("spaces", "full_width", "percent_sign", "thousands")
_NUMBER_FORMS = ("spaces", "full_width", "thousands")
# For each type of column: its own keys in dataset.toml and the forms that it can be told to accept.
COLUMN_TYPES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "whole": (("unit", "min", "max"), _NUMBER_FORMS),
    "decimal": (("unit", "min", "max", "digits"), _NUMBER_FORMS),
    "percent": (("unit", "min", "max", "digits"), (*_NUMBER_FORMS, "percent_sign")),
    "text": (("max_letters", "name"), ("spaces",)),
    "roc_year": (("min", "max"), ("spaces", "full_width")),
    "roc_date": ((), ("spaces", "full_width", "roc_date")),
    "member": (("dimension",), ("spaces", "label")),
    "url": ((), ("spaces",)),
}
RELATION_KEYS: Mapping[str, tuple[str, ...]] = {
    "parts": ("over", "total", "columns"),
    "row": ("formula",),
    "balance": ("stock", "add", "subtract"),
    "same": ("pairs", "where"),
    "years": ("pairs", "first", "last"),
}


def describe(project: Path, name: str) -> Declaration:
    """What the dataset declares, without reading a table."""
    folder = project / "inputs" / "datasets" / name
    file = f"inputs/datasets/{name}/dataset.toml"
    raw = _read_declaration(project, name, folder / "dataset.toml", file)
    faults = _Faults(file, raw)
    top = _Node(faults.parsed(), (), faults)
    dimensions = {id: _dimension(id, node) for id, node in top.nodes("dimension")}
    symbols = _symbols(top.node("symbols"))
    tables = {
        id: _table_spec(id, node, f"inputs/datasets/{name}", dimensions) for id, node in top.nodes("table")
    }
    measures = _measures(tables, top)
    declared = Declaration(
        id=name,
        label=top.text("name"),
        sample=top.text("sample") if "sample" in top.values else None,
        time=top.string("time", "roc_year"),
        dimensions=dimensions,
        tables=tables,
        measures=measures,
        derivations={id: _derivation(id, node, measures) for id, node in top.nodes("derive")},
        breaks=tuple(_break(node, measures) for node in top.list_of_nodes("break")),
        symbols=symbols,
        file=file,
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    top.no_other_keys()
    if not tables:
        top.fault(
            "table",
            "declares no table; write [table.<name>] with file, key and columns",
            "沒有宣告表格；請寫 [table.名稱] 及 file、key、欄位",
        )
    _check_pairs(declared, top)
    faults.stop()
    return declared


def _read_declaration(project: Path, name: str, path: Path, file: str) -> bytes:
    datasets = project / "inputs" / "datasets"
    known = sorted(p.parent.name for p in datasets.glob("*/dataset.toml"))
    if name not in known or not path.is_file():
        raise InputError(_unknown_one(Place(file), ("dataset", "資料集"), name, known))
    return path.read_bytes()


def _unknown_one(place: Place, what: tuple[str, str], name: str, known: Collection[str]) -> Problem:
    near = _nearest(name, known)
    return Problem(
        place,
        f"there is no {what[0]} {name!r}; known: {', '.join(known) or '-'}{near[0]}",
        f"沒有{what[1]}「{name}」；現有：{'、'.join(known) or '-'}{near[1]}",
    )


class _Faults:
    """The problems of one TOML file, with the lines they are on."""

    def __init__(self, file: str, raw: bytes) -> None:
        self.file = file
        self.raw = raw
        self.problems: list[Problem] = []
        self.lines: dict[tuple[str | int, ...], int] = {}

    def parsed(self) -> dict[str, Any]:
        try:
            text = self.raw.decode("utf-8-sig")
            values = tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
        except UnicodeDecodeError as error:
            line = self.raw[: error.start].count(b"\n") + 1
            raise InputError(
                Problem(
                    Place(self.file, row=line), "is not UTF-8; save it as UTF-8", "不是 UTF-8；請另存為 UTF-8"
                )
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise InputError(self._syntax(str(error))) from None
        self.lines = _toml_lines(text)
        return values

    def _syntax(self, message: str) -> Problem:
        found = re.search(r"line (\d+)", message)
        line = int(found[1]) if found else self.raw.count(b"\n") + 1
        return Problem(
            Place(self.file, row=line),
            f"is not valid TOML: {message}; a text stands in double quotes, a list in [ ]",
            f"不是有效的 TOML：{message}；文字要加雙引號，清單要用 [ ]",
        )

    def add(self, path: tuple[str | int, ...], en: str, zh: str) -> None:
        known = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.lines), ())
        words = ".".join(f"{part + 1}" if isinstance(part, int) else part for part in path)
        self.problems.append(Problem(Place(self.file, row=self.lines.get(known, 0), column=words), en, zh))

    def stop(self) -> None:
        if self.problems:
            raise InputError(_at_most(sorted(self.problems, key=lambda problem: problem.place)))


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_ASSIGNMENT = re.compile(r"""\s*([\w-]+|"[^"]*")\s*(?:\.\s*[\w-]+\s*)*=""")


def _toml_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Where each table and key of a TOML file stands; tomllib itself keeps no lines."""
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    here: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
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
            lines.setdefault((*here, key[1].strip('"')), number)
    return lines


class _Node:
    """One table of the TOML file: hands out its values by type and notes what is wrong or unknown."""

    def __init__(self, values: Mapping[str, Any], path: tuple[str | int, ...], faults: _Faults) -> None:
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
            self.fault(key, f"is missing; write {key} = {en}", f"未填；請寫 {key} = {zh}")
        elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"{_shown(str(value))!r} is not {en}", f"「{_shown(str(value))}」不是{zh}")
        else:
            return value
        return None

    def string(self, key: str, default: str | None = None) -> str:
        return str(self._get(key, str, default, 'a text in "…"', '"…" 文字') or "")

    def boolean(self, key: str) -> bool:
        return bool(self._get(key, bool, False, "true or false", " true 或 false"))

    def whole(self, key: str, default: int | None = None) -> int:
        return int(self._get(key, int, default, "a whole number", "整數") or 0)

    def optional_whole(self, key: str) -> int | None:
        self.asked.add(key)
        return self.whole(key) if key in self.values else None

    def number(self, key: str) -> Fraction | None:
        self.asked.add(key)
        if key not in self.values:
            return None
        value = self._get(key, (int, Decimal), None, "a number", "數字")
        return None if value is None else Fraction(value)

    def strings(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        value = self._get(key, list, default, 'a list of texts ["…"]', '文字清單 ["…"]') or []
        if all(isinstance(entry, str) for entry in value):
            return tuple(value)
        self.fault(key, 'is not a list of texts ["…"]', '不是文字清單 ["…"]')
        return ()

    def choices(self, key: str, known: Collection[str], default: list[str] | None = None) -> tuple[str, ...]:
        chosen = self.strings(key, default)
        for one in chosen:
            self.one_of(key, one, known)
        return tuple(one for one in chosen if one in known)

    def one_of(self, key: str, value: str, known: Collection[str]) -> None:
        if value not in known:
            near = _nearest(value, known)
            listed = ", ".join(known) or "-"
            self.fault(
                key,
                f"{value!r} is unknown; known: {listed}{near[0]}",
                f"不認識「{value}」；可用：{listed}{near[1]}",
            )

    def text(self, key: str, default: Text | None = None) -> Text:
        if default is not None and key not in self.values:
            self.asked.add(key)
            return default
        node = self.node(key, '{ zh = "…", en = "…" }')
        halves = {language: node.values.get(language) for language in ("zh", "en")}
        for language, half in halves.items():
            node.asked.add(language)
            if not isinstance(half, str) or not half.strip():
                node.fault(language, f"the text lacks its {language} half", f"缺少 {language} 文字")
        node.no_other_keys()
        return Text(str(halves["zh"]), str(halves["en"]))

    def node(self, key: str, form: str = "") -> _Node:
        default: dict[str, Any] | None = None if form else {}
        value = self._get(key, dict, default, form or "a table", form or "表格") or {}
        return _Node(value, (*self.path, key), self.faults)

    def nodes(self, key: str) -> list[tuple[str, _Node]]:
        """The named tables below `key`, each with its name."""
        below = self.node(key)
        return [(name, below.node(name)) for name in below.values]

    def list_of_nodes(self, key: str) -> list[_Node]:
        value = self._get(key, list, [], "a list of tables", "表格清單") or []
        if not all(isinstance(entry, dict) for entry in value):
            self.fault(key, "is not a list of tables", "不是表格清單")
            return []
        return [_Node(entry, (*self.path, key, n), self.faults) for n, entry in enumerate(value)]

    def no_other_keys(self) -> None:
        for key in self.values:
            if key not in self.asked:
                near = _nearest(key, self.asked)
                listed = ", ".join(sorted(self.asked))
                self.fault(
                    key,
                    f"is an unknown key; known here: {listed}{near[0]}",
                    f"不認識這個鍵；此處可用：{listed}{near[1]}",
                )


def _nearest(word: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint at the most similar known word, in both languages, or nothing."""
    near = difflib.get_close_matches(word, [*known], n=1, cutoff=0.6)
    return (f"; did you mean {near[0]!r}?", f"；是否為「{near[0]}」？") if near else ("", "")


def _dimension(id: str, node: _Node) -> Dimension:
    members = tuple(_member(entry) for entry in node.list_of_nodes("member"))
    ids = [member.id for member in members]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        node.fault("member", f"the id {twice!r} stands twice", f"代碼「{twice}」重複")
    total = node.string("total", "") or None
    if total is not None:
        node.one_of("total", total, ids)
    dimension = Dimension(id, node.text("label"), members, total)
    node.no_other_keys()
    return dimension


def _member(node: _Node) -> Member:
    names = [
        (entry.whole("until"), Text(entry.string("zh"), entry.string("en"))) for entry in _with_end(node)
    ]
    member = Member(
        id=node.string("id"),
        label=Text(node.string("zh"), node.string("en")),
        first_year=node.optional_whole("first_year"),
        last_year=node.optional_whole("last_year"),
        names=tuple(sorted(names, key=lambda name: name[0])),
        group=node.string("group", ""),
    )
    node.no_other_keys()
    return member


def _with_end(node: _Node) -> Iterator[_Node]:
    for entry in node.list_of_nodes("names"):
        yield entry
        entry.no_other_keys()


def _symbols(node: _Node) -> Mapping[str, GapKind]:
    """The signs for missing figures; a sign of the dataset's own takes the place of the usual one."""
    symbols = dict(DEFAULT_SYMBOLS)
    for kind in ("none", "not_available", "under_half"):
        if kind in node.values:
            own = node.string(kind)
            symbols = {sign: meaning for sign, meaning in symbols.items() if meaning != kind}
            symbols[own] = GAPS[kind]
        node.asked.add(kind)
    node.no_other_keys()
    return symbols


def _table_spec(id: str, node: _Node, folder: str, dimensions: Mapping[str, Dimension]) -> TableSpec:
    columns = {name: _column(name, below, dimensions) for name, below in node.nodes("column")}
    if not columns:
        node.fault(
            "column",
            "declares no column; write [table.….column.<name>]",
            "沒有宣告欄位；請寫 [table.….column.名稱]",
        )
    key = node.choices("key", columns)
    for name in key:
        if columns[name].missing:
            node.fault("key", f"the key column {name} can't have missing cells", f"鍵欄位 {name} 不可有缺漏")
        dimension = columns[name].dimension
        if dimension and dimension != name:
            node.fault(
                "key",
                f"the key column {name} holds members of {dimension} and must be named {dimension}, in the file too",
                f"鍵欄位 {name} 的內容屬於 {dimension}，欄名須同為 {dimension}（檔案亦同）",
            )
    spec = TableSpec(
        name=id,
        label=node.text("label"),
        file=f"{folder}/{_file_name(node)}",
        sheet=node.string("sheet", ""),
        encoding=node.string("encoding", "utf-8"),
        key=key,
        columns=columns,
        relations=tuple(_relation(below, columns, dimensions) for below in node.list_of_nodes("relation")),
        source_column=node.string("source", ""),
    )
    node.one_of("encoding", spec.encoding, sheets.ENCODINGS)
    if spec.source_column:
        node.one_of("source", spec.source_column, columns)
    node.no_other_keys()
    return spec


def _file_name(node: _Node) -> str:
    """The name of a file that lies in the dataset's own folder, nowhere else."""
    name = node.string("file")
    if name and (not re.fullmatch(r"[\w .()-]+", name) or name.startswith(".")):
        node.fault(
            "file",
            f"{_shown(name)!r} is not a file name in the dataset's folder",
            f"「{_shown(name)}」不是資料集資料夾內的檔名",
        )
    return name


def _column(name: str, node: _Node, dimensions: Mapping[str, Dimension]) -> ColumnSpec:
    kind = node.string("type")
    node.one_of("type", kind, COLUMN_TYPES)
    keys, forms = COLUMN_TYPES.get(kind, ((), ()))
    is_year = kind == "roc_year"
    column = ColumnSpec(
        name=name,
        type=kind,
        label=node.text("label", None if "unit" in keys else Text(name, name)),
        unit=node.string("unit") if "unit" in keys else "",
        dimension=node.string("dimension") if "dimension" in keys else "",
        minimum=(node.number("min") if "min" in keys else None)
        or (Fraction(1) if is_year else _zero(node, "min")),
        maximum=(node.number("max") if "max" in keys else None)
        or (Fraction(200) if is_year else _zero(node, "max")),
        digits=node.whole("digits") if "digits" in keys else 0,
        max_letters=node.whole("max_letters", 200) if "max_letters" in keys else 200,
        accept=node.choices("accept", forms, []),
        missing=tuple(GAPS[kind] for kind in node.choices("missing", GAPS, [])),
        personal=node.boolean("name") if "name" in keys else False,
        reasons=_reasons(node.node("reason")),
    )
    if "dimension" in keys:
        node.one_of("dimension", column.dimension, dimensions)
    if kind not in COLUMN_TYPES:  # then no key of the column can be judged
        node.asked.update(node.values)
    if not 0 <= column.digits <= 9:
        node.fault("digits", "is not between 0 and 9", "應介於 0 與 9 之間")
    node.no_other_keys()
    return column


def _zero(node: _Node, key: str) -> Fraction | None:
    return Fraction(0) if node.values.get(key) == 0 else None


def _reasons(node: _Node) -> Mapping[GapKind, Text]:
    reasons = {GAPS[kind]: node.text(kind) for kind in REASONS if kind in node.values}
    node.asked.update(REASONS)
    node.no_other_keys()
    return reasons


def _relation(
    node: _Node, columns: Mapping[str, ColumnSpec], dimensions: Mapping[str, Dimension]
) -> Relation:
    kind = node.string("kind")
    node.one_of("kind", kind, RELATION_KEYS)
    keys = RELATION_KEYS.get(kind, ())
    texts = {key: node.string(key) for key in keys if key not in ("columns", "pairs", "where")}
    relation = Relation(
        kind=kind,
        tolerance=node.number("tolerance") or Fraction(0),
        columns=node.choices("columns", columns) if "columns" in keys else (),
        pairs=_pairs(node.node("pairs", '{ column = "table.column" }')) if "pairs" in keys else (),
        where=tuple(_strings_of(node.node("where"))) if "where" in keys else (),
        **texts,
    )
    for key in ("over", "first", "last", "stock", "add", "subtract"):
        if key in texts:
            node.one_of(key, texts[key], columns)
    for own, _, _ in relation.pairs:
        node.one_of("pairs", own, columns)
    if kind == "parts" and relation.over in columns:
        dimension = dimensions.get(columns[relation.over].dimension)
        node.one_of("total", relation.total, [m.id for m in dimension.members] if dimension else [])
    if kind == "row":
        _check_formula(node, relation.formula, columns, calls=())
    node.no_other_keys()
    return relation


def _pairs(node: _Node) -> tuple[tuple[str, str, str], ...]:
    pairs = []
    for own, other in _strings_of(node):
        table, dot, column = other.partition(".")
        if not dot:
            node.fault(own, f"{other!r} is not table.column", f"「{other}」不是「表格.欄位」")
        pairs.append((own, table, column))
    return tuple(pairs)


def _strings_of(node: _Node) -> list[tuple[str, str]]:
    return [(key, node.string(key)) for key in node.values]


def _check_pairs(declared: Declaration, top: _Node) -> None:
    """The columns that relations name in other tables must exist there."""
    known = [f"{table.name}.{column}" for table in declared.tables.values() for column in table.columns]
    for spec in declared.tables.values():
        for number, relation in enumerate(spec.relations):
            node = _Node({}, ("table", spec.name, "relation", number, "pairs"), top.faults)
            for own, table, column in relation.pairs:
                node.one_of(own, f"{table}.{column}", known)


def _measures(tables: Mapping[str, TableSpec], top: _Node) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for spec in tables.values():
        for name, column in spec.columns.items():
            if not column.unit or name in spec.key:
                continue
            if name in measures:
                first = measures[name].table
                top.faults.add(
                    ("table", spec.name, "column", name),
                    f"the table {first} has a measure of this name; one of the two needs another",
                    f"表格 {first} 已有同名的數值欄位；請將其中一個改名",
                )
            measures[name] = Measure(name, spec.name, column.label, column.unit)
    return measures


def _derivation(id: str, node: _Node, measures: Mapping[str, Measure]) -> Derivation:
    derivation = Derivation(
        id,
        node.string("formula"),
        node.whole("from_year"),
        node.string("unit"),
        node.text("label"),
        node.text("note"),
    )
    _check_formula(node, derivation.formula, measures, calls=("running",))
    node.no_other_keys()
    return derivation


def _break(node: _Node, measures: Mapping[str, Measure]) -> Break:
    broken = Break(node.whole("roc_year"), node.choices("measures", measures), node.text("text"))
    node.no_other_keys()
    return broken


def _check_formula(node: _Node, formula: str, known: Collection[str], calls: Collection[str]) -> None:
    try:
        tree = ast.parse(formula, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        node.fault(
            "formula",
            f"{_shown(formula)!r} is not a formula such as a - b",
            f"「{_shown(formula)}」不是 a - b 這樣的算式",
        )
        return
    allowed = (
        ast.Expression,
        ast.BinOp,
        ast.UnaryOp,
        ast.Name,
        ast.Load,
        ast.Constant,
        ast.Call,
        ast.operator,
        ast.unaryop,
    )
    parts = [*ast.walk(tree)]
    numbers = all(isinstance(part.value, int) for part in parts if isinstance(part, ast.Constant))
    if not numbers or not all(isinstance(part, allowed) for part in parts):
        node.fault("formula", "may hold names, whole numbers and + - * / only", "只能有名稱、整數與 + - * /")
    for name in sorted(_names(formula)):
        node.one_of("formula", name, known)
    for part in parts:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            node.one_of("formula", part.func.id, calls)


def _names(formula: str) -> set[str]:
    """The measures or columns that a formula uses; `running` in `running(…)` is a function, no measure."""
    tree = ast.parse(formula, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


# ---- one cell: from text to an exact value --------------------------------------------------

Understood = Fraction | Gap | str | date
Fault = tuple[str, str]
Step = tuple[str, str, str]  # rule, before, after

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.([0-9]{1,18}))?")
_WITH_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．－−％／", "0123456789,.--%/")
_URL = re.compile(r"https?://[!-~]+(?: ; https?://[!-~]+)*")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

TOTAL_WORDS = ("合計", "總計", "小計", "總和", "總數", "Total", "Subtotal", "Grand total", "Sum")


def _understand(
    column: ColumnSpec, typed: str, symbols: Mapping[str, GapKind], labels: Mapping[str, str]
) -> tuple[Understood | None, tuple[Step, ...], Fault | None]:
    """The value of a cell, the coercions that led to it, and what is wrong with it if it has none."""
    text, steps = _coerced(typed, [rule for rule in COERCIONS if rule in column.accept])
    kind = symbols.get(text)
    if kind in column.missing:
        return Gap(kind, column.reasons.get(kind, REASONS[kind])), steps, None
    if not text:
        return None, steps, _blank_fault(column)
    value, fault, more = _READERS[column.type](column, text, labels)
    return value, (*steps, *more), fault


def _coerced(text: str, rules: Iterable[str]) -> tuple[str, tuple[Step, ...]]:
    steps: list[Step] = []
    for rule in rules:
        after = _FORMS[rule](text)
        if after != text:
            steps.append((rule, text, after))
            text = after
    return text, tuple(steps)


def _without_percent(text: str) -> str:
    return text[:-1].rstrip() if text.endswith("%") else text


def _without_thousands(text: str) -> str:
    return text.replace(",", "") if _WITH_THOUSANDS.fullmatch(text) else text


_FORMS: Mapping[str, Callable[[str], str]] = {
    "spaces": str.strip,
    "full_width": lambda text: text.translate(_FULL_WIDTH),
    "percent_sign": _without_percent,
    "thousands": _without_thousands,
}

Reading = tuple[Understood | None, Fault | None, tuple[Step, ...]]


def _read_number(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    match = _PLAIN_NUMBER.fullmatch(text)
    if not match:
        return None, _number_fault(column, text), ()
    decimals = len(match[1] or "")
    if decimals > column.digits or (decimals and not column.digits):
        return None, _digits_fault(column, text), ()
    return Fraction(text) if decimals else Fraction(int(text)), None, ()


def _read_text(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    fault = _letters_fault(text, column.max_letters) or (_name_fault(text) if column.personal else None)
    return (None, fault, ()) if fault else (text, None, ())


def _read_member(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    """The id of the member; an unknown one goes on to the schema, which lists the known."""
    if "label" in column.accept and text in labels:
        return labels[text], None, (("label", text, labels[text]),)
    return text, None, ()


def _read_url(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    if _URL.fullmatch(text):
        return text, None, ()
    fault = (
        f"{_shown(text)!r} is not an address; write https://…, several joined by ' ; '",
        f"「{_shown(text)}」不是網址；請寫 https://…，數個以「 ; 」連接",
    )
    return None, fault, ()


def _read_date(column: ColumnSpec, text: str, labels: Mapping[str, str]) -> Reading:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text), None, ()
        day = formats.parse_roc_date(text)
    except ValueError:
        return None, _date_fault(text), ()
    if "roc_date" in column.accept:
        return day, None, (("roc_date", text, day.isoformat()),)
    fault = (
        f'{_shown(text)!r} is a ROC date; write {day.isoformat()}, or declare accept = ["roc_date"]',
        f'「{_shown(text)}」是民國日期；請寫 {day.isoformat()}，或宣告 accept = ["roc_date"]',
    )
    return None, fault, ()


_READERS: Mapping[str, Callable[[ColumnSpec, str, Mapping[str, str]], Reading]] = {
    "whole": _read_number,
    "decimal": _read_number,
    "percent": _read_number,
    "roc_year": _read_number,
    "text": _read_text,
    "member": _read_member,
    "url": _read_url,
    "roc_date": _read_date,
}


# ---- what is wrong with a cell, and what would be right -------------------------------------


def _shown(text: str, letters: int = 40) -> str:
    """The text for a message: short, and with what can't be seen written out."""
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:letters])
    return seen if len(text) <= letters else f"{seen}… ({len(text):,} letters)"


def _blank_fault(column: ColumnSpec) -> Fault:
    if column.is_number:
        return (
            "the cell is empty; write the figure, 0 if it is zero, or … if it is not available and "
            'missing = ["not_available"] is declared',
            '儲存格空白；請填數值，確為零填 0，無資料填 …（並宣告 missing = ["not_available"]）',
        )
    return "the cell is empty; fill it in", "儲存格空白；請填寫"


_NO_FIGURE = {
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "inf",
    "-inf",
    "infinity",
    "-",
    "—",
    "–",
    "－",
    "…",
    "...",
    "無",
    "不詳",
    "x",
    "<0.5",
}


def _number_fault(column: ColumnSpec, text: str) -> Fault:
    what = {
        "whole": ("a whole number", "整數"),
        "roc_year": ("a ROC year in digits", "民國年數字"),
    }.get(column.type, ("a number", "數字"))
    en, zh = _number_remedy(column, text)
    shown = _shown(text)
    return f"{shown!r} is not {what[0]}; {en}", f"「{shown}」不是{what[1]}；{zh}"


def _number_remedy(column: ColumnSpec, text: str) -> Fault:
    other, steps = _coerced(text, COERCIONS)
    if steps and _PLAIN_NUMBER.fullmatch(other):
        rules = [rule for rule, _, _ in steps]
        possible = [rule for rule in rules if rule in COLUMN_TYPES[column.type][1]]
        listed = ", ".join(f'"{rule}"' for rule in possible)
        if possible == rules:
            return (
                f"write {other}, or declare accept = [{listed}]",
                f"請寫 {other}，或宣告 accept = [{listed}]",
            )
        return f"write {other}", f"請寫 {other}"
    if text.strip().lower() in _NO_FIGURE:
        allowed = ", ".join(column.missing) or "-"
        return (
            "if there is no figure write … (not available), - (none) or <0.5 (less than half), and list "
            f"its kind in missing; allowed here: {allowed}",
            f"若無數值，請填 …（無資料）、-（無）或 <0.5（不及半單位），並列入 missing；此欄允許：{allowed}",
        )
    if re.search(r"[萬億千百元圓$]|NT", text):
        return (
            "write all digits without unit; the unit is declared in dataset.toml",
            "請寫出全部數字，不含單位；單位在 dataset.toml 宣告",
        )
    if re.fullmatch(r"\(.*\)|.*[0-9]-", text):
        return "write a negative number as -500", "負數請寫成 -500"
    if re.fullmatch(r"-?[0-9]+", text) and len(text) > 18:
        return "it has more than 18 digits", "超過 18 位數"
    if re.fullmatch(r"-?0[0-9]+|\+[0-9]+", text):
        return "write it without leading zeros or plus sign", "請去掉前面的零或加號"
    return "write digits only, for example 1234", "請只寫數字，例如 1234"


def _digits_fault(column: ColumnSpec, text: str) -> Fault:
    shown = _shown(text)
    if not column.digits:
        en, zh = _number_fault(column, text) if column.type == "roc_year" else ("", "")
        whole = text.split(".")[0] if set(text.partition(".")[2]) == {"0"} else ""
        remedy = (f"write {whole}", f"請寫 {whole}") if whole else ("write no decimals", "請勿寫小數")
        what = ("a ROC year in digits", "民國年數字") if en and zh else ("a whole number", "整數")
        return f"{shown!r} is not {what[0]}; {remedy[0]}", f"「{shown}」不是{what[1]}；{remedy[1]}"
    return (
        f"{shown!r} has more than {column.digits} decimals; round it at the source or declare more digits",
        f"「{shown}」超過 {column.digits} 位小數；請於來源四捨五入，或宣告更多 digits",
    )


def _date_fault(text: str) -> Fault:
    return (
        f"{_shown(text)!r} is not a day of the calendar; write 2018-12-31, or 107/12/31 where accepted",
        f"「{_shown(text)}」不是曆法上的日期；請寫 2018-12-31，接受民國日期的欄位可寫 107/12/31",
    )


def _letters_fault(text: str, most: int) -> Fault | None:
    """Free text is kept as it is typed, but each letter must be one that can be seen and printed."""
    if len(text) > most:
        return (
            f"has {len(text):,} letters; up to {most} are allowed (max_letters)",
            f"有 {len(text):,} 個字，上限 {most}（max_letters）",
        )
    if text.isascii() and text.isprintable():
        return None
    for place, letter in enumerate(text, start=1):
        why = _unprintable(letter)
        if why:
            code = f"U+{ord(letter):04X}"
            return (
                f"letter {place} is {why[0]} ({code}); remove it",
                f"第 {place} 個字是{why[1]}（{code}）；請刪除",
            )
    if not unicodedata.is_normalized("NFC", text):
        return (
            "some letters are written in parts (not Unicode NFC), so equal words differ; type them again",
            "有字以組合方式儲存（非 Unicode NFC），相同的字會被視為不同；請重新輸入",
        )
    return None


def _unprintable(letter: str) -> Fault | None:
    code = ord(letter)
    if letter in "\n\r\v\f\x85\u2028\u2029":
        return "a line break", "換行"
    if letter == sheets.LOST:
        return "the mark of a lost letter", "字已遺失的標記"
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return "no character of Unicode", "Unicode 非字元"
    kinds = {
        "Cc": ("a control character", "控制字元"),
        "Cf": ("invisible", "看不見的字元"),
        "Co": (
            "a private-use character, which each computer shows differently",
            "造字（私用區），各電腦顯示不同",
        ),
        "Cs": ("half a character", "不完整的字元"),
    }
    return kinds.get(unicodedata.category(letter))


_NAME_MARKS = set(" .·‧・．-–'’,()（）&/") - {"/"}


def _name_fault(text: str) -> Fault | None:
    """A person's name: letters and a few marks. It goes into file names and onto certificates."""
    if text != text.strip():
        return "a blank stands before or after the name; remove it", "姓名前後有空格；請刪除"
    if text[0] in "=+-@.":
        return f"a name can't begin with {text[0]!r}", f"姓名不可以「{text[0]}」開頭"
    for place, letter in enumerate(text, start=1):
        # Cn: ideographs of Unicode versions newer than Python's tables.
        ok = letter in _NAME_MARKS or unicodedata.category(letter)[0] in "LMN" or ord(letter) >= 0x20000
        if not ok:
            return (
                f"letter {place} is {letter!r}, not part of a name; write letters, blanks and . · - ' ,",
                f"第 {place} 個字「{letter}」不屬於姓名；請用文字、空格與 . · - ' ,",
            )
    return None


# ---- the rows of one table ------------------------------------------------------------------

Rows = dict[int, dict[str, Any]]  # by row number; None where a cell could not be understood


@dataclass(frozen=True)
class Parsed:
    spec: TableSpec
    sheet: sheets.Sheet
    rows: Rows
    coercions: list[Coercion]
    problems: list[Problem]


def _parse(project: Path, declared: Declaration, spec: TableSpec) -> Parsed:
    """The cells as exact values; InputError when the file can't be read or its head is wrong."""
    path = project / spec.file
    if path.is_symlink() or not path.resolve().is_relative_to(project.resolve()):
        raise InputError(
            Problem(Place(spec.file), "leads out of the project; copy the file", "指向專案之外；請複製檔案")
        )
    sheet = sheets.read_sheet(path, spec.file, spec.sheet, spec.encoding)
    problems = list(sheet.problems)
    problems += _head_problems(spec, sheet)
    rows: Rows = {number: {} for number, _ in sheet.rows}
    coercions: list[Coercion] = []
    damaged = {(problem.place.row, problem.place.column) for problem in sheet.problems}
    for place, name in enumerate(sheet.head):
        if name in spec.columns and sheet.head.count(name) == 1:
            _parse_column(declared, spec, sheet, place, rows, coercions, problems, damaged)
    return Parsed(spec, sheet, rows, sorted(coercions, key=lambda c: c.place), problems)


def _parse_column(
    declared: Declaration,
    spec: TableSpec,
    sheet: sheets.Sheet,
    place: int,
    rows: Rows,
    coercions: list[Coercion],
    problems: list[Problem],
    damaged: Collection[tuple[int, str]],
) -> None:
    column = spec.columns[sheet.head[place]]
    labels = _labels(declared.dimensions.get(column.dimension))
    known: dict[str, tuple[Understood | None, tuple[Step, ...], Fault | None]] = {}
    name = column.name
    for number, cells in sheet.rows:
        typed = cells[place]
        found = known.get(typed)
        if found is None:
            found = known[typed] = _understand(column, typed, declared.symbols, labels)
        value, steps, fault = found
        rows[number][name] = value
        if steps or fault:
            where = Place(sheet.file, sheet.sheet, number, name)
            coercions.extend(Coercion(where, *step) for step in steps)
            if fault and (number, name) not in damaged:
                problems.append(Problem(where, *fault))


def _labels(dimension: Dimension | None) -> dict[str, str]:
    """Every name of every member, also the earlier ones, with the member's id."""
    labels: dict[str, str] = {}
    for member in dimension.members if dimension else ():
        for text in (*(name for _, name in member.names), member.label):
            labels[text.zh] = labels[text.en] = member.id
    return labels


def _head_problems(spec: TableSpec, sheet: sheets.Sheet) -> Iterator[Problem]:
    expected = ", ".join(spec.columns)
    for name in spec.columns:
        if name not in sheet.head:
            yield Problem(
                Place(sheet.file, sheet.sheet, 1, name),
                f"the column {name} is missing; expected columns: {expected}",
                f"缺少欄位 {name}；應有欄位：{expected}",
            )
    for name in dict.fromkeys(sheet.head):
        places = ", ".join(str(n) for n, other in enumerate(sheet.head, start=1) if other == name)
        where = Place(sheet.file, sheet.sheet, 1, _shown(name))
        if sheet.head.count(name) > 1:
            yield Problem(
                where,
                f"the column name stands twice (columns {places}); each needs its own",
                f"欄位名稱重複（第 {places} 欄）；須各自不同",
            )
        elif name not in spec.columns:
            near = _nearest(name, spec.columns)
            yield Problem(
                where,
                f"column {places} {_shown(name)!r} is not declared; expected columns: {expected}{near[0]}",
                f"第 {places} 欄「{_shown(name)}」未宣告；應有欄位：{expected}{near[1]}",
            )


# ---- the schema of a table, in pandera ------------------------------------------------------

RelationFaults = dict[tuple[int, str], Fault]  # by row and column


def _check_all(declared: Declaration, parsed: Mapping[str, Parsed]) -> dict[str, list[Problem]]:
    """Each table by itself, then those without fault against one another: one fault is told once."""
    problems = {name: _check(declared, table, {}) for name, table in parsed.items()}
    sound = {name: table for name, table in parsed.items() if not problems[name]}
    for name, table in sound.items():
        if any(relation.pairs for relation in table.spec.relations):
            problems[name] = _check(declared, table, sound)
    return problems


def _check(declared: Declaration, table: Parsed, others: Mapping[str, Parsed]) -> list[Problem]:
    """The problems of the table: those found in its cells and those that the schema finds."""
    spec = table.spec
    if not table.rows or any(name not in row for row in table.rows.values() for name in spec.columns):
        if not table.problems:
            return [
                Problem(
                    Place(spec.file, table.sheet.sheet), "has no rows below its head", "表頭之下沒有資料列"
                )
            ]
        return table.problems
    from pandera.errors import SchemaErrors

    details: dict[str, RelationFaults] = {}
    frame = _frame(spec, table.rows)
    whole = not table.problems and not frame.duplicated([*spec.key]).any()
    relations = [r for r in spec.relations if whole and all(other in others for _, other, _ in r.pairs)]
    schema = _schema(declared, table, relations, others, details)
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as failed:
        cases = failed.failure_cases
        found = zip(cases["column"], cases["check"], cases["index"], strict=True)
        return table.problems + _schema_problems(declared, table, found, details)
    return table.problems


def _frame(spec: TableSpec, rows: Rows) -> Any:
    """The rows as pandera sees them: numbers as whole multiples of their last digit, never floats."""
    import pandas

    columns = {}
    for name, column in spec.columns.items():
        values = [row[name] for row in rows.values()]
        if column.is_number:
            scale = 10**column.digits
            whole = [
                v.numerator * scale // v.denominator if isinstance(v, Fraction) else None for v in values
            ]
            columns[name] = pandas.Series(pandas.array(whole, dtype="Int64"), index=[*rows])
        else:
            texts = [None if v is None or isinstance(v, Gap) else str(v) for v in values]
            columns[name] = pandas.Series(texts, index=[*rows], dtype="object")
    return pandas.DataFrame(columns)


def _schema(
    declared: Declaration,
    table: Parsed,
    relations: Sequence[Relation],
    others: Mapping[str, Parsed],
    details: dict[str, RelationFaults],
) -> Any:
    import pandera.pandas as pandera

    spec = table.spec
    checks = [
        _rows_check(f"relation {n}", partial(_RELATIONS[relation.kind], relation, table, others), details)
        for n, relation in enumerate(relations)
    ]
    checks.append(_rows_check("years of members", partial(_outside_its_years, declared, table), details))
    return pandera.DataFrameSchema(
        {
            name: pandera.Column(
                "Int64" if column.is_number else "object",
                _column_checks(declared, spec, column),
                nullable=True,
            )
            for name, column in spec.columns.items()
        },
        checks=checks,
        unique=[*spec.key] or None,
        report_duplicates="all",
        strict=True,
    )


def _column_checks(declared: Declaration, spec: TableSpec, column: ColumnSpec) -> list[Any]:
    from pandera.pandas import Check

    checks = []
    scale = 10**column.digits
    if column.minimum is not None:
        checks.append(Check.ge(-int(-column.minimum * scale // 1), error="below"))
    if column.maximum is not None:
        checks.append(Check.le(int(column.maximum * scale // 1), error="above"))
    if column.type == "member":
        checks.append(
            Check.isin([m.id for m in declared.dimensions[column.dimension].members], error="member")
        )
    elif column.name in spec.key and column.type == "text":
        checks.append(Check.notin([*TOTAL_WORDS], error="total"))
    return checks


def _rows_check(name: str, faults: Callable[[], RelationFaults], details: dict[str, RelationFaults]) -> Any:
    """A pandera check of whole rows; what exactly is wrong with a row is kept in `details`."""
    import pandas
    from pandera.pandas import Check

    def holds(frame: Any) -> Any:
        details[name] = faults()
        wrong = {row for row, _ in details[name]}
        return pandas.Series([row not in wrong for row in frame.index], index=frame.index)

    return Check(holds, name=name, error=name)


def _schema_problems(
    declared: Declaration,
    table: Parsed,
    found: Iterable[tuple[str, str, int]],
    details: Mapping[str, RelationFaults],
) -> list[Problem]:
    sheet = table.sheet
    problems: dict[tuple[str, str, int], Problem] = {}
    seen: set[str] = set()
    for column, check, row in found:
        if check in details or check == "multiple_fields_uniqueness":
            seen.add(check)
            continue
        fault = _value_fault(declared, table, column, check, row)
        problems[column, check, row] = Problem(Place(sheet.file, sheet.sheet, row, column), *fault)
    wide = dict(_duplicates(table)) if "multiple_fields_uniqueness" in seen else {}
    for check in seen & set(details):
        wide.update(details[check])
    return [
        *problems.values(),
        *(Problem(Place(sheet.file, sheet.sheet, row, column), *f) for (row, column), f in wide.items()),
    ]


def _value_fault(declared: Declaration, table: Parsed, name: str, check: str, row: int) -> Fault:
    column = table.spec.columns[name]
    value = table.rows[row][name]
    if check in ("below", "above"):
        return _range_fault(column, value, check)
    if check in ("member", "total"):
        return _member_fault(declared.dimensions.get(column.dimension), str(value))
    raise AssertionError(f"pandera found {check!r} in {name}, row {row}")  # pragma: no cover: our bug


def _range_fault(column: ColumnSpec, value: Fraction, check: str) -> Fault:
    number = _plain(value)
    if column.type == "roc_year" and 1912 <= value <= 2111:
        return (
            f"{number} is a year of the Common Era; the column holds ROC years: write {_roc(value)}",
            f"{number} 是西元年；本欄為民國年：請寫 {_roc(value)}",
        )
    if check == "below":
        least = _plain(column.minimum or Fraction(0))
        return f"{number} is below the minimum {least}", f"{number} 小於下限 {least}"
    most = _plain(column.maximum or Fraction(0))
    return f"{number} is above the maximum {most}", f"{number} 大於上限 {most}"


def _roc(year: Fraction) -> int:
    return int(year) - formats.ROC_OFFSET


def _plain(number: Fraction) -> str:
    """An exact decimal without grouping, for messages."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def _member_fault(dimension: Dimension | None, value: str) -> Fault:
    shown = _shown(value)
    if any(value.strip().lower() == word.lower() for word in TOTAL_WORDS) or value.strip().endswith(
        ("合計", "總計", "小計")
    ):
        return (
            f"{shown!r} is a total row, which would count twice; remove it, or declare its member as total",
            f"「{shown}」是合計列，會重複計算；請刪除該列，或在維度以 total 宣告",
        )
    members = dimension.members if dimension else ()
    known = [member.id for member in members]
    names = {text: m.id for m in members for text in (m.label.zh, m.label.en, *(n.zh for _, n in m.names))}
    if value in names:
        return (
            f'{shown!r} is a label; write {names[value]!r}, or declare accept = ["label"]',
            f'「{shown}」是名稱；請寫「{names[value]}」，或宣告 accept = ["label"]',
        )
    near = _nearest(value, [*known, *names])
    listed = ", ".join(known[:30]) + (", …" if len(known) > 30 else "")
    return f"{shown!r} is not known; known: {listed}{near[0]}", f"不認識「{shown}」；可用：{listed}{near[1]}"


def _duplicates(table: Parsed) -> Iterator[tuple[tuple[int, str], Fault]]:
    """Each row whose key stood before; the key is not quoted, it may be a person's name."""
    first: dict[tuple[Any, ...], int] = {}
    names = ", ".join(table.spec.key)
    for number, row in table.rows.items():
        key = tuple(row[name] for name in table.spec.key)
        if None in key:
            continue
        earlier = first.setdefault(key, number)
        if earlier != number:
            yield (
                (number, names),
                (
                    f"the row has the same key as row {earlier}; one row for each {names}",
                    f"與第 {earlier} 列的鍵相同；每組 {names} 只能有一列",
                ),
            )


# ---- relations ------------------------------------------------------------------------------


def _outside_its_years(declared: Declaration, table: Parsed) -> RelationFaults:
    """Rows of a member before it existed or after it ended."""
    spec = table.spec
    faults: RelationFaults = {}
    for name, column in spec.columns.items():
        if column.type != "member" or not spec.year_column:
            continue
        limited = {
            m.id: m for m in declared.dimensions[column.dimension].members if m.first_year or m.last_year
        }
        for number, row in table.rows.items():
            member, year = limited.get(row[name]), row[spec.year_column]
            if (
                member
                and isinstance(year, Fraction)
                and not (member.first_year or 0) <= year <= (member.last_year or year)
            ):
                years = f"{member.first_year or '…'}–{member.last_year or '…'}"
                faults[number, name] = (
                    f"{member.id!r} exists in the ROC years {years}, the row is of {year}",
                    f"「{member.label.zh}」存在於民國 {years} 年，本列為 {year} 年",
                )
    return faults


def _numbers(row: Mapping[str, Any], names: Iterable[str]) -> list[Fraction] | None:
    """The numbers of a row; None if one of them is missing, then there is nothing to compare."""
    values = [row[name] for name in names]
    return values if all(isinstance(value, Fraction) for value in values) else None


def _parts(relation: Relation, table: Parsed, others: Mapping[str, Parsed]) -> RelationFaults:
    """The parts of a total, summed, against the total that the source prints."""
    rest = [name for name in table.spec.key if name != relation.over]
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in table.rows.items():
        groups[tuple(row[name] for name in rest)].append(number)
    faults: RelationFaults = {}
    for numbers in groups.values():
        totals = [n for n in numbers if table.rows[n][relation.over] == relation.total]
        parts = [n for n in numbers if n not in totals]
        for column in relation.columns:
            values = [table.rows[n][column] for n in parts]
            for total in totals:
                stated = table.rows[total][column]
                if parts and all(isinstance(v, Fraction) for v in (*values, stated)):
                    where = f"rows {_ranges(parts)}", f"第 {_ranges(parts)} 列"
                    fault = _difference(stated, sum(values, Fraction(0)), relation.tolerance, where)
                    faults.update({(total, column): fault} if fault else {})
    return faults


def _difference(stated: Fraction, found: Fraction, tolerance: Fraction, where: Fault) -> Fault | None:
    if abs(stated - found) <= tolerance:
        return None
    apart, most = _plain(stated - found), _plain(tolerance)
    return (
        f"{_plain(stated)} is stated but {where[0]} give {_plain(found)}; difference {apart}, allowed {most}",
        f"所列 {_plain(stated)} 與{where[1]}合計 {_plain(found)} 不符；差 {apart}，容許 {most}",
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Row numbers as people write them: 3–6, 9."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.USub: operator.neg}


def _row_formula(relation: Relation, table: Parsed, others: Mapping[str, Parsed]) -> RelationFaults:
    from simpleeval import SimpleEval

    names = sorted(_names(relation.formula))
    faults: RelationFaults = {}
    for number, row in table.rows.items():
        values = _numbers(row, names)
        if values is None:
            continue
        result = SimpleEval(
            operators=_OPERATORS, functions={}, names=dict(zip(names, values, strict=True))
        ).eval(relation.formula)
        if abs(result) > relation.tolerance:
            worked = ", ".join(f"{name} {_plain(value)}" for name, value in zip(names, values, strict=True))
            faults[number, ", ".join(names)] = (
                f"{relation.formula} is {_plain(result)}, allowed is {_plain(relation.tolerance)} ({worked})",
                f"{relation.formula} 為 {_plain(result)}，容許 {_plain(relation.tolerance)}（{worked}）",
            )
    return faults


def _balance(relation: Relation, table: Parsed, others: Mapping[str, Parsed]) -> RelationFaults:
    """Carried over from the year before + added − subtracted = stock, for each row that has a year before."""
    spec = table.spec
    rest = [name for name in spec.key if name != spec.year_column]
    rows = {(int(row[spec.year_column]), *(row[n] for n in rest)): n for n, row in table.rows.items()}
    faults: RelationFaults = {}
    for (year, *key), number in rows.items():
        before = rows.get((year - 1, *key))
        if before is None:
            continue
        values = _numbers(table.rows[number], (relation.stock, relation.add, relation.subtract))
        carried = table.rows[before][relation.stock]
        if values is None or not isinstance(carried, Fraction):
            continue
        stock, added, subtracted = values
        where = (
            f"{relation.stock} of row {before} + {relation.add} − {relation.subtract}",
            f"第 {before} 列 {relation.stock} + {relation.add} − {relation.subtract} ",
        )
        if fault := _difference(stock, carried + added - subtracted, relation.tolerance, where):
            faults[number, relation.stock] = fault
    return faults


def _same(relation: Relation, table: Parsed, others: Mapping[str, Parsed]) -> RelationFaults:
    """The same figure stands in two tables."""
    return _compare(relation, table, others, lambda row, year: year == row.get(table.spec.year_column))


def _years(relation: Relation, table: Parsed, others: Mapping[str, Parsed]) -> RelationFaults:
    """A published total of several years against the years of another table."""
    return _compare(
        relation, table, others, lambda row, year: row[relation.first] <= year <= row[relation.last]
    )


def _compare(
    relation: Relation,
    table: Parsed,
    others: Mapping[str, Parsed],
    in_time: Callable[[Mapping[str, Any], Any], bool],
) -> RelationFaults:
    faults: RelationFaults = {}
    for own, other_name, column in relation.pairs:
        other = others[other_name]
        year = other.spec.year_column
        shared, there = _by_key(relation, table, other)
        for number, row in table.rows.items():
            at = [
                n for n in there[tuple(row[name] for name in shared)] if in_time(row, other.rows[n].get(year))
            ]
            values = [other.rows[n][column] for n in at]
            if at and all(isinstance(value, Fraction) for value in (*values, row[own])):
                where = f"{other.spec.file} rows {_ranges(at)}", f" {other.spec.file} 第 {_ranges(at)} 列"
                if fault := _difference(row[own], sum(values, Fraction(0)), relation.tolerance, where):
                    faults[number, own] = fault
    return faults


def _by_key(
    relation: Relation, table: Parsed, other: Parsed
) -> tuple[list[str], Mapping[tuple[Any, ...], list[int]]]:
    """The rows of the other table by the key columns that both tables have, the year apart."""
    fixed = dict(relation.where)
    apart = {other.spec.year_column, *fixed}
    shared = [name for name in other.spec.key if name not in apart and name in table.spec.columns]
    rows: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in other.rows.items():
        if all(row[name] == value for name, value in fixed.items()):
            rows[tuple(row[name] for name in shared)].append(number)
    return shared, rows


_RELATIONS: Mapping[str, Callable[[Relation, Parsed, Mapping[str, Parsed]], RelationFaults]] = {
    "parts": _parts,
    "row": _row_formula,
    "balance": _balance,
    "same": _same,
    "years": _years,
}
