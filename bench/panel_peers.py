"""What the peers of bench/panel.py get, made in a process of its own.

project FOLDER [press]   a project of one A1 panel with two charts, from the repository's sample; with a printer's edition
dump PROJECT FOLDER      the page as it was fitted: HTML and CSS for WeasyPrint and browsers, a .typ with the same headings,
                         paragraphs and charts
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from bulletin_peers import PAGE, STYLE, TYPST, WHOLE, _escaped_string, _words

REPOSITORY = Path(__file__).resolve().parent.parent
PUBLICATION, PANEL, DATASET = "exhibition-efficient-government", "targets-met", "agency"


def project(folder: str, press: str = "") -> None:
    """The sample exhibition with this panel alone, without archived original and web page."""
    source, target = REPOSITORY / "inputs", Path(folder, "inputs")
    for name in ("templates", "styles"):
        shutil.copytree(REPOSITORY / name, Path(folder, name))
    shutil.copytree(source / "datasets" / DATASET, target / "datasets" / DATASET)
    shutil.copytree(source / PUBLICATION, target / PUBLICATION, ignore=shutil.ignore_patterns("original"))
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(source / name, target / name)
    declared = target / PUBLICATION / "publication.toml"
    words = re.sub(r"(?m)^panels = .*$", f'panels = ["{PANEL}"]', declared.read_text("utf-8"))
    words = re.sub(r"(?m)^web = .*\n", "", words)
    if not press:
        words = re.sub(r"(?m)^\[press\]\nbleed = .*\n", "", words)
    declared.write_text(words, "utf-8")
    panel = target / PUBLICATION / "panels" / PANEL / "panel.md"
    panel.write_text(re.sub(r"(?m)^regenerated = .*\n", "", panel.read_text("utf-8")), "utf-8")


def dump(project: str, folder: str) -> None:
    from reportgen import pipeline
    from reportgen.model.job import Inline, Job
    from reportgen.read import fonts
    from reportgen.write import fitting, html
    from reportgen.write.tools import Tools

    class Enough(Exception):
        """Nothing after the fitted page is wanted."""

    original = fitting.fit

    def keep(document: Any, theme: Any, edition: Any, page: str, *rest: Any) -> Any:
        fitted = original(document, theme, edition, page, *rest)
        out, css = Path(folder), fitted.css_at(0)
        page = re.sub(r'"chart:([\w-]+)"', lambda chart: f'"{html.data_uri(fitted.picture(chart[1]))}"', page)
        (out / PAGE).write_text(page, "utf-8")
        (out / STYLE).write_text(css, "utf-8")
        (out / WHOLE).write_text(page.replace("</head>", f"<style>{css}</style></head>", 1), "utf-8")
        widths = dict(re.findall(r"#chart-([\w-]+) img\{width:([\d.]+)mm", css))
        counts = write_typst(out, fitted.charts, widths, document.sheet)
        settings = {"fontconfig": os.environ["FONTCONFIG_FILE"], "faces": str(fonts.font_folder() / "faces")}
        (out / "settings.json").write_text(json.dumps(settings | counts), "utf-8")
        raise Enough

    fonts.activate()
    fitting.fit = keep
    try:
        pipeline.make(
            Job(project=Path(project), publication=PUBLICATION, document=PANEL, edition="both"),
            Tools(helper=Inline()),
        )
    except Enough:
        return
    sys.exit("the project was built to the end; nothing was kept")


TYPST_HEAD = """#set document(title: "Panel", author: "Agency", date: datetime(year: 2026, month: 1, day: 1))
#set text(font: ("Noto Sans TC", "Noto Sans CJK TC"), size: 21pt, lang: "zh", region: "TW", fill: rgb("#16222e"))
#set page(width: {width}mm, height: {height}mm, margin: (left: 130mm, rest: 34mm),
  background: place(left, rect(width: 96mm, height: 100%, fill: rgb("{colour}"))))
#set par(justify: false, leading: 0.7em)
#show heading: set text(fill: rgb("{colour}"))
#show heading.where(level: 1): set text(size: 72pt)
#show heading.where(level: 2): set text(size: 40pt)
"""


def write_typst(folder: Path, charts: Any, widths: dict[str, str], sheet: Any) -> dict[str, int]:
    """The page's headings and paragraphs in their order, with the same SVGs at the same width."""
    import tinyhtml5

    root = tinyhtml5.parse((folder / PAGE).read_text("utf-8"), namespace_html_elements=False)
    head = TYPST_HEAD.replace("{width}", f"{sheet.width_mm:g}").replace("{height}", f"{sheet.height_mm:g}")
    parts = [head.replace("{colour}", sheet.colour)]
    left = dict(charts)
    counts = {"pictures": 0, "paragraphs": 0, "characters": 0}

    def walk(element: Any) -> None:
        for child in element:
            if not isinstance(child.tag, str):
                continue
            words = _words(child)
            if child.tag in ("h1", "h2"):
                parts.append(f"#heading(level: {child.tag[1]})[{words}]")
            elif child.tag in ("p", "figcaption", "li"):
                parts.append(f"#par[{words}]")
                counts["paragraphs"] += 1
            elif child.tag == "img" and left:  # the charts come first; the code in the foot is no chart
                chart(child)
            else:
                walk(child)
            if child.tag in ("h1", "h2", "p", "figcaption", "li"):
                counts["characters"] += len("".join("".join(child.itertext()).split()))

    def chart(picture: Any) -> None:
        anchor = next(iter(left))
        content = left.pop(anchor)
        counts["pictures"] += 1
        (folder / f"{anchor}.svg").write_bytes(content)
        alt = _escaped_string(picture.get("alt") or "chart")
        parts.append(f'#image("{anchor}.svg", width: {widths[anchor]}mm, alt: "{alt}")')

    walk(root.find("body"))
    (folder / TYPST).write_text("\n".join(parts), "utf-8")
    return counts


if __name__ == "__main__":
    {"project": project, "dump": dump}[sys.argv[1]](*sys.argv[2:])
