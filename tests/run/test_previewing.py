"""A preview without a browser: what is laid out for the eye, who is answered, what is told of a change and a fault."""

from __future__ import annotations

import asyncio
import io
import itertools
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from making import make
from PIL import Image
from small import ROOT

from reportgen.model import Text
from reportgen.model.errors import InputError, RenderError, UsageError
from reportgen.model.errors import problem as problem_of
from reportgen.model.job import Job
from reportgen.model.messages import message
from reportgen.project import Project
from reportgen.run import starter
from reportgen.run.previewing import engine, serving
from reportgen.run.previewing.guard import HEADERS, Guard
from reportgen.run.previewing.proof import Proof
from reportgen.run.previewing.server import Preview
from reportgen.run.previewing.sketching import Desk, View

NAME = "my-branch-109"
DOCUMENT = f"{NAME}/bulletin"
HOST = "127.0.0.1:8001"


class Client:
    """A browser in the same process: one request after the other, with cookies and redirects."""

    def __init__(self, app: Any, follow: bool = True) -> None:
        self.app, self.follow, self.cookies = app, follow, httpx.Cookies()

    def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url=f"http://{HOST}", cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, follow_redirects=self.follow, **how)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self._ask("GET", path, **how)

    def post(self, path: str, **how: Any) -> httpx.Response:
        return self._ask("POST", path, **how)


def no_proof(job: Job) -> RenderError:
    from reportgen.model.errors import Place

    return RenderError(problem_of(Place(job.name), "layout.bleed_sheet_runs_over"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("preview") / "project"
    starter.write(folder, samples=False)
    return Desk(folder, folder / "out")


@pytest.fixture(scope="module")
def view(desk: Desk) -> View:
    return desk.look(DOCUMENT)


@pytest.fixture(scope="module")
def preview(desk: Desk) -> Preview:
    return Preview(desk, no_proof, "en", NAME, opens="touch {file}.opened-{row}")


@pytest.fixture(scope="module")
def client(preview: Preview) -> Client:
    """A browser that has shown the token."""
    guard = Guard(preview.app(), 8001)
    client = Client(guard)
    assert client.get(f"/?token={guard.token}").status_code == 200
    return client


def table(desk: Desk) -> Path:
    return sorted((desk.project / "inputs/datasets").rglob("*.csv"))[0]


# ---- pages for the eye --------------------------------------------------------------------------


def test_a_document_is_laid_out_and_each_page_drawn_in_its_size(view: View) -> None:
    assert view.problems == () and isinstance(view.pages, engine.Sketch)
    assert len(view.pages.sizes) > 2
    width, height = (int.from_bytes(view.pages.png(0, 0.5)[16 + 4 * n :][:4]) for n in (0, 1))
    assert (width, height) == (397, 562)


def test_each_figure_of_a_page_has_its_place_and_its_record(view: View) -> None:
    assert view.pages is not None
    found = {page: places for page in range(len(view.pages.sizes)) if (places := view.figures(page))}
    page, (number, printed, left, top, width, height) = next((p, places[0]) for p, places in found.items())
    assert 0 < left < left + width < 1 and 0 < top < top + height < 1
    record = view.record(number, page, left, top)
    assert record["printed"] == printed
    assert record["at"][0]["page"] == page + 1
    assert view.record(10**6, page, left, top) is None


def test_a_grid_becomes_a_row_that_wraps_and_running_strings_their_words() -> None:
    css = '.cards, .more { color: red; display: grid; grid-template-columns: repeat(3, 1fr); column-gap: 5mm }@page { @top-left { content: string(issuer) } @bottom-right { content: "Page 000 of 000" } }'
    made = engine.adapted(css, '<body data-issuer="A &quot;B&quot;">', "Page {page} of {pages}")
    assert 'content: "A \\"B\\""' in made
    assert '"Page " counter(page) " of " counter(pages) ""' in made
    assert ".cards > *, .more > *{box-sizing:border-box;flex:0 0 calc((100% - 2 * 5mm) / 3 - 0.1mm)" in made


def test_no_address_is_asked_for_a_picture(tmp_path: Path) -> None:
    red = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><rect width="900" height="900" fill="red"/></svg>'
    (tmp_path / "red.svg").write_text(red, "utf-8")
    page = f'<html><body><img src="chart:x"><img src="file://{tmp_path}/red.svg"></body></html>'
    empty = engine.laid_out([page], "", {"x": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "").png(0, 0.2)
    filled = engine.laid_out([page], "", {"x": red.encode()}, "").png(0, 0.2)
    assert {*Image.open(io.BytesIO(empty)).convert("RGB").get_flattened_data()} == {(255, 255, 255)}
    assert (255, 0, 0) in {*Image.open(io.BytesIO(filled)).convert("RGB").get_flattened_data()}


def test_charts_that_show_what_they_showed_and_rules_that_stay_are_kept(
    desk: Desk, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("reportgen.write.charts.draw", lambda *a, name, **k: drawn.append(name))
    monkeypatch.setattr("reportgen.run.previewing.sketching.read_declared", lambda *a: drawn.append("rules"))
    assert desk.look(DOCUMENT).problems == ()
    assert drawn == []
    (desk.project / "inputs/metrics.toml").touch()
    desk.look(DOCUMENT)
    assert drawn == ["rules"]
    desk._declared.clear()


@pytest.mark.slow
def test_a_proof_shows_the_pages_that_are_delivered_with_the_same_records(desk: Desk, view: View) -> None:
    proof = desk.proved(DOCUMENT, make(desk.job(DOCUMENT)))
    assert isinstance(proof.pages, Proof) and proof.problems == ()
    assert proof.pages.png(0, 0.1).startswith(b"\x89PNG")
    found = [one for page in range(len(proof.pages.sizes)) for one in proof.figures(page)]
    assert len(found) > 50
    for number, printed, left, top, _, _ in found:
        assert 0 < left < 1 and 0 < top < 1
        record = proof.record(number, 0, left, top)
        assert record["printed"] == printed
    number = found[0][0]
    exact = [seen.record(number, 0, 0.1, 0.1)["exact"] for seen in (proof, view)]
    assert exact[0] == exact[1]


# ---- who is answered ----------------------------------------------------------------------------


def refused(answer: Any, why: str) -> bool:
    said = message(f"preview.refused_{why}")
    return answer.status_code == 403 and answer.text == f"{said.zh}\n{said.en}\n"


def test_the_token_can_be_used_once_and_the_address_then_holds_none(preview: Preview) -> None:
    guard = Guard(preview.app(), 8001)
    address = guard.address.removeprefix(f"http://{HOST}")
    browser, other = Client(guard, follow=False), Client(guard)
    assert refused(browser.get("/?token=wrong"), "used")
    first = browser.get(address)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = r"reportgen-8001=[\w-]{43}; HttpOnly; Path=/; SameSite=strict"
    assert re.fullmatch(cookie, first.headers["set-cookie"])
    assert browser.get("/").status_code == 200
    for path in (address, "/?token=", "/state"):
        assert refused(other.get(path), "used")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"host": "evil.example"}, "host"),
        ({"host": "localhost:8001"}, "host"),
        ({"host": "127.0.0.1:8002"}, "host"),
        ({"origin": "http://evil.example"}, "origin"),
        ({"origin": "null"}, "origin"),
        ({"origin": "http://127.0.0.1:9999"}, "origin"),
        ({"sec-fetch-site": "cross-site"}, "origin"),
        ({"sec-fetch-site": "same-site"}, "origin"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/state", "/events", "/picture/1"])
def test_another_host_or_origin_is_refused_though_it_brings_the_cookie(
    client: Client, path: str, headers: dict[str, str], why: str
) -> None:
    assert refused(client.get(path, headers=headers), why)


def test_a_post_without_an_origin_is_refused(client: Client) -> None:
    assert refused(client.post("/open", json={}), "origin")


def test_every_answer_forbids_what_is_not_of_this_page(client: Client) -> None:
    for path in ("/", "/page.js", "/page.css", "/state", "/nothing"):
        assert {name: client.get(path).headers[name] for name in HEADERS} == HEADERS, path
    assert "//" not in re.sub(r"(?m)^\s*//.*", "", client.get("/page.js").text)
    assert "url(" not in client.get("/page.css").text


@pytest.mark.parametrize(
    "path",
    [
        "/../reportgen.toml",
        "/%2e%2e/reportgen.toml",
        "/assets/../server.py",
        "/page.js/../../server.py",
        f"/picture/1?document={NAME}/../../reportgen.toml",
        "/picture/1?document=../../etc/passwd",
        f"/picture/0?document={DOCUMENT}",
        f"/picture/999?document={DOCUMENT}",
        f"/figures/999?document={DOCUMENT}",
    ],
)
def test_what_is_no_page_of_a_document_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_size_that_is_no_number_is_refused_and_a_huge_one_is_cut(client: Client) -> None:
    client.get("/state")
    for scale in ("nan", "inf", "x"):
        assert client.get(f"/picture/1?document={DOCUMENT}&scale={scale}").status_code == 400
    huge = client.get(f"/picture/1?document={DOCUMENT}&scale=1000").content
    assert int.from_bytes(huge[16:20]) == 2382


# ---- changes and faults -------------------------------------------------------------------------


def test_a_fault_is_told_with_its_place_beside_the_pages_of_before_and_goes_when_it_is_mended(
    client: Client, preview: Preview, desk: Desk
) -> None:
    before = client.get("/state").json()
    assert (before["document"], before["source"], before["problems"]) == (DOCUMENT, "sketch", [])
    file = table(desk)
    content = file.read_bytes()
    file.write_bytes(content.replace(b"\n", b"\nx", 2))
    asyncio.run(preview.change())
    found = client.get("/state").json()
    fault = found["problems"][0]
    assert (found["old"], found["pages"]) == (True, before["pages"])
    assert fault["file"] == file.relative_to(desk.project).as_posix()
    assert fault["place"].startswith(f"{fault['file']}:{fault['row']}")
    same = {"origin": f"http://{HOST}"}
    for wrong in ({"row": 10**6}, {"file": "reportgen.toml"}, {"file": "../x"}, {"document": "x"}):
        asked = {"document": DOCUMENT, "file": fault["file"], "row": fault["row"], **wrong}
        assert client.post("/open", json=asked, headers=same).status_code == 404
    asked = {"document": DOCUMENT, "file": fault["file"], "row": fault["row"]}
    assert client.post("/open", json=asked, headers=same).status_code == 204
    file.write_bytes(content)
    asyncio.run(preview.change())
    assert client.get("/state").json()["problems"] == []


def test_a_proof_that_cannot_be_made_says_why(client: Client) -> None:
    state = client.get("/state?source=proof").json()
    assert [one["file"] for one in state["problems"]] == [f"{NAME}/bulletin.pdf"]
    assert state["source"] == ""


def test_a_publication_that_cannot_be_read_is_shown_with_its_faults(tmp_path: Path, desk: Desk) -> None:
    project = shutil.copytree(desk.project, tmp_path / "project")
    (project / f"inputs/{NAME}/publication.toml").write_text("kind = ", "utf-8")
    other = Desk(project, project / "out")
    assert list(other.documents()) == [(NAME, False)]
    assert other.look(NAME).problems[0].place.file == f"inputs/{NAME}/publication.toml"


class Changes:
    """Counts changes in the place of a preview."""

    def __init__(self) -> None:
        self.count = 0

    async def change(self) -> None:
        self.count += 1


def test_changes_are_told_and_the_watch_ends_with_the_folder(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "inputs").mkdir(parents=True)
    changes: Any = Changes()

    async def told(write: Callable[[int], object]) -> None:
        """Does it, again and again in case the watch has only begun, until it is told."""
        before = changes.count
        async with asyncio.timeout(20):
            for number in itertools.count():
                write(number)
                await asyncio.sleep(0.15)
                if changes.count > before:
                    return

    async def run() -> None:
        watching = asyncio.create_task(serving.watch(project, changes))
        await told(lambda number: (project / "inputs/a.csv").write_text(str(number)))
        await told(lambda number: (project / "reportgen.toml").write_text(str(number)))
        await told(lambda _: (project / "templates").mkdir(exist_ok=True))
        await told(lambda number: (project / "templates/a.html").write_text(str(number)))
        await asyncio.sleep(0.3)
        before = changes.count
        (project / "inputs/.a.csv.swp").write_text("")
        (project / "inputs/~$a.xlsx").write_text("")
        await asyncio.sleep(0.3)
        assert changes.count == before
        shutil.rmtree(project)
        await asyncio.wait_for(watching, 20)

    asyncio.run(run())


# ---- how it begins and ends ---------------------------------------------------------------------


def test_a_port_in_use_and_a_missing_extra_are_told_with_what_helps(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Text] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} of this machine; give another with --port"):
            Project(desk.project).preview("", said.append, port=port)
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=re.escape("pip install 'reportgen[preview]'")) as caught:
        Project(desk.project).preview("", said.append)
    assert "pip install 'reportgen[preview]'" in caught.value.problems[0].zh
    assert said == []


def test_a_publication_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match="there is no publication 'no-such'; known: agency-104"):
        Project(ROOT).preview("no-such", print)


def test_a_project_without_a_publication_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no publication to be seen"):
        Project(tmp_path).preview("", print)
