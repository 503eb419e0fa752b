"""Ctrl-C, `kill` and a closed terminal: the run ends at once, with one line, and leaves nothing half-made.

The signal's handler itself ends the process. An exception would have to find its way out of a layout, a library's callback
or the shutdown of a pool, which waits for what its workers are doing. Whatever the handler needs is imported before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

from reportgen.model import Language
from reportgen.model.messages import message
from reportgen.run.files import remove_unfinished

VARIABLE = "REPORTGEN_MESSAGES"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130
PATIENCE = (
    0.8  # seconds that the main thread may take to leave a library's call, and again that the end may take
)


def watch() -> None:
    """From now on these signals end the process; one that is ignored, as in a background job, stays so."""
    own = [one for one in SIGNALS if signal.getsignal(one) not in (signal.SIG_IGN, None)]
    for one in own:
        signal.signal(one, end)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_end_late, args=(reading,), daemon=True).start()
    # What a killed pool leaves is cleared by its tracker, which would tell of it.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)  # what came while this was imported


def _end_late(reading: int) -> None:
    """Ends the process where the main thread stays in a library's call and hears nothing, or cannot come to an end."""
    os.read(reading, 1)
    time.sleep(PATIENCE)
    if not _ended:
        end()
    time.sleep(PATIENCE)
    os._exit(INTERRUPTED)


_ending = threading.RLock()
_ended: list[int] = []


def end(_signal: int = 0, _frame: FrameType | None = None) -> None:
    """Says so, takes away what is half-made and ends, with every process that this one started."""
    _ending.acquire()  # for ever: another thread waits until all is over
    if _ended:  # a second signal within the first
        return
    _ended.append(_signal)
    children = tuple(_children())
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    line = message("cli.interrupted").say(language_of(sys.argv[1:]))
    cursor = "\x1b[?25h\n" if os.isatty(2) else ""  # a progress bar hides it
    with contextlib.suppress(OSError):
        os.write(2, f"{cursor}{line}\n".encode())
    remove_unfinished()
    for pid in (os.getpid(), *children):
        for folder in Path(tempfile.gettempdir()).glob(f"reportgen-*-{pid}-*"):
            shutil.rmtree(folder, ignore_errors=True)
    os._exit(INTERRUPTED)


def _children() -> Iterator[int]:
    """The processes that this one started, but for the tracker of multiprocessing: it ends with us and clears up."""
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in map(int, task.read_text().split()):
            with contextlib.suppress(OSError):
                if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    yield pid


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """What is started within never hears Ctrl-C, which a terminal sends to it, too: its parent ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def language_of(arguments: Iterable[str]) -> Language:
    """The language that a call asks for, before anything of it is parsed: its faults are told in it, too."""
    chosen = os.environ.get(VARIABLE, "")
    words = iter(arguments)
    for word in words:
        if word == "--messages":
            chosen = next(words, chosen)
        elif word.startswith("--messages="):
            chosen = word.partition("=")[2]
    return "zh" if chosen == "zh" else "en"
