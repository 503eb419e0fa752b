"""What is compared: `[[item]]` with its weight and bands, `[rank]`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import cast, get_args

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.appraised import Appraised
from reportgen.compute.rules.vocabulary import SCORE, plain, range_said, times
from reportgen.model import Text
from reportgen.model.errors import Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import told
from reportgen.read.toml import TomlNode

_Found = tuple[Fraction | None, Fraction | None, bool, Fraction, Text | None, TomlNode]


class Scores(Appraised):
    def item(self, node: TomlNode) -> rules.Item:
        column = self.number_column(node, "column")
        weight = node.number("weight")
        if weight is None and "weight" not in node.values:
            node.fault("weight", *told("rules.is_missing_9"))
        elif weight is not None and not 0 < weight <= 100:
            node.fault("weight", *told("rules.is_not_above_most"))
        bands = self.bands(node, column) if "bands" in node.values else ()
        node.asked.add("bands")
        if "bands" in node.values and "points" in node.values:
            node.fault("points", *told("rules.stands_beside_bands"))
        self.word(node, "points", ("value",), "value")
        found = rules.Item(
            id=node.string("id"),
            label=self.text(node, "label"),
            column=column.id if column else "",
            weight=weight or Fraction(0),
            bands=bands,
            floor=node.number("floor"),
            cap=node.number("cap"),
            row=self.line(node),
        )
        if self.appraises:
            found = replace(
                found,
                own=self.own_points(node),
                more=self.more(node),
                short=self.optional_text(node, "short"),
            )
        if found.floor is not None and found.cap is not None and found.floor >= found.cap:
            node.fault("floor", *told("rules.is_not_below_cap"))
        node.no_other_keys()
        return found

    def bands(self, node: TomlNode, column: rules.Column | None) -> tuple[rules.Band, ...]:
        """From the lowest to the highest or the other way, each from … (belongs to it) below … (does not)."""
        entries = node.list_of_nodes("bands")
        before = len(node.faults.problems)
        factor = self.factor(column.unit) if column else Fraction(1)
        found = []
        for below in entries:
            low, high, to = below.number("from"), below.number("below"), below.number("to")
            points = below.number("points")
            if points is None:
                below.fault("points", *told("rules.is_missing_11"))
            if high is not None and to is not None:
                below.fault("to", *told("rules.stands_beside_below"))
            end = high if high is not None else to
            if low is not None and end is not None and (low > end or (low == end and to is None)):
                below.fault("from", *told("rules.band_is_empty"))
            label = self.optional_text(below, "label")
            below.no_other_keys()
            found.append((low, end, to is not None, points or Fraction(0), label, below))
        if not found:
            node.fault("bands", *told("rules.holds_no_band"))
        found.sort(key=lambda band: (band[0] is not None, band[0] or 0))
        if len(node.faults.problems) == before:  # one fault is told once
            for earlier, later in itertools.pairwise(found):
                _check_neighbours(earlier, later)
        if found and column and len(node.faults.problems) == before:
            self.check_reach(found, column, factor)
        return tuple(
            rules.Band(
                low=times(low, factor), high=times(end, factor), closed=closed, points=points, label=label
            )
            for low, end, closed, points, label, _ in found
        )

    def check_reach(self, bands: list[_Found], column: rules.Column, factor: Fraction) -> None:
        """The bands cover what the column can hold, and none lies wholly outside."""
        low, high = times(column.low, 1 / factor), times(column.high, 1 / factor)
        said = range_said(low, high)
        for begin, end, closed, _, _, node in bands:
            over = begin is not None and high is not None and begin > high
            under = end is not None and low is not None and (end < low or (end == low and not closed))
            if over or under:
                node.fault("from" if begin is not None else "", *told("rules.is_2", id=column.id, said=said))
        first, last = bands[0], bands[-1]
        if first[0] is not None and (low is None or first[0] > low):
            first[5].fault("from", *told("rules.is", id=column.id, said=said, first=plain(first[0])))
        end = last[1]
        if end is not None and (high is None or end < high or (end == high and not last[2])):
            last[5].fault(
                "to" if last[2] else "below",
                f"{column.id} is {said}: nothing covers {plain(end)}{'' if last[2] else ' itself'} and what is above; the last band may say to, or leave the end away",
                f"{column.id} 的範圍為 {said}：{plain(end)} 以上無級距；最後一級可寫 to 或不寫終點",
            )

    def weights(self, items: tuple[rules.Item, ...]) -> None:
        total = sum((item.weight for item in items), Fraction(0))
        if items and total != 100 and all(item.weight for item in items):
            listed = " + ".join(plain(item.weight) for item in items)
            self.top.faults.problems.append(
                problem(
                    Place(self.top.faults.file, row=items[0].row, column="item.weight"),
                    "rules.weights_sum",
                    total=plain(total),
                    listed=listed,
                )
            )

    def rank(self, node: TomlNode, scored: bool) -> rules.Rank:
        by = node.string("by", SCORE)
        column = None
        if by != SCORE:
            self.one_of_columns(node, "by", by, [SCORE])
            column = self.columns.get(by) or self.own_column(by)
            if scored:
                node.fault("by", *told("rules.are_items_but_their_score"))
        elif not scored and not self.appraises:
            node.fault("by", *told("rules.is_no_item_2"))
        found = rules.Rank(
            by=by,
            method=cast(rules.Method, self.word(node, "method", get_args(rules.Method))),
            digits=self.digits(node, column.digits if column else 2),
            rounding=cast(
                rules.Rounding, self.word(node, "digits_rounding", get_args(rules.Rounding), "half_up")
            ),
            better=cast(rules.Better, self.word(node, "better", get_args(rules.Better), "high")),
        )
        node.no_other_keys()
        return found


def _check_neighbours(earlier: _Found, later: _Found) -> None:
    end, begin, node = earlier[1], later[0], later[5]
    if begin is None:
        node.fault("from", *told("rules.is_missing_8"))
    elif end is None:
        earlier[5].fault("below", *told("rules.is_missing_10"))
    elif begin < end or (begin == end and earlier[2]):
        node.fault("from", *told("rules.bands_overlap", end=plain(end), begin=plain(begin)))
    elif begin > end:
        node.fault("from", *told("rules.between_is_no_band", end=plain(end), begin=plain(begin)))


def most_points(scheme: rules.Scheme, units: Mapping[str, Unit]) -> Fraction | None:
    """The highest score that anyone can reach; None where a column has no declared maximum."""
    if scheme.rank is None:
        return None
    if scheme.rank.by != SCORE:
        column = scheme.columns.get(scheme.rank.by)
        return column.high if column else None
    total = Fraction(0)
    for item in scheme.items:
        column = scheme.columns.get(item.column)
        if item.bands:
            most: Fraction | None = max(band.points for band in item.bands)
        elif column is None or column.high is None or column.unit not in units:
            most = item.cap
        else:
            most = column.high / units[column.unit].factor
        if most is None:
            return None
        most = min(most, item.cap) if item.cap is not None else most
        total += most * item.weight / 100
    return total
