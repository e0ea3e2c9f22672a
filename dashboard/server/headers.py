"""The headers that every answer carries: what a browser may load, run and show of a page, and where the page may be shown."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit

from dashboard.server.addresses import Addresses

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
"""The one HTML page that Streamlit serves for every address."""
YEAR_S = 365 * 24 * 3600


def security_headers(addresses: Addresses) -> tuple[tuple[bytes, bytes], ...]:
    """Name and value of each, ready to be sent."""
    headers = {
        "content-security-policy": content_security_policy(addresses.origins),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    if addresses.is_encrypted:
        headers["strict-transport-security"] = f"max-age={YEAR_S}"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def content_security_policy(origins: Iterable[str]) -> str:
    """What a page may load: its own server's files, the scripts that the server put into the page, and data that the page made itself.

    Streamlit writes style sheets into the page and loads the scripts of components from `blob:`; its own inline script is known by its hash.
    """
    sockets = " ".join(sorted(origin.replace("http", "ws", 1) for origin in origins))
    hashes = " ".join(f"'sha256-{one}'" for one in inline_script_hashes())
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' blob: {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' blob: data: {sockets}",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "media-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def inline_script_hashes() -> tuple[str, ...]:
    """SHA-256 (base64) of each script that stands in Streamlit's page itself."""
    scripts = re.findall(r"<script>(.*?)</script>", INDEX.read_text(encoding="utf-8"), flags=re.DOTALL)
    return tuple(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
