"""`rules.toml` becomes a `Scheme`, or the list of its faults with their lines; no table is opened here.

The vocabulary is closed: a word that is not known is a fault, and so is a rule that can never fire.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, cast, get_args

from reportgen.declared import TomlFaults, TomlNode
from reportgen.errors import KindError, Place, Problem
from reportgen.formats import Unit
from reportgen.model import Text
from reportgen.rules import scheme as rules
from reportgen.rules.model import Standard, Standing
from reportgen.tables import ColumnSpec, Declaration, TableSpec
from reportgen.wording import Glossary, check_halves

NEEDED_UNITS = ("score", "rank", "percent", "twd", "count", "month", "person")
OPERATORS = ("at_least", "more_than", "at_most", "less_than", "is", "is_not", "within")
ORDERED = ("at_least", "more_than", "at_most", "less_than")
KINDS: tuple[Literal["eligible"], Literal["exclude"]] = ("eligible", "exclude")
FUNCTIONS = ("min", "max")
SCORE = "score"


def read_scheme(
    project: Path,
    publication: str,
    dataset: Declaration,
    units: Mapping[str, Unit],
    glossary: Glossary | None = None,
) -> rules.Scheme:
    """The scheme of inputs/<publication>/rules.toml for a dataset; KindError names all that is wrong with it."""
    file = f"inputs/{publication}/rules.toml"
    try:
        raw = (project / file).read_bytes()
    except FileNotFoundError:
        raise KindError(
            Problem(
                Place(file),
                "the rules of the award are missing; write them beside publication.toml",
                "缺少獎項規則；請與 publication.toml 放在同一資料夾",
            )
        ) from None
    faults = TomlFaults(file, raw, KindError)
    loader = _Loader(TomlNode(faults.parsed(), (), faults), dataset, units, glossary)
    scheme = loader.scheme(publication, file, hashlib.sha256(raw).hexdigest())
    faults.stop()
    return scheme


class _Loader:
    """Reads the tables of rules.toml in their order; what it has read is checked against the declared dataset."""

    def __init__(
        self, top: TomlNode, dataset: Declaration, units: Mapping[str, Unit], glossary: Glossary | None
    ) -> None:
        self.top, self.dataset, self.units, self.glossary = top, dataset, units, glossary
        self.columns: dict[str, rules.Column] = {}
        self.own: Mapping[str, ColumnSpec] = {}
        for unit in NEEDED_UNITS:
            if unit not in units:
                top.fault(
                    "",
                    f"the unit {unit!r} is missing in inputs/metrics.toml; awards are printed with it",
                    f"inputs/metrics.toml 缺少單位「{unit}」；獎項須以此列印",
                )

    def scheme(self, publication: str, file: str, sha256: str) -> rules.Scheme:
        top = self.top
        title, year = self.text(top, "title"), top.whole("year")
        if not 1 <= year <= 200:
            top.fault(
                "year", f"{year} is no ROC year; write 102 for 2013", f"{year} 不是民國年；2013 年請寫 102"
            )
        standard = Standard(
            cast(Standing, self.word(top, "standing", get_args(Standing))),
            self.text(top, "basis"),
            top.string("source", ""),
        )
        if top.values.get("standing") == "rule" and not standard.source:
            top.fault(
                "source", "a rule needs its source; write its address", "依據法規者須載明出處；請寫網址"
            )
        candidates = self.candidates(top.node("candidates", "[candidates]"))
        for node in top.list_of_nodes("column"):
            self.column(node)
        bonus_node = top.node("bonus") if "bonus" in top.values else None
        top.asked.add("bonus")
        conditions = tuple(self.condition(node, kind) for kind in KINDS for node in top.list_of_nodes(kind))
        self.once(conditions, "eligible")
        groups = tuple(self.group(node) for node in top.list_of_nodes("group"))
        items = tuple(self.item(node) for node in top.list_of_nodes("item"))
        self.weights(items)
        rank = self.rank(top.node("rank"), bool(items)) if "rank" in top.values or items else None
        top.asked.add("rank")
        quota_node = top.node("quota")
        total, cut = self.total(quota_node)
        quota = self.quota(quota_node) if set(quota_node.values) - {"total", "cut"} else None
        quota_node.no_other_keys()
        ties, final = self.ties(top.node("ties"), rank, quota is not None or bool(top.values.get("tier")))
        tiers = tuple(self.tier(node, rank, bonus_node is not None) for node in top.list_of_nodes("tier"))
        scheme = rules.Scheme(
            publication, file, sha256, title, year, standard, candidates, self.columns, conditions, groups,
            items, rank, quota, total, cut, ties, final, tiers,
            self.bonus(bonus_node) if bonus_node else None,
            tuple(self.text(node, "text") for node in top.list_of_nodes("note")),
        )  # fmt: skip
        top.no_other_keys()
        self.once(groups, "group")
        self.once(items, "item")
        self.once(tiers, "tier")
        self.check_quotas(scheme)
        self.check_groups(scheme)
        self.check_tiers(scheme)
        return scheme

    # ---- words and numbers ----------------------------------------------------------------------

    def text(self, node: TomlNode, key: str) -> Text:
        text = node.text(key)
        if isinstance(node.values.get(key), dict):
            place = Place(
                node.faults.file, row=node.faults.line((*node.path, key)), column=_dotted(node, key)
            )
            node.faults.problems += check_halves(text, place)
            node.faults.problems += self.glossary.check(text, place) if self.glossary else []
        return text

    def optional_text(self, node: TomlNode, key: str) -> Text | None:
        node.asked.add(key)
        return self.text(node, key) if key in node.values else None

    def word(self, node: TomlNode, key: str, known: Collection[str], default: str | None = None) -> str:
        found = node.string(key, default)
        if key in node.values and isinstance(node.values[key], str):
            node.one_of(key, found, known)
        return found if found in known else next(iter(known))

    def percent(self, node: TomlNode, key: str, default: Fraction | None = None) -> Fraction | None:
        """`"12.5%"` as an exact ratio between 0 and 1."""
        node.asked.add(key)
        if key not in node.values:
            return default
        found = node.values[key]
        match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%", found) if isinstance(found, str) else None
        if not match or not 0 < Fraction(match[1]) <= 100:
            node.fault(
                key,
                f'{found!s} is not a share; write "10%", more than 0 and at most "100%"',
                f'「{found}」不是比率；請寫 "10%"，大於 0 且不超過 "100%"',
            )
            return default
        return Fraction(match[1]) / 100

    def day(self, node: TomlNode, key: str) -> date | None:
        node.asked.add(key)
        found = node.values.get(key)
        if found is not None and not isinstance(found, date):
            node.fault(
                key, "is not a date; write 2013-12-31 without quotes", "不是日期；請寫 2013-12-31，不加引號"
            )
            return None
        return found

    def once(self, entries: Collection[Any], what: str) -> None:
        seen: dict[str, int] = {}
        for entry in entries:
            if entry.id in seen:
                self.top.faults.problems.append(
                    Problem(
                        Place(self.top.faults.file, row=entry.row, column=f"{what}.id"),
                        f"the id {entry.id!r} stands twice, first on line {seen[entry.id]}",
                        f"代碼「{entry.id}」重複，首見於第 {seen[entry.id]} 列",
                    )
                )
            seen.setdefault(entry.id, entry.row)

    def line(self, node: TomlNode) -> int:
        return node.faults.line(node.path)

    def factor(self, unit: str) -> Fraction:
        return self.units[unit].factor if unit in self.units else Fraction(1)

    # ---- tables and columns of the dataset ------------------------------------------------------

    def table(self, node: TomlNode, key: str = "table") -> TableSpec | None:
        name = node.string(key)
        if name:
            node.one_of(key, name, self.dataset.tables)
        return self.dataset.tables.get(name)

    def cell(
        self,
        node: TomlNode,
        key: str,
        table: TableSpec | None,
        default: str | None = None,
        kinds: Collection[str] = (),
    ) -> str:
        """The name of a column of a table, of one of the kinds if any are given."""
        name = node.string(key, default)
        if table is None or not name:
            return name
        known = [one.name for one in table.columns.values() if not kinds or one.type in kinds]
        node.one_of(key, name, known)
        return name

    def where(self, node: TomlNode, table: TableSpec | None) -> rules.Where:
        """`where = { title = ["clerk", "officer"] }`: each column among the values that are listed."""
        found = []
        below = node.node("where")
        for key, raw in below.values.items():
            below.asked.add(key)
            listed = raw if isinstance(raw, list) else [raw]
            if not listed or not all(
                isinstance(one, str | int) and not isinstance(one, bool) for one in listed
            ):
                below.fault(key, 'is not a list of values ["…"]', '不是值的清單 ["…"]')
                continue
            among = tuple(str(one) for one in listed)
            if table is not None:
                below.one_of(key, key, table.columns)
                self.members(below, key, table.columns.get(key), among)
            found.append((key, among))
        return tuple(found)

    def members(self, node: TomlNode, key: str, column: ColumnSpec | None, among: Collection[str]) -> None:
        """A value that no row can have would be a rule that never fires."""
        if column is None:
            return
        if column.type == "member":
            for one in among:
                node.one_of(key, one, [m.id for m in self.dataset.dimensions[column.dimension].members])
        elif column.type == "roc_date" or column.type == "url":
            node.fault(key, "holds dates or addresses; it can't be listed", "為日期或網址，不能列舉")
        elif column.is_number:
            for one in among:
                number = _number(one)
                if number is None or _outside(number, column.minimum, column.maximum):
                    node.fault(
                        key,
                        f"{one!r} can't stand in the column ({_range_said(column.minimum, column.maximum)})",
                        f"「{one}」不可能出現在此欄（{_range_said(column.minimum, column.maximum)}）",
                    )

    def one_of_columns(
        self, node: TomlNode, key: str, name: str, more: Collection[str] = (), numbers: bool = True
    ) -> None:
        """A column that is declared above or stands in the candidates' table; all may be, where that is not known."""
        if self.own:
            own = [
                c.name
                for c in self.own.values()
                if c.name not in self.columns and (c.is_number or not numbers)
            ]
            node.one_of(key, name, [*more, *self.columns, *own])

    def number_column(self, node: TomlNode, key: str, default: str | None = None) -> rules.Column | None:
        """A declared column, or a number column of the candidates' table, which then counts as declared."""
        name = node.string(key, default)
        if not name:
            return None
        self.one_of_columns(node, key, name)
        return self.columns.get(name) or self.own_column(name)

    def own_column(self, name: str) -> rules.Column | None:
        spec = self.own.get(name)
        if spec is None or not spec.is_number:
            return None
        factor = self.factor(spec.unit)
        column = rules.Column(
            name, spec.label, "own", spec.unit or "count", spec.digits, of=name,
            low=_times(spec.minimum, factor), high=_times(spec.maximum, factor),
        )  # fmt: skip
        self.columns[name] = column
        return column

    # ---- the tables of rules.toml ---------------------------------------------------------------

    def candidates(self, node: TomlNode) -> rules.Candidates:
        table = self.table(node)
        self.own = table.columns if table else {}
        names = {
            key: self.cell(node, key, table, None if key in ("id", "name") else "")
            for key in ("id", "name", "name_en", "post", "branch", "unit")
        }
        unit_name = self.optional_text(node, "unit_name")
        if unit_name and not ("{unit}" in unit_name.zh and "{unit}" in unit_name.en):
            node.fault("unit_name", "must hold {unit} in both halves", "兩種文字均須含 {unit}")
        found = rules.Candidates(
            table.name if table else "", names["id"], names["name"], names["name_en"], names["post"],
            names["branch"], names["unit"], unit_name, self.where(node, table),
        )  # fmt: skip
        node.no_other_keys()
        return found

    def column(self, node: TomlNode) -> None:
        id_, label = node.string("id"), self.text(node, "label")
        if id_ and not re.fullmatch(r"[a-z][a-z0-9_]*", id_):
            node.fault(
                "id",
                f"{id_!r} is not a name: small letters, digits and _",
                f"「{id_}」不是代碼：小寫字母、數字與 _",
            )
        if id_ in self.columns or id_ in self.own or id_ in (*FUNCTIONS, SCORE):
            node.fault("id", f"the name {id_!r} is taken", f"代碼「{id_}」已使用")
        kinds = [key for key in ("table", "formula", "service", "of") if key in node.values]
        if "formula" in kinds:
            column = self.formula_column(node, id_, label)
        elif "service" in kinds:
            column = self.service_column(node, id_, label)
        elif "table" in kinds:
            column = self.aggregate(node, id_, label)
        elif "of" in kinds:
            own = self.own_column(self.cell(node, "of", None)) if node.values["of"] in self.own else None
            node.one_of("of", str(node.values["of"]), [c.name for c in self.own.values() if c.is_number])
            column = rules.Column(
                id_, label, "own", own.unit if own else "count",
                node.whole("digits", own.digits if own else 0), of=own.of if own else "",
                low=own.low if own else None, high=own.high if own else None, row=self.line(node),
            )  # fmt: skip
        else:
            node.fault(
                "",
                "says not where its number comes from; write table, formula, service or of",
                "未說明數值來源；請寫 table、formula、service 或 of",
            )
            return
        node.no_other_keys()
        self.columns[id_] = column

    def unit(self, node: TomlNode, default: str | None = None) -> str:
        return self.word(node, "unit", self.units, default)

    def digits(self, node: TomlNode, default: int) -> int:
        digits = node.whole("digits", default)
        if not 0 <= digits <= 6:
            node.fault("digits", "is not between 0 and 6", "應介於 0 與 6 之間")
        return min(max(digits, 0), 6)

    def formula_column(self, node: TomlNode, id_: str, label: Text) -> rules.Column:
        formula = node.string("formula")
        self.check_formula(node, "formula", formula)
        return rules.Column(
            id_, label, "formula", self.unit(node), self.digits(node, 2), formula=formula, row=self.line(node)
        )

    def check_formula(self, node: TomlNode, key: str, formula: str) -> None:
        """Names of columns, numbers, + - * / and min(a, b), max(a, b); a name must stand above the formula."""
        try:
            tree = ast.parse(formula.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            node.fault(
                key,
                f"{formula[:80]!r} is not a formula such as a / b",
                f"「{formula[:80]}」不是 a / b 這樣的算式",
            )
            return
        called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        for part in ast.walk(tree):
            if isinstance(part, ast.Name) and id(part) not in called:
                self.one_of_columns(node, key, part.id)
                self.own_column(part.id) if part.id not in self.columns else None
            elif isinstance(part, ast.Call):
                name = part.func.id if isinstance(part.func, ast.Name) else "?"
                node.one_of(key, name, FUNCTIONS)
                if len(part.args) < 2 or part.keywords:
                    node.fault(key, f"{name} needs two numbers or more", f"{name} 至少需要兩個數")
            elif isinstance(part, ast.Constant) and (
                isinstance(part.value, bool) or not isinstance(part.value, int | float)
            ):
                node.fault(key, f"{part.value!r} has no place in a formula", f"算式中不可有 {part.value!r}")
            elif not isinstance(part, _ALLOWED):
                node.fault(
                    key,
                    f"{type(part).__name__} has no place in a formula; use names, numbers, + - * /, min and max",
                    f"算式中不可有 {type(part).__name__}；只能用名稱、數字、+ - * /、min 與 max",
                )

    def service_column(self, node: TomlNode, id_: str, label: Text) -> rules.Column:
        """Whole months from a date to the end of the year that is judged."""
        name = node.string("service")
        node.one_of("service", name, [c.name for c in self.own.values() if c.type == "roc_date"])
        return rules.Column(id_, label, "service", "month", 0, of=name, low=Fraction(0), row=self.line(node))

    def aggregate(self, node: TomlNode, id_: str, label: Text) -> rules.Column:
        table = self.table(node)
        take = self.word(node, "take", get_args(rules.Take))
        of = self.cell(node, "of", table, "" if take == "count" else None, _NUMBERS)
        spec = table.columns.get(of) if table else None
        unit = self.unit(node, (spec.unit if spec and take != "count" else "") or "count")
        by = self.cell(node, "by", table, str(self.top.values.get("candidates", {}).get("id", "")))
        match = node.string("match", "")
        if match:
            node.one_of("match", match, self.own)
        since, until = self.day(node, "since"), self.day(node, "until")
        dated = bool(since or until or take == "last")
        on = self.cell(
            node,
            "on",
            table,
            None if dated else "",
            ("roc_date", *_NUMBERS) if take == "last" else ("roc_date",),
        )
        if since and until and since > until:
            node.fault("since", "is after until; no row can lie between", "晚於 until；其間不可能有資料")
        empty = node.number("empty")
        factor = self.factor(spec.unit) if spec else Fraction(1)
        low, high = (_times(spec.minimum, factor), _times(spec.maximum, factor)) if spec else (None, None)
        if take in ("count", "sum"):
            low, high = (Fraction(0) if take == "count" or (low is not None and low >= 0) else None), None
        return rules.Column(
            id_, label, "aggregate", unit, self.digits(node, spec.digits if spec and take != "mean" else (0 if take == "count" else 2)),
            table=table.name if table else "", of=of, take=cast(rules.Take, take), by=by, match=match,
            where=self.where(node, table), on=on, since=since, until=until,
            gaps=cast(Literal["stop", "skip"], self.word(node, "gaps", ("stop", "skip"), "stop")),
            empty=_times(empty, factor), low=low, high=high, row=self.line(node),
        )  # fmt: skip

    def condition(self, node: TomlNode, kind: Literal["eligible", "exclude"]) -> rules.Condition:
        id_, label = node.string("id"), self.text(node, "label")
        if kind == "exclude" and "table" in node.values:
            found = self.looking_back(node, id_, label)
        else:
            found = self.comparison(node, kind, id_, label)
        node.no_other_keys()
        return found

    def looking_back(self, node: TomlNode, id_: str, label: Text) -> rules.Condition:
        table = self.table(node)
        by = self.cell(node, "by", table, str(self.top.values.get("candidates", {}).get("id", "")))
        dates = [c.name for c in table.columns.values() if c.type == "roc_date"] if table else []
        on = self.cell(node, "on", table, dates[0] if len(dates) == 1 else None, ("roc_date",))
        years = node.whole("years")
        if years < 1 and isinstance(node.values.get("years"), int):
            node.fault(
                "years",
                "looks back less than one year: it would never exclude anyone",
                "回溯不足一年，永不適用",
            )
        return rules.Condition(
            id_, "exclude", label, "", "none_since", (), table.name if table else "", by, on,
            self.where(node, table), years, self.line(node),
        )  # fmt: skip

    def comparison(
        self, node: TomlNode, kind: Literal["eligible", "exclude"], id_: str, label: Text
    ) -> rules.Condition:
        given = [key for key in OPERATORS if key in node.values]
        node.asked.update(OPERATORS)
        name = node.string("column")
        if name == SCORE:
            node.fault(
                "column",
                "the score can't make eligible; write at_least in a [[tier]]",
                "總分不能作為資格條件；請在 [[tier]] 寫 at_least",
            )
        elif name:
            self.one_of_columns(node, "column", name, numbers=False)
        operator = given[0] if given else "at_least"
        if len(given) != 1:
            listed = ", ".join(OPERATORS)
            node.fault(
                given[1] if given else "",
                f"a condition needs exactly one of {listed}",
                f"一個條件須恰有一個比較：{listed}",
            )
        threshold = self.threshold(node, kind, name, operator) if given else ()
        return rules.Condition(
            id_, kind, label, name, cast(rules.Operator, operator), threshold, row=self.line(node)
        )

    def threshold(self, node: TomlNode, kind: str, name: str, operator: str) -> rules.Threshold:
        raw, spec = node.values[operator], self.own.get(name)
        if name in self.columns or (spec and spec.is_number):
            column = self.columns.get(name) or self.own_column(name)
            return self.numeric_threshold(node, kind, column, operator, raw) if column else ()
        if spec and spec.type == "roc_date":
            if operator not in ORDERED or not isinstance(raw, date):
                node.fault(
                    operator,
                    f"{name} is a date; compare it by {', '.join(ORDERED)} with a day such as 2013-01-01",
                    f"{name} 為日期；請以 {', '.join(ORDERED)} 與日期（如 2013-01-01）比較",
                )
                return ()
            return raw
        if spec is None:
            return ()
        if operator in ORDERED:
            node.fault(
                operator,
                f"{name} holds words; compare it by is, is_not or within",
                f"{name} 為文字；請用 is、is_not 或 within",
            )
            return ()
        among = tuple(str(one) for one in (raw if isinstance(raw, list) else [raw]))
        self.members(node, operator, spec, among)
        return among

    def numeric_threshold(
        self, node: TomlNode, kind: str, column: rules.Column, operator: str, raw: object
    ) -> rules.Threshold:
        factor = self.factor(column.unit)
        if operator == "within":
            if not isinstance(raw, list) or len(raw) != 2 or not all(_is_number(one) for one in raw):
                node.fault(operator, "is not [lowest, highest]", "不是 [最低, 最高]")
                return ()
            low, high = (Fraction(one) * factor for one in raw)
            if low > high:
                node.fault(
                    operator, "its lowest is above its highest: nothing lies within", "最低大於最高，永不符合"
                )
            return (low, high)
        if not _is_number(raw):
            node.fault(operator, f"{raw!s} is not a number", f"「{raw}」不是數字")
            return ()
        number = Fraction(cast(Decimal, raw)) * factor
        verdict = _always(operator, number, column.low, column.high)
        if verdict is not None:
            self.never(node, operator, kind, column, verdict)
        return number

    def never(self, node: TomlNode, key: str, kind: str, column: rules.Column, holds: bool) -> None:
        factor = self.factor(column.unit)
        said = _range_said(_times(column.low, 1 / factor), _times(column.high, 1 / factor))
        every = "everyone" if holds == (kind == "eligible") else "no one"
        everyone = "全部" if every == "everyone" else "沒有"
        node.fault(
            key,
            f"{column.id} is {said}, so {every} would pass: the rule can never {'fail' if every == 'everyone' else 'be met'}",
            f"{column.id} 的範圍為 {said}，{everyone}候選人會通過：本規則不具作用",
        )

    def group(self, node: TomlNode) -> rules.GroupRule:
        table = self.dataset.tables.get(str(self.top.values.get("candidates", {}).get("table", "")))
        quota_node = node.node("quota")
        found = rules.GroupRule(
            node.string("id"), self.text(node, "label"), self.where(node, table),
            self.quota(quota_node) if quota_node.values else None, self.line(node),
        )  # fmt: skip
        quota_node.no_other_keys()
        node.no_other_keys()
        return found

    def item(self, node: TomlNode) -> rules.Item:
        column = self.number_column(node, "column")
        weight = node.number("weight")
        if weight is None and "weight" not in node.values:
            node.fault("weight", "is missing; write weight = 40", "未填；請寫 weight = 40")
        elif weight is not None and not 0 < weight <= 100:
            node.fault("weight", "is not above 0 and at most 100", "應大於 0 且不超過 100")
        bands = self.bands(node, column) if "bands" in node.values else ()
        node.asked.add("bands")
        if "bands" in node.values and "points" in node.values:
            node.fault(
                "points", "stands beside bands; one of the two gives the points", "與 bands 並列；兩者擇一"
            )
        self.word(node, "points", ("value",), "value")
        found = rules.Item(
            node.string("id"), self.text(node, "label"), column.id if column else "", weight or Fraction(0),
            bands, node.number("floor"), node.number("cap"), self.line(node),
        )  # fmt: skip
        if found.floor is not None and found.cap is not None and found.floor >= found.cap:
            node.fault("floor", "is not below the cap", "未小於 cap")
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
                below.fault("points", "is missing; write points = 100", "未填；請寫 points = 100")
            if high is not None and to is not None:
                below.fault(
                    "to", "stands beside below; one of the two ends the band", "與 below 並列；兩者擇一"
                )
            end = high if high is not None else to
            if low is not None and end is not None and (low > end or (low == end and to is None)):
                below.fault(
                    "from", "the band is empty: it begins where it ends or above", "級距為空：起點不小於終點"
                )
            label = self.optional_text(below, "label")
            below.no_other_keys()
            found.append((low, end, to is not None, points or Fraction(0), label, below))
        if not found:
            node.fault("bands", "holds no band", "沒有級距")
        found.sort(key=lambda band: (band[0] is not None, band[0] or 0))
        if len(node.faults.problems) == before:  # one fault is told once
            for earlier, later in itertools.pairwise(found):
                _check_neighbours(earlier, later)
        if found and column and len(node.faults.problems) == before:
            self.check_reach(found, column, factor)
        return tuple(
            rules.Band(_times(low, factor), _times(end, factor), closed, points, label)
            for low, end, closed, points, label, _ in found
        )

    def check_reach(self, bands: list[_Found], column: rules.Column, factor: Fraction) -> None:
        """The bands cover what the column can hold, and none lies wholly outside."""
        low, high = _times(column.low, 1 / factor), _times(column.high, 1 / factor)
        said = _range_said(low, high)
        for begin, end, closed, _, _, node in bands:
            over = begin is not None and high is not None and begin > high
            under = end is not None and low is not None and (end < low or (end == low and not closed))
            if over or under:
                node.fault(
                    "from" if begin is not None else "",
                    f"{column.id} is {said}: the band can never apply",
                    f"{column.id} 的範圍為 {said}：本級距永不適用",
                )
        first, last = bands[0], bands[-1]
        if first[0] is not None and (low is None or first[0] > low):
            first[5].fault(
                "from",
                f"{column.id} is {said}: nothing covers what is below {_plain(first[0])}",
                f"{column.id} 的範圍為 {said}：{_plain(first[0])} 以下無級距",
            )
        end = last[1]
        if end is not None and (high is None or end < high or (end == high and not last[2])):
            last[5].fault(
                "to" if last[2] else "below",
                f"{column.id} is {said}: nothing covers {_plain(end)}{'' if last[2] else ' itself'} and what is above; the last band may say to, or leave the end away",
                f"{column.id} 的範圍為 {said}：{_plain(end)} 以上無級距；最後一級可寫 to 或不寫終點",
            )

    def weights(self, items: tuple[rules.Item, ...]) -> None:
        total = sum((item.weight for item in items), Fraction(0))
        if items and total != 100 and all(item.weight for item in items):
            listed = " + ".join(_plain(item.weight) for item in items)
            self.top.faults.problems.append(
                Problem(
                    Place(self.top.faults.file, row=items[0].row, column="item.weight"),
                    f"the weights sum to {_plain(total)} ({listed}); they must sum to 100",
                    f"權重合計 {_plain(total)}（{listed}）；須為 100",
                )
            )

    def rank(self, node: TomlNode, scored: bool) -> rules.Rank:
        by = node.string("by", SCORE)
        column = None
        if by != SCORE:
            self.one_of_columns(node, "by", by, [SCORE])
            column = self.columns.get(by) or self.own_column(by)
            if scored:
                node.fault(
                    "by",
                    "there are items, but their score would never be used",
                    "已有評分項目，但總分未被使用",
                )
        elif not scored:
            node.fault(
                "by",
                "there is no [[item]]; rank by a column, or write items",
                "沒有 [[item]]；請依欄位排名或寫評分項目",
            )
        found = rules.Rank(
            by,
            cast(rules.Method, self.word(node, "method", get_args(rules.Method))),
            self.digits(node, column.digits if column else 2),
            cast(rules.Rounding, self.word(node, "digits_rounding", get_args(rules.Rounding), "half_up")),
            cast(rules.Better, self.word(node, "better", get_args(rules.Better), "high")),
        )
        node.no_other_keys()
        return found

    def total(self, node: TomlNode) -> tuple[int | None, Literal["proportional", "lowest"]]:
        total = node.optional_whole("total")
        if total is not None and total < 1:
            node.fault("total", "is below 1: nobody could win", "小於 1：無人可得獎")
        cut = self.word(node, "cut", ("proportional", "lowest"), "proportional")
        if total is not None and "cut" not in node.values:
            node.fault(
                "cut",
                'is missing; say how a total cuts the groups: "proportional" or "lowest"',
                '未填；請說明總額如何分配至各組："proportional"（依比例）或 "lowest"（最低分者先減）',
            )
        return total, cast(Literal["proportional", "lowest"], cut)

    def quota(self, node: TomlNode) -> rules.Quota:
        number, share = node.optional_whole("number"), self.percent(node, "share")
        if (number is None) == (share is None) and ("number" in node.values) == ("share" in node.values):
            node.fault("", "needs number or share, one of the two", "須有 number 或 share，兩者擇一")
        if share is not None and "rounding" not in node.values:
            node.fault(
                "rounding",
                "is missing; a share is rounded half_up, down or up",
                "未填；比率須註明 half_up、down 或 up",
            )
        least, most = node.optional_whole("at_least"), node.optional_whole("at_most")
        if number is not None and number < 0:
            node.fault("number", "is below 0", "小於 0")
        if most is not None and (most < 1 or (least is not None and least > most)):
            node.fault(
                "at_most",
                "is below 1 or below at_least: it can never be kept",
                "小於 1 或小於 at_least，無法適用",
            )
        return rules.Quota(
            number, share,
            cast(Literal["candidates", "eligible"], self.word(node, "of", ("candidates", "eligible"), "eligible")),
            cast(rules.Rounding, self.word(node, "rounding", get_args(rules.Rounding), "down")),
            least, most,
        )  # fmt: skip

    def ties(
        self, node: TomlNode, rank: rules.Rank | None, lines: bool
    ) -> tuple[tuple[rules.TieRule, ...], rules.Final]:
        """`steps = ["more_decimals", { next = "column", better = "high" }, "share"]`; the last word ends every tie."""
        raw = node.values.get("steps", [])
        node.asked.add("steps")
        steps: list[rules.TieRule] = []
        final = ""
        finals = get_args(rules.Final)
        if not isinstance(raw, list):
            node.fault(
                "steps",
                'is not a list such as ["more_decimals", "share"]',
                '不是清單，例如 ["more_decimals", "share"]',
            )
            raw = []
        for number, entry in enumerate(raw):
            table = entry if isinstance(entry, dict) else {}
            below = TomlNode(table, (*node.path, "steps", number), node.faults)
            if final:
                below.fault(
                    "", f"stands after {final!r} and can never be reached", f"在「{final}」之後，永不適用"
                )
            elif isinstance(entry, dict):
                steps += self.criterion(below)
            elif entry == "more_decimals" and any(step.step == entry for step in steps):
                below.fault("", "stands twice", "重複")
            elif entry == "more_decimals":
                steps.append(rules.TieRule("more_decimals"))
            else:
                final = str(entry)
                below.one_of("", final, ("more_decimals", *finals))
        node.no_other_keys()
        if not final and rank and lines:
            node.fault(
                "steps",
                f"must end with what ends every tie: {', '.join(finals)}",
                f"須以終結同分的規定結尾：{'、'.join(finals)}",
            )
        return tuple(steps), cast(rules.Final, final or "all_in")

    def criterion(self, node: TomlNode) -> list[rules.TieRule]:
        column = self.number_column(node, "next")
        better = cast(rules.Better, self.word(node, "better", get_args(rules.Better)))
        node.no_other_keys()
        return [rules.TieRule("next_criterion", column.id, better)] if column else []

    def tier(self, node: TomlNode, rank: rules.Rank | None, has_bonus: bool) -> rules.TierRule:
        places, up_to = node.optional_whole("places"), node.optional_whole("up_to_rank")
        share = self.percent(node, "share")
        at_least = node.number("at_least")
        for key, number in (("places", places), ("up_to_rank", up_to)):
            if number is not None and number < 1:
                node.fault(key, "is below 1: the tier would stay empty", "小於 1：此等第永遠無人")
        if places is not None and share is not None:
            node.fault("share", "stands beside places; one of the two", "與 places 並列；兩者擇一")
        if share is not None and "rounding" not in node.values:
            node.fault(
                "rounding",
                "is missing; a share is rounded half_up, down or up",
                "未填；比率須註明 half_up、down 或 up",
            )
        if rank is None:
            for key in ("places", "up_to_rank", "share", "at_least"):
                if key in node.values:
                    node.fault(key, "needs a [rank]", "須有 [rank]")
        factor = Fraction(1)
        if rank and rank.by != SCORE and rank.by in self.columns:
            factor = self.factor(self.columns[rank.by].unit)
        if rank and rank.better == "low" and at_least is not None:
            node.fault("at_least", "can't be used where low is better", "以低者為優時不適用")
        found = rules.TierRule(
            node.string("id"), self.text(node, "label"),
            tuple(self.reward(below, has_bonus) for below in node.list_of_nodes("rewards")),
            places, share, cast(rules.Rounding, self.word(node, "rounding", get_args(rules.Rounding), "down")),
            up_to, _times(at_least, factor), self.line(node),
        )  # fmt: skip
        node.no_other_keys()
        return found

    def reward(self, node: TomlNode, has_bonus: bool) -> rules.RewardRule:
        kind = self.word(node, "kind", get_args(rules.RewardKind))
        times = node.whole("times", 1)
        amount: int | None = None
        if kind == "money" and node.values.get("amount") == "bonus":
            node.asked.add("amount")
            if not has_bonus:
                node.fault("amount", "there is no [bonus] to be paid", "沒有 [bonus] 可發給")
        elif kind == "money":
            amount = node.whole("amount")
        if amount is not None and amount < 1 and isinstance(node.values.get("amount"), int):
            node.fault("amount", "is below NT$1", "少於 1 元")
        if not 1 <= times <= 9:
            node.fault("times", "is not between 1 and 9", "應介於 1 與 9 之間")
        found = rules.RewardRule(
            cast(rules.RewardKind, kind), self.optional_text(node, "label"), times, amount
        )
        node.no_other_keys()
        return found

    # ---- the bonus ------------------------------------------------------------------------------

    def bonus(self, node: TomlNode) -> rules.BonusRule:
        base = node.string("base")
        self.check_formula(node, "base", base)
        rate = self.percent(node, "rate")
        if rate is None and "rate" not in node.values:
            node.fault("rate", 'is missing; write rate = "0.5%"', '未填；請寫 rate = "0.5%"')
        table, members = self.bonus_members(node.node("members", "[bonus.members]"))
        role = table.columns.get(members.role) if table else None
        parts = tuple(self.part(below, role) for below in node.list_of_nodes("split"))
        total = sum((part.part for part in parts), Fraction(0))
        if total != 1:
            said = _plain(total * 100)
            node.fault(
                "split",
                f"the parts sum to {said}%; they must sum to 100%",
                f"分配比例合計 {said}%；須為 100%",
            )
        found = rules.BonusRule(
            base, rate or Fraction(0), members, parts,
            cast(Literal["largest", "first", "unpaid"], self.word(node, "remainder", ("largest", "first", "unpaid"))),
            cast(rules.Rounding, self.word(node, "rounding", get_args(rules.Rounding))),
            cast(Literal["error", "divide"], self.word(node, "crowded", ("error", "divide"), "error")),
            self.staffing(node.node("staffing"), base) if "staffing" in node.values else None,
            self.line(node),
        )  # fmt: skip
        node.asked.add("staffing")
        node.no_other_keys()
        return found

    def bonus_members(self, node: TomlNode) -> tuple[TableSpec | None, rules.Members]:
        table = self.table(node)
        dates = ("roc_date",)
        found = rules.Members(
            table.name if table else "", self.cell(node, "by", table), self.cell(node, "id", table),
            self.cell(node, "name", table), self.cell(node, "name_en", table, ""),
            self.cell(node, "role", table, None, ("member",)),
            self.cell(node, "since", table, None, dates), self.cell(node, "until", table, None, dates),
        )  # fmt: skip
        node.no_other_keys()
        return table, found

    def part(self, node: TomlNode, role: ColumnSpec | None) -> rules.Part:
        name = node.string("role")
        if role is not None:
            self.members(node, "role", role, [name])
        part = self.percent(node, "part")
        if part is None and "part" not in node.values:
            node.fault("part", 'is missing; write part = "45%"', '未填；請寫 part = "45%"')
        node.no_other_keys()
        return rules.Part(name, part or Fraction(0))

    def staffing(self, node: TomlNode, base: str) -> rules.Staffing:
        column, value = node.string("column"), node.string("is")
        node.one_of("column", column, [c.name for c in self.own.values() if not c.is_number])
        self.members(node, "is", self.own.get(column), [value])
        factor = self.percent(node, "factor")
        if factor is None and "factor" not in node.values:
            node.fault("factor", 'is missing; write factor = "90%"', '未填；請寫 factor = "90%"')
        names = sorted({n.id for n in ast.walk(_tree(base)) if isinstance(n, ast.Name)} - {*FUNCTIONS})
        reduces = node.string("reduces")
        node.one_of("reduces", reduces, ["bonus", *names])
        found = rules.Staffing(column, value, factor or Fraction(1), reduces, self.text(node, "label"))
        node.no_other_keys()
        return found

    # ---- rules that can never fire --------------------------------------------------------------

    def check_quotas(self, scheme: rules.Scheme) -> None:
        if scheme.rank is None and (scheme.quota or any(group.quota for group in scheme.groups)):
            self.top.fault("quota", "needs a [rank]", "須有 [rank]")
        if not scheme.tiers:
            self.top.fault("tier", "there is no [[tier]]: nobody could win", "沒有 [[tier]]：無人可得獎")
        if (
            scheme.total is not None
            and scheme.quota is None
            and not all(group.quota for group in scheme.groups)
        ):
            self.top.fault(("quota"), "a total needs a quota for each group", "有總額時各組均須有名額")
        if scheme.quota and scheme.groups and all(group.quota for group in scheme.groups):
            self.top.fault(
                "quota",
                "every group has its own quota, this one never applies",
                "各組均另訂名額，此名額永不適用",
            )

    def check_groups(self, scheme: rules.Scheme) -> None:
        """Groups by one and the same member column: each member in one of them, none in two."""
        columns = {tuple(column for column, _ in group.where) for group in scheme.groups}
        if len(scheme.groups) < 2 or len(columns) != 1 or len(next(iter(columns))) != 1:
            return
        (name,) = next(iter(columns))
        spec = self.own.get(name)
        if spec is None or spec.type != "member":
            return
        seen: dict[str, str] = {}
        for number, group in enumerate(scheme.groups):
            for member in group.where[0][1]:
                if member in seen:
                    self.top.faults.add(
                        ("group", number, "where"),
                        f"{member!r} is in the group {seen[member]!r} too; a candidate belongs to one group",
                        f"「{member}」也在「{seen[member]}」組；每位候選人只屬一組",
                    )
                seen[member] = group.id
        narrowed = {one for column, among in scheme.candidates.where if column == name for one in among}
        members = [m.id for m in self.dataset.dimensions[spec.dimension].members]
        for member in members:
            if member not in seen and (not narrowed or member in narrowed):
                self.top.faults.add(
                    ("group", 0, "where"),
                    f"{member!r} of {name} is in no group",
                    f"{name} 的「{member}」不屬任何一組",
                )

    def check_tiers(self, scheme: rules.Scheme) -> None:
        most = _most_points(scheme, self.units)
        rest: rules.TierRule | None = None
        lowest: tuple[Fraction, rules.TierRule] | None = None
        ranks: tuple[int, rules.TierRule] | None = None
        for number, tier in enumerate(scheme.tiers):
            node = TomlNode({}, ("tier", number), self.top.faults)
            if rest:
                node.fault(
                    "",
                    f"can never be reached: {rest.id!r} above takes everyone",
                    f"永不適用：上方「{rest.id}」已含全部",
                )
            if tier.at_least is not None:
                if most is not None and tier.at_least > most:
                    node.fault(
                        "at_least",
                        f"{_plain(tier.at_least)} is above the highest score that can be reached, {_plain(most)}",
                        f"{_plain(tier.at_least)} 高於可能的最高分 {_plain(most)}",
                    )
                if lowest and tier.at_least >= lowest[0]:
                    node.fault(
                        "at_least",
                        f"can never be reached: {lowest[1].id!r} above takes everyone from {_plain(lowest[0])}",
                        f"永不適用：上方「{lowest[1].id}」已含 {_plain(lowest[0])} 以上者",
                    )
            if tier.up_to_rank is not None and ranks and tier.up_to_rank <= ranks[0]:
                node.fault(
                    "up_to_rank",
                    f"can never be reached: {ranks[1].id!r} above takes ranks up to {ranks[0]}",
                    f"永不適用：上方「{ranks[1].id}」已含至第 {ranks[0]} 名",
                )
            alone = tier.places is None and tier.share is None
            rest = tier if not tier.limited else rest
            if alone and tier.at_least is not None and tier.up_to_rank is None:
                lowest = (tier.at_least, tier)
            if alone and tier.up_to_rank is not None and tier.at_least is None:
                ranks = (tier.up_to_rank, tier)


_Found = tuple[Fraction | None, Fraction | None, bool, Fraction, Text | None, TomlNode]
_NUMBERS = ("whole", "decimal", "percent", "roc_year")
_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Name, ast.Load, ast.Constant, ast.Call,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub,
)  # fmt: skip


def _check_neighbours(earlier: _Found, later: _Found) -> None:
    end, begin, node = earlier[1], later[0], later[5]
    if begin is None:
        node.fault("from", "is missing; only the lowest band may begin without it", "未填；僅最低級距可不寫")
    elif end is None:
        earlier[5].fault(
            "below", "is missing; only the highest band may end without it", "未填；僅最高級距可不寫"
        )
    elif begin < end or (begin == end and earlier[2]):
        node.fault(
            "from",
            f"the bands overlap: one ends at {_plain(end)}, the next begins at {_plain(begin)}",
            f"級距重疊：前一級至 {_plain(end)}，本級自 {_plain(begin)} 起",
        )
    elif begin > end:
        node.fault(
            "from",
            f"between {_plain(end)} and {_plain(begin)} there is no band",
            f"{_plain(end)} 與 {_plain(begin)} 之間無級距",
        )


def _most_points(scheme: rules.Scheme, units: Mapping[str, Unit]) -> Fraction | None:
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


def _always(operator: str, number: Fraction, low: Fraction | None, high: Fraction | None) -> bool | None:
    """True or False where the comparison comes out the same for all that the column can hold, else None."""
    if operator in ("at_least", "less_than"):
        reached = (
            True
            if low is not None and number <= low
            else False
            if high is not None and number > high
            else None
        )
        return reached if operator == "at_least" or reached is None else not reached
    if operator in ("more_than", "at_most"):
        above = (
            True
            if low is not None and number < low
            else False
            if high is not None and number >= high
            else None
        )
        return above if operator == "more_than" or above is None else not above
    outside = (low is not None and number < low) or (high is not None and number > high)
    return (operator == "is_not") if outside else None


def _tree(formula: str) -> ast.AST:
    try:
        return ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("0", mode="eval")


def _is_number(raw: object) -> bool:
    return isinstance(raw, int | Decimal) and not isinstance(raw, bool)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def _times(number: Fraction | None, factor: Fraction) -> Fraction | None:
    return None if number is None else number * factor


def _outside(number: Fraction, low: Fraction | None, high: Fraction | None) -> bool:
    return (low is not None and number < low) or (high is not None and number > high)


def _range_said(low: Fraction | None, high: Fraction | None) -> str:
    return f"{_plain(low) if low is not None else '…'}–{_plain(high) if high is not None else '…'}"


def _plain(number: Fraction) -> str:
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def _dotted(node: TomlNode, key: str) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in (*node.path, key))
