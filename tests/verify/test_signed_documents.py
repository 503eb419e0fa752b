"""Documents signed with the key of a project: who signed is said, and a forger without the key is found, whatever is renewed."""

from __future__ import annotations

import io
import itertools
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from making import build
from test_forgeries import KINDS, Change, Letters, forged, instead, redrawn
from test_pipeline import ROOT, small_project
from test_signing import THEIRS

from reportgen.cli import main
from reportgen.project import Project, Verification
from reportgen.read.pdf_contents import contents, put_statement, seal, sealed
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256
from reportgen.write import keys
from reportgen.write.signatures import digest_of_entry, signed, statement

pytestmark = pytest.mark.slow  # whole documents, again and again


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_project(tmp_path_factory.mktemp("signed"))
    keys.make_keys(folder)
    made = list(build(folder, folder / "out", ["amounts"], formats=["pdf", "odt"]))
    assert {one.state for one in made} == {"made"}, made
    return folder


@pytest.fixture(scope="module")
def original(project: Path) -> bytes:
    return (project / "out/amounts/bulletin.pdf").read_bytes()


def lone(project: Path, content: bytes, tmp_path: Path) -> Verification:
    (tmp_path / "lone.pdf").write_bytes(content)
    return Project(project).verify(tmp_path / "lone.pdf")


def said(found: Verification) -> str:
    return "\n".join(f"{one.en}\n{one.zh}" for one in found.problems)


def renewed(change: Change) -> Change:
    """The change, and then the records and digests of all that the pages hold now: all but the signature."""

    def put(pdf: pikepdf.Pdf) -> None:
        change(pdf)
        ledger = json.loads(pdf.attachments["ledger.json"].get_file().read_bytes())
        ledger["contents"] = contents(pdf)
        for record in (*ledger["sentences"], *ledger["figures"]):
            record["at"] = []  # and says of none where it stands
        words = json.dumps(ledger, ensure_ascii=False, indent=1).encode()
        before = seal(pdf, "Statement")
        sealed(pdf, words)
        if before:
            put_statement(pdf, before)

    return put


# ---- who signed ----------------------------------------------------------------------------------------


def test_a_lone_file_says_who_signed_it_and_that_nothing_was_changed(
    project: Path, original: bytes, tmp_path: Path
) -> None:
    (tmp_path / "lone.pdf").write_bytes(original)
    (key,) = keys.load_public(project)
    run = CliRunner().invoke(main, ["--project", str(project), "verify", str(tmp_path / "lone.pdf")])
    assert run.exit_code == 0, run.output
    assert f"signed as amounts/bulletin.pdf with the key {key.id} (keys/public.pem)" in run.output
    assert f"agrees with itself; signed with the key {key.id}" in run.output
    assert "not signed" not in run.output
    zh = ["--project", str(project), "--messages", "zh", "verify", str(tmp_path / "lone.pdf")]
    assert f"以金鑰 {key.id} 簽章" in CliRunner().invoke(main, zh).output


def test_the_same_inputs_and_key_give_the_same_bytes(project: Path, original: bytes, tmp_path: Path) -> None:
    list(build(project, tmp_path, ["amounts"], formats=["pdf", "odt"]))
    for file in (project / "out/amounts").iterdir():
        if file.suffix in (".pdf", ".json", ".odt") and not file.name.startswith("."):
            assert (tmp_path / "amounts" / file.name).read_bytes() == file.read_bytes(), file.name
    again = list(build(project, project / "out", ["amounts"], formats=["pdf", "odt"]))
    assert [one.state for one in again] == ["unchanged"]


def test_a_key_that_is_not_known_is_told_and_can_be_given(
    project: Path, original: bytes, tmp_path: Path
) -> None:
    found = lone(ROOT, original, tmp_path)
    assert "none of this project's" in said(found) and "--key FILE" in said(found)
    run = CliRunner().invoke(
        main, ["verify", "--key", str(project / "keys/public.pem"), str(tmp_path / "lone.pdf")]
    )
    assert run.exit_code == 0, run.output
    (tmp_path / "junk.pem").write_text("no key", "utf-8")
    run = CliRunner().invoke(
        main, ["verify", "--key", str(tmp_path / "junk.pem"), str(tmp_path / "lone.pdf")]
    )
    assert run.exit_code == 3 and "junk.pem" in run.output


def test_a_former_key_is_still_known(project: Path, original: bytes, tmp_path: Path) -> None:
    shutil.copytree(project / "keys", tmp_path / "keys")
    (tmp_path / "keys/private.pem").unlink()
    (tmp_path / "keys/public.pem").rename(tmp_path / "keys/public-1.pem")
    keys.make_keys(tmp_path)
    found = lone(tmp_path, original, tmp_path)
    assert not found.problems and any("keys/public-1.pem" in line.en for line in found.measured)


def test_a_new_key_makes_each_document_anew(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "p")
    shutil.rmtree(tmp_path / "p/keys")
    keys.make_keys(tmp_path / "p")
    (made,) = build(tmp_path / "p", tmp_path / "p/out", ["amounts"], dry_run=True, formats=["pdf", "odt"])
    assert made.state == "made" and any("the key changed" in why.en for why in made.why)


def test_a_key_that_others_can_read_signs_nothing(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "keys", tmp_path / "p/keys")
    for name in ("inputs", "templates", "styles"):
        shutil.copytree(project / name, tmp_path / "p" / name)
    (tmp_path / "p/keys/private.pem").chmod(0o644)
    (failed,) = build(tmp_path / "p", tmp_path / "p/out", ["amounts"])
    assert failed.state == "failed" and failed.exit_code == 3
    assert "chmod 600 keys/private.pem" in failed.problems[0].en
    assert not [*(tmp_path / "p/out/amounts").glob("*.pdf")]


def test_an_editable_file_and_the_ledger_are_those_that_were_signed(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "out/amounts", tmp_path / "amounts")
    for name in ("bulletin.odt", "ledger.json"):
        found = Project(project).verify(tmp_path / "amounts" / name)
        assert not found.problems and any("is signed with the key" in line.en for line in found.measured)
    odt, manifest = tmp_path / "amounts/bulletin.odt", tmp_path / "amounts/manifest.json"
    before = sha256(odt.read_bytes())
    odt.write_bytes(odt.read_bytes() + b" ")
    assert "its SHA-256 differs" in said(Project(project).verify(odt))
    manifest.write_text(manifest.read_text("utf-8").replace(before, sha256(odt.read_bytes())), "utf-8")
    assert "was altered: the signature (amounts/bulletin.pdf" in said(Project(project).verify(odt))
    (tmp_path / "alone.odt").write_bytes(odt.read_bytes())
    assert "no manifest" in said(Project(project).verify(tmp_path / "alone.odt"))


# ---- who has no key --------------------------------------------------------------------------------------


def with_their_key(pdf: pikepdf.Pdf) -> None:
    ledger = pdf.attachments["ledger.json"].get_file().read_bytes()
    put_statement(pdf, statement("RGD1", "amounts/bulletin.pdf", sha256(ledger), THEIRS[0]))


def under_our_name(pdf: pikepdf.Pdf) -> None:
    """Signed with another key under the id of ours."""
    ours = seal(pdf, "Statement").split("|")[3]
    ledger = pdf.attachments["ledger.json"].get_file().read_bytes()
    key = keys.Key(THEIRS[0].private, ours)
    put_statement(pdf, statement("RGD1", "amounts/bulletin.pdf", sha256(ledger), key))


def stripped(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.PieceInfo.reportgen.Private["/Statement"]


def broken(pdf: pikepdf.Pdf) -> None:
    put_statement(pdf, "RGD1|" + seal(pdf, "Statement"))


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (lambda pdf: None, "the signature (amounts/bulletin.pdf, key "),
        (stripped, "is not signed, though there are keys"),
        (with_their_key, "none of this project's"),
        (under_our_name, "was altered"),
        (broken, "was altered"),
    ],
)
def test_a_forger_who_renews_everything_without_the_key_is_found(
    project: Path, original: bytes, tmp_path: Path, then: Change, words: str
) -> None:
    """Page, ledger, digests and manifest."""
    shutil.copytree(project / "out/amounts", tmp_path / "amounts")
    file, manifest = tmp_path / "amounts/bulletin.pdf", tmp_path / "amounts/manifest.json"

    def change(pdf: pikepdf.Pdf) -> None:
        renewed(redrawn("0.041", "0.021"))(pdf)
        then(pdf)

    file.write_bytes(forged(original, change))
    with pikepdf.open(file) as pdf:
        ledger = pdf.attachments["ledger.json"].get_file().read_bytes()
    before = (tmp_path / "amounts/ledger.json").read_bytes()
    (tmp_path / "amounts/ledger.json").write_bytes(ledger)
    record = manifest.read_bytes().replace(sha256(original).encode(), sha256(file.read_bytes()).encode())
    manifest.write_bytes(record.replace(sha256(before).encode(), sha256(ledger).encode()))
    run = CliRunner().invoke(main, ["--project", str(project), "verify", str(file)])
    assert run.exit_code == 5
    assert words in run.output and "manifest.json: was altered" in run.output
    for told in ("differs", "recorded", "SHA-256 is not"):  # nothing else is there to be found
        assert told not in run.output, run.output
    assert not lone(ROOT, forged(original, lambda pdf: (change(pdf), stripped_too(pdf))), tmp_path).problems  # type: ignore[arg-type,return-value,func-returns-value]


def stripped_too(pdf: pikepdf.Pdf) -> None:
    private = pdf.Root.PieceInfo.reportgen.Private
    if "/Statement" in private:
        del private["/Statement"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "the ledger"])
def test_of_fifty_changes_with_everything_renewed_each_is_found_by_the_signature(
    project: Path, original: bytes, tmp_path: Path, kind: str
) -> None:
    for seed in range(10):
        change = KINDS[kind](random.Random(f"signed {kind} {seed}"))
        words = said(lone(project, forged(original, renewed(change)), tmp_path))
        assert "the signature (amounts/bulletin.pdf" in words, (kind, seed, words)


@pytest.mark.parametrize("part", ["/LedgerSHA256", "/Statement"])
def test_each_letter_of_what_is_stated_counts(
    project: Path, original: bytes, tmp_path: Path, part: str
) -> None:
    chance = random.Random(part)
    for _ in range(12):

        def change(pdf: pikepdf.Pdf) -> None:
            private = pdf.Root.PieceInfo.reportgen.Private
            words = str(private[part])
            at = chance.randrange(len(words))
            other = chance.choice([letter for letter in "0123456789abcdefXY" if letter != words[at]])
            private[part] = pikepdf.String(words[:at] + other + words[at + 1 :])

        assert said(lone(project, forged(original, change), tmp_path))


def test_a_statement_stands_for_one_document_and_one_purpose(project: Path, tmp_path: Path) -> None:
    """What is signed in the manifest is no signature of a ledger."""
    entry = read_manifest(project / "out/amounts")["files"]["bulletin.pdf"]
    assert entry["signature"].startswith(f"RGM1|amounts/bulletin.pdf|{digest_of_entry(entry)}|")
    content = (project / "out/amounts/bulletin.pdf").read_bytes()
    moved = forged(content, lambda pdf: put_statement(pdf, entry["signature"]))
    assert "was altered" in said(lone(project, moved, tmp_path))


def test_a_file_without_a_ledger_is_left_as_it_is(tmp_path: Path) -> None:
    pdf, target = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(target)
    assert signed(target.getvalue(), "x", THEIRS[0]) == target.getvalue()


def exchanged(pdf: pikepdf.Pdf) -> None:
    """Two figures of one face change places."""
    for page in map(Letters, pdf.pages):
        for first, second in itertools.combinations([one for one in page.strings if one[2][:1].isdigit()], 2):
            if first[3] == second[3] and first[2] != second[2]:
                one, other = page.instructions[first[0]], page.instructions[second[0]]
                page.instructions[first[0]], page.instructions[second[0]] = other, one
                page.page.obj.Contents.write(pikepdf.unparse_content_stream(page.instructions))
                return
    raise AssertionError("no two figures of one face")


def moved(pdf: pikepdf.Pdf) -> None:
    """The text of a figure stays in its place of the order and is drawn elsewhere on the page."""
    page = pdf.pages[2]
    content = page.obj.Contents.read_bytes()
    at = content.index(b" Tm")
    start = content.rindex(b" ", 0, at) + 1
    page.obj.Contents.write(content[:start] + b"%d" % (int(float(content[start:at])) + 9) + content[at:])


@pytest.mark.parametrize(("change", "words"), [(exchanged, ": text '"), (moved, "what is drawn")])
def test_figures_that_change_places_are_found(
    project: Path, original: bytes, tmp_path: Path, change: Change, words: str
) -> None:
    assert words in said(lone(project, forged(original, change), tmp_path))


Touch = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "touch",
    [
        instead(b'"pages": 4', b'"pages": 5'),
        instead(b'"signature": "RGM1', b'"signature": "RGD1'),
        instead(b'"issued": ""', b'"issued": "2019-01-01"'),
    ],
)
def test_an_altered_entry_of_the_manifest_is_found(project: Path, tmp_path: Path, touch: Touch) -> None:
    shutil.copytree(project / "out/amounts", tmp_path / "amounts")
    manifest = tmp_path / "amounts/manifest.json"
    manifest.write_bytes(touch(manifest.read_bytes()))
    (problem,) = Project(project).verify(tmp_path / "amounts/bulletin.pdf").problems
    assert "does not fit the entry" in problem.en and problem.place.file.endswith("manifest.json")


def test_a_project_without_a_key_stays_as_it_is(project: Path, tmp_path: Path) -> None:
    plain = small_project(tmp_path / "plain")
    list(build(plain, plain / "out", ["amounts"]))
    entry = read_manifest(plain / "out/amounts")["files"]["bulletin.pdf"]
    assert not entry.keys() & {"signature"} and not entry["settings"].keys() & {"signature", "key"}
    with pikepdf.open(plain / "out/amounts/bulletin.pdf") as pdf:
        assert seal(pdf, "Statement") == ""


# ---- damaged files -----------------------------------------------------------------------------------


def in_itself(pdf: pikepdf.Pdf) -> None:
    element = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.P))
    element.K = element
    pdf.Root.StructTreeRoot.K = element


def without_pages(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids, pdf.Root.Pages.Count = pikepdf.Array(), 0


def pages_in_themselves(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)


def no_statement(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PieceInfo.reportgen.Private.Statement = pikepdf.Array([1])


def no_signature(pdf: pikepdf.Pdf) -> None:
    broken = pikepdf.Dictionary(ByteRange=[0, 1], Contents=b"x")
    field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=broken)
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(field)]))


@pytest.mark.parametrize(
    "change", [in_itself, without_pages, pages_in_themselves, no_statement, no_signature]
)
def test_a_damaged_file_is_told_and_ends_nothing(
    project: Path, original: bytes, tmp_path: Path, change: Change
) -> None:
    (tmp_path / "damaged.pdf").write_bytes(forged(original, change))
    for command in (["verify"], ["trace"]):
        words = ["--project", str(project), *command, str(tmp_path / "damaged.pdf"), "0.041"]
        run = CliRunner().invoke(main, words[: 4 if command == ["verify"] else 5])
        assert run.exit_code in ((3, 5) if command == ["verify"] else (0, 3)), run.output


def test_a_locked_file_is_told(project: Path, original: bytes, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(original)) as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    for command in (["verify"], ["trace"]):
        words = ["--project", str(project), *command, str(tmp_path / "locked.pdf"), "0.041"]
        run = CliRunner().invoke(main, words[: 4 if command == ["verify"] else 5])
        assert run.exit_code in (3, 5) and "is locked with a password" in run.output
