"""The page that is served is Streamlit's with our style sheet in it, packed for whoever takes it, whatever a browser still has of it."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from starlette.responses import FileResponse, HTMLResponse
from starlette.types import Message, Receive, Scope, Send

from dashboard.server.headers import INDEX
from dashboard.server.page_file import FONTS, PageFile, page_file
from dashboard.ui.theme import rules
from data.paths import PROJECT
from tests.servers import run_apart

STATIC = INDEX.parent / "static"


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    await FileResponse(INDEX, media_type="text/html; charset=utf-8", headers={"etag": '"theirs"'})(scope, receive, send)


async def missing(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse("<p>missing</p>", status_code=404)(scope, receive, send)


def asked(app: PageFile, headers: list[tuple[bytes, bytes]], method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the answer."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # nobody hangs up
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    run_apart(app({"type": "http", "method": method, "path": "/compare", "headers": headers}, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("conditions", [[], [(b"if-none-match", b'"theirs"')], [(b"range", b"bytes=0-99")]])
def test_the_page_carries_the_style_sheet_whole(conditions: list[tuple[bytes, bytes]]) -> None:
    status, headers, body = asked(PageFile(page), conditions)
    assert (status, int(headers[b"content-length"]), b"etag" in headers) == (200, len(body), False)
    text = body.decode()
    assert text.count(rules()) == 1
    assert text.index(rules()) > text.index('<div id="root">')
    assert 'as="font" type="font/woff2" crossorigin href="./static/' not in text
    assert "favicon" not in text and 'href="./app/static/icon.png"' in text and (PROJECT / "dashboard" / "static" / "icon.png").is_file()
    assert all((PROJECT / "dashboard" / "static" / "fonts" / name).is_file() for name in FONTS)
    for name in ("Html", "purify.es", "BidiComponent"):
        assert any(f"./static/js/{script.name}" in text for script in (STATIC / "js").glob(f"{name}.*.js")), name


def test_the_page_is_packed_for_whoever_takes_it() -> None:
    _, headers, body = asked(PageFile(page), [(b"accept-encoding", b"gzip, br")])
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == page_file()
    assert asked(PageFile(page), [], "HEAD")[2] == b""


def test_other_answers_are_left_alone() -> None:
    assert asked(PageFile(missing), [])[::2] == (404, b"<p>missing</p>")
