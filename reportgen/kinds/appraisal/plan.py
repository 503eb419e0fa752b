"""What an officer declares of an appraisal in `publication.toml`: papers, names, who signs, forecast, attitude, overdue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field

from reportgen.compute.masking import Policy
from reportgen.kinds.forms import asked_by
from reportgen.model.periods import Period
from reportgen.read.fields import Where, Within
from reportgen.read.publications import Documents, Head
from reportgen.read.schema import Context, Fault, Model, check, fault
from reportgen.read.texts import Bilingual, Halves

Level = Literal["branches", "officers", "units"]
LEVELS = get_args(Level)  # that are scored and ranked
PAPERS = ("branches", "officers", "units", "attitude", "overdue", "forecast")
# Those that may be made for one branch alone: units-taipei.
BY_BRANCH = ("officers", "units", "attitude")
# Those that name persons, whose names a policy may mask.
OF_PERSONS = ("officers", "attitude")


class NamesShown(Model):
    """How the papers that name persons show them."""

    officers: Policy = "whole"
    attitude: Policy = "whole"


class Signer(Model):
    title: Bilingual
    name: Bilingual | None = None


class ForecastPlan(Model):
    """Of which scheme, and of which of its columns; `years` is how many years make the pattern."""

    spot: Where
    rules: Level
    column: str
    target: str
    years: Annotated[int, Within(1, 10)] = 3


class AttitudePlan(Model):
    """`assessor` and both halves of `comment` are columns of the table of scores, empty where there are none."""

    spot: Where
    least_months: Annotated[int, Within(1, 12)] = 1
    assessor: str = ""
    comment: Halves | None = None

    @property
    def comments(self) -> tuple[str, ...]:
        return (self.comment.zh, self.comment.en) if self.comment else ()


class OverduePlan(Model):
    """The table of overdue cases by type and its columns; `month` is empty where there is a row a year."""

    spot: Where
    table: str
    by: str
    pending: str
    overdue: str
    beyond_five: str
    month: str = ""
    note: Bilingual | None = None


class AppraisalPlan(Head):
    papers: Documents
    policies: Annotated[NamesShown, Field(alias="names")] = NamesShown()
    signers: Annotated[tuple[Signer, ...], Field(alias="signature")] = ()
    forecast: ForecastPlan | None = None
    attitude: AttitudePlan | None = None
    overdue: OverduePlan | None = None

    @check
    def _are_papers(papers: tuple[str, ...], context: Context) -> Iterator[Fault]:
        branches = [*context.known["branch"]]
        slots = {"known": PAPERS, "by_branch": BY_BRANCH[1], "branches": next(iter(branches), "taipei")}
        for number, paper in enumerate(papers):
            name, branch = base(paper)
            at = ("papers", number)
            if name not in PAPERS:
                yield fault(at, "appraisal.is_no_paper", paper=paper, **slots)
            elif branch and name not in BY_BRANCH:
                yield fault(at, "appraisal.is_all_branches", name_=name)
            elif branch and branch not in branches:
                yield fault(at, "appraisal.paper_r_is_no", paper=paper, branch=branch, branches=branches)

    @check
    def _has_months_to_come(papers: tuple[str, ...], period: Period) -> Iterator[Fault]:
        if "forecast" in papers and (period.kind == "year" or period.part == 12):
            yield fault("papers", "appraisal.year_is_over", period=period.year)

    _forecast = asked_by("[forecast]", "forecast")
    _attitude = asked_by("[attitude]", "attitude")
    _overdue = asked_by("[overdue]", "overdue")

    def policy(self, paper: str) -> Policy:
        name = base(paper)[0]
        if name == "forecast" and self.forecast:
            name = self.forecast.rules  # a forecast of officers shows their names as their own paper does
        return {"officers": self.policies.officers, "attitude": self.policies.attitude}.get(name, "whole")


def base(paper: str) -> tuple[str, str]:
    """`units-taipei` -> units of taipei; `units` -> units of all."""
    name, _, branch = paper.partition("-")
    return name, branch
