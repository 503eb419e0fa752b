"""`python -m reportgen` is `reportgen`; also the console script."""

from __future__ import annotations

import os
import signal
import sys


def run() -> None:
    """Runs the command and ends at once: taking a laid-out document apart, box by box, costs seconds."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    from reportgen.run import interruption

    interruption.watch()
    from reportgen.cli import main

    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 1
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    run()
