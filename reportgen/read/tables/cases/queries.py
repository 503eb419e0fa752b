"""The query that selects the cases behind a figure: SQL that a person can run with the duckdb command line.

It is made from the definition of the measure, not from the way it was counted; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.model.formats import ROC_OFFSET
from reportgen.model.values import Together
from reportgen.read.parquet import quoted
from reportgen.read.tables.cases.files import day, literal
from reportgen.read.tables.declared import Cases


def query(spec: Cases, counts: str, key: Mapping[str, int | str]) -> str:
    """The rows that a measure counts or adds up for a key; a column that the key lacks stands for all."""
    is_csv = spec.file.endswith(".csv")
    names = {ours: quoted(theirs) for ours, theirs in spec.theirs.items()}
    opened, closed = (day(names[one]) if is_csv else names[one] for one in ("opened", "closed"))
    end = f"DATE '{int(key['roc_year']) + ROC_OFFSET}-12-31'"
    year = (
        f"CAST({names['roc_year']} AS INTEGER) = {key['roc_year']}"
        if is_csv
        else f"{names['roc_year']} = {key['roc_year']}"
    )
    pending = f"{opened} <= {end} AND ({closed} IS NULL OR {closed} > {end})"
    where = {
        "closed": f"year({closed}) = {int(key['roc_year']) + ROC_OFFSET}",
        "pending": pending,
        "overdue": f"{pending} AND {opened} + to_months({_months(spec, names['case_type'], key)}) < {end}",
        "beyond_five_years": f"{pending} AND {opened} + to_months(60) < {end}",
    }.get(counts, year)
    parts = [f"{names[name]} {_is(value)}" for name, value in key.items() if name != "roc_year"]
    amount = names.get(f"{counts}_amount", names.get(counts, ""))
    what = (
        f"sum({f'CAST({amount} AS BIGINT)' if is_csv else amount})"
        if amount and counts != "closed"
        else "count(*)"
    )
    return f"SELECT * FROM {_table(spec, is_csv)} WHERE {' AND '.join([*parts, where])} -- {what}"


def _is(member: int | str) -> str:
    if isinstance(member, Together):
        return f"IN ({', '.join(map(literal, member.parts))})"
    return f"= {literal(str(member))}"


def _table(spec: Cases, is_csv: bool) -> str:
    if is_csv:
        return f"read_csv({literal(spec.file)}, all_varchar = true)"
    if spec.file.endswith(".parquet"):
        return f"read_parquet({literal(spec.file)})"
    return f"read_parquet({literal(spec.file + '/**/*.parquet')})"


def _months(spec: Cases, column: str, key: Mapping[str, int | str]) -> str:
    """The limit: of the type that the key names, else of each type."""
    if "case_type" in key and not isinstance(key["case_type"], Together):
        return str(spec.limits[str(key["case_type"])])
    if len(set(spec.limits.values())) == 1:
        return str(next(iter(spec.limits.values())))
    told = " ".join(f"WHEN {literal(kind)} THEN {months}" for kind, months in spec.limits.items())
    return f"CASE {column} {told} END"
