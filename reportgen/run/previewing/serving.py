"""A preview from its first byte to its end: the socket, the address that is told, the watch over the inputs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.model import Language, Text
from reportgen.model.errors import InputError, Place, UsageError, problem
from reportgen.model.messages import message
from reportgen.read.publications import open_publication, publication_names

if TYPE_CHECKING:
    from reportgen.run.previewing.server import Make, Preview

PACKAGES = ("plutoprint", "starlette", "uvicorn", "watchfiles")
FOLDERS = ("inputs", "templates", "styles")
LOOK = 500  # milliseconds after which the folder is looked for, changed or not
GATHER = 30, 10  # milliseconds in which changes are taken together: at most, and without a further one


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was asked for. `publication`: only this one; `port`: 0 for any that is free; `opens`: the command that opens a file;
    `make` makes a document as it would be delivered, `say` tells where the page is."""

    project: Path
    out: Path
    publication: str
    port: int
    opens: str
    language: Language
    make: Make
    say: Callable[[Text], None]


def serve(call: Call) -> None:
    """Until Ctrl-C. UsageError where a package is missing or the port is taken, InputError where there is nothing to be seen or the
    folder went away."""
    if any(find_spec(name) is None for name in PACKAGES):
        raise UsageError(problem(Place("reportgen preview"), "preview.needs_extra"))
    from reportgen.run.previewing.server import Preview
    from reportgen.run.previewing.sketching import Desk

    if call.publication and call.publication not in publication_names(call.project):
        open_publication(call.project, call.publication)  # which refuses it by its name
    desk = Desk(call.project, call.out)
    if not any(desk.documents(call.publication)):
        raise InputError(problem(Place(str(call.project)), "preview.nothing"))
    preview = Preview(desk, call.make, call.language, call.publication, call.opens)
    with _socket(call.port) as listening:
        asyncio.run(_run(call, preview, listening))


def _socket(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
    except OSError:
        listening.close()
        raise UsageError(problem(Place("--port"), "preview.port_in_use", port=port)) from None
    return listening


async def _run(call: Call, preview: Preview, listening: socket.socket) -> None:
    import uvicorn

    from reportgen.run.previewing.guard import Guard

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Ctrl-C ends the program as everywhere: `run.interruption`."""
            yield

    guard = Guard(preview.app(), listening.getsockname()[1])
    settings = uvicorn.Config(
        guard, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = Server(settings)
    serving = asyncio.create_task(server.serve([listening]))
    call.say(message("preview.address", address=guard.address))
    try:
        await watch(call.project, preview)
    finally:
        await preview.end()
        server.should_exit = True
        await serving
    raise InputError(problem(Place(str(call.project)), "preview.folder_gone"))


async def watch(project: Path, preview: Preview) -> None:
    """Tells each change of what documents are made from; returns when the project is no longer there."""
    while project.is_dir():
        below = asyncio.create_task(_follow(project, preview, _folders(project), True))
        here = asyncio.create_task(_follow(project, preview, [project], False))
        _, still = await asyncio.wait((below, here), return_when=asyncio.FIRST_COMPLETED)
        for task in still:
            task.cancel()
        await asyncio.gather(below, here, return_exceptions=True)


def _folders(project: Path) -> list[Path]:
    return [path for name in FOLDERS if (path := project / name).is_dir()]


async def _follow(project: Path, preview: Preview, paths: list[Path], deep: bool) -> None:
    """Until the folders that are followed are others than they were."""
    from watchfiles import awatch

    most, least = GATHER
    there = _folders(project)
    async for changes in awatch(
        *paths,
        watch_filter=lambda change, path: (
            not Path(path).name.startswith((".", "~$")) and (deep or path.endswith((".toml", *FOLDERS)))
        ),
        debounce=most,
        step=least,
        rust_timeout=LOOK,
        yield_on_timeout=True,
        recursive=deep,
    ):
        if changes:
            await preview.change()
        if not project.is_dir() or _folders(project) != there:
            return
