"""Blocks that an office brings along: pictures, paragraphs in Markdown, and blocks that a template of its own prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field

from reportgen.compute.unrecorded import without_record
from reportgen.kinds.figures import FiguresComposer
from reportgen.model import LANGUAGES, Block, Bullets, Illustration, Line, Own, Paragraphs, Text
from reportgen.model.errors import InputError, Place
from reportgen.read import pictures
from reportgen.read.fields import Id, Like, Where, Within
from reportgen.read.schema import Model
from reportgen.read.texts import Bilingual, Sentence
from reportgen.read.words import flat

LEAST_DPI = 200
_AROUND = 30.0  # mm of a page for caption, source and a heading
File = Annotated[str, Like(r"[\w-][\w. -]*(?:/[\w-][\w. -]*)*", "own.is_no_file", '"pictures/hall.jpg"')]
Template = Annotated[str, Like(r"[a-z][\w-]*/[a-z][\w-]*\.html", "own.is_no_template", '"own/contact.html"')]
Said = Callable[[Sentence], Line]


class PictureBlock(Model):
    """`width` in mm; without it the picture is as wide as the text."""

    block: Literal["picture"]
    spot: Where
    file: File
    caption: Bilingual
    alternative: Bilingual
    source: Bilingual | None = None
    width: Annotated[int | None, Within(20, 1000)] = None
    dpi: Annotated[int, Within(72, 1200)] = LEAST_DPI


class WordsBlock(Model):
    block: Literal["words"]
    spot: Where
    text: Sentence


class TemplateBlock(Model):
    """`file` is a template below `templates/`; it prints the words by their names."""

    block: Literal["template"]
    spot: Where
    file: Template
    words: dict[Id, Sentence] = Field(default_factory=dict)


OwnBlock = PictureBlock | WordsBlock | TemplateBlock


def own_blocks(
    composer: FiguresComposer, block: OwnBlock, say: Said, page: Mapping[str, float], recorded: bool = True
) -> Iterator[Block]:
    """The blocks of a declared one on a page of these lengths in mm; `say` fills the slots of an officer's words.

    `recorded`: each number of the document needs its record, so that one in words of the block is a fault.
    """
    match block:
        case PictureBlock():
            yield from _picture(composer, block, page, recorded)
        case WordsBlock():
            for kind, texts in _halves(composer, block):
                lines = tuple(
                    _line(composer, replace(block.text, text=text), say, recorded) for text in texts
                )
                yield Paragraphs(lines) if kind == "paragraph" else Bullets(lines, kind == "ordered")
        case TemplateBlock():
            if not (composer.material.project / "templates" / block.file).is_file():
                composer.fault(block.spot.at("file"), "own.no_template", file=f"templates/{block.file}")
            words = ((name, _line(composer, one, say, recorded)) for name, one in block.words.items())
            yield Own(block.file, tuple(words))


def _line(composer: FiguresComposer, sentence: Sentence, say: Said, recorded: bool) -> Line:
    line = say(sentence)
    for half in LANGUAGES if recorded else ():
        words = " ".join(run for run in line.say(half) if isinstance(run, str))
        if numbers := _without_record(composer, words):
            composer.fault(sentence.place, "own.number_without_record", numbers=numbers)
            break
    return line


def _without_record(composer: FiguresComposer, words: str) -> list[str]:
    figures = composer.figures
    return without_record(words, range(figures.first.year, figures.period.year + 1))


def _picture(
    composer: FiguresComposer, block: PictureBlock, page: Mapping[str, float], recorded: bool
) -> Iterator[Illustration]:
    for key in ("caption", "alternative", "source"):
        if not (text := getattr(block, key)):
            continue
        if recorded and (numbers := _without_record(composer, composer.stated(text).say("zh"))):
            composer.fault(block.spot.at(key), "own.number_at_picture", numbers=numbers)
    try:
        width, height = pictures.size_of(composer.material.project, block.file)
    except InputError as error:
        at = block.spot.at("file")
        composer.problems += [
            replace(one, place=replace(at, column=f"{at.column}: {block.file}")) for one in error.problems
        ]
        return
    height_mm = page["height"] - page["top"] - page["bottom"] - _AROUND
    width_mm = min(float(block.width or page["text"]), page["text"], height_mm * width / height)
    if (dpi := int(width / width_mm * 25.4)) < block.dpi:
        slots = {"file": block.file, "dpi": dpi, "least": block.dpi, "width": round(width_mm)}
        most = int(width / block.dpi * 25.4)
        composer.fault(block.spot.at("file"), "own.too_few_dots", most=most, **slots)
    name = "-".join(map(str, (part for part in block.spot.path if isinstance(part, int))))
    yield Illustration(
        anchor=f"picture-{name or 1}",
        file=block.file,
        caption=block.caption,
        alternative=block.alternative,
        width_mm=round(width_mm, 1),
        height_mm=round(width_mm * height / width, 1),
        source=block.source,
    )


# ---- Markdown -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    kind: str  # paragraph, list or ordered
    words: tuple[str, ...]


def _halves(composer: FiguresComposer, block: WordsBlock) -> Iterator[tuple[str, list[Text]]]:
    """Each paragraph and list in both languages."""
    place, text = block.text.place, block.text.text
    zh, en = (list(_parts(composer, place, text.say(half))) for half in LANGUAGES)
    shapes = [[(part.kind, len(part.words)) for part in half] for half in (zh, en)]
    if shapes[0] != shapes[1]:
        composer.fault(place, "own.halves_differ", zh=len(zh), en=len(en))
        return
    for one, other in zip(zh, en, strict=True):
        yield one.kind, [Text(*both) for both in zip(one.words, other.words, strict=True)]


def _parts(composer: FiguresComposer, place: Place, words: str) -> Iterator[_Part]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).parse(words)
    entries: list[str] = []
    lists: list[str] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if lists:
                composer.fault(place, "own.list_in_list")
            lists.append("list" if token.type.startswith("bullet") else "ordered")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            yield _Part(lists.pop(), tuple(entries))
            entries = []
        elif token.type == "inline":
            said = flat("".join(_plain(composer, place, token.children or ())))
            if lists:
                entries.append(said)
            else:
                yield _Part("paragraph", (said,))
        elif token.type not in _PLAIN:
            composer.fault(
                place, "own.no_such_markdown", form=token.type.removesuffix("_open").replace("_", " ")
            )


_PLAIN = (
    "paragraph_open",
    "paragraph_close",
    "list_item_open",
    "list_item_close",
    "heading_close",
    "blockquote_close",
)


def _plain(composer: FiguresComposer, place: Place, tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "text_special"):
            yield token.content
        elif token.type == "softbreak":
            yield "\n"
        elif token.nesting >= 0:
            form = token.type.removesuffix("_open").replace("_", " ")
            composer.fault(place, "own.no_such_markdown", form=form)
