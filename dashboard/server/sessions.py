"""Sessions of people who have signed in: begun by Streamlit's signed cookie, ended by age, by idleness, by a sign-out, or with the person's rights.

The cookie itself would live for thirty days and is never called back; whether its session is still open is decided here, at every handshake,
every message and every few seconds of an open page.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import cookie_parser
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from dashboard.ledger.actor import LONGEST_NAME, Actor
from dashboard.ledger.people import Place
from dashboard.server.addresses import Header
from dashboard.session.people import Identity, NotLetIn, NotSignedIn, identity_of, people_of, place_now
from dashboard.session.sign_in import SignIn
from data.errors import VanbanError
from data.paths import Home

CLOCKS_APART_S = 60
SHOWN_OF_KEY = 16
"""Letters of a session's key in the audit: enough to tell sessions apart."""


@dataclass(frozen=True)
class Session:
    """One sign-in of one person."""

    key: str
    """Tells it apart from the person's other sessions; the cookie cannot be had from it."""
    identity: Identity
    began: float
    """Seconds since 1970 by this machine's clock, which signed the cookie."""


@dataclass(frozen=True)
class State:
    """How it stands with a session: whether it goes on, and what its person is (None: nobody who may see anything)."""

    is_open: bool
    place: Place | None


ENDED = State(False, None)


@dataclass
class Sessions:
    """The sessions that this process knows of."""

    home: Home
    sign_in: SignIn
    clock: Callable[[], float] = time.time
    _acted: dict[str, float] = field(default_factory=dict)
    """When somebody last did something in a session, by its key; kept until the session's age has ended it."""

    def of(self, headers: Iterable[Header]) -> Session | None:
        """The session of a request's cookies; None where there is none, the signature is not ours, or another issuer's person is named."""
        cookies = _cookies(headers)
        # A long one comes in parts, each signed by itself; the oldest says when it began.
        parts = {name: value for name, value in cookies.items() if re.fullmatch(rf"{USER_COOKIE_NAME}(_\d+)?", name)}
        try:
            began = min((self._signed_at(name, value) for name, value in parts.items()), default=0.0)
            claims = json.loads(_get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME) or b"null")
            if not isinstance(claims, dict) or claims.get("origin") != self.sign_in.address:
                return None
            identity = identity_of(claims, self.sign_in)
        except (BadSignature, ValueError, NotSignedIn):
            return None
        key = hashlib.sha256("".join(value for _, value in sorted(parts.items())).encode("utf-8", "replace")).hexdigest()
        return Session(key, identity, began)

    def _signed_at(self, name: str, value: str) -> float:
        """When a cookie was signed; raises BadSignature. Name and secret are those with which Streamlit signs it: a test holds both to it."""
        _, signed_at = URLSafeTimedSerializer(self.sign_in.cookie_secret, salt=name).loads(value, return_timestamp=True)
        return float(signed_at.timestamp())

    async def state(self, session: Session) -> State:
        """How it stands with a session at this moment, by the people table as it is now."""
        now, is_first = self.clock(), session.key not in self._acted
        age, idle = now - session.began, now - self._acted.setdefault(session.key, now)
        if not -CLOCKS_APART_S <= age <= self.sign_in.longest.total_seconds() or idle > self.sign_in.idle.total_seconds():
            return ENDED
        identity = session.identity
        try:
            standing = await asyncio.to_thread(lambda: people_of(self.home).standing(identity.issuer, identity.subject))
        except VanbanError:
            return ENDED  # nobody is let in unasked
        if standing.not_before and session.began <= standing.not_before.timestamp():
            return ENDED
        try:
            place = place_now(identity, standing, self.sign_in)
        except NotLetIn:
            place = None
        if is_first:
            actor = Actor(identity.issuer, identity.subject, identity.name[:LONGEST_NAME], place.role if place else "")
            began = datetime.fromtimestamp(session.began, UTC).isoformat()
            try:
                await asyncio.to_thread(lambda: people_of(self.home).begin_session(actor, session.key[:SHOWN_OF_KEY], began))
            except VanbanError:
                self._acted.pop(session.key, None)
                return ENDED  # nor is anybody whose coming cannot be written down
        return State(True, place)

    def acted(self, session: Session) -> None:
        """Somebody did something in a session. Sessions that are too old to go on are forgotten."""
        now = self.clock()
        if now - self._acted.get(session.key, now) <= self.sign_in.idle.total_seconds():  # what has ended begins no more
            self._acted[session.key] = now
        for key in [key for key, at in self._acted.items() if now - at > 2 * self.sign_in.longest.total_seconds()]:
            del self._acted[key]

    async def end(self, session: Session) -> None:
        """Ends all sessions of the person, here and on other machines. Raises VanbanError where that cannot be written down."""
        identity = session.identity
        await asyncio.to_thread(lambda: people_of(self.home).end_sessions(identity.issuer, identity.subject))


def without_identity(headers: Iterable[Header]) -> list[Header]:
    """The headers without any cookie that says who somebody is."""
    stripped: list[Header] = []
    for name, value in headers:
        if name.lower() == b"cookie":
            parts = [part.strip() for part in value.split(b";")]
            value = b"; ".join(part for part in parts if not part.startswith((USER_COOKIE_NAME.encode(), TOKENS_COOKIE_NAME.encode())))
        if value or name.lower() != b"cookie":
            stripped.append((name, value))
    return stripped


def without_earlier_session(headers: Iterable[Header]) -> list[Header]:
    """The headers of a handshake without the third entry of the subprotocol, by which a browser would go on in a session of Streamlit's.

    Such a session keeps what it showed to whoever was signed in when it began, and its name alone would open it.
    """
    kept: list[Header] = []
    for name, value in headers:
        if name.lower() == b"sec-websocket-protocol":
            value = b",".join(value.split(b",")[:2])
        kept.append((name, value))
    return kept


def _cookies(headers: Iterable[Header]) -> dict[str, str]:
    """Read as Streamlit reads them, so that of two cookies of one name both take the same."""
    cookies: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"cookie":
            cookies |= cookie_parser(value.decode("latin-1"))
    return cookies
