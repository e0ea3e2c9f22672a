"""Who has signed in, and what they may see at this moment: asked anew at every run and every act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dashboard.ledger.people import People, Place, Standing
from dashboard.session.policy import PeerPolicy, Viewer
from dashboard.session.sign_in import SignIn
from dashboard.ui.unit_names import UnitTree
from data.errors import VanbanError
from data.paths import Home


class NotSignedIn(VanbanError):
    """Nobody has signed in, or the session has ended."""


class NotLetIn(VanbanError):
    """Somebody has signed in who may see nothing; `reason` is a key of the translations."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Identity:
    """A person as the provider names them: issuer and subject for good, the name to be read, the groups as they were at the sign-in."""

    issuer: str
    subject: str
    name: str = ""
    groups: frozenset[str] = frozenset()
    has_untold_groups: bool = False
    """Whether the provider says that there are more groups than it names (Entra ID above 200): what they give is then not known."""


def identity_of(claims: Mapping[str, object], sign_in: SignIn) -> Identity:
    """The person of a set of claims. Raises NotSignedIn where they are nobody's, or another issuer's."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not (claims.get("is_logged_in") and isinstance(issuer, str) and isinstance(subject, str) and subject):
        raise NotSignedIn
    if issuer.rstrip("/") != sign_in.issuer.rstrip("/"):
        raise NotSignedIn
    name = claims.get("name") or claims.get("preferred_username") or subject
    groups = claims.get(sign_in.groups_claim) if sign_in.groups_claim else None
    named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list | tuple) else []
    return Identity(issuer, subject, str(name), frozenset(one for one in named if isinstance(one, str)), _has_untold_groups(claims, sign_in))


def _has_untold_groups(claims: Mapping[str, object], sign_in: SignIn) -> bool:
    """Claims that stand for others are named in `_claim_names` (OpenID Connect Core 1.0, 5.6.2); Entra ID also says `hasgroups`."""
    elsewhere = claims.get("_claim_names")
    return bool(sign_in.groups_claim) and ((isinstance(elsewhere, dict) and sign_in.groups_claim in elsewhere) or claims.get("hasgroups") is True)


def place_now(identity: Identity, standing: Standing, sign_in: SignIn) -> Place:
    """The one place of a person, of the people table and of the groups together. Raises NotLetIn where there is none, or more than one."""
    if standing.is_disabled:
        raise NotLetIn("disabled")
    places = standing.places | {sign_in.groups[group] for group in identity.groups if group in sign_in.groups}
    if len(places) != 1:
        raise NotLetIn("several" if places else "too_many_groups" if identity.has_untold_groups else "none")
    return next(iter(places))


def viewer_at(place: Place, tree: UnitTree, peers: PeerPolicy, smallest: int) -> Viewer:
    """The policy's view of a place. Raises NotLetIn where its unit is not among the units of the figures."""
    if place.role != "unit":
        return Viewer(place.role, peers=peers, smallest=smallest)
    if place.unit_code not in tree.units:
        raise NotLetIn("unit")
    return Viewer("unit", tree.below(place.unit_code), place.unit_code, peers, smallest)


def people_of(home: Home) -> People:
    """The home's people table; its connections are kept by this process."""
    return _people(home)


@lru_cache(maxsize=4)
def _people(home: Home) -> People:
    return People(home)
