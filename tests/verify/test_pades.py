"""PDFs signed for outside readers: the copy, who signed it, when, and what was changed since. The time-stamp server is one on 127.0.0.1."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from certifying import Held, declare, issue, revoked, time_stamps
from click.testing import CliRunner, Result
from conftest import VeraPdf
from making import build
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from test_pipeline import ROOT, small_project

from reportgen.cli import main
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import sha256
from reportgen.write import keys

pytestmark = pytest.mark.slow  # a whole document, and keys of 2,048 bits

NAME = "法務部行政執行署新北分署"
COPY = "out/amounts/bulletin.signed.pdf"


@pytest.fixture(scope="module")
def root() -> Held:
    return issue("政府憑證總管理中心")


@pytest.fixture(scope="module")
def office(root: Held) -> Held:
    return issue(NAME, root)


@pytest.fixture(scope="module")
def authority(root: Held) -> Held:
    return issue("TSA", root, stamps=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_project(tmp_path_factory.mktemp("pades"))
    (made,) = build(folder, folder / "out", ["amounts"])
    assert made.state == "made", made
    return folder


@pytest.fixture(scope="module")
def project(built: Path, root: Held, office: Held) -> Path:
    """With a copy that is signed as B-B."""
    declare(built, root, office, passphrase="密碼")
    assert call(built, "sign", "amounts", env={"REPORTGEN_PASSPHRASE": "密碼"}).exit_code == 0
    return built


@pytest.fixture(scope="module")
def for_years(
    built: Path, root: Held, office: Held, authority: Held, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """With one that is signed as B-LTA; `trusted` has the roots and nobody's keys."""
    folder = tmp_path_factory.mktemp("years") / "p"
    shutil.copytree(built, folder)
    (folder / "keys/root.crl").write_bytes(revoked(root))
    with time_stamps(authority) as address:
        declare(folder, root, office, timestamp=address, more='crls = ["keys/root.crl"]\n')
        run = call(folder, "sign", "amounts")
    assert run.exit_code == 0, run.output
    return folder


def call(project: Path, *words: str, **how: object) -> Result:
    return CliRunner().invoke(main, ["--project", str(project), *words], **how)  # type: ignore[arg-type]


def copied(project: Path, tmp_path: Path) -> Path:
    shutil.copytree(project, tmp_path / "p")
    return tmp_path / "p"


def verified(project: Path, content: bytes, tmp_path: Path, *words: str) -> Result:
    (tmp_path / "lone.pdf").write_bytes(content)
    return call(project, "verify", str(tmp_path / "lone.pdf"), *words)


# ---- what is signed ----------------------------------------------------------------------------------


def test_the_copy_says_who_signed_it_and_the_file_stays_as_it_is(project: Path) -> None:
    file, copy = project / "out/amounts/bulletin.pdf", project / COPY
    assert copy.read_bytes().startswith(file.read_bytes())
    entries = read_manifest(project / "out/amounts")["files"]
    assert entries["bulletin.pdf"]["sha256"] == sha256(file.read_bytes())
    assert entries["bulletin.signed.pdf"]["sha256"] == sha256(copy.read_bytes())
    run = call(project, "verify", str(copy))
    assert run.exit_code == 0, run.output
    assert (
        f"PAdES: signed by {NAME}, certificate issued by 政府憑證總管理中心; a declared root vouches"
        in run.output
    )
    assert "by the clock of who signed" in run.output and "not signed" not in run.output
    assert f"as delivered; PAdES by {NAME}" in run.output
    assert f"由 {NAME} 簽章" in call(project, "--messages", "zh", "verify", str(copy)).output


def test_a_signature_for_years_has_the_time_of_a_time_stamp(for_years: Path) -> None:
    run = call(for_years, "verify", str(for_years / COPY))
    assert run.exit_code == 0, run.output
    assert "by the time-stamp of TSA, for which a declared root vouches" in run.output
    assert "PAdES: time-stamp over the whole file by TSA" in run.output
    with pikepdf.open(for_years / COPY) as pdf:
        assert {"/Certs", "/CRLs"} <= set(pdf.Root.DSS.keys())


def test_a_signed_copy_is_archivable_and_accessible(project: Path, for_years: Path, verapdf: VeraPdf) -> None:
    for verdict in verapdf([project / COPY, for_years / COPY]):
        assert verdict.compliant, verdict


def test_metadata_and_contents_stay_those_of_the_ledger(project: Path) -> None:
    with pikepdf.open(project / "out/amounts/bulletin.pdf") as one, pikepdf.open(project / COPY) as other:
        assert one.Root.Metadata.read_bytes() == other.Root.Metadata.read_bytes()
        assert str(one.docinfo["/Producer"]) == str(other.docinfo["/Producer"])


def test_what_was_signed_already_is_unchanged_until_the_certificate_is_another(
    project: Path, root: Held, tmp_path: Path
) -> None:
    there = copied(project, tmp_path)
    before = (there / COPY).read_bytes()
    secret = {"env": {"REPORTGEN_PASSPHRASE": "密碼"}}
    assert "unchanged" in call(there, "sign", "amounts", **secret).output
    assert (there / COPY).read_bytes() == before
    (there / COPY).unlink()
    assert "made" in call(there, "sign", "amounts", **secret).output
    declare(there, root, issue("另一機關", root))
    assert "made" in call(there, "sign", "amounts").output
    assert "另一機關" in call(there, "verify", str(there / COPY)).output


def test_a_copy_of_an_earlier_state_goes_when_the_document_is_made_anew(
    project: Path, tmp_path: Path
) -> None:
    there = copied(project, tmp_path)
    assert [one.state for one in build(there, there / "out", ["amounts"])] == ["unchanged"]
    assert (there / COPY).exists()
    file = there / "inputs/amounts/publication.toml"
    file.write_text(file.read_text("utf-8").replace("小樣", "大樣"), "utf-8")
    run = call(there, "build", "amounts", "--jobs", "1")
    assert run.exit_code == 0 and "bulletin.signed.pdf: removed: it is of an earlier state" in run.output
    assert not (there / COPY).exists()
    assert [*read_manifest(there / "out/amounts")["files"]] == ["bulletin.pdf"]


def test_with_a_key_of_the_project_both_are_told(project: Path, tmp_path: Path) -> None:
    there = copied(project, tmp_path)
    keys.make_keys(there)
    assert call(there, "build", "amounts", "--jobs", "1").exit_code == 0
    assert call(there, "sign", "amounts", env={"REPORTGEN_PASSPHRASE": "密碼"}).exit_code == 0
    run = call(there, "verify", str(there / COPY))
    assert run.exit_code == 0, run.output
    assert "as delivered; signed with the key " in run.output and f", PAdES by {NAME}" in run.output


@pytest.mark.parametrize("form", ["pem", "pem in one file", "p12 file"])
def test_certificate_and_key_may_be_pem(
    built: Path, root: Held, office: Held, tmp_path: Path, form: str
) -> None:
    there = copied(built, tmp_path)
    declare(there, root, office, passphrase="秘")
    (there / "secret").write_text("秘\nsecond line\n", "utf-8")
    folder = there / "keys"
    (folder / "key.pem").write_bytes(office.key_pem("秘"))
    (folder / "office.pem").write_bytes(office.pem + (office.key_pem("秘") if "one" in form else b""))
    for file in (there / "secret", folder / "key.pem", folder / "office.pem"):
        file.chmod(0o600)
    if "pem" in form:
        key = '\nkey = "keys/key.pem"' if form == "pem" else ""
        words = f'[sign]\ncertificate = "keys/office.pem"{key}\nroots = ["keys/root.pem"]\n'
        (there / "reportgen.toml").write_text(words, "utf-8")
    run = call(there, "sign", "amounts", "--passphrase-file", str(there / "secret"))
    assert run.exit_code == 0, run.output
    assert call(there, "verify", str(there / COPY)).exit_code == 0


# ---- what is refused ---------------------------------------------------------------------------------


def _no_file(there: Path) -> None:
    (there / "keys/office.p12").unlink()


def _open_to_all(there: Path) -> None:
    (there / "keys/office.p12").chmod(0o644)


def _junk(there: Path) -> None:
    (there / "keys/office.p12").write_bytes(b"junk")


def _no_root(there: Path) -> None:
    (there / "keys/root.pem").write_text("junk", "utf-8")


def _no_table(there: Path) -> None:
    (there / "reportgen.toml").write_text("", "utf-8")


def _stamps_without_roots(there: Path) -> None:
    words = '[sign]\ncertificate = "keys/office.p12"\ntimestamp = "ftp://x"\ncrl = 1\n'
    (there / "reportgen.toml").write_text(words, "utf-8")


def _in_out(there: Path) -> None:
    shutil.copy2(there / "keys/office.p12", there / "out/office.p12")
    (there / "reportgen.toml").write_text('[sign]\ncertificate = "out/office.p12"\n', "utf-8")


def _altered(there: Path) -> None:
    (there / "out/amounts/bulletin.pdf").write_bytes(b"%PDF-1.7")


def _not_built(there: Path) -> None:
    assert not [*(there / "out").iterdir()]


def _not_ours(there: Path) -> None:
    (there / COPY).write_bytes(b"somebody's")


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda there: None, 3, "keys/office.p12: is locked"),
        (_no_file, 3, "keys/office.p12: cannot be read"),
        (_open_to_all, 3, "chmod 600 keys/office.p12"),
        (_junk, 3, "keys/office.p12: is no PKCS#12 file"),
        (_no_root, 3, "keys/root.pem: holds no X.509 certificate"),
        (_no_table, 3, "reportgen.toml: sign: no certificate to sign with is declared"),
        (_stamps_without_roots, 3, 'reportgen.toml:3: sign: timestamp: "ftp://x" is no address'),
        (_in_out, 2, "and the output folder"),
        (_altered, 3, "is not the file that was delivered, so it is not signed"),
        (_not_built, 2, "build the publication first"),
        (_not_ours, 2, "bulletin.signed.pdf"),
    ],
)
def test_what_cannot_sign_is_told_with_its_place(
    built: Path,
    root: Held,
    office: Held,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    code: int,
    words: str,
) -> None:
    there = tmp_path / "p"
    shutil.copytree(built, there, ignore=shutil.ignore_patterns("out", "keys"))
    (there / "out").mkdir()
    if spoil in (_altered, _not_ours):
        assert [one.state for one in build(there, there / "out", ["amounts"])] == ["made"]
    locked = spoil.__name__ == "<lambda>"
    declare(there, root, office, passphrase="密碼" if locked else "")
    spoil(there)
    for language in ("en", "zh"):
        run = call(there, "--messages", language, "sign", "amounts")
        assert run.exit_code == code, (run.output, run.exception)
        assert language == "zh" or words in run.output
    assert spoil is _not_ours or not (there / COPY).exists()


def test_a_certificate_that_is_not_valid_or_not_of_the_key_is_refused(
    built: Path, root: Held, office: Held, tmp_path: Path
) -> None:
    there = copied(built, tmp_path)
    words = '[sign]\ncertificate = "keys/old.pem"\nkey = "keys/key.pem"\n'
    (there / "reportgen.toml").write_text(words, "utf-8")
    (there / "keys").mkdir(exist_ok=True)
    (there / "keys/old.pem").write_bytes(issue("old", root, days=(-20, -10)).pem)
    (there / "keys/key.pem").write_bytes(office.key_pem())
    (there / "keys/key.pem").chmod(0o600)
    run = call(there, "sign", "amounts")
    assert run.exit_code == 3
    assert "does not belong to the key" in run.output and "and not today" in run.output


@pytest.mark.parametrize("answer", [b"", b"junk", b"\x30\x80\x00"])
def test_a_time_stamp_server_that_does_not_stamp_is_told_with_its_address(
    built: Path, root: Held, office: Held, authority: Held, tmp_path: Path, answer: bytes
) -> None:
    there = copied(built, tmp_path)
    with time_stamps(authority, answer) as address:
        declare(there, root, office, timestamp=address)
        run = call(there, "sign", "amounts")
    assert run.exit_code == 1 and f"no time-stamp from {address}" in run.output
    run = call(there, "sign", "amounts")  # nobody is there any more
    assert run.exit_code == 1 and f"no time-stamp from {address}" in run.output


def test_roots_that_do_not_vouch_are_told_before_years_are_promised(
    built: Path, office: Held, authority: Held, tmp_path: Path
) -> None:
    there = copied(built, tmp_path)
    with time_stamps(authority) as address:
        declare(there, issue("Other"), office, timestamp=address)
        run = call(there, "sign", "amounts")
    assert run.exit_code == 1 and "reportgen.toml: sign: the declared roots do not vouch" in run.output


# ---- what is found -----------------------------------------------------------------------------------


def test_whose_certificate_it_is_is_not_known_without_roots(
    project: Path, root: Held, tmp_path: Path
) -> None:
    content = (project / COPY).read_bytes()
    run = verified(ROOT, content, tmp_path)
    assert run.exit_code == 0 and "whether the certificate is theirs was not looked at" in run.output
    (tmp_path / "root.pem").write_bytes(root.pem)
    run = verified(ROOT, content, tmp_path, "--key", str(tmp_path / "root.pem"))
    assert run.exit_code == 0 and "a declared root vouches for it" in run.output
    (tmp_path / "other.pem").write_bytes(issue("Other").pem)
    run = verified(ROOT, content, tmp_path, "--key", str(tmp_path / "other.pem"))
    assert run.exit_code == 5 and "for which no declared root vouches" in run.output


def test_a_revoked_certificate_is_told_and_a_time_stamp_from_before_saves_it(
    project: Path, for_years: Path, root: Held, office: Held, tmp_path: Path
) -> None:
    there = copied(project, tmp_path)
    (there / "keys/root.crl").write_bytes(revoked(root, office.certificate))
    declare(there, root, office, more='crls = ["keys/root.crl"]\n')
    run = verified(there, (project / COPY).read_bytes(), tmp_path)
    assert run.exit_code == 5 and "was revoked" in run.output, run.output
    run = verified(there, (for_years / COPY).read_bytes(), tmp_path)
    assert run.exit_code == 5 and "was revoked" in run.output, run.output
    (there / "keys/root.crl").write_bytes(revoked(root, office.certificate, since=1))
    run = verified(there, (for_years / COPY).read_bytes(), tmp_path)
    assert run.exit_code == 0 and "a declared root vouches for it" in run.output, run.output


def updated(content: bytes) -> bytes:
    """An update behind the signature that paints over a page."""
    writer, target = IncrementalPdfFileWriter(io.BytesIO(content)), io.BytesIO()
    page = writer.root["/Pages"]["/Kids"][2]
    box = writer.add_object(generic.StreamObject(stream_data=b"q 1 g 100 100 300 300 re f Q"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), box])
    writer.update_container(page)
    writer.write(target)
    return target.getvalue()


def told(content: bytes) -> bytes:
    """An update that changes the title alone."""
    writer, target = IncrementalPdfFileWriter(io.BytesIO(content)), io.BytesIO()
    writer.trailer["/Info"]["/Title"] = generic.pdf_string("Other")
    writer.update_container(writer.trailer["/Info"])
    writer.write(target)
    return target.getvalue()


def packed_anew(content: bytes) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(target)
    return target.getvalue()


@pytest.mark.parametrize("years", [False, True])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (updated, "was changed after"),
        (updated, "page 3: its words are those recorded, what is drawn is not"),
        (told, "metadata"),
        (packed_anew, "does not fit"),
    ],
)
def test_what_was_changed_since_is_found(
    project: Path, for_years: Path, tmp_path: Path, change: Callable[[bytes], bytes], words: str, years: bool
) -> None:
    there = for_years if years else project
    run = verified(there, change((there / COPY).read_bytes()), tmp_path)
    assert run.exit_code == 5 and words in run.output, run.output


def test_a_visible_signature_field_is_no_invisible_one(project: Path, tmp_path: Path) -> None:
    target = io.BytesIO()
    with pikepdf.open(project / COPY) as pdf:
        pdf.Root.AcroForm.Fields[0].Rect = [0, 0, 100, 100]
        pdf.save(target)
    run = verified(project, target.getvalue(), tmp_path)
    assert run.exit_code == 5 and "page 1: its words are those recorded, what is drawn is not" in run.output


def covered(content: bytes) -> list[int]:
    """The place of each byte that the last signature or time-stamp stands for."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        ranges = [[int(n) for n in field.V.ByteRange] for field in pdf.Root.AcroForm.Fields]
    first, one, second, other = max(ranges, key=lambda numbers: numbers[2])
    return [*range(first, first + one), *range(second, second + other)]


def test_of_thirty_changed_bytes_each_is_found(project: Path, for_years: Path, tmp_path: Path) -> None:
    for there in (project, for_years):
        content, chance = (there / COPY).read_bytes(), random.Random(there.name)
        for at in chance.sample(covered(content), 15):
            raw = bytearray(content)
            raw[at] ^= 1 << chance.randrange(7)
            run = verified(there, bytes(raw), tmp_path)
            assert run.exit_code in (3, 5), (at, run.output, run.exception)
