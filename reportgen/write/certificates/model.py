"""The values that go from the planning to the finishing: shapes with their slots, jobs, finished files.

Plain values that any executor can carry; importing them loads neither the layout nor the templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reportgen.model.toml import Raw
from reportgen.read import faces
from reportgen.write.certificates.objects import Parts

ATTACHED = "certificate.json"
CODE = "qr"  # the data-field of the code's picture
SLACK = 0.3 / 25.4 * 96  # CSS pixels by which letters may stick out of their area


@dataclass(frozen=True, kw_only=True)
class Size:
    """Where a line stands at one step of the sizes, in CSS pixels from the upper left corner of the page."""

    left: float
    width: float
    baseline: float
    size: float
    spacing: float


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A line that is empty in the shape, such as `name.zh`."""

    key: str
    mcid: int
    chain: tuple[int, ...]
    language: str
    features: tuple[tuple[str, bool], ...]
    colour: bytes
    align: Literal["left", "right", "center"]
    sizes: tuple[Size, ...]

    def shaped(self, words: str) -> tuple[faces.Piece, ...] | None:
        return faces.shaped(words, self.chain, self.language, dict(self.features))

    def step(self, pieces: tuple[faces.Piece, ...], first: int = 0) -> int:
        """The first step from `first` at which the line fits; as many as there are steps when none does."""
        for step in range(first, len(self.sizes)):
            size = self.sizes[step]
            if faces.width(pieces, size.size, size.spacing) <= size.width + SLACK:
                return step
        return len(self.sizes)


@dataclass(frozen=True)
class Element:
    """A node of the structure tree. Kids are MCIDs, or further nodes as (place,)."""

    tag: str
    entries: bytes
    parent: int
    kids: tuple[int | tuple[int], ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """All that the files of one shape have in common. `shared` are its objects; the page's own stream is the first.

    `words` is the text in reading order: what is printed on each, and the keys of the slots as (key,).
    `steps`: at which size each field stands, where all lines of one person are set in it.
    `latin`: codes of the face that the shape brings for Latin lines, and under which name.
    """

    key: str
    shared: tuple[Parts, ...]
    resources: Parts
    fonts: tuple[tuple[bytes, int], ...]
    profile: int
    intent: Parts
    box: bytes
    height: float
    language: str
    elements: tuple[Element, ...]
    owners: tuple[int, ...]
    info: bytes
    dated: bytes
    xmp: tuple[bytes, bytes, bytes]
    slots: tuple[Slot, ...]
    words: tuple[str | tuple[str], ...]
    latin: tuple[int, bytes, Mapping[str, int]] | None
    code: tuple[int, float, float, float] | None
    code_element: int = -1
    citation: int = 0
    steps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A line of a person: its slot, the step of the sizes, and its words as shaped."""

    slot: int
    step: int
    pieces: tuple[faces.Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker needs besides the shape; plain values."""

    key: str
    file: str
    shape: str
    runs: tuple[Run, ...]
    title: str
    payload: str
    description: str
    record: Mapping[str, Raw]
    digest: str


@dataclass(frozen=True, kw_only=True)
class PagePiece:
    """What the print run needs of a person: `code` are the operators that print the QR code."""

    shape: str
    runs: tuple[Run, ...]
    code: bytes
    title: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Finished:
    key: str
    file: str
    content: bytes
    sha256: str
    page: PagePiece
