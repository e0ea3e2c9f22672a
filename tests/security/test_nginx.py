"""nginx in front, by the file of docs/sign-in.md: TLS, web sockets, long cookies, the interface, and what is refused on the way."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.sync.client import connect

from dashboard.ledger.people import People
from dashboard.server import serve_command
from data.paths import PROJECT, Home
from tests.dashboards import serving
from tests.programs import program
from tests.security.programs import token
from tests.security.test_sign_in import ISSUER, ROWS, SECRET, SIGN_IN_TITLE, cookie, person
from tests.security.wires import TOML, Answer, run_of_the_page, text_of
from tests.servers import free_port
from tests.tiny_snapshot import write_snapshot

NAME = "vanban.example"
ADDRESS = f"https://{NAME}"
PAGE = (PROJECT / "docs" / "sign-in.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Front:
    """nginx on ports of this machine, and the dashboard behind it."""

    home: Home
    tls: int
    plain: int
    trust: ssl.SSLContext

    def ask(self, path: str, host: str = NAME, is_plain: bool = False, **headers: str) -> Answer:
        """As a browser that takes 127.0.0.1 for the name."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.plain if is_plain else self.tls, timeout=20)) as connection:
            connection.connect()
            if not is_plain:
                connection.sock = self.trust.wrap_socket(connection.sock, server_hostname=NAME)
            given = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
            connection.request("GET", path, headers=given)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    without = "the recipe for TLS in front was not tried"
    nginx, openssl = program("nginx", package="nginx-light", without=without), program("openssl", package="openssl", without=without)
    folder = tmp_path_factory.mktemp("nginx")
    home, port, tls, plain = Home(folder / "home"), free_port(), free_port(), free_port()
    home.snapshots.mkdir(parents=True)
    groups = 'groups_claim = "groups"\n[sign_in.groups]\n"g-leader" = "leader"\n'
    sign_in = f'[sign_in]\naddress = "{ADDRESS}"\nissuer = "{ISSUER}"\nclient_id = "vanban"\n{groups}'
    home.config.write_text(TOML + sign_in, encoding="utf-8")
    home.environment.write_text(f"VANBAN_SIGN_IN_SECRET=x\nVANBAN_COOKIE_SECRET={SECRET}\n", encoding="utf-8")
    write_snapshot(home.snapshots, ROWS)
    with People(home) as people:
        people.give([person("statistics", "statistics")], "test")
    certificate, key = folder / "vanban.pem", folder / "vanban.key"
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate, *subject]
    subprocess.run([openssl, *made], check=True, capture_output=True)
    settings = folder / "nginx.conf"
    settings.write_text(_settings(folder, certificate, key, port, tls, plain), encoding="utf-8")
    subprocess.run([nginx, "-t", "-c", settings, "-e", folder / "nginx.log"], check=True, capture_output=True)
    command, environment = serve_command(home, port, headless=True)
    with serving(command, environment, port, folder / "log"):
        server = subprocess.Popen([nginx, "-c", settings, "-e", folder / "nginx.log"])
        try:
            _wait(server, tls)
            yield Front(home, tls, plain, ssl.create_default_context(cafile=str(certificate)))
        finally:
            server.terminate()
            server.wait(timeout=20)


def _settings(folder: Path, certificate: Path, key: Path, port: int, tls: int, plain: int) -> str:
    """The page's file with this machine's ports and paths, and around it what Debian's nginx.conf has."""
    (recipe,) = re.findall(r"^```nginx\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    for written, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("/etc/ssl/vanban.pem", str(certificate)),
        ("/etc/ssl/private/vanban.key", str(key)),
        ("http://127.0.0.1:8501", f"http://127.0.0.1:{port}"),
    ):
        assert recipe.count(written) == 1, written
        recipe = recipe.replace(written, here)
    user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    kept = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi"))
    return f"{user}daemon off;\npid {folder / 'pid'};\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{recipe}}}\n"


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(200):
        assert server.poll() is None, "nginx ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("nginx did not answer")


def page_of(front: Front, cookies: str = "", origin: str = ADDRESS) -> str:
    """What a page shows over its web socket through nginx."""
    xsrf = generate_xsrf_token_string()
    headers = {"Cookie": "; ".join(filter(None, [f"_streamlit_xsrf={xsrf}", cookies]))}
    with (
        socket.create_connection(("127.0.0.1", front.tls)) as wire,
        connect(
            f"wss://{NAME}/_stcore/stream",
            sock=wire,
            ssl=front.trust,
            server_hostname=NAME,
            origin=origin,  # type: ignore[arg-type]
            subprotocols=["streamlit", xsrf],  # type: ignore[list-item]
            additional_headers=headers,
        ) as stream,
    ):
        return text_of(run_of_the_page(stream))


def test_pages_and_files_come_by_tls(front: Front) -> None:
    status, headers, body = front.ask("/")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert f"wss://{NAME}" in headers["content-security-policy"]
    assert headers["server"] == "nginx"
    script = re.search(rb'src="\./(static/js/[^"]+)"', body)
    assert script
    status, _, file = front.ask(f"/{script[1].decode()}")
    assert (status, len(file) > 100_000) == (200, True)
    status, headers, _ = front.ask("/overview?unit=A", is_plain=True)
    assert (status, headers["location"]) == (301, f"{ADDRESS}/overview?unit=A")


def test_a_page_is_shown_to_whom_its_session_is_of(front: Front) -> None:
    assert SIGN_IN_TITLE in page_of(front)
    assert SIGN_IN_TITLE not in page_of(front, cookie(ADDRESS, "statistics"))
    many = ["g-leader", *(hashlib.sha256(str(number).encode()).hexdigest()[:32] for number in range(400))]
    long = cookie(ADDRESS, "dung", groups=many)
    assert len(long) > 8_192, "more than nginx takes unless it is told to"
    assert SIGN_IN_TITLE not in page_of(front, long)
    with pytest.raises(Exception, match="403"):
        page_of(front, cookie(ADDRESS, "statistics"), origin="https://evil.example")


def test_the_interface_and_the_closed_addresses(front: Front) -> None:
    text = token(front.home, "statistics")
    status, headers, body = front.ask("/api/v1/units?format=csv", Authorization=f"Bearer {text}")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "Đơn vị Anh Đào" in body.decode()
    assert front.ask("/api/v1/units")[0] == 401
    assert front.ask("/metrics")[0] == 404
    assert front.ask("/healthz")[0] == 503  # figures of 2024 are old
    assert front.ask("/", host="evil.example")[0] == 400
    assert front.ask("/", Origin="https://evil.example")[0] == 403
    assert front.ask("/media/some.pdf")[0] == 401
