"""The brief: one page of three figures, a chart whose figures stand in its alternative text, and three sentences."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from making import attempt, sample

from reportgen.kinds.brief import documents as brief
from reportgen.kinds.material import read_material
from reportgen.model import Chart, KeyFigures, Paragraphs
from reportgen.model.errors import InputError, ReportgenError
from reportgen.model.job import Job

ROOT = Path(__file__).parents[2]
FILE = "inputs/brief-104/publication.toml"


def project(folder: Path, *swaps: tuple[str, str]) -> Path:
    """The sample with words of its publication changed."""
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("inputs/datasets/agency", "inputs/brief-104"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("inputs/metrics.toml", "inputs/glossary.csv"):
        shutil.copy(ROOT / name, folder / name)
    words = (folder / FILE).read_text("utf-8")
    for old, new in swaps:
        assert old in words
        words = words.replace(old, new, 1)
    (folder / FILE).write_text(words, "utf-8")
    return folder


def test_a_brief_has_three_figures_a_chart_and_three_sentences() -> None:
    blocks = brief.document(read_material(ROOT, "brief-104"), "brief").blocks
    cards = [block for block in blocks if isinstance(block, KeyFigures)]
    assert [len(block.cards) for block in cards] == [3]
    assert sum(isinstance(block, Chart) for block in blocks) == 1
    assert sum(isinstance(block, Paragraphs) for block in blocks) == 3


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["both", "zh", "en"])
def test_a_brief_is_one_page_and_every_figure_has_its_record(edition: str) -> None:
    made = sample("brief-104", "brief", edition).result
    assert made.pages == 1
    (ledger,) = (json.loads(content) for name, content in made.files.items() if name.endswith(".json"))
    assert {"collected", "achievement_rate", "closing_rate"} <= {
        figure["metric"] for figure in ledger["figures"]
    }
    assert all(figure["at"] for figure in ledger["figures"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"closing_rate"]',
            '"closing_rat"]',
            "publication.toml:11: figures: there is no metric 'closing_rat'",
        ),
        ('["collected", ', "[", "publication.toml:11: figures: "),
        ("figures =", "figurs =", "figurs: is an unknown key"),
        ('story = "trend"', 'story = "tend"', "sentence 1: story: "),
        ('form = "line"', 'form = "lime"', "chart: form: "),
    ],
)
def test_each_fault_has_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        brief.document(read_material(project(tmp_path, (old, new)), "brief-104"), "brief")
    assert any(said in problem.say() for problem in caught.value.problems), str(caught.value)


@pytest.mark.slow
def test_what_goes_on_over_the_page_stops_the_build(tmp_path: Path) -> None:
    long = (
        "結案率為{closing_rate}，" + "此句甚長，" * 300,
        "The closing rate was {closing_rate}, " + "a long sentence, " * 300,
    )
    text = f'text = {{ zh = "{long[0]}", en = "{long[1]}" }}'
    folder = project(tmp_path, ('story = "trend"\nmetric = "collected"', text))
    made = attempt(Job(project=folder, publication="brief-104", document="brief", edition="both"))
    assert isinstance(made, ReportgenError)
    assert "is to be read on one" in str(made)
