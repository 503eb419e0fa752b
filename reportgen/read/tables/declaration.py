"""`dataset.toml` becomes a `Declaration`, or the list of its faults; no table is opened here."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from reportgen.model import GapKind, Text
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.messages import message, told
from reportgen.read import sheets
from reportgen.read.tables.model import (
    Break,
    CasesSpec,
    ColumnSpec,
    Declaration,
    Derivation,
    Dimension,
    Measure,
    Member,
    Relation,
    TableSpec,
)
from reportgen.read.toml import MAX_PROBLEMS, TomlFaults, TomlNode, at_most, legible, nearest

__all__ = ["MAX_PROBLEMS", "at_most", "describe", "legible", "names_in", "nearest", "unknown_one"]

DEFAULT_SYMBOLS: Mapping[str, GapKind] = {
    "": "blank",
    "-": "none",
    "…": "not_available",
    "...": "not_available",
    "<0.5": "under_half",
}
REASONS: Mapping[GapKind, Text] = {
    "blank": message("tables.left_blank_source"),
    "none": message("tables.none_source_prints"),
    "not_available": message("tables.not_available_source"),
    "under_half": message("tables.more_than_zero_but_less"),
}
GAPS: Mapping[str, GapKind] = {kind: kind for kind in REASONS}

COERCIONS = ("spaces", "full_width", "percent_sign", "thousands")
_NUMBER_FORMS = ("spaces", "full_width", "thousands")
# For each type of column: its own keys in dataset.toml and the forms that it can be told to accept.
COLUMN_TYPES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "whole": (("unit", "min", "max"), _NUMBER_FORMS),
    "decimal": (("unit", "min", "max", "digits"), _NUMBER_FORMS),
    "percent": (("unit", "min", "max", "digits"), (*_NUMBER_FORMS, "percent_sign")),
    "text": (("max_letters", "name", "judge_later"), ("spaces",)),
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
CASE_COLUMNS = (
    "case_id",
    "branch",
    "unit",
    "officer",
    "roc_year",
    "case_type",
    "opened",
    "closed",
    "referred_amount",
    "collected_amount",
    "cost",
)
CASE_KEYS = ("roc_year", "branch", "unit", "officer", "case_type")
# What a column of a table of cases can count or add up, and its unit.
CASE_COUNTS: Mapping[str, str] = {
    "new": "case",
    "closed": "case",
    "pending": "case",
    "overdue": "case",
    "beyond_five_years": "case",
    "referred": "twd",
    "collected": "twd",
    "cost": "twd",
}


def describe(project: Path, name: str) -> Declaration:
    """What the dataset declares, without reading a table."""
    folder = project / "inputs" / "datasets" / name
    file = f"inputs/datasets/{name}/dataset.toml"
    raw = _read_declaration(project, name, folder / "dataset.toml", file)
    faults = TomlFaults(file, raw)
    top = TomlNode(faults.parsed(), (), faults)
    dimensions = {id: _dimension(id, node) for id, node in top.nodes("dimension")}
    symbols = _symbols(top.node("symbols"))
    cases = (
        _cases(top.node("cases"), f"inputs/datasets/{name}", dimensions) if "cases" in top.values else None
    )
    tables = {
        id: _table_of_cases(id, node, cases, dimensions)
        if "from" in node.values
        else _table_spec(id, node, f"inputs/datasets/{name}", dimensions)
        for id, node in top.nodes("table")
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
        cases=cases,
    )
    top.no_other_keys()
    if not tables:
        top.fault("table", *told("tables.declares_no_table"))
    _check_pairs(declared, top)
    faults.stop()
    return declared


def _read_declaration(project: Path, name: str, path: Path, file: str) -> bytes:
    datasets = project / "inputs" / "datasets"
    known = sorted(p.parent.name for p in datasets.glob("*/dataset.toml"))
    if name not in known or not path.is_file():
        raise InputError(unknown_one(Place(file), told("tables.dataset"), name, known))
    return path.read_bytes()


def unknown_one(place: Place, what: tuple[str, str], name: str, known: Collection[str]) -> Problem:
    near = nearest(name, known)
    return problem(
        place,
        "tables.is_no",
        name_=name,
        what=Text(what[1], what[0]),
        it=Text("、".join(known) or "-", ", ".join(known) or "-"),
        near=Text(near[1], near[0]),
    )


def _dimension(id: str, node: TomlNode) -> Dimension:
    members = tuple(_member(entry) for entry in node.list_of_nodes("member"))
    ids = [member.id for member in members]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        node.fault("member", *told("tables.id_stands_twice", twice=twice))
    total = node.string("total", "") or None
    if total is not None:
        node.one_of("total", total, ids)
    dimension = Dimension(id, node.text("label"), members, total)
    node.no_other_keys()
    return dimension


def _member(node: TomlNode) -> Member:
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


def _with_end(node: TomlNode) -> Iterator[TomlNode]:
    for entry in node.list_of_nodes("names"):
        yield entry
        entry.no_other_keys()


def _symbols(node: TomlNode) -> Mapping[str, GapKind]:
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


def _table_spec(id: str, node: TomlNode, folder: str, dimensions: Mapping[str, Dimension]) -> TableSpec:
    columns = {name: _column(name, below, dimensions) for name, below in node.nodes("column")}
    if not columns:
        node.fault("column", *told("tables.declares_no_column"))
    key = node.choices("key", columns)
    for name in key:
        if columns[name].judged_later:
            node.fault("key", *told("tables.key_column_can_t_judged", name_=name))
        if columns[name].missing:
            node.fault("key", *told("tables.key_column_can_t_have", name_=name))
        dimension = columns[name].dimension
        if dimension and dimension != name:
            node.fault("key", *told("tables.key_column_holds_members_must", name_=name, dimension=dimension))
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


def _cases(node: TomlNode, folder: str, dimensions: Mapping[str, Dimension]) -> CasesSpec:
    """`[cases]`: the file of single cases, its years and the limits after which a pending case is overdue."""
    names = node.node("names")
    for ours in names.values:
        node.one_of("names", ours, CASE_COLUMNS)
    years = node.values.get("years")
    node.asked.add("years")
    if (
        not isinstance(years, list)
        or [type(year) for year in years] != [int, int]
        or not 1 <= years[0] <= years[1] <= 200
    ):
        node.fault("years", *told("tables.must_first_last_roc_year"))
        years = [1, 1]
    for needed in ("branch", "case_type"):
        if needed not in dimensions:
            node.fault("", *told("tables.cases_need_dimension", needed=needed))
    spec = CasesSpec(
        label=node.text("label"),
        file=f"{folder}/{_file_name(node)}",
        first_year=years[0],
        last_year=years[1],
        names={ours: names.string(ours) if ours in names.values else ours for ours in CASE_COLUMNS},
        limits=_limits(node.node("limit"), dimensions.get("case_type")),
        memory=node.string("memory", "512MB"),
        threads=node.whole("threads", 0),
        listed=node.whole("listed", 20),
    )
    if not re.fullmatch(r"[1-9][0-9]{0,5}(MB|GB)", spec.memory):
        node.fault("memory", *told("tables.must_such_mb_gb"))
    if not 1 <= spec.listed <= MAX_PROBLEMS or not 0 <= spec.threads <= 64:
        node.fault("", *told("tables.listed_is_threads_many_are", max_problems=MAX_PROBLEMS))
    for twice in sorted({n for n in spec.names.values() if [*spec.names.values()].count(n) > 1}):
        node.fault("names", *told("tables.two_columns_are_read_from", twice=twice))
    node.no_other_keys()
    return spec


def _limits(node: TomlNode, case_type: Dimension | None) -> dict[str, int]:
    """Months for each member of case_type; those not named have the default."""
    members = [m.id for m in case_type.members if m.id != case_type.total] if case_type else []
    default = node.whole("default", 12)
    limits = {id: node.whole(id, default) for id in members}
    if any(not 1 <= months <= 600 for months in (default, *limits.values())):
        node.fault("", *told("tables.limit_is_number_months_from"))
    node.no_other_keys()
    return limits


def _table_of_cases(
    id: str, node: TomlNode, cases: CasesSpec | None, dimensions: Mapping[str, Dimension]
) -> TableSpec:
    """A table that is counted from single cases: its key is any of `CASE_KEYS`, the year first."""
    node.one_of("from", node.string("from"), ("cases",) if cases else ())
    key = node.choices("key", CASE_KEYS)
    if "roc_year" not in key or len(set(key)) != len(key):
        node.fault("key", *told("tables.must_hold_roc_year_each"))
    first, last = (cases.first_year, cases.last_year) if cases else (1, 1)
    columns: dict[str, ColumnSpec] = {}
    for name in key:
        label = dimensions[name].label if name in dimensions else _CASE_LABELS.get(name, Text(name, name))
        if name == "roc_year":
            columns[name] = ColumnSpec(
                name=name, type="roc_year", label=label, minimum=Fraction(first), maximum=Fraction(last)
            )
        elif name in ("branch", "case_type"):
            columns[name] = ColumnSpec(name=name, type="member", label=label, dimension=name)
        else:
            columns[name] = ColumnSpec(name=name, type="text", label=label)
    for name, below in node.nodes("column"):
        counts = below.string("counts")
        below.one_of("counts", counts, CASE_COUNTS)
        if name in CASE_KEYS:
            below.fault("", *told("tables.is_key"))
        columns[name] = ColumnSpec(
            name=name,
            type="whole",
            label=below.text("label"),
            unit=CASE_COUNTS.get(counts, ""),
            minimum=Fraction(0),
            counts=counts,
        )
        below.no_other_keys()
    if len(columns) == len(key):
        node.fault("column", *told("tables.declares_no_column_2"))
    spec = TableSpec(
        name=id,
        label=node.text("label"),
        file=cases.file if cases else "",
        sheet=f"{id}.csv",
        encoding="utf-8",
        key=key,
        columns=columns,
        relations=tuple(_relation(below, columns, dimensions) for below in node.list_of_nodes("relation")),
        source_column="",
        from_cases=True,
    )
    node.no_other_keys()
    return spec


_CASE_LABELS: Mapping[str, Text] = {
    "roc_year": message("tables.year"),
    "unit": message("tables.unit"),
    "officer": message("tables.officer"),
}


def _file_name(node: TomlNode) -> str:
    """The name of a file that lies in the dataset's own folder, nowhere else."""
    name = node.string("file")
    if name and (not re.fullmatch(r"[\w .()-]+", name) or name.startswith(".")):
        node.fault("file", *told("tables.is_not_file_name_dataset", name_=legible(name)))
    return name


def _column(name: str, node: TomlNode, dimensions: Mapping[str, Dimension]) -> ColumnSpec:
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
        judged_later=node.boolean("judge_later") if "judge_later" in keys else False,
        reasons=_reasons(node.node("reason")),
    )
    if "dimension" in keys:
        node.one_of("dimension", column.dimension, dimensions)
    if kind not in COLUMN_TYPES:  # then no key of the column can be judged
        node.asked.update(node.values)
    if not 0 <= column.digits <= 9:
        node.fault("digits", *told("tables.is_not_between"))
    node.no_other_keys()
    return column


def _zero(node: TomlNode, key: str) -> Fraction | None:
    return Fraction(0) if node.values.get(key) == 0 else None


def _reasons(node: TomlNode) -> Mapping[GapKind, Text]:
    reasons = {GAPS[kind]: node.text(kind) for kind in REASONS if kind in node.values}
    node.asked.update(REASONS)
    node.no_other_keys()
    return reasons


def _relation(
    node: TomlNode, columns: Mapping[str, ColumnSpec], dimensions: Mapping[str, Dimension]
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


def _pairs(node: TomlNode) -> tuple[tuple[str, str, str], ...]:
    pairs = []
    for own, other in _strings_of(node):
        table, dot, column = other.partition(".")
        if not dot:
            node.fault(own, *told("tables.is_not_table_column", other=other))
        pairs.append((own, table, column))
    return tuple(pairs)


def _strings_of(node: TomlNode) -> list[tuple[str, str]]:
    return [(key, node.string(key)) for key in node.values]


def _check_pairs(declared: Declaration, top: TomlNode) -> None:
    """The columns that relations name in other tables must exist there."""
    known = [f"{table.name}.{column}" for table in declared.tables.values() for column in table.columns]
    for spec in declared.tables.values():
        for number, relation in enumerate(spec.relations):
            node = TomlNode({}, ("table", spec.name, "relation", number, "pairs"), top.faults)
            for own, table, column in relation.pairs:
                node.one_of(own, f"{table}.{column}", known)


def _measures(tables: Mapping[str, TableSpec], top: TomlNode) -> dict[str, Measure]:
    measures: dict[str, Measure] = {}
    for spec in tables.values():
        for name, column in spec.columns.items():
            if not column.unit or name in spec.key:
                continue
            if name in measures:
                first = measures[name].table
                top.faults.add(
                    ("table", spec.name, "column", name), *told("tables.table_has_measure_name", first=first)
                )
            measures[name] = Measure(name, spec.name, column.label, column.unit)
    return measures


def _derivation(id: str, node: TomlNode, measures: Mapping[str, Measure]) -> Derivation:
    derivation = Derivation(
        id=id,
        formula=node.string("formula"),
        from_year=node.whole("from_year"),
        unit=node.string("unit"),
        label=node.text("label"),
        note=node.text("note"),
    )
    _check_formula(node, derivation.formula, measures, calls=("running",))
    node.no_other_keys()
    return derivation


def _break(node: TomlNode, measures: Mapping[str, Measure]) -> Break:
    broken = Break(node.whole("roc_year"), node.choices("measures", measures), node.text("text"))
    node.no_other_keys()
    return broken


def _check_formula(node: TomlNode, formula: str, known: Collection[str], calls: Collection[str]) -> None:
    try:
        tree = ast.parse(formula, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        node.fault("formula", *told("tables.is_not_formula_such_b", formula=legible(formula)))
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
        node.fault("formula", *told("tables.may_hold_names_whole_numbers"))
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
