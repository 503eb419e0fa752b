"""Faces of the office's own: which files are refused and why, what they lack, and one that is printed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import dressed
import pytest
from fontTools.ttLib import TTFont

from reportgen.model import Text
from reportgen.model.errors import KindError
from reportgen.read import fonts, own_fonts
from reportgen.read.theme import load_theme

FILE = "styles/fonts/DejaVuSans.ttf"
FAMILY = "DejaVu Serif"  # a face that is there everywhere; what it is called here is its own name
ENTRY = """
[[font]]
family = "{family}"
weight = {weight}
file = "{file}"
sha256 = "{sha256}"
licence = {{ zh = "依其授權使用。", en = "Used under its licence." }}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "styles/fonts").mkdir(parents=True)
    face = next(face for face in fonts.faces() if face.family == FAMILY and face.weight == 400)
    shutil.copy(face.target, tmp_path / FILE)
    return tmp_path


def declared(project: Path, **other: object) -> Path:
    digest = hashlib.sha256((project / FILE).read_bytes()).hexdigest()
    given = {"family": FAMILY, "weight": 400, "file": FILE, "sha256": digest} | other
    tokens = (dressed.ROOT / "styles/tokens.toml").read_text("utf-8")
    (project / "styles/tokens.toml").write_text(tokens + ENTRY.format(**given), "utf-8")
    return project


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"file": "styles/none.ttf"}, "font 1: file: there is no styles/none.ttf in the project; put the font file"),
        ({"sha256": "0" * 64}, f"font 1: sha256: {FILE} is not the declared file: its SHA-256 is 13e61509f5c8"),
        ({"family": "Harbour Sans"}, f"font 1: family: {FILE} says that it is 'DejaVu Serif' of weight 400; write that"),
        ({"weight": 700}, "says that it is 'DejaVu Serif' of weight 400"),
    ],
)  # fmt: skip
def test_a_face_that_is_not_the_declared_one_is_refused(
    project: Path, other: dict[str, object], message: str
) -> None:
    with pytest.raises(KindError) as refused:
        own_fonts.use(declared(project, **other))
    (problem,) = refused.value.problems
    assert message in problem.say() and problem.say("zh") != problem.say()


def changed(project: Path, change: str) -> Path:
    with TTFont(project / FILE) as font:
        if change == "closed":
            font["OS/2"].fsType = 2
        font.save(project / FILE)
    if change == "cut":
        (project / FILE).write_bytes(b"no font at all")
    return project


@pytest.mark.parametrize(
    ("change", "message"), [("closed", "forbids to be embedded"), ("cut", "cannot be read as a font")]
)
def test_a_file_that_no_archive_may_hold_is_refused(project: Path, change: str, message: str) -> None:
    with pytest.raises(KindError, match=message):
        own_fonts.use(declared(changed(project, change)))


def test_a_digest_and_a_family_are_looked_at_with_the_tokens(project: Path) -> None:
    with pytest.raises(KindError, match='sha256: "abc" is no SHA-256'):
        load_theme(declared(project, sha256="abc") / "styles/tokens.toml")
    tokens = declared(project) / "styles/tokens.toml"
    tokens.write_text(tokens.read_text("utf-8").replace('sans = "Noto Sans TC"', 'sans = "Arial"'), "utf-8")
    with pytest.raises(KindError, match='fonts: sans: "Arial" is unknown; known: DejaVu Serif, Noto Sans TC'):
        load_theme(tokens)


def test_its_licence_is_for_the_colophon(project: Path) -> None:
    theme = load_theme(declared(project) / "styles/tokens.toml")
    assert theme.licences == (Text("依其授權使用。", "Used under its licence."),)


def test_a_project_without_faces_changes_nothing(tmp_path: Path) -> None:
    before = fonts.faces()
    own_fonts.use(tmp_path)
    assert fonts.OWN not in os.environ and fonts.faces() == before


BUILD = """
import sys
from reportgen import Project
project = Project(sys.argv[1])
print(*[line.en for report in project.check() for line in report.lines()], sep="\\n")
print([outcome.state for outcome in project.build()])
"""


@pytest.mark.sweep
def test_a_face_of_the_office_is_printed_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    """In a process and with a font folder of its own: no other project sees the face."""
    folder = dressed.office(tmp_path / "office")
    (folder / "styles/fonts").mkdir()
    face = next(face for face in fonts.faces() if face.family == FAMILY and face.weight == 400)
    with TTFont(face.target) as font:
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = "Harbour Serif"
        font.save(folder / FILE)
    tokens = (folder / "styles/tokens.toml").read_text("utf-8")
    declared(folder, family="Harbour Serif")
    entry = (folder / "styles/tokens.toml").read_text("utf-8").partition("[[font]]")[2]
    sans = tokens.replace('sans = "Noto Sans TC"', 'sans = "Harbour Serif"')
    (folder / "styles/tokens.toml").write_text(f"{sans}\n[[font]]{entry}", "utf-8")
    shutil.copytree(fonts.font_folder(), tmp_path / "fonts", symlinks=True)
    paths = os.pathsep.join([str(dressed.ROOT), str(dressed.ROOT / "tests")])
    environment = {**os.environ, "REPORTGEN_FONTS": str(tmp_path / "fonts"), "PYTHONPATH": paths}
    environment.pop("FONTCONFIG_FILE", None)
    mended = [sys.executable, "-m", "reportgen", "doctor", "--mend"]
    subprocess.run(mended, env=environment, check=True, capture_output=True)
    command = [sys.executable, "-c", BUILD, str(folder)]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, encoding="utf-8")
    assert "['made']" in run.stdout and "Harbour Serif 400 lacks" in run.stdout, run.stdout
    used = subprocess.run(
        ["pdffonts", str(folder / "out" / dressed.NAME / "bulletin.pdf")],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "Harbour-Serif" in used and "Noto-Sans-TC" in used
