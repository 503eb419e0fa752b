"""`reportgen sign-off`: each sign-off sheet gets the SHA-256 of the delivered paper that it is about, and is made anew with it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from reportgen.model import Outcome
from reportgen.model.errors import InputError, Place, Problem, problem
from reportgen.model.toml import Raw, written
from reportgen.read.publications import open_publication
from reportgen.read.schema import Spot
from reportgen.read.seals import read_seals, seals_file
from reportgen.run.files import write_whole
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256

Build = Callable[..., Iterator[Outcome]]  # `Project.build`


def sign_off(project: Path, out: Path, publication: str, build: Build) -> Iterator[Outcome]:
    """What became of the papers and of the sheet with its seal; InputError where there is no sheet, or a paper is not as delivered.

    Papers are made first, so that what is sealed is what the inputs say.
    """
    sheets = [*_sheets(project, publication)]
    involved = dict.fromkeys([*(of for _, of, _, _ in sheets), publication])
    for outcome in build(*involved):
        if outcome.state in ("failed", "part"):
            yield outcome
            return
    seals, problems = {}, list[Problem]()
    for id_, of, name, place in sheets:
        file = f"{of}/{name}.pdf"
        entry = read_manifest(out / of).get("files", {}).get(f"{name}.pdf", {})
        content = (out / file).read_bytes() if (out / file).is_file() else b""
        if not content or sha256(content) != entry.get("sha256"):
            problems.append(problem(place, "papers.paper_is_not_delivered", file=file, folder=out))
        else:
            seals[id_] = (file, sha256(content), len(content), _pages(content))
    if problems:
        raise InputError(problems)
    kept = read_seals(project, publication).sheet
    lines = ["# reportgen sign-off"]
    for id_, (file, digest, size, pages) in seals.items():
        lines += ["", f"[sheet.{id_}]", f"file = {written(file)}", f"sha256 = {written(digest)}"]
        lines += [f"bytes = {size}", f"pages = {pages}"]
    if {id_: (one.file, one.sha256, one.bytes, one.pages) for id_, one in kept.items()} != seals:
        write_whole({project / seals_file(publication): ("\n".join(lines) + "\n").encode()})
    sheet_files = tuple(f"{publication}/{id_}." for id_ in seals)
    yield from (one for one in build(publication) if one.document.startswith(sheet_files))


def _sheets(project: Path, publication: str) -> Iterator[tuple[str, str, str, Place]]:
    """Of each sheet its name, the publication and the name of the paper that it is about, and where that is said."""
    source = open_publication(project, publication)
    rows = source.values.get("paper", ())
    found = False
    for row in rows if isinstance(rows, tuple) else ():
        if isinstance(row, Mapping) and row.get("form") == "consult":
            found = True
            values: Mapping[str, Raw] = row
            place = Spot(source, getattr(row, "path", ())).at("of")
            yield str(values["id"]), str(values.get("from") or publication), str(values["of"]), place
    if not found:
        raise InputError(problem(source.place(("papers",)), "papers.no_sheet"))


def _pages(content: bytes) -> int:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)
