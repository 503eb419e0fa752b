"""Commands and options whose words come from the catalogue, in the language that the call asks for.

`--messages zh`, wherever it stands, or REPORTGEN_MESSAGES; help, usage errors and outcomes are all said in it.
"""

from __future__ import annotations

import errno
import functools
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen.model import Language, Text
from reportgen.model.errors import Problem, ReportgenError
from reportgen.model.messages import area, message
from reportgen.run.interruption import INTERRUPTED, language_of
from reportgen.run.progress import Progress

if TYPE_CHECKING:
    from reportgen.model import Outcome

BUG = 70
STATES = {name: f"cli.{name}" for name in ("part", "unchanged", "failed", "removed", "left", "stale")}


class Session:
    """What all commands of a call share: the project's folder, the language of messages, the line of progress."""

    def __init__(self, language: Language) -> None:
        self.language, self.project, self.progress = language, Path(), Progress()

    @property
    def messages(self) -> Language:
        return self.language

    def say(self, text: Text, err: bool = False) -> None:
        click.echo(text.say(self.language), err=err)

    def tell(self, out: Path, outcome: Outcome, dry_run: bool = False) -> None:
        """What became of a document, in a line."""
        state = message(STATES.get(outcome.state) or ("cli.would_be_made" if dry_run else "cli.made"))
        counted = f" ({outcome.count})" if outcome.count else ""
        line = message("cli.outcome", file=out / outcome.document, state=state, counted=counted)
        self.progress.say(line.say(self.language))

    def fail(self, problems: Sequence[Problem], code: int) -> None:
        """Tells the problems and ends with the exit code."""
        for problem in problems:
            click.echo(problem.say(self.language), err=True)
        if len(problems) > 1:
            self.say(message("cli.problems", count=len(problems)), err=True)
        sys.exit(code)


def language_in(ctx: click.Context | None) -> Language:
    session = ctx.find_object(Session) if ctx else None
    return session.language if session else language_of(())


class CallError(click.UsageError):
    """A wrong call, told in both languages."""

    def __init__(self, text: Text, ctx: click.Context | None = None) -> None:
        super().__init__(text.en, ctx)
        self.text = text


class Option(click.Option):
    """Its help is the message `help.<command>_<option>`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        language = language_in(ctx)
        said = message(self.message_name(ctx.command)).say(language)
        default = self.get_default(ctx, call=False)
        if self.show_default and isinstance(default, str | tuple):
            shown = default if isinstance(default, str) else ", ".join(map(str, default))
            said += message("cli.default", shown=shown).say(language)
        return record[0], said

    def message_name(self, command: click.Command) -> str:
        if self.name in ("help", "version"):
            return f"help.{self.name}"
        return f"help.{message_key(command)}_{self.name}"


ENDLESS = ("preview",)  # commands that wait for the user: nothing to be shown of how far they are


def message_key(command: click.Command) -> str:
    """`awards_explain`: the name of a command's messages, after the function that does it."""
    return str(getattr(command.callback, "__name__", command.name)).rstrip("_")


class Command(click.Command):
    """Its help is the message `help.<command>`, under headings of the catalogue; what it does, `progress.<command>`."""

    def invoke(self, ctx: click.Context) -> Any:
        session, name = ctx.find_object(Session), message_key(self)
        if session is None or isinstance(self, click.Group) or name in ENDLESS:
            return super().invoke(ctx)
        words = message(f"progress.{name if name in area('progress') else 'other'}").say(session.language)
        with Progress(words) as session.progress:
            return super().invoke(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        names = self.get_help_option_names(ctx)
        return (
            Option(names, is_flag=True, is_eager=True, expose_value=False, callback=_help) if names else None
        )

    def get_short_help_str(self, limit: int = 45) -> str:
        ctx = click.get_current_context(silent=True)
        return message(f"help.{message_key(self)}").say(language_in(ctx)).partition("\n")[0]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        prefix = message("cli.usage").say(language_in(ctx))
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=prefix)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for paragraph in message(f"help.{message_key(self)}").say(language_in(ctx)).split("\n"):
                formatter.write_text(paragraph)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for param in options if (record := param.get_help_record(ctx))]
        _section(formatter, message("cli.options").say(language_in(ctx)), records)


def _section(formatter: click.HelpFormatter, heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """Click ends a heading with an English colon; ours has its own."""
    formatter.write_paragraph()
    formatter.write(f"{heading}\n")
    with formatter.indentation():
        formatter.write_dl(rows)


def _help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class Group(Command, click.Group):
    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        Command.format_options(self, ctx, formatter)
        rows = [(name, self.commands[name].get_short_help_str()) for name in self.list_commands(ctx)]
        _section(formatter, message("cli.commands").say(language_in(ctx)), rows)


Group.group_class = Group


class Root(Group):
    """The whole program: what it raises becomes messages and exit codes."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        return super().make_context(info_name, args, parent, obj=Session(language_of(args)), **extra)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        for line in message("cli.exit_codes").say(language_in(ctx)).split("\n"):
            formatter.write(f"{line}\n")

    def main(self, args: Sequence[str] | None = None, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        words = list(sys.argv[1:] if args is None else args)
        language = language_of(words)
        try:
            code = super().main(words, standalone_mode=False, **extra)
        except ReportgenError as error:
            Session(language).fail(error.problems, error.exit_code)
        except click.ClickException as error:
            _tell_usage(error, language)
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            Session(language).say(message("cli.interrupted"), err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            raise  # whoever read our output has read enough
        except OSError as error:
            Session(language).say(_told(error), err=True)
            sys.exit(1)
        except Exception:
            import traceback

            traceback.print_exc()
            Session(language).say(message("cli.bug"), err=True)
            sys.exit(BUG)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


def _tell_usage(error: click.ClickException, language: Language) -> None:
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        click.echo(ctx.get_usage(), err=True)
        click.echo(message("cli.try_help", command=ctx.command_path).say(language), err=True)
    click.echo(message("cli.error", what=usage_text(error)).say(language), err=True)


def usage_text(error: click.ClickException) -> Text:
    """What is wrong with a call, in both languages; Click knows English alone."""
    if isinstance(error, CallError):
        return error.text
    if isinstance(error, click.NoSuchOption):
        near = _near(error.possibilities)
        return message("cli.no_such_option", option=error.option_name, near=near)
    if isinstance(error, click.exceptions.NoSuchCommand):
        return message("cli.no_such_command", command=error.command_name, near=_near(error.possibilities))
    if isinstance(error, click.BadOptionUsage):
        return message("cli.option_needs_value", option=error.option_name)
    if isinstance(error, click.MissingParameter):
        return message("cli.missing", what=_shown(error.param))
    if isinstance(error, click.BadParameter):
        return message("cli.bad_value", what=_shown(error.param), why=_why(error))
    if "extra argument" in error.message:
        return message("cli.extra_arguments", words=error.message.partition("(")[2].rstrip(")"))
    return Text(error.message, error.message)


def _near(names: Sequence[str] | None) -> Text:
    return message("cli.near", name=sorted(names)[0]) if names else Text("", "")


def _shown(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name.upper()


def _why(error: click.BadParameter) -> Text:
    kind = error.param.type if error.param else None
    value = error.message.partition(" is ")[0]
    if isinstance(kind, click.Choice):
        return message("cli.not_one_of", value=value, choices=[str(choice) for choice in kind.choices])
    if isinstance(kind, click.IntRange):
        return message("cli.not_in_range", value=value, least=kind.min, most=kind.max)
    text = getattr(error, "text", None)
    return text if isinstance(text, Text) else Text(error.message, error.message)


_WHY = {
    errno.ENOENT: message("cli.is_not_there"),
    errno.EACCES: message("cli.is_not_allowed"),
    errno.ENOSPC: message("cli.disk_is_full"),
    errno.EROFS: message("cli.disk_is_read_only"),
}


def _told(error: OSError) -> Text:
    """What cannot be read or written, and why; a font that is missing has its own remedy."""
    from reportgen.read import fonts

    place, said = str(error.filename or "out"), str(error.strerror)
    if error.errno == errno.ENOENT and place.startswith(str(fonts.font_folder())):
        return message("cli.font_is_missing", place=place)
    if error.errno == errno.ENAMETOOLONG:
        return message("cli.name_too_long", place=place)
    why = _WHY.get(error.errno or 0, Text(said, said))
    return message("cli.cannot_read_or_write", place=place, why=why)


def day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    from reportgen.model.formats import parse_roc_date

    for read in (date.fromisoformat, parse_roc_date):
        try:
            return read(value)
        except ValueError:
            continue
    raise CallError(message("cli.no_date", value=value))


F = TypeVar("F", bound=Callable[..., None])
option = functools.partial(click.option, cls=Option)
FOLDER = click.Path(file_okay=False, path_type=Path)


def _set(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """--project and --messages may stand before the command or behind it."""
    if value is not None:
        setattr(
            ctx.find_object(Session), str(param.name), value.absolute() if isinstance(value, Path) else value
        )


def shared(hidden: bool) -> Callable[[F], F]:
    """The options that each command has; only at the head of the program are they shown in its help."""

    def add(command: F) -> F:
        command = option(
            "--messages",
            "language",
            type=click.Choice(["en", "zh"]),
            expose_value=False,
            callback=_set,
            hidden=hidden,
        )(command)
        default = None if hidden else "."
        return option(
            "--project",
            type=FOLDER,
            default=default,
            show_default=not hidden,
            expose_value=False,
            callback=_set,
            hidden=hidden,
        )(command)

    return add


def command(group: click.Group, name: str | None = None) -> Callable[[F], click.Command]:
    """A command of the program or of a group, which takes the session first."""

    def add(function: F) -> click.Command:
        return group.command(name)(shared(hidden=True)(click.pass_obj(function)))

    return add
