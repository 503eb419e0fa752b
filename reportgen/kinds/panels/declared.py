"""All that is declared for one panel, read from its three files: exhibition, catalogue and the panel itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.kinds.figures import FiguresComposer
from reportgen.kinds.panels import writing
from reportgen.kinds.panels.items import Catalogue, Item, picture
from reportgen.kinds.panels.plan import Exhibition, Panel, ShowSection
from reportgen.kinds.panels.writing import Piece
from reportgen.model import Picture
from reportgen.model.errors import InputError, Place, problem
from reportgen.read.schema import TomlFile, open_toml, read_sound
from reportgen.read.theme import Theme


def folder_of(publication: str, panel: str) -> str:
    return f"inputs/{publication}/panels/{panel}"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """`section` is that of the panel; `items` the archival items by id, with their scans, None where the catalogue is at fault."""

    folder: str
    theme: Theme
    front: TomlFile
    show: Exhibition
    panel: Panel
    section: ShowSection
    pieces: tuple[Piece, ...]
    items: Mapping[str, tuple[Item, Picture | None]] | None

    @property
    def file(self) -> str:
        return self.front.file

    def ids(self, key: str) -> list[object]:
        """The ids of the tables of this name in the front part, also of those that are at fault."""
        return [table.get("id") for table in self.front.values.get(key, ())]


def read_declared(composer: FiguresComposer, name: str, theme: Theme) -> Declared:
    """Faults go to the composer; InputError with all of them where there is too little to go on."""
    if not theme.panel_type:
        raise InputError(problem(Place("styles/tokens.toml"), "panels.no_sizes"))
    material, problems = composer.material, composer.problems
    project, publication, glossary = material.project, material.publication, material.glossary
    known = {"size": theme.panel_size, "colour": theme.colour, "dimension": composer.dataset.dimensions}
    show = read_sound(Exhibition, publication.source, problems, known=known, glossary=glossary)
    sections = {section.id: section for section in show.section} if show else {}
    if show:
        known["section"] = sections
        for event in show.event:
            composer.references(event.spot, "metrics", event.metrics)
    folder = folder_of(publication.name, name)
    front, pieces = writing.read(project, f"{folder}/panel.md", problems, glossary)
    panel = read_sound(Panel, front, problems, known=known, glossary=glossary)
    items = _items(composer)
    if show is None or panel is None:
        raise InputError(dict.fromkeys(problems))
    return Declared(
        folder=folder,
        theme=theme,
        front=front,
        show=show,
        panel=panel,
        section=sections[panel.section],
        pieces=pieces,
        items=items,
    )


def catalogue_file(publication: str) -> str:
    return f"inputs/{publication}/items.toml"


def _items(composer: FiguresComposer) -> Mapping[str, tuple[Item, Picture | None]] | None:
    """The archival items by id; none where there is no catalogue."""
    material, file = composer.material, catalogue_file(composer.publication.name)
    if not (material.project / file).is_file():
        return {}
    source = open_toml(material.project, file)
    before = len(composer.problems)
    catalogue = read_sound(Catalogue, source, composer.problems, glossary=material.glossary)
    project = material.project
    items = (
        {item.id: (item, picture(project, item, composer.problems)) for item in catalogue.item}
        if catalogue
        else {}
    )
    return items if len(composer.problems) == before else None
