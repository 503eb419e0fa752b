"""`rules.toml` becomes a `Scheme`, or the list of its faults with their lines; no table is opened here.

The vocabulary is closed: a word that is not known is a fault, and so is a rule that can never fire.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast, get_args

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.bonus_rule import BonusRules
from reportgen.compute.rules.columns import Columns
from reportgen.compute.rules.conditions import Conditions
from reportgen.compute.rules.model import Standard, Standing
from reportgen.compute.rules.prizes import Prizes
from reportgen.compute.rules.scores import Scores
from reportgen.model import Text
from reportgen.model.errors import KindError, Place, problem
from reportgen.model.formats import Unit
from reportgen.model.messages import told
from reportgen.read.tables import Declaration
from reportgen.read.toml import TomlFaults, TomlNode
from reportgen.read.words import Glossary

KINDS: tuple[Literal["eligible"], Literal["exclude"]] = ("eligible", "exclude")


def read_scheme(
    project: Path,
    publication: str,
    dataset: Declaration,
    units: Mapping[str, Unit],
    glossary: Glossary | None = None,
    name: str = "rules",
    appraised: int | None = None,
) -> rules.Scheme:
    """The scheme of inputs/<publication>/<name>.toml for a dataset; KindError names all that is wrong with it.

    `appraised` is the year of an appraisal, whose scheme says no year by itself and may hold `[[standard]]`,
    `[[adjustment]]`, `[score]` and, in an item, `own` and `more`.
    """
    file = f"inputs/{publication}/{name}.toml"
    try:
        raw = (project / file).read_bytes()
    except FileNotFoundError:
        what = told("rules.rules_award") if appraised is None else told("rules.rules_appraisal")
        raise KindError(problem(Place(file), "rules.are_missing", what=Text(what[1], what[0]))) from None
    faults = TomlFaults(file, raw, KindError)
    loader = _Loader(TomlNode(faults.parsed(), (), faults), dataset, units, glossary, appraised)
    scheme = loader.scheme(publication, file, hashlib.sha256(raw).hexdigest())
    faults.stop()
    return scheme


class _Loader(Columns, Conditions, Scores, Prizes, BonusRules):
    """Reads the tables of rules.toml in their order; what it has read is checked against the declared dataset."""

    def scheme(self, publication: str, file: str, sha256: str) -> rules.Scheme:
        top = self.top
        title = self.text(top, "title")
        year = top.whole("year") if self.appraised is None else self.appraised
        if not 1 <= year <= 200:
            top.fault("year", *told("rules.is_no_roc_year", year=year))
        standard = Standard(
            cast(Standing, self.word(top, "standing", get_args(Standing))),
            self.text(top, "basis"),
            top.string("source", ""),
        )
        if top.values.get("standing") == "rule" and not standard.source:
            top.fault("source", *told("rules.rule_needs_source"))
        candidates = self.candidates(top.node("candidates", "[candidates]"))
        for node in top.list_of_nodes("column"):
            self.column(node)
        bonus_node = top.node("bonus") if "bonus" in top.values else None
        top.asked.add("bonus")
        conditions = tuple(self.condition(node, kind) for kind in KINDS for node in top.list_of_nodes(kind))
        self.once(conditions, "eligible")
        standards: tuple[rules.Condition, ...] = ()
        adjustments: tuple[rules.Adjustment, ...] = ()
        complete: tuple[rules.Complete, ...] = ()
        least = most = None
        month = ""
        if self.appraises:
            standards = tuple(
                self.standard(node, self.condition(node, "standard"))
                for node in top.list_of_nodes("standard")
            )
            adjustments = tuple(self.adjustment(node) for node in top.list_of_nodes("adjustment"))
            least, most = self.limits(top.node("score"))
            complete = tuple(self.complete(node) for node in top.list_of_nodes("complete"))
            month = self.month()
        groups = tuple(self.group(node) for node in top.list_of_nodes("group"))
        items = tuple(self.item(node) for node in top.list_of_nodes("item"))
        self.weights(items)
        rank = self.rank(top.node("rank"), bool(items)) if "rank" in top.values or items else None
        top.asked.add("rank")
        if self.appraises:
            self.scored(items, rank)
        quota_node = top.node("quota")
        total, cut = self.total(quota_node)
        quota = self.quota(quota_node) if set(quota_node.values) - {"total", "cut"} else None
        quota_node.no_other_keys()
        ties, final = self.ties(top.node("ties"), rank, quota is not None or bool(top.values.get("tier")))
        tiers = tuple(self.tier(node, rank, bonus_node is not None) for node in top.list_of_nodes("tier"))
        scheme = rules.Scheme(
            publication=publication,
            file=file,
            sha256=sha256,
            title=title,
            year=year,
            standard=standard,
            candidates=candidates,
            columns=self.columns,
            conditions=conditions,
            groups=groups,
            items=items,
            rank=rank,
            quota=quota,
            total=total,
            cut=cut,
            ties=ties,
            final=final,
            tiers=tiers,
            bonus=self.bonus(bonus_node) if bonus_node else None,
            notes=tuple(self.text(node, "text") for node in top.list_of_nodes("note")),
            standards=standards,
            adjustments=adjustments,
            least=least,
            most=most,
            complete=complete,
            month=month,
        )
        top.no_other_keys()
        self.once(groups, "group")
        self.once(items, "item")
        self.once(standards, "standard")
        self.once(adjustments, "adjustment")
        self.once(tiers, "tier")
        self.check_quotas(scheme)
        self.check_groups(scheme)
        self.check_tiers(scheme)
        return scheme
