"""What every kind builds its documents from: the publication with all that it names, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.metrics import Registry
from reportgen.publications import Publication
from reportgen.tables import Dataset
from reportgen.wording import Glossary, Words


@dataclass(frozen=True)
class Material:
    project: Path
    publication: Publication
    dataset: Dataset
    registry: Registry
    words: Words
    glossary: Glossary
    issued: date | None = None
