"""What the pages of an ODT measure: lengths in mm, sizes in pt; the same for every block that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reportgen.model import Certificate, Document, FormHead, Labels
from reportgen.model.messages import told
from reportgen.read import fonts
from reportgen.read.theme import Theme

PT = 25.4 / 72  # mm

# Names under which other machines know the same face, and faces that hold what it lacks.
ALSO: Mapping[str, tuple[str, ...]] = {
    "TW-Kai": ("標楷體", "DFKai-SB", "BiauKai"),
    "Noto Sans TC": (*told("layout.noto_sans_cjk_tc"), "Microsoft JhengHei"),
    "Noto Serif CJK TC": ("Times New Roman", *told("layout.liberation_serif"), "PMingLiU"),
}
RARE: Mapping[str, tuple[str, ...]] = {
    "TW-Kai": (*told("layout.tw_kai_ext_b"), "PMingLiU-ExtB"),
    "Noto Sans TC": ("Noto Sans CJK TC", *told("layout.tw_sung_ext_b"), "PMingLiU-ExtB"),
}


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Faces, page, sizes and colours."""

    face: str
    latin: str
    width: float = 210.0
    height: float = 297.0
    top: float = 25.0
    bottom: float = 25.0
    left: float = 25.0
    right: float = 25.0
    title: float = 20.0
    heading: float = 16.0
    body: float = 16.0
    small: float = 12.0
    table: float = 12.0
    note: float = 10.5
    line: int = 130  # per cent
    ink: str = "#000000"
    soft: str = "#000000"
    lead: str = "#000000"
    rule: str = "#000000"
    frame: str = "#000000"  # of a certificate, and of its title
    head: str = "#ffffff"
    bold: bool = False
    boxed: bool = True  # tables have rules on all sides
    english: float = 1.0  # how large letters are on pages that are English only
    seal: float = 42.0  # the empty place above a signature

    @property
    def text_width(self) -> float:
        return self.width - self.left - self.right

    def turned(self, landscape: bool) -> Measures:
        """The same on a page across, or upright."""
        width, height = sorted((self.width, self.height), reverse=landscape)
        return replace(self, width=width, height=height)


def official(theme: Theme) -> Measures:
    """A letter as the handbook for official documents has it: 2.5 cm, on the left 1.5 cm and 1 cm to bind."""
    return Measures(
        face=theme.fonts["kai"],
        latin=fonts.families_of(("serif",))[0],
        width=theme.page["width"],
        height=theme.page["height"],
        frame=theme.colour["lead"],
        english=0.75,
    )


def report(theme: Theme) -> Measures:
    """A report, in the colours and sizes of the project."""
    page, size, colour = theme.page, theme.type, theme.colour
    return Measures(
        face=theme.fonts["sans"],
        latin=theme.fonts["sans"],
        width=page["width"],
        height=page["height"],
        top=page["top"],
        bottom=page["bottom"],
        left=page["inner"],
        right=page["outer"],
        title=size["title"],
        heading=size["heading"],
        body=size["body"] + 0.5,
        small=size["body"] - 0.5,
        table=size["table"],
        note=size["note"],
        line=138,
        ink=colour["ink"],
        soft=colour["ink_soft"],
        lead=colour["lead"],
        rule=colour["rule"],
        frame=colour["lead"],
        head=colour["lead_pale"],
        bold=True,
        boxed=False,
    )


def sheets(theme: Theme) -> Measures:
    """Sheets of which each should stand on one page in both languages: everything a little smaller."""
    return replace(
        report(theme), top=21.0, bottom=18.0, heading=13.0, body=9.0, small=9.0, table=7.5, note=7.0, line=122
    )


def declared(document: Document, theme: Theme) -> Measures:
    """Kai and the handbook's page for official papers, certificates and labels; else the report's or its sheets'."""
    formal = any(isinstance(block, FormHead | Certificate | Labels) for block in document.blocks)
    if formal:
        return official(theme)
    return sheets(theme) if document.setting == "dense" else report(theme)
