"""Forged documents: whatever one change makes of a finished PDF, `verify` finds it; what nobody touched agrees."""

from __future__ import annotations

import io
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
import small_panels
from click.testing import CliRunner
from making import build, sample
from test_pipeline import ROOT, small_project

from reportgen import pipeline
from reportgen.cli import main
from reportgen.model.job import Job, Written
from reportgen.project import Project, Verification
from reportgen.read.pdf_contents import contents, seal, sealed
from reportgen.read.pdf_text import _to_unicode
from reportgen.verify.ledger import read_ledger, sha256

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

TREND = """
[[section.block]]
block = "narrative"
story = "trend"
metric = "surplus"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_project(tmp_path_factory.mktemp("forged"))
    file = folder / "inputs/amounts/publication.toml"
    annex = '[[section.block]]\nblock = "data_annex"'
    file.write_text(file.read_text("utf-8").replace(annex, TREND + annex), "utf-8")
    metrics = folder / "inputs/metrics.toml"  # words of an officer that hold a number of no figure
    units = metrics.read_text("utf-8")
    assert "NT$ million" in units
    metrics.write_text(units.replace("NT$ million", "NT$1,000,000 in purses"), "utf-8")
    made = list(build(folder, folder / "out", ["amounts"], ["both", "zh"]))
    assert {one.state for one in made} == {"made"}, made
    return folder


@pytest.fixture(scope="module")
def original(project: Path) -> bytes:
    return (project / "out/amounts/bulletin.pdf").read_bytes()


# ---- the forger's tools -----------------------------------------------------------------------------

Change = Callable[[pikepdf.Pdf], None]


def verified(folder: Path, content: bytes) -> Verification:
    """A lone file: the forger has left the manifest behind, or has renewed it."""
    (folder / "forged.pdf").write_bytes(content)
    return Project(ROOT).verify(folder / "forged.pdf")


def forged(content: bytes, change: Change) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(target)
    return target.getvalue()


class Letters:
    """The texts of a page as its content stream draws them, letter by letter, each with its font."""

    def __init__(self, page: pikepdf.Page) -> None:
        page.contents_coalesce()
        self.page, self.instructions = page, list(pikepdf.parse_content_stream(page))
        fonts = {name: _to_unicode(font) for name, font in page.resources.get("/Font", {}).items()}
        self.strings: list[tuple[int, list[tuple[int, int]], str, dict[int, str]]] = []
        font: dict[int, str] = {}
        for place, (operands, operator) in enumerate(self.instructions):
            if str(operator) == "Tf":
                font = fonts.get(str(operands[0]), {})
            elif str(operator) in ("TJ", "Tj"):
                parts = operands[0] if str(operator) == "TJ" else operands
                codes = [
                    ((number, at), raw[at] << 8 | raw[at + 1])
                    for number, part in enumerate(parts)
                    if isinstance(part, pikepdf.String)
                    for raw in [bytes(part)]
                    for at in range(0, len(raw), 2)
                ]
                words = "".join(font.get(code, "?")[0] for _, code in codes)
                self.strings.append((place, [at for at, _ in codes], words, font))

    def text(self, string: int) -> str:
        return self.strings[string][2]

    def put(self, string: int, at: int, letter: str) -> None:
        """Another letter of the same font; with none it is taken out."""
        place, places, _, font = self.strings[string]
        number, start = places[at]
        operands, operator = self.instructions[place]
        parts = list(operands[0]) if str(operator) == "TJ" else list(operands)
        raw = bytearray(bytes(parts[number]))
        raw[start : start + 2] = _code(font, letter).to_bytes(2, "big") if letter else b""
        parts[number] = pikepdf.String(bytes(raw))
        given = [pikepdf.Array(parts)] if str(operator) == "TJ" else parts
        self.instructions[place] = pikepdf.ContentStreamInstruction(given, operator)
        self.page.obj.Contents.write(pikepdf.unparse_content_stream(self.instructions))

    def others(self, string: int, of: Callable[[str], bool]) -> list[str]:
        return sorted(one for one in set(self.strings[string][3].values()) if len(one) == 1 and of(one))


def _code(font: dict[int, str], letter: str) -> int:
    return next(code for code, known in sorted(font.items()) if known == letter)


def redrawn(old: str, new: str) -> Change:
    """The first text that reads `old` is drawn as `new`, of the same length; a space takes a letter out.

    Lines and spaces may part the letters, which are drawn one after the other.
    """
    letter_by_letter = [(before, after) for before, after in zip(old, new, strict=True) if before.strip()]

    def change(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            letters = Letters(page)
            drawn = [
                (string, at, letter)
                for string in range(len(letters.strings))
                for at, letter in enumerate(letters.text(string))
                if letter.strip()
            ]
            start = "".join(letter for _, _, letter in drawn).find("".join(old.split()))
            if start < 0:
                continue
            for (string, at, _), (before, after) in reversed(
                [*zip(drawn[start:], letter_by_letter, strict=False)]
            ):
                if before != after:
                    letters.put(string, at, after.strip())
            return
        raise AssertionError(f"{old} is drawn nowhere")

    return change


def embedded(name: str, change: Callable[[bytes], bytes]) -> Change:
    """Another content of an embedded file, with its check sum renewed."""

    def put(pdf: pikepdf.Pdf) -> None:
        content = change(pdf.attachments[name].get_file().read_bytes())
        if name == "ledger.json":
            stream = pdf.attachments[name].obj.EF.F
            stream.write(content)
            stream.Params.Size = len(content)
        else:
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)

    return put


def instead(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


def elements(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    return (
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/StructElem"
    )


def alternative(old: str, new: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        element = next(one for one in elements(pdf) if old in str(one.get("/Alt", "")))
        element.Alt = pikepdf.String(str(element.Alt).replace(old, new, 1))

    return change


def said(found: Verification) -> str:
    assert all(one.en and one.zh and one.place.file.endswith("forged.pdf") for one in found.problems)
    return "\n".join(f"{one.en}\n{one.zh}" for one in found.problems)


# ---- what nobody touched ----------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["bulletin.pdf", "bulletin.zh.pdf"])
def test_what_was_delivered_agrees_and_says_what_was_looked_at(project: Path, edition: str) -> None:
    run = CliRunner().invoke(main, ["verify", str(project / "out/amounts" / edition)])
    assert run.exit_code == 0, run.output
    for words in ("compared with their records", "SHA-256", "with the manifest beside it", "not signed"):
        assert words in run.output
    assert "as delivered" in run.output


def test_a_number_in_the_words_of_an_officer_is_no_fault(project: Path) -> None:
    found = Project(ROOT).verify(project / "out/amounts/bulletin.pdf")
    assert found.problems == ()
    assert any(
        "numbers that are words and no figures" in line.en and "'1,000,000'" in line.en
        for line in found.measured
    )
    assert any("'1,000,000'" in line.zh for line in found.measured)


def test_a_lone_file_agrees_with_itself_and_is_not_signed(original: bytes, tmp_path: Path) -> None:
    (tmp_path / "lone.pdf").write_bytes(original)
    run = CliRunner().invoke(main, ["verify", str(tmp_path / "lone.pdf")])
    assert run.exit_code == 0, run.output
    assert "agrees with itself; not signed" in run.output
    assert "no manifest beside the file speaks of it" in run.output


def test_a_file_that_was_only_packed_anew_agrees(original: bytes, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(original)) as pdf:
        pdf.save(tmp_path / "web.pdf", linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert Project(ROOT).verify(tmp_path / "web.pdf").problems == ()


def test_a_computed_sentence_has_a_record_in_both_languages(project: Path) -> None:
    ledger = read_ledger(project / "out/amounts/bulletin.pdf")
    numbers = {figure["id"] for figure in ledger["figures"]}
    sentence = next(one for one in ledger["sentences"] if "增加" in one["text"]["zh"])
    assert sentence["figures"] and set(sentence["figures"]) <= numbers and sentence["at"]
    assert "up 138.1% on the year before" in sentence["text"]["en"]


# ---- each forgery of the findings -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.041", "0.021"),  # printed elsewhere, too
        ("+138.1", " 138.1"),  # the sign
        ("5萬元", "1萬元"),
        ("較上年增加", "較上年 加"),  # a word of a computed sentence
        (", up ", ", on "),
        ("107年賸餘", "104年賸餘"),
        ("2018", "2017"),
    ],
)
def test_another_figure_sign_or_word_is_found(original: bytes, tmp_path: Path, old: str, new: str) -> None:
    found = said(verified(tmp_path, forged(original, redrawn(old, new))))
    assert "page " in found and "recorded" in found and "帳冊所載為" in found
    assert new.replace(" ", "") in found.replace(" ", "") and old in found


def test_another_alternative_text_is_found(original: bytes, tmp_path: Path) -> None:
    found = said(verified(tmp_path, forged(original, alternative("0.050 in 2018", "0.060 in 2018"))))
    assert "page 3: alternative text" in found and "0.060 in 2018" in found and "0.050 in 2018" in found


def test_another_embedded_table_is_found(original: bytes, tmp_path: Path) -> None:
    content = forged(original, embedded("budget.csv", instead(b"120646", b"120647")))
    assert "embedded file 'budget.csv'" in said(verified(tmp_path, content))


def test_a_figure_altered_in_the_ledger_is_not_its_exact_value(original: bytes, tmp_path: Path) -> None:
    """Its exact value untouched, and the digest of the ledger renewed."""

    def change(pdf: pikepdf.Pdf) -> None:
        ledger = pdf.attachments["ledger.json"].get_file().read_bytes()
        sealed(pdf, instead(b'"printed": "0.041"', b'"printed": "0.049"')(ledger))

    found = said(verified(tmp_path, forged(original, change)))
    assert "prints '0.049'" in found and "'0.041'" in found
    assert "the ledger within is not the one" not in found


@pytest.mark.parametrize("change", ["altered", "deleted"])
def test_a_ledger_beside_that_was_touched_is_found(project: Path, tmp_path: Path, change: str) -> None:
    shutil.copytree(project / "out/amounts", tmp_path / "amounts")
    beside = tmp_path / "amounts/ledger.json"
    if change == "altered":
        beside.write_bytes(instead(b"0.041", b"0.042")(beside.read_bytes()))
    else:
        beside.unlink()
    (problem,) = Project(ROOT).verify(tmp_path / "amounts/bulletin.pdf").problems
    assert "ledger.json beside the file" in problem.en and "ledger.json" in problem.zh


def test_a_renewed_manifest_hides_nothing(original: bytes, project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "out/amounts", tmp_path / "amounts")
    file, manifest = tmp_path / "amounts/bulletin.pdf", tmp_path / "amounts/manifest.json"
    file.write_bytes(forged(original, redrawn("0.041", "0.021")))
    manifest.write_bytes(
        instead(sha256(original).encode(), sha256(file.read_bytes()).encode())(manifest.read_bytes())
    )
    run = CliRunner().invoke(main, ["verify", str(file)])
    assert run.exit_code == 5
    assert "not the file that was delivered" not in run.output and "0.021" in run.output


def renewed(change: Change) -> Change:
    """The change, with all that the ledger records of the file and its digest made anew."""

    def put(pdf: pikepdf.Pdf) -> None:
        change(pdf)
        ledger = json.loads(pdf.attachments["ledger.json"].get_file().read_bytes())
        sealed(pdf, json.dumps({**ledger, "contents": contents(pdf)}, ensure_ascii=False).encode())

    return put


def moved(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].contents_add(b"q 1 0 0 1 0 -40 cm", prepend=True)
    pdf.pages[2].contents_add(b"Q")


@pytest.mark.parametrize(("change", "figure"), [(moved, "138.1"), (redrawn("138.1", "131.8"), "138.1")])
def test_a_figure_that_does_not_stand_where_its_record_says_is_found(
    original: bytes, tmp_path: Path, change: Change, figure: str
) -> None:
    """Although the forger has renewed all that the ledger records of its pages, and its digest."""
    problems = verified(tmp_path, forged(original, renewed(change))).problems
    assert any(f"places {figure!r}" in one.en and "mm from the top" in one.en for one in problems), problems
    assert not any("recorded" in one.en or "within is not" in one.en for one in problems)


def covered(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].contents_add(b"q 1 g 0 0 595 842 re f Q")


def covered_twice(pdf: pikepdf.Pdf) -> None:
    """One cover hides the other: without the upper one the page looks as it did."""
    covered(pdf)
    covered(pdf)


def unpainted(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].contents_add(b"q 3 Tr", prepend=True)
    pdf.pages[2].contents_add(b"Q")


def stamped(pdf: pikepdf.Pdf) -> None:
    stamp = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[100, 500, 200, 520])
    pdf.pages[2].obj.Annots = [*pdf.pages[2].obj.get("/Annots", []), pdf.make_indirect(stamp)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (covered, "page 3: something is drawn over the words"),
        (covered_twice, "page 3: something is drawn over the words"),
        (unpainted, "page 3: the words '0.041' are there but cannot be seen"),
        (stamped, "page 3: a note, stamp or field lies on the page"),
    ],
)
def test_what_hides_words_is_found_although_all_records_are_renewed(
    original: bytes, tmp_path: Path, change: Change, words: str
) -> None:
    assert words in said(verified(tmp_path, forged(original, renewed(change))))


def box(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].contents_add(b"q 1 g 100 100 200 200 re f Q")


def head(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[0].title = "Other"


def turned(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Rotate = 180


def opened(pdf: pikepdf.Pdf) -> None:
    """A link that does something else, too."""
    after = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    (link, *_) = (note for page in pdf.pages for note in page.obj.get("/Annots", []))
    link.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org", Next=after)


def letters(pdf: pikepdf.Pdf) -> None:
    """The shapes of the letters are others, their codes and words are not."""
    font = next(iter(pdf.pages[2].resources.Font.values())).DescendantFonts[0].FontDescriptor
    (name,) = (key for key in font if key.startswith("/FontFile"))
    font[name].write(font[name].read_bytes()[:-1] + b"x")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (box, "page 3: its words are those recorded, what is drawn is not"),
        (letters, "page 3: its words are those recorded, what is drawn is not"),
        (turned, "what is drawn is not"),
        (opened, "what is drawn is not"),
        (head, "metadata, outline or structure"),
        (lambda pdf: pdf.pages.__delitem__(3), "page 4: text ' (TH, 0)', recorded '檔案格式 (TH, 4)'"),
    ],
)
def test_what_is_drawn_otherwise_is_found(
    original: bytes, tmp_path: Path, change: Change, words: str
) -> None:
    assert words in said(verified(tmp_path, forged(original, change)))


# ---- any other single change ------------------------------------------------------------------------


def drawn_letter(chance: random.Random, of: Callable[[str], bool], gone: bool = False) -> Change:
    """One letter of a kind, anywhere on the pages, becomes another letter of its font, or goes."""

    def change(pdf: pikepdf.Pdf) -> None:
        pages = [Letters(page) for page in pdf.pages]
        places = [
            (page, string, at)
            for page in pages
            for string in range(len(page.strings))
            for at, letter in enumerate(page.text(string))
            if of(letter)
        ]
        page, string, at = chance.choice(places)
        now = page.text(string)[at]
        page.put(
            string, at, "" if gone else chance.choice(page.others(string, lambda one: of(one) and one != now))
        )

    return change


def other_letter(chance: random.Random, words: str, of: Callable[[str], bool]) -> str:
    at = chance.choice([place for place, letter in enumerate(words) if of(letter)])
    new = chance.choice([letter for letter in "0123456789abcxyz增減" if of(letter) and letter != words[at]])
    return words[:at] + new + words[at + 1 :]


def spoken(chance: random.Random) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        element = chance.choice([one for one in elements(pdf) if str(one.get("/Alt", ""))])
        element.Alt = pikepdf.String(other_letter(chance, str(element.Alt), str.isalnum))

    return change


def attached(chance: random.Random, *names: str) -> Change:
    def change(pdf: pikepdf.Pdf) -> None:
        name = chance.choice(names or sorted(set(pdf.attachments) - {"ledger.json"}))
        embedded(name, lambda raw: other_letter(chance, raw.decode(), str.isalnum).encode())(pdf)

    return change


SIGNS = "−+%.,()、。：".__contains__
KINDS: dict[str, Callable[[random.Random], Change]] = {
    "a digit": lambda chance: drawn_letter(chance, lambda letter: letter in "0123456789"),
    "a sign": lambda chance: drawn_letter(chance, SIGNS, gone=True),
    "a word": lambda chance: drawn_letter(chance, str.isalpha),
    "an alternative text": spoken,
    "an embedded file": attached,
    "the ledger": lambda chance: attached(chance, "ledger.json"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", range(4))
def test_of_two_hundred_single_changes_each_is_found(
    original: bytes, tmp_path: Path, kind: str, part: int
) -> None:
    for seed in range(9 * part, 9 * part + 9):
        found = verified(tmp_path, forged(original, KINDS[kind](random.Random(f"{kind} {seed}"))))
        assert found.problems, (kind, seed)
        words = said(found)
        assert "damaged" not in words or kind == "the ledger", (kind, seed, words)
        if kind in ("a digit", "a sign", "a word"):
            assert "page " in words, (kind, seed, words)


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = small_panels.project(tmp_path_factory.mktemp("panel"))
    made = list(build(folder, folder / "out", Project(folder).names()))
    assert {one.state for one in made} == {"made"}, made
    return next(one for one in (folder / "out").rglob("*.pdf") if ".press." not in one.name).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_of_thirty_changes_of_a_panel_each_is_found(panel: bytes, tmp_path: Path, kind: str) -> None:
    for seed in range(5):
        found = verified(tmp_path, forged(panel, KINDS[kind](random.Random(f"panel {kind} {seed}"))))
        assert found.problems, (kind, seed)


# ---- damaged and foreign files ----------------------------------------------------------------------


def test_a_damaged_file_gives_a_message(original: bytes, tmp_path: Path) -> None:
    file = tmp_path / "damaged.pdf"
    for seed in range(40):
        chance, raw = random.Random(seed), bytearray(original)
        for _ in range(chance.choice((1, 20, 400))):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        file.write_bytes(raw[: chance.choice((len(raw), len(raw) // 2, 900))])
        run = CliRunner().invoke(main, ["verify", str(file)])
        assert run.exit_code in (3, 5), (seed, run.output, run.exception)
        assert "damaged.pdf" in run.output


@pytest.mark.parametrize("spoilt", ["to_unicode", "page", "tree"])
def test_a_file_whose_parts_are_not_what_they_should_be_is_told_as_damaged(
    original: bytes, tmp_path: Path, spoilt: str
) -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        if spoilt == "to_unicode":
            for font in pdf.pages[2].resources.Font.values():
                font.ToUnicode.write(b"<0001> <d8>")
        elif spoilt == "page":
            pdf.pages[2].obj.Contents.write(b"/P << /MCID /x >> BDC (a) Tj EMC EMC")
        else:
            pdf.Root.StructTreeRoot = pikepdf.Array([1])

    (tmp_path / "forged.pdf").write_bytes(forged(original, change))
    run = CliRunner().invoke(main, ["verify", str(tmp_path / "forged.pdf")])
    assert run.exit_code == 5, run.output
    assert "is damaged, or is no file of reportgen" in run.output


def test_the_record_says_what_the_file_holds(original: bytes) -> None:
    with pikepdf.open(io.BytesIO(original)) as pdf:
        raw = pdf.attachments["ledger.json"].get_file().read_bytes()
        assert contents(pdf) == json.loads(raw)["contents"]
        assert seal(pdf) == sha256(raw)


SWEPT = [
    pytest.param(name, marks=pytest.mark.sweep) for name in ("targets-105", "appraisal-104-06")
]  # of hundreds of pages


@pytest.mark.parametrize("name", ["brief-104", "bonus-104", "meeting-888", *SWEPT])
def test_documents_of_every_kind_agree_with_their_records(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bulletin, and panels with their printer's editions, have tests of their own."""

    def make(job: Job, tools: object) -> Written:
        return sample(job.publication, job.document, job.edition).result

    monkeypatch.setattr(pipeline, "make", make)
    made = list(build(ROOT, tmp_path, [name], ["en" if name == "brief-104" else "both"]))
    assert {one.state for one in made} == {"made"}, made
    for file in tmp_path.rglob("*.pdf"):
        found = Project(ROOT).verify(file)
        assert found.problems == (), file
        if not file.name.startswith("certificates"):
            assert any("compared with their records" in line.en for line in found.measured), file
            assert not any("numbers that are words" in line.en for line in found.measured), file
