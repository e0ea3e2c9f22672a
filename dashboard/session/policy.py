"""Who may see what: one pure function, asked on every read; what it does not allow by name is denied."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, get_args

Role = Literal["leader", "statistics", "unit", "admin"]
Action = Literal["read", "export", "build", "pin", "approve", "enter", "decide"]
"""The last five are about the ledger: make a report to look at, freeze one (and edit its sentences), approve or publish one; enter what units declare
and the like, and return or approve what others entered."""
Grain = Literal["aggregate", "comparison", "account", "document", "declaration", "making", "definition", "report"]
"""What a read shows.

aggregate           figures of a unit with its subtree
comparison          figures of a unit beside others, of which small ones are hidden (`metrics.comparison.suppression`)
account, document   single rows
declaration         what units declared, entry by entry
making              sources, runs, checks: where figures come from, and whether they can be trusted
definition          what a metric means, without any figure
report              finished reports, and for those who may build them those in the making
"""
PeerPolicy = Literal["named", "anonymous", "none"]
"""What a unit sees of its peers: rates by name; only the whole and the range they lie in; nothing."""

ROLES: tuple[Role, ...] = get_args(Role)
GRAINS: tuple[Grain, ...] = get_args(Grain)
PEER_POLICIES: tuple[PeerPolicy, ...] = get_args(PeerPolicy)

EVERYWHERE: dict[Role, frozenset[Grain]] = {
    "leader": frozenset({"aggregate", "comparison", "making", "definition", "report"}),
    "statistics": frozenset(GRAINS),
    "unit": frozenset({"definition"}),
    "admin": frozenset({"making", "definition"}),
}
"""What each role sees of every unit and of the whole."""
OWN: frozenset[Grain] = frozenset({"aggregate", "comparison", "account", "document", "declaration", "report"})
"""What a unit sees of itself and the units below it."""
ON_REPORTS: dict[Role, frozenset[Action]] = {
    "leader": frozenset({"read", "export"}),
    "statistics": frozenset({"read", "export", "build", "pin", "approve"}),
    "unit": frozenset({"read", "export", "build"}),
    "admin": frozenset(),
}
"""What each role does with reports, wherever it sees them at all."""
ON_ENTRIES: dict[Role, frozenset[Action]] = {
    "statistics": frozenset({"read", "export", "enter", "decide"}),
    "unit": frozenset({"read", "export", "enter"}),
}
"""What each role does with what is entered, wherever it sees declarations at all."""


@dataclass(frozen=True)
class Viewer:
    """A person as far as the policy needs: a role, and for the role `unit` the units that are theirs (subtree resolved)."""

    role: Role
    own_units: frozenset[str] = field(default_factory=frozenset)
    home_unit: str | None = None
    """The top of `own_units`, which an address without a unit shows; None for the other roles."""
    peers: PeerPolicy = "named"
    smallest: int = 5
    """Peers with a population below this stay hidden."""

    @cached_property
    def scope_key(self) -> str:
        """Two viewers with the same key may see the same; part of every cache key."""
        return f"{self.role}:{self.peers}:{self.smallest}:{','.join(sorted(self.own_units))}"


DEMO_VIEWER = Viewer("leader")
"""Who looks at a demo before a role is chosen."""


def may(viewer: Viewer, action: Action, unit_code: str | None, period: tuple[date, date], grain: Grain) -> bool:
    """Whether the viewer may do this with figures of a unit (None: the whole organisation) over a period at a grain."""
    tables = {"report": ON_REPORTS, "declaration": ON_ENTRIES}
    allowed = tables[grain].get(viewer.role, frozenset()) if grain in tables else ("read", "export")
    if action not in allowed or period[0] > period[1]:
        return False
    if grain in EVERYWHERE.get(viewer.role, frozenset()):
        return True
    if viewer.role != "unit":
        return False
    if unit_code is not None and unit_code in viewer.own_units:
        return grain in OWN
    if grain == "comparison" and action == "read":
        return viewer.peers == "named" or (viewer.peers == "anonymous" and unit_code is None)
    return False


def may_enter(viewer: Viewer, period: tuple[date, date], grain: Grain) -> bool:
    """Whether there is anything at all that the viewer may read at a grain: whether a page that shows it is theirs."""
    return any(may(viewer, "read", code, period, grain) for code in (None, *sorted(viewer.own_units)))
