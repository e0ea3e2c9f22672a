"""Errors that people read: one plain sentence on what is wrong and one on the way out.

The command line prints the message alone (no traceback) and ends with `exit_code`.
"""

from __future__ import annotations


class VanbanError(Exception):
    """Anything that the person at the keyboard can mend."""

    exit_code = 2


class DataRefused(VanbanError):
    """The data failed a check; what was published before stays."""

    exit_code = 1


class ConfigurationError(VanbanError):
    """A setting, a file of the home or the way a command was called is wrong."""

    exit_code = 2


class SourceUnreachable(VanbanError):
    """A source could not be reached, or went away while it was being read."""

    exit_code = 3
