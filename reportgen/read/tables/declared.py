"""The tables and keys of `dataset.toml` as models; what the program makes of them is in `model`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo

from reportgen.model.hints import MAX_PROBLEMS
from reportgen.model.periods import Era
from reportgen.model.toml import Raw
from reportgen.read.faults import shown, wrong
from reportgen.read.fields import By, Dated, Like, Name, OneOf, RocYear, Within, era_of
from reportgen.read.schema import Context, Fault, Known, Model, below, check, fault, keys, unknown_at
from reportgen.read.tables.columns import Better, ColumnSpec
from reportgen.read.tables.dimensions import Dimension
from reportgen.read.tables.layout import Layout
from reportgen.read.tables.relations import AnyRelation, Columns, Parts, formula_faults
from reportgen.read.texts import Bilingual

CaseKey = Literal["roc_year", "branch", "unit", "officer", "case_type"]
Count = Literal["new", "closed", "pending", "overdue", "beyond_five_years", "referred", "collected", "cost"]
CASE_KEYS: tuple[str, ...] = get_args(CaseKey)
# What a column of a table of cases can count or add up, and its unit.
CASE_COUNTS = {
    count: "twd" if count in ("referred", "collected", "cost") else "case" for count in get_args(Count)
}
CASE_STOCKS = ("pending", "overdue", "beyond_five_years")  # the other counts are of what happens in a year

Months = Annotated[int, Within(1, 600)]


class _Beside(Like):
    """The name of a file in the dataset's own folder, nowhere else; the value is its path from the project's root."""

    def validate(self, value: str, info: ValidationInfo) -> str:
        folder = info.context.file.file.rpartition("/")[0] if info.context and info.context.file else ""
        name = value.removeprefix(f"{folder}/")
        if (letters := re.sub(r"[\w .()-]", "", name)) and not re.search(r"[/\\]|^\.", name):
            raise wrong("tables.file_name_holds", value=shown(name), letters=" ".join(dict.fromkeys(letters)))
        return f"{folder}/{super().validate(value.removeprefix(f'{folder}/'), info)}" if folder else value


FileName = Annotated[str, _Beside(r"(?!\.)[\w .()-]+", "tables.is_not_file_name_dataset", '"cases.csv"')]


class CountedColumn(Model):
    """A column of a table that is counted from single cases."""

    label: Bilingual
    counts: Count
    better: Better = ""
    phrase: str = ""


# ---- tables and cases -----------------------------------------------------------------------


class TableSpec(Layout):
    name: Name
    label: Bilingual
    file: FileName
    sheet: str = ""
    encoding: Literal["utf-8", "cp950", "big5"] = "utf-8"
    key: Columns
    columns: Annotated[dict[str, ColumnSpec], Field(alias="column", min_length=1)]
    relations: Annotated[tuple[AnyRelation, ...], Field(alias="relation")] = ()
    source_column: Annotated[str, Field(alias="source"), OneOf("column or none")] = ""
    published: Bilingual | None = None
    from_cases: ClassVar[bool] = False

    @property
    def year_column(self) -> str:
        return next((name for name in self.key if self.columns[name].type == "roc_year"), "")

    @classmethod
    def names(cls, raw: Mapping[str, Raw], known: Known) -> Known:
        columns = below(raw, "column")
        return {"column": columns, "column or none": ["", *columns]}

    @check
    @staticmethod
    def _tells_rows_apart(key: tuple[str, ...], columns: Mapping[str, ColumnSpec]) -> Iterator[Fault]:
        for name in key:
            column = columns[name]
            if column.judged_later:
                yield fault("key", "tables.key_column_can_t_judged", name_=name)
            if column.missing:
                yield fault("key", "tables.key_column_can_t_have", name_=name)
            if column.dimension not in ("", name):
                yield fault(
                    "key", "tables.key_column_holds_members_must", name_=name, dimension=column.dimension
                )


class CountedSpec(TableSpec):
    """A table that is counted from single cases, as all others."""

    from_cases: ClassVar[bool] = True


class CountedTable(Model):
    """A table that is counted from single cases: its key is any of `CaseKey`, the year among them."""

    id: Name
    of: Annotated[Literal["cases"], Field(alias="from")]
    label: Bilingual
    key: tuple[CaseKey, ...]
    columns: Annotated[dict[str, CountedColumn], Field(alias="column", min_length=1)]
    relations: Annotated[tuple[AnyRelation, ...], Field(alias="relation")] = ()
    published: Bilingual | None = None

    @classmethod
    def names(cls, raw: Mapping[str, Raw], known: Known) -> Known:
        return {"column": [*CASE_KEYS, *below(raw, "column")]}

    @check
    @staticmethod
    def _has_years(key: tuple[str, ...]) -> Iterator[Fault]:
        if "roc_year" not in key or len({*key}) != len(key):
            yield fault("key", "tables.must_hold_roc_year_each")

    @check
    @staticmethod
    def _free(columns: Mapping[str, CountedColumn]) -> Iterator[Fault]:
        for name in columns:
            if name in CASE_KEYS:
                yield fault(("column", name), "tables.is_key")


class CaseNames(Model):
    """The columns of the file of cases, by ours."""

    case_id: str = "case_id"
    branch: str = "branch"
    unit: str = "unit"
    officer: str = "officer"
    roc_year: str = "roc_year"
    case_type: str = "case_type"
    opened: str = "opened"
    closed: str = "closed"
    referred_amount: str = "referred_amount"
    collected_amount: str = "collected_amount"
    cost: str = "cost"


CASE_COLUMNS = tuple(keys(CaseNames))


def _complete(limits: dict[str, int], info: ValidationInfo) -> dict[str, int]:
    """Those that are not named have the default."""
    default = limits.get("default", 12)
    known = info.context.known["limit"] if info.context else limits
    return {id: limits.get(id, default) for id in known if id != "default"}


class Cases(Model):
    """Single cases: their file, its years, and the months by case type after which a pending case is overdue.

    `listed` faults of each kind are told.
    """

    label: Bilingual
    file: FileName
    years: tuple[RocYear, RocYear]
    columns: Annotated[CaseNames, Field(alias="names")] = Field(default_factory=CaseNames)
    limits: Annotated[
        dict[Annotated[str, OneOf("limit")], Months],
        AfterValidator(_complete),
        Field(alias="limit", validate_default=True),
    ] = Field(default_factory=dict)
    memory: Annotated[str, Like(r"[1-9][0-9]{0,5}(MB|GB)", "tables.must_such_mb_gb", '"512MB"')] = "512MB"
    threads: Annotated[int, Within(0, 64)] = 0
    listed: Annotated[int, Within(1, MAX_PROBLEMS)] = 20

    @property
    def theirs(self) -> dict[str, str]:
        """The columns of the file by ours."""
        return dict(self.columns)

    @check
    @staticmethod
    def _has_dimensions(context: Context) -> Iterator[Fault]:
        for needed in ("branch", "case_type"):
            if needed not in context.known["dimension"]:
                yield fault("", "tables.cases_need_dimension", needed=needed)

    @check
    @staticmethod
    def _in_order(years: tuple[int, int]) -> Iterator[Fault]:
        if years[0] > years[1]:
            yield fault("years", "tables.must_first_last_roc_year")

    @check
    @staticmethod
    def _read_once(columns: CaseNames) -> Iterator[Fault]:
        theirs = [name for _, name in columns]
        for twice in sorted({name for name in theirs if theirs.count(name) > 1}):
            yield fault("names", "tables.two_columns_are_read_from", twice=twice)


# ---- the file -------------------------------------------------------------------------------


class Derivation(Model):
    id: Name
    formula: str
    from_year: RocYear
    unit: str
    label: Bilingual
    note: Bilingual

    @check
    @staticmethod
    def _of_measures(formula: str, context: Context) -> Iterator[Fault]:
        yield from formula_faults(formula, context.known.get("measure"), calls=("running",))


class Break(Dated):
    """From a period on the measures count something else."""

    measures: tuple[Annotated[str, OneOf("measure")], ...]
    text: Bilingual


class Symbols(Model):
    """Signs of the dataset's own for missing figures."""

    none: str | None = None
    not_available: str | None = None
    under_half: str | None = None


class DatasetFile(Model):
    name: Bilingual
    sample: Bilingual | None = None
    published: Bilingual | None = None
    time: str = "roc_year"
    calendar: Era = "roc"
    dimension: dict[str, Dimension] = Field(default_factory=dict)
    table: Annotated[dict[str, Annotated[TableSpec | CountedTable, By("from")]], Field(min_length=1)]
    cases: Cases | None = None
    derive: dict[str, Derivation] = Field(default_factory=dict)
    breaks: Annotated[tuple[Break, ...], Field(alias="break")] = ()
    symbols: Symbols = Field(default_factory=Symbols)

    @classmethod
    def names(cls, raw: Mapping[str, Raw], known: Known) -> Known:
        columns = [
            (table, name, column.keys() & {"unit", "counts"} and name not in _list(declared.get("key")))
            for table, declared in _tables(raw.get("table"))
            for name, column in _tables(declared.get("column"))
        ]
        case_type = dict(_tables(raw.get("dimension"))).get("case_type", {})
        types = [member.get("id") for _, member in _tables(case_type.get("member"))]
        return {
            **era_of(raw),
            "dimension": below(raw, "dimension"),
            "table.column": [f"{table}.{name}" for table, name, _ in columns],
            "measure": [name for _, name, is_measure in columns if is_measure],
            "limit": [
                "default",
                *(id for id in types if isinstance(id, str) and id != case_type.get("total")),
            ],
        }

    @check
    @staticmethod
    def _measured_once(table: Mapping[str, TableSpec | CountedTable]) -> Iterator[Fault]:
        tables: dict[str, str] = {}
        for id, one in table.items():
            for name, column in one.columns.items():
                if name not in one.key and (isinstance(column, CountedColumn) or column.unit):
                    if first := tables.get(name):
                        yield fault(
                            ("table", id, "column", name), "tables.table_has_measure_name", first=first
                        )
                    tables[name] = id

    @check
    @staticmethod
    def _adds_up(
        table: Mapping[str, TableSpec | CountedTable], dimension: Mapping[str, Dimension]
    ) -> Iterator[Fault]:
        """The total of parts is a member of what they are parts of."""
        for id, one in table.items():
            for number, relation in enumerate(one.relations):
                if isinstance(relation, Parts):
                    over = one.columns.get(relation.over)
                    name = over.dimension if isinstance(over, ColumnSpec) else relation.over
                    members = [member.id for member in dimension[name].members] if name in dimension else []
                    if relation.total not in members:
                        yield unknown_at(("table", id, "relation", number, "total"), relation.total, members)

    @check
    @staticmethod
    def _has_cases(table: Mapping[str, TableSpec | CountedTable], cases: Cases | None) -> Iterator[Fault]:
        for id, one in table.items():
            if isinstance(one, CountedTable) and not cases:
                yield unknown_at(("table", id, "from"), one.of, ())


def _tables(raw: Raw) -> Iterator[tuple[Raw, Mapping[str, Raw]]]:
    """The tables of a table or list as it stands in the file, with their names or places; what else stands there is told later."""
    pairs = raw.items() if isinstance(raw, Mapping) else enumerate(_list(raw))
    return ((name, inner) for name, inner in pairs if isinstance(inner, Mapping))


def _list(raw: Raw) -> tuple[Raw, ...]:
    return raw if isinstance(raw, tuple) else ()
