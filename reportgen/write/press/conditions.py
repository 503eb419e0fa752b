"""What the printer works with: `[press]` of `styles/tokens.toml` and the ICC profile that it names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model.errors import KindError, Place, problem
from reportgen.model.messages import told
from reportgen.read.toml import TomlFaults, TomlNode

FILE = "styles/tokens.toml"
PARTS = 4  # cyan, magenta, yellow, black
MAX_PROFILE = 20_000_000  # bytes; the large ones of printers have 2 to 9 million
_HEX = re.compile(r"#[0-9a-f]{6}")

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
    file = project / FILE
    try:
        raw = file.read_bytes()
    except OSError:
        raise KindError(problem(Place(FILE), "press.file_design_tokens_cannot_read")) from None
    faults = TomlFaults(FILE, raw, KindError)
    values = faults.parsed()
    if "press" not in values:
        raise KindError(problem(Place(FILE, column="press"), "press.section_press_is_missing"))
    node = TomlNode(values["press"], ("press",), faults)
    profile_file, digest = node.string("profile"), node.string("profile_sha256")
    identifier, condition = node.string("identifier"), node.string("condition")
    registry = node.string("registry", default="")
    total = node.whole("total_ink", default=300)
    slug = node.number("slug_mm")
    if not 200 <= total <= 400:
        node.fault("total_ink", *told("press.is_not_percent", total=total))
    if slug is None or not 5 <= slug <= 30:
        node.fault("slug_mm", *told("press.is_not_number_from_mm"))
    ink = _recipes(node.node("ink"), total)
    node.no_other_keys()
    profile = b"" if faults.problems else _profile(project, node, profile_file, digest)
    faults.stop()
    return Conditions(
        profile=profile,
        profile_file=profile_file,
        identifier=identifier,
        condition=condition,
        registry=registry,
        total_ink=total,
        slug_mm=float(slug or 0),
        ink=ink,
    )


def _recipes(node: TomlNode, total: int) -> dict[Rgb, Ink]:
    found: dict[Rgb, Ink] = {}
    for colour, parts in node.values.items():
        node.asked.add(colour)
        if not _HEX.fullmatch(colour):
            node.fault(colour, *told("press.is_not_colour"))
        elif not (
            isinstance(parts, list)
            and len(parts) == PARTS
            and all(type(part) is int and 0 <= part <= 100 for part in parts)
        ):
            node.fault(colour, *told("press.is_not_cyan_magenta_yellow"))
        elif sum(parts) > total:
            node.fault(colour, *told("press.asks_ink", parts=sum(parts), total=total))
        else:
            rgb = int(colour[1:], 16)
            found[rgb >> 16, rgb >> 8 & 255, rgb & 255] = (parts[0], parts[1], parts[2], parts[3])
    return found


def _profile(project: Path, node: TomlNode, name: str, digest: str) -> bytes:
    """The bytes of the profile, when it is a CMYK output profile within the project and the declared one."""
    path = project / name
    try:
        inside = path.resolve().is_relative_to(project.resolve())
        if not inside:
            node.fault("profile", *told("press.lies_outside_project", name_=name))
            return b""
        if path.stat().st_size > MAX_PROFILE:
            node.fault(
                "profile", *told("press.is_larger_than_mb", name_=name, max_profile=MAX_PROFILE // 1000000)
            )
            return b""
        content = path.read_bytes()
    except (OSError, ValueError):
        node.fault("profile", *told("press.icc_profile_cannot_read", name_=name))
        return b""
    if content[36:40] != b"acsp" or content[12:16] != b"prtr" or content[16:20] != b"CMYK":
        node.fault("profile", *told("press.is_not_icc_output_profile", name_=name))
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        node.fault("profile_sha256", *told("press.profile_is_not_declared_one", name_=name, found=found))
    return content
