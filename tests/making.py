"""Makes and builds documents of a project, as the command line does."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from reportgen import pipeline
from reportgen.kinds import kinds
from reportgen.kinds.material import read_material
from reportgen.model import Outcome
from reportgen.model.errors import ReportgenError
from reportgen.model.job import Inline, Job, Written
from reportgen.run import workers as at_work
from reportgen.run.drafting import drafted
from reportgen.run.request import Request
from reportgen.verify import leaks
from reportgen.write import html
from reportgen.write.draft import Draft
from reportgen.write.tools import Progress, Tools

ROOT = Path(__file__).resolve().parent.parent
MAKE = pipeline.make  # in whose place a test may put `sample`


class Sample(NamedTuple):
    """A document of the shipped samples, and the HTML that was sent to layout."""

    result: Written
    html: str


def sample(publication: str, document: str, edition: Any = "both") -> Sample:
    """Made once in a run of the tests, by the process that asks first; whoever asks at the same time waits for it."""
    kept = Path(os.environ["REPORTGEN_TEST_SAMPLES"], f"{publication}.{document}.{edition}")
    with open(f"{kept}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            parts: list[str] = []
            render, pages = html.page.render, html.pages_and_style

            def again(*given: Any) -> Any:
                parts.clear()  # what was laid out on trial is not what is printed
                return pages(*given)

            with (
                mock.patch.object(
                    html.page, "render", lambda *given: parts.append(render(*given)) or parts[-1]
                ),
                mock.patch.object(html, "pages_and_style", again),
            ):
                result = at_work.attempt(
                    MAKE,
                    Job(
                        project=ROOT, publication=publication, document=document, edition=edition, press=True
                    ),
                )
            assert isinstance(result, Written), result.problems
            kept.write_bytes(pickle.dumps(Sample(result, "".join(parts))))
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]


def attempt(job: Job) -> Written | ReportgenError:
    """What is made of a job in this process, or its error."""
    return at_work.attempt(pipeline.make, job)


def draft(job: Job) -> Draft:
    """The composed document, as its writer gets it."""
    material = read_material(job.project, job.publication, job.issued)
    document = kinds()[material.publication.kind].compose(material, job.document)
    return drafted(job, material, document)


def make(job: Job) -> Written:
    return pipeline.make(job, Tools(helper=Inline()))


def build(
    project: Path,
    out: Path,
    publications: Iterable[str],
    editions: Iterable[Any] = ("both",),
    issued: date | None = None,
    workers: int = 1,
    progress: Progress = lambda name, done, total: None,
    formats: Iterable[Any] = (),
    **more: Any,
) -> Iterator[Outcome]:
    request = Request(
        project=project,
        out=out,
        publications=tuple(publications),
        editions=tuple(editions),
        issued=issued,
        workers=workers,
        formats=tuple(formats),
        **more,
    )
    return pipeline.build(request, progress)


def leaks_in(content: bytes, hidden: Collection[str], said: Iterable[str] = ()) -> list[str]:
    """The places, each once, where a file holds a hidden word or an identity number."""
    return list(dict.fromkeys(leak.where.en for leak in leaks.find(content, hidden, said)))
