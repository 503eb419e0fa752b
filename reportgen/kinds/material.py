"""What every kind builds its documents from: the publication with all that it names, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.compute.metrics import Figures, with_columns
from reportgen.kinds import kinds
from reportgen.read import tables
from reportgen.read.fixed_words import read_words
from reportgen.read.metrics import Registry, read_registry
from reportgen.read.parity import Glossary, read_glossary
from reportgen.read.publications import Publication, read_publication
from reportgen.read.tables import Dataset
from reportgen.read.words import Words


@dataclass(frozen=True, kw_only=True)
class Material:
    project: Path
    publication: Publication
    dataset: Dataset
    registry: Registry
    words: Words
    glossary: Glossary
    issued: date | None = None

    def figures(self) -> Figures:
        """Its values, and a ledger in which none is printed yet."""
        publication = self.publication
        first, calendar = publication.since, publication.calendar
        return Figures(self.dataset, self.registry, publication.period, first, calendar)

    @property
    def signed(self) -> bool:
        """Whether the project has a key that signs certificates."""
        return (self.project / "keys" / "private.pem").exists()


def read_material(project: Path, name: str, issued: date | None = None) -> Material:
    """All that a publication names, read and checked."""
    glossary = read_glossary(project)
    publication = read_publication(project, name, kinds(), glossary)
    languages = publication.languages
    words = read_words(project, f"templates/{publication.kind}/words.toml", glossary, languages=languages)
    dataset = tables.read_dataset(project, publication.dataset, languages=languages)
    registry = with_columns(dataset, read_registry(project, languages=languages))
    if publication.period.per_year > 1:
        registry = registry.within_year()
    return Material(
        project=project,
        publication=publication,
        dataset=dataset,
        registry=registry,
        words=words,
        glossary=glossary,
        issued=issued,
    )
