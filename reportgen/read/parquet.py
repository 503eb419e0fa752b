"""Parquet files, read by DuckDB: what their footers say, and the cells of a small one as values of Python."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model.toml import Raw

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Damaged(Exception):
    """The file cannot be read; says why in English, in one line without its path."""


@dataclass(frozen=True)
class Column:
    """`kind` is the type that DuckDB reads; it has no exact one for decimals of more than 38 digits."""

    name: str
    kind: str
    exact: bool


@dataclass(frozen=True)
class Footer:
    columns: tuple[Column, ...]
    rows: int
    unpacked: int  # bytes


@contextlib.contextmanager
def as_file(content: bytes) -> Iterator[Path]:
    """The bytes of a Parquet file in a temporary one: DuckDB reads no other."""
    with tempfile.TemporaryDirectory(prefix=f"reportgen-parquet-{os.getpid()}-") as folder:
        path = Path(folder, "table.parquet")
        path.write_bytes(content)
        yield path


def footer(path: Path) -> Footer:
    """Columns of the top level and sizes. Raises Damaged."""
    with _connected(path) as connection:
        schema = "SELECT name, duckdb_type, logical_type, coalesce(num_children, 0) FROM parquet_schema(?)"
        elements = connection.execute(schema, [str(path)]).fetchall()
        sizes = (
            "SELECT count(*), coalesce(sum(group_rows), 0), coalesce(sum(bytes), 0) FROM (SELECT any_value("
            "row_group_num_rows) AS group_rows, any_value(row_group_bytes) AS bytes FROM parquet_metadata(?) GROUP BY row_group_id)"
        )
        _, rows, unpacked = connection.execute(sizes, [str(path)]).fetchall()[0]
    return Footer(tuple(_top(elements)), int(rows), int(unpacked))


def _top(elements: list[tuple[str, str, str | None, int]]) -> Iterator[Column]:
    """The schema is a tree, told parents first; its root holds the columns."""
    within = 0
    for name, kind, logical, children in elements[1:]:
        if within:
            within += children - 1
            continue
        within = children
        yield Column(name, kind, exact=not (kind == "DOUBLE" and (logical or "").startswith("Decimal")))


def quoted(name: str) -> str:
    """A column as a query names it."""
    return '"' + name.replace('"', '""') + '"'


def rows(path: Path, columns: Sequence[Column]) -> list[tuple[Raw, ...]]:
    """All cells in the order of the columns; a moment in a zone as that of Greenwich. Raises Damaged."""
    zoned = [column.name for column in columns if column.kind == "TIMESTAMP WITH TIME ZONE"]
    moments = ", ".join(f"timezone('UTC', {name}) AS {name}" for name in map(quoted, zoned))
    return _all(path, f"* REPLACE ({moments})" if zoned else "*")


def texts(path: Path) -> list[tuple[str | None, ...]]:
    """The same as text, whatever it is. Raises Damaged."""
    return _all(path, "CAST(COLUMNS(*) AS VARCHAR)")


def _all(path: Path, what: str) -> list[tuple[Raw, ...]]:
    with _connected(path) as connection:
        query = f"SELECT {what} FROM read_parquet(?, hive_partitioning = false)"
        return connection.execute(query, [str(path)]).fetchall()


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[DuckDBPyConnection]:
    import duckdb

    options: dict[str, Raw] = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(config=options) as connection:
            connection.execute("SET TimeZone = 'UTC'")  # else that of the machine
            yield connection
    except (duckdb.Error, OSError) as error:
        raise Damaged(str(error).split("\n")[0].replace(str(path), path.name)) from None
