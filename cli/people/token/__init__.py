"""Tokens by which other programs ask for figures: docs/interface.md."""

COMMANDS = ("create", "list", "revoke")
