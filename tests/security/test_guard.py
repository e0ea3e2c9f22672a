"""The guard of the running server, asked over real sockets: what is not for this server, or not from its own page, never reaches Streamlit."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dashboard.server import serve_command
from dashboard.server.headers import INDEX, inline_script_hashes
from dashboard.server.health import health_of
from data.paths import PROJECT, Home
from tests.dashboards import Serve, serving, wait_until_healthy
from tests.security.wires import ROWS, TOML, ask, kinds_of, make_home, open_stream, raw_handshake, run_of_the_page
from tests.servers import free_port
from tests.tiny_snapshot import write_snapshot


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("guard") / "home")


@pytest.fixture(scope="module")
def address(home: Path, served: Serve) -> str:
    return served(home)


def refused_counts(address: str) -> dict[str, int]:
    _, _, text = ask(address, "/metrics")
    return {reason: int(number) for reason, number in re.findall(r'vanban_refused_total\{reason="(\w+)"\} (\d+)', text.decode())}


# ---------------------------------------------------------------- who asks, and for whom


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "{port}", "127.0.0.1:{port}.", ""])
def test_another_host_is_refused(address: str, host: str) -> None:
    port = urlsplit(address).port
    for path in ("/", "/_stcore/health", "/healthz", "/static/none.js"):
        assert ask(address, path, headers={"Host": host.format(port=port)})[0] == 400
    assert raw_handshake(address, [f"Host: {host.format(port=port)}", f"Origin: {address}"]) == 400


def test_both_names_of_this_machine_are_served(address: str) -> None:
    port = urlsplit(address).port
    assert ask(address, "/", headers={"Host": f"localhost:{port}"})[0] == 200
    assert raw_handshake(address, [f"Host: localhost:{port}", f"Origin: http://localhost:{port}"]) == 101


ORIGINS = (
    [],
    ["Origin: null"],
    ["Origin: http://evil.example"],
    ["Origin: http://127.0.0.1"],
    ["Origin: http://127.0.0.1:1"],
    ["Origin: https://{place}"],
    ["Origin: http://{place}/"],
    ["Origin: http://{place}.evil.example"],
    ["Origin: http://{place}", "Origin: http://evil.example"],
    ["Origin: http://{place}", "X-Forwarded-Host: evil.example"],
    ["Origin: http://{place}", "Forwarded: host=evil.example"],
    ["Origin: http://{place}", "X-Forwarded-For: 127.0.0.1"],
)


@pytest.mark.parametrize("lines", ORIGINS, ids=repr)
def test_a_web_socket_of_another_page_is_refused(address: str, lines: list[str]) -> None:
    place = urlsplit(address).netloc
    assert raw_handshake(address, [f"Host: {place}", *(line.format(place=place) for line in lines)]) in (400, 403)


def test_a_web_socket_of_an_own_page_is_taken_and_nowhere_else(address: str) -> None:
    place = urlsplit(address).netloc
    assert raw_handshake(address, [f"Host: {place}", f"Origin: {address}"]) == 101
    assert raw_handshake(address, [f"Host: {place}", f"Host: {place}", f"Origin: {address}"]) == 400
    assert raw_handshake(address, [f"Host: {place}", f"Origin: {address}", f"X-Long: {'x' * 12_000}"]) == 101
    assert raw_handshake(address, [f"Host: {place}", f"Origin: {address}", f"X-Long: {'x' * 40_000}"]) == 431
    assert raw_handshake(address, [f"Host: {place}", f"Origin: {address}", *(f"X-{number}: x" for number in range(150))]) == 431
    for path in ("/_stcore/agent/mcp", "/", "/page/_stcore/stream"):
        with pytest.raises(InvalidStatus):
            connect(address.replace("http://", "ws://") + path, origin=address)  # type: ignore[arg-type]


def test_a_request_of_another_page_is_refused(address: str) -> None:
    assert ask(address, "/", headers={"Origin": "http://evil.example"})[0] == 403
    assert ask(address, "/", headers={"Origin": address})[0] == 200
    assert ask(address, "/", headers={"X-Forwarded-For": "127.0.0.1"})[0] == 403


@pytest.fixture
def outside() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that a server would ask for anything outside, and what it was asked for."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    wire, _ = listener.accept()
                except OSError:
                    return
                with wire:
                    asked.append(wire.recv(200))

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)


def test_a_foreign_origin_makes_the_server_ask_nobody(home: Path, tmp_path: Path, outside: tuple[str, list[bytes]]) -> None:
    proxy, asked = outside
    port = free_port()
    command, environment = serve_command(Home(home), port, headless=True)
    surroundings = {**environment, "http_proxy": proxy, "https_proxy": proxy}
    with serving(command, surroundings, port, tmp_path / "log") as address:
        for number in range(100):
            assert raw_handshake(address, [f"Host: 127.0.0.1:{port}", f"Origin: http://{number}.evil.example"]) == 403
        assert ask(address, "/healthz")[0] == 200
    assert asked == []


# ---------------------------------------------------------------- what a page may say


def test_only_what_a_page_needs_is_heard(address: str) -> None:
    before = refused_counts(address).get("message", 0)
    with open_stream(address) as stream:
        for name in ("clear_cache", "load_git_info", "set_run_on_save", "debug_shutdown_runtime", "debug_disconnect_websocket"):
            message = BackMsg()
            setattr(message, name, True)
            stream.send(message.SerializeToString())
        asked, installing = BackMsg(), BackMsg()
        asked.file_urls_request.request_id = "1"
        installing.backend_operation_request.install_skills.SetInParent()
        later = BackMsg()
        later.backend_operation_request.deferred_file.SetInParent()
        for message in (asked, installing, later):
            stream.send(message.SerializeToString())
        assert not {"git_info_changed", "file_urls_response", "backend_operation_response"} & kinds_of(run_of_the_page(stream))
    assert refused_counts(address)["message"] == before + 8


@pytest.mark.parametrize(("sent", "code"), [("a text", 1003), (b"\xff\xff\xff", 1007), (b"\x00" * 1_000_001, 1009)])
def test_what_is_no_message_ends_the_connection(address: str, sent: str | bytes, code: int) -> None:
    with open_stream(address) as stream:
        stream.send(sent)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                stream.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


CLOSED = (
    "/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/script-health-check",
    "/_stcore/upload_file/a/b", "/_stcore/stream", "/page/_stcore/health", "/component/a/b.js", "/auth/login", "/oauth2callback", "//_stcore/metrics",
    "/static/../_stcore/metrics", "/%2e%2e/_stcore/metrics", "/_stcore%2fmetrics", "/a\\b",
)  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
def test_what_a_page_does_not_need_is_not_there(address: str, path: str) -> None:
    assert ask(address, path)[0] == 404
    assert ask(address, path, "POST")[0] == 405


# ---------------------------------------------------------------- what every answer says


def test_every_answer_carries_the_headers(address: str) -> None:
    answers = [ask(address, path)[1] for path in ("/", "/overview", "/healthz", "/metrics", "/_stcore/metrics", "/_stcore/health", "/media/none.pdf")]
    answers += [ask(address, "/", headers={"Host": "evil.example"})[1], ask(address, "/", "DELETE")[1]]
    with pytest.raises(InvalidStatus) as refused:
        open_stream(address, origin="http://evil.example")
    answers.append({name.lower(): value for name, value in refused.value.response.headers.raw_items()})
    for headers in answers:
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert "'unsafe-inline'" not in policy["script-src"]
        assert "'unsafe-eval'" not in policy["script-src"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers  # it stands for TLS alone
    assert ask(address, "/media/none.pdf")[1]["cache-control"] == "private, no-store"


def test_the_one_inline_script_of_streamlit_is_known() -> None:
    assert len(inline_script_hashes()) == 1
    assert len(re.findall(r"<script(?![^>]* src=)", INDEX.read_text(encoding="utf-8"))) == 1


def test_static_files_come_compressed_and_stay_with_the_browser(address: str) -> None:
    file = max((INDEX.parent / "static" / "js").glob("index.*.js"), key=lambda path: path.stat().st_size)
    for _ in range(2):  # made, then kept
        status, headers, body = ask(address, f"/static/js/{file.name}", headers={"Accept-Encoding": "gzip, br"})
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert gzip.decompress(body) == file.read_bytes()
        assert "immutable" in headers["cache-control"]
    assert ask(address, f"/static/js/{file.name}")[2] == file.read_bytes()
    assert ask(address, "/static/js/none.js", headers={"Accept-Encoding": "gzip"})[1]["content-type"].startswith("text/html")
    font = "/app/static/fonts/be-vietnam-pro-latin-400-normal.woff2"
    assert "max-age=2592000" in ask(address, font)[1]["cache-control"]


# ---------------------------------------------------------------- how it is


def test_the_state_is_told_to_monitors(address: str) -> None:
    status, _, text = ask(address, "/healthz")
    told = json.loads(text)
    assert (status, told["status"], told["snapshot"]) == (200, "ok", "20240801T030000-tiny")
    assert told["data_age_seconds"] > 0
    assert told["version"]
    status, headers, text = ask(address, "/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b"vanban_healthy 1\n" in text


def test_figures_that_are_old_or_unreadable_are_told(tmp_path: Path) -> None:
    home = Home(make_home(tmp_path / "home"))
    published = datetime(2024, 8, 1, 3, 0, tzinfo=UTC)
    assert health_of(home, published + timedelta(days=900)).problem == ""  # a demo has no age
    home.config.write_text(TOML + "oldest_data_hours = 30\n", encoding="utf-8")
    assert health_of(home, published + timedelta(hours=30)).problem == ""
    assert health_of(home, published + timedelta(hours=31)).problem == "old"
    run = {"run": "r", "status": "unchanged", "started_at": "2024-08-02T03:00:00+00:00", "seconds": {}, "entities": [], "warnings": []}
    home.runs.write_text(json.dumps(run) + "\n", encoding="utf-8")
    assert health_of(home, published + timedelta(hours=50)).problem == ""
    home.runs.write_text(json.dumps({**run, "status": "failed"}) + "\n", encoding="utf-8")
    assert health_of(home, published + timedelta(hours=50)).problem == "old"
    home.pointer.unlink()
    assert health_of(home, published).problem == "unreadable"


def test_a_real_snapshot_is_too_old_after_two_nights(tmp_path: Path) -> None:
    home = Home(make_home(tmp_path / "home"))
    write_snapshot(home.snapshots, {**ROWS, "snapshot_info": [{"is_synthetic": False}]})
    assert health_of(home, datetime(2024, 8, 3, 4, 0, tzinfo=UTC)).problem == ""
    assert health_of(home, datetime(2024, 8, 3, 6, 0, tzinfo=UTC)).problem == "old"


def test_unreadable_figures_answer_503_and_a_token_reads_metrics(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    (home / "var" / "snapshots" / "current.json").write_text('{"snapshot": "gone"}', encoding="utf-8")
    port = free_port()
    command, environment = serve_command(Home(home), port, headless=True)
    with serving(command, environment, port, tmp_path / "log") as address:
        status, _, text = ask(address, "/healthz")
        assert (status, json.loads(text)["status"]) == (503, "unreadable")
        assert b"vanban_healthy 0\n" in ask(address, "/metrics")[2]


# ---------------------------------------------------------------- how it begins and ends

ENDS_WITHIN_S = 5


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
@pytest.mark.parametrize("word", ["dashboard", "demo"])
def test_the_command_ends_with_its_server_and_takes_nothing_of_streamlit_from_outside(word: str, demo_home: Path, tmp_path: Path) -> None:
    port = free_port()
    surroundings = {
        "STREAMLIT_SERVER_ENABLE_AGENT_API": "true",
        "STREAMLIT_SERVER_ENABLE_CORS": "false",
        "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full",
    }
    command = [sys.executable, str(PROJECT / "cli"), word, "--no-browser", "--port", str(port), "--home", str(demo_home)]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **surroundings}, stdout=output, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(process, address, log)
        told = Path(f"/proc/{process.pid}/environ")
        if told.exists():
            assert b"STREAMLIT_" not in told.read_bytes()
        assert raw_handshake(address, [f"Host: 127.0.0.1:{port}", "Origin: http://evil.example"]) == 403
        assert ask(address, "/_stcore/agent/openapi.json")[0] == 404
        with open_stream(address) as stream:
            run_of_the_page(stream)
            told_to_end = time.monotonic()
            process.terminate()
            assert process.wait(timeout=30) in (0, -15)
            assert time.monotonic() - told_to_end < ENDS_WITHIN_S
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
        assert re.findall(r"^.*(?:WARNING|ERROR|Traceback).*$", log.read_text(encoding="utf-8"), flags=re.MULTILINE) == []
    finally:
        process.kill()
        process.wait()
