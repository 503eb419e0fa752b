"""The faces that pages are set in: which they are, where they lie, and what they can print.

`fonts.toml` names them. Here they are put into one folder, checked, and shown to fontconfig through a
file of our own, so that what else a machine has installed never changes a page. Choosing a face is the
styles' matter. A build only asks whether all is there; what only the making needs is imported where it
is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Literal

from reportgen.model import Text, toml
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.model.messages import told

DEFAULT_STACK = ("sans-serif",)
MEND = "reportgen doctor --mend"
UNICODE_SIZE = 0x110000
# The han characters of Big5, counted with Python's codec: what an agency's typists could always enter.
BIG5_HAN = 13_063
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}


@dataclass(frozen=True, kw_only=True)
class Face:
    """One entry of `fonts.toml`; `index` counts within a collection file."""

    family: str
    weight: int
    file: str
    sha256: str
    base_font: str
    role: Literal["text", "kai", "code", "net"]
    licence: str
    package: str
    path: str
    source: Literal["variable", "debian"]
    index: int = 0
    charts: bool = False

    @property
    def target(self) -> Path:
        return font_folder() / "faces" / self.file

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


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of `reportgen doctor`; `mend` is the command that puts it right."""

    level: Literal["ok", "missing", "warning"]
    what: str
    zh: str
    en: str
    mend: str = ""


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
    return tuple(Face(**entry) for entry in declared()["face"])


def licences() -> tuple[Licence, ...]:
    return tuple(Licence(**entry) for entry in declared()["licence"].values())


def allowed_base_fonts() -> frozenset[str]:
    """The font names a finished PDF may hold, without their six-letter subset tag."""
    return frozenset(face.base_font for face in faces())


def families_of(stack: Iterable[str]) -> tuple[str, ...]:
    """The stack with every stand-in that `fonts.toml` declares, in the order in which they are asked."""
    named = list(stack)
    chain = [family for name in named for family in (name, *declared()["stack"].get(name, ()))]
    known = {face.family for face in faces()}
    return tuple(dict.fromkeys(family for family in chain if family in known))


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
    problems = [_problem(face) for face in missing_faces()]
    settings = font_folder() / "fonts.conf"
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
    lacking = [face for face in faces() if _digest(face.target, seen) != face.sha256]
    if seen != before:
        # A reader without write access reads the files again next time; that is slow, not wrong.
        with contextlib.suppress(OSError):
            _write(_seen_file(), json.dumps(seen, indent=1, sort_keys=True).encode())
    return lacking


def _can_write(folder: Path) -> bool:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(there, os.W_OK)


def _problem(face: Face) -> Problem:
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


def _digest(file: Path, seen: dict[str, list[Any]]) -> str:
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


def _write(file: Path, content: bytes) -> None:
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


# --- putting them there -------------------------------------------------------------------------


def install_fonts(report: Callable[[str], None]) -> None:
    """Makes the font folder whole. What is already right stays; two processes may do this at once."""
    import fcntl

    folder = font_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lacking = missing_faces()
        _cut_from_variable([face for face in lacking if face.source == "variable"], report)
        _link_from_debian([face for face in lacking if face.source == "debian"], report)
        if problems := [_problem(face) for face in missing_faces()]:
            raise KindError(problems)
        _link_for_charts()
        for face in faces():
            _face_bits(face)
        _show_to_fontconfig(anew=bool(lacking), report=report)
    report(f"fonts: {len(faces())} faces in {folder}")


def _cut_from_variable(lacking: list[Face], report: Callable[[str], None]) -> None:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from importlib import metadata

    if not lacking:
        return
    weights = ", ".join(str(face.weight) for face in lacking)
    report(f"fonts: making {lacking[0].family} {weights} (once; about ten seconds each)")
    # Spawned, because the caller may already run threads that a fork would copy half-way.
    with ProcessPoolExecutor(
        min(len(lacking), os.cpu_count() or 1), mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        for face, content in zip(lacking, pool.map(static_instance, lacking), strict=True):
            digest = hashlib.sha256(content).hexdigest()
            if digest != face.sha256:
                tools = metadata.version("fonttools")
                place = Place(face.file)
                raise KindError(
                    problem(
                        place,
                        "fonts.fonttools_made_sha_right_is",
                        tools=tools,
                        digest=digest,
                        sha256=face.sha256,
                    )
                )
            _write(face.target, content)


def static_instance(face: Face) -> bytes:
    """The variable font frozen at the weight of `face`: equal bytes at every run."""
    from importlib import metadata

    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    variable = Path(str(metadata.distribution(face.package).locate_file(face.path)))
    font = TTFont(variable, recalcTimestamp=False)
    # With uharfbuzz installed fontTools would pack the layout tables in another order.
    font.cfg["fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"] = False
    # fontTools 4.60 and 4.68 pack BASE differently; horizontal Chinese beside Latin does not need it.
    del font["BASE"]
    instantiateVariableFont(font, {"wght": face.weight}, inplace=True, updateFontNames=True)
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()


def _link_from_debian(lacking: list[Face], report: Callable[[str], None]) -> None:
    for face in lacking:
        if Path(face.path).exists():
            report(f"fonts: linking {face.file}")
            _link(face.path, face.target)


def _link_for_charts() -> None:
    for face in faces():
        if face.charts:
            _link(str(Path("..", "faces", face.file)), chart_folder() / face.file)


def _link(source: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink() and os.readlink(target) == source:
        return
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(source)
    os.replace(fresh, target)


def _show_to_fontconfig(*, anew: bool, report: Callable[[str], None]) -> None:
    import shutil
    import subprocess

    folder = font_folder()
    settings, scanned = folder / "fonts.conf", folder / "cache"
    content = fontconfig_settings(folder).encode()
    if settings.exists() and settings.read_bytes() == content and scanned.exists() and not anew:
        return
    shutil.rmtree(scanned, ignore_errors=True)
    scanned.mkdir(exist_ok=True)
    _write(settings, content)
    report("fonts: fontconfig reads the folder once")
    # In a process of its own: fontconfig keeps what it has read first for as long as a process lives.
    subprocess.run(
        [sys.executable, "-c", "import ctypes; ctypes.CDLL('libfontconfig.so.1').FcInit()"],
        env={**os.environ, "FONTCONFIG_FILE": str(settings)},
        check=False,
    )


def fontconfig_settings(folder: Path) -> str:
    """Only our folder; each family with its stand-ins; an unknown family ends in sans-serif."""
    stacks: dict[str, list[str]] = declared()["stack"]
    # Strong, because fontconfig otherwise lets the language of the text outweigh the declared order.
    chains = "".join(
        f'  <match target="pattern">\n    <test qual="any" name="family">{_strings([name])}</test>\n'
        f'    <edit name="family" mode="append" binding="strong">{_strings(stand_ins)}</edit>\n  </match>\n'
        for name, stand_ins in stacks.items()
    )
    last = f'<edit name="family" mode="append_last" binding="strong">{_strings(stacks["sans-serif"])}</edit>'
    hidden = "".join(
        f'    <rejectfont><pattern><patelt name="family">{_strings([name])}</patelt></pattern></rejectfont>\n'
        for name in declared()["hidden"]["families"]
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        "  <reset-dirs/>\n"
        f"  <dir>{escape(str(folder / 'faces'))}</dir>\n"
        f"  <cachedir>{escape(str(folder / 'cache'))}</cachedir>\n"
        f"{chains}"
        f'  <match target="pattern">\n    {last}\n  </match>\n'
        f"  <selectfont>\n{hidden}  </selectfont>\n"
        "  <config><rescan><int>0</int></rescan></config>\n</fontconfig>\n"
    )


def _strings(families: Iterable[str]) -> str:
    return "".join(f"<string>{escape(family)}</string>" for family in families)


# --- what they can print ------------------------------------------------------------------------


@cache
def _coverage(families: tuple[str, ...]) -> Coverage:
    return Coverage.union(_face_bits(face) for face in faces() if face.family in families)


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


def _face_bits(face: Face) -> bytes:
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
        _write(kept, zlib.compress(bytes(bits)))
    return bytes(bits)


def big5_han() -> list[int]:
    """Every han character that Python's `big5` codec knows."""
    characters = set()
    for lead in range(0xA1, 0xFA):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            with contextlib.suppress(UnicodeDecodeError):
                characters.add(bytes((lead, trail)).decode("big5"))
    return sorted(ord(one) for one in characters if unicodedata.name(one, "").startswith("CJK "))


# --- what is wrong with this machine ------------------------------------------------------------


def doctor() -> list[Finding]:
    """Everything that a build needs of the machine, read anew: no earlier check is believed."""
    found = [_python(), *(_library(name, package) for name, package in LIBRARIES.items())]
    seen: dict[str, list[Any]] = {}
    found += [_face(face, seen) for face in faces()]
    if all(finding.level == "ok" for finding in found[-len(faces()) :]):
        found += [_settings(), _big5()]
    return found


def apt_install(package: str) -> str:
    return f"sudo apt-get install --no-install-recommends {package}"


def _python() -> Finding:
    version = ".".join(str(number) for number in sys.version_info[:3])
    if sys.version_info[:2] == (3, 11):
        return Finding(level="ok", what="Python", zh=f"Python {version}", en=f"Python {version}")
    return Finding(
        level="warning",
        what="Python",
        zh=f"Python {version}：requirements 的鎖定檔只適用於 Python 3.11",
        en=f"Python {version}: the lock files in requirements are for Python 3.11",
        mend=apt_install("python3.11-venv"),
    )


def _library(name: str, package: str) -> Finding:
    import ctypes

    try:
        ctypes.CDLL(name)
    except OSError:
        return Finding(
            level="missing",
            what=name,
            zh=f"缺少程式庫 {name}",
            en=f"the library {name} is missing",
            mend=apt_install(package),
        )
    return Finding(level="ok", what=name, zh=f"程式庫 {name}", en=f"the library {name}")


def _face(face: Face, seen: dict[str, list[Any]]) -> Finding:
    what = f"{face.family} {face.weight}"
    if _digest(face.target, seen) == face.sha256:
        return Finding(
            level="ok", what=what, zh=f"字型 {what}（{face.file}）", en=f"the font {what} ({face.file})"
        )
    if not face.target.exists():
        return Finding(
            level="missing",
            what=what,
            zh=f"缺少字型 {what}（{face.target}）",
            en=f"the font {what} is missing ({face.target})",
            mend=face.install_command,
        )
    again = f"{apt_install(f'--reinstall {face.package}')} && {MEND}" if face.source == "debian" else MEND
    return Finding(
        level="missing",
        what=what,
        zh=f"字型 {what} 的內容與宣告的不同（{face.target}）",
        en=f"the font {what} is not the declared one ({face.target})",
        mend=again,
    )


def _settings() -> Finding:
    file = font_folder() / "fonts.conf"
    if file.exists() and file.read_text("utf-8") == fontconfig_settings(font_folder()):
        return Finding(level="ok", what="fontconfig", zh=f"字型設定檔 {file}", en=f"the font settings {file}")
    return Finding(
        level="missing",
        what="fontconfig",
        zh=f"字型設定檔不存在或已過時（{file}）",
        en=f"the font settings are missing or out of date ({file})",
        mend=MEND,
    )


def _big5() -> Finding:
    han = big5_han()
    lacking = [point for point in han if point not in coverage()]
    total = f"{len(han):,}"
    if len(han) == BIG5_HAN and not lacking:
        return Finding(
            level="ok", what="Big5", zh=f"Big5 全部 {total} 個漢字", en=f"all {total} han characters of Big5"
        )
    sample = "".join(chr(point) for point in lacking[:10])
    return Finding(
        level="warning",
        what="Big5",
        zh=f"字型缺少 Big5 {total} 個漢字中的 {len(lacking):,} 個：{sample}",
        en=f"{len(lacking):,} of the {total} han characters of Big5 are in no font: {sample}",
        mend=MEND,
    )


if __name__ == "__main__":
    try:
        install_fonts(print)
    except KindError as fault:
        sys.exit("\n".join(f"{problem.say()}\n{problem.say('zh')}" for problem in fault.problems))
