"""The interface as an ASGI application: token, limits, question, answer. It stands behind the guard, which has looked at Host and Origin."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from dashboard.api.caller import Caller, caller_of, token_of, write_down
from dashboard.api.formats import Format, format_asked_for
from dashboard.api.openapi import description
from dashboard.api.problems import PROBLEM, Problem
from dashboard.api.question import read_query
from dashboard.api.resources import RESOURCES, Resource
from dashboard.ledger.tokens import Token
from dashboard.server.addresses import only_header
from dashboard.session.queries import AccessDenied
from data.errors import ConfigurationError, VanbanError
from data.paths import Home
from data.version import program_version

PREFIX = "/api/"
BASE = f"{PREFIX}v1/"
OPENAPI = "openapi.json"
MOST_A_MINUTE = 120
"""Questions of one token."""
AT_ONCE, WAITING = 2, 20
"""Questions that are answered side by side, so that people's pages go on; and how many more may wait."""


@dataclass(frozen=True)
class Told:
    """An answer on its way out."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Api:
    """The interface of one home."""

    home: Home
    clock: Callable[[], float] = time.monotonic
    _asked: dict[int, deque[float]] = field(default_factory=dict)
    """When each token asked within the last minute."""
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            told = await self._told(scope)
        except Problem as problem:
            headers = {"Content-Type": PROBLEM, "Cache-Control": "no-store", **problem.headers}
            told = Told(problem.status, headers, json.dumps(problem.as_json(), ensure_ascii=False).encode() + b"\n")
        headers = {**told.headers, "Vary": "Authorization, Accept"}
        headers |= {} if told.status == 304 else {"Content-Length": str(len(told.body))}
        sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": told.status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else told.body})

    async def _told(self, scope: Scope) -> Told:
        if scope["method"] not in ("GET", "HEAD"):
            raise Problem(405, "Figures are only read here. Ask with GET.", {"Allow": "GET, HEAD"})
        name = scope["path"].removeprefix(BASE)
        if name == OPENAPI:
            body = json.dumps(description(), ensure_ascii=False).encode()
            return Told(200, {"Content-Type": "application/json", "Cache-Control": "no-cache"}, body)
        resource = RESOURCES.get(name) if scope["path"].startswith(BASE) else None
        if resource is None:
            raise Problem(404, f"Addresses are: {', '.join(BASE + one for one in (*RESOURCES, OPENAPI))}.")
        if self._waiting >= AT_ONCE + WAITING:
            raise Problem(503, "Many programs ask at once. Ask again in a few seconds.", {"Retry-After": "5"})
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(self._answered, scope, resource)
        finally:
            self._waiting -= 1

    def _answered(self, scope: Scope, resource: Resource) -> Told:
        """The answer, or that what the program has is still good. Raises Problem."""
        try:
            token = token_of(self.home, only_header(scope["headers"], b"authorization"))
            self._count(token)
            caller = caller_of(self.home, token)
        except VanbanError:  # its words are for whoever keeps the home
            logging.getLogger(__name__).warning("the interface cannot tell figures", exc_info=True)
            said = "The figures or the ledger cannot be read now. Ask again later, or tell whoever keeps this server."
            raise Problem(503, said, {"Retry-After": "60"}) from None
        try:
            query = read_query(scope["query_string"], resource.parameters)
            written = format_asked_for(next(iter(query.get("format", ())), None), only_header(scope["headers"], b"accept"))
            answer = resource.answer(caller, query)  # before anything is said of the tag: who may not see it is told so
        except AccessDenied:
            raise Problem(403, "This token may not see that. Ask for its own unit, or use a token of another role.") from None
        except ConfigurationError as error:
            raise Problem(400, str(error)) from None
        except VanbanError as error:  # a question that was cancelled
            raise Problem(422, str(error)) from None
        except Problem:
            raise
        except Exception:
            logging.getLogger(__name__).exception("a question to the interface failed")
            raise Problem(500, "Nothing was told. The line in the server's log says where it failed.") from None
        tag = _tag(caller, scope, written)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if tag in (only_header(scope["headers"], b"if-none-match") or "").split(", "):
            return Told(304, headers)
        body = written.write(answer)
        if resource.has_figures:
            self._write_down(scope, token)
        return Told(200, {**headers, "Content-Type": written.media_type}, body)

    def _write_down(self, scope: Scope, token: Token) -> None:
        try:
            write_down(self.home, token, f"{scope['path']}?{scope['query_string'].decode('ascii', 'replace')}")
        except Exception:  # whatever it is: nothing goes out that is not written down
            logging.getLogger(__name__).exception("the interface cannot write down what it tells")
            raise Problem(503, "What goes out cannot be written down now, so nothing does. Ask again later.", {"Retry-After": "60"}) from None

    def _count(self, token: Token) -> None:
        """Raises Problem where a token asks more often than it may."""
        now = self.clock()
        asked = self._asked.setdefault(token.token_id, deque())
        while asked and now - asked[0] >= 60:
            asked.popleft()
        if len(asked) >= MOST_A_MINUTE:
            wait = int(60 - (now - asked[0])) + 1
            raise Problem(429, f"{MOST_A_MINUTE} questions a minute is the most. Ask again in {wait} seconds.", {"Retry-After": str(wait)})
        asked.append(now)


def _tag(caller: Caller, scope: Scope, written: Format) -> str:
    """Changes with whatever an answer depends on: snapshot, what the token may see, settings, question, form and program."""
    info, viewer = caller.reader.info, caller.reader.viewer
    parts = (
        info.content_hash,
        info.snapshot,
        viewer.scope_key,
        viewer.home_unit or "",
        caller.settings,
        scope["path"],
        written.name,
        program_version(),
    )
    return f'"{hashlib.sha256(repr((parts, scope["query_string"])).encode()).hexdigest()[:32]}"'
