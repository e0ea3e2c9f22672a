"""Streamlit's script of charts is asked for by a few lines that stand under its address, and is itself under another."""

from __future__ import annotations

import asyncio
import re

from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from dashboard.server.chart_script import SCRIPT, WHOLE, ChartScript
from dashboard.server.headers import INDEX
from dashboard.server.routes import STATIC
from tests.servers import run_apart

SCRIPTS = INDEX.parent / "static" / "js"


def asked(path: str, query: str = "", method: str = "GET") -> tuple[dict[bytes, bytes], str]:
    """Headers and body of the answer, where the application itself answers `theirs`."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []}
    run_apart(ChartScript(PlainTextResponse("theirs"))(scope, receive, send))
    return dict(sent[0]["headers"]), sent[1]["body"].decode()


def test_the_script_of_charts_waits_and_all_else_is_the_applications() -> None:
    (name,) = (path.name for path in SCRIPTS.glob("PlotlyChart.*.js"))
    path = f"/static/js/{name}"
    headers, body = asked(path)
    (whole,) = re.findall(r'import\("(.+)"\)', body)
    assert b"immutable" in headers[b"cache-control"] and headers[b"content-type"].startswith(b"text/javascript")
    assert whole == f"./{name}?{WHOLE}" and "WHOLE" not in body
    assert asked(path, WHOLE)[1] == "theirs"
    assert {asked(other)[1] for other in ("/", "/compare", "/static/js/index.a1.js", f"{path}.map")} == {"theirs"}
    assert STATIC.fullmatch(path)


def test_streamlits_page_asks_for_it_as_a_module_of_which_it_takes_the_chart_alone() -> None:
    importing = [path for path in SCRIPTS.glob("*.js") if re.search(r"PlotlyChart\.[\w-]+\.js", path.read_text(encoding="utf-8"))]
    assert [path.name.partition(".")[0] for path in importing] == ["index"], "another script takes something of it, too"
    text = importing[0].read_text(encoding="utf-8")
    assert re.search(r"\.lazy\)\(\(\)=>\w+\(\(\)=>import\(`\./PlotlyChart\.[\w-]+\.js`\)", text)
    assert SCRIPT.fullmatch(f"/static/js/{next(SCRIPTS.glob('PlotlyChart.*.js')).name}")
