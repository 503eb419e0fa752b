"""The sample exhibition end to end: its panels in all editions, the printer's edition, the page, the comparison."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from compilation_project import project, swap
from making import attempt, build, sample
from PIL import Image

from reportgen.cli import main
from reportgen.kinds.material import read_material
from reportgen.kinds.panels import documents as panels
from reportgen.model import Bullets, Edition, Paragraphs
from reportgen.model.errors import InputError
from reportgen.model.job import LEDGER, Job
from reportgen.model.job import Written as Result
from reportgen.project import Project
from reportgen.read.pdf_text import joined, reading_order
from reportgen.read.words import said
from reportgen.run import comparing
from reportgen.verify import documents
from reportgen.write.press.conditions import read_conditions
from reportgen.write.press.inspection import check

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NAME = "exhibition-efficient-government"
PANELS = ("business-ideas", "efficiency-kindness", "targets-met", "least-cost")
EDITIONS: tuple[Edition, ...] = ("both", "zh", "en")
GREY = 128


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, Edition], Result]:
    return {(panel, edition): sample(NAME, panel, edition).result for panel in PANELS for edition in EDITIONS}


def test_every_panel_is_pdf_a_3a_and_pdf_ua_1(made: dict[Any, Result], verapdf: Any, tmp_path: Path) -> None:
    files = []
    for (panel, edition), result in made.items():
        files.append(tmp_path / f"{panel}.{edition}.pdf")
        files[-1].write_bytes(result.content)
    verdicts = verapdf(files)
    assert len(verdicts) == 2 * len(files)
    assert not [str(one) for one in verdicts if not one.compliant]


def test_every_panel_is_one_sheet_of_a1(made: dict[Any, Result]) -> None:
    for result in made.values():
        (page,) = list(pypdfium2.PdfDocument(result.content))
        width, height = (round(side * 25.4 / 72, 1) for side in page.get_size())
        assert (width, height) == (594.0, 841.0)


def test_every_number_of_a_panel_has_a_record(made: dict[Any, Result]) -> None:
    for result in made.values():
        with pikepdf.open(io.BytesIO(result.content)) as pdf:
            ledger = json.loads(pdf.attachments[LEDGER].get_file().read_bytes())
        assert not documents.unrecorded(result.content, ledger)


def test_a_number_that_no_record_has_is_found(made: dict[Any, Result]) -> None:
    result = made["targets-met", "both"]
    with pikepdf.open(io.BytesIO(result.content)) as pdf:
        ledger = json.loads(pdf.attachments[LEDGER].get_file().read_bytes())
    ledger["figures"] = [one for one in ledger["figures"] if one["printed"] != "107.1"]
    assert "107.1" in [word for _, word in documents.unrecorded(result.content, ledger)]


def test_an_upright_title_is_read_as_words(made: dict[Any, Result]) -> None:
    with pikepdf.open(io.BytesIO(made["targets-met", "both"].content)) as pdf:
        said = [
            str(one.ActualText)
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and "/ActualText" in one
        ]
    assert said == ["稽核管考、績效達標", "效能政府"]


def test_both_languages_are_marked(made: dict[Any, Result]) -> None:
    texts = list(joined(reading_order(made["business-ideas", "both"].content)))
    assert any(text.lang == "en" and "The Agency sets targets" in text.words for text in texts)
    assert any(text.lang.startswith("zh") and "政府組織再造" in text.words for text in texts)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_sentence_is_read_from_the_file_as_it_was_written(
    made: dict[Any, Result], panel: str, edition: Edition
) -> None:
    def squeezed(words: str) -> str:
        return "".join(words.split())

    document = panels.document(read_material(ROOT, NAME), panel)
    lines = [
        line for block in document.blocks if isinstance(block, Paragraphs | Bullets) for line in block.lines
    ]
    heard = squeezed("".join(run.words for run in reading_order(made[panel, edition].content)))
    for line in lines:
        for language in ("zh",) if edition == "both" else (edition,):  # the English is short
            assert squeezed(said(line.say(language), language)) in heard


def pictures_of(content: bytes) -> Iterator[Image.Image]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image":
                yield pikepdf.PdfImage(item).as_pil_image().convert("RGB")


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_is_redacted_is_gone_from_the_pixels(made: dict[Any, Result], edition: Edition) -> None:
    found = [
        numpy.asarray(one, dtype=int) for one in pictures_of(made["efficiency-kindness", edition].content)
    ]
    grey = [one[1325:1405, 455:945] for one in found if one.shape == (2339, 1654, 3)]
    flat = [one for one in grey if abs(one - GREY).max() <= 2]
    assert len(grey) == 2 and len(flat) == 1


def test_the_redaction_is_in_the_printers_edition_too(made: dict[Any, Result]) -> None:
    content = made["efficiency-kindness", "both"].beside["efficiency-kindness.press.pdf"]
    found = [numpy.asarray(one, dtype=int) for one in pictures_of(content)]
    spread = [
        one[1325:1405, 455:945].reshape(-1, 3).std(axis=0).max()
        for one in found
        if one.shape == (2339, 1654, 3)
    ]
    assert len(spread) == 2 and min(spread) < 2 < max(spread)


def test_no_scan_is_embedded_as_a_file(made: dict[Any, Result]) -> None:
    scans = [file.read_bytes() for file in (ROOT / "inputs" / NAME / "scans").iterdir()]
    for result in made.values():
        with pikepdf.open(io.BytesIO(result.content)) as pdf:
            inside = [spec.get_file().read_bytes() for spec in pdf.attachments.values()]
            assert LEDGER in pdf.attachments
        assert not [one for one in inside if one in scans]


def test_the_printers_edition_is_x4_in_inks_with_bleed(made: dict[Any, Result]) -> None:
    conditions = read_conditions(ROOT)
    for (panel, edition), result in made.items():
        name = f"{panel}.press.pdf" if edition == "both" else f"{panel}.press.{edition}.pdf"
        if panel == "least-cost":  # its photograph is still to come
            assert name not in result.beside and "'award-photo'" in result.problems[0].en
            continue
        found = check(result.beside[name], conditions, name)
        assert not found.problems and not found.screen_colours
        (sheet,) = found.sheets
        assert (sheet.width_mm, sheet.height_mm, sheet.bleed_mm) == (594.0, 841.0, 3.0)
        assert found.version == "PDF/X-4" and found.vector_ink <= conditions.total_ink


def test_a_second_run_gives_the_same_bytes(made: dict[Any, Result]) -> None:
    again = attempt(
        Job(project=ROOT, publication=NAME, document="efficiency-kindness", edition="both", press=True)
    )
    assert isinstance(again, Result)
    first = made["efficiency-kindness", "both"]
    assert again.content == first.content and again.beside == first.beside


@pytest.mark.parametrize("panel", PANELS)
def test_the_code_of_a_panel_leads_to_its_place_on_the_page(made: dict[Any, Result], panel: str) -> None:
    drawn = pypdfium2.PdfDocument(made[panel, "both"].content)[0].render(scale=1.2).to_pil()
    (code,) = [
        one.text for one in zxingcpp.read_barcodes(drawn) if one.format == zxingcpp.BarcodeFormat.QRCode
    ]
    assert code == f"https://exhibition.example/efficient-government/#{panel}"
    page = sample(NAME, "exhibition").result
    assert f'<article id="{panel}">' in page.content.decode("utf-8")
    assert f'src="{panel}.jpg"' in page.content.decode("utf-8")


# ---- a panel that was made again ------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("project"))
    swap(
        folder,
        f"inputs/{NAME}/publication.toml",
        '["business-ideas", "efficiency-kindness", "targets-met", "least-cost"]',
        '["targets-met"]',
    )
    outcomes = [*build(folder, folder / "out", [NAME], ["both"], press=True)]
    assert {one.state for one in outcomes} == {"made"}, outcomes
    return folder


def test_compare_tells_three_axes(built: Path) -> None:
    run = CliRunner().invoke(main, ["--project", str(built), "compare", NAME])
    assert run.exit_code == 5
    assert re.search(r"data: equal \(values 45\)", run.output)
    assert "variant of the same character" in run.output and "[衆]" in run.output
    assert re.search(r"picture: equal \(similarity 0\.9\d+", run.output)
    told = json.loads((built / "out" / NAME / "compare/targets-met.json").read_text("utf-8"))
    assert (told["data"]["state"], told["text"]["state"], told["picture"]["state"]) == (
        "equal",
        "different",
        "equal",
    )
    with Image.open(built / "out" / NAME / "compare/targets-met.heat.png") as heat:
        assert heat.width > 500


def test_a_panel_to_compare_belongs_to_a_publication(built: Path) -> None:
    run = CliRunner().invoke(main, ["--project", str(built), "compare", "--panel", "targets-met"])
    assert run.exit_code == 2 and "--panel needs the publication" in run.stderr
    run = CliRunner().invoke(main, ["--project", str(built), "compare", NAME, "--panel", "targets"])
    assert run.exit_code == 3 and "there is no panel 'targets'; known: targets-met" in run.stderr


def test_the_foot_says_from_what_and_in_what_it_differs(built: Path) -> None:
    words = "".join(
        run.words for run in reading_order((built / "out" / NAME / "targets-met.pdf").read_bytes())
    )
    squeezed = "".join(words.split())
    assert (
        "中華民國115年11月26日依本署檔案室（範例）「稽核管考、績效達標（104年展板）」（檔號範例-104）重製，與原件有2處不同。"
        in squeezed
    )


def test_a_bar_that_is_one_per_cent_off_fails_the_data_and_the_foot_says_so(
    built: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(built, folder)
    swap(
        folder,
        f"inputs/{NAME}/panels/targets-met/original/data.csv",
        "achievement_rate,104,107.1",
        "achievement_rate,104,108.2",
    )
    with pytest.raises(InputError, match="run `reportgen build"):
        [*comparing.compared(folder, folder / "out", NAME)]
    [*build(folder, folder / "out", [NAME], ["both"])]
    (found,) = comparing.compared(folder, folder / "out", NAME)
    assert found.verdict.data.state == "different"
    (difference,) = found.verdict.data.differences
    assert (difference.archived, difference.ours) == ("108.2%", "107.1%")
    words = "".join(
        run.words for run in reading_order((folder / "out" / NAME / "targets-met.pdf").read_bytes())
    )
    assert "與原件有3處不同。" in "".join(words.split())


def test_nothing_is_made_when_nothing_changed_and_one_panel_when_its_text_did(built: Path) -> None:
    states = {one.document: one.state for one in build(built, built / "out", [NAME], ["both"])}
    assert set(states.values()) == {"unchanged"}
    (built / f"inputs/{NAME}/panels/targets-met/original/text.txt").rename(built / "text.txt")
    try:
        states = {
            one.document: one.state for one in build(built, built / "out", [NAME], ["both"], dry_run=True)
        }
        assert states[f"{NAME}/targets-met.pdf"] == "made"
    finally:
        (built / "text.txt").rename(built / f"inputs/{NAME}/panels/targets-met/original/text.txt")


def test_each_panel_agrees_with_its_records(built: Path) -> None:
    panels = sorted(file for file in (built / "out" / NAME).glob("*.pdf") if ".press" not in file.name)
    assert panels
    for file in panels:
        assert Project(built).verify(file).problems == (), file


def test_verify_reads_the_printers_edition_too(built: Path) -> None:
    file = built / "out" / NAME / "targets-met.press.pdf"
    run = CliRunner().invoke(main, ["--project", str(built), "verify", str(file)])
    assert run.exit_code == 0, run.output
    assert "PDF/X-4, output condition FOGRA39" in run.output and "screen colours left: 0" in run.output
    with pikepdf.open(file) as pdf:
        pdf.pages[0].contents_add(b"1 0 0 rg 0 0 9 9 re f")
        pdf.save(built / "altered.press.pdf")
    run = CliRunner().invoke(main, ["--project", str(built), "verify", str(built / "altered.press.pdf")])
    assert run.exit_code == 5 and "no manifest beside the file speaks of it" in run.output
    assert "screen colours left: 1" in run.output
