"""A run of certificates as a user sees it: a file each, one print run, the rest delivered when some cannot be made."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from test_forgeries import KINDS, Change, forged

from reportgen.project import Project

ROOT = Path(__file__).parents[2]
REPORTGEN = Path(sys.executable).with_name("reportgen")
NAME = "attitude-awards-102"
STAFF = "inputs/datasets/staff-102/staff.csv"
BOUND = 240  # seconds


def small_project(folder: Path, *, everybody: bool = False, papers: str = '["certificates"]') -> Path:
    """The sample with its certificates alone; `everybody`: all who are eligible are honoured."""
    for name in ("templates", "styles", f"inputs/{NAME}", "inputs/datasets/staff-102"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    publication = folder / f"inputs/{NAME}/publication.toml"
    text = publication.read_text("utf-8")
    start = text.index("papers = [")
    publication.write_text(text[:start] + f"papers = {papers}" + text[text.index("\n", start) :], "utf-8")
    if everybody:
        rules = folder / f"inputs/{NAME}/rules.toml"
        declared = rules.read_text("utf-8").replace('share = "20%"', 'share = "100%"')
        assert "total = 30\n" in declared
        rules.write_text(declared.replace("total = 30\n", "total = 500\n"), "utf-8")
    return folder


def call(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(REPORTGEN), "--project", str(project), *words],
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )


def files(out: Path) -> dict[str, bytes]:
    """Everything delivered but the stamps, which hold times."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in (".stamps.json", ".lock")
    }


def manifest(out: Path) -> dict[str, object]:
    return dict(json.loads((out / NAME / "manifest.json").read_text())["files"]["certificates.pdf"])


def change(project: Path, id: str, **cells: str) -> int:
    """Writes cells of a person's row; the row as a spreadsheet counts it."""
    rows = list(csv.reader(io.StringIO((project / STAFF).read_text("utf-8-sig"))))
    place = next(number for number, row in enumerate(rows) if row[0] == id)
    for name, value in cells.items():
        rows[place][rows[0].index(name)] = value
    with (project / STAFF).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return place + 1


def id_of(project: Path, name: str) -> str:
    rows = csv.reader(io.StringIO((project / STAFF).read_text("utf-8-sig")))
    return next(row[0] for row in rows if name in row)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with keys whose certificates are made."""
    project = small_project(tmp_path_factory.mktemp("signed"))
    assert call(project, "keys").returncode == 0
    made = call(project, "build", "--jobs", "2")
    assert made.returncode == 0, made.stderr
    assert "made (31)" in made.stdout
    return project


def certificate_of(project: Path, number: int) -> Path:
    (found,) = (project / f"out/{NAME}/certificates").glob(f"{number:04}-*.pdf")
    return found


# ---- a run ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_each_winner_has_a_file_and_a_page_of_the_print_run(signed: Path) -> None:
    out = signed / "out"
    entry = manifest(out)
    names = sorted(path.name for path in (out / NAME / "certificates").iterdir())
    assert len(names) == 31
    assert [int(name[:4]) for name in names] == [*range(1, 32)]
    with pypdfium2.PdfDocument(out / NAME / "certificates.pdf") as pdf:
        assert len(pdf) == 31
    assert entry["pages"] == 31
    assert entry["settings"]["signature"] == "Ed25519"  # type: ignore[index]
    assert {f"certificates/{name}" for name in names} <= set(entry["beside"])  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_second_run_makes_nothing_and_a_lost_file_is_made_again(signed: Path) -> None:
    assert call(signed, "build").stdout.rstrip().endswith("unchanged")
    before = files(signed / "out")
    lost = certificate_of(signed, 7)
    lost.unlink()
    assert f"certificates/{lost.name} is gone" in call(signed, "build", "--dry-run", "--why").stdout
    kept = {path: path.stat().st_mtime_ns for path in lost.parent.iterdir()}
    assert call(signed, "build").returncode == 0
    assert files(signed / "out") == before
    assert {path: path.stat().st_mtime_ns for path in kept} == kept, (
        "files that were whole were written again"
    )


@pytest.mark.slow
def test_the_private_key_is_in_nothing_that_was_delivered(signed: Path) -> None:
    assert (signed / "keys/private.pem").stat().st_mode & 0o077 == 0
    secret = (signed / "keys/private.pem").read_text().splitlines()[1].encode()
    assert not any(
        secret in content or b"private.pem" in content for content in files(signed / "out").values()
    )


@pytest.mark.slow
def test_one_worker_makes_the_same_bytes(signed: Path, tmp_path: Path) -> None:
    assert call(signed, "build", "--jobs", "1", "--out", str(tmp_path)).returncode == 0
    assert files(tmp_path) == files(signed / "out")


@pytest.mark.slow
def test_every_file_and_the_print_run_conform(signed: Path, verapdf) -> None:  # type: ignore[no-untyped-def]
    chosen = [
        signed / f"out/{NAME}/certificates.pdf",
        *(certificate_of(signed, n) for n in (1, 2, 3, 10, 31)),
    ]
    assert [str(verdict) for verdict in verapdf(chosen) if not verdict.compliant] == []


@pytest.mark.slow
def test_verify_says_genuine_altered_or_revoked(signed: Path, tmp_path: Path) -> None:
    whole = call(signed, "verify", str(signed / f"out/{NAME}/certificates.pdf"))
    assert whole.returncode == 0, whole.stderr
    assert "not compared: the other words" in whole.stdout
    assert whole.stdout.count("AEA-ATT102-") == 31, "each page of the print run is checked"
    found = call(signed, "verify", str(certificate_of(signed, 3)))
    assert found.returncode == 0, found.stderr
    assert "𠮷野安" in found.stdout
    assert "Genuine" in found.stdout

    other = tmp_path / "other.pdf"
    content = certificate_of(signed, 3).read_bytes()
    assert content.count("𠮷野安".encode()) >= 1
    other.write_bytes(content.replace("|𠮷野安|".encode(), "|𠮷野妥|".encode()))
    found = call(signed, "verify", str(other))
    assert found.returncode == 5

    assert "not compared: frame, pictures and shapes of letters" in found.stdout
    for cover in (b"q 1 g 350 330 140 40 re f Q", b""):
        with pikepdf.open(certificate_of(signed, 3)) as pdf:
            if cover:
                pdf.pages[0].contents_add(cover)
            else:
                note = {
                    "/Type": pikepdf.Name.Annot,
                    "/Subtype": pikepdf.Name.Square,
                    "/Rect": [350, 330, 490, 370],
                }
                pdf.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(note)])
            pdf.save(other)
        found = call(signed, "verify", str(other))
        assert found.returncode == 5, cover
        assert "something is drawn over the words" in found.stderr, cover

    revoked = signed / f"inputs/{NAME}/revoked.csv"
    serial = next(
        line
        for line in call(signed, "verify", str(certificate_of(signed, 4))).stdout.splitlines()
        if "AEA" in line
    )
    revoked.write_text(
        f"serial,date,reason_zh,reason_en\n{serial.split()[-1]},103/2/1,資料更正,Data corrected\n", "utf-8"
    )
    try:
        found = call(signed, "verify", str(certificate_of(signed, 4)))
        assert found.returncode == 5
        assert "Revoked" in found.stderr
        assert "Data corrected" in found.stderr
        assert "would be made" in call(signed, "build", "--dry-run").stdout, "the page must be renewed"
        revoked.write_text(revoked.read_text("utf-8").replace(serial.split()[-1], "AEA-0"), "utf-8")
        for command in ("check", "build"):
            unknown = call(signed, command)
            assert unknown.returncode == 3, unknown.stderr
            assert "revoked.csv:2: serial: 'AEA-0' is the serial of no certificate" in unknown.stderr
    finally:
        revoked.unlink()


@pytest.mark.slow
def test_a_key_that_others_can_read_signs_nothing(signed: Path, tmp_path: Path) -> None:
    (signed / "keys/private.pem").chmod(0o644)
    try:
        made = call(signed, "build", "--out", str(tmp_path))
    finally:
        (signed / "keys/private.pem").chmod(0o600)
    assert made.returncode == 3
    assert "keys/private.pem" in made.stderr
    assert not list(tmp_path.rglob("*.pdf"))


# ---- faults, withdrawals, a killed run --------------------------------------------------------------


@pytest.mark.slow
def test_bad_rows_are_told_and_all_others_are_delivered(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    private = change(project, "S0003", name="謝\ue000豪")
    hidden = change(project, id_of(project, "張犇"), name="張\u200b犇")
    lost = change(project, id_of(project, "于寧"), name="于\ufffd")
    checked = call(project, "check")
    assert checked.returncode == 1
    assert f"{STAFF}:{private}: name: letter 2 is a private-use character" in checked.stderr
    made = call(project, "build", "--jobs", "2")
    assert made.returncode == 1
    assert "made in part (" in made.stdout
    assert f"{STAFF}:{private}: name: letter 2 is a private-use character" in made.stderr
    assert f"{STAFF}:{hidden}: name: " in made.stderr
    assert f"{STAFF}:{lost}: name: holds U+FFFD" in made.stderr
    told = manifest(project / "out")
    delivered = len(list((project / f"out/{NAME}/certificates").iterdir()))
    assert told["pages"] == delivered
    assert told["missing"] == 31 - delivered
    assert told["settings"]["signature"].startswith("none: there is no keys/private.pem")  # type: ignore[index]
    again = call(project, "build", "--why")
    assert again.returncode == 1, "what is missing is not forgotten"
    assert delivered == 28
    assert "3 of it could not be made" in again.stdout
    small_project(tmp_path / "listed", papers='["list", "letter"]')
    change(tmp_path / "listed", id_of(project, "陳堃"), name="陳\u202e堃")
    listed = call(tmp_path / "listed", "build")
    assert listed.returncode == 1, "the list would print the name, the letter names nobody"
    assert "letter.pdf: made" in listed.stdout
    assert "U+202E" in listed.stderr


@pytest.mark.slow
def test_a_name_is_printed_as_it_is_and_never_chooses_a_path(tmp_path: Path) -> None:
    """Names from data are neither markup nor a template nor a place: what a table may not hold is refused before."""
    project = small_project(tmp_path / "project")
    names = {"S0003": "../../甲", "S0021": "{{ 7*7 }}", "S0031": "<img src=file:///etc/passwd>"}
    known = {row[0] for row in csv.reader(io.StringIO((project / STAFF).read_text("utf-8-sig")))}
    for id, name in names.items():
        assert id in known
        change(project, id, name=name)
    rules = project / f"inputs/{NAME}/rules.toml"
    rules.write_text(
        rules.read_text("utf-8")
        .replace('share = "20%"', 'share = "100%"')
        .replace("total = 30\n", "total = 500\n"),
        "utf-8",
    )
    made = call(project, "build", "--jobs", "2")
    out = project / f"out/{NAME}"
    assert {path.parent.name for path in project.rglob("*.pdf")} == {NAME, "certificates"}
    texts = []
    for path in sorted((out / "certificates").iterdir()):
        assert re.fullmatch(r"\d{4}-\w+\.pdf", path.name), path.name
        with pypdfium2.PdfDocument(path) as pdf:
            texts.append(pdf[0].get_textpage().get_text_bounded())
    printed = "\n".join(texts).replace(" ", "")
    refused = [name for name in names.values() if name.replace(" ", "") not in printed]
    assert "49" not in [line.strip() for line in "\n".join(texts).splitlines()]
    for name in refused:
        assert made.returncode in (1, 3), name
    assert made.returncode != 70


@pytest.mark.slow
def test_the_certificate_of_who_is_no_longer_honoured_goes(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    assert call(project, "build").returncode == 0
    (first,) = (project / f"out/{NAME}/certificates").glob("0001-*")
    change(project, "S0003", appointed="102/12/1")  # served one month
    assert call(project, "build").returncode == 0
    assert not first.exists()
    beside = manifest(project / "out")["beside"]
    on_disk = {f"certificates/{path.name}" for path in (project / f"out/{NAME}/certificates").iterdir()}
    assert {name for name in beside if name.startswith("certificates/")} == on_disk  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_certificate_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    project = small_project(tmp_path / "project")
    assert call(project, "build", "--out", str(tmp_path / "first")).returncode == 0
    name = next(path.name for path in (tmp_path / f"first/{NAME}/certificates").iterdir())
    theirs = project / f"out/{NAME}/certificates" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"somebody else's")
    made = call(project, "build")
    assert (made.returncode, str(theirs) in made.stderr) == (2, True), made.stderr
    there = {name for name in files(project / "out") if "index" not in name}
    assert there == {f"{NAME}/certificates/{name}"} and theirs.read_bytes() == b"somebody else's"


@pytest.mark.slow
def test_a_killed_run_delivers_nothing_and_the_next_one_ends_with_the_same_bytes(tmp_path: Path) -> None:
    project = small_project(tmp_path / "project", everybody=True)
    whole = tmp_path / "whole"
    assert call(project, "build", "--jobs", "2", "--out", str(whole)).returncode == 0
    expected = files(whole)
    assert len([name for name in expected if "/certificates/" in name]) > 100
    out = tmp_path / "killed"
    run = subprocess.Popen(
        [str(REPORTGEN), "--project", str(project), "build", "--jobs", "2", "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + BOUND
    while time.monotonic() < end and run.poll() is None:
        if list(out.glob(f".{NAME}.part/certificates/[0-9]*.pdf")):
            break
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert list(out.glob(f".{NAME}.part/certificates/[0-9]*.pdf")), "the run ended before it began"
    assert not (out / NAME / "certificates").exists()
    assert call(project, "build", "--jobs", "2", "--out", str(out)).returncode == 0
    assert files(out) == expected
    assert list(out.rglob(".*.part")) == []


# ---- asked for ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_explain_tells_each_rule_and_an_unknown_name_is_told(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    told = call(project, "awards", "explain", "S0003")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{NAME}:\n")
    for words in ("Assessed in every month", "at least 12", "Mean of the year", "Distinction"):
        assert words in told.stdout, words
    assert "B044446438" not in told.stdout
    zh = call(project, "--messages", "zh", "awards", "explain", "謝翰豪")
    assert "全年考核完整" in zh.stdout
    unknown = call(project, "awards", "explain", "謝翰毫")
    assert unknown.returncode == 3
    assert "謝翰豪" in unknown.stderr


def test_keys_are_made_once(tmp_path: Path) -> None:
    assert call(tmp_path, "keys").returncode == 0
    before = (tmp_path / "keys/private.pem").read_bytes()
    again = call(tmp_path, "keys")
    assert again.returncode == 2
    assert (tmp_path / "keys/private.pem").read_bytes() == before


# ---- a forger ---------------------------------------------------------------------------------------


def drawn_last(words: bytes) -> Change:
    """Something that is drawn after all else."""
    return lambda pdf: pdf.pages[0].contents_add(words)


def name_of(pdf: pikepdf.Pdf) -> tuple[pikepdf.Page, list[Any], int]:
    """The page, its instructions, and where its first line is shown."""
    page = pdf.pages[0]
    page.contents_coalesce()
    found = list(pikepdf.parse_content_stream(page))
    return page, found, next(at for at, one in enumerate(found) if str(one.operator) in ("Tj", "TJ"))


def before_the_text(operator: str, *operands: object) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        page, found, at = name_of(pdf)
        found.insert(at, pikepdf.ContentStreamInstruction([*operands], pikepdf.Operator(operator)))
        page.obj.Contents.write(pikepdf.unparse_content_stream(found))

    return change


def in_a_drawing(pdf: pikepdf.Pdf) -> None:
    """Other words, as a drawing of its own."""
    page = pdf.pages[0]
    form = pikepdf.Stream(pdf, b"BT /X 30 Tf 100 100 Td (Invalid) Tj ET")
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    form.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 900, 600],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(X=font)),
    )
    page.resources.XObject["/Forged"] = form
    page.contents_add(b"q /Forged Do Q")


def beside_the_structure(pdf: pikepdf.Pdf) -> None:
    """A word that is there, drawn once more and not in the structure."""
    page, found, at = name_of(pdf)
    fonts = [one for one in found[:at] if str(one.operator) == "Tf"]
    page.contents_add(
        pikepdf.unparse_content_stream(
            [
                pikepdf.ContentStreamInstruction([], pikepdf.Operator("BT")),
                fonts[-1],
                pikepdf.ContentStreamInstruction([1, 0, 0, 1, 100, 100], pikepdf.Operator("Tm")),
                found[at],
                pikepdf.ContentStreamInstruction([], pikepdf.Operator("ET")),
            ]
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("forgery", "words"),
    [
        (drawn_last(b"q 1 g 200 200 500 300 re f Q"), "something is drawn over"),
        (drawn_last(b"q 1 G 90 w 100 400 m 800 400 l S Q"), "something is drawn over"),
        (drawn_last(b"q 10 0 0 10 0 0 cm 1 G 9 w 10 40 m 80 40 l S Q"), "something is drawn over"),
        (in_a_drawing, "no part of the text"),
        (beside_the_structure, "no part of the text"),
        (before_the_text("g", 1), "cannot be seen"),
        (before_the_text("Tr", 3), "cannot be seen"),
        (before_the_text("Td", 3000, 0), "cannot be seen"),
    ],
)
def test_a_certificate_on_which_words_are_covered_hidden_or_added_is_altered(
    signed: Path, tmp_path: Path, forgery: Change, words: str
) -> None:
    (tmp_path / "lone.pdf").write_bytes(forged(certificate_of(signed, 3).read_bytes(), forgery))
    found = Project(signed).verify(tmp_path / "lone.pdf")
    assert any(words in one.en for one in found.problems), found
    assert all("altered" in one.en and "遭變造" in one.zh for one in found.problems)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a digit", "a sign", "a word"])
def test_of_sixty_changed_letters_of_certificates_each_is_found(
    signed: Path, tmp_path: Path, kind: str
) -> None:
    for seed in range(20):
        content = certificate_of(signed, seed + 1).read_bytes()
        (tmp_path / "lone.pdf").write_bytes(forged(content, KINDS[kind](random.Random(f"{kind} {seed}"))))
        assert Project(signed).verify(tmp_path / "lone.pdf").problems, (kind, seed)


@pytest.mark.slow
def test_the_manifest_of_a_run_is_signed_with_the_digest_of_each_file(signed: Path, tmp_path: Path) -> None:
    """So that shapes of letters and frames, too, can be held against what was signed."""
    shutil.copytree(signed / "out", tmp_path / "out")
    file, manifest_ = certificate_of(signed, 2), tmp_path / f"out/{NAME}/manifest.json"
    copy = tmp_path / "out" / file.relative_to(signed / "out")
    with pikepdf.open(file) as pdf:
        pdf.save(copy, linearize=True)
    before, after = (hashlib.sha256(one.read_bytes()).hexdigest() for one in (file, copy))
    manifest_.write_text(manifest_.read_text("utf-8").replace(before, after), "utf-8")
    (problem,) = Project(signed).verify(copy).problems
    assert "does not fit the entry" in problem.en
