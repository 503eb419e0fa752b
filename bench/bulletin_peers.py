"""What the peers of bench/bulletin.py do, each call in a process of its own.

dump PROJECT FOLDER [PUBLICATION DOCUMENT]  the HTML and CSS that reportgen sends to layout, and a .typ with the same tables
weasyprint FOLDER OUT [VARIANT] WeasyPrint as it comes: its own tags, its own collector settings
typst FOLDER OUT FONTS          Typst, PDF/A-3a
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

PAGE, STYLE, WHOLE, TYPST = "page.html", "style.css", "whole.html", "page.typ"


def dump(project: str, folder: str, publication: str = "", document: str = "bulletin") -> None:
    """page.html and style.css as they go to WeasyPrint, whole.html for a browser, page.typ with its pictures."""
    from bulletin_project import PUBLICATION

    from reportgen import pipeline
    from reportgen.model.job import Inline, Job
    from reportgen.read import fonts
    from reportgen.write import html, pdf
    from reportgen.write.tools import Tools

    class Enough(Exception):
        """Nothing after the HTML is wanted."""

    def keep(page: str, css: str, _name: str, picture: Any) -> Any:
        out = Path(folder)
        page = re.sub(r'"chart:([\w-]+)"', lambda chart: f'"{html.data_uri(picture(chart[1]))}"', page)
        page, css = with_counters(page, css, pdf.NUMBER)
        (out / PAGE).write_text(page, "utf-8")
        (out / STYLE).write_text(css, "utf-8")
        (out / WHOLE).write_text(page.replace("</head>", f"<style>{css}</style></head>", 1), "utf-8")
        raise Enough

    fonts.activate()
    pdf.lay_out = keep
    html.page.parts = lambda document: [range(len(document.blocks))]  # one page of HTML for all peers
    try:
        pipeline.make(
            Job(
                project=Path(project),
                publication=publication or PUBLICATION,
                document=document,
                edition="both",
            ),
            Tools(helper=Inline()),
        )
    except Enough:
        counts = write_typst(Path(folder))
        settings = {
            "fontconfig": os.environ["FONTCONFIG_FILE"],
            "faces": str(fonts.font_folder() / "faces"),
            **counts,
        }
        (Path(folder) / "settings.json").write_text(json.dumps(settings), "utf-8")
        return
    sys.exit("the project was built to the end; nothing was kept")


def with_counters(page: str, css: str, number: str) -> tuple[str, str]:
    """The page numbers that this program puts in after its layout, as a page for others asks for them."""
    foot = re.search(rf'content: ("[^"]*{number}[^"]*")', css)
    if foot is None:
        sys.exit("the style sheet has no page number")
    said = foot[1]
    for count in range(said.count(number)):
        said = said.replace(number, f'" counter({"pages" if count % 2 else "page"}) "', 1)
    css = css.replace(foot[1], said) + "a.page::after { content: target-counter(attr(href), page) }"
    return page.replace(f">{number}</a>", "></a>"), css


def weasyprint(folder: str, out: str, variant: str = "") -> None:
    import weasyprint as engine

    page, style = Path(folder, PAGE).read_text("utf-8"), Path(folder, STYLE).read_text("utf-8")
    options = {"pdf_variant": variant} if variant else {}
    engine.HTML(string=page).write_pdf(out, stylesheets=[engine.CSS(string=style)], **options)


def typst(folder: str, out: str, fonts: str) -> None:
    import typst as engine

    engine.compile(
        str(Path(folder, TYPST)),
        output=out,
        root=folder,
        font_paths=[fonts],
        ignore_system_fonts=True,
        pdf_standards=["a-3a"],
    )


# ---- a comparable document for Typst --------------------------------------------------------------

TYPST_HEAD = """#set document(title: "Annual Performance Bulletin", author: "Agency", date: datetime(year: 2026, month: 1, day: 1))
#set text(font: ("Noto Sans TC", "Noto Sans CJK TC"), size: 9pt, lang: "zh", region: "TW")
#set page(paper: "a4", margin: (x: 20mm, y: 22mm), numbering: "1 / 1", header: [Annual Performance Bulletin])
#set par(justify: false)
#show heading.where(level: 1): it => { pagebreak(weak: true); it }
#set table(stroke: (x, y) => if y > 0 { (top: 0.3pt + luma(180)) }, inset: (x: 3pt, y: 4.4pt), align: (x, y) => if x == 0 { left } else { right })
#show table.cell.where(y: 0): strong
#outline(depth: 1)
"""


def write_typst(folder: Path) -> dict[str, int]:
    """The page's headings, paragraphs, tables (every cell and shade) and pictures as a .typ; gives what it holds."""
    import tinyhtml5

    root = tinyhtml5.parse((folder / PAGE).read_text("utf-8"), namespace_html_elements=False)
    parts, counts = [TYPST_HEAD], {"tables": 0, "cells": 0, "pictures": 0}
    _walk(root.find("body"), parts, counts, folder)
    (folder / TYPST).write_text("\n".join(parts), "utf-8")
    return counts


def _walk(element: Any, parts: list[str], counts: dict[str, int], folder: Path) -> None:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag in ("h1", "h2", "h3"):
            parts.append(f"#heading(level: {child.tag[1]})[{_words(child)}]")
        elif child.tag in ("p", "figcaption"):
            parts.append(f"#par[{_words(child)}]")
        elif child.tag == "table":
            parts.append(_table(child, counts))
        elif child.tag == "img":
            parts.append(_picture(child, counts, folder))
        else:
            _walk(child, parts, counts, folder)


def _table(table: Any, counts: dict[str, int]) -> str:
    counts["tables"] += 1
    caption = table.find("caption")
    rows = list(table.iter("tr"))
    width = max(len(row.findall("th")) + len(row.findall("td")) for row in rows)
    heads = [row for head in table.findall("thead") for row in head.iter("tr")]
    lines = [f"#table(columns: (auto, {'1fr, ' * (width - 1)}),"]
    if heads:
        lines.append(f"table.header({', '.join(_cells(heads, width, counts))}),")
    body = [row for row in rows if row not in heads]
    lines.extend(f"{', '.join(_cells([row], width, counts))}," for row in body)
    made = "\n".join(lines) + ")"
    if caption is None:
        return made
    return f"#block(breakable: false, width: 100%)[#par(strong[{_words(caption)}])\n{made}]"


def _cells(rows: list[Any], width: int, counts: dict[str, int]) -> list[str]:
    made = []
    for row in rows:
        cells = [cell for cell in row if cell.tag in ("th", "td")]
        counts["cells"] += len(cells)
        for cell in cells:
            shade = cell.get("class", "")
            fill = (
                f"fill: luma({250 - 20 * int(shade[1])}), "
                if len(shade) == 2 and shade[0] == "h" and shade[1].isdigit()
                else ""
            )
            made.append(f"table.cell({fill})[{_words(cell)}]" if fill else f"[{_words(cell)}]")
        made.extend(["[]"] * (width - len(cells)))
    return made


def _picture(picture: Any, counts: dict[str, int], folder: Path) -> str:
    import base64

    counts["pictures"] += 1
    name = f"picture-{counts['pictures']}.svg"
    (folder / name).write_bytes(base64.b64decode(picture.get("src").partition(",")[2]))
    width = "40mm" if picture.get("class") == "spark" else "170mm"
    return f'#image("{name}", width: {width}, alt: "{_escaped_string(picture.get("alt") or "picture")}")'


def _words(element: Any) -> str:
    words = " ".join("".join(element.itertext()).split())
    return "".join(f"\\{sign}" if sign in "\\#$*_`<>@[]~=-+/'\"" else sign for sign in words)


def _escaped_string(words: str) -> str:
    return words.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    {"dump": dump, "weasyprint": weasyprint, "typst": typst}[sys.argv[1]](*sys.argv[2:])
