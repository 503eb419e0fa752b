"""The files that an officer writes and the model of each, for editors and for the officer's guide."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reportgen.kinds import kinds
from reportgen.model.errors import Place, UsageError, problem
from reportgen.model.hints import near
from reportgen.model.toml import Raw
from reportgen.read.schema import Model, json_schema, open_toml

# Of the house; those of a kind are in its `Kind.files`.
COMMON = {
    "reportgen.toml": "reportgen.read.signing:ProjectFile",
    "inputs/metrics.toml": "reportgen.read.metrics:MetricsFile",
    "inputs/datasets/*/dataset.toml": "reportgen.read.tables:DatasetFile",
    "inputs/*/panels/*/original/original.toml": "reportgen.read.archive:OriginalFile",
    "styles/tokens.toml": "reportgen.read.tokens:Tokens",
    "templates/*/words.toml": "reportgen.read.fixed_words:WordsFile",
}


@dataclass(frozen=True)
class Entry:
    """A file that has a model; `path` is its place in a project, with `*` for names."""

    name: str
    path: str
    reference: str

    @property
    def model(self) -> type[Model]:
        model: type[Model] = pkgutil.resolve_name(self.reference)
        return model


def entries() -> Mapping[str, Entry]:
    """All files that have a model, by name: `dataset`, `bulletin/publication`."""
    of_kinds = [
        Entry(f"{kind.name}/{PurePosixPath(path).stem}", path, reference)
        for kind in kinds().values()
        for path, reference in kind.files.items()
    ]
    of_all = [Entry(PurePosixPath(path).stem, path, reference) for path, reference in COMMON.items()]
    return {entry.name: entry for entry in (*of_all, *of_kinds)}


def schema_of(project: Path, asked: str) -> dict[str, Raw]:
    """JSON Schema of a file of the project or of a name in `entries`; UsageError where there is none."""
    known = entries()
    if asked not in known:
        asked = _name_of(project, asked, known)
    return json_schema(known[asked].model)


def _name_of(project: Path, asked: str, known: Mapping[str, Entry]) -> str:
    path = Path(asked).resolve() if Path(asked).is_file() else (project / asked).resolve()
    file = path.relative_to(project).as_posix() if path.is_relative_to(project) else asked
    found = [name for name, entry in known.items() if name.endswith(f"/{asked}") or _fits(file, entry.path)]
    if len(found) > 1 and path.is_file():  # all kinds have a publication.toml
        kind = open_toml(project, file).values.get("kind")
        found = [name for name in found if name.startswith(f"{kind}/")]
    if len(found) != 1:
        raise UsageError(problem(Place(asked), "cli.no_schema", known=[*known], near=near(asked, known)))
    return found[0]


def _fits(file: str, path: str) -> bool:
    parts, names = PurePosixPath(file).parts, PurePosixPath(path).parts
    return len(parts) == len(names) and all(
        name in ("*", part) for part, name in zip(parts, names, strict=True)
    )
