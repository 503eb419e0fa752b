"""From recipients to what is left to do for each: their shapes laid out, their lines measured, their codes signed.

Here alone a certificate meets the layout. A person whose words do not fit on their lines, or need what only the
full layout can do, gets a shape of their own; one whose words cannot be printed is a problem, and the others go on.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from reportgen.model import Certificate, CertificateField, Edition, Language, Text
from reportgen.model.errors import InputError, Place, Problem, RenderError
from reportgen.model.messages import message, told
from reportgen.model.toml import Raw
from reportgen.read import faces, fonts, one_face
from reportgen.read.pdf_text import digest_of
from reportgen.write import codes, pdf
from reportgen.write.certificates import finishing, shapes, stamping
from reportgen.write.certificates.model import ATTACHED, Job, Run, Shape, Slot
from reportgen.write.html import TextPrinter, check_page, data_uri, in_one_face

LONGEST_CODE = 331  # bytes: version 13 at level M; in 26 mm a module is then a third of a millimetre wide
DESCRIPTION = message("certificates.qr_code_verification_serial_number")
TITLE = Text(shapes.TITLE, shapes.TITLE)
_BLANK_CODE = data_uri(codes.BLANK)
MANY = 20  # layouts whose boxes are thrown away together
_BLANKS = re.compile(r"[ \t\n\r\f]+")

# What makes the HTML of a certificate: itself, the title of its file, the picture and words of its code.
Page = Callable[[Certificate, Text, tuple[str, str] | None], str]
# What the code of a recipient holds, from the digest of what is printed.
Payload = Callable[["Order", str], str]


@dataclass(frozen=True, kw_only=True)
class Order:
    """One person. `file` is a safe relative path; `record` is what goes into the file as certificate.json."""

    key: str
    file: str
    place: Place
    certificate: Certificate
    serial: str
    title: Text
    record: Mapping[str, Raw] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """`problems` name the recipients for whom there is no job."""

    shapes: Mapping[str, Shape]
    jobs: tuple[Job, ...]
    problems: tuple[Problem, ...]

    def wanted(self, jobs: Iterable[Job]) -> dict[str, Shape]:
        """The shapes of some of the jobs, as they go to a worker."""
        return {key: self.shapes[key] for key in dict.fromkeys(job.shape for job in jobs)}


def last_step(css: str) -> int:
    """The last of the sizes that a style declares: `.size-0` … `.size-4`."""
    return _last(css, "size")


def _last(css: str, name: str) -> int:
    return max((int(step) for step in re.findall(rf"\.{name}-(\d+)", css)), default=0)


def plan(
    recipients: Iterable[Order],
    page: Page,
    css: str,
    edition: Edition,
    dated: datetime,
    payload: Payload | None = None,
    proven: bool = False,
) -> Plan:
    """The jobs, in the order of the recipients. Each shape is laid out once, in this process.

    `payload(recipient, digest of the text)` is what the code holds; without it there is no code. `dated`: the date that
    the embedded record carries.
    """
    return Planner(page, css, edition, dated, payload, proven).plan(recipients)


# Which sizes of the lines a shape knows: the largest alone, all, or none because it is one person's own.
_Steps = Literal["largest", "all", "its own"]


class Planner:
    """Plans one list after another; a shape that it has laid out once it knows."""

    def __init__(
        self,
        page: Page,
        css: str,
        edition: Edition,
        dated: datetime,
        payload: Payload | None = None,
        proven: bool = False,
    ) -> None:
        self.page, self.css, self.edition, self.dated = page, css, edition, dated
        self.payload, self.proven = payload, proven
        self.printer = TextPrinter(edition)
        self.last, self.last_citation = last_step(css), _last(css, "citation-size")
        self.shapes: dict[str, Shape] = {}
        self.known: dict[tuple[Certificate, _Steps], Shape | RenderError] = {}
        self.outlines: dict[Certificate, str] = {}
        self.placed: dict[Certificate, bool] = {}
        self.laid = 0

    def plan(self, recipients: Iterable[Order]) -> Plan:
        jobs: list[Job] = []
        problems: list[Problem] = []
        for recipient in recipients:
            try:
                jobs.append(self.job(recipient))
            except (InputError, RenderError) as error:
                problems += [replace(problem, place=recipient.place) for problem in error.problems]
        return Plan({job.shape: self.shapes[job.shape] for job in jobs}, tuple(jobs), tuple(problems))

    def job(self, recipient: Order) -> Job:
        certificate = _tidy(recipient.certificate)
        described = self.printer.plain(DESCRIPTION).replace("{serial}", recipient.serial)
        lines = list(self._lines(certificate))
        said = {f"{one.id}.{language}": words for one, language, words in lines}
        if self._only_places(certificate, said, recipient.title, described):
            shape, runs = self._stamped(certificate, lines)
        else:
            shape, runs = self._in_full(certificate), ()
        digest = digest_of("".join(part if isinstance(part, str) else said[part[0]] for part in shape.words))
        signed = self.payload(recipient, digest) if self.payload else ""
        if len(signed.encode()) > LONGEST_CODE:
            raise RenderError(Problem(recipient.place, *_LONG_CODE))
        self.shapes[shape.key] = shape
        return Job(
            key=recipient.key,
            file=recipient.file,
            shape=shape.key,
            runs=runs,
            title=self.printer.plain(recipient.title),
            payload=signed,
            description=described,
            record=recipient.record,
            digest=digest,
        )

    def _only_places(
        self, certificate: Certificate, lines: Mapping[str, str], title: Text, described: str
    ) -> bool:
        """Whether the page of a person is that of all others but for the lines. OfTheFileError for one that prints what is the file's."""
        emptied = self._emptied(certificate)
        if self.proven and emptied in self.placed:  # with the lines of another person
            return self.placed[emptied]
        if emptied not in self.outlines:
            self.outlines[emptied] = stamping.outline(self.page(emptied, TITLE, self._picture("QR")))
        page = self.page(certificate, title, self._picture(described))
        if stamping.outline(page) == self.outlines[emptied]:
            self.placed[emptied] = stamping.places(page, lines)
            return self.placed[emptied]
        alone = self.page(certificate, TITLE, self._picture("QR"))
        if stamping.outline(page) != stamping.outline(alone):
            raise stamping.OfTheFileError
        self.placed[emptied] = False
        return False

    def _stamped(
        self, certificate: Certificate, lines: Iterable[tuple[CertificateField, Language, str]]
    ) -> tuple[Shape, tuple[Run, ...]]:
        shape = self._shape(self._emptied(certificate), "largest")
        _check_letters(lines, {slot.key: slot for slot in shape.slots})
        runs = self._runs(shape, certificate)
        if runs is None:  # most names fit at the largest size; the others are laid out when one does not
            shape = self._shape(self._emptied(certificate), "all")
            runs = self._runs(shape, certificate)
        return (shape, runs) if runs is not None else (self._filled(shape, certificate), ())

    def _in_full(self, certificate: Certificate) -> Shape:
        """One whose template looks at the lines: all of them at the first size at which they have room."""
        for size in range(self.last + 1):
            sized = (replace(one, size=max(one.size, size)) for one in certificate.fields)
            with contextlib.suppress(RenderError):
                return self._shape(replace(certificate, fields=tuple(sized), qr=""), "its own")
        wrapped = (replace(one, size=self.last + 1) for one in certificate.fields)
        return self._shape(replace(certificate, fields=tuple(wrapped), qr=""), "its own")

    def _picture(self, described: str) -> tuple[str, str] | None:
        return (_BLANK_CODE, described) if self.payload else None

    def _halves(self, text: Text) -> tuple[Language, ...]:
        if self.edition == "both" and text.zh == text.en:
            return (self.printer.root,)
        return self.printer.languages

    def _lines(self, certificate: Certificate) -> Iterator[tuple[CertificateField, Language, str]]:
        for one in certificate.fields:
            for language in self._halves(one.text):
                yield one, language, one.text.say(language)

    def _emptied(self, certificate: Certificate) -> Certificate:
        """The certificate with a letter that is printed anyway in place of every line."""
        letter = Text(certificate.heading.zh[:1], certificate.heading.en[:1])
        same = Text(letter.zh, letter.zh) if self.printer.root == "zh" else Text(letter.en, letter.en)
        fields = (
            CertificateField(
                one.id, same if len(self._halves(one.text)) < len(self.printer.languages) else letter
            )
            for one in certificate.fields
        )
        return replace(certificate, fields=tuple(fields), qr="")

    def _runs(self, shape: Shape, certificate: Certificate) -> tuple[Run, ...] | None:
        """The lines at the first size at which both languages of a field fit; None when one needs the full layout."""
        slots = {slot.key: (place, slot) for place, slot in enumerate(shape.slots)}
        found: list[Run] = []
        for one in certificate.fields:
            lines = [
                (*slots[f"{one.id}.{language}"], one.text.say(language))
                for language in self._halves(one.text)
            ]
            shaped = [(place, slot, slot.shaped(words)) for place, slot, words in lines]
            step = one.size
            for _, slot, pieces in shaped:
                if pieces is None:
                    return None
                step = max(step, slot.step(pieces, step))
            if any(step >= len(slot.sizes) for _, slot, _ in shaped):
                return None
            found += [Run(place, step, pieces) for place, _, pieces in shaped if pieces is not None]
        return tuple(found)

    def _filled(self, shape: Shape, certificate: Certificate) -> Shape:
        """The shape of one person alone, laid out in full."""
        try:
            return self._shape(self._sized(shape, certificate, 0), "its own")
        except RenderError:
            wrapped = self._sized(shape, certificate, self.last + 1)
            if wrapped == self._sized(shape, certificate, 0):
                raise
            return self._shape(wrapped, "its own")

    def _sized(self, shape: Shape, certificate: Certificate, unknown: int) -> Certificate:
        """The certificate with the step of each field; `unknown` of those that only the layout can measure."""
        slots = {slot.key: slot for slot in shape.slots}
        fields = []
        for one in certificate.fields:
            step = one.size
            for language in self._halves(one.text):
                slot = slots[f"{one.id}.{language}"]
                pieces = slot.shaped(one.text.say(language))
                step = max(step, unknown if pieces is None else slot.step(pieces, step))
            fields.append(replace(one, size=step))
        return replace(certificate, fields=tuple(fields), qr="")

    def _shape(self, certificate: Certificate, steps: _Steps) -> Shape:
        found = self.known.get((certificate, steps))
        if found is None:
            found = self.known[certificate, steps] = self._fitted(certificate, steps)
        if isinstance(found, RenderError):
            raise found
        return found

    def _fitted(self, certificate: Certificate, steps: _Steps) -> Shape | RenderError:
        """At the first size of the citation at which all has room."""
        for size in range(self.last_citation):
            try:
                return self._made(replace(certificate, size=size), steps)
            except RenderError:
                continue
        try:
            return self._made(replace(certificate, size=self.last_citation), steps)
        except RenderError as error:
            return error

    def _made(self, certificate: Certificate, steps: _Steps) -> Shape:
        picture = self._picture("QR")
        if steps == "its own":
            sized = [certificate]
        else:
            sized = [
                replace(certificate, fields=tuple(replace(one, size=step) for one in certificate.fields))
                for step in range(self.last + 1 if steps == "all" else 1)
            ]
        pages = [in_one_face(check_page(self.page(one, TITLE, picture), "certificate")) for one in sized]
        key = shapes.digest(self.css, *pages, str(self.dated))
        self.laid += 1
        if self.laid % MANY == 0:
            pdf.forget()
        filled = {one.id: one.size for one in certificate.fields} if steps == "its own" else {}
        made = shapes.make(key, pages, self.css, filled, self.dated, "certificate")
        return replace(made, citation=certificate.size)


_LONG_CODE = told("certificates.text_qr_code_is_longer", longest_code=LONGEST_CODE)


def _tidy(certificate: Certificate) -> Certificate:
    """White space of the lines as HTML prints it."""

    def tidy(words: str) -> str:
        return _BLANKS.sub(" ", words).strip(" ")

    fields = (replace(one, text=Text(tidy(one.text.zh), tidy(one.text.en))) for one in certificate.fields)
    return replace(certificate, fields=tuple(fields))


def _check_letters(
    lines: Iterable[tuple[CertificateField, Language, str]], slots: Mapping[str, Slot]
) -> None:
    problems: dict[str, Problem] = {}
    for one, language, words in lines:
        if not words:
            en = f"{one.id}: there are no words in {language!r}; write them, or leave the field out for all"
            problems[en] = Problem(Place(""), en, f"{one.id}：{language!r} 沒有文字；請補上，或全部不列此欄")
        chain = slots[f"{one.id}.{language}"].chain
        for letter in words:
            private = bool(fonts.private_use(letter)) if letter > "\ud7ff" else False
            shown = faces.face_of(letter, chain) >= 0 or one_face.strange(letter) or _needs_no_glyph(letter)
            if shown and not private:
                continue
            code = f"U+{ord(letter):04X}"
            if private:
                en = f"{one.id}: {code} is a private-use character: what it means only its maker's machine knew; write the real one"
                zh = f"{one.id}：{code} 為造字（私用區字元），他機無法辨識；請改用正式字元"
            else:
                en = f"{one.id}: no declared font has the character {code} {letter}; write another form of it, or declare a font that has it"
                zh = f"{one.id}：宣告之字型均無字元 {code} {letter}；請改用他字或增列字型"
            problems.setdefault(en, Problem(Place(""), en, zh))
    if problems:
        raise RenderError(problems.values())


def _needs_no_glyph(letter: str) -> bool:
    return not faces.simple(letter) and not fonts.uncovered(letter)


def oracle(recipient: Order, plan: Plan, page: Page, css: str, edition: Edition, dated: datetime) -> bytes:
    """The certificate of a plan by the slow way: all of it laid out by WeasyPrint, the code as a picture."""
    job = next(job for job in plan.jobs if job.key == recipient.key)
    shape = plan.shapes[job.shape]
    steps = shape.steps or {shape.slots[run.slot].key.partition(".")[0]: run.step for run in job.runs}
    certificate = _tidy(recipient.certificate)
    fields = tuple(replace(one, size=steps[one.id]) for one in certificate.fields)
    picture = (data_uri(codes.svg(job.payload)), job.description) if job.payload else None
    html = in_one_face(
        page(replace(certificate, fields=fields, size=shape.citation), Text(job.title, job.title), picture)
    )
    record = pdf.Attached(ATTACHED, finishing.record(job), "record of the certificate", "Data")
    return pdf.write(job.key, [pdf.lay_out(html, css, job.key)], 0, pdf.Numbering(), [record], dated)
