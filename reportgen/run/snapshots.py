"""Pictures of the pages as they were, kept in the project: `reportgen snapshot`; and what is different now: `reportgen check --pictures`.

They lie in `snapshots/PUBLICATION/FILE.pdf/001.png`, to be kept with the project. Both read what a build has delivered and make no document.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, UsageError, problem
from reportgen.model.messages import message
from reportgen.run.files import write_whole
from reportgen.run.listing import both, is_foreign, sheet
from reportgen.verify.delivered import read_manifest
from reportgen.verify.snapshots import Change, changes, difference, pictures, png, read

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER, PAGE = "snapshots", "pictures.html"
NUMBERED, KINDS = "[0-9][0-9][0-9].png", ("changed", "new", "gone")
MOST = 200  # pages of a document: of certificates there are thousands


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How many of a document's pages were taken, of how many."""

    document: str
    pages: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A document beside its pictures: `pages` were looked at, `changes` are not as they were and shown on `page`.

    `fault` says why it could not be compared; `stale` is a PDF that is not what the inputs make now.
    """

    document: str
    page: Path
    pages: int = 0
    changes: tuple[Change, ...] = ()
    stale: bool = False
    fault: Problem | None = None

    def line(self) -> Text:
        name = "snapshots.stale" if self.stale else "snapshots.compared"
        slots = {"file": self.document, "count": self.pages, "different": len(self.changes)}
        return message(name, name_=self.document.partition("/")[0], **slots)

    def problems(self) -> Iterator[Problem]:
        if self.fault:
            yield self.fault
        if self.changes:
            told = {kind: numbers(one.page for one in self.changes if one.kind == kind) for kind in KINDS}
            what = [message(f"snapshots.{kind}", pages=pages) for kind, pages in told.items() if pages]
            slots = {"what": what, "page": self.page, "name": self.document.partition("/")[0]}
            yield problem(Place(self.document), "snapshots.different", **slots)


def numbers(pages: Iterable[int]) -> str:
    """`2, 5–7`: pages in order, runs of them by their ends."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], page]
        else:
            runs.append([page])
    return ", ".join("–".join(map(str, run)) for run in runs)


def keep(project: Path, out: Path, publications: Iterable[str]) -> Iterator[Kept]:
    """Takes pictures of each delivered PDF in the place of those that lie there.

    UsageError, when all others are done, for publications of which nothing was built.
    """
    faults = []
    for publication in publications:
        made = delivered(out, publication)
        folder = project / FOLDER / publication
        left = set(folder.glob(f"*.pdf/{NUMBERED}")) if made else set()
        for name, content in made.items():
            shown, of = pictures(content, MOST)
            taken = {
                folder / name / f"{number:03}.png": png(picture) for number, picture in enumerate(shown, 1)
            }
            write_whole(taken)
            left -= set(taken)
            yield Kept(document=f"{publication}/{name}", pages=len(taken), of=of)
        for file in left:
            file.unlink()
            with contextlib.suppress(OSError):  # another file lies there
                file.parent.rmdir()
        faults += [] if made else [not_built(out, publication)]
    if faults:
        raise UsageError(faults)


def compared(project: Path, out: Path, publication: str, stale: Collection[str]) -> Iterator[Compared]:
    """Each delivered PDF beside its pictures, and those of which there is none now. InputError for a file that is no picture."""
    folder, page = project / FOLDER / publication, out / PAGE
    made = delivered(out, publication)
    if not made:
        yield Compared(document=publication, page=page, fault=not_built(out, publication))
        return
    for name in sorted({*made, *(path.name for path in folder.glob("*.pdf"))}):
        document = f"{publication}/{name}"
        before = [_read(file) for file in sorted((folder / name).glob(NUMBERED))]
        after = pictures(made[name], MOST)[0] if name in made else []
        fault = None if before else problem(Place(document), "snapshots.not_kept", name=publication)
        yield Compared(
            document=document,
            page=page,
            pages=len(after),
            changes=changes(before, after) if before else (),
            stale=document in stale,
            fault=fault,
        )


def delivered(out: Path, publication: str) -> dict[str, bytes]:
    """The PDFs that are there, by their names."""
    entries = read_manifest(out / publication).get("files", {})
    files = [out / publication / name for name in entries if name.endswith(".pdf")]
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def not_built(out: Path, publication: str) -> Problem:
    folder = out / publication
    return problem(Place(str(folder)), "pages.not_built", folder=folder, name=publication)


def _read(file: Path) -> Image:
    try:
        return read(file.read_bytes())
    except OSError:
        raise InputError(problem(Place(str(file)), "snapshots.damaged")) from None


# ---- the page ----------------------------------------------------------------------------------


def write(project: Path, out: Path, found: Sequence[Compared]) -> Path:
    """`out/pictures.html`: each page that is different, as it was, as it is, and both on one. UsageError where another's lies there."""
    page = out / PAGE
    if is_foreign(page):
        raise UsageError(problem(Place(str(page)), "snapshots.foreign"))
    different = [one for one in found if one.changes]
    header = f"<p>{both(message('snapshots.summary', count=len(found), different=len(different)))}</p>"
    body = "".join(
        f"<section><h2>{escape(one.document)}</h2>\n"
        + "".join(_shown(one.document, change) for change in one.changes)
        + "</section>\n"
        for one in different
    )
    write_whole({page: sheet(project, message("snapshots.title"), header, body)})
    return page


def _shown(document: str, change: Change) -> str:
    said = both(message(f"snapshots.{change.kind}", pages=change.page))
    link = f'<a href="{quote(document)}#page={change.page}">{said}</a>'
    shown = [("before", change.before), ("after", change.after)]
    if change.before and change.after:
        shown.append(("difference", difference(change.before, change.after)))
    figures = "".join(_figure(message(f"snapshots.{name}"), picture) for name, picture in shown if picture)
    return f'<h3>{said if change.kind == "gone" else link}</h3>\n<div class="pictures">{figures}</div>\n'


def _figure(caption: Text, picture: Image) -> str:
    source = base64.b64encode(png(picture)).decode()
    return (
        f'<figure><figcaption>{both(caption)}</figcaption><img src="data:image/png;base64,{source}" alt="" '
        f'width="{picture.width}" height="{picture.height}"></figure>'
    )
