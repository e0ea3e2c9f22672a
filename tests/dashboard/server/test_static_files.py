"""Static files that are kept compressed are kept whole, whatever the browser that first asked for them does."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from dashboard.server.static_files import StaticFiles
from tests.servers import run_apart

PARTS = [f"/* {number:04} {'x' * 500} */\n".encode() for number in range(200)]
WHOLE = b"".join(PARTS)
SCOPE: Scope = {"type": "http", "method": "GET", "path": "/static/js/index.a1b2.js", "headers": [(b"accept-encoding", b"gzip")]}


def application(given: list[bytes], on_its_way: asyncio.Event) -> StaticFiles:
    """Streams `given`, and says that it is the whole of PARTS; tells when a quarter is on its way."""

    async def parts() -> AsyncIterator[bytes]:
        for number, part in enumerate(given):
            if number == len(PARTS) // 4:
                on_its_way.set()
            await asyncio.sleep(0)
            yield part

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"content-length": str(len(WHOLE))}
        await StreamingResponse(parts(), media_type="text/javascript", headers=headers)({**scope, "asgi": {"spec_version": "2.0"}}, receive, send)

    return StaticFiles(stream)


async def asked(files: StaticFiles, hangs_up: asyncio.Event) -> bytes:
    """The body that a browser is sent, unpacked where it is packed."""
    sent: list[Message] = []

    async def receive() -> Message:
        await hangs_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await files(SCOPE, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return gzip.decompress(body) if (b"content-encoding", b"gzip") in sent[0]["headers"] else body


def test_a_browser_that_hangs_up_cuts_no_file_short_for_the_next_one() -> None:
    async def two() -> tuple[bytes, bytes]:
        on_its_way, never = asyncio.Event(), asyncio.Event()
        files = application(PARTS, on_its_way)
        await asked(files, hangs_up=on_its_way)
        return await asked(files, hangs_up=never), await asked(files, hangs_up=never)

    assert run_apart(two()) == (WHOLE, WHOLE)


@pytest.mark.parametrize("missing", [1, 100])
def test_an_answer_shorter_than_it_says_is_not_kept(missing: int) -> None:
    files = application(PARTS[missing:], asyncio.Event())
    run_apart(asked(files, hangs_up=asyncio.Event()))
    assert not files._kept
