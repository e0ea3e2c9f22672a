"""Who may see what: one pure function, asked on every read; what it does not allow by name is denied."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Role = Literal["leader", "statistics", "unit", "admin"]
Action = Literal["read", "export"]
Grain = Literal["aggregate", "account", "document"]


@dataclass(frozen=True)
class Viewer:
    """A person as far as the policy needs: a role, and for the role `unit` the units that are theirs (subtree resolved)."""

    role: Role
    own_units: frozenset[str] = field(default_factory=frozenset)

    @property
    def scope_key(self) -> str:
        """Two viewers with the same key may see the same; part of every cache key."""
        return f"{self.role}:{','.join(sorted(self.own_units))}"


DEMO_VIEWER = Viewer("leader")
"""Who looks while no sign-in is configured (loopback only)."""


def may(viewer: Viewer, action: Action, unit_code: str | None, period: tuple[date, date], grain: Grain) -> bool:
    """Whether the viewer may do this with figures of a unit (None: the whole organisation) over a period at a grain."""
    if action not in ("read", "export") or period[0] > period[1]:
        return False
    if grain not in ("aggregate", "account", "document"):
        return False
    if grain != "aggregate":  # rows: leaders have no use for them, the statistics department answers for every figure
        return viewer.role == "statistics" or (viewer.role == "unit" and unit_code is not None and unit_code in viewer.own_units)
    if viewer.role in ("leader", "statistics"):
        return True
    if viewer.role == "unit":
        return unit_code is not None and unit_code in viewer.own_units
    return False
