"""Single cases on a real Dask cluster on loopback: the same numbers, faults and bytes, and no case file travels whole."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import case_project as cp
import pytest
from pyarrow import parquet
from test_cluster import a_scheduler, a_worker, build, documents

from reportgen.model.errors import InputError
from reportgen.read import digests, fonts, tables
from reportgen.read.tables.cases import counted, counting
from reportgen.read.tables.declaration import describe
from reportgen.run import cluster
from reportgen.run.request import Request

ROOT = Path(__file__).resolve().parents[2]
REAL_FONTS = fonts.font_folder()


def nothing_remembered(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The fonts as they are, beside a folder in which nothing is remembered yet."""
    folder.mkdir()
    (folder / "fonts").symlink_to(REAL_FONTS)
    monkeypatch.setenv("REPORTGEN_FONTS", str(folder / "fonts"))


def sample(folder: Path, parts: int) -> Path:
    """The sample of cases with its file as a folder of parts, whose rows are dealt out in turn."""
    for name in (
        "templates/bulletin",
        "templates/shared",
        "styles",
        "inputs/case-load-104",
        "inputs/datasets/cases-104",
    ):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("inputs/metrics.toml", "inputs/glossary.csv", "reportgen.toml"):
        shutil.copy(ROOT / name, folder / name)
    home = folder / "inputs/datasets/cases-104"
    whole = parquet.read_table(home / "cases.parquet")
    (home / "cases.parquet").unlink()
    (home / "cases").mkdir()
    for part in range(parts):
        parquet.write_table(
            whole.take([*range(part, len(whole), parts)]), home / f"cases/part-{part}.parquet"
        )
    declared = (home / "dataset.toml").read_text("utf-8")
    (home / "dataset.toml").write_text(declared.replace('"cases.parquet"', '"cases"'), "utf-8")
    return folder


@contextmanager
def two_workers(folder: Path) -> Iterator[str]:
    with (
        a_scheduler(folder) as address,
        a_worker(address, "first", folder),
        a_worker(address, "second", folder),
    ):
        yield address


@pytest.mark.sweep  # test_cluster has a run on workers
@pytest.mark.slow
def test_a_cluster_counts_the_files_of_a_folder_to_the_same_numbers_bytes_and_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = sample(tmp_path / "project", 4)
    broken = cp.project(tmp_path / "broken", "cases")
    cases = [cp.case(n % 8, officer="n1", branch="south" if n == 9 else "north") for n in range(10)]
    cp.as_folder(broken / "inputs/datasets/d/cases", cases)
    nothing_remembered(monkeypatch, tmp_path / "here")
    alone = counted(project, describe(project, "cases-104"))
    with pytest.raises(InputError) as faults:
        counted(broken, describe(broken, "d"))
    assert build(project, tmp_path / "alone", "--jobs", "1").returncode == 0

    nothing_remembered(monkeypatch, tmp_path / "there")
    with two_workers(tmp_path) as address:
        with monkeypatch.context() as here:
            here.setattr(counting, "scan", lambda *_: pytest.fail("this machine counts"))
            for folder, name in ((project, "cases-104"), (broken, "d")):
                request = Request(project=folder, out=tmp_path / "out", publications=(), scheduler=address)
                with cluster.connected(
                    request,
                    lambda ex, f=folder, n=name: tables.count_cases(f, n, 0, cluster.parts(ex)),  # type: ignore[misc]
                ):
                    pass
            assert counted(project, describe(project, "cases-104")) == alone
            with pytest.raises(InputError) as elsewhere:
                counted(broken, describe(broken, "d"))
        run = build(project, tmp_path / "cluster", "--scheduler", address)
    assert elsewhere.value.problems == faults.value.problems
    assert any("ids that stand twice" in problem.en for problem in faults.value.problems)
    assert any("two branches" in problem.en for problem in faults.value.problems)
    assert run.returncode == 0, run.stderr
    assert documents(tmp_path / "cluster") == documents(tmp_path / "alone")
    assert len(documents(tmp_path / "cluster")) == 3


def test_what_was_counted_travels_and_the_cases_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = sample(tmp_path / "project", 2)
    nothing_remembered(monkeypatch, tmp_path / "here")
    content = cluster.packed(project)
    names = zipfile.ZipFile(BytesIO(content)).namelist()
    assert "inputs/datasets/cases-104/dataset.toml" in names
    assert not [name for name in names if name.endswith(".parquet")]
    assert content == cluster.packed(project)
    there = tmp_path / "there"
    zipfile.ZipFile(BytesIO(content)).extractall(there)
    file = "inputs/datasets/cases-104/cases"
    assert digests.digest(there, file) == digests.digest(project, file)
    assert tables.read_dataset(there, "cases-104") == tables.read_dataset(project, "cases-104")
    assert "104-01-" not in json.dumps(digests.sent(there)), "an id of a case is in what is sent"
