"""The bulletin that is counted from the sample of single cases: no case in it, and a query behind each figure."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from conftest import VeraPdf
from making import sample
from pyarrow import parquet

from reportgen.model.job import Written
from reportgen.verify import ledger as ledger_
from reportgen.verify import traces

ROOT = Path(__file__).resolve().parents[2]
FILE = "inputs/datasets/cases-104/cases.parquet"


@pytest.fixture(scope="module")
def made() -> Written:
    return sample("case-load-104", "bulletin").result


@pytest.mark.slow
def test_the_script_makes_the_cases_of_the_sample(tmp_path: Path) -> None:
    script = [
        sys.executable,
        str(ROOT / "scripts/make-cases-sample"),
        "--out",
        str(tmp_path / "again.parquet"),
    ]
    subprocess.run(script, check=True, capture_output=True)
    assert parquet.read_table(tmp_path / "again.parquet").equals(parquet.read_table(ROOT / FILE))
    assert (ROOT / FILE).stat().st_size < 1_000_000


@pytest.mark.slow
def test_the_tables_are_attached_and_no_case_is(made: Written) -> None:
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        inside = {name: one.get_file().read_bytes() for name, one in pdf.attachments.items()}
    assert {*inside} == {"case_load.csv", "dataset.toml", "ledger.json", "metrics.toml", "publication.toml"}
    assert inside["case_load.csv"].startswith(b"roc_year,branch,case_type,new_cases,")
    ids = parquet.read_table(ROOT / FILE, columns=["case_id"]).column(0).to_pylist()
    assert not any(one.encode() in content for content in inside.values() for one in ids[::97])
    assert made.inputs[FILE] == ledger_.sha256((ROOT / FILE).read_bytes())


@pytest.mark.slow
def test_trace_prints_a_query_whose_rows_are_the_figure(
    made: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    (tmp_path / "b.pdf").write_bytes(made.content)
    ledger = ledger_.read_ledger(tmp_path / "b.pdf")
    monkeypatch.chdir(ROOT)
    counts = [
        f
        for f in ledger["figures"]
        if f["formula"] in ("overdue_cases", "beyond_five_years", "pending_cases", "new_cases")
    ]
    assert len(counts) > 60
    for figure in counts[::5]:
        (source,) = figure["inputs"]
        assert (source["file"], source["sheet"]) == (FILE, "case_load.csv")
        told = "\n".join(traces.lines([figure], "zh"))
        assert source["query"] in told
        rows = duckdb.sql(f"SELECT count(*) FROM ({source['query'].partition(' -- ')[0]})").fetchall()
        assert rows == [(int(figure["exact"]),)], source["query"]


@pytest.mark.slow
def test_the_bulletin_is_archivable_and_accessible(made: Written, tmp_path: Path, verapdf: VeraPdf) -> None:
    (tmp_path / "b.pdf").write_bytes(made.content)
    for verdict in verapdf([tmp_path / "b.pdf"]):
        assert verdict.compliant, str(verdict)
