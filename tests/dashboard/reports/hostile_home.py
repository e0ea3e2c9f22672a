"""A home whose units and explanations are hostile texts, and a server that sees who comes to fetch something."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from dashboard.reports.content.inputs import EXPLANATIONS
from dashboard.reports.content.settings import report_settings
from data.errors import ConfigurationError
from data.paths import Home
from tests.dashboard.reports.report_homes import account, login, tiny_home
from tests.tiny_snapshot import Row


@dataclass
class Sink:
    """Who came to fetch something, and the file that a started program would leave."""

    url: str
    ran: Path
    came: list[str] = field(default_factory=list)
    shown: dict[str, bytes] = field(default_factory=dict)
    """Pages that may be asked for, by their path."""


@contextlib.contextmanager
def opened_sink(ran: Path) -> Iterator[Sink]:
    """A sink on a free port of this machine."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = b"" if self.path == "/favicon.ico" else sink.shown.get(self.path)  # browsers ask for that, not texts
            if page is None:
                sink.came.append(self.path)
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        do_HEAD = do_POST = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    sink = Sink(f"http://127.0.0.1:{server.server_port}", ran)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


def is_accepted(text: str) -> bool:
    """Whether a person may type it: what could not be printed as it stands is refused in words."""
    try:
        report_settings({"report": {"place": text}})
    except ConfigurationError:
        return False
    return True


def hostile_home(folder: Path, texts: Sequence[str]) -> Home:
    """A unit for each text, called so, with an explanation whose subject and words are the text where it is accepted."""
    stored = [text.encode("utf-8", "replace").decode() for text in texts]  # no database keeps half of a surrogate pair
    units: list[Row] = [{"unit_code": "GOC", "name": "Gốc", "level": "toi_cao", "sort_order": 1}]
    units += [
        {"unit_code": f"U{place}", "name": text, "short_name": text, "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": place + 2}
        for place, text in enumerate(stored)
    ]
    codes = [f"U{place}" for place in range(len(texts))]
    home = tiny_home(folder, {"org_unit": units, "account": [account(1, code) for code in codes], "account_day": [login(1, code) for code in codes]})
    with (folder / EXPLANATIONS).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("unit_code", "from_on", "to_on", "subject", "text"))
        for code, text in zip(codes, texts, strict=True):
            said = text if is_accepted(f"{code} {text}") else "Bị từ chối"
            lines.writerow((code, "2024-07-01", "2024-07-31", f"{code} {said}"[:200], said))
    return home
