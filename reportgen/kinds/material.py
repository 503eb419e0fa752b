"""What every kind builds its documents from: the publication with all that it names, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.compute.metrics import Figures, with_columns
from reportgen.kinds import kinds
from reportgen.read import tables
from reportgen.read.fixed_words import words_of_kind
from reportgen.read.metrics import Registry, read_registry
from reportgen.read.parity import Glossary, read_glossary
from reportgen.read.publications import Publication, read_publication
from reportgen.read.tables import Dataset
from reportgen.read.theme import Theme, load_theme
from reportgen.read.words import Words


@dataclass(frozen=True, kw_only=True)
class Material:
    project: Path
    publication: Publication
    dataset: Dataset
    registry: Registry
    words: Words
    glossary: Glossary
    theme: Theme
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


@dataclass(frozen=True, kw_only=True)
class Declared:
    """All of a publication's material but its dataset: what stays while only figures change."""

    publication: Publication
    registry: Registry
    words: Words
    glossary: Glossary
    theme: Theme


def read_declared(project: Path, name: str) -> Declared:
    glossary = read_glossary(project)
    publication = read_publication(project, name, kinds(), glossary)
    languages = publication.languages
    return Declared(
        publication=publication,
        registry=read_registry(project, languages=languages),
        words=words_of_kind(project, publication.kind, glossary, languages),
        glossary=glossary,
        theme=load_theme(project / "styles/tokens.toml"),
    )


def read_material(
    project: Path, name: str, issued: date | None = None, declared: Declared | None = None
) -> Material:
    """All that a publication names, read and checked; `declared` is what is known of it already."""
    declared = declared or read_declared(project, name)
    publication = declared.publication
    dataset = tables.read_dataset(project, publication.dataset, languages=publication.languages)
    registry = with_columns(dataset, declared.registry)
    if publication.period.per_year > 1:
        registry = registry.within_year()
    return Material(
        project=project,
        publication=publication,
        dataset=dataset,
        registry=registry,
        words=publication.brand.words(declared.words),
        glossary=declared.glossary,
        theme=declared.theme,
        issued=issued,
    )
