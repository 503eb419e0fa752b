"""What an officer declares of an appraisal in `publication.toml`: papers, names, who signs, forecast, attitude, overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reportgen.compute.masking import POLICIES
from reportgen.kinds.papers import PaperReader
from reportgen.model import Text
from reportgen.model.errors import InputError, Problem
from reportgen.model.messages import told
from reportgen.read.publications import HEAD, Publication
from reportgen.read.words import Glossary

LEVELS = ("branches", "officers", "units")
OTHERS = ("attitude", "overdue", "forecast")
# Those that may be made for one branch alone: units-taipei.
BY_BRANCH = ("officers", "units", "attitude")
# Those that name persons, whose names a policy may mask.
OF_PERSONS = ("officers", "attitude")


@dataclass(frozen=True)
class Signer:
    title: Text
    name: Text | None


@dataclass(frozen=True)
class ForecastPlan:
    """Of which scheme, and of which of its columns; `years` is how many years make the pattern."""

    rules: str
    column: str
    target: str
    years: int


@dataclass(frozen=True)
class AttitudePlan:
    """`assessor` and `comment` are columns of the table of scores, empty where there are none."""

    least_months: int
    assessor: str
    comment: str
    comment_en: str


@dataclass(frozen=True, kw_only=True)
class OverduePlan:
    """The table of overdue cases by type and its columns; `month` is empty where there is a row a year."""

    table: str
    by: str
    pending: str
    overdue: str
    beyond_five: str
    month: str
    note: Text | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    papers: tuple[str, ...]
    names: dict[str, str]
    signers: tuple[Signer, ...]
    forecast: ForecastPlan | None
    attitude: AttitudePlan | None
    overdue: OverduePlan | None

    def policy(self, paper: str) -> str:
        name = base(paper)[0]
        if name == "forecast" and self.forecast:
            name = self.forecast.rules  # a forecast of officers shows their names as their own paper does
        return self.names.get(name, "whole")


def base(paper: str) -> tuple[str, str]:
    """`units-taipei` -> units of taipei; `units` -> units of all."""
    name, _, branch = paper.partition("-")
    return name, branch


def read_plan(publication: Publication, branches: Iterable[str], glossary: Glossary | None) -> Plan:
    """InputError lists all that is wrong with it."""
    problems: list[Problem] = []
    reader = PaperReader(publication.raw, publication.file, "", problems, glossary)
    for name in HEAD:
        reader.mark(name)
    wanted = _papers(reader, tuple(branches))
    kinds = {base(paper)[0] for paper in wanted}
    names = _names(reader.table("names")) if reader.has("names") else {}
    signers = tuple(_signer(row) for row in reader.rows("signature", required=False))
    forecast = _forecast(reader.table("forecast")) if reader.has("forecast") or "forecast" in kinds else None
    attitude = _attitude(reader.table("attitude")) if reader.has("attitude") or "attitude" in kinds else None
    overdue = _overdue(reader.table("overdue")) if reader.has("overdue") or "overdue" in kinds else None
    if "forecast" in kinds and publication.month == 12:
        reader.problem("papers", *told("appraisal.year_is_over", period=publication.period))
    reader.done()
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Plan(
        papers=wanted,
        names=names,
        signers=tuple(signer for signer in signers if signer),
        forecast=forecast,
        attitude=attitude,
        overdue=overdue,
    )


def _papers(reader: PaperReader, branches: tuple[str, ...]) -> tuple[str, ...]:
    wanted = reader.words("papers")
    known = (*LEVELS, *OTHERS)
    for paper in wanted:
        name, branch = base(paper)
        if name not in known:
            reader.problem(
                "papers",
                *told(
                    "appraisal.is_no_paper",
                    paper=paper,
                    known=[*known],
                    by_branch=BY_BRANCH[1],
                    branches=next(iter(branches), "taipei"),
                ),
            )
        elif branch and name not in BY_BRANCH:
            reader.problem("papers", *told("appraisal.is_all_branches", name_=name))
        elif branch and branch not in branches:
            reader.problem(
                "papers", *told("appraisal.paper_r_is_no", paper=paper, branch=branch, branches=[*branches])
            )
    return tuple(dict.fromkeys(wanted))


def _names(reader: PaperReader) -> dict[str, str]:
    found = {}
    for paper in reader.raw:
        if paper not in OF_PERSONS:
            reader.mark(paper)
            reader.problem(paper, *told("appraisal.names_no_person", of_persons=[*OF_PERSONS]))
        else:
            found[paper] = reader.word(paper, POLICIES)
    reader.done()
    return found


def _signer(reader: PaperReader) -> Signer | None:
    title, name = reader.text("title"), reader.optional("name")
    reader.done()
    return Signer(title, name) if title else None


def _forecast(reader: PaperReader) -> ForecastPlan | None:
    if reader.absent:
        return None
    rules = reader.word("rules", LEVELS)
    column, target = reader.word("column"), reader.word("target")
    years = reader.whole("years", default=3)
    if not 1 <= years <= 10:
        reader.problem("years", *told("appraisal.is_not_years", years=years))
    reader.done()
    return ForecastPlan(rules, column, target, years)


def _attitude(reader: PaperReader) -> AttitudePlan | None:
    if reader.absent:
        return None
    least = reader.whole("least_months", default=1)
    if not 1 <= least <= 12:
        reader.problem("least_months", *told("appraisal.is_not_months", least=least))
    assessor = reader.word("assessor", default="")
    comment = reader.optional("comment")
    reader.done()
    return AttitudePlan(least, assessor, comment.zh if comment else "", comment.en if comment else "")


def _overdue(reader: PaperReader) -> OverduePlan | None:
    if reader.absent:
        return None
    table, by, pending = reader.word("table"), reader.word("by"), reader.word("pending")
    overdue, beyond_five = reader.word("overdue"), reader.word("beyond_five")
    month, note = reader.word("month", default=""), reader.optional("note")
    reader.done()
    return OverduePlan(
        table=table, by=by, pending=pending, overdue=overdue, beyond_five=beyond_five, month=month, note=note
    )
