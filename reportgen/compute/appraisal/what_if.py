"""What scores and ranks would be if weights or figures were others; nothing is written.

The names that may be set: weight.ITEM, and COLUMN.CANDIDATE for a column that is counted from rows. A figure is changed in the rows that it
is counted from, so that branch, officer and unit all have it. Weights that are not set share what the others leave, in proportion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from reportgen.compute.exact import decimals, number, total, typed, written
from reportgen.compute.rules.model import Decision, Result
from reportgen.compute.rules.scheme import Scheme
from reportgen.compute.rules.values import Book
from reportgen.compute.rules.vocabulary import Column, outside, range_said, times
from reportgen.model import Language, Text, formats
from reportgen.model.errors import Place, Problem, UsageError, problem
from reportgen.model.formats import Unit
from reportgen.model.hints import near
from reportgen.model.messages import message
from reportgen.read.tables import Dataset, Record

Units = Mapping[str, Unit]
WEIGHT = "weight"


def tried(
    schemes: Mapping[str, Scheme], dataset: Dataset, units: Units, settings: Sequence[str]
) -> tuple[dict[str, Scheme], Dataset]:
    """The schemes of a period by level, and the rows, with the settings put in; UsageError names every fault."""
    trial = _Trial(dict(schemes), dataset, units)
    for setting in settings:
        trial.put(setting)
    trial.share_weights(settings)
    if trial.problems:
        raise UsageError(trial.problems)
    return trial.schemes, trial.dataset


@dataclass
class _Trial:
    schemes: dict[str, Scheme]
    dataset: Dataset
    units: Units
    weights: dict[str, Fraction] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, setting: str, name: str, /, **slots: object) -> None:
        self.problems.append(problem(Place("--set", column=setting), name, **slots))

    def put(self, setting: str) -> None:
        name, _, words = setting.partition("=")
        first, _, rest = name.strip().partition(".")
        exact = typed(words)
        if exact is None or not rest:
            self.fault(setting, "appraisal.is_no_setting")
        elif first == WEIGHT:
            self.weight(setting, rest, exact, words)
        else:
            self.figure(setting, (first, rest), exact, words)

    # -- weights

    def weight(self, setting: str, item: str, exact: Fraction, words: str) -> None:
        now = {one.id: one.weight for scheme in self.schemes.values() for one in scheme.items}
        if item not in now:
            self.fault(setting, "appraisal.item_is_unknown", what=item, known=[*now], near=near(item, now))
            return
        wanted = exact + now[item] if _relative(words) else exact
        if not 0 <= wanted <= 100:
            self.fault(setting, "appraisal.weight_out_of_range", weight=written(wanted))
            return
        self.weights[item] = wanted

    def share_weights(self, settings: Sequence[str]) -> None:
        for level, scheme in self.schemes.items():
            own = {item.id for item in scheme.items} & self.weights.keys()
            if not own:
                continue
            left = 100 - total(self.weights[id_] for id_ in own)
            others = total(item.weight for item in scheme.items if item.id not in own)
            if left < 0 or (not others and left):
                slots = {"file": scheme.file, "total": written(100 - left)}
                self.fault(" ".join(settings), "appraisal.weights_make_no_100", **slots)
                return
            items = tuple(
                item.model_copy(
                    update={
                        "weight": self.weights[item.id] if item.id in own else item.weight * left / others
                    }
                )
                for item in scheme.items
            )
            self.schemes[level] = replace(scheme, items=items)

    # -- figures

    def figure(self, setting: str, of: tuple[str, str], exact: Fraction, words: str) -> None:
        name, candidate = of
        books = [Book(scheme, self.dataset, self.units) for scheme in self.schemes.values()]
        with_column = [book for book in books if name in book.scheme.columns]
        if not with_column:
            known = dict.fromkeys(column for book in books for column in book.scheme.columns)
            near_ = near(name, [*known, WEIGHT])
            self.fault(setting, "appraisal.column_is_unknown", what=name, known=[*known], near=near_)
            return
        book = next((book for book in with_column if candidate in book.records), None)
        if book is None:
            near_ = near(candidate, [id_ for one in with_column for id_ in one.records])
            self.fault(setting, "appraisal.candidate_is_unknown", what=candidate, column=name, near=near_)
            return
        spec = book.scheme.columns[name]
        records = self.rows(book, spec, candidate)
        if spec.kind not in ("own", "aggregate"):
            self.fault(setting, "appraisal.figure_is_computed", column=name, formula=spec.formula or spec.of)
        elif spec.posted:
            self.fault(setting, "appraisal.figure_of_posts", column=name, by=spec.by)
        elif not records or (len(records) > 1 and spec.take != "sum"):
            self.fault(setting, "appraisal.figure_of_rows", column=name, count=len(records), take=spec.take)
        else:
            self.change(setting, (book, spec, records), exact, words)

    @staticmethod
    def rows(book: Book, spec: Column, candidate: str) -> list[Record]:
        """The rows with a number that the figure is counted from, the last month's last."""
        if spec.kind == "own":
            table, records = book.table, [book.records[candidate]]
        elif spec.kind == "aggregate" and spec.of and spec.take != "count":
            table, records = book.dataset.tables[spec.table], book.rows_of(spec, candidate)
        else:
            return []
        return [record for record in records if isinstance(book.cell(table, record, spec.of), Fraction)]

    def change(
        self, setting: str, found: tuple[Book, Column, list[Record]], exact: Fraction, words: str
    ) -> None:
        """The last row takes what the sum of all rows is to be more or less."""
        book, spec, records = found
        table = book.table if spec.kind == "own" else book.dataset.tables[spec.table]
        cells = [Fraction(book.said(table, record, spec.of)) for record in records]
        now = total(cells)
        wanted = now + exact if _relative(words) else exact
        factor = book.factor(spec.unit)
        if outside(wanted * factor, spec.low, spec.high):
            said = range_said(times(spec.low, 1 / factor), times(spec.high, 1 / factor))
            self.fault(setting, "appraisal.figure_out_of_range", wanted=written(wanted), said=said)
            return
        last = records[-1]
        changed = replace(last, cells={**last.cells, spec.of: cells[-1] + wanted - now})
        kept = tuple(changed if record is last else record for record in table.records)
        tables = {**self.dataset.tables, table.name: replace(table, records=kept)}
        self.dataset = replace(self.dataset, tables=tables)


def _relative(words: str) -> bool:
    """+5 and -5 are on what is there."""
    return words.strip()[:1] in ("+", "-")


# ---- what would be different -----------------------------------------------------------------------


def differences(
    before: tuple[Scheme, Result], after: tuple[Scheme, Result], language: Language
) -> Iterator[str]:
    """The scores and ranks of a level that would be others, by group and rank; none where all stay."""
    (scheme, old), (other, new) = before, after
    then = {decision.person.id: decision for decision in old.decisions}
    order = [group.id for group in new.groups]
    changed = [
        (then[decision.person.id], decision)
        for decision in sorted(new.decisions, key=lambda one: (order.index(one.group), one.rank or 10**9))
        if _place(then[decision.person.id]) != _place(decision)
    ]
    if not changed:
        return
    yield scheme.title.say(language)
    if weights := [*_weights(scheme, other)]:
        yield message("appraisal.tried_weights", weights="; ".join(one.say(language) for one in weights)).say(
            language
        )
    pairs = [(_place(one), _place(two)) for one, two in changed]
    scores, ranks = (sum(one[at] != two[at] for one, two in pairs) for at in (0, 1))
    yield message("appraisal.tried_changes", scores=scores, ranks=ranks).say(language)
    digits = scheme.rank.digits if scheme.rank else 2
    heads = ("score_now", "score_if_so", "score_difference", "rank_now", "rank_if_so")
    rows = [("", *(message(f"appraisal.{head}").say(language) for head in heads))]
    rows += [_row(old_, new_, digits, language) for old_, new_ in changed]
    yield from formats.aligned(rows)


def _place(decision: Decision) -> tuple[Fraction | None, int | None]:
    return (number(decision.ranked) if decision.ranked else None), decision.rank


def _weights(before: Scheme, after: Scheme) -> Iterator[Text]:
    for old, new in zip(before.items, after.items, strict=True):
        if old.weight != new.weight:
            weights = (formats.plain(one, min(decimals(one), 2)) for one in (old.weight, new.weight))
            said = "{} → {}".format(*weights)
            yield Text(f"{old.label.zh} {said}", f"{old.label.en} {said}")


def _row(old: Decision, new: Decision, digits: int, language: Language) -> tuple[str, ...]:
    (before, rank), (after, rank2) = _place(old), _place(new)
    more = "–"
    if before is not None and after is not None:
        more = ("+" if after > before else "") + formats.plain(after - before, digits)
    scores = ("–" if one is None else formats.plain(one, digits) for one in (before, after))
    ranks = ("–" if one is None else str(one) for one in (rank, rank2))
    return (f"{new.person.id} {new.person.names.say(language)}", *scores, more, *ranks)
