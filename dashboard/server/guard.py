"""The guard around Streamlit: no byte of a request reaches it that is not for this server, from its own page, and of a kind that a page needs."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.addresses import Addresses, Header, has_header, is_handed_on, is_of_this_machine, only_header
from dashboard.server.headers import security_headers
from dashboard.server.health import Counts, Health, health_of, metrics_text, now
from dashboard.server.messages import SPOKEN, NoMessage, kind_of
from dashboard.server.routes import FONTS, MEDIA, METHODS, STREAM, is_open
from dashboard.server.static_files import StaticFiles
from data.paths import Home

HEALTH, METRICS = "/healthz", "/metrics"
HEALTH_KEPT_S = 2
"""So that asking often costs the disk nothing."""
MONTH_S = 30 * 24 * 3600
MOST_HEADERS, LONGEST_HEADERS = 100, 32_768
"""Room for the cookie of somebody in four hundred groups, and for nothing much longer."""


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further; the reason is a word for counting."""

    reason: str
    status: int


@dataclass
class Guard:
    """An ASGI application around Streamlit's. `metrics_token` opens `/metrics` to other machines."""

    app: ASGIApp
    home: Home
    addresses: Addresses
    metrics_token: str | None = None
    counts: Counts = field(default_factory=Counts)
    _health: tuple[float, Health] | None = None

    def __post_init__(self) -> None:
        self._security_headers = security_headers(self.addresses)
        self._files = StaticFiles(self.app)

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
        if refusal is None and scope["method"] not in METHODS:
            refusal = Refusal("method", 405)
        if refusal is None and path == METRICS and not self._may_read_metrics(scope):
            refusal = Refusal("token", 403)
        if refusal is None and path not in (HEALTH, METRICS) and not is_open(path):
            refusal = Refusal("route", 404)
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
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        return send_with_headers

    # ------------------------------------------------------------ web sockets

    async def _web_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) or (Refusal("route", 404) if scope["path"] != STREAM else None)
        if refusal is not None:
            self.counts.refused[refusal.reason] += 1
            await self._refuse_handshake(scope, send, refusal)
            return
        self.counts.sockets += 1
        try:
            await self.app(scope, self._only_spoken(receive, send), send)
        finally:
            self.counts.sockets -= 1

    async def _refuse_handshake(self, scope: Scope, send: Send, refusal: Refusal) -> None:
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), *self._security_headers]
        self.counts.answers[refusal.status] += 1
        await send({"type": "websocket.http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": f"Refused: {refusal.reason}.\n".encode()})

    def _only_spoken(self, receive: Receive, send: Send) -> Receive:
        """Receives the messages that a page sends; others are dropped, and what is no message ends the connection."""

        async def receive_spoken() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                try:
                    if kind_of(message.get("bytes")) in SPOKEN:
                        return message
                    self.counts.refused["message"] += 1
                except NoMessage as error:
                    self.counts.refused["message"] += 1
                    await send({"type": "websocket.close", "code": error.code})
                    return {"type": "websocket.disconnect", "code": error.code}

        return receive_spoken


async def answer(send: Send, status: int, text: str, kind: bytes = b"text/plain; charset=utf-8") -> None:
    """Sends a short answer that nobody keeps."""
    body = text.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
