"""The HTML page that Streamlit serves for every address, with the dashboard's style sheet in it.

Streamlit applies a style sheet that is an element of a page only after it has drawn other elements, which then jump.
"""

from __future__ import annotations

import gzip
import re
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.addresses import Header
from dashboard.server.headers import INDEX
from dashboard.server.static_files import OF_THE_BODY, takes_gzip
from dashboard.ui.theme import first_colours, rules

SOON = ("Html", "purify.es", "BidiComponent")
"""Streamlit's scripts that every page of ours needs and that its own page does not name: asked for with the others, not one after the other."""
FONTS = tuple(f"be-vietnam-pro-{part}-{weight}-normal.woff2" for part in ("latin", "vietnamese") for weight in (400, 600))


@cache
def page_file() -> bytes:
    """Streamlit's page without its own typeface, with our icon, and with our style sheet at its end, where it counts for more than Streamlit's."""
    text = re.sub(r'<link\s+rel="preload"[^>]*as="font"[^>]*>', "", INDEX.read_text(encoding="utf-8"))
    # As a file of the program the icon is there for every page; Streamlit's way gives it away with the first session that ends.
    text = text.replace("./favicon.png", "./app/static/icon.png")
    scripts = [path.name for name in SOON for path in sorted((INDEX.parent / "static" / "js").glob(f"{name}.*.js"))]
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in scripts]
    links += [f'<link rel="preload" as="font" type="font/woff2" crossorigin href="./app/static/fonts/{name}">' for name in FONTS]
    text = text.replace("</head>", f"{''.join(links)}</head>").replace("</body>", f"<style>{first_colours()}{rules()}</style></body>")
    return text.encode()


@cache
def _packed() -> bytes:
    return gzip.compress(page_file(), mtime=0)


class PageFile:
    """An application that answers with `page_file` wherever it would answer with Streamlit's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only whole pages are exchanged; whatever else the application answers goes out as it is."""
        is_page = False

        async def exchanged(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                headers: list[Header] = message.get("headers", [])
                kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
                is_page = message["status"] == 200 and kind.startswith(b"text/html")
                if is_page:
                    await self._send_page(scope, headers, send)
                    return
            if not is_page:
                await send(message)

        # Streamlit would compare a browser's conditions with the page as it was.
        conditions = (b"if-none-match", b"if-modified-since", b"range")
        await self.app({**scope, "headers": [one for one in scope["headers"] if one[0].lower() not in conditions]}, receive, exchanged)

    async def _send_page(self, scope: Scope, headers: list[Header], send: Send) -> None:
        packs = takes_gzip(scope["headers"])
        body = _packed() if packs else page_file()
        kept = [one for one in headers if one[0].lower() not in (*OF_THE_BODY, b"last-modified")]
        kept += [(b"vary", b"accept-encoding"), (b"content-length", str(len(body)).encode()), *([(b"content-encoding", b"gzip")] if packs else [])]
        await send({"type": "http.response.start", "status": 200, "headers": kept})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
