"""What lies in `original/` of a panel: the archived panel's data, text and picture, and where they come from."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from reportgen.model import Text
from reportgen.model.errors import InputError, Place, Problem, not_utf8, problem
from reportgen.model.formats import MINUS, Unit
from reportgen.model.messages import message, told
from reportgen.read.toml import TomlFaults, TomlNode, nearest

PICTURES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
COLUMNS = ("chart", "series", "x", "value", "unit")
GAPS = ("", "-", "…")
OWN_LIMITS = ("least_similarity", "least_block", "most_dissimilar", "least_overlap")
MAX_BYTES = 5_000_000  # of data.csv and text.txt; a panel has a page of words
MAX_PAGES = 50
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


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
    try:
        raw = (project / file).read_bytes()
    except OSError:
        raise InputError(problem(Place(file), "archive.cannot_read")) from None
    faults = TomlFaults(file, raw)
    node = TomlNode(faults.parsed(), (), faults)
    title, what, keeper = node.text("title"), node.text("what"), node.text("keeper")
    made, archived = node.string("made", default=""), node.string("archived", default="")
    number = node.string("file_number")
    if not made and not archived:
        node.fault("archived", *told("archive.is_missing"))
    data = _file(project, folder, node, "data", ("data.csv",), (".csv",))
    text = _file(project, folder, node, "text", ("text.txt",), (".txt", ".pdf"))
    picture = _file(project, folder, node, "picture", tuple(f"panel{end}" for end in PICTURES), PICTURES)
    if text is None and picture is not None and picture.suffix.lower() == ".pdf":
        text = picture
    limits = _limits(node.node("picture_limits"))
    node.no_other_keys()
    problems = list(faults.problems)
    values: tuple[ArchivedValue, ...] | None = None
    paragraphs: tuple[str, ...] | None = None
    if data is not None:
        values = _collected(problems, _values, data, _shown(project, data), units)
    if text is not None:
        paragraphs = _collected(problems, _paragraphs, text, _shown(project, text))
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.place))
    if text is not None and text.suffix.lower() == ".pdf" and not paragraphs:
        text = paragraphs = None  # a scan without a text layer
    read = sorted({_shown(project, one) for one in (project / file, data, text, picture) if one is not None})
    flowing = text is not None and text.suffix.lower() == ".pdf"
    lacking = dict(_lacking(folder, values is None, paragraphs is None, picture is None))
    return Original(
        title=title,
        what=what,
        made=made,
        archived=archived,
        file_number=number,
        keeper=keeper,
        values=values,
        paragraphs=paragraphs,
        flowing=flowing,
        picture=picture,
        inputs=tuple(read),
        lacking=lacking,
        limits=limits,
    )


def _limits(node: TomlNode) -> dict[str, float]:
    """What a faded or spotted scan needs otherwise than `limits.toml` says."""
    found = {}
    for key in OWN_LIMITS:
        number = node.number(key)
        if number is not None and not 0 < number <= 1:
            node.fault(key, *told("archive.is_not_above_most"))
        elif number is not None:
            found[key] = float(number)
    node.no_other_keys()
    return found


def _lacking(folder: str, data: bool, text: bool, picture: bool) -> Iterator[tuple[str, Text]]:
    if data:
        yield "data", message("archive.is_no_data_csv", folder=folder)
    if text:
        yield ("text", message("archive.is_neither_text_txt_nor", folder=folder))
    if picture:
        yield ("picture", message("archive.is_no_panel_pdf_png", folder=folder))


T = TypeVar("T")  # Python 3.11 knows no `def f[T]`


def _collected(problems: list[Problem], read: Callable[..., T], *arguments: Any) -> T | None:
    try:
        return read(*arguments)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _shown(project: Path, file: Path) -> str:
    return file.relative_to(project).as_posix()


def _file(
    project: Path, folder: str, node: TomlNode, key: str, usual: Iterable[str], endings: tuple[str, ...]
) -> Path | None:
    """The file that the key names, or the first of the usual names that is there."""
    named = node.string(key, default="")
    if not named:
        return next((project / folder / name for name in usual if (project / folder / name).is_file()), None)
    if "/" in named or "\\" in named or named.startswith("."):
        node.fault(key, *told("archive.is_not_name_file_beside", named=named))
    elif not named.lower().endswith(endings):
        node.fault(key, *told("archive.ends_none", named=named, endings=[*endings]))
    elif not (project / folder / named).is_file():
        node.fault(key, *told("archive.is_no_file", named=named, folder=folder))
    else:
        return project / folder / named
    return None


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
                    it=Text("、".join(head) or "無", ", ".join(head) or "none"),
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
        near = nearest(unit, units)
        known = ", ".join(word for word in units if word)
        fault("unit", *told("archive.is_unknown", unit=unit, known=known, near=Text(near[1], near[0])))
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
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(file) as document:
            if len(document) > MAX_PAGES:
                raise InputError(problem(Place(shown), "archive.has_pages", document_count=len(document)))
            return [str(page.get_textpage().get_text_range()) for page in document]
    except (pypdfium2.PdfiumError, OSError) as error:
        raise InputError(problem(Place(shown), "archive.is_no_readable_pdf", error=error)) from None
