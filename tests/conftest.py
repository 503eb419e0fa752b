"""What several tests share: our fonts before anything else, real veraPDF, and renewing golden files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from vera_pdf import VeraPdf, running

from reportgen.read import fonts

# How long an example takes is a matter of the machine and no property. The same examples each time, so that a change alone
# makes a test fail; `scripts/test --slow` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("REPORTGEN_EXAMPLES", "same"))

# At import, because a test module may import WeasyPrint at its top.
fonts.activate()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew, then read the diff"
    )


def pytest_configure(config: pytest.Config) -> None:
    """A folder for what `making.sample` makes; the processes that share the work inherit it."""
    if not hasattr(config, "workerinput"):
        os.environ["REPORTGEN_TEST_SAMPLES"] = tempfile.mkdtemp(prefix="reportgen-samples-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("REPORTGEN_TEST_SAMPLES"), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the work, files with many slow tests first: at the end none waits for the last long one."""
    if hasattr(config, "workerinput"):
        slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: -slow[item.path])


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project of test_bad_inputs with the out/ of a good run; who changes it copies it first."""
    from test_bad_inputs import built

    return built(tmp_path_factory.mktemp("small") / "project")


@pytest.fixture(scope="session")
def verapdf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VeraPdf]:
    """`verapdf(files, flavours=("3a", "ua1"))`: a verdict for each pair, all from the one Java process of the session."""
    with running(tmp_path_factory.mktemp("verapdf")) as check:
        yield check
