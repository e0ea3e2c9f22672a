"""`vanban check` and `vanban check figures`: whether figures agree with each other, published ones and typed ones."""

COMMANDS = ("check", "figures")
"""Beside them: `report_text`, what is read of a report that anybody made."""
