"""The ledger, whole files, and the reasons for making a document again."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import book, dataset, gap, series

from reportgen.compute.metrics import Figures
from reportgen.model import Chart, ChartSpec, Document, PageBreak, Point, Text
from reportgen.model.errors import InputError, UsageError
from reportgen.run import files
from reportgen.run.files import locked, write_whole
from reportgen.run.manifest import Made, Stamps, reasons, with_entry
from reportgen.verify.delivered import read_manifest
from reportgen.verify.ledger import find, read_ledger, sha256
from reportgen.write import ledger
from reportgen.write.certificates.delivery import write_together
from reportgen.write.ledger import ranges
from reportgen.write.pdf import Position

# ---- the ledger -----------------------------------------------------------------------------

WORDS = Text("題", "Title")


def english(*arguments: object) -> list[str]:
    return [reason.en for reason in reasons(*arguments)]  # type: ignore[arg-type]


def document(figures: Figures, *blocks: object) -> Document:
    return Document(
        publication="small-100",
        kind="bulletin",
        title=WORDS,
        subtitle=WORDS,
        issuer=WORDS,
        period=WORDS,
        sample=None,
        keywords=WORDS,
        blocks=blocks or (PageBreak(),),
        printed=figures.ledger.printed,
        inputs=(),  # type: ignore[arg-type]
    )


def record(figures: Figures, *positions: Position, of: Document | None = None) -> dict[str, object]:
    names = {"collected": Text("徵起金額", "Collected amount")}
    hashes = {"inputs/datasets/small/t1.csv": "ab" * 32}
    made = ledger.ledger(of or document(figures), "both", positions, names, hashes, {"c-1": ["0", "5"]})
    return dict(json.loads(made))


@pytest.fixture
def figures() -> Figures:
    return book(dataset(series("collected", {99: 343_731, 100: gap("not_available")})), 100, 99)


def test_a_figure_is_recorded_with_all_that_made_it(figures: Figures) -> None:
    number = figures.figure("collected", 99).number
    found = record(
        figures,
        Position(number=number, page=3, x_mm=20.5, y_mm=40.0, within=""),
        Position(number=number, page=4, x_mm=1.0, y_mm=2.0, within="t-1"),
    )
    (entry,) = found["figures"]  # type: ignore[misc]
    assert entry == {
        "id": 1,
        "metric": "collected",
        "name": {"zh": "徵起金額", "en": "Collected amount"},
        "key": {"roc_year": 99},
        "exact": "3437310000",
        "printed": "3,437.31",
        "text": {"zh": "新臺幣34億3,731萬元", "en": "NT$3,437.31 million"},
        "unit": "twd_million",
        "digits": 2,
        "factor": "1000000",
        "formula": "collected",
        "worked": "collected[99] = 3437310000",
        "inputs": [
            {
                "file": "inputs/datasets/small/t1.csv",
                "sha256": "ab" * 32,
                "sheet": "",
                "column": "collected",
                "rows": "2",
            }
        ],
        "at": [{"page": 3, "x_mm": 20.5, "y_mm": 40.0}, {"page": 4, "x_mm": 1.0, "y_mm": 2.0, "in": "t-1"}],
    }
    assert found["axes"] == {"c-1": ["0", "5"]}


def test_a_gap_is_recorded_with_its_reason(figures: Figures) -> None:
    number = figures.figure("collected").number
    (entry,) = record(figures, Position(number=number, page=1, x_mm=0.0, y_mm=0.0, within=""))["figures"]  # type: ignore[misc]
    assert (entry["exact"], entry["printed"]) == (None, "…")
    assert entry["gap"] == {"kind": "not_available", "zh": "原因", "en": "a reason"}


def test_a_figure_that_was_not_laid_out_is_not_recorded(figures: Figures) -> None:
    figures.figure("collected", 99)
    assert record(figures)["figures"] == []


def test_a_figure_that_is_said_in_words_alone_has_a_record_and_no_place(figures: Figures) -> None:
    printed = figures.figure("collected", 99)
    titled = dataclasses.replace(document(figures), in_words=(printed.number,), ordinals=12, stated=("7",))
    found = record(figures, of=titled)
    (entry,) = found["figures"]  # type: ignore[misc]
    assert (entry["printed"], entry["at"]) == ("3,437.31", [])
    assert (found["stated"], found["ordinals"]) == (["7"], 12)


def test_figures_of_a_chart_stand_where_the_chart_stands(figures: Figures) -> None:
    printed = figures.figure("collected", 99)
    spec = ChartSpec(
        form="line", series=(), xs=(), points=(Point("s", 99, printed),), measure=WORDS, unit=WORDS
    )
    chart = Chart(name=WORDS, number="1", anchor="c-1", caption=WORDS, spec=spec, notes=())
    (entry,) = record(
        figures, Position(number=0, page=7, x_mm=1.0, y_mm=2.0, within="c-1"), of=document(figures, chart)
    )["figures"]  # type: ignore[misc]
    assert entry["at"] == [{"page": 7, "x_mm": 1.0, "y_mm": 2.0, "in": "c-1"}]


def test_a_fraction_is_recorded_exactly(figures: Figures) -> None:
    printed = figures.figure("mean.collected", 99)
    third = figures.ledger.print(
        type(printed.value)(
            metric="third", key=printed.value.key, exact=Fraction(1, 3), unit="times", digits=1
        )
    )
    (entry,) = record(figures, Position(number=third.number, page=1, x_mm=0.0, y_mm=0.0, within=""))[
        "figures"
    ]  # type: ignore[misc]
    assert (entry["exact"], entry["printed"]) == ("1/3", "0.3")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), ""),
        ((2,), "2"),
        ((2, 3, 4, 9), "2-4, 9"),
        ((9, 2, 4, 3), "2-4, 9"),
        ((2, 4, 6), "2, 4, 6"),
        ((2, 3), "2-3"),
    ],
)
def test_rows_that_follow_each_other_are_said_as_a_range(rows: tuple[int, ...], said: str) -> None:
    assert ranges(rows) == said


@given(st.sets(st.integers(2, 400)))
def test_no_row_is_lost_in_the_ranges(rows: set[int]) -> None:
    found: set[int] = set()
    for part in filter(None, ranges(rows).split(", ")):
        low, _, high = part.partition("-")
        found |= set(range(int(low), int(high or low) + 1))
    assert found == rows


# ---- finding a figure -----------------------------------------------------------------------


def entry(id: int, printed: str, zh: str, en: str) -> dict[str, object]:
    return {"id": id, "printed": printed, "text": {"zh": zh, "en": en}}


LEDGER = {
    "figures": [
        entry(1, "28.4", "28.4倍", "28.4 times"),
        entry(2, "2,442.72", "新臺幣24億4,272萬元", "NT$2,442.72 million"),
        entry(3, "−5.2", "−5.2%", "−5.2%"),
        entry(4, "5.2", "5.2%", "5.2%"),
        entry(5, "128.4", "128.4%", "128.4%"),
        entry(6, "1", "第1名", "1st"),
        entry(7, "…", "…", "…"),
        entry(8, "28.4", "28.4%", "28.4%"),
        entry(9, "1,503,549", "1,503,549件", "1,503,549 cases"),
        entry(10, "-", "-", "-"),
        entry(11, "81", "81人", "81 persons"),
        entry(12, "", "（空白）", "(blank)"),
    ]
}


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("28.4", [1, 8]),
        ("28.4倍", [1]),
        ("28.4 times", [1]),
        ("28.4%", [8]),
        (" 28.4 ", [1, 8]),
        ("128.4", [5]),
        ("NT$2,442.72 million", [2]),
        ("2,442.72", [2]),
        ("2,442.72 million", [2]),
        ("新臺幣24億4,272萬元", [2]),
        ("24億4,272萬元", [2]),
        ("24億4,272萬", [2]),
        ("-5.2", [3]),
        ("−5.2", [3]),
        ("-5.2%", [3]),
        ("5.2", [4]),
        ("5.2%", [4]),
        ("1st", [6]),
        ("第1名", [6]),
        ("…", [7]),
        ("-", [10]),
        ("1,503,549件", [9]),
        ("1,503,549", [9]),
        ("81人", [11]),
        ("99.9", []),
        ("%", []),
    ],
)
def test_a_figure_is_found_as_it_is_printed(words: str, ids: list[int]) -> None:
    assert [found["id"] for found in find(LEDGER, words)] == ids


def test_a_ledger_is_read_from_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "ledger.json").write_text(json.dumps(LEDGER), "utf-8")
    assert read_ledger(tmp_path / "ledger.json") == LEDGER


def test_a_ledger_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.pdf: there is no such file"):
        read_ledger(tmp_path / "a.pdf")


def test_a_file_that_is_no_pdf_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no PDF")
    with pytest.raises(InputError, match="is no PDF that can be read"):
        read_ledger(tmp_path / "a.pdf")


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"figures": 3}', b"\xff\xfe"])
def test_a_file_that_is_no_ledger_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.json").write_bytes(content)
    with pytest.raises(InputError, match=r"ledger\.json: its ledger cannot be read"):
        read_ledger(tmp_path / "ledger.json")


def test_a_pdf_of_somebody_else_holds_no_ledger(tmp_path: Path) -> None:
    import pikepdf

    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "a.pdf")
    with pytest.raises(InputError, match="holds no ledger; it was not made by reportgen"):
        read_ledger(tmp_path / "a.pdf")


# ---- writing whole files --------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_whole({tmp_path / "a/b/x.pdf": b"new"})
    assert (tmp_path / "a/b/x.pdf").read_bytes() == b"new"
    assert names(tmp_path / "a/b") == ["x.pdf"]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
@pytest.mark.parametrize("write", [write_whole, lambda files: write_together(*in_folder(files))])
def test_modes_follow_the_umask_of_the_caller(
    tmp_path: Path, write: Callable[[dict[Path, bytes]], None], umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        write({tmp_path / "x.pdf": b"new"})
    finally:
        os.umask(before)
    assert (tmp_path / "x.pdf").stat().st_mode & 0o777 == mode


def in_folder(files: dict[Path, bytes]) -> tuple[Path, dict[str, bytes]]:
    return next(iter(files)).parent, {file.name: content for file, content in files.items()}


def test_the_longest_name_that_a_folder_takes_is_written(tmp_path: Path) -> None:
    write_whole({tmp_path / f"{'x' * 251}.pdf": b"new"})
    assert names(tmp_path) == [f"{'x' * 251}.pdf"]


def test_an_earlier_file_is_replaced(tmp_path: Path) -> None:
    for content in (b"long, long content", b"short"):
        write_whole({tmp_path / "x.pdf": content})
    assert (tmp_path / "x.pdf").read_bytes() == b"short"


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_leaves_the_earlier_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, fault: BaseException
) -> None:
    write_whole({tmp_path / "x.pdf": b"old"})

    def fails(*_: object) -> None:
        raise fault

    monkeypatch.setattr(files.os, step, fails)
    with pytest.raises(type(fault)):
        write_whole({tmp_path / "x.pdf": b"new"})
    assert names(tmp_path) == ["x.pdf"]
    assert (tmp_path / "x.pdf").read_bytes() == b"old"


def test_files_that_belong_together_are_replaced_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole({tmp_path / "ledger.json": b"old", tmp_path / "x.pdf": b"old"})
    wrote = []

    def full(handle: int) -> None:
        wrote.append(handle)
        if len(wrote) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole({tmp_path / "ledger.json": b"new", tmp_path / "x.pdf": b"new"})
    assert {(tmp_path / name).read_bytes() for name in names(tmp_path)} == {b"old"}
    assert names(tmp_path) == ["ledger.json", "x.pdf"]


# ---- manifest and reasons -------------------------------------------------------------------

SETTINGS = {"program": "reportgen 1", "issued": ""}


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """A project with two inputs and one delivered file; the output folder is out/p."""
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs/a.csv").write_text("a", "utf-8")
    (tmp_path / "inputs/b.csv").write_text("b", "utf-8")
    write_whole({tmp_path / "out/p/x.pdf": b"page"})
    inputs = {f"inputs/{name}.csv": sha256(name.encode()) for name in "ab"}
    made = Made(
        file="x.pdf", sha256=sha256(b"page"), pages=1, edition="both", inputs=inputs, settings=SETTINGS
    )
    write_whole({tmp_path / "out/p/manifest.json": with_entry({}, "p", made)})
    return tmp_path


def why(project: Path, settings: dict[str, str] | None = None) -> list[str]:
    folder = project / "out/p"
    entry = read_manifest(folder)["files"].get("x.pdf")
    return english(entry, project, folder, "x.pdf", settings or SETTINGS, Stamps(folder))


def test_nothing_changed_is_no_reason(delivered: Path) -> None:
    assert why(delivered) == []


def test_a_document_that_was_never_made_says_so(delivered: Path) -> None:
    folder = delivered / "out/p"
    assert english(None, delivered, folder, "y.pdf", {}, Stamps(folder)) == ["it was not made yet"]


def test_a_changed_and_a_lost_input_are_named(delivered: Path) -> None:
    (delivered / "inputs/a.csv").write_text("A", "utf-8")
    os.utime(delivered / "inputs/a.csv", ns=(1, 1))
    (delivered / "inputs/b.csv").unlink()
    assert why(delivered) == ["inputs/a.csv changed", "inputs/b.csv is gone"]


def test_an_input_that_is_only_touched_is_no_reason(delivered: Path) -> None:
    os.utime(delivered / "inputs/a.csv", ns=(1, 1))
    assert why(delivered) == []


def test_a_changed_setting_is_named_with_both_values(delivered: Path) -> None:
    assert why(delivered, {"program": "reportgen 2", "issued": "2019-03-01"}) == [
        "the program changed: it was reportgen 1, it is reportgen 2",
        "the date of issue changed: it was none, it is 2019-03-01",
    ]


def test_a_file_that_was_altered_or_lost_is_made_again(delivered: Path) -> None:
    file = delivered / "out/p/x.pdf"
    file.write_bytes(b"PAGE")
    os.utime(file, ns=(1, 1))
    assert why(delivered) == ["x.pdf is not the file that was delivered"]
    file.unlink()
    assert why(delivered) == ["x.pdf is gone"]


def test_the_manifest_keeps_what_other_runs_delivered(delivered: Path) -> None:
    folder = delivered / "out/p"
    made = Made(file="a.pdf", sha256="0", pages=2, edition="zh", inputs={"z": "1", "b": "2"}, settings={})
    write_whole({folder / "manifest.json": with_entry(read_manifest(folder), "p", made)})
    found = read_manifest(folder)
    assert found["publication"] == "p"
    assert list(found["files"]) == ["a.pdf", "x.pdf"]
    assert list(found["files"]["a.pdf"]["inputs"]) == ["b", "z"]


def test_the_manifest_knows_what_is_no_longer_made_until_it_is_made_again(tmp_path: Path) -> None:
    def deliver(beside: Iterable[str], earlier: Iterable[str] = ()) -> list[str]:
        made = Made(
            file="x.pdf",
            sha256="0",
            pages=1,
            edition="both",
            inputs={},
            settings={},
            beside=dict.fromkeys(beside, "1"),
        )
        write_whole(
            {tmp_path / "manifest.json": with_entry(read_manifest(tmp_path), "p", made, earlier=earlier)}
        )
        return list(read_manifest(tmp_path)["earlier"])

    assert deliver(["x.odt", "x.json"]) == []
    assert deliver(["x.json"], earlier=["x.odt"]) == ["x.odt"]
    assert deliver(["x.json"]) == ["x.odt"]
    assert deliver(["x.odt", "x.json"]) == []


def test_the_manifest_is_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    made = [
        Made(file=f"{name}.pdf", sha256=name, pages=1, edition="both", inputs={}, settings={})
        for name in "abc"
    ]
    for folder, order in ((tmp_path / "one", made), (tmp_path / "two", reversed(made))):
        for one in order:
            write_whole({folder / "manifest.json": with_entry(read_manifest(folder), "p", one)})
    assert (tmp_path / "one/manifest.json").read_bytes() == (tmp_path / "two/manifest.json").read_bytes()


@pytest.mark.parametrize("content", [None, "", "{", "[]", "null"])
def test_a_manifest_that_cannot_be_read_is_an_empty_one(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, "utf-8")
    assert read_manifest(tmp_path) == {}


# ---- stamps ---------------------------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose bytes are read."""
    read, found = Path.read_bytes, []

    def counted(file: Path) -> bytes:
        found.append(file.name)
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", counted)
    return found


def test_a_file_is_read_again_only_when_size_or_time_differ(tmp_path: Path, reads: list[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text("one", "utf-8")
    os.utime(file, ns=(5, 5))
    first = Stamps(tmp_path)
    assert first.digest(tmp_path, "a.csv") == sha256(b"one")
    first.write()
    second = Stamps(tmp_path)
    assert second.digest(tmp_path, "a.csv") == sha256(b"one")
    assert reads == ["a.csv"]
    os.utime(file, ns=(5, 6))
    assert second.digest(tmp_path, "a.csv") == sha256(b"one")
    assert reads == ["a.csv", "a.csv"]
    file.write_text("four", "utf-8")
    os.utime(file, ns=(5, 6))
    assert second.digest(tmp_path, "a.csv") == sha256(b"four")
    assert len(reads) == 3


def test_a_file_that_is_not_there_has_no_digest(tmp_path: Path) -> None:
    assert Stamps(tmp_path).digest(tmp_path, "none.csv") == ""


@pytest.mark.parametrize("content", ["", "{", "no"])
def test_damaged_stamps_only_cost_time(tmp_path: Path, content: str) -> None:
    (tmp_path / ".stamps.json").write_text(content, "utf-8")
    (tmp_path / "a.csv").write_text("one", "utf-8")
    assert Stamps(tmp_path).digest(tmp_path, "a.csv") == sha256(b"one")


def test_stamps_that_cannot_be_written_are_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    Stamps(tmp_path / "file" / "folder").write()
    assert names(tmp_path) == ["file"]


# ---- one run at a time ----------------------------------------------------------------------


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "out"):
        with pytest.raises(UsageError, match="another run is at work here"), locked(tmp_path / "out"):
            pass
        with locked(tmp_path / "elsewhere"):
            pass
    with locked(tmp_path / "out"):
        pass


def test_the_lock_is_given_back_after_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path):
        raise RuntimeError
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", "utf-8")
    with pytest.raises(UsageError, match="cannot be written to"), locked(tmp_path / "out"):
        pass
