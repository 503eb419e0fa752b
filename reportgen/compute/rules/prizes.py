"""Among whom, how many win and what: `[[group]]`, `[quota]`, `[ties]`, `[[tier]]`, each able to be reached."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, cast, get_args

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.scores import most_points
from reportgen.compute.rules.vocabulary import SCORE, Vocabulary, plain, times
from reportgen.model.messages import told
from reportgen.read.toml import TomlNode


class Prizes(Vocabulary):
    def group(self, node: TomlNode) -> rules.GroupRule:
        table = self.dataset.tables.get(str(self.top.values.get("candidates", {}).get("table", "")))
        quota_node = node.node("quota")
        found = rules.GroupRule(
            id=node.string("id"),
            label=self.text(node, "label"),
            where=self.where(node, table),
            quota=self.quota(quota_node) if quota_node.values else None,
            row=self.line(node),
        )
        quota_node.no_other_keys()
        node.no_other_keys()
        return found

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
                        *told("rules.is_group_too", member=member, seen=seen[member]),
                    )
                seen[member] = group.id
        narrowed = {one for column, among in scheme.candidates.where if column == name for one in among}
        members = [m.id for m in self.dataset.dimensions[spec.dimension].members]
        for member in members:
            if member not in seen and (not narrowed or member in narrowed):
                self.top.faults.add(
                    ("group", 0, "where"), *told("rules.is_no_group", member=member, name_=name)
                )

    def total(self, node: TomlNode) -> tuple[int | None, Literal["proportional", "lowest"]]:
        total = node.optional_whole("total")
        if total is not None and total < 1:
            node.fault("total", *told("rules.is_below"))
        cut = self.word(node, "cut", ("proportional", "lowest"), "proportional")
        if total is not None and "cut" not in node.values:
            node.fault("cut", *told("rules.is_missing_6"))
        return total, cast(Literal["proportional", "lowest"], cut)

    def quota(self, node: TomlNode) -> rules.Quota:
        number, share = node.optional_whole("number"), self.percent(node, "share")
        if (number is None) == (share is None) and ("number" in node.values) == ("share" in node.values):
            node.fault("", *told("rules.needs_number_share_one_two"))
        if share is not None and "rounding" not in node.values:
            node.fault("rounding", *told("rules.is_missing_7"))
        least, most = node.optional_whole("at_least"), node.optional_whole("at_most")
        if number is not None and number < 0:
            node.fault("number", *told("rules.is_below_2"))
        if most is not None and (most < 1 or (least is not None and least > most)):
            node.fault("at_most", *told("rules.is_below_below_least"))
        return rules.Quota(
            number=number,
            share=share,
            of=cast(
                Literal["candidates", "eligible"],
                self.word(node, "of", ("candidates", "eligible"), "eligible"),
            ),
            rounding=cast(rules.Rounding, self.word(node, "rounding", get_args(rules.Rounding), "down")),
            at_least=least,
            at_most=most,
        )

    def check_quotas(self, scheme: rules.Scheme) -> None:
        if scheme.rank is None and (scheme.quota or any(group.quota for group in scheme.groups)):
            self.top.fault("quota", *told("rules.needs_rank"))
        if not scheme.tiers and not self.appraises:
            self.top.fault("tier", *told("rules.is_no_tier"))
        if (
            scheme.total is not None
            and scheme.quota is None
            and not all(group.quota for group in scheme.groups)
        ):
            self.top.fault(("quota"), *told("rules.total_needs_quota_each_group"))
        if scheme.quota and scheme.groups and all(group.quota for group in scheme.groups):
            self.top.fault("quota", *told("rules.every_group_has_own_quota"))

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
            node.fault("steps", *told("rules.is_not_list_such_more"))
            raw = []
        for number, entry in enumerate(raw):
            table = entry if isinstance(entry, dict) else {}
            below = TomlNode(table, (*node.path, "steps", number), node.faults)
            if final:
                below.fault("", *told("rules.stands_after_can_never_reached", final=final))
            elif isinstance(entry, dict):
                steps += self.criterion(below)
            elif entry == "more_decimals" and any(step.step == entry for step in steps):
                below.fault("", *told("rules.stands_twice"))
            elif entry == "more_decimals":
                steps.append(rules.TieRule("more_decimals"))
            else:
                final = str(entry)
                below.one_of("", final, ("more_decimals", *finals))
        node.no_other_keys()
        if not final and rank and lines:
            node.fault("steps", *told("rules.must_end_what_ends_every", finals=[*finals]))
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
                node.fault(key, *told("rules.is_below_3"))
        if places is not None and share is not None:
            node.fault("share", *told("rules.stands_beside_places"))
        if share is not None and "rounding" not in node.values:
            node.fault("rounding", *told("rules.is_missing_7"))
        if rank is None:
            for key in ("places", "up_to_rank", "share", "at_least"):
                if key in node.values:
                    node.fault(key, *told("rules.needs_rank"))
        factor = Fraction(1)
        if rank and rank.by != SCORE and rank.by in self.columns:
            factor = self.factor(self.columns[rank.by].unit)
        if rank and rank.better == "low" and at_least is not None:
            node.fault("at_least", *told("rules.can_t_used_where_low"))
        found = rules.TierRule(
            id=node.string("id"),
            label=self.text(node, "label"),
            rewards=tuple(self.reward(below, has_bonus) for below in node.list_of_nodes("rewards")),
            places=places,
            share=share,
            rounding=cast(rules.Rounding, self.word(node, "rounding", get_args(rules.Rounding), "down")),
            up_to_rank=up_to,
            at_least=times(at_least, factor),
            row=self.line(node),
        )
        node.no_other_keys()
        return found

    def reward(self, node: TomlNode, has_bonus: bool) -> rules.RewardRule:
        kind = self.word(node, "kind", get_args(rules.RewardKind))
        times = node.whole("times", 1)
        amount: int | None = None
        if kind == "money" and node.values.get("amount") == "bonus":
            node.asked.add("amount")
            if not has_bonus:
                node.fault("amount", *told("rules.is_no_bonus_paid"))
        elif kind == "money":
            amount = node.whole("amount")
        if amount is not None and amount < 1 and isinstance(node.values.get("amount"), int):
            node.fault("amount", *told("rules.is_below_nt"))
        if not 1 <= times <= 9:
            node.fault("times", *told("rules.is_not_between"))
        found = rules.RewardRule(
            cast(rules.RewardKind, kind), self.optional_text(node, "label"), times, amount
        )
        node.no_other_keys()
        return found

    def check_tiers(self, scheme: rules.Scheme) -> None:
        most = most_points(scheme, self.units)
        rest: rules.TierRule | None = None
        lowest: tuple[Fraction, rules.TierRule] | None = None
        ranks: tuple[int, rules.TierRule] | None = None
        for number, tier in enumerate(scheme.tiers):
            node = TomlNode({}, ("tier", number), self.top.faults)
            if rest:
                node.fault("", *told("rules.can_never_reached", id=rest.id))
            if tier.at_least is not None:
                if most is not None and tier.at_least > most:
                    node.fault(
                        "at_least",
                        *told(
                            "rules.is_above_highest_score_can",
                            at_least=plain(tier.at_least),
                            most=plain(most),
                        ),
                    )
                if lowest and tier.at_least >= lowest[0]:
                    node.fault(
                        "at_least",
                        *told("rules.can_never_reached_3", id=lowest[1].id, lowest=plain(lowest[0])),
                    )
            if tier.up_to_rank is not None and ranks and tier.up_to_rank <= ranks[0]:
                node.fault("up_to_rank", *told("rules.can_never_reached_2", id=ranks[1].id, ranks=ranks[0]))
            alone = tier.places is None and tier.share is None
            rest = tier if not tier.limited else rest
            if alone and tier.at_least is not None and tier.up_to_rank is None:
                lowest = (tier.at_least, tier)
            if alone and tier.up_to_rank is not None and tier.at_least is None:
                ranks = (tier.up_to_rank, tier)
