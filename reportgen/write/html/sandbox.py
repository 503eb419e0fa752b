"""The environment of templates: Jinja in a sandbox, plain values only, with a budget.

Templates see frozen values and strings: never a frame, a path or a chart object, through which the sandbox could be left.
Everything that is printed is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from pathlib import Path
from types import CodeType
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes, pass_context, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import do_batch, do_join
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reportgen.model import limits
from reportgen.model.errors import KindError, Place, problem
from reportgen.model.messages import told
from reportgen.write.html import lint

T = TypeVar("T")
MAX_HTML = limits.TEMPLATE_LETTERS
MAX_STEPS = limits.TEMPLATE_STEPS  # rounds, calls and items that filters look at
MAX_BITS = 4096  # of a whole number
MAX_BATCH = 10_000
GLOBALS = ("dict", "namespace", "cycler", "joiner")


# What may be called on a text or number: `"x".zfill(10**9)` and `"{0.__class__}".format(x)` are methods, too.
METHODS = frozenset(
    "endswith isdigit islower isupper lower lstrip partition rpartition rstrip split splitlines "
    "startswith strip title upper numerator denominator".split()
)


MAX_COMPILED = 256  # templates, of all projects of a process
_COMPILED: dict[tuple[str | None, str], CodeType] = {}


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


class Sandbox(ImmutableSandboxedEnvironment):
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
        self._safe: dict[tuple[type, str], bool] = {}
        self.filters = {name: found for name, found in self.filters.items() if name in lint.FILTERS}
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

    def _printed(self, value: T) -> T:
        if isinstance(value, str):
            self.grow(len(value))
        return value

    @pass_context  # a filter of the context is never worked out at compile time
    def _counted(self, _context: Context, items: Iterable[object], weight: int = 0) -> Iterable[object]:
        """What a loop or a filter goes through; `weight` is the size of the loop's own text."""
        if isinstance(items, Sized):
            self.spend(1 + (len(items) // 64 if isinstance(items, str) else len(items)))
            self.grow(weight * len(items))
            return items
        return self._one_by_one(items, weight)

    def _one_by_one(self, items: Iterable[T], weight: int) -> Iterator[T]:
        for item in items:
            self.spend(1)
            self.grow(weight)
            yield item

    @pass_context
    def _sized(self, _context: Context, part: T) -> T:
        return self._printed(part)

    def _range(self, *bounds: int) -> range:
        found = range(*bounds)
        self.spend(len(found))
        return found

    def _batch(self, items: Iterable[T], count: int, fill: T | None = None) -> Iterator[list[T]]:
        if count > MAX_BATCH:
            raise _Refused(*told("templates.batches_have_no_bound_size", count=count, max_batch=MAX_BATCH))
        return do_batch(items, count, fill)

    @pass_eval_context
    def _join(
        self,
        eval_ctx: nodes.EvalContext,
        items: Iterable[object],
        between: str = "",
        attribute: str | int | None = None,
    ) -> str:
        parts = list(items)
        self.spend(len(parts))
        self.grow(len(parts) * len(str(between)))
        joined: str = do_join(eval_ctx, parts, between, attribute)
        return joined

    def call(self, context: Context, called: object, *args: object, **kwargs: object) -> object:
        self.spend(10)  # a macro that calls a macro costs ten rounds of a loop
        return super().call(context, called, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
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

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        if isinstance(obj, str | bytes | int | float):
            return attr in METHODS
        kind = type(obj), attr  # all that Jinja's answer depends on
        if kind not in self._safe:
            self._safe[kind] = super().is_safe_attribute(obj, attr, value)
        return self._safe[kind]

    # -- compiling

    def compile(self, source: str, name: str | None = None, *_: object) -> CodeType:  # type: ignore[override]
        """The code of a template, made once in a process; KindError with every fault of the file."""
        if code := _COMPILED.get((name, source)):
            return code
        if len(_COMPILED) >= MAX_COMPILED:
            _COMPILED.clear()
        spent = self.steps, self.size
        code = _COMPILED[name, source] = self._checked_code(source, name)
        self.steps, self.size = spent  # constants are worked out here alone, once for all pages
        return code

    def _checked_code(self, source: str, name: str | None) -> CodeType:
        """Checks a template and puts the counters in. The code names its file from the project, for it serves others, too."""
        file = f"templates/{name}"
        tree = self.parse(source, name, file)
        if problems := lint.faults(self, source, tree, file):
            raise KindError(problems)
        for node in list(tree.find_all((nodes.For, nodes.Filter, nodes.Concat))):
            if isinstance(node, nodes.For):
                node.iter = _call("_counted", node.iter, nodes.Const(_own_text(node.body)))
            elif isinstance(node, nodes.Concat):
                node.nodes = [_call("_sized", part) for part in node.nodes]
            elif isinstance(node, nodes.Filter) and isinstance(node.node, nodes.Expr):
                node.node = _call("_counted", node.node)
        return super().compile(tree.set_environment(self), name, file)  # type: ignore[call-overload, no-any-return]


def _call(name: str, argument: nodes.Node, *more: nodes.Expr) -> nodes.Filter:
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


def environment(project: Path) -> Sandbox:
    """The environment of a project: its `templates/` and nothing else; undefined names are errors."""
    return Sandbox(project)
