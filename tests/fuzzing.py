"""What `scripts/fuzz` throws at the program: for each target its seeds, built here from samples, and what takes them in.

A target gets bytes. What it raises is our bug; the refusals that the program documents are caught.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.model.errors import ReportgenError

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTED = range(0, 6)  # exit codes; 70 is our bug
PUBLICATIONS = ("new-taipei-107", "brief-104", "meeting-887", "targets-105")
# Several files in one input: each behind a line with its name.
_PART = re.compile(rb"\n=====([\w./\\ -]{1,80})\n")


@dataclass(frozen=True)
class Target:
    """`prepare` makes in a folder what all inputs need; `seeds` are made from it."""

    seeds: Callable[[Path], Iterable[bytes]]
    take: Callable[[bytes, Path], None]
    prepare: Callable[[Path], object] = lambda folder: None


def joined(parts: Mapping[str, bytes]) -> bytes:
    return b"".join(b"\n=====" + name.encode() + b"\n" + part for name, part in parts.items())


def parted(data: bytes) -> dict[str, bytes]:
    _, *rest = _PART.split(data)
    return {name.decode(): part for name, part in zip(rest[::2], rest[1::2], strict=True)}


def command(*arguments: str) -> None:
    """A call as on the command line, in this process."""
    from click.testing import CliRunner

    from reportgen.cli import main

    run = CliRunner().invoke(main, arguments)
    if run.exception and not isinstance(run.exception, SystemExit):
        raise run.exception
    if run.exit_code not in DOCUMENTED:
        raise AssertionError(f"exit code {run.exit_code}: {run.output[-2000:]}")


# ---- tables -----------------------------------------------------------------------------------


def _read(data: bytes, folder: Path, suffix: str, encoding: str = "utf-8") -> None:
    from test_exporters import TRAPS, project_of

    from reportgen.read.tables import read_dataset

    with tempfile.TemporaryDirectory(dir=folder) as place:
        project = project_of(Path(place), TRAPS["numbers as text, accepted"], f"t{suffix}", data)
        declaration = project / "inputs/datasets/case/dataset.toml"
        words = declaration.read_text("utf-8")
        if suffix in (".csv", ".parquet"):
            words = words.replace('sheet = "one"', f'encoding = "{encoding}"' if suffix == ".csv" else "")
        declaration.write_text(words, "utf-8")
        try:
            read_dataset(project, "case")
        except ReportgenError as error:
            assert all(problem.en and problem.zh for problem in error.problems)


def _pages() -> Iterable[Any]:
    from test_exporters import TRAPS, page_of

    return map(page_of, TRAPS.values())


def _workbooks(suffix: str) -> Iterable[bytes]:
    from exporters import EXPORTERS

    chance = random.Random(suffix)
    for kind, write in EXPORTERS.values():
        if kind == suffix:
            for page in chance.sample(list(_pages()), 6):
                with zipfile.ZipFile(io.BytesIO(write(page))) as archive:
                    yield joined({name: archive.read(name) for name in archive.namelist()})


def _packed(data: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, part in parted(data).items():
            archive.writestr(name, part)
    return raw.getvalue()


def _csv_seeds(folder: Path) -> Iterable[bytes]:
    for page in _pages():
        text = "\n".join(",".join(f'"{cell.value}"' if cell else "" for cell in row) for row in page.rows)
        yield text.encode()
        yield text.encode("cp950", "replace")
    yield b"sep=;\na;b\n1;2\n"


def _parquet_seeds(folder: Path) -> Iterable[bytes]:
    import datetime
    from decimal import Decimal

    import pyarrow
    from pyarrow import parquet
    from test_exporters import COLUMNS

    columns = (
        [103, 104],
        [91.5, None],
        [1, 2],
        [Decimal("0.5"), None],
        [datetime.date(2014, 6, 30)] * 2,
        ["甲", "乙"],
    )
    for codec in ("NONE", "SNAPPY", "ZSTD"):
        for values in (columns, [["x", "y"]] * 6, [[[1], [2]]] * 6, [[1.5, float("nan")]] * 6):
            raw = io.BytesIO()
            parquet.write_table(
                pyarrow.table(dict(zip(COLUMNS, values, strict=True))), raw, compression=codec
            )
            yield raw.getvalue()


# ---- declarations -----------------------------------------------------------------------------


def _projects(folder: Path) -> None:
    """The quick samples, and a small project of each of the kinds whose samples are not."""
    import small_appraisal
    import small_panels

    for name in ("inputs", "templates", "styles"):
        shutil.copytree(ROOT / name, folder / "samples" / name)
    small_appraisal.write_project(folder / "appraisal")
    small_panels.project(folder / "panels")


def _declarations(folder: Path) -> Iterable[tuple[Path, Path, str]]:
    """The TOML files with their projects and the publications that they declare; no publication: the only one."""
    for project in (folder / "appraisal", folder / "panels"):
        for file in sorted((project / "inputs").rglob("*.toml")):
            yield project, file, ""
    samples = folder / "samples"
    for name in PUBLICATIONS:
        declared = tomllib.loads((ROOT / f"inputs/{name}/publication.toml").read_text("utf-8"))
        places = (f"inputs/{name}", f"inputs/datasets/{declared['dataset']}", f"templates/{declared['kind']}")
        for file in sorted(file for place in places for file in (samples / place).glob("*.toml")):
            yield samples, file, name
    for file in ("inputs/metrics.toml", "styles/tokens.toml", "templates/shared/words.toml"):
        yield samples, samples / file, PUBLICATIONS[0]


def _declaration_seeds(folder: Path) -> Iterable[bytes]:
    import contest

    yield joined({"rules.toml": contest.RULES.encode()})
    for _, file, _ in _declarations(folder):
        yield joined({str(file.relative_to(folder)): file.read_bytes()})


def _declare(data: bytes, folder: Path) -> None:
    import contest

    ((name, part), *_) = parted(data).items()
    if name == "rules.toml":
        with contextlib.suppress(ReportgenError, UnicodeDecodeError):
            contest.read(part.decode())
        return
    project, file, publication = next(one for one in _declarations(folder) if one[1] == folder / name)
    before = file.read_bytes()
    try:
        file.write_bytes(part)
        command("--project", str(project), "check", *filter(None, [publication]))
    finally:
        file.write_bytes(before)


# ---- templates --------------------------------------------------------------------------------


def _template_seeds(folder: Path) -> Iterable[bytes]:
    for file in sorted((ROOT / "tests/hostile/pages").glob("*/*.html")):
        yield joined({"template": file.read_bytes(), "page": file.read_bytes()})
    for file in sorted((ROOT / "templates").rglob("*.html"))[:60]:
        yield joined({"template": file.read_bytes()[:6_000]})
    for file in sorted((ROOT / "styles").rglob("*.css")):
        yield joined({"style": file.read_bytes()[:6_000]})


def _fill(data: bytes, folder: Path) -> None:
    from test_hostile_pages import rendered

    from reportgen.write.html import check_page
    from reportgen.write.html.css import check_style
    from reportgen.write.html.embedded import check_picture

    takes: dict[str, Callable[[str, Path], object]] = {
        "template": rendered,
        "page": lambda text, place: check_page(text, "page"),
        "style": lambda text, place: check_style(text, "style", check_picture),
    }
    for name, part in parted(data).items():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                takes.get(name, takes["page"])(part.decode("utf-8", "replace"), Path(place))
            except ReportgenError as error:
                assert all(problem.en and problem.zh for problem in error.problems)


# ---- finished files ---------------------------------------------------------------------------


def _made(folder: Path) -> None:
    from making import build
    from test_pipeline import small_project

    project = small_project(folder / "project")
    assert {one.state for one in build(project, folder / "out", ["amounts"], ["both"])} == {"made"}


def _finished_seeds(folder: Path) -> Iterable[bytes]:
    """The PDF without compression, so that a change of a byte is one of a word; and the files beside it."""
    import pikepdf

    place = folder / "out/amounts"
    plain = io.BytesIO()
    with pikepdf.open(place / "bulletin.pdf") as pdf:
        every = pikepdf.StreamDecodeLevel.generalized
        pdf.save(
            plain,
            compress_streams=False,
            stream_decode_level=every,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    yield plain.getvalue()
    yield (place / "bulletin.pdf").read_bytes()
    for file in sorted(place.glob("*.json")):
        yield joined({file.name: file.read_bytes()})
    with pikepdf.open(place / "bulletin.pdf") as pdf:
        yield joined({"attached": bytes(pdf.attachments["ledger.json"].get_file().read_bytes())})


def _finished(data: bytes, folder: Path, *call: str, more: tuple[str, ...] = ()) -> None:
    import pikepdf

    source = folder / "out/amounts"
    parts = parted(data)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        copy = Path(place)
        for file in source.iterdir():
            if file.is_file() and not (file.suffix == ".json" and not parts):
                shutil.copy(file, copy / file.name)
        document = copy / "bulletin.pdf"
        if not parts:
            document.write_bytes(data)
        for name, part in parts.items():
            if name == "attached":
                with pikepdf.open(document, allow_overwriting_input=True) as pdf:
                    pdf.attachments["ledger.json"] = pikepdf.AttachedFileSpec(
                        pdf, part, filename="ledger.json"
                    )
                    pdf.save()
            elif (copy / name).is_file():
                (copy / name).write_bytes(part)
        command("--project", str(folder / "project"), *call, str(document), *more)


def _figure(folder: Path) -> str:
    """One that is printed, so that its record is looked for."""
    (file,) = (folder / "out/amounts").glob("*ledger*.json")
    return str(json.loads(file.read_text("utf-8"))["figures"][0]["printed"])


TARGETS: dict[str, Target] = {
    "csv": Target(
        _csv_seeds,
        lambda data, folder: _read(data, folder, ".csv", "cp950" if data[:1] > b"\x7f" else "utf-8"),
    ),
    "xlsx": Target(
        lambda folder: _workbooks(".xlsx"), lambda data, folder: _read(_packed(data), folder, ".xlsx")
    ),
    "ods": Target(
        lambda folder: _workbooks(".ods"), lambda data, folder: _read(_packed(data), folder, ".ods")
    ),
    "parquet": Target(_parquet_seeds, lambda data, folder: _read(data, folder, ".parquet")),
    "declarations": Target(_declaration_seeds, _declare, _projects),
    "templates": Target(_template_seeds, _fill),
    "verify": Target(_finished_seeds, lambda data, folder: _finished(data, folder, "verify"), _made),
    "trace": Target(
        _finished_seeds, lambda data, folder: _finished(data, folder, "trace", more=(_figure(folder),)), _made
    ),
}


# ---- changes ----------------------------------------------------------------------------------

# What may stand where a word stood, without an end of the whole; and what breaks it.
PLAIN = [
    *b"0 -1 1 2 9 60 164 1e999 -0.0 nan true false null none visible e str d 1_000 0x1f A1 ZZ9 B2:A1 99999-99-99 2015-02-29T25:00 ../x General [h] {x}".split(),
    b"", b" ", b"9" * 40, b"1" * 5000, b"A" * 3000, b"=1/0", "\u202e\u200b".encode(), "\U00020bb7\uff11\ufffe".encode(), b"%", b"0%", b";;;",
]  # fmt: skip
BREAKING = [
    b"\0", b"\xff\xfe", b"{{", b"}}", b"{%", b"%}", b"{", b"<", b">", b"&#x0;", b"&#55296;", b"&a;", b"\n", b"\r", b"[[", b"]]", b"'''", b'"""', b'"',
]  # fmt: skip
_TOKEN = re.compile(rb'[A-Za-z_][\w:.-]*|-?\d+(?:\.\d+)?|"[^"\n]*"|<[^<>\n]*>|[\[\]{}()=;,]')


def changed(data: bytes, seed: int) -> bytes:
    """The input with some of its words exchanged, removed, repeated or made odd; mostly it stays what it is."""
    chance = random.Random(seed)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at, other = (_TOKEN.search(data, chance.randrange(len(data) + 1)) for _ in range(2))
        if at and at[0][:1] == b"<" and chance.random() < 0.8:
            at = _TOKEN.search(data, at.start() + 1)
        if not at or not other:
            continue
        end, sign = at.end(), b'"' if at[0][:1] == b'"' else b""
        new = sign + chance.choice((chance.choice(PLAIN), other[0].strip(b'"<>/'))) + sign
        if chance.random() < 0.1:
            new = chance.choice((chance.choice(BREAKING), at[0] * 2, b"", other[0]))
        elif chance.random() < 0.05:  # a longer piece goes, or comes again
            end = min(len(data), end + chance.randrange(400))
            new = data[at.start() : end] * chance.choice((0, 2))
        data = data[: at.start()] + new + data[end:]
    return data


def redeclared(text: bytes, new: object, seed: int) -> bytes:
    """The declaration with one of its values, lists or tables exchanged for the new one, removed, or put beside under another key."""
    chance = random.Random(seed)
    tree = tomllib.loads(text.decode("utf-8"))
    within: Any = tree
    while True:
        keys = list(within) if isinstance(within, dict) else range(len(within))
        key = chance.choice(list(keys))
        if not (isinstance(within[key], dict | list) and within[key]) or chance.random() < 0.15:
            break
        within = within[key]
    if chance.random() < 0.1:
        del within[key]
    elif chance.random() < 0.1 and isinstance(within, dict):
        within[str(new)[:40]] = within[key]
    else:
        within[key] = new
    return "\n".join(f"{_written(key)} = {_written(value)}" for key, value in tree.items()).encode()


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(str(key))} = {_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
