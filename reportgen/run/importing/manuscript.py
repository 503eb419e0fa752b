"""`reportgen import TEXT --kind panels`: the text of a show becomes the draft of an exhibition that builds.

A panel for each heading of the first level, and for each that has nothing but headings below it; a caption ▲ becomes a placeholder, or the
chart of a measure where it names one and its years and one dataset alone has them. The letters stay as they are.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import ascii_lowercase

from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents
from reportgen.model import Text
from reportgen.model.errors import InputError, Place, ReportgenError, UsageError, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw, written
from reportgen.read.manuscripts import Passage, read
from reportgen.read.metrics import read_registry
from reportgen.read.tables import read_dataset
from reportgen.run.checks import check_publication
from reportgen.run.files import unfinished, write_whole
from reportgen.run.importing.keeping import MARK

_YEARS = re.compile(
    r"(\d{1,3})\s*年度?\s*(?:至|到|－|–|-|~|～)\s*(\d{1,3})\s*年度?之?\s*(.+?)\s*(?:統計)?圖表?"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&])|^([-+]|\d+[.)])(?=\s)")
MOST_PANELS = 60
_OVERFLOW = "overflows its sheet"


@dataclass(frozen=True)
class Panel:
    """What one panel tells, its title first."""

    title: str
    told: tuple[Passage, ...]


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """What was written, and lines of what is to be known of it."""

    files: tuple[str, ...]
    told: tuple[Text, ...]

    def lines(self) -> Iterator[Text]:
        yield from self.told


def import_text(project: Path, path: Path, into: str) -> Drafted:
    """The draft, whole or not at all; UsageError for a name that cannot be, InputError for a text without headings."""
    if not re.fullmatch(r"\w[\w.-]*", into) or into == "datasets":
        raise UsageError(problem(Place(into or "--into"), "import.name_is_not_allowed"))
    if (project / "inputs" / into).exists():
        raise UsageError(problem(Place(f"inputs/{into}"), "manuscripts.is_there"))
    before, panels = _panels(read(path))
    if not panels:
        raise InputError(problem(Place(str(path)), "manuscripts.no_heading"))
    with unfinished(project / f".import-{into}.part") as staged:
        for name in ("templates", "styles", "inputs/datasets"):
            shutil.copytree(project / name, staged / name)
        for name in ("reportgen.toml", "inputs/metrics.toml", "inputs/glossary.csv"):
            if (project / name).is_file():
                shutil.copyfile(project / name, staged / name)
        files, told = _Draft(staged, into, before, panels).run()
    write_whole({project / name: content for name, content in files.items()})
    return Drafted(files=tuple(files), told=tuple(told))


def _panels(passages: Sequence[Passage]) -> tuple[list[Passage], list[Panel]]:
    """What stands before the first panel, and the panels."""
    before: list[Passage] = []
    panels: list[Panel] = []
    for one, following in zip(passages, [*passages[1:], None], strict=True):
        parted = following is not None and following.kind == "heading" and following.level > one.level
        if one.kind == "heading" and (one.level == 1 or parted):
            panels.append(Panel(one.words, ()))
        elif panels:
            panels[-1] = replace(panels[-1], told=(*panels[-1].told, one))
        else:
            before.append(one)
    return before, panels


@dataclass
class _Draft:
    staged: Path
    into: str
    before: Sequence[Passage]
    panels: list[Panel]
    told: list[Text] = field(default_factory=list)

    def run(self) -> tuple[Mapping[str, bytes], list[Text]]:
        datasets = sorted(path.parent.name for path in self.staged.glob("inputs/datasets/*/dataset.toml"))
        if not datasets:
            raise UsageError(problem(Place("inputs/datasets"), "manuscripts.no_dataset"))
        self.charts = dict(self._charts())
        dataset = self._dataset(datasets)
        while True:
            files = self._files(dataset)
            shutil.rmtree(self.staged / "inputs" / self.into, ignore_errors=True)
            write_whole({self.staged / name: content for name, content in files.items()})
            faults = check_publication(self.staged, self.into).problems
            long = {
                number
                for number in range(len(self.panels))
                for one in faults
                if one.place.file.endswith(f"panels/{self.name(number)}/panel.md") and _OVERFLOW in one.en
            }
            if not long and faults:
                raise InputError(faults)
            if not long:
                break
            if len(self.panels) > MOST_PANELS or not all(len(self.panels[one].told) > 1 for one in long):
                raise InputError(faults)
            self.panels = [
                half
                for at, one in enumerate(self.panels)
                for half in (self._halves(one) if at in long else [one])
            ]
        counts = {"panels": len(self.panels), "name_": self.into}
        return files, [message("manuscripts.drafted", **counts), *dict.fromkeys(self.told)]

    def name(self, number: int) -> str:
        more, last = divmod(number, len(ascii_lowercase))
        return f"panel-{ascii_lowercase[more - 1] if more else ''}{ascii_lowercase[last]}"

    def _halves(self, panel: Panel) -> list[Panel]:
        """The panel on two sheets: cut before its last heading, which is the title of the second, else in the middle."""
        self.told.append(message("manuscripts.split", title=panel.title))
        heads = [at for at, one in enumerate(panel.told) if one.kind == "heading" and at]
        if heads:
            at = heads[-1]
            return [Panel(panel.title, panel.told[:at]), Panel(panel.told[at].words, panel.told[at + 1 :])]
        at = (len(panel.told) + 1) // 2
        return [Panel(panel.title, panel.told[:at]), Panel(panel.title, panel.told[at:])]

    # -- charts

    def _captions(self) -> Iterator[str]:
        return (one.words for panel in self.panels for one in panel.told if one.kind == "caption")

    def _charts(self) -> Iterator[tuple[str, tuple[str, int, int]]]:
        """The measure and the years that a caption names."""
        registry = read_registry(self.staged)
        names = {metric.name.zh: id_ for id_, metric in registry.metrics.items()}
        for caption in self._captions():
            if (match := _YEARS.search(caption)) and match[3] in names:
                yield caption, (names[match[3]], int(match[1]), int(match[2]))

    def _dataset(self, datasets: Sequence[str]) -> str:
        """The one dataset that has the measures of all captions for their years; with none or several, no chart is drawn."""
        if not self.charts:
            return datasets[0]
        having = [name for name in datasets if self._has(name)]
        if len(having) == 1:
            return having[0]
        self.told += [
            message("manuscripts.no_chart", caption=one, datasets=having or ["–"]) for one in self.charts
        ]
        self.charts = {}
        return (having or datasets)[0]

    def _has(self, dataset: str) -> bool:
        write_whole({self.staged / name: content for name, content in self._files(dataset).items()})
        try:
            material = read_material(self.staged, self.into)
            made = [documents.document(material, self.name(number)) for number in range(len(self.panels))]
        except ReportgenError:
            return False
        specs = [block.spec for panel in made for block in panel.blocks if hasattr(block, "spec")]
        return bool(specs) and not any(point.figure.gap for spec in specs for point in spec.points)

    # -- files

    def _files(self, dataset: str) -> dict[str, bytes]:
        home = f"inputs/{self.into}"
        captions = [one for one in dict.fromkeys(self._captions()) if one not in self.charts]
        items = {caption: f"item-{number}" for number, caption in enumerate(captions, 1)}
        files = {f"{home}/publication.toml": self._publication(dataset)}
        if items:
            files[f"{home}/items.toml"] = "\n".join([MARK, *map(_item, items.values(), items)]) + "\n"
        for number, panel in enumerate(self.panels):
            files[f"{home}/panels/{self.name(number)}/panel.md"] = self._panel(panel, items)
        return {name: text.encode() for name, text in files.items()}

    def _publication(self, dataset: str) -> str:
        lines = [re.sub(r"\s*[A-Za-z].*$", "", one.words) for one in self.before]
        lines = [words for words in lines if words]
        at = next((number for number, words in enumerate(lines) if "展" in words), 0)
        years = [year for _, *span in self.charts.values() for year in span]
        known = [
            year for table in read_dataset(self.staged, dataset).tables.values() for year in table.periods
        ]
        title = lines[at] if lines else self.panels[0].title
        section = lines[at + 1] if at + 1 < len(lines) else title
        head: dict[str, Raw] = {
            "kind": "panels",
            "languages": ("zh",),
            "dataset": dataset,
            "period": max(years or known),
            "since": min(years or known),
            "issuer": {"todo": True},
            "title": _zh(title),
            "subtitle": _zh("　".join(lines[:at]) or title),
            "panels": tuple(self.name(number) for number in range(len(self.panels))),
        }
        for words in lines[at + 2 :]:
            if words not in {panel.title for panel in self.panels}:
                self.told.append(message("manuscripts.left_out", words=words))
        rows = [MARK, *(f"{key} = {written(value)}" for key, value in head.items())]
        return "\n".join([*rows, "", "[[section]]", 'id = "text"', f"title = {written(_zh(section))}", ""])

    def _panel(self, panel: Panel, items: Mapping[str, str]) -> str:
        charts = {one.words: self.charts[one.words] for one in panel.told if one.words in self.charts}
        ids = {caption: f"chart-{number}" for number, caption in enumerate(charts, 1)}
        shown = any(one.words in items for one in panel.told if one.kind == "caption")
        layout = "chart" if charts else "archive" if shown else "text"
        front = ["+++", f"title = {written(_zh(panel.title))}", 'section = "text"', f'layout = "{layout}"']
        for caption, (metric, first, last) in charts.items():
            front += ["", "[[chart]]", f'id = "{ids[caption]}"', f"caption = {written(_zh(caption))}"]
            front += [f'metrics = ["{metric}"]', 'form = "line"', f"from = {first}", f"to = {last}"]
        body = [
            f"[chart: {ids[one.words]}]"
            if one.words in ids
            else f"[item: {items[one.words]}]"
            if one.kind == "caption"
            else f"{'## ' if one.kind == 'heading' else ''}{_escaped(one.words)}"
            for one in panel.told
        ]
        return "\n".join([*front, "+++", "", "\n\n".join(body), ""])


def _zh(words: str) -> dict[str, Raw]:
    return {"zh": words, "archived": True}


def _item(id_: str, caption: str) -> str:
    alt, rights = message("manuscripts.alt", caption=caption), message("manuscripts.rights")
    return "\n".join(
        [
            "",
            "[[item]]",
            f'id = "{id_}"',
            f"caption = {written(_zh(caption))}",
            f"alt = {written(_zh(alt.zh))}",
            f"rights = {written({'zh': rights.zh})}",
            "placeholder = true",
        ]
    )


def _escaped(words: str) -> str:
    """As Markdown prints it letter for letter."""
    return (
        _MARKDOWN.sub(
            lambda match: f"\\{match[0]}" if match[1] else f"{match[2][:-1]}\\{match[2][-1]}", words
        )
        .replace("{", "{{")
        .replace("}", "}}")
    )
