"""Files of Streamlit's page, compressed once and kept: Streamlit itself sends them as they are, ten times the bytes on a slow line."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.addresses import Header, has_header
from dashboard.server.routes import STATIC

COMPRESSIBLE = (b"text/javascript", b"application/javascript", b"text/css", b"application/json", b"image/svg")
LEAST_BYTES = 1000
OF_THE_BODY = frozenset({b"content-length", b"content-encoding", b"vary", b"etag", b"accept-ranges", b"date", b"server"})


@dataclass
class StaticFiles:
    """An application whose static files come compressed to whoever takes gzip."""

    app: ASGIApp
    _kept: dict[str, tuple[list[Header], bytes]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from what is kept, else asks the application; only files that exist are kept, so there is an end to them."""
        path = scope["path"]
        is_asked_for = (
            scope["method"] == "GET" and STATIC.fullmatch(path) and takes_gzip(scope["headers"]) and not has_header(scope["headers"], b"range")
        )
        if not is_asked_for:
            await self.app(scope, receive, send)
            return
        if path not in self._kept:
            answer = await _answer_of(self.app, scope)
            if not _is_compressible(answer):
                for message in answer:
                    await send(message)
                return
            self._kept[path] = await asyncio.to_thread(_compressed, answer)
        headers, body = self._kept[path]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def takes_gzip(headers: list[Header]) -> bool:
    """Whether the browser says that it takes gzip."""
    named = b",".join(value for name, value in headers if name.lower() == b"accept-encoding").replace(b" ", b"").lower()
    return any(one in (b"gzip", b"gzip;q=1.0", b"gzip;q=1") for one in named.split(b","))


async def _answer_of(app: ASGIApp, scope: Scope) -> list[Message]:
    """The whole answer, whatever becomes of the browser that asked: a file cut short by its leaving would be kept for everyone."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    asked = asyncio.Event()

    async def receive() -> Message:
        if asked.is_set():
            await asyncio.Event().wait()  # nobody hangs up
        asked.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    # Without the browser's own conditions the answer is the whole file.
    conditions = (b"if-none-match", b"if-modified-since")
    await app({**scope, "headers": [one for one in scope["headers"] if one[0].lower() not in conditions]}, receive, keep)
    return messages


def _body(answer: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in answer[1:])


def _is_compressible(answer: list[Message]) -> bool:
    if not answer or answer[0]["type"] != "http.response.start" or answer[0]["status"] != 200:
        return False
    kind = next((value for name, value in answer[0]["headers"] if name.lower() == b"content-type"), b"")
    size = next((int(value) for name, value in answer[0]["headers"] if name.lower() == b"content-length"), None)
    is_whole = not answer[-1].get("more_body", False) and size in (None, len(_body(answer)))
    return kind.startswith(COMPRESSIBLE) and is_whole and len(_body(answer)) >= LEAST_BYTES


def _compressed(answer: list[Message]) -> tuple[list[Header], bytes]:
    body = gzip.compress(_body(answer), compresslevel=6, mtime=0)
    headers = [(name, value) for name, value in answer[0]["headers"] if name.lower() not in OF_THE_BODY]
    return [*headers, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"), (b"content-length", str(len(body)).encode())], body
