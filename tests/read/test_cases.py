"""Single cases: the tables they become, the faults they may have, the queries behind their figures."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import case_project as cp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reportgen.model.errors import InputError
from reportgen.read import digests
from reportgen.read.tables import CASE_COUNTS, Dataset, case_query, read_dataset, sources_of
from reportgen.read.tables.cases import ids, in_place_of

pytestmark = pytest.mark.slow  # whole documents or projects, again and again

FORMS: dict[str, tuple[str, Callable[..., None]]] = {
    "parquet": ("cases.parquet", cp.as_parquet),
    "folder": ("cases", cp.as_folder),
    "csv": ("cases.csv", cp.as_csv),
    "roc csv": ("cases.csv", lambda path, cases: cp.as_csv(path, cases, roc=True)),
}


@pytest.fixture(autouse=True)
def nothing_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted for another test is not taken for this one."""
    monkeypatch.setenv("REPORTGEN_FONTS", str(tmp_path / "share" / "fonts"))


def read(folder: Path, cases: list[cp.Case], form: str = "parquet", more: str = "") -> Dataset:
    file, write = FORMS[form]
    project = cp.project(folder / form.replace(" ", "-"), file, more)
    write(project / "inputs/datasets/d" / file, cases)
    return read_dataset(project, "d")


def held(dataset: Dataset, name: str) -> dict[tuple[Any, ...], dict[str, int]]:
    return {
        record.key: {counts: int(record.cells[f"{name}_{counts}"]) for counts in CASE_COUNTS}  # type: ignore[arg-type]
        for record in dataset.tables[name].records
    }


def without_zeros(rows: dict[tuple[Any, ...], dict[str, int]]) -> dict[tuple[Any, ...], dict[str, int]]:
    return {key: row for key, row in rows.items() if any(row.values())}


# ---- what is counted --------------------------------------------------------------------------

DAYS = st.dates(date(2006, 1, 1), date(2015, 12, 31)) | st.sampled_from(
    [
        date(year, month, day)
        for year in (2008, 2011)
        for month, day in ((1, 31), (2, 28), (5, 31), (6, 1), (11, 30), (12, 30), (12, 31))
    ]
    + [date(2008, 2, 29)]
)


@st.composite
def lists_of_cases(draw: st.DrawFn) -> list[cp.Case]:
    cases = []
    for number in range(draw(st.integers(1, 25))):
        opened = draw(DAYS)
        branch = draw(st.sampled_from(cp.BRANCHES if opened.year >= 2011 else cp.BRANCHES[:2]))
        closed = draw(st.none() | st.dates(opened, date(2015, 12, 31)))
        cases.append(
            cp.case(
                number,
                branch=branch,
                unit=draw(st.sampled_from(["01", "02"])),
                roc_year=opened.year - 1911,
                officer=f"{branch}{draw(st.integers(1, 2))}",
                case_type=draw(st.sampled_from([*cp.LIMITS])),
                opened=opened,
                closed=closed,
                referred_amount=draw(st.integers(0, 10**16)),
                collected_amount=draw(st.integers(0, 10**6)),
                cost=draw(st.integers(0, 3)),
            )
        )
    return cases


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=lists_of_cases())
@example(
    cases=[
        cp.case(1, opened=date(2011, 12, day), roc_year=100, case_type=kind)
        for day in (30,)
        for kind in ("tax",)
    ]
)
def test_tables_hold_what_plain_counting_gives_in_every_form(
    cases: list[cp.Case], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cases")
    datasets = {form: read(folder, cases, form) for form in FORMS}
    for name, key in cp.KEYS.items():
        rows = {form: held(dataset, name) for form, dataset in datasets.items()}
        assert without_zeros(rows["parquet"]) == cp.plainly(cases, key)
        assert rows["parquet"] == rows["folder"] == rows["csv"] == rows["roc csv"]
        assert [*rows["parquet"]] == [*rows["csv"]], "the rows stand in another order"


def test_a_group_has_zeros_from_its_first_year_on_and_no_row_before_its_branch_existed(
    tmp_path: Path,
) -> None:
    cases = [
        cp.case(1, closed=date(2014, 6, 1)),
        cp.case(2, branch="east", officer="e1", opened=date(2011, 1, 1), roc_year=100),
    ]
    rows = held(read(tmp_path, cases), "by_unit")
    north = [key for key in rows if key[1] == "north"]
    assert north == [(year, "north", "01", kind) for year in (103, 104) for kind in cp.LIMITS]
    assert rows[104, "north", "01", "fee"] == dict.fromkeys(CASE_COUNTS, 0)
    assert min(key[0] for key in rows if key[1] == "east") == 100


@pytest.mark.parametrize(
    ("opened", "months", "overdue_in"),
    [
        (date(2013, 12, 30), 12, 103),  # the last day is December 30, 2014: overdue on the 31st
        (date(2013, 12, 31), 12, 104),  # the last day is December 31, 2014: overdue from January 1 on
        (date(2012, 2, 29), 24, 103),
        (date(2013, 5, 30), 7, 102),
        (date(2013, 5, 31), 7, 103),  # seven months after May 31 is December 31
        (date(2013, 6, 1), 7, 103),
    ],
)
def test_a_case_is_overdue_from_the_day_after_the_last_of_its_months(
    opened: date, months: int, overdue_in: int, tmp_path: Path
) -> None:
    kind = next(kind for kind, limit in cp.LIMITS.items() if limit == months)
    one = cp.case(1, opened=opened, roc_year=opened.year - 1911, case_type=kind)
    rows = held(read(tmp_path, [one]), "whole")
    assert [year for (year,), row in rows.items() if row["overdue"]] == [*range(overdue_in, cp.LAST + 1)]


def test_sums_go_beyond_what_a_machine_word_or_a_float_holds(tmp_path: Path) -> None:
    cases = [cp.case(number, referred_amount=10**17 - number, unit=f"{number % 2}") for number in range(9)]
    for form in FORMS:
        assert held(read(tmp_path, cases, form), "whole")[103,]["referred"] == 9 * 10**17 - 36


def test_columns_of_the_file_may_have_other_names(tmp_path: Path) -> None:
    project = cp.project(tmp_path, "cases.csv", 'names = { case_id = "案號", opened = "收案日期" }')
    path = project / "inputs/datasets/d/cases.csv"
    cp.as_csv(path, [cp.case(1)])
    text = (
        path.read_text("utf-8").replace("case_id", "案號").replace("opened", "收案日期").replace("\n", "\r\n")
    )
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert held(read_dataset(project, "d"), "whole")[103,]["new"] == 1


@pytest.mark.parametrize("unit", ["=cmd()", "+1", "@x", "-2+3"])
def test_no_word_of_a_carried_table_is_computed_by_a_spreadsheet(unit: str, tmp_path: Path) -> None:
    project = cp.project(tmp_path, "cases.csv")
    cp.as_csv(project / "inputs/datasets/d/cases.csv", [cp.case(1, unit=unit), cp.case(2)])
    read_dataset(project, "d")
    carried = (in_place_of(project, "inputs/datasets/d/cases.csv") or {})["by_unit.csv"].decode()
    assert f",'{unit}," in carried and f",{unit}," not in carried


def test_a_partitioned_folder_may_hold_a_column_in_the_names_of_its_folders(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    cases = [cp.case(1), cp.case(2, roc_year=104, opened=date(2015, 1, 1))]
    project = cp.project(tmp_path, "cases")
    for one in cases:
        path = project / f"inputs/datasets/d/cases/roc_year={one['roc_year']}/part.parquet"
        path.parent.mkdir(parents=True)
        kinds = {name: kind for name, kind in cp.TYPES.items() if name != "roc_year"}
        parquet.write_table(pyarrow.table({n: pyarrow.array([one[n]], k) for n, k in kinds.items()}), path)
    assert {key: row["new"] for key, row in held(read_dataset(project, "d"), "whole").items()} == {
        (103,): 1,
        (104,): 1,
    }


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_branch_that_ended_has_its_cases_closed_by_then(form: str, tmp_path: Path) -> None:
    def of_branch(folder: str, closed: date | None) -> list[str]:
        project = cp.project(tmp_path / folder, FORMS[form][0])
        declared = project / "inputs/datasets/d/dataset.toml"
        text = declared.read_text("utf-8").replace("first_year = 100", "first_year = 100\nlast_year = 103")
        declared.write_text(text, "utf-8")
        one = cp.case(1, branch="east", officer="e1", roc_year=102, opened=date(2013, 1, 1), closed=closed)
        FORMS[form][1](project / "inputs/datasets/d" / FORMS[form][0], [cp.case(2), one])
        try:
            read_dataset(project, "d")
        except InputError as error:
            return [str(problem.say()) for problem in error.problems]
        return []

    assert not of_branch("in-time", date(2014, 12, 31))
    for folder, closed in (("later", date(2015, 1, 1)), ("never", None)):
        assert any(
            f"cases.{form}:3: branch: the branch exists in the ROC years 100–103" in one
            for one in of_branch(folder, closed)
        )


# ---- what is wrong ----------------------------------------------------------------------------


def faults(folder: Path, cases: list[Any], form: str = "csv", more: str = "") -> list[str]:
    with pytest.raises(InputError) as error:
        read(folder, cases, form, more)
    assert error.value.exit_code == 3
    assert all(problem.zh and problem.en for problem in error.value.problems)
    return [str(problem.say()).removeprefix("inputs/datasets/d/") for problem in error.value.problems]


ROW_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"branch": "nort"}, "branch: 'nort' is not known; known: north, south, east; did you mean 'north'?"),
    ({"branch": "north分署"}, "branch: 'north分署' is a label; write 'north'"),
    (
        {"case_type": "taxes"},
        "case_type: 'taxes' is not known; known: tax, health, fine, fee; did you mean 'tax'?",
    ),
    ({"unit": None}, "unit: the cell is empty; fill it in"),
    ({"officer": None}, "officer: the cell is empty; fill it in"),
    ({"case_id": None}, "case_id: the cell is empty; fill it in"),
    ({"opened": None}, "opened: the cell is empty; fill it in"),
    ({"cost": None}, "cost: the cell is empty; fill it in"),
    ({"roc_year": None}, "roc_year: the cell is empty; fill it in"),
    (
        {"referred_amount": -5},
        "referred_amount: -5 is negative; an amount is 0 or more: correct it in the source",
    ),
    (
        {"collected_amount": 10**18},
        "collected_amount: 1000000000000000000 has more than 18 digits; correct it in the source",
    ),
    (
        {"closed": date(2014, 5, 5)},
        "closed: the case is closed before it is opened (2014-05-05 < 2014-05-06); correct one of the dates",
    ),
    (
        {"closed": date(2016, 1, 1)},
        "closed: 2016-01-01 is after 2015-12-31, the end of the declared years; put the last year in years, or leave the date out",
    ),
    (
        {"roc_year": 94, "opened": date(2005, 1, 1)},
        "roc_year: 94 is not within the ROC years 95–104 that [cases] declares; correct it, or declare other years",
    ),
    (
        {"roc_year": 2014},
        "roc_year: 2014 is not within the ROC years 95–104 that [cases] declares; it is a year of the Common Era: write 103",
    ),
    (
        {"roc_year": 102},
        "opened: the day of opening and the year of the case are not of the same year (2014-05-06 / 102); correct one of them",
    ),
    (
        {"branch": "east", "officer": "e1", "roc_year": 99, "opened": date(2010, 1, 1)},
        "branch: the branch exists in the ROC years 100–…; the case is of 99 or not closed by then: name the branch that has it",
    ),
]
CELL_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"cost": "ten"}, "cost: 'ten' is not a whole number; write digits only, for example 1234"),
    *(
        ({"cost": text}, f"cost: {text!r} is not a whole number; write digits only, for example 1234")
        for text in ("12.5", "1e2", "1_000", " 12", "+5", "007", "0x10", "１２", "1,000")
    ),
    ({"roc_year": "103.0"}, "roc_year: '103.0' is not a whole number; write digits only, for example 1234"),
    (
        {"opened": "2014-02-29"},
        "opened: '2014-02-29' is not a day of the calendar; write 2015-02-28 or 104/2/28",
    ),
    ({"closed": "103/2/29"}, "closed: '103/2/29' is not a day of the calendar; write 2015-02-28 or 104/2/28"),
    ({"closed": "soon"}, "closed: 'soon' is not a day of the calendar; write 2015-02-28 or 104/2/28"),
    ({"closed": "infinity"}, "closed: 'infinity' is not a day of the calendar; write 2015-02-28 or 104/2/28"),
]


@pytest.mark.parametrize(("different", "message"), ROW_FAULTS)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_bad_row_is_told_with_file_row_column_and_remedy(
    different: dict[str, Any], message: str, form: str, tmp_path: Path
) -> None:
    told = faults(tmp_path, [cp.case(1), cp.case(2, **different), cp.case(3)], form)
    assert f"cases.{form}:3: {message}" in told
    assert sum(f"cases.{form}:3:" in one for one in told) == 1 + (different.get("roc_year") == 2014)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_of_many_rows_those_with_a_fault_are_told_and_no_other(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one_fault = [fault for fault in ROW_FAULTS if fault[0].get("roc_year") != 2014]
    drawn = data.draw(st.lists(st.none() | st.sampled_from(one_fault), min_size=1, max_size=15).filter(any))
    rows = [fault or ({}, "") for fault in drawn]
    cases = [cp.case(n, **({"officer": f"o{n}"} | different)) for n, (different, _) in enumerate(rows)]
    form = data.draw(st.sampled_from(["csv", "parquet"]))
    told = faults(tmp_path_factory.mktemp("faults"), cases, form)
    assert sorted(one for one in told if " in all: " not in one) == sorted(
        f"cases.{form}:{row}: {message}" for row, (_, message) in enumerate(rows, start=2) if message
    )
    assert sum(
        int(one.split(" in all: ")[0].rpartition(" ")[2]) for one in told if " in all: " in one
    ) == sum(map(bool, drawn))


@pytest.mark.parametrize(("different", "message"), CELL_FAULTS)
def test_a_bad_cell_of_a_csv_is_told(different: dict[str, Any], message: str, tmp_path: Path) -> None:
    assert f"cases.csv:3: {message}" in faults(tmp_path, [cp.case(1), cp.case(2, **different)])


def test_a_leap_day_of_the_roc_calendar_is_that_of_its_own_year(tmp_path: Path) -> None:
    """104/2/29 is a day in AD 104 but not in ROC 104; 101/2/29 the other way round."""
    cases: list[Any] = [
        cp.case(1, roc_year=101, opened="101/2/29"),
        cp.case(2, roc_year=104, opened="104/2/29"),
    ]
    told = faults(tmp_path, cases)
    assert [one for one in told if ": opened:" in one and "in all" not in one] == [
        "cases.csv:3: opened: '104/2/29' is not a day of the calendar; write 2015-02-28 or 104/2/28"
    ]


@pytest.mark.parametrize("form", ["csv", "parquet", "folder"])
def test_a_case_that_stands_twice_is_told_with_both_places_and_without_its_id(
    form: str, tmp_path: Path
) -> None:
    cases = [cp.case(number % 5) for number in range(7)]
    told = faults(tmp_path, cases, form)
    assert "104-00000" not in "".join(told)
    assert any("2 in all: ids that stand twice" in one for one in told)
    if form == "folder":  # the cases 0, 3, 1 / 1, 4 / 2, 0
        assert told[0].startswith(
            "cases/part-1.parquet:2: case_id: the case stands in inputs/datasets/d/cases/part-0.parquet:4"
        )
    else:
        assert (
            f"cases.{form}:7: case_id: the case stands in inputs/datasets/d/cases.{form}:2 already; one row for each case"
            in told
        )


@pytest.mark.parametrize("form", ["csv", "parquet", "folder"])
def test_an_officer_of_two_branches_in_one_year_is_told_but_may_move_in_another_year(
    form: str, tmp_path: Path
) -> None:
    moved = [cp.case(1), cp.case(2, roc_year=104, opened=date(2015, 1, 1), branch="south")]
    assert read(tmp_path / "sound", moved, form)
    told = faults(tmp_path, [*moved, cp.case(3, branch="south")], form)
    assert any(
        "officer: the officer has cases of two branches in one year (103: south, north)" in one
        for one in told
    )
    assert "n1" not in "".join(told)


def test_all_kinds_of_faults_are_counted_and_the_first_of_each_listed(tmp_path: Path) -> None:
    cases: list[Any] = [
        cp.case(n, cost=-1 if n % 2 else 1, branch="nowhere" if n % 3 == 0 else "north", officer="n1")
        for n in range(60)
    ]
    told = faults(tmp_path, cases, "parquet", "listed = 4")
    assert "cases.parquet: cost: 30 in all: negative amounts; the first 4 are listed" in told
    assert "cases.parquet: branch: 20 in all: unknown members of branch; the first 4 are listed" in told
    assert [one.split(":")[1] for one in told if "is negative" in one] == ["3", "5", "7", "9"]


def broken(folder: Path, raw: bytes) -> list[str]:
    project = cp.project(folder, "cases.csv")
    (project / "inputs/datasets/d/cases.csv").write_bytes(raw)
    with pytest.raises(InputError) as error:
        read_dataset(project, "d")
    return [
        str(problem).removeprefix("inputs/datasets/d/") for problem in (p.say() for p in error.value.problems)
    ]


HEAD = b"case_id,branch,unit,officer,roc_year,case_type,opened,closed,referred_amount,collected_amount,cost\n"
GOOD = b"a%d,north,01,n1,103,tax,2014-05-06,,5,4,3\n"


def test_rows_that_are_none_are_told_beside_the_other_faults_with_the_rows_of_the_file(
    tmp_path: Path,
) -> None:
    rows = [
        GOOD % 1,
        b"b,north,01\n",
        GOOD % 3,
        b"c,north,01,n1,103,tax,2014-05-06,,5,4,3,9\n",
        b'"x\ny",north,01,n1,103,tax,2014-05-06,,5,4,-3\n',
        b"d\xff,north,01,n1,103,tax,2014-05-06,,5,4,3\n",
        GOOD % 7,
        b"e,north,01,n1,103,tax,2014-05-06,,5,4,-9\n",
        GOOD % 7,
    ]
    told = broken(tmp_path, HEAD + b"".join(rows))
    assert "cases.csv:3: has fewer cells than the head; write one for each column" in told
    assert 'cases.csv:5: has more cells than the head; a cell with a comma stands in "…"' in told
    assert any("holds bytes that are not UTF-8" in one for one in told)
    assert "cases.csv:6: cost: -3 is negative; an amount is 0 or more: correct it in the source" in told
    assert "cases.csv:9: cost: -9 is negative; an amount is 0 or more: correct it in the source" in told
    assert (
        "cases.csv:10: case_id: the case stands in inputs/datasets/d/cases.csv:8 already; one row for each case"
        in told
    )


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the file is empty (0 bytes)"),
        (HEAD, "holds no case"),
        (HEAD.replace(b"officer", b"offizer") + GOOD % 1, "the column officer is missing (names.officer"),
        (
            HEAD.replace(b"\n", b",cost\n") + (GOOD % 1).replace(b"\n", b",1\n"),
            "the column cost stands twice",
        ),
        (HEAD + (GOOD % 1).replace(b"\n", b"\r\n") + GOOD % 2, "the same line ends"),
        ("案號,x\n".encode("cp950"), "the head is not UTF-8"),
        (b"PAR1....", "is Parquet, not CSV"),
        ("case_id\n".encode("utf-16"), "is UTF-16, not CSV"),
        (
            HEAD + b'"open,north,01,n1,103,tax,2014-05-06,,5,4,3\n' + GOOD % 2,
            "the quotes of this row don't close",
        ),
    ],
)
def test_a_csv_that_is_none_is_told(raw: bytes, message: str, tmp_path: Path) -> None:
    assert message in "\n".join(broken(tmp_path, raw))


def test_a_damaged_parquet_file_wrong_types_and_missing_columns_are_told(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    project = cp.project(tmp_path, "cases")
    folder = project / "inputs/datasets/d/cases"
    cp.as_folder(folder, [cp.case(n) for n in range(3)])
    (folder / "part-0.parquet").write_bytes((folder / "part-0.parquet").read_bytes()[:-9])
    (folder / "note.txt").write_text("x")
    with pytest.raises(InputError, match=r"note.txt: is no .parquet file"):
        read_dataset(project, "d")
    (folder / "note.txt").unlink()
    with pytest.raises(InputError, match=r"part-0.parquet: is no Parquet file that can be read"):
        read_dataset(project, "d")
    parquet.write_table(
        pyarrow.table({"case_id": [1.5], "cost": ["x"], "opened": [1]}), folder / "part-0.parquet"
    )
    with pytest.raises(InputError) as error:
        read_dataset(project, "d")
    told = [problem.say() for problem in error.value.problems]
    assert (
        "inputs/datasets/d/cases/part-0.parquet: case_id: the column is of the type double; it must be text: export it as such"
        in told
    )
    assert any("part-0.parquet: branch: the column branch is missing" in one for one in told)


def parquet_bytes(cases: list[cp.Case]) -> tuple[bytes, bytes]:
    """Pages, and what follows them: the footer with the statistics."""
    import pyarrow
    from pyarrow import parquet

    raw = io.BytesIO()
    arrays = {name: pyarrow.array([one[name] for one in cases], kind) for name, kind in cp.TYPES.items()}
    parquet.write_table(pyarrow.table(arrays), raw, compression="NONE", use_dictionary=False)
    content = raw.getvalue()
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    return content[:start], content[start:]


@pytest.mark.parametrize(
    ("held", "stated"),
    [
        ({"cost": -30}, {}),
        ({"branch": "nohth"}, {}),
        ({"roc_year": 3}, {}),
        ({"opened": date(2014, 12, 31), "closed": date(2015, 12, 31)}, {"closed": date(2014, 5, 7)}),
        ({"closed": date(2015, 3, 1)}, {"closed": date(2014, 5, 7)}),
    ],
)
def test_statistics_of_a_parquet_file_that_lie_change_nothing(
    held: dict[str, object], stated: dict[str, object], tmp_path: Path
) -> None:
    """The pages of one file below the footer of another, whose figures are as long."""
    mixed = [cp.case(0, cost=900), *(cp.case(n, **held) for n in range(1, 9))]
    pages, footer = parquet_bytes(mixed)
    other, lying = parquet_bytes([cp.case(0, cost=900), *(cp.case(n, **stated) for n in range(1, 9))])
    assert len(pages) == len(other) and (pages, footer) != (other, lying)
    found: list[object] = []
    for name, content in (("true", pages + footer), ("lying", pages + lying)):
        project = cp.project(tmp_path / name, "cases.parquet")
        (project / "inputs/datasets/d/cases.parquet").write_bytes(content)
        try:
            dataset = read_dataset(project, "d")
            found.append({table.name: table.records for table in dataset.tables.values()})
        except InputError:
            found.append("refused")
    assert found[0] == found[1]


def test_a_page_of_a_parquet_file_that_is_damaged_inside_is_told(tmp_path: Path) -> None:
    project = cp.project(tmp_path, "cases.parquet")
    path = project / "inputs/datasets/d/cases.parquet"
    cp.as_parquet(path, [cp.case(n, unit=str(n)) for n in range(500)])
    raw = bytearray(path.read_bytes())
    raw[40:900] = bytes(860)
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"cannot be read as cases|is no Parquet file"):
        read_dataset(project, "d")


def test_files_outside_of_the_project_and_links_are_refused(tmp_path: Path) -> None:
    project = cp.project(tmp_path / "p", "cases.parquet")
    cp.as_parquet(tmp_path / "elsewhere.parquet", [cp.case(1)])
    (project / "inputs/datasets/d/cases.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(InputError, match="leads out of the project"):
        read_dataset(project, "d")


@pytest.mark.parametrize(
    "file", ["../x.parquet", "/etc/passwd", "https://example.org/x.parquet", "*.parquet", "x.parquet'"]
)
def test_a_name_that_is_no_plain_file_name_is_a_fault_of_the_declaration(file: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a file name in the dataset's folder"):
        read_dataset(cp.project(tmp_path, file), "d")


def test_the_session_reads_the_named_files_and_nothing_else(tmp_path: Path) -> None:
    import duckdb

    from reportgen.read.tables.cases import counting, files
    from reportgen.read.tables.declaration import describe

    project = cp.project(tmp_path, "cases.parquet")
    path = project / "inputs/datasets/d/cases.parquet"
    cp.as_parquet(path, [cp.case(1)])
    cp.as_parquet(tmp_path / "other.parquet", [cp.case(1)])
    spec = describe(project, "d").cases
    assert spec
    with counting.session(files.look(project, spec), "64MB", 1) as (connection, _):
        assert connection.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchone() == (1,)
        for words in (
            f"SELECT * FROM read_parquet('{tmp_path}/other.parquet')",
            "SELECT * FROM read_text('/etc/passwd')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"COPY (SELECT 1) TO '{path}'",
            "INSTALL httpfs",
            "LOAD httpfs",
            f"ATTACH '{tmp_path}/x.db'",
            "SET enable_external_access = true",
            "SET memory_limit = '9GB'",
        ):
            if words.endswith(f"TO '{path}'"):
                continue  # the path is allowed: what keeps it whole is that no query of ours writes
            with pytest.raises(duckdb.Error):
                connection.execute(words).fetchall()


# ---- memory, once, queries --------------------------------------------------------------------


def test_too_little_memory_is_told(tmp_path: Path) -> None:
    cases = [cp.case(n, unit=f"{n:06}", officer=f"{n:06}") for n in range(120_000)]
    told = faults(tmp_path, cases, "parquet", 'memory = "3MB"')
    assert told == [
        "cases.parquet: memory = '3MB' is too small for these cases; declare more, or tables with fewer keys"
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 30), max_size=200), most=st.integers(1, 300)
)
def test_hashes_that_stand_twice_are_found_in_memory_and_in_files(
    numbers: list[int], most: int, tmp_path: Path
) -> None:
    import numpy

    chunks = (numpy.array(numbers[n : n + 7], dtype=numpy.uint64) for n in range(0, len(numbers), 7))
    assert ids.twice(chunks, tmp_path, most) == sorted({one for one in numbers if numbers.count(one) > 1})


def test_the_same_cases_are_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen.read.tables.cases import counting

    scans: list[int] = []
    scan = counting.scan
    monkeypatch.setattr(counting, "scan", lambda *words: (scans.append(1), scan(*words)))
    cases = [cp.case(1)]
    first, second = read(tmp_path, cases), read(tmp_path, cases)
    assert first == second
    assert len(scans) == 1
    read(tmp_path, [cp.case(1, cost=31)])
    assert len(scans) == 2


def test_cases_of_a_large_file_that_is_new_are_counted_beside_its_hash_and_remembered_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen.read.tables.cases import counting

    monkeypatch.setattr(digests, "LARGE", 1)
    first = read(tmp_path, [cp.case(1)])
    monkeypatch.setattr(counting, "scan", lambda *_: pytest.fail("they are counted again"))
    file = "inputs/datasets/d/cases.parquet"
    assert read_dataset(tmp_path / "parquet", "d") == first
    content = (tmp_path / "parquet" / file).read_bytes()
    assert first.tables["whole"].sha256 == hashlib.sha256(content).hexdigest()


def test_a_csv_is_read_for_its_groups_and_its_ids_alone_where_nothing_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reportgen.read.tables.cases import files

    reads: list[bool] = []
    source = files.source
    monkeypatch.setattr(
        files, "source", lambda *a, numbered: reads.append(numbered) or source(*a, numbered=numbered)
    )
    read(tmp_path, [cp.case(n) for n in range(5000)], "csv")
    assert reads == [False, False]


def test_a_large_file_is_hashed_again_only_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "LARGE", 1)
    (tmp_path / "a").write_bytes(b"one")
    first = digests.digest(tmp_path, "a")
    note = next((tmp_path / "share/checked").glob("*.stamp"))
    note.write_text(note.read_text().replace(first, "known"))
    assert digests.digest(tmp_path, "a") == "known"
    (tmp_path / "a").write_bytes(b"two")
    os.utime(tmp_path / "a", (1, 1))
    assert digests.digest(tmp_path, "a") not in ("known", first)


def rows_behind(project: Path, query: str) -> Iterator[dict[str, Any]]:
    import duckdb

    before = Path.cwd()
    os.chdir(project)  # as a person would: in the folder of the project
    try:
        yield from duckdb.sql(query).to_arrow_table().to_pylist()
    finally:
        os.chdir(before)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=lists_of_cases(), form=st.sampled_from([*FORMS]), table=st.sampled_from([*cp.KEYS]))
def test_the_query_of_a_figure_selects_the_cases_that_it_counts(
    cases: list[cp.Case], form: str, table: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("query")
    made = read(folder, cases, form).tables[table]
    project = folder / form.replace(" ", "-")
    assert made.cases
    for record in made.records[:: max(len(made.records) // 4, 1)]:
        key = dict(zip(made.key, record.key, strict=True))
        for counts in CASE_COUNTS:
            query = case_query(made.cases, counts, key)
            rows = [*rows_behind(project, query)]
            amount = {"referred": "referred_amount", "collected": "collected_amount", "cost": "cost"}.get(
                counts
            )
            found = sum(int(row[amount]) for row in rows) if amount else len(rows)
            assert found == record.cells[f"{table}_{counts}"], query


def test_a_figure_of_rules_that_was_made_of_rows_says_which_cases_they_count(tmp_path: Path) -> None:
    table = read(tmp_path, [cp.case(1), cp.case(2, case_type="fee")]).tables["by_type"]
    rows = [record for record in table.records if record.key[1] == 103]
    found = sources_of(table, rows, "by_type_pending")
    assert [source.rows for source in found] == [(record.row,) for record in rows]
    assert sum(len([*rows_behind(tmp_path / "parquet", source.query)]) for source in found) == 2


def test_ordinary_tables_and_tables_of_cases_stand_in_one_dataset(tmp_path: Path) -> None:
    project = cp.project(tmp_path, "cases.parquet")
    home = project / "inputs/datasets/d"
    cp.as_parquet(home / "cases.parquet", [cp.case(1), cp.case(2, branch="south", officer="s1")])
    more = """
[table.stated]
label = { zh = "表", en = "Table" }
file = "stated.csv"
key = ["roc_year"]
column.roc_year = { type = "roc_year" }
column.stated = { type = "whole", unit = "case", label = { zh = "件", en = "Cases" } }
[[table.stated.relation]]
kind = "same"
pairs = { stated = "whole.whole_pending" }
"""
    declared = (home / "dataset.toml").read_text("utf-8")
    (home / "dataset.toml").write_text(declared + more, "utf-8")
    (home / "stated.csv").write_text("roc_year,stated\n103,2\n104,2\n", "utf-8")
    assert {*read_dataset(project, "d").tables} == {*cp.KEYS, "stated"}
    (home / "stated.csv").write_text("roc_year,stated\n103,2\n104,3\n", "utf-8")
    with pytest.raises(InputError, match=r"stated.csv:3: stated: 3 is stated but .* give 2"):
        read_dataset(project, "d")


# ---- the declaration --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("years = [95, 104]", "years = 104", "104 is not a list; write [ … ]"),
        ("years = [95, 104]", "years = [104, 95]", "must be the first and the last ROC year"),
        (
            "years = [95, 104]",
            'years = [95, 104]\nmemory = "much"',
            '"much" is not an amount of memory; write "512MB" or "2GB"',
        ),
        (
            "years = [95, 104]",
            "years = [95, 104]\nlisted = 0",
            "cases: listed: 0 is out of range; write a number from 1 to 200",
        ),
        ("tax = 24", "tax = 0", "cases.limit: tax: 0 is out of range; write a number from 1 to 600"),
        ("tax = 24", "taxes = 24", "is an unknown key"),
        (
            "[cases.limit]",
            '[cases.names]\nofficers = "x"\n[cases.limit]',
            "cases.names: officers: is an unknown key",
        ),
        (
            "[cases.limit]",
            '[cases.names]\nofficer = "unit"\n[cases.limit]',
            "two columns are read from 'unit'",
        ),
        ("key = ['roc_year']", "key = ['branch']", "must hold roc_year, and each name once"),
        ('counts = "new"', 'counts = "knew"', '"knew" is unknown'),
        ("[dimension.case_type]", "[dimension.kind]", "cases need the dimension case_type"),
    ],
)
def test_a_fault_of_the_declaration_is_told_with_its_line(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    project = cp.project(tmp_path, "cases.parquet")
    path = project / "inputs/datasets/d/dataset.toml"
    text = path.read_text("utf-8")
    assert old in text
    text = text.replace(old, new)
    path.write_text(
        text.replace("[[dimension.case_type", "[[dimension.kind") if "kind" in new else text, "utf-8"
    )
    with pytest.raises(InputError) as error:
        read_dataset(project, "d")
    assert message in str(error.value)
    assert all(problem.place.row for problem in error.value.problems)


def test_days_between_are_days() -> None:
    assert cp.months_after(date(2012, 2, 29), 12) == date(2013, 2, 28)
    assert cp.months_after(date(2013, 5, 31), 7) - timedelta(1) == date(2013, 12, 30)
