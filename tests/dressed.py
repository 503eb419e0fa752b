"""A small office with paper, brand, face and blocks of its own: one bulletin of a few pages. All in it is invented."""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
NAME = "harbour-110"
PUBLICATION = f"inputs/{NAME}/publication.toml"
TEMPLATE = "templates/own/contact.html"
HEAD = """kind = "bulletin"
dataset = "harbour"
period = 110
since = 106
issuer = { zh = "某市港務分局（示範）", en = "Some Harbour Office (sample)" }
title = { zh = "業務公報", en = "Bulletin of Work" }
subtitle = { zh = "收件與辦結", en = "Received and closed" }

[[section]]
title = { zh = "提要", en = "Summary" }

[[section.block]]
block = "key_figures"
metrics = ["received", "closed"]

[[section.block]]
block = "words"
text.zh = '''
110年收件{received}，
較上年增加。

- 受理收件{received}
- 辦結{closed}
'''
text.en = '''
In 2021 the office received {received},
more than the year before.

- Received: {received}
- Closed: {closed}
'''

[[section.block]]
block = "picture"
file = "pictures/hall.png"
caption = { zh = "服務大廳", en = "The service hall" }
source = { zh = "本局", en = "The office" }
alternative = { zh = "以淺色色塊表示之大廳示意圖", en = "A hall, drawn as areas of pale colour" }
width = 100

[[section.block]]
block = "template"
file = "own/contact.html"
words.title = { zh = "聯絡方式", en = "How to reach us" }
words.text = { zh = "全年辦結{closed}，歡迎洽詢。", en = "We closed {closed}; ask us anything." }

[[section]]
title = { zh = "各年", en = "By year" }
orientation = "landscape"

[[section.block]]
block = "chart"
form = "line"
caption = { zh = "歷年收件及辦結", en = "Received and closed by year" }
metrics = ["received", "closed"]
data = "t-years"

[[section.block]]
block = "table"
id = "t-years"
caption = { zh = "歷年件數", en = "Cases by year" }
rows = "years"
columns = ["received", "closed"]

[[section]]
title = { zh = "版本", en = "Colophon" }

[[section.block]]
block = "method_annex"

[[section.block]]
block = "colophon"
"""
DATASET = """name = { zh = "港務統計", en = "Harbour statistics" }
[table.work]
label = { zh = "收辦", en = "Work" }
file = "work.csv"
key = ["roc_year"]
[table.work.column.roc_year]
type = "roc_year"
[table.work.column.received]
type = "whole"
unit = "case"
label = { zh = "收件數", en = "Cases received" }
[table.work.column.closed]
type = "whole"
unit = "case"
label = { zh = "辦結件數", en = "Cases disposed of" }
"""
CONTACT = """{# Where to ask. #}
<div class="note-box">
<p class="note-title">{{ say(own.title) }}</p>
{% for language in languages %}<p lang="{{ lang_tag[language] }}">{{ line(own.text, language) }}</p>{% endfor %}
</div>
"""
EMBLEM = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="48" fill="#0f3d5e"/>'
    '<path d="M20 60 L80 60 L65 80 L35 80 Z M50 15 L50 55 L75 55 Z" fill="#ffffff"/></svg>'
)


SETTINGS = """[brand]
emblem = "pictures/emblem.svg"
branch = { zh = "分局", en = "Office" }

[brand.cover]
file = "pictures/cover.png"
alternative = { zh = "以色塊表示之港口示意圖", en = "A harbour, drawn as areas of colour" }

[brand.imprint]
publisher = { zh = "某市港務分局", en = "Some Harbour Office" }
date = "111/3/1"
gpn = "1011000000"
contacts = [
  { zh = "某市港口路1號", en = "1 Harbour Road, Some City" },
  { zh = "電話 (00)0000-0000", en = "Telephone (00)0000-0000" },
]
"""


def office(folder: Path, paper: str = "Letter", settings: str = SETTINGS) -> Path:
    """The project, on this paper and with these lines in its `reportgen.toml`."""
    for name in ("templates", "styles"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    tokens = folder / "styles/tokens.toml"
    tokens.write_text(tokens.read_text("utf-8").replace('paper = "A4"', f'paper = "{paper}"'), "utf-8")
    for name in ("inputs/datasets/harbour", f"inputs/{NAME}", "pictures", "templates/own"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("metrics.toml", "glossary.csv"):
        shutil.copy(ROOT / "inputs" / name, folder / "inputs" / name)
    rows = "".join(f"{year},{1000 + 37 * at},{980 + 41 * at}\n" for at, year in enumerate(range(106, 111)))
    written = {
        "inputs/datasets/harbour/dataset.toml": DATASET,
        "inputs/datasets/harbour/work.csv": f"roc_year,received,closed\n{rows}",
        PUBLICATION: HEAD,
        TEMPLATE: CONTACT,
        "pictures/emblem.svg": EMBLEM,
        "reportgen.toml": settings,
    }
    for file, text in written.items():
        (folder / file).write_text(text, "utf-8")
    _picture(folder / "pictures/hall.png", 900, 500)
    _picture(folder / "pictures/cover.png", 1800, 700)
    return folder


def _picture(file: Path, width: int, height: int) -> None:
    """Areas of colour: a photograph that nobody took."""
    picture = Image.new("RGB", (width, height), "#e6eff3")
    for at, colour in enumerate(("#b8ccd4", "#9cb8c4", "#80a5b3", "#2b7084")):
        picture.paste(colour, (at * width // 4, height * (at + 1) // 6, (at + 1) * width // 4, height))
    picture.save(file, optimize=True)


def compilation(folder: Path) -> Path:
    """The sample of a meeting with the brand of the office, and a section of its own behind the annexes."""
    for name in ("templates", "styles", "inputs"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "pictures").mkdir()
    (folder / "pictures/emblem.svg").write_text(EMBLEM, "utf-8")
    (folder / "reportgen.toml").write_text(SETTINGS, "utf-8")
    _picture(folder / "pictures/hall.png", 900, 500)
    _picture(folder / "pictures/cover.png", 1800, 700)
    declared = folder / "inputs/meeting-888/publication.toml"
    declared.write_text(declared.read_text("utf-8") + FURTHER, "utf-8")
    return folder


FURTHER = """
[[section]]
title = { zh = "會場", en = "The hall" }
orientation = "landscape"

[[section.block]]
block = "picture"
file = "pictures/hall.png"
caption = { zh = "會場", en = "The hall" }
alternative = { zh = "以淺色色塊表示之會場示意圖", en = "A hall, drawn as areas of pale colour" }
width = 110

[[section.block]]
block = "words"
text = { zh = "本次會議於本署召開。", en = "The meeting was held at the Agency." }
"""
