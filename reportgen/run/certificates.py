"""A run of certificates: a file for each person and one print run in list order, however many there are.

    winners ── certificates.plan ──> shapes, jobs ── workers.in_order(finish) ──> files, written in groups
                                                                           └────> pages of the print run

A killed run leaves whole files. The next one makes the same bytes, sees that they are there, and writes what is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.kinds.awards import documents as awards
from reportgen.kinds.material import Material, read_material
from reportgen.model import Document, Text
from reportgen.model.errors import InputError, Place, Problem, RenderError, problem
from reportgen.run.delivery import write_whole
from reportgen.run.job import Clock, Job, dated_on, digests, file_name
from reportgen.run.workers import in_order
from reportgen.verify import leaks, revocations
from reportgen.verify import page as page_
from reportgen.verify.ledger import sha256
from reportgen.write import certificates
from reportgen.write.certificates import keys
from reportgen.write.certificates import payload as payload_
from reportgen.write.certificates.delivery import write_together

if TYPE_CHECKING:
    from reportgen.read.theme import Theme
    from reportgen.write.certificates import Finished, Plan

NAME = "certificates"  # the paper that is a run, and the folder of its files
CHUNK = 20  # certificates that a worker makes at a time and that are written as one group
EDITABLE = 300  # certificates in one ODT; with more of them a word processor takes minutes to open it
STYLE = "styles/certificate.css"
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was delivered: the print run's pages and hash, the other files by name, and who could not be served."""

    pages: int
    wanted: int
    sha256: str
    beside: Mapping[str, str]
    inputs: Mapping[str, str]
    problems: tuple[Problem, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)


def make(job: Job, out: Path, count: int, elsewhere: Executor | None, told: Told) -> Run:
    """Makes and writes all certificates of a publication in one edition; the caller writes the manifest.

    InputError, KindError or RenderError where none can be made.
    """
    from reportgen.read import theme

    clock = Clock()
    folder = out / job.publication
    colours = theme.load_theme(job.project / "styles/tokens.toml")
    key = keys.load_private(job.project, out)
    if key and key.warnings:  # somebody else could sign with it
        raise InputError(key.warnings)
    material, document, winners = _winners(job, key is not None)
    clock.step("decide")
    plan = _plan(job, material, colours, key, winners)
    clock.step("shapes")
    folder.mkdir(parents=True, exist_ok=True)
    made, lost = _write_all(job, folder, plan, _title(material, job), count, elsewhere, told)
    problems = (*plan.problems, *(_died(one) for one in winners if one.id in lost))
    if not made and problems:
        raise RenderError(problems)
    clock.step("files")
    codes = {one.key: page_.register_key(one.payload) for one in plan.jobs}
    register = {codes[id]: digest for id, (_, digest) in made.items()}
    more = {
        **_page(job, material, colours, register),
        **_editable(job, material, colours, plan, document, winners),
    }
    write_whole({folder / name: content for name, content in more.items()})
    clock.step("beside")
    beside = {**dict(made.values()), **{name: sha256(content) for name, content in more.items()}}
    whole = _digest_of(folder / job.file) if made else ""
    return Run(
        pages=len(made),
        wanted=len(winners),
        sha256=whole,
        beside=beside,
        inputs=_inputs(job, material, document),
        problems=problems,
        seconds=clock.seconds,
    )


def rehearse(job: Job) -> tuple[Problem, ...]:
    """Whom a run could not serve, and why: names that do not fit or have no glyph. Makes nothing."""
    from reportgen.read import theme

    colours = theme.load_theme(job.project / "styles/tokens.toml")
    material, _, winners = _winners(job, False)
    return _plan(job, material, colours, None, winners).problems


def _winners(job: Job, signed: bool) -> tuple[Material, Document, tuple[awards.Recipient, ...]]:
    """The winners, and of all that was read and decided only what a certificate still needs."""
    material = read_material(job.project, job.publication, job.issued)
    result = awards.decided(material)
    winners = awards.winners(material, result, signed)
    document = awards.certificates_document(material, result, ())
    _refuse_leaks(winners, document.hidden, job)
    return (
        replace(material, dataset=replace(material.dataset, tables={})),
        replace(document, hidden=()),
        winners,
    )


# ---- the plan ---------------------------------------------------------------------------------


def _plan(
    job: Job, material: Material, colours: Theme, key: keys.Key | None, winners: Sequence[awards.Recipient]
) -> Plan:
    from reportgen.write import html

    env = html.environment(job.project)
    html.check_templates(env, job.project, "awards")
    frame = html.data_uri(certificates.frame(colours))
    css = html.style_sheet(job.project, STYLE, colours, {"certificate-frame": f"url({frame})"})
    last = certificates.last_step(css)
    said = {one.id: one for one in winners}

    def payload(recipient: certificates.Recipient, digest: str) -> str:
        one = said[recipient.key]
        return payload_.payload(one.serial, one.name.zh, one.award.zh, one.issued, digest, key)

    told = tuple(fault for one in winners for fault in one.faults)
    recipients = (
        certificates.Recipient(
            key=one.id,
            file=f"{_folder(job)}/{one.stem}.pdf",
            place=one.place,
            certificate=one.certificate,
            serial=one.serial,
            title=one.title,
            record=one.record,
        )
        for one in winners
        if not one.faults
    )
    plan = certificates.plan(
        recipients,
        lambda certificate, title, qr: html.certificate_page(certificate, title, job.edition, env, last, qr),
        css,
        job.edition,
        dated_on(job, material.publication),
        payload,
    )
    return replace(plan, problems=(*told, *plan.problems))


def _folder(job: Job) -> str:
    return file_name(NAME, job.edition, "")[:-1]


def _title(material: Material, job: Job) -> str:
    from reportgen.write.html import TextPrinter

    title = material.words[f"paper.{NAME}"]
    whole = Text(
        f"{material.publication.title.zh} {title.zh}", f"{material.publication.title.en}, {title.en}"
    )
    return TextPrinter(job.edition).plain(whole, " / ")


def _refuse_leaks(winners: Iterable[awards.Recipient], hidden: Iterable[str], job: Job) -> None:
    """RenderError when a certificate would say what its policy hides. A file says nothing else than this."""
    said = (
        f"{one.serial} {one.certificate} {one.title} {one.award} {' '.join(one.record.values())}"
        for one in winners
    )
    if leaks.holds(said, tuple(hidden)):
        raise RenderError(
            problem(Place(f"{job.publication}/{NAME}"), "run.certificate_would_show_name_number")
        )


# ---- the files ----------------------------------------------------------------------------------

Files = dict[str, tuple[str, str]]  # person -> file, its SHA-256


def _write_all(
    job: Job, folder: Path, plan: Plan, title: str, count: int, elsewhere: Executor | None, told: Told
) -> tuple[Files, set[str]]:
    """Every person's file and the print run; and the persons whose process died twice."""
    made: Files = {}
    lost: set[str] = set()
    name = f"{job.publication}/{job.file}"
    (folder / _folder(job)).mkdir(exist_ok=True)
    with certificates.PrintRun(folder / job.file, plan.shapes, title) as run:
        for chunk, done in in_order(_finish, _chunks(plan), count, elsewhere):
            if done is None:
                lost |= {one.key for one in chunk[0]}
                continue
            write_group(folder, done)
            for one in done:
                run.add(one.page)
                made[one.key] = (one.file, one.sha256)
            told(name, len(made), len(plan.jobs))
    return made, lost


Chunk = tuple[tuple["certificates.Job", ...], Mapping[str, "certificates.Shape"]]


def _chunks(plan: Plan) -> Iterator[Chunk]:
    jobs = iter(plan.jobs)
    while chunk := tuple(itertools.islice(jobs, CHUNK)):
        yield chunk, plan.wanted(chunk)


def _finish(chunk: Chunk) -> list[Finished]:
    return certificates.finish(*chunk)


def write_group(folder: Path, finished: Iterable[Finished]) -> None:
    """Writes the files that are not there yet with these bytes."""
    new = {one.file: one.content for one in finished if not _is_there(folder / one.file, one)}
    if new:
        write_together(folder, new)


def _is_there(file: Path, one: Finished) -> bool:
    try:
        return file.stat().st_size == len(one.content) and sha256(file.read_bytes()) == one.sha256
    except FileNotFoundError:
        return False


def _digest_of(file: Path) -> str:
    import hashlib

    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _died(one: awards.Recipient) -> Problem:
    return problem(one.place, "run.process_made_certificate_died_twice")


# ---- what lies beside --------------------------------------------------------------------------------


def _page(job: Job, material: Material, colours: Theme, register: Mapping[str, str]) -> dict[str, bytes]:
    """The page that says without a network whether a certificate is genuine; where there is a key."""
    public = keys.load_public(job.project)
    if not public:
        return {}
    revoked = revocations.read_revoked(job.project, job.publication)
    page = page_.page(job.project, public, revoked, register, material.publication.issuer, colours)
    return {file_name("verify", job.edition, "html"): page.encode()}


def _editable(
    job: Job,
    material: Material,
    colours: Theme,
    plan: Plan,
    document: Document,
    winners: Sequence[awards.Recipient],
) -> dict[str, bytes]:
    """The certificates as one ODT, if it was asked for and is of a size that can be edited."""
    if "odt" not in job.formats or not 0 < len(plan.jobs) <= EDITABLE:
        return {}
    from reportgen.write import odt

    said = {one.key: one.payload for one in plan.jobs}
    drawn = (replace(one.certificate, qr=said[one.id]) for one in winners if one.id in said)
    whole = replace(document, blocks=tuple(drawn))
    content = odt.write(whole, job.edition, material.words, colours, dated_on(job, material.publication))
    return {file_name(NAME, job.edition, "odt"): content}


def _inputs(job: Job, material: Material, document: Document) -> dict[str, str]:
    from reportgen.write import html

    paths = (
        *document.inputs,
        material.glossary.file,
        *html.layout_files(job.project, "awards"),
        STYLE,
        page_.PAGE,
    )
    found = digests(job.project, paths)
    former = sorted((job.project / keys.FOLDER).glob(keys.FORMER))
    public = [f"{keys.FOLDER}/{name}" for name in (keys.PUBLIC, *(path.name for path in former))]
    for path in (f"inputs/{job.publication}/revoked.csv", *public):
        file = job.project / path
        found[path] = sha256(file.read_bytes()) if file.is_file() else ""
    return found
