"""From the document system to published figures."""

COMMANDS = ("run", "rebuild", "status", "prune")
