"""A project for programs: the same steps as the command line, with typed results."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack

from reportgen.model import Edition, Format, Language, Outcome, Text
from reportgen.model.errors import InputError, Place, Problem, ReportgenError, UsageError, problem

if TYPE_CHECKING:
    import pandas

    from reportgen.model.toml import Raw
    from reportgen.read.publications import Publication
    from reportgen.read.theme import Theme
    from reportgen.run.checks import Report
    from reportgen.run.importing import Ask, Imported
    from reportgen.run.importing.manuscript import Drafted
    from reportgen.run.new_year import Renewed
    from reportgen.run.request import Further
    from reportgen.run.snapshots import Compared as Pictured
    from reportgen.run.snapshots import Kept
    from reportgen.run.upgrading import Change
    from reportgen.verify.comparison import Compared
    from reportgen.verify.pages import Fault
    from reportgen.write.tools import Progress

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What a finished file says of itself. Without `problems` it is as it was delivered, or `verdict` says what it is.

    `facts` are the fields of a certificate's code; `measured` are lines that say what was looked at and what could not be.
    """

    file: Path
    problems: tuple[Problem, ...] = ()
    facts: tuple[tuple[Text, str], ...] = ()
    measured: tuple[Text, ...] = ()
    verdict: Text | None = None


class Project:
    """The folder of a project: `inputs/`, `templates/`, `styles/`; delivered files go to `out` (default: `out/` in it).

    A fault of the inputs raises `InputError`, one of templates, words, styles or fonts `KindError`, a wrong call `UsageError` (all in
    `reportgen.model.errors`): `error.problems` has each with its place, in both languages.
    """

    def __init__(self, folder: str | Path = ".", out: str | Path | None = None) -> None:
        self.folder = Path(folder).absolute()
        self.out = Path(out).absolute() if out else self.folder / "out"
        from reportgen.read import own_fonts

        own_fonts.use(self.folder)

    def names(self) -> tuple[str, ...]:
        """The publications of the project: folders of `inputs/` with a `publication.toml`."""
        from reportgen.read.publications import publication_names

        return tuple(publication_names(self.folder))

    def publications(self) -> Iterator[Publication]:
        """The head of each publication: kind, dataset, period, title. InputError for one that cannot be read."""
        from reportgen.kinds import kinds
        from reportgen.read.publications import read_publication

        for name in self.names():
            yield read_publication(self.folder, name, kinds(), None)

    def frame(self, dataset: str, table: str) -> pandas.DataFrame:
        """A checked table of a dataset as a pandas frame, a row for each record under its row number in the file.

        Numbers are exact (`Fraction`, in the units of the dataset) and stay so in columns of objects; a gap is None. InputError for a
        table that is not there or is at fault, UsageError where pandas is not installed (`pip install reportgen[frames]`).
        """
        from reportgen.model import Gap
        from reportgen.read.tables import read_dataset

        try:
            import pandas
        except ImportError:
            raise UsageError(problem(Place("Project.frame"), "run.needs_pandas")) from None
        tables = read_dataset(self.folder, dataset, languages=()).tables
        if table not in tables:
            place = Place(f"inputs/datasets/{dataset}/dataset.toml")
            raise InputError(problem(place, "run.no_such_table", table=table, known=sorted(tables)))
        found = tables[table]
        rows = [{**dict(zip(found.key, record.key, strict=True)), **record.cells} for record in found.records]
        plain = [
            {name: None if isinstance(cell, Gap) else cell for name, cell in row.items()} for row in rows
        ]
        index = pandas.Index([record.row for record in found.records], name="row")
        return pandas.DataFrame(plain, index=index, dtype=object)

    def build(
        self,
        *publications: str,
        languages: Iterable[Edition] = (),
        formats: Iterable[Format] = (),
        issued: date | None = None,
        jobs: int | None = None,
        progress: Progress = lambda name, done, total: None,
        **how: Unpack[Further],
    ) -> Iterator[Outcome]:
        """Makes what is not as its inputs say (of all publications, if none is named); an outcome for each document as it ends.

        `languages` and `formats` are made instead of what the kind makes and what lies there from earlier runs; `jobs` processes (default: the cores); `scheduler`, `dry_run`, `explain` and `press` as in
        `reportgen.run.request.Request`. A document that cannot be made is an outcome `failed` with its problems; the others go on.
        """
        from reportgen import pipeline
        from reportgen.run import listing
        from reportgen.run.request import Request

        request = Request(
            project=self.folder,
            out=self.out,
            publications=publications or self.names(),
            editions=tuple(dict.fromkeys(languages)),
            issued=issued,
            formats=tuple(formats),
            workers=jobs or os.cpu_count() or 1,
            **how,
        )
        return listing.listed(request, pipeline.build(request, progress))

    def check(self, *publications: str) -> Iterator[Report]:
        """All problems of each publication that a build would meet before pages are laid out; makes nothing."""
        from reportgen.run.checks import check_publication

        for name in publications or self.names():
            yield check_publication(self.folder, name, self.out)

    def check_pages(self, *publications: str) -> Iterator[tuple[str, tuple[Problem, ...]]]:
        """Each PDF of pages that was made, with what is wrong on its pages; a publication of which none is there has that fault."""
        from reportgen.run import snapshots
        from reportgen.verify.delivered import read_manifest

        for name in publications or self.names():
            entries = read_manifest(self.out / name).get("files", {})
            made = [f"{name}/{file}" for file in entries if file.endswith(".pdf")]
            for document in made:
                yield document, tuple(fault.problem(document) for fault in self.faults_of_pages(document))
            if not made:
                yield name, (snapshots.not_built(self.out, name),)

    def faults_of_pages(self, document: str) -> tuple[Fault, ...]:
        """What is wrong on the pages of a delivered document, `agency-104/bulletin.pdf`; nothing where it has pages of another kind."""
        from reportgen.verify import pages

        return self._of_pages(document, pages.look) or ()

    def fills_of_pages(self, document: str) -> Mapping[int, float]:
        """How full each page of a delivered document is, from 0 to 1, its last one and covers aside."""
        from reportgen.verify import pages

        return self._of_pages(document, pages.fills) or {}

    def snapshot(self, *publications: str) -> Iterator[Kept]:
        """Keeps small pictures of the pages of each delivered PDF in `snapshots/` of the project: its `document`, its `pages`.

        UsageError, when all others are done, for publications of which no PDF is there.
        """
        from reportgen.run import snapshots

        return snapshots.keep(self.folder, self.out, publications or self.names())

    def check_pictures(self, *publications: str) -> tuple[Pictured, ...]:
        """Each delivered PDF beside the pictures that `snapshot` kept; what is different is shown in `pictures.html` of `out`.

        InputError for a kept file that is no picture, UsageError where another's `pictures.html` lies.
        """
        from reportgen.run import snapshots

        names = publications or self.names()
        stale = {one.document for one in self.build(*names, dry_run=True) if one.state == "made"}
        found = tuple(one for name in names for one in snapshots.compared(self.folder, self.out, name, stale))
        snapshots.write(self.folder, self.out, found)
        return found

    def _of_pages(self, document: str, measure: Callable[[bytes, Theme], T]) -> T | None:
        from reportgen.read.theme import load_theme

        file = self.out / document
        theme = load_theme(self.folder / "styles/tokens.toml")
        return measure(file.read_bytes(), theme) if file.suffix == ".pdf" and file.is_file() else None

    def reviews(self, *publications: str) -> Iterator[Text]:
        """What publications have taken over from last year and nobody has looked at, a line each, with this year's figures."""
        from reportgen.run import reviewing

        for name in publications or self.names():
            yield from reviewing.lines(self.folder, name)

    def new_year(self, publication: str, period: str = "", limits: bool = False) -> Renewed:
        """Makes the publication of the next year, or of `period` (`108`, `105-06`), from last year's, which stays as it is.

        `limits` also moves the greatest years that a shared dataset allows. UsageError for a period that is not later or a folder that is
        there, InputError or KindError for a publication that has faults; then nothing is written.
        """
        from reportgen.run.new_year import renew

        return renew(self.folder, publication, period, limits)

    def trace(self, file: str | Path, figure: str) -> list[Mapping[str, Raw]]:
        """The records of a figure as the PDF prints it (`104.3%`); empty where it prints none. Needs the PDF alone.

        A record has the keys of `figures[]` in `ledger.json`: exact value, formula, input file, rows, page and place in mm.
        """
        from reportgen.verify import ledger

        return list(ledger.find(ledger.read_ledger(Path(file)), figure))

    def verify(self, file: str | Path, keys: Iterable[str | Path] = ()) -> Verification:
        """A finished file against itself, its ledger, its signatures and the manifest beside it; a certificate against its code.

        Trusted are the public keys and root certificates of the project, and those in the files `keys`.
        """
        path, more = Path(file), [Path(key) for key in keys]
        try:
            return self._verified(path, more)
        except (ReportgenError, OSError) as error:
            of_this = [one for one in getattr(error, "problems", ()) if one.place.file == str(path)]
            if not of_this or not path.is_file():
                raise
            return Verification(file=path, problems=tuple(of_this))
        except Exception as error:  # a damaged file breaks any of five libraries, each in its own way
            why = f"{type(error).__name__}: {error}"
            return Verification(
                file=path, problems=(problem(Place(str(file)), "records.damaged", error=why),)
            )

    def _verified(self, path: Path, keys: Iterable[Path]) -> Verification:
        from reportgen.verify import documents, signatures

        if not path.is_file():
            raise InputError(problem(Place(str(path)), "verify.is_no_such_file"))
        trust = signatures.trusted(self.folder, keys)
        if documents.is_other(path):
            proof = documents.verify_other(path, trust.public)
            verdict = None if proof.problems else proof.verdict
            return Verification(file=path, problems=proof.problems, measured=proof.lines, verdict=verdict)
        if documents.is_certificate(path):
            found = documents.verify_certificate(self.folder, path, trust.public)
            verdict = None if found.problems else documents.verdict(found)
            return Verification(
                file=path,
                problems=found.problems,
                facts=tuple(found.facts),
                measured=(documents.compared(path),),
                verdict=verdict,
            )
        if documents.is_press(path):
            measured, problems = documents.verify_press(self.folder, path, trust.public)
            return Verification(file=path, problems=problems, measured=measured)
        proof = documents.verify(path, trust)
        verdict = None if proof.problems else proof.verdict
        return Verification(file=path, problems=proof.problems, measured=proof.lines, verdict=verdict)

    def compare(self, publication: str, panel: str = "") -> Iterator[Compared]:
        """Each panel that was made again from an archived one against it; the verdicts go to `compare/` beside the panels."""
        from reportgen.run import comparing

        return comparing.compared(self.folder, self.out, publication, panel)

    def sign(self, *publications: str, passphrase: Callable[[], str] = lambda: "") -> Iterator[Outcome]:
        """Beside each delivered PDF of record a copy signed as PAdES with the certificate that `reportgen.toml` declares.

        `passphrase` is called when its key is locked. InputError where nothing is declared or the certificate cannot be used.
        """
        from reportgen.run import signing

        return signing.sign(self.folder, self.out, publications or self.names(), passphrase)

    def sign_off(self, publication: str) -> Iterator[Outcome]:
        """Seals each paper that a sign-off sheet (`form = "consult"`) is about: its SHA-256 goes into `sign-off.toml` and onto the sheet.

        InputError where there is no sheet, or a paper is not as it was delivered.
        """
        from reportgen.run import signing_off

        return signing_off.sign_off(self.folder, self.out, publication, self.build)

    def import_(
        self, *files: str | Path, into: str = "", period: int = 0, ask: Ask | None = None
    ) -> Imported:
        """The draft of a dataset and a bulletin from workbooks (XLSX, ODS) or CSVs; a later call with a newer file keeps what was confirmed.

        `period` is the year of tables that say none, of the ROC (107) or Gregorian (2018). UsageError where `into` is there and no draft, InputError where no table was found.
        """
        from reportgen.run.importing import Request, import_

        paths = tuple(map(Path, files))
        return import_(Request(project=self.folder, files=paths, into=into, period=period, ask=ask))

    def import_text(self, file: str | Path, into: str) -> Drafted:
        """The draft of an exhibition from the text of a show: plain, Markdown, ODT or DOCX.

        UsageError where `into` is there or there is no dataset, InputError for a text without headings or a panel that cannot be made to fit.
        """
        from reportgen.run.importing.manuscript import import_text

        return import_text(self.folder, Path(file), into)

    def changes(self) -> list[Change]:
        """What `upgrade` would change in the templates, styles and words of a project that an earlier version wrote."""
        from reportgen.run import upgrading

        return upgrading.changes(self.folder)

    def upgrade(self) -> list[Change]:
        """Makes these changes; inputs, and files that the office has changed, stay as they are."""
        from reportgen.run import upgrading

        return upgrading.upgrade(self.folder)

    def preview(
        self,
        publication: str,
        say: Callable[[Text], None],
        *,
        port: int = 0,
        opens: str = "",
        language: Language = "zh",
    ) -> None:
        """Serves a page on 127.0.0.1 that shows a publication (empty: all) while its inputs change, until it is interrupted.

        `say` is told the address of the page; `port` 0 is one that is free; `opens` the command that opens a file (`code --goto {file}:{row}`). UsageError without the extra
        `preview` or where the port is taken; InputError when the folder goes away.
        """
        from reportgen import pipeline
        from reportgen.run import workers
        from reportgen.run.previewing import serving

        make = functools.partial(workers.alone, pipeline.make)
        serving.serve(
            serving.Call(
                project=self.folder,
                out=self.out,
                publication=publication,
                port=port,
                opens=opens,
                language=language,
                make=make,
                say=say,
            )
        )

    def make_keys(self) -> tuple[Path, Path]:
        """Makes the key pair that signs documents and certificates: the private and the public file."""
        from reportgen.write import keys

        return keys.make_keys(self.folder, self.out)
