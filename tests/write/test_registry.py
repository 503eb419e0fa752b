"""Writers are found by entry points, also those of another distribution: the one of docs/adding-a-format.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from distributions import distribution
from making import draft

from reportgen.model.job import Job
from reportgen.run import starter
from reportgen.write.registry import editable, writers

PAGE = Path(__file__).parents[2] / "docs/adding-a-format.md"
OURS = {"pages", "sheet", "web", "certificates", "odt", "ods"}


@pytest.fixture
def tsv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The distribution that the page shows."""
    page = PAGE.read_text("utf-8")
    tables, writer = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (declared,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    files = {"agency_tsv/__init__.py": writer, "agency_tsv/tables.py": tables}
    distribution(tmp_path / "site", "agency-tsv", files, declared)
    monkeypatch.syspath_prepend(tmp_path / "site")
    writers.cache_clear()
    yield
    writers.cache_clear()
    for name in [name for name in sys.modules if name.startswith("agency_tsv")]:
        del sys.modules[name]


def test_the_writers_of_the_program_are_found() -> None:
    assert set(writers()) >= OURS
    for name, writer in writers().items():
        assert writer.name == name


def test_the_page_tells_of_each_writer() -> None:
    for name in OURS:
        assert re.search(rf"^\| `{name}` \|", PAGE.read_text("utf-8"), re.MULTILINE), name


def test_the_writer_of_another_distribution_writes(tsv: None, tmp_path: Path) -> None:
    starter.write(tmp_path / "project", samples=False)
    job = Job(project=tmp_path / "project", publication="my-branch-109", document="bulletin", edition="en")
    made = editable(draft(replace(job, formats=("pdf", "tsv"))))  # type: ignore[arg-type]
    (content,) = made.values()
    assert list(made) == ["bulletin.en.tsv"]
    lines = content.decode().split("\n")
    assert lines[0] == "Cases received and closed by year"
    assert lines[1].split("\t")[:2] == ["Year", "New cases"]
    assert lines[-1] == "2020\t300.00\t312.24\t104.1\t33.160\t9.4"
