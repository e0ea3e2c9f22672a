"""Raw requests, handshakes and web sockets of a dashboard server, and a home of one unit to serve."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.sync.client import ClientConnection, connect

from tests.tiny_snapshot import write_snapshot

TOML = """title = "Sơ kết"
time_zone = "Asia/Ho_Chi_Minh"
[etl]
sources = []
[dashboard]
first_view = { from = 2024-07-01, to = 2024-07-31, population = "all" }
"""
ROWS = {"org_unit": [{"unit_code": "R", "level": "toi_cao", "name": "Gốc"}], "account": [{"unit_code": "R"}]}
Answer = tuple[int, dict[str, str], bytes]


def make_home(root: Path) -> Path:
    """A home of made-up figures."""
    (root / "var" / "snapshots").mkdir(parents=True)
    (root / "vanban.toml").write_text(TOML, encoding="utf-8")
    write_snapshot(root / "var" / "snapshots", ROWS)
    return root


def ask(address: str, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
    """Status, headers by their small names, and body."""
    place = urlsplit(address)
    with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)) as connection:
        given = {"Host": place.netloc, **(headers or {})}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def open_stream(address: str, **headers: str) -> ClientConnection:
    origin = headers.pop("origin", address)
    stream = address.replace("http://", "ws://") + "/_stcore/stream"
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return connect(stream, origin=origin or None, subprotocols=["streamlit"], additional_headers=more, open_timeout=20)  # type: ignore[arg-type,list-item]


def raw_handshake(address: str, lines: list[str]) -> int:
    """The status of a handshake with exactly these header lines."""
    place = urlsplit(address)
    fixed = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    with socket.create_connection((place.hostname, place.port), timeout=20) as wire:
        wire.sendall("\r\n".join(["GET /_stcore/stream HTTP/1.1", *fixed, *lines, "", ""]).encode())
        return int(wire.recv(100).split()[1])


def run_of_the_page(
    stream: ClientConnection,
    query: str = "",
    page: str = "",
    clicked: str = "",
    texts: dict[str, str] | None = None,
    file: tuple[str, str, str] | None = None,
) -> list[ForwardMsg]:
    """Runs a page once, with a button clicked and texts typed by the names of their widgets; what came back until it had ended.

    `file` asks the component of that name for a file of the page, by its name and kind, as a click on its button does.
    """
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    if clicked:
        message.rerun_script.widget_states.widgets.add(id=clicked, trigger_value=True)
    for name, text in (texts or {}).items():
        message.rerun_script.widget_states.widgets.add(id=name, string_value=text)
    if file is not None:
        component, name, kind = file
        asked = json.dumps([{"event": "asked", "value": {"name": name, "format": kind}}])
        message.rerun_script.widget_states.widgets.add(id=component, json_value="{}")
        message.rerun_script.widget_states.widgets.add(id=f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{component}{EVENT_DELIM}events", json_trigger_value=asked)
    stream.send(message.SerializeToString())
    came: list[ForwardMsg] = []
    while not came or came[-1].WhichOneof("type") != "script_finished":
        came.append(ForwardMsg.FromString(bytes(stream.recv(timeout=60))))  # type: ignore[arg-type]
    return came


def kinds_of(came: list[ForwardMsg]) -> set[str]:
    """The kinds of message among them."""
    return {str(one.WhichOneof("type")) for one in came}


def text_of(came: list[ForwardMsg]) -> str:
    """All that they say."""
    return b"".join(one.SerializeToString() for one in came).decode("utf-8", "replace")
