"""The words of each page of a PDF of somebody else, by a process of its own: nine kilobytes may unfold to gigabytes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

from reportgen.model import limits

MEMORY = 800 * 2**20  # of the process; a letter takes 300 bytes
SECONDS = 4
_TOO_MANY = 3


class TooMuchError(Exception):
    """More letters than are read, or more memory or time than reading them may take."""


def words_of(file: Path) -> list[str]:
    """The words of the first pages, one more than is allowed where there are more; OSError for what is no readable PDF."""
    command = [sys.executable, "-m", __name__, str(file)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if run.returncode == 1 and "MemoryError" not in run.stderr:
        raise OSError(run.stderr.strip().rsplit("\n", 1)[-1].partition(": ")[2])
    if run.returncode:
        raise TooMuchError
    return [str(words) for words in json.loads(run.stdout)]


def _read(file: str) -> list[str]:
    import pypdfium2

    words, letters = [], 0
    with pypdfium2.PdfDocument(Path(file).read_bytes()) as document:
        for at in range(min(len(document), limits.ARCHIVE_PAGES + 1)):
            text = document[at].get_textpage()
            letters += text.count_chars()
            if letters > limits.ARCHIVE_LETTERS:
                sys.exit(_TOO_MANY)
            words.append(str(text.get_text_range()))
    return words


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(_read(sys.argv[1])))
