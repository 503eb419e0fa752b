"""The words that an office declares: labels, terms, names of places and papers. A name inside one of them betrays nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from reportgen.compute.hidden_words import own_words
from reportgen.kinds.material import Material
from reportgen.model import Text
from reportgen.model.errors import Place
from reportgen.model.messages import sentences
from reportgen.read.schema import Model
from reportgen.read.texts import Sentence

_MARKUP = re.compile(r"\{[%{#].*?[%}#]\}|<[^>]+>", re.DOTALL)


def declared_in(material: Material, hidden: Mapping[str, Place], *more: object) -> tuple[str, ...]:
    """The declared words that hold a hidden one. `more`: what the kind declares, and the names that its paper shows whole.

    What an officer writes in sentences is none of them: a name that stands there must be found.
    """
    publication, dataset = material.publication, material.dataset
    tables = [(table.label, table.columns) for table in dataset.tables.values()]
    declared = (
        [
            publication.title,
            publication.subtitle,
            publication.issuer,
            dataset.label,
            dataset.dimensions,
            tables,
        ],
        [material.registry.metrics, material.registry.units, material.words, more],
    )
    ids = (member.id for dimension in dataset.dimensions.values() for member in dimension.members)
    terms = (half for term in material.glossary.terms for half in (term.zh, *term.renderings))
    return own_words([*_words(declared), *ids, *terms, *_templates(material), *sentences()], hidden)


def _words(value: object) -> Iterator[str]:
    """Both halves of every text in a value but those of sentences, and the ids under which they stand."""
    if isinstance(value, Text):
        yield from (value.zh, value.en)
    elif isinstance(value, Mapping):
        yield from filter(None, (key for key in value if isinstance(key, str)))
        yield from (words for inner in value.values() for words in _words(inner))
    elif isinstance(value, list | tuple):
        yield from (words for inner in value for words in _words(inner))
    elif isinstance(value, Model):
        yield from (words for name in type(value).model_fields for words in _words(getattr(value, name)))
    elif is_dataclass(value) and not isinstance(value, type | Sentence):
        yield from (words for field in fields(value) for words in _words(getattr(value, field.name)))


def _templates(material: Material) -> Iterable[str]:
    """What stands in the templates beside markup."""
    for folder in ("shared", material.publication.kind):
        for file in sorted((material.project / "templates" / folder).glob("*.html")):
            yield _MARKUP.sub("\n", file.read_text("utf-8"))
