"""Who makes the documents: this process, a second one beside it, or several.

Processes are spawned, not forked: a process that forks after it has drawn a chart hangs.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from pathlib import Path
from typing import ParamSpec, TypeVar

from reportgen.model.errors import Place, RenderError, ReportgenError, problem
from reportgen.model.job import Inline, Job, Written
from reportgen.read import tables
from reportgen.read.publications import open_publication
from reportgen.run.delivery import claim
from reportgen.run.files import staged
from reportgen.run.interruption import deaf
from reportgen.run.request import Request
from reportgen.write.registry import writers
from reportgen.write.tools import Progress, Tools

P = ParamSpec("P")
Chunk = TypeVar("Chunk")
Done = TypeVar("Done")
Make = Callable[[Job, Tools], Written]
Made = tuple[Job, Written | ReportgenError]

_made = False  # whether this process has made a document already


@contextlib.contextmanager
def connected(request: Request, todo: Iterable[Job]) -> Iterator[Executor | None]:
    """The workers behind a scheduler's address; None: this machine's own. Single cases are counted before they begin."""
    datasets = sorted(
        {_dataset(request.project, name) for name in dict.fromkeys(job.publication for job in todo)} - {""}
    )
    if not request.scheduler:
        for dataset in datasets:
            tables.count_cases(request.project, dataset, request.workers, None)
        yield None
        return
    from reportgen.run import cluster

    def count(executor: Executor) -> None:
        for dataset in datasets:
            tables.count_cases(request.project, dataset, 0, cluster.parts(executor))

    with cluster.connected(request, count) as elsewhere:
        yield elsewhere


def _dataset(project: Path, publication: str) -> str:
    return str(open_publication(project, publication).values.get("dataset") or "")


def run(
    make: Make, jobs: Iterable[Job], request: Request, elsewhere: Executor | None, progress: Progress
) -> Iterator[Made]:
    """Each job with what `make` makes of it or its error; documents first, in the order of the jobs.

    A writer that spreads its work over the workers by itself is run in this process, after all others.
    """
    jobs = list(jobs)
    spread = [job for job in jobs if job.writer and writers()[job.writer].spreads]
    yield from documents(make, [job for job in jobs if job not in spread], request.workers, elsewhere)
    for job in spread:
        tools = Tools(
            helper=Inline(),
            in_order=functools.partial(in_order, workers=request.workers, elsewhere=elsewhere),
            folder=staged(request.out / job.publication),
            claim=functools.partial(claim, request.out / job.publication),
            progress=progress,
        )
        yield job, attempt(make, job, tools)


def documents(
    make: Make, jobs: Sequence[Job], workers: int, elsewhere: Executor | None = None
) -> Iterator[Made]:
    """Each job with its result or its error, in the order of the jobs.

    `elsewhere`: a cluster's executor that makes them. One worker: all in this process. One job and more workers: a
    second process draws the charts and lays out the second part. More jobs: each worker makes whole documents.
    """
    if not jobs:
        return
    if elsewhere is not None:
        futures = [(job, elsewhere.submit(attempt, make, job)) for job in jobs]
        yield from ((job, _from_cluster(job, future)) for job, future in futures)
    elif workers <= 1:
        yield from ((job, attempt(make, job)) for job in jobs)
    elif len(jobs) == 1:
        yield jobs[0], _with_helper(make, jobs[0])
    else:
        yield from _spread(make, jobs, workers)


def _from_cluster(job: Job, future: Future[Written | ReportgenError]) -> Written | ReportgenError:
    """What a cluster made of a job; it tries a job again when a worker dies, but not for ever."""
    from reportgen.run.cluster import lost

    try:
        return future.result()
    except Exception as error:
        if not lost(error):
            raise
        return RenderError(problem(Place(job.name), "run.cluster_lost_document_more_than"))


def attempt(make: Make, job: Job, tools: Tools | None = None) -> Written | ReportgenError:
    """The result, or the error of whoever has to mend it; our own bugs go through."""
    global _made
    if _made:
        from reportgen.write import pdf

        pdf.forget()
    _made = True
    try:
        return make(job, tools or Tools(helper=Inline()))
    except ReportgenError as error:
        return error


class _Pool(ProcessPoolExecutor):
    """Its processes begin where something is submitted: they never hear Ctrl-C, and end with this one."""

    def submit(self, fn: Callable[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Future[Done]:
        resource_tracker.ensure_running()  # when it begins it hears Ctrl-C again
        with deaf():
            return super().submit(fn, *args, **kwargs)


def _pool(workers: int, ready: Callable[[], None] | None = None) -> ProcessPoolExecutor:
    return _Pool(
        workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(os.getpid(), ready)
    )


def _begin(parent: int, ready: Callable[[], None] | None) -> None:
    """A worker ends with the run that started it, however that ended: after `kill -9` they would wait for ever."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before
        os._exit(1)
    if ready:
        ready()


_PR_SET_PDEATHSIG = 1  # of prctl(2)


def _with_helper(make: Make, job: Job) -> Written | ReportgenError:
    with _pool(1, _import_drawing) as helper:
        helper.submit(int)  # starts the process now, so that it imports while the tables are read
        try:
            return attempt(make, job, Tools(helper=helper))
        except BrokenProcessPool:
            return alone(make, job)


def _import_drawing() -> None:
    import altair  # noqa: F401
    import vl_convert  # noqa: F401


AHEAD = 3  # chunks under way for each worker: none waits, and few results wait to be written


def in_order(
    make: Callable[[Chunk], Done], chunks: Iterable[Chunk], workers: int, elsewhere: Executor | None = None
) -> Iterator[tuple[Chunk, Done | None]]:
    """Each chunk with what `make` gives for it, in order and few at a time; None where its process died twice."""
    if elsewhere is None and workers <= 1:
        yield from ((chunk, make(chunk)) for chunk in chunks)
        return
    waiting: deque[tuple[Chunk, Future[Done]]] = deque()
    with _renewed(workers, elsewhere) as pool:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(make, chunk)))
            if len(waiting) > AHEAD * workers:
                first = _next(make, waiting, pool)
                yield first
        while waiting:
            rest = _next(make, waiting, pool)
            yield rest


def _next(
    make: Callable[[Chunk], Done], waiting: deque[tuple[Chunk, Future[Done]]], pool: _Renewed
) -> tuple[Chunk, Done | None]:
    chunk, future = waiting.popleft()
    done: Done | None
    try:
        return chunk, future.result()
    except BrokenProcessPool:  # one process died and the pool with it: what was under way begins again
        pool.renew()
        again = [one for one, _ in waiting]
        waiting.clear()
        try:
            done = pool.submit(make, chunk).result()
        except BrokenProcessPool:
            pool.renew()
            done = None
        waiting.extend((one, pool.submit(make, one)) for one in again)
        return chunk, done
    except Exception as error:
        from reportgen.run.cluster import lost

        if lost(error):
            return chunk, None
        raise


class _Renewed:
    """A pool of processes that can be had anew, or a cluster's executor as it is."""

    def __init__(self, workers: int, elsewhere: Executor | None) -> None:
        self.workers, self.elsewhere = workers, elsewhere
        self.pool: Executor = elsewhere or _pool(workers)

    def submit(self, make: Callable[[Chunk], Done], chunk: Chunk) -> Future[Done]:
        try:
            return self.pool.submit(make, chunk)
        except BrokenProcessPool as error:  # told where its result is asked for
            future: Future[Done] = Future()
            future.set_exception(error)
            return future

    def renew(self) -> None:
        if self.elsewhere is None:
            self.pool.shutdown(wait=False, cancel_futures=True)
            self.pool = _pool(self.workers)


@contextlib.contextmanager
def _renewed(workers: int, elsewhere: Executor | None) -> Iterator[_Renewed]:
    pool = _Renewed(workers, elsewhere)
    try:
        yield pool
    finally:
        if elsewhere is None:
            pool.pool.shutdown(cancel_futures=True)


def _spread(make: Make, jobs: Sequence[Job], workers: int) -> Iterator[Made]:
    """A pool loses all its jobs when one process dies: what was lost is tried once more, alone."""
    with _pool(min(workers, len(jobs))) as pool:
        futures = [(job, pool.submit(attempt, make, job)) for job in jobs]
        try:
            for job, future in futures:
                try:
                    yield job, future.result()
                except BrokenProcessPool:
                    yield job, alone(make, job)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def alone(make: Make, job: Job) -> Written | ReportgenError:
    with _pool(1) as pool:
        try:
            return pool.submit(attempt, make, job).result()
        except BrokenProcessPool:
            return RenderError(problem(Place(job.name), "run.process_made_document_died_twice"))
