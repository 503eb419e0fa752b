"""The fixed words of a kind, `templates/<kind>/words.toml`: tables of tables, at their ends texts in both languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from reportgen.model import LANGUAGES, Text, formats, toml
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.model.hints import near
from reportgen.read import shipped
from reportgen.read.parity import Glossary, label_faults
from reportgen.read.schema import Context, Model, TomlFile, in_order, open_toml, problems_of, read
from reportgen.read.texts import Bilingual
from reportgen.read.todo import KEY
from reportgen.read.toml_files import Languages
from reportgen.read.words import Words, slots

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


def words_of_kind(
    project: Path, kind: str, glossary: Glossary | None = None, languages: Languages = LANGUAGES
) -> Words:
    """The words of a kind, held against those that the program ships: names that are missing or unknown, slots that are
    lost or that nothing fills. KindError with all of them. A kind from elsewhere is held against nothing."""
    file = f"templates/{kind}/words.toml"
    words = read_words(project, file, glossary, languages=languages)
    ours = shipped.root()
    if not (ours / file).is_file() or all(_same(project / one, ours / one) for one in words.files):
        return words
    if problems := list(_unlike(project, words, read_words(ours, file))):
        raise KindError(in_order(problems))
    return words


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _unlike(project: Path, words: Words, ours: Words) -> Iterator[Problem]:
    own, theirs = (
        [open_toml(root, file, error=KindError) for file in of.files]
        for root, of in ((project, words), (shipped.root(), ours))
    )
    templates = "".join(
        path.read_text("utf-8", "replace") for path in (project / "templates").rglob("*.html")
    )
    there, known = {*words}, {*ours}
    for name in known - there:
        home = _home(name, theirs).file
        place = Place(home if home in words.files else words.files[0], column=name)
        yield problem(place, "words.shipped_words_are_missing")
    for name in there:
        file = _home(name, own)
        place = file.place(tuple(name.split(".")))
        if name in known:
            meant = "meant" in _at(name, file)
            yield from _slots_unlike(words[name], ours[name], place, meant=meant)
        elif not _is_named(name, templates):
            yield problem(place, "words.nothing_prints_this", near=near(name, known - there or known))


def _slots_unlike(text: Text, ours: Text, place: Place, *, meant: bool) -> Iterator[Problem]:
    """`meant`: the text says why it leaves a slot out."""
    known = {*slots(ours.zh)}
    for half in dict.fromkeys(formats.written(text)):
        held = {*slots(half)}
        for slot in sorted(held - known):
            hint = near(slot, known - held)
            yield problem(place, "words.nothing_fills_slot", slot=slot, known=sorted(known) or "-", near=hint)
        if not meant and not held - known and (lost := sorted(known - held)):
            yield problem(place, "words.slots_are_lost", slots=[f"{{{slot}}}" for slot in lost])


_BEGINNING = re.compile(r"""["']([\w.-]+\.)["']""")  # words["method." ~ name]


def _is_named(name: str, templates: str) -> bool:
    return name in templates or name.startswith(tuple(_BEGINNING.findall(templates)))


def _home(name: str, files: Collection[TomlFile]) -> TomlFile:
    """The file that says the words, its own before what it takes in; the first where a name has a dot of its own."""
    return next((file for file in files if _at(name, file)), next(iter(files)))


def _at(name: str, file: TomlFile) -> toml.Raw:
    found: toml.Raw = file.values
    for part in name.split("."):
        found = found.get(part, {}) if isinstance(found, toml.Table) else {}
    return found


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
