"""A block that a template of the office's own prints: no words and no figures stand in it, and it closes what it opens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from jinja2 import nodes
from markupsafe import Markup

from reportgen.model import Document, Own
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.write.html.markup import check_page
from reportgen.write.html.sandbox import Sandbox
from reportgen.write.html.templates import filled

_TAG = re.compile(r"<!--.*?-->|<[^>]*>|&#?\w+;", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:alt|title|aria-label)\s*=\s*[\"']([^\"']*)")


def own_templates(document: Document) -> tuple[str, ...]:
    """Those that the document prints, below `templates/`."""
    found = (block.template for block in document.blocks if isinstance(block, Own))
    return tuple(dict.fromkeys(found))


def own_printer(env: Sandbox, context: Mapping[str, object]) -> object:
    """What prints such a block in a page with this context; KindError where its HTML is not sound."""
    kept = {name: context[name] for name in _GIVEN}

    def own(block: Own) -> Markup:
        html = filled(env, block.template, {**kept, "own": dict(block.words)})
        try:
            check_page(html, f"templates/{block.template}")
        except KindError as error:  # the line would be that of the page, not of the template
            raise KindError(replace(one, place=replace(one.place, row=0)) for one in error.problems) from None
        return Markup(html)

    return own


_GIVEN = "edition languages lang_tag root_lang say plain line one document words".split()


def check_own(env: Sandbox, document: Document) -> None:
    """KindError with the words and figures that stand in templates of the office's own, and with what is no template."""
    problems: list[Problem] = []
    for name in own_templates(document):
        try:
            env.get_template(name)
            problems += _words_in(env, name)
        except KindError as error:
            problems += error.problems
    if problems:
        raise KindError(dict.fromkeys(problems))


def _words_in(env: Sandbox, name: str) -> Iterator[Problem]:
    assert env.loader
    source = env.loader.get_source(env, name)[0]
    for row, words in (*_in_markup(env.parse(source)), *_in_expressions(env.parse(source))):
        place = Place(f"templates/{name}", row=row)
        yield problem(place, "own.words_in_template", words=" ".join(words.split())[:40])


def _in_markup(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Letters and digits beside the tags, and in what is read aloud. A tag may hold expressions: a mark stands for each."""
    pieces: list[tuple[str, int]] = []
    for node in tree.find_all(nodes.Output):
        pieces += [
            (one.data if isinstance(one, nodes.TemplateData) else "\0", one.lineno) for one in node.nodes
        ]
    at, whole, lines = 0, "".join(text for text, _ in pieces), []
    for text, row in pieces:
        lines += [(at, row)]
        at += len(text)
    bare = _TAG.sub(lambda tag: " " * len(tag[0]), whole)
    found = [(match.start(), match[0]) for match in re.finditer(r"[^\s\0][^\0\n]*", bare)]
    found += [(match.start(1), match[1]) for match in _SPOKEN.finditer(whole)]
    for start, words in found:
        if any(map(str.isalnum, words)):
            begin, row = max(one for one in lines if one[0] <= start)
            yield row + whole.count("\n", begin, start), words.strip()


def _in_expressions(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Constants that are printed or kept; names of keys and what is compared are none."""
    for kept in tree.find_all((nodes.Output, nodes.Assign)):
        keys = {id(item.arg) for item in kept.find_all(nodes.Getitem)}
        for test in kept.find_all((nodes.Compare, nodes.Test)):
            keys |= {id(one) for one in test.find_all(nodes.Const)}
        for constant in kept.find_all(nodes.Const):
            value = constant.value
            spoken = isinstance(value, str) and value != "br" and any(map(str.isalnum, value))
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if id(constant) not in keys and (spoken or number):
                yield constant.lineno, str(value)
