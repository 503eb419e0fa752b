"""A run of certificates: a file for each person and one print run in list order, however many there are.

    recipients ── planning ──> shapes, jobs ── finish, in order ──> files, written in groups
                                                             └────> pages of the print run

The folder is one that takes the place of the delivered one when all is made: files that are the same are there already.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from reportgen.model import Recipient, Text
from reportgen.model.errors import InputError, KindError, Place, RenderError, problem
from reportgen.model.job import Clock, Job, Written, file_name
from reportgen.read import revocations
from reportgen.write import certificates, drawings, html, keys
from reportgen.write.certificates import page, stamping
from reportgen.write.certificates.delivery import write_together
from reportgen.write.certificates.payload import payload
from reportgen.write.tools import Rehearsal

if TYPE_CHECKING:
    from reportgen.write.certificates import Finished, Plan, Shape
    from reportgen.write.draft import Draft
    from reportgen.write.tools import Tools

CHUNK = 20  # certificates that a worker makes at a time and that are written as one group
EDITABLE = 300  # certificates in one ODT; with more of them a word processor takes minutes to open it
STYLE = "styles/certificate.css"
Files = dict[str, tuple[str, str]]  # person -> file, its SHA-256
Chunk = tuple[tuple["certificates.Job", ...], Mapping[str, "Shape"]]


def write(draft: Draft, tools: Tools) -> Written:
    """Makes and writes all certificates; where some could not be made, the others are delivered and the problems told."""
    job = draft.job
    clock = Clock()
    key = keys.load_to_sign(job.project, tools.folder.parent)
    winners = _recipients(draft)
    revoked = _revoked(draft, winners)
    plan = _plan(draft, winners, key)
    tools.claim([job.file, *(order.file for order in plan.jobs)])
    clock.step("shapes")
    made, lost = _write_all(draft, plan, tools)
    died = (
        problem(person.place, "run.process_made_certificate_died_twice")
        for person in winners
        if person.id in lost
    )
    problems = (*plan.problems, *died)
    if not made and problems:
        raise RenderError(problems)
    clock.step("files")
    codes = {order.key: page.register_key(order.payload) for order in plan.jobs if order.payload}
    register = {codes[person]: digest for person, (_, digest) in made.items() if person in codes}
    drawn = [*_forms(draft, winners)] if made else []
    beside = {**_page(draft, register, revoked), **_editable(draft, plan, winners), **dict(drawn)}
    write_together(tools.folder, beside)
    clock.step("beside")
    whole = {job.file: _digest_of(tools.folder / job.file)} if made else {job.file: ""}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in beside.items()}
    return Written(
        pages=len(made),
        wanted=len(winners),
        files={},
        there={**whole, **dict(made.values()), **hashes},
        inputs=_inputs(draft),
        problems=problems,
        seconds=clock.seconds,
    )


def rehearse(draft: Draft) -> Rehearsal:
    """Whom a run could not serve, and why: names that do not fit or have no glyph. Makes nothing."""
    winners = _recipients(draft)
    _revoked(draft, winners)
    return Rehearsal(_plan(draft, winners, None).problems)


def _revoked(draft: Draft, winners: Iterable[Recipient]) -> dict[str, revocations.Revoked]:
    job = draft.job
    revoked = revocations.read_revoked(job.project, job.publication)
    revocations.refuse_unknown(job.publication, revoked.values(), [person.serial for person in winners])
    return revoked


def _recipients(draft: Draft) -> tuple[Recipient, ...]:
    """The winners. RenderError when a certificate would say what its policy hides: a file says nothing else than this."""
    if draft.document.draft:  # a signature cannot be taken back once the words are there
        gaps = [problem(gap, "run.certificate_is_signed") for gap in draft.gaps]
        if old := draft.taken_over:
            gaps.append(problem(old[0], "run.certificate_is_of_last_year", count=len(old)))
        raise InputError(gaps)
    winners = cast(tuple[Recipient, ...], draft.document.blocks)
    said = [
        f"{person.serial} {person.certificate} {person.title} {person.award} {' '.join(person.record.values())}"
        for person in winners
    ]
    draft.refuse_hidden(said)
    return winners


# ---- the plan ---------------------------------------------------------------------------------


def _plan(draft: Draft, winners: Iterable[Recipient], key: keys.Key | None) -> Plan:
    job, design, kind = draft.job, draft.design, draft.document.kind
    env = html.environment(job.project)
    html.check_templates(env, job.project, kind)
    css = html.style_sheet(job.project, STYLE, design.theme, _sheet(draft, winners))
    last = certificates.last_step(css)
    persons = {person.id: person for person in winners}

    def signed(order: certificates.Order, digest: str) -> str:
        person = persons[order.key]
        return payload(person.serial, person.name.zh, person.award.zh, person.issued, digest, key)

    orders = (
        certificates.Order(
            key=person.id,
            file=f"{_folder(job)}/{person.stem}.pdf",
            place=person.place,
            certificate=person.certificate,
            serial=person.serial,
            title=person.title,
            record=person.record,
        )
        for person in persons.values()
        if not person.faults
    )
    try:
        plan = certificates.plan(
            orders,
            lambda certificate, title, qr: html.certificate_page(
                certificate, title, job.edition, env, last, qr, kind
            ),
            css,
            job.edition,
            draft.dated,
            signed if key else None,
            html.only_places(env, f"{kind}/certificate.html"),
        )
    except stamping.OfTheFileError:
        template = Place(f"templates/{kind}/certificate.html")
        raise KindError(problem(template, "certificates.prints_what_is_the_files")) from None
    faults = (fault for person in persons.values() for fault in person.faults)
    return replace(plan, problems=(*faults, *plan.problems))


def _sheet(draft: Draft, winners: Iterable[Recipient]) -> dict[str, str]:
    """The frame, with the emblem of the office in its slot; all winners have one form."""
    upright = any(person.certificate.upright for person in winners)
    preprinted = any(person.certificate.preprinted for person in winners)
    return certificates.tokens(draft.design.theme, upright, _emblem(draft), preprinted)


def _emblem(draft: Draft) -> str:
    file, _ = draft.document.artwork.get("emblem", ("", None))
    return html.data_uri(drawings.read_picture(draft.job.project, file)) if file else ""


def _forms(draft: Draft, winners: Sequence[Recipient]) -> Iterator[tuple[str, bytes]]:
    """The form for the printing office, where one is declared."""
    if winners and winners[0].certificate.bleed_mm:
        from reportgen.write.certificates.forms import forms

        yield from forms(draft, winners[0].certificate, _emblem(draft))


def _folder(job: Job) -> str:
    return file_name(job.document, job.edition, "")[:-1]


def _title(draft: Draft) -> str:
    title, whole = draft.design.words[f"paper.{draft.job.document}"], draft.publication.title
    said = Text(f"{whole.zh} {title.zh}", f"{whole.en}, {title.en}")
    return html.TextPrinter(draft.job.edition).plain(said, " / ")


# ---- the files ----------------------------------------------------------------------------------


def _write_all(draft: Draft, plan: Plan, tools: Tools) -> tuple[Files, set[str]]:
    """Every person's file and the print run; and the persons whose process died twice."""
    made: Files = {}
    lost: set[str] = set()
    folder, job = tools.folder, draft.job
    (folder / _folder(job)).mkdir(parents=True, exist_ok=True)
    with certificates.PrintRun(folder / job.file, plan.shapes, _title(draft)) as run:
        for chunk, done in tools.in_order(_finish, _chunks(plan)):
            if done is None:
                lost |= {order.key for order in chunk[0]}
                continue
            write_group(folder, done)
            for certificate in done:
                run.add(certificate.page)
                made[certificate.key] = (certificate.file, certificate.sha256)
            tools.progress(job.name, len(made), len(plan.jobs))
    return made, lost


def _chunks(plan: Plan) -> Iterator[Chunk]:
    orders = iter(plan.jobs)
    while chunk := tuple(itertools.islice(orders, CHUNK)):
        yield chunk, plan.wanted(chunk)


def _finish(chunk: Chunk) -> list[Finished]:
    return certificates.finish(*chunk)


def write_group(folder: Path, finished: Iterable[Finished]) -> None:
    """Writes the files that are not there yet with these bytes."""
    new = {done.file: done.content for done in finished if not _is_there(folder / done.file, done)}
    if new:
        write_together(folder, new)


def _is_there(file: Path, finished: Finished) -> bool:
    try:
        return file.stat().st_size == len(finished.content) and _digest_of(file) == finished.sha256
    except FileNotFoundError:
        return False


def _digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ---- what lies beside --------------------------------------------------------------------------------


def _page(
    draft: Draft, register: Mapping[str, str], revoked: Mapping[str, revocations.Revoked]
) -> dict[str, bytes]:
    """The page that says without a network whether a certificate is genuine; where there is a key."""
    job = draft.job
    public = keys.load_public(job.project)
    if not public:
        return {}
    made = page.page(job.project, public, revoked, register, draft.publication.issuer, draft.design.theme)
    return {file_name("verify", job.edition, "html"): made.encode()}


def _editable(draft: Draft, plan: Plan, winners: Iterable[Recipient]) -> dict[str, bytes]:
    """The certificates as one ODT, if it was asked for and is of a size that can be edited."""
    job = draft.job
    if "odt" not in job.formats or not 0 < len(plan.jobs) <= EDITABLE:
        return {}
    from reportgen.write import odt

    codes = {order.key: order.payload for order in plan.jobs}
    drawn = (replace(person.certificate, qr=codes[person.id]) for person in winners if person.id in codes)
    whole = replace(draft.document, blocks=tuple(drawn), hidden={})
    return {file_name(job.document, job.edition, "odt"): odt.beside(replace(draft, document=whole))}


def _inputs(draft: Draft) -> dict[str, str]:
    project = draft.job.project
    found = draft.hashes(more=(STYLE, page.PAGE))
    former = sorted((project / keys.FOLDER).glob(keys.FORMER))
    public = [f"{keys.FOLDER}/{name}" for name in (keys.PUBLIC, *(path.name for path in former))]
    for path in (revocations.file_of(draft.job.publication), *public):
        file = project / path
        found[path] = _digest_of(file) if file.is_file() else ""
    return found
