"""The sources that the figures come from."""

COMMANDS = ("list", "check", "new", "driver")
