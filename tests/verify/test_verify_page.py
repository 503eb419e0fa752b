"""The page that checks certificates without a network, in a real browser, opened as a file."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pikepdf
import pytest

from reportgen import Project
from reportgen.model import Text
from reportgen.model.errors import KindError
from reportgen.read.revocations import Revoked
from reportgen.read.theme import load_theme
from reportgen.verify import certificates
from reportgen.write import keys
from reportgen.write.certificates import page as page_
from reportgen.write.certificates import payload
from reportgen.write.keys import Key, PublicKey

ROOT = Path(__file__).resolve().parents[2]
ISSUED = date(2014, 1, 15)
DIGEST = "0123456789abcdef"
SECONDS = 60  # for all that a browser does; two cores are shared by many tests

pytestmark = pytest.mark.slow


class Browser:
    """Chromium without a window, spoken to through a pair of pipes: no port, no other package."""

    def __init__(self, profile: Path) -> None:
        if not (chromium := shutil.which("chromium")):
            pytest.fail(
                "the page is tested in Chromium; run: sudo apt-get install --no-install-recommends chromium",
                pytrace=False,
            )
        to_read, self.writer = os.pipe()
        self.reader, to_write = os.pipe()

        def hand_over() -> None:
            """The browser reads at 3 and writes at 4; by way of high numbers, lest one overwrite the other."""
            high = (os.dup2(to_read, 103), os.dup2(to_write, 104))
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [
                chromium,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-pipe",
                f"--user-data-dir={profile}",
                "about:blank",
            ],
            preexec_fn=hand_over,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self.number, self.rest, self.session = 0, b"", ""
        self.complaints: list[str] = []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM", "Network"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.writer)
        os.close(self.reader)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.note(answer)

    def receive(self) -> dict[str, Any]:
        until = time.monotonic() + SECONDS
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reader], [], [], max(0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            part = os.read(self.reader, 65536)
            assert part, "the browser ended"
            self.rest += part
        answer, _, self.rest = self.rest.partition(b"\0")
        return dict(json.loads(answer))

    def note(self, event: dict[str, Any]) -> None:
        if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(event["params"], ensure_ascii=False))
        if event.get("method") == "Network.requestWillBeSent":
            address = event["params"]["request"]["url"]
            if not address.startswith("file:"):
                self.complaints.append(f"asked for {address}")

    def open(self, address: str) -> None:
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def value(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, expression: str) -> Any:
        until = time.monotonic() + SECONDS
        while not (found := self.value(expression)):
            assert time.monotonic() < until, expression
            time.sleep(0.02)
        return found


@dataclass(frozen=True)
class Answer:
    verdict: str
    words: str
    fields: dict[str, str]


VERDICT = "document.getElementById('verdict').dataset.verdict"
CLEAR = "delete document.getElementById('verdict').dataset.verdict"


def told(browser: Browser) -> Answer:
    verdict = browser.wait(VERDICT)
    words = browser.value("document.getElementById('verdict').innerText")
    fields = browser.value(
        "Object.fromEntries([...document.querySelectorAll('dd')].map(dd => [dd.dataset.field, dd.textContent]))"
    )
    return Answer(verdict, words, fields)


def pasted(browser: Browser, text: str) -> Answer:
    browser.value(
        f"{CLEAR}; document.getElementById('code').value = {json.dumps(text)};"
        "document.getElementById('form').requestSubmit()"
    )
    return told(browser)


def chosen(browser: Browser, file: Path) -> Answer:
    browser.value(CLEAR)
    root = browser.call("DOM.getDocument")["root"]["nodeId"]
    node = browser.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(file)])
    return told(browser)


def pdf(text: str, title: str = "獎狀") -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        with made.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:identifier"] = text
            metadata["dc:title"] = title
        made.save(buffer, static_id=True)
    return buffer.getvalue()


def key(seed: int) -> tuple[Key, PublicKey]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    raw = private.public_key().public_bytes_raw()
    return Key(private, keys.key_id(raw)), PublicKey(raw, keys.key_id(raw))


OURS, THEIRS = key(1), key(2)
ODD = '</script><script>document.title="x"</script><img src=x onerror=alert(1)>&@@policy@@'
REVOKED = {"102-0009": Revoked("102-0009", date(2015, 3, 1), Text(f"誤植{ODD}", f"misprint {ODD}"))}


def code(serial: str = "102-0001", name: str = "王小明", by: Key | None = OURS[0]) -> str:
    return payload.payload(serial, name, "特優獎", ISSUED, DIGEST, by)


DELIVERED = pdf(code("102-0002", "李 & <陳>"))
FORMER = key(3)


def made_page(**parts: Any) -> str:
    given: dict[str, Any] = {
        "public": [OURS[1], FORMER[1]],
        "revoked": REVOKED,
        "register": {"102-0002": hashlib.sha256(DELIVERED).hexdigest(), ODD: "0" * 64},
        "issuer": Text("示範資料機關<b>", "Sample data agency & co."),
    }
    return page_.page(ROOT, **{**given, **parts}, theme=load_theme(ROOT / "styles/tokens.toml"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("verify") / "查驗 verify.html"
    file.write_text(made_page(), "utf-8")
    return file


@pytest.fixture(scope="module")
def running(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    try:
        browser.open(page.as_uri())
        yield browser
    finally:
        browser.close()


@pytest.fixture
def browser(running: Browser) -> Iterator[Browser]:
    running.complaints.clear()
    yield running
    assert not running.complaints


def test_a_genuine_code_is_told_with_its_fields(browser: Browser) -> None:
    answer = pasted(browser, code())
    assert answer.verdict == "genuine"
    assert answer.fields == {
        "serial": "102-0001",
        "name": "王小明",
        "award": "特優獎",
        "issued": "2014-01-15（中華民國103年1月15日）",
    }
    assert payload.VERDICTS["genuine"].zh in answer.words
    assert payload.VERDICTS["genuine"].en in answer.words


def test_the_code_may_stand_in_the_address(browser: Browser, page: Path) -> None:
    browser.open(f"{page.as_uri()}#{quote(code())}")
    assert told(browser).verdict == "genuine"
    browser.value(f"{CLEAR}; location.hash = {json.dumps(quote(code('102-0003').replace('3', '4')))}")
    assert told(browser).verdict in ("altered", "unknown-key", "not-a-certificate")
    browser.open(page.as_uri())


def test_a_code_of_a_former_key_is_genuine(browser: Browser) -> None:
    assert pasted(browser, code(by=FORMER[0])).verdict == "genuine"


@pytest.mark.parametrize("field", range(8))
def test_one_changed_letter_is_found_in_each_field_as_the_program_finds_it(
    browser: Browser, field: int
) -> None:
    parts = code().split("|")
    for at in {0, len(parts[field]) // 2, len(parts[field]) - 1}:
        for letter in ("0", "a", "B", "明"):
            if parts[field][at] == letter:
                continue
            changed = parts[field][:at] + letter + parts[field][at + 1 :]
            text = "|".join([*parts[:field], changed, *parts[field + 1 :]])
            answer = pasted(browser, text)
            read = payload.read_payload(text)
            if isinstance(read, payload.Payload):
                assert answer.verdict == certificates.check(read, [OURS[1]], {}).verdict.replace(" ", "-"), (
                    text
                )
            else:
                assert answer.verdict == "not-a-certificate", text
            assert answer.verdict != "genuine"


def test_each_other_spelling_of_the_same_signature_is_refused(browser: Browser) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = code()
    good = [letter for letter in alphabet if pasted(browser, text[:-1] + letter).verdict == "genuine"]
    assert good == [text[-1]]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (code(by=None), "unsigned"),
        (code(by=THEIRS[0]), "unknown-key"),
        (code("102-0009"), "revoked"),
        (code("102-0009", by=None), "revoked"),
        (code("102-0009").replace("王", "李"), "altered"),
        (code().rpartition("|")[0] + "|", "altered"),
        (code().replace("|" + OURS[0].id + "|", "||"), "altered"),
        ("", "not-a-certificate"),
        ("https://example.org/", "not-a-certificate"),
        ("RG1|", "not-a-certificate"),
        ("RG1|||||||", "not-a-certificate"),
        (code().replace("2014-01-15", "2014-02-30"), "not-a-certificate"),
        (ODD, "not-a-certificate"),
        ("__proto__", "not-a-certificate"),
        (code("__proto__"), "genuine"),
        (code("constructor"), "genuine"),
        (f"\n {code()} \r\n", "genuine"),
    ],
)
def test_the_page_says_what_the_program_says(browser: Browser, text: str, verdict: str) -> None:
    assert pasted(browser, text).verdict == verdict
    read = payload.read_payload(text)
    if isinstance(read, payload.Payload):
        assert certificates.check(read, [OURS[1]], REVOKED).verdict.replace(" ", "-") == verdict
    else:
        assert verdict == "not-a-certificate"


def test_a_revoked_certificate_is_told_with_date_and_reason(browser: Browser) -> None:
    words = pasted(browser, code("102-0009")).words
    assert "中華民國104年3月1日" in words and "March 1, 2015" in words
    assert f"誤植{ODD}" in words and f"misprint {ODD}" in words


def test_markup_in_a_name_is_shown_and_does_nothing(browser: Browser) -> None:
    answer = pasted(browser, code(name=ODD))
    assert answer.verdict == "genuine"
    assert answer.fields["name"] == ODD
    assert browser.value("document.querySelectorAll('img').length") == 0
    assert browser.value("document.title").startswith("獎狀查驗 – 示範資料機關<b>")


# ---- files ----------------------------------------------------------------------------------


def test_the_delivered_file_is_genuine(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(DELIVERED)
    answer = chosen(browser, tmp_path / "a.pdf")
    assert answer.verdict == "genuine"
    assert answer.fields["name"] == "李 & <陳>"
    assert "byte for byte" in answer.words


def test_a_changed_file_is_altered_although_its_code_is_signed_well(browser: Browser, tmp_path: Path) -> None:
    changed = pdf(code("102-0002", "李 & <陳>"), title="另一獎狀")
    (tmp_path / "a.pdf").write_bytes(changed)
    answer = chosen(browser, tmp_path / "a.pdf")
    assert answer.verdict == "altered"
    assert "SHA-256" in answer.words


def test_another_edition_with_the_same_serial_is_not_taken_for_an_altered_file(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    """Each edition has its own text, and so its own digest and its own line in the register."""
    texts = [
        payload.payload("102-0002", name, "特優獎", ISSUED, digest, OURS[0])
        for name, digest in (("李明", DIGEST), ("李明", DIGEST[::-1]))
    ]
    register = {page_.register_key(texts[0]): hashlib.sha256(pdf(texts[0])).hexdigest()}
    (tmp_path / "page.html").write_text(made_page(register=register), "utf-8")
    browser.open((tmp_path / "page.html").as_uri())
    said = []
    for text, title in ((texts[0], "獎狀"), (texts[0], "另一獎狀"), (texts[1], "獎狀")):
        (tmp_path / "a.pdf").write_bytes(pdf(text, title))
        said.append(chosen(browser, tmp_path / "a.pdf"))
    browser.open(page.as_uri())
    assert [answer.verdict for answer in said] == ["genuine", "altered", "genuine"]
    assert "byte for byte" in said[0].words and "no record of the file" in said[2].words


def test_a_file_that_is_in_no_register_is_told_so(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(code("102-0005")))
    answer = chosen(browser, tmp_path / "a.pdf")
    assert answer.verdict == "genuine"
    assert "no record of the file" in answer.words


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n",
        b"no pdf",
        pdf("a book"),
        DELIVERED + b"<rdf:RDF" * 50_000,
        DELIVERED.replace(b"</rdf:RDF>", b"</rdf:RDX>"),
    ],
    ids=["empty", "head only", "words", "another PDF", "a head without end", "broken metadata"],
)
def test_another_file_is_no_certificate(browser: Browser, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    assert chosen(browser, tmp_path / "a.pdf").verdict in ("not-a-certificate", "altered")


def test_a_picture_is_read_or_the_page_says_that_it_cannot(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    answer = chosen(browser, tmp_path / "a.png")
    assert answer.verdict == "not-a-certificate"
    assert "cannot read codes in pictures" in answer.words


def test_a_code_in_a_picture_is_checked_where_the_browser_can_read_it(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    browser.value(
        "window.createImageBitmap = async () => null; window.BarcodeDetector = class { async detect() {"
        f" return [{{rawValue: 'https://example.org'}}, {{rawValue: {json.dumps(code())}}}]; }} }}; 1"
    )
    answer = chosen(browser, tmp_path / "a.png")
    assert answer.verdict == "genuine"
    assert "Compare each field with the paper" in answer.words
    browser.open(page.as_uri())


def test_a_browser_without_ed25519_decides_nothing(browser: Browser, page: Path) -> None:
    browser.value("crypto.subtle.importKey = () => Promise.reject(new Error('NotSupportedError'))")
    assert pasted(browser, code()).verdict == "unsupported"
    assert pasted(browser, code(by=None)).verdict == "unsigned"
    browser.open(page.as_uri())


def test_nothing_can_be_loaded_and_no_other_script_runs(running: Browser, page: Path) -> None:
    running.complaints.clear()
    blocked = running.value(
        """(async () => {
            const script = document.createElement('script');
            script.textContent = 'window.broken = true';
            document.body.append(script);
            try { await fetch('http://127.0.0.1:9/'); return 'sent'; } catch { return String(window.broken); }
        })()"""
    )
    assert blocked == "undefined"
    assert any("Content Security Policy" in complaint for complaint in running.complaints)
    running.open(page.as_uri())
    running.complaints.clear()


def test_the_page_is_usable_without_a_mouse_and_says_its_languages(browser: Browser) -> None:
    assert browser.value("document.documentElement.lang") == "zh-Hant-TW"
    assert browser.value("document.getElementById('verdict').getAttribute('aria-live')") == "polite"
    unnamed = "[...document.querySelectorAll('input, textarea')].filter(one => !one.labels.length).length"
    assert browser.value(unnamed) == 0
    pasted(browser, code())
    assert browser.value("document.querySelectorAll('#verdict [lang=en]').length") > 4


# ---- how it is made -------------------------------------------------------------------------


def test_the_page_stands_alone() -> None:
    text = made_page()
    assert not re.search(r"<[^>]*(?:src|href|style)=", text)
    assert "default-src 'none'" in text and "unsafe" not in text
    assert text.count("</script>") == 2
    assert "示範資料機關&lt;b&gt;" in text


@pytest.mark.parametrize("name", ["verify.html", "verify.zh.html"])
def test_verify_tells_the_key_of_a_page_and_finds_another_put_in(tmp_path: Path, name: str) -> None:
    keys.make_keys(tmp_path)
    ours, other = keys.load_public(tmp_path)[0], OURS[1]
    (tmp_path / name).write_text(made_page(public=[ours]), "utf-8")
    good = Project(tmp_path).verify(tmp_path / name)
    assert [line.en for line in good.measured if ours.fingerprint in line.en]
    assert not [problem for problem in good.problems if "public key" in problem.en]
    (tmp_path / name).write_text(made_page(public=[other]), "utf-8")
    bad = Project(tmp_path).verify(tmp_path / name)
    (problem,) = [one for one in bad.problems if other.fingerprint in one.en]
    assert ours.fingerprint in problem.en and "put in by somebody else" in problem.en
    assert other.fingerprint in problem.zh and bad.verdict is None


@pytest.mark.parametrize(
    "content", [b"", b"<p>", b"\xff", b'<script id="data" type="application/json">[1]</script>']
)
def test_a_page_that_is_none_holds_no_keys(content: bytes) -> None:
    assert page_.keys_in(content) == ()
    assert page_.keys_in(made_page().encode()) == (OURS[1].raw, FORMER[1].raw)


def test_the_page_is_the_same_whatever_the_order_of_its_register() -> None:
    register = {f"102-{number:04}": f"{number:064x}" for number in range(50)}
    backwards = dict(reversed(register.items()))
    assert made_page(register=register) == made_page(register=backwards)


@pytest.mark.parametrize("broken", [None, b"<p>", "@@policy@@ @@data@@ @@colours@@".encode("utf-16")])
def test_a_template_that_cannot_serve_is_refused(tmp_path: Path, broken: bytes | None) -> None:
    if broken is not None:
        (tmp_path / "templates/verify").mkdir(parents=True)
        (tmp_path / "templates/verify/page.html").write_bytes(broken)
    with pytest.raises(KindError):
        page_.page(tmp_path, [], {}, {}, Text("機關", "Agency"), load_theme(ROOT / "styles/tokens.toml"))
