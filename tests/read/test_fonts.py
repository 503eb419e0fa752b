"""`fonts.py`: which faces there are, whether they are the right bytes, and what they can print."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reportgen.model.errors import KindError
from reportgen.read import font_setup, fonts

pytestmark = pytest.mark.slow  # whole documents or projects, again and again


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole font folder that a test may break; the faces that take long to make are copied."""
    made = fonts.font_folder() / "faces"
    for face in fonts.faces():
        if face.source == "variable":
            (tmp_path / "faces").mkdir(exist_ok=True)
            shutil.copy(made / face.file, tmp_path / "faces" / face.file)
    monkeypatch.setenv("REPORTGEN_FONTS", str(tmp_path))
    font_setup.install_fonts(lambda line: None)
    return tmp_path


def change_a_byte(file: Path) -> None:
    content = bytearray(file.resolve().read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)


def findings(*levels: str) -> dict[str, font_setup.Finding]:
    return {finding.what: finding for finding in font_setup.doctor() if finding.level in levels}


def test_every_declared_face_is_there() -> None:
    assert fonts.missing_faces() == []


def test_every_face_has_a_licence_and_a_known_place_in_a_stack() -> None:
    declared = fonts.declared()
    families = {face.family for face in fonts.faces() if face.role != "names"}
    assert {face.licence for face in fonts.faces()} == set(declared["licence"])
    assert {family for stack in declared["stack"].values() for family in stack} <= families
    assert families <= {family for stack in declared["stack"].values() for family in stack}
    assert all(licence.zh and licence.en for licence in fonts.licences())


@pytest.mark.sweep  # set-up compares the same digests
def test_making_a_weight_again_gives_the_pinned_bytes() -> None:
    medium = next(face for face in fonts.faces() if face.weight == 500)
    assert hashlib.sha256(font_setup.static_instance(medium)).hexdigest() == medium.sha256


def test_names_of_people_are_covered() -> None:
    assert fonts.uncovered("堃煊喆犇㛓𠮷") == []


@pytest.mark.parametrize("stack", ["sans-serif", "serif", "kai"])
def test_all_of_big5_is_covered_by_each_stack(stack: str) -> None:
    han = "".join(chr(point) for point in font_setup.big5_han())
    assert len(han) == font_setup.BIG5_HAN
    assert fonts.uncovered(han, (stack,)) == []


def test_a_character_no_face_has_is_named() -> None:
    assert fonts.uncovered("王\U00030000明\U00030000") == [0x30000]


def test_a_variation_selector_is_not_dropped_in_silence() -> None:
    assert fonts.uncovered("葛\U000e0100") == [0xE0100]


def test_private_use_is_a_fault_of_its_own() -> None:
    text = "王\ue000明\U000f0001"
    assert fonts.private_use(text) == [0xE000, 0xF0001]
    assert fonts.uncovered(text) == []


def test_line_ends_and_invisible_marks_need_no_glyph() -> None:
    assert fonts.uncovered("a\tb\r\nc\u200b\u2028") == []
    assert fonts.uncovered("a\x07") == [7]


def test_a_coverage_is_a_set_of_code_points() -> None:
    covered = fonts.coverage(("TW-Kai-Ext-B",))
    assert 0x20BB7 in covered
    assert 0x30000 not in covered
    assert len(covered) == len(list(covered))


@pytest.mark.parametrize("file", ["NotoSansTC-Bold.ttf", "TW-Kai-98_1.ttf"])
def test_a_face_with_one_changed_byte_is_named(own_folder: Path, file: str) -> None:
    change_a_byte(own_folder / "faces" / file)
    assert [face.file for face in fonts.missing_faces()] == [file]
    with pytest.raises(KindError, match=re.escape(file)):
        fonts.activate()
    wrong = next(iter(findings("missing").values()))
    assert "declared" in wrong.said.en
    assert fonts.MEND in wrong.mend


def test_the_doctor_sees_a_change_that_kept_size_and_time(own_folder: Path) -> None:
    face = own_folder / "faces" / "NotoSansTC-Bold.ttf"
    before = face.stat()
    change_a_byte(face)
    os.utime(face, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert list(findings("missing")) == ["Noto Sans TC 700"]


def test_installing_again_mends_a_broken_link(own_folder: Path) -> None:
    face = own_folder / "faces" / "TW-Sung-98_1.ttf"
    face.unlink()
    assert list(findings("missing")) == ["TW-Sung 400"]
    font_setup.install_fonts(lambda line: None)
    assert findings("missing", "warning") == {}


def test_installing_again_changes_nothing(own_folder: Path) -> None:
    def state() -> dict[str, int]:
        return {str(file): file.lstat().st_mtime_ns for file in own_folder.rglob("*") if file.name != ".lock"}

    before = state()
    font_setup.install_fonts(lambda line: None)
    assert state() == before


def test_two_installations_at_once_leave_a_whole_folder(own_folder: Path) -> None:
    for name in ("fonts.conf", "seen.json"):
        (own_folder / name).unlink()
    (own_folder / "faces" / "TW-Kai-98_1.ttf").unlink()

    def install(_: int) -> int:
        return subprocess.run([sys.executable, "-m", "reportgen.read.font_setup"], check=False).returncode

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(install, range(2))) == [0, 0]
    assert findings("missing", "warning") == {}


def test_a_font_that_debian_has_not_installed_comes_with_the_apt_command(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = dataclasses.replace(fonts.faces()[3], path="/nowhere/kai.ttf", file="kai.ttf")
    monkeypatch.setattr(fonts, "faces", lambda: (absent,))
    with pytest.raises(KindError, match=r"apt-get install .*fonts-cns11643-kai"):
        font_setup.install_fonts(lambda line: None)
    finding = findings("missing")["TW-Kai 400"]
    assert finding.mend.startswith("sudo apt-get install --no-install-recommends fonts-cns11643-kai")
    assert "缺少字型" in finding.said.zh


def test_a_missing_library_comes_with_the_apt_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_setup, "LIBRARIES", {"libnowhere.so.0": "libnowhere0"})
    assert findings("missing")["libnowhere.so.0"].mend.endswith("libnowhere0")


def test_this_machine_is_whole() -> None:
    assert findings("missing") == {}


PAGE = """<html lang="zh-Hant-TW"><meta charset="utf-8"><body>
<p style="font-family: sans-serif">績效 <span style="font-weight: 500">公報</span> <b>一○七</b> 𠮷 𡘙</p>
<p style="font-family: serif">績效公報 <b>一○七</b></p> <p style="font-family: kai">獎狀 𠮷</p>
<p style="font-family: 'Comic Sans MS'">未知 DejaVu ☃</p> <p style="font-family: monospace">sha256</p>"""


def base_fonts(pdf: Path) -> set[str]:
    with pikepdf.open(pdf) as opened:
        named = (thing.get("/BaseFont") for thing in opened.objects if isinstance(thing, pikepdf.Dictionary))
        return {str(name)[1:].split("+")[-1] for name in named if name is not None}


def test_a_page_takes_the_declared_faces_and_no_other(tmp_path: Path) -> None:
    import weasyprint

    weasyprint.HTML(string=PAGE).write_pdf(tmp_path / "page.pdf")
    used = base_fonts(tmp_path / "page.pdf")
    assert used <= fonts.allowed_base_fonts()
    assert used >= {
        "Noto-Sans-TC",
        "Noto-Sans-TC-Medium",
        "Noto-Sans-TC-Bold",
        "Noto-Sans-CJK-TC",
        "Noto-Serif-CJK-TC",
        "Noto-Serif-CJK-TC-Bold",
        "Noto-Sans-Mono-CJK-TC",
        "TW-Kai",
        "TW-Kai-Ext-B",
    }


def test_verapdf_tells_a_good_file_from_a_bad_one(tmp_path: Path, verapdf: Callable[..., list[Any]]) -> None:
    import weasyprint

    html = PAGE.replace("<body>", "<title>t</title><body>")
    good, bad, broken = (tmp_path / f"{name}.pdf" for name in ("good", "bad", "broken"))
    weasyprint.HTML(string=html).write_pdf(good, pdf_variant="pdf/a-3a")
    weasyprint.HTML(string=html).write_pdf(bad)
    broken.write_bytes(b"no PDF")
    verdicts = verapdf([good, bad, broken], ("3a",))
    assert [verdict.compliant for verdict in verdicts] == [True, False, False], "\n".join(map(str, verdicts))
    assert verdicts[0].assertions > 100
    assert verdicts[1].failed_rules[0].clause
    assert verdicts[2].error
