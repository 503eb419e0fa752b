"""The schema layer: all faults of a TOML file in one run, each with file, line, place and remedy, in both languages."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from reportgen.model import Text, toml
from reportgen.model.errors import InputError, KindError, Place, Problem, problem
from reportgen.read.fields import (
    At,
    By,
    Colour,
    Id,
    Name,
    Number,
    OneOf,
    Ratio,
    RocDate,
    RocYear,
    Row,
    Within,
)
from reportgen.read.parity import Glossary, Term
from reportgen.read.schema import (
    Fault,
    Known,
    Model,
    check,
    fault,
    form,
    json_schema,
    open_toml,
    parse_toml,
    read,
)
from reportgen.read.texts import Bilingual


class Line(Model):
    form: Literal["line"]
    width: Annotated[Number, Within(0, 5, above=True)]


class Bar(Model):
    form: Literal["bar", "column"]
    colours: tuple[Colour, ...] = ()


class Unit(Model):
    id: Name = ""
    row: Row = 0
    factor: Ratio
    head: Bilingual
    digits: Annotated[int, Within(0, 6)] = 0
    better: Literal["high", "low"] = "high"

    @check
    @staticmethod
    def _fits(factor: Fraction, digits: int) -> Iterator[Fault]:
        if digits and factor > 1:
            yield fault("digits", "schema.at_most", high=0)


class Sheet(Model):
    kind: Id
    year: RocYear
    since: Annotated[int, Field(alias="from")] = 1
    on: RocDate = date(2000, 1, 1)
    draft: bool = False
    unit: dict[str, Unit]
    usual: Annotated[str, OneOf("unit")]
    colour: Annotated[str, OneOf("colours")] = ""
    mark: tuple[Annotated[Line | Bar, By("form")], ...] = ()
    place: At = Place("")

    @classmethod
    def names(cls, raw: Mapping[str, Any], known: Known) -> Known:
        return {"unit": [*raw.get("unit", ())]}

    @check
    @staticmethod
    def _in_order(year: int, since: int) -> Iterator[Fault]:
        if since > year:
            yield fault("from", "publication.is_after_period", since=since, period=year)


SOUND = """\
kind = "sheet"
year = 107
usual = "case"

[unit.case]
factor = 1
head = { zh = "件", en = "cases" }
"""


def sheet(text: str, known: Known | None = None, glossary: Glossary | None = None) -> Sheet:
    return read(Sheet, parse_toml("s.toml", text.encode()), known=known, glossary=glossary)


def problems(text: str, known: Known | None = None, glossary: Glossary | None = None) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        sheet(text, known, glossary)
    return list(refused.value.problems)


def said(text: str, known: Known | None = None) -> list[str]:
    return [found.say() for found in problems(text, known)]


def replaced(old: str, new: str) -> str:
    assert old in SOUND
    return SOUND.replace(old, new)


# ---- what is sound --------------------------------------------------------------------------


def test_a_sound_file_is_read() -> None:
    found = sheet(SOUND + '[[mark]]\nform = "line"\nwidth = 0.5\n[[mark]]\nform = "column"\n')
    assert (found.kind, found.year, found.since, found.usual) == ("sheet", 107, 1, "case")
    assert found.unit["case"].factor == Fraction(1)
    assert found.unit["case"].head == Text("件", "cases")
    assert found.mark == (Line(form="line", width=Fraction(1, 2)), Bar(form="column"))


def test_tables_know_their_names_and_lines() -> None:
    found = sheet(SOUND)
    assert (found.unit["case"].id, found.unit["case"].row) == ("case", 5)
    assert found.place == Place("s.toml")


def test_a_key_may_have_a_name_that_python_does_not_allow() -> None:
    assert sheet(replaced("year = 107", "year = 107\nfrom = 90")).since == 90


def test_models_are_made_in_code_with_values_of_their_types() -> None:
    unit = Unit(id="x", factor=Fraction(1, 3), head=Text("甲", "a"))
    assert (unit.id, unit.digits) == ("x", 0)
    with pytest.raises(ValidationError):
        Unit(factor=Fraction(1), head=Text("甲", "a"), digits=9)


def test_models_travel_to_other_processes() -> None:
    found = sheet(SOUND)
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("raw", "ratio"), [("1000", 1000), ("0.5", "1/2"), ('"1/100"', "1/100"), ('"12.5%"', "1/8")]
)
def test_a_ratio_is_a_number_a_fraction_or_per_cent(raw: str, ratio: str | int) -> None:
    assert sheet(replaced("factor = 1", f"factor = {raw}")).unit["case"].factor == Fraction(ratio)


def test_a_date_is_one_of_toml_or_of_the_roc() -> None:
    for words in ("2018-12-31", '"107/12/31"', '"107.12.31"', '"107年12月31日"'):
        assert sheet(replaced("year = 107", f"year = 107\non = {words}")).on == date(2018, 12, 31)


# ---- what is not ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "sheet"\n', "", 's.toml: kind: is missing; write kind = "name"'),
        ('"sheet"', "7", 's.toml:1: kind: 7 is not a text; write it between double quotes: "…"'),
        (
            '"sheet"',
            '"1 2"',
            's.toml:1: kind: "1 2" is not a name: a letter first, then letters, digits, - and _',
        ),
        ("kind", "kindd", 's.toml: kind: is missing; write kind = "name"'),
        ("107", "2018", "s.toml:2: year: 2018 is not an ROC year; write 107 for 2018 (is it 107?)"),
        ("107", '"107"', 's.toml:2: year: "107" is not an ROC year; write 107 for 2018'),
        (
            "107",
            "107\ndraft = 1",
            "s.toml:3: draft: 1 is not true or false; write one of these without quotes",
        ),
        (
            "107",
            "107\nfrom = 108",
            "s.toml:3: from: 108 is after the period 107; let since be the period or earlier",
        ),
        ('"case"', '"cases"', "s.toml:3: usual: \"cases\" is unknown; known: case; did you mean 'case'?"),
        ("factor = 1\n", "", 's.toml:5: unit.case: factor: is missing; write factor = "1/100"'),
        (
            "factor = 1",
            'factor = "1/0"',
            's.toml:6: unit.case: factor: "1/0" is not a number above 0 such as 1000, 0.5, "1/100" or "12.5%"',
        ),
        (
            "factor = 1",
            "factor = nan",
            "s.toml:6: unit.case: factor: NaN is not a number; write digits, a point where there are decimals, and no "
            "quotes",
        ),
        (
            "factor = 1",
            "factor = 1\ndigits = 7",
            "s.toml:7: unit.case: digits: 7 is out of range; write a number from 0 to 6",
        ),
        (
            "factor = 1",
            'factor = 1\nbetter = "hi"',
            "s.toml:7: unit.case: better: \"hi\" is unknown; known: high, low; did you mean 'high'?",
        ),
        (
            '{ zh = "件", en = "cases" }',
            '{ zh = "件" }',
            's.toml:7: unit.case: head: the text lacks its en half; write { zh = "…", en = "…" }',
        ),
        (
            '{ zh = "件", en = "cases" }',
            '"cases"',
            's.toml:7: unit.case: head: "cases" is not a text in both languages; write { zh = "…", en = "…" }',
        ),
        (
            '{ zh = "件", en = "cases" }',
            '{ zh = "107件", en = "1 case" }',
            's.toml:7: unit.case: head: the numbers differ: Chinese has 107, English has 1; let both say the same, or say why with meant = "…"',
        ),
        (
            "[unit.case]",
            "[[unit.case]]",
            's.toml:5: unit.case: [{ factor = 1, head = { zh = "件", en = "… (51 letters) is not a table; write its keys below a '
            "head in [ ], or between { }",
        ),
    ],
)
def test_a_fault_is_told_with_file_line_place_and_remedy(old: str, new: str, message: str) -> None:
    assert said(replaced(old, new))[0] == message


def test_a_fault_is_told_in_chinese_too() -> None:
    (found,) = problems(SOUND + '[[mark]]\nform = "bars"\n')
    assert found.say("zh") == (
        's.toml，第 9 列，欄位 mark 1：form：不認識 "bars"；可用：line、bar、column；是否為「bar」？'
    )


def test_places_of_lists_are_counted_from_one() -> None:
    text = (
        SOUND + '[[mark]]\nform = "bar"\n[[mark]]\nform = "bar"\ncolours = [\n  "#000000",\n  "black",\n]\n'
    )
    (message,) = said(text)
    assert message.startswith('s.toml:14: mark 2: colours 2: "black" is not a colour')


def test_all_faults_of_all_fields_are_found_in_one_run() -> None:
    text = (
        'kind = 7\nyear = 0\nyeer = 1\nusual = "x"\n[unit.a]\nfactor = "?"\nhed = 1\n'
        '[[mark]]\nform = "line"\nwidth = 9\n[[mark]]\nform = "bars"\n'
    )
    assert [(found.place.row, found.place.column) for found in problems(text)] == [
        (1, "kind"),
        (2, "year"),
        (3, "yeer"),
        (4, "usual"),
        (5, "unit.a: head"),
        (6, "unit.a: factor"),
        (7, "unit.a: hed"),
        (10, "mark 1: width"),
        (12, "mark 2: form"),
    ]


def test_a_check_across_fields_runs_where_other_fields_are_faulty() -> None:
    text = 'kind = 7\nyear = 107\nfrom = 108\nusual = "a"\n[unit.a]\nfactor = 1000\ndigits = 2\n'
    assert [found.place.column for found in problems(text)] == [
        "kind",
        "from",
        "unit.a: head",
        "unit.a: digits",
    ]


def test_a_check_whose_fields_are_faulty_is_left_out() -> None:
    assert [found.place.column for found in problems(replaced("107", "0\nfrom = 108"))] == ["year"]


def test_words_that_are_known_at_run_time_alone_are_given_by_the_reader() -> None:
    text = 'colour = "rad"\n' + SOUND
    assert sheet(text).colour == "rad"
    (message,) = said(text, {"colours": ["red", "blue"]})
    assert message == "s.toml:1: colour: \"rad\" is unknown; known: red, blue; did you mean 'red'?"


def test_the_glossary_is_held_against_every_text() -> None:
    glossary = Glossary((Term("件", ("cases",), "", ""),))
    assert sheet(SOUND, glossary=glossary)
    (found,) = problems(replaced("cases", "matters"), glossary=glossary)
    assert found.place == Place("s.toml", row=7, column="unit.case: head")
    assert "“cases” in the glossary" in found.en


def test_a_missing_key_is_told_with_what_to_write() -> None:
    assert form(Sheet, "unit") == "[unit.…]"
    assert form(Sheet, "mark") == "[[mark]]"
    assert form(Sheet, "since") == "from = 1"
    assert form(Unit, "better") == 'better = "high" | "low"'
    assert form(Bar, "colours") == 'colours = ["#16222e"]'


def test_a_missing_table_is_told_with_its_whole_head() -> None:
    class Book(Model):
        unit: Unit

    class Shelf(Model):
        book: dict[str, Book]

    with pytest.raises(InputError) as refused:
        read(Shelf, parse_toml("s.toml", b"[book.red]\n"))
    assert str(refused.value) == "s.toml:1: book.red: unit: is missing; write [book.red.unit]"


def test_a_table_above_others_stands_where_the_first_of_them_does() -> None:
    found = said(SOUND + "\n[units.case]\nfactor = 1\n")
    assert found == [
        "s.toml:9: units: is an unknown key; known here: kind, year, from, on, draft, unit, usual, colour, mark; "
        "did you mean 'unit'?"
    ]


def test_the_reader_says_whose_it_is_to_mend() -> None:
    with pytest.raises(KindError):
        read(Sheet, parse_toml("s.toml", b""), error=KindError)


# ---- files ----------------------------------------------------------------------------------


def test_a_file_that_is_missing_or_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^s\.toml: there is no such file; put it there"):
        open_toml(tmp_path, "s.toml")
    with pytest.raises(KindError, match="cannot be read; it says"):
        open_toml(tmp_path, "s.toml", problem(Place("s.toml"), "archive.cannot_read"), KindError)
    with pytest.raises(InputError, match="cannot be read: Is a directory; it has to be a file"):
        open_toml(tmp_path, ".")


def test_a_mark_of_byte_order_does_no_harm() -> None:
    assert parse_toml("s.toml", b"\xef\xbb\xbf" + SOUND.encode()).values["year"] == 107


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("year = 107\nkind = “sheet”", '2: “” are not the quotes of TOML; write straight quotes: "…"'),
        ("kind = 「sheet」", '1: 「」 are not the quotes of TOML; write straight quotes: "…"'),
        ("year ＝ 107", "1: ＝ is a full-width sign; write '=' with the keyboard in English mode"),
        ("a = [1，2]", "1: ， is a full-width sign; write ',' with the keyboard in English mode"),
        ("year =\u3000107", "1: U+3000 is a full-width sign; write ' ' with the keyboard in English mode"),
        ("year = 109年", '1: 109年 is neither a number nor a text in quotes; write year = "109年"'),
        ("kind = sheet # it", '1: sheet is neither a number nor a text in quotes; write kind = "sheet"'),
        ("draft = True", "1: True is not a value of TOML; write true"),
        ("year\t107", "1: there is no = between year and its value; write year = …"),
        (
            'kind = "sheet\nyear = 107',
            "1: a quote is opened and not closed; a text stands between two double quotes on one line",
        ),
        ("year = 1\n\nyear = 2", "3: year stands twice, first in line 1; leave one of them out"),
        ("[a]\nb = 1\n[a]\nc = 1", "3: a stands twice, first in line 1; leave one of them out"),
        ("x = { a = 1, a = 2 }", "1: a stands twice, first in line 1; leave one of them out"),
        (
            "a = [1, 2",
            "1: is not valid TOML: Unclosed array (at end of document); a text stands in double quotes, a list in [ ]",
        ),
    ],
)
def test_what_is_not_toml_is_told_with_its_line_and_what_was_meant(content: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_toml("s.toml", content.encode())
    assert [found.say() for found in refused.value.problems] == [f"s.toml:{message}"]


def test_a_file_that_is_not_utf8_says_so() -> None:
    with pytest.raises(InputError, match=r"s.toml:2: is not UTF-8; save it as UTF-8"):
        parse_toml("s.toml", 'year = 1\nkind = "公報"'.encode("cp950"))


def test_a_file_that_is_nested_too_deeply_says_so() -> None:
    with pytest.raises(
        InputError, match="nested too deeply, more than 16 in one another; write fewer levels"
    ):
        parse_toml("s.toml", f"a = {'[' * 9000}{']' * 9000}".encode())


def test_lines_of_keys_in_every_notation_are_found() -> None:
    text = (
        '# a = 1\n"b c" = """\n[x]\ny = 1\n"""\nd.e = [\n  1, # ]\n  { f = 2 },\n]\n[g."h.i"]\n\'j\' = \'\'\'\n\'\'\'\n'
        "[[k]]\n[[k]]\nl = 1979-05-27 07:32:00\n[[k.m]]\n"
    )
    lines = parse_toml("s.toml", text.encode()).lines
    assert lines == {
        ("b c",): 2,
        ("d",): 6,
        ("d", "e"): 6,
        ("d", "e", 0): 7,
        ("d", "e", 1): 8,
        ("d", "e", 1, "f"): 8,
        ("g",): 10,
        ("g", "h.i"): 10,
        ("g", "h.i", "j"): 11,
        ("k",): 13,
        ("k", 0): 13,
        ("k", 1): 14,
        ("k", 1, "l"): 15,
        ("k", 1, "m"): 16,
        ("k", 1, "m", 0): 16,
    }


# ---- any file -------------------------------------------------------------------------------

FULL = {
    "kind": '"sheet"',
    "year": "107",
    "from": "90",
    "on": '"107/12/31"',
    "draft": "true",
    "usual": '"case"',
    "colour": '"red"',
}
DAMAGES = ("7.5", "[[]]", '{ zz = "?" }', '"\\u0000?"', "nan")


@given(st.dictionaries(st.sampled_from([*FULL]), st.sampled_from(DAMAGES), min_size=1), st.data())
def test_each_damaged_key_is_named(damages: dict[str, str], data: st.DataObject) -> None:
    misspelt = data.draw(st.sets(st.sampled_from(sorted(FULL))))
    keys = {f"{key}x" if key in misspelt else key: damages.get(key, value) for key, value in FULL.items()}
    text = "\n".join(f"{key} = {value}" for key, value in keys.items())
    unit = '\n[unit.case]\nfactor = 1\nhead = { zh = "件", en = "cases" }\n'
    named = {found.place.column for found in problems(text + unit, {"colours": ["red"]})}
    assert named >= {f"{key}x" if key in misspelt else key for key in {*damages, *misspelt}}


@given(st.text(), st.integers(0, len(SOUND)), st.integers(0, 9))
def test_whatever_stands_in_the_file_is_read_or_told(noise: str, at: int, cut: int) -> None:
    try:
        sheet(SOUND[:at] + noise + SOUND[at + cut :])
    except InputError as error:
        assert all(found.place.file == "s.toml" and found.en and found.zh for found in error.problems)


@given(st.recursive(st.integers() | st.booleans() | st.text(), st.lists, max_leaves=9))
def test_what_is_written_is_read_again(value: Any) -> None:
    assert toml.parse(f"a = {toml.written(value)}")["a"] == value


# ---- for editors ----------------------------------------------------------------------------


def test_the_json_schema_says_what_a_file_may_hold() -> None:
    schema = json_schema(Sheet)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["kind", "year", "unit", "usual"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {*FULL, "unit", "mark"}
    unit = schema["$defs"]["Unit"]["properties"]
    assert set(unit) == {"factor", "head", "digits", "better"}
    assert (unit["digits"]["minimum"], unit["digits"]["maximum"]) == (0, 6)
    assert unit["better"]["enum"] == ["high", "low"]
    assert [kind["$ref"] for kind in schema["properties"]["mark"]["items"]["anyOf"]] == [
        "#/$defs/Line",
        "#/$defs/Bar",
    ]
