"""The font folder made whole, and what this machine lacks for it: `reportgen doctor`. Builds only read what `fonts` finds.

What only the making needs is imported where it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from reportgen.model import Text
from reportgen.model.errors import KindError, Place, problem
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read import fonts

# The han characters of Big5, counted with Python's codec: what an agency's typists could always enter.
BIG5_HAN = 13_063
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of `reportgen doctor`; `mend` is the command that puts it right."""

    level: Literal["ok", "missing", "warning"]
    what: str
    said: Text
    mend: str = ""


# --- putting them there -------------------------------------------------------------------------


def install_fonts(report: Callable[[str], None]) -> None:
    """Makes the font folder whole. What is already right stays; two processes may do this at once."""
    import fcntl

    folder = fonts.font_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lacking = fonts.missing_faces()
        _cut_from_variable([face for face in lacking if face.source == "variable"], report)
        _link_from_debian([face for face in lacking if face.source == "debian"], report)
        if problems := [fonts.problem_of(face) for face in fonts.missing_faces()]:
            raise KindError(problems)
        _link_for_charts()
        for face in fonts.faces():
            fonts.face_bits(face)
        _show_to_fontconfig(anew=bool(lacking), report=report)
    report(f"fonts: {len(fonts.faces())} faces in {folder}")


def _cut_from_variable(lacking: list[fonts.Face], report: Callable[[str], None]) -> None:
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
            fonts.write(face.target, content)


def static_instance(face: fonts.Face) -> bytes:
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


def _link_from_debian(lacking: list[fonts.Face], report: Callable[[str], None]) -> None:
    for face in lacking:
        if Path(face.path).exists():
            report(f"fonts: linking {face.file}")
            _link(face.path, face.target)


def _link_for_charts() -> None:
    for face in fonts.faces():
        if face.charts:
            _link(str(Path("..", "faces", face.file)), fonts.chart_folder() / face.file)


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

    folder = fonts.font_folder()
    settings, scanned = folder / "fonts.conf", folder / "cache"
    content = fontconfig_settings(folder).encode()
    if settings.exists() and settings.read_bytes() == content and scanned.exists() and not anew:
        return
    shutil.rmtree(scanned, ignore_errors=True)
    scanned.mkdir(exist_ok=True)
    fonts.write(settings, content)
    report("fonts: fontconfig reads the folder once")
    # In a process of its own: fontconfig keeps what it has read first for as long as a process lives.
    subprocess.run(
        [sys.executable, "-c", "import ctypes; ctypes.CDLL('libfontconfig.so.1').FcInit()"],
        env={**os.environ, "FONTCONFIG_FILE": str(settings)},
        check=False,
    )


def fontconfig_settings(folder: Path, own: Path | None = None) -> str:
    """Only our folder and a project's own; each family with its stand-ins; an unknown family ends in sans-serif."""
    stacks: dict[str, list[str]] = fonts.declared()["stack"]
    # Strong, because fontconfig otherwise lets the language of the text outweigh the declared order.
    chains = "".join(
        f'  <match target="pattern">\n    <test qual="any" name="family">{_strings([name])}</test>\n'
        f'    <edit name="family" mode="append" binding="strong">{_strings(stand_ins)}</edit>\n  </match>\n'
        for name, stand_ins in stacks.items()
    )
    further = f"  <dir>{escape(str(own))}</dir>\n" if own else ""
    last = f'<edit name="family" mode="append_last" binding="strong">{_strings(stacks["sans-serif"])}</edit>'
    hidden = "".join(
        f'    <rejectfont><pattern><patelt name="family">{_strings([name])}</patelt></pattern></rejectfont>\n'
        for name in fonts.declared()["hidden"]["families"]
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        "  <reset-dirs/>\n"
        f"  <dir>{escape(str(folder / 'faces'))}</dir>\n{further}"
        f"  <cachedir>{escape(str(folder / 'cache'))}</cachedir>\n"
        f"{chains}"
        f'  <match target="pattern">\n    {last}\n  </match>\n'
        f"  <selectfont>\n{hidden}  </selectfont>\n"
        "  <config><rescan><int>0</int></rescan></config>\n</fontconfig>\n"
    )


def _strings(families: Iterable[str]) -> str:
    return "".join(f"<string>{escape(family)}</string>" for family in families)


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
    seen: dict[str, list[Raw]] = {}
    found += [_face(face, seen) for face in fonts.faces()]
    if all(finding.level == "ok" for finding in found[-len(fonts.faces()) :]):
        found += [_settings(), _big5()]
    return found


def _python() -> Finding:
    version = ".".join(str(number) for number in sys.version_info[:3])
    if sys.version_info[:2] == (3, 11):
        return Finding(level="ok", what="Python", said=message("fonts.python", version=version))
    mend = fonts.apt_install("python3.11-venv")
    said = message("fonts.locks_are_for_python", version=version)
    return Finding(level="warning", what="Python", said=said, mend=mend)


def _library(name: str, package: str) -> Finding:
    import ctypes

    try:
        ctypes.CDLL(name)
    except OSError:
        said, mend = message("fonts.library_is_missing", library=name), fonts.apt_install(package)
        return Finding(level="missing", what=name, said=said, mend=mend)
    return Finding(level="ok", what=name, said=message("fonts.library", library=name))


def _face(face: fonts.Face, seen: dict[str, list[Raw]]) -> Finding:
    what = f"{face.family} {face.weight}"
    if fonts.digest_of(face.target, seen) == face.sha256:
        return Finding(level="ok", what=what, said=message("fonts.font", font=what, file=face.file))
    if not face.target.exists():
        said = message("fonts.font_lacks", font=what, file=face.target)
        return Finding(level="missing", what=what, said=said, mend=face.install_command)
    again = fonts.apt_install(f"--reinstall {face.package}") + " && " if face.source == "debian" else ""
    said = message("fonts.font_is_another", font=what, file=face.target)
    return Finding(level="missing", what=what, said=said, mend=f"{again}{fonts.MEND}")


def _settings() -> Finding:
    file = fonts.font_folder() / "fonts.conf"
    if file.exists() and file.read_text("utf-8") == fontconfig_settings(fonts.font_folder()):
        return Finding(level="ok", what="fontconfig", said=message("fonts.settings", file=file))
    said = message("fonts.settings_are_out_of_date", file=file)
    return Finding(level="missing", what="fontconfig", said=said, mend=fonts.MEND)


def _big5() -> Finding:
    han = big5_han()
    lacking = [point for point in han if point not in fonts.coverage()]
    if len(han) == BIG5_HAN and not lacking:
        return Finding(level="ok", what="Big5", said=message("fonts.all_of_big5", count=len(han)))
    sample = "".join(chr(point) for point in lacking[:10])
    said = message("fonts.lacking_of_big5", count=len(han), lacking=len(lacking), sample=sample)
    return Finding(level="warning", what="Big5", said=said, mend=fonts.MEND)


if __name__ == "__main__":
    try:
        install_fonts(print)
    except KindError as fault:
        sys.exit("\n".join(f"{problem.say()}\n{problem.say('zh')}" for problem in fault.problems))
