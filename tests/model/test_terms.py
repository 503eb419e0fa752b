"""One term for one thing: what the program prints by itself, and its samples, keep to the chosen terms of both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from small import ROOT

# A term that was chosen against, and what stands in its place.
TERMS = [
    (r"名數", "人數、獲獎者數"),
    (r"以[^。，]{1,12}(增加|減少)[^。，]{0,8}最多", "增加最多者為"),
    (r"由[高低]至[高低]居第", "第n高、第n低"),
    (r"嘉獎兩次|記功兩次", "二次"),
    (r"半股(?!以90%計)", "半編制股"),  # the rule of the sample of bonuses is cited with its own word
    (r"攤在", "併列"),
    (r"假[^。，]{2,20}(禮堂|會議室)", "於"),
    (r"(?<!行政)執行官", "行政執行官"),
    (r"較上年變動", "較上年增加、減少"),
    (r"\b[Dd]arker the ground", "Darker shading = higher value"),
    (r"^The largest part of", "accounted for the largest share of"),
    (r"[Ww]ho owes what", "Actions and deadlines"),
    (r"\bWhat was said\b", "Summary"),
    (r"[Ff]igures that moved", "Key changes"),
    (r"\bStandards? of control\b|\bstandards? of control: ", "Control standard"),
    (r"\"Found\"|^Found$", "Actual"),
    (r"\b(Closed|Overdue) a unit\b", "Closed per unit"),
    (r"ranked Distinction", "rated “Distinction”"),
    (r"\bCentre\b", "Center"),
    (r"[Tt]his ranks \d", "the fourth-lowest in 18 years"),
]
FOLDERS = (
    "templates/*/words.toml",
    "reportgen/model/messages/*.toml",
    "inputs/*/*.toml",
    "inputs/*/*/*.toml",
)


def strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key in value:
            yield from strings(value[key], f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from strings(one, f"{path}.{place}")


@pytest.mark.parametrize("pattern", FOLDERS)
def test_the_words_keep_to_the_chosen_terms(pattern: str) -> None:
    found = []
    files = sorted(ROOT.glob(pattern))
    assert files
    for file in files:
        for path, said in strings(tomllib.loads(file.read_text("utf-8"))):
            for term, chosen in TERMS:
                if re.search(term, said):
                    found.append(f"{Path(file).relative_to(ROOT)}{path}: {said}; write {chosen}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "said", ["各分署獲獎名數", "The darker the ground of a cell", "資深執行官", "較上年變動4.0%"]
)
def test_a_term_that_was_chosen_against_is_found(said: str) -> None:
    assert any(re.search(term, said) for term, _ in TERMS)
