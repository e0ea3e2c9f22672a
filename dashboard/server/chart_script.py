"""Streamlit's script of charts (plotly, 4.7 MB), asked for only after a page's first words.

A browser reads it in one go and draws nothing meanwhile; and Streamlit asks for it as soon as a page has a chart, however far down. So its address
answers with a few lines (`chart_script.js`) that wait for the words and then ask for the whole.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.server.headers import YEAR_S

SCRIPT = re.compile(r"/static/js/(PlotlyChart\.[\w-]+\.js)")
WHOLE = "whole"
"""The query under which the script itself is asked for: for a browser another file, for Streamlit the same."""


@cache
def waiting_script(name: str) -> bytes:
    """The module that stands in for the script of that name."""
    return (Path(__file__).parent / "chart_script.js").read_text(encoding="utf-8").replace("WHOLE", f"./{name}?{WHOLE}").encode()


class ChartScript:
    """An application whose script of charts waits for the words of the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers in place of the script; all else, and the script by its other address, is the application's."""
        found = SCRIPT.fullmatch(scope["path"])
        if found is None or scope["method"] != "GET" or scope["query_string"] == WHOLE.encode():
            await self.app(scope, receive, send)
            return
        body = waiting_script(found[1])
        headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", f"public, immutable, max-age={YEAR_S}".encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
