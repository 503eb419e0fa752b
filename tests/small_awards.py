"""The outcome of an award scheme made by hand: a few candidates with every kind of decision."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import small
from small import ROOT

from reportgen.compute.metrics import read_registry
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
from reportgen.kinds import awards
from reportgen.model import Document, Source, Text, Value
from reportgen.model.errors import Place
from reportgen.model.formats import Unit
from reportgen.read.publications import Publication
from reportgen.read.tables import Dataset
from reportgen.read.words import Words, read_glossary, read_words

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
    source = Source(STAFF, "", (row,), metric)
    return Value(metric, (("row", row),), Fraction(exact), unit, digits, metric, str(exact), (source,))


@functools.cache
def result() -> Result:
    decisions = tuple(_decision(row, *person) for row, person in enumerate(PEOPLE, 2))
    groups = (
        Group("clerks", Text("書記官組", "Clerks"), 4, 4, 3, Text("4人×75%=3", "4 × 75% = 3"), 3),
        Group("officers", Text("行政執行官組", "Officers"), 2, 3, 2, Text("2人", "2 places"), 2),
    )
    return Result(
        "small", Text("小考核", "Small assessment"), 102,
        Standard("assumption", Text("本示範之設定。", "A setting of this sample.")),
        decisions, groups, tuple(TIERS.values()),
        ((Text("評分", "Score"), Text("全年各月成績之平均。", "The mean of the monthly scores of the year.")),),
        "inputs/small/rules.toml", {STAFF: "0" * 64},
    )  # fmt: skip


def _decision(
    row: int, id_: str, zh: str, en: str, post: str, branch: str, group: str, score: str, rank: int | None,
    tier: str, eligible: bool,
) -> Decision:  # fmt: skip
    person = Person(
        id_, Text(zh, en), POSTS[post], branch, Text("第一股", "First subdivision"), Place(STAFF, "", row, "name"),
        {"national_id": IDENTITY, "remark": ""},
    )  # fmt: skip
    months = value("months", 12 if eligible else 7, "count", 0, row)
    checks = (
        Check("service", "eligible", Text("任職滿月數", "Months of service"), months, value("least", 12, "count", 0), "at_least", eligible),
        Check("sanction", "exclude", Text("懲處", "Sanctions"), Text("無", "none"), Text("100年1月1日", "January 1, 2011"), "none_since", True),
    )  # fmt: skip
    points = value("score", score, "count", 2, row)
    item = ItemScore(
        "mean", Text("全年平均", "Mean of the year"), points, Text("90以上", "90 and above"), points,
        value("weight", 100, "count", 0), value("weighted", score, "count", 2, row),
    )  # fmt: skip
    tied = (TieStep("more_decimals", Text("增加小數位數", "more decimals"), points, ("S04",), False),)
    return Decision(
        person, group, checks, eligible, (item,), points, points, rank, 4 if group == "clerks" else 2,
        tied if id_ == "S03" else (), TIERS.get(tier), value("line", "91.5") if eligible else None,
        value("distance", Fraction(score) - Fraction("91.5")) if eligible else None, None,
        Text(f"{zh}之理由。", f"The reason of {en}."),
    )  # fmt: skip


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
        (Text("減：基本徵起責任金額", "less: basic responsibility amount for collection"), value("responsibility", 1000000, "twd", 0)),
        (Text("乘以0.5%", "times 0.5%"), value("bonus", Fraction(2501), "twd", 0)),
    )  # fmt: skip
    bonus = Bonus(steps, value("bonus", 2501, "twd", 0), shares, value("unpaid", 0, "twd", 0))
    nothing = Bonus(steps[:2], value("bonus", 0, "twd", 0, 3), (), value("unpaid", 0, "twd", 0, 3))
    first = _unit_decision("U1", "甲股", "Subdivision A", bonus, 2)
    second = _unit_decision("U2", "乙股", "Subdivision B", nothing, 3)
    group = Group("units", Text("各股", "Subdivisions"), 2, 2, None, Text("不限", "no quota"), 1)
    return replace(result(), decisions=(first, second), groups=(group,), tiers=())


def _unit_decision(id_: str, zh: str, en: str, bonus: Bonus, row: int) -> Decision:
    names = Text(zh, en)
    person = Person(id_, names, Text("", ""), "north", names, Place(STAFF, "", row, "name"), {})
    return Decision(
        person, "units", (), True, (), None, None, None, 2, (), None, None, None, None,
        Text(f"{zh}之理由。", f"The reason of {en}."), bonus,
    )  # fmt: skip


def _share(id_: str, zh: str, en: str, role: str, role_en: str, part: str, paid: int, extra: int) -> Share:
    return Share(
        id_, Text(zh, en), Text(role, role_en), value("part", Fraction(int(part[:-1]), 100), "percent", 0),
        value("service", 1, "percent", 0), value("exact", Fraction(paid) - extra, "twd", 2),
        value(f"paid {id_}", paid, "twd", 0), extra, Place(STAFF, "", 2, "name"),
    )  # fmt: skip


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
    file = "inputs/small/publication.toml"
    return Publication("small", "awards", "small", 102, 102, title, subtitle, issuer, file, declared)


def papers(
    *only: str, declared: Mapping[str, Any] | None = None, outcome: Result | None = None
) -> dict[str, Document]:
    """The papers of the small scheme by name."""
    made = awards.documents(
        publication(declared), outcome or result(), dataset(), words(), read_glossary(ROOT), units(),
        only or None,
    )  # fmt: skip
    return {document.name: document for document in made}
