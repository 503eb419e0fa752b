"""From a document to the HTML of one edition: Jinja in a sandbox, plain values in, one string out.

Templates see frozen values and strings only: never a frame, a path or a chart object, through which
the sandbox could be left. Everything that is printed is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from reportgen.errors import KindError, Place, Problem
from reportgen.model import (
    LANG_TAG,
    LANGUAGES,
    ChartSpec,
    Document,
    Edition,
    Gap,
    Language,
    Line,
    Ref,
    Row,
    Run,
    Table,
    Text,
)
from reportgen.theme import Theme
from reportgen.wording import Words

MAX_HTML = 64 * 2**20  # characters; a bulletin of 160 pages has about 2 million


class _Sandbox(ImmutableSandboxedEnvironment):
    """No powers (`9**9**9` takes hours) and no attribute that is not a plain value's own."""

    intercepted_binops = frozenset(["**", "*"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("powers are not allowed in templates: they can take hours of time")
        if isinstance(left, str | list | tuple) or isinstance(right, str | list | tuple):
            raise SecurityError("repeating a text or list is not allowed in templates: its size has no bound")
        return super().call_binop(context, operator, left, right)


def environment(project: Path) -> _Sandbox:
    """The environment of a project: its `templates/` and nothing else; undefined names are errors."""
    return _Sandbox(
        loader=FileSystemLoader(project / "templates", followlinks=False),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols"],
    )


def languages(edition: Edition) -> tuple[Language, ...]:
    return LANGUAGES if edition == "both" else (edition,)


class Speaker:
    """What templates call to print texts, lines and figures in the languages of the edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.languages = languages(edition)
        self.root: Language = self.languages[0]

    def say(self, text: Text, between: str = " ") -> Markup:
        """Both halves, each marked with its language where it is not the document's own.

        Where the halves are the same (a number, a sign, a file name) it is printed once.
        """
        if self.edition != "both":
            return Markup(escape(text.say(self.edition)))
        if text.zh == text.en:
            return Markup(escape(text.zh))
        gap = Markup("<br>") if between == "br" else escape(between)
        english = Markup('<span lang="en">{}</span>').format(text.en)
        return Markup("{}{}{}").format(text.zh, gap, english)

    def one(self, text: Text, language: Language) -> str:
        return text.say(language)

    def plain(self, text: Text, between: str = " ") -> str:
        """For attributes and bookmarks: no markup."""
        if self.edition != "both" or text.zh == text.en:
            return text.say(self.root)
        return f"{text.zh}{between}{text.en}"

    def line(self, line: Line, language: Language) -> Markup:
        return Markup("").join(self.run(run, language) for run in line.say(language))

    def run(self, run: Run, language: Language) -> Markup:
        if isinstance(run, str):
            return Markup(escape(run))
        if isinstance(run, Ref):
            return Markup('<a href="#{}">{}</a>').format(run.anchor, run.text.say(language))
        return Markup('<span class="n" data-f="{}">{}</span>').format(run.number, run.text.say(language))


def render(
    document: Document,
    edition: Edition,
    project: Path,
    theme: Theme,
    words: Words,
    pictures: Mapping[str, tuple[str, str]],
    colophon: Iterable[tuple[Text, tuple[tuple[Text, str], ...]]],
) -> str:
    """The HTML of an edition. `pictures`: anchor -> (data URI, alternative text). KindError names template and line."""
    env = environment(project)
    speaker = Speaker(edition)
    name = f"{document.kind}/document.html"
    context = {
        "document": document,
        "edition": edition,
        "languages": speaker.languages,
        "lang_tag": LANG_TAG,
        "root_lang": LANG_TAG[speaker.root],
        "say": speaker.say,
        "plain": speaker.plain,
        "line": speaker.line,
        "one": speaker.one,
        "words": words,
        "pictures": pictures,
        "colophon": list(colophon),
        "shade": {str(step): theme.step(step) for step in range(len(theme.ramp))},
        "step": lambda heat: min(int(heat * len(theme.ramp)), len(theme.ramp) - 1),
        "widths": lambda table: widths(table, edition),
        "kind_of": lambda block: type(block).__name__,
    }
    try:
        source = "".join(_bounded(env.get_template(name).generate(context), name))
    except TemplateSyntaxError as error:
        file = f"templates/{error.name or name}"
        raise KindError(
            Problem(
                Place(file, row=error.lineno),
                f"the template cannot be read: {error.message}",
                f"樣板無法解讀：{error.message}",
            )
        ) from None
    except TemplateError as error:
        file, row = _where(error, name)
        raise KindError(
            Problem(Place(file, row=row), f"the template fails: {error}", f"樣板執行失敗：{error}")
        ) from None
    return source


def widths(table: Table, edition: Edition) -> list[str]:
    """Per cent of each column, by its longest figure and its longest word: a fixed layout, evenly set.

    A Chinese character is as wide as two Latin ones, and breaks anywhere.
    """

    def word(text: Text | None) -> float:
        if text is None:
            return 0.0
        each = 0.95 if edition == "both" else 1.1  # the English half is set smaller beside the Chinese
        english = max((len(part) * each + 1.2 for part in text.en.split()), default=0) if edition != "zh" else 0.0
        # A head should not need more than three lines of a language.
        english = max(english, len(text.en) * 0.8 / 3 if edition != "zh" else 0.0)
        return max(english, len(text.zh) * 2.0 / 2 if edition != "en" else 0.0)

    def head(row: Row) -> float:
        if row.latin and edition == "both":
            return len(row.head.zh) * 1.6 + len(row.latin) + 2
        zh = sum(2.0 if ord(letter) > 0x2E80 else 1.0 for letter in row.head.zh)
        en = len(row.head.en) * (0.9 if edition == "both" else 1.0)
        return {"both": zh + en + 1 if row.head.zh != row.head.en else zh, "zh": zh, "en": en}[edition] + 1

    stub = max([word(table.stub), *(head(row) for row in table.rows)])
    weights = [stub]
    for place, column in enumerate(table.columns):
        figures = (row.cells[place] for row in table.rows)
        longest = max((len(cell.figure.plain) + len(cell.mark) for cell in figures if cell.figure), default=4)
        weights.append(max(longest + 2.0, word(column.label), word(column.group), 5.0))
    total = sum(weights)
    return [f"{100 * weight / total:.2f}" for weight in weights]


def _bounded(parts: Iterator[str], name: str) -> Iterator[str]:
    size = 0
    for part in parts:
        size += len(part)
        if size > MAX_HTML:
            raise KindError(
                Problem(
                    Place(f"templates/{name}"),
                    f"the template makes more than {MAX_HTML:,} characters; its size has no bound",
                    f"樣板輸出超過 {MAX_HTML:,} 字元",
                )
            )
        yield part


def _where(error: BaseException, name: str) -> tuple[str, int]:
    """The innermost template line of a traceback."""
    file, row = f"templates/{name}", 0
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith(".html"):
            file, row = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            file = f"templates/{file.rpartition('/templates/')[2]}"
        trace = trace.tb_next
    return file, row


def data_uri(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def cover_bars(spec: ChartSpec, theme: Theme) -> str:
    """A trend as plain bars across the cover, 210 × 60 mm, as a data URI: an ornament, no chart to be read."""
    sizes = [
        Fraction(0) if isinstance(p.figure.value.exact, Gap) else p.figure.value.exact for p in spec.points
    ]
    top = max(sizes) or Fraction(1)
    step = Fraction(2100, len(sizes))
    bars = []
    for place, size in enumerate(sizes):
        height = round(600 * max(size, Fraction(0)) / top)
        colour = (
            theme.colour["accent"]
            if place == len(sizes) - 1
            else theme.ramp[min(place * 4 // len(sizes) + 1, 4)]
        )
        bars.append(
            f'<rect x="{round(place * step + step / 10)}" y="{600 - height}" '
            f'width="{round(step * 8 / 10)}" height="{height}" fill="{colour}"/>'
        )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2100 600" width="2100" height="600">{"".join(bars)}</svg>'
    return data_uri(svg.encode("utf-8"))
