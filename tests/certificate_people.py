"""Invented people and their certificates, for the tests and the benchmark of the certificates."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from reportgen.model import Certificate, CertificateField, Edition, Line, Text
from reportgen.model.errors import Place
from reportgen.read import theme
from reportgen.write import certificates, html
from reportgen.write.certificates import Order

ROOT = Path(__file__).parent.parent
DATED = datetime(2014, 1, 20, tzinfo=UTC)
FAMILY = (
    "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈余盧梁趙顏柯翁魏孫戴"
)
GIVEN = "怡君雅婷志明淑芬俊傑美玲家豪佳穎宗翰詩涵建宏惠承欣冠宇柏鈺彥廷心宥郁信堃喆煊犇玥㛓𠮷𤧟"
LATIN = ("Chen", "Lin", "Huang", "Chang", "Li", "Wang", "Wu", "Liu", "Hsü", "Müller", "O’Brien", "Šťastný")
LATIN_GIVEN = ("Yi-chun", "Chih-ming", "Shu-fen", "Chun-chieh", "Mei-ling", "Chia-hao", "Tsung-han", "Đorđe")
BRANCHES = (
    ("臺北", "Taipei"),
    ("新北", "New Taipei"),
    ("高雄", "Kaohsiung"),
    ("花蓮", "Hualien"),
    ("士林", "Shilin"),
)
POSTS = (
    ("行政執行官", "Administrative Enforcement Officer"),
    ("書記官", "Clerk"),
    ("執行員", "Enforcement Agent"),
    (
        "主任行政執行官兼執行業務督導小組召集人",
        "Chief Officer and Convener of the Supervisory Group for Enforcement",
    ),
)


def certificate(name: Text, post: Text, serial: str, sample: bool = True) -> Certificate:
    return Certificate(
        heading=Text("獎狀", "Certificate of Award"),
        fields=(
            CertificateField("serial", Text(serial, serial)),
            CertificateField("post", post),
            CertificateField("name", name),
        ),
        citation=(
            Line(
                (
                    "辦理一百零二年度行政執行業務，執行態度考核列特優，績效優良，殊堪嘉許，特頒獎狀，以資鼓勵。",
                ),
                (
                    "In recognition of outstanding results in the assessment of conduct in 2013, this certificate is presented with appreciation.",
                ),
            ),
        ),
        issuer=Text("範例機關", "Sample Agency"),
        signer=Text("署長", "Director-General"),
        signer_name=Text("林示範", "Lin Shih-fan"),
        date=Text("中華民國一百零三年一月二十日", "20 January 2014"),
        check=Text("掃描查驗真偽", "Scan to check whether it is genuine"),
        sample=Text("示範資料", "Sample data") if sample else None,
    )


def recipient(number: int, name: Text, post: Text, award: Certificate | None = None) -> Order:
    serial = f"102 執績獎字第 {number:05d} 號"
    return Order(
        key=f"p{number:05d}",
        file=f"certificate-{number:05d}.pdf",
        place=Place("staff.csv", row=number + 1),
        certificate=award or certificate(name, post, serial),
        serial=serial,
        title=Text(f"獎狀 {name.zh}", f"Certificate of {name.en}"),
        record={"serial": serial, "name": {"zh": name.zh, "en": name.en}},
    )


def people(count: int, seed: int = 1, long: bool = True) -> list[Order]:
    """Names of two to four characters from several planes, Latin names, short and (where `long`) long posts."""
    dice = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        name = Text(
            dice.choice(FAMILY) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2, 2, 2, 3)))),
            f"{dice.choice(LATIN)} {dice.choice(LATIN_GIVEN)}",
        )
        branch, post = dice.choice(BRANCHES), dice.choice(POSTS if long else POSTS[:3])
        found.append(
            recipient(
                number, name, Text(f"範例機關{branch[0]}分署　{post[0]}", f"{post[1]}, {branch[1]} Branch")
            )
        )
    return found


def style() -> str:
    colours = theme.load_theme(ROOT / "styles/tokens.toml")
    return html.style_sheet(ROOT, "styles/certificate.css", colours, certificates.tokens(colours))


def page(
    edition: Edition, css: str, project: Path = ROOT
) -> Callable[[Certificate, Text, tuple[str, str] | None], str]:
    env, last = html.environment(project), certificates.last_step(css)
    return lambda award, title, code: html.certificate_page(award, title, edition, env, last, code, "awards")


def payload(one: Order, digest: str) -> str:
    """As long as a signed one; what it signs is not looked at here."""
    name = one.certificate.fields[-1].text.zh
    return f"RG1|{one.serial}|{name}|執行態度考核特優|2014-01-20|{digest}|0a1b2c3d|{'Ab3-xY7_' * 10}AbCdEf"
