"""Dimensions and their members, with the names that members have and had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import ConfigDict, Field

from reportgen.model import LANGUAGES, Language, Text
from reportgen.model.errors import Place
from reportgen.model.formats import TODO, written
from reportgen.model.toml import Raw
from reportgen.read import parity
from reportgen.read.fields import Name, RocYear
from reportgen.read.schema import Context, Fault, Model, check, fault, repeated, told_at, unknown_at
from reportgen.read.texts import Bilingual, En, Zh


class Named(Model):
    """A name whose halves stand as keys of the table; one that nobody asks for is the other one. `meant` says why they differ."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema["required"].extend(("zh", "en")))
    zh: Zh = ""
    en: En = ""
    meant: str = ""

    @check
    @staticmethod
    def _asked(context: Context, raw: Mapping[str, Raw]) -> Iterator[Fault]:
        asked = context.file.languages if context.file else LANGUAGES
        for half in asked or ([] if raw.keys() & {*LANGUAGES} else ["zh"]):
            if half not in raw:
                yield fault(half, "schema.is_missing", form=f'{half} = "…"')

    @property
    def label(self) -> Text:
        return Text(self.zh or self.en, self.en or self.zh)


class Former(Named):
    """An earlier name, with the last ROC year in which it held."""

    until: RocYear


class Member(Named):
    """One value of a dimension."""

    id: str
    first_year: RocYear | None = None
    last_year: RocYear | None = None
    earlier: Annotated[tuple[Former, ...], Field(alias="names")] = ()
    group: str = ""

    @property
    def label(self) -> Text:
        """The name; a half that is still to be written with the id, so that two members stay apart."""
        name = super().label
        zh = f"{name.zh}{self.id}" if name.zh == TODO.zh else name.zh
        return Text(zh, f"{name.en} {self.id}" if name.en == TODO.en else name.en)

    @property
    def former(self) -> list[tuple[int, Text]]:
        """Earlier names with the last year of each, the oldest first."""
        return [(one.until, one.label) for one in sorted(self.earlier, key=lambda one: one.until)]

    @property
    def all_names(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """All that a cell may call the member, with its path from the member's own table."""
        yield from ((("id",), self.id), (("zh",), self.label.zh), (("en",), self.label.en))
        for number, one in enumerate(self.earlier):
            halves: tuple[tuple[Language, str], ...] = (("zh", one.label.zh), ("en", one.label.en))
            yield from ((("names", number, key), name) for key, name in halves if name != TODO.say(key))

    def name_in(self, roc_year: int) -> Text:
        """The name that the member had in that year: 板橋行政執行處 up to 100, then 新北分署."""
        return next((name for until, name in self.former if roc_year <= until), self.label)


class Dimension(Model):
    id: Name
    label: Bilingual
    members: Annotated[tuple[Member, ...], Field(alias="member")] = ()
    total: str | None = None

    def member(self, id: str) -> Member:
        return next(member for member in self.members if member.id == id)

    def present(self, roc_year: int) -> list[str]:
        """The members that exist in that year, without the total."""
        return [
            member.id
            for member in self.members
            if member.id != self.total
            and (member.first_year or 0) <= roc_year <= (member.last_year or roc_year)
        ]

    @check
    @staticmethod
    def _apart(members: tuple[Member, ...], total: str | None) -> Iterator[Fault]:
        yield from repeated("member", members)
        ids = [member.id for member in members]
        if total is not None and total not in ids:
            yield unknown_at("total", total, ids)

    @check
    @staticmethod
    def _alike(members: tuple[Member, ...], context: Context) -> Iterator[Fault]:
        """Each name says the same in both languages."""
        for number, member in enumerate(members) if context.both else ():
            former = [(("names", place), one) for place, one in enumerate(member.earlier)]
            for path, one in (((), member), *former):
                if len(written(Text(one.zh, one.en))) == 2 and one.zh and one.en:
                    found = parity.faults(
                        Text(one.zh, one.en), Place(""), context.glossary, meant=bool(one.meant)
                    )
                    yield from told_at(("member", number, *path), found)

    @check
    @staticmethod
    def _named_apart(members: tuple[Member, ...]) -> Iterator[Fault]:
        """A cell may hold any name that a member has or had: no two members have one in common."""
        named: dict[str, dict[str, None]] = {}
        for member in members:
            for _, name in member.all_names:
                named.setdefault(name, {})[member.id] = None
        for number, member in enumerate(members):
            for path, name in member.all_names:
                others = [other for other in named[name] if other != member.id]
                if others:
                    yield fault(
                        ("member", number, *path), "tables.name_of_two_members", name_=name, others=others
                    )
