"""`reportgen new-year`: next year's publication from last year's, all or nothing; of last year's nothing is changed.

publication, its files ── moving ──┐
datasets of one year ── datasets ──┼── staged folders ── renamed ── Renewed: what was made, and what is lacking
approved targets ── rebasing ──────┘
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.compute import claims
from reportgen.kinds import kinds
from reportgen.kinds.material import Material, read_material
from reportgen.model import Text, toml
from reportgen.model.errors import InputError, KindError, Place, ReportgenError, UsageError, problem
from reportgen.model.messages import message
from reportgen.model.periods import parse, written
from reportgen.model.toml import Raw
from reportgen.read import review
from reportgen.read.publications import Publication, UpTo, open_publication
from reportgen.read.toml_files import open_toml, parse_toml
from reportgen.run import schemas
from reportgen.run.checks import check_publication
from reportgen.run.files import unfinished, write_whole
from reportgen.run.new_year import datasets, rebasing
from reportgen.run.new_year.moving import Moving
from reportgen.run.new_year.years import Move, parsed, said

_PERIOD = re.compile(r"([0-9]{1,3})(?:-(0[1-9]|1[0-2]))?")
ALL_SENTENCES = ("publication.toml", "panel.md")  # of other files what names a year is marked


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """Next year's publication: the folders that were made, and what an officer is to know, a line each."""

    name: str
    made: tuple[Path, ...]
    lines: tuple[Text, ...]


@dataclass(kw_only=True)
class _Plan:
    """What is to be written: whole folders of files, and declarations of shared datasets."""

    project: Path
    publication: Publication
    material: Material
    move: Move
    name: str
    folders: dict[str, dict[str, bytes]] = field(default_factory=dict)
    shared: dict[Path, bytes] = field(default_factory=dict)
    lines: list[Text] = field(default_factory=list)


def renew(project: Path, name: str, period: str = "", limits: bool = False) -> Renewed:
    """Writes the publication of the next year, or of `period`. `limits` moves the greatest years in a dataset that others share.

    UsageError for a period that is not later or a folder that is there; InputError or KindError for a publication with faults.
    """
    material = _sound(project, name)
    publication = material.publication
    move = _move(project, publication, period)
    new = _following(name, move)
    if (project / "inputs" / new).exists():
        raise UsageError(problem(Place(f"inputs/{new}"), "new_year.is_there", new=new))
    plan = _Plan(project=project, publication=publication, material=material, move=move, name=new)
    renamed = _datasets(plan)
    _publication(plan)
    _targets(plan, renamed)
    shared = {*_names_of_datasets(project, publication)} - {*renamed}
    for dataset in sorted(shared):
        _limits(plan, dataset, limits)
    made = _write(plan)
    plan.lines += _besides(plan, shared)
    return Renewed(name=new, made=made, lines=tuple(plan.lines))


# ---- before anything is written -------------------------------------------------------------------


def _sound(project: Path, name: str) -> Material:
    """The publication with all that it is made from; it must have no fault and nothing left to look at."""
    material = read_material(project, name)
    report = check_publication(project, name)
    if left := review.marks(project, _texts(project, name)):
        raise InputError(problem(mark.place, "new_year.is_not_looked_at") for mark in left)
    if report.problems:
        raise (KindError if report.exit_code == KindError.exit_code else InputError)(report.problems)
    return material


def _texts(project: Path, name: str) -> list[str]:
    folder = project / "inputs" / name
    return [
        path.relative_to(project).as_posix() for path in _files(folder) if _moves(path.relative_to(folder))
    ]


def _move(project: Path, publication: Publication, asked: str) -> Move:
    if publication.period.kind != "year" or publication.calendar.era == "gregorian":
        return _move_of_period(publication, asked)
    before, kind = publication.up_to, kinds()[publication.kind]
    number = _at(publication.raw, kind.counted[0]) if kind.counted else None
    after = before if number is not None else UpTo(before.year + 1, before.month)
    if asked:
        match = _PERIOD.fullmatch(asked)
        if not match or not 1 <= int(match[1]) <= 200 or (match[2] and not kind.monthly):
            example = f"{before.year + 1}-06" if kind.monthly else str(before.year + 1)
            raise UsageError(problem(Place(asked), "new_year.is_no_period", example=example))
        after = UpTo(int(match[1]), int(match[2] or 12))
        if after < before or (after == before and number is None):
            slots = {"after": said(after), "before": said(before), "name_": publication.name}
            raise UsageError(problem(Place(asked), "new_year.is_not_later", **slots))
    days = _days_between(project, publication, *kind.counted[1:]) if kind.counted else 0
    return Move(before=before, after=after, since=publication.since, number=number, days=days)


def _move_of_period(publication: Publication, asked: str) -> Move:
    """To the next month, quarter, half or year, or to that which is asked for, which is of the same kind."""
    before, era = publication.period, publication.calendar.era
    after = parse(asked, era) if asked else before + 1
    if after is None or after.kind != before.kind:
        example = written(before + 1, era)
        raise UsageError(problem(Place(asked), "new_year.is_no_period", example=example))
    if after <= before:
        slots = {"after": written(after, era), "before": written(before, era), "name_": publication.name}
        raise UsageError(problem(Place(asked), "new_year.is_not_later", **slots))
    ends = [UpTo(one.year, one.part if one.kind == "month" else 12) for one in (before, after)]
    since = publication.since.year
    return Move(before=ends[0], after=ends[1], since=since, periods=(before, after), era=era)


def _days_between(project: Path, publication: Publication, day: str, previous: str) -> int:
    """How long after the paper before this one came, for the next comes as much later; a week where there is none before."""
    name = _at(publication.raw, previous)
    earlier = _at(open_publication(project, name).values, day) if isinstance(name, str) else None
    days = [parsed(str(one)) for one in (_at(publication.raw, day), earlier)]
    return (days[0] - days[1]).days if days[0] and days[1] else 7


def _at(values: Mapping[str, Raw], key: str) -> Raw:
    found: Raw = values
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _following(name: str, move: Move) -> str:
    """`new-taipei-108` after `new-taipei-107`; a name without a year gets one."""
    moved = move.name(name)
    return moved if moved != name else f"{name}-{move.named[1]}"


def _names_of_datasets(project: Path, publication: Publication) -> Iterator[str]:
    """The datasets that the publication names, by whatever key."""
    known = {path.parent.name for path in (project / "inputs/datasets").glob("*/dataset.toml")}
    for value in publication.raw.values():
        if isinstance(value, str) and value in known:
            yield value


# ---- what is written ------------------------------------------------------------------------------


def _datasets(plan: _Plan) -> dict[str, str]:
    """Of datasets that have the year in their name, those of the next year: by the name of last year's."""
    renamed = {}
    for name in dict.fromkeys(_names_of_datasets(plan.project, plan.publication)):
        if (new := plan.move.name(name)) == name:
            continue
        renamed[name] = new
        folder = f"inputs/datasets/{new}"
        if (plan.project / folder).exists():
            continue
        files, heads, absent = datasets.of_next_year(plan.project, name, new, plan.move)
        plan.folders[folder] = files
        plan.lines.append(message("new_year.dataset", folder=f"{folder}/", name_=name))
        plan.lines += [message("new_year.has_no_rows", file=file) for file in heads]
        plan.lines += [message("new_year.is_to_be_put_there", file=file) for file in absent]
    return renamed


def _publication(plan: _Plan) -> None:
    folder = plan.project / "inputs" / plan.publication.name
    new = f"inputs/{plan.name}"
    plan.folders[new] = {}
    for path in _files(folder):
        inside = path.relative_to(folder)
        raw = path.read_bytes()
        if _moves(inside):
            raw = _passed_on(plan, _moved(plan, path, raw))
        plan.folders[new][inside.as_posix()] = raw


def _moves(inside: Path) -> bool:
    """Whether a file of the folder is written by hand and for one year: an archived original is not."""
    return inside.suffix in (".toml", ".md") and "original" not in inside.parts


def _files(folder: Path) -> list[Path]:
    """The files of a publication; an editor's hidden and lock files are not copied."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if not any(part[0] in ".~" for part in path.relative_to(folder).parts)]


def _passed_on(plan: _Plan, raw: bytes) -> bytes:
    """A file with the columns that hold the next period in place of those of a sheet that ends before it."""
    names = datasets.passed_on(plan.material.dataset, plan.move)
    if not names:
        return raw
    wanted = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    text, count = re.subn(
        rf'(?<=["{{.(,])({wanted})(?=["}}.(,)])', lambda match: names[match[0]], raw.decode("utf-8")
    )
    line = message("new_year.passed_on", names=[f"{old} → {new}" for old, new in names.items()])
    if count and line not in plan.lines:
        plan.lines.append(line)
    return text.encode()


def _moved(plan: _Plan, path: Path, raw: bytes) -> bytes:
    file = path.relative_to(plan.project).as_posix()
    text = raw.decode("utf-8-sig")
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    try:
        schema = schemas.schema_of(plan.project, file)
    except UsageError:  # nothing reads it
        return raw
    moving = Moving(
        move=plan.move,
        schema=schema,
        sentences=path.name in ALL_SENTENCES,
        given=_given(plan, path.name, text),
    )
    made = moving.markdown(file, text) if path.suffix == ".md" else moving.declaration(file, text)
    return bom + made.encode()


def _given(plan: _Plan, file: str, text: str) -> dict[toml.Path, str]:
    """Values of one year alone, which nothing in the file itself says how to move."""
    kind = kinds()[plan.publication.kind]
    if file == rebasing.FILE and kind.name == rebasing.KIND:
        return rebasing.given(text, parse_toml(file, text.encode()).values)
    if kind.counted and file == "publication.toml":
        spans, number = toml.spans(text), tuple(kind.counted[0].split("."))
        found: dict[toml.Path, str] = {number: str((plan.move.number or 0) + 1)}
        if (kind.counted[2],) in spans:
            found[(kind.counted[2],)] = toml.written(plan.publication.name)
        return found
    return {}


def _targets(plan: _Plan, renamed: Mapping[str, str]) -> None:
    """The approved amounts as those of the year before: in the new dataset, or beside the publication to be added to its table."""
    if plan.publication.kind != rebasing.KIND:
        return
    result = rebasing.computed(plan.material)
    if units := rebasing.in_part(result):
        table = result.scheme.units.table
        plan.lines.append(message("new_year.served_in_part", units=units, table=table))
    file, rows = rebasing.rows(plan.material, result, plan.move)
    folder = f"inputs/datasets/{renamed.get(plan.publication.dataset, '')}"
    if folder in plan.folders:
        table = next((name for name in plan.folders[folder] if Path(name).name == file), file)
        plan.folders[folder][table] = rows
        plan.lines.append(message("new_year.rebased", file=f"{folder}/{table}", name_=plan.publication.name))
        return
    beside = f"approved-{result.scheme.year + plan.move.shift}.csv"
    plan.folders[f"inputs/{plan.name}"][beside] = rows
    there = plan.material.dataset.tables[result.scheme.units.table].file
    plan.lines.append(message("new_year.to_be_added", file=f"inputs/{plan.name}/{beside}", table=there))


def _limits(plan: _Plan, dataset: str, moves: bool) -> None:
    file = open_toml(plan.project, f"inputs/datasets/{dataset}/dataset.toml")
    found = [*datasets.limits(file, plan.move)]
    if moves and found:
        bom = codecs.BOM_UTF8 if file.raw.startswith(codecs.BOM_UTF8) else b""
        text = datasets.with_limits(file.raw.decode("utf-8-sig"), found)
        plan.shared[plan.project / file.file] = bom + text.encode()
    by_year: dict[tuple[str, int, int], list[int]] = {}
    for limit in found:
        by_year.setdefault((limit.key, limit.now, limit.wanted), []).append(limit.place.row or 0)
    for (key, now, wanted), rows in by_year.items():
        name = "new_year.limit_moved" if moves else "new_year.limit"
        slots = {"file": file.file, "rows": rows, "key": key, "now": now, "wanted": wanted}
        plan.lines.append(message(name, **slots))


def _write(plan: _Plan) -> tuple[Path, ...]:
    """All folders and declarations, or none of them."""
    made: list[Path] = []
    inputs = plan.project / "inputs"
    with unfinished(inputs / f".new-year-{os.getpid()}.part") as staging:
        for number, (folder, files) in enumerate(plan.folders.items()):
            for file, content in files.items():
                path = staging / str(number) / "folder" / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if folder == f"inputs/{plan.name}":
                _with_modes(inputs / plan.publication.name, staging / str(number) / "folder")
        try:
            for number, folder in enumerate(plan.folders):
                (plan.project / folder).parent.mkdir(parents=True, exist_ok=True)
                os.rename(staging / str(number) / "folder", plan.project / folder)
                made.append(plan.project / folder)
            write_whole(plan.shared)
        except BaseException:
            for path in made:
                shutil.rmtree(path, ignore_errors=True)
            raise
    return tuple(made)


def _with_modes(source: Path, made: Path) -> None:
    for path in made.rglob("*"):
        if path.is_file() and (source / path.relative_to(made)).is_file():
            shutil.copymode(source / path.relative_to(made), path)


# ---- what is to be known ---------------------------------------------------------------------------


def _besides(plan: _Plan, shared: set[str]) -> Iterator[Text]:
    """Tables without the new year, claims that no longer hold, and how much there is to look at."""
    dataset = plan.material.dataset
    if plan.publication.dataset in shared:
        yield from datasets.lacking(dataset, plan.move)
    yield from _claims(plan)
    count = len(review.marks(plan.project, _texts(plan.project, plan.name)))
    if count:
        yield message("new_year.to_look_at", count=count, name_=plan.name)


def _claims(plan: _Plan) -> Iterator[Text]:
    """Claims that are false with the figures of the new year; where there are none yet, `check` says so."""
    file = open_toml(plan.project, f"inputs/{plan.name}/publication.toml")
    try:
        figures = read_material(plan.project, plan.name).figures()
    except ReportgenError:
        return
    for path, claim in _of_key(file.values, "claim"):
        try:
            true, values = claims.holds(claim, figures)
        except claims.ExpressionError:
            continue
        if not true:
            place = file.place(path)
            yield message(
                "new_year.no_longer_holds", place=f"{place.file}:{place.row}", claim=claim, values=values
            )


def _of_key(raw: Raw, key: str, path: toml.Path = ()) -> Iterator[tuple[toml.Path, str]]:
    if isinstance(raw, Mapping | tuple):
        for step, inner in raw.items() if isinstance(raw, Mapping) else enumerate(raw):
            if step == key and isinstance(inner, str):
                yield (*path, step), inner
            yield from _of_key(inner, key, (*path, step))
