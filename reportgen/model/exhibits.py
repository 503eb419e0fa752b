"""The blocks of an exhibition: the head and foot of a panel, headings, lists, archival items with their pictures."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.model.values import Line, Text


@dataclass(frozen=True)
class Upright:
    """A title set vertically: its cells from top to bottom as (kind, text, length in em); see `vertical`."""

    words: str
    cells: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, kw_only=True)
class PanelHead:
    """The head of a panel: the show, the section it belongs to, its title; `upright` where the title is set vertically.

    `lead` stands first on the sheet, `number` is its one figure with what it is; `title_em` and `number_em` say how long title and
    number are in sizes of their type. `short`: an edition in both languages has title, lead and captions in English, and the rest in Chinese.
    """

    show: Text
    motto: Text
    section: Text
    title: Text
    upright: Upright | None = None
    lead: Line | None = None
    number: tuple[Line, Line] | None = None
    title_em: float = 0.0
    number_em: float = 0.0
    short: bool = False


@dataclass(frozen=True)
class Subhead:
    """A heading within a panel; what follows belongs to it up to the next one."""

    title: Text
    level: int
    anchor: str


@dataclass(frozen=True)
class Bullets:
    lines: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Picture:
    """A scan as a file of the project, with its size upright and what is taken out of it, in pixels."""

    file: str
    width_px: int
    height_px: int
    redactions: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """An archival item: its caption, what the catalogue says of it, its picture (None: a placeholder, or `landscape`), in words."""

    anchor: str
    caption: Text
    alternative: Text
    facts: tuple[tuple[Text, Text], ...]
    picture: Picture | None = None
    landscape: bool = False


@dataclass(frozen=True)
class Exhibits:  # items side by side
    items: tuple[Exhibit, ...]


@dataclass(frozen=True)
class PanelFoot:
    """The foot of a panel: remarks, and the address of the page that its code opens (empty: no code)."""

    lines: tuple[Line, ...]
    address: str = ""
