"""Names are masked letter by letter, and what was masked is found wherever a file still holds it."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable
from urllib.parse import quote

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import leaks_in
from pikepdf import AttachedFileSpec, Dictionary, Name, OutlineItem, String
from plain_pdf import drawn, pdf

from reportgen.compute import hidden_words, masking
from reportgen.compute.masking import MASK, POLICIES
from reportgen.model import Text
from reportgen.model.errors import Place, RenderError
from reportgen.verify import leaks

MASKING = [policy for policy in POLICIES if policy != "whole"]

# ---- how a name is shown ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mid", "surname"),
    [
        ("王小明", "王○明", "王○○"),
        ("王明", "王○", "王○"),
        ("王\u3000明", "王○", "王○"),
        ("歐陽小明", "歐陽○明", "歐陽○○"),
        ("歐陽明", "歐陽○", "歐陽○"),
        ("歐陽", "歐○", "歐○"),
        ("陳王小美", "陳○○美", "陳○○○"),
        ("瓦歷斯・諾幹", "瓦○○・○幹", "瓦○○・○○"),
        ("瓦歷斯·諾幹", "瓦○○·○幹", "瓦○○·○○"),
        ("𠮷小明", "𠮷○明", "𠮷○○"),
        ("王㛓𠮷", "王○𠮷", "王○○"),
        ("王小明\U000e0100", "王○明\U000e0100", "王○○"),
        ("葛\U000e0101小\ufe00明", "葛\U000e0101○明", "葛\U000e0101○○"),
        ("John Smith", "○ ○", "○ ○"),
        ("王", "○", "○"),
        ("", "", ""),
    ],
)
def test_a_chinese_name_is_masked_by_letters(name: str, mid: str, surname: str) -> None:
    assert masking.shown(Text(name, ""), "mid-mask").zh == mid
    assert masking.shown(Text(name, ""), "surname-only").zh == surname
    assert masking.shown(Text(name, ""), "whole").zh == name


@pytest.mark.parametrize(
    ("zh", "en", "mid", "surname"),
    [
        ("王小明", "Wang, Hsiao-Ming", "Wang, ○-Ming", "Wang, ○-○"),
        ("王小明", "Hsiao-Ming Wang", "○-Ming Wang", "○-○ Wang"),
        ("王小明", "WANG Hsiao-ming", "WANG ○-ming", "WANG ○-○"),
        ("王小明", "Wang, Hsiaoming", "Wang, ○", "Wang, ○"),
        ("歐陽小明", "Ou-Yang, Hsiao-Ming", "Ou-Yang, ○-Ming", "Ou-Yang, ○-○"),
        ("王明", "Ming Wang", "○ Wang", "○ Wang"),
        ("葉華燕", "Yeh Hua-Yen", "Yeh ○-Yen", "Yeh ○-○"),
        ("司徒翰", "Szutu Han", "Szutu ○", "Szutu ○"),
        ("𠮷野安", "Chi Yeh-An", "Chi ○-An", "Chi ○-○"),
        ("冉小明", "Hsiao-Ming Jan", "○-Ming Jan", "○-○ Jan"),
        # Where it cannot be told which is the surname, or it says more than the Chinese shows, nothing is shown.
        ("冉明", "Ming Jan", "○ ○", "○ ○"),
        ("冉小明", "Hsiaoming Jan", "○ ○", "○ ○"),
        ("歐陽小明", "Hsiaoming Ou-Yang", "○ Ou-Yang", "○ Ou-Yang"),
        ("公孫小明", "Hsiaoming Kung-Sun", "○ ○-○", "○ ○-○"),
        ("王小明", "Ming, Wang", "○, ○", "○, ○"),
        ("陳王小美", "Chen Wang, Hsiao-Mei", "○ ○, ○-○", "○ ○, ○-○"),
        ("瓦歷斯・諾幹", "Walis Nokan", "○ ○", "○ ○"),
        ("王小明", "Hsiaoming", "○", "○"),
        ("王小明", "", "", ""),
    ],
)
def test_the_english_half_shows_no_more_than_the_chinese(zh: str, en: str, mid: str, surname: str) -> None:
    assert masking.shown(Text(zh, en), "mid-mask").en == mid
    assert masking.shown(Text(zh, en), "surname-only").en == surname


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="no policy"):
        masking.shown(Text("王小明", ""), "mid_mask")


HAN = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(min_codepoint=0x20000, max_codepoint=0x2A6D6),
    st.sampled_from("王陳林張李歐陽司馬諸葛𠮷堃喆犇㛓"),
)
CLUSTER = st.builds(str.__add__, HAN, st.sampled_from(["", "", "", "\ufe00", "\U000e0100"]))
CHINESE = st.lists(CLUSTER, min_size=1, max_size=6).map("".join)
DOTTED = st.lists(CHINESE, min_size=2, max_size=3).map("・".join)
SYLLABLE = st.sampled_from(["Wang", "Chen", "Lin", "Li", "Ou", "Yang", "Hsiao", "Ming", "Hua", "Jan"])
GIVEN = st.lists(SYLLABLE, min_size=1, max_size=3).map("-".join)
ENGLISH = st.one_of(
    st.builds("{}, {}".format, SYLLABLE, GIVEN),
    st.builds("{} {}".format, GIVEN, SYLLABLE),
    st.lists(GIVEN, max_size=4).map(" ".join),
    st.text(max_size=12),
)
PEOPLE = st.builds(Text, st.one_of(CHINESE, DOTTED, st.text(max_size=8)), ENGLISH)


@given(PEOPLE, st.sampled_from(MASKING))
def test_masking_twice_is_masking_once(person: Text, policy: str) -> None:
    once = masking.shown(person, policy)
    assert masking.shown(once, policy) == once


@given(CHINESE, st.sampled_from(MASKING))
def test_a_masked_name_keeps_its_length_and_never_a_hidden_letter_at_its_place(
    name: str, policy: str
) -> None:
    whole, masked = masking.letters(name), masking.letters(masking.shown(Text(name, ""), policy).zh)
    assert len(whole) == len(masked)
    surname = 2 if len(whole) > 2 and "".join(x[0] for x in whole[:2]) in masking.COMPOUND else 1
    for place, (letter, mask) in enumerate(zip(whole, masked, strict=True)):
        is_last = place == len(whole) - 1 and len(whole) - surname > 1 and policy == "mid-mask"
        is_shown = len(whole) > 1 and (place < surname or is_last)
        assert mask == (letter if is_shown else MASK)


@given(DOTTED, st.sampled_from(MASKING))
def test_of_a_name_with_dots_at_most_two_letters_are_shown(name: str, policy: str) -> None:
    masked = [
        letter for letter in masking.letters(masking.shown(Text(name, ""), policy).zh) if letter != "・"
    ]
    assert len(masked) == len([letter for letter in masking.letters(name) if letter != "・"])
    assert sum(letter != MASK for letter in masked) <= (2 if policy == "mid-mask" else 1)


@given(CHINESE, ENGLISH, st.sampled_from(MASKING))
def test_english_shows_at_most_as_many_words_as_chinese_letters(zh: str, en: str, policy: str) -> None:
    masked = masking.shown(Text(zh, en), policy)
    seen = [word for word in masking._WORD.findall(masked.en) if word != MASK]
    assert len(seen) <= sum(letter != MASK for letter in masking.letters(masked.zh))


@given(PEOPLE, st.sampled_from(MASKING))
def test_a_masked_name_does_not_leak_itself(person: Text, policy: str) -> None:
    masked = masking.shown(person, policy)
    hidden = [
        word
        for word in masking.hidden(person, policy)
        if len(hidden_words._squeezed(hidden_words._folded(word))) > 2
    ]
    assert not leaks.find(masked.zh.encode("utf-8", "ignore"), [w for w in hidden if w == person.zh.strip()])


# ---- identity numbers -------------------------------------------------------------------------


def check_digit(first_nine: str) -> str:
    return next(digit for digit in "0123456789" if masking.is_identity_number(first_nine + digit))


def test_the_check_digit_decides_what_is_an_identity_number() -> None:
    assert masking.is_identity_number("A123456789")  # the example that every form in Taiwan prints
    assert not masking.is_identity_number("A123456788")
    assert not masking.is_identity_number("A323456789")


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.sampled_from("1289"), st.integers(0, 9_999_999))
def test_one_wrong_digit_is_always_found(place: str, sex: str, number: int) -> None:
    whole = f"{place}{sex}{number:07}"
    right = check_digit(whole)
    assert sum(masking.is_identity_number(whole + digit) for digit in "0123456789") == 1
    assert leaks.find(f"字號：{whole}{right}。".encode(), [])


@pytest.mark.parametrize(
    "words",
    [
        "A123456789",
        "a123456789",
        "Ａ１２３４５６７８９",
        "A 1 2 3 4 5 6 7 8 9",
        "身分證A123456789號",
        "(A123456789)",
    ],
)
def test_identity_numbers_are_found_without_being_asked_for(words: str) -> None:
    assert [leak.word.upper() for leak in leaks.find(words.encode(), [])] == ["A123456789"]


@pytest.mark.parametrize("words", ["A123456788", "XA123456789", "A1234567890", "0a123456789f", "A12****789"])
def test_other_numbers_are_none(words: str) -> None:
    assert not leaks.find(words.encode(), [])


# ---- what is found ----------------------------------------------------------------------------

PERSON = Text("王小明", "Wang, Hsiao-Ming")
HIDDEN = masking.hidden(PERSON, "mid-mask")
ROWS = dict.fromkeys(HIDDEN, Place("staff.csv", row=4, column="name"))


@pytest.mark.parametrize(
    "words",
    [
        "受獎人王小明先生",
        "王 小 明",
        "王\u3000小\u3000明",
        "王小\n明",
        "王\u200b小\ufe00明",
        "Wang, Hsiao-Ming",
        "WANG HSIAO-MING",
        "Hsiao-Ming Wang",
        "Wang Hsiaoming",
        "ｗａｎｇ，ｈｓｉａｏ－ｍｉｎｇ",
        "W a n g  H s i a o - M i n g",
        "wanghsiaoming@example.org",
        "Wáng Hsiǎo-Míng",
        r'{"name": "\u738b\u5c0f\u660e"}',
        "&#x738b;&#23567;明",
        "<b>王</b><i>小明</i>",
        '<a title="王小明">',
        "https://example.org/?q=" + quote("王小明"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_name_is_found_however_it_is_written(words: str, encoding: str) -> None:
    assert leaks.find(words.encode(encoding), HIDDEN)


def test_a_name_is_found_in_an_old_encoding() -> None:
    assert leaks.find("編號,姓名\r\n1,王小明\r\n".encode("cp950"), HIDDEN)


@pytest.mark.parametrize(
    "words", ["王○明", "王大明，小明", "王、小明", "Wang, ○-Ming", "Hsiao-Ming Wong", "Wang", "小明"]
)
def test_what_is_no_name_is_not_found(words: str) -> None:
    assert not leaks.find(words.encode(), HIDDEN)


def test_a_short_english_name_is_not_found_within_words() -> None:
    assert not leaks.find(b"Carolina assists; li. Nation", ["Li, Na"])
    assert leaks.find(b"To: Na Li.", ["Li, Na"])
    assert leaks.find(b"Li Na", ["Li, Na"])


def test_the_message_names_the_place_and_not_the_person() -> None:
    assert leaks_in(pdf(lambda made: title(made, "給王小明")), HIDDEN) == ["title or bookmark"]


# ---- where it is found ------------------------------------------------------------------------


def title(made: pikepdf.Pdf, words: str) -> None:
    made.docinfo["/Title"] = words


def xmp(made: pikepdf.Pdf, words: str) -> None:
    with made.open_metadata() as metadata:
        metadata["dc:source"] = words


def bookmark(made: pikepdf.Pdf, words: str) -> None:
    with made.open_outline() as outline:
        outline.root.append(OutlineItem(words, 0))


def element(key: str) -> Callable[[pikepdf.Pdf, str], None]:
    def plant(made: pikepdf.Pdf, words: str) -> None:
        figure = made.make_indirect(
            Dictionary({"/Type": Name.StructElem, "/S": Name.Figure, key: String(words)})
        )
        made.Root.StructTreeRoot = made.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=figure))

    return plant


def link(made: pikepdf.Pdf, words: str) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://example.org/?name=" + quote(words)))
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(annotation)])


def note(made: pikepdf.Pdf, words: str) -> None:
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents=String(words))
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(annotation)])


def attached(
    of: Callable[[str], bytes], name: str = "a.bin", description: str = ""
) -> Callable[[pikepdf.Pdf, str], None]:
    def plant(made: pikepdf.Pdf, words: str) -> None:
        given = name.format(words), description.format(words)
        made.attachments[given[0]] = AttachedFileSpec(
            made, of(words), filename=given[0], description=given[1]
        )

    return plant


def zipped(words: str, inner: Callable[[str], bytes] = str.encode) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", inner(f"<p>{words}</p>"))
    return buffer.getvalue()


def workbook(words: str) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write(3, 3, words)
    return buffer.getvalue()


def parquet(words: str) -> bytes:
    import pyarrow
    import pyarrow.parquet

    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"name": ["", words]}), buffer, compression="zstd")
    return buffer.getvalue()


PLACES: dict[str, Callable[[pikepdf.Pdf, str], None]] = {
    "text": drawn,
    "artefact": lambda made, words: drawn(made, words, "/Artifact BMC"),
    "invisible text": lambda made, words: drawn(made, words, "/P BMC 3 Tr"),
    "actual text of a span": lambda made, words: drawn(
        made, "◆", f"/Span <</ActualText <feff{words.encode('utf-16-be').hex()}>>> BDC"
    ),
    "information": title,
    "XMP": xmp,
    "bookmark": bookmark,
    "Alt": element("/Alt"),
    "ActualText": element("/ActualText"),
    "title of an element": element("/T"),
    "unknown entry": element("/Zz"),
    "link": link,
    "annotation": note,
    "attached CSV": attached(str.encode),
    "attached CSV in CP950": attached(lambda words: words.encode("cp950", "replace")),
    "attached JSON": attached(lambda words: json.dumps({"name": words}).encode()),
    "name of an attachment": attached(lambda words: b"", "{}.csv"),
    "description of an attachment": attached(lambda words: b"", description="of {}"),
    "attached ODF": attached(zipped),
    "attached ZIP in a ZIP": attached(lambda words: zipped(words, lambda inner: zipped(inner))),
    "attached GZIP": attached(lambda words: gzip.compress(words.encode())),
    "attached workbook": attached(workbook),
    "attached Parquet": attached(parquet),
    "attached PDF": attached(lambda words: pdf(lambda made: bookmark(made, words))),
    "unreferenced stream": lambda made, words: setattr(
        made.Root, "ZzPrivate", made.make_stream(f"// {words}".encode())
    ),
    "name of an object": lambda made, words: setattr(made.Root, "ZzName", Name("/" + words)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("word", ["王小明", "王 小 明", "Hsiao-Ming Wang", "A123456789"])
def test_what_is_hidden_is_found_in_each_place_of_a_pdf(place: str, word: str) -> None:
    if place == "name of an object" and " " in word:
        word = word.replace(" ", "")
    found = leaks.find(pdf(lambda made: PLACES[place](made, word)), HIDDEN)
    expected = "A123456789" if word.startswith("A1") else PERSON.en if word.isascii() else PERSON.zh
    assert {leak.word for leak in found} == {expected}
    assert all(leak.where.zh and leak.where.en for leak in found)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_masked_is_not_found(place: str) -> None:
    assert not leaks_in(pdf(lambda made: PLACES[place](made, "王○明 Wang, ○-Ming A12****789")), HIDDEN)


def test_the_place_is_told() -> None:
    def told(place: str) -> list[str]:
        return leaks_in(pdf(lambda made: PLACES[place](made, "王小明")), HIDDEN)

    assert told("text") == ["page 1"]
    assert told("Alt") == ["alternative text"]
    assert told("XMP") == ["XMP metadata"]
    assert told("attached CSV") == ["attachment a.bin"]
    assert told("attached ODF") == ["attachment a.bin: content.xml"]
    assert told("link") == ["link"]


def test_text_in_reading_order_may_be_given() -> None:
    assert leaks_in(pdf(lambda made: None), HIDDEN, ["王", "受獎人：王小明"]) == ["text in reading order"]


def test_texts_that_are_no_file_yet_can_be_asked() -> None:
    assert hidden_words.held(["王○明", "Wang, Hsiao-Ming"], HIDDEN)
    assert hidden_words.held(["A123456789"], ())
    assert not hidden_words.held(["王○明", "Wang, ○-Ming"], HIDDEN)


@pytest.mark.parametrize("head", ["true story of ", "%!PS ", "OTTO ", "BT ET BDC ", "begincmap "])
def test_no_attachment_or_private_data_is_passed_over_for_its_first_bytes(head: str) -> None:
    for place in ("attached CSV", "unreferenced stream"):
        assert leaks_in(pdf(lambda made, place=place: PLACES[place](made, f"{head}王小明")), HIDDEN)  # type: ignore[misc]


def test_an_odt_is_read_whole() -> None:
    assert leaks_in(zipped("<span>王</span><span>小明</span>"), HIDDEN) == ["content.xml"]
    assert not leaks_in(zipped("<span>王</span><span>○明</span>"), HIDDEN)


def test_damaged_files_are_read_as_they_are() -> None:
    for head in (b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"\x1f\x8b"):
        leaks.find(head, HIDDEN)
    assert leaks.find(b"%PDF-1.7\n" + "王小明".encode(), HIDDEN)
    assert leaks.find(b"PK\x03\x04" + "王小明".encode(), HIDDEN)


@pytest.mark.parametrize(
    "file", ["list.pdf", "list.odt", "list.docx", "list.tsv", "web/index.html", "ledger.json"]
)
def test_a_finished_file_of_any_format_with_a_hidden_name_is_refused(file: str) -> None:
    files = {"list.ods": b"", file: "名冊 王小明".encode()}
    with pytest.raises(RenderError) as caught:
        leaks.refuse_hidden(files, ROWS, "awards")
    (problem,) = caught.value.problems
    assert problem.place == Place("staff.csv", row=4)
    assert f"awards/{file}" in problem.zh and "王○○" in problem.zh
    assert "王小明" not in problem.zh
    leaks.refuse_hidden({file: "名冊 王○明".encode()}, ROWS, "awards")


def test_one_message_a_person_and_file_names_all_places() -> None:
    content = pdf(lambda made: (title(made, "給王小明"), drawn(made, "王小明"), bookmark(made, "A123456789")))
    with pytest.raises(RenderError) as caught:
        leaks.refuse_hidden({"list.pdf": content}, ROWS, "awards")
    told = [str(problem.place) + " " + problem.en for problem in caught.value.problems]
    assert len(told) == 2
    assert any("staff.csv:4 王○○ is" in one and "page 1, title or bookmark" in one for one in told), told
    assert any("an identity number is" in one and "A1234" not in one for one in told)


# ---- a name inside a longer word that is declared -----------------------------------------------


@pytest.mark.parametrize(
    ("name", "own", "harmless", "leaking"),
    [
        ("高雄", "高雄分署", "高雄分署書記官 高○", "高雄 高雄分署書記官"),
        ("高雄", "高雄分署", "高雄\n分 署", "獲獎人：高雄，高雄分署"),
        ("林口", "林口服務站", "於林口服務站舉行", "於林口舉行"),
        ("方法", "計算方法", "附錄：計算方法", "方法"),
        ("王大", "王大明", "王大明", "王大明、王大"),
        ("金山", "新北市金山區", "新北市金山區公所", "新北市 金山"),
        ("Kao, Hsiung", "Kaohsiung Branch", "The Kaohsiung Branch", "Kao Hsiung, Kaohsiung Branch"),
        ("Kao, Hsiung", "kaohsiung", 'branch = ["kaohsiung"]', "Kao Hsiung"),
        ("Lin", "Lin Kou Office", "Lin Kou Office", "To Lin of the Lin Kou Office"),
        ("Wang, Hsiao-Ming", "Wang Hsiao-Mingyu", "WANG HSIAO-MINGYU", "Wang Hsiao-Ming"),
    ],
)
def test_a_name_inside_a_declared_word_is_no_leak_and_beside_it_is_one(
    name: str, own: str, harmless: str, leaking: str
) -> None:
    def found(words: str, declared: list[str]) -> list[str]:
        return [leak.word for leak in leaks.find(words.encode(), [name], own=declared)]

    declared = list(hidden_words.own_words([f"「{own}」：{{slot}}", "別的詞"], [name]))
    assert declared == [own]
    assert found(harmless, declared) == []
    assert found(harmless, []) == [name]
    assert found(leaking, declared) == [name]


@pytest.mark.parametrize("place", PLACES)
def test_a_name_beside_a_declared_word_is_found_in_each_place_of_a_pdf(place: str) -> None:
    def found(words: str) -> list[leaks.Leak]:
        return leaks.find(pdf(lambda made: PLACES[place](made, words)), ["高雄"], own=["高雄分署"])

    assert found("高雄") and not found("高雄分署")


@pytest.mark.parametrize("words", ["Linkou", "Berlin", "Chang, Lin-Yi", "O'Lin", "Merlin's"])
def test_a_name_of_one_latin_word_is_not_found_inside_a_longer_one(words: str) -> None:
    assert not leaks.find(words.encode(), ["Lin"])


@pytest.mark.parametrize("words", ["Lin", "Lin's prize", "(lin)", "To LIN:", "list_lin.pdf"])
def test_a_name_of_one_latin_word_is_found_where_it_stands_alone(words: str) -> None:
    assert leaks.find(words.encode(), ["Lin"])


def test_a_name_that_is_a_declared_word_cannot_be_told_apart() -> None:
    assert not leaks.find("高雄".encode(), ["高雄"], own=["高雄"])
    assert hidden_words.alike(["高雄", "王小明"], ["高雄", "高雄分署"]) == ["高雄"]


def test_hundreds_of_names_are_looked_for_at_once() -> None:
    """All names in one pass: ten times as many names cost less than three times as long."""
    given = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周"
    hidden = [f"{a}{b}{c}" for a in given for b in "家志建俊文" for c in "豪明宏偉華"]
    text = "分署執行案件之徵起金額較上年度增加百分之三點二。" * 20_000

    def seconds(count: int) -> float:
        some = hidden[:count]
        leaks.find(b"", some)
        start = time.process_time()
        assert leaks.find(f"{text}{some[-1]}".encode(), some)
        return time.process_time() - start

    few, many = min(seconds(50) for _ in range(3)), min(seconds(500) for _ in range(3))
    assert many < 3 * few + 0.05
