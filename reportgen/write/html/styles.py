"""The style sheet of a document: those of styles/ that it takes in, with the tokens of the theme, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from reportgen.model import Document, Edition, KeyFigures
from reportgen.model.errors import KindError, Place, not_utf8, problem
from reportgen.read.theme import Theme
from reportgen.read.words import Words
from reportgen.write import pdf
from reportgen.write.html.css import check_style
from reportgen.write.html.embedded import check_picture
from reportgen.write.html.pictures import cover_bars
from reportgen.write.html.texts import languages

# At the head of a style sheet: another one of styles/ whose rules come first. Anything else is refused by `css`.
_BEFORE = re.compile(r'^@import "((?:[a-z][\w-]*/)?[a-z][\w-]*\.css)";$', re.MULTILINE)


def document_style(
    project: Path, document: Document, edition: Edition, theme: Theme, words: Words, extra: Mapping[str, str]
) -> str:
    """The kind's style sheet with its tokens, the page number in the edition's languages, the heat steps."""
    cover = _cover(document, theme)
    foot = numbering(words, edition).replace("{pages}", pdf.NUMBER).replace("{page}", pdf.NUMBER)
    own = {"page-number": f'"{foot}"', "cover-art": f"url({cover})" if cover else "none"}
    sheet = style_sheet(project, f"styles/{document.kind}.css", theme, {**own, **extra})
    steps = (
        f"table.figures td.h{step}{{background:{ground};color:{ink}}}"
        for step in range(len(theme.ramp))
        for ground, ink in (theme.step(step),)
    )
    return sheet + "".join(steps) + draft_mark(sheet, document, edition, theme)


# Pages without a margin: a cover says by itself what the document is, and a page of labels is pasted on.
_BARE = re.compile(r"@page\s+([\w-]+)\s*\{[^{}]*?\bmargin:\s*0\s*;")


def draft_mark(sheet: str, document: Document, edition: Edition, theme: Theme) -> str:
    """What says in the margin of every page that words are still to be written; whole, for no style sheet can take it away."""
    if not document.draft:
        return ""
    words = "\\A ".join(document.draft.say(language) for language in languages(edition))
    size = 20 * document.sheet.scale if document.sheet else 10
    look = f"color:{theme.colour['accent']};font-size:{size:g}pt;font-weight:700;text-align:center"
    mark = f'@page{{@right-middle{{content:"{words}";white-space:pre-line;{look}}}}}'
    return mark + "".join(f"@page {name}{{@right-middle{{content:none}}}}" for name in _BARE.findall(sheet))


def style_sheet(project: Path, file: str, theme: Theme, extra: Mapping[str, str]) -> str:
    """A style sheet with its tokens, checked, behind those of the project that it begins with (`@import "shared/x.css";`).

    KindError with what may not stand in it.
    """
    return "".join(_sheets(project, file, theme, extra, {}))


def _sheets(
    project: Path, file: str, theme: Theme, extra: Mapping[str, str], read: dict[str, None]
) -> Iterator[str]:
    if file in read:
        return
    read[file] = None
    try:
        source = _of_kind(project, file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise KindError(not_utf8(file, error)) from None
    for name in sheets_named(source):
        yield from _sheets(project, f"styles/{name}", theme, extra, read)
    # The line stays, so that a fault below it is told with its row.
    sheet = _with_tokens(_BEFORE.sub("", source), theme, file, extra)
    check_style(sheet, file, check_picture)
    yield sheet


def _with_tokens(sheet: str, theme: Theme, file: str, extra: Mapping[str, str]) -> str:
    """The style sheet with every `var(--name)` replaced by its token; KindError for an unknown name.

    WeasyPrint goes on without a property whose variable is unset, and knows none in margin boxes.
    """
    tokens = dict(re.findall(r"--([\w-]+):([^;}]+)", theme.css()))
    tokens.update(extra)
    problems = []

    def value(match: re.Match[str]) -> str:
        if match[1] not in tokens:
            row = sheet.count("\n", 0, match.start()) + 1
            problems.append(problem(Place(file, row=row), "layout.is_no_token", match=match[1]))
            return ""
        return str(tokens[match[1]])

    replaced = re.sub(r"var\(--([\w-]+)\)", value, sheet)
    if problems:
        raise KindError(problems)
    return replaced


def _of_kind(project: Path, path: str) -> bytes:
    try:
        return (project / path).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise KindError(problem(Place(path), "run.file_is_missing")) from None


def sheets_named(sheet: str) -> list[str]:
    return [match[1] for match in _BEFORE.finditer(sheet)]


def _cover(document: Document, theme: Theme) -> str:
    """The first trend of the key figures as quiet bars for the foot of the cover."""
    for block in document.blocks:
        if isinstance(block, KeyFigures):
            trends = [card.spark for card in block.cards if card.spark]
            return cover_bars(trends[0], theme) if trends else ""
    return ""


def numbering(words: Words, edition: Edition) -> str:
    """The foot of a page in the edition's languages, `Page {page} of {pages}`."""
    return "  ·  ".join(words["page.number"].say(language) for language in languages(edition))
