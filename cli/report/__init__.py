"""Official reports: built from a snapshot, pinned, approved, verified."""

COMMANDS = ("build", "text", "pin", "list", "approve", "publish", "get", "send", "verify", "diff")
"""Beside them: `request`, what a report is asked for; `files`, how files are written."""
