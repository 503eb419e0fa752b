"""Files are delivered whole or not at all, by one run at a time."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model.errors import Place, Problem, UsageError

if TYPE_CHECKING:
    pass


def write_whole(files: Mapping[Path, bytes]) -> None:
    """All of them or none: temporary files beside them, fsync, and when all are written the renames.

    Earlier files stay until then, so that a full disk leaves a ledger beside the PDF that it belongs to.
    """
    written: list[tuple[str, Path]] = []
    try:
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
            written.append((name, file))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                os.fchmod(stream.fileno(), 0o644)
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
        raise UsageError(
            Problem(Place(str(out)), f"cannot be written to: {error.strerror}", f"無法寫入：{error.strerror}")
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                Problem(
                    Place(str(out)),
                    "another run is at work here; wait for it, or choose another folder with --out",
                    "另一個執行中的程式正在使用此資料夾；請稍候，或以 --out 指定其他資料夾",
                )
            ) from None
        for stray in out.rglob(".*.part"):  # what a killed run was writing
            stray.unlink(missing_ok=True)
        yield
