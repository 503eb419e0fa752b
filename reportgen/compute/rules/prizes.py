"""Among whom, how many win and what: `[[group]]`, `[quota]`, `[ties]`, `[[tier]]`, each able to be reached."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, cast, get_args

from reportgen.compute.rules import scheme as rules
from reportgen.compute.rules.scores import most_points
from reportgen.compute.rules.vocabulary import SCORE, Vocabulary, plain, times
from reportgen.read.toml import TomlNode


class Prizes(Vocabulary):
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

    def check_quotas(self, scheme: rules.Scheme) -> None:
        if scheme.rank is None and (scheme.quota or any(group.quota for group in scheme.groups)):
            self.top.fault("quota", "needs a [rank]", "須有 [rank]")
        if not scheme.tiers and not self.appraises:
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
            up_to, times(at_least, factor), self.line(node),
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

    def check_tiers(self, scheme: rules.Scheme) -> None:
        most = most_points(scheme, self.units)
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
                        f"{plain(tier.at_least)} is above the highest score that can be reached, {plain(most)}",
                        f"{plain(tier.at_least)} 高於可能的最高分 {plain(most)}",
                    )
                if lowest and tier.at_least >= lowest[0]:
                    node.fault(
                        "at_least",
                        f"can never be reached: {lowest[1].id!r} above takes everyone from {plain(lowest[0])}",
                        f"永不適用：上方「{lowest[1].id}」已含 {plain(lowest[0])} 以上者",
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
