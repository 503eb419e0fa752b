"""Documents on a real Dask scheduler with real workers on loopback: the same bytes, also when one is killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from test_certificate_runs import call, files
from test_certificate_runs import small_project as awards_project
from test_pipeline import small_project

from reportgen.cli import main
from reportgen.run import cluster

DASK = Path(sys.executable).with_name("dask")
REPORTGEN = Path(sys.executable).with_name("reportgen")
BOUND = 120  # seconds for anything


@contextlib.contextmanager
def _started(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [str(DASK), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def a_scheduler(folder: Path, *more: str) -> Iterator[str]:
    """The address of a scheduler on loopback."""
    file = folder / "scheduler.json"
    host = ("--host", "127.0.0.1", "--port", "0")
    with _started("scheduler", *host, "--no-dashboard", "--scheduler-file", str(file), *more):
        yield _awaited(lambda: json.loads(file.read_text())["address"])


@contextlib.contextmanager
def a_worker(
    address: str, name: str, folder: Path, *more: str, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    words = (
        "worker",
        address,
        "--name",
        name,
        "--no-nanny",
        "--nthreads",
        "1",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
        "--local-directory",
        str(folder / name),
        *more,
    )
    with _started(*words, **environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Registered to" in line:
                break
        yield process


def _awaited(look: object) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(look())  # type: ignore[operator]
        time.sleep(0.05)
    raise AssertionError("nothing came in 30 seconds")


def build(project: Path, out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    languages = [part for edition in ("both", "zh", "en") for part in ("--languages", edition)]
    return subprocess.run(
        [str(REPORTGEN), "--project", str(project), "build", "--out", str(out), *languages, *words],
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )


def documents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.pdf")}


@pytest.mark.sweep  # test_pipeline kills a worker of one machine
@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_delivers_the_bytes_of_one_machine(tmp_path: Path) -> None:
    project = small_project(tmp_path / "project")
    alone = build(project, tmp_path / "alone", "--jobs", "1")
    assert alone.returncode == 0, alone.stderr
    with (
        a_scheduler(tmp_path) as address,
        a_worker(address, "first", tmp_path) as first,
        a_worker(address, "second", tmp_path),
    ):
        languages = [part for edition in ("both", "zh", "en") for part in ("--languages", edition)]
        run = subprocess.Popen(
            [
                str(REPORTGEN),
                "--project",
                str(project),
                "build",
                "--out",
                str(tmp_path / "cluster"),
                *languages,
                "--scheduler",
                address,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert run.stdout is not None
        told = run.stdout.readline()  # the first document was delivered; five are under way
        first.send_signal(signal.SIGKILL)
        rest, _ = run.communicate(timeout=BOUND)
    assert run.returncode == 0, told + rest
    assert documents(tmp_path / "cluster") == documents(tmp_path / "alone")
    assert len(documents(tmp_path / "cluster")) == 6


@pytest.mark.slow
def test_certificates_made_elsewhere_are_those_of_one_machine(tmp_path: Path) -> None:
    """The worker that dies takes chunks with it; the private key stays here."""
    project = awards_project(tmp_path / "project", everybody=True)
    assert call(project, "keys").returncode == 0
    assert call(project, "build", "--jobs", "1", "--out", str(tmp_path / "alone")).returncode == 0
    with (
        a_scheduler(tmp_path) as address,
        a_worker(address, "first", tmp_path) as first,
        a_worker(address, "second", tmp_path),
    ):
        run = subprocess.Popen(
            [
                str(REPORTGEN),
                "--project",
                str(project),
                "build",
                "--out",
                str(tmp_path / "cluster"),
                "--scheduler",
                address,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        written = tmp_path / "cluster/.attitude-awards-102.part/certificates"
        _awaited(lambda: next(written.glob("[0-9]*.pdf"), None) or int(""))
        first.send_signal(signal.SIGKILL)
        told, _ = run.communicate(timeout=BOUND)
    assert run.returncode == 0, told
    assert files(tmp_path / "cluster") == files(tmp_path / "alone")
    assert len(documents(tmp_path / "cluster")) > 100


@pytest.mark.slow
def test_a_worker_with_other_fonts_is_refused_by_name(tmp_path: Path) -> None:
    project = small_project(tmp_path / "project")
    with (
        a_scheduler(tmp_path) as address,
        a_worker(address, "other", tmp_path, REPORTGEN_FONTS=str(tmp_path / "no-fonts")),
    ):
        run = build(project, tmp_path / "out", "--scheduler", address)
    assert run.returncode == 2
    assert "worker tcp://127.0.0.1:" in run.stderr
    assert (
        "is not like this machine: font NotoSansTC-Regular.ttf is 'missing or another file' there"
        in run.stderr
    )
    assert not documents(tmp_path / "out")


@pytest.mark.slow
def test_no_scheduler_and_no_worker_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = small_project(tmp_path / "project")
    monkeypatch.setattr(cluster, "SECONDS", 1)
    run = build(project, tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert run.returncode == 2
    assert "no Dask scheduler answers there" in run.stderr
    with a_scheduler(tmp_path) as address:
        run = build(project, tmp_path / "out", "--scheduler", address)
    assert run.returncode == 2
    assert "the scheduler has no workers" in run.stderr


def certificates(folder: Path) -> Path:
    """An authority, and a certificate that it has signed, with its key."""
    folder.mkdir()
    now = datetime.now(UTC)
    own, name = {}, {}
    for who in ("ca", "cert"):
        own[who] = ec.generate_private_key(ec.SECP256R1())
        name[who] = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        made = (
            x509.CertificateBuilder()
            .subject_name(name[who])
            .issuer_name(name["ca"])
            .public_key(own[who].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=who == "ca", path_length=None), critical=True)
            .sign(own["ca"], hashes.SHA256())
        )
        (folder / f"{who}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key = own["cert"].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(key)
    return folder


def with_tls(folder: Path) -> tuple[str, ...]:
    files = {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}
    return tuple(word for option, name in files.items() for word in (option, str(folder / name)))


@pytest.mark.slow
def test_certificates_encrypt_the_way_and_nothing_stays_on_the_worker(tmp_path: Path) -> None:
    project = small_project(tmp_path / "project")
    assert build(project, tmp_path / "alone", "--jobs", "1").returncode == 0
    own, others = certificates(tmp_path / "own"), certificates(tmp_path / "others")
    there = tmp_path / "there"
    there.mkdir()
    with (
        a_scheduler(tmp_path, "--protocol", "tls", *with_tls(own)) as address,
        a_worker(address, "one", tmp_path, *with_tls(own), TMPDIR=str(there)),
    ):
        assert address.startswith("tls://127.0.0.1")
        run = build(project, tmp_path / "out", "--scheduler", address, "--tls", str(own))
        assert run.returncode == 0, run.stderr
        assert documents(tmp_path / "out") == documents(tmp_path / "alone")
        _awaited(lambda: (list(there.glob("reportgen-*")) and int("")) or "gone")
        template = project / "templates/bulletin/document.html"
        template.write_text("{{ nobody.knows.this }}" + template.read_text("utf-8"), "utf-8")
        failed = build(project, tmp_path / "failed", "--scheduler", address, "--tls", str(own))
        assert failed.returncode == 4, failed.stderr
        _awaited(lambda: (list(there.glob("reportgen-*")) and int("")) or "gone")
        stranger = build(project, tmp_path / "failed", "--scheduler", address, "--tls", str(others))
        assert (stranger.returncode, "no Dask scheduler answers there" in stranger.stderr) == (2, True)
        plain = build(project, tmp_path / "failed", "--scheduler", address.replace("tls", "tcp"))
        assert plain.returncode == 2


@pytest.mark.parametrize(
    ("address", "words", "said"),
    [
        ("tcp://10.0.0.5:8786", (), "plain tcp:// is for this machine alone"),
        ("10.0.0.5:8786", (), "plain tcp:// is for this machine alone"),
        ("ws://example.org:8786", (), "plain tcp:// is for this machine alone"),
        ("tcp://localhost.example.org:8786", (), "plain tcp:// is for this machine alone"),
        ("tls://10.0.0.5:8786", (), "needs --tls FOLDER with ca.pem, cert.pem, key.pem"),
        ("tls://10.0.0.5:8786", ("--tls", "nowhere"), "nowhere/key.pem: is not there"),
    ],
)
def test_a_way_that_others_could_read_is_refused(
    tmp_path: Path, address: str, words: tuple[str, ...], said: str
) -> None:
    project = small_project(tmp_path / "project")
    made = CliRunner().invoke(
        main,
        ["--project", str(project), "build", "--out", str(tmp_path / "out"), "--scheduler", address, *words],
    )
    assert (made.exit_code, said in made.stderr) == (2, True), made.stderr


def test_keys_and_delivered_files_do_not_travel(tmp_path: Path) -> None:
    for name in ("inputs/a/publication.toml", "keys/private.pem", "out/a/a.pdf", "styles/tokens.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    content = cluster.packed(tmp_path)
    assert zipfile.ZipFile(BytesIO(content)).namelist() == ["styles/tokens.toml", "inputs/a/publication.toml"]
    assert content == cluster.packed(tmp_path)


def test_a_machine_says_what_the_bytes_depend_on() -> None:
    said = cluster.identity()
    assert {"Python", "program", "pikepdf", "libpango-1.0.so.0", "font TW-Kai-98_1.ttf"} <= set(said)


class _Task:
    """A task that has ended: its result was lost with its worker, or is there."""

    def __init__(self, lost: bool) -> None:
        self.lost = lost

    def result(self) -> int:
        if self.lost:
            raise CancelledError
        return 42

    def add_done_callback(self, called: Callable[[_Task], None]) -> None:
        called(self)


class _Losing:
    """A client that loses as many results as it is told; no cluster can be made to lose one at a given moment."""

    def __init__(self, losses: int) -> None:
        self.losses, self.asked = losses, 0

    def submit(self, *call: object, **settings: object) -> _Task:
        self.asked += 1
        return _Task(self.asked <= self.losses)


def test_a_result_that_was_lost_with_its_worker_is_worked_out_again() -> None:
    client = _Losing(2)
    assert cluster._Tasks(client).submit(int).result(1) == 42
    assert client.asked == 3


def test_a_result_that_is_lost_again_and_again_is_told_and_not_waited_for() -> None:
    client = _Losing(99)
    with pytest.raises(CancelledError):
        cluster._Tasks(client).submit(int).result(1)
    assert client.asked == cluster.TRIES
