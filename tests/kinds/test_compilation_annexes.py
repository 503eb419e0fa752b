"""Annexes of a compilation: parts of other publications whose figures stay the same figures."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from compilation_project import PUBLICATION, ROOT, made, project, swap, told
from making import build, leaks_in, sample

from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import Chart, Document, Line, Printed, Ref, Section, Table
from reportgen.model.job import Written as Result
from reportgen.write.drawings import charted

pytestmark = pytest.mark.slow


@functools.cache
def compiled() -> Document:
    return made(ROOT)


@functools.cache
def source(publication: str, paper: str) -> Document:
    material = read_material(ROOT, publication)
    return kinds()[material.publication.kind].compose(material, paper)


def tables(document: Document) -> dict[str, Table]:
    return {block.anchor: block for block in document.blocks if isinstance(block, Table)}


def test_a_table_has_the_same_cells_under_new_numbers() -> None:
    mine, theirs = tables(compiled())["x1-t-ranking"], tables(source("agency-104", "bulletin"))["t-ranking"]
    assert (mine.caption, mine.columns, mine.notes, mine.source) == (
        theirs.caption,
        theirs.columns,
        theirs.notes,
        theirs.source,
    )
    for row, other in zip(mine.rows, theirs.rows, strict=True):
        assert row.head == other.head
        for cell, of in zip(row.cells, other.cells, strict=True):
            assert (cell.figure is None) == (of.figure is None)
            if cell.figure and of.figure:
                assert cell.figure.value == of.figure.value
                assert (cell.figure.plain, cell.figure.text) == (of.figure.plain, of.figure.text)
                assert cell.figure.origin and cell.figure.origin.number == of.figure.number


def test_numbers_anchors_and_names_do_not_collide() -> None:
    document = compiled()
    numbers = [one.number for one in document.printed]
    assert numbers == [*range(1, len(numbers) + 1)]
    anchors = [block.anchor for block in document.blocks if isinstance(block, Section | Table | Chart)]
    assert len(anchors) == len(set(anchors))
    for kind, word in ((Table, "Table"), (Chart, "Figure")):
        called = [block.name.en for block in document.blocks if isinstance(block, kind) and block.number]
        assert called == [f"{word} {number}" for number in range(1, len(called) + 1)]


def test_a_figure_that_stands_in_two_annexes_has_one_number() -> None:
    taken = [one for one in compiled().printed if one.origin]
    assert (
        len({(one.origin, one.number) for one in taken}) == len({one.origin for one in taken}) == len(taken)
    )
    # The closing rate of all branches stands in the ranking and in the table of cases.
    ranking, cases = tables(compiled())["x1-t-ranking"], tables(compiled())["x3-t-branch-cases"]
    numbers = [
        {cell.figure.number for cell in table.rows[-1].cells if cell.figure} for table in (ranking, cases)
    ]
    assert numbers[0] & numbers[1]


def references(document: Document) -> list[Ref]:
    found: list[Ref] = []

    def walk(node: Any) -> None:
        if isinstance(node, Ref):
            found.append(node)
        elif isinstance(node, tuple):
            for one in node:
                walk(one)
        elif hasattr(node, "__dataclass_fields__") and not isinstance(node, Printed):
            for name in node.__dataclass_fields__:
                walk(getattr(node, name))

    walk(document.blocks)
    return found


def test_a_reference_leads_to_what_is_taken_or_names_the_publication() -> None:
    document = compiled()
    targets = {block.anchor: block for block in document.blocks if isinstance(block, Section | Table | Chart)}
    refs = references(document)
    assert refs
    for ref in refs:
        target = targets[ref.anchor]
        assert isinstance(target, Section) or target.name == ref.text
    (trend,) = (b for b in document.blocks if isinstance(b, Chart) and b.anchor == "x2-chart-2")
    said = [note.line for note in trend.notes]
    assert (
        Line(
            ("數值見", "表1（年度績效公報）", "。"),
            ("The figures are in ", "Table 1 of the Annual Performance Bulletin", "."),
        )
        in said
    )
    (cases,) = (b for b in document.blocks if isinstance(b, Chart) and b.anchor == "x3-chart-6")
    assert any(
        isinstance(run, Ref) and run.anchor == "x3-t-cases" for note in cases.notes for run in note.line.zh
    )


def test_what_the_list_of_winners_hides_stays_hidden() -> None:
    hidden = source("attitude-awards-102", "list").hidden
    assert hidden and set(hidden) <= set(compiled().hidden)


def test_no_table_of_persons_is_attached() -> None:
    document = compiled()
    assert document.attached is not None
    assert "inputs/datasets/staff-102/staff.csv" in document.inputs
    assert not [file for file in document.attached if "staff-102" in file]


def test_a_title_may_be_given_and_else_is_that_of_the_source(tmp_path: Path) -> None:
    titles = [
        b.title.en for b in compiled().blocks if isinstance(b, Section) and b.anchor.startswith("annex-")
    ]
    assert titles == [
        "Annex 1: Branches ranked by achievement rate",
        "Annex 2: Achievement rate by year",
        "Annex 3: Cases received and closed",
        "Annex 4: Those honoured with the Enforcement Attitude Award",
    ]


def test_the_caption_of_a_chart_s_figures_names_the_chart_as_it_is_called_here(tmp_path: Path) -> None:
    """In the bulletin the caption says (Figure 7); here that chart is another figure, or one of the bulletin."""
    (table,) = (
        one.anchor
        for one in tables(source("agency-104", "bulletin")).values()
        if "Figure 7" in one.caption.en
    )
    folder = project(tmp_path)
    swap(folder, PUBLICATION, 'take = "t-ranking"', f'take = "{table}"')
    mine = tables(made(folder))[f"x1-{table}"]
    assert "（圖3）" in mine.caption.zh and "(Figure 3)" in mine.caption.en
    swap(folder, PUBLICATION, "section = 4", 'take = "t-cases"')
    mine = tables(made(folder))[f"x1-{table}"]
    assert (
        "圖7（年度績效公報）" in mine.caption.zh
        and "Figure 7 of the Annual Performance Bulletin" in mine.caption.en
    )


# ---- faults ---------------------------------------------------------------------------------------

Break = Callable[[Path], None]


def changed(old: str, new: str, file: str = PUBLICATION) -> Break:
    return lambda folder: swap(folder, file, old, new)


FAULTS: dict[str, tuple[Break, str, tuple[str, str]]] = {
    "unknown publication": (
        changed('from = "agency-104"', 'from = "agency-105"'),
        "annex 1: from",
        ("did you mean 'agency-104'", "沒有出版品"),
    ),
    "unknown anchor": (
        changed('"t-ranking"', '"t-rank"'),
        "annex 1: take",
        ("no table or chart 't-rank'", "t-ranking"),
    ),
    "unknown section": (
        changed("section = 4", "section = 40"),
        "annex 3: section",
        ("no section 40", "無第 40 節"),
    ),
    "unknown paper": (
        changed('paper = "list"', 'paper = "lists"'),
        "annex 4: paper",
        ("no paper of attitude-awards-102", "list"),
    ),
    "no paper": (
        changed('paper = "list"\n', 'take = "t-merit"\n'),
        "annex 4: paper",
        ("which paper is not said", "未指明文件"),
    ),
    "nothing asked": (changed("section = 4\n", ""), "annex 3", ("says not what to take", "未指明引用何者")),
    "two things asked": (
        changed("section = 4\n", 'section = 4\ntake = "t-cases"\n'),
        "annex 3",
        ("write one of", "請擇一"),
    ),
    "taken twice": (
        changed("section = 4\n", 'take = "t-ranking"\n'),
        "annex 3: take",
        ("in annex 'ranking' already", "{annex:ranking}"),
    ),
    "labels": (
        changed('paper = "list"', 'paper = "labels"'),
        "annex 4: paper",
        ("Labels cannot be taken", "不得納入"),
    ),
    "in itself": (
        changed('from = "agency-104"', 'from = "meeting-888"'),
        "annex 1: from",
        ("annex of itself: meeting-888 → meeting-888", "自身之附件"),
    ),
    "same id": (changed('id = "trend"', 'id = "ranking"'), "annex 2: id", ("is used twice", "重複")),
    "unknown slot": (
        changed('id = "ranking"', 'id = "rankings"'),
        "opening 1",
        ("there is no annex 'ranking'", "rankings, trend"),
    ),
    "failing source": (
        changed("achievement_rate", "achievment_rate", "inputs/agency-104/publication.toml"),
        "annex 1: from",
        ("agency-104 cannot be made: inputs/agency-104/publication.toml", "agency-104 無法製作"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_annex_that_cannot_be_taken_is_told_at_its_place(tmp_path: Path, name: str) -> None:
    breaks, place, words = FAULTS[name]
    folder = project(tmp_path)
    breaks(folder)
    problems = [
        one
        for one in told(folder)
        if one.place.file == PUBLICATION and one.place.column in (place, f"meeting: {place}")
    ]
    assert problems, told(folder)
    said = "".join(one.en + one.zh for one in problems)
    assert all(word in said for word in words), said


def test_a_way_back_over_another_compilation_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path)
    swap(folder, PUBLICATION, 'from = "agency-104"', 'from = "meeting-887"')
    file = folder / "inputs/meeting-887/publication.toml"
    file.write_text(
        file.read_text("utf-8") + '\n[[annex]]\nfrom = "meeting-888"\ntake = "t-moved"\n', "utf-8"
    )
    assert any("meeting-888 → meeting-887 → meeting-888" in one.en for one in told(folder))


def test_a_table_of_the_meeting_before_may_be_an_annex(tmp_path: Path) -> None:
    folder = project(tmp_path)
    swap(
        folder,
        PUBLICATION,
        'from = "agency-104"\ntake = "t-ranking"',
        'from = "meeting-887"\ntake = "t-tracking"',
    )
    document = made(folder)
    assert "x1-t-tracking" in tables(document) and "t-tracking" in tables(document)
    assert "inputs/datasets/meeting-887/instructions.csv" in document.inputs


# ---- as built -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    papers = {"meeting-888": "compilation", "agency-104": "bulletin", "attitude-awards-102": "list"}
    return {publication: sample(publication, paper).result for publication, paper in papers.items()}


def ledger(result: Result) -> dict[str, Any]:
    (content,) = (content for name, content in result.beside.items() if name.endswith("ledger.json"))
    return dict(json.loads(content))


def test_each_figure_of_an_annex_has_the_record_of_its_publication_field_by_field(
    results: dict[str, Result],
) -> None:
    theirs = {name: {one["id"]: one for one in ledger(result)["figures"]} for name, result in results.items()}
    taken = [one for one in ledger(results["meeting-888"])["figures"] if "from" in one]
    by_source = {name: [one for one in taken if one["from"]["publication"] == name] for name in results}
    assert len(by_source["agency-104"]) > 300 and len(by_source["attitude-awards-102"]) > 50
    for one in taken:
        other = theirs[one["from"]["publication"]][one["from"]["id"]]
        here = {name: found for name, found in one.items() if name not in ("id", "at", "from")}
        there = {name: found for name, found in other.items() if name not in ("id", "at")}
        assert here == there


def test_every_figure_of_a_chart_is_placed_and_no_name_leaks(results: dict[str, Result]) -> None:
    document, entries = compiled(), {one["id"]: one for one in ledger(results["meeting-888"])["figures"]}
    for anchor, figures in charted(document).items():
        for figure in figures:
            assert any(place.get("in") == anchor for place in entries[figure.number]["at"])
    content = results["meeting-888"].content
    assert list(leaks_in(content, document.hidden)) == []
    winners = next(iter(tables(source("attitude-awards-102", "list")).values()))
    first = winners.rows[0].cells[2].text
    assert first
    assert list(leaks_in(content, (first.zh,))) != []


@pytest.mark.sweep  # test_pipeline has a changed input
def test_a_changed_cell_of_the_source_s_dataset_makes_the_compilation_again(tmp_path: Path) -> None:
    folder, out = project(tmp_path / "project"), tmp_path / "out"
    swap(folder, PUBLICATION, '"compilation", "minutes", "signoff"', '"compilation"')

    def states() -> dict[str, tuple[str, tuple[str, ...]]]:
        return {
            one.document: (one.state, tuple(reason.en for reason in one.why))
            for one in build(folder, out, ["meeting-888"], ["zh"], formats=["pdf"])
        }

    assert {state for state, _ in states().values()} == {"made"}
    assert {state for state, _ in states().values()} == {"unchanged"}
    for file, old, new in (
        ("inputs/datasets/staff-102/staff.csv", "Lin Kun", "Lin Kuen"),
        ("templates/shared/blocks.html", "One macro for each", "A macro for each"),
        ("styles/shared/papers.css", "margin: 0 0 var(--space-m)", "margin: 0 0 var(--space-l)"),
    ):
        swap(folder, file, old, new)
        state, why = states()["meeting-888/compilation.zh.pdf"]
        assert state == "made" and f"{file} changed" in why
