"""Checks that an officer can ask for: of the inputs before a build, of a PDF after it.

A finished file is read with its own structure: the text in reading order, every number of it against
the ledger inside, the fonts against the declared ones, the bytes against the manifest beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.kinds import kinds
from reportgen.kinds.material import Material
from reportgen.model import Document
from reportgen.model.errors import Problem, RenderError, ReportgenError
from reportgen.read.publications import documents_of, read_publication
from reportgen.read.theme import Theme
from reportgen.run.job import Inline, Job, design_of, hashed, lay_out_sheet
from reportgen.verify import ledger

if TYPE_CHECKING:
    from reportgen.write.preflight import Preflight

# ---- before: `reportgen check` ------------------------------------------------------------------


@dataclass(kw_only=True)
class Report:
    """What `check` found in one publication: problems, and what was read otherwise than it is written."""

    publication: str
    problems: list[Problem] = field(default_factory=list)
    exit_code: int = 0
    coercions: list[tuple[str, str, str, int]] = field(
        default_factory=list
    )  # file:column, rule, example, count
    figures: int = 0
    sheets: dict[str, Preflight] = field(default_factory=dict)  # what was measured of each panel
    gaps: dict[str, int] = field(default_factory=dict)

    def lines(self, language: str) -> Iterator[str]:
        zh = language == "zh"
        yield f"{self.publication}：" if zh else f"{self.publication}:"
        for place, rule, example, count in self.coercions:
            if zh:
                yield f"  {place}：依「{rule}」讀取 {count} 格，例如 {example}"
            else:
                yield f"  {place}: {count} cells read by the rule {rule!r}, for example {example}"
        for panel, preflight in self.sheets.items():
            yield f"  {panel}：" if zh else f"  {panel}:"
            for one in preflight.findings:
                sign = (
                    ""
                    if one.kept
                    else ("  ← 已宣告之例外" if zh else "  ← declared")
                    if one.limit in preflight.allowed
                    else "  ←"
                )
                what = f"{one.what.zh}：" if zh else f"{one.what.en}: "
                yield f"    {what}{one.figure}  ({one.bound}){sign}"
        if self.problems:
            return
        gaps = ", ".join(f"{name} {count}" for name, count in sorted(self.gaps.items())) or (
            "無" if zh else "none"
        )
        yield (
            f"  {self.figures} 個數值可印出；無數值者：{gaps}"
            if zh
            else f"  {self.figures} figures to print; without a value: {gaps}"
        )


def check_publication(project: Path, name: str) -> Report:
    """Reads and computes everything and lays out nothing; all problems of all tables at once."""
    from reportgen.compute import metrics
    from reportgen.read import tables, theme
    from reportgen.read import words as wording

    report = Report(publication=name)

    def step(call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except ReportgenError as error:
            report.problems.extend(error.problems)
            report.exit_code = max(report.exit_code, error.exit_code)
            return None

    glossary = step(wording.read_glossary, project)
    publication = step(read_publication, project, name, kinds(), glossary)
    registry = step(metrics.read_registry, project)
    colours = step(theme.load_theme, project / "styles/tokens.toml")
    if publication is None:
        return report
    words = step(wording.read_words, project, f"templates/{publication.kind}/words.toml", glossary)
    dataset = step(tables.read_dataset, project, publication.dataset)
    if dataset is None:
        return report
    found: dict[tuple[str, str], list[Any]] = {}
    for table in dataset.tables.values():
        for coercion in table.coercions:
            place = f"{coercion.place.file}:{coercion.place.column}"
            found.setdefault((place, coercion.rule), []).append(coercion)
    for (place, rule), coerced in found.items():
        first = coerced[0]
        report.coercions.append(
            (place, rule, f"{first.place.row}: {first.before!r} → {first.after!r}", len(coerced))
        )
    if registry and words and colours and glossary:
        material = Material(
            project=project,
            publication=publication,
            dataset=dataset,
            registry=registry,
            words=words,
            glossary=glossary,
        )
        for paper in (step(documents_of, project, name, kinds()) or ("", ()))[1]:
            if paper in kinds()[publication.kind].besides:
                continue
            document = step(kinds()[publication.kind].compose, material, paper)
            if document is None:
                continue
            job = Job(project=project, publication=name, document=paper, edition="both")
            if document.sheet:
                step(_measure, job, document, material, colours, report)
            else:
                step(_rehearse, job, document, material, colours)
            report.figures += len(document.printed)
            for printed in document.printed:
                if printed.gap:
                    report.gaps[printed.gap.kind] = report.gaps.get(printed.gap.kind, 0) + 1
    return report


def _measure(job: Job, document: Document, material: Material, colours: Theme, report: Report) -> None:
    """A panel is laid out, too: only then can be said how large its type is and how its pictures will look."""
    from reportgen.write import pdf

    made = lay_out_sheet(job, document, material, colours, Inline())
    pdf.drop(made.name)
    report.sheets[job.document] = made.preflight
    if made.preflight.faults:
        raise RenderError(made.preflight.faults)


def _rehearse(job: Job, document: Document, material: Material, colours: Theme) -> None:
    """Templates, style and characters as a build would meet them, with an empty picture for each chart."""
    from reportgen.write import html

    empty = ("data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=", "-")
    drawn = {anchor: empty for anchor in ledger.charted(document)}
    hashes = hashed(job.project, document, document.kind, material.glossary.file)
    design = design_of(job, material, colours)
    html.pages_and_style(design, document, drawn, hashes, f"{job.publication}/{job.file}")
