"""The command line: options in, messages out, exit codes. The only module that prints or exits.

Heavy imports happen inside the commands, so that --help answers at once. All words are in the catalogue (`run.console`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.model.messages import message
from reportgen.run.console import FOLDER, CallError, Option, Root, Session, command, day, option, shared

if TYPE_CHECKING:
    from reportgen.model import Outcome
    from reportgen.model.errors import Problem
    from reportgen.model.toml import Raw
    from reportgen.project import Project


def _project(session: Session, out: Path | None = None) -> Project:
    from reportgen import Project

    return Project(session.project, out)


def _names(project: Project, names: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(names)) or project.names()
    if not found:
        raise CallError(message("cli.no_publication", folder=project.folder))
    return found


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@shared(hidden=False)
@click.version_option(package_name="reportgen", cls=Option)
def main() -> None:
    pass


@command(main)
@click.argument("publications", nargs=-1)
@option("--out", type=FOLDER)
@option("--languages", type=click.Choice(["both", "zh", "en"]), multiple=True)
@option("--issued", callback=day, metavar="DATE")
@option("--jobs", type=click.IntRange(1, 64))
@option("--scheduler", default="", metavar="ADDRESS")
@option("--tls", type=FOLDER)
@option("--format", "formats", type=click.Choice(["pdf", "odt", "ods"]), multiple=True)
@option("--press", is_flag=True)
@option("--dry-run", is_flag=True)
@option("--why", is_flag=True)
@option("--times", is_flag=True)
def build(session: Session, publications: tuple[str, ...], out: Path | None, **how: Raw) -> None:
    from reportgen.read import todo

    project = _project(session, out)
    names = _names(project, publications)
    why, times, dry_run = how.pop("why"), how.pop("times"), how["dry_run"]
    outcomes, progress = [], session.progress
    for outcome in project.build(*names, progress=progress, explain=why, **how):
        outcomes.append(outcome)
        session.tell(project.out, outcome, dry_run)
        if outcome.state == "made" and not dry_run and (faults := project.faults_of_pages(outcome.document)):
            name = outcome.document.partition("/")[0]
            counted = message("pages.counted", count=len(faults), name=name)
            progress.say(counted.say(session.language))
        for line in (*outcome.told, *(message("cli.because", reason=one) for one in outcome.why if why)):
            progress.say(line.say(session.language))
        for step, seconds in outcome.seconds.items() if times else ():
            progress.say(f"    {step:10} {seconds:6.2f} s")
    for line in todo.lines(dict.fromkeys(gap for outcome in outcomes for gap in outcome.gaps)):
        session.say(line)
    for line in project.reviews(*names):
        session.say(line)
    problems = tuple(dict.fromkeys(problem for outcome in outcomes for problem in outcome.problems))
    if problems:
        failed = all(outcome.state == "failed" for outcome in outcomes)
        session.fail(problems, max(outcome.exit_code for outcome in outcomes) if failed else 1)


@command(main, "list")
def list_(session: Session) -> None:
    project = _project(session)
    _names(project, ())
    for head in project.publications():
        title = " / ".join(f"{head.issuer.say(one)} {head.title.say(one)}" for one in head.languages)
        click.echo(f"{head.name}  {head.kind}  {head.dataset}  {head.said}  {title}")


@command(main)
@click.argument("publications", nargs=-1)
@option("--pages", is_flag=True)
@option("--pictures", is_flag=True)
@option("--out", type=FOLDER)
def check(
    session: Session, publications: tuple[str, ...], pages: bool, pictures: bool, out: Path | None
) -> None:
    project = _project(session, out)
    names = _names(project, publications)
    problems: list[Problem] = []
    code = 5 if pages or pictures else 0
    for compared in project.check_pictures(*names) if pictures else ():
        session.say(compared.line())
        problems.extend(compared.problems())
    for document, faults in project.check_pages(*names) if pages else ():
        session.say(message("pages.looked", file=document, count=len(faults)))
        if fills := project.fills_of_pages(document):
            page, least = min(fills.items(), key=lambda one: one[1])
            mean = sum(fills.values()) / len(fills)
            session.say(message("pages.filled", mean=f"{mean:.0%}", page=page, least=f"{least:.0%}"))
        problems.extend(faults)
    for report in () if code else session.progress.counted(project.check(*names), len(names)):
        for line in report.lines():
            session.say(line)
        problems.extend(report.problems)
        code = max(code, report.exit_code)
    if not (pages or pictures) and (earlier := sum(change.earlier for change in project.changes())):
        session.say(message("upgrade.earlier", count=earlier))
    if problems:
        session.fail(tuple(dict.fromkeys(problems)), code)


@command(main)
@click.argument("publications", nargs=-1)
@option("--out", type=FOLDER)
def snapshot(session: Session, publications: tuple[str, ...], out: Path | None) -> None:
    project = _project(session, out)
    for kept in project.snapshot(*_names(project, publications)):
        session.say(message("snapshots.kept", file=kept.document, count=kept.pages, of=kept.of))


@command(main, "new-year")
@click.argument("publication")
@click.argument("period", required=False, default="")
@option("--limits", is_flag=True)
def new_year(session: Session, publication: str, period: str, limits: bool) -> None:
    made = _project(session).new_year(publication, period, limits)
    for folder in made.made:
        click.echo(folder)
    for line in made.lines:
        session.say(line)
    session.say(message("new_year.next_step", name_=made.name))


@command(main)
@click.argument("file", required=False)
def schema(session: Session, file: str | None) -> None:
    import json

    from reportgen.run import schemas

    if file:
        found = schemas.schema_of(session.project.absolute(), file)
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for entry in schemas.entries().values():
        click.echo(f"{entry.name:24} {entry.path}")


@command(main)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("figure")
def trace(session: Session, file: Path, figure: str) -> None:
    from reportgen.verify import traces

    found = _project(session).trace(file, figure)
    if not found:
        session.say(message("cli.no_such_figure", file=file, figure=figure), err=True)
        sys.exit(1)
    for line in traces.lines(found, session.language):
        click.echo(line)


@command(main)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--key", "keys", type=click.Path(path_type=Path), multiple=True, metavar="FILE")
def verify(session: Session, files: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    project = _project(session)
    problems: list[Problem] = []
    for file in session.progress.counted(files, len(files)):
        found = project.verify(file, keys)
        for name, words in found.facts:
            session.say(message("cli.fact", name=name, words=words))
        for line in found.measured:
            click.echo(f"    {line.say(session.language)}")
        problems.extend(found.problems)
        if found.verdict:
            session.say(message("cli.verdict", file=file, verdict=found.verdict))
        elif not found.problems:
            session.say(message("cli.as_delivered", file=file))
    if problems:
        session.fail(tuple(problems), 5)


@command(main)
@click.argument("publications", nargs=-1)
@option("--out", type=FOLDER)
@option("--passphrase-file", "passphrase", type=click.Path(path_type=Path), metavar="FILE")
def sign(session: Session, publications: tuple[str, ...], out: Path | None, passphrase: Path | None) -> None:
    from reportgen.run import asking

    project = _project(session, out)
    names = _names(project, publications)
    passed = functools.partial(asking.passphrase, passphrase, session.language, session.progress.stop)
    _tell(session, project, project.sign(*names, passphrase=passed))


def _tell(session: Session, project: Project, outcomes: Iterable[Outcome]) -> None:
    """Each outcome as it comes; all problems at the end."""
    problems: list[Problem] = []
    code = 0
    for outcome in outcomes:
        session.tell(project.out, outcome)
        problems.extend(outcome.problems)
        code = max(code, outcome.exit_code)
    if problems:
        session.fail(tuple(dict.fromkeys(problems)), code)


@command(main, "sign-off")
@click.argument("publication")
@option("--out", type=FOLDER)
def sign_off(session: Session, publication: str, out: Path | None) -> None:
    project = _project(session, out)
    _tell(session, project, project.sign_off(publication))


@command(main)
@click.argument("publications", nargs=-1)
@option("--panel", default="")
@option("--out", type=FOLDER)
def compare(session: Session, publications: tuple[str, ...], panel: str, out: Path | None) -> None:
    if panel and not publications:
        raise CallError(message("cli.panel_needs_publication"))
    project = _project(session, out)
    equal = []
    for name in _names(project, publications):
        for found in project.compare(name, panel):
            for line in found.verdict.lines(session.language):
                click.echo(line)
            equal.append(found.verdict.equal)
    if not equal:
        session.say(message("cli.nothing_archived"))
    if not all(equal):
        sys.exit(5)


@command(main)
def keys(session: Session) -> None:
    private, public = _project(session).make_keys()
    session.say(message("cli.private_key", file=private))
    session.say(message("cli.public_key", file=public))


@main.group()
@shared(hidden=True)
def awards() -> None:
    pass


@command(awards, "explain")
@click.argument("candidate")
@option("--publication")
def awards_explain(session: Session, candidate: str, publication: str | None) -> None:
    from reportgen.run import explanations

    click.echo("\n".join(explanations.lines(session.project, candidate, publication, session.language)))


@main.group()
@shared(hidden=True)
def targets() -> None:
    pass


@command(targets, "explain")
@click.argument("unit")
@option("--publication")
@option("--set", "settings", multiple=True, metavar="NAME=NUMBER")
def targets_explain(session: Session, unit: str, publication: str | None, settings: tuple[str, ...]) -> None:
    from reportgen.run import explanations

    lines = explanations.target_lines(session.project, unit, publication, settings, session.language)
    click.echo("\n".join(lines))


@command(targets, "what-if")
@click.argument("publication")
@option("--set", "settings", multiple=True, required=True, metavar="NAME=NUMBER")
def targets_what_if(session: Session, publication: str, settings: tuple[str, ...]) -> None:
    from reportgen.run import explanations

    click.echo("\n".join(explanations.what_if(session.project, publication, settings, session.language)))


@main.group()
@shared(hidden=True)
def appraisal() -> None:
    pass


@command(appraisal, "what-if")
@click.argument("publication")
@option("--set", "settings", multiple=True, metavar="NAME=NUMBER")
def appraisal_what_if(session: Session, publication: str, settings: tuple[str, ...]) -> None:
    from reportgen.run import explanations

    lines = explanations.appraisal_what_if(session.project, publication, settings, session.language)
    click.echo("\n".join(lines))


@command(main)
@click.argument("publication", required=False, default="")
@option("--port", type=click.IntRange(0, 65535), default=0)
@option("--open-with", "open_with", default="", metavar="COMMAND")
def preview(session: Session, publication: str, port: int, open_with: str) -> None:
    _project(session).preview(publication, session.say, port=port, opens=open_with, language=session.language)


@command(main)
@click.argument("directory", type=FOLDER)
@option("--samples/--no-samples", default=True)
def init(session: Session, directory: Path, samples: bool) -> None:
    from reportgen.run import starter

    for path in starter.write(directory.absolute(), samples):
        click.echo(path)
    session.say(message("cli.next_step", folder=directory))


@command(main, "import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@option("--into", default="", metavar="DATASET")
@option("--kind", type=click.Choice(["bulletin", "panels"]), default="bulletin")
@option("--period", type=click.IntRange(1, 2111), default=None)
@option("--yes", is_flag=True)
def import_(
    session: Session, files: tuple[Path, ...], into: str, kind: str, period: int | None, yes: bool
) -> None:
    from reportgen.run import asking

    if kind == "panels":
        if len(files) != 1 or not into:
            raise CallError(message("manuscripts.one_text"))
        for line in _project(session).import_text(files[0], into).lines():
            session.say(line)
        return

    asks = not yes and asking.at_terminal()
    ask = asking.asked_in(session.language, session.progress.stop) if asks else None
    for line in _project(session).import_(*files, into=into, period=period or 0, ask=ask).lines():
        session.say(line)


@command(main)
@option("--yes", is_flag=True)
def upgrade(session: Session, yes: bool) -> None:
    from reportgen.run import asking

    project = _project(session)
    found = project.changes()
    for line in (line for change in found for line in change.lines()):
        session.say(line)
    count = sum(change.makes for change in found)
    made = count and (yes or asking.agreed(message("upgrade.ask", count=count), session.language))
    done = len(project.upgrade()) if made else 0
    name = "upgrade.done" if done else "upgrade.pending" if count else "upgrade.nothing"
    session.say(message(name, count=done or count))


@command(main)
@option("--mend", is_flag=True)
def doctor(session: Session, mend: bool) -> None:
    from reportgen.read import font_setup

    if mend:
        font_setup.install_fonts(click.echo)
    findings = font_setup.doctor()
    for finding in findings:
        words = finding.said.say(session.language)
        click.echo(
            f"{finding.level:8} {finding.what}: {words}"
            + (f"\n         → {finding.mend}" if finding.mend else "")
        )
    sys.exit(4 if any(finding.level == "missing" for finding in findings) else 0)
