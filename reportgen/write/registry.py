"""How a document becomes files: one writer a form and a format, here or in another distribution (entry points `reportgen.writers`)."""

from __future__ import annotations

import functools
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING

from reportgen.model.job import Job, Written, file_name
from reportgen.write.tools import Rehearsal, Tools

if TYPE_CHECKING:
    from reportgen.write.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Writer:
    """A form of the main file of a document, or an editable format beside it.

    `module` holds `write(draft, tools) -> Written` and `rehearse(draft) -> Rehearsal`; of a format, `beside(draft) -> bytes` (empty
    where there is nothing to write). `editable`: formats may
    stand beside its file. `spreads`: it makes many files with the workers by itself. `signs`: its files depend on the
    project's key. `press`: it makes an edition for the printer when that is asked for.
    """

    name: str
    module: str
    stem: str = ""
    suffix: str = "pdf"
    editable: bool = False
    spreads: bool = False
    signs: bool = False
    press: bool = False

    def write(self, draft: Draft, tools: Tools) -> Written:
        """InputError, KindError or RenderError with all problems that were found in the step that failed."""
        made: Written = pkgutil.resolve_name(self.module).write(draft, tools)
        return made

    def rehearse(self, draft: Draft) -> Rehearsal:
        """What `write` would refuse before anything is laid out; raises the same errors."""
        found: Rehearsal = pkgutil.resolve_name(self.module).rehearse(draft)
        return found

    def beside(self, draft: Draft) -> bytes:
        content: bytes = pkgutil.resolve_name(self.module).beside(draft)
        return content

    def job(self, job: Job) -> Job:
        """The same job with what this writer calls its file."""
        return replace(job, writer=self.name, stem=self.stem, suffix=self.suffix)


@functools.cache
def writers() -> Mapping[str, Writer]:
    """Every writer by its name; its module is loaded when it writes."""
    found = {point.name: point.load() for point in entry_points(group="reportgen.writers")}
    return MappingProxyType(dict(sorted(found.items())))


def editable(draft: Draft) -> dict[str, bytes]:
    """The files of the formats that were asked for besides the main file."""
    job = draft.job
    made = {format: writers()[format].beside(draft) for format in job.formats if format in writers()}
    return {
        file_name(job.document, job.edition, format): content for format, content in made.items() if content
    }
