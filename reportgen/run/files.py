"""Files are delivered whole or not at all, by one run at a time."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from reportgen.model.errors import Place, UsageError, problem


def write_whole(files: Mapping[Path, bytes]) -> None:
    """All of them or none: temporary files beside them, fsync, and when all are written the renames.

    Earlier files stay until then, so that a full disk leaves a ledger beside the PDF that it belongs to.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            name = file.with_name(f".{file.name[-60:]}.{secrets.token_hex(4)}.part")
            written.append((name, file))
            with name.open("xb") as stream:  # not mkstemp: the mode is the caller's, by the umask
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for name, file in written:
            os.replace(name, file)
    except BaseException:
        for name, _ in written:
            with contextlib.suppress(OSError):
                os.unlink(name)
        raise


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """One run at a time in an output folder; UsageError for the second."""
    import fcntl

    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = (out / ".lock").open("w")
    except OSError as error:
        raise UsageError(problem(Place(str(out)), "run.cannot_written", strerror=error.strerror)) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(problem(Place(str(out)), "run.another_run_is_work_here")) from None
        for stray in out.rglob(".*.part"):  # what a killed run was writing
            stray.unlink(missing_ok=True)
        yield
