"""Certificates made from the bytes of their shape: standards, words, codes, sizes, and who is refused."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import segno
import zxingcpp
from certificate_people import DATED, certificate, page, payload, people, recipient, style

from reportgen.model import Edition, Line, Text
from reportgen.model.errors import InputError, Place, Problem
from reportgen.read import faces, fonts
from reportgen.read.pdf_text import reading_order, text_digest
from reportgen.write import certificates, codes
from reportgen.write.certificates import Finished, Order, Plan, PrintRun, finishing

pytestmark = pytest.mark.slow  # every test lays pages out

CSS = style()
OFFICER = Text("行政執行官", "Administrative Enforcement Officer")
WANG = Text("王大明", "Wang Ta-ming")
LONG_NAME = Text(
    "古拉斯·瓦旦·吉魯·瓦歷斯·諾幹·達悟", "Gulas Watan Jiru Walis Nokan Tao of the Mountains and of the Sea"
)
LONG_POST = Text(
    "範例機關臺北分署主任行政執行官室第三股股長兼重大案件專案小組召集人及業務督導考核工作小組執行祕書",
    "Chief of the Third Section of the Office of the Chief Enforcement Officer, Convener of the Task Force on Major Cases and Executive Secretary of the Working Group",
)


def planned(recipients: Sequence[Order], edition: Edition = "both") -> Plan:
    return certificates.plan(recipients, page(edition, CSS), CSS, edition, DATED, payload)


def made(recipients: Sequence[Order], edition: Edition = "both") -> list[Finished]:
    plan = planned(recipients, edition)
    assert not plan.problems
    return certificates.finish(plan.jobs, plan.shapes)


@pytest.fixture(scope="module")
def odd() -> Plan:
    """Everyone for whom something is out of the ordinary, after one for whom nothing is."""
    return planned(
        [
            recipient(1, WANG, OFFICER),
            recipient(2, Text("𠮷田堃㛓", "Yoshida"), OFFICER),
            recipient(3, LONG_NAME, OFFICER),
            recipient(4, WANG, LONG_POST),
            recipient(5, Text("王大明", "Wa\u0323ng Ta-ming"), OFFICER),
            recipient(6, Text("王大明", "Šťastný & <b>"), OFFICER),
        ]
    )


@pytest.fixture(scope="module")
def files(odd: Plan) -> dict[str, bytes]:
    return {one.key: one.content for one in certificates.finish(odd.jobs, odd.shapes)}


def words(content: bytes) -> str:
    return "".join("".join(run.words for run in reading_order(content)).split())


def picture(content: bytes, dpi: int = 200) -> Any:
    document = pypdfium2.PdfDocument(content)
    try:
        return document[0].render(scale=dpi / 72).to_pil()
    finally:
        document.close()


# ---- the file --------------------------------------------------------------------------------------------


def test_ordinary_lines_share_a_shape_and_others_have_their_own(odd: Plan) -> None:
    shapes = [job.shape for job in odd.jobs]
    assert not odd.problems
    assert shapes[0] == shapes[1] == shapes[5]
    assert (
        len({shapes[0], shapes[2], shapes[3], shapes[4]}) == 4
    )  # one of all sizes, for those who need a smaller one


def test_a_figure_behind_a_letter_needs_no_layout_of_its_own() -> None:
    posts = (Text(f"執行第{number}股", f"Clerk, Enforcement Unit {number}") for number in (3, 12))
    plan = planned([recipient(number, WANG, post) for number, post in enumerate(posts, 1)])
    assert len(plan.shapes) == 1


def test_a_long_citation_is_set_smaller_and_a_longer_one_is_refused() -> None:
    one = recipient(1, WANG, OFFICER)

    def cited(times: int) -> Order:
        line = Line(
            ("辦理行政執行業務著有成效，" * times,), ("In recognition of outstanding results. " * times,)
        )
        return replace(one, certificate=replace(one.certificate, citation=(line,)))

    sizes = []
    for times in (2, 8, 11):
        plan = planned([cited(times)])
        sizes += [plan.shapes[job.shape].citation for job in plan.jobs]
    assert sizes == sorted(set(sizes)), "each longer citation is smaller than the one before"
    (problem,) = planned([cited(60)]).problems
    assert "'citation' need more lines" in problem.en
    assert problem.place == one.place


def test_a_long_name_takes_the_first_size_at_which_it_fits(odd: Plan) -> None:
    steps = {odd.shapes[odd.jobs[2].shape].slots[run.slot].key: run.step for run in odd.jobs[2].runs}
    assert steps["name.zh"] == steps["name.en"] > 0
    assert steps["post.zh"] == steps["serial.zh"] == 0
    slot = next(slot for slot in odd.shapes[odd.jobs[2].shape].slots if slot.key == "name.zh")
    pieces = slot.shaped(LONG_NAME.zh)
    assert pieces
    for step, size in enumerate(slot.sizes[: steps["name.zh"] + 1]):
        fits = faces.width(pieces, size.size, size.spacing) <= size.width + 2
        assert fits == (step == steps["name.zh"])


def test_every_file_and_the_print_run_are_pdf_a_3a_and_pdf_ua_1(
    odd: Plan, files: dict[str, bytes], verapdf: Any, tmp_path: Path
) -> None:
    for key, content in files.items():
        (tmp_path / f"{key}.pdf").write_bytes(content)
    for edition in ("zh", "en"):
        (tmp_path / f"{edition}.pdf").write_bytes(made([recipient(1, WANG, OFFICER)], edition)[0].content)  # type: ignore[arg-type]
    plan = planned(people(50, seed=4))
    pages = [finishing.piece(job, plan.shapes[job.shape]) for job in plan.jobs]
    pages += [finishing.piece(job, odd.shapes[job.shape]) for job in odd.jobs]
    with PrintRun(tmp_path / "run.pdf", {**plan.shapes, **odd.shapes}, "獎狀 Certificates") as run:
        for one in pages:
            run.add(one)
    verdicts = verapdf(sorted(tmp_path.glob("*.pdf")), ("3a", "ua1"))
    assert len(verdicts) == 2 * (len(files) + 3)
    for verdict in verdicts:
        assert verdict.compliant, str(verdict)
        assert verdict.assertions > 500


def test_vera_pdf_sees_a_fault_in_one(files: dict[str, bytes], verapdf: Any, tmp_path: Path) -> None:
    broken = files["p00001"].replace(b"/Lang(zh-Hant-TW)", b"/Lamg(zh-Hant-TW)").replace(b"/S/H1/", b"/S/XX/")
    assert broken != files["p00001"]
    (tmp_path / "broken.pdf").write_bytes(broken)
    assert not any(verdict.compliant for verdict in verapdf([tmp_path / "broken.pdf"]))


def test_a_file_is_one_page_below_120_kb_and_reads_without_repair(files: dict[str, bytes]) -> None:
    for key, content in files.items():
        assert len(content) < 120_000, key
        with pikepdf.open(io.BytesIO(content), suppress_warnings=False) as file:
            assert not file.check_pdf_syntax()
            assert len(file.pages) == 1
            assert len(file.objects) == int(file.trailer.Size) - 1


def test_the_words_are_read_in_their_order(files: dict[str, bytes]) -> None:
    runs = reading_order(files["p00002"])
    said = [run.words.strip() for run in runs]
    assert said.index("獎狀") < said.index("𠮷田堃㛓") < said.index("Yoshida") < said.index("林示範")
    assert {run.tag for run in runs if run.words.strip() == "獎狀"} == {"H1"}
    assert {run.lang for run in runs if run.words.strip() == "Yoshida"} == {"en"}
    assert "王大明Šťastný&<b>辦理" in words(files["p00006"])
    assert "Wa\u0323ngTa-ming" in words(files["p00005"])


def test_every_face_is_declared_and_rare_characters_come_from_the_kai_of_the_second_plane(
    files: dict[str, bytes],
) -> None:
    assert faces.face_of("𠮷", faces.chain(("TW-Kai",), 400)) == next(
        place for place, face in enumerate(fonts.faces()) if face.family == "TW-Kai-Ext-B"
    )
    for content in files.values():
        with pikepdf.open(io.BytesIO(content)) as file:
            found = {
                str(font.BaseFont)[1:].partition("+")[2] for _, font in file.pages[0].Resources.Font.items()
            }
        assert found <= fonts.allowed_base_fonts()
    with pikepdf.open(io.BytesIO(files["p00002"])) as file:
        assert any("TW-Kai-Ext-B" in str(font.BaseFont) for _, font in file.pages[0].Resources.Font.items())


def test_title_identifier_and_record_are_the_persons_own(odd: Plan, files: dict[str, bytes]) -> None:
    job = odd.jobs[5]
    with pikepdf.open(io.BytesIO(files["p00006"])) as file:
        title = "獎狀 王大明 Certificate of Šťastný & <b>"
        assert str(file.docinfo["/Title"]) == title
        with file.open_metadata() as metadata:
            assert metadata["dc:title"] == title
            assert metadata["dc:identifier"] == job.payload
        record = json.loads(file.attachments["certificate.json"].get_file().read_bytes())
        assert file.Root.AF[0].AFRelationship == "/Data"
    assert record == {**job.record, "text_digest": job.digest, "code": job.payload}


def test_the_digest_is_that_of_the_finished_file_and_one_letter_changes_it(
    odd: Plan, files: dict[str, bytes]
) -> None:
    for job in odd.jobs:
        assert text_digest(files[job.key]) == job.digest
        assert f"|{job.digest}|" in job.payload
    other = planned([recipient(1, Text("王大朋", "Wang Ta-ming"), OFFICER)]).jobs[0]
    assert other.digest != odd.jobs[0].digest


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_an_edition_of_one_language_prints_that_half_alone(edition: Edition) -> None:
    said = words(made([recipient(1, WANG, OFFICER)], edition)[0].content)
    assert ("王大明" in said) == (edition == "zh")
    assert ("WangTa-ming" in said) == (edition == "en")


# ---- the code --------------------------------------------------------------------------------------------


def test_the_code_is_read_back_from_the_printed_page(odd: Plan, files: dict[str, bytes]) -> None:
    for job in odd.jobs:
        found = zxingcpp.read_barcodes(picture(files[job.key]))
        assert [code.text for code in found] == [job.payload]
        assert found[0].bytes == job.payload.encode("utf-8")
        assert found[0].ec_level == "M"


def test_the_code_says_in_words_what_it_is(files: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(files["p00001"])) as file:
        figures = [
            item
            for item in file.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]
    assert len(figures) == 1
    assert "00001" in str(figures[0].Alt) and "QR" in str(figures[0].Alt)


def test_a_second_encoder_makes_the_same_symbol() -> None:
    said = "one and the same text in small letters, and 中文"  # both keep such a text in bytes
    rows = codes.modules(said)
    other = segno.make(
        said,
        error="m",
        boost_error=False,
        mode="byte",
        encoding="utf-8",
        eci=True,
        mask=codes.MASK,
        version=(len(rows) - 17) // 4,
    )
    assert [[not module for module in row] for row in rows] == [list(map(bool, row)) for row in other.matrix]


def test_a_second_encoder_makes_a_symbol_that_says_the_same(odd: Plan) -> None:
    for job in odd.jobs:
        picture = io.BytesIO()
        segno.make(job.payload, error="m", encoding="utf-8").save(picture, kind="png", scale=4)
        import PIL.Image

        assert zxingcpp.read_barcodes(PIL.Image.open(picture))[0].text == job.payload


def test_the_stencil_of_the_code_has_exactly_its_dark_modules(odd: Plan) -> None:
    rows = codes.modules(odd.jobs[0].payload)
    side, bits = codes.stencil(odd.jobs[0].payload)
    across = (side + 7) // 8 * 2  # hexadecimal digits of a row
    found = [f"{int(bits[at : at + across], 16):0{across * 4}b}" for at in range(0, len(bits), across)]
    assert len(rows) == side == len(found)
    assert [row[:side] for row in found] == [
        "".join("1" if module else "0" for module in row) for row in rows
    ]
    assert {row[side:].strip("1") for row in found} == {""}


def test_without_a_payload_there_is_no_code() -> None:
    plan = certificates.plan([recipient(1, WANG, OFFICER)], page("both", CSS), CSS, "both", DATED)
    content = certificates.finish(plan.jobs, plan.shapes)[0].content
    assert not zxingcpp.read_barcodes(picture(content))
    with pikepdf.open(io.BytesIO(content)) as file:
        assert not file.check_pdf_syntax()
    assert "王大明" in words(content)


# ---- who else is in the run --------------------------------------------------------------------------------


def test_a_file_is_the_same_alone_in_company_in_any_order_and_after_a_journey() -> None:
    everyone = people(12, seed=9)
    plan = planned(everyone)
    together = {one.key: one.content for one in certificates.finish(plan.jobs, plan.shapes)}
    backwards = {one.key: one.content for one in made(everyone[::-1])}
    assert backwards == together
    assert made([everyone[5]])[0].content == together[everyone[5].key]
    jobs, shapes = pickle.loads(pickle.dumps((plan.jobs[7:], plan.shapes)))
    assert {one.key: one.content for one in certificates.finish(jobs, shapes)}.items() <= together.items()


def test_the_hash_is_that_of_the_bytes(odd: Plan) -> None:
    import hashlib

    for one in certificates.finish(odd.jobs, odd.shapes):
        assert one.sha256 == hashlib.sha256(one.content).hexdigest()


def test_a_worker_loads_neither_the_layout_nor_the_templates() -> None:
    import subprocess
    import sys

    asked = "import sys; from reportgen.write import certificates; certificates.finish; print(sorted({'weasyprint', 'jinja2', 'pikepdf'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


# ---- the print run -----------------------------------------------------------------------------------------


def test_the_print_run_has_every_page_in_list_order_with_a_bookmark(tmp_path: Path) -> None:
    everyone = people(70, seed=3)
    plan = planned(everyone)
    finished = certificates.finish(plan.jobs, plan.shapes)
    with PrintRun(tmp_path / "run.pdf", plan.shapes, "獎狀") as run:
        for one in finished:
            run.add(one.page)
    content = (tmp_path / "run.pdf").read_bytes()
    pages: dict[int, str] = {}
    for said in reading_order(content):
        pages[said.page] = pages.get(said.page, "") + "".join(said.words.split())
    assert [pages[number] for number in range(1, 71)] == [words(one.content) for one in finished]
    with pikepdf.open(io.BytesIO(content)) as file:
        assert not file.check_pdf_syntax()
        with file.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles == [job.title for job in plan.jobs]
        assert file.Root.StructTreeRoot.ParentTreeNextKey == 70
        assert {str(kid.S) for kid in file.Root.StructTreeRoot.K[0].K} == {"/Art"}
    assert list(tmp_path.iterdir()) == [tmp_path / "run.pdf"]


def test_a_page_of_the_print_run_looks_as_the_file(tmp_path: Path) -> None:
    plan = planned(people(3, seed=8))
    finished = certificates.finish(plan.jobs, plan.shapes)
    with PrintRun(tmp_path / "run.pdf", plan.shapes, "獎狀") as run:
        for one in finished:
            run.add(one.page)
    document = pypdfium2.PdfDocument(tmp_path / "run.pdf")
    for place, one in enumerate(finished):
        assert document[place].render(scale=1).to_pil().tobytes() == picture(one.content, 72).tobytes()
    document.close()


def test_a_print_run_that_fails_or_is_empty_leaves_nothing(tmp_path: Path) -> None:
    plan = planned(people(2))
    with pytest.raises(ZeroDivisionError), PrintRun(tmp_path / "run.pdf", plan.shapes, "獎狀") as run:
        run.add(finishing.piece(plan.jobs[0], plan.shapes[plan.jobs[0].shape]))
        raise ZeroDivisionError
    with PrintRun(tmp_path / "run.pdf", plan.shapes, "獎狀"):
        pass
    assert not list(tmp_path.iterdir())


# ---- who is refused -----------------------------------------------------------------------------------------


REFUSED = (
    (Text("王\ue123明", "Wang"), "U+E123 is a private-use character"),
    (Text("王\U000f1234明", "Wang"), "U+F1234 is a private-use character"),
    (Text("王\U0003fffd明", "Wang"), "no declared font has the character U+3FFFD"),
    (Text("王明", "Wang\x07"), "no declared font has the character U+0007"),
    (Text("長" * 90, "Long " * 70), "the words of 'name' need more lines than there is room for"),
    (Text("Llanfair" * 30, "Llanfair" * 30), "the words of 'name' are wider than their area"),
    (Text("", "Wang"), "name: there are no words in 'zh'"),
)


def test_a_name_that_cannot_be_printed_is_a_problem_with_its_row_and_the_others_go_on() -> None:
    plan = planned(
        [
            recipient(1, WANG, OFFICER),
            *(recipient(number, name, OFFICER) for number, (name, _) in enumerate(REFUSED, 2)),
            recipient(20, WANG, OFFICER),
        ]
    )
    assert [job.key for job in plan.jobs] == ["p00001", "p00020"]
    for number, (_, said) in enumerate(REFUSED, 2):
        found = [problem for problem in plan.problems if problem.place == Place("staff.csv", row=number + 1)]
        assert said in found[0].en
        assert found[0].zh


def test_a_citation_that_is_too_long_fails_for_everyone_of_its_shape() -> None:
    long = replace(
        certificate(WANG, OFFICER, "1"), citation=(Line(("極長之文字" * 70,), ("much too long " * 60,)),)
    )
    plan = planned(
        [recipient(1, WANG, OFFICER, long), recipient(2, WANG, OFFICER), recipient(3, WANG, OFFICER, long)]
    )
    assert [job.key for job in plan.jobs] == ["p00002"]
    assert [problem.place.row for problem in plan.problems] == [2, 4]
    assert "'citation'" in plan.problems[0].en


def test_a_code_that_nobody_could_read_is_refused() -> None:
    plan = certificates.plan(
        [recipient(1, WANG, OFFICER)], page("both", CSS), CSS, "both", DATED, lambda *_: "x" * 400
    )
    assert "331 bytes" in plan.problems[0].en


def test_an_error_of_the_signing_is_that_persons_own() -> None:
    def refuse(one: Order, digest: str) -> str:
        if one.key == "p00001":
            raise InputError(Problem(Place("x"), "no", "否"))
        return payload(one, digest)

    plan = certificates.plan(
        [recipient(1, WANG, OFFICER), recipient(2, WANG, OFFICER)],
        page("both", CSS),
        CSS,
        "both",
        DATED,
        refuse,
    )
    assert [job.key for job in plan.jobs] == ["p00002"]
    assert plan.problems == (Problem(Place("staff.csv", row=2), "no", "否"),)


# ---- delivery ------------------------------------------------------------------------------------------------


def test_a_group_of_files_is_written_whole_and_replaces_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"older and longer")
    certificates.write_together(tmp_path, {"a.pdf": b"one", "b.pdf": b"two", "c.pdf": b""})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "a.pdf": b"one",
        "b.pdf": b"two",
        "c.pdf": b"",
    }
    assert (tmp_path / "a.pdf").stat().st_mode & 0o777 == 0o644
    certificates.write_together(tmp_path, {})


def test_a_group_that_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen.write.certificates import delivery

    def full(_handles: Sequence[int]) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a.pdf").write_bytes(b"older")
    monkeypatch.setattr(delivery, "_sync", full)
    with pytest.raises(OSError, match="No space"):
        certificates.write_together(tmp_path, {"a.pdf": b"new", "b.pdf": b"new"})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a.pdf": b"older"}


def test_where_the_file_system_cannot_be_asked_each_file_is_brought_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from reportgen.write.certificates import delivery

    asked: list[int] = []
    monkeypatch.setattr(delivery.ctypes, "CDLL", lambda *_, **__: object())
    monkeypatch.setattr(os, "fsync", asked.append)
    certificates.write_together(tmp_path, {"a.pdf": b"one", "b.pdf": b"two"})
    assert len(asked) == 2
