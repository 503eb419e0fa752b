"""Keys that only their owner reads, codes that cannot be changed, certificates that are what they were."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from plain_pdf import drawn, pdf

from reportgen.model import Text
from reportgen.model.errors import InputError, Problem, UsageError
from reportgen.read import revocations
from reportgen.read.revocations import Revoked
from reportgen.verify import certificates
from reportgen.write import keys as keys_
from reportgen.write.certificates import payload
from reportgen.write.certificates.payload import Payload
from reportgen.write.keys import Key, PublicKey

ISSUED = date(2014, 1, 15)
DIGEST = "0123456789abcdef"


def pair(seed: int) -> tuple[Key, PublicKey]:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    raw = private.public_key().public_bytes_raw()
    return Key(private, keys_.key_id(raw)), PublicKey(raw, keys_.key_id(raw))


OURS, THEIRS = pair(1), pair(2)


def code(
    serial: str = "102-0001", name: str = "王小明", digest: str = DIGEST, by: Key | None = OURS[0]
) -> str:
    return payload.payload(serial, name, "特優獎", ISSUED, digest, by)


def read(text: str) -> Payload:
    found = payload.read_payload(text)
    assert isinstance(found, Payload), found
    return found


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


# ---- keys -----------------------------------------------------------------------------------


def test_the_keys_that_are_made_sign_and_check(tmp_path: Path) -> None:
    private, public = keys_.make_keys(tmp_path)
    assert (private, public) == (tmp_path / "keys/private.pem", tmp_path / "keys/public.pem")
    key, (known,) = keys_.load_private(tmp_path), keys_.load_public(tmp_path)
    assert key and key.id == known.id and not key.warnings
    assert certificates.check(read(code(by=key)), [known], {}).verdict == "genuine"


def test_only_the_owner_can_read_the_private_key_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: dict[str, int] = {}
    opened = os.open

    def watch(path: Path, flags: int, given: int = 0o777) -> int:
        handle = opened(path, flags, given)
        modes[Path(path).name] = os.fstat(handle).st_mode & 0o777
        assert flags & os.O_EXCL and flags & os.O_NOFOLLOW
        return handle

    monkeypatch.setattr(os, "open", watch)
    before = os.umask(0)
    try:
        keys_.make_keys(tmp_path)
    finally:
        os.umask(before)
    assert modes["private.pem"] == 0o600
    assert mode(tmp_path / "keys") == 0o700


def test_a_folder_that_was_there_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    keys_.make_keys(tmp_path)
    assert mode(tmp_path / "keys") == 0o700


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    private, public = keys_.make_keys(tmp_path)
    before = private.read_bytes(), public.read_bytes()
    with pytest.raises(UsageError, match="not overwritten"):
        keys_.make_keys(tmp_path)
    private.unlink()
    with pytest.raises(UsageError, match=r"keys/public\.pem"):
        keys_.make_keys(tmp_path)
    assert public.read_bytes() == before[1]
    private.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="link"):
        public.unlink()
        keys_.make_keys(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_public_half_that_was_not_written_any_more_is_made_again(tmp_path: Path) -> None:
    private, public = keys_.make_keys(tmp_path)
    before = private.read_bytes(), public.read_bytes()
    public.unlink()
    keys_.make_keys(tmp_path)
    assert (private.read_bytes(), public.read_bytes()) == before


def test_half_a_key_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        keys_.make_keys(tmp_path)
    assert list((tmp_path / "keys").iterdir()) == []


def test_keys_may_not_lie_where_files_are_handed_out(tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "keys", tmp_path / "keys/out", tmp_path.parent):
        with pytest.raises(UsageError, match="output folder"):
            keys_.make_keys(tmp_path, out)
    assert not (tmp_path / "keys").exists()
    keys_.make_keys(tmp_path, tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="output folder"):
        keys_.load_private(tmp_path, tmp_path)
    (tmp_path / "out").symlink_to(tmp_path / "keys")
    with pytest.raises(UsageError, match="output folder"):
        keys_.load_private(tmp_path)


def test_the_folder_of_the_keys_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "keys").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="link"):
        keys_.make_keys(tmp_path)
    (tmp_path / "keys").unlink()
    (tmp_path / "keys").write_text("")
    with pytest.raises(UsageError, match="real folder"):
        keys_.make_keys(tmp_path)


def test_version_control_takes_the_public_half_alone(tmp_path: Path) -> None:
    keys_.make_keys(tmp_path)
    (tmp_path / "keys/public-1.pem").write_text("")
    for words in ("init -q", "add -A"):
        subprocess.run(["git", *words.split()], cwd=tmp_path, check=True, capture_output=True)
    listed = subprocess.run(["git", "ls-files"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert listed.stdout.split() == ["keys/.gitignore", "keys/public-1.pem", "keys/public.pem"]


@pytest.mark.parametrize("loose", [0o644, 0o640, 0o604, 0o620])
def test_a_key_that_others_can_read_is_used_with_a_warning(tmp_path: Path, loose: int) -> None:
    private, _ = keys_.make_keys(tmp_path)
    private.chmod(loose)
    key = keys_.load_private(tmp_path)
    assert key
    (warning,) = key.warnings
    assert f"{loose:04o}" in warning.en and "chmod 600" in warning.en and f"{loose:04o}" in warning.zh


def test_a_project_without_a_key_signs_nothing(tmp_path: Path) -> None:
    assert keys_.load_private(tmp_path) is None
    assert keys_.load_public(tmp_path) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        OURS[0].private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        OURS[0].private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    ],
    ids=["empty", "words", "cut off", "with a password", "not PEM"],
)
def test_what_is_no_key_is_refused_with_its_place(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/private.pem").write_bytes(content)
    (tmp_path / "keys/public.pem").write_bytes(content)
    with pytest.raises(InputError, match=r"keys/private\.pem: is not a private Ed25519 key"):
        keys_.load_private(tmp_path)
    with pytest.raises(InputError, match=r"keys/public\.pem: is not a public Ed25519 key"):
        keys_.load_public(tmp_path)


def test_former_keys_stay_known(tmp_path: Path) -> None:
    private, public = keys_.make_keys(tmp_path)
    old = keys_.load_private(tmp_path)
    public.rename(public.with_name("public-1.pem"))
    private.unlink()
    keys_.make_keys(tmp_path)
    keys = keys_.load_public(tmp_path)
    assert [key.file for key in keys] == ["keys/public.pem", "keys/public-1.pem"]
    assert certificates.check(read(code(by=old)), keys, {}).verdict == "genuine"


def test_the_id_of_a_key_is_the_head_of_its_hash() -> None:
    assert keys_.key_id(bytes(32)) == hashlib.sha256(bytes(32)).hexdigest()[:8]


# ---- the text of the code -------------------------------------------------------------------

FIELD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def test_the_text_is_what_is_declared() -> None:
    parts = code().split("|")
    assert parts[:7] == ["RG1", "102-0001", "王小明", "特優獎", "2014-01-15", DIGEST, OURS[1].id]
    OURS[0].private.public_key().verify(
        base64.urlsafe_b64decode(parts[7] + "=="), "|".join(parts[:7]).encode()
    )
    assert code(by=None) == f"RG1|102-0001|王小明|特優獎|2014-01-15|{DIGEST}||"


@given(FIELD, FIELD, FIELD, st.dates(), st.booleans())
def test_what_was_written_is_read(serial: str, name: str, award: str, day: date, signed: bool) -> None:
    said = [payload._field(words) for words in (serial, name, award)]
    assume(all(said))
    text = payload.payload(serial, name, award, day, DIGEST, OURS[0] if signed else None)
    found = read(text)
    assert [found.serial, found.name, found.award, found.issued] == [*said, day]
    verdict = certificates.check(found, [OURS[1]], {}).verdict
    assert verdict == ("genuine" if signed else "unsigned")


def test_a_bar_in_the_data_parts_no_fields() -> None:
    assert read(code(name="王|小\n明\u200b")).name == "王｜小 明"


GENUINE = code()
LETTERS = st.one_of(st.sampled_from("0aA-_|=王"), st.characters(exclude_categories=["Cs"]))


@given(st.integers(0, len(GENUINE) - 1), LETTERS, st.sampled_from(["change", "insert", "delete"]))
def test_one_letter_changed_added_or_lost_is_always_found(at: int, letter: str, how: str) -> None:
    after = GENUINE[at:] if how == "insert" else GENUINE[at + 1 :]
    text = GENUINE[:at] + ("" if how == "delete" else letter) + after
    assume(text.strip() != GENUINE)
    found = payload.read_payload(text)
    if isinstance(found, Payload):
        assert certificates.check(found, [OURS[1]], {}).verdict in ("altered", "unknown key")
    else:
        assert found.en and found.zh


def test_another_spelling_of_the_same_signature_is_altered() -> None:
    """86 letters of base64 hold four bits more than 64 bytes: sixteen last letters stand for one signature."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same = [
        letter
        for letter in alphabet
        if base64.urlsafe_b64decode(GENUINE[-86:-1] + letter + "==")
        == base64.urlsafe_b64decode(GENUINE[-86:] + "==")
    ]
    assert len(same) == 16
    good = [x for x in same if certificates.check(read(GENUINE[:-1] + x), [OURS[1]], {}).verdict == "genuine"]
    assert good == [GENUINE[-1]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with RG1"),
        ("https://example.org", "does not begin with RG1"),
        ("RG2|a|b", "version RG2"),
        ("RG1|a|b", "3 fields"),
        (GENUINE.replace("2014-01-15", "2014-02-30"), "field issued"),
        (GENUINE.replace("2014-01-15", "103-1-15"), "field issued"),
        (GENUINE.replace(DIGEST, "short"), "field digest"),
        (GENUINE[:-1], "field signature"),
        (GENUINE.replace("王小明", ""), "field name"),
    ],
)
def test_what_is_no_code_is_told_why(text: str, said: str) -> None:
    found = payload.read_payload(text)
    assert isinstance(found, Problem)
    assert said in found.en and found.zh


# ---- the verdict ----------------------------------------------------------------------------

REVOKED = {"102-0009": Revoked("102-0009", date(2015, 3, 1), Text("姓名誤植", "name misprinted"))}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (code(), "genuine"),
        (code(by=None), "unsigned"),
        (code(by=THEIRS[0]), "unknown key"),
        (code().replace("王", "李"), "altered"),
        (code().replace(OURS[1].id, ""), "altered"),
        (code("102-0009"), "revoked"),
        (code("102-0009", by=None), "revoked"),
        (code("102-0009").replace("王", "李"), "altered"),
        (code("102-0009", by=THEIRS[0]), "unknown key"),
    ],
)
def test_each_verdict(text: str, verdict: str) -> None:
    checked = certificates.check(read(text), [OURS[1]], REVOKED)
    assert checked.verdict == verdict
    assert checked.words.zh and checked.words.en
    if verdict == "revoked":
        assert "中華民國104年3月1日" in checked.words.zh and "姓名誤植" in checked.words.zh
        assert "March 1, 2015" in checked.words.en and "name misprinted" in checked.words.en


def test_two_keys_of_the_same_id_are_both_tried() -> None:
    other = PublicKey(THEIRS[1].raw, OURS[1].id)
    assert certificates.check(read(code()), [other, OURS[1]], {}).verdict == "genuine"
    assert certificates.check(read(code()), [other], {}).verdict == "altered"


# ---- revoked.csv ----------------------------------------------------------------------------


def revoked(tmp_path: Path, words: str) -> dict[str, Revoked]:
    folder = tmp_path / "inputs/prizes"
    folder.mkdir(parents=True)
    (folder / "revoked.csv").write_text(words, "utf-8")
    return revocations.read_revoked(tmp_path, "prizes")


def test_revoked_certificates_are_read(tmp_path: Path) -> None:
    assert revocations.read_revoked(tmp_path, "prizes") == {}
    found = revoked(
        tmp_path,
        "serial,date,reason_zh,reason_en\n102-0001,104/3/1,姓名誤植,name misprinted\n102-0002,2015-03-02,重複,issued twice\n",
    )
    assert found["102-0001"] == Revoked("102-0001", date(2015, 3, 1), Text("姓名誤植", "name misprinted"))
    assert found["102-0002"].since == date(2015, 3, 2)


def test_all_faults_of_the_rows_are_told_with_their_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        revoked(
            tmp_path,
            "serial,date,reason_zh,reason_en\na,104/2/29,甲,x\na,104/3/1,甲,\nb,104/3/1,甲,x\nb,2015-13-01,甲,x\n,104/3/1,甲,x\n",
        )
    assert [(p.place.row, p.place.column) for p in told.value.problems] == [
        (2, "date"),
        (3, "reason_en"),
        (5, "serial"),
        (5, "date"),
        (6, "serial"),
    ]
    assert all(p.zh and p.place.file == "inputs/prizes/revoked.csv" for p in told.value.problems)


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="reason_en: the column is missing"):
        revoked(tmp_path, "serial,date,reason_zh\na,104/3/1,甲\n")


def test_a_revoked_serial_that_no_certificate_has_is_a_fault(tmp_path: Path) -> None:
    found = revoked(
        tmp_path, "serial,date,reason_zh,reason_en\n102-0001,104/3/1,甲,x\n102-0100,104/3/1,甲,x\n"
    )
    revocations.refuse_unknown("prizes", [found["102-0001"]], ["102-0001", "102-0031"])
    with pytest.raises(InputError) as told:
        revocations.refuse_unknown("prizes", found.values(), ["102-0001", "102-0031"])
    (fault,) = told.value.problems
    assert fault.say().startswith("inputs/prizes/revoked.csv:3: serial: '102-0100' is the serial of no")
    assert "102-0001 to 102-0031" in fault.en and "102-0031" in fault.zh


# ---- certificates ---------------------------------------------------------------------------


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def digest(content: bytes) -> str:
    squeezed = "".join(text_of(content).split())
    return base64.urlsafe_b64encode(hashlib.sha256(squeezed.encode()).digest()[:12]).decode()


def modules(text: str, x: int = 400, y: int = 300, size: float = 1.5) -> str:
    """The code as drawn squares."""
    rows = segno.make(text, error="m", micro=False, encoding="utf-8").matrix
    return "\n".join(
        f"{x + size * column} {y - size * row} {size} {size} re f"
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    )


WORDS = "茲頒給王小明特優獎字號102-0001"


def certificate(
    words: str = WORDS,
    change: Callable[[str], str] = lambda text: text,
    on_page: str | None = "same",
    in_file: str | None = "same",
    by: Key | None = OURS[0],
    serial: str = "102-0001",
) -> bytes:
    """A page with a text, a code and metadata; the code is made for the text `WORDS` and then changed."""
    certified = "".join(WORDS.split())
    stated = base64.urlsafe_b64encode(hashlib.sha256(certified.encode()).digest()[:12]).decode()
    text = change(code(serial, digest=stated, by=by))

    def plant(made: pikepdf.Pdf) -> None:
        drawn(made, words)
        if on_page is not None:
            squares = modules(text if on_page == "same" else on_page)
            made.pages[0].contents_add(squares.encode())
        if in_file is not None:
            with made.open_metadata() as metadata:
                metadata["dc:identifier"] = text if in_file == "same" else in_file

    return pdf(plant)


def verified(
    tmp_path: Path, content: bytes, public: PublicKey = OURS[1], name: str = "a.pdf"
) -> certificates.Verified:
    (tmp_path / name).write_bytes(content)
    return certificates.verify_certificate(tmp_path / name, [public], REVOKED, digest)


def test_a_certificate_that_was_not_touched_is_genuine(tmp_path: Path) -> None:
    answer = verified(tmp_path, certificate())
    assert answer.problems == ()
    assert answer.verdict == "genuine"
    facts = {label.en: said for label, said in answer.facts}
    assert facts == {
        "Serial": "102-0001",
        "Recipient": "王小明",
        "Award": "特優獎",
        "Issued": "2014-01-15（中華民國103年1月15日）",
        "Key": OURS[1].id,
    }


OTHER_WORDS = WORDS.replace("特優", "優等")


@pytest.mark.parametrize(
    ("content", "verdict", "said"),
    [
        (certificate(OTHER_WORDS), "altered", ["text of the page is not the text that was certified"]),
        (
            certificate("茲頒給李小明特優獎字號102-0001"),
            "altered",
            ["not the text that was certified", "recipient '王小明' of the code is not in the text"],
        ),
        (
            certificate("茲頒給王小明特優獎字號102-0002"),
            "altered",
            ["not the text that was certified", "serial '102-0001' of the code is not in the text"],
        ),
        (certificate(in_file=code(name="李小明")), "altered", ["Recipient '王小明' ≠ '李小明'"]),
        (certificate(in_file=None), "altered", ["metadata (dc:identifier) do not hold the code"]),
        (certificate(on_page=None), "altered", ["code on the page cannot be read"]),
        (
            certificate(change=lambda text: text.replace("特優獎", "特別獎")),
            "altered",
            ["signature does not fit"],
        ),
        (certificate(by=None), "unsigned", ["no key signed this code"]),
        (certificate(by=THEIRS[0]), "unknown key", ["not among this agency's published keys"]),
        (
            certificate("茲頒給王小明特優獎字號102-0009", serial="102-0009"),
            "revoked",
            ["Since March 1, 2015; reason: name misprinted", "not the text that was certified"],
        ),
        (certificate(on_page=None, in_file=None), "not a certificate", ["no code of a certificate"]),
        (
            certificate(on_page="https://example.org", in_file=None),
            "not a certificate",
            ["no code of a certificate"],
        ),
        (certificate(change=lambda text: text[:-1]), "not a certificate", ["field signature"]),
    ],
    ids=range(13),
)
def test_what_is_wrong_with_a_certificate_is_told(
    tmp_path: Path, content: bytes, verdict: str, said: list[str]
) -> None:
    answer = verified(tmp_path, content)
    assert answer.verdict == verdict
    assert len(answer.problems) == len(said), answer.problems
    for words, problem in zip(said, answer.problems, strict=True):
        assert words in problem.en and problem.zh
        assert problem.place.file.endswith("a.pdf")


def test_a_page_in_english_alone_is_compared_by_serial_and_digest(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(certificate("CERTIFICATE No. 102-0001"))
    assert certificates.verify_certificate(tmp_path / "a.pdf", [OURS[1]], {}).verdict == "genuine"
    (problem,) = verified(tmp_path, certificate("CERTIFICATE No. 102-0001")).problems
    assert "not the text that was certified" in problem.en
    (tmp_path / "a.pdf").write_bytes(certificate("CERTIFICATE No. 102-0002"))
    (problem,) = certificates.verify_certificate(tmp_path / "a.pdf", [OURS[1]], {}).problems
    assert "serial '102-0001'" in problem.en


def test_two_codes_on_a_page_are_one_too_many(tmp_path: Path) -> None:
    def plant(made: pikepdf.Pdf) -> None:
        drawn(made, WORDS)
        for x, text in ((60, code()), (350, code("102-0002"))):
            made.pages[0].contents_add(modules(text, x).encode())

    answer = verified(tmp_path, pdf(plant))
    assert "2 different codes" in answer.problems[0].en


def test_each_page_of_a_print_run_is_checked(tmp_path: Path) -> None:
    run = tmp_path / "run.pdf"
    with pikepdf.new() as made:
        for number, content in enumerate((certificate(), certificate("茲頒給李小明特優獎字號102-0001"))):
            (tmp_path / f"{number}.pdf").write_bytes(content)
            with pikepdf.open(tmp_path / f"{number}.pdf") as one:
                made.add_pages_from(one)
        made.add_blank_page()
        made.save(run)
    answer = certificates.verify_certificate(run, [OURS[1]], {}, digest)
    assert answer.verdict == "altered"
    (problem,) = answer.problems
    assert problem.place.column == "page 2"
    assert len(answer.facts) == 10


def test_the_picture_of_a_certificate_is_read(tmp_path: Path) -> None:
    with pypdfium2.PdfDocument(certificate()) as document:
        picture = document[0].render(scale=200 / 72).to_pil().convert("RGB")
    for name, turn in (("a.png", 0), ("b.jpg", 90), ("c.png", 4)):
        picture.rotate(turn, expand=True, fillcolor="white").save(tmp_path / name)
        answer = certificates.verify_certificate(tmp_path / name, [OURS[1]], {}, digest)
        assert (answer.verdict, answer.problems) == ("genuine", ())
        assert ("Recipient", "王小明") in {(label.en, said) for label, said in answer.facts}
        assert certificates.read_qr((tmp_path / name).read_bytes()) == read_code(certificate())


def read_code(content: bytes) -> str | None:
    return certificates.read_qr(content)


def test_a_code_is_read_from_a_pdf_and_another_code_is_told_as_it_is() -> None:
    assert read(read_code(certificate()) or "").name == "王小明"
    assert certificates.read_qr(certificate(on_page="https://example.org")) == "https://example.org"
    assert certificates.read_qr(certificate(on_page=None)) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"words", b"%PDF-1.7\nbroken", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xffbroken", b"GIF89a"],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.bin: is not a PDF"):
        certificates.verify_certificate(tmp_path / "a.bin", [], {})
    with pytest.raises(InputError, match="no such file"):
        certificates.verify_certificate(tmp_path / "b.bin", [], {})


def test_a_picture_of_too_many_points_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="is not a PDF, PNG or JPEG"):
        certificates.verify_certificate(tmp_path / "a.png", [], {})
