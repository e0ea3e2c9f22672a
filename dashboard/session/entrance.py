"""How people come in here: as readers of a demo, as whoever sits at this machine, or by signing in. The server decides it once, when it starts."""

from __future__ import annotations

import os
from typing import Literal, get_args

from data.errors import VanbanError

Entrance = Literal["demo", "local", "sign_in"]
VARIABLE = "VANBAN_ENTRANCE"
"""Of the server's own process."""


class EntranceClosed(VanbanError):
    """Real figures, and nobody who may be let in: the page says so and shows nothing else."""


def entrance() -> Entrance:
    """How this process lets people in; a demo's way where nothing was decided, which real figures are never shown by."""
    given = os.environ.get(VARIABLE, "")
    return next((one for one in get_args(Entrance) if one == given), "demo")
