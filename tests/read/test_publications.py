"""publication.toml: every fault with its place and what would be right, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import ROOT

from reportgen.kinds import kinds
from reportgen.model import Text
from reportgen.model.errors import InputError
from reportgen.model.kind import Kind
from reportgen.read.parity import Glossary, Term, read_glossary
from reportgen.read.publications import (
    HEAD,
    Publication,
    documents_of,
    open_publication,
    publication_names,
    read_publication,
)

KINDS = {
    name: Kind(name=name, composer="", documents="" if name == "bulletin" else "papers")
    for name in ("bulletin", "awards")
}
FILE = "inputs/branch-107/publication.toml"
GOOD = {
    "kind": '"bulletin"',
    "dataset": '"branch"',
    "period": "107",
    "since": "90",
    "title": '{ zh = "公報", en = "Bulletin" }',
    "subtitle": '{ zh = "績效", en = "Performance" }',
    "issuer": '{ zh = "分署", en = "Branch" }',
}


def written(tmp_path: Path, /, name: str = "branch-107", **fields: str | None) -> Path:
    """A project with one publication: the good fields, with some of them replaced or (None) left out."""
    lines = [f"{field} = {value}" for field, value in {**GOOD, **fields}.items() if value is not None]
    (tmp_path / "inputs" / name).mkdir(parents=True)
    (tmp_path / "inputs" / name / "publication.toml").write_text("\n".join(lines), "utf-8")
    return tmp_path


def read(project: Path, glossary: Glossary | None = None) -> Publication:
    return read_publication(project, "branch-107", KINDS, glossary)


def refusals(project: Path, name: str = "branch-107", glossary: Glossary | None = None) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_publication(project, name, KINDS, glossary)
    return [problem.say() for problem in refused.value.problems]


# ---- the head -------------------------------------------------------------------------------


def test_the_head_of_a_publication_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path))
    assert (found.name, found.kind, found.dataset, found.period, found.since) == (
        "branch-107",
        "bulletin",
        "branch",
        107,
        90,
    )
    assert found.title == Text("公報", "Bulletin")
    assert found.file == FILE
    assert set(found.raw) == set(HEAD) - {"languages", "calendar", "fiscal_year"}


def test_without_since_a_publication_looks_at_its_period_alone(tmp_path: Path) -> None:
    assert read(written(tmp_path, since=None)).since == 107


@pytest.mark.parametrize("name", publication_names(ROOT))
def test_the_shipped_publications_are_sound(name: str) -> None:
    found = read_publication(ROOT, name, kinds(), read_glossary(ROOT))
    kind, documents = documents_of(ROOT, name, kinds())
    assert found.kind == kind.name
    if "papers" in found.raw or kind.name == "bulletin":
        assert documents == tuple(found.raw.get("papers", ("bulletin",)))
    assert documents


def test_a_mark_of_byte_order_does_no_harm(tmp_path: Path) -> None:
    file = written(tmp_path) / FILE
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read(tmp_path).period == 107


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", None, 'is missing; write kind = "…"'),
        ("kind", "7", '7 is not a text; write it between double quotes: "…"'),
        ("kind", '"buletin"', "\"buletin\" is unknown; known: bulletin, awards; did you mean 'bulletin'?"),
        ("kind", '"xyz"', '"xyz" is unknown; known: bulletin, awards'),
        ("dataset", None, 'is missing; write dataset = "…"'),
        ("dataset", "true", 'true is not a text; write it between double quotes: "…"'),
        ("period", None, "is missing; write period = 107"),
        ("period", '"107"', '"107" is not an ROC year; write 107 for 2018'),
        ("period", "107.0", "107.0 is not an ROC year; write 107 for 2018"),
        ("period", "true", "true is not an ROC year; write 107 for 2018"),
        ("period", "2018", "2018 is not an ROC year; write 107 for 2018 (is it 107?)"),
        ("period", "2020", "2020 is not an ROC year; write 107 for 2018 (is it 109?)"),
        ("period", "0", "0 is not an ROC year; write 107 for 2018"),
        ("period", "201", "201 is not an ROC year; write 107 for 2018"),
        ("since", "108", "108 is after the period 107; let since be the period or earlier"),
        ("since", "[]", "[] is not an ROC year; write 107 for 2018"),
        ("title", None, 'is missing; write title = { zh = "…", en = "…" }'),
        ("title", '"Bulletin"', '"Bulletin" is not a text in both languages; write { zh = "…", en = "…" }'),
        ("title", '{ zh = "公報" }', 'the text lacks its en half; write { zh = "…", en = "…" }'),
        (
            "title",
            '{ zh = "107年", en = "2017" }',
            'the numbers differ: Chinese has 2018, English has 2017; let both say the same, or say why with meant = "…"',
        ),
        (
            "issuer",
            '{ zh = "{a}", en = "{b}" }',
            "the slots differ: only in Chinese a, only in English b; both halves must hold the same",
        ),
    ],
)
def test_each_fault_of_the_head_has_its_place(
    tmp_path: Path, field: str, value: str | None, said: str
) -> None:
    line = "" if value is None else f":{[*GOOD].index(field) + 1}"
    assert refusals(written(tmp_path, **{field: value})) == [f"{FILE}{line}: {field}: {said}"]


def test_a_gregorian_year_is_explained_in_chinese_too(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read(written(tmp_path, period="2018"))
    assert refused.value.problems[0].say("zh") == (
        f"{FILE}，第 3 列，欄位 period：2018 不是民國年；例如 2018 年請寫 107（是否為 107？）"
    )


def test_all_faults_of_the_head_are_told_at_once(tmp_path: Path) -> None:
    project = written(tmp_path, kind='"buletin"', dataset="1", period='"x"', title=None, issuer='"x"')
    assert [": ".join(said.split(": ")[:2]) for said in refusals(project)] == [
        f"{FILE}: title",
        f"{FILE}:1: kind",
        f"{FILE}:2: dataset",
        f"{FILE}:3: period",
        f"{FILE}:6: issuer",
    ]


def test_a_term_of_the_glossary_that_is_translated_otherwise_is_a_fault(tmp_path: Path) -> None:
    glossary = Glossary((Term("結案率", ("closing rate",), "", ""),))
    project = written(tmp_path, subtitle='{ zh = "結案率", en = "Clearance rate" }')
    (said,) = refusals(project, glossary=glossary)
    assert said.startswith(f"{FILE}:6: subtitle: 「結案率」 is “closing rate” in the glossary")


# ---- the file -------------------------------------------------------------------------------


def test_an_unknown_publication_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    written(tmp_path)
    assert refusals(written(tmp_path, "other-1"), "branch-106") == [
        "inputs/branch-106/publication.toml: there is no publication 'branch-106'; known: branch-107, other-1; "
        "did you mean 'branch-107'?"
    ]


def test_a_project_without_publications_says_so(tmp_path: Path) -> None:
    assert refusals(tmp_path, "a") == ["inputs/a/publication.toml: there is no publication 'a'; known: none"]
    assert publication_names(tmp_path) == []


def test_the_nearest_name_is_told_in_chinese_too(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_publication(written(tmp_path), "branch-106", KINDS, None)
    assert refused.value.problems[0].zh == "沒有出版品 'branch-106'；已有：branch-107；是否為「branch-107」？"


def test_publications_are_listed_by_name_and_datasets_are_none(tmp_path: Path) -> None:
    for name in ("b-2", "a-1"):
        written(tmp_path, name)
    (tmp_path / "inputs/datasets/x").mkdir(parents=True)
    assert publication_names(tmp_path) == ["a-1", "b-2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"kind = ", "1: kind has no value; write kind = …"),
        (b"kind = 1\nkind = 2\n", "2: kind stands twice, first in line 1; leave one of them out"),
        ("title = '公報'".encode("cp950"), "1: is not UTF-8; save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    (written(tmp_path) / FILE).write_bytes(content)
    assert refusals(tmp_path) == [f"{FILE}:{said}"]
    with pytest.raises(InputError):
        documents_of(tmp_path, "branch-107", KINDS)
    with pytest.raises(InputError):
        open_publication(tmp_path, "branch-107")


def test_the_kind_alone_is_read_even_where_the_rest_is_wrong(tmp_path: Path) -> None:
    assert (
        documents_of(written(tmp_path, period='"x"', title=None), "branch-107", KINDS)[0].name == "bulletin"
    )
