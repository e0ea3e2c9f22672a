"""The commands of the front door, one file per group; each is one function, and all that is heavy is imported where it is used.

What a command found goes to stdout, what it is doing to stderr.
"""

COMMANDS = (
    "demo",
    "test",
    "bench",
    "etl",
    "source",
    "figures",
    "compare",
    "check",
    "report",
    "report_request",
    "report_making",
    "report_ledger",
    "options",
)
