"""Templates are read before they are run: what may not stand in one, whatever the data.

Escaping is enough in texts and in quoted attributes, nowhere else; and nothing switches it off.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, nodes
from tinyhtml5.constants import Token
from tinyhtml5.tokenizer import HTMLTokenizer

from reportgen.model.errors import Place, Problem, problem
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
    if near := difflib.get_close_matches(name, sorted(FILTERS), 1):
        return told("templates.filter_is_misspelt", name_=name, near=near[0])
    return told("templates.filter_is_unknown", name_=name, known=sorted(FILTERS))


# ---- where expressions stand ------------------------------------------------------------------

_LINKS = frozenset("href src action formaction background cite data poster srcset srcdoc xlink:href".split())
_SIZE = re.compile(r"(?:\s*[a-z-]+\s*:[^;:\0(){}]*;)*\s*(?:width|height)\s*:\s*\0(?:%|mm|pt|px|em)?\s*;?\s*")
_ANCHOR = re.compile(r"#[^\0]*\0[^\0]*")
_OPENING = frozenset(["if", "for", "macro", "call", "filter", "block", "with", "raw"])
_MIDDLE = frozenset(["else", "elif"])
_RAW = frozenset(["script", "style"])
_UNQUOTED = frozenset(
    ["equals-in-unquoted-attribute-value", "unexpected-character-in-unquoted-attribute-value"]
)

# In the text for the tokenizer a character of private use stands for each hole, the first of them for the first. An expression
# has a grave accent before it, which is an error where there are no quotes; a statement stands between blanks.
_FIRST = 0xF0000
_NAME = re.compile("</?[ `]([\U000f0000-\U000ffffd])")
_MARK = re.compile("`?([\U000f0000-\U000ffffd])")


@dataclass(frozen=True, eq=False)
class _Hole:
    """An expression, or a statement with its keyword; no two are the same."""

    row: int
    words: str
    keyword: str = ""

    @property
    def opens(self) -> bool:
        return self.keyword in _OPENING or (self.keyword == "set" and "=" not in self.words)


def _with_marks(env: Environment, source: str) -> tuple[str, list[_Hole]]:
    """The HTML of a template with a mark for each hole, on its own line."""
    parts: list[str] = []
    holes: list[_Hole] = []
    inside: list[str] = []
    for row, kind, words in env.lex(source):
        if kind == "data":
            parts.append(words)
            continue
        if kind in ("variable_end", "block_end", "raw_begin", "raw_end"):
            keyword = {"variable_end": "", "raw_begin": "raw", "raw_end": "endraw"}.get(
                kind, inside[0] if inside else ""
            )
            mark = chr(_FIRST + len(holes))
            holes.append(_Hole(row, "".join(inside), keyword))
            parts.append(f" {mark} " if keyword else f"`{mark}")
        if kind.endswith("begin"):
            inside = []
        elif kind not in ("whitespace", "variable_end", "block_end"):
            inside.append(words)
        parts.append("\n" * words.count("\n"))
    return "".join(parts), holes


class _Tokenizer(HTMLTokenizer):  # type: ignore[misc]
    """Of a tag that has an attribute twice, as a branch and its other branch have, it keeps both."""

    def emit_current_token(self) -> None:
        attributes = self.current_token["data"]
        super().emit_current_token()
        self.current_token["attributes"] = attributes


class _Markup:
    """Where the holes of a template are: escaping is enough in texts and in quoted attributes, nowhere else."""

    def __init__(self, file: str, holes: list[_Hole], pictures: set[str]) -> None:
        self.file, self.holes, self.pictures = file, holes, pictures
        self.problems: list[Problem] = []
        self.places: dict[_Hole, tuple[object, ...]] = {}

    def tell(self, row: int, name: str, **slots: object) -> None:
        self.problems.append(problem(Place(self.file, row=row), f"templates.{name}", **slots))

    def read(self, text: str) -> None:
        for mark in _NAME.findall(text):
            self.tell(self.holes[ord(mark) - _FIRST].row, "expression_may_not_make_names", tag="")
        tokenizer = _Tokenizer(
            io.StringIO(text)
        )  # a short string that names a file would be read as that file
        raw, unquoted = "", False
        for number, token in enumerate(tokenizer):
            kind = token["type"]
            if kind == Token.PARSE_ERROR:
                unquoted = unquoted or token["data"] in _UNQUOTED
            elif kind in (Token.START_TAG, Token.END_TAG):
                row = tokenizer.stream.position()[0]
                self.tag(token["name"], token["attributes"], number, row, not unquoted)
                unquoted = False
                raw = token["name"] if kind == Token.START_TAG and token["name"] in _RAW else ""
                if raw:
                    tokenizer.state = tokenizer.rawtext_state  # as the parser does
            elif kind != Token.DOCTYPE:
                for hole in self.within(token["data"], ("comment" if kind == Token.COMMENT else "text", raw)):
                    if raw:
                        self.tell(hole.row, "expression_may_not_stand", tag=raw)

    def within(self, words: str, place: tuple[object, ...]) -> list[_Hole]:
        """The expressions in these words; of all holes in them the place is kept."""
        found = [self.holes[ord(mark) - _FIRST] for mark in _MARK.findall(words)]
        self.places.update(dict.fromkeys(found, place))
        return [hole for hole in found if not hole.keyword]

    def tag(
        self, tag: str, attributes: Iterable[tuple[str, str]], number: int, row: int, quoted: bool
    ) -> None:
        if tag == "script":
            self.tell(row, "script_may_not_stand_template")
        for hole in self.within(" ".join([tag, *(name for name, _ in attributes)]), ("tag", number)):
            self.tell(hole.row, "expression_may_not_make_names", tag=_MARK.sub("", tag))
        for name, value in attributes:
            if name.startswith("on"):
                self.tell(row, "is_event_handler", attribute=name)
            expressions = self.within(value, ("value", number, name))
            if not expressions:
                continue
            if _MARK.search(name):  # a statement before the sign of equality: which name it has is not known
                self.tell(expressions[0].row, "expression_may_not_make_names", tag=tag)
            elif not quoted:
                self.tell(expressions[0].row, "attribute_needs_quotes_around_expression", attribute=name)
            else:
                self.value(tag, name, _MARK.sub(self.seen, value), expressions)

    def seen(self, mark: re.Match[str]) -> str:
        return "" if self.holes[ord(mark[1]) - _FIRST].keyword else "\0"

    def value(self, tag: str, name: str, value: str, expressions: list[_Hole]) -> None:
        """A style takes a size; a link an anchor; a picture an embedded one."""
        row = expressions[-1].row
        if name == "style" and not _SIZE.fullmatch(value):
            self.tell(row, "attribute_style_takes_expression_only")
        elif name == "src" and tag == "img" and value == "\0" and self.is_picture(expressions[0].words):
            return
        elif name in _LINKS and not (name == "href" and _ANCHOR.fullmatch(value)):
            self.tell(row, "attribute_may_not_hold_data", name_=name)

    def is_picture(self, words: str) -> bool:
        """`pictures[…][0]`, or `name[0]` where the template says `{% set name = pictures[…] %}`."""
        found = re.fullmatch(r"(\w+)(\[.+\])?\[0\]", words)
        return found is not None and (found[1] == "pictures" if found[2] else found[1] in self.pictures)

    def blocks(self) -> None:
        """Each branch ends where its block began, so that the HTML can be read without knowing which branches are taken."""
        opened: list[_Hole] = []
        for hole in self.holes:
            if hole.opens:
                opened.append(hole)
            elif opened and (hole.keyword in _MIDDLE or hole.keyword.startswith("end")):
                if self.places.get(hole) != self.places.get(opened[-1]):
                    self.tell(hole.row, "ends_elsewhere_html_than_block", keyword=hole.keyword)
                if hole.keyword not in _MIDDLE:
                    opened.pop()


def _markup_faults(env: Environment, source: str, tree: nodes.Template, file: str) -> list[Problem]:
    pictures = {
        node.target.name
        for node in tree.find_all(nodes.Assign)
        if isinstance(node.target, nodes.Name)
        and isinstance(node.node, nodes.Getitem)
        and isinstance(node.node.node, nodes.Name)
        and node.node.node.name == "pictures"
    }
    text, holes = _with_marks(env, source)
    markup = _Markup(file, holes, pictures)
    markup.read(text)
    markup.blocks()
    return sorted(markup.problems, key=lambda found: found.place)
