"""Regenerated panels as they were delivered against the archived ones: `reportgen compare`.

It reads what a build has delivered and makes nothing of a panel itself; the verdict and the heat map lie in `compare/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.kinds import KINDS, panels
from reportgen.kinds.material import read_material
from reportgen.model.errors import InputError, Place, Problem
from reportgen.read.publications import EXHIBITION, documents_of
from reportgen.run.delivery import write_whole
from reportgen.run.freshness import why_made
from reportgen.run.job import Job
from reportgen.verify.comparison import Compared, compare


def compared(project: Path, out: Path, publication: str, only: str = "") -> Iterator[Compared]:
    """The verdict of each panel of a publication that was made from an archived one, written to `compare/` beside it.

    InputError for a panel that was not built, or was built from other inputs than are there now.
    """
    kind, names = documents_of(project, publication, KINDS)
    if only and only not in names:
        known = [name for name in names if name != EXHIBITION]
        raise InputError(
            Problem(
                Place(f"inputs/{publication}/publication.toml", column="panels"),
                f"there is no panel {only!r}; known: {', '.join(known)}",
                f"沒有展板 {only!r}；已有：{'、'.join(known)}",
            )
        )
    for name in names if kind == "panels" else ():
        if name == EXHIBITION or (only and name != only):
            continue
        job = Job(project, publication, name, "both")
        found = panels.original(read_material(project, publication), name)
        if found is None:
            continue
        file = out / publication / job.file
        if why := why_made(job, out):
            raise InputError(
                Problem(
                    Place(str(file)),
                    f"is not what its inputs make now ({why[0]}); run `reportgen build {publication}` first",
                    f"與目前之輸入不符（{why[0]}）；請先執行 reportgen build {publication}",
                )
            )
        made = compare(name, found.original, found.charts, found.paragraphs, file.read_bytes())
        folder = out / publication / "compare"
        files = {folder / f"{name}.json": made.verdict.to_json().encode("utf-8")}
        if made.heat_map is not None:
            files[folder / f"{name}.heat.png"] = made.heat_map
        write_whole(files)
        yield made
