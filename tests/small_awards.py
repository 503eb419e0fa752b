"""The outcome of an award scheme made by hand: a few candidates with every kind of decision."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import small
from small import ROOT

from reportgen.compute.rules.model import (
    Bonus,
    Check,
    Decision,
    Group,
    ItemScore,
    Person,
    Result,
    Reward,
    Share,
    Standard,
    Tier,
    TieStep,
)
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.material import Material
from reportgen.model import Document, Source, Text, Value, toml
from reportgen.model.errors import Place
from reportgen.model.formats import Unit
from reportgen.model.periods import Year
from reportgen.read.fixed_words import read_words
from reportgen.read.metrics import read_registry
from reportgen.read.parity import read_glossary
from reportgen.read.publications import Publication
from reportgen.read.schema import TomlFile
from reportgen.read.tables import Dataset
from reportgen.read.theme import load_theme
from reportgen.read.words import Words

STAFF = "inputs/datasets/small/staff.csv"
# id, Chinese and English name, post, branch, group, score, rank, tier, eligible
PEOPLE = (
    ("S01", "王小明", "Wang, Hsiao-Ming", "clerk", "north", "clerks", "96.25", 1, "special", True),
    ("S02", "歐陽示範", "Ouyang, Shih-Fan", "officer", "far-east", "officers", "95.5", 1, "special", True),
    ("S03", "李示", "Li, Shih", "clerk", "south", "clerks", "93.75", 2, "merit", True),
    ("S04", "陳範例", "Chen, Fan-Li", "clerk", "north", "clerks", "93.75", 2, "merit", True),
    ("S05", "林𠮷示", "Lin, Chi-Shih", "officer", "west", "officers", "92", 2, "merit", True),
    ("S06", "張未取", "Chang, Wei-Chu", "clerk", "west", "clerks", "91.5", 4, "", True),
    ("S07", "黃不符", "Huang, Pu-Fu", "officer", "south", "officers", "97", None, "", False),
)
POSTS = {"clerk": Text("書記官", "Clerk"), "officer": Text("行政執行官", "Enforcement Officer")}
TIERS = {
    "special": Tier(
        "special",
        Text("特優", "outstanding"),
        (
            Reward("commendation", Text("嘉獎兩次", "two commendations"), 2),
            Reward("certificate", Text("獎狀", "a certificate of merit")),
        ),
    ),
    "merit": Tier(
        "merit", Text("優等", "excellent"), (Reward("commendation", Text("嘉獎一次", "one commendation")),)
    ),
}
IDENTITY = "A123456789"


def value(
    metric: str, exact: str | int | Fraction, unit: str = "count", digits: int = 2, row: int = 2
) -> Value:
    source = Source(file=STAFF, sheet="", rows=(row,), column=metric)
    return Value(
        metric=metric,
        key=(("row", row),),
        exact=Fraction(exact),
        unit=unit,
        digits=digits,
        formula=metric,
        worked=str(exact),
        sources=(source,),
    )


@functools.cache
def result() -> Result:
    decisions = tuple(_decision(row, *person) for row, person in enumerate(PEOPLE, 2))
    groups = (
        Group(
            id="clerks",
            label=Text("書記官組", "Clerks"),
            eligible=4,
            candidates=4,
            quota=3,
            worked=Text("4人×75%=3", "4 × 75% = 3"),
            winners=3,
        ),
        Group(
            id="officers",
            label=Text("行政執行官組", "Officers"),
            eligible=2,
            candidates=3,
            quota=2,
            worked=Text("2人", "2 places"),
            winners=2,
        ),
    )
    return Result(
        scheme="small",
        title=Text("小考核", "Small assessment"),
        roc_year=102,
        standard=Standard("assumption", Text("本示範之設定。", "A setting of this sample.")),
        decisions=decisions,
        groups=groups,
        tiers=tuple(TIERS.values()),
        rules=(
            (
                Text("評分", "Score"),
                Text("全年各月成績之平均。", "The mean of the monthly scores of the year."),
            ),
        ),
        file="inputs/small/rules.toml",
        inputs={STAFF: "0" * 64},
    )


def _decision(
    row: int,
    id_: str,
    zh: str,
    en: str,
    post: str,
    branch: str,
    group: str,
    score: str,
    rank: int | None,
    tier: str,
    eligible: bool,
) -> Decision:
    person = Person(
        id=id_,
        names=Text(zh, en),
        post=POSTS[post],
        branch=branch,
        unit=Text("第一股", "First subdivision"),
        place=Place(STAFF, "", row, "name"),
        cells={"national_id": IDENTITY, "remark": ""},
    )
    months = value("months", 12 if eligible else 7, "count", 0, row)
    checks = (
        Check(
            rule="service",
            kind="eligible",
            label=Text("任職滿月數", "Months of service"),
            value=months,
            threshold=value("least", 12, "count", 0),
            operator="at_least",
            passed=eligible,
        ),
        Check(
            rule="sanction",
            kind="exclude",
            label=Text("懲處", "Sanctions"),
            value=Text("無", "none"),
            threshold=Text("100年1月1日", "January 1, 2011"),
            operator="none_since",
            passed=True,
        ),
    )
    points = value("score", score, "count", 2, row)
    item = ItemScore(
        item="mean",
        label=Text("全年平均", "Mean of the year"),
        value=points,
        band=Text("90以上", "90 and above"),
        points=points,
        weight=value("weight", 100, "count", 0),
        weighted=value("weighted", score, "count", 2, row),
    )
    tied = (
        TieStep(
            step="more_decimals",
            label=Text("增加小數位數", "more decimals"),
            value=points,
            with_=("S04",),
            settled=False,
        ),
    )
    return Decision(
        person=person,
        group=group,
        checks=checks,
        eligible=eligible,
        items=(item,),
        score=points,
        ranked=points,
        rank=rank,
        of=4 if group == "clerks" else 2,
        ties=tied if id_ == "S03" else (),
        tier=TIERS.get(tier),
        line=value("line", "91.5") if eligible else None,
        distance=value("distance", Fraction(score) - Fraction("91.5")) if eligible else None,
        rounding=None,
        reason=Text(f"{zh}之理由。", f"The reason of {en}."),
    )


@functools.cache
def bonus_result() -> Result:
    """Two subdivisions, of which one has something to share."""
    shares = (
        _share("P1", "甲示範", "Chia, Shih-Fan", "書記官", "Clerk", "45%", 1125, 0),
        _share("P2", "乙示範", "Yi, Shih-Fan", "執行員", "Junior Enforcement Officer", "45%", 1126, 1),
        _share("P3", "丙示範", "Ping, Shih-Fan", "行政執行官", "Enforcement Officer", "10%", 250, 0),
    )
    steps = (
        (Text("徵起金額", "Collected amount"), value("collected", 1500200, "twd", 0)),
        (
            Text("減：基本徵起責任金額", "less: basic responsibility amount for collection"),
            value("responsibility", 1000000, "twd", 0),
        ),
        (Text("乘以0.5%", "times 0.5%"), value("bonus", Fraction(2501), "twd", 0)),
    )
    bonus = Bonus(
        steps=steps, total=value("bonus", 2501, "twd", 0), shares=shares, unpaid=value("unpaid", 0, "twd", 0)
    )
    nothing = Bonus(
        steps=steps[:2],
        total=value("bonus", 0, "twd", 0, 3),
        shares=(),
        unpaid=value("unpaid", 0, "twd", 0, 3),
    )
    first = _unit_decision("U1", "甲股", "Subdivision A", bonus, 2)
    second = _unit_decision("U2", "乙股", "Subdivision B", nothing, 3)
    group = Group(
        id="units",
        label=Text("各股", "Subdivisions"),
        eligible=2,
        candidates=2,
        quota=None,
        worked=Text("不限", "no quota"),
        winners=1,
    )
    return replace(result(), decisions=(first, second), groups=(group,), tiers=())


def _unit_decision(id_: str, zh: str, en: str, bonus: Bonus, row: int) -> Decision:
    names = Text(zh, en)
    person = Person(
        id=id_,
        names=names,
        post=Text("", ""),
        branch="north",
        unit=names,
        place=Place(STAFF, "", row, "name"),
        cells={},
    )
    return Decision(
        person=person,
        group="units",
        checks=(),
        eligible=True,
        items=(),
        score=None,
        ranked=None,
        rank=None,
        of=2,
        ties=(),
        tier=None,
        line=None,
        distance=None,
        rounding=None,
        reason=Text(f"{zh}之理由。", f"The reason of {en}."),
        bonus=bonus,
    )


def _share(id_: str, zh: str, en: str, role: str, role_en: str, part: str, paid: int, extra: int) -> Share:
    return Share(
        person=id_,
        names=Text(zh, en),
        role=Text(role, role_en),
        part=value("part", Fraction(int(part[:-1]), 100), "percent", 0),
        service=value("service", 1, "percent", 0),
        exact=value("exact", Fraction(paid) - extra, "twd", 2),
        paid=value(f"paid {id_}", paid, "twd", 0),
        extra=extra,
        place=Place(STAFF, "", 2, "name"),
    )


@functools.cache
def dataset() -> Dataset:
    return replace(
        small.dataset([{"roc_year": 102, "branch": "north", "closed_cases": Fraction(1)}]), sample=SAMPLE
    )


SAMPLE = Text("示範資料", "Sample data")


@functools.cache
def units() -> Mapping[str, Unit]:
    return read_registry(ROOT).units


@functools.cache
def words() -> Words:
    return read_words(ROOT, "templates/awards/words.toml", read_glossary(ROOT))


def raw(name: str = "attitude-awards-102") -> dict[str, Any]:
    """A fresh copy of what a shipped sample declares."""
    return tomllib.loads((ROOT / f"inputs/{name}/publication.toml").read_text("utf-8"))


def publication(declared: Mapping[str, Any] | None = None) -> Publication:
    declared = raw() if declared is None else declared
    title, subtitle, issuer = (Text(**declared[name]) for name in ("title", "subtitle", "issuer"))
    return Publication(
        name="small",
        kind="awards",
        dataset="small",
        period=Year(102),
        since=Year(102),
        title=title,
        subtitle=subtitle,
        issuer=issuer,
        source=TomlFile("inputs/small/publication.toml", b"", toml.placed(declared), {}),
    )


def material(declared: Mapping[str, Any] | None = None, issued: date | None = None) -> Material:
    return Material(
        project=ROOT,
        publication=publication(declared),
        dataset=dataset(),
        registry=read_registry(ROOT),
        words=words(),
        glossary=read_glossary(ROOT),
        theme=load_theme(ROOT / "styles/tokens.toml"),
        issued=issued,
    )


def papers(
    *only: str, declared: Mapping[str, Any] | None = None, outcome: Result | None = None
) -> dict[str, Document]:
    """The papers of the small scheme by name."""
    made = awards.documents(material(declared), outcome or result(), only or awards.PAPERS)
    return {document.name: document for document in made}
