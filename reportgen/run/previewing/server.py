"""The page of a preview and its answers: pages as pictures, problems, records of figures, word of each change."""

from __future__ import annotations

import asyncio
import functools
import html
import json
import math
import re
import shlex
import subprocess
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import TYPE_CHECKING, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from reportgen.model import Language
from reportgen.model.errors import ReportgenError
from reportgen.model.job import Job, Written
from reportgen.model.messages import area, message
from reportgen.model.toml import Raw
from reportgen.run.previewing.proof import Proof
from reportgen.run.previewing.sketching import Desk, View
from reportgen.verify import traces

if TYPE_CHECKING:
    from reportgen.model.errors import Problem

T = TypeVar("T")
Make = Callable[[Job], Written | ReportgenError]
SCALES = (0.2, 3.0)  # pixels for a CSS pixel, least and most
QUIET = 15.0  # seconds after which a stream says that it is still there
KEPT = 4  # views of documents that are kept


class Preview:
    """What is served, in one language. All work on documents is done by one thread; a proof is made by a process of its own."""

    def __init__(self, desk: Desk, make: Make, language: Language, only: str = "", opens: str = "") -> None:
        self.desk, self.make, self.language, self.only, self.opens = desk, make, language, only, opens
        self.generation = 1
        self.ended = False
        self._changed = asyncio.Condition()
        self._thread = ThreadPoolExecutor(1)
        self._views: dict[tuple[str, str, int], asyncio.Future[View]] = {}
        self._last: dict[tuple[str, str], View] = {}  # with pages: what is shown while there are faults

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.index),
                Route("/page.js", functools.partial(_asset, "page.js", "text/javascript")),
                Route("/page.css", self.style),
                Route("/favicon.ico", _nothing),
                Route("/events", self.events),
                Route("/state", self.state),
                Route("/picture/{page:int}", self.picture),
                Route("/figures/{page:int}", self.figures),
                Route("/trace/{number:int}", self.trace),
                Route("/open", self.open, methods=["POST"]),
            ]
        )

    # ---- what changes ---------------------------------------------------------------------------

    async def change(self) -> None:
        """Tells every page that the inputs are others now."""
        self.generation += 1
        for key in list(self._views)[:-KEPT]:
            del self._views[key]
        async with self._changed:
            self._changed.notify_all()

    async def end(self) -> None:
        self.ended = True
        await self.change()

    async def events(self, request: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            told = 0
            while not self.ended:
                if told != self.generation:
                    told = self.generation
                    yield f"data: {told}\n\n"
                    continue
                try:
                    async with self._changed:
                        await asyncio.wait_for(self._changed.wait(), QUIET)
                except TimeoutError:
                    yield ":\n\n"
            yield "event: end\ndata: end\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    # ---- the page -------------------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        words = {name.removeprefix("page_"): message(f"preview.{name}").say(self.language) for name in PAGE}
        values = {name: html.escape(said) for name, said in words.items()}
        values["lang"] = "zh-Hant-TW" if self.language == "zh" else "en"
        values["words"] = html.escape(json.dumps(words, ensure_ascii=False))
        values["opens"] = "yes" if self.opens else ""
        page = re.sub(r"@@([a-z_]+)@@", lambda match: values[match[1]], _read("page.html"))
        return Response(page, media_type="text/html; charset=utf-8")

    async def style(self, request: Request) -> Response:
        """The rules in the project's own colours; plain where its tokens cannot be read."""
        try:
            colours = (await self._work(self.desk.theme)).css()
        except (ReportgenError, OSError):
            colours = ""
        return Response(colours + _read("page.css"), media_type="text/css; charset=utf-8")

    async def state(self, request: Request) -> Response:
        documents = await self._work(lambda: list(self.desk.documents(self.only)))
        names = [name for name, _ in documents]
        name = request.query_params.get("document", "")
        name = name if name in names else next(iter(names), "")
        sketched = dict(documents).get(name, False)
        source = "sketch" if sketched and request.query_params.get("source") != "proof" else "proof"
        generation = self.generation
        view = await self._view(name, source, generation) if name else View()
        shown = view if view.pages else self._last.get((name, source), view)
        if view.pages:
            self._last[name, source] = view
        made = "" if not shown.pages else "proof" if isinstance(shown.pages, Proof) else "sketch"
        return JSONResponse(
            {
                "generation": generation,
                "documents": names,
                "document": name,
                "sketched": sketched,
                "source": made,
                "old": shown is not view and bool(shown.pages),
                "pages": shown.pages.sizes if shown.pages else (),
                "problems": [self._told(one) for one in view.problems],
                "notes": [note.say(self.language).strip() for note in view.notes],
            }
        )

    def _told(self, fault: Problem) -> dict[str, Raw]:
        place = fault.place
        at = ":".join(filter(None, (place.file, str(place.row or ""), place.column)))
        words = fault.zh if self.language == "zh" else fault.en
        return {"place": at, "file": place.file, "row": place.row, "column": place.column, "words": words}

    async def _view(self, name: str, source: str, generation: int) -> View:
        """Made once for each state of the inputs, however many ask."""
        key = name, source, generation
        if key not in self._views:
            making = self._proved(name) if source == "proof" else self._work(self.desk.look, name)
            self._views[key] = asyncio.ensure_future(making)
        return await asyncio.shield(self._views[key])

    async def _proved(self, name: str) -> View:
        made = await asyncio.to_thread(self._made, name)
        return await self._work(self.desk.proved, name, made)

    def _made(self, name: str) -> Written | ReportgenError:
        try:
            return self.make(self.desk.job(name))
        except ReportgenError as error:
            return error

    def _work(self, call: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)

    # ---- a page of a document -------------------------------------------------------------------

    def _page(self, request: Request) -> tuple[View, int]:
        """The view that a picture is asked of, and its page from 0; 404 where there is none."""
        asked = request.query_params
        view = self._last.get((asked.get("document", ""), asked.get("source", "sketch")))
        page = int(request.path_params.get("page", _number(request, "page"))) - 1
        if view is None or view.pages is None or not 0 <= page < len(view.pages.sizes):
            raise HTTPException(404)
        return view, page

    async def picture(self, request: Request) -> Response:
        view, page = self._page(request)
        least, most = SCALES
        scale = min(max(_number(request, "scale"), least), most)
        assert view.pages is not None
        return Response(await self._work(view.pages.png, page, scale), media_type="image/png")

    async def figures(self, request: Request) -> Response:
        view, page = self._page(request)
        return JSONResponse(await self._work(view.figures, page))

    async def trace(self, request: Request) -> Response:
        """What `reportgen trace` says of a figure."""
        view, page = self._page(request)
        left, top = _number(request, "left"), _number(request, "top")
        record = await self._work(view.record, request.path_params["number"], page, left, top)
        said = [*traces.lines([record], self.language)] if record else []
        return JSONResponse({"lines": said, "printed": record["printed"] if record else ""})

    async def open(self, request: Request) -> Response:
        """Opens a file that a problem names by the command that was given; nothing else can be opened."""
        asked = await request.json()
        known = {(one["file"], one["row"]) for one in await self._problems(str(asked.get("document", "")))}
        file, row = asked.get("file"), asked.get("row")
        if not self.opens or (file, row) not in known or not (self.desk.project / file).is_file():
            raise HTTPException(404)
        slots = {"file": str(self.desk.project / file), "row": str(row or 1), "column": "1"}
        command = [
            re.sub(r"\{(\w+)\}", lambda m: slots.get(m[1], m[0]), one) for one in shlex.split(self.opens)
        ]
        nothing = subprocess.DEVNULL
        try:
            opened = subprocess.Popen(command, stdin=nothing, stdout=nothing, start_new_session=True)
        except OSError:
            raise HTTPException(404) from None
        threading.Thread(target=opened.wait, daemon=True).start()
        return Response(status_code=204)

    async def _problems(self, name: str) -> list[dict[str, Raw]]:
        found = [
            await one for (document, _, _), one in self._views.items() if document == name and one.done()
        ]
        return [self._told(fault) for view in found for fault in view.problems]


PAGE = [name for name in area("preview") if name.startswith("page_")]


def _number(request: Request, name: str) -> float:
    try:
        found = float(request.query_params.get(name, "1"))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise HTTPException(400)
    return found


@functools.cache
def _read(name: str) -> str:
    return resources.files(__package__ or "").joinpath("assets", name).read_text("utf-8")


async def _nothing(request: Request) -> Response:
    return Response(status_code=204)


async def _asset(name: str, kind: str, request: Request) -> Response:
    return Response(_read(name), media_type=f"{kind}; charset=utf-8")
