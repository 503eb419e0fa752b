"""Each computed sentence, read as a reader reads it, is held against plain lists of numbers.

The reader here knows nothing of `narrative`: it takes a sentence of either language apart, looks up who is
highest, since when and what is missing the slow way, and does its own rounding. A sentence that it cannot read fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import book, dataset, gap, words

from reportgen.compute.narrative import Narrative
from reportgen.model import Exact, Line, Text
from reportgen.read.tables import Member
from reportgen.read.words import Words, said

PERIOD = 100
NAMES = {
    "Alpha": "甲處",
    "Beta": "乙處",
    "Gamma": "丙處",
    "Delta": "丁處",
    "Epsilon": "戊處",
    "Zeta": "己處",
    "Eta": "庚處",
    "Theta": "辛處",
}
ENGLISH = {zh: en for en, zh in NAMES.items()}
OFFICES = tuple(Member(id=en.lower(), zh=zh, en=en) for en, zh in NAMES.items())


@dataclass(frozen=True)
class Kind:
    """A metric as the reader knows it; `base` is what one unit of the table is worth."""

    metric: str
    en: str
    zh: str
    base: int | Fraction
    unit: int | Fraction
    digits: int
    better: str
    of: tuple[str, str] = ("", "")  # of a rate: the columns that it divides


KINDS = (
    Kind("new_cases", "new cases", "新收案件", 1, 1, 0, ""),
    Kind("closed_cases", "closed cases", "終結案件", 1, 1, 0, "high"),
    Kind("cost", "the cost", "成本", 1000, 10**6, 2, "low"),
    Kind("surplus", "the surplus", "賸餘數", 1000, 10**6, 3, ""),
    Kind("budget", "the budget", "預算數", 1000, 10**6, 3, ""),
)
Numbers = Mapping[int, int | None]
PART, CENT = Fraction(1, 10_000), Fraction(1, 100)
RATES = (
    Kind(
        "achievement_rate", "the achievement rate", "達成率", PART, CENT, 1, "high", ("collected", "target")
    ),
    Kind(
        "overdue_rate",
        "the share of overdue pending cases",
        "逾期未結比率",
        PART,
        CENT,
        1,
        "low",
        ("overdue_cases", "pending_cases"),
    ),
)
small = st.integers(-3, 6)
alike = st.sampled_from([0, 1, 2, 4, 5, 9, 10, 11, 14, 15, 9_999, 10_000, 10_001, -1, -4, -10, -11])
cells = st.one_of(st.none(), small, small, alike, alike, st.integers(0, 99))


# ---- a reader of amounts ----------------------------------------------------------------------


def read(words: str) -> tuple[Fraction | str, int]:
    """An amount in words of either language: its number in base units and its decimals; or that it is tiny."""
    if match := re.fullmatch(r"less than (.+?)( below zero)?", words):
        return f"{'-' if match[2] else '+'}{read(match[1])[0]}", 0
    if match := re.fullmatch(r"負值（絕對值不足(.+)）|不足(.+)", words):
        return f"{'-' if match[1] else '+'}{read(match[1] or match[2])[0]}", 0
    sign = -1 if "−" in words else 1
    scale = 10**6 if "million" in words else CENT if re.search("%|percentage|百分點", words) else 1
    plain = re.sub(r"NT\$| million| cases?| percentage points?|個百分點|新臺幣|[−,元件%]", "", words)
    for name, worth in (("億", 10**8), ("萬", 10**4)):
        if name in plain:
            head, plain = plain.split(name)
            return sign * (Fraction(head) * worth + abs(Fraction(read(plain or "0")[0]))), 0
    return sign * Fraction(plain) * scale, len(plain.partition(".")[2])


def half_up(exact: Fraction, digits: int, unit: int | Fraction = CENT) -> Fraction:
    scaled = abs(exact) / unit
    quotient = Decimal(scaled.numerator) / Decimal(scaled.denominator)
    rounded = Fraction(quotient.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) * unit
    return -rounded if exact < 0 else rounded


def check_amount(words: str, exact: Fraction, kind: Kind | None) -> None:
    """The words print this number: rounded half up, once, to the decimals that are seen, of the metric at least."""
    unit, least = (kind.unit, kind.digits) if kind else (Fraction(1, 100), 1)
    number, seen = read(words)
    if isinstance(number, str):
        half = Fraction(number[1:])
        assert (number[0] == "-") == (exact < 0) and 0 < abs(exact) < half, (words, exact)
        return
    assert number == half_up(exact, max(seen, least), unit), (words, exact)


def check_both(en: str, zh: str, exact: Fraction, kind: Kind | None) -> None:
    check_amount(en, exact, kind)
    assert read(en)[0] == read(zh)[0], (en, zh)


# ---- what is said -----------------------------------------------------------------------------


def spoken(lines: Sequence[Line]) -> list[tuple[str, str]]:
    return [(said(line.en, "en"), said(line.zh, "zh")) for line in lines]


def years_of(words: str | None) -> set[int]:
    """`2009 and 2012 to 2014`, `98年、101年至103年`; as ROC years."""
    found: set[int] = set()
    for part in re.split(r"、|, | and ", words or ""):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        numbers = [number - 1911 if number > 1000 else number for number in numbers]
        found |= set(range(numbers[0], numbers[-1] + 1)) if numbers else set()
    return found


def names_of(words: str) -> list[str]:
    return [ENGLISH.get(name, name) for name in re.split(r"、|, | and ", words)]


def fields(
    patterns: Mapping[str, tuple[str, str]], en: str, zh: str
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Which sentence it is, and its parts in both languages; both must be the same sentence."""
    for name, (english, chinese) in patterns.items():
        if match := re.fullmatch(english, en):
            other = re.fullmatch(chinese, zh)
            assert other, (name, zh)
            return name, match.groupdict(), other.groupdict()
    raise AssertionError(f"no reader understands: {en} {zh}")


Y = r"(?:\d+年|\d{4})"
GAPS_EN, GAPS_ZH = r"(?: \(no figures for (?P<gaps>[^)]+)\))?", r"(?:（(?P<gaps>[^）]+)無數值）)?"
RUN_EN = r"(?: and the (?P<run>\w+) consecutive annual (?P<way>rise|fall))?\."
RUN_ZH = r"(?:，已連續(?P<run>\d+)年(?P<way>增加|減少|上升|下降))?。"
TREND = {
    "same": (
        r"In 2011, (?P<name>.+) came to (?P<now>.+), the same as the year before\.",
        r"100年(?P<name>.+)為(?P<now>.+)，與上年相同。",
    ),
    "almost": (
        r"In 2011, (?P<name>.+) came to (?P<now>.+), almost unchanged from the year before\.",
        r"100年(?P<name>.+)為(?P<now>.+)，與上年大致持平。",
    ),
    "moved": (
        r"In 2011, (?P<name>.+) came to (?P<now>.+), (?P<way>up|down) (?P<by>.+) on the year before\.",
        r"100年(?P<name>.+)為(?P<now>.+)，較上年(?P<way>增加|減少|上升|下降)(?P<by>.+)。",
    ),
    "alone": (r"In 2011, (?P<name>.+) came to (?P<now>.+)\.", r"100年(?P<name>.+)為(?P<now>.+)。"),
    "unknown": (r"There is no value of (?P<name>.+) for 2011: .+\.", r"100年(?P<name>.+)無數值：.+。"),
}
NOTE = {"note": (r"Computed from unrounded figures\.", r"以上依未四捨五入之數值計算。")}
RECORD = {
    "record": (
        rf"This is the (?P<side>highest|lowest) since (?P<since>\d+){GAPS_EN}{RUN_EN}",
        rf"此為(?P<since>\d+)年以來新(?P<side>高|低){GAPS_ZH}{RUN_ZH}",
    ),
    "since": (
        rf"This is the (?P<side>highest|lowest) since (?P<since>\d+) \(it was (?P<before>.+) in (?P<when>\d+)(?:; no figures for (?P<gaps>[^)]+))?\){RUN_EN}",
        rf"此為(?P<since>\d+)年以來新(?P<side>高|低)（(?P<when>\d+)年為(?P<before>[^；]+?)(?:；(?P<gaps>[^）]+)無數值)?）{RUN_ZH}",
    ),
    "shared": (
        rf"Together with (?P<years>.+), this is the (?P<side>highest|lowest) since (?P<since>\d+){GAPS_EN}{RUN_EN}",
        rf"此與(?P<years>.+)同為(?P<since>\d+)年以來最(?P<side>高|低){GAPS_ZH}{RUN_ZH}",
    ),
    "place": (
        rf"This is the (?P<joint>joint )?(?P<rank>\w+)-(?P<side>highest|lowest) of the (?P<count>\d+) years from (?P<since>\d+) to 2011{GAPS_EN}{RUN_EN}",
        rf"此為(?P<since>\d+)年至100年(?P<count>\d+)個年度中(?P<joint>並列)?第(?P<rank>\d+)(?P<side>高|低){GAPS_ZH}{RUN_ZH}",
    ),
    "equal": (
        rf"It has been the same in every year since (?P<since>\d+){GAPS_EN}\.",
        rf"(?P<since>\d+)年以來各年均相同{GAPS_ZH}。",
    ),
}
ORDINALS = [
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "10th",
    "11th",
    "12th",
]
SIDES = {"highest": "高", "lowest": "低"}
WAYS = {"rise": ("增加", "上升"), "fall": ("減少", "下降"), "up": ("增加", "上升"), "down": ("減少", "下降")}


def cells_of(kind: Kind, number: int | None) -> dict[str, Exact | int]:
    cell: Exact | int = gap("not_available") if number is None else number
    return {kind.of[0]: cell, kind.of[1]: 10_000} if kind.of[0] else {kind.metric: cell}


def told(kind: Kind, numbers: Numbers) -> Narrative:
    rows = [{"roc_year": year, **cells_of(kind, number)} for year, number in numbers.items()]
    return Narrative(book(dataset(rows), PERIOD, min(numbers)), words())


def check_record(kind: Kind, known: Mapping[int, Fraction], en: str, zh: str) -> None:
    name, e, z = fields(RECORD, en, zh)
    now, since = known[PERIOD], int(e["since"]) - 1911
    assert since == int(z["since"]) and since in known
    window = {year: number for year, number in known.items() if year >= since}
    earlier = [year for year in known if year < since]
    assert len(window) >= 4
    assert years_of(e["gaps"]) == years_of(z["gaps"]) == set(range(since, PERIOD + 1)) - set(window)
    if name == "equal":
        assert not earlier and len(set(known.values())) == 1
        return
    assert len(set(known.values())) > 1
    assert SIDES[e["side"]] == z["side"]
    sign = 1 if e["side"] == "highest" else -1
    better = [year for year, number in window.items() if sign * number > sign * now]
    equal = {year for year, number in window.items() if number == now} - {PERIOD}
    if name == "place":
        assert not earlier and int(e["count"]) == int(z["count"]) == len(known)
        assert ORDINALS.index(e["rank"]) == int(z["rank"]) == len(better) + 1 > 1
        assert bool(e["joint"]) == bool(z["joint"]) == bool(equal)
        worse = sum(sign * number < sign * now for number in known.values())
        assert len(better) <= worse
    else:
        assert not better
    if name == "record":
        assert not earlier and not equal
    if name == "since":
        when = max(earlier)
        assert not equal and when == int(e["when"]) - 1911 == int(z["when"])
        assert sign * known[when] >= sign * now
        check_both(e["before"], z["before"], known[when], kind)
    if name == "shared":
        assert years_of(e["years"]) == years_of(z["years"]) == equal
        assert not earlier or sign * known[max(earlier)] > sign * now
    if not earlier or name != "since":  # the strongest claim that is true is made
        rest = [number for year, number in known.items() if year != PERIOD]
        assert name == "record" or not (now > max(rest) or now < min(rest))
    run, year = 0, PERIOD
    rising = known.get(PERIOD - 1, now) < now
    while year - 1 in known and known[year - 1] != known[year] and (known[year - 1] < known[year]) == rising:
        run, year = run + 1, year - 1
    if e["run"]:
        assert ORDINALS.index(e["run"]) == int(z["run"]) == run >= 3
        assert WAYS[e["way"]][bool(kind.of[0])] == z["way"] and (e["way"] == "rise") == rising
    else:
        assert run < 3


series_of = st.integers(2, 11).flatmap(lambda count: st.lists(cells, min_size=count, max_size=count))


@settings(max_examples=400)
@given(st.sampled_from(KINDS + RATES), series_of)
def test_what_a_trend_says_is_true(kind: Kind, numbers: list[int | None]) -> None:
    by_year = dict(enumerate(numbers, PERIOD + 1 - len(numbers)))
    (first, *rest) = spoken(told(kind, by_year).trend(kind.metric, {}))
    known = {year: Fraction(n * kind.base) for year, n in by_year.items() if n is not None}
    name, e, z = fields(TREND, *first)
    assert e["name"] == kind.en and z["name"] == kind.zh
    if PERIOD not in known:
        assert name == "unknown" and not rest
        return
    now, before = known[PERIOD], known.get(PERIOD - 1)
    check_both(e["now"], z["now"], now, kind)
    noted = any(re.fullmatch(NOTE["note"][0], en) for en, _ in rest)
    if before is None:
        assert name == "alone"
    elif now == before:
        assert name == "same"
    elif name == "almost":
        share = abs(now - before) / abs(before) if before else Fraction(1)
        assert share < Fraction(5, 10_000) or abs(now - before) < Fraction(kind.unit, 2 * 10**kind.digits)
    else:
        assert (
            name == "moved"
            and (e["way"] == "up") == (now > before)
            and WAYS[e["way"]][bool(kind.of[0])] == z["way"]
        )
        if "%" in e["by"]:
            assert before > 0 and now >= 0 and abs(now - before) < 10 * before
            assert not now or 1000 * now >= before
            check_both(e["by"], z["by"], abs(now - before) / before, None)
        else:
            check_both(e["by"], z["by"], abs(now - before), kind)
            shown = [read(words)[0] for words in (e["now"], e["by"])]
            if kind.of[0] and not isinstance(shown[0], str) and not isinstance(shown[1], str):
                sign = 1 if now > before else -1
                assert half_up(before, kind.digits) == shown[0] - sign * shown[1] or noted
    records = [sentence for sentence in rest if not re.fullmatch(NOTE["note"][0], sentence[0])]
    assert len(records) == (len(known) >= 4)
    for sentence in records:
        check_record(kind, known, *sentence)


EXTREMES = {
    "same": (rf"From (?P<first>\d+) to (?P<last>\d+){GAPS_EN}, (?P<name>.+) came to (?P<top>.+) in every year\.", rf"(?P<first>\d+)年至(?P<last>\d+)年間{GAPS_ZH}，各年(?P<name>\D+?)均為(?P<top>.+)。"),
    "ends": (
        rf"From (?P<first>\d+) to (?P<last>\d+){GAPS_EN}, the highest value of (?P<name>.+) was (?P<top>.+) \((?P<tops>[^)]+)\) and the lowest (?P<low>.+) \((?P<lows>[^)]+)\)(?:; the mean of the years is (?P<mean>.+))?\.",
        rf"(?P<first>\d+)年至(?P<last>\d+)年間{GAPS_ZH}，(?P<name>\D+?)以(?P<tops>.+)之(?P<top>.+)最高，(?P<lows>.+)之(?P<low>.+)最低(?:，各年平均(?P<mean>.+))?。",
    ),
}  # fmt: skip


@settings(max_examples=300)
@given(st.sampled_from(KINDS + RATES), series_of)
def test_what_is_said_of_the_extremes_is_true(kind: Kind, numbers: list[int | None]) -> None:
    by_year = dict(enumerate(numbers, PERIOD + 1 - len(numbers)))
    sentences = spoken(told(kind, by_year).extremes(kind.metric, {}))
    known = {year: Fraction(n * kind.base) for year, n in by_year.items() if n is not None}
    assert bool(sentences) == (len(known) >= 3)
    for sentence in sentences[:1]:
        name, e, z = fields(EXTREMES, *sentence)
        assert (
            (int(e["first"]) - 1911, int(e["last"]) - 1911)
            == (min(known), max(known))
            == (int(z["first"]), int(z["last"]))
        )
        assert years_of(e["gaps"]) == years_of(z["gaps"]) == set(range(min(known), max(known))) - set(known)
        assert (e["name"], z["name"]) == (kind.en, kind.zh)
        top, low = max(known.values()), min(known.values())
        check_both(e["top"], z["top"], top, kind)
        assert (name == "same") == (top == low)
        if name == "same":
            continue
        check_both(e["low"], z["low"], low, kind)
        for key, number in (("tops", top), ("lows", low)):
            assert years_of(e[key]) == years_of(z[key]) == {year for year, n in known.items() if n == number}
        assert e["top"] != e["low"] and len(sentences) == 1  # three more decimals tell any two of these apart
        assert bool(e["mean"]) == bool(z["mean"]) == (len(known) == len(by_year))
        if e["mean"]:
            check_both(e["mean"], z["mean"], sum(known.values()) / len(known), kind)


@given(st.sampled_from(KINDS), series_of)
def test_a_sum_is_the_sum_or_is_not_said(kind: Kind, numbers: list[int | None]) -> None:
    by_year = dict(enumerate(numbers, PERIOD + 1 - len(numbers)))
    sentences = spoken(told(kind, by_year).cumulative(kind.metric, {}))
    assert bool(sentences) == (None not in numbers)
    for en, zh in sentences:
        e, z = re.fullmatch(r".+ added up to (.+)\.", en), re.fullmatch(r".+累計(.+)。", zh)
        assert e and z
        check_both(e[1], z[1], Fraction(sum(n or 0 for n in numbers) * kind.base), kind)


# ---- members ----------------------------------------------------------------------------------

WHO = r"[A-Z][A-Za-z, ]*?"
MISSING = {
    "missing": (rf"No figure is available for (?P<who>{WHO})\.", r"(?P<who>.+)無數值，未列入比較。"),
    "no_comparison": (
        rf"No comparison with the year before is available for (?P<who>{WHO})\.",
        r"(?P<who>.+)無上年數值可資比較。",
    ),
}
RANKING = {
    "equal": (r"In 2011, comparing (?P<name>.+) by branch \((?P<count>\d+) (?P<of>in all|with figures)\), all are equal at (?P<top>.+)\.", r"100年(?P<count>\d+)個(?P<of>有數值之)?分署之(?P<name>.+)均為(?P<top>.+)。"),
    "order": (
        rf"In 2011, comparing (?P<name>.+) by branch \((?P<count>\d+) (?P<of>in all|with figures)\), (?P<first>{WHO}) (?P<is>ranked first|shared first place|was lowest|were lowest|was highest|were highest) \((?P<top>[^)]+)\)(?:, (?:ahead of|followed by) (?P<others>[^;]+))?; (?P<last>{WHO}) (?P<ends>came last|came last together|was lowest|were lowest|was highest|were highest) \((?P<low>[^)]+)\)\.",
        r"100年(?P<count>\d+)個(?P<of>有數值之)?分署之(?P<name>[^，]+)，以(?P<first>[一-龥、]*處)(?P<top>.+?)(?P<is>居首|並列居首|最低|並列最低|最高|並列最高)(?:，(?P<others>.+)次之)?；(?P<last>[一-龥、]*處)(?P<low>.+?)(?P<ends>居末|並列居末|最低|並列最低|最高|並列最高)。",
    ),
}  # fmt: skip
MEANS = {
    "ranked first": "居首", "shared first place": "並列居首", "came last": "居末", "came last together": "並列居末",
    "was lowest": "最低", "were lowest": "並列最低", "was highest": "最高", "were highest": "並列最高",
}  # fmt: skip
Members = Mapping[str, Fraction]
of_offices = st.integers(1, 6).flatmap(lambda count: st.lists(cells, min_size=count, max_size=count))
two_years = st.integers(1, 6).flatmap(
    lambda count: st.lists(st.tuples(cells, cells), min_size=count, max_size=count)
)


def compared(kind: Kind, *years: Sequence[int | None]) -> Narrative:
    rows = [
        {"roc_year": PERIOD + 1 - len(years) + place, "branch": en.lower(), **cells_of(kind, number)}
        for place, numbers in enumerate(years)
        for en, number in zip(NAMES, numbers, strict=False)
    ]
    members = OFFICES[: len(years[0])]
    return Narrative(book(dataset(rows, members=members), PERIOD, PERIOD + 1 - len(years)), words())


def known_of(kind: Kind, numbers: Iterable[int | None]) -> dict[str, Fraction]:
    return {en: Fraction(n * kind.base) for en, n in zip(NAMES, numbers, strict=False) if n is not None}


def check_each(en: str, zh: str, count: int, exact: Fraction, kind: Kind | None) -> str:
    """“9 cases each” of several; gives the amount as it is printed."""
    assert en.endswith(" each") == zh.startswith("各") == (count > 1), (en, zh)
    check_both(en.removesuffix(" each"), zh.removeprefix("各"), exact, kind)
    return en.removesuffix(" each")


def check_missing(sentences: Sequence[tuple[str, str]], missing: set[str], name: str = "missing") -> None:
    assert len(sentences) == bool(missing), sentences
    for sentence in sentences:
        found, e, z = fields(MISSING, *sentence)
        assert found == name and set(names_of(e["who"])) == set(names_of(z["who"])) == missing


@settings(max_examples=400)
@given(st.sampled_from(KINDS + RATES), of_offices)
def test_what_a_ranking_says_is_true(kind: Kind, numbers: list[int | None]) -> None:
    told_of = compared(kind, numbers)
    sentences = spoken(told_of.ranking(kind.metric, told_of.figures.dataset.dimensions["branch"]))
    known = known_of(kind, numbers)
    assert bool(sentences) == (len(known) >= 4)
    if not sentences:
        return
    (first, *rest) = sentences
    noted = [sentence for sentence in rest if re.fullmatch(NOTE["note"][0], sentence[0])]
    check_missing(
        [sentence for sentence in rest if sentence not in noted], set([*NAMES][: len(numbers)]) - set(known)
    )
    name, e, z = fields(RANKING, *first)
    assert int(e["count"]) == int(z["count"]) == len(known) and (e["name"], z["name"]) == (kind.en, kind.zh)
    assert (e["of"] == "in all") == (not z["of"]) == (len(known) == len(numbers))
    assert (name == "equal") == (len(set(known.values())) == 1)
    if name == "equal":
        check_both(e["top"], z["top"], next(iter(known.values())), kind)
        return
    best, worst = (min, max) if kind.better == "low" else (max, min)
    printed: dict[str, str] = {}
    for who, amount, ends, pick in (("first", "top", "is", best), ("last", "low", "ends", worst)):
        extreme = pick(known.values())
        holders = [en for en, n in known.items() if n == extreme]
        assert names_of(e[who]) == names_of(z[who]) == holders
        assert MEANS[e[ends]] == z[ends] and ("並列" in z[ends]) == (len(holders) > 1)
        wanted = "首末" if kind.better == "high" else "高" if pick is max else "低"
        assert z[ends][-1] in wanted
        printed |= dict.fromkeys(holders, check_each(e[amount], z[amount], len(holders), extreme, kind))
    groups_en = re.findall(rf"({WHO}) \(([^)]+)\)", re.sub(r"\), |\) and ", r") ", e["others"] or ""))
    groups_zh = re.findall(
        r"([一-龥、]*?處)(?!、?.處)((?:各|新|−|負|不|\d)[^處]*?(?:元）?|件）?|%）?))(?:、|$)",
        z["others"] or "",
    )
    assert len(groups_en) == len(groups_zh)
    order = sorted(set(known.values()), reverse=kind.better != "low")
    for at, ((who, amount), (who_zh, amount_zh)) in enumerate(zip(groups_en, groups_zh, strict=True), 1):
        holders = [en for en, n in known.items() if n == order[at]]
        assert names_of(who) == names_of(who_zh) == holders
        printed |= dict.fromkeys(holders, check_each(amount, amount_zh, len(holders), order[at], kind))
    assert len(order) == 2 or groups_en
    for one, mine in printed.items():
        for other, its in printed.items():
            assert known[one] == known[other] or mine != its
    assert not noted  # three more decimals tell any two of these apart


COMPOSITION = {
    "nothing": (r"In 2011, (?P<name>.+) came to (?P<top>.+): there was nothing in any branch \((?P<count>\d+) in all\)\.", r"100年(?P<count>\d+)個分署均無(?P<name>.+)（(?P<top>.+)）。"),
    "equal": (r"In 2011, (?P<name>.+) by branch \((?P<count>\d+) in all\) came to (?P<top>.+) each(?: \((?P<share>.+)\))?\.", r"100年(?P<name>.+)，(?P<count>\d+)個分署均為(?P<top>[^，]+)(?:，(?:(?:各?占)?)(?P<share>.+))?。"),
    "parts": (
        rf"(?P<first>{WHO}) accounted for the largest share of (?P<name>.+) in 2011, with (?P<top>[^(]+) \((?P<share>[^)]+)\)(?:, followed by (?P<second>{WHO}) \((?P<middle>[^)]+)\))?; the smallest (?P<verb>was|were) (?P<last>{WHO}) \((?P<low>[^)]+)\)\.",
        r"100年(?P<name>.+?)以(?P<first>[一-龥、]*處)(?P<top>.+?)最多，(?P<share>[^；]+)；(?:(?P<second>[一-龥、]+)次之，(?P<middle>[^；]+)；)?(?P<last>[一-龥、]+處)(?P<verb>同為)?最少，(?P<low>.+)。",
    ),
    "plain": (
        rf"(?P<first>{WHO}) had the largest part of (?P<name>.+) in 2011 \((?P<top>[^)]+)\)(?:, followed by (?P<second>{WHO}) \((?P<middle>[^)]+)\))?; the smallest (?P<verb>was|were) (?P<last>{WHO}) \((?P<low>[^)]+)\)\.",
        r"100年(?P<name>.+?)以(?P<first>[一-龥、]*?處)(?P<top>(?:各|新|−|負|不|\d).*?)最多；(?:(?P<second>[一-龥、]*?處)(?P<middle>(?:各|新|−|負|不|\d).*?)次之；)?(?P<last>[一-龥、]*?處)(?P<low>(?:各|新|−|負|不|\d).*?)(?P<verb>同為)?最少。",
    ),
}  # fmt: skip
MOVERS = {
    "both": (rf"Compared with the year before, the largest rise was in (?P<up>{WHO}) \((?P<rise>[^)]+)\) and the largest fall in (?P<down>{WHO}) \((?P<fall>[^)]+)\)\.", r"與上年比較，增加最多者為(?P<up>[^（]+)（(?P<rise>.+?)），減少最多者為(?P<down>[^（]+)（(?P<fall>.+)）。"),
    "rise": (rf"Compared with the year before, the largest rise was in (?P<up>{WHO}) \((?P<rise>[^)]+)\); none fell\.", r"與上年比較，增加最多者為(?P<up>[^（]+)（(?P<rise>.+)），無減少者。"),
    "fall": (rf"Compared with the year before, the largest fall was in (?P<down>{WHO}) \((?P<fall>[^)]+)\); none rose\.", r"與上年比較，減少最多者為(?P<down>[^（]+)（(?P<fall>.+)），無增加者。"),
    "all_rise": (r"Compared with the year before, each branch rose by (?P<rise>.+)\.", r"與上年比較，各分署均增加(?P<rise>.+)。"),
    "all_fall": (r"Compared with the year before, each branch fell by (?P<fall>.+)\.", r"與上年比較，各分署均減少(?P<fall>.+)。"),
    "all_same": (r"Compared with the year before, no branch changed\.", r"與上年比較，各分署均無增減。"),
    "same": (r"Those that can be compared with the year before are unchanged\.", r"與上年比較，可比較者均無增減。"),
}  # fmt: skip


def check_movers(kind: Kind, changes: Members, whole: bool, en: str, zh: str) -> None:
    name, e, z = fields(MOVERS, en, zh)
    most, least = max(changes.values()), min(changes.values())
    side = "both" if most > 0 > least else "rise" if most > 0 else "fall" if least < 0 else "same"
    assert name == ("all_" if whole and most == least else "") + side
    for who, amount, extreme in (("up", "rise", most), ("down", "fall", least)):
        holders = [en for en, n in changes.items() if n == extreme]
        if who in e:
            assert names_of(e[who]) == names_of(z[who]) == holders
            check_each(e[amount], z[amount], len(holders), abs(extreme), kind)
        elif amount in e:
            check_both(e[amount], z[amount], abs(extreme), kind)


@settings(max_examples=400)
@given(st.sampled_from(KINDS), two_years)
def test_what_a_composition_says_is_true(kind: Kind, pairs: list[tuple[int | None, int | None]]) -> None:
    past, numbers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    told_of = compared(kind, past, numbers)
    sentences = spoken(told_of.composition(kind.metric, told_of.figures.dataset.dimensions["branch"]))
    known, before = known_of(kind, numbers), known_of(kind, past)
    assert bool(sentences) == (len(known) >= 2)
    if not sentences:
        return
    noted = [sentence for sentence in sentences if re.fullmatch(NOTE["note"][0], sentence[0])]
    (first, *rest) = [sentence for sentence in sentences if sentence not in noted]
    missing = set([*NAMES][: len(numbers)]) - set(known)
    check_missing(rest[: bool(missing)], missing)
    rest = rest[bool(missing) :]
    changes = {en: n - before[en] for en, n in known.items() if en in before}
    if len(changes) >= 2:
        check_movers(kind, changes, len(changes) == len(numbers), *rest.pop(0))
        check_missing(rest, set(known) - set(changes), "no_comparison")
    else:
        assert not rest
    check_sizes(kind, known, bool(missing), bool(noted), *first)


def check_sizes(kind: Kind, known: Members, partial: bool, noted: bool, en: str, zh: str) -> None:
    name, e, z = fields(COMPOSITION, en, zh)
    assert (e["name"], z["name"]) == (kind.en, kind.zh)
    order = sorted(set(known.values()), reverse=True)
    total = sum(known.values())
    shares = not partial and total > 0 and order[-1] >= 0
    wanted = "nothing" if order == [0] else "equal" if len(order) == 1 else "parts" if shares else "plain"
    assert name == wanted
    if len(order) == 1:
        check_both(e["top"], z["top"], order[0], kind)
        assert int(e["count"]) == int(z["count"]) == len(known)
        assert bool(e.get("share")) == (name == "equal" and shares)
        if e.get("share"):
            check_whole(known, order, [e["share"]], noted)
        return
    tied = sum(number == order[-1] for number in known.values()) > 1
    assert (e["verb"], z["verb"]) == (("were", "同為") if tied else ("was", None))
    told: dict[str, Fraction] = {}
    for who, figure, at in (
        ("first", "share" if shares else "top", 0),
        ("second", "middle", 1),
        ("last", "low", -1),
    ):
        if who == "second" and len(order) == 2:
            assert not e[who] and not z[who]
            continue
        holders = [en for en, n in known.items() if n == order[at]]
        assert names_of(e[who]) == names_of(z[who]) == holders
        exact = order[at] / total if shares else order[at]
        chinese = z[figure].replace("占", "")
        printed = check_each(e[figure], chinese, len(holders), exact, None if shares else kind)
        assert told.setdefault(printed, exact) == exact or noted
    if shares:
        check_each(e["top"].strip(), z["top"], sum(n == order[0] for n in known.values()), order[0], kind)
    if shares and len(order) <= 3:
        shown = [e["share"], *[e["middle"]] * (len(order) == 3), e["low"]]
        check_whole(known, order, shown, noted)
    else:
        assert not noted


def check_whole(known: Members, order: Sequence[Fraction], shown: Sequence[str], noted: bool) -> None:
    """All shares are said: they add up to 100 %, or the note on rounding says why they do not."""
    parts = [read(words.removesuffix(" each"))[0] for words in shown]
    sizes = [sum(n == number for n in known.values()) for number in order]
    numbers = [Fraction(0) if isinstance(part, str) else part for part in parts]
    assert noted == (sum(size * part for size, part in zip(sizes, numbers, strict=True)) != 1)


class Heard(Words):
    """Words that remember which of them were asked for."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(dict(words()), "words.toml")
        self.names = names

    def __getitem__(self, name: str) -> Text:
        self.names.add(name)
        return super().__getitem__(name)


@pytest.mark.slow
def test_each_sentence_of_the_stories_is_said_of_some_data() -> None:
    """No pattern is left over, and none is missing."""
    heard: set[str] = set()
    chance, numbers = Random(12), [None, 0, 0, 1, 1, 2, 3, 4, 5, 9_999, 10_000, 10_001, -1]
    for _ in range(600):
        kind, count = chance.choice(KINDS + RATES), chance.choice([1, 2, 3, 4, 6, 8])
        pool = chance.sample(numbers, chance.choice([1, 2, 3, len(numbers)]))
        course = [chance.choice(pool) for _ in range(7)]
        if chance.random() < 0.3:
            course = sorted(chance.sample(range(9), 7), reverse=chance.random() < 0.5)
        series = told(kind, dict(enumerate(course, 94)))
        years = [[chance.choice(pool) for _ in range(count)] for _ in range(2)]
        members = compared(kind, years[0], [1] * 7 + [3] if count == 8 else years[1])
        for narrative in (series, members):
            narrative.words = Heard(heard)
        series.trend(kind.metric, {})
        series.extremes(kind.metric, {})
        dimension = members.figures.dataset.dimensions["branch"]
        if kind in KINDS:  # a rate is not added up, and has no shares
            series.cumulative(kind.metric, {})
            members.composition(kind.metric, dimension)
        members.ranking(kind.metric, dimension, Fraction(chance.choice(pool) or 0, 10_000))
    rounded = {"story.rounded"}  # its numbers are in test_narrative
    shorter = ("story.before.", "story.to_date.", "story.moving.")  # test_figures_by_period has these
    every = {name for name in words() if name.startswith("story.") and not name.startswith(shorter)}
    assert {name for name in heard if name.startswith("story.")} | rounded == every
