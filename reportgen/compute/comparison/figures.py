"""The figures of an archived chart against our exact ones: equal is what prints the same.

Ours are rounded half up to the decimals that the archive printed, in its unit. A bar that is 1 % off looks equal; here it is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from reportgen.compute.comparison.model import Axis, Difference
from reportgen.model import ChartSpec, Exact, Gap, Text
from reportgen.model.formats import half_up, plain
from reportgen.model.messages import message
from reportgen.read.archive import ArchivedValue

TARGET = "target"  # the series of a chart's target line
Place = tuple[str, str, str]  # chart, series, x


def compare_figures(archived: Iterable[ArchivedValue], charts: Mapping[str, ChartSpec]) -> Axis:
    """Every value of the archive against the plotted one of the same chart, series and place; order is irrelevant.

    Differences come in the order of our charts, then what only the archive has.
    """
    plotted: dict[Place, Exact] = {}
    for name, spec in charts.items():
        plotted.update(_plotted(name, spec))
    known: dict[Place, ArchivedValue] = {}
    differences: list[Difference] = []
    for value in archived:
        place = _named(value, charts)
        if place in known:
            kind = message("comparison.archive_lists_twice")
            differences.append(Difference(_said(place), kind, value.value, ""))
        known.setdefault(place, value)
    for place, exact in plotted.items():
        if place not in known:
            kind = message("comparison.only_ours_has_value")
            differences.append(Difference(_said(place), kind, "", _shown(exact)))
        else:
            differences.extend(_difference(place, known[place], exact))
    for place, value in known.items():
        if place not in plotted:
            kind = message("comparison.missing_ours")
            differences.append(Difference(_said(place), kind, value.value, ""))
    differences += _orders(charts)
    differences += _exchanged(known, plotted)
    return Axis("different" if differences else "equal", {"values": float(len(known))}, tuple(differences))


def _plotted(name: str, spec: ChartSpec) -> Iterator[tuple[Place, Exact]]:
    for point in spec.points:
        yield (name, point.series, str(point.x)), point.figure.value.exact
    for point in spec.target:
        yield (name, TARGET, str(point.x)), point.figure.value.exact


def _named(value: ArchivedValue, charts: Mapping[str, ChartSpec]) -> Place:
    """The archive's words for series and place as our ids: labels of both languages are understood, too."""
    spec = charts.get(value.chart)
    if spec is None:
        return value.chart, value.series, value.x
    series = {word: line.id for line in spec.series for word in (line.label.zh, line.label.en, line.id)}
    if spec.target:
        series[TARGET] = TARGET
        if spec.target_label:
            series |= {spec.target_label.zh: TARGET, spec.target_label.en: TARGET}
    if len(spec.series) == 1:
        series.setdefault("", spec.series[0].id)
    places = {word: str(x) for x, label in spec.xs for word in (label.zh, label.en, str(x))}
    return value.chart, series.get(value.series, value.series), places.get(value.x, value.x)


def _difference(place: Place, theirs: ArchivedValue, exact: Exact) -> Iterator[Difference]:
    ours = _in_their_unit(theirs, exact)
    if ours == theirs.value:
        return
    if isinstance(exact, Gap) and theirs.number is None:
        kind = message("comparison.another_sign_missing_value")
    elif isinstance(exact, Gap) or theirs.number is None:
        kind = message("comparison.number_one_side_only")
    else:
        kind = message("comparison.another_value")
    yield Difference(_said(place), kind, f"{theirs.value}{theirs.unit}", f"{ours}{theirs.unit}")


def _in_their_unit(theirs: ArchivedValue, exact: Exact) -> str:
    """Our value as the archive would have printed it; a true zero and a rounded one look the same there."""
    if isinstance(exact, Gap):
        return plain(exact, 0)
    digits = len(theirs.value.partition(".")[2]) if theirs.number is not None else 2
    shown = plain(exact, digits, theirs.factor)
    if shown.startswith("≈"):
        return str(half_up(Fraction(0), digits))
    return shown if "," in theirs.value or theirs.number is None else shown.replace(",", "")


def _shown(exact: Exact) -> str:
    return plain(exact, 0) if isinstance(exact, Gap) else str(exact)


def _said(place: Place) -> Text:
    return _listed([*filter(None, place[:2]), place[2]])


def _listed(words: Sequence[str]) -> Text:
    return Text("，".join(words), ", ".join(words))


def _orders(charts: Mapping[str, ChartSpec]) -> Iterator[Difference]:
    """Years of a chart run from left to right in any archive; ours must, too."""
    for name, spec in charts.items():
        years = [x for x, _ in spec.xs if isinstance(x, int)]
        if years != sorted(years):
            kind = message("comparison.years_are_not_order")
            ordered = " ".join(map(str, sorted(years)))
            yield Difference(Text(name, name), kind, ordered, " ".join(map(str, years)))


def _exchanged(known: Mapping[Place, ArchivedValue], plotted: Mapping[Place, Exact]) -> Iterator[Difference]:
    """A series that has the archive's values, each at another year: shifted or turned round, and worth a line of its own."""
    theirs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for place, value in known.items():
        if place in plotted:
            theirs[place[:2]].append((value.value, _in_their_unit(value, plotted[place])))
    for (chart, series), pairs in theirs.items():
        before, after = zip(*pairs, strict=True)
        if before != after and Counter(before) == Counter(after):
            kind = message("comparison.same_values_another_order_years")
            at = _listed([*filter(None, (chart, series))])
            yield Difference(at, kind, " ".join(before), " ".join(after))
