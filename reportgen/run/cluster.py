"""More than one machine: the same jobs on the workers of a Dask cluster, through a `concurrent.futures` executor.

A worker gets the project's files as one archive, by their hash; keys and delivered files never leave this machine.
It must have the same program, libraries and fonts, or it is refused by name: the bytes would differ.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import io
import ipaddress
import json
import platform
import secrets
import tempfile
import threading
import weakref
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from urllib.parse import urlsplit

from reportgen.model import Text
from reportgen.model.errors import Place, UsageError, problem
from reportgen.model.job import Job
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read import digests, fonts, tables
from reportgen.run.manifest import fingerprint
from reportgen.run.request import Request

if TYPE_CHECKING:
    import distributed

P = ParamSpec("P")
T = TypeVar("T")
SENT = ("templates", "styles", "inputs")  # of a project; not `keys`, not `out`
UNDER_WAY = 8  # files of cases that are on their way or being counted
SECONDS = 15  # to reach the scheduler
TRIES = 3  # of a task whose result was lost with its worker
LIBRARIES = (
    "duckdb",
    "pikepdf",
    "pydyf",
    "fonttools",
    "uharfbuzz",
    "zxing-cpp",
    "odfdo",
    "tinycss2",
    "pyphen",
)
NATIVE = (("libpango-1.0.so.0", "pango_version_string"), ("libharfbuzz.so.0", "hb_version_string"))


def identity() -> dict[str, str]:
    """What the bytes of a document depend on besides the project: program, libraries, fonts of this machine."""
    from importlib.metadata import version

    found = {"Python": platform.python_version(), "program": fingerprint(), "zlib": zlib.ZLIB_RUNTIME_VERSION}
    found |= {name: version(name) for name in LIBRARIES}
    for library, function in NATIVE:
        ask = getattr(ctypes.CDLL(library), function)
        ask.restype = ctypes.c_char_p
        found[library] = ask().decode()
    lacking = {face.file for face in fonts.missing_faces()}
    found |= {
        f"font {face.file}": "missing or another file" if face.file in lacking else face.sha256
        for face in fonts.faces()
    }
    return found


@contextlib.contextmanager
def connected(request: Request, first: Callable[[Executor], None]) -> Iterator[Executor]:
    """An executor on the cluster behind the scheduler; UsageError names a worker that is not like this machine.

    `first` is done on the cluster before the project is packed. What was unpacked on the workers goes with the run.
    """
    address = request.scheduler
    try:
        import distributed
    except ImportError:
        raise UsageError(problem(Place("--scheduler"), "run.needs_package_distributed")) from None
    connect: Raw = distributed.Client  # it has no annotations
    security = _security(address, request.tls)
    try:
        client: distributed.Client = connect(
            address, timeout=SECONDS, set_as_default=False, security=security
        )
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            problem(
                Place(f"--scheduler {address}"), "run.no_dask_scheduler_answers", name_=type(error).__name__
            )
        ) from None
    with client:
        _refuse_strangers(client, address)
        executor = _Tasks(client)
        first(executor)
        # A task, not `scatter`: what a worker takes with it when it dies, the scheduler can make again.
        run = secrets.token_hex(8)
        try:
            yield _Cluster(executor, client.submit(Sent, packed(request.project), run))
        finally:
            with contextlib.suppress(Exception):  # the workers are gone, and so is what they held
                client.run(forget, run)


CERTIFICATES = ("ca.pem", "cert.pem", "key.pem")


def _security(address: str, folder: Path | None) -> Raw:
    """The certificates of an encrypted connection; None for a plain one, which only this machine may be asked for."""
    place = Place(f"--scheduler {address}")
    if not address.startswith("tls://"):
        if not _is_here(address):
            raise UsageError(problem(place, "run.plain_only_to_this_machine"))
        return None
    if folder is None:
        raise UsageError(problem(place, "run.tls_needs_certificates", files=CERTIFICATES))
    files = [folder / name for name in CERTIFICATES]
    if missing := [file for file in files if not file.is_file()]:
        raise UsageError([problem(Place(str(file)), "run.no_such_certificate") for file in missing])
    from distributed.security import Security

    ca, own, key = map(str, files)
    secure: Raw = Security
    return secure(tls_ca_file=ca, tls_client_cert=own, tls_client_key=key, require_encryption=True)


def _is_here(address: str) -> bool:
    """Whether an address is of this machine, which nobody else can listen to."""
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _refuse_strangers(client: distributed.Client, address: str) -> None:
    """Every worker says what it is; the first difference of each is told."""
    answers = client.run(identity, on_error="return")
    own = identity()
    problems = []
    for worker, answer in sorted(answers.items()):
        place = Place(f"--scheduler {address}", column=f"worker {worker}")
        if not isinstance(answer, dict):
            fault = message("run.cannot_say_what_is", answer=answer)
        elif differing := [name for name in own if answer.get(name) != own[name]]:
            name = differing[0]
            fault = message(
                "run.worker_unlike",
                name_=name,
                there=answer.get(name),
                here=own[name],
                more=_more(len(differing) - 1),
            )
        else:
            continue
        problems.append(problem(place, "run.worker_refused", fault=fault))
    if not answers:
        problems.append(problem(Place(f"--scheduler {address}"), "run.scheduler_has_no_workers"))
    if problems:
        raise UsageError(problems)


def _more(count: int) -> Text:
    return message("run.and_more", count=count) if count else Text("", "")


def lost(error: BaseException) -> bool:
    """Whether an exception says that the cluster did not finish a job, not that the job is at fault."""
    return isinstance(error, CancelledError) or type(error).__name__ in ("KilledWorker", "CommClosedError")


class _Tasks(Executor):
    """Tasks of a Dask client as futures that always end.

    The client's own executor leaves a future open for ever when a worker dies between the end of its task and the
    fetching of its result: the wait for it then ends with a cancelled task, which nobody is told.
    """

    def __init__(self, client: distributed.Client) -> None:
        self._client = client

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()

        def ended(task: distributed.Future[T], tries: int) -> None:
            try:
                outcome.set_result(task.result())
            except CancelledError as error:
                if tries > 1:
                    begin(tries - 1)
                else:
                    outcome.set_exception(error)
            except BaseException as error:  # told where the result is asked for
                outcome.set_exception(error)

        def begin(tries: int) -> None:
            try:
                task: Raw = self._client.submit(fn, *args, pure=False, retries=3, **kwargs)
                task.add_done_callback(functools.partial(ended, tries=tries))
            except BaseException as error:
                outcome.set_exception(error)

        begin(TRIES)
        return outcome


class _Cluster(Executor):
    """Hands jobs to the cluster: the project's folder in a job is that of the worker when it gets there."""

    def __init__(self, executor: Executor, sent: Raw) -> None:
        self._executor, self._sent = executor, sent

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._executor.submit(_remote, self._sent, fn, args, kwargs)


def packed(project: Path) -> bytes:
    """The project's own files as one archive, the same bytes for the same files.

    Files of single cases stay here: what was counted from them goes.
    """
    kept = tables.kept_back(project)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in SENT:
            for path in sorted((project / folder).rglob("*")):
                name = path.relative_to(project).as_posix()
                if path.is_file() and not path.is_symlink() and not _is_kept(name, kept):
                    archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
        if kept:
            archive.writestr(zipfile.ZipInfo(digests.SENT), json.dumps(kept, ensure_ascii=False))
    return buffer.getvalue()


def _is_kept(name: str, kept: Collection[str]) -> bool:
    return any(name == one or name.startswith(f"{one}/") for one in kept)


def parts(executor: Executor) -> tables.Spread:
    """Counts the files of a folder of cases on the cluster, a few at a time; a file's bytes travel, not its path."""

    def spread(declared: tables.Declaration, root: Path, paths: Sequence[Path]) -> Iterator[tables.Part]:
        waiting: deque[Future[tables.Part]] = deque()
        for path in paths:
            name = path.relative_to(root).as_posix()
            waiting.append(executor.submit(tables.part_of, declared, name, path.read_bytes()))
            if len(waiting) >= UNDER_WAY:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    return spread


class Sent:
    """The project's files of a run, in the memory of a worker; unpacked there, they lie as long as it holds them."""

    def __init__(self, content: bytes, run: str) -> None:
        self.content, self.run = content, run
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        _held.add(self)

    def __reduce__(self) -> tuple[type[Sent], tuple[bytes, str]]:
        return Sent, (self.content, self.run)

    def unpacked(self) -> Path:
        if self._folder is None:
            folder = tempfile.TemporaryDirectory(prefix="reportgen-project-")
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                archive.extractall(folder.name)
            self._folder = folder
        return Path(self._folder.name)

    def forget(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


_held: weakref.WeakSet[Sent] = weakref.WeakSet()


def forget(run: str) -> None:
    """In a worker: what it has unpacked of a run goes."""
    for sent in tuple(_held):
        if sent.run == run:
            sent.forget()


_one_at_a_time = threading.Lock()  # a worker may have several threads; the layout keeps state of its process


def _remote(sent: Sent, fn: Callable[..., Raw], args: tuple[Raw, ...], kwargs: dict[str, Raw]) -> Raw:
    """In a worker: the call with the project's files where they lie there."""
    with _one_at_a_time:
        project = sent.unpacked()
        return fn(*(replace(arg, project=project) if isinstance(arg, Job) else arg for arg in args), **kwargs)
