"""Names as a paper shows them: whole, masked, or by the surname alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from reportgen.model import Text
from reportgen.model.messages import message

Policy = Literal["whole", "mid-mask", "surname-only"]
POLICIES: Mapping[Policy, Text] = {
    "whole": message("names.whole_name"),
    "mid-mask": message("names.middle_given_name_masked"),
    "surname-only": message("names.surname_only"),
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
_SPELT = (
    "王 wang wong; 陳 chen chan tan; 林 lin lim lam; 黃 huang hwang wong; 張 chang zhang cheung; "
    "李 li lee; 吳 wu ng; 劉 liu liou lau; 蔡 tsai cai choi; 楊 yang young; 許 hsu xu shu hui; "
    "鄭 cheng zheng; 謝 hsieh xie; 郭 kuo guo; 洪 hung hong; 曾 tseng zeng; 邱 chiu qiu chiou; 廖 liao; "
    "賴 lai; 周 chou zhou chow; 徐 hsu xu; 蘇 su; 葉 yeh ye; 莊 chuang zhuang; 呂 lu lyu lue; "
    "江 chiang jiang; 何 ho he; 蕭 hsiao xiao; 羅 lo luo; 高 kao gao; 潘 pan; 簡 chien jian; 朱 chu zhu; "
    "鍾 chung zhong; 彭 peng; 游 yu you; 詹 chan zhan; 胡 hu; 施 shih shi; 沈 shen; 余 yu; 盧 lu; "
    "梁 liang leung; 趙 chao zhao; 顏 yen yan; 柯 ko ke; 翁 weng; 魏 wei; 孫 sun; 戴 tai dai; 范 fan; "
    "方 fang; 宋 sung song; 鄧 teng deng; 杜 tu du; 傅 fu; 侯 hou; 曹 tsao cao; 薛 hsueh xue; "
    "丁 ting ding; 卓 cho zhuo; 馬 ma; 董 tung dong; 唐 tang; 于 yu; 石 shih shi; 姚 yao; 溫 wen; "
    "田 tien tian; 康 kang; 鄒 tsou zou; 白 pai bai; 涂 tu; 尤 yu you; 古 ku gu; 巫 wu; 韓 han; "
    "龔 kung gong; 嚴 yen yan; 袁 yuan; 黎 li; 連 lien lian; 阮 juan ruan; 藍 lan; 童 tung tong; "
    "蔣 chiang jiang; 秦 chin qin; 程 cheng; 馮 feng; 夏 hsia xia; 倪 ni; 汪 wang; 任 jen ren; "
    "金 chin jin kim; 歐陽 ouyang; 司馬 szuma ssuma sima; 諸葛 chuko zhuge; 上官 shangkuan shangguan; "
    "司徒 szutu ssutu situ; 范姜 fanchiang fanjiang; 張簡 changchien zhangjian; "
    "張廖 changliao zhangliao; 夏侯 hsiahou xiahou; 皇甫 huangfu; 令狐 linghu; 端木 tuanmu duanmu; "
    "慕容 mujung murong"
)
SPELT = {surname: spellings for surname, *spellings in map(str.split, _SPELT.split(";"))}


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
    seen: list[str] = []
    for letter in words:
        selector = "\U000e0100" <= letter <= "\U000e01ef"
        joins = selector or unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf")
        if seen and (joins or seen[-1].endswith("\u200d")):
            seen[-1] += letter
        elif not joins:
            seen.append(letter)
    return seen


# Ideographs of all planes, zhuyin, kana and the private letters with which some registers write rare ones.
WIDE = re.compile(
    "[\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff"
    "\U00020000-\U0003fffd]"
)


def _masked_zh(name: str, policy: str) -> str:
    parts = [part for part in re.split(f"([{DOTS}])", name.strip()) if part]
    if not WIDE.search(name):
        return _masked_words(name)
    dotted = len(parts) > 1
    if not dotted:
        whole = letters("".join(parts[0].split()))
        if all(WIDE.match(letter) or letter == MASK for letter in whole):
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
            is_shown = WIDE.match(letter) and (at < first or at >= count - last)
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
    if any(letter in DOTS for letter in chinese) or not all(WIDE.match(x) or x == MASK for x in chinese):
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
    spelt = SPELT.get(surname, [])
    folded = re.sub(r"[^a-z]", "", word.casefold())
    return folded in spelt and not any(re.sub(r"[^a-z]", "", other.casefold()) in spelt for other in others)


# ---- identity numbers ---------------------------------------------------------------------------

# A letter for the place and two digits (1, 2: nationals; 8, 9: foreigners since 2021), seven more; the last one checks.
_IDENTITY = r"[A-Za-z][1289]\d{8}"
_COMPACT = re.compile(rf"(?<![A-Za-z0-9])({_IDENTITY})(?![A-Za-z0-9])", re.ASCII)
_SPACED = re.compile(r"(?<![A-Za-z0-9])([A-Za-z])([ \t\-.])([1289])(?:\2(\d)){8}(?![A-Za-z0-9])", re.ASCII)
_PLACES = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # A is 10, B 11 … in this order


def is_identity_number(number: str) -> bool:
    """Whether it has the form of an identity number and its last digit checks the others."""
    if not re.fullmatch(_IDENTITY, number, re.ASCII):
        return False
    place = _PLACES.index(number[0].upper()) + 10
    digits = [place // 10, place % 10, *map(int, number[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 10 == 0


def identity_numbers(words: str) -> Iterator[str]:
    """All valid ones in a text, written in one piece or with signs between their digits."""
    for match in _COMPACT.finditer(words):
        if is_identity_number(match[1]):
            yield match[1]
    for match in _SPACED.finditer(words):
        number = match[0].replace(match[2], "")
        if is_identity_number(number):
            yield number
