"""Questions of other programs, put to the guard of a home in this process: the very application that a server runs, without its socket."""

from __future__ import annotations

import json
from typing import Any

from dashboard.ledger.people import place_of
from dashboard.ledger.tokens import Tokens
from dashboard.server.addresses import local_addresses
from dashboard.server.guard import Guard
from data.paths import Home
from tests.security.wires import Answer
from tests.servers import run_apart

HOST = "127.0.0.1:8501"


def token(home: Home, place: str, name: str = "chương trình") -> str:
    """The text of a new token, of `leader` or of `unit:A`."""
    role, _, unit = place.partition(":")
    with Tokens(home) as tokens:
        return tokens.make(name, place_of(role, unit), 1, "test")[1]


class Program:
    """A program with a token that asks a home."""

    def __init__(self, home: Home, text: str = "", guard: Guard | None = None) -> None:
        self.guard = guard or Guard(_nobody, home, local_addresses(8501))
        self.headers = {"Host": HOST, **({"Authorization": f"Bearer {text}"} if text else {})}

    def ask(self, address: str, method: str = "GET", **headers: str) -> Answer:
        """Status, headers by their small names, and body."""
        path, _, query = address.partition("?")
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope: Any = {"type": "http", "method": method, "path": f"/api/v1/{path}" if not path.startswith("/") else path, "client": ("127.0.0.1", 1)}
        scope |= {"query_string": query.encode(), "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()]}
        sent: list[Any] = []

        async def keep(message: Any) -> None:
            sent.append(message)

        run_apart(self.guard(scope, None, keep))  # type: ignore[arg-type]
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:])

    def rows(self, address: str) -> list[dict[str, Any]]:
        status, _, body = self.ask(address)
        assert status == 200, body.decode()
        rows: list[dict[str, Any]] = json.loads(body)["rows"]
        return rows


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("nothing of the interface reaches the pages")
