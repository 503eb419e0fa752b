"""`out/index.html`: all that was made, in both languages, with a picture of each first page, states, sizes and problems.

One file that loads nothing and runs nothing. No clock and no chance: equal outcomes give equal bytes.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from reportgen.model import Outcome, Text
from reportgen.model.errors import ReportgenError, UsageError
from reportgen.model.messages import message
from reportgen.model.toml import Raw
from reportgen.read.theme import load_theme
from reportgen.run.files import locked, write_whole
from reportgen.run.request import Request
from reportgen.verify.delivered import read_manifest

PAGE, STATE = "index.html", ".index.json"
OURS = b'<meta name="generator" content="reportgen index">'
WIDTH = 120  # pixels of a picture
STATES = {"made": "current", "unchanged": "current", "part": "part", "failed": "failed", "stale": "stale"}

Known = dict[
    str, dict[str, Raw]
]  # by document: its state, problems and gaps, the picture of what was delivered


def listed(request: Request, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes of a build as they come; then the index is written, or told as `left` where one of somebody else lies."""
    told = []
    for outcome in outcomes:
        told.append(outcome)
        yield outcome
    page = request.out / PAGE
    if request.dry_run or not request.out.is_dir():
        return
    if is_foreign(page):
        yield Outcome(document=PAGE, state="left")
        return
    try:
        _write(request, page, told)
    except UsageError as error:  # the folder cannot be written, or another run has begun there
        yield Outcome(document=PAGE, state="failed", problems=error.problems, exit_code=error.exit_code)


def is_foreign(page: Path) -> bool:
    """Whether an index of somebody else, or a link, lies there: it stays."""
    return page.is_symlink() or (page.is_file() and OURS not in page.read_bytes()) or page.is_dir()


def _write(request: Request, page: Path, told: Iterable[Outcome]) -> None:
    before = _read(request.out / STATE)
    now = _pictured(request.out, _told(before, told, request))
    if now == before and page.exists():
        return
    with locked(request.out):
        made = {page: render(request, now), request.out / STATE: json.dumps(now, ensure_ascii=False).encode()}
        write_whole(made)


def _read(file: Path) -> Known:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and all(isinstance(one, dict) for one in found.values()) else {}


def _told(before: Known, told: Iterable[Outcome], request: Request) -> Known:
    """What is known after this run: of its publications what it told, of others what was told before."""
    now = {name: one for name, one in before.items() if name.partition("/")[0] not in request.publications}
    for outcome in told:
        if outcome.state in STATES:
            now[outcome.document] = {
                "state": STATES[outcome.state],
                "problems": [[fault.say("zh"), fault.say("en")] for fault in outcome.problems],
                "gaps": len(outcome.gaps),
                "sha256": "",
                "picture": before.get(outcome.document, {}).get("picture", ""),
            }
    return now


def _pictured(out: Path, known: Known) -> Known:
    """The same with what lies there: files that nobody told of as well, none that is gone, each with its picture."""
    made: Known = {}
    for folder in sorted(path.parent for path in out.glob("*/manifest.json")):
        for file, entry in read_manifest(folder).get("files", {}).items():
            name, path = f"{folder.name}/{file}", folder / file
            one = known.get(name, {"state": "delivered", "problems": [], "gaps": 0, "picture": ""})
            if path.is_file():
                same = one["picture"] and one["picture"].startswith(entry["sha256"])
                picture = one["picture"] if same else f"{entry['sha256']} {_picture(path)}"
                beside = sorted(n for n in entry.get("beside", {}) if (folder / n).is_file())
                made[name] = one | {
                    "sha256": entry["sha256"],
                    "picture": picture,
                    "pages": entry.get("pages", 0),
                    "bytes": path.stat().st_size,
                    "beside": beside[:MOST],
                    "more": len(beside[MOST:]),
                }
    lost = {name: one for name, one in known.items() if name not in made and one["problems"]}
    return dict(sorted((made | {name: one | {"picture": ""} for name, one in lost.items()}).items()))


MOST = 6  # files beside a document that are linked each; of certificates there are thousands


def _picture(file: Path) -> str:
    """The first page as PNG in base64; nothing for what has no pages or cannot be read."""
    if file.suffix != ".pdf":
        return ""
    import pypdfium2
    from PIL import Image

    made = io.BytesIO()
    with contextlib.suppress(pypdfium2.PdfiumError), pypdfium2.PdfDocument(file.read_bytes()) as pdf:
        page = pdf[0]
        image = page.render(scale=WIDTH / page.get_width()).to_pil().quantize(64, dither=Image.Dither.NONE)
        image.save(made, "PNG", optimize=True)
    return base64.b64encode(made.getvalue()).decode()


# ---- the page ----------------------------------------------------------------------------------


def render(request: Request, known: Mapping[str, Mapping[str, Raw]]) -> bytes:
    publications: dict[str, list[str]] = {}
    for name, one in known.items():
        publications.setdefault(name.partition("/")[0], []).append(_item(name, one))
    body = "".join(
        f'<section aria-labelledby="{escape(name)}"><h2 id="{escape(name)}">{escape(name)}</h2><ul>{"".join(items)}</ul></section>\n'
        for name, items in publications.items()
    )
    title = message("listing.title")
    faulty = [name for name, one in known.items() if one["problems"]]
    links = " ".join(f'<a href="#{escape(quote(name))}">{escape(name)}</a>' for name in faulty)
    summary = both(message("listing.summary", count=len(known), faulty=len(faulty)))
    nav = f"<nav>{both(message('listing.with_problems'))} {links}</nav>" if faulty else ""
    return sheet(request.project, title, f"<p>{summary}</p>{nav}", body)


def sheet(project: Path, title: Text, header: str, body: str) -> bytes:
    """A page of ours that loads nothing and runs nothing, in the colours of the project."""
    try:
        colours = load_theme(project / "styles/tokens.toml").css()
    except ReportgenError:
        colours = ""  # told by the documents
    style = colours + "\n" + resources.files(__package__ or "").joinpath("index.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    head = (
        '<!DOCTYPE html>\n<html lang="zh-Hant-TW">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'{OURS.decode()}\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title.zh} | {title.en}</title>\n<style>{style}</style>\n</head>\n"
    )
    return f"{head}<body>\n<header><h1>{both(title)}</h1>{header}</header>\n<main>\n{body}</main>\n</body>\n</html>\n".encode()


def _item(name: str, one: Mapping[str, Raw]) -> str:
    file = name.partition("/")[2]
    picture = str(one["picture"]).partition(" ")[2]
    shown = f'<img src="data:image/png;base64,{picture}" alt="" width="{WIDTH}">' if picture else ""
    there = "bytes" in one
    title = f'<a href="{quote(name)}">{shown}{escape(file)}</a>' if there else f"{escape(file or name)}"
    state = "draft" if one["state"] == "current" and one["gaps"] else str(one["state"])
    said = message(f"listing.{state}", count=one["gaps"])
    facts = [both(message("listing.size", pages=one["pages"], size=_size(one["bytes"])))] if there else []
    if one["state"] == "failed" and there:
        facts.append(both(message("listing.earlier")))
    folder = name.partition("/")[0]
    beside = [f'<a href="{quote(f"{folder}/{one_}")}">{escape(one_)}</a>' for one_ in one.get("beside", ())]
    if one.get("more"):
        beside.append(f'<a href="{quote(folder)}/">{both(message("listing.more", count=one["more"]))}</a>')
    facts += [" · ".join(beside)] if beside else []
    faults = "".join(
        f'<li>{escape(zh)}<br><span lang="en">{escape(en)}</span></li>' for zh, en in one["problems"]
    )
    return (
        f'<li id="{escape(quote(name))}"><p class="name">{title}</p><p class="state {state}">{both(said)}</p>'
        + "".join(f"<p>{fact}</p>" for fact in facts)
        + (f'<ul class="faults">{faults}</ul>' if faults else "")
        + "</li>\n"
    )


def both(text: Text) -> str:
    return f'{escape(text.zh)} <span lang="en">{escape(text.en)}</span>'


def _size(count: int) -> str:
    """Bytes in whole kilobytes, no less than one."""
    return f"{max(1, count // 1000):,} kB"
