"""What the guard costs a request, beside the same application without it: processor time, so that no socket and no neighbour hides it."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from benchmarks.measured import Measured
from dashboard.ledger.people import People, Person, place_of
from dashboard.server.addresses import local_addresses, public_addresses
from dashboard.server.guard import Guard
from dashboard.session.sign_in import SignIn
from data.paths import Home

DEFAULT_SIZES = (0,)
"""No figure is asked for."""
REQUESTS = 2000
PEER = "the same without the guard"
SIGN_IN = SignIn("https://vanban.example", "https://id.example", "vanban", "secret", "c" * 40)
SCOPE = {"type": "http", "method": "GET", "query_string": b"", "client": ("127.0.0.1", 1)}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers at once."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"x" * 1000})


async def processor_ms(asked: Any, scope: dict[str, Any], expected: int) -> float:
    """Of one request, the mean of many; its threads count too. Raises AssertionError for another status than the expected one."""
    statuses: set[int] = set()

    async def send(message: Any) -> None:
        statuses.add(message.get("status", expected))

    begun = time.process_time()
    for _ in range(REQUESTS):
        await asked(scope, None, send)
    assert statuses == {expected}, statuses
    return (time.process_time() - begun) * 1000 / REQUESTS


def measure(events: int, kept_in: Path | None) -> Iterator[Measured]:
    """A row for a page, for a file that only those get who have signed in, and for a refusal."""
    config.set_option("server.cookieSecret", SIGN_IN.cookie_secret)  # as a server has it of its home
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with People(home) as people:
            people.give([Person(SIGN_IN.issuer, "s", "s", place_of("statistics"))], "bench")
        claims = {"iss": SIGN_IN.issuer, "sub": "s", "origin": SIGN_IN.address, "is_logged_in": True}
        cookie = b"_streamlit_user=" + create_signed_value(SIGN_IN.cookie_secret, "_streamlit_user", json.dumps(claims))
        demo, real = (
            Guard(application, home, local_addresses(8501)),
            Guard(application, home, public_addresses(SIGN_IN.address, 8501), sign_in=SIGN_IN),
        )
        for what, guard, path, headers, status in (
            ("a page", demo, "/overview", [(b"host", b"127.0.0.1:8501")], 200),
            ("a file of somebody who has signed in", real, "/media/x.png", [(b"host", b"vanban.example"), (b"cookie", cookie)], 200),
            ("a refusal", demo, "/overview", [(b"host", b"evil.example")], 400),
        ):
            asked = {**SCOPE, "path": path, "headers": headers}
            without, ours = (asyncio.run(processor_ms(one, asked, expected)) for one, expected in ((application, 200), (guard, status)))
            yield Measured(f"{what}, {ours:.3f} ms of the processor", events, ours, PEER, without, 0)
