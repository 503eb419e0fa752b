"""What the printer works with: `[press]` of `styles/tokens.toml` and the ICC profile that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model import limits
from reportgen.model.errors import KindError, Place, Problem, problem
from reportgen.read.schema import TomlFile, read
from reportgen.read.theme import open_tokens
from reportgen.read.tokens import Press

FILE = "styles/tokens.toml"
MAX_PROFILE = limits.PROFILE_BYTES

Ink = tuple[int, int, int, int]  # cyan, magenta, yellow, black in percent
Rgb = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """`ink` holds the recipes: what is printed in just these inks, whatever the profile would say.

    `identifier` is the name of the printing condition in `registry` (empty: it is in none); `total_ink` and the recipes are in percent,
    `slug_mm` is the room around the bleed, where the crop marks are.
    """

    profile: bytes
    profile_file: str
    identifier: str
    condition: str
    registry: str
    total_ink: int
    slug_mm: float
    ink: Mapping[Rgb, Ink]


def read_conditions(project: Path) -> Conditions:
    """The declared press. KindError with all that is wrong in `[press]` and with the profile."""
    file = open_tokens(project / FILE)
    if "press" not in file.values:
        raise KindError(problem(Place(FILE, column="press"), "press.section_press_is_missing"))
    press = read(Press, file, file.values["press"], error=KindError)
    problems: list[Problem] = []
    profile = _profile(project, press, file, problems)
    if problems:
        raise KindError(problems)
    return Conditions(
        profile=profile,
        profile_file=press.profile,
        identifier=press.identifier,
        condition=press.condition,
        registry=press.registry,
        total_ink=press.total_ink,
        slug_mm=press.slug_mm,
        ink={rgb(colour): ink for colour, ink in press.ink.items()},
    )


def rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _profile(project: Path, press: Press, file: TomlFile, problems: list[Problem]) -> bytes:
    """The bytes of the profile, when it is a CMYK output profile within the project and the declared one."""
    name, place = press.profile, file.place(("press", "profile"))
    path = project / name
    try:
        if not path.resolve().is_relative_to(project.resolve()):
            problems.append(problem(place, "press.lies_outside_project", name_=name))
            return b""
        if path.stat().st_size > MAX_PROFILE:
            most = MAX_PROFILE // 1000000
            problems.append(problem(place, "press.is_larger_than_mb", name_=name, max_profile=most))
            return b""
        content = path.read_bytes()
    except (OSError, ValueError):
        problems.append(problem(place, "press.icc_profile_cannot_read", name_=name))
        return b""
    if content[36:40] != b"acsp" or content[12:16] != b"prtr" or content[16:20] != b"CMYK":
        problems.append(problem(place, "press.is_not_icc_output_profile", name_=name))
    digest = hashlib.sha256(content).hexdigest()
    if digest != press.profile_sha256:
        place = file.place(("press", "profile_sha256"))
        problems.append(problem(place, "press.profile_is_not_declared_one", name_=name, found=digest))
    return content
