"""Whether this server may start at all: real figures are never served to whoever happens to reach a port."""

from __future__ import annotations

import os

from dashboard.session.entrance import VARIABLE
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.session.sign_in import SignIn, read_sign_in
from dashboard.session.viewers import is_demo
from data.configuration import read_configuration
from data.errors import ConfigurationError, VanbanError
from data.paths import Home


def open_entrance(home: Home, is_local: bool) -> SignIn | None:
    """Decides how people come in, for this process, and gives how they sign in where they do.

    Raises ConfigurationError where real figures would stand open, and for a sign-in that cannot be used. A home that cannot be read yet is
    served, to say so; each page asks again what its figures are.
    """
    os.environ[VARIABLE] = "local" if is_local else "demo"
    if is_local:
        return None
    try:
        configuration = read_configuration(home)
    except ConfigurationError:
        return None
    if sign_in := read_sign_in(home, configuration):
        os.environ[VARIABLE] = "sign_in"
        return sign_in
    try:
        has_roles = is_demo(configuration, pin(home, Viewer("unit")).info)
    except VanbanError:
        return None
    if not has_roles:
        raise ConfigurationError(
            f"{home.root} holds real figures, and nobody signs in here. Write [sign_in] into vanban.toml (docs/operations.md, Who may look), "
            "or add --local to read them at this machine and nowhere else: whoever sits at it then sees all of them."
        )
    return None
