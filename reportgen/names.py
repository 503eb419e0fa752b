"""Names as a paper shows them, and whether a finished file holds what it should not show.

What is masked is decided by each paper's declared policy; nothing is romanised here. The scan reads files as bytes
and knows nothing of how they were made.
"""

from __future__ import annotations

import functools
import gzip
import html
import io
import re
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from reportgen.model import Text

if TYPE_CHECKING:
    import pikepdf

Policy = Literal["whole", "mid-mask", "surname-only"]
POLICIES: Mapping[Policy, Text] = {
    "whole": Text("全名", "whole name"),
    "mid-mask": Text("遮蔽姓名中間字", "middle of the given name masked"),
    "surname-only": Text("僅列姓氏", "surname only"),
}

MASK = "○"
DOTS = "·・‧•･∙⋅"  # part the names of indigenous people; written in many ways

_COMPOUNDS = (
    "歐陽 司馬 諸葛 上官 司徒 司空 司寇 夏侯 皇甫 尉遲 公孫 公冶 公羊 公西 長孫 慕容 宇文 令狐 東方 東郭 西門 南宮 南門 北宮"
    " 獨孤 端木 百里 申屠 淳于 單于 鍾離 軒轅 赫連 澹臺 澹台 太史 太叔 仲孫 叔孫 季孫 子車 梁丘 左丘 閭丘 濮陽 聞人 第五 呼延"
    " 万俟 拓跋 完顏 賀蘭 歐阳 范姜 張簡 張廖"
)
COMPOUND = frozenset(_COMPOUNDS.split())
# Only to find which word of an English name is the surname; several spellings, because people choose their own.
SPELT: Mapping[str, str] = {
    "王": "wang wong", "陳": "chen chan tan", "林": "lin lim lam", "黃": "huang hwang wong", "張": "chang zhang cheung",
    "李": "li lee", "吳": "wu ng", "劉": "liu liou lau", "蔡": "tsai cai choi", "楊": "yang young", "許": "hsu xu shu hui",
    "鄭": "cheng zheng", "謝": "hsieh xie", "郭": "kuo guo", "洪": "hung hong", "曾": "tseng zeng", "邱": "chiu qiu chiou",
    "廖": "liao", "賴": "lai", "周": "chou zhou chow", "徐": "hsu xu", "蘇": "su", "葉": "yeh ye", "莊": "chuang zhuang",
    "呂": "lu lyu lue", "江": "chiang jiang", "何": "ho he", "蕭": "hsiao xiao", "羅": "lo luo", "高": "kao gao",
    "潘": "pan", "簡": "chien jian", "朱": "chu zhu", "鍾": "chung zhong", "彭": "peng", "游": "yu you", "詹": "chan zhan",
    "胡": "hu", "施": "shih shi", "沈": "shen", "余": "yu", "盧": "lu", "梁": "liang leung", "趙": "chao zhao",
    "顏": "yen yan", "柯": "ko ke", "翁": "weng", "魏": "wei", "孫": "sun", "戴": "tai dai", "范": "fan", "方": "fang",
    "宋": "sung song", "鄧": "teng deng", "杜": "tu du", "傅": "fu", "侯": "hou", "曹": "tsao cao", "薛": "hsueh xue",
    "丁": "ting ding", "卓": "cho zhuo", "馬": "ma", "董": "tung dong", "唐": "tang", "于": "yu",
    "石": "shih shi", "姚": "yao", "溫": "wen", "田": "tien tian", "康": "kang", "鄒": "tsou zou", "白": "pai bai", "涂": "tu",
    "尤": "yu you", "古": "ku gu", "巫": "wu", "韓": "han", "龔": "kung gong", "嚴": "yen yan", "袁": "yuan", "黎": "li",
    "連": "lien lian", "阮": "juan ruan", "藍": "lan", "童": "tung tong", "蔣": "chiang jiang", "秦": "chin qin",
    "程": "cheng", "馮": "feng", "夏": "hsia xia", "倪": "ni", "汪": "wang", "任": "jen ren", "金": "chin jin kim",
    "歐陽": "ouyang", "司馬": "szuma ssuma sima", "諸葛": "chuko zhuge", "上官": "shangkuan shangguan",
    "司徒": "szutu ssutu situ", "范姜": "fanchiang fanjiang", "張簡": "changchien zhangjian", "張廖": "changliao zhangliao",
    "夏侯": "hsiahou xiahou", "皇甫": "huangfu", "令狐": "linghu", "端木": "tuanmu duanmu", "慕容": "mujung murong",
}  # fmt: skip


# ---- names as they are shown --------------------------------------------------------------------


def shown(names: Text, policy: str) -> Text:
    """The name as the policy lets it be seen: 王小明 is 王○明 or 王○○.

    The English half shows the surname and, of the given name, only the syllables whose Chinese letters are shown
    (`Wang, ○-Ming`). Where the surname or the syllables cannot be told, all of it is masked.
    """
    if policy not in POLICIES:
        raise ValueError(f"{policy!r} is no policy for names")
    if policy == "whole":
        return names
    return Text(_masked_zh(names.zh, policy), _masked_en(names, policy))


def hidden(names: Text, policy: str) -> tuple[str, ...]:
    """What must not be found in a paper that shows the name by this policy."""
    if policy == "whole":
        return ()
    masked = shown(names, policy)
    pairs = ((names.zh, masked.zh), (names.en, masked.en))
    return tuple(dict.fromkeys(whole.strip() for whole, mask in pairs if whole.strip() and whole != mask))


def letters(words: str) -> list[str]:
    """The letters as a reader counts them: a variation selector or accent belongs to its letter."""
    found: list[str] = []
    for letter in words:
        joins = (
            unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf") or "\U000e0100" <= letter <= "\U000e01ef"
        )
        if found and (joins or found[-1].endswith("\u200d")):
            found[-1] += letter
        elif not joins:
            found.append(letter)
    return found


# Ideographs of all planes, zhuyin, kana and the private letters with which some registers write rare ones.
_WIDE = re.compile(
    "[\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff"
    "\U00020000-\U0003fffd]"
)


def _masked_zh(name: str, policy: str) -> str:
    parts = [part for part in re.split(f"([{DOTS}])", name.strip()) if part]
    if not _WIDE.search(name):
        return _masked_words(name)
    dotted = len(parts) > 1
    if not dotted:
        whole = letters("".join(parts[0].split()))
        if all(_WIDE.match(letter) or letter == MASK for letter in whole):
            return "".join(_keep(whole, *_kept(whole, policy)))
    flat = [letters("".join(part.split())) for part in parts]
    count = sum(len(part) for part in flat if part[:1] and part[0] not in DOTS)
    first, last = 1, int(policy == "mid-mask" and dotted and count > 2)
    return _masked_parts(flat, count, first, last)


def _masked_parts(parts: Iterable[list[str]], count: int, first: int, last: int) -> str:
    """All letters masked but the first and the last of the whole; dots stay."""
    said, at = [], 0
    for part in parts:
        if part[0] in DOTS:
            said += part
            continue
        for letter in part:
            is_shown = _WIDE.match(letter) and (at < first or at >= count - last)
            said.append(letter if is_shown else MASK)
            at += 1
    return "".join(said)


def _surname(name: list[str]) -> int:
    """How many letters the surname has."""
    return 2 if len(name) > 2 and "".join(letter[0] for letter in name[:2]) in COMPOUND else 1


def _kept(name: list[str], policy: str) -> tuple[int, int]:
    """How many letters are shown at the start and at the end."""
    if len(name) < 2:
        return 0, 0
    first = _surname(name)
    return first, int(policy == "mid-mask" and len(name) - first > 1)


def _keep(name: list[str], first: int, last: int) -> list[str]:
    return [letter if at < first or at >= len(name) - last else MASK for at, letter in enumerate(name)]


_WORD = re.compile(r"[^\s,，\-–‐()（）./]+")


def _masked_words(name: str) -> str:
    """Every word masked; what parts them stays."""
    return _WORD.sub(lambda word: word[0] if set(word[0]) == {MASK} else MASK, name.strip())


def _masked_en(names: Text, policy: str) -> str:
    name = names.en.strip()
    chinese = letters("".join(names.zh.split()))
    if any(letter in DOTS for letter in chinese) or not all(_WIDE.match(x) or x == MASK for x in chinese):
        return _masked_words(name)
    halves = _surname_and_given(name, chinese)
    if halves is None or len(chinese) < 2:
        return _masked_words(name)
    surname, between, given, last_of_all = halves
    first, last = _kept(chinese, policy)
    syllables = re.split(r"([-‐– ]+)", given)
    spoken = syllables[::2]
    if last and len(spoken) == len(chinese) - first:
        spoken = [*[MASK] * (len(spoken) - last), *spoken[len(spoken) - last :]]
    else:
        spoken = [MASK] * len(spoken)
    syllables[::2] = spoken
    masked = "".join(syllables)
    return masked + between + surname if last_of_all else surname + between + masked


def _surname_and_given(name: str, chinese: list[str]) -> tuple[str, str, str, bool] | None:
    """(surname, what stands between, given name, whether the surname is last), or None where it is open."""
    comma = re.fullmatch(r"([^,，]+?)(\s*[,，]\s*)([^,，]+)", name)
    if comma:
        usual = len(re.split(r"[-‐– ]+", comma[1])) <= _surname(chinese)
        swapped = _is_surname(comma[3], [comma[1]], chinese)
        return (comma[1], comma[2], comma[3], False) if usual and not swapped else None
    words = name.split()
    if len(words) < 2:
        return None
    first, last = _is_surname(words[0], words[1:], chinese), _is_surname(words[-1], words[:-1], chinese)
    if not first and not last and len(words) == 2 and _surname(chinese) == 1:
        first = _is_given(words[1], words[0], chinese)
        last = _is_given(words[0], words[1], chinese)
    if first == last:
        return None
    if first:
        return words[0], " ", " ".join(words[1:]), False
    return words[-1], " ", " ".join(words[:-1]), True


def _is_given(word: str, other: str, chinese: list[str]) -> bool:
    """A syllable for each letter of the given name, two or more, beside a word of one part: `Yeh-An` beside `Chi`."""
    syllables = re.split(r"[-‐–]", word)
    return len(syllables) == len(chinese) - 1 > 1 and not re.search(r"[-‐–]", other)


def _is_surname(word: str, others: list[str], chinese: list[str]) -> bool:
    """Spelt as the Chinese surname may be; nothing is guessed from the place in the name."""
    surname = "".join(letter[0] for letter in chinese[: _surname(chinese)])
    spelt = SPELT.get(surname, "").split()
    folded = re.sub(r"[^a-z]", "", word.casefold())
    return folded in spelt and not any(re.sub(r"[^a-z]", "", other.casefold()) in spelt for other in others)


# ---- identity numbers ---------------------------------------------------------------------------

# A letter for the place and two digits (1, 2: nationals; 8, 9: foreigners since 2021), seven more; the last one checks.
_IDENTITY = r"[A-Za-z][1289]\d{8}"
_COMPACT = re.compile(rf"(?<![A-Za-z0-9])({_IDENTITY})(?![A-Za-z0-9])", re.ASCII)
_SPACED = re.compile(r"(?<![A-Za-z0-9])([A-Za-z])([ \t\-.])([1289])(?:\2(\d)){8}(?![A-Za-z0-9])", re.ASCII)
_PLACES = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10, B 11 … in this order


def identity_number(number: str) -> str:
    """A123456789 as A12****789; of a number of another form only the last three characters are shown, at most a third."""
    plain = unicodedata.normalize("NFKC", number).strip()
    if re.fullmatch(_IDENTITY, plain, re.ASCII):
        return f"{plain[:3].upper()}****{plain[-3:]}"
    if re.fullmatch(r"[A-Z][1289]\d\*{4}\d{3}|\*+[^*]{0,3}", plain, re.ASCII):
        return plain
    last = min(3, len(plain) // 3)
    return "*" * (len(plain) - last) + plain[len(plain) - last :]


def is_identity_number(number: str) -> bool:
    """Whether it has the form of an identity number and its last digit checks the others."""
    if not re.fullmatch(_IDENTITY, number, re.ASCII):
        return False
    place = _PLACES.index(number[0].upper()) + 10
    digits = [place // 10, place % 10, *map(int, number[1:])]
    return (
        sum(weight * digit for weight, digit in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), digits, strict=True))
        % 10
        == 0
    )


def _identity_numbers(words: str) -> Iterator[str]:
    for match in _COMPACT.finditer(words):
        if is_identity_number(match[1]):
            yield match[1]
    for match in _SPACED.finditer(words):
        number = match[0].replace(match[2], "")
        if is_identity_number(number):
            yield number


# ---- what a finished file holds -------------------------------------------------------------------


@dataclass(frozen=True)
class Leak:
    """Something that should not be in the file, and where it is."""

    word: str
    where: Text

    def __str__(self) -> str:
        return self.where.en


def leaks(content: bytes, hidden: Collection[str], said: Iterable[str] = ()) -> list[str]:
    """Where a PDF holds a hidden name or an identity number; see `find`."""
    return _places(find(content, hidden, said))


def leaks_odt(content: bytes, hidden: Collection[str]) -> list[str]:
    """The same for an ODF file: all its members."""
    return _places(find(content, hidden))


def holds(texts: Iterable[str], hidden: Collection[str]) -> bool:
    """Whether texts that are no file yet hold a hidden word or an identity number: of thousands of files made from one
    shape, that shape and the texts that differ are all there is to read.
    """
    search = _search(frozenset(hidden))
    return any(search(words) for words in texts)


def _places(found: Iterable[Leak]) -> list[str]:
    return list(dict.fromkeys(map(str, found)))


def find(content: bytes, hidden: Collection[str], said: Iterable[str] = ()) -> list[Leak]:
    """Every place of a PDF, an ODF or another file where a hidden word stands, or any valid identity number.

    Read are: the text of each page with its artefacts, alternative and actual texts, titles of bookmarks, links,
    document information, XMP, every attached file with its name and description (unpacked, also nested), scripts, forms.
    `said` is more text to be read, for example a page's text in reading order. Pictures are not read.

    White space, punctuation between words of Latin letters, width, case, accents and variation selectors make no
    difference. A word of a single letter is not looked for.
    """
    search = _search(frozenset(hidden))
    found: dict[tuple[str, str], Leak] = {}
    for where, words in (
        *((Text("閱讀順序之文字", "text in reading order"), one) for one in said),
        *_texts(content),
    ):
        for word in search(words):
            found.setdefault((word, where.en), Leak(word, where))
    return list(found.values())


class _Search:
    """Looks for hundreds of words at once: first squeezed and by their first letters, then exactly."""

    KEYS = (
        2,
        5,
    )  # Chinese names are short, and the first two letters of English ones are those of too many words

    def __init__(self, hidden: Collection[str]) -> None:
        self.words: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
        for word in sorted(hidden):
            for spelt in _spellings(word):
                squeezed = _squeezed(_folded(spelt))
                if len(squeezed) > 1:
                    short, long = self.KEYS
                    key = squeezed[: short if _WIDE.search(squeezed) or len(squeezed) < long else long]
                    self.words.setdefault(key, []).append((squeezed, word, _exact(squeezed)))
        seconds: dict[str, set[str]] = {}
        for key in self.words:
            seconds.setdefault(key[0], set()).add(re.escape(key[1]))
        pairs = "|".join(f"{re.escape(one)}(?=[{''.join(sorted(seconds[one]))}])" for one in sorted(seconds))
        self.first = re.compile(pairs) if pairs else None

    def __call__(self, words: str) -> list[str]:
        folded = _folded(words)
        near: dict[str, tuple[str, re.Pattern[str]]] = {}
        if self.first:
            squeezed = _squeezed(folded)
            for match in self.first.finditer(squeezed):
                at = match.start()
                for length in self.KEYS:
                    for spelt, word, exact in self.words.get(squeezed[at : at + length], ()):
                        if squeezed.startswith(spelt, at):
                            near[spelt] = (word, exact)
        found = [word for word, exact in near.values() if exact.search(folded)]
        return [*dict.fromkeys(found), *_identity_numbers(unicodedata.normalize("NFKC", words))]


_search = functools.lru_cache(maxsize=8)(_Search)


def _spellings(word: str) -> list[str]:
    """An English name is written with either half first; a comma says where the halves part."""
    surname, comma, given = unicodedata.normalize("NFKC", word).partition(",")
    if comma:
        return [f"{surname} {given}", f"{given} {surname}"]
    parts = word.split()
    if len(parts) > 1 and not _WIDE.search(word):
        return [word, " ".join([*parts[1:], parts[0]]), " ".join([parts[-1], *parts[:-1]])]
    return [word]


def _folded(words: str) -> str:
    """One form for all widths, cases and accents; letters that nobody sees are gone."""
    folded = unicodedata.normalize("NFKD", words).casefold()
    return _UNSEEN.sub("", folded)


_UNSEEN = re.compile(
    "[\u00ad\u0300-\u036f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_NO_LETTER = re.compile(r"[\W_]+")


def _squeezed(folded: str) -> str:
    return _NO_LETTER.sub("", folded)


def _exact(squeezed: str) -> re.Pattern[str]:
    """Chinese letters with nothing but white space or a dot between them; Latin ones also with punctuation.

    A short Latin name must stand for itself (`Li Na` is not in `Carolina`); a long one may be run together.
    """
    if _WIDE.search(squeezed):
        return re.compile(rf"[\s{DOTS}]*".join(map(re.escape, squeezed)))
    inner = r"(?:[^\w\0]|_)*".join(map(re.escape, squeezed))
    if len(squeezed) > 9:
        return re.compile(inner)
    return re.compile(rf"(?<![^\W_]){inner}(?![^\W_])")


# ---- all texts of a file ------------------------------------------------------------------------

APART = "\n\0"  # between texts that are read at once: no word goes over it
DEPTH = 4  # files within files
MOST = 256 * 1024 * 1024  # bytes of one unpacked file; more is told as a place that cannot be looked into


def _texts(content: bytes, name: Text | None = None, depth: int = 0) -> Iterator[tuple[Text, str]]:
    """Every text of a file with its place, whatever kind of file it is."""
    where = name or Text("檔案", "file")
    if depth > DEPTH:
        return
    if content[:1024].find(b"%PDF-") >= 0:
        yield from _pdf_texts(content, name, depth)
    elif content[:4] == b"PK\x03\x04":
        yield from _zip_texts(content, name, depth)
    elif content[:2] == b"\x1f\x8b":
        yield from _texts(_gunzipped(content), where, depth + 1)
    elif content[:4] == b"PAR1":
        yield from ((where, words) for words in _parquet_texts(content))
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        yield from ((where, words) for words in _workbook_texts(content))
        yield from ((where, content[at:].decode("utf-16-le", "ignore")) for at in (0, 1))
    else:
        yield from ((where, words) for words in _readings(content))


def _within(name: Text | None, zh: str, en: str) -> Text:
    return Text(f"{name.zh}：{zh}", f"{name.en}: {en}") if name else Text(zh, en)


def _readings(content: bytes) -> Iterator[str]:
    """Bytes as text in the encodings that files here have, with what markup and escapes stand for."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        plain = [content.decode("utf-16", "ignore")]
    else:
        try:
            plain = [content.decode("utf-8-sig")]
        except UnicodeDecodeError:
            plain = [
                content.decode(encoding, "ignore")
                for encoding in ("utf-8", "cp950", "utf-16-be", "utf-16-le")
            ]
    for words in plain:
        yield from unescaped(words)


def unescaped(words: str) -> Iterator[str]:
    """The words, and again as JSON, markup or an address would have them read."""
    yield words
    if "\\u" in words:
        yield _from_json(words)
    if "<" in words:
        yield html.unescape(re.sub(r"<[^<>]*>", "", words))
    if "&" in words:
        yield html.unescape(words)
    if "%" in words:
        yield urllib.parse.unquote(words, errors="ignore")


def _from_json(words: str) -> str:
    def letters_of(match: re.Match[str]) -> str:
        units = bytes.fromhex(match[0].replace("\\u", ""))
        return units.decode("utf-16-be", "ignore")

    return re.sub(r"(?:\\u[0-9a-fA-F]{4})+", letters_of, words)


def _zip_texts(content: bytes, name: Text | None, depth: int) -> Iterator[tuple[Text, str]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        yield from ((name or Text("檔案", "file"), words) for words in _readings(content))
        return
    with archive:
        yield _within(name, "註解", "comment"), archive.comment.decode("utf-8", "replace")
        for entry in archive.infolist():
            where = _within(name, entry.filename, entry.filename)
            yield _within(name, "檔名", "file name"), entry.filename
            yield where, entry.comment.decode("utf-8", "replace")
            try:
                with archive.open(entry) as member:
                    part = member.read(MOST + 1)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
                continue
            yield from _texts(part[:MOST], where, depth + 1)


def _gunzipped(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return file.read(MOST)
    except (OSError, EOFError, zlib.error):
        return b""


def _parquet_texts(content: bytes) -> Iterator[str]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content))
    except pyarrow.ArrowException:
        return
    yield "\n".join(map(str, table.column_names))
    for column in table.columns:
        yield "\n".join("" if cell is None else str(cell) for cell in column.to_pylist())


def _workbook_texts(content: bytes) -> Iterator[str]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in book.sheet_names:
            yield sheet
            for row in book.get_sheet_by_name(sheet).to_python():
                yield "\n".join(map(str, row))
    except (CalamineError, OSError):
        return


# ---- all texts of a PDF -------------------------------------------------------------------------

_KEYS: Mapping[str, Text] = {
    "Title": Text("標題或書籤", "title or bookmark"),
    "Alt": Text("替代文字", "alternative text"),
    "ActualText": Text("實際文字", "actual text"),
    "E": Text("縮寫全文", "expansion of an abbreviation"),
    "URI": Text("連結", "link"),
    "UF": Text("附件檔名", "name of an attachment"),
    "F": Text("附件檔名", "name of an attachment"),
    "Desc": Text("附件說明", "description of an attachment"),
    "Names": Text("附件或目的地名稱", "name of an attachment or destination"),
    "Author": Text("文件資訊", "document information"),
    "Subject": Text("文件資訊", "document information"),
    "Keywords": Text("文件資訊", "document information"),
    "Contents": Text("註解", "annotation"),
    "T": Text("標題", "title of an element"),
}
# As qpdf writes objects: parentheses inside a string are always escaped.
_TOKEN = re.compile(rb"/([^\s<>\[\]()/{}%]+)|\(((?:[^\\()]|\\.)*)\)|<([0-9a-fA-F]+)>", re.DOTALL)
# Streams that hold no words: fonts and their tables, profiles of colour. Their place says so, not their first bytes.
_MUTE = re.compile(rb"/(?:FontFile[23]?|CIDToGIDMap|CIDSet|ToUnicode|DestOutputProfile) (\d+) (\d+) R")
_DRAWING = re.compile(rb"/Contents (?:\[([^\]]*)\]|(\d+ \d+ R))")
# Pictures hold no letters; the objects in a stream of objects are read one by one.
_PASSED_OVER = (b"/Subtype /Image", b"/Type /ObjStm", b"/Type /XRef")
_REFERENCE = re.compile(rb"(\d+) (\d+) R")


def _pdf_texts(content: bytes, name: Text | None, depth: int) -> Iterator[tuple[Text, str]]:
    import pikepdf

    yield from _drawn(content, name)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            strings: dict[str, dict[str, None]] = {}
            streams = []
            mute: set[tuple[int, int]] = set()
            drawing: set[tuple[int, int]] = set()
            attachments: dict[tuple[int, int], str] = {}
            _collect(pdf.trailer.unparse(), strings)
            for item in pdf.objects:
                if isinstance(item, pikepdf.Stream):
                    raw = item.stream_dict.unparse()
                    streams.append((item, raw))
                else:
                    raw = item.unparse(resolved=True)
                _collect(raw, strings)
                mute.update((int(number), int(version)) for number, version in _MUTE.findall(raw))
                for several, one in _DRAWING.findall(raw):
                    drawing.update((int(n), int(v)) for n, v in _REFERENCE.findall(several or one))
                if b"/EF" in raw and isinstance(item, pikepdf.Dictionary) and "/EF" in item:
                    for stream in item["/EF"].as_dict().values():
                        attachments[stream.objgen] = str(item.get("/UF", item.get("/F", "")))
            for key, found in strings.items():
                label = _KEYS.get(key, Text(f"項目 /{key}", f"entry /{key}"))
                joined = APART.join(found)
                yield from ((_within(name, label.zh, label.en), words) for words in unescaped(joined))
            for stream, raw in streams:
                if stream.objgen in mute:
                    continue
                if stream.objgen in drawing or b"/Subtype /Form" in raw:
                    yield from _marked(stream, name)
                else:
                    yield from _stream_texts(stream, raw, attachments, name, depth)
    except pikepdf.PdfError:
        yield from ((name or Text("檔案", "file"), words) for words in _readings(content))


def _drawn(content: bytes, name: Text | None) -> Iterator[tuple[Text, str]]:
    """What is drawn as text, artefacts too, by page."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return
    try:
        for number, page in enumerate(pdf, 1):
            yield _within(name, f"第 {number} 頁", f"page {number}"), page.get_textpage().get_text_range()
    finally:
        pdf.close()


def _collect(raw: bytes, strings: dict[str, dict[str, None]]) -> None:
    """The strings of an object by the key before each, and its names."""
    key = ""
    for name, literal, digits in _TOKEN.findall(raw):
        if name:
            key = _name(name) if b"#" in name else name.decode("latin-1")
            strings.setdefault("name", {})[key] = None
        elif literal or digits:
            strings.setdefault(key, {})[_string(literal, digits)] = None


def _name(name: bytes) -> str:
    plain = re.sub(rb"#([0-9a-fA-F]{2})", lambda match: bytes([int(match[1], 16)]), name)
    return plain.decode("utf-8", "replace")


def _string(literal: bytes, digits: bytes) -> str:
    if digits:
        raw = bytes.fromhex(digits.decode() + "0" * (len(digits) % 2))
    elif b"\\" in literal:
        raw = _unescaped_literal(literal)
    else:
        raw = literal
    if raw[:2] == b"\xfe\xff":
        return raw[2:].decode("utf-16-be", "replace")
    if raw[:2] == b"\xff\xfe":
        return raw[2:].decode("utf-16-le", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped_literal(literal: bytes) -> bytes:
    def letter(match: re.Match[bytes]) -> bytes:
        if match[1]:
            return bytes([int(match[1], 8) & 255])
        return b"" if match[2] in (b"\n", b"\r") else _ESCAPES.get(match[2], match[2])

    return re.sub(rb"\\(?:([0-7]{1,3})|(.))", letter, literal, flags=re.DOTALL)


def _stream_texts(
    stream: pikepdf.Stream,
    raw: bytes,
    attachments: Mapping[tuple[int, int], str],
    name: Text | None,
    depth: int,
) -> Iterator[tuple[Text, str]]:
    """Attached files, metadata, scripts, and what else there may be."""
    import pikepdf

    if any(kind in raw for kind in _PASSED_OVER):
        return
    try:
        content = stream.read_bytes()
    except pikepdf.PdfError:
        content = stream.read_raw_bytes()
    if stream.objgen in attachments:
        file = attachments[stream.objgen]
        yield from _texts(content, _within(name, f"附件 {file}", f"attachment {file}"), depth + 1)
    elif b"/Metadata" in raw:
        where = _within(name, "XMP 中繼資料", "XMP metadata")
        yield from ((where, words) for words in _readings(content))
    else:
        where = _within(name, "其他資料", "other data")
        yield from ((where, words) for words in _readings(content))


def _marked(stream: Any, name: Text | None) -> Iterator[tuple[Text, str]]:
    """Of drawing instructions the texts that they carry for a reader (ActualText of a span)."""
    import pikepdf

    try:
        content = stream.read_bytes()
    except pikepdf.PdfError:
        return
    if not any(key in content for key in (b"/ActualText", b"/Alt", b"/E ", b"/E(", b"/E<")):
        return
    where = _within(name, "頁面內之實際文字", "actual text in a page")
    for instruction in pikepdf.parse_content_stream(stream, operators="BDC DP"):
        for operand in instruction.operands:
            if isinstance(operand, pikepdf.Dictionary):
                yield where, APART.join(str(value) for value in operand.as_dict().values())
