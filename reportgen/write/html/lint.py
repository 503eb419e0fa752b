"""Templates are read before they are run: what may not stand in one, whatever the data.

Escaping is enough in texts and in quoted attributes, nowhere else; and nothing switches it off.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jinja2 import Environment, nodes

from reportgen.model import Text
from reportgen.model.errors import Place, Problem
from reportgen.model.messages import told

# What filters may be used. Not: `safe`, `attr`, `map("safe")` (escaping, attributes), `random` (same inputs, same
# bytes), `round`, `float`, `format` (figures are rounded once, elsewhere), `center`, `indent`, `replace` (no bound).
FILTERS = frozenset(
    "abs batch capitalize count d default dictsort e escape first groupby items join last length list "
    "lower map max min reject rejectattr reverse select selectattr sort string sum title trim "
    "truncate unique upper wordcount".split()
)


def faults(env: Environment, source: str, tree: nodes.Template, file: str) -> list[Problem]:
    """Every fault of a template, each once."""
    return list(dict.fromkeys([*_tree_faults(tree, file), *_markup_faults(env, source, tree, file)]))


_LINKS = frozenset("href src action formaction background cite data poster srcset srcdoc xlink:href".split())


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
