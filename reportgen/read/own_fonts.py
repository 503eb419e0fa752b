"""Faces of the office's own: `[[font]]` of `styles/tokens.toml`, each a file of the project that is pinned by its SHA-256."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from reportgen.model import Text
from reportgen.model.errors import KindError, Place, Problem, ReportgenError, problem
from reportgen.read import fonts
from reportgen.read.fields import Like, Where, Within
from reportgen.read.font_setup import fontconfig_settings
from reportgen.read.schema import Model, read
from reportgen.read.texts import Halves
from reportgen.read.toml_files import parse_toml

TOKENS = "styles/tokens.toml"
Family = Annotated[str, Like(r"[A-Za-z0-9][A-Za-z0-9 -]*", "theme.is_not_name_font_family", '"Noto Sans TC"')]
Digest = Annotated[str, Like(r"[0-9a-f]{64}", "fonts.is_no_digest")]
# What the layout calls a weight in the name of a face.
WEIGHTS = {
    100: "Thin",
    200: "Ultra-Light",
    300: "Light",
    400: "",
    500: "Medium",
    600: "Semi-Bold",
    700: "Bold",
    800: "Ultra-Bold",
    900: "Heavy",
}


class FontFile(Model):
    """A face of one weight; `role` says what it is for, `licence` what must stand in the colophon."""

    spot: Where
    family: Family
    weight: Annotated[int, Within(100, 900)] = 400
    file: str
    sha256: Digest
    role: Literal["text", "kai"] = "text"
    licence: Halves

    @property
    def face(self) -> fonts.Face:
        said = [self.family.replace(" ", "-"), WEIGHTS.get(self.weight, "")]
        return fonts.Face(
            family=self.family,
            weight=self.weight,
            file=f"{self.sha256[:16]}{Path(self.file).suffix}",
            sha256=self.sha256,
            base_font="-".join(filter(None, said)),
            role=self.role,
            licence="",
            package="",
            path=self.file,
            source="own",
        )


class _FontFiles(Model):
    font: tuple[FontFile, ...] = ()


def use(project: Path) -> None:
    """Makes the project's own faces known to this process and to those that it starts, where it has some.

    KindError for a file that is not there, is not the declared one, or is not the face that it is said to be. Call it before
    anything is laid out.
    """
    try:
        file = parse_toml(TOKENS, (project / TOKENS).read_bytes())
        declared = read(_FontFiles, file, file.values.part(["font"])).font
    except (OSError, ReportgenError):  # whoever reads the tokens tells what is wrong with them
        return
    if not declared and fonts.OWN not in os.environ:
        return
    if problems := [found for one in declared for found in faults(project, one)]:
        raise KindError(problems)
    if declared:
        os.environ[fonts.OWN] = str(_installed(project, declared))
    else:
        del os.environ[fonts.OWN]
    fonts.forget()


def faults(project: Path, declared: FontFile) -> Iterator[Problem]:
    """What keeps the file from being used as the declared face."""
    at, path = declared.spot.at("file"), project / declared.file
    if not path.is_file() or not path.resolve().is_relative_to(project.resolve()):
        yield problem(at, "fonts.own_is_missing", file=declared.file)
        return
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != declared.sha256:
        yield problem(declared.spot.at("sha256"), "fonts.own_is_another", file=declared.file, digest=digest)
        return
    yield from _unfit(at, path, declared)


def _unfit(at: Place, path: Path, declared: FontFile) -> Iterator[Problem]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(io.BytesIO(path.read_bytes()), lazy=True) as font:
            family = font["name"].getBestFamilyName() or ""
            about = font["OS/2"]
            weight, closed = int(about.usWeightClass), bool(about.fsType & 0x0002)
            variable = "fvar" in font
    except (TTLibError, KeyError, OSError, AttributeError):
        yield problem(at, "fonts.own_is_no_font", file=declared.file)
        return
    if variable:
        yield problem(at, "fonts.own_is_variable", file=declared.file)
    if family != declared.family or weight != declared.weight:
        slots = {"file": declared.file, "family": family, "weight": weight}
        yield problem(declared.spot.at("family"), "fonts.own_is_called", **slots)
    if closed:
        yield problem(at, "fonts.own_may_not_be_embedded", file=declared.file)


def _installed(project: Path, declared: Iterable[FontFile]) -> Path:
    """The folder with these faces and the settings that show them; it is made once, and the name is that of its content."""
    faces = [one.face for one in declared]
    name = hashlib.sha256("".join(sorted(face.sha256 for face in faces)).encode()).hexdigest()[:16]
    folder = fonts.font_folder() / "own" / name
    for face in faces:
        if not (target := folder / "faces" / face.file).is_file():
            fonts.write(target, (project / face.path).read_bytes())
    entries = [asdict(face) | {"path": str(folder / "faces" / face.file)} for face in faces]
    fonts.write(folder / "faces.json", json.dumps(entries, indent=1).encode())
    fonts.write(folder / "fonts.conf", fontconfig_settings(fonts.font_folder(), folder / "faces").encode())
    return folder


def lacking(families: Iterable[str], words: str) -> Iterator[tuple[fonts.Face, str]]:
    """The own faces of these families, each with the characters that it lacks: another face prints them."""
    for face in fonts.faces():
        if face.source == "own" and face.family in families:
            has = fonts.Coverage(fonts.face_bits(face))
            letters = dict.fromkeys(
                letter for letter in words if letter.isprintable() and not letter.isspace()
            )
            if missing := "".join(letter for letter in letters if ord(letter) not in has):
                yield face, missing


def licences(declared: Iterable[FontFile]) -> tuple[Text, ...]:
    """What must stand in the colophon, each once."""
    return tuple(dict.fromkeys(one.licence for one in declared))


def known_families(declared: Iterable[FontFile]) -> tuple[str, ...]:
    """The families that `[fonts]` may name."""
    # "Noto Serif TC" stands in the tokens of earlier projects, and no style sheet uses it.
    own = (one.family for one in declared)
    return tuple(dict.fromkeys((*own, *(face.family for face in fonts.faces()), "Noto Serif TC")))
