"""Which addresses of Streamlit's server are open; what is not named here does not exist for anyone."""

from __future__ import annotations

import re

STREAM = "/_stcore/stream"
CORE = "_stcore"
OPEN_IN_CORE = frozenset({"/_stcore/health", "/_stcore/host-config"})
"""Of Streamlit's own routes, those that a page needs. Closed are its metrics, the agent interface, uploads and checks of the script."""
COMPONENT_FILES = "/_stcore/bidi-components/"
CLOSED_FOLDERS = frozenset({"component", "oauth2callback", "auth", "api"})
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
OF_SIGN_IN = frozenset({LOGIN, LOGOUT, CALLBACK})
"""Open only where people sign in."""
STATIC = re.compile(r"/static(/[\w-][\w.-]*)+")
"""Files of Streamlit's own page; each has the hash of its content in its name."""
FONTS = "/app/static/"
MEDIA = "/media/"
METHODS = frozenset({"GET", "HEAD"})


def is_open(path: str) -> bool:
    """Whether a path (decoded once) may be asked of Streamlit; paths that two readers could read differently may not."""
    parts = path.split("/")[1:]
    if not path.startswith("/") or "\\" in path or any(part in (".", "..") for part in parts) or "" in parts[:-1]:
        return False
    if CORE in parts:
        return path in OPEN_IN_CORE or path.startswith(COMPONENT_FILES)
    return parts[0] not in CLOSED_FOLDERS
