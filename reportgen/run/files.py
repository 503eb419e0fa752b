"""Files are delivered whole or not at all, by one run at a time."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from reportgen.model.errors import Place, UsageError, problem

_unfinished: set[Path] = set()  # files and folders that go if the run ends now


@contextlib.contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A name of which nothing is left afterwards, however it ends."""
    _unfinished.add(path)
    try:
        yield path
    finally:
        _remove(path)


def remove_unfinished() -> None:
    for path in tuple(_unfinished):
        _remove(path)


def _remove(path: Path) -> None:
    for _ in range(2):  # a disk that fails once
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
        if not os.path.lexists(path):
            break
    _unfinished.discard(path)


def write_whole(files: Mapping[Path, bytes]) -> None:
    """All of them or none: temporary files beside them, fsync, and when all are written the renames."""
    with contextlib.ExitStack() as parts:
        written: list[tuple[Path, Path]] = []
        for file, content in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            name = file.with_name(f".{file.name[-60:]}.{secrets.token_hex(4)}.part")
            written.append((parts.enter_context(unfinished(name)), file))
            with name.open("xb") as stream:  # not mkstemp: the mode is the caller's, by the umask
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for name, file in written:
            os.replace(name, file)


# ---- a publication's folder ---------------------------------------------------------------------


def staged(folder: Path) -> Path:
    """The folder beside a publication's, with all that lies there by links, in which its next state is made."""
    staging = folder.with_name(f".{folder.name}.part")
    if not staging.is_dir():
        _unfinished.add(staging)
        if folder.is_dir():
            shutil.copytree(folder, staging, symlinks=True, copy_function=_link)
        else:
            staging.mkdir(parents=True)
    return staging


def _link(file: str, other: str) -> None:
    try:
        os.link(file, other, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EXDEV):
            raise
        shutil.copy2(file, other, follow_symlinks=False)


def discard(folder: Path) -> None:
    """The publication's folder stays as it is."""
    _remove(folder.with_name(f".{folder.name}.part"))


def put(folder: Path) -> None:
    """The staged folder takes the place of the publication's by one rename: whoever looks finds the old or the new."""
    staging = staged(folder)
    if not os.path.lexists(folder):
        os.rename(staging, folder)
    elif not _exchange(staging, folder):
        _put_one_by_one(staging, folder)
    with contextlib.suppress(OSError):  # the new one is there
        handle = os.open(folder.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    _remove(staging)


AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of renameat2(2)


def _exchange(one: Path, other: Path) -> bool:
    """Two folders change their names at once; False where the file system cannot (NFS, SMB, a mount point)."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    if library.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EBUSY, errno.EXDEV, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _put_one_by_one(staging: Path, folder: Path) -> None:
    """The manifest first: whatever a killed run leaves is named in it, and made again."""
    names = [
        path.relative_to(staging) for path in staging.rglob("*") if not path.is_dir() or path.is_symlink()
    ]
    for name in sorted(names, key=lambda name: (name.name != "manifest.json", name)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(staging / name, folder / name)
    for path in folder.rglob("*"):
        if not path.is_dir() and path.relative_to(folder) not in names:
            path.unlink()


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
        for stray in _strays(out):
            _remove(stray)
        try:
            yield
        finally:
            remove_unfinished()


def tidied(out: Path) -> None:
    """What a killed run left goes, if it left anything and nobody is at work here."""
    if _strays(out):
        with contextlib.suppress(UsageError), locked(out):
            pass


def _strays(out: Path) -> list[Path]:
    return [path for pattern in (".*.part", "*/.*.part", "*/compare/.*.part") for path in out.glob(pattern)]
