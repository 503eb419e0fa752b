"""The faces that pages are set in: which they are, where they lie, and what they can print.

`fonts.toml` names them. Here they are put into one folder, checked, and shown to fontconfig through a
file of our own, so that what else a machine has installed never changes a page. Choosing a face is the
styles' matter, and putting the faces there that of `font_setup`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import time
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from reportgen.model import Text, toml
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.model.messages import told

DEFAULT_STACK = ("sans-serif",)
MEND = "reportgen doctor --mend"
OWN = "REPORTGEN_OWN_FONTS"  # the folder with a project's own faces
UNICODE_SIZE = 0x110000


@dataclass(frozen=True, kw_only=True)
class Face:
    """One entry of `fonts.toml`; `index` counts within a collection file."""

    family: str
    weight: int
    file: str
    sha256: str
    base_font: str
    role: Literal["text", "kai", "code", "net", "names"]
    licence: str
    package: str
    path: str
    source: Literal["variable", "debian", "own"]
    index: int = 0
    charts: bool = False

    @property
    def target(self) -> Path:
        return Path(self.path) if self.source == "own" else font_folder() / "faces" / self.file

    @property
    def install_command(self) -> str:
        if self.source == "debian" and not Path(self.path).exists():
            return f"{apt_install(self.package)} && {MEND}"
        return MEND


@dataclass(frozen=True)
class Licence:
    """Whose work a face is and the words that must stand in the colophon."""

    name: str
    zh: str
    en: str


class Coverage:
    """A set of code points, one bit for each."""

    def __init__(self, bits: bytes) -> None:
        self._bits = bits

    def __contains__(self, code_point: int) -> bool:
        return bool(self._bits[code_point >> 3] >> (code_point & 7) & 1)

    def __len__(self) -> int:
        return int.from_bytes(self._bits, "little").bit_count()

    def __iter__(self) -> Iterator[int]:
        return (code_point for code_point in range(UNICODE_SIZE) if code_point in self)

    @classmethod
    def union(cls, parts: Iterable[bytes]) -> Coverage:
        bits = 0
        for part in parts:
            bits |= int.from_bytes(part, "little")
        return cls(bits.to_bytes(UNICODE_SIZE // 8, "little"))


# --- what is declared ---------------------------------------------------------------------------


@cache
def declared() -> dict[str, Any]:
    return toml.parse(Path(__file__).with_name("fonts.toml").read_text("utf-8"))


@cache
def faces() -> tuple[Face, ...]:
    """Those of the program, and behind them those that `own_fonts` has shown to this process."""
    folder = os.environ.get(OWN)
    own = json.loads(Path(folder, "faces.json").read_text("utf-8")) if folder else ()
    return tuple(Face(**entry) for entry in (*declared()["face"], *own))


def forget() -> None:
    """What was said of the faces before the project's own were known."""
    faces.cache_clear()
    _coverage.cache_clear()


def licences() -> tuple[Licence, ...]:
    """Of the faces that any document is set in; the one for rare Latin names asks for no words of its own."""
    named = {face.licence for face in faces() if face.role != "names"}
    return tuple(Licence(**entry) for name, entry in declared()["licence"].items() if name in named)


def allowed_base_fonts() -> frozenset[str]:
    """The font names a finished PDF may hold, without their six-letter subset tag."""
    return frozenset(face.base_font for face in faces())


def families_of(stack: Iterable[str]) -> tuple[str, ...]:
    """The stack with every stand-in that `fonts.toml` declares, in the order in which they are asked."""
    named = list(stack)
    chain = [family for name in named for family in (name, *declared()["stack"].get(name, ()))]
    known = {face.family for face in faces()}
    return tuple(dict.fromkeys(family for family in chain if family in known))


def apt_install(package: str) -> str:
    return f"sudo apt-get install --no-install-recommends {package}"


# --- where it lies ------------------------------------------------------------------------------


def font_folder() -> Path:
    """`$REPORTGEN_FONTS`, or beside the Python environment, or the user's own folder."""
    if named := os.environ.get("REPORTGEN_FONTS"):
        return Path(named).absolute()
    shared = Path(sys.prefix, "share", "reportgen", "fonts")
    if (shared / "fonts.conf").exists() or _can_write(shared):
        return shared
    return Path.home() / ".local" / "share" / "reportgen" / "fonts"


def chart_folder() -> Path:
    """A folder with only the faces that charts use; the chart drawer reads all it is given."""
    return font_folder() / "charts"


def activate() -> None:
    """Shows this process our faces only. Call it before WeasyPrint is imported."""
    problems = [problem_of(face) for face in missing_faces()]
    settings = Path(os.environ.get(OWN) or font_folder()) / "fonts.conf"
    if not problems and not settings.exists():
        problems = [problem(Place(str(settings)), "fonts.file_is_not", mend=MEND)]
    if problems:
        raise KindError(problems)
    if "weasyprint" in sys.modules and os.environ.get("FONTCONFIG_FILE") != str(settings):
        raise RuntimeError("fonts.activate() must be called before weasyprint is imported")
    os.environ["FONTCONFIG_FILE"] = str(settings)
    os.environ["TZ"] = "UTC"
    time.tzset()
    for stray in ("FONTCONFIG_PATH", "FONTCONFIG_SYSROOT"):
        os.environ.pop(stray, None)


def missing_faces() -> list[Face]:
    """The faces that are not there or are not the declared bytes. A file seen before costs one stat."""
    seen = _read_seen()
    before = dict(seen)
    lacking = [face for face in faces() if digest_of(face.target, seen) != face.sha256]
    if seen != before:
        # A reader without write access reads the files again next time; that is slow, not wrong.
        with contextlib.suppress(OSError):
            write(_seen_file(), json.dumps(seen, indent=1, sort_keys=True).encode())
    return lacking


def _can_write(folder: Path) -> bool:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(there, os.W_OK)


def problem_of(face: Face) -> Problem:
    if face.target.exists():
        en, zh = told("fonts.file_is_not_declared_one")
    else:
        en, zh = told("fonts.font_is_missing")
    place = Place(str(face.target))
    return problem(
        place, "fonts.zh_run_install_command", install_command=face.install_command, zh=Text(zh, en)
    )


def _seen_file() -> Path:
    return font_folder() / "seen.json"


def _read_seen() -> dict[str, list[Any]]:
    try:
        seen = json.loads(_seen_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return seen if isinstance(seen, dict) else {}


def digest_of(file: Path, seen: dict[str, list[Any]]) -> str:
    """The file's SHA-256: from `seen` while size and time are as they were, else read and noted there."""
    try:
        status = file.stat()
    except OSError:
        return ""
    stamp = [status.st_size, status.st_mtime_ns]
    known = seen.get(file.name)
    if known and known[:2] == stamp:
        return str(known[2])
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    seen[file.name] = [*stamp, digest]
    return digest


def write(file: Path, content: bytes) -> None:
    """All of the file or nothing of it, also for a process that reads at this moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            os.fchmod(stream.fileno(), 0o644)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


# --- what they can print ------------------------------------------------------------------------


@cache
def _coverage(families: tuple[str, ...]) -> Coverage:
    return Coverage.union(face_bits(face) for face in faces() if face.family in families)


def coverage(stack: Iterable[str] = DEFAULT_STACK) -> Coverage:
    """Every code point that a face of the stack, or one of its stand-ins, has a glyph for."""
    return _coverage(families_of(stack))


def uncovered(text: str, stack: Iterable[str] = DEFAULT_STACK) -> list[int]:
    """The code points of `text` that would print as an empty box; private use is `private_use`'s to tell.

    A variation selector counts as uncovered: the faces hold few of the sequences, and an unknown one would
    silently print the plain form of a name.
    """
    covered = coverage(stack)
    strange = (ord(character) for character in set(text) if character not in "\t\n\r")
    return sorted(point for point in strange if point not in covered and not _needs_no_glyph(point))


def private_use(text: str) -> list[int]:
    """Code points whose meaning only the sender's machine knew; a face that draws them draws a guess."""
    return sorted(ord(character) for character in set(text) if unicodedata.category(character) == "Co")


def _needs_no_glyph(code_point: int) -> bool:
    return unicodedata.category(chr(code_point)) in {"Cf", "Co", "Zl", "Zp"}


def face_bits(face: Face) -> bytes:
    """One bit a code point, kept under the file's hash: reading a large `cmap` takes a tenth of a second."""
    kept = font_folder() / "coverage" / f"{face.sha256[:16]}-{face.index}.z"
    with contextlib.suppress(OSError, zlib.error):
        return zlib.decompress(kept.read_bytes())
    from fontTools.ttLib import TTFont

    bits = bytearray(UNICODE_SIZE // 8)
    with TTFont(face.target, fontNumber=face.index, lazy=True) as font:
        # Some files have a broken `post` table, and no glyph name is of interest here.
        font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
        for code_point in font["cmap"].getBestCmap():
            bits[code_point >> 3] |= 1 << (code_point & 7)
    with contextlib.suppress(OSError):
        write(kept, zlib.compress(bytes(bits)))
    return bytes(bits)
