"""The guard around Streamlit: no byte of a request reaches it that is not for this server, from its own page, and of a kind that a page needs."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api.application import PREFIX as API
from dashboard.api.application import Api
from dashboard.server.addresses import Addresses, Header, has_header, is_handed_on, is_of_this_machine, only_header
from dashboard.server.chart_script import ChartScript
from dashboard.server.headers import security_headers
from dashboard.server.health import Counts, Health, health_of, metrics_text, now
from dashboard.server.messages import SPOKEN, NoMessage, said
from dashboard.server.page_file import PageFile
from dashboard.server.routes import FONTS, LOGOUT, MEDIA, METHODS, OF_SIGN_IN, STREAM, is_open
from dashboard.server.sessions import ENDED, Session, Sessions, without_earlier_session, without_identity
from dashboard.server.static_files import StaticFiles
from dashboard.session.sign_in import SignIn
from data.errors import VanbanError
from data.paths import Home

HEALTH, METRICS = "/healthz", "/metrics"
HEALTH_KEPT_S = 2
"""So that asking often costs the disk nothing."""
MONTH_S = 30 * 24 * 3600
MOST_HEADERS, LONGEST_HEADERS = 100, 32_768
"""Room for the cookie of somebody in four hundred groups, and for nothing much longer."""
WATCH_S = 5
"""How often an open page's session is looked at: whoever is let in no longer is out within so many seconds, and acts no more at once."""
GOES_ON_ANEW = 1012
"""The code (RFC 6455) after which a page opens its web socket again, and then is told who it is for."""


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further; the reason is a word for counting."""

    reason: str
    status: int


@dataclass
class Guard:
    """An ASGI application around Streamlit's. `metrics_token` opens `/metrics` to other machines; with `sign_in` people have sessions."""

    app: ASGIApp
    home: Home
    addresses: Addresses
    metrics_token: str | None = None
    sign_in: SignIn | None = None
    counts: Counts = field(default_factory=Counts)
    _health: tuple[float, Health] | None = None

    def __post_init__(self) -> None:
        self._security_headers = security_headers(self.addresses)
        self._files = ChartScript(StaticFiles(PageFile(self.app)))
        self._api = Api(self.home)
        self._sessions = Sessions(self.home, self.sign_in) if self.sign_in else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection of the server: a request, a web socket, or the life of the whole."""
        if scope["type"] == "http":
            await self._http(scope, receive, self._with_headers(scope, send))
        elif scope["type"] == "websocket":
            await self._web_socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    # ------------------------------------------------------------ requests

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        refusal = self._refusal(scope, is_monitored=path in (HEALTH, METRICS))
        if refusal is None and path.startswith(API):
            await self._api(scope, receive, send)
            return
        if refusal is None and scope["method"] not in METHODS:
            refusal = Refusal("method", 405)
        if refusal is None and path == METRICS and not self._may_read_metrics(scope):
            refusal = Refusal("token", 403)
        if refusal is None and path not in (HEALTH, METRICS) and not is_open(path) and not (self._sessions and path in OF_SIGN_IN):
            refusal = Refusal("route", 404)
        if refusal is None and self._sessions:
            refusal = await self._refusal_by_session(self._sessions, scope)
        if refusal is not None:
            self.counts.refused[refusal.reason] += 1
            await answer(send, refusal.status, f"Refused: {refusal.reason}.\n")
        elif path == HEALTH:
            health = await self._health_now()
            await answer(send, 503 if health.problem else 200, json.dumps(health.as_json()) + "\n", b"application/json")
        elif path == METRICS:
            await answer(send, 200, metrics_text(await self._health_now(), self.counts), b"text/plain; version=0.0.4; charset=utf-8")
        else:
            await self._files(scope, receive, send)

    def _refusal(self, scope: Scope, is_monitored: bool = False) -> Refusal | None:
        """What speaks against a request or a handshake, of where it says that it goes to and comes from."""
        headers: list[Header] = scope["headers"]
        if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
            return Refusal("size", 431)
        hosts = self.addresses.hosts | self.addresses.local_hosts if is_monitored else self.addresses.hosts
        if only_header(headers, b"host") not in hosts:
            return Refusal("host", 400)
        if is_handed_on(headers) and not self.addresses.is_forwarded:
            return Refusal("forwarded", 403)
        # A browser names the origin of every handshake, and of a request of another origin's page.
        if (scope["type"] == "websocket" or has_header(headers, b"origin")) and only_header(headers, b"origin") not in self.addresses.origins:
            return Refusal("origin", 403)
        return None

    async def _refusal_by_session(self, sessions: Sessions, scope: Scope) -> Refusal | None:
        """Files are for those who have signed in and may see something; a sign-out ends the session here before the browser forgets it."""
        path = scope["path"]
        if path == LOGOUT and only_header(scope["headers"], b"sec-fetch-site") not in (None, "same-origin", "none"):
            return Refusal("origin", 403)
        if not path.startswith(MEDIA) and path != LOGOUT:
            return None
        session = sessions.of(scope["headers"])
        if path == LOGOUT:
            try:
                if session:
                    await sessions.end(session)
            except VanbanError:
                return Refusal("ledger", 503)
            return None
        if session is None or (await sessions.state(session)).place is None:
            return Refusal("session", 401)
        return None

    def _may_read_metrics(self, scope: Scope) -> bool:
        given = only_header(scope["headers"], b"authorization") or ""
        if self.metrics_token and hmac.compare_digest(given, f"Bearer {self.metrics_token}"):
            return True
        return is_of_this_machine(scope)

    async def _health_now(self) -> Health:
        at = time.monotonic()
        if self._health is None or at - self._health[0] > HEALTH_KEPT_S:
            self._health = (at, await asyncio.to_thread(health_of, self.home, now()))
        return self._health[1]

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        """Sends an answer with the headers of every answer in place of any that it has itself."""
        added = [*self._security_headers]
        if scope["path"].startswith(MEDIA):
            added.append((b"cache-control", b"private, no-store"))
        elif scope["path"].startswith(FONTS):
            added.append((b"cache-control", f"public, max-age={MONTH_S}".encode()))
        names = {name for name, _ in added}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.counts.answers[message["status"]] += 1
                kept = [one for one in message.get("headers", ()) if one[0].lower() not in names]
                message = {**message, "headers": [*(self._only_by_tls(*one) for one in kept), *added]}
            await send(message)

        return send_with_headers

    def _only_by_tls(self, name: bytes, value: bytes) -> Header:
        """A cookie goes over TLS alone, where there is TLS; Streamlit does not say so."""
        is_open_cookie = name.lower() == b"set-cookie" and self.addresses.is_encrypted and b"; secure" not in value.lower()
        return (name, value + b"; Secure") if is_open_cookie else (name, value)

    # ------------------------------------------------------------ web sockets

    async def _web_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) or (Refusal("route", 404) if scope["path"] != STREAM else None)
        if refusal is not None:
            self.counts.refused[refusal.reason] += 1
            await self._refuse_handshake(scope, send, refusal)
            return
        self.counts.sockets += 1
        wire = _Wire(receive, send)
        try:
            if self._sessions is None:
                await self.app(scope, self._only_spoken(wire, None), wire.send)
            else:
                await self._web_socket_of_a_session(self._sessions, scope, wire)
        finally:
            self.counts.sockets -= 1

    async def _web_socket_of_a_session(self, sessions: Sessions, scope: Scope, wire: _Wire) -> None:
        """A page as long as its session goes on and its person may see the same; to Streamlit, whose session has ended is nobody."""
        headers = without_earlier_session(scope["headers"])
        session = sessions.of(headers)
        state = ENDED if session is None else await sessions.state(session)
        if session is None or not state.is_open:
            await self.app({**scope, "headers": without_identity(headers)}, self._only_spoken(wire, None), wire.send)
            return
        sessions.acted(session)

        async def goes_on() -> bool:
            return await sessions.state(session) == state

        async def watch() -> None:
            while await goes_on():
                await asyncio.sleep(WATCH_S)
            await wire.close(GOES_ON_ANEW)

        watching = asyncio.create_task(watch())
        try:
            await self.app({**scope, "headers": headers}, self._only_spoken(wire, _Page(session, sessions, goes_on)), wire.send)
        finally:
            watching.cancel()

    async def _refuse_handshake(self, scope: Scope, send: Send, refusal: Refusal) -> None:
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), *self._security_headers]
        self.counts.answers[refusal.status] += 1
        await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": f"Refused: {refusal.reason}.\n".encode()})

    def _only_spoken(self, wire: _Wire, page: _Page | None) -> Receive:
        """Receives the messages that a page sends; others are dropped. What is no message, or comes after the session, ends the connection."""

        async def receive_spoken() -> Message:
            while True:
                message = await wire.receive()
                if message["type"] != "websocket.receive":
                    return message
                try:
                    heard = said(message.get("bytes"))
                except NoMessage as error:
                    self.counts.refused["message"] += 1
                    return await wire.close(error.code)
                if heard.kind not in SPOKEN:
                    self.counts.refused["message"] += 1
                    continue
                if page is not None and not await page.goes_on():
                    self.counts.refused["session"] += 1
                    return await wire.close(GOES_ON_ANEW)
                if page is not None and heard.is_by_hand:
                    page.sessions.acted(page.session)
                return message

        return receive_spoken


@dataclass(frozen=True)
class _Page:
    """One open page of somebody who has signed in."""

    session: Session
    sessions: Sessions
    goes_on: Callable[[], Awaitable[bool]]


@dataclass
class _Wire:
    """A web socket that can be closed from here: what Streamlit still sends afterwards goes nowhere."""

    receive: Receive
    _send: Send
    _is_closed: bool = False

    async def send(self, message: Message) -> None:
        if not self._is_closed:
            self._is_closed = message["type"] == "websocket.close"
            await self._send(message)

    async def close(self, code: int) -> Message:
        """Closes it; what Streamlit is to be told of that."""
        await self.send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}


async def answer(send: Send, status: int, text: str, kind: bytes = b"text/plain; charset=utf-8") -> None:
    """Sends a short answer that nobody keeps."""
    body = text.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
