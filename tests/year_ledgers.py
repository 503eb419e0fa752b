"""The figures of the small office's papers beside what `year_by_hand` works out; what differs, and what was counted."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import year_by_hand as by_hand
import year_office as office
from year_by_hand import Figure, figure

Found = Mapping[Figure, set[Fraction]]


def figures_in(folder: Path) -> dict[Figure, set[Fraction]]:
    """All figures of the ledgers of a publication: by metric and key their exact values."""
    found = defaultdict(set)
    for file in sorted(folder.glob("*.ledger.json")):
        for one in json.loads(file.read_text("utf-8"))["figures"]:
            found[figure(one["metric"], **one["key"])] |= (
                {Fraction(one["exact"])} if one["exact"] is not None else set()
            )
    return dict(found)


def expected(seed: int) -> dict[str, dict[Figure, Fraction]]:
    """By publication what its papers must say."""
    final = by_hand.revised(by_hand.approved(seed))
    return {
        "targets-105": by_hand.of_targets(seed),
        "appraisal-105-06": dict(by_hand.of_appraisal(seed, ("branches",), 6, final)),
        "appraisal-105": dict(by_hand.of_appraisal(seed, ("branches", "units"), 12, final)),
        "awards-105": dict(by_hand.of_awards(seed, final)),
    }


def differences(found: Found, wanted: Mapping[Figure, Fraction]) -> list[str]:
    """What is printed and differs, and what is missing."""
    return [
        f"{metric} of {dict(key)}: printed {[*map(str, values)]}, by hand {wanted[metric, key]}"
        for metric, key in wanted
        if (values := found.get((metric, key), set())) - {_unsigned(metric, wanted[metric, key])}
        != {wanted[metric, key]}
    ]


def _unsigned(metric: str, number: Fraction) -> Fraction | None:
    """A sentence prints the size of a distance below the line, a table its sign."""
    return -number if metric == "award.distance" and number else None


def orders_of(paper: Path) -> dict[str, str]:
    """Who is rewarded by the orders, and with what, as they are read from the paper."""
    read = subprocess.run(["pdftotext", "-raw", str(paper), "-"], capture_output=True, check=True)
    text = "".join(read.stdout.decode("utf-8").split())
    found = {}
    for _, name, *_ in office.PEOPLE:
        start = text.find(f"主旨：{name}辦理")
        if start >= 0:
            told = text[start : text.find("正本", start)]
            found[name] = "嘉獎兩次" if "嘉獎兩次" in told else "嘉獎一次"
    return found


def held(out: Path, seed: int) -> dict[str, int]:
    """What was counted in the papers; ends the program where they differ from what was worked out by hand."""
    wanted, wrong, recomputed, counts = expected(seed), [], 0, {}
    for publication, of_one in wanted.items():
        found = figures_in(out / publication)
        wrong += [f"{publication}: {line}" for line in differences(found, of_one)]
        recomputed += len(of_one)
        counts[publication] = found
    orders, due = orders_of(out / "awards-105/order.pdf"), by_hand.orders(seed)
    if orders != due:
        wrong.append(f"awards-105: orders {orders}, by hand {due}")
    if wrong:
        raise SystemExit(
            "office-year: the papers differ from what was worked out by hand:\n  " + "\n  ".join(wrong)
        )
    targets, awards = counts["targets-105"], counts["awards-105"]
    return {
        "figures": sum(map(len, counts.values())),
        "recomputed": recomputed,
        "orders": len(orders),
        "negotiated": len({*of_metric(targets, "change agreed")}),
        "revised": len({*of_metric(targets, "target revised")}),
        "objections": len({*of_metric(awards, "award.review.objection")}),
        "committee": len({*of_metric(awards, "award.review.committee")}),
    }


def of_metric(found: Iterable[Figure], metric: str) -> Iterator[Figure]:
    return (one for one in found if one[0] == metric)
