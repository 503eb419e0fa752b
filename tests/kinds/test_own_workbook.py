"""A bulletin from an office's own workbook: from its sheets to the PDF, and back from a figure to the cell."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from making import build
from office_workbook import project

from reportgen.cli import main
from reportgen.read.pdf_text import joined, reading_order

pytestmark = pytest.mark.slow  # two editions are laid out


def test_a_bulletin_of_an_offices_own_workbook(tmp_path: Path) -> None:
    folder, out = project(tmp_path / "project"), tmp_path / "out"
    made = list(build(folder, out, ["own-107"], editions=("both", "en")))
    assert [(one.state, one.problems) for one in made] == [("made", ())] * 2
    pdf = out / "own-107/bulletin.pdf"
    asked = CliRunner().invoke(main, ["--project", str(folder), "trace", str(pdf), "21.00"])
    assert "inputs/datasets/own/office.xlsx [類別], row 4, column collected_of_year, cell D4" in asked.output
    with pikepdf.open(pdf) as opened:
        kept = [file.get_file().read_bytes() for file in opened.attachments.values()]
    assert (folder / "inputs/datasets/own/office.xlsx").read_bytes() in kept
    ledger = json.loads((out / "own-107/ledger.json").read_text("utf-8"))
    assert {"D4:D6", "E9"} <= {source["cells"] for figure in ledger["figures"] for source in figure["inputs"]}
    runs = joined(reading_order((out / "own-107/bulletin.en.pdf").read_bytes()))
    assert {run.lang for run in runs if "104年起含健保案件" in run.words} == {"zh-Hant-TW"}
