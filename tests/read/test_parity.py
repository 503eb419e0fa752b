"""Whether the two halves of a text say the same: each rule, then hundreds of mutations of the texts of all samples.

`pytest -s tests/read/test_parity.py -k mutations` prints how many were caught, by class and kind of file.
"""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from opencc import OpenCC
from parity_mutations import APART, MECHANICAL, Said, at, corpus, exchanged_labels
from small import ROOT

from reportgen.model import Text
from reportgen.model.errors import InputError, Place
from reportgen.read import parity
from reportgen.read.metrics import read_registry
from reportgen.read.parity import Glossary, Term
from reportgen.read.parity.script import AMBIGUOUS, letters
from reportgen.read.schema import Model, parse_toml, read
from reportgen.read.tables import describe
from reportgen.read.texts import Bilingual

HERE = Place("words.toml", column="a")
SHIPPED = parity.read_glossary(ROOT)


def faults(zh: str, en: str, glossary: Glossary | None = None, **marks: bool) -> list[str]:
    return [problem.en for problem in parity.faults(Text(zh, en), HERE, glossary, **marks)]


# ---- each rule ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("財稅二年，其他一年", "two years for taxes, one year for the others"),
        ("近三年", "the last 3 years"),
        ("1.2億元", "NT$120 million"),
        ("6億3,944萬2,789元", "NT$639,442,789"),
        ("一百二十件", "120 cases"),
        ("十二類", "a dozen types"),
        ("三分之一", "a third of the cases"),
        ("兩倍", "doubled"),
        ("百分之五", "5 per cent"),
        ("１０４年", "2015"),
        ("民國一百零四年", "2015"),
        ("第二次會議", "the second meeting"),
        ("自3月1日起", "from March 1"),
        ("第1季", "Q1"),
        ("從兩端著手", "Working at both ends"),
        ("一般規定一致適用", "The general rules apply alike"),
        ("四捨五入", "rounded half up"),
        ("居首", "ranked first"),
        ("逾8成", "more than 80%"),
        ("九成五", "95%"),
        ("二點五倍", "2.5 times"),
        ("千分之五", "5 per mille"),
        ("件數成長一倍", "The number doubled"),
    ],
)
def test_numbers_are_read_in_figures_and_in_words(zh: str, en: str) -> None:
    assert faults(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("財稅二年", "three years for taxes"),
        ("1.2億元", "NT$12 million"),
        ("一百二十件", "130 cases"),
        ("三分之一", "a quarter of the cases"),
        ("第一類", "the second class"),
        ("兩倍", "tripled"),
        ("104年", "2014"),
        ("104年", "104"),
        ("3月1日", "April 1"),
        ("約90件", "about cases"),
        ("8成", "70%"),
        ("九成五", "85%"),
        ("二點五倍", "1.5 times"),
        ("成長一倍", "It tripled"),
    ],
)
def test_another_number_is_a_fault(zh: str, en: str) -> None:
    assert any(fault.startswith("the numbers differ") for fault in faults(zh, en))


def test_a_gregorian_year_in_chinese_is_told_with_the_year_of_the_roc() -> None:
    assert faults("2015年度", "2015") == [
        "the Chinese half writes the year 2015年; write 104年 (or 西元2015年)"
    ]
    assert faults("西元2015年", "2015") == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("24個月", "24 years"),
        ("{n}日", "{n} months"),
        ("5%", "5 percentage points"),
        ("3人", "3 cases"),
        ("10份", "10 days"),
        ("15戶", "15 cases"),
        ("9頁", "9 volumes"),
        ("3倍", "3 per cent"),
        ("千分之五", "5 per cent"),
        ("5公里", "5 metres"),
    ],
)
def test_units_behind_the_same_figure_are_the_same(zh: str, en: str) -> None:
    assert len(faults(zh, en)) >= 1


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("較上年增加", "down on the year before"),
        ("以臺北最高", "Taipei was lowest"),
        ("高於目標", "below the target"),
        ("增加最多者為甲，減少最多者為乙", "the largest rise was in A, the smallest rise in B"),
        ("不低於基準", "below the standard"),
        ("新臺幣", "US$"),
        ("於開會前報到", "arrive after the meeting"),
        ("減幅", "a rise"),
        ("未結件數逐年遞減", "pending cases grew year by year"),
        ("達成率略升", "the achievement rate slipped"),
        ("人力擴編", "staffing was cut"),
        ("期限縮短", "the time rose"),
    ],
)
def test_words_may_not_say_the_opposite(zh: str, en: str) -> None:
    assert any("contradict" in fault for fault in faults(zh, en))


def test_of_pairs_by_a_translator_those_that_agree_are_left_alone_and_nearly_all_others_are_found() -> None:
    rows = list(csv.DictReader((Path(__file__).parent / "parity_pairs.csv").read_text("utf-8").splitlines()))
    found = {(row["zh"], row["en"]): faults(row["zh"], row["en"]) for row in rows}
    pairs = {
        verdict: {(row["zh"], row["en"]) for row in rows if row["verdict"] == verdict}
        for verdict in ("same", "differ")
    }
    assert [pair for pair in pairs["same"] if found[pair]] == []
    missed = [pair for pair in pairs["differ"] if not found[pair]]
    assert len(missed) <= 0.05 * len(pairs["differ"]), missed


@pytest.mark.parametrize(
    ("zh", "en", "told"),
    [
        ("收入增加而支出減少。", "Revenue fell while spending rose.", "收入 … 增加, 支出 … 減少"),
        ("資產高於負債。", "Liabilities exceeded assets.", "exceeded"),
        ("負債較資產更低。", "Assets are below liabilities.", "below"),
        ("需求大於供給。", "There was more supply than demand.", "more"),
    ],
)
def test_what_is_compared_or_changes_may_not_be_exchanged(zh: str, en: str, told: str) -> None:
    assert any(told in fault for fault in faults(zh, en))


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("不低於基準", "at least the standard"),
        ("未達目標者", "those below the target"),
        ("各分署增減情形", "Change of the branches"),
        ("高雄分署", "Kaohsiung Branch"),
        ("與上年大致持平", "almost unchanged on last year"),
        ("未結件數逐年遞減", "pending cases dropped year by year"),
        ("達成率回升", "the achievement rate recovered"),
        ("期限延長", "the deadline was extended"),
    ],
)
def test_the_same_said_otherwise_is_no_opposite(zh: str, en: str) -> None:
    assert faults(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en", "told"),
    [
        ("結案率", "結案率", "Chinese is left in the English half"),
        ("結案率", "The rate，as a whole", "Chinese is left in the English half"),
        ("closing rate", "closing rate", "English is left in the Chinese half"),
        ("本年之closing rate提高", "The closing rate rose", "English is left in the Chinese half"),
    ],
)
def test_each_half_is_in_its_language(zh: str, en: str, told: str) -> None:
    assert any(fault.startswith(told) for fault in faults(zh, en))


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("投資報酬率（ROI）", "Return on investment (ROI)"),
        ("面積 km²", "Area, km²"),
        ("請寄 office@example.gov.tw 或見 https://example.gov.tw/a", "Write to office@example.gov.tw"),
        ("PDF/A-3a、SHA-256 與 ledger.json", "PDF/A-3a, SHA-256 and ledger.json"),
    ],
)
def test_abbreviations_codes_units_and_addresses_stand_in_both(zh: str, en: str) -> None:
    assert faults(zh, en) == []


def test_a_name_in_latin_letters_is_declared_in_the_glossary() -> None:
    assert faults("於Dcard公布", "published on Dcard") != []
    assert faults("於Dcard公布", "published on Dcard", Glossary((Term("Dcard", ("Dcard",), "", ""),))) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("达成率", {"达": "達"}),
        ("不足之処", {"処": "處"}),
        ("台北分署", {"台": "臺"}),
        ("最后一名", {"后": "後"}),
        ("請于期限內", {"于": "於"}),
        ("説明", {"説": "說"}),
        ("爲", {"爲": "為"}),
        ("巡回展", {"回": "迴"}),
    ],
)
def test_simplified_and_variant_characters_are_told_with_the_usual_ones(
    words: str, found: dict[str, str]
) -> None:
    assert letters(words) == found


@pytest.mark.parametrize(
    "words", ["余示範、于示例", "皇后", "公里", "若干", "核准", "編制", "占比", "公布", "陳𠮷堃", "頭份"]
)
def test_rare_names_and_words_that_taiwan_writes_so_are_left_alone(words: str) -> None:
    assert letters(words) == {}


def test_the_letters_with_two_meanings_are_those_that_opencc_converts() -> None:
    convert = OpenCC("s2tw").convert
    usual = (
        bytes((high, low)) for high in range(0xA4, 0xC7) for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    )
    signs = (code.decode("big5") for code in usual if code <= b"\xc6\x7e")
    assert {sign for sign in signs if convert(sign) != sign} - set("占并樑癡") <= set(AMBIGUOUS)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("由{a(90)}增為{a}", "rose from {a} to {a(90)}"),
        ("候選{candidates}名，獲獎{winners}名", "Of {winners} candidates {candidates} are honoured"),
        ("結案率為{closing_rate}，徵起率為{collection_rate}", "a closing rate of {collection_rate} and a collection rate of {closing_rate}"),
        ("最高{x}，最低{y}", "the highest is {y}, the lowest {x}"),
        ("訂於{day}，假{place}", "in the {day} on {place}"),
    ],
)  # fmt: skip
def test_two_slots_that_stand_in_each_others_place_are_told(zh: str, en: str) -> None:
    assert any("in each other's place" in fault for fault in faults(zh, en))


def test_a_term_of_the_glossary_is_asked_for_in_both_directions() -> None:
    term = Glossary((Term("達成率", ("achievement rate",), "", ""),))
    assert faults("完成率", "Achievement rate", term) == [
        '“achievement rate” is 達成率 in the glossary, but the Chinese says: 完成率; use the agreed term, or say why not with meant = "…"'
    ]
    assert faults("達成率", "Completion rate", term) != []
    assert faults("達成率", "Achievement rate", term) == []


def test_a_short_form_of_a_term_will_do() -> None:
    terms = Glossary((Term("未結案件", ("pending cases",), "", ""),))
    assert faults("未結件數", "Pending cases", terms) == []
    assert faults("待辦案件", "Pending cases", terms) != []


# ---- labels beside each other -----------------------------------------------------------------


def told_of_labels(text: str) -> list[str]:
    return [problem.say() for problem in parity.label_faults(parse_toml("x.toml", text.encode()), None)]


def test_two_labels_with_a_half_of_each_exchanged_are_told() -> None:
    text = """
[column.new_cases.label]
zh = "新收件數"
en = "New cases"
[column.cost.label]
zh = "經費"
en = "Cost"
"""
    assert told_of_labels(text) == []
    (told,) = told_of_labels(
        text.replace('"New cases"', '"?"').replace('"Cost"', '"New cases"').replace('"?"', '"Cost"')
    )
    assert told.startswith("x.toml:5: column.cost: label: seems to have half of another label")


# ---- what is meant ----------------------------------------------------------------------------


class _One(Model):
    text: Bilingual


def one(text: str) -> Text:
    return read(_One, parse_toml("x.toml", f"text = {text}\n".encode())).text


def test_meant_excuses_what_a_text_may_mean_and_says_why() -> None:
    assert one('{ zh = "最高", en = "lowest", meant = "a quotation" }') == Text("最高", "lowest")
    with pytest.raises(InputError, match="contradict"):
        one('{ zh = "最高", en = "lowest" }')


def test_meant_excuses_no_slot_that_one_half_lacks() -> None:
    with pytest.raises(InputError, match="the slots differ"):
        one('{ zh = "{a}", en = "{b}", meant = "because" }')


@pytest.mark.parametrize("mark", ['meant = ""', "meant = true", "archived = false", 'archived = "yes"'])
def test_a_mark_without_its_reason_is_a_fault(mark: str) -> None:
    with pytest.raises(InputError):
        one(f'{{ zh = "表", en = "Table", {mark} }}')


def test_archived_text_keeps_its_letters_and_they_are_listed() -> None:
    assert one('{ zh = "不足之処", en = "What is lacking", archived = true }').zh == "不足之処"
    with pytest.raises(InputError, match="処 is no character"):
        one('{ zh = "不足之処", en = "What is lacking" }')
    file = parse_toml(
        "x.toml", '[a]\ntext = { zh = "不足之処", en = "What is lacking", archived = true }\n'.encode()
    )
    (line,) = parity.acknowledged(file)
    assert line.en == "  letters of an old paper, kept: x.toml:2: a: text: 処（處）"


def test_what_is_meant_is_listed_with_its_reason() -> None:
    file = parse_toml("x.toml", 'text = { zh = "最高", en = "lowest", meant = "a quotation" }\n'.encode())
    assert [line.en for line in parity.acknowledged(file)] == ["  meant: x.toml:1: text: a quotation"]


def test_a_negation_of_one_half_is_a_hint_and_no_fault() -> None:
    assert faults("不得引用", "must be quoted") == []
    assert list(parity.hints(Text("不得引用", "must be quoted"))) == ["parity.negation_in_chinese_alone"]
    assert list(parity.hints(Text("不得引用", "must not be quoted"))) == []


# ---- every kind of file -----------------------------------------------------------------------


def changed(project: Path, file: str, old: str, new: str) -> Path:
    """A project with the inputs and templates of the samples, in which one text is changed."""
    for source in [
        *ROOT.glob("inputs/**/*.toml"),
        *ROOT.glob("templates/**/*.toml"),
        ROOT / "inputs/glossary.csv",
    ]:
        made = project / source.relative_to(ROOT)
        made.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text("utf-8")
        if source.relative_to(ROOT).as_posix() == file:
            assert old in text
            text = text.replace(old, new, 1)
        made.write_text(text, "utf-8")
    return project


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as error:
        call()
    return "\n".join(problem.say() for problem in error.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('en = "Taipei Branch"', 'en = "Taichung Branch"', "dimension.branch"),
        ("90年未統計", "91年未統計", "the numbers differ"),
        ('zh = "徵起金額"', 'zh = "徴起金額"', "is no character of Taiwan's standard"),
        ('zh = "新收件數", en = "New cases"', 'zh = "新收件數", en = "Closed cases"', "contradict"),
    ],
)
def test_labels_members_and_reasons_of_a_dataset_are_held_against_each_other(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    project = changed(tmp_path, "inputs/datasets/agency/dataset.toml", old, new)
    assert told in refused(lambda: describe(project, "agency"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("NT${n} million", "NT${n} billion", "unit.twd_million: text: says billion, but the factor"),
        ("{n}個百分點", "{n}%", "unit.point: text"),
        ("{n} case|{n} cases", "{n} person|{n} persons", "name the same unit"),
        ('en = "Closing rate"', 'en = "Closure ratio"', "結案率"),
        ("November 6, 2006", "November 6, 2007", "the numbers differ"),
    ],
)
def test_names_units_and_notes_of_the_registry_are_held_against_each_other(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    project = changed(tmp_path, "inputs/metrics.toml", old, new)
    assert told in refused(lambda: read_registry(project))


def test_a_unit_may_say_that_its_head_is_meant(tmp_path: Path) -> None:
    head = '{ zh = "新臺幣百萬元", en = "NT$ million"'
    project = changed(tmp_path, "inputs/metrics.toml", "NT${n} million", "NT${n} billion")
    file = project / "inputs/metrics.toml"
    assert "billion" in refused(lambda: read_registry(project))
    file.write_text(
        file.read_text("utf-8").replace(f"{head} }}", f'{head}, meant = "of the source" }}'), "utf-8"
    )
    assert read_registry(project).units["twd_million"].head.en == "NT$ million"


# ---- mutations ----------------------------------------------------------------------------------

EACH = 48  # mutations of a class


def is_meant(said: Said) -> bool:
    """A text that says `meant` is excused by a person: it is listed by `check` where an office wrote it."""
    return said.path[:1] != ("unit",) and bool(said.path) and "meant" in at(said.file.values, said.path)


TEXTS = list({(said.kind, said.text): said for said in corpus(ROOT) if not is_meant(said)}.values())


def caught(said: Said, text: Text) -> bool:
    """Whether the rules object to the text where it stands."""
    if said.path[:1] != ("unit",):
        marks = at(said.file.values, said.path) if said.path else {}
        glossary = SHIPPED.of_words() if said.kind == "dataset.toml" else SHIPPED
        return bool(parity.faults(text, HERE, glossary, meant="meant" in marks))
    unit = at(said.file.values, said.path[:2])
    halves = {key: Text(unit[key]["zh"], unit[key]["en"]) for key in ("head", "text") if key in unit}
    halves = {"head": Text("", ""), **halves, said.path[-1]: text}
    if not all(
        re.search(r"\{(n|yi_wan|ordinal)\}", form)
        for half in ("zh", "en")
        for form in halves["text"].say(half).split("|")
    ):  # type: ignore[arg-type]
        return True
    of_unit = parity.unit_faults(halves["head"], halves["text"], Fraction(str(unit["factor"])))
    return bool([*of_unit, *parity.faults(halves["head"], HERE, SHIPPED)])


def test_no_text_of_a_sample_the_starter_or_the_templates_is_refused() -> None:
    starter = ROOT / "reportgen/run/starter/example"
    assert [said.text for said in (*TEXTS, *corpus(starter)) if caught(said, said.text)] == []


def mutated(
    name: str, mutation: Callable[[Text, random.Random], Text | None]
) -> Iterator[tuple[str, bool, Text]]:
    chance = random.Random(f"parity {name}")
    pool = list(TEXTS)
    chance.shuffle(pool)
    made = ((said, mutation(said.text, chance)) for said in pool)
    some = [(said, text) for said, text in made if text is not None][:EACH]
    for said, text in some:
        yield said.kind, caught(said, text), text


def exchanged() -> Iterator[tuple[str, bool, Text]]:
    chance = random.Random("parity labels")
    files = list({said.file.file: said for said in TEXTS if said.path}.values())
    count = 0
    while count < EACH:
        said = chance.choice(files)
        if (file := exchanged_labels(said.file, chance)) is None:
            continue
        count += 1
        changes = [other for other in TEXTS if other.file.file == file.file and other.path]
        found = bool(list(parity.label_faults(file, SHIPPED)))
        for other in changes:
            raw = at(file.values, other.path)
            text = Text(raw["zh"], raw["en"])
            found = found or (text != other.text and caught(other, text))
        yield said.kind, found, said.text


@pytest.mark.slow
def test_five_hundred_mutations_are_caught() -> None:
    kinds = sorted({said.kind for said in TEXTS})
    table: dict[str, Counter[tuple[str, bool]]] = {}
    missed: dict[str, list[Text]] = {}
    for name, found in (
        *((name, mutated(name, mutation)) for name, mutation in {**MECHANICAL, **APART}.items()),
        ("labels exchanged", exchanged()),
    ):
        table[name] = Counter()
        for kind, was_caught, text in found:
            table[name][kind, was_caught] += 1
            if not was_caught:
                missed.setdefault(name, []).append(text)
    print()
    for name, counts in table.items():
        columns = (f"{counts[kind, True]}/{counts[kind, True] + counts[kind, False]}" for kind in kinds)
        print(f"{name:34}" + "".join(f"{column:>24}" for column in columns))
    mechanical = {name: counts for name, counts in table.items() if name not in APART}
    caught_of = Counter({kind: sum(counts[kind, True] for counts in mechanical.values()) for kind in kinds})
    made_of = Counter(
        {kind: caught_of[kind] + sum(counts[kind, False] for counts in mechanical.values()) for kind in kinds}
    )
    print(
        f"{'all mechanical classes':34}"
        + "".join(f"{caught_of[kind]}/{made_of[kind]}".rjust(24) for kind in kinds)
    )
    assert made_of.total() >= 500
    for kind in kinds:
        assert caught_of[kind] >= 0.95 * made_of[kind], (kind, missed)
