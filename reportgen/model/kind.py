"""What the program asks of a kind of publication; the kinds themselves are found by `reportgen.kinds`."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reportgen.model.document import Document
from reportgen.model.values import Format


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of publication. `composer` names the function that makes the tree of a document, `package.module:function`; it is loaded
    when it is needed, for it brings along all that computes.

    `documents` is the key of publication.toml that lists the documents (empty: there is one, named like the kind), `besides` names
    those that come with the listed ones. `formats` are made when nobody asks for others: by document, "" for all the rest; `writers` likewise names who writes the main file. `monthly`:
    the period may be a year to the end of a month; `periods`: it may be a month, quarter, half or fiscal year. `counted`, where one follows the other by a number and not by the year: the keys of publication.toml with this number, the day, and
    the name of the one before. `files` are those that an officer writes, by their path in a project, each with its model
    as `package.module:Model`.
    """

    name: str
    composer: str
    documents: str = ""
    besides: tuple[str, ...] = ()
    formats: Mapping[str, tuple[Format, ...]] = field(default_factory=lambda: {"": ("pdf",)})
    writers: Mapping[str, str] = field(default_factory=lambda: {"": "pages"})
    monthly: bool = False
    periods: bool = False
    counted: tuple[str, str, str] | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    def formats_of(self, document: str) -> tuple[Format, ...]:
        return self.formats.get(document, self.formats[""])

    def writer_of(self, document: str) -> str:
        return self.writers.get(document, self.writers[""])

    def compose(self, material: Any, document: str) -> Document:
        """The tree of one document; InputError or KindError with all faults of all that it is made from."""
        made: Document = pkgutil.resolve_name(self.composer)(material, document)
        return made
