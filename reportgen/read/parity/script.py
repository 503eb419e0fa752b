"""The script of each half: no Chinese in the English, no English in the Chinese, no letters that Taiwan does not write."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator

from reportgen.model import Text
from reportgen.model.errors import Place, Problem, problem
from reportgen.read.parity.lexicon import lexicon
from reportgen.read.parity.quantity import SLOT

_HAN = re.compile(
    r"[\u3001-\u3003\u3008-\u3011\u3040-\u30ff\u3105-\u312f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]+"
)
# Each begins where its word does, or is short: a text of nothing but letters is looked through once, not once a letter.
_ADDRESS = re.compile(
    r"<[^<>]*>|(?<!\w)\w+\([^()]*\)|https?://\S+|(?<![\w.+-])[\w.+-]+@[\w.-]+"
    r"|(?<!\w)\w+(?:\.\w+)+|\b[\w-]{0,200}[\d_/][\w/.-]*"
)
# Two letters or more of which one is small: abbreviations and codes (ROI, PDF/A, SHA-256) may stand in Chinese.
_WORD = re.compile(r"(?<![A-Za-z])(?=[A-Za-z'’-]*[a-z])[A-Za-z][A-Za-z'’-]+")

_MARK = re.compile(r"^([a-z]+)(?=[\u4e00-\u9fff])")  # k12教育, where both halves begin so


def script_faults(text: Text, place: Place, names: Collection[str] = ()) -> Iterator[Problem]:
    """`names` may stand in both halves as they are: what the glossary declares in Latin letters."""
    if left := _HAN.findall(_bare(text.en)):
        yield problem(place, "parity.chinese_in_english", found="…".join(left)[:60])
    bare, allowed = _bare(text.zh), {*names, *lexicon()["names"]["both"]}
    bare = _MARK.sub(lambda mark: "" if mark[1] in text.en else mark[0], bare)
    left = [word for word in _WORD.findall(_ADDRESS.sub(" ", bare)) if word.lower() not in allowed]
    copied = bare.strip() == _bare(text.en).strip() and re.search("[A-Za-z]{4}", _ADDRESS.sub(" ", bare))
    if left or copied:
        yield problem(place, "parity.english_in_chinese", found=" ".join(left)[:60] or bare.strip()[:60])


def _bare(words: str) -> str:
    return SLOT.sub(" ", words)


# ---- letters ----------------------------------------------------------------------------------

# Letters that Taiwan writes, too, but that stand for others in simplified Chinese: what is meant, the words around say.
AMBIGUOUS = "丑丰么于云仆伙余佣儿准几凶划台吁后听咨咸喫坏夸尸岩岳帘干并征愿扑挂斗晒朴杰杠樑檐污泄涌游痴祕筑纔肴脣腌苧范荐虫虱辟郁采里雇霉"
_USUAL = "准予|核准|批准|准許|准此|公里|鄰里|里長|里程|村里|哩|若干|干擾|干預|干涉|相干|雇|岩|游泳|上游|下游|污|泄|斗六|斗南|皇后|太后|后里|咨|挂號|采|丑|癡|痴"
_SURNAME = re.compile(
    r"(?:^|[、，；：「（(／/ \u3000])[于余岳范郁游姜][\u4e00-\u9fff]{1,2}(?=$|[、，。；：」）)／/ \u3000])"
)
_SAFE = re.compile(rf"{_USUAL}")
# What OpenCC leaves as it is, since a standard elsewhere writes it so.
_ELSEWHERE = {
    ord(a): b
    for a, b in zip(
        "税説内値査眞両悦鋭脱産黄録緑歩毎鄕啓頼拠恵掲徳収栄営竜戦単験図囲経済変対発学権様楽気応広応帰旧来状県関覚条処継総声読辺歴画観点険専渇稲糸続択沢滞帯団値売巻満当党届転伝独弐乗剰焼醤粛寿綫衞嵗閲顔館冊尓峡悪",
        "稅說內值查真兩悅銳脫產黃錄綠步每鄉啟賴據惠揭德收榮營龍戰單驗圖圍經濟變對發學權樣樂氣應廣應歸舊來狀縣關覺條處繼總聲讀邊歷畫觀點險專渴稻絲續擇澤滯帶團值賣卷滿當黨屆轉傳獨貳乘剩燒醬肅壽線衛歲閱顏館冊爾峽惡",
        strict=True,
    )
    if a != b
}


def letters(words: str) -> dict[str, str]:
    """The simplified and variant characters of Chinese words, with what Taiwan writes in their place."""
    found = {
        sign: _RIGHT[sign] for match in _PHRASES.finditer(words) for sign in match.groups() if sign in _RIGHT
    }
    suspicious = [sign for sign in dict.fromkeys(words) if _is_suspicious(sign)]
    if not suspicious:
        return found
    masked = _SURNAME.sub(lambda name: "_" * len(name[0]), SLOT.sub(lambda slot: "_" * len(slot[0]), words))
    masked = _SAFE.sub(lambda usual: "_" * len(usual[0]), masked)
    if not any(sign in masked for sign in suspicious):
        return found
    for convert in _converters():
        for before, after in zip(masked, convert(masked), strict=False):
            if before != after and before in suspicious:
                found.setdefault(before, after)
    return found


@functools.lru_cache(8192)
def _is_suspicious(sign: str) -> bool:
    """A Chinese character that is none of the 5,401 usual ones of Big5, or one that simplified Chinese writes otherwise."""
    if not sign >= "\u3400":
        return False
    if sign in AMBIGUOUS:
        return True
    if not ("\u3400" <= sign <= "\u9fff" or sign >= "\U00020000"):
        return False
    try:
        code = int.from_bytes(sign.encode("big5"))
    except UnicodeEncodeError:
        return True
    return not 0xA440 <= code <= 0xC67E


@functools.cache
def _converters() -> tuple[Callable[[str], str], ...]:
    """Simplified, Japanese and variant forms to those of Taiwan. OpenCC is read when a text asks for it, not before."""
    from opencc import OpenCC

    taiwan = OpenCC("t2tw").convert
    japanese = OpenCC("jp2t").convert
    return (
        lambda words: words.translate(_ELSEWHERE),
        OpenCC("s2tw").convert,
        lambda words: taiwan("".join(japanese(sign) for sign in words)),
    )


# Characters that are right in other words: 制度 and 製表, 系統 and 關係.
_PHRASES = re.compile(
    "(制)(?:作|造|表[：:]|圖|版)|[印監錄複重精仿](制)(?=$|作|成|說|者|單|於|[，。、；])|(系)(?:指|數|屬|依|由|推)|[關聯](系)|巡(回)"
)
_RIGHT = {"制": "製", "系": "係", "回": "迴"}


def letter_faults(text: Text, place: Place) -> Iterator[Problem]:
    for sign, usual in letters(text.zh).items():
        yield problem(place, "parity.variant_character", sign=sign, usual=usual)
