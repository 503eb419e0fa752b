"""The fixed words of a kind, `templates/<kind>/words.toml`: tables of tables, at their ends texts in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from reportgen.model import LANGUAGES, Text, toml
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.read.parity import Glossary, label_faults
from reportgen.read.schema import Context, Model, TomlFile, in_order, open_toml, problems_of, read
from reportgen.read.texts import Bilingual
from reportgen.read.todo import KEY
from reportgen.read.toml_files import Languages
from reportgen.read.words import Words

_BILINGUAL: TypeAdapter[Text] = TypeAdapter(Bilingual)


class WordsFile(Model):
    """What a file of words has besides words: the kinds whose words it takes in, under its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "additionalProperties": {
                "anyOf": [_BILINGUAL.json_schema(), {"type": "object", "additionalProperties": True}]
            }
        }
    )
    taken_in: Annotated[tuple[str, ...], Field(alias="with")] = ()


def read_words(
    project: Path,
    file: str,
    glossary: Glossary | None = None,
    above: tuple[str, ...] = (),
    languages: Languages = LANGUAGES,
) -> Words:
    """All pairs of a words.toml by their dotted names; KindError lists each missing half, unlike slot, or wrong term."""
    opened = open_toml(
        project, file, problem(Place(file), "words.file_words_is_missing"), KindError, languages
    )
    head = read(WordsFile, opened, opened.values.part(["with"]), error=KindError)
    texts: dict[str, Text] = {}
    files: list[str] = []
    for number, kind in enumerate(head.taken_in):
        other = f"templates/{kind}/words.toml"
        if other in (*above, file):
            raise KindError(problem(opened.place(("with", number)), "words.takes_takes_file", name_=kind))
        taken = read_words(project, other, glossary, (*above, file), languages)
        texts |= taken
        files += taken.files
    problems: list[Problem] = []
    for path, raw in _ends({key: inner for key, inner in opened.values.items() if key != "with"}):
        texts |= _text(path, raw, opened, glossary, problems)
    if problems := problems or list(label_faults(opened, glossary)):
        raise KindError(in_order(problems))
    return Words(texts, file, files)


def _ends(table: dict[str, toml.Raw], above: toml.Path = ()) -> Iterator[tuple[toml.Path, toml.Raw]]:
    for key, inner in table.items():
        if isinstance(inner, toml.Table) and not inner.keys() & {*LANGUAGES, KEY}:
            yield from _ends(inner, (*above, key))
        else:
            yield (*above, key), inner


def _text(
    path: toml.Path, raw: toml.Raw, file: TomlFile, glossary: Glossary | None, problems: list[Problem]
) -> dict[str, Text]:
    try:
        text = _BILINGUAL.validate_python(raw, context=Context(glossary=glossary, file=file))
    except ValidationError as error:
        problems += problems_of(error, file, path)
        return {}
    return {".".join(map(str, path)): text}
