"""`dataset.toml` becomes a `Declaration`, or the list of its faults; no table is opened here."""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from reportgen import sheets
from reportgen.errors import InputError, Place, Problem
from reportgen.model import GapKind, Text
from reportgen.tables.model import (
    Break,
    ColumnSpec,
    Declaration,
    Derivation,
    Dimension,
    Measure,
    Member,
    Relation,
    TableSpec,
)

MAX_PROBLEMS = 200

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
        raise InputError(unknown_one(Place(file), ("dataset", "資料集"), name, known))
    return path.read_bytes()


def unknown_one(place: Place, what: tuple[str, str], name: str, known: Collection[str]) -> Problem:
    near = nearest(name, known)
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
            raise InputError(at_most(sorted(self.problems, key=lambda problem: problem.place)))


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
            self.fault(key, f"{legible(str(value))!r} is not {en}", f"「{legible(str(value))}」不是{zh}")
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
            near = nearest(value, known)
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
                near = nearest(key, self.asked)
                listed = ", ".join(sorted(self.asked))
                self.fault(
                    key,
                    f"is an unknown key; known here: {listed}{near[0]}",
                    f"不認識這個鍵；此處可用：{listed}{near[1]}",
                )


def nearest(word: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint at the most similar known word, in both languages, or nothing."""
    near = difflib.get_close_matches(word, [*known], n=1, cutoff=0.6)
    return (f"; did you mean {near[0]!r}?", f"；是否為「{near[0]}」？") if near else ("", "")


def legible(text: str, letters: int = 40) -> str:
    """The text for a message: short, and with what can't be seen written out."""
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:letters])
    return seen if len(text) <= letters else f"{seen}… ({len(text):,} letters)"


def at_most(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The first of many problems and how many more there are."""
    yield from problems[:MAX_PROBLEMS]
    more = len(problems) - MAX_PROBLEMS
    if more > 0:
        place = Place(problems[0].place.file, problems[0].place.sheet)
        yield Problem(place, f"and {more:,} more problems in this table", f"本表另有 {more:,} 個問題")


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
            f"{legible(name)!r} is not a file name in the dataset's folder",
            f"「{legible(name)}」不是資料集資料夾內的檔名",
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
            f"{legible(formula)!r} is not a formula such as a - b",
            f"「{legible(formula)}」不是 a - b 這樣的算式",
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
    for name in sorted(names_in(formula)):
        node.one_of("formula", name, known)
    for part in parts:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            node.one_of("formula", part.func.id, calls)


def names_in(formula: str) -> set[str]:
    """The measures or columns that a formula uses; `running` in `running(…)` is a function, no measure."""
    tree = ast.parse(formula, mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}
