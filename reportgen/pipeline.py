"""The whole program on one screen: read -> compute -> compose -> write -> deliver.

publication.toml, tables, words ── read ──> Material
Material ── the kind computes and composes ──> Document: a tree of blocks in both languages
Document ── its writer (pages, sheet, web, certificates) and the formats beside (odt, ods) ──> Written: whole files
Written ── deliver ──> out/<publication>/ and its manifest
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import Edition, Format, Outcome, Text
from reportgen.model.errors import Place, ReportgenError, UsageError, problem
from reportgen.model.job import Clock, Job, Written
from reportgen.model.kind import Kind
from reportgen.read.digests import stamps
from reportgen.read.publications import documents_of, edition_of
from reportgen.read.toml_files import languages_of
from reportgen.run import workers
from reportgen.run.delivery import deliver, failed, foreign, with_gaps, withdraw
from reportgen.run.drafting import drafted, refuse_changed, told_at_source
from reportgen.run.files import locked, tidied
from reportgen.run.freshness import delivered_editions, delivered_formats, has_press, not_made, why_made
from reportgen.run.request import Request
from reportgen.verify.leaks import refuse_hidden
from reportgen.write.registry import editable, writers
from reportgen.write.tools import Progress, Tools


def build(request: Request, progress: Progress = lambda name, done, total: None) -> Iterator[Outcome]:
    """Makes each document that is not as its inputs say, and tells what became of it."""
    todo: dict[Job, tuple[Text, ...]] = {}
    dropped: dict[Path, list[str]] = {}
    for publication in request.publications:
        try:
            jobs = jobs_of(request, publication)
            every = languages_of(request.project, f"inputs/{publication}/publication.toml")
            known = {job.file for job in jobs_of(replace(request, editions=("both", *every)), publication)}
        except ReportgenError as error:  # its publication.toml cannot be read; the others go on
            yield failed(publication, error)
            continue
        for job in jobs:
            why = why_made(job, request.out, request.explain)
            # A printer's edition that lies there stays only as long as its panel does.
            job = replace(job, press=job.press and (request.press or not why))
            if why and (refused := foreign(job, request.out)):
                yield failed(job.name, refused, why)
            elif why and not request.dry_run:
                todo[job] = why
            else:
                state: Literal["made", "unchanged"] = "made" if why else "unchanged"
                yield with_gaps(Outcome(document=job.name, state=state, why=why), job, request.out)
        folder = request.out / publication
        gone, stale = not_made(request.project, folder, {job.file for job in jobs}, known)
        yield from (Outcome(document=f"{publication}/{file}", state="stale") for file in stale)
        dropped |= {folder: gone} if gone else {}
    if request.dry_run:
        return
    if not todo and not dropped:
        tidied(request.out)
        return
    with locked(request.out), workers.connected(request, todo) as pool:
        for folder, files in dropped.items():
            yield from withdraw(folder, files)
        for job, made in workers.run(make, todo, request, pool, progress):
            for outcome in deliver(job, made, request.out, todo[job]):
                yield with_gaps(outcome, job, request.out) if outcome.document == job.name else outcome


def jobs_of(request: Request, publication: str) -> list[Job]:
    """Each document of a publication in each edition, in the formats asked for.

    Without a word what its kind makes, and what lies there from earlier runs: it is made anew with the rest.
    """
    kind, names = documents_of(request.project, publication, kinds())
    jobs = [
        writers()[kind.writer_of(name)].job(
            Job(
                project=request.project,
                publication=publication,
                document=name,
                edition=edition,
                issued=request.issued,
            )
        )
        for name in names
        for edition in editions_of(request, publication)
    ]
    return [
        replace(
            job,
            formats=_formats(request, kind, job),
            press=writers()[job.writer].press and (request.press or has_press(job, request.out)),
        )
        for job in jobs
    ]


def _formats(request: Request, kind: Kind, job: Job) -> tuple[Format, ...]:
    wanted = request.formats or (*kind.formats_of(job.document), *delivered_formats(job, request.out))
    return tuple(format for format in get_args(Format) if format == "pdf" or format in wanted)


def editions_of(request: Request, publication: str) -> tuple[Edition, ...]:
    """Those asked for, `both` being all languages that the publication is made in; UsageError for one that it is not."""
    file = f"inputs/{publication}/publication.toml"
    languages = languages_of(request.project, file)
    possible: tuple[Edition, ...] = ("both", *languages)
    if missing := [one for one in request.editions if one not in possible]:
        slots = {"language": missing[0], "languages": languages}
        raise UsageError(problem(Place(file, column="languages"), "run.language_is_not_made", **slots))
    asked = request.editions or delivered_editions(request.out / publication)
    whole = edition_of(languages)
    return tuple(dict.fromkeys(whole if one == "both" else one for one in asked if one in possible))


def make(job: Job, tools: Tools) -> Written:
    """One document, from its publication's name to whole files; nothing is delivered here.

    InputError, KindError or RenderError with all problems that were found in the step that failed.
    """
    clock, before = Clock(), stamps(job.project)
    material = read_material(job.project, job.publication, job.issued)
    clock.step("read")
    kind = kinds()[material.publication.kind]
    document = kind.compose(material, job.document)
    draft = drafted(job, material, document)
    del material, document  # a run of thousands of certificates keeps what it prints and no table
    clock.step("compute")
    writer = writers()[kind.writer_of(job.document)]
    with told_at_source(draft):
        written = writer.write(draft, tools)
        files = {**written.files, **(editable(draft) if writer.editable else {})}
        refuse_hidden(files, draft.document.hidden, job.publication, draft.document.own_words)
    refuse_changed(before, job.project, written.inputs)
    return replace(written, files=files, seconds={**clock.seconds, **written.seconds})
