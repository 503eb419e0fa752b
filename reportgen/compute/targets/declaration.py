"""`targets.toml` becomes a `Scheme`, or the list of its faults with their lines; no table is opened here.

What the columns hold is judged in `readings`, whether a division exists in `computation`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import cast, get_args

from reportgen.compute.rules.model import Standard, Standing
from reportgen.compute.targets.model import (
    Direction,
    Factor,
    Limits,
    NewBranch,
    Normalisation,
    Remainder,
    Scheme,
    UnitRules,
)
from reportgen.model import Text
from reportgen.model.errors import KindError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import told
from reportgen.read.tables import Declaration, TableSpec
from reportgen.read.toml import TomlFaults, TomlNode
from reportgen.read.words import Glossary, check_halves

HUNDRED = Fraction(100)
BRANCH, UNIT = "branch", "unit"  # the key columns that every table of the scheme has


def read_scheme(
    project: Path,
    publication: str,
    roc_year: int,
    dataset: Declaration,
    units: Mapping[str, Unit],
    glossary: Glossary | None = None,
) -> Scheme:
    """The scheme of inputs/<publication>/targets.toml for a dataset; KindError names all that is wrong with it."""
    file = f"inputs/{publication}/targets.toml"
    try:
        raw = (project / file).read_bytes()
    except FileNotFoundError:
        raise KindError(problem(Place(file), "targets.factors_weights_limits_are_missing")) from None
    faults = TomlFaults(file, raw, KindError)
    loader = _Loader(TomlNode(faults.parsed(), (), faults), dataset, units, glossary)
    scheme = loader.scheme(publication, roc_year, file, hashlib.sha256(raw).hexdigest())
    faults.stop()
    return scheme


class _Loader:
    """Reads targets.toml in its order, held against the declared dataset."""

    def __init__(
        self, top: TomlNode, dataset: Declaration, units: Mapping[str, Unit], glossary: Glossary | None
    ) -> None:
        self.top, self.dataset, self.units, self.glossary = top, dataset, units, glossary
        dimension = dataset.dimensions.get(BRANCH)
        self.branches = [m.id for m in dimension.members if m.id != dimension.total] if dimension else []

    def scheme(self, publication: str, roc_year: int, file: str, sha256: str) -> Scheme:
        top = self.top
        if not self.branches:
            top.fault("", *told("targets.dataset_declares_no_dimension_branch"))
        standard = self.standard()
        total = top.whole("total")
        year = top.whole("year", roc_year - 1)
        unit = top.string("unit", "twd")
        branch_step, unit_step, remainder = self.steps(top.node("steps", "[steps]"), total, unit)
        last = top.node("last_year", "[last_year]")
        last_column, last_weight = last.string("column"), self.per_cent(last, "weight", Fraction(0), HUNDRED)
        self.measure(last, "column", last_column)
        last.no_other_keys()
        factors = self.factors("factor")
        limits = self.limits(top.node("limits"))
        own, new = self.own_limits(), self.new_branches()
        rules = self.unit_rules(top.node("units", "[units]"), last_column)
        notes = tuple(self.text(node, "text") for node in top.list_of_nodes("note"))
        top.no_other_keys()
        lines = {".".join(map(str, path)): line for path, line in top.faults.lines.items() if len(path) <= 3}
        return Scheme(
            publication=publication,
            file=file,
            sha256=sha256,
            standard=standard,
            total=total,
            roc_year=roc_year,
            year=year,
            unit=unit,
            branch_step=branch_step,
            unit_step=unit_step,
            remainder=remainder,
            last_column=last_column,
            last_weight=last_weight,
            factors=factors,
            limits=limits,
            branch_limits=own,
            new_branches=new,
            units=rules,
            notes=notes,
            lines=lines,
        )

    # -- words and numbers

    def text(self, node: TomlNode, key: str) -> Text:
        text = node.text(key)
        line = node.faults.line((*node.path, key))
        place = Place(node.faults.file, row=line, column=".".join(map(str, (*node.path, key))))
        node.faults.problems.extend(check_halves(text, place))
        if self.glossary:
            node.faults.problems.extend(self.glossary.check(text, place))
        return text

    def word(self, node: TomlNode, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        found = node.string(key, default)
        if found or key in node.values:
            node.one_of(key, found, known)
        return found if found in known else known[0]

    def per_cent(self, node: TomlNode, key: str, low: Fraction, high: Fraction) -> Fraction:
        if key not in node.values:
            node.fault(key, *told("targets.is_missing", key=key))
        found = node.number(key)
        if found is not None and not low <= found <= high:
            node.fault(
                key, *told("targets.is_not_between_per_cent", found=_n(found), low=_n(low), high=_n(high))
            )
        return found if found is not None else low

    def standard(self) -> Standard:
        top = self.top
        standing = self.word(top, "standing", get_args(Standing))
        standard = Standard(cast(Standing, standing), self.text(top, "basis"), top.string("source", ""))
        if top.values.get("standing") == "rule" and not standard.source:
            top.fault("source", *told("targets.rule_needs_source"))
        return standard

    def steps(self, node: TomlNode, total: int, unit: str) -> tuple[int, int, Remainder]:
        """The steps of branches and units in NT$; what does not fit into them is a fault with the nearest that does."""
        branch, own = node.whole("branch"), node.whole("unit")
        remainder = self.word(node, "remainder", get_args(Remainder))
        node.no_other_keys()
        for key, step in (("branch", branch), ("unit", own)):
            if key in node.values and step < 1:
                node.fault(key, *told("targets.is_no_step", step=step))
        if total < 1 and "total" in self.top.values:
            self.top.fault("total", *told("targets.is_no_amount", total=total))
        if branch < 1 or own < 1:
            return 1, 1, cast(Remainder, remainder)
        if branch % own:
            near = branch // own * own or own
            node.fault(
                "branch",
                *told(
                    "targets.is_no_multiple_step_units", branch=branch, own=own, near=near, near2=near + own
                ),
            )
        if total % branch:
            near = total // branch * branch
            self.top.fault(
                "total",
                *told(
                    "targets.is_no_multiple_step_branches",
                    total=total,
                    branch=branch,
                    total2=total - near,
                    near=near,
                    near2=near + branch,
                ),
            )
        money = {name: one for name, one in self.units.items() if name.startswith("twd")}
        self.top.one_of("unit", unit, money)
        if unit in money and own % money[unit].factor:
            self.top.fault("unit", *told("targets.step_is_no_whole_number", unit=unit, own=own))
        return branch, own, cast(Remainder, remainder)

    def measure(self, node: TomlNode, key: str, column: str, table: str = "") -> None:
        """The column is one of the dataset's figures by branch; of units, one of their table."""
        known = [
            name
            for name, one in self.dataset.measures.items()
            if BRANCH in self.dataset.tables[one.table].key
            and (not table or one.table == table)
            and self.dataset.tables[one.table].year_column
        ]
        if key in node.values:
            node.one_of(key, column, known)

    # -- factors

    def factors(self, key: str, table: str = "") -> tuple[Factor, ...]:
        """The factors with their weights, which make 100 exactly."""
        nodes = self.top.list_of_nodes(key)
        found = tuple(self.factor(node, table) for node in nodes)
        ids = [one.id for one in found]
        for node, one in zip(nodes, found, strict=True):
            if ids.index(one.id) != nodes.index(node):
                node.fault("id", *told("targets.factor_stands_twice", id=one.id))
        total = sum((one.weight for one in found), Fraction(0))
        if not found and not table:
            self.top.fault(key, *told("targets.is_no_factor", key=key))
        elif found and total != 100:
            named = " + ".join(f"{one.id} {_n(one.weight)}" for one in found)
            self.top.faults.add((key, 0, "weight"), *told("targets.weights", total=_n(total), named=named))
        return found

    def factor(self, node: TomlNode, table: str) -> Factor:
        column = node.string("column")
        self.measure(node, "column", column, table)
        factor = Factor(
            id=node.string("id", column),
            label=self.text(node, "label"),
            column=column,
            weight=self.per_cent(node, "weight", Fraction(0), HUNDRED),
            direction=cast(Direction, self.word(node, "direction", get_args(Direction), "raises")),
            normalisation=cast(Normalisation, self.word(node, "normalisation", get_args(Normalisation))),
        )
        if table and (factor.direction, factor.normalisation) != ("raises", "share"):
            node.fault("normalisation", *told("targets.factor_units_is_size_is"))
        node.no_other_keys()
        return factor

    # -- limits

    def limits(self, node: TomlNode, reason: bool = False) -> Limits:
        floor, ceiling = node.number("floor"), node.number("ceiling")
        why = self.text(node, "reason") if reason else None
        node.no_other_keys()
        if floor is not None and floor < -100:
            node.fault("floor", *told("targets.per_cent_would_below_nothing", floor=_n(floor)))
        if floor is not None and ceiling is not None and floor > ceiling:
            node.fault("floor", *told("targets.floor_is_above_ceiling", floor=_n(floor), ceiling=_n(ceiling)))
        return Limits(floor, ceiling, why)

    def branch_of(self, node: TomlNode, taken: Mapping[str, object]) -> str:
        branch = node.string("branch")
        if branch:
            node.one_of("branch", branch, self.branches)
        if branch in taken:
            node.fault("branch", *told("targets.stands_twice", branch=branch))
        return branch

    def own_limits(self) -> dict[str, Limits]:
        found: dict[str, Limits] = {}
        for node in self.top.list_of_nodes("limit"):
            branch = self.branch_of(node, found)
            found[branch] = self.limits(node, reason=True)
        return found

    def new_branches(self) -> dict[str, NewBranch]:
        found: dict[str, NewBranch] = {}
        for node in self.top.list_of_nodes("new_branch"):
            branch = self.branch_of(node, found)
            base = node.whole("base")
            if base < 1 and "base" in node.values:
                node.fault("base", *told("targets.is_no_amount_nt", base=base))
            found[branch] = NewBranch(max(base, 1), node.boolean("limited"))
            node.no_other_keys()
        return found

    # -- units

    def unit_rules(self, node: TomlNode, last_column: str) -> UnitRules:
        table, roster = self.table(node, "table"), self.table(node, "roster")
        if table:
            self.own_column(node, "last_year", "column", last_column, table)
        months, staffing = node.string("months"), node.string("staffing", "")
        if roster:
            self.own_column(node, "units", "months", months, roster)
            if staffing:
                self.own_column(node, "units", "staffing", staffing, roster)
        half = node.number("half")
        if staffing and half is None:
            node.fault("half", *told("targets.is_missing_2"))
        if half is not None and not 0 < half <= 100:
            node.fault("half", *told("targets.is_not_above_most", half=_n(half)))
        new, closed = node.strings("new", []), node.strings("closed", [])
        for key, named in (("new", new), ("closed", closed)):
            for one in named:
                branch, slash, unit = one.partition("/")
                if not (slash and unit):
                    node.fault(key, *told("targets.is_no_unit", one=one))
                elif branch not in self.branches:
                    node.one_of(key, branch, self.branches)
            for one in sorted({one for one in named if named.count(one) > 1}):
                node.fault(key, *told("targets.stands_twice_2", one=one))
        node.no_other_keys()
        return UnitRules(
            table=table,
            roster=roster,
            months=months,
            staffing=staffing,
            half=half or HUNDRED,
            factors=self.factors("unit_factor", table),
            limits=self.limits(self.top.node("unit_limits")),
            new=new,
            closed=closed,
        )

    def table(self, node: TomlNode, key: str) -> str:
        """A table with the key roc_year, branch, unit."""
        name = node.string(key)
        fitting = [one for one, spec in self.dataset.tables.items() if _of_units(spec)]
        if name:
            node.one_of(key, name, fitting)
        return name if name in fitting else ""

    def own_column(self, node: TomlNode, where: str, key: str, column: str, table: str) -> None:
        columns = [
            name for name in self.dataset.tables[table].columns if name not in self.dataset.tables[table].key
        ]
        if column and column not in columns:
            node.faults.add(
                (where, key),
                *told("targets.table_has_no_column", table=table, column=column, columns=[*columns]),
            )


def _of_units(spec: TableSpec) -> bool:
    return set(spec.key) == {spec.year_column, BRANCH, UNIT} and bool(spec.year_column)


def _n(number: Fraction) -> str:
    return f"{float(number):g}"
