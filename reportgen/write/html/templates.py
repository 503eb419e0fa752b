"""Templates are loaded and filled; what Jinja and Python say of one is told with its file and line."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from os.path import isfile as is_file
from pathlib import Path

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from reportgen.model import Text
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.write.html.sandbox import MAX_HTML, Sandbox


def filled(env: Sandbox, name: str, context: Mapping[str, object]) -> str:
    """A template with these values; KindError names template and line."""
    with _template_faults(name):
        return "".join(_bounded(env.get_template(name).generate(context), name))


def check_templates(env: Sandbox, project: Path, kind: str) -> None:
    """Reads every template of a kind, used or not, and what they take in; KindError with the faults of all files."""
    problems: list[Problem] = []
    for name in templates_of(project, kind):
        if not name.endswith(".html"):
            continue
        try:
            with _template_faults(name):
                env.get_template(name)
        except KindError as error:
            problems.extend(error.problems)
    if problems:
        raise KindError(problems)


_TAKEN_IN = re.compile(r"\{%-?\s*(?:import|from|include|extends)\s+[\"']([\w/-]+\.html)[\"']")
_WORDS_OF = re.compile(r"^with\s*=\s*\[([^\]]*)\]", re.MULTILINE)


def templates_of(project: Path, kind: str) -> list[str]:
    """The files of a kind below `templates/`, and those of others that they take in: templates and words."""
    folder = project / "templates"
    own = (path.relative_to(folder).as_posix() for path in sorted((folder / kind).rglob("*")))
    names = reached(own, lambda name: _taken_in(text(folder / name)))
    return [name for name in names if is_file(folder / name)]  # a missing one is told where it is taken in


def _taken_in(source: str) -> list[str]:
    words = [
        f"{name}/words.toml" for names in _WORDS_OF.findall(source) for name in re.findall(r"[\w-]+", names)
    ]
    return [*_TAKEN_IN.findall(source), *words]


def reached(names: Iterable[str], further: Callable[[str], Iterable[str]]) -> list[str]:
    """These and what they name, and what those name, each once."""
    found: dict[str, None] = {}
    todo = list(names)
    while todo:
        if (name := todo.pop(0)) not in found:
            found[name] = None
            todo.extend(further(name))
    return list(found)


def text(path: Path) -> str:
    """What can be read of a file; a fault in it, as a name that no disk can hold, is told where it is used."""
    return path.read_text("utf-8", "replace") if is_file(path) else ""


def _bounded(parts: Iterator[str], name: str) -> Iterator[str]:
    size = 0
    for part in parts:
        size += len(part)
        if size > MAX_HTML:
            raise KindError(
                problem(
                    Place(f"templates/{name}"),
                    "templates.template_makes_more_than_characters",
                    max_html=MAX_HTML,
                )
            )
        yield part


@contextlib.contextmanager
def _template_faults(name: str) -> Iterator[None]:
    """What Jinja and Python say of a template, as KindError with file and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        file = f"templates/{error.name or name}"
        row, words = _opened(error), error.message or ""
        raise KindError(
            problem(Place(file, row=row), "templates.template_cannot_read", words=words)
        ) from None
    except TemplateNotFound as error:
        file, row = _where(error, name)
        missing = error.name or name
        raise KindError(problem(Place(file, row=row), "templates.is_no_template", missing=missing)) from None
    except UnicodeDecodeError as error:
        raise KindError(
            problem(Place(f"templates/{name}"), "templates.template_is_not_utf_byte", start=error.start + 1)
        ) from None
    except TemplateError as error:
        file, row = _where(error, name)
        zh = getattr(error, "zh", "") or str(error)
        raise KindError(
            problem(Place(file, row=row), "templates.template_fails", zh=Text(zh, str(error)))
        ) from None
    except (
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        NameError,  # Jinja writes 1e999 as `inf` into the code that it makes of a template
        RecursionError,
    ) as error:
        file, row = _where(error, name)
        said = f"{type(error).__name__}: {error}"
        raise KindError(problem(Place(file, row=row), "templates.template_fails_2", said=said)) from error


def _opened(error: TemplateSyntaxError) -> int:
    """The line of the fault; for a block that is never closed, the line where it is opened."""
    unclosed = re.search(r"innermost block that needs to be closed is '(\w+)'", error.message or "")
    if unclosed and error.source:
        opened: list[int] = []
        for match in re.finditer(r"\{%[-+]?\s*(end)?(\w+)", error.source):
            if match[2] == unclosed[1]:
                if not match[1]:
                    opened.append(error.source.count("\n", 0, match.start()) + 1)
                elif opened:
                    opened.pop()
        return opened[-1] if opened else error.lineno
    return error.lineno


def _where(error: BaseException, name: str) -> tuple[str, int]:
    """The innermost template line of a traceback."""
    file, row = f"templates/{name}", 0
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith(".html"):
            file, row = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return file, row
