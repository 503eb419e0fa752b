"""A draft as TOML: one line for each thing that is to be confirmed, so that the officer reviews lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reportgen.model.toml import Raw, key_written, written
from reportgen.read.todo import CONFIRM
from reportgen.run.importing.dimensions import Declared as Dimension
from reportgen.run.importing.keeping import MARK
from reportgen.run.importing.naming import Words
from reportgen.run.importing.tables import Table


def dataset(
    name: Words, besides: Mapping[str, Raw], dimensions: Mapping[str, Dimension], tables: Sequence[Table]
) -> str:
    """`besides` are keys of the whole file that were added by hand."""
    return "\n".join(_dataset(name, besides, dimensions, tables)) + "\n"


def _dataset(
    name: Words, besides: Mapping[str, Raw], dimensions: Mapping[str, Dimension], tables: Sequence[Table]
) -> Iterator[str]:
    yield MARK
    yield "# A draft. What was guessed ends with a mark: change it or leave it, and delete the mark."
    yield "# 匯入草稿。推測之處於行末註記，請更正或保留，並刪除註記。"
    yield ""
    yield f"name = {written(name)}"
    yield from (f"{key_written(key)} = {written(value)}" for key, value in besides.items())
    for id, declared in dimensions.items():
        yield f"\n[dimension.{key_written(id)}]"
        yield f"label = {written(declared.label)}"
        yield "member = ["
        yield from (f"  {written(member)}," for member in declared.members.values())
        yield "]"
    for table in tables:
        yield f"\n[table.{key_written(table.id)}]"
        yield f"label = {written(table.label)}"
        for key, value in {**table.declared, **table.besides}.items():
            yield f"{key} = {written(value)}{_mark(table.confirm.get(key, ()))}"
        for key, column in table.columns.items():
            yield f"column.{key_written(key)} = {written(column)}{_mark(table.confirm.get(key, ()))}"


def _mark(guessed: Sequence[str]) -> str:
    """What `check` counts until somebody has deleted it."""
    return f" {CONFIRM}: {', '.join(guessed)}" if guessed else ""


def publication(head: Mapping[str, Raw], sections: Sequence[Mapping[str, Raw]]) -> str:
    lines = [f"{MARK}", *(f"{key} = {written(value)}" for key, value in head.items())]
    for section in sections:
        lines += [
            "",
            "[[section]]",
            *(f"{key} = {written(value)}" for key, value in section.items() if key != "block"),
        ]
        for block in section["block"]:
            lines += ["", "[[section.block]]", *(f"{key} = {written(value)}" for key, value in block.items())]
    return "\n".join(lines) + "\n"
