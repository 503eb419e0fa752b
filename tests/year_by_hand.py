"""The year of the small office worked out a second time: slow, plain, exact, and from its rows alone; no part of reportgen is used.

The rules are written here once more, as `tests/year` declares them: who changes one has to change both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import ceil, floor

import year_office as office

Figure = tuple[str, tuple[tuple[str, object], ...]]
Bounds = tuple[int | None, int | None]
Told = dict[Figure, Fraction]
Row = tuple[str, str, int, int, int]  # of the year before: branch, unit, target, pending cases, months
TOTAL, BRANCH_STEP, UNIT_STEP = 570_000_000, 100_000, 10_000
AGREED = {"taipei": ("change", -3_000_000), "taipei/02": ("amount", 52_000_000), "taichung/01": ("change", 2_000_000)}  # fmt: skip
REVISED = {"kaohsiung": -5_000_000}
PLACES = 3  # who wins
WEIGHTS = {"achievement": Fraction(60, 100), "closing": Fraction(40, 100)}
BANDS = ((130, 100), (115, 92), (100, 85), (90, 75))  # from so many per cent: points; else 60


def figure(metric: str, **key: object) -> Figure:
    return metric, tuple(sorted(key.items()))


def of_this_year(name: str) -> dict[str, object]:
    """The key of a branch, or of a unit as taipei/01."""
    branch, _, unit = name.partition("/")
    return {"roc_year": office.YEAR, "branch": branch, **({"unit": unit} if unit else {})}


# ---- targets ----------------------------------------------------------------------------------------


def divided(whole: int, shares: Sequence[Fraction], bounds: Sequence[Bounds], step: int) -> list[int]:
    """The amount among all: every way to hold some at a limit is tried, until one multiplier fits all others."""
    for held in product((0, 1, None), repeat=len(shares)):  # at the floor, at the ceiling, free
        if any(side is not None and bounds[place][side] is None for place, side in enumerate(held)):
            continue
        fixed = {place: bounds[place][side] for place, side in enumerate(held) if side is not None}
        free = sum(share for place, share in enumerate(shares) if place not in fixed)
        if not free:
            continue
        multiplier = (whole - sum(fixed.values())) / free  # type: ignore[arg-type]
        wanted = [multiplier * share for share in shares]
        low = [bounds[place][0] or 0 for place in range(len(shares))]
        high = [whole if bounds[place][1] is None else bounds[place][1] for place in range(len(shares))]
        fits = [
            want <= low[place]
            if side == 0
            else want >= high[place]
            if side == 1
            else low[place] <= want <= high[place]  # type: ignore[operator]
            for place, (side, want) in enumerate(zip(held, wanted, strict=True))
        ]
        if all(fits):
            return stepped([Fraction(fixed.get(place, want)) for place, want in enumerate(wanted)], step)  # type: ignore[arg-type]
    raise AssertionError("no multiplier fits")


def stepped(amounts: Sequence[Fraction], step: int) -> list[int]:
    """Whole steps, one after the other to whoever is furthest below its part; of equals the first."""
    given = [floor(amount / step) * step for amount in amounts]
    while sum(given) < sum(amounts):
        below = [amount - made for amount, made in zip(amounts, given, strict=True)]
        given[below.index(max(below))] += step
    return given


def within(base: Fraction, low: int, high: int, step: int) -> Bounds:
    return ceil(base * (100 + low) / 100 / step) * step, floor(base * (100 + high) / 100 / step) * step


def settled(
    names: Sequence[str], whole: int, shares: list[Fraction], bounds: list[Bounds], step: int, told: Told
) -> dict[str, int]:
    """The amounts with what was negotiated: a change is on what there would be without any."""
    computed = divided(whole, shares, bounds, step)
    for place, name in enumerate(names):
        key = of_this_year(name)
        told[figure("target before limits", **key)] = whole * shares[place]
        told[figure("share of the branch" if "/" in name else "share of the total", **key)] = shares[place]
        if "/" not in name:
            told[figure("floor", **key)], told[figure("ceiling", **key)] = map(Fraction, bounds[place])  # type: ignore[arg-type]
        if name in AGREED:
            how, number = AGREED[name]
            amount = number + (computed[place] if how == "change" else 0)
            bounds[place] = (amount, amount)
            told[figure("target computed", **key)] = Fraction(computed[place])
            told[figure("change agreed", **key)] = Fraction(amount - computed[place])
    made = dict(zip(names, divided(whole, shares, bounds, step), strict=True))
    told |= {figure("target", **of_this_year(name)): Fraction(amount) for name, amount in made.items()}
    return made


def parts(sizes: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {name: size / sum(sizes.values()) for name, size in sizes.items()}


def approved(seed: int, told: Told | None = None) -> dict[str, int]:
    """The targets that were approved: of the branches, and of the units as taipei/01. `told` takes the figures on the way."""
    notes = {} if told is None else told
    rows = office.last_year(seed)
    owner = {office.MERGED: office.INTO}
    yearly = {f"{branch}/{unit}": Fraction(target * 12, served) for branch, unit, target, _, served in rows}
    base = {
        one: sum(
            (yearly[f"{branch}/{unit}"] for branch, unit, *_ in rows if owner.get(branch, branch) == one),
            Fraction(),
        )
        for one in office.BRANCHES
    }
    cases = {
        one: Fraction(sum(pending for branch, _, _, pending, _ in rows if owner.get(branch, branch) == one))
        for one in office.BRANCHES
    }
    district = office.factors(seed)
    people = {
        one: Fraction(sum(number for branch, number, _ in district if owner.get(branch, branch) == one))
        for one in office.BRANCHES
    }
    travel = {branch: minutes for branch, _, minutes in district if branch in office.BRANCHES}
    mean = Fraction(sum(travel.values()), len(travel))
    near = {one: base[one] * mean / travel[one] for one in travel}
    by = {
        "pending": (Fraction(50, 100), parts(cases)),
        "population": (Fraction(30, 100), parts(people)),
        "geography": (Fraction(20, 100), parts(near)),
    }
    last = parts(base)
    index = {one: sum((weight * share[one] for weight, share in by.values()), Fraction()) for one in base}
    for one in base:
        key = of_this_year(one)
        notes[figure("index", **key)] = index[one]
        for name, (weight, share) in by.items():
            notes[figure(f"share by {name}", **key)] = share[one]
            notes[figure(f"weighted share by {name}", **key)] = weight * share[one]
        before = sum(row[2] for row in rows if owner.get(row[0], row[0]) == one)
        notes[figure("target", roc_year=office.YEAR - 1, branch=one)] = Fraction(before)
        notes[figure("pending_cases", roc_year=office.YEAR - 1, branch=one)] = cases[one]
        notes[figure("population", roc_year=office.YEAR - 1, branch=one)] = people[one]
        notes[figure("share of last year", roc_year=office.YEAR - 1, branch=one)] = last[one]
    shares = [Fraction(6, 10) * last[one] + Fraction(4, 10) * index[one] for one in base]
    bounds = [within(base[one], -12, 15, BRANCH_STEP) for one in base]
    amounts = settled([*base], TOTAL, shares, bounds, BRANCH_STEP, notes)
    of_branches = dict(amounts)
    for one, amount in of_branches.items():
        change = amount - notes[figure("target", roc_year=office.YEAR - 1, branch=one)]
        notes[figure("change of the target", **of_this_year(one))] = change
        notes[figure("rate of change of the target", **of_this_year(one))] = change / (amount - change)
        amounts |= units_of(one, amount, rows, yearly, notes)
    return amounts


def units_of(
    branch: str, whole: int, rows: Sequence[Row], yearly: Mapping[str, Fraction], told: Told
) -> dict[str, int]:
    """A vacant unit serves nothing; a new one counts as an average unit and has no limits."""
    serves = {
        f"{one}/{unit}": Fraction((one, unit) != office.VACANT) for one, unit in office.UNITS if one == branch
    }
    pending = {f"{one}/{unit}": cases for one, unit, _, cases, _ in rows}
    new = {"/".join(office.NEW)} & {*serves}
    old = [name for name in serves if name not in new]
    fresh = Fraction(len(new)) / sum(serves.values())
    last = parts({name: yearly[name] * serves[name] for name in old})
    cases = parts({name: pending[name] * serves[name] for name in old})
    shares = [
        fresh if name in new else (1 - fresh) * (Fraction(7, 10) * last[name] + Fraction(3, 10) * cases[name])
        for name in serves
    ]
    bounds: list[Bounds] = [
        (None, None) if name in new else within(yearly[name] * serves[name], -20, 90, UNIT_STEP)
        for name in serves
    ]
    return settled([*serves], whole, shares, bounds, UNIT_STEP, told)


def revised(amounts: Mapping[str, int]) -> dict[str, int]:
    """What holds from August 1 on: a revised branch divides by what its units had."""
    now = dict(amounts)
    for branch, change in REVISED.items():
        names = [name for name in amounts if name.startswith(f"{branch}/")]
        now[branch] += change
        whole = [Fraction(amounts[name] * now[branch], amounts[branch]) for name in names]
        now |= zip(names, stepped(whole, UNIT_STEP), strict=True)
    return now


# ---- appraisal and awards ---------------------------------------------------------------------------


def half_up(number: Fraction, digits: int) -> Fraction:
    return Fraction(floor(number * 10**digits + Fraction(1, 2)), 10**digits)


def scores(
    seed: int, level: str, last_month: int, targets: Mapping[str, int]
) -> dict[str, dict[str, Fraction]]:
    """Of each branch or unit up to a month: its two rates, their points, and its score."""
    rows = [row for row in office.months(seed) if row[0] <= last_month]
    names = [*office.BRANCHES] if level == "branches" else [office.name_of(unit) for unit in office.FILLED]
    made = {}
    for name in names:
        own = [row for row in rows if name in (row[1], row[2])]
        closed, pending = sum(row[5] for row in own), sum(row[6] for row in own if row[0] == last_month)
        whole = sum(amount for unit, amount in targets.items() if unit in (name.replace("-", "/"),))
        achieved = Fraction(sum(row[4] for row in own), whole)
        if level == "branches":  # twelfths of the year so far
            achieved = achieved * 12 / last_month
        closing = Fraction(closed, closed + pending)
        points = next((points for least, points in BANDS if achieved * 100 >= least), 60)
        score = points * WEIGHTS["achievement"] + closing * 100 * WEIGHTS["closing"]
        made[name] = {
            "achievement_rate": achieved,
            "closing_rate": closing,
            "points.achievement": Fraction(points),
            "points.closing": closing * 100,
            "weighted.achievement": points * WEIGHTS["achievement"],
            "weighted.closing": closing * 100 * WEIGHTS["closing"],
            "computed": score,
            "score": score + objected(name),
        }
    return made


def objected(name: str) -> Fraction:
    """What an objection gave."""
    unit, points, *_ = office.OBJECTION
    return Fraction(points) if name == office.name_of(unit) else Fraction()


def ranks(values: Mapping[str, Fraction]) -> dict[str, int]:
    return {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}


def reviewed(computed: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The scores with what the committee gave or took."""
    given = {office.name_of(unit): Fraction(points) for unit, points, *_ in office.REVIEWS}
    return {name: score + given.get(name, 0) for name, score in computed.items()}


# ---- what the ledgers must say ----------------------------------------------------------------------


def of_targets(seed: int) -> Told:
    told: Told = {}
    amounts = approved(seed, told)
    final, since = revised(amounts), {"from": "2016-08-01"}
    for name in amounts:
        if name.partition("/")[0] in REVISED:
            key = of_this_year(name) | since
            told[figure("target before the revision", **key)] = Fraction(amounts[name])
            told[figure("change of the revision", **key)] = Fraction(final[name] - amounts[name])
            told[figure("target revised", **key)] = Fraction(final[name])
    for held in (amounts, final):
        for branch in office.BRANCHES:
            units = [amount for name, amount in held.items() if name.startswith(f"{branch}/")]
            assert held[branch] == sum(units)
    assert sum(amounts[branch] for branch in office.BRANCHES) == TOTAL
    told[figure("target", roc_year=office.YEAR)] = Fraction(TOTAL)
    told[figure("units", roc_year=office.YEAR)] = Fraction(len(office.UNITS))
    told[figure("new units", roc_year=office.YEAR)] = told[figure("closed units", roc_year=office.YEAR)] = (
        Fraction(1)
    )
    told[figure("part-year units", roc_year=office.YEAR)] = Fraction(1)  # the vacant one
    told[figure("agreed targets", roc_year=office.YEAR)] = Fraction(len(AGREED))
    told[figure("target revised", roc_year=office.YEAR, **since)] = Fraction(
        sum(final[b] for b in office.BRANCHES)
    )
    return told


def of_appraisal(
    seed: int, levels: Sequence[str], last_month: int, targets: Mapping[str, int]
) -> Iterator[tuple[Figure, Fraction]]:
    for level in levels:
        made = scores(seed, level, last_month, targets)
        rounded = {name: half_up(one["score"], 2) for name, one in made.items()}
        placed = ranks(rounded)
        for name, one in made.items():
            for metric, number in one.items():
                if metric == "computed" and not objected(name):
                    continue
                yield figure(f"appraisal.{metric}", candidate=name), number
            yield figure("appraisal.rank", candidate=name, group="all"), Fraction(placed[name])
            ahead = [other["score"] for other in made.values() if other["score"] > one["score"]]
            if ahead:
                yield figure("appraisal.ahead", candidate=name), min(ahead) - one["score"]


def of_awards(seed: int, targets: Mapping[str, int]) -> Iterator[tuple[Figure, Fraction]]:
    made = scores(seed, "units", 12, targets)
    decided = reviewed({name: one["score"] for name, one in made.items()})
    ranked = {name: half_up(score, 1) for name, score in decided.items()}
    placed = ranks(ranked)
    lowest = min(ranked[name] for name, rank in placed.items() if rank <= PLACES)
    highest = max(ranked[name] for name, rank in placed.items() if rank > PLACES)
    for name, one in made.items():
        for metric in one:
            if metric not in ("score", "computed"):
                yield figure(f"award.{metric}", candidate=name), one[metric]
        yield figure("award.score", candidate=name), decided[name]
        yield figure("award.ranked", candidate=name), ranked[name]
        yield figure("rank", candidate=name, group="all"), Fraction(placed[name])
        line = highest if placed[name] <= PLACES else lowest  # the next beyond the line
        yield figure("award.line", candidate=name), line
        yield figure("award.distance", candidate=name), ranked[name] - line
        if decided[name] != one["computed"]:
            yield figure("award.computed", candidate=name), one["computed"]
        if decided[name] != one["score"]:
            yield figure("award.review.committee", candidate=name), decided[name] - one["score"]
        if objected(name):
            yield figure("award.review.objection", candidate=name), objected(name)
    yield figure("candidates"), Fraction(len(made))
    yield figure("winners"), Fraction(sum(rank <= PLACES for rank in placed.values()))


def orders(seed: int) -> dict[str, str]:
    """Who is rewarded, and with what: who served 6 months or more in a unit that won; who did so in two has the higher reward."""
    made = scores(seed, "units", 12, revised(approved(seed)))
    placed = ranks(
        {
            name: half_up(score, 1)
            for name, score in reviewed({n: one["score"] for n, one in made.items()}).items()
        }
    )
    given: dict[str, int] = {}
    for person, name, _, title in office.PEOPLE:
        for unit, first, last in office.POSTS[person]:
            rank = placed[office.name_of(unit)]
            if rank <= PLACES and last - first + 1 >= 6:
                times = 2 if rank == 1 and title == "officer" else 1
                given[name] = max(times, given.get(name, 0))
    return {name: "嘉獎兩次" if times == 2 else "嘉獎一次" for name, times in given.items()}
