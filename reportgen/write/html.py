"""From a document to the HTML of one edition: Jinja in a sandbox, plain values in, one string out.

Templates see frozen values and strings only: never a frame, a path or a chart object, through which
the sandbox could be left. Everything that is printed is escaped.
"""

from __future__ import annotations

import base64
import contextlib
import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    pass_context,
    pass_eval_context,
)
from jinja2.exceptions import SecurityError
from jinja2.filters import do_batch, do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from reportgen.model import (
    LANG_TAG,
    LANGUAGES,
    Block,
    Bullets,
    Certificate,
    CertificateField,
    Chart,
    ChartSpec,
    Document,
    Edition,
    Gap,
    KeyFigures,
    Language,
    Line,
    MethodAnnex,
    PanelFoot,
    PanelHead,
    Paragraphs,
    Ref,
    Row,
    Run,
    Section,
    Subhead,
    Table,
    Text,
)
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.model.formats import clause_number
from reportgen.model.messages import told
from reportgen.read.theme import Theme
from reportgen.read.words import Words

MAX_HTML = 64 * 2**20  # characters; a bulletin of 160 pages has about 2 million


MAX_STEPS = 3_000_000  # rounds, calls and items that filters look at; a bulletin of 30 pages takes 30,000
MAX_BITS = 4096  # of a whole number
MAX_BATCH = 10_000

# What filters may be used. Not: `safe`, `attr`, `map("safe")` (escaping, attributes), `random` (same inputs, same
# bytes), `round`, `float`, `format` (figures are rounded once, elsewhere), `center`, `indent`, `replace` (no bound).
FILTERS = frozenset(
    [
        "abs",
        "batch",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "e",
        "escape",
        "first",
        "groupby",
        "items",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "reverse",
        "select",
        "selectattr",
        "sort",
        "string",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "wordcount",
    ]
)
GLOBALS = ("dict", "namespace", "cycler", "joiner")
# What may be called on a text or number: `"x".zfill(10**9)` and `"{0.__class__}".format(x)` are methods, too.
METHODS = frozenset(
    [
        "endswith",
        "isdigit",
        "islower",
        "isupper",
        "lower",
        "lstrip",
        "partition",
        "rpartition",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "title",
        "upper",
        "numerator",
        "denominator",
    ]
)


class _Refused(SecurityError):
    """The sandbox says no, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        self.zh = zh
        super().__init__(en)


class _Own(FileSystemLoader):
    """Files of the project's own `templates/`; a link that leads out of it would print what it points to."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        root = Path(self.searchpath[0]).resolve()
        if not (root / template).resolve().is_relative_to(root):
            raise KindError(problem(Place(f"templates/{template}"), "templates.leads_out_templates"))
        return super().get_source(environment, template)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Plain values, a short list of filters, and a budget: no template reaches out, none is without end.

    Steps are counted, not seconds, so that the same template ends at the same place on every machine.
    """

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def __init__(self, project: Path) -> None:
        super().__init__(
            loader=_Own(project / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols"],
            finalize=self._printed,
        )
        self.steps = self.size = 0
        self.filters = {name: found for name, found in self.filters.items() if name in FILTERS}
        self.filters.update(batch=self._batch, join=self._join, _counted=self._counted, _sized=self._sized)
        self.globals = {**{name: self.globals[name] for name in GLOBALS}, "range": self._range}

    # -- the budget

    def spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise _Refused(*told("templates.takes_more_than_steps", max_steps=MAX_STEPS))

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > MAX_HTML:
            raise _Refused(*told("templates.makes_more_than_characters", max_html=MAX_HTML))

    def _printed(self, value: Any) -> Any:
        if isinstance(value, str):
            self.grow(len(value))
        return value

    @pass_context  # a filter of the context is never worked out at compile time
    def _counted(self, _context: Any, items: Any, weight: int = 0) -> Any:
        """What a loop or a filter goes through; `weight` is the size of the loop's own text."""
        if isinstance(items, Sized):
            self.spend(1 + (len(items) // 64 if isinstance(items, str) else len(items)))
            self.grow(weight * len(items))
            return items
        return self._one_by_one(items, weight)

    def _one_by_one(self, items: Iterable[Any], weight: int) -> Iterator[Any]:
        for item in items:
            self.spend(1)
            self.grow(weight)
            yield item

    @pass_context
    def _sized(self, _context: Any, part: Any) -> Any:
        return self._printed(part)

    def _range(self, *bounds: int) -> range:
        found = range(*bounds)
        self.spend(len(found))
        return found

    def _batch(self, items: Any, count: int, fill: Any = None) -> Iterator[list[Any]]:
        if count > MAX_BATCH:
            raise _Refused(*told("templates.batches_have_no_bound_size", count=count, max_batch=MAX_BATCH))
        return do_batch(items, count, fill)

    @pass_eval_context
    def _join(
        self, eval_ctx: Any, items: Iterable[Any], between: str = "", attribute: str | int | None = None
    ) -> Any:
        parts = list(items)
        self.spend(len(parts))
        self.grow(len(parts) * len(str(between)))
        return do_join(eval_ctx, parts, between, attribute)

    def call(self, context: Any, called: Any, *args: Any, **kwargs: Any) -> Any:
        self.spend(10)  # a macro that calls a macro costs ten rounds of a loop
        return super().call(context, called, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise _Refused(*told("templates.powers_are_not_allowed_templates"))
        texts = isinstance(left, str | list | tuple) or isinstance(right, str | list | tuple)
        if texts and operator != "+":
            raise _Refused(*told("templates.repeating_filling_text_list_is"))
        if texts:
            self.grow(sum(len(side) for side in (left, right) if isinstance(side, Sized)))
        found = super().call_binop(context, operator, left, right)
        if isinstance(found, int) and found.bit_length() > MAX_BITS:
            raise _Refused(*told("templates.number_grows_without_end"))
        return found

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str | bytes | int | float):
            return attr in METHODS
        return super().is_safe_attribute(obj, attr, value)

    # -- compiling

    def compile(  # type: ignore[override]
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> CodeType:
        """Checks a template and puts the counters in; KindError with every fault of the file."""
        tree = self.parse(source, name, filename)
        file = f"templates/{name}"
        if problems := [*_tree_faults(tree, file), *_markup_faults(self, source, tree, file)]:
            raise KindError(dict.fromkeys(problems))
        for node in list(tree.find_all((nodes.For, nodes.Filter, nodes.Concat))):
            if isinstance(node, nodes.For):
                node.iter = _call("_counted", node.iter, nodes.Const(_own_text(node.body)))
            elif isinstance(node, nodes.Concat):
                node.nodes = [_call("_sized", part) for part in node.nodes]
            elif isinstance(node, nodes.Filter) and node.node is not None:
                node.node = _call("_counted", node.node)
        return super().compile(tree.set_environment(self), name, filename, raw, defer_init)  # type: ignore[call-overload, no-any-return]


def _call(name: str, argument: Any, *more: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(argument, name, list(more), [], None, None, lineno=argument.lineno)


def _own_text(body: Iterable[nodes.Node]) -> int:
    """Characters that one round of a loop prints itself; loops within count their own."""
    size = 0
    for node in body:
        if isinstance(node, nodes.TemplateData):
            size += len(node.data)
        elif not isinstance(node, nodes.For):
            size += _own_text(node.iter_child_nodes())
    return size


def environment(project: Path) -> _Sandbox:
    """The environment of a project: its `templates/` and nothing else; undefined names are errors."""
    return _Sandbox(project)


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
    part: range | None = None,
    env: _Sandbox | None = None,
) -> str:
    """The HTML of an edition, or of a part of it: these blocks, with cover and contents before the first.

    `pictures`: anchor -> (data URI, alternative text); `env`: the project's, for a further part.
    KindError names template and line.
    """
    first = env is None
    env = env or environment(project)
    speaker = Speaker(edition)
    name = f"{document.kind}/document.html"
    context = {
        "document": document,
        "blocks": document.blocks if part is None else document.blocks[part.start : part.stop],
        "front": part is None or part.start == 0,
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
        "least": least,
        "widths": lambda table: widths(table, edition),
        "kind_of": lambda block: type(block).__name__,
        "clause": lambda one: clause_number(one.level, one.number),
        "upright": edition != "en" and any(getattr(block, "upright", None) for block in document.blocks),
        "bands": bands(document.blocks) if document.sheet else [],
        "worded": lambda table: any(cell.text and cell.text.zh for row in table.rows for cell in row.cells),
        "figures_in": lambda table, place: any(row.cells[place].figure for row in table.rows if row.cells),
    }
    with _template_faults(name):
        if first:
            check_templates(env, project, document.kind)
        return "".join(_bounded(env.get_template(name).generate(context), name))


def filled(env: _Sandbox, project: Path, kind: str, name: str, context: Mapping[str, Any]) -> str:
    """A template of a kind with these values; KindError names template and line."""
    with _template_faults(name):
        check_templates(env, project, kind)
        return "".join(_bounded(env.get_template(name).generate(context), name))


@dataclass(frozen=True)
class Group:
    """Blocks of a panel that are set together: `story` for text, else the name of the one block."""

    name: str
    blocks: tuple[Block, ...]


def bands(blocks: Iterable[Block]) -> list[list[Group]]:
    """The body of a panel: a band for each heading with what follows it, its text in groups."""
    found: list[list[Group]] = []
    for block in blocks:
        name = type(block).__name__
        if isinstance(block, PanelHead | PanelFoot):
            continue
        if isinstance(block, Subhead) or not found:
            found.append([])
        band = found[-1]
        if not isinstance(block, Paragraphs | Bullets):
            band.append(Group(name, (block,)))
        elif band and band[-1].name == "story":
            band[-1] = Group("story", (*band[-1].blocks, block))
        else:
            band.append(Group("story", (block,)))
    return found


_CLAUSE = re.compile(r"[^，；]+[，；]*|[，；]+")


def certificate_page(
    certificate: Certificate,
    title: Text,
    edition: Edition,
    env: _Sandbox,
    last: int,
    qr: tuple[str, str] | None,
) -> str:
    """The HTML of one certificate. `last`: the last step of the sizes in its style; `qr`: data URI and alternative text."""
    speaker = Speaker(edition)
    name = "awards/certificate.html"

    def halves_of(text: Text) -> tuple[Language, ...]:
        """Which halves are printed: a text that is the same in both languages, once."""
        if edition == "both" and text.zh == text.en:
            return (speaker.root,)
        return speaker.languages

    def step(one: CertificateField) -> str:
        return f"size-{one.size}" if one.size <= last else "wrap"

    def clauses(line: Line, language: Language) -> Markup:
        """A sentence whose lines end where a clause does: Chinese would break in the middle of a word."""
        if language != "zh":
            return speaker.line(line, language)
        parts = (
            part for run in line.zh for part in (_CLAUSE.findall(run) if isinstance(run, str) else (run,))
        )
        clause = Markup('<span class="clause">{}</span>')
        return Markup("").join(clause.format(speaker.run(part, language)) for part in parts)

    context = {
        "certificate": certificate,
        "title": title,
        "clauses": clauses,
        "edition": edition,
        "languages": speaker.languages,
        "lang_tag": LANG_TAG,
        "root_lang": LANG_TAG[speaker.root],
        "plain": speaker.plain,
        "line": speaker.line,
        "one": speaker.one,
        "halves_of": halves_of,
        "step": step,
        "qr": qr is not None,
        "pictures": {"qr": qr} if qr else {},
    }
    with _template_faults(name):
        return "".join(_bounded(env.get_template(name).generate(context), name))


def check_templates(env: _Sandbox, project: Path, kind: str) -> None:
    """Reads every template of a kind, used or not; KindError with the faults of all files."""
    problems: list[Problem] = []
    for path in sorted((project / "templates" / kind).rglob("*.html")):
        name = path.relative_to(project / "templates").as_posix()
        try:
            with _template_faults(name):
                env.get_template(name)
        except KindError as error:
            problems.extend(error.problems)
    if problems:
        raise KindError(problems)


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
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
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


def parts(document: Document) -> list[range]:
    """The blocks in one to three parts, each beginning on a new page: the second about as much work as the rest.

    So two processes can lay them out at once. Where the borders lie depends on the document alone: the bytes
    must not depend on the number of processes.
    """
    works = [_work(block) for block in document.blocks]
    whole = FRONT + sum(works)
    borders = [
        place
        for place, block in enumerate(document.blocks)
        if place and isinstance(block, Section) and not block.flow
    ]
    if whole < SMALL or not borders:
        return [range(len(works))]

    def unevenness(cut: tuple[int, int]) -> float:
        return abs(whole - CHARTS - 2 * sum(works[cut[0] : cut[1]]))

    end = len(works)
    cut = min(((border, end) for border in borders), key=unevenness)
    closer = min(itertools.combinations([*borders, end], 2), key=unevenness)
    # A third part carries faces of its own, 60 KB or more.
    if unevenness(cut) - unevenness(closer) > whole / 12:
        cut = closer
    edges = [0, *cut, *([end] if cut[1] < end else [])]
    return [range(first, last) for first, last in itertools.pairwise(edges)]


FRONT = 200  # cover and contents
CHARTS = 300  # how much later the process with the second part begins: it draws the charts before
SMALL = 1500  # below it a second process costs more than it saves


def _work(block: Block) -> float:
    """What a block costs to lay out and draw, about in cells of a table (0.6 ms)."""
    if isinstance(block, Table):
        return len(block.rows) * (len(block.columns) + 1) + 10
    if isinstance(block, Chart):
        return 60 + len(block.spec.points)
    if isinstance(block, KeyFigures):
        return 60 + 15 * len(block.cards)
    if isinstance(block, MethodAnnex):
        return 12 * len(block.definitions)
    return 10


LEAST_ROW = 4.0  # mm, lower than any row that can be read


def least(block: Table | Chart) -> int:
    """A height in mm that the block surely has: where less is left of a page, it need not be tried there."""
    return int(block.spec.height_mm if isinstance(block, Chart) else LEAST_ROW * (len(block.rows) + 1))


def widths(table: Table, edition: Edition) -> list[str]:
    """Per cent of each column, by its longest figure and its longest word: a fixed layout, evenly set.

    A Chinese character is as wide as two Latin ones, and breaks anywhere.
    """

    def word(text: Text | None) -> float:
        if text is None:
            return 0.0
        each = 0.95 if edition == "both" else 1.1  # the English half is set smaller beside the Chinese
        english = (
            max((len(part) * each + 1.2 for part in text.en.split()), default=0) if edition != "zh" else 0.0
        )
        # A head should not need more than three lines of a language.
        english = max(english, len(text.en) * 0.8 / 3 if edition != "zh" else 0.0)
        zh = len(text.zh) * 2.0 if len(text.zh) <= 3 else len(text.zh) * 1.0
        return max(english, zh + 1.5 if edition != "en" else 0.0)

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
                problem(
                    Place(f"templates/{name}"),
                    "templates.template_makes_more_than_characters",
                    max_html=MAX_HTML,
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


# ---- templates are read before they are run ---------------------------------------------------

_LINKS = frozenset("href src action formaction background cite data poster srcset srcdoc xlink:href".split())  # noqa: SIM905
_SIZE = re.compile(r"(?:\s*[a-z-]+\s*:[^;:\0(){}]*;)*\s*(?:width|height)\s*:\s*\0(?:%|mm|pt|px|em)?\s*;?\s*")
_ANCHOR = re.compile(r"#[^\0]*\0[^\0]*")
_OPEN = frozenset(["if", "for", "macro", "call", "filter", "block", "with", "raw"])
_MIDDLE = frozenset(["else", "elif"])


def _tree_faults(tree: nodes.Template, file: str) -> Iterator[Problem]:
    """What may not stand in a template, whatever the data: escaping switched off, attributes of Python."""

    def problem(node: nodes.Node, en: str, zh: str) -> Problem:
        return Problem(Place(file, row=node.lineno), en, zh)

    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield problem(node, *_no_filter(node.name))
        elif isinstance(node, nodes.EvalContextModifier):
            yield problem(node, *told("templates.autoescape_may_not_switched"))
        elif isinstance(node, nodes.Name) and node.name == "Markup":
            yield problem(node, *told("templates.markup_may_not_used"))
        elif (isinstance(node, nodes.Getattr) and node.attr.startswith("_")) or (
            isinstance(node, nodes.Getitem)
            and isinstance(node.arg, nodes.Const)
            and str(node.arg.value).startswith("_")
        ):
            name = node.attr if isinstance(node, nodes.Getattr) else node.arg.value  # type: ignore[attr-defined]
            yield problem(node, *told("templates.attribute_is_python_s_own", name_=name))


def _no_filter(name: str) -> tuple[str, str]:
    if name == "safe":
        return told("templates.filter_safe_switches_escaping_off")
    near = difflib.get_close_matches(name, sorted(FILTERS), 1)
    return told(
        "templates.filter_is_not_templates",
        name_=name,
        more=Text(
            f"是否為 {near[0]!r}？" if near else f"可用：{'、'.join(sorted(FILTERS))}",
            f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(FILTERS))}",
        ),
    )


def _markup_faults(env: Environment, source: str, tree: nodes.Template, file: str) -> list[Problem]:
    """Where expressions stand in the HTML: escaping is enough in texts and in quoted attributes, nowhere else."""
    pictures = {
        node.target.name
        for node in tree.find_all(nodes.Assign)
        if isinstance(node.target, nodes.Name)
        and isinstance(node.node, nodes.Getitem)
        and isinstance(node.node.node, nodes.Name)
        and node.node.node.name == "pictures"
    }
    markup = _Page(file=file, pictures=pictures)
    entered: list[tuple[str, ...]] = []
    inside: list[str] | None = None  # the tokens of the statement or expression that is being read
    for row, kind, words in env.lex(source):
        if kind == "data":
            markup.read(words, row)
        elif kind in ("variable_begin", "block_begin"):
            inside = []
        elif kind == "variable_end":
            markup.expression("".join(inside or ()), row)
            inside = None
        elif kind in ("block_end", "raw_begin", "raw_end"):
            keyword = {"raw_begin": "raw", "raw_end": "endraw"}.get(kind) or next(iter(inside or ()), "")
            opens = keyword in _OPEN or (keyword == "set" and "=" not in (inside or ()))
            inside = None
            here = markup.here()
            if opens:
                entered.append(here)
            elif entered and (keyword in _MIDDLE or keyword.startswith("end")):
                if here != entered[-1]:
                    markup.problem(row, *told("templates.ends_elsewhere_html_than_block", keyword=keyword))
                markup.go(entered[-1])
                if keyword not in _MIDDLE:
                    entered.pop()
        elif inside is not None and kind != "whitespace":
            inside.append(words)
    return markup.problems


@dataclass(kw_only=True)
class _Page:
    """Goes through the HTML of a template and knows where it is: text, raw, comment, tag, after, before, bare, value."""

    file: str
    pictures: set[str]
    problems: list[Problem] = field(default_factory=list)
    state: str = "text"
    tag: str = ""
    attribute: str = ""
    quote: str = ""
    value: str = ""
    expressions: list[str] = field(default_factory=list)
    row: int = 0

    def problem(self, row: int, en: str, zh: str) -> None:
        self.problems.append(Problem(Place(self.file, row=row), en, zh))

    def here(self) -> tuple[str, ...]:
        if self.state == "after":  # behind an attribute without a value: between attributes
            self.state = "tag"
        named = self.attribute if self.state in ("value", "before", "bare") else ""
        tag = "" if self.state in ("text", "comment") else self.tag
        return (self.state, tag, named, self.quote if self.state == "value" else "")

    def go(self, place: tuple[str, ...]) -> None:
        self.state, self.tag, self.attribute, self.quote = place

    def read(self, words: str, row: int) -> None:
        at = 0
        while at < len(words):
            step: Callable[[str, int], int] = getattr(self, f"_{self.state}")
            self.row = row + words.count("\n", 0, at)
            at = step(words, at)

    def _text(self, words: str, at: int) -> int:
        found = re.compile(r"<(!--|/?[A-Za-z][^\s/>]*)?").search(words, at)
        if not found:
            return len(words)
        if found[1] == "!--":
            self.state = "comment"
        elif found[1] or found.end() == len(words):
            self.row += words.count("\n", at, found.start())
            self.state, self.tag, self.quote = "tag", (found[1] or "").lower(), ""
            if self.tag == "script":
                self.problem(self.row, *told("templates.script_may_not_stand_template"))
        return found.end()

    def _comment(self, words: str, at: int) -> int:
        end = words.find("-->", at)
        if end < 0:
            return len(words)
        self.state = "text"
        return end + 3

    def _raw(self, words: str, at: int) -> int:
        end = re.compile(rf"</{self.tag}", re.IGNORECASE).search(words, at)
        if not end:
            return len(words)
        self.state, self.tag = "tag", f"/{self.tag}"
        return end.end()

    def _tag(self, words: str, at: int) -> int:
        found = re.compile(r"[\s/]*(?:(>)|([^\s=>/]+))?").match(words, at)
        assert found
        if found[1]:
            self.state = "raw" if self.tag in ("script", "style") else "text"
        elif found[2]:
            self.attribute, self.state = found[2].lower(), "after"
            if self.attribute.startswith("on"):
                self.row += words.count("\n", at, found.start(2))
                self.problem(self.row, *told("templates.is_event_handler", attribute=self.attribute))
        elif found.end() == at:
            return at + 1
        return found.end()

    def _after(self, words: str, at: int) -> int:
        found = re.compile(r"\s*(=)?").match(words, at)
        assert found
        self.state = "before" if found[1] else ("after" if found.end() == len(words) else "tag")
        return found.end()

    def _before(self, words: str, at: int) -> int:
        found = re.compile(r"\s*([\"'>])?").match(words, at)
        assert found
        if found[1] == ">":
            self.state = "tag"
            return found.end() - 1
        if found[1]:
            self.state, self.quote, self.value, self.expressions = "value", found[1], "", []
        elif found.end() < len(words):
            self.state = "bare"
        return found.end()

    def _bare(self, words: str, at: int) -> int:
        found = re.compile(r"[^\s>]*").match(words, at)
        assert found
        if found.end() < len(words):
            self.state = "tag"
        return found.end()

    def _value(self, words: str, at: int) -> int:
        end = words.find(self.quote, at)
        self.value += words[at:] if end < 0 else words[at:end]
        if end < 0:
            return len(words)
        if self.expressions:
            self._finish(self.row + words.count("\n", at, end))
        self.state, self.quote = "tag", ""
        return end + 1

    def expression(self, words: str, row: int) -> None:
        if self.state == "value":
            self.value += "\0"
            self.expressions.append(words)
        elif self.state == "raw":
            self.problem(row, *told("templates.expression_may_not_stand", tag=self.tag))
        elif self.state in ("before", "bare"):
            self.state = "bare"
            self.problem(
                row, *told("templates.attribute_needs_quotes_around_expression", attribute=self.attribute)
            )
        elif self.state in ("tag", "after"):
            self.problem(row, *told("templates.expression_may_not_make_names", tag=self.tag))

    def _finish(self, row: int) -> None:
        """An attribute whose value holds expressions. A style takes a size; a link an anchor; a picture an embedded one."""
        name = self.attribute
        if name == "style" and not _SIZE.fullmatch(self.value):
            self.problem(row, *told("templates.attribute_style_takes_expression_only"))
        elif (
            name == "src"
            and self.tag == "img"
            and self.value == "\0"
            and self._is_picture(self.expressions[0])
        ):
            return
        elif name in _LINKS and not (name == "href" and _ANCHOR.fullmatch(self.value)):
            self.problem(row, *told("templates.attribute_may_not_hold_data", name_=name))

    def _is_picture(self, words: str) -> bool:
        """`pictures[…][0]`, or `name[0]` where the template says `{% set name = pictures[…] %}`."""
        found = re.fullmatch(r"(\w+)(\[.+\])?\[0\]", words)
        return bool(found) and (found[1] == "pictures" if found[2] else found[1] in self.pictures)  # type: ignore[index]
