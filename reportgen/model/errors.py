"""What can go wrong and whose it is to mend; nothing here prints or exits.

    ReportgenError
    ├── InputError    the data: a table, a dataset, a publication         exit code 3
    ├── KindError     template, words, styles, fonts of a kind            exit code 4
    ├── RenderError   one document could not be made, others go on        exit code 1
    ├── CheckError    a finished document did not pass a check            exit code 5
    └── UsageError    the call: an option, a folder in use                exit code 2

Anything else that is raised is our bug and keeps its traceback (exit code 70).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.model.messages import told


@dataclass(frozen=True, order=True)
class Place:
    """Where a fault is. `row` counts as a spreadsheet shows it: the head is row 1."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        place = ":".join(filter(None, (self.file, self.sheet, str(self.row or ""))))
        return f"{place}: {self.column}" if self.column else place


def _section_zh(match: re.Match[str]) -> str:
    return f"第 {match[1]} 節" + (f"第 {match[2]} 區塊" if match[2] else "")


@dataclass(frozen=True)
class Problem:
    """One fault with its place: what is wrong and what would be right, in both languages."""

    place: Place
    en: str
    zh: str

    def say(self, language: str = "en") -> str:
        """The message as one line; `language` is `en` or `zh`."""
        if language == "zh":
            place = self.place
            words = [place.file]
            if place.sheet:
                words.append(f"工作表「{place.sheet}」")
            if place.row:
                words.append(f"第 {place.row} 列")
            if place.column:
                where = re.sub(r"section (\d+)(?:, block (\d+))?", _section_zh, place.column)
                words.append((where if where != place.column else f"欄位 {where}").replace(": ", "："))
            return f"{'，'.join(words)}：{self.zh}"
        return f"{self.place}: {self.en}"


def problem(place: Place, name: str, /, **slots: object) -> Problem:
    """The problem whose words are the message `name` of the catalogue."""
    return Problem(place, *told(name, **slots))


def not_utf8(file: str, error: UnicodeDecodeError) -> Problem:
    """A file of words, settings or style in another encoding."""
    return problem(Place(file), "general.is_not_utf_byte", start=error.start)


class ReportgenError(Exception):
    """A fault that the reader of the message can mend."""

    exit_code = 70

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.say() for problem in self.problems))

    def __reduce__(self) -> tuple[type[ReportgenError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class InputError(ReportgenError):
    exit_code = 3


class KindError(ReportgenError):
    exit_code = 4


class RenderError(ReportgenError):
    exit_code = 1


class UsageError(ReportgenError):
    exit_code = 2
