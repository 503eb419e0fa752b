"""The papers of an award: what each holds, in which words, and what it hides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import small_awards
from small_awards import IDENTITY, PEOPLE, bonus_result, papers, raw, result, units, words

from reportgen.compute.hidden_words import held
from reportgen.compute.ledger import Ledger
from reportgen.compute.rules.model import Result, Reward
from reportgen.kinds.awards import decisions
from reportgen.kinds.awards import documents as awards
from reportgen.kinds.awards.certificates import safe
from reportgen.kinds.awards.plan import PAPERS
from reportgen.kinds.material import Material
from reportgen.model import (
    Block,
    Cell,
    Clause,
    Document,
    Field,
    Fields,
    FormHead,
    KeyFigures,
    Labels,
    Line,
    NoteBox,
    Paragraphs,
    Printed,
    Recipient,
    Section,
    Segment,
    Signature,
    Table,
    Text,
)
from reportgen.model.errors import InputError
from reportgen.model.formats import clause_number
from reportgen.read.words import said

ROOT = small_awards.ROOT


def lines_of(block: Block) -> Iterator[Line | Text | Printed]:
    """All words and figures of a block."""
    if isinstance(block, FormHead):
        yield from (block.issuer, block.form)
        for field in (*block.archive, *block.contact, *block.fields):
            yield from (field.label, *field.lines)
    elif isinstance(block, Fields):
        for field in block.fields:
            yield from (field.label, *field.lines)
    elif isinstance(block, Segment):
        yield from (block.label, *([block.line] if block.line else []), *(c.line for c in block.clauses))
    elif isinstance(block, Signature):
        yield from (block.title, block.name)
    elif isinstance(block, Labels):
        for label in block.labels:
            yield from (label.address, label.addressee)
    elif isinstance(block, Section):
        yield block.title
    elif isinstance(block, Paragraphs):
        yield from block.lines
    elif isinstance(block, NoteBox):
        yield from (*([block.title] if block.title else []), *block.lines)
    elif isinstance(block, KeyFigures):
        for card in block.cards:
            yield from (card.label, card.unit, card.figure)
    elif isinstance(block, Table):
        yield from (block.caption, block.stub, *(column.label for column in block.columns))
        for row in block.rows:
            yield row.head
            yield from (cell.figure or cell.text or Text("", "") for cell in row.cells)
    else:
        raise AssertionError(block)


def text_of(document: Document, language: str = "zh") -> str:
    """Everything that the paper says in a language, a line for each piece."""
    parts = []
    for block in document.blocks:
        for piece in lines_of(block):
            if isinstance(piece, Line):
                parts.append(said(piece.say(language), language))  # type: ignore[arg-type]
            elif isinstance(piece, Printed):
                parts.append(piece.plain)
            else:
                parts.append(piece.say(language))  # type: ignore[arg-type]
    return "\n".join(parts)


def first(document: Document, kind: type[Any], place: int = 0) -> Any:
    return [block for block in document.blocks if isinstance(block, kind)][place]


def faults(declared: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        papers("letter", declared=declared)
    return [str(problem.place) + ": " + problem.en for problem in caught.value.problems]


def rows_of(table: Table) -> list[list[str]]:
    def shown(cell: Cell) -> str:
        return cell.figure.plain if cell.figure else cell.text.zh if cell.text else ""

    return [[row.head.zh, *(shown(cell) for cell in row.cells)] for row in table.rows]


# ---- all papers ---------------------------------------------------------------------------------


def test_every_paper_that_is_asked_for_is_made_in_its_order() -> None:
    assert list(papers()) == [*PAPERS]
    declared = raw() | {"papers": ["report", "letter", "letter"]}
    assert list(papers(declared=declared)) == ["report", "letter"]


@pytest.mark.parametrize("name", [name for name in PAPERS if name != "certificates"])
def test_no_slot_is_left_open_and_no_figure_is_outside_the_ledger(name: str) -> None:
    document = papers(name)[name]
    for language in ("zh", "en"):
        assert "{" not in text_of(document, language)
    printed = {figure.number: figure for figure in document.printed}
    found = [piece for block in document.blocks for piece in lines_of(block)]
    figures = [piece for piece in found if isinstance(piece, Printed)]
    figures += [
        run for line in found if isinstance(line, Line) for run in line.zh if isinstance(run, Printed)
    ]
    assert all(printed[figure.number].value is figure.value for figure in figures)
    assert list(printed) == list(range(1, len(printed) + 1))


@pytest.mark.parametrize("name", [name for name in PAPERS if name != "certificates"])
def test_both_halves_of_a_paper_hold_the_same_figures(name: str) -> None:
    for block in papers(name)[name].blocks:
        for piece in lines_of(block):
            if isinstance(piece, Line):
                zh, en = (
                    {run.number for run in half if isinstance(run, Printed)} for half in (piece.zh, piece.en)
                )
                assert zh == en


def test_a_paper_says_what_it_read_and_takes_only_what_names_nobody_along() -> None:
    document = papers("list")["list"]
    assert document.attached == ("inputs/small/publication.toml", "inputs/small/rules.toml")
    assert small_awards.STAFF in document.inputs
    assert document.sample == Text("示範資料", "Sample data")


def test_the_date_of_the_command_line_stands_for_that_of_every_paper() -> None:
    from datetime import date

    made = awards.documents(small_awards.material(issued=date(2014, 2, 5)), result(), ["order"])
    assert "中華民國103年2月5日" in text_of(made[0])
    assert made[0].issued == Text("中華民國103年2月5日", "February 5, 2014")


# ---- names --------------------------------------------------------------------------------------


def test_names_are_shown_by_the_policy_of_each_paper() -> None:
    made = papers()
    assert "王小明" in text_of(made["list"]) and "Wang, Hsiao-Ming" in text_of(made["list"], "en")
    shown = text_of(made["announcement"])
    assert "王○明" in shown and "歐陽○範" in shown and "王小明" not in shown
    assert "Hsiao-Ming" not in text_of(made["announcement"], "en")


@pytest.mark.parametrize("name", [name for name in PAPERS if name != "certificates"])
def test_what_a_paper_hides_stands_nowhere_in_it(name: str) -> None:
    document = papers(name)[name]
    whole = text_of(document) + text_of(document, "en") + str(document.title) + str(document.keywords)
    assert IDENTITY in document.hidden
    assert [hidden for hidden in document.hidden if hidden in whole] == []


def test_whoever_is_not_honoured_is_hidden_in_the_list_but_not_in_the_decisions() -> None:
    made = papers("list", "decisions")
    assert {"張未取", "Chang, Wei-Chu", "黃不符"} <= set(made["list"].hidden)
    assert "王小明" not in made["list"].hidden
    assert set(made["decisions"].hidden) == {IDENTITY}


def test_a_name_inside_one_that_is_shown_is_looked_for_beside_it() -> None:
    """王小明 is honoured; of somebody called 小明 the letters inside that name betray nothing."""
    last = result().decisions[-1]
    named = replace(last, person=replace(last.person, names=Text("小明", "Hsiao, Ming")))
    outcome = replace(result(), decisions=(*result().decisions[:-1], named))
    document = papers("list", outcome=outcome)["list"]
    assert {"小明", "Hsiao, Ming"} <= set(document.hidden)
    assert not held([text_of(document)], document.hidden, document.own_words)
    assert held([text_of(document), "小明"], document.hidden, document.own_words) == ["小明"]


@pytest.mark.parametrize("name", ["張未取", "未取"])
def test_a_name_in_the_name_of_a_place_is_declared_and_in_a_sentence_is_found(name: str) -> None:
    last = next(d for d in result().decisions if d.person.names.zh == "張未取")
    named = replace(last, person=replace(last.person, names=Text(name, "Chang, Wei-Chu")))
    outcome = replace(result(), decisions=tuple(named if d is last else d for d in result().decisions))
    declared = raw("attitude-awards-102")
    declared["ceremony"]["place"] = {"zh": "張未取紀念堂", "en": "Memorial Hall"}

    def found(document: Document) -> list[str]:
        return held([text_of(document)], document.hidden, document.own_words)

    assert "張未取紀念堂" in text_of(papers("notice", declared=declared, outcome=outcome)["notice"])
    assert not found(papers("notice", declared=declared, outcome=outcome)["notice"])
    declared["ceremony"]["notes"] = [{"zh": f"請{name}協助。", "en": "Please help."}]
    assert found(papers("notice", declared=declared, outcome=outcome)["notice"]) == [name]


def test_the_names_of_units_hide_nobody_but_those_of_their_staff_are_masked() -> None:
    declared = raw("attitude-awards-102") | {"names": {"list": "surname-only"}}
    document = papers("list", declared=declared, outcome=bonus_result())["list"]
    assert "甲股" in text_of(document)
    assert "甲示範" in document.hidden and "甲示範" not in text_of(document)


# ---- official papers ----------------------------------------------------------------------------


def test_a_letter_has_its_fields_in_print_order_and_leaves_blank_what_is_not_declared() -> None:
    declared = raw()
    del declared["letter"]["attachment"], declared["letter"]["speed"]
    document = papers("letter", declared=declared)["letter"]
    head = first(document, FormHead)
    assert (head.issuer.zh, head.form) == ("法務部行政執行署", Text("函", "Letter"))
    assert [field.label.zh for field in head.fields] == [
        "受文者",
        "發文日期",
        "發文字號",
        "速別",
        "密等及解密條件或保密期限",
        "附件",
    ]
    assert [bool(field.lines) for field in head.fields] == [True, True, True, False, False, False]
    assert [field.label.zh for field in head.contact] == ["地址", "承辦人", "電話", "傳真", "電子信箱"]
    assert [type(block) for block in document.blocks] == [FormHead, Segment, Segment, Fields, Signature]
    assert "無" not in [said(line.zh, "zh") for field in head.fields for line in field.lines]


def test_a_letter_asks_its_reader_and_begins_its_explanation_with_the_basis() -> None:
    document = papers("letter")["letter"]
    subject, explanation = first(document, Segment), first(document, Segment, 1)
    assert said(subject.line.zh, "zh").endswith("請查照。") and not subject.clauses
    assert said(explanation.clauses[0].line.zh, "zh").startswith("依據")


def test_items_are_numbered_on_their_levels() -> None:
    clauses = first(papers("letter")["letter"], Segment, 1).clauses
    marks = [clause_number(clause.level, clause.number).zh for clause in clauses]
    assert marks == ["一、", "二、", "三、", "（一）", "（二）", "1、", "2、", "四、"]


def test_main_recipients_and_copies_are_told_apart() -> None:
    fields = first(papers("letter")["letter"], Fields).fields
    main, copy = (said(field.lines[0].zh, "zh") for field in fields)
    assert main.count("分署") == 13 and main.startswith("本署臺北分署、士林分署、")
    assert copy.startswith("法務部、本署") and "分署" not in copy


def test_an_order_begins_with_its_verb_and_lists_who_gets_what_and_why() -> None:
    document = papers("order")["order"]
    assert said(first(document, Segment).line.zh, "zh").startswith("核定")
    table = first(document, Table)
    assert [table.stub.zh, *(column.label.zh for column in table.columns)] == [
        "姓名",
        "職稱",
        "獎懲種類",
        "事由",
        "法令依據",
    ]
    assert rows_of(table)[0] == [
        "王小明",
        "北區分署書記官",
        "嘉獎兩次、獎狀",
        "102年度執行態度考核列特優",
        "各分署執行態度考核要點",
    ]
    assert len(table.rows) == 5
    assert first(document, Signature).seal and not first(papers("letter")["letter"], Signature).seal


def test_an_announcement_has_no_addressee_and_lists_by_tier_and_branch() -> None:
    document = papers("announcement")["announcement"]
    assert [f.label.zh for f in first(document, FormHead).fields] == ["發文日期", "發文字號", "附件"]
    assert [block.label.zh for block in document.blocks if isinstance(block, Segment)] == [
        "主旨",
        "依據",
        "公告事項",
    ]
    clauses: tuple[Clause, ...] = first(document, Segment, 2).clauses
    told = [clause_number(c.level, c.number).zh + said(c.line.zh, "zh") for c in clauses]
    assert told[:4] == [
        "一、獲獎名單如下，計5名：",
        "（一）特優2名：",
        "1、北區分署：書記官王○明。",
        "2、遠東分署：行政執行官歐陽○範。",
    ]
    assert [mark[:2] for mark in told[-2:]] == ["二、", "三、"]


def test_a_notice_says_the_day_of_the_week_and_the_half_of_the_day() -> None:
    document = papers("notice")["notice"]
    fields = {
        f.label.zh: said(f.lines[0].zh, "zh") if f.lines else "" for f in first(document, Fields).fields
    }
    assert list(fields) == [
        "開會事由",
        "開會時間",
        "開會地點",
        "主持人",
        "聯絡人及電話",
        "出席者",
        "列席者",
        "副本",
    ]
    assert fields["開會時間"] == "103年1月28日（星期二）下午2時"
    assert first(document, Segment).label.zh == "備註"
    assert "2:00 p.m., Tuesday, January 28, 2014" in text_of(document, "en")


def test_the_steps_of_the_programme_follow_one_another() -> None:
    table = first(papers("programme")["programme"], Table)
    assert [row[1] for row in rows_of(table)] == [
        "14:00–14:20",
        "14:20–14:30",
        "14:30–14:40",
        "14:40–15:20",
        "15:20–15:40",
        "15:40–15:50",
    ]


def test_the_highest_tier_comes_to_the_stage_last() -> None:
    table = first(papers("programme")["programme"], Table, 1)
    assert [row[1:3] for row in rows_of(table)] == [["優等", "3"], ["特優", "2"]]


def test_there_is_a_label_for_each_address() -> None:
    labels = first(papers("labels")["labels"], Labels).labels
    assert len(labels) == 16
    assert labels[0].addressee.zh == "法務部行政執行署臺北分署　收"


# ---- list, report, decisions --------------------------------------------------------------------


def test_the_list_goes_by_tier_branch_and_rank() -> None:
    document = papers("list")["list"]
    assert [row[3] for row in rows_of(first(document, Table))] == ["王小明", "歐陽示範"]
    assert [row[3] for row in rows_of(first(document, Table, 1))] == ["陳範例", "李示", "林𠮷示"]
    assert first(document, Table, 1).break_after == (1, 2)
    assert "本示範之設定" in text_of(document)


def test_nobody_honoured_makes_a_list_that_says_so() -> None:
    outcome = replace(result(), decisions=tuple(replace(d, tier=None) for d in result().decisions))
    for name, document in papers(outcome=outcome).items():
        assert "{" not in text_of(document), name
    assert "本年度無人獲獎" in text_of(papers("list", outcome=outcome)["list"])


def test_the_report_counts_tiers_and_branches_and_says_how_it_was_decided() -> None:
    document = papers("report")["report"]
    table = first(document, Table)
    assert rows_of(table)[0] == ["北區分署", "1", "1", "2"]
    assert rows_of(table)[-1] == ["總計", "2", "3", "5"]
    english = text_of(document, "en")
    assert "honours 5 of 7 candidates" in english
    assert (
        "How it was decided" in english
        and "4 × 75% = 3" in english
        and "The mean of the monthly scores" in english
    )


def test_every_candidate_has_a_sheet_whether_honoured_or_not() -> None:
    document = papers("decisions")["decisions"]
    sheets = [block.title.zh for block in document.blocks if isinstance(block, Section) and block.number]
    assert sorted(sheets) == sorted(person[1] for person in PEOPLE)
    for _, zh, en, *_rest in PEOPLE:
        assert f"{zh}之理由。" in text_of(document) and f"The reason of {en}." in text_of(document, "en")


def test_a_sheet_tells_value_threshold_and_verdict_of_every_rule() -> None:
    document = papers("decisions")["decisions"]
    checks = [b for b in document.blocks if isinstance(b, Table) and b.anchor.endswith("-checks")]
    assert len(checks) == len(PEOPLE)
    failed = next(rows_of(table) for table in checks if "未通過" in str(rows_of(table)))
    assert failed[0] == ["任職滿月數", "7", "不低於", "12", "", "未通過"]


def test_a_bonus_is_told_step_by_step_and_shared_to_the_dollar() -> None:
    document = papers("decisions", outcome=bonus_result())["decisions"]
    steps, shares = (
        next(b for b in document.blocks if isinstance(b, Table) and b.anchor == f"d-1-{name}")
        for name in ("steps", "shares")
    )
    assert [row[:2] for row in rows_of(steps)] == [
        ["徵起金額", "1,500,200"],
        ["減：基本徵起責任金額", "1,000,000"],
        ["乘以0.5%", "2,501"],
    ]
    assert [row[5] for row in rows_of(shares)] == ["1,125", "1,126", "250", "2,501"]
    assert [row[6] for row in rows_of(shares)[:3]] == ["0", "1", "0"]


def test_what_is_paid_is_summed_by_branch() -> None:
    document = papers("report", outcome=bonus_result())["report"]
    assert rows_of(first(document, Table)) == [["北區分署", "1", "3", "2,501"], ["總計", "1", "3", "2,501"]]


# ---- certificates -------------------------------------------------------------------------------


def made_recipients(**changed: Any) -> tuple[Recipient, ...]:
    return recipients(small_awards.material(raw() | changed), result())


def recipients(material: Material, outcome: Result) -> tuple[Recipient, ...]:
    (document,) = awards.documents(material, outcome, ["certificates"])
    return tuple(block for block in document.blocks if isinstance(block, Recipient))


def test_recipients_come_in_the_order_of_the_list_with_their_numbers() -> None:
    made = made_recipients()
    assert [one.id for one in made] == ["S01", "S02", "S04", "S03", "S05"]
    assert [one.serial for one in made][:2] == ["AEA-ATT102-0001", "AEA-ATT102-0002"]
    assert [one.stem for one in made][:2] == ["0001-王小明", "0002-歐陽示範"]
    assert made[0].place.row == 2


def test_a_certificate_has_its_words_by_tier_and_its_date_in_words() -> None:
    certificate = made_recipients()[0].certificate
    assert [field.id for field in certificate.fields] == ["post", "name", "serial"]
    assert [field.text.zh for field in certificate.fields] == [
        "北區分署書記官",
        "王小明",
        "證書字號：AEA-ATT102-0001",
    ]
    assert certificate.date == Text("中華民國一百零三年一月十五日", "January 15, 2014")
    words_zh = said(certificate.citation[0].zh, "zh")
    assert "一百零二年度" in words_zh and "特優" in words_zh and words_zh.endswith("以資鼓勵。")
    assert certificate.qr == ""


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("王小明", "王小明"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\CON", "C_CON"),
        ("林𠮷示", "林𠮷示"),
        ("谷辣斯·尤達卡", "谷辣斯_尤達卡"),
        ("a\u202eb\0c", "a_b_c"),
        ("...", "x"),
        ("長" * 90, "長" * 48),
    ],
)
def test_a_name_never_chooses_a_path(name: str, kept: str) -> None:
    assert safe(name) == kept


def test_stems_are_unlike_even_for_two_of_one_name() -> None:
    twins = tuple(
        replace(d, person=replace(d.person, names=Text("王小明", "Wang, Hsiao-Ming")))
        for d in result().decisions
    )
    made = recipients(small_awards.material(), replace(result(), decisions=twins))
    assert len({one.stem.casefold() for one in made}) == len(made) == 5


# ---- faults of publication.toml -----------------------------------------------------------------


def test_every_fault_is_told_with_its_place_in_one_run() -> None:
    declared = raw()
    declared["letter"]["subject"]["zh"] = "請轉知同仁出席{winers}。"
    declared["letter"]["subject"]["en"] = "Please attend {winers}."
    declared["order"]["subject"] = {"zh": "核定如附表，請查照。", "en": "Approved."}
    declared["ceremony"]["on"] = "103/2/30"
    declared["office"]["phon"] = "1"
    declared["names"]["list"] = "hidden"
    declared["letter"]["item"].insert(0, {"level": 3, "text": {"zh": "甲", "en": "a"}})
    told = "\n".join(faults(declared))
    for expected in (
        "letter: subject: the subject of a letter ends with what is asked",
        "order: subject: an order or announcement asks nothing",
        'ceremony: on: "103/2/30" is not a date',
        "office: phon: is an unknown key; known here: address, person, phone",
        "; did you mean 'phone'?",
        'names: list: "hidden" is unknown; known: whole, mid-mask, surname-only',
        "letter.item 1: level: 3 cannot follow 0",
        "letter: subject: {winers} is no slot of a paper",
        "; did you mean 'winners'?",
    ):
        assert expected in told


def test_the_ten_stems_count_no_eleventh_item() -> None:
    declared = raw()
    levels = [1, 2, 3, 4, *[5] * 11]
    declared["letter"]["item"] = [{"level": level, "text": {"zh": "甲", "en": "a"}} for level in levels]
    told = "\n".join(faults(declared))
    assert "letter.item 15: at most 10 items stand on level 5 (甲 to 癸)" in told
    assert "letter.item 14" not in told


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"papers": ["leter"]}, 'papers 1: "leter" is unknown; known: letter, order, announcement'),
        ({"award": {"zh": "獎"}}, "award: the text lacks its en half"),
        ({"office": "here"}, 'office: "here" is not a table'),
        (
            {
                "certificate": {
                    "heading": {"zh": "獎狀", "en": "Certificate of Merit"},
                    "serial": "A",
                    "citation": {},
                }
            },
            "must hold {n} once",
        ),
    ],
)
def test_what_cannot_be_read_is_told(change: dict[str, Any], message: str) -> None:
    assert message in "\n".join(faults(raw() | change))


def test_a_citation_for_a_tier_that_there_is_not_is_told_and_so_is_a_tier_without_one() -> None:
    declared = raw()
    citation = declared["certificate"]["citation"]
    citation["specal"] = citation.pop("default")
    told = "\n".join(faults(declared))
    assert "there is no tier 'specal'; known: default, merit, special" in told
    assert "the tier 'merit' has no citation" in told


def test_a_certificate_shows_the_whole_name() -> None:
    told = faults(raw() | {"names": {"certificates": "mid-mask"}})
    assert told == [
        "inputs/small/publication.toml: names: certificates: a certificate bears the whole name of who is honoured; delete certificates in [names]"
    ]


def test_a_field_of_the_form_is_blank_and_never_none() -> None:
    blank = [field for field in first(papers("order")["order"], FormHead).fields if not field.lines]
    assert [field.label.zh for field in blank] == ["密等及解密條件或保密期限", "附件"]
    assert all(isinstance(field, Field) for field in blank)


def test_papers_of_the_same_outcome_are_equal_whatever_the_order_of_the_rows() -> None:
    turned = replace(result(), decisions=tuple(reversed(result().decisions)))
    for name, document in papers("list", "announcement", "order", "report", outcome=turned).items():
        assert re.sub(r"\s", "", text_of(document)) == re.sub(r"\s", "", text_of(papers(name)[name]))


def test_parts_are_joined_as_each_language_does() -> None:
    from reportgen.kinds.forms import joined

    one, two, three = Text("甲", "a"), Text("乙", "b"), Text("丙", "c")
    assert joined([]) == Text("", "")
    assert joined([one]) == one
    assert joined([one, two, three]) == Text("甲、乙、丙", "a, b and c")
    assert joined([one, Text("乙", "b, of c")]) == Text("甲、乙", "a; b, of c")


# ---- figures in words -----------------------------------------------------------------------------


def test_the_numbers_that_a_reason_states_become_figures_of_the_ledger() -> None:
    ledger = Ledger(units())
    reason = Text("列第2名（共12名），93.5分，名額2名。", "2nd of 12, with 93.5 points; 2 could win.")
    values = [
        small_awards.value("score", "93.5", "score", 1),
        small_awards.value("rank", 2, "rank", 0),
        small_awards.value("eligible", 12, "count", 0),
        small_awards.value("quota", 2, "count", 0),
    ]
    line = ledger.within(reason, values)
    assert said(line.zh, "zh") == reason.zh and said(line.en, "en") == reason.en
    for half in (line.zh, line.en):
        metrics = [run.value.metric for run in half if isinstance(run, Printed)]
        assert metrics == ["rank", "eligible", "score", "quota"]


def test_a_figure_of_a_line_stays_and_its_words_are_looked_through() -> None:
    ledger = Ledger(units())
    value = small_awards.value("eligible", 12, "count", 0)
    printed = ledger.print(small_awards.value("winners", 3, "count", 0))
    line = ledger.within(Line((printed, "名，共12名"), (printed, " of 12")), [value])
    assert [run.value.metric for run in line.en if isinstance(run, Printed)] == ["winners", "eligible"]


@pytest.mark.parametrize("words", ["112名", "12.5名", "12,000名", "−12名"])
def test_a_number_inside_another_is_not_taken_for_it(words: str) -> None:
    ledger = Ledger(units())
    line = ledger.within(Text(words, words), [small_awards.value("eligible", 12, "count", 0)])
    assert line == Line((words,), (words,)) and ledger.printed == ()


def test_a_number_that_only_one_half_states_is_left_alone() -> None:
    ledger = Ledger(units())
    line = ledger.within(Text("十二名", "12 of them"), [small_awards.value("eligible", 12, "count", 0)])
    assert line.en == ("12 of them",)


def test_the_money_of_a_tier_is_a_figure_where_the_tier_is_told() -> None:
    prize = Reward(
        "money",
        Text("獎金新臺幣3,000元", "prize money of NT$3,000"),
        1,
        small_awards.value("prize", 3000, "twd", 0),
    )
    tier = replace(result().tiers[0], rewards=(*result().tiers[0].rewards, prize))
    decided = tuple(
        replace(d, tier=tier) if d.tier and d.tier.id == tier.id else d for d in result().decisions
    )
    outcome = replace(result(), decisions=decided, tiers=(tier, *result().tiers[1:]))
    for name in ("list", "report"):
        document = papers(name, outcome=outcome)[name]
        figures = [figure for figure in document.printed if figure.value.metric == "prize"]
        assert [figure.plain for figure in figures] == ["3,000"], name
        assert "獎金新臺幣3,000元" in text_of(document) and "prize money of NT$3,000" in text_of(
            document, "en"
        )


def test_the_numbers_of_the_inputs_own_words_are_known() -> None:
    stated = set(papers("letter")["letter"].stated)
    assert {"10330000150", "103", "2014", "28", "0000", "123", "20"} <= stated
    assert "96.25" not in stated


def test_the_items_below_a_new_item_are_counted_anew() -> None:
    declared = raw()
    declared["letter"]["item"] = [
        {"level": level, "text": {"zh": "依據某規定。", "en": "By a rule."}}
        for level in (1, 2, 2, 3, 1, 2, 3)
    ]
    clauses = first(papers("letter", declared=declared)["letter"], Segment, 1).clauses
    marks = [clause_number(clause.level, clause.number).zh for clause in clauses]
    assert marks == ["一、", "（一）", "（二）", "1、", "二、", "（一）", "1、"]


@pytest.mark.parametrize("sheets", ["all", "winners", "none"])
def test_decision_sheets_may_be_those_of_the_winners_or_none(sheets: str) -> None:
    document = papers("decisions", declared=raw() | {"decisions": {"sheets": sheets}})["decisions"]
    decided = result().decisions
    wanted = {"all": len(decided), "winners": len(result().winners), "none": 0}[sheets]
    assert 0 < len(result().winners) < len(decided)
    assert (
        sum(
            isinstance(block, NoteBox) and block.title == words()["decisions.reason"]
            for block in document.blocks
        )
        == wanted
    )


def test_more_sheets_than_a_file_can_hold_are_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decisions, "MOST_SHEETS", len(result().winners))
    with pytest.raises(InputError) as told:
        papers("decisions")
    assert 'write [decisions] sheets = "winners"' in str(told.value)
    papers("decisions", declared=raw() | {"decisions": {"sheets": "winners"}})
