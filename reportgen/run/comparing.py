"""Regenerated panels as they were delivered against the archived ones: `reportgen compare`.

It reads what a build has delivered and makes nothing of a panel itself; the verdict and the heat map lie in `compare/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents as panels
from reportgen.model.errors import InputError, Place, problem
from reportgen.model.job import Job
from reportgen.read.publications import documents_of, edition_of
from reportgen.read.toml_files import languages_of
from reportgen.run.files import write_whole
from reportgen.run.freshness import why_made
from reportgen.verify.comparison import Compared, compare


def compared(project: Path, out: Path, publication: str, only: str = "") -> Iterator[Compared]:
    """The verdict of each panel of a publication that was made from an archived one, written to `compare/` beside it.

    InputError for a panel that was not built, or was built from other inputs than are there now.
    """
    kind, names = documents_of(project, publication, kinds())
    languages = languages_of(project, f"inputs/{publication}/publication.toml")
    if only and only not in names:
        known = [name for name in names if name not in kind.besides]
        raise InputError(
            problem(
                Place(f"inputs/{publication}/publication.toml", column="panels"),
                "run.is_no_panel",
                only=only,
                known=[*known],
            )
        )
    for name in names if kind.name == "panels" else ():
        if name in kind.besides or (only and name != only):
            continue
        job = Job(project=project, publication=publication, document=name, edition=edition_of(languages))
        found = panels.original(read_material(project, publication), name)
        if found is None:
            continue
        file = out / publication / job.file
        if why := why_made(job, out):
            raise InputError(
                problem(Place(str(file)), "run.is_not_what_inputs_make", why=why[0], publication=publication)
            )
        made = compare(name, found.original, found.charts, found.paragraphs, file.read_bytes())
        folder = out / publication / "compare"
        files = {folder / f"{name}.json": made.verdict.to_json().encode("utf-8")}
        if made.heat_map is not None:
            files[folder / f"{name}.heat.png"] = made.heat_map
        write_whole(files)
        yield made
