"""Who may see the page: whoever holds the address that was printed, once, in one browser of this machine."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Answers nobody but the one browser that showed the token first, and no page of another origin in it.

    Host and Origin are compared because another site may lead its own name to 127.0.0.1. A cookie goes to every port of a machine: so its
    name holds the port.
    """

    def __init__(self, app: App, port: int) -> None:
        self.app, self.host = app, f"127.0.0.1:{port}"
        self.token = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)
        self._cookie = f"reportgen-{port}"

    @property
    def address(self) -> str:
        return f"http://{self.host}/?token={self.token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        from starlette.requests import Request

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        answer = self._answer(Request(scope))
        await (answer or self.app)(scope, receive, guarded)

    def _answer(self, request: Request) -> Response | None:
        """What is answered instead of the page; nothing to whom it may be shown."""
        from starlette.responses import RedirectResponse

        if refused := self._foreign(request):
            return _refusal(refused)
        shown = request.query_params.get("token", "")
        if shown and request.url.path == "/":
            if not self.token or not hmac.compare_digest(shown.encode(), self.token.encode()):
                return _refusal("used")
            self.token = ""
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
            return answer
        held = request.cookies.get(self._cookie, "")
        return None if hmac.compare_digest(held.encode(), self._session.encode()) else _refusal("used")

    def _foreign(self, request: Request) -> str:
        """Why a request is not one of our own page; empty where it may be."""
        if request.headers.get("host", "") != self.host:
            return "host"
        origin = request.headers.get("origin")
        if origin not in (None, f"http://{self.host}") or (origin is None and request.method != "GET"):
            return "origin"
        return "origin" if request.headers.get("sec-fetch-site") in ("cross-site", "same-site") else ""


def _refusal(why: str) -> Response:
    from starlette.responses import PlainTextResponse

    from reportgen.model.messages import message

    said = message(f"preview.refused_{why}")
    return PlainTextResponse(f"{said.zh}\n{said.en}\n", 403)
