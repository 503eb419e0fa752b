"""What the printer works with: `[press]` of `styles/tokens.toml` and the ICC profile that it names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.model.errors import KindError, Place, Problem
from reportgen.read.toml import TomlFaults, TomlNode

FILE = "styles/tokens.toml"
PARTS = 4  # cyan, magenta, yellow, black
MAX_PROFILE = 20_000_000  # bytes; the large ones of printers have 2 to 9 million
_HEX = re.compile(r"#[0-9a-f]{6}")

Ink = tuple[int, int, int, int]  # cyan, magenta, yellow, black in percent
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
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
        raise KindError(
            Problem(Place(FILE), "the file with the design tokens cannot be read", "無法讀取設計參數檔")
        ) from None
    faults = TomlFaults(FILE, raw, KindError)
    values = faults.parsed()
    if "press" not in values:
        raise KindError(
            Problem(
                Place(FILE, column="press"),
                "the section [press] is missing; it names the printer's ICC profile, condition and total ink",
                "缺少 [press] 區段；該區段宣告印刷廠之 ICC 色彩描述檔、印刷條件與總墨量",
            )
        )
    node = TomlNode(values["press"], ("press",), faults)
    profile_file, digest = node.string("profile"), node.string("profile_sha256")
    identifier, condition = node.string("identifier"), node.string("condition")
    registry = node.string("registry", default="")
    total = node.whole("total_ink", default=300)
    slug = node.number("slug_mm")
    if not 200 <= total <= 400:
        node.fault(
            "total_ink", f"{total} is not in 200 to 400 percent", f"{total} 不在百分之 200 至 400 之間"
        )
    if slug is None or not 5 <= slug <= 30:
        node.fault("slug_mm", "is not a number from 5 to 30 (mm)", "不是 5 至 30 之間的數（公釐）")
    ink = _recipes(node.node("ink"), total)
    node.no_other_keys()
    profile = b"" if faults.problems else _profile(project, node, profile_file, digest)
    faults.stop()
    return Conditions(profile, profile_file, identifier, condition, registry, total, float(slug or 0), ink)


def _recipes(node: TomlNode, total: int) -> dict[Rgb, Ink]:
    found: dict[Rgb, Ink] = {}
    for colour, parts in node.values.items():
        node.asked.add(colour)
        if not _HEX.fullmatch(colour):
            node.fault(
                colour,
                'is not a colour; write six small hexadecimal digits in quotes, like "#16222e"',
                '不是顏色；請以引號寫成六位小寫十六進位，如 "#16222e"',
            )
        elif not (
            isinstance(parts, list)
            and len(parts) == PARTS
            and all(type(part) is int and 0 <= part <= 100 for part in parts)
        ):
            node.fault(
                colour,
                "is not [cyan, magenta, yellow, black] in whole percent, like [0, 0, 0, 100]",
                "不是以整數百分比表示之 [青, 洋紅, 黃, 黑]，例如 [0, 0, 0, 100]",
            )
        elif sum(parts) > total:
            node.fault(
                colour,
                f"asks for {sum(parts)} % of ink; total_ink allows {total} %",
                f"墨量合計 {sum(parts)}%；total_ink 上限為 {total}%",
            )
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
            node.fault(
                "profile",
                f"{name!r} lies outside the project; copy the profile into styles/",
                f"{name!r} 不在專案資料夾內；請將描述檔複製到 styles/",
            )
            return b""
        if path.stat().st_size > MAX_PROFILE:
            node.fault(
                "profile",
                f"{name!r} is larger than {MAX_PROFILE // 1_000_000} MB; is it a profile?",
                f"{name!r} 超過 {MAX_PROFILE // 1_000_000} MB；是否確為色彩描述檔？",
            )
            return b""
        content = path.read_bytes()
    except (OSError, ValueError):
        node.fault(
            "profile",
            f"the ICC profile {name!r} cannot be read; put the printer's profile there",
            f"無法讀取 ICC 色彩描述檔 {name!r}；請放入印刷廠提供之描述檔",
        )
        return b""
    if content[36:40] != b"acsp" or content[12:16] != b"prtr" or content[16:20] != b"CMYK":
        node.fault(
            "profile",
            f"{name!r} is not an ICC output profile for CMYK",
            f"{name!r} 不是 CMYK 輸出用之 ICC 色彩描述檔",
        )
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        node.fault(
            "profile_sha256",
            f"the profile {name!r} is not the declared one; its SHA-256 is {found}",
            f"描述檔 {name!r} 與宣告的不同；其 SHA-256 為 {found}",
        )
    return content
