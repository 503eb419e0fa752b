"""The dimensions of a draft: members that stand in several tables are declared once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.model.toml import Raw
from reportgen.run.importing.cells import PARTS
from reportgen.run.importing.naming import Naming, Words, part_label, part_of_year

MOST_MEMBERS = 300  # more rows belong in the workbook, not on pages
_SPACES_WITHIN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


@dataclass
class Declared:
    label: Words
    members: dict[str, dict[str, Raw]] = field(default_factory=dict)  # by the name in the sheet


@dataclass
class Dimensions:
    naming: Naming
    all: dict[str, Declared] = field(default_factory=dict)
    earlier: set[str] = field(default_factory=set)

    def of_time(self, part: str, numbers: Sequence[int]) -> None:
        declared = self.all.setdefault(part, Declared(part_label(part)))
        for number in numbers:
            declared.members.setdefault(str(number), dict(part_of_year(part, number)))
        declared.members = dict(sorted(declared.members.items(), key=lambda pair: int(pair[0])))

    def of_members(self, label: str, texts: Sequence[str], besides: Sequence[str], earlier: str = "") -> str:
        """The dimension with exactly these members, a new one where there is none; `earlier`: what an earlier draft took."""
        names = list(dict.fromkeys(written(text) for text in texts))
        for id, declared in self.all.items():
            if id not in besides and {*declared.members} == {*names}:
                return id
        id = earlier if earlier in self.all else self.naming.name(label)
        declared = self.all.setdefault(id, Declared(self.naming.words(label)))
        for name in names:
            if name not in declared.members:
                declared.members[name] = dict(self.naming.member(name))
        return id

    def take_over(self, id: str, other: str) -> None:
        """The members of another dimension that this one has not."""
        if other != id:
            for name, member in self.all[other].members.items():
                self.all[id].members.setdefault(name, member)

    def used_by(self, keys: Iterable[Sequence[str]]) -> dict[str, Declared]:
        """Those of tables with these keys, and those that an earlier draft has."""
        used = {name for key in keys for name in key} | self.earlier
        return {id: declared for id, declared in self.all.items() if id in used}

    def remember(self, raw: Raw) -> None:
        """The dimensions of an earlier draft, each member by all that a cell may call it."""
        for id, said in raw.items() if isinstance(raw, Mapping) else ():
            declared = self.all[id] = Declared(said["label"])
            self.naming.used.add(id)
            self.earlier.add(id)
            for member in said["member"]:
                self.naming.used.add(str(member["id"]))
                zh, en = member.get("zh"), member.get("en")
                key = str(member["id"]) if id in PARTS else zh if isinstance(zh, str) else en
                declared.members[str(key)] = dict(member)


def written(text: str) -> str:
    """財　稅 as 財稅: what `spaces` and `spaces_within` make of it."""
    return _SPACES_WITHIN.sub("", unicodedata.normalize("NFC", text).strip())
