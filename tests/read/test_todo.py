"""`{ todo = true }` in the place of a text or of one half: what is read, and what is refused with which message."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.model import Text
from reportgen.model.errors import InputError, KindError
from reportgen.model.formats import TODO, written
from reportgen.read.fixed_words import read_words
from reportgen.read.metrics import read_registry
from reportgen.read.schema import Model, parse_toml, read
from reportgen.read.tables import describe
from reportgen.read.texts import Bilingual, Halves, Sentence

GAP = "{ todo = true }"
ALONE = (
    "does not say that words are still to be written; write { todo = true } in the place of the whole text"
)


class Page(Model):
    title: Halves
    text: Bilingual
    sentence: Sentence


def page(title: str = GAP, text: str = GAP, sentence: str = GAP) -> Page:
    source = f"title = {title}\ntext = {text}\nsentence = {sentence}\n"
    return read(Page, parse_toml("page.toml", source.encode()))


def test_the_whole_text_or_one_half_may_be_still_to_be_written() -> None:
    made = page(text='{ zh = "四", en = { todo = true } }', sentence='{ zh = { todo = true }, en = "Four" }')
    assert made.title == TODO
    assert made.text == Text("四", "〔to be translated〕")
    assert made.sentence.text == Text("〔待譯〕", "Four")


def test_slots_numbers_and_terms_of_a_half_that_is_not_there_are_not_compared() -> None:
    text = '{ zh = "103年終結{closed_cases}件", en = { todo = true } }'
    assert written(page(text=text, sentence=text).text) == ["103年終結{closed_cases}件"]


@pytest.mark.parametrize(
    ("title", "place", "message"),
    [
        ("{ todo = false }", "page.toml:1: title", f"{{ todo = false }} {ALONE}"),
        ('{ todo = "yes" }', "page.toml:1: title", f'{{ todo = "yes" }} {ALONE}'),
        ("{ todo = 1 }", "page.toml:1: title", f"{{ todo = 1 }} {ALONE}"),
        ('{ zh = "四", todo = true }', "page.toml:1: title", f'{{ zh = "四", todo = true }} {ALONE}'),
        (
            '{ zh = "四", en = { todo = true, by = "x" } }',
            "page.toml:1: title.en",
            f'{{ todo = true, by = "x" }} {ALONE}',
        ),
        ('{ zh = "四", en = { todo = false } }', "page.toml:1: title.en", f"{{ todo = false }} {ALONE}"),
        ('{ zh = "四", en = { tood = true } }', "page.toml:1: title", "the text lacks its en half"),
        ("{ zh = { todo = true } }", "page.toml:1: title", "the text lacks its en half"),
        ("true", "page.toml:1: title", "true is not a text in both languages"),
    ],
)
def test_what_says_it_wrongly_is_told_with_the_remedy(title: str, place: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        page(title=title)
    (found,) = caught.value.problems
    assert str(found.place) == place
    assert found.en.startswith(message)
    assert "todo" in found.zh or "缺少" in found.zh or "雙語" in found.zh


DATASET = """
name = { todo = true }
[dimension.branch]
label = { zh = "分署", en = { todo = true } }
[[dimension.branch.member]]
id = "north"
zh = "北區分署"
en = { todo = true }
names = [{ until = 98, zh = "北處", en = { todo = true } }]
[[dimension.branch.member]]
id = "south"
zh = { todo = true }
en = "South"
names = [{ until = 98, zh = "南處", en = { todo = true } }]
[[dimension.branch.member]]
id = "east"
zh = "東區分署"
en = %s
[table.t]
label = { todo = true }
file = "t.csv"
key = ["roc_year"]
[table.t.column.roc_year]
type = "roc_year"
[table.t.column.n]
type = "whole"
unit = "case"
label = { zh = "件數", en = { todo = true } }
"""


def write_dataset(folder: Path, east: str) -> Path:
    (folder / "inputs/datasets/small").mkdir(parents=True)
    (folder / "inputs/datasets/small/dataset.toml").write_text(DATASET % east, "utf-8")
    return folder


def test_members_whose_names_are_still_to_be_written_stay_apart(tmp_path: Path) -> None:
    branch = describe(write_dataset(tmp_path, GAP), "small").dimensions["branch"]
    assert [member.label for member in branch.members] == [
        Text("北區分署", "〔to be translated〕 north"),
        Text("〔待譯〕south", "South"),
        Text("東區分署", "〔to be translated〕 east"),
    ]
    assert branch.members[0].name_in(90) == Text("北處", "〔to be translated〕")


@pytest.mark.parametrize(
    ("east", "message"),
    [
        ("{ todo = false }", f"dimension.branch: member 3.en: {{ todo = false }} {ALONE}"),
        ("1", "dimension.branch: member 3.en: 1 is not a text"),
        ('""', 'dimension.branch: member 3.en: "" holds no words'),
    ],
)
def test_the_name_of_a_member_that_says_it_wrongly(tmp_path: Path, east: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        describe(write_dataset(tmp_path, east), "small")
    (found,) = caught.value.problems
    assert message in found.say()


def test_the_pattern_of_a_unit_and_the_name_of_an_applied_metric_print_the_figure(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs/metrics.toml").write_text(
        """
[unit.case]
factor = 1
head = { todo = true }
text = { zh = "{n}件", en = { todo = true } }
[unit.day]
factor = 1
head = { todo = true }
text = { todo = true }
[metric.n]
name = { zh = "件數", en = { todo = true } }
formula = "n"
unit = "case"
digits = 0
[metric.change]
name = { zh = "{metric}年增率", en = { todo = true } }
formula = "this"
unit = "case"
digits = 0
applies = true
""",
        "utf-8",
    )
    registry = read_registry(tmp_path)
    assert registry.units["case"].text == Text("{n}件", "{n} 〔to be translated〕")
    assert registry.units["day"].text == Text("{n} 〔待譯〕", "{n} 〔to be translated〕")
    assert registry.metric("change.n").name == Text("件數年增率", "〔to be translated〕")


def test_fixed_words_may_be_still_to_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "templates/brief"
    folder.mkdir(parents=True)
    words = folder / "words.toml"
    words.write_text(
        '[page]\nnumber = { todo = true }\ntitle = { zh = "頁", en = { todo = true } }\n', "utf-8"
    )
    read_in = read_words(tmp_path, "templates/brief/words.toml")
    assert dict(read_in) == {"page.number": TODO, "page.title": Text("頁", "〔to be translated〕")}
    words.write_text("[page]\nnumber = { todo = false }\n", "utf-8")
    with pytest.raises(KindError, match="does not say that words are still to be written"):
        read_words(tmp_path, "templates/brief/words.toml")
