"""Whether this server may start at all: real figures are never served to whoever happens to reach a port."""

from __future__ import annotations

import os

from dashboard.session.entrance import VARIABLE
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.session.viewers import is_demo
from data.configuration import read_configuration
from data.errors import ConfigurationError, VanbanError
from data.paths import Home


def open_entrance(home: Home, is_local: bool) -> None:
    """Decides how people come in, for this process. Raises ConfigurationError where real figures would stand open.

    A home that cannot be read yet is served, to say so; each page asks again what its figures are.
    """
    os.environ[VARIABLE] = "local" if is_local else "demo"
    if is_local:
        return
    try:
        has_roles = is_demo(read_configuration(home), pin(home, Viewer("unit")).info)
    except VanbanError:
        return
    if not has_roles:
        raise ConfigurationError(
            f"{home.root} holds real figures, and nobody signs in here. To read them at this machine, and nowhere else, add --local: "
            "whoever sits at it then sees all of them. See docs/operations.md, Who may look."
        )
