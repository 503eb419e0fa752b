"""What templates call to print texts, lines and figures in the languages of an edition."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from reportgen.model import LANG_TAG, LANGUAGES, Edition, Language, Line, Quoted, Ref, Run, Text
from reportgen.write.html.phrases import phrases

_CLAUSE = re.compile("(?<=[，；：])")


def languages(edition: Edition) -> tuple[Language, ...]:
    return LANGUAGES if edition == "both" else (edition,)


class TextPrinter:
    """The functions that a template has for the texts of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.languages = languages(edition)
        self.root: Language = self.languages[0]

    def context(self) -> dict[str, object]:
        """These functions and the languages, by the names that templates use."""
        return {
            "edition": self.edition,
            "languages": self.languages,
            "lang_tag": LANG_TAG,
            "root_lang": LANG_TAG[self.root],
            "say": self.say,
            "plain": self.plain,
            "line": self.line,
            "by_clause": self.by_clause,
            "one": self.one,
        }

    def say(self, words: Text | Line, between: str = " ") -> Markup:
        """Both halves, each marked with its language where it is not the document's own.

        A text whose halves are the same (a number, a sign, a file name) is printed once.
        """
        halves = [
            self.line(words, language) if isinstance(words, Line) else escape(words.say(language))
            for language in self.languages
        ]
        if isinstance(words, Quoted) and words.language != self.root:
            return Markup('<span lang="{}">{}</span>').format(LANG_TAG[words.language], halves[0])
        if len(halves) == 1 or (isinstance(words, Text) and words.zh == words.en):
            return halves[0]
        gap = Markup("<br>") if between == "br" else escape(between)
        return Markup('{}{}<span lang="en">{}</span>').format(halves[0], gap, halves[1])

    def phrased(self, words: Text) -> Markup:
        """As `say` above one another, the Chinese half broken between its words alone."""
        if "zh" not in self.languages:
            return self.say(words, "br")
        parts = phrases(words.zh)
        zh = Markup("").join(Markup('<span class="word">{}</span>').format(part) for part in parts)
        if len(self.languages) == 1 or words.zh == words.en:
            return zh
        return zh + Markup('<br><span lang="en">{}</span>').format(words.en)

    def one(self, text: Text, language: Language) -> str:
        return text.say(language)

    def plain(self, text: Text, between: str = " ") -> str:
        """For attributes and bookmarks: no markup."""
        if self.edition != "both" or text.zh == text.en:
            return text.say(self.root)
        return f"{text.zh}{between}{text.en}"

    def line(self, line: Line, language: Language) -> Markup:
        return Markup("").join(self.run(run, language) for run in line.say(language))

    def by_clause(self, line: Line, language: Language) -> Markup:
        """A title, whose Chinese lines are broken behind its commas before anywhere else."""
        if language != "zh":
            return self.line(line, language)
        clauses: list[list[Run]] = [[]]
        for run in line.zh:
            first, *rest = _CLAUSE.split(run) if isinstance(run, str) else [run]
            clauses[-1].append(first)
            clauses += [[part] for part in rest]
        made = (Line(tuple(filter(None, clause)), ()) for clause in clauses)
        boxes = (
            Markup('<span class="clause">{}</span>').format(self.line(one, "zh")) for one in made if one.zh
        )
        return Markup("").join(boxes)

    def run(self, run: Run, language: Language) -> Markup:
        if isinstance(run, str):
            return Markup(escape(run))
        if isinstance(run, Ref):
            return Markup('<a href="#{}">{}</a>').format(run.anchor, run.text.say(language))
        return Markup('<span class="n" data-f="{}">{}</span>').format(run.number, run.text.say(language))
