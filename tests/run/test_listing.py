"""`out/index.html`: all that lies there, with its state, in both languages; nothing runs in it and nothing is loaded."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
import tinyhtml5
from small import ROOT

from reportgen.model import Outcome
from reportgen.model.errors import Place, problem
from reportgen.run import listing
from reportgen.run.files import locked
from reportgen.run.request import Request

FAULT = problem(Place("inputs/a/<b>.csv", row=7, column="x&y"), "general.is_not_utf_byte", start=1)


def request(out: Path, *publications: str, dry_run: bool = False) -> Request:
    return Request(project=ROOT, out=out, publications=publications, dry_run=dry_run)


def delivered(out: Path, name: str, content: bytes = b"x", beside: tuple[str, ...] = ()) -> None:
    folder, _, file = name.partition("/")
    (out / folder).mkdir(parents=True, exist_ok=True)
    for one in (file, *beside):
        (out / folder / one).write_bytes(content)
    entry = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "pages": 3,
        "edition": "both",
        "settings": {},
        "inputs": {},
        "beside": dict.fromkeys(beside, ""),
    }
    manifest = {"publication": folder, "files": {file: entry}}
    (out / folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def page(out: Path) -> str:
    return (out / "index.html").read_text("utf-8")


def listed(out: Path, *outcomes: Outcome) -> list[Outcome]:
    names = {outcome.document.partition("/")[0] for outcome in outcomes}
    return [*listing.listed(request(out, *names), outcomes)][len(outcomes) :]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    delivered(tmp_path, "a/letter.html", beside=("ledger.json",))
    delivered(tmp_path, "b/letter.html")
    return tmp_path


def test_what_was_made_what_lies_there_and_what_failed_is_listed(out: Path) -> None:
    failed = Outcome(document="a/other.pdf", state="failed", problems=(FAULT,), exit_code=3)
    assert listed(out, Outcome(document="a/letter.html", state="made"), failed) == []
    made = page(out)
    assert 'href="a/letter.html"' in made and 'href="a/ledger.json"' in made
    assert "與輸入資料一致" in made and "as its inputs say" in made
    assert "先前交付" in made and "delivered earlier" in made  # of another run
    assert "inputs/a/&lt;b&gt;.csv" in made and "x&amp;y" in made and "<b>" not in made
    assert '<a href="#a/other.pdf">' in made and 'id="a/other.pdf"' in made
    assert 'href="a/other.pdf"' not in made  # there is no such file
    assert "文件 3 份；有問題者 1 份" in made


def test_a_fault_stays_until_its_publication_is_built_again(out: Path) -> None:
    listed(out, Outcome(document="a/letter.html", state="failed", problems=(FAULT,)))
    assert "檔案為先前所產製" in page(out)
    listed(out, Outcome(document="b/letter.html", state="made"))
    assert "&lt;b&gt;.csv" in page(out)
    listed(out, Outcome(document="a/letter.html", state="made"))
    assert "&lt;b&gt;.csv" not in page(out)


def test_equal_outcomes_give_equal_bytes_and_unchanged_ones_write_nothing(out: Path) -> None:
    made, unchanged = (Outcome(document="a/letter.html", state=state) for state in ("made", "unchanged"))
    listed(out, made)
    first, written = page(out), (out / "index.html").stat().st_mtime_ns
    listed(out, unchanged)
    assert (out / "index.html").stat().st_mtime_ns == written
    (out / "index.html").unlink()
    listed(out, unchanged)
    assert page(out) == first


def test_a_file_that_is_gone_is_not_listed_and_a_dry_run_lists_nothing(out: Path) -> None:
    assert [*listing.listed(request(out, "a", dry_run=True), [])] == []
    assert not (out / "index.html").exists()
    (out / "b/letter.html").unlink()
    listed(out, Outcome(document="a/letter.html", state="made"))
    assert "b/letter.html" not in page(out)


@pytest.mark.parametrize("link", [False, True])
def test_an_index_of_somebody_else_stays_and_is_told(out: Path, tmp_path: Path, link: bool) -> None:
    own = out / "index.html"
    if link:
        own.symlink_to(out / "elsewhere")
    else:
        own.write_text("mine")
    (outcome,) = listed(out, Outcome(document="a/letter.html", state="made"))
    assert (outcome.document, outcome.state, outcome.exit_code) == ("index.html", "left", 0)
    assert own.is_symlink() if link else own.read_text() == "mine"


def test_an_index_that_cannot_be_written_is_told(out: Path) -> None:
    with locked(out):
        (outcome,) = listed(out, Outcome(document="a/letter.html", state="made"))
    assert (outcome.document, outcome.state, outcome.exit_code) == ("index.html", "failed", 2)


def test_nothing_runs_in_it_nothing_is_loaded_and_its_style_is_the_one_that_it_allows(out: Path) -> None:
    listed(out, Outcome(document="a/letter.html", state="made"))
    made = page(out)
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'" in made
    assert "<script" not in made and "style=" not in made and "url(" not in made
    assert not re.search(r'(?:src|href)="(?:https?:|//|/)', made)


def test_it_is_one_tree_with_a_title_headings_in_order_and_english_marked(out: Path) -> None:
    listed(out, Outcome(document="a/letter.html", state="failed", problems=(FAULT,)))
    tree = tinyhtml5.parse(page(out), namespace_html_elements=False)
    assert tree.get("lang") == "zh-Hant-TW"
    heads = [element.tag for element in tree.iter() if str(element.tag) in ("h1", "h2", "h3")]
    assert heads == ["h1", "h2", "h2"]
    assert all(image.get("alt") is not None for image in tree.iter("img"))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [
        link.get("href", "").removeprefix("#") for link in tree.iter("a") if link.get("href", "")[0] == "#"
    ]
    assert {*links} <= {*ids}
    for span in tree.iter("span"):
        assert span.get("lang") == "en"


def test_thousands_of_files_beside_are_counted(tmp_path: Path) -> None:
    delivered(tmp_path, "a/all.html", beside=tuple(f"{number:04}.pdf" for number in range(40)))
    listed(tmp_path, Outcome(document="a/all.html", state="part"))
    assert page(tmp_path).count('.pdf"') == listing.MOST
    assert "另有 34 個檔案" in page(tmp_path)
