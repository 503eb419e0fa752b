"""What lies in `original/` of a panel: the archived panel's data, text and picture, and where they come from."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from reportgen.model import Text, limits
from reportgen.model.errors import InputError, Place, Problem, not_utf8, problem
from reportgen.model.formats import MINUS, Unit
from reportgen.model.hints import near
from reportgen.model.messages import message, told
from reportgen.read import pdf_pages
from reportgen.read.fields import Number, Within
from reportgen.read.parity import Glossary, glossary_of
from reportgen.read.schema import Fault, Model, TomlFile, check, fault, open_toml, read, shown, wrong
from reportgen.read.texts import Bilingual

PICTURES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
USUAL = {"data": ("data.csv",), "text": ("text.txt",), "picture": tuple(f"panel{end}" for end in PICTURES)}
COLUMNS = ("chart", "series", "x", "value", "unit")
GAPS = ("", "-", "…")
MAX_BYTES = limits.ARCHIVE_BYTES  # of data.csv and text.txt; a panel has a page of words
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


Share = Annotated[Number, Within(0, 1, above=True)]


@dataclass(frozen=True)
class _Beside:
    """The name of a file beside this one, with one of these endings."""

    endings: tuple[str, ...]

    def __call__(self, named: str) -> str:
        if "/" in named or "\\" in named or named.startswith("."):
            raise wrong("archive.is_not_name_file_beside", named=shown(named))
        if named and not named.lower().endswith(self.endings):
            raise wrong("archive.ends_none", named=shown(named), endings=[*self.endings])
        return named


class PictureLimits(Model):
    """What a faded or spotted scan needs otherwise than `limits.toml` says."""

    least_similarity: Share | None = None
    least_block: Share | None = None
    most_dissimilar: Share | None = None
    least_overlap: Share | None = None


class OriginalFile(Model):
    """`original.toml`. Files that it does not name have their usual names."""

    title: Bilingual
    what: Bilingual
    made: str = ""
    archived: str = ""
    file_number: str
    keeper: Bilingual
    data: Annotated[str, AfterValidator(_Beside((".csv",)))] = ""
    text: Annotated[str, AfterValidator(_Beside((".txt", ".pdf")))] = ""
    picture: Annotated[str, AfterValidator(_Beside(PICTURES))] = ""
    picture_limits: PictureLimits = Field(default_factory=PictureLimits)

    @check
    @staticmethod
    def _dated(made: str, archived: str) -> Iterator[Fault]:
        if not made and not archived:
            yield fault("archived", "archive.is_missing")


@dataclass(frozen=True, kw_only=True)
class ArchivedValue:
    """A figure as the archive printed it (minus sign and digits in our form); `factor` base units make one of its unit.

    `number` is None where a symbol stands for a missing value.
    """

    chart: str
    series: str
    x: str
    value: str
    unit: str
    factor: Fraction
    number: Fraction | None


@dataclass(frozen=True, kw_only=True)
class Original:
    """An archived panel. What is None lies in no file, and `lacking` says which file would be needed.

    `flowing`: the text was taken out of a PDF, which knows lines and no paragraphs.
    """

    title: Text
    what: Text
    made: str
    archived: str
    file_number: str
    keeper: Text
    values: tuple[ArchivedValue, ...] | None
    paragraphs: tuple[str, ...] | None
    flowing: bool
    picture: Path | None
    inputs: tuple[str, ...]
    lacking: Mapping[str, Text]
    limits: Mapping[str, float]


def unit_names(units: Mapping[str, Unit]) -> dict[str, Fraction]:
    """How many base units make one of each unit, by its id and by what table heads call it in both languages."""
    named = {
        unicodedata.normalize("NFKC", word): unit.factor
        for name, unit in units.items()
        for word in (name, unit.head.zh, unit.head.en)
    }
    return named | {"": Fraction(1)}


def read_original(project: Path, folder: str, units: Mapping[str, Fraction]) -> Original:
    """The archived panel in `folder` (from the project's root). InputError with the faults of all its files."""
    file = f"{folder}/original.toml"
    opened = open_toml(project, file, problem(Place(file), "archive.cannot_read"))
    problems: list[Problem] = []
    declared = _collected(problems, _declared, opened, glossary_of(project))
    data, text, picture = (_file(project, opened, what, declared, problems) for what in USUAL)
    if text is None and picture is not None and picture.suffix.lower() == ".pdf":
        text = picture
    values: tuple[ArchivedValue, ...] | None = None
    paragraphs: tuple[str, ...] | None = None
    if data is not None:
        values = _collected(problems, _values, data, _shown(project, data), units)
    if text is not None:
        paragraphs = _collected(problems, _paragraphs, text, _shown(project, text))
    if problems or declared is None:
        raise InputError(sorted(problems, key=lambda problem: problem.place))
    if text is not None and text.suffix.lower() == ".pdf" and not paragraphs:
        text = paragraphs = None  # a scan without a text layer
    inputs = sorted(
        {_shown(project, one) for one in (project / file, data, text, picture) if one is not None}
    )
    flowing = text is not None and text.suffix.lower() == ".pdf"
    lacking = dict(_lacking(folder, values is None, paragraphs is None, picture is None))
    return Original(
        title=declared.title,
        what=declared.what,
        made=declared.made,
        archived=declared.archived,
        file_number=declared.file_number,
        keeper=declared.keeper,
        values=values,
        paragraphs=paragraphs,
        flowing=flowing,
        picture=picture,
        inputs=tuple(inputs),
        lacking=lacking,
        limits={name: float(share) for name, share in declared.picture_limits if share is not None},
    )


def _declared(opened: TomlFile, glossary: Glossary | None) -> OriginalFile:
    return read(OriginalFile, opened, glossary=glossary)


def _lacking(folder: str, data: bool, text: bool, picture: bool) -> Iterator[tuple[str, Text]]:
    if data:
        yield "data", message("archive.is_no_data_csv", folder=folder)
    if text:
        yield ("text", message("archive.is_neither_text_txt_nor", folder=folder))
    if picture:
        yield ("picture", message("archive.is_no_panel_pdf_png", folder=folder))


T = TypeVar("T")  # Python 3.11 knows no `def f[T]`


def _collected(problems: list[Problem], made: Callable[..., T], *arguments: object) -> T | None:
    try:
        return made(*arguments)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _shown(project: Path, file: Path) -> str:
    return file.relative_to(project).as_posix()


def _file(
    project: Path, opened: TomlFile, what: str, declared: OriginalFile | None, problems: list[Problem]
) -> Path | None:
    """The file that the key names, or the first of the usual names that is there."""
    folder = (project / opened.file).parent
    named = getattr(declared, what, "")
    if named and not (folder / named).is_file():
        problems.append(
            problem(
                opened.place((what,)),
                "archive.is_no_file",
                named=shown(named),
                folder=_shown(project, folder),
            )
        )
    names = (named,) if named else USUAL[what]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _words(file: Path, shown: str) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InputError(
                problem(Place(shown), "archive.is_larger_than_mb", max_bytes=MAX_BYTES // 1000000)
            )
        return file.read_text("utf-8-sig")
    except OSError:
        raise InputError(problem(Place(shown), "archive.cannot_read_2")) from None
    except UnicodeDecodeError as error:
        raise InputError(not_utf8(shown, error)) from None


def _values(file: Path, shown: str, units: Mapping[str, Fraction]) -> tuple[ArchivedValue, ...]:
    rows = csv.reader(io.StringIO(_words(file, shown)))
    problems: list[Problem] = []
    found: list[ArchivedValue] = []
    try:
        head = [name.strip() for name in next(rows, [])]
        if head != list(COLUMNS):
            raise InputError(
                problem(
                    Place(shown, row=1),
                    "archive.columns_are",
                    columns=[*COLUMNS],
                    it=head or message("check.none"),
                )
            )
        for cells in rows:
            if any(cell.strip() for cell in cells):
                value = _value(cells, Place(shown, row=rows.line_num), units, problems)
                found += [value] if value else []
    except csv.Error as error:
        problems.append(problem(Place(shown, row=rows.line_num), "archive.is_not_valid_csv", error=error))
    if not found and not problems:
        problems.append(problem(Place(shown), "archive.holds_no_value"))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _value(
    cells: list[str], place: Place, units: Mapping[str, Fraction], problems: list[Problem]
) -> ArchivedValue | None:
    before = len(problems)

    def fault(column: str, en: str, zh: str) -> None:
        problems.append(Problem(Place(place.file, row=place.row, column=column), en, zh))

    if len(cells) != len(COLUMNS):
        fault("", *told("archive.has_cells_instead", cells_count=len(cells), columns_count=len(COLUMNS)))
        return None
    chart, series, x, printed, unit = (unicodedata.normalize("NFC", cell).strip() for cell in cells)
    for column, cell in (("chart", chart), ("x", x)):
        if not cell:
            fault(column, *told("archive.is_empty"))
    # Typed on a Chinese keyboard: full-width digits and percent signs are the same figures. `…` is not three dots.
    value = printed if printed in GAPS else unicodedata.normalize("NFKC", printed)
    value = value.replace(MINUS, "-")
    number = None
    if value not in GAPS:
        if not _NUMBER.fullmatch(value):
            fault("value", *told("archive.is_not_number_printed_like", printed=printed))
        else:
            number = Fraction(value.replace(",", ""))
    unit = unicodedata.normalize("NFKC", unit)
    if unit not in units:
        known = ", ".join(word for word in units if word)
        fault("unit", *told("archive.is_unknown", unit=unit, known=known, near=near(unit, units)))
    if len(problems) > before:
        return None
    shown = value.replace("-", MINUS) if number is not None else value
    return ArchivedValue(
        chart=chart, series=series, x=x, value=shown, unit=unit, factor=units[unit], number=number
    )


def _paragraphs(file: Path, shown: str) -> tuple[str, ...]:
    """Of a text file, where each line that is not empty is a paragraph; of a PDF, each of its pages."""
    if file.suffix.lower() == ".pdf":
        return tuple(page for page in _pdf_words(file, shown) if page.strip())
    found = tuple(line.strip() for line in _words(file, shown).splitlines() if line.strip())
    if not found:
        raise InputError(problem(Place(shown), "archive.holds_no_word"))
    return found


def _pdf_words(file: Path, shown: str) -> list[str]:
    place = Place(shown)
    try:
        pages = pdf_pages.words_of(file)
    except OSError as error:
        raise InputError(problem(place, "archive.is_no_readable_pdf", error=error)) from None
    except pdf_pages.TooMuchError:
        raise InputError(problem(place, "archive.unfolds_to_too_much", most=limits.ARCHIVE_LETTERS)) from None
    if len(pages) > limits.ARCHIVE_PAGES:
        raise InputError(problem(place, "archive.has_pages", most=limits.ARCHIVE_PAGES))
    return pages
