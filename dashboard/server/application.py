"""The server process: Streamlit's application with the guard around it, and the settings that must hold whatever the surroundings say."""

from __future__ import annotations

import asyncio
import contextlib
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping

import streamlit as st
from starlette.types import Receive, Scope, Send

from dashboard.server.addresses import local_addresses, public_addresses
from dashboard.server.command import APP
from dashboard.server.entrance import open_entrance
from dashboard.server.guard import Guard
from dashboard.session.sign_in import SignIn
from data.configuration import environment_of
from data.paths import Home

METRICS_TOKEN = "VANBAN_METRICS_TOKEN"
OPENS_AFTER_S = 0.5
"""The socket takes connections when this begins; the first answer comes a moment later."""


class GuardedApp(st.App):
    """Streamlit's application, which only its guard can ask."""

    def __init__(self, home: Home, port: int, opens_browser: bool, sign_in: SignIn | None = None) -> None:
        addresses = public_addresses(sign_in.address, port) if sign_in else local_addresses(port)
        opening = _opening(sign_in.address if sign_in else f"http://127.0.0.1:{port}") if opens_browser else None
        super().__init__(APP, lifespan=opening, secrets=sign_in.secrets() if sign_in else None)
        self.guard = Guard(super().__call__, home, addresses, environment_of(home).get(METRICS_TOKEN), sign_in)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.guard(scope, receive, send)


def serve(home: Home, port: int, opens_browser: bool, is_local: bool = False) -> None:
    """Serves until the process is told to end (SIGTERM, SIGINT). Raises ConfigurationError where nobody may be let in."""
    sign_in = open_entrance(home, is_local)
    GuardedApp(home, port, opens_browser, sign_in).run(config=settings(port))


def settings(port: int) -> Mapping[str, object]:
    """Streamlit's settings that no file of a user or of the machine may change; looks stand in `.streamlit/config.toml` beside app.py."""
    return {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.baseUrlPath": "",
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.corsAllowedOrigins": [],
        "server.trustedUserHeaders": {},
        "server.enableStaticServing": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.allowRunOnSave": False,
        "server.enableAgentApi": False,
        "server.scriptHealthCheckEnabled": False,
        "server.maxUploadSize": 1,
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "global.developmentMode": False,
    }


def _opening(address: str) -> Callable[[st.App], contextlib.AbstractAsyncContextManager[None]]:
    """A lifespan that opens the address in a browser once the server answers."""

    @contextlib.asynccontextmanager
    async def lifespan(_: st.App) -> AsyncIterator[None]:
        asyncio.get_running_loop().call_later(OPENS_AFTER_S, webbrowser.open, address)
        yield

    return lifespan
