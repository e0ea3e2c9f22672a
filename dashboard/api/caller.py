"""Who asks: the viewer of a token, read anew for every request, on the snapshot that is published at that moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from dashboard.api.problems import Problem
from dashboard.ledger import has_ledger
from dashboard.ledger.tokens import Token, Tokens
from dashboard.session.installation import left_out
from dashboard.session.people import NotLetIn, viewer_at
from dashboard.session.policy import Viewer
from dashboard.session.queries import Reader, pin
from dashboard.session.viewers import peer_policy
from dashboard.ui.unit_names import UnitTree
from dashboard.views import SWITCHES
from data.configuration import read_configuration
from data.language import use_words
from data.organisation import words_of
from data.paths import Home

HOW = "Send the header `Authorization: Bearer <token>`. `vanban people token create` makes one."


@dataclass(frozen=True)
class Caller:
    """A program with its token, and what it reads."""

    reader: Reader
    tree: UnitTree
    settings: str
    """Tells two states of the home's settings apart."""


def token_of(home: Home, authorization: str | None) -> Token:
    """The token of a header. Raises Problem where there is none in force; a home without a ledger has none, and gets none by being asked."""
    scheme, _, text = (authorization or "").partition(" ")
    found = _tokens(home).in_force(text.strip(), datetime.now(UTC)) if scheme.lower() == "bearer" and has_ledger(home) else None
    if found is None:
        said = "There is no token in this request." if not authorization else "This token does not exist, has ended or was revoked."
        raise Problem(401, f"{said} {HOW}", {"WWW-Authenticate": 'Bearer realm="vanban"'})
    return found


def caller_of(home: Home, token: Token) -> Caller:
    """The viewer that a token stands for. Raises Problem where its unit is not in the figures, VanbanError where there are no figures."""
    configuration = read_configuration(home)
    use_words(words_of(configuration))
    without = left_out(configuration, "dashboard", SWITCHES)
    reader = pin(home, Viewer("unit"))  # sees nothing but the names of units until it is known who asks
    tree = reader.tree(str(configuration.get("organisation", "")))
    try:
        viewer = viewer_at(token.place, tree, *peer_policy(configuration))
    except NotLetIn:
        raise Problem(
            403, f"The unit {token.place.unit_code} of this token is not among the units of the figures. Make a token for another."
        ) from None
    settings = hashlib.sha256(repr(configuration).encode()).hexdigest()
    return Caller(replace(reader, viewer=viewer, left_out=without), tree, settings)


def write_down(home: Home, token: Token, address: str) -> None:
    """Tells the audit that figures go out to a token. Raises VanbanError where that cannot be written down, and then none may go out."""
    _tokens(home).tell(token, address)


@lru_cache(maxsize=4)
def _tokens(home: Home) -> Tokens:
    return Tokens(home)
