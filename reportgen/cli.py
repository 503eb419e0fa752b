"""The command line: options in, messages out, exit codes. The only module that prints or exits.

Heavy imports happen inside the commands, so that --help answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.model.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.model import Edition, Format, Language, Outcome
    from reportgen.model.errors import Problem

EXIT_CODES = """\b
Exit codes:
  0   all made           3   inputs invalid             5    a check failed
  1   some documents     4   template, words, style     70   a bug of reportgen
      failed                 or font invalid            130  interrupted
  2   wrong call
"""


class _Project:
    """The options that all commands share."""

    def __init__(self, project: Path, messages: str) -> None:
        self.project, self.messages = project, messages

    @property
    def language(self) -> Language:
        return "zh" if self.messages == "zh" else "en"

    def out(self, chosen: Path | None) -> Path:
        return (chosen or self.project / "out").absolute()

    def fail(self, problems: tuple[Problem, ...], code: int) -> None:
        for problem in problems:
            click.echo(problem.say(self.messages), err=True)
        if len(problems) > 1:
            click.echo(
                f"共 {len(problems)} 項問題" if self.messages == "zh" else f"{len(problems)} problems",
                err=True,
            )
        sys.exit(code)


def _messages(ctx: click.Context) -> str:
    """The language of messages, wherever on the line it was given."""
    return ctx.obj.messages if isinstance(ctx.obj, _Project) else "en"


class _Group(click.Group):
    """Turns what the program raises into messages and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ReportgenError as error:
            messages = _messages(ctx)
            _Project(Path(), messages).fail(error.problems, error.exit_code)
        except KeyboardInterrupt:
            messages = _messages(ctx)
            click.echo(
                "已中斷；先前完成的檔案不受影響"
                if messages == "zh"
                else "interrupted; what was delivered before is whole",
                err=True,
            )
            sys.exit(130)
        except BrokenPipeError:
            raise  # whoever read our output has read enough
        except OSError as error:
            place, messages = error.filename or "out", _messages(ctx)
            if messages == "zh":
                click.echo(f"{place}：無法讀寫：{error.strerror}；已交付之檔案不受影響", err=True)
            else:
                click.echo(
                    f"{place}: cannot be read or written: {error.strerror}; what was delivered before is whole",
                    err=True,
                )
            sys.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            import traceback

            traceback.print_exc()
            click.echo("this is a bug of reportgen; please report it with the lines above", err=True)
            sys.exit(70)


def _roc_or_iso(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    from reportgen.model.formats import parse_roc_date

    try:
        return date.fromisoformat(value)
    except ValueError:
        pass
    try:
        return parse_roc_date(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date; write 2019-03-01 or 108/3/1") from None


def _publications(project: Path, names: tuple[str, ...]) -> list[str]:
    from reportgen.read.publications import publication_names

    known = publication_names(project)
    if not known and not names:
        raise click.UsageError(
            f"there is no publication under {project}/inputs; `reportgen init DIR` makes a project"
        )
    return list(dict.fromkeys(names)) or known


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.option(
    "--project",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder with templates/, styles/ and inputs/.",
)
@click.option(
    "--messages", type=click.Choice(["en", "zh"]), default="en", help="Language of the messages. 訊息語言。"
)
@click.version_option(package_name="reportgen")
@click.pass_context
def main(ctx: click.Context, project: Path, messages: str) -> None:
    """Bilingual documents of record from audited tables, declared rules and words."""
    ctx.obj = _Project(project.absolute(), messages)


def project_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--project and --messages may stand behind the command, too."""

    def take(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if value is not None:
            setattr(ctx.obj, str(param.name), value.absolute() if isinstance(value, Path) else value)

    command = click.option(
        "--project",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        callback=take,
        hidden=True,
    )(command)
    return click.option(
        "--messages", type=click.Choice(["en", "zh"]), expose_value=False, callback=take, hidden=True
    )(command)


@main.command()
@click.argument("publications", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Output folder; default: out/ of the project.",
)
@click.option(
    "--languages",
    type=click.Choice(["both", "zh", "en"]),
    multiple=True,
    default=("both",),
    show_default=True,
    help="Edition; may be given more than once.",
)
@click.option("--issued", callback=_roc_or_iso, metavar="DATE", help="Date of issue, 2019-03-01 or 108/3/1.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes at work; default: the number of cores.")
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Dask scheduler, tcp://host:8786; its workers make the documents.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(["pdf", "odt", "ods"]),
    multiple=True,
    help="Format; may be given more than once. Default: pdf; with odt for awards, minutes and sign-off sheets, with ods for"
    " approval sheets of targets.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be made and make nothing.")
@click.option("--why", is_flag=True, help="Say why each document is made.")
@click.option("--times", is_flag=True, help="Say how long each step took.")
@project_option
@click.pass_obj
def build(
    obj: _Project,
    publications: tuple[str, ...],
    out: Path | None,
    languages: tuple[Edition, ...],
    issued: date | None,
    jobs: int | None,
    scheduler: str,
    formats: tuple[Format, ...],
    dry_run: bool,
    why: bool,
    times: bool,
) -> None:
    """Make the documents of PUBLICATIONS (all, if none is named)."""
    import os

    from reportgen import pipeline
    from reportgen.run.request import Request

    names = _publications(obj.project, publications)
    folder = obj.out(out)
    workers = jobs or os.cpu_count() or 1
    outcomes = []
    with _Progress() as progress:
        request = Request(
            project=obj.project,
            out=folder,
            publications=tuple(names),
            editions=tuple(dict.fromkeys(languages)),
            issued=issued,
            formats=formats,
            workers=workers,
            scheduler=scheduler,
            dry_run=dry_run,
            explain=why,
        )
        for outcome in pipeline.build(request, progress):
            outcomes.append(outcome)
            said = {
                "made": "would be made" if dry_run else "made",
                "part": "made in part",
                "unchanged": "unchanged",
                "failed": "FAILED",
            }[outcome.state]
            counted = f" ({outcome.count})" if outcome.count else ""
            progress.say(f"{folder / outcome.document}: {said}{counted}")
            _tell(outcome, progress.say, why, times)
    problems = tuple(dict.fromkeys(problem for outcome in outcomes for problem in outcome.problems))
    if problems:
        code = 1
        if all(outcome.state == "failed" for outcome in outcomes):
            code = max(outcome.exit_code for outcome in outcomes)
        obj.fail(problems, code)


def _tell(outcome: Outcome, say: Callable[[str], None], why: bool, times: bool) -> None:
    if why:
        for reason in outcome.why:
            say(f"    because {reason}")
    if times:
        for step, seconds in outcome.seconds.items():
            say(f"    {step:10} {seconds:6.2f} s")


class _Progress:
    """A bar with rate and time left for what has thousands of files; silent when nobody looks."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, name: str, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            from rich import console, progress

            self._bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("{task.fields[rate]:>6.0f}/s"),
                progress.TimeRemainingColumn(),
                console=console.Console(stderr=True),
            )
            self._bar.start()
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(name, total=total, rate=0.0)
        task = self._bar.tasks[self._tasks[name]]
        self._bar.update(self._tasks[name], completed=done, rate=task.speed or 0.0)

    def say(self, words: str) -> None:
        """A line of output; above the bar while there is one on the same screen."""
        if self._bar is not None and sys.stdout.isatty():
            self._bar.console.print(words, markup=False, highlight=False)
        else:
            click.echo(words)


@main.command("list")
@project_option
@click.pass_obj
def list_(obj: _Project) -> None:
    """List the publications of the project with their kind, dataset and title."""
    from reportgen.kinds import kinds
    from reportgen.read.publications import read_publication

    for name in _publications(obj.project, ()):
        publication = read_publication(obj.project, name, kinds(), None)
        title = (
            f"{publication.issuer.zh} {publication.title.zh} / {publication.issuer.en} {publication.title.en}"
        )
        click.echo(f"{name}  {publication.kind}  {publication.dataset}  {publication.period}  {title}")


@main.command()
@click.argument("publications", nargs=-1)
@project_option
@click.pass_obj
def check(obj: _Project, publications: tuple[str, ...]) -> None:
    """Read and check everything, print every problem and every coercion, make nothing."""
    from reportgen.run import checks

    problems: list[Problem] = []
    code = 0
    for name in _publications(obj.project, publications):
        report = checks.check_publication(obj.project, name)
        for line in report.lines(obj.messages):
            click.echo(line)
        problems.extend(report.problems)
        code = max(code, report.exit_code)
    if problems:
        obj.fail(tuple(dict.fromkeys(problems)), code)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("figure")
@project_option
@click.pass_obj
def trace(obj: _Project, file: Path, figure: str) -> None:
    """Say where a printed FIGURE of a PDF comes from; the PDF alone is enough."""
    from reportgen.verify import ledger, traces

    found = ledger.find(ledger.read_ledger(file), figure)
    if not found:
        click.echo(
            f"{file}: 「{figure}」不是本文件印出的數值"
            if obj.messages == "zh"
            else f"{file}: {figure!r} is not a figure of this document",
            err=True,
        )
        sys.exit(1)
    for line in traces.lines(found, obj.messages):
        click.echo(line)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@project_option
@click.pass_obj
def verify(obj: _Project, files: tuple[Path, ...]) -> None:
    """Check finished PDFs: every number against the ledger, the fonts, and the manifest beside them.

    A certificate, or a picture of one, is checked against its code: genuine, altered or revoked.
    """
    from reportgen.verify import documents

    zh = obj.messages == "zh"
    problems: list[Problem] = []
    for file in files:
        if documents.is_certificate(file):
            found = documents.verify_certificate(obj.project, file)
            for name, words in found.facts:
                click.echo(f"    {name.say(obj.language)}{'：' if zh else ': '}{words}")
            problems.extend(found.problems)
            if not found.problems:
                click.echo(f"{file}: {documents.verdict(found).say(obj.language)}")
            continue
        if documents.is_press(file):
            measured, faults = documents.verify_press(obj.project, file, obj.language)
            for line in measured:
                click.echo(f"    {line}")
        else:
            faults = documents.verify(file)
        problems.extend(faults)
        if not faults:
            click.echo(f"{file}: {'相符' if zh else 'as delivered'}")
    if problems:
        obj.fail(tuple(problems), 5)


@main.command()
@click.argument("publications", nargs=-1)
@click.option("--panel", default="", help="Only this panel.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where the panels were built.")
@project_option
@click.pass_obj
def compare(obj: _Project, publications: tuple[str, ...], panel: str, out: Path | None) -> None:
    """Compare regenerated panels with the archived ones: figures, text, picture.

    The verdict and a heat map are written to compare/ beside the panels; exit code 5 if anything differs.
    """
    from reportgen.run import comparing

    if panel and not publications:
        raise click.UsageError(
            "--panel needs the publication that it belongs to: `reportgen compare NAME --panel PANEL`"
        )
    folder = obj.out(out)
    differs, count = False, 0
    for name in _publications(obj.project, publications):
        for found in comparing.compared(obj.project, folder, name, panel):
            for line in found.verdict.lines(obj.language):
                click.echo(line)
            differs, count = differs or not found.verdict.equal, count + 1
    if not count:
        click.echo(
            "沒有依典藏原件重製之展板（panels/…/original/）"
            if obj.language == "zh"
            else "no panel was made from an archived one (panels/…/original/)"
        )
    if differs:
        sys.exit(5)


@main.command()
@project_option
@click.pass_obj
def keys(obj: _Project) -> None:
    """Make the key pair that signs certificates, in keys/ of the project."""
    from reportgen.write.certificates import keys as keys_

    private, public = keys_.make_keys(obj.project, obj.out(None))
    zh = obj.messages == "zh"
    click.echo(
        f"{private}: "
        + (
            "私鑰；僅本人可讀，請備份並妥為保管，切勿寄送"
            if zh
            else "the private key; only you can read it; keep a copy in a safe place and never send it"
        )
    )
    click.echo(f"{public}: " + ("公鑰；可以公開" if zh else "the public key; it may be published"))


@main.group()
def awards() -> None:
    """What the award rules decided, and why."""


@awards.command()
@click.argument("candidate")
@click.option("--publication", help="Only this one; default: all publications of awards.")
@project_option
@click.pass_obj
def explain(obj: _Project, candidate: str, publication: str | None) -> None:
    """Say how it was decided on CANDIDATE (an id or a name): each rule, value, threshold, score, rank and tie."""
    from reportgen.run import explanations

    for line in explanations.lines(obj.project, candidate, publication, obj.language):
        click.echo(line)


@main.group()
def targets() -> None:
    """How targets (基本徵起責任金額) were worked out, and what would be different."""


@targets.command("explain")
@click.argument("unit")
@click.option("--publication", help="Only this one; default: the only publication of targets.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=NUMBER",
    help="As it would be with population.taipei=… or total=…",
)
@project_option
@click.pass_obj
def explain_target(obj: _Project, unit: str, publication: str | None, settings: tuple[str, ...]) -> None:
    """Show the arithmetic of UNIT (taipei-03, or a branch: taipei) step by step."""
    from reportgen.run import explanations

    for line in explanations.target_lines(obj.project, unit, publication, settings, obj.language):
        click.echo(line)


@targets.command("what-if")
@click.argument("publication")
@click.option(
    "--set",
    "settings",
    multiple=True,
    required=True,
    metavar="NAME=NUMBER",
    help="What is tried, population.taipei=… or total=…; may be given more than once.",
)
@project_option
@click.pass_obj
def what_if(obj: _Project, publication: str, settings: tuple[str, ...]) -> None:
    """Print which targets of PUBLICATION would be others, and by how much; write nothing."""
    from reportgen.run import explanations

    for line in explanations.what_if(obj.project, publication, settings, obj.language):
        click.echo(line)


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--samples/--no-samples", default=True, help="With the samples, or with a short example to fill in."
)
@project_option
@click.pass_obj
def init(obj: _Project, directory: Path, samples: bool) -> None:
    """Write a project of your own: templates, styles, inputs and reportgen.toml in DIRECTORY."""
    from reportgen.run import starter

    for path in starter.write(directory.absolute(), samples):
        click.echo(path)
    zh = obj.messages == "zh"
    click.echo(
        f"下一步：cd {directory} && reportgen check && reportgen build"
        if zh
        else f"next: cd {directory} && reportgen check && reportgen build"
    )


@main.command()
@click.option("--mend", is_flag=True, help="Make the font folder whole.")
@project_option
@click.pass_obj
def doctor(obj: _Project, mend: bool) -> None:
    """Say what this machine lacks (libraries, fonts, characters) and the command that mends it."""
    from reportgen.read import fonts

    if mend:
        fonts.install_fonts(click.echo)
    lacking = False
    for finding in fonts.doctor():
        words = finding.zh if obj.messages == "zh" else finding.en
        click.echo(
            f"{finding.level:8} {finding.what}: {words}"
            + (f"\n         → {finding.mend}" if finding.mend else "")
        )
        lacking = lacking or finding.level == "missing"
    sys.exit(4 if lacking else 0)
